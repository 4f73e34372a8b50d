// SPDX-License-Identifier: Apache-2.0
// The helpdesk. Where customers that have gone may fairly be counted or not, a truth is told each way: NAME_kept leaves them out.
import { DAY, day, grouped, leaders, median, now, one, sum, tell, unique, within } from "../../ask/truth/spans.mjs";
import { mean, money, percentile } from "../../ask-foreign/truth/figures.mjs";
import { places, sole, tellGroups, tellLasting, tellMiddle, tellWithin } from "../../ask-next/truth/told.mjs";
import { deskline } from "../read.mjs";
import { counted, cut, ms, ranked, tellMonths, tellRows } from "./told.mjs";

export const [teams, agents, organizations, contracts, tickets, ratings, breaches, calls, articles, credits] = await Promise.all(["/groups", "/agents", "/organizations", "/contracts", "/tickets", "/satisfaction_ratings", "/sla_breaches", "/calls", "/articles", "/credits"].map(deskline));
export const agentOf = new Map(agents.map((a) => [a.id, a]));
const orgOf = new Map(organizations.map((o) => [o.id, o])), ticketOf = new Map(tickets.map((t) => [t.id, t])), teamOf = new Map(teams.map((g) => [g.id, g]));
const created = (t) => ms(t.created_at), isDone = (t) => t.status === "solved" || t.status === "closed", undone = tickets.filter((t) => !isDone(t));
export const tellAgents = (name, list) => {
  tellRows(name, list);
  tell(`${name}_mails`, one(list.map((a) => a.email)));
};
const tellOrgs = (name, ids) => tellRows(name, ids.map((id) => orgOf.get(id)));

// Tickets.
tell("pending_tickets", tickets.filter((t) => t.status === "pending").length);
for (const span of ["lastmonth", "30d", "30d@days"]) {
  const list = within(tickets, span, created);
  tell(`askers_${span}`, counted(list.filter((t) => t.organization_id).map((t) => t.organization_id)));
  tell(`askers_null_${span}`, counted(list.map((t) => t.organization_id)));
}
const loudest = ranked(grouped(tickets.filter((t) => t.organization_id), (t) => t.organization_id));
tellOrgs("loudest", places(loudest, 3, ([, n]) => n).map(([id]) => id));
tell("loudest_number", loudest[0][1]);
for (const span of ["30d", "30d@days"]) {
  const recent = ranked(grouped(within(tickets, span, created).filter((t) => t.organization_id), (t) => t.organization_id));
  tellOrgs(`loudest_lately_${span}`, recent.filter(([, n]) => n > (recent[3]?.[1] ?? 0)).slice(0, 3).map(([id]) => id));
  tell(`loudest_lately_number_${span}`, recent[0][1]);
}
tellAgents("best_solver", leaders(grouped(tickets.filter((t) => isDone(t) && t.assignee_id), (t) => t.assignee_id)).map((id) => agentOf.get(id)));
tellMonths("tickets", tickets, created);
tellMonths("urgent", tickets.filter((t) => t.priority === "urgent"), created);
tellWithin("tickets", tickets, ["lastmonth", "before_last", "30d", "prev30d"], created);
tell("untouched", undone.filter((t) => t.assignee_id === null).map((t) => t.id));
tell("untouched_open", tickets.filter((t) => t.status === "open" && t.assignee_id === null).map((t) => t.id));
tell("untouched_new_or_open", tickets.filter((t) => (t.status === "open" || t.status === "new") && t.assignee_id === null).map((t) => t.id));
const took = (t) => ms(t.solved_at - t.created_at), solved = tickets.filter((t) => t.solved_at);
tellMiddle("solve_urgent", solved.filter((t) => t.priority === "urgent").map(took));
for (const channel of ["email", "chat"]) tellLasting(`solve_median.${channel}`, median(solved.filter((t) => t.channel === channel).map(took)));
tell("rma_undone", undone.filter((t) => t.tags.includes("rma")).map((t) => t.id));
tell("rma_open", undone.filter((t) => t.tags.includes("rma") && t.status === "open").map((t) => t.id));
tell("on_hold_tickets", tickets.filter((t) => t.status === "hold").map((t) => t.id));
const ivy = sole(organizations.filter((o) => o.name === "Ivy Lane Books")).id;
tell("ivy_high", tickets.filter((t) => t.organization_id === ivy && t.priority === "high").map((t) => t.id));

