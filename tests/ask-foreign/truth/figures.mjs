// SPDX-License-Identifier: Apache-2.0
// Figures that several truths want.
import { sum } from "../../ask/truth/spans.mjs";

export const mean = (list, of = (x) => x) => sum(list, of) / list.length;
const sorted = (list) => [...list].sort((a, b) => a - b);
/** Both ways to read a percentile: between two values, and the value that so many do not exceed. */
export const percentile = {
  "": (list, part) => {
    const s = sorted(list);
    const at = (s.length - 1) * part;
    return s[Math.floor(at)] + (at % 1) * (s[Math.ceil(at)] - s[Math.floor(at)]);
  },
  _nearest: (list, part) => sorted(list)[Math.ceil(list.length * part) - 1],
};
/** The keys of the first n groups, less those that only a tie brought in. */
export const top = (groups, n) => groups.slice(0, n).filter(([, list]) => list.length > (groups[n]?.[1].length ?? -1)).map(([key]) => key);
/** Money is kept in cents, and told either way. */
export const money = (tell, name, cents) => {
  tell(name, cents / 100);
  tell(`${name}_in_cents`, cents);
};
