// SPDX-License-Identifier: Apache-2.0
// MCP 2026-07-28 on the wire: the validation ladder row by row, results, headers and origins.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MODERN, modern, rpc, start } from "../lib/postern.mjs";
import { schemaOf } from "../lib/schema.mjs";
import { META, raw } from "../lib/wire.mjs";

const schema = schemaOf(MODERN);
const ZONES = "list_all_cloudflare_zones";
const BODY_MOST = 256 * 1024;
let world, server, url;
before(async () => {
  world = await start({ settings: { allowed_origins: ["https://console.example"], max_body_bytes: BODY_MOST, json_depth: 32, json_nodes: 5000 } });
  server = await world.server(await world.account());
  url = server.url;
});
after(() => world?.close());

// One sound request in parts, for the rows below to spoil.
function sound(method = "tools/list", params = {}, id = 1) {
  const name = params.name ?? params.uri ?? params.taskId;
  return {
    message: { jsonrpc: "2.0", id, method, params: { ...params, _meta: { ...META } } },
    headers: { "mcp-protocol-version": MODERN, "mcp-method": method, ...(name ? { "mcp-name": name } : {}) },
  };
}
function spoiled(change, method, params) {
  const request = sound(method, params);
  change(request.message, request.headers, request.message.params._meta);
  return request;
}
const call = (args = {}) => ({ name: ZONES, arguments: args });
const VERSION = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

