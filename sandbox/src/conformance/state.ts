// SPDX-License-Identifier: Apache-2.0
// What outlives a request: what is listed at present, who listens for changes, and counts of what
// happened, for tests to look at.

import type { McpServer, RegisteredPrompt, RegisteredResource, RegisteredTool, ServerNotifier } from "@modelcontextprotocol/server";

export type Kind = "tool" | "prompt" | "resource";
type Listed = Record<Kind, RegisteredTool | RegisteredPrompt | RegisteredResource>;

interface Live {
  server: McpServer;
  spare: Listed;
  watched: Set<string>;
}

export class State {
  // The tool is there at first, so that whoever settles which tools may be served sees it.
  readonly shown: Record<Kind, boolean> = { tool: true, prompt: false, resource: false };
  readonly counts = { requests: 0, sessions: 0, closed: 0, resumed: 0, waiting: 0, aborted: 0 };
  watchedAt = 0; // how often the watched resource changed
  notifier?: ServerNotifier; // of the modern era, where that is served
  private readonly live = new Map<McpServer, Live>();

  // A connection that stays open, and so hears of changes. The spare things are shown as everywhere.
  keep(server: McpServer, spare: Listed, watched: Set<string>): void {
    this.live.set(server, { server, spare, watched });
    this.counts.sessions++;
  }
  forget(server: McpServer): void {
    if (this.live.delete(server)) this.counts.closed++;
  }
  get open(): number {
    return this.live.size;
  }

  // The spare thing of a kind comes or goes; every connection and every listening stream is told.
  toggle(kind: Kind): void {
    const shown = (this.shown[kind] = !this.shown[kind]);
    for (const { spare } of this.live.values()) shown ? spare[kind].enable() : spare[kind].disable();
    if (kind === "tool") this.notifier?.toolsChanged();
    else if (kind === "prompt") this.notifier?.promptsChanged();
    else this.notifier?.resourcesChanged();
  }
  async touch(uri: string): Promise<void> {
    this.watchedAt++;
    this.notifier?.resourceUpdated(uri);
    for (const { server, watched } of this.live.values()) if (watched.has(uri)) await server.server.sendResourceUpdated({ uri });
  }
}
