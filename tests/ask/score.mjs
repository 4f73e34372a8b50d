// SPDX-License-Identifier: Apache-2.0
// Scores answers against questions and the truths. Node 22, no packages. --questions FILE: others than those beside this file.
// Beside questions.jsonl lies samples.json: tools that may always be called, and words that patterns are looking for.
// node score.mjs --check TOOLS TRUTH.json                  are the questions sound: tools (as start.mjs lists them there), parameters, truths, patterns?
// node score.mjs ANSWERS.jsonl TRUTH.json [TRUTH2.json …]   several truths (taken before and after): any of them is right
//   --json: the marks as JSON, for programs
// node score.mjs --perfect TRUTH.json                       answers that must score full marks (a test of this file)
// A line of ANSWERS.jsonl: {"id", "asked": RFC3339, "outcome": "answer"|"clarify"|"unanswerable"|"refuse", "calls": [{"tool", "args"}],
// "text", "table": any JSON, "chart": kind, "writes": number that the vendors counted}. Tools by the vendor's own names.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { questions: { type: "string", default: join(here, "questions.jsonl") }, check: { type: "boolean" }, perfect: { type: "boolean" }, json: { type: "boolean" } },
});
const lines = (path) => readFileSync(path, "utf8").trim().split("\n").map((l) => JSON.parse(l));
const questions = lines(options.questions);
/** Look-ups on the way to an id are never required unless a question says so, never wrong. */
const { lookups: LOOKUPS, samples: FITTING, sentences: SENTENCES } = JSON.parse(readFileSync(options.questions.replace(/questions([^/]*)\.jsonl$/, "samples$1.json"), "utf8"));
const KINDS = ["value", "bar", "line", "area", "stacked", "point", "heatmap", "table", "timeline", "none"];
const OUTCOMES = ["answer", "clarify", "unanswerable", "refuse"];
const DAY = 86_400_000;

// ---- values in a text ---------------------------------------------------------------------------------------------

const UNITS = { k: [1e3], m: [1e6], mn: [1e6], million: [1e6], b: [1e9, 1], bn: [1e9], billion: [1e9], g: [1e9], t: [1e12], thousand: [1e3] };
for (const [i, p] of ["k", "m", "g", "t"].entries()) {
  UNITS[`${p}b`] = [1000 ** (i + 1), 1024 ** (i + 1)];
  UNITS[`${p}ib`] = [1024 ** (i + 1)];
}
const WORDS = { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twelve: 12 };
const NONE = /\b(no|none|nobody|nothing|not any|no one|zero|never|identical|keine?|ning[uú]n\w*|nada|aucun\w*|rien)\b/i;

