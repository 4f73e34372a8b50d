// SPDX-License-Identifier: Apache-2.0
// One vendor on one port: its metadata, authorization server, MCP endpoints and control, with what is to go wrong.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Recorder, type Seen } from "../record.js";
import type { World } from "../world.js";
import { AuthPaths, PRM } from "./authpaths.js";
import { control } from "./control.js";
import { Counters } from "./counters.js";
import { capture, Faults, messages, shape, SHAPES, Sink, type Fault } from "./faults.js";
import { header, opened, pause, read, reply, type Json } from "./kit.js";
import { AuthServer, type Grant, type Profile } from "./oauth.js";
import { errorPage, type Chooser } from "./pages.js";
import { Sessions } from "./sessions.js";
import type { Settings } from "./settings.js";
import { Stateless } from "./stateless.js";
import type { Parts, Principal } from "./toolset.js";
import { Toolset } from "./toolset.js";

export interface Endpoint {
  path: string;
  kind: "stateless" | "session" | "sse";
  /** Which of the vendor's servers answers here. */
  server: string;
  /** Needs no credential. */
  open?: boolean;
}

export interface Spec {
  name: "cloudflare" | "cloudinary" | "arcjet";
  title: string;
  profile: Profile;
  settings: Partial<Settings>;
  endpoints: Endpoint[];
  servers: Record<string, Parts>;
  /** The newest version its session servers speak. */
  newest?: string;
  chooser: Chooser;
  principal: (grant: Grant) => Pick<Principal, "scopes" | "choice">;
  /** Credentials other than an OAuth token, from the headers. */
  keyed?: (header: (name: string) => string | undefined) => Pick<Principal, "name" | "scopes" | "choice"> | undefined;
  /** Members of the protected-resource metadata besides resource and authorization_servers. */
  prm: Json;
  /** Whether the first endpoint's metadata is at the root too. */
  prmAtRoot?: boolean;
  /** Whether a Host that is not its own is refused, against DNS rebinding. */
  loopbackOnly?: boolean;
  realm?: string;
  cors?: string;
}

export const DEFAULTS: Settings = {
  access_ttl: 3600,
  refresh_ttl: 30 * 86_400,
  code_ttl: 600,
  rotation: "strict",
  one_access_token: false,
  dcr: "open",
  cimd: false,
  iss: "send",
  s256: true,
  pkce_plain: true,
  as_metadata: "ok",
  auth_methods: null,
  issuer_path: "",
  prm: "ok",
  www_authenticate: "full",
  revocation: true,
  step_up: null,
  clock_skew: 0,
  page_size: 0,
  json_answers: false,
  ttl_ms: 0,
  instructions: null,
};

const MOST_BODY = 4 * 1024 * 1024;
const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$/;

/** One HTTP request, read and counted. */
export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  url: URL;
  body: Buffer;
  entry: Seen;
  /** Set on MCP endpoints. */
  endpoint?: Endpoint;
  message?: Json;
  who?: Principal;
  fault?: Fault;
}

export class Vendor {
  readonly counters = new Counters();
  readonly faults = new Faults();
  readonly record = new Recorder();
  readonly auth: AuthServer;
  readonly toolsets = new Map<string, Toolset>();
  readonly sessions = new Sessions(this);
  private readonly stateless = new Stateless(this);
  settings: Settings;
  private readonly paths = new AuthPaths(this);
  private readonly server: Server;
  private elsewhere: Server | undefined;
  private elsewhereAt = "";
  origin = "";
  /** MCP requests at work, and long streams open: GET, and subscriptions/listen. */
  readonly open = { requests: 0, streams: 0 };

