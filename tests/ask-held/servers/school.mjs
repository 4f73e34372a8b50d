// SPDX-License-Identifier: Apache-2.0
// A music school with four houses: teachers, pupils, courses, enrolments, lessons, invoices, instruments on loan. Data are the same
// in every run, but for times, which are told from the start.
import { Problem, found, read, serve } from "../../ask-foreign/servers/http.mjs";
import { chance, date, DAY, HOUR, integer, iso, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";

export const KEY = "school-key-of-the-questions";
const BRANCHES = [["RIV", "Riverside", "Weir Lane", "Oxbury", 9], ["CAS", "Castle Hill", "Keep Road", "Oxbury", 6], ["OLD", "Old Brewery", "Malt Yard", "Tarnford", 11], ["WES", "Westgate", "West Street", "Marlow Cross", 5]];
const DIRECTORS = ["Helen Voss", "Ruben Sato", "Greta Lindt", "Amir Haddad"];
const KINDS = ["piano", "violin", "guitar", "cello", "flute", "drums", "voice", "trumpet"];
const TEACHERS = ["Clara Wendt", "Paul Mbeki", "Yuki Tanabe", "Lars Holm", "Sofia Reyes", "Dana Petrov", "Hugh Carver", "Mira Stern", "Jonas Falk", "Nadia Osman", "Rosa Keller", "Tim Archer", "Eva Brandl", "Pavel Dusek", "Ines Moreau", "Otto Lang", "Bella Finch", "Karl Nystrom"];
const FIRST = ["Ada", "Basil", "Chloe", "Dylan", "Emre", "Freya", "Gabriel", "Hazel", "Isla", "Julian", "Kira", "Liam", "Maya", "Nico", "Olive", "Priya", "Quinn", "Rosie", "Samir", "Thea"];
const LAST = ["Amber", "Birch", "Conrad", "Dunn", "Eriksen", "Fletcher", "Goss", "Hartmann", "Imrie", "Juhasz", "Koch", "Lowe", "Mercer", "Naylor", "Oduya", "Pike", "Rowe"];
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const FEES = { individual: 9200, group: 4800, ensemble: 2500 };
const euros = (amount) => ({ amount, currency: "EUR" });

export function schoolData(now) {
  const midnight = Math.floor(now / DAY) * DAY;
  const branches = BRANCHES.map(([code, name, street, city, rooms], i) => ({ code, name, address: { street: `${4 + 9 * i} ${street}`, city, postcode: `OX${i + 2} ${i + 1}AB` }, rooms, openSince: date(now - [5400, 2300, 900, 3800][i] * DAY), director: DIRECTORS[i] }));
  const teachers = TEACHERS.map((name, i) => {
    const first = KINDS[i % 8], second = pick(`held/t/${i}/second`, KINDS);
    const left = i === 5 || i === 14;
    return { id: `TCH-${11 + i}`, name, instruments: first === second || chance(`held/t/${i}/one`, 0.4) ? [first] : [first, second], branchCodes: [BRANCHES[i % 4][0], ...(chance(`held/t/${i}/two`, 0.35) ? [BRANCHES[(i + 1) % 4][0]] : [])], employment: weighted(`held/t/${i}/how`, { full_time: 4, part_time: 5, freelance: 4 }), hiredOn: date(now - integer(`held/t/${i}/hired`, 120, 4200) * DAY), leftOn: left ? date(now - (30 + i) * DAY) : null, contact: { email: `${name.toLowerCase().replace(" ", ".")}@school.example`, phone: chance(`held/t/${i}/phone`, 0.75) ? `+44 20 5550 ${100 + i}` : null } };
  });
  const courses = times(46, (i) => {
    const teacher = teachers[i % 18];
    const instrument = pick(`held/c/${i}/what`, teacher.instruments);
    const format = weighted(`held/c/${i}/format`, { individual: 4, group: 5, ensemble: 2 });
    const level = weighted(`held/c/${i}/level`, { beginner: 5, intermediate: 4, advanced: 2 });
    return { id: `CRS-${i + 1}`, title: `${instrument[0].toUpperCase()}${instrument.slice(1)} ${{ individual: "one to one", group: "group", ensemble: "ensemble" }[format]} ${i + 1}`, instrument, format, level, teacherId: teacher.id, branchCode: pick(`held/c/${i}/where`, teacher.branchCodes), capacity: { individual: 6, group: 10, ensemble: 16 }[format], slot: { weekday: WEEKDAYS[integer(`held/c/${i}/day`, 0, 5)], startsAt: `${13 + integer(`held/c/${i}/hour`, 0, 6)}:${pick(`held/c/${i}/min`, ["00", "30"])}`, minutes: { individual: 30, group: 60, ensemble: 90 }[format] }, monthlyFee: euros(FEES[format] + { beginner: 0, intermediate: 600, advanced: 1500 }[level]) };
  });
  const students = times(230, (i) => {
    const age = integer(`held/s/${i}/age`, 6, 17) + (chance(`held/s/${i}/adult`, 0.22) ? 20 : 0);
    const status = weighted(`held/s/${i}/status`, { active: 15, paused: 2, left: 4 });
    const joined = now - integer(`held/s/${i}/joined`, 12, 1900) * DAY;
    return { id: `ST-${1001 + i}`, name: `${FIRST[i % 20]} ${LAST[(i * 5 + Math.floor(i / 85)) % 17]}`, birthDate: date(now - (age * 365 + integer(`held/s/${i}/birth`, 1, 360)) * DAY), homeBranch: BRANCHES[Number(weighted(`held/s/${i}/home`, { 0: 6, 1: 3, 2: 7, 3: 2 }))][0], guardian: age < 18 ? { name: `${pick(`held/s/${i}/parent`, FIRST)} ${LAST[(i * 5 + Math.floor(i / 85)) % 17]}`, phone: chance(`held/s/${i}/phone`, 0.87) ? `+44 20 5551 ${1000 + i}` : null } : null, joinedOn: date(joined), status, leftOn: status === "left" ? date(joined + (now - joined) * 0.8) : null, scholarship: chance(`held/s/${i}/scholarship`, 0.09) };
  });
  const enrolments = times(390, (i) => {
    const student = students[integer(`held/e/${i}/who`, 0, 221)];
    const course = courses[Math.floor(44 * (integer(`held/e/${i}/what`, 0, 999) / 1000) ** 1.2)];
    const started = Math.max(Date.parse(student.joinedOn), now - integer(`held/e/${i}/started`, 9, 400) * DAY);
    const ended = student.status === "left" || chance(`held/e/${i}/over`, 0.2);
    const status = ended ? "ended" : student.status === "active" && now - started < 40 * DAY ? pick(`held/e/${i}/new`, ["trial", "waiting", "active"]) : "active";
    return { id: `EN-${5001 + i}`, studentId: student.id, courseId: course.id, status, startedOn: date(started), endedOn: ended ? date(started + (now - started) * 0.7) : null, endReason: ended ? weighted(`held/e/${i}/why`, { time: 5, cost: 3, moved: 3, finished: 4, dissatisfied: 1 }) : null };
  });
  const lessons = courses.flatMap((course, c) => {
    const day = WEEKDAYS.indexOf(course.slot.weekday) + 1;
    const shift = (day - new Date(midnight).getUTCDay() + 7) % 7;
    return times(18, (w) => {
      const at = midnight + (shift + 7 * (w - 16)) * DAY + Date.parse(`1970-01-01T${course.slot.startsAt}:00Z`);
      const k = `held/l/${c}/${w}`;
      const off = chance(`${k}/off`, 0.09);
      const status = off ? "cancelled" : at + course.slot.minutes * 60_000 < now ? "held" : "scheduled";
      const full = { individual: 1, group: integer(`${k}/full`, 5, 9), ensemble: integer(`${k}/full`, 8, 14) }[course.format];
      const absent = status === "held" ? Math.min(full, integer(`${k}/absent`, 0, course.format === "individual" ? 1 : 3) * Number(chance(`${k}/some`, 0.55))) : 0;
      return { id: `L-${c * 18 + w + 1}`, courseId: course.id, startsAt: iso(at), status, cancelledBy: off ? weighted(`${k}/by`, { teacher: 5, school: 2, student: 3 }) : null, attendance: status === "held" ? { present: full - absent, absent, excused: Math.min(absent, integer(`${k}/excused`, 0, 2)) } : null };
    });
  }).sort((a, b) => (a.startsAt < b.startsAt ? 1 : a.startsAt > b.startsAt ? -1 : a.id < b.id ? -1 : 1));
  const billed = students.filter((s) => s.status !== "left" && !s.scholarship).slice(0, 96);
  const at = new Date(now);
  const invoices = times(5, (back) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back, 1)).flatMap((month, m) => billed.filter((s) => Date.parse(s.joinedOn) < month && chance(`held/i/${m}/${s.id}`, 0.85)).map((s) => {
    const k = `held/i/${m}/${s.id}`;
    const due = month + 14 * DAY;
    const total = 2500 * integer(`${k}/n`, 1, 3) + 100 * integer(`${k}/more`, 0, 90);
    const paid = Math.min(now - 2 * HOUR, month + integer(`${k}/paid`, 1, 34) * DAY + integer(`${k}/hour`, 6, 20) * HOUR);
    const status = chance(`${k}/never`, 0.08) ? (due < now ? (m > 2 && chance(`${k}/off`, 0.4) ? "written_off" : "overdue") : "open") : paid > month && (due < now || chance(`${k}/soon`, 0.5)) ? "paid" : "open";
    return { studentId: s.id, issuedOn: date(month), dueOn: date(due), total: euros(total), status, paidAt: status === "paid" ? iso(paid) : null };
  })).reverse().map((row, i) => ({ number: `RE-${20301 + i}`, ...row })).reverse();
  const instruments = times(68, (i) => {
    const kind = weighted(`held/n/${i}/kind`, { violin: 6, cello: 4, guitar: 4, flute: 3, trumpet: 3, drums: 1 });
    const condition = weighted(`held/n/${i}/condition`, { good: 6, worn: 3, in_repair: 1 });
    const since = now - integer(`held/n/${i}/since`, 20, 500) * DAY;
    return { tag: `INS-${i + 1}`, kind, maker: pick(`held/n/${i}/maker`, ["Aldous", "Brenner", "Corvini", "Delft & Sons"]), condition, insuredValue: euros({ violin: 90000, cello: 210000, guitar: 38000, flute: 64000, trumpet: 71000, drums: 120000 }[kind] + 100 * integer(`held/n/${i}/value`, 0, 420)), loan: condition !== "in_repair" && chance(`held/n/${i}/out`, 0.6) ? { studentId: students[integer(`held/n/${i}/who`, 0, 229)].id, since: date(since), until: date(since + 365 * DAY) } : null };
  });
  return { branches, teachers, students, courses, enrolments, lessons, invoices, instruments };
}

