// SPDX-License-Identifier: Apache-2.0
// Workers Observability: structured queries over invocations, as Markdown over TSV, TSV, or JSON. No annotations on its own tools.

import { hexId, pick } from "../../random.js";
import { SHARES, type Share } from "../../story/shares.js";
import { count } from "../../story/traffic.js";
import { INCIDENT_ZONE } from "../../story/incident.js";
import { accountId } from "../../tokens.js";
import { DAY, HOUR, MINUTE, type World } from "../../world.js";
import type { Json } from "../kit.js";
import { text, type Parts } from "../toolset.js";
import { ApiError, instructions, shown, tool, tsv, type Api } from "./api.js";
import { workersTools } from "./bindings.js";
import { docsTools } from "./docs.js";

const KEYS: Record<string, "string" | "number" | "boolean"> = {
  "$workers.scriptName": "string",
  "$workers.outcome": "string",
  "$workers.eventType": "string",
  "$workers.event.request.method": "string",
  "$workers.event.request.path": "string",
  "$workers.event.request.url": "string",
  "$workers.event.response.status": "number",
  "$workers.event.request.cf.country": "string",
  "$workers.cpuTimeMs": "number",
  "$workers.wallTimeMs": "number",
  "$workers.requestId": "string",
  "$metadata.id": "string",
  "$metadata.level": "string",
  "$metadata.message": "string",
  "$metadata.error": "string",
  "$metadata.service": "string",
};

const SLOTS = 120;
const PER_SLOT = 8;

interface Sample {
  at: number;
  /** How many invocations this one stands for. */
  weight: number;
  fields: Json;
}

const weighted = (label: string, shares: Share[]) =>
  pick(
    label,
    shares.flatMap(([value, weight]) => Array.from({ length: Math.max(1, Math.round(weight)) }, () => value)),
  );

function sample(label: string, at: number, weight: number, retail: boolean, attacked: boolean): Sample {
  const script = retail ? "checkout-guard" : String(weighted(`${label}/script`, SHARES["scriptName"]!("")));
  const failed = weighted(
    `${label}/status`,
    attacked
      ? [
          ["ok", 80],
          ["exception", 14],
          ["exceededCpu", 6],
        ]
      : [
          ["ok", 96],
          ["exception", 3],
          ["exceededCpu", 1],
        ],
  );
  const path = script === "nightly-report" ? "" : String(weighted(`${label}/path`, SHARES["clientRequestPath"]!("")));
  const host = retail ? "acme-checkout.example" : attacked ? INCIDENT_ZONE : "example.com";
  const status = failed === "ok" ? 200 : failed === "exception" ? 500 : 503;
  const message =
    failed === "ok"
      ? `GET ${path} 200`
      : failed === "exception"
        ? "TypeError: Cannot read properties of null (reading 'routes')"
        : "Worker exceeded CPU time limit.";
  return {
    at,
    weight,
    fields: {
      "$workers.scriptName": script,
      "$workers.outcome": failed,
      "$workers.eventType": script === "nightly-report" ? "scheduled" : "fetch",
      "$workers.event.request.method": String(weighted(`${label}/method`, SHARES["clientRequestHTTPMethodName"]!(""))),
      "$workers.event.request.path": path,
      "$workers.event.request.url": `https://${host}${path}`,
      "$workers.event.response.status": status,
      "$workers.event.request.cf.country": String(weighted(`${label}/country`, SHARES["clientCountryName"]!(""))),
      "$workers.cpuTimeMs": 1 + (parseInt(hexId(label).slice(0, 2), 16) % 24) * (attacked ? 4 : 1),
      "$workers.wallTimeMs": 5 + (parseInt(hexId(label).slice(2, 4), 16) % 90) * (attacked ? 5 : 1),
      "$workers.requestId": hexId(`${label}/request`).slice(0, 16),
      "$metadata.id": hexId(`${label}/id`).slice(0, 26).toUpperCase(),
      "$metadata.level": failed === "ok" ? "info" : "error",
      "$metadata.message": message,
      ...(failed === "ok" ? {} : { "$metadata.error": message }),
      "$metadata.service": script,
    },
  };
}

