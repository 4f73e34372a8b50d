// SPDX-License-Identifier: Apache-2.0
// One bad account, row or connector never stops the others: neither by what its connector makes of its
// credential, nor by whatever came to stand in its row.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { ONLY_SQLITE } from "../lib/database.mjs";
import { modern, rpc, start } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";

const KEY = "k".repeat(16_000);
const document = (url) => ({ openapi: "3.1.0", info: { title: "T", version: "1" }, servers: [{ url }], paths: { "/things": { get: { operationId: "list_things", responses: { 200: { description: "ok" } } } } } });
const definition = (name, base_url, send) => ({ name, label: name, kind: "rest", base_url, auth: [{ id: "key", label: "Key", fields: [{ name: "key", label: "Key", secret: true }], send: [send] }] });
const header = (value) => ({ in: "header", name: "X-Key", value });
const times = (n, text = "{key}") => text.repeat(n);

let world, vendor, healthy, server;
before(async () => {
  vendor = await startRecorder();
  world = await start();
  healthy = await world.account();
  server = await world.server(healthy);
});
after(async () => {
  await world?.close();
  vendor?.close();
});

const here = (url) => new URL(new URL(url).pathname, world.postern.url).href;
async function works() {
  const { body, text } = await modern(here(server.url), "tools/call", { name: "list_all_cloudflare_zones", arguments: { name: "example.com" } });
  assert.equal(body?.result?.isError, false, text.slice(0, 500));
}
async function again(between = () => {}) {
  const { code, signal } = await world.postern.stop();
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, "it stops by itself");
  await between();
  await world.postern.start();
  await works();
}

describe("a connector that comes to make too much of a credential", () => {
  // How it is sent at first, and how its next version sends it.
  const rows = {
    "a header that holds it 80 times": header(times(80)),
    "a header that holds it 5 times, which is the first too many": header(times(5)),
    "a header that holds it a hundred thousand times": header(times(100_000)),
    "a bearer": { in: "bearer", value: times(80) },
    "a parameter": { in: "query", name: "k", value: times(80) },
    "a user and a password": { in: "basic", user: times(3), password: times(3) },
    "text around it": header(`${"x".repeat(60_000)}{key}`),
  };
  let i = 0;
  for (const [name, send] of Object.entries(rows))
    test(`${name}: that account fails, with the reason, and the others go on, over a start as well`, async () => {
      const connector = `grown${++i}`;
      const give = (how) => world.must(201, "POST", "/connector", { definition: definition(connector, vendor.url, how), document: document(vendor.url) });
      const create = (more) => world.api("POST", "/integrated-account", { connector, name: `${connector} account`, credential: { key: KEY }, ...more });
      await give(header("{key}"));
      const made = await create();
      assert.equal(made.status, 201, made.text.slice(0, 300));
      await give(send);
      await works();
      for (let round = 0; round < 2; round++) {
        const { status, status_text } = await world.must(200, "GET", `/integrated-account/${made.body.id}`);
        assert.equal(status, "failing");
        assert.match(status_text, /credential makes a header or parameter longer than 65536 bytes/);
        if (!round) await again();
      }
      const another = await create({ name: `${connector} another` });
      assert.equal(another.status, 400, another.text.slice(0, 300));
      assert.ok(!another.text.includes(KEY.slice(0, 100)), "it is not repeated");
      await give(header("{key}"));
      assert.notEqual((await world.must(200, "GET", `/integrated-account/${made.body.id}`)).status, "failing", "it is mended as it was broken");
    });
});

test("a client's secret, id or key that is too long is refused by name, and nothing ends", async () => {
  for (const n of [16 * 1024 + 1, 1024 * 1024 + 1, 3 * 1024 * 1024])
    for (const field of ["client_id", "client_secret", "client_key"]) {
      const r = await world.api("POST", "/integrated-account/authorize", { connector: "mcp", name: "long", url: "https://mcp.example.com/mcp", client_id: "c", [field]: "x".repeat(n) });
      assert.equal(r.status, 400, `${field} of ${n}: ${r.text.slice(0, 200)}`);
      assert.equal(r.body.error.field, field);
    }
  await works();
});

