// SPDX-License-Identifier: Apache-2.0
// What the small services of vendors.mjs know: a help desk, a warehouse, an on-call rota and a sales list. The same for the same
// `now`; times lie before it.

const DAY = 86_400_000, HOUR = 3_600_000;

/** Numbers that only look like chance (mulberry32). */
function chance(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function makeData(now) {
  const next = chance(7);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const upTo = (n) => Math.floor(next() * n);
  const ago = (ms) => new Date(now - ms).toISOString();
  const some = (n, make) => Array.from({ length: n }, (_, i) => make(i));

  const teams = ["Billing", "Hardware", "Onboarding"].map((name, i) => ({ id: 10 + i, name, timezone: ["UTC", "Europe/Berlin", "America/New_York"][i] }));
  const agents = ["Mara Lindt", "Jonas Peck", "Aiko Sato", "Tom Reyes", "Priya Nair", "Lena Fox", "Omar Haddad"].map((name, i) => ({
    id: 100 + i, name, email: `${name.split(" ")[0].toLowerCase()}@desk.example`, role: i === 0 ? "admin" : i < 3 ? "lead" : "agent", active: i !== 5, team_id: 10 + (i % 3),
  }));
  const organizations = ["Northwind", "Globex", "Initech", "Umbra", "Hooli"].map((name, i) => ({ id: 500 + i, name, plan: ["free", "pro", "enterprise"][i % 3], seats: 10 * (i + 1) ** 2, country: ["DE", "US", "US", "FR", "JP"][i] }));
  const tickets = some(137, (i) => {
    const age = i * 14 * HOUR + upTo(10) * HOUR;
    const status = age < 6 * DAY ? pick(["open", "open", "pending", "solved"]) : pick(["solved", "closed", "closed", "open", "pending"]);
    const done = status === "solved" || status === "closed";
    const agent = i % 9 === 4 ? null : agents[upTo(7)];
    return {
      id: 9000 - i, subject: pick(["Invoice is wrong", "Printer offline", "Cannot log in", "Refund request", "Broken screen", "How to export", "Password reset"]) + ` #${i}`,
      status, priority: pick(["low", "normal", "normal", "high", "urgent"]), channel: pick(["email", "chat", "phone", "web"]),
      assignee: agent && { id: agent.id, name: agent.name }, requester: { name: pick(["Ann", "Bob", "Cid", "Dee"]), organization_id: 500 + upTo(5) },
      tags: [pick(["refund", "vip", "bug"]), ...(i % 4 ? [] : ["escalation"])], escalated: i % 11 === 3,
      first_response_minutes: 3 + upTo(240), satisfaction: done && i % 3 ? 1 + upTo(5) : null,
      created_at: ago(age + 2 * HOUR), updated_at: ago(age / 2), solved_at: done ? ago(age / 2) : null,
    };
  });
  const comments = Object.fromEntries(tickets.map((t, i) => [t.id, some(i % 4, (k) => ({ id: `${t.id}-${k}`, author: pick(agents).name, public: k % 2 === 0, body: "Looking into it.", created_at: t.updated_at }))]));

  const suppliers = ["Acorn Tools", "Bluebird", "Cobalt Supply", "Dunes"].map((name, i) => ({ id: `sup_${i + 1}`, name, country: ["DE", "CN", "US", "DE"][i], rating: [4.5, 3.1, 4.9, 2.8][i], contact: { email: i === 3 ? null : `sales@${name.split(" ")[0].toLowerCase()}.example`, phone: "+1 555 010" + i } }));
  const warehouses = [["wh_ber", "Berlin", "DE", 12000], ["wh_aus", "Austin", "US", 30000], ["wh_osa", "Osaka", "JP", 8000]].map(([id, city, country, capacity]) => ({ id, name: `${city} depot`, city, country, capacity, automated: id !== "wh_osa" }));
  const products = some(64, (i) => ({
    sku: `SKU-${1000 + i}`, name: `${pick(["Hammer", "Drill", "Saw", "Lamp", "Cable", "Glove"])} ${i}`, category: pick(["tools", "lighting", "safety", "electrical"]),
    price: { amount: 5 + upTo(200) + 0.5, currency: "EUR" }, stock: i % 8 === 5 ? 0 : upTo(300), reorder_level: 40, discontinued: i % 10 === 9, supplier_id: `sup_${1 + (i % 4)}`, weight_grams: 100 + upTo(5000), barcode: i % 7 === 2 ? null : `40${100000 + i}`,
  }));
  const stock = Object.fromEntries(warehouses.map((w, k) => [w.id, products.filter((_, i) => (i + k) % 2 === 0).map((p) => ({ sku: p.sku, product: p.name, quantity: upTo(90), reserved: upTo(10), counted_at: ago(upTo(40) * DAY) }))]));
  const orders = some(210, (i) => {
    const age = i * 9 * HOUR + upTo(6) * HOUR;
    const status = age < 3 * DAY ? pick(["pending", "paid", "shipped"]) : pick(["shipped", "delivered", "delivered", "cancelled", "returned"]);
    return {
      number: `SO-${5210 - i}`, customer: { name: pick(["Kappa GmbH", "Lumen Ltd", "Mirage SA", "Nadir Inc"]), country: pick(["DE", "FR", "US", "GB"]) }, status,
      total_cents: 1500 + upTo(90000), currency: "EUR", item_count: 1 + upTo(9), warehouse_id: pick(warehouses).id, express: i % 5 === 0,
      placed_at: ago(age + HOUR), shipped_at: ["shipped", "delivered", "returned"].includes(status) ? ago(Math.max(age - 20 * HOUR, HOUR)) : null,
    };
  });

  const services = ["checkout", "search-api", "payments", "mailer", "gateway"].map((name, i) => ({ id: `S${i + 1}`, name, tier: i < 3 ? 1 : 2, ownerTeam: ["Core", "Discovery", "Core", "Growth", null][i], status: ["operational", "degraded", "operational", "operational", "maintenance"][i], createdAt: ago((900 - i * 100) * DAY) }));
  const people = ["Iris Vogel", "Ken Abe", "Lou Marsh", "Nia Cole"].map((name, i) => ({ id: `U${i + 1}`, name, email: `${name.split(" ")[0].toLowerCase()}@ops.example`, jobTitle: ["SRE", "SRE", "Manager", "Developer"][i], timeZone: "Europe/Berlin", onCallNow: i === 1 }));
  const incidents = some(74, (i) => {
    const begun = i * 26 * HOUR + upTo(20) * HOUR + HOUR, lasted = (10 + upTo(400)) * 60;
    const status = i < 3 ? ["triggered", "acknowledged", "resolved"][i] : "resolved";
    const service = pick(services);
    return {
      id: `INC${400 - i}`, title: `${pick(["Latency on", "Errors from", "Disk full on", "Certificate of"])} ${service.name}`, severity: pick(["sev1", "sev2", "sev2", "sev3", "sev3", "sev4"]), status, urgency: pick(["high", "low"]),
      service: { id: service.id, name: service.name }, assignedTo: status === "triggered" ? null : pick(people).name, startedAt: ago(begun), resolvedAt: status === "resolved" ? ago(begun - Math.min(lasted * 1000, begun - 60000)) : null, durationSeconds: status === "resolved" ? lasted : null,
      alertCount: 1 + upTo(30), customerImpact: i % 6 === 1, postmortemUrl: i % 5 === 0 ? null : `https://wiki.example/pm/${400 - i}`,
    };
  });
  const deployments = Object.fromEntries(services.map((s, k) => [s.id, some(9 + k * 3, (i) => ({ id: `${s.id}-d${i}`, version: `1.${30 - i}.0`, deployedBy: pick(people).name, environment: i % 3 ? "production" : "staging", succeeded: i % 7 !== 5, deployedAt: ago((i * 31 + k) * HOUR + HOUR) }))]));

  const companies = ["Ferro AG", "Galt Co", "Helix BV", "Iona plc", "Juno SpA", "Kite LLC"].map((name, i) => ({ companyId: 70 + i, name, industry: ["steel", "retail", "biotech", "media", "fashion", "retail"][i], employees: [1200, 45, 300, 80, 15, 4000][i], website: i === 4 ? null : `${name.split(" ")[0].toLowerCase()}.example` }));
  const owners = ["Rosa", "Sven", "Tariq"];
  const deals = some(52, (i) => {
    const stage = pick(["lead", "qualified", "proposal", "won", "lost"]);
    return { dealId: 3000 + i, title: `${pick(companies).name} ${pick(["renewal", "pilot", "expansion"])} ${i}`, stage, amount: 500 * (1 + upTo(80)), currency: "USD", probability: pick([10, 25, 50, 75]), owner: i % 8 === 3 ? null : pick(owners), companyId: 70 + upTo(6), openedAt: ago(i * 5 * DAY + HOUR), closedAt: stage === "won" || stage === "lost" ? ago(i * 2 * DAY + HOUR) : null };
  });
  const contacts = some(33, (i) => ({ contactId: i + 1, fullName: `${pick(["Abe", "Bea", "Cal", "Dot"])} ${pick(["Stone", "Rivers", "Woods"])} ${i}`, email: i % 6 === 0 ? null : `c${i}@mail.example`, companyId: 70 + (i % 6), subscribed: i % 3 !== 0, city: pick(["Berlin", "Paris", "Oslo"]), lastContactedAt: i % 5 === 2 ? null : ago(i * 4 * DAY) }));
  const activities = some(90, (i) => ({ kind: pick(["call", "email", "meeting"]), by: pick(owners), minutes: 5 * (1 + upTo(12)), dealId: 3000 + upTo(52), at: ago(i * 17 * HOUR + HOUR) }));
  const courses = ["Intro to SQL", "Rust Basics", "Data Ethics", "Public Speaking", "Excel for Finance", "Kubernetes"].map((title, i) => ({ course_id: 40 + i, title, level: ["beginner", "advanced", "intermediate"][i % 3], is_published: i !== 3, price_usd: [0, 49, 19, 99, 29, 149][i], duration_hours: [4, 20, 6, 8, 10, 30][i], instructor: { full_name: ["Ada Byrne", "Ivo Kral", "Ada Byrne", "Mo Diaz", "Ivo Kral", "Una Ray"][i], verified: i % 2 === 0 }, language: ["en", "en", "de", "en", "fr", "en"][i], rating_average: [4.1, 4.8, 3.9, null, 4.4, 4.7][i], published_at: i === 3 ? null : ago((400 - i * 50) * DAY) }));
  const learners = some(41, (i) => ({ id: `lrn-${i + 1}`, display_name: `${pick(["Sam", "Kit", "Ali", "Noa", "Jo"])} ${pick(["Berg", "Dahl", "Moss", "Vale"])} ${i}`, country_code: pick(["DE", "US", "SE", "IN"]), plan: pick(["free", "plus", "team"]), is_verified: i % 4 !== 1, last_login: i % 7 === 3 ? null : ago(i * 2 * DAY), joined: ago(i * 9 * DAY + HOUR) }));
  const lessons = Object.fromEntries(courses.map((c, k) => [c.course_id, some(5 + k, (i) => ({ position: i + 1, title: `Part ${i + 1} of ${c.title}`, minutes: 5 + upTo(40), type: pick(["video", "quiz", "text"]), free_preview: i === 0 }))]));
  const enrollments = some(180, (i) => {
    const done = i % 4 === 0, dropped = !done && i % 9 === 2;
    return { enrollment_id: 7000 + i, learner_id: `lrn-${1 + upTo(41)}`, course: { id: 40 + upTo(6) }, progress_percent: done ? 100 : upTo(99), state: done ? "completed" : dropped ? "dropped" : "in_progress", amount_paid: { value: pick([0, 19, 29, 49, 99]), currency: "USD" }, enrolled_at: ago(i * 20 * HOUR + HOUR), completed_at: done ? ago(i * 10 * HOUR) : null, certificate: done && i % 8 === 0 };
  });
  return { now, courses, learners, lessons, enrollments, teams, agents, organizations, tickets, comments, suppliers, warehouses, products, stock, orders, services, people, incidents, deployments, companies, deals, contacts, activities };
}
