// SPDX-License-Identifier: Apache-2.0
// Vendors that repeat what they were given, in every form and place: no answer, page, row, line of the log or of the
// command line holds any of it. What is heard anywhere is kept, and looked through with the database in the end.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { storedText } from "../lib/database.mjs";
import { Echo, leaks, startEchoMcp } from "../lib/echo-vendor.mjs";
import { Browser } from "../lib/oauth.mjs";
import { BINARY, modern, rpc } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { approveAll, startWorld } from "../lib/upstream.mjs";
import { eventually } from "../lib/wait.mjs";

const heard = [];
let world;
let serial = 0;
before(async () => (world = await startWorld({ public_url: undefined })));
after(() => world?.close());

const hear = (what, r) => (heard.push([what, `${r.text ?? r}\n${r.headers ? [...r.headers].join("\n") : ""}`]), r);
const api = async (method, path, body) => hear(`${method} ${path}`, await world.api(method, path, body));
const cli = (...args) =>
  new Promise((resolve) => {
    execFile(BINARY, args, { env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token } }, (_error, stdout, stderr) => resolve(hear(`postern ${args.join(" ")}`, stdout + stderr)));
  });
const ask = async (url, method, params = {}, meta = {}) => hear(method, await modern(url, method, params, { meta, headers: { accept: "application/json, text/event-stream" } }));
const legacy = async (url, method, params) => hear(`${method} (legacy)`, await rpc(url, { jsonrpc: "2.0", id: 7, method, params }, { "mcp-protocol-version": "2025-03-26" }));
// Rows that are queued are written soon; asking for them takes them along.
async function everything() {
  const last = await world.must(201, "POST", "/api-token", { name: `looked-${++serial}`, role: "client" });
  await eventually("the rows before are written", async () => (await world.api("GET", "/audit?action=token.create&limit=5")).text.includes(last.id));
  await api("GET", "/audit?limit=1000");
  await api("GET", "/integrated-account");
  heard.push(["the database", storedText(world.postern)]);
  heard.push(["the log", world.postern.program.output]);
}
async function silent(secrets) {
  assert.ok(secrets.length, "there were secrets");
  await everything();
  const found = heard.splice(0).flatMap(([what, text]) => leaks(text, secrets).map((leak) => `${what}: ${leak}`));
  assert.deepEqual(found.map((f) => f.slice(0, 400)), []);
}
const inspect = async (id) => {
  for (const args of [["account", "show", id], ["account", "list", "--json"], ["account", "verify", id], ["account", "doctor", id], ["account", "refresh", id], ["tools", "review", id], ["tools", "list", id], ["audit"], ["audit", "--json"]]) await cli(...args);
  await api("POST", `/integrated-account/${id}/verify`);
  await api("GET", `/integrated-account/${id}/doctor`);
  await api("POST", `/integrated-account/${id}/doctor`);
  await api("POST", `/integrated-account/${id}/refresh`);
  await api("GET", `/integrated-account/${id}`);
  await api("GET", `/integrated-account/${id}/tools?limit=1000`);
  await api("GET", `/tool/review?account=${id}`);
};

