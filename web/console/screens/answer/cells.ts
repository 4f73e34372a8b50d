// SPDX-License-Identifier: Apache-2.0
// cells: the columns of a result as a table's: numbers in their unit, times as the clock reads them. Pure.
import { cellWords } from "../../../app/table.ts";
import { formatCell } from "../../../chart/format.ts";
import type { Column } from "../../parts/table.tsx";
import type { Cell, Result, ResultColumn } from "../ask/told.ts";

export type Row = readonly Cell[];

const BY_UNIT: Record<string, (n: number) => string> = {
  bytes: (n) => formatCell("bytes", n),
  ms: (n) => formatCell("duration", n),
  milliseconds: (n) => formatCell("duration", n),
  seconds: (n) => formatCell("duration", n * 1000),
  s: (n) => formatCell("duration", n * 1000),
  percent: (n) => `${formatCell(",", n)} %`,
  "%": (n) => `${formatCell(",", n)} %`,
};

function words(cell: Cell, c: ResultColumn): string {
  const unit = typeof cell === "number" && c.unit && Object.hasOwn(BY_UNIT, c.unit) ? BY_UNIT[c.unit] : undefined;
  if (unit) return unit(cell as number);
  if (typeof cell === "object" && cell !== null) return JSON.stringify(cell);
  return cellWords(cell, { name: c.name, title: c.name, type: c.type, kind: c.kind ?? "", days: false });
}

const isNumber = (c: ResultColumn): boolean => c.type === "integer" || c.type === "decimal";

export function columnsOf(result: Result): Column<Row>[] {
  return (result.columns ?? []).map((c, i) => ({
    id: String(i),
    label: c.title || c.name.replaceAll("_", " "),
    value: (row) => (typeof row[i] === "object" && row[i] !== null ? JSON.stringify(row[i]) : row[i]),
    words: (row) => words(row[i] ?? null, c),
    number: isNumber(c),
  }));
}
