// SPDX-License-Identifier: Apache-2.0
// The 18 tools of Arcjet's MCP server. Names are the vendor's; arguments and results are plausible ones, as they are not published.

import { decisions, ipDetails, TEAMS, typeId, type Decision } from "../../story/decisions.js";
import { DAY, HOUR, type Row } from "../../world.js";
import type { Json } from "../kit.js";
import { failure, text, type Tool, type ToolCall } from "../toolset.js";

const S = (description: string, more: Json = {}) => ({ type: "string", description, ...more });
const SITE = { site_id: S("The site's id, from list-sites", { pattern: "^site_" }) };
const PERIOD = { period: S("How far back", { enum: ["1h", "24h", "7d", "30d", "90d"], default: "24h" }) };
const SPANS: Record<string, number> = { "1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY };

class Refused extends Error {}

type Run = (call: ToolCall, args: Json) => unknown;

function make(name: string, description: string, properties: Json, required: string[], run: Run, writes = false): Tool {
  return {
    name,
    description,
    inputSchema: { type: "object", properties, required, additionalProperties: false },
    ...(writes ? { writes } : {}),
    run: (call) => {
      try {
        const made = run(call, call.args);
        return text(typeof made === "string" ? made : JSON.stringify(made, null, 2));
      } catch (error) {
        if (error instanceof Refused) return failure(`Error: ${error.message}`);
        throw error;
      }
    },
  };
}

/** A site of the team that the person chose when connecting; any other is as unknown as none. */
function site({ world, who }: ToolCall, id: string): Row {
  const found = world.rows("/arcjet/sites").find((s) => s["id"] === id && s["team_id"] === who.choice["team"]);
  if (!found) throw new Refused(`Site ${id} not found`);
  return found;
}

const rules = ({ world }: ToolCall, id: string): Row[] => world.rows(`/arcjet/sites/${id}/rules`);

function rule(call: ToolCall, { site_id, rule_id }: Json): Row {
  site(call, site_id);
  const found = rules(call, site_id).find((r) => r["id"] === rule_id);
  if (!found) throw new Refused(`Rule ${rule_id} not found on site ${site_id}`);
  return found;
}

interface Window {
  rows: Decision[];
  before: Decision[];
  from: number;
  span: number;
  name: string;
}

/** A site's decisions of a period, and of the one before it. */
function window(call: ToolCall, args: Json): Window {
  site(call, args["site_id"]);
  const name = args["period"] ?? "24h";
  const span = SPANS[name]!;
  const from = call.world.epoch - span;
  const all = decisions(call.world).filter((d) => d.site === args["site_id"]);
  return { rows: all.filter((d) => d.at > from), before: all.filter((d) => d.at <= from && d.at > from - span), from, span, name };
}

function top(rows: Decision[], of: (d: Decision) => string, most = 5): Json[] {
  const counts = new Map<string, { requests: number; denied: number }>();
  for (const row of rows) {
    const held = counts.get(of(row)) ?? { requests: 0, denied: 0 };
    held.requests++;
    if (row.conclusion === "DENY") held.denied++;
    counts.set(of(row), held);
  }
  return [...counts]
    .sort((a, b) => b[1].requests - a[1].requests)
    .slice(0, most)
    .map(([value, held]) => ({ value, ...held }));
}

const denied = (rows: Decision[]) => rows.filter((d) => d.conclusion === "DENY");
const rate = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((10_000 * part) / whole) / 10_000);

function short(d: Decision): Json {
  const { id, at, conclusion, method, host, path, visitor, reason } = d;
  return { id, time: new Date(at).toISOString(), conclusion, reason: reason["type"], method, host, path, ip: visitor.ip, country: visitor.country };
}

function decision(call: ToolCall, { site_id, request_id }: Json): Decision {
  site(call, site_id);
  const found = decisions(call.world).find((d) => d.id === request_id && d.site === site_id);
  if (!found) throw new Refused(`Request ${request_id} not found on site ${site_id}`);
  return found;
}

