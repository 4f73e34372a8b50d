// SPDX-License-Identifier: Apache-2.0
// Session servers of SDK v1: Streamable HTTP (2025-03-26 to 2025-11-25) with resumable streams, and the true HTTP+SSE of 2024-11-05.

import { randomUUID } from "node:crypto";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport, type EventStore } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Exchange, Vendor } from "./door.js";
import { SHAPES, shape, Sink, type Fault } from "./faults.js";
import { header, pause, reply, type Json } from "./kit.js";
import { current, legacyServer } from "./serving.js";

interface Session {
  id: string;
  kind: "session" | "sse";
  server: Server;
  /** Which of the vendor's servers. */
  of: string;
  who: string;
  made: number;
  transport: StreamableHTTPServerTransport | SSEServerTransport;
  /** Faults of answers on the way, by request id; HTTP+SSE only. */
  awaiting: Map<unknown, Fault>;
}

const MOST_EVENTS = 1000;
const MOST_SESSIONS = 10_000; // then the oldest goes

/** The last events of one session, for Last-Event-ID. */
class Events implements EventStore {
  private kept: { id: string; stream: string; message: any }[] = [];
  private serial = 0;

  async storeEvent(stream: string, message: any): Promise<string> {
    const id = `${stream}/${++this.serial}`;
    this.kept.push({ id, stream, message });
    if (this.kept.length > MOST_EVENTS) this.kept.shift();
    return id;
  }

  async getStreamIdForEventId(id: string): Promise<string | undefined> {
    return this.kept.find((e) => e.id === id)?.stream;
  }

  async replayEventsAfter(last: string, { send }: { send: (id: string, message: any) => Promise<void> }): Promise<string> {
    const at = this.kept.findIndex((e) => e.id === last);
    const stream = this.kept[at]!.stream;
    for (const { id, stream: of, message } of this.kept.slice(at + 1)) {
      if (of === stream && Object.keys(message).length > 0) await send(id, message);
    }
    return stream;
  }
}

export class Sessions {
  private readonly open = new Map<string, Session>();

  constructor(private readonly vendor: Vendor) {}

  list(): Json[] {
    return [...this.open.values()].map(({ id, kind, of, who, made }) => ({ id, kind, server: of, who, made: new Date(made).toISOString() }));
  }

  get size(): number {
    return this.open.size;
  }

  async drop(id: string): Promise<boolean> {
    const session = this.open.get(id);
    if (!session) return false;
    this.open.delete(id);
    this.vendor.counters.n.sessions_ended++;
    await session.server.close();
    return true;
  }

  async clear(): Promise<number> {
    const ids = [...this.open.keys()];
    for (const id of ids) await this.drop(id);
    return ids.length;
  }

  toolsChanged(of: string): void {
    for (const session of this.open.values()) {
      if (session.of === of) void session.server.sendToolListChanged().catch(() => undefined);
    }
  }

  async notify(method: string, params: Json | undefined, count: number): Promise<number> {
    for (const { transport } of this.open.values()) {
      for (let i = 0; i < count; i++) await transport.send({ jsonrpc: "2.0", method, ...(params ? { params } : {}) }).catch(() => undefined);
    }
    return this.open.size;
  }

  private keep(x: Exchange, session: Omit<Session, "of" | "who" | "made" | "awaiting">): Session {
    const whole: Session = { ...session, of: x.endpoint!.server, who: x.who!.name, made: Date.now(), awaiting: new Map() };
    if (this.open.size >= MOST_SESSIONS) void this.drop(this.open.keys().next().value!);
    this.open.set(whole.id, whole);
    this.vendor.counters.n.sessions_made++;
    return whole;
  }

  take(x: Exchange): Promise<void> {
    return current.run({ who: x.who!, ...(x.fault ? { fault: x.fault } : {}) }, () =>
      x.endpoint!.kind === "sse" ? this.sse(x) : this.streamable(x),
    );
  }

  /** The session asked for, when it is of this credential; another's is as unknown as none. */
  private mine(x: Exchange, id: string | undefined | null): Session | undefined {
    const session = this.open.get(id ?? "");
    return session && session.who === x.who!.name && session.of === x.endpoint!.server ? session : undefined;
  }

