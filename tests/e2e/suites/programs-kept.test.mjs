// SPDX-License-Identifier: Apache-2.0
// Programs that are kept and published as tools: what they mean after accounts were renamed, deleted, held in review or
// changed; who sees them; the tool as official clients of both eras see it; and whoever would make more of it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { database } from "../lib/database.mjs";
import { CLIENTS, SSE_CLIENTS } from "../lib/clients.mjs";
import { commands } from "../lib/command.mjs";
import { startWithVendors, toolNames } from "../lib/oauth.mjs";
import { modern, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const zones = (account, more = {}) => ({ id: "zones", account, tool: "list_all_cloudflare_zones", ...more });
const program = (steps, results, more = {}) => ({ version: 1, steps, results, ...more });
const counting = (account, more) => program([zones(account)], { n: { query: "SELECT count(*) AS zones FROM zones WHERE name LIKE '%' || :part || '%'", title: "Zones" } }, { title: "Zones by a part of the name", parameters: { part: "example" }, ...more });
const callTool = async (server, name, args = {}) => (await modern(server.url, "tools/call", { name, arguments: args })).body;
const says = (body) => body.result?.content[0].text ?? body.error?.message;

describe("kept", () => {
  let world, account, save, show;
  before(async () => {
    world = await start();
    account = await world.account("cfut_sandbox_one_account", { name: "acme" });
    save = (name, p, more = {}, status = 201) => world.must(status, "POST", "/stored-program", { name, program: p, ...more });
    show = (name) => world.must(200, "GET", `/stored-program/${encodeURIComponent(name)}`);
  });
  after(() => world?.close());
  beforeEach(() => world.sandbox.control("DELETE", "/requests"));
  const rename = (to) => world.must(200, "PATCH", `/integrated-account/${account.id}`, { name: to });
  const run = (name, body = {}, status = 200) => world.must(status, "POST", `/stored-program/${name}/run`, body);

  test("saved, listed, run by name and by id, with parameters, and deleted", async () => {
    const kept = await save("by part", counting("acme"));
    assert.deepEqual([kept.state, kept.step, kept.why, kept.version, kept.visibility], ["ok", null, null, 1, "shared"]);
    assert.equal(kept.owner_name, "first");
    assert.equal((await world.must(200, "GET", "/stored-program")).items.find((p) => p.id === kept.id).title, "Zones by a part of the name");
    const [[all]] = (await run("by%20part", { parameters: { part: "" } })).results[0].rows;
    const [[some]] = (await run(kept.id)).results[0].rows;
    assert.ok(some > 0 && all > some, `${some} of ${all}`);
    await world.must(204, "DELETE", `/stored-program/${kept.id}`);
    await run(kept.id, {}, 404);
  });

  test("what is wrong with one is all told, with places, and nothing is kept or called", async () => {
    const answer = await save("bad", program([zones("acme", { tool: "list_all_cloudflare_zone" })], { n: "SELECT nothing FROM nowhere" }), {}, 400);
    assert.deepEqual(answer.faults.map((f) => f.pointer).sort(), ["/results/n/query", "/steps/0/tool"]);
    assert.equal((await world.api("GET", "/stored-program/bad")).status, 404);
    const kept = await save("handles", program([], { n: "SELECT 1" }, { tables: { t: { kept: "kept_x" } } }), {}, 400);
    assert.match(JSON.stringify(kept.faults), /tables/);
    for (const name of ["", " ", "a/b", ".hidden", "prg_x", "a\nb"]) await save(name, counting("acme"), {}, 400);
    assert.deepEqual(await world.sandbox.control("GET", "/requests?last=5"), []);
  });

  test("accounts go by their ids: it means the same after a rename, and is written with the name of today", async () => {
    await save("renamed", counting("acme"));
    await rename("acme-eu");
    assert.equal((await show("renamed")).program.steps[0].account, "acme-eu");
    assert.equal((await run("renamed")).status, "complete");
    const other = await world.account("cfut_sandbox_one_account", { name: "acme" }); // another of the old name
    const outcome = await run("renamed");
    assert.deepEqual([...new Set(outcome.calls.map((c) => c.account))], ["acme-eu"]);
    await world.must(204, "DELETE", `/integrated-account/${other.id}`);
    await rename("acme");
  });

  test("an account that was not named is the one that had the tool then, and stays it", async () => {
    await save("unnamed", counting(undefined));
    const other = await world.account("cfut_sandbox_one_account", { name: "later" });
    assert.equal((await show("unnamed")).program.steps[0].account, "acme");
    assert.equal((await run("unnamed")).status, "complete");
    await world.must(204, "DELETE", `/integrated-account/${other.id}`);
  });

  test("several accounts in one step", async () => {
    const other = await world.account("cfut_sandbox_one_account", { name: "west" });
    const p = program([zones(["acme", "west"])], { n: "SELECT account, count(*) FROM zones GROUP BY 1 ORDER BY 1" });
    await save("both", p);
    assert.deepEqual((await show("both")).program, p);
    assert.deepEqual((await run("both")).results[0].rows.map((r) => r[0]), ["acme", "west"]);
    await world.must(204, "DELETE", `/integrated-account/${other.id}`);
    const kept = await show("both");
    assert.deepEqual([kept.state, kept.step], ["gone", "zones"]);
    assert.match(kept.why, /no account 'west' \(acc_/);
    assert.deepEqual(kept.program.steps[0].account, ["acme", "west"]);
    const refused = await run("both", {}, 422);
    assert.match(refused.error.message, /'both' is broken \(gone\) at its step zones: there is no account 'west'/);
    assert.equal((await world.must(422, "POST", "/stored-program/both/check", {})).error.code, "unprocessable");
  });

  test("written with the names that a server shows, it is kept by the vendors' own", async () => {
    const other = await world.account("cfut_sandbox_one_account", { name: "north" });
    const server = await world.must(201, "POST", "/mcp-server", { name: "both sides", accounts: [{ account: account.id, alias: "a" }, { account: other.id, alias: "b" }], config: { methods: ["read"] } });
    const theirs = program([{ id: "zones", tool: "b_list_all_cloudflare_zones" }], { n: "SELECT count(*) FROM zones" });
    await save("shown names", theirs, {}, 400);
    const kept = await save("shown names", theirs, { server: "both sides" });
    assert.deepEqual(kept.program.steps, [{ id: "zones", account: "north", tool: "list_all_cloudflare_zones" }]);
    await world.must(201, "POST", `/mcp-server/${server.id}/program`, { program: theirs, as: "count_north" });
    assert.equal((await callTool(server, "count_north")).result.structuredContent.status, "complete");
    await eventually("the audit names the program that was run", async () => {
      await run("shown%20names");
      return (await world.must(200, "GET", "/audit?action=program.run&limit=5")).items.some((i) => i.detail?.includes("shown names"));
    });
    await world.must(204, "DELETE", `/integrated-account/${other.id}`);
  });

  test("changed at the same time by two, the second is told", async () => {
    const kept = await save("versions", counting("acme"));
    const next = await world.must(200, "PATCH", `/stored-program/${kept.id}`, { program: counting("acme", { title: "Mine" }), version: 1 });
    assert.deepEqual([next.version, next.title, next.created_at], [2, "Mine", kept.created_at]);
    const late = await world.must(409, "PATCH", `/stored-program/${kept.id}`, { program: counting("acme", { title: "Late" }), version: 1 });
    assert.equal(late.error.field, "version");
    assert.equal((await show("versions")).title, "Mine");
    await save("versions", counting("acme"), {}, 409);
    const both = await Promise.all([..."abcdef"].map((title) => world.api("PATCH", `/stored-program/${kept.id}`, { program: counting("acme", { title }), version: 2 })));
    assert.equal(both.filter((r) => r.status === 200).length, 1, both.map((r) => r.status).join());
  });

  test("a private one is its owner's alone, while the owner's token lives", async () => {
    const token = await world.must(201, "POST", "/api-token", { name: "colleague", role: "admin" });
    const mine = { token: token.token };
    const kept = await world.must(201, "POST", "/stored-program", { name: "secret plan", program: counting("acme"), visibility: "private" }, mine);
    await world.must(200, "GET", `/stored-program/${kept.id}`, undefined, mine);
    for (const [method, path, body] of [["GET", ""], ["PATCH", "", { name: "taken" }], ["DELETE", ""], ["POST", "/run", {}], ["POST", "/check", {}]])
      assert.equal((await world.api(method, `/stored-program/${kept.id}${path}`, body)).status, 404, `${method} ${path}`);
    assert.ok(!(await world.must(200, "GET", "/stored-program")).items.some((p) => p.id === kept.id));
    const server = await world.server(account);
    await world.must(404, "POST", `/mcp-server/${server.id}/program`, { program: kept.id, as: "plan" });
    await world.must(204, "DELETE", `/api-token/${token.id}`);
    assert.equal((await show(kept.id)).owner_name, null); // nobody else could look after it
  });

  test("a client's token manages none of it", async () => {
    const token = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    for (const [method, path, body] of [["GET", "/stored-program"], ["POST", "/stored-program", { name: "x", program: counting("acme") }]])
      assert.equal((await world.api(method, path, body, { token: token.token })).status, 403, `${method} ${path}`);
  });

  test("neither titles nor queries stand in the database, and a row that somebody else wrote is left out", async () => {
    await save("sealed", counting("acme", { title: "Quarterly Zebra Count" }));
    const db = database(world.postern);
    const row = db.prepare("SELECT * FROM program WHERE name = 'sealed'").get();
    assert.ok(!JSON.stringify(row).includes("Zebra") && !JSON.stringify(row).includes("SELECT"), JSON.stringify(row));
    db.prepare("UPDATE program SET owner = 'tok_somebody', version = version + 1 WHERE name = 'sealed'").run();
    db.close();
    await save("another", counting("acme")); // the shelf reads what is new
    assert.equal((await world.api("GET", "/stored-program/sealed")).status, 404);
    await world.postern.program.waitFor(/the program prg_\w+ is left out/);
  });

  test("a parameter is a value, whatever stands in it, and may be called like a word of SQL", async () => {
    const words = { select: "a", from: "b", order: 3, __proto__x: "c", null: "d" };
    await save("words", program([zones("acme")], { n: "SELECT :select AS a, :from AS b, :order + 1 AS n, :null AS d" }, { parameters: words }));
    const evil = "x'; DROP TABLE zones; --";
    assert.deepEqual((await run("words", { parameters: { select: evil, from: "\" OR 1=1" } })).results[0].rows, [[evil, "\" OR 1=1", 4, "d"]]);
    assert.match((await run("words", { parameters: { selct: 1 } }, 400)).faults[0].hint, /select/);
  });

  test("keys can be changed: programs open with the new one", async () => {
    await save("rotated", counting("acme"));
    await world.must(200, "POST", "/key/rotate");
    await world.postern.stop();
    await world.postern.start();
    assert.equal((await run("rotated")).status, "complete");
  });

  describe("by the command line", () => {
    let folder, cli;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "postern-kept-"));
      cli = commands({ HOME: folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
      writeFileSync(join(folder, "count.json"), JSON.stringify(counting("acme")));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    test("save, list, show, check, run, publish, unpublish, delete", async () => {
      assert.match((await cli.ok(["program", "save", "count.json", "--name", "count"])).out, /Saved count\./);
      await cli.fails(5, /already/, ["program", "save", "count.json", "--name", "count"]);
      assert.match((await cli.ok(["program", "save", "count.json", "--name", "count", "--replace"])).out, /Replaced count\./);
      assert.match((await cli.ok(["program", "list"])).out, /count +ok/);
      assert.deepEqual(JSON.parse((await cli.ok(["program", "show", "count", "--program"])).out), counting("acme"));
      assert.match((await cli.ok(["program", "check", "count"])).out, /zones: .*list_all_cloudflare_zones/);
      assert.match((await cli.ok(["program", "run", "count", "--param", "part=staging", "--no-chart"])).out, /zones\n *\d/);
      const server = await world.server(account, { methods: ["read"] }, { name: "audit" });
      assert.match((await cli.ok(["program", "publish", "count", "--server", "audit", "--as", "count_zones", "--description", "How many"])).out, /Published count_zones on audit/);
      assert.match((await cli.ok(["program", "publish", "count.json", "--server", "audit", "--as", "from_file"])).out, /Published from_file/);
      assert.match((await cli.ok(["program", "list", "--server", "audit"])).out, /count_zones +count +ok[^]*from_file +from_file +ok/);
      assert.deepEqual((await toolNames(server)).filter((n) => /count_zones|from_file/.test(n)).sort(), ["count_zones", "from_file"]);
      await cli.ok(["program", "unpublish", "count_zones", "--server", "audit"]);
      await cli.fails(4, /count_zones/, ["program", "unpublish", "count_zones", "--server", "audit"]);
      await cli.ok(["program", "delete", "from_file", "--yes"]);
      assert.deepEqual((await toolNames(server)).filter((n) => /count_zones|from_file/.test(n)), []);
      await cli.fails(4, /nothing_like_it/, ["program", "run", "nothing_like_it"]);
    });
  });

  test("deleting an account breaks what calls it, and says which account", async () => {
    const other = await world.account("cfut_sandbox_one_account", { name: "leaving" });
    const server = await world.must(201, "POST", "/mcp-server", { name: "two", accounts: [account.id, other.id], config: { methods: ["read"] } });
    await world.must(201, "POST", `/mcp-server/${server.id}/program`, { program: counting("leaving", { steps: [zones("leaving")] }), as: "leaving_zones", description: "x" }, {}).catch((e) => assert.fail(e));
    assert.ok((await toolNames(server)).includes("leaving_zones"));
    await world.must(204, "DELETE", `/integrated-account/${other.id}`);
    assert.ok(!(await toolNames(server)).includes("leaving_zones"));
    const kept = await show("leaving_zones");
    assert.match(kept.why, /no account 'leaving'/);
    assert.deepEqual(kept.published.map((t) => t.state), ["gone"]);
    assert.match(says(await callTool(server, "leaving_zones")), /its step zones calls a tool that is not there/);
  });
});

describe("published", () => {
  let world, account, server, publish;
  before(async () => {
    world = await start({ settings: { program_cache: "0s" } });
    account = await world.account("cfut_sandbox_one_account", { name: "acme" });
    server = await world.server(account, { methods: ["read"] });
    publish = (on, body, status = 201) => world.must(status, "POST", `/mcp-server/${on.id}/program`, body);
    await publish(server, { program: counting("acme", { parameters: { part: { type: "text", default: "example", description: "Of the name" }, since: "now-7d", least: { type: "integer" }, zone: "UTC", sure: true, share: { type: "number", default: 0.5 } } }), as: "zones_by_part", description: "Counts zones by a part of their name." });
    await publish(server, { program: counting("acme"), as: "plain_zones" });
  });
  after(() => world?.close());

  for (const [name, client] of Object.entries({ ...CLIENTS, ...SSE_CLIENTS }))
    test(`${name}: it is a tool that reads, with its parameters as arguments`, async () => {
      const c = await client.connect(client.era === "sse" ? server.url.replace("/mcp/", "/sse/") : server.url);
      const tool = (await c.listTools()).tools.find((t) => t.name === "zones_by_part");
      assert.equal(tool.title, "Zones by a part of the name");
      assert.equal(tool.description, "Counts zones by a part of their name.");
      assert.deepEqual(tool.annotations, { title: "Zones by a part of the name", readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true });
      const { properties, required, additionalProperties } = tool.inputSchema;
      assert.deepEqual(required, ["least"]);
      assert.equal(additionalProperties, false);
      assert.deepEqual(Object.entries(properties).map(([k, v]) => [k, v.type, v.default]), [["part", "string", "example"], ["since", "string", "now-7d"], ["least", "integer", undefined], ["zone", "string", "UTC"], ["sure", "boolean", true], ["share", "number", 0.5], ["continue", "string", undefined]]);
      const result = await c.callTool({ name: "zones_by_part", arguments: { least: 1 } }); // the client holds it to outputSchema
      assert.ok(!result.isError, result.content[0].text);
      const [[n]] = result.structuredContent.results[0].rows;
      assert.match(result.content[0].text, new RegExp(`\\| zones \\|\n\\| --- \\|\n\\| ${n} \\|`));
      await c.close();
    });

  test("arguments are held to the parameters, with the nearest name, and nothing is called", async () => {
    await world.sandbox.control("DELETE", "/requests");
    for (const [args, expected] of [
      [{}, /\/least: .*must be given: a integer|\/least: .*must be given/],
      [{ least: 1, prat: "x" }, /\/prat: there is no argument 'prat'; did you mean 'part'/],
      [{ least: "many" }, /\/least: .*integer/],
      [{ least: 1, since: "someday" }, /\/since: 'someday' is no time/],
      [{ least: 1, zone: "Nowhere/Land" }, /\/zone: /],
      [{ least: 1, until: "now" }, /no argument 'until'/], // a program knows it, the tool has none
      [{ least: 1, program: counting("acme") }, /no argument 'program'/],
    ]) {
      const body = await callTool(server, "zones_by_part", args);
      assert.equal(body.result?.isError, true, JSON.stringify(body));
      assert.match(says(body), expected);
    }
    assert.deepEqual(await world.sandbox.control("GET", "/requests?last=5"), []);
  });

  test("an argument is a value, whatever stands in it", async () => {
    const body = await callTool(server, "plain_zones", { part: "' OR 1=1; DROP TABLE zones; --" });
    assert.deepEqual(body.result.structuredContent.results[0].rows, [[0]], says(body));
  });

  test("those who listen hear of it when it is published, changed, broken and unpublished", async () => {
    for (const [name, client] of Object.entries(CLIENTS)) {
      if (client.era === "legacy") continue; // they open their stream beside; e2e/listen holds it
      let heard = 0;
      const c = await client.connect(server.url, { listChanged: { tools: { onChanged: () => heard++, autoRefresh: false, debounceMs: 0 } } });
      const after = async (what, change) => {
        const before = heard;
        await change();
        await eventually(`${name} hears that it was ${what}`, () => heard > before);
      };
      await after("published", () => publish(server, { program: "plain_zones", as: "heard" }));
      await after("changed", () => world.must(200, "PATCH", "/stored-program/plain_zones", { program: counting("acme", { title: `Changed for ${name}` }) }));
      await after("broken", () => world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["read"], tools: ["list_all_cloudflare_dns*"] } }));
      await after("whole again", () => world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { tools: null } }));
      await after("unpublished", () => world.must(204, "DELETE", `/mcp-server/${server.id}/program/heard`));
      await c.close();
    }
  });

  test("it reaches what the server shows and no more, now and later; what is hidden is not named to clients", async () => {
    const narrow = await world.server(account, { tools: ["list_all_cloudflare_dns_records"] });
    const refused = await publish(narrow, { program: "plain_zones", as: "sneaky" }, 422);
    assert.match(refused.error.message, /step zones cannot run there: the server '.*' does not show 'list_all_cloudflare_zones'/);
    await publish(narrow, { program: counting("acme"), as: "sneaky" }, 400); // with its names, the tool is unknown
    assert.equal((await world.api("GET", "/stored-program/sneaky")).status, 404, "neither was kept");
    const later = await world.server(account, { tools: ["list_all_cloudflare_zones"] });
    await publish(later, { program: "plain_zones", as: "narrowed" });
    assert.equal((await callTool(later, "narrowed")).result.isError, false);
    await world.must(200, "PATCH", `/mcp-server/${later.id}`, { config: { tools: ["list_all_cloudflare_dns_records"] } });
    await world.sandbox.control("DELETE", "/requests");
    assert.ok(!(await toolNames(later)).includes("narrowed"));
    const body = await callTool(later, "narrowed");
    assert.equal(body.result.isError, true);
    assert.match(says(body), /narrowed cannot run: its step zones/);
    assert.doesNotMatch(JSON.stringify(body), /list_all_cloudflare_zones|acc_/);
    assert.deepEqual(await world.sandbox.control("GET", "/requests?last=5"), []);
    const { items } = await world.must(200, "GET", `/mcp-server/${later.id}/program`);
    assert.deepEqual(items.map((i) => [i.name, i.state, i.step]), [["narrowed", "gone", "zones"]]);
    assert.match(items[0].why, /does not show 'list_all_cloudflare_zones'/); // for who manages
  });

  test("another server has it not, and nobody takes a name that is taken", async () => {
    const other = await world.server(account);
    assert.equal((await callTool(other, "plain_zones")).error.code, -32602);
    await publish(server, { program: "zones_by_part", as: "plain_zones" }, 409);
    await publish(server, { program: counting("acme"), as: "plain_zones" }, 409);
    assert.match((await publish(server, { program: "plain_zones", as: "list_all_cloudflare_zones" }, 409)).error.message, /shows a tool/);
    for (const as of ["postern_run_program", "postern_x", "a b", "a/b", "ü", "x".repeat(61), ""]) await publish(server, { program: "plain_zones", as }, 400);
    await publish({ id: "srv_none" }, { program: "plain_zones", as: "x" }, 404);
    await publish(server, { program: "no such", as: "x" }, 404);
    const parameter = await publish(server, { program: counting("acme", { parameters: { part: "", continue: "" } }), as: "going_on" }, 422);
    assert.match(parameter.error.message, /'continue'/);
    assert.equal((await callTool(server, "plain_zones")).result.isError, false);
  });

  test("of two that publish under one name at once, one does", async () => {
    const other = await world.server(account);
    const answers = await Promise.all([..."abcd"].map(() => world.api("POST", `/mcp-server/${other.id}/program`, { program: "plain_zones", as: "raced" })));
    assert.deepEqual(answers.map((r) => r.status).sort(), [201, 409, 409, 409]);
    assert.equal((await toolNames(other)).filter((n) => n === "raced").length, 1);
  });

  test("a handle of one server opens nothing at another, nor for another URL", async () => {
    const other = await world.server(account);
    await publish(other, { program: "plain_zones", as: "plain_zones" });
    const { handle } = (await callTool(server, "plain_zones")).result.structuredContent;
    assert.ok(handle);
    const second = await world.must(201, "POST", `/mcp-server/${server.id}/url`, { name: "second" });
    for (const at of [other, second]) {
      const body = await callTool(at, "plain_zones", { continue: handle });
      assert.equal(body.result.isError, true);
      assert.match(says(body), /nothing is kept under/);
    }
  });

  test("a vendor's rate limit pauses it, and its handle goes on", async () => {
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "rate_limited", times: 1, delay_ms: 1000 });
    const { result: paused } = await callTool(server, "plain_zones", { part: "one-of-a-kind" });
    assert.equal(paused.structuredContent.status, "paused", JSON.stringify(paused));
    assert.ok(paused.structuredContent.wait_seconds >= 1);
    const handle = paused.structuredContent.handle;
    const on = await eventually("it goes on", async () => {
      const { result } = await callTool(server, "plain_zones", { continue: handle });
      return result.structuredContent?.status === "complete" && result;
    });
    assert.deepEqual(on.structuredContent.results[0].rows, [[0]]);
  });

  test("a paused run does not go on once the server shows its tools no more", async () => {
    const later = await world.server(account, { tools: ["list_all_cloudflare_zones"] });
    await publish(later, { program: "plain_zones", as: "paused_zones" });
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "rate_limited", times: 1, delay_ms: 1000 });
    const { handle, status } = (await callTool(later, "paused_zones", { part: "another-of-a-kind" })).result.structuredContent;
    assert.equal(status, "paused");
    await world.must(200, "PATCH", `/mcp-server/${later.id}`, { config: { tools: ["list_all_cloudflare_dns_records"], programs: true } });
    await world.sandbox.control("DELETE", "/requests");
    for (const tool of ["paused_zones", "postern_run_program"]) assert.equal((await callTool(later, tool, { continue: handle })).result.isError, true);
    assert.deepEqual(await world.sandbox.control("GET", "/requests?last=5"), []);
  });

  test("the audit has the tool by its name, and each of its calls, joined by the request", async () => {
    await callTool(server, "plain_zones");
    await eventually("the rows are there", async () => {
      const { items } = await world.must(200, "GET", "/audit?action=tools/call&limit=50");
      const row = items.find((i) => i.tool === "plain_zones" && i.outcome === "ok");
      return row && items.some((i) => i.request_id === row.request_id && i.tool === "list_all_cloudflare_zones");
    });
    const { items } = await world.must(200, "GET", "/audit?action=program.publish&limit=5");
    assert.match(items[0].detail, /as \w+/);
  });

  test("a program that is deleted takes its tools along; a server that is closed takes them, and the program stays", async () => {
    const other = await world.server(account);
    await publish(other, { program: counting("acme"), as: "short_lived" });
    await world.must(204, "DELETE", "/stored-program/short_lived");
    assert.equal((await callTool(other, "short_lived")).error.code, -32602);
    await publish(other, { program: "plain_zones", as: "again" });
    await world.must(204, "DELETE", `/mcp-server/${other.id}`);
    const kept = await world.must(200, "GET", "/stored-program/plain_zones");
    assert.ok(!kept.published.some((t) => t.server_id === other.id), JSON.stringify(kept.published));
  });

  test("it outlives a restart, and a row that somebody else wrote does not", async () => {
    await world.postern.stop();
    const db = database(world.postern);
    db.prepare("INSERT INTO program_tool SELECT server_id, 'forged', program_id, published_by, published_at, description FROM program_tool WHERE name = 'plain_zones' AND server_id = ?").run(server.id);
    db.close();
    await world.postern.start();
    server = { ...server, url: world.postern.url + new URL(server.url).pathname };
    const names = await toolNames(server);
    assert.ok(names.includes("plain_zones") && !names.includes("forged"), names.join());
    assert.equal((await callTool(server, "forged")).error.code, -32602);
  });

  test("a server has a hundred, and not one more", async () => {
    const full = await world.server(account);
    for (let i = 0; i < 100; i++) await publish(full, { program: "plain_zones", as: `tool_${i}` });
    const refused = await publish(full, { program: "plain_zones", as: "one_more" }, 429);
    assert.match(refused.error.message, /has 100 published programs/);
    assert.equal((await toolNames(full)).filter((n) => n.startsWith("tool_")).length, 100);
  });
});

