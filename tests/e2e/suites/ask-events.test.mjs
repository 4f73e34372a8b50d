// SPDX-License-Identifier: Apache-2.0
// An answer told as it is made, by the management API: what was understood, the program, its calls, what was read, the
// answer; who leaves or reads nothing ends the work.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { database, ONLY_SQLITE } from "../lib/database.mjs";
import { NOTES, PROJECTS, startNotebook } from "../lib/notebook.mjs";
import { start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const COUNT = "how many notes are there?";
let world, book;
before(async () => {
  world = await start({ settings: { program_cache: "0s", write_timeout: "2s" } });
  book = await startNotebook(world);
});
after(async () => {
  await world?.close();
  await book?.close();
});
beforeEach(() => book.reset());

const post = (body, { accept = "text/event-stream", signal } = {}) =>
  fetch(`${world.postern.url}/ask`, { method: "POST", signal, headers: { authorization: `Bearer ${world.postern.token}`, "content-type": "application/json", accept }, body: JSON.stringify(body) });
const events = (text) =>
  text
    .split("\n\n")
    .map((block) => Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()])))
    .filter((e) => e.event)
    .map((e) => ({ event: e.event, data: JSON.parse(e.data) }));
const told = async (question, more) => events(await (await post({ question, ...more })).text());
const of = (all, name) => all.filter((e) => e.event === name).map((e) => e.data);

test("what was understood, the program, each call, what was read, and the answer as it would have come at once", async () => {
  const answer = await post({ question: COUNT });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /^text\/event-stream/);
  const all = events(await answer.text()), last = all.at(-1);
  assert.deepEqual([...new Set(all.map((e) => e.event))], ["understood", "plan", "call", "read", "answer"], JSON.stringify(all));
  assert.equal(last.event, "answer");
  assert.deepEqual(last.data.table.rows, [[NOTES]]);
  assert.deepEqual(of(all, "understood")[0].understood, last.data.understood);
  const [plan] = of(all, "plan");
  assert.deepEqual(plan.program, last.data.program);
  assert.equal(plan.of, "answer");
  assert.deepEqual(plan.calls, [{ step: "projects", account: "book", tool: "list_projects" }, { step: "notes", account: "book", tool: "list_notes" }]);
  const described = (await world.must(200, "GET", "/openapi.json")).paths["/ask"].post.responses[200].content["text/event-stream"].schema.description;
  for (const { event, data } of all) for (const word of [`${event}:`, ...(event === "answer" ? [] : Object.keys(data))]) assert.ok(described.includes(word), `${word} is not described`);
  const plain = await (await post({ question: COUNT }, { accept: "application/json" })).json();
  assert.deepEqual(Object.keys(plain), Object.keys(last.data));
  assert.equal(plain.text, last.data.text);
});

test("each call is told as it goes out and as it comes back, before what it brought", async () => {
  const all = await told(COUNT), calls = of(all, "call"), begun = calls.filter((c) => c.state === "begun"), ended = calls.filter((c) => c.state === "complete");
  assert.deepEqual(begun.map((c) => c.number), [1, 2, 3, 4, 5]);
  assert.deepEqual(ended.map((c) => c.number).sort(), [1, 2, 3, 4, 5]);
  for (const e of ended) {
    const b = begun.find((c) => c.number === e.number);
    assert.ok(calls.indexOf(b) < calls.indexOf(e));
    assert.deepEqual([b.account, b.tool, b.arguments, b.rows], [e.account, e.tool, e.arguments, undefined]);
    assert.equal(e.rows, e.tool === "list_notes" ? 2 : PROJECTS.length);
    assert.equal(typeof e.ms, "number");
    assert.equal(e.cached, false);
  }
  assert.deepEqual(begun.filter((c) => c.tool === "list_notes").map((c) => c.arguments.project_id).sort(), PROJECTS.map((p) => p.id));
  const read = of(all, "read");
  assert.deepEqual(read.at(-1), { of: "answer", state: "complete", step: "notes", ended: 4, known: 4, rows: NOTES });
  const at = (match) => all.findIndex(match);
  assert.ok(at((e) => e.event === "call" && e.data.state === "complete") < at((e) => e.event === "read" && e.data.rows === PROJECTS.length));
});

