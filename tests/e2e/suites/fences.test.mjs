// SPDX-License-Identifier: Apache-2.0
// Fences: a server that is held to some zones shows and calls nothing beyond them, whatever is said, however it is said and
// by whom: clients of both eras, programs, whoever makes the server.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { ABILITIES, CLIENTS } from "../lib/clients.mjs";
import { commands } from "../lib/command.mjs";
import { ACCOUNT, ALSO, ELSEWHERE, NOWHERE, OTHER, OURS, isNarrowed, startZones, startZonesMcp, trespasses } from "../lib/fences.mjs";
import { startWithVendors } from "../lib/oauth.mjs";
import { modern, rpc, start } from "../lib/postern.mjs";
import { eventually, shortLived } from "../lib/wait.mjs";

let world, vendor, account, server;
const fence = (zone_id, more = {}) => ({ fence: { zones: { zone_id, ...more } } });
const made = async (config) => {
  const s = await world.server(account, config);
  vendor.requests.length = 0; // its names were looked for
  return s;
};
before(async () => {
  world = await start();
  vendor = await startZones();
  account = await vendor.connect(world);
  server = await made({ programs: true, ...fence(["example.com"]) });
});
after(async () => {
  await world?.close();
  await vendor?.close();
});
beforeEach(() => (vendor.requests.length = 0));

const list = async (url) => Object.fromEntries((await modern(url, "tools/list")).body.result.tools.map((t) => [t.name, t]));
const call = async (url, name, args = {}) => (await modern(url, "tools/call", { name, arguments: args })).body;
const said = (body) => body.error?.message ?? body.result.content[0].text;