const LADDER = [
  // not a request or a notification
  ["no jsonrpc", () => spoiled((m) => delete m.jsonrpc), 400, -32600],
  ["jsonrpc 1.0", () => spoiled((m) => (m.jsonrpc = "1.0")), 400, -32600],
  ["neither method nor result", () => spoiled((m) => delete m.method), 400, -32600],
  ["method is a number", () => spoiled((m) => (m.method = 7)), 400, -32600],
  ["params is a list", () => spoiled((m) => (m.params = [1])), 400, -32600],
  ["a posted response", () => spoiled((m) => (delete m.method, delete m.params, (m.result = {}))), 400, -32600],
  // the envelope
  ["no params", () => spoiled((m) => delete m.params), 400, -32602],
  ["no _meta", () => spoiled((m) => delete m.params._meta), 400, -32602],
  ["_meta is a string", () => spoiled((m) => (m.params._meta = "x")), 400, -32602],
  ["no version in _meta", () => spoiled((m, h, meta) => delete meta[VERSION]), 400, -32602],
  ["version in _meta is a number", () => spoiled((m, h, meta) => (meta[VERSION] = 20260728)), 400, -32602],
  ["no capabilities in _meta", () => spoiled((m, h, meta) => delete meta[CAPABILITIES]), 400, -32602],
  ["capabilities in _meta is a list", () => spoiled((m, h, meta) => (meta[CAPABILITIES] = [])), 400, -32602],
  ["broken _meta without any header", () => spoiled((m, h, meta) => (delete meta[CAPABILITIES], delete h["mcp-protocol-version"])), 400, -32602],
  // headers against the body
  ["header version is another one", () => spoiled((m, h) => (h["mcp-protocol-version"] = "2025-11-25")), 400, -32020],
  ["body version is another one", () => spoiled((m, h, meta) => (meta[VERSION] = "2030-01-01")), 400, -32020],
  ["Mcp-Method is another one", () => spoiled((m, h) => (h["mcp-method"] = "tools/call")), 400, -32020],
  ["Mcp-Method in other case", () => spoiled((m, h) => (h["mcp-method"] = "Tools/List")), 400, -32020],
  ["version nobody knows", () => spoiled((m, h, meta) => (meta[VERSION] = h["mcp-protocol-version"] = "2030-01-01")), 400, -32022],
  ["version nobody knows, in the body alone", () => spoiled((m, h, meta) => ((meta[VERSION] = "1900-01-01"), delete h["mcp-protocol-version"])), 400, -32022],
  ["legacy version in the modern form", () => spoiled((m, h, meta) => (meta[VERSION] = h["mcp-protocol-version"] = "2025-11-25")), 400, -32022],
  ["no MCP-Protocol-Version", () => spoiled((m, h) => delete h["mcp-protocol-version"]), 400, -32020],
  ["no Mcp-Method", () => spoiled((m, h) => delete h["mcp-method"]), 400, -32020],
  ["no Mcp-Name", () => spoiled((m, h) => delete h["mcp-name"], "tools/call", call()), 400, -32020],
  ["Mcp-Name of another tool", () => spoiled((m, h) => (h["mcp-name"] = "list_all_cloudflare_accounts"), "tools/call", call()), 400, -32020],
  ["Mcp-Name in other case", () => spoiled((m, h) => (h["mcp-name"] = ZONES.toUpperCase()), "tools/call", call()), 400, -32020],
  ["Mcp-Name: alphabet broken", () => spoiled((m, h) => (h["mcp-name"] = "=?base64?bGl*dA==?="), "tools/call", call()), 400, -32020],
  ["Mcp-Name: padding missing", () => spoiled((m, h) => (h["mcp-name"] = `=?base64?${btoa(ZONES).replace(/=+$/, "")}=?=`), "tools/call", call()), 400, -32020],
  ["Mcp-Name: not UTF-8", () => spoiled((m, h) => (h["mcp-name"] = "=?base64?/////w==?="), "tools/call", call()), 400, -32020],
  ["Mcp-Name: sentinel of another name", () => spoiled((m, h) => (h["mcp-name"] = `=?base64?${btoa("x")}?=`), "tools/call", call()), 400, -32020],
  ["Mcp-Name: prefix without suffix is literal", () => spoiled((m, h) => (h["mcp-name"] = `=?base64?${btoa(ZONES)}`), "tools/call", call()), 400, -32020],
  // methods
  ["unknown method", () => sound("tools/dance"), 404, -32601],
  ["initialize in the modern form", () => sound("initialize"), 404, -32601],
  ["ping", () => sound("ping"), 404, -32601],
  ["logging/setLevel", () => sound("logging/setLevel", { level: "info" }), 404, -32601],
  ["resources/subscribe", () => sound("resources/subscribe", { uri: "a:b" }), 404, -32601],
  ["resources/unsubscribe", () => sound("resources/unsubscribe", { uri: "a:b" }), 404, -32601],
  ["resources/list, not advertised", () => sound("resources/list"), 404, -32601],
  ["resources/read, not advertised", () => sound("resources/read", { uri: "a:b" }), 404, -32601],
  ["prompts/list, not advertised", () => sound("prompts/list"), 404, -32601],
  ["prompts/get, not advertised", () => sound("prompts/get", { name: "x" }), 404, -32601],
  ["completion/complete, not advertised", () => sound("completion/complete"), 404, -32601],
  ["tasks/get, not advertised", () => sound("tasks/get", { taskId: "t" }), 404, -32601],
  // params
  ["unknown tool", () => sound("tools/call", { name: "no_such_tool" }), 200, -32602],
  ["arguments is a list", () => sound("tools/call", { name: ZONES, arguments: [1] }), 200, -32602],
  ["cursor nobody gave", () => sound("tools/list", { cursor: "bm9uc2Vuc2U" }), 200, -32602],
  ["cursor of broken base64", () => sound("tools/list", { cursor: "%%%" }), 200, -32602],
  ["cursor is a number", () => sound("tools/list", { cursor: 3 }), 200, -32602],
  // the order of the rungs, where a request breaks several
  ["envelope before method", () => spoiled((m, h, meta) => delete meta[CAPABILITIES], "no/method"), 400, -32602],
  ["mismatch before version", () => spoiled((m, h, meta) => ((meta[VERSION] = "2030-01-01"), (h["mcp-method"] = "x"), (h["mcp-protocol-version"] = "2030-01-01"))), 400, -32020],
  ["version before absent headers", () => spoiled((m, h, meta) => ((meta[VERSION] = "2030-01-01"), delete h["mcp-method"], delete h["mcp-protocol-version"])), 400, -32022],
  ["absent header before method", () => spoiled((m, h) => delete h["mcp-method"], "no/method"), 400, -32020],
];

