// SPDX-License-Identifier: Apache-2.0
// How several truths of this folder are told: a time in every unit, its mean and median, groups, spans, the first places of a list.
import { median, tell, within } from "../../ask/truth/spans.mjs";
import { mean } from "../../ask-foreign/truth/figures.mjs";

const DAY = 86_400_000;
const UNITS = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: DAY, weeks: 7 * DAY, months: 30.44 * DAY, years: 365.25 * DAY };
/** How long something takes, told in every unit that it may be answered in; within two per cent is right. */
export const tellLasting = (name, ms) => Object.entries(UNITS).forEach(([unit, length]) => tell(`about_${name}_${unit}`, ms / length));
/** NAME.KEY for the rows of each group, by what is made of them. */
export const tellGroups = (name, groups, make = (list) => list.length) => groups.forEach(([key, list]) => tell(`${name}.${key}`, make(list)));
/** The mean and the median of how long something takes. */
export const tellMiddle = (name, times) => (tellLasting(`${name}_mean`, mean(times)), tellLasting(`${name}_median`, median(times)));
/** NAME_SPAN for spans that may begin within a day or with a day. */
export const tellWithin = (name, list, spans, time, make = (rows) => rows.length) => {
  for (const span of spans) for (const way of /^\d|^prev\d/.test(span) ? [span, `${span}@days`] : [span]) tell(`${name}_${way}`, make(within(list, way, time)));
};
/** The n first of a sorted list in which a tie for the last place would be an error. */
export const places = (sorted, n, of) => {
  if (sorted.length > n && of(sorted[n - 1]) === of(sorted[n])) throw new Error(`a tie for place ${n}`);
  return sorted.slice(0, n);
};
/** The only one, or an error. */
export const sole = (list) => {
  if (list.length !== 1) throw new Error(`${list.length} where one is meant`);
  return list[0];
};
