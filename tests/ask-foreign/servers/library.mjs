// SPDX-License-Identifier: Apache-2.0
// Public libraries: branches with rooms and reservations, titles with copies, loans, holds and fines. documents/library.yaml
// describes it: resources within others, an envelope, cursors, filters by date.
import { DAY, HOUR, cents, chance, date, fraction, hex, integer, iso, pick, times, weighted } from "./seed.mjs";
import { Problem, found, read, serve } from "./http.mjs";

export const KEY = "library-key-of-the-questions";
const BRANCHES = [["Northmoor Central", "Northmoor", 4, true], ["Eastquay Harbour", "Eastquay", 2, false], ["Millbrook", "Millbrook", 1, true], ["Stonebridge Old Town", "Stonebridge", 2, false], ["Kingsferry", "Kingsferry", 1, true], ["Lantern Hill", "Lantern Hill", 1, false]];
const ROOMS = ["Reading Room", "Quiet Room", "Studio", "Seminar Room", "Attic", "Garden Room"];
const EQUIPMENT = ["projector", "whiteboard", "piano", "screen", "hearing_loop", "video_conference"];
const PURPOSES = ["study", "club", "workshop", "meeting", "event"];
const GENRES = ["crime", "history", "science", "travel", "poetry", "children", "cooking", "fantasy"];
const LANGUAGES = { en: 10, de: 4, fr: 2, pl: 1, es: 1 };
const FORMATS = { book: 12, audiobook: 3, dvd: 2, magazine: 1 };
const FIRST = ["The Silent", "A Winter of", "Beyond the", "Letters from the", "The Last", "Maps of the", "A Field Guide to the", "The Iron", "Under the", "The Painted", "Notes on the", "The Hollow", "Seven Days in the", "The Glass"];
const SECOND = ["Lighthouse", "Orchard", "Tides", "Marshes", "Clockmakers", "Cathedral", "Herons", "Glaciers", "Railway", "Archive", "Foundry", "Meridian", "Beekeepers", "Estuary"];
const PRESSES = ["Greywater Press", "Tern & Gull", "North Lamp", "Paper Kite", "Slate House"];

const slug = (name) => name.toLowerCase().replaceAll(" ", "-");
const branches = () => BRANCHES.map(([name, town, floors, parking], i) => ({ id: slug(name), name, town, openedOn: `${1931 + i * 14}-05-0${i + 1}`, floors, hasParking: parking, status: name === "Lantern Hill" ? "closed_for_works" : "open" }));
const rooms = (branch) => times(branch.floors + 2, (i) => ({ id: `${branch.id}-${i + 1}`, name: ROOMS[i], capacity: integer(`${branch.id}/room/${i}`, 4, 60), stepFree: chance(`${branch.id}/room/${i}/step`, 0.7), hourlyRate: 5 * integer(`${branch.id}/room/${i}/rate`, 0, 6), equipment: EQUIPMENT.filter((e) => chance(`${branch.id}/room/${i}/${e}`, 0.4)) }));
const reservations = (now, room) => times(integer(`${room.id}/count`, 6, 22), (i) => {
  const label = `${room.id}/res/${i}`;
  const starts = Math.floor((now + (30 - 75 * fraction(`${label}/at`)) * DAY) / HOUR) * HOUR;
  const ends = starts + HOUR * integer(`${label}/hours`, 1, 4);
  const state = ends < now ? weighted(`${label}/state`, { confirmed: 75, cancelled: 14, no_show: 11 }) : weighted(`${label}/state`, { confirmed: 75, pending: 15, cancelled: 10 });
  return { id: `res_${hex(label, 8)}`, startsAt: iso(starts), endsAt: iso(ends), purpose: pick(`${label}/purpose`, PURPOSES), attendees: integer(`${label}/people`, 1, room.capacity), state, bookedAt: iso(starts - DAY * (1 + 20 * fraction(`${label}/booked`))) };
}).sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));

/** Visitors a day; nobody on Sundays, nor while there are works. */
const visits = (now, branch) => times(240, (i) => {
  const at = now - (239 - i) * DAY;
  const shut = new Date(at).getUTCDay() === 0 || (branch.id === "lantern-hill" && i > 170);
  const size = { "northmoor-central": 620, "eastquay-harbour": 260 }[branch.id] ?? 120;
  return { date: date(at), visitors: shut ? 0 : Math.round(size * (0.75 + 0.5 * fraction(`${branch.id}/visit/${i}`)) * (new Date(at).getUTCDay() === 6 ? 1.5 : 1) * (branch.id === "kingsferry" ? 0.7 + i / 400 : 1)) };
});