describe("the validation ladder", () => {
  for (const [name, build, status, code] of LADDER)
    for (const id of [41, "forty-two"])
      test(`${name} → ${status} ${code} (id ${JSON.stringify(id)})`, async () => {
        const { message, headers } = build();
        const r = await rpc(url, { ...message, id }, headers);
        assert.equal(r.status, status, r.text);
        assert.equal(r.body.error?.code, code, r.text);
        assert.strictEqual(r.body.id, id, "the id comes back with its type");
        schema.check("JSONRPCErrorResponse", r.body);
        if (code === -32020) schema.check("HeaderMismatchError", r.body);
        if (code !== -32022) return;
        schema.check("UnsupportedProtocolVersionError", r.body);
        assert.deepEqual(r.body.error.data, { supported: [MODERN], requested: message.params._meta[VERSION] });
      });

  test("what has no usable id is answered without one", async () => {
    const rows = [
      ["{", -32700],
      ["", -32700],
      ['{"jsonrpc":"2.0","id":1,"method":"tools/list"} x', -32700],
      ['{"jsonrpc":"2.0","id":1,"method":"tools/list\xff"}', -32700],
      ['"text"', -32600],
      ["7", -32600],
      [JSON.stringify({ ...sound().message, id: null }), -32600],
      [JSON.stringify({ ...sound().message, id: 1.5 }), -32600],
      [JSON.stringify({ ...sound().message, id: {} }), -32600],
      [JSON.stringify({ ...sound().message, id: true }), -32600],
      ["[".repeat(100) + "]".repeat(100), -32600],
      [JSON.stringify(Array(6000).fill(0)), -32600],
    ];
    for (const [text, code] of rows) {
      const r = await raw(url, { headers: { "content-type": "application/json", ...sound().headers }, body: Buffer.from(text, "latin1") });
      assert.equal(r.status, 400, `${text.slice(0, 80)}: ${r.text}`);
      assert.equal(r.body.error.code, code, `${text.slice(0, 80)}: ${r.text}`);
      schema.check("JSONRPCErrorResponse", r.body);
    }
  });

  test("a header that must agree with the body may come only once", async () => {
    const { message, headers } = sound("tools/call", call({ per_page: 5 }));
    for (const [name, other] of [["mcp-protocol-version", "2025-11-25"], ["mcp-method", "tools/list"], ["mcp-name", "delete_a_cloudflare_zone_by_id"]])
      for (const values of [[headers[name], other], [other, headers[name]], [headers[name], headers[name]]]) {
        const r = await raw(url, { headers: { ...headers, [name]: values, "content-type": "application/json" }, body: JSON.stringify(message) });
        assert.deepEqual([r.status, r.body.error?.code], [400, -32020], `${name}: ${values}`);
      }
  });

  test("batches are refused, whichever way they claim to be modern", async () => {
    const { message, headers } = sound();
    const { message: plain } = spoiled((m) => delete m.params._meta);
    for (const [batch, given] of [[[message], headers], [[message, message], {}], [[plain, message], headers], [[plain], headers], [[], headers]]) {
      const r = await rpc(url, batch, given);
      assert.equal(r.status, 400, r.text);
      assert.equal(r.body.error.code, -32600);
      schema.check("JSONRPCErrorResponse", r.body);
    }
  });

  test("initialize with only the header claiming to be modern → 400 -32020", async () => {
    const r = await rpc(url, { jsonrpc: "2.0", id: 3, method: "initialize", params: { protocolVersion: MODERN, capabilities: {}, clientInfo: { name: "x", version: "1" } } }, { "mcp-protocol-version": MODERN });
    assert.equal(r.status, 400);
    assert.deepEqual([r.body.id, r.body.error.code], [3, -32020]);
  });
});

