// SPDX-License-Identifier: Apache-2.0
// Vendors that flood, stall, dribble, lie and change under way, in each transport: a clear error within a limit, bounded
// memory, and the next call works. And clients that try to use what is another's: sessions, states, cursors.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { accountId, call, PLACES, residentKiB, said, startWithVendors, toolNames, works } from "../lib/oauth.mjs";
import { modern, rpc } from "../lib/postern.mjs";
import { serve, startConformance } from "../lib/upstream.mjs";
import { eventually } from "../lib/wait.mjs";

const MiB = 1024;
const MOST_GROWTH = 96 * MiB; // KiB; a vendor may send 2 GiB
// Small enough that every limit is met within seconds.
const settings = { upstream_first_byte_timeout: "4s", upstream_stall_timeout: "3s", upstream_timeout: "6s", call_timeout: "12s", upstream_body_bytes: "1MiB" };
const TRANSPORTS = {
  "modern, stateless": ["cloudflare", "/bindings/mcp", "workers_list"],
  "sessions over Streamable HTTP": ["cloudinary", "/mcp", "list-tags"],
  "HTTP+SSE": ["cloudinary", "/sse", "list-tags"],
};

let world, servers;
before(async () => {
  world = await startWithVendors({ settings });
  servers = {};
  for (const [name, [vendor, path]] of Object.entries(TRANSPORTS)) {
    const { account } = await world.connect(vendor, { path });
    servers[name] = Object.assign(await world.server(account), { account });
  }
});
after(() => world?.close());
beforeEach(() => world.vendors.calm());

// An error of either kind, with words; undefined when the call went well.
const trouble = (server, tool, options) =>
  call(server, tool, {}, options).then(
    (result) => (result.isError ? said(result) : undefined),
    (error) => error.message,
  );

describe("a vendor that answers", () => {
  // What must come of it: a message that says what, or "fine" where the answer is none the worse.
  const FAULTS = {
    "with 2 GiB": ["huge", { bytes: 2 ** 31 - 65536 }, /large|limit|most|passes|exceeds|MiB|bytes/i],
    "with 10,000 notifications first": ["flood", { count: 10_000 }, "fine", /limit|too many|most/i],
    "half, and then nothing": ["stall", {}, /stall|time|nothing|silent|answer/i],
    "a byte at a time": ["dribble", { bytes: 1, delay_ms: 50 }, /time|slow|stall|within/i],
    "broken JSON": ["broken_json", {}, /JSON|broken|parse|understood|valid/i],
    "100,000 levels deep": ["deep_json", {}, /deep|depth|nest|level|JSON|large|bytes/i],
    "500 levels deep": ["deep_json", { depth: 500 }, /deep|depth|nest|level/i],
    "with an end and no answer": ["end_stream", {}, /end|answer|closed|broke/i],
    "another request": ["wrong_id", {}, /answer|end|another|id|time|closed/i],
    "twice": ["twice", {}, "fine", /JSON/],
    "with a result that is none": ["result", { result: { content: "text" } }, "fine", /result|content|valid|answer/i],
    "with an error of its own": ["rpc_error", { code: -32050, message: "the moon is wrong" }, /the moon is wrong/],
    "with HTML": ["wrong_type", {}, /HTML|type|MCP|answer/i],
    "with a status": ["status", { status: 500, body: "<h1>Oops</h1>" }, /500/],
    "by hanging up": ["drop", {}, /closed|connection|reset|answer|empty/i],
    "with a header of 256 KiB": ["huge_header", { bytes: 262_144 }, "fine", /header|large|limit/i],
  };
  for (const [name, [kind, more, ...wanted]] of Object.entries(FAULTS))
    test(name, async () => {
      const { pid } = world.postern.program.child;
      const before = await residentKiB(pid);
      await Promise.all(
        Object.entries(TRANSPORTS).map(async ([transport, [vendor, path, tool]]) => {
          await world.vendors.fault(vendor, kind, { method: "tools/call", path }, { times: 10, ...more });
          const got = await trouble(servers[transport], tool);
          const fits = wanted.some((w) => (w === "fine" ? got === undefined : got !== undefined && w.test(got)));
          assert.ok(fits, `${transport}: expected ${wanted.join(" or ")}, got ${got ?? "a result"}`);
        }),
      );
      const grown = (await residentKiB(pid)) - before;
      assert.ok(grown < MOST_GROWTH, `expected at most ${MOST_GROWTH} KiB more, got ${grown}`);
      await world.vendors.calm();
      for (const [transport, [, , tool]] of Object.entries(TRANSPORTS)) await eventually(`the next call works (${transport})`, async () => (await trouble(servers[transport], tool)) === undefined);
    });

  test("many of them at once: memory stays bounded, others are served meanwhile", async () => {
    const { pid } = world.postern.program.child;
    const before = await residentKiB(pid);
    await world.vendors.fault("cloudflare", "huge", { method: "tools/call" }, { times: 100, bytes: 256 * 2 ** 20 });
    await world.vendors.fault("cloudinary", "stall", { method: "tools/call" }, { times: 100 });
    const bad = Array.from({ length: 40 }, (_, i) => trouble(servers[Object.keys(servers)[i % 3]], i % 3 ? "list-tags" : "workers_list"));
    assert.equal((await world.api("GET", "/healthz")).status, 200);
    assert.equal((await toolNames(servers["modern, stateless"])).includes("workers_list"), true);
    for (const got of await Promise.all(bad)) assert.ok(got, "expected every call to fail with words");
    const grown = (await residentKiB(pid)) - before;
    assert.ok(grown < 2 * MOST_GROWTH, `expected at most ${2 * MOST_GROWTH} KiB more, got ${grown}`);
  });
});