/** A fixed number of invocations over the time asked for; each stands for a share of the true traffic. */
function samples(api: Api, from: number, to: number): Sample[] {
  const retail = api.account === accountId("retail");
  const zone = retail ? "acme-checkout.example" : "example.com";
  const step = (to - from) / SLOTS;
  const made: Sample[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const [a, b] = [from + slot * step, from + (slot + 1) * step];
    const add = (name: string, attacked: boolean) => {
      const weight = count(api.world, name, "workers", a, b) / PER_SLOT;
      for (let i = 0; i < PER_SLOT && weight > 0; i++) {
        made.push(sample(`observe/${name}/${Math.floor(a / MINUTE)}/${i}`, a + ((i + 0.5) * (b - a)) / PER_SLOT, weight, retail, attacked));
      }
    };
    add(zone, false);
    if (!retail) add(INCIDENT_ZONE, true);
  }
  return made;
}

type Test = (value: any, wanted: any) => boolean;
const TESTS: Record<string, Test> = {
  eq: (v, w) => String(v) === String(w),
  "=": (v, w) => String(v) === String(w),
  neq: (v, w) => String(v) !== String(w),
  "!=": (v, w) => String(v) !== String(w),
  gt: (v, w) => Number(v) > Number(w),
  gte: (v, w) => Number(v) >= Number(w),
  lt: (v, w) => Number(v) < Number(w),
  lte: (v, w) => Number(v) <= Number(w),
  includes: (v, w) => String(v).includes(String(w)),
  not_includes: (v, w) => !String(v).includes(String(w)),
  starts_with: (v, w) => String(v).startsWith(String(w)),
  regex: (v, w) => String(v).includes(String(w).replaceAll(/[\^$.*]/g, "")),
  exists: (v) => v !== undefined,
  is_null: (v) => v === undefined,
  in: (v, w) => String(w).split(",").includes(String(v)),
  not_in: (v, w) => !String(w).split(",").includes(String(v)),
};

function span(world: World, frame: Json | undefined): [number, number] {
  const to = frame?.["to"] === undefined ? world.epoch : Date.parse(frame["to"]);
  const from = frame?.["from"] === undefined ? to - HOUR : Date.parse(frame["from"]);
  if (Number.isNaN(from) || Number.isNaN(to) || from >= to) throw new ApiError("400 Invalid timeframe: from must be before to, both RFC 3339");
  if (from < world.epoch - 7 * DAY - MINUTE) throw new ApiError("400 Invalid timeframe: only the last 7 days are kept");
  return [from, to];
}

function filtered(api: Api, query: Json): Sample[] {
  const [from, to] = span(api.world, query["timeframe"]);
  const { filters = [], filterCombination = "and", needle } = query["parameters"] ?? {};
  const tests = (filters as Json[]).map((f) => (s: Sample) => (TESTS[f["operation"]] ?? TESTS["eq"]!)(s.fields[f["key"]], f["value"]));
  return samples(api, from, to).filter(
    (s) =>
      (tests.length === 0 || (filterCombination === "or" ? tests.some((t) => t(s)) : tests.every((t) => t(s)))) &&
      (needle?.value === undefined || Object.values(s.fields).some((v) => String(v).includes(needle.value))),
  );
}

