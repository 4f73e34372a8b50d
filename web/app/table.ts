// SPDX-License-Identifier: Apache-2.0
// table: a result's rows, the first of them, in the order of a column where somebody asks for it. In a document. Example:
//   section.append(sortableTable(document, result, say))
import { formatCell, formatTime, moment } from "../chart/format.ts";
import { html, toElement, type Element as Tree } from "../chart/node.ts";
import type { Cell } from "../chart/spec.ts";
import type { Result, TableColumn } from "./outcome.ts";

export const ROWS_AT_FIRST = 20;

export interface Order {
  readonly column: number;
  readonly down: boolean;
}
type Row = readonly Cell[];

const isNumber = (c: TableColumn): boolean => c.type === "integer" || c.type === "decimal";

function compare(a: Cell, b: Cell, numeric: boolean): number {
  const left = numeric ? Number(a) : String(a), right = numeric ? Number(b) : String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
// What is not there stands last, either way; equal ones stay as they were.
export function sorted(rows: readonly Row[], columns: readonly TableColumn[], order: Order | undefined): readonly Row[] {
  const column = order && columns[order.column];
  if (!column) return rows;
  const at = (row: Row) => row[order.column] ?? null;
  const there = rows.filter((row) => at(row) !== null), rest = rows.filter((row) => at(row) === null);
  return [...there.sort((a, b) => compare(at(a), at(b), isNumber(column)) * (order.down ? -1 : 1)), ...rest];
}

export function cellWords(cell: Cell, column: TableColumn): string {
  if (column.type === "time" && !Number.isNaN(moment(cell))) return formatTime(moment(cell));
  if (typeof cell === "number" && column.kind === "ratio") return formatCell(".1%", cell);
  if (typeof cell === "number" && column.kind) return formatCell(",", cell);
  return typeof cell === "number" ? String(cell) : formatCell("yes-no", cell);
}

function head(columns: readonly TableColumn[], order: Order | undefined): Tree {
  const sort = (i: number) => (order?.column !== i ? undefined : order.down ? "descending" : "ascending");
  const sign = (i: number) => (order?.column !== i ? "" : order.down ? " ▼" : " ▲");
  return html("thead", {}, [html("tr", {}, columns.map((c, i) => html("th", { scope: "col", class: isNumber(c) ? "number" : undefined, "aria-sort": sort(i) }, [html("button", { type: "button", "data-column": i }, [c.title, html("span", { "aria-hidden": true }, [sign(i)])])])))]);
}

function body(columns: readonly TableColumn[], rows: readonly Row[]): Tree {
  return html("tbody", {}, rows.map((row) => html("tr", {}, columns.map((c, i) => html("td", { class: isNumber(c) ? "number" : undefined, dir: isNumber(c) ? undefined : "auto" }, [cellWords(row[i] ?? null, c)])))));
}

// What is shown of what there is.
export function countWords(result: Result, shown: number): string {
  const known = result.rows.length, rows = (n: number) => `${n.toLocaleString("en")} row${n === 1 ? "" : "s"}`;
  if (result.total > known) return `The first ${shown.toLocaleString("en")} of ${rows(result.total)}`;
  return shown < known || result.cut ? `The first ${shown.toLocaleString("en")}${shown < known ? ` of ${rows(known)}` : " rows; there are more"}` : rows(known);
}

export function sortableTable(document: Document, result: Result, id: string, told: (words: string) => void): HTMLElement {
  let order: Order | undefined, all = result.rows.length <= ROWS_AT_FIRST;
  const frame = toElement(html("div", { class: "rows" }, [html("p", { class: "count", id: `${id}-count` }), html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Table of ${result.title}` }), html("p", {}, [html("button", { type: "button", class: "more" }, ["Show all rows"])])]), document) as HTMLElement;
  const [count, scroll, more] = [frame.querySelector(".count")!, frame.querySelector(".scroll")!, frame.querySelector<HTMLElement>(".more")!];

  const draw = () => {
    const rows = sorted(result.rows, result.columns, order), shown = all ? rows : rows.slice(0, ROWS_AT_FIRST);
    scroll.replaceChildren(toElement(html("table", { "aria-describedby": `${id}-count` }, [html("caption", { class: "hidden" }, [result.title]), head(result.columns, order), body(result.columns, shown)]), document));
    count.textContent = countWords(result, shown.length);
    more.parentElement!.hidden = all;
  };
  scroll.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button[data-column]") : null;
    if (!button) return;
    const column = Number(button.dataset.column);
    order = { column, down: order?.column === column ? !order.down : false };
    draw();
    // The button is another one now.
    scroll.querySelector<HTMLElement>(`button[data-column="${column}"]`)?.focus();
    told(`Sorted by ${result.columns[column]?.title ?? ""}, ${order.down ? "descending" : "ascending"}`);
  });
  more.addEventListener("click", () => {
    all = true;
    draw();
    scroll instanceof HTMLElement && scroll.focus();
    told(count.textContent ?? "");
  });
  draw();
  return frame;
}
