// SPDX-License-Identifier: Apache-2.0
// The GraphQL analytics API: viewer { zones | accounts { <dataset>(filter, limit, orderBy) { … } } }.
// Faults of a query are told with HTTP 200 and `data: null`, as the vendor does.

import { json, type Answer } from "./envelope.js";
import type { Call } from "./call.js";
import { parseQuery, QueryError, type Field } from "./query.js";
import { SHARES } from "./story/shares.js";
import { spread, type Cell, type Series } from "./story/traffic.js";
import { mayDo, seesAccount } from "./tokens.js";
import { hexId } from "./random.js";
import { DAY, HOUR, MINUTE, type Row, type World } from "./world.js";

const MOST_ZONES = 10;
const MOST_ROWS = 10_000;
const MOST_CELLS = 200_000;
const OLDEST = 31 * DAY;

const TIMES: { [dimension: string]: number } = {
  datetime: MINUTE,
  datetimeMinute: MINUTE,
  datetimeFiveMinutes: 5 * MINUTE,
  datetimeFifteenMinutes: 15 * MINUTE,
  datetimeHour: HOUR,
  date: DAY,
};

export interface Dataset {
  series: Series;
  scope: "zones" | "accounts";
  dimensions: string[];
  /** Values under sum, avg, quantiles: each a multiple of the count. */
  values: { [name: string]: number };
  /** Single events instead of groups. */
  plain?: boolean;
  /** How far back it goes; a month unless said. */
  oldest?: number;
}

const REQUESTS = [
  "clientCountryName",
  "edgeResponseStatus",
  "originResponseStatus",
  "clientRequestHTTPMethodName",
  "clientRequestHTTPHost",
  "clientRequestPath",
  "cacheStatus",
  "clientDeviceType",
  "clientSSLProtocol",
  "coloName",
];
const FIREWALL = [
  "action",
  "source",
  "ruleId",
  "clientIP",
  "clientASNDescription",
  "clientCountryName",
  "clientRequestPath",
  "clientRequestHTTPMethodName",
  "clientRequestHTTPHost",
  "userAgent",
  "edgeResponseStatus",
];

export const DATASETS: { [name: string]: Dataset } = {
  httpRequestsAdaptiveGroups: {
    series: "requests",
    scope: "zones",
    dimensions: REQUESTS,
    values: { edgeResponseBytes: 21_400, visits: 0.31, edgeTimeToFirstByteMs: 84, sampleInterval: 1 },
  },
  httpRequests1hGroups: {
    series: "requests",
    scope: "zones",
    dimensions: [],
    values: { requests: 1, bytes: 21_400, cachedRequests: 0.58, threats: 0.012, pageViews: 0.31 },
  },
  httpRequests1dGroups: {
    series: "requests",
    scope: "zones",
    dimensions: [],
    values: { requests: 1, bytes: 21_400, cachedRequests: 0.58, cachedBytes: 12_400, threats: 0.012, pageViews: 0.31, uniques: 0.12 },
    oldest: 365 * DAY,
  },
  firewallEventsAdaptiveGroups: { series: "firewall", scope: "zones", dimensions: FIREWALL, values: { sampleInterval: 1 } },
  firewallEventsAdaptive: { series: "firewall", scope: "zones", dimensions: FIREWALL, values: {}, plain: true },
  dnsAnalyticsAdaptiveGroups: {
    series: "dns",
    scope: "zones",
    dimensions: ["queryType", "queryName", "responseCode", "responseCached", "coloName"],
    values: { sampleInterval: 1, processingTimeUs: 310 },
  },
  workersInvocationsAdaptive: {
    series: "workers",
    scope: "accounts",
    dimensions: ["scriptName", "status"],
    values: { requests: 1, errors: 0.03, subrequests: 1.4, duration: 0.002, cpuTimeP50: 1800, cpuTimeP99: 9200 },
  },
  r2OperationsAdaptiveGroups: {
    series: "r2",
    scope: "accounts",
    dimensions: ["actionType", "bucketName"],
    values: { requests: 1, responseObjectSize: 51_200 },
  },
};

