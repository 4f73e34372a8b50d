// SPDX-License-Identifier: Apache-2.0
// time: "3 minutes ago" with the exact time and its zone on hover; it counts on by itself.
import { signal } from "@preact/signals";
import { language } from "../app/words.ts";

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 20_000);

export function relative(ms: number, from = now.value): string {
  let n = (ms - from) / 1000;
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(Math.round(n)) < size) return format.format(unit === "second" && Math.abs(n) < 20 ? 0 : Math.round(n), unit);
    n /= size;
  }
  return "";
}
export const exact = (ms: number): string => new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "long" }).format(ms);

export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return <>–</>;
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={exact(ms)}>
      {relative(ms)}
    </time>
  );
}
