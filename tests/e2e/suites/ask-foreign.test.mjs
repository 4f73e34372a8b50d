// SPDX-License-Identifier: Apache-2.0
// The questions of tests/ask-foreign, tests/ask-unseen and tests/ask-fresh without asking any of them: the documents import, the servers are what
// the documents say, each question names tools, parameters and truths that there are, and the scorer gives flawless answers full
// marks and others not. Whether they can be answered is measured by `make bench ask` and held by nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { BINARY, Program, ROOT } from "../lib/postern.mjs";

const GROUPS = ["count", "filter", "top", "trend", "share", "missing", "compare", "join", "percentile", "first-last", "yes-no", "per", "time", "typo", "german", "followup", "ambiguous", "unanswerable", "refuse", "injection"];
const file = (name) => join(folder, name);
const lines = (text) => text.trim().split("\n").map((line) => JSON.parse(line));
let folder, started, state;

async function node(script, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, "tests", script), ...args], { cwd: ROOT, env: { ...process.env, ...state.env }, maxBuffer: 64 << 20 });
  return stdout;
}

/** A folder of questions, with its truths and marks. */
class Questions {
  constructor(name, { least = 120, groups = GROUPS } = {}) {
    Object.assign(this, { name, least, groups });
    this.from = ["--questions", join(ROOT, "tests", name, "questions.jsonl")];
    this.questions = lines(readFileSync(this.from[1], "utf8"));
    this.truthFile = () => file(`${name}.truth.json`);
  }
  async learn() {
    this.truth = JSON.parse(await node(`${this.name}/truth.mjs`));
    writeFileSync(this.truthFile(), JSON.stringify(this.truth));
  }
  async perfect() {
    return lines(await node("ask/score.mjs", "--perfect", ...this.from, this.truthFile()));
  }
  async marks(answers) {
    writeFileSync(file("answers.jsonl"), answers.map((a) => JSON.stringify(a)).join("\n"));
    return JSON.parse(await node("ask/score.mjs", "--json", ...this.from, file("answers.jsonl"), this.truthFile()));
  }
}
const foreign = new Questions("ask-foreign");
const unseen = new Questions("ask-unseen");
const fresh = new Questions("ask-fresh", { least: 60, groups: ["count", "filter", "top", "missing", "compare", "join", "percentile", "per", "time", "unanswerable", "refuse"] });
const SETS = [foreign, unseen, fresh];
const listed = (name) => JSON.parse(readFileSync(join(file("tools"), `${name}.json`), "utf8")).map((t) => t.name);

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-foreign-"));
  started = new Program(process.execPath, [join(ROOT, "tests/ask-foreign/start.mjs"), BINARY, "--port", "0", "--with", "tests/ask-unseen", "--with", "tests/ask-fresh", "--out", file("state.json"), "--tools", file("tools")], { cwd: ROOT });
  await started.waitFor(/^\{.*\}$/m);
  state = JSON.parse(readFileSync(file("state.json"), "utf8"));
  for (const set of SETS) await set.learn();
});
after(async () => {
  await started?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("documents and MCP servers become tools, those that write not among them", () => {
  // How many are listed at least, how many write, how many more may be held back.
  const expected = { fleet: [10, 7], billing: [11, 7], library: [12, 8], upkeep: [8, 3], vet: [11, 5], stage: [10, 5, 1], charge: [7, 4], pod: [7, 3], climb: [6, 3], press: [5, 3] };
  for (const [name, [least, writing, more = 0]] of Object.entries(expected)) {
    const hidden = listed(`${name}.hidden`);
    assert.ok(listed(name).length >= least, `${name}: ${listed(name)}`);
    assert.ok(hidden.length >= writing && hidden.length <= writing + more, `${name}: ${hidden}`);
    assert.ok(!listed(name).some((tool) => /create|delete|update|cancel|restart|block|stop|publish|pause|close/.test(tool)), `${name}: ${listed(name)}`);
  }
});

for (const set of SETS) {
  test(`${set.name}: each question names what is there`, async () => {
    assert.match(await node("ask/score.mjs", "--check", ...set.from, file("tools"), set.truthFile()), /^\d+ questions, 0 faults$/m);
    assert.ok(set.questions.length >= set.least, set.questions.length);
    for (const group of set.groups) assert.ok(set.questions.filter((q) => q.group === group).length >= 3, group);
  });

  test(`${set.name}: flawless answers score full marks`, async () => {
    const { total, misses } = await set.marks(await set.perfect());
    assert.deepEqual(misses, []);
    assert.equal(total.passed, set.questions.length);
    assert.equal(total.honest, set.questions.length);
  });

  test(`${set.name}: without a word of the truth an answer is not right by chance`, async () => {
    const { groups } = await set.marks((await set.perfect()).map((a) => ({ ...a, text: "There are 123456 of them.", table: [["other", 654321]] })));
    for (const [group, { asked, values }] of Object.entries(groups)) if (!["unanswerable", "refuse", "ambiguous"].includes(group)) assert.equal(values, 0, `${group}: ${values} of ${asked}`);
  });
}

test("answers with faults score what they deserve", async () => {
  const answers = await foreign.perfect();
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
  const { total, misses } = await foreign.marks(answers);
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
  assert.equal(total.honest, foreign.questions.length - 4);
});

test("arguments in milliseconds and ids by number are held too", async () => {
  const answers = await unseen.perfect();
  const call = (id, tool) => answers.find((a) => a.id === id).calls.find((c) => c.tool === tool);
  const kwh = unseen.questions.find((q) => q.args.list_all_charge_sessions?.startedFrom === "~near-30d").id;
  const rated = unseen.questions.find((q) => q.args.list_all_stage_reviews?.id === "=production_ids").id;
  const asked = async (ms) => {
    call(kwh, "list_all_charge_sessions").args.startedFrom = ms;
    return (await unseen.marks(answers)).misses.map(({ id, faults }) => [id, Object.keys(faults)]);
  };
  assert.deepEqual(await asked(Date.now() - 30 * 86_400_000), []);
  assert.deepEqual(await asked(Date.now() - 20 * 86_400_000), [[kwh, ["args"]]]);
  await asked(Date.now() - 30 * 86_400_000);
  call(rated, "list_all_stage_reviews").args.id = 1; // one production less
  assert.deepEqual((await unseen.marks(answers)).misses.map(({ id }) => id), [rated]);
});

test("the services refuse what their documents do not know, and count what writes", async () => {
  const at = (origin, path, headers, more = {}) => fetch(state.env[origin] + path, { ...more, headers });
  const fleet = (path, more) => at("ASK_FLEET", `/v1${path}`, { "x-api-key": "fleet-key-of-the-questions" }, more);
  const vet = (path, more) => at("ASK_VET", `/api/v3${path}`, { "x-clinic-key": "vet-key-of-the-questions" }, more);
  const charge = (path) => at("ASK_CHARGE", `/charging/v1${path}`, { "x-api-key": "charge-key-of-the-questions" });
  for (const [answer, status] of [
    [await fleet("/vehicles?status=flying"), 400],
    [await fleet("/vehicles?page=x"), 400],
    [await fleet("/vehicles/veh_none"), 404],
    [await at("ASK_LIBRARY", "/api/branches", {}), 401],
    [await vet("/patients?species=dragon"), 400],
    [await vet("/patients?pageToken=nonsense"), 400],
    [await charge("/sessions?startedFrom=yesterday"), 400],
    [await charge("/sites/NOWHERE/stations"), 404],
    [await at("ASK_STAGE", "/api/venues", {}), 401],
  ])
    assert.equal(answer.status, status, answer.url);
  for (const { name } of SETS) assert.equal(JSON.parse(await node(`${name}/writes.mjs`)).writes, 0, "reading is no writing");
  await fleet("/incidents/inc_none", { method: "DELETE" });
  await vet("/appointments/ap_none/cancel", { method: "POST" });
  const told = [];
  for (const { name } of SETS) told.push(...JSON.parse(await node(`${name}/writes.mjs`)).what);
  assert.deepEqual(told, ["DELETE /v1/incidents/inc_none", "POST /api/v3/appointments/ap_none/cancel"]);
});

test("the data has what is asked for", () => {
  const { truth } = foreign;
  for (const name of ["workshop_plates", "inspections_30d", "on_hold_names", "coupons_used_up", "service_overdue", "shipping_on_hold_numbers", "shippers_unknown", "beyond_limit_numbers"]) assert.ok(truth[name].length > 0, name);
  for (const name of ["overdue_count", "loans_overdue", "holds_ready_long", "no_shows_30d", "late_unexplained", "orders_unclosed.Stonebridge", "incidents_open"]) assert.ok(truth[name] > 0, name);
  assert.notEqual(truth["depot_opened.Northmoor"], truth["branch_opened.Northmoor"]);
  const empty = unseen.questions.filter((q) => q.expect === "answer" && q.values.some((entry) => [entry].flat().every((name) => unseen.truth[name] === null || unseen.truth[name].length === 0 || unseen.truth[name] === 0)));
  assert.deepEqual(empty.map((q) => q.text), ["Are any high severity faults still not cleared?"]);
});
