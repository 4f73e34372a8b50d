// SPDX-License-Identifier: Apache-2.0
// A question on a terminal: the chips, steps as they run, the answer and its link; Ctrl-C ends the work at the server. On
// none, the answer alone.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { NOTES, startNotebook } from "../lib/notebook.mjs";
import { BINARY, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const QUESTION = "'how many notes are in alpha?'", COUNT = "'how many notes are there?'";
let world, book;
before(async () => {
  world = await start({ settings: { program_cache: "0s" } });
  book = await startNotebook(world);
});
after(async () => {
  await world?.close();
  await book?.close();
});
beforeEach(() => book.reset());

// util-linux's script gives it a terminal for both outputs, and passes what is typed.
function onTerminal(args, env = {}) {
  const child = spawn("script", ["-qefc", [BINARY, ...args].join(" "), "/dev/null"], { env: { ...process.env, TERM: "xterm", NO_COLOR: "", COLUMNS: "80", POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token, ...env } });
  let text = "";
  child.stdout.on("data", (b) => (text += b));
  return { child, shown: () => text.replaceAll("\r\n", "\n"), ended: once(child, "close").then(([code]) => code) };
}
const asked = async (args, env) => {
  const p = onTerminal(["ask", ...args], env);
  assert.equal(await p.ended, 0, p.shown());
  return p.shown();
};
// What is left standing of lines that change in place.
const left = (shown) => shown.split("\n").map((line) => line.split("\r").at(-1).replace("\u001b[K", ""));

test("chips once they are settled, a line for each step, the answer, its link", async () => {
  const shown = await asked([QUESTION]), lines = left(shown);
  const at = (pattern) => lines.findIndex((line) => pattern.test(line));
  const order = [/^projects: 1 call, complete$/, /^\[Fixture: note\] \[alpha\]$/, /^notes: 1 call, complete$/, /2 notes/, /\/ui\/answer\/ans_\w+$/, /^\d calls; go on with: postern ask --follow ans_/].map(at);
  assert.ok(order.every((n) => n >= 0), `${order} of\n${lines.join("\n")}`);
  assert.deepEqual(order, [...order].sort((a, b) => a - b), lines.join("\n"));
  assert.equal(lines.filter((line) => /^\[Fixture: note\]/.test(line)).length, 1, lines.join("\n"));
});

test("a line changes in place while calls are out; a wait for a rate limit stays", async () => {
  book.limited = 1;
  const shown = await asked([COUNT]);
  assert.match(shown, /\r\u001b\[Knotes: \d of 4 calls/);
  assert.ok(left(shown).includes("waiting 1 s: a vendor's rate limit"), shown);
  assert.match(shown, new RegExp(`\\b${NOTES} notes`));
});

test("one call is one call", async () => {
  assert.match(await asked(["'how many projects are there?'"]), /^1 call; go on with/m);
});

test("without colour: whole lines alone", async () => {
  const shown = await asked([COUNT, "--no-color"]);
  assert.ok(!shown.includes("\u001b"), JSON.stringify(shown));
  assert.match(shown, /^\[Fixture: note\]\nprojects: 1 call, complete\nnotes: 4 calls, complete\n/);
});

test("Ctrl-C ends the work at the server", async () => {
  book.hold();
  const p = onTerminal(["ask", COUNT]);
  await eventually("calls are out", () => book.notes() >= 2);
  p.child.stdin.write("\u0003");
  assert.notEqual(await p.ended, 0);
  await eventually("the audit has them canceled", async () => (await world.must(200, "GET", "/audit?tool=list_notes&outcome=canceled")).items.length >= 2);
  assert.doesNotMatch(p.shown(), /notes\.$/m);
});

test("on no terminal, with --json or --program: no steps", async () => {
  const run = promisify(execFile), env = { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token };
  const plain = await run(BINARY, ["ask", COUNT.slice(1, -1)], { env });
  assert.match(plain.stdout, new RegExp(`^${NOTES} notes\\.\\n`));
  assert.match(plain.stderr, /^\[Fixture: note\]\n.*\/ui\/answer\/ans_\w+\n5 calls; go on with: [^\n]*\n$/);
  for (const flag of ["--json", "--program"]) {
    const shown = await asked([COUNT, flag]);
    assert.doesNotMatch(shown, /complete|\u001b/);
    assert.ok(JSON.parse(shown), shown);
  }
});
