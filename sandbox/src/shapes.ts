// SPDX-License-Identifier: Apache-2.0
// What a written row must be, for the collections of resources.ts.

import { isIP } from "node:net";
import type { Call } from "./call.js";
import { invalid } from "./envelope.js";
import { hexId } from "./random.js";
import { DAY, stamp, type Row } from "./world.js";

function oneOf(row: Row, name: string, allowed: readonly string[], code = 1004): void {
  if (!allowed.includes(row[name])) throw invalid(`Invalid value for ${name}: must be one of ${allowed.join(", ")}`, code);
}

const LEGACY_ACTIONS = ["block", "challenge", "js_challenge", "managed_challenge", "allow", "log", "bypass"];
const MODES = ["block", "challenge", "whitelist", "js_challenge", "managed_challenge"];
const TARGETS = ["ip", "ip6", "ip_range", "asn", "country"];

function firewall(row: Row, call: Call): Row {
  oneOf(row, "action", LEGACY_ACTIONS, 10014);
  const { created_on, modified_on, ...rest } = row;
  const filter = { id: call.world.newId("filter"), paused: false, ...row["filter"] };
  if (typeof filter.expression !== "string" && !row["filter"]?.id) throw invalid("filter.expression is required", 10014);
  return { paused: false, description: "", priority: null, ref: "", ...rest, filter, created_on, modified_on };
}

function access(row: Row): Row {
  oneOf(row, "mode", MODES, 10009);
  const { target, value } = row["configuration"] ?? {};
  if (!TARGETS.includes(target)) throw invalid(`configuration.target must be one of ${TARGETS.join(", ")}`, 10009);
  if (target === "ip" && isIP(value) !== 4) throw invalid("firewallaccessrules.api.invalid_ip", 10009);
  return { notes: "", paused: false, allowed_modes: MODES, ...row };
}

function override(row: Row): Row {
  const { created_on: _created, modified_on: _modified, ...rest } = row;
  if (!Array.isArray(row["urls"]) || row["urls"].length === 0) throw invalid("urls must be a list with at least one entry");
  return { description: null, paused: false, priority: 1, groups: {}, rules: {}, rewrite_action: { default: "block" }, ...rest };
}

function rateLimit(row: Row): Row {
  if (!Number.isInteger(row["threshold"]) || row["threshold"] < 2) throw invalid("threshold must be a whole number of at least 2");
  if (!Number.isInteger(row["period"]) || row["period"] < 10 || row["period"] > 86400) throw invalid("period must be between 10 and 86400 seconds");
  return { disabled: false, description: "", bypass: [], ...row };
}

function member(row: Row, call: Call, old?: Row): Row {
  const email = row["email"] ?? row["user"]?.email;
  if (typeof email !== "string" || !email.includes("@")) throw invalid("email must be an e-mail address");
  const known = call.world.rows(`/accounts/${call.params["account_id"]}/roles`);
  const roles = ((row["roles"] ?? []) as (string | Row)[]).map((role) => {
    const id = typeof role === "string" ? role : role["id"];
    const found = known.find((r) => r["id"] === id);
    if (!found) throw invalid(`Role ${id} does not exist`, 1004);
    return found;
  });
  const user = old?.["user"] ?? { id: hexId(`user/${email}`), email, first_name: null, last_name: null, two_factor_authentication_enabled: false };
  return { id: row["id"], status: row["status"] ?? "pending", user, email, roles, policies: row["policies"] ?? [] };
}

function pageRule(row: Row): Row {
  if (!Array.isArray(row["targets"]) || !Array.isArray(row["actions"]) || row["actions"].length === 0) {
    throw invalid("Page Rule validation failed: See messages for details.", 1004);
  }
  return { priority: 1, status: "disabled", ...row };
}

function workerRoute(row: Row, call: Call): Row {
  const zone = call.world.rows("/zones").find((z) => z["id"] === call.params["zone_id"])!;
  if (!String(row["pattern"]).includes(zone["name"])) throw invalid("workers.api.error.invalid_route_pattern", 10022);
  return { id: row["id"], pattern: row["pattern"], ...(row["script"] ? { script: row["script"] } : {}) };
}

function certificate(row: Row): Row {
  if (!Array.isArray(row["hosts"]) || row["hosts"].length === 0) throw invalid("hosts must be a list with at least one entry", 1400);
  return { status: "initializing", validation_method: "txt", validity_days: 90, certificate_authority: "lets_encrypt", certificates: [], ...row };
}

function loadBalancer(row: Row): Row {
  if (!Array.isArray(row["default_pools"]) || row["default_pools"].length === 0)
    throw invalid("default_pools must be a list with at least one entry", 1002);
  return { enabled: true, proxied: true, ttl: 30, steering_policy: "", session_affinity: "none", description: "", ...row };
}

function pool(row: Row): Row {
  if (!Array.isArray(row["origins"]) || row["origins"].length === 0) throw invalid("origins must be a list with at least one entry", 1002);
  return { enabled: true, healthy: true, minimum_origins: 1, monitor: null, description: "", ...row };
}

function emailRule(row: Row): Row {
  return { ...row, id: row["tag"], name: row["name"] ?? "", enabled: row["enabled"] ?? true, priority: row["priority"] ?? 0 };
}

function emailAddress(row: Row): Row {
  if (!String(row["email"]).includes("@")) throw invalid("email must be an e-mail address");
  return {
    id: row["tag"],
    tag: row["tag"],
    email: row["email"],
    verified: row["verified"] ?? null,
    created: row["created_on"],
    modified: row["modified_on"],
  };
}

function bucket(row: Row): Row {
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(row["name"])) throw invalid("The specified bucket name is not valid.", 10005);
  return {
    name: row["name"],
    creation_date: row["created_on"],
    location: row["locationHint"] ?? "WEUR",
    storage_class: row["storageClass"] ?? "Standard",
    jurisdiction: "default",
  };
}

function database(row: Row, _call: Call, old?: Row): Row {
  return {
    uuid: row["uuid"],
    name: row["name"],
    version: "production",
    num_tables: old?.["num_tables"] ?? 0,
    file_size: old?.["file_size"] ?? 12288,
    created_at: old?.["created_at"] ?? row["created_on"],
    read_replication: { mode: "disabled" },
  };
}

function project(row: Row, call: Call): Row {
  return {
    id: call.world.newId("project"),
    subdomain: `${row["name"]}.pages.dev`,
    domains: [`${row["name"]}.pages.dev`],
    production_branch: "main",
    source: null,
    deployment_configs: {},
    ...row,
  };
}

function originCertificate(row: Row): Row {
  if (!Array.isArray(row["hostnames"])) throw invalid("hostnames must be a list", 1010);
  const { created_on, modified_on: _modified, ...rest } = row;
  const days = rest["requested_validity"] ?? 5475;
  return {
    request_type: "origin-rsa",
    requested_validity: days,
    expires_on: stamp(Date.parse(created_on) + days * DAY),
    certificate: "-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n",
    ...rest,
  };
}

export const SHAPES = {
  firewall,
  access,
  override,
  rateLimit,
  member,
  pageRule,
  workerRoute,
  certificate,
  loadBalancer,
  pool,
  emailRule,
  emailAddress,
  bucket,
  database,
  project,
  originCertificate,
};
