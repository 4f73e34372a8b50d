// SPDX-License-Identifier: Apache-2.0
// A person of the company signs in from an official client, which knows nothing but the server's address: over the company's
// provider, whose groups say which servers are hers, and for how long.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CLIENTS } from "../lib/clients.mjs";
import { Clock } from "../lib/clock.mjs";
import { modern, Postern, start } from "../lib/postern.mjs";
import { Employee, startProvider, Wanderer } from "../lib/provider.mjs";
import { person, Provider, refresh, register, signIn } from "../lib/sign-in.mjs";
import { eventually } from "../lib/wait.mjs";

const people = { ada: { groups: ["sales"], email: "ada@corp.example", email_verified: true }, ben: { groups: ["ops"] } };
let world, op, server;
before(async () => {
  world = await start();
  op = await startProvider({ people });
  await op.register(world.postern, { rules: [{ everyone: true, role: "viewer" }] });
  server = await world.server(await world.account(), { methods: ["read"] }, { slug: "crm", sign_in: { groups: ["sales"] } });
});
after(async () => {
  await world?.close();
  await op?.close();
});

// The SDK's idea of a person, who lets it in.
class Person extends Provider {
  constructor(login, at = world.postern.url, from = op) {
    super({});
    this.employee = new Employee(from, at, login);
  }
  async redirectToAuthorization(url) {
    this.opened.push(url);
    this.answer = (await this.employee.lets(url)).searchParams;
  }
}

for (const [name, { signIn: connect }] of Object.entries(CLIENTS))
  test(`${name} signs in over the company's provider, and calls a tool`, async () => {
    const provider = new Person("ada"), client = await connect(server.sign_in_url, provider);
    const said = await client.callTool({ name: "list_all_cloudflare_zones", arguments: {} });
    assert.match(said.content[0].text, /example\.com/);
    const row = await eventually("the call is in the audit", async () => (await world.must(200, "GET", "/audit?action=tools/call&limit=1")).items[0]);
    assert.equal(row.actor_name, "ada@corp.example", JSON.stringify(row));
    await client.close();
  });

test("groups at the provider say whose server it is: another is refused, and one who leaves the group is out", async () => {
  const ben = new Person("ben");
  await assert.rejects(() => Object.values(CLIENTS)[0].signIn(server.sign_in_url, ben));
  assert.equal(ben.answer.get("error"), "access_denied");

  const ada = new Person("ada"), client = await Object.values(CLIENTS)[0].signIn(server.sign_in_url, ada);
  await client.close();
  const asks = async () => (await modern(server.sign_in_url, "tools/list", {}, { headers: { authorization: `Bearer ${ada.held.access_token}` } })).status;
  assert.equal(await asks(), 200);
  people.ada.groups = ["ops"];
  await op.signIn(new Wanderer(), world.postern.url, "ada"); // her next sign-in, anywhere
  assert.equal(await asks(), 401);
  const renewed = await refresh(world, ada.information, ada.held.refresh_token);
  assert.deepEqual([renewed.status, renewed.error], [400, "invalid_grant"]);
  people.ada.groups = ["sales"];
});

test("what a client holds is not renewed once the provider's word is too old; a local person's is", async () => {
  const postern = new Postern({ groups_age: "2d" }), clock = new Clock(postern.folder);
  postern.env = clock.env;
  await postern.start();
  const own = await startProvider({ people }), far = { postern, must: postern.must.bind(postern) };
  await own.register(postern, { rules: [{ everyone: true, role: "viewer" }] });
  const account = await far.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: world.sandbox.api });
  const crm = await far.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "CRM", config: { methods: ["read"] }, slug: "crm", sign_in: { roles: ["viewer"] } });
  const ada = new Person("ada", postern.url, own), sdk = await Object.values(CLIENTS)[0].signIn(crm.sign_in_url, ada);
  await sdk.close();
  const client = await register(far), local = await signIn(far, await person(far, "local"), client, crm.sign_in_url);
  clock.ahead(86_400);
  const renewed = await refresh(far, ada.information, ada.held.refresh_token), hers = await refresh(far, client, local.refresh_token);
  assert.deepEqual([renewed.status, hers.status], [200, 200], "a day later both are renewed");
  clock.ahead(3 * 86_400);
  const late = await refresh(far, ada.information, renewed.refresh_token);
  assert.deepEqual([late.status, late.error], [400, "invalid_grant"]);
  assert.match(late.error_description, /sign in anew/);
  assert.equal((await refresh(far, client, hers.refresh_token)).status, 200);
  await postern.close();
  clock.close();
  await own.close();
});
