// SPDX-License-Identifier: Apache-2.0
// Questions in plain language, put to `postern ask` as a user would: how many are answered whole, how many honestly. The
// scores are printed; nothing depends on them. What was answered stays in a folder that is named, to be read.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BINARY, Program, ROOT } from "../tests/e2e/lib/postern.mjs";

// Each world with the questions that are asked in it, and what tells their truths.
const set = (folder, name = "") => ({ [`tests/${folder}/questions${name}.jsonl`]: `tests/${folder}/truth${name}.mjs` });
const HOME = ["ask", "ask-home-later", "ask-home-third", "ask-home-fourth", "ask-home-fifth", "ask-home-sixth", "ask-home-seventh"];
const ELSEWHERE = ["ask-foreign", "ask-unseen", "ask-fresh", "ask-later", "ask-held", "ask-next", "ask-strangers", "ask-others"];
const WORLDS = {
  "tests/ask": Object.assign({}, ...HOME.map((folder) => set(folder)), set("ask-foreign", "-home")),
  ...Object.fromEntries(ELSEWHERE.map((folder) => [`tests/${folder}`, set(folder)])),
};
// The others are asked only where ASK_SETS names them.
const ALWAYS = ["tests/ask/questions.jsonl", "tests/ask-foreign/questions.jsonl", "tests/ask-foreign/questions-home.jsonl", "tests/ask-unseen/questions.jsonl", "tests/ask-fresh/questions.jsonl"];
// ASK_SETS=tests/ask/questions.jsonl asks those alone, and keeps the others unseen while something is changed for it.
export const wanted = process.env.ASK_SETS?.split(",");
const PARTS = { outcome: "outcome", calls: "tools", args: "arguments", values: "values", chart: "chart", words: "words", writes: "writes" };
const share = (n, of) => `${n} of ${of}`;

// ASK_AT=2026-11-26T14:00:00Z asks as if it were then, with Debian's faketime: "today" and "this week" have few rows just after
// midnight, on a Monday and on the first of a month, and one measure is to be held against another. All that is started is moved
// by the same time, so that servers, truths and answers agree.
async function moved() {
  const at = process.env.ASK_AT;
  if (!at) return {};
  const seconds = Math.round((Date.parse(at) - Date.now()) / 1000);
  if (Number.isNaN(seconds)) throw new Error(`ASK_AT is no time: ${at}`);
  const { stdout } = await promisify(execFile)("faketime", ["--exclude-monotonic", "-f", `${seconds < 0 ? "" : "+"}${seconds}s`, "env"]);
  const made = [...stdout.matchAll(/^(LD_PRELOAD|FAKETIME|FAKETIME_DONT_FAKE_MONOTONIC)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  return { ...Object.fromEntries(made), NO_FAKE_STAT: "1" };
}
const time = await moved();

async function node(script, args, env = {}) {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, env: { ...process.env, ...time, ...env }, maxBuffer: 64 << 20 });
  return stdout;
}

async function askSet(world, [questions, truths], state, folder) {
  const file = (name) => join(folder, `${questions.replace(/\W+/g, "-")}.${name}`);
  const { env } = JSON.parse(readFileSync(state, "utf8"));
  const truth = async (name) => (writeFileSync(file(name), await node(truths, [], env)), file(name));
  const before = await truth("before.json");
  await node(join(world, "writes.mjs"), [], env);
  await node("tests/ask/ask.mjs", [BINARY, state, file("answers.jsonl"), "--questions", join(ROOT, questions)]);
  const marks = await node("tests/ask/score.mjs", ["--json", "--questions", join(ROOT, questions), file("answers.jsonl"), before, await truth("after.json")]);
  writeFileSync(file("marks.json"), marks);
  return JSON.parse(marks);
}

// Several sets and their truths go to one sandbox: what is measured is no vendor's patience.
async function liftQuota(state) {
  const { rest } = JSON.parse(readFileSync(state, "utf8")).vendors ?? {};
  if (rest?.control) await fetch(`${rest.control}/limits`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ quota: 100000 }) });
}

export async function questions({ print }) {
  const folder = mkdtempSync(join(tmpdir(), "postern-bench-ask-"));
  for (const [world, all] of Object.entries(WORLDS)) {
    const sets = Object.entries(all).filter(([file]) => (wanted ?? ALWAYS).includes(file));
    if (sets.length === 0) continue;
    const state = join(folder, `${world.replace(/\W+/g, "-")}.state.json`);
    const started = new Program(process.execPath, [join(ROOT, world, "start.mjs"), BINARY, "--port", "0", "--out", state], { cwd: ROOT, env: { ...process.env, ...time } });
    await started.waitFor(/^\{.*\}$/m);
    await liftQuota(state);
    for (const set of sets) {
      const { total, groups, misses } = await askSet(world, set, state, folder);
      print(`${set[0]}: whole`, share(total.passed, total.asked));
      print("  honest: outcome, words, no writes", share(total.honest, total.asked));
      for (const [part, name] of Object.entries(PARTS)) print(`  ${name}`, share(total[part], total.asked));
      for (const [name, row] of Object.entries(groups)) print(`  whole of the group ${name}`, share(row.passed, row.asked));
      for (const { id, faults } of misses) process.stdout.write(`  missed ${id.padEnd(10)} ${Object.entries(faults).map(([part, why]) => `${PARTS[part]}: ${why}`).join("; ")}\n`);
    }
    await started.stop();
  }
  process.stdout.write(`answers and marks are in ${folder}\n`);
}
