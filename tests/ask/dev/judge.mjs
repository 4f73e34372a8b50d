// SPDX-License-Identifier: Apache-2.0
// Is an answer what a question of questions.mjs expects? Gives what is wrong, by part; empty: nothing.

const cellsOf = (a) => (a.results ?? []).flatMap((r) => (r.rows ?? []).flat().map((c) => (typeof c === "object" ? JSON.stringify(c) : String(c)))).join(" ; ");
const numbersOf = (a) => {
  const text = `${a.text} ; ${cellsOf(a)}`;
  return [...text.matchAll(/-?\d[\d,]*(?:\.\d+)?/g)].map((m) => ({ value: Number(m[0].replaceAll(",", "")), digits: (m[0].split(".")[1] ?? "").length }));
};
const says = (a, value) => {
  if (Array.isArray(value)) return value.some((v) => says(a, v));
  if (typeof value === "number") return numbersOf(a).some((n) => Math.abs(n.value - value) <= 0.500001 * 10 ** -n.digits) || (value === 0 && /\b(no|none)\b/i.test(a.text));
  const all = `${a.text} ; ${cellsOf(a)}`.toLowerCase();
  return all.includes(String(value).toLowerCase());
};

/** "lead" as an end is an answer that says first what it leaves out. */
export function judge(a, { end = ["answer"], tools = [], has = [], not = [], args = {}, chart }) {
  const wrong = [], left = /^(Not taken into account|Nicht berücksichtigt)/.test(a.text ?? "");
  const ended = a.outcome === "answer" && left ? "lead" : a.outcome;
  if (!end.includes(ended)) wrong.push(`end: ${ended}`);
  if (a.outcome !== "answer" || end.every((e) => e !== "answer")) return wrong;
  const called = new Set(a.calls.map((c) => c.tool));
  for (const t of tools) if (![t].flat().some((one) => [...called].some((c) => c === one || c.endsWith(one)))) wrong.push(`tools: ${one(t)} of ${[...called]}`);
  for (const v of has) if (!says(a, v)) wrong.push(`has: ${JSON.stringify(v)}`);
  for (const v of not) if (says(a, v)) wrong.push(`not: ${v}`);
  for (const [name, value] of Object.entries(args)) if (!a.calls.some((c) => String(c.arguments[name]) === String(value))) wrong.push(`args: ${name}`);
  if (chart && !chart.includes(a.chart?.kind)) wrong.push(`chart: ${a.chart?.kind}`);
  return wrong;
}
const one = (t) => [t].flat().join("|");
