// SPDX-License-Identifier: Apache-2.0
// The story holds together: the audit log, the state of the zone and the traffic tell the same incident.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tell } from "../story/index.js";
import { incident, INCIDENT_ZONE, INTRUDER, PAUSED_RULE, WEAKENED_LIMIT, WEAKENED_RULE, WEAKENED_RULESET } from "../story/incident.js";
import { accountId } from "../tokens.js";
import { DAY, HOUR, MINUTE, stamp, type Event, type Row } from "../world.js";
import { Client, errorOf } from "./client.js";

const client = await Client.start({ plan: { quota: 100_000 } });
const web = accountId("web");
const since = (days: number) => new Date(client.sandbox.world.epoch - days * DAY).toISOString();

test("the same moment gives the same world; ids do not depend on the moment", () => {
  const flat = (now: number) => {
    const world = tell(now);
    return JSON.stringify([world.events, world.rows("/zones"), [...world.documents], world.rows(`/accounts/${web}/workers/scripts`)]);
  };
  assert.equal(flat(1_800_000_000_000), flat(1_800_000_000_000));
  assert.notEqual(flat(1_800_000_000_000), flat(1_800_000_060_000));
  const ids = (now: number) =>
    tell(now)
      .rows("/zones")
      .map((z) => z["id"]);
  assert.deepEqual(ids(1_800_000_000_000), ids(1_900_000_000_000));
});

test("no id stands twice, and no time lies in the future", () => {
  const world = client.sandbox.world;
  for (const zone of world.rows("/zones")) {
    assert.match(zone["id"], /^[0-9a-f]{32}$/);
    const records = world.rows(`/zones/${zone["id"]}/dns_records`).map((r) => r["id"]);
    assert.equal(new Set(records).size, records.length);
  }
  assert.equal(new Set(world.events.map((e) => e.id)).size, world.events.length);
  assert.ok(world.events.every((e) => e.when <= world.epoch && e.when > world.epoch - 91 * DAY));
});

test("the last day's audit log of the zone: pause, weaken, delete, lock out, in that order", async () => {
  const log = await client.result(
    "GET",
    `/accounts/${web}/audit_logs?zone.name=${INCIDENT_ZONE}&since=${since(1)}&direction=asc&actor.email=${INTRUDER.email}`,
  );
  const steps = log.map((e: any) => `${e.action.type} ${e.resource.type}`);
  assert.deepEqual(steps.slice(0, 4), ["update firewall_rule", "update ruleset", "update ruleset", "delete dns_record"]);
  assert.ok(steps.filter((s: string) => s === "delete dns_record").length > 20);
  assert.ok(log.every((e: any) => e.actor.ip === INTRUDER.ip));
  assert.deepEqual(
    log.slice(0, 3).map((e: any) => e.resource.id),
    [PAUSED_RULE, WEAKENED_RULESET, WEAKENED_LIMIT],
  );
  const [lock] = await client.result(
    "GET",
    `/accounts/${web}/audit_logs?zone.name=${INCIDENT_ZONE}&since=${since(1)}&actor.email=security@example.com&action.type=add`,
  );
  assert.ok(lock.when > log.at(-1).when && lock.resource.type === "access_rule");
});

test("the state of the zone agrees with its log", async () => {
  const { id } = await client.zone(INCIDENT_ZONE);
  assert.equal((await client.result("GET", `/zones/${id}/firewall/rules/${PAUSED_RULE}`)).paused, true);
  const custom = await client.result("GET", `/zones/${id}/rulesets/${WEAKENED_RULESET}`);
  assert.equal(custom.rules.find((r: any) => r.id === WEAKENED_RULE).enabled, false);
  const limit = await client.result("GET", `/zones/${id}/rulesets/phases/http_ratelimit/entrypoint`);
  assert.equal(limit.rules[0].ratelimit.requests_per_period, 20000);
  assert.deepEqual(await client.result("GET", `/zones/${id}/dns_records?name=www.${INCIDENT_ZONE}`), []);
  const blocked = await client.result("GET", `/zones/${id}/firewall/access_rules/rules?configuration.value=${INTRUDER.ip}`);
  assert.equal(blocked[0].mode, "block");
  // Another zone still has what this one lost.
  const other = await client.zone("staging-app.com");
  assert.equal((await client.result("GET", `/zones/${other.id}/dns_records?name=www.staging-app.com`)).length, 1);
});

