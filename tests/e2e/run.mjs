// SPDX-License-Identifier: Apache-2.0
// Runs suites, several at a time, as `node --test` does, but not in the order of their names: the long ones go first,
// so that none of them is alone at the end. A few that failed are run once more, alone: what holds then is named, and was a
// test that a busy machine upsets. A dot for each test, what failed, and the suites that took longest; all that was printed
// goes to FILE.tap, what failed at last, with its errors, to FILE.failed, and what failed at first only to FILE.again.
// Usage: node run.mjs TOGETHER FILE.tap [SUITE]...   (all suites where none is named)
import { appendFileSync, createWriteStream, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { dot, tap } from "node:test/reporters";

const LONG = ["console", "conformance-server", "nodes-chaos", "nodes", "ask-model", "view-browser", "console-sources", "echo", "console-ask",
  "console-settings", "console-servers", "keys", "damage", "refresh", "console-boards", "pairing", "shares", "engines", "tiles", "vendors", "clock",
  "key-file", "nodes-forward", "everything", "programs-faults", "connect", "fences", "stopping", "client-credentials", "audit", "up", "answers"];
const HANGS_MS = 900_000, SAID_MOST = 3000, AGAIN_MOST = 4;

const [together, file, ...named] = process.argv.slice(2);
const folder = join(import.meta.dirname, "suites");
const suites = named.length ? named : readdirSync(folder).flatMap((name) => name.match(/^(.+)\.test\.mjs$/)?.[1] ?? []);
const place = (suite) => (LONG.indexOf(suite) + LONG.length + 1) % (LONG.length + 1); // the others after the long ones
const kept = (kind) => file.replace(/\.tap$/, `.${kind}`);
const took = new Map(); // ms, by suite: what stands beside each other in a file runs one after the other
for (const kind of ["failed", "again", "tap"]) rmSync(kept(kind), { force: true });

// Runs them to their end. Returns what failed: the errors by suite.
async function runSuites(names, concurrency) {
  const failed = new Map();
  const files = names.map((suite) => join(folder, `${suite}.test.mjs`));
  const tests = run({ files, concurrency, timeout: HANGS_MS, execArgv: ["--test-force-exit"] });
  tests.on("test:fail", ({ name, todo, file: of, details: { error } }) => {
    if (todo !== undefined && todo !== false) return;
    const suite = basename(of, ".test.mjs"), why = error.cause?.stack ?? String(error.cause ?? error.message);
    const said = error.failureType === "subtestsFailed" ? "" : `\nfailed: ${suite}: ${name}\n${why.slice(0, SAID_MOST)}\n`;
    failed.set(suite, (failed.get(suite) ?? "") + said);
  });
  for (const event of ["test:pass", "test:fail"])
    tests.on(event, ({ file: of, nesting, details }) => {
      if (nesting === 0) took.set(of, (took.get(of) ?? 0) + details.duration_ms);
    });
  tests.compose(dot).pipe(process.stdout, { end: false });
  await finished(tests.compose(tap).pipe(createWriteStream(file, { flags: "a" })));
  return failed;
}

let failed = await runSuites(suites.toSorted((a, b) => place(a) - place(b)), Number(together));
if (failed.size && failed.size <= AGAIN_MOST) {
  const first = failed;
  console.log(`\n# once more, alone: ${[...first.keys()].join(", ")}`);
  failed = await runSuites([...first.keys()], 1);
  for (const [suite, said] of first) if (!failed.has(suite)) appendFileSync(kept("again"), said || `\nfailed: ${suite}\n`);
}
for (const [suite, said] of failed) appendFileSync(kept("failed"), said || `\nfailed: ${suite}\n`);
const longest = [...took].toSorted(([, a], [, b]) => b - a).slice(0, 12);
console.log(`\n# longest: ${longest.map(([of, ms]) => `${basename(of, ".test.mjs")} ${Math.round(ms / 1000)} s`).join(", ")}`);
process.exit(failed.size ? 1 : 0);