class Denied extends QueryError {
  constructor(
    message: string,
    readonly path: (string | number)[],
  ) {
    super(message);
  }
}

/** Bounds of dates are whole days: date_leq takes its day in, date_gt leaves it out. */
const WHOLE = ["date_leq", "date_gt"];

function range(world: World, filter: Row, oldest: number): [number, number] {
  const pieces: Row[] = [filter, ...(Array.isArray(filter["AND"]) ? filter["AND"] : [])];
  const read = (...names: string[]) => {
    const [name, value] = pieces.flatMap((p) => names.map((n) => [n, p[n]] as const)).find(([, v]) => v !== undefined) ?? [];
    if (name === undefined) return undefined;
    const ms = Date.parse(String(value));
    if (Number.isNaN(ms)) throw new QueryError(`cannot parse time "${value}"`);
    return ms + (WHOLE.includes(name) ? DAY : 0);
  };
  const from = read("datetime_geq", "datetime_gt", "date_geq", "date_gt") ?? world.epoch - DAY;
  const now = Math.max(world.epoch, Math.min(Date.now(), world.epoch + DAY));
  const to = Math.min(read("datetime_lt", "datetime_leq", "date_lt", "date_leq") ?? now, now);
  if (from < world.epoch - oldest) throw new QueryError(`cannot request data older than ${oldest / 1000}s`);
  return [from, Math.max(from, to)];
}

/** `edgeResponseStatus: 200`, `action_in: [...]`, `…_neq`, `…_geq` on a dimension. */
function allowed(dimension: string, value: string | number, filter: Row): boolean {
  const { [dimension]: is, [`${dimension}_neq`]: not, [`${dimension}_in`]: within, [`${dimension}_geq`]: least, [`${dimension}_lt`]: below } = filter;
  return (
    (is === undefined || is === value) &&
    (not === undefined || not !== value) &&
    (!Array.isArray(within) || within.includes(value)) &&
    (least === undefined || value >= least) &&
    (below === undefined || value < below)
  );
}

function timeText(dimension: string, at: number): string {
  const iso = new Date(at).toISOString();
  return dimension === "date" ? iso.slice(0, 10) : `${iso.slice(0, 19)}Z`;
}

interface Group extends Row {
  count: number;
  dimensions: Row;
}

function groups(world: World, dataset: Dataset, zone: string, asked: string[], filter: Row): Group[] {
  const [from, to] = range(world, filter, dataset.oldest ?? OLDEST);
  const time = asked.find((d) => TIMES[d]);
  const used = dataset.dimensions.filter((d) => asked.includes(d) || Object.keys(filter).some((f) => f === d || f.startsWith(`${d}_`)));
  const most = used.reduce((n, d) => n * SHARES[d]!(zone).length, 1);
  const step = time ? TIMES[time]! : Math.max(to - from, 1);
  if (most > MOST_CELLS) throw new QueryError("too many dimensions");
  if (((to - from) / step) * most > MOST_CELLS) throw new QueryError("query is too large: narrow the time range or ask for fewer dimensions");
  const rows: Group[] = [];
  for (let at = time ? Math.floor(from / step) * step : from; at < to; at += step) {
    const span: [number, number] = [Math.max(at, from), Math.min(at + step, to)];
    for (const cell of merge(spread(world, zone, dataset.series, span, used, (d, v) => allowed(d, v, filter)), asked)) {
      const n = Math.round(cell.amount);
      // The whole of a span is told, also where it is nothing; a part of it is not.
      if (n > 0 || asked.length === 0) rows.push({ count: n, dimensions: { ...cell.values, ...(time ? { [time]: timeText(time, at) } : {}) } });
    }
  }
  return rows;
}

/** Cells that differ only in dimensions that were filtered on but not asked for are one. */
function merge(cells: Cell[], asked: string[]): Cell[] {
  const merged = new Map<string, Cell>();
  for (const cell of cells) {
    const values = Object.fromEntries(Object.entries(cell.values).filter(([name]) => asked.includes(name)));
    const key = JSON.stringify(values);
    const known = merged.get(key);
    if (known) known.amount += cell.amount;
    else merged.set(key, { values, amount: cell.amount });
  }
  return [...merged.values()];
}

