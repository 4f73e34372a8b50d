// SPDX-License-Identifier: Apache-2.0
// Runs the official conformance suite. Its baseline (tests/conformance/NAME.yml) names what a revision scores
// and we do not meet; anything else that fails, warns, or passes in spite of it, is an error. Example:
//   const { code, output, passed } = await conformance(["server", "--url", url], "2025-11-25", "server-2025-11-25");
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { ROOT } from "./postern.mjs";

const SUITE = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/conformance/dist/index.js");
export const REVISIONS = ["2025-11-25", "2026-07-28"];

export async function run(args) {
  const out = mkdtempSync(join(tmpdir(), "postern-conformance-"));
  try {
    const child = spawn(process.execPath, [SUITE, ...args, "-o", out], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
    const code = await new Promise((done) => child.once("close", done));
    output = output.replace(/\x1b\[\d+m/g, "");
    const summary = output.slice(Math.max(0, output.search(/=== (SUITE )?SUMMARY ===/)));
    const passed = (scenario) => new RegExp(`✓ ${scenario.replace(/[/.]/g, "\\$&")}: [1-9]\\d* passed, 0 failed$`, "m").test(summary);
    return { code, output, summary, passed };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

// `unscored`: scenarios that the revision runs without counting, and that must pass nevertheless.
export async function conformance(args, revision, baseline, unscored = []) {
  const result = await run([...args, "--requirements", revision, "--expected-failures", join(ROOT, `tests/conformance/${baseline}.yml`)]);
  console.log(`${baseline}\n${result.summary}`);
  assert.equal(result.code, 0, result.output);
  for (const scenario of unscored) assert.ok(result.passed(scenario), `${scenario} passes\n${result.output}`);
  return result;
}
