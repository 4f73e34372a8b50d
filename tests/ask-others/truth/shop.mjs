// SPDX-License-Identifier: Apache-2.0
// The web shop. Where orders that were cancelled may fairly be counted or not, a truth is told each way: NAME counts all, NAME_kept
// what was not cancelled.
import { DAY, day, first, grouped, leaders, now, percent, sum, tell, unique, within, WINDOWS } from "../../ask/truth/spans.mjs";
import { mean, money } from "../../ask-foreign/truth/figures.mjs";
import { storeapi } from "../read.mjs";
import { places, tellGroups, tellMiddle, tellRows, tellWithin } from "./told.mjs";

export const [warehouses, categories, products, stock, customers, orders, returns, reviews, vouchers] = await Promise.all(["/warehouses", "/categories", "/products", "/stock", "/customers", "/orders", "/returns", "/reviews", "/vouchers"].map(storeapi));
const by = (rows) => new Map(rows.map((r) => [r.id, r]));
export const orderOf = by(orders);
const productOf = by(products), customerOf = by(customers), categoryOf = by(categories), warehouseOf = by(warehouses);
const ms = (s) => s * 1000, placed = (o) => ms(o.placed_at);
const tellProducts = (name, rows) => tellRows(name, rows, { title: (p) => p.title, sku: (p) => p.sku, id: (p) => String(p.id) });
const tellCustomers = (name, rows) => {
  tellRows(name, rows, { mail: (c) => c.email, names: (c) => `${c.first_name} ${c.last_name}`, id: (c) => String(c.id) });
  tell(`${name}_parts`, rows.flatMap((c) => [c.first_name, c.last_name]));
};
WINDOWS.week_before_last = [WINDOWS.lastweek[0] - 7 * DAY, WINDOWS.lastweek[0]];

const kept = orders.filter((o) => o.status !== "cancelled");
export const ORDERS = { "": orders, _kept: kept };
tell("cancelled_percent", percent(orders.length - kept.length, orders.length));
tell("waiting", orders.filter((o) => ["open", "paid", "packed"].includes(o.status)).length);
tell("newsletter_percent", percent(customers.filter((c) => c.newsletter).length, customers.length));
const traders = customers.filter((c) => c.group_code === "trade");
tell("newsletter_percent_trade", percent(traders.filter((c) => c.newsletter).length, traders.length));
tell("customers_shop", customers.length);
for (const [how, list] of Object.entries(ORDERS)) {
  tellWithin(`orders${how}`, list, ["lastweek", "week_before_last", "7d", "prev7d"], placed);
  const spent = grouped(list, (o) => o.customer_id).map(([id, rows]) => [id, sum(rows, (o) => o.total)]).sort((a, b) => b[1] - a[1]);
  tellCustomers(`spenders${how}`, places(spent, 5, ([, n]) => n).map(([id]) => customerOf.get(id)));
  const pieces = grouped(list.flatMap((o) => o.items), (x) => x.product_id).map(([id, rows]) => [id, sum(rows, (x) => x.qty)]).sort((a, b) => b[1] - a[1]);
  tellProducts(`best${how}`, pieces.filter(([, n]) => n === pieces[0][1]).map(([id]) => productOf.get(id)));
  for (const back of [1, 2, 3, 4]) money(tell, `revenue_month${how}.${back}`, sum(list.filter((o) => placed(o) >= first(back) && placed(o) < first(back - 1)), (o) => o.total));
  for (const w of ["30d", "prev30d"]) money(tell, `revenue${how}_${w}`, sum(within(list, w, placed), (o) => o.total));
  money(tell, `order_mean${how}`, mean(list, (o) => o.total));
  tellGroups(`channel${how}`, grouped(list, (o) => o.channel));
  for (const w of ["lastmonth", "30d"]) tellGroups(`channel${how}_${w}`, grouped(within(list, w, placed), (o) => o.channel));
  for (const group of ["trade", "retail"]) money(tell, `order_mean${how}.${group}`, mean(list.filter((o) => customerOf.get(o.customer_id).group_code === group), (o) => o.total));
  const irish = (of) => day(Math.max(...list.filter((o) => of(o) === "IE").map(placed)));
  tell(`last_irish${how}`, irish((o) => o.ship_country));
  tell(`last_irish${how}_customer`, irish((o) => customerOf.get(o.customer_id).country));
  tell(`huge${how}`, list.filter((o) => o.total > 200000).map((o) => o.no));
  tell(`huge${how}_id`, list.filter((o) => o.total > 200000).map((o) => String(o.id)));
}
tellProducts("most_returned", leaders(grouped(returns, (r) => r.product_id)).map((id) => productOf.get(id)));
const silent = products.filter((p) => !reviews.some((r) => r.product_id === p.id));
tellProducts("unreviewed", silent);
tellProducts("unreviewed_active", silent.filter((p) => p.active));
const came = orders.filter((o) => o.delivered_at);
tellMiddle("delivery", came.map((o) => ms(o.delivered_at) - placed(o)));
tellMiddle("delivery_shipped", came.map((o) => ms(o.delivered_at) - ms(o.shipped_at)));
tellProducts("out_leeds", stock.filter((s) => s.on_hand === 0 && warehouseOf.get(s.warehouse_id).town === "Leeds").map((s) => productOf.get(s.product_id)));
const stored = (code, fit) => new Set(stock.filter((s) => warehouseOf.get(s.warehouse_id).code === code && fit(s)).map((s) => s.product_id));
for (const [how, fit] of [["", () => true], ["_there", (s) => s.on_hand > 0]]) {
  const kassel = stored("KAS", fit), leeds = stored("LDS", fit);
  tellProducts(`kassel_only${how}`, products.filter((p) => kassel.has(p.id) && !leeds.has(p.id)));
}
const back = grouped(returns, (r) => productOf.get(r.product_id).category_id);
tell("category_returned", leaders(back).map((id) => categoryOf.get(id).title));
tell("category_returned_id", leaders(back).map(String));
for (const w of ["14d", "14d@days"]) {
  const stuck = orders.filter((o) => o.status === "shipped" && ms(o.shipped_at) < WINDOWS["14d"][0] - (w === "14d" ? 0 : now % DAY));
  tell(`stuck_${w}`, stuck.length);
  tell(`stuck_no_${w}`, stuck.map((o) => o.no));
  tell(`stuck_id_${w}`, stuck.map((o) => String(o.id)));
}
tell("code_most", vouchers.filter((v) => v.used === Math.max(...vouchers.map((x) => x.used))).map((v) => v.code));
for (const [how, key] of [["", "received_at"], ["_opened", "opened_at"]]) for (const w of ["lastmonth", "30d"]) money(tell, `refunded${how}_${w}`, sum(within(returns.filter((r) => r.state === "refunded"), w, (r) => ms(r[key])), (r) => r.refund));
tell("supplies_most", leaders(grouped(products, (p) => p.supplier)));
tell("zip", reviews.filter((r) => /zip/i.test(r.body ?? "")).length);
tellProducts("leftover", products.filter((p) => p.discontinued_at && stock.some((s) => s.product_id === p.id && s.on_hand > 0)));
