// SPDX-License-Identifier: Apache-2.0
// Editors: who asks and makes things over the accounts that are granted to her, and for whom no other account is there. One
// start; two accounts of one vendor, of which one is granted.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BINARY, modern, Program, rpc, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";
import { listen } from "../lib/wire.mjs";

const PASSWORD = "correct horse battery";
let world, url, hers, other, ada, cookie;
before(async () => {
  world = await start({ settings: { public_url: undefined } });
  url = world.postern.url;
  hers = await world.account(undefined, { name: "granted" });
  other = await world.account(undefined, { name: "hidden one" });
  ada = await world.must(201, "POST", "/user", { name: "ada", role: "editor" });
  const r = await fetch(ada.url, { method: "POST", headers: { origin: url, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ password: PASSWORD }), redirect: "manual" });
  cookie = r.headers.get("set-cookie").split(";")[0];
  await grant("read");
});
after(() => world?.close());

const as = (method, path, body) => world.api(method, path, body, { token: null, headers: { cookie, ...(method === "GET" ? {} : { origin: url, "postern-console": "1" }) } });
const must = async (status, method, path, body) => {
  const r = await as(method, path, body);
  assert.equal(r.status, status, `${method} ${path}: ${r.text}`);
  return r.body;
};
const grant = (access, account = hers.id) => world.must(200, "PUT", `/user/ada/grant/${account}`, { access });
const revoke = (account = hers.id) => world.must(204, "DELETE", `/user/ada/grant/${account}`);
const program = (account) => ({ version: 1, steps: [{ id: "zones", account, tool: "list_all_cloudflare_zones" }], results: { n: "SELECT count(*) AS n FROM zones" } });

describe("what an editor is told of herself", () => {
  test("role, grants, and the routes that work", async () => {
    const who = await must(200, "GET", "/whoami");
    assert.deepEqual([who.kind, who.name, who.role, who.has_password], ["user", "ada", "editor", true]);
    assert.deepEqual(who.grants, [{ account_id: hers.id, account: "granted", access: "read" }]);
    assert.ok(["ask", "createServerOver", "pinTile", "listAudit", "changePassword"].every((name) => who.may.includes(name)));
    assert.ok(["createAccount", "deleteAccount", "listUsers", "putUserGrant", "createToken", "listEngines", "rotateKey"].every((name) => !who.may.includes(name)));
  });
});

const names = async (target) => {
  const r = await modern(target, "tools/list");
  return r.status === 200 ? r.body.result.tools.map((t) => t.name) : r.status;
};
const call = (target, name, args = {}) => modern(target, "tools/call", { name, arguments: args });
// Nothing in it tells of the account that is not granted.
const tells = (r) => r.text.includes("hidden one") || r.text.includes(other.id);
const WRITES = "delete_a_cloudflare_zone_by_id", READS = "list_all_cloudflare_zones";

