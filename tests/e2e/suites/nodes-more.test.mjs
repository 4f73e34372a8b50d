// SPDX-License-Identifier: Apache-2.0
// Two nodes on one PostgreSQL behind nginx: what begins at one goes on at the other. Consoles, approvals, news of tools, tools
// of vendors' servers as they were pinned, and webhooks, which are told once. With a PostgreSQL of this suite's own.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { startBalanced } from "../lib/balanced.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { skip as noDatabase, startDatabase } from "../lib/cluster.mjs";
import { missing } from "../lib/nginx.mjs";
import { startVendors, startWithVendors, toolNames, works } from "../lib/oauth.mjs";
import { modern } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

const text = { type: "string" };
const OPERATIONS = {
  list_things: { path: "/things", answer: () => ({ body: things }) },
  delete_thing: { method: "delete", path: "/things/{id}", word: { class: "delete" }, parameters: [{ name: "id", in: "path", required: true, schema: text }] },
};
let things = [];
const HTTPS = { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" }; // as nginx says it, to one node

describe("two nodes", { skip: noDatabase || missing, concurrency: 1 }, () => {
  let db, cluster, one, two, world, vendor, vendors, account, boss, second, checked, made = 0;
  before(async () => {
    checked = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is the test's own
    db = await startDatabase();
    vendors = await startVendors();
    vendor = await startVendor(OPERATIONS);
    cluster = await startBalanced(db.make(), 2, undefined, { program_cache: "0s", approval_wait: "1m" });
    [one, two] = cluster.nodes;
    world = await startWithVendors({ vendors, postern: one });
    account = await vendor.connect(world);
    [boss, second] = [await person("boss"), await person("second")];
  });
  after(async () => {
    await cluster?.close();
    await vendor?.close();
    await vendors?.close();
    await db?.close();
    if (checked === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = checked;
  });

  // Signed in at the first node, as the console does it.
  async function person(name) {
    const user = await one.must(201, "POST", "/user", { name, role: "admin" });
    return signIn(one, user.url);
  }
  async function signIn(node, link) {
    const r = await fetch(cluster.at(node, link), { method: "POST", headers: { ...HTTPS, origin: cluster.nginx.base, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ password: "correct horse battery" }), redirect: "manual" });
    assert.ok(r.headers.get("set-cookie"), await r.text());
    return r.headers.get("set-cookie").split(";")[0];
  }
  const as = (node, cookie, method, path, body) => node.api(method, path, body, { token: null, headers: { ...HTTPS, cookie, ...(method === "GET" ? {} : { origin: cluster.nginx.base, "postern-console": "1" }) } });
  const at = (node, server) => cluster.at(node, server.url);
  const serve = async (over, config = { methods: ["read"] }) => {
    const s = await one.must(201, "POST", `/integrated-account/${over.id}/mcp`, { name: `server-${++made}`, config });
    await eventually("it is there", async () => (await modern(at(two, s), "tools/list")).status === 200);
    return s;
  };

  test("a session of the console begins at one, is used at the other, and ends at both", async () => {
    const { url } = await one.must(201, "POST", "/user", { name: "ada", role: "admin" });
    const cookie = await signIn(two, url);
    for (const node of [one, two]) assert.equal((await as(node, cookie, "GET", "/whoami")).body.name, "ada");
    assert.equal((await as(one, cookie, "POST", "/api-token", { name: "by the console", role: "client" })).status, 201);
    assert.equal((await fetch(cluster.at(one, url), { method: "POST", headers: { ...HTTPS, origin: cluster.nginx.base, "content-type": "application/x-www-form-urlencoded" }, redirect: "manual" })).headers.get("set-cookie"), null, "a link opens once, wherever");
    assert.equal((await as(one, cookie, "DELETE", "/session")).status, 204);
    for (const node of [two, one]) assert.equal((await as(node, cookie, "GET", "/whoami")).status, 401);
  });

  describe("approvals", () => {
    const call = (node, server, id, headers) => modern(at(node, server), "tools/call", { name: "delete_thing", arguments: { id } }, { headers });
    const waiting = (server) =>
      eventually("it waits", async () => (await as(two, second, "GET", "/approval?state=waiting")).body.items.find((a) => a.server_id === server.id));
    const deleted = (id) => vendor.seen.filter((s) => s.method === "DELETE" && s.path === `/things/${id}`).length;

    test("asked at one, approved at the other: the call that waits goes on, once", async () => {
      const server = await serve(account, { approval: "destroy" });
      const calling = call(one, server, "a");
      const { id } = await waiting(server);
      assert.equal((await as(two, second, "POST", `/approval/${id}/approve`, {})).status, 200);
      const r = await calling;
      assert.equal(r.body.result.isError, false, r.text);
      assert.equal((await as(two, boss, "GET", `/approval/${id}`)).body.state, "done");
      assert.equal(deleted("a"), 1);
    });

    test("refused at the other, and approved at both at once: one word counts", async () => {
      const server = await serve(account, { approval: "destroy" });
      const refused = call(one, server, "b");
      const first = await waiting(server);
      assert.equal((await as(two, second, "POST", `/approval/${first.id}/refuse`, { reason: "not today" })).status, 200);
      assert.match((await refused).text, /not today/);
      const approved = call(two, server, "c");
      const { id } = await waiting(server);
      const words = await Promise.all([as(one, boss, "POST", `/approval/${id}/approve`, {}), as(two, second, "POST", `/approval/${id}/approve`, {})]);
      assert.deepEqual(words.map((r) => r.status).sort(), [200, 409]);
      assert.equal((await approved).body.result.isError, false);
      assert.deepEqual([deleted("b"), deleted("c")], [0, 1]);
    });

    test("one approval is one call, though it is made at both nodes at once", async () => {
      const server = await serve(account, { approval: "destroy" });
      const calls = [call(one, server, "d"), call(two, server, "d")];
      const { id } = await waiting(server);
      assert.equal((await as(one, boss, "POST", `/approval/${id}/approve`, {})).status, 200);
      await Promise.any(calls.map(async (c) => assert.equal((await c).body.result.isError, false)));
      assert.equal(deleted("d"), 1);
      // The one that came too late asks anew, and is let go.
      const rest = (await as(one, boss, "GET", "/approval?state=waiting")).body.items.filter((a) => a.server_id === server.id);
      for (const a of rest) await as(two, second, "POST", `/approval/${a.id}/refuse`, {});
      await Promise.all(calls);
      assert.equal(deleted("d"), 1);
    });
  });

  test("what changes at one is told to clients at the other, in both eras", async () => {
    const server = await serve(account, { methods: ["read"] });
    const told = { "SDK v2, pinned": 0, "SDK v1": 0 }, clients = [];
    for (const node of [one, two])
      for (const mode of Object.keys(told)) {
        const c = await CLIENTS[mode].connect(at(node, server), mode === "SDK v1" ? {} : { listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => {} } } });
        c.tells = () => c.heard.filter((m) => m.method === "notifications/tools/list_changed").length;
        clients.push(c);
      }
    await eventually("streams are open", async () => (await Promise.all([one, two].map(async (node) => (await node.must(200, "GET", "/status")).queues.streams))).every((n) => n >= 2));
    for (const [i, node] of [one, two].entries()) {
      const before = clients.map((c) => c.tells());
      await node.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: i ? ["read"] : ["read", "write"] } });
      await eventually("each hears of it", () => clients.every((c, k) => c.tells() > before[k]));
    }
    for (const c of clients) await c.close();
  });

  describe("tools of a vendor's server", () => {
    let remote, server;
    before(async () => {
      remote = (await world.connect("arcjet")).account;
      server = await serve(remote);
    });
    const names = (node) => toolNames(at(node, server));

    test("one that changes is off at both, told at both, and on again at both by one's word", async () => {
      const clients = await Promise.all([one, two].map((node) => CLIENTS["SDK v2, pinned"].connect(at(node, server), { listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => {} } } })));
      const tells = (c) => c.heard.filter((m) => m.method === "notifications/tools/list_changed").length;
      for (const node of [one, two]) assert.ok((await names(node)).includes("list-teams"));
      await vendors.tools("arcjet", [{ op: "change", tool: "list-teams", set: { description: "Lists teams, and more." } }]);
      for (const node of [one, two]) await eventually("it is off", async () => !(await names(node)).includes("list-teams"));
      await eventually("both hear of it", () => clients.every((c) => tells(c) > 0));
      for (const node of [one, two]) assert.equal((await modern(at(node, server), "tools/call", { name: "list-teams", arguments: {} })).body.error?.code, -32602);
      assert.ok((await two.must(200, "GET", `/tool/review?account=${remote.id}&limit=100`)).items.some((t) => t.name === "list-teams"));
      await two.must(200, "POST", `/integrated-account/${remote.id}/tools/approve`, { names: ["list-teams"] });
      for (const node of [one, two]) {
        await eventually("it is on", async () => (await names(node)).includes("list-teams"));
        await works(at(node, server), "list-teams");
      }
      for (const c of clients) await c.close();
    });

    test("one that is denied at one is off at the other", async () => {
      await two.must(200, "POST", `/integrated-account/${remote.id}/tools/deny`, { names: ["list-teams"] });
      for (const node of [one, two]) await eventually("it is off", async () => !(await names(node)).includes("list-teams"));
    });
  });

  test("webhooks are told once each, in their order, whichever node runs the tile", async () => {
    const told = [];
    const receiver = createServer(async (request, response) => {
      let body = "";
      for await (const bytes of request) body += bytes;
      told.push({ id: request.headers["postern-event-id"], ...JSON.parse(body) });
      response.writeHead(204).end();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const board = await one.must(201, "POST", "/dashboard", { name: "things" });
    const program = { version: 1, steps: [{ id: "r", account: "fixture", tool: "list_things" }], results: { n: { query: "SELECT count(*) AS things FROM r" } } };
    things = [{ id: 1 }];
    const tile = await one.must(201, "POST", `/dashboard/${board.id}/tile`, { program, title: "Things" });
    const watch = await one.must(201, "POST", "/watches", { tile: tile.id, condition: "things > 1", webhook: `http://127.0.0.1:${receiver.address().port}/hook` });
    const run = async (node) => {
      const r = await node.must(200, "POST", `/tile/${tile.id}/refresh`, {});
      assert.equal(r.state, "ok", r.why);
    };
    const ROUNDS = 30;
    for (let i = 0; i < ROUNDS; i++) {
      things = i % 2 ? [{ id: 1 }] : [{ id: 1 }, { id: 2 }];
      await Promise.all([run(one), run(two)]);
    }
    await eventually("all are delivered", async () => ((all) => all.length === ROUNDS && all.every((e) => e.delivery === "delivered"))((await two.must(200, "GET", `/watches/${watch.id}/events`)).items));
    assert.equal(new Set(told.map((e) => e.id)).size, told.length, "none is told twice");
    assert.deepEqual(told.map((e) => e.event), Array.from({ length: ROUNDS }, (_, i) => (i % 2 ? "ended" : "began")));
    receiver.closeAllConnections();
    receiver.close();
  });
});
