// SPDX-License-Identifier: Apache-2.0
// Misbehaviour on demand. A fault is armed through the control API, matches requests by
// method, path and token, and plays instead of (or over) the true answer. Every one ends by itself.

import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { json, type Answer } from "./envelope.js";
import type { Seen } from "./record.js";
import { head, send, type Sandbox } from "./server.js";

export interface Fault {
  match: { method?: string; path?: string; token?: string };
  kind: Kind;
  /** How many requests it hits. */
  times: number;
  status?: number;
  body?: string;
  type?: string;
  headers?: Record<string, string>;
  /** Milliseconds before headers (slow), or between pieces (dribble, endless). */
  delay_ms?: number;
  /** Size of what is sent: piece (dribble), whole (endless, bomb, huge_json, huge_header), or where to drop. */
  bytes?: number;
  /** Levels of deep_json. */
  depth?: number;
  /** Where a redirect leads: "same", "other", or an address. */
  to?: string;
}

interface Scene {
  sandbox: Sandbox;
  entry: Seen;
  req: IncomingMessage;
  res: ServerResponse;
  result: Answer;
  headers: { [name: string]: string | string[] };
}

const LONGEST_MS = 60_000;
/** After the longest fault, for what is left of the answer. */
const GRACE_MS = 5_000;
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_BOMB = 4 * 1024 * 1024 * 1024;

const clamp = (value: number | undefined, initial: number, most: number) => Math.min(Math.max(value ?? initial, 0), most);

/** Waits, but not for a client that has gone. */
async function pause(res: ServerResponse, ms: number): Promise<void> {
  if (res.destroyed) return;
  const gone = new AbortController();
  const stop = () => gone.abort();
  res.once("close", stop);
  await sleep(ms, undefined, { signal: gone.signal }).catch(() => undefined);
  res.off("close", stop);
}