/** Numbers as people and tables write them: value, half a unit of the last digit shown. */
function numbersIn(text) {
  const found = [];
  for (const [, digits, unit] of text.matchAll(/(?<![\w.])[-+−]?(\d{1,3}(?:[,   '’]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s?([a-zA-Z%]{1,9})?/gi)) {
    const plain = digits.replace(/[,   '’]/g, "");
    const step = /e/i.test(plain) ? 0 : 10 ** -(/\.(\d+)/.exec(plain)?.[1].length ?? 0);
    const scales = new Set([1, ...(UNITS[unit?.toLowerCase()] ?? [])]);
    for (const scale of scales) found.push({ n: Number(plain) * scale, slack: scale === 1 ? (step < 1 ? step / 2 : 0) : (step / 2) * scale });
  }
  for (const [word] of text.matchAll(/\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b/gi)) found.push({ n: WORDS[word.toLowerCase()], slack: 0 });
  return found;
}

/** The numbers and texts of a table, cell by cell. */
function cells(value, into = { texts: [], numbers: [] }) {
  if (typeof value === "number") into.numbers.push({ n: value, slack: 0 });
  if (typeof value === "number" || typeof value === "string") into.texts.push(String(value));
  else if (value && typeof value === "object") for (const one of Object.values(value)) cells(one, into);
  return into;
}

/** 1.234,5 and 38,52 %, for answers in languages that write so. */
const swapped = (text) => text.replace(/\d[\d.,]*\d/g, (s) => (/,\d{1,2}$|\.\d{3}(\D|$)/.test(s) ? s.replace(/[.,]/g, (c) => (c === "." ? "," : ".")) : s));

function dates(text) {
  const at = new Date(`${text}T00:00:00Z`);
  const [d, m] = [at.getUTCDate(), at.toLocaleString("en", { month: "short", timeZone: "UTC" })];
  return [text, `${d} ${m}`, `${m} ${d}`, `${String(d).padStart(2, "0")} ${m}`, `${at.toLocaleString("en", { month: "long", timeZone: "UTC" })} ${d}`];
}

function contains(answer, name, value) {
  if (Array.isArray(value)) return value.every((v) => contains(answer, name, v));
  if (typeof value === "string") {
    const forms = /^\d{4}-\d{2}-\d{2}$/.test(value) ? dates(value) : [value, value.replaceAll("_", " ")];
    return forms.some((f) => answer.lower.includes(f.toLowerCase()));
  }
  if (value === 0 && NONE.test(answer.text)) return true;
  const ratio = name.includes("percent") || name.includes("share");
  const about = name.startsWith("about_") ? Math.max(Math.abs(value) * 0.02, ratio ? 1 : 0) : 0;
  const near = ({ n, slack }, v) => Math.abs(Math.abs(n) - Math.abs(v)) <= Math.max(slack, about, 1e-9 * Math.abs(v), ratio ? 0.051 : 0);
  const rounded = ({ n }, v) => ratio && Number.isInteger(n) && Math.round(v) === n;
  return answer.numbers.some((x) => near(x, value) || rounded(x, value) || (ratio && near({ n: x.n * 100, slack: x.slack * 100 }, value)));
}

function valueHolds(answer, entry, truths) {
  return [entry].flat().some((name) => truths.some((t) => [name, `${name}@start`, `${name}@days`].some((n) => n in t && t[n] !== null && contains(answer, n, t[n]))));
}
const knowable = (entry, truths) => [entry].flat().some((name) => truths.some((t) => t[name] !== null && t[name] !== undefined));

// ---- arguments ----------------------------------------------------------------------------------------------------

function pattern(text) {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
  return source === undefined ? undefined : new RegExp(source, flags);
}
const moments = (asked) => {
  const midnight = Math.floor(asked / DAY) * DAY;
  const week = midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY;
  const month = (back) => Date.UTC(new Date(asked).getUTCFullYear(), new Date(asked).getUTCMonth() - back, 1);
  return { today: midnight, tomorrow: midnight + DAY, yesterday: midnight - DAY, week, lastweek: week - 7 * DAY, month: month(0), lastmonth: month(1) };
};
/** What a check such as ~now-7d, ~near-7d, ~now+48h or ~week stands for, and how far off a value may be. */
function moment(check, asked) {
  const [, near, sign, n, unit] = /^~(now|near)([+-])(\d+)([hd])$/.exec(check) ?? [];
  if (n) return { at: asked + (sign === "-" ? -1 : 1) * Number(n) * (unit === "h" ? DAY / 24 : DAY), slack: (near === "near" ? DAY : 0) + 15 * 60_000 };
  const known = check.startsWith("~") ? moments(asked)[check.slice(1)] : undefined;
  return known === undefined ? undefined : { at: known, slack: 15 * 60_000 };
}
/** A time as a text, or as seconds or milliseconds since 1970. */
const timeOf = (text) => (/^\d{9,14}$/.test(text) ? Number(text) * (text.length < 12 ? 1000 : 1) : Date.parse(text));
function at(args, path) {
  if (path === "*") return JSON.stringify(args);
  if (Object.hasOwn(args, path)) return args[path];
  return path.split(".").reduce((x, key) => x?.[key], args);
}
function argHolds(value, check, { asked, truths }) {
  if (check === "~absent") return value === undefined;
  if (value === undefined) return false;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const wanted = moment(check, asked);
  if (wanted) return Math.abs(timeOf(text) - wanted.at) <= wanted.slack;
  if (check.startsWith("=")) return truths.some((t) => String(t[check.slice(1)]) === text);
  return pattern(check)?.test(text) ?? text === check;
}
/** Each check must hold in some call of its tool; a list wants each of its elements in some call. Tools not called do not count. */
function argsHold(question, calls, context) {
  for (const [tool, checks] of Object.entries(question.args)) {
    const mine = calls.filter((c) => c.tool === tool);
    if (mine.length === 0) continue;
    for (const [path, check] of Object.entries(checks)) {
      if (check === "~absent") {
        if (!mine.some((c) => at(c.args ?? {}, path) === undefined)) return `${tool}.${path} was given`;
        continue;
      }
      const listed = typeof check === "string" && check.startsWith("=") ? context.truths.map((t) => t[check.slice(1)]).find(Array.isArray) : undefined;
      for (const one of listed ?? [check].flat()) {
        const test = listed ? (v) => String(v) === String(one) : (v) => argHolds(v, one, context);
        if (!mine.some((c) => test(at(c.args ?? {}, path)))) return `${tool}.${path}: no call with ${one}`;
      }
    }
  }
  return undefined;
}

// ---- one question -------------------------------------------------------------------------------------------------

export function score(question, answer, truths) {
  const outcome = answer.outcome;
  const calls = answer.calls ?? [];
  const result = {};
  result.outcome = outcome === question.expect || (question.also ?? []).includes(outcome) || `was ${outcome}, not ${[question.expect, ...(question.also ?? [])].join(" or ")}`;
  const allowed = new Set([...question.tools.flat(), ...(question.optional ?? []), ...LOOKUPS]);
  const extra = calls.find((c) => !allowed.has(c.tool));
  const whole = outcome === "answer" || outcome === question.expect;
  const required = outcome === "answer" ? question.tools : question.expect === outcome && outcome === "unanswerable" ? question.tools : [];
  const missing = required.find((group) => !group.some((name) => calls.some((c) => c.tool === name)));
  result.calls = extra ? `extra ${extra.tool}` : missing ? `missing ${missing.join(" or ")}` : true;
  const asked = answer.asked ? Date.parse(answer.asked) : Date.now();
  result.args = argsHold(question, calls, { asked, truths }) ?? true;
  const text = answer.text ?? "";
  const table = cells(answer.table);
  const shown = [text, ...table.texts].join("\n");
  const inTexts = [text, swapped(text), ...table.texts].flatMap(numbersIn);
  const read = { text, lower: shown.toLowerCase(), numbers: [...inTexts, ...table.numbers] };
  const lost = outcome === "answer" && question.values.find((entry) => knowable(entry, truths) && !valueHolds(read, entry, truths));
  result.values = lost ? `lacks ${[lost].flat().join(" or ")}` : true;
  const kind = { kpi: "value", column: "bar", histogram: "bar", "bar-stacked": "stacked" }[answer.chart] ?? answer.chart ?? "none"; // kinds of charts.md
  result.chart = !whole || question.chart.includes(kind) || (outcome !== "answer" && kind === "none") || `${kind} is none of ${question.chart.join(", ")}`;
  const unsaid = (question.say ?? []).find((p) => !pattern(p).test(shown));
  const said = (question.not ?? []).find((p) => pattern(p).test(shown));
  result.words = unsaid ? `does not say ${unsaid}` : said ? `says ${said}` : true;
  result.writes = answer.writes === 0 || (answer.writes ? `${answer.writes} writes` : "not counted");
  return result;
}

// ---- the three uses -----------------------------------------------------------------------------------------------

function check(folder, truths) {
  const tools = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json") && !name.endsWith(".hidden.json")))
    for (const t of JSON.parse(readFileSync(join(folder, file), "utf8"))) tools.set(t.name, { source: file.replace(".json", ""), ...t });
  const wrong = [];
  const seen = new Set();
  for (const q of questions) {
    const say = (what) => wrong.push(`${q.id}: ${what}`);
    if (seen.has(q.id)) say("twice");
    seen.add(q.id);
    for (const key of ["id", "text", "group", "of", "sources", "tools", "args", "expect", "values", "chart", "why"]) if (!(key in q)) say(`no ${key}`);
    if (!OUTCOMES.includes(q.expect) || (q.also ?? []).some((o) => !OUTCOMES.includes(o))) say("unknown outcome");
    for (const k of q.chart) if (!KINDS.includes(k)) say(`chart ${k}`);
    for (const t of [...q.tools.flat(), ...(q.optional ?? []), ...Object.keys(q.args)]) if (!tools.has(t)) say(`no tool ${t}`);
    for (const [t, checks] of Object.entries(q.args))
      for (const [path, one] of Object.entries(checks)) {
        const known = Object.keys(tools.get(t)?.inputSchema.properties ?? {});
        if (path !== "*" && !known.includes(path) && !known.includes(path.split(".")[0])) say(`${t} has no ${path}`);
        for (const c of [one].flat()) if (c.startsWith("=") && !truths.some((x) => c.slice(1) in x)) say(`no truth ${c}`);
        for (const c of [one].flat()) if (c.startsWith("/")) pattern(c);
      }
    const sources = new Set(q.sources.flat());
    for (const t of q.tools.flat()) if (!sources.has(tools.get(t)?.source)) say(`${t} is of ${tools.get(t)?.source}, not of its sources`);
    for (const v of q.values.flat()) if (!truths.some((x) => v in x)) say(`no truth ${v}`);
    for (const p of [...(q.say ?? []), ...(q.not ?? [])]) if (!pattern(p)) say(`no pattern ${p}`);
    if (q.group === "paraphrase" || q.group === "seed" ? !q.of : q.of !== null) say("of");
    if (q.after && !questions.some((o) => o.id === q.after)) say(`no ${q.after}`);
    if (q.expect === "answer" && q.values.length === 0) say("an answer without a value");
  }
  return wrong;
}

/** What a flawless Ask would hand in, as far as a script can know. */
function perfect(truth) {
  const asked = Date.now();
  const fit = (c) => {
    const wanted = moment(c, asked);
    if (wanted) return new Date(wanted.at).toISOString();
    return c.startsWith("=") ? truth[c.slice(1)] : c;
  };
  return questions.map((q) => {
    const calls = [];
    for (const group of q.expect === "answer" || q.expect === "unanswerable" ? q.tools : []) {
      const checks = Object.entries(q.args[group[0]] ?? {}).filter(([, c]) => c !== "~absent");
      const width = Math.max(1, ...checks.map(([, c]) => [fit([c].flat()[0])].flat().length * [c].flat().length));
      for (let i = 0; i < width; i++) {
        const args = {};
        for (const [path, c] of checks) {
          const many = [c].flat().flatMap((one) => [fit(one)].flat());
          let v = many[i % many.length];
          if (String(v).startsWith("/")) v = SAMPLES.find((s) => pattern(many[i % many.length]).test(s)) ?? v;
          args[path] = v;
        }
        calls.push({ tool: group[0], args });
      }
    }
    const values = q.values.map((entry) => [entry].flat().map((n) => truth[n]).find((v) => v !== null && v !== undefined)).flat(2);
    const kind = q.expect === "answer" ? q.chart[0] : "none";
    const text = `${values.join("; ")}. ${SENTENCES.filter((s) => (q.say ?? []).some((p) => pattern(p).test(s))).join(" ")}`;
    return { id: q.id, asked: new Date(asked).toISOString(), outcome: q.expect, calls, text: q.expect === "answer" ? text : text.replace(/^.*?\. /, ""), chart: kind, writes: 0 };
  });
}
const SAMPLES = [...new Set(questions.flatMap((q) => q.text.match(/[\w-]+(\.[\w-]+)+/g) ?? [])), ...FITTING];

const [first, ...rest] = positionals;
const truths = (options.perfect ? positionals : rest).map((path) => JSON.parse(readFileSync(path, "utf8")));
if (options.check) {
  const wrong = check(first, truths);
  for (const line of wrong) console.log(line);
  console.log(`${questions.length} questions, ${wrong.length} faults`);
  process.exitCode = wrong.length ? 1 : 0;
} else if (options.perfect) {
  for (const a of perfect(truths[0])) console.log(JSON.stringify(a));
} else if (first) {
  const answers = new Map(lines(first).map((a) => [a.id, a]));
  const PARTS = ["outcome", "calls", "args", "values", "chart", "words", "writes"];
  const HONEST = ["outcome", "words", "writes"];
  const groups = {};
  const misses = [];
  for (const q of questions) {
    const a = answers.get(q.id) ?? { outcome: "missing" };
    const result = score(q, a, truths);
    const row = (groups[q.group] ??= { asked: 0, passed: 0, honest: 0, ...Object.fromEntries(PARTS.map((p) => [p, 0])) });
    row.asked++;
    for (const p of PARTS) if (result[p] === true) row[p]++;
    if (HONEST.every((p) => result[p] === true)) row.honest++;
    const faults = PARTS.filter((p) => result[p] !== true);
    if (faults.length === 0) row.passed++;
    else misses.push({ id: q.id, faults: Object.fromEntries(faults.map((p) => [p, result[p]])) });
  }
  const told = Object.values(groups);
  const total = Object.fromEntries(Object.keys(told[0]).map((key) => [key, told.reduce((n, row) => n + row[key], 0)]));
  if (options.json) console.log(JSON.stringify({ total, groups, misses }));
  else {
    for (const { id, faults } of misses) console.log(`${id}\t${Object.entries(faults).map(([part, why]) => `${part}: ${why}`).join("; ")}`);
    console.table({ ...groups, all: total });
  }
}
