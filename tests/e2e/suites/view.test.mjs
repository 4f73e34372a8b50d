// SPDX-License-Identifier: Apache-2.0
// The view of answer programs (MCP Apps) on the wire: who is offered it and who is not, in both eras; what a result has for
// it; and that nobody but Postern serves what stands at ui://postern/.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CLIENTS, SSE_CLIENTS, inspector } from "../lib/clients.mjs";
import { ROOT, modern, start } from "../lib/postern.mjs";
import { approveAll, connectUrl } from "../lib/upstream.mjs";
import { eventually } from "../lib/wait.mjs";

const TOOL = "postern_run_program", PUBLISHED = "zones_by_plan", UI = "io.modelcontextprotocol/ui", PAGE = "text/html;profile=mcp-app";
const VIEWS = { extensions: { [UI]: { mimeTypes: [PAGE] } } };
let world, account, server;
before(async () => {
  world = await start();
  account = await world.account("cfut_sandbox_one_account", { name: "acme" });
  server = await world.server(account, { methods: ["read"], programs: true });
  await world.must(201, "POST", `/mcp-server/${server.id}/program`, { program: (await world.must(201, "POST", "/stored-program", { program: plans, name: "plans" })).id, as: PUBLISHED });
});
after(() => world?.close());

const zones = { id: "zones", account: "acme", tool: "list_all_cloudflare_zones" };
const program = (results, steps = [zones]) => ({ version: 1, title: "Zones", steps, results });
const plans = program({ plans: { query: "SELECT plan__name AS plan, count(*) AS zones FROM zones GROUP BY 1 ORDER BY 1", columns: { zones: { kind: "count" } } } });
const call = (client, body = plans) => client.callTool({ name: TOOL, arguments: { program: body } });
const ours = (tools) => tools.find((t) => t.name === TOOL);
// A handle and a moment are another each time.
const plain = (text) => text.replaceAll(/kept_[\w-]+/g, "HANDLE");

// Of clients that open their stream first, the address is another one.
const ALL = { ...CLIENTS, ...SSE_CLIENTS };
const addressOf = (name) => (name in SSE_CLIENTS ? server.url.replace("/mcp/", "/sse/") : server.url);

for (const [name, { connect }] of Object.entries(ALL))
  describe(name, () => {
    let with_, without;
    before(async () => {
      [with_, without] = [await connect(addressOf(name), { abilities: VIEWS }), await connect(addressOf(name))];
    });
    after(async () => {
      await with_?.close();
      await without?.close();
    });

    test("a client that declares the extension is told of the view, and reads it", async () => {
      const tool = ours((await with_.listTools()).tools), uri = tool._meta.ui.resourceUri;
      assert.match(uri, /^ui:\/\/postern\/results-[0-9a-f]{12}$/);
      assert.deepEqual(tool._meta.ui.visibility, ["model", "app"]);
      assert.equal(tool._meta["ui/resourceUri"], uri);
      const capabilities = with_.getServerCapabilities();
      assert.deepEqual(capabilities.extensions?.[UI], {});
      assert.ok(capabilities.resources);
      const { resources } = await with_.listResources();
      assert.deepEqual(resources.filter((r) => r.uri === uri).map((r) => r.mimeType), [PAGE]);
      assert.deepEqual((await with_.listResourceTemplates()).resourceTemplates, []);
      const { contents } = await with_.readResource({ uri });
      assert.equal(contents.length, 1);
      assert.deepEqual([contents[0].uri, contents[0].mimeType], [uri, PAGE]);
      assert.deepEqual(contents[0]._meta.ui.csp, { connectDomains: [], resourceDomains: [] });
      assert.equal(contents[0].text.trim(), (await readFile(join(ROOT, "web/dist/results.html"), "utf8")).trim());
    });

    test("its result has a chart that was not asked for, and the same text", async () => {
      const shown = await call(with_), told = await call(without);
      assert.equal(plain(shown.content[0].text), plain(told.content[0].text));
      const [result] = shown.structuredContent.results;
      assert.equal(result.chart.mark, "bar");
      assert.deepEqual(result.chart.data.values.map((row) => row.zones).sort(), result.rows.map((row) => row[1]).sort());
      assert.equal(told.structuredContent.results[0].chart, undefined);
      assert.deepEqual(told.structuredContent.results[0].rows, result.rows);
    });

    test("a published program has the same view, and its results the same chart", async () => {
      const named = async (client) => (await client.listTools()).tools.find((t) => t.name === PUBLISHED);
      const tool = await named(with_);
      assert.deepEqual(tool._meta, { ui: ours((await with_.listTools()).tools)._meta.ui, "ui/resourceUri": tool._meta.ui.resourceUri });
      assert.equal((await named(without))._meta, undefined);
      const [shown, told] = [await with_.callTool({ name: PUBLISHED, arguments: {} }), await without.callTool({ name: PUBLISHED, arguments: {} })];
      const [result] = shown.structuredContent.results;
      assert.equal(result.chart.mark, "bar");
      assert.deepEqual(result.chart.data.values.map((row) => row.zones).sort(), result.rows.map((row) => row[1]).sort());
      assert.equal(told.structuredContent.results[0].chart, undefined);
      assert.equal(plain(shown.content[0].text), plain(told.content[0].text));
    });

    test("one that does not gets the tool without it, and finds no page", async () => {
      const tool = ours((await without.listTools()).tools);
      assert.deepEqual(tool._meta, { "anthropic/alwaysLoad": true });
      assert.equal(without.getServerCapabilities().extensions?.[UI], undefined);
      if (without.getServerCapabilities().resources) assert.deepEqual((await without.listResources()).resources.filter((r) => r.uri.startsWith("ui://")), []);
      const { _meta: { ui } } = ours((await with_.listTools()).tools);
      await assert.rejects(without.readResource({ uri: ui.resourceUri }), (e) => /-32601|does not support|Method not found|not found/i.test(String(e)), "no such method");
    });
  });

