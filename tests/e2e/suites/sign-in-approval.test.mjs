// SPDX-License-Identifier: Apache-2.0
// Limits and approvals of people who signed in: who asks and who approves are persons, whichever client they come by. The
// vendor counts what reached it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { modern, start } from "../lib/postern.mjs";
import { person, register, signIn } from "../lib/sign-in.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

const OPERATIONS = {
  list_things: { path: "/things", answer: { body: [] } },
  delete_thing: { method: "delete", path: "/things/{id}", word: { class: "delete" }, parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }] },
};
const CALLS = 6;
let world, vendor, account, ada, bob;
before(async () => {
  world = await start({ settings: { approval_wait: "0s", person_calls_per_minute: String(CALLS) } });
  vendor = await startVendor(OPERATIONS);
  account = await vendor.connect(world);
  [ada, bob] = [await person(world, "ada", { role: "admin" }), await person(world, "bob", { role: "admin" })];
});
after(async () => {
  await world?.close();
  await vendor?.close();
});

const serve = (slug, config = {}) => world.server(account, config, { slug, sign_in: { roles: ["admin", "viewer"] } });
const through = async (server, who) => {
  const client = await register(world), tokens = await signIn(world, who, client, server.sign_in_url);
  return { id: client.client_id, token: tokens.access_token, call: (name, args = {}) => modern(server.sign_in_url, "tools/call", { name, arguments: args }, { headers: { authorization: `Bearer ${tokens.access_token}` } }) };
};
const as = (who, method, path, body) => world.api(method, path, body, { token: null, headers: { cookie: who.cookie, ...(method === "GET" ? {} : { origin: world.postern.url, "postern-console": "1" }) } });
const told = (r) => r.body.result.content[0].text;

test("a person approves nothing that she asked for, by whichever client; a second person does", async () => {
  const server = await serve("approved", { approval: "destroy" });
  const [one, other] = [await through(server, ada), await through(server, ada)], args = { id: "a" };
  const first = await one.call("delete_thing", args);
  assert.match(told(first), /^Not done yet: this call waits for the approval of a second person/);
  const [id] = told(first).match(/apr_\w+/);
  // What she asks for by another client is another call, and hers as well.
  const again = await other.call("delete_thing", args), [second] = told(again).match(/apr_\w+/);
  assert.notEqual(second, id);
  for (const mine of [id, second]) {
    const shown = await as(ada, "GET", `/approval/${mine}`);
    assert.deepEqual([shown.status, shown.body.state, shown.body.may_approve], [200, "waiting", false], shown.text);
    assert.equal((await as(ada, "POST", `/approval/${mine}/approve`, {})).status, 403);
    for (const { token } of [one, other]) assert.equal((await world.api("POST", `/approval/${mine}/approve`, {}, { token })).status, 401, "a client's token opens no console");
  }
  assert.equal(vendor.seen.length, 0);
  const said = await as(bob, "POST", `/approval/${id}/approve`, {});
  assert.deepEqual([said.status, said.body.state, said.body.decided_name], [200, "approved", "bob"], said.text);
  assert.match(told(await other.call("delete_thing", args)), /^Not done yet/, "it was approved for the client that asked");
  assert.equal(vendor.seen.length, 0);
  const done = await one.call("delete_thing", args);
  assert.equal(done.body.result.isError, false, done.text);
  assert.equal(vendor.seen.length, 1);
  const row = await eventually("the audit has it", async () => (await world.must(200, "GET", `/audit?actor=ada&client_id=${one.id}&outcome=ok&action=tools/call`)).items[0]);
  assert.match(row.detail, new RegExp(`^approved: ${id}`));
});

test("a person's minute is one over all her clients and servers, and nobody else's", async () => {
  const eve = await person(world, "eve", { role: "viewer" }), dan = await person(world, "dan", { role: "viewer" });
  const servers = [await serve("here"), await serve("there")];
  const clients = [await through(servers[0], eve), await through(servers[0], eve), await through(servers[1], eve)];
  const before = vendor.seen.length;
  for (let i = 0; i < CALLS; i++) {
    const r = await clients[i % clients.length].call("list_things");
    assert.equal(r.body.result.isError, false, r.text);
  }
  for (const client of clients) {
    const r = await client.call("list_things");
    assert.equal(r.body.result.isError, true, r.text);
    assert.match(told(r), new RegExp(`${CALLS} calls a minute.*This is a limit of Postern`));
  }
  assert.equal(vendor.seen.length - before, CALLS);
  const his = await (await through(servers[0], dan)).call("list_things");
  assert.equal(his.body.result.isError, false, his.text);
});
