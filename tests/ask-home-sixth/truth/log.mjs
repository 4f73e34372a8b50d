// SPDX-License-Identifier: Apache-2.0
// Who did what. Attempts that failed may fairly be counted or not: NAME_done leaves them out; so may logins among changes:
// NAME_edits leaves them out too, NAME_acts alone.
import { lately } from "../../ask/truth/audit.mjs";
import { day, tell, unique } from "../../ask/truth/tell.mjs";
import { done, ways } from "./spans.mjs";
import { rolesHeld } from "./setup.mjs";

const login = (e) => e.action.type === "login";
const by = (email) => (e) => e.actor.email === email;
const who = (list) => unique(list.map((e) => e.actor.email));
const counts = (name, list) => {
  tell(name, list.length);
  tell(`${name}_done`, done(list).length);
  tell(`${name}_acts`, list.filter((e) => !login(e)).length);
  tell(`${name}_edits`, done(list).filter((e) => !login(e)).length);
};
tell("failures_lastmonth", lately("lastmonth", (e) => !e.action.result).length);
for (const w of ["lastweek", "weekbefore", "7d", "prev7d"]) counts(`security_${w}`, lately(w, by("security@example.com")));
for (const [name, list] of [["", lately("90d", by("on-call@example.com"))], ["_done", done(lately("90d", by("on-call@example.com")))]]) {
  const last = list.filter(login).reduce((a, b) => (a.when > b.when ? a : b));
  tell(`oncall_login_at${name}`, last.when.slice(11, 16));
  tell(`oncall_login_day${name}`, day(Date.parse(last.when)));
}
for (const w of ways("7d")) {
  const list = lately(w, (e) => e.resource.type === "token");
  tell(`token_roles_${w}`, rolesHeld(who(list)));
  tell(`token_roles_done_${w}`, rolesHeld(who(done(list))));
}
