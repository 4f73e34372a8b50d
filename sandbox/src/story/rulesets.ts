// SPDX-License-Identifier: Apache-2.0
// Rulesets: custom block rules and rate limits per zone, managed ones for all, an account's root.

import { hexId, integer } from "../random.js";
import { accountId } from "../tokens.js";
import type { Row, World } from "../world.js";
import { DISABLED_AT, duringIncident, INCIDENT_ZONE, RAISED_AT, WEAKENED_RULE } from "./incident.js";

export const SIGNUPS_A_MINUTE = 10;
export const BOT_SCORE = 30;

const CUSTOM: [string, string, string][] = [
  ["Block requests from networks that attacked before", "block", "(ip.src.asnum in {64511 64509})"],
  [
    "Block admin paths without a client certificate",
    "block",
    '(starts_with(http.request.uri.path, "/admin") and not cf.tls_client_auth.cert_verified)',
  ],
  ["Challenge likely bots on the login", "managed_challenge", `(http.request.uri.path eq "/login" and cf.bot_management.score lt ${BOT_SCORE})`],
  ["Skip for our monitors", "skip", "(ip.src in {198.51.100.0/28})"],
];

function rule(world: World, label: string, i: number, action: string, expression: string, description: string, more: Row = {}): Row {
  const id = hexId(`rule/${label}/${i}`);
  return {
    id,
    version: "1",
    action,
    expression,
    description,
    last_updated: world.daysAgo(integer(`rule/${label}/${i}`, 100, 300)),
    ref: id,
    enabled: true,
    ...more,
  };
}

function customRules(world: World, zone: Row): Row {
  const phase = "http_request_firewall_custom";
  const label = `${zone["name"]}/${phase}`;
  const weakened = zone["name"] === INCIDENT_ZONE;
  const rules = CUSTOM.map(([description, action, expression], i) => {
    const skip = action === "skip" ? { action_parameters: { ruleset: "current" }, logging: { enabled: true } } : {};
    return rule(world, label, i, action, expression, description, skip);
  });
  if (weakened)
    Object.assign(
      rules.find((r) => r["id"] === WEAKENED_RULE)!,
      { enabled: false, version: "2", last_updated: duringIncident(world, DISABLED_AT) },
    );
  return {
    id: hexId(`ruleset/${label}`),
    name: "default",
    description: "Custom rules of the zone",
    kind: "zone",
    version: weakened ? "8" : "7",
    last_updated: weakened ? duringIncident(world, DISABLED_AT) : world.daysAgo(122),
    phase,
    rules,
  };
}

function rateLimits(world: World, zone: Row): Row {
  const phase = "http_ratelimit";
  const label = `${zone["name"]}/${phase}`;
  const weakened = zone["name"] === INCIDENT_ZONE;
  const limit = (requests: number) => ({
    ratelimit: {
      characteristics: ["ip.src", "cf.colo.id"],
      period: 60,
      requests_per_period: requests,
      mitigation_timeout: 600,
      requests_to_origin: false,
    },
  });
  const first = rule(
    world,
    label,
    0,
    "block",
    '(http.request.uri.path eq "/login" and http.request.method eq "POST")',
    "Block login guessing",
    limit(weakened ? 20000 : 20),
  );
  if (weakened) Object.assign(first, { version: "2", last_updated: duringIncident(world, RAISED_AT) });
  const floods = rule(world, label, 1, "managed_challenge", '(starts_with(http.request.uri.path, "/api/"))', "Slow down API floods", limit(600));
  /** Production alone has this one. */
  const signups = rule(world, label, 2, "block", '(http.request.uri.path eq "/signup")', "Limit sign-ups from one address", limit(SIGNUPS_A_MINUTE));
  return {
    id: hexId(`ruleset/${label}`),
    name: "default",
    description: "Rate limits of the zone",
    kind: "zone",
    version: weakened ? "5" : "4",
    last_updated: weakened ? duringIncident(world, RAISED_AT) : world.daysAgo(135),
    phase,
    rules: [first, floods, ...(zone["name"] === "example.com" ? [signups] : [])],
  };
}

function managed(world: World): Row[] {
  const one = (name: string, phase: string): Row => ({
    id: hexId(`ruleset/managed/${name}`),
    name,
    description: "Created by Cloudflare",
    kind: "managed",
    version: "112",
    last_updated: world.daysAgo(3),
    phase,
    rules: [1, 2, 3].map((n) =>
      rule(world, `managed/${name}`, n, "block", "true", `Managed rule ${100000 + n}`, { categories: ["cve", "xss", "sqli"].slice(0, n) }),
    ),
  });
  return [
    one("Cloudflare Managed Ruleset", "http_request_firewall_managed"),
    one("Cloudflare OWASP Core Ruleset", "http_request_firewall_managed"),
    one("DDoS L7 ruleset", "ddos_l7"),
  ];
}

function managedEntrypoint(world: World, label: string, kind: string): Row {
  const phase = "http_request_firewall_managed";
  return {
    id: hexId(`ruleset/${label}/${phase}`),
    name: kind === "root" ? "root" : "default",
    description: "",
    kind,
    version: "3",
    last_updated: world.daysAgo(60),
    phase,
    rules: [
      rule(world, `${label}/${phase}`, 0, "execute", "true", "Run the managed ruleset", {
        action_parameters: { id: hexId("ruleset/managed/Cloudflare Managed Ruleset"), version: "latest" },
      }),
    ],
  };
}

export function tellRulesets(world: World): void {
  for (const zone of world.rows("/zones")) {
    if (zone["plan"].legacy_id === "free") continue;
    world
      .rows(`/zones/${zone["id"]}/rulesets`)
      .push(...managed(world), managedEntrypoint(world, zone["name"], "zone"), customRules(world, zone), rateLimits(world, zone));
  }
  for (const name of ["web", "retail"] as const) {
    world.rows(`/accounts/${accountId(name)}/rulesets`).push(...managed(world), managedEntrypoint(world, `account/${name}`, "root"));
  }
}
