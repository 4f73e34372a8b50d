// SPDX-License-Identifier: Apache-2.0
// theme: light, dark, or as the system has it. Kept by this browser; set before anything is drawn, so that nothing flashes.
import { signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const KEY = "postern-theme";

const kept = localStorage.getItem(KEY);
export const theme = signal<Theme>(THEMES.find((one) => one === kept) ?? "system");

export function setTheme(to: Theme): void {
  theme.value = to;
  localStorage.setItem(KEY, to);
  show();
}
function show(): void {
  if (theme.value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
}
show();
