// SPDX-License-Identifier: Apache-2.0
// The table of plain collections. What needs more than this table says stands in products/.

import { contains, field, type Resource } from "./collection.js";
import { invalid } from "./envelope.js";
import { SHAPES } from "./shapes.js";

const Z = "/zones/:zone_id";
const A = "/accounts/:account_id";

const ACCESS_RULES: Omit<Resource, "at"> = {
  area: "firewall", can: "LGCUD", kind: "access_rule", paging: "pages", sizes: { initial: 20, max: 1000 },
  required: ["mode", "configuration"], order: ["mode", "configuration.target", "configuration.value"], shape: SHAPES.access,
  missing: [404, 10001, "firewallaccessrules.api.not_found"],
  filters: { mode: field("mode"), notes: contains("notes"), "configuration.target": field("configuration.target"), "configuration.value": field("configuration.value") },
};

export const RESOURCES: Resource[] = [
  // Who is in an account
  {
    at: `${A}/members`, area: "account", can: "LGCPD", kind: "member", paging: "pages", sizes: { initial: 20, max: 50 },
    order: ["user.email", "user.first_name", "user.last_name", "status"], required: ["email", "roles"], shape: SHAPES.member,
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
    required: ["action", "filter"], shape: SHAPES.firewall, missing: [404, 10002, "firewallrules.api.not_found"],
    filters: { description: contains("description"), action: field("action"), id: field("id"), paused: field("paused") },
  },
  { at: `${Z}/filters`, area: "firewall", can: "LGCUPD", kind: "filter", bulk: true, paging: "pages", sizes: { initial: 25, max: 100 }, required: ["expression"], filters: { expression: contains("expression"), description: contains("description"), id: field("id"), paused: field("paused") } },
  { at: `${Z}/firewall/waf/overrides`, area: "firewall", can: "LGCPD", kind: "waf_override", paging: "pages", sizes: { initial: 50, max: 100 }, required: ["urls"], shape: SHAPES.override, missing: [404, 1002, "waf.api.override.not_found"] },
  { at: `${Z}/firewall/waf/packages`, area: "firewall", can: "LGU", kind: "waf_package", paging: "pages", sizes: { initial: 50, max: 100 }, filters: { name: contains("name") } },
  { at: `${Z}/firewall/waf/packages/:package_id/groups`, area: "firewall", can: "LGU", kind: "waf_group", paging: "pages", sizes: { initial: 50, max: 100 }, order: ["mode", "rules_count"], filters: { name: contains("name"), mode: field("mode") } },
  { at: `${Z}/firewall/waf/packages/:package_id/rules`, area: "firewall", can: "LGU", kind: "waf_rule", paging: "pages", sizes: { initial: 50, max: 100 }, order: ["priority", "group_id", "description"], filters: { description: contains("description"), mode: field("mode"), group_id: field("group.id") } },
  { at: `${Z}/firewall/lockdowns`, area: "firewall", can: "LGCPD", kind: "lockdown", paging: "pages", sizes: { initial: 20, max: 1000 }, required: ["urls", "configurations"] },
  { at: `${Z}/firewall/ua_rules`, area: "firewall", can: "LGCPD", kind: "ua_rule", paging: "pages", sizes: { initial: 20, max: 1000 }, required: ["mode", "configuration"] },
  { ...ACCESS_RULES, at: `${Z}/firewall/access_rules/rules` },
  { ...ACCESS_RULES, at: `${A}/firewall/access_rules/rules` },
  { ...ACCESS_RULES, at: "/user/firewall/access_rules/rules" },
  { at: `${Z}/rate_limits`, area: "firewall", can: "LGCPD", kind: "rate_limit", paging: "pages", sizes: { initial: 20, max: 1000 }, required: ["match", "threshold", "period", "action"], shape: SHAPES.rateLimit, missing: [404, 10001, "ratelimit.api.not_found"] },

  // What a zone runs on
  { at: `${Z}/pagerules`, area: "page_rules", can: "LGCUPD", kind: "page_rule", paging: "single", required: ["targets", "actions"], shape: SHAPES.pageRule, order: ["priority", "status"], filters: { status: field("status") }, missing: [404, 1002, "Page Rule not found"] },
  { at: `${Z}/workers/routes`, area: "workers", can: "LGCPD", kind: "worker_route", paging: "single", required: ["pattern"], shape: SHAPES.workerRoute, missing: [404, 10009, "workers.api.error.route_not_found"] },
  { at: `${Z}/ssl/certificate_packs`, createAt: `${Z}/ssl/certificate_packs/order`, area: "ssl", can: "LGCUD", kind: "certificate_pack", paging: "pages", sizes: { initial: 20, max: 50 }, required: ["hosts", "type"], shape: SHAPES.certificate, filters: { status: (row, value) => value === "all" || row["status"] === value } },
  { at: `${Z}/custom_certificates`, area: "ssl", can: "LGD", kind: "custom_certificate", paging: "pages", sizes: { initial: 20, max: 50 }, filters: { status: field("status") } },
  { at: `${Z}/custom_hostnames`, area: "ssl", can: "LGCUD", kind: "custom_hostname", paging: "pages", sizes: { initial: 20, max: 1000 }, required: ["hostname"], filters: { hostname: field("hostname"), id: field("id") } },
  { at: `${Z}/load_balancers`, area: "load_balancers", can: "LGCUPD", kind: "load_balancer", paging: "single", required: ["name", "default_pools", "fallback_pool"], shape: SHAPES.loadBalancer },
  { at: `${A}/load_balancers/pools`, area: "load_balancers", can: "LGCUPD", kind: "pool", paging: "single", required: ["name", "origins"], shape: SHAPES.pool, filters: { monitor: field("monitor") } },
  { at: `${A}/load_balancers/monitors`, area: "load_balancers", can: "LGCUPD", kind: "monitor", paging: "single" },
  { at: `${Z}/healthchecks`, area: "load_balancers", can: "LGCUPD", kind: "healthcheck", paging: "pages", sizes: { initial: 25, max: 1000 }, required: ["name", "address"] },
  { at: `${Z}/email/routing/rules`, area: "email", can: "LGCPD", kind: "email_rule", key: "tag", paging: "pages", sizes: { initial: 20, max: 50 }, required: ["matchers", "actions"], shape: SHAPES.emailRule, filters: { enabled: field("enabled") }, missing: [404, 2014, "Rule not found"] },
  { at: `${A}/email/routing/addresses`, area: "email", can: "LGCD", kind: "email_address", key: "tag", paging: "pages", sizes: { initial: 20, max: 50 }, required: ["email"], shape: SHAPES.emailAddress, filters: { verified: (row, value) => (row["verified"] !== null) === (value === "true") } },
  { at: `${Z}/logpush/jobs`, area: "logs", can: "LGCPD", kind: "logpush_job", paging: "single", required: ["destination_conf"] },
  { at: `${A}/logpush/jobs`, area: "logs", can: "LGCPD", kind: "logpush_job", paging: "single", required: ["destination_conf"] },

  // What an account stores
  { at: `${A}/r2/buckets`, area: "r2", can: "LGCD", kind: "r2_bucket", key: "name", wrap: "buckets", paging: "per_page_cursor", sizes: { initial: 20, max: 1000 }, required: ["name"], shape: SHAPES.bucket, order: ["name"], filters: { name_contains: contains("name") }, missing: [404, 10006, "The specified bucket does not exist."] },
  { at: `${A}/d1/database`, area: "d1", can: "LGCUPD", kind: "d1_database", key: "uuid", paging: "pages_short", sizes: { initial: 100, max: 10000 }, required: ["name"], shape: SHAPES.database, filters: { name: contains("name") }, missing: [404, 7404, "The database could not be found"] },
  { at: `${A}/pages/projects`, area: "pages", can: "LGCUD", kind: "pages_project", key: "name", paging: "pages", sizes: { initial: 10, max: 100 }, required: ["name"], shape: SHAPES.project, missing: [404, 8000007, "Project not found. The specified project name does not match any of your existing projects."] },
  { at: `${A}/pages/projects/:project_name/domains`, area: "pages", can: "LGCUD", kind: "pages_domain", key: "name", paging: "single", required: ["name"], missing: [404, 8000021, "The domain was not found"] },
  { at: `${A}/queues`, area: "workers", can: "LGCPD", kind: "queue", key: "queue_id", paging: "pages", required: ["queue_name"] },
  { at: `${A}/rules/lists`, area: "firewall", can: "LGCPD", kind: "list", paging: "single", required: ["name", "kind"] },
  { at: `${A}/access/apps`, area: "access", can: "LGCPD", kind: "access_app", paging: "pages", sizes: { initial: 25, max: 1000 }, required: ["type"], filters: { name: contains("name"), domain: field("domain") }, missing: [404, 11021, "access.api.error.unknown_application"] },
  { at: `${A}/access/apps/:app_id/policies`, area: "access", can: "LGCPD", kind: "access_policy", paging: "pages", required: ["name", "decision"], missing: [404, 12130, "access.api.error.policy_not_found"] },
  { at: `${A}/access/policies`, area: "access", can: "LGCPD", kind: "access_policy", paging: "pages", required: ["name", "decision"], missing: [404, 12130, "access.api.error.policy_not_found"] },
  { at: `${A}/cfd_tunnel`, area: "tunnel", can: "LGCUD", kind: "tunnel", paging: "pages", required: ["name"], filters: { name: field("name"), status: field("status"), is_deleted: (row, value) => (row["deleted_at"] !== null) === (value === "true") }, missing: [404, 1002, "Tunnel not found"] },
  { at: `${A}/workers/domains`, area: "workers", can: "LGD", kind: "worker_domain", paging: "single", filters: { zone_id: field("zone_id"), zone_name: field("zone_name"), hostname: field("hostname"), service: field("service") } },
  { at: "/certificates", area: "ssl", can: "LGCD", kind: "origin_certificate", paging: "single", required: ["hostnames", "csr"], shape: SHAPES.originCertificate, filters: { zone_id: field("zone_id") }, missing: [404, 1101, "Failed to read certificate from Database"] },
  { at: `${A}/challenges/widgets`, area: "firewall", can: "LGCPD", kind: "widget", key: "sitekey", paging: "pages", required: ["name", "domains", "mode"] },
  { at: `${A}/subscriptions`, area: "billing", can: "L", kind: "", paging: "single" },
  { at: "/user/subscriptions", area: "billing", can: "L", kind: "", paging: "single" },
];
