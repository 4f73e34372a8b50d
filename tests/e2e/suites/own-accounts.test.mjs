// SPDX-License-Identifier: Apache-2.0
// A person's own accounts: a server that calls a vendor with each person's own account sends a link first, that only she
// can go on from; afterwards her calls go out with her consent, and nobody else's do.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { database, edit } from "../lib/database.mjs";
import { inBrowser } from "../lib/persons.mjs";
import { modern, rpc, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { audited, eventually } from "../lib/wait.mjs";

let world, remote, rest, ada, ben, admin, who, answering;
const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const bearer = (request) => request.headers.authorization?.replace(/^Bearer /, "") ?? "";
const refused = new Set(), REFUSED = { status: 401, body: { error: "bad token" } };
const takes = (request) => /^(token-of-|fixture)/.test(bearer(request)) && !refused.has(bearer(request));

before(async () => {
  world = await start();
  who = "house";
  // Its tool says whose token came; `answering` may hold an answer up.
  remote = await startAuthVendor({
    claims: () => ({ sub: who }),
    answer: async (request) => {
      if (request.path !== "/mcp" || request.method !== "POST") return undefined;
      const { id, method, params } = JSON.parse(request.body);
      if (method !== "tools/call" || !remote.live.has(bearer(request)) || params._meta?.["io.modelcontextprotocol/protocolVersion"]) return undefined;
      await answering?.();
      return { status: 200, body: { jsonrpc: "2.0", id, result: { content: [{ type: "text", text: `as ${claimsOf(bearer(request)).sub}` }] } } };
    },
  });
  rest = await startVendor({
    get_self: { path: "/self", readOnly: true, answer: (request) => (takes(request) ? { body: { rows: [{ mine: bearer(request).slice(9) }] } } : REFUSED) },
    verify: { path: "/", answer: (request) => (takes(request) ? { body: {} } : REFUSED) },
  });
  [ada, ben] = [await inBrowser(world, "ada"), await inBrowser(world, "ben", "editor")];
  admin = await inBrowser(world, "root", "admin");
});
after(async () => {
  await world?.close();
  await remote?.close();
  await rest?.close();
});

let serial = 0;
const SIGN_IN = () => ({ slug: `own-${++serial}`, sign_in: { roles: ["admin", "editor", "viewer"] } });
async function houseAccount() {
  who = "house";
  const flow = await world.must(201, "POST", "/integrated-account/authorize", { url: remote.url, name: `vendor-${++serial}` });
  const page = await fetch(flow.direct_url, { redirect: "manual" });
  const done = await world.must(200, "POST", `/integrated-account/authorize/${flow.id}/finish`, { url: page.headers.get("location") });
  return world.must(200, "GET", `/integrated-account/${done.account_id}`);
}
const serverOver = (account, config = {}) => world.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: `server-${++serial}`, config: { own_accounts: [account.id], ...config }, ...SIGN_IN() });
let shared;
const houseRest = async () => (shared ??= await rest.connect(world));
async function connectRemote(me, account) {
  const begun = await me.must(200, "POST", "/own-account", { account: account.id });
  who = me.name;
  const page = await me.consent(begun.url);
  assert.equal(page.status, 200, page.text);
}
const connectRest = (me, account) => me.must(200, "POST", "/own-account", { account: account.id, way: "token", credential: { token: `token-of-${me.name}` } });

const call = async (me, server, name, over = {}) => {
  const { url, headers } = await me.door(server);
  return (await modern(url, "tools/call", { name, arguments: {}, ...over }, { headers, ...over.send })).body;
};
const text = (body) => body.result?.content?.map((c) => c.text).join("\n") ?? JSON.stringify(body);
const URLS = { meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { url: {} } } } };

