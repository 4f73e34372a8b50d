// SPDX-License-Identifier: Apache-2.0
// What vendors may write, and what no chart may become: markup stays text, nothing fetches or runs, and no rows, however
// odd, end in an exception or in a drawing with holes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drawChart, drawOrTable, elements, readSpec, SpecError, tableOf, toText, type ChartSpec, type Element } from "../chart.ts";
import { byClass, examples, KINDS, marksOf, random, refused, specOf, words } from "./rig.ts";

const NAMES = new Set(["svg", "g", "rect", "path", "circle", "text", "title", "desc", "defs", "pattern", "table", "caption", "thead", "tbody", "tr", "th", "td"]);
const ATTRIBUTES = new Set(
  ("class viewBox width height role aria-labelledby aria-describedby aria-label aria-hidden direction font-size fill fill-opacity stroke stroke-opacity stroke-width stroke-dasharray stroke-linecap stroke-linejoin " +
    "id transform x y cx cy r d text-anchor tabindex patternUnits scope dir").split(" "),
);

// Nothing but what a drawing needs, every number a number, every id there once and its own.
function sound(node: Element, what: string): void {
  const ids = new Set<unknown>();
  for (const e of elements(node)) {
    assert.ok(NAMES.has(e.name), `${what}: <${e.name}>`);
    for (const [key, value] of Object.entries(e.attributes)) {
      assert.ok(ATTRIBUTES.has(key), `${what}: attribute ${key}`);
      assert.ok(/^(id|aria-)/.test(key) || !/\b(NaN|Infinity|undefined|null)\b(?!-)/.test(String(value ?? "")), `${what}: ${e.name} ${key}="${value}"`);
      assert.ok(!/url\((?!#[\w-]+\))|javascript:/i.test(key === "aria-label" ? "" : String(value)), `${what}: ${key}="${value}"`);
    }
    if (e.attributes.id !== undefined) assert.ok(!ids.has(e.attributes.id) && ids.add(e.attributes.id), `${what}: id ${e.attributes.id} twice`);
  }
  for (const mark of byClass(node, "mark")) for (const key of ["width", "height"]) assert.ok(Number(mark.attributes[key] ?? 0) >= 0, `${what}: ${key} ${mark.attributes[key]}`);
  const text = toText(node);
  assert.ok(!/<script|<b>|<img|<\/style|]]>/.test(text), `${what}: markup got through`);
  // Well-formed, as an XML parser needs it: every tag closed by its own, nothing that XML may not hold.
  const open: string[] = [];
  for (const [tag, end, name, empty] of text.matchAll(/<(\/?)([a-z]+)(?: [a-zA-Z-]+="[^"<>]*")*(\/?)>/g)) if (end) assert.equal(open.pop(), name, tag);
    else if (!empty) open.push(name!);
  assert.deepEqual(open, [], what);
  assert.ok(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text), `${what}: characters that no XML may hold`);
  assert.ok(text.isWellFormed(), `${what}: half a character`);
}

const TEXTS = [
  "<script>alert(1)</script>", "<b>bold</b>", '"><img src=x onerror=alert(1)>', "</title><script>1</script>", "]]><x/>", "</style>", "&lt;b&gt; &amp; &#60;", "javascript:alert(1)", "url(https://example.com/x)",
  "\u0000\u0001\u001b[31mred", "\ud800 half", "\ufffe", "\u202egnp.exe", "line\nbreak\ttab\r", "", " ", "x".repeat(1000), "مرحبا بالعالم", "שלום עולם", "漢字".repeat(40), "👩‍👩‍👧‍👦", "e\u0301".repeat(50), "__proto__", "constructor", "0", "null", "2026-11-20T08:15:00Z",
];
const NUMBERS: (number | null)[][] = [[0], [null], [1], [-1], [0, 0, 0], [1e308, -1e308], [Number.MAX_VALUE, 0], [5e-324, 0], [1e21, 1e-21, null], [-5, null, 5], [123456789.123456, 0.1, 1 / 3], [2 ** 53, -(2 ** 53)]];

describe("hostile texts", () => {
  for (const kind of KINDS)
    test(`${kind}: as labels, titles, series`, () => {
      const base = specOf(kind, TEXTS, [3, 1, 4, 1, 5]);
      for (const title of TEXTS) {
        const spec = readSpec(JSON.parse(JSON.stringify({ ...base, title: title.slice(0, 300), description: title }))) as ChartSpec;
        for (const width of [undefined, 200, 700]) sound(drawChart(spec, { live: true, id: title, ...(width ? { width } : {}) }).node, `${kind} ${JSON.stringify(title.slice(0, 20))}`);
        sound(tableOf(spec), `table of ${kind}`);
      }
    });

  test("a label is its text, whole in the words of its mark", () => {
    const said = marksOf(specOf("bar", TEXTS.slice(0, 4), [1])).map((m) => m.attributes["aria-label"]);
    assert.deepEqual(said, TEXTS.slice(0, 4).map((t) => `l: ${t}, v: 1`));
    assert.match(toText(drawChart(specOf("bar", ["<b>bold</b>", "b"], [1])).node), /&lt;b&gt;bold&lt;\/b&gt;/);
  });

  test("fields named like what objects have", () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const text = `{"mark":"bar","data":{"values":[{"${name}":"a","n":2},{"n":1}]},"encoding":{"y":{"field":"${name}","type":"nominal"},"x":{"field":"n","type":"quantitative"}}}`;
      const said = marksOf(readSpec(JSON.parse(text))).map((m) => m.attributes["aria-label"]);
      assert.match(String(said[0]), /: a, n: 2$/, name);
    }
  });

  test("right-to-left: the paper keeps its direction, each text its own", () => {
    const { node } = drawChart(specOf("bar", ["مرحبا بالعالم", "שלום עולם"], [1, 2]), { width: 400 });
    assert.equal(node.attributes.direction, "ltr");
    assert.match(toText(node), /text-anchor="end"[^>]*>مرحبا بالعالم</);
    assert.match(toText(tableOf(specOf("table", ["שלום"], [1]))), /<td dir="auto">שלום<\/td>/);
  });
});

