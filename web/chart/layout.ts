// SPDX-License-Identifier: Apache-2.0
// layout: the paper that every kind of chart with axes is drawn on: margins by their labels, axes, legend; the kind brings
// scales and marks. Sizes are those of the spec, which are the plot's own as in Vega-Lite, or made to fit a page. Pure.
import { color, dash, fill, hatches, shape } from "./look.ts";
import { symbol } from "d3-shape";
import { svg, type Element, type Value } from "./node.ts";
import type { Scale, Tick } from "./scales.ts";
import type { ChartSpec } from "./spec.ts";
import { fitWords, FONT, thinned, wordsWidth } from "./words.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Paper extends Size { // the plot
  readonly id: string;
  readonly live: boolean; // marks can be walked through
  readonly mark: (name: string, attributes: Record<string, Value>, words: string) => Element;
}
export type Swatch = "fill" | "line" | "shape";
export interface Design<X, Y> {
  readonly x: (range: readonly [number, number]) => Scale<X>;
  readonly y: (range: readonly [number, number]) => Scale<Y>;
  readonly down?: boolean; // y begins above: it has labels, not numbers
  readonly titles: { readonly x: string; readonly y: string };
  readonly series: readonly string[];
  readonly swatch: Swatch;
  readonly note?: string; // where series would stand: what the shades mean
  readonly right?: readonly string[]; // words behind the marks, that need room
  readonly marks: (x: Scale<X>, y: Scale<Y>, paper: Paper) => readonly Element[];
}
export interface LayoutOptions {
  readonly id: string;
  readonly live: boolean;
  readonly width?: number; // of everything, in pixels; absent: the plot is as the spec has it
}

const ROW = 24, ROW_MOST = 40, TICK = 4, GAP = 6, LABELS_MOST = 0.38, PLOT_LEAST = 60;
const QUIET = { "fill-opacity": 0.8 };
const LINE = FONT + 4;

const words = (x: number, y: number, text: string, more: Record<string, Value> = {}): Element => svg("text", { x, y, ...more }, [text]);

// A label that was cut is whole in a title, which shows under the pointer.
function label(x: number, y: number, text: string, room: number, more: Record<string, Value>): Element {
  const shown = fitWords(text, room);
  return svg("text", { x, y, ...more }, shown === text ? [text] : [shown, svg("title", {}, [text.slice(0, 1000)])]);
}

function axisX(ticks: readonly Tick[], band: number, size: Size, title: string): Element {
  const short = ticks.map((t) => ({ at: t.at, label: band ? fitWords(t.label, Math.max(band, 4 * FONT)) : t.label }));
  const shown = thinned(short);
  return svg("g", { class: "axis", transform: `translate(0 ${size.height})`, "aria-hidden": true }, [
    svg("path", { d: `M0 .5H${size.width}`, stroke: "currentColor", "stroke-opacity": 0.5, fill: "none" }),
    ...ticks.flatMap((t, i) => (shown[i] ? [svg("path", { d: `M${t.at.toFixed(2)} 0v${TICK}`, stroke: "currentColor", "stroke-opacity": 0.5 }), label(t.at, TICK + FONT, t.label, band ? Math.max(band, 4 * FONT) : Infinity, { "text-anchor": "middle", ...QUIET })] : [])),
    ...(title ? [label(size.width / 2, TICK + 2 * FONT + GAP, title, size.width, { "text-anchor": "middle" })] : []),
  ]);
}

function axisY(ticks: readonly Tick[], band: number, size: Size, room: number): Element {
  const lines = Math.max(1, Math.ceil((FONT + 2) / (ticks.length > 1 ? Math.abs(ticks[1]!.at - ticks[0]!.at) || ROW : ROW)));
  return svg("g", { class: "axis", "aria-hidden": true }, [
    ...(band ? [] : ticks.map((t) => svg("path", { d: `M0 ${t.at.toFixed(2)}H${size.width}`, stroke: "currentColor", "stroke-opacity": 0.15 }))),
    svg("path", { d: `M.5 0V${size.height}`, stroke: "currentColor", "stroke-opacity": 0.5, fill: "none" }),
    ...ticks.flatMap((t, i) => (i % lines ? [] : [label(-TICK - 2, t.at + FONT * 0.35, t.label, room, { "text-anchor": "end", ...QUIET })])),
  ]);
}

function gridX(ticks: readonly Tick[], size: Size): Element[] {
  return ticks.map((t) => svg("path", { d: `M${t.at.toFixed(2)} 0V${size.height}`, stroke: "currentColor", "stroke-opacity": 0.15 }));
}

