// SPDX-License-Identifier: Apache-2.0
// Hiring for the same hotels, as an MCP server: openings, who applied, interviews, offers, what advertising costs. Some tools say
// what they return, some give JSON as text, and some write.
import { both, serveMcp, text, wrong, z } from "../../ask-foreign/servers/mcp.mjs";
import { chance, date, DAY, fraction, HOUR, integer, iso, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";
import { HOTELS } from "./lodge.mjs";

export const KEY = "hire-token-of-the-questions";
const TITLES = [["Receptionist", "front_desk", 27], ["Night porter", "front_desk", 26], ["Sous chef", "kitchen", 36], ["Commis chef", "kitchen", 25], ["Housekeeper", "housekeeping", 24], ["Spa therapist", "wellness", 29], ["Waiter", "restaurant", 24], ["Maintenance technician", "technical", 33]];
const RECRUITERS = [["Wanda Kerr", "Eastquay"], ["Milo Ferrant", "Hamburg"], ["Sasha Quill", "Lantern Hill"], ["Bea Thorn", "Innsbruck"], ["Otis Lamb", "Eastquay"]];
const FIRST = ["Alba", "Ben", "Cora", "Dov", "Enzo", "Fay", "Gus", "Hana", "Ivo", "Jana", "Kofi", "Lena", "Max", "Nell", "Omar", "Pia", "Ravi", "Sven"];
const LAST = ["Acker", "Bright", "Cole", "Dahl", "Ernst", "Frost", "Gibbs", "Hale", "Irving", "Joly", "Kent"];
const STAGES = ["new", "screening", "interview", "offer", "hired", "rejected", "withdrawn"];
const SOURCES = ["job_board", "referral", "agency", "career_page", "walk_in"];

function hiring(now) {
  const openings = times(34, (i) => {
    const [title, department, pay] = TITLES[integer(`hire/o/${i}/title`, 0, 7)];
    const opened = now - integer(`hire/o/${i}/opened`, 4, 200) * DAY;
    const status = weighted(`hire/o/${i}/status`, { open: 6, filled: 5, on_hold: 2, withdrawn: 1 });
    return { ref: `JO-${301 + i}`, title, department, site: HOTELS[integer(`hire/o/${i}/site`, 0, 5)][0], status, seats: integer(`hire/o/${i}/seats`, 1, 3), opened_on: date(opened), closed_on: status === "filled" || status === "withdrawn" ? date(opened + (now - opened) * (0.3 + 0.6 * fraction(`hire/o/${i}/closed`))) : null, recruiter: RECRUITERS[integer(`hire/o/${i}/recruiter`, 0, 3)][0], salary_eur: 1000 * (pay + integer(`hire/o/${i}/pay`, 0, 5)), remote_possible: false };
  });
  const applications = times(310, (i) => ({ at: now - integer(`hire/a/${i}/at`, 40, 180 * 1440) * 60_000, i })).sort((a, b) => b.at - a.at).map(({ at, i }, n) => {
    const k = `hire/a/${i}`;
    const opening = openings[Math.floor(31 * fraction(`${k}/opening`) ** 1.3)];
    const stage = now - at < 6 * DAY ? pick(`${k}/early`, ["new", "screening"]) : weighted(`${k}/stage`, { screening: 2, interview: 3, offer: 1, hired: 2, rejected: 9, withdrawn: 2 });
    return { number: 90_000 - n, candidate: `${pick(`${k}/first`, FIRST)} ${pick(`${k}/last`, LAST)}-${n + 1}`, opening_ref: opening.ref, stage, source: weighted(`${k}/source`, { job_board: 7, referral: 3, agency: 2, career_page: 5, walk_in: 1 }), received_at: iso(at), years_experience: integer(`${k}/years`, 0, 18), expected_salary_eur: chance(`${k}/wants`, 0.75) ? 500 * integer(`${k}/salary`, 44, 80) : null, cv_attached: chance(`${k}/cv`, 0.9) };
  });
  const interviews = applications.filter((a) => ["interview", "offer", "hired"].includes(a.stage) || (a.stage === "rejected" && chance(`hire/i/${a.number}`, 0.3))).map((a, i) => {
    const starts = Math.floor((Date.parse(a.received_at) + integer(`hire/i/${a.number}/after`, 5, 24) * DAY) / HOUR) * HOUR;
    const past = starts < now;
    const absent = past && chance(`hire/i/${a.number}/absent`, 0.07);
    return { id: `iv${i + 1}`, application_number: a.number, interviewer: pick(`hire/i/${a.number}/who`, RECRUITERS.slice(0, 4))[0], kind: weighted(`hire/i/${a.number}/kind`, { phone: 4, video: 5, on_site: 3 }), starts_at: iso(starts), minutes: 15 * integer(`hire/i/${a.number}/minutes`, 1, 5), rating: past && !absent ? integer(`hire/i/${a.number}/rating`, 1, 5) : null, no_show: absent };
  }).sort((a, b) => (a.starts_at < b.starts_at ? 1 : -1));
  const offers = applications.filter((a) => a.stage === "offer" || a.stage === "hired" || (a.stage === "withdrawn" && chance(`hire/f/${a.number}`, 0.5))).map((a, i) => {
    const sent = Math.min(now - 3 * HOUR, Date.parse(a.received_at) + integer(`hire/f/${a.number}/after`, 20, 40) * DAY);
    const answer = a.stage === "hired" ? "accepted" : a.stage === "withdrawn" ? "declined" : "pending";
    return { id: `OF-${i + 1}`, application_number: a.number, salary_eur: openings.find((o) => o.ref === a.opening_ref).salary_eur + 250 * integer(`hire/f/${a.number}/more`, -4, 8), sent_at: iso(sent), answer, answered_at: answer === "pending" ? null : iso(Math.min(now - HOUR, sent + integer(`hire/f/${a.number}/days`, 1, 9) * DAY)) };
  });
  const at = new Date(now);
  const spend = times(9, (back) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 8 + back, 1)).flatMap((begins, m) => [["job_board", 2400], ["agency", 3900], ["career_page", 350]].map(([source, usual]) => ({ month: date(begins).slice(0, 7), source, spend_eur: Math.round(usual * (m === 8 ? 0.5 : 1) * (0.7 + 0.6 * fraction(`hire/s/${source}/${m}`))), clicks: integer(`hire/c/${source}/${m}`, 80, 900) })));
  return { openings, applications, interviews, offers, spend };
}

