// SPDX-License-Identifier: Apache-2.0
// What others wrote on its way to a terminal: every route of the command line, and the log, from a server all of whose
// words hold what moves cursors, turns text around or hides in it. As text it is marked; as JSON it is the same data.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BINARY, modern, start } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

// C0 but line ends and tabs, DEL, C1, marks, separators, embeddings, isolates, no width, tags.
const HARM = "\u001b[2J\u001b]0;owned\u0007 \u009b31m \u0085 \u007f \u061c \u200b\u200d\u200e\u200f \u2028\u2029 \u202a\u202e \u2060 \u2066\u2069 \ufeff \u{e0001}\u{e0041}";
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e0fff}]|\ufffd/u;
const harmless = (bytes, what) => {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  assert.ok(!UNSAFE.test(text), `${what}: ${JSON.stringify(text.match(new RegExp(`.{0,40}(${UNSAFE.source}).{0,20}`, "u"))?.[0])}`);
  return text;
};

let folder, server, failing;
const time = "2026-11-29T08:00:00.000Z";
// An answer for any path: an object with whatever the commands look at, and a list of it.
const thing = () => ({
  id: "acc_1", name: `n${HARM}`, label: `l${HARM}`, connector: `c${HARM}`, status: `s${HARM}`, status_text: HARM, way: HARM, alias: `a${HARM}`, url: `https://x/${HARM}`,
  title: HARM, description: HARM, class: HARM, tags: [HARM, "x"], tool: HARM, action: HARM, actor: HARM, outcome: HARM, detail: HARM, at: time, created_at: time, version: HARM, trust: HARM,
  why: HARM, blurb: HARM, kind: HARM, context: { [`k${HARM}`]: HARM }, input: { type: "object", properties: { [`p${HARM}`]: { type: HARM, description: HARM } } }, inputSchema: { properties: {} },
  healthy: false, checks: [{ id: HARM, status: "fail", text: HARM, remedy: HARM }], config: { tags: [HARM] }, accounts: [{ alias: HARM, name: HARM }], change: HARM, diff: HARM,
  content: [{ type: "text", text: `line\n\t${HARM}` }], structuredContent: { a: HARM }, isError: false, ways: [{ id: "key", label: HARM, fields: [{ name: `f${HARM}`, label: HARM, secret: true }] }],
});
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-terminal-"));
  server = await startRecorder(({ target }) => {
    if (failing) return { status: failing, body: { error: { code: "invalid", message: `m${HARM}\nsecond`, field: `f${HARM}`, hint: `h${HARM}\n\tthird` } } };
    const path = target.split("?")[0];
    const single = !/\/(tools|review)$/.test(path) && /\/(status|whoami)$|\/[a-z-]+\/[^/]+$|\/(verify|doctor|refresh|call)$/.test(path);
    return { body: single ? thing() : { items: [thing(), { ...thing(), id: "acc_2" }], next_cursor: null, ...thing() } };
  });
});
after(async () => {
  await server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function launch(args, env = {}) {
  const child = spawn(BINARY, args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, POSTERN_URL: server.url, POSTERN_TOKEN: "psk_x", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const bytes = { out: [], err: [] };
  child.stdout.on("data", (b) => bytes.out.push(b));
  child.stderr.on("data", (b) => bytes.err.push(b));
  return { child, out: () => Buffer.concat(bytes.out), err: () => Buffer.concat(bytes.err) };
}
async function run(args) {
  const p = launch(args);
  const [code] = await once(p.child, "close");
  return { code, out: p.out(), err: p.err() };
}

const COMMANDS = [
  ["account", "list"], ["account", "show", "acc_1"], ["account", "verify", "acc_1"], ["account", "doctor", "acc_1"], ["account", "context", "acc_1", "k=v"],
  ["mcp", "list"], ["mcp", "show", "acc_1"], ["tools", "acc_1"], ["tools", "acc_1", "t"], ["tools", "review", "acc_1"],
  ["call", "acc_1", "t"], ["connector", "list"], ["connector", "show", "x"], ["token", "list"], ["audit"], ["status"],
];
describe("every command", () => {
  for (const args of COMMANDS)
    test(`postern ${args.join(" ")}`, async () => {
      failing = 0;
      for (const json of [false, true]) {
        const r = await run(json ? [...args, "--json"] : args);
        const out = harmless(r.out, "stdout"),
          err = harmless(r.err, "stderr");
        if (r.code === 0 && json) assert.ok(JSON.stringify(JSON.parse(out)).includes(JSON.stringify(HARM).slice(1, -1)), `the data is not what it was: ${out.slice(0, 400)}`);
        else assert.ok(out.length + err.length > 0);
      }
      for (failing of [400, 404, 409, 422, 502]) {
        const r = await run(args);
        const err = harmless(r.err, "stderr");
        harmless(r.out, "stdout");
        assert.notEqual(r.code, 0);
        assert.match(err, /^postern: .*m\?/);
        assert.match(err, /second(\n {2}h\?.* third)?\n$/, "each part of an error is one line");
      }
      failing = 0;
    });

  test("most of them come to an end that shows something", async () => {
    const codes = await Promise.all(COMMANDS.map((args) => run(args).then((r) => [args.join(" "), r.code, r.err.toString()])));
    assert.ok(codes.filter(([, code]) => code === 0).length >= 12, JSON.stringify(codes.filter(([, code]) => code !== 0)));
  });

  test("audit --follow, as text and as JSON", async (t) => {
    for (const json of [[], ["--json"]]) {
      const p = launch(["audit", "--follow", ...json]);
      t.after(() => p.child.kill());
      await eventually("a row", () => p.out().includes("\n"));
      const text = harmless(p.out(), "stdout");
      if (json.length) assert.equal(JSON.parse(text.split("\n")[0]).detail, HARM);
      p.child.kill();
      await once(p.child, "close");
    }
  });

  test("words of the command line itself, and of the environment", async () => {
    for (const args of [[HARM.replaceAll("\0", "")], ["account", `sh${HARM}`], ["account", "show", HARM], ["--url", HARM, "account", "list"], ["account", "list", `--x${HARM}`], ["compile", `/nowhere/${HARM}`], ["help", HARM], ["completion", HARM], ["serve", "--config", `/nowhere/${HARM}`], ["serve", `--listen=${HARM}`], ["serve", HARM]]) {
      const r = await run(args);
      harmless(r.out, "stdout");
      harmless(r.err, "stderr");
    }
    const p = launch(["account", "list"], { POSTERN_URL: `http://127.0.0.1:1/${HARM}` });
    await once(p.child, "close");
    harmless(p.err(), "stderr");
  });

  test("the manual and the completions are what they were", async () => {
    for (const args of [["docs", "cli"], ["docs", "man"], ["docs", "settings"], ["completion", "bash"], ["completion", "zsh"], ["completion", "fish"], ["help"], ["version"]]) {
      const r = await run(args);
      assert.equal(r.code, 0, r.err.toString());
      assert.ok(!harmless(r.out, args.join(" ")).includes("\ufffd"));
    }
  });
});

test("the log of the server: a vendor's words in errors, as text and as JSON lines", async (t) => {
  for (const log_format of ["text", "json"]) {
    const world = await start({ settings: { log_format, log_level: "debug" } });
    t.after(() => world.close());
    const vendor = await startVendor({ broken: { path: "/broken", answer: { status: 400, body: { message: HARM, errors: [{ message: HARM }] } } } });
    t.after(() => vendor.close());
    const account = await vendor.connect(world);
    const served = await world.server(account);
    await modern(served.url, "tools/call", { name: "broken", arguments: {} });
    await world.postern.api("GET", `/integrated-account/${encodeURIComponent(HARM)}`);
    await world.postern.api("POST", "/integrated-account", { connector: HARM, name: HARM, credential: {} });
    await eventually("lines of it", () => world.postern.program.output.split("\n").length > 5);
    const output = harmless(Buffer.from(world.postern.program.output), `the log as ${log_format}`);
    if (log_format === "json") for (const line of output.split("\n").filter((l) => l.startsWith("{"))) JSON.parse(line);
  }
});