describe("requests that are sound", () => {
  for (const id of ["0", '"text"', '""', "-7", "9007199254740993", "9223372036854775807", '"9007199254740993"', '"\\u00e9\\n\\"\\\\"'])
    test(`id ${id} comes back as it was`, async () => {
      const { message, headers } = sound("server/discover");
      const text = JSON.stringify({ ...message, id: "@" }).replace('"@"', id);
      const r = await rpc(url, text, headers);
      assert.equal(r.status, 200, r.text);
      if (/^-?\d+$/.test(id)) assert.match(r.text, new RegExp(`"id":${id},`), "to the last digit");
      else assert.strictEqual(r.body.id, JSON.parse(id));
    });

  test("server/discover says what is served", async () => {
    const { status, body } = await modern(url, "server/discover");
    assert.equal(status, 200);
    schema.check("DiscoverResultResponse", body);
    assert.deepEqual(body.result.supportedVersions, [MODERN]);
    assert.deepEqual(body.result.capabilities, { tools: { listChanged: true } });
    assert.equal(body.result.cacheScope, "private", "another token sees other tools");
    assert.ok(Number.isInteger(body.result.ttlMs) && body.result.ttlMs >= 0);
  });

  test("every result is whole: type, server, and for lists how long they keep", async () => {
    const results = {
      DiscoverResultResponse: await modern(url, "server/discover"),
      ListToolsResultResponse: await modern(url, "tools/list"),
      CallToolResultResponse: await modern(url, "tools/call", call({ per_page: 5 })),
    };
    for (const [name, { status, body }] of Object.entries(results)) {
      assert.equal(status, 200);
      schema.check(name, body);
      assert.equal(body.result.resultType, "complete", name);
      const about = body.result._meta["io.modelcontextprotocol/serverInfo"];
      assert.equal(about.name, "postern");
      assert.equal(typeof about.version, "string");
      const cacheable = name !== "CallToolResultResponse";
      assert.equal("ttlMs" in body.result, cacheable, name);
      assert.equal("cacheScope" in body.result, cacheable, name);
    }
    assert.equal(results.CallToolResultResponse.body.result.isError, false);
  });

  test("neither clientInfo nor a session id is asked for, and one that comes is ignored", async () => {
    const { message, headers } = sound("tools/call", call({ per_page: 5 }));
    const r = await rpc(url, message, { ...headers, "mcp-session-id": "made-up", "last-event-id": "9" });
    assert.equal(r.status, 200, r.text);
    assert.equal(r.headers.get("mcp-session-id"), null);
  });

  test("notifications are taken with 202 and no body, whatever their headers", async () => {
    for (const [method, headers] of [["notifications/cancelled", { "mcp-protocol-version": MODERN }], ["notifications/made-up", { "mcp-protocol-version": MODERN, "mcp-method": "x" }]]) {
      const r = await rpc(url, { jsonrpc: "2.0", method, params: { _meta: META } }, headers);
      assert.deepEqual([r.status, r.text], [202, ""]);
    }
  });

  test("Mcp-Name plain, coded, and with space around", async () => {
    for (const name of [ZONES, `=?base64?${btoa(ZONES)}?=`, `  ${ZONES}\t`]) {
      const { message, headers } = sound("tools/call", call({ per_page: 5 }));
      const r = await raw(url, { headers: { ...headers, "mcp-name": name, "content-type": "application/json" }, body: JSON.stringify(message) });
      assert.equal(r.status, 200, `${name}: ${r.text}`);
      assert.equal(r.body.result?.isError, false, r.text);
    }
  });

  test("header names in any case", async () => {
    const { message } = sound("tools/call", call({ per_page: 5 }));
    for (const write of [(n) => n.toUpperCase(), (n) => n.toLowerCase(), (n) => n.replace(/[a-z]/g, (c, i) => (i % 2 ? c.toUpperCase() : c))]) {
      const headers = { [write("mcp-protocol-version")]: MODERN, [write("mcp-method")]: "tools/call", [write("mcp-name")]: ZONES, [write("content-type")]: "Application/JSON; charset=UTF-8" };
      const r = await raw(url, { headers, body: JSON.stringify(message) });
      assert.equal(r.status, 200, r.text);
    }
  });

  test("a client that takes only event streams gets one event, then the end", async () => {
    for (const [request, definition] of [[sound("tools/call", call({ per_page: 5 }), 8), "CallToolResultResponse"], [spoiled((m, h) => delete h["mcp-method"]), "JSONRPCErrorResponse"]]) {
      const r = await rpc(url, request.message, { ...request.headers, accept: "text/event-stream" });
      assert.match(r.headers.get("content-type"), /^text\/event-stream/);
      const [, data] = r.text.match(/^event: message\ndata: (.+)\n\n$/) ?? assert.fail(r.text);
      schema.check(definition, JSON.parse(data));
    }
  });

  test("Accept: anything that covers one of the two forms", async () => {
    const { message, headers } = sound();
    for (const accept of ["*/*", "application/*", "text/html;q=0.9, application/json;q=0.1", "TEXT/EVENT-STREAM"]) {
      const r = await rpc(url, message, { ...headers, accept });
      assert.equal(r.status, 200, `${accept}: ${r.text}`);
    }
    const lines = await raw(url, { headers: { ...headers, accept: ["text/html", "application/json"], "content-type": "application/json" }, body: JSON.stringify(message) });
    assert.equal(lines.status, 200, "a list over two lines is one list (RFC 9110 §5.3)");
    const without = await raw(url, { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(message) });
    assert.equal(without.status, 200, "no Accept takes all (RFC 9110 §12.5.1)");
  });
});

