// SPDX-License-Identifier: Apache-2.0
// Spans of time beside those of tests/ask, and what all truths here are made with. 0 stands for "there are none".
import { DAY, WINDOWS, first, midnight } from "../../ask/truth/spans.mjs";

const monday = WINDOWS.lastweek[0];
Object.assign(WINDOWS, {
  weekbefore: [monday - 7 * DAY, monday],
  monthbefore: [first(2), first(1)],
  whole7d: [midnight - 7 * DAY, midnight],
  wholeprev7d: [midnight - 14 * DAY, midnight - 7 * DAY],
  whole30d: [midnight - 30 * DAY, midnight],
  wholeprev30d: [midnight - 60 * DAY, midnight - 30 * DAY],
  dayweekago: [midnight - 8 * DAY, midnight - 7 * DAY],
  daybefore: [midnight - 2 * DAY, midnight - DAY],
});
/** A span that ends now may begin at its hour or with its day, or end when the sandbox was started. */
export const ways = (...spans) => spans.flatMap((w) => [w, `${w}@start`, `${w}@days`]);
export const orNone = (list) => (list.length ? list : 0);
export const done = (list) => list.filter((e) => e.action.result);