describe("a server that says each person's own account", () => {
  let account, server;
  before(async () => {
    account = await houseAccount();
    server = await serverOver(account);
  });

  test("lists the same tools for all, before and after", async () => {
    const { url, headers } = await ada.door(server);
    const { result } = (await modern(url, "tools/list", {}, { headers })).body;
    assert.deepEqual(result.tools.map((t) => t.name), ["list_things"]);
    assert.deepEqual((await world.must(200, "GET", `/mcp-server/${server.id}`)).config.own_accounts, [account.id]);
  });

  test("says the link in words to a client that opens none", async () => {
    const body = await call(ada, server, "list_things");
    assert.equal(body.result.isError, true);
    assert.match(text(body), new RegExp(`${world.postern.url}/ui/own/${account.id}/${ada.id}`));
  });

  test("gives a modern client input_required, and words when it comes back without having been there", async () => {
    const first = await call(ada, server, "list_things", { send: URLS });
    assert.equal(first.result.resultType, "input_required");
    const [request] = Object.values(first.result.inputRequests);
    assert.deepEqual([request.method, request.params.mode, request.params.url], ["elicitation/create", "url", `${world.postern.url}/ui/own/${account.id}/${ada.id}`]);
    const back = { requestState: first.result.requestState, inputResponses: { [Object.keys(first.result.inputRequests)[0]]: { action: "accept" } } };
    const again = await call(ada, server, "list_things", { ...back, send: URLS });
    assert.equal(again.result.isError, true, text(again));
    const bens = await call(ben, server, "list_things", { ...back, send: URLS });
    assert.equal(bens.error?.code, -32602, "a state belongs to who got it");
    await connectRemote(ada, account);
    assert.equal(text(await call(ada, server, "list_things", { ...back, send: URLS })), "as ada");
  });

  test("goes out with each caller's own from then on, and only there", async () => {
    assert.equal(text(await call(ada, server, "list_things")), "as ada");
    assert.match(text(await call(ben, server, "list_things")), /yours is not connected yet/);
    await connectRemote(ben, account);
    const all = await Promise.all(Array.from({ length: 12 }, async (_, i) => [i % 2 ? ada : ben, text(await call(i % 2 ? ada : ben, server, "list_things"))]));
    for (const [me, said] of all) assert.equal(said, `as ${me.name}`);
  });

  for (const [name, client] of Object.entries(CLIENTS))
    test(`${name}: the link, then her own account`, async () => {
      const one = await inBrowser(world, `client-${++serial}`);
      const { url, headers } = await one.door(server);
      const c = await client.connect(url, { headers, abilities: { elicitation: { form: {}, url: {} } } });
      const asked = client.era === "modern" ? async () => (await c.callTool({ name: "list_things" }), c.asked.at(-1).params) : async () => c.callTool({ name: "list_things" }).then(() => assert.fail("there is no account"), (e) => (assert.equal(e.code, -32042), e.data.elicitations[0]));
      const params = await asked();
      assert.deepEqual([params.mode, params.url], ["url", `${world.postern.url}/ui/own/${account.id}/${one.id}`]);
      await connectRemote(one, account);
      assert.equal((await c.callTool({ name: "list_things" })).content[0].text, `as ${one.name}`);
      await c.close();
    });

  test("refuses who is no person: the secret URL, and an API token beside it", async () => {
    const said = (await modern(server.url, "tools/call", { name: "list_things", arguments: {} })).body;
    assert.equal(said.result.isError, true);
    assert.match(text(said), /stand for no person\. Nothing was sent/);
    const token = await world.must(201, "POST", "/api-token", { name: `t${++serial}`, role: "client" });
    const guarded = await serverOver(account, { require_api_token_auth: true });
    const again = (await modern(guarded.url, "tools/call", { name: "list_things", arguments: {} }, { headers: { authorization: `Bearer ${token.token}` } })).body;
    assert.match(text(again), /stand for no person/);
  });

  test("audit rows say whose account it was, and who called", async () => {
    const mine = (await ada.must(200, "GET", "/own-account")).items.find((s) => s.account_id === account.id).own;
    const row = await eventually("the call", async () => (await world.must(200, "GET", `/audit?account_id=${mine.id}&action=tools/call`)).items[0]);
    assert.equal(row.account_name, mine.name);
    assert.equal(row.actor, ada.id);
  });
});

