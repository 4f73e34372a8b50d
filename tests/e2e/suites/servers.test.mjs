// SPDX-License-Identifier: Apache-2.0
// Scoped servers and API tokens over the management API, every refusal with its reason; and connectors
// of one's own, from the document to the vendor's side of a call.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ROOT, modern, rpc, start } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";

let world, account;
before(async () => {
  world = await start();
  account = await world.account();
});
after(() => world?.close());

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
async function names(server, headers) {
  const all = [];
  let cursor;
  for (let page = 0; page < 50; page++) {
    const { result } = (await modern(server.url, "tools/list", cursor ? { cursor } : {}, { headers })).body;
    all.push(...result.tools.map((t) => t.name));
    if (!(cursor = result.nextCursor)) return all;
  }
  throw new Error("the list does not end");
}

describe("scoped servers", () => {
  test("are made, read, changed, rotated and deleted", async () => {
    const made = await world.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "audit", config: { methods: ["read"], tags: ["audit"] } });
    assert.match(made.url, new RegExp(`^${world.postern.url}/mcp/pst_[A-Za-z0-9_-]{43}$`), "256 bits in the URL");
    assert.equal(made.account_id, account.id);
    assert.equal(made.expires_at, null);
    assert.equal((await names(made)).length, made.tool_count);
    const read = await world.must(200, "GET", `/mcp-server/${made.id}`);
    assert.deepEqual(read, Object.fromEntries(Object.entries(made).filter(([k]) => k !== "url")), "the same, without the URL");
    assert.deepEqual(await world.must(200, "GET", `/integrated-account/${account.id}/mcp/${made.id}`), read);

    const changed = await world.must(200, "PATCH", `/mcp-server/${made.id}`, { name: "dns", config: { methods: ["list"], tags: ["dns"] } });
    assert.equal(changed.name, "dns");
    assert.notEqual(changed.tool_count, made.tool_count);
    assert.equal((await names(made)).length, changed.tool_count, "the same URL now shows the other tools");
    const renamed = await world.must(200, "PATCH", `/mcp-server/${made.id}`, { name: "dns 2" });
    assert.deepEqual(renamed.config, changed.config, "what is left out stays");

    const rotated = await world.must(200, "POST", `/mcp-server/${made.id}/rotate`);
    assert.notEqual(rotated.url, made.url);
    assert.equal((await rpc(made.url, ping)).status, 404);
    assert.equal((await rpc(rotated.url, ping)).status, 200);
    await world.must(204, "DELETE", `/mcp-server/${made.id}`);
    assert.equal((await rpc(rotated.url, ping)).status, 404);
    for (const [method, path] of [["GET", ""], ["PATCH", ""], ["DELETE", ""], ["POST", "/rotate"]])
      assert.equal((await world.api(method, `/mcp-server/${made.id}${path}`, method === "PATCH" ? { name: "x" } : undefined)).status, 404, method);
  });

  test("a name in place of the account's id does as well", async () => {
    const made = await world.must(201, "POST", `/integrated-account/${account.name}/mcp`, { name: "by name" });
    assert.equal(made.account_id, account.id);
    assert.equal(made.tool_count, account.tool_count, "without a config all tools are shown");
  });

  test("lists come in pages that lose and repeat nothing", async () => {
    const other = await world.account();
    for (let i = 0; i < 5; i++) await world.server(other);
    const seen = [];
    let next = `/integrated-account/${other.id}/mcp?limit=2`;
    for (let i = 0; next && i < 10; i++) {
      const page = await world.must(200, "GET", next);
      assert.ok(page.items.length <= 2);
      seen.push(...page.items.map((s) => s.id));
      next = page.next;
    }
    assert.equal(new Set(seen).size, 5);
    assert.equal(seen.length, 5);
    const all = await world.must(200, "GET", "/mcp-server?limit=1000");
    for (const id of seen) assert.ok(all.items.some((s) => s.id === id));
    assert.ok(!JSON.stringify(all).includes("pst_"), "no list shows a token");
  });

  test("methods, tags and tools combine with AND, each list with OR", async () => {
    const count = async (config) => (await world.server(account, config)).tool_count;
    const of = async (config) => names(await world.server(account, config));
    const read = await of({ methods: ["read"] });
    const security = await of({ tags: ["security"] });
    const both = await of({ methods: ["read"], tags: ["security"] });
    assert.deepEqual(both, read.filter((n) => security.includes(n)));
    const globs = await of({ methods: ["read"], tags: ["security"], tools: ["list_all_*", "get_single_cloudflare_rule_set*"] });
    assert.deepEqual(globs, both.filter((n) => /^list_all_|^get_single_cloudflare_rule_set/.test(n)));
    assert.equal(await count({ methods: ["list", "get"] }), (await count({ methods: ["list"] })) + (await count({ methods: ["get"] })));
    assert.equal(await count({ methods: ["write"] }), await count({ methods: ["create", "update", "delete"] }));
    for (const n of await of({ methods: ["read"] })) assert.doesNotMatch(n, /^(create|update|delete)_/);
    const one = await of({ tools: ["list_all_cloudflare_zones"] });
    assert.deepEqual(one, ["list_all_cloudflare_zones"]);
  });

  const table = [
    [{}, 400, "name", /./],
    [{ name: "" }, 400, "name", /./],
    [{ name: 5 }, 400, "name", /string/],
    [{ name: "x", config: [] }, 400, "config", /object/],
    [{ name: "x", config: { methods: "read" } }, 400, "config.methods", /array/],
    [{ name: "x", config: { methods: [] } }, 400, "config.methods", /./],
    [{ name: "x", config: { methods: ["read", 5] } }, 400, "config.methods[1]", /./],
    [{ name: "x", config: { methods: ["reed"] } }, 400, "config.methods[0]", /"reed".*read, write, custom, list, get, create, update, delete.*did you mean "read"/],
    [{ name: "x", config: { methods: ["READ"] } }, 400, "config.methods[0]", /"READ"/],
    [{ name: "x", config: { tags: ["securty"] } }, 400, "config.tags[0]", /"securty".*security/],
    [{ name: "x", config: { tools: [""] } }, 400, "config.tools[0]", /./],
    [{ name: "x", config: { tools: ["no_such_*"] } }, 422, "config.tools", /no tool/],
    [{ name: "x", config: { methods: ["custom"], tags: ["audit"] } }, 422, "config.tags", /no tool/],
    [{ name: "x", config: { require_api_token_auth: "yes" } }, 400, "config.require_api_token_auth", /./],
    [{ name: "x", config: { method: ["read"] } }, 400, "config.method", /method.*did you mean "methods"/],
    [{ name: "x", expires_at: "2020-01-01T00:00:00Z" }, 400, "expires_at", /2020-01-01T00:00:00Z.*past/],
    [{ name: "x", expires_at: "tomorrow" }, 400, "expires_at", /tomorrow/],
    [{ name: "x", expires_at: "2099-02-30T00:00:00Z" }, 400, "expires_at", /./],
    [{ name: "x", expires_at: "2099-01-01" }, 400, "expires_at", /./],
    [{ name: "x", expires_at: 4102444800 }, 400, "expires_at", /./],
    [{ name: "x", expiry: "2099-01-01T00:00:00Z" }, 400, "expiry", /./],
  ];
  for (const [body, status, field, text] of table)
    test(`${JSON.stringify(body)} → ${status} ${field}`, async () => {
      const r = await world.api("POST", `/integrated-account/${account.id}/mcp`, body);
      assert.equal(r.status, status, r.text);
      assert.equal(r.body.error.field, field, r.text);
      assert.match(`${r.body.error.message} ${r.body.error.hint ?? ""}`, text);
    });

  test("a change that would leave nothing changes nothing", async () => {
    const server = await world.server(account);
    for (const body of [{ config: { tools: ["no_such_*"] } }, { config: { methods: ["reed"] } }, { expires_at: "2020-01-01T00:00:00Z" }, { name: "" }, { name: "ok", nope: 1 }])
      assert.ok([400, 422].includes((await world.api("PATCH", `/mcp-server/${server.id}`, body)).status), JSON.stringify(body));
    const now = await world.must(200, "GET", `/mcp-server/${server.id}`);
    assert.deepEqual([now.name, now.config, now.expires_at, now.updated_at], [server.name, server.config, server.expires_at, server.updated_at]);
  });

  test("other wrong turns", async () => {
    assert.equal((await world.api("POST", "/integrated-account/acc_nope/mcp", { name: "x" })).status, 404);
    assert.equal((await world.api("GET", "/mcp-server?limit=0")).status, 400);
    assert.equal((await world.api("GET", "/mcp-server?limit=1001")).status, 400);
    assert.equal((await world.api("GET", "/mcp-server?limt=5")).status, 400);
    const method = await world.api("PUT", "/mcp-server");
    assert.equal(method.status, 405);
    assert.match(method.headers.get("allow"), /GET/);
    assert.equal((await world.api("GET", "/mcp-servers")).status, 404);
  });
});

