// SPDX-License-Identifier: Apache-2.0
// What a vendor does wrong, once or a few times, when told to. Faults of HTTP work on every path; those of MCP
// shape the message that answers, in JSON, in an SSE answer, or on the stream of a 2024-11-05 session alike.

import type { ServerResponse } from "node:http";
import { pause, type Json } from "./kit.js";

/** kind: what its fields are, for the control endpoint's refusals and the README. */
export const KINDS = {
  // any path
  status: "answers `status` (500) with `body`, `headers`",
  slow: "answers after `delay_ms` (2000)",
  hang: "never answers; at most `delay_ms` (600000)",
  drop: "closes the connection without an answer",
  drop_after: "does the work, then closes the connection: the answer is lost",
  redirect: "`status` (307) to another origin, which records what arrives, or to `to`",
  wrong_type: "answers HTML",
  huge_header: "adds a header of `bytes` (262144)",
  // OAuth
  oauth_error: "answers {error, error_description} with `status` (400): `error` (invalid_grant), `description`",
  // MCP
  unauthorized: "401 as if the token had expired",
  insufficient_scope: "403 that asks for `scope`",
  drop_session: "forgets the session: 404",
  busy: "the tool works for `delay_ms` (5000), reporting progress `count` times (5); cancelling ends it",
  close_stream: "closes the SSE answer after `delay_ms` (100) while the tool works on; the client may resume (sessions only)",
  stall: "sends the first half of the answer, then nothing, for at most `delay_ms` (600000)",
  dribble: "sends `bytes` (1) at a time with `delay_ms` (50) between",
  flood: "sends `count` (10000) notifications before the answer",
  huge: "a text of `bytes` (64 MiB; at most 2 GiB), streamed",
  broken_json: "cuts the JSON of the answer",
  deep_json: "a structuredContent `depth` (100000) levels deep",
  end_stream: "ends the stream without an answer",
  wrong_id: "answers with another id",
  twice: "answers twice",
  repeat_cursor: "a list that names the same nextCursor every time",
  result: "the result is `result`",
  rpc_error: "the answer is a JSON-RPC error: `code` (-32603), `message`, `data`",
} as const;

export type Kind = keyof typeof KINDS;

export interface Match {
  /** A path's start. */
  path?: string;
  /** An MCP method. */
  method?: string;
  tool?: string;
  grant?: string;
  /** The HTTP method. */
  verb?: string;
}

export interface Fault {
  match: Match;
  kind: Kind;
  times: number;
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  delay_ms?: number;
  bytes?: number;
  count?: number;
  depth?: number;
  to?: string;
  error?: string;
  description?: string;
  scope?: string;
  form?: "json" | "sse";
  result?: Json;
  code?: number;
  message?: string;
  data?: unknown;
}

export const FIELDS: (keyof Fault)[] = [
  "match",
  "kind",
  "times",
  "status",
  "body",
  "headers",
  "delay_ms",
  "bytes",
  "count",
  "depth",
  "to",
  "error",
  "description",
  "scope",
  "form",
  "result",
  "code",
  "message",
  "data",
];

/** Kinds that need the message of the answer. */
export const SHAPES: readonly Kind[] = [
  "stall",
  "dribble",
  "flood",
  "huge",
  "broken_json",
  "deep_json",
  "end_stream",
  "wrong_id",
  "twice",
  "repeat_cursor",
  "result",
  "rpc_error",
];
const OF_REQUESTS: readonly Kind[] = [...SHAPES, "busy", "close_stream", "drop_session"];

export class Faults {
  private armed: Fault[] = [];

  arm(fault: Fault): void {
    this.armed.push(fault);
  }

  list(): Fault[] {
    return this.armed;
  }

  clear(): void {
    this.armed = [];
  }

  /** `request`: an MCP request is at hand, so that its answer can be shaped. */
  take(seen: Required<Pick<Match, "path">> & Match, request: boolean): Fault | undefined {
    const fits = (f: Fault) =>
      (request || !OF_REQUESTS.includes(f.kind)) &&
      (f.match.verb === undefined || f.match.verb === seen.verb) &&
      (f.match.path === undefined || seen.path.startsWith(f.match.path)) &&
      (f.match.method === undefined || f.match.method === seen.method) &&
      (f.match.tool === undefined || f.match.tool === seen.tool) &&
      (f.match.grant === undefined || f.match.grant === seen.grant);
    const fault = this.armed.find(fits);
    if (fault && --fault.times <= 0) this.armed = this.armed.filter((f) => f !== fault);
    return fault;
  }
}

export interface Captured {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Runs `answer`, which writes to `res`, and keeps what it would have written. */
export async function capture(res: ServerResponse, answer: () => Promise<void>): Promise<Captured> {
  const kept: Captured = { status: 200, headers: {}, body: "" };
  const chunks: Buffer[] = [];
  const { writeHead, write, end, flushHeaders } = res;
  const ended = new Promise<void>((done) => {
    const keep = (chunk: unknown) => {
      if (typeof chunk === "string" || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as Buffer));
    };
    res.writeHead = ((status: number, ...rest: unknown[]) => {
      kept.status = status;
      const given = rest.at(-1);
      if (given && typeof given === "object") for (const [name, value] of Object.entries(given)) kept.headers[name.toLowerCase()] = String(value);
      return res;
    }) as typeof writeHead;
    res.write = ((chunk: unknown) => (keep(chunk), true)) as typeof write;
    res.flushHeaders = () => {};
    res.end = ((chunk?: unknown) => (keep(chunk), done(), res)) as typeof end;
    res.once("close", done);
  });
  await answer();
  await ended;
  Object.assign(res, { writeHead, write, end, flushHeaders });
  kept.body = Buffer.concat(chunks).toString("utf8");
  return kept;
}

