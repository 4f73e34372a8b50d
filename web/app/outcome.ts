// SPDX-License-Identifier: Apache-2.0
// outcome: a tool's result as the view shows it, out of values of unknown shape: what is no outcome of a program is its text.
// Sizes are bounded here once, so that nothing behind it has to. Pure. Example:
//   const shown = readResult(params);                    // { kind: "outcome", outcome } or { kind: "text", … }
import { readSpec, type ChartSpec } from "../chart/chart.ts";
import type { Cell } from "../chart/spec.ts";
import { isObject, type Json } from "./bridge.ts";

export const ROWS_MOST = 1000;
const COLUMNS_MOST = 100, RESULTS_MOST = 12, PANELS_MOST = 6, STEPS_MOST = 64, CHOICES_MOST = 100, NOTES_MOST = 100, TEXT_MOST = 100_000, WORDS_MOST = 4000;

export interface TableColumn {
  readonly name: string;
  readonly title: string;
  readonly type: string;
  readonly kind: string;
  readonly days: boolean;
}
export interface Result {
  readonly title: string;
  readonly error: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total: number; // rows there are, as far as that is known
  readonly cut: boolean;
  readonly unfinished: boolean;
  readonly charts: readonly ChartSpec[];
  readonly chartWhy: string;
}
export interface Step {
  readonly id: string;
  readonly state: string;
  readonly calls: number;
  readonly failed: number;
  readonly rows: number;
  readonly total: number; // NaN: the vendor does not say
  readonly why: string;
}
export interface Outcome {
  readonly status: string;
  readonly title: string;
  readonly now: string;
  readonly zone: string;
  readonly said: string; // the sentence of an answer to a question
  readonly choices: readonly string[]; // of a question back, in the order of their numbers
  readonly next: Json | undefined; // the arguments that go on from a pause
  readonly wait: number;
  readonly results: readonly Result[];
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
}
export type Shown = { readonly kind: "outcome"; readonly outcome: Outcome } | { readonly kind: "text"; readonly text: string; readonly isError: boolean };

const text = (v: unknown, most = WORDS_MOST): string => (typeof v === "string" ? v.slice(0, most) : "");
const count = (v: unknown): number => (typeof v === "number" && Number.isFinite(v) && v >= 0 ? Math.floor(v) : NaN);
const many = <T>(v: unknown, most: number, read: (one: Json) => T): T[] => (Array.isArray(v) ? v.slice(0, most).filter(isObject).map(read) : []);
const cell = (v: unknown): Cell => (v === null || typeof v === "number" || typeof v === "boolean" ? v : typeof v === "string" ? v.slice(0, WORDS_MOST) : v === undefined ? null : JSON.stringify(v).slice(0, WORDS_MOST));

function column(v: Json): TableColumn {
  const name = text(v.name, 200) || "?";
  return { name, title: text(v.title, 300) || name, type: text(v.type, 40), kind: text(v.kind, 40), days: v.days === true };
}

// A chart that is none is left out; the table says the same.
function chart(v: unknown): ChartSpec[] {
  try {
    return v === undefined ? [] : [readSpec(v)];
  } catch {
    return [];
  }
}

function result(v: Json): Result {
  const columns = many(v.columns, COLUMNS_MOST, column);
  const rows = (Array.isArray(v.rows) ? v.rows.slice(0, ROWS_MOST) : []).filter(Array.isArray).map((row: unknown[]) => columns.map((_, i) => cell(row[i])));
  const total = count(v.total_rows), time = isObject(v.time) ? v.time : {};
  return {
    title: text(v.title, 300) || text(v.name, 200),
    error: text(v.error),
    columns,
    rows,
    total: Number.isNaN(total) ? rows.length : Math.max(total, rows.length),
    cut: v.cut === true,
    unfinished: time.unfinished === true,
    charts: [v.chart, ...(Array.isArray(v.panels) ? v.panels.slice(0, PANELS_MOST) : [])].flatMap(chart),
    chartWhy: text(v.chart_why),
  };
}

const step = (v: Json): Step => ({ id: text(v.id, 100), state: text(v.state, 40), calls: count(v.calls) || 0, failed: count(v.failed) || 0, rows: count(v.rows) || 0, total: count(v.total), why: text(v.why) });

// A program goes on by its handle, an answer by its id.
function next(v: Json): Json | undefined {
  const handle = text(v.handle, 200), id = text(v.id, 200);
  if (v.status !== "paused" || !(handle || id)) return undefined;
  return handle ? { continue: handle } : { follow: id };
}

function outcome(v: Json): Outcome {
  return {
    status: text(v.status, 40),
    title: text(v.title, 300),
    now: text(v.now, 40),
    zone: text(v.zone, 60),
    said: text(v.text, TEXT_MOST),
    choices: many(v.choices, CHOICES_MOST, (one) => text(one.label)),
    next: next(v),
    wait: count(v.wait_seconds) || 0,
    results: many(v.results, RESULTS_MOST, result),
    steps: many(v.steps, STEPS_MOST, step),
    warnings: (Array.isArray(v.warnings) ? v.warnings.slice(0, NOTES_MOST) : []).map((w) => text(w)).filter(Boolean),
  };
}

export function readResult(value: unknown): Shown {
  const whole = isObject(value) ? value : {}, structured = whole.structuredContent;
  if (isObject(structured) && typeof structured.status === "string" && Array.isArray(structured.results)) return { kind: "outcome", outcome: outcome(structured) };
  const words = many(whole.content, 20, (block) => text(block.text, TEXT_MOST)).filter(Boolean).join("\n\n");
  return { kind: "text", text: words || "There is nothing in this answer.", isError: whole.isError === true };
}
