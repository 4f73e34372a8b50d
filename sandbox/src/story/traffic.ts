// SPDX-License-Identifier: Apache-2.0
// How much traffic a zone had in any span of time: a daily curve with noise, and the incident on top. All reports add
// up to the same totals. A zone that is paused, or not on our name servers, has none, nor has any before it was made.

import { fraction, integer } from "../random.js";
import { DAY, HOUR, MINUTE, type Row, type World } from "../world.js";
import { incident, INCIDENT_ZONE } from "./incident.js";
import { shares } from "./shares.js";

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

/** From when on a zone has traffic; Infinity: never. */
function begins(world: World, zone: string): number {
  const row = world.rows("/zones").find((z) => z["name"] === zone);
  return row && row["status"] === "active" && !row["paused"] ? Date.parse(row["created_on"]) : Infinity;
}

/** Of a span; amounts of spans that meet add up. */
function amount(world: World, zone: string, series: Series, since: number, to: number): number {
  const from = Math.max(since, begins(world, zone));
  const { usual, attack } = FACTORS[series];
  const { start, end } = incident(world);
  let sum = 0;
  for (let slot = Math.floor(from / SLOT) * SLOT; slot < to; slot += SLOT) {
    const [a, b] = [Math.max(from, slot), Math.min(to, slot + SLOT)];
    const attacked = zone === INCIDENT_ZONE ? overlap(a, b, start, end) : 0;
    sum += perMinute(zone, slot) * (usual * (overlap(a, b, a, b) - attacked) + attack * attacked);
  }
  return sum;
}

export function count(world: World, zone: string, series: Series, from: number, to: number): number {
  return Math.round(amount(world, zone, series, from, to));
}

export interface Cell {
  values: Row;
  amount: number;
}

/** A span's amount over every combination of the values of some dimensions that are kept. */
export function spread(
  world: World,
  zone: string,
  series: Series,
  [from, to]: [number, number],
  dimensions: string[],
  kept: (dimension: string, value: string | number) => boolean = () => true,
): Cell[] {
  let cells: Cell[] | undefined;
  for (let at = from; at < to || !cells; ) {
    const day = Math.floor(at / DAY);
    const end = Math.min(to, (day + 1) * DAY);
    let parts: Cell[] = [{ values: {}, amount: amount(world, zone, series, at, end) }];
    for (const dimension of dimensions) {
      const values = shares(world, dimension, zone, day).filter(([value]) => kept(dimension, value));
      parts = parts.flatMap((part) => values.map(([value, share]) => ({ values: { ...part.values, [dimension]: value }, amount: part.amount * share })));
    }
    // Days have the same values, in the same order.
    const before: Cell[] | undefined = cells;
    cells = before ? parts.map((part, i) => ({ ...part, amount: part.amount + before[i]!.amount })) : parts;
    at = end;
  }
  return cells;
}
