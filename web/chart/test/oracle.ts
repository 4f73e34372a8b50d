// SPDX-License-Identifier: Apache-2.0
// oracle: what Vega makes of a ChartSpec: the marks of its scene, where they stand and how long they are, and its axes.
import * as vega from "vega";
import * as vegaLite from "vega-lite";
import type { ChartSpec } from "../spec.ts";

export interface Seen {
  kind: string; // "rect", "symbol", "line", "area"
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Scene {
  marks: Seen[];
  ticks: Record<"x" | "y", { at: number; label: string }[]>;
  domain: Record<string, unknown[]>;
}

interface Item {
  marktype?: string;
  name?: string;
  role?: string;
  items?: Item[];
  x?: number;
  y?: number;
  x2?: number;
  y2?: number;
  width?: number;
  height?: number;
  text?: string;
  size?: number;
  defined?: boolean;
  orient?: string;
}

function collect(item: Item, into: Scene, axis: "x" | "y" | undefined): void {
  const role = item.role ?? "";
  if (role === "axis-label") {
    for (const one of item.items ?? []) if (axis) into.ticks[axis].push({ at: (axis === "x" ? one.x : one.y) ?? 0, label: String(one.text) });
    return;
  }
  if (role === "mark" && item.marktype !== "group") {
    for (const one of item.items ?? []) if (one.defined !== false) into.marks.push({ kind: item.marktype ?? "", x: one.x ?? 0, y: one.y ?? 0, width: one.width ?? 0, height: one.height ?? 0 });
    return;
  }
  for (const one of item.items ?? []) collect(one, into, role === "axis" ? (one.orient === "bottom" ? "x" : "y") : axis);
}

export async function scene(spec: ChartSpec): Promise<Scene> {
  const { usermeta: _, ...rest } = spec;
  const compiled = vegaLite.compile({ ...rest, config: { axis: { labelOverlap: false } } } as never, { logger: vega.logger(vega.Error) }).spec;
  const view = new vega.View(vega.parse(compiled as never), { renderer: "none", logger: vega.logger(vega.Error) });
  await view.runAsync();
  const out: Scene = { marks: [], ticks: { x: [], y: [] }, domain: {} };
  collect((view.scenegraph() as unknown as { root: Item }).root, out, undefined);
  for (const name of ["x", "y", "color"]) {
    try {
      out.domain[name] = (view.scale(name) as { domain(): unknown[] }).domain().map((v) => (v instanceof Date ? Number(v) : v));
    } catch {
      // this chart has no such scale
    }
  }
  view.finalize();
  return out;
}
