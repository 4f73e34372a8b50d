// SPDX-License-Identifier: Apache-2.0
// A program told as it goes: events by the management API, notifications to MCP clients in every era, lines on a
// terminal; who leaves or reads nothing ends it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { promisify } from "node:util";
import { call, progressSince } from "../lib/behaviours.mjs";
import { CLIENTS, SSE_CLIENTS } from "../lib/clients.mjs";
import { BINARY, modern, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

let vendor, world, account, folder, gate, limited;
const query = { name: "n", in: "query", schema: { type: "integer" } };
const list = (path, answer) => ({ path, parameters: [query], answer, word: { class: "list" } });
const OPERATIONS = {
  names: list("/names", () => ({ body: Array.from({ length: 6 }, (_, i) => ({ n: i })) })),
  detail: list("/detail", async () => {
    await gate?.wait;
    if (limited-- > 0) return { status: 429, headers: { "retry-after": "1" }, body: {} };
    return { body: [{ ok: 1 }] };
  }),
  many: list("/many", () => ({ body: Array.from({ length: 400 }, (_, n) => ({ n })) })),
  broken: list("/broken", () => ({ status: 500, body: {} })),
};
const names = { id: "names", account: "own", tool: "names" };
const details = { id: "details", account: "own", tool: "detail", for_each: "SELECT n FROM names", arguments: { n: { $: "n" } } };
const program = (steps, query) => ({ version: 1, steps, results: { all: { query } } });
const BOTH = program([names, details], "SELECT count(*) AS n FROM details");

before(async () => {
  vendor = await startVendor(OPERATIONS);
  world = await start({ settings: { program_cache: "0s", program_calls: 1000, program_fan_out: 1000 } });
  account = await vendor.connect(world, { name: "own" });
  folder = mkdtempSync(join(tmpdir(), "progress-"));
  writeFileSync(join(folder, "both.json"), JSON.stringify(BOTH));
});
after(async () => {
  await world?.close();
  await vendor?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  gate = undefined;
  limited = 0;
  vendor.seen.length = 0;
});

const post = (body, { accept = "text/event-stream", signal } = {}) =>
  fetch(`${world.postern.url}/program`, { method: "POST", signal, headers: { authorization: `Bearer ${world.postern.token}`, "content-type": "application/json", accept }, body: JSON.stringify(body) });
const events = (text) =>
  text
    .split("\n\n")
    .map((block) => Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()])))
    .filter((e) => e.event)
    .map((e) => ({ event: e.event, data: JSON.parse(e.data) }));

test("events: each step as it moves, the result last, as it would have come at once", async () => {
  const answer = await post({ program: BOTH });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /^text\/event-stream/);
  const all = events(await answer.text()), last = all.pop();
  assert.equal(last.event, "result");
  assert.deepEqual(last.data.results[0].rows, [[6]]);
  assert.ok(all.every((e) => e.event === "progress"), JSON.stringify(all));
  const of = (step) => all.filter((e) => e.data.step === step).map((e) => e.data);
  assert.deepEqual(of("names").at(0), { step: "names", state: "waiting", ended: 0, known: 1 });
  for (const [step, calls] of [["names", 1], ["details", 6]]) {
    assert.deepEqual(of(step).at(-1), { step, state: "complete", ended: calls, known: calls });
    for (let i = 1; i < of(step).length; i++) assert.ok(of(step)[i].ended >= of(step)[i - 1].ended, JSON.stringify(of(step)));
  }
  const plain = await (await post({ program: BOTH }, { accept: "application/json" })).json();
  assert.deepEqual(plain.results, last.data.results);
  assert.deepEqual(Object.keys(plain), Object.keys(last.data));
});

test("a program that is wrong is refused as ever, and a failed one is told", async () => {
  const wrong = await post({ program: program([{ ...names, tool: "nothing" }], "SELECT 1") });
  assert.equal(wrong.status, 400);
  assert.match(wrong.headers.get("content-type"), /^application\/json/);
  assert.equal((await wrong.json()).faults[0].pointer, "/steps/0/tool");
  const all = events(await (await post({ program: program([{ ...names, tool: "broken" }], "SELECT * FROM names") })).text());
  assert.equal(all.at(-1).event, "result");
  assert.equal(all.at(-1).data.status, "failed");
  assert.equal(all.at(-2).data.state, "failed");
});

