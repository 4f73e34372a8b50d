// SPDX-License-Identifier: Apache-2.0
// The three wire formats as a provider sees them: a request read, a reply written as a stream of events, an error.

import type { Move, Tool } from "./talk.js";

type Json = { [key: string]: unknown };
const list = (v: unknown): Json[] => (Array.isArray(v) ? (v as Json[]) : []);
const text = (content: unknown): string => (typeof content === "string" ? content : list(content).map((c) => String(c["text"] ?? "")).join("\n"));
const tool = (name: unknown, schema: unknown): Tool => ({ name: String(name), schema: (schema ?? {}) as Tool["schema"] });
const event = (data: Json, named = true) => `${named ? `event: ${String(data["type"])}\n` : ""}data: ${JSON.stringify(data)}\n\n`;
const tokens = (what: unknown) => Math.ceil(JSON.stringify(what ?? "").length / 4);

/** Cut as providers cut: anywhere. */
function pieces(whole: string): string[] {
  const out: string[] = [];
  for (let at = 0, size = 1; at < whole.length; at += size, size = (size % 23) + 5) out.push(whole.slice(at, at + size));
  return out.length ? out : [""];
}

export interface Read {
  asked: string;
  tools: Tool[];
  results: string[];
  rounds: number;
  /** Ids of calls without a result, and of results without a call. */
  loose: string[];
  /** What only ever grows. */
  fixed: unknown;
  history: unknown[];
}

export interface Format {
  name: string;
  path: string;
  /** Members that no request may have (their values are refused by newer models, or keep things at the provider). */
  never: string[];
  needs: string[];
  read(body: Json): Read;
  write(body: Json, move: Move, id: string): string[];
  error(status: number, code: string, message: string): Json;
}

const loose = (calls: unknown[], results: unknown[]) => [...calls.filter((c) => !results.includes(c)), ...results.filter((r) => !calls.includes(r))].map(String);

