// SPDX-License-Identifier: Apache-2.0
// What reached a vendor, in numbers. A test reads them to prove that something arrived once, or never.

export interface Numbers {
  http: number;
  metadata: number;
  registrations: number;
  registrations_refused: number;
  authorizations: number;
  consents: { allow: number; deny: number };
  /** Token requests by grant type, answered or not. */
  token: Record<string, number>;
  token_refused: Record<string, number>;
  /** Refreshes that took effect at the vendor, whether or not the answer arrived. */
  refreshes: number;
  revocations: number;
  unauthorized: number;
  insufficient_scope: number;
  /** MCP messages by method, both eras. */
  mcp: Record<string, number>;
  modern: number;
  legacy: number;
  initialize: number;
  sessions_made: number;
  sessions_ended: number;
  tools: Record<string, number>;
  writes: Record<string, number>;
  write_calls: number;
  /** notifications/cancelled seen. */
  cancelled: number;
  /** Tools that stopped their work because the call was cancelled. */
  aborted: number;
  /** MCP requests whose client went away before the answer. */
  client_closed: number;
  faults: Record<string, number>;
}

const zero = (): Numbers => ({
  http: 0,
  metadata: 0,
  registrations: 0,
  registrations_refused: 0,
  authorizations: 0,
  consents: { allow: 0, deny: 0 },
  token: {},
  token_refused: {},
  refreshes: 0,
  revocations: 0,
  unauthorized: 0,
  insufficient_scope: 0,
  mcp: {},
  modern: 0,
  legacy: 0,
  initialize: 0,
  sessions_made: 0,
  sessions_ended: 0,
  tools: {},
  writes: {},
  write_calls: 0,
  cancelled: 0,
  aborted: 0,
  client_closed: 0,
  faults: {},
});

export class Counters {
  n: Numbers = zero();

  clear(): void {
    this.n = zero();
  }

  by(kind: "token" | "token_refused" | "mcp" | "tools" | "writes" | "faults", name: string): void {
    // Names come from the network; a thousand of them are enough.
    const table = this.n[kind];
    const key = Object.hasOwn(table, name) || Object.keys(table).length < 1000 ? name : "other";
    table[key] = (Object.hasOwn(table, key) ? table[key]! : 0) + 1;
  }
}
