// SPDX-License-Identifier: Apache-2.0
// What one vendor, one client or one address may take of what a program does and holds at once: fibers and memory. Whoever
// takes all it can is refused with words; health, the management API and everybody else go on; and all of it comes back.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { CLIENTS } from "../lib/clients.mjs";
import { residentKiB } from "../lib/oauth.mjs";
import { modern, rpc } from "../lib/postern.mjs";
import { Raw } from "../lib/raw.mjs";
import { serve, startConformance, startWorld } from "../lib/upstream.mjs";
import { eventually, metrics } from "../lib/wait.mjs";
import { Events, open } from "../lib/wire.mjs";

const MiB = 2 ** 20;
const VERSION = "2025-06-18";
const SLOW = { ms: 60_000 };

// An MCP server with sessions, of one tool. `answer` takes a tools/call, or leaves it without an answer; `greet` gets each
// session's GET stream.
async function startVendor({ answer = () => undefined, greet = () => undefined } = {}) {
  const vendor = { calls: 0, streams: new Set(), answers: [], sessions: 0 };
  const tool = { name: "look", description: "Looks.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
  const results = {
    initialize: () => ({ protocolVersion: VERSION, capabilities: { tools: {}, logging: {} }, serverInfo: { name: "vendor", version: "1" } }),
    "tools/list": () => ({ tools: [tool] }),
    ping: () => ({}),
  };
  const post = (message, res) => {
    if (message.method === "tools/call") {
      vendor.calls++;
      return answer(message, res);
    }
    if (message.id === undefined || !message.method) {
      if (!message.method) vendor.answers.push(message);
      return res.writeHead(202).end();
    }
    const result = results[message.method]?.();
    const headers = { "content-type": "application/json" };
    if (message.method === "initialize") headers["mcp-session-id"] = `s${++vendor.sessions}`;
    const body = result ? { jsonrpc: "2.0", id: message.id, result } : { jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "no such method" } };
    return res.writeHead(200, headers).end(JSON.stringify(body));
  };
  const server = createServer(async (req, res) => {
    res.on("error", () => undefined);
    if (req.method === "DELETE") return res.writeHead(204).end();
    if (req.method === "GET") {
      res.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      vendor.streams.add(res);
      res.on("close", () => vendor.streams.delete(res));
      return greet(res);
    }
    let text = "";
    for await (const chunk of req) text += chunk;
    return post(JSON.parse(text), res);
  });
  vendor.listen = (port) => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  await vendor.listen(0);
  vendor.url = `http://127.0.0.1:${server.address().port}/mcp`;
  vendor.close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return vendor;
}

const ask = (id, method = "elicitation/create") =>
  `event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", id, method, params: { message: "Well?", requestedSchema: { type: "object", properties: {} } } })}\n\n`;

const look = (server, options) => modern(server.url, "tools/call", { name: "look", arguments: {} }, options);
const plain = (answer) => answer.body?.result?.content?.[0]?.text ?? answer.text;

// A legacy session of a client that can be asked, with its own stream open.
async function session(server) {
  const hello = { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: VERSION, capabilities: { elicitation: {} }, clientInfo: { name: "e2e", version: "1" } } };
  const r = await rpc(server.url, hello);
  const id = r.headers.get("mcp-session-id");
  if (!id) return undefined; // refused
  await rpc(server.url, { jsonrpc: "2.0", method: "notifications/initialized" }, { "mcp-session-id": id });
  return { id, stream: new Events(await open(server.url, { method: "GET", headers: { accept: "text/event-stream", "mcp-session-id": id } })) };
}

// Answers all that it was asked, and goes.
async function leave(server, { id, stream }) {
  const asked = stream.messages.filter((m) => m.method && m.id !== undefined);
  await Promise.all(asked.map((m) => rpc(server.url, { jsonrpc: "2.0", id: m.id, result: { action: "decline" } }, { "mcp-session-id": id })));
  stream.close();
}

// Everybody else is served: whoever looks, whoever manages, and who calls another vendor.
async function othersAreServed(world, other) {
  for (const path of ["/healthz", "/readyz", "/metrics", "/status", "/integrated-account"]) assert.equal((await world.api("GET", path)).status, 200, path);
  const answer = await modern(other.url, "tools/call", { name: "test_simple_text", arguments: {} });
  assert.equal(answer.status, 200, answer.text);
  assert.ok(!answer.body.result?.isError, answer.text);
}

