// SPDX-License-Identifier: Apache-2.0
// What was let through and what was not.
import { truth, tell, within, sum, percent, unique, grouped, guard, sites } from "./tell.mjs";

const decisions = [];
for (const site of sites) {
  for (let cursor; ; ) {
    const page = await guard("list-requests", { site_id: site.id, limit: 100, ...(cursor ? { cursor } : {}) });
    decisions.push(...page.requests.map((r) => ({ ...r, site: site.name, at: Date.parse(r.time) })));
    if (!(cursor = page.next_cursor)) break;
  }
}
export const seen = (w, site) => within(decisions, w, (d) => d.at).filter((d) => site === undefined || d.site === site);
export const denied = (list) => list.filter((d) => d.conclusion === "DENY");
const by = (reason) => (d) => d.reason === reason;
const siteId = (name) => sites.find((s) => s.name === name).id;
tell("sites_total", sites.length);
tell("site_names", sites.map((s) => s.name));
for (const s of sites) tell(`site_id.${s.name}`, s.id);
for (const w of ["24h", "24h@start", "7d", "7d@start", "week", "30d", "30d@start", "90d", "90d@start", "month"]) {
  tell(`denied_${w}`, denied(seen(w)).length);
  tell(`rl_denied_${w}`, denied(seen(w)).filter(by("rate_limit")).length);
  tell(`bot_denied_${w}`, denied(seen(w)).filter(by("bot_v2")).length);
  for (const s of sites) {
    tell(`requests_${w}.${s.name}`, seen(w, s.name).length);
    tell(`denied_${w}.${s.name}`, denied(seen(w, s.name)).length);
    tell(`rl_denied_${w}.${s.name}`, denied(seen(w, s.name)).filter(by("rate_limit")).length);
    tell(`denial_percent_${w}.${s.name}`, percent(denied(seen(w, s.name)).length, seen(w, s.name).length));
  }
  const bots = denied(seen(w)).filter(by("bot_v2"));
  const paths = grouped(bots, (d) => d.path);
  const ips = grouped(bots, (d) => d.ip);
  tell(`bot_top_path_${w}`, paths[0]?.[0]);
  tell(`bot_top_path_count_${w}`, paths[0]?.[1].length ?? 0);
  tell(`bot_top_ip_${w}`, ips[0]?.[0]);
  tell(`bot_top_ip_count_${w}`, ips[0]?.[1].length ?? 0);
}
const shop = denied(seen("30d", "storefront"));
const shopDays = grouped(shop, (d) => d.time.slice(0, 10));
tell("spike_day.storefront", shopDays[0][0]);
tell("spike_day_denied.storefront", shopDays[0][1].length);
const buckets = (await guard("analyze-traffic", { site_id: siteId("storefront"), period: "30d" })).trend;
tell("spike_bucket_day.storefront", [...buckets].sort((a, b) => b.denied - a.denied)[0].time.slice(0, 10));
const shopCountries = grouped(shop, (d) => d.country);
tell("denied_top_country_30d.storefront", shopCountries[0][0]);
tell("denied_top_country_count_30d.storefront", shopCountries[0][1].length);
tell("denied_countries_30d.storefront", shopCountries.map(([c]) => c));
const cells = grouped(shop.filter(by("bot_v2")), (d) => `${d.time.slice(0, 10)} ${d.country}`);
tell("bot_peak_cell.storefront", cells[0][1].length);
const rules = [];
for (const s of sites) for (const r of (await guard("list-rules", { site_id: s.id })).rules) rules.push({ site: s.name, ...r });
const dry = rules.filter((r) => r.mode === "DRY_RUN");
tell("dry_rules_total", dry.length);
tell("dry_rules_types", unique(dry.map((r) => r.type)));
tell("dry_rules_sites", unique(dry.map((r) => r.site)));
const impact = (await guard("get-dry-run-impact", { site_id: siteId("staging"), period: "24h" })).rules;
for (const r of impact) tell(`would_deny_24h.${r.type}`, r.would_deny);
tell("would_deny_24h", sum(impact, (r) => r.would_deny));
const known = await guard("investigate-ip", { site_id: siteId("staging"), ip: "203.0.113.77" });
tell("ip_country.203.0.113.77", known.country);
tell("ip_network.203.0.113.77", known.asn_name);
tell("ip_risk.203.0.113.77", known.threat.risk_level);
tell("ip_requests_90d.203.0.113.77", seen("90d").filter((d) => d.ip === "203.0.113.77").length);
tell("ip_requests_90d_staging.203.0.113.77", known.requests);
const quotas = [];
for (const s of sites) quotas.push({ site: s.name, ...(await guard("get-site-quota", { site_id: s.id })) });
quotas.sort((a, b) => b.used_percent - a.used_percent);
tell("quota_top_site", quotas[0].site);
tell("quota_top_percent", quotas[0].used_percent);
const rates = sites.map((s) => ({ site: s.name, rate: truth[`denial_percent_7d.${s.name}`] })).sort((a, b) => b.rate - a.rate);
tell("denial_top_site_7d", rates[0].site);
const anomalies = (await guard("get-anomalies", { site_id: siteId("staging"), period: "24h" })).anomalies;
tell("anomaly_kinds_24h.staging", unique(anomalies.map((a) => a.kind)));
