// SPDX-License-Identifier: Apache-2.0
// Who signed up at the storefront, day by day since the service was there. In the days after the flood of three weeks ago
// was turned away, far fewer did.

import { fraction, hexId, integer, pick } from "../random.js";
import { DAY, HOUR, type World } from "../world.js";
import { FLOOD } from "./decisions.js";

/** Days ago. */
export const SERVICE_MADE = 180;
const PER_DAY = 38;
/** How much of the usual was left, until so many hours after the flood had ended. */
const DROP: [hours: number, part: number][] = [
  [12, 0.7],
  [84, 0.25],
  [132, 0.6],
  [180, 0.85],
];

export interface Signup {
  id: string;
  created_at: number;
  plan: "free" | "team" | "business";
  country: string;
  source: string;
  confirmed: boolean;
}

const COUNTRIES = ["US", "US", "US", "DE", "DE", "GB", "FR", "NL", "IN", "BR", "JP"];
const SOURCES = ["search", "search", "direct", "referral", "campaign"];
const PLANS = ["free", "free", "free", "free", "team", "team", "business"] as const;

function partLeft(world: World, at: number): number {
  const hours = (at - (world.epoch - FLOOD[1] * DAY)) / HOUR;
  return hours < 0 ? 1 : (DROP.find(([most]) => hours < most)?.[1] ?? 1);
}

function ofDay(world: World, ago: number): Signup[] {
  const count = Math.round(PER_DAY * (0.85 + 0.3 * fraction(`signups/${ago}`)));
  const all = Array.from({ length: count }, (_, i): Signup & { kept: number } => {
    const label = `signup/${ago}/${i}`;
    return {
      id: `sgn_${hexId(label).slice(0, 16)}`,
      created_at: Math.floor(world.epoch - (ago + fraction(label)) * DAY),
      plan: pick(`${label}/plan`, PLANS),
      country: pick(`${label}/country`, COUNTRIES),
      source: pick(`${label}/source`, SOURCES),
      confirmed: integer(`${label}/confirmed`, 1, 100) <= 82,
      kept: fraction(`${label}/kept`),
    };
  });
  return all.filter(({ kept, created_at }) => kept < partLeft(world, created_at)).map(({ kept: _, ...signup }) => signup);
}

const told = new WeakMap<World, Signup[]>();

/** All of them, the newest first. */
export function signups(world: World): Signup[] {
  const known = told.get(world) ?? Array.from({ length: SERVICE_MADE }, (_, ago) => ofDay(world, ago)).flat();
  if (!told.has(world)) told.set(world, known.sort((a, b) => b.created_at - a.created_at));
  return known;
}