  private async streamable(x: Exchange): Promise<void> {
    const id = header(x.req, "mcp-session-id");
    const read = this.limitVersion(x);
    if (!read) return;
    let session = this.mine(x, id);
    if (id !== undefined && session?.kind !== "session")
      return reply(x.res, 404, { jsonrpc: "2.0", id: null, error: { code: -32001, message: "Session not found" } });
    if (!session && x.message?.["method"] !== "initialize")
      return reply(x.res, 400, { jsonrpc: "2.0", id: null, error: { code: -32000, message: "Bad Request: No valid session ID provided" } });
    if (!session) session = await this.begin(x);
    const transport = session.transport as StreamableHTTPServerTransport;
    if (x.fault?.kind === "close_stream") void pause(x.fault.delay_ms ?? 100).then(() => transport.closeSSEStream(x.message?.["id"]));
    await transport.handleRequest(x.req, x.res, read.body);
  }

  private async begin(x: Exchange): Promise<Session> {
    const id = randomUUID();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: new Events(),
      retryInterval: 500,
      enableJsonResponse: this.vendor.settings.json_answers,
    });
    const server = legacyServer(this.vendor.serving(x.endpoint!));
    const session = this.keep(x, { id, kind: "session", server, transport });
    transport.onclose = () => {
      if (this.open.delete(id)) this.vendor.counters.n.sessions_ended++;
    };
    await server.connect(transport as any);
    return session;
  }

  /** The body; an initialize that asks for more than the vendor speaks asks for its newest. Nothing when answered here. */
  private limitVersion(x: Exchange): { body: unknown } | undefined {
    if (x.req.method !== "POST") return { body: undefined };
    let parsed: any;
    try {
      parsed = JSON.parse(x.body.toString("utf8"));
    } catch {
      reply(x.res, 400, { jsonrpc: "2.0", id: null, error: { code: -32700, message: "Parse error: Invalid JSON" } });
      return undefined;
    }
    const { newest } = this.vendor.spec;
    const version = header(x.req, "mcp-protocol-version");
    if (newest && version !== undefined && version > newest && parsed?.method !== "initialize") {
      reply(x.res, 400, { jsonrpc: "2.0", id: null, error: { code: -32000, message: `Bad Request: Unsupported protocol version: ${version}` } });
      return undefined;
    }
    if (newest && parsed?.method === "initialize" && typeof parsed.params?.protocolVersion === "string" && parsed.params.protocolVersion > newest)
      parsed.params.protocolVersion = newest;
    return { body: parsed };
  }

  private async sse(x: Exchange): Promise<void> {
    if (x.req.method === "GET") return this.stream(x);
    if (x.req.method !== "POST") return reply(x.res, 405, { error: "method_not_allowed" }, { allow: "GET, POST" });
    const id = x.url.searchParams.get("sessionId");
    if (id === null) return reply(x.res, 400, "Missing sessionId");
    const session = this.mine(x, id);
    if (session?.kind !== "sse") return reply(x.res, 404, "Session not found");
    let parsed: any;
    try {
      parsed = JSON.parse(x.body.toString("utf8"));
    } catch {
      return reply(x.res, 400, "Invalid message");
    }
    if (x.fault && SHAPES.includes(x.fault.kind) && x.message?.["id"] !== undefined) session.awaiting.set(x.message["id"], x.fault);
    if (parsed?.method === "initialize" && parsed.params) parsed.params.protocolVersion = "2024-11-05";
    await (session.transport as SSEServerTransport).handlePostMessage(x.req as any, x.res, parsed);
  }

  private async stream(x: Exchange): Promise<void> {
    const transport = new SSEServerTransport(x.endpoint!.path, x.res);
    const server = legacyServer(this.vendor.serving(x.endpoint!));
    const session = this.keep(x, { id: transport.sessionId, kind: "sse", server, transport });
    x.res.on("close", () => void this.drop(session.id));
    const send = transport.send.bind(transport);
    transport.send = async (message: any) => {
      const fault = message.method === undefined ? session.awaiting.get(message.id) : undefined;
      if (!fault) return send(message);
      session.awaiting.delete(message.id);
      if (!(await shape(fault, new Sink(x.res, true), message))) x.res.end();
    };
    await server.connect(transport);
  }
}
