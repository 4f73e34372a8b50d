// SPDX-License-Identifier: Apache-2.0
// The equipment register. Where hardware that is retired or lost may fairly be counted or not, a truth is told each way: NAME counts
// all, NAME_kept what is neither retired nor lost, NAME_used what is in use. So it is with orders that were cancelled.
import { DAY, day, first, grouped, leaders, median, midnight, now, one, percent, sum, tell, unique, within, WINDOWS } from "../../ask/truth/spans.mjs";
import { mean, money, percentile } from "../../ask-foreign/truth/figures.mjs";
import { inventory } from "../read.mjs";
import { places, tellGroups, tellLasting, tellMiddle, tellWithin } from "./told.mjs";

export const [offices, employees, models, devices, licences, repairs, suppliers, orders] = await Promise.all(["/offices", "/employees", "/models", "/devices", "/licences", "/repairs", "/suppliers", "/orders"].map(inventory));
export const personOf = new Map(employees.map((e) => [e.staffNumber, e])), officeOf = new Map(offices.map((o) => [o.code, o]));
const modelOf = new Map(models.map((m) => [m.id, m])), deviceOf = new Map(devices.map((d) => [d.assetTag, d])), supplierOf = new Map(suppliers.map((s) => [s.id, s]));
export const here = employees.filter((e) => e.endedOn === null);
const today = day(now), at = (d) => Date.parse(d), euro = (x) => x.amount;
WINDOWS.prev90d = [now - 180 * DAY, now - 90 * DAY];
WINDOWS.prev60d = [now - 120 * DAY, now - 60 * DAY];
WINDOWS["180d"] = [now - 180 * DAY, now];
WINDOWS["183d"] = [now - 183 * DAY, now];
WINDOWS.sixmonths = [first(6), first(0)];
WINDOWS.halfyear = [Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() - 6, new Date(now).getUTCDate()), now];
export const tellPeople = (name, list) => {
  const numbers = unique(list);
  tell(name, one(numbers));
  tell(`${name}_names`, one(numbers.map((n) => personOf.get(n).name)));
  tell(`${name}_mails`, one(numbers.map((n) => personOf.get(n).email)));
};

tell("staff", here.length);
tell("makers", unique(models.map((m) => m.maker)).length);
tell("cities", unique(offices.map((o) => o.city)).length);
tell("remote_percent", percent(here.filter((e) => e.remote).length, here.length));
tellGroups("staff", grouped(here, (e) => e.department));
tellGroups("staff_remote", grouped(here.filter((e) => e.remote), (e) => e.department));
tell("rahmans", here.filter((e) => e.name.endsWith(" Rahman")).map((e) => e.name));
tell("longest_here", places([...here].sort((a, b) => (a.startedOn < b.startedOn ? -1 : 1)), 1, (e) => e.startedOn)[0].name);
tellWithin("started", here, ["180d", "183d", "sixmonths", "halfyear"], (e) => at(e.startedOn));
tell("depots", offices.filter((o) => o.kind === "depot").map((o) => o.name));
tell("depots_codes", offices.filter((o) => o.kind === "depot").map((o) => o.code));

