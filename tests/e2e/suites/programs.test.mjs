// SPDX-License-Identifier: Apache-2.0
// Answer programs over the sandbox's vendors: by the management API, the command line, and official MCP clients in both
// eras; faults, limits, rate limits, pages of every kind, and that nothing is ever written.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { promisify } from "node:util";
import { CLIENTS } from "../lib/clients.mjs";
import { startWithVendors } from "../lib/oauth.mjs";
import { BINARY, modern, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const TOOL = "postern_run_program";
let world, account, server;
before(async () => {
  world = await start({ settings: { program_wait: "0s", program_fan_out: 40 } });
  account = await world.account("cfut_sandbox_one_account", { name: "acme" });
  server = await world.server(account, { methods: ["read"], programs: true });
});
after(() => world?.close());
beforeEach(() => world.sandbox.control("DELETE", "/requests"));

const zones = { id: "zones", account: "acme", tool: "list_all_cloudflare_zones" };
const perZone = (id, tool) => ({ id, account: "acme", tool, for_each: "SELECT id AS zone_id, name AS zone FROM zones WHERE name IN ('example.com', 'staging-app.com')", arguments: { zone_id: { $: "zone_id" } } });
const program = (steps, results, more = {}) => ({ version: 1, steps, results, ...more });
const run = (body, status = 200) => world.must(status, "POST", "/program", body);
const rows = (outcome, i = 0) => outcome.results[i].rows;
const sent = () => world.sandbox.control("GET", "/requests?last=500");

describe("by the management API", () => {
  test("calls, a query over them, and who was called", async () => {
    const outcome = await run({ program: program([zones, perZone("rules", "list_all_cloudflare_firewall_rules")], { by: "SELECT zone, count(*) AS rules FROM rules GROUP BY zone ORDER BY zone" }) });
    assert.equal(outcome.status, "complete", JSON.stringify(outcome.warnings));
    assert.deepEqual(rows(outcome).map((r) => r[0]), ["example.com", "staging-app.com"]);
    assert.ok(rows(outcome).every((r) => r[1] > 0));
    assert.equal(outcome.calls.filter((c) => c.tool === "list_all_cloudflare_firewall_rules").length, 2);
    assert.deepEqual(outcome.steps.map((s) => [s.id, s.state]), [["zones", "complete"], ["rules", "complete"]]);
    assert.ok((await sent()).every((r) => r.method === "GET"));
  });

  test("all pages are read, and a bound on them is said", async () => {
    const direct = JSON.parse((await modern(server.url, "tools/call", { name: zones.tool, arguments: { per_page: 5 } })).body.result.content[0].text);
    const total = direct.result_info.total_count;
    const paged = { ...zones, arguments: { per_page: 5 } };
    const whole = await run({ program: program([paged], { n: "SELECT count(*) FROM zones" }) });
    assert.deepEqual(rows(whole), [[total]]);
    assert.equal(whole.calls.length, Math.ceil(total / 5));
    const cut = await run({ program: program([{ ...paged, pages: 2 }], { n: "SELECT count(*) FROM zones" }) });
    assert.deepEqual(rows(cut), [[10]]);
    assert.equal(cut.status, "partial");
    assert.match(cut.warnings.join(), new RegExp(`the first 10 of ${total} rows`));
  });

  test("faults are all told, with their places, and nothing is called", async () => {
    const bad = program([{ ...zones, tool: "list_all_cloudflare_zone" }, { id: "x", account: "nobody", tool: "t" }], { n: "SELECT * FROM nothing" });
    const verdict = await world.must(200, "POST", "/program/check", { program: bad });
    assert.equal(verdict.sound, false);
    assert.deepEqual(verdict.faults.map((f) => f.pointer).sort(), ["/results/n/query", "/steps/0/tool", "/steps/1/account"]);
    assert.match(verdict.faults.find((f) => f.pointer === "/steps/0/tool").hint, /list_all_cloudflare_zones/);
    const refused = await run({ program: bad }, 400);
    assert.equal(refused.faults.length, 3);
    assert.deepEqual(await sent(), []);
  });

  test("a tool that writes is refused, whoever asks", async () => {
    const verdict = await world.must(200, "POST", "/program/check", { program: program([{ id: "d", account: "acme", tool: "delete_a_cloudflare_zone_by_id", arguments: { zone_id: "x" } }], { n: "SELECT 1" }) });
    assert.match(JSON.stringify(verdict.faults), /writes \(delete\)|no tool/);
  });

  test("what it costs is known before", async () => {
    const verdict = await world.must(200, "POST", "/program/check", { program: program([zones, perZone("rules", "list_all_cloudflare_firewall_rules")], { n: "SELECT 1 FROM rules" }) });
    assert.equal(verdict.sound, true);
    assert.equal(verdict.calls_least, 1);
    assert.equal(verdict.calls_known, false);
    assert.deepEqual(verdict.steps[1].after, ["zones"]);
    assert.deepEqual(await sent(), []);
  });

  test("one's own rows beside the accounts'", async () => {
    const outcome = await run({ program: program([zones], { n: "SELECT z.name, s.owner FROM zones z JOIN sites s ON s.site = z.name" }), tables: { sites: "site,owner\nexample.com,web\nnowhere.example,none\n" } });
    assert.deepEqual(rows(outcome), [["example.com", "web"]]);
  });

  test("parameters, and times against one now", async () => {
    const p = program([zones], { n: "SELECT :name AS name, :since < :until AS ordered, :n + 1 AS n" }, { parameters: { since: "now-7d", until: "now", name: "a", n: 4 } });
    assert.deepEqual(rows(await run({ program: p, parameters: { name: "b" } })), [["b", 1, 5]]);
    const refused = await run({ program: p, parameters: { nmae: "b" } }, 400);
    assert.match(refused.faults[0].hint, /name/);
  });

  test("a fan-out has its limit, by name", async () => {
    const wide = { id: "many", account: "acme", tool: "list_all_cloudflare_dns_records", for_each: "SELECT z.id AS zone_id, y.id AS again FROM zones z, zones y", arguments: { zone_id: { $: "zone_id" } } };
    const outcome = await run({ program: program([zones, wide], { n: "SELECT count(*) FROM many" }) });
    assert.equal(outcome.status, "failed");
    assert.match(JSON.stringify(outcome), /program_fan_out/);
  });

  test("results are kept: a later program reads them, another token does not", async () => {
    const first = await run({ program: program([zones], { names: "SELECT name FROM zones" }) });
    assert.ok(first.handle);
    const later = program([], { n: "SELECT count(*) FROM earlier" }, { tables: { earlier: { kept: first.handle, result: "names" } } });
    assert.deepEqual(rows(await run({ program: later })), [[rows(first).length]]);
    const token = await world.must(201, "POST", "/api-token", { name: `other-${Date.now()}`, role: "admin" });
    const answer = await fetch(`${world.postern.url}/program`, { method: "POST", headers: { authorization: `Bearer ${token.token}`, "content-type": "application/json" }, body: JSON.stringify({ program: later }) });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /nothing is kept under/);
  });
});

