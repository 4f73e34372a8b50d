// SPDX-License-Identifier: Apache-2.0
// results: an outcome as sections of a page: of each result its charts and its table, one key apart; what was cut, what
// failed, and which steps there were. In a document. Example:
//   main.replaceChildren(...outcomeParts(document, outcome, width, say))
import { drawOrTable, kindOf, toElement, type ChartSpec } from "../chart/chart.ts";
import { formatTime, moment } from "../chart/format.ts";
import { html, type Element as Tree, type Node as TreeNode } from "../chart/node.ts";
import { walk } from "../chart/walk.ts";
import type { Outcome, Result, Step } from "./outcome.ts";
import { sortableTable } from "./table.ts";

export type Told = (words: string) => void;
const el = (document: Document, tree: Tree): HTMLElement => toElement(tree, document) as HTMLElement;

function isTable(spec: ChartSpec): boolean {
  try {
    return kindOf(spec) === "table";
  } catch {
    return true;
  }
}

// One chart, drawn for a width and again when that changes; what it says of a mark stands below it.
function figure(document: Document, spec: ChartSpec, id: string, width: number, heading: string): HTMLElement {
  const notes = [...(spec.title && spec.title !== heading ? [html("span", { class: "title" }, [spec.title])] : []), ...(spec.description ? [html("span", {}, [spec.description])] : [])];
  const whole = el(document, html("figure", {}, [html("figcaption", {}, notes), html("div", { class: "drawing" }), html("p", { class: "readout", "aria-hidden": true })]));
  const drawing = whole.querySelector<HTMLElement>(".drawing")!, readout = whole.querySelector(".readout")!;
  walk(drawing, (words) => (readout.textContent = words));
  let drawn = 0;
  const draw = (room: number) => {
    if (Math.abs(room - drawn) < 8) return;
    drawn = room;
    const at = [...drawing.querySelectorAll(".mark")].indexOf(document.activeElement!);
    const { node } = drawOrTable(spec, { id, width: room, live: true });
    drawing.replaceChildren(toElement(node, document));
    if (at >= 0) drawing.querySelectorAll<SVGElement>(".mark")[at]?.focus();
  };
  draw(width);
  if (typeof ResizeObserver === "function") new ResizeObserver((entries) => entries.at(-1)!.contentRect.width > 0 && draw(entries.at(-1)!.contentRect.width)).observe(drawing);
  return whole;
}

function notes(result: Result): TreeNode[] {
  const said = [
    result.cut && "The query gave more rows than may be kept; these are the first.",
    result.unfinished && "The last bucket of time is not over yet.",
    result.chartWhy && `Not the chart that was asked for: ${result.chartWhy}.`,
  ].filter((w): w is string => typeof w === "string");
  return said.map((words) => html("p", { class: "note" }, [words]));
}

function section(document: Document, result: Result, id: string, width: number, told: Told): HTMLElement {
  const charts = result.charts.filter((spec) => !isTable(spec) && spec.data.values.length > 0);
  const whole = el(document, html("section", { "aria-labelledby": `${id}-name` }, [html("div", { class: "bar" }, [html("h2", { id: `${id}-name`, dir: "auto" }, [result.title || "Result"])]), ...notes(result)]));
  if (result.error) return whole.append(el(document, html("p", { class: "error" }, [`No result: ${result.error}`]))), whole;
  if (!result.rows.length) return whole.append(el(document, html("p", {}, ["No rows."]))), whole;

  const table = sortableTable(document, result, id, told);
  if (!charts.length) return whole.append(table), whole;
  const drawings = el(document, html("div", { class: "charts" }));
  drawings.append(...charts.map((spec, i) => figure(document, spec, `${id}-${i + 1}`, width, result.title)));
  const group = el(document, html("div", { class: "choice", role: "group", "aria-label": `${result.title || "Result"} as` }, ["Chart", "Table"].map((name) => html("button", { type: "button" }, [name]))));
  const [asChart, asTable] = [...group.querySelectorAll("button")];
  const choose = (chart: boolean) => {
    asChart!.setAttribute("aria-pressed", String(chart));
    asTable!.setAttribute("aria-pressed", String(!chart));
    drawings.hidden = !chart;
    table.hidden = chart;
  };
  asChart!.addEventListener("click", () => choose(true));
  asTable!.addEventListener("click", () => choose(false));
  choose(true);
  whole.querySelector(".bar")!.append(group);
  whole.append(drawings, table);
  return whole;
}

function steps(all: readonly Step[]): Tree {
  const rows = (s: Step) => (Number.isNaN(s.total) || s.total <= s.rows ? s.rows.toLocaleString("en") : `${s.rows.toLocaleString("en")} of ${s.total.toLocaleString("en")}`);
  const row = (s: Step) => html("tr", {}, [html("th", { scope: "row" }, [s.id]), html("td", {}, [s.state]), html("td", { class: "number" }, [String(s.calls)]), html("td", { class: "number" }, [rows(s)]), html("td", {}, [s.failed ? `${s.failed} failed. ${s.why}` : s.why])]);
  const head = ["Step", "State", "Calls", "Rows", "Note"].map((name) => html("th", { scope: "col" }, [name]));
  return html("details", {}, [
    html("summary", {}, [`What was read: ${all.length} step${all.length === 1 ? "" : "s"}`]),
    html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Steps" }, [html("table", {}, [html("caption", { class: "hidden" }, ["Steps"]), html("thead", {}, [html("tr", {}, head)]), html("tbody", {}, all.map(row))])]),
  ]);
}

const STATES: Record<string, string> = { complete: "Complete", partial: "Partial: something was cut or failed", paused: "Paused", failed: "Failed" };
export function stateWords(o: Outcome): string {
  const when = Number.isNaN(moment(o.now)) ? "" : `, as of ${formatTime(moment(o.now))} UTC`;
  return `${(Object.hasOwn(STATES, o.status) && STATES[o.status]) || o.status}${when}${o.status === "paused" && o.wait ? `; can go on in ${o.wait} s` : ""}`;
}

function sentence(document: Document, o: Outcome): HTMLElement[] {
  const choices = o.choices.map((label) => html("li", { dir: "auto" }, [label]));
  return [...(o.said ? [html("p", { class: "sentence", dir: "auto" }, [o.said])] : []), ...(choices.length ? [html("ol", { "aria-label": "Choices" }, choices)] : [])].map((tree) => el(document, tree));
}

export function outcomeParts(document: Document, o: Outcome, width: number, told: Told): HTMLElement[] {
  const warnings = o.warnings.length ? [el(document, html("ul", { class: "warnings", "aria-label": "Notes" }, o.warnings.map((w) => html("li", { dir: "auto" }, [w]))))] : [];
  return [...sentence(document, o), ...warnings, ...o.results.map((r, i) => section(document, r, `result-${i + 1}`, width, told)), ...(o.steps.length ? [el(document, steps(o.steps))] : [])];
}
