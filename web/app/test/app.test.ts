// SPDX-License-Identifier: Apache-2.0
// The view's parts that need no document: what it hears and says, how it reads an answer of any shape, how it sorts.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { examples } from "../../chart/test/rig.ts";
import { Bridge, type Host, type Json } from "../bridge.ts";
import { HostState } from "../host.ts";
import { readResult, ROWS_MOST, type Outcome, type TableColumn } from "../outcome.ts";
import { stateWords } from "../results.ts";
import { cellWords, countWords, sorted } from "../table.ts";

function fakeHost() {
  const sent: Json[] = [];
  let hear: (event: MessageEvent) => void = () => undefined;
  const host: Host = { parent: { postMessage: (message, origin) => void sent.push({ ...(message as Json), origin }) }, addEventListener: (_, listener) => void (hear = listener) };
  return { host, sent, say: (data: unknown, source: unknown = host.parent) => hear({ data, source } as MessageEvent) };
}

describe("the bridge", () => {
  test("an answer goes to who asked, an error is one", async () => {
    const { host, sent, say } = fakeHost(), bridge = new Bridge(host, {});
    const one = bridge.ask("a", {}), two = bridge.ask("b", { x: 1 });
    assert.deepEqual(sent, [{ jsonrpc: "2.0", id: 1, method: "a", params: {}, origin: "*" }, { jsonrpc: "2.0", id: 2, method: "b", params: { x: 1 }, origin: "*" }]);
    say({ jsonrpc: "2.0", id: 2, result: "second" });
    say({ jsonrpc: "2.0", id: 1, error: { code: -1, message: "no" } });
    assert.equal(await two, "second");
    await assert.rejects(one, /^Error: no$/);
  });
  test("whoever is not the parent is not heard, nor what is no message", () => {
    const heard: Json[] = [], { host, say } = fakeHost();
    new Bridge(host, { note: (params) => void heard.push(params) });
    const message = { jsonrpc: "2.0", method: "note", params: { a: 1 } };
    say(message, {});
    say(message, null);
    for (const other of [null, 1, "x", [], {}, { ...message, jsonrpc: "1.0" }, { jsonrpc: "2.0", id: 99, result: 1 }, { jsonrpc: "2.0", method: "constructor", params: {} }, { jsonrpc: "2.0", method: "toString" }]) say(other);
    assert.deepEqual(heard, []);
    say(message);
    assert.deepEqual(heard, [{ a: 1 }]);
  });
  test("a question of the host is answered, an unknown one refused", () => {
    const { host, sent, say } = fakeHost();
    new Bridge(host, { "ui/resource-teardown": () => ({}) });
    say({ jsonrpc: "2.0", id: "t", method: "ui/resource-teardown", params: {} });
    say({ jsonrpc: "2.0", id: 7, method: "ping" });
    say({ jsonrpc: "2.0", id: 8, method: "tools/list" });
    assert.deepEqual(sent.map(({ id, result, error }) => [id, result, (error as Json | undefined)?.code]), [["t", {}, undefined], [7, {}, undefined], [8, undefined, -32601]]);
  });
  test("a host that never answers is not asked forever", async () => {
    const bridge = new Bridge(fakeHost().host, {});
    for (let i = 0; i < 16; i++) void bridge.ask("x", {});
    await assert.rejects(bridge.ask("x", {}), /does not answer/);
  });
});

const outcomeOf = (structuredContent: unknown): Outcome => {
  const shown = readResult({ structuredContent });
  assert.equal(shown.kind, "outcome");
  return (shown as { outcome: Outcome }).outcome;
};

describe("an answer to a question", () => {
  test("has its sentence and its choices, whatever stands in them", () => {
    const o = outcomeOf({ status: "complete", id: "ans_1", text: "Which?\n<b>", choices: [{ number: 1, label: "<i>a" }, 7, { number: 2 }], results: [] });
    assert.deepEqual([o.said, o.choices, o.next], ["Which?\n<b>", ["<i>a", ""], undefined]);
    assert.deepEqual([outcomeOf({ status: "complete", results: [] }).said, outcomeOf({ status: "complete", text: 5, choices: "x", results: [] }).choices], ["", []]);
  });
  test("goes on by its id, a program by its handle, and neither where nothing paused", () => {
    assert.deepEqual(outcomeOf({ status: "paused", id: "ans_1", text: "t", results: [] }).next, { follow: "ans_1" });
    assert.deepEqual(outcomeOf({ status: "paused", handle: "kept_1", results: [] }).next, { continue: "kept_1" });
    assert.equal(outcomeOf({ status: "complete", handle: "kept_1", id: "ans_1", results: [] }).next, undefined);
    assert.equal(outcomeOf({ status: "paused", results: [] }).next, undefined);
  });
});

