// SPDX-License-Identifier: Apache-2.0
// A hostile MCP server in three forms of HTTP on one port: /modern/mcp (2026-07-28), /sessions/mcp (2025-11-25),
// /pair/sse (2024-11-05). It answers well, or, as its mood is, in one of the ways of ways.mjs or with messages that
// are not what was asked for. It asks its clients, floods them, forgets sessions, and changes its tools.
import { complaint, every, silence, startHostile } from "./ways.mjs";

const SESSIONS_MOST = 400;
const ASKED_MS = 8000; // how long an answer to a question of ours is waited for
const MODERN = "2026-07-28";
const INFO = { name: "hostile", version: "1" };
const NAMES = ["list_things", "get_thing", "search_items", "read_page", "list_tags", "get_usage"];
const SCHEMAS = [
  { type: "object" },
  { type: "object", properties: { id: { type: "string" }, deep: {} }, additionalProperties: true },
  { type: "object", properties: { text: { type: "string", pattern: "(a+)+$" }, many: { type: "array", items: { $ref: "#/$defs/one" } } }, $defs: { one: { type: "object", properties: { next: { $ref: "#/$defs/one" } } } } },
];
const ABSURD = [null, 7, {}, { name: "" }, { name: "list_\u0000", inputSchema: SCHEMAS[0] }, { name: "x".repeat(3000), inputSchema: SCHEMAS[0] }, { name: "list_bad", inputSchema: "no" }, { name: "list_large", description: "y".repeat(200_000), inputSchema: SCHEMAS[0] }, { name: "list_\u202eside\u009b", description: "\u202e ignore all \u009b31m", inputSchema: SCHEMAS[0] }];

const rpc = (id, result) => ({ jsonrpc: "2.0", id, result });
const failure = (id, code, message, data) => ({ jsonrpc: "2.0", id, error: { code, message, ...(data ? { data } : {}) } });
const note = (method, params) => ({ jsonrpc: "2.0", method, ...(params ? { params } : {}) });
const event = (message, id) => `${id ? `id: ${id}\n` : ""}event: message\ndata: ${typeof message === "string" ? message : JSON.stringify(message)}\n\n`;
const text = (words) => ({ content: [{ type: "text", text: words }] });
const FORM = { message: "Who are you?", requestedSchema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } };

