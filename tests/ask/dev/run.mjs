// SPDX-License-Identifier: Apache-2.0
// Puts the questions of questions.mjs to a Postern that knows the four services, and prints what is wrong.
// Usage, from the root of a built checkout: node tests/ask/dev/run.mjs [BINARY] [--only D1,W2] [--show] [--tools]
import { parseArgs } from "node:util";
import { connectAll } from "./connect.mjs";
import { judge } from "./judge.mjs";
import { questions } from "./questions.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" }, show: { type: "boolean" }, tools: { type: "boolean" }, ask: { type: "string" } } });
if (positionals[0]) process.env.POSTERN_BIN = positionals[0];
const world = await connectAll(Date.now());
const print = (text) => process.stdout.write(`${text}\n`);
try {
  if (values.tools) for (const account of world.accounts) print(`${account.name}: ${(await world.tools(account)).map((t) => `${t.name} (${t.class}${t.served === false ? ", held" : ""})`).join(", ")}`);
  const wanted = values.only?.split(","), ids = {};
  let whole = 0, honest = 0, all = 0;
  for (const [id, text, want = {}] of values.ask ? [["ask", values.ask, { end: ["answer"] }]] : questions(world.data)) {
    if (wanted && !wanted.some((w) => id === w || want.after === w || (/^[A-Z]$/.test(w) && id.startsWith(w)))) continue;
    const a = await world.ask(text, want.after ? { follow: ids[want.after] } : {});
    ids[id] = a.id;
    const wrong = judge(a, want);
    all++;
    whole += wrong.length === 0;
    honest += !wrong.some((w) => w.startsWith("end"));
    if (wrong.length || values.show) {
      print(`\n${id} ${wrong.length ? "MISS" : "ok"} ${text}\n  ${wrong.join("; ")}\n  = ${a.outcome} [${(a.understood ?? []).map((c) => c.said).join("] [")}]\n  ${(a.text ?? JSON.stringify(a)).slice(0, 400).replaceAll("\n", "\n  ")}`);
      print(`  ${a.chart?.kind ?? "-"} ${[...new Set((a.calls ?? []).map((c) => `${c.tool}${JSON.stringify(c.arguments)}`))].slice(0, 4).join(" ")}`);
      for (const [name, r] of Object.entries(a.program?.results ?? {})) print(`  ${name}: ${r.query}`);
      if (a.warnings?.length) print(`  ! ${a.warnings.join(" | ").slice(0, 300)}`);
    }
  }
  print(`\n${all} questions, ${whole} whole, ${honest} honest`);
  const writes = world.vendors.requests.filter((r) => r.method !== "GET" && r.method !== "call");
  if (writes.length) print(`WRITES: ${JSON.stringify(writes)}`);
} finally {
  await world.close();
}
