// SPDX-License-Identifier: Apache-2.0
// The endpoint Cloudflare has since 2026-07-28: MCP of that version, and 2025 requests without a session, on one URL.

import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { Endpoint, Exchange, Vendor } from "./door.js";
import { reply } from "./kit.js";
import { current, modernServer } from "./serving.js";

interface Held {
  handler: McpHttpHandler;
  node: ReturnType<typeof toNodeHandler>;
}

export class Stateless {
  private readonly held = new Map<string, Held>();

  constructor(private readonly vendor: Vendor) {}

  private handler(endpoint: Endpoint): Held {
    let held = this.held.get(endpoint.server);
    if (!held) {
      const handler = createMcpHandler(() => modernServer(this.vendor.serving(endpoint)), { maxSubscriptions: 10_000 });
      this.held.set(endpoint.server, (held = { handler, node: toNodeHandler(handler) }));
    }
    return held;
  }

  async take(x: Exchange): Promise<void> {
    if (x.req.method !== "POST") {
      return reply(x.res, 405, { jsonrpc: "2.0", id: null, error: { code: -32000, message: "Method not allowed." } }, { allow: "POST, OPTIONS" });
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(x.body.toString("utf8"));
    } catch {
      return reply(x.res, 400, { jsonrpc: "2.0", id: null, error: { code: -32700, message: "Parse error" } });
    }
    const held = this.handler(x.endpoint!);
    await current.run({ who: x.who!, ...(x.fault ? { fault: x.fault } : {}) }, () => held.node(x.req as any, x.res as any, parsed));
  }

  toolsChanged(server: string): void {
    this.held.get(server)?.handler.notify.toolsChanged();
  }

  async close(): Promise<void> {
    for (const { handler } of this.held.values()) await handler.close();
    this.held.clear();
  }
}