// Customers and contracts.
const kept = organizations.filter((o) => o.churned_at === null);
for (const [how, list] of [["", organizations], ["_kept", kept]]) {
  tellRows(`no_contract${how}`, list.filter((o) => !contracts.some((c) => c.organization_id === o.id)));
  tellRows(`silent${how}`, list.filter((o) => !tickets.some((t) => t.organization_id === o.id)));
  tellRows(`premier_italy${how}`, list.filter((o) => o.tier === "premier" && o.country === "IT"));
  tell(`premier_italy_terminals${how}`, sum(list.filter((o) => o.tier === "premier" && o.country === "IT"), (o) => o.terminals));
  tell(`sweden${how}`, list.filter((o) => o.country === "SE").length);
}
tellRows("first_customer", [places([...organizations].sort((a, b) => a.created_at - b.created_at), 1, (o) => o.created_at)[0]]);
tellRows("larkspurs", organizations.filter((o) => /^Larkspur/.test(o.name)));
const larkspurs = contracts.filter((c) => /^Larkspur/.test(orgOf.get(c.organization_id).name));
tell("larkspurs_contracted", unique(larkspurs.map((c) => orgOf.get(c.organization_id).name)));
tell("larkspurs_ends", larkspurs.filter((c) => c.ends_at).map((c) => day(ms(c.ends_at))));
tell("larkspurs_contracts", larkspurs.map((c) => c.id));
const running = (c) => c.ends_at === null || ms(c.ends_at) > now;
for (const [how, list] of [["", contracts], ["_running", contracts.filter(running)]]) for (const [plan, rows] of grouped(list, (c) => c.plan)) money(tell, `mrr${how}.${plan}`, sum(rows, (c) => c.mrr_cents));
const ending = contracts.filter((c) => c.ends_at && running(c) && ms(c.ends_at) < now + 180 * DAY && !c.auto_renew);
tell("ending", ending.map((c) => c.id));
tell("ending_who", unique(ending.map((c) => orgOf.get(c.organization_id).name)));
tell("ending_who_ids", unique(ending.map((c) => c.organization_id)));

// Ratings and breaches.
const score = (r) => r.score;
tellMonths("score", ratings, (r) => ms(r.created_at), (list) => Math.round(100 * mean(list, score)) / 100, 3);
tell("score_delivery", mean(ratings.filter((r) => ticketOf.get(r.ticket_id).topic === "delivery"), score));
tellGroups("score_of", grouped(ratings.filter((r) => ticketOf.get(r.ticket_id).organization_id), (r) => orgOf.get(ticketOf.get(r.ticket_id).organization_id).tier), (list) => mean(list, score));
tellAgents("worst", leaders(grouped(ratings.filter((r) => r.score === 1), (r) => ticketOf.get(r.ticket_id).assignee_id)).map((id) => agentOf.get(id)));
for (const [how, list] of [["", breaches], ["_counting", breaches.filter((b) => !b.excused)]]) for (const [id, rows] of grouped(list, (b) => ticketOf.get(b.ticket_id).group_id)) tell(`breaches${how}.${teamOf.get(id).name.split(" ")[0]}`, rows.length);
const anchor = sole(organizations.filter((o) => o.name === "Anchor Bakery")).id;
tell("anchor_breaches", breaches.filter((b) => ticketOf.get(b.ticket_id).organization_id === anchor).length);
tell("anchor_breaches_ids", breaches.filter((b) => ticketOf.get(b.ticket_id).organization_id === anchor).map((b) => b.id));
tell("anchor_breaches_tickets", unique(breaches.filter((b) => ticketOf.get(b.ticket_id).organization_id === anchor).map((b) => b.ticket_id)));

// Calls.
tellWithin("missed", calls.filter((c) => c.missed), ["30d", "lastmonth"], (c) => ms(c.started_at));
const incoming = calls.filter((c) => c.dir === "in");
for (const [how, list] of [["", incoming], ["_every", calls], ["_taken", incoming.filter((c) => !c.missed)]]) {
  tellLasting(`wait_mean${how}`, ms(mean(list, (c) => c.wait_s)));
  for (const [way, of] of Object.entries(percentile)) tellLasting(`wait_p95${how}${way}`, ms(of(list.map((c) => c.wait_s), 0.95)));
}
const longest = places([...calls].sort((a, b) => b.talk_s - a.talk_s), 1, (c) => c.talk_s)[0];
tell("longest_call", longest.id);
tellLasting("longest_talk", ms(longest.talk_s));
tell("long_calls", calls.filter((c) => c.talk_s > 1380).map((c) => c.id));
tell("long_calls_count", calls.filter((c) => c.talk_s > 1380).length);

// Articles, credits, teams.
const [disliked, next] = cut(articles, 5, (a) => a.votes.down);
tellRows("disliked", disliked, "title");
next.forEach((a, i) => tellRows(`disliked_next.${i + 1}`, [a], "title"));
const granted = (c) => ms(c.granted_at);
for (const span of ["30d", "30d@days", "prev30d", "prev30d@days"]) {
  money(tell, `credited_${span}`, sum(within(credits, span, granted), (c) => c.amount_cents));
  money(tell, `credited_approved_${span}`, sum(within(credits, span, granted).filter((c) => c.approved), (c) => c.amount_cents));
}
tell("big_unapproved", credits.filter((c) => !c.approved && c.amount_cents > 10000).map((c) => c.id));
const generous = ranked(grouped(credits, (c) => c.granted_by), (list) => sum(list, (c) => c.amount_cents));
export const mostGenerous = agentOf.get(places(generous, 1, ([, n]) => n)[0][0]);