describe("as a tool of a server", () => {
  for (const [name, client] of Object.entries(CLIENTS))
    test(`${name}: listed as reading, run, and told in text and structure alike`, async () => {
      const c = await client.connect(server.url);
      const tool = (await c.listTools()).tools.find((t) => t.name === TOOL);
      assert.equal(tool.annotations.readOnlyHint, true);
      assert.equal(tool.annotations.destructiveHint, false);
      const result = await c.callTool({ name: TOOL, arguments: { program: program([zones], { n: { query: "SELECT count(*) AS zones FROM zones", title: "Zones" } }) } });
      assert.ok(!result.isError, result.content[0].text);
      const [[n]] = result.structuredContent.results[0].rows;
      assert.match(result.content[0].text, new RegExp(`\\| zones \\|\n\\| --- \\|\n\\| ${n} \\|`));
      assert.match(result.content[0].text, /Kept for ten minutes as/);
      await c.close();
    });

  test("faults come back as a result that a model can mend", async () => {
    const { body } = await modern(server.url, "tools/call", { name: TOOL, arguments: { program: program([{ ...zones, tool: "list_zones" }], { n: "SELECT 1" }) } });
    assert.equal(body.result.isError, true);
    assert.match(body.result.content[0].text, /\/steps\/0\/tool: .*list_all_cloudflare_zones/s);
  });

  test("new servers have it unless they, or the setting, say otherwise; where nothing reads it is not there", async () => {
    const usual = await start({ settings: { programs_default: undefined } });
    try {
      const acme = await usual.account();
      const has = async (config) => (await modern((await usual.server(acme, config)).url, "tools/list")).body.result.tools.some((t) => t.name === TOOL);
      assert.equal(await has({ methods: ["read"] }), true);
      assert.equal(await has({ tools: [zones.tool] }), true);
      assert.equal(await has({ methods: ["read"], programs: false }), false);
      assert.equal(await has({ methods: ["delete"] }), false);
      const server = await usual.server(acme, { methods: ["read"], programs: false });
      const changed = await usual.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["list"] } });
      assert.equal(changed.config.programs, false);
      await usual.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["list"], programs: true } });
      const listed = await modern(server.url, "tools/list");
      assert.ok(listed.body.result.tools.some((t) => t.name === TOOL));
    } finally {
      await usual.close();
    }
    const off = await world.server(account, { methods: ["read"] }); // programs_default: false
    assert.equal(off.config.programs, undefined);
  });

  test("it sees what its server shows, and no more", async () => {
    const narrow = await world.server(account, { tools: ["list_all_cloudflare_zones"], programs: true });
    const steps = [zones, perZone("rules", "list_all_cloudflare_firewall_rules")];
    const { body } = await modern(narrow.url, "tools/call", { name: TOOL, arguments: { program: program(steps, { n: "SELECT 1 FROM rules" }) } });
    assert.equal(body.result.isError, true);
    assert.match(body.result.content[0].text, /\/steps\/1\/tool/);
    assert.deepEqual(await sent(), []);
  });

  test("where the server does not have it, it is unknown", async () => {
    const plain = await world.server(account, { methods: ["read"] });
    const { body } = await modern(plain.url, "tools/call", { name: TOOL, arguments: {} });
    assert.equal(body.error.code, -32602);
  });

  test("the audit has the program and each of its calls, joined by the request", async () => {
    await modern(server.url, "tools/call", { name: TOOL, arguments: { program: program([zones, perZone("rules", "list_all_cloudflare_firewall_rules")], { n: "SELECT count(*) FROM rules" }) } });
    const find = async () => (await world.must(200, "GET", "/audit?limit=50")).items;
    const of = (items, row) => items.filter((r) => r.request_id === row?.request_id);
    const items = await eventually("the rows are there", async () => {
      const now = await find();
      return of(now, now.find((r) => r.tool === TOOL)).length >= 4 ? now : undefined;
    });
    const row = items.find((r) => r.tool === TOOL);
    assert.ok(of(items, row).filter((r) => r.tool.startsWith("list_all")).length >= 3);
  });
});

