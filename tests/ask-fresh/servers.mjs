// SPDX-License-Identifier: Apache-2.0
// Two small services: climbing halls (`climb`: halls, members, courses, visits, rentals) and a print shop (`press`: clients, jobs,
// machines, complaints). Data are the same in every run, but for times, which are told from the start.
import { found, read, serve } from "../ask-foreign/servers/http.mjs";
import { cents, chance, date, DAY, HOUR, integer, iso, pick, times, weighted } from "../ask-foreign/servers/seed.mjs";

export const KEYS = { climb: "key-of-the-fresh-climb", press: "key-of-the-fresh-press" };
const FIRST = ["Ada", "Bruno", "Cleo", "Dario", "Edda", "Farid", "Greta", "Henk", "Iris", "Jonas", "Kira", "Luca", "Mira", "Nils", "Olga", "Piet"];
const LAST = ["Ambler", "Birch", "Coster", "Dunn", "Egger", "Fonda", "Gale", "Holt", "Imrie", "Jarvis", "Kemp", "Lund"];
const HALLS = [["Boulder Barn", "Thornby", 420, true], ["Chalk Works", "Wexcombe", 900, false], ["Overhang", "Greyfen", 640, true], ["Summit House", "Pinewick", 1250, true]];
const INSTRUCTORS = ["Greta Holt", "Nils Lund", "Kira Dunn", "Farid Kemp", "Olga Gale"];

export function climbing(now) {
  const halls = HALLS.map(([name, town, area_m2, sauna], i) => ({ id: `h${i + 1}`, name, town, area_m2, sauna, opened_on: date(now - (400 + i * 700) * DAY) }));
  const members = times(140, (i) => ({ id: 1001 + i, name: `${pick(`fresh/m/${i}`, FIRST)} ${LAST[i % 12]}-${i + 1}`, email: chance(`fresh/mail/${i}`, 0.85) ? `m${i + 1}@mail.example` : null, pass: weighted(`fresh/pass/${i}`, { monthly: 5, yearly: 3, ten_visits: 2 }), home_hall_id: halls[integer(`fresh/home/${i}`, 0, 3)].id, joined_on: date(now - integer(`fresh/joined/${i}`, 1, 1500) * DAY), frozen: chance(`fresh/frozen/${i}`, 0.1), emergency_phone: chance(`fresh/phone/${i}`, 0.7) ? `+44 20 7946 ${1000 + i}` : null }));
  const courses = times(36, (i) => ({ id: `c${i + 1}`, title: `${pick(`fresh/title/${i}`, ["First Steps", "Lead Climbing", "Bouldering Technique", "Rope Rescue", "Kids Club"])} ${i + 1}`, level: pick(`fresh/level/${i}`, ["beginner", "intermediate", "advanced"]), hall_id: halls[i % 4].id, instructor: INSTRUCTORS[integer(`fresh/instructor/${i}`, 0, 4)], starts_at: iso(Math.floor(now / HOUR) * HOUR + (integer(`fresh/start/${i}`, -60, 40) || 1) * DAY + i * 60_000), places: integer(`fresh/places/${i}`, 6, 16), price_eur: integer(`fresh/price/${i}`, 3, 24) * 10, cancelled: chance(`fresh/off/${i}`, 0.15) })).map((c, i) => ({ ...c, taken: integer(`fresh/taken/${i}`, 0, c.places) }));
  const visits = times(900, (i) => ({ at: now - integer(`fresh/visit/${i}`, 60, 90 * 1440) * 60_000, i })).sort((a, b) => b.at - a.at).map(({ at, i }, n) => ({ id: 50_000 - n, member_id: members[Math.floor(Math.pow(integer(`fresh/who/${i}`, 0, 999) / 1000, 1.6) * 130)].id, hall_id: halls[integer(`fresh/where/${i}`, 0, 9) < 5 ? 3 : integer(`fresh/where2/${i}`, 0, 2)].id, entered_at: iso(at), minutes: integer(`fresh/stay/${i}`, 25, 190) }));
  const rentals = times(260, (i) => ({ id: `r${i + 1}`, visit_id: visits[integer(`fresh/of/${i}`, 0, 899)].id, gear: weighted(`fresh/gear/${i}`, { shoes: 6, harness: 3, chalk_bag: 2, rope: 1 }), fee_eur: cents(integer(`fresh/fee/${i}`, 4, 18) / 2), damaged: chance(`fresh/broken/${i}`, 0.06) }));
  return { halls, members, courses, visits, rentals };
}

