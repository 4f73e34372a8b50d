// SPDX-License-Identifier: Apache-2.0
// The Cloudflare account: who did what, what is set up, what its zones served. Attempts that failed may fairly be counted or not:
// NAME_done leaves them out; so may logins among changes: NAME_edits leaves them out too. 0 stands for "there are none".
import { lately } from "../../ask/truth/audit.mjs";
import { A, perZone, zoneOf, zones } from "../../ask/truth/zones.mjs";
import { DAY, grouped, leaders, now, one, percent, sum, tell, unique } from "../../ask/truth/spans.mjs";
import { rest, rows } from "../../ask/vendors.mjs";
import { by } from "../../ask-home-fourth/truth/figures.mjs";

const of = (type, ...actions) => (e) => e.resource.type === type && (actions.length === 0 || actions.includes(e.action.type));
const done = (list) => list.filter((e) => e.action.result);
const orNone = (list) => (list.length ? list : 0);
const login = (e) => e.action.type === "login";
const by_ = (email) => (e) => e.actor.email === email;
const who = (list) => unique(list.map((e) => e.actor.email));
const members = await rows(`${A}/members`);

for (const w of ["30d", "30d@days"]) {
  const logins = lately(w, login), hers = logins.filter(by_("security@example.com"));
  tell(`logins_${w}`, logins.length);
  tell(`logins_done_${w}`, done(logins).length);
  tell(`logins_security_${w}`, hers.length);
  tell(`logins_security_done_${w}`, done(hers).length);
  const zoned = lately(w, (e) => by_("dns-team@example.com")(e) && e.metadata.zone_name);
  tell(`dnsteam_zone_${w}`, one(leaders(grouped(zoned, (e) => e.metadata.zone_name))));
  tell(`dnsteam_zone_done_${w}`, one(leaders(grouped(done(zoned), (e) => e.metadata.zone_name))));
  const active = who(lately(w));
  tell(`members_idle_${w}`, orNone(members.map((m) => m.user.email).filter((email) => !active.includes(email))));
  const purgers = who(lately(w, of("cache", "purge")));
  tell(`purger_roles_${w}`, unique(members.filter((m) => purgers.includes(m.user.email)).flatMap((m) => m.roles.map((r) => r.name))));
}
for (const w of ["14d", "14d@days"]) {
  tell(`people_${w}`, who(lately(w)).length);
  tell(`people_edits_${w}`, who(done(lately(w)).filter((e) => !login(e))).length);
}
for (const w of ["30d", "prev30d"]) {
  tell(`purges_${w}`, lately(w, of("cache", "purge")).length);
  tell(`purges_done_${w}`, done(lately(w, of("cache", "purge"))).length);
}
tell("members_firewall_write", members.filter((m) => m.roles.some((r) => r.permissions.firewall?.write)).map((m) => m.user.email));
const roles = grouped(members.flatMap((m) => m.roles), (r) => r.name);
tell("roles_shared", roles.filter(([, list]) => list.length > 1).map(([name]) => name));
tell("tokens_endless", (await rows(`${A}/tokens`)).filter((t) => !t.expires_on).length);

const records = [...perZone].flatMap(([zone, p]) => p.dns.map((r) => ({ zone, ...r })));
const most = grouped(records, (r) => r.zone);
tell("records_192", records.filter((r) => r.content.startsWith("192.0.2.")).length);
tell("zone_most_records", most[0][0]);
tell("zone_most_records_count", most[0][1].length);
for (const name of ["acme-api.example", "staging-app.com"])
  tell(`unproxied_a.${name}`, orNone(records.filter((r) => r.zone === name && r.type === "A" && !r.proxied).map((r) => r.name)));
tell("aaaa_www", records.filter((r) => r.name === "www.example.com" && r.type === "AAAA").length);
tell("dnssec_percent", percent([...perZone.values()].filter((p) => p.dnssec.status === "active").length, zones.length));
tell("pro_old", orNone(zones.filter((z) => z.plan.legacy_id === "pro" && z.created_on < "2022").map((z) => z.name)));
tell("certs_21d", orNone([...perZone].filter(([, p]) => p.certs.some((c) => Date.parse(c.expires_on) < now + 21 * DAY)).map(([name]) => name)));
const routed = [...perZone].filter(([, p]) => p.routes.length > 0 && p.rules.length === 0);
tell("routes_without_rules", orNone(routed.map(([name]) => name)));
const brotli = (await rest(`/zones/${zoneOf("example.com").id}/settings/brotli`)).result.value;
tell("brotli_value", brotli);
tell("brotli_word", brotli === "on" ? "yes" : "no");

const bound = [];
for (const s of (await rest(`${A}/workers/scripts`)).result) {
  const { bindings } = (await rest(`${A}/workers/scripts/${s.id}/settings`)).result;
  bound.push({ name: s.id, bindings, spaces: bindings.filter((b) => b.type === "kv_namespace").map((b) => b.namespace_id) });
}
tell("worker_most_bindings", [...bound].sort((a, b) => b.bindings.length - a.bindings.length)[0].name);
tell("kv_workers", bound.filter((s) => s.spaces.length > 0).map((s) => s.name));
const spaces = new Set(bound.flatMap((s) => s.spaces));
tell("kv_titles", (await rest(`${A}/storage/kv/namespaces`)).result.filter((k) => spaces.has(k.id)).map((k) => k.title));

const HTTP = "httpRequestsAdaptiveGroups";
const statuses = await by(HTTP, "example.com", "24h", "edgeResponseStatus");
tell("about_5xx_percent_24h", percent(sum(statuses.filter(([status]) => status >= "500"), ([, n]) => n), sum(statuses, ([, n]) => n)));
tell("about_peak_hour.acme-blog.example", (await by(HTTP, "acme-blog.example", "24h", "datetimeHour"))[0][1]);
