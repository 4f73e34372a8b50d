// SPDX-License-Identifier: Apache-2.0
// What a form, a result and a copied call are made of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, flat, optionsOf, rowsOf, valueOf } from "../screens/tools/found.ts";
import { asCommand, asCurl, quoted } from "../screens/tools/said.ts";
import { emptyOf, firstOf, kindOf, partsOf, plain, put, readArguments, type Schema } from "../screens/tools/schema.ts";

const ROOT: Schema = {
  type: "object",
  required: ["zone_id", "since"],
  properties: {
    limit: { type: "integer", minimum: 5 },
    zone_id: { $ref: "#/$defs/id" },
    since: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }], description: "from when" },
    mode: { enum: ["on", "off"] },
    tags: { type: "array", items: { type: "string" } },
    rule: { type: "object", required: ["name"], properties: { name: { type: "string" }, days: { type: ["integer", "null"] } } },
    either: { oneOf: [{ type: "string" }, { type: "object" }] },
    round: { $ref: "#/properties/round" },
    free: { type: "object" },
  },
  $defs: { id: { type: "string", description: "an id" } },
};

test("required arguments come first, and each has its kind", () => {
  const parts = partsOf(ROOT, ROOT);
  assert.deepEqual(parts.map((p) => [p.name, p.kind]), [["zone_id", "text"], ["since", "instant"], ["limit", "integer"], ["mode", "enum"], ["tags", "list"], ["rule", "object"], ["either", "json"], ["round", "json"], ["free", "json"]]);
  assert.equal(parts[0]?.schema["description"], "an id");
  assert.equal(parts[1]?.schema["description"], "from when");
  assert.equal(kindOf(plain({ type: ["integer", "null"] }, ROOT)), "integer");
  assert.deepEqual(emptyOf(parts[5]!.schema, ROOT), { name: "" });
  assert.equal(emptyOf(parts[2]!.schema, ROOT), 5);
  assert.deepEqual(firstOf(ROOT), {});
  const endless = { type: "object", required: ["next"], properties: { next: { $ref: "#" }, name: { type: "string" } } };
  assert.ok("next" in firstOf(endless));
  assert.equal(JSON.stringify(emptyOf(endless, endless)).length < 500, true);
});

test("schemas that are none make no form, and no error", () => {
  for (const schema of [{}, { properties: 7 }, { properties: { a: null, b: "x", c: { type: 9 }, d: { enum: [{}] }, e: { $ref: 4 }, f: { $ref: "#/no/where" } }, required: "a" }] as Schema[]) for (const p of partsOf(schema, schema)) assert.equal(p.kind, "json");
});

test("a value is put at a path, and taken away", () => {
  const value = { a: 1, list: ["x", "y"], deep: { b: true } };
  assert.deepEqual(put(value, ["deep", "c"], 2), { a: 1, list: ["x", "y"], deep: { b: true, c: 2 } });
  assert.deepEqual(put(value, ["list", 0], undefined), { a: 1, list: ["y"], deep: { b: true } });
  assert.deepEqual(put(value, ["list", 2], "z"), { a: 1, list: ["x", "y", "z"], deep: { b: true } });
  assert.deepEqual(Object.keys(put(value, ["a"], 5) as object), ["a", "list", "deep"]);
  assert.deepEqual(put(undefined, ["new", "x"], 1), { new: { x: 1 } });
  assert.deepEqual(readArguments(""), { value: {} });
  assert.ok(readArguments("[1]").wrong);
  assert.ok(readArguments("{").wrong);
});

test("rows are found in what a call gave", () => {
  const zones = [{ id: "z1", name: "example.com", owner: { name: "A" } }, { id: "z2", name: "example.org", plan: null }];
  const value = valueOf([{ type: "image", data: "" }, { type: "text", text: JSON.stringify({ result: zones, messages: [] }) }]);
  const rows = rowsOf(value);
  assert.deepEqual(rows, zones);
  assert.deepEqual(columnsOf(rows!.map(flat)), ["id", "name", "owner.name"]);
  assert.deepEqual(optionsOf(rows!, "zone_id"), [{ id: "z1", name: "example.com" }, { id: "z2", name: "example.org" }]);
  assert.deepEqual(optionsOf([{ siteId: "s", title: "T" }], "site_id"), [{ id: "s", name: "T" }]);
  assert.equal(rowsOf("text"), undefined);
  assert.equal(valueOf([{ type: "text", text: "plain" }, 7, null]), "plain");
});

test("a call is written so that a shell takes it as it is", () => {
  const call = { origin: "https://p.example", account: { id: "acc_1", name: "it's mine" }, tool: "list_x", args: { name: "o'b $HOME", n: 3, at: "@file" } };
  assert.equal(asCommand(call), `postern call 'it'\\''s mine' list_x 'name=o'\\''b $HOME' n:=3 'at:="@file"'`);
  assert.match(asCurl(call), /-d '\{"arguments":\{"name":"o'\\''b \$HOME","n":3,"at":"@file"\}\}'$/);
  assert.equal(quoted("a b"), "'a b'");
  assert.match(asCommand({ ...call, args: { "a b": 1 } }), /--arguments '\{"a b":1\}'$/);
});
