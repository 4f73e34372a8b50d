// SPDX-License-Identifier: Apache-2.0
// One toolset behind the official SDK's servers: v2 for the stateless endpoint of both eras, v1 for sessions and HTTP+SSE.

import { AsyncLocalStorage } from "node:async_hooks";
import { Server as Modern, ProtocolError } from "@modelcontextprotocol/server";
import { Server as Legacy } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { Counters } from "./counters.js";
import type { Fault } from "./faults.js";
import { pause, type Json } from "./kit.js";
import type { Settings } from "./settings.js";
import type { Principal, Toolset } from "./toolset.js";
import type { World } from "../world.js";

/** What the request at hand brings along: who asks, and what is to go wrong within the tool. */
export const current = new AsyncLocalStorage<{ who: Principal; fault?: Fault }>();

export interface Serving {
  toolset: Toolset;
  world: () => World;
  counters: Counters;
  settings: () => Settings;
}

const NOBODY: Principal = { name: "nobody", scopes: [], choice: {}, headers: () => undefined };
const who = () => current.getStore()?.who ?? NOBODY;

class BadParams extends Error {}

/** What a handler of either SDK gives: progress, and the end of the request. */
interface Reach {
  signal: AbortSignal;
  progressToken: string | number | undefined;
  notify: (method: string, params: Json) => Promise<void>;
}

/** Takes its time, in steps. A stream that is closed meanwhile (close_stream) is closed half-way. */
async function work(fault: Fault, reach: Reach): Promise<void> {
  const busy = fault.kind === "busy";
  const count = busy ? (fault.count ?? 5) : 1;
  const total = busy ? (fault.delay_ms ?? 5000) : 2 * (fault.delay_ms ?? 100);
  const aborted = new Promise((done) => reach.signal.addEventListener("abort", done, { once: true }));
  for (let i = 1; i <= count && !reach.signal.aborted; i++) {
    await Promise.race([pause(total / count), aborted]);
    if (busy && reach.progressToken !== undefined && !reach.signal.aborted)
      await reach.notify("notifications/progress", {
        progressToken: reach.progressToken,
        progress: i,
        total: count,
        message: `step ${i} of ${count}`,
      });
  }
}

type Handler = (serving: Serving, params: Json, reach: Reach) => Promise<Json> | Json;

function listTools({ toolset, settings }: Serving, params: Json): Json {
  const tools = toolset.describe(who());
  const size = settings().page_size;
  if (size === 0) return { tools };
  const start = params["cursor"] === undefined ? 0 : Number(/^page:(\d+)$/.exec(params["cursor"])?.[1] ?? NaN);
  if (Number.isNaN(start)) throw new BadParams("Invalid cursor");
  const next = start + size;
  return { tools: tools.slice(start, next), ...(next < tools.length ? { nextCursor: `page:${next}` } : {}) };
}

async function callTool({ toolset, world, counters }: Serving, params: Json, reach: Reach): Promise<Json> {
  const name = String(params["name"]);
  const tool = toolset.find(name, who());
  if (!tool) throw new BadParams(`Tool ${name} not found`);
  counters.by("tools", name);
  const fault = current.getStore()?.fault;
  if (fault?.kind === "busy" || fault?.kind === "close_stream") {
    await work(fault, reach);
    if (reach.signal.aborted) {
      counters.n.aborted++;
      throw new Error("cancelled");
    }
  }
  if (tool.writes) {
    counters.n.write_calls++;
    counters.by("writes", name);
  }
  return (await toolset.call(tool, { world: world(), who: who(), args: params["arguments"] ?? {} })) as unknown as Json;
}

const shownPrompts = ({ toolset }: Serving) => (toolset.parts.prompts ?? []).map(({ get: _get, ...prompt }) => prompt);
const shownResources = ({ toolset }: Serving) => (toolset.parts.resources ?? []).map(({ read: _read, ...resource }) => resource);

function getPrompt({ toolset }: Serving, params: Json): Json {
  const prompt = toolset.parts.prompts?.find((p) => p.name === params["name"]);
  if (!prompt) throw new BadParams(`Prompt ${params["name"]} not found`);
  return { ...(prompt.description ? { description: prompt.description } : {}), messages: prompt.get(params["arguments"] ?? {}) };
}