test("who takes anything gets JSON; a wait for a rate limit is told", async () => {
  const any = await post({ program: program([names], "SELECT count(*) FROM names") }, { accept: "*/*" });
  assert.match(any.headers.get("content-type"), /^application\/json/);
  limited = 1;
  const all = events(await (await post({ program: BOTH })).text());
  assert.deepEqual(all.filter((e) => e.event === "wait").map((e) => e.data), [{ wait_seconds: 1 }]);
  assert.deepEqual(all.at(-1).data.results[0].rows, [[6]]);
  assert.equal(all.at(-1).data.status, "complete");
});

test("who leaves ends all calls, and nothing is called after", async () => {
  close();
  const leaving = new AbortController();
  const answer = await post({ program: BOTH }, { signal: leaving.signal });
  await eventually("calls are out", () => vendor.seen.filter((r) => r.path.startsWith("/detail")).length >= 2);
  leaving.abort();
  await assert.rejects(answer.text());
  await eventually("the audit has them canceled", async () => (await world.must(200, "GET", "/audit?tool=detail&outcome=canceled")).items.length >= 2);
  const before = vendor.seen.length;
  gate.open();
  await (await post({ program: program([names], "SELECT 1 FROM names") })).text();
  assert.equal(vendor.seen.length, before + 1);
});