/** Groups of several zones of an account, by what was asked for. */
function together(rows: Group[]): Group[] {
  const merged = new Map<string, Group>();
  for (const row of rows) {
    const key = JSON.stringify(row.dimensions);
    const known = merged.get(key);
    if (known) known.count += row.count;
    else merged.set(key, { ...row });
  }
  return [...merged.values()];
}

function order(rows: Group[], by: unknown): Group[] {
  const keys = (Array.isArray(by) ? by : by ? [by] : []).map((text) => {
    const [, name, direction] = /^(\w+?)_(ASC|DESC)$/.exec(String(text)) ?? [];
    if (!name) throw new QueryError(`unknown orderBy "${text}"`);
    return { name, sign: direction === "ASC" ? 1 : -1 };
  });
  const at = (row: Group, name: string) => (name === "count" || name.startsWith("sum") ? row.count : row.dimensions[name]);
  return rows.sort((a, b) => {
    for (const { name, sign } of keys) {
      const [x, y] = [at(a, name), at(b, name)];
      if (x !== y) return x < y ? -sign : sign;
    }
    return 0;
  });
}

function unknown(name: string, type: string): QueryError {
  return new QueryError(`unknown field "${name}" on type "${type}"`);
}

/** A row with only what was asked for. */
function project(row: Group, fields: Field[], dataset: Dataset, name: string): Row {
  const out: Row = {};
  for (const field of fields) {
    if (field.name === "__typename") out[field.alias] = name;
    else if (field.name === "count") out[field.alias] = row.count;
    else if (field.name === "dimensions") out[field.alias] = Object.fromEntries(field.fields.map((f) => [f.alias, row.dimensions[f.name]]));
    else if (["sum", "avg", "quantiles", "uniq", "ratio"].includes(field.name)) {
      const single = field.name !== "sum" && field.name !== "uniq";
      out[field.alias] = Object.fromEntries(
        field.fields.map((f) => {
          const factor = dataset.values[f.name];
          if (factor === undefined) throw unknown(f.name, `${name}${field.name}`);
          return [f.alias, single ? factor : Math.round(row.count * factor)];
        }),
      );
    } else throw unknown(field.name, name);
  }
  return out;
}

function plainRows(rows: Group[], fields: Field[], limit: number): Row[] {
  const out: Row[] = [];
  for (const row of rows) {
    for (let i = 0; i < row.count && out.length < limit; i++) {
      const whole: Row = { ...row.dimensions, rayName: hexId(`ray/${JSON.stringify(row.dimensions)}/${i}`).slice(0, 16) };
      out.push(Object.fromEntries(fields.map((f) => [f.alias, whole[f.name]])));
    }
  }
  return out;
}

function resolve(call: Call, field: Field, scope: Dataset["scope"], zones: string[]): unknown {
  const dataset = DATASETS[field.name];
  if (!dataset || dataset.scope !== scope) throw unknown(field.name, scope === "zones" ? "zone" : "account");
  const limit = field.args["limit"] ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) throw new QueryError(`limit must be between 1 and ${MOST_ROWS}`);
  const asked = (dataset.plain ? field.fields : (field.fields.find((f) => f.name === "dimensions")?.fields ?? [])).map((f) => f.name);
  const strange = asked.find((d) => !dataset.dimensions.includes(d) && !TIMES[d] && !(dataset.plain && d === "rayName"));
  if (strange) throw unknown(strange, `${field.name}Dimensions`);
  const filter = field.args["filter"] ?? {};
  const rows = together(zones.flatMap((zone) => groups(call.world, dataset, zone, asked, filter)));
  const ordered = order(rows, field.args["orderBy"]);
  if (dataset.plain) return plainRows(ordered, field.fields, limit);
  return ordered.slice(0, limit).map((row) => project(row, field.fields, dataset, field.name));
}

