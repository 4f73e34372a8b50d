// SPDX-License-Identifier: Apache-2.0
// Several sources at once.
import { lately } from "../../ask/truth/audit.mjs";
import { denied, seen } from "../../ask/truth/guard.mjs";
import { A, zoneOf, zones } from "../../ask/truth/zones.mjs";
import { sites, tell, unique } from "../../ask/truth/tell.mjs";
import { rows } from "../../ask/vendors.mjs";
import { by, deniedOn } from "./figures.mjs";
import { perDay } from "./shop.mjs";

const members = await rows(`${A}/members`);
const member = (email) => members.find((m) => m.user.email === email);
for (const w of ["30d", "30d@days"]) {
  const actors = unique(lately(w).map((e) => e.actor.email));
  tell(`actors_no_2fa_${w}`, actors.filter((email) => member(email) && !member(email).user.two_factor_authentication_enabled));
  const editors = unique(lately(w, (e) => e.resource.type === "member").map((e) => e.actor.email));
  tell(`member_editors_roles_${w}`, unique(editors.flatMap((email) => member(email).roles.map((r) => r.name))));
  const changed = new Set(lately(w).map((e) => e.metadata.zone_name));
  tell(`zones_unchanged_${w}`, zones.map((z) => z.name).filter((name) => !changed.has(name)));
}
for (const w of ["7d", "7d@days"]) {
  const changed = new Set(lately(w).map((e) => e.metadata.zone_name));
  tell(`free_changed_${w}`, zones.filter((z) => z.plan.legacy_id === "free" && changed.has(z.name)).map((z) => z.name));
}
const ours = sites.filter((s) => zoneOf(s.host));
tell("site_hosts_zones", ours.map((s) => s.host));
tell("site_hosts_plans", unique(ours.map((s) => zoneOf(s.host).plan.name)));
const from = unique(lately("90d", (e) => e.actor.email === "contractor-access@example.com").map((e) => e.actor.ip));
for (const w of ["24h", "24h@start"]) tell(`contractor_requests_${w}`, seen(w).filter((d) => from.includes(d.ip)).length);
const walls = (await by("firewallEventsAdaptiveGroups", "staging-example.com", "7d", "clientIP", ',action:"block"')).map(([ip]) => ip);
for (const w of ["7d", "7d@start"]) tell(`blocked_twice_${w}`, walls.filter((ip) => denied(seen(w)).some((d) => d.ip === ip)));
const [low] = perDay(30).at(-1);
tell("denied_on_low_date", deniedOn(low));
