// SPDX-License-Identifier: Apache-2.0
// Three nodes behind nginx, in turn and without stickiness, as docs/nginx.md has it: official clients of all eras see what
// they see of one node, a node that has what a request speaks of answers it, one that is killed takes with it only what ran
// there, and the address for other nodes is for nobody else. With a PostgreSQL of this suite's own.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { startBalanced } from "../lib/balanced.mjs";
import { BEHAVIOURS, call, words } from "../lib/behaviours.mjs";
import { ABILITIES, CLIENTS, SSE_CLIENTS } from "../lib/clients.mjs";
import { skip as noDatabase, startDatabase } from "../lib/cluster.mjs";
import { missing } from "../lib/nginx.mjs";
import { modern, rpc, startSandbox } from "../lib/postern.mjs";
import { connectUrl, approveAll, EVERY_METHOD, startConformance } from "../lib/upstream.mjs";
import { eventually } from "../lib/wait.mjs";

const skip = noDatabase || missing;

// One account and one server over an MCP server.
async function serveAt(postern, url) {
  const world = { postern, must: postern.must.bind(postern) };
  const account = await approveAll(world, await connectUrl(world, url));
  return world.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: `server-${account.id}`, config: EVERY_METHOD });
}

let db, checked;
before(async () => {
  if (skip) return;
  db = await startDatabase();
  checked = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is the test's own
});
after(async () => {
  if (checked === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  else process.env.NODE_TLS_REJECT_UNAUTHORIZED = checked;
  await db?.close();
});

const UPSTREAMS = { "a legacy vendor with sessions": ["sessions"], "a vendor of both eras": ["dual"] };

describe("three nodes in turn", { skip, concurrency: 1 }, () => {
  const served = {};
  let cluster;
  before(async () => {
    cluster = await startBalanced(db.make(), 3, async (first) => {
      for (const [name, args] of Object.entries(UPSTREAMS)) {
        const upstream = await startConformance(...args);
        served[name] = { upstream, server: await serveAt(first, upstream.url) };
      }
    });
  });
  after(async () => {
    await cluster?.close();
    for (const { upstream } of Object.values(served)) await upstream.close();
  });

  for (const name of Object.keys(UPSTREAMS))
    describe(name, { concurrency: 1 }, () => {
      const chosen = { ...CLIENTS, "SDK v1, SSE": SSE_CLIENTS["SDK v1, SSE"] };
      delete chosen["SDK v2, auto"];
      for (const [client, { era, connect: open }] of Object.entries(chosen))
        describe(client, { concurrency: 1 }, () => {
          const connectTo = (more) => open(era === "sse" ? served[name].server.url.replace("/mcp/", "/sse/") : served[name].server.url, more);
          let one;
          before(async () => {
            one = await connectTo({ abilities: ABILITIES });
          });
          after(() => one?.close());
          const { PLAIN, LIVE, RESUMED } = BEHAVIOURS;
          for (const [what, behave] of Object.entries({ ...PLAIN, ...LIVE, ...RESUMED })) test(what, () => behave({ client: one, connect: connectTo, era, upstream: served[name].upstream }));
        });
    });

  test("requests went from node to node, and were counted", async () => {
    const passed = await cluster.passed();
    assert.ok(passed.every((n) => n > 0), passed.join());
  });
});

const initialize = { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: { elicitation: {} }, clientInfo: { name: "e2e", version: "1" } } };
async function begin(url) {
  const r = await rpc(url, initialize);
  assert.equal(r.status, 200, r.text);
  const headers = { "mcp-session-id": r.headers.get("mcp-session-id"), "mcp-protocol-version": "2025-11-25" };
  assert.equal((await rpc(url, { jsonrpc: "2.0", method: "notifications/initialized" }, headers)).status, 202);
  return headers;
}
const tool = (id, name, args = {}) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } });
async function stream(url, init) {
  const r = await fetch(url, init);
  assert.equal(r.status, 200);
  assert.match(r.headers.get("content-type"), /event-stream/);
  return r;
}
const post = (message, headers) => ({ method: "POST", body: JSON.stringify(message), headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers } });
// Events of a response of fetch, with their ids.
async function* events(response) {
  let text = "";
  for await (const bytes of response.body) {
    text += Buffer.from(bytes).toString();
    for (let at; (at = text.indexOf("\n\n")) >= 0; text = text.slice(at + 2)) {
      const lines = text.slice(0, at).split("\n"), of = (name) => lines.find((l) => l.startsWith(`${name}:`))?.slice(name.length + 1).trim();
      if (of("data") !== undefined) yield { id: of("id"), message: of("data") ? JSON.parse(of("data")) : undefined };
    }
  }
}

