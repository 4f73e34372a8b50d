// SPDX-License-Identifier: Apache-2.0
// Traffic of zones and Workers, and what Arcjet decided, in figures.
import { denied, seen } from "../../ask/truth/guard.mjs";
import { account, zoneOf } from "../../ask/truth/zones.mjs";
import { grouped, guard, iso, leaders, one, percent, sites, sum, tell, WINDOWS } from "../../ask/truth/tell.mjs";
import { graphql } from "../../ask/vendors.mjs";

async function groups(dataset, zone, w, fields) {
  const [from, to] = WINDOWS[w];
  const { viewer } = await graphql(`{viewer{zones(filter:{zoneTag:"${zoneOf(zone).id}"}){g:${dataset}(limit:10000,filter:{datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"}){${fields}}}}}`);
  return viewer.zones[0].g;
}
const HTTP = "httpRequestsAdaptiveGroups", DNS = "dnsAnalyticsAdaptiveGroups";
const count = (list) => sum(list, (g) => g.count);
const by = async (dataset, zone, w, dimension) =>
  (await groups(dataset, zone, w, `count dimensions{${dimension}}`)).map((g) => [String(g.dimensions[dimension]), g.count]).sort((a, b) => b[1] - a[1]);

const methods = await by(HTTP, "example.com", "24h", "clientRequestHTTPMethodName");
for (const [method, n] of methods.slice(0, 2)) tell(`about_method.${method}`, n);
const statuses = await by(HTTP, "acme-docs.example", "7d", "edgeResponseStatus");
tell("about_5xx_percent.acme-docs.example", percent(sum(statuses.filter(([s]) => s >= "500"), ([, n]) => n), sum(statuses, ([, n]) => n)));
tell("about_bytes_yesterday.example.com", sum(await groups(HTTP, "example.com", "yesterday", "sum{edgeResponseBytes}"), (g) => g.sum.edgeResponseBytes));
for (const name of ["example.com", "acme-app.example"]) tell(`about_requests_7d.${name}`, count(await groups(HTTP, name, "7d", "count")));
tell("about_posts_yesterday.acme-api.example", (await by(HTTP, "acme-api.example", "yesterday", "clientRequestHTTPMethodName")).find(([m]) => m === "POST")[1]);
const queries = await by(DNS, "example.com", "24h", "queryType");
for (const type of ["A", "MX"]) tell(`about_queries.${type}`, queries.find(([t]) => t === type)[1]);
const [from, to] = WINDOWS["24h"];
const { viewer } = await graphql(`{viewer{accounts(filter:{accountTag:"${account}"}){g:workersInvocationsAdaptive(limit:10000,filter:{datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"}){sum{errors} dimensions{scriptName}}}}}`);
for (const [name, list] of grouped(viewer.accounts[0].g, (g) => g.dimensions.scriptName)) tell(`about_worker_errors.${name}`, sum(list, (g) => g.sum.errors));

for (const w of ["30d", "30d@start"]) {
  const mark = w.slice(3), shop = denied(seen(w, "storefront")), pay = denied(seen(w, "checkout"));
  tell(`path_denied_most_30d${mark}.storefront`, one(leaders(grouped(shop, (d) => d.path))));
  tell(`posts_denied_30d${mark}.checkout`, pay.filter((d) => d.method === "POST").length);
}
for (const w of ["14d", "14d@start", "14d@days"]) tell(`denied_peak_day_${w}.storefront`, grouped(denied(seen(w, "storefront")), (d) => d.time.slice(0, 10))[0][1].length);
const rules = async (name) => (await guard("list-rules", { site_id: sites.find((s) => s.name === name).id })).rules;
tell("rules_live.checkout", (await rules("checkout")).filter((r) => r.mode === "LIVE").map((r) => r.type));
