// SPDX-License-Identifier: Apache-2.0
// Who signed up, and what Arcjet decided.
import { denied, seen } from "../../ask/truth/guard.mjs";
import { DAY, day, grouped, leaders, median, midnight, now, one, percent, tell, unique, within } from "../../ask/truth/tell.mjs";
import { signups } from "../../ask/vendors.mjs";
import { ways } from "./spans.mjs";

const joined = [];
for (let cursor = ""; cursor !== null; ) {
  const page = await signups(`/signups?limit=200&from=${new Date(midnight - 130 * DAY).toISOString()}${cursor && `&cursor=${cursor}`}`);
  joined.push(...page.data);
  cursor = page.next_cursor ?? null;
}
const at = (s) => Date.parse(s.created_at);
const lately = (w, test = () => true) => within(joined, w, at).filter(test);
const is = (field, value) => (s) => s[field] === value;
for (const w of ["yesterday", "lastmonth", "monthbefore"]) tell(`signups_${w}`, lately(w).length);
for (const w of ["lastmonth", "monthbefore"]) {
  const lands = grouped(lately(w), (s) => s.country).slice(0, 2);
  tell(`lands_top2_${w}`, lands.map(([land]) => land));
  tell(`lands_top2_counts_${w}`, lands.map(([, list]) => list.length));
}
const month = [...ways("30d"), "today30d", "whole30d"];
for (const w of [...month, "prev30d", "wholeprev30d"]) tell(`source_${w}.search`, lately(w, is("source", "search")).length);
for (const w of month) {
  for (const source of ["campaign", "referral"]) tell(`source_percent_${w}.${source}`, percent(lately(w, is("source", source)).length, lately(w).length));
  const waiting = lately(w, (s) => !s.confirmed);
  tell(`unconfirmed_${w}`, waiting.length);
  tell(`unconfirmed_business_${w}`, waiting.filter(is("plan", "business")).length);
}
for (const w of [...ways("60d"), "whole60d"])
  for (const plan of ["free", "team", "business"]) tell(`confirmed_percent_${w}.${plan}`, percent(lately(w, (s) => s.plan === plan && s.confirmed).length, lately(w, is("plan", plan)).length));
for (const w of [...ways("28d"), "today28d", "whole28d"]) {
  const days = grouped(lately(w), (s) => day(at(s)));
  tell(`signup_peak_${w}`, days[0][1].length);
  tell(`signup_peak_day_${w}`, leaders(days)[0]);
  tell(`signup_peak_day_other_${w}`, leaders(days).at(-1));
}
for (const w of [...ways("7d"), "today7d", "whole7d"]) for (const land of ["US", "DE", "IN"]) tell(`land_${w}.${land}`, lately(w, is("country", land)).length);
/** The last ten days that are over, side by side: the least that an answer for two weeks shows. */
const over = Array.from({ length: 10 }, (_, i) => day(midnight - (i + 1) * DAY));
tell("signups_by_day", over.map((d) => joined.filter((s) => day(at(s)) === d).length));
tell("denials_by_day_peak", Math.max(...over.map((d) => denied(seen("30d", "storefront")).filter((r) => r.time.startsWith(d)).length)));

for (const w of month) {
  const no = denied(seen(w, "storefront"));
  for (const reason of ["shield", "bot_v2", "rate_limit"]) tell(`denied_${w}.storefront.${reason}`, no.filter((d) => d.reason === reason).length);
  for (const [land, list] of grouped(no.filter((d) => d.reason === "bot_v2"), (d) => d.country)) tell(`bots_${w}.${land}`, list.length);
}
for (const w of [...ways("7d", "prev7d"), "whole7d", "wholeprev7d"]) for (const site of ["storefront", "checkout"]) tell(`asked_${w}.${site}`, seen(w, site).length);
for (const w of ways("30d")) {
  const paths = (site) => unique(seen(w, site).map((d) => d.path));
  tell(`paths_staging_alone_${w}`, one(paths("staging").filter((path) => !paths("storefront").includes(path))));
}
for (const [name, begin, end] of [["whole", midnight - 30 * DAY, midnight], ["today", midnight - 29 * DAY, now], ["both", midnight - 30 * DAY, now], ["hour", now - 30 * DAY, now]])
  tell(`checkout_median_${name}`, median(grouped(seen("90d", "checkout").filter((d) => d.at >= begin && d.at < end), (d) => day(d.at)).map(([, list]) => list.length)));
