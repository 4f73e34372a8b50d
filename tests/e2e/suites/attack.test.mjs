// SPDX-License-Identifier: Apache-2.0
// The boundaries, from the outside: who may talk to us, whom we can be made to talk to, what tokens
// and tools can be guessed, and what a body can carry.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Postern, modern, rpc, start } from "../lib/postern.mjs";
import { exchange, request } from "../lib/raw.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { eventually, metrics, shortLived } from "../lib/wait.mjs";

let world, account, server, url, port;
before(async () => {
  world = await start();
  account = await world.account();
  server = await world.server(account);
  ({ url } = world.postern);
  ({ port } = new URL(url));
});
after(() => world?.close());

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const call = (name, args, target = server.url) => modern(target, "tools/call", { name, arguments: args });
const lastRequests = (n = 50) => world.sandbox.control("GET", `/requests?last=${n}`);
// What may differ between two refusals that must look alike.
const alike = ({ status, headers, text }) => ({
  status,
  headers: [...headers].filter(([name]) => !["date", "x-request-id"].includes(name)),
  text: text.replace(/req_\w+/, "req_…"),
});

describe("Host and Origin", () => {
  const body = JSON.stringify(ping);
  const endpoints = {
    "management API": (headers) => request("GET", "/whoami", url, { headers: { authorization: `Bearer ${world.postern.token}`, ...headers } }),
    "MCP endpoint": (headers) => request("POST", new URL(server.url).pathname, url, { headers: { "content-type": "application/json", accept: "*/*", ...headers }, body }),
  };
  const table = () => [
    // A page that has pointed its own name at this address sends its name as Host.
    [{ host: "rebound.example" }, 403],
    [{ host: `rebound.example:${port}` }, 403],
    [{ host: `127.0.0.1.rebound.example:${port}` }, 403],
    [{ host: `localhost.rebound.example` }, 403],
    [{ host: `rebound.example:${port}`, origin: `http://rebound.example:${port}` }, 403],
    [{ host: `169.254.169.254` }, 403],
    [{ host: `127.0.0.1:${port}` }, 200],
    [{ host: `localhost:${port}` }, 200],
    [{ host: `LOCALHOST` }, 200],
    [{ host: `[::1]:${port}` }, 200],
    [{ origin: "http://elsewhere.example" }, 403],
    [{ origin: "https://elsewhere.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: `http://127.0.0.1:${Number(port) + 1}` }, 403],
    [{ origin: `http://localhost.elsewhere.example:${port}` }, 403],
    [{ origin: `http://127.0.0.1:${port}@elsewhere.example` }, 403],
    [{ origin: `file://127.0.0.1:${port}` }, 403],
    [{ origin: `http://127.0.0.1:${port}` }, 200],
  ];
  for (const [name, make] of Object.entries(endpoints))
    test(name, async () => {
      for (const [headers, status] of table()) {
        const { replies } = await exchange(url, make(headers), { until: 1 });
        assert.equal(replies[0].status, status, `${JSON.stringify(headers)}: ${replies[0].body}`);
        if (status === 403) assert.equal(replies[0].headers.get("access-control-allow-origin"), undefined);
      }
    });

  test("one rule holds at both: the page that people see behind a proxy may call, and '*' names no page", async (t) => {
    const free = await startRecorder();
    await free.close();
    const here = `http://127.0.0.1:${free.port}`;
    const behind = await start({ settings: { listen: `127.0.0.1:${free.port}`, public_url: "https://gateway.example/below", allowed_origins: ["*", "https://console.example"] } });
    t.after(() => behind.close());
    behind.postern.url = here; // it said the public one
    const { pathname } = new URL((await behind.server(await behind.account())).url);
    const authorization = `Bearer ${behind.postern.token}`;
    for (const [origin, status] of [["https://gateway.example", 200], ["https://console.example", 200], ["https://gateway.example.evil.example", 403], ["https://evil.example", 403]])
      for (const bytes of [
        request("GET", "/whoami", here, { headers: { authorization, origin } }),
        request("POST", pathname.replace(/^\/below/, ""), here, { headers: { "content-type": "application/json", accept: "*/*", origin }, body }),
      ]) {
        const { replies } = await exchange(here, bytes, { until: 1 });
        assert.equal(replies[0].status, status, `${origin}: ${replies[0].body}`);
      }
  });

  test("a preflight from elsewhere gets no permission", async () => {
    for (const target of [new URL(server.url).pathname, "/whoami"]) {
      const headers = { origin: "https://elsewhere.example", "access-control-request-method": "POST", "access-control-request-headers": "authorization" };
      const { replies } = await exchange(url, request("OPTIONS", target, url, { headers }), { until: 1 });
      assert.equal(replies[0].headers.get("access-control-allow-origin"), undefined);
      assert.equal(replies[0].status, 403);
    }
  });
});

describe("tokens", () => {
  test("unknown, revoked, rotated, expired and malformed server tokens look alike", async () => {
    const revoked = await world.server(account);
    await world.must(204, "DELETE", `/mcp-server/${revoked.id}`);
    const rotated = await world.server(account);
    await world.must(200, "POST", `/mcp-server/${rotated.id}/rotate`);
    const expired = await world.server(account, { methods: ["read"] });
    assert.equal((await rpc(expired.url, ping)).status, 200);
    await shortLived((expires_at) => world.must(200, "PATCH", `/mcp-server/${expired.id}`, { expires_at }));
    await eventually("it has expired", async () => (await rpc(expired.url, ping)).status !== 200);
    const unknown = server.url.slice(0, -1) + (server.url.endsWith("A") ? "B" : "A");
    const base = server.url.slice(0, server.url.lastIndexOf("/") + 1);
    const [first, ...rest] = await Promise.all(
      [unknown, revoked.url, rotated.url, expired.url, base, `${base}x_y`, `${base}${"a".repeat(5000)}`, `${base}${world.postern.token}`, `${server.url}//`, `${server.url}x`, `${base}..%2f`, `${base}%00`].map((u) => rpc(u, ping)),
    );
    assert.equal(first.status, 404);
    for (const other of rest) assert.deepEqual(alike(other), alike(first));
  });

  test("an expired token of a server that wants a second credential does not say so either", async () => {
    const gone = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    await world.must(204, "DELETE", `/mcp-server/${gone.id}`);
    const unknown = `${server.url.slice(0, -4)}AAAA`;
    const headers = { authorization: "Bearer psk_wrong" };
    assert.deepEqual(alike(await rpc(gone.url, ping, headers)), alike(await rpc(unknown, ping, headers)));
  });

  test("unknown, revoked and expired API tokens look alike", async () => {
    const revoked = await world.must(201, "POST", "/api-token", { name: "revoked", role: "admin" });
    await world.must(204, "DELETE", `/api-token/${revoked.id}`);
    const expired = await shortLived((expires_at) => world.must(201, "POST", "/api-token", { name: "brief", role: "admin", expires_at }));
    await eventually("it has expired", async () => (await world.api("GET", "/whoami", undefined, { token: expired.token })).status !== 200);
    const tokens = [`psk_${"A".repeat(43)}`, revoked.token, expired.token, "x", server.url.split("/").at(-1), `${world.postern.token}x`, world.postern.token.slice(0, -1), world.postern.token.toLowerCase()];
    const [first, ...rest] = await Promise.all(tokens.map((token) => world.api("GET", "/whoami", undefined, { token })));
    assert.equal(first.status, 401);
    assert.match(first.headers.get("www-authenticate"), /^Bearer realm="postern", error="invalid_token"$/);
    for (const other of rest) assert.deepEqual(alike(other), alike(first));
  });

  test("the token in any other form is no token", async () => {
    const { token } = world.postern;
    for (const headers of [{ authorization: token }, { authorization: `Basic ${btoa(`:${token}`)}` }, { authorization: `Token ${token}` }, { "x-api-key": token }, { cookie: `token=${token}` }])
      assert.equal((await world.api("GET", "/whoami", undefined, { token: null, headers })).status, 401, JSON.stringify(headers));
    assert.equal((await world.api("GET", `/whoami?token=${token}`, undefined, { token: null })).status, 401);
    const twice = await exchange(url, `GET /whoami HTTP/1.1\r\nHost: ${new URL(url).host}\r\nAuthorization: Bearer psk_wrong\r\nAuthorization: Bearer ${token}\r\n\r\n`, { until: 1 });
    assert.ok([400, 401].includes(twice.replies[0].status), "of two credentials none counts");
  });

  test("every route of the management API asks for the role it needs", async () => {
    const client = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    const api = await world.must(200, "GET", "/openapi.json");
    // The last eight are for browsers and vendors, who hold a link or a state instead of a token (suite connect), or paste
    // one into the page (suite answers-page); a share's secret is in its link (suite share-links), that of a
    // sign-in link likewise, /sign-in takes a password (suite people), and /signin… an identity provider's word (company-attack).
    const open = new Set(["/healthz", "/readyz", "/metrics", "/openapi.json", "/program-schema", "/sign-in", "/signin", "/signin/callback", "/signin/{provider}", "/connect/{flow}", "/oauth/callback", "/oauth/client.json", "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/mcp/{slug}", "/oauth/register", "/oauth/authorize", "/oauth/token", "/oauth/revoke", "/ui/answer/{answer}", "/ui/enter/{secret}", "/ui/share/{secret}", "/ui/share/{secret}/tile/{tile}", "/ui/share/{secret}/tile/{tile}/csv"]);
    const told = Object.keys(api.paths).filter((path) => Object.values(api.paths[path]).some(({ security }) => security?.some((way) => !Object.keys(way).length) || security?.length === 0));
    assert.deepEqual(told.sort(), [...open].sort(), "the document says so too");
    let tried = 0;
    for (const [path, methods] of Object.entries(api.paths))
      for (const method of Object.keys(methods).filter((m) => ["get", "post", "patch", "put", "delete"].includes(m))) {
        if (open.has(path)) continue;
        const real = path.replace("{id}", account.id).replace("{server_id}", server.id).replace(/\{\w+\}/, "x");
        const body = ["post", "patch"].includes(method) ? {} : undefined;
        const ask = (token) => world.api(method.toUpperCase(), real, body, { token });
        assert.equal((await ask(null)).status, 401, `${method} ${real} without a token`);
        assert.equal((await ask(server.url.split("/").at(-1))).status, 401, `${method} ${real} with a server's token`);
        if (path !== "/whoami" && path !== "/sign-out" && !(path === "/session" && method === "delete")) assert.equal((await ask(client.token)).status, 403, `${method} ${real} with a client's token`);
        tried++;
      }
    assert.ok(tried >= 25, `${tried} routes were tried`);
    assert.equal((await rpc(server.url, ping)).status, 200, "and nothing was changed by that");
  });

  test("ids of one account open nothing of another", async () => {
    const other = await world.account();
    for (const [method, body] of [["GET"], ["PATCH", { name: "mine now" }], ["DELETE"]]) {
      const r = await world.api(method, `/integrated-account/${other.id}/mcp/${server.id}`, body);
      assert.equal(r.status, 404, `${method}: ${r.text}`);
    }
    assert.equal((await world.must(200, "GET", `/mcp-server/${server.id}`)).name, server.name);
    for (const path of [`/integrated-account/${server.id}`, `/mcp-server/${account.id}`, `/api-token/${server.id}`])
      assert.equal((await world.api(path.startsWith("/api-token") ? "DELETE" : "GET", path)).status, 404, path);
  });
});

describe("tools", () => {
  test("a hidden tool is answered as one that does not exist, in both eras", async () => {
    const forms = {
      modern: (name) => call(name, { zone_id: "a" }),
      legacy: (name) => rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: { zone_id: "a" } } }, { "mcp-protocol-version": "2025-11-25" }),
    };
    for (const [era, ask] of Object.entries(forms)) {
      const hidden = await ask("delete_a_cloudflare_zone_by_id");
      const unknown = await ask("delete_a_cloudflare_zonk_by_id");
      const plain = (r) => ({ ...alike(r), text: r.text.replace(/zon[ek]/, "zon?") });
      assert.deepEqual(plain(hidden), plain(unknown), era);
      assert.equal(hidden.body.error.code, -32602);
    }
    const invalid = await call("delete_a_cloudflare_zone_by_id", { nonsense: true });
    assert.equal(invalid.body.error.message, "Unknown tool: delete_a_cloudflare_zone_by_id", "its schema does not show either");
    assert.ok((await lastRequests()).every((r) => r.method === "GET"));
  });

  test("a value in the path stays one segment", async () => {
    await world.sandbox.control("DELETE", "/requests");
    const values = ["..", ".", "../accounts", "a/../../accounts", "..\\accounts", "%2e%2e", "%2e%2e%2faccounts", "x?name=y", "x#y", "x;y", "", " ", "a\u0000b", "a\r\nHost: b", "é", "//elsewhere.example/", "@elsewhere.example", "．．"];
    for (const zone_id of values) {
      const r = await call("get_single_cloudflare_zone_by_id", { zone_id });
      assert.equal(r.body.result.isError, true, `${JSON.stringify(zone_id)}: ${r.text}`);
    }
    const paths = (await lastRequests()).map((r) => r.path);
    for (const path of paths) assert.match(path, /^\/client\/v4\/zones\/([A-Za-z0-9._~-]|%[0-9A-F]{2})+$/);
    const decoded = paths.map((p) => decodeURIComponent(p.split("/").at(-1)));
    assert.deepEqual(decoded, values.filter((v) => ![".", "..", ""].includes(v)), "each came whole, or was not sent");
  });

  test("names that mean something to some languages mean nothing here", async () => {
    const bodies = [`{"__proto__":{"name":"x"}}`, `{"constructor":{"prototype":{"name":"x"}}}`, `{"toString":1}`, `{"hasOwnProperty":true}`, `{"__proto__":null,"name":"example.com"}`];
    for (const args of bodies) {
      const r = await rpc(server.url, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_all_cloudflare_zones","arguments":${args}}}`);
      assert.equal(r.body.result.isError, true, r.text);
      assert.match(r.body.result.content[0].text, /expected no property of this name/);
    }
    for (const name of ["__proto__", "constructor", "toString"]) assert.equal((await call(name, {})).body.error.code, -32602);
    for (const method of ["__proto__", "constructor", ""]) assert.equal((await rpc(server.url, { ...ping, method })).body.error.code, -32601);
  });

  test("an argument does not write headers", async (t) => {
    const vendor = await startRecorder();
    t.after(vendor.close);
    const definition = { name: "echo", label: "Echo", kind: "rest", base_url: vendor.url, auth: [{ id: "key", label: "Key", fields: [{ name: "key", label: "Key", secret: true }], send: [{ in: "header", name: "X-Api-Key", value: "{key}" }] }] };
    const header = (name) => ({ name, in: "header", schema: { type: "string" } });
    const parameters = [header("X-Note"), header("X-Api-Key"), header("Host"), header("Transfer-Encoding"), { name: "c", in: "cookie", schema: { type: "string" } }, { name: "q", in: "query", schema: { type: "string" } }];
    const document = { openapi: "3.1.0", info: { title: "Echo", version: "1" }, servers: [{ url: vendor.url }], paths: { "/things": { get: { operationId: "listThings", parameters, responses: { 200: { description: "ok" } } } } } };
    await world.must(201, "POST", "/connector", { definition, document });
    const echo = await world.must(201, "POST", "/integrated-account", { connector: "echo", name: "echo", credential: { key: "k-secret-of-the-account" } });
    const target = (await world.server(echo)).url;
    const { tools } = (await modern(target, "tools/list")).body.result;
    const [{ name, inputSchema }] = tools;
    const args = Object.keys(inputSchema.properties);
    const before = vendor.requests.length;
    for (const value of ["a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1", "a\0b", "a\r\n\r\nGET /smuggled HTTP/1.1"])
      for (const arg of args) await call(name, { [arg]: value }, target);
    for (const arg of args) await call(name, { [arg]: "a; X=1, chunked" }, target);
    assert.ok(vendor.requests.length > before, "what is harmless was sent");
    for (const seen of vendor.requests) {
      assert.equal(seen.headers["x-injected"], undefined);
      assert.equal(new URL(seen.target, vendor.url).pathname, "/things");
      assert.equal(seen.headers.host, new URL(vendor.url).host);
      assert.equal(seen.headers["transfer-encoding"], undefined);
      assert.equal(seen.headers["x-api-key"], "k-secret-of-the-account", "and no argument replaced the credential");
      for (const h of seen.raw) assert.doesNotMatch(h, /[\r\n\0]/);
      if (seen.headers.cookie) assert.doesNotMatch(seen.headers.cookie, /[;, ]/, "one cookie stays one cookie");
    }
  });
});

