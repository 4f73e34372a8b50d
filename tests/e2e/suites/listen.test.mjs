// SPDX-License-Identifier: Apache-2.0
// subscriptions/listen: what a stream says first, when it speaks, and how it ends. Two loops, so that
// a change made on one must reach the streams of the other.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { MODERN, Postern, modern, rpc, start } from "../lib/postern.mjs";
import { schemaOf } from "../lib/schema.mjs";
import { shortLived } from "../lib/wait.mjs";
import { META, listen } from "../lib/wire.mjs";

const schema = schemaOf(MODERN);
const ID = "io.modelcontextprotocol/subscriptionId";
let world, account;
before(async () => {
  world = await start({ settings: { loops: 2, heartbeat: "1s" } });
  account = await world.account();
});
after(() => world?.close());

const patch = (server, body) => world.must(200, "PATCH", `/mcp-server/${server.id}`, body);
const READ = { methods: ["read"] };
const LISTS = { methods: ["list"] };

// Opens a stream and takes its first message.
async function subscribed(server, options = {}) {
  const stream = await listen(server.url, options);
  assert.equal(stream.status, 200);
  stream.acknowledgement = await stream.next();
  schema.check("SubscriptionsAcknowledgedNotification", stream.acknowledgement);
  return stream;
}
function assertChanged(message, id) {
  schema.check("ToolListChangedNotification", message);
  assert.deepEqual(message, { jsonrpc: "2.0", method: "notifications/tools/list_changed", params: { _meta: { [ID]: id } } });
}
async function assertEnds(stream, id) {
  const last = (await stream.end()).at(-1);
  schema.check("SubscriptionsListenResultResponse", last);
  assert.deepEqual(last, { jsonrpc: "2.0", id, result: { resultType: "complete", _meta: { [ID]: id } } });
  assert.equal(stream.complete, true, "closed in order, not broken off");
}

describe("the acknowledgement", () => {
  test("comes first and carries the id with its type", async () => {
    const server = await world.server(account);
    for (const id of [7, "7", 0, "", "long-".repeat(40)]) {
      const stream = await subscribed(server, { id });
      assert.match(stream.headers.get("content-type"), /^text\/event-stream/);
      assert.equal(stream.headers.get("x-accel-buffering"), "no");
      assert.deepEqual(stream.acknowledgement, {
        jsonrpc: "2.0",
        method: "notifications/subscriptions/acknowledged",
        params: { notifications: { toolsListChanged: true }, _meta: { [ID]: id } },
      });
      stream.close();
    }
  });
  test("names only what is honoured", async () => {
    const server = await world.server(account);
    const rows = [
      [{ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ["a:b"] }, { toolsListChanged: true }],
      [{ promptsListChanged: true }, {}],
      [{ toolsListChanged: false }, {}],
      [{}, {}],
    ];
    for (const [notifications, honoured] of rows) {
      const stream = await subscribed(server, { notifications });
      assert.deepEqual(stream.acknowledgement.params.notifications, honoured);
      stream.close();
    }
  });
  test("no stream for a request that is not sound", async () => {
    const server = await world.server(account);
    for (const [params, headers, status, code] of [[{}, {}, 400, -32602], [{ notifications: [] }, {}, 400, -32602], [{ notifications: {} }, { "mcp-method": "x" }, 400, -32020]]) {
      const r = await modern(server.url, "subscriptions/listen", params, { headers, id: "s" });
      assert.deepEqual([r.status, r.body.error?.code, r.body.id], [status, code, "s"], r.text);
    }
    const legacy = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params: { notifications: {} } });
    assert.equal(legacy.body.error.code, -32601);
    const unknown = await modern(server.url.slice(0, -4) + "AAAA", "subscriptions/listen", { notifications: {} });
    assert.equal(unknown.status, 404);
  });
});

describe("changes", () => {
  test("one notice for each change of the tools, none for what leaves them as they were", async () => {
    const server = await world.server(account, READ);
    const stream = await subscribed(server, { id: "c" });
    await patch(server, { name: "another name" });
    await patch(server, { config: READ });
    await patch(server, { config: { methods: ["list", "get"] } }); // the same tools in other words
    await patch(server, { expires_at: new Date(Date.now() + 3600e3).toISOString() });
    await patch(server, { config: LISTS });
    assertChanged(await stream.next(), "c");
    const { body } = await modern(server.url, "tools/list");
    assert.ok(body.result.tools.every((t) => !t.name.startsWith("get_")), "the list is new when the notice is out");
    await patch(server, { config: READ });
    assertChanged(await stream.next(), "c");
    await world.must(204, "DELETE", `/mcp-server/${server.id}`);
    await assertEnds(stream, "c");
    assert.equal(stream.messages.length, 1, "and nothing else in between");
  });
  test("none to a stream that did not ask", async () => {
    const server = await world.server(account, READ);
    const [deaf, other] = [await subscribed(server, { id: 1, notifications: { promptsListChanged: true } }), await subscribed(server, { id: 2 })];
    await patch(server, { config: LISTS });
    assertChanged(await other.next(), 2);
    await world.must(204, "DELETE", `/mcp-server/${server.id}`);
    await assertEnds(deaf, 1);
    assert.equal(deaf.messages.length, 1);
  });
  test("to every subscriber, on every loop, each with its own id; not to those of other servers", async () => {
    const [server, other] = [await world.server(account, READ), await world.server(account, READ)];
    const ids = Array.from({ length: 24 }, (_, i) => (i % 2 ? i : `n${i}`));
    const streams = await Promise.all(ids.map((id) => subscribed(server, { id })));
    const stranger = await subscribed(other, { id: "stranger" });
    await patch(server, { config: LISTS });
    for (const [i, stream] of streams.entries()) assertChanged(await stream.next(), ids[i]);
    await world.must(204, "DELETE", `/mcp-server/${server.id}`);
    await Promise.all(streams.map((stream, i) => assertEnds(stream, ids[i])));
    await patch(other, { config: LISTS });
    assertChanged(await stranger.next(), "stranger");
    stranger.close();
  });
  test("a default of the account changes what its tools ask for", async () => {
    const two = await world.account("cfut_sandbox_two_accounts");
    const stream = await subscribed(await world.server(two), { id: 5 });
    await world.must(200, "PATCH", `/integrated-account/${two.id}`, { context: { account_id: two.choices.account_id[0].id } });
    assertChanged(await stream.next(), 5);
    stream.close();
  });
});

