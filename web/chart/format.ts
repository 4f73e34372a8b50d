// SPDX-License-Identifier: Apache-2.0
// format: numbers and times as words, as src/chart/format.c has them: axes short, labels and tables exact, times as the
// reading of a clock that the axis names. Pure. Example:
//   formatNumber("~s", 18350)                            // "18.35k"
//   formatCell("duration", 200000)                       // "3 min 20 s"
import { format as d3Format } from "d3-format";
import type { AxisFormat, Cell, ColumnFormat } from "./spec.ts";

const FORMATS = new Map<string, (n: number) => string>();
function d3(specifier: string): (n: number) => string {
  let f = FORMATS.get(specifier);
  if (!f) FORMATS.set(specifier, (f = d3Format(specifier)));
  return f;
}
const plain = (text: string): string => text.replaceAll("\u2212", "-");

export function formatNumber(format: AxisFormat | undefined, value: number): string {
  if (!Number.isFinite(value)) return "";
  if (format && format !== ",") return plain(d3(format)(value));
  return plain(Number.isSafeInteger(value) ? d3(",.0f")(value) : d3(",.12~g")(value));
}

function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let scaled = Math.abs(value), i = 0;
  for (; i < 5 && scaled >= (i ? 999.5 : 1000); i++) scaled /= 1000;
  const digits = scaled.toFixed(i === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2);
  return `${value < 0 ? "-" : ""}${digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits} ${units[i]}`;
}

// 850 ms, 12.5 s, 3 min 20 s, 5 h 10 min, 12 d 3 h: the two largest parts.
function duration(ms: number): string {
  const parts = [[86400000, "d"], [3600000, "h"], [60000, "min"], [1000, "s"]] as const;
  const sign = ms < 0 ? "-" : "", left = Math.abs(ms);
  if (left < 59950) {
    const seconds = left >= 999.5;
    return `${sign}${Number((seconds ? left / 1000 : left).toFixed(seconds || left < 10 ? 1 : 0))} ${seconds ? "s" : "ms"}`;
  }
  for (const [i, [size, name]] of parts.entries()) {
    const small = parts[i + 1];
    if (!small) break;
    const rounded = Math.round(left / small[0]) * small[0];
    if (rounded < size) continue;
    const large = Math.floor(rounded / size), rest = Math.round((rounded - large * size) / small[0]);
    return `${sign}${formatNumber(",", large)} ${name}${rest ? ` ${rest} ${small[1]}` : ""}`;
  }
  return "";
}

// ---- times

// RFC 3339, or a date; NaN: it is none.
export function moment(cell: Cell | undefined): number {
  if (typeof cell !== "string" || !/^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$/.test(cell)) return NaN;
  return Date.parse(cell.replace(" ", "T"));
}

// "2026-11-20 08:15", without what is zero at the end.
export function formatTime(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return "";
  const text = new Date(ms).toISOString().replace("T", " ").replace("Z", "");
  return text.endsWith(" 00:00:00.000") ? text.slice(0, -13) : text.endsWith(":00.000") ? text.slice(0, -7) : text.slice(0, -4);
}

export type TimeUnit = "second" | "minute" | "day" | "month" | "year";
// What a row of ticks counts in: the smallest part that differs from its beginning.
export function timeUnit(ticks: readonly number[]): TimeUnit {
  const every = (size: number) => ticks.every((t) => t % size === 0);
  if (!every(60000)) return "second";
  if (!every(86400000)) return "minute";
  const texts = ticks.map((t) => new Date(t).toISOString());
  if (!texts.every((t) => t.slice(8, 10) === "01")) return "day";
  return texts.every((t) => t.slice(5, 7) === "01") ? "year" : texts.length > 1 ? "month" : "day";
}
export function formatTimeTick(ms: number, unit: TimeUnit): string {
  const text = new Date(ms).toISOString();
  if (unit === "year") return text.slice(0, 4);
  if (unit === "month") return text.slice(0, 7);
  if (unit === "day" || ms % 86400000 === 0) return text.slice(5, 10);
  return text.slice(11, unit === "second" ? 19 : 16);
}

// ---- cells

export const numberOf = (cell: Cell | undefined): number => (typeof cell === "number" && Number.isFinite(cell) ? cell : NaN);
// A category; nothing is "(none)".
export const labelOf = (cell: Cell | undefined): string => (cell === null || cell === undefined ? "(none)" : cell === "" ? "(empty)" : String(cell));

export function formatCell(format: ColumnFormat | undefined, cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "boolean") return format === "yes-no" ? (cell ? "yes" : "no") : String(cell);
  if (typeof cell === "string") return format === "time" && !Number.isNaN(moment(cell)) ? formatTime(moment(cell)) : cell;
  if (format === "bytes") return bytes(cell);
  if (format === "duration") return duration(cell);
  if (format === "time" || format === "yes-no") return String(cell);
  return formatNumber(format, cell);
}