describe("over vendors' MCP servers", () => {
  let world, account, server;
  const sites = (name) => program([{ id: "teams", account: name, tool: "list-teams" }], { n: "SELECT count(*) AS n FROM teams" }, { title: "Teams" });
  before(async () => {
    world = await startWithVendors();
    ({ account } = await world.connect("arcjet"));
    server = await world.server(account, { methods: ["read"] });
    await world.must(201, "POST", `/mcp-server/${server.id}/program`, { program: sites(account.name), as: "count_teams" });
  });
  after(() => world?.close());
  const state = async () => {
    const { state, step, why, published } = await world.must(200, "GET", "/stored-program/count_teams");
    return { state, step, why, tool: published[0].state };
  };

  test("a tool held in review breaks it; approved as something else it stays broken, until it is saved again", async () => {
    assert.equal((await callTool(server, "count_teams")).result.isError, false);
    await world.vendors.tools("arcjet", [{ op: "change", tool: "list-teams", set: { description: "Lists teams, and more." } }]);
    await eventually("the program is held", async () => (await state()).state === "held");
    assert.deepEqual(await state().then(({ step, tool }) => [step, tool]), ["teams", "held"]);
    assert.ok(!(await toolNames(server)).includes("count_teams"));
    assert.match(says(await callTool(server, "count_teams")), /its step teams calls a tool that waits for a review/);
    assert.match((await world.must(422, "POST", "/stored-program/count_teams/run", {})).error.message, /broken \(held\) at its step teams: 'list-teams'/);
    await world.decide(account, "approve", "list-teams");
    assert.equal((await state()).state, "changed");
    assert.match((await state()).why, /defined otherwise/);
    assert.match(says(await callTool(server, "count_teams")), /no longer fits/);
    const { program: p } = await world.must(200, "GET", "/stored-program/count_teams");
    await world.must(200, "PATCH", "/stored-program/count_teams", { program: p });
    assert.equal((await state()).state, "ok");
    assert.equal((await callTool(server, "count_teams")).result.isError, false);
  });

  test("a tool that a vendor adds under a published name is neither shown nor called", async () => {
    await world.vendors.tools("arcjet", [{ op: "add", tool: "count_teams", set: { description: "Lists teams.", annotations: { readOnlyHint: true, destructiveHint: false }, inputSchema: { type: "object", properties: {} } } }]);
    await eventually("it is seen", async () => {
      const waits = (await world.waiting(account)).some((i) => i.name === "count_teams");
      if (waits) await world.decide(account, "approve", "count_teams");
      return (await world.must(200, "GET", `/mcp-server/${server.id}/program`)).items[0].hides;
    });
    const { tools } = (await modern(server.url, "tools/list")).body.result;
    assert.deepEqual(tools.filter((t) => t.name === "count_teams").map((t) => t.title), ["Teams"]);
    assert.equal((await callTool(server, "count_teams")).result.structuredContent.results[0].name, "n");
    assert.doesNotMatch(JSON.stringify((await world.vendors.counters("arcjet")).tools), /count_teams/);
    assert.match(JSON.stringify((await world.vendors.counters("arcjet")).tools), /list-teams/);
  });

  test("nor found, described or called through a tool of ours", async () => {
    const url = `${server.url}?discovery=search`;
    const ask = async (name, args) => (await modern(url, "tools/call", { name, arguments: args })).body.result;
    assert.ok((await toolNames({ url })).includes("count_teams"), "a published one is listed whatever the discovery");
    const found = (await ask("postern_search_tools", { query: "teams", limit: 50 })).structuredContent.tools.map((t) => t.name);
    assert.ok(found.includes("list-teams") && !found.includes("count_teams"), found.join());
    const described = (await ask("postern_describe_tools", { tools: ["count_teams"] })).structuredContent.tools;
    assert.deepEqual(described.map((t) => t.title), ["Teams"]);
    await ask("postern_read", { tool: "count_teams", arguments: {} });
    assert.doesNotMatch(JSON.stringify((await world.vendors.counters("arcjet")).tools), /count_teams/);
  });

  test("one that is gone breaks it", async () => {
    await world.vendors.tools("arcjet", [{ op: "remove", tool: "list-teams" }]);
    await eventually("the program is gone", async () => (await state()).state === "gone");
    assert.match((await state()).why, /has no tool 'list-teams' any more/);
  });
});

