// SPDX-License-Identifier: Apache-2.0
// nginx in front, with the configuration of the manual word for word: official clients of both eras,
// streams that arrive at once, and a client's address that nobody can make up.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { MODERN, Program, ROOT, start } from "../lib/postern.mjs";
import { certificate, get } from "../lib/tls.mjs";
import { eventually } from "../lib/wait.mjs";
import { Events, META } from "../lib/wire.mjs";

const missing = spawnSync("nginx", ["-v"]).status !== 0 && "nginx is not installed";
const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

describe("behind nginx", { skip: missing }, () => {
  let world, nginx, folder, base, direct, server, checked;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "postern-nginx-"));
    const [port, inner] = [await freePort(), await freePort()];
    base = `https://localhost:${port}`;
    world = await start({ settings: { listen: `127.0.0.1:${inner}`, public_url: base, trusted_proxies: ["127.0.0.1/32"], log_level: "debug", log_format: "json" } });
    world.postern.url = direct = `http://127.0.0.1:${inner}`; // it said the public one
    const { cert, key } = certificate(folder, "localhost");
    const [, block] = readFileSync(join(ROOT, "docs/nginx.md"), "utf8").match(/```nginx\n([^]*?)```/);
    const values = {
      "<127.0.0.1:8080>": `127.0.0.1:${inner}`,
      "<443 ssl>": `127.0.0.1:${port} ssl`,
      "<postern.example.com>": "localhost",
      "<fullchain.pem>": cert,
      "<privkey.pem>": key,
      "<access.log>": join(folder, "access.log"),
      "<error.log>": join(folder, "error.log"),
    };
    let filled = block;
    for (const [placeholder, value] of Object.entries(values)) {
      assert.ok(filled.includes(placeholder), `the manual has ${placeholder}`);
      filled = filled.replaceAll(placeholder, value);
    }
    assert.doesNotMatch(filled.replace(/#.*$/gm, ""), /<[^>]+>/, "no placeholder is left over");
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((n) => `${n}_temp_path ${folder}/${n};`).join("\n");
    writeFileSync(join(folder, "nginx.conf"), `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/main.log;\nevents { worker_connections 512; }\nhttp {\n${paths}\n${filled}\n}\n`);
    execFileSync("nginx", ["-t", "-c", join(folder, "nginx.conf"), "-e", join(folder, "main.log")], { stdio: "pipe" });
    nginx = new Program("nginx", ["-c", join(folder, "nginx.conf"), "-e", join(folder, "main.log")]);
    await eventually("nginx answers", () => get(`${base}/healthz`).then((r) => r.status === 200, () => false));
    server = await world.server(await world.account());
    checked = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is the test's own
  });
  after(async () => {
    if (checked === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = checked;
    await nginx?.stop();
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the URL of a server is the public one", () => assert.ok(server.url.startsWith(`${base}/mcp/pst_`), server.url));

  const clients = { "SDK v1": [Client1, Http1, {}], "SDK v2, legacy": [Client2, Http2, { versionNegotiation: { mode: "legacy" } }], "SDK v2, modern": [Client2, Http2, { versionNegotiation: { mode: { pin: MODERN } } }] };
  for (const [name, [Client, Http, options]] of Object.entries(clients))
    test(`${name} lists and calls`, async (t) => {
      const client = new Client({ name: "e2e", version: "1" }, options);
      await client.connect(new Http(new URL(server.url)));
      t.after(() => client.close());
      assert.ok((await client.listTools()).tools.length > 50);
      const r = await client.callTool({ name: "list_all_cloudflare_zones", arguments: { name: "example.com" } });
      assert.equal(r.isError ?? false, false, JSON.stringify(r));
    });

  test("events of a stream arrive at once, and a client that goes is noticed", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params: { notifications: { toolsListChanged: true }, _meta: META } });
    const headers = { ...json, "mcp-protocol-version": MODERN, "mcp-method": "subscriptions/listen" };
    const out = https.request(server.url, { method: "POST", headers, agent: false, rejectUnauthorized: false });
    out.end(body);
    const [response] = await once(out, "response");
    const stream = new Events(response);
    assert.equal((await stream.next()).method, "notifications/subscriptions/acknowledged");
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["list"] } });
    assert.equal((await stream.next()).method, "notifications/tools/list_changed");
    stream.close();
    await eventually("the stream is let go", async () => (await world.must(200, "GET", "/status")).queues.streams === 0);
  });

  // The address in the log line of the request.
  async function addressOf(reply) {
    const id = reply.headers["x-request-id"];
    const line = await eventually("the request is logged", () => world.postern.program.output.split("\n").find((l) => l.includes(id)));
    return JSON.parse(line).message.split(" ").at(-1);
  }
  const through = (localAddress, headers = {}) =>
    new Promise((resolve, reject) => {
      const out = https.request(server.url, { method: "POST", headers: { ...json, ...headers }, localAddress, agent: false, rejectUnauthorized: false }, (r) => r.resume().on("end", () => resolve(r)));
      out.on("error", reject);
      out.end(ping);
    });

  test("the client's address is the real one, whatever it says of itself", async () => {
    assert.equal(await addressOf(await through("127.0.0.9")), "127.0.0.9");
    for (const headers of [{ "x-forwarded-for": "192.0.2.7" }, { "x-forwarded-for": "127.0.0.1" }, { "x-forwarded-for": "192.0.2.7, 127.0.0.1" }, { forwarded: "for=192.0.2.7" }, { "x-real-ip": "192.0.2.7" }])
      assert.equal(await addressOf(await through("127.0.0.9", headers)), "127.0.0.9", JSON.stringify(headers));
  });

  test("around the proxy the header means nothing", async () => {
    const around = (localAddress) =>
      new Promise((resolve, reject) => {
        const out = http.request(direct + new URL(server.url).pathname, { method: "POST", localAddress, headers: { ...json, "x-forwarded-for": "192.0.2.7" }, agent: false }, (r) => r.resume().on("end", () => resolve(r)));
        out.on("error", reject);
        out.end(ping);
      });
    assert.equal(await addressOf(await around("127.0.0.9")), "127.0.0.9", "127.0.0.9 is no trusted proxy");
    assert.equal(await addressOf(await around("127.0.0.1")), "192.0.2.7", "127.0.0.1 is");
  });

  test("metrics are not for those who come through", async () => {
    assert.equal((await get(`${base}/metrics`)).status, 401);
    assert.equal((await get(`${base}/metrics`, { headers: { "x-forwarded-for": "127.0.0.1" } })).status, 401);
  });

  test("nginx's own log holds no token", async () => {
    await get(`${server.url}x`);
    const log = await eventually("it is written", () => {
      const text = readFileSync(join(folder, "access.log"), "utf8");
      return /POST \/mcp\/-/.test(text) && text;
    });
    assert.ok(!log.includes("pst_"));
    assert.ok(!readFileSync(join(folder, "error.log"), "utf8").includes("pst_"));
    assert.match(log, /req_\w+$/m, "and has our request ids");
  });

  test("a Host that is not ours is refused through nginx too", async () => {
    assert.equal((await get(`${base}/healthz`, { headers: { host: "elsewhere.example" } })).status, 403);
  });
});
