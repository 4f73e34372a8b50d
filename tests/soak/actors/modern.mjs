// SPDX-License-Identifier: Apache-2.0
// An AI client of 2026-07-28 that writes its requests by hand: good ones, wrong ones, and ones it does not wait for.
import { ask, bearer, modernAsk, request, verdict } from "../lib/ask.mjs";
import { argumentsFor } from "../lib/arguments.mjs";
import { MODERN } from "../../e2e/lib/postern.mjs";

const CAPABILITIES = [{}, { elicitation: { form: {} } }, { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} }];
const CURSORS = ["x", "0", "-1", "A".repeat(5000), "\u0000", 7, null, {}];

// A server that is there, in three of four cases one that has tools to call.
export function target(worker) {
  const { servers } = worker.world;
  const rich = servers.filter((s) => s.tools?.length);
  return worker.random.pick(rich.length && worker.random.chance(0.75) ? rich : servers);
}
const on = (act) => (worker) => {
  const server = target(worker);
  return server ? act(worker, server) : "no server";
};
export const toolOf = ({ random }, server) => (random.chance(0.9) && random.pick(server.tools ?? [])) || random.pick(["list_things", "get_answer", "get_late", "test_elicitation", "no_such_tool", ""]);
export const answers = (requests, random) => Object.fromEntries(Object.keys(requests ?? {}).map((key) => [key, random.pick([{ action: "accept", content: { name: "Alice", ok: true, username: "alice" } }, { action: "decline" }, { action: "cancel" }, 7, { role: "assistant", content: { type: "text", text: "Paris" }, model: "m" }, { roots: [] }])]));

async function listAll(worker, server, ask) {
  const names = [];
  let r, cursor;
  for (let page = 0; page < 12; page++) {
    r = await ask(cursor === undefined ? {} : { cursor });
    const result = r.json?.result ?? r.messages?.findLast((m) => m?.result)?.result;
    names.push(...(Array.isArray(result?.tools) ? result.tools.map((tool) => tool.name) : []));
    cursor = result?.nextCursor;
    if (cursor === undefined) break;
  }
  server.tools = names;
  return verdict(r);
}
export { listAll };

const call = (worker, server, more = {}) => {
  const name = toolOf(worker, server);
  const meta = worker.random.chance(0.2) ? { progressToken: worker.nextId(), "io.modelcontextprotocol/logLevel": "debug" } : {};
  return modernAsk(worker, server, "tools/call", { name, arguments: argumentsFor(worker.random, name), ...more.params }, { meta, capabilities: worker.random.pick(CAPABILITIES), ...more });
};

// Follows input_required as far as it likes to.
async function asked(worker, server) {
  const { random } = worker;
  const name = random.pick(["get_answer", "test_elicitation", "test_input_required_result_request_state", "test_input_required_result_multi_round", "test_sampling"]);
  const capabilities = random.pick(CAPABILITIES);
  let params = { name, arguments: argumentsFor(random, name) }, r;
  for (let round = 0; round < 4; round++) {
    r = await modernAsk(worker, server, "tools/call", params, { capabilities, ...(random.chance(0.05) ? { leave_ms: random.between(1, 800) } : {}) });
    const result = r.json?.result ?? r.messages.findLast((m) => m?.result)?.result;
    if (result?.resultType !== "input_required" || random.chance(0.25)) break; // or never comes back
    const state = random.chance(0.9) ? result.requestState : random.pick(["", "let me in", "A".repeat(100_000), `${result.requestState}x`, null, 7]);
    params = { ...params, inputResponses: answers(result.inputRequests, random), ...(state === undefined ? {} : { requestState: state }) };
  }
  return verdict(r);
}

function listen(worker, server, held) {
  const notifications = worker.random.pick([{ toolsListChanged: true }, { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ["a:b", "test://watched-resource"] }, {}, 7]);
  const params = { notifications };
  if (!held) return modernAsk(worker, server, "subscriptions/listen", params, { leave_ms: worker.random.between(1, 3000), quiet: true, agent: false }).then(verdict);
  const leaving = new AbortController();
  void modernAsk(worker.apart(leaving.signal), server, "subscriptions/listen", params, { quiet: true, agent: false, ceiling: 900_000 });
  worker.hold({ close: () => leaving.abort() });
  return "held";
}