describe("by the command line", () => {
  const postern = (...args) => promisify(execFile)(BINARY, args, { env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token } });
  let folder, file;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "programs-"));
    file = join(folder, "zones.json");
    await writeFile(file, JSON.stringify(program([zones], { names: "SELECT name, paused FROM zones WHERE name = :name" }, { parameters: { name: "example.com" } })));
  });

  test("run, as a table and as CSV", async () => {
    const { stdout } = await postern("run", file);
    assert.match(stdout, /name\s+paused\nexample\.com\s+(yes|no)/);
    const csv = await postern("run", file, "--csv", "--param", "name=staging-app.com");
    assert.match(csv.stdout, /^name,paused\nstaging-app\.com,(true|false)\n/);
  });

  test("a title stands once, above a chart as above a table", async () => {
    const by = (more) => ({ query: "SELECT status, count(*) AS zones FROM zones GROUP BY 1", ...more });
    const results = { charted: by({ title: "As a chart", chart: { mark: "bar", x: "zones", y: "status" } }), listed: by({ title: "As a table" }), one: by({}) };
    for (const chosen of [["charted"], ["charted", "listed"], ["listed", "one", "charted"]]) {
      await writeFile(join(folder, "titles.json"), JSON.stringify(program([zones], Object.fromEntries(chosen.map((id) => [id, results[id]])))));
      const { stdout } = await postern("run", join(folder, "titles.json"));
      for (const id of chosen) assert.equal(stdout.split("\n").filter((line) => line === (results[id].title ?? id)).length, 1, `${chosen}: ${id} in\n${stdout}`);
    }
  });

  test("explained, without a call", async () => {
    const { stdout } = await postern("run", file, "--explain");
    assert.match(stdout, /zones: .*list_all_cloudflare_zones/);
    assert.deepEqual(await sent(), []);
  });

  test("a server is made with the tool, and loses it again", async () => {
    await postern("mcp", "create", "acme", "--name", "with programs", "--methods", "read", "--programs");
    const config = async () => JSON.parse((await postern("mcp", "show", "with programs", "--json")).stdout).config;
    assert.equal((await config()).programs, true);
    await postern("mcp", "update", "with programs", "--no-programs");
    assert.equal((await config()).programs, false);
  });

  test("the form of a program is printed without a server", async () => {
    const { stdout } = await promisify(execFile)(BINARY, ["docs", "program-schema"]);
    assert.deepEqual(JSON.parse(stdout), await world.must(200, "GET", "/program-schema"));
  });

  test("its faults end it with a code", async () => {
    await writeFile(join(folder, "bad.json"), JSON.stringify(program([{ ...zones, tool: "x" }], { n: "SELECT 1" })));
    await assert.rejects(postern("run", join(folder, "bad.json")), (e) => e.code === 2 && /\/steps\/0\/tool/.test(e.stderr));
    await assert.rejects(postern("run"), (e) => e.code === 2);
  });
});

