// SPDX-License-Identifier: Apache-2.0
// The questions of tests/ask against the sandbox of the day: each names tools, parameters and truths that there are, the
// scorer gives flawless answers full marks and others not, and the story is one in which the questions mean something.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { BINARY, Program, ROOT } from "../lib/postern.mjs";

const HERE = join(ROOT, "tests/ask");
const file = (name) => join(folder, name);
let folder, tools, started, env, truth;

async function node(script, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [join(HERE, script), ...args], { cwd: ROOT, env, maxBuffer: 64 << 20 });
  return stdout;
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-questions-"));
  tools = file("tools");
  started = new Program(process.execPath, [join(HERE, "start.mjs"), BINARY, "--port", "0", "--out", file("state.json"), "--tools", tools], { cwd: ROOT });
  await started.waitFor(/^\{.*\}$/m);
  const { vendors } = JSON.parse(readFileSync(file("state.json"), "utf8"));
  env = { ...process.env, ...Object.fromEntries(Object.entries(vendors).map(([name, at]) => [`ASK_${name.toUpperCase()}`, at.origin])) };
  truth = JSON.parse(await node("truth.mjs"));
  writeFileSync(file("truth.json"), JSON.stringify(truth));
});
after(async () => {
  await started?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("each question names what is there", async () => {
  assert.match(await node("score.mjs", "--check", tools, file("truth.json")), /^83 questions, 0 faults$/m);
});

test("flawless answers score full marks, and others what they deserve", async () => {
  const perfect = await node("score.mjs", "--perfect", file("truth.json"));
  writeFileSync(file("answers.jsonl"), perfect);
  const marks = async () => (await node("score.mjs", file("answers.jsonl"), file("truth.json"))).split("\n").filter((line) => /^[A-Z]/.test(line));
  assert.deepEqual(await marks(), []);
  const lines = perfect.trim().split("\n").map((line) => JSON.parse(line));
  const spoil = (id, more) => Object.assign(lines.find((a) => a.id === id), more);
  spoil("S-G2", { outcome: "unanswerable" });
  spoil("S-G4", { text: "None of them." });
  spoil("S-T1", { writes: 1 });
  spoil("S-A3", { outcome: "unanswerable" });
  writeFileSync(file("answers.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  const spoilt = await marks();
  for (const [id, part] of [["S-G2", "outcome"], ["S-G4", "values"], ["S-T1", "writes"], ["S-A3", "outcome"]])
    assert.ok(spoilt.some((line) => line.startsWith(`${id}\t`) && line.includes(`${part}:`)), `${id}: ${spoilt.join("\n")}`);
  assert.equal(spoilt.length, 4, spoilt.join("\n"));
});

test("the questions that were not tuned on are as sound", async () => {
  const set = ["--questions", join(ROOT, "tests/ask-foreign/questions-home.jsonl")];
  writeFileSync(file("home.json"), await node("../ask-foreign/truth-home.mjs"));
  assert.match(await node("score.mjs", "--check", ...set, tools, file("home.json")), /^5\d questions, 0 faults$/m);
  writeFileSync(file("answers.jsonl"), await node("score.mjs", "--perfect", ...set, file("home.json")));
  const { total, misses } = JSON.parse(await node("score.mjs", "--json", ...set, file("answers.jsonl"), file("home.json")));
  assert.deepEqual([total.passed, total.honest, misses], [total.asked, total.asked, []]);
});

test("the story has what is asked for", () => {
  assert.equal(truth.zone_023e_status, "active");
  assert.ok(truth["fw_paused.acme-mail.example"] > 0 && truth["fw_active.acme-mail.example"] > 0);
  assert.equal(truth["dns_waf_changes_12h.example.com"], 4);
  assert.ok(truth.token_events_48h >= 4 && truth.token_actors_48h.length >= 3, JSON.stringify(truth.token_actors_48h));
  assert.equal(truth["rl_missing.staging-example.com"], 1);
  const stored = ["storage_last_quarter_begin", "storage_last_quarter_mean", "storage_last_quarter_end", "storage_bytes"].map((name) => truth[name]);
  assert.deepEqual(stored, [...stored].sort((a, b) => a - b));
  assert.equal(new Set(stored).size, stored.length);
  assert.ok(truth.denial_spike_day_30d < truth.signups_low_day, `${truth.denial_spike_day_30d}, ${truth.signups_low_day}`);
  assert.ok(truth.signups_low < truth.signups_mean_30d / 2);
});