/** Until the stream takes more, or is closed. */
async function drained(stream: Writable): Promise<void> {
  const stop = new AbortController();
  const event = (name: string) => once(stream, name, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([event("drain"), event("close")]);
  stop.abort();
}

/** Writes with backpressure; false once the client has gone. */
async function write(res: ServerResponse, chunk: Buffer | string): Promise<boolean> {
  if (!res.destroyed && !res.write(chunk)) await drained(res);
  return !res.destroyed;
}

function drop(scene: Scene): void {
  scene.entry.outcome = "dropped";
  scene.res.destroy();
}

async function slow(fault: Fault, scene: Scene): Promise<void> {
  await pause(scene.res, clamp(fault.delay_ms, 2_000, LONGEST_MS));
  if (!scene.res.destroyed) send(scene.res, scene.result, scene.headers);
}

async function dribble(fault: Fault, { res, result, headers }: Scene): Promise<void> {
  const size = Math.max(1, clamp(fault.bytes, 1, MOST_BYTES));
  res.writeHead(result.status, { ...head(result, headers), "content-length": result.body.length });
  for (let at = 0; at < result.body.length; at += size) {
    if (!(await write(res, result.body.subarray(at, at + size)))) return;
    await pause(res, clamp(fault.delay_ms, 100, LONGEST_MS));
  }
  res.end();
}

async function dropMiddle(fault: Fault, scene: Scene): Promise<void> {
  const { res, result, headers } = scene;
  const half = Math.min(clamp(fault.bytes, Math.floor(result.body.length / 2), MOST_BYTES), result.body.length - 1);
  res.writeHead(result.status, { ...head(result, headers), "content-length": result.body.length });
  await new Promise<void>((done) => res.write(result.body.subarray(0, Math.max(0, half)), () => done()));
  drop(scene);
}

async function endless(fault: Fault, scene: Scene): Promise<void> {
  const { res, result, headers } = scene;
  const most = clamp(fault.bytes, MOST_BYTES, MOST_BYTES);
  const piece = Buffer.from(`{"id":"${"0".repeat(32)}","name":"still.example.com"},`.repeat(256));
  res.writeHead(200, head(result, headers));
  if (!(await write(res, '{"success":true,"errors":[],"messages":[],"result":['))) return;
  for (let sent = 0; sent < most; sent += piece.length) {
    if (!(await write(res, piece))) return;
    await pause(res, clamp(fault.delay_ms, 0, LONGEST_MS));
  }
  drop(scene);
}

async function bomb(fault: Fault, { res, result, headers }: Scene): Promise<void> {
  const most = clamp(fault.bytes, 1024 * 1024 * 1024, MOST_BOMB);
  const zeros = Buffer.alloc(1024 * 1024, " ");
  res.writeHead(200, { ...head(result, headers), "content-encoding": "gzip" });
  const gzip = createGzip({ level: 9 });
  gzip.on("error", () => undefined);
  gzip.pipe(res);
  res.once("close", () => gzip.destroy());
  gzip.write('{"success":true,"errors":[],"messages":[],"result":"');
  for (let sent = 0; sent < most && !res.destroyed; sent += zeros.length) {
    if (!gzip.write(zeros)) await drained(gzip);
  }
  if (!gzip.destroyed) gzip.end('"}');
}

async function redirect(fault: Fault, { sandbox, req, res, headers }: Scene): Promise<void> {
  const to = fault.to ?? "same";
  const target = to === "same" ? (req.url ?? "/") : to === "other" ? `${await sandbox.elsewhereOrigin()}${req.url ?? "/"}` : to;
  send(res, { ...json(fault.status ?? 302, null), headers: { location: target, ...fault.headers } }, headers);
}

function status(fault: Fault, { res, headers }: Scene): void {
  const code = clamp(fault.status, 500, 599) || 500;
  const text =
    fault.body ?? JSON.stringify({ success: false, errors: [{ code: 1000, message: `Fault: status ${code}` }], messages: [], result: null });
  send(res, { status: code, type: fault.type ?? "application/json", body: Buffer.from(text), headers: fault.headers ?? {} }, headers);
}

function rateLimited(fault: Fault, { sandbox, res, entry }: Scene): void {
  const name = entry.token ?? "anonymous";
  const plan = sandbox.limits.planOf(name);
  const reset = Math.ceil(clamp(fault.delay_ms, 30_000, 86_400_000) / 1000);
  const standing = { limit: plan.quota, window: plan.window, remaining: 0, reset, limited: true, now: Date.now() };
  const refusal = sandbox.limits.refusal(name).answer();
  send(res, { ...refusal, status: fault.status ?? refusal.status }, { ...sandbox.limits.headers(name, standing), ...fault.headers });
}

function deepJson(fault: Fault, { res, headers }: Scene): void {
  const depth = clamp(fault.depth, 100_000, 5_000_000);
  send(
    res,
    { ...json(200, null), body: Buffer.from(`{"success":true,"errors":[],"messages":[],"result":${"[".repeat(depth)}${"]".repeat(depth)}}`) },
    headers,
  );
}

/** A correct list of as many bytes as asked for, of rows that look like zones. */
function hugeJson(fault: Fault, { res, headers }: Scene): void {
  const size = clamp(fault.bytes, 16 * 1024 * 1024, MOST_BYTES);
  const rows: string[] = [];
  for (let length = 60; length < size;) {
    const id = rows.length.toString(16).padStart(32, "0");
    const row = `{"id":"${id}","name":"zone-${rows.length}.example.com","status":"active","number":12345678901234567890.123}`;
    rows.push(row);
    length += row.length + 1;
  }
  send(res, { ...json(200, null), body: Buffer.from(`{"success":true,"errors":[],"messages":[],"result":[${rows.join(",")}]}`) }, headers);
}

function hugeHeader(fault: Fault, { res, result, headers }: Scene): void {
  send(res, result, { ...headers, "x-padding": "x".repeat(clamp(fault.bytes, 256 * 1024, 8 * 1024 * 1024)) });
}

type Play = (fault: Fault, scene: Scene) => void | Promise<void>;

const KINDS = {
  slow,
  dribble,
  drop: (_: Fault, scene: Scene) => drop(scene),
  drop_middle: dropMiddle,
  status,
  wrong_type: (fault, { res, result, headers }) =>
    send(
      res,
      {
        ...result,
        type: fault.type ?? "text/html; charset=utf-8",
        body: Buffer.from(fault.body ?? "<!doctype html><title>502</title><h1>Bad gateway</h1>"),
      },
      headers,
    ),
  broken_json: (fault, { res, result, headers }) =>
    send(
      res,
      { ...result, body: fault.body !== undefined ? Buffer.from(fault.body) : result.body.subarray(0, Math.max(1, result.body.length - 7)) },
      headers,
    ),
  endless,
  bomb,
  redirect,
  rate_limited: rateLimited,
  deep_json: deepJson,
  huge_json: hugeJson,
  huge_header: hugeHeader,
} satisfies Record<string, Play>;

export type Kind = keyof typeof KINDS;
export const FAULT_KINDS = Object.keys(KINDS) as Kind[];

/** `*` within a segment or across; a pattern without one must be the start of the path. */
function pathFits(pattern: string, path: string): boolean {
  const under = path.replace(/^\/client\/v4/, "");
  const text = pattern
    .split("*")
    .map((s) => s.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const whole = new RegExp(pattern.includes("*") ? `^${text}$` : `^${text}`);
  return whole.test(path) || whole.test(under);
}

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

  /** The first fault armed for this request, counted down. */
  take(method: string, path: string, token: string | undefined): Fault | undefined {
    const fault = this.armed.find(
      ({ match }) =>
        (!match.method || match.method.toUpperCase() === method) &&
        (!match.path || pathFits(match.path, path)) &&
        (!match.token || match.token === token),
    );
    if (fault && --fault.times <= 0) this.armed = this.armed.filter((f) => f !== fault);
    return fault;
  }

  async play(fault: Fault, scene: Scene): Promise<void> {
    const guard = setTimeout(() => drop(scene), LONGEST_MS + GRACE_MS).unref();
    scene.res.once("close", () => clearTimeout(guard));
    await (KINDS[fault.kind] as Play)(fault, scene);
  }
}
