// SPDX-License-Identifier: Apache-2.0
// Models whose servers misbehave on the wire. `events` is the good reply. Nothing here goes on for longer than a minute.

import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Format } from "./formats.js";
import type { Shown } from "./talk.js";

export interface Scene {
  res: ServerResponse;
  format: Format;
  shown: Shown;
  events: string[];
  elsewhere: string;
  /** Ends when the server closes. */
  closing: AbortSignal;
}
export type Mischief = (scene: Scene) => void | Promise<void>;

const LONG_MS = 60_000;
const FLOOD = 64 << 20;

export function refuse({ res, format }: Pick<Scene, "res" | "format">, status: number, code: string, message: string, headers: { [name: string]: string } = {}): void {
  res.writeHead(status, { "content-type": "application/json", "request-id": "req_sandbox", ...headers }).end(JSON.stringify(format.error(status, code, message)));
}

const open = (res: ServerResponse, headers: { [name: string]: string | number } = {}) => res.writeHead(200, { "content-type": "text/event-stream", ...headers });
export const play = ({ res, events }: Pick<Scene, "res" | "events">) => void open(res).end(events.join(""));

async function wait(scene: Scene, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: scene.closing }).catch(() => undefined);
}

async function write(scene: Scene, bytes: string): Promise<boolean> {
  if (scene.res.destroyed || scene.closing.aborted) return false;
  if (!scene.res.write(bytes)) await new Promise((more) => scene.res.once("drain", more).once("close", more));
  return !scene.res.destroyed;
}

const once = (first: Mischief): Mischief => (scene) => (scene.shown.before === 0 ? first(scene) : play(scene));

/** Events that say one more word of text, in each format. */
function word(format: Format, said: string): string {
  const data = {
    messages: { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: said } },
    responses: { type: "response.output_text.delta", output_index: 0, item_id: "m", content_index: 0, delta: said },
    chat: { choices: [{ index: 0, delta: { content: said }, finish_reason: null }] },
  }[format.name];
  return `data: ${JSON.stringify(data)}\n\n`;
}

export const MISCHIEF: { [name: string]: Mischief } = {
  "limited": (s) => refuse(s, 429, "rate_limit_exceeded", "Too many requests.", { "retry-after": "3600" }),
  "limited-once": once((s) => refuse(s, 429, "rate_limit_exceeded", "Too many requests.", { "retry-after-ms": "50" })),
  "no-quota": (s) => refuse(s, s.format.name === "messages" ? 402 : 429, "insufficient_quota", "You have spent it all."),
  "overloaded-once": once((s) => refuse(s, 529, "overloaded", "Overloaded.")),
  "unavailable-once": once((s) => void s.res.writeHead(503, { "content-type": "text/html", "retry-after": "0" }).end("<h1>busy</h1>")),
  "unavailable": (s) => refuse(s, 503, "unavailable", "Not now.", { "x-should-retry": "false" }),
  "reset-once": once((s) => void s.res.destroy()),
  "reset": (s) => void s.res.destroy(),
  "redirect": (s) => void s.res.writeHead(307, { location: s.elsewhere }).end(),
  "wrong-type": (s) => void s.res.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in</title><p>data: {}"),
  "empty": (s) => void open(s.res).end(),
  /** Breaks off in the middle of its first call or word. */
  "cut": (s) => void open(s.res).end(s.events.join("").slice(0, s.events.join("").length / 2)),
  "cut-hard": async (s) => {
    open(s.res);
    await write(s, s.events.slice(0, Math.ceil(s.events.length / 2)).join(""));
    await wait(s, 20);
    s.res.destroy();
  },
  "stalls-first": (s) => wait(s, LONG_MS).then(() => void s.res.destroy()),
  "stalls": async (s) => {
    open(s.res);
    await write(s, s.events.slice(0, 3).join(""));
    await wait(s, LONG_MS);
    s.res.destroy();
  },
  "drips": async (s) => {
    open(s.res);
    for (const c of s.events.join("")) {
      if (!(await write(s, c))) return;
      await wait(s, 1);
    }
    s.res.end();
  },
  /** One event that never ends. */
  "floods": async (s) => {
    open(s.res);
    await write(s, 'data: {"type":"');
    for (let sent = 0; sent < FLOOD && (await write(s, "x".repeat(1 << 16))); sent += 1 << 16);
    s.res.end();
  },
  /** Events without end, each a fine one. */
  "endless": async (s) => {
    open(s.res);
    for (let sent = 0; sent < FLOOD && (await write(s, word(s.format, "and so on, ".repeat(100)))); sent += 1100);
    s.res.end();
  },
  /** Comments and pings without end: never a word. */
  "babbles": async (s) => {
    open(s.res);
    const until = Date.now() + LONG_MS;
    while (Date.now() < until && !s.closing.aborted && (await write(s, ": still here\n\n"))) await wait(s, 10);
    s.res.end();
  },
  /** Says that more will come than does. */
  "long-length": (s) => {
    open(s.res, { "content-length": Buffer.byteLength(s.events.join("")) + 1000 }).write(s.events.join(""));
    setTimeout(() => s.res.destroy(), 50);
  },
  /** Says that less will come than does: the rest is no answer to anything. */
  "short-length": (s) => {
    const bytes = s.events.join("");
    const head = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${Math.floor(bytes.length / 2)}\r\n\r\n`;
    s.res.socket?.end(head + bytes);
  },
  "bomb": async (s) => {
    const { gzipSync } = await import("node:zlib");
    s.res.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(FLOOD, "data: {}\n\n")));
  },
  /** Repeats the key that it was given. */
  "hostile-echo": (s) => refuse(s, 400, "invalid_request", `Your key ${s.shown.key} (${Buffer.from(s.shown.key).toString("base64")}) is fine, the rest is not.`),
  "hostile-echo-stream": (s) => void open(s.res).end(`event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "api_error", message: `no, ${s.shown.key}`, code: s.shown.key } })}\n\n`),
  "odd-error": (s) => void s.res.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":["\\u001b[2J",{}],"code":7}}'),
};
