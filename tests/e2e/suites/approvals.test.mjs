// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a second person: what was approved runs once, as it was shown, for who asked, and nothing else does.
// The vendor counts what reached it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ABILITIES, CLIENTS } from "../lib/clients.mjs";
import { edit } from "../lib/database.mjs";
import { BINARY, modern, Postern, Program, rpc, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

const text = { type: "string" };
const query = (...names) => names.map((name) => ({ name, in: "query", schema: text }));
let hold; // of the slow one
const OPERATIONS = {
  list_things: { path: "/things", answer: { body: [] } },
  create_thing: { method: "post", path: "/things", word: { class: "create" }, parameters: query("name") },
  delete_thing: { method: "delete", path: "/things/{id}", word: { class: "delete" }, parameters: [{ name: "id", in: "path", required: true, schema: text }, ...query("why", "mode")] },
  move_thing: { method: "post", path: "/move", word: { class: "custom" }, requestBody: { content: { "application/json": { schema: { type: "object", properties: { id: { type: "number" }, to: { type: "number" } } } } } } },
  purge_slowly: { method: "delete", path: "/slow", word: { class: "delete" }, parameters: query("id"), answer: () => hold?.promise.then(() => ({ body: { ok: true } })) },
};
const PASSWORD = "correct horse battery";
let world, url, vendor, account, boss, second;
const clock = (settings) => start({ settings: { public_url: undefined, approval_wait: "0s", ...settings } });
before(async () => {
  world = await clock();
  url = world.postern.url;
  vendor = await startVendor(OPERATIONS);
  account = await vendor.connect(world);
  [boss, second] = [await person(world, "boss", "admin"), await person(world, "second", "admin")];
});
after(async () => {
  await world?.close();
  await vendor?.close();
});

// Signed in as the console does it.
async function person(w, name, role) {
  const made = await w.must(201, "POST", "/user", { name, role });
  const origin = w.postern.url;
  const r = await fetch(made.url, { method: "POST", headers: { origin, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ password: PASSWORD }), redirect: "manual" });
  return { id: made.id, cookie: r.headers.get("set-cookie").split(";")[0], origin };
}
const as = (who, method, path, body, w = world) => w.api(method, path, body, { token: null, headers: { cookie: who.cookie, ...(method === "GET" ? {} : { origin: who.origin, "postern-console": "1" }) } });
async function must(status, ...given) {
  const r = await as(...given);
  assert.equal(r.status, status, r.text);
  return r.body;
}
const serve = (config = {}, w = world, of = account) => w.server(of, { approval: "destroy", ...config });
const at = (target, w = world) => w.postern.url + new URL(target).pathname; // every start has its own port
const call = (target, name, args = {}, options) => modern(target, "tools/call", { name, arguments: args }, options);
const told = (r) => r.body.result.content[0].text;
const idOf = (r) => r.text.match(/apr_\w+/)[0];
const approve = (id, who = boss) => must(200, who, "POST", `/approval/${id}/approve`, {});
const seen = (id) => must(200, boss, "GET", `/approval/${id}`);
async function arriving(act) {
  const before = vendor.seen.length;
  const result = await act();
  return { result, arrived: vendor.seen.slice(before) };
}
// Asked, and waits; nothing reached the vendor.
async function waiting(target, name = "delete_thing", args = { id: "a" }, options) {
  const { result, arrived } = await arriving(() => call(target, name, args, options));
  assert.deepEqual(arrived.map((s) => s.path), []);
  assert.match(told(result), /^Not done yet: this call waits for the approval of a second person/);
  assert.equal(result.body.result.isError, true);
  return idOf(result);
}
async function refused(target, pattern, name = "delete_thing", args = { id: "a" }) {
  const { result, arrived } = await arriving(() => call(target, name, args));
  assert.deepEqual(arrived.map((s) => s.path), []);
  assert.equal(result.body.result.isError, true, result.text);
  assert.match(told(result), pattern);
}
async function runs(target, name = "delete_thing", args = { id: "a" }) {
  const { result, arrived } = await arriving(() => call(target, name, args));
  assert.equal(result.body.result.isError, false, result.text);
  assert.equal(arrived.length, 1);
  return arrived[0];
}

