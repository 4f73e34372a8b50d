// SPDX-License-Identifier: Apache-2.0
// Dashboards: tiles pinned, run again by hand, by interval and on view, without a model; what they keep when a run fails,
// when an account goes, when the program is killed; who sees them; how often vendors are asked.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { database, storedText } from "../lib/database.mjs";
import { commands } from "../lib/command.mjs";
import { startWithVendors } from "../lib/oauth.mjs";
import { start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const TOKEN = "cfut_sandbox_one_account";
const zones = (account, more = {}) => ({ id: "zones", account, tool: "list_all_cloudflare_zones", ...more });
const program = (steps, results, more = {}) => ({ version: 1, steps, results, ...more });
const counting = (account, more) => program([zones(account)], { n: { query: "SELECT count(*) AS zones FROM zones", title: "Zones" } }, { title: "All our zones", ...more });
const byStatus = (account) => program([zones(account)], { by: { query: "SELECT status, count(*) AS zones FROM zones GROUP BY 1 ORDER BY 2 DESC, 1", title: "Zones by status", chart: { mark: "bar", x: "zones", y: "status" } }, list: "SELECT name FROM zones ORDER BY name" });

// What a suite needs of one world.
const helpers = (world) => {
  const board = (name, more = {}, options) => world.must(201, "POST", "/dashboard", { name, ...more }, options);
  const pin = (d, body, status = 201, options) => world.must(status, "POST", `/dashboard/${encodeURIComponent(d.id ?? d)}/tile`, body, options);
  const show = (d, options) => world.must(200, "GET", `/dashboard/${encodeURIComponent(d.id ?? d)}`, undefined, options);
  const refresh = (d, body = {}) => world.must(200, "POST", `/dashboard/${encodeURIComponent(d.id ?? d)}/refresh`, body);
  const tile = (t) => world.must(200, "GET", `/tile/${t.id ?? t}`);
  const rerun = (t) => world.must(200, "POST", `/tile/${t.id ?? t}/refresh`, {});
  const settled = (t) => eventually("the tile has been run", async () => { const is = await tile(t); return !is.refreshing && is; });
  return { board, pin, show, refresh, tile, rerun, settled };
};

describe("tiles", () => {
  let world, account, d;
  const h = {};
  before(async () => {
    world = await start();
    account = await world.account(TOKEN, { name: "acme" });
    Object.assign(h, helpers(world));
    d = await h.board("Edge");
  });
  after(() => world?.close());
  test("pinned, it is run at once, and shows what it gave", async () => {
    const t = await h.pin(d, { program: byStatus("acme") });
    assert.deepEqual([t.title, t.result, t.size, t.place, t.every_seconds, t.owner_name], ["Zones by status", "by", "half", 0, 0, "first"]);
    const is = await h.settled(t);
    assert.deepEqual([is.state, is.why, is.outcome_status, is.warnings], ["ok", null, "complete", []]);
    assert.ok(is.as_of && is.tried_at && is.data.rows.length > 0, JSON.stringify(is));
    assert.equal(is.data.name, "by");
    assert.equal(is.data.chart.mark.type ?? is.data.chart.mark, "bar");
    assert.deepEqual(Object.keys(is.program.results), ["by", "list"]);
    assert.equal(is.outcome.results.length, 2); // whole, also what the tile does not show
    const shown = await h.show("Edge");
    assert.deepEqual(shown.tiles.map((x) => [x.id, x.data.rows]), [[t.id, is.data.rows]]);
  });

  test("another result of the program, another chart, its own title", async () => {
    const t = await h.pin(d, { program: byStatus("acme"), result: "list", title: "Names", chart: { mark: "table" }, size: "full", place: 0 });
    const is = await h.settled(t);
    assert.deepEqual([is.title, is.data.columns.map((c) => c.name), is.place], ["Names", ["name"], 0]);
    assert.deepEqual((await h.show(d)).tiles.map((x) => x.title), ["Names", "Zones by status"]);
    const wrong = await h.pin(d, { program: byStatus("acme"), result: "nothing" }, 422);
    assert.match(wrong.error.message, /no result 'nothing'/);
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("what is wrong with a program is all told, and nothing is pinned", async () => {
    const before = (await h.show(d)).tiles.length;
    const answer = await h.pin(d, { program: program([zones("acme", { tool: "list_all_cloudflare_zone" })], { n: "SELECT nothing FROM nowhere" }) }, 400);
    assert.deepEqual(answer.faults.map((f) => f.pointer).sort(), ["/results/n/query", "/steps/0/tool"]);
    for (const body of [{}, { program: counting("acme"), stored: "x" }, { stored: "not there" }, { program: counting("acme"), every_seconds: 3 }, { program: counting("acme"), size: "huge" }])
      assert.ok([400, 404].includes((await world.api("POST", `/dashboard/${d.id}/tile`, body)).status), JSON.stringify(body));
    assert.equal((await h.show(d)).tiles.length, before);
  });

  test("a kept program is pinned as it is then", async () => {
    const kept = await world.must(201, "POST", "/stored-program", { name: "count", program: counting("acme") });
    const t = await h.pin(d, { stored: "count" });
    await world.must(204, "DELETE", `/stored-program/${kept.id}`);
    assert.equal((await h.rerun(t)).state, "ok");
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("places are dense, and a move shifts the others", async () => {
    const e = await h.board("Places");
    const ids = [];
    for (const title of ["a", "b", "c", "d"]) ids.push((await h.pin(e, { program: counting("acme"), title })).id);
    const order = async () => (await h.show(e)).tiles.map((t) => t.title + t.place).join(" ");
    assert.equal(await order(), "a0 b1 c2 d3");
    const moves = [[3, 0, "d0 a1 b2 c3"], [0, 2, "d0 b1 a2 c3"], [1, 99, "d0 a1 c2 b3"], [2, 2, "d0 a1 c2 b3"]];
    for (const [which, place, then] of moves) {
      await world.must(200, "PATCH", `/tile/${ids[which]}`, { place });
      assert.equal(await order(), then);
    }
    await world.must(204, "DELETE", `/tile/${ids[0]}`);
    assert.equal(await order(), "d0 c1 b2");
    await world.must(204, "DELETE", `/dashboard/${e.id}`);
    assert.equal((await world.api("GET", `/tile/${ids[1]}`)).status, 404);
  });

  test("a run that fails keeps what was there, with its time and the reason; the next good one shows", async () => {
    const t = await h.pin(d, { program: counting("acme") });
    const good = await h.settled(t);
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "broken_json", times: 1 });
    const bad = await h.rerun(t);
    assert.equal(bad.state, "failed", JSON.stringify(bad));
    assert.match(bad.why, /zones/);
    assert.deepEqual([bad.as_of, bad.data.rows], [good.as_of, good.data.rows]);
    assert.ok(bad.tried_at > good.tried_at);
    const again = await h.rerun(t);
    assert.deepEqual([again.state, again.why, again.data.rows], ["ok", null, good.data.rows]);
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("a partial outcome says so", async () => {
    const p = program([zones("acme"), { id: "rules", account: "acme", tool: "list_all_cloudflare_firewall_rules", for_each: "SELECT id AS zone_id FROM zones LIMIT 3", arguments: { zone_id: { $: "zone_id" } } }], { n: "SELECT count(*) AS rules FROM rules" });
    const t = await h.pin(d, { program: p });
    await h.settled(t);
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones/*/firewall/rules" }, kind: "broken_json", times: 1 });
    const is = await h.rerun(t);
    await world.sandbox.control("DELETE", "/fault");
    assert.deepEqual([is.state, is.outcome_status], ["ok", "partial"]);
    assert.match(is.warnings.join(), /2 of 3 calls/);
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("times are resolved at each run, and the dashboard's range goes over the tile's", async () => {
    const p = program([], { n: { query: "SELECT :since AS since, :until AS until, :part AS part" } }, { parameters: { since: { type: "time", default: "now-1h" }, part: "x" } });
    const t = await h.pin(d, { program: p, parameters: { part: "y" } });
    const row = (is) => is.data.rows[0];
    const own = await h.settled(t);
    assert.equal(Date.parse(own.now) - Date.parse(row(own)[0]), 3600_000);
    assert.deepEqual(row(own).slice(1), [null, "y"]);
    await world.must(200, "PATCH", `/dashboard/${d.id}`, { since: "now-7d", until: "now-1d" });
    const ranged = await h.rerun(t);
    assert.equal(Date.parse(ranged.now) - Date.parse(row(ranged)[0]), 7 * 86400_000);
    assert.equal(Date.parse(ranged.now) - Date.parse(row(ranged)[1]), 86400_000);
    assert.equal((await world.api("PATCH", `/dashboard/${d.id}`, { since: "soon" })).body.error.field, "since");
    await world.must(200, "PATCH", `/dashboard/${d.id}`, { since: "", until: "" });
    assert.equal(row(await h.rerun(t))[1], null);
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("an interval has it run by itself, until it is taken away", async () => {
    const t = await h.pin(d, { program: counting("acme"), every_seconds: 10 });
    const first = await h.settled(t);
    const later = await eventually("it was run by itself", async () => { const is = await h.tile(t); return is.tried_at > first.tried_at && is; });
    assert.equal(later.state, "ok");
    const history = await world.must(200, "GET", `/tile/${t.id}/history`);
    assert.ok(history.items.length >= 2 && history.items.every((i) => i.values.zones === later.data.rows[0][0]), JSON.stringify(history));
    assert.deepEqual((await h.show(d)).tiles.find((x) => x.id === t.id).trend.map((l) => [l.key, new Set(l.values).size]), [["zones", 1]]);
    await world.must(200, "PATCH", `/tile/${t.id}`, { every_seconds: 0 });
    assert.equal((await h.tile(t)).as_of, (await h.settled(t)).as_of); // what it gave stays
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("on view only what is older than its interval is run", async () => {
    const t = await h.pin(d, { program: counting("acme") });
    const first = await h.settled(t);
    assert.equal((await h.refresh(d, { stale: true })).left, 0);
    assert.equal((await h.tile(t)).tried_at, first.tried_at);
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("CSV holds no formula of a vendor's", async () => {
    const p = program([], { n: `SELECT '=cmd()' AS "=name", -5 AS n, '@x' AS a, 'plain, "quoted"' AS b` });
    const t = await h.pin(d, { program: p });
    await h.settled(t);
    const csv = await world.api("GET", `/tile/${t.id}/csv`);
    assert.match(csv.headers.get("content-type"), /^text\/csv/);
    assert.equal(csv.text, `"'=name",n,a,b\n"'=cmd()",-5,"'@x","plain, ""quoted"""\n`);
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("changed at the same time by two, the second is told; another program makes it the changer's", async () => {
    const t = await h.pin(d, { program: counting("acme") });
    await h.settled(t);
    const other = await world.must(201, "POST", "/api-token", { name: "colleague", role: "admin" });
    const titled = await world.must(200, "PATCH", `/tile/${t.id}`, { title: "Mine", version: 1 }, { token: other.token });
    assert.deepEqual([titled.title, titled.owner_name, titled.version, titled.state], ["Mine", "first", 2, "ok"]);
    assert.equal((await world.api("PATCH", `/tile/${t.id}`, { title: "Late", version: 1 })).status, 409);
    const changed = await world.must(200, "PATCH", `/tile/${t.id}`, { program: byStatus("acme"), result: "list" }, { token: other.token });
    assert.equal(changed.owner_name, "colleague");
    const is = await h.settled(t);
    assert.deepEqual([is.state, is.data.name], ["ok", "list"]);
    await world.must(204, "DELETE", `/api-token/${other.id}`);
    const stopped = await h.rerun(t);
    assert.equal(stopped.state, "stopped");
    assert.match(stopped.why, /owner was revoked/);
    assert.deepEqual(stopped.data.rows, is.data.rows);
    const mine = await world.must(200, "PATCH", `/tile/${t.id}`, { program: counting("acme"), result: "n" });
    assert.equal(mine.owner_name, "first");
    assert.equal((await h.settled(t)).state, "ok");
    await world.must(204, "DELETE", `/tile/${t.id}`);
  });

  test("a private dashboard is its owner's alone, with its tiles, while the owner's token lives", async () => {
    const other = await world.must(201, "POST", "/api-token", { name: "secretive", role: "admin" });
    const mine = { token: other.token };
    const p = await h.board("Secret", { visibility: "private" }, mine);
    const t = await h.pin(p, { program: counting("acme") }, 201, mine);
    for (const [method, path, body] of [
      ["GET", `/dashboard/${p.id}`], ["PATCH", `/dashboard/${p.id}`, { name: "x" }], ["DELETE", `/dashboard/${p.id}`], ["POST", `/dashboard/${p.id}/refresh`, {}],
      ["POST", `/dashboard/${p.id}/tile`, { program: counting("acme") }], ["GET", `/tile/${t.id}`], ["PATCH", `/tile/${t.id}`, { title: "x" }], ["DELETE", `/tile/${t.id}`],
      ["POST", `/tile/${t.id}/refresh`, {}], ["GET", `/tile/${t.id}/csv`], ["GET", `/tile/${t.id}/history`],
    ]) assert.equal((await world.api(method, path, body)).status, 404, `${method} ${path}`);
    assert.ok(!(await world.must(200, "GET", "/dashboard")).items.some((x) => x.id === p.id));
    assert.ok((await world.must(200, "GET", "/dashboard", undefined, mine)).items.some((x) => x.id === p.id));
    const theirs = await world.api("PATCH", `/dashboard/${d.id}`, { visibility: "private" }, mine);
    assert.equal(theirs.status, 403); // nobody takes a shared one from the others
    await world.must(204, "DELETE", `/api-token/${other.id}`);
    assert.equal((await h.show(p)).tiles.length, 1);
    await world.must(204, "DELETE", `/dashboard/${p.id}`);
  });

  test("a client's token manages none of it", async () => {
    const token = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    for (const [method, path, body] of [["GET", "/dashboard"], ["POST", "/dashboard", { name: "x" }], ["GET", `/dashboard/${d.id}`]])
      assert.equal((await world.api(method, path, body, { token: token.token })).status, 403, `${method} ${path}`);
  });

  test("nothing of what a tile says or gave stands in the database, and rows that somebody else wrote count for nothing", async () => {
    const p = program([], { n: { query: "SELECT 'Zebra cell' AS cell, 31337 AS stripes", title: "Zebra title" } });
    const t = await h.pin(d, { program: p, parameters: {} });
    await h.settled(t);
    const stored = storedText(world.postern);
    for (const word of ["Zebra", "31337", "stripes"]) assert.ok(!stored.includes(word), word);
    const db = database(world.postern);
    db.prepare("UPDATE tile SET owner = 'tok_somebody' WHERE id = ?").run(t.id);
    db.close();
    assert.equal((await world.api("GET", `/tile/${t.id}`)).status, 404);
    assert.ok(!(await h.show(d)).tiles.some((x) => x.id === t.id));
  });

  test("where outcomes have no room any more, a run says so, and what was there stays", async () => {
    const [t, other] = [await h.pin(d, { program: counting("acme") }), await h.pin(d, { program: counting("acme") })];
    const good = await h.settled(t);
    await h.settled(other);
    const db = database(world.postern);
    db.prepare("UPDATE tile_outcome SET bytes = ? WHERE tile_id = ?").run(128 << 20, other.id);
    const full = await h.rerun(t);
    db.prepare("UPDATE tile_outcome SET bytes = 1000 WHERE tile_id = ?").run(other.id);
    db.close();
    assert.deepEqual([full.state, full.as_of, full.data], ["failed", good.as_of, good.data]);
    assert.match(full.why, /outcomes of tiles take \d+ bytes/);
    assert.equal((await h.rerun(t)).state, "ok");
    for (const { id } of [t, other]) await world.must(204, "DELETE", `/tile/${id}`);
  });

  test("what was done stands in the audit, and each call of a tile under its owner's name", async () => {
    const t = await h.pin(d, { program: counting("acme") });
    await h.settled(t);
    await world.must(204, "DELETE", `/tile/${t.id}`);
    await eventually("the audit has them", async () => {
      const { items } = await world.must(200, "GET", "/audit?limit=1000");
      const has = (action, detail) => items.some((i) => i.action === action && i.detail?.includes(detail));
      return has("tile.pin", t.id) && has("tile.delete", t.id) && has("dashboard.create", "Edge") && items.some((i) => i.action === "tools/call" && i.client === "tile" && i.actor_name === "first");
    });
  });
});

describe("many tiles", () => {
  let world, h;
  before(async () => {
    world = await start({ settings: { program_cache: "0s" } }); // sharing is not the cache's doing
    await world.account(TOKEN, { name: "acme" });
    h = helpers(world);
  });
  after(() => world?.close());
  const named = (i) => program([zones("acme", { arguments: { name: `site-${i}.example` } })], { n: { query: "SELECT count(*) AS zones FROM zones" } });
  const vendor = async () => (await world.sandbox.control("GET", "/requests?last=1000")).filter((r) => r.path.includes("/zones?"));

  test("a hundred over twenty distinct calls make twenty calls, with one moment", async () => {
    const d = await h.board("Hundred");
    for (let i = 0; i < 100; i++) await h.pin(d, { program: named(i % 20), size: "quarter" });
    await eventually("all were run", async () => (await h.show(d)).tiles.every((t) => !t.refreshing));
    await world.sandbox.control("DELETE", "/requests");
    const shown = await h.refresh(d, { wait_seconds: 100 });
    assert.equal(shown.left, 0);
    assert.deepEqual([...new Set(shown.tiles.map((t) => t.state))], ["ok"]);
    assert.equal(new Set(shown.tiles.map((t) => t.now)).size, 1);
    assert.equal((await vendor()).length, 20);
    await world.must(204, "DELETE", `/dashboard/${d.id}`);
  });

  test("tiles leave the last fifth of an account's quota to live calls, and all are fresh in turn", async () => {
    const d = await h.board("Quota");
    const QUOTA = 25;
    await world.sandbox.control("POST", "/limits", { quota: QUOTA, window: 3, block: 3, headers: "cloudflare" });
    const live = await world.must(200, "POST", "/program", { program: named("live"), fresh: true });
    assert.equal(live.status, "complete");
    for (let i = 0; i < 60; i++) await h.pin(d, { program: named(`q${i}`) });
    const shown = await eventually("all were run", async () => { const is = await h.refresh(d, { stale: true }); return is.tiles.every((t) => t.state === "ok" && !t.refreshing) && is; });
    assert.equal(shown.tiles.length, 60);
    await pause(3000); // the vendor's window is over: the first call begins one, as they are counted below
    await world.sandbox.control("DELETE", "/requests");
    const before = Object.fromEntries(shown.tiles.map((t) => [t.id, t.tried_at]));
    const again = await h.refresh(d, { wait_seconds: 100 });
    assert.equal(again.left, 0);
    assert.ok(again.tiles.every((t) => t.state === "ok" && t.tried_at > before[t.id]), JSON.stringify(again.tiles.filter((t) => t.state !== "ok")));
    const seen = await vendor();
    assert.ok(seen.every((r) => r.status === 200), JSON.stringify(seen.filter((r) => r.status !== 200)));
    assert.equal(seen.length, 60);
    // In no window of the vendor more than the four fifths that are theirs: so it counts, from the first call of each.
    const counts = [];
    for (let begun = -Infinity, times = seen.map((r) => Date.parse(r.at)).sort((a, b) => a - b); times.length; times.shift()) {
      if (times[0] >= begun + 3000) counts.push((begun = times[0], 0));
      counts[counts.length - 1]++;
    }
    assert.ok(Math.max(...counts) <= (QUOTA * 4) / 5 && counts.length >= 3, counts.join());
    await world.sandbox.control("POST", "/limits", { quota: 1200, window: 300, block: 300 });
    await world.must(204, "DELETE", `/dashboard/${d.id}`);
  });
});

describe("what lasts", () => {
  let world, account, h;
  before(async () => {
    world = await start();
    account = await world.account(TOKEN, { name: "acme" });
    h = helpers(world);
  });
  after(() => world?.close());

  test("killed while tiles are run, nothing that was told is lost, and they go on by themselves", async () => {
    const d = await h.board("Killed");
    const tiles = [];
    for (let i = 0; i < 12; i++) tiles.push(await h.pin(d, { program: counting("acme", { title: `t${i}` }), title: `t${i}`, every_seconds: 10 }));
    await eventually("all were run", async () => (await h.show(d)).tiles.every((t) => t.state === "ok"));
    for (let round = 0; round < 3; round++) {
      const told = new Map();
      let running = true;
      const reading = (async () => {
        while (running) {
          const is = await h.refresh(d, { wait_seconds: 5 }).catch(() => undefined);
          for (const t of is?.tiles ?? []) told.set(t.id, [t.as_of, JSON.stringify(t.data?.rows)]);
        }
      })();
      await eventually("some was told", () => told.size === tiles.length);
      await world.postern.stop("SIGKILL");
      running = false;
      await reading;
      await world.postern.start();
      const is = await h.show(d);
      assert.equal(is.tiles.length, tiles.length);
      for (const t of is.tiles) {
        const [as_of, rows] = told.get(t.id);
        assert.ok(t.as_of >= as_of, `${t.as_of} before ${as_of}`);
        assert.equal(JSON.stringify(t.data.rows), rows);
      }
    }
    const was = await h.show(d);
    await eventually("all were run by themselves after the start", async () => (await h.show(d)).tiles.every((t, i) => t.tried_at > was.tiles[i].tried_at));
    await world.must(204, "DELETE", `/dashboard/${d.id}`);
  });

  test("with an account goes all that used it, joined with others too; the program stays, broken", async () => {
    const west = await world.account(TOKEN, { name: "west" });
    const d = await h.board("Accounts");
    const joined = await h.pin(d, { program: program([zones(["acme", "west"])], { n: "SELECT account, count(*) AS zones FROM zones GROUP BY 1" }) });
    const alone = await h.pin(d, { program: counting("acme") });
    await h.settled(joined);
    await h.settled(alone);
    await world.must(204, "DELETE", `/integrated-account/${west.id}`);
    const is = await h.tile(joined);
    assert.deepEqual([is.state, is.step, is.data, is.outcome, is.as_of], ["gone", "zones", null, null, null]);
    assert.match(is.why, /no account 'west'/);
    assert.deepEqual(is.program.steps[0].account, ["acme", "west"]);
    assert.deepEqual((await world.must(200, "GET", `/tile/${joined.id}/history`)).items, []);
    const other = await h.tile(alone);
    assert.equal(other.state, "ok");
    assert.ok(other.data.rows.length);
    const again = await h.rerun(joined);
    assert.deepEqual([again.state, again.data], ["gone", null]);
    const db = database(world.postern);
    assert.equal(db.prepare("SELECT count(*) AS n FROM tile_outcome WHERE tile_id = ?").get(joined.id).n, 0);
    assert.equal(db.prepare("SELECT count(*) AS n FROM tile_try WHERE tile_id = ?").get(joined.id).n, 0);
    db.close();
    await world.must(204, "DELETE", `/dashboard/${d.id}`);
  });

  test("deleted while it is read, an account leaves nothing behind", async () => {
    const d = await h.board("Race");
    for (let round = 0; round < 8; round++) {
      const gone = await world.account(TOKEN, { name: `gone-${round}` });
      const t = await h.pin(d, { program: counting(`gone-${round}`) });
      const running = h.rerun(t);
      await new Promise((r) => setTimeout(r, round * 3));
      await world.must(204, "DELETE", `/integrated-account/${gone.id}`);
      await running;
      const is = await h.settled(t);
      assert.deepEqual([is.state, is.data], ["gone", null]);
      const db = database(world.postern);
      assert.equal(db.prepare("SELECT count(*) AS n FROM tile_outcome WHERE tile_id = ?").get(t.id).n, 0);
      db.close();
    }
    await world.must(204, "DELETE", `/dashboard/${d.id}`);
  });

  test("asked to stop while a vendor is slow to tiles, it stops, and what was there is there", async () => {
    const d = await h.board("Stopping");
    const tiles = [];
    for (let i = 0; i < 6; i++) tiles.push(await h.pin(d, { program: program([zones("acme", { arguments: { name: `slow-${i}.example` } })], { n: "SELECT count(*) AS zones FROM zones" }), every_seconds: 10 }));
    const before = await eventually("all were run", async () => { const is = await h.show(d); return is.tiles.every((t) => t.state === "ok" && !t.refreshing) && is; });
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "slow", delay_ms: 60000, times: 100 });
    await eventually("some are at work", async () => (await h.show(d)).tiles.some((t) => t.refreshing));
    const { code, signal } = await world.postern.stop();
    assert.deepEqual([code, signal], [0, null]);
    assert.match(world.postern.program.output, /stopped/);
    await world.sandbox.control("DELETE", "/fault");
    await world.postern.start();
    const is = await h.show(d);
    for (const [i, t] of is.tiles.entries()) assert.ok(t.data.rows.length && t.as_of >= before.tiles[i].as_of, JSON.stringify(t));
    await eventually("they go on", async () => (await h.show(d)).tiles.every((t, i) => t.state === "ok" && t.tried_at > before.tiles[i].tried_at));
    await world.must(204, "DELETE", `/dashboard/${d.id}`);
  });

  test("a change of keys seals all of it anew", async () => {
    const d = await h.board("Keys");
    const t = await h.pin(d, { program: counting("acme") });
    const before = await h.settled(t);
    for (let i = 0; i < 70; i++) await h.pin(d, { program: program([], { n: `SELECT ${i} AS n` }) }); // they are sealed anew some at a time
    await eventually("all were run", async () => (await h.show(d)).tiles.every((x) => x.state === "ok" && !x.refreshing));
    const sealed = async () => { const db = database(world.postern); const row = db.prepare("SELECT o.outcome, o.points, t.document, d.stamp FROM tile_outcome o JOIN tile t ON t.id = o.tile_id JOIN dashboard d ON d.id = t.dashboard_id WHERE t.id = ?").get(t.id); db.close(); return Object.values(row).map((v) => v.split(".")[1]); };
    const was = await sealed();
    await world.must(200, "POST", "/key/rotate");
    const is = await sealed();
    assert.equal(new Set(is).size, 1);
    assert.notEqual(is[0], was[0]);
    assert.deepEqual((await h.tile(t)).data, before.data);
    const keys = database(world.postern);
    assert.deepEqual(keys.prepare("SELECT DISTINCT substr(outcome, 1, 12) AS k FROM tile_outcome").all().map((r) => r.k.split(".")[1]), [is[0]]);
    keys.close();
    assert.deepEqual((await h.show(d)).tiles.slice(1).map((x) => x.data.rows[0][0]), Array.from({ length: 70 }, (_, i) => i));
    await world.postern.stop();
    await world.postern.start();
    assert.deepEqual((await h.tile(t)).data, before.data);
    assert.equal((await world.must(200, "GET", `/tile/${t.id}/history`)).items.length, 1);
  });
});

describe("what is pinned from elsewhere", () => {
  let world, h;
  before(async () => {
    world = await start();
    await world.account(TOKEN, { name: "acme" });
    h = helpers(world);
  });
  after(() => world?.close());

  test("an answer is pinned by its id; a question asked back is not", async () => {
    const d = await h.board("Answers");
    const answer = await world.must(200, "POST", "/ask", { question: "how many active zones do we have?" });
    const t = await h.pin(d, { answer: answer.id });
    const is = await h.settled(t);
    assert.deepEqual([is.state, is.title, is.data.rows], ["ok", "how many active zones do we have?", answer.results[0].rows]);
    const no = await world.must(200, "POST", "/ask", { question: "pause all firewall rules" });
    assert.equal((await world.api("POST", `/dashboard/${d.id}/tile`, { answer: no.id })).status, 422);
    assert.equal((await world.api("POST", `/dashboard/${d.id}/tile`, { answer: "ans_0000000000000000000x" })).status, 404);
    const other = await world.must(201, "POST", "/api-token", { name: "colleague", role: "admin" });
    assert.equal((await world.api("POST", `/dashboard/${d.id}/tile`, { answer: answer.id }, { token: other.token })).status, 404);
  });

  test("what a connector offers becomes a dashboard of an account", async () => {
    assert.equal((await world.must(200, "GET", "/connector/cloudflare")).dashboard, "Cloudflare");
    const made = await world.must(201, "POST", "/integrated-account/acme/dashboard", {});
    assert.ok(made.tiles >= 4, JSON.stringify(made));
    assert.deepEqual(made.left_out, []);
    const shown = await eventually("all were run", async () => { const is = await h.show("acme"); return is.tiles.every((t) => !t.refreshing && t.state !== "new") && is; });
    assert.deepEqual(shown.tiles.filter((t) => t.state !== "ok").map((t) => [t.title, t.why]), []);
    assert.ok(shown.tiles.every((t) => t.data.rows.length > 0));
    assert.equal((await world.api("POST", "/integrated-account/acme/dashboard", {})).status, 409); // the name is taken
    assert.equal((await world.api("POST", "/integrated-account/nobody/dashboard", {})).status, 404);
  });

  test("the command line: made, pinned, drawn, changed, exported, deleted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "postern-tiles-"));
    const cli = commands({ HOME: folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token, LC_ALL: "C.UTF-8" });
    writeFileSync(join(folder, "p.json"), JSON.stringify(byStatus("acme")));
    assert.match((await cli.ok(["dashboard", "create", "edge"])).out, /Made the dashboard edge/);
    const pinned = (await cli.ok(["tile", "pin", "edge", "p.json", "--every", "1h", "--size", "full"])).out;
    const id = pinned.match(/\[(til_\w+)\]/)[1];
    assert.match(pinned, /^Zones by status/);
    assert.match(pinned, /active/);
    assert.match(pinned, /as of 20/);
    assert.match((await cli.ok(["dashboard", "show", "edge"])).out, /█/);
    await cli.ok(["dashboard", "refresh", "edge"]);
    assert.match((await cli.ok(["tile", "show", id])).out, /▁.*zones/);
    await cli.ok(["tile", "set", id, "--title", "Mine", "--every", "never"]);
    assert.equal((await world.must(200, "GET", `/tile/${id}`)).every_seconds, 0);
    assert.match((await cli.ok(["tile", "export", id])).out, /^status,zones\n/);
    assert.equal(JSON.parse((await cli.ok(["tile", "export", id, "--json"])).out).name, "by");
    const asked = await cli.ok(["ask", "how many active zones do we have?", "--pin", "edge"]);
    assert.match(asked.err, /Pinned to edge as /);
    assert.equal((await h.show("edge")).tiles.length, 2);
    await cli.ok(["tile", "move", id, "1"]);
    assert.equal((await h.show("edge")).tiles[1].id, id);
    await cli.fails(2, /no span/, ["tile", "set", id, "--every", "often"]);
    await cli.fails(4, /no dashboard/, ["tile", "pin", "nowhere", "p.json"]);
    await cli.ok(["tile", "delete", id, "--yes"]);
    await cli.ok(["dashboard", "update", "edge", "--since", "now-7d"]);
    assert.match((await cli.ok(["dashboard", "list"])).out, /edge +now-7d/);
    assert.match((await cli.ok(["dashboard", "start", "acme", "--name", "first look"])).out, /with \d tiles/);
    await cli.ok(["dashboard", "delete", "edge", "--yes"]);
    assert.match((await cli.ok(["account", "add", "cloudflare", "--name", "second", "--base-url", world.sandbox.api, "--credential-stdin"], { input: TOKEN })).err, /postern dashboard start 'second'/);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe("a catalog that changes", () => {
  let world, h, account;
  before(async () => {
    world = await startWithVendors();
    ({ account } = await world.connect("arcjet"));
    h = helpers(world);
  });
  after(() => world?.close());

  test("a tile whose tool is held, or was changed, keeps what it shows, and says which", async () => {
    const d = await h.board("Teams");
    const p = program([{ id: "teams", account: account.name, tool: "list-teams" }], { n: "SELECT count(*) AS teams FROM teams" });
    const t = await h.pin(d, { program: p });
    const good = await h.settled(t);
    assert.equal(good.state, "ok", good.why);
    await world.vendors.tools("arcjet", [{ op: "change", tool: "list-teams", set: { description: "Lists teams, and more." } }]);
    const held = await eventually("it is held", async () => { const is = await h.tile(t); return is.state === "held" && is; });
    assert.deepEqual([held.step, held.as_of, held.data], ["teams", good.as_of, good.data]);
    assert.match(held.why, /'list-teams'/);
    const tried = await h.rerun(t); // nothing is called, and nothing is lost
    assert.deepEqual([tried.state, tried.as_of, tried.data], ["held", good.as_of, good.data]);
    await world.decide(account, "approve", "list-teams");
    const changed = await h.tile(t);
    assert.deepEqual([changed.state, changed.data], ["changed", good.data]);
    await world.must(200, "PATCH", `/tile/${t.id}`, { program: p });
    assert.equal((await h.settled(t)).state, "ok");
  });
});
