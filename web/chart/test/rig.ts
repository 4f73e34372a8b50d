// SPDX-License-Identifier: Apache-2.0
// rig: what the tests share: the examples that the C side is held to as well, what a drawing has on its paper, and numbers
// that are the same in each run.
import { readFileSync } from "node:fs";
import { drawChart, elements, type ChartSpec, type DrawOptions, type Element } from "../chart.ts";
import type { FieldType, Row } from "../spec.ts";

const file = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../tests/unit/chart/${name}`, import.meta.url), "utf8"));
export interface Example {
  kind: string;
  why: string;
  spec: ChartSpec;
  oracle: { marks: number; x?: { domain: unknown[] }; y?: { domain: unknown[] }; labels?: { x?: string[]; y?: string[] }; segments?: number };
}
export const examples = file("examples.json") as Example[];
export const refused = file("refused.json") as { why: string; spec: unknown }[];
export const example = (kind: string): Example => {
  const found = examples.find((e) => e.kind === kind);
  if (!found) throw new Error(`there is no example of ${kind}`);
  return found;
};

export const byClass = (node: Element, name: string): Element[] => [...elements(node)].filter((e) => String(e.attributes.class ?? "").split(" ").includes(name));
export const marksOf = (spec: ChartSpec, options: DrawOptions = {}): Element[] => byClass(drawChart(spec, { live: true, ...options }).node, "mark");
export const words = (node: Element): string => node.children.map((c) => (typeof c === "string" ? c : words(c))).join(" ");

// Where a mark stands: a box, or the middle of a point.
export function place(mark: Element): { x: number; y: number; width: number; height: number } {
  const a = mark.attributes, n = (key: string) => Number(a[key] ?? 0);
  const moved = /^translate\(([-\d.e]+) ([-\d.e]+)\)$/.exec(String(a.transform ?? ""));
  if (moved) return { x: Number(moved[1]), y: Number(moved[2]), width: 0, height: 0 };
  if (mark.name === "circle") return { x: n("cx"), y: n("cy"), width: 0, height: 0 };
  return { x: n("x"), y: n("y"), width: n("width"), height: n("height") };
}

// A small generator (mulberry32): a failure names its seed.
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const field = (name: string, type: FieldType, more: object = {}) => ({ field: name, type, ...(type === "nominal" || type === "ordinal" ? { sort: null } : {}), ...(type === "temporal" ? { scale: { type: "utc" as const } } : {}), ...more });
// One chart of each kind over given labels and numbers.
export function specOf(kind: string, labels: readonly string[], numbers: readonly (number | null)[]): ChartSpec {
  const n = labels.length, at = (i: number) => numbers[i % numbers.length] ?? null;
  const time = (i: number) => new Date(Date.UTC(2026, 10, 1) + i * 3_600_000).toISOString().replace(".000", "");
  const chart = (mark: ChartSpec["mark"], values: Row[], encoding: ChartSpec["encoding"]): ChartSpec => ({ title: "A title", mark, data: { values }, encoding, width: 480, height: 240 });
  const each = (row: (label: string, i: number) => Row): Row[] => labels.map(row);
  switch (kind) {
    case "bar":
      return chart("bar", each((l, i) => ({ l, v: at(i) })), { y: field("l", "nominal"), x: field("v", "quantitative") });
    case "column":
      return chart("bar", each((l, i) => ({ l, v: at(i) })), { x: field("l", "ordinal"), y: field("v", "quantitative") });
    case "bar-stacked":
      return chart("bar", each((l, i) => ({ l: labels[i % Math.ceil(n / 3)] ?? l, s: `s${i % 5}`, v: at(i) === null ? null : Math.abs(at(i) as number) })), { y: field("l", "nominal"), x: field("v", "quantitative", { stack: "zero" }), color: field("s", "nominal") });
    case "line":
      return chart({ type: "line", point: true }, each((_, i) => ({ t: time(i), v: at(i) })), { x: field("t", "temporal"), y: field("v", "quantitative", { scale: { zero: false } }) });
    case "line-multi":
      return chart("line", each((l, i) => ({ t: time(i >> 1), v: at(i), s: labels[i % 2] ?? l })), { x: field("t", "temporal"), y: field("v", "quantitative"), color: field("s", "nominal"), strokeDash: field("s", "nominal") });
    case "area":
      return chart("area", each((_, i) => ({ t: time(i), v: at(i) })), { x: field("t", "temporal"), y: field("v", "quantitative", { scale: { zero: true } }) });
    case "point":
      return chart("point", each((_, i) => ({ a: i, b: at(i) })), { x: field("a", "quantitative"), y: field("b", "quantitative") });
    case "histogram":
      return chart("bar", each((_, i) => ({ from: i * 10, to: (i + 1) * 10, n: at(i) === null ? null : Math.abs(at(i) as number) })), { x: field("from", "quantitative", { bin: { binned: true, step: 10 } }), x2: { field: "to" }, y: field("n", "quantitative") });
    case "heatmap":
      return chart("rect", each((l, i) => ({ a: l, b: `b${i % 7}`, v: at(i) })), { x: field("b", "ordinal"), y: field("a", "ordinal"), color: field("v", "quantitative") });
    case "timeline":
      return chart("tick", each((l, i) => ({ t: time(i), l })), { x: field("t", "temporal"), y: field("l", "nominal") });
    case "kpi":
      return { ...chart("text", [{ v: at(0) }], { text: { field: "v", type: "quantitative", format: "," } }), usermeta: { postern: { kind: "kpi", delta: { value: Number(at(0) ?? 0), from: labels[0] ?? "" }, spark: numbers.slice(0, 200) } } };
    default:
      return { ...chart("text", each((l, i) => ({ l, v: at(i) })), {}), usermeta: { postern: { kind: "table", columns: [{ field: "l", title: "Label" }, { field: "v" }] } } };
  }
}
export const KINDS = ["bar", "column", "bar-stacked", "line", "line-multi", "area", "point", "histogram", "heatmap", "timeline", "kpi", "table"];
