// SPDX-License-Identifier: Apache-2.0
// chart: draws a ChartSpec. The drawing is a tree of elements with presentation attributes and classes alone, so it shows under
// any content security policy; colours are custom properties with defaults, words have the colour of the page. Pure: the
// same spec gives the same tree. Example:
//   const spec = readSpec(value);                        // throws SpecError
//   const { node } = drawChart(spec, { id: "answer-1", width: 640, live: true });
//   figure.append(toElement(node, document)); walk(figure.lastElementChild)
import { bars, columns, histogram, stackedBars } from "./bars.ts";
import { heatmap, points, timeline } from "./grid.ts";
import { kindOf, type Kind } from "./kind.ts";
import { kpi, kpiWords } from "./kpi.ts";
import { layout, type Layout, type LayoutOptions } from "./layout.ts";
import { lines } from "./lines.ts";
import { svg, type Element } from "./node.ts";
import { SpecError, type ChartSpec } from "./spec.ts";
import { tableOf } from "./table.ts";

export { kindOf, type Kind } from "./kind.ts";
export { elements, toElement, toText, type Element, type Node } from "./node.ts";
export { readSpec, ROWS_MOST, SpecError, type ChartSpec } from "./spec.ts";
export { tableOf } from "./table.ts";

export interface DrawOptions {
  readonly id?: string; // begins the ids in it; another for each chart of a page
  readonly width?: number; // of all of it, in pixels; absent: the plot has the spec's size
  readonly live?: boolean; // marks have words and can be walked through by key
}
export interface Drawing {
  readonly kind: Kind;
  readonly node: Element;
}

const WIDTH_LEAST = 160, WIDTH_MOST = 4000;

const DRAWN: Record<Exclude<Kind, "table">, (spec: ChartSpec, options: LayoutOptions) => Layout> = {
  bar: (spec, o) => layout(spec, bars(spec), o),
  column: (spec, o) => layout(spec, columns(spec), o),
  "bar-stacked": (spec, o) => layout(spec, stackedBars(spec), o),
  histogram: (spec, o) => layout(spec, histogram(spec), o),
  line: (spec, o) => layout(spec, lines(spec, false), o),
  area: (spec, o) => layout(spec, lines(spec, true), o),
  point: (spec, o) => layout(spec, points(spec), o),
  heatmap: (spec, o) => layout(spec, heatmap(spec), o),
  timeline: (spec, o) => layout(spec, timeline(spec), o),
  kpi,
};

// What a chart says to whoever does not see it.
function summary(spec: ChartSpec, kind: Kind): string {
  if (spec.description) return spec.description;
  if (kind === "kpi") return Object.values(kpiWords(spec)).filter(Boolean).join(", ");
  const n = spec.data.values.length;
  return `A ${kind} chart of ${n} row${n === 1 ? "" : "s"}`;
}

function width(given: number | undefined): { width?: number } {
  if (given === undefined) return {};
  if (!Number.isFinite(given)) throw new RangeError("the width of a chart is a number of pixels");
  return { width: Math.min(WIDTH_MOST, Math.max(WIDTH_LEAST, Math.round(given))) };
}

export function drawChart(spec: ChartSpec, options: DrawOptions = {}): Drawing {
  const kind = kindOf(spec), id = (options.id ?? "chart").replace(/[^\w-]/g, "_"), live = options.live ?? false;
  if (kind === "table" || !spec.data.values.length) return { kind: "table", node: tableOf(spec) };
  const drawn = DRAWN[kind](spec, { id, live, ...width(options.width) });
  const walked = live && kind !== "kpi";
  return {
    kind,
    node: svg(
      "svg",
      {
        class: `postern-chart kind-${kind}`,
        viewBox: `0 0 ${drawn.width} ${drawn.height}`,
        width: drawn.width,
        height: drawn.height,
        role: walked ? "group" : "img",
        "aria-labelledby": `${id}-title`,
        "aria-describedby": `${id}-desc`,
        direction: "ltr", // where text begins and ends; each text still runs its own way
        "font-size": 11,
        fill: "currentColor",
      },
      [svg("title", { id: `${id}-title` }, [spec.title ?? "Chart"]), svg("desc", { id: `${id}-desc` }, [summary(spec, kind)]), ...drawn.children],
    ),
  };
}

// The drawing, or where these fields make none the table of its rows, and why.
export function drawOrTable(spec: ChartSpec, options: DrawOptions = {}): Drawing & { why?: string } {
  try {
    return drawChart(spec, options);
  } catch (error) {
    if (error instanceof SpecError) return { kind: "table", node: tableOf(spec), why: error.message };
    throw error;
  }
}
