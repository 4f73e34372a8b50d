// SPDX-License-Identifier: Apache-2.0
// table: a chart's rows as a real table, exact where an axis is short; what stands for the chart where it cannot be seen.
// Pure. Example:
//   tableOf(spec, { most: 50 })                          // <table>: a caption, a head, 50 rows
import { Fields } from "./fields.ts";
import { html, type Element } from "./node.ts";
import type { ChartSpec } from "./spec.ts";

export interface TableOptions {
  readonly most?: number; // rows
}

export function tableOf(spec: ChartSpec, { most = Infinity }: TableOptions = {}): Element {
  const f = new Fields(spec), rows = f.rows.slice(0, most), rest = f.rows.length - rows.length;
  const numeric = new Set(f.columns.filter((c) => f.rows.some((row) => typeof row[c.field] === "number")).map((c) => c.field));
  const kind = (field: string) => (numeric.has(field) ? "number" : undefined);
  const caption = [spec.title, rest > 0 ? `The first ${rows.length} of ${f.rows.length} rows` : ""].filter(Boolean).join(". ");
  return html("table", {}, [
    ...(caption ? [html("caption", {}, [caption])] : []),
    html("thead", {}, [html("tr", {}, f.columns.map((c) => html("th", { scope: "col", class: kind(c.field) }, [c.title ?? c.field])))]),
    html("tbody", {}, rows.map((row) => html("tr", {}, f.columns.map((c) => html("td", { class: kind(c.field), dir: "auto" }, [f.shown(c, row)]))))),
  ]);
}
