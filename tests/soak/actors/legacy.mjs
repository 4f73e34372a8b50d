// SPDX-License-Identifier: Apache-2.0
// An AI client of 2025 over Streamable HTTP, by hand: sessions with their streams, questions answered or not, batches,
// cancelling, resuming. It keeps a few sessions at a time and ends only some of them.
import { ask, bearer, notification, request, verdict } from "../lib/ask.mjs";
import { argumentsFor, waitingArguments } from "../lib/arguments.mjs";
import { listAll, target, toolOf } from "./modern.mjs";

const VERSIONS = ["2025-03-26", "2025-06-18", "2025-11-25"];
const SESSIONS_MOST = 6;
const CAPABILITIES = [{}, { elicitation: {} }, { elicitation: { form: {}, url: {} }, sampling: {}, roots: { listChanged: true } }];
const ASKING = ["get_answer", "test_elicitation", "test_sampling", "test_list_roots", "test_input_required_result_multi_round"];

const post = (worker, session, body, more = {}) => ask(worker, session.server.url, { ...more, body, headers: { ...session.headers, ...more.headers } });
const sessionsOf = (worker) => (worker.sessions ??= []);

async function initialize(worker) {
  const server = target(worker);
  if (!server) return "no server";
  const version = worker.random.pick(VERSIONS);
  const r = await ask(worker, server.url, { headers: bearer(server), body: request("initialize", { protocolVersion: version, capabilities: worker.random.pick(CAPABILITIES), clientInfo: { name: "soak", version: "1" } }, worker.nextId()) });
  const id = r.headers["mcp-session-id"];
  if (!id) return verdict(r);
  const session = { server, version, headers: { ...bearer(server), "mcp-session-id": id, "mcp-protocol-version": version } };
  sessionsOf(worker).push(session);
  if (sessionsOf(worker).length > SESSIONS_MOST) sessionsOf(worker).shift(); // left behind without a word
  await post(worker, session, notification("notifications/initialized"));
  return verdict(r);
}
// In a session; without one, or for lack of a better idea, in a new one.
const within = (act) => async (worker) => {
  if (!sessionsOf(worker).length || worker.random.chance(0.1)) {
    const made = await initialize(worker);
    if (!sessionsOf(worker).length) return made;
  }
  const session = worker.random.pick(sessionsOf(worker));
  const outcome = await act(worker, session);
  if (outcome === "404") worker.sessions = sessionsOf(worker).filter((s) => s !== session); // over
  return outcome;
};

// What a client says to a question of the vendor, or nothing.
function reply(worker, session, question) {
  if (worker.random.chance(0.2)) return;
  const result = worker.random.pick([{ action: "accept", content: { name: "Alice", username: "alice", ok: true } }, { action: "decline" }, { role: "assistant", model: "m", content: { type: "text", text: "Paris" } }, { roots: [] }, 7]);
  void post(worker, session, worker.random.chance(0.9) ? { jsonrpc: "2.0", id: question.id, result } : { jsonrpc: "2.0", id: worker.random.pick(["other", 7, null]), result });
}
const hears = (worker, session) => (m) => {
  if (m?.method && m.id !== undefined) reply(worker, session, m);
  return false;
};
const call = (worker, session, name = toolOf(worker, session.server), more = {}) =>
  post(worker, session, request("tools/call", { name, arguments: argumentsFor(worker.random, name), ...(worker.random.chance(0.3) ? { _meta: { progressToken: worker.nextId() } } : {}) }, more.id ?? worker.nextId()), { onMessage: hears(worker, session), ...more });

// A question that is not answered may wait for minutes: whoever asks leaves.
const asked = (worker, session) => call(worker, session, worker.random.pick(ASKING), { leave_ms: worker.random.between(200, 9000), agent: false }).then(verdict);

async function cancel(worker, session) {
  const id = worker.nextId(), name = worker.random.pick(["get_late", "get_answer", "test_wait"]);
  const calling = post(worker, session, request("tools/call", { name, arguments: waitingArguments(name) }, id), { leave_ms: worker.random.between(500, 12_000), agent: false });
  await new Promise((done) => setTimeout(done, worker.random.between(0, 300)));
  await post(worker, session, notification("notifications/cancelled", { requestId: worker.random.chance(0.9) ? id : "other", reason: "changed its mind" }));
  return verdict(await calling);
}

