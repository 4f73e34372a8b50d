// SPDX-License-Identifier: Apache-2.0
// Projects, milestones, hours, expenses, permits, risks, contractors; and what the three services have in common.
import { DAY, day, grouped, leaders, now, one, percent, quarter, sum, tell, unique, within, WINDOWS } from "../../ask/truth/spans.mjs";
import { mean, percentile } from "../../ask-foreign/truth/figures.mjs";
import { works } from "../read.mjs";
import { devices, employees, officeOf, personOf, tellPeople, without } from "./equipment.mjs";
import { outages, tellZones, zones } from "./metering.mjs";
import { places, sole, tellGroups, tellMiddle, tellWithin } from "./told.mjs";

const { projects } = await works("list_projects");
const milestones = await works("list_milestones");
const contractors = await works("list_contractors");
const { permits } = await works("list_permits");
const risks = await works("list_risks");
const hours = [], expenses = [];
for (let after; after !== null; ) {
  const page = await works("search_hours", after ? { after } : {});
  hours.push(...page.entries);
  after = page.next;
}
for (let page = 1; page; ) {
  const answer = await works("list_expenses", { page, page_size: 100 });
  expenses.push(...answer.expenses);
  page = answer.next_page;
}
const projectOf = new Map(projects.map((p) => [p.code, p])), today = day(now), at = (d) => Date.parse(d);
const worked = (list) => sum(list, (h) => h.hours), spent = (list) => Math.round(100 * sum(list, (e) => e.amount_eur)) / 100;
/** Projects by code or by name. */
const tellProjects = (name, codes) => {
  tell(name, one(codes));
  tell(`${name}_names`, one(codes.map((c) => projectOf.get(c).name)));
};
WINDOWS.quarter = [quarter(0), quarter(3)];

tell("building", projects.filter((p) => p.status === "building").length);
tellProjects("paused", projects.filter((p) => p.status === "paused").map((p) => p.code));
tellProjects("unmanaged", projects.filter((p) => p.manager_email === null).map((p) => p.code));
const least = places([...projects].sort((a, b) => a.budget_eur - b.budget_eur), 1, (p) => p.budget_eur)[0];
tell("budget_least", least.budget_eur);
tell("budget_mean", mean(projects, (p) => p.budget_eur));
tellProjects("budget_over_800k", projects.filter((p) => p.budget_eur > 800_000).map((p) => p.code));
tellProjects("late", projects.filter((p) => p.finished_on && p.finished_on > p.due_on).map((p) => p.code));
tellProjects("smart", projects.filter((p) => /smart meter/i.test(p.name)).map((p) => p.code));
tellGroups("budget", grouped(projects, (p) => p.kind), (list) => sum(list, (p) => p.budget_eur));
tellProjects("first_project", [places(projects.filter((p) => p.started_on).sort((a, b) => (a.started_on < b.started_on ? -1 : 1)), 1, (p) => p.started_on)[0].code]);
tell("harbour_budget", projects.find((p) => p.name === "Harbour feeder").budget_eur);
tell("W05_due", projectOf.get("W-05").due_on);
tellProjects("without_permit", projects.filter((p) => p.status === "building" && !permits.some((x) => x.project === p.code)).map((p) => p.code));
tellProjects("over_budget", projects.filter((p) => spent(expenses.filter((e) => e.project === p.code)) > p.budget_eur).map((p) => p.code));
const slipped = milestones.filter((m) => m.reached_on === null && m.due_on < today);
tellProjects("overdue", unique(slipped.map((m) => m.project)));

const ring = projects.find((p) => p.name === "Ring main renewal").code;
tell("people_on_ring", unique(hours.filter((h) => h.project === ring).map((h) => h.person_email)).length);
tell("overtime_percent", percent(worked(hours.filter((h) => h.overtime)), worked(hours)));
tell("overtime_percent_entries", percent(hours.filter((h) => h.overtime).length, hours.length));
const worn = grouped(hours, (h) => h.project).map(([code, list]) => [code, worked(list)]).sort((a, b) => b[1] - a[1]);
tellProjects("hours_top", places(worn, 3, ([, n]) => n).map(([code]) => code));
tellWithin("hours", hours, ["lastweek", "7d", "lastmonth"], (h) => at(h.day), worked);
tell("hours_month_before", worked(within(hours, "before_last", (h) => at(h.day))));
tellGroups("hours", grouped(hours, (h) => h.activity), worked);
tellGroups("hours_in", grouped(hours.filter((h) => projectOf.get(h.project).zone), (h) => projectOf.get(h.project).zone), worked);

