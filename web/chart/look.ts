// SPDX-License-Identifier: Apache-2.0
// look: what tells series apart: a colour, and beside it a dash, a hatch or a shape, since colour alone may not be seen. The
// colours have 3:1 against light and dark pages alike (WCAG 1.4.11); a page may set its own by the custom properties. Pure.
import { symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle } from "d3-shape";
import { svg, type Element } from "./node.ts";

export const PALETTE = ["#3b82f6", "#c96a12", "#2c9a5b", "#b65bd0", "#d64550", "#77808f"] as const;
export const SERIES_MOST = PALETTE.length;

const place = (series: number): number => series % PALETTE.length;
export const color = (series: number): string => `var(--chart-${place(series) + 1}, ${PALETTE[place(series)]})`;

const DASHES = [undefined, "6 3", "2 2", "8 3 2 3", "1 4", "12 4"];
export const dash = (series: number): string | undefined => DASHES[place(series)];

const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross, symbolStar];
export const shape = (series: number) => SHAPES[place(series)] ?? symbolCircle;

// The first series is plain; the others are hatched, each its own way.
const HATCHES = ["", "M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6", "M0 4 H8", "M4 0 V8", "M0 0 L8 8 M-2 6 L2 10 M6 -2 L10 2", "M2 2 h2 v2 h-2 z"];
export const fill = (id: string, series: number): string => (place(series) ? `url(#${id}-hatch-${place(series)})` : color(series));
export function hatches(id: string, count: number): Element[] {
  return HATCHES.slice(1, Math.min(count, SERIES_MOST)).map((d, i) =>
    svg("pattern", { id: `${id}-hatch-${i + 1}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, [
      svg("rect", { width: 8, height: 8, fill: color(i + 1), "fill-opacity": 0.35 }),
      svg("path", { d, fill: "none", stroke: color(i + 1), "stroke-width": 2 }),
    ]),
  );
}
