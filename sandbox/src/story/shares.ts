// SPDX-License-Identifier: Apache-2.0
// Which values a dimension of the traffic takes, and how much of the whole each has: another for each zone, and a
// little another on each day (UTC), so that reports by hour and by day add up. The day of the incident has the attackers' own.

import { fraction, pick } from "../random.js";
import { DAY, type World } from "../world.js";
import { incident, INCIDENT_ZONE, INTRUDER } from "./incident.js";

export type Share = [value: string | number, weight: number];

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
  ["RO", 1],
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

/** How many times as much the attackers' part was, on that day and zone. */
const SURGE: { [dimension: string]: { [value: string]: number } } = {
  clientCountryName: { RO: 60, NL: 4, T1: 5 },
  clientRequestPath: { "/admin": 9, "/login": 2 },
  userAgent: { "sqlmap/1.8": 4, "curl/8.9.1": 2 },
};

/** Of a day, counted from 1970; they add up to 1. */
export function shares(world: World, dimension: string, zone: string, day: number): Share[] {
  const attacked = zone === INCIDENT_ZONE && day === Math.floor(incident(world).start / DAY);
  const weighed = SHARES[dimension]!(zone).map(([value, weight]): Share => {
    const label = `share/${zone}/${dimension}/${value}`;
    const surge = (attacked && SURGE[dimension]?.[value]) || 1;
    return [value, weight * surge * (0.7 + 0.6 * fraction(label)) * (0.9 + 0.2 * fraction(`${label}/${day}`))];
  });
  const total = weighed.reduce((sum, [, weight]) => sum + weight, 0);
  return weighed.map(([value, weight]) => [value, weight / total]);
}
