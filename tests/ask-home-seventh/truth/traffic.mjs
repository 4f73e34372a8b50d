// SPDX-License-Identifier: Apache-2.0
// Traffic of zones and Workers, from the GraphQL analytics.
import { account, zoneOf } from "../../ask/truth/zones.mjs";
import { WINDOWS, day, iso, percent, sum, tell, unique } from "../../ask/truth/tell.mjs";
import { graphql } from "../../ask/vendors.mjs";
import "./spans.mjs";

const HTTP = "httpRequestsAdaptiveGroups", FIRE = "firewallEventsAdaptiveGroups";
const span = ([from, to]) => `datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"`;
/** [value of the dimension, count], the largest first; without a dimension one count. */
async function by(dataset, zone, w, dimension, filter = "") {
  const fields = dimension ? `count dimensions{${dimension}}` : "count";
  const { viewer } = await graphql(`{viewer{zones(filter:{zoneTag:"${zoneOf(zone).id}"}){g:${dataset}(limit:10000,filter:{${span(WINDOWS[w])}${filter}}){${fields}}}}}`);
  return viewer.zones[0].g.map((g) => [String(g.dimensions?.[dimension]), g.count]).sort((a, b) => b[1] - a[1]);
}
const of = (list, key) => sum(list.filter(([k]) => k === key), ([, n]) => n);
const all = (list) => sum(list, ([, n]) => n);

for (const zone of ["example.com", "acme-app.example"]) {
  const ips = await by(FIRE, zone, "24h", "clientIP");
  tell(`fire_ips_top2.${zone}`, ips.slice(0, 2).map(([ip]) => ip));
  tell(`about_fire_ip_first.${zone}`, ips[0][1]);
}
for (const zone of ["example.com", "staging-example.com"]) tell(`about_fire_24h.${zone}`, all(await by(FIRE, zone, "24h")));
const actions = await by(FIRE, "acme-api.example", "yesterday", "action");
tell("challenge_percent", percent(of(actions, "managed_challenge"), all(actions)));
const acts = await by(FIRE, "acme-app.example", "24h", "action");
for (const action of ["block", "managed_challenge"]) tell(`about_fire.${action}`, of(acts, action));
const hours = await by(FIRE, "example.com", "yesterday", "datetimeHour", ',action:"block"');
tell("about_block_hour_peak", hours[0][1]);
tell("about_block_hour_low", hours.at(-1)[1]);

const kinds = await by(HTTP, "acme-help.example", "7d", "clientDeviceType");
tell("about_mobile_share", percent(of(kinds, "mobile"), all(kinds)));
tell("about_day_peak", (await by(HTTP, "acme-media.example", "7d", "date"))[0][1]);

/** Visitors are unique ones, or visits. */
const date = day(WINDOWS.yesterday[0]);
const asked = `d:httpRequests1dGroups(limit:1,filter:{date_geq:"${date}",date_leq:"${date}"}){uniq{uniques}} a:${HTTP}(limit:1,filter:{${span(WINDOWS.yesterday)}}){sum{visits}}`;
const { d, a } = (await graphql(`{viewer{zones(filter:{zoneTag:"${zoneOf("example.com").id}"}){${asked}}}}`)).viewer.zones[0];
tell("about_uniques", d[0].uniq.uniques);
tell("about_visits", a[0].sum.visits);

const runs = async (w) =>
  (await graphql(`{viewer{accounts(filter:{accountTag:"${account}"}){g:workersInvocationsAdaptive(limit:10000,filter:{${span(WINDOWS[w])}}){sum{requests errors} dimensions{scriptName status}}}}}`)).viewer.accounts[0].g;
/** Errors are what is counted as such, or runs that threw, or that did not end well. */
const last = await runs("24h");
for (const script of unique(last.map((g) => g.dimensions.scriptName))) {
  const mine = last.filter((g) => g.dimensions.scriptName === script);
  tell(`about_worker_errors.${script}`, sum(mine, (g) => g.sum.errors));
  tell(`about_worker_threw.${script}`, sum(mine.filter((g) => g.dimensions.status === "scriptThrewException"), (g) => g.sum.requests));
  tell(`about_worker_failed.${script}`, sum(mine.filter((g) => g.dimensions.status !== "success"), (g) => g.sum.requests));
}
const week = await runs("7d");
const calls = unique(week.map((g) => g.dimensions.scriptName)).map((script) => [script, sum(week.filter((g) => g.dimensions.scriptName === script), (g) => g.sum.requests)]);
calls.sort(([, m], [, n]) => m - n);
for (const [name, [script, n]] of [["idlest", calls[0]], ["busiest", calls.at(-1)]]) {
  tell(`worker_${name}`, script);
  tell(`about_worker_${name}`, n);
}
