// SPDX-License-Identifier: Apache-2.0
// keys: shortcuts, single keys and two in a row ("g s"). Never while somebody types, never with a modifier but for the palette,
// and each person may switch all but that one off (WCAG 2.1.4).
import { signal } from "@preact/signals";

const KEY = "postern-keys", TOGETHER_MS = 1200;
export const keysOn = signal(localStorage.getItem(KEY) !== "off");
export function setKeys(on: boolean): void {
  keysOn.value = on;
  localStorage.setItem(KEY, on ? "on" : "off");
}

const bound = new Map<string, () => void>();
// What undoes it. The last one bound is the one that runs, so that a screen takes a key over while it is open.
export function bind(keys: string, run: () => void): () => void {
  const before = bound.get(keys);
  bound.set(keys, run);
  return () => {
    if (bound.get(keys) !== run) return;
    if (before) bound.set(keys, before);
    else bound.delete(keys);
  };
}

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

// As if the keys were pressed, for a button that does the same.
export const press = (keys: string): void => bound.get(keys)?.();

export function startKeys(): void {
  let first = "", at = 0;
  addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      press("palette");
      return;
    }
    if (!keysOn.value || event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const both = first && event.timeStamp - at < TOGETHER_MS ? `${first} ${event.key}` : "";
    const run = bound.get(both) ?? bound.get(event.key);
    first = run ? "" : event.key;
    at = event.timeStamp;
    if (!run) return;
    event.preventDefault();
    run();
  });
}
