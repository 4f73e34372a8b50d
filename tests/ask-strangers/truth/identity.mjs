// SPDX-License-Identifier: Apache-2.0
// The identity provider. Where accounts of programs or those that are not active may fairly be counted or not, a truth is told each way.
import { DAY, grouped, leaders, now, percent, tell } from "../../ask/truth/spans.mjs";
import { percentile } from "../../ask-foreign/truth/figures.mjs";
import { places, tellGroups, tellLasting, tellMiddle, tellWithin } from "../../ask-next/truth/told.mjs";
import { idhub } from "../read.mjs";
import { at, counted, ranked, tellRows, tellUsers, tellWeeks } from "./told.mjs";

export const [users, groups, apps, factors, requests, tokens, policies, logs] = await Promise.all(["/users", "/groups", "/apps", "/authenticators", "/access-requests", "/api-tokens", "/policies", "/logs"].map(idhub));
export const userOf = new Map(users.map((u) => [u.id, u])), byLogin = new Map(users.map((u) => [u.profile.login, u]));
const appOf = new Map(apps.map((a) => [a.id, a]));
const inside = new Map(), assigned = new Map();
for (const g of groups) inside.set(g.profile.name, await idhub(`/groups/${g.id}/users`));
for (const a of apps) assigned.set(a.label, await idhub(`/apps/${a.id}/users`));
export const membersOf = (name) => inside.get(name), mayOpen = (label) => assigned.get(label);
const is = (status) => users.filter((u) => u.status === status);
const live = users.filter((u) => u.status !== "DEPROVISIONED");
const tellApps = (name, list) => tellRows(name, list, "label");

tell("locked", is("LOCKED_OUT").length);
tell("suspended", is("SUSPENDED").length);
tell("saml", apps.filter((a) => a.signOnMode === "SAML_2_0").length);
for (const [how, list] of [["", is("ACTIVE")], ["_live", live]]) tellGroups(`active${how}`, grouped(list.filter((u) => u.profile.department), (u) => u.profile.department));
tellUsers("giulias", users.filter((u) => u.profile.firstName === "Giulia"));
tellUsers("giulias_live", live.filter((u) => u.profile.firstName === "Giulia"));
const stale = is("ACTIVE").filter((u) => u.lastLogin && at(u.lastLogin) < now - 90 * DAY);
tellUsers("stale", stale);

// Second factors.
const enrolled = new Set(factors.map((f) => f.userId)), proven = new Set(factors.filter((f) => f.status === "ACTIVE").map((f) => f.userId));
export const without = (u) => !enrolled.has(u.id), withoutActive = (u) => !proven.has(u.id);
for (const [how, list] of [["", live], ["_people", live.filter((u) => u.profile.userType !== "service")], ["_active", is("ACTIVE")], ["_active_people", is("ACTIVE").filter((u) => u.profile.userType !== "service")]]) tellUsers(`no_factor${how}`, list.filter(without));
for (const [how, list] of [["", factors], ["_active", factors.filter((f) => f.status === "ACTIVE")]]) {
  tell(`sms_percent${how}`, percent(list.filter((f) => f.factorType === "sms").length, list.length));
  tellGroups(`factors${how}`, grouped(list, (f) => f.factorType));
  const keys = list.filter((f) => f.factorType === "webauthn");
  tell(`keys${how}`, counted(keys.map((f) => f.userId)));
  for (const type of ["employee", "contractor"]) tell(`keys${how}.${type}`, counted(keys.map((f) => f.userId).filter((id) => userOf.get(id).profile.userType === type)));
  for (const type of ["employee", "contractor"]) tell(`keys${how}_percent.${type}`, percent(counted(keys.map((f) => f.userId).filter((id) => userOf.get(id).profile.userType === type)), live.filter((u) => u.profile.userType === type).length));
}

