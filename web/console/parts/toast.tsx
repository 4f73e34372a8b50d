// SPDX-License-Identifier: Apache-2.0
// toast: what was done, told for a while in a corner, with Undo where that is possible. `toast()` from anywhere.
import { signal } from "@preact/signals";
import { t } from "../app/words.ts";

export const STAYS_MS = 8000;
interface Toast {
  readonly text: string;
  readonly undo?: (() => void | Promise<void>) | undefined;
}
const shown = signal<Toast | undefined>(undefined);
let timer: ReturnType<typeof setTimeout>;

export function toast(text: string, undo?: () => void | Promise<void>): void {
  shown.value = { text, undo };
  clearTimeout(timer);
  timer = setTimeout(() => (shown.value = undefined), STAYS_MS);
}

export function Toasts() {
  const one = shown.value;
  return (
    <div class="toasts" role="status">
      {one && (
        <p class="toast">
          {one.text}
          {one.undo && (
            <button
              type="button"
              class="button"
              onClick={() => {
                shown.value = undefined;
                void one.undo?.();
              }}
            >
              {t("common.undo")}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
