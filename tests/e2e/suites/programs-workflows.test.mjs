// SPDX-License-Identifier: Apache-2.0
// The programs of the manual (docs/programs): each in one call of an AI client, held against what the same client finds by
// calling the tools itself, and the bytes that it saw either way.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { CLIENTS } from "../lib/clients.mjs";
import { start } from "../lib/postern.mjs";

const FOLDER = new URL("../../../docs/programs/", import.meta.url);
let world, client;
before(async () => {
  world = await start({ settings: { program_wait: "0s" } });
  const account = await world.account("cfut_sandbox_one_account", { name: "acme" });
  client = await CLIENTS["SDK v2, pinned"].connect((await world.server(account, { methods: ["read"], programs: true })).url);
});
after(async () => {
  await client?.close();
  await world?.close();
});

const bytes = (result) => result.content.reduce((sum, part) => sum + Buffer.byteLength(part.text ?? ""), 0);

/** The tools called one by one, all pages of each; counts what the client is shown. */
function byHand() {
  const hand = { seen: 0, calls: 0 };
  hand.call = async (name, args = {}) => {
    const result = await client.callTool({ name, arguments: args });
    assert.ok(!result.isError, result.content[0].text);
    hand.seen += bytes(result);
    hand.calls += 1;
    return JSON.parse(result.content[0].text);
  };
  hand.list = async (name, args = {}) => {
    const rows = [];
    for (let page = 1; ; page++) {
      const answer = await hand.call(name, { ...args, page, per_page: 50 });
      rows.push(...answer.result);
      if (answer.result.length < 50) return rows;
    }
  };
  hand.one = async (name, args = {}) => (await hand.call(name, args)).result;
  hand.account = async () => (await hand.list("list_all_cloudflare_accounts"))[0].id;
  hand.zone = async (site) => (await hand.list("list_all_cloudflare_zones", { name: site }))[0];
  return hand;
}

const count = (list, key) => {
  const counts = new Map();
  for (const item of list) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return [...counts];
};
const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byCount = ([a, n], [b, m]) => m - n || text(a, b);
const active = (rules) => rules.filter((r) => !r.paused);

// What each program's results are, found by hand: its name, then the rows that one of its results must be.
const WORKFLOWS = {
  "zone-incident": async (hand) => {
    const zone = await hand.zone("staging-example.com");
    const since = new Date(Date.now() - 7 * 864e5).toISOString();
    const logs = await hand.list("list_all_cloudflare_audit_logs", { account_id: zone.account.id, since });
    const rules = await hand.one("list_all_cloudflare_firewall_rules", { zone_id: zone.id });
    await hand.one("get_single_cloudflare_zone_analytics_dashboard", { zone_id: zone.id });
    return {
      changes: logs.filter((l) => l.metadata?.zone_name === zone.name).sort((a, b) => text(b.when, a.when)).map((l) => [new Date(l.when).toISOString(), l.actor.email, l.actor.ip, l.action.type, l.resource.type]),
      guards: active(rules).sort((a, b) => a.priority - b.priority).map((r) => [r.priority, r.action, r.description]),
    };
  },
  "access-review": async (hand) => {
    const members = await hand.list("list_all_cloudflare_members", { account_id: await hand.account() });
    return {
      no_second_factor: members.filter((m) => !m.user.two_factor_authentication_enabled).map((m) => [m.email, m.status]).sort(([a], [b]) => text(a, b)),
      roles: count(members.flatMap((m) => m.roles), (r) => r.name).sort(byCount),
      pending: members.filter((m) => m.status === "pending").map((m) => [m.email]),
    };
  },
  "incident-audit": async (hand) => {
    const since = new Date(Date.now() - 7 * 864e5).toISOString();
    const logs = await hand.list("list_all_cloudflare_audit_logs", { account_id: await hand.account(), since });
    return {
      deletes: count(logs.filter((l) => l.action.type === "delete"), (l) => l.actor.email).sort(byCount),
      failed: logs.filter((l) => !l.action.result).sort((a, b) => text(b.when, a.when)).map((l) => [new Date(l.when).toISOString(), l.actor.email, l.action.type, l.resource.type]),
    };
  },
  "waf-comparison": async (hand) => {
    const rules = [], managed = [], settings = [];
    for (const site of ["example.com", "staging-example.com"]) {
      const { id } = await hand.zone(site);
      for (const rule of active(await hand.one("list_all_cloudflare_firewall_rules", { zone_id: id }))) rules.push({ site, ...rule });
      const set = await hand.one("get_single_cloudflare_entry_point_rule_set", { zone_id: id, ruleset_phase: "http_request_firewall_managed" });
      managed.push(...set.rules.map((r) => [site, r.action_parameters.id, r.action]));
      settings.push(new Map((await hand.one("list_all_cloudflare_zone_settings", { zone_id: id })).map((s) => [s.id, s.value])));
    }
    const [one, other] = settings;
    return {
      by_action: count(rules, (r) => `${r.site} ${r.action}`).map(([key, n]) => [...key.split(" "), n]).sort((a, b) => text(a.join(), b.join())),
      differences: rules.filter((r) => !rules.some((o) => o.site !== r.site && o.description === r.description && o.action === r.action)).map((r) => [r.site, r.action, r.description]),
      managed,
      settings: [...one].filter(([id, value]) => typeof value !== "object" && value !== other.get(id)).map(([id, value]) => [id, value, other.get(id)]),
    };
  },
  "team-access": async (hand) => {
    const account_id = await hand.account();
    const members = await hand.list("list_all_cloudflare_members", { account_id });
    const roles = new Map((await hand.list("list_all_cloudflare_roles", { account_id })).map((r) => [r.id, r.permissions]));
    const apps = await hand.one("list_all_cloudflare_access_apps", { account_id });
    await hand.list("list_all_cloudflare_account_tokens", { account_id });
    const can = (member, what) => Number(member.roles.some((r) => roles.get(r.id)?.[what]?.write));
    return {
      writers: members.map((m) => [m.email, ...["dns", "firewall", "member"].map((what) => can(m, what))]).filter(([, ...any]) => any.includes(1)).sort(([a], [b]) => text(a, b)),
      apps: apps.map((a) => [a.name, a.domain, a.policies.length]),
    };
  },
};

describe("programs of the manual", () => {
  test("each has its proof here", async () => {
    assert.deepEqual((await readdir(FOLDER)).sort(), Object.keys(WORKFLOWS).map((name) => `${name}.json`).sort());
  });
  for (const [name, find] of Object.entries(WORKFLOWS))
    test(name, async (t) => {
      const program = JSON.parse(await readFile(new URL(`${name}.json`, FOLDER), "utf8"));
      const result = await client.callTool({ name: "postern_run_program", arguments: { program } });
      assert.ok(!result.isError, result.content[0].text);
      const outcome = result.structuredContent;
      assert.equal(outcome.status, "complete", JSON.stringify(outcome.warnings));
      const hand = byHand(), truth = await find(hand);
      assert.ok(Object.values(truth).some((rows) => rows.length), "nothing to compare");
      for (const [id, rows] of Object.entries(truth)) assert.deepEqual(outcome.results.find((r) => r.name === id).rows, rows, id);
      const asked = Buffer.byteLength(JSON.stringify(program)), told = bytes(result);
      t.diagnostic(`${name}: program ${asked} bytes, answer ${told}; by hand ${hand.seen} in ${hand.calls} calls`);
      assert.ok(told < hand.seen, `the answer has ${told} bytes, the calls one by one ${hand.seen}`);
    });
});
