// SPDX-License-Identifier: Apache-2.0
// GraphQL analytics: figures that agree with each other, and faults told with HTTP 200.

import assert from "node:assert/strict";
import { test } from "node:test";
import { incident, INCIDENT_ZONE } from "../story/incident.js";
import { accountId } from "../tokens.js";
import { DAY, HOUR, MINUTE } from "../world.js";
import { Client } from "./client.js";

const client = await Client.start({ plan: { quota: 100_000 } });
const epoch = client.sandbox.world.epoch;
const time = (minutesAgo: number) => new Date(epoch - minutesAgo * MINUTE).toISOString();
const zone = await client.zone("example.com");
const hurt = await client.zone(INCIDENT_ZONE);

async function ask(query: string, variables: object = {}, token = "full"): Promise<any> {
  const reply = await client.ask("POST", "/graphql", { token, body: { query, variables } });
  assert.equal(reply.status, 200);
  return reply.body;
}

const groups = (dataset: string, rest: string) =>
  `query Q($zone: string!, $from: Time!, $to: Time!) { viewer { zones(filter: {zoneTag: $zone}) { ${dataset}(limit: 10000, filter: {datetime_geq: $from, datetime_lt: $to} ${rest} } } }`;
const span = { zone: zone.id, from: time(180), to: time(60) };
const sum = (rows: any[]) => rows.reduce((n, row) => n + row.count, 0);

test("groups by time and by value add up to the same total", async () => {
  const plain = await ask(groups("httpRequestsAdaptiveGroups", ") { count sum { edgeResponseBytes visits } }"), span);
  assert.equal(plain.errors, null);
  const [whole] = plain.data.viewer.zones[0].httpRequestsAdaptiveGroups;
  assert.ok(whole.count > 10_000 && whole.sum.edgeResponseBytes > whole.count);
  const byMinute = (
    await ask(
      groups("httpRequestsAdaptiveGroups", ", orderBy: [datetimeMinute_ASC]) { count dimensions { datetimeMinute edgeResponseStatus } }"),
      span,
    )
  ).data.viewer.zones[0].httpRequestsAdaptiveGroups;
  assert.ok(Math.abs(sum(byMinute) - whole.count) / whole.count < 0.01, `${sum(byMinute)} against ${whole.count}`);
  const times = byMinute.map((r: any) => r.dimensions.datetimeMinute);
  assert.deepEqual(times, [...times].sort());
  // As times: of texts "…:00Z" is not before "…:00.500Z".
  assert.ok(Date.parse(times[0]) > Date.parse(span.from) - MINUTE && Date.parse(times.at(-1)) < Date.parse(span.to), `${times[0]} to ${times.at(-1)} within ${span.from} to ${span.to}`);
});

test("limit, order and filters", async () => {
  const query = `{ viewer { zones(filter: {zoneTag: "${zone.id}"}) {
    top: httpRequestsAdaptiveGroups(limit: 3, filter: {datetime_geq: "${span.from}", datetime_lt: "${span.to}"}, orderBy: [count_DESC]) { count dimensions { clientCountryName } }
    errors: httpRequestsAdaptiveGroups(limit: 10, filter: {datetime_geq: "${span.from}", datetime_lt: "${span.to}", edgeResponseStatus_geq: 500}) { count dimensions { edgeResponseStatus } }
  } } }`;
  const [node] = (await ask(query)).data.viewer.zones;
  assert.equal(node.top[0].dimensions.clientCountryName, "US");
  assert.ok(node.top.length === 3 && node.top[1].count >= node.top[2].count);
  assert.deepEqual(node.errors.map((r: any) => r.dimensions.edgeResponseStatus).sort(), [500, 502]);
});

test("the incident shows: more requests, fewer blocked", async () => {
  const { start, end } = incident({ epoch });
  const at = (ms: number) => new Date(ms).toISOString();
  const during = { zone: hurt.id, from: at(start), to: at(end) };
  const before = { zone: hurt.id, from: at(2 * start - end), to: at(start) };
  const total = async (dataset: string, variables: object) =>
    sum((await ask(groups(dataset, ") { count }"), variables)).data.viewer.zones[0][dataset]);
  assert.ok((await total("httpRequestsAdaptiveGroups", during)) > 4 * (await total("httpRequestsAdaptiveGroups", before)));
  assert.ok((await total("firewallEventsAdaptiveGroups", during)) < (await total("firewallEventsAdaptiveGroups", before)));
});