const listRequests: Run = (call, args) => {
  site(call, args["site_id"]);
  const [from, to] = [args["start"], args["end"]].map((t) => (t === undefined ? undefined : Date.parse(t)));
  if (Number.isNaN(from) || Number.isNaN(to)) throw new Refused("start and end must be RFC 3339 times");
  const kept = decisions(call.world).filter(
    (d) =>
      d.site === args["site_id"] &&
      (args["conclusion"] === undefined || d.conclusion === args["conclusion"]) &&
      (args["ip"] === undefined || d.visitor.ip === args["ip"]) &&
      (args["path"] === undefined || d.path === args["path"]) &&
      d.at >= (from ?? -Infinity) &&
      d.at < (to ?? Infinity),
  );
  const size = args["limit"] ?? 25;
  const start = args["cursor"] === undefined ? 0 : Number(Buffer.from(args["cursor"], "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw new Refused("Invalid cursor");
  const next = start + size;
  return {
    requests: kept.slice(start, next).map(short),
    total: kept.length,
    ...(next < kept.length ? { next_cursor: Buffer.from(String(next)).toString("base64url") } : {}),
  };
};

const explain: Run = (call, args) => {
  const d = decision(call, args);
  const lines = d.rules.map((r) => `| ${r["type"]} | ${r["mode"]} | ${r["state"]} | ${r["conclusion"]} |`);
  const watched = d.rules.find((r) => r["mode"] === "DRY_RUN" && r["conclusion"] === "DENY");
  const why =
    d.conclusion === "DENY"
      ? `It was denied by the rule \`${d.reason["type"]}\`.`
      : watched
        ? `It was allowed: the rule \`${watched["type"]}\` would have denied it, but is in DRY_RUN.`
        : d.rules.length === 0
          ? "It was allowed: no rule guards this route."
          : "It was allowed: no rule objected.";
  return `# Decision ${d.id}\n\n${d.method} ${d.path} from ${d.visitor.ip} (${d.visitor.country}) at ${new Date(d.at).toISOString()}\n\n**${d.conclusion}**. ${why}\n\n| rule | mode | state | conclusion |\n|---|---|---|---|\n${lines.join("\n")}\n`;
};

const analyze: Run = (call, args) => {
  const { rows, span, from, name } = window(call, args);
  const buckets = Math.min(24, Math.max(1, Math.round(span / HOUR)));
  const trend = Array.from({ length: buckets }, (_, i) => {
    const [a, b] = [from + (i * span) / buckets, from + ((i + 1) * span) / buckets];
    const some = rows.filter((d) => d.at > a && d.at <= b);
    return { time: new Date(a).toISOString(), requests: some.length, denied: denied(some).length };
  });
  return {
    site_id: args["site_id"],
    period: name,
    total_requests: rows.length,
    denied_requests: denied(rows).length,
    denial_rate: rate(denied(rows).length, rows.length),
    top_paths: top(rows, (d) => d.path),
    top_ips: top(rows, (d) => d.visitor.ip),
    top_denial_reasons: top(denied(rows), (d) => d.reason["type"]).map(({ value, requests }) => ({ reason: value, count: requests })),
    trend,
  };
};

const anomalies: Run = (call, args) => {
  const { rows, before, name } = window(call, args);
  const found: Json[] = [];
  const ratio = before.length === 0 ? 0 : rows.length / before.length;
  if (ratio >= 1.5)
    found.push({
      kind: "traffic_spike",
      severity: ratio > 3 ? "high" : "medium",
      detail: `${rows.length} requests, ${Math.round(10 * ratio) / 10} times the period before`,
    });
  for (const { value, requests, denied: stopped } of top(rows, (d) => d.visitor.ip, 4))
    if (requests > 20 && requests > rows.length / 20)
      found.push({ kind: "concentrated_source", severity: "high", ip: value, detail: `${requests} requests from one address, ${stopped} denied` });
  const watched = rows.filter((d) => d.conclusion === "ALLOW" && d.attack !== undefined);
  if (watched.length > 10)
    found.push({
      kind: "attacks_allowed",
      severity: "high",
      detail: `${watched.length} hostile requests were allowed: dry-run rules or routes without rules`,
    });
  return { site_id: args["site_id"], period: name, anomalies: found };
};

const investigate: Run = (call, args) => {
  const { rows, name } = window(call, { period: "90d", ...args });
  const mine = rows.filter((d) => d.visitor.ip === args["ip"]);
  if (mine.length === 0) return { ip: args["ip"], period: name, requests: 0, seen: false };
  return {
    ...ipDetails(mine[0]!.visitor),
    period: name,
    seen: true,
    requests: mine.length,
    denied: denied(mine).length,
    first_seen: new Date(mine.at(-1)!.at).toISOString(),
    last_seen: new Date(mine[0]!.at).toISOString(),
    top_paths: top(mine, (d) => d.path),
    recent: mine.slice(0, 5).map(short),
  };
};

const dryRun: Run = (call, args) => {
  const { rows, name } = window(call, args);
  const watching = rules(call, args["site_id"]).filter(
    (r) => r["mode"] === "DRY_RUN" && (args["rule_id"] === undefined || r["id"] === args["rule_id"]),
  );
  return {
    site_id: args["site_id"],
    period: name,
    rules: watching.map((r) => {
      const hits = rows.filter((d) => d.rules.some((x) => x["rule_id"] === r["id"] && x["conclusion"] === "DENY"));
      return {
        rule_id: r["id"],
        type: r["type"],
        would_deny: hits.length,
        share: rate(hits.length, rows.length),
        top_ips: top(hits, (d) => d.visitor.ip, 3),
      };
    }),
  };
};

const briefing: Run = (call, args) => {
  const { rows, before, name } = window(call, { period: "24h", ...args });
  const at = site(call, args["site_id"]);
  const open = at["known_routes"].filter((r: string) => !at["protected_routes"].includes(r));
  const watching = rules(call, args["site_id"]).filter((r) => r["mode"] === "DRY_RUN");
  const lines = top(
    rows.filter((d) => d.attack),
    (d) => d.visitor.ip,
    4,
  ).map((t) => `| ${t["value"]} | ${t["requests"]} | ${t["denied"]} |`);
  return [
    `# Security briefing: ${at["name"]}, last ${name}`,
    "",
    `- ${rows.length} requests (${before.length} in the period before), ${denied(rows).length} denied`,
    `- Rules in DRY_RUN: ${watching.map((r) => r["type"]).join(", ") || "none"}`,
    `- Routes without a rule: ${open.join(", ") || "none"}`,
    "",
    ...(lines.length > 0 ? ["## Hostile addresses", "", "| ip | requests | denied |", "|---|---|---|", ...lines, ""] : []),
    watching.length > 0 ? "Consider promoting the dry-run rules after reading get-dry-run-impact." : "Nothing to promote.",
    "",
  ].join("\n");
};

const RULE_TYPES = ["shield", "bot", "rate_limit", "email", "filter", "sensitive_info", "prompt_injection"];
const MODE = S("Whether it denies or only watches", { enum: ["LIVE", "DRY_RUN"] });
const ROUTES = { type: "array", items: { type: "string" }, description: "The routes it guards" };
const RULE = { ...SITE, rule_id: S("The rule's id, from list-rules", { pattern: "^rule_" }) };
const REQUEST = { ...SITE, request_id: S("The request's id, from list-requests", { pattern: "^req_" }) };

function changed(found: Row, more: Json): Row {
  return Object.assign(found, more, { updated_at: new Date().toISOString() });
}

const shownSite = ({ key: _key, protected_routes: _protected, known_routes: _known, ...rest }: Row) => rest;

export const tools: Tool[] = [
  make("list-teams", "List the teams you belong to.", {}, [], ({ who }) => ({ teams: TEAMS.filter((t) => t.id === who.choice["team"]) })),
  make("list-sites", "List the sites of a team.", { team_id: S("The team's id", { pattern: "^team_" }) }, ["team_id"], ({ world, who }, args) => {
    if (args["team_id"] !== who.choice["team"]) throw new Refused(`Team ${args["team_id"]} not found`);
    return {
      sites: world
        .rows("/arcjet/sites")
        .filter((s) => s["team_id"] === args["team_id"])
        .map(shownSite),
    };
  }),
  make(
    "create-site",
    "Create a site in a team.",
    { team_id: S("The team's id"), name: S("The site's name", { minLength: 1, maxLength: 100 }) },
    ["team_id", "name"],
    ({ world, who }, { team_id, name }) => {
      if (team_id !== who.choice["team"]) throw new Refused(`Team ${team_id} not found`);
      const id = typeId("site", world.newId("site"));
      const made = {
        id,
        name,
        team_id,
        host: "",
        key: `ajkey_${id.slice(5)}`,
        created_at: new Date().toISOString(),
        protected_routes: [],
        known_routes: [],
      };
      world.rows("/arcjet/sites").push(made);
      return shownSite(made);
    },
    true,
  ),
  make("get-site-key", "Get the ARCJET_KEY of a site, for the environment of your application.", SITE, ["site_id"], (call, args) => ({
    site_id: args["site_id"],
    key: site(call, args["site_id"])["key"],
  })),
  make(
    "list-requests",
    "List the requests to a site, newest first.",
    {
      ...SITE,
      conclusion: S("Only with this conclusion", { enum: ["ALLOW", "DENY", "ERROR"] }),
      ip: S("Only from this address"),
      path: S("Only to this path"),
      start: S("Not before", { format: "date-time" }),
      end: S("Before", { format: "date-time" }),
      limit: { type: "integer", minimum: 1, maximum: 100, default: 25 },
      cursor: S("Where to go on"),
    },
    ["site_id"],
    listRequests,
  ),
  make("get-request-details", "Get everything known about a request.", REQUEST, ["site_id", "request_id"], (call, args) => {
    const d = decision(call, args);
    return { ...short(d), user_agent: d.user_agent, reason: d.reason, rules: d.rules, ip_details: ipDetails(d.visitor) };
  }),
  make("explain-decision", "Explain in words why a request was allowed or denied.", REQUEST, ["site_id", "request_id"], explain),
  make("get-site-quota", "Get how much of its quota a site used this month.", SITE, ["site_id"], (call, args) => {
    const { rows } = window(call, { ...args, period: "30d" });
    return {
      site_id: args["site_id"],
      plan: "Pro",
      limit: 5_000_000,
      used: rows.length * 1000,
      used_percent: Math.round((rows.length * 1000) / 500) / 100,
    };
  }),
  make(
    "analyze-traffic",
    "Analyze the traffic of a site: totals, denials, top paths, addresses and reasons, trend.",
    { ...SITE, ...PERIOD },
    ["site_id"],
    analyze,
  ),
  make("get-anomalies", "Find what is unusual in a site's traffic.", { ...SITE, ...PERIOD }, ["site_id"], anomalies),
  make(
    "investigate-ip",
    "Find out what an address did on a site, and what is known about it.",
    { ...SITE, ip: S("The address"), ...PERIOD },
    ["site_id", "ip"],
    investigate,
  ),
  make(
    "get-dry-run-impact",
    "Find out what the dry-run rules of a site would have denied.",
    { ...SITE, rule_id: S("Only this rule"), ...PERIOD },
    ["site_id"],
    dryRun,
  ),
  make("get-security-briefing", "Get a summary of a site's security.", { ...SITE, ...PERIOD }, ["site_id"], briefing),
  make("list-rules", "List the rules of a site.", SITE, ["site_id"], (call, args) => {
    site(call, args["site_id"]);
    return { rules: rules(call, args["site_id"]) };
  }),
  make(
    "create-rule",
    "Create a rule; it starts in DRY_RUN unless said otherwise.",
    { ...SITE, type: S("What it does", { enum: RULE_TYPES }), mode: MODE, routes: ROUTES },
    ["site_id", "type"],
    (call, { site_id, type, mode = "DRY_RUN", routes = ["*"] }) => {
      site(call, site_id);
      const now = new Date().toISOString();
      const made = { id: typeId("rule", call.world.newId("rule")), type, mode, routes, created_at: now, updated_at: now };
      rules(call, site_id).push(made);
      return made;
    },
    true,
  ),
  make(
    "update-rule",
    "Update a rule.",
    { ...RULE, mode: MODE, routes: ROUTES },
    ["site_id", "rule_id"],
    (call, args) =>
      changed(rule(call, args), { ...(args["mode"] ? { mode: args["mode"] } : {}), ...(args["routes"] ? { routes: args["routes"] } : {}) }),
    true,
  ),
  make(
    "delete-rule",
    "Delete a rule.",
    RULE,
    ["site_id", "rule_id"],
    (call, args) => {
      const all = rules(call, args["site_id"]);
      all.splice(all.indexOf(rule(call, args)), 1);
      return { deleted: args["rule_id"] };
    },
    true,
  ),
  make(
    "promote-rule",
    "Promote a rule from DRY_RUN to LIVE.",
    RULE,
    ["site_id", "rule_id"],
    (call, args) => changed(rule(call, args), { mode: "LIVE" }),
    true,
  ),
];
