// SPDX-License-Identifier: Apache-2.0
// SIGTERM while something waits: after drain_timeout the program ends, with 0, whatever it is that waits and whoever
// for. And vendors that break their streams and keep them open: no more than one a session, none when it is over.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { database, ONLY_SQLITE } from "../lib/database.mjs";
import { call, startWithVendors, works } from "../lib/oauth.mjs";
import { modern, rpc } from "../lib/postern.mjs";
import { startStubborn } from "../lib/stubborn.mjs";
import { serve, startWorld } from "../lib/upstream.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

const LATEST = "2025-11-25";
const STOP_MS = 60_000; // what never ends would take ten minutes or more
const settings = { drain_timeout: "1s", loops: 2, call_timeout: "10m", upstream_timeout: "10m", upstream_first_byte_timeout: "10m", upstream_stall_timeout: "10m" };
const quiet = (promise) => promise.catch(() => undefined); // the stop breaks it off
const tool = (name) => ({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {} } });

async function scene(t, more = {}) {
  const vendor = await startStubborn();
  const world = await startWorld({ ...settings, ...more });
  t.after(async () => {
    world.postern.program.child.kill("SIGKILL"); // where it has not ended by itself
    await vendor.close();
    await world.close();
  });
  return { vendor, world };
}

async function stops(world, signal = "SIGTERM") {
  const { child, exited } = world.postern.program;
  child.kill(signal);
  const end = await Promise.race([exited, new Promise((late) => setTimeout(late, STOP_MS, "still there").unref())]);
  assert.deepEqual(end, { code: 0, signal: null }, world.postern.program.output.slice(-2000));
}

// A legacy client's session that may be asked, and a POST in it whose stream is read up to a text.
async function session(url) {
  const capabilities = { elicitation: {}, sampling: {} };
  const r = await rpc(url, { jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: LATEST, capabilities, clientInfo: { name: "e2e", version: "1" } } });
  const headers = { "mcp-session-id": r.headers.get("mcp-session-id"), "mcp-protocol-version": LATEST };
  await rpc(url, { jsonrpc: "2.0", method: "notifications/initialized" }, headers);
  return headers;
}

async function hear(url, init, wanted) {
  const leave = new AbortController();
  const r = await fetch(url, { ...init, signal: leave.signal });
  const reader = r.body.getReader();
  for (let text = ""; !wanted.test(text); ) {
    const { value, done } = await reader.read();
    assert.ok(!done, `the stream ended after: ${text}`);
    text += Buffer.from(value).toString();
    if (wanted.test(text)) return { text, leave: () => leave.abort() };
  }
}

async function asked(server) {
  const headers = await session(server.url);
  const init = { method: "POST", body: JSON.stringify(tool("ask")), headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers } };
  return { headers, ...(await hear(server.url, init, /elicitation\/create/)) };
}

const called = (vendor, name) => eventually(`${name} is at the vendor`, () => vendor.seen.includes(name));
const abilities = { meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } } };

describe("SIGTERM ends it while", { concurrency: 4 }, () => {
  // Each brings about what waits, and returns when it does.
  const WAITS = {
    "a client that is asked has left": async ({ world, server }) => {
      const question = await asked(server);
      question.leave();
      await eventually("it has gone", async () => (await world.api("GET", "/metrics")).text.match(/^postern_http_streams (\d+)$/m)?.[1] === "0");
    },
    "a client that is asked says nothing": async ({ server }) => void (await asked(server)),
    "many clients that were asked have left": async ({ server }) => {
      for (const question of await Promise.all(Array.from({ length: 20 }, () => asked(server)))) question.leave();
    },
    "a call is kept for a client that does not come back": async ({ server }) => {
      const r = await modern(server.url, "tools/call", { name: "ask", arguments: {} }, abilities);
      assert.equal(r.body.result.resultType, "input_required", r.text);
    },
    "a client over HTTP+SSE is asked": async ({ vendor, server }) => {
      const address = server.url.replace("/mcp/", "/sse/");
      const { text } = await hear(address, {}, /data: (\S+)/);
      const messages = new URL(text.match(/data: (\S+)/)[1], address).href;
      const say = (message) => rpc(messages, message);
      await say({ jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2024-11-05", capabilities: { sampling: {}, elicitation: {} }, clientInfo: { name: "e2e", version: "1" } } });
      await say({ jsonrpc: "2.0", method: "notifications/initialized" });
      await say(tool("ask"));
      await called(vendor, "ask");
    },
    "a client listens, and its vendor's stream is open": async ({ vendor, server }) => {
      const headers = await session(server.url);
      const r = await fetch(server.url, { headers: { accept: "text/event-stream", ...headers } });
      assert.equal(r.status, 200);
      await eventually("it is, beside Postern's own", () => vendor.open() > 1);
      quiet(r.text());
    },
    "a vendor does not answer": async ({ vendor, server }) => (quiet(modern(server.url, "tools/call", { name: "silent", arguments: {} })), called(vendor, "silent")),
    "a vendor drips its answer": async ({ vendor, server }) => (quiet(modern(server.url, "tools/call", { name: "slow", arguments: {} })), called(vendor, "slow")),
    "a vendor has said half of it": async ({ vendor, server }) => (quiet(modern(server.url, "tools/call", { name: "half", arguments: {} })), called(vendor, "half")),
    "a vendor is examined and does not answer": async ({ vendor, world, server }) => {
      let come = 0;
      vendor.get = (req) => req.headers["mcp-session-id"] || come++;
      quiet(world.api("POST", `/integrated-account/${server.account.id}/doctor`));
      await eventually("it is asked", () => come > 0);
    },
    "nothing waits": async () => {},
  };
  for (const [name, wait] of Object.entries(WAITS))
    test(name, async (t) => {
      const { vendor, world } = await scene(t);
      await wait({ vendor, world, server: await serve(world, vendor.url) });
      await stops(world);
    });

  test("a vendor over HTTP+SSE is silent, and asks", async (t) => {
    const { vendor, world } = await scene(t);
    const server = await serve(world, vendor.sse);
    quiet(modern(server.url, "tools/call", { name: "silent", arguments: {} }));
    await called(vendor, "silent");
    const r = await modern(server.url, "tools/call", { name: "ask", arguments: {} }, abilities);
    assert.equal(r.body.result.resultType, "input_required", r.text);
    (await asked(server)).leave();
    await stops(world);
  });

  test("a REST vendor takes its time, and a client reads nothing", async (t) => {
    const { world } = await scene(t);
    let come = 0;
    const rest = await startVendor({ get_never: { path: "/never", answer: () => (come++, new Promise(() => {})) } });
    t.after(() => rest.close());
    const server = await world.server(await rest.connect(world));
    quiet(modern(server.url, "tools/call", { name: "get_never", arguments: {} }));
    await eventually("it is called", () => come > 0);
    await stops(world);
  });

  // A renewal is on a fiber of its own, with others behind it; two ways in which it may take long.
  const RENEWALS = {
    "a vendor does not renew a token": (vendors) => vendors.fault("cloudflare", "slow", { path: "/token", grant: "refresh_token" }, { delay_ms: 600_000 }),
    // Again and again: one that stands still is nobody's after a while.
    "another program has taken a token's renewal over": (vendors, postern, t) => {
      const db = database(postern);
      db.exec("PRAGMA busy_timeout = 10000"); // Postern writes at the same time
      const take = () => db.prepare("UPDATE oauth_grant SET lease_by = 'other', lease_until = ?").run(Date.now() + 15_000);
      take();
      const timer = setInterval(() => quiet(Promise.resolve().then(take)), 1000); // until the rows have gone
      t.after(() => (clearInterval(timer), db.close()));
    },
  };
  for (const [name, delay] of Object.entries(RENEWALS))
    test(name, async (t) => {
      const world = await startWithVendors({ settings });
      t.after(() => (world.postern.program.child.kill("SIGKILL"), world.close()));
      const { account } = await world.connect("cloudflare");
      const server = await world.server(account);
      await works(server, "workers_list");
      await delay(world.vendors, world.postern, t);
      // A renewal that was quicker than what delays it has to be brought about once more.
      await eventually("it is under way", async () => {
        await world.vendors.expire("cloudflare");
        for (let i = 0; i < 5; i++) quiet(call(server, "workers_list"));
        return JSON.stringify(await world.must(200, "GET", "/status")).includes("token refresh");
      });
      await stops(world);
    });

  test("another program holds the database", { skip: ONLY_SQLITE }, async (t) => {
    const { vendor, world } = await scene(t);
    const server = await serve(world, vendor.url);
    const db = database(world.postern);
    t.after(() => db.close());
    db.exec("PRAGMA busy_timeout = 10000"); // Postern writes at the same time
    db.exec("BEGIN IMMEDIATE");
    for (let i = 0; i < 40; i++) assert.equal((await modern(server.url, "tools/call", { name: "fine", arguments: {} })).status, 200); // rows for the audit
    for (let i = 0; i < 40; i++) quiet(world.api("PATCH", `/integrated-account/${server.account.id}`, { name: `other-${i}` }));
    await eventually("they wait for the pool", async () => /^postern_pool_jobs [1-9]/m.test((await world.api("GET", "/metrics")).text));
    await stops(world);
  });

  test("asked twice it waits for nothing", async (t) => {
    const { vendor, world } = await scene(t, { drain_timeout: "1h" });
    const server = await serve(world, vendor.url);
    const question = await asked(server);
    quiet(modern(server.url, "tools/call", { name: "silent", arguments: {} }));
    await called(vendor, "silent");
    question.leave();
    world.postern.program.child.kill("SIGTERM");
    await eventually("it drains", () => /stopping/.test(world.postern.program.output));
    await stops(world);
  });
});

test("a question of a vendor's stream ends with the stream that it was put on", async (t) => {
  const { vendor, world } = await scene(t);
  const streams = [];
  vendor.get = (req, res) => streams.push(res.writeHead(200, { "content-type": "text/event-stream" })) && res.flushHeaders();
  const server = await serve(world, vendor.url);
  const asking = async () => JSON.stringify(await world.must(200, "GET", "/status")).includes("ask a client");
  const headers = { accept: "text/event-stream", ...(await session(server.url)) };
  let id = 0; // asked until somebody listens: before that they are declined
  const timer = setInterval(() => streams.forEach((res) => res.write(vendor.question(++id))), 100);
  t.after(() => clearInterval(timer));
  const stream = await hear(server.url, { headers }, /elicitation\/create[^]*elicitation\/create/);
  clearInterval(timer);
  assert.ok(await asking());
  stream.leave();
  await eventually("nobody waits for an answer", async () => !(await asking()));
  await stops(world);
});

describe("a vendor's GET stream that", { concurrency: 4 }, () => {
  const head = (res, type = "text/event-stream", status = 200) => res.writeHead(status, { "content-type": type });
  const drip = (res, text) => {
    const timer = setInterval(() => res.write(text), 20);
    res.on("close", () => clearInterval(timer));
  };
  const WAYS = {
    "is broken and stays open": (req, res) => head(res).write("data: {broken\n\n"),
    "is broken again and again": (req, res) => drip(head(res), "data: {broken\n\n"),
    "is a page that stays open": (req, res) => head(res, "text/html").write("<html>"),
    "is nothing at all": (req, res) => res.writeHead(204).end(),
    "is trouble without end": (req, res) => drip(head(res, "text/plain", 500), "trouble "),
    "is half a head": (req, res) => res.socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/ev"),
    "has events without data": (req, res) => drip(head(res), "event: message\n\n: nothing\n\n"),
    "wants no pause, and ends": (req, res) => head(res).end("retry: 0\nid: 1\n\n"),
    "ends at once": (req, res) => head(res).end(),
    "is cut off": (req, res) => (head(res).write("data: {"), setTimeout(() => res.destroy(), 10)),
  };
  // An account whose sessions have each got such a stream, and most of them another after it.
  async function tried(vendor, world, name) {
    const server = await serve(world, vendor.url);
    const before = vendor.come;
    for (let i = 0; i < 8; i++) {
      const r = await rpc(server.url, tool("fine"), await session(server.url));
      assert.equal(r.status, 200, r.text);
    }
    const again = name.includes("without data") ? 0 : 8;
    await eventually("they came back", () => vendor.come - before >= 8 + again, { ms: STOP_MS });
    assert.ok(vendor.most <= 2, `${vendor.most} streams of one session at a time`); // an end is seen a little late
    return server;
  }

  for (const [name, get] of Object.entries(WAYS))
    test(name, async (t) => {
      const { vendor, world } = await scene(t, { upstream_first_byte_timeout: "10s" });
      vendor.come = 0;
      vendor.get = (req, res) => (vendor.come++, get(req, res));
      const server = await tried(vendor, world, name);
      await world.must(204, "DELETE", `/integrated-account/${server.account.id}`);
      await eventually("none is left of an account that is gone", () => vendor.open() === 0, { ms: STOP_MS });
      await tried(vendor, world, name);
      await stops(world);
      await eventually("none is left of a program that is", () => vendor.open() === 0);
    });
});
