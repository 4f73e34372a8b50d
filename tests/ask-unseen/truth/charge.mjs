// SPDX-License-Identifier: Apache-2.0
// Sites, stations, faults, sessions, cards, tariffs.
import { DAY, day, grouped, leaders, median, now, one, percent, round, sum, tell, within } from "../../ask/truth/spans.mjs";
import { mean, percentile } from "../../ask-foreign/truth/figures.mjs";
import { charge } from "../read.mjs";
import { tellFirst, tellSpan } from "./spells.mjs";

export const sites = await charge("/sites");
export const cards = await charge("/cards");
export const sessions = await charge("/sessions");
const tariffs = await charge("/tariffs");
const stations = [];
const faults = [];
for (const { siteId } of sites) {
  stations.push(...(await charge(`/sites/${siteId}/stations`)));
  faults.push(...(await charge(`/sites/${siteId}/faults`)));
}
const nameOf = new Map(sites.map((s) => [s.siteId, s.name]));
const stationOf = new Map(stations.map((s) => [s.stationId, s]));
const cardOf = new Map(cards.map((c) => [c.cardId, c]));
export const begun = (s) => s.startedAt;
const wh = (list) => sum(list, (s) => s.energyWh);
const ct = (list) => sum(list, (s) => s.costCt);
/** Energy in kilowatt-hours and in watt-hours, money in euros and in cents: either may be told. */
export const tellEnergy = (name, list) => {
  tell(`${name}_kwh`, round(wh(list) / 1000, 3));
  tell(`${name}_wh`, wh(list));
};
const tellMoney = (name, list) => {
  tell(`${name}_eur`, ct(list) / 100);
  tell(`${name}_ct`, ct(list));
};
const ids = (list) => list.map((s) => s.stationId);

