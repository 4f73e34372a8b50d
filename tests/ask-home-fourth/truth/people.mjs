// SPDX-License-Identifier: Apache-2.0
// Who did what and who may what. Attempts that failed may fairly be counted or not: NAME_done leaves them out; so may logins among
// changes: NAME_edits leaves them out too.
import { lately } from "../../ask/truth/audit.mjs";
import { A } from "../../ask/truth/zones.mjs";
import { grouped, leaders, one, percent, round, tell, unique } from "../../ask/truth/spans.mjs";
import { rows } from "../../ask/vendors.mjs";

const of = (type, ...actions) => (e) => e.resource.type === type && (actions.length === 0 || actions.includes(e.action.type));
const done = (list) => list.filter((e) => e.action.result);
const edits = (list) => done(list).filter((e) => e.action.type !== "login");
const who = (list) => unique(list.map((e) => e.actor.email));
const most = (list) => one(leaders(grouped(list, (e) => e.actor.email)));
const counts = (name, list) => {
  tell(name, list.length);
  tell(`${name}_done`, done(list).length);
  tell(`${name}_edits`, edits(list).length);
};

for (const w of ["14d", "14d@days"]) {
  counts(`page_rules_${w}`, lately(w, of("page_rule")));
  tell(`page_rules_top_${w}`, most(lately(w, of("page_rule"))));
}
counts("events_lastmonth", lately("lastmonth"));
for (const w of ["60d", "60d@days"]) tell(`purger_top_${w}`, most(lately(w, of("cache", "purge"))));
for (const w of ["30d", "30d@days"]) {
  tell(`purger_top_${w}`, most(lately(w, of("cache", "purge"))));
  tell(`dns_percent_${w}`, percent(lately(w, of("dns_record")).length, lately(w).length));
  tell(`dns_percent_done_${w}`, percent(done(lately(w, of("dns_record"))).length, done(lately(w)).length));
  tell(`dns_percent_edits_${w}`, percent(done(lately(w, of("dns_record"))).length, edits(lately(w)).length));
  tell(`page_rule_deleters_${w}`, who(lately(w, of("page_rule", "delete"))));
  const many = (list) => grouped(list, (e) => e.actor.email).filter(([, some]) => some.length > 120).map(([email]) => email);
  tell(`over_120_${w}`, many(lately(w)));
  tell(`over_120_edits_${w}`, many(edits(lately(w))));
}
for (const w of ["7d", "prev7d"]) counts(`platform_${w}`, lately(w, (e) => e.actor.email === "platform@example.com"));
const purges = lately("90d", of("cache", "purge"));
for (const [name, list] of [["", purges], ["_done", done(purges)]]) {
  const last = list.reduce((a, b) => (a.when > b.when ? a : b));
  tell(`purge_last_at${name}`, last.when.slice(11, 16));
  tell(`purge_last_by${name}`, last.actor.email);
}
const times = lately("90d", (e) => e.actor.email === "contractor-access@example.com").map((e) => Date.parse(e.when));
const long = Math.max(...times) - Math.min(...times);
tell("about_contractor_minutes", round(long / 60_000));
tell("about_contractor_hours", round(long / 3_600_000, 2));
tell("contractor_clock", new Date(long).toISOString().slice(12, 16));

const members = await rows(`${A}/members`);
const pending = members.filter((m) => m.status === "pending");
tell("members_pending", pending.length);
tell("members_pending_emails", pending.map((m) => m.user.email));
tell("firewall_holders", members.filter((m) => m.roles.some((r) => r.name === "Firewall")).map((m) => m.user.email));
