// SPDX-License-Identifier: Apache-2.0
// MCP 2025-03-26 to 2025-11-25 on the wire: negotiation, headers, batches, and nothing modern in results.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { rpc, start } from "../lib/postern.mjs";
import { schemaOf } from "../lib/schema.mjs";
import { raw } from "../lib/wire.mjs";

const VERSIONS = ["2025-03-26", "2025-06-18", "2025-11-25"];
const LATEST = VERSIONS.at(-1);
const ZONES = "list_all_cloudflare_zones";
const schemas = Object.fromEntries(VERSIONS.map((v) => [v, schemaOf(v)]));
let world, server, url;
before(async () => {
  world = await start();
  server = await world.server(await world.account());
  url = server.url;
});
after(() => world?.close());

const request = (method, params, id = 1) => ({ jsonrpc: "2.0", id, method, ...(params ? { params } : {}) });
const initialize = (protocolVersion, id = 0) => request("initialize", { protocolVersion, capabilities: {}, clientInfo: { name: "e2e", version: "1" } }, id);
const speaking = (version) => ({ "mcp-protocol-version": version });
const noModern = (result) => {
  for (const member of ["resultType", "ttlMs", "cacheScope"]) assert.ok(!(member in result), `${member} in a legacy result`);
};
// 2025-11-25 gave error responses their present name.
const ERROR = { "2025-03-26": "JSONRPCError", "2025-06-18": "JSONRPCError", "2025-11-25": "JSONRPCErrorResponse" };

describe("negotiation", () => {
  for (const version of VERSIONS)
    test(`${version} is spoken`, async () => {
      const r = await rpc(url, initialize(version));
      assert.equal(r.status, 200, r.text);
      schemas[version].check("InitializeResult", r.body.result);
      noModern(r.body.result);
      assert.equal(r.body.result.protocolVersion, version);
      assert.deepEqual(r.body.result.capabilities, { tools: { listChanged: false } });
      assert.equal(r.headers.get("mcp-session-id"), null, "every POST stands for itself");
    });
  for (const asked of ["2024-11-05", "2026-07-28", "2030-01-01", "1.0", "", "2025-11-25 "])
    test(`${JSON.stringify(asked)} is answered with the newest of the era`, async () => {
      const r = await rpc(url, initialize(asked));
      assert.equal(r.status, 200, r.text);
      assert.equal(r.body.result.protocolVersion, LATEST);
    });
  test("initialize does not mind a header that its client sent too early", async () => {
    const r = await rpc(url, initialize(LATEST), speaking("2024-11-05"));
    assert.equal(r.status, 200, r.text);
  });
});

for (const version of VERSIONS)
  describe(version, () => {
    const schema = schemas[version];
    const send = (message) => rpc(url, message, speaking(version));

    test("the whole session of a client", async () => {
      assert.equal((await send({ jsonrpc: "2.0", method: "notifications/initialized" })).status, 202);
      const list = await send(request("tools/list"));
      schema.check("ListToolsResult", list.body.result);
      noModern(list.body.result);
      const call = await send(request("tools/call", { name: ZONES, arguments: { name: "example.com" } }));
      schema.check("CallToolResult", call.body.result);
      noModern(call.body.result);
      assert.equal(call.body.result.isError, false);
      assert.equal(JSON.parse(call.body.result.content[0].text).result[0].name, "example.com");
    });
    test("ping is answered with an empty result, with and without params", async () => {
      for (const params of [undefined, {}, { _meta: { progressToken: 1 } }]) {
        const r = await send(request("ping", params, "p"));
        assert.deepEqual(r.body, { jsonrpc: "2.0", id: "p", result: {} });
      }
    });
    test("ids come back with their type", async () => {
      for (const id of ["1", 1, 0, -3, "", "é"]) assert.strictEqual((await send(request("ping", undefined, id))).body.id, id);
      const large = await send('{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}');
      assert.match(large.text, /"id":9007199254740993[,}]/);
    });
    test("an error is an answer with status 200 and the id", async () => {
      for (const [method, params, code] of [["nonsense", {}, -32601], ["server/discover", {}, -32601], ["subscriptions/listen", {}, -32601], ["resources/list", {}, -32601], ["tools/call", { name: "no_such" }, -32602], ["tools/list", { cursor: "!" }, -32602]]) {
        const r = await send(request(method, params, "e"));
        assert.deepEqual([r.status, r.body.id, r.body.error?.code], [200, "e", code], r.text);
        schema.check(ERROR[version], r.body);
      }
    });
    test("notifications and posted responses are taken with 202", async () => {
      for (const message of [{ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }, { jsonrpc: "2.0", id: 1, result: {} }, { jsonrpc: "2.0", id: 1, error: { code: -1, message: "x" } }]) {
        const r = await send(message);
        assert.deepEqual([r.status, r.text], [202, ""]);
      }
    });
    test("what is no message is refused", async () => {
      for (const [text, code] of [["{", -32700], ["7", -32600], ['{"id":1}', -32600], ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600]]) {
        const r = await send(text);
        assert.deepEqual([r.status, r.body.error?.code], [400, code], `${text}: ${r.text}`);
      }
    });
    test("an event stream for a client that takes nothing else", async () => {
      const r = await rpc(url, request("ping"), { ...speaking(version), accept: "text/event-stream" });
      assert.match(r.headers.get("content-type"), /^text\/event-stream/);
      assert.equal(r.text, 'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
    });
  });

