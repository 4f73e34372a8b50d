// SPDX-License-Identifier: Apache-2.0
// Vendors' MCP servers as they are: members that are null or of another type, schemas that nobody can compile, names that
// hosts refuse, lists without an end, results in forms of their own. One part costs itself, and the official clients, which
// check a whole list or result at once, take all the rest.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { Browser } from "../lib/oauth.mjs";
import { rpc } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { schemaOf } from "../lib/schema.mjs";
import { connectUrl, postern, serve, startWorld } from "../lib/upstream.mjs";

const HINT = { annotations: { readOnlyHint: true } };
const tool = (name, more = {}) => ({ name, description: `Gets ${name}.`, inputSchema: { type: "object" }, ...HINT, ...more });
const legacy = { tools: { listChanged: false }, prompts: {}, resources: {} };

// An MCP server of 2025-11-25 without sessions. `methods`: by name, a result or a function of the params and the whole
// message; `raw`, before them, answers a request by itself.
async function startPlain(methods, { raw = () => undefined } = {}) {
  const all = {
    initialize: { protocolVersion: "2025-11-25", capabilities: legacy, serverInfo: { name: "plain", version: "1" } },
    ping: {},
    ...methods,
  };
  const server = await startRecorder(async (request) => {
    const message = request.body ? JSON.parse(request.body) : {};
    request.message = message;
    const own = await raw(request, message);
    if (own) return own;
    if (request.method !== "POST") return { status: 405 };
    if (message.id === undefined) return { status: 202, body: "" };
    const entry = all[message.method];
    if (entry === undefined) return { body: { jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "Method not found" } } };
    const result = typeof entry === "function" ? await entry(message.params ?? {}, message) : entry;
    return { body: typeof result === "string" ? result.replace("$ID", JSON.stringify(message.id)) : { jsonrpc: "2.0", id: message.id, result } };
  });
  return Object.assign(server, { mcp: `${server.url}/mcp`, seen: (method) => server.requests.filter((r) => r.message?.method === method) });
}

let world;
const open = [];
let serial = 0;
before(async () => {
  world = await startWorld({ upstream_allow: ["127.0.0.0/8"] });
});
after(async () => {
  for (const vendor of open) await vendor.close();
  await world?.close();
});
const vendorOf = async (methods, more) => {
  const vendor = await startPlain(methods, more);
  open.push(vendor);
  return vendor;
};
const served = async (methods, more) => {
  const vendor = await vendorOf(methods, more);
  return Object.assign(await serve(world, vendor.mcp), { vendor });
};
// Whatever can be approved is; what cannot says why.
async function approveEach(account) {
  const { items } = await world.must(200, "GET", `/integrated-account/${account.id}/tools?limit=1000`);
  for (const { name } of items) await world.api("POST", `/integrated-account/${account.id}/tools/${encodeURIComponent(name)}/approve`);
}
async function eachClient(url, work) {
  for (const [name, { connect, era }] of Object.entries(CLIENTS)) {
    const client = await connect(url);
    try {
      await work(client, era).catch((error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error });
      });
    } finally {
      await client.close();
    }
  }
}

// ---- lists made from the schemas

