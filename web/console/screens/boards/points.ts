// SPDX-License-Identifier: Apache-2.0
// points: values over time as a chart takes them: those of the keys that have most of them. Pure.
export interface Kept {
  readonly at: string;
  readonly values: Readonly<Record<string, number>>;
}
export interface Point {
  readonly at: string;
  readonly key: string;
  readonly value: number;
}
const KEYS_MOST = 8, ROWS_MOST = 2000, LABEL_MOST = 300;

export const pointsOf = (kept: readonly Kept[]): Point[] => kept.flatMap(({ at, values }) => Object.entries(values).map(([key, value]) => ({ at, key, value })));

export function specOf(points: readonly Point[], title: string): unknown {
  const counts = new Map<string, number>();
  for (const { key } of points) counts.set(key, (counts.get(key) ?? 0) + 1);
  const keys = [...counts].filter(([, n]) => n > 1).sort((a, b) => b[1] - a[1]).slice(0, KEYS_MOST).map(([key]) => key);
  if (!keys.length) return undefined;
  const values = points.filter(({ key }) => keys.includes(key)).slice(-ROWS_MOST).map(({ at, key, value }) => ({ at, of: key, value }));
  return {
    title: title.slice(0, LABEL_MOST),
    mark: "line",
    data: { values },
    encoding: {
      x: { field: "at", type: "temporal", title: "", scale: { type: "utc" } },
      y: { field: "value", type: "quantitative", title: keys.length === 1 ? keys[0]!.slice(0, LABEL_MOST) : "", axis: { format: "," } },
      ...(keys.length > 1 ? { color: { field: "of", type: "nominal", title: "" } } : {}),
    },
  };
}
