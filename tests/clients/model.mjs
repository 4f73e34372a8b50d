// SPDX-License-Identifier: Apache-2.0
// A language model that follows a script, on loopback, for AI clients that take any address for their model: Anthropic's
// Messages, OpenAI's Responses, Gemini's generateContent, each streamed. It thinks nothing: `decide` gets what the client
// shows its model, and says what to call or to say. Every request is kept.
import { createServer } from "node:http";

const json = (value) => JSON.stringify(value);
const sse = (events) => events.map(([event, data]) => `${event ? `event: ${event}\n` : ""}data: ${json(data)}\n\n`).join("");
const texts = (content) => (typeof content === "string" ? [content] : (content ?? []).map((c) => c.text ?? "")).join("\n");

// Each format: which requests are its own; what the client shows (tools as it defines them, and results so far); how a reply
// is streamed.
const FORMATS = [
  {
    name: "messages",
    is: (path) => path.startsWith("/v1/messages") && !path.includes("count_tokens"),
    tools: (body) => (body.tools ?? []).map((t) => ({ name: t.name, bytes: json(t).length })),
    results: (body) => body.messages.flatMap((m) => (Array.isArray(m.content) ? m.content : []).filter((c) => c.type === "tool_result").map((c) => texts(c.content))),
    asked: (body) => texts(body.messages[0]?.content),
    reply: (_, { say, call }, id) => {
      const block = call ? { type: "tool_use", id: `toolu_${id}`, name: call.name, input: {} } : { type: "text", text: "" };
      const delta = call ? { type: "input_json_delta", partial_json: json(call.arguments) } : { type: "text_delta", text: say };
      return sse(
        [
          { type: "message_start", message: { id: `msg_${id}`, type: "message", role: "assistant", model: "scripted", content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } } },
          { type: "content_block_start", index: 0, content_block: block },
          { type: "content_block_delta", index: 0, delta },
          { type: "content_block_stop", index: 0 },
          { type: "message_delta", delta: { stop_reason: call ? "tool_use" : "end_turn", stop_sequence: null }, usage: { output_tokens: 1 } },
          { type: "message_stop" },
        ].map((e) => [e.type, e]),
      );
    },
  },
  {
    name: "responses",
    is: (path) => path.startsWith("/v1/responses"),
    // Codex groups a server's tools under a namespace.
    tools: (body) => (body.tools ?? []).flatMap((t) => (t.tools ? t.tools.map((inner) => ({ name: inner.name, namespace: t.name, bytes: json(inner).length })) : [{ name: t.name ?? t.type, bytes: json(t).length }])),
    results: (body) => body.input.filter((i) => i.type === "function_call_output").map((i) => texts(i.output)),
    asked: (body) => texts(body.input.find((i) => i.role === "user")?.content),
    reply: (_, { say, call }, id) => {
      const item = call
        ? { type: "function_call", id: `fc_${id}`, call_id: `call_${id}`, name: call.name, arguments: json(call.arguments), status: "completed", ...(call.namespace ? { namespace: call.namespace } : {}) }
        : { type: "message", id: `m_${id}`, role: "assistant", status: "completed", content: [{ type: "output_text", text: say, annotations: [] }] };
      const response = { id: `resp_${id}`, object: "response", status: "completed", model: "scripted", output: [item], usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } };
      return sse(
        [
          { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
          { type: "response.output_item.added", output_index: 0, item },
          { type: "response.output_item.done", output_index: 0, item },
          { type: "response.completed", response },
        ].map((e, n) => [e.type, { ...e, sequence_number: n }]),
      );
    },
  },
  {
    name: "gemini",
    is: (path) => /:(stream)?[gG]enerateContent/.test(path),
    tools: (body) => (body.tools ?? []).flatMap((t) => t.functionDeclarations ?? []).map((t) => ({ name: t.name, bytes: json(t).length })),
    results: (body) => body.contents.flatMap((c) => c.parts ?? []).filter((p) => p.functionResponse).map((p) => json(p.functionResponse.response)),
    asked: (body) => body.contents.flatMap((c) => (c.role === "user" ? c.parts.map((p) => p.text ?? "") : [])).join("\n"),
    reply: (path, { say, call }) => {
      const part = call ? { functionCall: { name: call.name, args: call.arguments } } : { text: say };
      const answer = { candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP", index: 0 }], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 } };
      return path.includes(":stream") ? sse([[undefined, answer]]) : json(answer);
    },
  },
];

export async function startModel(decide) {
  const seen = [], unknown = [];
  const server = createServer(async (req, res) => {
    let text = "";
    for await (const chunk of req) text += chunk;
    const format = FORMATS.find((f) => f.is(req.url));
    if (!format || req.method !== "POST") {
      unknown.push(`${req.method} ${req.url}`);
      const answer = req.url.includes("count_tokens") || req.url.includes("countTokens") ? { input_tokens: 1, totalTokens: 1 } : { data: [], models: [], object: "list" };
      return res.writeHead(req.method === "HEAD" ? 200 : 200, { "content-type": "application/json" }).end(json(answer));
    }
    const body = JSON.parse(text);
    const shown = { format: format.name, asked: format.asked(body), tools: format.tools(body), results: format.results(body), body };
    seen.push(shown);
    const reply = format.reply(req.url, decide(shown), seen.length);
    res.writeHead(200, { "content-type": reply.startsWith("{") ? "application/json" : "text/event-stream" }).end(reply);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, seen, unknown, close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}
