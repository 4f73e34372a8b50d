// SPDX-License-Identifier: Apache-2.0
// Each program of the manual, each of its steps, each way in which a vendor fails: it ends, what it has is right, what is
// missing is named, and a rate limit pauses it until its handle goes on. A vendor that asks back is declined.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, afterEach, before, describe, test } from "node:test";
import { ABILITIES, CLIENTS } from "../lib/clients.mjs";
import { startZonesMcp } from "../lib/fences.mjs";
import { start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const FOLDER = new URL("../../../docs/programs/", import.meta.url);
const PROGRAMS = Object.fromEntries(readdirSync(FOLDER).map((file) => [file.replace(".json", ""), JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))]));
// Where the calls of a step go.
const PATHS = { accounts: "*/accounts", members: "*/members", logs: "*/audit_logs", roles: "*/roles", apps: "*/access/apps", tokens: "*/tokens", zones: "*/zones", rules: "*/firewall/rules", managed: "*/entrypoint", settings: "*/settings", traffic: "*/analytics/dashboard" };
const FAULTS = {
  "a 500": { kind: "status", status: 500, why: /500/ },
  "silence": { kind: "slow", delay_ms: 60000, why: /time|long|slow|byte/i },
  "a cut connection": { kind: "drop", why: /broke|closed|connection|answer/i },
  "a cut answer": { kind: "drop_middle", why: /broke off/ },
  "broken JSON": { kind: "broken_json", why: /cannot be read/ },
  "an answer without end": { kind: "huge_json", bytes: 8 * 1024 * 1024, why: /passes/ },
};

let world;
before(async () => {
  world = await start({ settings: { program_wait: "0s", program_cache: "0s", upstream_first_byte_timeout: "4s", upstream_body_bytes: "2MiB" } });
  await world.account("cfut_sandbox_one_account", { name: "acme" });
});
after(() => world?.close());
afterEach(() => world.sandbox.control("DELETE", "/fault"));

const arm = (step, { why, ...fault }, times = 1000) => world.sandbox.control("POST", "/fault", { match: { path: PATHS[step] }, times, ...fault });
const run = (body) => world.must(200, "POST", "/program", body);
const says = (text, id) => new RegExp(`\\b${id}\\b`).test(text);
// A table stands behind FROM, JOIN or a comma of these.
const names = (text, id) => new RegExp(`(\\b(FROM|JOIN)\\s+|,\\s*)${id}\\b`).test(typeof text === "string" ? text : text.query);
/** The steps that cannot be done without this one. */
const behind = (program, id) => {
  const lost = new Set([id]);
  for (const s of program.steps) if (s.for_each && [...lost].some((l) => names(s.for_each, l))) lost.add(s.id);
  return lost;
};

describe("every call of a step fails", () => {
  for (const [name, program] of Object.entries(PROGRAMS))
    for (const step of program.steps)
      for (const [what, fault] of Object.entries(FAULTS))
        test(`${name}, ${step.id}: ${what}`, async () => {
          await arm(step.id, fault);
          const outcome = await run({ program });
          const lost = behind(program, step.id), told = JSON.stringify(outcome.warnings);
          for (const s of outcome.steps) assert.equal(s.state, lost.has(s.id) ? "failed" : "complete", `${s.id}: ${JSON.stringify(outcome.steps)}`);
          assert.match(outcome.steps.find((s) => s.id === step.id).why, fault.why);
          for (const [id, result] of Object.entries(program.results)) {
            const missing = [...lost].some((l) => names(result, l)), got = outcome.results.find((r) => r.name === id);
            assert.equal(got.error !== undefined, missing, `${id}: ${JSON.stringify(got).slice(0, 300)}`);
            if (missing) assert.ok([...lost].some((l) => says(got.error, l)), got.error);
          }
          assert.equal(outcome.status, outcome.results.every((r) => r.error) ? "failed" : "partial");
          assert.ok(says(told, step.id), told);
          assert.ok((await world.sandbox.control("GET", "/requests?last=200")).every((r) => r.method === "GET"));
        });
});

