// SPDX-License-Identifier: Apache-2.0
// The same maker's web shop: warehouses, categories, products, stock, customers, orders, returns, reviews, vouchers.
// Data are the same in every run, but for times, which are told from the start.
import { Problem, found, read, serve } from "../../ask-foreign/servers/http.mjs";
import { chance, DAY, fraction, HOUR, integer, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";
import { CUSTOMERS, of } from "./people.mjs";

export const KEY = "storeapi-key-of-the-questions";
const WAREHOUSES = [["KAS", "Kassel Main", "Kassel", true], ["ARN", "Arnhem Hub", "Arnhem", true], ["LDS", "Leeds Store", "Leeds", true], ["CHU", "Chur Overflow", "Chur", false]];
const CATEGORIES = ["Tents", "Sleeping bags", "Mats", "Stoves", "Lamps", "Backpacks", "Spare parts", "Gift cards"];
const THINGS = { Tents: ["Tent", 18900], "Sleeping bags": ["Sleeping Bag", 12900], Mats: ["Mat", 5900], Stoves: ["Stove", 7400], Lamps: ["Lantern", 3200], Backpacks: ["Backpack", 11900], "Spare parts": ["Pole Set", 1900] };
const LINES = ["Fulmar", "Gannet", "Heath", "Ibex", "Jackdaw", "Kite", "Linnet", "Marten", "Newt", "Otter", "Plover", "Rook", "Swift"];
const STATUSES = ["open", "paid", "packed", "shipped", "delivered", "cancelled"], CHANNELS = ["web", "app", "phone", "marketplace"], PAYS = ["card", "paypal", "invoice", "gift"];
const REASONS = ["damaged", "too_small", "not_as_shown", "late", "wrong_item", "changed_mind"], STATES = ["requested", "in_transit", "received", "refunded", "rejected"];
const secs = (ms) => Math.floor(ms / 1000);

export function storeData(now) {
  const packers = of("warehouse").map((p) => p.email);
  const warehouses = WAREHOUSES.map(([code, name, town, open], i) => ({ id: i + 1, code, name, town, open }));
  const categories = CATEGORIES.map((title, i) => ({ id: 10 + i, title, parent_id: title === "Spare parts" ? 10 : null }));
  const products = times(91, (i) => {
    const k = `others/p/${i}`;
    const category = categories[i % 7], [thing, base] = THINGS[category.title];
    const price = 100 * Math.round((base * (0.5 + 1.4 * fraction(`${k}/price`))) / 100) - 5;
    const age = integer(`${k}/age`, 30, 1500), gone = chance(`${k}/gone`, 0.1);
    return { id: 301 + i, sku: `FH-${category.title.slice(0, 2).toUpperCase()}-${301 + i}`, title: `${LINES[Math.floor(i / 7)]} ${thing}`, category_id: category.id, price, cost: Math.round(price * (0.35 + 0.3 * fraction(`${k}/cost`))), weight_g: integer(`${k}/weight`, 80, 4200), active: !gone && !chance(`${k}/hidden`, 0.06), created_at: secs(now - age * DAY), discontinued_at: gone ? secs(now - Math.floor(age * 0.3) * DAY) : null, supplier: pick(`${k}/supplier`, ["Lodestar Textiles", "Lodestar Textiles", "Mönch Metall", "Parallel Plastics", "Hanse Licht"]) };
  });
  const stock = products.flatMap((p) => warehouses.slice(0, p.id % 9 === 0 ? 4 : 3).filter((w) => !chance(`others/s/${p.id}/${w.id}`, 0.12)).map((w) => {
    const k = `others/s/${p.id}/${w.id}`;
    const on_hand = chance(`${k}/out`, 0.1) ? 0 : integer(`${k}/hand`, 1, 160);
    return { product_id: p.id, warehouse_id: w.id, on_hand, reserved: Math.min(on_hand, integer(`${k}/reserved`, 0, 12)), reorder_point: integer(`${k}/point`, 4, 30), counted_at: chance(`${k}/never`, 0.05) ? null : secs(now - integer(`${k}/counted`, 1, 400) * DAY) };
  }));
  const customers = CUSTOMERS.map((c) => ({ id: c.id, email: c.email, first_name: c.first, last_name: c.last, country: c.country, group_code: c.group, newsletter: c.newsletter, created_at: secs(now - c.ago * DAY - 5 * HOUR), blocked_at: c.blocked === null ? null : secs(now - Math.min(c.ago, c.blocked * 20) * DAY) }));
  const vouchers = [["HELLO10", "percent", 10, -400, null, null, true], ["SPRING20", "percent", 20, -250, -180, null, false], ["FREESHIP", "fixed", 595, -300, null, null, true], ["CLUB15", "percent", 15, -200, 90, 500, true], ["SUMMER25", "percent", 25, -160, -95, 200, false], ["SORRY5", "fixed", 500, -350, null, null, true], ["TRADE30", "percent", 30, -340, 25, null, true], ["AUTUMN12", "percent", 12, -80, -10, 300, true], ["FAIR50", "fixed", 5000, -60, 8, 20, true], ["NEWSLETTER", "percent", 5, -390, null, null, true], ["TENTS40", "percent", 40, -20, 40, 50, true], ["XMAS", "percent", 15, 5, 30, null, true]];
  const usable = vouchers.filter(([code]) => !["XMAS", "TENTS40", "FAIR50"].includes(code));
  const orders = times(1320, (i) => ({ at: now - Math.floor(integer(`others/o/${i}/at`, 200, 230 * 1440) * (0.75 + 0.25 * fraction(`others/o/${i}/thin`))) * 60_000, i })).sort((a, b) => b.at - a.at).map(({ at, i }, n) => {
    const k = `others/o/${i}`;
    const customer = customers.filter((c) => c.created_at < secs(at) - 1)[Math.floor(395 * fraction(`${k}/who`) ** 1.5)] ?? customers[integer(`${k}/else`, 0, 40)];
    const items = times(Number(weighted(`${k}/lines`, { 1: 6, 2: 3, 3: 1 })), (j) => products[Math.floor(88 * fraction(`${k}/${j}/what`) ** 1.25)]).filter((p, j, all) => all.indexOf(p) === j).map((p) => ({ product_id: p.id, qty: Number(weighted(`${k}/${p.id}/n`, customer.group_code === "trade" ? { 2: 3, 4: 3, 10: 2 } : { 1: 8, 2: 2, 3: 0.5 })), price: p.price }));
    const goods = items.reduce((t, x) => t + x.qty * x.price, 0);
    const live = usable.filter(([, , , from, to]) => at > now + from * DAY && (to === null || at < now + to * DAY));
    const voucher = chance(`${k}/voucher`, 0.22) ? pick(`${k}/code`, live) : null;
    const discount = voucher ? (voucher[1] === "percent" ? Math.round((goods * voucher[2]) / 100) : Math.min(goods, voucher[2])) : 0;
    const shipping = goods > 15000 ? 0 : 595;
    const cancelled = chance(`${k}/off`, 0.06), hours = (now - at) / HOUR;
    const ships = integer(`${k}/ships`, 8, 90), arrives = ships + integer(`${k}/arrives`, 20, 150);
    const status = cancelled ? "cancelled" : hours > arrives ? (chance(`${k}/lost`, 0.015) ? "shipped" : "delivered") : hours > ships ? "shipped" : weighted(`${k}/early`, { open: 2, paid: 4, packed: 3 });
    const out = status === "shipped" || status === "delivered";
    return { id: 51320 - n, no: `S-${71320 - n}`, customer_id: customer.id, placed_at: secs(at), status, channel: weighted(`${k}/channel`, { web: 9, app: 5, phone: 1, marketplace: 4 }), pay: weighted(`${k}/pay`, customer.group_code === "trade" ? { invoice: 8, card: 2 } : { card: 9, paypal: 7, invoice: 3, gift: 1 }), items, discount, shipping, total: goods - discount + shipping, voucher_code: voucher ? voucher[0] : null, ship_country: chance(`${k}/gift`, 0.06) ? pick(`${k}/to`, ["DE", "GB", "FR"]) : customer.country, warehouse_id: Number(weighted(`${k}/from`, { 1: 7, 2: 5, 3: 3 })), packed_by: out || status === "packed" ? packers[Math.floor(7 * fraction(`${k}/by`) ** 1.2)] : null, shipped_at: out ? secs(at + ships * HOUR) : null, delivered_at: status === "delivered" ? secs(at + arrives * HOUR) : null };
  });
  const sent = orders.filter((o) => o.delivered_at !== null && o.delivered_at < secs(now - 3 * DAY));
  const returns = times(140, (i) => sent[Math.floor(sent.length * fraction(`others/r/${i}/order`))]).map((order, i) => ({ order, i, at: order.delivered_at * 1000 + (now - order.delivered_at * 1000) * Math.min(0.9, 20 / 230 + 0.1 * fraction(`others/r/${i}/at`)) })).sort((a, b) => b.at - a.at).map(({ order, i, at }, n) => {
    const k = `others/r/${i}`;
    const item = pick(`${k}/item`, order.items), old = now - at > 16 * DAY;
    const state = old ? weighted(`${k}/old`, { refunded: 12, rejected: 2, in_transit: 0.7 }) : weighted(`${k}/new`, { requested: 3, in_transit: 4, received: 3, refunded: 2 });
    return { id: 940 - n, order_id: order.id, product_id: item.product_id, qty: 1, reason: weighted(`${k}/why`, { damaged: 4, too_small: 3, not_as_shown: 4, late: 2, wrong_item: 2, changed_mind: 5 }), state, opened_at: secs(at), received_at: ["received", "refunded", "rejected"].includes(state) ? secs(Math.min(now - HOUR, at + integer(`${k}/back`, 2, 14) * DAY)) : null, refund: state === "refunded" ? item.price : null };
  });
  const reviews = times(260, (i) => ({ at: now - integer(`others/v/${i}/at`, 90, 200 * 1440) * 60_000, i })).sort((a, b) => b.at - a.at).map(({ at, i }, n) => {
    const k = `others/v/${i}`;
    const stars = Number(weighted(`${k}/stars`, { 5: 9, 4: 7, 3: 3, 2: 2, 1: 2 }));
    return { id: 12260 - n, product_id: products[Math.floor(84 * fraction(`${k}/what`) ** 1.2)].id, customer_id: customers[integer(`${k}/who`, 0, 300)].id, stars, body: chance(`${k}/mute`, 0.3) ? null : pick(`${k}/body`, stars > 3 ? ["dry all night", "light and sturdy", "great for two", "would buy again"] : stars === 3 ? ["does the job", "heavier than I thought"] : ["zip broke", "leaks at the seam", "zip stuck after a week", "smells of plastic"]), created_at: secs(at), published: !chance(`${k}/held`, 0.12) };
  });
  const used = (code) => orders.filter((o) => o.voucher_code === code).length;
  return { warehouses, categories, products, stock, customers, orders, returns, reviews, vouchers: vouchers.map(([code, kind, value, from, to, max, active]) => ({ code, kind, value, valid_from: secs(now + from * DAY), valid_to: to === null ? null : secs(now + to * DAY), max_uses: max, used: used(code), active })) };
}

const kept = ({ path, body }) => ({ ...body, ...path });

/** A bare array, with the next page in the header Link. */
const list = (rows, kinds = {}, time) => ({ query, url, reply }) => {
  const { page = 1, per_page: size = 30, from, to, ...want } = read(query, { page: "integer", per_page: "integer", ...(time ? { from: "seconds", to: "seconds" } : {}), ...kinds });
  if (size < 1 || size > 250) throw new Problem(422, "per_page: 1..250");
  const left = rows.filter((r) => Object.entries(want).every(([k, v]) => r[k] === v) && (!from || r[time] * 1000 >= from) && (!to || r[time] * 1000 < to));
  const next = new URL(url.pathname + url.search, "http://here");
  next.searchParams.set("page", String(page + 1));
  if (page * size < left.length) reply.link = `<${next.pathname}${next.search}>; rel="next"`;
  return left.slice((page - 1) * size, page * size);
};

export function storeapi({ now, port }) {
  const all = storeData(now);
  const one = (rows, what) => ({ path }) => found(rows.find((r) => String(r.id) === path.id), what);
  return serve({
    port,
    base: "/rest/v1",
    admits: (h) => h.authorization === `Bearer ${KEY}`,
    failure: (status, message) => ({ statusCode: status, message }),
    routes: [
      ["GET", "/warehouses", list(all.warehouses)],
      ["GET", "/categories", list(all.categories)],
      ["GET", "/products", list(all.products, { category_id: "integer", active: "flag", supplier: "text" })],
      ["GET", "/products/{id}", one(all.products, "product")],
      ["PATCH", "/products/{id}", kept],
      ["GET", "/stock", list(all.stock, { product_id: "integer", warehouse_id: "integer" })],
      ["POST", "/stock/adjust", kept],
      ["GET", "/customers", list(all.customers, { country: "text", group_code: ["retail", "trade", "staff"] })],
      ["GET", "/customers/{id}", one(all.customers, "customer")],
      ["GET", "/orders", list(all.orders, { status: STATUSES, channel: CHANNELS, pay: PAYS, customer_id: "integer", warehouse_id: "integer" }, "placed_at")],
      ["GET", "/orders/{id}", one(all.orders, "order")],
      ["POST", "/orders/{id}/cancel", kept],
      ["GET", "/returns", list(all.returns, { state: STATES, reason: REASONS, order_id: "integer" }, "opened_at")],
      ["POST", "/returns/{id}/refund", kept],
      ["GET", "/reviews", list(all.reviews, { product_id: "integer", stars: "integer" }, "created_at")],
      ["GET", "/vouchers", list(all.vouchers)],
      ["DELETE", "/vouchers/{code}", kept],
    ],
  });
}
