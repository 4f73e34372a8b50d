// SPDX-License-Identifier: Apache-2.0
// Held against Vega-Lite, which the grammar is a part of: where marks stand, how long they are, domains, ticks; for the
// examples and for charts made at random.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drawChart, elements, type ChartSpec, type Element } from "../chart.ts";
import { scene, type Scene } from "./oracle.ts";
import { byClass, examples, KINDS, marksOf, place, random, specOf, words } from "./rig.ts";

const near = (is: number, should: number, what: string) => assert.ok(Math.abs(is - should) <= 0.02, `${what}: ${is}, not ${should}`);

// The marks that have words of their own: of a line its points.
function sameMarks(spec: ChartSpec, theirs: Scene, what: string): void {
  const kinds = new Set(theirs.marks.map((m) => m.kind)), kind = kinds.has("rect") ? "rect" : kinds.has("symbol") ? "symbol" : [...kinds][0];
  const wanted = theirs.marks.filter((m) => m.kind === kind);
  const ours = marksOf(spec).map((m) => ({ ...place(m), said: m.attributes["aria-label"] }));
  assert.equal(ours.length, wanted.length, `${what}: marks`);
  // Bars of a histogram have their gap elsewhere, ticks are twice as thick: the middle is compared.
  const middle = (m: { x: number; y: number; width: number; height: number }) => ({ x: m.x + m.width / 2, y: kind === "area" ? m.y : m.y + m.height / 2, length: kind === "rect" ? m.height : 0 });
  const order = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.round(a.x - b.x) || Math.round(a.y - b.y);
  const left = ours.map(middle).sort(order), right = wanted.map(middle).sort(order);
  left.forEach((mark, i) => {
    const other = right[i]!;
    near(mark.y, other.y, `${what}: y of mark ${i}`);
    assert.ok(Math.abs(mark.x - other.x) <= 0.52, `${what}: x of mark ${i}: ${mark.x}, not ${other.x}`);
    near(mark.length, other.length, `${what}: height of mark ${i}`);
  });
  if (kind === "rect" && spec.mark !== "tick" && !spec.encoding.x2) {
    const widths = (all: { width: number }[]) => all.map((m) => Math.round(m.width * 50) / 50).sort((a, b) => a - b);
    widths(ours).forEach((w, i) => assert.ok(Math.abs(w - widths(wanted)[i]!) <= 0.05, `${what}: width ${w}, not ${widths(wanted)[i]}`));
  }
}

// The axes' words, of which ours may leave some out where they would meet.
function labels(node: Element): string[] {
  return byClass(node, "axis").flatMap((axis) => [...elements(axis)].filter((e) => e.name === "text").map(words));
}

describe("the examples", () => {
  for (const { kind, why, spec, oracle } of examples.filter((e) => e.kind !== "kpi" && e.kind !== "table"))
    test(`${kind}: ${why}`, async () => {
      sameMarks(spec, await scene(spec), kind);
      const { node } = drawChart(spec, { live: true }), said = labels(node);
      assert.equal(byClass(node, "mark").length, oracle.marks);
      for (const [channel, wanted] of Object.entries(oracle.labels ?? {})) for (const label of wanted ?? []) assert.ok(said.includes(label), `${channel}: no label ${label} among ${said.join(" ")}`);
      if (oracle.segments) assert.equal(byClass(node, "line").reduce((n, path) => n + String(path.attributes.d).split("M").length - 1, 0), oracle.segments);
    });
});

describe("charts made at random", () => {
  for (const kind of KINDS.filter((k) => k !== "kpi" && k !== "table"))
    test(kind, async () => {
      for (let seed = 1; seed <= 25; seed++) {
        const r = random(seed), n = 2 + Math.floor(r() * 40), size = 10 ** Math.floor(r() * 9 - 2);
        const whole = r() < 0.5, signed = r() < 0.3 && !["histogram", "bar-stacked", "area"].includes(kind);
        // Where Vega drops a category or a point that has no value, here it keeps its place: lines alone have gaps.
        const gaps = kind === "line" || kind === "line-multi" || kind === "area" ? 0.1 : 0;
        const value = () => (r() < gaps ? null : Number(((whole ? Math.ceil : Number)((signed ? r() - 0.5 : r()) * size * 10)).toPrecision(6)));
        const spec = specOf(kind, Array.from({ length: n }, (_, i) => `label ${i}`), Array.from({ length: n }, value));
        sameMarks(spec, await scene(spec), `seed ${seed}`);
      }
    });

  test("domains and ticks of numbers", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const r = random(seed), scaleOf = 10 ** Math.floor(r() * 14 - 4), offset = r() < 0.4 ? r() * 5 * scaleOf : 0;
      const numbers = Array.from({ length: 6 }, () => offset + (r() - (r() < 0.2 ? 0.5 : 0)) * scaleOf);
      const spec = specOf("bar", ["a", "b", "c", "d", "e", "f"], numbers);
      const theirs = (await scene(spec)).ticks.x.map((t) => t.label.replaceAll("\u2212", "-"));
      const axis = byClass(drawChart(spec).node, "axis")[1]!;
      const ours = [...elements(axis)].filter((e) => e.name === "text").map(words).slice(0, -1);
      assert.ok(ours.every((label) => theirs.includes(label)), `seed ${seed}: ${ours.join(" ")}, Vega: ${theirs.join(" ")}`);
      assert.ok(ours.length * 4 >= theirs.length, `seed ${seed}: ${ours.length} of ${theirs.length} labels`);
    }
  });

  test("ticks of time", async () => {
    for (const hours of [1, 5, 30, 100, 700, 5000, 40000]) {
      const spec = specOf("line", ["a", "b"], [1, 2]);
      const values = [{ t: "2026-03-01T00:00:00Z", v: 1 }, { t: new Date(Date.UTC(2026, 2, 1) + hours * 3_600_000).toISOString(), v: 2 }];
      const timed: ChartSpec = { ...spec, data: { values } };
      const theirs = (await scene(timed)).ticks.x.map((t) => t.at), axis = byClass(drawChart(timed).node, "axis")[1]!;
      const ours = [...elements(axis)].filter((e) => e.name === "path").slice(1).map((e) => Number(/^M([-\d.]+) /.exec(String(e.attributes.d))?.[1]));
      assert.ok(ours.length > 0, `${hours} h: no ticks`);
      for (const at of ours) assert.ok(theirs.some((t) => Math.abs(t - at) < 0.6), `${hours} h: a tick at ${at}, Vega: ${theirs.join(" ")}`);
    }
  });
});
