// SPDX-License-Identifier: Apache-2.0
// The one who only looks whether Postern is there for others: health and readiness, from an address of its own, on new
// connections. Anything but 200 is a finding, however busy it is kept.
import { setTimeout as pause } from "node:timers/promises";
import { ask } from "../lib/ask.mjs";

const ENDED_MS = 2000; // after a reset, until an end of the program is known of

const look = (path) => async (worker) => {
  const started = Date.now();
  const r = await ask(worker, worker.world.postern.url + path, { method: "GET", agent: false, localAddress: "127.0.8.1", ceiling: 30_000 });
  const ms = Date.now() - started;
  const { restarts } = worker.world;
  if (r.outcome === "cut") await pause(ENDED_MS); // did the program end? That is told by itself
  if (restarts !== worker.world.restarts) return "down";
  worker.world.slowest = Math.max(worker.world.slowest ?? 0, ms);
  if (r.outcome !== "200" && !["left", "unanswered", "refused"].includes(r.outcome) && !worker.world.ending) worker.finding("others are kept waiting", `${path}: ${r.outcome} after ${ms} ms: ${r.text.slice(0, 500)}`, `${path} ${r.outcome}`);
  return r.outcome;
};

export const watcher = { name: "watcher", pause_ms: [300, 700], operations: { healthz: [3, look("/healthz")], readyz: [1, look("/readyz")] } };