describe("a vendor whose list of tools", () => {
  const made = async (t, options) => {
    const vendor = await startAuthVendor(options);
    vendor.open = true;
    t.after(() => vendor.close());
    return vendor;
  };
  const add = (vendor, name) => world.api("POST", "/integrated-account", { url: vendor.url, name, way: "open", credential: {} });

  test("never ends: the same cursor for ever, and a new one for ever", async (t) => {
    for (const [name, cursor] of [["same", () => "again"], ["new", (n) => `page-${n}`]]) {
      let page = 0;
      const vendor = await made(t, {
        answer: (request) => {
          if (!request.body.includes('"tools/list"')) return undefined;
          const { id } = JSON.parse(request.body);
          return { body: { jsonrpc: "2.0", id, result: { tools: [{ name: `list_${page}`, inputSchema: { type: "object" } }], nextCursor: cursor(page++) } } };
        },
      });
      const r = await add(vendor, `endless-${name}`);
      assert.ok(page < 5000, `expected a limit, got ${page} pages`);
      if (r.status === 201) {
        const report = await world.must(200, "POST", `/integrated-account/${r.body.id}/doctor`);
        assert.match(JSON.stringify(report), /cursor|pages|tools/i);
      } else assert.match(r.body.error.message, /cursor|pages|tools/i);
    }
  });

  test("is absurd: a hundred thousand, a megabyte each, the same name twice, names and schemas that are none", async (t) => {
    const schema = { type: "object" };
    const lists = {
      many: Array.from({ length: 100_000 }, (_, i) => ({ name: `list_${i}`, inputSchema: schema })),
      large: [{ name: "list_large", description: "x".repeat(900_000), inputSchema: schema }, { name: "list_small", inputSchema: schema }],
      twins: [{ name: "list_twin", description: "one", inputSchema: schema }, { name: "list_twin", description: "two", inputSchema: schema }],
      odd: [null, 7, "list", [], {}, { name: 7, inputSchema: schema }, { name: "", inputSchema: schema }, { name: "list\u0000x", inputSchema: schema }, { name: "x".repeat(5000), inputSchema: schema }, { name: "list_no_schema" }, { name: "list_bad_schema", inputSchema: "no" }, { name: "list_good", inputSchema: schema, annotations: { readOnlyHint: true } }],
    };
    for (const [name, tools] of Object.entries(lists)) {
      const vendor = await made(t, { tools });
      const r = await add(vendor, `absurd-${name}`);
      assert.ok(r.status === 201 || r.body?.error?.message, `${name}: ${r.status} ${r.text.slice(0, 500)}`);
      assert.equal((await world.api("GET", "/healthz")).status, 200);
      if (name !== "odd" || r.status !== 201) continue;
      const names = await toolNames(await world.server(r.body));
      assert.deepEqual(names, ["list_good", "list_no_schema"], `expected the sound tools, and one without arguments, got ${names}`);
    }
  });

  test("changes while one of them is called: the call ends well, the list follows", async () => {
    const server = servers["sessions over Streamable HTTP"];
    await world.vendors.fault("cloudinary", "busy", { tool: "list-tags" }, { delay_ms: 1000 });
    const calling = call(server, "list-tags");
    await eventually("it is under way", async () => (await world.vendors.counters("cloudinary")).faults.busy === 1);
    await world.vendors.tools("cloudinary", [{ op: "remove", tool: "list-tags" }]);
    const result = await calling;
    assert.ok(!result.isError, said(result));
    await eventually("it is gone from the list", async () => !(await toolNames(server)).includes("list-tags"));
    await assert.rejects(call(server, "list-tags"), (e) => e.code === -32602);
  });
});