describe("what is shown", () => {
  test("only tools that every key narrows, or that stand outside by the connector's word", async () => {
    const tools = Object.keys(await list(server.url)).sort();
    assert.deepEqual(tools, ["by_list", "by_query", "file", "form", "lines", "parts", "postern_run_program", "put", "rule", "search", "weather", "whole", "zone"].sort());
    for (const hidden of ["zones", "loose_rule", "batch", "graph", "accounts", "members", "moved", "user"]) assert.match(said(await call(server.url, hidden)), /Unknown tool/, hidden);
    assert.equal(vendor.requests.length, 0);
  });

  test("one value is filled in and not shown", async () => {
    const tools = await list(server.url);
    for (const name of ["zone", "rule", "search", "put", "by_query", "by_list"]) assert.doesNotMatch(JSON.stringify(tools[name].inputSchema), new RegExp(`zone_id"|zone_ids|${OURS}`), name);
    assert.deepEqual(tools.rule.inputSchema.required, ["rule_id"]);
    assert.equal(tools.zone.inputSchema.required, undefined, "a list of nothing is left out");
    assert.equal((await call(server.url, "zone")).result.isError, false);
    assert.equal((await call(server.url, "by_query")).result.isError, false);
    assert.equal((await call(server.url, "by_list")).result.isError, false);
    assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${OURS}`, `/certificates?zone_id=${OURS}`, `/reports?zone_ids=${OURS}`]);
    assert.equal((await call(server.url, "zone", { zone_id: OURS })).result.isError, false, "to say it is no harm");
  });

  test("several are an enum, and one of them has to be said", async () => {
    const two = await made(fence(["example.com", ALSO]));
    const tools = await list(two.url);
    assert.deepEqual(tools.zone.inputSchema.properties.zone_id.enum, [OURS, ALSO]);
    assert.deepEqual(tools.zone.inputSchema.required, ["zone_id"]);
    assert.deepEqual(tools.by_query.inputSchema.required, ["zone_id"], "also where the vendor does without");
    assert.deepEqual(tools.by_list.inputSchema.properties.zone_ids, { type: "array", items: { enum: [OURS, ALSO] }, minItems: 1 });
    const asked = said(await call(two.url, "zone"));
    assert.match(asked, /nothing was sent/);
    assert.match(asked, /example\.com/);
    assert.doesNotMatch(asked, new RegExp(OTHER));
    assert.equal((await call(two.url, "zone", { zone_id: ALSO })).result.isError, false);
    assert.match(said(await call(two.url, "zone", { zone_id: OTHER })), /names another/);
    assert.equal((await call(two.url, "by_list")).result.isError, false, "a list takes all that there are");
    assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${ALSO}`, `/reports?zone_ids=${OURS}&zone_ids=${ALSO}`]);
  });

  test("an account above holds what is in it only where a zone does, or the path names it", async () => {
    const one = await made({ fence: { zones: { account_id: ["Acme"] } } });
    assert.deepEqual(Object.keys(await list(one.url)).sort(), ["members", "moved", "weather"]);
    const both = await made(fence(["example.com"], { account_id: [ACCOUNT] }));
    const tools = Object.keys(await list(both.url));
    assert.ok(tools.includes("zone") && tools.includes("moved") && !tools.includes("members"), tools.join());
    await call(both.url, "moved");
    assert.equal(vendor.requests[0].target, `/accounts/${ACCOUNT}/zones/${OURS}/moves`);
    assert.match(said(await call(both.url, "moved", { account_id: ELSEWHERE })), /names another/);
    assert.equal(vendor.requests.length, 1);
  });

  test("an account's default is none of the fence, unless the fence has it", async () => {
    const other = await world.must(201, "POST", "/integrated-account", { connector: "zones", name: "defaults", credential: { token: "another-token" }, context: { zone_id: OTHER, account_id: ELSEWHERE } });
    const free = await world.server(other, {});
    const held = await world.server(other, { fence: { defaults: { zone_id: [OURS] } } });
    const two = await world.server(other, { fence: { defaults: { zone_id: [OURS, ALSO] } } });
    const too = await world.server(other, { fence: { defaults: { zone_id: [OURS, OTHER] } } });
    vendor.requests.length = 0;
    await call(free.url, "zone");
    await call(free.url, "zone", { zone_id: ALSO }); // a default is only a default
    await call(held.url, "zone");
    await call(held.url, "search", { q: "x" });
    await call(too.url, "zone");
    assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${OTHER}`, `/zones/${ALSO}`, `/zones/${OURS}`, `/zones/${OURS}/search?q=x`, `/zones/${OTHER}`]);
    assert.match(said(await call(two.url, "zone")), /Say with "zone_id"/);
    assert.doesNotMatch(said(await call(two.url, "zone")), new RegExp(OTHER));
    assert.equal((await list(too.url)).zone.inputSchema.required, undefined);
  });
});

describe("who makes it", () => {
  test("names become ids, and are shown back", async () => {
    assert.deepEqual(server.config.fence, { zones: { zone_id: [OURS] } });
    assert.deepEqual(server.fence, [{ account: "zones", key: "zone_id", values: [{ id: OURS, name: "example.com" }] }]);
    const read = await world.must(200, "GET", `/mcp-server/${server.id}`);
    assert.deepEqual(read.fence, server.fence);
  });

  test("what is unknown, ambiguous or nothing is refused with what there is", async () => {
    const rows = [
      [{ zones: { zone_id: ["exampel.com"] } }, 422, /no "exampel.com"/, /near are: example\.com/],
      [{ zones: { zone_id: ["twice.example"] } }, 422, /name of several/, /e{32}.*f{32}/],
      [{ zones: { zone_id: [NOWHERE] } }, 422, /there is no/, /near are/],
      [{ zones: { zone: ["example.com"] } }, 422, /hold its tools to/, /account_id, zone_id/],
      [{ nobody: { zone_id: [OURS] } }, 422, /no account of this server/, /zones/],
      [{ zones: { zone_id: [] } }, 400, /1 to 200/],
      [{ zones: { zone_id: [7] } }, 400, /each a text/],
      [{ zones: {} }, 400, /1 to 8 keys/],
      [{ zones: [OURS] }, 400, /object/],
      [[OURS], 400, /object/],
      [{ zones: { zone_id: [OURS] }, [account.id]: { zone_id: [ALSO] } }, 422, /twice/],
    ];
    for (const [f, status, text, hint] of rows) {
      const r = await world.api("POST", `/integrated-account/${account.id}/mcp`, { name: "x", config: { fence: f } });
      assert.equal(r.status, status, `${JSON.stringify(f)}: ${r.text}`);
      assert.match(r.body.error.message, text);
      assert.match(r.body.error.field, /^config\.fence/);
      if (hint) assert.match(r.body.error.hint, hint);
    }
  });

  test("a fence that leaves no tool says so", async () => {
    const r = await world.api("POST", `/integrated-account/${account.id}/mcp`, { name: "x", config: { tools: ["members"], ...fence([OURS]) } });
    assert.equal(r.status, 422);
    assert.equal(r.body.error.field, "config.fence");
    assert.match(r.body.error.message, /no tool would be left/);
  });

  test("where the vendor gives no list, ids are taken and names are not", async () => {
    vendor.state.fails = true;
    try {
      const r = await world.api("POST", `/integrated-account/${account.id}/mcp`, { name: "x", config: fence(["example.com"]) });
      assert.equal(r.status, 422);
      assert.match(r.body.error.hint, /give its id/);
      const byId = await made(fence([NOWHERE]));
      assert.deepEqual(byId.fence[0].values, [{ id: NOWHERE, name: null }]);
    } finally {
      vendor.state.fails = false;
    }
  });

  test("a change has the same checks; what does not name the fence leaves it; the list changes", async () => {
    const s = await made({ methods: ["read"], ...fence(["example.com"]) });
    const client = await CLIENTS["SDK v2, pinned"].connect(s.url);
    vendor.requests.length = 0;
    let changed = await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { tools: ["zone", "rule"] } });
    assert.deepEqual(changed.config.fence, { zones: { zone_id: [OURS] } });
    assert.equal(vendor.requests.length, 0, "what is known is not looked for again");
    assert.equal((await world.api("PATCH", `/mcp-server/${s.id}`, { config: fence(["exampel.com"]) })).status, 422);
    changed = await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { tools: ["zone"], ...fence([ALSO]) } });
    assert.deepEqual(changed.fence[0].values, [{ id: ALSO, name: "example.org" }]);
    vendor.requests.length = 0;
    assert.match(said(await call(s.url, "zone", { zone_id: OURS })), /names another/);
    await client.callTool({ name: "zone", arguments: {} });
    assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${ALSO}`]);
    await client.close();
    // Rows are written behind the answer.
    const changes = () => world.must(200, "GET", "/audit?action=server.change&limit=10").then((r) => r.items.some((i) => new RegExp(`fence: .*${OURS}.*→.*${ALSO}`).test(i.detail)), () => false);
    await eventually("the audit tells of the fence's change", changes);
    changed = await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { fence: {} } });
    assert.deepEqual(changed.fence[0].values, [{ id: ALSO, name: "example.org" }], "nothing is named, and nothing changes");
    changed = await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { fence: null } });
    assert.deepEqual(changed.fence, []);
    assert.equal(changed.config.fence, undefined);
    assert.equal((await call(s.url, "zone", { zone_id: OTHER })).result.isError, false);
  });

  test("by the command line", async () => {
    const home = mkdtempSync(join(tmpdir(), "postern-fences-"));
    const cli = commands({ HOME: home, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
    try {
      const r = await cli.ok(["mcp", "create", "zones", "--name", "held", "--methods", "read", "--fence", "zone_id=example.com,example.org", "--fence", "zones.account_id=Acme"]);
      assert.match(r.err, new RegExp(`Held to zone_id ${OURS} \\(example\\.com\\) of zones`));
      assert.match((await cli.ok(["mcp", "list"])).out, /held .*read; fence zones\.zone_id=example\.com,example\.org; zones\.account_id=Acme/);
      assert.match((await cli.ok(["mcp", "show", "held"])).out, new RegExp(OURS));
      await cli.fails(2, /no "exampel.com"[^]*near are/, ["mcp", "update", "held", "--fence", "zone_id=exampel.com"]);
      await cli.fails(2, /takes ALIAS\.KEY=VALUE/, ["mcp", "update", "held", "--fence", "zone_id"]);
      await cli.fails(2, /take one/, ["mcp", "update", "held", "--fence", "zone_id=example.com", "--no-fence"]);
      await cli.ok(["mcp", "update", "held", "--tags", "zones"]);
      assert.equal((await cli.json(["mcp", "show", "held"])).fence.length, 2, "another change leaves it");
      await cli.ok(["mcp", "update", "held", "--fence", "zone_id=example.org"]);
      assert.deepEqual((await cli.json(["mcp", "show", "held"])).config.fence, { zones: { zone_id: [ALSO] } });
      await cli.ok(["mcp", "update", "held", "--no-fence"]);
      assert.deepEqual((await cli.json(["mcp", "show", "held"])).fence, []);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

// ---- every way of saying another value

const inText = (o) => JSON.stringify(o);
const SMUGGLES = {
  // Where the schema has the argument.
  "zone: the value itself": ["zone", (x) => ({ zone_id: x })],
  "zone: in capitals": ["zone", () => ({ zone_id: OURS.toUpperCase() })],
  "zone: with blanks": ["zone", () => ({ zone_id: ` ${OURS}` })],
  "zone: with a line end": ["zone", () => ({ zone_id: `${OURS}\n` })],
  "zone: percent-encoded": ["zone", (x) => ({ zone_id: `%${x.charCodeAt(0).toString(16)}${x.slice(1)}` })],
  "zone: a step from ours": ["zone", (x) => ({ zone_id: `${OURS}/../${x}` })],
  "zone: an encoded step": ["zone", (x) => ({ zone_id: `${OURS}%2f..%2f${x}` })],
  "zone: a list": ["zone", (x) => ({ zone_id: [OURS, x] })],
  "zone: an object": ["zone", (x) => ({ zone_id: { id: x } })],
  "zone: nothing": ["zone", () => ({ zone_id: "" })],
  "zone: a number": ["zone", () => ({ zone_id: 7 })],
  "zone: behind another spelling": ["zone", (x) => ({ zoneId: x })],
  // Another id in the same path.
  "rule: a step": ["rule", (x) => ({ rule_id: `../../${x}/rules/r1` })],
  "rule: an encoded step": ["rule", (x) => ({ rule_id: `%2e%2e%2f%2e%2e%2f${x}%2frules%2fr1` })],
  "rule: encoded twice": ["rule", (x) => ({ rule_id: `%252e%252e%252f${x}` })],
  "rule: backwards": ["rule", (x) => ({ rule_id: `..\\..\\${x}` })],
  "rule: with path parameters": ["rule", (x) => ({ rule_id: `..;a=b/${x}` })],
  "rule: another path": ["rule", (x) => ({ rule_id: `zones/${x}` })],
  "file: a step": ["file", (x) => ({ path: `a/../../${x}` })],
  // Query, header, cookie.
  "search: the query": ["search", (x) => ({ zone_id_2: x, q: "x" })],
  "search: a list": ["search", (x) => ({ zones: [OURS, x] })],
  "search: a deep object": ["search", (x) => ({ fields: { zone_id: x } })],
  "search: a deeper object": ["search", (x) => ({ fields: { filter: { zone: { eq: x } } } })],
  "search: members that stand for themselves": ["search", (x) => ({ open: { zone_id: x } })],
  "search: members in other letters": ["search", (x) => ({ open: { "Zone-ID": x } })],
  "search: brackets in a name": ["search", (x) => ({ open: { "filter[zone_id]": x } })],
  "search: a header": ["search", (x) => ({ "X-Zone-Id": x })],
  "search: JSON in a header": ["search", (x) => ({ "X-Note": inText({ zone_id: x }) })],
  "search: a cookie": ["search", (x) => ({ zone: x })],
  "search: JSON in the query": ["search", (x) => ({ q: inText({ zone_id: x }) })],
  "search: JSON in JSON": ["search", (x) => ({ q: inText({ a: inText({ zone_id: x }) }) })],
  "search: a path in the query": ["search", (x) => ({ q: `/zones/${x}/rules` })],
  "search: an encoded path": ["search", (x) => ({ q: `zones%2f${x}` })],
  "by_query: another": ["by_query", (x) => ({ zone_id: x })],
  "by_query: two": ["by_query", (x) => ({ zone_id: `${OURS},${x}` })],
  "by_query: none": ["by_query", () => ({ zone_id: "" })],
  "by_list: another": ["by_list", (x) => ({ zone_ids: [OURS, x] })],
  "by_list: a text": ["by_list", (x) => ({ zone_ids: x })],
  "by_list: an empty list": ["by_list", () => ({ zone_ids: [] })],
  // Bodies.
  "put: a member": ["put", (x) => ({ zone: x })],
  "put: another spelling": ["put", (x) => ({ ZoneTag: x })],
  "put: an object": ["put", (x) => ({ zone: { id: x } })],
  "put: a list": ["put", (x) => ({ zones: [{ id: OURS }, { id: x }] })],
  "put: nested": ["put", (x) => ({ a: { b: [{ c: { zone_id: x } }] } })],
  "put: null": ["put", () => ({ rows: [{ zone_id: null }] })],
  "put: true for all": ["put", () => ({ rows: [{ zones: true }] })],
  "put: a number": ["put", () => ({ rows: [{ zone_id: 1 }] })],
  "put: JSON in a text": ["put", (x) => ({ note: inText([{ zone_id: x }]) })],
  "put: JSON with a comment": ["put", (x) => ({ note: `/**/{"zone_id":"${x}",}` })],
  "put: a path": ["put", (x) => ({ rows: [{ method: "GET", path: `/zones/${x}/rules` }] })],
  "put: an address": ["put", (x) => ({ note: `https://api.example/v4/zones/${x}` })],
  "put: a name of a resource": ["put", (x) => ({ resources: { [`com.example.api.account.zone.${x}`]: "*" } })],
  "put: a discriminator": ["put", (x) => ({ rows: [{ type: "zone", id: x }] })],
  "put: a named value": ["put", (x) => ({ rows: [{ key: "zone_id", operator: "eq", value: x }] })],
  "put: a condition": ["put", (x) => ({ rows: [{ filter: ["zone_id", "eq", x] }] })],
  "put: encoded in a name": ["put", (x) => ({ "zone%5Fid": x })],
  "put: with words before it": ["put", (x) => ({ rows: [{ target_zone_id: x }, { sourceZoneTag: x }] })],
  "put: the path and the body": ["put", (x) => ({ zone_id: OURS, body: { zone_id: x } })],
  "put: a body of its own": ["put", (x) => ({ body: { zone: x } })],
  "whole: in a list": ["whole", (x) => ({ body: [{ zone_id: x }] })],
  "form: a pair": ["form", (x) => ({ zone: x })],
  "form: brackets": ["form", (x) => ({ "filter[zone_id]": x })],
  "form: JSON": ["form", (x) => ({ a: inText({ zone: x }) })],
  "parts: JSON": ["parts", (x) => ({ metadata: inText({ zone_id: x }) })],
  "lines: a line": ["lines", (x) => ({ body: `{"a":1}\n{"zone_id":"${x}"}\n` })],
};
// Those that no schema lets through get as far as no judge; they must not get further either.
describe("every way of saying another value", () => {
  for (const [name, [tool, args]] of Object.entries(SMUGGLES))
    test(name, async () => {
      const answers = [];
      for (const other of [OTHER, NOWHERE]) {
        const body = await call(server.url, tool, args(other));
        assert.deepEqual(vendor.requests.flatMap((r) => trespasses(r)), [], "something left");
        assert.equal(vendor.requests.length, 0, `sent: ${JSON.stringify(vendor.requests.map((r) => [r.target, r.headers, r.body]))}`);
        assert.ok(body.error || body.result.isError, JSON.stringify(body));
        answers.push(said(body).replaceAll(other, "…"));
      }
      assert.equal(answers[0], answers[1], "the answer tells which of the two there is");
    });

  test("what is within passes, whatever it looks like", async () => {
    for (const [tool, args] of [["put", { note: "zones are fine", rows: [{ type: "zone", id: OURS }, { zone_id: OURS, value: OTHER }] }], ["search", { q: `zones/${OURS}`, zones: [OURS] }], ["rule", { rule_id: "a.b..c" }], ["put", { timezone: "Europe/Berlin", note: "{not json" }], ["lines", { body: '{"zone_id":"' + OURS + '"}\n{}' }]]) {
      const body = await call(server.url, tool, args);
      assert.equal(body.result?.isError, false, `${tool} ${JSON.stringify(args)}: ${said(body)}`);
    }
    assert.equal(vendor.requests.length, 5);
  });

  for (const [era, ask] of [
    ["modern", (text) => rpc(server.url, text, { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "put" })],
    ["legacy", (text) => rpc(server.url, text)],
  ])
    test(`duplicate keys, ${era}`, async () => {
      const meta = era === "modern" ? `,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"e","version":"1"}}` : "";
      for (const args of [`{"zone_id":"${OURS}","zone_id":"${OTHER}"}`, `{"zone_id":"${OTHER}","zone_id":"${OURS}"}`, `{"rows":[{"zone":"${OURS}","zone":"${OTHER}"}]}`, `{"rows":[{"zon\\u0065":"${OTHER}"}]}`]) {
        await ask(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"put","arguments":${args}${meta}}}`);
        assert.deepEqual(vendor.requests.flatMap((r) => trespasses(r)), [], args);
        vendor.requests.length = 0;
      }
    });

  test("GraphQL is not sent, though its path is ours", async () => {
    const open = await world.server(account, { tools: ["graph", "zone"] });
    assert.ok((await list(open.url)).graph, "without a fence there is such a tool");
    assert.match(said(await call(server.url, "graph", { query: "{ zones { id } }" })), /Unknown tool/);
  });
});

describe("official clients", () => {
  for (const [name, { connect }] of Object.entries(CLIENTS))
    test(name, async () => {
      const client = await connect(server.url);
      const { tools } = await client.listTools();
      assert.doesNotMatch(JSON.stringify(tools), new RegExp(`${OTHER}|"zone_id"`));
      assert.ok(!(await client.callTool({ name: "zone", arguments: {} })).isError);
      const refused = await client.callTool({ name: "rule", arguments: { rule_id: "r", zone_id: OTHER } });
      assert.equal(refused.isError, true);
      assert.match(refused.content[0].text, /Nothing was sent/);
      assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${OURS}`]);
      await client.close();
    });

  test("the audit says denied, and what the fence was about, without the value", async () => {
    await call(server.url, "by_query", { zone_id: OTHER });
    const rows = () => world.must(200, "GET", "/audit?action=tools/call&outcome=denied&limit=100").then((r) => r.items.find((i) => i.tool === "by_query"), () => undefined);
    const row = await eventually("the audit has the call", rows);
    assert.match(row.detail, /fence: .*zone_id/);
    assert.doesNotMatch(JSON.stringify(row), new RegExp(OTHER));
  });

  test("a zone that is gone at the vendor fails as the vendor says", async () => {
    vendor.state.fails = true;
    const gone = await made(fence([NOWHERE])).finally(() => (vendor.state.fails = false));
    const body = await call(gone.url, "rule", { rule_id: "gone" });
    assert.equal(body.result.isError, true);
    assert.match(said(body), /404|no such zone/);
  });
});

describe("programs", () => {
  const run = (steps, results, more = {}) => call(server.url, "postern_run_program", { program: { version: 1, steps, results, ...more } });
  const step = (more) => ({ id: "s", tool: "rule", ...more });
  test("calls within run without the value", async () => {
    const body = await run([{ id: "z", tool: "zone" }], { n: { query: "SELECT count(*) AS n FROM z" } });
    assert.equal(body.result.isError, false, said(body));
    assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${OURS}`]);
  });
  const ids = `SELECT '${OTHER}' AS zone_id UNION SELECT '${NOWHERE}'`;
  for (const [name, steps, more] of [
    ["for_each over other ids", [step({ for_each: ids, arguments: { zone_id: { $: "zone_id" }, rule_id: "r" } })]],
    ["an id that SQL made", [step({ arguments: { zone_id: { $sql: `SELECT replace('x', 'x', '${OTHER}')` }, rule_id: "r" } })]],
    ["a parameter", [step({ arguments: { zone_id: { $param: "z" }, rule_id: "r" } })], { parameters: { z: OTHER } }],
    ["rows of ids", [{ id: "s", tool: "by_list", arguments: { zone_ids: { $rows: ids } } }]],
    ["a step out of the path that SQL made", [step({ arguments: { rule_id: { $sql: `SELECT '../../' || '${OTHER}' || '/rules/r'` } } })]],
    ["a tool beyond the fence", [{ id: "s", tool: "zones" }]],
    ["an id as a literal", [step({ arguments: { zone_id: OTHER, rule_id: "r" } })]],
  ])
    test(name, async () => {
      const body = await run(steps, { n: { query: "SELECT count(*) AS n FROM s" } }, more);
      assert.equal(vendor.requests.length, 0, JSON.stringify(vendor.requests.map((r) => r.target)));
      assert.match(JSON.stringify(body), /isError":true|held to certain values|no tool/, JSON.stringify(body).slice(0, 600));
    });

  test("an answer that another's program was just given", async () => {
    const steps = [{ id: "s", account: "zones", tool: "rule", arguments: { zone_id: OTHER, rule_id: "r" } }];
    await world.must(200, "POST", "/program", { program: { version: 1, steps, results: { n: { query: "SELECT * FROM s" } } } });
    assert.equal(vendor.requests.length, 1);
    const body = await run([{ ...steps[0], account: undefined }], { n: { query: "SELECT * FROM s" } });
    assert.doesNotMatch(JSON.stringify(body), /their rule/);
    assert.match(JSON.stringify(body), /held to certain values/);
    assert.equal(vendor.requests.length, 1);
  });

  test("what was kept before the fence changed is gone", async () => {
    const s = await made({ programs: true, ...fence([OURS, ALSO]) });
    const program = { version: 1, steps: [{ id: "z", tool: "zone", arguments: { zone_id: ALSO } }], results: { n: { query: "SELECT count(*) AS n FROM z" } } };
    const first = await call(s.url, "postern_run_program", { program });
    const handle = JSON.stringify(first).match(/run_\w+/)?.[0] ?? first.result.structuredContent?.handle;
    assert.ok(handle, JSON.stringify(first));
    await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { programs: true, ...fence([OURS]) } });
    vendor.requests.length = 0;
    const again = await call(s.url, "postern_run_program", { program: { version: 1, steps: [{ id: "k", result: handle }], results: { n: { query: "SELECT * FROM k" } } }, continue: handle });
    assert.ok(again.error || again.result.isError, JSON.stringify(again));
    assert.equal(vendor.requests.length, 0);
  });
});

// ---- chance: arguments made from the schemas, with other ids wherever there is room

function chance(seed) {
  let s = seed;
  const next = () => ((s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const ids = [OURS, OTHER, NOWHERE, ALSO, OURS.toUpperCase(), ` ${OTHER}`, `${OURS}/../${OTHER}`, `${OURS},${OTHER}`, `zones/${OTHER}`, inText({ zone_id: OTHER }), "..", "x", 7, null, true];
  const names = ["zone_id", "zoneId", "ZONE-ID", "zone", "zones", "zone_tag", "filter[zone_id]", "zone.id", "note", "type", "id", "value", "x"];
  const value = (depth) => {
    const kind = next();
    if (depth > 3 || kind < 0.6) return pick(ids);
    if (kind < 0.75) return [value(depth + 1), value(depth + 1)];
    return Object.fromEntries([1, 2].map(() => [pick(names), value(depth + 1)]));
  };
  const fitting = (schema) => (schema?.type === "array" ? [pick(ids), pick(ids)].map((x) => (schema.items?.type === "object" ? { [pick(names)]: x } : x)) : schema?.type === "object" ? { [pick(names)]: value(1), [pick(names)]: value(1) } : next() < 0.7 ? String(pick(ids)) : value(0));
  return (tool) => {
    const args = {};
    for (const [name, schema] of Object.entries(tool.inputSchema.properties ?? {})) if (tool.inputSchema.required?.includes(name) || next() < 0.4) args[name] = fitting(schema);
    for (let i = 0; i < 2; i++) if (next() < 0.3) args[pick(names)] = value(0);
    return args;
  };
}

test("no request of two thousand random calls names another zone, or misses ours", async () => {
  const tools = Object.values(await list(server.url)).filter((t) => !t.name.startsWith("postern_"));
  const seed = Number(process.env.SEED ?? 20261129);
  const args = chance(seed);
  let sent = 0;
  for (let round = 0; round < 2000; round += 50) {
    vendor.requests.length = 0;
    const batch = Array.from({ length: 50 }, (_, i) => tools[(round + i) % tools.length]).map((t) => [t.name, args(t)]);
    await Promise.all(batch.map(([name, a]) => call(server.url, name, a)));
    for (const r of vendor.requests) {
      assert.deepEqual(trespasses(r), [], `seed ${seed}: ${r.method} ${r.target} ${r.body}`);
      assert.ok(isNarrowed(r), `seed ${seed}: ${r.target} does not name ours`);
    }
    sent += vendor.requests.length;
  }
  assert.ok(sent > 200, `only ${sent} calls got as far as the vendor: the test shows nothing`);
});

// ---- vendors' MCP servers

for (const era of ["modern", "legacy"])
  describe(`a vendor's MCP server, ${era}`, () => {
    let mcp, remote, held;
    const fenceOf = (f) => ({ fence: { [remote.name]: f } });
    before(async () => {
      mcp = await startZonesMcp(era);
      remote = await mcp.connect(world, { context: { account_id: ACCOUNT } });
      held = await world.server(remote, { programs: true, ...fenceOf({ zone_id: ["example.com"] }) });
    });
    after(() => mcp?.close());
    beforeEach(() => (mcp.calls.length = 0));
    const called = () => mcp.calls.filter((c) => c.method === "tools/call");

    test("tools are narrowed by the connector's word alone", async () => {
      const tools = await list(held.url);
      assert.deepEqual(Object.keys(tools).sort(), ["ask_first", "docs", "postern_run_program", "report", "zone_details"]);
      assert.doesNotMatch(JSON.stringify(tools.zone_details.inputSchema), /zoneId/);
      assert.ok(!(await call(held.url, "zone_details", { note: "x" })).result.isError);
      assert.ok(!(await call(held.url, "report", { days: 7 })).result.isError);
      assert.deepEqual(called().map((c) => c.params.arguments), [{ note: "x", zoneId: OURS }, { days: 7, zone: OURS }]);
      for (const hidden of ["zones_list", "settings", "graphql_query"]) assert.match(said(await call(held.url, hidden)), /Unknown tool/);
    });

    test("other values are refused before anything is sent", async () => {
      const rows = [{ zoneId: OTHER }, { zoneId: OURS.toUpperCase() }, { zoneId: [OURS, OTHER] }, { zoneId: { id: OURS } }, { zoneId: [] }, { zoneId: true }, { zone: OTHER }, { note: inText({ zone: OTHER }) }, { note: `/zones/${OTHER}` }, { filters: [{ key: "$metadata.zone_id", operation: "eq", value: OTHER }] }, { Zone_ID: OTHER }];
      for (const args of rows) {
        const body = await call(held.url, "zone_details", args);
        assert.match(said(body), /Nothing was sent/, inText(args));
      }
      await modern(held.url, "tools/call", { name: "zone_details", arguments: {} }, { meta: { "example.com/zone_id": OTHER } });
      assert.deepEqual(called(), []);
      for (const text of [`{"zoneId":"${OURS}","zoneId":"${OTHER}"}`, `{"zoneId":"${OTHER}","zoneId":"${OURS}"}`]) await rpc(held.url, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"zone_details","arguments":${text}}}`);
      assert.deepEqual(called(), [], "nor with duplicate keys");
    });

    test("the account is the header's, which wins over an argument", async () => {
      const ours = await world.server(remote, fenceOf({ account_id: [ACCOUNT] }));
      const tools = await list(ours.url);
      assert.deepEqual(Object.keys(tools).sort(), ["account_settings", "docs", "settings", "zones_list"]);
      await call(ours.url, "settings");
      await call(ours.url, "account_settings");
      assert.deepEqual(called().map((c) => [c.headers["x-account-id"], c.params.arguments]), [[ACCOUNT, {}], [ACCOUNT, { account_id: ACCOUNT }]]);
      assert.match(said(await call(ours.url, "account_settings", { account_id: ELSEWHERE })), /names another/);
      const theirs = await world.api("POST", `/integrated-account/${remote.id}/mcp`, { name: "x", config: { tools: ["settings", "account_settings"], ...fenceOf({ account_id: [ELSEWHERE] }) } });
      assert.equal(theirs.status, 422, "the header says another, so nothing narrows them");
      // A default that changes later takes the tools out of the server.
      await world.must(200, "PATCH", `/integrated-account/${remote.id}`, { context: { account_id: ELSEWHERE } });
      mcp.calls.length = 0;
      assert.deepEqual(Object.keys(await list(ours.url)), ["docs"]);
      assert.match(said(await call(ours.url, "settings")), /Unknown tool/);
      assert.deepEqual(called(), []);
      await world.must(200, "PATCH", `/integrated-account/${remote.id}`, { context: { account_id: ACCOUNT } });
    });

    for (const [name, { connect }] of Object.entries(CLIENTS))
      test(`${name}: prompts, resources, completions, questions and instructions do not pass`, async (t) => {
        const client = await connect(held.url, { abilities: ABILITIES });
        t.after(() => client.close());
        const capabilities = client.getServerCapabilities();
        for (const kind of ["prompts", "completions", "logging"]) assert.equal(capabilities[kind], undefined, kind);
        assert.ok(!capabilities.resources?.subscribe, "of resources there are at most our own");
        if (capabilities.resources) assert.doesNotMatch(JSON.stringify((await client.listResources()).resources), /zone:/);
        assert.doesNotMatch(client.getInstructions() ?? "", new RegExp(ELSEWHERE));
        const raw = async (method, params) => client.request({ method, params }, { parse: (x) => x, safeParse: (x) => ({ success: true, data: x }) }).then((r) => JSON.stringify(r), (e) => String(e));
        for (const [method, params] of [["prompts/get", { name: "about" }], ["resources/read", { uri: `zone://${OTHER}` }], ["completion/complete", { ref: { type: "ref/prompt", name: "about" }, argument: { name: "zone", value: "" } }], ["resources/subscribe", { uri: `zone://${OTHER}` }]]) assert.doesNotMatch(await raw(method, params).catch(String), new RegExp(`"text":"${OTHER}|of ${OTHER}|values`), method);
        const asked = await client.callTool({ name: "ask_first", arguments: {} }).catch((e) => ({ isError: true, e }));
        assert.deepEqual(client.asked, [], "the vendor's question does not reach the client");
        if (era === "modern") assert.equal(asked.isError, true);
        const others = mcp.calls.filter((c) => c.method !== "subscriptions/listen" || c.params.notifications.resourceSubscriptions); // for news of tools Postern listens itself
        assert.ok(others.every((c) => c.method === "tools/call" && c.params.arguments.zoneId === OURS && !c.params.inputResponses), JSON.stringify(others));
      });

    test("answers that nobody asked for are not passed on", async () => {
      for (const inputResponses of [{ q: { action: "accept", content: { zone: OTHER } } }, { q: { action: "accept", content: { zone: OURS } } }])
        await modern(held.url, "tools/call", { name: "ask_first", arguments: {}, inputResponses });
      assert.deepEqual(called().filter((c) => era === "modern" || c.params.inputResponses), []);
    });

    test("by the connector's word prompts and resources are served", async () => {
      const open = await mcp.connect(world, { name: `open-${era}`, serves: ["prompts", "resources"] });
      const s = await world.server(open, { fence: { [open.name]: { zone_id: [OURS] } } });
      const client = await CLIENTS["SDK v2, pinned"].connect(s.url);
      assert.equal((await client.listPrompts()).prompts.length, 1);
      assert.equal(client.getServerCapabilities().completions, undefined, "completions list values");
      await client.close();
    });

    test("programs and chance", async () => {
      const ids = `SELECT '${OTHER}' AS z UNION SELECT '${ELSEWHERE}'`;
      const program = { version: 1, steps: [{ id: "s", tool: "zone_details", for_each: ids, arguments: { zoneId: { $: "z" } } }], results: { n: { query: "SELECT count(*) AS n FROM s" } } };
      await call(held.url, "postern_run_program", { program });
      assert.deepEqual(called(), []);
      const args = chance(Number(process.env.SEED ?? 7));
      const tools = Object.values(await list(held.url)).filter((t) => ["zone_details", "report"].includes(t.name));
      for (let i = 0; i < 400; i++) {
        const tool = tools[i % tools.length];
        await call(held.url, tool.name, args(tool));
      }
      for (const { params } of called()) {
        assert.deepEqual(trespasses({ target: "/", headers: {}, body: JSON.stringify(params.arguments) }), [], JSON.stringify(params));
        assert.equal(params.arguments.zoneId ?? params.arguments.zone, OURS);
      }
      assert.ok(called().length > 20, `only ${called().length} calls got as far as the vendor`);
    });
  });

describe("several accounts on one server", () => {
  let second, both;
  before(async () => {
    second = await world.must(201, "POST", "/integrated-account", { connector: "zones", name: "second", credential: { token: "a-second-token" } });
    both = await world.must(201, "POST", "/mcp-server", { name: "both", accounts: [{ account: account.id, alias: "one" }, { account: second.id, alias: "two" }], share: true, config: { programs: true, fence: { one: { zone_id: [OURS] }, two: { zone_id: ["example.org"] } } } });
    vendor.requests.length = 0;
  });

  test("each has its own fence behind one tool", async () => {
    assert.deepEqual(both.config.fence, { one: { zone_id: [OURS] }, two: { zone_id: [ALSO] } });
    const tools = await list(both.url);
    assert.deepEqual(Object.keys(tools.zone.inputSchema.properties), ["account"]);
    await call(both.url, "zone", { account: "one" });
    await call(both.url, "zone", { account: "two" });
    assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${OURS}`, `/zones/${ALSO}`]);
    for (const [alias, id] of [["one", ALSO], ["two", OURS]]) assert.match(said(await call(both.url, "zone", { account: alias, zone_id: id })), /names another/);
    assert.equal(vendor.requests.length, 2);
  });

  test("a fence goes along with its account, whatever it is called, and leaves with it", async () => {
    let s = await world.must(200, "PATCH", `/mcp-server/${both.id}`, { accounts: [{ account: account.id, alias: "uno" }, { account: second.id, alias: "due" }] });
    assert.deepEqual(s.config.fence, { uno: { zone_id: [OURS] }, due: { zone_id: [ALSO] } });
    s = await world.must(200, "PATCH", `/mcp-server/${both.id}`, { accounts: [account.id] });
    assert.deepEqual(s.config.fence, { uno: { zone_id: [OURS] } });
    const half = await world.must(201, "POST", "/mcp-server", { name: "half", accounts: [{ account: account.id, alias: "a" }, { account: second.id, alias: "b" }], share: true, config: { fence: { a: { zone_id: [OURS] } } } });
    const tools = await list(half.url);
    assert.ok(tools.zone.inputSchema.properties.zone_id, "the account that is free takes any");
    assert.deepEqual(tools.zone.inputSchema.required, ["account"]);
    assert.match(said(await call(half.url, "zone", { account: "a", zone_id: OTHER })), /names another/);
    assert.equal((await call(half.url, "zone", { account: "b", zone_id: OTHER })).result.isError, false);
    assert.match(said(await call(half.url, "zones", { account: "a" })), /account|Unknown/, "beyond a's fence the tool is b's alone");
  });

  test("clients that listen are told when another value is filled in", async () => {
    const s = await made(fence([OURS]));
    let told = 0;
    const client = await CLIENTS["SDK v2, pinned"].connect(s.url, { listChanged: { tools: { autoRefresh: false, onChanged: () => told++ } } });
    await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: fence([ALSO]) });
    await eventually("the list is said to have changed", () => told > 0);
    await client.close();
  });
});

describe("vendors as they are", () => {
  let hosted;
  before(async () => (hosted = await startWithVendors()));
  after(() => hosted?.close());

  test("Arcjet: a site by its name, found team by team", async () => {
    const { account: arcjet } = await hosted.connect("arcjet");
    const all = await hosted.server(arcjet);
    const team = JSON.parse(said(await call(all.url, "list-teams"))).teams[0];
    const sites = JSON.parse(said(await call(all.url, "list-sites", { team_id: team.id }))).sites;
    assert.ok(sites.length > 1);
    const s = await hosted.server(arcjet, { methods: ["read"], fence: { [arcjet.name]: { site_id: [sites[0].name] } } });
    assert.deepEqual(s.fence[0].values, [{ id: sites[0].id, name: sites[0].name }]);
    const tools = await list(s.url);
    assert.ok(tools["list-requests"] && !tools["list-sites"] && !tools["list-teams"], Object.keys(tools).join());
    assert.equal(tools["list-requests"].inputSchema.properties.site_id, undefined);
    const { result } = await call(s.url, "list-requests", { limit: 5 });
    assert.ok(!result.isError, said({ result }));
    assert.match(said(await call(s.url, "list-requests", { site_id: sites[1].id })), /names another/);
    const r = await hosted.api("POST", `/integrated-account/${arcjet.id}/mcp`, { name: "x", config: { fence: { [arcjet.name]: { site_id: [`${sites[0].name}x`] } } } });
    assert.match(r.body.error.hint, new RegExp(`near are: .*${sites[0].id}`));
  });

  test("Cloudflare bindings: the account of its context", async () => {
    const { account: bindings } = await hosted.connect("cloudflare");
    const id = bindings.context.account_id ?? (await hosted.must(200, "PATCH", `/integrated-account/${bindings.id}`, { context: { account_id: "23adba6c1ce5090c35ca27fddd5c06f6" } })).context.account_id;
    const s = await hosted.server(bindings, { methods: ["read"], fence: { [bindings.name]: { account_id: [id] } } });
    const tools = Object.keys(await list(s.url));
    assert.ok(tools.includes("kv_namespaces_list") && tools.includes("search_cloudflare_documentation") && !tools.includes("accounts_list"), tools.join());
    const { result } = await call(s.url, "kv_namespaces_list");
    assert.ok(!result.isError, said({ result }));
  });
});

// ---- servers that list a handful of tools, and programs on them

const HANDFUL = ["postern_search_tools", "postern_describe_tools", "postern_read", "postern_write", "postern_destroy", "postern_run_program"];
const ROWS = [
  ["one value", { zone_id: [OURS] }],
  ["several", { zone_id: [OURS, ALSO] }],
  ["an account above", { account_id: [ACCOUNT], zone_id: [OURS] }],
  ["an account alone", { account_id: [ACCOUNT] }],
];
const theirs = (tools) => tools.filter((t) => !t.name.startsWith("postern_"));
const gate = (url, tool, args, by = "postern_read") => call(url, by, { tool, arguments: args });

describe("a server that lists a handful", () => {
  for (const discovery of ["search", "featured"])
    for (const [name, keys] of ROWS)
      test(`${discovery}, ${name}: finds and describes what the fence has, and tells of nothing else`, async () => {
        const shown = theirs(Object.values(await list((await made({ fence: { zones: keys } })).url)));
        const hidden = Object.keys(await list((await world.server(account, {})).url)).filter((n) => !shown.some((t) => t.name === n));
        const s = await made({ discovery, fence: { zones: keys } });
        const client = await CLIENTS["SDK v2, pinned"].connect(s.url);
        const ours = async (tool, args) => (await client.callTool({ name: tool, arguments: args })).structuredContent;
        for (const args of [{ limit: 50 }, { limit: 50, tag: "zones" }, { limit: 50, account: "zones" }]) {
          const { tools } = await ours("postern_search_tools", args);
          assert.deepEqual(tools.map((t) => [t.name, t.needs]), shown.map((t) => [t.name, t.inputSchema.required]), JSON.stringify(args));
        }
        for (const query of [...hidden, "zones accounts members rules batch graph", "zone_id", OTHER]) {
          const said = JSON.stringify((await client.callTool({ name: "postern_search_tools", arguments: { query, limit: 50 } })));
          for (const n of hidden) assert.doesNotMatch(said, new RegExp(`\\b${n} \\(|"${n}"`), `${query}: ${said}`);
          assert.doesNotMatch(said, new RegExp(OTHER));
        }
        for (const tool of shown) assert.deepEqual((await ours("postern_describe_tools", { tools: [tool.name] })).tools, [tool]);
        for (const n of hidden) assert.deepEqual(await ours("postern_describe_tools", { tools: [n] }), { tools: [], unknown: [n] });
        assert.deepEqual((await client.listTools()).tools.filter((t) => !HANDFUL.includes(t.name)), [], "nothing of it is featured");
        await client.close();
        assert.equal(vendor.requests.length, 0);
      });

  for (const [name, { connect }] of Object.entries(CLIENTS))
    test(`${name}: another value is refused in the words of the direct call, and nothing is sent`, async () => {
      for (const keys of [{ zone_id: [OURS] }, { zone_id: [OURS, ALSO] }]) {
        const s = await made({ discovery: "search", fence: { zones: keys } });
        const client = await connect(s.url);
        const asked = (tool, args) => client.callTool({ name: tool, arguments: args }).then((r) => ({ ...r, _meta: undefined }), (e) => ({ isError: true, thrown: [e.code, e.message] }));
        const least = keys.zone_id.length > 1 ? { zone_id: OURS } : {};
        for (const other of [OTHER, NOWHERE])
          for (const [by, tool, args] of [
            ["postern_read", "zone", { zone_id: other }],
            ["postern_read", "rule", { rule_id: `../../${other}/rules/r`, ...least }],
            ["postern_read", "by_query", { zone_id: other }],
            ["postern_read", "by_list", { zone_ids: [OURS, other] }],
            ["postern_read", "search", { q: `/zones/${other}`, ...least }],
            ["postern_write", "put", { zone: other, ...least }],
            ["postern_write", "whole", { body: [{ zone_id: other }], ...least }],
            ["postern_read", "members", { account_id: ELSEWHERE }],
            ["postern_read", "loose_rule", { rule_id: "r" }],
            ["postern_write", "graph", { query: "{ zones { id } }" }],
          ]) {
            const [direct, gated] = [await asked(tool, args), await asked(by, { tool, arguments: args })];
            assert.ok(direct.isError, JSON.stringify(direct));
            assert.deepEqual(gated, direct, `${by} ${tool}`);
          }
        assert.deepEqual(vendor.requests.map((r) => r.target), []);
        assert.ok(!(await asked("postern_read", { tool: "zone", arguments: least })).isError);
        assert.ok(!(await asked("postern_write", { tool: "put", arguments: { note: "n", ...least } })).isError);
        assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${OURS}`, `/zones/${OURS}/things`]);
        await client.close();
        vendor.requests.length = 0;
      }
    });

  test("accounts that share tools: each is found and needed as its own fence has it", async () => {
    const other = await world.must(201, "POST", "/integrated-account", { connector: "zones", name: "unheld", credential: { token: "a-third-token" } });
    const shared = (config) => world.must(201, "POST", "/mcp-server", { name: `shared-${Math.random()}`, accounts: [{ account: account.id, alias: "a" }, { account: other.id, alias: "b" }], share: true, config });
    const f = { fence: { a: { zone_id: [OURS] } } };
    const shown = await list((await shared(f)).url);
    const s = await shared({ ...f, discovery: "search" });
    vendor.requests.length = 0;
    const found = (args) => call(s.url, "postern_search_tools", { limit: 50, ...args }).then((b) => b.result.structuredContent.tools);
    for (const t of await found({})) assert.deepEqual(t.needs, shown[t.name].inputSchema.required, t.name);
    const names = async (alias) => (await found({ account: alias })).map((t) => t.name);
    assert.deepEqual((await names("b")).sort(), Object.keys(shown).sort());
    const held = await names("a");
    assert.ok(held.includes("zone") && !held.includes("zones") && !held.includes("members"), held.join());
    assert.match(said(await gate(s.url, "zone", { account: "a", zone_id: OTHER })), /names another/);
    assert.equal(vendor.requests.length, 0);
  });

  test("clients of all eras hear of another fence, and find and describe by it", async () => {
    for (const [name, { connect }] of Object.entries(CLIENTS)) {
      const s = await made({ discovery: "search", ...fence([OURS]) });
      let told = 0;
      const client = await connect(s.url, { listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => told++ } } });
      // A legacy client's stream opens beside its first calls: what changed before that is not told.
      for (let i = 0; !told && i < 100; i++) {
        await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { discovery: "search", ...fence([i % 2 ? OURS : OTHER]) } });
        await eventually("it is told, or it is not yet listening", () => told > 0, { ms: 1000 }).catch(() => undefined);
      }
      assert.ok(told > 0, `${name} is told of nothing`);
      await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { discovery: "search", ...fence([OURS, ALSO]) } });
      const ours = async (tool, args) => (await client.callTool({ name: tool, arguments: args })).structuredContent.tools[0];
      assert.deepEqual((await ours("postern_search_tools", { query: "zone" })).needs, ["zone_id"]);
      assert.deepEqual((await ours("postern_describe_tools", { tools: ["zone"] })).inputSchema.properties.zone_id.enum, [OURS, ALSO]);
      await client.close();
    }
  });

  test("one that has expired answers like every other", async () => {
    const server = (config) => shortLived((expires_at) => world.server(account, { programs: true, ...fence([OURS]), ...config }, { expires_at }));
    const [search, full] = [await server({ discovery: "search" }), await server({})];
    await eventually("both have expired", async () => (await modern(search.url, "tools/list")).status === 404 && (await modern(full.url, "tools/list")).status === 404);
    const unknown = search.url.replace(/[^_]+$/, "nobody");
    const answer = async (url, method, params) => [await modern(url, method, params), await rpc(url, { jsonrpc: "2.0", id: 1, method, params })].map((r) => [r.status, { ...r.body.error, request_id: undefined }]);
    for (const [method, params] of [["tools/list", {}], ["server/discover", {}], ["skills/list", {}], ...HANDFUL.map((name) => ["tools/call", { name, arguments: { tool: "zone", query: "zone", tools: ["zone"] } }])]) {
      const [a, b, c] = [await answer(search.url, method, params), await answer(full.url, method, params), await answer(unknown, method, params)];
      assert.equal(a[0][0], 404);
      assert.deepEqual(a, b, method);
      assert.deepEqual(a, c, method);
    }
  });

  for (const era of ["modern", "legacy"])
    test(`a vendor's MCP server, ${era}: found, described and called within the fence alone`, async (t) => {
      const mcp = await startZonesMcp(era);
      t.after(() => mcp.close());
      const account = await mcp.connect(world, { name: `handful-${era}` });
      const f = { fence: { [account.name]: { zone_id: [OURS] } } };
      const shown = theirs(Object.values(await list((await world.server(account, f)).url)));
      const s = await world.server(account, { ...f, discovery: "search" });
      const { tools } = (await call(s.url, "postern_search_tools", { limit: 50 })).result.structuredContent;
      assert.deepEqual(tools.map((x) => [x.name, x.needs]), shown.map((x) => [x.name, x.inputSchema.required]));
      const described = (await call(s.url, "postern_describe_tools", { tools: [...shown.map((x) => x.name), "zones_list"] })).result.structuredContent;
      assert.deepEqual(described, { tools: shown, unknown: ["zones_list"] });
      const before = mcp.calls.length;
      for (const [tool, args] of [["zone_details", { zoneId: OTHER }], ["report", { zone: OTHER }], ["zones_list", {}], ["graphql_query", { query: "{}" }], ["zone_details", { note: `/zones/${OTHER}` }]])
        assert.deepEqual(await gate(s.url, tool, args), await call(s.url, tool, args), tool);
      assert.deepEqual(mcp.calls.slice(before).filter((c) => c.method === "tools/call"), []);
      assert.ok(!(await gate(s.url, "zone_details", {})).result.isError);
    });
});

