// SPDX-License-Identifier: Apache-2.0
// bars: lengths from zero, lying, standing, stacked, or between the edges of bins. Pure.
import type { Design, Paper } from "./layout.ts";
import { valueLabel } from "./layout.ts";
import { color, fill } from "./look.ts";
import { formatNumber } from "./format.ts";
import { bandScale, numberScale, type Scale } from "./scales.ts";
import type { ChartSpec, Row } from "./spec.ts";
import { Fields } from "./fields.ts";
import type { Element } from "./node.ts";
import { FONT, wordsWidth } from "./words.ts";

const VALUES_MOST = 30; // bars whose value stands beside them

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
function bar(paper: Paper, box: Box, series: number, words: string): Element {
  return paper.mark("rect", { ...box, fill: fill(paper.id, series), stroke: series ? color(series) : undefined }, words);
}

const drawn = (f: Fields, channel: "x" | "y"): readonly Row[] => f.rows.filter((row) => !Number.isNaN(f.number(channel, row)));
const titles = (f: Fields) => ({ x: f.title("x"), y: f.title("y") });

export function bars(spec: ChartSpec): Design<number, string> {
  const f = new Fields(spec), format = spec.encoding.x?.axis?.format, rows = drawn(f, "x");
  const short = (row: Row) => formatNumber(format, f.number("x", row));
  const labelled = rows.length <= VALUES_MOST;
  return {
    x: (range) => numberScale(f.numbers("x"), { range, format }),
    y: (range) => bandScale(f.labels("y"), range, "bar"),
    down: true,
    titles: titles(f),
    series: [],
    swatch: "fill",
    ...(labelled ? { right: rows.map(short) } : {}),
    marks: (x, y, paper) => {
      const zero = x.at(0), small = y.band < FONT - 1;
      return rows.flatMap((row) => {
        const end = x.at(f.number("x", row)), top = y.at(f.label("y", row));
        const box = { x: Math.min(zero, end), y: top, width: Math.abs(end - zero), height: y.band };
        const value = labelled && !small && end >= zero ? [valueLabel(end + 4, top + y.band / 2 + FONT * 0.35, short(row), { "aria-hidden": true })] : [];
        return [bar(paper, box, 0, f.words(row)), ...value];
      });
    },
  };
}

export function columns(spec: ChartSpec): Design<string, number> {
  const f = new Fields(spec), format = spec.encoding.y?.axis?.format, rows = drawn(f, "y");
  return {
    x: (range) => bandScale(f.labels("x"), range, "bar"),
    y: (range) => numberScale(f.numbers("y"), { range, format }),
    titles: titles(f),
    series: [],
    swatch: "fill",
    marks: (x, y, paper) => {
      const zero = y.at(0);
      return rows.flatMap((row) => {
        const end = y.at(f.number("y", row)), left = x.at(f.label("x", row)), words = formatNumber(format, f.number("y", row));
        const box = { x: left, y: Math.min(zero, end), width: x.band, height: Math.abs(end - zero) };
        const value = wordsWidth(words) <= x.band && end <= zero && end > FONT ? [valueLabel(left + x.band / 2, end - 3, words, { "text-anchor": "middle", "aria-hidden": true })] : [];
        return [bar(paper, box, 0, f.words(row)), ...value];
      });
    },
  };
}

interface Part {
  row: Row;
  from: number;
  to: number;
  series: number;
}
// What is below zero is stacked to the other side.
function stacked(f: Fields, rows: readonly Row[]): Part[] {
  const series = new Map(f.series().map((name, i) => [name, i])), ends = new Map<string, [number, number]>();
  // Each bar is stacked in the order of the series, whatever order its rows have.
  const sorted = rows.map((row) => ({ row, series: series.get(f.label("color", row)) ?? 0 })).sort((a, b) => a.series - b.series);
  return sorted.map(({ row, series: of }) => {
    const value = f.number("x", row), key = f.label("y", row), end = ends.get(key) ?? [0, 0], side = value < 0 ? 1 : 0;
    const from = end[side], to = Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, from + value));
    end[side] = to;
    ends.set(key, end);
    return { row, from, to, series: of };
  });
}

export function stackedBars(spec: ChartSpec): Design<number, string> {
  const f = new Fields(spec), parts = stacked(f, drawn(f, "x"));
  return {
    x: (range) => numberScale(parts.map((p) => p.to), { range, format: spec.encoding.x?.axis?.format }),
    y: (range) => bandScale(f.labels("y"), range, "bar"),
    down: true,
    titles: titles(f),
    series: f.series(),
    swatch: "fill",
    marks: (x, y, paper) =>
      parts.map((p) => {
        const from = x.at(p.from), to = x.at(p.to);
        return bar(paper, { x: Math.min(from, to), y: y.at(f.label("y", p.row)), width: Math.abs(to - from), height: y.band }, p.series, f.words(p.row));
      }),
  };
}

export function histogram(spec: ChartSpec): Design<number, number> {
  const f = new Fields(spec), rows = drawn(f, "y").filter((row) => !Number.isNaN(f.number("x", row)) && !Number.isNaN(f.end(row)));
  const edges = rows.flatMap((row) => [f.number("x", row), f.end(row)]);
  const step = spec.encoding.x?.bin?.step ?? 0;
  return {
    x: (range) => numberScale(edges, { range, zero: false, nice: false, step, format: spec.encoding.x?.axis?.format }),
    y: (range) => numberScale(f.numbers("y"), { range, format: spec.encoding.y?.axis?.format }),
    titles: titles(f),
    series: [],
    swatch: "fill",
    marks: (x: Scale<number>, y: Scale<number>, paper) =>
      rows.map((row) => {
        const left = x.at(f.number("x", row)), right = x.at(f.end(row)), top = y.at(f.number("y", row)), zero = y.at(0), gap = Math.abs(right - left) > 3 ? 1 : 0;
        return bar(paper, { x: Math.min(left, right) + gap / 2, y: Math.min(top, zero), width: Math.abs(right - left) - gap, height: Math.abs(zero - top) }, 0, f.words(row));
      }),
  };
}
