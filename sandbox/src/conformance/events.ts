// SPDX-License-Identifier: Apache-2.0
// The last events of a session's streams, for clients that come back with Last-Event-ID.

import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

const KEPT = 1000;

export class Events implements EventStore {
  private readonly events: { id: string; stream: string; message: JSONRPCMessage }[] = [];
  private serial = 0;
  constructor(private readonly resumed: () => void) {}

  async storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const id = `${stream}/${++this.serial}`;
    this.events.push({ id, stream, message });
    if (this.events.length > KEPT) this.events.shift();
    return id;
  }
  async getStreamIdForEventId(id: string): Promise<string | undefined> {
    return this.events.find((e) => e.id === id)?.stream;
  }
  async replayEventsAfter(last: string, { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> }): Promise<string> {
    const at = this.events.findIndex((e) => e.id === last);
    const stream = this.events[at]?.stream;
    if (stream === undefined) throw new Error("no such event");
    this.resumed();
    // A priming event has no message to send again.
    for (const e of this.events.slice(at + 1)) if (e.stream === stream && Object.keys(e.message).length > 0) await send(e.id, e.message);
    return stream;
  }
}
