// SPDX-License-Identifier: Apache-2.0
// Metering. Where connections that are closed or meters that were removed may fairly be counted or not, a truth is told each way:
// NAME counts all, NAME_live those that are not.
import { day, first, grouped, leaders, median, now, one, percent, sum, tell, unique, within, WINDOWS } from "../../ask/truth/spans.mjs";
import { mean, money, percentile } from "../../ask-foreign/truth/figures.mjs";
import { meter } from "../read.mjs";
import { tellPeople } from "./equipment.mjs";
import { places, tellGroups, tellLasting, tellMiddle, tellWithin } from "./told.mjs";

export const [zones, tariffs, connections, meters, usage, outages, alarms, visits] = await Promise.all(["/zones", "/tariffs", "/connections", "/meters", "/usage", "/outages", "/alarms", "/visits"].map(meter));
const zoneOf = new Map(zones.map((z) => [z.code, z])), connectionOf = new Map(connections.map((c) => [c.id, c])), meterOf = new Map(meters.map((m) => [m.serial, m]));
const CONNECTIONS = { "": connections, _live: connections.filter((c) => c.closed_at === null) };
const METERS = { "": meters, _live: meters.filter((m) => m.state !== "removed") };
const ms = (s) => s * 1000;
WINDOWS.before_last = [first(2), first(1)];
export const tellZones = (name, codes) => {
  tell(name, one(codes));
  tell(`${name}_names`, one(codes.map((c) => zoneOf.get(c).name)));
};
const month = (back) => day(first(back)).slice(0, 7);

tell("live", CONNECTIONS._live.length);
for (const [how, list] of Object.entries(CONNECTIONS)) {
  tell(`solar_percent${how}`, percent(list.filter((c) => c.solar_kw).length, list.length));
  tell(`no_email${how}`, list.filter((c) => c.email === null).length);
  const big = list.filter((c) => c.solar_kw > 10);
  tell(`solar_over_10${how}`, big.map((c) => c.id));
  tell(`solar_over_10_names${how}`, unique(big.map((c) => c.holder)));
  tell(`level_3${how}`, list.filter((c) => c.dunning === 3).map((c) => c.id));
  tell(`level_3_names${how}`, unique(list.filter((c) => c.dunning === 3).map((c) => c.holder)));
  tellGroups(`on_tariff${how}`, grouped(list, (c) => c.tariff));
  for (const type of ["P", "B"]) {
    const mine = list.filter((c) => c.holder_type === type), owing = mine.filter((c) => c.balance < 0);
    money(tell, `owed${how}.${type}`, -sum(owing, (c) => c.balance));
    money(tell, `net${how}.${type}`, -sum(mine, (c) => c.balance));
    money(tell, `owed_mean${how}.${type}`, -mean(owing, (c) => c.balance));
    money(tell, `net_mean${how}.${type}`, -mean(mine, (c) => c.balance));
  }
}
const stations = connections.filter((c) => /Fire Station/.test(c.holder));
tell("fire_stations", stations.map((c) => c.holder));
tell("fire_stations_ids", stations.map((c) => c.id));
const debtors = places([...connections].sort((a, b) => a.balance - b.balance), 5, (c) => c.balance);
tell("debtors", debtors.map((c) => c.holder));
tell("debtors_ids", debtors.map((c) => c.id));
const owing = grouped(connections, (c) => c.holder).map(([name, list]) => [name, sum(list, (c) => c.balance)]).sort((a, b) => a[1] - b[1]);
tell("debtors_together", places(owing, 5, ([, n]) => n).map(([name]) => name));
const suns = connections.filter((c) => c.solar_kw).sort((a, b) => b.solar_kw - a.solar_kw);
if (suns[4].solar_kw !== suns[5].solar_kw || suns[3].solar_kw === suns[4].solar_kw || suns[5].solar_kw === suns[6].solar_kw) throw new Error("another tie for the fifth place");
tell("solar_top4", suns.slice(0, 4).map((c) => c.holder));
tell("solar_top4_ids", suns.slice(0, 4).map((c) => c.id));
for (const i of [4, 5]) (tell(`solar_fifth.${i - 3}`, suns[i].holder), tell(`solar_fifth_id.${i - 3}`, suns[i].id));
tell("unused_tariffs", tariffs.filter((t) => !connections.some((c) => c.tariff === t.code)).map((t) => t.code));
tell("unused_tariffs_names", tariffs.filter((t) => !connections.some((c) => c.tariff === t.code)).map((t) => t.label));
tell("old_tariff_until", day(ms(tariffs.find((t) => t.label === "Household Old").valid_to)));
const unled = zones.filter((z) => z.sup_no === null);
tellZones("unled", unled.map((z) => z.code));

