// SPDX-License-Identifier: Apache-2.0
// The CRM. Money is told in euros and in cents, people by number, name, address, and name in two cells.
import { day, first, grouped, leaders, median, midnight, now, percent, sum, tell, unique, within, WINDOWS } from "../../ask/truth/spans.mjs";
import { mean, money, percentile } from "../../ask-foreign/truth/figures.mjs";
import { dealbook } from "../read.mjs";
import { places, sole, tellGroups, tellLasting, tellRows, tellWithin } from "./told.mjs";

export const [owners, stages, companies, contacts, deals, activities, quotes, tasks] = await Promise.all(["/owners", "/stages", "/companies", "/contacts", "/deals", "/activities", "/quotes", "/tasks"].map(dealbook));
WINDOWS.before_last = [first(2), first(1)];
export const ownerOf = new Map(owners.map((o) => [o.id, o])), companyOf = new Map(companies.map((c) => [c.id, c])), stageOf = new Map(stages.map((s) => [s.id, s]));
const at = (t) => Date.parse(t), today = day(now), cents = (list) => sum(list, (d) => d.value.amount);
export const tellOwners = (name, ids) => {
  const who = unique(ids).map((id) => ownerOf.get(id));
  tellRows(name, who, { id: (o) => o.id, names: (o) => `${o.firstName} ${o.lastName}`, mails: (o) => o.email });
  tell(`${name}_parts`, who.flatMap((o) => [o.firstName, o.lastName]));
};
const tellDeals = (name, rows) => tellRows(name, rows, { id: (d) => d.id, names: (d) => d.name });
export const tellCompanies = (name, rows) => tellRows(name, rows, { id: (c) => c.id, names: (c) => c.name, domains: (c) => c.domain });

const open = deals.filter((d) => !stageOf.get(d.stageId).closed), won = deals.filter((d) => stageOf.get(d.stageId).won);
const lost = deals.filter((d) => stageOf.get(d.stageId).name === "Lost"), over = [...won, ...lost], closed = (d) => at(d.closedAt);
tell("open", open.length);
money(tell, "open_worth", cents(open));
money(tell, "open_weighted", sum(open, (d) => (d.value.amount * stageOf.get(d.stageId).probability) / 100));
tellWithin("won", won, ["lastmonth", "before_last", "30d", "prev30d"], closed);
tell("win_percent", percent(won.length, over.length));
tell("win_percent_all", percent(won.length, deals.length));
tell("price", lost.filter((d) => d.lossReason === "price").length);
tellDeals("open_top5", places([...open].sort((a, b) => b.value.amount - a.value.amount), 5, (d) => d.value.amount));
tellOwners("most_won", leaders(grouped(won, (d) => d.ownerId)));
for (const back of [1, 2, 3, 4, 5]) tell(`won_month.${back}`, won.filter((d) => closed(d) >= first(back) && closed(d) < first(back - 1)).length);
tellCompanies("orphans", companies.filter((c) => c.ownerId === null));
for (const [how, list] of [["", won], ["_over", over]]) for (const [what, of] of [["median", median], ["mean", mean]]) tellLasting(`to_win${how}_${what}`, of(list.map((d) => closed(d) - at(d.createdAt))));
tellDeals("negotiated", open.filter((d) => stageOf.get(d.stageId).name === "Negotiation" && d.value.amount > 5000000));
tellCompanies("german_shops", companies.filter((c) => c.country === "DE" && c.industry === "retailer"));
tellGroups("pipeline", grouped(open, (d) => d.ownerId), (list) => cents(list) / 100);
tellGroups("pipeline_in_cents", grouped(open, (d) => d.ownerId), cents);
for (const source of ["referral", "cold_call"]) {
  const mine = (list) => list.filter((d) => d.source === source).length;
  tell(`win_percent.${source}`, percent(mine(won), mine(over)));
  tell(`win_percent_all.${source}`, percent(mine(won), mine(deals)));
}
const buyers = companies.filter((c) => c.lifecycle === "customer"), dealt = new Set(deals.map((d) => d.companyId));
tellCompanies("dealless", buyers.filter((c) => !dealt.has(c.id)));
tell("customers_crm", buyers.length);
tell("with_clubs", deals.filter((d) => companyOf.get(d.companyId).industry === "club").length);
const late = tasks.filter((t) => t.completedAt === null && t.dueOn < today);
tell("late_high", late.filter((t) => t.priority === "high").map((t) => t.id));
tellDeals("last_won", [places([...won].sort((a, b) => closed(b) - closed(a)), 1, closed)[0]]);
tell("quarter_off", quotes.filter((q) => q.discountPercent === 25).length);
tell("quarter_off_numbers", quotes.filter((q) => q.discountPercent === 25).map((q) => q.number));
const met = activities.filter((a) => a.kind === "meeting" && a.done);
tellWithin("met", met, ["lastweek", "7d"], (a) => at(a.at));
tellDeals("lost_biggest", [...lost].sort((a, b) => b.value.amount - a.value.amount).filter((d, i, all) => d.value.amount === all[0].value.amount));
tell("companies_won", unique(won.map((d) => d.companyId)).length);
const calls = activities.filter((a) => a.kind === "call" && a.durationMinutes !== null);
for (const [how, way] of Object.entries(percentile)) tellLasting(`call_p90${how}`, 60_000 * way(calls.map((a) => a.durationMinutes), 0.9));
tell("finns", unique(contacts.filter((c) => c.firstName === "Finn" && c.email).map((c) => c.email)));
const pells = open.filter((d) => ownerOf.get(d.ownerId).lastName === "Pell");
tell("open_pell", pells.length);
money(tell, "open_pell_worth", cents(pells));
const gone = open.filter((d) => !ownerOf.get(d.ownerId).active);
tell("left_behind", gone.length);
tellDeals("left_behind_rows", gone);
const odd = sole(tasks.filter((t) => t.title.includes("7777")));
tell("odd_task_deal", odd.dealId);
tell("odd_task_deal_name", deals.find((d) => d.id === odd.dealId).name);
if (now - midnight < 10 * 60_000) throw new Error("just after midnight the days of the servers and of the truths differ");