test("the incident lies within one UTC day, some hours ago, whenever the program starts", () => {
  const day = Date.UTC(2026, 10, 29);
  for (let minute = 0; minute < 24 * 60; minute += 5) {
    const epoch = day + minute * MINUTE;
    const { start, end } = incident({ epoch });
    assert.equal(Math.floor(start / DAY), Math.floor(end / DAY), new Date(epoch).toISOString());
    assert.ok(end <= epoch - 5 * HOUR && start >= epoch - 8 * HOUR && end - start === 75 * MINUTE, new Date(epoch).toISOString());
  }
});

test("what the audit log changed is there, and as young as that", () => {
  const { world } = client.sandbox;
  const zones = world.rows("/zones");
  const at: Record<string, (e: Event) => Row | undefined> = {
    firewall_rule: (e) => world.rows(`/zones/${e.zone!.id}/firewall/rules`).find((r) => r["id"] === e.resource.id),
    ruleset: (e) => world.rows(`/zones/${e.zone!.id}/rulesets`).find((r) => r["id"] === e.resource.id),
    dns_record: (e) => world.rows(`/zones/${e.zone!.id}/dns_records`).find((r) => r["id"] === e.resource.id),
    page_rule: (e) => world.rows(`/zones/${e.zone!.id}/pagerules`).find((r) => r["id"] === e.resource.id),
    worker_script: (e) => world.rows(`/accounts/${e.account}/workers/scripts`).find((r) => r["id"] === e.resource.id),
    member: (e) => world.rows(`/accounts/${e.account}/members`).find((r) => r["id"] === e.resource.id),
  };
  const last = new Map<string, number>();
  const counts: Record<string, number> = {};
  for (const e of world.events) {
    const name = `${e.action} ${e.resource.type}`;
    counts[name] = (counts[name] ?? 0) + 1;
    if (e.zone) assert.equal(zones.find((z) => z["id"] === e.zone!.id)?.["name"], e.zone.name);
    if (!at[e.resource.type] || !e.ok) continue;
    const row = at[e.resource.type]!(e);
    if (e.action === "update") assert.ok(row, `${name} of ${e.resource.id}`);
    if (e.action === "delete") assert.equal(row, undefined, name);
    if (e.action === "add" && row) assert.equal(row["created_on"], stamp(e.when));
    if (e.action === "add" && !row) assert.ok(world.events.some((d) => d.action === "delete" && d.resource.id === e.resource.id && d.when > e.when), name);
    if (row) last.set(e.resource.id, e.when);
  }
  for (const e of world.events) {
    const row = e.ok && e.resource.type !== "member" ? at[e.resource.type]?.(e) : undefined;
    if (row) assert.equal(row["modified_on"] ?? row["last_updated"], stamp(last.get(e.resource.id)!), `${e.resource.type} ${e.resource.id}`);
  }
  for (const name of ["update firewall_rule", "update ruleset", "add dns_record", "update dns_record", "delete dns_record", "update worker_script"])
    assert.ok(counts[name]! > 20, `${name}: ${counts[name]}`);
  // And what is young was made or changed by somebody.
  const young = (text: string) => Date.parse(text) > world.epoch - 89 * DAY;
  for (const zone of zones) {
    for (const row of world.rows(`/zones/${zone["id"]}/dns_records`))
      for (const name of ["created_on", "modified_on"]) if (young(row[name])) assert.ok(last.has(row["id"]), `${row["name"]} ${name}`);
    for (const row of world.rows(`/zones/${zone["id"]}/firewall/rules`)) if (young(row["modified_on"])) assert.ok(last.has(row["id"]), row["description"]);
    const own = world.rows(`/zones/${zone["id"]}/rulesets`).filter((s) => ["http_request_firewall_custom", "http_ratelimit"].includes(s["phase"]));
    for (const row of own) if (young(row["last_updated"])) assert.ok(last.has(row["id"]), row["phase"]);
  }
  for (const account of ["web", "retail"] as const)
    for (const row of world.rows(`/accounts/${accountId(account)}/workers/scripts`)) if (young(row["modified_on"])) assert.ok(last.has(row["id"]), row["id"]);
});

