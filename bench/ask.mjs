// SPDX-License-Identifier: Apache-2.0
// A plan over 3,000 tools: of things that have words, where nothing is called, and of those that a tool's name alone tells of,
// whose first rows are read for it. The whole request is timed, by HTTP.
import { Postern } from "../tests/e2e/lib/postern.mjs";
import { serve } from "./http.mjs";
import { median } from "./load.mjs";
import { cpu } from "./program.mjs";
import { questions, wanted } from "./questions.mjs";
import { TOKEN } from "./upstream.mjs";

const TOOLS = 3000, WORDED = 300, QUESTIONS = 100, CHANGES = 10;
const SYLLABLES = ["ba", "ce", "di", "fo", "go", "la", "me", "ni", "po", "ra"];
const noun = (i) => [...String(i).padStart(4, "0")].map((digit) => SYLLABLES[digit]).join("");
const tool = (i) => `list_all_many_${noun(i)}s`; // nouns of an import are plural

function document() {
  const paths = {};
  for (let i = 0; i < TOOLS; i++) paths[`/${noun(i)}`] = { get: { summary: `List ${noun(i)}`, responses: { 200: { description: "ok" } } } };
  return JSON.stringify({ openapi: "3.1.0", info: { title: "Many", version: "1" }, paths });
}

function words(names) {
  const columns = (id) => ({ name: { sql: `${id}.name`, names: ["name"] }, status: { sql: `${id}.status`, names: ["status"], values: { active: ["active", "live"], paused: ["paused"] } }, size: { sql: `${id}.size`, names: ["size"], kind: "bytes" } });
  const things = {};
  for (let i = 0; i < WORDED; i++) things[noun(i)] = { names: [noun(i)], steps: [{ id: noun(i), tool: names[i] }], label: "name", columns: columns(noun(i)) };
  return { things };
}

async function plans(print) {
  const upstream = await serve((_, res) => res.send(200, "[]", { "content-type": "application/json" }));
  const postern = await new Postern({ log_level: "warn" }).start();
  const definition = { name: "many", label: "Many", kind: "rest", base_url: upstream, auth: [{ id: "token", fields: [{ name: "token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }] };
  definition.ask = words(Array.from({ length: WORDED }, (_, i) => tool(i)));
  await postern.must(201, "POST", "/connector", { definition, document: document() });
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "many", name: "many", credential: { token: TOKEN } });
  const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "many", config: { methods: ["read"] } });
  if (server.tool_count < TOOLS) throw new Error(`expected ${TOOLS} tools, not ${server.tool_count}`);

  const plan = async (i, more) => {
    const begun = performance.now();
    const a = await postern.must(200, "POST", "/ask", { question: `how many ${noun(i)} are there`, plan_only: true, ...more });
    const took = performance.now() - begun;
    if (a.program?.steps[0].tool !== tool(i) || (i < WORDED && a.calls.length)) throw new Error(`expected a plan with ${tool(i)}, not ${JSON.stringify(a)}`);
    return took;
  };
  for (const [whose, more] of [["of all accounts", {}], ["of a server", { server: server.id }]]) {
    let used = 0;
    const first = [], next = [], read = [];
    for (let i = 0; i < CHANGES; i++) {
      await postern.must(200, "PATCH", `/integrated-account/${account.id}`, { name: `many-${whose.length}-${i}` });
      const before = cpu(postern);
      first.push(await plan(i, more));
      used += cpu(postern) - before;
    }
    for (let i = 0; i < QUESTIONS; i++) {
      next.push(await plan(i, more));
      read.push(await plan(WORDED + i, more));
    }
    print(`a plan over the ${TOOLS} tools ${whose}, ms of the whole request`, median(next).toFixed(2), "<= 20", median(next) <= 20);
    print("the same of a tool without words, its first rows read, ms", median(read).toFixed(2));
    print("the first one after a change of the catalog, ms", median(first).toFixed(2), "<= 100", median(first) <= 100);
    print("of these, ms of CPU, in the mean", ((used * 1000) / CHANGES).toFixed(0));
  }
  await postern.close();
}

export async function ask({ print }) {
  if (!wanted) await plans(print);
  await questions({ print });
}
