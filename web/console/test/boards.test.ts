// SPDX-License-Identifier: Apache-2.0
// Where a tile goes when it is moved, what can be said of its columns, and when it is out of date.
import assert from "node:assert/strict";
import { test } from "node:test";
import { examplesOf, named } from "../screens/boards/condition.ts";
import { dropPlace, moved, spotsOf, targetOf } from "../screens/boards/grid.ts";
import { pointsOf, specOf } from "../screens/boards/points.ts";
import { readSpec } from "../../chart/spec.ts";

const tile = (id: string, size: "quarter" | "half" | "full") => ({ id, size });
// a a b b b b | c c c c c c c c c c c c | d
const tiles = [tile("a", "quarter"), tile("b", "half"), tile("c", "full"), tile("d", "quarter"), tile("e", "quarter")];

test("rows follow from order and size, and arrows go along them", () => {
  assert.deepEqual(spotsOf(tiles).map((s) => [s.row, s.from]), [[0, 0], [0, 3], [1, 0], [2, 0], [2, 3]]);
  assert.deepEqual((["left", "right", "up", "down"] as const).map((way) => targetOf(tiles, "b", way)), [0, 2, undefined, 2]);
  assert.deepEqual((["left", "right", "up", "down"] as const).map((way) => targetOf(tiles, "e", way)), [3, undefined, 2, undefined]);
  assert.equal(targetOf(tiles, "gone", "up"), undefined);
});

test("a tile is let go before or after another, whichever way it came", () => {
  const ids = (place: number, id: string) => moved(tiles, id, place).map((one) => one.id).join("");
  assert.equal(ids(dropPlace(tiles, "a", "c", false), "a"), "bacde");
  assert.equal(ids(dropPlace(tiles, "a", "c", true), "a"), "bcade");
  assert.equal(ids(dropPlace(tiles, "e", "a", false), "e"), "eabcd");
  assert.equal(ids(dropPlace(tiles, "d", "e", true), "d"), "abced");
});

test("examples are of the tile's own columns", () => {
  const result = { name: "n", columns: [{ name: "rule id", type: "text" }, { name: "denied", type: "integer" }], rows: [["x", 17], ["y", 41]] };
  assert.deepEqual(examplesOf(result), ["denied > 50", "sum of denied > 60", "share of denied >= 50%", "rows >= 3", "no row", 'new row by "rule id"', 'changed or removed row by "rule id"']);
  assert.deepEqual(examplesOf(undefined), ["rows >= 1", "any row", "a row that was not there before"]);
  assert.deepEqual([named("count"), named("a\"b"), named("zone_id")], ['"count"', '"a""b"', "zone_id"]);
});

test("values over time make a chart of those that have more than one", () => {
  const kept = [{ at: "2026-11-29T10:00:00Z", values: { "active · zones": 3, "moved · zones": 1 } }, { at: "2026-11-29T11:00:00Z", values: { "active · zones": 4 } }];
  const spec = readSpec(specOf(pointsOf(kept), "Zones"));
  assert.deepEqual(spec.data.values.map((row) => row["value"]), [3, 4]);
  assert.equal(specOf(pointsOf(kept.slice(0, 1)), "Zones"), undefined);
});
