// SPDX-License-Identifier: Apache-2.0
// What is set up: zones, DNS, certificates, rules, members, Workers, storage.
import { A, perZone, zones } from "../../ask/truth/zones.mjs";
import { DAY, day, grouped, now, one, round, sum, tell, unique } from "../../ask/truth/spans.mjs";
import { rest, rows } from "../../ask/vendors.mjs";
import { orNone } from "./spans.mjs";

const named = (test) => [...perZone].filter(([, p]) => test(p)).map(([name]) => name);
const records = [...perZone].flatMap(([zone, p]) => p.dns.map((r) => ({ zone, ...r })));
tell("records_bare", records.filter((r) => r.proxiable && !r.proxied).length);
tell("records_oncall", records.filter((r) => r.tags.includes("team:on-call")).map((r) => r.name));
tell("zones_without_mx", orNone(named((p) => !p.dns.some((r) => r.type === "MX"))));

const newest = zones.reduce((a, b) => (a.created_on > b.created_on ? a : b));
tell("zone_newest", newest.name);
tell("zone_newest_created", newest.created_on.slice(0, 10));
tell("zone_newest_plan", newest.plan.name);
tell("zones_inactive", zones.filter((z) => z.status !== "active").length);
tell("zones_idle", zones.filter((z) => z.status !== "active" || z.paused).length);

const left = [...perZone.values()].flatMap((p) => p.certs.map((c) => (Date.parse(c.expires_on) - now) / DAY));
tell("about_cert_days_mean", round(sum(left) / left.length, 1));
tell("about_cert_days_mean_whole", round(sum(left, Math.floor) / left.length, 1));

const rules = [...perZone.values()].flatMap((p) => p.rules);
for (const [action, list] of grouped(rules, (r) => r.action)) {
  tell(`rules_action.${action}`, list.length);
  tell(`rules_paused.${action}`, list.filter((r) => r.paused).length);
}
const soft = [];
for (const z of zones)
  for (const r of await rows(`/zones/${z.id}/firewall/access_rules/rules`)) if (r.configuration.value === "AS64511" && r.mode === "challenge") soft.push(z.name);
tell("zones_asn_challenged", soft);
const login = (name) => perZone.get(name).own.flatMap((s) => s.rules).find((r) => r.description === "Block login guessing").ratelimit.requests_per_period;
tell("login_limit.example.com", login("example.com"));
tell("login_limit.staging-example.com", login("staging-example.com"));

const old = [];
for (const z of zones) if (Number((await rest(`/zones/${z.id}/settings/min_tls_version`)).result.value) < 1.2) old.push(z.name);
tell("zones_old_tls", orNone(old));
const ruled = [];
for (const z of zones) if ((await rest(`/zones/${z.id}/pagerules`)).result.length) ruled.push(z.name);
tell("page_rules_no_route", one(ruled.filter((name) => perZone.get(name).routes.length === 0)));

const members = await rows(`${A}/members`);
const rolesOf = (email) => members.find((m) => m.user.email === email).roles.map((r) => r.name);
tell("webteam_more", one(rolesOf("web-team@example.com").filter((role) => !rolesOf("on-call@example.com").includes(role))));
tell("admins_no_2fa", members.filter((m) => !m.user.two_factor_authentication_enabled && m.roles.some((r) => r.name === "Administrator")).map((m) => m.user.email));
export const rolesHeld = (emails) => unique(emails.flatMap(rolesOf));

const scripts = (await rest(`${A}/workers/scripts`)).result;
const routed = new Set([...perZone.values()].flatMap((p) => p.routes.map((r) => r.script)));
tell("workers_unrouted", scripts.map((s) => s.id).filter((id) => !routed.has(id)));
tell("workers_routed", [...routed]);
tell("workers_routed_modified", unique(scripts.filter((s) => routed.has(s.id)).map((s) => day(Date.parse(s.modified_on)))));
const { bindings } = (await rest(`${A}/workers/scripts/image-resizer/settings`)).result;
const bucket = bindings.find((b) => b.type === "r2_bucket").bucket_name;
tell("resizer_bucket", bucket);
tell("resizer_bucket_place", (await rest(`${A}/r2/buckets`)).result.buckets.find((b) => b.name === bucket).location);
const redirects = (await rest(`${A}/storage/kv/namespaces`)).result.find((k) => k.title === "redirects");
tell("redirects_keys", (await rest(`${A}/storage/kv/namespaces/${redirects.id}/keys`)).result.length);
tell("tokens_new_48h", (await rows(`${A}/tokens`)).filter((t) => Date.parse(t.issued_on) >= now - 2 * DAY).map((t) => t.name));
