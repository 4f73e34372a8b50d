// SPDX-License-Identifier: Apache-2.0
// What Cloudflare's MCP servers stand on: its REST API, called in-process, for the account in scope.

import { Refusal } from "../../envelope.js";
import { Router, type Match } from "../../router.js";
import { ROUTES } from "../../routes.js";
import { accountId, mayDo, type AccountName, type Token } from "../../tokens.js";
import type { World } from "../../world.js";
import type { Json } from "../kit.js";
import { failure, text, type Principal, type Result, type Tool, type ToolCall } from "../toolset.js";

export const ACCOUNTS: { name: AccountName; title: string }[] = [
  { name: "web", title: "Acme Web" },
  { name: "retail", title: "Acme Retail" },
];

const router = new Router(ROUTES);

/** An answer of the REST API that is not a success. */
export class ApiError extends Error {}

export interface Api {
  account: string;
  world: World;
  /** The `result` of a call, as the API shapes it. */
  result: (method: string, path: string, more?: { query?: Json; body?: unknown; type?: string }) => any;
  /** The whole envelope. */
  envelope: (method: string, path: string, more?: { query?: Json; body?: unknown; type?: string }) => Json;
  /** The body as it is. */
  raw: (method: string, path: string) => string;
}

export function tokenOf(who: Principal): Token {
  return who.choice["token"] as Token;
}

export function accountsOf(who: Principal): { id: string; name: string }[] {
  const token = who.choice["token"] as Token | undefined;
  return ACCOUNTS.filter((a) => token?.accounts.includes(a.name)).map((a) => ({ id: accountId(a.name), name: a.title }));
}

function query(values: Json = {}): URLSearchParams {
  const made = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) made.append(name, String(one));
  }
  return made;
}

export function apiFor(call: ToolCall, account: string): Api {
  const token = tokenOf(call.who);
  const ask = (method: string, path: string, more: { query?: Json; body?: unknown; type?: string } = {}) => {
    const found = router.find(method, path);
    if (typeof found === "string") throw new ApiError(`404 7003 Could not route to ${path}, perhaps your object identifier is invalid?`);
    const { route, params }: Match = found;
    if (!token || token.status !== "active" || (route.area && !mayDo(token, route.area, method !== "GET" && !route.reads)))
      throw new ApiError("403 10000 Authentication error");
    const body = more.body === undefined ? "" : typeof more.body === "string" ? more.body : JSON.stringify(more.body);
    try {
      return route.run({
        method,
        path,
        params,
        query: query(more.query),
        headers: { "content-type": more.type ?? "application/json" },
        body: Buffer.from(body),
        token,
        world: call.world,
      });
    } catch (error) {
      if (error instanceof Refusal) throw new ApiError(`${error.status} ${error.errors[0]?.code} ${error.message}`);
      throw error;
    }
  };
  const envelope: Api["envelope"] = (method, path, more) => JSON.parse(ask(method, path, more).body.toString("utf8"));
  return {
    account,
    world: call.world,
    envelope,
    result: (method, path, more) => envelope(method, path, more)["result"],
    raw: (method, path) => ask(method, path).body.toString("utf8"),
  };
}

/** The account a call is about, or the refusal that says which there are. */
function account(call: ToolCall): string | Result {
  const available = accountsOf(call.who);
  if (available.length === 0) return failure("Error: Authentication error (10000). The credential gives access to no account.");
  if (available.length === 1) return available[0]!.id;
  const given = call.who.headers("cf-account-id") ?? call.args["account_id"];
  if (given === undefined)
    return failure({
      error:
        "account_id is required because these credentials have access to several accounts. Pass account_id, or set the cf-account-id header. Ask the user which one is meant when it is not clear.",
      available_accounts: available,
    });
  if (!available.some((a) => a.id === given))
    return failure({ error: `account_id ${given} is not available to these credentials`, available_accounts: available });
  return String(given);
}

export const READ = { readOnlyHint: true };
export const WRITE = { readOnlyHint: false, destructiveHint: false };
export const DESTROY = { readOnlyHint: false, destructiveHint: true };

export interface Plan {
  name: string;
  title?: string;
  description: string;
  properties?: Json;
  required?: string[];
  annotations?: Json;
  outputSchema?: Json;
  writes?: boolean;
  /** "listing the namespaces": for the error text. */
  doing: string;
  /** Works without an account in scope. */
  global?: boolean;
  run: (api: Api, args: Json, call: ToolCall) => unknown;
}

/** Tools that work without an account in scope. */
const anywhere = new WeakSet<Tool>();

export function tool(plan: Plan): Tool {
  const { name, title, description, properties = {}, required, annotations, outputSchema, writes, doing, run } = plan;
  const made: Tool = {
    name,
    ...(title ? { title } : {}),
    description,
    inputSchema: { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties, ...(required ? { required } : {}) },
    ...(outputSchema ? { outputSchema } : {}),
    ...(annotations ? { annotations: { ...(title ? { title } : {}), ...annotations } } : {}),
    ...(writes ? { writes } : {}),
    run: (call) => {
      const chosen = plan.global ? (accountsOf(call.who)[0]?.id ?? "") : account(call);
      if (typeof chosen !== "string") return chosen;
      try {
        const value = run(apiFor(call, chosen), call.args, call);
        return isResult(value) ? value : text(value);
      } catch (error) {
        if (error instanceof ApiError) return failure(`Error ${doing}: ${error.message}`);
        throw error;
      }
    },
  };
  if (plan.global) anywhere.add(made);
  return made;
}

function isResult(made: unknown): made is Result {
  return typeof made === "object" && made !== null && Array.isArray((made as Json)["content"]);
}

const ACCOUNT_ARGUMENT = {
  type: "string",
  description: "The Cloudflare account to use. Needed because these credentials reach several accounts; the cf-account-id header goes before it.",
};

const withAccount = new WeakMap<Tool, Tool>();

/** account_id is in a tool's schema only for those who have several accounts. */
export function shown(one: Tool, who: Principal): Tool {
  if (anywhere.has(one) || accountsOf(who).length < 2) return one;
  let many = withAccount.get(one);
  if (!many) {
    const { inputSchema } = one;
    many = { ...one, inputSchema: { ...inputSchema, properties: { ...inputSchema["properties"], account_id: ACCOUNT_ARGUMENT } } };
    withAccount.set(one, many);
  }
  return many;
}

export function instructions(about: string): (who: Principal) => string {
  return (who) => {
    const accounts = accountsOf(who);
    const list = accounts.map((a) => `- ${a.name}: ${a.id}`).join("\n");
    if (accounts.length > 1) return `${about}\n\nThese credentials reach several accounts. Pass account_id, or the cf-account-id header:\n${list}`;
    return accounts.length === 1 ? `${about}\n\nThe account in use:\n${list}` : about;
  };
}

/** Rows as tab-separated values, as several of these servers answer. */
export function tsv(rows: Json[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown) =>
    (value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)).replaceAll(/[\t\n]/g, " ");
  return [names.join("\t"), ...rows.map((row) => names.map((name) => cell(row[name])).join("\t"))].join("\n");
}
