// SPDX-License-Identifier: Apache-2.0
// nginx as docs/nginx.md has it, word for word, with what is in angle brackets filled in. Example:
//   const nginx = await startNginx({ nodes: ["127.0.0.1:8081", "127.0.0.1:8082"] });   // { base, folder, output(), close() }
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { Program, ROOT } from "./postern.mjs";
import { certificate } from "./tls.mjs";

export const missing = spawnSync("nginx", ["-v"]).status !== 0 && "nginx is not installed";

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

const replaced = (text, pattern, by) => {
  assert.match(text, pattern, "the manual's blocks fit each other");
  return text.replace(pattern, () => by);
};

// The page's server; for several nodes with the blocks that stand in place of parts of it.
export async function startNginx({ nodes, port }) {
  const folder = mkdtempSync(join(tmpdir(), "postern-nginx-"));
  const [whole, upstream, next] = [...readFileSync(join(ROOT, "docs/nginx.md"), "utf8").matchAll(/```nginx\n([^]*?)```/g)].map((m) => m[1]);
  let filled = replaced(whole, /upstream postern \{[^]*?\n\}\n/, upstream);
  filled = replaced(filled, / *# A call that failed[^\n]*\n *proxy_next_upstream off;\n/, next);
  const { cert, key } = certificate(folder, "localhost");
  const values = { "<443 ssl>": `127.0.0.1:${port} ssl`, "<postern.example.com>": "localhost", "<fullchain.pem>": cert, "<privkey.pem>": key, "<access.log>": join(folder, "access.log"), "<error.log>": join(folder, "error.log") };
  filled = filled.replace(/ *server <10\.0\.0\.(\d):8080>[^\n]*\n/g, (line, n) => (n <= nodes.length ? line : ""));
  nodes.forEach((node, i) => (values[`<10.0.0.${i + 1}:8080>`] = node));
  for (const [placeholder, value] of Object.entries(values)) {
    assert.ok(filled.includes(placeholder), `the manual has ${placeholder}`);
    filled = filled.replaceAll(placeholder, value);
  }
  assert.doesNotMatch(filled.replace(/#.*$/gm, ""), /<[^>]+>/, "no placeholder is left over");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((n) => `${n}_temp_path ${folder}/${n};`).join("\n");
  const file = join(folder, "nginx.conf"), log = join(folder, "main.log");
  writeFileSync(file, `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${log};\nevents { worker_connections 512; }\nhttp {\n${paths}\n${filled}\n}\n`);
  execFileSync("nginx", ["-t", "-c", file, "-e", log], { stdio: "pipe" });
  const program = new Program("nginx", ["-c", file, "-e", log]);
  for (let left = 600; !(await listens(port)); left--) {
    assert.ok(left, `nginx does not listen: ${program.output}`);
    await setTimeout(100);
  }
  return {
    base: `https://localhost:${port}`,
    folder,
    output: () => program.output,
    async close() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
