// SPDX-License-Identifier: Apache-2.0
// The command line as a person or a script runs it: `run` without a terminal, `typed` at one. Example:
//   const cli = commands({ HOME: folder, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token });
//   await cli.ok(["account", "list"]); await cli.fails(4, /no account/, ["account", "show", "x"]);
//   await cli.typed(["token", "revoke", "ci"], [[/\[y\/N\]/, "y"]]);
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { BINARY } from "./postern.mjs";

const HANGS_MS = 240_000;
const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

export function commands(environment, folder = environment.HOME) {
  const options = (env) => ({ cwd: folder, env: { PATH: process.env.PATH, ...environment, ...env } });
  async function run(args, { input = "", env = {} } = {}) {
    // In a session of its own there is no terminal to ask at, wherever the tests are run from.
    const child = spawn(BINARY, args, { ...options(env), detached: true, stdio: ["pipe", "pipe", "pipe"] });
    const texts = { out: "", err: "" };
    child.stdout.on("data", (b) => (texts.out += b));
    child.stderr.on("data", (b) => (texts.err += b));
    child.stdin.on("error", () => {}); // it need not read
    child.stdin.end(input);
    const hangs = setTimeout(() => child.kill("SIGKILL"), HANGS_MS);
    const [code, signal] = await once(child, "close");
    clearTimeout(hangs);
    return { code: code ?? signal, ...texts };
  }
  async function ok(args, more) {
    const r = await run(args, more);
    assert.equal(r.code, 0, `postern ${args.join(" ")}: ${r.out}${r.err}`);
    return r;
  }
  return {
    run,
    ok,
    json: async (args, more) => JSON.parse((await ok([...args, "--json"], more)).out),
    async fails(code, pattern, args, more) {
      const r = await run(args, more);
      assert.equal(r.code, code, `postern ${args.join(" ")}: ${r.out}${r.err}`);
      assert.match(r.err, pattern);
      return r;
    },
    // At a terminal, with an answer to each question as it comes; { code, out }, where out is all that was to be seen.
    async typed(args, answers, { env = {} } = {}) {
      const child = spawn("script", ["-qec", [BINARY, ...args].map(quoted).join(" "), "/dev/null"], { ...options(env), stdio: ["pipe", "pipe", "inherit"] });
      let out = "", seen = 0;
      child.stdin.on("error", () => {});
      child.stdout.on("data", (b) => {
        out += b;
        for (let m; answers.length && (m = out.slice(seen).match(answers[0][0])); ) {
          seen += m.index + m[0].length;
          const answer = answers.shift()[1];
          Promise.resolve(typeof answer === "function" ? answer(m) : answer).then((text) => text !== undefined && child.stdin.write(`${text}\n`));
        }
      });
      const hangs = setTimeout(() => child.kill("SIGKILL"), HANGS_MS);
      const [code] = await once(child, "close");
      clearTimeout(hangs);
      return { code, out };
    },
  };
}