describe("nobody else completes it", () => {
  let account;
  before(async () => {
    account = await houseAccount();
    await serverOver(account);
  });
  const begin = async (me) => (await me.must(200, "POST", "/own-account", { account: account.id })).url;
  const back = async (at) => (await fetch(at, { redirect: "manual" })).headers.get("location");
  const owns = async () => (await world.must(200, "GET", "/persons-account")).items.filter((o) => o.account_id === account.id);

  test("an answer in another person's browser is turned away, and one without the cookie", async () => {
    const answer = await back(await begin(ada));
    for (const r of [await ben.come(answer), await fetch(answer)]) assert.equal(r.status, 403);
    assert.deepEqual(await owns(), []);
  });

  test("nor one in her own browser, after somebody else has signed in there", async () => {
    const answer = await back(await begin(ada));
    const kept = new Map(ada.cookies);
    for (const [name, c] of ben.cookies) if (c.path === "/") ada.cookies.set(name, c);
    const r = await ada.come(answer);
    assert.equal(r.status, 403, r.text);
    assert.match(r.text, /not the person who is signed in/);
    for (const name of [...ada.cookies.keys()]) if (ada.cookies.get(name).path === "/") ada.cookies.delete(name);
    assert.equal((await ada.come(answer)).status, 403, "nor with nobody signed in");
    for (const [name, c] of kept) ada.cookies.set(name, c);
    who = "ada";
    assert.equal((await ada.come(answer)).status, 200, "she may still");
    assert.deepEqual((await owns()).map((o) => o.person), ["ada"]);
  });

  test("an administrator cannot finish it by pasting, and an answer counts once", async () => {
    const begun = () => audited(world, `action=own.connect&actor=${ben.id}`);
    const before = (await begun()).length;
    await begin(ben);
    const answer = await back(await begin(ben)); // begun twice: the newest counts
    const [{ detail: flow }, ...older] = await begun();
    assert.equal(older.length, before + 1, "both are in the audit");
    const pasted = await world.api("POST", `/integrated-account/authorize/${flow}/finish`, { url: answer });
    assert.equal(pasted.status, 403, pasted.text);
    who = "ben";
    assert.equal((await ben.come(answer)).status, 200);
    assert.equal((await ben.come(answer)).status, 404);
  });

  test("the open page of a link tells and does nothing for one", async () => {
    const [own] = await owns();
    const page = await fetch(`${world.postern.url}/connect/${own.id}`, { method: "POST", body: new URLSearchParams({ proof: world.postern.token }) });
    assert.equal(page.status, 403);
  });

  test("an API token is nobody, whatever its role; a person needs a page of ours", async () => {
    for (const [method, path, body] of [["GET", "/own-account"], ["POST", "/own-account", { account: account.id }], ["DELETE", `/own-account/${account.id}`], ["POST", `/own-account/${account.id}/verify`]])
      assert.equal((await world.api(method, path, body)).status, 409, `${method} ${path}`);
    const r = await fetch(`${world.postern.url}/own-account`, { method: "POST", headers: { cookie: [...ada.cookies].map(([k, c]) => `${k}=${c.value}`).join("; "), "content-type": "application/json" }, body: JSON.stringify({ account: account.id }) });
    assert.equal(r.status, 403);
  });

  test("who may not use the server connects nothing for it", async () => {
    const closed = await houseAccount();
    await world.must(201, "POST", `/integrated-account/${closed.id}/mcp`, { name: `s${++serial}`, config: { own_accounts: [closed.id] }, slug: `own-${++serial}`, sign_in: { people: ["ben"] } });
    assert.equal((await ada.api("POST", "/own-account", { account: closed.id })).status, 404);
    assert.ok(!(await ada.must(200, "GET", "/own-account")).items.some((s) => s.account_id === closed.id));
    assert.ok((await ben.must(200, "GET", "/own-account")).items.some((s) => s.account_id === closed.id));
  });
});

