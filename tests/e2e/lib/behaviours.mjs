// SPDX-License-Identifier: Apache-2.0
// What a client must see of the conformance fixtures, whatever eras lie between: run against a served URL
// or, to test the tests, against the upstream itself. Each takes { connect, era, upstream } where connect(more)
// opens a client of the pairing at hand. `needs` names what a stateless upstream cannot do.
import assert from "node:assert/strict";
import { ABILITIES, version } from "./clients.mjs";
import { MODERN } from "./postern.mjs";
import { eventually } from "./wait.mjs";

const LOG_LEVEL = "io.modelcontextprotocol/logLevel";
const WATCHED = "test://watched-resource";
const words = (result) => result.content.map((c) => c.text).join(" ");
const call = (client, name, args = {}, options = {}) => (client.v1 ? client.callTool({ name, arguments: args }, undefined, options) : client.callTool({ name, arguments: args }, options));
const refused = (promise) => promise.then((r) => assert.fail(`no error but ${JSON.stringify(r)}`), (e) => e);

async function using(client, work) {
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

// As it came by the wire; SDK v2 adds steps of its own where a call takes more than one round.
const progressSince = (client, start) => client.heard.slice(start).filter((m) => m.method === "notifications/progress").map(({ params }) => [params.progress, params.total]);

// News travel by a stream of their own, which may open later than the answer to what asked for it came: so they
// are caused again, ever later, so that on no machine one change undoes another before anybody looked.
async function nudged(what, cause, seen) {
  for (let ms = 1000; ; ms *= 2) {
    await cause();
    if (await eventually(what, seen, { ms }).catch((error) => ms > 60_000 && Promise.reject(error))) return;
  }
}

const PLAIN = {
  "negotiates the era of the client": async ({ client, era }) => assert.match(version(client), era === "modern" ? new RegExp(MODERN) : /^202[45]-/),
  "lists the tools, under their own names": async ({ client }) => {
    const names = (await client.listTools()).tools.map((t) => t.name);
    for (const wanted of ["test_simple_text", "json_schema_2020_12_tool", "test_x_mcp_header", "test_elicitation"]) assert.ok(names.includes(wanted), `${wanted} is missing among ${names}`);
  },
  "a schema arrives as it is": async ({ client }) => {
    const tool = (await client.listTools()).tools.find((t) => t.name === "json_schema_2020_12_tool");
    assert.deepEqual(Object.keys(tool.inputSchema).sort(), ["$defs", "$schema", "additionalProperties", "allOf", "else", "if", "properties", "then", "type"]);
    assert.equal(tool.inputSchema.$defs.address.$anchor, "addressDef");
  },
  "every kind of content": async ({ client }) => {
    const kinds = async (name) => (await call(client, name)).content.map((c) => c.type);
    assert.deepEqual(await kinds("test_simple_text"), ["text"]);
    assert.deepEqual(await kinds("test_image_content"), ["image"]);
    assert.deepEqual(await kinds("test_audio_content"), ["audio"]);
    assert.deepEqual(await kinds("test_embedded_resource"), ["resource"]);
    assert.deepEqual(await kinds("test_multiple_content_types"), ["text", "image", "resource"]);
    assert.deepEqual((await call(client, "test_structured_content")).structuredContent, { sum: 3 });
  },
  "arguments of any letters, in body and header": async ({ client }) => {
    for (const region of ["us-west1", " padded ", "Grüße, 世界", "=?base64?SGVsbG8=?=", ""]) assert.equal(words(await call(client, "test_x_mcp_header", { region })), `Region: ${region}`);
    assert.equal(words(await call(client, "test_echo", { message: 'a"b\\c\u0007\u2028' })), 'Echo: a"b\\c\u0007\u2028');
  },
  "a structure that is no object, as its era has it": async ({ client, era }) => {
    const tool = (await client.listTools()).tools.find((t) => t.name === "test_structured_array");
    const { structuredContent } = await call(client, "test_structured_array"); // held against the schema by the SDK
    const wrapped = tool.outputSchema.type === "object";
    assert.deepEqual(structuredContent, wrapped ? { result: [1, 2] } : [1, 2]);
    if (era !== "modern") assert.ok(wrapped, "legacy knows objects only");
  },
  "what nobody on the way knows passes, both ways": async ({ client }) => {
    const tool = (await client.listTools()).tools.find((t) => t.name === "test_meta");
    assert.deepEqual([tool.title, tool._meta?.["example.com/tool"], tool.annotations.readOnlyHint], ["Extra things", [1, "two"], true]);
    const result = await client.callTool({ name: "test_meta", arguments: {}, _meta: { "example.com/question": { text: "ä" }, traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } });
    const seen = JSON.parse(result.content[0].text);
    assert.deepEqual(seen["example.com/question"], { text: "ä" });
    assert.match(seen.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-/);
    assert.deepEqual(result._meta["example.com/answer"], { of: 42 });
    assert.deepEqual([result.content[0].annotations, result.content[0]._meta], [{ audience: ["user"], priority: 0.5 }, { "example.com/block": true }]);
  },
  "a failure is a result that says so": async ({ client }) => {
    const result = await call(client, "test_error_handling");
    assert.equal(result.isError, true);
    assert.match(words(result), /intentionally returns an error/);
  },
  "an unknown tool is an error of the protocol": async ({ client }) => assert.equal((await refused(call(client, "no_such_tool"))).code, -32602),
  "progress": async ({ client }) => {
    const seen = [], steps = [[0, 100], [50, 100], [100, 100]], before = client.heard.length;
    await call(client, "test_tool_with_progress", {}, { onprogress: (p) => seen.push([p.progress, p.total]) });
    assert.deepEqual(progressSince(client, before), steps);
    // An SDK that gets notice and result in one piece may take the callback away before it has called it.
    assert.deepEqual(seen, steps.slice(0, seen.length), "under the client's own token");
  },
  "prompts": async ({ client }) => {
    const { prompts } = await client.listPrompts();
    assert.ok(["test_simple_prompt", "test_prompt_with_arguments", "test_prompt_with_image"].every((n) => prompts.some((p) => p.name === n)), JSON.stringify(prompts));
    const given = await client.getPrompt({ name: "test_prompt_with_arguments", arguments: { arg1: "hello", arg2: "wörld" } });
    assert.equal(given.messages[0].content.text, "Prompt with arguments: arg1='hello', arg2='wörld'");
    assert.equal((await client.getPrompt({ name: "test_prompt_with_image" })).messages[0].content.type, "image");
    assert.equal((await refused(client.getPrompt({ name: "no_such_prompt" }))).code, -32602);
  },
  "resources and templates": async ({ client }) => {
    const { resources } = await client.listResources();
    assert.ok(["test://static-text", "test://static-binary", WATCHED].every((uri) => resources.some((r) => r.uri === uri)), JSON.stringify(resources));
    assert.match((await client.readResource({ uri: "test://static-text" })).contents[0].text, /static text resource/);
    assert.ok(Buffer.from((await client.readResource({ uri: "test://static-binary" })).contents[0].blob, "base64").subarray(1, 4).equals(Buffer.from("PNG")));
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.deepEqual(resourceTemplates.map((t) => t.uriTemplate), ["test://template/{id}/data"]);
    assert.equal(JSON.parse((await client.readResource({ uri: "test://template/123/data" })).contents[0].text).id, "123");
  },
  "a resource that is not there, with the era's code": async ({ client, era }) => {
    const error = await refused(client.readResource({ uri: "test://nothing" }));
    assert.ok(era === "modern" ? error.code === -32602 : [-32002, -32602].includes(error.code), `${error.code} ${error.message}`);
  },
  "completion": async ({ client }) => {
    const { completion } = await client.complete({ ref: { type: "ref/prompt", name: "test_prompt_with_arguments" }, argument: { name: "arg1", value: "par" } });
    assert.deepEqual(completion.values, ["paris", "park", "party"]);
  },
};

// With a connection upstream that lasts as long as a call.
const LIVE = {
  "log messages, to those who ask": async ({ client, era }) => {
    const quiet = client.told.length;
    if (era !== "modern") await client.setLoggingLevel("info");
    const params = { name: "test_tool_with_logging", arguments: {}, ...(era === "modern" ? { _meta: { [LOG_LEVEL]: "info" } } : {}) };
    await client.callTool(params);
    await eventually("three messages", () => client.told.slice(quiet).filter((n) => n.method === "notifications/message").length >= 3);
    assert.equal(client.told.at(-1).params.data, "Tool execution completed");
  },
  "the client's model is asked": async ({ client }) => {
    assert.equal(words(await call(client, "test_sampling", { prompt: "Say something" })), "LLM response: Paris");
    assert.equal(client.asked.at(-1).params.messages[0].content.text ?? client.asked.at(-1).params.messages[0].content[0].text, "Say something");
    assert.equal(client.asked.at(-1).params.maxTokens, 100);
  },
  "the user is asked, in every form": async ({ client }) => {
    assert.match(words(await call(client, "test_elicitation", { message: "Who?" })), /action=accept, content=\{"username":"Alice","email":"Alice"\}/);
    assert.match(words(await call(client, "test_elicitation_sep1034_defaults")), /"name":"John Doe","age":30,"score":95.5,"status":"active","verified":true/);
    assert.deepEqual(client.asked.at(-1).params.requestedSchema.properties.status.enum, ["active", "inactive", "pending"]);
    assert.match(words(await call(client, "test_elicitation_sep1330_enums")), /"titledMulti":\["value1"\]/);
  },
  "the client's roots are listed": async ({ client }) => assert.equal(words(await call(client, "test_list_roots")), "Roots: file:///test/root"),
  "several things at once, and one after the other": async ({ client }) => {
    assert.equal(words(await call(client, "test_input_required_result_multiple_inputs")), "Paris Alice, with file:///test/root");
    assert.equal(words(await call(client, "test_input_required_result_multi_round")), "Alice likes Alice.");
    assert.equal(words(await call(client, "test_input_required_result_request_state")), "state-ok");
  },
  "a prompt that asks": async ({ client }) => {
    const { messages } = await client.getPrompt({ name: "test_input_required_result_prompt" });
    assert.equal(messages[0].content.text, "Context: Alice");
  },
  "only what the client declared is asked of it": async ({ client, connect }) => {
    assert.match(words(await call(client, "test_input_required_result_capabilities")), /^Asked: (?=.*sample)(?=.*user_name)(?=.*client_roots)/);
    await using(await connect({ abilities: { roots: {} } }), async (modest) => {
      assert.equal(words(await call(modest, "test_input_required_result_capabilities")), "Asked: client_roots");
      assert.deepEqual(modest.asked.map((a) => a.method), ["roots/list"]);
    });
  },
  "who cannot be asked is told so": async ({ connect }) =>
    using(await connect(), async (mute) => {
      const answer = await call(mute, "test_sampling", { prompt: "x" }).catch((e) => ({ isError: true, content: [{ text: `${e.code} ${e.message} ${JSON.stringify(e.data ?? {})}` }] }));
      assert.equal(answer.isError, true);
      assert.match(words(answer), /sampling/i);
    }),
  "the same question twice at a time": async ({ client }) => {
    const prompts = ["one", "two", "three"];
    const results = await Promise.all(prompts.map((prompt) => call(client, "test_sampling", { prompt })));
    for (const result of results) assert.equal(words(result), "LLM response: Paris");
    assert.deepEqual(client.asked.slice(-3).map((a) => [a.params.messages[0].content].flat()[0].text).sort(), prompts.toSorted());
  },
  "whoever leaves is noticed upstream": async ({ client, upstream }) => {
    const before = (await upstream.state()).aborted;
    const leaving = new AbortController();
    const waiting = refused(call(client, "test_wait", { seconds: 20 }, { signal: leaving.signal }));
    await eventually("it is at work", async () => (await upstream.state()).waiting > 0);
    leaving.abort();
    await waiting;
    await eventually("the tool was left alone", async () => (await upstream.state()).aborted > before);
  },
  "a changed resource is told to those who watch it": async ({ client, era }) => {
    const stream = era === "modern" ? await client.listen({ resourceSubscriptions: [WATCHED] }) : await client.subscribeResource({ uri: WATCHED });
    await nudged("an update", () => call(client, "test_trigger_resource_update"), () => client.told.some((n) => n.method === "notifications/resources/updated" && n.params.uri === WATCHED));
    await (era === "modern" ? stream.close() : client.unsubscribeResource({ uri: WATCHED }));
  },
  "changed lists are told": async ({ connect }) => {
    const changes = { tools: 0, prompts: 0, resources: 0 };
    const heard = (kind) => ({ autoRefresh: false, debounceMs: 0, onChanged: () => void changes[kind]++ });
    await using(await connect({ listChanged: { tools: heard("tools"), prompts: heard("prompts"), resources: heard("resources") } }), async (listener) => {
      for (const kind of ["prompt", "resource", "tool"]) await nudged(`${kind}s changed`, () => call(listener, `test_trigger_${kind}_change`), () => changes[`${kind}s`] > 0);
    });
  },
};

// What the call's answer outlives: its stream breaks off and is taken up again.
const RESUMED = {
  "a broken-off stream is taken up again": async ({ client }) => assert.match(words(await call(client, "test_reconnection")), /completed/),
};

export const BEHAVIOURS = { PLAIN, LIVE, RESUMED };
export { call, progressSince, using, words };
