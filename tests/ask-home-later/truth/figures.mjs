// SPDX-License-Identifier: Apache-2.0
// Traffic, denials, assets and sign-ups in figures.
import { denied, seen } from "../../ask/truth/guard.mjs";
import { account, zoneOf } from "../../ask/truth/zones.mjs";
import { DAY, grouped, guard, iso, leaders, midnight, one, percent, sites, sum, tell, WINDOWS, within } from "../../ask/truth/tell.mjs";
import { cloudinary, graphql, signups } from "../../ask/vendors.mjs";

async function groups(dataset, zone, w, dimension, filter = "") {
  const [from, to] = WINDOWS[w];
  const { viewer } = await graphql(`{viewer{zones(filter:{zoneTag:"${zoneOf(zone).id}"}){g:${dataset}(limit:10000,filter:{datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"${filter}}){count dimensions{${dimension}}}}}}`);
  return viewer.zones[0].g.map((g) => [String(g.dimensions[dimension]), g.count]).sort((a, b) => b[1] - a[1]);
}
const HTTP = "httpRequestsAdaptiveGroups", FIRE = "firewallEventsAdaptiveGroups";
for (const name of ["example.com", "staging-example.com"]) {
  const paths = await groups(HTTP, name, "24h", "clientRequestPath");
  tell(`paths_top3.${name}`, paths.slice(0, 3).map(([path]) => path));
}
for (const [what, dimension, key] of [["mobile", "clientDeviceType", "mobile"], ["404", "edgeResponseStatus", "404"]]) {
  const list = await groups(HTTP, "example.com", "7d", dimension);
  tell(`about_${what}_percent.example.com`, percent(list.find(([k]) => k === key)[1], sum(list, ([, n]) => n)));
}
tell("about_yesterday.acme-docs.example", sum(await groups(HTTP, "acme-docs.example", "yesterday", "date"), ([, n]) => n));
const actions = await groups(FIRE, "staging-example.com", "24h", "action");
tell("about_events_block.staging-example.com", actions.find(([k]) => k === "block")[1]);
tell("about_events_second.staging-example.com", actions.filter(([k]) => k !== "block")[0][1]);
tell("ip_blocked_most.staging-example.com", (await groups(FIRE, "staging-example.com", "7d", "clientIP", ',action:"block"'))[0][0]);
const [from, to] = WINDOWS["7d"];
const { viewer } = await graphql(`{viewer{accounts(filter:{accountTag:"${account}"}){g:workersInvocationsAdaptive(limit:10000,filter:{datetime_geq:"${iso(from)}",datetime_lt:"${iso(to)}"}){sum{requests errors}}}}}`);
tell("about_worker_error_percent", percent(sum(viewer.accounts[0].g, (g) => g.sum.errors), sum(viewer.accounts[0].g, (g) => g.sum.requests)));

for (const w of ["7d", "7d@start"]) {
  const [span, mark] = [w.replace("@start", ""), w.slice(w.replace("@start", "").length)];
  const lands = leaders(grouped(denied(seen(w, "checkout")), (d) => d.country));
  for (const i of [0, 1, 2]) tell(`checkout_denied_country_${span}_${i + 1}${mark}`, lands[i]);
  for (const [reason, list] of grouped(denied(seen(w)), (d) => d.reason)) tell(`denied_reason_${span}.${reason}${mark}`, list.length);
}
tell("sites_silent_7d", one(sites.filter((s) => seen("7d", s.name).length === 0).map((s) => s.name)));
const briefing = await guard("get-security-briefing", { site_id: sites.find((s) => s.name === "storefront").id });
tell("routes_bare.storefront", /Routes without a rule: (.*)/.exec(briefing)[1].split(", "));

const media = await cloudinary();
const assets = [];
for (let cursor; ; ) {
  const page = await media("search-assets", { request: { max_results: 500, with_field: ["tags", "metadata"], ...(cursor ? { next_cursor: cursor } : {}) } });
  assets.push(...page.resources);
  if (!(cursor = page.next_cursor)) break;
}
tell("assets_of_press", assets.filter((a) => a.metadata.owner === "press").length);
const pdf = assets.filter((a) => a.format === "pdf").sort((a, b) => b.bytes - a.bytes)[0];
tell("pdf_largest", pdf.public_id);
tell("pdf_largest_name", pdf.display_name);

const joined = [];
for (let cursor = ""; cursor !== null; ) {
  const page = await signups(`/signups?limit=200&from=${new Date(midnight - 40 * DAY).toISOString()}${cursor && `&cursor=${cursor}`}`);
  joined.push(...page.data);
  cursor = page.next_cursor ?? null;
}
const at = (s) => Date.parse(s.created_at);
for (const w of ["yesterday", "30d", "30d@days"]) {
  const list = within(joined, w, at);
  tell(`new_de_${w}`, list.filter((s) => s.country === "DE").length);
  tell(`campaign_unconfirmed_${w}`, list.filter((s) => s.source === "campaign" && !s.confirmed).length);
  for (const source of ["referral", "search"]) {
    const some = list.filter((s) => s.source === source);
    tell(`confirmed_percent_${w}.${source}`, percent(some.filter((s) => s.confirmed).length, some.length));
  }
}