const ICON = { src: "https://e.example/i.png", mimeType: "image/png", sizes: ["48x48"], theme: "light" };
const AROUND = { audience: ["user"], priority: 0.5, lastModified: "2025-01-12T15:00:58Z" };
const WHOLE = {
  Tool: {
    name: "whole",
    title: "Whole",
    description: "Gets a whole.",
    icons: [ICON],
    inputSchema: { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", properties: { a: { type: "string", description: "A", enum: ["x"] } }, required: ["a"] },
    execution: { taskSupport: "optional" },
    outputSchema: { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", properties: { r: { type: "integer", minimum: 1, pattern: "^a$" } }, required: ["r"] },
    annotations: { title: "Whole", readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    _meta: { "x.example/k": 1 },
  },
  Resource: { name: "whole", title: "Whole", uri: "a:whole", description: "A whole.", mimeType: "text/plain", size: 3, icons: [ICON], annotations: AROUND, _meta: { k: 1 } },
  ResourceTemplate: { name: "whole", title: "Whole", uriTemplate: "a:{b}", description: "A whole.", mimeType: "text/plain", icons: [ICON], annotations: AROUND, _meta: { k: 1 } },
  Prompt: { name: "whole", title: "Whole", description: "A whole.", icons: [ICON], arguments: [{ name: "a", title: "A", description: "A", required: true }], _meta: { k: 1 } },
};
const WRONG = [null, [], {}, "", "nonsense", 5, -0.5, true, false, [null], [5], { a: null }, { $ref: "#/none" }, { type: "nonsense" }, "(?<", undefined];

// The sample with each of its values replaced by each wrong one.
function* mutated(whole, path = []) {
  const at = path.reduce((v, key) => v[key], whole);
  if (path.length)
    for (const wrong of WRONG) {
      const copy = structuredClone(whole);
      const owner = path.slice(0, -1).reduce((v, key) => v[key], copy);
      if (wrong === undefined && !Array.isArray(owner)) delete owner[path.at(-1)];
      else owner[path.at(-1)] = wrong ?? null;
      yield copy;
    }
  if (at && typeof at === "object") for (const key of Object.keys(at)) if (!(path.length === 0 && key === "name")) yield* mutated(whole, [...path, Array.isArray(at) ? Number(key) : key]);
}
const named = (kind) => [...mutated(WHOLE[kind])].map((entry, i) => ({ ...entry, name: `get_${kind.toLowerCase()}_${i}`, ...(kind === "Resource" && typeof entry.uri === "string" ? { uri: `a:${i}` } : {}) }));

describe("lists made of everything that a schema forbids", () => {
  let server, tools;
  before(async () => {
    tools = [tool("get_first"), ...named("Tool"), tool("get_last")];
    const page = ({ cursor = "0" }) => ({ tools: tools.slice(Number(cursor), Number(cursor) + 100), ...(Number(cursor) + 100 < tools.length ? { nextCursor: String(Number(cursor) + 100) } : {}) });
    const vendor = await vendorOf({
      "tools/list": page,
      "resources/list": { resources: [{ name: "first", uri: "a:first" }, ...named("Resource"), { name: "last", uri: "a:last" }] },
      "resources/templates/list": { resourceTemplates: [{ name: "first", uriTemplate: "f:{a}" }, ...named("ResourceTemplate"), { name: "last", uriTemplate: "l:{a}" }] },
      "prompts/list": { prompts: [{ name: "first" }, ...named("Prompt"), { name: "last" }] },
    });
    const account = await connectUrl(world, vendor.mcp);
    await approveEach(account);
    server = Object.assign(await world.server(account), { account });
  });

  test("the samples have every member that the schema knows", (t) => {
    const schema = schemaOf("2025-11-25");
    if (schema.skipped) return t.skip("no schema beside the repository");
    for (const [kind, whole] of Object.entries(WHOLE)) schema.check(kind, whole);
  });

  test("every client takes the whole of them", async () => {
    const all = async (client, method, member) => {
      const found = [];
      for (let cursor; ; ) {
        const page = await client[method](cursor ? { cursor } : undefined);
        found.push(...page[member]);
        if (!(cursor = page.nextCursor)) return found;
      }
    };
    await eachClient(server.url, async (client) => {
      for (const [method, member, least] of [["listTools", "tools", 0.6], ["listResources", "resources", 0.6], ["listResourceTemplates", "resourceTemplates", 0.6], ["listPrompts", "prompts", 0.6]]) {
        const names = new Set((await all(client, method, member)).map((entry) => entry.name));
        const wanted = method === "listTools" ? ["get_first", "get_last"] : ["first", "last"];
        for (const name of wanted) assert.ok(names.has(name), `${method}: ${name} is missing among ${names.size}`);
        const kind = { listTools: "Tool", listResources: "Resource", listResourceTemplates: "ResourceTemplate", listPrompts: "Prompt" }[method];
        assert.ok(names.size >= least * named(kind).length, `${method}: only ${names.size} of ${named(kind).length} are left`);
      }
    });
  });

  test("and what is left out says why, where people look", async () => {
    const { items } = await world.must(200, "GET", `/integrated-account/${server.account.id}/tools?limit=1000`);
    const out = items.filter((t) => t.why.startsWith("left out: "));
    assert.ok(out.length > 10 && out.length < items.length / 3, `${out.length} of ${items.length}`);
    const reviews = await world.must(200, "GET", `/tool/review?account=${server.account.id}&limit=1000`);
    for (const { name } of out) assert.ok(reviews.items.some((r) => r.name === name && r.why.startsWith("left out: ")), `${name} is not in the review`);
    const account = await world.must(200, "GET", `/integrated-account/${server.account.id}`);
    assert.match(account.status_text, /^its tools: \d+ cannot be passed on: "get_tool_/);
    assert.match(await postern(world, "tools", "review", server.account.id), new RegExp(`${out[0].name}[^]*left out: `));
    assert.match(await postern(world, "account", "doctor", server.account.id).catch((e) => e.stdout), /\d+ cannot be passed on: "get_tool_/);
    await world.postern.program.waitFor(/the tool "get_tool_\d+" is left out: /);
  });
});

describe("schemas that clients compile", () => {
  const outputs = {
    recursive: { type: "array", items: { $ref: "#/$defs/Row" }, $defs: { Row: { type: "object", properties: { kids: { type: "array", items: { $ref: "#/$defs/Row" } } } } } },
    at_root: { $ref: "#/$defs/A", $defs: { A: { type: "object" } } },
    by_items: { type: "array", items: { type: "string" }, contains: { $ref: "#/items" } },
    to_itself: { anyOf: [{ type: "string" }, { type: "array", items: { $ref: "#" } }] },
    with_data: { type: "array", const: [{ $ref: "#/none" }], $schema: "https://json-schema.org/draft/2020-12/schema" },
    odd_words: { type: "object", properties: { a: { $ref: "#/definitions/A", nullable: true } }, definitions: { A: { id: "x", type: "string", pattern: "\\_" } } },
    foreign: { type: "object", properties: { a: { $ref: "https://x.example/a.json" } } },
    pattern: { type: "object", patternProperties: { "(?<": {} } },
    addresses: { type: "object", properties: { a: { $id: "https://x.example/a", type: "string" } } },
  };
  const values = { recursive: [{ kids: [{ kids: [] }] }], at_root: { x: 1 }, by_items: ["a"], to_itself: [["a"]], with_data: [{ $ref: "#/none" }], odd_words: { a: "b" }, foreign: { a: 1 }, pattern: {}, addresses: { a: "b" } };

  test("lead where they led, also once they are wrapped for older clients, and so do the values", async () => {
    const server = await served({
      "tools/list": { tools: Object.entries(outputs).map(([name, outputSchema]) => tool(name, { outputSchema })) },
      "tools/call": ({ name }) => ({ content: [{ type: "text", text: "x" }], structuredContent: values[name] }),
    });
    await eachClient(server.url, async (client, era) => {
      const { tools } = await client.listTools();
      assert.equal(tools.length, Object.keys(outputs).length);
      for (const { name, outputSchema } of tools) {
        const result = await client.callTool({ name, arguments: {} }); // checked against the schema by the client
        const wrapped = era === "legacy" && outputSchema && "result" in (outputSchema.properties ?? {}) && outputs[name].type !== "object";
        const value = wrapped || (era === "legacy" && Array.isArray(values[name])) ? result.structuredContent.result : result.structuredContent;
        assert.deepEqual(value, values[name], `${name}: ${JSON.stringify(result)}`);
      }
      const at = tools.find((t) => t.name === "recursive").outputSchema;
      const follow = (ref) => ref.slice(2).split("/").reduce((v, key) => v[key], at);
      assert.equal(follow((at.properties?.result ?? at).items.$ref).type, "object");
    });
  });
});

// ---- results

describe("results in forms of their own", () => {
  const results = {
    nulls: [{ content: [{ type: "text", text: "x", annotations: null, _meta: null }], structuredContent: null, isError: null, _meta: null }, /^x$/],
    text: [{ content: "just text" }, /^just text$/],
    lone: [{ content: { type: "text", text: "x" } }, /^x$/],
    strings: [{ content: ["a", "b"] }, /^a$/],
    unknown: [{ content: [{ type: "video", uri: "v:1" }] }, /"video".*"v:1"/],
    half: [{ content: [{ type: "image", data: "QQ==" }] }, /"image"/],
    dated: [{ content: [{ type: "text", text: "x", annotations: { lastModified: "yesterday", priority: 7 } }] }, /^x$/],
    number: [{ content: [{ type: "text", text: 7 }] }, /^7$/],
  };
  test("lose nothing, at every client", async () => {
    const server = await served({
      "tools/list": { tools: Object.keys(results).map((name) => tool(name)) },
      "tools/call": ({ name }) => results[name][0],
    });
    await eachClient(server.url, async (client) => {
      await client.listTools();
      for (const [name, [, wanted]] of Object.entries(results)) {
        const result = await client.callTool({ name, arguments: {} });
        assert.match(result.content[0].text, wanted, `${name}: ${JSON.stringify(result)}`);
        assert.ok(!result.isError, name);
      }
    });
  });

  test('"true" is no false', async () => {
    const server = await served({ "tools/list": { tools: [tool("get_it")] }, "tools/call": { content: "it failed", isError: "true" } });
    await eachClient(server.url, async (client) => {
      const result = await client.callTool({ name: "get_it", arguments: {} });
      assert.deepEqual([result.isError, result.content[0].text], [true, "it failed"]);
    });
  });

  test("prompts and resources, too", async () => {
    const server = await served({
      "tools/list": { tools: [tool("get_it")] },
      "prompts/list": { prompts: [{ name: "p", arguments: null, description: null }], nextCursor: null },
      "prompts/get": { description: null, messages: [{ role: "user", content: "hi" }, { role: "assistant", content: [{ type: "text", text: "a" }, "b"] }] },
      "resources/list": { resources: [{ uri: "a:b", name: "b", mimeType: null, size: "3" }, { uri: "a:c" }] },
      "resources/read": { contents: { uri: "a:b", mimeType: null, text: { k: 1 } } },
    });
    await eachClient(server.url, async (client) => {
      assert.deepEqual((await client.listPrompts()).prompts.map((p) => p.name), ["p"]);
      assert.deepEqual((await client.getPrompt({ name: "p" })).messages.map((m) => m.content.text), ["hi", "a", "b"]);
      assert.deepEqual((await client.listResources()).resources.map((r) => r.uri), ["a:b"]);
      assert.equal((await client.readResource({ uri: "a:b" })).contents[0].text, '{"k":1}');
    });
  });
});

describe("an answer with something spoiled in it", () => {
  const answers = {
    "half a pair": '{"jsonrpc":"2.0","id":$ID,"result":{"content":[{"type":"text","text":"cut \\ud83d here"}]}}',
    "text behind it": '{"jsonrpc":"2.0","id":$ID,"result":{"content":[{"type":"text","text":"cut \\ufffd here"}]}}\n<!-- 3 ms -->',
    "a byte order mark": '\ufeff{"jsonrpc":"2.0","id":$ID,"result":{"content":[{"type":"text","text":"cut \ufffd here"}]}}',
    "an id as text": '{"jsonrpc":"2.0","id":"$ID","result":{"content":[{"type":"text","text":"cut \ufffd here"}]},"error":null}',
  };
  for (const [what, body] of Object.entries(answers))
    test(what, async () => {
      const server = await served({ "tools/list": { tools: [tool("get_it")] }, "tools/call": () => body });
      const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_it", arguments: {} } });
      assert.equal(r.body.result?.content[0].text, "cut \ufffd here", r.text);
    });
  test("another charset", async () => {
    const server = await served(
      { "tools/list": { tools: [tool("get_it")] } },
      {
        raw: (_request, { id, method }) =>
          method === "tools/call"
            ? { headers: { "content-type": "application/json; charset=utf-16" }, body: Buffer.from(`\ufeff{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"caf\u00e9"}]}}`, "utf16le") }
            : undefined,
      },
    );
    const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_it", arguments: {} } });
    assert.equal(r.body.result?.content[0].text, "caf\u00e9", r.text);
  });
  test("an error in a form of its own keeps its words", async () => {
    const server = await served({ "tools/list": { tools: [tool("get_it")] }, "tools/call": () => '{"jsonrpc":"2.0","id":$ID,"error":"the moon is wrong"}' });
    const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_it", arguments: {} } });
    assert.match(r.body.error?.message ?? r.text, /the moon is wrong/);
  });
});

describe("an answer of a REST API with something spoiled in it", () => {
  const BODIES = {
    "half a pair": [{}, '{"id":1,"note":"cut \\ud83d here"}', /cut \ufffd here/],
    "a byte order mark": [{}, '\ufeff{"id":1,"note":"whole"}', /"whole"/],
    "a remark behind it": [{}, '{"id":1,"note":"whole"}\n<!-- 3 ms -->', /"whole"/],
    "another charset": [{ "content-type": "application/json; charset=iso-8859-1" }, Buffer.from('{"id":1,"note":"caf\u00e9"}', "latin1"), /caf\u00e9/],
    "a byte of another charset": [{}, Buffer.from('{"id":1,"note":"caf\u00e9"}', "latin1"), /caf\ufffd/],
    "its end missing": [{}, '{"id":1,', /may have been done: read the present state/],
  };
  let server, next;
  before(async () => {
    const vendor = await startRecorder(() => next);
    open.push(vendor);
    const document = {
      openapi: "3.0.3",
      info: { title: "Orders", version: "1" },
      servers: [{ url: vendor.url }],
      paths: { "/orders": { post: { operationId: "create_order", requestBody: { content: { "application/json": { schema: { type: "object" } } } }, responses: { 200: { description: "ok" } } } } },
    };
    const definition = { name: "orders", label: "Orders", kind: "rest", base_url: vendor.url, auth: [{ id: "key", label: "Key", fields: [{ name: "key", label: "Key", secret: true }], send: [{ in: "bearer", value: "{key}" }] }] };
    await world.must(201, "POST", "/connector", { definition, document: JSON.stringify(document) });
    const account = await world.must(201, "POST", "/integrated-account", { connector: "orders", name: "orders", credential: { key: "k0-secret-of-ours" } });
    server = await world.server(account);
  });
  for (const [what, [headers, body, wanted]] of Object.entries(BODIES))
    test(what, async () => {
      next = { headers, body };
      const { tools } = (await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/list" })).body.result;
      const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tools[0].name, arguments: {} } });
      assert.match(r.body.result?.content[0].text ?? r.text, wanted);
    });
});

// ---- pages, names

describe("a list that ends badly", () => {
  const PAGES = {
    "the same empty cursor for ever": ({ cursor }) => ({ tools: [tool("get_a"), tool("get_b")], nextCursor: cursor ?? "" }),
    "a cursor behind the last page": ({ cursor }) => (cursor ? { tools: [tool("get_b")], nextCursor: "10" } : { tools: [tool("get_a")], nextCursor: "10" }),
    "an error for the second page": ({ cursor }) => (cursor ? "{}" : { tools: [tool("get_a"), tool("get_b")], nextCursor: "2" }),
    "a second page without a list": ({ cursor }) => (cursor ? { tools: "none" } : { tools: [tool("get_a"), tool("get_b")], nextCursor: 2 }),
  };
  for (const [what, page] of Object.entries(PAGES))
    test(what, async () => {
      const server = await served({ "tools/list": page });
      const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/list" });
      assert.deepEqual(r.body.result.tools.map((t) => t.name), ["get_a", "get_b"]);
      const account = await world.must(200, "GET", `/integrated-account/${server.account.id}`);
      assert.match(account.status_text ?? "", /^its tools: the list may not be whole: /);
    });

  test("and is told no more once it is whole; what was missing meanwhile stays", async () => {
    let broken = false;
    const server = await served({ "tools/list": ({ cursor }) => (cursor ? (broken ? "{}" : { tools: [tool("get_b")] }) : { tools: [tool("get_a")], nextCursor: "2" }) });
    const names = async () => (await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/list" })).body.result.tools.map((t) => t.name);
    const note = async () => (await world.must(200, "GET", `/integrated-account/${server.account.id}`)).status_text;
    assert.equal(await note(), null);
    broken = true;
    await world.must(200, "POST", `/integrated-account/${server.account.id}/refresh`);
    assert.deepEqual([await names(), /may not be whole/.test(await note())], [["get_a", "get_b"], true]);
    broken = false;
    await world.must(200, "POST", `/integrated-account/${server.account.id}/refresh`);
    assert.equal(await note(), null);
  });
});

test("names that hosts refuse are shown as others, and called as they are", async () => {
  const names = ["photo.search", "photo:list", "photo/get", "list photos", `get_${"x".repeat(70)}`, "photo_search", "get_\u00e9t\u00e9"];
  const server = await served({
    "tools/list": { tools: names.map((name) => tool(name)) },
    "tools/call": ({ name }) => ({ content: [{ type: "text", text: name }] }),
  });
  await eachClient(server.url, async (client) => {
    const { tools } = await client.listTools();
    const called = [];
    for (const { name } of tools) {
      assert.match(name, /^[a-zA-Z0-9_-]{1,60}$/);
      called.push((await client.callTool({ name, arguments: {} })).content[0].text);
    }
    assert.deepEqual(called.sort(), [...names].sort());
    assert.ok(tools.some((t) => t.name === "photo_search"));
  });
});

// ---- connecting

describe("a server that is found by another try", () => {
  const WORDS = "Bad Request: Unsupported protocol version (supported versions: 2025-06-18, 2025-03-26, 2024-11-05)";
  const REFUSALS = {
    "a text that names versions": () => ({ status: 400, headers: { "content-type": "text/plain" }, body: WORDS }),
    "an error without an id": () => ({ status: 400, body: { jsonrpc: "2.0", error: { code: -32000, message: WORDS }, id: null } }),
    "an error that names nothing": (id) => ({ body: { jsonrpc: "2.0", id, error: { code: -32602, message: "Unsupported protocol version: 2025-11-25" } } }),
    "words of its own": (id) => ({ body: { jsonrpc: "2.0", id, error: { code: -32603, message: "revision not understood" } } }),
    "no word at all": () => ({ status: 400, headers: { "content-type": "text/plain" }, body: "" }),
  };
  for (const [what, refusal] of Object.entries(REFUSALS))
    for (const spoken of ["2025-06-18", "2025-03-26"])
      test(`${spoken}, where others are refused by ${what}`, async () => {
        const server = await served(
          { "tools/list": { tools: [tool("get_it")] }, initialize: { protocolVersion: spoken, capabilities: null, serverInfo: { name: "old", version: "1" } } },
          { raw: (_request, { id, method, params }) => (method === "server/discover" || (method === "initialize" && params.protocolVersion > spoken) ? refusal(id) : undefined) },
        );
        assert.equal(server.tool_count, 1);
      });

  for (const status of [301, 307, 308])
    test(`a slash more, by ${status}`, async () => {
      let paths = [];
      const server = await served(
        { "tools/list": { tools: [tool("get_it")] }, "tools/call": { content: "done" } },
        { raw: (request) => (paths.push(request.target), request.target === "/mcp" ? { status, headers: { location: "/mcp/" } } : undefined) },
      );
      paths = [];
      const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_it", arguments: {} } });
      assert.equal(r.body.result?.content[0].text, "done", r.text);
      assert.deepEqual([...new Set(paths)], ["/mcp/"], "and it is remembered");
    });
  test("another path is named, and not gone to", async () => {
    const vendor = await vendorOf({}, { raw: (request) => (request.target === "/mcp" ? { status: 307, headers: { location: "/v2/mcp?key=1" } } : undefined) });
    const r = await world.api("POST", "/integrated-account", { url: vendor.mcp, name: "elsewhere", way: "open", credential: {} });
    assert.match(r.text, new RegExp(`redirects \\(status 307\\) to ${vendor.url}/v2/mcp, and`));
    assert.ok(vendor.requests.every((q) => q.target === "/mcp"));
  });

  const LOST = {
    "400 and words": () => ({ status: 400, headers: { "content-type": "text/plain" }, body: "No valid session ID provided" }),
    "400 and an error": (id) => ({ status: 400, body: { jsonrpc: "2.0", id, error: { code: -32000, message: "Bad Request: Server not initialized" } } }),
    "200 and an error": (id) => ({ body: { jsonrpc: "2.0", id, error: { code: -32001, message: "Session expired" } } }),
    "410": () => ({ status: 410, body: { error: "the session is gone" } }),
  };
  for (const [what, refusal] of Object.entries(LOST))
    test(`a session that was lost, told by ${what}`, async () => {
      let made = 0, good = "";
      const hello = (id) => ({ headers: { "mcp-session-id": (good = `s${++made}`) }, body: { jsonrpc: "2.0", id, result: { protocolVersion: "2025-11-25", capabilities: legacy, serverInfo: { name: "forgetful", version: "1" } } } });
      const server = await served(
        { "tools/list": { tools: [tool("get_it")] }, "tools/call": { content: "done" } },
        {
          raw: (request, { id, method }) => {
            if (method === "initialize") return hello(id);
            if (method === "tools/call" && request.headers["mcp-session-id"] !== good) return refusal(id);
          },
        },
      );
      const ask = () => rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "get_it", arguments: {} } });
      assert.equal((await ask()).body.result?.content[0].text, "done");
      good = "forgotten";
      const r = await ask();
      assert.equal(r.body.result?.content[0].text, "done", r.text);
    });
});

describe("a way to sign in that is published in a form of its own", () => {
  const refusing = (refusal) => (r, url) => (url.pathname === "/mcp" && !r.headers.authorization ? refusal(r.body ? JSON.parse(r.body).id : null) : undefined);
  const hint = (value) => ({ answer: refusing(() => ({ status: 401, headers: { "www-authenticate": `Bearer resource_metadata=${value}` }, body: {} })) });
  const WAYS = {
    "no token is answered with 400": { answer: refusing(() => ({ status: 400, body: { error: "missing token" } })) },
    "no token is answered with 404": { answer: refusing(() => ({ status: 404, body: "not for you" })) },
    "no token is answered with 200 and an error": { answer: refusing((id) => ({ body: { jsonrpc: "2.0", id, error: { code: -32001, message: "Unauthorized" } } })) },
    "Basic is named in a header before Bearer": {
      answer: (r, url, v) => {
        if (url.pathname === "/custom") return { body: { resource: v.url, authorization_servers: [v.origin] } };
        if (url.pathname === "/.well-known/oauth-protected-resource/mcp") return { status: 404 };
        return refusing(() => ({ status: 401, headers: { "www-authenticate": ["Basic realm=x", 'Bearer resource_metadata="/custom"'] }, body: {} }))(r, url);
      },
      seen: "/custom",
    },
    "the hint has no quotes": hint("http://127.0.0.1:1/.well-known/oauth-protected-resource"),
    "the hint has other quotes": hint("'http://127.0.0.1:1/prm'"),
    "the hint is relative": hint('"/.well-known/oauth-protected-resource/mcp"'),
    "the hint is not https": hint('"http://m.example/prm"'),
    "the hint is dead": hint('"https://127.0.0.1:1/prm"'),
    "a slash is behind the issuer's own name": { named: (origin) => `${origin}/` },
    "JSON of another kind is where metadata could be": { answer: (_r, url) => (url.pathname.startsWith("/.well-known/openid") || url.pathname === "/.well-known/oauth-protected-resource/mcp" ? { body: { message: "nothing" } } : undefined), atRoot: true },
  };
  for (const [what, { named, atRoot, seen, ...options }] of Object.entries(WAYS))
    test(what, async () => {
      let vendor;
      const answer = (r, url, v) => {
        if (atRoot && url.pathname === "/.well-known/oauth-protected-resource") return { body: { resource: v.url, authorization_servers: [v.origin] } };
        return options.answer?.(r, url, v);
      };
      vendor = await startAuthVendor({ ...options, answer });
      open.push(vendor);
      if (named) Object.assign(vendor.as, { issuer: named(vendor.origin) });
      const begun = await world.must(201, "POST", "/integrated-account/authorize", { url: vendor.url, name: `signed ${what}` });
      await new Browser().connect(begun.url);
      const flow = await world.must(200, "GET", `/integrated-account/authorize/${begun.id}`);
      assert.equal(flow.status, "done", JSON.stringify(flow));
      if (seen) assert.ok(vendor.seen(seen).length > 0, `${seen} was not asked`);
    });
});

describe("resources and prompts that no client would take", () => {
  const lists = {
    "resources/list": { resources: [{ uri: "test://good", name: "good" }, { uri: 7, name: "a bad address" }, { name: "no address" }, "x"] },
    "resources/templates/list": { resourceTemplates: [{ uriTemplate: "test://{id}", name: "fine" }, { name: "no template" }] },
    "prompts/list": { prompts: [{ name: "fine" }, { description: "no name" }, { name: 7 }] },
    "tools/list": { tools: [tool("get_it")] },
  };
  let server, vendor, bad = true;
  before(async () => {
    const mended = (method, member) => () => (bad ? lists[method] : { [member]: lists[method][member].slice(0, 1) });
    vendor = await startPlain({ ...lists, "resources/list": mended("resources/list", "resources"), "resources/templates/list": mended("resources/templates/list", "resourceTemplates"), "prompts/list": mended("prompts/list", "prompts") });
    open.push(vendor);
    server = await serve(world, vendor.mcp);
  });
  const review = async () => (await world.must(200, "GET", `/tool/review?account=${server.account.id}`)).items.filter((x) => x.kind !== "tool");

  test("are left out of the lists, and told of in the review, with the reason", async () => {
    const list = async (method, member) => (await rpc(server.url, { jsonrpc: "2.0", id: 1, method })).body.result[member].map((x) => x.name);
    assert.deepEqual(await list("resources/list", "resources"), ["good"]);
    assert.deepEqual(await list("resources/templates/list", "resourceTemplates"), ["fine"]);
    assert.deepEqual(await list("prompts/list", "prompts"), ["fine"]);
    const items = await review();
    assert.deepEqual(items.map((x) => x.kind).sort(), ["prompt", "prompt", "resource", "resource", "resource", "resource_template"], JSON.stringify(items));
    for (const item of items) {
      assert.match(item.why, /^left out: .+/);
      assert.equal(item.account_id, server.account.id);
    }
    assert.ok(items.some((x) => x.name === "no address"));
    assert.match(await postern(world, "tools", "review", server.account.id), /no address {2}resource\n[^]*left out: /);
    const { status_text } = await world.must(200, "GET", `/integrated-account/${server.account.id}`);
    assert.match(status_text, /left out/);
    assert.match(JSON.stringify(await world.must(200, "POST", `/integrated-account/${server.account.id}/doctor`)), /left out beside them/);
  });

  test("page by page, and not to be approved", async () => {
    const seen = [];
    for (let path = `/tool/review?account=${server.account.id}&limit=2`; path; ) {
      const page = await world.must(200, "GET", path);
      seen.push(...page.items);
      path = page.next;
      assert.ok(seen.length < 20, "the pages have no end");
    }
    assert.equal(seen.filter((x) => x.kind !== "tool").length, 6);
    const r = await world.api("POST", `/integrated-account/${server.account.id}/tools/approve`, { names: ["no address"] });
    assert.equal(r.status, 404, r.text);
  });

  test("are gone from the review once the vendor has mended them", async () => {
    bad = false;
    await world.must(200, "POST", `/integrated-account/${server.account.id}/refresh`);
    assert.deepEqual(await review(), []);
    assert.doesNotMatch((await world.must(200, "GET", `/integrated-account/${server.account.id}`)).status_text ?? "", /left out/);
  });
});

// The same vendors, once connected: a token that ended is told in the same words.
describe("a token that ended is told otherwise than by 401", () => {
  const id = (request) => JSON.parse(request.body || "{}").id ?? null;
  const words = {
    "400 in words": () => ({ status: 400, body: { error: "token expired" } }),
    "404 in words": () => ({ status: 404, body: "Unauthorized" }),
    "403 in words": () => ({ status: 403, body: { message: "Invalid access token" } }),
    "400 and a JSON-RPC error": (r) => ({ status: 400, body: { jsonrpc: "2.0", id: id(r), error: { code: -32000, message: "Access token is expired" } } }),
    "200 and a JSON-RPC error": (r) => ({ status: 200, body: { jsonrpc: "2.0", id: id(r), error: { code: -32001, message: "Unauthorized: missing or invalid token" } } }),
  };
  async function signedIn(t, refuse, { renews = true } = {}) {
    const ended = new Set();
    let vendor;
    const answer = (request, url) => {
      const token = request.headers.authorization?.replace(/^Bearer /, "");
      if (url.pathname === "/token" && !renews && request.body.includes("refresh_token")) return { status: 400, body: { error: "invalid_grant" } };
      return url.pathname === "/mcp" && ended.has(token) ? refuse(request) : undefined;
    };
    vendor = await startAuthVendor({ answer });
    open.push(vendor);
    const begun = await world.must(201, "POST", "/integrated-account/authorize", { url: vendor.url, name: `ended ${++serial}` });
    await new Browser().connect(begun.url);
    const flow = await world.must(200, "GET", `/integrated-account/authorize/${begun.id}`);
    assert.equal(flow.status, "done", JSON.stringify(flow));
    const account = await world.must(200, "GET", `/integrated-account/${flow.account_id}`);
    const server = await world.server(account, {});
    const call = async () => (await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "list_things", arguments: {} } })).body;
    const asked = () => vendor.seen("/token").filter((r) => r.body.includes("grant_type=refresh_token")).length;
    const end = () => vendor.issued.forEach((x) => ended.add(x));
    return { vendor, account, server, call, asked, end };
  }
  for (const [how, refuse] of Object.entries(words))
    test(`${how}: it is renewed once, and the call goes on`, async (t) => {
      const w = await signedIn(t, refuse);
      assert.ok((await w.call()).result);
      w.end();
      const all = await Promise.all(Array.from({ length: 5 }, w.call));
      for (const body of all) assert.ok(body.result && !body.result.isError, JSON.stringify(body));
      assert.equal(w.asked(), 1);
    });

  test("words alone end no grant: an answer that no new token changes stands, and tokens are not asked for without end", async (t) => {
    const w = await signedIn(t, words["400 and a JSON-RPC error"]);
    w.vendor.tools[0].run = undefined;
    w.end();
    const always = w.vendor.issued;
    always.push = (...more) => (Array.prototype.push.apply(always, more), w.end(), always.length);
    for (let i = 0; i < 8; i++) assert.match(JSON.stringify(await w.call()), /Access token is expired/);
    assert.ok(w.asked() <= 3, `${w.asked()} tokens`);
    assert.notEqual((await world.must(200, "GET", `/integrated-account/${w.account.id}`)).status, "needs_authorising");
  });

  test("a refresh that is refused then needs a person, as after a 401", async (t) => {
    const w = await signedIn(t, words["400 in words"], { renews: false });
    w.end();
    assert.match(JSON.stringify(await w.call()), /authorize/);
    assert.equal((await world.must(200, "GET", `/integrated-account/${w.account.id}`)).status, "needs_authorising");
  });
});