const titles = (now) => times(168, (i) => {
  const label = `title/${i}`;
  const format = weighted(`${label}/format`, FORMATS);
  return { id: `t${String(1000 + i)}`, title: `${FIRST[i % 14]} ${SECOND[(i * 5 + Math.floor(i / 14)) % 14]}`, publisher: pick(`${label}/press`, PRESSES), genre: pick(`${label}/genre`, GENRES), language: weighted(`${label}/language`, LANGUAGES), format, year: integer(`${label}/year`, 1962, new Date(now).getUTCFullYear()), pages: format === "book" ? integer(`${label}/pages`, 64, 900) : null, isbn: format === "magazine" || chance(`${label}/noisbn`, 0.08) ? null : `978${integer(`${label}/isbn`, 1_000_000_000, 3_999_999_999)}`, addedAt: iso(now - 1500 * DAY * fraction(`${label}/added`) ** 2) };
});

function loans(now, books, copies) {
  return times(560, (i) => {
    const label = `loan/${i}`;
    const out = now - 110 * DAY * fraction(`${label}/ago`) ** 1.1;
    const book = books[Math.floor(books.length * fraction(`${label}/title`) ** 1.8)];
    const renewals = weighted(`${label}/renewals`, { 0: 7, 1: 2, 2: 1 });
    const due = out + (21 + 14 * renewals) * DAY;
    const back = out + (due - out) * (0.15 + 1.15 * fraction(`${label}/back`));
    const lost = due < now - 40 * DAY && chance(`${label}/lost`, 0.06);
    const home = back < now && !lost;
    const copy = pick(`${label}/copy`, copies.get(book.id));
    return { id: `L${90_000 + i}`, titleId: book.id, barcode: copy.barcode, branchId: copy.branchId, patronCard: `P-${String(integer(`${label}/card`, 1, 140)).padStart(5, "0")}`, checkedOutAt: iso(out), dueAt: iso(due), returnedAt: home ? iso(back) : null, renewals: Number(renewals), status: home ? "returned" : lost ? "lost" : due < now ? "overdue" : "active" };
  }).sort((a, b) => (a.checkedOutAt < b.checkedOutAt ? 1 : -1));
}

const copiesOf = (book, shelves) => times(integer(`${book.id}/copies`, 1, 4), (i) => ({ barcode: `${book.id.slice(1)}${i + 1}`, branchId: pick(`${book.id}/at/${i}`, shelves).id, condition: weighted(`${book.id}/worn/${i}`, { new: 2, good: 6, worn: 3, damaged: 1 }), shelf: `${pick(`${book.id}/row/${i}`, ["A", "B", "C", "D"])}${integer(`${book.id}/shelf/${i}`, 1, 30)}` }));

const holds = (now, books, shelves) => times(118, (i) => {
  const label = `hold/${i}`;
  const placed = now - 60 * DAY * fraction(`${label}/ago`);
  const state = weighted(`${label}/state`, { waiting: 5, ready: 2, collected: 4, expired: 1, cancelled: 1 });
  return { id: `H${4000 + i}`, titleId: books[Math.floor(books.length * fraction(`${label}/title`) ** 2.2)].id, pickupBranchId: pick(`${label}/at`, shelves).id, patronCard: `P-${String(integer(`${label}/card`, 1, 140)).padStart(5, "0")}`, placedAt: iso(placed), state, readySince: state === "ready" ? iso(now - Math.min(now - placed, 9 * DAY) * fraction(`${label}/ready`)) : null };
}).sort((a, b) => (a.placedAt < b.placedAt ? 1 : -1));

const fines = (now, lent) => lent.filter((l) => (l.status === "lost" || (l.returnedAt && l.returnedAt > l.dueAt) || chance(`${l.id}/damage`, 0.03)) && chance(`${l.id}/fined`, 0.9)).map((l) => {
  const kind = l.status === "lost" ? "lost" : l.returnedAt > l.dueAt ? "late" : "damage";
  const state = weighted(`${l.id}/fine`, { open: 5, paid: 6, waived: 1 });
  const issued = Math.min(now - HOUR, Date.parse(l.returnedAt ?? l.dueAt) + 2 * HOUR);
  return { id: `F${l.id.slice(1)}`, patronCard: l.patronCard, loanId: l.id, branchId: l.branchId, kind, amount: { lost: 24.5, late: 0.4 * integer(`${l.id}/days`, 1, 20), damage: 8 }[kind], state, issuedAt: iso(issued), paidAt: state === "paid" ? iso(issued + (now - issued) * fraction(`${l.id}/paid`)) : null };
}).map((f) => ({ ...f, amount: cents(f.amount) }));

