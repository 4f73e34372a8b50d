// SPDX-License-Identifier: Apache-2.0
// How people and spans of this folder are told.
import { DAY, first, midnight, now, one, tell, unique, WINDOWS } from "../../ask/truth/spans.mjs";

export const at = (d) => Date.parse(d);
export const ms = (s) => s * 1000;
WINDOWS.before_last = [first(2), first(1)];
WINDOWS.prev90d = [now - 180 * DAY, now - 90 * DAY];

const full = ({ profile: p }) => [p.firstName, p.lastName].filter(Boolean);
/** Accounts of the identity provider by id, by name in one cell or in two, or by login. */
export const tellUsers = (name, list) => {
  tell(name, one(list.map((u) => u.id)));
  tell(`${name}_names`, one(list.map((u) => full(u).join(" "))));
  tell(`${name}_cells`, one(list.map((u) => full(u).join("\n"))));
  tell(`${name}_logins`, one(list.map((u) => u.profile.login)));
};
/** Employees by number, by name, or by e-mail address. */
export const tellStaff = (name, list) => {
  tell(name, one(list.map((e) => e.employee_number)));
  tell(`${name}_names`, one(list.map((e) => e.name)));
  tell(`${name}_mails`, one(list.map((e) => e.work_email)));
};
/** Rows by id, or by what they are called. */
export const tellRows = (name, list, label = "name", key = "id") => {
  tell(name, one(list.map((r) => r[key])));
  tell(`${name}_names`, one(list.map((r) => r[label])));
};
/** NAME.1 is the last whole month, NAME.2 the one before. */
export const tellMonths = (name, list, time, make = (rows) => rows.length, n = 5) => {
  for (let i = 1; i <= n; i++) tell(`${name}.${i}`, make(list.filter((x) => time(x) >= first(i) && time(x) < first(i - 1))));
};
/** NAME.1 is the last whole week, from Monday; NAME_rolling.1 the last seven days, NAME_days.1 those up to this midnight. */
export const tellWeeks = (name, list, time, n = 3) => {
  const monday = WINDOWS.week[0];
  for (const [how, end] of [["", monday], ["_rolling", now], ["_days", midnight], ["_through", midnight + DAY]])
    for (let i = 1; i <= n; i++) tell(`${name}${how}.${i}`, list.filter((x) => time(x) >= end - i * 7 * DAY && time(x) < end - (i - 1) * 7 * DAY).length);
};
/** [key, number], the largest first. */
export const ranked = (groups, make = (list) => list.length) => groups.map(([key, list]) => [key, make(list)]).sort((a, b) => b[1] - a[1]);
export const counted = (list) => unique(list).length;
/** Of the n largest those that are so for sure, and those of whom some are because they share the last place. */
export const cut = (list, n, of) => {
  const sorted = [...list].sort((a, b) => of(b) - of(a));
  const last = of(sorted[n - 1]);
  return last === of(sorted[n]) ? [sorted.filter((x) => of(x) > last), sorted.filter((x) => of(x) === last)] : [sorted.slice(0, n), []];
};
