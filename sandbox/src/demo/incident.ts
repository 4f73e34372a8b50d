// SPDX-License-Identifier: Apache-2.0
// One question over three vendors: who changed what on staging-example.com, what came of it at the sites' own guard,
// and what did it cost in media traffic? Every number is out of an answer.

import type { Client } from "@modelcontextprotocol/client";
import { call, clock, expect, group, many, say, step, table, type Json } from "./stage.js";

const ZONE = "staging-example.com";
const DAY = 86400_000;
const gigabytes = (bytes: number) => `${Math.round(bytes / 1e9)} GB`;
const percent = (part: number, whole: number) => `${whole ? Math.round((100 * part) / whole) : 0} %`;

const span = (logs: Json[]) => [...new Set([logs[0]!, logs.at(-1)!].map((log) => clock(log["time"])))].join(" to ") + " UTC";

/** The day (UTC) with most of them. */
const busiest = (logs: Json[]) => [...group(logs, (log) => String(log["time"]).slice(0, 10))].sort((a, b) => b[1].length - a[1].length)[0]![0];

async function changes(client: Client): Promise<Json[]> {
  const [since, before] = [new Date(Date.now() - DAY).toISOString(), new Date().toISOString()];
  const { logs } = await call(client, "audit_auditlogs_by_account_id", { since, before, limit: 200, direction: "asc", zone_name: { values: [ZONE] } });
  expect(logs.length > 0, "changes of the last day");
  const byActor = group(logs as Json[], (log) => log["actor_email"] as string);
  for (const [actor, mine] of byActor)
    say(`   → ${actor}: ${many(mine.length, "change")}, ${span(mine)}`);
  return logs;
}

async function traffic(client: Client) {
  const { teams } = await call(client, "guard_list-teams", {});
  const { sites } = await call(client, "guard_list-sites", { team_id: teams[0]["id"] });
  const site = (sites as Json[]).find((s) => s["host"] === ZONE);
  expect(site, `a site for ${ZONE}`);
  const seen = await call(client, "guard_analyze-traffic", { site_id: site["id"], period: "24h" });
  const dry = await call(client, "guard_get-dry-run-impact", { site_id: site["id"], period: "24h" });
  const waved = (dry["rules"] as Json[]).reduce((sum, rule) => sum + rule["would_deny"], 0);
  say(`   → ${seen["total_requests"]} requests, ${seen["denied_requests"]} denied; rules in DRY_RUN would have denied ${waved} more`);
  return { seen, waved, dry: (dry["rules"] as Json[]).map((rule) => rule["type"] as string) };
}

/** What that day took, in the vendor's own days, and those of the week before it. */
async function bandwidth(client: Client, logs: Json[]) {
  const days: number[] = [];
  for (let ago = 0; ago <= 7; ago++) {
    const date = new Date(Date.parse(busiest(logs)) - ago * DAY).toISOString().slice(0, 10);
    const usage = await call(client, "media_get-usage-details", { date }, ago > 0);
    days.push(usage["bandwidth"].usage);
  }
  const usual = days.slice(1).reduce((a, b) => a + b, 0) / 7;
  say(`   → ${gigabytes(days[0]!)} on that day, ${gigabytes(usual)} a day in the week before`);
  return { used: days[0]!, usual };
}

/** Hour by hour, the two vendors side by side. */
function timeline(logs: Json[], trend: Json[]) {
  const rows = trend.map(({ time, requests, denied }) => {
    const from = Date.parse(time);
    const changed = logs.filter((log) => Date.parse(log["time"]) >= from && Date.parse(log["time"]) < from + DAY / trend.length).length;
    return { time, changed, requests, denied };
  });
  const busy = rows.flatMap(({ changed }, i) => (changed > 0 ? [i] : []));
  const shown = rows.slice(Math.max(0, busy[0]! - 1), busy.at(-1)! + 3);
  const most = Math.max(...shown.map((row) => row.requests));
  say();
  table(
    ["from UTC", "changes", "requests", "denied", ""],
    shown.map((row) => [clock(row.time), row.changed, row.requests, row.denied, "█".repeat(Math.round((30 * row.requests) / most))]),
  );
}

/** How many changes it found. */
export async function investigate(client: Client): Promise<number> {
  step(`The question, asked of three vendors through that URL: what happened to ${ZONE}, was it stopped, what did it cost?`);
  const logs = await changes(client);
  const { seen, waved, dry } = await traffic(client);
  const { used, usual } = await bandwidth(client, logs);
  timeline(logs, seen["trend"]);

  const byActor = [...group(logs, (log) => log["actor_email"] as string)].sort((a, b) => b[1].length - a[1].length);
  const [actor, mine] = byActor[0]!;
  const kinds = [...group(mine, (log) => `${log["type"]} in ${log["product"]}`)].map(([kind, some]) => `${some.length} × ${kind}`);
  const from = (seen["top_ips"] as Json[]).slice(0, 3).map((ip) => `${ip["value"]} (${ip["requests"]})`);
  expect(used > 2 * usual && waved > 0, "the vendors to tell one story");
  say(`
   ${actor} made ${mine.length} of the day's ${logs.length} changes, ${span(mine)}: ${kinds.join(", ")}.
   The site saw ${seen["total_requests"]} requests, most from ${from.join(", ")}; ${percent(seen["denied_requests"], seen["total_requests"])} were denied.
   Its ${dry.join(", ")} rules are in DRY_RUN: live, they would have stopped ${waved} more, ${percent(seen["denied_requests"] + waved, seen["total_requests"])} in all.
   Media traffic was ${(used / usual).toFixed(1)} times the usual: ${gigabytes(used)} instead of ${gigabytes(usual)}.`);
  return logs.length;
}