test("production was changed in the last twelve hours, and has a rate limit that staging lacks", async () => {
  const span = `zone.name=example.com&since=${since(0.5)}`;
  const log = await client.result("GET", `/accounts/${web}/audit_logs?${span}&direction=asc`);
  const steps = log.map((e: any) => `${e.action.type} ${e.resource.type} ${e.actor.email.split("@")[0]}`);
  for (const step of ["update ruleset security", "update dns_record dns-team", "update ruleset on-call", "add dns_record dns-team"]) assert.ok(steps.includes(step), step);
  const added = log.find((e: any) => e.action.type === "add" && e.resource.type === "dns_record");
  const zone = await client.zone("example.com");
  assert.equal((await client.result("GET", `/zones/${zone.id}/dns_records/${added.resource.id}`)).content, added.newValueJson.content);
  const limits = async (name: string) =>
    (await client.result("GET", `/zones/${(await client.zone(name)).id}/rulesets/phases/http_ratelimit/entrypoint`)).rules.map((r: any) => r.description);
  const [production, staging] = [await limits("example.com"), await limits(INCIDENT_ZONE)];
  assert.deepEqual(production.filter((name: string) => !staging.includes(name)), ["Limit sign-ups from one address"]);
  assert.deepEqual(staging.filter((name: string) => !production.includes(name)), []);
});

test("API tokens were made, rolled and revoked within two days, and the list agrees", async () => {
  const log = await client.result("GET", `/accounts/${web}/audit_logs?since=${since(2)}&direction=asc&per_page=1000`);
  const of = log.filter((e: any) => e.resource.type === "token").map((e: any) => [e.action.type, e.action.result, e.metadata.token_name]);
  assert.deepEqual(of, [
    ["token_roll", true, "deploy-pipeline"],
    ["token_create", true, "siem-export"],
    ["token_revoke", true, "legacy-ci"],
    ["token_create", false, undefined],
  ]);
  const names = (await client.result("GET", `/accounts/${web}/tokens?per_page=50`)).map((t: any) => t.name);
  assert.deepEqual(
    ["deploy-pipeline", "siem-export", "legacy-ci"].map((name) => names.includes(name)),
    [true, true, false],
  );
});

test("the zone of the vendor's own examples is there", async () => {
  const zone = await client.result("GET", "/zones/023e105f4ecef8ad9ca31a8372d0c353");
  assert.deepEqual([zone.status, zone.paused, zone.plan.legacy_id], ["active", false, "pro"]);
  const rules = await client.result("GET", `/zones/${zone.id}/firewall/rules`);
  assert.ok(rules.some((r: any) => r.paused) && rules.some((r: any) => !r.paused));
});

test("audit log v1 has no result_info, pages, and a CSV form", async () => {
  const { body } = await client.ask("GET", `/accounts/${web}/audit_logs?per_page=5`);
  assert.deepEqual([body.result.length, body.result_info], [5, undefined]);
  const next = await client.result("GET", `/accounts/${web}/audit_logs?per_page=5&page=2`);
  assert.ok(next[0].when <= body.result[4].when && next[0].id !== body.result[4].id);
  const csv = (await client.ask("GET", `/accounts/${web}/audit_logs?export=true&per_page=3`)).body as string;
  assert.equal(csv.trim().split("\n").length, 4);
  assert.equal((await client.ask("GET", `/accounts/${web}/audit_logs?since=yesterday`)).status, 400);
  const span = await client.result("GET", `/accounts/${web}/audit_logs?since=${since(3)}&before=${since(2)}&per_page=1000`);
  assert.ok(span.length > 0 && span.every((e: any) => e.when >= since(3).slice(0, 19) && e.when <= since(2).slice(0, 19) + "Z"));
});

test("audit log v2: required times, .not filters, cursor, the same events", async () => {
  const at = `/accounts/${web}/logs/audit`;
  assert.deepEqual(errorOf(await client.ask("GET", at)), [400, 1004]);
  const span = `since=${since(1)}&before=${new Date(client.sandbox.world.epoch).toISOString()}`;
  const all: any[] = [];
  let cursor = "";
  do {
    const { body } = await client.ask("GET", `${at}?${span}&limit=20&cursor=${cursor}`);
    assert.equal(body.result_info.count, String(body.result.length));
    all.push(...body.result);
    cursor = body.result_info.cursor;
  } while (cursor);
  const first = await client.result("GET", `/accounts/${web}/audit_logs?${span}&per_page=1000`);
  assert.deepEqual(
    all.map((e) => e.id),
    first.map((e: any) => e.id),
  );
  const others = await client.result("GET", `${at}?${span}&limit=1000&actor_email.not=${INTRUDER.email}`);
  const intruder = await client.result("GET", `${at}?${span}&limit=1000&actor_email=${INTRUDER.email}&action_type=delete&action_type=update`);
  assert.ok(others.length > 0 && others.every((e: any) => e.actor.email !== INTRUDER.email));
  assert.ok(intruder.length > 20 && intruder.every((e: any) => ["delete", "update"].includes(e.action.type)));
});
