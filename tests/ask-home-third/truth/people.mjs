// SPDX-License-Identifier: Apache-2.0
// Who did what and who may what: the audit log, members, roles, tokens. Where attempts that failed may fairly be counted or not, NAME_done leaves them out.
import { lately } from "../../ask/truth/audit.mjs";
import { A } from "../../ask/truth/zones.mjs";
import { DAY, grouped, leaders, midnight, now, one, tell, unique, WINDOWS } from "../../ask/truth/spans.mjs";
import { rows } from "../../ask/vendors.mjs";

const of = (type, ...actions) => (e) => e.resource.type === type && (actions.length === 0 || actions.includes(e.action.type));
const done = (list) => list.filter((e) => e.action.result);
const who = (list) => unique(list.map((e) => e.actor.email));
const both = (name, list) => {
  tell(name, list.length);
  tell(`${name}_done`, done(list).length);
};

for (const w of ["7d", "7d@days"]) both(`dns_deleted_${w}`, lately(w, of("dns_record", "delete")));
for (const w of ["30d", "30d@days"]) {
  const mark = w.slice(3), list = lately(w);
  tell(`dns_adders_30d${mark}`, who(list.filter(of("dns_record", "add"))));
  both(`by_api_30d${mark}`, list.filter((e) => e.interface === "API"));
  tell(`setting_changer_top_30d${mark}`, one(leaders(grouped(list.filter(of("zone_setting")), (e) => e.actor.email))));
  const failed = grouped(list.filter((e) => !e.action.result), (e) => e.actor.email);
  failed.slice(0, 3).forEach(([email, some], i) => {
    tell(`failing_${i + 1}_30d${mark}`, email);
    tell(`failed_${i + 1}_30d${mark}`, some.length);
  });
}
const [from] = WINDOWS.lastweek;
const week = (i, test) => lately("60d", (e) => test(e) && Date.parse(e.when) >= from - i * 7 * DAY && Date.parse(e.when) < from - (i - 1) * 7 * DAY);
both("logins_lastweek", week(0, (e) => e.action.type === "login"));
both("purges_lastweek", week(0, of("cache", "purge")));
both("purges_weekbefore", week(1, of("cache", "purge")));
for (const [name, list] of [["", lately("90d", of("firewall_rule"))], ["_done", done(lately("90d", of("firewall_rule")))]]) {
  const last = list.reduce((a, b) => (a.when > b.when ? a : b));
  tell(`rule_last_at${name}`, last.when.slice(11, 16));
  tell(`rule_last_by${name}`, last.actor.email);
}
tell("intruder_other_zones", unique(lately("7d", (e) => e.actor.email === "contractor-access@example.com").map((e) => e.metadata.zone_name).filter((z) => z && z !== "staging-example.com")).length);

const members = await rows(`${A}/members`), roles = await rows(`${A}/roles`), tokens = await rows(`${A}/tokens`);
const loggers = who(lately("90d", (e) => e.action.type === "login"));
tell("members_never_in", one(members.map((m) => m.user.email).filter((email) => !loggers.includes(email))));
tell("supers_others", members.filter((m) => m.user.email !== "security@example.com" && m.roles.some((r) => r.name.startsWith("Super"))).length);
tell("roles_firewall", roles.filter((r) => r.permissions.firewall?.write).map((r) => r.name));
tell("tokens_active", tokens.filter((t) => t.status === "active").length);
for (const [name, least] of [["", now - 7 * DAY], ["_days", midnight - 7 * DAY]]) tell(`tokens_issued_7d${name}`, one(tokens.filter((t) => Date.parse(t.issued_on) >= least).map((t) => t.name)));
