// SPDX-License-Identifier: Apache-2.0
// Customers, subscriptions, invoices, payments.
import { DAY, day, first, grouped, leaders, median, midnight, now, one, percent, round, sum, tell, unique, within } from "../../ask/truth/spans.mjs";
import { billing } from "../read.mjs";
import { mean, money, percentile } from "./figures.mjs";

export const customers = await billing("/customers");
const subs = await billing("/subscriptions");
export const invoices = await billing("/invoices");
const payments = await billing("/payments");
const notes = await billing("/credit-notes");
const coupons = await billing("/coupons");
const usage = await billing("/usage");
const plans = await billing("/plans");
const at = (seconds) => seconds * 1000;
export const nameOf = new Map(customers.map((c) => [c.custNo, c.company]));
const names = (list) => unique(list.map((c) => nameOf.get(c.custNo)));
const numbers = (list) => unique(list.map((c) => c.custNo));
const both = (name, list) => {
  tell(`${name}_names`, names(list));
  tell(`${name}_numbers`, numbers(list));
  tell(`${name}_count`, numbers(list).length);
};

tell("plans_total", plans.length);
tell("plans_offered", plans.filter((p) => !p.retired).length);
both("on_hold", customers.filter((c) => c.onHold));
tell("no_vat_count", customers.filter((c) => !c.vatId).length);
both("dutch", customers.filter((c) => c.country === "NL"));
both("with_note", customers.filter((c) => c.note));
tell("new_month_count", within(customers, "month", (c) => at(c.createdTs)).length);
const byAge = [...customers].sort((a, b) => a.createdTs - b.createdTs);
tell("customer_first", byAge[0].company);
tell("customer_first_day", day(at(byAge[0].createdTs)));
tell("customer_latest", byAge.at(-1).company);
const countries = grouped(customers, (c) => c.country);
tell("country_top_count", countries[0][1].length);
tell("country_last_count", countries.at(-1)[1].length);
tell("credit_limit_mean", round(mean(customers, (c) => c.creditLimitCents) / 100, 2));
tell("credit_limit_mean_in_cents", round(mean(customers, (c) => c.creditLimitCents), 1));

const live = subs.filter((s) => s.state === "active");
tell("subs_active", live.length);
tell("seats_active", sum(live, (s) => s.seats));
for (const [name, list] of [["all", subs], ["active", live], ["current", subs.filter((s) => s.state !== "canceled")]]) {
  const by = grouped(list, (s) => s.planCode);
  tell(`plan_top_${name}`, one(leaders(by)));
  tell(`plan_top_count_${name}`, by[0][1].length);
  for (const [how, of] of Object.entries(percentile)) tell(`about_seats_p95_${name}${how}`, of(list.map((s) => s.seats), 0.95));
  for (const [plan, of] of by) tell(`seats_mean_${name}.${plan}`, round(mean(of, (s) => s.seats), 2));
}
tell("classic_current", subs.filter((s) => s.planCode === "classic" && s.state !== "canceled").length);
tell("classic_active", live.filter((s) => s.planCode === "classic").length);
for (const w of ["90d", "90d@days"]) tell(`canceled_${w}`, within(subs.filter((s) => s.canceledTs), w, (s) => at(s.canceledTs)).length);
const why = grouped(subs.filter((s) => s.cancelReason), (s) => s.cancelReason);
tell("cancel_top_reason", one(leaders(why)));
tell("cancel_top_reason_count", why[0][1].length);
both("trials_14d", within(subs.filter((s) => s.state === "trialing"), "next14d", (s) => at(s.trialEndTs)));
tell("trials_14d_ids", within(subs.filter((s) => s.state === "trialing"), "next14d", (s) => at(s.trialEndTs)).map((s) => s.id));
both("gone", customers.filter((c) => subs.filter((s) => s.custNo === c.custNo).every((s) => s.state === "canceled")));

