// SPDX-License-Identifier: Apache-2.0
// Runs the official conformance suite. Its baseline (tests/conformance/NAME.yml) names what a revision scores
// and we do not meet; anything else that fails, warns, checks nothing, or does not fail in spite of its entry,
// is an error. Example:
//   const { code, output, passed } = await conformance(["server", "--url", url], "2025-11-25", "server-2025-11-25");
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./postern.mjs";

const PACKAGE = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/conformance");
const SUITE = join(PACKAGE, "dist/index.js");
export const REVISIONS = ["2025-11-25", "2026-07-28"];

// Scenario to its checks, out of the files [server-]SCENARIO-TIME/checks.json.
function readResults(folder, mode) {
  const results = new Map();
  for (const file of readdirSync(folder, { recursive: true }).filter((f) => f.endsWith("checks.json"))) {
    const name = dirname(file).replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, "");
    results.set(mode === "server" ? name.replace(/^server-/, "") : name, JSON.parse(readFileSync(join(folder, file), "utf8")));
  }
  return results;
}

export async function run(args) {
  const out = mkdtempSync(join(tmpdir(), "postern-conformance-"));
  try {
    const child = spawn(process.execPath, [SUITE, ...args, "-o", out], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
    const code = await new Promise((done) => child.once("close", done));
    output = output.replace(/\x1b\[\d+m/g, "");
    const summary = output.slice(Math.max(0, output.search(/=== (SUITE )?SUMMARY ===/)));
    const results = readResults(out, args[0]);
    const has = (scenario, ...statuses) => (results.get(scenario) ?? []).some((check) => statuses.includes(check.status));
    const passed = (scenario) => has(scenario, "SUCCESS") && !has(scenario, "FAILURE", "WARNING");
    return { code, output, summary, passed };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const listed = (text) => [...text.matchAll(/^ *[-~] (\S+)$/gm)].map(([, word]) => word).sort();
// What a revision scores, by the suite's own file: the list under "server:" or "client:".
const scored = (mode, revision) => listed(readFileSync(join(PACKAGE, `requirements/${revision}.yaml`), "utf8").match(new RegExp(`^${mode}:\n((?: .*\n| *\n)*)`, "m"))[1]);

// `unscored`: scenarios that the revision runs without counting, and that must pass nevertheless.
export async function conformance(args, revision, baseline, unscored = []) {
  const file = join(ROOT, `tests/conformance/${baseline}.yml`);
  const once = () => run([...args, "--requirements", revision, "--expected-failures", file]);
  // It listens to a stream for a second, and takes what a busy machine sends later for nothing: then again.
  let result = await once();
  for (let again = 4; again && result.code !== 0; again--) result = await once();
  console.log(`${baseline}\n${result.summary}`);
  assert.equal(result.code, 0, result.output);
  // The suite itself overlooks an entry whose check it never made, and a scenario without any check.
  const expected = listed(readFileSync(file, "utf8")), excused = new Set(expected.map((entry) => entry.split(":")[0]));
  assert.deepEqual(listed(result.summary), expected, "each entry of the baseline fails");
  const must = scored(args[0], revision);
  assert.ok(must.length > 10, `what ${revision} scores: ${must}`);
  for (const scenario of [...must.filter((s) => !excused.has(s)), ...unscored]) assert.ok(result.passed(scenario), `${scenario} passes\n${result.output}`);
  return result;
}