describe("what is another's", () => {
  test("two clients of one server have a session each upstream, and neither's id opens anything", async () => {
    const server = await world.server(servers["sessions over Streamable HTTP"].account, { require_api_token_auth: true });
    const clients = [];
    for (const name of ["one", "two"]) {
      const { token } = await world.must(201, "POST", "/api-token", { name, role: "client" });
      clients.push({ token, client: await CLIENTS["SDK v1"].connect(server.url, { headers: { authorization: `Bearer ${token}` } }) });
    }
    const before = (await world.vendors.control("cloudinary", "GET", "sessions")).map((s) => s.id);
    for (const { client } of clients) assert.ok(!(await client.callTool({ name: "search-folders", arguments: {} })).isError);
    const sessions = (await world.vendors.control("cloudinary", "GET", "sessions")).map((s) => s.id);
    assert.ok(new Set([...before, ...sessions]).size >= 2, `expected two sessions at least, got ${sessions}`);
    const used = (await world.vendors.requests("cloudinary")).filter((r) => /search-folders/.test(r.body.text ?? "")).map((r) => r.headers.find(([n]) => n.toLowerCase() === "mcp-session-id")?.[1]);
    assert.equal(new Set(used).size, 2, `expected a session upstream for each, got ${used}`);
    const [one, two] = clients;
    const id = one.client.transport.sessionId;
    for (const session of [id, used[0], used[1]].filter(Boolean)) {
      const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/list" }, { authorization: `Bearer ${two.token}`, "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" });
      assert.ok(r.status === 404 || r.status === 400, `${session}: expected 404, got ${r.status} ${r.text}`);
    }
    const r = await fetch(server.url, { method: "DELETE", headers: { authorization: `Bearer ${two.token}`, ...(id ? { "mcp-session-id": id } : {}) } });
    assert.ok(r.status >= 400 || !id, `expected a refusal to end another's session, got ${r.status}`);
    assert.ok(!(await one.client.callTool({ name: "search-folders", arguments: {} })).isError, "it is alive");
    for (const { client } of clients) await client.close();
  });

  test("session ids that nobody gave out", async () => {
    const { url } = servers["HTTP+SSE"];
    for (const id of ["x", "A".repeat(4000), "../../etc/passwd", "0".repeat(64), "' OR 1=1 --", "%00"]) {
      for (const method of ["POST", "GET", "DELETE"]) {
        const r = await fetch(url, { method, headers: { "mcp-session-id": id, "mcp-protocol-version": "2025-11-25", accept: "application/json, text/event-stream", "content-type": "application/json" }, ...(method === "POST" ? { body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }) } : {}) });
        await r.body?.cancel();
        assert.ok(r.status >= 400 && r.status < 500, `${method} ${id.slice(0, 20)}: expected 4xx, got ${r.status}`);
      }
    }
  });

  test("states and answers: altered, of another server, of another request, too large, none at all", async (t) => {
    const upstream = await startConformance("modern");
    t.after(() => upstream.close());
    const [mine, other] = [await serve(world, upstream.url), await serve(world, upstream.url)];
    const name = "test_input_required_result_request_state";
    const meta = { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } };
    const ask = (server, params) => modern(server.url, "tools/call", { name, arguments: {}, ...params }, { meta });
    const first = (await ask(mine, {})).body.result;
    assert.equal(first.resultType, "input_required", JSON.stringify(first));
    const inputResponses = Object.fromEntries(Object.keys(first.inputRequests ?? {}).map((key) => [key, { action: "accept", content: { ok: true, name: "Alice", confirmed: true, username: "alice" } }]));
    const state = first.requestState;
    assert.ok(state);
    const middle = Math.floor(state.length / 2);
    const forged = {
      altered: state.slice(0, middle) + (state[middle] === "A" ? "B" : "A") + state.slice(middle + 1),
      cut: state.slice(0, -5),
      empty: "",
      words: "let me in",
      "JSON of ours": Buffer.from('{"principal":"admin"}').toString("base64url"),
      large: "A".repeat(1_000_000),
    };
    for (const [what, requestState] of Object.entries(forged)) {
      const r = await ask(mine, { requestState, inputResponses });
      assert.equal(r.body?.error?.code, -32602, `${what}: expected -32602, got ${r.text.slice(0, 300)}`);
    }
    for (const [what, r] of [
      ["at another server", await ask(other, { requestState: state, inputResponses })],
      ["for another tool", await modern(mine.url, "tools/call", { name: "test_simple_text", arguments: {}, requestState: state, inputResponses }, { meta })],
      ["for other arguments", await ask(mine, { arguments: { changed: true }, requestState: state, inputResponses })],
    ])
      assert.equal(r.body?.error?.code, -32602, `${what}: expected -32602, got ${r.text.slice(0, 300)}`);
    const done = await ask(mine, { requestState: state, inputResponses });
    assert.equal(done.body.result?.resultType, "complete", done.text);
  });

  test("cursors: altered, of another server, of another list", async (t) => {
    const upstream = await startConformance("modern");
    t.after(() => upstream.close());
    const server = await serve(world, upstream.url);
    for (const method of ["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
      for (const cursor of ["x", "0", "-1", "99999999999999999999", "../..", "A".repeat(10_000), "\u0000"]) {
        const r = await modern(server.url, method, { cursor });
        assert.ok(r.body?.error?.code === -32602, `${method} ${JSON.stringify(cursor.slice(0, 20))}: expected -32602, got ${r.status} ${r.text.slice(0, 200)}`);
      }
  });

  test("results of one account never come to the server of another", async () => {
    const ids = [accountId("web"), accountId("retail")];
    const both = [];
    for (const account of ids) both.push(await world.server((await world.connect("cloudflare", { answer: { account } })).account));
    const lists = await Promise.all(Array.from({ length: 60 }, (_, i) => works(both[i % 2], "workers_list")));
    const [web, retail] = [said(lists[0]), said(lists[1])];
    assert.notEqual(web, retail);
    lists.forEach((result, i) => assert.equal(said(result), i % 2 ? retail : web, `call ${i} has the other's answer`));
  });

  test("no header of a vendor's comes to the client, but for the rate limit", async (t) => {
    const vendor = await startAuthVendor({
      answer: (request) =>
        request.body.includes('"tools/call"')
          ? { headers: { "set-cookie": "a=b", "x-vendor": "1", "mcp-session-id": "vendors-own", "access-control-allow-origin": "*", "ratelimit-limit": "10", "ratelimit-remaining": "9", "ratelimit-reset": "5" }, body: { jsonrpc: "2.0", id: JSON.parse(request.body).id, result: { content: [{ type: "text", text: "x" }] } } }
          : undefined,
    });
    vendor.open = true;
    t.after(() => vendor.close());
    const server = await serve(world, vendor.url);
    const r = await modern(server.url, "tools/call", { name: "list_things", arguments: {} });
    for (const name of ["set-cookie", "x-vendor", "mcp-session-id", "access-control-allow-origin"]) assert.equal(r.headers.get(name), null, name);
    assert.equal(r.headers.get("ratelimit-remaining"), "9");
  });
});

test("after all that: no session, stream or request is left hanging", async () => {
  await world.vendors.calm();
  for (const [name, [, , tool]] of Object.entries(TRANSPORTS)) assert.equal(await trouble(servers[name], tool === "list-tags" ? "search-folders" : PLACES.cloudflare.tool), undefined, name);
  // Streams of sessions and feeds stay as long as these do, and those who run tiles and tell webhooks as long as the program;
  // whatever else waits for long waits in vain.
  const lasting = /feed|watch|listen|mcp stream|^dashboards$|^webhooks$/;
  let waiting;
  await eventually("no request waits", async () => {
    waiting = (await world.must(200, "GET", "/status")).loops.flatMap((loop) => loop.fibers).filter((f) => f.age_ms > 20_000 && !lasting.test(f.name));
    return !waiting.length;
  }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(waiting)}`));
});
