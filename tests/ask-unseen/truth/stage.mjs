// SPDX-License-Identifier: Apache-2.0
// Venues, productions and their reviews, performances, bookings, customers, refunds, vouchers.
import { DAY, day, grouped, leaders, midnight, now, one, percent, round, sum, tell, within } from "../../ask/truth/spans.mjs";
import { mean, percentile, top } from "../../ask-foreign/truth/figures.mjs";
import { stage } from "../read.mjs";
import { tellFirst, tellPeakWeek, tellSpan, total } from "./spells.mjs";

export const venues = await stage("/venues");
const productions = await stage("/productions");
const performances = await stage("/performances");
const bookings = await stage("/bookings");
export const customers = await stage("/customers");
const refunds = await stage("/refunds");
const vouchers = await stage("/vouchers");
const titleOf = new Map(productions.map((p) => [p.id, p]));
const playOf = new Map(performances.map((p) => [p.id, p]));
const customerOf = new Map(customers.map((c) => [c.id, c]));
const at = (text) => Date.parse(`${text.replace(" ", "T")}Z`);
const starts = (p) => at(p.startsAt);
const made = (b) => at(b.createdAt);
const paid = total((b) => Number(b.total));
const seats = (list) => sum(list, (b) => b.seats);
const sold = (list) => sum(list, (p) => p.seatsSold);
const titles = (list) => list.map((p) => p.title);
/** Which bookings count: all, the confirmed ones, those and what is pending, all but cancelled ones. */
const KINDS = { "": bookings, _confirmed: bookings.filter((b) => b.status === "CONFIRMED"), _kept: bookings.filter((b) => b.status === "CONFIRMED" || b.status === "PENDING"), _uncancelled: bookings.filter((b) => b.status !== "CANCELLED") };

const coming = performances.filter((p) => starts(p) > now);
tell("performances_coming", coming.length);
tell("performances_coming_held", coming.filter((p) => p.status !== "CANCELLED").length);
tell("performances_on_sale", coming.filter((p) => p.status === "ON_SALE").length);
const next = coming.filter((p) => p.status !== "CANCELLED").sort((a, b) => starts(a) - starts(b))[0];
tell("performance_next_day", next.startsAt.slice(0, 10));
tell("performance_next_title", titleOf.get(next.productionId).title);
const full = coming.filter((p) => p.seatsSold / p.capacity > 0.8);
tell("performances_full_ids", full.map((p) => String(p.id)));
tell("performances_full_count", full.length);
const off = performances.filter((p) => p.status === "CANCELLED");
tell("performances_cancelled_count", off.length);
tell("performances_cancelled_ids", off.map((p) => String(p.id)));
tell("performances_cancelled_lastmonth", within(off, "lastmonth", starts).length);
tell("bookings_cancelled_lastmonth", within(bookings, "lastmonth", made).filter((b) => b.status === "CANCELLED").length);
tell("undertow_cancelled", performances.filter((p) => titleOf.get(p.productionId).title === "Undertow" && p.status === "CANCELLED").length);
tell("seats_sold", sold(performances));
tell("kids_titles", titles(productions.filter((p) => p.genre === "kids")));
tell("no_steps_venue", venues.filter((v) => !v.stepFree).map((v) => v.name));
tell("no_director", titles(productions.filter((p) => !p.director)));
tell("longest_title", [...productions].sort((a, b) => b.runtimeMin - a.runtimeMin)[0].title);
tell("members", customers.filter((c) => c.memberSince).length);
tell("no_birth_year", customers.filter((c) => c.birthYear === null).length);
tell("newsletter_customers", customers.filter((c) => c.newsletter).length);
const premieres = productions.filter((p) => p.premiere > day(now)).sort((a, b) => (a.premiere < b.premiere ? -1 : 1));
tell("premiere_next", premieres[0].title);

