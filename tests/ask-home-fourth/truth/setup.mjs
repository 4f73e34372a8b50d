// SPDX-License-Identifier: Apache-2.0
// What is set up: zones, DNS, certificates, firewall, Workers, storage. 0 stands for "there are none".
import { A, perZone, zoneOf, zones } from "../../ask/truth/zones.mjs";
import { DAY, day, now, round, tell } from "../../ask/truth/spans.mjs";
import { rest, rows } from "../../ask/vendors.mjs";

const orNone = (list) => (list.length ? list : 0);
const named = (test) => [...perZone].filter(([, p]) => test(p)).map(([name]) => name);

const records = [...perZone].flatMap(([zone, p]) => p.dns.map((r) => ({ zone, ...r })));
const main = records.filter((r) => r.zone === "example.com");
tell("records_of_platform", records.filter((r) => r.tags.includes("team:platform")).length);
tell("record_touched_last.example.com", main.reduce((a, b) => (a.modified_on > b.modified_on ? a : b)).name);
tell("zones_without_dmarc", orNone(named((p) => !p.dns.some((r) => r.type === "TXT" && r.name.startsWith("_dmarc.")))));

tell("zones_without_cert", named((p) => p.certs.length === 0));
const end = perZone.get("acme-mail.example").certs[0].expires_on;
tell("cert_date.acme-mail.example", day(Date.parse(end)));
tell("about_cert_days.acme-mail.example", round((Date.parse(end) - now) / DAY, 1));

const rules = [...perZone.values()].flatMap((p) => p.rules);
tell("fw_rules_all", rules.length);
tell("fw_rules_blocking", rules.filter((r) => r.action === "block").length);
tell("zones_without_fw_rules", named((p) => p.rules.length === 0));
const off = [];
for (const z of zones) if ((await rest(`/zones/${z.id}/settings/brotli`)).result.value === "off") off.push(z.name);
tell("brotli_off", orNone(off));
const access = await rows(`/zones/${zoneOf("example.com").id}/firewall/access_rules/rules`);
tell("access_notes.example.com", access.map((r) => r.notes));
const blocked = [];
for (const z of zones) for (const r of await rows(`/zones/${z.id}/firewall/access_rules/rules`)) if (r.mode === "block" && r.configuration.value === "203.0.113.77") blocked.push(z.name);
tell("zones_blocking_77", blocked);
const enforced = (await rest(A)).result.settings.enforce_twofactor;
tell("twofactor_enforced", String(enforced));
tell("twofactor_none", enforced ? null : 0);

const scripts = (await rest(`${A}/workers/scripts`)).result;
const bound = [], silent = [];
for (const s of scripts) {
  const { bindings } = (await rest(`${A}/workers/scripts/${s.id}/settings`)).result;
  bound.push(...bindings.filter((b) => b.type === "r2_bucket").map((b) => b.bucket_name));
  if (!bindings.some((b) => b.type === "secret_text")) silent.push(s.id);
}
tell("workers_without_secrets", silent);
tell("buckets_unbound", (await rest(`${A}/r2/buckets`)).result.buckets.map((b) => b.name).filter((name) => !bound.includes(name)));
