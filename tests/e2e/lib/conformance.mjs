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

const STRETCH = new URL("stretch.mjs", import.meta.url).href;

// `times`: as long as its own limits last.
export async function run(args, times = 1) {
  const out = mkdtempSync(join(tmpdir(), "postern-conformance-"));
  try {
    const child = spawn(process.execPath, ["--import", STRETCH, SUITE, ...args, "-o", out], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, POSTERN_TEST_STRETCH: times } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
    const code = await new Promise((done) => child.once("close", done));
    output = output.replace(/\x1b\[\d+m/g, "");
    const summary = output.slice(Math.max(0, output.search(/=== (SUITE )?SUMMARY ===/)));
    const results = readResults(out, args[0]);
    const has = (scenario, ...statuses) => (results.get(scenario) ?? []).some((check) => statuses.includes(check.status));
    const missed = [...results].flatMap(([scenario, checks]) => checks.filter((c) => ["FAILURE", "WARNING"].includes(c.status)).map((c) => `${scenario}: ${c.id} ${c.errorMessage ?? ""}`)).join("\n");
    const passed = (scenario) => has(scenario, "SUCCESS") && !has(scenario, "FAILURE", "WARNING");
    return { code, output, summary, missed, passed };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const listed = (text) => [...text.matchAll(/^ *[-~] (\S+)$/gm)].map(([, word]) => word).sort();
// What a revision scores, by the suite's own file: the list under "server:" or "client:".
const scored = (mode, revision) => listed(readFileSync(join(PACKAGE, `requirements/${revision}.yaml`), "utf8").match(new RegExp(`^${mode}:\n((?: .*\n| *\n)*)`, "m"))[1]);

// `args`: or a function that makes them for each try: what a try has left behind (calls that wait for an answer) is in the
// way of the next one at the same URL. `unscored`: scenarios that the revision runs without counting, and that must pass nevertheless.
export async function conformance(args, revision, baseline, unscored = []) {
  const file = join(ROOT, `tests/conformance/${baseline}.yml`);
  let mode;
  const once = async (times) => {
    const words = typeof args === "function" ? await args() : args;
    mode = words[0];
    return run([...words, "--requirements", revision, "--expected-failures", file], times);
  };
  // It listens to a stream for a second, and takes what a busy machine sends later for nothing: then again, with more patience.
  let result = await once(1);
  for (let times = 2; times <= 16 && result.code !== 0; times *= 2) result = await once(times);
  console.log(`${baseline}\n${result.summary}`);
  assert.equal(result.code, 0, `${result.summary}\n${result.missed}`);
  // The suite itself overlooks an entry whose check it never made, and a scenario without any check.
  const expected = listed(readFileSync(file, "utf8")), excused = new Set(expected.map((entry) => entry.split(":")[0]));
  assert.deepEqual(listed(result.summary), expected, "each entry of the baseline fails");
  const must = scored(mode, revision);
  assert.ok(must.length > 10, `what ${revision} scores: ${must}`);
  for (const scenario of [...must.filter((s) => !excused.has(s)), ...unscored]) assert.ok(result.passed(scenario), `${scenario} passes\n${result.output}`);
  return result;
}
