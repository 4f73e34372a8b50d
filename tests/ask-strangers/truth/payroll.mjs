// SPDX-License-Identifier: Apache-2.0
// Payroll; and what the three services have in common. NAME_paid leaves out contractors, who get no payslips.
import { DAY, day, grouped, leaders, now, one, percent, sum, tell, unique } from "../../ask/truth/spans.mjs";
import { mean } from "../../ask-foreign/truth/figures.mjs";
import { places, tellGroups, tellWithin } from "../../ask-next/truth/told.mjs";
import { paydesk } from "../read.mjs";
import { agents, mostGenerous, organizations, tellAgents, tickets } from "./helpdesk.mjs";
import { byLogin, mayOpen, membersOf, users, without, withoutActive } from "./identity.mjs";
import { at, ranked, tellRows, tellStaff, tellUsers } from "./told.mjs";

const { employees } = await paydesk("list_employees");
const sites = await paydesk("list_sites");
const { pay_runs: runs } = await paydesk("list_pay_runs");
const { trainings } = await paydesk("list_trainings");
const benefits = await paydesk("list_benefits");
const enrolments = await paydesk("list_benefit_enrolments");
const payslips = [], claims = [], leave = [];
for (let token; token !== null; ) {
  const page = await paydesk("list_payslips", { page_size: 300, ...(token ? { page_token: token } : {}) });
  payslips.push(...page.payslips);
  token = page.next_token;
}
for (let token; token !== null; ) {
  const page = await paydesk("list_expense_claims", token ? { page_token: token } : {});
  claims.push(...page.claims);
  token = page.next_token;
}
for (let page = 1, pages = 1; page <= pages; page++) {
  const answer = await paydesk("list_leave_requests", { page });
  leave.push(...answer.requests);
  pages = answer.pages;
}
const here = employees.filter((e) => e.left_on === null), today = day(now);
const byNumber = new Map(employees.map((e) => [e.employee_number, e])), byMail = new Map(employees.map((e) => [e.work_email, e])), siteOf = new Map(sites.map((s) => [s.code, s]));
const euros = (list, of) => Math.round(100 * sum(list, of)) / 100;
const of = (list, department) => list.filter((e) => e.department === department), paid = (list) => list.filter((e) => e.contract !== "contractor");
const salary = (e) => e.annual_salary_eur;

for (const [how, list] of [["", here], ["_paid", paid(here)]]) {
  tell(`part_time${how}`, list.filter((e) => e.hours_per_week < 40).length);
  tell(`no_pension_percent${how}`, percent(list.filter((e) => !e.pension_enrolled).length, list.length));
  const least = list.filter((e) => salary(e) === Math.min(...list.map(salary)));
  tellStaff(`worst_paid${how}`, least);
  tell(`worst_paid_salary${how}`, salary(least[0]));
  tellGroups(`heads${how}`, grouped(list, (e) => e.site));
  tellStaff(`newest${how}`, [places([...list].sort((a, b) => (a.hired_on < b.hired_on ? 1 : -1)), 1, (e) => e.hired_on)[0]]);
}
const soon = here.filter((e) => e.contract_ends_on && e.contract_ends_on >= today && at(e.contract_ends_on) < now + 120 * DAY);
tellStaff("fixed_ending", soon);

// Claims.
const spent = (list) => euros(list, (c) => c.amount_eur);
const CLAIMS = { "": claims, _paid: claims.filter((c) => c.status === "paid"), _good: claims.filter((c) => c.status === "paid" || c.status === "approved"), _not_rejected: claims.filter((c) => c.status !== "rejected") };
for (const [how, list] of Object.entries(CLAIMS)) {
  const by = ranked(grouped(list, (c) => c.employee_number), spent);
  tellStaff(`claimed_most${how}`, [byNumber.get(by[0][0])]);
  tell(`claimed_most_sum${how}`, by[0][1]);
  tellGroups(`claimed${how}`, grouped(list, (c) => c.category), spent);
}
tell("no_receipt", claims.filter((c) => !c.receipt && c.amount_eur > 300).map((c) => c.id));
tell("no_receipt_sum", spent(claims.filter((c) => !c.receipt && c.amount_eur > 300)));

// Pay.
const ofRun = (i) => payslips.filter((s) => s.run_id === runs[i].id);
for (let i = 0; i < 6; i++) tell(`gross.${i + 1}`, euros(ofRun(i), (s) => s.gross_eur));
tell("overtime.1", sum(ofRun(0), (s) => s.overtime_hours));
tell("last_run", runs[0].status);

