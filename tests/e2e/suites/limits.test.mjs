// SPDX-License-Identifier: Apache-2.0
// What may be called through a server within a minute and a day: the vendor counts what reached it. However a client
// comes (sessions, eras, batches, programs, other names of a tool), there is one count; a restart and a kill keep it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { commands } from "../lib/command.mjs";
import { inBrowser } from "../lib/persons.mjs";
import { modern, rpc, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

const text = { type: "string" };
const OPERATIONS = {
  list_things: { path: "/things", answer: { body: [{ id: "a" }, { id: "b" }] } },
  get_limited: { path: "/limited", answer: { body: { ok: true }, headers: { "ratelimit-limit": "9", "ratelimit-remaining": "1", "ratelimit-reset": "5" } } },
  create_thing: { method: "post", path: "/things", word: { class: "create" }, parameters: [{ name: "name", in: "query", required: true, schema: text }] },
  delete_thing: { method: "delete", path: "/things/{id}", word: { class: "delete" }, parameters: [{ name: "id", in: "path", required: true, schema: text }] },
};
let world, vendor, account;
before(async () => {
  world = await start();
  vendor = await startVendor(OPERATIONS);
  account = await vendor.connect(world);
});
after(async () => {
  await world?.close();
  await vendor?.close();
});

const serve = (limits, more = {}) => world.server(account, { limits, ...more });
const here = (url) => world.postern.url + new URL(url).pathname; // every start has its own port
const call = (url, name, args = {}) => modern(here(url), "tools/call", { name, arguments: args });
const told = (r) => r.body.result.content[0].text;
async function arriving(act) {
  const before = vendor.seen.length;
  const result = await act();
  return { result, arrived: vendor.seen.length - before };
}
const legacyCall = (id, name = "list_things") => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: {} } });

describe("calls a minute", () => {
  test("the next one is refused as by a vendor, and costs nothing there", async () => {
    const server = await serve({ calls_per_minute: 3 });
    for (const left of [2, 1, 0]) {
      const r = await call(server.url, "list_things");
      assert.equal(r.body.result.isError, false, r.text);
      assert.equal(r.headers.get("ratelimit-limit"), "3");
      assert.equal(r.headers.get("ratelimit-remaining"), String(left));
      const reset = Number(r.headers.get("ratelimit-reset"));
      assert.ok(reset >= 1 && reset <= 61, `reset ${reset}`);
    }
    const { result, arrived } = await arriving(() => call(server.url, "list_things"));
    assert.equal(arrived, 0);
    assert.equal(result.body.result.isError, true);
    assert.match(told(result), /^This server allows 3 calls a minute, and no more for now\. This is a limit of Postern, not of the vendor\. Nothing was sent\. Wait \d+ seconds before the next call\.$/);
    assert.equal(result.headers.get("ratelimit-remaining"), "0");
    assert.equal(result.headers.get("retry-after"), told(result).match(/Wait (\d+)/)[1]);
    const row = await eventually("the audit has it", async () => (await world.must(200, "GET", `/audit?server_id=${server.id}&outcome=rate_limited`)).items[0]);
    assert.equal(row.detail, "limit: calls a minute");
  });

  test("sessions, eras, batches and programs share one count", async () => {
    const server = await serve({ calls_per_minute: 5 }, { programs: true });
    const session = async () => {
      const r = await rpc(server.url, { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: String(Math.random()), version: "1" } } });
      return { "mcp-session-id": r.headers.get("mcp-session-id") };
    };
    const { arrived } = await arriving(async () => {
      await call(server.url, "list_things");
      await rpc(server.url, legacyCall(2), await session());
      const batch = await rpc(server.url, [2, 3, 4, 5, 6].map((id) => legacyCall(id)), await session());
      assert.equal(batch.body.filter((m) => m.result.isError).length, 2, batch.text);
      await rpc(server.url, legacyCall(2), await session());
      const program = { version: 1, steps: [{ id: "t", account: account.name, tool: "list_things" }], results: { n: "SELECT count(*) FROM t" } };
      const run = await call(server.url, "postern_run_program", { program });
      assert.match(run.text, /limit|wait/i);
    });
    assert.equal(arrived, 5);
  });

  test("many at a time get no more than there is", async () => {
    const server = await serve({ calls_per_minute: 7 });
    const { result, arrived } = await arriving(() => Promise.all(Array.from({ length: 30 }, () => call(server.url, "list_things"))));
    assert.equal(arrived, 7);
    assert.equal(result.filter((r) => !r.body.result.isError).length, 7);
  });

  test("wrong arguments cost nothing, and where the vendor leaves less, its word is told", async () => {
    const server = await serve({ calls_per_minute: 4 });
    for (let i = 0; i < 5; i++) assert.equal((await call(server.url, "delete_thing", {})).body.result.isError, true);
    const r = await call(server.url, "get_limited");
    assert.equal(r.headers.get("ratelimit-limit"), "9");
    assert.equal(r.headers.get("ratelimit-remaining"), "1");
  });

  test("of each: one URL does not use up another's", async () => {
    const server = await serve({ each: { calls_per_minute: 1 } });
    const other = await world.must(201, "POST", `/mcp-server/${server.id}/url`, { name: "other" });
    assert.equal((await call(server.url, "list_things")).body.result.isError, false);
    assert.match(told(await call(server.url, "list_things")), /^This server allows each who uses it 1 call a minute/);
    assert.equal((await call(other.url, "list_things")).body.result.isError, false);
    assert.equal((await call(other.url, "list_things")).body.result.isError, true);
  });
});