test("kill -9 while programs are saved: what was acknowledged is there and runs", async () => {
  const world = await start({ sandboxArgs: ["--quota", "1000000"] });
  try {
    await world.account("cfut_sandbox_one_account", { name: "acme" });
    const known = new Map();
    for (let round = 0; round < 6; round++) {
      let going = true;
      const work = async (k) => {
        for (let i = 0; going; i++) {
          const name = `r${round}-${k}-${i}`;
          const r = await world.api("POST", "/stored-program", { name, program: counting("acme", { title: name }) }).catch(() => undefined);
          if (r?.status === 201) known.set(name, 1);
          if (r?.status !== 201 || i % 2) continue;
          const next = await world.api("PATCH", `/stored-program/${name}`, { program: counting("acme", { title: `${name} again` }) }).catch(() => undefined);
          known.set(name, next?.status === 200 ? 2 : 0); // 0: either
        }
      };
      const workers = [0, 1, 2].map(work);
      const wanted = known.size + 8;
      await eventually("programs were saved", () => known.size >= wanted);
      await world.postern.stop("SIGKILL");
      going = false;
      await Promise.all(workers);
      await world.postern.start();
    }
    const items = [];
    for (let path = "/stored-program?limit=1000"; path; ) {
      const page = await world.must(200, "GET", path);
      items.push(...page.items);
      path = page.next;
    }
    const kept = new Map(items.map((p) => [p.name, p]));
    for (const [name, version] of known) {
      const p = kept.get(name);
      assert.ok(p, `${name} was acknowledged`);
      assert.equal(p.state, "ok", JSON.stringify(p));
      if (version) assert.deepEqual([p.version, p.title], version === 2 ? [2, `${name} again`] : [1, name]);
    }
    const last = [...known.keys()].at(-1);
    assert.equal((await world.must(200, "POST", `/stored-program/${last}/run`, {})).status, "complete");
  } finally {
    await world.close();
  }
});