describe("odd rows", () => {
  for (const kind of KINDS)
    test(`${kind}: none, one, many, numbers of every size`, () => {
      for (const count of [0, 1, 2, 3, 50, 2000]) for (const numbers of NUMBERS) {
        const spec = specOf(kind, Array.from({ length: count }, (_, i) => `l${i % 60}`), numbers);
        for (const width of [undefined, 160, 480]) sound(drawChart(spec, { live: count < 100, ...(width ? { width } : {}) }).node, `${kind}, ${count} rows of ${numbers}`);
      }
    });

  test("what is no number is a gap, not a zero and no NaN", () => {
    const spec = specOf("line", ["a", "b", "c"], [1, 2, 3]);
    const values = [{ t: "2026-11-01T00:00:00Z", v: 1 }, { t: "2026-11-01T01:00:00Z", v: "NaN" }, { t: "yesterday", v: 2 }, { t: "2026-11-01T02:00:00Z", v: true }, { t: "2026-11-01T03:00:00Z", v: 4 }];
    assert.deepEqual(marksOf({ ...spec, data: { values } }).map((m) => m.attributes["aria-label"]), ["t: 2026-11-01, v: 1", "t: 2026-11-01 03:00, v: 4"]);
    const { node } = drawChart({ ...spec, data: { values } });
    assert.equal(String(byClass(node, "line")[0]?.attributes.d).split("M").length - 1, 2, "two pieces");
  });

  test("without rows it is a table that has none", () => {
    const { kind, node } = drawChart(specOf("bar", [], [1]));
    assert.equal(kind, "table");
    assert.equal([...elements(node)].filter((e) => e.name === "tr").length, 1, "the head alone");
  });

  test("bytes at random never pass as a spec that fails to be drawn", () => {
    const parts: unknown[] = ["bar", "line", "point", "rect", "tick", "text", "area", null, 1, true, [], {}, "nominal", "quantitative", "temporal", "ordinal", "a", "b"];
    let read = 0;
    for (let seed = 1; seed <= 4000; seed++) {
      const r = random(seed), pick = () => parts[Math.floor(r() * parts.length)];
      const position = () => ({ field: r() < 0.5 ? "a" : "b", type: r() < 0.9 ? ["nominal", "quantitative", "temporal", "ordinal"][Math.floor(r() * 4)] : pick() });
      const spec = { mark: pick(), data: { values: Array.from({ length: Math.floor(r() * 4) }, () => ({ a: pick(), b: pick() })) }, encoding: { x: position(), y: position(), ...(r() < 0.5 ? { color: position() } : {}) } };
      let known: ChartSpec;
      try {
        known = readSpec(spec);
      } catch (error) {
        assert.ok(error instanceof SpecError, String(error));
        continue;
      }
      read++;
      sound(drawOrTable(known, { live: true }).node, `seed ${seed}`);
    }
    assert.ok(read > 100, `${read} were specs`);
  });
});

describe("what is refused", () => {
  for (const { why, spec } of refused) test(why, () => assert.throws(() => readSpec(spec), SpecError));
  for (const { kind, spec } of examples) test(`but not the example of ${kind}`, () => void readSpec(spec));

  test("10,000 rows, with the number that may stand there", () => {
    const spec = specOf("bar", Array.from({ length: 10_000 }, (_, i) => `l${i}`), [1]);
    assert.throws(() => readSpec(spec), /^SpecError|at most 2000 stand here, not 10000/);
  });
  test("where, what, and why", () => {
    assert.throws(() => readSpec({ mark: "bar", data: { values: [] }, encoding: {}, config: {} }), { pointer: "/config", message: "/config: how it looks is the view's" });
    assert.throws(() => readSpec({ mark: { type: "line", color: "red" }, data: { values: [] }, encoding: {} }), { pointer: "/mark/color" });
    assert.throws(() => readSpec(JSON.parse('{"mark":"bar","data":{"values":[]},"encoding":{},"__proto__":{}}')), SpecError);
    for (const nothing of [null, undefined, 1, "x", []]) assert.throws(() => readSpec(nothing), SpecError);
  });
  test("fields that make no chart: why, and their table", () => {
    const spec: ChartSpec = { ...specOf("bar", ["a"], [1]), encoding: { x: { field: "l", type: "nominal" }, y: { field: "v", type: "nominal" } } };
    assert.throws(() => drawChart(spec), /these fields make no bar chart/);
    const { kind, why, node } = drawOrTable(spec);
    assert.equal(kind, "table");
    assert.match(why ?? "", /no bar chart/);
    assert.match(words(node), /a/);
  });
});
