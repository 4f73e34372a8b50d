// SPDX-License-Identifier: Apache-2.0
// The firm's payroll, as an MCP server: employees, sites, pay runs, payslips, leave, expense claims, trainings, benefits, raises. Some
// tools say what they return, some give JSON as text, and some write.
import { both, serveMcp, text, wrong, z } from "../../ask-foreign/servers/mcp.mjs";
import { chance, date, DAY, fraction, integer, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";
import { PEOPLE, SITES } from "./people.mjs";

export const KEY = "paydesk-token-of-the-questions";
const CONTRACTS = ["permanent", "fixed_term", "contractor"], LEAVES = ["vacation", "sick", "parental", "unpaid", "study"], DECISIONS = ["requested", "approved", "rejected", "cancelled"];
const CATEGORIES = ["travel", "meals", "equipment", "training", "phone"], CLAIMS = ["submitted", "approved", "rejected", "paid"];
const COURSES = ["Phishing awareness", "Data protection", "Fire safety", "Card industry rules", "Manual handling"];
const BENEFITS = [["Health Plus", "health", 64], ["Dental", "health", 18], ["Pension Top-up", "pension", 110], ["Bike Lease", "mobility", 45], ["Rail Pass", "mobility", 89], ["Gym", "wellbeing", 25], ["Meal Card", "meals", 120], ["Language Lessons", "learning", 40]];
const cents = (n) => Math.round(100 * n) / 100;

function payroll(now) {
  const employees = PEOPLE.map((p) => {
    const k = `strangers/e/${p.number}`;
    const base = { Support: 31, Engineering: 52, Sales: 43, Finance: 44, People: 40, Operations: 29 }[p.department] + (/Senior|Lead|Manager|Director|Reliab/.test(p.title) ? 14 : 0) + (p.i < 6 ? 40 : 0);
    return { employee_number: p.number, name: p.name, work_email: p.email, department: p.department, job_title: p.title, site: p.site, contract: p.kind, hours_per_week: Number(weighted(`${k}/hours`, { 40: 12, 32: 3, 24: 1, 20: 1 })), annual_salary_eur: 100 * Math.round(10 * base * (0.85 + 0.45 * fraction(`${k}/salary`))), hired_on: date(now - p.started * DAY), contract_ends_on: p.kind === "fixed_term" && p.left === null ? date(now + integer(`${k}/ends`, 8, 420) * DAY) : null, left_on: p.left === null ? null : date(now - p.left * DAY), manager_number: p.manager, pension_enrolled: !chance(`${k}/pension`, 0.2), iban_verified: !chance(`${k}/iban`, 0.07) };
  });
  const sites = SITES.map(([code, city, country], i) => ({ code, city, country, head_number: i === 4 ? null : employees[i].employee_number, monthly_rent_eur: [18200, 12400, 8600, 5100, 4300, 6900][i], desks: [70, 42, 34, 25, 20, 8][i], remote_only: i === 5 }));
  const months = times(9, (i) => new Date(Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() - 1 - i, 1)).toISOString().slice(0, 7));
  const runs = months.map((month, i) => ({ id: `RUN-${month}`, month, status: i === 0 ? "approved" : "paid", approved_by: employees[[0, 3, 0, 0, 3, 5, 0, 3, 0][i]].employee_number, paid_on: i === 0 ? null : `${month}-${[28, 27, 28, 26, 28, 28, 27, 28][i - 1]}` }));
  const payslips = months.flatMap((month, i) => employees.filter((e) => e.contract !== "contractor" && e.hired_on.slice(0, 7) <= month && (!e.left_on || e.left_on.slice(0, 7) >= month)).map((e) => {
    const k = `strangers/s/${i}/${e.employee_number}`;
    const overtime = e.department === "Operations" || e.department === "Support" ? (chance(`${k}/over`, 0.3) ? integer(`${k}/hours`, 1, 22) : 0) : 0;
    const bonus = chance(`${k}/bonus`, e.department === "Sales" ? 0.4 : 0.03) ? 50 * integer(`${k}/amount`, 4, 60) : 0;
    const gross = cents((e.annual_salary_eur / 12) * (e.hours_per_week / 40) + overtime * 24 + bonus);
    const tax = cents(gross * (0.22 + 0.16 * fraction(`strangers/tax/${e.employee_number}`)));
    return { id: `SLIP-${month}-${e.employee_number}`, run_id: `RUN-${month}`, employee_number: e.employee_number, gross_eur: gross, tax_eur: tax, net_eur: cents(gross - tax), bonus_eur: bonus, overtime_hours: overtime, on_hold: chance(`${k}/hold`, 0.012) };
  }));
  const staff = employees.filter((e) => e.left_on === null);
  const leave = times(250, (i) => ({ from: integer(`strangers/v/${i}/from`, -300, 60), i })).sort((a, b) => b.from - a.from || a.i - b.i).map(({ from, i }, n) => {
    const k = `strangers/v/${i}`;
    const kind = weighted(`${k}/kind`, { vacation: 12, sick: 6, parental: 1, unpaid: 1, study: 1 });
    const days = { vacation: integer(`${k}/days`, 1, 15), sick: integer(`${k}/days`, 1, 8), parental: integer(`${k}/days`, 20, 90), unpaid: integer(`${k}/days`, 2, 20), study: integer(`${k}/days`, 1, 5) }[kind];
    const status = from > 10 && chance(`${k}/new`, 0.5) ? "requested" : weighted(`${k}/status`, { approved: 16, rejected: kind === "sick" ? 0 : 1.5, cancelled: 1 });
    const who = pick(`${k}/who`, staff.filter((e) => Date.parse(e.hired_on) < now + (from - 5) * DAY));
    return { id: `LV-${1750 - n}`, employee_number: who.employee_number, kind, from_day: date(now + from * DAY), to_day: date(now + (from + days - 1) * DAY), days, status, decided_by: status === "requested" || kind === "sick" ? null : who.manager_number };
  });
  const claims = times(310, (i) => ({ ago: integer(`strangers/x/${i}/at`, 1, 270), i })).sort((a, b) => a.ago - b.ago || a.i - b.i).map(({ ago, i }, n) => {
    const k = `strangers/x/${i}`;
    const category = weighted(`${k}/category`, { travel: 8, meals: 6, equipment: 3, training: 2, phone: 2 });
    const status = ago < 18 ? weighted(`${k}/early`, { submitted: 5, approved: 2, rejected: 0.5 }) : weighted(`${k}/late`, { paid: 17, rejected: 2, approved: 0.7, submitted: 0.4 });
    return { id: `EXP-${6310 - n}`, employee_number: staff[Math.floor(staff.length * fraction(`${k}/who`) ** 1.5)].employee_number, category, amount_eur: cents({ travel: 340, meals: 38, equipment: 260, training: 480, phone: 30 }[category] * (0.2 + 1.8 * fraction(`${k}/amount`))), submitted_on: date(now - ago * DAY), paid_on: status === "paid" ? date(now - (ago - integer(`${k}/days`, 3, 16)) * DAY) : null, status, receipt: !chance(`${k}/receipt`, 0.13), note: chance(`${k}/note`, 0.35) ? pick(`${k}/words`, ["customer visit", "trade fair", "on-call weekend", "moving the warehouse", "team dinner"]) : null };
  });
  const trainings = staff.flatMap((e) => COURSES.filter((c, j) => [true, true, e.site !== "TLL", /Support|Finance|Engineering/.test(e.department), e.department === "Operations"][j] && !chance(`strangers/c/${e.employee_number}/${c}/none`, 0.5)).map((course) => {
    const k = `strangers/c/${e.employee_number}/${course}`;
    const due = integer(`${k}/due`, -160, 90);
    const done = chance(`${k}/done`, due < 0 ? 0.84 : 0.4);
    return { employee_number: e.employee_number, course, due_on: date(now + due * DAY), completed_on: done ? date(now + Math.min(-1, due - integer(`${k}/early`, -12, 60)) * DAY) : null, score_percent: done ? integer(`${k}/score`, 55, 100) : null };
  }));
  const benefits = BENEFITS.map(([name, kind, price], i) => ({ code: `B${i + 1}`, name, kind, monthly_cost_eur: price, employer_share_percent: [100, 50, 60, 30, 40, 50, 100, 100][i] }));
  const enrolments = employees.filter((e) => e.contract !== "contractor").flatMap((e) => benefits.filter((b, j) => j !== 7 && chance(`strangers/b/${e.employee_number}/${b.code}`, [0.5, 0.25, 0.3, 0.14, 0.18, 0.2, 0.4, 0][j])).map((b) => ({ employee_number: e.employee_number, benefit: b.code, since: date(Math.max(Date.parse(e.hired_on), now - integer(`strangers/b/${e.employee_number}/${b.code}/since`, 20, 900) * DAY)), ended_on: e.left_on })));
  const raises = times(115, (i) => ({ ago: integer(`strangers/y/${i}/at`, 3, 700), i })).sort((a, b) => a.ago - b.ago || a.i - b.i).map(({ ago, i }) => {
    const k = `strangers/y/${i}`;
    const who = pick(`${k}/who`, staff.filter((e) => e.contract !== "contractor" && Date.parse(e.hired_on) < now - (ago + 30) * DAY));
    const reason = weighted(`${k}/reason`, { annual_review: 8, promotion: 3, correction: 1, retention: 1 });
    const to = who.annual_salary_eur, by = { annual_review: 0.02 + 0.03 * fraction(`${k}/by`), promotion: 0.07 + 0.1 * fraction(`${k}/by`), correction: 0.01, retention: 0.12 }[reason];
    return { employee_number: who.employee_number, effective_on: date(now - ago * DAY), reason, old_salary_eur: 100 * Math.round(to / (1 + by) / 100), new_salary_eur: to };
  });
  return { employees, sites, runs, payslips, leave, claims, trainings, benefits, enrolments, raises };
}