test("what a zone's traffic is made of is its own, and another on another day; days and hours add up", async () => {
  const whole = async (name: string, from: number, to: number, dimensions: string) => {
    const span = { zone: (await client.zone(name)).id, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return (await ask(groups("httpRequestsAdaptiveGroups", `) { count dimensions { ${dimensions} } }`), span)).data.viewer.zones[0].httpRequestsAdaptiveGroups;
  };
  const midnight = Math.floor(epoch / DAY) * DAY;
  const mixture = async (name: string, day: number) => {
    const rows = await whole(name, midnight - day * DAY, midnight - (day - 1) * DAY, "clientCountryName");
    return Object.fromEntries(rows.map((r: any) => [r.dimensions.clientCountryName, Math.round((1000 * r.count) / sum(rows))]));
  };
  const one = await mixture("example.com", 2);
  assert.notDeepEqual(one, await mixture("staging-app.com", 2));
  assert.notDeepEqual(one, await mixture("example.com", 3));
  const [days, hours] = [await whole("example.com", midnight - 3 * DAY, midnight, "date clientCountryName"), await whole("example.com", midnight - 3 * DAY, midnight, "datetimeHour clientCountryName")];
  for (const country of ["US", "JP"]) {
    const of = (rows: any[]) => sum(rows.filter((r) => r.dimensions.clientCountryName === country));
    assert.ok(Math.abs(of(days) - of(hours)) / of(days) < 0.001, `${country}: ${of(days)} and ${of(hours)}`);
  }
  const from = Math.floor(incident({ epoch }).start / DAY) * DAY;
  const struck = await whole(INCIDENT_ZONE, from, Math.min(from + DAY, epoch), "clientCountryName");
  assert.ok(struck.some((r: any) => r.dimensions.clientCountryName === "RO" && r.count > 0.2 * sum(struck)));
});

test("what does not go through the vendor has no traffic: paused, pending, moved, not there yet", async () => {
  const total = (name: string, field: string, from = time(24 * 60)) =>
    client.zone(name).then(async ({ id }) => (await ask(groups("httpRequestsAdaptiveGroups", `) { ${field} }`), { zone: id, from, to: time(0) })).data.viewer.zones[0].httpRequestsAdaptiveGroups);
  for (const name of ["acme-labs.example", "acme-games.example", "acme-press.example"]) {
    assert.deepEqual(await total(name, "count"), [{ count: 0 }], name);
    assert.deepEqual(await total(name, "count dimensions { clientCountryName }"), [], name);
    const { id } = await client.zone(name);
    assert.equal((await client.ask("GET", `/zones/${id}/analytics/dashboard?since=-1440&until=0`)).body.result.totals.requests.all, 0);
  }
  const made = Date.parse(zone.created_on) - epoch;
  const early = `since=${Math.round(made / MINUTE) - 2880}&until=${Math.round(made / MINUTE) - 1440}`;
  assert.equal((await client.ask("GET", `/zones/${zone.id}/analytics/dashboard?${early}`)).body.result.totals.requests.all, 0);
});

test("days of a year: httpRequests1dGroups, its dates whole, its sums those of the hours", async () => {
  const day = (ago: number) => new Date(epoch - ago * DAY).toISOString().slice(0, 10);
  const query = (from: string, to: string) => `{ viewer { zones(filter: {zoneTag: "${zone.id}"}) {
    httpRequests1dGroups(limit: 400, orderBy: [date_ASC], filter: {date_geq: "${from}", date_leq: "${to}"}) { sum { requests bytes threats } uniq { uniques } dimensions { date } } } } }`;
  const rows = (await ask(query(day(300), day(1)))).data.viewer.zones[0].httpRequests1dGroups;
  assert.deepEqual([rows.length, rows[0].dimensions.date, rows.at(-1).dimensions.date], [300, day(300), day(1)]);
  assert.ok(rows.every((r: any) => r.sum.requests > r.uniq.uniques && r.uniq.uniques > 1));
  const midnight = Math.floor(epoch / DAY) * DAY;
  const span = { zone: zone.id, from: new Date(midnight - DAY).toISOString(), to: new Date(midnight).toISOString() };
  const hours = (await ask(groups("httpRequests1hGroups", ") { sum { requests } dimensions { datetimeHour } }"), span)).data.viewer.zones[0].httpRequests1hGroups;
  const added = hours.reduce((n: number, r: any) => n + r.sum.requests, 0);
  assert.ok(Math.abs(added - rows.at(-1).sum.requests) < 24);
  assert.match((await ask(query(day(400), day(390)))).errors[0].message, /older than/);
  const limits = (await ask(`{ viewer { zones(filter: {zoneTag: "${zone.id}"}) { settings { httpRequests1dGroups { notOlderThan } } } } }`)).data.viewer.zones[0].settings;
  assert.equal(limits.httpRequests1dGroups.notOlderThan, 365 * 86_400);
});

test("other sets: firewall events one by one, DNS, Workers, settings", async () => {
  const events = (await ask(groups("firewallEventsAdaptive", ") { action clientIP datetime rayName }"), span)).data.viewer.zones[0]
    .firewallEventsAdaptive;
  assert.ok(events.length > 10 && events.every((e: any) => e.action && e.clientIP && e.rayName));
  const dns = (await ask(groups("dnsAnalyticsAdaptiveGroups", ") { count dimensions { queryType } }"), span)).data.viewer.zones[0]
    .dnsAnalyticsAdaptiveGroups;
  assert.ok(dns.some((r: any) => r.dimensions.queryType === "AAAA"));
  const account = `{ viewer { accounts(filter: {accountTag: "${accountId("web")}"}) { workersInvocationsAdaptive(limit: 100, filter: {datetime_geq: "${span.from}", datetime_lt: "${span.to}"}) { sum { requests errors } quantiles { cpuTimeP50 } dimensions { scriptName } } } } }`;
  const workers = (await ask(account)).data.viewer.accounts[0].workersInvocationsAdaptive;
  assert.deepEqual(workers.map((r: any) => r.dimensions.scriptName).sort(), ["api-gateway", "image-resizer", "nightly-report"]);
  const settings = (
    await ask(`{ viewer { zones(filter: {zoneTag: "${zone.id}"}) { settings { httpRequestsAdaptiveGroups { enabled maxPageSize } } } } }`)
  ).data.viewer.zones[0].settings;
  assert.deepEqual(settings.httpRequestsAdaptiveGroups, { enabled: true, maxPageSize: 10000 });
});

test("what is wrong is told with HTTP 200 and data null", async () => {
  const wrong = async (query: string, pattern: RegExp, token = "full") => {
    const body = await ask(query, {}, token);
    assert.equal(body.data, null);
    assert.match(body.errors[0].message, pattern);
  };
  await wrong("mutation { drop }", /mutation operations are not supported/);
  await wrong("{ viewer { nothing } }", /unknown field "nothing"/);
  await wrong('{ viewer { zones(filter: {zoneTag: "x"}) { settings { a { enabled } } } } }', /not authorized/);
  await wrong("{ viewer { zones(filter: {zoneTag: ", /unexpected end/);
  await wrong(`{ viewer { zones(filter: {zoneTag_in: [${Array(11).fill('"a"').join(",")}]}) { zoneTag } } }`, /at most 10 zones/);
  await wrong(`{ viewer { zones(filter: {zoneTag: "${zone.id}"}) { httpRequestsAdaptiveGroups(limit: 10001) { count } } } }`, /limit must be/);
  await wrong(
    `{ viewer { zones(filter: {zoneTag: "${zone.id}"}) { httpRequestsAdaptiveGroups(filter: {datetime_geq: "2001-01-01T00:00:00Z"}) { count } } } }`,
    /older than/,
  );
  await wrong("{".repeat(60), /too deep|expected a name/);
  await wrong("{ viewer { budget } }", /not authorized/, "zone_read");
});

test("the older reports agree: dashboard and DNS table", async () => {
  const { body } = await client.ask("GET", `/zones/${zone.id}/analytics/dashboard?since=-1440&until=0`);
  assert.equal(body.result.timeseries.length, 24);
  const added = body.result.timeseries.reduce((n: number, t: any) => n + t.requests.all, 0);
  assert.ok(Math.abs(added - body.result.totals.requests.all) / added < 0.001);
  assert.ok(body.query.since && body.result.totals.uniques.all > 0);
  const report = (
    await client.ask(
      "GET",
      `/zones/${zone.id}/dns_analytics/report?dimensions=queryType,responseCode&metrics=queryCount&since=${new Date(epoch - HOUR).toISOString()}`,
    )
  ).body.result;
  assert.equal(report.rows, 15);
  const total = report.data.reduce((n: number, r: any) => n + r.metrics[0], 0);
  assert.ok(Math.abs(total - report.totals.queryCount) < report.rows);
  assert.equal((await client.ask("GET", `/zones/${zone.id}/dns_analytics/report?dimensions=shoeSize`)).status, 400);
});
