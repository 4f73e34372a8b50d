// SPDX-License-Identifier: Apache-2.0
// ranged: a tile over another range of time than its own, for whoever looks: its program is run with that, and nothing of it is
// kept. A few at a time. What takes no range shows what it did.
import { api, ok } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { queryOf } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import type { Outcome, Result } from "../ask/told.ts";
import type { Tile } from "./told.ts";

const SIDE = 4;
let running = 0;
const waiting: (() => void)[] = [];
async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (running >= SIDE) await new Promise<void>((go) => waiting.push(go));
  running++;
  try {
    return await run();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

export interface Range {
  readonly since?: string;
  readonly until?: string;
}
export function rangeOf(): Range | undefined {
  const since = queryOf("since"), until = queryOf("until");
  return since || until ? { ...(since ? { since } : {}), ...(until ? { until } : {}) } : undefined;
}

// What of a range a program takes.
export function takenOf(parameters: unknown, range: Range): Range {
  const has = (name: string): boolean => typeof parameters === "object" && parameters !== null && name in parameters;
  return { ...(range.since && has("since") ? { since: range.since } : {}), ...(range.until && has("until") ? { until: range.until } : {}) };
}

async function run(tile: Tile, range: Range, signal: AbortSignal): Promise<Result | "takes none"> {
  const { program } = await ok(api.GET("/tile/{tile}", { params: { path: { tile: tile.id } }, signal }));
  const taken = takenOf((program as { parameters?: unknown } | null)?.parameters, range);
  if (!Object.keys(taken).length) return "takes none";
  const parameters = { ...(tile.parameters as object | null), ...taken } as Record<string, never>;
  const outcome = (await ok(api.POST("/program", { body: { program: program as Record<string, never>, parameters, charts: true }, signal }))) as unknown as Outcome;
  const result = outcome.results?.find((one) => one.name === tile.result);
  return result ?? { name: tile.result, error: outcome.status === "paused" ? t("boards.range_waits", { n: outcome.wait_seconds ?? 0 }) : t("boards.range_failed") };
}

export interface Ranged {
  readonly result?: Result;
  readonly said?: string;
  readonly fault?: string;
}
export function useRanged(tile: Tile, runs: boolean): Ranged {
  const range = runs ? rangeOf() : undefined;
  const got = useData(range && `ranged ${tile.id} ${tile.version} ${range.since ?? ""} ${range.until ?? ""}`, (signal) => inTurn(() => run(tile, range ?? {}, signal)));
  if (!range) return {};
  if (got.fault) return { said: t("boards.range_not"), fault: got.fault.message };
  if (!got.value) return { said: t("boards.range_reading") };
  return got.value === "takes none" ? { said: t("boards.range_none") } : { result: got.value, said: t("boards.range_shown") };
}
