// SPDX-License-Identifier: Apache-2.0
// A source that no connector knows: a small API of the company's own, imported from its document as a user would, and
// joined with another vendor's denials: sign-ups fell after a spike of them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { commands } from "../lib/command.mjs";
import { startWithVendors } from "../lib/oauth.mjs";

let world, cli, home;
before(async () => {
  world = await startWithVendors();
  home = mkdtempSync(join(tmpdir(), "postern-signups-"));
  cli = commands({ HOME: home, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
});
after(async () => {
  await world?.close();
  if (home) rmSync(home, { recursive: true, force: true });
});

test("it is imported, connected and called from the command line", async () => {
  const { document, key } = world.vendors.at.signups;
  const published = await (await fetch(document)).text();
  const report = await cli.json(["connector", "import", "signups", "--openapi", "-"], { input: published });
  assert.deepEqual([report.tools, report.skipped], [3, 0], JSON.stringify(report));
  const account = await cli.json(["account", "add", "signups", "--name", "shop", "--credential-stdin"], { input: `${key}\n` });
  assert.equal(account.name, "shop");
  const tools = await cli.json(["tools", "shop"]);
  const classes = Object.fromEntries(tools.map((t) => [t.name, t.class]));
  assert.deepEqual(classes, { get_single_signups_signup_by_id: "get", get_single_signups_signup_daily: "get", list_all_signups_signups: "list" });
  const called = await cli.json(["call", "shop", "list_all_signups_signups", "plan=team", "limit=3"]);
  const { data } = JSON.parse(called.content[0].text);
  assert.deepEqual(data.map((s) => s.plan), ["team", "team", "team"]);
});

test("a program over it and the vendor that denies finds the spike before the drop", async () => {
  const { account: guard } = await world.connect("arcjet");
  const from = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
  const program = {
    version: 1,
    steps: [
      { id: "teams", account: guard.name, tool: "list-teams" },
      { id: "sites", account: guard.name, tool: "list-sites", for_each: "SELECT id AS team_id FROM teams", arguments: { team_id: { $: "team_id" } } },
      {
        id: "denials",
        account: guard.name,
        tool: "list-requests",
        for_each: "SELECT id AS site_id FROM sites WHERE name = 'storefront'",
        arguments: { site_id: { $: "site_id" }, conclusion: "DENY", start: `${from}T00:00:00Z`, limit: 100 },
      },
      { id: "days", account: "shop", tool: "get_single_signups_signup_daily", arguments: { from } },
    ],
    results: {
      days: {
        query:
          "SELECT d.date, d.signups, (SELECT count(*) FROM denials x WHERE substr(x.time, 1, 10) = substr(d.date, 1, 10)) AS denied FROM days d ORDER BY d.date",
      },
    },
  };
  const outcome = await world.must(200, "POST", "/program", { program });
  assert.equal(outcome.status, "complete", JSON.stringify(outcome));
  const [{ columns, rows }] = outcome.results;
  const at = (name) => columns.findIndex((c) => c.name === name);
  const days = rows.map((row) => ({ date: String(row[at("date")]).slice(0, 10), signups: row[at("signups")], denied: row[at("denied")] })).slice(0, -1);
  const spike = days.reduce((a, b) => (b.denied > a.denied ? b : a));
  const low = days.slice(1).reduce((a, b) => (b.signups < a.signups ? b : a));
  const usual = days.filter((d) => d.date < spike.date && d !== days[0]);
  assert.ok(usual.length > 5 && spike.denied > 50, JSON.stringify(days));
  assert.ok(low.date > spike.date && low.signups < 0.5 * (usual.reduce((n, d) => n + d.signups, 0) / usual.length), JSON.stringify(days));
});