const open = invoices.filter((i) => i.status === 1);
export const overdue = open.filter((i) => at(i.dueTs) < now);
money(tell, "open_total", sum(open, (i) => i.totalCents));
tell("overdue_count", overdue.length);
money(tell, "overdue_total", sum(overdue, (i) => i.totalCents));
tell("due_7d_count", within(open, "next7d", (i) => at(i.dueTs)).length);
money(tell, "due_7d_total", sum(within(open, "next7d", (i) => at(i.dueTs)), (i) => i.totalCents));
money(tell, "uncollectible_total", sum(invoices.filter((i) => i.status === 4), (i) => i.totalCents));
const billed = (list) => grouped(list, (i) => i.custNo).map(([no, l]) => [no, sum(l, (i) => i.totalCents)]).sort((a, b) => b[1] - a[1]).slice(0, 5);
for (const [name, list] of [["", invoices], ["_valid", invoices.filter((i) => ![0, 3].includes(i.status))]]) {
  for (const w of ["90d", "90d@days"]) {
    const five = billed(within(list, w, (i) => at(i.issuedTs)));
    tell(`billed_top5_${w}${name}`, five.map(([no]) => nameOf.get(no)));
    tell(`billed_top5_numbers_${w}${name}`, five.map(([no]) => no));
  }
  tell(`about_invoice_median${name}`, median(list.map((i) => i.totalCents)) / 100);
  tell(`about_invoice_median_in_cents${name}`, median(list.map((i) => i.totalCents)));
}
const took = invoices.filter((i) => i.paidTs).map((i) => (i.paidTs - i.issuedTs) / 86_400);
tell("about_days_to_pay", round(mean(took), 2));
const hotels = new Set(customers.filter((c) => c.segment === "hospitality").map((c) => c.custNo));
both("hospitality_open", open.filter((i) => hotels.has(i.custNo)));
const owed = grouped(open, (i) => i.custNo);
both("beyond_limit", customers.filter((c) => sum(owed.find(([no]) => no === c.custNo)?.[1] ?? [], (i) => i.totalCents) > c.creditLimitCents));
const most = owed.map(([no, l]) => [no, sum(l, (i) => i.totalCents)]).sort((a, b) => b[1] - a[1])[0];
tell("owes_most_name", nameOf.get(most[0]));
tell("owes_most_number", most[0]);
money(tell, "owes_most", most[1]);
const bill = invoices.find((i) => i.invNo === "R-70050");
tell("invoice_state.R-70050", ["draft", "open", "paid", "void", "uncollectible"][bill.status]);
tell("invoice_paid_day.R-70050", bill.paidTs && day(at(bill.paidTs)));

const failed = payments.filter((p) => p.result === "failed");
tell("failed_payments_percent", percent(failed.length, payments.length));
tell("failed_payments_percent.card", percent(failed.filter((p) => p.method === "card").length, payments.filter((p) => p.method === "card").length));
const reasons = grouped(failed, (p) => p.failReason);
tell("fail_top_reason", one(leaders(reasons)));
tell("fail_top_reason_count", reasons[0][1].length);
const good = payments.filter((p) => p.result === "ok");
tell("payments_today", within(payments, "today", (p) => at(p.ts)).length);
tell("payments_ok_today", within(good, "today", (p) => at(p.ts)).length);
for (const w of ["30d", "30d@days"]) {
  for (const m of ["card", "sepa"]) {
    tell(`payments_${w}.${m}`, within(payments, w, (p) => at(p.ts)).filter((p) => p.method === m).length);
    tell(`payments_ok_${w}.${m}`, within(good, w, (p) => at(p.ts)).filter((p) => p.method === m).length);
  }
}
money(tell, "received_lastmonth", sum(within(good, "lastmonth", (p) => at(p.ts)), (p) => p.amountCents));

const noteReasons = grouped(notes, (n) => n.reason).map(([reason, l]) => [reason, sum(l, (n) => n.amountCents), l.length]).sort((a, b) => b[1] - a[1]);
tell("credit_top_reason", noteReasons[0][0]);
money(tell, "credit_top_reason_total", noteReasons[0][1]);
tell("coupons_used_up", coupons.filter((c) => c.maxRedemptions !== null && c.redeemed >= c.maxRedemptions).map((c) => c.code));
tell("coupons_expired", coupons.filter((c) => c.expiresTs && at(c.expiresTs) < now).map((c) => c.code));
tell("coupons_unused", one(coupons.filter((c) => c.redeemed === 0).map((c) => c.code)));
tell("coupons_soon", one(within(coupons.filter((c) => c.expiresTs), "next30d", (c) => at(c.expiresTs)).map((c) => c.code)));

const month = day(first(1)).slice(0, 7);
tell("month_last", month);
const calls = usage.filter((u) => u.month === month).sort((a, b) => b.apiCalls - a.apiCalls);
tell("api_top_name", nameOf.get(calls[0].custNo));
tell("api_top_number", calls[0].custNo);
tell("api_top_calls", calls[0].apiCalls);
tell("api_calls_lastmonth", sum(calls, (u) => u.apiCalls));
const before = day(first(2)).slice(0, 7);
tell("api_calls_month_before", sum(usage.filter((u) => u.month === before), (u) => u.apiCalls));
if (midnight < first(0) + 2 * DAY) process.stderr.write("the month has hardly begun: \"this month\" asks little\n");