const quantile = (sorted: number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;

const OPERATORS: Record<string, (rows: Sample[], key: string) => number> = {
  count: (rows) => Math.round(rows.reduce((sum, r) => sum + r.weight, 0)),
  uniq: (rows, key) => new Set(rows.map((r) => r.fields[key])).size,
  sum: (rows, key) => Math.round(rows.reduce((sum, r) => sum + r.weight * Number(r.fields[key] ?? 0), 0)),
  avg: (rows, key) => {
    const whole = rows.reduce((sum, r) => sum + r.weight, 0);
    return whole === 0 ? 0 : Math.round((100 * rows.reduce((sum, r) => sum + r.weight * Number(r.fields[key] ?? 0), 0)) / whole) / 100;
  },
  min: (rows, key) => Math.min(...rows.map((r) => Number(r.fields[key] ?? 0))),
  max: (rows, key) => Math.max(...rows.map((r) => Number(r.fields[key] ?? 0))),
  ...Object.fromEntries(
    [50, 75, 90, 95, 99].map((p) => [
      p === 50 ? "median" : `p${p}`,
      (rows: Sample[], key: string) =>
        quantile(
          rows.map((r) => Number(r.fields[key] ?? 0)).sort((a, b) => a - b),
          p / 100,
        ),
    ]),
  ),
};

function groups(rows: Sample[], keys: string[]): [Json, Sample[]][] {
  const made = new Map<string, [Json, Sample[]]>();
  for (const row of rows) {
    const group = Object.fromEntries(keys.map((k) => [k, row.fields[k] ?? ""]));
    const id = JSON.stringify(group);
    const held = made.get(id) ?? ([group, []] as [Json, Sample[]]);
    held[1].push(row);
    made.set(id, held);
  }
  return [...made.values()];
}

function calculations(api: Api, query: Json): string {
  const rows = filtered(api, query);
  const [from, to] = span(api.world, query["timeframe"]);
  const { calculations: asked = [{ operator: "count" }], groupBys = [], orderBy, limit } = query["parameters"] ?? {};
  const keys = (groupBys as Json[]).map((g) => g["value"]);
  const points = Math.min(24, query["granularity"] ?? 12);
  return (asked as Json[])
    .map((calculation) => {
      const operator = OPERATORS[String(calculation["operator"]).toLowerCase()];
      if (!operator) throw new ApiError(`400 Unknown operator ${calculation["operator"]}`);
      const key = calculation["key"] ?? "";
      const parts = groups(rows, keys).map(([group, some]) => ({ group, some, value: operator(some, key) }));
      parts.sort((a, b) => (orderBy?.order === "asc" ? a.value - b.value : b.value - a.value));
      const kept = parts.slice(0, Math.min(limit ?? query["limit"] ?? 10, 2000));
      const series = Array.from({ length: points }, (_, i) => {
        const [a, b] = [from + (i * (to - from)) / points, from + ((i + 1) * (to - from)) / points];
        return kept.map(({ group, some }) => {
          const within = some.filter((s) => s.at >= a && s.at < b);
          return { time: new Date(a).toISOString(), ...group, value: within.length === 0 ? 0 : operator(within, key) };
        });
      }).flat();
      const alias = calculation["alias"] ?? (key ? `${calculation["operator"]}(${key})` : calculation["operator"]);
      return `## ${alias}\n\n### Aggregation\n\n${tsv(kept.map(({ group, value }) => ({ ...group, value })))}\n\n### Series\n\n${tsv(series)}\n`;
    })
    .join("\n");
}

function nested(fields: Json): Json {
  const made: Json = {};
  for (const [path, value] of Object.entries(fields)) {
    const parts = path.split(".");
    let at = made;
    for (const part of parts.slice(0, -1)) at = at[part] ??= {};
    at[parts.at(-1)!] = value;
  }
  return made;
}

function run(api: Api, args: Json) {
  const query = args["query"];
  const most = Math.min(query["limit"] ?? query["parameters"]?.limit ?? 5, 2000);
  if (query["view"] === "calculations") return calculations(api, query);
  const rows = filtered(api, query).reverse().slice(0, most);
  if (query["view"] === "invocations") {
    return tsv(
      rows.map(({ at, fields }) => ({
        time: new Date(at).toISOString(),
        requestId: fields["$workers.requestId"],
        scriptName: fields["$workers.scriptName"],
        outcome: fields["$workers.outcome"],
        status: fields["$workers.event.response.status"],
        cpuTimeMs: fields["$workers.cpuTimeMs"],
        wallTimeMs: fields["$workers.wallTimeMs"],
      })),
    );
  }
  return { events: rows.map(({ at, fields }) => ({ timestamp: at, dataset: "cloudflare-workers", ...nested(fields) })), count: rows.length };
}

const FILTERS = {
  type: "array",
  items: {
    type: "object",
    properties: {
      key: { type: "string" },
      operation: { type: "string", enum: Object.keys(TESTS) },
      value: { type: ["string", "number", "boolean"] },
      type: { type: "string", enum: ["string", "number", "boolean"] },
    },
    required: ["key", "operation"],
  },
};
const FRAME = { type: "object", properties: { from: { type: "string", format: "date-time" }, to: { type: "string", format: "date-time" } } };

const QUERY: Json = {
  type: "object",
  properties: {
    queryId: { type: "string", description: "A name for this query" },
    view: { type: "string", enum: ["events", "calculations", "invocations"] },
    parameters: {
      type: "object",
      properties: {
        datasets: { type: "array", items: { type: "string" } },
        filters: FILTERS,
        filterCombination: { type: "string", enum: ["and", "or"] },
        calculations: {
          type: "array",
          items: {
            type: "object",
            properties: { key: { type: "string" }, keyType: { type: "string" }, operator: { type: "string" }, alias: { type: "string" } },
            required: ["operator"],
          },
        },
        groupBys: {
          type: "array",
          items: { type: "object", properties: { type: { type: "string" }, value: { type: "string" } }, required: ["value"] },
        },
        orderBy: { type: "object", properties: { value: { type: "string" }, order: { type: "string", enum: ["asc", "desc"] } } },
        needle: { type: "object", properties: { value: { type: "string" } } },
        limit: { type: "integer", maximum: 2000 },
      },
    },
    timeframe: FRAME,
    granularity: { type: "integer" },
    limit: { type: "integer", maximum: 2000 },
    dry: { type: "boolean" },
  },
  required: ["view"],
};

const own = [
  tool({
    name: "query_worker_observability",
    description: "Query the Workers Observability API: events, calculations over them, or invocations, of the last seven days.",
    properties: { query: QUERY },
    required: ["query"],
    doing: "querying observability",
    run,
  }),
  tool({
    name: "observability_keys",
    description: "List the keys that queries can filter and group by.",
    properties: {
      keysQuery: { type: "object", properties: { timeframe: FRAME, filters: FILTERS, keyNeedle: { type: "object" }, limit: { type: "integer" } } },
    },
    doing: "listing keys",
    run: (api, args) => {
      const needle = args["keysQuery"]?.keyNeedle?.value ?? "";
      return Object.entries(KEYS)
        .filter(([key]) => key.includes(needle))
        .map(([key, kind]) => ({ key, type: kind, lastSeenAt: api.world.epoch }));
    },
  }),
  tool({
    name: "observability_values",
    description: "List the values that a key had.",
    properties: {
      valuesQuery: {
        type: "object",
        properties: { key: { type: "string" }, type: { type: "string" }, timeframe: FRAME, filters: FILTERS, limit: { type: "integer" } },
        required: ["key"],
      },
    },
    required: ["valuesQuery"],
    doing: "listing values",
    run: (api, { valuesQuery: query }) => {
      if (!KEYS[query["key"]]) throw new ApiError(`404 Unknown key ${query["key"]}`);
      const rows = filtered(api, { ...query, parameters: { filters: query["filters"] } });
      const values = [...new Set(rows.map((r) => r.fields[query["key"]]).filter((v) => v !== undefined))].slice(0, query["limit"] ?? 50);
      return text(JSON.stringify(values.map((value) => ({ key: query["key"], type: typeof value, value, dataset: "cloudflare-workers" }))));
    },
  }),
];

export const observability: Parts = {
  info: { name: "workers-observability", title: "Cloudflare Workers Observability", version: "0.4.2" },
  tools: [...own, ...workersTools, ...docsTools],
  shown,
  instructions: instructions("Read the logs and figures of Cloudflare Workers."),
};
