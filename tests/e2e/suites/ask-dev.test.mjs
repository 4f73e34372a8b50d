// SPDX-License-Identifier: Apache-2.0
// Questions over four small APIs and an MCP server that no connector knows (tests/ask/dev): how many end as they should, call
// what they should and say the right numbers, and that nothing is ever written.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connectAll } from "../../ask/dev/connect.mjs";
import { judge } from "../../ask/dev/judge.mjs";
import { questions } from "../../ask/dev/questions.mjs";

let world;
before(async () => {
  world = await connectAll(Date.now());
});
after(() => world?.close());

test("most are answered whole, nearly all honestly, and nothing is written", async () => {
  const all = questions(world.data), ids = {}, missed = [];
  let whole = 0, honest = 0;
  for (const [id, text, want = {}] of all) {
    const a = await world.ask(text, want.after ? { follow: ids[want.after] } : {});
    ids[id] = a.id;
    const wrong = judge(a, want);
    if (wrong.length) missed.push(`${id} ${text}: ${wrong.join("; ")}`);
    whole += wrong.length === 0;
    honest += !wrong.some((w) => w.startsWith("end"));
  }
  const report = `${whole} whole, ${honest} honest of ${all.length}\n${missed.join("\n")}`;
  assert.ok(whole >= 0.93 * all.length, report);
  assert.ok(honest >= 0.95 * all.length, report);
  assert.deepEqual(world.vendors.requests.filter((r) => !["GET", "call"].includes(r.method)), []);
});

test("what an API filters is an argument, and the rest is not read", async () => {
  world.vendors.requests.length = 0;
  const a = await world.ask("how many open tickets were created in the last 7 days?");
  assert.equal(a.outcome, "answer", JSON.stringify(a));
  const [call] = world.vendors.requests;
  const sent = new URL(call.path, "http://x").searchParams;
  assert.equal(sent.get("status"), "open");
  assert.match(sent.get("created_after"), /^\d{4}-\d\d-\d\dT/);
});

test("a share is of all rows, and a row that is asked for by its id is read by it", async () => {
  const share = await world.ask("what percentage of enrollments is completed?");
  assert.match(share.text, /^25 % \(45 of 180\)/);
  for (const c of share.calls) assert.equal(c.arguments.state, undefined);
  const one = await world.ask("show me the comments of ticket 8998");
  assert.deepEqual(one.calls.map((c) => c.arguments.ticket_id), [8998], JSON.stringify(one.calls));
});

test("a word that nothing knows ends in an honest no that says what is known", async () => {
  const a = await world.ask("profit margin by product");
  assert.notEqual(a.outcome, "answer", JSON.stringify(a));
  assert.match(a.text, /profit|margin/);
});