describe("what one node has, another asks it for", { skip, concurrency: 1 }, () => {
  let cluster, upstream, server, sandbox, a, b;
  const at = (node) => cluster.at(node, server.url);
  const capable = { meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } } };
  const ask = { name: "test_elicitation", arguments: { message: "Who?" } };
  before(async () => {
    upstream = await startConformance("sessions");
    sandbox = await startSandbox();
    cluster = await startBalanced(db.make(), 2, async (first) => {
      server = await serveAt(first, upstream.url);
      await first.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
    });
    [a, b] = cluster.nodes;
  });
  after(async () => {
    await cluster?.close();
    await upstream?.close();
    await sandbox?.close();
  });
  const answer = (r) => ({ requestState: r.body.result.requestState, inputResponses: { question: { action: "accept", content: { username: "Alice", email: "a@example.com" } } } });

  test("a question that was kept is answered at another node", async () => {
    const asked = await modern(at(a), "tools/call", ask, capable);
    assert.equal(asked.body.result?.resultType, "input_required", asked.text);
    const r = await modern(at(b), "tools/call", { ...ask, ...answer(asked) }, capable);
    assert.match(r.body.result?.content?.[0].text ?? r.text, /Alice/);
    assert.ok(r.headers.get("x-request-id"));
  });

  test("a legacy session goes on at any node: question here, answer there", async () => {
    const headers = await begin(at(a));
    const r = await stream(at(b), post(tool(2, "test_elicitation", { message: "Who?" }), headers));
    let result;
    for await (const { message } of events(r)) {
      if (message?.method === "elicitation/create")
        assert.equal((await rpc(at(b), { jsonrpc: "2.0", id: message.id, result: { action: "accept", content: { username: "Bob", email: "b@example.com" } } }, headers)).status, 202);
      if (message?.id === 2) result = message.result;
    }
    assert.match(JSON.stringify(result), /Bob/);
    assert.equal((await fetch(at(b), { method: "DELETE", headers })).status, 204);
    assert.equal((await rpc(at(a), { jsonrpc: "2.0", id: 3, method: "ping" }, headers)).status, 404, "over at its own node");
    assert.equal((await rpc(at(b), { jsonrpc: "2.0", id: 3, method: "ping" }, headers)).status, 404, "and at the other");
  });

  test("a stream that broke off at one node is taken up at another, each event once", async () => {
    const headers = await begin(at(a));
    const leaving = new AbortController();
    const r = await stream(at(b), { ...post(tool(2, "test_elicitation", { message: "Who?" }), headers), signal: leaving.signal });
    let last, question;
    for await (const { id, message } of events(r)) {
      last = id ?? last;
      if (message?.method === "elicitation/create") {
        question = message;
        break;
      }
    }
    leaving.abort();
    assert.equal((await rpc(at(b), { jsonrpc: "2.0", id: question.id, result: { action: "accept", content: { username: "Carol", email: "c@example.com" } } }, headers)).status, 202);
    const again = await stream(at(b), { headers: { accept: "text/event-stream", "last-event-id": last, ...headers } });
    const heard = [];
    for await (const { message } of events(again)) if (message) heard.push(message);
    assert.equal(heard.length, 1, JSON.stringify(heard));
    assert.match(JSON.stringify(heard[0].result), /Carol/);
  });

  test("a call is cancelled from the other node", async () => {
    const headers = await begin(at(a));
    const { aborted } = await upstream.state();
    const running = rpc(at(a), tool(7, "test_wait", { seconds: 20 }), headers);
    await eventually("it is at work", async () => (await upstream.state()).waiting > 0);
    assert.equal((await rpc(at(b), { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } }, headers)).status, 202);
    await running;
    await eventually("the tool was left alone", async () => (await upstream.state()).aborted > aborted);
  });

  test("a client that leaves one node is noticed at the other", async () => {
    const headers = await begin(at(a));
    const before = (await a.must(200, "GET", "/status")).queues.streams;
    const leaving = new AbortController();
    await stream(at(b), { headers: { accept: "text/event-stream", ...headers }, signal: leaving.signal });
    await eventually("the stream is there", async () => (await a.must(200, "GET", "/status")).queues.streams === before + 1);
    leaving.abort();
    await eventually("it has gone", async () => (await a.must(200, "GET", "/status")).queues.streams === before);
    await eventually("here, too", async () => (await b.must(200, "GET", "/status")).queues.streams === 0);
  });

  test("results of a program are read on at another node", async () => {
    const program = { version: 1, steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }], results: { all: { query: "SELECT name FROM zones" } } };
    const first = await a.api("POST", "/program", { program });
    assert.equal(first.status, 200, first.text);
    const { handle } = first.body;
    assert.ok(handle?.startsWith("kept_"), first.text);
    const [, before] = await cluster.passed();
    const next = await b.api("POST", "/program", { program: { version: 1, tables: { old: { kept: handle, result: "all" } }, results: { n: { query: "SELECT count(*) AS n FROM old" } } } });
    assert.equal(next.status, 200, next.text);
    assert.equal((await cluster.passed())[1], before + 1);
  });

  test("what a client says of being passed on means nothing, and is not handed on", async () => {
    const headers = await begin(at(a));
    const id = "req_000000000000000000zz";
    const r = await rpc(at(b), { jsonrpc: "2.0", id: 4, method: "ping" }, { ...headers, "postern-passed-on": `whatever ${id} 192.0.2.1 https` });
    assert.equal(r.status, 200, r.text);
    assert.notEqual(r.headers.get("x-request-id"), id);
  });

  test("strangers at the address for nodes are told nothing, whatever they send", async () => {
    const say = (bytes, more) =>
      new Promise((resolve) => {
        const socket = connect(a.inner, "127.0.0.1"), heard = [];
        socket.on("data", (d) => heard.push(d)).on("error", () => {}).on("close", () => resolve(Buffer.concat(heard)));
        socket.write(bytes);
        more?.(socket);
      });
    assert.ok((await say("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")).length <= 7, "at most an alert");
    assert.ok((await say(Buffer.alloc(70_000, 0x16))).length <= 7);
    // A body without an end: it is let go, and nothing is kept of it.
    await say("POST / HTTP/1.1\r\n", (socket) => {
      const drip = () => !socket.destroyed && socket.write(Buffer.alloc(65536), () => setImmediate(drip));
      drip();
    });
    // Whoever says nothing goes as well.
    await say("");
    // What a node said once, word for word, to a node that is still there.
    const recorded = a.recorder.said.map((parts) => Buffer.concat(parts)).filter((all) => all.length);
    assert.ok(recorded.length > 0);
    for (const bytes of recorded.slice(0, 5)) {
      const told = (await say(bytes, (socket) => setTimeout(() => socket.end(), 500))).toString("latin1");
      assert.ok(!told.includes("HTTP/1.1"), told);
    }
    assert.equal((await a.api("GET", "/readyz")).status, 200);
    const headers = await begin(at(a)); // and nodes still reach each other
    assert.equal((await rpc(at(b), { jsonrpc: "2.0", id: 5, method: "ping" }, headers)).status, 200);
  });

  test("what was recorded holds no word of what was said", async () => {
    const token = server.url.match(/pst_[\w-]+/)[0];
    for (const parts of b.recorder.said.concat(a.recorder.said)) assert.ok(!Buffer.concat(parts).toString("latin1").includes(token));
  });
});