describe("a call that waits", () => {
  test("is shown in full, approved by another, made once by who asked, and each step leaves a row", async () => {
    const server = await serve();
    const id = await waiting(server.url, "delete_thing", { id: "a b/<c>", why: "<script>alert(1)</script>" });
    const shown = await seen(id);
    assert.deepEqual([shown.state, shown.tool, shown.account, shown.server, shown.class, shown.method, shown.path, shown.url], ["waiting", "delete_thing", "fixture", server.name, "delete", "DELETE", "/things/{id}", "first"]);
    assert.deepEqual(shown.arguments, { id: "a b/<c>", why: "<script>alert(1)</script>" });
    assert.equal(await waiting(server.url, "delete_thing", { why: "<script>alert(1)</script>", id: "a b/<c>" }), id, "the same call, its members in another order");
    const done = await must(200, second, "POST", `/approval/${id}/approve`, { reason: "as agreed" });
    assert.deepEqual([done.state, done.decided_name, done.reason, done.may_approve], ["approved", "second", "as agreed", false]);
    assert.match((await runs(server.url, "delete_thing", { id: "a b/<c>", why: "<script>alert(1)</script>" })).path, /^\/things\/a%20b%2F/);
    assert.deepEqual([(await seen(id)).state, (await seen(id)).outcome], ["done", "ok"]);
    assert.notEqual(await waiting(server.url, "delete_thing", { id: "a b/<c>", why: "<script>alert(1)</script>" }), id, "the next one is asked for anew");
    const rows = await eventually("the rows are there", async () => {
      const { items } = await world.must(200, "GET", `/audit?server_id=${server.id}`);
      const of = (action) => items.filter((e) => e.action === action && e.detail?.includes(id));
      return of("approval.ask").length === 1 && of("approval.approve").length === 1 && of("tools/call").some((e) => e.outcome === "ok") && items;
    });
    assert.equal(rows.find((e) => e.action === "approval.approve").actor_name, "second");
    assert.match(rows.find((e) => e.action === "tools/call" && e.outcome === "ok").detail, new RegExp(`^approved: ${id}`));
  });

  test("what reads, and what the config does not name, does not wait; postern_destroy does", async () => {
    const server = await serve({ discovery: "search" });
    await runs(server.url, "list_things", {});
    await runs(server.url, "create_thing", { name: "n" });
    const { result, arrived } = await arriving(() => call(server.url, "postern_destroy", { tool: "delete_thing", arguments: { id: "z" } }));
    assert.equal(arrived.length, 0);
    await approve(idOf(result));
    assert.match((await runs(server.url, "postern_destroy", { tool: "delete_thing", arguments: { id: "z" } })).path, /z/);
    const writes = await serve({ approval: "write" });
    await waiting(writes.url, "create_thing", { name: "n" });
    await runs(writes.url, "list_things", {});
  });

  test("refused: who asked is told why, and the same call stays refused", async () => {
    const server = await serve();
    const id = await waiting(server.url);
    await must(200, second, "POST", `/approval/${id}/refuse`, { reason: "not on a Friday" });
    for (let i = 0; i < 2; i++) await refused(server.url, new RegExp(`^Refused by second \\(${id}\\): not on a Friday\\. Nothing was sent`));
    assert.equal((await as(boss, "POST", `/approval/${id}/approve`, {})).status, 409);
    await waiting(server.url, "delete_thing", { id: "b" });
  });

  test("numbers are shown as they are sent, to the last digit", async () => {
    const server = await serve();
    const { text: said } = await rpc(server.url, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"move_thing","arguments":{"id":123456789012345678901234567890,"to":1.10}}}`, { "mcp-protocol-version": "2025-11-25" });
    const id = said.match(/apr_\w+/)[0];
    assert.equal((await seen(id)).arguments_text, '{"id":123456789012345678901234567890,"to":1.10}');
  });

  test("wrong arguments are told at once, and wait for nobody", async () => {
    const server = await serve();
    const r = await call(server.url, "delete_thing", {});
    assert.match(told(r), /id/);
    assert.doesNotMatch(r.text, /apr_/);
  });

  test("many at a time make one call of it, and many approvers one word", async () => {
    const server = await serve();
    const id = await waiting(server.url);
    const words = await Promise.all(Array.from({ length: 8 }, (_, i) => as(i % 2 ? boss : second, "POST", `/approval/${id}/approve`, {})));
    assert.deepEqual(words.map((r) => r.status).sort(), [200, ...Array(7).fill(409)]);
    const { result, arrived } = await arriving(() => Promise.all(Array.from({ length: 12 }, () => call(server.url, "delete_thing", { id: "a" }))));
    assert.equal(arrived.length, 1);
    assert.equal(result.filter((r) => r.body.result.isError === false).length, 1);
  });

  test("a limit that refuses leaves it approved", async () => {
    const server = await serve({ limits: { writes_per_day: 1 } });
    await runs(server.url, "create_thing", { name: "n" });
    const id = await waiting(server.url);
    await approve(id);
    await refused(server.url, /1 write a day/);
    assert.equal((await seen(id)).state, "approved");
  });
});

describe("its client", () => {
  test("waits, and gets the result when the word comes", async () => {
    const slow = await clock({ approval_wait: "10m" });
    try {
      const other = await vendor.connect(slow);
      const [p] = [await person(slow, "p", "admin")];
      const server = await serve({}, slow, other);
      const { result, arrived } = await arriving(async () => {
        const answer = call(server.url, "delete_thing", { id: "w" });
        const [one] = await eventually("it waits", async () => {
          const { items } = await must(200, p, "GET", "/approval?state=waiting", undefined, slow);
          return items.length && items;
        });
        await must(200, p, "POST", `/approval/${one.id}/approve`, {}, slow);
        return answer;
      });
      assert.equal(result.body.result.isError, false, result.text);
      assert.equal(arrived.length, 1);
    } finally {
      await slow.close();
    }
  });

  const asks = { meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } } };
  const back = (target, args, r, action) => modern(target, "tools/call", { name: "delete_thing", arguments: args, requestState: r.body.result.requestState, inputResponses: { approval: { action } } }, asks);
  test("of 2026-07-28 is asked to wait on, once, and can withdraw", async () => {
    const server = await serve(), args = { id: "m" };
    const first = await call(server.url, "delete_thing", args, asks);
    const question = first.body.result.inputRequests.approval;
    assert.equal(question.method, "elicitation/create");
    assert.match(question.params.message, new RegExp(`${url}/ui/approvals/apr_`));
    const again = await back(server.url, args, first, "accept");
    assert.match(told(again), /^Not done yet/);
    await approve(idOf(again));
    const { result, arrived } = await arriving(() => back(server.url, args, first, "accept"));
    assert.equal(result.body.result.isError, false, result.text);
    assert.equal(arrived.length, 1);
    const other = await call(server.url, "delete_thing", { id: "n" }, asks);
    assert.match(told(await back(server.url, { id: "n" }, other, "decline")), /^Withdrawn/);
    const swapped = await back(server.url, { id: "o" }, other, "accept");
    assert.equal(swapped.body.error.code, -32602, "a state of other arguments");
  });

  for (const [name, kind] of Object.entries(CLIENTS))
    for (const abilities of [undefined, ABILITIES])
      test(`${name}${abilities ? ", which can be asked" : ""}: told, and done after the word`, async () => {
        const server = await serve(), asked = { name: "delete_thing", arguments: { id: name } };
        const client = await kind.connect(server.url, { abilities });
        try {
          const one = await client.callTool(asked);
          assert.match(one.content[0].text, /^Not done yet/, JSON.stringify(one));
          assert.equal(client.asked.filter((q) => q.method === "elicitation/create" && /second person/.test(q.params.message)).length, abilities ? 1 : 0);
          await approve(one.content[0].text.match(/apr_\w+/)[0]);
          const { result, arrived } = await arriving(() => client.callTool(asked));
          assert.ok(!result.isError, JSON.stringify(result));
          assert.equal(arrived.length, 1);
        } finally {
          await client.close();
        }
      });
});

describe("nobody gets around it", () => {
  test("by a token, her own or another, or as who made the server", async () => {
    const server = await serve();
    const id = await waiting(server.url);
    for (const token of [world.postern.token, (await world.must(201, "POST", "/api-token", { name: "t", role: "admin" })).token]) {
      const r = await world.api("POST", `/approval/${id}/approve`, {}, { token });
      assert.equal(r.status, 403, r.text);
      assert.match(r.text, /an API token names no person/);
    }
    const cli = new Program(BINARY, ["approval", "approve", id], { env: { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: world.postern.token } });
    assert.equal((await cli.exited).code, 3, cli.output);
    assert.equal((await seen(id)).state, "waiting");
  });

  test("as an editor without the right, or for her own server", async () => {
    const ed = await person(world, "ed", "editor"), other = await person(world, "other", "editor"), viewer = await person(world, "viewer", "viewer");
    const server = await serve();
    const id = await waiting(server.url, "delete_thing", { id: "ed" });
    for (const who of [ed, viewer]) assert.ok([403, 404].includes((await as(who, "POST", `/approval/${id}/approve`, {})).status));
    await world.must(200, "PUT", `/user/ed/grant/${account.id}`, { access: "read" });
    assert.equal((await as(ed, "POST", `/approval/${id}/approve`, {})).status, 404);
    assert.deepEqual((await must(200, ed, "GET", "/approval")).items, []);
    for (const name of ["ed", "other"]) await world.must(200, "PUT", `/user/${name}/grant/${account.id}`, { access: "write" });
    assert.equal((await must(200, ed, "GET", `/approval/${id}`)).may_approve, true);
    const own = await must(201, ed, "POST", `/integrated-account/${account.id}/mcp`, { name: "hers", config: { approval: "destroy" } });
    const mine = await waiting(own.url);
    const r = await as(ed, "POST", `/approval/${mine}/approve`, {});
    assert.equal(r.status, 403);
    assert.match(r.text, /made the server whose URL it came by/);
    assert.equal((await must(200, other, "POST", `/approval/${mine}/approve`, {})).state, "approved");
    await runs(own.url);
  });

  test("by other arguments, another tool, URL, server or client", async () => {
    const server = await serve(), twin = await serve();
    const url2 = (await world.must(201, "POST", `/mcp-server/${server.id}/url`, { name: "two" })).url;
    await approve(await waiting(server.url));
    await waiting(server.url, "delete_thing", { id: "b" });
    await waiting(server.url, "delete_thing", { id: "a", mode: "all" });
    await waiting(url2);
    await waiting(twin.url);
    await runs(server.url);
  });

  test("by a row that somebody wrote into the database", async () => {
    const server = await serve();
    const id = await waiting(server.url, "delete_thing", { id: "forged" });
    const real = await waiting(server.url, "delete_thing", { id: "real" });
    await approve(real);
    edit(world.postern, "UPDATE approval SET state = 'approved', decided_by = ? WHERE id = ?", boss.id, id);
    edit(world.postern, "UPDATE approval SET document = (SELECT document FROM approval WHERE id = ?) WHERE id = ?", real, id);
    const { arrived } = await arriving(() => call(server.url, "delete_thing", { id: "forged" }));
    assert.deepEqual(arrived, []);
    await runs(server.url, "delete_thing", { id: "real" });
  });

  const changes = {
    "the URL is another": async (server) => (await world.must(200, "POST", `/mcp-server/${server.id}/rotate`)).url,
    "the fence or filter is wider": async (server) => void (await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { approval: "destroy", methods: ["write"] } })),
    "the credential is another": async (_, of) => void (await world.must(200, "PATCH", `/integrated-account/${of.id}`, { credential: { token: "another" } })),
    "a default of the account is another": async (_, of) => void (await world.must(200, "PATCH", `/integrated-account/${of.id}`, { context: { mode: "all" } })),
  };
  for (const [what, change] of Object.entries(changes))
    test(`after the word, ${what}`, async () => {
      const of = await world.must(201, "POST", "/integrated-account", { connector: "fixture", name: `of ${what}`.slice(0, 40), credential: { token: "t" } });
      const server = await serve({}, world, of);
      await approve(await waiting(server.url, "delete_thing", { id: "c" }));
      const target = (await change(server, of)) ?? server.url;
      const { result, arrived } = await arriving(() => call(target, "delete_thing", { id: "c" }));
      assert.deepEqual(arrived, []);
      assert.match(told(result), /another one since|Not done yet/);
      if (target !== server.url) assert.equal((await call(server.url, "delete_thing", { id: "c" })).status, 404);
    });

  test("by a flood: so many wait, and no more, of one asker", async () => {
    const server = await serve();
    for (let i = 0; i < 10; i++) await waiting(server.url, "delete_thing", { id: `f${i}` });
    await refused(server.url, /10 of your calls wait for approval already/, "delete_thing", { id: "f10" });
    const two = (await world.must(201, "POST", `/mcp-server/${server.id}/url`, { name: "two" })).url;
    await waiting(two, "delete_thing", { id: "f10" });
  });

  test("by batches, sessions and programs", async () => {
    const server = await serve({ programs: true });
    const opened = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "b", version: "1" } } });
    const { arrived } = await arriving(async () => {
      await rpc(server.url, [1, 2, 3].map((id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "delete_thing", arguments: { id: "b" } } })), { "mcp-session-id": opened.headers.get("mcp-session-id") });
      await call(server.url, "postern_run_program", { program: { version: 1, steps: [{ id: "t", account: account.name, tool: "delete_thing", arguments: { id: "b" } }], results: { n: "SELECT * FROM t" } } });
    });
    assert.deepEqual(arrived, []);
    assert.equal((await must(200, boss, "GET", "/approval?state=waiting")).items.filter((a) => a.server_id === server.id).length, 1);
  });
});

test("kill -9 in mid-call: it is not made again, and who asks is told to look", async () => {
  const server = await serve();
  hold = Promise.withResolvers();
  const id = await waiting(server.url, "purge_slowly", { id: "k" });
  await approve(id);
  const before = vendor.seen.length;
  const lost = call(server.url, "purge_slowly", { id: "k" }).catch(() => undefined);
  await eventually("it is at the vendor", () => vendor.seen.length > before);
  world.postern.program.child.kill("SIGKILL");
  await world.postern.stop();
  await lost;
  hold.resolve();
  await world.postern.start();
  await refused(at(server.url), /was approved .* is being made at this moment or was cut off/, "purge_slowly", { id: "k" });
  assert.equal(vendor.seen.length, before + 1);
  boss.origin = second.origin = world.postern.url;
  assert.equal((await world.must(200, "GET", `/approval/${id}`)).state, "running");
});

test("whoever waits too long is told, and the word comes too late", async () => {
  const brief = await clock({ approval_lives: "10s" });
  try {
    const other = await vendor.connect(brief);
    const p = await person(brief, "p", "admin");
    const server = await serve({}, brief, other);
    const id = idOf(await call(server.url, "delete_thing", { id: "late" }));
    await eventually("its time is over", async () => (await must(200, p, "GET", `/approval/${id}`, undefined, brief)).state === "expired");
    assert.equal((await as(p, "POST", `/approval/${id}/approve`, {}, brief)).status, 409);
    assert.notEqual(idOf(await call(server.url, "delete_thing", { id: "late" })), id);
  } finally {
    await brief.close();
  }
});

test("API tokens approve where the setting lets them, and not what they asked for", async () => {
  const open = await clock({ approval_by_token: true });
  try {
    const other = await vendor.connect(open);
    const server = await serve({ require_api_token_auth: true }, open, other);
    const asker = (await open.must(201, "POST", "/api-token", { name: "asker", role: "admin" })).token;
    const r = await call(server.url, "delete_thing", { id: "t" }, { headers: { authorization: `Bearer ${asker}` } });
    const own = await open.api("POST", `/approval/${idOf(r)}/approve`, {}, { token: asker });
    assert.equal(own.status, 403, own.text);
    await open.must(200, "POST", `/approval/${idOf(r)}/approve`, {});
    const done = await call(server.url, "delete_thing", { id: "t" }, { headers: { authorization: `Bearer ${asker}` } });
    assert.equal(done.body.result.isError, false, done.text);
  } finally {
    await open.close();
  }
});
