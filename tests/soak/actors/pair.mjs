// SPDX-License-Identifier: Apache-2.0
// A client of 2024-11-05: a stream that all answers come on, and messages by POST; some for vendors that stay silent, and
// then it goes without waiting.
import { ask, bearer, notification, request } from "../lib/ask.mjs";
import { argumentsFor } from "../lib/arguments.mjs";
import { target, toolOf } from "./modern.mjs";

// Opens a stream and works with it for a while: `work(post, heard)`.
async function withStream(worker, work) {
  const server = target(worker);
  if (!server) return "no server";
  const address = server.url.replace("/mcp/", "/sse/");
  const over = new AbortController();
  const apart = worker.apart(AbortSignal.any([over.signal, worker.signal]));
  const heard = new Map();
  let found;
  const endpoint = new Promise((done) => (found = done));
  const reading = ask(apart, address, { method: "GET", agent: false, headers: { ...bearer(server), accept: "text/event-stream" }, onMessage: (m) => {
    if (m?.endpoint) found(new URL(m.endpoint, address).href);
    else if (m?.method && m.id !== undefined && worker.random.chance(0.8)) void ask(apart, last, { body: { jsonrpc: "2.0", id: m.id, result: { action: "decline" } }, headers: bearer(server) });
    else if (m?.id !== undefined) heard.get(m.id)?.(m);
    return false;
  } });
  let last = await Promise.race([endpoint, reading]);
  if (typeof last !== "string") return last.outcome;
  const post = (body) => ask(apart, last, { body, headers: bearer(server) });
  // The answer on the stream, or that it did not come while the worker cared.
  const answered = async (method, params, ms = 12_000) => {
    const id = worker.nextId();
    let timer;
    const answer = new Promise((done) => {
      heard.set(id, done);
      timer = setTimeout(done, ms, undefined);
    });
    const posted = await post(request(method, params, id));
    if (posted.status !== 202) return (clearTimeout(timer), posted.outcome);
    const m = await Promise.race([answer, reading]);
    clearTimeout(timer);
    return m?.error ? `rpc ${m.error.code}` : m?.result ? "ok" : (m?.outcome ?? "not waited for");
  };
  try {
    return await work({ post, answered, server });
  } finally {
    over.abort();
    await reading;
  }
}
const greet = ({ answered }, worker) => answered("initialize", { protocolVersion: "2024-11-05", capabilities: worker.random.pick([{}, { elicitation: {}, sampling: {}, roots: {} }]), clientInfo: { name: "soak", version: "1" } });
const callOf = (worker, server, name = toolOf(worker, server)) => ({ name, arguments: argumentsFor(worker.random, name) });

export const pair = {
  name: "pair",
  pause_ms: [50, 500],
  operations: {
    "session": [4, (w) => withStream(w, async (s) => {
      await greet(s, w);
      await s.post(notification("notifications/initialized"));
      let outcome = await s.answered("tools/list", {});
      for (let i = w.random.below(5); i > 0; i--) outcome = await s.answered("tools/call", callOf(w, s.server));
      return outcome;
    })],
    "flood": [1, (w) => withStream(w, async (s) => {
      await greet(s, w);
      const posted = await Promise.all(Array.from({ length: w.random.between(8, 64) }, () => s.post(request("tools/call", callOf(w, s.server, w.random.pick(["get_late", "get_answer", "test_wait"])), w.nextId()))));
      return posted[0].outcome;
    })],
    "open-and-leave": [2, (w) => withStream(w, async () => "left")],
    "message.wrong": [1, (w) => withStream(w, async (s) => (await s.post(w.random.pick(["{", "7", [], "[]", { jsonrpc: "2.0", id: 1 }]))).outcome)],
    "message.lost": [1, async (w) => {
      const server = target(w);
      return server ? (await ask(w, `${server.url.replace("/mcp/", "/sse/")}/message?session=${w.random.pick(["", "x", "A".repeat(3000)])}`, { headers: bearer(server), body: request("ping", undefined, 1) })).outcome : "no server";
    }],
  },
};
