// SPDX-License-Identifier: Apache-2.0
// Vendors' own documents, whole: do their own request examples pass, and is each operation of the class that a
// reader gives it? The documents lie beside the repository; without them there is nothing to measure. The 200
// judged operations were drawn by the hash of document, method and path, 80 GETs, 90 POSTs and 30 others, and
// judged before the rules were written, which were mended by what it showed: lib/judged-classes.txt.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { BINARY, ROOT } from "../lib/postern.mjs";

const SHARED = join(ROOT, "../shared/openapi");
const WILD = { box: "box.json.gz", okta: "okta-min.json.gz", stripe: "stripe.json.gz", twilio: "twilio-api.json.gz" };
const MULTI = "digitalocean-multifile.tar.gz";
const skip = !existsSync(join(SHARED, "wild", WILD.box)) && "the documents are not here";
const compile = (...args) => JSON.parse(execFileSync(BINARY, ["compile", ...args, "--connector", "x", "--json"], { maxBuffer: 1 << 30 }));

let folder, documents;
before(() => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "postern-wild-"));
  documents = { cloudflare: [join(SHARED, "cloudflare.json")] };
  for (const [name, file] of Object.entries(WILD)) {
    documents[name] = [join(folder, `${name}.json`)];
    writeFileSync(documents[name][0], gunzipSync(readFileSync(join(SHARED, "wild", file))));
  }
  execFileSync("tar", ["xzf", join(SHARED, "wild", MULTI), "-C", folder]);
  documents.digitalocean = [join(folder, "specification/DigitalOcean-public.v2.yaml"), "--root", folder];
});
after(() => folder && rmSync(folder, { recursive: true, force: true }));

describe("vendors' documents", { skip }, () => {
  test("their own request examples are taken, all but one in a hundred", (t) => {
    let all = 0, taken = 0, gave = 0;
    for (const [name, from] of Object.entries(documents)) {
      const r = compile(...from, "--examples", "--report");
      t.diagnostic(`${name}: ${r.examples} examples, ${r.examples_fit} fit, for ${r.examples_mended} a schema gave way; ${r.tools} of ${r.operations} operations`);
      all += r.examples;
      taken += r.examples_fit + r.examples_mended;
      gave += r.examples_mended;
    }
    assert.ok(all > 500 && taken >= 0.99 * all, `${taken} of ${all}`);
    // What is left are documents that contradict themselves: an example against an enum, a type or `required` beside it.
    assert.ok(gave <= 14, `schemas gave way to ${gave}`);
  });

  test("operations are what a reader takes them for", (t) => {
    const tools = new Map();
    for (const [name, from] of Object.entries(documents)) for (const tool of compile(...from).tools) tools.set(`${name} ${tool.operation}`, tool);
    const rows = [], wrong = [];
    for (const line of readFileSync(join(import.meta.dirname, "../lib/judged-classes.txt"), "utf8").split("\n").filter((l) => l && !l.startsWith("#"))) {
      const [name, method, path, judged] = line.split(" ");
      const tool = tools.get(`${name} ${method} ${path}`);
      if (!tool) continue; // of a part that is skipped
      const reads = ["list", "get", "read"].includes(judged);
      rows.push({ judged, reads, is: tool });
      if (tool.read_only !== reads || (tool.class !== judged && judged !== "read")) wrong.push(`${name} ${method} ${path}: ${tool.class}, judged ${judged}`);
    }
    const share = (of, which) => { const some = rows.filter(of); return [some.filter(which).length, some.length]; };
    const measures = {
      "read-only, and judged so": share((r) => r.is.read_only, (r) => r.reads),
      "judged reading, and read-only": share((r) => r.reads, (r) => r.is.read_only),
      "create, and judged so": share((r) => r.is.class === "create", (r) => r.judged === "create"),
      "judged create, and of that class": share((r) => r.judged === "create", (r) => r.is.class === "create"),
      "update, and judged so": share((r) => r.is.class === "update", (r) => r.judged === "update"),
      "judged update, and of that class": share((r) => r.judged === "update", (r) => r.is.class === "update"),
      "of the judged class": share(() => true, (r) => r.is.class === r.judged),
    };
    for (const [what, [some, of]] of Object.entries(measures)) t.diagnostic(`${what}: ${some} of ${of}`);
    for (const line of wrong) t.diagnostic(line);
    assert.ok(rows.length > 150);
    const at_least = (what, least) => assert.ok(measures[what][0] >= least * measures[what][1], `${what}: ${measures[what].join(" of ")}\n${wrong.join("\n")}`);
    at_least("read-only, and judged so", 1); // never by doubt
    at_least("create, and judged so", 1); // nor a change for a harmless one
    at_least("judged reading, and read-only", 0.95);
    at_least("judged create, and of that class", 0.85);
    at_least("of the judged class", 0.95);
  });
});
