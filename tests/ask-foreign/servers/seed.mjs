// SPDX-License-Identifier: Apache-2.0
// What looks random comes from a label, so that a row does not change when others are added; times are told from the start.
import { createHash } from "node:crypto";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const digest = (label) => createHash("sha256").update(`ask-foreign/${label}`).digest();
export const hex = (label, digits = 10) => digest(label).toString("hex").slice(0, digits);
/** A number in [0, 1). */
export const fraction = (label) => digest(label).readUInt32BE(0) / 2 ** 32;
export const integer = (label, low, high) => low + Math.floor(fraction(label) * (high - low + 1));
export const pick = (label, from) => from[integer(label, 0, from.length - 1)];
export const chance = (label, part) => fraction(label) < part;
/** One of the keys of {key: weight}. */
export function weighted(label, weights) {
  let at = fraction(label) * Object.values(weights).reduce((a, b) => a + b, 0);
  for (const [key, weight] of Object.entries(weights)) if ((at -= weight) < 0) return key;
  return Object.keys(weights).at(-1);
}
export const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));
export const iso = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
export const date = (ms) => new Date(ms).toISOString().slice(0, 10);
export const cents = (n) => Math.round(n * 100) / 100;

/** The towns that the three services and the plant have in common, in part. */
export const TOWNS = ["Northmoor", "Eastquay", "Millbrook", "Stonebridge", "Harrow Vale", "Saltmarsh", "Kingsferry", "Blackwater", "Lantern Hill", "Otterford", "Pinewick", "Greyfen", "Wexcombe", "Thornby"];
