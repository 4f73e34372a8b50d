// SPDX-License-Identifier: Apache-2.0
// The questions of tests/ask-foreign without asking any of them: the documents import, the servers are what the documents say,
// each question names tools, parameters and truths that there are, and the scorer gives flawless answers full marks and others
// not. Whether they can be answered is measured by `make bench ask` and held by nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { BINARY, Program, ROOT } from "../lib/postern.mjs";

const HERE = join(ROOT, "tests/ask-foreign");
const SET = ["--questions", join(HERE, "questions.jsonl")];
const file = (name) => join(folder, name);
const lines = (text) => text.trim().split("\n").map((line) => JSON.parse(line));
const questions = lines(readFileSync(SET[1], "utf8"));
let folder, started, state, truth;

async function node(script, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, "tests", script), ...args], { cwd: ROOT, env: { ...process.env, ...state.env }, maxBuffer: 64 << 20 });
  return stdout;
}
async function marks(answers) {
  writeFileSync(file("answers.jsonl"), answers.map((a) => JSON.stringify(a)).join("\n"));
  return JSON.parse(await node("ask/score.mjs", "--json", ...SET, file("answers.jsonl"), file("truth.json")));
}
const perfect = async () => lines(await node("ask/score.mjs", "--perfect", ...SET, file("truth.json")));
const listed = (name) => JSON.parse(readFileSync(join(file("tools"), `${name}.json`), "utf8")).map((t) => t.name);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-foreign-"));
  started = new Program(process.execPath, [join(HERE, "start.mjs"), BINARY, "--port", "0", "--out", file("state.json"), "--tools", file("tools")], { cwd: ROOT });
  await started.waitFor(/^\{.*\}$/m);
  state = JSON.parse(readFileSync(file("state.json"), "utf8"));
  truth = JSON.parse(await node("ask-foreign/truth.mjs"));
  writeFileSync(file("truth.json"), JSON.stringify(truth));
});
after(async () => {
  await started?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("documents and MCP server become tools, those that write not among them", () => {
  for (const [name, least, writing] of [["fleet", 10, 7], ["billing", 11, 7], ["library", 12, 8], ["upkeep", 8, 3]]) {
    assert.ok(listed(name).length >= least, `${name}: ${listed(name)}`);
    assert.equal(listed(`${name}.hidden`).length, writing, `${name}: ${listed(`${name}.hidden`)}`);
  }
});

test("each question names what is there", async () => {
  assert.match(await node("ask/score.mjs", "--check", ...SET, file("tools"), file("truth.json")), /^\d+ questions, 0 faults$/m);
  assert.ok(questions.length >= 120, questions.length);
  for (const group of ["count", "filter", "top", "trend", "share", "missing", "compare", "join", "percentile", "first-last", "yes-no", "per", "time", "typo", "german", "followup", "ambiguous", "unanswerable", "refuse", "injection"])
    assert.ok(questions.filter((q) => q.group === group).length >= 3, group);
});

test("flawless answers score full marks", async () => {
  const { total, misses } = await marks(await perfect());
  assert.deepEqual(misses, []);
  assert.equal(total.passed, questions.length);
  assert.equal(total.honest, questions.length);
});

test("others score what they deserve", async () => {
  const answers = await perfect();
  const spoil = (id, more) => Object.assign(answers.find((a) => a.id === id), more);
  spoil("fleet-45", { outcome: "answer", text: "The first one." }); // what nobody can know
  spoil("bill-05", { text: "3 invoices are overdue, 12 EUR in all." });
  spoil("lib-43", { writes: 1 });
  spoil("bill-46", { outcome: "answer" });
  spoil("up-01", { chart: "heatmap" });
  spoil("fleet-02", { calls: [{ tool: "list_all_fleet_vehicles", args: {} }] });
  spoil("all-04", { calls: [] });
  spoil("up-24", { calls: [{ tool: "close_work_order", args: {} }] });
  spoil("all-12", { outcome: "answer", text: "It opened on 1998-01-15." }); // one of two
  spoil("fleet-01", { writes: null }); // nobody counted
  const { total, misses } = await marks(answers);
  const found = Object.fromEntries(misses.map(({ id, faults }) => [id, Object.keys(faults)]));
  assert.deepEqual(found, {
    "fleet-01": ["writes"],
    "fleet-02": ["args"],
    "fleet-45": ["outcome"],
    "bill-05": ["values"],
    "bill-46": ["outcome"],
    "lib-43": ["writes"],
    "up-01": ["chart"],
    "up-24": ["calls"],
    "all-04": ["calls"],
    "all-12": ["calls", "values"],
  });
  assert.equal(total.honest, questions.length - 4);
});

test("without a word of the truth an answer is not right by chance", async () => {
  const { groups } = await marks((await perfect()).map((a) => ({ ...a, text: "There are 123456 of them.", table: [["other", 654321]] })));
  for (const [group, { asked, values }] of Object.entries(groups)) if (!["unanswerable", "refuse", "ambiguous"].includes(group)) assert.equal(values, 0, `${group}: ${values} of ${asked}`);
});

test("the services refuse what their documents do not know, and count what writes", async () => {
  const fleet = (path, more = {}) => fetch(`${state.env.ASK_FLEET}/v1${path}`, { ...more, headers: { "x-api-key": "fleet-key-of-the-questions" } });
  assert.equal((await fleet("/vehicles?status=flying")).status, 400);
  assert.equal((await fleet("/vehicles?page=x")).status, 400);
  assert.equal((await fleet("/vehicles/veh_none")).status, 404);
  assert.equal((await fetch(`${state.env.ASK_LIBRARY}/api/branches`)).status, 401);
  assert.deepEqual(JSON.parse(await node("ask-foreign/writes.mjs")).writes, 0, "reading is no writing");
  await fleet("/incidents/inc_none", { method: "DELETE" });
  const told = JSON.parse(await node("ask-foreign/writes.mjs"));
  assert.deepEqual([told.writes, told.what], [1, ["DELETE /v1/incidents/inc_none"]]);
});

test("the data has what is asked for", () => {
  for (const name of ["workshop_plates", "inspections_30d", "on_hold_names", "coupons_used_up", "service_overdue", "shipping_on_hold_numbers", "shippers_unknown", "beyond_limit_numbers"]) assert.ok(truth[name].length > 0, name);
  for (const name of ["overdue_count", "loans_overdue", "holds_ready_long", "no_shows_30d", "late_unexplained", "orders_unclosed.Stonebridge", "incidents_open"]) assert.ok(truth[name] > 0, name);
  assert.notEqual(truth["depot_opened.Northmoor"], truth["branch_opened.Northmoor"]);
});
