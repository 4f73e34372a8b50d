// SPDX-License-Identifier: Apache-2.0
// Issues, builds, deployments, coverage, the team; and what the laboratory and its software have in common.
import { day, grouped, leaders, median, now, one, percent, tell, within } from "../../ask/truth/spans.mjs";
import { tracker } from "../read.mjs";
import { tellLasting } from "./lasting.mjs";
import { analysers, siteOf } from "./samples.mjs";

const { projects } = await tracker("list_projects");
const members = await tracker("list_members");
const issues = [];
for (let cursor; cursor !== null; ) {
  const page = await tracker("search_issues", cursor ? { cursor } : {});
  issues.push(...page.issues);
  cursor = page.next_cursor;
}
const builds = [];
for (let page = 1; page; ) {
  const answer = await tracker("list_builds", { page, page_size: 100 });
  builds.push(...answer.builds);
  page = answer.next_page;
}
const deployments = await tracker("list_deployments");
const { coverage } = await tracker("coverage_history");
const open = issues.filter((q) => q.status !== "done" && q.status !== "wont_fix"), bugs = open.filter((q) => q.type === "bug");

tell("bugs_open", bugs.length);
tell("p1_unassigned", open.filter((q) => q.priority === "p1" && !q.assignee).map((q) => q.key));
for (const who of ["ayo", "petra", "jun"]) {
  tell(`open_issues.${who}`, open.filter((q) => q.assignee === who).length);
  tell(`open_bugs.${who}`, bugs.filter((q) => q.assignee === who).length);
}
for (const w of ["lastmonth", "30d", "30d@days"]) tell(`issues_${w}`, within(issues, w, (q) => Date.parse(q.created_at)).length);
const idle = members.filter((m) => !open.some((q) => q.assignee === m.login));
tell("idle", idle.map((m) => m.login));
tell("idle_names", idle.map((m) => m.name));
const away = members.filter((m) => m.on_leave_until && m.on_leave_until >= day(now));
tell("away", away.map((m) => m.login));
tell("away_names", away.map((m) => m.name));
const headless = projects.filter((p) => !p.lead);
tell("without_lead", one(headless.map((p) => p.key)));
tell("without_lead_name", one(headless.map((p) => p.name)));

const nameOf = new Map(projects.map((p) => [p.key, p.name]));
const failed = builds.filter((b) => b.result === "failed");
const broken = leaders(grouped(failed, (b) => b.project));
tell("project_most_failed", one(broken));
tell("project_most_failed_name", one(broken.map((key) => nameOf.get(key))));
const rate = ([key, list]) => list.length / builds.filter((b) => b.project === key).length;
const worst = grouped(failed, (b) => b.project).sort((a, b) => rate(b) - rate(a))[0][0];
tell("project_most_failed_rate", worst);
tell("project_most_failed_rate_name", nameOf.get(worst));
const link = builds.filter((b) => b.project === "LINK" && b.duration_seconds !== null);
tellLasting("link_build", 1000 * median(link.map((b) => b.duration_seconds)));
tellLasting("link_build_passed", 1000 * median(link.filter((b) => b.result === "passed").map((b) => b.duration_seconds)));
const production = deployments.filter((d) => d.environment === "production");
tell("rolled_back_percent", percent(production.filter((d) => d.outcome === "rolled_back").length, production.length));
for (const who of ["rhea", "milan"]) for (const w of ["30d", "30d@days"]) tell(`deployed_${w}.${who}`, within(production, w, (d) => Date.parse(d.deployed_at)).filter((d) => d.deployed_by === who).length);
const shipped = { "": production, _stayed: production.filter((d) => d.outcome === "succeeded") };
for (const [how, list] of Object.entries(shipped)) tell(`last_version${how}`, list[0].version);
const portal = coverage.filter((c) => c.project === "PORTAL").sort((a, b) => (a.week_of < b.week_of ? -1 : 1));
tell("portal_coverage_first_percent", portal[0].percent);
tell("portal_coverage_last_percent", portal.at(-1).percent);

// Across: a site and an analyser of the laboratory are named by their codes.
const from = (list) => grouped(list.filter((q) => q.site), (q) => q.site);
tell("head_of_loudest", one(leaders(from(issues)).map((code) => siteOf.get(code).head.name)));
for (const [code, list] of from(issues)) tell(`issues_from.${code}`, list.length);
const about = (states) => open.filter((q) => states.includes(analysers.find((a) => a.code === q.analyser)?.status)).map((q) => q.key);
tell("keys_about_down", about(["down"]));
const quiet = analysers.filter((a) => !issues.some((q) => q.analyser === a.code));
tell("analysers_without_issue", quiet.map((a) => a.code));
