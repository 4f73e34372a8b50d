// SPDX-License-Identifier: Apache-2.0
// What is set up: zones, DNS, certificates, firewall, Workers, storage.
import { A, perZone, zoneOf, zones } from "../../ask/truth/zones.mjs";
import { DAY, grouped, now, one, percent, tell } from "../../ask/truth/spans.mjs";
import { rest, rows } from "../../ask/vendors.mjs";

const records = [...perZone].flatMap(([zone, p]) => p.dns.map((r) => ({ zone, ...r })));
tell("cname_proxied", records.filter((r) => r.type === "CNAME" && r.proxied).length);
tell("a_bare.staging-app.com", records.filter((r) => r.zone === "staging-app.com" && r.type === "A" && !r.proxied).map((r) => r.name));
tell("records_newest.example.com", records.filter((r) => r.zone === "example.com").sort((a, b) => (a.created_on < b.created_on ? 1 : -1)).slice(0, 3).map((r) => r.name));
const caa = new Set(records.filter((r) => r.type === "CAA").map((r) => r.zone));
tell("zones_without_caa", zones.filter((z) => !caa.has(z.name)).map((z) => z.name));
tell("zone_newest", [...zones].sort((a, b) => (a.created_on < b.created_on ? 1 : -1))[0].name);
tell("zones_before_2021", zones.filter((z) => z.created_on < "2021").length);
for (const [status, list] of grouped(zones, (z) => z.status)) tell(`zones_status.${status}`, list.length);
tell("zones_pro_percent", percent(zones.filter((z) => z.plan.legacy_id === "pro").length, zones.length));
tell("name_servers.acme-docs.example", zoneOf("acme-docs.example").name_servers);
tell("certs_45d", [...perZone.values()].flatMap((p) => p.certs).filter((c) => Date.parse(c.expires_on) >= now && Date.parse(c.expires_on) < now + 45 * DAY).length);
const at = (name) => `/zones/${zoneOf(name).id}`;
for (const name of ["example.com", "acme-blog.example"]) tell(`ssl.${name}`, (await rest(`${at(name)}/settings/ssl`)).result.value);
const plain = [];
for (const z of zones) if ((await rest(`/zones/${z.id}/settings/always_use_https`)).result.value === "off") plain.push(z.name);
tell("zones_plain_http", plain);
tell("hostnames.example.com", (await rows(`${at("example.com")}/custom_hostnames`)).map((h) => h.hostname));

const locked = [], modes = [];
for (const z of zones) {
  if ((await rows(`/zones/${z.id}/firewall/lockdowns`)).length) locked.push(z.name);
  modes.push(...(await rows(`/zones/${z.id}/firewall/access_rules/rules`)).map((r) => ({ zone: z.name, ...r })));
}
tell("zones_locked", locked);
for (const [mode, list] of grouped(modes, (r) => r.mode)) tell(`access_mode.${mode}`, list.length);
tell("access_newest.staging-example.com", modes.filter((r) => r.zone === "staging-example.com").sort((a, b) => (a.created_on < b.created_on ? 1 : -1))[0].configuration.value);
const groups = [];
for (const p of await rows(`${at("example.com")}/firewall/waf/packages`)) groups.push(...(await rows(`${at("example.com")}/firewall/waf/packages/${p.id}/groups`)));
tell("waf_off.example.com", groups.filter((g) => g.mode === "off").map((g) => g.name));

const scripts = (await rest(`${A}/workers/scripts`)).result;
tell("worker_newest", [...scripts].sort((a, b) => (a.modified_on < b.modified_on ? 1 : -1))[0].id);
const users = [];
for (const s of scripts) if ((await rest(`${A}/workers/scripts/${s.id}/settings`)).result.bindings.some((b) => b.type === "r2_bucket")) users.push(s.id);
tell("workers_with_r2", one(users));
tell("images_worker", one((await rest(`${A}/workers/domains`)).result.filter((d) => d.hostname === "images.example.com").map((d) => d.service)));
const bucket = [...(await rest(`${A}/r2/buckets`)).result.buckets].sort((a, b) => (a.creation_date < b.creation_date ? -1 : 1))[0];
tell("bucket_oldest", bucket.name);
tell("bucket_oldest_date", bucket.creation_date.slice(0, 10));
const deployments = [];
for (const p of (await rest(`${A}/pages/projects`)).result) deployments.push(...(await rest(`${A}/pages/projects/${p.name}/deployments`)).result);
const failed = deployments.filter((d) => d.latest_stage.status === "failure");
tell("pages_failed", failed.length);
const space = (await rest(`${A}/storage/kv/namespaces`)).result.find((n) => n.title === "redirects");
tell("kv_keys.redirects", (await rest(`${A}/storage/kv/namespaces/${space.id}/keys?limit=1000`)).result.length);