const DEVICES = { "": devices, _kept: devices.filter((d) => d.status !== "retired" && d.status !== "lost"), _used: devices.filter((d) => d.status === "in_use"), _not_retired: devices.filter((d) => d.status !== "retired") };
const of = (list, category) => list.filter((d) => d.category === category);
for (const [category, list] of grouped(devices, (d) => d.category)) for (const [status, rows] of grouped(list, (d) => d.status)) {
  tell(`devices.${category}.${status}`, rows.length);
  tell(`devices_tags.${category}.${status}`, rows.map((d) => d.assetTag));
}
tell("lost", devices.filter((d) => d.status === "lost").length);
for (const [how, list] of Object.entries(DEVICES)) {
  const laptops = of(list, "laptop");
  tell(`plain_percent${how}`, percent(laptops.filter((d) => d.diskEncrypted === false).length, laptops.length));
  tell(`printers${how}`, of(list, "printer").length);
  money(tell, `laptop_median${how}`, median(laptops.map((d) => euro(d.price))));
  tell(`no_warranty${how}`, list.filter((d) => d.warrantyUntil === null).length);
}
const dearest = places([...devices].sort((a, b) => euro(b.price) - euro(a.price)), 1, (d) => euro(d.price))[0];
tell("dearest", dearest.assetTag);
money(tell, "dearest_price", euro(dearest.price));
const owned = new Set(devices.map((d) => d.modelId));
tell("unowned", models.filter((m) => !owned.has(m.id)).map((m) => m.name));
tell("unsupported", models.filter((m) => m.supportedUntil && m.supportedUntil < today && owned.has(m.id)).map((m) => m.name));
const found = (office) => unique(DEVICES._used.filter((d) => d.officeCode === office).map((d) => d.modelId));
const only = found("DSO").filter((m) => !found("DNO").includes(m));
tell("only_south", only.map((m) => modelOf.get(m).name));
tell("only_south_ids", only);
tellLasting("phone_age", mean(of(DEVICES._used, "phone").map((d) => now - at(d.purchasedOn))));
for (const [category, list] of grouped(DEVICES._used, (d) => d.category)) money(tell, `worth.${category}`, sum(list, (d) => euro(d.price)));
tell("repaired_at_LAB", devices.filter((d) => d.officeCode === "LAB" && d.status === "in_repair").map((d) => d.assetTag));
tell("old_laptops", of(DEVICES._used, "laptop").filter((d) => now - at(d.purchasedOn) > 5 * 365.25 * DAY).map((d) => d.assetTag));
const held = grouped(devices.filter((d) => d.holder), (d) => d.holder.staffNumber);
tellPeople("most_held", places(held, 3, ([, list]) => list.length).map(([n]) => n));
const holding = new Set(held.map(([n]) => n));
tellPeople("finance_without", here.filter((e) => e.department === "finance" && !holding.has(e.staffNumber)).map((e) => e.staffNumber));
export const without = (number) => !holding.has(number);
const gone = devices.filter((d) => d.holder && personOf.get(d.holder.staffNumber).endedOn !== null);
tell("gone_tags", gone.map((d) => d.assetTag));
tellPeople("gone", gone.map((d) => d.holder.staffNumber));
const phones = (department) => unique(devices.filter((d) => d.category === "phone" && d.holder && personOf.get(d.holder.staffNumber).department === department).map((d) => d.modelId));
for (const [name, a, b] of [["phones_only_office", "finance", "management"]]) tell(name, phones(a).filter((m) => !phones(b).includes(m)).map((m) => modelOf.get(m).name));

const free = (l) => l.seats - l.seatsUsed, named = (list) => list.map((l) => l.product);
tell("unowned_licences", named(licences.filter((l) => l.ownerStaffNumber === null)));
tell("scarce", named(licences.filter((l) => free(l) < 5)));
const soon = within(licences, "next30d", (l) => at(l.renewsOn));
tell("renewing", named(soon));
money(tell, "renewing_cost", sum(soon, (l) => euro(l.costPerYear)));
tell("by_hand", named(licences.filter((l) => !l.autoRenew)));
const costly = grouped(licences, (l) => euro(l.costPerYear)).sort((a, b) => b[0] - a[0]);
if (costly.slice(0, 3).some(([, list]) => list.length > 1) || costly[3][1].length !== 2) throw new Error("another tie among the licences");
tell("licences_top3", costly.slice(0, 3).map(([, list]) => list[0].product));
costly[3][1].forEach((l, i) => tell(`licence_fourth.${i + 1}`, l.product));
const scribe = licences.find((l) => l.product === "Scribe PDF");
tell("scribe_used", scribe.seatsUsed);
tell("scribe_over", scribe.seatsUsed - scribe.seats);

