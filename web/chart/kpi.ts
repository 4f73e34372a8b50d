// SPDX-License-Identifier: Apache-2.0
// kpi: one value in large, what it was before, and how it went. Pure.
import { line } from "d3-shape";
import { formatCell, formatNumber } from "./format.ts";
import type { Layout, LayoutOptions } from "./layout.ts";
import { color } from "./look.ts";
import { svg, type Element } from "./node.ts";
import { numberScale } from "./scales.ts";
import type { ChartSpec } from "./spec.ts";
import { fitWords } from "./words.ts";

const HEIGHT = 88, LARGE = 36, SPARK = { width: 160, height: 40 };

export function kpiWords(spec: ChartSpec): { value: string; delta: string } {
  const { text } = spec.encoding, ours = spec.usermeta?.postern, row = spec.data.values[0] ?? {};
  const field = text?.field ?? Object.keys(row)[0] ?? "", format = text?.format ?? ours?.format;
  const delta = ours?.delta;
  const change = delta ? `${delta.value > 0 ? "+" : delta.value < 0 ? "" : "±"}${formatNumber(format, delta.value)} against ${delta.from}` : "";
  return { value: formatCell(format, row[field]) || "–", delta: change };
}

function spark(values: readonly (number | null)[], x: number, width: number): Element[] {
  if (values.length < 2 || width < 40) return [];
  const y = numberScale(values.map((v) => v ?? NaN), { range: [SPARK.height, 0], zero: false, nice: false });
  const d = line<number | null>().digits(2).defined((v) => v !== null).x((_, i) => (i * width) / (values.length - 1)).y((v) => y.at(v ?? 0))(values) ?? "";
  return [svg("path", { class: "line", transform: `translate(${x} ${(HEIGHT - SPARK.height) / 2})`, d, fill: "none", stroke: color(0), "stroke-width": 2, "stroke-linecap": "round", "aria-hidden": true })];
}

export function kpi(spec: ChartSpec, { width = 320 }: LayoutOptions): Layout {
  const { value, delta } = kpiWords(spec), values = spec.usermeta?.postern.spark ?? [];
  const room = values.length > 1 ? Math.min(SPARK.width, width / 3) : 0;
  return {
    width,
    height: HEIGHT,
    children: [
      svg("text", { x: 0, y: LARGE + 8, "font-size": LARGE, "aria-hidden": true }, [fitWords(value, ((width - room) * 11) / LARGE)]),
      ...(delta ? [svg("text", { x: 0, y: LARGE + 30, "aria-hidden": true }, [fitWords(delta, width - room - 8)])] : []),
      ...spark(values, width - room, room - 4),
    ],
  };
}