// ---- clients, as they are

describe("a client", () => {
  let server;
  before(async () => {
    server = await served({ "tools/list": { tools: [tool("get_it")] }, "tools/call": ({ arguments: args }) => ({ content: JSON.stringify(args ?? null) }), "prompts/list": { prompts: [{ name: "p" }] } });
  });
  const ask = (method, params) => rpc(server.url, { jsonrpc: "2.0", id: 1, method, params });

  test("that writes null for what it does not give is understood", async () => {
    for (const params of [null, [], {}, { cursor: null }, { cursor: null, _meta: null }]) assert.equal((await ask("tools/list", params)).body.result?.tools.length, 1, JSON.stringify(params));
    for (const params of [null, { cursor: null }]) assert.equal((await ask("prompts/list", params)).body.result?.prompts.length, 1, JSON.stringify(params));
    for (const args of [null, undefined, [], {}]) assert.equal((await ask("tools/call", { name: "get_it", arguments: args })).body.result?.content[0].text, "{}", JSON.stringify(args));
    assert.equal((await ask("tools/call", { name: "get_it", arguments: { a: null } })).body.result?.content[0].text, '{"a":null}', "but an argument's null is its own");
    assert.equal((await ask("initialize", { protocolVersion: "2025-06-18", capabilities: null, clientInfo: null })).body.result?.protocolVersion, "2025-06-18");
  });
  test("that puts a slash behind the address is served", async () => {
    assert.equal((await rpc(`${server.url}/`, { jsonrpc: "2.0", id: 1, method: "tools/list" })).body.result?.tools.length, 1);
    assert.equal((await rpc(`${server.url}//`, { jsonrpc: "2.0", id: 1, method: "tools/list" })).status, 404);
  });
  test("of 2024-11-05 over Streamable HTTP is answered with its version", async () => {
    const hello = await ask("initialize", { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "old", version: "1" } });
    assert.equal(hello.body.result.protocolVersion, "2024-11-05");
    const headers = { "mcp-session-id": hello.headers.get("mcp-session-id"), "mcp-protocol-version": "2024-11-05" };
    assert.equal((await rpc(server.url, { jsonrpc: "2.0", id: 2, method: "tools/list" }, headers)).body.result?.tools.length, 1);
  });
});