describe("fibers", () => {
  const FIBERS = 192; // of the one loop
  let world, upstream, other;
  before(async () => {
    world = await startWorld({ loops: 1, max_fibers: FIBERS, call_timeout: "5m", upstream_first_byte_timeout: "5m", upstream_timeout: "5m", upstream_stall_timeout: "5m" });
    upstream = await startConformance("modern");
    other = await serve(world, upstream.url);
  });
  after(async () => {
    await world?.close();
    await upstream?.close();
  });
  const refused = async (share) => (await metrics(world))[`postern_fibers_refused_total{share="${share}"}`];
  const rest = async () => {
    const { postern_fibers: now } = await metrics(world);
    return now;
  };

  for (const method of ["elicitation/create", "ping"])
    test(`a vendor that sends 16 requests (${method}) on the stream of each of many sessions`, { timeout: 200_000 }, async (t) => {
      const vendor = await startVendor({ greet: (res) => res.write(Array.from({ length: 16 }, (_, i) => ask(i, method)).join("")) });
      t.after(() => vendor.close());
      const server = await serve(world, vendor.url);
      const before = await rest();
      const sessions = [];
      for (let i = 0; i < 60; i++) {
        sessions.push(await session(server));
        if (i % 10 === 9) await othersAreServed(world, other);
      }
      await eventually("its share is used up", async () => (await refused("account")) > 0, SLOW);
      await othersAreServed(world, other);
      // To tell it takes a fiber of the same share, so not every refusal is told; what is told says why.
      for (const { error } of vendor.answers) if (error) assert.match(error.message, /this account has its share|too much is in progress|nobody here can answer this|this client is asked nothing now/);
      for (const s of sessions) if (s) await leave(server, s);
      await world.must(204, "DELETE", `/integrated-account/${server.account.id}`);
      await eventually("nothing of it is left", async () => (await rest()) <= before, SLOW);
    });

  // Each leaves a session at the vendor behind, with a stream that lasts: more of them than the account's share has room for.
  test("clients that come, call and go without a word, of a vendor whose every session is a stream", { timeout: 200_000 }, async (t) => {
    const sse = await startConformance("sse", ["--version", "2024-11-05"]);
    t.after(() => sse.close());
    const server = await serve(world, sse.url);
    const { connect } = CLIENTS["SDK v1"];
    for (let i = 0; i < FIBERS * 2; i++) {
      const client = await connect(server.url);
      const { content } = await client.callTool({ name: "test_simple_text", arguments: {} });
      assert.equal(content[0].text, "This is a simple text response for testing.", `client ${i}`);
      await client.close();
    }
    assert.ok((await metrics(world)).postern_upstream_sessions_evicted_total > 0, "room was made");
    await othersAreServed(world, other);
    await world.must(204, "DELETE", `/integrated-account/${server.account.id}`);
  });

  test("a client with many streams of HTTP+SSE that sends 64 messages on each, to a vendor that is silent", { timeout: 200_000 }, async (t) => {
    const vendor = await startVendor();
    t.after(() => vendor.close());
    const server = await serve(world, vendor.url);
    const before = await rest();
    const streams = [];
    const statuses = new Map();
    const message = (id, method, params) => JSON.stringify({ jsonrpc: "2.0", id, method, params });
    for (let i = 0; i < 10; i++) {
      const r = await open(server.url.replace("/mcp/", "/sse/"), { method: "GET", headers: { accept: "text/event-stream" } });
      streams.push(r);
      if (r.statusCode !== 200) continue;
      const [first] = await new Promise((resolve) => r.once("data", (d) => resolve(String(d).match(/\/sse\S+/))));
      const to = new URL(first, server.url).href;
      const post = async (body) => {
        const { status, headers } = await rpc(to, body);
        if (status === 503) assert.equal(headers.get("retry-after"), "1");
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      };
      await post(message(1, "initialize", { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "e2e", version: "1" } }));
      await Promise.all(Array.from({ length: 64 }, (_, k) => post(message(100 + k, "tools/call", { name: "look", arguments: {} }))));
      await othersAreServed(world, other);
    }
    // Refused at the door (503) or, once it is in, as a result on its stream: as the client's, or the account's.
    assert.ok(statuses.get(202) > 64 && [...statuses.keys()].every((s) => s === 202 || s === 503), JSON.stringify([...statuses]));
    assert.ok((await refused("principal")) + (await refused("account")) > 0);
    for (const r of streams) r.destroy();
    await eventually("nothing of it is left", async () => (await rest()) <= before, SLOW);
    await world.must(204, "DELETE", `/integrated-account/${server.account.id}`);
  });

  test("clients of one server, and of many servers over one account, that call a vendor that is silent", { timeout: 200_000 }, async (t) => {
    const vendor = await startVendor();
    t.after(() => vendor.close());
    const one = await serve(world, vendor.url);
    const servers = [one];
    for (let i = 0; i < 7; i++) servers.push(await world.server(one.account));
    for (const urls of [[one], servers]) {
      const before = await rest();
      const gone = new AbortController();
      const answers = [];
      const calls = Array.from({ length: 240 }, (_, i) =>
        open(urls[i % urls.length].url, {
          headers: { "content-type": "application/json", accept: "application/json, text/event-stream", "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "look" },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "look", arguments: {}, _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} } } }),
        }).then(
          async (r) => {
            gone.signal.addEventListener("abort", () => r.destroy());
            let text = "";
            for await (const chunk of r) text += chunk;
            answers.push({ status: r.statusCode, text });
          },
          () => undefined,
        ),
      );
      await eventually("some are refused", () => answers.length > 0, SLOW);
      await othersAreServed(world, other);
      const texts = answers.map((a) => a.text).join("\n");
      assert.match(texts, /has its share of what this server does at once/);
      assert.match(texts, /max_fibers/);
      await vendor.close().then(() => Promise.all(calls)); // the vendor hangs up: all of them end
      await eventually("nothing of it is left", async () => (await rest()) <= before + 2, SLOW);
      if (urls === servers) break;
      const again = new URL(vendor.url).port;
      await vendor.listen(again);
    }
  });
});