function settings(field: Field): Row {
  const limits = (name: string): Row => {
    const oldest = (DATASETS[name]?.oldest ?? OLDEST) / 1000;
    return { enabled: true, maxPageSize: MOST_ROWS, maxDuration: oldest, notOlderThan: oldest, maxNumberOfFields: 30 };
  };
  return Object.fromEntries(field.fields.map((f) => [f.alias, Object.fromEntries(f.fields.map((g) => [g.alias, limits(f.name)[g.name]]))]));
}

/** The ids a `filter` names: zoneTag, zoneTag_in, accountTag. */
function tags(filter: Row, name: string): string[] {
  const { [name]: one, [`${name}_in`]: several } = filter;
  const list = Array.isArray(several) ? several : one !== undefined ? [one] : [];
  if (list.length === 0) throw new QueryError(`filter must name a ${name}`);
  return list.map(String);
}

function zoneNodes(call: Call, node: Field): Row[] {
  const ids = tags(node.args["filter"] ?? {}, "zoneTag");
  if (ids.length > MOST_ZONES) throw new QueryError(`zones: at most ${MOST_ZONES} zones may be asked for at once`);
  return ids.map((id, i) => {
    const zone = call.world.rows("/zones").find((z) => z["id"] === id);
    if (!zone || !seesAccount(call.token, zone["account"].id)) throw new Denied(`zones.${i}: not authorized for that zone`, ["viewer", "zones", i]);
    const one = (field: Field) =>
      field.name === "zoneTag" ? id : field.name === "settings" ? settings(field) : resolve(call, field, "zones", [zone["name"]]);
    return Object.fromEntries(node.fields.map((field) => [field.alias, one(field)]));
  });
}

function accountNodes(call: Call, node: Field): Row[] {
  const ids = tags(node.args["filter"] ?? {}, "accountTag");
  if (ids.length > 1) throw new QueryError("accounts: only one account may be asked for at once");
  return ids.map((id, i) => {
    if (!seesAccount(call.token, id)) throw new Denied(`accounts.${i}: not authorized for that account`, ["viewer", "accounts", i]);
    const zones = call.world
      .rows("/zones")
      .filter((z) => z["account"].id === id)
      .slice(0, 3)
      .map((z) => z["name"]);
    const one = (field: Field) =>
      field.name === "accountTag" ? id : field.name === "settings" ? settings(field) : resolve(call, field, "accounts", zones);
    return Object.fromEntries(node.fields.map((field) => [field.alias, one(field)]));
  });
}

function viewer(call: Call, node: Field): Row {
  const parts: { [name: string]: (field: Field) => unknown } = {
    zones: (field) => zoneNodes(call, field),
    accounts: (field) => accountNodes(call, field),
    budget: () => 290,
    __typename: () => "viewer",
  };
  return Object.fromEntries(
    node.fields.map((field) => {
      const part = parts[field.name];
      if (!part) throw unknown(field.name, "viewer");
      return [field.alias, part(field)];
    }),
  );
}

function failure(error: QueryError, code: string): Answer {
  return json(200, {
    data: null,
    errors: [
      {
        message: error.message,
        path: error instanceof Denied ? error.path : null,
        extensions: { code, timestamp: new Date().toISOString(), ray_id: hexId(error.message).slice(0, 16) },
      },
    ],
  });
}

export function graphql(call: Call): Answer {
  const answer = evaluate(call);
  return { ...answer, unmetered: true };
}

function evaluate(call: Call): Answer {
  let request: Row;
  try {
    request = JSON.parse(call.body.toString("utf8"));
    if (typeof request?.["query"] !== "string") throw new Error();
  } catch {
    return failure(new QueryError("the body must be JSON with a query"), "parser");
  }
  if (!mayDo(call.token, "analytics", false)) return failure(new Denied("not authorized for that account", ["viewer"]), "authz");
  try {
    const data: Row = {};
    for (const field of parseQuery(request["query"], request["variables"] ?? {})) {
      if (field.name !== "viewer") throw unknown(field.name, "query");
      data[field.alias] = viewer(call, field);
    }
    return json(200, { data, errors: null });
  } catch (error) {
    if (error instanceof QueryError) return failure(error, error instanceof Denied ? "authz" : "parser");
    throw error;
  }
}
