// SPDX-License-Identifier: Apache-2.0
// Puts the questions to `postern ask --json` one by one and writes answers.jsonl as README.md wants it.
// Usage: node ask.mjs BINARY state.json answers.jsonl [--questions FILE] [--group seed] [--engine planner] [--pause MS]
import { execFile } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { fileURLToPath } from "node:url";

const run = promisify(execFile);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { questions: { type: "string" }, group: { type: "string" }, engine: { type: "string" }, pause: { type: "string", default: "200" } },
});
const [binary, stateFile, out] = positionals;
const state = JSON.parse(readFileSync(stateFile, "utf8"));
const here = dirname(fileURLToPath(import.meta.url));
const env = { ...process.env, POSTERN_URL: state.postern, POSTERN_TOKEN: state.token };
const questions = readFileSync(values.questions ?? join(here, "questions.jsonl"), "utf8").trim().split("\n").map((l) => JSON.parse(l));
const ids = {};
writeFileSync(out, "");
for (const q of questions) {
  if (values.group && q.group !== values.group) continue;
  const args = ["ask", "--json"];
  if (values.engine) args.push("--engine", values.engine);
  if (q.after && ids[q.after]) args.push("--follow", ids[q.after]);
  args.push(q.text);
  const asked = new Date().toISOString();
  let a;
  try {
    const { stdout } = await run(binary, args, { env, timeout: 90_000, maxBuffer: 64 << 20 });
    a = JSON.parse(stdout);
  } catch (e) {
    try { a = JSON.parse(e.stdout); } catch { a = { outcome: "error", text: String(e.stderr || e.message).slice(0, 500) }; }
  }
  ids[q.id] = a.id;
  const writes = await run(process.execPath, [state.writes], { env: { ...env, ...state.env } })
    .then((r) => { try { return JSON.parse(r.stdout).writes; } catch { return null; } }, () => null);
  appendFileSync(out, JSON.stringify({ id: q.id, asked, outcome: a.outcome, calls: (a.calls ?? []).map((c) => ({ tool: c.tool, args: c.arguments ?? c.args ?? {} })), text: [a.text, ...(a.choices ?? []).map((c) => c.label ?? c.text ?? c)].filter(Boolean).join("\n"), table: a.table ?? null, chart: a.chart?.kind ?? a.chart ?? null, writes }) + "\n");
  await new Promise((r) => setTimeout(r, Number(values.pause)));
}
