// SPDX-License-Identifier: Apache-2.0
// Spans of time beside those of tests/ask, and what all truths here are made with. 0 stands for "there are none".
import { DAY, WINDOWS, first, midnight } from "../../ask/truth/spans.mjs";

Object.assign(WINDOWS, {
  whole7d: [midnight - 7 * DAY, midnight],
  wholeprev7d: [midnight - 14 * DAY, midnight - 7 * DAY],
  whole28d: [midnight - 28 * DAY, midnight],
  today30d: [midnight - 29 * DAY, midnight + DAY],
  today28d: [midnight - 27 * DAY, midnight + DAY],
  today7d: [midnight - 6 * DAY, midnight + DAY],
  whole60d: [midnight - 60 * DAY, midnight],
  whole30d: [midnight - 30 * DAY, midnight],
  wholeprev30d: [midnight - 60 * DAY, midnight - 30 * DAY],
  monthbefore: [first(2), first(1)],
  next21d: [midnight, midnight + 21 * DAY],
});
/** A span that ends now may begin at its hour or with its day, or end when the sandbox was started. */
export const ways = (...spans) => spans.flatMap((w) => [w, `${w}@start`, `${w}@days`]);
export const orNone = (list) => (list.length ? list : 0);
