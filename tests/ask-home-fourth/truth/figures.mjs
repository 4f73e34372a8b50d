// SPDX-License-Identifier: Apache-2.0
// Traffic of zones, and what Arcjet decided, in figures.
import { denied, seen } from "../../ask/truth/guard.mjs";
import { account, zoneOf, zones } from "../../ask/truth/zones.mjs";
import { WINDOWS, grouped, iso, leaders, one, percent, sum, tell, unique } from "../../ask/truth/tell.mjs";
import { graphql } from "../../ask/vendors.mjs";

const HTTP = "httpRequestsAdaptiveGroups", FIRE = "firewallEventsAdaptiveGroups";
const span = ([from, to]) => `datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"`;
const count = (list) => sum(list, (g) => g.count);
async function groups(dataset, zone, w, dimension, filter = "") {
  const fields = dimension ? `count dimensions{${dimension}}` : "count";
  const { viewer } = await graphql(`{viewer{zones(filter:{zoneTag:"${zoneOf(zone).id}"}){g:${dataset}(limit:10000,filter:{${span(WINDOWS[w])}${filter}}){${fields}}}}}`);
  return viewer.zones[0].g;
}
/** [value of the dimension, count], the largest first. */
export const by = async (dataset, zone, w, dimension, filter) =>
  (await groups(dataset, zone, w, dimension, filter)).map((g) => [String(g.dimensions[dimension]), g.count]).sort((a, b) => b[1] - a[1]);
const share = (list, key) => percent(sum(list.filter(([k]) => k === key), ([, n]) => n), sum(list, ([, n]) => n));

const devices = await by(HTTP, "example.com", "yesterday", "clientDeviceType");
for (const kind of ["mobile", "tablet"]) tell(`about_percent.${kind}`, share(devices, kind));
const paths = await by(HTTP, "example.com", "yesterday", "clientRequestPath");
tell("paths_top3", paths.slice(0, 3).map(([path]) => path));
tell("about_path_top", paths[0][1]);
tell("about_path_third", paths[2][1]);
const yesterday = [];
for (const z of zones) yesterday.push({ name: z.name, n: count(await groups(HTTP, z.name, "yesterday")) });
const requests = (name) => yesterday.find((z) => z.name === name).n;
for (const name of ["acme-docs.example", "acme-help.example"]) tell(`about_requests_yesterday.${name}`, requests(name));
tell("zones_million", yesterday.filter((z) => z.n > 1e6).map((z) => z.name));
const hours = await by(FIRE, "acme-api.example", "24h", "datetimeHour", ',action:"block"');
tell("about_blocks_peak_hour", hours[0][1]);

const { viewer } = await graphql(`{viewer{accounts(filter:{accountTag:"${account}"}){g:r2OperationsAdaptiveGroups(limit:10000,filter:{${span(WINDOWS["7d"])}}){sum{requests} dimensions{bucketName}}}}}`);
const buckets = grouped(viewer.accounts[0].g, (g) => g.dimensions.bucketName).map(([name, list]) => [name, sum(list, (g) => g.sum.requests)]).sort((a, b) => b[1] - a[1]);
tell("bucket_busiest", buckets[0][0]);
tell("about_bucket_busiest", buckets[0][1]);

const allowed = (list) => list.filter((d) => d.conclusion === "ALLOW");
for (const w of ["24h", "24h@start"]) tell(`admin_allowed_${w}.staging`, allowed(seen(w, "staging")).filter((d) => d.path === "/admin").length);
for (const w of ["30d", "30d@start", "30d@days"]) {
  const shop = seen(w, "storefront"), all = denied(seen(w));
  for (const s of ["storefront", "checkout"]) {
    const refused = denied(seen(w, s));
    tell(`denied_ips_${w}.${s}`, unique(refused.map((d) => d.ip)).length);
    if (w === "30d@days") tell(`denial_percent_${w}.${s}`, percent(refused.length, seen(w, s).length));
  }
  tell(`bot_percent_${w}`, percent(all.filter((d) => d.reason === "bot_v2").length, all.length));
  const login = grouped(shop.filter((d) => d.path === "/login"), (d) => d.ip);
  tell(`login_ip_top_${w}`, one(leaders(login)));
  tell(`login_ip_top_count_${w}`, login[0][1].length);
  tell(`denied_cell_${w}.storefront`, denied(shop).filter((d) => d.reason === "shield").length);
  tell(`denied_cell_${w}.checkout`, denied(seen(w, "checkout")).filter((d) => d.reason === "rate_limit").length);
  tell(`denied_peak_day_${w}`, grouped(all, (d) => d.time.slice(0, 10))[0][1].length);
  tell(`denied_ro_${w}`, all.filter((d) => d.country === "RO").length);
}
for (const w of ["7d", "7d@start", "7d@days"]) {
  const ips = grouped(denied(seen(w)), (d) => d.ip);
  tell(`denied_ip_top_${w}`, one(leaders(ips)));
  tell(`denied_ip_top_count_${w}`, ips[0][1].length);
}
const last = denied(seen("90d", "checkout")).reduce((a, b) => (a.time > b.time ? a : b));
tell("checkout_denied_last_at", last.time.slice(11, 16));
tell("checkout_denied_last_ip", last.ip);
tell("checkout_denied_last_path", last.path);
/** How many requests were denied on a day. */
export const deniedOn = (date) => denied(seen("90d")).filter((d) => d.time.startsWith(date)).length;