function readResource({ toolset, world }: Serving, params: Json): Json {
  const resource = toolset.parts.resources?.find((r) => r.uri === params["uri"]);
  if (!resource) throw new BadParams(`Resource ${params["uri"]} not found`);
  const { uri, mimeType, _meta } = resource;
  return { contents: [{ uri, mimeType, text: resource.read(world()), ...(_meta ? { _meta } : {}) }] };
}

const TOOL_HANDLERS: Record<string, Handler> = { "tools/list": listTools, "tools/call": callTool };
const PROMPT_HANDLERS: Record<string, Handler> = { "prompts/list": (s) => ({ prompts: shownPrompts(s) }), "prompts/get": getPrompt };
const RESOURCE_HANDLERS: Record<string, Handler> = {
  "resources/list": (s) => ({ resources: shownResources(s) }),
  "resources/templates/list": () => ({ resourceTemplates: [] }),
  "resources/read": readResource,
};
const SUBSCRIBE_HANDLERS: Record<string, Handler> = { "resources/subscribe": () => ({}), "resources/unsubscribe": () => ({}) };

function handlers({ toolset: { parts } }: Serving, sessions: boolean): Record<string, Handler> {
  return {
    ...TOOL_HANDLERS,
    ...(parts.prompts ? PROMPT_HANDLERS : {}),
    ...(parts.resources ? RESOURCE_HANDLERS : {}),
    ...(parts.resources && sessions ? SUBSCRIBE_HANDLERS : {}),
  };
}

const LISTS = ["server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list"] as const;

function options({ toolset: { parts }, settings }: Serving, sessions: boolean) {
  const instructions = settings().instructions ?? parts.instructions?.(who());
  return {
    capabilities: {
      tools: { listChanged: true },
      ...(parts.prompts ? { prompts: {} } : {}),
      ...(parts.resources ? { resources: sessions ? { subscribe: true } : {} } : {}),
      ...(sessions ? { logging: {} } : {}),
    },
    ...(instructions === undefined ? {} : { instructions }),
    ...(sessions
      ? {}
      : { cacheHints: Object.fromEntries(LISTS.map((list) => [list, { ttlMs: settings().ttl_ms, cacheScope: "private" as const }])) }),
  };
}

/** A server of SDK v2, for one request of createMcpHandler. */
export function modernServer(serving: Serving): Modern {
  const server = new Modern(serving.toolset.parts.info, options(serving, false));
  for (const [method, handler] of Object.entries(handlers(serving, false))) {
    server.setRequestHandler(
      method as "tools/list",
      (async (request: Json, ctx: any) => {
        const params = request["params"] ?? {};
        const reach: Reach = {
          signal: ctx.mcpReq.signal,
          progressToken: params._meta?.progressToken,
          notify: (name, body) => ctx.mcpReq.notify({ method: name, params: body }),
        };
        try {
          return await handler(serving, params, reach);
        } catch (error) {
          if (error instanceof BadParams) throw new ProtocolError(-32602, error.message);
          throw error;
        }
      }) as any,
    );
  }
  return server;
}

const SCHEMAS: Record<string, any> = {
  "tools/list": ListToolsRequestSchema,
  "tools/call": CallToolRequestSchema,
  "prompts/list": ListPromptsRequestSchema,
  "prompts/get": GetPromptRequestSchema,
  "resources/list": ListResourcesRequestSchema,
  "resources/templates/list": ListResourceTemplatesRequestSchema,
  "resources/read": ReadResourceRequestSchema,
  "resources/subscribe": SubscribeRequestSchema,
  "resources/unsubscribe": UnsubscribeRequestSchema,
};

/** A server of SDK v1, for one session. */
export function legacyServer(serving: Serving): Legacy {
  const server = new Legacy(serving.toolset.parts.info, options(serving, true));
  for (const [method, handler] of Object.entries(handlers(serving, true))) {
    server.setRequestHandler(SCHEMAS[method], async (request: any, extra: any) => {
      const params = request.params ?? {};
      const reach: Reach = {
        signal: extra.signal,
        progressToken: params._meta?.progressToken,
        notify: (name, body) => extra.sendNotification({ method: name, params: body }),
      };
      try {
        return await handler(serving, params, reach);
      } catch (error) {
        if (error instanceof BadParams) throw new McpError(method === "resources/read" ? -32002 : -32602, error.message);
        throw error;
      }
    });
  }
  return server;
}