describe("an account that is not granted is not there", () => {
  test("neither listed nor shown, with its tools, its servers and its calls", async () => {
    const list = await as("GET", "/integrated-account");
    assert.deepEqual(list.body.items.map((a) => [a.id, a.base_url]), [[hers.id, null]]);
    const unknown = async (method, path, body) => {
      const [real, none] = [await as(method, path(other.id), body), await as(method, path("acc_0000000000000000"), body)];
      const plain = (r) => [r.status, r.text.replaceAll(other.id, "ID").replaceAll("acc_0000000000000000", "ID").replace(/req_\w+/, "")];
      assert.equal(real.status, 404, `${method} ${path("ID")}: ${real.text}`);
      assert.deepEqual(plain(real), plain(none), "as one that never was");
      assert.equal((await as(method, path("hidden%20one"), body)).status, 404);
    };
    assert.deepEqual((await as("GET", "/connector")).body.items.map((c) => c.name), ["cloudflare"], "nor the vendors of others");
    assert.equal((await as("GET", "/connector?q=github")).body.items.length, 0);
    assert.equal((await as("GET", "/connector/cloudflare")).status, 200);
    const vendors = [await as("GET", "/connector/github"), await as("GET", "/connector/nobody")];
    assert.deepEqual(vendors.map((r) => [r.status, r.text.replaceAll("github", "nobody").replace(/req_\w+/, "")]).reduce((a, b) => (assert.deepEqual(a, b), a))[0], 404);
    await unknown("GET", (id) => `/integrated-account/${id}`);
    await unknown("GET", (id) => `/integrated-account/${id}/tools`);
    await unknown("GET", (id) => `/integrated-account/${id}/tools/${READS}`);
    await unknown("POST", (id) => `/integrated-account/${id}/tools/${READS}/call`, {});
    await unknown("GET", (id) => `/integrated-account/${id}/mcp`);
    await unknown("POST", (id) => `/integrated-account/${id}/mcp`, { name: "x" });
    await unknown("POST", (id) => `/integrated-account/${id}/dashboard`, {});
  });

  test("nor asked, also by its name, nor followed up on", async () => {
    const all = await must(200, "POST", "/ask", { question: "how many active zones do we have?" });
    assert.deepEqual([...new Set(all.calls.map((c) => c.account))], ["granted"]);
    const named = await as("POST", "/ask", { question: "how many active zones does hidden one have?" });
    assert.ok(!JSON.stringify(named.body.calls ?? []).includes(other.id), named.text);
    // An administrator's answer over it, once shared, is seen, and leads nowhere.
    const theirs = await world.must(200, "POST", "/ask", { question: "how many active zones are there?" });
    assert.ok(theirs.calls.some((c) => c.account_id === other.id), theirs.text);
    assert.equal((await as("GET", `/answers/${theirs.id}`)).status, 404);
    assert.equal((await as("POST", `/answers/${theirs.id}/rerun`, {})).status, 404);
    assert.equal((await as("POST", "/ask", { question: "and paused ones?", follow: theirs.id })).status, 404);
    await world.must(200, "PATCH", `/answers/${theirs.id}`, { visibility: "shared" });
    const seen = await must(200, "GET", `/answers/${theirs.id}`);
    assert.equal(seen.why, null, "why its program does not run for her is not told");
    const again = await as("POST", `/answers/${theirs.id}/rerun`, {});
    assert.equal(again.status, 422, again.text);
    const follow = await as("POST", "/ask", { question: "and the paused ones?", follow: theirs.id });
    assert.ok((follow.body.calls ?? []).every((c) => c.account_id === hers.id), follow.text);
    for (const change of [["PATCH", { visibility: "private" }], ["DELETE"]]) assert.equal((await as(change[0], `/answers/${theirs.id}`, change[1])).status, 404, "it is another's");
  });

  test("nor reached by a program: run, checked, kept, pinned, published, or another's that is shared", async () => {
    const server = await must(201, "POST", "/mcp-server", { name: "programs of hers", accounts: [hers.id] });
    const board = await must(201, "POST", "/dashboard", { name: "of ada" });
    for (const account of [other.id, "hidden one"]) {
      const p = program(account);
      const faulty = async (path, body, status = 400) => {
        const r = await as("POST", path, body);
        assert.equal(r.status, status, `${path}: ${r.text}`);
        assert.ok(!tells({ text: r.text.replaceAll(account, "") }), r.text);
      };
      await faulty("/program", { program: p });
      await faulty("/stored-program", { name: "x", program: p });
      await faulty(`/mcp-server/${server.id}/program`, { as: "x", program: p });
      await faulty(`/dashboard/${board.id}/tile`, { program: p });
      assert.equal((await must(200, "POST", "/program/check", { program: p })).sound, false);
    }
    const shared = await world.must(201, "POST", "/stored-program", { name: "everybody's", program: program(other.id), visibility: "shared" });
    assert.equal((await must(200, "GET", `/stored-program/${shared.id}`)).state, "gone");
    for (const [path, body] of [[`/stored-program/${shared.id}/run`, {}], [`/stored-program/${shared.id}/check`, {}], [`/mcp-server/${server.id}/program`, { as: "x", program: shared.id }]])
      assert.equal((await as("POST", path, body)).status, 422, path);
    assert.equal((await as("PATCH", `/stored-program/${shared.id}`, { name: "hers" })).status, 403);
    assert.equal((await as("DELETE", `/stored-program/${shared.id}`)).status, 403);
    const secret = await world.must(201, "POST", "/stored-program", { name: "an administrator's", program: program(hers.id), visibility: "private" });
    assert.equal((await as("GET", `/stored-program/${secret.id}`)).status, 404);
    const own = await must(201, "POST", "/stored-program", { name: "of ada", program: program("granted") });
    assert.equal((await must(200, "POST", `/stored-program/${own.id}/run`, {})).status, "complete");
    assert.equal((await as("POST", `/mcp-server/${server.id}/program`, { as: "zones_now", program: own.id })).status, 201);
    assert.ok((await names(server.url)).includes("zones_now"));
    await must(204, "DELETE", `/mcp-server/${server.id}`);
  });

  test("nor suggested: what there is instead, near names and choices are of hers", async () => {
    const near = await as("POST", "/program/check", { program: { ...program("hiden one"), steps: [{ id: "zones", account: "hidden on", tool: "list_all_cloudflare_zone" }] } });
    assert.equal(near.status, 200, near.text);
    assert.ok(!tells(near), near.text);
    for (const question of ["how many zones per account?", "list all accounts", "which zones are paused?", "what did hidden one change?", "how many nonsense do we have?"]) assert.ok(!(await as("POST", "/ask", { question })).text.includes(other.id), question);
    const alias = await world.must(201, "POST", "/alias", { name: "the secret place", value: "example.com", account: other.id });
    const asked = await as("POST", "/ask", { question: "is the secret place paused?" });
    assert.ok(!asked.text.includes("example.com"), asked.text);
    assert.equal((await as("POST", "/ask", { question: "x", remember: true, choose: 1, follow: "ans_x" })).status, 403);
    await world.must(204, "DELETE", `/alias/${alias.id}`);
  });

  test("nor served, alone or beside one that is hers", async () => {
    for (const accounts of [[other.id], ["hidden one"], [hers.id, other.id]]) {
      const r = await as("POST", "/mcp-server", { name: "x", accounts });
      assert.equal(r.status, 422);
      const none = await as("POST", "/mcp-server", { name: "x", accounts: accounts.map((a) => (a === other.id ? "acc_none" : a)) });
      assert.equal(r.body.error.message.replaceAll(other.id, "acc_none"), none.body.error.message);
      assert.equal((await as("POST", "/mcp-server/check", { accounts })).status, 422, "nor looked at before");
    }
    const preview = await must(200, "POST", "/mcp-server/check", { accounts: [hers.id] });
    assert.deepEqual([preview.tool_count, preview.tools.filter((t) => !t.read_only)], [preview.read_count, []], "what would be shown, and no more");
    for (const account of [other.id, "hidden one"]) {
      const fenced = await as("POST", "/mcp-server", { name: "x", accounts: [hers.id], config: { fence: { [account]: { zone_id: ["x"] } } } });
      assert.ok(fenced.status >= 400 && !tells({ text: fenced.text.replaceAll(account, "") }), fenced.text);
    }
    const server = await must(201, "POST", "/mcp-server", { name: "one of hers", accounts: [hers.id] });
    assert.equal((await as("PATCH", `/mcp-server/${server.id}`, { accounts: [hers.id, other.id] })).status, 422);
    assert.equal((await world.api("PATCH", `/mcp-server/${server.id}`, { accounts: [hers.id, other.id] })).status, 422, "not even by an administrator");
    await must(204, "DELETE", `/mcp-server/${server.id}`);
  });

  test("nor in the audit, which has what she did and what was done through her servers", async () => {
    const server = await must(201, "POST", "/mcp-server", { name: "heard", accounts: [hers.id] });
    const theirs = await world.server(other), same = await world.server(hers);
    for (const s of [server, theirs, same]) assert.equal((await call(s.url, READS)).status, 200);
    await call(server.url, WRITES, { zone_id: "x" });
    const rows = await eventually("in the audit", async () => {
      const { items } = (await as("GET", "/audit?limit=1000")).body;
      return items.some((r) => r.server_id === server.id && r.tool === READS) && items.some((r) => r.tool === WRITES) && items;
    });
    // What she herself asked for, and was not there, stands in her own rows of it.
    assert.ok(!tells({ text: JSON.stringify(rows.filter((r) => r.outcome === "ok")) }));
    assert.ok(rows.every((r) => [null, hers.id].includes(r.account_id)));
    assert.ok(rows.every((r) => r.actor === ada.id || r.server_id === server.id));
    assert.ok(!rows.some((r) => r.server_id === same.id), "another's server, though over her account");
    const all = (await world.must(200, "GET", "/audit?limit=1000")).items;
    assert.ok(all.some((r) => r.server_id === theirs.id && r.tool === READS));
    assert.deepEqual((await as("GET", `/audit?server_id=${theirs.id}`)).body.items, []);
    assert.deepEqual((await as("GET", `/audit?account_id=${other.id}`)).body.items, []);
  });
});