describe("programs on a server that lists a handful", () => {
  const reading = (parameters, args, tool = "rule") => ({ version: 1, parameters, steps: [{ id: "s", account: "zones", tool, arguments: args }], results: { n: { query: "SELECT * FROM s" } } });
  for (const discovery of ["full", "search", "featured"])
    test(`${discovery}: neither what is sent nor what was published reaches another value`, async () => {
      const s = await made({ discovery, programs: true, ...fence([OURS]) });
      const publish = (as, program) => world.api("POST", `/mcp-server/${s.id}/program`, { program, as: `${as}_${discovery}` });
      const parameter = reading({ site: { type: "text" } }, { zone_id: { $param: "site" }, rule_id: "r" });
      const literal = reading({}, { zone_id: OTHER, rule_id: "r" });
      const path = reading({ site: { type: "text" } }, { rule_id: { $sql: "SELECT '../../' || :site || '/rules/r'" } });
      const beyond = reading({}, {}, "zones");
      assert.equal((await publish("by_site", parameter)).status, 201);
      assert.equal((await publish("by_path", path)).status, 201);
      const fixed = await publish("fixed", literal);
      const listed = await publish("listed", beyond);
      assert.ok(listed.status >= 400, listed.text);
      vendor.requests.length = 0;
      for (const other of [OTHER, NOWHERE, ALSO]) {
        for (const as of ["by_site", "by_path"]) {
          const body = await call(s.url, `${as}_${discovery}`, { site: other });
          assert.ok(body.result.isError, JSON.stringify(body));
          assert.doesNotMatch(said(body), /their rule/);
        }
        for (const program of [reading({}, { zone_id: other, rule_id: "r" }), { ...parameter, parameters: { site: other } }]) {
          const body = await call(s.url, "postern_run_program", { program });
          assert.ok(body.result.isError, JSON.stringify(body));
        }
      }
      if (fixed.status === 201) assert.ok((await call(s.url, `fixed_${discovery}`)).result.isError);
      assert.deepEqual(vendor.requests.map((r) => r.target), []);
      const within = await call(s.url, `by_site_${discovery}`, { site: OURS });
      assert.equal(within.result.isError, false, said(within));
      assert.deepEqual(vendor.requests.map((r) => r.target), [`/zones/${OURS}/rules/r`]);
      // It follows the fence: what was within is not any more.
      await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { discovery, programs: true, ...fence([ALSO]) } });
      vendor.requests.length = 0;
      assert.ok((await call(s.url, `by_site_${discovery}`, { site: OURS })).result.isError);
      assert.deepEqual(vendor.requests.map((r) => r.target), []);
    });
});