// Applications and groups.
tellApps("ownerless", apps.filter((a) => a.ownerId === null));
tellApps("critical_saml", apps.filter((a) => a.criticality === "high" && a.signOnMode === "SAML_2_0"));
tellApps("expired", apps.filter((a) => a.signingCertificateExpires && at(a.signingCertificateExpires) < now));
tellApps("next_to_expire", [apps.filter((a) => a.signingCertificateExpires && at(a.signingCertificateExpires) > now).sort((a, b) => at(a.signingCertificateExpires) - at(b.signingCertificateExpires))[0]]);
tellApps("first_app", [places([...apps].sort((a, b) => at(a.created) - at(b.created)), 1, (a) => a.created)[0]]);
tellApps("crowded", apps.filter((a) => a.seats !== null && mayOpen(a.label).length > a.seats));
tell("desk_admins", mayOpen("Deskline").filter((x) => x.profile.role === "admin").length);
tell("empty_groups", groups.filter((g) => membersOf(g.profile.name).length === 0).map((g) => g.profile.name));
tell("empty_groups_ids", groups.filter((g) => membersOf(g.profile.name).length === 0).map((g) => g.id));
const dialIn = new Set(membersOf("VPN Users").map((u) => u.id)), root = new Set(membersOf("Production Admins").map((u) => u.id));
tellUsers("root_without_vpn", membersOf("Production Admins").filter((u) => !dialIn.has(u.id)));
tellUsers("console_without_root", mayOpen("Cloud Console").filter((x) => !root.has(x.id)).map((x) => userOf.get(x.id)));

// Requests.
tell("requesters", counted(requests.map((r) => r.requesterId)));
const wanted = grouped(requests, (r) => r.appId);
tellApps("most_wanted", leaders(wanted).map((id) => appOf.get(id)));
tellApps("least_wanted", wanted.filter(([, list]) => list.length === wanted.at(-1)[1].length).map(([id]) => appOf.get(id)));
const decided = requests.filter((r) => r.decidedAt), took = (r) => at(r.decidedAt) - at(r.requestedAt);
for (const [how, list] of [["", decided], ["_by_people", decided.filter((r) => r.status !== "EXPIRED")]]) {
  tellMiddle(`decision${how}`, list.map(took));
  for (const [way, of] of Object.entries(percentile)) tellLasting(`decision_p90${how}${way}`, of(list.map(took), 0.9));
}
const cloud = apps.find((a) => a.label === "Cloud Console").id;
tellUsers("console_denied", [...new Set(requests.filter((r) => r.status === "DENIED" && r.appId === cloud).map((r) => r.requesterId))].map((id) => userOf.get(id)));
tell("expired_requests", requests.filter((r) => r.status === "EXPIRED").map((r) => r.id));
const odd = requests.find((r) => r.id === "REQ-3173");
tell("odd_app", appOf.get(odd.appId).label);
tell("odd_app_id", odd.appId);

// Tokens and policies.
tellRows("write_forever", tokens.filter((t) => t.scope === "write" && t.expiresAt === null));
tellRows("read_forever", tokens.filter((t) => t.scope === "read" && t.expiresAt === null));
tell("groups_count", groups.length);
tell("contractor_policy", policies.find((p) => p.name === "Contractors").name);

// The log.
const time = (e) => at(e.published), signIns = logs.filter((e) => e.eventType === "user.session.start"), failed = signIns.filter((e) => e.outcome.result === "FAILURE"), worked = signIns.filter((e) => e.outcome.result === "SUCCESS");
tell("failed_percent", percent(failed.length, signIns.length));
const byActor = ranked(grouped(failed, (e) => e.actor.id));
tellUsers("most_failed", places(byActor, 3, ([, n]) => n).map(([id]) => userOf.get(id)));
tell("most_failed_number", byActor[0][1]);
tellWeeks("sign_ins", signIns, time);
tellWeeks("sign_ins_worked", worked, time);
tellWithin("failed", failed, ["7d", "prev7d", "lastweek"], time);
for (const device of ["Mobile", "Computer"]) {
  tell(`failed_on.${device}`, failed.filter((e) => e.client.device === device).length);
  tell(`failed_percent_on.${device}`, percent(failed.filter((e) => e.client.device === device).length, signIns.filter((e) => e.client.device === device).length));
  tell(`failed_share_of.${device}`, percent(failed.filter((e) => e.client.device === device).length, failed.length));
}
const minsk = worked.filter((e) => e.client.geographicalContext.city === "Minsk");
tellUsers("minsk", [...new Set(minsk.map((e) => e.actor.id))].map((id) => userOf.get(id)));
const locks = logs.filter((e) => e.eventType === "user.account.lock").sort((a, b) => time(b) - time(a));
tellUsers("last_locked", [userOf.get(places(locks, 1, time)[0].actor.id)]);