for (const [how, list] of Object.entries(METERS)) {
  tell(`water${how}`, list.filter((m) => m.kind === "water").length);
  tell(`due${how}`, list.filter((m) => ms(m.calibrated_until) < now).map((m) => m.serial));
  const kinds = (id) => list.filter((m) => m.connection_id === id).map((m) => m.kind);
  tell(`heat_no_water${how}`, unique(list.filter((m) => m.kind === "heat" && !kinds(m.connection_id).includes("water")).map((m) => m.connection_id)).length);
  for (const comm of ["lte", "plc"]) {
    const mine = list.filter((m) => m.comm === comm), quiet = mine.filter((m) => m.state === "silent");
    tell(`silent${how}.${comm}`, quiet.length);
    tell(`silent_percent${how}.${comm}`, percent(quiet.length, mine.length));
  }
  const alarmed = grouped(alarms, (a) => meterOf.get(a.serial).make);
  tell(`make_rate${how}`, alarmed.sort((a, b) => b[1].length / list.filter((m) => m.make === b[0]).length - a[1].length / list.filter((m) => m.make === a[0]).length)[0][0]);
}
tell("make_most", one(leaders(grouped(alarms, (a) => meterOf.get(a.serial).make))));
tell("firmware", unique(meters.map((m) => m.fw).filter(Boolean)));
tell("faulty", meters.filter((m) => m.state === "fault").map((m) => m.serial));
tell("silent", meters.filter((m) => m.state === "silent").length);
tell("battery_least_percent", Math.min(...meters.filter((m) => m.battery_pct !== null).map((m) => m.battery_pct)));
tell("oldest_meter", places([...METERS._live].sort((a, b) => a.installed_at - b.installed_at), 1, (m) => m.installed_at)[0].serial);

const kwh = (list) => sum(list, (u) => u.kwh), holder = (u) => connectionOf.get(u.connection_id);
for (const [name, back] of [["lastmonth", 1], ["month_before", 2]]) {
  const list = usage.filter((u) => u.month === month(back));
  tell(`kwh_${name}`, kwh(list));
  tellGroups(`kwh_${name}`, grouped(list, (u) => holder(u).zone), kwh);
  if (back > 1) continue;
  tell("guessed_percent", percent(list.filter((u) => u.estimated).length, list.length));
  tell("kwh_municipal", kwh(list.filter((u) => holder(u).holder_type === "M")));
}
const homes = usage.filter((u) => holder(u).holder_type === "P");
const monthly = grouped(homes, (u) => u.connection_id).map(([, list]) => mean(list, (u) => u.kwh));
for (const [how, list] of [["", homes.map((u) => u.kwh)], ["_read", homes.filter((u) => !u.estimated).map((u) => u.kwh)], ["_each", monthly]]) tell(`about_home_kwh${how}`, mean(list));