function tools(now) {
  const { openings, applications, interviews, offers, spend } = hiring(now);
  const reads = { readOnlyHint: true, openWorldHint: false };
  const fit = (row, want) => Object.entries(want).every(([k, v]) => v === undefined || row[k] === v);
  const opening = z.object({ ref: z.string(), title: z.string(), department: z.string(), site: z.string().describe("Code of the hotel"), status: z.enum(["open", "on_hold", "filled", "withdrawn"]), seats: z.number().describe("How many people are wanted"), opened_on: z.string(), closed_on: z.string().nullable(), recruiter: z.string(), salary_eur: z.number().describe("A year"), remote_possible: z.boolean() });
  const time = z.string().optional().describe("RFC 3339 time");
  return [
    ["list_openings", { title: "List job openings", description: "Jobs that are or were advertised, by hotel, department or status.", inputSchema: { site: z.string().optional().describe("Code of a hotel, such as QUAY"), department: z.enum(["front_desk", "kitchen", "housekeeping", "wellness", "restaurant", "technical"]).optional(), status: z.enum(["open", "on_hold", "filled", "withdrawn"]).optional() }, outputSchema: { openings: z.array(opening) }, annotations: reads }, (want) => both({ openings: openings.filter((o) => fit(o, want)) })],
    ["search_applications", { title: "Search applications", description: "Applications of candidates, the latest first, 60 at most. Returns JSON {applications, next_page_token}; pass next_page_token as page_token for more, until it is null.", inputSchema: { opening_ref: z.string().optional().describe("Such as JO-301"), stage: z.enum(STAGES).optional(), source: z.enum(SOURCES).optional(), received_after: time, received_before: time, page_token: z.string().optional() }, annotations: reads }, ({ received_after: after, received_before: before, page_token: token, ...want }) => {
      if ([after, before].some((t) => t !== undefined && Number.isNaN(Date.parse(t)))) return wrong("received_after and received_before must be RFC 3339 times");
      const from = token === undefined ? 0 : Number(/^p(\d+)$/.exec(token)?.[1]);
      if (!Number.isInteger(from)) return wrong("page_token is none that was given");
      const rows = applications.filter((a) => fit(a, want) && (!after || Date.parse(a.received_at) >= Date.parse(after)) && (!before || Date.parse(a.received_at) < Date.parse(before)));
      return text({ applications: rows.slice(from, from + 60), next_page_token: from + 60 < rows.length ? `p${from + 60}` : null });
    }],
    ["get_application", { title: "Get application", description: "One application by its number.", inputSchema: { number: z.number().int() }, annotations: reads }, ({ number }) => {
      const row = applications.find((a) => a.number === number);
      return row ? text(row) : wrong(`no application ${number}`);
    }],
    ["list_interviews", { title: "List interviews", description: "Interviews held and to come, the latest first.", inputSchema: { interviewer: z.string().optional(), kind: z.enum(["phone", "video", "on_site"]).optional(), from: time, to: time }, outputSchema: { interviews: z.array(z.object({ id: z.string(), application_number: z.number(), interviewer: z.string(), kind: z.enum(["phone", "video", "on_site"]), starts_at: z.string(), minutes: z.number(), rating: z.number().nullable().describe("1 (poor) to 5"), no_show: z.boolean().describe("The candidate did not turn up") })) }, annotations: reads }, ({ from, to, ...want }) => both({ interviews: interviews.filter((i) => fit(i, want) && (!from || Date.parse(i.starts_at) >= Date.parse(from)) && (!to || Date.parse(i.starts_at) < Date.parse(to))) })],
    ["list_offers", { title: "List offers", description: "Offers of employment that were sent, with the candidate's answer. Returns a JSON array.", inputSchema: { answer: z.enum(["accepted", "declined", "pending"]).optional() }, annotations: reads }, (want) => text(offers.filter((o) => fit(o, want)))],
    ["list_recruiters", { title: "List recruiters", description: "Who does the hiring, and from which office. Returns a JSON array.", annotations: reads }, () => text(RECRUITERS.map(([name, office], i) => ({ name, office, since: date(now - (250 + i * 397) * DAY), part_time: i === 1 || i === 4 })))],
    ["advertising_spend", { title: "Advertising spend", description: "What advertising openings cost, month by month and by source, the current month so far.", inputSchema: { source: z.enum(["job_board", "agency", "career_page"]).optional() }, outputSchema: { spend: z.array(z.object({ month: z.string().describe("YYYY-MM"), source: z.string(), spend_eur: z.number(), clicks: z.number() })) }, annotations: reads }, (want) => both({ spend: spend.filter((s) => fit(s, want)) })],
    ["move_application", { title: "Move application", description: "Put an application into another stage.", inputSchema: { number: z.number().int(), stage: z.enum(STAGES) }, annotations: { readOnlyHint: false, destructiveHint: false } }, (x) => text(x)],
    ["send_offer", { title: "Send offer", description: "Send an offer to a candidate.", inputSchema: { application_number: z.number().int(), salary_eur: z.number() }, annotations: { readOnlyHint: false, destructiveHint: false } }, (x) => text(x)],
    ["delete_candidate", { title: "Delete candidate", description: "Erase a candidate and all their applications.", inputSchema: { number: z.number().int() }, annotations: { readOnlyHint: false, destructiveHint: true } }, (x) => text(x)],
  ];
}

export const hire = ({ now, port }) => serveMcp({ name: "hiring", version: "2.1.0", key: KEY, port, tools: tools(now) });
