// SPDX-License-Identifier: Apache-2.0
// What Arcjet decided over the last 90 days for the company's sites: ordinary visitors, three attacks, and the rules
// that stopped them, or did not. On staging all but the rate limit only watch (DRY_RUN), and some routes of the
// storefront have no rule at all, so that denials are fewer than attacks.

import { fraction, hexId, integer, pick } from "../random.js";
import { DAY, HOUR, type Row, type World } from "../world.js";
import { incident, INCIDENT_ZONE, INTRUDER } from "./incident.js";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A TypeID: a prefix and 26 base32 characters, the first at most 7. */
export function typeId(prefix: string, label: string): string {
  const digits = hexId(`${prefix}/${label}`) + hexId(`${prefix}/${label}/more`);
  const text = Array.from({ length: 26 }, (_, i) => ALPHABET[parseInt(digits.slice(2 * i, 2 * i + 2), 16) % 32]).join("");
  return `${prefix}_${parseInt(digits[0]!, 16) % 8}${text.slice(1)}`;
}

export interface Team {
  id: string;
  name: string;
}

export const TEAMS: readonly Team[] = [
  { id: typeId("team", "acme"), name: "Acme" },
  { id: typeId("team", "labs"), name: "Acme Labs" },
];

interface SitePlan {
  name: string;
  team: number;
  host: string;
  perDay: number;
  paths: string[];
  /** Type and mode of each rule; with the paths it guards, or all. */
  rules: [type: string, mode: "LIVE" | "DRY_RUN", paths?: string[]][];
}

/** The last two have seen nothing. */
const SITES: readonly SitePlan[] = [
  {
    name: "storefront",
    team: 0,
    host: "example.com",
    perDay: 44,
    paths: ["/", "/login", "/search", "/api/v1/items", "/signup", "/legacy/catalog", "/legacy/export"],
    rules: [
      ["shield", "LIVE", ["/", "/login", "/search", "/api/v1/items", "/signup"]],
      ["bot", "LIVE", ["/", "/login", "/search", "/api/v1/items", "/signup"]],
      ["rate_limit", "LIVE", ["/login", "/search"]],
      ["email", "DRY_RUN", ["/signup"]],
    ],
  },
  {
    name: "checkout",
    team: 0,
    host: "acme-checkout.example",
    perDay: 20,
    paths: ["/cart", "/pay", "/voucher"],
    rules: [
      ["shield", "LIVE"],
      ["rate_limit", "LIVE", ["/pay", "/voucher"]],
      ["bot", "DRY_RUN"],
    ],
  },
  {
    name: "staging",
    team: 0,
    host: INCIDENT_ZONE,
    perDay: 6,
    paths: ["/", "/admin", "/login", "/api/v1/items"],
    rules: [
      ["shield", "DRY_RUN"],
      ["bot", "DRY_RUN"],
      ["filter", "DRY_RUN"],
      ["rate_limit", "LIVE", ["/login"]],
    ],
  },
  { name: "internal-tools", team: 0, host: "tools.example.com", perDay: 0, paths: ["/"], rules: [["shield", "DRY_RUN"]] },
  { name: "playground", team: 1, host: "labs.example.com", perDay: 0, paths: ["/"], rules: [] },
];

export const siteId = (name: string) => typeId("site", name);

interface Visitor {
  ip: string;
  country: string;
  city: string;
  asn: string;
  asn_name: string;
  asn_type: string;
  hosting?: boolean;
  vpn?: boolean;
  tor?: boolean;
  risk?: string;
  activities?: string[];
}

