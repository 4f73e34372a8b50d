// SPDX-License-Identifier: Apache-2.0
// Ninety days of ordinary work, and the incident.

import { fraction, hexId, integer, pick, uuid } from "../random.js";
import { accountId, type AccountName } from "../tokens.js";
import { DAY, HOUR, type Actor, type Event, type Row, type World } from "../world.js";
import { SECURITY, tellIncident } from "./incident.js";

const PER_DAY: Record<AccountName, number> = { web: 14, retail: 9 };

function person(name: string, ip: string): Actor {
  return { email: `${name}@example.com`, id: hexId(`user/${name}`), ip, type: "user" };
}

const DEPLOY: Actor = { ...person("platform", "198.51.100.23"), token: { id: hexId("token/deploy"), name: "deploy-pipeline" } };

/** Who does what; weights by repetition. */
const HABITS: [Actor, Event["via"], string, string, string][] = [
  [DEPLOY, "API", "update", "worker_script", "workers"],
  [DEPLOY, "API", "update", "worker_script", "workers"],
  [DEPLOY, "API", "purge", "cache", "cache"],
  [person("platform", "192.0.2.21"), "UI", "update", "zone_setting", "zone_settings"],
  [person("dns-team", "192.0.2.22"), "UI", "add", "dns_record", "dns"],
  [person("dns-team", "192.0.2.22"), "UI", "update", "dns_record", "dns"],
  [person("dns-team", "192.0.2.22"), "UI", "delete", "dns_record", "dns"],
  [person("on-call", "192.0.2.23"), "UI", "login", "account", "account"],
  [person("on-call", "192.0.2.23"), "UI", "update", "firewall_rule", "firewall"],
  [person("web-team", "192.0.2.24"), "UI", "update", "page_rule", "page_rules"],
  [SECURITY, "UI", "login", "account", "account"],
  [SECURITY, "UI", "update", "ruleset", "waf"],
  [SECURITY, "UI", "update", "member", "account"],
];
const PERSONAL = ["account", "member"];

function ordinary(world: World, name: AccountName, zones: Row[], day: number, n: number): Event {
  const label = `event/${name}/${day}/${n}`;
  const [actor, via, action, type, product] = pick(label, HABITS);
  const zone = pick(`${label}/zone`, zones);
  // Working hours, never within the last two hours.
  const when = world.epoch - day * DAY - integer(`${label}/hour`, 3, 12) * HOUR - Math.floor(fraction(`${label}/minute`) * HOUR);
  const value = (version: number) => ({ id: hexId(`${label}/object`), version });
  return {
    id: uuid(label),
    when,
    account: accountId(name),
    ...(PERSONAL.includes(type) ? {} : { zone: { id: zone["id"], name: zone["name"] } }),
    actor,
    via,
    action,
    ok: fraction(`${label}/ok`) > 0.03,
    resource: { type, id: hexId(`${label}/object`), product },
    ...(action === "update" || action === "delete" ? { before: value(1) } : {}),
    ...(action === "update" || action === "add" ? { after: value(2) } : {}),
  };
}

export function tellEvents(world: World): void {
  for (const name of ["web", "retail"] as const) {
    const zones = world.rows("/zones").filter((z) => z["account"].id === accountId(name) && z["status"] === "active");
    for (let day = 0; day < 90; day++) {
      const count = Math.round(PER_DAY[name] * (0.6 + 0.8 * fraction(`busy/${name}/${day}`)));
      for (let n = 0; n < count; n++) world.events.push(ordinary(world, name, zones, day, n));
    }
  }
  tellIncident(world);
  world.events.sort((a, b) => a.when - b.when);
}
