// SPDX-License-Identifier: Apache-2.0
// draft: a server as its form has it, and the request that it becomes. What is left at its default is left out, so that the
// API decides it.
import type { Shapes } from "../../api/client.ts";
import type { Config } from "./summary.ts";

export type Reach = "read" | "write" | "chosen";
export const METHODS = ["list", "get", "create", "update", "delete", "custom"] as const;
export const EXPIRIES = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, quarter: 90 * 86_400 } as const;
export type Expiry = keyof typeof EXPIRIES | "never" | "at";

export interface Held {
  readonly account: string; // id
  readonly key: string;
  readonly values: string; // with commas between
}
export interface Draft {
  name: string;
  accounts: readonly string[]; // ids
  share: boolean;
  reach: Reach;
  methods: readonly string[];
  tags: readonly string[];
  tools: string; // globs, with commas or spaces between
  discovery: "" | "full" | "search" | "featured";
  second: boolean;
  ask: boolean;
  record: boolean;
  held: readonly Held[];
  expiry: Expiry;
  at: string; // of a field for local time
}

export const EMPTY: Draft = { name: "", accounts: [], share: false, reach: "read", methods: [], tags: [], tools: "", discovery: "", second: false, ask: false, record: false, held: [], expiry: "month", at: "" };

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function methodsOf(d: Draft): readonly string[] {
  return d.reach === "read" ? ["read"] : d.reach === "write" ? [] : d.methods;
}

export function configOf(d: Draft): Config {
  const methods = methodsOf(d), tools = words(d.tools), fence: Record<string, Record<string, string[]>> = {};
  for (const { account, key, values } of d.held) {
    const given = values.split(",").map((v) => v.trim()).filter(Boolean);
    if (key && given.length) (fence[account] ??= {})[key] = given;
  }
  return {
    ...(methods.length ? { methods: [...methods] } : {}),
    ...(d.tags.length ? { tags: [...d.tags] } : {}),
    ...(tools.length ? { tools } : {}),
    ...(d.discovery ? { discovery: d.discovery } : {}),
    ...(d.second ? { require_api_token_auth: true } : {}),
    ...(d.ask ? { ask: true } : {}),
    ...(d.record ? { record_arguments: true } : {}),
    ...(d.held.length ? { fence } : {}),
  };
}

export function expiresAt(d: Draft, now = Date.now()): string | null {
  if (d.expiry === "never") return null;
  if (d.expiry === "at") return d.at ? new Date(d.at).toISOString() : null;
  return new Date(now + EXPIRIES[d.expiry] * 1000).toISOString();
}

// Of a server that is there; what the form does not show stays as `config` has it.
export function draftOf(s: Shapes["Server"]): Draft {
  const c = s.config, methods = c.methods ?? [];
  return {
    name: s.name,
    accounts: s.accounts.map((a) => a.id),
    share: s.share,
    reach: methods.length === 0 ? "write" : methods.length === 1 && methods[0] === "read" ? "read" : "chosen",
    methods,
    tags: c.tags ?? [],
    tools: (c.tools ?? []).join(", "),
    discovery: c.discovery ?? "",
    second: c.require_api_token_auth ?? false,
    ask: c.ask ?? false,
    record: c.record_arguments ?? false,
    held: s.fence.map((f) => ({ account: s.accounts.find((a) => a.alias === f.account || a.name === f.account)?.id ?? f.account, key: f.key, values: f.values.map((v) => v.name ?? v.id).join(", ") })),
    expiry: s.expires_at ? "at" : "never",
    at: s.expires_at ? localTime(s.expires_at) : "",
  };
}

// As <input type="datetime-local"> takes it, in the browser's zone.
export function localTime(at: string): string {
  const d = new Date(at);
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