function swatch(kind: Swatch, id: string, i: number): Element {
  if (kind === "line") return svg("path", { d: `M0 ${-FONT * 0.35}h24`, stroke: color(i), "stroke-width": 2, "stroke-dasharray": dash(i), fill: "none" });
  if (kind === "shape") return svg("path", { d: symbol(shape(i), 50).digits(2)() ?? "", transform: `translate(12 ${-FONT * 0.35})`, fill: color(i) });
  return svg("rect", { x: 6, y: -FONT + 1, width: 12, height: FONT, fill: fill(id, i), stroke: color(i) });
}

// The series in rows as wide as the chart.
function legend(design: { series: readonly string[]; swatch: Swatch; note?: string }, id: string, width: number): { height: number; node: Element | undefined } {
  if (design.note) return { height: LINE + 2, node: svg("g", { class: "legend", "aria-hidden": true }, [label(0, FONT, design.note, width, QUIET)]) };
  if (!design.series.length) return { height: 0, node: undefined };
  let x = 0, y = FONT;
  const items = design.series.map((name, i) => {
    const shown = fitWords(name, Math.max(60, Math.min(200, width - 30)));
    const room = 30 + wordsWidth(shown) + 2 * GAP;
    if (x && x + room > width) (x = 0), (y += LINE + 2);
    const item = svg("g", { transform: `translate(${x.toFixed(2)} ${y})` }, [swatch(design.swatch, id, i), label(30, 0, name, Math.max(60, Math.min(200, width - 30)), {})]);
    x += room;
    return item;
  });
  return { height: y + GAP + 2, node: svg("g", { class: "legend", "aria-hidden": true }, items) };
}

function plotHeight(spec: ChartSpec, rows: number | undefined, fitted: boolean): number {
  const height = spec.height ?? 240;
  if (!fitted || rows === undefined) return height;
  return Math.max(Math.min(height, rows * ROW_MOST), rows * ROW, 2 * ROW);
}

function paper(size: Size, { id, live }: LayoutOptions): Paper {
  let first = true;
  return {
    ...size,
    id,
    live,
    mark: (name, attributes, said) => {
      const walk = live ? { role: "img", "aria-label": said.slice(0, 1000), tabindex: first ? 0 : -1 } : {};
      first = false;
      return svg(name, { class: "mark", ...attributes, ...walk });
    },
  };
}

export interface Layout extends Size {
  readonly children: readonly Element[];
}
export function layout<X, Y>(spec: ChartSpec, design: Design<X, Y>, options: LayoutOptions): Layout {
  const fitted = options.width !== undefined;
  const rows = design.down ? design.y([0, 1]).domain.length : undefined;
  const height = plotHeight(spec, rows, fitted);
  const y = design.y(design.down ? [0, height] : [height, 0]);
  const given = options.width ?? (spec.width ?? 480);
  const left = Math.ceil(Math.min(Math.max(0, ...y.ticks.map((t) => wordsWidth(t.label))), given * LABELS_MOST)) + TICK + GAP;
  const right = design.right ? Math.ceil(Math.min(Math.max(0, ...design.right.map(wordsWidth)), given * 0.25)) + GAP : 2 * FONT;
  const width = fitted ? Math.max(PLOT_LEAST, given - left - right) : given;
  const total = left + width + right;
  const x = design.x([0, width]);
  const names = legend(design, options.id, total);
  const heading = design.titles.y ? LINE + 2 : GAP;
  const top = names.height + heading;
  const plot = paper({ width, height }, options);
  return {
    width: total,
    height: top + height + TICK + FONT + GAP + (design.titles.x ? LINE + 2 : 0),
    children: [
      ...(design.swatch === "fill" && design.series.length > 1 ? [svg("defs", {}, hatches(options.id, design.series.length))] : []),
      ...(names.node ? [names.node] : []),
      ...(design.titles.y ? [label(0, names.height + FONT, design.titles.y, total, { "aria-hidden": true })] : []),
      svg("g", { transform: `translate(${left} ${top})` }, [
        ...(x.band || !design.down ? [] : gridX(x.ticks, plot)),
        axisY(y.ticks, y.band, plot, left - TICK - GAP),
        axisX(x.ticks, x.band, plot, design.titles.x),
        svg("g", { class: "marks" }, design.marks(x, y, plot)),
      ]),
    ],
  };
}
export const valueLabel = words;
