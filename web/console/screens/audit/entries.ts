// SPDX-License-Identifier: Apache-2.0
// entries: the audit, newest first, page by page, and what is new at its top while it is watched. What is filtered by is the
// API's own query, which stands in the address.
import { useEffect, useRef, useState } from "preact/hooks";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";

export type Entry = Shapes["AuditEntry"];
export const FACETS = ["actor", "client", "client_id", "sign_in", "address", "action", "server_id", "url", "account_id", "tool", "outcome"] as const;
export type Facet = (typeof FACETS)[number];
export type Filter = { readonly [name in Facet | "since" | "until"]?: string };

const PAGE = 200, LIVE_MS = 2000, KEPT_MOST = 100_000;

// A page may be short, or empty, and not the last: it looks at some thousand rows. Then the next ones are asked for.
const ROUNDS_MOST = 50;
const beforeOf = (next: string | null) => (next === null ? undefined : (new URLSearchParams(next.slice(next.indexOf("?"))).get("before") ?? undefined));

const read = (filter: Filter, limit: number, before: string | undefined, signal?: AbortSignal) => ok(api.GET("/audit", { params: { query: { ...filter, limit, ...(before ? { before } : {}) } }, ...(signal ? { signal } : {}) }));

async function fill(filter: Filter, before: string | undefined, signal?: AbortSignal): Promise<{ items: Entry[]; before: string | undefined }> {
  const all: Entry[] = [];
  let at = before;
  for (let round = 0; round < ROUNDS_MOST; round++) {
    const { items, next } = await read(filter, PAGE, at, signal);
    all.push(...items);
    at = beforeOf(next);
    if (!at || all.length >= PAGE / 4) break;
  }
  return { items: all, before: at };
}

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
  const [state, set] = useState<{ items?: readonly Entry[]; before?: string | undefined; fault?: Fault; busy: boolean }>({ busy: true });
  const [turn, setTurn] = useState(0), now = useRef(state);
  now.current = state;

  useEffect(() => {
    const stop = new AbortController();
    set((was) => ({ ...was, busy: true }));
    fill(filter, undefined, stop.signal).then(
      ({ items, before }) => set({ items, before, busy: false }),
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
    if (!state.before || state.busy) return;
    set((was) => ({ ...was, busy: true }));
    try {
      const { items, before } = await fill(filter, state.before);
      set((was) => ({ items: [...(was.items ?? []), ...items], before, busy: false }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      set((was) => ({ ...was, fault: error, busy: false }));
    }
  }
  return { items: state.items, fault: state.fault, busy: state.busy, more: state.before !== undefined, older, again: () => setTurn((n) => n + 1) };
}

// All that the filter lets through, up to `most`, for a file. `told` hears how many there are so far.
export async function readAll(filter: Filter, most: number, told: (n: number) => void): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let before: string | undefined; all.length < most; ) {
    const { items, next } = await read(filter, 1000, before);
    all.push(...items);
    told(all.length);
    before = beforeOf(next);
    if (!before) break;
  }
  return all;
}
