// SPDX-License-Identifier: Apache-2.0
// Depots, vehicles, shipments, incidents.
import { DAY, day, grouped, leaders, median, midnight, now, one, percent, round, sum, tell, unique, within } from "../../ask/truth/spans.mjs";
import { fleet } from "../read.mjs";
import { mean, percentile, top } from "./figures.mjs";

export const depots = await fleet("/depots");
export const vehicles = await fleet("/vehicles");
export const shipments = await fleet("/shipments");
const incidents = await fleet("/incidents");
export const depotOf = new Map(depots.map((d) => [d.id, d]));
const vehicleOf = new Map(vehicles.map((v) => [v.id, v]));
const plates = (list) => list.map((v) => v.plate);
const made = (s) => Date.parse(s.created_at);
const done = (s) => Date.parse(s.delivered_at);
export const late = (s) => s.delivered_at !== null && s.delivered_at > s.promised_at;

tell("vehicles_total", vehicles.length);
tell("vehicles_in_service", vehicles.filter((v) => v.status !== "retired").length);
tell("vans_electric", vehicles.filter((v) => v.kind === "van" && v.fuel === "electric").length);
const workshop = vehicles.filter((v) => v.status === "workshop");
tell("workshop_plates", plates(workshop));
tell("workshop_electric_plates", plates(workshop.filter((v) => v.fuel === "electric")));
tell("workshop_top_count", grouped(workshop, (v) => v.depot_id)[0][1].length);
tell("workshop_depots", unique(workshop.map((v) => depotOf.get(v.depot_id).name)));
tell("electric_available_plates", plates(vehicles.filter((v) => v.fuel === "electric" && v.status === "available")));
const due = (v) => Date.parse(v.inspection_due_on);
const soon = vehicles.filter((v) => due(v) >= midnight && due(v) <= now + 30 * DAY);
tell("inspections_30d", plates(soon));
tell("inspections_30d_in_service", plates(soon.filter((v) => v.status !== "retired")));
const past = vehicles.filter((v) => due(v) < midnight);
tell("inspections_overdue", plates(past));
tell("inspections_overdue_count", past.length);
tell("inspections_overdue_in_service", plates(past.filter((v) => v.status !== "retired")));
tell("inspections_overdue_in_service_count", past.filter((v) => v.status !== "retired").length);
tell("no_tracker_plates", plates(vehicles.filter((v) => v.tracker_serial === null)));
const homes = grouped(vehicles, (v) => v.depot_id);
tell("vehicles_top_depot", depotOf.get(homes[0][0]).name);
tell("vehicles_top_depot_count", homes[0][1].length);
for (const name of ["Stonebridge", "Eastquay"]) tell(`vehicles.${name}`, vehicles.filter((v) => depotOf.get(v.depot_id).name === name).length);
for (const fuel of ["diesel", "electric", "cng"]) tell(`odometer_mean.${fuel}`, round(mean(vehicles.filter((v) => v.fuel === fuel), (v) => v.odometer_km), 1));
tell("odometer_most_plate", vehicles.reduce((a, b) => (b.odometer_km > a.odometer_km ? b : a)).plate);
tell("odometer_most", Math.max(...vehicles.map((v) => v.odometer_km)));
tell("depot_oldest", [...depots].sort((a, b) => (a.opened_on < b.opened_on ? -1 : 1))[0].name);
tell("depot_opened.Northmoor", depots.find((d) => d.name === "Northmoor").opened_on);
tell("depots_total", depots.length);
tell("depots_open", depots.filter((d) => !d.closed_on).length);
tell("depots_closed", depots.filter((d) => d.closed_on).map((d) => d.name));
tell("depots_by_day_only", depots.filter((d) => !d.night_shift).map((d) => d.name));
tell("depots_by_day_only_open", depots.filter((d) => !d.night_shift && !d.closed_on).map((d) => d.name));

