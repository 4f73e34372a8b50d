// SPDX-License-Identifier: Apache-2.0
// draft: a server as its form has it, and the request that it becomes. What is left at its default is left out, so that the
// API decides it.
import type { Shapes } from "../../api/client.ts";
import type { Config } from "./summary.ts";

export type Reach = "read" | "write" | "chosen";
export const METHODS = ["list", "get", "create", "update", "delete", "custom"] as const;
export const EXPIRIES = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, quarter: 90 * 86_400 } as const;
export type Expiry = keyof typeof EXPIRIES | "never" | "at";

export type Role = "admin" | "editor" | "viewer";
export const ROLES: readonly Role[] = ["viewer", "editor", "admin"];

export interface Held {
  readonly account: string; // id
  readonly key: string;
  readonly values: string; // with commas between
}
// Numbers as they were typed; empty: no limit.
export interface Limits {
  calls: string;
  writes: string;
  eachCalls: string;
  eachWrites: string;
}
export interface Draft {
  name: string;
  accounts: readonly string[]; // ids
  own: readonly string[]; // of these, ids of those in whose place each person's own is called
  share: boolean;
  reach: Reach;
  methods: readonly string[];
  tags: readonly string[];
  tools: string; // globs, with commas or spaces between
  discovery: "" | "full" | "search" | "featured";
  second: boolean;
  ask: boolean;
  record: boolean;
  limits: Limits;
  approval: "none" | "destroy" | "write";
  held: readonly Held[];
  slug: string; // empty: nobody signs in
  reuse: boolean; // the slug may have been another's
  roles: readonly Role[]; // who may, as these say
  groups: readonly string[];
  people: readonly string[]; // names
  expiry: Expiry;
  at: string; // of a field for local time
}

export const NO_LIMITS: Limits = { calls: "", writes: "", eachCalls: "", eachWrites: "" };
export const EMPTY: Draft = { name: "", accounts: [], own: [], share: false, reach: "read", methods: [], tags: [], tools: "", discovery: "", second: false, ask: false, record: false, limits: NO_LIMITS, approval: "none", held: [], slug: "", reuse: false, roles: [], groups: [], people: [], expiry: "month", at: "" };

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function methodsOf(d: Draft): readonly string[] {
  return d.reach === "read" ? ["read"] : d.reach === "write" ? [] : d.methods;
}

const ownOf = (d: Draft): string[] => d.own.filter((id) => d.accounts.includes(id));

const limitsOf = (calls: string, writes: string): { calls_per_minute?: number; writes_per_day?: number } => ({
  ...(calls ? { calls_per_minute: Number(calls) } : {}),
  ...(writes ? { writes_per_day: Number(writes) } : {}),
});

export function configOf(d: Draft): Config {
  const methods = methodsOf(d), tools = words(d.tools), l = d.limits, fence: Record<string, Record<string, string[]>> = {};
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
    ...(Object.values(l).some(Boolean) ? { limits: { ...limitsOf(l.calls, l.writes), ...(l.eachCalls || l.eachWrites ? { each: limitsOf(l.eachCalls, l.eachWrites) } : {}) } } : {}),
    ...(d.approval !== "none" ? { approval: d.approval } : {}),
    ...(ownOf(d).length ? { own_accounts: ownOf(d) } : {}),
    ...(d.held.length ? { fence } : {}),
  };
}

type ConfigChange = NonNullable<Shapes["ServerPatch"]["config"]>;
// What a change says of the form's members: null takes away what is at its default now.
export function configChangeOf(d: Draft, before: Draft): ConfigChange {
  const { limits, fence, ...config } = configOf(d), held: Record<string, Record<string, string[] | null>> = {};
  const gone = { methods: null, tags: null, tools: null, discovery: null, require_api_token_auth: null, ask: null, record_arguments: null, approval: null, own_accounts: null };
  for (const { account, key } of before.held) if (d.accounts.includes(account)) (held[account] ??= {})[key] = null;
  for (const [account, keys] of Object.entries((fence ?? {}) as typeof held)) held[account] = { ...held[account], ...keys };
  const none = { calls_per_minute: null, writes_per_day: null };
  return { ...gone, ...config, limits: { ...none, ...limits, each: { ...none, ...limits?.each } }, ...(Object.keys(held).length ? { fence: held as Record<string, never> } : {}) };
}

// What it says of people who sign in, as far as that is another than of before.
export function admissionOf(d: Draft, before: Draft = EMPTY): Pick<Shapes["ServerNew"], "slug" | "reuse_slug" | "sign_in"> {
  const who = (of: Draft) => ({ roles: [...of.roles], groups: [...of.groups], people: [...of.people] }), slug = d.slug.trim();
  return {
    ...(slug === before.slug ? {} : { slug: slug || null, ...(slug && d.reuse ? { reuse_slug: true } : {}) }),
    ...(JSON.stringify(who(d)) === JSON.stringify(who(before)) ? {} : { sign_in: who(d) }),
  };
}

export function expiresAt(d: Draft, now = Date.now()): string | null {
  if (d.expiry === "never") return null;
  if (d.expiry === "at") return d.at ? new Date(d.at).toISOString() : null;
  return new Date(now + EXPIRIES[d.expiry] * 1000).toISOString();
}

// Of a server that is there; what the form does not show stays as `config` has it.
export function draftOf(s: Shapes["Server"]): Draft {
  const c = s.config, methods = c.methods ?? [], text = (n?: number): string => (n === undefined ? "" : String(n));
  return {
    name: s.name,
    accounts: s.accounts.map((a) => a.id),
    own: c.own_accounts ?? [],
    share: s.share,
    reach: methods.length === 0 ? "write" : methods.length === 1 && methods[0] === "read" ? "read" : "chosen",
    methods,
    tags: c.tags ?? [],
    tools: (c.tools ?? []).join(", "),
    discovery: c.discovery ?? "",
    second: c.require_api_token_auth ?? false,
    ask: c.ask ?? false,
    record: c.record_arguments ?? false,
    limits: { calls: text(c.limits?.calls_per_minute), writes: text(c.limits?.writes_per_day), eachCalls: text(c.limits?.each?.calls_per_minute), eachWrites: text(c.limits?.each?.writes_per_day) },
    approval: c.approval ?? "none",
    held: s.fence.map((f) => ({ account: s.accounts.find((a) => a.alias === f.account || a.name === f.account)?.id ?? f.account, key: f.key, values: f.values.map((v) => v.name ?? v.id).join(", ") })),
    slug: s.slug ?? "",
    reuse: false,
    roles: ROLES.filter((r) => s.sign_in.roles?.includes(r)),
    groups: s.sign_in.groups ?? [],
    people: s.sign_in.people ?? [],
    expiry: s.expires_at ? "at" : "never",
    at: s.expires_at ? localTime(s.expires_at) : "",
  };
}

// As <input type="datetime-local"> takes it, in the browser's zone.
export function localTime(at: string): string {
  const d = new Date(at);
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
