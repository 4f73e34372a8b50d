// SPDX-License-Identifier: Apache-2.0
// MCP 2024-11-05 to 2025-11-25 on the wire: negotiation, headers, sessions, streams, batches, and nothing modern in
// results.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { rpc, start } from "../lib/postern.mjs";
import { schemaOf } from "../lib/schema.mjs";
import { serve, startConformance, startWorld } from "../lib/upstream.mjs";
import { eventually } from "../lib/wait.mjs";

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
      assert.deepEqual(r.body.result.capabilities, { tools: { listChanged: true } }, "a REST account offers tools only");
      assert.match(r.headers.get("mcp-session-id"), /^[\x21-\x7e]{40,}$/);
    });
  test("2024-11-05, whose own transport is another, is answered with itself", async () => {
    const r = await rpc(url, initialize("2024-11-05"));
    assert.equal(r.body.result.protocolVersion, "2024-11-05");
  });
  for (const asked of ["2026-07-28", "2030-01-01", "1.0", "", "2025-11-25 "])
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
    for (const version of ["2023-01-01", "2030-01-01", "1", "latest"]) {
      const r = await rpc(url, request("ping", undefined, 5), speaking(version));
      assert.deepEqual([r.status, r.body.id], [400, 5], `${version}: ${r.text}`);
    }
  });
});

// A session of its own, with its headers.
async function session(version = LATEST, { to = url, headers = {}, capabilities = {} } = {}) {
  const r = await rpc(to, request("initialize", { protocolVersion: version, capabilities, clientInfo: { name: "e2e", version: "1" } }), headers);
  assert.equal(r.status, 200, r.text);
  return { ...speaking(version), "mcp-session-id": r.headers.get("mcp-session-id"), ...headers };
}
const end = (headers, to = url) => fetch(to, { method: "DELETE", headers });

describe("sessions", () => {
  test("a request without one is answered, as far as nothing has to be remembered", async () => {
    assert.equal((await rpc(url, request("tools/list"), speaking(LATEST))).status, 200);
  });
  test("begin with capabilities of any letters, and serve", async () => {
    for (const letter of ["\\", '"', "\n", "\u0001", "/", "é", "\u{1f600}"])
      for (const n of [1, 100, 340, 900, 1000, 1010, 5000]) {
        for (const capabilities of [{ sampling: { x: letter.repeat(n) } }, { roots: { [letter.repeat(n)]: true }, extensions: { [letter]: { y: letter.repeat(n) } } }]) {
          const mine = await session(LATEST, { capabilities });
          assert.ok(mine["mcp-session-id"].length < 6144);
          assert.equal((await rpc(url, request("ping"), mine)).status, 200, `${n} of ${JSON.stringify(letter)}`);
        }
      }
  });
  test("live until DELETE, then 404", async () => {
    const mine = await session();
    assert.equal((await rpc(url, request("ping"), mine)).status, 200);
    assert.equal((await end(mine)).status, 204);
    for (const message of [request("ping"), { jsonrpc: "2.0", method: "notifications/initialized" }]) {
      const r = await rpc(url, message, mine);
      assert.deepEqual([r.status, r.body.error.code], [404, -32600]);
    }
    assert.equal((await end(mine)).status, 404);
    assert.equal((await fetch(url, { headers: { accept: "text/event-stream", ...mine } })).status, 404);
  });
  test("two of one client end apart", async () => {
    const [one, two] = [await session(), await session()];
    assert.notEqual(one["mcp-session-id"], two["mcp-session-id"]);
    await end(one);
    assert.equal((await rpc(url, request("ping"), two)).status, 200);
  });
  test("one that nobody gave, or that was changed by a character: 404", async () => {
    const mine = (await session())["mcp-session-id"];
    const middle = mine.length >> 1;
    const flipped = mine.slice(0, middle) + (mine[middle] === "A" ? "B" : "A") + mine.slice(middle + 1);
    for (const id of ["0123", "v1..", "v1.x.y", `${mine}A`, mine.slice(0, -1), flipped, "A".repeat(7000)]) {
      const r = await rpc(url, request("ping", undefined, 8), { ...speaking(LATEST), "mcp-session-id": id });
      assert.deepEqual([r.status, r.body?.id], [404, 8], id.slice(0, 40));
    }
  });
  test("one of another server, or of another API token: 404", async () => {
    const other = await world.server(await world.account());
    const mine = await session();
    assert.equal((await rpc(other.url, request("ping"), mine)).status, 404);
    assert.equal((await end(mine, other.url)).status, 404);
    const guarded = await world.server(await world.account(), { methods: ["read"], require_api_token_auth: true });
    const token = async () => ({ authorization: `Bearer ${(await world.must(201, "POST", "/api-token", { name: "client", role: "client" })).token}` });
    const [a, b] = [await token(), await token()];
    const held = await session(LATEST, { to: guarded.url, headers: a });
    assert.equal((await rpc(guarded.url, request("ping"), held)).status, 200);
    assert.equal((await rpc(guarded.url, request("ping"), { ...held, ...b })).status, 404);
    assert.equal((await rpc(guarded.url, request("ping"), { ...held, authorization: "" })).status, 401);
  });
  test("they live on in another process that has the key", async () => {
    const mine = await session("2025-03-26");
    const headers = { "mcp-session-id": mine["mcp-session-id"] };
    assert.equal((await rpc(url, [request("ping")], headers)).status, 200, "its version is in the id");
    const newer = { "mcp-session-id": (await session("2025-06-18"))["mcp-session-id"] };
    assert.equal((await rpc(url, [request("ping")], newer)).status, 400, "and so are its rules");
  });
  test("GET and DELETE need one", async () => {
    for (const method of ["GET", "DELETE"]) {
      const r = await fetch(url, { method, headers: { ...speaking(LATEST), accept: "text/event-stream" } });
      assert.equal(r.status, 400, method);
    }
    assert.equal((await fetch(url, { headers: { accept: "application/json", ...(await session()) } })).status, 406);
  });
  test("what the vendors do not offer is not there, in a session or not", async () => {
    const mine = await session();
    for (const method of ["prompts/list", "resources/list", "resources/subscribe", "logging/setLevel", "completion/complete"]) {
      const r = await rpc(url, request(method, { uri: "a:b", level: "info" }), mine);
      assert.deepEqual([r.status, r.body.error?.code], [200, -32601], method);
    }
  });
});