describe("work that a document and an argument make together", () => {
  // Each would keep a loop busy for minutes, were it done; the first is a pattern as vendors write them.
  const LONG = "a".repeat(150_000);
  const rows = {
    "an unanchored pattern": [{ type: "string", pattern: "\\w+$" }, `${LONG}!`, /\/v: expected a shorter text.*too costly.*\\w\+\$/],
    "a pattern that doubles": [{ type: "string", pattern: "^(a+)+$" }, `${"a".repeat(60)}b`, /\/v: expected a shorter text.*too costly/],
    "a pattern for each of many items": [{ type: "array", items: { type: "string", pattern: "(?:a|aa)+$" } }, Array(2_000).fill(`${"a".repeat(24)}!`), /expected a (shorter text|value that can be checked)/],
    "a lookbehind": [{ type: "string", pattern: "(?<!b{200})\\w!" }, `${"b".repeat(150_000)}!`, /\/v: expected a shorter text.*too costly/],
    "a long enum for each of many items": [{ type: "array", items: { type: "string", enum: Array.from({ length: 900 }, (_, i) => `value ${i}`) } }, Array(40_000).fill("value 9999"), /expected /],
  };
  let vendor, target, names;
  before(async () => {
    vendor = await startRecorder();
    const definition = { name: "costly", label: "Costly", kind: "rest", base_url: vendor.url, auth: [{ id: "key", label: "Key", fields: [{ name: "key", label: "Key", secret: true }], send: [{ in: "header", name: "X-Api-Key", value: "{key}" }] }] };
    const paths = Object.fromEntries(Object.values(rows).map(([schema], i) => [`/row${i}`, { post: { operationId: `create_row${i}`, requestBody: { required: true, content: { "application/json": { schema: { type: "object", properties: { v: schema }, required: ["v"] } } } }, responses: { 200: { description: "ok" } } } }]));
    await world.must(201, "POST", "/connector", { definition, document: { openapi: "3.1.0", info: { title: "Costly", version: "1" }, servers: [{ url: vendor.url }], paths } });
    const made = await world.must(201, "POST", "/integrated-account", { connector: "costly", name: "costly", credential: { key: "k-costly" } });
    target = (await world.server(made, { methods: ["read", "write", "custom"] })).url;
    ({ tools: names } = (await modern(target, "tools/list")).body.result);
  });
  after(() => vendor?.close());

  const toolOf = (i) => names.find((t) => t.name.includes(`row${i}`) || t.title?.includes(`row${i}`))?.name;
  for (const [i, [name, [, value, told]]] of Object.entries(rows).entries())
    test(`${name}: six calls at once are refused in words, and others are answered meanwhile`, async () => {
      const before = vendor.requests.length;
      const tool = toolOf(i);
      assert.ok(tool, names.map((t) => t.name).join());
      const calls = Array.from({ length: 6 }, () => call(tool, { v: value }, target));
      const health = Array.from({ length: 6 }, () => fetch(new URL("/healthz", url)));
      for (const r of await Promise.all(health)) assert.equal(r.status, 200);
      for (const { body, text } of await Promise.all(calls)) {
        assert.equal(body?.result?.isError, true, text.slice(0, 300));
        assert.match(body.result.content[0].text, told);
      }
      assert.equal(vendor.requests.length, before, "nothing was sent");
      assert.equal((await rpc(server.url, ping)).status, 200);
    });
});

