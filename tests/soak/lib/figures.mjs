// SPDX-License-Identifier: Apache-2.0
// What a process holds: descriptors by kind, threads, memory, and what it says of itself; and whether figures
// taken over time stay flat. The judging parts are pure.
import { readdir, readFile, readlink } from "node:fs/promises";
import { readMetrics } from "../../e2e/lib/wait.mjs";

// Connections to vendors are kept for their next request, as many as were lately in use at once, and how many that are
// differs from round to round. One that leaks comes again and again, and passes this within some rounds.
const KEPT_ALIVE = 32;
// What must come back to where it was: figure to the rise that counts as none.
export const COUNTED = {
  "descriptors": KEPT_ALIVE,
  "fd sockets": KEPT_ALIVE,
  "fd files": 0,
  "fd pipes": 0,
  "fd others": 0,
  "threads": 0,
  "fibers": 0,
  "streams": 0,
  "connections": 0,
  "upstream sessions": 0,
  "upstream feeds": 0,
  "pool jobs": 0,
  "accounts": 0,
  "servers": 0,
  "tools": 0,
};
// Memory: what it may rise in the second half of the samples, in per cent of their mean; and the least rise in
// kilobytes that is looked at, since a sanitizer's allocator gives back in large steps.
export const MEMORY_PERCENT = 10;
export const MEMORY_KIB = 24 * 1024;

const METRICS = {
  "fibers": "postern_fibers",
  "streams": "postern_http_streams",
  "connections": "postern_http_connections",
  "upstream sessions": "postern_upstream_sessions",
  "upstream feeds": "postern_upstream_feeds",
  "pool jobs": "postern_pool_jobs",
  "audit rows waiting": "postern_audit_queued",
  "audit rows lost": "postern_audit_dropped_total",
  "fiber stacks": "postern_fiber_stacks",
  "accounts": "postern_catalog_accounts",
  "servers": "postern_catalog_servers",
  "tools": "postern_catalog_tools",
};

const kindOf = (link) => (link.startsWith("socket:") ? "fd sockets" : link.startsWith("pipe:") ? "fd pipes" : link.startsWith("/") ? "fd files" : "fd others");

export async function readProcess(pid) {
  const figures = { "descriptors": 0, "fd sockets": 0, "fd files": 0, "fd pipes": 0, "fd others": 0 };
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => undefined); // closed meanwhile
    if (link === undefined) continue;
    figures.descriptors++;
    figures[kindOf(link)]++;
  }
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const number = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, "m"))?.[1] ?? 0);
  return { ...figures, "threads": number("Threads"), "resident KiB": number("VmRSS") };
}

// Both together; the asking itself takes a connection and a fiber, always the same.
export async function readFigures(postern) {
  const text = (await postern.api("GET", "/metrics", undefined, { headers: { connection: "close" } })).text;
  const { values } = readMetrics(text);
  const said = Object.fromEntries(Object.entries(METRICS).map(([name, metric]) => [name, values[metric] ?? 0]));
  return { ...(await readProcess(postern.program.child.pid)), ...said };
}

// Least squares over [x, y]: { slope, mean }. Of fewer than two points the slope is 0.
export function fit(points) {
  const n = points.length;
  if (n === 0) return { slope: 0, mean: 0 };
  const mean = (of) => points.reduce((sum, p) => sum + of(p), 0) / n;
  const [x, y] = [mean(([v]) => v), mean(([, v]) => v)];
  const square = points.reduce((sum, [v]) => sum + (v - x) ** 2, 0);
  return { slope: square === 0 ? 0 : points.reduce((sum, [v, w]) => sum + (v - x) * (w - y), 0) / square, mean: y };
}

// How memory went in the second half: the rise over it by the line of least squares, and whether that is flat.
export function trend(points) {
  const half = points.slice(Math.floor(points.length / 2));
  const { slope, mean } = fit(half);
  const rise = half.length < 2 ? 0 : slope * (half.at(-1)[0] - half[0][0]);
  const percent = mean === 0 ? 0 : (100 * rise) / mean;
  return { slope, rise, percent, flat: rise <= MEMORY_KIB || percent <= MEMORY_PERCENT };
}

// Figures that are above where they were.
export function risen(before, now) {
  return Object.entries(COUNTED).filter(([name, most]) => now[name] - before[name] > most).map(([name]) => ({ name, before: before[name], now: now[name] }));
}
