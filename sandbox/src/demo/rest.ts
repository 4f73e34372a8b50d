// SPDX-License-Identifier: Apache-2.0
// The first act: an account by API token, its REST API as tools, an incident looked into through a read-only server.

import type { Client } from "@modelcontextprotocol/client";
import { call, connectClient, expect, refusal, say, step, type Api, type Json } from "./stage.js";

async function audit(client: Client) {
  step("Which zone? list_all_cloudflare_zones, name staging-example.com");
  const zones = (await call(client, "list_all_cloudflare_zones", { name: "staging-example.com" }))["result"] as Json[];
  expect(zones.length === 1, "exactly one zone of that name");
  const zone = zones[0]!;
  say(`   → ${zone["name"]}, id ${zone["id"]}, ${zone["status"]}`);

  step("What happened in the last 24 hours? list_all_cloudflare_audit_logs");
  const since = new Date(Date.now() - 24 * 3600_000).toISOString();
  const rows = (await call(client, "list_all_cloudflare_audit_logs", { since, "zone.name": zone["name"], per_page: 100 }))["result"] as Json[];
  expect(rows.length > 0, "audit rows of the last day");
  const byActor = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const actions = byActor.get(row["actor"].email) ?? byActor.set(row["actor"].email, new Map()).get(row["actor"].email)!;
    const action = `${row["action"].type} ${row["resource"].type}`;
    actions.set(action, (actions.get(action) ?? 0) + 1);
  }
  for (const [actor, actions] of [...byActor].sort((a, b) => b[1].size - a[1].size))
    say(`   → ${actor}: ${[...actions].map(([action, n]) => (n > 1 ? `${n} × ${action}` : action)).join(", ")}`);

  step("What guards it now? list_all_cloudflare_rule_sets, then each one for its rules");
  const sets = (await call(client, "list_all_cloudflare_rule_sets", { zone_id: zone["id"] }))["result"] as Json[];
  for (const set of sets.filter((s) => s["kind"] === "zone")) {
    const whole = (await call(client, "get_single_cloudflare_rule_set_by_id", { zone_id: zone["id"], ruleset_id: set["id"] }))["result"] as Json;
    for (const rule of (whole["rules"] ?? []) as Json[])
      say(`   → ${set["phase"]}: ${rule["action"]} ${rule["enabled"] === false ? "(DISABLED) " : ""}${rule["description"] ?? rule["expression"]}`);
  }
  const paused = (await call(client, "list_all_cloudflare_firewall_rules", { zone_id: zone["id"], paused: true }))["result"] as Json[];
  for (const rule of paused) say(`   → firewall rule paused: ${rule["description"] ?? rule["id"]}`);
}

/** The account that was connected. */
export async function byToken(api: Api, baseUrl: string): Promise<Json> {
  step("Connect an account by API token (it is tried at the vendor, then sealed)");
  const account = await api("POST", "/integrated-account", {
    connector: "cloudflare",
    name: "acme",
    credential: { token: "cfut_sandbox_one_account" },
    base_url: baseUrl,
  });
  say(`   ${account["id"]}  ${account["status"]}  context ${JSON.stringify(account["context"])}`);

  step("Serve it, read-only, for a day");
  const server = await api("POST", `/integrated-account/${account["id"]}/mcp`, {
    name: "incident-audit",
    config: { methods: ["read"] },
    expires_at: new Date(Date.now() + 86400_000).toISOString(),
  });
  say(`   ${server["tool_count"]} of ${account["tool_count"]} tools at ${server["url"]}`);

  step("An official MCP client connects");
  const client = await connectClient(server["url"]);
  const listed = (await client.listTools()).tools;
  const tools = listed.filter((t) => t.name !== "postern_run_program"); // for programs, on every server
  say(`   MCP ${client.getNegotiatedProtocolVersion()}, ${tools.length} tools, all read-only: ${tools.every((t) => t.annotations?.readOnlyHint)}`);
  expect(tools.length === server["tool_count"], "the client to see every tool of the server");
  expect(tools.every((t) => t.annotations?.readOnlyHint === true), "read-only tools alone");

  await audit(client);

  step("What a read-only server does not show cannot be called");
  say(`   ${await refusal(client, "delete_a_cloudflare_zone_by_id")}`);
  await client.close();
  return account;
}