function listen(worker, session, { last, leave_ms } = {}) {
  const headers = { ...session.headers, accept: "text/event-stream", ...(last ? { "last-event-id": last } : {}) };
  const over = new AbortController();
  const apart = worker.apart(leave_ms === undefined ? over.signal : worker.signal);
  const reading = ask(apart, session.server.url, { method: "GET", headers, quiet: true, agent: false, leave_ms, ceiling: 900_000, onMessage: (m, r) => ((session.last = r.lastId), hears(apart, session)(m)) });
  if (leave_ms !== undefined) return reading.then(verdict);
  void reading;
  worker.hold({ close: () => over.abort() });
  return "held";
}
async function batch(worker, session) {
  if (session.version !== "2025-03-26" && worker.random.chance(0.8)) return "of another version";
  const n = worker.random.pick([0, 2, 5, 32, 33, 200]);
  const messages = Array.from({ length: n }, () => worker.random.pick([request("ping", undefined, worker.nextId()), request("tools/list", {}, worker.nextId()), notification("notifications/initialized"), request("tools/call", { name: toolOf(worker, session.server), arguments: {} }, worker.nextId()), 7]));
  return verdict(await post(worker, session, messages));
}
const forged = (worker) => {
  const real = sessionsOf(worker)[0]?.headers["mcp-session-id"] ?? "x";
  return worker.random.pick(["x", "A".repeat(4000), "v1..", real.slice(0, -1), `${real}A`, "../../etc/passwd"]);
};

export const legacy = {
  name: "legacy",
  pause_ms: [10, 250],
  operations: {
    "initialize": [4, initialize],
    "ping": [1, within((w, s) => post(w, s, request("ping", undefined, w.nextId())).then(verdict))],
    "tools.list": [5, within((w, s) => listAll(w, s.server, (params) => post(w, s, request("tools/list", params, w.nextId()))))],
    "tools.call": [12, within((w, s) => call(w, s, undefined, { leave_ms: 30_000 }).then(verdict))],
    "tools.call.asked": [5, within(asked)],
    "tools.call.leave": [3, within((w, s) => call(w, s, undefined, { leave_ms: w.random.between(1, 1500), agent: false }).then(verdict))],
    "tools.call.cancel": [2, within(cancel)],
    "tools.call.together": [1, within(async (w, s) => (await Promise.all(Array.from({ length: w.random.between(2, 12) }, () => call(w, s, undefined, { leave_ms: 30_000 })))).map(verdict)[0])],
    "stream": [3, within((w, s) => listen(w, s))],
    "stream.leave": [2, within((w, s) => listen(w, s, { leave_ms: w.random.between(1, 4000) }))],
    "stream.resume": [2, within((w, s) => listen(w, s, { last: w.random.chance(0.7) ? s.last : w.random.pick(["77-1", "x".repeat(3000), "0"]), leave_ms: w.random.between(50, 3000) }))],
    "batch": [1, within(batch)],
    "others": [2, within((w, s) => post(w, s, request(...w.random.pick([["prompts/list", {}], ["prompts/get", { name: "test_simple_prompt" }], ["resources/list", {}], ["resources/read", { uri: "a:b" }], ["resources/subscribe", { uri: "a:b" }], ["resources/unsubscribe", { uri: "a:b" }], ["logging/setLevel", { level: "debug" }], ["logging/setLevel", { level: "none" }], ["server/discover", {}], ["nonsense", {}]]), w.nextId())).then(verdict))],
    "response.unasked": [1, within((w, s) => post(w, s, { jsonrpc: "2.0", id: w.random.pick([1, "q", 999_999]), result: {} }).then(verdict))],
    "delete": [2, within(async (w, s) => {
      const r = await ask(w, s.server.url, { method: "DELETE", headers: s.headers });
      w.sessions = sessionsOf(w).filter((other) => other !== s);
      return verdict(r);
    })],
    "session.forged": [1, async (w) => {
      const server = target(w);
      return server ? verdict(await ask(w, server.url, { method: w.random.pick(["POST", "GET", "DELETE"]), headers: { ...bearer(server), "mcp-session-id": forged(w) }, body: request("tools/list", {}, 1), leave_ms: 5000 })) : "no server";
    }],
  },
};