/** The JSON-RPC messages of an answer; the last one is the response. */
export function messages(kept: Captured): Json[] {
  const type = kept.headers["content-type"] ?? "";
  if (type.includes("application/json")) return kept.body ? [JSON.parse(kept.body)] : [];
  if (!type.includes("text/event-stream")) return [];
  return kept.body
    .split("\n\n")
    .map((event) => /^data: (.+)$/m.exec(event)?.[1])
    .filter((data): data is string => Boolean(data))
    .map((data) => JSON.parse(data));
}

/** Where a shaped message goes: an answer of its own, or the stream of a session. */
export class Sink {
  constructor(
    readonly res: ServerResponse,
    readonly sse: boolean,
  ) {}

  get gone(): boolean {
    return this.res.destroyed || this.res.writableEnded;
  }

  async raw(bytes: string | Buffer): Promise<void> {
    if (this.gone || this.res.write(bytes)) return;
    await new Promise<void>((done) => {
      const finish = () => (this.res.off("drain", finish), this.res.off("close", finish), done());
      this.res.once("drain", finish);
      this.res.once("close", finish);
    });
  }

  frame(json: string): string {
    return this.sse ? `event: message\ndata: ${json}\n\n` : json;
  }

  send(message: Json): Promise<void> {
    return this.raw(this.frame(JSON.stringify(message)));
  }
}

async function huge(fault: Fault, sink: Sink, message: Json): Promise<void> {
  const bytes = fault.bytes ?? 64 * 1024 * 1024;
  const mark = "@@";
  const result = { ...message["result"], content: [{ type: "text", text: mark }] };
  const [before, after] = sink.frame(JSON.stringify({ ...message, result })).split(mark) as [string, string];
  await sink.raw(before);
  const piece = Buffer.alloc(64 * 1024, "x");
  for (let left = bytes; left > 0 && !sink.gone; left -= piece.length) await sink.raw(left >= piece.length ? piece : piece.subarray(0, left));
  await sink.raw(after);
}

async function dribble(fault: Fault, sink: Sink, message: Json): Promise<void> {
  const bytes = Buffer.from(sink.frame(JSON.stringify(message)));
  const step = fault.bytes ?? 1;
  for (let at = 0; at < bytes.length && !sink.gone; at += step) {
    await sink.raw(bytes.subarray(at, at + step));
    await pause(fault.delay_ms ?? 50);
  }
}

async function flood(fault: Fault, sink: Sink, message: Json): Promise<void> {
  for (let i = 0; i < (fault.count ?? 10_000) && !sink.gone; i++) {
    await sink.send({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", logger: "flood", data: `message ${i}` } });
  }
  await sink.send(message);
}

async function stall(fault: Fault, sink: Sink, message: Json): Promise<void> {
  const whole = sink.frame(JSON.stringify(message));
  await sink.raw(whole.slice(0, whole.length / 2));
  await Promise.race([pause(fault.delay_ms ?? 600_000), new Promise((done) => sink.res.once("close", done))]);
}

/** Writes the answer `message` as the fault has it. Returns false when the stream must end. */
export async function shape(fault: Fault, sink: Sink, message: Json): Promise<boolean> {
  switch (fault.kind) {
    case "stall":
      await stall(fault, sink, message);
      return false;
    case "dribble":
      await dribble(fault, sink, message);
      return true;
    case "flood":
      await flood(fault, sink, message);
      return true;
    case "huge":
      await huge(fault, sink, message);
      return true;
    case "broken_json": {
      const json = fault.body ?? JSON.stringify(message);
      await sink.raw(sink.frame(fault.body ?? json.slice(0, Math.max(1, Math.floor(json.length / 2)))));
      return true;
    }
    case "deep_json": {
      const depth = fault.depth ?? 100_000;
      const result = { ...message["result"], structuredContent: "@@" };
      await sink.raw(sink.frame(JSON.stringify({ ...message, result }).replace('"@@"', '{"a":'.repeat(depth) + "1" + "}".repeat(depth))));
      return true;
    }
    case "end_stream":
      return false;
    case "wrong_id":
      await sink.send({ ...message, id: "another" });
      return true;
    case "twice":
      await sink.send(message);
      await sink.send(message);
      return true;
    case "repeat_cursor":
      await sink.send({ ...message, result: { ...message["result"], nextCursor: "again" } });
      return true;
    case "result":
      await sink.send({ ...message, result: fault.result ?? {} });
      return true;
    case "rpc_error": {
      const error = {
        code: fault.code ?? -32603,
        message: fault.message ?? "Internal error",
        ...(fault.data === undefined ? {} : { data: fault.data }),
      };
      await sink.send({ jsonrpc: "2.0", id: message["id"], error });
      return true;
    }
    default:
      await sink.send(message);
      return true;
  }
}
