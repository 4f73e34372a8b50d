// SPDX-License-Identifier: Apache-2.0
// told: a dashboard as the API tells it, in the shapes that its description leaves open; and how a tile stands, in words. Pure.
import type { Shapes } from "../../api/client.ts";
import { t } from "../../app/words.ts";
import type { Result } from "../ask/told.ts";

export type Size = "quarter" | "half" | "full";
export const SIZES: readonly Size[] = ["quarter", "half", "full"];
export interface Trend {
  readonly key: string;
  readonly at: readonly string[];
  readonly values: readonly number[];
}
export type Tile = Omit<Shapes["Tile"], "data" | "trend"> & { readonly data?: Result | null; readonly trend: readonly Trend[] };
export type Head = Shapes["TileHead"];
export type Board = Omit<Shapes["DashboardWhole"], "tiles"> & { readonly tiles: readonly Tile[] };
export type Listed = Shapes["Dashboard"];
export type Watch = Shapes["Watch"];

export const wholeOf = (told: Shapes["DashboardWhole"]): Board => told as unknown as Board;

// What is asked for again and again goes over what was read before, but for what belongs to the rows that are shown.
export const freshened = (tile: Tile, head: Head | undefined): Tile =>
  head ? { ...tile, state: head.state, step: head.step ?? null, why: head.why ?? null, tried_at: head.tried_at ?? null, refreshing: head.refreshing, next_at: head.next_at ?? null } : tile;

// Whether what a dashboard shows is another by now.
export const sameShown = (tiles: readonly Tile[], heads: readonly Head[]): boolean => tiles.length === heads.length && heads.every((head, i) => head.id === tiles[i]?.id && head.version === tiles[i]?.version && head.as_of === tiles[i]?.as_of);

// What stays the same object draws nothing anew.
export function keptParts(before: readonly Tile[], now: readonly Tile[]): Tile[] {
  const was = new Map(before.map((tile) => [tile.id, tile]));
  return now.map((tile) => {
    const old = was.get(tile.id);
    return old && old.as_of === tile.as_of && old.result === tile.result && Boolean(old.data) === Boolean(tile.data) ? { ...tile, data: old.data ?? null, trend: old.trend } : tile;
  });
}

const LATE_MS = 60_000;
export const isStale = (tile: Tile, now = Date.now()): boolean => tile.every_seconds > 0 && tile.state === "ok" && !tile.refreshing && tile.as_of != null && now - Date.parse(tile.as_of) > tile.every_seconds * 2000 + LATE_MS;

export interface Standing {
  readonly mark: "good" | "warn" | "bad";
  readonly word: string;
  readonly why?: string;
}
// undefined: it is as it should be.
export function standing(tile: Tile, now = Date.now()): Standing | undefined {
  const why = tile.why ? { why: tile.step ? t("boards.at_step", { step: tile.step, why: tile.why }) : tile.why } : {};
  if (tile.state === "ok") {
    if (tile.outcome_status === "partial") return { mark: "warn", word: t("boards.state_partial"), ...(tile.warnings.length ? { why: tile.warnings.join(" – ") } : {}) };
    return isStale(tile, now) ? { mark: "warn", word: t("boards.state_stale") } : undefined;
  }
  if (tile.state === "new") return tile.refreshing ? undefined : { mark: "warn", word: t("boards.state_new") };
  if (tile.state === "waiting") {
    const left = tile.next_at ? Math.max(0, Math.ceil((Date.parse(tile.next_at) - now) / 1000)) : 0;
    return { mark: "warn", word: left ? t("boards.waits", { n: left }) : t("boards.state_waiting"), ...why };
  }
  return { mark: tile.state === "stopped" || tile.state === "resting" || tile.state === "held" ? "warn" : "bad", word: t(`boards.state_${tile.state}`), ...why };
}

export const isTable = (spec: unknown): boolean => (spec as { usermeta?: { postern?: { kind?: string } } } | undefined)?.usermeta?.postern?.kind === "table";
