// SPDX-License-Identifier: Apache-2.0
// Figures over time and groups that several truths want, in each of the ways in which they can be read.
import { DAY, grouped, midnight, now, one, sum, tell, within } from "../../ask/truth/spans.mjs";

const monday = midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY;
const size = (list) => list.length;
const most = (list, key, of) => Math.max(0, ...grouped(list, key).map(([, rows]) => of(rows)));

/** The fullest week of the last so many: calendar weeks cut off at the start or whole, or seven days at a time. */
export function tellPeakWeek(name, list, time, weeks, of = size) {
  const past = list.filter((x) => time(x) < now);
  const from = now - 7 * weeks * DAY;
  const byMonday = (x) => Math.floor((time(x) - monday) / (7 * DAY));
  tell(name, most(past.filter((x) => time(x) >= from), byMonday, of));
  tell(`${name}@days`, most(past.filter((x) => time(x) >= Math.floor(from / DAY) * DAY), byMonday, of));
  tell(`${name}_whole`, most(past.filter((x) => byMonday(x) >= -weeks), byMonday, of));
  tell(`${name}_whole_less`, most(past.filter((x) => byMonday(x) > -weeks), byMonday, of));
  tell(`${name}_rolling`, most(past.filter((x) => time(x) >= from), (x) => Math.floor((now - time(x)) / (7 * DAY)), of));
}

/** Who comes first by a sum or a count, and with how much. */
export function tellFirst(name, list, key, of = size, as = (x) => x) {
  const ranked = grouped(list, key).map(([k, rows]) => [k, of(rows)]).sort((a, b) => b[1] - a[1]);
  tell(name, one(ranked.filter(([, n]) => n === ranked[0][1]).map(([k]) => as(k))));
  tell(`${name}_n`, ranked[0][1]);
  return ranked;
}

/** How many, in spans that begin at this moment so many days ago or with that day. */
export function tellSpan(name, list, spans, time, of = size) {
  for (const span of spans) for (const mark of /\dd$/.test(span) ? ["", "@days"] : [""]) tell(`${name}_${span}${mark}`, of(within(list, span + mark, time)));
}
export const total = (of) => (list) => Math.round(100 * sum(list, of)) / 100;
