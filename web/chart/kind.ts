// SPDX-License-Identifier: Apache-2.0
// kind: what a ChartSpec is a drawing of, by its mark and its fields; and why it is none, where they do not go together.
// Pure.
import { SpecError, type ChartSpec, type Mark, type Position } from "./spec.ts";

export type Kind = "bar" | "column" | "bar-stacked" | "line" | "area" | "point" | "histogram" | "heatmap" | "timeline" | "kpi" | "table";

export const markOf = (spec: ChartSpec): Mark => (typeof spec.mark === "string" ? spec.mark : spec.mark.type);

const measure = (p: Position | undefined) => p?.type === "quantitative";
const time = (p: Position | undefined) => p?.type === "temporal";
const category = (p: Position | undefined) => p?.type === "nominal" || p?.type === "ordinal";

// What each mark needs; the first rule that holds says the kind.
const RULES: readonly [Mark, Kind, (spec: ChartSpec["encoding"]) => boolean][] = [
  ["bar", "histogram", (e) => measure(e.x) && measure(e.y) && !!e.x?.bin && !!e.x2],
  ["bar", "bar-stacked", (e) => category(e.y) && measure(e.x) && !!e.color],
  ["bar", "bar", (e) => category(e.y) && measure(e.x)],
  ["bar", "column", (e) => category(e.x) && measure(e.y) && !e.color],
  ["line", "line", (e) => (time(e.x) || measure(e.x)) && measure(e.y)],
  ["area", "area", (e) => (time(e.x) || measure(e.x)) && measure(e.y) && !e.color],
  ["point", "point", (e) => measure(e.x) && measure(e.y)],
  ["rect", "heatmap", (e) => category(e.x) && category(e.y) && e.color?.type === "quantitative"],
  ["tick", "timeline", (e) => time(e.x) && (!e.y || category(e.y))],
];

export function kindOf(spec: ChartSpec): Kind {
  const mark = markOf(spec);
  if (spec.usermeta) return spec.usermeta.postern.kind;
  if (mark === "text") return "table";
  const found = RULES.find(([m, , holds]) => m === mark && holds(spec.encoding));
  if (!found) throw new SpecError("/encoding", `these fields make no ${mark === "rect" ? "heatmap" : mark} chart`);
  return found[1];
}
