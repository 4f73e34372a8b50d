// SPDX-License-Identifier: Apache-2.0
// Who signed up, and what Arcjet decided.
import { denied, seen } from "../../ask/truth/guard.mjs";
import { DAY, day, grouped, guard, leaders, median, midnight, now, one, percent, sites, tell, unique, within } from "../../ask/truth/tell.mjs";
import { signups } from "../../ask/vendors.mjs";
import { ways } from "./spans.mjs";

const joined = [];
for (let cursor = ""; cursor !== null; ) {
  const page = await signups(`/signups?limit=200&from=${new Date(midnight - 100 * DAY).toISOString()}${cursor && `&cursor=${cursor}`}`);
  joined.push(...page.data);
  cursor = page.next_cursor ?? null;
}
const at = (s) => Date.parse(s.created_at);
const lately = (w, test = () => true) => within(joined, w, at).filter(test);
const from = (land) => (s) => s.country === land;
for (const w of ways("60d")) {
  const sources = grouped(lately(w, (s) => s.plan === "business"), (s) => s.source);
  tell(`business_source_${w}`, one(leaders(sources)));
  tell(`business_source_count_${w}`, sources[0][1].length);
}
for (const w of ways("90d")) {
  for (const plan of ["business", "free"]) tell(`plan_percent_${w}.${plan}`, percent(lately(w, (s) => s.plan === plan).length, lately(w).length));
  tell(`spain_${w}`, lately(w, from("ES")).length);
  for (const s of ["checkout", "storefront"]) {
    const paths = grouped(denied(seen(w, s)), (d) => d.path);
    tell(`denied_path_${w}.${s}`, one(leaders(paths)));
    tell(`denied_path_count_${w}.${s}`, paths[0][1].length);
  }
}
for (const w of ["lastweek", "weekbefore", "7d", "prev7d", "whole7d", "wholeprev7d"]) tell(`signups_${w}`, lately(w).length);
for (const w of [...ways("30d"), "prev30d", "whole30d", "wholeprev30d"]) for (const land of ["US", "DE"]) tell(`land_${w}.${land}`, lately(w, from(land)).length);
// The last 30 days may be whole ones, may have today, may begin within one.
for (const [name, begin, end] of [["whole", midnight - 30 * DAY, midnight], ["today", midnight - 29 * DAY, now], ["both", midnight - 30 * DAY, now], ["hour", now - 30 * DAY, now]])
  tell(`signups_median_${name}`, median(grouped(joined.filter((s) => at(s) >= begin && at(s) < end), (s) => day(at(s))).map(([, list]) => list.length)));

for (const w of ways("24h")) {
  tell(`ips_${w}.staging`, unique(seen(w, "staging").map((d) => d.ip)).length);
  const passed = seen(w, "staging").filter((d) => d.conclusion === "ALLOW" && d.path === "/admin");
  for (const land of ["RO", "NL"]) tell(`admin_let_${w}.${land}`, passed.filter((d) => d.country === land).length);
}
for (const w of ways("30d")) {
  const shop = seen(w, "storefront"), bots = denied(shop).filter((d) => d.reason === "bot_v2");
  tell(`bots_us_percent_${w}`, percent(bots.filter((d) => d.country === "US").length, bots.length));
  for (const method of ["GET", "POST"]) {
    const list = shop.filter((d) => d.method === method);
    tell(`denial_percent_${w}.${method}`, percent(denied(list).length, list.length));
  }
}
for (const w of ["lastmonth", "monthbefore"]) {
  tell(`denied_${w}`, denied(seen(w)).length);
  for (const s of ["storefront", "checkout"]) tell(`denied_${w}.${s}`, denied(seen(w, s)).length);
}
const rulesOf = async (name) => (await guard("list-rules", { site_id: sites.find((s) => s.name === name).id })).rules;
const live = (await rulesOf("storefront")).filter((r) => r.mode === "LIVE").map((r) => r.type);
tell("live_only_at_shop", (await rulesOf("staging")).filter((r) => r.mode === "DRY_RUN" && live.includes(r.type)).map((r) => r.type));
