// SPDX-License-Identifier: Apache-2.0
// The same fixture behind each kind of HTTP that MCP has had.

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, isLegacyRequest, legacyStatelessFallback, type PerRequestResponseMode, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { SSEServerTransport } from "@modelcontextprotocol/server-legacy/sse";
import { Events } from "./events.js";
import { makeFixture } from "./fixture.js";
import type { State } from "./state.js";

export interface Options {
  versions?: string[]; // legacy ones, where not all the SDK knows
  responseMode: PerRequestResponseMode; // of the modern era
  retryMs: number; // what clients of 2025-11-25 are told to wait before they come back
}
// Undefined: the path is none of the era's.
export type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void> | undefined;
type Fetch = (request: Request) => Promise<Response>;

const refuse = (status: number, code: number, message: string) => Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status });

// Streamable HTTP of 2025-03-26 to 2025-11-25 with a session per initialize.
function sessions(state: State, options: Options): Fetch {
  const open = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request) => {
    const id = request.headers.get("mcp-session-id");
    if (id !== null) return open.get(id)?.handleRequest(request) ?? refuse(404, -32001, "Session not found");
    if (request.method !== "POST") return refuse(400, -32000, "Mcp-Session-Id header is required");
    const { server, keep } = makeFixture(state, options.versions);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new Events(() => state.counts.resumed++),
      retryInterval: options.retryMs,
      enableJsonResponse: options.responseMode === "json",
      onsessioninitialized: (created) => {
        open.set(created, transport);
        keep();
      },
    });
    transport.onclose = () => {
      if (transport.sessionId !== undefined) open.delete(transport.sessionId);
      state.forget(server);
    };
    await server.connect(transport);
    return transport.handleRequest(request); // refuses what is no initialize
  };
}

function modern(state: State, options: Options): Fetch {
  const handler = createMcpHandler(() => makeFixture(state).server, { legacy: "reject", responseMode: options.responseMode });
  state.notifier = handler.notify;
  return handler.fetch;
}

function dual(state: State, options: Options): Fetch {
  const [now, before] = [modern(state, options), sessions(state, options)];
  return async (request) => ((await isLegacyRequest(request)) ? before(request) : now(request));
}

const stateless = (state: State, options: Options): Fetch => legacyStatelessFallback(() => makeFixture(state, options.versions).server);

// The pair of 2024-11-05: a stream whose first event names the address to post to.
function pair(state: State, options: Options): Handler {
  const open = new Map<string, SSEServerTransport>();
  return (req, res) => {
    const url = new URL(req.url ?? "/", "http://localhost");
    if (url.pathname === "/sse" && req.method === "GET") {
      const transport = new SSEServerTransport("/message", res);
      const { server, keep } = makeFixture(state, options.versions);
      open.set(transport.sessionId, transport);
      transport.onclose = () => {
        open.delete(transport.sessionId);
        state.forget(server);
      };
      keep();
      return server.connect(transport);
    }
    if (url.pathname === "/sse") return void res.writeHead(405, { allow: "GET" }).end();
    if (url.pathname !== "/message" || req.method !== "POST") return undefined;
    const transport = open.get(url.searchParams.get("sessionId") ?? "");
    return transport ? transport.handlePostMessage(req, res) : void res.writeHead(404).end("Session not found");
  };
}

function at(path: string, fetch: Fetch): Handler {
  const handle = toNodeHandler({ fetch });
  return (req, res) => (new URL(req.url ?? "/", "http://localhost").pathname === path ? handle(req, res) : undefined);
}

export const ERAS: Record<string, { path: string; make: (state: State, options: Options) => Handler }> = {
  dual: { path: "/mcp", make: (s, o) => at("/mcp", dual(s, o)) },
  modern: { path: "/mcp", make: (s, o) => at("/mcp", modern(s, o)) },
  sessions: { path: "/mcp", make: (s, o) => at("/mcp", sessions(s, o)) },
  stateless: { path: "/mcp", make: (s, o) => at("/mcp", stateless(s, o)) },
  sse: { path: "/sse", make: pair },
};