describe("API tokens", () => {
  test("a server that asks for one answers 401 with how to give it", async () => {
    const server = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    const bare = await rpc(server.url, ping);
    assert.equal(bare.status, 401);
    assert.equal(bare.headers.get("www-authenticate"), 'Bearer realm="postern"');
    const wrong = await rpc(server.url, ping, { authorization: "Bearer psk_wrong" });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.headers.get("www-authenticate"), 'Bearer realm="postern", error="invalid_token"');
    for (const role of ["client", "admin"]) {
      const { token } = await world.must(201, "POST", "/api-token", { name: role, role });
      assert.equal((await rpc(server.url, ping, { authorization: `Bearer ${token}` })).status, 200);
      assert.equal((await rpc(server.url, ping, { authorization: `bearer ${token}` })).status, 200, "the scheme's case does not count");
    }
    const client = await world.must(201, "POST", "/api-token", { name: "gone", role: "client" });
    await world.must(204, "DELETE", `/api-token/${client.id}`);
    assert.equal((await rpc(server.url, ping, { authorization: `Bearer ${client.token}` })).status, 401);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { require_api_token_auth: null } });
    assert.equal((await rpc(server.url, ping)).status, 200);
  });

  test("are shown once, listed without their text, and revoked at once", async () => {
    const made = await world.must(201, "POST", "/api-token", { name: "ci", role: "admin" });
    assert.match(made.token, /^psk_[A-Za-z0-9_-]{43}$/);
    assert.equal((await world.must(200, "GET", "/whoami", undefined, { token: made.token })).name, "ci");
    const list = await world.api("GET", "/api-token?limit=1000");
    assert.ok(list.body.items.some((t) => t.id === made.id && t.role === "admin"));
    assert.ok(!list.text.includes("psk_"));
    await world.must(204, "DELETE", `/api-token/${made.id}`);
    assert.equal((await world.api("GET", "/whoami", undefined, { token: made.token })).status, 401);
    assert.equal((await world.api("DELETE", `/api-token/${made.id}`)).status, 404);
  });

  test("wrong requests name what is wrong", async () => {
    for (const [body, field] of [[{}, "name"], [{ name: "x" }, "role"], [{ name: "x", role: "root" }, "role"], [{ name: "x", role: "admin", expires_at: "2020-01-01T00:00:00Z" }, "expires_at"], [{ name: "", role: "admin" }, "name"]]) {
      const r = await world.api("POST", "/api-token", body);
      assert.equal(r.status, 400, `${JSON.stringify(body)}: ${r.text}`);
      assert.equal(r.body.error.field, field);
      if (body.role === "root") assert.match(r.body.error.message, /root.*admin.*client/);
    }
  });

  test("the last admin token stays, also against two who would revoke each other", async () => {
    const others = (await world.must(200, "GET", "/api-token?limit=1000")).items.filter((t) => t.role === "admin");
    const me = await world.must(200, "GET", "/whoami");
    for (const t of others.filter((t) => t.id !== me.id)) await world.must(204, "DELETE", `/api-token/${t.id}`);
    const last = await world.api("DELETE", `/api-token/${me.id}`);
    assert.equal(last.status, 409, last.text);
    assert.ok(last.body.error.hint);
    const second = await world.must(201, "POST", "/api-token", { name: "second", role: "admin" });
    const answers = await Promise.all([world.api("DELETE", `/api-token/${second.id}`), world.api("DELETE", `/api-token/${me.id}`, undefined, { token: second.token })]);
    const statuses = answers.map((a) => a.status).sort();
    assert.ok(statuses[0] === 204 && [401, 409].includes(statuses[1]), `${statuses}`);
    if (answers[1].status === 204) world.postern.token = second.token;
    assert.equal((await world.api("GET", "/status")).status, 200, "somebody can still manage");
  });
});