describe("what is hers is seen and used by nobody else", () => {
  let account, server, own;
  before(async () => {
    account = await houseAccount();
    server = await serverOver(account);
    await connectRemote(ada, account);
    own = (await world.must(200, "GET", "/persons-account")).items.find((o) => o.account_id === account.id);
  });

  test("an administrator sees that it exists, and can neither call, name, change nor serve it", async () => {
    assert.equal(own.person, "ada");
    assert.ok(!(await world.must(200, "GET", "/integrated-account?limit=1000")).items.some((a) => a.id === own.id || a.name === own.name));
    for (const [method, path, body] of [["GET", ""], ["PATCH", "", { name: "mine now" }], ["POST", "/verify"], ["POST", "/doctor"], ["GET", "/tools"], ["POST", "/tools/list_things/call", { arguments: {} }], ["POST", "/mcp", { name: "x" }], ["POST", "/refresh"]])
      for (const id of [own.id, encodeURIComponent(own.name)]) assert.equal((await world.api(method, `/integrated-account/${id}${path}`, body)).status, 404, `${method} ${path}`);
    assert.equal((await world.api("POST", "/mcp-server", { name: "x", accounts: [own.id] })).status, 422);
    assert.equal((await world.api("POST", "/integrated-account/authorize", { account: own.id })).status, 404);
    assert.equal((await admin.api("POST", `/own-account/${account.id}/verify`)).status, 404, "nor as a person of her own");
  });

  test("the server's own account answers where no person is asked for, and the house alone", async () => {
    const r = await world.must(200, "POST", `/integrated-account/${account.id}/tools/list_things/call`, { arguments: {} });
    assert.equal(r.content[0].text, "as house");
  });
});

describe("an API with a person's token", () => {
  let account, server;
  before(async () => {
    account = await houseRest();
    server = await serverOver(account, { programs: true });
  });

  test("is tried before it is kept, and used for her calls alone", async () => {
    const wrong = await ada.api("POST", "/own-account", { account: account.id, credential: { token: "no good" } });
    assert.deepEqual([wrong.status, wrong.body.error.field], [422, "credential"]);
    await connectRest(ada, account);
    assert.match(text(await call(ada, server, "get_self")), /"ada"/);
    assert.match(text(await call(ben, server, "get_self")), /yours is not connected yet/);
    await connectRest(ben, account);
    assert.match(text(await call(ben, server, "get_self")), /"ben"/);
  });

  test("programs run with the caller's, each for herself, whatever was read a moment before", async () => {
    const program = { version: 1, steps: [{ id: "s", tool: "get_self", rows: "/rows" }], results: { r: "SELECT mine FROM s" } };
    const run = (me) => call(me, server, "postern_run_program", { arguments: { program } });
    for (const me of [ada, ben, ada]) {
      const { structuredContent } = (await run(me)).result;
      assert.match(JSON.stringify(structuredContent), new RegExp(`"${me.name}"`));
      for (const other of [ada, ben]) if (other !== me) assert.doesNotMatch(JSON.stringify(structuredContent), new RegExp(`"${other.name}"`));
    }
    const asked = rest.seen.length;
    const nobody = await modern(server.url, "tools/call", { name: "postern_run_program", arguments: { program } });
    assert.doesNotMatch(nobody.text, /"mine"|"ada"|"ben"/);
    assert.match(nobody.text, /no person/);
    assert.equal(rest.seen.length, asked);
  });

  test("a token that the vendor refuses later leads to the link again, and another takes its place", async () => {
    const one = await inBrowser(world, `rest-${++serial}`);
    await connectRest(one, account);
    await one.must(200, "POST", `/own-account/${account.id}/verify`);
    refused.add(`token-of-${one.name}`);
    const said = text(await call(one, server, "get_self"));
    assert.match(said, /does not take what your own account/);
    assert.match(said, new RegExp(`/ui/own/${account.id}/${one.id}`));
    assert.equal((await one.api("POST", `/own-account/${account.id}/verify`)).status, 422);
    assert.equal((await one.must(200, "GET", "/own-account")).items.find((s) => s.account_id === account.id).own.status, "failing");
    await one.must(200, "POST", "/own-account", { account: account.id, credential: { token: `token-of-${one.name}-2` } });
    assert.match(text(await call(one, server, "get_self")), new RegExp(`${one.name}-2`));
  });

  test("stays when a change does not name it", async () => {
    const changed = await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { programs: true, methods: ["read"] } });
    assert.deepEqual(changed.config.own_accounts, [account.id]);
    const named = await world.api("POST", `/integrated-account/${account.id}/mcp`, { name: `s${++serial}`, config: { own_accounts: ["nothing"] } });
    assert.deepEqual([named.status, named.body.error.field], [400, "config.own_accounts[0]"]);
  });
});

