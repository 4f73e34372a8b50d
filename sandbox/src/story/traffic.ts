// SPDX-License-Identifier: Apache-2.0
// How much traffic a zone had in any span of time: a daily curve with noise, and the incident on top.
// Shares of countries, statuses and so on are fixed per zone, so that all reports add up to the same totals.

import { fraction, integer, pick } from "../random.js";
import { DAY, HOUR, MINUTE, type World } from "../world.js";
import { incident, INCIDENT_ZONE, INTRUDER } from "./incident.js";

export type Share = [value: string | number, weight: number];

const SLOT = 15 * MINUTE;

/** Requests per minute of an ordinary quarter of an hour. Deterministic for a zone and a moment. */
function perMinute(zone: string, slot: number): number {
  const size = zone === "example.com" ? 4200 : zone.startsWith("staging-") ? 180 : integer(`size/${zone}`, 20, 900);
  const hour = (slot % DAY) / HOUR;
  const curve = 0.55 + 0.45 * Math.sin(((hour - 8) / 24) * 2 * Math.PI);
  const noise = 0.85 + 0.3 * fraction(`traffic/${zone}/${slot}`);
  return size * curve * noise;
}

export type Series = "requests" | "firewall" | "dns" | "workers" | "r2";

/** How each series follows the requests: as a rule, and while the rules of the incident's zone were off. */
const FACTORS: { [series in Series]: { usual: number; attack: number } } = {
  requests: { usual: 1, attack: 9 },
  firewall: { usual: 0.012, attack: 0.0036 },
  dns: { usual: 0.35, attack: 3 },
  workers: { usual: 0.4, attack: 3.6 },
  r2: { usual: 0.05, attack: 0.05 },
};

function overlap(from: number, to: number, start: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, start)) / MINUTE;
}

/** The count of a span. Counts of spans that meet add up. */
export function count(world: World, zone: string, series: Series, from: number, to: number): number {
  const { usual, attack } = FACTORS[series];
  const { start, end } = incident(world);
  let sum = 0;
  for (let slot = Math.floor(from / SLOT) * SLOT; slot < to; slot += SLOT) {
    const [a, b] = [Math.max(from, slot), Math.min(to, slot + SLOT)];
    const attacked = zone === INCIDENT_ZONE ? overlap(a, b, start, end) : 0;
    sum += perMinute(zone, slot) * (usual * (overlap(a, b, a, b) - attacked) + attack * attacked);
  }
  return Math.round(sum);
}

const COUNTRIES: Share[] = [
  ["US", 31],
  ["DE", 17],
  ["GB", 12],
  ["FR", 9],
  ["NL", 8],
  ["IN", 8],
  ["BR", 6],
  ["JP", 5],
  ["T1", 4],
];

/** The values a dimension takes, with weights. */
export const SHARES: { [dimension: string]: (zone: string) => Share[] } = {
  clientCountryName: () => COUNTRIES,
  edgeResponseStatus: () => [
    [200, 78],
    [304, 9],
    [301, 4],
    [404, 5],
    [403, 2],
    [500, 1],
    [502, 1],
  ],
  originResponseStatus: () => [
    [200, 84],
    [304, 8],
    [404, 6],
    [500, 1],
    [0, 1],
  ],
  clientRequestHTTPMethodName: () => [
    ["GET", 84],
    ["POST", 11],
    ["HEAD", 3],
    ["PUT", 2],
  ],
  clientRequestHTTPHost: (zone) => [
    [zone, 50],
    [`www.${zone}`, 30],
    [`api.${zone}`, 20],
  ],
  clientRequestPath: () => [
    ["/", 30],
    ["/login", 22],
    ["/api/v1/items", 18],
    ["/search", 14],
    ["/admin", 10],
    ["/static/app.js", 6],
  ],
  cacheStatus: () => [
    ["hit", 58],
    ["miss", 17],
    ["dynamic", 21],
    ["expired", 4],
  ],
  clientDeviceType: () => [
    ["desktop", 54],
    ["mobile", 42],
    ["tablet", 4],
  ],
  clientSSLProtocol: () => [
    ["TLSv1.3", 88],
    ["TLSv1.2", 12],
  ],
  action: () => [
    ["block", 52],
    ["managed_challenge", 31],
    ["challenge", 9],
    ["skip", 8],
  ],
  source: () => [
    ["firewallCustom", 48],
    ["ratelimit", 21],
    ["firewallManaged", 17],
    ["firewallrules", 14],
  ],
  ruleId: (zone) => [
    [pick(`rule/${zone}`, ["admin", "login"]) + "-rule", 60],
    ["managed-100001", 25],
    ["ratelimit-0", 15],
  ],
  clientIP: () => [
    [INTRUDER.ip, 12],
    ["203.0.113.150", 40],
    ["198.51.100.88", 30],
    ["2001:db8::bad", 18],
  ],
  clientASNDescription: () => [
    ["EXAMPLE-HOSTING", 55],
    ["EXAMPLE-TELECOM", 30],
    ["EXAMPLE-CLOUD", 15],
  ],
  userAgent: () => [
    ["Mozilla/5.0", 60],
    ["curl/8.9.1", 25],
    ["sqlmap/1.8", 15],
  ],
  queryType: () => [
    ["A", 58],
    ["AAAA", 26],
    ["HTTPS", 9],
    ["MX", 4],
    ["TXT", 3],
  ],
  queryName: (zone) => [
    [zone, 55],
    [`www.${zone}`, 25],
    [`api.${zone}`, 20],
  ],
  responseCode: () => [
    ["NOERROR", 93],
    ["NXDOMAIN", 6],
    ["SERVFAIL", 1],
  ],
  responseCached: () => [
    ["1", 71],
    ["0", 29],
  ],
  coloName: () => [
    ["AMS", 40],
    ["IAD", 35],
    ["SIN", 25],
  ],
  scriptName: () => [
    ["api-gateway", 61],
    ["image-resizer", 27],
    ["nightly-report", 12],
  ],
  status: () => [
    ["success", 96],
    ["scriptThrewException", 3],
    ["exceededCpu", 1],
  ],
  actionType: () => [
    ["GetObject", 80],
    ["PutObject", 14],
    ["ListObjects", 6],
  ],
  bucketName: () => [
    ["acme-uploads", 70],
    ["acme-backups", 30],
  ],
};