describe("an answer of any shape", () => {
  test("a result with its chart, its table, and what was cut", () => {
    const chart = examples[0]!.spec;
    const [result] = outcomeOf({ status: "partial", now: "2026-11-29T10:02:00.000Z", results: [{ name: "by", title: "By zone", columns: [{ name: "zone", type: "text" }, { name: "n", type: "integer", kind: "count" }], rows: [["a", 1], ["b"]], total_rows: 900, cut: true, chart, panels: [chart, { mark: "pie" }], time: { unfinished: true } }] }).results;
    assert.deepEqual({ ...result, charts: result?.charts.length }, { title: "By zone", error: "", columns: [{ name: "zone", title: "zone", type: "text", kind: "", days: false }, { name: "n", title: "n", type: "integer", kind: "count", days: false }], rows: [["a", 1], ["b", null]], total: 900, cut: true, unfinished: true, charts: 2, chartWhy: "" });
    assert.equal(countWords(result!, 2), "The first 2 of 900 rows");
  });
  test("a chart that is refused is left out, the table stays", () => {
    const [result] = outcomeOf({ status: "complete", results: [{ name: "x", columns: [{ name: "a" }], rows: [[1]], chart: { mark: "bar", data: { url: "https://example.com" }, encoding: {} } }] }).results;
    assert.deepEqual([result?.charts, result?.rows], [[], [[1]]]);
  });
  test("nothing passes its bound", () => {
    const wide = outcomeOf({ status: "x".repeat(100), title: "t".repeat(10_000), warnings: Array(5000).fill("w".repeat(9000)), steps: Array(500).fill({ id: "s" }), results: Array(50).fill({ name: "r", columns: Array(500).fill({ name: "c" }), rows: Array(10_000).fill(Array(500).fill("v".repeat(9000))) }) });
    assert.deepEqual([wide.status.length, wide.title.length, wide.warnings.length, wide.warnings[0]?.length, wide.steps.length, wide.results.length], [40, 300, 100, 4000, 64, 12]);
    assert.deepEqual([wide.results[0]?.rows.length, wide.results[0]?.columns.length, String(wide.results[0]?.rows[0]?.[0]).length], [ROWS_MOST, 100, 4000]);
  });
  test("what is no outcome is its text, and never an exception", () => {
    for (const odd of [undefined, null, 1, "x", [], {}, { structuredContent: [] }, { structuredContent: { status: 1 } }, { content: "x" }, { content: [null, 1, { text: 5 }] }]) assert.equal(readResult(odd).kind, "text");
    assert.deepEqual(readResult({ content: [{ type: "text", text: "no such <b>tool</b>" }, { type: "image", data: "" }], isError: true }), { kind: "text", text: "no such <b>tool</b>", isError: true });
    for (const odd of [null, 1, {}, [], "x", [null], [[]], [{ rows: [null, {}], columns: [null, 1] }]]) outcomeOf({ status: "complete", results: Array.isArray(odd) ? odd : [], warnings: odd, steps: odd });
  });
  test("how it stands, in words", () => {
    const base = outcomeOf({ status: "complete", results: [], now: "2026-11-29T10:02:00.000Z" });
    assert.equal(stateWords(base), "Complete, as of 2026-11-29 10:02 UTC");
    assert.equal(stateWords({ ...base, status: "paused", wait: 30 }), "Paused, as of 2026-11-29 10:02 UTC; can go on in 30 s");
    assert.equal(stateWords({ ...base, status: "constructor", now: "" }), "constructor");
  });
});

describe("the table", () => {
  const column = (type: string, kind = ""): TableColumn => ({ name: "c", title: "c", type, kind, days: false });
  test("sorted as its column is, what is missing last, equal ones as they were", () => {
    const rows = [[10, "b"], [9, "a"], [null, "c"], [100, null]];
    const by = (c: number, down: boolean) => sorted(rows, [column("integer"), column("text")], { column: c, down }).map((r) => r[0]);
    assert.deepEqual(by(0, false), [9, 10, 100, null]);
    assert.deepEqual(by(0, true), [100, 10, 9, null]);
    assert.deepEqual(by(1, false), [9, 10, null, 100]);
    assert.deepEqual(sorted(rows, [column("integer")], undefined), rows);
    assert.deepEqual(sorted([["10"], ["9"]], [column("integer")], { column: 0, down: false }), [["9"], ["10"]], "digits that no double holds come as text");
  });
  test("cells in words", () => {
    assert.equal(cellWords("2026-11-20T08:15:00.000Z", column("time")), "2026-11-20 08:15");
    assert.equal(cellWords(41200, column("integer", "count")), "41,200");
    assert.equal(cellWords(2026, column("integer")), "2026");
    assert.equal(cellWords(0.125, column("decimal", "ratio")), "12.5%");
    assert.equal(cellWords(true, column("boolean")), "yes");
    assert.equal(cellWords(null, column("text")), "");
  });
});

describe("the host", () => {
  test("its tool by its name; without one, that of the arguments", () => {
    const host = new HostState();
    assert.equal(host.tool({ program: {} }), "postern_run_program");
    assert.equal(host.tool({ other: 1 }), "");
    assert.equal(host.callsTools, false);
    host.hello({ hostCapabilities: { serverTools: {} }, hostContext: { toolInfo: { tool: { name: "gw__postern_run_program" } }, availableDisplayModes: ["inline", "fullscreen"] } });
    assert.deepEqual([host.callsTools, host.tool({}), host.offers("fullscreen"), host.offers("pip"), host.mode], [true, "gw__postern_run_program", true, false, "inline"]);
  });
  test("of its variables only those that are variables, and fetch nothing", () => {
    const set: Record<string, string> = {}, root = { dataset: {} as Record<string, string>, style: { setProperty: (name: string, value: string) => void (set[name] = value) } };
    const host = new HostState();
    host.hello({ hostContext: { theme: "dark", styles: { variables: { "--color-text-primary": "light-dark(#111, #eee)", color: "red", "--x;y": "1", "--color-a": "url(https://example.com)", "--color-b": 5 } } } });
    host.dress({ documentElement: root } as unknown as Document);
    assert.deepEqual([set, root.dataset.theme], [{ "--color-text-primary": "light-dark(#111, #eee)" }, "dark"]);
  });
});
