// SPDX-License-Identifier: Apache-2.0
// What was done on purpose in the last two days, beside the incident: production's rules and records were changed, and
// API tokens made, rolled and revoked. What is there now agrees. Times are minutes before "now".

import { hexId } from "../random.js";
import { accountId } from "../tokens.js";
import { MINUTE, stamp, type Event, type Row, type World } from "../world.js";
import { record } from "./dns.js";
import { DEPLOY_TOKEN, DNS_TEAM, ON_CALL, PLATFORM } from "./habits.js";
import { SECURITY } from "./incident.js";
import { BOT_SCORE, SIGNUPS_A_MINUTE } from "./rulesets.js";
import { zoneId } from "./zones.js";

const PRODUCTION = "example.com";
const WEB = accountId("web");

interface Step {
  ago: number;
  actor: Event["actor"];
  action: string;
  type: string;
  product: string;
  /** Of the account, not of the zone. */
  account?: true;
  /** Changes what is there. */
  change(world: World, when: string): { id: string; before?: unknown; after?: unknown; metadata?: Row };
}

function ruleset(world: World, phase: string, rule: string, when: string): Row {
  const set = world.rows(`/zones/${zoneId(PRODUCTION)}/rulesets`).find((r) => r["phase"] === phase)!;
  const found = (set["rules"] as Row[]).find((r) => r["description"] === rule)!;
  for (const row of [set, found]) Object.assign(row, { last_updated: when, version: String(Number(row["version"]) + 1) });
  return { id: set["id"], rule: found["id"], metadata: { ruleset_phase: phase } };
}

const tokens = (world: World) => world.rows(`/accounts/${WEB}/tokens`);

function token(id: string, name: string, issued: string, modified: string): Row {
  const groups = [{ id: hexId("group/Logs Read"), name: "Logs Read" }];
  return {
    id,
    name,
    status: "active",
    issued_on: issued,
    modified_on: modified,
    not_before: null,
    expires_on: null,
    last_used_on: modified,
    policies: [{ id: hexId(`policy/${name}`), effect: "allow", resources: { [`com.cloudflare.api.account.${WEB}`]: "*" }, permission_groups: groups }],
    condition: {},
  };
}

const STEPS: readonly Step[] = [
  {
    ago: 44 * 60 + 25,
    actor: PLATFORM,
    action: "token_roll",
    type: "token",
    product: "tokens",
    account: true,
    change: (world, when) => {
      tokens(world).push(token(DEPLOY_TOKEN.id, DEPLOY_TOKEN.name, world.daysAgo(260), when));
      return { id: DEPLOY_TOKEN.id, metadata: { token_name: DEPLOY_TOKEN.name } };
    },
  },
  {
    ago: 26 * 60 + 10,
    actor: SECURITY,
    action: "token_create",
    type: "token",
    product: "tokens",
    account: true,
    change: (world, when) => {
      const id = hexId("token/siem-export");
      tokens(world).push(token(id, "siem-export", when, when));
      return { id, after: { name: "siem-export", permissions: ["Logs Read"] }, metadata: { token_name: "siem-export" } };
    },
  },
  {
    ago: 20 * 60 + 40,
    actor: SECURITY,
    action: "token_revoke",
    type: "token",
    product: "tokens",
    account: true,
    change: () => ({ id: hexId("token/legacy-ci"), before: { name: "legacy-ci" }, metadata: { token_name: "legacy-ci" } }),
  },
  {
    ago: 10 * 60 + 15,
    actor: SECURITY,
    action: "update",
    type: "ruleset",
    product: "waf",
    change: (world, when) => {
      const { id, rule, metadata } = ruleset(world, "http_ratelimit", "Limit sign-ups from one address", when);
      return { id, before: { rule, requests_per_period: 30 }, after: { rule, requests_per_period: SIGNUPS_A_MINUTE }, metadata };
    },
  },
  {
    ago: 4 * 60 + 50,
    actor: DNS_TEAM,
    action: "update",
    type: "dns_record",
    product: "dns",
    change: (world, when) => {
      const found = world.rows(`/zones/${zoneId(PRODUCTION)}/dns_records`).find((r) => r["name"] === `api.${PRODUCTION}`)!;
      found["modified_on"] = when;
      const { id, type, name, content } = found;
      return { id, before: { type, name, content: "192.0.2.251" }, after: { type, name, content } };
    },
  },
  {
    ago: 3 * 60 + 25,
    actor: ON_CALL,
    action: "update",
    type: "ruleset",
    product: "waf",
    change: (world, when) => {
      const { id, rule, metadata } = ruleset(world, "http_request_firewall_custom", "Challenge likely bots on the login", when);
      return { id, before: { rule, score: BOT_SCORE - 10 }, after: { rule, score: BOT_SCORE }, metadata };
    },
  },
  {
    ago: 2 * 60 + 35,
    actor: DNS_TEAM,
    action: "add",
    type: "dns_record",
    product: "dns",
    change: (world, when) => {
      const zone = world.rows("/zones").find((z) => z["name"] === PRODUCTION)!;
      const draft = { type: "TXT", name: `_mta-sts.${PRODUCTION}`, content: "v=STSv1; id=20261101", comment: "Mail over TLS alone" };
      const made: Row = Object.assign(record(world, zone, draft), { created_on: when, modified_on: when });
      world.rows(`/zones/${zone["id"]}/dns_records`).push(made);
      return { id: made["id"], after: { type: draft.type, name: draft.name, content: draft.content } };
    },
  },
];

export function tellLately(world: World): void {
  STEPS.forEach(({ ago, account, change, actor, action, type, product }, i) => {
    const when = world.epoch - ago * MINUTE;
    const { id, ...more } = change(world, stamp(when));
    world.events.push({
      id: hexId(`lately/${i}`),
      when,
      account: WEB,
      ...(account ? {} : { zone: { id: zoneId(PRODUCTION), name: PRODUCTION } }),
      actor,
      via: "UI",
      action,
      ok: true,
      resource: { type, id, product },
      ...more,
    });
  });
}
