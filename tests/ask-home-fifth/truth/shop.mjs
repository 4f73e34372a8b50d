// SPDX-License-Identifier: Apache-2.0
// Who signed up, and what Arcjet decided.
import { denied, seen } from "../../ask/truth/guard.mjs";
import { DAY, grouped, guard, midnight, percent, sites, sum, tell, within } from "../../ask/truth/tell.mjs";
import { signups } from "../../ask/vendors.mjs";

const joined = [];
for (let cursor = ""; cursor !== null; ) {
  const page = await signups(`/signups?limit=200&from=${new Date(midnight - 100 * DAY).toISOString()}${cursor && `&cursor=${cursor}`}`);
  joined.push(...page.data);
  cursor = page.next_cursor ?? null;
}
const at = (s) => Date.parse(s.created_at);
const lately = (w, test = () => true) => within(joined, w, at).filter(test);
tell("germany_yesterday", lately("yesterday", (s) => s.country === "DE").length);
tell("france_yesterday", lately("yesterday", (s) => s.country === "FR").length);
tell("campaign_yesterday", lately("yesterday", (s) => s.source === "campaign").length);
tell("signups_lastweek", lately("lastweek").length);
tell("signups_lastweek_free", lately("lastweek", (s) => s.plan === "free").length);
const lands = (list) => new Map(grouped(list, (s) => s.country).map(([land, some]) => [land, some.length]));
for (const w of ["30d", "30d@days"]) {
  tell(`confirmed_percent_${w}`, percent(lately(w, (s) => s.confirmed).length, lately(w).length));
  tell(`post_denied_${w}`, denied(seen(w)).filter((d) => d.method === "POST").length);
  const ips = grouped(seen(w, "storefront"), (d) => d.ip);
  tell(`ips_top3_${w}.storefront`, ips.slice(0, 3).map(([ip]) => ip));
  tell(`ips_first_${w}.storefront`, ips[0][1].length);
  tell(`sites_silent_${w}`, sites.map((s) => s.name).filter((name) => seen(w, name).length === 0));
  const busy = grouped(denied(seen(w)), (d) => d.time.slice(0, 10)).filter(([, list]) => list.length > 50).map(([date]) => date);
  const that = (date) => joined.filter((s) => s.created_at.startsWith(date)).length;
  tell(`signups_busy_each_${w}`, busy.map(that));
  tell(`signups_busy_days_${w}`, sum(busy, that));
}
const [recent, earlier] = [lands(lately("30d")), lands(lately("prev30d"))];
const grown = [...recent].map(([land, n]) => ({ land, more: n - (earlier.get(land) ?? 0), by: n / (earlier.get(land) ?? 1) }));
tell("country_grown", grown.sort((a, b) => b.more - a.more)[0].land);
tell("country_grown_percent", [...grown].sort((a, b) => b.by - a.by)[0].land);
for (const w of ["90d", "90d@days"]) {
  const [[weekday, list]] = grouped(lately(w), (s) => new Date(at(s)).toLocaleString("en", { weekday: "long", timeZone: "UTC" }));
  tell(`weekday_top_${w}`, weekday);
  tell(`weekday_top_count_${w}`, list.length);
}
tell("denied_prev7d", denied(seen("prev7d")).length);
const { rules } = await guard("list-rules", { site_id: sites.find((s) => s.name === "checkout").id });
tell("dry_rules.checkout", rules.filter((r) => r.mode === "DRY_RUN").map((r) => r.type));
