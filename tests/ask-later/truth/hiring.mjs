// SPDX-License-Identifier: Apache-2.0
// Openings, applications, interviews, offers, advertising, recruiters; and what hotels and hiring have in common.
import { DAY, day, first, grouped, leaders, median, now, one, percent, sum, tell, within } from "../../ask/truth/spans.mjs";
import { mean, top } from "../../ask-foreign/truth/figures.mjs";
import { hire } from "../read.mjs";
import { hotelOf, hotels, tellHotels } from "./hotels.mjs";

const { openings } = await hire("list_openings");
const applications = [];
for (let token; token !== null; ) {
  const page = await hire("search_applications", token ? { page_token: token } : {});
  applications.push(...page.applications);
  token = page.next_page_token;
}
const { interviews } = await hire("list_interviews");
const offers = await hire("list_offers");
const recruiters = await hire("list_recruiters");
const { spend } = await hire("advertising_spend");
const openingOf = new Map(openings.map((o) => [o.ref, o]));

const open = openings.filter((o) => o.status === "open");
tell("openings_open", open.length);
tell("seats_open", sum(open, (o) => o.seats));
tell("open_titles.BERG", open.filter((o) => o.site === "BERG").map((o) => o.title));
tell("open_refs.BERG", open.filter((o) => o.site === "BERG").map((o) => o.ref));
const seats = [...Map.groupBy(open, (o) => o.site)].map(([code, list]) => [code, sum(list, (o) => o.seats)]).sort((a, b) => b[1] - a[1]);
tellHotels("hotel_most_seats", [hotelOf.get(seats[0][0])]);
tellHotels("without_recruiter", hotels.filter((h) => !recruiters.some((r) => r.office === h.address.city)));

const received = (a) => Date.parse(a.received_at);
for (const [source, list] of grouped(applications, (a) => a.source)) {
  tell(`applied.${source}`, list.length);
  for (const w of ["30d", "30d@days"]) tell(`applied_${w}.${source}`, within(list, w, received).length);
  tell(`hired.${source}`, list.filter((a) => a.stage === "hired").length);
}
for (const w of ["30d", "30d@days"]) tell(`no_cv_${w}`, within(applications, w, received).filter((a) => !a.cv_attached).map((a) => a.number));
for (const w of ["lastweek", "7d", "7d@days"]) tell(`applied_${w}`, within(applications, w, received).length);
const latest = [...applications].sort((a, b) => received(b) - received(a))[0];
tell("latest_candidate", latest.candidate);
tell("latest_title", openingOf.get(latest.opening_ref).title);
tell("latest_ref", latest.opening_ref);
tell("wanted_median_kitchen", median(applications.filter((a) => openingOf.get(a.opening_ref).department === "kitchen" && a.expected_salary_eur !== null).map((a) => a.expected_salary_eur)));

const led = grouped(interviews, (i) => i.interviewer);
tell("interviewer_top", one(leaders(led)));
tell("interviewer_top_held", one(leaders(grouped(interviews.filter((i) => Date.parse(i.starts_at) < now), (i) => i.interviewer))));
tell("interview_absent", interviews.filter((i) => i.no_show).length);
tell("never_interviewed", one(recruiters.filter((r) => !interviews.some((i) => i.interviewer === r.name)).map((r) => r.name)));
tell("part_time", recruiters.filter((r) => r.part_time).map((r) => r.name));

const answered = offers.filter((o) => o.answer !== "pending");
tell("accepted_percent", percent(answered.filter((o) => o.answer === "accepted").length, answered.length));
const lastMonth = day(first(1)).slice(0, 7), monthBefore = day(first(2)).slice(0, 7);
for (const [name, month] of [["lastmonth", lastMonth], ["month_before", monthBefore]]) tell(`spend_${name}`, sum(spend.filter((s) => s.month === month), (s) => s.spend_eur));
const perClick = [...Map.groupBy(spend, (s) => s.source)].map(([source, list]) => [source, sum(list, (s) => s.spend_eur) / sum(list, (s) => s.clicks)]).sort((a, b) => b[1] - a[1]);
tell("source_dearest_click", perClick[0][0]);
const ratios = [...Map.groupBy(spend, (s) => s.source)].map(([source, list]) => [source, mean(list, (s) => s.spend_eur / s.clicks)]).sort((a, b) => b[1] - a[1]);
tell("source_dearest_click_mean", ratios[0][0]);
