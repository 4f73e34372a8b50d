// SPDX-License-Identifier: Apache-2.0
// The error tracker; and what the three services have in common.
import { DAY, grouped, leaders, midnight, now, sum, tell, unique, WINDOWS } from "../../ask/truth/spans.mjs";
import { mean, money } from "../../ask-foreign/truth/figures.mjs";
import { faultline } from "../read.mjs";
import { companies, ownerOf, owners, tellCompanies, tellOwners } from "./crm.mjs";
import { customers, orderOf, ORDERS, orders, returns } from "./shop.mjs";
import { places, sole, tellGroups, tellMiddle, tellRows, tellWithin } from "./told.mjs";

const { projects } = await faultline("list_projects"), { monitors } = await faultline("list_monitors"), { rules } = await faultline("list_alert_rules");
const [members, releases, events, feedback] = [await faultline("list_members"), await faultline("list_releases"), await faultline("daily_events"), await faultline("list_feedback")];
const issues = [], downtimes = [];
for (let cursor; cursor !== null; ) {
  const page = await faultline("search_issues", { limit: 100, ...(cursor ? { cursor } : {}) });
  issues.push(...page.issues);
  cursor = page.next_cursor;
}
for (let page = 1, pages = 1; page <= pages; page++) {
  const answer = await faultline("list_downtimes", { page });
  downtimes.push(...answer.downtimes);
  pages = answer.pages;
}
const at = (t) => Date.parse(t), memberOf = new Map(members.map((m) => [m.email, m])), projectOf = new Map(projects.map((p) => [p.slug, p]));
const tellMembers = (name, emails) => tellRows(name, emails.map((e) => memberOf.get(e)), { mail: (m) => m.email, names: (m) => m.name });
const tellProjects = (name, slugs) => tellRows(name, slugs.map((s) => projectOf.get(s)), { slug: (p) => p.slug, names: (p) => p.name });
const tellMonitors = (name, rows) => tellRows(name, rows, { names: (m) => m.name, id: (m) => String(m.id) });

const unsolved = issues.filter((i) => i.status === "unresolved");
tell("unsolved", unsolved.length);
tell("fatal", unsolved.filter((i) => i.level === "fatal").length);
tellGroups("fatal", grouped(unsolved.filter((i) => i.level === "fatal"), (i) => i.project));
tell("noisy3", places([...unsolved].sort((a, b) => b.events - a.events), 3, (i) => i.events).map((i) => i.short_id));
tellMembers("busiest", leaders(grouped(unsolved.filter((i) => i.assignee_email), (i) => i.assignee_email)));
const of = (project) => events.filter((e) => e.project === project), from = (start) => (e) => at(e.day) >= start && at(e.day) < start + 7 * DAY;
// Those dropped were sent too: events with them, or without.
for (const [how, count] of [["", (e) => e.accepted], ["_all", (e) => e.accepted + e.dropped]]) for (const back of [0, 1, 2]) {
  for (const project of ["checkout", "ios"]) tell(`week_${project}${how}.${back}`, sum(of(project).filter(from(WINDOWS.lastweek[0] - 7 * back * DAY)), count));
  if (back > 0) tell(`seven_ios${how}.${back}`, sum(of("ios").filter(from(midnight - 7 * back * DAY)), count));
}
tell("fatal_alone", unsolved.filter((i) => i.level === "fatal" && !i.assignee_email).map((i) => i.short_id));
tellMonitors("shakiest", [places(monitors.filter((m) => m.uptime_30d_percent !== null).sort((a, b) => a.uptime_30d_percent - b.uptime_30d_percent), 1, (m) => m.uptime_30d_percent)[0]]);
tellMonitors("steadiest", [places([...monitors].sort((a, b) => b.uptime_30d_percent - a.uptime_30d_percent), 1, (m) => m.uptime_30d_percent)[0]]);
for (const project of ["ios", "android"]) tell(`crash_free.${project}`, mean(releases.filter((r) => r.project === project), (r) => r.crash_free_percent));
tellMiddle("down", downtimes.filter((d) => d.ended_at).map((d) => at(d.ended_at) - at(d.started_at)));
tellMembers("one_factor", members.filter((m) => !m.two_factor).map((m) => m.email));
tellGroups("unsolved", grouped(unsolved, (i) => i.project));
tellProjects("unwatched", projects.filter((p) => !rules.some((r) => r.project === p.slug)).map((p) => p.slug));
tell("unwatched_live", projects.filter((p) => !p.archived && !rules.some((r) => r.project === p.slug)).map((p) => p.slug));
tell("mobile", unsolved.filter((i) => projectOf.get(i.project).team === "mobile").length);
tell("last_scanner", places(releases.filter((r) => r.project === "warehouse-scanner").sort((a, b) => at(b.released_at) - at(a.released_at)), 1, (r) => at(r.released_at))[0].version);
tellMonitors("down_now", monitors.filter((m) => m.status === "down"));
tell("releasers", unique(releases.map((r) => r.author_email)).length);
tellProjects("released_most", leaders(grouped(releases, (r) => r.project)));
const quiet = (m) => m.last_active_at && at(m.last_active_at) < now - 60 * DAY;
tellMembers("idle", members.filter(quiet).map((m) => m.email));
const odd = sole(feedback.filter((f) => /Assistant/.test(f.message)));
tellProjects("odd_feedback_project", [odd.project]);
tellWithin("feedback", feedback, ["60d"], (f) => at(f.at));

const mails = new Set(members.map((m) => m.email));
tellOwners("tracked_sellers", owners.filter((o) => mails.has(o.email)).map((o) => o.id));
const named = (email) => email.split("@")[0].split(".").map((w) => w[0].toUpperCase() + w.slice(1)).join(" ");
const packers = unique(orders.map((o) => o.packed_by).filter(Boolean));
tell("untracked_packers", packers.filter((p) => !mails.has(p)));
tell("untracked_packers_names", packers.filter((p) => !mails.has(p)).map(named));
const linked = companies.filter((c) => c.shopCustomerId !== null);
const sentBack = new Set(returns.map((r) => orderOf.get(r.order_id).customer_id));
tell("sent_back_count", linked.filter((c) => sentBack.has(c.shopCustomerId)).length);
const pell = new Set(linked.filter((c) => c.ownerId && ownerOf.get(c.ownerId).lastName === "Pell").map((c) => c.shopCustomerId));
for (const [how, list] of Object.entries(ORDERS)) {
  tellCompanies(`shop_idle${how}`, linked.filter((c) => !list.some((o) => o.customer_id === c.shopCustomerId)));
  money(tell, `shop_pell${how}`, sum(list.filter((o) => pell.has(o.customer_id)), (o) => o.total));
}
const wrote = new Set(feedback.map((f) => f.user_email));
const both = customers.filter((c) => wrote.has(c.email) && sentBack.has(c.id));
tell("wrote_and_returned", both.length);
