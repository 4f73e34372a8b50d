// SPDX-License-Identifier: Apache-2.0
// The music school. Where students that have left or pause may fairly be counted or not, a truth is told each way: NAME counts
// all, NAME_here those who have not left, NAME_active those who are taught.
import { DAY, day, first, grouped, leaders, midnight, now, one, percent, sum, tell, within } from "../../ask/truth/spans.mjs";
import { mean, money } from "../../ask-foreign/truth/figures.mjs";
import { school } from "../read.mjs";
import { tellLasting } from "./lasting.mjs";

const [teachers, students, courses, enrolments, lessons, invoices, instruments] = await Promise.all(["/teachers", "/students", "/courses", "/enrolments", "/lessons", "/invoices", "/instruments"].map(school));
const courseOf = new Map(courses.map((c) => [c.id, c])), studentOf = new Map(students.map((s) => [s.id, s])), teacherOf = new Map(teachers.map((t) => [t.id, t]));
const STUDENTS = { "": students, _here: students.filter((s) => s.status !== "left"), _active: students.filter((s) => s.status === "active") };
const today = day(now);

for (const [how, list] of Object.entries(STUDENTS)) {
  tell(`students${how}`, list.length);
  tell(`no_parent_phone${how}`, list.filter((s) => s.guardian && !s.guardian.phone).length);
  tell(`scholarships_RIV${how}`, list.filter((s) => s.scholarship && s.homeBranch === "RIV").length);
  const years = list.map((s) => (now - Date.parse(s.birthDate)) / DAY / 365.25);
  tell(`about_age_mean${how}`, mean(years));
  tell(`about_age_mean_whole${how}`, mean(years.map(Math.floor)));
}
tell("paused", students.filter((s) => s.status === "paused").length);
for (const w of ["90d", "90d@days"]) {
  tell(`joined_${w}`, within(students, w, (s) => Date.parse(s.joinedOn)).length);
  tell(`left_${w}`, within(students.filter((s) => s.leftOn), w, (s) => Date.parse(s.leftOn)).length);
}

const here = teachers.filter((t) => !t.leftOn);
tell("cello_teachers", here.filter((t) => t.instruments.includes("cello")).map((t) => t.name));
const longest = [...here].sort((a, b) => (a.hiredOn < b.hiredOn ? -1 : 1));
if (longest[0].hiredOn === longest[1].hiredOn) throw new Error("two have taught for as long");
tell("teacher_longest", longest[0].name);

const advanced = courses.filter((c) => c.level === "advanced" && c.branchCode === "OLD");
tell("advanced_old_titles", advanced.map((c) => c.title));
tell("advanced_old_ids", advanced.map((c) => c.id));
const empty = courses.filter((c) => !enrolments.some((e) => e.courseId === c.id));
tell("courses_empty_titles", empty.map((c) => c.title));
tell("courses_empty_ids", empty.map((c) => c.id));

const TAKEN = { _active: (e) => e.status === "active", _trial: (e) => e.status === "active" || e.status === "trial", _not_ended: (e) => e.status !== "ended" };
for (const [how, test] of Object.entries(TAKEN)) {
  const taken = enrolments.filter(test);
  const teacher = (e) => courseOf.get(e.courseId).teacherId;
  const heads = [...Map.groupBy(taken, teacher)].map(([id, list]) => [id, Array(new Set(list.map((e) => e.studentId)).size)]).sort((a, b) => b[1].length - a[1].length);
  for (const [way, groups] of [["", grouped(taken, teacher)], ["_heads", heads]]) {
    tell(`teacher_most${how}${way}`, one(leaders(groups).map((id) => teacherOf.get(id).name)));
    tell(`teacher_most${how}${way}_id`, one(leaders(groups)));
  }
}
const active = enrolments.filter(TAKEN._active);
for (const [instrument, list] of grouped(active, (e) => courseOf.get(e.courseId).instrument)) tell(`active_enrolments.${instrument}`, list.length);
for (const [code, list] of grouped(active, (e) => courseOf.get(e.courseId).branchCode)) money(tell, `monthly.${code}`, sum(list, (e) => courseOf.get(e.courseId).monthlyFee.amount));
for (const [reason, list] of grouped(enrolments.filter((e) => e.endReason), (e) => e.endReason)) tell(`gave_up.${reason}`, list.length);

const off = lessons.filter((l) => l.status === "cancelled");
tell("off_by_teacher_percent", percent(off.filter((l) => l.cancelledBy === "teacher").length, off.length));
const of = (list, instrument) => list.filter((l) => courseOf.get(l.courseId).instrument === instrument).length;
for (const instrument of ["drums", "piano"]) {
  tell(`off.${instrument}`, of(off, instrument));
  tell(`off_percent.${instrument}`, percent(of(off, instrument), of(lessons, instrument)));
  tell(`off_percent_decided.${instrument}`, percent(of(off, instrument), of(lessons.filter((l) => l.status !== "scheduled"), instrument)));
  const past = (list) => list.filter((l) => Date.parse(l.startsAt) < now);
  tell(`off_past.${instrument}`, of(past(off), instrument));
  tell(`off_percent_past.${instrument}`, percent(of(past(off), instrument), of(past(lessons), instrument)));
}

const total = (i) => i.total.amount;
const dear = invoices.filter((i) => i.status === "overdue" && total(i) > 14000);
tell("overdue_dear", dear.map((i) => i.number));
for (const [name, back] of [["lastmonth", 1], ["month_before", 2]]) money(tell, `billed_${name}`, sum(invoices.filter((i) => i.issuedOn === day(first(back))), total));
tellLasting("paying", mean(invoices.filter((i) => i.paidAt).map((i) => Date.parse(i.paidAt) - Date.parse(i.issuedOn))));

tell("cellos", instruments.filter((i) => i.kind === "cello").length);
const dearest = [...instruments].sort((a, b) => b.insuredValue.amount - a.insuredValue.amount);
if (dearest[2].insuredValue.amount === dearest[3].insuredValue.amount) throw new Error("a tie for the third place");
tell("instruments_dearest", dearest.slice(0, 3).map((i) => i.tag));
tell("instruments_dearest_values", dearest.slice(0, 3).map((i) => i.insuredValue.amount / 100));
tell("instruments_dearest_cents", dearest.slice(0, 3).map((i) => i.insuredValue.amount));
const late = instruments.filter((i) => i.loan && i.loan.until < today);
if (instruments.some((i) => i.loan?.until === today)) throw new Error("a loan ends today");
tell("late_loans_names", late.map((i) => studentOf.get(i.loan.studentId).name));
tell("late_loans_ids", late.map((i) => i.loan.studentId));
tell("late_loans_tags", late.map((i) => i.tag));
if (now - midnight < 10 * 60_000) throw new Error("just after midnight the days of the servers and of the truths differ");