describe("writes a day", () => {
  test("reads go on, a restart and a kill forget nothing, and a change lets more through", async () => {
    const server = await serve({ writes_per_day: 2 });
    const write = (i) => call(server.url, "create_thing", { name: `n${i}` });
    assert.equal((await write(1)).body.result.isError, false);
    await world.postern.stop();
    await world.postern.start();
    assert.equal((await write(2)).body.result.isError, false);
    world.postern.program.child.kill("SIGKILL");
    await world.postern.stop();
    await world.postern.start();
    const { result, arrived } = await arriving(() => write(3));
    assert.equal(arrived, 0);
    assert.match(told(result), /^This server allows 2 writes a day, and no more for now; the day ends at \S+T00:00:00Z, by the time of UTC\. .* Wait \d+ seconds before the next write\.$/);
    assert.ok(Number(result.headers.get("retry-after")) <= 86_400);
    assert.equal((await call(server.url, "list_things")).body.result.isError, false);
    assert.equal((await call(server.url, "delete_thing", { id: "x" })).body.result.isError, true);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { limits: { writes_per_day: 3 } } });
    assert.equal((await call(server.url, "delete_thing", { id: "x" })).body.result.isError, false);
    assert.equal((await write(4)).body.result.isError, true);
  });

  test("many at a time get no more than there is", async () => {
    const server = await serve({ writes_per_day: 4, each: { writes_per_day: 100 } });
    const { arrived } = await arriving(() => Promise.all(Array.from({ length: 16 }, (_, i) => call(server.url, "create_thing", { name: `p${i}` }))));
    assert.equal(arrived, 4);
  });

  test("what is named through our own tools is the same write", async () => {
    const server = await serve({ writes_per_day: 1 }, { discovery: "search" });
    const { result, arrived } = await arriving(async () => [await call(server.url, "postern_write", { tool: "create_thing", arguments: { name: "a" } }), await call(server.url, "postern_destroy", { tool: "delete_thing", arguments: { id: "a" } })]);
    assert.equal(arrived, 1, result.map((r) => r.text).join("\n"));
    assert.match(result[1].text, /1 write a day/);
  });
});

test("numbers that are none are refused by name", async () => {
  for (const [limits, field] of [
    [{ calls_per_minute: 0 }, "config.limits.calls_per_minute"],
    [{ calls_per_minute: "9" }, "config.limits.calls_per_minute"],
    [{ each: { writes_per_day: 1.5 } }, "config.limits.each.writes_per_day"],
    [{ each: { each: {} } }, "config.limits.each"],
    [{ calls_a_minute: 3 }, "config.limits"],
  ]) {
    const r = await world.api("POST", `/integrated-account/${account.id}/mcp`, { name: "n", config: { limits } });
    assert.equal(r.status, 400, r.text);
    assert.match(JSON.stringify(r.body), new RegExp(field.replaceAll(".", "\\.")));
  }
});