describe("memory", () => {
  const BUDGET = 64 * MiB;
  const MARGIN = 96 * MiB; // what else a program grows by, and what its allocator keeps
  let world, upstream, other;
  before(async () => {
    world = await startWorld({ loops: 2, upstream_memory: "64MiB", downstream_memory: "64MiB", call_timeout: "5m", upstream_timeout: "5m", upstream_stall_timeout: "5m", upstream_first_byte_timeout: "5m", body_timeout: "5m" });
    upstream = await startConformance("modern");
    other = await serve(world, upstream.url);
  });
  after(async () => {
    await world?.close();
    await upstream?.close();
  });
  const held = async (what) => (await metrics(world))[`postern_${what}_held_bytes`];

  // 15 MiB of it at once, then nothing more: in one JSON body, or in one event.
  const FORMS = { "JSON bodies": ["application/json", ""], "event streams": ["text/event-stream", "event: message\ndata: "] };
  for (const [name, [type, prefix]] of Object.entries(FORMS))
    for (const accounts of [1, 5])
      test(`50 answers that come most of the way: ${name}, ${accounts} account(s)`, { timeout: 200_000 }, async (t) => {
        let sent = 0, cut = 0;
        const block = "x".repeat(MiB);
        const begun = new Set();
        const waiting = new Map();
        const answer = async (message, res) => {
          begun.add(res);
          res.writeHead(200, { "content-type": type });
          let there = true;
          const go = () => waiting.get(res)?.();
          res.on("drain", go);
          res.on("close", () => {
            if (there) cut++;
            there = false;
            go();
          });
          res.write(`${prefix}{"jsonrpc":"2.0","id":${message.id},"result":{"content":[{"type":"text","text":"`);
          for (let i = 0; i < 15 && there; i++) if (!res.write(block)) await new Promise((resolve) => waiting.set(res, resolve));
          if (there) sent++;
        };
        const vendors = await Promise.all(Array.from({ length: accounts }, () => startVendor({ answer })));
        t.after(() => Promise.all(vendors.map((v) => v.close())));
        const servers = [];
        for (const v of vendors) servers.push(await serve(world, v.url));
        const { pid } = world.postern.program.child;
        const before = await residentKiB(pid);
        const calls = Array.from({ length: 50 }, (_, i) => look(servers[i % accounts]));
        await eventually("each has come so far, or was cut off", () => sent + cut >= 50, SLOW);
        assert.ok(cut > 0 && sent > 0, `expected some of each: ${sent} came, ${cut} were cut off`);
        const grown = ((await residentKiB(pid)) - before) * 1024;
        assert.ok(grown < BUDGET + MARGIN, `expected at most ${BUDGET + MARGIN} bytes more, got ${grown}`);
        assert.ok((await held("upstream")) <= BUDGET);
        await othersAreServed(world, other);
        for (const res of begun) if (!res.destroyed) res.destroy();
        const answers = await Promise.all(calls);
        assert.ok(answers.some((a) => /memory for vendors' answers is used up/.test(plain(a)) && /upstream_memory/.test(plain(a))), answers.map(plain).join("\n").slice(0, 4000));
        await eventually("nothing of them is held", async () => (await held("upstream")) < MiB, SLOW);
      });

  test("bodies of requests that come most of the way", { timeout: 200_000 }, async () => {
    const { pid } = world.postern.program.child;
    const before = await residentKiB(pid);
    const { host, pathname } = new URL(other.url);
    const part = "x".repeat(3 * MiB);
    const crowd = [];
    for (let i = 0; i < 60; i++) {
      const raw = await new Raw(world.postern.url).connected();
      raw.write(`POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${4 * MiB}\r\n\r\n`);
      raw.write(part);
      crowd.push(raw);
    }
    await eventually("some are refused", () => crowd.some((raw) => raw.replies().some((r) => r.status === 503)), SLOW);
    const no = crowd.flatMap((raw) => raw.replies()).find((r) => r.status === 503);
    assert.match(JSON.stringify(no), /downstream_memory/);
    const grown = ((await residentKiB(pid)) - before) * 1024;
    assert.ok(grown < BUDGET + MARGIN, `expected at most ${BUDGET + MARGIN} bytes more, got ${grown}`);
    assert.ok((await held("clients")) <= BUDGET);
    await othersAreServed(world, other);
    for (const raw of crowd) raw.end();
    await eventually("nothing is held", async () => (await held("clients")) < MiB, SLOW);
  });
});