describe("the official client", () => {
  test("hears of changes, asks again although its list was still fresh, and is told of the end", async () => {
    const server = await world.server(account, READ);
    let heard;
    const changed = new Promise((resolve, reject) => (heard = (error, tools) => (error ? reject(error) : resolve(tools))));
    const client = new Client({ name: "postern-e2e", version: "1.0.0" }, { versionNegotiation: { mode: { pin: MODERN } }, listChanged: { tools: { onChanged: heard } } });
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
    try {
      const before = (await client.listTools()).tools;
      assert.equal(before.length, server.tool_count);
      const subscription = await client.listen({ toolsListChanged: true, promptsListChanged: true });
      assert.deepEqual(subscription.honoredFilter, { toolsListChanged: true });
      const { tool_count } = await patch(server, { config: LISTS });
      assert.equal((await changed).length, tool_count);
      assert.equal((await client.listTools()).tools.length, tool_count);
      await world.must(204, "DELETE", `/mcp-server/${server.id}`);
      assert.equal(await subscription.closed, "graceful");
    } finally {
      await client.close();
    }
  });
});

describe("staying open", () => {
  test("comments keep an idle stream alive; event ids are not sent", async () => {
    const stream = await subscribed(await world.server(account));
    assert.ok((await stream.heartbeats(2)) >= 2);
    assert.deepEqual([...stream.fields].sort(), ["data", "event=message"]);
    assert.equal(stream.messages.length, 0);
    stream.close();
  });
  test("a stream whose client goes is let go", async () => {
    const server = await world.server(account);
    const streams = await Promise.all(Array.from({ length: 8 }, () => subscribed(server)));
    const open = async () => (await world.must(200, "GET", "/status")).queues.streams;
    const before = await open();
    assert.ok(before >= 8);
    streams.forEach((stream) => stream.close());
    for (let tries = 0; (await open()) > before - 8; tries++) assert.ok(tries < 500, "the streams stay counted");
  });
});

describe("the end", () => {
  const endings = {
    "the server is deleted": async (server) => world.must(204, "DELETE", `/mcp-server/${server.id}`),
    "the server gets a new URL": async (server) => world.must(200, "POST", `/mcp-server/${server.id}/rotate`),
    "the server expires": async (server) => shortLived((expires_at) => patch(server, { expires_at })),
  };
  for (const [name, act] of Object.entries(endings))
    test(name, async () => {
      const server = await world.server(account);
      const stream = await subscribed(server, { id: "end" });
      await act(server);
      await assertEnds(stream, "end");
      assert.equal((await modern(server.url, "tools/list")).status, 404, "and the URL is dead");
    });
  test("the account is deleted", async () => {
    const mine = await world.account();
    const stream = await subscribed(await world.server(mine), { id: 9 });
    await world.must(204, "DELETE", `/integrated-account/${mine.id}`);
    await assertEnds(stream, 9);
  });
  test("the API token is revoked or expires; others stay", async () => {
    const server = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    const token = (expires_at) => world.must(201, "POST", "/api-token", { name: "listener", role: "client", ...(expires_at ? { expires_at } : {}) });
    const [revoked, lasting, expiring] = [await token(), await token(), await token(new Date(Date.now() + 10_000).toISOString())];
    const streams = await Promise.all([expiring, revoked, lasting].map((t) => subscribed(server, { id: t.id, headers: { authorization: `Bearer ${t.token}` } })));
    await world.must(204, "DELETE", `/api-token/${revoked.id}`);
    await assertEnds(streams[1], revoked.id);
    await assertEnds(streams[0], expiring.id);
    await patch(server, { config: { methods: ["list"], require_api_token_auth: true } });
    assertChanged(await streams[2].next(), lasting.id);
    streams[2].close();
  });
  test("a server that begins to ask for an API token closes those that showed none", async () => {
    const server = await world.server(account, READ);
    const stream = await subscribed(server, { id: "n" });
    await patch(server, { config: { ...READ, require_api_token_auth: true } });
    await assertEnds(stream, "n");
  });
  test("SIGTERM: every stream gets its response, then the program ends", async () => {
    const postern = await new Postern({ loops: 2, heartbeat: "10m" }).start();
    try {
      const mine = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "a", credential: { token: "cfut_sandbox_one_account" }, base_url: world.sandbox.api });
      const server = await postern.must(201, "POST", `/integrated-account/${mine.id}/mcp`, { name: "s", config: READ });
      const streams = await Promise.all(Array.from({ length: 12 }, (_, i) => subscribed(server, { id: i })));
      const stopped = postern.stop("SIGTERM");
      await Promise.all(streams.map((stream, i) => assertEnds(stream, i)));
      assert.deepEqual(await stopped, { code: 0, signal: null });
    } finally {
      await postern.close();
    }
  });
});
