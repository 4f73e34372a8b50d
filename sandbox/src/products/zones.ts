// SPDX-License-Identifier: Apache-2.0
// Zones and accounts: lists that depend on who asks.

import { objectBody, type Call } from "../call.js";
import { contains, field, listing, noteEvent, type Filter, type Resource } from "../collection.js";
import { invalid, refuse, success } from "../envelope.js";
import type { Route } from "../router.js";
import { seesAccount } from "../tokens.js";
import { stamp, type Row } from "../world.js";

const OPERATORS: Record<string, (name: string, value: string) => boolean> = {
  equal: (name, value) => name === value,
  not_equal: (name, value) => name !== value,
  starts_with: (name, value) => name.startsWith(value),
  ends_with: (name, value) => name.endsWith(value),
  contains: (name, value) => name.includes(value),
  starts_with_case_sensitive: (name, value) => name.startsWith(value),
  ends_with_case_sensitive: (name, value) => name.endsWith(value),
  contains_case_sensitive: (name, value) => name.includes(value),
};

/** "example.com", "contains:staging", "starts_with:exam" … */
function named(path: string): Filter {
  return (row, value) => {
    const [, operator, rest] = /^([a-z_]+):(.*)$/.exec(value) ?? [];
    if (!operator) return field(path)(row, value);
    const test = OPERATORS[operator];
    if (!test) throw invalid(`Invalid operator: ${operator}`);
    const name = path.split(".").reduce<any>((at, key) => at[key], row);
    return test(String(name).toLowerCase(), rest!.toLowerCase());
  };
}

const STATUSES = ["initializing", "pending", "active", "moved"];

const ZONES: Resource = {
  at: "/zones",
  area: "zone",
  can: "",
  kind: "zone",
  paging: "pages",
  sizes: { initial: 20, max: 50 },
  order: ["name", "status", "account.id", "account.name", "plan.id"],
  filters: {
    name: named("name"),
    status: (row, value) => {
      if (!STATUSES.includes(value)) throw invalid(`Invalid value for status: must be one of ${STATUSES.join(", ")}`);
      return row["status"] === value;
    },
    "account.id": field("account.id"),
    "account.name": named("account.name"),
  },
};

const ACCOUNTS: Resource = {
  at: "/accounts",
  area: "account",
  can: "",
  kind: "account",
  paging: "pages",
  sizes: { initial: 20, max: 50 },
  order: ["name"],
  filters: { name: contains("name") },
};

export function zoneOf(call: Call): Row {
  return call.world.rows("/zones").find((zone) => zone["id"] === call.params["zone_id"])!;
}

function listZones(call: Call) {
  const rows = call.world.rows("/zones").filter((zone) => seesAccount(call.token, zone["account"].id));
  return listing(ZONES, rows, call.query);
}

function listAccounts(call: Call) {
  if (call.token.kind === "account") throw refuse(400, 1001, "List accounts endpoint does not support account owned tokens.");
  const rows = call.world.rows("/accounts").filter((account) => seesAccount(call.token, account["id"]));
  return listing(ACCOUNTS, rows, call.query);
}

const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

function createZone(call: Call) {
  const body = objectBody(call);
  const name = String(body["name"] ?? "").toLowerCase();
  if (!DOMAIN.test(name)) throw invalid(`${name || "(none)"} is not a registered domain`, 1049);
  if (call.world.rows("/zones").some((zone) => zone["name"] === name)) throw invalid(`${name} already exists`, 1061);
  const account = call.world.rows("/accounts").find((a) => a["id"] === body["account"]?.id && seesAccount(call.token, a["id"]));
  if (!account) throw refuse(403, 0, 'Requires permission "com.cloudflare.api.account.zone.create" to create zones for the selected account');
  const pattern = call.world.rows("/zones")[0]!;
  const zone: Row = {
    ...structuredClone(pattern),
    id: call.world.newId("zone"),
    name,
    status: "pending",
    type: body["type"] ?? "full",
    development_mode: 0,
    created_on: stamp(Date.now()),
    modified_on: stamp(Date.now()),
    activated_on: null,
    account: { id: account["id"], name: account["name"] },
  };
  call.world.rows("/zones").push(zone);
  call.params["zone_id"] = zone["id"];
  noteEvent(call, "add", { type: "zone", id: zone["id"], product: "zone" }, undefined, { name });
  return success(zone);
}

function changeZone(call: Call) {
  const zone = zoneOf(call);
  const body = objectBody(call);
  const allowed = ["paused", "plan", "type", "vanity_name_servers"];
  const names = Object.keys(body);
  if (names.length !== 1 || !allowed.includes(names[0]!)) throw invalid(`Exactly one of ${allowed.join(", ")} can be changed at a time`);
  const before = { ...zone };
  Object.assign(zone, body, { modified_on: stamp(Date.now()) });
  noteEvent(call, "update", { type: "zone", id: zone["id"], product: "zone" }, before, zone);
  return success(zone);
}

function deleteZone(call: Call) {
  const zone = zoneOf(call);
  noteEvent(call, "delete", { type: "zone", id: zone["id"], product: "zone" }, { name: zone["name"] });
  const rows = call.world.rows("/zones");
  rows.splice(rows.indexOf(zone), 1);
  call.world.dropUnder(`/zones/${zone["id"]}`);
  return success({ id: zone["id"] });
}

function purge(call: Call) {
  const body = objectBody(call);
  const known = ["purge_everything", "files", "tags", "hosts", "prefixes"];
  if (!known.some((name) => body[name])) throw invalid(`Request must contain one of ${known.join(", ")}`, 1012);
  noteEvent(call, "purge", { type: "cache", id: call.params["zone_id"]!, product: "cache" }, undefined, body);
  return success({ id: call.params["zone_id"] });
}

function account(call: Call): Row {
  return call.world.rows("/accounts").find((a) => a["id"] === call.params["account_id"])!;
}

function changeAccount(call: Call) {
  const row = account(call);
  const body = objectBody(call);
  if (typeof body["name"] !== "string" || body["name"] === "") throw invalid("Missing required field: name");
  Object.assign(row, { name: body["name"], settings: { ...row["settings"], ...body["settings"] } });
  noteEvent(call, "update", { type: "account", id: row["id"], product: "account" }, undefined, row);
  return success(row);
}

export const zoneRoutes: Route[] = [
  { method: "GET", path: "/zones", area: "zone", run: listZones },
  { method: "POST", path: "/zones", area: "zone", run: createZone },
  { method: "GET", path: "/zones/:zone_id", area: "zone", run: (call) => success(zoneOf(call)) },
  { method: "PATCH", path: "/zones/:zone_id", area: "zone", run: changeZone },
  { method: "DELETE", path: "/zones/:zone_id", area: "zone", run: deleteZone },
  { method: "PUT", path: "/zones/:zone_id/activation_check", area: "zone", run: (call) => success({ id: call.params["zone_id"] }) },
  { method: "POST", path: "/zones/:zone_id/purge_cache", area: "cache", run: purge },
  { method: "GET", path: "/accounts", area: "account", run: listAccounts },
  { method: "GET", path: "/accounts/:account_id", area: "account", run: (call) => success(account(call)) },
  { method: "PUT", path: "/accounts/:account_id", area: "account", run: changeAccount },
];