const messages: Format = {
  name: "messages",
  path: "/messages",
  never: ["temperature", "top_p", "top_k", "thinking", "mcp_servers", "metadata"],
  needs: ["model", "max_tokens", "messages", "stream"],
  read(body) {
    const turns = list(body["messages"]);
    const blocks = (type: string) => turns.flatMap((m) => list(m["content"])).filter((c) => c["type"] === type);
    return {
      asked: text(turns[0]?.["content"]),
      tools: list(body["tools"]).map((t) => tool(t["name"], t["input_schema"])),
      results: blocks("tool_result").map((c) => text(c["content"])),
      rounds: turns.filter((m) => m["role"] === "assistant").length,
      loose: loose(blocks("tool_use").map((c) => c["id"]), blocks("tool_result").map((c) => c["tool_use_id"])),
      fixed: [body["system"], body["tools"]],
      history: turns,
    };
  },
  write(body, move, id) {
    const out: Json[] = [{ type: "message_start", message: { id: `msg_${id}`, type: "message", role: "assistant", model: body["model"], content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: tokens(body), output_tokens: 1 } } }, { type: "ping" }];
    let index = 0;
    const block = (content_block: Json, deltas: Json[]) => {
      out.push({ type: "content_block_start", index, content_block });
      for (const delta of deltas) out.push({ type: "content_block_delta", index, delta });
      out.push({ type: "content_block_stop", index: index++ });
    };
    if (move.think) block({ type: "thinking", thinking: "", signature: "" }, [...pieces(move.think).map((thinking) => ({ type: "thinking_delta", thinking })), { type: "signature_delta", signature: `signed-${id}` }]);
    if (move.text) block({ type: "text", text: "" }, pieces(move.text).map((t) => ({ type: "text_delta", text: t })));
    for (const [n, c] of (move.calls ?? []).entries()) block({ type: "tool_use", id: `toolu_${id}_${n}`, name: c.name, input: {} }, pieces(c.arguments).map((partial_json) => ({ type: "input_json_delta", partial_json })));
    const stop_reason = move.stop === "length" ? "max_tokens" : move.stop === "refusal" ? "refusal" : move.calls?.length ? "tool_use" : "end_turn";
    out.push({ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: tokens(move) } }, { type: "message_stop" });
    return out.map((e) => event(e));
  },
  error: (status, code, message) => ({ type: "error", error: { type: { 400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error" }[status] ?? "api_error", message, details: { error_code: code } }, request_id: "req_sandbox" }),
};

const responses: Format = {
  name: "responses",
  path: "/responses",
  never: ["temperature", "top_p", "user", "metadata", "previous_response_id", "conversation"],
  needs: ["model", "input", "stream", "max_output_tokens"],
  read(body) {
    const items = list(body["input"]);
    const of = (type: string) => items.filter((i) => i["type"] === type);
    return {
      asked: text(items.find((i) => i["role"] === "user")?.["content"]),
      tools: list(body["tools"]).map((t) => tool(t["name"], t["parameters"])),
      results: of("function_call_output").map((i) => text(i["output"])),
      rounds: items.filter((i, n) => i["type"] === "function_call" && items[n - 1]?.["type"] !== "function_call").length,
      loose: loose(of("function_call").map((i) => i["call_id"]), of("function_call_output").map((i) => i["call_id"])),
      fixed: [body["instructions"], body["tools"]],
      history: items,
    };
  },
  write(body, move, id) {
    const out: Json[] = [];
    const output: Json[] = [];
    const response = (status: string, more: Json = {}) => ({ id: `resp_${id}`, object: "response", status, model: body["model"], output, ...more });
    out.push({ type: "response.created", response: response("in_progress") });
    const item = (first: Json, deltas: Json[], whole: Json) => {
      const output_index = output.length;
      out.push({ type: "response.output_item.added", output_index, item: first });
      for (const delta of deltas) out.push({ ...delta, output_index, item_id: first["id"] });
      out.push({ type: "response.output_item.done", output_index, item: whole });
      output.push(whole);
    };
    if (move.think) {
      const it = { type: "reasoning", id: `rs_${id}`, summary: [], encrypted_content: `sealed-${id}` };
      item({ ...it, encrypted_content: "not-yet" }, [], it);
    }
    if (move.text) {
      const content = move.stop === "refusal" ? { type: "refusal", refusal: move.text } : { type: "output_text", text: move.text, annotations: [] };
      const it = { type: "message", id: `m_${id}`, role: "assistant", status: "completed", content: [content] };
      item({ ...it, status: "in_progress", content: [] }, pieces(move.text).map((delta) => ({ type: move.stop === "refusal" ? "response.refusal.delta" : "response.output_text.delta", content_index: 0, delta })), it);
    }
    for (const [n, c] of (move.calls ?? []).entries()) {
      const it = { type: "function_call", id: `fc_${id}_${n}`, call_id: `call_${id}_${n}`, name: c.name, arguments: c.arguments, status: "completed" };
      item({ ...it, arguments: "", status: "in_progress" }, pieces(c.arguments).map((delta) => ({ type: "response.function_call_arguments.delta", delta })), it);
    }
    const usage = { input_tokens: tokens(body), output_tokens: tokens(move), total_tokens: tokens(body) + tokens(move) };
    out.push(move.stop === "length" ? { type: "response.incomplete", response: response("incomplete", { usage, incomplete_details: { reason: "max_output_tokens" } }) } : { type: "response.completed", response: response("completed", { usage }) });
    return out.map((e, n) => event({ ...e, sequence_number: n }));
  },
  error: (_, code, message) => ({ error: { message, type: "invalid_request_error", param: null, code } }),
};

const chat: Format = {
  name: "chat",
  path: "/chat/completions",
  never: ["temperature", "top_p", "n", "stop", "seed", "user", "logprobs", "functions"],
  needs: ["model", "messages", "stream"],
  read(body) {
    const turns = list(body["messages"]);
    const results = turns.filter((m) => m["role"] === "tool");
    const functions = list(body["tools"]).map((t) => t["function"] as Json);
    return {
      asked: text(turns.find((m) => m["role"] === "user")?.["content"]),
      tools: functions.map((f) => tool(f["name"], f["parameters"])),
      results: results.map((m) => text(m["content"])),
      rounds: turns.filter((m) => m["role"] === "assistant").length,
      loose: loose(turns.flatMap((m) => list(m["tool_calls"])).map((c) => c["id"]), results.map((m) => m["tool_call_id"])),
      fixed: [turns.find((m) => m["role"] === "system"), body["tools"]],
      history: turns,
    };
  },
  write(body, move, id) {
    const out: Json[] = [];
    const chunk = (delta: Json, finish_reason: string | null = null) => out.push({ id: `chatcmpl-${id}`, object: "chat.completion.chunk", created: 0, model: body["model"], choices: [{ index: 0, delta, finish_reason }] });
    chunk({ role: "assistant", content: "" });
    for (const reasoning_content of move.think ? pieces(move.think) : []) chunk({ reasoning_content });
    for (const content of move.text ? pieces(move.text) : []) chunk({ content });
    const calls = (move.calls ?? []).map((c, index) => ({ index, c, rest: pieces(c.arguments) }));
    for (const { index, c } of calls) chunk({ tool_calls: [{ index, id: `call_${id}_${index}`, type: "function", function: { name: c.name, arguments: "" } }] });
    while (calls.some((c) => c.rest.length)) // side by side
      for (const { index, rest } of calls) {
        const piece = rest.shift();
        if (piece !== undefined) chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
      }
    chunk({}, move.stop === "length" ? "length" : move.stop === "refusal" ? "content_filter" : calls.length ? "tool_calls" : "stop");
    out.push({ id: `chatcmpl-${id}`, object: "chat.completion.chunk", created: 0, model: body["model"], choices: [], usage: { prompt_tokens: tokens(body), completion_tokens: tokens(move), total_tokens: tokens(body) + tokens(move) } });
    return [...out.map((e) => event(e, false)), "data: [DONE]\n\n"];
  },
  error: (status, code, message) => ({ error: { message, type: status === 429 ? "requests" : "invalid_request_error", param: null, code } }),
};

export const FORMATS: Format[] = [messages, responses, chat];
