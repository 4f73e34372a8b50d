// SPDX-License-Identifier: Apache-2.0
// Who may what in the account, and what runs there.
import { CLOUDFLARE, mcp, rest, rows } from "../vendors.mjs";
import { A, perZone } from "./zones.mjs";
import { tell, percent, unique, one } from "./tell.mjs";

const members = await rows(`${A}/members`);
const roles = await rows(`${A}/roles`);
tell("members_total", members.length);
tell("members_emails", members.map((m) => m.user.email));
tell("roles_total", roles.length);
const held = (role) => members.filter((m) => m.roles.some((r) => r.id === role.id)).length;
for (const r of roles) tell(`role_holders.${r.name}`, held(r));
tell("roles_held", unique(members.flatMap((m) => m.roles.map((r) => r.name))));
tell("roles_unheld", roles.filter((r) => held(r) === 0).map((r) => r.name));
tell("roles_most_held", Math.max(...roles.map(held)));
tell("members_no_2fa", members.filter((m) => !m.user.two_factor_authentication_enabled).map((m) => m.user.email));
tell("members_2fa_percent", percent(members.filter((m) => m.user.two_factor_authentication_enabled).length, members.length));
tell("members_dns_write", members.filter((m) => m.roles.some((r) => r.permissions.dns?.write)).map((m) => m.user.email));

const scripts = (await rest(`${A}/workers/scripts`)).result;
const settings = new Map();
for (const s of scripts) settings.set(s.id, (await rest(`${A}/workers/scripts/${s.id}/settings`)).result.bindings);
tell("worker_names", scripts.map((s) => s.id));
tell("workers_total", scripts.length);
tell("binding_names", [...settings.values()].flat().map((b) => b.name));
tell("bindings_total", [...settings.values()].flat().length);
tell("bindings.api-gateway", settings.get("api-gateway").map((b) => b.name));
tell("workers_with_d1", one([...settings].filter(([, list]) => list.some((b) => b.type === "d1")).map(([name]) => name)));
tell("worker_stalest", [...scripts].sort((a, b) => (a.modified_on < b.modified_on ? -1 : 1))[0].id);
for (const s of scripts) tell(`worker_modified.${s.id}`, s.modified_on.slice(0, 10));
const crons = [];
for (const s of scripts) for (const c of (await rest(`${A}/workers/scripts/${s.id}/schedules`)).result.schedules) crons.push([s.id, c.cron]);
tell("worker_scheduled", one(crons.map(([name]) => name)));
tell("worker_cron", one(crons.map(([, cron]) => cron)));
const routes = [...perZone].flatMap(([name, p]) => p.routes.map((r) => ({ zone: name, ...r })));
tell("route_patterns", routes.map((r) => r.pattern));
tell("route_zones", unique(routes.map((r) => r.zone)));
tell("kv_total", (await rest(`${A}/storage/kv/namespaces`)).result.length);
tell("r2_total", (await rest(`${A}/r2/buckets`)).result.buckets.length);
tell("d1_total", (await rest(`${A}/d1/database`)).result.length);
const bindings = await mcp(`${CLOUDFLARE}/bindings/mcp`, { authorization: "Bearer cfat_sandbox_read_all" });
const drives = (await bindings("hyperdrive_configs_list")).configs;
tell("hyperdrive_hosts", drives.map((c) => c.origin.host));
const pools = (await rest(`${A}/load_balancers/pools`)).result;
const sick = pools.flatMap((p) => p.origins.filter((o) => !o.healthy).map((o) => ({ pool: p.name, ...o })));
tell("origins_unhealthy", one(sick.map((o) => o.name)));
tell("origins_unhealthy_pool", one(sick.map((o) => o.pool)));