describe("a node that is killed", { skip, concurrency: 1 }, () => {
  let cluster, upstream, server;
  const at = (node) => cluster.at(node, server.url);
  const capable = { meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } } };
  const ask = { name: "test_elicitation", arguments: { message: "Who?" } };
  before(async () => {
    upstream = await startConformance("sessions");
    cluster = await startBalanced(db.make(), 3, async (first) => (server = await serveAt(first, upstream.url)));
  });
  after(async () => {
    await cluster?.close();
    await upstream?.close();
  });

  test("takes with it what ran there: a legacy session and its client go on, all others agree who has it", async () => {
    const [owner, b, c] = cluster.nodes;
    const headers = await begin(at(owner));
    const client = await CLIENTS["SDK v1"].connect(server.url, { abilities: ABILITIES });
    const asked = await modern(at(owner), "tools/call", ask, capable);
    // One that runs there, asked for at another node: its client is told, and not left to wait.
    const broken = rpc(at(b), tool(9, "test_wait", { seconds: 60 }), headers);
    await eventually("it is at work", async () => (await upstream.state()).waiting > 0);
    await cluster.kill(owner);
    const r = await broken;
    assert.ok(r.status === 502 || /"error"/.test(r.text), `${r.status} ${r.text}`);
    assert.match(r.text, /ended before its answer/);

    // The session goes on, with questions that are asked at one and answered at the other.
    for (const [here, there] of [[b, c], [c, b]]) {
      const s = await stream(at(here), post(tool(2, "test_elicitation", { message: "Who?" }), headers));
      let result;
      for await (const { message } of events(s)) {
        if (message?.method === "elicitation/create") {
          const said = await rpc(at(there), { jsonrpc: "2.0", id: message.id, result: { action: "accept", content: { username: "Dora", email: "d@example.com" } } }, headers);
          assert.equal(said.status, 202, said.text);
        }
        if (message?.id === 2) result = message.result;
      }
      assert.match(JSON.stringify(result), /Dora/);
    }

    // The official client, through nginx: at worst one error, then all is well.
    for (let i = 0; i < 6; i++) {
      await client.listTools();
      assert.match(words(await call(client, "test_elicitation", { message: "Who?" })), /Alice/);
    }
    await client.close();

    // What was kept there is over, and says so; the call made again is answered.
    const late = await modern(at(b), "tools/call", { ...ask, requestState: asked.body.result.requestState, inputResponses: { question: { action: "accept", content: {} } } }, capable);
    assert.equal(late.body.error?.code, -32602, late.text);
    assert.match(late.body.error.message, /send the request again without requestState/);
    assert.equal((await modern(at(c), "tools/call", ask, capable)).body.result.resultType, "input_required");
  });
});