const began = (o) => ms(o.started_at), over = outages.filter((o) => o.ended_at !== null), lasted = (o) => ms(o.ended_at) - ms(o.started_at);
tellWithin("storms", outages.filter((o) => o.cause === "weather"), ["90d"], began);
tellZones("most_outages", leaders(grouped(outages, (o) => o.zone)));
tellGroups("outages", grouped(outages, (o) => o.zone));
tellGroups("cause", grouped(outages, (o) => o.cause));
tellGroups("cause_HT", grouped(outages.filter((o) => o.zone === "HT"), (o) => o.cause));
tellWithin("outages", outages, ["lastmonth"], began);
tell("outages_month_before", within(outages, "before_last", began).length);
tellWithin("outages_QW", outages.filter((o) => o.zone === "QW"), ["60d"], began);
for (const w of ["60d", "60d@days"]) tell(`outages_HT_${w}`, within(outages.filter((o) => o.zone === "HT"), w, began).map((o) => o.id));
tellZones("quiet", zones.filter((z) => !outages.some((o) => o.zone === z.code)).map((z) => z.code));
const longest = places([...over].sort((a, b) => lasted(b) - lasted(a)), 1, lasted)[0];
tell("longest", longest.id);
tellLasting("longest", lasted(longest));
tell("most_homes", Math.max(...outages.map((o) => o.homes)));
tellMiddle("outage", over.map(lasted));
tellMiddle("outage_dig", over.filter((o) => o.cause === "dig").map(lasted));
for (const [how, way] of Object.entries(percentile)) tell(`homes_p95${how}`, way(outages.map((o) => o.homes), 0.95));
tell("fox", outages.filter((o) => /fox/.test(o.comment ?? "")).map((o) => o.id));
const causes = (zone) => unique(outages.filter((o) => o.zone === zone).map((o) => o.cause));
tell("causes_only_QW", causes("QW").filter((c) => !causes("OV").includes(c)));
tell("homes_NB", sum(outages.filter((o) => o.zone === "NB"), (o) => o.homes));
const inSalt = outages.filter((o) => o.zone === "SG").sort((a, b) => b.started_at - a.started_at)[0];
tell("last_SG_day", day(began(inSalt)));
tell("last_SG_cause", inSalt.cause);
const open = outages.filter((o) => o.ended_at === null);
tell("open_outages", open.map((o) => o.id));
tellZones("open_zones", unique(open.map((o) => o.zone)));
for (const w of ["60d", "60d@days"]) tell(`commented_${w}`, within(outages.filter((o) => o.comment), w, began).map((o) => o.id));
const leads = grouped(outages.filter((o) => o.crew_lead), (o) => o.crew_lead);
if (leads[2][1].length !== leads[3][1].length || leads[1][1].length === leads[2][1].length || leads[3][1].length === leads[4][1].length) throw new Error("another tie for the third place");
tellPeople("leads_top2", leads.slice(0, 2).map(([n]) => n));
for (const i of [2, 3]) tellPeople(`lead_third.${i - 1}`, [leads[i][0]]);
const odd = outages.find((o) => o.id === 3388);
tell("odd_outage_cause", odd.cause);
tell("odd_outage_homes", odd.homes);
tellPeople("lead_3380", [outages.find((o) => o.id === 3380).crew_lead]);

const raised = (a) => ms(a.raised_at);
tellWithin("alarms", alarms, ["30d", "prev30d", "lastweek", "7d"], raised);
tell("uncleared", alarms.filter((a) => a.cleared_at === null).length);
const tampered = alarms.filter((a) => a.code === "TAMPER" && a.cleared_at === null).map((a) => holder(meterOf.get(a.serial)));
tell("tampered", unique(tampered.map((c) => c.holder)));

const planned = (v) => ms(v.planned_for), finished = visits.filter((v) => v.result !== null), did = visits.filter((v) => v.result === "done");
tell("technicians", unique(visits.map((v) => v.tech).filter(Boolean)).length);
tell("technicians_done", unique(did.map((v) => v.tech)).length);
tell("no_access_percent", percent(finished.filter((v) => v.result === "no_access").length, visits.length));
tell("no_access_percent_finished", percent(finished.filter((v) => v.result === "no_access").length, finished.length));
const coming = visits.filter((v) => planned(v) > now);
tell("unassigned", coming.filter((v) => v.tech === null).map((v) => v.id));
tellGroups("minutes", grouped(did, (v) => v.kind), (list) => mean(list, (v) => v.minutes));
for (const [how, way] of Object.entries(percentile)) tellLasting(`repair_visit_p90${how}`, 60_000 * way(did.filter((v) => v.kind === "repair").map((v) => v.minutes), 0.9));
tellLasting("swap", 60_000 * mean(did.filter((v) => v.kind === "swap"), (v) => v.minutes));
tellLasting("swap_median", 60_000 * median(did.filter((v) => v.kind === "swap").map((v) => v.minutes)));
for (const [how, list] of [["", visits], ["_unassigned", visits.filter((v) => v.tech === null)]]) tellWithin(`visits${how}`, list, ["next7d"], planned);
for (const w of ["lastmonth", "30d", "30d@days"]) {
  tell(`visited_${w}`, within(did, w, planned).length);
  tell(`visited_done_${w}`, within(did, w, (v) => ms(v.done_at)).length);
}
for (const [how, list] of [["", visits.filter((v) => v.tech)], ["_done", did]]) tellPeople(`busiest${how}`, leaders(grouped(list, (v) => v.tech)));
