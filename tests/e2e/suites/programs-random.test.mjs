// SPDX-License-Identifier: Apache-2.0
// A thousand programs of a generator against the sandbox, sound ones and broken ones, with faults of the vendor armed: each
// ends with an outcome or with faults that name their place, and no vendor ever sees a write. PROGRAMS_SEED repeats a run.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { start } from "../lib/postern.mjs";

const SEED = Number(process.env.PROGRAMS_SEED ?? 20261129), COUNT = Number(process.env.PROGRAMS_COUNT ?? 1000), SIDE = 4;
let world;
before(async () => {
  world = await start({ settings: { program_wait: "0s", program_calls: 60, program_fan_out: 30, program_query_time: "300ms", program_memory: "32MiB" } });
  await world.account("cfut_sandbox_one_account", { name: "acme" });
});
after(() => world?.close());

// mulberry32
function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const LISTS = ["list_all_cloudflare_zones", "list_all_cloudflare_accounts", "list_all_cloudflare_members", "list_all_cloudflare_workers_scripts"];
const BY_ZONE = ["list_all_cloudflare_dns_records", "list_all_cloudflare_firewall_rules", "list_all_cloudflare_page_rules", "list_all_cloudflare_zone_settings"];
const BAD_TOOLS = ["delete_a_cloudflare_zone_by_id", "cloudflare_zone_purge_cache", "list_all_nothing", "", "select"];
const COLUMNS = ["id", "name", "status", "type", "zone", "paused", "created_on", "nope", "\"a b\"", "plan__name"];
const WILD = [
  "SELECT * FROM sqlite_master", "DROP TABLE a", "SELECT", "SELECT 1; SELECT 2", "PRAGMA table_info(a)", "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r) SELECT count(*) FROM r",
  "SELECT randomblob(1e9)", "SELECT printf('%1000000d', 1)", "SELECT * FROM a, a b, a c, a d, a e, a f", "ATTACH 'x' AS y", "SELECT ?", "VALUES (1)", "EXPLAIN SELECT 1", "SELECT 'a' REGEXP '(a+)+$'",
];

function generate(next) {
  const pick = (list) => list[Math.floor(next() * list.length)], chance = (p) => next() < p;
  const steps = [], ids = ["a", "b", "c", "d"];
  for (const id of ids.slice(0, 1 + Math.floor(next() * 4))) {
    const step = { id: chance(0.03) ? pick(["select", "a", "1x", "batch"]) : id, tool: pick(LISTS) };
    if (!chance(0.05)) step.account = chance(0.03) ? "nobody" : chance(0.1) ? ["acme"] : "acme";
    const zones = steps.find((s) => s.tool === LISTS[0]);
    if (zones && chance(0.7)) {
      step.tool = pick(BY_ZONE);
      step.for_each = chance(0.05) ? pick(WILD) : `SELECT id AS zone_id, name AS zone FROM ${zones.id} ORDER BY name LIMIT ${1 + Math.floor(next() * (chance(0.1) ? 40 : 4))}`;
      step.arguments = chance(0.1) ? { zone_id: { $sql: `SELECT id FROM ${zones.id} LIMIT ${pick([1, 2])}` } } : { zone_id: { $: chance(0.05) ? "missing" : "zone_id" } };
      if (chance(0.05)) step.batch = 2;
    }
    if (chance(0.05)) step.tool = pick(BAD_TOOLS);
    if (chance(0.2)) step.pages = 1;
    if (chance(0.05)) step.arguments = { ...step.arguments, [pick(["per_page", "nme", "name"])]: pick([5, "x", null, { $param: "p" }, { $rows: `SELECT id FROM ${id}` }]) };
    if (chance(0.03)) step[pick(["tols", "arguments", "rows"])] = pick([7, "x", "/result", []]);
    steps.push(step);
  }
  const query = () => {
    if (chance(0.1)) return pick(WILD);
    const t = pick(steps).id, column = pick(COLUMNS);
    return pick([
      `SELECT count(*) AS n FROM ${t}`, `SELECT ${column}, count(*) AS n FROM ${t} GROUP BY 1 ORDER BY 2 DESC`, `SELECT * FROM ${t} LIMIT 5`,
      `SELECT time_bucket(created_on, 'month') AS m, count(*) FROM ${t} GROUP BY 1`, `SELECT x.name, y.id FROM ${t} x LEFT JOIN ${pick(steps).id} y ON y.zone = x.name`,
      `SELECT median(length(name)), percentile(length(name), 90) FROM ${t}`, `SELECT :p AS p, :since AS s FROM ${t} LIMIT 1`,
    ]);
  };
  const results = {};
  for (const name of ["r", "s", "t"].slice(0, 1 + Math.floor(next() * 3))) {
    results[name] = chance(0.3) ? query() : { query: query(), ...(chance(0.3) ? { chart: { mark: pick(["bar", "line", "pie"]), x: "n", y: pick(COLUMNS) } } : {}), ...(chance(0.2) ? { time: { column: "m", bucket: pick(["month", "day", "eon"]) } } : {}) };
  }
  return { version: chance(0.02) ? 2 : 1, parameters: { p: chance(0.5) ? "x" : 3, since: pick(["now-7d", "today", chance(0.1) ? "never" : "now"]) }, steps, results };
}

describe(`${COUNT} programs of seed ${SEED}`, () => {
  test("each ends with an outcome or with faults that say where, and nothing is written", async () => {
    const next = random(SEED), tally = {};
    await world.sandbox.control("DELETE", "/requests");
    const one = async () => {
      const program = generate(next);
      const { status, body, text } = await world.api("POST", "/program", { program });
      const what = JSON.stringify(program);
      if (status === 200) {
        assert.ok(["complete", "partial", "paused", "failed"].includes(body.status), what);
        for (const r of body.results) assert.ok(r.error || Array.isArray(r.rows), `${what}: ${text.slice(0, 300)}`);
        tally[body.status] = (tally[body.status] ?? 0) + 1;
      } else {
        assert.equal(status, 400, `${what}: ${text.slice(0, 400)}`);
        assert.ok(body.faults.length > 0 && body.faults.every((f) => f.text && (f.pointer === "" || f.pointer.startsWith("/"))), `${what}: ${text.slice(0, 400)}`);
        tally.refused = (tally.refused ?? 0) + 1;
      }
    };
    for (let i = 0; i < COUNT; i += SIDE) await Promise.all(Array.from({ length: Math.min(SIDE, COUNT - i) }, one));
    assert.ok(tally.complete > 0 && tally.refused > 0, JSON.stringify(tally));
    const methods = new Set((await world.sandbox.control("GET", "/requests?last=5000")).map((r) => r.method));
    assert.deepEqual([...methods], ["GET"]);
    assert.equal((await world.api("GET", "/readyz")).status, 200);
  });
});
