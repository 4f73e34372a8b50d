// SPDX-License-Identifier: Apache-2.0
// The table of plain collections. What needs more than this table says stands in products/.

import { contains, field, type Resource } from "./collection.js";
import { invalid } from "./envelope.js";
import { RULE_SHAPES } from "./shapes.js";

const Z = "/zones/:zone_id";
const A = "/accounts/:account_id";

const ACCESS_RULES: Omit<Resource, "at"> = {
  area: "firewall", can: "LGCUD", kind: "access_rule", paging: "pages", sizes: { initial: 20, max: 1000 },
  required: ["mode", "configuration"], order: ["mode", "configuration.target", "configuration.value"], shape: RULE_SHAPES.access,
  missing: [404, 10001, "firewallaccessrules.api.not_found"],
  filters: { mode: field("mode"), notes: contains("notes"), "configuration.target": field("configuration.target"), "configuration.value": field("configuration.value") },
};

export const RESOURCES: Resource[] = [
  // Who is in an account
  {
    at: `${A}/members`, area: "account", can: "LGCPD", kind: "member", paging: "pages", sizes: { initial: 20, max: 50 },
    order: ["user.email", "user.first_name", "user.last_name", "status"], required: ["email", "roles"], shape: RULE_SHAPES.member,
    filters: {
      status: (row, value) => {
        if (!["accepted", "pending", "rejected"].includes(value)) throw invalid("Invalid value for status: must be one of accepted, pending, rejected");
        return row["status"] === value;
      },
    },
    missing: [404, 1003, "Member not found for account"],
  },
  { at: `${A}/roles`, area: "account", can: "LG", kind: "role", paging: "pages", sizes: { initial: 20, max: 50 }, missing: [404, 1003, "Role not found"] },

  // Legacy firewall
  {
    at: `${Z}/firewall/rules`, area: "firewall", can: "LGCUPD", kind: "firewall_rule", bulk: true, paging: "pages", sizes: { initial: 25, max: 100 },
    required: ["action", "filter"], shape: RULE_SHAPES.firewall, missing: [404, 10002, "firewallrules.api.not_found"],
    filters: { description: contains("description"), action: field("action"), id: field("id"), paused: field("paused") },
  },
  { at: `${Z}/filters`, area: "firewall", can: "LGCUPD", kind: "filter", bulk: true, paging: "pages", sizes: { initial: 25, max: 100 }, required: ["expression"], filters: { expression: contains("expression"), description: contains("description"), id: field("id"), paused: field("paused") } },
  { at: `${Z}/firewall/waf/overrides`, area: "firewall", can: "LGCPD", kind: "waf_override", paging: "pages", sizes: { initial: 50, max: 100 }, required: ["urls"], shape: RULE_SHAPES.override, missing: [404, 1002, "waf.api.override.not_found"] },
  { at: `${Z}/firewall/waf/packages`, area: "firewall", can: "LGU", kind: "waf_package", paging: "pages", sizes: { initial: 50, max: 100 }, filters: { name: contains("name") } },
  { at: `${Z}/firewall/lockdowns`, area: "firewall", can: "LGCPD", kind: "lockdown", paging: "pages", sizes: { initial: 20, max: 1000 }, required: ["urls", "configurations"] },
  { at: `${Z}/firewall/ua_rules`, area: "firewall", can: "LGCPD", kind: "ua_rule", paging: "pages", sizes: { initial: 20, max: 1000 }, required: ["mode", "configuration"] },
  { ...ACCESS_RULES, at: `${Z}/firewall/access_rules/rules` },
  { ...ACCESS_RULES, at: `${A}/firewall/access_rules/rules` },
  { ...ACCESS_RULES, at: "/user/firewall/access_rules/rules" },
  { at: `${Z}/rate_limits`, area: "firewall", can: "LGCPD", kind: "rate_limit", paging: "pages", sizes: { initial: 20, max: 1000 }, required: ["match", "threshold", "period", "action"], shape: RULE_SHAPES.rateLimit, missing: [404, 10001, "ratelimit.api.not_found"] },
];