describe("what is another's", () => {
  test("servers: neither seen, nor turned, nor closed, whatever they are over", async () => {
    const theirs = await world.server(hers);
    const id = theirs.id;
    assert.ok(!(await must(200, "GET", "/mcp-server")).items.some((s) => s.id === id));
    for (const [method, path, body] of [["GET", `/mcp-server/${id}`], ["PATCH", `/mcp-server/${id}`, { name: "hers" }], ["DELETE", `/mcp-server/${id}`], ["POST", `/mcp-server/${id}/rotate`], ["GET", `/mcp-server/${id}/url`], ["POST", `/mcp-server/${id}/url`, { name: "x" }], ["DELETE", `/mcp-server/${id}/url/first`], ["GET", `/mcp-server/${id}/program`], ["GET", `/integrated-account/${hers.id}/mcp/${id}`], ["DELETE", `/integrated-account/${hers.id}/mcp/${id}`]])
      assert.equal((await as(method, path, body)).status, 404, `${method} ${path}`);
    assert.equal((await as("POST", "/ask", { question: "how many zones?", server: id })).status, 404);
    assert.equal((await as("POST", "/program", { program: program("granted"), server: theirs.name })).status, 404);
    assert.equal((await call(theirs.url, READS)).status, 200);
  });

  test("dashboards: what is shared is seen and run again with its owner's rights, and only the owner changes it", async () => {
    const board = await world.must(201, "POST", "/dashboard", { name: "of all" });
    const tile = await world.must(201, "POST", `/dashboard/${board.id}/tile`, { program: program(other.id), title: "zones" });
    await world.must(200, "POST", `/tile/${tile.id}/refresh`, {});
    const seen = (await must(200, "GET", `/dashboard/${board.id}`)).tiles[0];
    assert.deepEqual([seen.state, seen.data.rows.length], ["ok", 1]);
    const again = await must(200, "POST", `/tile/${tile.id}/refresh`, {});
    assert.deepEqual([again.state, again.program, again.outcome, again.why], ["ok", null, null, null]);
    assert.ok(again.as_of >= seen.as_of);
    assert.equal((await must(200, "POST", `/dashboard/${board.id}/refresh`, {})).tiles[0].state, "ok");
    assert.ok(!tells(await as("GET", `/tile/${tile.id}`)));
    for (const [method, path, body] of [["PATCH", `/dashboard/${board.id}`, { name: "hers" }], ["DELETE", `/dashboard/${board.id}`], ["POST", `/dashboard/${board.id}/tile`, { program: program("granted") }], ["PATCH", `/tile/${tile.id}`, { title: "x" }], ["DELETE", `/tile/${tile.id}`], ["POST", `/dashboard/${board.id}/share`, {}], ["POST", "/watches", { tile: tile.id, condition: "n > 1", webhook: "https://hooks.example/x" }]])
      assert.equal((await as(method, path, body)).status, 403, `${method} ${path}`);
    const hidden = await world.must(201, "POST", "/dashboard", { name: "of one", visibility: "private" });
    const inside = await world.must(201, "POST", `/dashboard/${hidden.id}/tile`, { program: program(hers.id) });
    for (const path of [`/dashboard/${hidden.id}`, `/tile/${inside.id}`, `/tile/${inside.id}/csv`, `/tile/${inside.id}/history`]) assert.equal((await as("GET", path)).status, 404, path);
    for (const path of [`/dashboard/${hidden.id}/refresh`, `/tile/${inside.id}/refresh`]) assert.equal((await as("POST", path, {})).status, 404, path);
  });

  test("a tile that an administrator pinned to her dashboard does not become hers by a change", async () => {
    const board = await must(201, "POST", "/dashboard", { name: "lent" });
    const tile = await world.must(201, "POST", `/dashboard/${board.id}/tile`, { program: program(other.id) });
    assert.equal((await as("PATCH", `/tile/${tile.id}`, { title: "moved" })).status, 200);
    const taken = await as("PATCH", `/tile/${tile.id}`, { chart: { type: "table" } });
    assert.equal(taken.status, 400, taken.text);
    assert.ok(!taken.text.includes("hidden one"));
    assert.equal((await world.must(200, "GET", `/tile/${tile.id}`)).owner_name, "first");
  });
});