/** The attackers of the Cloudflare side are the same addresses. */
const HOSTILE: readonly Visitor[] = [
  {
    ip: INTRUDER.ip,
    country: "RO",
    city: "Bucharest",
    asn: "AS64500",
    asn_name: "EXAMPLE-HOSTING",
    asn_type: "hosting",
    hosting: true,
    risk: "high",
    activities: ["credential_stuffing", "scanning"],
  },
  {
    ip: "203.0.113.150",
    country: "NL",
    city: "Amsterdam",
    asn: "AS64500",
    asn_name: "EXAMPLE-HOSTING",
    asn_type: "hosting",
    hosting: true,
    risk: "high",
    activities: ["scanning"],
  },
  {
    ip: "198.51.100.88",
    country: "US",
    city: "Ashburn",
    asn: "AS64511",
    asn_name: "EXAMPLE-CLOUD",
    asn_type: "hosting",
    hosting: true,
    vpn: true,
    risk: "medium",
    activities: ["scraping"],
  },
  {
    ip: "2001:db8::bad",
    country: "T1",
    city: "",
    asn: "AS64501",
    asn_name: "EXAMPLE-TELECOM",
    asn_type: "isp",
    tor: true,
    risk: "high",
    activities: ["scanning", "proxy"],
  },
];
const PLACES: readonly [country: string, city: string][] = [
  ["US", "Austin"],
  ["DE", "Hamburg"],
  ["GB", "Leeds"],
  ["FR", "Lyon"],
  ["NL", "Utrecht"],
  ["IN", "Pune"],
  ["BR", "Recife"],
  ["JP", "Osaka"],
];

function ordinaryVisitor(label: string): Visitor {
  const [country, city] = pick(`${label}/place`, PLACES);
  return { ip: `192.0.2.${integer(`${label}/ip`, 1, 254)}`, country, city, asn: "AS64501", asn_name: "EXAMPLE-TELECOM", asn_type: "isp" };
}

export function ipDetails(visitor: Visitor): Row {
  return {
    ip: visitor.ip,
    country: visitor.country,
    city: visitor.city,
    asn: visitor.asn,
    asn_name: visitor.asn_name,
    asn_type: visitor.asn_type,
    is_hosting: visitor.hosting ?? false,
    is_vpn: visitor.vpn ?? false,
    is_proxy: false,
    is_tor: visitor.tor ?? false,
    is_relay: false,
    threat: { risk_level: visitor.risk ?? "low", activities: visitor.activities ?? [] },
  };
}

export type Attack = "injection" | "bot" | "flood" | "disposable_email" | "admin_probe";

const CAUGHT_BY: Record<Attack, string> = { injection: "shield", bot: "bot", flood: "rate_limit", disposable_email: "email", admin_probe: "filter" };
const AGENTS: Record<Attack, string> = {
  injection: "sqlmap/1.8",
  bot: "python-requests/2.32",
  flood: "curl/8.9.1",
  disposable_email: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
  admin_probe: "Mozilla/5.0 (compatible; scanner)",
};
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0";

function reason(attack: Attack): Row {
  switch (attack) {
    case "injection":
      return { type: "shield", shield_triggered: true };
    case "bot":
      return { type: "bot_v2", allowed: [], denied: ["CURL", "PYTHON_REQUESTS"], verified: false, spoofed: false };
    case "flood":
      return { type: "rate_limit", max: 20, remaining: 0, reset_in_seconds: 42, window_in_seconds: 60 };
    case "disposable_email":
      return { type: "email", email_types: ["DISPOSABLE"] };
    case "admin_probe":
      return { type: "filter", matched_expressions: ['http.request.uri.path eq "/admin" and not ip.src in $office'] };
  }
}

export interface Decision {
  id: string;
  site: string;
  at: number;
  conclusion: "ALLOW" | "DENY" | "ERROR";
  method: string;
  host: string;
  path: string;
  user_agent: string;
  visitor: Visitor;
  attack?: Attack;
  reason: Row;
  rules: Row[];
}

const guards = (rule: SitePlan["rules"][number], path: string) => rule[2] === undefined || rule[2].includes(path);
export const ruleId = (site: string, type: string) => typeId("rule", `${site}/${type}`);

function decide(site: SitePlan, label: string, at: number, visitor: Visitor, attack: Attack | undefined, path: string): Decision {
  const error = attack === undefined && fraction(`${label}/error`) < 0.004;
  let denied = false;
  const rules = site.rules
    .filter((rule) => guards(rule, path))
    .map((rule): Row => {
      const [type, mode] = rule;
      const hit = attack !== undefined && CAUGHT_BY[attack] === type;
      const state = denied ? "NOT_RUN" : mode === "DRY_RUN" ? "DRY_RUN" : "RUN";
      if (hit && mode === "LIVE") denied = true;
      const conclusion = error ? "ERROR" : hit ? "DENY" : "ALLOW";
      return { rule_id: ruleId(site.name, type), type, mode, state, conclusion, ...(hit ? { reason: reason(attack) } : {}) };
    });
  const conclusion = error ? "ERROR" : denied ? "DENY" : "ALLOW";
  const why = error ? { type: "error", message: "deadline exceeded" } : denied ? reason(attack!) : { type: "none" };
  return {
    id: typeId("req", label),
    site: siteId(site.name),
    at,
    conclusion,
    method: path === "/login" || path === "/pay" || path === "/signup" ? "POST" : "GET",
    host: site.host,
    path,
    user_agent: attack ? AGENTS[attack] : BROWSER,
    visitor,
    ...(attack ? { attack } : {}),
    reason: why,
    rules,
  };
}