describe("a rate limit", () => {
  for (const [name, program] of Object.entries(PROGRAMS))
    for (const step of program.steps)
      test(`${name}, ${step.id}: it pauses, whole, and goes on by its handle`, async () => {
        await arm(step.id, { kind: "rate_limited" });
        const paused = await run({ program });
        assert.equal(paused.status, "paused", JSON.stringify(paused.warnings));
        assert.ok(paused.wait_seconds > 0 && paused.handle, JSON.stringify(paused.wait_seconds));
        assert.equal(paused.steps.find((s) => s.id === step.id).state === "complete", false);
        await world.sandbox.control("DELETE", "/fault");
        const whole = await run({ continue: paused.handle });
        assert.equal(whole.status, "complete", JSON.stringify(whole.warnings));
        const direct = await run({ program });
        assert.deepEqual(whole.results.map((r) => r.rows.length), direct.results.map((r) => r.rows.length));
      });
});

describe("one call of several fails", () => {
  // Where a kept connection ends before a byte came, the same is asked once more on another (RFC 9112, 9.3.1).
  const one = Object.entries(FAULTS).filter(([what]) => what !== "a cut connection");
  for (const step of ["rules", "managed", "settings"])
    for (const [what, fault] of one)
      test(`waf-comparison, ${step}: ${what}`, async () => {
        await arm(step, fault, 1);
        const outcome = await run({ program: PROGRAMS["waf-comparison"] });
        assert.equal(outcome.status, "partial");
        const got = outcome.steps.find((s) => s.id === step);
        assert.deepEqual([got.state, got.calls, got.failed], ["partial", 2, 1]);
        assert.match(got.why, fault.why);
        assert.match(outcome.warnings.join("\n"), new RegExp(`${step}: .*1 of 2`));
        assert.ok(outcome.results.every((r) => !r.error), JSON.stringify(outcome.results.map((r) => r.error)));
      });
});

describe("a vendor asks something back in mid-program", () => {
  const QUESTIONS = {
    "elicitation/create": undefined,
    "sampling/createMessage": { method: "sampling/createMessage", params: { messages: [{ role: "user", content: { type: "text", text: "Which zone?" } }], maxTokens: 10 } },
  };
  for (const era of ["modern", "legacy"])
    for (const [method, question] of Object.entries(QUESTIONS))
      test(`${era}, ${method}: it is declined, whoever runs the program; its step fails and says so, the others stand`, async (t) => {
        const vendor = await startZonesMcp(era, { question });
        t.after(() => vendor.close());
        const name = `${era}-${method.split("/")[0]}`, account = await vendor.connect(world, { name });
        const program = {
          version: 1,
          steps: [
            { id: "zones", account: name, tool: "zones_list" },
            { id: "asked", account: name, tool: "ask_first", for_each: "SELECT id FROM zones LIMIT 1", arguments: { zoneId: { $: "id" } } },
          ],
          results: { zones: "SELECT count(*) AS n FROM zones", asked: "SELECT count(*) AS n FROM asked" },
        };
        const check = (outcome) => {
          assert.equal(outcome.status, "partial");
          const told = JSON.stringify(outcome);
          assert.match(outcome.warnings.join("\n"), new RegExp(`^asked failed: its vendor asks something back \\(${method}\\)`, "m"));
          assert.ok(outcome.results.find((r) => r.name === "zones").rows[0][0] > 0, told);
          assert.ok(outcome.results.find((r) => r.name === "asked").error, told);
        };
        check(await run({ program }));
        // Who could answer is not asked either: a program runs the same for everybody.
        const server = await world.server(account, { methods: ["read"], programs: true });
        for (const kind of ["SDK v1", "SDK v2, pinned"]) {
          const client = await CLIENTS[kind].connect(server.url, { abilities: ABILITIES });
          t.after(() => client.close());
          check((await client.callTool({ name: "postern_run_program", arguments: { program } })).structuredContent);
          assert.deepEqual(client.asked, []);
        }
        if (era === "modern") return; // whose question is its answer
        const declined = () => vendor.requests.filter((r) => r.method === "POST").map((r) => JSON.parse(r.body)).filter((m) => m.id === "q");
        await eventually("the vendor has heard it each time", () => declined().length === 3);
        assert.deepEqual(declined().map((m) => m.error?.code), [-32601, -32601, -32601]);
      });
});