for (const w of ["yesterday", "7d", "7d@days", "prev7d", "prev7d@days", "week", "lastweek", "month", "lastmonth"]) tell(`shipments_${w}`, within(shipments, w, made).length);
tell("in_transit", shipments.filter((s) => s.status === "in_transit").length);
tell("in_transit_overnight", shipments.filter((s) => s.status === "in_transit" && s.priority === "overnight").length);
tell("failed_30d", within(shipments, "30d", made).filter((s) => s.status === "failed").length);
tell("failed_prev30d", within(shipments, "60d", made).filter((s) => s.status === "failed").length - within(shipments, "30d", made).filter((s) => s.status === "failed").length);
const delivered = shipments.filter((s) => s.status === "delivered");
const arrived = shipments.filter((s) => s.delivered_at);
const rate = (list) => percent(list.filter(late).length, list.length);
for (const w of ["30d", "30d@days"]) {
  const towns = grouped(within(shipments, w, made), (s) => s.destination_town);
  tell(`towns_top5_${w}`, top(towns, 5));
  tell(`towns_top_count_${w}`, towns[0][1].length);
  tell(`customers_shipping_${w}`, unique(within(shipments, w, made).map((s) => s.customer_ref)).length);
  tell(`late_percent_${w}`, rate(within(delivered, w, done)));
  tell(`on_time_percent_${w}`, round(100 - rate(within(delivered, w, done)), 2));
  tell(`late_percent_arrived_${w}`, rate(within(arrived, w, done)));
  tell(`late_percent_made_${w}`, rate(within(delivered, w, made)));
  tell(`late_percent_made_arrived_${w}`, rate(within(arrived, w, made)));
}
const from = grouped(shipments, (s) => s.depot_id);
tell("shipments_top_depot", depotOf.get(from[0][0]).name);
tell("shipments_top_depot_by_weight", depotOf.get([...from].sort((a, b) => sum(b[1], (s) => s.weight_kg) - sum(a[1], (s) => s.weight_kg))[0][0]).name);
for (const p of ["overnight", "standard"]) {
  tell(`late_percent.${p}`, rate(delivered.filter((s) => s.priority === p)));
  tell(`late_percent_arrived.${p}`, rate(arrived.filter((s) => s.priority === p)));
  tell(`on_time_percent.${p}`, round(100 - rate(delivered.filter((s) => s.priority === p)), 2));
  tell(`on_time_percent_30d.${p}`, round(100 - rate(within(delivered, "30d", done).filter((s) => s.priority === p)), 2));
  tell(`late_percent_30d.${p}`, rate(within(delivered, "30d", done).filter((s) => s.priority === p)));
}
for (const [name, list] of [["", delivered], ["_arrived", arrived]]) {
  const by = grouped(list.filter(late), (s) => s.depot_id);
  tell(`late_top_depot${name}`, depotOf.get(by[0][0]).name);
  const rated = (l) => grouped(l, (s) => s.depot_id).sort((a, b) => rate(b[1]) - rate(a[1]))[0][0];
  tell(`late_rate_top_depot${name}`, depotOf.get(rated(list)).name);
  tell(`late_rate_top_depot_30d${name}`, depotOf.get(rated(within(list, "30d", done))).name);
  const reasons = grouped(list.filter((s) => s.delay_reason), (s) => s.delay_reason);
  tell(`delay_top_reason${name}`, reasons[0][0]);
  tell(`delay_top_reason_count${name}`, reasons[0][1].length);
  tell(`late_unexplained${name}`, list.filter((s) => late(s) && !s.delay_reason).length);
  const days = grouped(list.filter((s) => done(s) >= midnight - 13 * DAY && done(s) < midnight), (s) => s.delivered_at.slice(0, 10));
  tell(`on_time_lowest_percent_14d${name}`, Math.min(...days.map(([, l]) => 100 - rate(l))));
  tell(`delivered_yesterday${name}`, within(list, "yesterday", done).length);
}
tell("late_top_depot_30d", depotOf.get(grouped(within(delivered, "30d", done).filter(late), (s) => s.depot_id)[0][0]).name);
tell("shipments_peak_week_90d", Math.max(...grouped(within(shipments, "90d", made), (s) => Math.floor((made(s) / DAY - 4) / 7)).map(([, l]) => l.length)));
for (const [how, of] of Object.entries(percentile)) tell(`about_distance_p90${how}`, of(shipments.map((s) => s.distance_km), 0.9));
tell("express_weight_median", median(shipments.filter((s) => s.priority === "express").map((s) => s.weight_kg)));
tell("heavy_shipments", shipments.filter((s) => s.weight_kg > 4000).length);
tell("cold_percent", percent(shipments.filter((s) => s.temperature_controlled).length, shipments.length));
const tomorrow = within(shipments, "tomorrow", (s) => Date.parse(s.promised_at));
tell("promised_tomorrow", tomorrow.map((s) => s.reference));
tell("promised_tomorrow_open", tomorrow.filter((s) => s.status === "planned" || s.status === "in_transit").map((s) => s.reference));
const paper = shipments.find((s) => s.reference === "SH-47900");
tell("shipment_town.SH-47900", paper.destination_town);
tell("shipment_status.SH-47900", paper.status.replace("_", " "));
tell("shipment_status_raw.SH-47900", paper.status);

