// SPDX-License-Identifier: Apache-2.0
// Legacy firewall rules, WAF overrides, access rules and rate limits, in a third of the zones and in the three of the story.

import { fraction, hexId, integer, pick } from "../random.js";
import { accountId } from "../tokens.js";
import type { Row, World } from "../world.js";
import { duringIncident, INCIDENT_ZONE, INTRUDER, LOCKED_AT, PAUSED_AT, PAUSED_RULE } from "./incident.js";

const RULES: [string, string, string, string, boolean][] = [
  ["admin", "Block /admin from outside the office", "block", '(http.request.uri.path contains "/admin" and not ip.src in {192.0.2.0/24})', false],
  ["scanners", "Challenge known scanners", "managed_challenge", '(http.user_agent contains "sqlmap") or (http.user_agent contains "nikto")', false],
  ["xmlrpc", "Block XML-RPC", "block", '(http.request.uri.path eq "/xmlrpc.php")', false],
  ["old-browser", "JS challenge for very old browsers", "js_challenge", '(http.user_agent contains "MSIE 6")', true],
  ["country", "Challenge countries without customers", "challenge", '(ip.geoip.country in {"T1" "XX"})', false],
  ["monitor", "Let our monitors pass", "bypass", "(ip.src in {198.51.100.0/28})", false],
  ["load-test", "Allow the load test", "allow", "(ip.src eq 203.0.113.9)", true],
];
const MODES = ["block", "challenge", "whitelist", "js_challenge", "managed_challenge"];

function legacyRules(world: World, zone: Row): Row[] {
  return RULES.map(([label, description, action, expression, paused], i) => {
    const hit = zone["name"] === INCIDENT_ZONE && label === "admin";
    const created = world.daysAgo(integer(`fw/${zone["name"]}/${label}`, 100, 800));
    return {
      id: hit ? PAUSED_RULE : hexId(`firewall/${zone["name"]}/${label}`),
      paused: hit || paused,
      description,
      action,
      priority: (i + 1) * 10,
      products: action === "bypass" ? ["waf", "rateLimit"] : undefined,
      ref: `FW-${i + 1}`,
      filter: { id: hexId(`filter/${zone["name"]}/${label}`), expression, paused: false, description },
      created_on: created,
      modified_on: hit ? duringIncident(world, PAUSED_AT) : created,
    };
  });
}

function overrides(zone: Row): Row[] {
  const one = (label: string, description: string, path: string, paused: boolean, mode: string): Row => ({
    id: hexId(`override/${zone["name"]}/${label}`),
    description,
    paused,
    priority: 1,
    urls: [`${zone["name"]}${path}`],
    groups: { ea8687e59929c1fd05ba97574ad43f77: "default" },
    rules: { "100015": mode },
    rewrite_action: { default: "block", challenge: "block", simulate: "disable", block: "block", disable: "disable" },
  });
  return [
    one("api", "Uploads through the API are not attacks", "/api/upload*", false, "disable"),
    one("search", "Search takes odd strings", "/search*", zone["name"] === INCIDENT_ZONE, "simulate"),
  ];
}

function accessRule(world: World, scope: Row, label: string, mode: string, target: string, value: string, notes: string): Row {
  const created = world.daysAgo(integer(`access/${label}`, 30, 400));
  return {
    id: hexId(`access/${label}`),
    mode,
    paused: false,
    notes,
    allowed_modes: MODES,
    configuration: { target, value },
    scope,
    created_on: created,
    modified_on: created,
  };
}

