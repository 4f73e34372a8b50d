// SPDX-License-Identifier: Apache-2.0
// Who changed what.
import { rest } from "../vendors.mjs";
import "./account.mjs"; // members_no_2fa
import { A } from "./zones.mjs";
import { truth, tell, DAY, now, within, percent, unique, grouped, leaders, one } from "./tell.mjs";

const audit = [];
for (let page = 1; ; page++) {
  const { result } = await rest(`${A}/audit_logs?per_page=1000&page=${page}`);
  audit.push(...result);
  if (result.length < 1000) break;
}
const when = (e) => Date.parse(e.when);
export const lately = (w, test = () => true) => within(audit, w, when).filter(test);
const type = (...names) => (e) => names.includes(e.resource.type);
const on = (zone, test = () => true) => (e) => e.metadata.zone_name === zone && test(e);
const actors = (list) => unique(list.map((e) => e.actor.email));
const addresses = (list) => unique(list.map((e) => e.actor.ip));
const INTRUDER = "contractor-access@example.com";
const SECURITY = type("firewall_rule", "ruleset", "access_rule");
const DNS_WAF = type("dns_record", "ruleset", "firewall_rule", "access_rule");

for (const w of ["24h", "48h", "7d", "30d", "today", "yesterday"]) {
  tell(`token_events_${w}`, lately(w, type("token")).length);
  tell(`token_actors_${w}`, actors(lately(w, type("token"))));
}
for (const w of ["24h", "sinceyesterday"]) {
  tell(`fw_rule_actors_${w}`, actors(lately(w, type("firewall_rule"))));
  tell(`fw_rule_ips_${w}`, addresses(lately(w, type("firewall_rule"))));
  tell(`security_changes_${w}`, lately(w, SECURITY).length);
  tell(`security_actors_${w}`, actors(lately(w, SECURITY)));
}
tell("dns_actors_24h", actors(lately("24h", type("dns_record"))));
tell("dns_ips_24h", addresses(lately("24h", type("dns_record"))));
tell("ruleset_actors_72h", actors(lately("72h", type("ruleset"))));
tell("ruleset_ips_72h", addresses(lately("72h", type("ruleset"))));
for (const [w, name] of [["24h", "example.com"], ["12h", "example.com"], ["24h", "staging-example.com"], ["12h", "staging-example.com"], ["7d", "acme-docs.example"], ["48h", "staging-app.com"], ["24h", "acme-community.example"]]) {
  const list = lately(w, on(name, DNS_WAF));
  tell(`dns_waf_changes_${w}.${name}`, list.length);
  tell(`dns_waf_actors_${w}.${name}`, actors(list));
  tell(`security_changes_${w}.${name}`, lately(w, on(name, SECURITY)).length);
  tell(`security_actors_${w}.${name}`, actors(lately(w, on(name, SECURITY))));
}
const deleted = lately("24h", (e) => e.action.type === "delete" && e.resource.type === "dns_record");
tell("dns_deleted_24h", deleted.length);
tell("dns_deleters_24h", one(actors(deleted)));
for (const w of ["7d", "30d"]) {
  const by = grouped(lately(w), (e) => e.actor.email);
  tell(`changes_${w}`, lately(w).length);
  tell(`top_actor_${w}`, by[0][0]);
  tell(`top_actor_changes_${w}`, by[0][1].length);
  tell(`top_actor_done_${w}`, by[0][1].filter((e) => e.action.result).length);
}
const dnsBy = grouped(lately("30d", type("dns_record")), (e) => e.actor.email);
tell("dns_changes_30d", lately("30d", type("dns_record")).length);
tell("top_dns_actor_30d", dnsBy[0][0]);
tell("top_dns_actor_changes_30d", dnsBy[0][1].length);
tell("top_dns_actor_done_30d", dnsBy[0][1].filter((e) => e.action.result).length);
const days = grouped(lately("14d"), (e) => e.when.slice(0, 10));
tell("changes_14d", lately("14d").length);
tell("peak_change_day_14d", days[0][0]);
tell("peak_change_day_count_14d", days[0][1].length);
for (const w of ["month", "30d"]) {
  const failed = lately(w, (e) => !e.action.result);
  tell(`failed_${w}`, failed.length);
  tell(`failed_percent_${w}`, percent(failed.length, lately(w).length));
}
const viaApi = lately("7d", (e) => e.interface === "API");
tell("api_changes_7d", viaApi.length);
tell("api_done_7d", viaApi.filter((e) => e.action.result).length);
tell("api_changes_percent_7d", percent(viaApi.length, lately("7d").length));
for (const w of ["7d", "lastweek", "week"]) {
  const by = grouped(lately(w, (e) => e.metadata.zone_name), (e) => e.metadata.zone_name);
  tell(`top_changed_zone_${w}`, one(leaders(by)));
  tell(`top_changed_zone_count_${w}`, by[0]?.[1].length ?? 0);
}
const intruder = audit.filter((e) => e.actor.email === INTRUDER);
tell("intruder_events", intruder.length);
/** Of them, what did change something, and what happened on the zone. */
const did = (e) => e.action.result && e.action.type !== "login";
tell("intruder_changes", intruder.filter(did).length);
tell("intruder_zone_events", intruder.filter((e) => e.metadata.zone_name).length);
tell("intruder_email", INTRUDER);
tell("intruder_ip", one(addresses(intruder)));
tell("intruder_first", intruder.map((e) => e.when).sort()[0].slice(11, 16));
tell("intruder_last", intruder.map((e) => e.when).sort().at(-1).slice(11, 16));
tell("intruder_dns_deletes", intruder.filter((e) => e.action.type === "delete" && e.resource.type === "dns_record").length);
const before = new Set(audit.filter((e) => when(e) < now - DAY).map((e) => e.actor.ip));
tell("new_ips_24h", one(addresses(lately("24h").filter((e) => !before.has(e.actor.ip)))));
tell("new_ip_actors_24h", one(actors(lately("24h").filter((e) => !before.has(e.actor.ip)))));
for (const m of truth["members_no_2fa"]) tell(`events_7d.${m}`, lately("7d", (e) => e.actor.email === m).length);
const slots = grouped(lately("30d"), (e) => `${new Date(e.when).getUTCDay()} ${new Date(e.when).getUTCHours()}`);
tell("busiest_slot_30d", slots[0][1].length);