describe("a person's own limits", () => {
  let open;
  before(async () => {
    open = await world.must(201, "POST", "/mcp-server", { name: "people's", accounts: [account.id], slug: "peoples", sign_in: { roles: ["viewer"] } });
  });
  const limit = (me, limits) => world.must(200, "PATCH", `/user/${me.id}`, { limits });
  const ask = async (me, server = open, name = "list_things", args = {}) => {
    const { url, headers } = await me.door(server);
    return modern(here(url), "tools/call", { name, arguments: args }, { headers });
  };
  const passes = async (me, n, ...how) => {
    for (let i = 0; i < n; i++) assert.equal((await ask(me, ...how)).body.result.isError, false, `call ${i + 1}`);
  };

  test("hold over all servers, are told like a vendor's, and are nobody else's", async () => {
    const [ada, ben] = [await inBrowser(world, "ada"), await inBrowser(world, "ben")];
    const other = await world.must(201, "POST", "/mcp-server", { name: "other", accounts: [account.id], slug: "other", sign_in: { roles: ["viewer"] } });
    const { limits } = await limit(ada, { calls_per_minute: 2, writes_per_day: 1 });
    assert.deepEqual(limits, { calls_per_minute: 2, writes_per_day: 1 });
    await passes(ada, 1);
    assert.equal((await ask(ada, other, "create_thing", { name: "x" })).body.result.isError, false);
    const { result, arrived } = await arriving(() => ask(ada, other));
    assert.equal(arrived, 0);
    assert.match(told(result), /^This person may make, over all servers, 2 calls a minute, and no more for now\./);
    assert.equal(result.headers.get("ratelimit-limit"), "2");
    await limit(ada, { calls_per_minute: 9 });
    assert.match(told(await ask(ada, open, "create_thing", { name: "y" })), /over all servers, 1 write a day/, "what is not named stays");
    await passes(ben, 4);
  });

  test("0 is any number, null what the setting says; a server's limits hold besides", async () => {
    const cy = await inBrowser(world, "cy");
    await limit(cy, { calls_per_minute: 1 });
    await passes(cy, 1);
    assert.equal((await ask(cy)).body.result.isError, true);
    await limit(cy, { calls_per_minute: 0 });
    await passes(cy, 3);
    const { limits } = await limit(cy, { calls_per_minute: null });
    assert.deepEqual(limits, { calls_per_minute: null, writes_per_day: null });
    await passes(cy, 2);
    const tight = await world.must(201, "POST", "/mcp-server", { name: "tight", accounts: [account.id], slug: "tight", sign_in: { roles: ["viewer"] }, config: { limits: { calls_per_minute: 5, each: { calls_per_minute: 1 } } } });
    await limit(cy, { calls_per_minute: 100 });
    await passes(cy, 1, tight);
    assert.match(told(await ask(cy, tight)), /each who uses it 1 call a minute/);
  });

  test("larger than the setting lets her do more, unset the setting holds", async () => {
    const strict = await start({ settings: { person_calls_per_minute: 1 } });
    try {
      const a = await vendor.connect(strict), s = await strict.must(201, "POST", "/mcp-server", { name: "s", accounts: [a.id], slug: "s", sign_in: { roles: ["viewer"] } });
      for (const [name, own, most] of [["ada", 3, 3], ["ben", null, 1], ["cy", 0, 6]]) {
        const me = await inBrowser(strict, name);
        await strict.must(200, "PATCH", `/user/${me.id}`, { limits: { calls_per_minute: own } });
        const { url, headers } = await me.door(s);
        let passed = 0;
        while (passed < 6 && !(await modern(url, "tools/call", { name: "list_things", arguments: {} }, { headers })).body.result.isError) passed++;
        assert.equal(passed, most, name);
      }
    } finally {
      await strict.close();
    }
  });

  test("are said on the command line, which tells what holds from then on", async (t) => {
    const eve = await inBrowser(world, "eve"), home = mkdtempSync(join(tmpdir(), "postern-limits-"));
    t.after(() => rmSync(home, { recursive: true }));
    const cli = commands({ HOME: home, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
    const says = async (args, calls, writes) => assert.equal((await cli.ok(["user", "limit", "eve", ...args])).out, `eve may make, over all servers: calls a minute: ${calls}; writes a day: ${writes}.\n`);
    await says(["calls-per-minute=30", "writes-per-day=5"], "30", "5");
    await says(["calls-per-minute=0"], "any number", "5");
    await says(["writes-per-day=setting"], "any number", "as the setting says");
    await cli.fails(2, /1000001 is out of range; allowed: 0 to 1000000/, ["user", "limit", "eve", "calls-per-minute=1000001"]);
    const { limits } = (await world.must(200, "GET", "/user")).items.find((u) => u.id === eve.id);
    assert.deepEqual(limits, { calls_per_minute: 0, writes_per_day: null });
  });

  test("are an administrator's to say, and a number", async () => {
    const dee = await inBrowser(world, "dee");
    for (const limits of [{ calls_per_minute: -1 }, { writes_per_day: 1_000_001 }, { calls_per_minute: "many" }, { other: 1 }]) assert.equal((await world.api("PATCH", `/user/${dee.id}`, { limits })).status, 400, JSON.stringify(limits));
    assert.equal((await dee.api("PATCH", `/user/${dee.id}`, { limits: { calls_per_minute: 0 } })).status, 403);
    await limit(dee, { calls_per_minute: 7 });
    await world.must(200, "PATCH", `/user/${dee.id}`, { groups: ["sales"] });
    const now = (await world.must(200, "GET", "/user")).items.find((u) => u.id === dee.id);
    assert.deepEqual([now.groups, now.role, now.limits], [["sales"], "viewer", { calls_per_minute: 7, writes_per_day: null }]);
  });
});
