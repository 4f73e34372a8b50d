// SPDX-License-Identifier: Apache-2.0
// Zones, and what is configured in them.
import { rest, rows } from "../vendors.mjs";
import { truth, tell, DAY, now, day, sum, round, percent, unique, median, grouped, leaders, one } from "./tell.mjs";

export const zones = await rows("/zones");
export const account = zones[0].account.id;
export const A = `/accounts/${account}`;
export const zoneOf = (name) => zones.find((z) => z.name === name);
export const perZone = new Map();
for (const z of zones) {
  const at = `/zones/${z.id}`;
  const sets = (await rest(`${at}/rulesets`)).result;
  const own = [];
  for (const set of sets.filter((s) => s.kind !== "managed")) own.push((await rest(`${at}/rulesets/${set.id}`)).result);
  perZone.set(z.name, {
    dns: await rows(`${at}/dns_records`, 100),
    dnssec: (await rest(`${at}/dnssec`)).result,
    certs: (await rest(`${at}/ssl/certificate_packs`)).result.flatMap((p) => p.certificates),
    rules: await rows(`${at}/firewall/rules`, 100),
    overrides: await rows(`${at}/firewall/waf/overrides`, 100),
    limits: await rows(`${at}/rate_limits`, 100),
    routes: (await rest(`${at}/workers/routes`)).result,
    sets,
    own,
  });
}

tell("account_id", account);
tell("zones_total", zones.length);
tell("zone_ids", zones.map((z) => z.id));
for (const z of zones) {
  tell(`zone_id.${z.name}`, z.id);
  tell(`zone_status.${z.name}`, z.status);
  tell(`zone_plan.${z.name}`, z.plan.name);
}
tell("zone_023e_status", (await rest("/zones/023e105f4ecef8ad9ca31a8372d0c353", { optional: true }))?.result.status);
for (const plan of ["free", "pro", "enterprise"]) {
  const some = zones.filter((z) => z.plan.legacy_id === plan);
  tell(`zones_${plan}`, some.length);
  tell(`zones_${plan}_names`, some.map((z) => z.name));
}
tell("zones_free_percent", percent(zones.filter((z) => z.plan.legacy_id === "free").length, zones.length));
tell("zones_active", zones.filter((z) => z.status === "active").length);
tell("zones_paused_names", one(zones.filter((z) => z.paused).map((z) => z.name)));
tell("zones_not_serving", zones.filter((z) => z.paused || z.status !== "active").map((z) => z.name));
tell("zones_devmode", one(zones.filter((z) => z.development_mode > 0).map((z) => z.name)));
const oldest = [...zones].sort((a, b) => (a.created_on < b.created_on ? -1 : 1))[0];
tell("zone_oldest", oldest.name);
tell("zone_oldest_created", oldest.created_on.slice(0, 10));

const records = [...perZone.values()].flatMap((p) => p.dns);
tell("dns_total", records.length);
for (const [type, some] of grouped(records, (r) => r.type)) tell(`dns_count.${type}`, some.length);
tell("dns_top_type", grouped(records, (r) => r.type)[0][0]);
tell("dns_proxied", records.filter((r) => r.proxied).length);
tell("dns_proxied_percent", percent(records.filter((r) => r.proxied).length, records.length));
tell("dns_mean_per_zone", round(records.length / zones.length, 2));
tell("dns_median_per_zone", median([...perZone.values()].map((p) => p.dns.length)));
for (const [name, { dns }] of perZone) tell(`dns_count_zone.${name}`, dns.length);
tell("dns_unproxied_a.example.com", perZone.get("example.com").dns.filter((r) => r.type === "A" && !r.proxied).map((r) => r.name));
const off = [...perZone].filter(([, p]) => p.dnssec.status !== "active");
tell("dnssec_off", off.length);
tell("dnssec_on_names", one([...perZone].filter(([, p]) => p.dnssec.status === "active").map(([name]) => name)));

const certificates = [...perZone].flatMap(([name, p]) => p.certs.map((c) => ({ name, at: Date.parse(c.expires_on) })));
certificates.sort((a, b) => a.at - b.at);
tell("cert_soonest_date", day(certificates[0].at));
tell("cert_soonest_zones", one(certificates.filter((c) => day(c.at) === day(certificates[0].at)).map((c) => c.name)));
const soon = certificates.filter((c) => c.at < now + 30 * DAY);
tell("cert_30d", soon.length);
tell("cert_30d_zones", soon.map((c) => c.name));
tell("cert_date.example.com", day(certificates.find((c) => c.name === "example.com").at));

const texts = (list) => list.map((r) => r.description);
for (const [name, p] of perZone) {
  const paused = p.rules.filter((r) => r.paused);
  const active = p.rules.filter((r) => !r.paused);
  tell(`fw_total.${name}`, p.rules.length);
  tell(`fw_paused.${name}`, paused.length);
  tell(`fw_paused_names.${name}`, texts(paused));
  tell(`fw_active.${name}`, active.length);
  tell(`fw_active_names.${name}`, texts(active));
  tell(`ov_total.${name}`, p.overrides.length);
  tell(`ov_active.${name}`, p.overrides.filter((o) => !o.paused).length);
  tell(`ov_active_names.${name}`, texts(p.overrides.filter((o) => !o.paused)));
  tell(`ov_paused_names.${name}`, texts(p.overrides.filter((o) => o.paused)));
  const limits = p.own.filter((s) => s.phase === "http_ratelimit").flatMap((s) => s.rules);
  tell(`rl_names.${name}`, texts(limits));
  tell(`rl_requests.${name}`, limits.map((r) => r.ratelimit.requests_per_period));
  tell(`rl_count.${name}`, limits.length);
  const blocks = p.own.flatMap((s) => s.rules).filter((r) => r.action === "block");
  tell(`block_rules.${name}`, texts(blocks));
  tell(`block_rules_count.${name}`, blocks.length);
  tell(`phases_own.${name}`, unique(p.own.map((s) => s.phase)));
  for (const [phase, sets] of grouped(p.sets, (s) => s.phase)) tell(`phase_sets.${name}.${phase}`, sets.length);
}
tell("fw_paused_all", sum([...perZone.values()], (p) => p.rules.filter((r) => r.paused).length));
tell("fw_zones_paused_most", one(leaders(grouped([...perZone].flatMap(([name, p]) => p.rules.filter((r) => r.paused).map(() => name)), (n) => n))));
const bare = [...perZone].filter(([, p]) => p.sets.length === 0).map(([name]) => name);
tell("zones_without_rulesets", bare.length);
tell("zones_without_rulesets_names", bare);
const difference = (a, b) => a.filter((x) => !b.includes(x));
const written = (name) => perZone.get(name).rules.map((r) => `${r.filter.expression} ${r.action}`);
tell("fw_missing.staging-example.com", difference(written("example.com"), written("staging-example.com")).length);
tell("fw_missing.staging-app.com", difference(written("example.com"), written("staging-app.com")).length);
tell("rl_missing_names.staging-example.com", one(difference(truth["rl_names.example.com"], truth["rl_names.staging-example.com"])));
tell("rl_missing.staging-example.com", difference(truth["rl_names.example.com"], truth["rl_names.staging-example.com"]).length);
