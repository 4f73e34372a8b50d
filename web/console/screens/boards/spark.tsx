// SPDX-License-Identifier: Apache-2.0
// spark: values over time as a small line; what it says stands beside it.
const WIDE = 72, HIGH = 18, EDGE = 2;

export function Spark({ values }: { values: readonly number[] }) {
  const least = Math.min(...values), span = Math.max(...values) - least || 1, step = (WIDE - 2 * EDGE) / (values.length - 1);
  const points = values.map((v, i) => `${(EDGE + i * step).toFixed(1)},${(HIGH - EDGE - ((v - least) / span) * (HIGH - 2 * EDGE)).toFixed(1)}`);
  return (
    <svg class="spark" width={WIDE} height={HIGH} viewBox={`0 0 ${WIDE} ${HIGH}`} aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
    </svg>
  );
}
