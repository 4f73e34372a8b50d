// SPDX-License-Identifier: Apache-2.0
// lines: values along time, a line each series, null a gap; or the area below one. Pure.
import { area as areaShape, line as lineShape } from "d3-shape";
import { Fields } from "./fields.ts";
import type { Design, Paper } from "./layout.ts";
import { color, dash } from "./look.ts";
import { svg, type Element } from "./node.ts";
import { numberScale, timeScale, type Scale } from "./scales.ts";
import type { ChartSpec, Row } from "./spec.ts";

const POINTS_MOST = 60; // of a series, that are dots without being asked for

interface Track {
  rows: readonly Row[]; // in the order of x
  series: number;
}
function tracks(f: Fields): Track[] {
  const series = f.series(), by = new Map<string, Row[]>();
  for (const row of f.rows) {
    if (Number.isNaN(f.along("x", row))) continue;
    const name = series.length ? f.label("color", row) : "";
    const rows = by.get(name);
    if (rows) rows.push(row);
    else by.set(name, [row]);
  }
  return [...by].map(([name, rows]) => ({ rows: rows.sort((a, b) => f.along("x", a) - f.along("x", b)), series: Math.max(0, series.indexOf(name)) }));
}

const shown = (f: Fields) => (row: Row) => !Number.isNaN(f.number("y", row));

function path(f: Fields, x: Scale<number>, y: Scale<number>, t: Track, filled: boolean): Element[] {
  const at = (row: Row) => x.at(f.along("x", row)), up = (row: Row) => y.at(f.number("y", row));
  const d = lineShape<Row>().digits(2).defined(shown(f)).x(at).y(up)(t.rows) ?? "";
  const below = filled ? [svg("path", { class: "area", d: areaShape<Row>().digits(2).defined(shown(f)).x(at).y1(up).y0(y.at(Math.max(0, y.domain[0] ?? 0)))(t.rows) ?? "", fill: color(t.series), "fill-opacity": 0.3, "aria-hidden": true })] : [];
  return [...below, svg("path", { class: "line", d, fill: "none", stroke: color(t.series), "stroke-width": 2, "stroke-dasharray": dash(t.series), "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": true })];
}

// A dot where it was asked for, where a value stands alone between gaps, or where there are few; else only its place.
function dots(f: Fields, x: Scale<number>, y: Scale<number>, t: Track, asked: boolean, paper: Paper): Element[] {
  const holds = t.rows.map(shown(f));
  return t.rows.flatMap((row, i) => {
    const visible = asked || (holds[i] && !holds[i - 1] && !holds[i + 1]) || t.rows.length <= POINTS_MOST;
    if (!holds[i] || (!visible && !paper.live)) return [];
    return [paper.mark("circle", { cx: x.at(f.along("x", row)), cy: y.at(f.number("y", row)), r: visible ? 3 : 5, fill: color(t.series), "fill-opacity": visible ? undefined : 0 }, f.words(row))];
  });
}

export function lines(spec: ChartSpec, filled: boolean): Design<number, number> {
  const f = new Fields(spec), all = tracks(f), asked = typeof spec.mark !== "string" && spec.mark.point === true;
  const { x, y } = spec.encoding;
  return {
    x: (range) => (x?.type === "temporal" ? timeScale(f.rows.map((row) => f.moment("x", row)), range) : numberScale(f.numbers("x"), { range, zero: x?.scale?.zero ?? true, format: x?.axis?.format })),
    y: (range) => numberScale(f.numbers("y"), { range, zero: y?.scale?.zero ?? true, format: y?.axis?.format }),
    titles: { x: f.title("x"), y: f.title("y") },
    series: f.series(),
    swatch: "line",
    marks: (sx, sy, paper) => [...all.flatMap((t) => path(f, sx, sy, t, filled)), ...all.flatMap((t) => dots(f, sx, sy, t, asked, paper))],
  };
}