describe("the stream of a session", () => {
  const open = async (mine, more = {}) => {
    const stop = new AbortController();
    const r = await fetch(url, { headers: { accept: "text/event-stream", ...mine, ...more }, signal: stop.signal });
    assert.equal(r.status, 200);
    assert.match(r.headers.get("content-type"), /^text\/event-stream/);
    const reader = r.body.getReader();
    let text = "";
    return {
      // All that has come, once it matches.
      async until(pattern) {
        while (!pattern.test(text)) {
          const { value, done } = await reader.read();
          if (done) break;
          text += Buffer.from(value).toString();
        }
        assert.match(text, pattern);
        return text;
      },
      async over() {
        while (!(await reader.read()).done);
      },
      close: () => stop.abort(),
    };
  };
  const CHANGED = /data: (\{"jsonrpc":"2.0","method":"notifications\/tools\/list_changed"\})\n\n/;
  let mine, flip = false;
  const change = () => world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: (flip = !flip) ? ["list"] : ["read"] } });

  test("2025-11-25: begins with an id and empty data, and hears of changes with ids", async () => {
    mine = await session();
    const stream = await open(mine);
    assert.match(await stream.until(/\n\n/), /^id: \S+\nretry: \d+\ndata: ?\n\n$/);
    await change();
    assert.match(await stream.until(CHANGED), /\nid: \S+\nevent: message\ndata: /);
    stream.close();
  });
  for (const version of ["2025-03-26", "2025-06-18"])
    test(`${version}: has no empty event`, async () => {
      const stream = await open(await session(version));
      await change();
      assert.doesNotMatch(await stream.until(CHANGED), /data: ?\n/);
      stream.close();
    });
  test("each message goes to one of a session's streams, the newest that is read", async () => {
    const held = await session();
    const [first, second] = [await open(held), await open(held)];
    await first.until(/\n\n/), await second.until(/\n\n/);
    await change();
    await second.until(CHANGED);
    const late = await Promise.race([first.until(CHANGED).then(() => "told too"), new Promise((r) => setTimeout(r, 700, "silent"))]);
    assert.equal(late, "silent");
    first.close(), second.close();
  });
  test("a session has four at most: the oldest goes", async () => {
    const held = await session();
    const streams = [];
    for (let i = 0; i < 5; i++) streams.push(await open(held));
    await streams[0].over();
    await change();
    await streams[4].until(CHANGED);
    streams.forEach((s) => s.close());
  });
  test("taken up again with Last-Event-ID, it has what came meanwhile", async () => {
    const held = await session();
    const stream = await open(held);
    await change();
    const [, id] = (await stream.until(CHANGED)).match(/id: (\S+)\nretry/);
    stream.close();
    await new Promise((r) => setTimeout(r, 100));
    const again = await open(held, { "last-event-id": id });
    const text = await again.until(CHANGED);
    assert.equal(text.match(/list_changed/g).length, 1);
    await change();
    await again.until(/list_changed[^]*list_changed/);
    again.close();
    const unknown = await open(held, { "last-event-id": "77-1" });
    await unknown.until(/^id: /);
    unknown.close();
  });
  test("ends with DELETE, and with the server's URL", async () => {
    const held = await session();
    const stream = await open(held);
    await end(held);
    await stream.over();
  });
});