describe("outbound", () => {
  test("no form of an inner address gets past the guard", async (t) => {
    const target = await startRecorder();
    t.after(target.close);
    const guarded = await new Postern({ upstream_allow: [] }).start();
    t.after(() => guarded.close());
    const p = target.port;
    const refused = [
      `http://127.0.0.1:${p}`, `http://2130706433:${p}`, `http://0x7f000001:${p}`, `http://0x7f.1:${p}`, `http://0177.0.0.1:${p}`, `http://127.1:${p}`, `http://127.0.1:${p}`, `http://localhost:${p}`, `http://LOCALHOST:${p}`,
      `http://0.0.0.0:${p}`, `http://0:${p}`, `http://[::1]:${p}`, `http://[::]:${p}`, `http://[0:0:0:0:0:0:0:1]:${p}`, `http://[::ffff:127.0.0.1]:${p}`, `http://[::ffff:7f00:1]:${p}`, `http://[::127.0.0.1]:${p}`, `http://[64:ff9b::7f00:1]:${p}`, `http://[2002:7f00:1::]:${p}`,
      "http://169.254.169.254/latest/meta-data", "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.0.1/", "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/",
    ];
    const malformed = ["file:///etc/passwd", `gopher://127.0.0.1:${p}/`, `ftp://127.0.0.1:${p}/`, `http://user:pass@127.0.0.1:${p}`, `http://127.0.0.1:${p}@elsewhere.example/`, `//127.0.0.1:${p}`, `http://127。0。0。1:${p}`, `http://127.0.0.1:${p}\r\nX-A: b`, "http://", "http:///x", "http://127.0.0.1:99999/", `http://[::1%lo]:${p}/`];
    const create = (base_url) => guarded.api("POST", "/integrated-account", { connector: "cloudflare", name: "inner", credential: { token: "cfut_sandbox_one_account" }, base_url });
    for (const base_url of refused) {
      const r = await create(base_url);
      assert.equal(r.status, 403, `${base_url}: ${r.text}`);
      assert.match(r.body.error.hint, /upstream_allow/, base_url);
    }
    for (const base_url of malformed) {
      const r = await create(base_url);
      assert.equal(r.status, 400, `${base_url}: ${r.text}`);
      assert.equal(r.body.error.field, "base_url");
    }
    assert.equal(target.requests.length, 0, "nothing got there");
    assert.ok((await metrics({ api: guarded.api.bind(guarded) })).postern_upstream_blocked_total >= refused.length);
    assert.equal((await guarded.must(200, "GET", "/integrated-account")).items.length, 0);
  });

  test("a redirect takes no credential anywhere", async (t) => {
    const elsewhere = await startRecorder();
    t.after(elsewhere.close);
    for (const to of [elsewhere.url, "same", "http://169.254.169.254/", "file:///etc/passwd", `http://localhost:${elsewhere.port}/`])
      for (const status of [301, 302, 303, 307, 308]) {
        await world.sandbox.control("POST", "/fault", { kind: "redirect", to, status, match: { path: "/zones" }, times: 1 });
        const r = await call("list_all_cloudflare_zones", {});
        if (to !== "same") assert.equal(r.body.result.isError, true, `${status} to ${to}: ${r.text}`);
      }
    assert.deepEqual(elsewhere.requests, []);
    // Nor does the check of a credential follow one.
    await world.sandbox.control("POST", "/fault", { kind: "redirect", to: elsewhere.url, match: {}, times: 20 });
    const r = await world.api("POST", "/integrated-account", { connector: "cloudflare", name: "lured", credential: { token: "cfut_sandbox_full" }, base_url: world.sandbox.api });
    await world.sandbox.control("DELETE", "/fault");
    assert.ok(r.status >= 400, r.text);
    assert.deepEqual(elsewhere.requests, []);
  });

  test("what may change something is sent once, also when a kept connection closes without an answer", async (t) => {
    const own = await start({ settings: { loops: 1 } });
    t.after(() => own.close());
    const { url: target } = await own.server(await own.account(), {});
    const id = "a".repeat(32);
    const writes = [
      ["delete_a_cloudflare_dns_record_by_id", "DELETE", { zone_id: id, dns_record_id: id }],
      ["create_a_cloudflare_dns_record", "POST", { zone_id: id, type: "A", name: "a.example.com", content: "192.0.2.1", ttl: 60 }],
    ];
    for (const [name, method, args] of writes) {
      await call("list_all_cloudflare_zones", {}, target); // a connection is kept now
      await own.sandbox.control("DELETE", "/requests");
      await own.sandbox.control("POST", "/fault", { kind: "drop", match: { method }, times: 1 });
      const r = await call(name, args, target);
      assert.equal(r.body.result?.isError, true, r.text);
      assert.match(r.body.result.content[0].text, /before it answered[^]*may have|may or may not|may have been done/);
      const seen = await own.sandbox.control("GET", "/requests?last=9");
      assert.deepEqual(seen.map((s) => s.method), [method], "once");
    }
  });

  test("an account's context does not change where requests go", async () => {
    for (const account_id of ["../../user", "x@elsewhere.example", "..", "a?b"]) {
      await world.sandbox.control("DELETE", "/requests");
      const lured = await world.api("POST", "/integrated-account", { connector: "cloudflare", name: `ctx ${account_id}`, credential: { token: "cfut_sandbox_one_account" }, base_url: world.sandbox.api, context: { account_id } });
      if (lured.status !== 201) continue; // refused outright is fine as well
      const { url: target } = await world.server(lured.body);
      await call("list_all_cloudflare_members", {}, target);
      for (const r of await lastRequests()) assert.match(r.path, /^\/client\/v4\/(user\/tokens\/verify$|accounts(\/[^/?]+\/members)?(\?.*)?$)/);
    }
  });
});