test("who reads nothing is let go after the time for writing", async (t) => {
  // One of its own, whose audit has nothing else. The outcome is larger than what the system holds for a socket.
  const own = await start({ settings: { program_cache: "0s", write_timeout: "1s" } });
  t.after(() => own.close());
  await vendor.connect(own, { name: "own" });
  const body = JSON.stringify({ program: program([{ ...names, id: "many", tool: "many" }], "SELECT n, printf('%100000s', n) AS wide FROM many") });
  const url = new URL(own.postern.url), socket = connect(Number(url.port), url.hostname), closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(`POST /program HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${own.postern.token}\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  await eventually("it is over, though nobody read", async () => (await own.must(200, "GET", "/audit?action=program.run")).items.length > 0);
  let end = "";
  socket.on("data", (bytes) => (end = (end + bytes.toString("latin1")).slice(-20)));
  socket.resume();
  await closed;
  assert.ok(!end.endsWith("0\r\n\r\n"), "it got the whole, and was not let go");
});

const close = () => {
  gate = {};
  gate.wait = new Promise((resolve) => (gate.open = resolve));
};

describe("an MCP client that asks for progress", () => {
  const RUN = "postern_run_program";
  let server;
  const details_out = () => eventually("calls are out", () => vendor.seen.filter((r) => r.path.startsWith("/detail")).length >= 2);
  const canceled = async () => (await world.must(200, "GET", "/audit?tool=detail&outcome=canceled&limit=1000")).items.length;
  const nothing_more = async () => {
    const before = vendor.seen.length;
    gate.open();
    await (await post({ program: program([names], "SELECT 1 FROM names") })).text();
    assert.equal(vendor.seen.length, before + 1);
  };
  /** Nothing falls, each is more than the one before, nothing passes its total. */
  const rises = (told) => told.forEach(([ended, total], i) => assert.ok(ended <= total && (!i || (ended > told[i - 1][0] && total >= told[i - 1][1])), JSON.stringify(told)));

  before(async () => {
    server = await world.server(account, { methods: ["read"], programs: true });
    const stored = await world.must(201, "POST", "/stored-program", { program: BOTH, name: "both" });
    await world.must(201, "POST", `/mcp-server/${server.id}/program`, { program: stored.id, as: "count_details" });
  });

  for (const [name, { era, connect }] of Object.entries({ ...CLIENTS, ...SSE_CLIENTS })) {
    const open = () => connect(era === "sse" ? server.url.replace("/mcp/", "/sse/") : server.url);
    for (const [tool, args] of [[RUN, { program: BOTH }], ["count_details", {}]])
      test(`${name}: ${tool} tells calls that have ended, of those known, and their step`, async (t) => {
        const client = await open();
        t.after(() => client.close());
        close();
        const before = client.heard.length, seen = [];
        const answer = call(client, tool, args, { onprogress: (p) => seen.push(p) });
        await details_out();
        await eventually("the first step is told while the second is at work", () => progressSince(client, before).length > 0);
        gate.open();
        assert.ok(!(await answer).isError);
        const told = progressSince(client, before), messages = client.heard.slice(before).filter((m) => m.method === "notifications/progress").map((m) => m.params.message);
        rises(told);
        assert.equal(told[0][0], 1);
        assert.match(messages[0], /^names: 1 of 1 calls$/);
        assert.deepEqual(told.at(-1), [7, 7]);
        assert.match(messages.at(-1), /^details: 6 of 6 calls$/);
        assert.ok(seen.length > 0);
        const quiet = client.heard.length;
        assert.ok(!(await call(client, tool, args)).isError);
        assert.deepEqual(progressSince(client, quiet), []);
      });

    test(`${name}: a request that is cancelled ends all calls`, async (t) => {
      const client = await open();
      t.after(() => client.close());
      close();
      const before = await canceled(), leaving = new AbortController();
      const answer = call(client, RUN, { program: BOTH }, { signal: leaving.signal, onprogress: () => undefined });
      await details_out();
      leaving.abort();
      await assert.rejects(answer);
      await eventually("the audit has them canceled", async () => (await canceled()) >= before + 2);
      await nothing_more();
    });
  }

  test("a token comes back as it was, and one that is neither text nor integer is told nothing", async () => {
    const ask = (progressToken, more) => modern(server.url, "tools/call", { name: RUN, arguments: { program: BOTH } }, { meta: { progressToken }, ...more });
    for (const token of ["a \"quoted\" one\n", 0, -7]) {
      const { text } = await ask(token);
      const messages = text.split("\n").filter((line) => line.startsWith("data: ")).map((line) => JSON.parse(line.slice(6)));
      const told = messages.filter((m) => m.method === "notifications/progress");
      assert.ok(told.length > 0, text);
      assert.ok(told.every((m) => m.params.progressToken === token), text);
      assert.equal(messages.at(-1).id, 1);
    }
    for (const token of [{}, true, 1.5]) assert.doesNotMatch((await ask(token)).text, /notifications\/progress/);
    const plain = await ask("x", { headers: { accept: "application/json" } });
    assert.doesNotMatch(plain.text, /notifications\/progress/);
  });

  test("however many calls end, it is told a few times a second, and to the end", async () => {
    const many = [{ ...names, id: "many", tool: "many" }, { ...details, for_each: "SELECT n FROM many" }];
    const began = performance.now();
    const { text } = await modern(server.url, "tools/call", { name: RUN, arguments: { program: program(many, "SELECT count(*) FROM details") } }, { meta: { progressToken: 1 } });
    const told = text.split("\n").filter((line) => line.includes("notifications/progress")).map((line) => JSON.parse(line.slice(6)).params).map((p) => [p.progress, p.total]);
    rises(told);
    assert.deepEqual(told.at(-1), [401, 401]);
    // One each 100 ms, and the last.
    assert.ok(told.length <= (performance.now() - began) / 100 + 2, `${told.length} in ${performance.now() - began} ms`);
  });
});

const postern = (args, env = {}) => promisify(execFile)(BINARY, args, { env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token, ...env } });
// util-linux's script gives it a terminal for both outputs.
const onTerminal = async (args, env = {}) => {
  const { stdout } = await promisify(execFile)("script", ["-qefc", [BINARY, ...args].join(" "), "/dev/null"], { env: { ...process.env, TERM: "xterm", NO_COLOR: "", COLUMNS: "80", POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token, ...env } });
  return stdout.replaceAll("\r\n", "\n");
};

test("on a terminal: a line for each step that has ended, one that changes until then", async () => {
  const shown = await onTerminal(["run", join(folder, "both.json")]);
  assert.match(shown, /\r\u001b\[Kdetails: \d of 6 calls/);
  const left = shown.split("\n").map((line) => line.split("\r").at(-1).replace("\u001b[K", ""));
  assert.deepEqual(left.filter((line) => /complete/.test(line)), ["names: 1 call, complete", "details: 6 calls, complete"]);
  assert.match(left.join("\n"), /n\n6/);
});

test("without colour, or on a terminal that cannot move its cursor: whole lines alone", async () => {
  for (const [args, env] of [[["--no-color"], {}], [[], { NO_COLOR: "1" }], [[], { TERM: "dumb" }]]) {
    const shown = await onTerminal(["run", join(folder, "both.json"), ...args], env);
    assert.ok(!shown.includes("\u001b"), JSON.stringify(shown));
    assert.match(shown, /^names: 1 call, complete\ndetails: 6 calls, complete\n/);
  }
});

test("on a narrow one lines are cut to its width; on none there is nothing", async () => {
  const shown = await onTerminal(["run", join(folder, "both.json"), "--no-color"], { COLUMNS: "12" });
  assert.match(shown, /^names: 1 ca\ndetails: 6 \n/);
  const { stdout, stderr } = await postern(["run", join(folder, "both.json")]);
  assert.equal(stderr, "");
  assert.match(stdout, /^n\n6\n/);
});
