// SPDX-License-Identifier: Apache-2.0
// Runs suites, several at a time, as `node --test` does, but not in the order of their names: the long ones go first,
// so that none of them is alone at the end. A dot for each test, and what failed; all that was printed goes to FILE.
// Usage: node run.mjs TOGETHER FILE [SUITE]...   (all suites where none is named)
import { createWriteStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { dot, tap } from "node:test/reporters";

const LONG = ["shares", "ask-model", "conformance-server", "view-browser", "engines", "damage", "tiles", "vendors", "clock", "keys",
  "echo", "everything", "programs-faults", "connect", "pairing", "fences", "stopping", "client-credentials", "audit", "up", "answers"];
const HANGS_MS = 900_000;

const [together, file, ...named] = process.argv.slice(2);
const folder = join(import.meta.dirname, "suites");
const suites = named.length ? named : readdirSync(folder).flatMap((name) => name.match(/^(.+)\.test\.mjs$/)?.[1] ?? []);
const place = (suite) => (LONG.indexOf(suite) + LONG.length + 1) % (LONG.length + 1); // the others after the long ones
const files = suites.toSorted((a, b) => place(a) - place(b)).map((suite) => join(folder, `${suite}.test.mjs`));
const tests = run({ files, concurrency: Number(together), timeout: HANGS_MS });
tests.on("test:fail", ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
tests.compose(dot).pipe(process.stdout);
tests.compose(tap).pipe(createWriteStream(file));