describe("2024-11-05", () => {
  // The stream of a session, its messages, and the address to post to.
  async function pair(to = url) {
    const stop = new AbortController();
    const address = to.replace("/mcp/", "/sse/");
    const r = await fetch(address, { headers: { accept: "text/event-stream" }, signal: stop.signal });
    assert.equal(r.status, 200);
    const reader = r.body.getReader();
    let text = "";
    const event = async () => {
      while (!text.includes("\n\n")) {
        const { value, done } = await reader.read();
        if (done) return undefined;
        text += Buffer.from(value).toString();
      }
      const at = text.indexOf("\n\n");
      const lines = text.slice(0, at).split("\n");
      text = text.slice(at + 2);
      const field = (name) => lines.find((l) => l.startsWith(`${name}: `))?.slice(name.length + 2);
      return lines.every((l) => l.startsWith(":")) ? event() : { event: field("event"), id: field("id"), data: field("data") };
    };
    const endpoint = await event();
    assert.equal(endpoint.event, "endpoint");
    assert.match(endpoint.data, /^\/sse\/pst_[\w-]+\/message\?session=\S+$/);
    const messages = new URL(endpoint.data, address).href;
    return {
      messages,
      post: (message) => rpc(messages, message),
      async next() {
        const e = await event();
        assert.ok(e === undefined || (e.event === "message" && e.id === undefined), JSON.stringify(e));
        return e && JSON.parse(e.data);
      },
      close: () => stop.abort(),
    };
  }

  test("a session from the first event to a call", async () => {
    const schema = schemaOf("2024-11-05");
    const p = await pair();
    const posted = await p.post(initialize("2024-11-05"));
    assert.deepEqual([posted.status, posted.text], [202, ""]);
    const hello = await p.next();
    schema.check("InitializeResult", hello.result);
    assert.deepEqual([hello.id, hello.result.protocolVersion], [0, "2024-11-05"]);
    assert.equal((await p.post({ jsonrpc: "2.0", method: "notifications/initialized" })).status, 202);
    await p.post(request("tools/list", {}, "l"));
    const list = await p.next();
    schema.check("ListToolsResult", list.result);
    await p.post(request("tools/call", { name: ZONES, arguments: { name: "example.com" } }, 2));
    const call = await p.next();
    assert.equal(call.id, 2);
    assert.equal(JSON.parse(call.result.content[0].text).result[0].name, "example.com");
    await p.post(request("nonsense", {}, 3));
    assert.equal((await p.next()).error.code, -32601);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["get"] } });
    assert.equal((await p.next()).method, "notifications/tools/list_changed");
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["read"] } });
    p.close();
  });
  test("newer versions are spoken on it too", async () => {
    const p = await pair();
    await p.post(initialize("2025-06-18"));
    assert.equal((await p.next()).result.protocolVersion, "2025-06-18");
    p.close();
  });
  test("without its stream a session is none; its id is none of /mcp, and theirs none here", async () => {
    const p = await pair();
    const id = new URL(p.messages).searchParams.get("session");
    assert.equal((await rpc(url, request("ping"), { "mcp-session-id": id })).status, 404);
    const theirs = (await session())["mcp-session-id"];
    assert.equal((await rpc(p.messages.replace(/session=.*/, `session=${theirs}`), request("ping"))).status, 404);
    assert.equal((await rpc(p.messages.replace(/session=.*/, ""), request("ping"))).status, 404);
    p.close();
    for (let tries = 0; (await p.post(request("ping"))).status !== 404; tries++) assert.ok(tries < 500, "it stays");
  });
  test("the same checks as elsewhere", async () => {
    const address = url.replace("/mcp/", "/sse/");
    const status = async (to, options) => (await fetch(to, options)).status;
    assert.equal(await status(`${address}x`, { headers: { accept: "text/event-stream" } }), 404);
    assert.equal(await status(address, { headers: { accept: "text/event-stream", origin: "https://elsewhere.example" } }), 403);
    assert.equal(await status(address, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }), 405);
    assert.equal(await status(address, { headers: { accept: "application/json" } }), 406);
    const p = await pair();
    assert.equal(await status(p.messages, { headers: { accept: "text/event-stream" } }), 405);
    assert.equal(await status(p.messages, { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" }), 415);
    assert.equal(await status(p.messages, { method: "POST", headers: { "content-type": "application/json" }, body: "{" }), 400);
    p.close();
  });
});

