// SPDX-License-Identifier: Apache-2.0
// The demo: Postern in front of the sandbox, and an official MCP client that does an incident audit
// through it. Prints each step; exits non-zero when one does not hold. Usage, from the repository's root:
//   node sandbox/dist/demo.js BINARY CONNECTORS     STAY=0 ends when done, else it stays until Ctrl-C.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Sandbox } from "./server.js";

type Json = Record<string, any>;

const [binary, connectors] = process.argv.slice(2);
if (!binary || !connectors) {
  process.stderr.write("usage: demo BINARY CONNECTORS\n");
  process.exit(2);
}

const say = (text = "") => process.stdout.write(`${text}\n`);
let steps = 0;
const step = (text: string) => say(`\n${++steps}. ${text}`);

function expect(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(`the demo expected ${what}`);
}

// Starts `postern serve` and resolves with its address and the admin token of the first start.
function serve(folder: string, sandbox: string) {
  const child = spawn(
    binary!,
    ["serve", "--listen", "127.0.0.1:0", "--data-dir", folder, "--connectors-dir", connectors!, "--upstream-allow", "127.0.0.0/8", "--log-level", "warn"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const started = new Promise<{ url: string; token: string }>((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (bytes) => {
      output += bytes;
      const url = output.match(/POSTERN_URL=(\S+)/)?.[1];
      const token = output.match(/POSTERN_TOKEN=(\S+)/)?.[1];
      if (url && token) resolve({ url, token });
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`postern ended with ${code}`)));
  });
  say(`   sandbox   ${sandbox}`);
  return { child, started };
}

async function api(base: string, token: string, method: string, path: string, body?: Json): Promise<Json> {
  const answer = await fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const json = (await answer.json()) as Json;
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}

// Calls a tool and reads the vendor's answer out of the text block.
async function call(client: Client, name: string, args: Json): Promise<Json> {
  const result = await client.callTool({ name, arguments: args });
  const first = (result.content as Json[])[0]!;
  expect(!result.isError, `${name} to succeed, not: ${first.text}`);
  say(`   ${name} ${JSON.stringify(args)}`);
  return JSON.parse(first.text as string) as Json;
}

async function audit(client: Client) {
  step("Which zone? list_all_cloudflare_zones, name staging-example.com");
  const zones = (await call(client, "list_all_cloudflare_zones", { name: "staging-example.com" })).result as Json[];
  expect(zones.length === 1, "exactly one zone of that name");
  const zone = zones[0]!;
  say(`   → ${zone.name}, id ${zone.id}, ${zone.status}`);

  step("What happened in the last 24 hours? list_all_cloudflare_audit_logs");
  const since = new Date(Date.now() - 24 * 3600_000).toISOString();
  const rows = (await call(client, "list_all_cloudflare_audit_logs", { since, "zone.name": zone.name, per_page: 100 })).result as Json[];
  expect(rows.length > 0, "audit rows of the last day");
  const byActor = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const actions = byActor.get(row.actor.email) ?? byActor.set(row.actor.email, new Map()).get(row.actor.email)!;
    const action = `${row.action.type} ${row.resource.type}`;
    actions.set(action, (actions.get(action) ?? 0) + 1);
  }
  for (const [actor, actions] of [...byActor].sort((a, b) => b[1].size - a[1].size))
    say(`   → ${actor}: ${[...actions].map(([action, n]) => (n > 1 ? `${n} × ${action}` : action)).join(", ")}`);

  step("What guards it now? list_all_cloudflare_rule_sets, then each one for its rules");
  const sets = (await call(client, "list_all_cloudflare_rule_sets", { zone_id: zone.id })).result as Json[];
  for (const set of sets.filter((s) => s.kind === "zone")) {
    const whole = (await call(client, "get_single_cloudflare_rule_set_by_id", { zone_id: zone.id, ruleset_id: set.id })).result as Json;
    for (const rule of (whole.rules ?? []) as Json[])
      say(`   → ${set.phase}: ${rule.action} ${rule.enabled === false ? "(DISABLED) " : ""}${rule.description ?? rule.expression}`);
  }
  const paused = (await call(client, "list_all_cloudflare_firewall_rules", { zone_id: zone.id, paused: true })).result as Json[];
  for (const rule of paused) say(`   → firewall rule paused: ${rule.description ?? rule.id}`);
}

async function run(base: string, token: string, sandbox: string) {
  step("Connect an account (the credential is verified, then sealed)");
  const account = await api(base, token, "POST", "/integrated-account", {
    connector: "cloudflare",
    name: "acme",
    credential: { token: "cfut_sandbox_one_account" },
    base_url: sandbox,
  });
  say(`   ${account.id}  ${account.status}  context ${JSON.stringify(account.context)}`);

  step("Serve it, read-only, for a day");
  const server = await api(base, token, "POST", `/integrated-account/${account.id}/mcp`, {
    name: "incident-audit",
    config: { methods: ["read"] },
    expires_at: new Date(Date.now() + 86400_000).toISOString(),
  });
  say(`   ${server.tool_count} tools at ${server.url}`);

  step("An official MCP client connects");
  const client = new Client({ name: "postern-demo", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  const { tools } = await client.listTools();
  say(`   MCP ${client.getNegotiatedProtocolVersion()}, ${tools.length} tools, all read-only: ${tools.every((t) => t.annotations?.readOnlyHint)}`);
  expect(tools.length === server.tool_count, "the client to see every tool of the server");
  expect(tools.every((t) => t.annotations?.readOnlyHint === true), "read-only tools alone");

  await audit(client);

  step("What a read-only server does not show cannot be called");
  const refused = await client.callTool({ name: "delete_a_cloudflare_zone_by_id", arguments: { zone_id: "0".repeat(32) } }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  expect(refused, "a refusal");
  say(`   ${refused}`);
  await client.close();
  return server.url as string;
}

async function main() {
  const sandbox = new Sandbox({ host: "127.0.0.1", port: 0, plan: {} });
  const folder = mkdtempSync(join(tmpdir(), "postern-demo-"));
  say("Postern demo: a question for Cloudflare, asked through a scoped MCP server");
  const origin = await sandbox.listen();
  const { child, started } = serve(folder, origin);
  const close = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { url, token } = await started;
    say(`   postern   ${url}`);
    const server = await run(url, token, `${origin}/client/v4`);
    say(`\nAll ${steps} steps held.`);
    if (process.env.STAY !== "0") {
      say(`\nIt stays up. Point any MCP client at\n\n    ${server}\n\nor manage it:  export POSTERN_URL=${url} POSTERN_TOKEN=${token}\nCtrl-C ends it.`);
      await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
    }
  } finally {
    await close();
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  },
);
