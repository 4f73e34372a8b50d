// SPDX-License-Identifier: Apache-2.0
// later: something is taken away so that it can be undone: it is hidden at once, and goes when the word of it does, or with the
// page. Example:
//   goLater(tile.id, t("boards.removed", { title }), (init) => ok(api.DELETE("/tile/{tile}", { …, ...init })));
//   tiles.filter((tile) => !going.value.has(tile.id))
import { signal } from "@preact/signals";
import { Fault } from "../api/client.ts";
import { STAYS_MS, toast } from "./toast.tsx";

type Run = (init: { keepalive: true }) => Promise<unknown>;
export const going = signal<ReadonlySet<string>>(new Set());
const waiting = new Map<string, () => void>(); // by id: what ends it now

function show(id: string): void {
  waiting.delete(id);
  going.value = new Set([...going.value].filter((one) => one !== id));
}

export function goLater(id: string, said: string, run: Run, done?: () => void): void {
  async function end(): Promise<void> {
    clearTimeout(timer);
    waiting.delete(id);
    try {
      await run({ keepalive: true });
      done?.();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      show(id);
      toast(error.message);
    }
  }
  const timer = setTimeout(() => void end(), STAYS_MS);
  waiting.set(id, () => void end());
  going.value = new Set([...going.value, id]);
  toast(said, () => {
    clearTimeout(timer);
    show(id);
  });
}
addEventListener("pagehide", () => waiting.forEach((end) => end()));