// Leave, trainings, benefits, sites.
const sick = leave.filter((l) => l.kind === "sick"), days = (list) => sum(list, (l) => l.days);
tellWithin("sick", sick, ["90d", "prev90d"], (l) => at(l.from_day), days);
tellWithin("sick_approved", sick.filter((l) => l.status === "approved"), ["90d", "prev90d"], (l) => at(l.from_day), days);
const undecided = leave.filter((l) => l.kind === "vacation" && l.status === "requested");
tell("undecided", undecided.map((l) => l.id));
tell("undecided_count", undecided.length);
const overdue = trainings.filter((t) => t.completed_on === null && t.due_on < today);
const sloppy = grouped(overdue, (t) => byNumber.get(t.employee_number).site);
tellRows("sloppy", leaders(sloppy).map((code) => siteOf.get(code)), "city", "code");
tellRows("unused_benefits", benefits.filter((b) => !enrolments.some((x) => x.benefit === b.code)), "name", "code");
const has = (code) => new Set(enrolments.filter((x) => x.benefit === code && x.ended_on === null).map((x) => x.employee_number));
const codeOf = (name) => benefits.find((b) => b.name === name).code;
const dental = has(codeOf("Dental")), health = has(codeOf("Health Plus"));
tellStaff("health_only", here.filter((e) => e.department === "People" && health.has(e.employee_number) && !dental.has(e.employee_number)));
const top = places([...sites].sort((a, b) => b.monthly_rent_eur - a.monthly_rent_eur), 1, (s) => s.monthly_rent_eur)[0];
tellStaff("dearest_head", [byNumber.get(top.head_number)]);

// Across.
const leavers = users.filter((u) => u.profile.employeeNumber && byNumber.get(u.profile.employeeNumber).left_on !== null);
tellUsers("ghosts", leavers.filter((u) => u.status === "ACTIVE"));
tell("ghosts_departments", unique(leavers.filter((u) => u.status === "ACTIVE").map((u) => u.profile.department)));
tell("ghosts_count", leavers.filter((u) => u.status === "ACTIVE").length);
for (const [how, list] of [["", agents], ["_active", agents.filter((a) => a.active)]]) {
  tellAgents(`agents_gone${how}`, list.filter((a) => byMail.get(a.email).left_on !== null));
  tellAgents(`agents_bare${how}`, list.filter((a) => without(byLogin.get(a.email))));
  tellAgents(`agents_unproven${how}`, list.filter((a) => withoutActive(byLogin.get(a.email))));
  tell(`open_desk_no_agent${how}`, mayOpen("Deskline").filter((x) => !list.some((a) => a.email === x.profile.email)).length);
}
const admins = membersOf("Production Admins").map((u) => byNumber.get(u.profile.employeeNumber)).filter(Boolean);
tell("admins_salary", mean(admins, salary));
const phishing = (e, test) => trainings.some((t) => t.employee_number === e.employee_number && t.course === "Phishing awareness" && test(t));
tellStaff("admins_unfinished", admins.filter((e) => phishing(e, (t) => t.completed_on === null)));
tellStaff("admins_not_done", admins.filter((e) => !phishing(e, (t) => t.completed_on !== null)));
const solved = tickets.filter((t) => t.assignee_id && (t.status === "solved" || t.status === "closed"));
const mailOf = new Map(agents.map((a) => [a.id, a.email]));
for (const [code, list] of grouped(solved, (t) => byMail.get(mailOf.get(t.assignee_id)).site)) tell(`solved_at.${code}`, list.length);
tell("generous_site", one([byMail.get(mostGenerous.email).site]));
tell("generous_city", siteOf.get(byMail.get(mostGenerous.email).site).city);
const managers = unique(organizations.map((o) => o.account_manager).filter(Boolean));
tellUsers("managers_shut_out", managers.map((m) => byLogin.get(m)).filter((u) => u.status !== "ACTIVE"));
const running = organizations.filter((o) => o.churned_at === null);
for (const [how, list] of [["", organizations], ["_kept", running]]) tellStaff(`biggest_manager${how}`, unique(list.filter((o) => o.terminals === Math.max(...list.map((x) => x.terminals))).map((o) => o.account_manager)).map((m) => byMail.get(m)));
tellUsers("managers_blocked", managers.map((m) => byLogin.get(m)).filter((u) => u.status === "LOCKED_OUT" || u.status === "SUSPENDED"));