describe("connectors of one's own", () => {
  const document = (more = {}) => ({
    openapi: "3.1.0",
    info: { title: "Shop", version: "1" },
    servers: [{ url: "https://shop.invalid/v9" }],
    paths: {
      "/orders": { get: { operationId: "listOrders", tags: ["Orders"], parameters: [{ name: "state", in: "query", schema: { type: "string" } }], responses: { 200: { description: "orders" } } } },
      "/orders/{order_id}": {
        parameters: [{ name: "order_id", in: "path", required: true, schema: { type: "string" } }],
        get: { operationId: "getOrder", tags: ["Orders"], responses: { 200: { description: "order" } } },
        put: { operationId: "putOrder", tags: ["Orders"], requestBody: { content: { "application/json": { schema: { type: "object", properties: { note: { type: "string" } } } } } }, responses: { 200: { description: "order" } } },
      },
    },
    ...more,
  });
  const field = (name, secret = true) => ({ name, label: name, secret });
  const ways = {
    bearer: { auth: { fields: [field("token")], send: [{ in: "bearer", value: "{token}" }] }, credential: { token: "t-123456" }, check: (seen) => assert.equal(seen.headers.authorization, "Bearer t-123456") },
    header: { auth: { fields: [field("key")], send: [{ in: "header", name: "X-Shop-Key", value: "{key}" }] }, credential: { key: "k-123456" }, check: (seen) => assert.equal(seen.headers["x-shop-key"], "k-123456") },
    query: { auth: { fields: [field("key")], send: [{ in: "query", name: "api_key", value: "{key}" }] }, credential: { key: "k/1&2=3 ü" }, check: (seen) => assert.equal(new URL(seen.target, "http://x").searchParams.get("api_key"), "k/1&2=3 ü") },
    basic: { auth: { fields: [field("user", false), field("password")], send: [{ in: "basic", user: "{user}", password: "{password}" }] }, credential: { user: "shop", password: "p:ä" }, check: (seen) => assert.equal(Buffer.from(seen.headers.authorization.replace("Basic ", ""), "base64").toString(), "shop:p:ä") },
    several: {
      auth: { fields: [field("user", false), field("app"), field("key")], send: [{ in: "header", name: "X-App", value: "{app}" }, { in: "header", name: "X-User", value: "user:{user}" }, { in: "query", name: "key", value: "{key}" }] },
      credential: { user: "shop", app: "a-123456", key: "k-123456" },
      check: (seen) => {
        assert.equal(seen.headers["x-app"], "a-123456");
        assert.equal(seen.headers["x-user"], "user:shop");
        assert.equal(new URL(seen.target, "http://x").searchParams.get("key"), "k-123456");
      },
    },
  };

  for (const [kind, { auth, credential, check }] of Object.entries(ways))
    test(`${kind}: from the document to the vendor`, async (t) => {
      const vendor = await startRecorder((seen) => ({ body: { echo: seen.target.split("?")[0] } }));
      t.after(vendor.close);
      const name = `shop-${kind}`;
      const definition = { name, label: "Shop", kind: "rest", base_url: `${vendor.url}/api/v1`, auth: [{ id: kind, label: kind, ...auth }] };
      const report = await world.must(201, "POST", "/connector", { definition, document: document() });
      assert.equal(report.tools, 3);
      assert.equal(report.skipped, 0);
      const shown = await world.must(200, "GET", `/connector/${name}`);
      assert.equal(shown.imported, true);
      const shop = await world.must(201, "POST", "/integrated-account", { connector: name, name, credential });
      const server = await world.server(shop, {});
      const tools = await names(server);
      assert.equal(tools.length, 3);
      const tool = (pattern) => tools.find((t) => pattern.test(t));
      const call = (pattern, args) => modern(server.url, "tools/call", { name: tool(pattern), arguments: args });

      const list = await call(/^list_all/, { state: "open & shut" });
      assert.match(list.body.result.content[0].text, /\/api\/v1\/orders"/, "the base URL's path stays in front");
      let seen = vendor.requests.at(-1);
      assert.equal(new URL(seen.target, "http://x").searchParams.get("state"), "open & shut");
      check(seen);
      await call(/^update/, { order_id: "a/b", note: "hé" });
      seen = vendor.requests.at(-1);
      assert.equal(seen.method, "PUT");
      assert.equal(seen.target.split("?")[0], "/api/v1/orders/a%2Fb");
      assert.deepEqual(JSON.parse(seen.body), { note: "hé" });
      check(seen);
      for (const request of vendor.requests) check(request);
      for (const value of Object.values(credential)) if (value !== "shop") assert.ok(!list.text.includes(value));

      assert.equal((await world.api("DELETE", `/connector/${name}`)).status, 409, "not while an account uses it");
      await world.must(204, "DELETE", `/integrated-account/${shop.id}`);
      await world.must(204, "DELETE", `/connector/${name}`);
      assert.equal((await world.api("GET", `/connector/${name}`)).status, 404);
    });

  test("importing again keeps the tools' names, and what is gone is gone", async (t) => {
    const vendor = await startRecorder();
    t.after(vendor.close);
    const definition = { name: "again", label: "Again", kind: "rest", base_url: vendor.url, auth: [{ id: "bearer", label: "b", ...ways.bearer.auth }] };
    await world.must(201, "POST", "/connector", { definition, document: document() });
    const account2 = await world.must(201, "POST", "/integrated-account", { connector: "again", name: "again", credential: { token: "t-123456" } });
    const server = await world.server(account2, {});
    const before = await names(server);
    const later = document();
    later.paths["/orders"].get.operationId = "findOrders";
    later.paths["/orders"].get.summary = "Find orders, in other words";
    delete later.paths["/orders/{order_id}"].put;
    later.paths["/baskets"] = { get: { operationId: "listBaskets", responses: { 200: { description: "baskets" } } } };
    await world.must(201, "POST", "/connector", { definition, document: later });
    const after = await names(server);
    assert.equal(after.length, 3);
    assert.deepEqual(after.filter((n) => before.includes(n)), before.filter((n) => !n.startsWith("update")));
  });

  test("a document or definition that cannot be used is refused with the reason, and nothing stays of it", async () => {
    const definition = { name: "bad", label: "Bad", kind: "rest", base_url: "https://bad.invalid", auth: [{ id: "bearer", label: "b", ...ways.bearer.auth }] };
    const table = [
      [{ definition, document: {} }, [400, 422]],
      [{ definition, document: "not: [yaml" }, [400, 422]],
      [{ definition, document: { openapi: "9.0.0", info: {}, paths: {} } }, [400, 422]],
      [{ definition: { ...definition, name: "Bad Name" }, document: document() }, [400, 422]],
      [{ definition: { ...definition, name: "../bad" }, document: document() }, [400, 422]],
      [{ definition: { ...definition, name: "cloudflare" }, document: document() }, [409]],
      [{ definition: { ...definition, kind: "soap" }, document: document() }, [400, 422]],
      [{ definition: { ...definition, auth: [{ id: "x", label: "x", fields: [], send: [{ in: "header", name: "X", value: "{nope}" }] }] }, document: document() }, [400, 422]],
      [{ definition: { ...definition, auth: [{ id: "x", label: "x", fields: [field("k")], send: [{ in: "header", name: "X\r\nY", value: "{k}" }] }] }, document: document() }, [400, 422]],
      [{ definition: { ...definition, base_url: "file:///etc" }, document: document() }, [400, 422]],
      [{ definition }, [400]],
      [{ document: document() }, [400]],
    ];
    for (const [body, statuses] of table) {
      const r = await world.api("POST", "/connector", body);
      assert.ok(statuses.includes(r.status), `${JSON.stringify(body).slice(0, 120)}: ${r.status} ${r.text}`);
      assert.ok(r.body.error.message.length > 5);
    }
    assert.equal((await world.api("GET", "/connector/bad")).status, 404);
    const list = await world.must(200, "GET", "/connector");
    assert.ok(list.items.some((c) => c.name === "cloudflare" && !c.imported));
  });

  const whole = join(ROOT, "../shared/openapi/cloudflare.json");
  test("Cloudflare's whole document: one request, and official clients list every tool", { skip: !existsSync(whole) && "the document is not here" }, async () => {
    const text = readFileSync(whole, "utf8");
    const operations = Object.values(JSON.parse(text).paths).reduce((n, path) => n + Object.keys(path).filter((m) => ["get", "put", "post", "delete", "options", "head", "patch", "trace"].includes(m)).length, 0);
    const definition = { name: "cloudflare-full", label: "Cloudflare, whole", kind: "rest", base_url: world.sandbox.api, auth: [{ id: "token", label: "API token", ...ways.bearer.auth }], verify: [{ method: "GET", path: "/user/tokens/verify" }], context: [{ name: "account_id", label: "Account" }] };
    const report = await world.must(201, "POST", "/connector", { definition, document: text });
    assert.equal(report.operations, operations);
    assert.equal(report.tools, operations, JSON.stringify(report.notes.slice(0, 5)));
    const full = await world.must(201, "POST", "/integrated-account", { connector: "cloudflare-full", name: "full", credential: { token: "cfut_sandbox_full" } });
    const server = await world.server(full, {});
    assert.equal(server.tool_count, operations);
    for (const [Client, Http, options] of [[Client1, Http1, {}], [Client2, Http2, { versionNegotiation: { mode: "auto" } }]]) {
      const client = new Client({ name: "e2e", version: "1" }, options);
      await client.connect(new Http(new URL(server.url)));
      const seen = new Set();
      let cursor;
      for (let page = 0; page < 20; page++) {
        const r = await client.listTools(cursor ? { cursor } : {});
        for (const t of r.tools) seen.add(t.name);
        if (!(cursor = r.nextCursor)) break;
      }
      assert.equal(seen.size, operations);
      const zones = [...seen].find((n) => /^list_all_cloudflare.*_zones$/.test(n));
      const result = await client.callTool({ name: zones, arguments: { name: "example.com" } });
      assert.equal(result.isError ?? false, false, JSON.stringify(result).slice(0, 300));
      await client.close();
    }
  });
});