const kept = ({ path, body }) => ({ ...body, ...path });

/** A list in pages by number; `fit` says how a filter is held against a row where that is not plain equality. */
const list = (rows, kinds = {}, fit = {}) => ({ query }) => {
  const { page = 1, perPage = 25, ...want } = read(query, { page: "integer", perPage: "integer", ...kinds });
  if (perPage < 1 || perPage > 100) throw new Problem(422, "perPage: 1 to 100");
  if (page < 1) throw new Problem(422, "page: 1 or more");
  const left = rows.filter((r) => Object.entries(want).every(([k, v]) => (fit[k] ? fit[k](r, v) : r[k] === v)));
  return { data: left.slice((page - 1) * perPage, page * perPage), pagination: { page, perPage, pageCount: Math.ceil(left.length / perPage), total: left.length } };
};

export function school({ now, port }) {
  const all = schoolData(now);
  const one = (rows, key, what) => ({ path }) => found(rows.find((r) => r[key] === path[key]), what);
  return serve({
    port,
    base: "/api/v2",
    admits: (h) => h["x-school-key"] === KEY,
    failure: (status, message) => ({ errors: [{ status, detail: message }] }),
    routes: [
      ["GET", "/branches", list(all.branches)],
      ["GET", "/teachers", list(all.teachers, { instrument: KINDS, branchCode: "text" }, { instrument: (r, v) => r.instruments.includes(v), branchCode: (r, v) => r.branchCodes.includes(v) })],
      ["GET", "/students", list(all.students, { status: ["active", "paused", "left"], homeBranch: "text", name: "text" }, { name: (r, v) => r.name.toLowerCase().includes(v.toLowerCase()) })],
      ["GET", "/students/{id}", one(all.students, "id", "student")],
      ["PATCH", "/students/{id}", kept],
      ["GET", "/courses", list(all.courses, { instrument: KINDS, branchCode: "text", teacherId: "text", level: ["beginner", "intermediate", "advanced"] })],
      ["GET", "/courses/{id}", one(all.courses, "id", "course")],
      ["GET", "/enrolments", list(all.enrolments, { courseId: "text", studentId: "text", status: ["trial", "waiting", "active", "ended"] })],
      ["POST", "/enrolments", kept],
      ["GET", "/lessons", list(all.lessons, { courseId: "text", status: ["scheduled", "held", "cancelled"], from: "time", to: "time" }, { from: (r, v) => Date.parse(r.startsAt) >= v, to: (r, v) => Date.parse(r.startsAt) < v })],
      ["POST", "/lessons/{id}/cancel", kept],
      ["GET", "/invoices", list(all.invoices, { studentId: "text", status: ["open", "paid", "overdue", "written_off"] })],
      ["POST", "/invoices/{number}/reminders", kept],
      ["GET", "/instruments", list(all.instruments, { kind: KINDS, condition: ["good", "worn", "in_repair"] })],
      ["DELETE", "/instruments/{tag}", kept],
    ],
  });
}
