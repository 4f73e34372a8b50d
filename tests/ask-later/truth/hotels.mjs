// SPDX-License-Identifier: Apache-2.0
// Hotels, rooms, guests, reservations, extras, reviews, maintenance. Where cancelled stays may fairly be counted or not, a truth is
// told both ways: NAME counts all, NAME_live leaves them out, NAME_departed counts stays that are over.
import { DAY, HOUR, grouped, leaders, median, midnight, now, one, percent, sum, tell, within } from "../../ask/truth/spans.mjs";
import { mean, money, percentile, top } from "../../ask-foreign/truth/figures.mjs";
import { lodge } from "../read.mjs";

export const hotels = await lodge("/hotels");
const [guests, reservations, extras, reviews, tickets] = await Promise.all(["/guests", "/reservations", "/extras", "/reviews", "/maintenance-tickets"].map(lodge));
const rooms = new Map();
for (const h of hotels) rooms.set(h.code, await lodge(`/hotels/${h.code}/rooms`));
export const hotelOf = new Map(hotels.map((h) => [h.code, h]));
const guestOf = new Map(guests.map((g) => [g.id, g])), reservationOf = new Map(reservations.map((r) => [r.id, r]));
/** Hotels by name, and by code. */
export const tellHotels = (name, list) => {
  tell(name, one(list.map((h) => h.name)));
  tell(`${name}_code`, one(list.map((h) => h.code)));
};
const price = (r) => r.price.totalCents;
const READINGS = { "": () => true, _live: (r) => r.status !== "cancelled", _kept: (r) => r.status !== "cancelled" && r.status !== "no_show", _departed: (r) => r.status === "departed" };
const each = (run) => Object.entries(READINGS).forEach(([how, test]) => run(how, reservations.filter(test)));

tell("guests", guests.length);
tellHotels("with_spa", hotels.filter((h) => h.amenities.includes("spa")));
tell("spa_hotel_rooms", sum(hotels.filter((h) => h.amenities.includes("spa")), (h) => h.roomCount));
tellHotels("hotel_oldest", [...hotels].sort((a, b) => (a.openedOn < b.openedOn ? -1 : 1)).slice(0, 1));
tellHotels("hotel_smallest", [...hotels].sort((a, b) => a.roomCount - b.roomCount).slice(0, 1));
tell("rooms_out.QUAY", rooms.get("QUAY").filter((r) => r.state === "out_of_order").length);
tell("rooms_to_clean.LANT", rooms.get("LANT").filter((r) => r.state === "to_clean").map((r) => r.number));
tell("unreachable", guests.filter((g) => !g.contact.email && !g.contact.phone).length);
tell("gold_percent", percent(guests.filter((g) => g.loyalty.tier === "gold").length, guests.length));
const loyal = [...guests].sort((a, b) => b.loyalty.points - a.loyalty.points);
if (loyal[4].loyalty.points === loyal[5].loyalty.points) throw new Error("a tie for the fifth place");
tell("most_points", loyal.slice(0, 5).map((g) => g.fullName));
const nations = grouped(guests, (g) => g.nationality);
for (const [nation, list] of nations) tell(`guests_from.${nation}`, list.length);
tell("nations", nations.length);
tellHotels("hotel_best", [...hotels].sort((a, b) => b.stars - a.stars).slice(0, 1));

