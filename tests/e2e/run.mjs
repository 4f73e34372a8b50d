// SPDX-License-Identifier: Apache-2.0
// Runs suites, several at a time, as `node --test` does, but not in the order of their names: the long ones go first,
// so that none of them is alone at the end. A dot for each test, what failed, and the suites that took longest; all that
// was printed goes to FILE.tap, and what failed, with its errors, to FILE.failed, if anything did.
// Usage: node run.mjs TOGETHER FILE.tap [SUITE]...   (all suites where none is named)
import { appendFileSync, createWriteStream, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "node:test";
import { dot, tap } from "node:test/reporters";

const LONG = ["console", "conformance-server", "nodes-chaos", "nodes", "ask-model", "view-browser", "console-sources", "echo", "console-ask",
  "console-settings", "console-servers", "keys", "damage", "refresh", "console-boards", "pairing", "shares", "engines", "tiles", "vendors", "clock",
  "key-file", "nodes-forward", "everything", "programs-faults", "connect", "fences", "stopping", "client-credentials", "audit", "up", "answers"];
const HANGS_MS = 900_000, SAID_MOST = 3000;

const [together, file, ...named] = process.argv.slice(2);
const folder = join(import.meta.dirname, "suites");
const suites = named.length ? named : readdirSync(folder).flatMap((name) => name.match(/^(.+)\.test\.mjs$/)?.[1] ?? []);
const place = (suite) => (LONG.indexOf(suite) + LONG.length + 1) % (LONG.length + 1); // the others after the long ones
const files = suites.toSorted((a, b) => place(a) - place(b)).map((suite) => join(folder, `${suite}.test.mjs`));
const tests = run({ files, concurrency: Number(together), timeout: HANGS_MS, execArgv: ["--test-force-exit"] });
const failures = file.replace(/\.tap$/, ".failed");
rmSync(failures, { force: true });
tests.on("test:fail", ({ name, todo, file: of, details: { error } }) => {
  if (todo !== undefined && todo !== false) return;
  process.exitCode = 1;
  const why = error.cause?.stack ?? String(error.cause ?? error.message);
  if (error.failureType !== "subtestsFailed") appendFileSync(failures, `\nfailed: ${basename(of, ".test.mjs")}: ${name}\n${why.slice(0, SAID_MOST)}\n`);
});

const took = new Map(); // ms, by suite: what stands beside each other in a file runs one after the other
for (const event of ["test:pass", "test:fail"])
  tests.on(event, ({ file: of, nesting, details }) => {
    if (nesting === 0) took.set(of, (took.get(of) ?? 0) + details.duration_ms);
  });
process.once("exit", () => {
  const longest = [...took].toSorted(([, a], [, b]) => b - a).slice(0, 12);
  console.log(`\n# longest: ${longest.map(([of, ms]) => `${basename(of, ".test.mjs")} ${Math.round(ms / 1000)} s`).join(", ")}`);
});
tests.compose(dot).pipe(process.stdout);
tests.compose(tap).pipe(createWriteStream(file));
