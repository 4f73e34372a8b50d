// SPDX-License-Identifier: Apache-2.0
// What happened on staging-example.com, some seven hours ago: one member, from an unknown address,
// pauses a firewall rule, weakens two rulesets, then deletes most of the zone. Security locks the member out.
// Times are minutes after it began. The present state of the zone (rulesets, DNS) agrees with it.

import { hexId } from "../random.js";
import { DAY, MINUTE, stamp, type Actor, type Event, type World } from "../world.js";
import { accountId } from "../tokens.js";
import { zoneId } from "./zones.js";

export const INCIDENT_ZONE = "staging-example.com";
const USUAL_AGO = 460;
const LASTED = 75;

/** When it began and ended. Where its usual time lies across midnight it began a minute after that: it is within one UTC day. */
export function incident(world: Pick<World, "epoch">): { start: number; end: number } {
  const usual = world.epoch - USUAL_AGO * MINUTE;
  const midnight = Math.floor(world.epoch / DAY) * DAY;
  const across = usual < midnight && usual + LASTED * MINUTE >= midnight;
  const start = across ? midnight + MINUTE : usual;
  return { start, end: start + LASTED * MINUTE };
}

/** What it changed, in minutes after its start. */
export const PAUSED_AT = 8;
export const DISABLED_AT = 12;
export const RAISED_AT = 19;
export const LOCKED_AT = LASTED;

export const duringIncident = (world: World, minute: number) => stamp(incident(world).start + minute * MINUTE);

export const INTRUDER: Actor = { email: "contractor-access@example.com", id: hexId("user/contractor-access"), ip: "203.0.113.77", type: "user" };
export const SECURITY: Actor = { email: "security@example.com", id: hexId("user/security"), ip: "192.0.2.10", type: "user" };

/** Hosts whose records were deleted and are gone. */
export const LOST_HOSTS = [
  "www",
  "api",
  "origin",
  "admin",
  "auth",
  "billing",
  "cart",
  "cdn",
  "chat",
  "ci",
  "db",
  "files",
  "graphql",
  "grafana",
  "images",
  "jobs",
  "login",
  "metrics",
  "search",
  "sso",
  "vpn",
  "webhooks",
];

export const PAUSED_RULE = hexId("firewall/staging-example.com/admin");
export const WEAKENED_RULESET = hexId("ruleset/staging-example.com/http_request_firewall_custom");
export const WEAKENED_RULE = hexId("rule/staging-example.com/http_request_firewall_custom/0");
export const WEAKENED_LIMIT = hexId("ruleset/staging-example.com/http_ratelimit");

type Step = Pick<Event, "actor" | "action" | "resource"> & Partial<Event> & { at: number };

function steps(): Step[] {
  const rule = (paused: boolean) => ({ id: PAUSED_RULE, action: "block", paused, description: "Block /admin from outside the office" });
  const list: Step[] = [
    {
      at: 0,
      actor: INTRUDER,
      action: "login",
      via: "UI",
      zone: undefined,
      resource: { type: "account", id: INTRUDER.id, product: "account" },
      metadata: { two_factor: false, first_seen_ip: true },
    },
    {
      at: PAUSED_AT,
      actor: INTRUDER,
      action: "update",
      resource: { type: "firewall_rule", id: PAUSED_RULE, product: "firewall" },
      before: rule(false),
      after: rule(true),
    },
    {
      at: DISABLED_AT,
      actor: INTRUDER,
      action: "update",
      resource: { type: "ruleset", id: WEAKENED_RULESET, product: "waf" },
      before: { rule: WEAKENED_RULE, enabled: true },
      after: { rule: WEAKENED_RULE, enabled: false },
      metadata: { ruleset_phase: "http_request_firewall_custom" },
    },
    {
      at: RAISED_AT,
      actor: INTRUDER,
      action: "update",
      resource: { type: "ruleset", id: WEAKENED_LIMIT, product: "waf" },
      before: { requests_per_period: 20 },
      after: { requests_per_period: 20000 },
      metadata: { ruleset_phase: "http_ratelimit" },
    },
  ];
  LOST_HOSTS.forEach((host, i) => {
    const name = `${host}.${INCIDENT_ZONE}`;
    list.push({
      at: 30 + i,
      actor: INTRUDER,
      action: "delete",
      resource: { type: "dns_record", id: hexId(`lost/${name}`), product: "dns" },
      before: { name, type: host === "www" ? "CNAME" : "A" },
    });
  });
  list.push(
    {
      at: 56,
      actor: INTRUDER,
      action: "delete",
      resource: { type: "page_rule", id: hexId("lost/page_rule/1"), product: "page_rules" },
      before: { targets: [`*${INCIDENT_ZONE}/login*`] },
    },
    {
      at: 57,
      actor: INTRUDER,
      action: "delete",
      resource: { type: "page_rule", id: hexId("lost/page_rule/2"), product: "page_rules" },
      before: { targets: [`*${INCIDENT_ZONE}/static/*`] },
    },
    {
      at: 59,
      actor: INTRUDER,
      action: "delete",
      resource: { type: "worker_route", id: hexId("lost/worker_route"), product: "workers" },
      before: { pattern: `${INCIDENT_ZONE}/api/*`, script: "api-gateway" },
    },
    {
      at: 61,
      actor: INTRUDER,
      action: "token_create",
      zone: undefined,
      ok: false,
      resource: { type: "token", id: "", product: "tokens" },
      metadata: { reason: "permission denied" },
    },
    {
      at: 69,
      actor: SECURITY,
      action: "login",
      via: "UI",
      zone: undefined,
      resource: { type: "account", id: SECURITY.id, product: "account" },
      metadata: { two_factor: true },
    },
    {
      at: 72,
      actor: SECURITY,
      action: "update",
      zone: undefined,
      resource: { type: "member", id: hexId("member/web/contractor-access@example.com"), product: "account" },
      before: { sessions: "active" },
      after: { sessions: "revoked" },
    },
    {
      at: LOCKED_AT,
      actor: SECURITY,
      action: "add",
      resource: { type: "access_rule", id: hexId("access/staging-example.com/intruder"), product: "firewall" },
      after: { mode: "block", configuration: { target: "ip", value: INTRUDER.ip } },
    },
  );
  return list;
}

export function tellIncident(world: World): void {
  const zone = { id: zoneId(INCIDENT_ZONE), name: INCIDENT_ZONE };
  const { start } = incident(world);
  steps().forEach(({ at, ...step }, i) => {
    world.events.push({
      id: hexId(`incident/${i}`),
      when: start + at * MINUTE,
      account: accountId("web"),
      via: "UI",
      ok: true,
      ...("zone" in step ? {} : { zone }),
      ...step,
    });
  });
}
