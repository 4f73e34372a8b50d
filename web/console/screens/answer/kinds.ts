// SPDX-License-Identifier: Apache-2.0
// kinds: what else the same rows can be drawn as, and still say the same: parts are stacked only where they add up, an area
// begins at zero, columns stand beside each other only where there is room. The first is the chart as it came. Pure.
import { drawChart, kindOf, readSpec, type ChartSpec, type Kind } from "../../../chart/chart.ts";
import type { Position } from "../../../chart/spec.ts";

export interface Alternative {
  readonly kind: Kind;
  readonly spec: ChartSpec;
}
const COLUMNS_MOST = 40;

type Make = (spec: ChartSpec, ratio: boolean) => ChartSpec | undefined;

const plain = (p: Position): Position => ({ field: p.field, type: p.type, ...(p.title === undefined ? {} : { title: p.title }), ...(p.axis ? { axis: p.axis } : {}) });
const label = (p: { field: string; title?: string }): Position => ({ field: p.field, type: "nominal", sort: null, ...(p.title === undefined ? {} : { title: p.title }) });
const numbersOf = (spec: ChartSpec, field: string): unknown[] => spec.data.values.map((row) => row[field]).filter((v) => v !== null);
const fromZero = (spec: ChartSpec, field: string): boolean => numbersOf(spec, field).every((n) => typeof n === "number" && n >= 0);
const eachOnce = (spec: ChartSpec, ...fields: string[]): boolean => new Set(spec.data.values.map((row) => JSON.stringify(fields.map((f) => row[f])))).size === spec.data.values.length;

const across: Make = (spec) => {
  const { x, y } = spec.encoding;
  return x && y && spec.data.values.length <= COLUMNS_MOST ? { ...spec, mark: "bar", encoding: { x: label(y), y: plain(x) } } : undefined;
};
const down: Make = (spec) => {
  const { x, y } = spec.encoding;
  return x && y ? { ...spec, mark: "bar", encoding: { x: plain(y), y: label(x) } } : undefined;
};
const mark = (to: "line" | "area"): Make => (spec) => {
  const { x, y, color } = spec.encoding;
  if (!x || !y || (to === "area" && (color || !fromZero(spec, y.field)))) return undefined;
  return { ...spec, mark: to };
};
const buckets: Make = (spec) => {
  const { x, y, color } = spec.encoding;
  if (!x || !y || color || x.type !== "temporal" || spec.data.values.length > COLUMNS_MOST || !fromZero(spec, y.field)) return undefined;
  return { ...spec, mark: "bar", encoding: { x: { ...label(x), type: "ordinal" }, y: plain(y) } };
};
const heat: Make = (spec) => {
  const { x, y, color } = spec.encoding;
  if (!x || !y || !color || !eachOnce(spec, y.field, color.field)) return undefined;
  return { ...spec, mark: "rect", encoding: { x: label(color), y: label(y), color: { field: x.field, type: "quantitative", ...(x.title === undefined ? {} : { title: x.title }) } } };
};
const stacked: Make = (spec, ratio) => {
  const { x, y, color } = spec.encoding;
  if (!x || !y || !color || ratio || !fromZero(spec, color.field)) return undefined;
  return { ...spec, mark: "bar", encoding: { x: { field: color.field, type: "quantitative", stack: "zero", ...(color.title === undefined ? {} : { title: color.title }) }, y: label(y), color: { field: x.field, type: "nominal", ...(x.title === undefined ? {} : { title: x.title }) } } };
};

const ELSE: Partial<Record<Kind, readonly Make[]>> = {
  bar: [across],
  column: [down],
  line: [mark("area"), buckets],
  area: [mark("line"), buckets],
  "bar-stacked": [heat],
  heatmap: [stacked],
};

// `ratio`: what is drawn is a share of something, so that sums of it mean nothing.
export function alternatives(value: unknown, ratio = false): Alternative[] {
  const spec = readSpec(value), kind = kindOf(spec), found: Alternative[] = [{ kind, spec }];
  for (const make of ELSE[kind] ?? []) {
    const other = make(spec, ratio);
    if (!other) continue;
    try {
      readSpec(other);
      found.push({ kind: drawChart(other).kind, spec: other });
    } catch {
      // These fields make no such chart.
    }
  }
  return found;
}
