// SPDX-License-Identifier: Apache-2.0
// The parts of the soak that judge, held against what they must say: a soak that finds nothing proves as much as they do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fit, risen, trend } from "./figures.mjs";
import { Random } from "./random.mjs";
import { MARKER, secretIn } from "./secrets.mjs";
import { Tally } from "./tally.mjs";

test("the same seed gives the same choices, another seed or name others", () => {
  const some = (random) => Array.from({ length: 50 }, () => random.below(1000)).join();
  assert.equal(some(new Random("7").fork("a")), some(new Random("7").fork("a")));
  assert.notEqual(some(new Random("7").fork("a")), some(new Random("7").fork("b")));
  assert.notEqual(some(new Random("7")), some(new Random("8")));
});
test("weights are kept to", () => {
  const random = new Random("weights"), counts = { often: 0, seldom: 0, never: 0 };
  for (let i = 0; i < 10_000; i++) counts[random.weighted({ often: 9, seldom: 1, never: 0 })]++;
  assert.ok(counts.often > 8500 && counts.seldom > 700 && counts.never === 0, JSON.stringify(counts));
});
test("a line is fitted", () => {
  const { slope, mean } = fit([[0, 1], [1, 3], [2, 5]]);
  assert.deepEqual([slope, mean], [2, 3]);
  assert.equal(fit([[1, 1]]).slope, 0);
  assert.equal(fit([]).slope, 0);
});
test("noise is flat, a step early too, a leak is not", () => {
  const random = new Random("noise"), points = (of) => Array.from({ length: 100 }, (_, i) => [i, of(i) + random.below(20_000)]);
  assert.equal(trend(points(() => 400_000)).flat, true);
  assert.equal(trend(points((i) => (i < 20 ? 200_000 : 400_000))).flat, true);
  assert.equal(trend(points((i) => 400_000 + 2000 * i)).flat, false);
});
test("what has risen is named", () => {
  const figures = { descriptors: 20, fibers: 1, streams: 0 };
  assert.deepEqual(risen(figures, figures), []);
  assert.deepEqual(risen(figures, { ...figures, streams: 3, fibers: 0 }), [{ name: "streams", before: 0, now: 3 }]);
  assert.deepEqual(risen(figures, { ...figures, descriptors: 25 }), [], "connections kept for the next request");
  assert.equal(risen(figures, { ...figures, descriptors: 80 }).length, 1);
});
test("a secret is found in every form", () => {
  for (const before of ["", "a", "ab", "abc", "user:"]) {
    assert.ok(secretIn(`x ${before}${MARKER}-tail y`));
    assert.ok(secretIn(`Basic ${Buffer.from(`${before}${MARKER}-tail`).toString("base64")}`), before);
  }
  assert.equal(secretIn("nothing of the kind"), undefined);
});
test("findings of one kind are counted, and told once", () => {
  const lines = [], tally = new Tally("7", (line) => lines.push(line));
  for (const step of [1, 2]) tally.finding("HTTP 500", { worker: "w", step, operation: "o", text: "t" });
  assert.equal(lines.length, 1);
  assert.deepEqual([...tally.findings.values()].map((f) => [f.count, f.first.step]), [[2, 1]]);
});