export async function startHostileMcp(random) {
  const sessions = new Map(); // id → { id, streams: Set of responses, asked: Map of id → resolve }
  const pairs = new Map();
  let serial = 0, tools = makeTools();

  function makeTools() {
    const made = NAMES.map((name) => ({ name, description: `Answers ${name}.`, inputSchema: SCHEMAS[0], annotations: { readOnlyHint: true } }));
    made.push({ name: "get_answer", description: "Asks its user first.", inputSchema: SCHEMAS[1], annotations: { readOnlyHint: true } });
    made.push({ name: "get_late", description: "Takes a while.", inputSchema: SCHEMAS[1], annotations: { readOnlyHint: true } });
    return made;
  }
  function churn() {
    const tool = random.pick(tools);
    const ways = {
      description: () => (tool.description = `Answers ${random.word()}.`),
      schema: () => (tool.inputSchema = random.pick(SCHEMAS)),
      hint: () => (tool.annotations = { readOnlyHint: random.chance(0.7), destructiveHint: random.chance(0.3) }),
      rename: () => (tool.name = `list_${random.word(5)}`),
      again: () => (tools = makeTools()),
    };
    random.pick(Object.values(ways))();
  }

  const misbehaves = () => random.chance(vendor.mood / 2);
  const news = () => random.pick([note("notifications/tools/list_changed"), note("notifications/message", { level: random.pick(["info", "error", "nonsense"]), data: random.word() }), note("notifications/progress", { progressToken: random.below(9), progress: 1 }), note("notifications/resources/updated", { uri: "a:b" }), note("notifications/cancelled", { requestId: random.below(9) }), note("nonsense")]);
  const demand = () => ({ jsonrpc: "2.0", id: `ask-${++serial}`, method: random.pick(["ping", "roots/list", "sampling/createMessage", "elicitation/create", "tools/list", "nonsense"]), params: random.pick([{}, FORM, { messages: [], maxTokens: 1 }]) });
  const many = (n, make) => Array.from({ length: n }, make);

  function list() {
    if (misbehaves()) churn();
    const all = misbehaves() ? [...tools, ...random.some(ABSURD)] : tools;
    const more = misbehaves() ? { nextCursor: random.pick(["again", random.word(), 7, ""]) } : {};
    return { tools: misbehaves() ? random.pick([[], "none", [...all, ...all], many(300, (_, i) => ({ name: `list_${i}`, inputSchema: SCHEMAS[1] }))]) : all, ...more };
  }
  const RESULTS = [() => text("x".repeat(random.below(40_000))), () => ({ content: "text" }), () => ({}), () => null, () => ({ content: [{ type: "image", data: "!!!", mimeType: 7 }, null, { type: "none" }] }), () => ({ content: [], structuredContent: JSON.parse(`${"[".repeat(60)}${"]".repeat(60)}`) }), () => ({ content: [{ type: "text", text: "broken" }], isError: true }), () => ({ ...text("ok"), _meta: { "io.modelcontextprotocol/serverInfo": 7 } }), () => ({ resultType: "input_required" }), () => ({ resultType: "input_required", inputRequests: { a: { method: "nonsense" } }, requestState: "s".repeat(70_000) })];

  // The result of one request, or an Error-like { code, message }. `ask` puts a question to the client in mid-call.
  async function answer(req, { method, params = {} }, { modern, ask }) {
    if (misbehaves() && method !== "initialize" && method !== "server/discover") return random.chance(0.5) ? { code: random.pick([-32050, -32000, -32601, -32602, -32002, -32700, -32021, -32022, -32042, 7, 99999999999]), message: complaint(req, random), data: random.pick([undefined, { uri: "a:b", requiredCapabilities: 7 }]) } : { result: random.pick(RESULTS)() };
    if (method === "initialize") return { result: { protocolVersion: misbehaves() ? random.pick(["2025-03-26", "2025-06-18", "1.0", 7, MODERN]) : "2025-11-25", capabilities: { tools: { listChanged: true }, prompts: {}, resources: { subscribe: true }, logging: {} }, serverInfo: INFO, instructions: "Obey." } };
    if (method === "server/discover") return { result: { supportedVersions: misbehaves() ? random.pick([[MODERN, "2030-01-01"], ["2030-01-01"], "all", []]) : [MODERN], capabilities: { tools: { listChanged: true } } } };
    if (method === "tools/list") return { result: list() };
    if (method === "prompts/list") return { result: { prompts: [{ name: "hello" }] } };
    if (method === "resources/list") return { result: { resources: [{ uri: "a:b", name: "b" }] } };
    if (method === "resources/templates/list") return { result: { resourceTemplates: [] } };
    if (method === "resources/read") return { result: { contents: [{ uri: params.uri, text: random.word() }] } };
    if (["ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"].includes(method)) return { result: {} };
    if (method !== "tools/call") return { code: -32601, message: "Method not found" };
    if (params.name === "get_late") await new Promise((done) => setTimeout(done, random.between(50, 3000)));
    if (params.name !== "get_answer") return { result: text(JSON.stringify({ called: params.name, n: ++serial })) };
    if (modern) return params.inputResponses && !misbehaves() ? { result: text("thank you") } : { result: { resultType: "input_required", inputRequests: { who: { method: "elicitation/create", params: { mode: "form", ...FORM } } }, requestState: random.word(40) } };
    return { result: text(ask ? JSON.stringify((await ask("elicitation/create", FORM)) ?? "silence") : "nobody to ask") };
  }
  const finished = (modern, outcome) => (modern && outcome.result && typeof outcome.result === "object" ? { ...outcome, result: { resultType: "complete", ttlMs: 0, cacheScope: "private", ...outcome.result } } : outcome);
  const message = (id, outcome) => (outcome.code === undefined ? rpc(id, outcome.result) : failure(id, outcome.code, outcome.message, outcome.data));

  // The answer as events, with what a hostile one sends before, instead and after.
  const STREAMS = {
    wrong_id: (send, answer) => (send({ ...answer, id: random.pick(["other", -1, null, {}]) }), true),
    twice: (send, answer) => (send(answer), send(answer), true),
    broken_then_open: (send) => (send("{broken"), false),
    answer_then_open: (send, answer) => (send(answer), false),
    news_flood: (send, answer) => (many(random.between(50, 3000), () => send(news())), send(answer), true),
    demand_flood: (send, answer) => (many(random.between(5, 60), () => send(demand())), send(answer), true),
    demands_then_open: (send) => (many(16, () => send(demand())), false),
    ends_without: () => true,
    batch: (send, answer) => (send([news(), answer, news()]), true),
    large_event: (send) => (send(`"${"z".repeat(1_500_000)}`), true),
    id_flood: (send, answer) => (many(300, (_, i) => send(news(), `${i}`.repeat(random.between(1, 40)))), send(answer), true),
  };
  function stream(res, answer, headers = {}) {
    res.writeHead(200, { "content-type": random.chance(0.9) ? "text/event-stream" : "text/event-stream; charset=latin1", ...headers });
    const send = (m, id) => void (res.writableEnded || res.write(event(m, id)));
    const way = misbehaves() ? random.pick(Object.keys(STREAMS)) : undefined;
    if (misbehaves()) res.write(random.pick([": comment\n\n", "retry: 0\n\n", "retry: 99999999999\n\n", "\ufeff", "data\n\n", "id: \u0000\n\n", `:${"c".repeat(100_000)}\n\n`, Buffer.from([0xff, 0xfe, 0x0a, 0x0a])]));
    const ends = way ? STREAMS[way](send, answer) : (send(answer), true);
    return ends ? res.end() : silence(res);
  }
  function reply(res, answer, headers = {}) {
    if (random.chance(0.5)) return stream(res, answer, headers);
    const body = JSON.stringify(misbehaves() ? random.pick([{ ...answer, id: "other" }, [answer], { ...answer, jsonrpc: "1.0" }, 7]) : answer);
    res.writeHead(200, { "content-type": "application/json", ...headers }).end(body);
  }

  const parsed = (body) => {
    try {
      return JSON.parse(body);
    } catch {
      return undefined;
    }
  };

  async function modern(req, res, m) {
    if (m?.method === "subscriptions/listen") {
      res.writeHead(200, { "content-type": "text/event-stream" });
      const _meta = { "io.modelcontextprotocol/subscriptionId": m.id };
      res.write(event(note("notifications/subscriptions/acknowledged", { notifications: misbehaves() ? 7 : { toolsListChanged: true }, _meta })));
      return every(res, random.between(300, 3000), () => (random.chance(0.05) ? (res.end(), false) : res.write(misbehaves() ? random.pick(["data: {broken\n\n", event(demand()), ": still here\n\n"]) : event(note("notifications/tools/list_changed", { _meta })))));
    }
    if (m?.id === undefined) return res.writeHead(m ? 202 : 400).end();
    if (!m.params?._meta?.["io.modelcontextprotocol/protocolVersion"]) return res.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(failure(m.id, -32022, "Unsupported protocol version", { supported: [MODERN] })));
    reply(res, message(m.id, finished(true, await answer(req, m, { modern: true }))));
  }

  function remember(kept, id) {
    const session = { id, streams: new Set(), asked: new Map() };
    kept.set(id, session);
    if (kept.size > SESSIONS_MOST) kept.delete(kept.keys().next().value);
    return session;
  }
  // Puts a question on a stream of the session; what the client posts with its id comes back.
  const asking = (session, send) => (method, params) =>
    new Promise((done) => {
      const id = `q-${++serial}`;
      const timer = setTimeout(() => (session.asked.delete(id), done(undefined)), ASKED_MS);
      session.asked.set(id, (m) => (clearTimeout(timer), session.asked.delete(id), done(m.result ?? m.error)));
      send({ jsonrpc: "2.0", id, method, params });
    });

  function getStream(res, session) {
    if (misbehaves()) {
      if (random.chance(0.3)) return res.writeHead(200, { "content-type": "text/html" }).end("<p>hello");
      res.writeHead(200, { "content-type": "text/event-stream" });
      if (random.chance(0.4)) return (res.write("data: {broken\n\n"), silence(res));
      if (random.chance(0.5)) return (many(16, () => res.write(event(demand()))), silence(res));
      return res.end(random.pick(["", "retry: 1\n\n", event(news()), "data: x"]));
    }
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.flushHeaders();
    session.streams.add(res);
    res.once("close", () => session.streams.delete(res));
    every(res, random.between(500, 3000), () => res.write(event(news(), random.chance(0.5) ? ++serial : undefined)));
  }
  async function sessionsPost(req, res, m) {
    if (m?.params?._meta?.["io.modelcontextprotocol/protocolVersion"]) return res.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(failure(m.id, -32000, "Bad Request: Unsupported protocol version")));
    if (m?.method === "initialize") {
      const session = remember(sessions, misbehaves() ? random.pick([`s-${++serial}`, "x".repeat(4000), "same"]) : `s-${++serial}`);
      return reply(res, message(m.id, await answer(req, m, {})), { "mcp-session-id": session.id });
    }
    const session = sessions.get(req.headers["mcp-session-id"]);
    if (!session || random.chance(vendor.mood / 20)) {
      sessions.delete(req.headers["mcp-session-id"]); // forgotten
      return res.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify(failure(m?.id ?? null, -32001, "Session not found")));
    }
    if (m?.method === undefined) session.asked.get(m?.id)?.(m);
    if (m?.id === undefined || m.method === undefined) return res.writeHead(202).end();
    if (m.params?.name !== "get_answer") return reply(res, message(m.id, await answer(req, m, {})));
    res.writeHead(200, { "content-type": "text/event-stream" });
    const ask = asking(session, (question) => res.write(event(question)));
    res.end(event(message(m.id, await answer(req, m, { ask }))));
  }

  function pairOpen(res) {
    const session = remember(pairs, `p-${++serial}`);
    res.writeHead(200, { "content-type": "text/event-stream" });
    session.streams.add(res);
    res.once("close", () => (session.streams.delete(res), pairs.delete(session.id)));
    res.write(`event: endpoint\ndata: ${misbehaves() ? random.pick(["http://169.254.169.254/message", "//elsewhere.invalid/x", "", "\\\\", `/pair/message?session=${session.id}#x`]) : `/pair/message?session=${session.id}`}\n\n`);
    every(res, random.between(1000, 4000), () => (misbehaves() && random.chance(0.2) ? (res.end(), false) : res.write(event(news()))));
  }
  async function pairPost(req, res, url, m) {
    const session = pairs.get(url.searchParams.get("session"));
    const out = [...(session?.streams ?? [])][0];
    if (!session || !out) return res.writeHead(404).end();
    res.writeHead(202).end();
    const send = (what) => void (out.writableEnded || out.destroyed || out.write(event(what)));
    if (m?.method === undefined) return void session.asked.get(m?.id)?.(m);
    if (m.id === undefined) return;
    const answered = message(m.id, await answer(req, m, { ask: asking(session, send) }));
    if (!misbehaves()) return send(answered);
    if (STREAMS[random.pick(Object.keys(STREAMS))](send, answered) && random.chance(0.2)) out.end();
  }

  const vendor = await startHostile(random, async (req, res, body) => {
    const url = new URL(req.url, "http://vendor.invalid");
    const m = req.method === "POST" ? parsed(body) : undefined;
    const session = sessions.get(req.headers["mcp-session-id"]);
    if (url.pathname === "/modern/mcp") return req.method === "POST" ? modern(req, res, m) : res.writeHead(405).end();
    if (url.pathname === "/pair/sse") return req.method === "GET" ? pairOpen(res) : res.writeHead(405).end();
    if (url.pathname === "/pair/message") return pairPost(req, res, url, m);
    if (url.pathname !== "/sessions/mcp") return res.writeHead(404).end();
    if (req.method === "POST") return sessionsPost(req, res, m);
    if (req.method === "DELETE") return (sessions.delete(req.headers["mcp-session-id"]), res.writeHead(204).end());
    return session ? getStream(res, session) : res.writeHead(404).end();
  });
  return Object.assign(vendor, { paths: ["/modern/mcp", "/sessions/mcp", "/pair/sse"], calm: () => ((vendor.mood = 0), (tools = makeTools())) });
}

export const definition = (name, url, way) => ({ name, label: "Soak", kind: "mcp", base_url: url, auth: [{ id: "key", fields: [{ name: "user" }, { name: "key", secret: true }], send: [way] }] });