// Over a vendor that asks and reports while a call runs. Two loops, so that an answer comes in on another one.
describe("a request of a session", () => {
  let away, upstream, remote;
  before(async () => {
    away = await startWorld({ loops: 2 });
    upstream = await startConformance("sessions");
    remote = await serve(away, upstream.url);
  });
  after(async () => {
    await upstream?.close();
    await away?.close();
  });
  const own = (capabilities = {}, version = LATEST) => session(version, { to: remote.url, capabilities });
  const tool = (name, args = {}, id = 1, meta = {}) => request("tools/call", { name, arguments: args, _meta: meta }, id);

  // The answer to a POST as it comes: events with their ids, or plain JSON.
  async function post(headers, message, more = {}) {
    const stop = new AbortController();
    const r = await fetch(remote.url, { method: "POST", headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers, ...more }, body: JSON.stringify(message), signal: stop.signal });
    return Object.assign(events(r), { close: () => stop.abort() });
  }
  async function resume(headers, id) {
    const stop = new AbortController();
    const r = await fetch(remote.url, { headers: { accept: "text/event-stream", ...headers, "last-event-id": id }, signal: stop.signal });
    return Object.assign(events(r), { close: () => stop.abort() });
  }
  function events(r) {
    const reader = r.body.getReader();
    let text = "";
    return {
      status: r.status,
      type: r.headers.get("content-type"),
      // { id, message }; undefined at the end.
      async next() {
        for (;;) {
          const at = text.indexOf("\n\n");
          if (at >= 0) {
            const block = text.slice(0, at);
            text = text.slice(at + 2);
            const data = block.match(/^data: ?(.*)$/m)?.[1];
            if (data === undefined) continue; // a comment
            return { id: block.match(/^id: (.*)$/m)?.[1], message: data ? JSON.parse(data) : undefined };
          }
          const { value, done } = await reader.read();
          if (done) return undefined;
          text += Buffer.from(value).toString();
        }
      },
      async rest() {
        const all = [];
        for (let e; (e = await this.next()); ) all.push(e.message);
        return all;
      },
    };
  }
  const answer = (headers, id, result) => rpc(remote.url, { jsonrpc: "2.0", id, result }, headers);
  const accept = { action: "accept", content: { username: "ada", email: "ada@example.com" } };

  test("with nothing before the result it is plain JSON", async () => {
    const r = await post(await own(), tool("test_tool_with_progress"));
    assert.match(r.type, /^application\/json/);
  });
  test("progress comes before it under the client's own token, whatever its type", async () => {
    for (const token of ["t-1", 7]) {
      const r = await post(await own(), tool("test_tool_with_progress", {}, "p", { progressToken: token }));
      assert.match(r.type, /^text\/event-stream/);
      const first = await r.next();
      assert.equal(first.message, undefined, "a priming event");
      const rest = await r.rest();
      assert.deepEqual(rest.map((m) => m.params?.progressToken ?? m.id), [token, token, token, "p"]);
      for (const m of rest.slice(0, -1)) schemas[LATEST].check("ProgressNotification", m);
    }
  });
  test("a client that takes no events hears of none, and gets its result", async () => {
    const r = await rpc(remote.url, tool("test_tool_with_progress", {}, 3, { progressToken: 1 }), { ...(await own()), accept: "application/json" });
    assert.equal(r.body.result.isError ?? false, false);
  });
  test("a POST that broke off goes on, and a GET with Last-Event-ID gets the rest, once", async () => {
    const mine = await own({ elicitation: {} });
    const r = await post(mine, tool("test_elicitation", { message: "Who?" }, "e"));
    const primed = await r.next();
    const question = (await r.next()).message;
    assert.equal(question.method, "elicitation/create");
    r.close();
    const again = await resume(mine, primed.id);
    assert.deepEqual((await again.next()).message, question, "what came after the id comes again");
    assert.equal((await answer(mine, question.id, accept)).status, 202);
    const [last, ...more] = await again.rest();
    assert.deepEqual([last.id, more], ["e", []]);
    assert.match(JSON.stringify(last.result), /ada/);
    // Over by now: what it was can still be had, then the stream ends.
    assert.deepEqual((await (await resume(mine, primed.id)).rest()).map((m) => m.id), [question.id, "e"]);
  });
  test("an answer counts from the session that was asked, and once", async () => {
    const [mine, theirs] = [await own({ elicitation: {} }), await own({ elicitation: {} })];
    const r = await post(mine, tool("test_elicitation", { message: "Who?" }, "e"));
    await r.next();
    const question = (await r.next()).message;
    assert.match(question.id, /^[0-9a-f]{30}$/);
    for (const headers of [theirs, speaking(LATEST)]) assert.equal((await answer(headers, question.id, { action: "accept", content: { username: "mallory", email: "m@example.com" } })).status, 202);
    await answer(mine, "0", accept);
    await answer(mine, question.id, accept);
    await answer(mine, question.id, { action: "decline" });
    const [last] = await r.rest();
    assert.match(JSON.stringify(last.result), /ada/);
    assert.doesNotMatch(JSON.stringify(last.result), /mallory/);
  });
  test("who declared nothing is asked nothing, in a session or without", async () => {
    for (const headers of [await own(), speaking(LATEST)]) {
      const r = await rpc(remote.url, tool("test_elicitation", { message: "Who?" }), headers);
      assert.equal(r.status, 200);
      assert.ok(r.body.result.isError, r.text);
    }
  });
  // What an earlier test called off still counts as waiting for a moment.
  const quiet = () => eventually("nobody waits", async () => (await upstream.state()).waiting === 0);
  test("notifications/cancelled ends that request of that session, upstream too", async () => {
    const [mine, theirs] = [await own(), await own()];
    await quiet();
    const before = (await upstream.state()).aborted;
    const cancel = (headers, requestId) => rpc(remote.url, { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } }, headers);
    const slow = rpc(remote.url, tool("test_wait", { seconds: 20 }, 11), mine);
    const other = rpc(remote.url, tool("test_wait", { seconds: 1 }, 12), mine);
    await eventually("both are at work", async () => (await upstream.state()).waiting === 2);
    await cancel(theirs, 11);
    await cancel(speaking(LATEST), 11);
    await cancel(mine, "11");
    assert.match((await other).text, /Waited 1 s/);
    assert.equal((await upstream.state()).aborted, before, "not theirs to cancel, and not that id");
    await cancel(mine, 11);
    const r = await slow;
    assert.deepEqual([r.status, r.text], [200, ""], "no response");
    await eventually("the tool was left alone", async () => (await upstream.state()).aborted === before + 1);
  });
  // Whichever of its requests is cancelled: what came before it is answered, what comes after it is not run, and says so.
  for (const at of [0, 1, 2])
    test(`a batch whose request ${at + 1} of 3 is cancelled is answered for the others`, async () => {
      const mine = await own({}, "2025-03-26");
      const batch = [0, 1, 2].map((i) => (i === at ? tool("test_wait", { seconds: 20 }, i) : request("ping", undefined, i)));
      await quiet();
      const answer = rpc(remote.url, batch, mine);
      await eventually("it is at work", async () => (await upstream.state()).waiting === 1);
      await rpc(remote.url, { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: at } }, mine);
      const r = await answer;
      assert.equal(r.status, 200, r.text);
      assert.deepEqual(r.body.map((m) => [m.id, m.error?.code]), [0, 1, 2].filter((i) => i !== at).map((i) => [i, i < at ? undefined : -32603]), r.text);
    });
  test("a batch of which only the cancelled request is left is withdrawn", async () => {
    const mine = await own({}, "2025-03-26");
    await quiet();
    const answer = rpc(remote.url, [tool("test_wait", { seconds: 20 }, 1), { jsonrpc: "2.0", method: "notifications/initialized" }], mine);
    await eventually("it is at work", async () => (await upstream.state()).waiting === 1);
    await rpc(remote.url, { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }, mine);
    const r = await answer;
    assert.deepEqual([r.status < 300, r.text], [true, ""]);
  });
  test("DELETE ends what runs, and the vendor's session", async () => {
    const mine = await own();
    await quiet();
    const before = await upstream.state();
    const slow = rpc(remote.url, tool("test_wait", { seconds: 20 }, 1), mine);
    await eventually("it is at work", async () => (await upstream.state()).waiting === 1);
    assert.equal((await end(mine, remote.url)).status, 204);
    assert.equal((await slow).text, "");
    await eventually("both are over", async () => {
      const now = await upstream.state();
      return now.aborted > before.aborted && now.closed > before.closed;
    });
  });
  test("a level and subscriptions need a session", async () => {
    for (const [method, params] of [["logging/setLevel", { level: "error" }], ["resources/subscribe", { uri: "test://watched-resource" }]]) {
      const r = await rpc(remote.url, request(method, params, "s"), speaking(LATEST));
      assert.deepEqual([r.status, r.body.id, r.body.error.code], [400, "s", -32600]);
      assert.deepEqual((await rpc(remote.url, request(method, params), await own())).body.result, {});
    }
    const bad = await rpc(remote.url, request("logging/setLevel", { level: "loud" }), await own());
    assert.equal(bad.body.error.code, -32602);
  });
  test("log messages come down to the level that the session set", async () => {
    const mine = await own();
    const logged = async () => (await post(mine, tool("test_tool_with_logging")).then((r) => (/json/.test(r.type) ? [] : r.rest()))).filter((m) => m?.method === "notifications/message").length;
    assert.equal(await logged(), 3);
    await rpc(remote.url, request("logging/setLevel", { level: "emergency" }), mine);
    assert.equal(await logged(), 0);
  });
  test("a cursor that is not ours, and a resource that is not there", async () => {
    const mine = await own();
    for (const cursor of ["x", "MQ", "MmEKKw", 7]) {
      const r = await rpc(remote.url, request("prompts/list", { cursor }), mine);
      assert.equal(r.body.error?.code, -32602, String(cursor));
    }
    const r = await rpc(remote.url, request("resources/read", { uri: "test://no-such" }), mine);
    assert.deepEqual([r.body.error.code, r.body.error.data], [-32002, { uri: "test://no-such" }]);
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
  test("each member has its own answer, a bad one its error, by JSON-RPC 2.0 §6", async () => {
    const bad = {
      "no object": [1, null],
      "an array": [[request("ping", undefined, 9)], null],
      "null": [null, null],
      "nothing of JSON-RPC": [{ foo: "boo" }, null],
      "an id that is none": [{ jsonrpc: "2.0", id: {}, method: "ping" }, null],
      "a method that is none": [{ jsonrpc: "2.0", id: 9, method: 1, params: "bar" }, 9],
      "parameters that are none": [{ jsonrpc: "2.0", id: 9, method: "ping", params: 1 }, 9],
      "neither request nor response": [{ jsonrpc: "2.0", id: 9 }, 9],
      "one of 2026-07-28": [{ jsonrpc: "2.0", id: 9, method: "ping", params: { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } } }, 9],
    };
    for (const [how, [member, id]] of Object.entries(bad))
      for (const at of [0, 1, 2]) {
        const batch = [request("ping", undefined, "a"), request("ping", undefined, "b")];
        batch.splice(at, 0, member);
        const r = await rpc(url, batch, speaking("2025-03-26"));
        assert.equal(r.status, 200, `${how}: ${r.text}`);
        const wanted = ["a", "b"].map((x) => [x, "ok"]);
        wanted.splice(at, 0, [id, -32600]);
        assert.deepEqual(r.body.map((m) => [m.id, m.error?.code ?? "ok"]), wanted, how);
      }
    const r = await rpc(url, [1, 2, 3], speaking("2025-03-26"));
    assert.deepEqual([r.status, r.body.map((m) => [m.id, m.error.code])], [200, Array(3).fill([null, -32600])]);
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
