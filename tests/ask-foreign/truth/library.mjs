// SPDX-License-Identifier: Apache-2.0
// Branches, rooms, titles, loans, holds, fines.
import { DAY, grouped, leaders, median, midnight, now, one, percent, round, sum, tell, unique, within } from "../../ask/truth/spans.mjs";
import { library } from "../read.mjs";
import { mean } from "./figures.mjs";

export const branches = await library("/branches");
const titles = await library("/titles");
export const loans = await library("/loans");
const holds = await library("/holds");
const fines = await library("/fines");
const rooms = (await Promise.all(branches.map(async (b) => (await library(`/branches/${b.id}/rooms`)).map((r) => ({ ...r, branch: b }))))).flat();
const reservations = (await Promise.all(rooms.map(async (r) => (await library(`/branches/${r.branch.id}/rooms/${r.id}/reservations`)).map((s) => ({ ...s, room: r }))))).flat();
const visits = (await Promise.all(branches.map(async (b) => (await library(`/branches/${b.id}/visits`)).map((v) => ({ ...v, branch: b }))))).flat();
const titleOf = new Map(titles.map((t) => [t.id, t]));
const branchOf = new Map(branches.map((b) => [b.id, b.name]));
const out = (l) => Date.parse(l.checkedOutAt);

tell("branch_ids", branches.map((b) => b.id));
tell("branches_parking", branches.filter((b) => b.hasParking).map((b) => b.name));
tell("branches_closed", one(branches.filter((b) => b.status !== "open").map((b) => b.name)));
tell("branch_opened.Northmoor", branches.find((b) => b.town === "Northmoor").openedOn);
const piano = rooms.filter((r) => r.equipment.includes("piano"));
tell("piano_branches", unique(piano.map((r) => r.branch.name)));
tell("piano_branch_ids", unique(piano.map((r) => r.branch.id)));
const large = [...rooms].sort((a, b) => b.capacity - a.capacity)[0];
tell("room_largest", large.name);
tell("room_largest_branch", large.branch.name);
tell("room_largest_branch_id", large.branch.id);
tell("room_largest_capacity", large.capacity);
tell("rooms_not_step_free", rooms.filter((r) => !r.stepFree).length);
const starts = (r) => Date.parse(r.startsAt);
for (const w of ["30d", "30d@days"]) tell(`no_shows_${w}`, within(reservations, w, starts).filter((r) => r.state === "no_show").length);
const tomorrow = within(reservations, "tomorrow", starts);
tell("reservations_tomorrow", tomorrow.length);
tell("reservations_tomorrow_held", tomorrow.filter((r) => r.state !== "cancelled").length);
tell("reservations_tomorrow_confirmed", tomorrow.filter((r) => r.state === "confirmed").length);
tell("reservations_reading_room", reservations.filter((r) => r.room.name === "Reading Room").length);

const seen = (v) => Date.parse(v.date);
const of = (id) => visits.filter((v) => v.branch.id === id);
for (const id of ["millbrook", "kingsferry"]) tell(`visits_peak_4w.${id}`, Math.max(...of(id).filter((v) => seen(v) >= midnight - 27 * DAY && seen(v) < midnight).map((v) => v.visitors)));
tell("visits_lastmonth", sum(within(visits, "lastmonth", seen), (v) => v.visitors));
tell("visits_30d", sum(visits.filter((v) => seen(v) >= midnight - 30 * DAY), (v) => v.visitors));
tell("visits_30_days", sum(visits.filter((v) => seen(v) > midnight - 30 * DAY), (v) => v.visitors));
const weekdays = grouped(of("northmoor-central"), (v) => new Date(v.date).getUTCDay()).map(([d, l]) => [Number(d), mean(l, (v) => v.visitors)]).sort((a, b) => b[1] - a[1]);
tell("busiest_weekday.northmoor-central", ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][weekdays[0][0]]);
for (const id of ["eastquay-harbour", "stonebridge-old-town"])
  for (const w of ["60d", "60d@days"]) tell(`loans_${w}.${id}`, within(loans, w, out).filter((l) => l.branchId === id).length);
for (const w of ["lastmonth", "lastweek"]) tell(`visits_${w}.kingsferry`, sum(within(of("kingsferry"), w, seen), (v) => v.visitors));
tell(`visits_peak_day.kingsferry`, Math.max(...of("kingsferry").map((v) => v.visitors)));
tell(`visits_30d.kingsferry`, sum(of("kingsferry").filter((v) => seen(v) >= midnight - 30 * DAY), (v) => v.visitors));
tell(`visits_30_days.kingsferry`, sum(of("kingsferry").filter((v) => seen(v) > midnight - 30 * DAY), (v) => v.visitors));
for (const w of ["30d", "30d@days"]) tell(`loans_${w}.kingsferry`, within(loans, w, out).filter((l) => l.branchId === "kingsferry").length);
const quiet = branches.map((b) => [b.name, sum(within(of(b.id), "lastmonth", seen), (v) => v.visitors)]).filter(([, n]) => n > 0).sort((a, b) => a[1] - b[1])[0];
tell("branch_quietest_lastmonth", quiet[0]);
tell("branch_quietest_lastmonth_visits", quiet[1]);

