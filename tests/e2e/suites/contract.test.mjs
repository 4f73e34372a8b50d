// SPDX-License-Identifier: Apache-2.0
// Every suite holds the answers that it gets against /openapi.json (lib/contract.mjs). Here: that this notices
// what is not as described, and that every route that anybody may read is described as it answers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { contractOf } from "../lib/contract.mjs";
import { start } from "../lib/postern.mjs";

let world, api, contract;
before(async () => {
  world = await start();
  api = await world.must(200, "GET", "/openapi.json");
  contract = contractOf(api);
});
after(() => world?.close());

test("what is not as described is noticed", async () => {
  const path = `/mcp-server/${(await world.server(await world.account())).id}`;
  const answer = await world.api("GET", path);
  const { id, ...without } = answer.body;
  assert.match(id, /^srv_/);
  const other = (over) => ({ ...answer, ...over });
  const headers = (type) => new Headers({ "content-type": type });
  contract.check("GET", path, answer);
  for (const [what, wrong] of [
    ["an unknown member", other({ body: { ...answer.body, secret: "x" } })],
    ["one within another", other({ body: { ...answer.body, config: { ...answer.body.config, extra: 1 } } })],
    ["one in a list", other({ body: { ...answer.body, accounts: [{ ...answer.body.accounts[0], extra: 1 }] } })],
    ["a missing member", other({ body: without })],
    ["another type", other({ body: { ...answer.body, tool_count: "12" } })],
    ["null where none may be", other({ body: { ...answer.body, created_at: null } })],
    ["a time that is none", other({ body: { ...answer.body, created_at: "yesterday" } })],
    ["no JSON", other({ body: undefined })],
    ["another status", other({ status: 202 })],
    ["an error that is none", other({ status: 404 })],
    ["another media type", other({ headers: headers("text/html") })],
  ])
    assert.throws(() => contract.check("GET", path, wrong), /does not describe/, what);
  assert.throws(() => contract.check("DELETE", path, other({ status: 204, text: "{}" })), /does not describe/, "a body beside 204");
});

test("all that can be read without more is described", async () => {
  const account = await world.account(), server = await world.server(account);
  const values = { id: account.id, server_id: server.id, name: "cloudflare", tool: "list_all_cloudflare_zones", flow: account.id };
  const { name: token } = await world.must(201, "POST", "/api-token", { name: "c", role: "client" });
  assert.equal(token, "c");
  for (const [path, { get }] of Object.entries(api.paths)) {
    if (!get) continue;
    const target = path.replace(/\{([^}]*)\}/g, (_, name) => values[name]);
    await world.api("GET", target); // which holds it against the description
    await world.api("GET", target, undefined, { token: undefined });
    await world.api("GET", `${target}?no_such_member=1`);
  }
});
