// SPDX-License-Identifier: Apache-2.0
// The control API of one vendor, under /_sandbox/. Its answers are plain JSON.

import type { ServerResponse } from "node:http";
import type { Vendor } from "./door.js";
import { FIELDS, KINDS, type Fault, type Kind } from "./faults.js";
import { reply, type Json } from "./kit.js";
import { wrongSetting } from "./settings.js";
import { SETTABLE, type Change } from "./toolset.js";

class Mistake extends Error {}

function onlyKnown(given: object, known: readonly string[], where: string): void {
  const strange = Object.keys(given).find((name) => !known.includes(name));
  if (strange) throw new Mistake(`unknown ${where} "${strange}"; known: ${known.join(", ")}`);
}

function parse(body: Buffer): Json {
  if (body.length === 0) return {};
  try {
    const value = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // falls through
  }
  throw new Mistake("the body must be a JSON object");
}

const MOST: Record<string, number> = { bytes: 2 ** 31, delay_ms: 600_000, count: 1_000_000, depth: 1_000_000, times: 1_000_000_000 };

function arm(vendor: Vendor, given: Json): Json {
  onlyKnown(given, FIELDS, "field");
  onlyKnown(given["match"] ?? {}, ["path", "verb", "method", "tool", "grant"], "match field");
  if (!Object.hasOwn(KINDS, String(given["kind"]))) throw new Mistake(`unknown kind; known: ${Object.keys(KINDS).join(", ")}`);
  for (const [name, most] of Object.entries(MOST)) {
    const value = given[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= most))
      throw new Mistake(`${name} must be a whole number of 1 to ${most}`);
  }
  const { status } = given;
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599))
    throw new Mistake("status must be a whole number of 200 to 599");
  const fault: Fault = { ...given, match: given["match"] ?? {}, kind: given["kind"] as Kind, times: given["times"] ?? 1 };
  vendor.faults.arm(fault);
  return fault;
}

function set(vendor: Vendor, change: Json): Json {
  const wrong = wrongSetting(change);
  if (wrong) throw new Mistake(wrong);
  Object.assign(vendor.settings, change);
  return vendor.settings;
}

/** {server?, changes: [...], notify?} */
function tools(vendor: Vendor, given: Json): Json {
  onlyKnown(given, ["server", "changes", "notify"], "field");
  const name = given["server"] ?? [...vendor.toolsets.keys()][0];
  const toolset = vendor.toolsets.get(name);
  if (!toolset) throw new Mistake(`unknown server; known: ${[...vendor.toolsets.keys()].join(", ")}`);
  for (const change of (given["changes"] ?? []) as Change[]) {
    if (!["add", "remove", "rename", "change"].includes(change.op)) throw new Mistake("op must be add, remove, rename or change");
    if (change.op === "rename" && typeof change.to !== "string") throw new Mistake("rename needs `to`");
    if (change.op === "add" || change.op === "change") onlyKnown(change.set ?? {}, SETTABLE, "tool field");
    const wrong = toolset.change(change);
    if (wrong) throw new Mistake(wrong);
  }
  if (given["notify"] !== false) vendor.toolsChanged(name);
  return { server: name, tools: toolset.names() };
}

function clients(vendor: Vendor, given: Json): Json {
  onlyKnown(given, ["client_id", "client_secret", "redirect_uris", "token_endpoint_auth_method", "client_name", "jwks"], "field");
  if (typeof given["client_id"] !== "string" || !Array.isArray(given["redirect_uris"])) throw new Mistake("client_id and redirect_uris are needed");
  const method = given["client_secret"] === undefined ? "none" : "client_secret_basic";
  vendor.auth.preregister({ token_endpoint_auth_method: method, ...given } as any);
  return given;
}

function expire(vendor: Vendor, given: Json): Json {
  const what = given["what"] ?? "access";
  if (!["access", "grants", "clients"].includes(what)) throw new Mistake("what must be access, grants or clients");
  vendor.auth.expire(what);
  return { expired: what };
}

async function notify(vendor: Vendor, given: Json): Promise<Json> {
  onlyKnown(given, ["method", "params", "count"], "field");
  const count = given["count"] ?? 1;
  if (typeof given["method"] !== "string") throw new Mistake("method is needed");
  if (!Number.isInteger(count) || count < 1 || count > MOST["count"]!) throw new Mistake(`count must be a whole number of 1 to ${MOST["count"]}`);
  return { sessions: await vendor.notify(given["method"], given["params"], count) };
}

async function sessions(vendor: Vendor, id: string | null): Promise<Json> {
  return { ended: id === null ? await vendor.sessions.clear() : Number(await vendor.sessions.drop(id)) };
}

type Handler = (vendor: Vendor, given: Json, query: URLSearchParams) => unknown;

const HANDLERS: { [operation: string]: Handler } = {
  "POST /_sandbox/fault": arm,
  "GET /_sandbox/fault": (vendor) => vendor.faults.list(),
  "DELETE /_sandbox/fault": (vendor) => (vendor.faults.clear(), []),
  "GET /_sandbox/kinds": () => KINDS,
  "POST /_sandbox/settings": set,
  "GET /_sandbox/settings": (vendor) => vendor.settings,
  "GET /_sandbox/counters": (vendor) => ({
    ...vendor.counters.n,
    sessions_open: vendor.sessions.size,
    streams_open: vendor.open.streams,
    requests_open: vendor.open.requests,
  }),
  "DELETE /_sandbox/counters": (vendor) => (vendor.counters.clear(), { cleared: true }),
  "POST /_sandbox/tools": tools,
  "POST /_sandbox/clients": clients,
  "POST /_sandbox/expire": expire,
  "POST /_sandbox/notify": notify,
  "GET /_sandbox/sessions": (vendor) => vendor.sessions.list(),
  "DELETE /_sandbox/sessions": (vendor, _given, query) => sessions(vendor, query.get("id")),
  "GET /_sandbox/grants": (vendor) =>
    [...vendor.auth.grants.values()].map(({ id, client, scopes, resource, choice, refreshes }) => ({
      id,
      client,
      scopes,
      resource,
      choice,
      refreshes,
    })),
  "GET /_sandbox/requests": (vendor, _given, query) => vendor.record.last(Number(query.get("last") ?? 100) || 100),
  "DELETE /_sandbox/requests": (vendor) => (vendor.record.clear(), []),
  "POST /_sandbox/reset": async (vendor) => (await vendor.reset(), { reset: true }),
  "GET /_sandbox/elsewhere": async (vendor) => ({ origin: await vendor.elsewhereOrigin() }),
};

export async function control(vendor: Vendor, method: string, url: URL, body: Buffer, res: ServerResponse): Promise<void> {
  const handler = HANDLERS[`${method} ${url.pathname}`];
  if (!handler) return reply(res, 404, { error: "no such control", known: Object.keys(HANDLERS) });
  try {
    reply(res, 200, await handler(vendor, parse(body), url.searchParams));
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    reply(res, 400, { error: error.message });
  }
}