tell("not_english_percent", percent(titles.filter((t) => t.language !== "en").length, titles.length));
const genres = grouped(titles, (t) => t.genre);
tell("genre_top", one(leaders(genres)));
tell("genre_top_count", genres[0][1].length);
tell("no_isbn", titles.filter((t) => !t.isbn).length);
tell("no_isbn_books", titles.filter((t) => !t.isbn && t.format !== "magazine").length);
tell("pages_median", median(titles.filter((t) => t.pages).map((t) => t.pages)));
const oldest = Math.min(...titles.map((t) => t.year));
tell("title_oldest_year", oldest);
tell("title_oldest", titles.filter((t) => t.year === oldest).map((t) => t.title));
tell("french_count", titles.filter((t) => t.language === "fr").length);
tell("french_titles", titles.filter((t) => t.language === "fr").map((t) => t.title));
tell("cookbooks_german", titles.filter((t) => t.language === "de" && t.genre === "cooking").length);
tell("titles_dune", titles.filter((t) => /dune/i.test(t.title)).length);
tell("title_newest", [...titles].sort((a, b) => (a.addedAt < b.addedAt ? 1 : -1))[0].title);
const silent = titles.find((t) => t.title === "The Silent Lighthouse");
tell("title_id.silent", silent.id);
const copies = await library(`/titles/${silent.id}/copies`);
tell("copies.silent", copies.length);
tell("copies_branches.silent", unique(copies.map((c) => branchOf.get(c.branchId))));
tell("copies_branch_ids.silent", unique(copies.map((c) => c.branchId)));

for (const s of ["overdue", "lost"]) tell(`loans_${s}`, loans.filter((l) => l.status === s).length);
for (const w of ["30d", "30d@days"]) {
  const popular = grouped(within(loans, w, out), (l) => l.titleId);
  tell(`loans_top_title_${w}`, one(leaders(popular).map((id) => titleOf.get(id).title)));
  tell(`loans_top_title_count_${w}`, popular[0][1].length);
}
const cards = grouped(loans.filter((l) => l.status === "active" || l.status === "overdue"), (l) => l.patronCard);
tell("patron_most", one(leaders(cards)));
tell("patron_most_count", cards[0][1].length);
const cardsActive = grouped(loans.filter((l) => l.status === "active"), (l) => l.patronCard);
tell("patron_most_active_count", cardsActive[0][1].length);
const due = (l) => Date.parse(l.dueAt);
const still = loans.filter((l) => l.status === "active");
tell("due_3d", still.filter((l) => due(l) < now + 3 * DAY).length);
tell("due_3_days", still.filter((l) => due(l) < midnight + 4 * DAY).length);
tell("about_kept_days_books", round(mean(loans.filter((l) => l.returnedAt && titleOf.get(l.titleId).format === "book"), (l) => (Date.parse(l.returnedAt) - out(l)) / DAY), 2));
const stillOut = loans.filter((l) => l.status === "active" || l.status === "overdue");
tell("due_3d_with_overdue", stillOut.filter((l) => due(l) < now + 3 * DAY).length);
tell("due_3_days_with_overdue", stillOut.filter((l) => due(l) < midnight + 4 * DAY).length);
tell("about_kept_days", round(mean(loans.filter((l) => l.returnedAt), (l) => (Date.parse(l.returnedAt) - out(l)) / DAY), 2));
tell("readers_month", unique(within(loans, "month", out).map((l) => l.patronCard)).length);
tell("renewed_percent", percent(loans.filter((l) => l.renewals > 0).length, loans.length));
tell("loans_peak_week", Math.max(...grouped(within(loans, "60d", out), (l) => Math.floor((out(l) / DAY - 4) / 7)).map(([, l]) => l.length)));
const lent = grouped(loans, (l) => titleOf.get(l.titleId).genre);
tell("loans_top_genre", lent[0][0]);
tell("loans_top_genre_count", lent[0][1].length);
const ever = new Set(loans.map((l) => l.titleId));
tell("never_lent", titles.filter((t) => !ever.has(t.id)).length);

const ready = holds.filter((h) => h.state === "ready");
tell("holds_ready_long", ready.filter((h) => Date.parse(h.readySince) < now - 7 * DAY).length);
const waiting = grouped(holds.filter((h) => h.state === "waiting"), (h) => h.titleId);
tell("holds_top_title", one(leaders(waiting).map((id) => titleOf.get(id).title)));
tell("holds_top_count", waiting[0][1].length);

const owing = fines.filter((f) => f.state === "open");
tell("fines_open_eur", round(sum(owing, (f) => f.amount), 2));
for (const kind of ["late", "lost", "damage"]) {
  tell(`fines_open_eur.${kind}`, round(sum(owing.filter((f) => f.kind === kind), (f) => f.amount), 2));
  tell(`fines_open_count.${kind}`, owing.filter((f) => f.kind === kind).length);
}