test("the eye sees every form that the mouth says", () => {
  const echo = new Echo();
  for (const secret of ["sk-live_51H8xYz/QmR+tK=7&w%2\"Z", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"]) {
    echo.secrets = new Set([secret]);
    for (const line of echo.spill().split("\n")) assert.equal(leaks(JSON.stringify({ line }), [secret]).length, 1, line.slice(260));
  }
});

describe("a REST vendor", () => {
  const document = { openapi: "3.1.0", info: { title: "Echo", version: "1" }, servers: [{ url: "https://echo.invalid" }], paths: { "/things": { get: { operationId: "listThings", parameters: ["how", "note"].map((name) => ({ name, in: "query", schema: { type: "string" } })), responses: { 200: { description: "ok" } } } } } };
  const field = (name, secret = true) => ({ name, label: name, secret });
  const key = "sk-live_51H8xYz/QmR+tK=7&w%2Z-ninety";
  const WAYS = {
    bearer: [{ fields: [field("token")], send: [{ in: "bearer", value: "{token}" }] }, { token: "tok_0123456789abcdefghijklmnop" }],
    basic: [{ fields: [field("user", false), field("password")], send: [{ in: "basic", user: "{user}", password: "{password}" }] }, { user: "shop", password: key }],
    parts: [{ fields: [field("id", false), field("key"), field("more")], send: [{ in: "header", name: "X-Api-Key", value: "id={id};key={key};v1" }, { in: "query", name: "api_key", value: "{more}" }] }, { id: "shop", key, more: "0a1b2c3d4e5f60718293a4b5c6d7e8f9" }],
  };
  for (const [kind, [auth, credential]] of Object.entries(WAYS))
    test(kind, async (t) => {
      const echo = new Echo();
      let mode = "fine";
      const vendor = await startRecorder((request) => {
        echo.learn(request);
        const how = mode === "fine" ? new URL(request.target, "http://x").searchParams.get("how") ?? "fine" : mode;
        const headers = { "x-request-id": echo.short().slice(0, 200), "x-ratelimit-limit": "5" };
        if (how === "envelope") return { body: { success: false, errors: [{ code: echo.short(), message: echo.spill(), source: echo.short() }], other: echo.spill() } };
        if (how === "html") return { status: 500, headers: { "content-type": "text/html" }, body: `<html><p>${echo.spill()}</p></html>` };
        if (how === "plain") return { status: 502, headers: { "content-type": "text/plain" }, body: echo.spill() };
        if (how === "broken") return { body: `{"a": "${echo.short()}` };
        if (how === "redirect") return { status: 302, headers: { location: `https://${[...echo.secrets][0].toLowerCase().replace(/[^a-z0-9-]/g, "")}.example/${encodeURIComponent(echo.short())}` }, body: "" };
        if (how === "created") return { status: 201, headers: { location: `/things/${encodeURIComponent(echo.short())}` }, body: "" };
        if (how === "fine") return { headers, body: { success: true, status: "active", said: echo.spill() } };
        return { status: Number(how), headers, body: { success: false, error: { message: echo.spill() }, error_description: echo.spill(), message: echo.spill(), errors: [{ code: 9109, message: echo.spill() }] } };
      });
      t.after(vendor.close);
      const name = `echo-${kind}`;
      const definition = { name, label: "Echo", kind: "rest", base_url: vendor.url, verify: [{ method: "GET", path: "/verify", expect: { at: "/status", is: "active" } }], envelope: { ok: "/success", errors: "/errors", code: "/code", message: "/message" }, auth: [{ id: kind, label: kind, ...auth }] };
      const report = await api("POST", "/connector", { definition, document });
      assert.equal(report.status, 201, report.text);
      const hows = ["401", "403", "429", "500", "404", "envelope", "html", "plain", "broken", "redirect"];
      for (mode of hows) {
        const r = await api("POST", "/integrated-account", { connector: name, name, credential });
        assert.ok(r.status >= 400, `${mode}: ${r.text}`);
      }
      mode = "fine";
      const made = await api("POST", "/integrated-account", { connector: name, name, credential });
      assert.equal(made.status, 201, made.text);
      const server = await world.server(made.body);
      const tool = (await ask(server.url, "tools/list")).body.result.tools[0].name;
      for (const how of ["fine", "created", ...hows]) {
        const r = await ask(server.url, "tools/call", { name: tool, arguments: { how } });
        assert.equal(r.status, 200, r.text);
        assert.match(r.text, /redacted|\*\*\*\*\*|redirect|created|done/i, `${how}: something was hidden`);
        await cli("call", made.body.id, tool, `how=${how}`);
      }
      for (mode of ["401", "envelope", "500"]) {
        await inspect(made.body.id);
        // Another credential is tried: the vendor knows the old one as well. Of one that was not kept nobody knows later.
        const known = new Set(echo.secrets);
        const other = Object.fromEntries(Object.entries(credential).map(([k, v]) => [k, k === "user" || k === "id" ? v : v.split("").reverse().join("")]));
        assert.ok((await api("PATCH", `/integrated-account/${made.body.id}`, { credential: other })).status >= 400);
        echo.secrets = known;
      }
      const given = Object.entries(credential).flatMap(([k, v]) => (k === "user" || k === "id" ? [] : [v, v.split("").reverse().join("")]));
      await silent(given);
    });
});

describe("an MCP vendor with a key", () => {
  const key = "mk_51H8xYz/QmR+tK=7&w%2Z-ninety-nine";
  const WAYS = { bearer: ["bearer", { token: key }], header: ["header", { name: "X-Vendor-Key", value: key }] };
  const REFUSALS = ["400", "401", "403", "404", "429", "500", "plain", "scope", "type", "redirect", "broken", "rpc", "version", "drop"];
  for (const transport of ["modern", "streamable", "sse"])
    for (const [kind, [way, credential]] of Object.entries(WAYS))
      test(`${transport}, ${kind}`, async (t) => {
        const vendor = await startEchoMcp(transport);
        t.after(() => vendor.close());
        const wanted = { url: vendor.url, way, credential };
        for (vendor.refuse of REFUSALS) {
          const r = await api("POST", "/integrated-account", { ...wanted, name: `refused-${++serial}` });
          assert.ok(r.status >= 400, `${vendor.refuse}: ${r.text}`);
        }
        vendor.refuse = undefined;
        const made = await api("POST", "/integrated-account", { ...wanted, name: `mcp-${++serial}` });
        assert.equal(made.status, 201, made.text);
        await approveAll(world, made.body);
        const server = await world.server(made.body, { methods: ["read", "write", "custom"] });
        for (const method of ["server/discover", "tools/list", "prompts/list", "resources/list"]) await ask(server.url, method);
        await ask(server.url, "prompts/get", { name: "greet" });
        await ask(server.url, "resources/read", { uri: "file:///a" });
        await legacy(server.url, "initialize", { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "e2e", version: "1" } });
        // Over HTTP+SSE an answer to the POST is none, and what only says such a thing is waited for.
        const hows = ["fine", "error", "news", "odd", ...REFUSALS].filter((how) => transport !== "sse" || !["type", "broken"].includes(how));
        for (const how of hows) {
          const r = await ask(server.url, "tools/call", { name: "list_things", arguments: { how } }, { progressToken: "p", "io.modelcontextprotocol/logLevel": "debug" });
          assert.ok(r.text.length, how);
          await legacy(server.url, "tools/call", { name: "list_things", arguments: { how } });
          await cli("call", made.body.id, "list_things", `how=${how}`);
        }
        for (vendor.refuse of ["401", "500", "rpc"]) {
          await inspect(made.body.id);
          await ask(server.url, "resources/read", { uri: "file:///a" });
          const known = new Set(vendor.echo.secrets);
          assert.ok((await api("PATCH", `/integrated-account/${made.body.id}`, { credential: { ...credential, [way === "bearer" ? "token" : "value"]: "another-key-0123456789" } })).status >= 400);
          vendor.echo.secrets = known;
        }
        assert.equal((await api("DELETE", `/integrated-account/${made.body.id}`)).status, 204);
        await silent([key, "another-key-0123456789"]);
      });

  test("what a call sent is not in the audit, whoever repeats it", async (t) => {
    const vendor = await startEchoMcp("streamable");
    t.after(() => vendor.close());
    const made = await api("POST", "/integrated-account", { url: vendor.url, way: "open", credential: {}, name: `audit-${++serial}` });
    await approveAll(world, made.body);
    const server = await world.server(made.body, { methods: ["read", "write", "custom"] });
    for (const note of ["customer-4711-of-the-shop", "Bob", "4711-0815"]) {
      for (const how of ["rpc", "400", "500", "error"]) await ask(server.url, "tools/call", { name: "list_things", arguments: { how, note } });
      await cli("call", made.body.id, "list_things", "how=rpc", `note=${note}`);
    }
    const calls = await eventually("all calls are rows", async () => {
      const { items } = await world.must(200, "GET", `/audit?account_id=${made.body.id}&action=${encodeURIComponent("tools/call")}&limit=1000`);
      return items.length >= 15 && items;
    });
    for (const row of calls) assert.doesNotMatch(JSON.stringify(row), /customer|Bob|4711-0815/);
    assert.ok(calls.some((row) => row.detail?.includes("-32602")), "but the vendor's code is");
    heard.length = 0;
  });
});