describe("HTTP around it", () => {
  const good = () => ({ ...sound().headers, "content-type": "application/json" });
  const text = () => JSON.stringify(sound().message);

  test("406 for an Accept that takes neither form", async () => {
    for (const accept of ["text/html", "application/json;q=0", "image/*"])
      assert.equal((await rpc(url, text(), { ...good(), accept })).status, 406, accept);
  });
  test("415 for other content, or none named", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json-rpc", undefined]) {
      const { "content-type": _, ...rest } = good();
      const r = await raw(url, { headers: type ? { ...rest, "content-type": type } : rest, body: text() });
      assert.equal(r.status, 415, `${type}: ${r.text}`);
    }
  });
  test("413 over the limit, told or found", async () => {
    const big = JSON.stringify({ ...sound().message, padding: "x".repeat(BODY_MOST) });
    for (const framing of [{ "content-length": Buffer.byteLength(big) }, { "transfer-encoding": "chunked" }]) {
      const r = await raw(url, { headers: { ...good(), ...framing }, body: big });
      assert.equal(r.status, 413, r.text);
    }
  });
  test("405 with Allow for everything but POST and OPTIONS; GET and DELETE are of the eras before", async () => {
    for (const [method, allow] of [["GET", "POST, OPTIONS"], ["DELETE", "POST, OPTIONS"], ["PUT", "GET, POST, DELETE, OPTIONS"], ["PATCH", "GET, POST, DELETE, OPTIONS"]]) {
      const r = await raw(url, { method, headers: { accept: "text/event-stream", "mcp-protocol-version": MODERN, "mcp-session-id": "x" } });
      assert.equal(r.status, 405, method);
      assert.equal(r.headers.get("allow"), allow);
    }
  });
  test("an allowed origin may read the answer; preflight names what it may send", async () => {
    const origin = "https://console.example";
    const r = await raw(url, { headers: { ...good(), origin }, body: text() });
    assert.equal(r.status, 200);
    assert.equal(r.headers.get("access-control-allow-origin"), origin);
    assert.match(r.headers.get("vary"), /origin/i);
    assert.match(r.headers.get("access-control-expose-headers"), /ratelimit-remaining/i);
    const preflight = await raw(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "mcp-method" } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), origin);
    assert.match(preflight.headers.get("access-control-allow-methods"), /POST/);
    for (const name of ["authorization", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name"])
      assert.match(preflight.headers.get("access-control-allow-headers").toLowerCase(), new RegExp(`(^|, )${name}(,|$)`));
  });
  test("a foreign origin is refused, in every method, before anything is looked at", async () => {
    for (const origin of ["https://evil.example", "https://console.example.evil.example", "http://console.example", "null", `http://localhost.evil.example`])
      for (const method of ["POST", "OPTIONS", "GET"]) {
        const r = await raw(url, { method, headers: { ...good(), origin }, body: method === "POST" ? text() : undefined });
        assert.equal(r.status, 403, `${method} from ${origin}: ${r.text}`);
        assert.equal(r.headers.get("access-control-allow-origin"), null);
      }
  });
  test("our own origin is fine", async () => {
    const r = await raw(url, { headers: { ...good(), origin: new URL(url).origin }, body: text() });
    assert.equal(r.status, 200);
  });
  test("a Host that is not ours is refused (DNS rebinding)", async () => {
    for (const host of ["evil.example", "evil.example:80", "127.0.0.1.evil.example"]) {
      const r = await raw(url, { headers: { ...good(), host }, body: text() });
      assert.ok(r.status === 403 || r.status === 421, `${host}: ${r.status}`);
    }
  });
  test("unknown, revoked and malformed URLs look alike", async () => {
    const gone = await world.server(await world.account());
    await world.must(204, "DELETE", `/mcp-server/${gone.id}`);
    const answers = [];
    for (const address of [gone.url, url.slice(0, -1) + (url.endsWith("A") ? "B" : "A"), url.replace(/pst_.*/, "pst_x"), url + "/more"]) {
      const r = await raw(address, { headers: good(), body: text() });
      answers.push([r.status, r.text.replace(/req_\w+/, "req")]);
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal(answers[0][0], 404);
    assert.match(answers[0][1], /revoked or expired/);
  });
});