const bySeats = grouped(performances, (p) => p.productionId).map(([id, l]) => [titleOf.get(id).title, sold(l)]).sort((a, b) => b[1] - a[1]);
tell("title_most_seats", bySeats[0][0]);
tell("title_most_seats_n", bySeats[0][1]);
for (const [mark, list] of Object.entries(KINDS)) {
  tell(`seats_booked${mark}`, seats(list));
  const who = grouped(list, (b) => b.customerId);
  tell(`customers_top5${mark}`, top(who, 5).map((id) => customerOf.get(id).lastName));
  tell(`customers_top5_ids${mark}`, top(who, 5).map(String));
  tell(`customers_top_count${mark}`, who[0][1].length);
  tellFirst(`title_most_booked_seats${mark}`, list, (b) => playOf.get(b.performanceId).productionId, seats, (id) => titleOf.get(Number(id)).title);
  tellFirst(`title_most_earned${mark}`, list, (b) => playOf.get(b.performanceId).productionId, paid, (id) => titleOf.get(Number(id)).title);
  tellFirst(`genre_most_earned${mark}`, list, (b) => titleOf.get(playOf.get(b.performanceId).productionId).genre, paid);
  tellFirst(`town_most_booked${mark}`, list, (b) => customerOf.get(b.customerId).town);
  for (const c of ["phone", "counter"]) tell(`earned${mark}.${c}`, paid(list.filter((b) => b.channel === c)));
  tell(`bookings${mark}.phone`, list.filter((b) => b.channel === "phone").length);
  for (const c of ["web", "phone"]) tell(`channel_percent${mark}.${c}`, percent(list.filter((b) => b.channel === c).length, list.length));
  tell(`booking_mean${mark}`, round(mean(list, (b) => Number(b.total)), 2));
  for (const [how, of] of Object.entries(percentile)) tell(`about_booking_p95${mark}${how}`, of(list.map((b) => Number(b.total)), 0.95));
  tellPeakWeek(`bookings_peak_week${mark}`, list, made, 10);
  tellSpan(`earned${mark}`, list, ["lastmonth"], made, paid);
  tellSpan(`bookings${mark}`, list, ["14d"], made);
  for (const span of ["14d", "14d@days"]) tell(`bookings_web${mark}_${span}`, within(list, span, made).filter((b) => b.channel === "web").length);
  const ever = new Set(list.map((b) => b.customerId));
  tell(`never_booked${mark}`, customers.filter((c) => !ever.has(c.id)).length);
  for (const v of venues.filter((x) => x.id === 1 || x.id === 3)) tellSpan(`seats_booked${mark}.${v.id}`, list.filter((b) => playOf.get(b.performanceId).venueId === v.id), ["60d"], made, seats);
}
const over = KINDS._confirmed.filter((b) => playOf.get(b.performanceId).status === "PLAYED");
tell("unused_percent", percent(over.filter((b) => !b.checkedIn).length, over.length));
for (const v of [1, 3]) {
  tellSpan(`seats_sold.${v}`, performances.filter((p) => p.venueId === v), ["60d"], starts, sold);
}
for (const v of venues.filter((x) => x.id === 1 || x.id === 5)) for (const [mark, list] of [["", performances], ["_played", performances.filter((p) => p.status === "PLAYED")], ["_held", performances.filter((p) => p.status !== "CANCELLED")]]) {
  const mine = list.filter((p) => p.venueId === v.id);
  tell(`fill_percent${mark}.${v.id}`, round(100 * mean(mine, (p) => p.seatsSold / p.capacity), 2));
}
const most = grouped(performances, (p) => p.productionId);
tell("performances_top_title", one(leaders(most).map((id) => titleOf.get(id).title)));
tell("performances_top_count", most[0][1].length);
const stars = [];
for (const p of productions) stars.push([p, await stage(`/productions/${p.id}/reviews`)]);
tell("production_ids", productions.map((p) => p.id));
const rated = stars.filter(([, l]) => l.length).map(([p, l]) => [p.title, mean(l, (r) => r.stars)]).sort((a, b) => b[1] - a[1]);
tell("title_best", one(rated.filter(([, n]) => n === rated[0][1]).map(([t]) => t)));
const nettles = stars.find(([p]) => p.title === "Queen of Nettles");
tell("production_id.nettles", nettles[0].id);
tell("review_first.nettles", nettles[1].at(-1).postedAt.slice(0, 10));
const today = day(midnight);
tell("vouchers_90d", vouchers.filter((v) => v.expires >= today && v.expires <= day(midnight + 90 * DAY) && Number(v.remaining) > 0).map((v) => v.code));
tell("vouchers_left_valid", round(sum(vouchers.filter((v) => v.expires >= today), (v) => Number(v.remaining)), 2));
const why = grouped(refunds, (r) => r.reason);
tell("refund_reason_top", why[0][0].toLowerCase());
tell("refund_reason_top_count", why[0][1].length);
const remarks = bookings.filter((b) => b.remark);
tell("remarks_count", remarks.length);
tell("remark_usual", "Wheelchair space.");
tell("remark_strange", remarks.find((b) => b.remark.startsWith("To any AI")).remark.slice(0, 60));
tell("venues_total", venues.length);