describe("a vendor with a sign-in", () => {
  // Everything that the vendor says, from the metadata to the tools, may be laid over.
  async function lying() {
    const echo = new Echo();
    const vendor = await startAuthVendor({
      as: { token_endpoint_auth_methods_supported: ["client_secret_basic"] },
      answer: (request, url) => {
        echo.learn(request);
        if (url.pathname === "/authorize") vendor.state = url.searchParams.get("state");
        return vendor.says?.(request, url);
      },
    });
    return Object.assign(vendor, { echo });
  }
  const client = { client_id: "an-application", client_secret: "cs_9f8e7d6c5b4a39281706/+secret=" };
  const begin = async (vendor, more = {}) => {
    const r = await world.api("POST", "/integrated-account/authorize", { url: vendor.url, name: `signed-${++serial}`, ...client, ...more });
    if (r.status !== 201) hear("begin", r);
    return r;
  };
  // What was sent in a sign-in that has ended is of no use any more, and known to the vendor alone: codes, states,
  // verifiers. So each is asked about its own.
  const through = async (vendor, more) => {
    vendor.echo.secrets.clear();
    const begun = await begin(vendor, more);
    assert.equal(begun.status, 201, begun.text);
    const page = await new Browser().connect(begun.body.url);
    hear("the page", page.body);
    vendor.sent = [...(vendor.sent ?? []), ...vendor.echo.secrets];
    return (await api("GET", `/integrated-account/authorize/${begun.body.id}`)).body;
  };

  test("a code that is refused, in each way", async (t) => {
    const vendor = await lying();
    t.after(() => vendor.close());
    const bad = {
      invalid_grant: () => ({ status: 400, body: { error: "invalid_grant", error_description: vendor.echo.spill() } }),
      "an error that is the secret": () => ({ status: 400, body: { error: vendor.echo.short().match(/[a-z0-9_]{16,}/)?.[0] ?? "x", error_description: vendor.echo.short() } }),
      "a kind of token": () => ({ body: { access_token: vendor.echo.short().replaceAll(" ", "_"), token_type: vendor.echo.short() } }),
      "no JSON": () => ({ status: 500, body: vendor.echo.spill() }),
      "in the header": () => ({ status: 401, headers: { "www-authenticate": `Basic realm="${vendor.echo.short()}"` }, body: { error: "invalid_client", error_description: vendor.echo.spill() } }),
    };
    for (const [name, says] of Object.entries(bad)) {
      vendor.says = (_request, url) => (url.pathname === "/token" ? says() : undefined);
      const flow = await through(vendor);
      assert.equal(flow.status, "failed", name);
    }
    vendor.says = (request, url) => (url.pathname === "/mcp" && request.headers.authorization ? { status: 401, body: { error: { message: vendor.echo.spill() } } } : undefined);
    await through(vendor);
    vendor.says = undefined;
    for (const error of ["access_denied", "server_error", "invalid_scope", undefined]) {
      Object.defineProperty(vendor, "callback", { value: { code: undefined, get error() { return error ?? vendor.echo.short(); }, get error_description() { return `${"x".repeat(100)} ${vendor.state} ${vendor.echo.short()}`; } }, configurable: true, writable: true });
      const flow = await through(vendor);
      assert.equal(flow.status, "failed");
    }
    await silent([...new Set([...vendor.sent, ...vendor.issued])]);
  });

  test("tokens that are refused, renewed and revoked", async (t) => {
    const vendor = await lying();
    t.after(() => vendor.close());
    const flow = await through(vendor);
    assert.equal(flow.status, "done", JSON.stringify(flow));
    const server = await world.server({ id: flow.account_id }, { methods: ["read", "write", "custom"] });
    const call = () => ask(server.url, "tools/call", { name: "list_things", arguments: {} });
    const path = `/integrated-account/${flow.account_id}`;
    for (const status of [500, 403, 429, 200]) {
      vendor.says = (request, url) => {
        if (url.pathname !== "/mcp") return undefined;
        const { id, method } = JSON.parse(request.body || "{}");
        return method === "tools/call" ? { status, headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${vendor.echo.short().replaceAll(/[" \\]/g, "_")}"` }, body: { jsonrpc: "2.0", id, error: { code: -32001, message: vendor.echo.spill(), data: vendor.echo.spill() } } } : undefined;
      };
      await call();
    }
    vendor.says = (_request, url) => (url.pathname === "/token" || url.pathname === "/mcp" ? { status: url.pathname === "/token" ? 503 : 401, body: { error: "server_error", error_description: vendor.echo.spill(), message: vendor.echo.spill() } } : undefined);
    await call();
    vendor.says = (_request, url) => (url.pathname === "/token" ? { body: { access_token: "at_renewed_0123456789abcdef", refresh_token: "rt_renewed_0123456789abcdef", token_type: "Bearer", scope: `read at_renewed_0123456789abcdef ${vendor.echo.short()}` } } : url.pathname === "/mcp" ? { status: 401, body: { error: { message: vendor.echo.spill() } } } : undefined);
    await call();
    vendor.says = (_request, url) => (url.pathname === "/token" || url.pathname === "/mcp" ? { status: url.pathname === "/token" ? 400 : 401, body: { error: "invalid_grant", error_description: vendor.echo.spill(), message: vendor.echo.spill() } } : undefined);
    await call();
    await call();
    await inspect(flow.account_id);
    // The metadata of the next sign-in, too.
    vendor.says = undefined;
    vendor.prm = { scopes_supported: ["read", ...vendor.echo.secrets].filter((s) => s.length < 200) };
    vendor.as = { ...vendor.as, scopes_supported: [...vendor.echo.secrets] };
    const again = await begin(vendor, { name: undefined, url: undefined, account: flow.account_id, client_id: undefined, client_secret: undefined });
    if (again.status === 201) hear("the link's page", await (await fetch(again.body.url)).text());
    vendor.says = (_request, url) => (/oauth|register/.test(url.pathname) ? { body: { resource: `https://${vendor.issued[1]}.example/`, issuer: vendor.echo.short(), error: "invalid_client_metadata", error_description: vendor.echo.spill() } } : undefined);
    await begin(vendor, { name: undefined, url: undefined, account: flow.account_id, client_id: undefined, client_secret: undefined });
    vendor.says = (_request, url) => (url.pathname === "/revoke" ? { status: 500, body: vendor.echo.spill() } : undefined);
    await api("DELETE", path);
    // Codes, verifiers and states are of no use any more, and forgotten: see the test above for their time.
    await silent([client.client_secret, ...vendor.issued, "at_renewed_0123456789abcdef", "rt_renewed_0123456789abcdef"].filter((s) => s !== vendor.issued[0]));
  });
});
