// SPDX-License-Identifier: Apache-2.0
// Who signed up.
import { DAY, day, grouped, midnight, percent, tell, within } from "../../ask/truth/spans.mjs";
import { signups } from "../../ask/vendors.mjs";

const joined = [];
for (let cursor = ""; cursor !== null; ) {
  const page = await signups(`/signups?limit=200&from=${new Date(midnight - 100 * DAY).toISOString()}${cursor && `&cursor=${cursor}`}`);
  joined.push(...page.data);
  cursor = page.next_cursor ?? null;
}
const at = (s) => Date.parse(s.created_at);
const lately = (w, test = () => true) => within(joined, w, at).filter(test);
for (const w of ["30d", "30d@days"]) {
  tell(`unconfirmed_${w}`, lately(w, (s) => !s.confirmed).length);
  for (const [source, list] of grouped(lately(w), (s) => s.source)) {
    tell(`source_${w}.${source}`, list.length);
    tell(`source_confirmed_${w}.${source}`, list.filter((s) => s.confirmed).length);
  }
}
for (const w of ["60d", "60d@days"]) {
  const lands = grouped(lately(w), (s) => s.country);
  tell(`lands_top3_${w}`, lands.slice(0, 3).map(([land]) => land));
  tell(`lands_first_${w}`, lands[0][1].length);
  tell(`lands_third_${w}`, lands[2][1].length);
}
for (const w of ["90d", "90d@days"]) tell(`free_percent_${w}`, percent(lately(w, (s) => s.plan === "free").length, lately(w).length));
for (const w of ["7d", "prev7d", "yesterday"]) tell(`signups_${w}`, lately(w).length);
// "the last 7 days" may be whole days, with today or without.
const days = (from, to) => joined.filter((s) => at(s) >= midnight - from * DAY && at(s) < midnight - to * DAY).length;
for (const [name, from, to] of [["days", 7, -1], ["whole", 7, 0], ["daily", 6, -1]]) {
  tell(`signups_7d_${name}`, days(from, to));
  tell(`signups_prev7d_${name}`, days(from + 7, from));
}
tell("signups_daybefore", days(2, 1));
const last = joined.filter((s) => s.country === "JP" && s.plan === "business").reduce((a, b) => (a.created_at > b.created_at ? a : b));
tell("japan_business_last", last.created_at.slice(0, 10));

/** [date, sign-ups] of the last whole days. */
export const perDay = (n) => grouped(joined.filter((s) => at(s) >= midnight - n * DAY && at(s) < midnight), (s) => day(at(s))).map(([date, list]) => [date, list.length]);
tell("signups_least_28d", perDay(28).at(-1)[1]);
tell("signups_most_28d", perDay(28)[0][1]);
const few = perDay(30).filter(([, n]) => n < 15).map(([date]) => date);
tell("days_below_15", few);
tell("days_below_15_count", few.length);
