// SPDX-License-Identifier: Apache-2.0
// Two accounts, their roles and members, and the caller's own user and tokens.

import { hexId } from "../random.js";
import { accountId, TOKENS, tokenId, type AccountName } from "../tokens.js";
import { PERMISSION_GROUPS } from "../products/credentials.js";
import type { Row, World } from "../world.js";

export const ACCOUNT_TITLES: Record<AccountName, string> = { web: "Acme Web", retail: "Acme Retail" };

const ROLES: [string, string, string[]][] = [
  [
    "Administrator",
    "Can access the full account, except for membership management and billing",
    ["analytics", "dns", "firewall", "ssl", "workers", "zones", "zone_settings", "cache_purge", "waf", "logs"],
  ],
  [
    "Super Administrator - All Privileges",
    "Can edit any Cloudflare setting, make purchases, update billing, and manage memberships",
    [
      "analytics",
      "billing",
      "dns",
      "firewall",
      "ssl",
      "workers",
      "zones",
      "zone_settings",
      "cache_purge",
      "waf",
      "logs",
      "organization",
      "member",
      "role",
    ],
  ],
  ["Administrator Read Only", "Can access the full account in read-only mode", []],
  ["Analytics", "Can read Analytics", []],
  ["Audit Logs Viewer", "Can view audit logs", []],
  ["Billing", "Can edit the account's billing profile and subscriptions", ["billing"]],
  ["Cache Purge", "Can purge the edge cache", ["cache_purge"]],
  ["DNS", "Can edit DNS records", ["dns"]],
  ["Firewall", "Can edit WAF, IP Firewall, and Zone Lockdown settings", ["firewall", "waf"]],
  [
    "SSL/TLS, Caching, Performance, Page Rules, and Customization",
    "Can edit most Cloudflare settings except for DNS and Firewall",
    ["ssl", "zone_settings", "cache_purge"],
  ],
  ["Workers Platform Admin", "Can edit Workers, Pages, Durable Objects, KV and R2", ["workers"]],
  ["Workers Platform (Read-only)", "Can read Workers, Pages, Durable Objects, KV and R2", []],
];
const AREAS = [
  "analytics",
  "billing",
  "cache_purge",
  "dns",
  "firewall",
  "logs",
  "member",
  "organization",
  "role",
  "ssl",
  "waf",
  "workers",
  "zone_settings",
  "zones",
];

const MEMBERS: [AccountName[], string, string[], string, boolean][] = [
  [["web", "retail"], "security@example.com", ["Super Administrator - All Privileges"], "accepted", true],
  [["web", "retail"], "platform@example.com", ["Administrator", "Workers Platform Admin"], "accepted", true],
  [["web", "retail"], "dns-team@example.com", ["DNS"], "accepted", true],
  [["web"], "on-call@example.com", ["Firewall", "Analytics", "Cache Purge"], "accepted", true],
  [["web"], "web-team@example.com", ["Workers Platform Admin", "Cache Purge"], "accepted", true],
  [["web"], "contractor-access@example.com", ["Administrator"], "accepted", false],
  [["web"], "auditor@example.com", ["Administrator Read Only", "Audit Logs Viewer"], "pending", false],
  [["retail"], "shop-team@example.com", ["SSL/TLS, Caching, Performance, Page Rules, and Customization"], "accepted", true],
  [["retail"], "billing@example.com", ["Billing"], "accepted", false],
  [["retail"], "former-agency@example.com", ["Administrator Read Only"], "rejected", false],
];

function role([name, description, edits]: [string, string, string[]], account: string): Row {
  const permissions = Object.fromEntries(AREAS.map((area) => [area, { read: true, write: edits.includes(area) }]));
  return { id: hexId(`role/${account}/${name}`), name, description, permissions };
}

function tellAccount(world: World, name: AccountName): void {
  const id = accountId(name);
  world.rows("/accounts").push({
    id,
    name: ACCOUNT_TITLES[name],
    type: "standard",
    settings: {
      enforce_twofactor: name === "retail",
      api_access_enabled: null,
      access_approval_expiry: null,
      abuse_contact_email: "abuse@example.com",
    },
    created_on: name === "web" ? "2019-03-11T09:14:00.000000Z" : "2021-08-02T13:40:00.000000Z",
  });
  const roles = ROLES.map((r) => role(r, name));
  world.rows(`/accounts/${id}/roles`).push(...roles);
  for (const [accounts, email, names, status, twoFactor] of MEMBERS) {
    if (!accounts.includes(name)) continue;
    world.rows(`/accounts/${id}/members`).push({
      id: hexId(`member/${name}/${email}`),
      status,
      email,
      user: { id: hexId(`user/${email.split("@")[0]}`), email, first_name: null, last_name: null, two_factor_authentication_enabled: twoFactor },
      roles: roles.filter((r) => names.includes(r["name"])),
      policies: [],
    });
  }
  world.rows("/memberships").push({
    id: hexId(`membership/${name}`),
    status: "accepted",
    account: { id, name: ACCOUNT_TITLES[name], type: "standard", settings: { enforce_twofactor: name === "retail" } },
    api_access_enabled: null,
    roles: ["Super Administrator - All Privileges"],
    permissions: { analytics: { read: true, write: true }, dns_records: { read: true, write: true }, zones: { read: true, write: true } },
  });
}

function describe(world: World, token: (typeof TOKENS)[number]): Row {
  const writes = token.permissions.some((p) => p.endsWith(":edit"));
  return {
    id: tokenId(token),
    name: token.name,
    status: token.status,
    issued_on: "2026-01-12T10:00:00Z",
    modified_on: "2026-01-12T10:00:00Z",
    not_before: null,
    expires_on: token.status === "expired" ? world.daysAgo(1) : null,
    last_used_on: world.daysAgo(0.1),
    policies: [
      {
        id: hexId(`policy/${token.name}`),
        effect: "allow",
        resources: Object.fromEntries(token.accounts.map((a) => [`com.cloudflare.api.account.${accountId(a)}`, "*"])),
        permission_groups: PERMISSION_GROUPS.filter((g) => writes || g.name.endsWith("Read")).map(({ id, name }) => ({ id, name })),
      },
    ],
    condition: {},
  };
}

export function tellAccounts(world: World): void {
  tellAccount(world, "web");
  tellAccount(world, "retail");
  world.documents.set("/user", {
    id: hexId("user/security"),
    email: "security@example.com",
    first_name: null,
    last_name: null,
    username: "security",
    telephone: null,
    country: null,
    zipcode: null,
    two_factor_authentication_enabled: true,
    two_factor_authentication_locked: false,
    created_on: "2019-03-11T09:12:00.000000Z",
    modified_on: world.daysAgo(12),
    suspended: false,
    organizations: [],
  });
  for (const token of TOKENS) {
    const at = token.kind === "user" ? "/user/tokens" : token.kind === "account" ? `/accounts/${accountId("web")}/tokens` : null;
    if (at) world.rows(at).push(describe(world, token));
  }
}
