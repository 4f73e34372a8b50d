// SPDX-License-Identifier: Apache-2.0
// The ruleset engine: rulesets, entry points by phase, and single rules; for zones and accounts alike.

import { objectBody, type Call } from "../call.js";
import { Collection, noteEvent, type Resource } from "../collection.js";
import { invalid, refuse, success, type Answer } from "../envelope.js";
import type { Route } from "../router.js";
import { stamp, type Row } from "../world.js";

export const PHASES = [
  "ddos_l4",
  "ddos_l7",
  "http_config_settings",
  "http_custom_errors",
  "http_log_custom_fields",
  "http_ratelimit",
  "http_request_cache_settings",
  "http_request_dynamic_redirect",
  "http_request_firewall_custom",
  "http_request_firewall_managed",
  "http_request_late_transform",
  "http_request_origin",
  "http_request_redirect",
  "http_request_sanitize",
  "http_request_sbfm",
  "http_request_select_configuration",
  "http_request_transform",
  "http_response_compression",
  "http_response_firewall_managed",
  "http_response_headers_transform",
  "magic_transit",
  "magic_transit_ids_managed",
  "magic_transit_managed",
];
const ACTIONS = [
  "block",
  "challenge",
  "compress_response",
  "ddos_dynamic",
  "execute",
  "force_connection_close",
  "js_challenge",
  "log",
  "managed_challenge",
  "redirect",
  "rewrite",
  "route",
  "score",
  "serve_error",
  "set_cache_settings",
  "set_config",
  "skip",
  "log_custom_field",
];

function shapeRule(rule: Row, call: Call): Row {
  if (!ACTIONS.includes(rule["action"]))
    throw invalid(`'${rule["action"]}' is not a valid value for action because it is not one of ${ACTIONS.join(", ")}`, 20021);
  if (typeof rule["expression"] !== "string" || rule["expression"] === "") throw invalid("rule expression is required", 20127);
  const id = rule["id"] ?? call.world.newId("rule");
  return { ...rule, id, version: rule["version"] ?? "1", ref: rule["ref"] ?? id, enabled: rule["enabled"] ?? true, last_updated: stamp(Date.now()) };
}

function shape(row: Row, call: Call, old?: Row): Row {
  const { created_on, modified_on, ...rest } = row;
  const body = old ? { ...rest, name: rest["name"] ?? old["name"], kind: old["kind"], phase: old["phase"] } : rest;
  if (!body["name"] && body["kind"] !== "zone" && body["kind"] !== "root") throw invalid("ruleset name is required", 20010);
  if (!PHASES.includes(body["phase"])) throw invalid(`'${body["phase"]}' is not a valid value for phase`, 20016);
  return {
    ...body,
    description: body["description"] ?? "",
    source: undefined,
    version: String(Number(old?.["version"] ?? 0) + 1),
    last_updated: stamp(Date.now()),
    rules: (body["rules"] ?? []).map((rule: Row) => shapeRule(rule, call)),
  };
}

function resource(scope: string): Resource {
  return {
    at: `${scope}/rulesets`,
    area: "waf",
    can: "LGCPD",
    kind: "ruleset",
    paging: "after",
    sizes: { initial: 50, max: 50 },
    hidden: ["rules"],
    required: ["kind", "phase"],
    missing: [404, 10003, "could not find ruleset"],
    shape,
  };
}

function routesOf(scope: string): Route[] {
  const sets = new Collection(resource(scope));
  const entrypoint = (call: Call) => sets.rows(call).find((r) => r["phase"] === call.params["phase"] && ["zone", "root"].includes(r["kind"]));

  function checkPhase(call: Call): void {
    if (!PHASES.includes(call.params["phase"]!)) throw invalid(`'${call.params["phase"]}' is not a valid value for phase`, 20016);
  }

  function getEntrypoint(call: Call): Answer {
    checkPhase(call);
    const found = entrypoint(call);
    if (!found) throw refuse(404, 10003, `could not find entrypoint ruleset in the ${call.params["phase"]} phase`);
    return success(found);
  }

  function putEntrypoint(call: Call): Answer {
    checkPhase(call);
    const found = entrypoint(call);
    const body = objectBody(call);
    if (found) return success(sets.change(call, found["id"], { name: found["name"], ...body }, true));
    const kind = scope.startsWith("/zones") ? "zone" : "root";
    return success(sets.create(call, { name: "default", ...body, kind, phase: call.params["phase"] }));
  }

  /** Changes the rules of one ruleset as a new version of it. */
  function withRules(call: Call, action: string, change: (rules: Row[]) => Row[]): Answer {
    const old = sets.find(call);
    const before = structuredClone(old);
    old["rules"] = change(old["rules"]);
    old["version"] = String(Number(old["version"]) + 1);
    old["last_updated"] = stamp(Date.now());
    noteEvent(call, action, { type: "ruleset", id: old["id"], product: "waf" }, before, old);
    return success(old);
  }

  function ruleIn(rules: Row[], call: Call): Row {
    const rule = rules.find((r) => r["id"] === call.params["rule_id"]);
    if (!rule) throw refuse(404, 10004, "could not find rule");
    return rule;
  }

  const addRule = (call: Call) => withRules(call, "update", (rules) => [...rules, shapeRule(objectBody(call), call)]);
  const changeRule = (call: Call) =>
    withRules(call, "update", (rules) => {
      const old = ruleIn(rules, call);
      const body = objectBody(call);
      const next = shapeRule({ ...old, ...body, id: old["id"], version: String(Number(old["version"]) + 1) }, call);
      return rules.map((rule) => (rule === old ? next : rule));
    });
  const dropRule = (call: Call) =>
    withRules(call, "update", (rules) => {
      const old = ruleIn(rules, call);
      return rules.filter((rule) => rule !== old);
    });
  const versions = (call: Call) => {
    const { rules: _, ...head } = sets.find(call);
    return success(Array.from({ length: Number(head["version"]) }, (_unused, i) => ({ ...head, version: String(i + 1) })));
  };

  const at = `${scope}/rulesets`;
  return [
    { method: "GET", path: `${at}/phases/:phase/entrypoint`, area: "waf", run: getEntrypoint },
    { method: "PUT", path: `${at}/phases/:phase/entrypoint`, area: "waf", run: putEntrypoint },
    { method: "POST", path: `${at}/:id/rules`, area: "waf", run: addRule },
    { method: "PATCH", path: `${at}/:id/rules/:rule_id`, area: "waf", run: changeRule },
    { method: "DELETE", path: `${at}/:id/rules/:rule_id`, area: "waf", run: dropRule },
    { method: "GET", path: `${at}/:id/versions`, area: "waf", run: versions },
    ...sets.routes(),
  ];
}

export const rulesetRoutes: Route[] = [...routesOf("/zones/:zone_id"), ...routesOf("/accounts/:account_id")];
