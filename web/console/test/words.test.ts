// SPDX-License-Identifier: Apache-2.0
// Every text that the code asks for is there, every one that is there is asked for, and each language has the same ones with
// the same values put in.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL("../", import.meta.url);
const files = readdirSync(here, { recursive: true, encoding: "utf8" }).filter((f) => /\.tsx?$/.test(f) && !/^(dist|new|test)\//.test(f));
const code = files.map((f) => readFileSync(new URL(f, here), "utf8").replace(/^\s*\/\/.*$/gm, "")).join("\n");
type Text = string | Record<string, string>;
const areas = readdirSync(new URL("words/en/", here)).map((f) => f.replace(".json", ""));
const texts = (lang: string, area: string): Record<string, Text> => JSON.parse(readFileSync(new URL(`words/${lang}/${area}.json`, here), "utf8")) as Record<string, Text>;
const held = (text: Text): string[] => [...new Set([...(typeof text === "string" ? [text] : Object.values(text)).join(" ").matchAll(/\{\w+\}/g)].map(([m]) => m))].sort();

test("keys that the code names are written, and those that are written are named", () => {
  const literal = new Set([...code.matchAll(/["'`]([a-z_]+\.[a-z0-9_]+)["'`]/g)].map((m) => m[1]!));
  const made = [...code.matchAll(/t\(\s*`([a-z_]+\.[a-z0-9_]*)\$\{/g)].map((m) => m[1]!); // t(`nav.${name}`)
  const written = new Set(areas.flatMap((a) => Object.keys(texts("en", a)).map((k) => `${a}.${k}`)));
  const asked = [...code.matchAll(/\bt\(\s*"([^"]+)"/g)].map((m) => m[1]!);
  assert.deepEqual(asked.filter((k) => !written.has(k)), [], "asked for, and not written");
  const titles = (k: string) => /^[a-z_]+\.title$/.test(k); // of routes
  assert.deepEqual([...written].filter((k) => !literal.has(k) && !titles(k) && !made.some((m) => k.startsWith(m))), [], "written, and not asked for");
});

for (const lang of readdirSync(new URL("words/", here)).filter((l) => l !== "en"))
  test(`${lang} has the texts of English`, () => {
    for (const area of areas) {
      const en = texts("en", area), other = texts(lang, area);
      assert.deepEqual(Object.keys(other).sort(), Object.keys(en).sort(), area);
      for (const [key, text] of Object.entries(en)) assert.deepEqual(held(other[key]!), held(text), `${area}.${key}`);
    }
  });