describe("the version header", () => {
  test("absent stands for 2025-03-26", async () => {
    assert.equal((await rpc(url, request("tools/list"))).status, 200);
    assert.equal((await rpc(url, [request("ping")])).status, 200, "which has batches");
  });
  test("anything unknown is 400", async () => {
    for (const version of ["2024-11-05", "2030-01-01", "1", "latest"]) {
      const r = await rpc(url, request("ping", undefined, 5), speaking(version));
      assert.deepEqual([r.status, r.body.id], [400, 5], `${version}: ${r.text}`);
    }
  });
  test("a session id that nobody gave is ignored", async () => {
    assert.equal((await rpc(url, request("ping"), { ...speaking(LATEST), "mcp-session-id": "0123" })).status, 200);
  });
  test("GET and DELETE, for streams and sessions that are not kept: 405", async () => {
    for (const method of ["GET", "DELETE"]) {
      const r = await raw(url, { method, headers: { ...speaking(LATEST), accept: "text/event-stream", "mcp-session-id": "0123" } });
      assert.deepEqual([r.status, r.headers.get("allow")], [405, "POST, OPTIONS"]);
    }
  });
});

describe("batches", () => {
  const mixed = [
    request("ping", undefined, "a"),
    { jsonrpc: "2.0", method: "notifications/initialized" },
    request("tools/call", { name: ZONES, arguments: { name: "example.com" } }, 2),
    { jsonrpc: "2.0", id: 3, result: {} },
    request("nonsense", {}, 4),
    { jsonrpc: "1.0", id: 5, method: "ping" },
    initialize(LATEST, 6),
  ];
  test("in 2025-03-26: an answer for each request, none for the others, in order", async () => {
    const r = await rpc(url, mixed, speaking("2025-03-26"));
    assert.equal(r.status, 200, r.text);
    schemas["2025-03-26"].check("JSONRPCBatchResponse", r.body);
    assert.deepEqual(r.body.map((m) => [m.id, m.error?.code ?? "ok"]), [["a", "ok"], [2, "ok"], [4, -32601], [5, -32600], [6, -32600]]);
    assert.equal(r.body[1].result.isError, false);
  });
  test("of nothing but notifications: 202", async () => {
    const r = await rpc(url, [{ jsonrpc: "2.0", method: "notifications/initialized" }], speaking("2025-03-26"));
    assert.deepEqual([r.status, r.text], [202, ""]);
  });
  test("empty or too long: 400", async () => {
    for (const batch of [[], Array.from({ length: 33 }, (_, i) => request("ping", undefined, i))]) {
      const r = await rpc(url, batch, speaking("2025-03-26"));
      assert.deepEqual([r.status, r.body.error?.code], [400, -32600]);
    }
  });
  for (const version of ["2025-06-18", "2025-11-25"])
    test(`refused in ${version}`, async () => {
      const r = await rpc(url, [request("ping")], speaking(version));
      assert.deepEqual([r.status, r.body.error?.code], [400, -32600]);
    });
});