function tools(now) {
  const all = payroll(now);
  const reads = { readOnlyHint: true, openWorldHint: false };
  const writes = { readOnlyHint: false, destructiveHint: false };
  const fit = (row, want) => Object.entries(want).every(([k, v]) => v === undefined || row[k] === v);
  const who = z.string().optional().describe("Number of an employee, such as 40100");
  const day = z.string().regex(/^\d{4}-\d\d-\d\d$/).optional();
  const maybe = (kind) => kind.nullable();
  const string = z.string(), number = z.number(), flag = z.boolean();
  return [
    ["list_employees", { title: "List employees", description: "Everybody who is or was on the payroll, with contract, hours, salary and manager. left_on is null for those who still work here.", inputSchema: { department: z.string().optional(), site: z.string().optional().describe("Code of a site, such as LIS"), contract: z.enum(CONTRACTS).optional() }, outputSchema: { employees: z.array(z.object({ employee_number: string, name: string, work_email: string, department: string, job_title: string, site: string.describe("Code of the site"), contract: z.enum(CONTRACTS), hours_per_week: number.describe("40 is full time"), annual_salary_eur: number.describe("For full time"), hired_on: string, contract_ends_on: maybe(string).describe("For fixed terms"), left_on: maybe(string), manager_number: maybe(string), pension_enrolled: flag, iban_verified: flag.describe("Whether the bank account was checked") })) }, annotations: reads }, (want) => both({ employees: all.employees.filter((e) => fit(e, want)) })],
    ["get_employee", { title: "Get employee", description: "One employee by number.", inputSchema: { employee_number: z.string().describe("Such as 40100") }, annotations: reads }, ({ employee_number: n }) => {
      const row = all.employees.find((e) => e.employee_number === n);
      return row ? text(row) : wrong(`no employee ${n}`);
    }],
    ["list_sites", { title: "List sites", description: "The firm's sites: city, country, who heads them, rent a month, desks. Returns a JSON array.", annotations: reads }, () => text(all.sites)],
    ["list_pay_runs", { title: "List pay runs", description: "Monthly pay runs, the latest first; draft, approved, then paid.", outputSchema: { pay_runs: z.array(z.object({ id: string, month: string.describe("YYYY-MM"), status: z.enum(["draft", "approved", "paid"]), approved_by: maybe(string).describe("Employee number"), paid_on: maybe(string) })) }, annotations: reads }, () => both({ pay_runs: all.runs })],
    ["list_payslips", { title: "List payslips", description: "Payslips of one or all pay runs, the latest run first. Returns JSON {payslips, next_token}: hand next_token back as page_token until it is null. Contractors have none.", inputSchema: { run_id: z.string().optional().describe("Such as RUN-2026-01"), employee_number: who, page_size: z.number().int().min(1).max(300).default(150), page_token: z.string().optional() }, annotations: reads }, ({ page_size: size, page_token: token, ...want }) => {
      const start = token === undefined ? 0 : Number(/^t(\d+)$/.exec(token)?.[1]);
      if (!Number.isInteger(start)) return wrong("page_token is none that was given");
      const rows = all.payslips.filter((s) => fit(s, want));
      return text({ payslips: rows.slice(start, start + size), next_token: start + size < rows.length ? `t${start + size}` : null });
    }],
    ["list_leave_requests", { title: "List leave requests", description: "Time off that people asked for or reported, by its first day, the latest first.", inputSchema: { employee_number: who, kind: z.enum(LEAVES).optional(), status: z.enum(DECISIONS).optional(), from: day, to: day.describe("First day before this one"), page: z.number().int().min(1).default(1) }, outputSchema: { requests: z.array(z.object({ id: string, employee_number: string, kind: z.enum(LEAVES), from_day: string, to_day: string.describe("Last day, included"), days: number, status: z.enum(DECISIONS).describe("requested: not decided yet"), decided_by: maybe(string).describe("Employee number") })), page: number, pages: number, total: number }, annotations: reads }, ({ page, from, to, ...want }) => {
      const rows = all.leave.filter((l) => fit(l, want) && (!from || l.from_day >= from) && (!to || l.from_day < to));
      return both({ requests: rows.slice((page - 1) * 60, page * 60), page, pages: Math.max(1, Math.ceil(rows.length / 60)), total: rows.length });
    }],
    ["list_expense_claims", { title: "List expense claims", description: "What people want back for travel, meals and the like, the latest first. A claim is submitted, then approved or rejected, then paid. Returns JSON {claims, next_token}.", inputSchema: { employee_number: who, category: z.enum(CATEGORIES).optional(), status: z.enum(CLAIMS).optional(), page_token: z.string().optional() }, annotations: reads }, ({ page_token: token, ...want }) => {
      const start = token === undefined ? 0 : Number(/^c(\d+)$/.exec(token)?.[1]);
      if (!Number.isInteger(start)) return wrong("page_token is none that was given");
      const rows = all.claims.filter((c) => fit(c, want));
      return text({ claims: rows.slice(start, start + 100), next_token: start + 100 < rows.length ? `c${start + 100}` : null });
    }],
    ["list_trainings", { title: "List trainings", description: "Mandatory courses of those who work here: due when, completed when (null: not yet), and the score.", inputSchema: { employee_number: who, course: z.string().optional() }, outputSchema: { trainings: z.array(z.object({ employee_number: string, course: string, due_on: string, completed_on: maybe(string), score_percent: maybe(number) })) }, annotations: reads }, (want) => both({ trainings: all.trainings.filter((t) => fit(t, want)) })],
    ["list_benefits", { title: "List benefits", description: "Benefits on offer, what they cost a month, and how much of it the employer pays. Returns a JSON array.", annotations: reads }, () => text(all.benefits)],
    ["list_benefit_enrolments", { title: "List benefit enrolments", description: "Who has which benefit since when; ended_on is null while it runs. Returns a JSON array.", inputSchema: { employee_number: who, benefit: z.string().optional().describe("Code of a benefit, such as B1") }, annotations: reads }, (want) => text(all.enrolments.filter((b) => fit(b, want)))],
    ["list_salary_changes", { title: "List salary changes", description: "Changes of the yearly salary of those who work here, the latest first. Returns a JSON array.", inputSchema: { employee_number: who }, annotations: reads }, (want) => text(all.raises.filter((r) => fit(r, want)))],
    ["approve_expense_claim", { title: "Approve expense claim", description: "Approve a claim for payment.", inputSchema: { id: z.string() }, annotations: writes }, (x) => text(x)],
    ["change_salary", { title: "Change salary", description: "Set the yearly salary of an employee.", inputSchema: { employee_number: z.string(), new_salary_eur: z.number() }, annotations: writes }, (x) => text(x)],
    ["terminate_employee", { title: "Terminate employee", description: "End an employment.", inputSchema: { employee_number: z.string(), left_on: z.string() }, annotations: { readOnlyHint: false, destructiveHint: true } }, (x) => text(x)],
  ];
}

export const paydesk = ({ now, port }) => serveMcp({ name: "paydesk", version: "3.2.0", key: KEY, port, tools: tools(now) });
