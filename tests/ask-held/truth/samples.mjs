// SPDX-License-Identifier: Apache-2.0
// The laboratory. Where rejected samples may fairly be counted or not, a truth is told each way: NAME counts all, NAME_kept leaves
// them out, NAME_reported counts those that are done.
import { day, grouped, leaders, median, one, percent, sum, tell, unique, within } from "../../ask/truth/spans.mjs";
import { mean, money, percentile } from "../../ask-foreign/truth/figures.mjs";
import { lab } from "../read.mjs";
import { tellLasting } from "./lasting.mjs";

const [sites, referrers, tests, samples, results, reagents] = await Promise.all(["/sites", "/referrers", "/tests", "/samples", "/results", "/reagents"].map(lab));
export const analysers = await lab("/analysers");
export const siteOf = new Map(sites.map((s) => [s.code, s]));
const referrerOf = new Map(referrers.map((r) => [r.id, r])), testOf = new Map(tests.map((t) => [t.code, t]));
const SAMPLES = { "": samples, _kept: samples.filter((s) => s.state !== "rejected"), _reported: samples.filter((s) => s.state === "reported") };
const received = (s) => s.received_at * 1000, fee = (s) => s.fee;

for (const w of ["30d", "30d@days", "prev30d", "prev30d@days", "lastweek", "7d", "7d@days"]) {
  tell(`received_${w}`, within(samples, w, received).length);
  for (const [code, list] of grouped(within(samples, w, received), (s) => s.site)) tell(`received_${w}.${code}`, list.length);
}
for (const [code, list] of grouped(samples, (s) => s.site)) tell(`samples.${code}`, list.length);
tell("patients", unique(samples.map((s) => s.patient.ref)).length);
for (const [how, list] of Object.entries(SAMPLES)) {
  tell(`troponin${how}`, list.filter((s) => s.tests.includes("TROP")).length);
  const sent = grouped(list, (s) => s.referrer_id);
  tell(`sender_most${how}`, one(leaders(sent).map((id) => referrerOf.get(id).name)));
  money(tell, `hospitals${how}`, sum(list.filter((s) => referrerOf.get(s.referrer_id).kind === "hospital"), fee));
  for (const [priority, l] of grouped(list, (s) => s.priority)) money(tell, `fee_mean${how}.${priority}`, mean(l, fee));
}
const rejected = samples.filter((s) => s.state === "rejected");
tell("rejected_percent", percent(rejected.length, samples.length));
tell("rejected_percent_finished", percent(rejected.length, rejected.length + SAMPLES._reported.length));
tell("unlabelled", rejected.filter((s) => s.reject_reason === "unlabelled").length);
for (const [how, priorities] of [["", ["urgent"]], ["_or_stat", ["urgent", "stat"]]]) {
  for (const w of ["60d", "60d@days"]) {
    const list = within(rejected, w, received).filter((s) => priorities.includes(s.priority));
    tell(`rejected_urgent${how}_${w}`, list.map((s) => s.barcode));
    tell(`rejected_urgent_why${how}_${w}`, unique(list.map((s) => s.reject_reason)));
  }
}
const took = (s) => (s.reported_at - s.received_at) * 1000;
for (const code of ["BEL", "COR"]) {
  const times = SAMPLES._reported.filter((s) => s.site === code).map(took);
  tellLasting(`turnaround_mean.${code}`, mean(times));
  tellLasting(`turnaround_median.${code}`, median(times));
}
for (const [how, at] of Object.entries(percentile)) tellLasting(`stat_p90${how}`, at(SAMPLES._reported.filter((s) => s.priority === "stat").map(took), 0.9));
tell("reported_yesterday", within(SAMPLES._reported, "yesterday", (s) => s.reported_at * 1000).length);
const stat = samples.filter((s) => s.priority === "stat").sort((a, b) => received(b) - received(a))[0];
tell("last_stat_from", referrerOf.get(stat.referrer_id).name);
tell("last_stat_day", day(received(stat)));

tell("unvalidated", results.filter((r) => r.validated_by === null).length);
const critical = grouped(results.filter((r) => r.flag === "C"), (r) => testOf.get(r.test).dept);
tell("dept_most_critical", one(leaders(critical)));
const never = tests.filter((t) => !samples.some((s) => s.tests.includes(t.code)));
tell("tests_never", never.map((t) => t.code));
tell("tests_never_titles", never.map((t) => t.title));

tell("analysers", analysers.length);
const low = reagents.filter((r) => r.units_left < r.min_units);
tell("reagents_low", low.map((r) => r.lot));
tell("reagents_low_names", unique(low.map((r) => r.name)));
const ends = within(reagents, "next30d", (r) => r.expires_at * 1000);
tell("reagents_30d", ends.map((r) => r.lot));
tell("reagents_30d_names", unique(ends.map((r) => r.name)));
tell("oakdene_until", day(referrers.find((r) => r.name === "Oakdene Care Home").contract_until * 1000));
