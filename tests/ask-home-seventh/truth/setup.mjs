// SPDX-License-Identifier: Apache-2.0
// What is set up: zones, DNS, certificates, rules, members and tokens, Workers, storage, load balancers.
import { A, perZone, zoneOf, zones } from "../../ask/truth/zones.mjs";
import { day, one, tell, within } from "../../ask/truth/tell.mjs";
import { rest, rows } from "../../ask/vendors.mjs";
import { orNone } from "./spans.mjs";

const records = [...perZone].flatMap(([zone, p]) => p.dns.map((r) => ({ zone, ...r })));
tell("cnames.example.com", records.filter((r) => r.zone === "example.com" && r.type === "CNAME").length);
tell("records_long_ttl", one(records.filter((r) => r.ttl > 3600).map((r) => r.name)));

const certificates = [...perZone].flatMap(([name, p]) => p.certs.map((c) => ({ name, at: Date.parse(c.expires_on) }))).sort((a, b) => a.at - b.at);
tell("certs_next21d_zones", orNone(within(certificates, "next21d", (c) => c.at).map((c) => c.name)));

const custom = perZone.get("staging-example.com").own.filter((s) => s.phase === "http_request_firewall_custom").flatMap((s) => s.rules);
tell("custom_off.staging-example.com", one(custom.filter((r) => !r.enabled).map((r) => r.description)));
const at = (name) => `/zones/${zoneOf(name).id}`;
const target = (r) => r.targets[0].constraint.value;
const pageRules = (await rest(`${at("example.com")}/pagerules`)).result;
tell("page_rules_off", one(pageRules.filter((r) => r.status === "disabled").map(target)));
tell("page_rules_on", pageRules.filter((r) => r.status === "active").map(target));
const barred = [];
for (const z of zones) for (const r of await rows(`/zones/${z.id}/firewall/access_rules/rules`)) if (r.configuration.value === "203.0.113.77" && r.mode === "block") barred.push(z.name);
tell("zones_barring_intruder", one(barred));
tell("http3.acme-docs.example", (await rest(`${at("acme-docs.example")}/settings/http3`)).result.value);
const ttl = (await rest(`${at("example.com")}/settings/browser_cache_ttl`)).result.value;
tell("browser_ttl.example.com", ttl);
tell("browser_ttl_hours.example.com", ttl / 3600);

const members = await rows(`${A}/members`);
tell("members_firewall", members.filter((m) => m.roles.some((r) => r.permissions.firewall?.write)).map((m) => m.user.email));
tell("members_invited", one(members.filter((m) => m.status === "pending").map((m) => m.user.email)));
const tokens = await rows(`${A}/tokens`);
const may = (t) => t.policies.flatMap((p) => p.permission_groups.map((g) => g.name));
tell("tokens_dns_write", one(tokens.filter((t) => may(t).includes("DNS Write")).map((t) => t.name)));
tell("token_used.deploy-pipeline", day(Date.parse(tokens.find((t) => t.name === "deploy-pipeline").last_used_on)));

const { buckets } = (await rest(`${A}/r2/buckets`)).result;
const oldest = buckets.reduce((a, b) => (a.creation_date < b.creation_date ? a : b));
tell("bucket_oldest", oldest.name);
tell("bucket_oldest_day", oldest.creation_date.slice(0, 10));
const [orders] = (await rest(`${A}/d1/database`)).result;
tell("orders_bytes", orders.file_size);
tell("orders_tables", orders.num_tables);
const pools = (await rest(`${A}/load_balancers/pools`)).result;
const [balancer] = (await rest(`${at("example.com")}/load_balancers`)).result;
tell("fallback_pool", pools.find((p) => p.id === balancer.fallback_pool).name);
tell("pools_off", orNone(pools.filter((p) => !p.enabled).map((p) => p.name)));
const failed = [];
for (const p of (await rest(`${A}/pages/projects`)).result)
  for (const d of (await rest(`${A}/pages/projects/${p.name}/deployments`)).result) if (d.latest_stage.status === "failure") failed.push(d);
tell("deployments_failed", failed.map((d) => d.short_id));

const wide = {};
for (const name of ["example.com", "staging-app.com"]) wide[name] = new Map((await rest(`${at(name)}/settings`)).result.map((x) => [x.id, JSON.stringify(x.value)]));
tell("settings_that_differ", one([...wide["example.com"]].filter(([id, value]) => wide["staging-app.com"].get(id) !== value).map(([id]) => id)));
const clockless = [];
for (const s of (await rest(`${A}/workers/scripts`)).result) if (!(await rest(`${A}/workers/scripts/${s.id}/schedules`)).result.schedules.length) clockless.push(s.id);
tell("workers_without_cron", clockless);
tell("buckets_total", buckets.length);
