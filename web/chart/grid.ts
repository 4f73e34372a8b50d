// SPDX-License-Identifier: Apache-2.0
// grid: marks that stand where two values meet: points, the cells of a heatmap, the ticks of a timeline. Pure.
import { symbol } from "d3-shape";
import { Fields } from "./fields.ts";
import { formatNumber } from "./format.ts";
import { valueLabel, type Design } from "./layout.ts";
import { color, shape } from "./look.ts";
import { round } from "./node.ts";
import { bandScale, numberScale, timeScale } from "./scales.ts";
import type { ChartSpec } from "./spec.ts";
import { FONT, wordsWidth } from "./words.ts";

const titles = (f: Fields) => ({ x: f.title("x"), y: f.title("y") });

export function points(spec: ChartSpec): Design<number, number> {
  const f = new Fields(spec), series = f.series(), { x, y } = spec.encoding;
  const rows = f.rows.filter((row) => !Number.isNaN(f.number("x", row)) && !Number.isNaN(f.number("y", row)));
  return {
    x: (range) => numberScale(f.numbers("x"), { range, zero: x?.scale?.zero ?? true, format: x?.axis?.format }),
    y: (range) => numberScale(f.numbers("y"), { range, zero: y?.scale?.zero ?? true, format: y?.axis?.format }),
    titles: titles(f),
    series,
    swatch: "shape",
    marks: (sx, sy, paper) =>
      rows.map((row) => {
        const i = Math.max(0, series.indexOf(f.label("color", row)));
        return paper.mark("path", { d: symbol(shape(i), 36).digits(2)() ?? "", transform: `translate(${round(sx.at(f.number("x", row)))} ${round(sy.at(f.number("y", row)))})`, fill: color(i), "fill-opacity": 0.85 }, f.words(row));
      }),
  };
}

// Shades end at half: words on them stay readable, on light pages and dark.
const SHADE_LEAST = 0.06, SHADE_MOST = 0.5;

export function heatmap(spec: ChartSpec): Design<string, string> {
  const f = new Fields(spec), rows = f.rows.filter((row) => !Number.isNaN(f.number("color", row)));
  const values = rows.map((row) => f.number("color", row)), least = Math.min(...values), most = Math.max(...values);
  const span = most / 2 - least / 2; // the whole of it may be more than a double holds
  const shade = (v: number) => SHADE_LEAST + (SHADE_MOST - SHADE_LEAST) * (span > 0 ? (v / 2 - least / 2) / span : 1);
  return {
    x: (range) => bandScale(f.labels("x"), range, "rect"),
    y: (range) => bandScale(f.labels("y"), range, "rect"),
    down: true,
    titles: titles(f),
    series: [],
    swatch: "fill",
    ...(rows.length ? { note: `${f.title("color")}: ${formatNumber("~s", least)} (faint) to ${formatNumber("~s", most)} (strong)` } : {}),
    marks: (x, y, paper) =>
      rows.flatMap((row) => {
        const left = x.at(f.label("x", row)), top = y.at(f.label("y", row)), value = f.number("color", row), words = formatNumber("~s", value);
        const cell = paper.mark("rect", { x: left, y: top, width: x.band, height: y.band, fill: color(0), "fill-opacity": Math.round(shade(value) * 1000) / 1000, stroke: "currentColor", "stroke-opacity": 0.25 }, f.words(row));
        const fits = wordsWidth(words) + 2 < x.band && y.band > FONT + 2;
        return fits ? [cell, valueLabel(left + x.band / 2, top + y.band / 2 + FONT * 0.35, words, { "text-anchor": "middle", "aria-hidden": true })] : [cell];
      }),
  };
}

export function timeline(spec: ChartSpec): Design<number, string> {
  const f = new Fields(spec), rows = f.rows.filter((row) => !Number.isNaN(f.moment("x", row)));
  return {
    x: (range) => timeScale(rows.map((row) => f.moment("x", row)), range),
    y: (range) => bandScale(f.has("y") ? f.labels("y") : [""], range, "tick"),
    down: true,
    titles: titles(f),
    series: [],
    swatch: "fill",
    marks: (x, y, paper) => rows.map((row) => paper.mark("rect", { x: x.at(f.moment("x", row)) - 1, y: y.at(f.has("y") ? f.label("y", row) : ""), width: 2, height: y.band, fill: color(0) }, f.words(row))),
  };
}