describe("who is offered it", () => {
  const able = (capabilities) => ({ meta: { "io.modelcontextprotocol/clientCapabilities": capabilities } });
  const offered = async (url, capabilities) => ours((await modern(url, "tools/list", {}, able(capabilities))).body.result.tools)?._meta.ui !== undefined;

  test("the declaration is looked at in each request, and has to name our kind of page", async () => {
    assert.equal(await offered(server.url, VIEWS), true);
    assert.equal(await offered(server.url, {}), false);
    for (const odd of [{}, { mimeTypes: [] }, { mimeTypes: ["text/html"] }, { mimeTypes: PAGE }, { mimeTypes: [null, 1] }]) assert.equal(await offered(server.url, { extensions: { [UI]: odd } }), false, JSON.stringify(odd));
    assert.equal(await offered(server.url, { extensions: { other: { mimeTypes: [PAGE] } } }), false);
  });
  test("a server without programs has no view: not listed, not read", async () => {
    const bare = await world.server(account, { methods: ["read"] });
    const discovered = (await modern(bare.url, "server/discover", {}, able(VIEWS))).body.result.capabilities;
    assert.deepEqual([discovered.extensions, discovered.resources], [undefined, undefined]);
    const { body } = await modern(bare.url, "resources/read", { uri: "ui://postern/results-000000000000" }, able(VIEWS));
    assert.equal(body.error.code, -32601);
  });
  test("an address of an earlier version gets today's page; another one of ours is not there", async () => {
    const read = (uri) => modern(server.url, "resources/read", { uri }, able(VIEWS));
    const { body } = await read("ui://postern/results-0123456789ab");
    assert.equal(body.result.contents[0].uri, "ui://postern/results-0123456789ab");
    assert.match(body.result.contents[0].text, /^<!doctype html>/);
    assert.equal(body.result.cacheScope, "private");
    for (const uri of ["ui://postern/", "ui://postern/other", "ui://postern/../results-1", "ui://postern"]) assert.equal((await read(uri)).body.error?.code, -32602, uri);
  });
  test("the Inspector's command line finds it, in each era", async () => {
    for (const era of ["modern", "legacy"]) {
      const r = await inspector([server.url, "--transport", "http", "--protocol-era", era, "--advertise-apps", "--method", "tools/call", "--tool-name", TOOL, "--app-info"]);
      assert.equal(r.code, 0, r.err + r.out);
      const none = await inspector([server.url, "--transport", "http", "--protocol-era", era, "--advertise-apps", "--method", "tools/call", "--tool-name", "list_all_cloudflare_zones", "--app-info"]);
      assert.equal(none.code, 2, none.err + none.out);
    }
  });
  test("a reading of it is in the audit, with the server and without an account", async () => {
    await modern(server.url, "resources/read", { uri: "ui://postern/results-aaaaaaaaaaaa" }, able(VIEWS));
    const row = await eventually("the row is there", async () => (await world.must(200, "GET", "/audit?limit=50")).items.find((r) => r.action === "resources/read"));
    assert.match(row.tool, /^ui:\/\/postern\/results-/);
    assert.equal(row.outcome, "ok");
  });
});

describe("what a result has for it", () => {
  let client;
  before(async () => (client = await CLIENTS["SDK v2, pinned"].connect(server.url, { abilities: VIEWS })));
  after(() => client?.close());
  const many = (n, width) => `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${n}) SELECT i, printf('%0${width}d', i) AS words FROM c`;

  test("as many rows as a host passes on, and how many there are", async () => {
    const { structuredContent } = await call(client, program({ many: many(5000, 100), few: "SELECT 1 AS n" }));
    assert.ok(JSON.stringify(structuredContent).length <= 100_000, `${JSON.stringify(structuredContent).length} bytes`);
    const [result, few] = structuredContent.results;
    assert.ok(result.rows.length >= 50 && result.rows.length < 5000, `${result.rows.length} rows`);
    assert.equal(result.total_rows, 5000);
    assert.equal(few.total_rows, undefined);
  });
  test("rows that are too wide for it are left out, and the answer is still one", async () => {
    const { structuredContent, isError } = await call(client, program({ wide: many(300, 4000) }));
    assert.ok(!isError);
    assert.ok(JSON.stringify(structuredContent).length <= 100_000);
    assert.equal(structuredContent.results[0].total_rows, 300);
  });
  test("measures that share no axis have a chart each", async () => {
    const query = "SELECT plan__name AS plan, count(*) AS zones, sum(1500000) AS bytes FROM zones GROUP BY 1";
    const [result] = (await call(client, program({ two: { query, columns: { zones: { kind: "count" }, bytes: { unit: "bytes" } } } }))).structuredContent.results;
    const measures = [result.chart, ...result.panels].map((c) => c.encoding.x.field);
    assert.deepEqual(measures.sort(), ["bytes", "zones"]);
  });
});

