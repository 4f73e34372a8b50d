// SPDX-License-Identifier: Apache-2.0
// The older REST reports: a zone's dashboard and its DNS queries. GraphQL has its own file.

import type { Call } from "../call.js";
import { invalid, success } from "../envelope.js";
import { graphql } from "../graphql.js";
import type { Route } from "../router.js";
import { count, spread, type Series } from "../story/traffic.js";
import { DAY, HOUR, MINUTE, type Row } from "../world.js";
import { zoneOf } from "./zones.js";

const MOST_STEPS = 2000;

/** A time, or minutes before now ("-10080"). */
function moment(call: Call, name: string, initial: number): number {
  const text = call.query.get(name);
  if (!text) return call.world.epoch + initial * MINUTE;
  const ms = /^-?\d{1,8}$/.test(text) ? call.world.epoch + Number(text) * MINUTE : Date.parse(text);
  if (Number.isNaN(ms)) throw invalid(`Invalid value for ${name}: must be a time or a number of minutes`);
  return ms;
}

function split(call: Call, zone: string, series: Series, span: [number, number], dimension: string): Row {
  return Object.fromEntries(spread(call.world, zone, series, span, [dimension]).map(({ values, amount }) => [values[dimension], Math.round(amount)]));
}

function figures(call: Call, zone: string, since: number, until: number): Row {
  const all = count(call.world, zone, "requests", since, until);
  const cached = Math.round(all * 0.58);
  const threats = count(call.world, zone, "firewall", since, until);
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    requests: {
      all,
      cached,
      uncached: all - cached,
      ssl: { encrypted: Math.round(all * 0.99), unencrypted: all - Math.round(all * 0.99) },
      http_status: split(call, zone, "requests", [since, until], "edgeResponseStatus"),
      country: split(call, zone, "requests", [since, until], "clientCountryName"),
    },
    bandwidth: { all: all * 21_400, cached: cached * 21_400, uncached: (all - cached) * 21_400 },
    threats: { all: threats, country: split(call, zone, "firewall", [since, until], "clientCountryName"), type: { "bic.ban.unknown": threats } },
    pageviews: { all: Math.round(all * 0.31), search_engine: { googlebot: Math.round(all * 0.004) } },
    uniques: { all: Math.round(all * 0.12) },
  };
}

function dashboard(call: Call) {
  const zone: string = zoneOf(call)["name"];
  const since = moment(call, "since", -10080);
  const until = Math.min(moment(call, "until", 0), call.world.epoch);
  if (since >= until) throw invalid("since must be before until");
  const step = until - since > 2 * DAY ? DAY : HOUR;
  if ((until - since) / step > MOST_STEPS) throw invalid("The time range is too long");
  const timeseries: Row[] = [];
  for (let at = since; at < until; at += step) timeseries.push(figures(call, zone, at, Math.min(at + step, until)));
  const query = { since: new Date(since).toISOString(), until: new Date(until).toISOString(), time_delta: step / MINUTE };
  return success({ timeseries, totals: figures(call, zone, since, until) }, { query });
}

const METRICS: { [name: string]: number } = { queryCount: 1, uncachedCount: 0.29, staleCount: 0.01, responseTimeAvg: 0, responseTimeMedian: 0 };

function names(call: Call, name: string, known: string[], initial: string[]): string[] {
  const list = (call.query.get(name) ?? "")
    .split(",")
    .map((s) => s.trim())
    .filter(Boolean);
  const strange = list.find((item) => !known.includes(item));
  if (strange) throw invalid(`Unknown value in ${name}: ${strange}`);
  return list.length ? list : initial;
}

function dnsReport(byTime: boolean) {
  return (call: Call) => {
    const zone: string = zoneOf(call)["name"];
    const dimensions = names(call, "dimensions", ["queryType", "queryName", "responseCode", "responseCached", "coloName"], []);
    const metrics = names(call, "metrics", Object.keys(METRICS), ["queryCount"]);
    const since = moment(call, "since", -360);
    const until = Math.min(moment(call, "until", 0), call.world.epoch);
    const total = count(call.world, zone, "dns", since, until);
    const figure = (metric: string, n: number) => (metric.startsWith("responseTime") ? 4.1 : Math.round(n * METRICS[metric]!));
    const rows = spread(call.world, zone, "dns", [since, until], dimensions);
    const limit = Math.min(Number(call.query.get("limit") ?? 100_000) || 100_000, 100_000);
    const data = rows.slice(0, limit).map((row) => ({
      dimensions: dimensions.map((d) => String(row.values[d])),
      metrics: metrics.map((m) => (byTime ? [figure(m, row.amount)] : figure(m, row.amount))),
    }));
    const totals = Object.fromEntries(metrics.map((m) => [m, figure(m, total)]));
    const query = { dimensions, metrics, since: new Date(since).toISOString(), until: new Date(until).toISOString(), limit };
    return success({ rows: data.length, data, data_lag: 60, totals, min: {}, max: {}, query });
  };
}

export const analyticsRoutes: Route[] = [
  { method: "GET", path: "/zones/:zone_id/analytics/dashboard", area: "analytics", run: dashboard },
  { method: "GET", path: "/zones/:zone_id/dns_analytics/report", area: "analytics", run: dnsReport(false) },
  { method: "GET", path: "/zones/:zone_id/dns_analytics/report/bytime", area: "analytics", run: dnsReport(true) },
  // Its own permission refusals come with HTTP 200.
  { method: "POST", path: "/graphql", area: "", run: graphql },
];
