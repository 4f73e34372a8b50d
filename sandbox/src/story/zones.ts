// SPDX-License-Identifier: Apache-2.0
// 43 zones over the two accounts.

import { hexId, integer, pick } from "../random.js";
import { accountId, type AccountName } from "../tokens.js";
import { DAY, stamp, type Row, type World } from "../world.js";
import { ACCOUNT_TITLES } from "./accounts.js";

/** The three the story is about, then 22 more of Acme Web and 18 of Acme Retail. */
const WEB = [
  "example.com",
  "staging-app.com",
  "staging-example.com",
  "acme-api.example",
  "acme-app.example",
  "acme-assets.example",
  "acme-blog.example",
  "acme-careers.example",
  "acme-cdn.example",
  "acme-community.example",
  "acme-console.example",
  "acme-dev.example",
  "acme-docs.example",
  "acme-edge.example",
  "acme-events.example",
  "acme-games.example",
  "acme-help.example",
  "acme-labs.example",
  "acme-link.example",
  "acme-mail.example",
  "acme-media.example",
  "acme-partners.example",
  "acme-press.example",
  "acme-status.example",
  "acme-web.example",
];
const RETAIL = [
  "acme-shop.example",
  "acme-shop-at.example",
  "acme-shop-be.example",
  "acme-shop-ch.example",
  "acme-shop-de.example",
  "acme-shop-dk.example",
  "acme-shop-es.example",
  "acme-shop-fr.example",
  "acme-shop-ie.example",
  "acme-shop-it.example",
  "acme-shop-nl.example",
  "acme-shop-pl.example",
  "acme-shop-se.example",
  "acme-checkout.example",
  "acme-gifts.example",
  "acme-outlet.example",
  "acme-returns.example",
  "acme-rewards.example",
];

export const FREE = "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const PLANS = {
  enterprise: { id: "94f3b7b768b0458b56d2cac4fe5ec0f9", name: "Enterprise Website", price: 0, legacy_id: "enterprise", can_subscribe: true },
  pro: { id: "1ac039f6c29b691475c3d74fe588d1ae", name: "Pro Website", price: 20, legacy_id: "pro", can_subscribe: true },
  free: { id: FREE, name: "Free Website", price: 0, legacy_id: "free", can_subscribe: false },
};
const SERVERS = ["ada", "bert", "cleo", "dion", "elle", "finn", "gina", "hugh"];
const PERMISSIONS = [
  "#access:read",
  "#analytics:read",
  "#audit_logs:read",
  "#cache_purge:edit",
  "#dns_records:edit",
  "#dns_records:read",
  "#firewall:edit",
  "#ssl:edit",
  "#ssl:read",
  "#waf:edit",
  "#waf:read",
  "#worker:edit",
  "#worker:read",
  "#zone:edit",
  "#zone:read",
  "#zone_settings:edit",
  "#zone_settings:read",
];

/** The id that the vendor's own examples have. */
const EXAMPLE = { name: "acme-mail.example", id: "023e105f4ecef8ad9ca31a8372d0c353" };

export function zoneId(name: string): string {
  return name === EXAMPLE.name ? EXAMPLE.id : hexId(`zone/${name}`);
}

function statusOf(name: string): string {
  return name === "acme-games.example" ? "pending" : name === "acme-press.example" ? "moved" : "active";
}

function planOf(name: string): keyof typeof PLANS {
  if (name === "example.com") return "enterprise";
  if (name.startsWith("staging-")) return "pro";
  return pick(`plan/${name}`, ["enterprise", "pro", "free"] as const);
}

function zone(world: World, name: string, account: AccountName): Row {
  const created = Date.UTC(2019, 3, 1) + integer(`created/${name}`, 0, 2000) * DAY;
  const status = statusOf(name);
  const one = pick(`ns/${name}`, SERVERS.slice(0, 4));
  const two = pick(`ns2/${name}`, SERVERS.slice(4));
  const plan = PLANS[planOf(name)];
  return {
    id: zoneId(name),
    name,
    status,
    paused: name === "acme-labs.example",
    type: name === "acme-cdn.example" ? "partial" : "full",
    development_mode: name === "staging-app.com" ? 6312 : name === "example.com" ? -86400 : 0,
    name_servers: [`${one}.ns.cloudflare.com`, `${two}.ns.cloudflare.com`],
    original_name_servers: ["ns1.registrar.example", "ns2.registrar.example"],
    original_registrar: "registrar.example",
    original_dnshost: null,
    modified_on: world.daysAgo(integer(`modified/${name}`, 1, 200)),
    created_on: stamp(created),
    activated_on: status === "pending" ? null : stamp(created + 3_600_000),
    vanity_name_servers: [],
    vanity_name_servers_ips: null,
    meta: {
      step: status === "pending" ? 2 : 4,
      custom_certificate_quota: plan.legacy_id === "enterprise" ? 1 : 0,
      page_rule_quota: plan.legacy_id === "enterprise" ? 125 : 20,
      phishing_detected: false,
    },
    owner: { id: null, type: "user", email: null },
    account: { id: accountId(account), name: ACCOUNT_TITLES[account] },
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    permissions: PERMISSIONS,
    plan: {
      ...plan,
      currency: "USD",
      frequency: plan.price ? "monthly" : "",
      is_subscribed: plan.legacy_id !== "free",
      legacy_discount: false,
      externally_managed: false,
    },
  };
}

export function tellZones(world: World): void {
  for (const name of WEB) world.rows("/zones").push(zone(world, name, "web"));
  for (const name of RETAIL) world.rows("/zones").push(zone(world, name, "retail"));
}
