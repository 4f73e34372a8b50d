// SPDX-License-Identifier: Apache-2.0
// The same question once more, as one answer program: one call of the client, over the same three vendors.

import type { Client } from "@modelcontextprotocol/client";
import { expect, many, say, step, table, type Json } from "./stage.js";

const PROGRAM = {
  version: 1,
  title: "One incident over three vendors",
  parameters: { site: "staging-example.com", since: "now-24h", until: "now" },
  steps: [
    {
      id: "logs",
      account: "audit",
      tool: "auditlogs_by_account_id",
      arguments: { since: { $param: "since" }, before: { $param: "until" }, limit: 200, direction: "asc", zone_name: { values: [{ $param: "site" }] } },
    },
    { id: "teams", account: "guard", tool: "list-teams" },
    { id: "sites", account: "guard", tool: "list-sites", for_each: "SELECT id AS team_id FROM teams", arguments: { team_id: { $: "team_id" } } },
    { id: "dry", account: "guard", tool: "get-dry-run-impact", rows: "/rules", for_each: "SELECT id AS site_id FROM sites WHERE host = :site", arguments: { site_id: { $: "site_id" }, period: "24h" } },
    {
      id: "usage",
      account: "media",
      tool: "get-usage-details",
      for_each:
        "SELECT value AS ago, date((SELECT date(time) FROM logs GROUP BY 1 ORDER BY count(*) DESC LIMIT 1), '-' || value || ' days') AS day FROM json_each('[0, 1, 2, 3, 4, 5, 6, 7]')",
      arguments: { date: { $: "day" } },
    },
  ],
  results: {
    who: "SELECT actor_email AS person, count(*) AS changes FROM logs GROUP BY 1 ORDER BY 2 DESC, 1",
    guard: "SELECT type AS rule, would_deny FROM dry ORDER BY 2 DESC",
    cost: "SELECT round(sum(bandwidth__usage) FILTER (WHERE ago = 0) / 1e9) AS gigabytes_that_day, round(avg(bandwidth__usage) FILTER (WHERE ago > 0) / 1e9) AS usual FROM usage",
  },
};

/** @param changes how many the calls one by one had found, which the program must find too */
export async function byProgram(client: Client, changes: number): Promise<void> {
  step("The same question as one program: a few calls and SQL over them, checked before it runs, in one call of the client");
  const result = await client.callTool({ name: "postern_run_program", arguments: { program: PROGRAM } });
  const outcome = result.structuredContent as Json;
  expect(!result.isError && outcome["status"] === "complete", `the program to be complete, not ${JSON.stringify(result.content)}`);
  for (const { name, title, columns, rows } of outcome["results"] as Json[]) {
    say(`   ${title ?? name}:`);
    table((columns as Json[]).map((c) => c["name"] as string), rows);
  }
  const calls = (outcome["steps"] as Json[]).reduce((sum: number, done) => sum + done["calls"], 0);
  const accounts = [...new Set(PROGRAM.steps.map(({ account }) => account))];
  say(`\n   ${many(calls, "call")} of ${accounts.join(", ")}; the client saw ${(result.content as Json[])[0]!["text"].length} characters.`);
  const found = (outcome["results"] as Json[]).find((r) => r["name"] === "who")?.["rows"].reduce((sum: number, [, n]: [string, number]) => sum + n, 0);
  expect(found === changes, `the ${changes} changes that were found before, not ${found}`);
}
