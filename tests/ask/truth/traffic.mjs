// SPDX-License-Identifier: Apache-2.0
// Traffic, from the GraphQL analytics.
import { graphql } from "../vendors.mjs";
import { zones, account, zoneOf } from "./zones.mjs";
import { tell, WINDOWS, iso, sum, round, percent, median } from "./tell.mjs";

/** Groups of a dataset for all zones; ten zones a query is the vendor's most. */
async function groups(dataset, fields, [from, to], filter = "", list = zones) {
  const all = [];
  for (let i = 0; i < list.length; i += 10) {
    const tags = list.slice(i, i + 10).map((z) => `"${z.id}"`).join(",");
    const bounds = `datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"${filter}`;
    const { viewer } = await graphql(`{viewer{zones(filter:{zoneTag_in:[${tags}]}){zoneTag g:${dataset}(limit:10000,filter:{${bounds}}){${fields}}}}}`);
    for (const z of viewer.zones) all.push(...z.g.map((g) => ({ zone: zones.find((x) => x.id === z.zoneTag).name, ...g })));
  }
  return all;
}
const HTTP = "httpRequestsAdaptiveGroups";
const FIRE = "firewallEventsAdaptiveGroups";
const single = (name) => [zoneOf(name)];

const traffic = {};
for (const w of ["7d", "week", "lastweek", "yesterday", "24h", "prev24h", "today"]) {
  const list = (await groups(HTTP, "count sum{edgeResponseBytes}", WINDOWS[w])).sort((a, b) => b.count - a.count);
  traffic[w] = new Map(list.map((g) => [g.zone, g]));
  if (list.length === 0) continue;
  tell(`top_zone_${w}`, list[0].zone);
  tell(`second_zone_${w}`, list[1].zone);
  tell(`about_top_requests_${w}`, list[0].count);
  tell(`about_top_bytes_${w}`, list[0].sum.edgeResponseBytes);
  tell(`about_top_share_${w}`, percent(list[0].count, sum(list, (g) => g.count)));
  tell(`about_requests_total_${w}`, sum(list, (g) => g.count));
  tell(`about_requests_mean_${w}`, round(sum(list, (g) => g.count) / list.length));
  tell(`about_requests_median_${w}`, median(list.map((g) => g.count)));
  for (const name of ["example.com", "staging-example.com"]) tell(`about_requests_${w}.${name}`, traffic[w].get(name)?.count ?? 0);
}
const change = (a, b) => (b === 0 ? null : round((100 * (a - b)) / b, 1));
const growth = zones.map((z) => ({ zone: z.name, by: change(traffic["24h"].get(z.name).count, traffic["prev24h"].get(z.name).count) })).sort((a, b) => b.by - a.by);
tell("top_growth_zone", growth[0].zone);
const more = zones.map((z) => ({ zone: z.name, by: traffic["24h"].get(z.name).count - traffic["prev24h"].get(z.name).count })).sort((a, b) => b.by - a.by);
tell("top_growth_zone_absolute", more[0].zone);
tell("about_growth_percent.staging-example.com", growth.find((g) => g.zone === "staging-example.com").by);

const hourly = (await groups(HTTP, "count dimensions{datetimeHour}", WINDOWS["24h"], "", single("staging-example.com"))).sort((a, b) => b.count - a.count);
tell("about_peak_hour_requests.staging-example.com", hourly[0].count);
tell("peak_hour.staging-example.com", new Date(hourly[0].dimensions.datetimeHour).toISOString().slice(11, 16));
const mainHourly = (await groups(HTTP, "count dimensions{datetimeHour}", WINDOWS["24h"], "", single("example.com"))).sort((a, b) => b.count - a.count);
tell("about_peak_hour_requests.example.com", mainHourly[0].count);
const cache = await groups(HTTP, "count dimensions{cacheStatus}", WINDOWS["7d"], "", single("example.com"));
const hits = sum(cache.filter((g) => g.dimensions.cacheStatus === "hit"), (g) => g.count);
tell("about_cache_percent.example.com", percent(hits, sum(cache, (g) => g.count)));
const byCountry = async (dataset, w, filter = "") =>
  (await groups(dataset, "count dimensions{clientCountryName}", WINDOWS[w], filter, single("example.com"))).sort((a, b) => b.count - a.count);
const countries = await byCountry(HTTP, "24h");
tell("countries_top4.example.com", countries.slice(0, 4).map((g) => g.dimensions.clientCountryName));
tell("about_top_country_requests.example.com", countries[0].count);
const blocked = await byCountry(FIRE, "24h", ',action:"block"');
tell("about_top_country_blocks.example.com", blocked[0].count);
tell("top_country_blocks.example.com", blocked[0].dimensions.clientCountryName);
for (const w of ["7d", "prev7d", "week", "lastweek"])
  tell(`about_5xx_${w}.acme-community.example`, sum(await groups(HTTP, "count dimensions{edgeResponseStatus}", WINDOWS[w], ",edgeResponseStatus_geq:500", single("acme-community.example")), (g) => g.count));
const blocks = async (w, name) => sum(await groups(FIRE, "count", WINDOWS[w], ',action:"block"', single(name)), (g) => g.count);
tell("about_blocks_7d.staging-example.com", await blocks("7d", "staging-example.com"));
const blockDays = await groups(FIRE, "count dimensions{date}", WINDOWS["7d"], ',action:"block"', single("staging-example.com"));
tell("about_peak_day_blocks_7d.staging-example.com", Math.max(...blockDays.map((g) => g.count)));
tell("about_blocks_24h.staging-example.com", await blocks("24h", "staging-example.com"));
tell("about_blocks_24h.example.com", await blocks("24h", "example.com"));
const allBlocks = (await groups(FIRE, "count", WINDOWS["24h"], ',action:"block"')).sort((a, b) => b.count - a.count);
tell("about_blocks_24h_total", sum(allBlocks, (g) => g.count));
const nx = await groups("dnsAnalyticsAdaptiveGroups", "count dimensions{responseCode}", WINDOWS["24h"], "", single("example.com"));
tell("about_nxdomain_percent.example.com", percent(sum(nx.filter((g) => g.dimensions.responseCode === "NXDOMAIN"), (g) => g.count), sum(nx, (g) => g.count)));
const calls = async (w) => {
  const [from, to] = WINDOWS[w];
  const query = `{viewer{accounts(filter:{accountTag:"${account}"}){g:workersInvocationsAdaptive(limit:10000,filter:{datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"}){sum{requests} dimensions{scriptName}}}}}`;
  const totals = new Map();
  for (const g of (await graphql(query)).viewer.accounts[0].g) totals.set(g.dimensions.scriptName, (totals.get(g.dimensions.scriptName) ?? 0) + g.sum.requests);
  return [...totals].sort((a, b) => b[1] - a[1]);
};
for (const w of ["24h", "7d", "30d"]) {
  const [[name, count]] = await calls(w);
  tell(`top_worker_${w}`, name);
  tell(`about_top_worker_requests_${w}`, count);
}