  constructor(
    readonly spec: Spec,
    readonly host: string,
    readonly world: () => World,
  ) {
    this.settings = { ...DEFAULTS, ...spec.settings };
    this.auth = new AuthServer(spec.profile, () => this.settings, this.counters);
    for (const [name, parts] of Object.entries(spec.servers)) this.toolsets.set(name, new Toolset(parts));
    this.server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 }, (req, res) => void this.take(req, res));
  }

  serving(endpoint: Endpoint) {
    return { toolset: this.toolsets.get(endpoint.server)!, world: this.world, counters: this.counters, settings: () => this.settings };
  }

  /** Everything as at the start. */
  async reset(): Promise<void> {
    this.settings = { ...DEFAULTS, ...this.spec.settings };
    this.faults.clear();
    this.record.clear();
    this.auth.clear();
    this.paths.clear();
    for (const toolset of this.toolsets.values()) toolset.reset();
    await this.sessions.clear();
    this.counters.clear();
  }

  async listen(port: number): Promise<string> {
    this.origin = await opened(this.server, port, this.host);
    this.auth.origin = this.origin;
    return this.origin;
  }

  /** A second origin, opened when first needed, that only records what reaches it. */
  async elsewhereOrigin(): Promise<string> {
    if (!this.elsewhere) {
      this.elsewhere = createServer((req, res) => void this.recordElsewhere(req, res).catch(() => res.destroy()));
      this.elsewhereAt = await opened(this.elsewhere, 0, this.host);
    }
    return this.elsewhereAt;
  }

  private async recordElsewhere(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const entry = this.record.open("elsewhere", req.method ?? "GET", req.url ?? "/", req.rawHeaders);
    Recorder.body(entry, (await read(req, MOST_BODY)) ?? Buffer.alloc(0), header(req, "content-type") ?? "");
    reply(res, 200, { elsewhere: true });
  }

  async close(): Promise<void> {
    await this.sessions.clear();
    await this.stateless.close();
    for (const server of [this.server, this.elsewhere]) {
      if (!server?.listening) continue;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  /** Sends a notification, whatever it is, on every session's own stream. */
  notify(method: string, params: Json | undefined, count: number): Promise<number> {
    return this.sessions.notify(method, params, count);
  }

  /** Tells every connected client of one server that its tools changed. */
  toolsChanged(server: string): void {
    this.stateless.toolsChanged(server);
    this.sessions.toolsChanged(server);
  }

  private async take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const url = new URL(req.url ?? "/", "http://vendor.invalid");
      const body = await read(req, MOST_BODY);
      if (url.pathname.startsWith("/_sandbox/")) {
        await control(this, req.method ?? "GET", url, body ?? Buffer.alloc(0), res);
        return;
      }
      await this.serve({ req, res, url, body: body ?? Buffer.alloc(0), entry: this.note(req, res, body) }, body === null);
    } catch (error) {
      if (res.destroyed) return; // the client went away; there is nobody to answer
      process.stderr.write(`${this.spec.name}: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (!res.headersSent) reply(res, 500, { error: "server_error" });
      else res.destroy();
    }
  }

  private note(req: IncomingMessage, res: ServerResponse, body: Buffer | null): Seen {
    this.counters.n.http++;
    const entry = this.record.open("main", req.method ?? "GET", req.url ?? "/", req.rawHeaders);
    if (body) Recorder.body(entry, body, header(req, "content-type") ?? "");
    const started = Date.now();
    res.on("close", () => {
      if (res.headersSent) entry.status = res.statusCode;
      entry.ms = Date.now() - started;
      if (entry.outcome === "open") entry.outcome = res.writableFinished ? "sent" : "client_closed";
    });
    if (this.settings.clock_skew !== 0) res.setHeader("date", new Date(this.auth.now() * 1000).toUTCString());
    return entry;
  }

  private async serve(x: Exchange, tooLarge: boolean): Promise<void> {
    const { req, res, url, body } = x;
    x.endpoint = this.spec.endpoints.find((e) => e.path === url.pathname);
    if (tooLarge) return reply(res, 413, { jsonrpc: "2.0", id: null, error: { code: -32000, message: "Request body too large" } });
    if (x.endpoint && this.spec.loopbackOnly && !LOOPBACK.test(header(req, "host") ?? "")) return reply(res, 403, { error: "forbidden_host" });
    if (x.endpoint && req.method === "OPTIONS") return this.preflight(res);
    if (x.endpoint && req.method === "POST") x.message = this.count(body);
    if (x.endpoint) this.watch(x);
    const form = url.pathname === this.spec.profile.paths.token ? new URLSearchParams(body.toString("utf8")) : undefined;
    const { method, params, id } = x.message ?? {};
    const grant = form && (form.get("grant_type") ?? "");
    x.fault = this.faults.take({ path: url.pathname, verb: req.method, method, tool: params?.name, grant }, id !== undefined);
    if (!x.fault) return this.answer(x);
    x.entry.fault = x.fault.kind;
    this.counters.by("faults", x.fault.kind);
    await this.play(x.fault, x);
  }

  private preflight(res: ServerResponse): void {
    const headers = { "access-control-allow-origin": "*", "access-control-allow-methods": "GET, POST, DELETE, OPTIONS" };
    res.writeHead(204, {
      ...headers,
      "access-control-allow-headers": this.spec.cors ?? "Content-Type, Authorization, MCP-Protocol-Version, Mcp-Session-Id",
    });
    res.end();
  }

  /** The message of a POST, and what it says counted. A batch counts each; its first request stands for it. */
  private count(body: Buffer): Json | undefined {
    let parsed: any;
    try {
      parsed = JSON.parse(body.toString("utf8"));
    } catch {
      return undefined;
    }
    const all: Json[] = (Array.isArray(parsed) ? parsed : [parsed]).filter((m) => typeof m === "object" && m !== null);
    const { n } = this.counters;
    for (const message of all) {
      if (typeof message["method"] !== "string") continue;
      this.counters.by("mcp", message["method"]);
      const modern = message["params"]?._meta?.["io.modelcontextprotocol/protocolVersion"] !== undefined;
      if (modern) n.modern++;
      else n.legacy++;
      if (message["method"] === "initialize") n.initialize++;
      if (message["method"] === "notifications/cancelled") n.cancelled++;
    }
    return all.find((m) => m["method"] !== undefined && m["id"] !== undefined) ?? all[0];
  }

  private async play(fault: Fault, x: Exchange): Promise<void> {
    const { res, req } = x;
    switch (fault.kind) {
      case "status":
        return reply(res, fault.status ?? 500, fault.body ?? { error: "server_error" }, fault.headers);
      case "wrong_type":
        return reply(res, fault.status ?? 200, fault.body ?? errorPage(this.spec.title, "Please stand by"));
      case "oauth_error":
        return reply(res, fault.status ?? 400, {
          error: fault.error ?? "invalid_grant",
          error_description: fault.description ?? "The grant is no longer valid",
        });
      case "slow":
        await pause(fault.delay_ms ?? 2000);
        return this.answer(x);
      case "hang":
        await Promise.race([pause(fault.delay_ms ?? 600_000), new Promise((done) => res.once("close", done))]);
        res.destroy();
        return;
      case "drop":
        x.entry.outcome = "dropped";
        req.socket.destroy();
        return;
      case "drop_after":
        await capture(res, () => this.answer(x));
        x.entry.outcome = "dropped";
        req.socket.destroy();
        return;
      case "redirect": {
        const to = fault.to ?? (await this.elsewhereOrigin()) + x.url.pathname;
        res.writeHead(fault.status ?? 307, { location: to, "content-length": 0 });
        res.end();
        return;
      }
      case "huge_header":
        res.setHeader("x-padding", "x".repeat(fault.bytes ?? 262_144));
        return this.answer(x);
      case "unauthorized":
        return this.challenge(x, true);
      case "insufficient_scope":
        return this.scopeNeeded(x, fault.scope ?? "extra");
      case "drop_session":
        await this.sessions.drop(header(req, "mcp-session-id") ?? x.url.searchParams.get("sessionId") ?? "");
        return this.answer(x);
      default:
        return this.shaped(fault, x);
    }
  }

  /** A fault of the answer's message: on the POST's own answer, or on the stream of an HTTP+SSE session. */
  private async shaped(fault: Fault, x: Exchange): Promise<void> {
    if (!SHAPES.includes(fault.kind) || !x.endpoint || x.endpoint.kind === "sse") return this.answer(x);
    const kept = await capture(x.res, () => this.answer(x));
    const all = messages(kept);
    const message = all.pop();
    if (!message) {
      x.res.writeHead(kept.status, kept.headers);
      x.res.end(kept.body);
      return;
    }
    const sse = fault.form ? fault.form === "sse" : fault.kind === "flood" || (kept.headers["content-type"] ?? "").includes("event-stream");
    const { "content-length": _length, "transfer-encoding": _coding, ...headers } = kept.headers;
    x.res.writeHead(kept.status, { ...headers, "content-type": sse ? "text/event-stream" : "application/json" });
    const sink = new Sink(x.res, sse);
    if (sse) for (const earlier of all) await sink.send(earlier);
    const whole = await shape(fault, sink, message);
    if (whole || fault.kind === "end_stream") x.res.end();
    else x.res.destroy();
  }

  // ── what the vendor does when nothing is wrong ──

  private answer(x: Exchange): Promise<void> {
    return x.endpoint ? this.mcp(x) : this.paths.take(x);
  }

  private challenge(x: Exchange, sent: boolean): void {
    this.counters.n.unauthorized++;
    const { www_authenticate } = this.settings;
    const parts = [
      ...(this.spec.realm ? [`realm="${this.spec.realm}"`] : []),
      ...(www_authenticate === "full" ? [`resource_metadata="${this.origin}${PRM}${x.endpoint?.path ?? ""}"`] : []),
      ...(sent ? ['error="invalid_token"'] : []),
    ];
    const headers: Record<string, string> = www_authenticate === "absent" ? {} : { "www-authenticate": `Bearer ${parts.join(", ")}`.trim() };
    const description = sent ? "The access token is invalid or has expired" : "Missing or invalid access token";
    reply(x.res, 401, { error: "invalid_token", error_description: description }, headers);
  }

  private scopeNeeded(x: Exchange, scope: string): void {
    this.counters.n.insufficient_scope++;
    const needed = [...new Set([...(x.who?.scopes ?? []), scope])].join(" ");
    reply(
      x.res,
      403,
      { error: "insufficient_scope", error_description: `This needs the scope ${scope}` },
      {
        "www-authenticate": `Bearer error="insufficient_scope", scope="${needed}", resource_metadata="${this.origin}${PRM}${x.endpoint?.path ?? ""}"`,
      },
    );
  }

  private who(x: Exchange): Principal | undefined {
    const headers = (name: string) => header(x.req, name);
    const bearer = /^Bearer (.+)$/i.exec(headers("authorization") ?? "")?.[1];
    const grant = bearer === undefined ? undefined : this.auth.verify(bearer, this.origin + x.endpoint!.path);
    if (grant) return { name: grant.id, ...this.spec.principal(grant), headers };
    const keyed = this.spec.keyed?.(headers);
    if (keyed) return { ...keyed, headers };
    return x.endpoint!.open ? { name: "anyone", scopes: [], choice: {}, headers } : undefined;
  }

  /** Counts what is open, and who leaves before the answer. */
  private watch({ req, res, message, entry }: Exchange): void {
    const stream = req.method === "GET" || message?.["method"] === "subscriptions/listen";
    const gauge = stream ? "streams" : "requests";
    this.open[gauge]++;
    res.on("close", () => {
      this.open[gauge]--;
      const left = !res.writableFinished && entry.outcome !== "dropped";
      if (left && !stream && message?.["id"] !== undefined) this.counters.n.client_closed++;
    });
  }

  private async mcp(x: Exchange): Promise<void> {
    const who = this.who(x);
    if (!who) return this.challenge(x, header(x.req, "authorization") !== undefined);
    x.who = who;
    x.entry.token = who.name;
    const { step_up } = this.settings;
    const tool = x.message?.["method"] === "tools/call" ? x.message["params"]?.name : undefined;
    if (step_up && tool !== undefined && (step_up.tool === "*" || step_up.tool === tool) && !who.scopes.includes(step_up.scope))
      return this.scopeNeeded(x, step_up.scope);
    if (x.res.closed) return; // left while it waited
    if (x.endpoint!.kind === "stateless") return this.stateless.take(x);
    return this.sessions.take(x);
  }
}
