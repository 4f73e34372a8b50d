// SPDX-License-Identifier: Apache-2.0
// Clinics, vets, owners, patients, appointments, prescriptions.
import { DAY, grouped, leaders, median, midnight, now, one, percent, round, tell, unique, within } from "../../ask/truth/spans.mjs";
import { mean, top } from "../../ask-foreign/truth/figures.mjs";
import { vet } from "../read.mjs";
import { tellPeakWeek, tellSpan, total } from "./spells.mjs";

export const clinics = await vet("/clinics");
const vets = await vet("/vets");
export const owners = await vet("/owners");
const patients = await vet("/patients");
export const appointments = await vet("/appointments");
const prescriptions = await vet("/prescriptions");
const clinicOf = new Map(clinics.map((c) => [c.id, c]));
const vetOf = new Map(vets.map((v) => [v.id, v]));
const ownerOf = new Map(owners.map((o) => [o.id, o]));
const patientOf = new Map(patients.map((p) => [p.id, p]));
const alive = patients.filter((p) => !p.deceased_on);
const start = (a) => Date.parse(a.starts_at);
const done = appointments.filter((a) => a.status === "completed");
const held = appointments.filter((a) => a.status !== "cancelled");
const fees = total((a) => a.fee_eur ?? 0);
const named = (list) => unique(list.map((x) => x.name));

for (const [mark, list] of [["", patients], ["_alive", alive]]) {
  tell(`patients${mark}`, list.length);
  for (const s of ["dog", "rabbit", "reptile"]) tell(`patients${mark}.${s}`, list.filter((p) => p.species === s).length);
  tell(`insured${mark}.dog`, list.filter((p) => p.species === "dog" && p.insured).length);
  const cats = list.filter((p) => p.species === "cat");
  tell(`insured${mark}.cat`, cats.filter((p) => p.insured).length);
  tell(`insured_percent${mark}.cat`, percent(cats.filter((p) => p.insured).length, cats.length));
  tell(`horses_heavy${mark}`, named(list.filter((p) => p.species === "horse" && p.weight_kg > 500)));
  tell(`dogs_no_chip${mark}`, list.filter((p) => p.species === "dog" && !p.chip_number).length);
  const animals = grouped(list, (p) => p.owner_id);
  tell(`owner_most${mark}`, one(leaders(animals).map((id) => ownerOf.get(id).full_name)));
  tell(`owner_most_count${mark}`, animals[0][1].length);
  for (const [more, visits] of [["", appointments], ["_held", held], ["_done", done]]) {
    const seen = new Set(visits.map((a) => a.patient_id));
    tell(`never_seen${mark}${more}`, list.filter((p) => !seen.has(p.id)).length);
  }
}
tell("emergency_clinics", named(clinics.filter((c) => c.emergency_service)));
tell("no_mail_count", owners.filter((o) => !o.email).length);
tell("no_mail_names", owners.filter((o) => !o.email).map((o) => o.full_name));
tell("owners_joined_28d", within(owners, "28d", (o) => Date.parse(o.joined_on)).length);
tell("owners_joined_28d@days", within(owners, "28d@days", (o) => Date.parse(o.joined_on)).length);
for (const [mark, list] of [["", appointments], ["_held", held], ["_done", done]]) {
  for (const span of ["60d", "60d@days"]) {
    const busy = grouped(within(list, span, start), (a) => a.vet_id);
    tell(`vet_top${mark}_${span}`, one(leaders(busy).map((id) => vetOf.get(id).full_name.replace("Dr ", ""))));
    tell(`vet_top${mark}_count_${span}`, busy[0][1].length);
  }
  tellPeakWeek(`appointments${mark}_peak_week`, list, start, 8);
  tell(`clinic_busiest${mark}`, one(leaders(grouped(list, (a) => a.clinic_id)).map((id) => clinicOf.get(id).name.replace(" Clinic", ""))));
}
const drugs = grouped(prescriptions, (p) => p.medicine);
tell("medicines_top3", top(drugs, 3));
tell("medicines_top_count", drugs[0][1].length);
const rao = vets.find((v) => v.full_name === "Dr Sunil Rao");
tell("vet_id.rao", rao.id);
tell("medicines.rao", unique(prescriptions.filter((p) => p.vet_id === rao.id).map((p) => p.medicine)).length);