test("a fence holds a person's own account to what it holds the server's to", async () => {
  const account = await world.account("cfut_sandbox_one_account", { name: `zones-${++serial}` });
  const zones = (await world.must(200, "POST", `/integrated-account/${account.id}/tools/list_all_cloudflare_zones/call`, { arguments: {} })).content[0].text;
  const [mine, other] = JSON.parse(zones).result;
  const server = await serverOver(account, { methods: ["read"], fence: { [account.name]: { zone_id: [mine.id] } } });
  await ada.must(200, "POST", "/own-account", { account: account.id, credential: { token: "cfut_sandbox_one_account" } });
  const tool = "get_single_cloudflare_zone_by_id";
  const { url, headers } = await ada.door(server);
  const listed = (await modern(url, "tools/list", {}, { headers })).body.result.tools;
  const named = listed.find((t) => t.name === tool) ?? listed.find((t) => t.inputSchema.properties?.zone_id);
  assert.ok(named, JSON.stringify(listed.map((t) => t.name)));
  assert.match(text(await call(ada, server, named.name, { arguments: { zone_id: other.id } })), /names another/);
  assert.notEqual((await call(ada, server, named.name, { arguments: { zone_id: mine.id } })).result.isError, true);
});

describe("it ends", () => {
  test("when she disconnects: at once, with the tokens revoked at the vendor", async () => {
    const account = await houseAccount(), server = await serverOver(account);
    await connectRemote(ada, account);
    assert.equal(text(await call(ada, server, "list_things")), "as ada");
    await ada.must(204, "DELETE", `/own-account/${account.id}`);
    assert.match(text(await call(ada, server, "list_things")), /yours is not connected yet/);
    assert.equal((await world.must(200, "GET", "/persons-account")).items.filter((o) => o.account_id === account.id).length, 0);
  });

  test("in mid-session, when an administrator removes it, and when she is removed", async () => {
    const account = await houseAccount(), server = await serverOver(account), one = await inBrowser(world, `gone-${++serial}`);
    await connectRemote(one, account);
    const { url, headers } = await one.door(server);
    const c = await CLIENTS["SDK v1"].connect(url, { headers });
    assert.equal((await c.callTool({ name: "list_things" })).content[0].text, `as ${one.name}`);
    const own = (await world.must(200, "GET", "/persons-account")).items.find((o) => o.person === one.name);
    await world.must(204, "DELETE", `/persons-account/${own.id}`);
    assert.match((await c.callTool({ name: "list_things" })).content[0].text, /yours is not connected yet/);
    await connectRemote(one, account);
    assert.equal((await c.callTool({ name: "list_things" })).content[0].text, `as ${one.name}`);
    const before = remote.requests.length;
    await world.must(204, "DELETE", `/user/${one.id}`);
    await assert.rejects(async () => {
      const r = await c.callTool({ name: "list_things" });
      if (r.isError) throw new Error(r.content[0].text);
    });
    assert.equal(remote.requests.slice(before).filter((r) => r.path === "/mcp" && r.body.includes("tools/call")).length, 0);
    assert.ok(!(await world.must(200, "GET", "/persons-account")).items.some((o) => o.person_id === one.id));
    await c.close().catch(() => {});
  });

  test("with the account that it stands in for, and rests when the server's word is taken back", async () => {
    const account = await houseAccount(), server = await serverOver(account);
    await connectRemote(ada, account);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { own_accounts: [] } });
    assert.equal(text(await call(ada, server, "list_things")), "as house", "it is an ordinary server now");
    const slot = (await ada.must(200, "GET", "/own-account")).items.find((s) => s.account_id === account.id);
    assert.deepEqual([slot.servers, slot.own.status], [[], "ok"]);
    assert.equal((await ada.api("POST", "/own-account", { account: account.id })).status, 409);
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    assert.ok(!(await world.must(200, "GET", "/persons-account")).items.some((o) => o.account_id === account.id));
  });
});