/** Days ago; none: during the incident. */
interface Wave {
  site: string;
  when?: [from: number, to: number];
  count: number;
  kinds: Attack[];
  paths: string[];
}

/** Sign-ups fell after this one: see signups.ts. */
export const FLOOD: [from: number, to: number] = [23.2, 22.9];

/** Attacks besides the daily noise. */
const WAVES: Wave[] = [
  {
    site: "staging",
    count: 420,
    kinds: ["admin_probe", "injection", "bot", "flood"],
    paths: ["/admin", "/login", "/api/v1/items"],
  },
  { site: "storefront", when: FLOOD, count: 260, kinds: ["flood", "bot"], paths: ["/login"] },
  { site: "storefront", when: [51.5, 50.5], count: 180, kinds: ["bot"], paths: ["/legacy/catalog", "/legacy/export", "/search"] },
];

function wave(world: World, n: number): Decision[] {
  const { site: name, when, count, kinds, paths } = WAVES[n]!;
  const { start, end } = when ? { start: world.epoch - when[0] * DAY, end: world.epoch - when[1] * DAY } : incident(world);
  const site = SITES.find((s) => s.name === name)!;
  return Array.from({ length: count }, (_, i) => {
    const label = `wave/${n}/${i}`;
    const at = end - (end - start) * fraction(label);
    return decide(site, label, at, pick(`${label}/who`, HOSTILE), pick(`${label}/kind`, kinds), pick(`${label}/path`, paths));
  });
}

function day(world: World, site: SitePlan, ago: number): Decision[] {
  const count = Math.round(site.perDay * (0.7 + 0.6 * fraction(`decisions/${site.name}/${ago}`)));
  return Array.from({ length: count }, (_, i) => {
    const label = `decision/${site.name}/${ago}/${i}`;
    const at = world.epoch - ago * DAY - fraction(label) * DAY;
    const path = pick(`${label}/path`, site.paths);
    const bad = fraction(`${label}/bad`) < 0.06;
    const attack = !bad ? undefined : path === "/signup" ? "disposable_email" : pick(`${label}/kind`, ["injection", "bot", "flood"] as const);
    return decide(site, label, at, bad ? pick(`${label}/who`, HOSTILE) : ordinaryVisitor(label), attack, path);
  });
}

const told = new WeakMap<World, Decision[]>();

/** All decisions, newest first. Made when first asked for. */
export function decisions(world: World): Decision[] {
  let all = told.get(world);
  if (!all) {
    all = SITES.flatMap((site) => Array.from({ length: 90 }, (_, ago) => day(world, site, ago)).flat());
    WAVES.forEach((_, n) => all!.push(...wave(world, n)));
    all.sort((a, b) => b.at - a.at);
    told.set(world, all);
  }
  return all;
}

export function tellSites(world: World): void {
  for (const site of SITES) {
    world.rows("/arcjet/sites").push({
      id: siteId(site.name),
      name: site.name,
      team_id: TEAMS[site.team]!.id,
      host: site.host,
      key: `ajkey_${typeId("k", site.name).slice(2)}`,
      created_at: new Date(world.epoch - integer(`site/${site.name}`, 120, 600) * DAY).toISOString(),
      protected_routes: [...new Set(site.rules.flatMap((r) => r[2] ?? site.paths))],
      known_routes: site.paths,
    });
    for (const [type, mode, paths] of site.rules) {
      world.rows(`/arcjet/sites/${siteId(site.name)}/rules`).push({
        id: ruleId(site.name, type),
        type,
        mode,
        routes: paths ?? ["*"],
        created_at: new Date(world.epoch - 100 * DAY).toISOString(),
        updated_at: new Date(world.epoch - 20 * DAY - HOUR).toISOString(),
      });
    }
  }
}
