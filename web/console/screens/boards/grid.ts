// SPDX-License-Identifier: Apache-2.0
// grid: where tiles stand. The API keeps an order and a size of each; rows follow from these, of twelve columns. Pure.
//   targetOf(tiles, "til_2", "up")   // the place in the order that it goes to; undefined: there is none
import type { Size } from "./told.ts";

export interface Standing {
  readonly id: string;
  readonly size: Size;
}
export const COLUMNS: Record<Size, number> = { quarter: 3, half: 6, full: 12 };
export type Way = "left" | "right" | "up" | "down";

interface Spot {
  readonly row: number;
  readonly from: number; // column
}
export function spotsOf(tiles: readonly Standing[]): Spot[] {
  let row = 0, used = 0;
  return tiles.map(({ size }) => {
    const wide = COLUMNS[size];
    if (used + wide > 12) {
      row++;
      used = 0;
    }
    const spot = { row, from: used };
    used += wide;
    return spot;
  });
}

export function targetOf(tiles: readonly Standing[], id: string, way: Way): number | undefined {
  const at = tiles.findIndex((tile) => tile.id === id), spots = spotsOf(tiles), here = spots[at];
  if (!here) return undefined;
  const next = way === "left" ? at - 1 : way === "right" ? at + 1 : undefined;
  if (next !== undefined) return tiles[next] ? next : undefined;
  // The one of the row beside that lies nearest.
  const row = here.row + (way === "up" ? -1 : 1);
  let found: number | undefined;
  spots.forEach((spot, i) => {
    if (spot.row !== row) return;
    if (found === undefined || Math.abs(spot.from - here.from) < Math.abs(spots[found]!.from - here.from)) found = i;
  });
  return found;
}

// In the order that a move to `place` makes.
export function moved<T extends { readonly id: string }>(tiles: readonly T[], id: string, place: number): T[] {
  const one = tiles.find((tile) => tile.id === id), rest = tiles.filter((tile) => tile.id !== id);
  if (one) rest.splice(place, 0, one);
  return rest;
}

// Where it goes when it is let go before or after another.
export function dropPlace(tiles: readonly { readonly id: string }[], id: string, over: string, after: boolean): number {
  const rest = tiles.filter((tile) => tile.id !== id), at = rest.findIndex((tile) => tile.id === over);
  return at + (after ? 1 : 0);
}
