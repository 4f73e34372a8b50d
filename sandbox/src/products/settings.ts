// SPDX-License-Identifier: Apache-2.0
// Zone settings: a fixed list of names, each with the values it takes.

import { objectBody, type Call } from "../call.js";
import { noteEvent } from "../collection.js";
import { invalid, success } from "../envelope.js";
import type { Route } from "../router.js";
import { stamp, type Row } from "../world.js";

const SWITCH = ["on", "off"];
type Rule = readonly [initial: unknown, allowed: readonly unknown[] | ((value: any) => boolean)];

const SETTINGS: { [id: string]: Rule } = {
  "0rtt": ["off", SWITCH],
  always_online: ["on", SWITCH],
  always_use_https: ["on", SWITCH],
  automatic_https_rewrites: ["on", SWITCH],
  brotli: ["on", SWITCH],
  browser_cache_ttl: [14400, (v) => Number.isInteger(v) && v >= 0 && v <= 31536000],
  browser_check: ["on", SWITCH],
  cache_level: ["aggressive", ["aggressive", "basic", "simplified"]],
  challenge_ttl: [1800, (v) => Number.isInteger(v) && v >= 300 && v <= 31536000],
  ciphers: [[], Array.isArray],
  development_mode: ["off", SWITCH],
  early_hints: ["off", SWITCH],
  email_obfuscation: ["on", SWITCH],
  h2_prioritization: ["off", ["on", "off", "custom"]],
  hotlink_protection: ["off", SWITCH],
  http2: ["on", SWITCH],
  http3: ["on", SWITCH],
  ip_geolocation: ["on", SWITCH],
  ipv6: ["on", SWITCH],
  max_upload: [100, [100, 125, 150, 175, 200, 225, 250, 275, 300, 325, 350, 375, 400, 425, 450, 475, 500]],
  min_tls_version: ["1.2", ["1.0", "1.1", "1.2", "1.3"]],
  minify: [{ css: "off", html: "off", js: "off" }, (v) => typeof v === "object" && v !== null],
  mirage: ["off", SWITCH],
  opportunistic_encryption: ["on", SWITCH],
  opportunistic_onion: ["on", SWITCH],
  orange_to_orange: ["off", SWITCH],
  origin_error_page_pass_thru: ["off", SWITCH],
  polish: ["off", ["off", "lossless", "lossy"]],
  prefetch_preload: ["off", SWITCH],
  privacy_pass: ["on", SWITCH],
  pseudo_ipv4: ["off", ["off", "add_header", "overwrite_header"]],
  replace_insecure_js: ["on", SWITCH],
  response_buffering: ["off", SWITCH],
  rocket_loader: ["off", SWITCH],
  security_header: [
    { strict_transport_security: { enabled: true, max_age: 31536000, include_subdomains: true, preload: false, nosniff: true } },
    (v) => typeof v === "object" && v !== null,
  ],
  security_level: ["medium", ["off", "essentially_off", "low", "medium", "high", "under_attack"]],
  server_side_exclude: ["on", SWITCH],
  sort_query_string_for_cache: ["off", SWITCH],
  ssl: ["strict", ["off", "flexible", "full", "strict"]],
  tls_1_2_only: ["off", SWITCH],
  tls_1_3: ["on", ["on", "off", "zrt"]],
  tls_client_auth: ["off", SWITCH],
  true_client_ip_header: ["off", SWITCH],
  waf: ["on", SWITCH],
  webp: ["off", SWITCH],
  websockets: ["on", SWITCH],
};

const path = (call: Call) => `/zones/${call.params["zone_id"]}/settings`;

function settings(call: Call): Row[] {
  const rows = call.world.rows(path(call));
  if (rows.length === 0) {
    for (const [id, [value]] of Object.entries(SETTINGS)) rows.push({ id, value: structuredClone(value), editable: true, modified_on: null });
    const zone = call.world.rows("/zones").find((z) => z["id"] === call.params["zone_id"])!;
    if (zone["development_mode"] > 0) rows.find((r) => r["id"] === "development_mode")!["value"] = "on";
  }
  return rows;
}

function setting(call: Call, id = call.params["setting_id"]!): Row {
  const row = settings(call).find((r) => r["id"] === id);
  if (!row) throw invalid("Unrecognized zone setting name", 1006);
  return row;
}

function check(id: string, value: unknown): void {
  const [, allowed] = SETTINGS[id]!;
  const good = typeof allowed === "function" ? allowed(value) : allowed.includes(value);
  if (!good) throw invalid(`Invalid value for zone setting ${id}`, 1007);
}

function put(call: Call, row: Row, value: unknown): Row {
  const before = { value: row["value"] };
  Object.assign(row, { value, modified_on: stamp(Date.now()) });
  noteEvent(call, "update", { type: "zone_setting", id: row["id"], product: "zone_settings" }, before, { value });
  return row;
}

function changeOne(call: Call) {
  const row = setting(call);
  const body = objectBody(call);
  check(row["id"], body["value"]);
  return success(put(call, row, body["value"]));
}

function changeMany(call: Call) {
  const items = objectBody(call)["items"];
  if (!Array.isArray(items) || items.length === 0) throw invalid("Missing required field: items");
  for (const item of items) check(setting(call, item.id)["id"], item.value);
  return success(items.map((item: Row) => put(call, setting(call, item["id"]), item["value"])));
}

const at = "/zones/:zone_id/settings";
export const settingRoutes: Route[] = [
  { method: "GET", path: at, area: "zone_settings", run: (call) => success(settings(call)) },
  { method: "PATCH", path: at, area: "zone_settings", run: changeMany },
  { method: "GET", path: `${at}/:setting_id`, area: "zone_settings", run: (call) => success(setting(call)) },
  { method: "PATCH", path: `${at}/:setting_id`, area: "zone_settings", run: changeOne },
];