const booked = (r) => Date.parse(r.bookedAt), arrives = (r) => Date.parse(r.stay.arrival);
for (const w of ["30d", "30d@days", "prev30d", "prev30d@days", "lastmonth"]) tell(`booked_${w}`, within(reservations, w, booked).length);
for (const w of ["14d", "14d@days"]) tell(`booked_peak_${w}`, grouped(within(reservations, w, booked), (r) => r.bookedAt.slice(0, 10))[0][1].length);
tell("cancelled_percent", percent(reservations.filter((r) => r.status === "cancelled").length, reservations.length));
const off = reservations.filter((r) => r.status === "cancelled");
for (const [reason, list] of grouped(off, (r) => r.cancellation.reason)) tell(`reason.${reason}`, list.length);
for (const w of ["lastmonth", "30d", "30d@days"]) {
  tell(`cancelled_${w}`, within(off, w, (r) => Date.parse(r.cancellation.at)).length);
  tell(`cancelled_of_booked_${w}`, within(off, w, booked).length);
}
each((how, list) => {
  for (const w of ["60d", "60d@days"]) money((name, value) => tell(name, value), `agents_${w}${how}`.replace("@days", "") + (w.endsWith("@days") ? "_days" : ""), sum(within(list, w, booked).filter((r) => r.channel === "travel_agent"), price));
  money(tell, `price_mean${how}`, mean(list, price));
  for (const [way, of] of Object.entries(percentile)) money(tell, `price_p90${how}${way}`, of(list.map(price), 0.9));
  const earned = [...Map.groupBy(list, (r) => r.hotelCode)].map(([code, l]) => [code, sum(l, price)]).sort((a, b) => b[1] - a[1]);
  tellHotels(`hotel_earned_most${how}`, [hotelOf.get(earned[0][0])]);
  const spent = [...Map.groupBy(list, (r) => r.guestId)].map(([id, l]) => [id, sum(l, price)]).sort((a, b) => b[1] - a[1]);
  tell(`guest_spent_most${how}`, guestOf.get(spent[0][0]).fullName);
  tell(`guest_spent_most${how}_id`, spent[0][0]);
  tell(`guests_over_three${how}`, grouped(list, (r) => r.guestId).filter(([, l]) => l.length > 3).length);
  for (const c of ["corporate", "portal"]) tell(`nights_mean${how}.${c}`, mean(list.filter((r) => r.channel === c), (r) => r.stay.nights));
  tell(`about_days_ahead${how}`, mean(list, (r) => (arrives(r) - booked(r)) / DAY));
  tell(`about_days_ahead_whole${how}`, mean(list, (r) => (arrives(r) - Math.floor(booked(r) / DAY) * DAY) / DAY));
  for (const [channel, l] of grouped(list, (r) => r.channel)) {
    tell(`channel${how}.${channel}`, l.length);
    tell(`channel_percent${how}.${channel}`, percent(l.length, list.length));
  }
});
tell("guests_without_reservation", guests.filter((g) => !reservations.some((r) => r.guestId === g.id)).length);
tell("reservations.G-2185", reservations.filter((r) => r.guestId === "G-2185").length);
const confirmed = reservations.filter((r) => r.status === "confirmed");
tell("confirmed", confirmed.length);
tell("confirmed_website", confirmed.filter((r) => r.channel === "website").length);
tell("suites_taken", reservations.filter((r) => r.status === "in_house" && r.roomCategory === "suite").length);
for (const [how, from, to] of [["", 1, 8], ["_from_today", 0, 7], ["_both_ends", 0, 8]]) tell(`arrivals_7d${how}`, confirmed.filter((r) => arrives(r) >= midnight + from * DAY && arrives(r) < midnight + to * DAY).length);

const amount = (x) => x.amountCents, minibar = extras.filter((x) => x.kind === "minibar");
money(tell, "minibar", sum(minibar, amount));
money(tell, "minibar_settled", sum(minibar.filter((x) => x.settled), amount));
money(tell, "unsettled", sum(extras.filter((x) => !x.settled), amount));
for (const [code, list] of grouped(extras, (x) => reservationOf.get(x.reservationId).hotelCode)) money(tell, `extras.${code}`, sum(list, amount));

for (const [code, list] of grouped(reviews, (v) => v.hotelCode)) tell(`score_mean.${code}`, mean(list, (v) => v.score));
tell("reviews_unanswered", reviews.filter((v) => !v.repliedAt).length);
const took = mean(reviews.filter((v) => v.repliedAt), (v) => (Date.parse(v.repliedAt) - Date.parse(v.submittedAt)) / HOUR);
tell("about_reply_hours", took);
tell("about_reply_days", took / 24);
tell("about_reply_minutes", took * 60);

const open = tickets.filter((t) => !t.closedAt);
tell("tickets", tickets.length);
tell("critical_open", open.filter((t) => t.severity === "critical").map((t) => t.id));
const broken = grouped(open, (t) => t.hotelCode);
tellHotels("hotel_most_broken", top(broken, 1).map((code) => hotelOf.get(code)));
const heating = median(tickets.filter((t) => t.topic === "heating" && t.closedAt).map((t) => (Date.parse(t.closedAt) - Date.parse(t.openedAt)) / HOUR));
tell("about_heating_hours", heating);
tell("about_heating_days", heating / 24);
tell("about_heating_minutes", heating * 60);
if (now - midnight < 10 * 60_000) throw new Error("just after midnight the days of the servers and of the truths differ");
