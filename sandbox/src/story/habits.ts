// SPDX-License-Identifier: Apache-2.0
// Who does what on an ordinary day, and to what: always something that is there, so that its own dates can tell the same.

import { hexId } from "../random.js";
import { accountId, type AccountName } from "../tokens.js";
import { stamp, type Actor, type Event, type Row, type World } from "../world.js";
import { INCIDENT_ZONE, SECURITY } from "./incident.js";

export function person(name: string, ip: string): Actor {
  return { email: `${name}@example.com`, id: hexId(`user/${name}`), ip, type: "user" };
}

export const PLATFORM = person("platform", "192.0.2.21");
export const DNS_TEAM = person("dns-team", "192.0.2.22");
export const ON_CALL = person("on-call", "192.0.2.23");
const WEB_TEAM = person("web-team", "192.0.2.24");
export const DEPLOY_TOKEN = { id: hexId("token/deploy"), name: "deploy-pipeline" };
const DEPLOY: Actor = { ...person("platform", "198.51.100.23"), token: DEPLOY_TOKEN };

/** One thing that may be changed. */
export interface Target {
  id: string;
  zone?: Row;
  /** Its dates and versions follow. */
  change?(when: number): void;
}

export interface Habit {
  actor: Actor;
  via: Event["via"];
  action: string;
  type: string;
  product: string;
  /** How often, against the others. */
  weight: number;
  /** The zones are active, and the incident's is not among them where that would blur it. */
  of(world: World, account: AccountName, zones: Row[]): Target[];
}

function date(row: Row, name: string, when: number): void {
  const text = stamp(when);
  if (text > String(row[name] ?? "")) row[name] = text;
}

const rowsOf = (path: string, name = "modified_on") => (world: World, _account: AccountName, zones: Row[]) =>
  zones
    .filter((zone) => zone["name"] !== INCIDENT_ZONE)
    .flatMap((zone) =>
      world.rows(`/zones/${zone["id"]}/${path}`).map((row): Target => ({ id: row["id"], zone, change: (when) => date(row, name, when) })),
    );

function rules(world: World, _account: AccountName, zones: Row[]): Target[] {
  const own = zones.filter((zone) => zone["name"] !== INCIDENT_ZONE);
  return own.flatMap((zone) =>
    world
      .rows(`/zones/${zone["id"]}/rulesets`)
      .filter((set) => ["http_request_firewall_custom", "http_ratelimit"].includes(set["phase"]))
      .flatMap((set) =>
        (set["rules"] as Row[]).map((rule): Target => {
          const change = (when: number) => {
            for (const row of [set, rule]) {
              date(row, "last_updated", when);
              row["version"] = String(Number(row["version"]) + 1);
            }
          };
          return { id: set["id"], zone, change };
        }),
      ),
  );
}

const scripts = (world: World, account: AccountName) =>
  world
    .rows(`/accounts/${accountId(account)}/workers/scripts`)
    .map((row): Target => ({ id: row["id"], change: (when) => date(row, "modified_on", when) }));

const members = (world: World, account: AccountName) => world.rows(`/accounts/${accountId(account)}/members`).map((row): Target => ({ id: row["id"] }));

const itself = (actor: Actor) => (): Target[] => [{ id: actor.id }];
const settings = (_world: World, _account: AccountName, zones: Row[]) =>
  zones.flatMap((zone) => ["security_level", "cache_level", "browser_cache_ttl", "min_tls_version"].map((id): Target => ({ id, zone })));
const whole = (_world: World, _account: AccountName, zones: Row[]) => zones.map((zone): Target => ({ id: zone["id"], zone }));

export const HABITS: readonly Habit[] = [
  { actor: DEPLOY, via: "API", action: "update", type: "worker_script", product: "workers", weight: 2, of: scripts },
  { actor: DEPLOY, via: "API", action: "purge", type: "cache", product: "cache", weight: 1, of: whole },
  { actor: PLATFORM, via: "UI", action: "update", type: "zone_setting", product: "zone_settings", weight: 1, of: settings },
  // A record for a while: see events.ts.
  { actor: DNS_TEAM, via: "UI", action: "add", type: "dns_record", product: "dns", weight: 1, of: whole },
  { actor: DNS_TEAM, via: "UI", action: "update", type: "dns_record", product: "dns", weight: 1, of: rowsOf("dns_records") },
  { actor: ON_CALL, via: "UI", action: "login", type: "account", product: "account", weight: 1, of: itself(ON_CALL) },
  { actor: ON_CALL, via: "UI", action: "update", type: "firewall_rule", product: "firewall", weight: 1, of: rowsOf("firewall/rules") },
  { actor: WEB_TEAM, via: "UI", action: "update", type: "page_rule", product: "page_rules", weight: 1, of: rowsOf("pagerules") },
  { actor: SECURITY, via: "UI", action: "login", type: "account", product: "account", weight: 1, of: itself(SECURITY) },
  { actor: SECURITY, via: "UI", action: "update", type: "ruleset", product: "waf", weight: 1, of: rules },
  { actor: SECURITY, via: "UI", action: "update", type: "member", product: "account", weight: 1, of: members },
];