export function tellFirewall(world: World, zone: Row): void {
  const at = `/zones/${zone["id"]}`;
  const name: string = zone["name"];
  const main = name === "example.com" || name.startsWith("staging-");
  if (!main && fraction(`firewall/${name}`) > 0.34) return;

  const rules = legacyRules(world, zone);
  world.rows(`${at}/firewall/rules`).push(...rules);
  world.rows(`${at}/filters`).push(...rules.map((r) => r["filter"]));
  world.rows(`${at}/firewall/waf/overrides`).push(...overrides(zone));
  world.rows(`${at}/firewall/waf/packages`).push({
    id: hexId(`package/${name}/owasp`),
    name: "OWASP ModSecurity Core Rule Set",
    description: "Covers OWASP Top 10 vulnerabilities",
    zone_id: zone["id"],
    status: "active",
    detection_mode: "anomaly",
    sensitivity: "high",
    action_mode: "challenge",
  });
  const owasp = `${at}/firewall/waf/packages/${hexId(`package/${name}/owasp`)}`;
  const groups = ["SQL Injection Attacks", "XSS Attacks", "Bad Robots"].map((title, i) => ({
    id: hexId(`group/${name}/${i}`),
    name: `OWASP ${title}`,
    description: title,
    mode: i === 2 ? "off" : "on",
    allowed_modes: ["on", "off"],
    rules_count: 2,
    modified_rules_count: 0,
    package_id: hexId(`package/${name}/owasp`),
  }));
  world.rows(`${owasp}/groups`).push(...groups);
  world.rows(`${owasp}/rules`).push(
    ...groups.flatMap((g, i) =>
      [0, 1].map((n) => ({
        id: String(950000 + 10 * i + n),
        description: `${g.description} ${n + 1}`,
        priority: String(10 * i + n),
        mode: g.mode,
        allowed_modes: ["on", "off"],
        group: { id: g.id, name: g.name },
        package_id: g.package_id,
      })),
    ),
  );
  const scope = { id: zone["id"], type: "zone", name };
  world
    .rows(`${at}/firewall/access_rules/rules`)
    .push(
      accessRule(world, scope, `${name}/office`, "whitelist", "ip_range", "192.0.2.0/24", "Office"),
      accessRule(world, scope, `${name}/tor`, "managed_challenge", "country", "T1", "Tor exits"),
      accessRule(world, scope, `${name}/asn`, pick(`asn/${name}`, ["block", "challenge"]), "asn", "AS64511", "Abusive hosting"),
    );
  if (name === INCIDENT_ZONE) {
    world.rows(`${at}/firewall/access_rules/rules`).push({
      ...accessRule(world, scope, `${name}/intruder`, "block", "ip", INTRUDER.ip, "Locked out by security"),
      created_on: duringIncident(world, LOCKED_AT),
      modified_on: duringIncident(world, LOCKED_AT),
    });
  }
  world.rows(`${at}/firewall/lockdowns`).push({
    id: hexId(`lockdown/${name}`),
    paused: false,
    description: "Only the office reaches the admin pages",
    urls: [`${name}/admin*`],
    configurations: [{ target: "ip_range", value: "192.0.2.0/24" }],
    priority: 1,
    created_on: world.daysAgo(210),
    modified_on: world.daysAgo(210),
  });
  world.rows(`${at}/firewall/ua_rules`).push({
    id: hexId(`ua_rule/${name}`),
    paused: false,
    description: "Old feed reader that never backs off",
    mode: "block",
    configuration: { target: "ua", value: "FeedReader/0.9" },
  });
  world.rows(`${at}/rate_limits`).push({
    id: hexId(`rate_limit/${name}/login`),
    disabled: false,
    description: "Slow down guesses at the login",
    match: { request: { methods: ["POST"], schemes: ["HTTPS"], url: `*${name}/login` }, response: { status: [401, 403], origin_traffic: true } },
    threshold: 10,
    period: 60,
    action: { mode: "ban", timeout: 600 },
    bypass: [{ name: "url", value: `${name}/healthz` }],
  });
}

export function tellAccountFirewall(world: World): void {
  for (const name of ["web", "retail"] as const) {
    const id = accountId(name);
    const scope = { id, type: "organization", name: `Acme ${name}` };
    world
      .rows(`/accounts/${id}/firewall/access_rules/rules`)
      .push(
        accessRule(world, scope, `${name}/botnet`, "block", "ip_range", "203.0.113.128/25", "Botnet of last spring"),
        accessRule(world, scope, `${name}/partner`, "whitelist", "ip", "198.51.100.200", "Partner gateway"),
      );
  }
}
