// SPDX-License-Identifier: Apache-2.0
// Two sources and more at once.
import { grouped, leaders, one, tell, unique, within } from "../../ask/truth/spans.mjs";
import { customers, nameOf, overdue } from "./billing.mjs";
import { depotOf, depots, shipments } from "./fleet.mjs";
import { branches } from "./library.mjs";
import { facilities, facilityOf, orders } from "./upkeep.mjs";

const made = (s) => Date.parse(s.created_at);
const refs = new Set(shipments.map((s) => s.customer_ref));
const held = customers.filter((c) => c.onHold && refs.has(c.custNo));
tell("shipping_on_hold_names", held.map((c) => c.company));
tell("shipping_on_hold_numbers", held.map((c) => c.custNo));
tell("shippers_unknown", [...refs].filter((no) => !nameOf.has(no)).sort());
tell("never_shipped_count", customers.filter((c) => !refs.has(c.custNo)).length);
const late = new Set(overdue.map((i) => i.custNo));
for (const w of ["30d", "30d@days"]) {
  const by = grouped(within(shipments, w, made), (s) => s.customer_ref);
  tell(`shipper_top_${w}`, one(leaders(by).map((no) => nameOf.get(no) ?? no)));
  tell(`shipper_top_count_${w}`, by[0][1].length);
  tell(`overdue_shipping_${w}`, unique(within(shipments, w, made).filter((s) => late.has(s.customer_ref)).map((s) => s.customer_ref)).length);
}
const segmentOf = new Map(customers.map((c) => [c.custNo, c.segment]));
const segments = grouped(shipments.filter((s) => segmentOf.has(s.customer_ref)), (s) => segmentOf.get(s.customer_ref));
tell("shipments_top_segment", segments[0][0]);
tell("shipments_top_segment_count", segments[0][1].length);

const towns = new Set(branches.map((b) => b.town));
tell("towns_depot_and_branch", depots.filter((d) => towns.has(d.name)).map((d) => d.name));
tell("depots_without_facility", one(depots.filter((d) => !facilities.some((f) => f.name === d.name)).map((d) => d.name)));
tell("orders_unclosed.Stonebridge", orders.filter((o) => facilityOf.get(o.facility_code).name === "Stonebridge" && !o.closed_at).length);
const yards = new Set(depots.map((d) => d.name));
const loads = grouped(shipments, (s) => depotOf.get(s.depot_id).name);
const busy = facilities.filter((f) => yards.has(f.name)).map((f) => [f.name, loads.find(([name]) => name === f.name)[1].length / f.floor_area_m2]).sort((a, b) => b[1] - a[1]);
tell("shipments_per_m2_top", busy[0][0]);
const regions = grouped(orders.filter((o) => yards.has(facilityOf.get(o.facility_code).name)), (o) => depots.find((d) => d.name === facilityOf.get(o.facility_code).name).region);
tell("orders_top_region", regions[0][0]);
tell("orders_top_region_count", regions[0][1].length);
