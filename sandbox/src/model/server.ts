// SPDX-License-Identifier: Apache-2.0
// A language model over HTTP that follows a script: Anthropic's Messages, OpenAI's Responses, and Chat Completions, streamed, by
// key. The script goes by the model's name. It is as strict as the strictest provider: no member that newer models refuse, every
// call answered once, and a history that only grows. Every byte of every request is kept: GET /_model/requests.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FORMATS, type Format, type Read } from "./formats.js";
import { MISCHIEF, play, refuse } from "./mischief.js";
import { SCRIPTS } from "./scripts.js";
import type { Shown } from "./talk.js";

export const MODEL_KEY = "sk-sandbox-model-0123456789abcdef";
const KEPT_MOST = 1000;
const BODY_MOST = 32 << 20;

export interface ModelRequest {
  method: string;
  path: string;
  headers: string[];
  body: string;
  format: string | undefined;
  status: number | undefined;
}

type Json = { [key: string]: unknown };

export class Model {
  readonly seen: ModelRequest[] = [];
  private readonly counts = new Map<string, number>();
  private readonly talks = new Map<string, { fixed: string; history: string[] }>();
  private readonly server: Server;
  private readonly closing = new AbortController();
  private serial = 0;

  constructor(readonly options: { host?: string; port?: number; key?: string } = {}) {
    this.server = createServer((req, res) => void this.take(req, res).catch(() => res.destroy()));
  }

  get key(): string {
    return this.options.key ?? MODEL_KEY;
  }

  get origin(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  }

  async listen(): Promise<string> {
    this.server.listen(this.options.port ?? 0, this.options.host ?? "127.0.0.1");
    await new Promise((resolve, reject) => this.server.once("listening", resolve).once("error", reject));
    return this.origin;
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  forget(): void {
    this.seen.length = 0;
    this.counts.clear();
    this.talks.clear();
  }

  private async take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of req) if ((size += (chunk as Buffer).length) <= BODY_MOST) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const path = req.url ?? "/";
    if (path.startsWith("/_model/")) return this.control(req.method ?? "GET", path, res);
    const entry: ModelRequest = { method: req.method ?? "GET", path, headers: req.rawHeaders, body, format: undefined, status: undefined };
    this.seen.push(entry);
    if (this.seen.length > KEPT_MOST) this.seen.shift();
    res.on("close", () => (entry.status = res.headersSent ? res.statusCode : undefined));
    await this.answer(entry, req, res);
  }

  private control(method: string, path: string, res: ServerResponse): void {
    const known = path === "/_model/requests" && (method === "GET" || method === "DELETE");
    if (known && method === "DELETE") this.forget();
    res.writeHead(known ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(known ? this.seen : { error: "GET or DELETE /_model/requests" }));
  }

  private async answer(entry: ModelRequest, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(entry.path, "http://model.invalid");
    const deployment = /^\/openai\/deployments\/([^/]+)(\/chat\/completions)$/.exec(url.pathname);
    const tail = deployment?.[2] ?? (url.pathname.startsWith("/v1/") ? url.pathname.slice(3) : "");
    const format = FORMATS.find((f) => f.path === tail);
    if (tail === "/models" && entry.method === "GET") {
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ object: "list", data: [...Object.keys(SCRIPTS), ...Object.keys(MISCHIEF)].map((id) => ({ id, object: "model" })) }));
      return;
    }
    if (!format || entry.method !== "POST") {
      res.writeHead(404, { "content-type": "text/html" }).end("<h1>Not found</h1>");
      return;
    }
    entry.format = format.name;
    const say = (status: number, code: string, message: string) => refuse({ res, format }, status, code, message);
    const key = keyOf(req, format, deployment !== null);
    if (key !== this.key) return say(401, "invalid_api_key", "The key is not one of ours.");
    if (deployment && !url.searchParams.get("api-version")) return say(404, "missing_version", "api-version is missing.");
    if (format.name === "messages" && !req.headers["anthropic-version"]) return say(400, "missing_version", "anthropic-version: header is required");
    let body: Json;
    try {
      body = JSON.parse(entry.body) as Json;
    } catch {
      return say(400, "invalid_json", "The body is no JSON.");
    }
    const fault = this.faultOf(format, body);
    if (fault) return say(400, "invalid_request", fault);
    await this.reply(format, body, key, res, say);
  }

  // What a strict provider would refuse.
  private faultOf(format: Format, body: Json): string | undefined {
    const never = format.never.find((m) => m in body);
    const needed = format.needs.find((m) => !(m in body));
    if (never) return `${never} is not supported.`;
    if (needed) return `${needed} is missing.`;
    if (body["stream"] !== true) return "stream must be true.";
    if (format.name === "responses" && body["store"] !== false) return "store must be false here.";
    const read = format.read(body);
    if (read.loose.length) return `No result, or no call, for ${read.loose.join(", ")}.`;
    return this.growthOf(format, body, read);
  }

  // A conversation goes by what began it: the same tools and system, and all turns before as they were.
  private growthOf(format: Format, body: Json, read: Read): string | undefined {
    const id = JSON.stringify([format.name, body["model"], read.asked]);
    const now = { fixed: JSON.stringify(read.fixed), history: read.history.map((t) => JSON.stringify(t)) };
    const before = this.talks.get(id);
    this.talks.set(id, now);
    if (!before || read.rounds === 0) return undefined;
    if (before.fixed !== now.fixed) return "The system text or the tools were changed within a conversation.";
    const odd = before.history.findIndex((turn, n) => turn !== now.history[n]);
    return odd >= 0 ? `Turn ${odd} was changed within a conversation.` : undefined;
  }

  private async reply(format: Format, body: Json, key: string, res: ServerResponse, say: (status: number, code: string, message: string) => void): Promise<void> {
    const model = String(body["model"]);
    const [script = "", argument = ""] = model.split(":", 2);
    const mischief = Object.hasOwn(MISCHIEF, script) ? MISCHIEF[script] : undefined;
    const plays = Object.hasOwn(SCRIPTS, script) ? SCRIPTS[script] : mischief && SCRIPTS["good"];
    if (!plays) return say(404, "model_not_found", `The model ${model} does not exist.`);
    const { asked, tools, results, rounds } = format.read(body);
    const before = this.counts.get(model) ?? 0;
    this.counts.set(model, before + 1);
    const shown: Shown = { script, argument, asked, tools, results, rounds, before, key };
    const events = format.write(body, plays(shown), String(++this.serial));
    const scene = { res, format, shown, events, elsewhere: `${this.origin}/elsewhere`, closing: this.closing.signal };
    if (mischief) await mischief(scene);
    else play(scene);
  }
}

function keyOf(req: IncomingMessage, format: Format, deployment: boolean): string {
  const named = deployment ? req.headers["api-key"] : format.name === "messages" ? req.headers["x-api-key"] : undefined;
  return String(named ?? req.headers["authorization"]?.replace(/^Bearer /, "") ?? "");
}