test("what was understood and the program are told while calls are still out", async () => {
  book.hold();
  const answer = await post({ question: COUNT }), reader = answer.body.getReader(), decoder = new TextDecoder();
  let text = "";
  while (!/"state":"begun","step":"notes"/.test(text)) text += decoder.decode((await reader.read()).value, { stream: true });
  assert.match(text, /^event: understood\n/);
  assert.match(text, /\nevent: plan\n/);
  assert.doesNotMatch(text, /event: answer/);
  book.let();
  for (let r; !(r = await reader.read()).done; ) text += decoder.decode(r.value, { stream: true });
  assert.match(text, /\nevent: answer\n/);
});

test("names that are looked up first are a program of their own, and what was understood is told again", async () => {
  const all = await told("how many notes are in alpha?");
  assert.deepEqual(of(all, "plan").map((p) => p.of), ["names", "answer"], JSON.stringify(all));
  assert.ok(of(all, "understood").length >= 2);
  assert.deepEqual(of(all, "understood").at(-1).understood, all.at(-1).data.understood);
  assert.deepEqual(all.at(-1).data.table.rows, [[2]]);
});

test("ends without a program: understood, and the answer", async () => {
  for (const [question, outcome] of [["delete all notes", "refuse"], ["how many tickets did we close?", "unanswerable"]]) {
    const all = await told(question);
    assert.deepEqual(all.map((e) => e.event), ["understood", "answer"], JSON.stringify(all));
    assert.equal(all.at(-1).data.outcome, outcome);
  }
  assert.equal(book.seen.length, 0);
});

test("what is wrong with the request itself is refused as ever; who takes anything gets JSON", async () => {
  for (const [body, status] of [[{ question: "" }, 400], [{ question: COUNT, server: "none" }, 404], [{ question: COUNT, follow: "ans_nothing" }, 404], [{ question: COUNT, nonsense: 1 }, 400], [{ question: "a".repeat(1 << 20) }, 400]]) {
    const r = await post(body);
    assert.equal(r.status, status);
    assert.match(r.headers.get("content-type"), /^application\/json/);
    assert.ok((await r.json()).error.message);
  }
  assert.match((await post({ question: COUNT }, { accept: "*/*" })).headers.get("content-type"), /^application\/json/);
});

test("a vendor's rate limit is waited for, and told", async () => {
  book.limited = 1;
  const all = await told(COUNT);
  assert.deepEqual(of(all, "read").filter((r) => r.wait_seconds), [{ of: "answer", wait_seconds: 1 }]);
  const limited = of(all, "call").filter((c) => c.why);
  assert.deepEqual(limited.map((c) => [c.state, c.why]), [["failed", "rate limited"]]);
  assert.deepEqual(all.at(-1).data.table.rows, [[NOTES]]);
});

test("a call that fails in mid-run is told with its reason, and the answer is partial", async () => {
  book.broken = "p2";
  const all = await told(COUNT), failed = of(all, "call").filter((c) => c.state === "failed");
  assert.deepEqual(failed.map((c) => c.arguments.project_id), ["p2"]);
  assert.match(failed[0].why, /500/);
  const answer = all.at(-1);
  assert.equal(answer.event, "answer");
  assert.deepEqual(answer.data.table.rows, [[NOTES - 2]]);
  assert.match(answer.data.warnings.join(), /3 of 4 calls/);
});

const asked = async (body, status = 200) => {
  const r = await post(body, { accept: "application/json" });
  assert.equal(r.status, status);
  return r.json();
};

