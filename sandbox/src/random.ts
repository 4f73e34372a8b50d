// SPDX-License-Identifier: Apache-2.0
// Everything that looks random comes from a label and one seed, so that an id
// or a figure does not change when something else is added to the story.

import { createHash } from "node:crypto";

const SEED = "postern";

function digest(label: string): Buffer {
  return createHash("sha256").update(`${SEED}/${label}`).digest();
}

/** The 32 hex digits Cloudflare uses for most ids. */
export function hexId(label: string): string {
  return digest(label).toString("hex").slice(0, 32);
}

export function uuid(label: string): string {
  const h = digest(label).toString("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** A number in [0, 1). */
export function fraction(label: string): number {
  return digest(label).readUInt32BE(0) / 2 ** 32;
}

export function integer(label: string, low: number, high: number): number {
  return low + Math.floor(fraction(label) * (high - low + 1));
}

export function pick<T>(label: string, from: readonly T[]): T {
  return from[integer(label, 0, from.length - 1)]!;
}
