// SPDX-License-Identifier: Apache-2.0
// GraphQL analytics: figures that agree with each other, and faults told with HTTP 200.

import assert from "node:assert/strict";
import { test } from "node:test";
import { incident, INCIDENT_ZONE } from "../story/incident.js";
import { accountId } from "../tokens.js";
import { HOUR, MINUTE } from "../world.js";
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
  assert.ok(times[0] >= span.from.slice(0, 16) && times.at(-1) < span.to);
});

test("limit, order and filters", async () => {
  const query = `{ viewer { zones(filter: {zoneTag: "${zone.id}"}) {
    top: httpRequestsAdaptiveGroups(limit: 3, filter: {datetime_geq: "${span.from}", datetime_lt: "${span.to}"}, orderBy: [count_DESC]) { count dimensions { clientCountryName } }
    errors: httpRequestsAdaptiveGroups(limit: 10, filter: {datetime_geq: "${span.from}", datetime_lt: "${span.to}", edgeResponseStatus_geq: 500}) { count dimensions { edgeResponseStatus } }
  } } }`;
  const [node] = (await ask(query)).data.viewer.zones;
  assert.deepEqual(
    node.top.map((r: any) => r.dimensions.clientCountryName),
    ["US", "DE", "GB"],
  );
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

test("other sets: firewall events one by one, DNS, Workers, settings", async () => {
  const events = (await ask(groups("firewallEventsAdaptive", ") { action clientIP datetime rayName }"), span)).data.viewer.zones[0]
    .firewallEventsAdaptive;
  assert.ok(events.length > 10 && events.every((e: any) => e.action && e.clientIP && e.rayName));
  const dns = (await ask(groups("dnsAnalyticsAdaptiveGroups", ") { count dimensions { queryType } }"), span)).data.viewer.zones[0]
    .dnsAnalyticsAdaptiveGroups;
  assert.ok(dns.some((r: any) => r.dimensions.queryType === "AAAA"));
  const account = `{ viewer { accounts(filter: {accountTag: "${accountId("web")}"}) { workersInvocationsAdaptive(limit: 100, filter: {datetime_geq: "${span.from}", datetime_lt: "${span.to}"}) { sum { requests errors } quantiles { cpuTimeP50 } dimensions { scriptName } } } } }`;
  const workers = (await ask(account)).data.viewer.accounts[0].workersInvocationsAdaptive;
  assert.deepEqual([...new Set(workers.map((r: any) => r.dimensions.scriptName))].sort(), ["api-gateway", "image-resizer", "nightly-report"]);
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