test("a wait that is too long pauses the answer, which goes on where it was", async () => {
  Object.assign(book, { limited: 1, wait: "300" });
  const paused = await asked({ question: COUNT });
  assert.equal(paused.paused, true, JSON.stringify(paused));
  assert.equal(paused.wait_seconds, 300);
  assert.match(paused.text, /^Not all has been read yet, since a vendor's rate limit asks to wait 300 s/);
  const before = book.notes(), all = await told(undefined, { follow: paused.id }), whole = all.at(-1).data;
  assert.deepEqual(whole.table.rows, [[NOTES]], JSON.stringify(whole));
  assert.equal(whole.paused, undefined);
  assert.ok(book.notes() - before < PROJECTS.length, "what was read before is not read again");
  assert.equal(whole.calls.length, 6, "the evidence has all calls");
  assert.deepEqual(of(all, "call").filter((c) => c.tool === "list_projects"), []);
  assert.match((await asked({ follow: whole.id }, 400)).error.message, /nothing is left/);
});

test("so does one whose names could not be looked up, and one whose run is not there any more", async () => {
  Object.assign(book, { unlisted: 1, wait: "300" });
  const paused = await asked({ question: "how many notes are in alpha?" });
  assert.deepEqual([paused.outcome, paused.paused, paused.choices], ["unanswerable", true, []], JSON.stringify(paused));
  assert.match(paused.text, /could not be read yet, since a vendor's rate limit asks to wait 300 s/);
  assert.equal(book.notes(), 0);
  assert.deepEqual((await asked({ follow: paused.id })).table.rows, [[2]]);

  Object.assign(book, { limited: 1, wait: "300" });
  const other = await asked({ question: COUNT });
  assert.equal(other.paused, true);
  await world.postern.stop();
  await world.postern.start();
  assert.deepEqual((await asked({ follow: other.id })).table.rows, [[NOTES]]);
});

test("an answer that cannot be kept is an error, after all that was told, and is not told itself", { skip: ONLY_SQLITE }, async (t) => {
  book.hold();
  const answer = await post({ question: COUNT });
  await eventually("calls are out", () => book.notes() >= 2);
  const other = database(world.postern);
  t.after(() => other.close());
  other.exec("PRAGMA busy_timeout = 10000");
  other.exec("BEGIN IMMEDIATE");
  book.let();
  const all = events(await answer.text());
  other.exec("ROLLBACK");
  assert.equal(of(all, "answer").length, 0);
  const { event, data } = all.at(-1);
  assert.equal(event, "error", JSON.stringify(all));
  assert.equal(data.error.code, "unavailable");
  assert.match(data.error.message, /locked by another program/);
  assert.ok(data.error.hint && data.error.request_id);
  assert.ok(of(all, "call").some((c) => c.state === "complete"));
  await eventually("it works again", async () => (await world.api("POST", "/ask", { question: "how many projects are there?" })).status === 200);
});

test("who leaves ends all calls, and nothing is called after", async () => {
  book.hold();
  const leaving = new AbortController();
  const answer = await post({ question: COUNT }, { signal: leaving.signal });
  await eventually("calls are out", () => book.notes() >= 2);
  leaving.abort();
  await assert.rejects(answer.text());
  await eventually("the audit has them canceled", async () => (await world.must(200, "GET", "/audit?tool=list_notes&outcome=canceled")).items.length >= 2);
  const before = book.seen.length;
  book.let();
  await told("how many projects are there?");
  assert.equal(book.seen.length, before + 1);
});

test("who reads nothing is let go after the time for writing, with its calls", async (t) => {
  const many = await start({ settings: { program_cache: "0s", program_calls: 5000, program_fan_out: 5000, write_timeout: "1s" } });
  t.after(() => many.close());
  const large = await startNotebook(many, { projects: Array.from({ length: 4000 }, (_, i) => ({ id: `p${i}-${"long".repeat(200)}`, name: `n${i}` })) });
  t.after(() => large.close());
  const body = JSON.stringify({ question: COUNT });
  const url = new URL(many.postern.url), socket = connect(Number(url.port), url.hostname);
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(`POST /ask HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${many.postern.token}\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  await eventually("it is over, though nobody read", async () => (await many.must(200, "GET", "/audit?action=ask")).items.length > 0);
  assert.ok(large.notes() < 4000, `${large.notes()} calls`);
  socket.destroy();
});
