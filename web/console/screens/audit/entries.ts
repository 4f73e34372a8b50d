// SPDX-License-Identifier: Apache-2.0
// entries: the audit, newest first, page by page, and what is new at its top while it is watched. What is filtered by is the
// API's own query, which stands in the address.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";

export type Entry = Shapes["AuditEntry"];
export const FACETS = ["actor", "client", "address", "action", "server_id", "url", "account_id", "tool", "outcome"] as const;
export type Facet = (typeof FACETS)[number];
export type Filter = { readonly [name in Facet | "since" | "until"]?: string };

const PAGE = 200, LIVE_MS = 2000, KEPT_MOST = 100_000;

const read = (filter: Filter, limit: number, before: string | undefined, signal?: AbortSignal) => ok(api.GET("/audit", { params: { query: { ...filter, limit, ...(before ? { before } : {}) } }, ...(signal ? { signal } : {}) }));

export interface Entries {
  readonly items: readonly Entry[] | undefined;
  readonly fault: Fault | undefined;
  readonly busy: boolean;
  readonly more: boolean;
  older(): Promise<void>;
  again(): void;
}

export function useEntries(filter: Filter, live: boolean): Entries {
  const text = JSON.stringify(filter);
  const [state, set] = useState<{ items?: readonly Entry[]; more: boolean; fault?: Fault; busy: boolean }>({ more: false, busy: true });
  const [turn, setTurn] = useState(0), now = useRef(state);
  now.current = state;

  useEffect(() => {
    const stop = new AbortController();
    set((was) => ({ ...was, busy: true }));
    read(filter, PAGE, undefined, stop.signal).then(
      ({ items, next }) => set({ items, more: next !== null, busy: false }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof Fault)) throw error;
        set((was) => ({ ...was, fault: error, busy: false }));
      },
    );
    return () => stop.abort();
  }, [text, turn]);

  // New ones, from the top to the first that is known; more than a page at once begins anew.
  useEffect(() => {
    if (!live) return;
    const stop = new AbortController();
    const timer = setInterval(() => {
      const top = now.current.items?.[0];
      if (document.visibilityState !== "visible" || now.current.busy) return;
      read(filter, PAGE, undefined, stop.signal).then(
        ({ items }) => {
          const known = top ? items.findIndex((e) => e.id === top.id) : 0;
          if (known < 0) setTurn((n) => n + 1);
          else if (known > 0 || !top) set((was) => ({ ...was, items: [...items.slice(0, top ? known : items.length), ...(was.items ?? [])].slice(0, KEPT_MOST) }));
        },
        () => undefined, // the banner says it; the next try may do
      );
    }, LIVE_MS);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [text, live]);

  async function older(): Promise<void> {
    const last = state.items?.at(-1);
    if (!last || state.busy) return;
    set((was) => ({ ...was, busy: true }));
    try {
      const { items, next } = await read(filter, PAGE, last.id);
      set((was) => ({ items: [...(was.items ?? []), ...items], more: next !== null, busy: false }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      set((was) => ({ ...was, fault: error, busy: false }));
    }
  }
  return { items: state.items, fault: state.fault, busy: state.busy, more: state.more, older, again: () => setTurn((n) => n + 1) };
}

// All that the filter lets through, up to `most`, for a file. `told` hears how many there are so far.
export async function readAll(filter: Filter, most: number, told: (n: number) => void): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let before: string | undefined; all.length < most; ) {
    const { items, next } = await read(filter, 1000, before);
    all.push(...items);
    told(all.length);
    before = items.at(-1)?.id;
    if (next === null || !before) break;
  }
  return all;
}
