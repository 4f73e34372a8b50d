// SPDX-License-Identifier: Apache-2.0
// The scripted language model: its three formats, its strictness, its record.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, afterEach, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FORMATS } from "../model/formats.js";
import { MISCHIEF } from "../model/mischief.js";
import { SCRIPTS } from "../model/scripts.js";
import { Model, MODEL_KEY } from "../model/server.js";
import { programIn } from "../model/talk.js";

const model = new Model();
before(() => model.listen());
after(() => model.close());
afterEach(() => model.forget());

const TOOLS = ["search_tools", "describe_tools", "run_program", "present"];
const DRAFT = { version: 1, title: "a } in it", steps: [{ id: "z", tool: "list_zones" }], results: { main: { query: "SELECT count(*) AS n FROM z" } } };
const QUESTION = `Question: how many? Draft: {not json} ${JSON.stringify(DRAFT)} end`;

type Body = Record<string, unknown>;
interface Talk {
  first(script: string, tools: string[]): Body;
  more(body: Body, reply: string, result: string): Body;
  call(reply: string): { name: string; given: unknown };
}
const events = (reply: string) => reply.split("\n\n").map((e) => /^data: (\{.*)$/m.exec(e)?.[1]).filter((d) => d !== undefined).map((d) => JSON.parse(d) as any);

const TALKS: { [name: string]: Talk } = {
  messages: {
    first: (script, tools) => ({ model: script, max_tokens: 4096, stream: true, tools: tools.map((name) => ({ name, input_schema: { type: "object" } })), messages: [{ role: "user", content: QUESTION }] }),
    more(body, reply, result) {
      const content: any[] = [];
      for (const e of events(reply)) {
        if (e.type === "content_block_start") content[e.index] = { ...e.content_block, text_: "" };
        if (e.delta?.thinking) content[e.index].thinking += e.delta.thinking;
        if (e.delta?.signature) content[e.index].signature = e.delta.signature;
        if (e.delta?.partial_json) content[e.index].text_ += e.delta.partial_json;
      }
      const calls = content.filter((c) => c.type === "tool_use");
      for (const c of calls) c.input = JSON.parse(c.text_);
      const results = calls.map((c) => ({ type: "tool_result", tool_use_id: c.id, content: result }));
      return { ...body, messages: [...(body["messages"] as any[]), { role: "assistant", content: content.map(({ text_, ...c }) => c) }, { role: "user", content: results }] };
    },
    call(reply) {
      const all = events(reply);
      const start = all.find((e) => e.content_block?.type === "tool_use");
      return { name: start.content_block.name, given: JSON.parse(all.filter((e) => e.index === start.index).map((e) => e.delta?.partial_json ?? "").join("")) };
    },
  },
  responses: {
    first: (script, tools) => ({ model: script, max_output_tokens: 4096, stream: true, store: false, tools: tools.map((name) => ({ type: "function", name, parameters: { type: "object" }, strict: false })), input: [{ role: "user", content: QUESTION }] }),
    more(body, reply, result) {
      const items = events(reply).filter((e) => e.type === "response.output_item.done").map((e) => e.item);
      return { ...body, input: [...(body["input"] as any[]), ...items, ...items.filter((i) => i.type === "function_call").map((i) => ({ type: "function_call_output", call_id: i.call_id, output: result }))] };
    },
    call(reply) {
      const { item } = events(reply).find((e) => e.type === "response.output_item.done" && e.item.type === "function_call");
      return { name: item.name, given: JSON.parse(item.arguments) };
    },
  },
  chat: {
    first: (script, tools) => ({ model: script, max_tokens: 4096, stream: true, tools: tools.map((name) => ({ type: "function", function: { name, parameters: { type: "object" } } })), messages: [{ role: "user", content: QUESTION }] }),
    more(body, reply, result) {
      const calls: any[] = [];
      for (const t of events(reply).flatMap((e) => e.choices[0]?.delta.tool_calls ?? [])) {
        const c = (calls[t.index] ??= { id: t.id, type: "function", function: { name: t.function.name, arguments: "" } });
        c.function.arguments += t.function.arguments;
      }
      return { ...body, messages: [...(body["messages"] as any[]), { role: "assistant", content: null, tool_calls: calls }, ...calls.map((c) => ({ role: "tool", tool_call_id: c.id, content: result }))] };
    },
    call(reply) {
      const pieces = events(reply).flatMap((e) => e.choices[0]?.delta.tool_calls ?? []);
      return { name: pieces[0].function.name, given: JSON.parse(pieces.filter((p: any) => p.index === 0).map((p: any) => p.function.arguments).join("")) };
    },
  },
};

async function send(format: string, body: Body, key = MODEL_KEY): Promise<{ status: number; text: string }> {
  const path = FORMATS.find((f) => f.name === format)!.path;
  const r = await fetch(`${model.origin}/v1${path}`, { method: "POST", headers: { authorization: `Bearer ${key}`, "anthropic-version": "2023-06-01" }, body: JSON.stringify(body) });
  return { status: r.status, text: await r.text() };
}

for (const [format, talk] of Object.entries(TALKS))
  test(`${format}: reads the draft, runs it, presents the run`, async () => {
    let body = talk.first("good", TOOLS);
    const one = await send(format, body);
    assert.equal(one.status, 200, one.text);
    assert.deepEqual(talk.call(one.text), { name: "run_program", given: { program: DRAFT } });
    body = talk.more(body, one.text, "Run 1: complete.");
    const two = await send(format, body);
    assert.deepEqual(talk.call(two.text), { name: "present", given: { outcome: "answer", run: "1" } });

    const key = body["messages"] ? "messages" : "input";
    const changed = { ...body, [key]: (body[key] as Body[]).map((t, n) => (n === 1 ? { ...t, more: "changed" } : t)) };
    assert.match((await send(format, changed)).text, /Turn 1 was changed/);
    assert.match((await send(format, { ...body, tools: [] })).text, /tools were changed/);
    assert.match((await send(format, { ...body, [key]: (body[key] as Body[]).slice(0, -1) })).text, /No result, or no call/);
    assert.match((await send(format, { ...body, temperature: 0 })).text, /temperature is not supported/);
  });

test("a key, a model, a path, a version", async () => {
  const body = TALKS["messages"]!.first("good", TOOLS);
  assert.equal((await send("messages", body, "sk-other")).status, 401);
  assert.equal((await send("messages", { ...body, model: "nobody" })).status, 404);
  assert.equal((await send("messages", { ...body, model: "toString" })).status, 404);
  assert.equal((await fetch(`${model.origin}/v2/messages`, { method: "POST", body: "{}" })).status, 404);
  assert.equal((await fetch(`${model.origin}/v1/messages`, { method: "POST", headers: { "x-api-key": MODEL_KEY }, body: JSON.stringify(body) })).status, 400);
  const { data } = (await (await fetch(`${model.origin}/v1/models`)).json()) as { data: { id: string }[] };
  assert.equal(data.length, Object.keys(SCRIPTS).length + Object.keys(MISCHIEF).length);
});

test("every byte of every request is there to be read, until it is forgotten", async () => {
  await send("chat", TALKS["chat"]!.first("good", TOOLS));
  const seen = (await (await fetch(`${model.origin}/_model/requests`)).json()) as { format: string; body: string; headers: string[] }[];
  assert.equal(seen.length, 1);
  assert.deepEqual([seen[0]!.format, JSON.parse(seen[0]!.body).model], ["chat", "good"]);
  assert.ok(seen[0]!.headers.includes(`Bearer ${MODEL_KEY}`));
  await fetch(`${model.origin}/_model/requests`, { method: "DELETE" });
  assert.equal(model.seen.length, 0);
});

test("every script gives a move in every format, whatever it is shown", () => {
  const shown = { script: "x", argument: "", asked: QUESTION, tools: TOOLS.map((name) => ({ name, schema: {} })), results: ["Run 1: complete."], rounds: 1, before: 0, key: "k" };
  for (const [name, script] of Object.entries(SCRIPTS))
    for (const more of [{}, { results: [], rounds: 0 }, { tools: [] }, { asked: "" }])
      for (const format of FORMATS) assert.ok(format.write({ model: name }, script({ ...shown, ...more }), "1").length > 1, name);
});

test("as others start it: the first line names the address, SIGTERM ends it, wrong flags are exit status 2", async () => {
  const main = fileURLToPath(new URL("../model.js", import.meta.url));
  assert.equal(spawnSync(process.execPath, [main, "--port", "x"]).status, 2);
  const child = spawn(process.execPath, [main, "--port", "0", "--key", "sk-mine"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const origin = /^model listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
    assert.ok(origin, line);
    assert.equal((await fetch(`${origin}/v1/models`)).status, 200);
    child.kill("SIGTERM");
    assert.deepEqual((await once(child, "exit"))[0], 0);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a program is found among other text", () => {
  assert.deepEqual(programIn(QUESTION), DRAFT);
  assert.deepEqual(programIn(`{"program": ${JSON.stringify(DRAFT)}}`), DRAFT);
  assert.equal(programIn("{ {\"a\": 1} none"), undefined);
});
