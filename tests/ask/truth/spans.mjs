// SPDX-License-Identifier: Apache-2.0
// What all truths are made with: the spans of time, sums and groups, and where they are told. A value is a number, a text,
// null (there is none), or a list of which every element must be in the answer. Names that begin with "about_" are sums of
// traffic that grow while one looks: within two per cent is right. NAME@start is the same for spans that end when the
// sandbox was started, as some vendors' own periods do; NAME@days for spans that begin with a whole day. Either is right.
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const truth = {};
export const tell = (given, value) => {
  const [, before, mark, after] = /^(.*)(@start|@days)(.*)$/.exec(given) ?? [, given, "", ""];
  const name = before + after + mark;
  if (name in truth) throw new Error(`${name} is told twice`);
  truth[name] = value === undefined ? null : value;
};

export const now = Date.now();
export const midnight = Math.floor(now / DAY) * DAY;
const monday = midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY;
export const first = (back) => Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() - back, 1);
/** The first of a month of the last whole quarter: 0 is its first month, 3 the month after it. */
export const quarter = (month) => {
  const at = new Date(now);
  return Date.UTC(at.getUTCFullYear(), 3 * Math.floor(at.getUTCMonth() / 3) - 3 + month, 1);
};
export const WINDOWS = {
  "12h": [now - 12 * HOUR, now],
  "24h": [now - DAY, now],
  "prev24h": [now - 2 * DAY, now - DAY],
  "48h": [now - 2 * DAY, now],
  "72h": [now - 3 * DAY, now],
  "7d": [now - 7 * DAY, now],
  "prev7d": [now - 14 * DAY, now - 7 * DAY],
  "14d": [now - 14 * DAY, now],
  "28d": [now - 28 * DAY, now],
  "30d": [now - 30 * DAY, now],
  "60d": [now - 60 * DAY, now],
  "prev30d": [now - 60 * DAY, now - 30 * DAY],
  "90d": [now - 90 * DAY, now],
  today: [midnight, now],
  yesterday: [midnight - DAY, midnight],
  sinceyesterday: [midnight - DAY, now],
  week: [monday, now],
  lastweek: [monday - 7 * DAY, monday],
  month: [first(0), now],
  lastmonth: [first(1), first(0)],
  tomorrow: [midnight + DAY, midnight + 2 * DAY],
  next7d: [now, now + 7 * DAY],
  next14d: [now, now + 14 * DAY],
  next30d: [now, now + 30 * DAY],
};
/** When the sandbox was started: the end of its own periods. Known once it was asked. */
let started = now;
export const begin = (at) => (started = at);
export const within = (list, name, time) => {
  const back = name.endsWith("@start") ? now - started : 0;
  const span = WINDOWS[name.replace(/@.*/, "")].map((t) => t - back);
  const [from, to] = name.endsWith("@days") ? [Math.floor(span[0] / DAY) * DAY, span[1]] : span;
  return list.filter((x) => time(x) >= from && time(x) < to);
};
export const iso = (ms) => new Date(ms).toISOString().slice(0, 19) + "Z";
export const day = (ms) => new Date(ms).toISOString().slice(0, 10);
export const sum = (list, of = (x) => x) => list.reduce((total, x) => total + of(x), 0);
export const round = (n, digits = 0) => Math.round(n * 10 ** digits) / 10 ** digits;
export const percent = (part, whole) => (whole === 0 ? 0 : round((100 * part) / whole, 2));
export const unique = (list) => [...new Set(list)].sort();
export const median = (list) => {
  const s = [...list].sort((a, b) => a - b);
  return s.length === 0 ? null : s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2;
};
/** [key, rows] by size, the largest first; ties by key. */
export const grouped = (list, key) => {
  const map = new Map();
  for (const x of list) map.set(key(x), [...(map.get(key(x)) ?? []), x]);
  return [...map].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
};
/** The keys that share the first place: any of them is a right answer to "which most". */
export const leaders = (groups) => groups.filter(([, list]) => list.length === groups[0]?.[1].length).map(([key]) => key);
/** A list of one is that one. */
export const one = (list) => (list.length === 1 ? list[0] : list);