describe("whatever stands in the rows of one account", { skip: ONLY_SQLITE }, () => {
  const garbage = {
    nothing: "",
    "two megabytes": "x".repeat(2 << 20),
    "no JSON": '{"a":',
    "JSON of another kind": "[1]",
    "a long default": JSON.stringify({ account_id: "y".repeat(2 << 20), region: 1 }),
    "deep JSON": "[".repeat(100_000),
    "something like a sealed secret": `v1.k1.${"A".repeat(2 << 20)}`,
    "control characters": "\u0001\u001b[2J\r\nX: y",
  };
  const tables = ["account", "oauth_client", "oauth_grant", "oauth_flow", "server", "server_account", "api_token", "remote_server", "remote_tool", "connector", "toolset", "tool_name"];
  const open = () => new DatabaseSync(join(world.postern.folder, "data/postern.db"), { enableForeignKeyConstraints: false });

  // A row of each table that belongs to the account that is damaged: an MCP server's, by OAuth, and one of its own connector.
  const mcp = "acc_00000000000000000000000000000000", remote = "acc_11111111111111111111111111111111";
  let bad;
  before(async () => {
    await world.must(201, "POST", "/connector", { definition: definition("victim", vendor.url, header("{key}")), document: document(vendor.url) });
    bad = await world.must(201, "POST", "/integrated-account", { connector: "victim", name: "victim", credential: { key: "k-victim" } });
    await world.server(bad);
    await world.must(201, "POST", "/api-token", { name: "victim", role: "client" });
    await world.must(201, "POST", "/connector", { definition: { name: "victim-mcp", label: "Victim", kind: "mcp", base_url: `${vendor.url}/mcp`, auth: [{ id: "open", label: "Open", open: true }], context: [{ name: "account_id", header: "cf-account-id" }] } });
    await again(() => {
      const db = open();
      const copy = (table, values) => {
        const columns = db.prepare(`PRAGMA table_info(${table})`).all();
        const cell = (c) => (c.name in values ? values[c.name] : c.type === "TEXT" ? "" : 1);
        db.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join()})`).run(...columns.map(cell));
      };
      copy("account", { id: mcp, name: "mcp victim", connector: "linear", way: "oauth", base_url: "https://mcp.example.com/mcp", context: "{}", choices: "{}", status: "ok", person: null, stands_for: null });
      copy("account", { id: remote, name: "remote victim", connector: "victim-mcp", way: "open", base_url: `${vendor.url}/mcp`, context: "{}", choices: "{}", status: "ok", person: null, stands_for: null });
      copy("oauth_client", { id: "victim", issuer: "https://as.example.com", method: "none" });
      copy("oauth_grant", { account_id: mcp, client: "victim", site: "{}" });
      copy("oauth_flow", { id: "victim", status: "waiting", client: "victim", site: "{}", connector: "linear" });
      copy("remote_server", { account_id: mcp, capabilities: "{}" });
      copy("remote_tool", { account_id: mcp, name: "t", definition: "{}", pinned: "{}", trust: "allow" });
      db.close();
    });
  });

  const mine = { account: (r) => [bad.id, mcp, remote].includes(r.id), server: (r) => r.name !== server.name, server_account: (r) => r.account_id === bad.id, api_token: (r) => r.name === "victim", connector: (r) => r.name === "victim", toolset: (r) => r.connector === "victim", tool_name: (r) => r.connector === "victim" };
  function damage(text) {
    const db = open();
    db.exec("BEGIN");
    for (const table of tables) {
      const columns = db.prepare(`PRAGMA table_info(${table})`).all();
      const kept = (c) => c.pk || /(^|_)id$|^account$|^client$/.test(c.name) || (table === "account" && ["connector", "way", "name"].includes(c.name)) || (table === "api_token" && c.name === "name");
      const rows = db.prepare(`SELECT rowid, * FROM ${table}`);
      rows.setReadBigInts(true);
      for (const row of rows.all().filter(mine[table] ?? (() => true)))
        for (const c of columns.filter((c) => !kept(c)))
          try {
            db.prepare(`UPDATE ${table} SET ${c.name} = ? WHERE rowid = ?`).run(c.type === "TEXT" ? text : 9223372036854775807n, row.rowid);
          } catch (e) {
            assert.match(e.message, /constraint failed/); // the store itself refuses it
          }
    }
    db.exec("COMMIT");
    db.close();
  }

  for (const [name, text] of Object.entries(garbage))
    test(`${name}: the others are served, and it can be looked at`, async () => {
      await again(() => damage(text));
      const { items } = await world.must(200, "GET", "/integrated-account?limit=500");
      assert.ok(items.some((a) => a.id === healthy.id && a.status === "ok"));
      assert.equal((await world.api("GET", "/whoami")).status, 200);
      assert.equal((await rpc(here(server.url), { jsonrpc: "2.0", id: 1, method: "ping" })).status, 200);
      for (const path of ["/server", "/api-token", "/connector", `/integrated-account/${bad.id}`, `/integrated-account/${mcp}`, `/integrated-account/${remote}`, `/integrated-account/${bad.id}/tools`, `/integrated-account/${mcp}/tools`]) {
        const r = await world.api("GET", path);
        assert.ok(r.status < 600 && r.status !== 0, `${path}: ${r.status}`);
      }
      await works();
    });

  test("and then each can be deleted", async () => {
    for (const id of [bad.id, mcp, remote]) {
      const r = await world.api("DELETE", `/integrated-account/${id}`);
      assert.ok(r.status < 300, `${id}: ${r.text}`);
    }
    assert.deepEqual((await world.must(200, "GET", "/integrated-account?limit=500")).items.filter((a) => [bad.id, mcp, remote].includes(a.id)), []);
    await again();
  });
});
