// SPDX-License-Identifier: Apache-2.0
// Dashboards: what a thousand tiles that are run every five minutes cost, and how often vendors are asked.
import { readFileSync } from "node:fs";
import { Postern } from "../tests/e2e/lib/postern.mjs";
import { readMetrics } from "../tests/e2e/lib/wait.mjs";
import { serve } from "./http.mjs";
import { cpu } from "./program.mjs";
import { ACCOUNT, TOKEN } from "./upstream.mjs";

const TILES = 1000, CALLS = 200, EVERY_S = 300, SECONDS = Number(process.env.TILE_SECONDS ?? EVERY_S + 20), PER_BOARD = 200;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const resident = (postern) => Number(readFileSync(`/proc/${postern.program.child.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024;

// Fifty zones for whatever name is asked for.
function vendor() {
  const zones = Array.from({ length: 50 }, (_, i) => ({ id: i.toString(16).padStart(32, "0"), name: `zone-${i}.example.com`, status: i % 5 ? "active" : "paused", account: { id: ACCOUNT, name: "Acme" } }));
  const envelope = (result) => JSON.stringify({ success: true, errors: [], messages: [], result, result_info: { page: 1, per_page: 50, count: result.length, total_count: result.length, total_pages: 1 } });
  const answers = { verify: envelope({ id: "x", status: "active" }), accounts: envelope([{ id: ACCOUNT, name: "Acme" }]), zones: envelope(zones) };
  const counted = { calls: 0 };
  return serve((req, res) => {
    const kind = req.path.includes("/tokens/verify") ? "verify" : req.path.includes("/accounts") ? "accounts" : "zones";
    counted.calls += kind === "zones";
    res.send(200, answers[kind], { "content-type": "application/json" });
  }).then((url) => ({ url, counted }));
}

const program = (i) => ({
  version: 1,
  steps: [{ id: "zones", account: "bench", tool: "list_all_cloudflare_zones", arguments: { name: `site-${i % CALLS}.example.com` } }],
  results: { by: { query: "SELECT status, count(*) AS zones FROM zones GROUP BY 1 ORDER BY 2 DESC", chart: { mark: "bar", x: "zones", y: "status" } } },
});

async function runs(postern) {
  const { values } = readMetrics((await postern.api("GET", "/metrics")).text);
  return { ok: values['postern_tile_runs_total{outcome="ok"}'], all: Object.entries(values).filter(([k]) => k.startsWith("postern_tile_runs_total")).reduce((n, [, v]) => n + v, 0), queued: values.postern_tiles_queued };
}

export async function tiles({ print }) {
  const upstream = await vendor();
  const postern = await new Postern({ log_level: "warn" }).start();
  await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "bench", credential: { token: TOKEN }, base_url: `${upstream.url}/client/v4` });
  const bare = resident(postern);
  const boards = [];
  for (let i = 0; i < TILES; i++) {
    if (i % PER_BOARD === 0) boards.push(await postern.must(201, "POST", "/dashboard", { name: `board ${i / PER_BOARD}` }));
    await postern.must(201, "POST", `/dashboard/${boards.at(-1).id}/tile`, { program: program(i), title: `tile ${i}`, size: "quarter", every_seconds: EVERY_S });
  }
  for (let is; !is || is.queued; is = await runs(postern)) await sleep(200);

  upstream.counted.calls = 0;
  const hundred = await postern.must(201, "POST", "/dashboard", { name: "hundred" });
  for (let i = 0; i < 100; i++) await postern.must(201, "POST", `/dashboard/${hundred.id}/tile`, { program: program(i % 20) });
  for (let is; !is || is.queued; is = await runs(postern)) await sleep(200);
  upstream.counted.calls = 0;
  const begun = performance.now();
  const shown = await postern.must(200, "POST", `/dashboard/${hundred.id}/refresh`, { wait_seconds: 100 });
  if (shown.left || shown.tiles.some((t) => t.state !== "ok")) throw new Error("a tile was not refreshed");
  print("refresh of 100 tiles over 20 calls, ms", (performance.now() - begun).toFixed(0));
  print("calls to the vendor", upstream.counted.calls, "20", upstream.counted.calls === 20);
  await postern.must(204, "DELETE", `/dashboard/${hundred.id}`);

  upstream.counted.calls = 0;
  const [was, used] = [await runs(postern), cpu(postern)];
  await sleep(SECONDS * 1000);
  const [is, spent] = [await runs(postern), cpu(postern) - used];
  if (is.all - was.all !== is.ok - was.ok) throw new Error("a run was not good");
  print(`runs of 1,000 tiles, every ${EVERY_S} s, in ${SECONDS} s`, is.all - was.all);
  print("calls to the vendor", upstream.counted.calls);
  print("CPU, % of one core", ((100 * spent) / SECONDS).toFixed(2), "<= 5", spent / SECONDS <= 0.05);
  print("CPU of a run, ms", ((1000 * spent) / (is.all - was.all)).toFixed(1));
  print("resident MiB, with 1,000 tiles", resident(postern).toFixed(1));
  print("of these over an empty one", (resident(postern) - bare).toFixed(1), "<= 64", resident(postern) - bare <= 64);
  await postern.close();
}
