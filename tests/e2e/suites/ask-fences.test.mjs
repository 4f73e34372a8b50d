// SPDX-License-Identifier: Apache-2.0
// Questions on a server that is held to certain zones: what the fence fixes is not asked for and not looked up, all calls stay
// within it, and what is outside is said to be.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../lib/postern.mjs";

const OURS = "023e105f4ecef8ad9ca31a8372d0c353";
let world, account;
before(async () => {
  world = await start();
  account = await world.account("cfut_sandbox_one_account", { name: "acme" });
});
after(() => world?.close());

const fenced = async (name, zones) => (await world.api("POST", "/mcp-server", { name, accounts: [account.id], config: { methods: ["read"], fence: { acme: { zone_id: zones } } } })).body.id;
const ask = async (server, question) => (await world.api("POST", "/ask", { server, question })).body;

test("one zone: it is neither asked for nor looked up", async () => {
  const server = await fenced("one", [OURS]);
  for (const question of ["list dns records", "firewall rules by action", "which zone has the most dns records?"]) {
    const a = await ask(server, question);
    assert.equal(a.outcome, "answer", JSON.stringify(a));
    assert.deepEqual([...new Set(a.calls.map((c) => c.arguments.zone_id))], [OURS], JSON.stringify(a.calls));
  }
  const outside = await ask(server, "dns records of example.com");
  assert.equal(outside.outcome, "unanswerable", JSON.stringify(outside));
  assert.match(outside.text, /held to "acme-mail\.example", and "example\.com" is not among them/);
  assert.deepEqual(outside.calls, []);
  const itself = await ask(server, "is the zone active?");
  assert.equal(itself.outcome, "unanswerable", JSON.stringify(itself));
});

test("two zones: each by its name, both together, and a quote in a name stays one", async () => {
  const all = await ask(undefined, "zones with more than 15 dns records");
  assert.equal(all.outcome, "answer", JSON.stringify(all));
  const server = await fenced("two", [OURS, { id: "82d44a509e603e771c4b62caaf22c2b3", name: "it's'); DROP TABLE dns; --" }]);
  const a = await ask(server, "how many dns records per zone");
  assert.ok(["answer", "unanswerable"].includes(a.outcome), JSON.stringify(a));
  for (const c of a.calls ?? []) assert.ok([OURS, "82d44a509e603e771c4b62caaf22c2b3"].includes(c.arguments.zone_id), JSON.stringify(c));
});