const bills = grouped(expenses.filter((e) => e.contractor), (e) => e.contractor).map(([name, list]) => [name, spent(list)]).sort((a, b) => b[1] - a[1]);
tell("contractor_most", bills[0][0]);
for (const [name, n] of bills) tell(`billed.${name.split(" ")[0]}`, n);
tell("contractor_never", contractors.filter((c) => !expenses.some((e) => e.contractor === c.name)).map((c) => c.name));
tell("best_contractors", contractors.filter((c) => c.rating === Math.max(...contractors.map((x) => x.rating))).map((c) => c.name));
tell("uninsured", contractors.filter((c) => c.insured_until < today).map((c) => c.name));
tell("greenway", contractors.find((c) => c.blocked).name);
const booked = (e) => at(e.booked_on), hire = expenses.filter((e) => e.category === "machine_hire");
tellWithin("spent", expenses, ["lastmonth", "quarter"], booked, spent);
tell("spent_month_before", spent(within(expenses, "before_last", booked)));
tellWithin("hire", hire, ["90d", "prev90d"], booked, spent);
tellGroups("spent", grouped(expenses, (e) => e.category), spent);
tellGroups("spent_W05", grouped(expenses.filter((e) => e.project === "W-05"), (e) => e.category), spent);
const waiting = expenses.filter((e) => e.approved_by === null);
tell("unapproved", waiting.length);
tell("unapproved_sum", spent(waiting));
const dearest = places([...expenses].sort((a, b) => b.amount_eur - a.amount_eur), 1, (e) => e.amount_eur)[0];
tell("expense_dearest", dearest.id);
tell("expense_dearest_amount", dearest.amount_eur);
for (const [how, way] of Object.entries(percentile)) tell(`about_expense_p80${how}`, way(expenses.map((e) => e.amount_eur), 0.8));
const odd = sole(expenses.filter((e) => e.note));
tell("noted", odd.id);
tell("noted_amount", odd.amount_eur);
const hot = places(expenses.filter((e) => e.contractor === "Hotpipe").sort((a, b) => (a.booked_on > b.booked_on ? -1 : 1)), 1, (e) => e.booked_on)[0];
tell("hotpipe_last_amount", hot.amount_eur);
const firms = (code) => unique(expenses.filter((e) => e.project === code && e.contractor).map((e) => e.contractor));
tell("firms_only", firms("W-01").filter((name) => !firms("W-18").includes(name)));

tell("pending", permits.filter((p) => p.decision === "pending").length);
tell("pending_at", unique(permits.filter((p) => p.decision === "pending").map((p) => p.authority)));
tell("permit_kinds", unique(permits.map((p) => p.kind)));
const refused = permits.filter((p) => p.decision === "refused");
tell("refused", refused.map((p) => p.number));
tell("refused_percent", percent(refused.length, permits.length));
tell("refused_percent_decided", percent(refused.length, permits.filter((p) => p.decision !== "pending").length));
const asked = grouped(permits, (p) => p.authority);
tell("asked_least", asked.filter(([, list]) => list.length === asked.at(-1)[1].length).map(([name]) => name));
const decided = permits.filter((p) => p.decided_on), took = (p) => at(p.decided_on) - at(p.applied_on);
tellMiddle("decision", decided.map(took));
tellMiddle("decision_council", decided.filter((p) => p.authority === "Averton Council").map(took));
const ends = permits.filter((p) => p.expires_on && p.expires_on >= today && at(p.expires_on) < now + 30 * DAY);
tell("permits_ending", ends.length ? ends.map((p) => p.number) : 0);
const grave = risks.filter((r) => r.level === "high" && r.closed_on === null);
tell("grave", grave.map((r) => r.id));
tell("copper", risks.filter((r) => /copper/.test(r.title)).map((r) => r.id));
tellProjects("copper_projects", unique(risks.filter((r) => /copper/.test(r.title)).map((r) => r.project)));

// Across: people are named by staff number or by e-mail address, zones by code.
const byMail = new Map(employees.map((e) => [e.email, e])), number = (mail) => byMail.get(mail).staffNumber;
tellGroups("hours_of", grouped(hours, (h) => byMail.get(h.person_email).department), worked);
tellPeople("supervisors", zones.map((z) => z.sup_no).filter(Boolean));
const loudest = leaders(grouped(outages, (o) => o.zone));
tellProjects("built_in_loudest", projects.filter((p) => p.status === "building" && loudest.includes(p.zone)).map((p) => p.code));
tellZones("nothing_built", zones.filter((z) => !projects.some((p) => p.status === "building" && p.zone === z.code)).map((z) => z.code));
tellPeople("bookers_without", unique(hours.map((h) => number(h.person_email))).filter(without));
for (const z of zones) tell(`budget_in.${z.code}`, sum(projects.filter((p) => p.zone === z.code), (p) => p.budget_eur));
const titles = unique(hours.filter((h) => h.overtime).map((h) => byMail.get(h.person_email).jobTitle));
tell("overtime_titles", titles);
const seats = unique(projects.filter((p) => p.status === "paused").map((p) => byMail.get(p.manager_email).officeCode));
tell("paused_offices", one(seats));
tell("paused_offices_names", one(seats.map((c) => officeOf.get(c).name)));
const chief = zones.find((z) => z.name === "Quarry Wood").sup_no;
tell("chief_devices", devices.filter((d) => d.holder?.staffNumber === chief).map((d) => d.assetTag));
tellGroups("outages_from", grouped(outages.filter((o) => o.crew_lead), (o) => personOf.get(o.crew_lead).officeCode));
