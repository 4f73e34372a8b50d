// SPDX-License-Identifier: Apache-2.0
// condition: examples of what can be said of a tile, in its own columns. Pure.
import type { Result, ResultColumn } from "../ask/told.ts";

const WORDS = /^[A-Za-z_][A-Za-z0-9_]*$/;
// Of the language of conditions (docs/conditions.md): a column that is called so goes in quotes.
const TAKEN = new Set(["any", "no", "row", "rows", "new", "changed", "removed", "or", "by", "of", "in", "is", "share", "sum", "max", "min", "average", "count", "at", "over", "below", "a", "that", "was", "not", "there", "before"]);
const COLUMNS_MOST = 2;

export const named = (name: string): string => (WORDS.test(name) && !TAKEN.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`);
const isNumber = (c: ResultColumn): boolean => c.type === "integer" || c.type === "decimal";

// A round number above what is there, so that an example is one that does not hold yet.
function above(values: readonly unknown[]): number {
  const most = Math.max(0, ...values.filter((v): v is number => typeof v === "number" && Number.isFinite(v)));
  const step = 10 ** Math.max(0, Math.floor(Math.log10(most || 1)));
  return (Math.floor(most / step) + 1) * step;
}

export function examplesOf(result: Result | null | undefined): string[] {
  const columns = result?.columns ?? [], rows = result?.rows ?? [];
  const numbers = columns.filter(isNumber).slice(0, COLUMNS_MOST), key = columns.find((c) => /(^|_)id$/i.test(c.name)) ?? columns.find((c) => c.type === "text");
  return [
    ...numbers.map((c) => `${named(c.name)} > ${above(rows.map((row) => row[columns.indexOf(c)]))}`),
    ...numbers.slice(0, 1).flatMap((c) => [`sum of ${named(c.name)} > ${above([rows.reduce((sum, row) => sum + Number(row[columns.indexOf(c)] ?? 0), 0)])}`, ...(rows.length > 1 ? [`share of ${named(c.name)} >= 50%`] : [])]),
    `rows >= ${rows.length + 1}`,
    rows.length ? "no row" : "any row",
    ...(key ? [`new row by ${named(key.name)}`, `changed or removed row by ${named(key.name)}`] : ["a row that was not there before"]),
  ];
}
