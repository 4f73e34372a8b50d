// SPDX-License-Identifier: Apache-2.0
// For who does not see it, or not its colours: names, one stop of the tab key, words for each mark, contrast, hatches,
// dashes and shapes; and the formats of numbers and times.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drawChart, elements, tableOf, toText } from "../chart.ts";
import { formatCell, formatNumber } from "../format.ts";
import { PALETTE } from "../look.ts";
import { byClass, example, examples, KINDS, marksOf, random, specOf, words } from "./rig.ts";

describe("names", () => {
  test("a drawing that stands still is one picture with a title and a description", () => {
    for (const { spec, kind } of examples.filter((e) => e.kind !== "table")) {
      const { node } = drawChart(spec, { id: "c" });
      assert.equal(node.attributes.role, "img", kind);
      assert.equal(node.attributes["aria-labelledby"], "c-title");
      assert.equal(words([...elements(node)].find((e) => e.attributes.id === "c-title")!), spec.title);
      assert.ok(words([...elements(node)].find((e) => e.attributes.id === "c-desc")!).length > 3);
      assert.ok([...elements(node)].every((e) => e.attributes.tabindex === undefined));
    }
  });
  test("a live one is a group of pictures, one stop for the tab key, and the table says the same", () => {
    for (const kind of KINDS.filter((k) => k !== "kpi" && k !== "table")) {
      const spec = specOf(kind, ["a", "b", "c", "d", "e", "f"], [3, 1, 4]), { node } = drawChart(spec, { live: true }), marks = byClass(node, "mark");
      assert.equal(node.attributes.role, "group", kind);
      assert.equal(marks.filter((m) => m.attributes.tabindex === 0).length, 1, kind);
      assert.ok(marks.every((m) => m.attributes.role === "img" && String(m.attributes["aria-label"]).length > 2), kind);
      const table = words(tableOf(spec));
      for (const m of marks) for (const part of String(m.attributes["aria-label"]).split(", ")) assert.ok(table.includes(part.split(": ")[1] ?? ""), `${kind}: the table lacks ${part}`);
    }
  });
  test("words are exact where the axis is short", () => {
    assert.equal(marksOf(example("bar").spec)[0]?.attributes["aria-label"], "Zone: example.com, Requests: 41,200");
    assert.equal(marksOf(example("timeline").spec)[1]?.attributes["aria-label"], "Time (UTC): 2026-11-20 02:12:30, Area: dns, w: ana@example.com");
  });
  test("ids begin with the chart's own, and the same spec gives the same bytes", () => {
    const { spec } = example("bar-stacked"), one = toText(drawChart(spec, { id: "a", live: true }).node);
    assert.equal(one, toText(drawChart(structuredClone(spec), { id: "a", live: true }).node));
    for (const [, id] of one.matchAll(/ id="([^"]*)"/g)) assert.match(id!, /^a-/);
  });
});

describe("beside colour", () => {
  test("stacked bars have hatches, lines dashes, points shapes, each series another, and a legend", () => {
    const fills = new Set(marksOf(specOf("bar-stacked", Array.from({ length: 15 }, (_, i) => `l${i}`), [1, 2])).map((m) => m.attributes.fill));
    assert.equal(fills.size, 5);
    const { node } = drawChart(example("line-multi").spec);
    assert.equal(new Set(byClass(node, "line").map((l) => l.attributes["stroke-dasharray"])).size, 2);
    assert.match(words(byClass(node, "legend")[0]!), /a.*b/);
    const { spec } = example("point"), values = spec.data.values.map((row, i) => ({ ...row, s: i % 2 ? "even" : "odd" }));
    const shapes = new Set(marksOf({ ...spec, data: { values }, encoding: { ...spec.encoding, color: { field: "s", type: "nominal" } } }).map((m) => m.attributes.d));
    assert.equal(shapes.size, 2);
  });
  test("colours have 3:1 against light pages and dark ones", () => {
    const light = (hex: string) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i]!, 0);
    const contrast = (a: string, b: string) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
    for (const color of PALETTE) for (const page of ["#ffffff", "#faf9f5", "#262624", "#1e1e1e", "#000000"]) assert.ok(contrast(color, page) >= 3, `${color} on ${page}: ${contrast(color, page).toFixed(2)}`);
  });
});

describe("room", () => {
  test("a drawing is as wide as was asked for, and no word leaves it", () => {
    for (const kind of KINDS.filter((k) => k !== "table")) for (const width of [240, 480, 900]) {
      const r = random(width), spec = specOf(kind, Array.from({ length: 12 }, (_, i) => "a long label of ".repeat(1 + Math.floor(r() * 8)) + i), [30000, 1200, 4]);
      const { node } = drawChart(spec, { width, live: true });
      assert.ok(Number(node.attributes.width) <= Math.max(width, 260), `${kind}: ${node.attributes.width} for ${width}`);
      assert.equal(node.attributes.viewBox, `0 0 ${node.attributes.width} ${node.attributes.height}`);
    }
  });
  test("a label that is cut is whole in its title", () => {
    const long = "a-very-long-host-name.of.some.department.example.com";
    const text = toText(drawChart(specOf("bar", [long, "b"], [1]), { width: 300 }).node);
    assert.match(text, new RegExp(`…<title>${long}</title>`));
  });
});

describe("formats", () => {
  const cases: [Parameters<typeof formatCell>[0], Parameters<typeof formatCell>[1], string][] = [
    [undefined, 41200, "41,200"], [",", -1234.5, "-1,234.5"], [".1%", 0.123, "12.3%"], [".0%", 0.5, "50%"], ["d", 3.7, "4"], ["~s", 18350, "18.35k"], ["~g", 0.25, "0.25"], [",.2f", 1234.5, "1,234.50"],
    ["yes-no", true, "yes"], ["yes-no", false, "no"], ["time", "2026-11-20T08:15:00Z", "2026-11-20 08:15"], ["time", "2026-11-20T00:00:00Z", "2026-11-20"], ["time", "2026-11-20T08:15:01Z", "2026-11-20 08:15:01"], ["time", "soon", "soon"],
    ["bytes", 0, "0 B"], ["bytes", 999, "999 B"], ["bytes", 1350000000, "1.35 GB"], ["bytes", 999960, "1 MB"], ["bytes", 5e18, "5000 PB"],
    ["duration", 850, "850 ms"], ["duration", 12500, "12.5 s"], ["duration", 200000, "3 min 20 s"], ["duration", 18600000, "5 h 10 min"], ["duration", 1047600000, "12 d 3 h"], ["duration", 0, "0 ms"],
    [",", null, ""], [undefined, "text", "text"], [undefined, 9007199254740991, "9,007,199,254,740,991"],
  ];
  for (const [format, cell, wanted] of cases) test(`${format ?? "none"} of ${cell} is ${wanted}`, () => assert.equal(formatCell(format, cell), wanted));
  test("a minus is one that can be searched for", () => assert.equal(formatNumber("~s", -1500), "-1.5k"));
});