const opened = (r) => at(r.openedAt), done = repairs.filter((r) => r.closedAt !== null), took = (r) => at(r.closedAt) - at(r.openedAt);
tell("warranty_percent", percent(repairs.filter((r) => r.underWarranty).length, repairs.length));
tell("repaired_most", leaders(grouped(repairs, (r) => r.assetTag)));
tellWithin("repairs", repairs, ["lastmonth", "lastweek", "7d", "60d", "prev60d"], opened);
tell("repairs_month_before", repairs.filter((r) => opened(r) >= first(2) && opened(r) < first(1)).length);
tellGroups("problem", grouped(repairs, (r) => r.problem));
money(tell, "repair_dearest", Math.max(...done.map((r) => euro(r.cost))));
money(tell, "external_least", Math.min(...done.filter((r) => r.workshop === "external").map((r) => euro(r.cost))));
tell("over_350", done.filter((r) => euro(r.cost) > 35000).map((r) => r.number));
tell("chewed", repairs.filter((r) => /chewed/.test(r.note ?? "")).length);
for (const w of ["maker", "in_house", "external"]) {
  const list = done.filter((r) => r.workshop === w);
  tellMiddle(`repair.${w}`, list.map(took));
  money(tell, `repair_cost_mean.${w}`, mean(list, (r) => euro(r.cost)));
  money(tell, `repair_cost_median.${w}`, median(list.map((r) => euro(r.cost))));
}
for (const maker of ["Norvik", "Tessel"]) {
  const list = repairs.filter((r) => modelOf.get(deviceOf.get(r.assetTag).modelId).maker === maker);
  tell(`repairs_of.${maker}`, list.length);
  tell(`repaired_of.${maker}`, unique(list.map((r) => r.assetTag)).length);
}
const reporting = leaders(grouped(repairs, (r) => personOf.get(r.reportedBy).department));
tell("repairs_department", one(reporting));
const odd = repairs.find((r) => r.number === "REP-759");
tell("odd_repair_tag", odd.assetTag);
tell("odd_repair_problem", odd.problem);

tell("best_suppliers", suppliers.filter((s) => s.rating === Math.max(...suppliers.map((x) => x.rating))).map((s) => s.name));
tell("worst_supplier", places([...suppliers].sort((a, b) => a.rating - b.rating), 1, (s) => s.rating)[0].name);
tell("bridgeport_until", suppliers.find((s) => s.name === "Bridgeport Systems").contractUntil);
tell("never_ordered_from", suppliers.filter((s) => !orders.some((o) => o.supplierId === s.id)).map((s) => s.name));
const ORDERS = { "": orders, _kept: orders.filter((o) => o.status !== "cancelled"), _arrived: orders.filter((o) => o.status === "delivered") };
for (const [how, list] of Object.entries(ORDERS)) {
  const total = (rows) => sum(rows, (o) => euro(o.total)), when = (o) => at(o.orderedOn);
  money(tell, `ordered_lastmonth${how}`, total(within(list, "lastmonth", when)));
  money(tell, `ordered_month_before${how}`, total(list.filter((o) => when(o) >= first(2) && when(o) < first(1))));
  money(tell, `hartwell${how}`, total(list.filter((o) => supplierOf.get(o.supplierId).name === "Hartwell IT")));
}
const waited = ORDERS._arrived.map((o) => at(o.deliveredOn) - at(o.orderedOn));
for (const [how, way] of Object.entries(percentile)) tellLasting(`delivery_p90${how}`, way(waited, 0.9));
const newest = places([...orders].sort((a, b) => (a.orderedOn > b.orderedOn ? -1 : 1)), 1, (o) => o.orderedOn)[0];
tell("order_newest", newest.number);
tell("order_newest_from", supplierOf.get(newest.supplierId).name);
tell("order_newest_from_id", newest.supplierId);
tellPeople("ordered_468", [orders.find((o) => o.number === "PO-468").orderedBy]);
if (now - midnight < 10 * 60_000) throw new Error("just after midnight the days of the servers and of the truths differ");