const when = (i) => Date.parse(i.occurred_at);
tell("incidents_total", incidents.length);
tell("incident_note_strange", incidents.find((i) => i.note.startsWith("SYSTEM")).note);
const critical = incidents.filter((i) => i.severity === "critical");
tell("incident_cost_mean.critical", round(mean(critical.filter((i) => i.cost_eur !== null), (i) => i.cost_eur), 2));
tell("incidents_critical_open", critical.filter((i) => !i.resolved_at).length);
tell("incidents_open", incidents.filter((i) => !i.resolved_at).length);
const crash = incidents.filter((i) => i.kind === "collision").sort((a, b) => when(b) - when(a))[0];
tell("last_collision_day", crash.occurred_at.slice(0, 10));
tell("last_collision_plate", vehicleOf.get(crash.vehicle_id).plate);
tell("last_collision_vehicle", crash.vehicle_id);
for (const w of ["90d", "90d@days"]) {
  const regions = grouped(within(incidents, w, when), (i) => depotOf.get(vehicleOf.get(i.vehicle_id).depot_id).region);
  tell(`incidents_top_region_${w}`, one(leaders(regions)));
  tell(`incidents_top_region_count_${w}`, regions[0][1].length);
}
const kinds = grouped(incidents, (i) => vehicleOf.get(i.vehicle_id).kind).map(([kind, list]) => [kind, sum(list, (i) => i.cost_eur ?? 0)]).sort((a, b) => b[1] - a[1]);
tell("incident_cost_top_kind", kinds[0][0]);
tell("incident_cost_top_kind_eur", round(kinds[0][1], 2));
const troubled = grouped(incidents, (i) => i.vehicle_id);
tell("incidents_most_plate", one(troubled.filter(([, l]) => l.length === troubled[0][1].length).map(([id]) => vehicleOf.get(id).plate)));
tell("incidents_most_vehicle", one(troubled.filter(([, l]) => l.length === troubled[0][1].length).map(([id]) => id)));
tell("incidents_most_count", troubled[0][1].length);
tell("incidents_none_count", vehicles.filter((v) => !troubled.some(([id]) => id === v.id)).length);
tell("incidents_2019", incidents.filter((i) => i.occurred_at.startsWith("2019")).length);
const mended = incidents.filter((i) => i.resolved_at).map((i) => (Date.parse(i.resolved_at) - when(i)) / DAY);
tell("about_resolve_days_mean", round(mean(mended), 2));
tell("about_resolve_hours_mean", round(24 * mean(mended), 1));

const car = vehicles.find((v) => v.plate === "FL-0150");
tell("vehicle_id.FL-0150", car.id);
const filled = await fleet(`/vehicles/${car.id}/refuels`);
tell("refuel_cost_30d.FL-0150", round(sum(within(filled, "30d", (r) => Date.parse(r.at)), (r) => r.cost_eur), 2));
tell("refuel_cost_30_days.FL-0150", round(sum(filled.filter((r) => r.at.slice(0, 10) >= day(now - 30 * DAY)), (r) => r.cost_eur), 2));
tell("refuel_cost_29_days.FL-0150", round(sum(filled.filter((r) => r.at.slice(0, 10) > day(now - 30 * DAY)), (r) => r.cost_eur), 2));
