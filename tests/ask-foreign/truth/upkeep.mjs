// SPDX-License-Identifier: Apache-2.0
// Buildings, machines, work orders, sensors, electricity.
import { DAY, day, first, grouped, leaders, midnight, now, one, percent, round, sum, tell, within } from "../../ask/truth/spans.mjs";
import { upkeep } from "../read.mjs";
import { mean, percentile } from "./figures.mjs";

export const { facilities } = await upkeep("list_facilities");
const machines = [];
for (let total = 1; machines.length < total; ) {
  const page = await upkeep("list_equipment", { limit: 50, offset: machines.length });
  machines.push(...page.equipment);
  total = page.total;
}
export const orders = [];
for (let page = 1; page; ) {
  const found = await upkeep("search_work_orders", { page, page_size: 100 });
  orders.push(...found.orders);
  page = found.next_page;
}
const { sensors } = await upkeep("list_sensors");
export const energy = await upkeep("energy_by_month");
const contractors = await upkeep("list_contractors");
export const facilityOf = new Map(facilities.map((f) => [f.code, f]));
export const lastMonth = day(first(1)).slice(0, 7);

tell("no_sprinklers", facilities.filter((f) => !f.has_sprinklers).map((f) => f.name));
const today = day(midnight);
tell("service_overdue", machines.filter((m) => m.next_service_on < today).map((m) => m.tag));
tell("service_overdue_A", machines.filter((m) => m.next_service_on < today && m.criticality === "A").length);
tell("never_serviced", machines.filter((m) => !m.last_service_on).map((m) => m.tag));
tell("under_warranty", machines.filter((m) => m.warranty_until && m.warranty_until >= today).length);
const forklifts = grouped(machines.filter((m) => m.category === "forklift"), (m) => m.facility_code);
tell("forklifts_top_count", forklifts[0][1].length);
tell("machine_oldest", [...machines].sort((a, b) => (a.installed_on < b.installed_on ? -1 : 1))[0].tag);
tell("critical_percent", percent(machines.filter((m) => m.criticality === "A").length, machines.length));

const opened = (o) => Date.parse(o.opened_at);
tell("orders_open", orders.filter((o) => o.status === "open").length);
for (const w of ["30d", "30d@days"]) tell(`urgent_numbers_${w}`, within(orders, w, opened).filter((o) => o.priority === "urgent").map((o) => o.number));
for (const p of ["low", "urgent"])
  for (const [name, list] of [["", orders.filter((o) => o.closed_at)], ["_done", orders.filter((o) => o.status === "done")]]) {
    const days = mean(list.filter((o) => o.priority === p), (o) => (Date.parse(o.closed_at) - opened(o)) / DAY);
    tell(`about_close_days${name}.${p}`, round(days, 2));
    tell(`about_close_hours${name}.${p}`, round(24 * days, 1));
  }
const firms = grouped(orders.filter((o) => o.contractor), (o) => o.contractor);
tell("contractor_top", one(leaders(firms)));
tell("contractor_top_count", firms[0][1].length);
const dear = orders.filter((o) => o.cost_eur !== null).sort((a, b) => b.cost_eur - a.cost_eur)[0];
tell("order_dearest", dear.number);
tell("order_dearest_eur", dear.cost_eur);
tell("cost_total_eur", round(sum(orders, (o) => o.cost_eur ?? 0), 2));
tell("orders_late", orders.filter((o) => (o.closed_at ?? new Date(now).toISOString()) > o.due_at).length);
tell("orders_late_closed", orders.filter((o) => o.closed_at && o.closed_at > o.due_at).length);
tell("orders_late_done", orders.filter((o) => o.status === "done" && o.closed_at > o.due_at).length);
const one2040 = orders.find((o) => o.number === "WO-2040");
tell("order_opened.WO-2040", one2040.opened_at.slice(0, 10));
tell("order_status.WO-2040", one2040.status.replace("_", " "));
tell("order_status_raw.WO-2040", one2040.status);
const strange = orders.find((o) => o.number === "WO-2078");
tell("order_facility.WO-2078", strange.facility_code);
tell("order_facility_name.WO-2078", facilityOf.get(strange.facility_code).name);

tell("sensors_offline", sensors.filter((s) => !s.online).map((s) => s.id));
const cold = await upkeep("get_sensor_readings", { sensor_id: "COLD-TEMP" });
tell("cold_warmest_24h", Math.max(...cold.readings.map((r) => r.value)));
tell("cold_coldest_24h", Math.min(...cold.readings.map((r) => r.value)));
const power = await upkeep("get_sensor_readings", { sensor_id: "NMR-PWR", from: new Date(now - 7 * DAY).toISOString() });
for (const [how, of] of Object.entries(percentile)) tell(`about_power_p95_7d.NMR${how}`, of(power.readings.map((r) => r.value), 0.95));
tell("sensors_temperature_latest", sensors.filter((s) => s.kind === "temperature" && s.online).map((s) => s.latest));

const used = energy.filter((e) => e.month === lastMonth).sort((a, b) => b.kwh - a.kwh);
tell("energy_top_code", used[0].facility_code);
tell("energy_top_name", facilityOf.get(used[0].facility_code).name);
tell("energy_top_kwh", used[0].kwh);
tell("energy_peak.EQY", Math.max(...energy.filter((e) => e.facility_code === "EQY").slice(1).map((e) => e.kwh)));
const dense = used.map((e) => [facilityOf.get(e.facility_code), e.kwh / facilityOf.get(e.facility_code).floor_area_m2]).filter(([f]) => f.type === "depot").sort((a, b) => b[1] - a[1]);
tell("energy_dense_depot", dense[0][0].name);
tell("energy_dense_depot_code", dense[0][0].code);

tell("contracts_over", one(contractors.filter((c) => c.contract_until < today).map((c) => c.name)));
const rates = [...contractors].sort((a, b) => b.hourly_rate_eur - a.hourly_rate_eur);
tell("contractor_dearest", rates[0].name);
tell("contractor_dearest_rate", rates[0].hourly_rate_eur);
