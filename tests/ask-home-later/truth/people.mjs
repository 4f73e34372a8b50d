// SPDX-License-Identifier: Apache-2.0
// Who did what: the audit log, members, tokens. Where attempts that failed may fairly be counted or not, NAME_done leaves them out.
import { lately } from "../../ask/truth/audit.mjs";
import { A } from "../../ask/truth/zones.mjs";
import { DAY, grouped, leaders, now, one, tell, unique } from "../../ask/truth/spans.mjs";
import { rows } from "../../ask/vendors.mjs";

const of = (...types) => (e) => types.includes(e.resource.type);
const done = (list) => list.filter((e) => e.action.result);
const who = (list) => unique(list.map((e) => e.actor.email));
const both = (name, list) => {
  tell(name, list.length);
  tell(`${name}_done`, done(list).length);
};

const quarter = lately("90d");
for (const w of ["30d", "30d@days"]) {
  const list = lately(w), [name, mark] = w.split(/(?=@)/), tag = (n) => `${n}_${name}${mark ? "@days" : ""}`;
  const logins = list.filter((e) => e.action.type === "login");
  tell(tag("logins"), logins.length);
  tell(tag("logins_done"), done(logins).length);
  tell(tag("resource_top"), one(leaders(grouped(list, (e) => e.resource.type))));
  tell(tag("resource_top_changed"), one(leaders(grouped(list.filter((e) => e.action.type !== "login"), (e) => e.resource.type))));
  tell(tag("platform_ips"), unique(list.filter((e) => e.actor.email === "platform@example.com").map((e) => e.actor.ip)));
  const deletions = grouped(list.filter((e) => e.action.type === "delete"), (e) => e.actor.email);
  tell(tag("deleter_top"), deletions[0][0]);
  tell(tag("deleter_top_count"), deletions[0][1].length);
  tell(tag("deleter_top_done"), done(deletions[0][1]).length);
}
tell("login_failed_by_90d", who(quarter.filter((e) => e.action.type === "login" && !e.action.result)));
tell("ips_lastweek", unique(lately("lastweek").map((e) => e.actor.ip)).length);
for (const w of ["7d", "7d@days"]) {
  const mark = w.slice(2), purges = lately(w).filter((e) => e.action.type === "purge");
  tell(`ips_7d${mark}`, unique(lately(w).map((e) => e.actor.ip)).length);
  tell(`purgers_7d${mark}`, who(purges));
  tell(`purges_7d${mark}`, purges.length);
  tell(`purges_done_7d${mark}`, done(purges).length);
  tell(`page_rule_actors_7d${mark}`, who(lately(w, of("page_rule"))));
}
for (const w of ["14d", "14d@days"]) tell(`worker_peak_${w}`, grouped(lately(w, of("worker_script")), (e) => e.when.slice(0, 10))[0][1].length);
for (const w of ["lastmonth", "30d"]) both(`rule_changes_${w}`, lately(w, of("firewall_rule")));
for (const w of ["7d", "prev7d"]) both(`dns_changes_${w}`, lately(w, of("dns_record")));
tell("member_changes_24h", lately("24h", of("member")).length);
tell("member_changers_24h", lately("24h", of("member")).length ? who(lately("24h", of("member"))) : null);

const members = await rows(`${A}/members`), tokens = await rows(`${A}/tokens`);
tell("members_silent", one(members.map((m) => m.user.email).filter((email) => !who(quarter).includes(email))));
tell("members_pending", one(members.filter((m) => m.status === "pending").map((m) => m.user.email)));
tell("members_billing", members.filter((m) => m.roles.some((r) => r.permissions.billing?.write)).map((m) => m.user.email));
tell("token_newest", [...tokens].sort((a, b) => (a.issued_on < b.issued_on ? 1 : -1))[0].name);
tell("tokens_idle_24h", tokens.filter((t) => Date.parse(t.last_used_on) < now - DAY).map((t) => t.name));