export function printing(now) {
  const s = (ms) => Math.floor(ms / 1000);
  const clients = times(45, (i) => ({ clientNo: 700 + i, firm: `${pick(`fresh/firm/${i}`, ["Alder", "Beacon", "Cobalt", "Dune", "Ember", "Fathom"])} ${["Studio", "Books", "Foods", "Events", "Legal"][i % 5]} ${i + 1}`, sector: ["design", "publishing", "food", "events", "law"][i % 5], town: pick(`fresh/town/${i}`, ["Thornby", "Wexcombe", "Greyfen", "Pinewick", "Otterford"]), since: s(now - integer(`fresh/since/${i}`, 30, 2400) * DAY), contact: chance(`fresh/contact/${i}`, 0.8) ? `office${i + 1}@firm.example` : null }));
  const machines = times(8, (i) => ({ machineId: `P${i + 1}`, maker: ["Heron", "Kestrel", "Plover"][i % 3], model: `${["Heron", "Kestrel", "Plover"][i % 3]} ${300 + i * 20}`, boughtAt: s(now - (200 + i * 230) * DAY), state: ["running", "running", "idle", "repair"][i % 4], pagesTotal: 180_000 + integer(`fresh/pages/${i}`, 0, 2_000_000) }));
  const jobs = times(520, (i) => ({ at: now - integer(`fresh/job/${i}`, 30, 120 * 1440) * 60_000, i })).sort((a, b) => b.at - a.at).map(({ at, i }, n) => {
    const status = now - at < 3 * DAY ? pick(`fresh/status/${i}`, ["queued", "printing"]) : weighted(`fresh/status/${i}`, { done: 9, cancelled: 1 });
    return { jobNo: `J-${9000 - n}`, clientNo: clients[Math.floor(Math.pow(integer(`fresh/client/${i}`, 0, 999) / 1000, 1.5) * 41)].clientNo, machineId: status === "queued" ? null : machines[integer(`fresh/machine/${i}`, 0, 7)].machineId, product: weighted(`fresh/product/${i}`, { poster: 4, flyer: 5, book: 2, label: 3, banner: 1 }), copies: integer(`fresh/copies/${i}`, 1, 60) * 50, netPrice: (integer(`fresh/net/${i}`, 2000, 180_000) / 100).toFixed(2), status, orderedAt: s(at), dueAt: s(at + integer(`fresh/due/${i}`, 3, 12) * DAY), doneAt: status === "done" ? s(at + integer(`fresh/done/${i}`, 1, 10) * DAY > now ? now - HOUR : at + integer(`fresh/done/${i}`, 1, 10) * DAY) : null, rush: chance(`fresh/rush/${i}`, 0.18) ? 1 : 0 };
  });
  const complaints = times(38, (i) => ({ id: i + 1, jobNo: jobs[integer(`fresh/about/${i}`, 60, 519)].jobNo, cause: weighted(`fresh/cause/${i}`, { colour: 5, late: 4, damaged: 2, wrong_size: 1 }), openedAt: s(now - integer(`fresh/opened/${i}`, 1, 80) * DAY), settled: chance(`fresh/settled/${i}`, 0.65) ? 1 : 0, credit: (integer(`fresh/credit/${i}`, 0, 9000) / 100).toFixed(2) }));
  return { clients, machines, jobs, complaints };
}

const kept = ({ path, body }) => ({ ...body, ...path });

function climb({ now, port }) {
  const { halls, members, courses, visits, rentals } = climbing(now);
  const list = (rows, kinds, time) => ({ query, url }) => {
    const { from, to, offset = 0, ...want } = read(query, { from: "time", to: "time", offset: "integer", ...kinds });
    const fit = rows.filter((r) => Object.entries(want).every(([k, v]) => r[k] === v) && (!from || Date.parse(r[time]) >= from) && (!to || Date.parse(r[time]) < to));
    const name = url.pathname.split("/").at(-1);
    return { [name]: fit.slice(offset, offset + 100), offset, limit: 100, total: fit.length };
  };
  const one = (rows) => ({ path }) => found(rows.find((r) => String(r.id) === path.id), "record");
  return serve({
    port,
    base: "/v2",
    admits: (h) => h["x-climb-key"] === KEYS.climb,
    routes: [
      ["GET", "/halls", list(halls, {})],
      ["GET", "/members", list(members, { pass: ["monthly", "yearly", "ten_visits"], frozen: "flag", home_hall_id: "text" })],
      ["GET", "/members/{id}", one(members)],
      ["PATCH", "/members/{id}", kept],
      ["GET", "/courses", list(courses, { level: ["beginner", "intermediate", "advanced"], hall_id: "text" })],
      ["POST", "/courses", kept],
      ["GET", "/visits", list(visits, { hall_id: "text", member_id: "integer" }, "entered_at")],
      ["GET", "/rentals", list(rentals, { gear: "text" })],
      ["DELETE", "/rentals/{id}", kept],
    ],
  });
}

function press({ now, port }) {
  const { clients, machines, jobs, complaints } = printing(now);
  const list = (rows, kinds = {}) => ({ query }) => {
    const { page = 1, ...want } = read(query, { page: "integer", ...kinds });
    const fit = rows.filter((r) => Object.entries(want).every(([k, v]) => r[k] === v));
    return { members: fit.slice((page - 1) * 50, page * 50), current_page: page, last_page: Math.max(1, Math.ceil(fit.length / 50)), per_page: 50, total_members: fit.length };
  };
  return serve({
    port,
    base: "/api",
    admits: (h) => h.authorization === `Bearer ${KEYS.press}`,
    routes: [
      ["GET", "/clients", list(clients, { sector: "text" })],
      ["GET", "/machines", list(machines)],
      ["GET", "/jobs", list(jobs, { status: ["queued", "printing", "done", "cancelled"], product: "text", clientNo: "integer" })],
      ["GET", "/jobs/{jobNo}", ({ path }) => found(jobs.find((j) => j.jobNo === path.jobNo), "job")],
      ["POST", "/jobs", kept],
      ["DELETE", "/jobs/{jobNo}", kept],
      ["GET", "/complaints", list(complaints)],
      ["POST", "/complaints", kept],
    ],
  });
}

export const SERVERS = { climb, press };