describe("bodies", () => {
  const deep = (n) => "[".repeat(n) + "]".repeat(n);
  const message = (params) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_all_cloudflare_zones","arguments":{"name":${params}}}}`;
  const bad = {
    "100,000 levels": message(deep(100_000)),
    "a million open brackets": "[".repeat(1_000_000),
    "300,000 values": message(`[${"1,".repeat(300_000)}1]`),
    "300,000 keys": message(`{${Array.from({ length: 300_000 }, (_, i) => `"k${i}":1`).join()}}`),
    "a key twice": message(`"a","name":"b"`),
    "a key twice by escape": `{"jsonrpc":"2.0","id":1,"method":"ping","m\\u0065thod":"tools/list"}`,
    "invalid UTF-8": Buffer.from(message(`"\xff\xfe"`), "latin1"),
    "overlong UTF-8": Buffer.from(message(`"\xc0\xaf"`), "latin1"),
    "a surrogate in UTF-8": Buffer.from(message(`"\xed\xa0\x80"`), "latin1"),
    "UTF-16": Buffer.from(message(`"a"`), "utf16le"),
    "a control character in a string": message(`"a\u0001b"`),
    "a trailing comma": `{"jsonrpc":"2.0","id":1,"method":"ping",}`,
    "a comment": `{"jsonrpc":"2.0",/**/"id":1,"method":"ping"}`,
    "NaN": `{"jsonrpc":"2.0","id":NaN,"method":"ping"}`,
    "an infinite id": `{"jsonrpc":"2.0","id":1e999,"method":"ping"}`,
    "two values": `${JSON.stringify(ping)}${JSON.stringify(ping)}`,
    "nothing": "",
    "NUL after the end": `${JSON.stringify(ping)}\0`,
  };
  const send = async (to, body, headers = {}) => {
    const r = await fetch(to, { method: "POST", headers: { "content-type": "application/json", accept: "*/*", ...headers }, body });
    return { status: r.status, headers: r.headers, text: await r.text() };
  };
  test("malformed and oversized JSON is refused, at both doors", async () => {
    const authorization = `Bearer ${world.postern.token}`;
    for (const [name, body] of Object.entries(bad)) {
      const mcp = await send(server.url, body);
      assert.equal(mcp.status, 400, `${name}: ${mcp.text.slice(0, 300)}`);
      assert.ok([-32700, -32600].includes(JSON.parse(mcp.text).error.code), name);
      assert.ok(mcp.text.length < 2000, `${name}: the refusal is short`);
      const api = await send(`${url}/api-token`, body, { authorization });
      assert.ok(api.status === 400, `${name}: ${api.status} ${api.text.slice(0, 300)}`);
    }
    assert.equal((await rpc(server.url, ping)).status, 200);
  });

  test("a byte order mark is skipped, and an escaped half of a pair is read as U+FFFD (RFC 8259 §8.1, §8.2)", async () => {
    assert.equal((await send(server.url, `\ufeff${message(`"a"`)}`)).status, 200);
    for (const half of ["\\ud800", "\\udc00\\ud800"]) assert.equal((await rpc(server.url, message(`"${half}"`))).status, 200);
  });
  test("five megabytes in one string are read, checked and not repeated", async () => {
    const r = await send(server.url, message(JSON.stringify("x".repeat(5_000_000))));
    assert.equal(r.status, 200);
    assert.equal(JSON.parse(r.text).result.isError, true);
    assert.ok(r.text.length < 2000);
  });

  test("a compressed body is refused, whatever it holds", async () => {
    const text = JSON.stringify(ping);
    const authorization = `Bearer ${world.postern.token}`;
    for (const coding of ["gzip", "deflate", "br", "zstd", "x-gzip", "gzip, identity"])
      for (const body of [gzipSync(text), text]) {
        assert.equal((await send(server.url, body, { "content-encoding": coding })).status, 415, coding);
        assert.equal((await send(`${url}/api-token`, body, { "content-encoding": coding, authorization })).status, 415, coding);
      }
    assert.equal((await send(server.url, text, { "content-encoding": "identity" })).status, 200);
  });

  test("any other media type is refused", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", "application/xml"]) {
      const r = await send(server.url, JSON.stringify(ping), { "content-type": type });
      assert.equal(r.status, 415, type);
      const api = await send(`${url}/api-token`, `{"name":"a","role":"admin"}`, { "content-type": type, authorization: `Bearer ${world.postern.token}` });
      assert.ok([400, 415].includes(api.status), type);
    }
  });

  test("ids come back as they were, or are refused", async () => {
    for (const id of ["x".repeat(100_000), "", "é\u2028", "9007199254740993", 0, -1]) {
      const r = await rpc(server.url, { ...ping, id });
      assert.equal(r.status, 200);
      assert.equal(r.body.id, id);
    }
    const large = await rpc(server.url, `{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}`);
    assert.match(large.text, /"id":9007199254740993[,}]/, "digits are kept");
    for (const id of ["{}", "[]", "true", "1.5", "null"]) {
      const r = await rpc(server.url, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
      assert.equal(r.status, 400, `${id}: ${r.text}`);
    }
  });
});