describe("what she makes", () => {
  test("dashboards, tiles, links and watches of her own", async () => {
    const answer = await must(200, "POST", "/ask", { question: "how many active zones do we have?" });
    await must(200, "PATCH", `/answers/${answer.id}`, { visibility: "shared" });
    const board = await must(201, "POST", "/dashboard", { name: "made by ada", visibility: "private" });
    const tile = await must(201, "POST", `/dashboard/${board.id}/tile`, { answer: answer.id });
    const shown = await must(200, "POST", `/tile/${tile.id}/refresh`, {});
    assert.deepEqual([shown.state, shown.owner], ["ok", ada.id]);
    const link = await must(201, "POST", `/dashboard/${board.id}/share`, {});
    assert.equal((await fetch(link.url)).status, 200);
    assert.deepEqual((await must(200, "GET", "/share")).items.map((s) => s.id), [link.id]);
    const column = shown.data.columns[0].name;
    const watch = await must(201, "POST", "/watches", { tile: tile.id, condition: `${column} > 1000000`, webhook: "https://hooks.example/x" });
    assert.deepEqual((await must(200, "GET", "/watches")).items.map((w) => w.id), [watch.id]);
    assert.equal((await world.api("GET", `/dashboard/${board.id}`)).status, 404, "private to her");
    await revoke();
    const gone = await must(200, "POST", `/tile/${tile.id}/refresh`, {});
    assert.equal(gone.state, "gone", "it runs with what is hers now");
    assert.equal((await as("POST", `/answers/${answer.id}/rerun`, {})).status, 422);
    assert.deepEqual((await must(200, "GET", "/integrated-account")).items, []);
    await grant("read");
    assert.equal((await must(200, "POST", `/tile/${tile.id}/refresh`, {})).state, "ok");
  });

  test("a run that is kept goes on only while what it reads is hers", async () => {
    const run = await must(200, "POST", "/program", { program: program("granted") });
    const again = { continue: run.handle };
    assert.equal((await must(200, "POST", "/program", again)).status, "complete");
    const kept = (await must(200, "POST", "/program", { program: program("granted"), fresh: true })).handle;
    await revoke();
    assert.equal((await as("POST", "/program", { continue: kept })).status, 404);
    await grant("read");
    assert.equal((await world.api("POST", "/program", { continue: kept })).status, 404, "and it is nobody else's");
  });

  test("her password, and only with the one of now", async () => {
    assert.equal((await as("PUT", "/password", { current: "wrong horse battery", password: "another horse battery" })).status, 403);
    assert.equal((await as("PUT", "/password", { current: PASSWORD, password: "short" })).status, 400);
    const before = cookie, r = await as("PUT", "/password", { current: PASSWORD, password: "another horse battery" });
    assert.equal(r.status, 204, r.text);
    cookie = r.headers.get("set-cookie").split(";")[0];
    assert.notEqual(cookie, before);
    assert.equal((await as("GET", "/whoami")).status, 200);
    assert.equal((await world.api("GET", "/whoami", undefined, { token: null, headers: { cookie: before } })).status, 401);
    assert.equal((await world.api("PUT", "/password", { current: PASSWORD, password: PASSWORD })).status, 409, "a token has none");
  });
});