const HEADERS = [{ "mcp-method": "tools/list" }, { "mcp-method": undefined }, { "mcp-protocol-version": "2030-01-01" }, { "mcp-protocol-version": undefined }, { accept: "text/html" }, { "content-type": "text/plain" }, { "mcp-name": "=?base64?broken" }, { origin: "https://evil.example" }, { authorization: "Bearer wrong" }, { "content-encoding": "gzip" }];
const trimmed = (headers) => Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
const MESSAGES = ["{", "7", "[]", "null", '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","id":null,"method":"tools/list"}', '{"jsonrpc":"2.0","id":{},"method":"tools/list"}', `${"[".repeat(5000)}`, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":7}', '{"id":9007199254740993,"jsonrpc":"2.0","method":"ping"}', `{"jsonrpc":"2.0","id":"${"i".repeat(100_000)}","method":"tools/list"}`];

export const modern = {
  name: "modern",
  pause_ms: [10, 250],
  operations: {
    "discover": [1, on((w, s) => modernAsk(w, s, "server/discover").then(verdict))],
    "tools.list": [6, on((w, s) => listAll(w, s, (params) => modernAsk(w, s, "tools/list", params)))],
    "tools.cursor": [1, on((w, s) => modernAsk(w, s, "tools/list", { cursor: w.random.pick(CURSORS) }).then(verdict))],
    "tools.call": [14, on((w, s) => call(w, s).then(verdict))],
    "tools.call.leave": [3, on((w, s) => call(w, s, { leave_ms: w.random.between(1, 1500), agent: false }).then(verdict))],
    "tools.call.together": [1, on(async (w, s) => (await Promise.all(Array.from({ length: w.random.between(2, 12) }, () => call(w, s)))).map(verdict)[0])],
    "tools.call.asked": [4, on(asked)],
    "state.wrong": [1, on((w, s) => call(w, s, { params: { requestState: w.random.pick(["", "x", "A".repeat(50_000), 7]), inputResponses: w.random.pick([{}, 7, { a: 7 }]) } }).then(verdict))],
    "listen": [2, on((w, s) => listen(w, s, true))],
    "listen.leave": [2, on((w, s) => listen(w, s, false))],
    "prompts": [1, on((w, s) => modernAsk(w, s, ...w.random.pick([["prompts/list"], ["prompts/get", { name: "test_simple_prompt" }], ["prompts/get", { name: "hello", arguments: 7 }]])).then(verdict))],
    "resources": [1, on((w, s) => modernAsk(w, s, ...w.random.pick([["resources/list"], ["resources/templates/list"], ["resources/read", { uri: "test://static-text" }], ["resources/read", { uri: "a:b" }], ["completion/complete", { ref: { type: "ref/prompt", name: "x" }, argument: { name: "a", value: "p" } }]])).then(verdict))],
    "headers.wrong": [1, on((w, s) => ask(w, s.url, { headers: trimmed({ "mcp-protocol-version": MODERN, "mcp-method": "server/discover", ...bearer(s), ...w.random.pick(HEADERS) }), body: request("server/discover", { _meta: { "io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {} } }, 1) }).then(verdict))],
    "message.wrong": [1, on((w, s) => ask(w, s.url, { headers: { "mcp-protocol-version": MODERN, "mcp-method": "tools/list", ...bearer(s) }, body: w.random.pick(MESSAGES) }).then(verdict))],
    "body.slow": [1, on((w, s) => call(w, s, { slow: { bytes: w.random.between(1, 200), ms: w.random.between(5, 400) }, agent: false }).then(verdict))],
    "body.half": [1, on((w, s) => call(w, s, { half: w.random.between(0, 60), leave_ms: w.random.chance(0.5) ? w.random.between(1, 2000) : undefined, agent: false }).then(verdict))],
  },
};