tell("site_ids", sites.map((s) => s.siteId));
tell("sites_total", sites.length);
tell("stations_total", stations.length);
tell("sites_closed_names", sites.filter((s) => s.access !== "PUBLIC").map((s) => s.name));
tell("sites_closed_ids", sites.filter((s) => s.access !== "PUBLIC").map((s) => s.siteId));
const faulted = stations.filter((s) => s.state === "FAULTED");
const broken = stations.filter((s) => s.state === "FAULTED" || s.state === "OUT_OF_SERVICE");
tell("stations_faulted", ids(faulted));
tell("stations_broken", ids(broken));
tell("stations_out", ids(stations.filter((s) => s.state === "OUT_OF_SERVICE")));
for (const [mark, list] of [["faulted", faulted], ["broken", broken]]) {
  tell(`stations_${mark}_voltera`, ids(list.filter((s) => s.vendor === "Voltera")));
  tell(`stations_${mark}_voltera_count`, list.filter((s) => s.vendor === "Voltera").length);
}
tell("stations_out_voltera_count", stations.filter((s) => s.state === "OUT_OF_SERVICE" && s.vendor === "Voltera").length);
tell("stations_free.FOX-P", stations.filter((s) => s.siteId === "FOX-P" && s.state === "AVAILABLE").length);
tell("stations_old_firmware", stations.filter((s) => s.firmware === "3.8.1").length);
for (const v of ["Ampline", "Voltera", "Sparq"]) tell(`stations.${v}`, stations.filter((s) => s.vendor === v).length);
const power = grouped(stations, (s) => s.siteId).map(([id, l]) => [id, sum(l, (s) => s.maxPowerKw)]);
const beyond = power.filter(([id, kw]) => kw > sites.find((s) => s.siteId === id).gridLimitKw).map(([id]) => id);
tell("power_beyond_ids", beyond);
tell("power_beyond_names", beyond.map((id) => nameOf.get(id)));
for (const span of ["30d", "30d@days"]) {
  const used = new Set(within(sessions, span, begun).map((s) => s.stationId));
  tell(`stations_unused_${span}`, ids(stations.filter((s) => !used.has(s.stationId))));
  tellEnergy(`energy_${span.replace("@days", "_days")}`, within(sessions, span, begun));
  tellEnergy(`energy_BIR_${span.replace("@days", "_days")}`, within(sessions, span, begun).filter((s) => s.siteId === "BIR-R"));
  tellMoney(`paid_${span.replace("@days", "_days")}`, within(sessions, span, begun));
}
for (const [mark, edge] of [["", now], ["_days", Math.floor(now / DAY) * DAY]]) tellMoney(`paid_before_30d${mark}`, sessions.filter((s) => s.startedAt >= edge - 60 * DAY && s.startedAt < edge - 30 * DAY));
const carded = new Set(sessions.map((s) => s.cardId));
tell("cards_never_used", cards.filter((c) => !carded.has(c.cardId)).length);
tell("sessions_empty", sessions.filter((s) => s.energyWh === 0).length);
for (const span of ["90d", "90d@days"]) {
  const by = grouped(within(sessions, span, begun), (s) => s.siteId).map(([id, l]) => [id, wh(l)]).sort((a, b) => b[1] - a[1]).slice(0, 5);
  tell(`sites_top5_ids_${span}`, by.map(([id]) => id));
  tell(`sites_top5_${span}`, by.map(([id]) => nameOf.get(id)));
}
const firm = sessions.filter((s) => cardOf.get(s.cardId).company);
const company = (s) => cardOf.get(s.cardId).company;
tellFirst("company_top_sessions", firm, company);
tellFirst("company_top_wh", firm, company, wh);
tell("company_top_kwh_n", Math.max(...grouped(firm, company).map(([, l]) => wh(l))) / 1000);
tellFirst("company_top_ct", firm, company, ct);
tell("company_top_eur_n", Math.max(...grouped(firm, company).map(([, l]) => ct(l))) / 100);
const fails = grouped(faults, (f) => f.stationId);
tell("station_most_faults", one(leaders(fails)));
tell("station_most_faults_n", fails[0][1].length);
tellFirst("station_most_failed", sessions.filter((s) => s.stopReason === "FAULT"), (s) => s.stationId);
for (const [mark, from] of [["", now - 21 * DAY], ["@days", Math.floor(now / DAY - 21) * DAY]]) tell(`sessions_peak_day_21d${mark}`, Math.max(...grouped(sessions.filter((s) => s.startedAt >= from), (s) => day(s.startedAt)).map(([, l]) => l.length)));
const north = sessions.filter((s) => s.siteId === "ASH-N");
tellEnergy("energy_lastmonth.ASH-N", within(north, "lastmonth", begun));
tell("fault_end_percent", percent(sessions.filter((s) => s.stopReason === "FAULT").length, sessions.length));
tell("fault_end_percent_ended", percent(sessions.filter((s) => s.stopReason === "FAULT").length, sessions.filter((s) => s.endedAt).length));
for (const v of ["Sparq", "Ampline"]) {
  const mine = sessions.filter((s) => stationOf.get(s.stationId).vendor === v);
  tell(`fault_sessions.${v}`, mine.filter((s) => s.stopReason === "FAULT").length);
  tell(`fault_sessions_percent.${v}`, percent(mine.filter((s) => s.stopReason === "FAULT").length, mine.length));
  const reported = faults.filter((f) => stationOf.get(f.stationId).vendor === v).length;
  tell(`faults.${v}`, reported);
  tell(`faults_each.${v}`, round(reported / stations.filter((s) => s.vendor === v).length, 2));
}
const minutes = mean(sessions.filter((s) => s.endedAt), (s) => (s.endedAt - s.startedAt) / 60_000);
for (const [unit, part] of [["minutes", 1], ["hours", 60], ["days", 1440], ["seconds", 1 / 60]]) tell(`about_session_${unit}`, round(minutes / part, 3));
for (const [mark, list] of [["", sessions], ["_ended", sessions.filter((s) => s.endedAt)], ["_some", sessions.filter((s) => s.energyWh > 0)]]) {
  tell(`about_session_median_kwh${mark}`, median(list.map((s) => s.energyWh)) / 1000);
  tell(`about_session_median_wh${mark}`, median(list.map((s) => s.energyWh)));
}
for (const [how, of] of Object.entries(percentile)) tell(`about_peak_p90.FOX-D${how}`, of(sessions.filter((s) => s.siteId === "FOX-D").map((s) => s.peakKw), 0.9));
tell("site_oldest", [...sites].sort((a, b) => a.openedOn - b.openedOn)[0].name);
const high = faults.filter((f) => f.severity === "HIGH").sort((a, b) => b.reportedAt - a.reportedAt);
tell("fault_high_last_day", day(high[0].reportedAt));
tell("fault_high_last_station", high[0].stationId);
tell("fault_high_open", high.filter((f) => !f.clearedAt).length);
for (const p of ["PAYG", "FLEET"]) tell(`cards.${p}`, cards.filter((c) => c.plan === p).length);
tell("cards_blocked_count", cards.filter((c) => c.blocked).length);
tell("cards_blocked_ids", cards.filter((c) => c.blocked).map((c) => c.cardId));
const soon = cards.filter((c) => c.validUntil > now && c.validUntil <= now + 60 * DAY);
tell("cards_soon_ids", soon.map((c) => c.cardId));
tell("cards_soon_count", soon.length);
for (const plug of ["CCS", "TYPE2"]) {
  const mine = sessions.filter((s) => stationOf.get(s.stationId).plug === plug);
  tell(`energy_mean_kwh.${plug}`, round(wh(mine) / mine.length / 1000, 2));
  tell(`energy_mean_wh.${plug}`, round(wh(mine) / mine.length, 1));
}
const launch = tariffs.find((t) => t.code === "LAUNCH");
tell("launch_label", launch.label);
tell("launch_code", launch.code);
tell("night_ct", tariffs.find((t) => t.code === "NIGHT").ctPerKwh);
tell("night_eur", tariffs.find((t) => t.code === "NIGHT").ctPerKwh / 100);
tellSpan("sessions", sessions, ["30d", "lastmonth"], begun);
tellSpan("sessions_fernway", firm.filter((s) => company(s) === "Fernway Taxis"), ["60d"], begun);
const strange = faults.find((f) => f.remark);
tell("fault_remark_id", strange.faultId);
tell("fault_remark", strange.remark.slice(0, 50));
