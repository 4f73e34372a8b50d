// SPDX-License-Identifier: Apache-2.0
// A medical laboratory on four sites: samples and their results, who sends them, what is measured, analysers, reagents. Times are
// seconds since 1970, money is in cents. Data are the same in every run, but for times, which are told from the start.
import { Problem, found, read, serve } from "../../ask-foreign/servers/http.mjs";
import { chance, DAY, fraction, HOUR, integer, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";

export const KEY = "lab-token-of-the-questions";
export const SITES = [["ANS", "Anselm Road", true, "06:00"], ["BEL", "Bellfield", false, "07:30"], ["COR", "Corn Exchange", false, "07:00"], ["DUN", "Dunmere", false, "08:00"]];
const HEADS = ["Dr Agnes Thorne", "Dr Bilal Rahman", "Dr Carys Owen", "Dr Dmitri Sokol"];
const NAMES = ["Abbey Surgery", "Beacon Medical Centre", "St Brannoc's Hospital", "Cedar Practice", "Dovecote Care Home", "Elmtree Surgery", "Fenwick Clinic", "Gladstone Hospital", "Hawthorn Practice", "Ivy House Care Home", "Juniper Clinic", "Kingsmead Surgery", "Larch Grove Practice", "Millpond Surgery", "Northgate Hospital", "Oakdene Care Home", "Parkside Clinic", "Quarry Lane Surgery", "Rosebank Practice", "Sycamore Clinic"];
const TESTS = [["CRP", "C-reactive protein", "chemistry", 890, 12], ["GLU", "Glucose", "chemistry", 450, 8], ["TSH", "Thyroid stimulating hormone", "chemistry", 1650, 24], ["FER", "Ferritin", "chemistry", 1420, 24], ["CRE", "Creatinine", "chemistry", 480, 8], ["TROP", "Troponin", "chemistry", 2150, 2], ["FBC", "Full blood count", "haematology", 720, 6], ["INR", "Clotting time", "haematology", 990, 6], ["ESR", "Sedimentation rate", "haematology", 510, 12], ["HBA", "Haemoglobin A1c", "haematology", 1580, 24], ["UCUL", "Urine culture", "microbiology", 2480, 72], ["WSW", "Wound swab", "microbiology", 2690, 72], ["FLU", "Influenza PCR", "microbiology", 4900, 24], ["ANA", "Antinuclear antibodies", "immunology", 3850, 96], ["IGE", "Immunoglobulin E", "immunology", 2320, 48], ["RUB", "Rubella antibodies", "immunology", 2960, 48]];
const secs = (ms) => Math.floor(ms / 1000);

export function labData(now) {
  const sites = SITES.map(([code, label, hub, from], i) => ({ code, label, is_hub: hub, open_from: from, head: { name: HEADS[i], ext: 4100 + i * 7 } }));
  const tests = TESTS.map(([code, title, dept, price, hours]) => ({ code, title, dept, price, tat_hours: hours, discontinued: code === "ESR" || code === "RUB" }));
  const referrers = NAMES.map((name, i) => ({ id: 301 + i, name, kind: /Hospital/.test(name) ? "hospital" : /Care/.test(name) ? "care_home" : /Clinic/.test(name) ? "clinic" : "gp", city: pick(`held/r/${i}/city`, ["Ashwell", "Brigford", "Coldharbour", "Dunmere"]), contract_until: chance(`held/r/${i}/open`, 0.2) ? null : secs(now + integer(`held/r/${i}/until`, -60, 700) * DAY), active: i !== 9 && i !== 16 }));
  const analysers = times(13, (i) => {
    const dept = ["chemistry", "chemistry", "haematology", "microbiology", "immunology"][i % 5];
    return { code: `AN-${String(i + 1).padStart(2, "0")}`, site: SITES[[0, 0, 0, 1, 0, 1, 2, 1, 2, 2, 3, 3, 0][i]][0], model: { chemistry: "Novachem 400", haematology: "Cellstar 9", microbiology: "Cultura X", immunology: "Immulex 2" }[dept], dept, status: i === 6 || i === 11 ? "down" : i === 3 ? "service" : "up", installed_at: secs(now - integer(`held/a/${i}/age`, 200, 3600) * DAY), last_service_at: i === 9 || i === 12 ? null : secs(now - integer(`held/a/${i}/service`, 10, 420) * DAY) };
  });
  const samples = times(520, (i) => ({ at: now - integer(`held/m/${i}/at`, 30, 120 * 1440) * 60_000, i })).sort((a, b) => b.at - a.at).map(({ at, i }, n) => {
    const k = `held/m/${i}`;
    const material = weighted(`${k}/material`, { blood: 12, urine: 4, swab: 3, tissue: 1 });
    const pool = { blood: ["CRP", "GLU", "TSH", "FER", "CRE", "TROP", "FBC", "FBC", "INR", "HBA", "ANA", "IGE"], urine: ["UCUL", "CRE"], swab: ["WSW", "FLU"], tissue: ["ANA"] }[material];
    const wanted = [...new Set(times(integer(`${k}/n`, 1, material === "blood" ? 3 : 1), (j) => pick(`${k}/t/${j}`, pool)))];
    const priority = weighted(`${k}/priority`, { routine: 10, urgent: 4, stat: 1 });
    const slowest = Math.max(...wanted.map((code) => TESTS.find(([c]) => c === code)[4]));
    const took = HOUR * slowest * { routine: 1, urgent: 0.6, stat: 0.3 }[priority] * (0.3 + 1.1 * fraction(`${k}/took`));
    const rejected = chance(`${k}/bad`, 0.06);
    const state = rejected ? "rejected" : at + took < now ? "reported" : now - at < 4 * HOUR ? "received" : "in_process";
    return { barcode: `S83${String(52000 - n).padStart(6, "0")}`, site: SITES[Number(weighted(`${k}/site`, { 0: 8, 1: 4, 2: 5, 3: 2 }))][0], referrer_id: 301 + Math.floor(19 * fraction(`${k}/from`) ** 1.4), patient: { ref: `P${40000 + integer(`${k}/patient`, 0, 260)}`, sex: weighted(`${k}/sex`, { f: 11, m: 9 }), birth_year: integer(`${k}/born`, 1932, 2019) }, material, priority, state, reject_reason: rejected ? weighted(`${k}/why`, { clotted: 4, leaked: 2, unlabelled: 3, too_little: 2 }) : null, tests: wanted, collected_at: secs(at - integer(`${k}/before`, 20, 900) * 60_000), received_at: secs(at), reported_at: state === "reported" ? secs(at + took) : null, fee: wanted.reduce((t, code) => t + TESTS.find(([c]) => c === code)[3], 0) + { routine: 0, urgent: 500, stat: 1500 }[priority] };
  });
  const results = samples.filter((s) => s.state === "reported").slice(0, 420).flatMap((s) => s.tests.map((test) => {
    const k = `held/x/${s.barcode}/${test}`;
    const dept = TESTS.find(([c]) => c === test)[2];
    const flag = weighted(`${k}/flag`, { N: 14, L: 3, H: 4, C: 1 });
    return { id: `${s.barcode}-${test}`, barcode: s.barcode, test, analyser: pick(`${k}/on`, analysers.filter((a) => a.dept === dept)).code, value: Math.round(10 * (20 + 90 * fraction(`${k}/value`))) / 10, unit: { chemistry: "mg/L", haematology: "g/L", microbiology: "CFU", immunology: "IU/mL" }[dept], flag, validated_by: chance(`${k}/unseen`, 0.05) ? null : pick(`${k}/by`, ["athorne", "brahman", "cowen", "dsokol", "jlee"]), finished_at: s.reported_at - integer(`${k}/back`, 2, 40) * 60 };
  }));
  const reagents = times(54, (i) => {
    const [, title, dept, price] = TESTS[integer(`held/g/${i}/for`, 0, 15)];
    const least = 5 * integer(`held/g/${i}/least`, 2, 8);
    return { lot: `L${7200 + i}`, name: `${title} reagent`, site: pick(`held/g/${i}/site`, SITES)[0], dept, units_left: chance(`held/g/${i}/low`, 0.2) ? integer(`held/g/${i}/few`, 0, least - 1) : least + integer(`held/g/${i}/many`, 1, 120), min_units: least, opened_at: chance(`held/g/${i}/shut`, 0.35) ? null : secs(now - integer(`held/g/${i}/opened`, 1, 60) * DAY), expires_at: secs(now + integer(`held/g/${i}/expires`, -12, 300) * DAY + 5 * HOUR), unit_cost: Math.round(price * 0.3) };
  });
  return { sites, tests, referrers, analysers, samples, results, reagents };
}

const kept = ({ path, body }) => ({ ...body, ...path });

const list = (rows, kinds = {}) => ({ query }) => {
  const { offset = 0, limit = 50, received_from: from, received_to: to, ...want } = read(query, { offset: "integer", limit: "integer", ...kinds });
  if (limit < 1 || limit > 200) throw new Problem(400, "limit must be 1..200");
  const left = rows.filter((r) => Object.entries(want).every(([k, v]) => r[k] === v) && (!from || r.received_at * 1000 >= from) && (!to || r.received_at * 1000 < to));
  return { count: left.length, next_offset: offset + limit < left.length ? offset + limit : null, results: left.slice(offset, offset + limit) };
};

export function lab({ now, port }) {
  const all = labData(now);
  const depts = ["chemistry", "haematology", "microbiology", "immunology"];
  return serve({
    port,
    base: "/lims/api",
    admits: (h) => h.authorization === `Bearer ${KEY}`,
    failure: (status, message) => ({ detail: message, status }),
    routes: [
      ["GET", "/sites", list(all.sites)],
      ["GET", "/referrers", list(all.referrers, { kind: ["gp", "hospital", "clinic", "care_home"], active: "flag" })],
      ["GET", "/referrers/{id}", ({ path }) => found(all.referrers.find((r) => String(r.id) === path.id), "referrer")],
      ["PATCH", "/referrers/{id}", kept],
      ["GET", "/tests", list(all.tests, { dept: depts })],
      ["GET", "/samples", list(all.samples, { site: "text", state: ["received", "in_process", "reported", "rejected"], priority: ["routine", "urgent", "stat"], referrer_id: "integer", received_from: "seconds", received_to: "seconds" })],
      ["GET", "/samples/{barcode}", ({ path }) => found(all.samples.find((s) => s.barcode === path.barcode), "sample")],
      ["POST", "/samples/{barcode}/reject", kept],
      ["POST", "/samples/{barcode}/rerun", kept],
      ["GET", "/results", list(all.results, { barcode: "text", test: "text", analyser: "text", flag: ["N", "L", "H", "C"] })],
      ["GET", "/analysers", list(all.analysers, { site: "text", status: ["up", "down", "service"] })],
      ["GET", "/reagents", list(all.reagents, { site: "text", dept: depts })],
      ["DELETE", "/reagents/{lot}", kept],
    ],
  });
}
