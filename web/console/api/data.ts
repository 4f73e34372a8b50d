// SPDX-License-Identifier: Apache-2.0
// data: what a screen shows of the API. A value stays while it is asked for again, so that nothing blinks; what was read a
// moment ago by another screen shows at once. Example, in a component:
//   const servers = useData("servers", () => ok(api.GET("/mcp-server")));
//   servers.value?.items; servers.fault; servers.again()
import { useEffect, useRef, useState } from "preact/hooks";
import { Fault } from "./client.ts";

export interface Data<T> {
  readonly value: T | undefined;
  readonly fault: Fault | undefined; // of the last try; the value before it stays
  readonly busy: boolean;
  again(): Promise<void>;
  set(value: T): void; // what is known to be so, before it is asked for
}

const KEPT_MOST = 200;
const kept = new Map<string, unknown>();
const listeners = new Set<(key: string) => void>();

function keep(key: string, value: unknown): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys())
    if (kept.size > KEPT_MOST) kept.delete(oldest);
    else break;
}

// Something changed: whatever shows data whose key begins so asks again.
export function changed(...prefixes: string[]): void {
  for (const prefix of prefixes) {
    for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    for (const listen of listeners) listen(prefix);
  }
}

// `key` undefined: nothing is asked for. `every`: asked again so often (ms) while the page is seen.
export function useData<T>(key: string | undefined, ask: (signal: AbortSignal) => Promise<T>, every?: number): Data<T> {
  const [, redraw] = useState(0);
  const state = useRef<{ key?: string | undefined; value: T | undefined; fault: Fault | undefined; busy: boolean; stop: AbortController | undefined }>({ value: undefined, fault: undefined, busy: false, stop: undefined });
  const s = state.current;
  if (s.key !== key) {
    s.stop?.abort();
    Object.assign(s, { key, value: key === undefined ? undefined : (kept.get(key) as T | undefined), fault: undefined, busy: key !== undefined });
  }
  const asked = useRef(ask);
  asked.current = ask;

  async function again(): Promise<void> {
    if (key === undefined || state.current.key !== key) return;
    s.stop?.abort();
    const stop = (s.stop = new AbortController());
    s.busy = true;
    redraw((n) => n + 1);
    try {
      const value = await asked.current(stop.signal);
      if (stop.signal.aborted) return;
      keep(key, value);
      Object.assign(s, { value, fault: undefined, busy: false });
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!(error instanceof Fault)) throw error;
      Object.assign(s, { fault: error, busy: false });
    }
    redraw((n) => n + 1);
  }
  const run = useRef(again);
  run.current = again;

  useEffect(() => {
    void run.current();
    const listen = (prefix: string): void => {
      if (key?.startsWith(prefix)) void run.current();
    };
    listeners.add(listen);
    const timer = every ? setInterval(() => document.visibilityState === "visible" && void run.current(), every) : undefined;
    return () => {
      listeners.delete(listen);
      clearInterval(timer);
      state.current.stop?.abort();
    };
  }, [key, every]);

  const set = (value: T): void => {
    if (key !== undefined) keep(key, value);
    s.value = value;
    redraw((n) => n + 1);
  };
  return { value: s.value, fault: s.fault, busy: s.busy, again, set };
}