// A vendor that says of its own that it stands at our address.
describe("a vendor that claims what is ours", () => {
  let vendor, remote;
  before(async () => {
    const http = createServer(async (req, res) => {
      const chunks = [];
      for await (const chunk of req) chunks.push(chunk);
      const mcp = new McpServer({ name: "claimant", version: "1" }, { capabilities: { extensions: { [UI]: {} } } });
      const uri = "ui://postern/results-0123456789ab";
      mcp.registerResource("theirs", uri, { mimeType: PAGE }, () => ({ contents: [{ uri, mimeType: PAGE, text: "THEIRS" }] }));
      mcp.registerResource("fine", "ui://theirs/panel", { mimeType: PAGE }, () => ({ contents: [{ uri: "ui://theirs/panel", mimeType: PAGE, text: "FINE" }] }));
      const tool = { inputSchema: {}, annotations: { readOnlyHint: true } };
      mcp.registerTool("claims", { ...tool, _meta: { ui: { resourceUri: uri, visibility: ["model"] }, "ui/resourceUri": uri, "openai/outputTemplate": uri, kept: 1 } }, () => ({ content: [] }));
      mcp.registerTool("honest", { ...tool, _meta: { ui: { resourceUri: "ui://theirs/panel" } } }, () => ({ content: [] }));
      const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
      await mcp.connect(transport);
      await transport.handleRequest(req, res, chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined);
    }).listen(0, "127.0.0.1");
    await once(http, "listening");
    vendor = http;
    remote = await approveAll(world, await connectUrl(world, `http://127.0.0.1:${http.address().port}/mcp`, { name: "claimant" }));
  });
  after(() => {
    vendor?.closeAllConnections();
    vendor?.close();
  });

  for (const [name, { connect }] of Object.entries(CLIENTS))
    test(`${name}: alone on a server with programs, its own views stay and the claim is gone`, async () => {
      const one = await world.server(remote, { methods: ["read"], programs: true, resources: true });
      const client = await connect(one.url, { abilities: VIEWS }), { tools } = await client.listTools();
      const uri = ours(tools)._meta.ui.resourceUri;
      const of = (tool) => tools.find((t) => t.name === tool)._meta;
      assert.deepEqual([of("claims").ui.resourceUri, of("claims")["ui/resourceUri"], of("claims")["openai/outputTemplate"], of("claims").kept], [undefined, undefined, undefined, 1]);
      assert.equal(of("honest").ui.resourceUri, "ui://theirs/panel");
      const { resources } = await client.listResources();
      assert.deepEqual(resources.map((r) => r.uri).sort(), [uri, "ui://theirs/panel"].sort());
      assert.equal((await client.readResource({ uri: "ui://theirs/panel" })).contents[0].text, "FINE");
      assert.match((await client.readResource({ uri: "ui://postern/results-0123456789ab" })).contents[0].text, /^<!doctype html>/, "ours, whoever claims it");
      assert.ok(UI in client.getServerCapabilities().extensions);
      await client.close();
    });

  test("without programs on the server nobody stands there", async () => {
    const one = await world.server(remote, { methods: ["read"], resources: true });
    const client = await CLIENTS["SDK v2, pinned"].connect(one.url, { abilities: VIEWS });
    assert.deepEqual((await client.listResources()).resources.map((r) => r.uri), ["ui://theirs/panel"]);
    await assert.rejects(client.readResource({ uri: "ui://postern/results-0123456789ab" }), /not found/i);
    await client.close();
  });

  test("behind an alias it is its own, and ours is ours", async () => {
    const both = await world.must(201, "POST", "/mcp-server", { name: "claimed", accounts: [account.id, remote.id], config: { methods: ["read"], programs: true, resources: true } });
    const client = await CLIENTS["SDK v1"].connect(both.url, { abilities: VIEWS }), { tools } = await client.listTools();
    const theirs = tools.find((t) => t.name.endsWith("claims"))._meta.ui.resourceUri;
    assert.match(theirs, /^ui:\/\/[^/+]+\+postern\/results-0123456789ab$/);
    assert.equal((await client.readResource({ uri: theirs })).contents[0].text, "THEIRS");
    assert.match((await client.readResource({ uri: ours(tools)._meta.ui.resourceUri })).contents[0].text, /^<!doctype html>/);
    await client.close();
  });
});
