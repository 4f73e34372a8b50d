// SPDX-License-Identifier: Apache-2.0
// What screens of asking are made of, without a document: an answer's text by its numbers, the kinds that rows can be drawn as,
// the lines that events make.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alternatives } from "../screens/answer/kinds.ts";
import { pieces } from "../screens/answer/pieces.ts";
import { linesOf } from "../screens/ask/lines.ts";
import type { AskEvent } from "../screens/ask/told.ts";

test("numbers are cut out by bytes, whatever stands before them", () => {
  const text = "Zürich 🙂 has 12 of 3,400 zones", at = (word: string) => Buffer.from(text.slice(0, text.indexOf(word))).length;
  const links = ["3,400", "12"].map((word) => ({ start: at(word), end: at(word) + word.length, result: "r1", row: 0, column: 1 }));
  assert.deepEqual(pieces(text, links).map((p) => [p.text, p.link !== undefined]), [["Zürich 🙂 has ", false], ["12", true], [" of ", false], ["3,400", true], [" zones", false]]);
  // What does not fit the text is left out, and the text stays whole.
  for (const link of [{ start: 5, end: 5 }, { start: 9, end: 4 }, { start: -1, end: 3 }, { start: 0, end: 9999 }, { start: NaN, end: 2 }])
    assert.equal(pieces(text, [{ ...link, result: "r1" }]).map((p) => p.text).join(""), text);
  assert.deepEqual(pieces(text, [links[1]!, { ...links[1]!, end: links[1]!.end + 2 }]).filter((p) => p.link).length, 1, "two at one place");
});

const spec = (mark: unknown, encoding: unknown, values: unknown[]) => ({ mark, encoding, data: { values } });
const kinds = (value: unknown, ratio = false) => alternatives(value, ratio).map((a) => a.kind);
const quantity = (field: string) => ({ field, type: "quantitative" }), name = (field: string) => ({ field, type: "nominal" }), time = (field: string) => ({ field, type: "temporal" });

test("rows are drawn as what keeps what they say, and as nothing else", () => {
  const zones = [{ zone: "a", n: 3 }, { zone: "b", n: 1 }];
  assert.deepEqual(kinds(spec("bar", { x: quantity("n"), y: name("zone") }, zones)), ["bar", "column"]);
  assert.deepEqual(kinds(spec("bar", { x: name("zone"), y: quantity("n") }, zones)), ["column", "bar"]);
  const many = Array.from({ length: 60 }, (_, i) => ({ zone: `z${i}`, n: i }));
  assert.deepEqual(kinds(spec("bar", { x: quantity("n"), y: name("zone") }, many)), ["bar"], "no room for columns");
  const days = [{ day: "2026-11-01", n: 3 }, { day: "2026-11-02", n: 4 }];
  assert.deepEqual(kinds(spec("line", { x: time("day"), y: quantity("n") }, days)), ["line", "area", "column"]);
  assert.deepEqual(kinds(spec("line", { x: time("day"), y: quantity("n") }, [...days, { day: "2026-11-03", n: -1 }])), ["line"], "no area, no column below zero");
  assert.deepEqual(kinds(spec("line", { x: time("day"), y: quantity("n"), color: name("zone") }, days.map((d) => ({ ...d, zone: "a" })))), ["line"]);
  const pairs = [{ zone: "a", status: "on", n: 1 }, { zone: "a", status: "off", n: 2 }, { zone: "b", status: "on", n: 3 }];
  const bars = spec("bar", { x: quantity("n"), y: name("zone"), color: name("status") }, pairs);
  assert.deepEqual(kinds(bars), ["bar-stacked", "heatmap"]);
  assert.deepEqual(kinds(spec("bar", { x: quantity("n"), y: name("zone"), color: name("status") }, [...pairs, pairs[0]])), ["bar-stacked"], "two values for one field");
  const heat = spec("rect", { x: name("status"), y: name("zone"), color: quantity("n") }, pairs);
  assert.deepEqual(kinds(heat), ["heatmap", "bar-stacked"]);
  assert.deepEqual(kinds(heat, true), ["heatmap"], "shares do not add up");
  assert.deepEqual(kinds(spec("point", { x: quantity("n"), y: quantity("m") }, [{ n: 1, m: 2 }])), ["point"]);
  // What another kind is made of is the same rows.
  for (const other of alternatives(bars)) assert.deepEqual(other.spec.data.values, pairs);
  assert.throws(() => alternatives(spec("bar", { x: quantity("n"), y: name("zone"), href: "x" }, zones)), /encoding/);
});

test("a call's line changes when it comes back; a wait ends when something moves", () => {
  const call = (number: number, state: string, more = {}) => ({ event: "call", data: { of: "answer", number, state, step: "s", account: "acme", tool: "list", arguments: {}, ...more } });
  const plan = { event: "plan", data: { of: "answer", program: {}, calls: [], calls_least: 2, calls_known: false } };
  const told = [{ event: "understood", data: { understood: [{ what: "source", said: "zones", assumed: false }], assumptions: [] } }, plan, call(1, "begun"), call(2, "begun"), call(1, "complete", { rows: 25, ms: 3 })] as AskEvent[];
  assert.deepEqual(linesOf(told).map((l) => [l.text, l.state]), [["step_understood", "done"], ["step_plan_least", "done"], ["step_call_done", "done"], ["step_call", "on"]]);
  const wait = { event: "read", data: { of: "answer", wait_seconds: 3 } } as AskEvent, moved = { event: "read", data: { of: "answer", step: "s", ended: 2, known: 2, rows: 50 } } as AskEvent;
  assert.equal(linesOf([...told, wait]).at(-1)!.state, "on");
  assert.deepEqual(linesOf([...told, wait, moved]).slice(-2).map((l) => [l.text, l.state]), [["step_wait", "done"], ["step_step", "done"]]);
  // Another plan's first call is another line, not the first one's.
  assert.equal(linesOf([...told, plan, call(1, "failed", { why: "500" })] as AskEvent[]).filter((l) => l.text.startsWith("step_call")).length, 3);
});
