// SPDX-License-Identifier: Apache-2.0
// What is set up: DNS, firewall, certificates, zones, Workers, buckets.
import { A, perZone, zoneOf, zones } from "../../ask/truth/zones.mjs";
import { grouped, one, tell } from "../../ask/truth/spans.mjs";
import { rest, rows } from "../../ask/vendors.mjs";

const records = [...perZone.values()].flatMap((p) => p.dns);
tell("dns_five_minutes", records.filter((r) => r.ttl === 300).length);
tell("dmarc_policy.acme-docs.example", perZone.get("acme-docs.example").dns.find((r) => r.name === "_dmarc.acme-docs.example").content);
const sizes = [...perZone].sort((a, b) => b[1].dns.length - a[1].dns.length);
tell("zone_most_records", one(sizes.filter(([, p]) => p.dns.length === sizes[0][1].dns.length).map(([name]) => name)));
tell("zone_most_records_count", sizes[0][1].dns.length);
tell("zones_partial", one(zones.filter((z) => z.type === "partial").map((z) => z.name)));
tell("zones_without_mx", zones.filter((z) => !perZone.get(z.name).dns.some((r) => r.type === "MX")).length);

const rules = [...perZone.values()].flatMap((p) => p.rules);
for (const [action, list] of grouped(rules, (r) => r.action)) {
  tell(`rules_action.${action}`, list.length);
  tell(`rules_action_live.${action}`, list.filter((r) => !r.paused).length);
}
const access = [];
for (const z of zones) for (const r of await rows(`/zones/${z.id}/firewall/access_rules/rules`)) access.push({ zone: z.name, ...r });
const value = (r) => r.configuration.value;
tell("access_blocked.staging-example.com", one(access.filter((r) => r.zone === "staging-example.com" && r.mode === "block").map(value)));
tell("access_allowed_account", one((await rows(`${A}/firewall/access_rules/rules`)).filter((r) => r.mode === "whitelist").map(value)));
const own = (zone, test) => one(perZone.get(zone).own.flatMap((s) => s.rules).filter(test).map((r) => r.description));
tell("rules_off.staging-example.com", own("staging-example.com", (r) => r.enabled === false));
tell("agents_blocked.acme-help.example", one((await rows(`/zones/${zoneOf("acme-help.example").id}/firewall/ua_rules`)).filter((r) => r.mode === "block").map(value)));

const ends = [...perZone].flatMap(([name, p]) => p.certs.map((c) => ({ name, at: c.expires_on.slice(0, 10) }))).sort((a, b) => (a.at < b.at ? 1 : -1));
tell("cert_last_date", ends[0].at);
const last = ends.filter((c) => c.at === ends[0].at);
for (const i of [0, 1]) tell(`cert_last_zone_${i + 1}`, last[i]?.name);
tell("tls_least.acme-api.example", (await rest(`/zones/${zoneOf("acme-api.example").id}/settings/min_tls_version`)).result.value);
tell("logpush.acme-blog.example", (await rest(`/zones/${zoneOf("acme-blog.example").id}/logpush/jobs`)).result.length);

const scripts = (await rest(`${A}/workers/scripts`)).result;
const bare = [];
for (const s of scripts) if ((await rest(`${A}/workers/scripts/${s.id}/secrets`)).result.length === 0) bare.push(s.id);
tell("workers_without_secret", bare);
