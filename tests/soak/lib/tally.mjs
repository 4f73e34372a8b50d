// SPDX-License-Identifier: Apache-2.0
// What was done and what came of it, and what should not have come: findings, one row for each kind with its first
// example and how often it came. Example:
//   tally.count("administrator", "account.create", "201");
//   tally.finding("HTTP 500", { worker: "legacy-2", step: 17, operation: "call", text: "…" });
const EXAMPLE_MOST = 6000;

export class Tally {
  constructor(seed, say = console.log) {
    this.seed = seed;
    this.say = say;
    this.started = Date.now();
    this.operations = new Map(); // "actor operation" → Map of outcome → count
    this.findings = new Map(); // key → { kind, count, first }
    this.done = 0;
  }
  count(actor, operation, outcome) {
    const key = `${actor} ${operation}`;
    if (!this.operations.has(key)) this.operations.set(key, new Map());
    const outcomes = this.operations.get(key);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    this.done++;
  }
  // `key` tells findings of one kind apart; without it one for each operation.
  finding(kind, { worker = "-", step = 0, operation = "-", text = "", key = operation }) {
    const name = `${kind}|${key}`;
    const known = this.findings.get(name);
    if (known) {
      known.count++;
      return;
    }
    const first = { worker, step, operation, after_s: Math.round((Date.now() - this.started) / 1000), text: text.slice(0, EXAMPLE_MOST) };
    this.findings.set(name, { kind, count: 1, first });
    this.say(`FINDING ${kind}: ${worker} step ${step}, ${operation} (seed ${this.seed}, after ${first.after_s} s)\n${indent(first.text)}`);
  }
  get failed() {
    return this.findings.size > 0;
  }
  printOperations() {
    const rows = [...this.operations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, outcomes]) => {
      const all = [...outcomes].sort(([, a], [, b]) => b - a);
      const [actor, operation] = key.split(" ");
      return [actor, operation, String(all.reduce((sum, [, n]) => sum + n, 0)), all.map(([outcome, n]) => `${outcome} ${n}`).join(", ")];
    });
    printTable(this.say, ["actor", "operation", "times", "outcomes"], rows);
  }
  printFindings() {
    if (!this.failed) return this.say("no findings");
    const rows = [...this.findings.values()].map(({ kind, count, first }) => [kind, String(count), `${first.worker} step ${first.step}, ${first.operation}, after ${first.after_s} s`, first.text.split("\n")[0].slice(0, 140)]);
    printTable(this.say, ["finding", "times", "first", "text"], rows);
  }
}

const indent = (text) => text.split("\n").map((line) => `    ${line}`).join("\n");

export function printTable(say, head, rows) {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  for (const row of [head, ...rows]) say(row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]))).join("  ").trimEnd());
}
