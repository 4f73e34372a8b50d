// SPDX-License-Identifier: Apache-2.0
// Traffic of zones, from the GraphQL analytics.
import { zoneOf, zones } from "../../ask/truth/zones.mjs";
import { WINDOWS, day, iso, percent, sum, tell } from "../../ask/truth/tell.mjs";
import { graphql } from "../../ask/vendors.mjs";
import "./spans.mjs";

const HTTP = "httpRequestsAdaptiveGroups", FIRE = "firewallEventsAdaptiveGroups";
/** [value of the dimension, count], the largest first; without a dimension one count. */
async function by(dataset, zone, w, dimension, filter = "") {
  const [from, to] = WINDOWS[w];
  const fields = dimension ? `count dimensions{${dimension}}` : "count";
  const { viewer } = await graphql(`{viewer{zones(filter:{zoneTag:"${zoneOf(zone).id}"}){g:${dataset}(limit:10000,filter:{datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"${filter}}){${fields}}}}}`);
  return viewer.zones[0].g.map((g) => [String(g.dimensions?.[dimension]), g.count]).sort((a, b) => b[1] - a[1]);
}
const of = (list, key) => sum(list.filter(([k]) => k === key), ([, n]) => n);
const all = (list) => sum(list, ([, n]) => n);

const lands = await by(HTTP, "acme-api.example", "24h", "clientCountryName");
tell("lands_top5", lands.slice(0, 5).map(([land]) => land));
tell("about_lands_first", lands[0][1]);
tell("about_lands_fifth", lands[4][1]);
const statuses = await by(HTTP, "acme-api.example", "24h", "edgeResponseStatus");
for (const status of ["200", "404"]) tell(`about_status.${status}`, of(statuses, status));
const free = [];
for (const z of zones.filter((z) => z.plan.legacy_id === "free")) free.push([z.name, all(await by(HTTP, z.name, "yesterday"))]);
const [busiest] = free.sort((a, b) => b[1] - a[1]);
tell("free_busiest", busiest[0]);
tell("about_free_busiest", busiest[1]);
const protocols = await by(HTTP, "example.com", "yesterday", "clientSSLProtocol");
tell("tls12_percent", percent(of(protocols, "TLSv1.2"), all(protocols)));
for (const w of ["yesterday", "daybefore"]) tell(`about_events_${w}`, all(await by(FIRE, "example.com", w)));
for (const w of ["7d", "prev7d", "whole7d", "wholeprev7d"]) tell(`about_404_${w}`, all(await by(HTTP, "acme-help.example", w, "", ",edgeResponseStatus:404")));
const devices = await by(HTTP, "staging-app.com", "24h", "clientDeviceType");
for (const kind of ["mobile", "desktop"]) tell(`about_device.${kind}`, of(devices, kind));
// From the cache: hits by their status, or what the daily totals call cached.
const cache = await by(HTTP, "staging-app.com", "yesterday", "cacheStatus");
tell("cache_hit_percent", percent(of(cache, "hit"), all(cache)));
const date = day(WINDOWS.yesterday[0]);
const { viewer } = await graphql(`{viewer{zones(filter:{zoneTag:"${zoneOf("staging-app.com").id}"}){g:httpRequests1dGroups(limit:1,filter:{date_geq:"${date}",date_leq:"${date}"}){sum{requests cachedRequests}}}}}`);
const [{ sum: total }] = viewer.zones[0].g;
tell("cache_stored_percent", percent(total.cachedRequests, total.requests));