export async function library({ now, port }) {
  const houses = branches();
  const books = titles(now);
  const copies = new Map(books.map((b) => [b.id, copiesOf(b, houses)]));
  const lent = loans(now, books, copies);
  const asked = holds(now, books, houses);
  const owed = fines(now, lent);

  // A cursor says where to go on, and nobody should read it.
  const page = (query, rows) => {
    const { limit = 20, cursor } = read(query, { limit: "integer", cursor: "text" });
    const at = cursor ? Number(Buffer.from(cursor, "base64url").toString().split(":")[1]) : 0;
    if (!Number.isInteger(at)) throw new Problem(422, "the cursor is none of ours");
    const end = at + Math.min(Math.max(limit, 1), 100);
    return { status: "ok", result: { items: rows.slice(at, end), nextCursor: end < rows.length ? Buffer.from(`after:${end}`).toString("base64url") : null } };
  };
  const house = ({ branchId }) => found(houses.find((b) => b.id === branchId), "branch");
  const room = (path) => found(rooms(house(path)).find((r) => r.id === path.roomId), "room");
  const list = (rows, kinds, spans = {}) => ({ query, path }) => {
    const want = read(query, { ...kinds, ...Object.fromEntries(Object.keys(spans).map((k) => [k, "time"])) });
    return page(query, rows(path).filter((r) => Object.entries(want).every(([k, v]) => {
      if (!spans[k]) return r[k] === v;
      const at = Date.parse(r[spans[k].of]);
      return spans[k].before ? at < v : at >= v;
    })));
  };
  const wrapped = (make) => (request) => ({ status: "ok", result: make(request) });
  const kept = wrapped(({ path, body }) => ({ ...body, ...path }));

  return serve({
    port,
    base: "/api",
    admits: (headers) => headers["x-library-key"] === KEY,
    failure: (status, message) => ({ status: "error", error: { code: status, message } }),
    routes: [
      ["GET", "/branches", list(() => houses, {})],
      ["GET", "/branches/{branchId}", wrapped(({ path }) => house(path))],
      ["GET", "/branches/{branchId}/rooms", list((path) => rooms(house(path)), {})],
      ["GET", "/branches/{branchId}/rooms/{roomId}/reservations", list((path) => reservations(now, room(path)), { state: ["pending", "confirmed", "cancelled", "no_show"] }, { startsAfter: { of: "startsAt" }, startsBefore: { of: "startsAt", before: true } })],
      ["POST", "/branches/{branchId}/rooms/{roomId}/reservations", kept],
      ["DELETE", "/branches/{branchId}/rooms/{roomId}/reservations/{reservationId}", kept],
      ["GET", "/branches/{branchId}/visits", list((path) => visits(now, house(path)), {}, { from: { of: "date" }, to: { of: "date", before: true } })],
      ["GET", "/titles", ({ query }) => {
        const { q, ...want } = read(query, { q: "text", genre: GENRES, language: "text", format: Object.keys(FORMATS) });
        return page(query, books.filter((b) => (!q || b.title.toLowerCase().includes(q.toLowerCase())) && Object.entries(want).every(([k, v]) => b[k] === v)));
      }],
      ["GET", "/titles/{titleId}", wrapped(({ path }) => found(books.find((b) => b.id === path.titleId), "title"))],
      ["GET", "/titles/{titleId}/copies", list((path) => found(copies.get(path.titleId), "title"), {})],
      ["GET", "/loans", list(() => lent, { status: ["active", "overdue", "returned", "lost"], branchId: "text", patronCard: "text", titleId: "text" }, { checkedOutAfter: { of: "checkedOutAt" }, checkedOutBefore: { of: "checkedOutAt", before: true }, dueAfter: { of: "dueAt" }, dueBefore: { of: "dueAt", before: true } })],
      ["POST", "/loans", kept],
      ["GET", "/loans/{loanId}", wrapped(({ path }) => found(lent.find((l) => l.id === path.loanId), "loan"))],
      ["POST", "/loans/{loanId}/renew", kept],
      ["POST", "/loans/{loanId}/return", kept],
      ["GET", "/holds", list(() => asked, { state: ["waiting", "ready", "collected", "expired", "cancelled"], pickupBranchId: "text", titleId: "text" })],
      ["POST", "/holds", kept],
      ["DELETE", "/holds/{holdId}", kept],
      ["GET", "/fines", list(() => owed, { state: ["open", "paid", "waived"], kind: ["late", "damage", "lost"], patronCard: "text" }, { issuedAfter: { of: "issuedAt" }, issuedBefore: { of: "issuedAt", before: true } })],
      ["POST", "/fines/{fineId}/waive", kept],
    ],
  });
}
