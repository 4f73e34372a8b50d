// SPDX-License-Identifier: Apache-2.0
// scales: from values to pixels, as Vega-Lite has them, which stands on the same d3: domains with zero in them and widened
// to whole steps, bands, times as they are. Pure. Example:
//   const x = numberScale([3, 41200], { zero: true, range: [0, 480] });   // 0 to 45,000
//   x.at(41200); x.ticks                                                  // [{ at: 0, label: "0k" }, …]
import { scaleBand, scaleLinear, scaleUtc } from "d3-scale";
import { formatNumber, formatTimeTick, timeUnit } from "./format.ts";
import type { AxisFormat } from "./spec.ts";

const PIXELS_A_TICK = 40;

export interface Tick {
  readonly at: number;
  readonly label: string;
}
export interface Scale<T> {
  readonly at: (value: T) => number;
  readonly domain: readonly T[];
  readonly ticks: readonly Tick[];
  readonly band: number; // pixels that a value takes; 0: a point
}
type Range = readonly [number, number];

const span = (range: Range): number => Math.abs(range[1] - range[0]);

// The same for no values at all: 0 to 1.
function extent(values: readonly number[], zero: boolean): [number, number] {
  let low = Infinity, high = -Infinity;
  for (const v of values) if (Number.isFinite(v)) (low = Math.min(low, v)), (high = Math.max(high, v));
  if (low > high) return [0, 1];
  if (zero) (low = Math.min(low, 0)), (high = Math.max(high, 0));
  // One value alone has no length; it is shown against zero.
  return low < high ? [low, high] : low > 0 ? [0, high] : low < 0 ? [low, 0] : [0, 1];
}

function numberTicks(scale: ReturnType<typeof scaleLinear<number>>, count: number, format: AxisFormat | undefined): Tick[] {
  const values = scale.ticks(count);
  const specifier = format === ".1%" || format === ".0%" ? format : format === "~s" ? "~s" : undefined;
  const word = format && !specifier ? (v: number) => formatNumber(format, v) : scale.tickFormat(count, specifier);
  return values.map((v) => ({ at: scale(v), label: word(v).replaceAll("\u2212", "-") }));
}

export interface NumberOptions {
  range: Range;
  zero?: boolean;
  nice?: boolean; // widened to whole steps
  format?: AxisFormat | undefined;
  step?: number; // ticks are not closer; without it whole numbers have whole ticks
}
export function numberScale(values: readonly number[], { range, zero = true, nice = true, format, step = values.every(Number.isInteger) ? 1 : 0 }: NumberOptions): Scale<number> {
  const [low, high] = extent(values, zero);
  const scale = scaleLinear().domain([low, high]).range(range);
  if (nice) scale.nice();
  // What a double cannot hold stays as it was.
  if (!scale.domain().every(Number.isFinite) || !Number.isFinite(high - low)) {
    const whole = scaleLinear().domain([low / 2, high / 2]).range(range);
    return { at: (v) => whole(v / 2), domain: [low, high], ticks: [low, high].map((v) => ({ at: whole(v / 2), label: formatNumber("~s", v) })), band: 0 };
  }
  const [from, to] = scale.domain() as [number, number];
  const most = step > 0 ? Math.max(1, Math.floor((to - from) / step)) : Infinity;
  return { at: scale, domain: [from, to], ticks: numberTicks(scale, Math.min(Math.ceil(span(range) / PIXELS_A_TICK), most), format), band: 0 };
}

export function timeScale(values: readonly number[], range: Range): Scale<number> {
  let low = Infinity, high = -Infinity;
  for (const v of values) if (Number.isFinite(v)) (low = Math.min(low, v)), (high = Math.max(high, v));
  if (low > high) return { at: () => (range[0] + range[1]) / 2, domain: [], ticks: [], band: 0 };
  const scale = scaleUtc().domain([low, high]).range(range);
  const at = low < high ? (v: number) => scale(v) : () => (range[0] + range[1]) / 2;
  const moments = low < high ? scale.ticks(Math.ceil(span(range) / PIXELS_A_TICK)).map(Number) : [low];
  const unit = timeUnit(moments);
  return { at, domain: [low, high], ticks: moments.map((t) => ({ at: at(t), label: formatTimeTick(t, unit) })), band: 0 };
}

export type Padding = "bar" | "rect" | "tick";
const PADDING: Record<Padding, number> = { bar: 0.1, rect: 0, tick: 0.25 };

// Labels in the order in which they come.
export function bandScale(labels: readonly string[], range: Range, padding: Padding): Scale<string> {
  const inner = PADDING[padding];
  const scale = scaleBand<string>().domain(labels).range(range).paddingInner(inner).paddingOuter(inner / 2);
  const domain = scale.domain(), band = scale.bandwidth();
  return { at: (v) => scale(v) ?? range[0], domain, ticks: domain.map((v) => ({ at: (scale(v) ?? 0) + band / 2, label: v })), band };
}