describe("a server that she made is held to her grants", () => {
  test("with read it shows what reads, whatever its filter says, and a narrower grant takes effect at once", async () => {
    await grant("write");
    const server = await must(201, "POST", "/mcp-server", { name: "wide", accounts: [hers.id] });
    assert.deepEqual([server.owner, server.owner_name, server.held], [ada.id, "ada", null]);
    const wide = await names(server.url);
    assert.ok(wide.includes(WRITES) && wide.includes(READS));
    await grant("read");
    const narrow = await names(server.url);
    assert.ok(!narrow.includes(WRITES) && narrow.includes(READS) && narrow.length < wide.length);
    const refused = await call(server.url, WRITES, { zone_id: "a" });
    const unknown = await call(server.url, WRITES.replace("zone_by", "zonk_by"), { zone_id: "a" });
    assert.deepEqual([refused.status, refused.body.error.code], [unknown.status, unknown.body.error.code]);
    const held = await must(200, "GET", `/mcp-server/${server.id}`);
    // An administrator who looks at it sees what it shows, not what it would show if it were the house's.
    const looked = (body) => world.must(200, "POST", "/mcp-server/check", { accounts: [hers.id], config: held.config, ...body });
    assert.deepEqual([(await looked({ server: server.id })).tool_count, (await looked({})).tool_count], [narrow.length, wide.length]);
    assert.equal((await looked({ server: server.id, accounts: [hers.id, other.id] })).tool_count, narrow.length);
    assert.match(held.held, new RegExp(`may only read: ${wide.length - narrow.length} of the tools`));
    assert.equal(held.tool_count, narrow.length);
    assert.equal((await as("POST", "/mcp-server", { name: "x", accounts: [hers.id], config: { methods: ["write"] } })).status, 422, "nothing would be left");
    assert.equal((await as("POST", `/integrated-account/${hers.id}/tools/${WRITES}/call`, { arguments: { zone_id: "a" } })).status, 404);
    assert.equal((await as("GET", `/integrated-account/${hers.id}/tools/${WRITES}`)).status, 404);
    assert.deepEqual((await must(200, "GET", `/integrated-account/${hers.id}/tools?limit=1000`)).items.filter((t) => !t.read_only), []);
    assert.equal((await as("POST", `/integrated-account/${hers.id}/tools/${READS}/call`, {})).status, 200);
  });

  test("without the grant its URLs are dead, alike others that are, and with it they are back; over two accounts the other stays", async () => {
    const alone = await must(201, "POST", "/mcp-server", { name: "alone", accounts: [hers.id] });
    await grant("read", other.id);
    const two = await must(201, "POST", "/mcp-server", { name: "two", accounts: [hers.id, other.id] });
    assert.ok((await names(two.url)).some((n) => n.startsWith("hidden_one_")));
    await revoke(other.id);
    assert.ok((await names(two.url)).every((n) => n.startsWith("granted_")));
    const told = await as("GET", `/mcp-server/${two.id}`);
    assert.match(told.body.held, /no grant: 1 of its 2 accounts/);
    assert.deepEqual(told.body.accounts.map((a) => a.id), [hers.id]);
    assert.ok(!tells(told));
    assert.equal((await as("PATCH", `/mcp-server/${two.id}`, { share: true })).status, 422);
    await revoke();
    const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
    const plain = ({ status, text }) => [status, text.replace(/req_\w+/g, "")];
    assert.deepEqual(plain(await rpc(alone.url, ping)), plain(await rpc(`${alone.url.slice(0, -4)}AAAA`, ping)));
    const none = await must(200, "GET", `/mcp-server/${alone.id}`);
    assert.deepEqual([none.tool_count, none.account_id, none.accounts], [0, null, []]);
    assert.match(none.held, /none of its accounts is granted/);
    assert.match((await world.must(200, "GET", `/mcp-server/${alone.id}`)).held, /none of its accounts is granted/);
    await grant("read");
    assert.ok((await names(alone.url)).includes(READS));
  });

  test("an open stream is told of a narrower grant, and ends with it", async () => {
    await grant("write");
    const server = await must(201, "POST", "/mcp-server", { name: "listened to", accounts: [hers.id] });
    const stream = await listen(server.url, { id: 1 });
    assert.equal((await stream.next()).method, "notifications/subscriptions/acknowledged");
    await grant("read");
    assert.equal((await stream.next()).method, "notifications/tools/list_changed");
    await revoke();
    assert.equal((await stream.end()).at(-1).result.resultType, "complete");
    await grant("read");
  });

  test("she turns, adds to and closes her own", async () => {
    const server = await must(201, "POST", `/integrated-account/${hers.id}/mcp`, { name: "kept by ada" });
    const turned = await must(200, "POST", `/mcp-server/${server.id}/rotate`);
    assert.deepEqual([await names(server.url), (await names(turned.url)).includes(READS)], [404, true]);
    const further = await must(201, "POST", `/mcp-server/${server.id}/url`, { name: "laptop" });
    assert.ok((await names(further.url)).includes(READS));
    await must(200, "PATCH", `/mcp-server/${server.id}`, { name: "renamed" });
    await must(204, "DELETE", `/mcp-server/${server.id}`);
    assert.equal(await names(further.url), 404);
  });

  test("a definition that changes widens nothing: a tool that wrote and reads now is shown, one that read and writes is not", async () => {
    const document = (cls) => JSON.stringify({ openapi: "3.1.0", info: { title: "Shifty", version: "1" }, servers: [{ url: world.sandbox.api }], paths: { "/things": { get: { operationId: "list_things", responses: { 200: { description: "ok" } } }, post: { operationId: "shift", responses: { 200: { description: "ok" } }, ...cls } } } });
    const definition = { name: "shifty", label: "Shifty", kind: "rest", base_url: world.sandbox.api, auth: [{ id: "token", label: "Token", fields: [{ name: "token", label: "Token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }] };
    const add = (cls) => world.must(201, "POST", "/connector", { definition: JSON.stringify(definition), document: document(cls) });
    await add({ "x-postern": { class: "list" } });
    const shifty = await world.must(201, "POST", "/integrated-account", { connector: "shifty", name: "shifty", credential: { token: "x" } });
    await grant("read", shifty.id);
    const server = await must(201, "POST", "/mcp-server", { name: "shifting", accounts: [shifty.id] });
    const shows = async () => (await names(server.url)).length;
    const [before] = [await shows()];
    await add({ "x-postern": { class: "delete" } });
    assert.equal(await shows(), before - 1);
    assert.match((await must(200, "GET", `/mcp-server/${server.id}`)).held, /may only read: 1 of/);
    await add({ "x-postern": { class: "list" } });
    assert.equal(await shows(), before);
    await world.must(204, "DELETE", `/integrated-account/${shifty.id}`);
  });

  test("it ends with her role, and with her", async () => {
    const server = await must(201, "POST", "/mcp-server", { name: "ends", accounts: [hers.id] });
    assert.ok((await names(server.url)).includes(READS));
    await world.must(200, "PATCH", "/user/ada", { role: "viewer" });
    assert.equal(await names(server.url), 404);
    assert.match((await world.must(200, "GET", `/mcp-server/${server.id}`)).held, /role viewer/);
    for (const path of ["/integrated-account", "/mcp-server", "/audit"]) assert.equal((await as("GET", path)).status, 403);
    await world.must(200, "PATCH", "/user/ada", { role: "admin" });
    assert.ok((await names(server.url)).includes(WRITES));
    const board = await world.must(201, "POST", "/dashboard", { name: "of the house" });
    const tile = await world.must(201, "POST", `/dashboard/${board.id}/tile`, { program: program(other.id) });
    const link = await must(201, "POST", `/dashboard/${board.id}/share`, {});
    const watch = await must(201, "POST", "/watches", { tile: tile.id, condition: "n > 1000000", webhook: "https://hooks.example/x" });
    assert.equal((await fetch(link.url)).status, 200);
    await world.must(200, "PATCH", "/user/ada", { role: "editor" });
    assert.ok(!(await names(server.url)).includes(WRITES));
    assert.equal((await fetch(link.url)).status, 404, "a link to another's dashboard ends with the right to make one");
    assert.match((await world.must(200, "GET", `/watches/${watch.id}`)).why, /dashboard is another's/);
    assert.equal((await as("GET", `/watches/${watch.id}`)).status, 404);
  });
});

describe("grants", () => {
  test("of an API token are its own; it opens guarded servers of its own alone, and all ends with it", async () => {
    const token = await world.must(201, "POST", "/api-token", { name: "robot", role: "editor" });
    const by = (method, path, body) => world.api(method, path, body, { token: token.token });
    assert.deepEqual((await by("GET", "/integrated-account")).body.items, []);
    await world.must(200, "PUT", `/api-token/${token.id}/grant/granted`, { access: "read" });
    assert.deepEqual((await world.must(200, "GET", `/api-token/${token.id}/grant`)).items.map((g) => [g.account, g.access]), [["granted", "read"]]);
    const config = { methods: ["read"], require_api_token_auth: true };
    const own = (await by("POST", "/mcp-server", { name: "of the robot", accounts: [hers.id], config })).body, theirs = await world.server(hers, config);
    const headers = { authorization: `Bearer ${token.token}` };
    assert.deepEqual([(await modern(own.url, "tools/list", {}, { headers })).status, (await modern(theirs.url, "tools/list", {}, { headers })).status], [200, 401]);
    assert.deepEqual((await as("GET", `/mcp-server/${own.id}`)).status, 404, "ada sees none of it");
    await world.must(204, "DELETE", `/api-token/${token.id}`);
    const { token: client } = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    assert.equal((await modern(own.url, "tools/list", {}, { headers: { authorization: `Bearer ${client}` } })).status, 404);
    assert.match((await world.must(200, "GET", `/mcp-server/${own.id}`)).held, /revoked/);
  });

  test("are given, changed and taken by administrators alone, on the command line too, and the audit says so", async () => {
    for (const [method, path, body] of [["GET", "/user/ada/grant"], ["PUT", `/user/ada/grant/${other.id}`, { access: "write" }], ["DELETE", `/user/ada/grant/${hers.id}`], ["PUT", `/api-token/x/grant/${other.id}`, { access: "write" }], ["PATCH", "/user/ada", { role: "admin" }], ["POST", "/api-token", { name: "x", role: "admin" }], ["POST", "/sign-in-link", {}]])
      assert.equal((await as(method, path, body)).status, 403, `${method} ${path}`);
    assert.equal((await world.api("PUT", "/user/nobody/grant/granted", { access: "read" })).status, 404);
    assert.equal((await world.api("PUT", "/user/ada/grant/nothing", { access: "read" })).status, 404);
    assert.equal((await world.api("PUT", "/user/ada/grant/granted", { access: "own" })).status, 400);
    const run = async (...words) => {
      const p = new Program(BINARY, words, { env: { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: world.postern.token } });
      assert.equal((await p.exited).code, 0, p.output);
      return p.output;
    };
    assert.match(await run("user", "grant", "ada", "hidden one", "write"), /ada may write hidden one/);
    assert.match(await run("user", "grants", "ada"), /hidden one +write/);
    assert.match(await run("user", "revoke", "ada", "hidden one"), /no more/);
    assert.doesNotMatch(await run("user", "grants", "ada"), /hidden one/);
    await eventually("in the audit", async () => {
      const rows = (await world.must(200, "GET", `/audit?account_id=${other.id}&limit=1000`)).items.filter((r) => r.action.startsWith("grant."));
      return rows.some((r) => r.action === "grant.set" && r.detail === `${ada.id} "ada": none → write`) && rows.some((r) => r.action === "grant.revoke");
    });
  });

  test("go with the account, and with the person", async () => {
    const brief = await world.account(undefined, { name: "brief" });
    await grant("read", brief.id);
    await world.must(204, "DELETE", `/integrated-account/${brief.id}`);
    assert.deepEqual((await world.must(200, "GET", "/user/ada/grant")).items.map((g) => g.account), ["granted"]);
    const server = await must(201, "POST", "/mcp-server", { name: "orphan", accounts: [hers.id] });
    await world.must(204, "DELETE", "/user/ada");
    assert.equal(await names(server.url), 404);
    assert.equal((await as("GET", "/whoami")).status, 401);
    assert.match((await world.must(200, "GET", `/mcp-server/${server.id}`)).held, /deleted/);
    await world.must(204, "DELETE", `/mcp-server/${server.id}`);
  });
});