test("one refresh however many calls wait, and hers alone", async () => {
  const account = await houseAccount(), server = await serverOver(account);
  await connectRemote(ada, account);
  await connectRemote(ben, account);
  const { url, headers } = await ada.door(server);
  const c = await CLIENTS["SDK v1"].connect(url, { headers });
  await c.callTool({ name: "list_things" });
  const before = remote.seen("/token").length;
  remote.expire();
  who = "ada"; // a refreshed token says so, too
  const all = await Promise.all(Array.from({ length: 8 }, () => c.callTool({ name: "list_things" })));
  for (const r of all) assert.equal(r.content[0].text, "as ada");
  const refreshes = remote.seen("/token").slice(before).filter((r) => r.body.includes("refresh_token"));
  assert.equal(refreshes.length, 1);
  await c.close();
});

test("two people who connect at once get each their own", async () => {
  const account = await houseAccount(), server = await serverOver(account);
  const begun = await Promise.all([ada, ben].map(async (me) => ({ me, at: (await me.must(200, "POST", "/own-account", { account: account.id })).url })));
  const answers = [];
  for (const { me, at } of begun) answers.push({ me, back: (await fetch(at, { redirect: "manual" })).headers.get("location") });
  for (const { me, back } of answers.reverse()) {
    who = me.name;
    assert.equal((await me.come(back)).status, 200);
  }
  for (const me of [ada, ben]) assert.equal(text(await call(me, server, "list_things")), `as ${me.name}`);
  assert.equal((await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "ping" })).status, 200);
});

test("tokens of a row that is given to another person open for nobody", async () => {
  const account = await houseAccount(), server = await serverOver(account);
  await connectRemote(ada, account);
  await connectRemote(ben, account);
  const db = database(world.postern);
  const of = (id) => db.prepare("SELECT id FROM account WHERE person = ? AND stands_for = ?").get(id, account.id).id;
  const [adas, bens] = [of(ada.id), of(ben.id)];
  db.close();
  edit(world.postern, "UPDATE account SET person = NULL, stands_for = NULL, version = version + 1 WHERE id = ?", bens);
  edit(world.postern, "UPDATE account SET person = ?, version = version + 1 WHERE id = ?", ben.id, adas);
  await world.must(200, "PATCH", `/integrated-account/${account.id}`, { name: `renamed-${++serial}` }); // rows are read anew
  const said = text(await call(ben, server, "list_things"));
  assert.doesNotMatch(said, /as (ada|ben|house)/);
  assert.match(said, /has to be connected again/);
  const house = await world.api("POST", `/integrated-account/${bens}/tools/list_things/call`, { arguments: {} });
  assert.doesNotMatch(house.text, /as ben/, "nor is hers everybody's");
  for (const id of [adas, bens]) await world.api("DELETE", `/persons-account/${id}`);
  await world.api("DELETE", `/integrated-account/${bens}`);
});