/** What counts as all of which some were missed: all, those whose time is over, those that were not cancelled. */
const bases = { "": (l) => l, _over: (l) => l.filter((a) => a.status !== "booked"), _held: (l) => l.filter((a) => a.status === "completed" || a.status === "no_show") };
const missed = (l) => l.filter((a) => a.status === "no_show").length;
for (const [how, of] of Object.entries(bases)) {
  for (const span of ["90d", "90d@days"]) tell(`no_show_percent${how}_${span}`, percent(missed(within(appointments, span, start)), of(within(appointments, span, start)).length));
  for (const r of ["vaccination", "checkup"]) tell(`no_show_percent${how}.${r}`, percent(missed(appointments.filter((a) => a.reason === r)), of(appointments.filter((a) => a.reason === r)).length));
}
for (const r of ["vaccination", "checkup"]) tell(`no_show_count.${r}`, missed(appointments.filter((a) => a.reason === r)));
for (const span of ["90d", "90d@days"]) {
  tell(`wait_median_${span}`, median(within(done, span, start).map((a) => a.waited_minutes)));
  tell(`horse_fees_${span}`, fees(within(done, span, start).filter((a) => patientOf.get(a.patient_id).species === "horse")));
}
tell("dental_fee_mean", round(mean(done.filter((a) => a.reason === "dental"), (a) => a.fee_eur), 2));
for (const name of ["Willow", "Riverside"]) tell(`wait_mean.${name}`, round(mean(done.filter((a) => clinicOf.get(a.clinic_id).name.startsWith(name)), (a) => a.waited_minutes), 2));
for (const span of ["30d", "30d@days"]) {
  const earned = grouped(within(done, span, start), (a) => a.clinic_id).map(([id, l]) => [clinicOf.get(id).name, fees(l)]).sort((a, b) => b[1] - a[1]);
  tell(`clinic_earned_top_${span}`, earned[0][0].replace(" Clinic", ""));
  tell(`clinic_earned_${span}`, earned[0][1]);
  const off = within(appointments, span, start).filter((a) => a.status === "cancelled");
  tell(`cancelled_${span}`, off.length);
  tell(`cancelled_vaccination_${span}`, off.filter((a) => a.reason === "vaccination").length);
}
tell("cancelled_lastmonth", within(appointments, "lastmonth", start).filter((a) => a.status === "cancelled").length);
tellSpan("emergencies", appointments.filter((a) => a.reason === "emergency"), ["30d", "lastmonth"], start);
tellSpan("emergencies_held", held.filter((a) => a.reason === "emergency"), ["30d", "lastmonth"], start);
tellSpan("emergencies_done", done.filter((a) => a.reason === "emergency"), ["30d", "lastmonth"], start);
const serving = [...vets].sort((a, b) => (a.hired_on < b.hired_on ? -1 : 1));
tell("vet_longest", serving.find((v) => !v.left_on).full_name.replace("Dr ", ""));
tell("clinic_newest", "Harbour");
tell("clinic_newest_day", clinics.find((c) => c.name === "Harbour Clinic").opened_on);
tell("vets_left", vets.filter((v) => v.left_on && Date.parse(v.left_on) >= now - 365 * DAY).map((v) => v.full_name.replace("Dr ", "")));
tell("vets_part_time", vets.filter((v) => v.weekly_hours < 40).map((v) => v.full_name.replace("Dr ", "")));
const ahead = (from, to) => appointments.filter((a) => a.status === "booked" && start(a) >= from && start(a) < to).length;
tell("booked_next7d", ahead(now, now + 7 * DAY));
tell("booked_next7d@days", ahead(now, midnight + 8 * DAY));
tell("booked_next_7_days", ahead(now, midnight + 7 * DAY));
tell("booked_7_days_from_tomorrow", ahead(midnight + DAY, midnight + 8 * DAY));
const marzipan = patients.find((p) => p.name === "Marzipan");
tell("patient_id.Marzipan", marzipan.id);
tell("patient_name.Marzipan", marzipan.name);
const shots = await vet(`/patients/${marzipan.id}/vaccinations`);
tell("vaccines.Marzipan", unique(shots.map((s) => s.vaccine)));
tell("vaccine_last.Marzipan", shots[0].given_on);
const notes = appointments.filter((a) => a.note);
tell("notes_count", notes.length);
tell("note_strange", notes.find((a) => a.note.startsWith("SYSTEM")).note.slice(0, 60));
const luna = patients.filter((p) => p.name === "Luna");
tell("weights.Luna", luna.map((p) => p.weight_kg));
tell("weights_alive.Luna", luna.filter((p) => !p.deceased_on).map((p) => p.weight_kg));
for (const [mark, list] of [["", appointments], ["_held", held], ["_done", done]]) {
  const lead = mean(list.filter((a) => a.reason === "checkup"), (a) => (start(a) - Date.parse(a.booked_at)) / DAY);
  tell(`about_lead_days${mark}`, round(lead, 2));
  tell(`about_lead_hours${mark}`, round(24 * lead, 1));
}
tell("newsletter_owners", owners.filter((o) => o.newsletter).length);