describe("over vendors' MCP servers", () => {
  let vendors;
  before(async () => {
    vendors = await startWithVendors();
    await vendors.connect("cloudinary", { name: "media" });
    await vendors.connect("arcjet", { name: "guard" });
  });
  after(() => vendors?.close());
  const over = (steps, results) => vendors.must(200, "POST", "/program", { program: program(steps, results) });

  test("pages by next_cursor: all of them, or as many as asked for", async () => {
    const step = { id: "images", account: "media", tool: "list-images", arguments: { max_results: 5 } };
    const whole = await over([step], { n: "SELECT count(*) AS n, count(DISTINCT public_id) AS distinct_ids FROM images" });
    assert.equal(whole.status, "complete", JSON.stringify(whole.warnings));
    const [[n, distinct]] = rows(whole);
    assert.ok(n > 5 && n === distinct, `${n} ${distinct}`);
    assert.equal(whole.calls.length, Math.ceil(n / 5));
    const cut = await over([{ ...step, pages: 1 }], { n: "SELECT count(*) FROM images" });
    assert.deepEqual(rows(cut), [[5]]);
    assert.equal(cut.status, "partial");
  });

  test("three vendors in one query", async () => {
    const outcome = await over(
      [
        { id: "teams", account: "guard", tool: "list-teams" },
        { id: "tags", account: "media", tool: "list-tags" },
      ],
      { both: "SELECT (SELECT count(*) FROM teams) AS teams, (SELECT count(*) FROM tags) AS tags" },
    );
    assert.equal(outcome.status, "complete", JSON.stringify(outcome));
    const [[teams, tags]] = rows(outcome);
    assert.ok(teams >= 1 && tags >= 1);
  });
});
