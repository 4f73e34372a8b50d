// SPDX-License-Identifier: Apache-2.0
// The audit log in its two forms, both made from the world's events.

import type { Call } from "../call.js";
import { answer, invalid, refuse, success, type Answer } from "../envelope.js";
import { cut } from "../paging.js";
import { hexId } from "../random.js";
import type { Route } from "../router.js";
import { seesAccount } from "../tokens.js";
import type { Event, Row } from "../world.js";

/** A moment in RFC 3339 or as a date. */
function moment(call: Call, name: string): number | undefined {
  const text = call.query.get(name);
  if (!text) return undefined;
  const ms = /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) throw invalid(`Invalid value for ${name}: must be an RFC 3339 date or time`);
  return ms;
}

function between(call: Call, events: Event[]): Event[] {
  const since = moment(call, "since") ?? -Infinity;
  const before = moment(call, "before") ?? Infinity;
  const direction = call.query.get("direction") ?? "desc";
  if (direction !== "asc" && direction !== "desc") throw invalid("Invalid value for direction: must be asc or desc");
  const kept = events.filter((e) => e.when >= since && e.when < before).sort((a, b) => a.when - b.when);
  return direction === "asc" ? kept : kept.reverse();
}

function first(e: Event): Row {
  return {
    id: e.id,
    when: new Date(e.when).toISOString().replace(/\.\d+Z$/, "Z"),
    action: { type: e.action, result: e.ok },
    actor: { email: e.actor.email, id: e.actor.id, ip: e.actor.ip, type: e.actor.type },
    interface: e.via,
    metadata: { ...(e.zone ? { zone_name: e.zone.name } : {}), ...e.metadata },
    oldValue: e.before === undefined ? "" : JSON.stringify(e.before),
    oldValueJson: e.before ?? {},
    newValue: e.after === undefined ? "" : JSON.stringify(e.after),
    newValueJson: e.after ?? {},
    owner: { id: e.account },
    resource: { id: e.resource.id, type: e.resource.type },
  };
}

const FIRST_FILTERS: Record<string, (e: Event, value: string) => boolean> = {
  id: (e, v) => e.id === v,
  "action.type": (e, v) => e.action === v,
  "actor.ip": (e, v) => e.actor.ip === v,
  "actor.email": (e, v) => e.actor.email === v.toLowerCase(),
  "zone.name": (e, v) => e.zone?.name === v.toLowerCase(),
  hide_user_logs: (e, v) => v !== "true" || e.actor.type !== "user",
};

function version1(call: Call, events: Event[]): Answer {
  const kept = between(call, events).filter((e) =>
    Object.entries(FIRST_FILTERS).every(([name, test]) => {
      const value = call.query.get(name);
      return value === null || value === "" || test(e, value);
    }),
  );
  const page = cut("bare", kept, call.query, { initial: 100, max: 1000 });
  if (call.query.get("export") === "true") return csv(page.rows);
  return success(page.rows.map(first));
}

function csv(events: Event[]): Answer {
  const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const lines = events.map((e) =>
    [first(e)["when"], e.action, e.ok, e.actor.email, e.actor.ip, e.via, e.resource.type, e.resource.id, e.zone?.name ?? ""]
      .map((v) => quote(String(v)))
      .join(","),
  );
  return answer(200, "text/csv", ["when,action,result,actor_email,actor_ip,interface,resource_type,resource_id,zone", ...lines, ""].join("\n"));
}

const VERBS: Record<string, string> = { add: "create", update: "update", delete: "delete" };
const METHODS: Record<string, string> = { create: "POST", update: "PATCH", delete: "DELETE" };

function second(e: Event): Row {
  const type = VERBS[e.action] ?? "view";
  const method = METHODS[type] ?? "POST";
  const scope = e.zone ? "zones" : "accounts";
  return {
    id: e.id,
    account: { id: e.account },
    action: {
      description: `${e.action} ${e.resource.type}`.replaceAll("_", " "),
      result: e.ok ? "success" : "failure",
      time: new Date(e.when).toISOString(),
      type,
    },
    actor: {
      id: e.actor.id,
      context: e.actor.token ? "api_token" : e.via === "UI" ? "dash" : "api_key",
      email: e.actor.email,
      ip_address: e.actor.ip,
      type: e.actor.type,
      ...(e.actor.token ? { token_id: e.actor.token.id, token_name: e.actor.token.name } : {}),
    },
    raw: {
      cf_ray_id: hexId(`ray/${e.id}`).slice(0, 16),
      method,
      status_code: e.ok ? 200 : 403,
      uri: `/${scope}/${e.zone?.id ?? e.account}/${e.resource.type}/${e.resource.id}`,
      user_agent: e.via === "UI" ? "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0" : "terraform-provider-cloudflare/5.8.2",
    },
    resource: {
      id: e.resource.id,
      product: e.resource.product,
      scope: { type: scope, id: e.zone?.id ?? e.account },
      type: e.resource.type,
      request: e.after ?? {},
      response: e.ok ? { success: true } : { success: false },
    },
    ...(e.zone ? { zone: e.zone } : {}),
  };
}

/** Query name to the place of the value in the second form. */
const SECOND_FILTERS: Record<string, string> = {
  id: "id",
  account_name: "account.name",
  action_result: "action.result",
  action_type: "action.type",
  actor_context: "actor.context",
  actor_email: "actor.email",
  actor_id: "actor.id",
  actor_ip_address: "actor.ip_address",
  actor_token_id: "actor.token_id",
  actor_token_name: "actor.token_name",
  actor_type: "actor.type",
  audit_log_id: "id",
  raw_cf_ray_id: "raw.cf_ray_id",
  raw_method: "raw.method",
  raw_status_code: "raw.status_code",
  raw_uri: "raw.uri",
  resource_id: "resource.id",
  resource_product: "resource.product",
  resource_type: "resource.type",
  resource_scope: "resource.scope.type",
  zone_id: "zone.id",
  zone_name: "zone.name",
};

function version2(call: Call, events: Event[]): Answer {
  for (const name of ["since", "before"]) if (!call.query.get(name)) throw invalid(`Missing required parameter: ${name}`);
  const rows = between(call, events).map(second);
  const kept = rows.filter((row) =>
    Object.entries(SECOND_FILTERS).every(([name, path]) => {
      const value = String(path.split(".").reduce<any>((at, key) => at?.[key], row) ?? "");
      const wanted = call.query.getAll(name);
      const unwanted = call.query.getAll(`${name}.not`);
      return (wanted.length === 0 || wanted.includes(value)) && !unwanted.includes(value);
    }),
  );
  const page = cut("cursor", kept, call.query, { initial: 100, max: 1000 });
  const { count, cursor } = page.info as { count: number; cursor: string };
  // The vendor types `count` as a string here.
  return success(page.rows, { result_info: { count: String(count), cursor } });
}

const ofAccount = (call: Call) => call.world.events.filter((e) => e.account === call.params["account_id"]);

function ofUser(call: Call): Event[] {
  if (call.token.kind === "account") throw refuse(403, 9109, "Unauthorized to access requested resource");
  return call.world.events.filter((e) => seesAccount(call.token, e.account) && e.actor.id === hexId("user/security"));
}

export const auditRoutes: Route[] = [
  { method: "GET", path: "/accounts/:account_id/audit_logs", area: "audit", run: (call) => version1(call, ofAccount(call)) },
  { method: "GET", path: "/accounts/:account_id/logs/audit", area: "audit", run: (call) => version2(call, ofAccount(call)) },
  { method: "GET", path: "/user/audit_logs", area: "audit", run: (call) => version1(call, ofUser(call)) },
];
