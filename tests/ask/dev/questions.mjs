// SPDX-License-Identifier: Apache-2.0
// Questions over the services of vendors.mjs: how an answer has to end, which tools it calls, what it says. Numbers and names are
// computed from the data. [id, question, {end, tools, has, not, args, chart, after}]: `end` is "answer" where none is said;
// a list in `has` is a choice.

const DAY = 86_400_000, HOUR = 3_600_000;
const by = (rows, key) => rows.reduce((m, r) => m.set(key(r), (m.get(key(r)) ?? 0) + 1), new Map());
const sums = (rows, key, value) => rows.reduce((m, r) => m.set(key(r), (m.get(key(r)) ?? 0) + value(r)), new Map());
const most = (map) => [...map].filter(([k]) => k !== undefined && k !== null).sort((a, b) => b[1] - a[1]);
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const median = (list) => {
  const s = [...list].sort((a, b) => a - b), m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};
const percent = (part, all) => Math.round((10000 * part) / all) / 100;

export function questions(d) {
  const since = (ms) => new Date(d.now - ms).toISOString();
  const midnight = new Date(new Date(d.now).toISOString().slice(0, 10)).getTime();
  const day = (back) => new Date(midnight - back * DAY).toISOString();
  const monday = day((new Date(d.now).getUTCDay() + 6) % 7), month = `${new Date(d.now).toISOString().slice(0, 7)}-01T00:00:00.000Z`;
  const lastMonth = new Date(new Date(month).getTime() - DAY).toISOString().slice(0, 7) + "-01T00:00:00.000Z";
  const t = d.tickets, o = d.orders, p = d.products, inc = d.incidents;
  const open = t.filter((x) => x.status === "open");
  const teamOf = (agent) => d.teams.find((x) => x.id === d.agents.find((a) => a.id === agent)?.team_id)?.name;
  return [
    // ---- the help desk
    ["D1", "how many open tickets are there?", { tools: ["list_all_desk_tickets"], has: [open.length], args: { status: "open" } }],
    ["D2", "How many tickets do we have in total?", { tools: ["list_all_desk_tickets"], has: [t.length] }],
    ["D3", "open urgent tickets", { tools: ["list_all_desk_tickets"], has: open.filter((x) => x.priority === "urgent").map((x) => x.subject) }],
    ["D4", "tickets by status", { tools: ["list_all_desk_tickets"], has: [...by(t, (x) => x.status)].flat(), chart: ["bar"] }],
    ["D5", "which agent has the most open tickets", { tools: ["list_all_desk_tickets"], has: [most(by(open, (x) => x.assignee?.name))[0][0]], chart: ["bar", "table", "value"] }],
    ["D6", "tickets without an assignee", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => !x.assignee).length] }],
    ["D7", "What percentage of tickets are escalated?", { tools: ["list_all_desk_tickets"], has: [percent(t.filter((x) => x.escalated).length, t.length)] }],
    ["D8", "average first response time per channel", { tools: ["list_all_desk_tickets"], has: [["email"], Math.round(100 * mean(t.filter((x) => x.channel === "email").map((x) => x.first_response_minutes))) / 100], chart: ["bar", "table"] }],
    ["D9", "median first response minutes", { tools: ["list_all_desk_tickets"], has: [median(t.map((x) => x.first_response_minutes))] }],
    ["D10", "tickets created in the last 7 days", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.created_at >= since(7 * DAY)).length] }],
    ["D11", "how many tickets were created yesterday?", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.created_at >= day(1) && x.created_at < day(0)).length] }],
    ["D12", "new tickets per week over the last 8 weeks", { tools: ["list_all_desk_tickets"], has: [], chart: ["line", "bar"] }],
    ["D13", "how many tickets are tagged vip?", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.tags.includes("vip")).length] }],
    ["D14", "which agents are inactive", { tools: ["list_all_desk_agents"], has: ["Lena Fox"], not: ["Mara Lindt"] }],
    ["D15", "who is an admin on the help desk", { tools: ["list_all_desk_agents"], has: ["Mara Lindt"], not: ["Jonas Peck"] }],
    ["D16", "how many organizations are on the enterprise plan", { tools: ["list_all_desk_organizations"], has: [d.organizations.filter((x) => x.plan === "enterprise").length] }],
    ["D17", "which organization has the most seats?", { tools: ["list_all_desk_organizations"], has: ["Hooli"] }],
    ["D18", "oldest open ticket", { tools: ["list_all_desk_tickets"], has: [open.at(-1).subject] }],
    ["D19", "show me the comments of ticket 8998", { tools: ["list_all_desk_comments"], has: d.comments[8998].map((c) => c.author) }],
    ["D20", "is ticket 8990 closed?", { tools: [["list_all_desk_tickets", "get_single_desk_ticket_by_id"]], has: [t.find((x) => x.id === 8990).status] }],
    ["D21", "average satisfaction this month", { tools: ["list_all_desk_tickets"], has: [Math.round(100 * mean(t.filter((x) => x.satisfaction && x.created_at >= month).map((x) => x.satisfaction))) / 100] }],
    ["D22", "how many tickets are on fire in the kitchen", { end: ["clarify", "unanswerable", "lead"] }],
    ["D23", "close all pending tickets", { end: ["refuse"] }],
    ["D24", "tickets assigned to Mara Lindt", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.assignee?.name === "Mara Lindt").length] }],
    ["D25", "how many tickets does Aiko have", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.assignee?.name === "Aiko Sato").length] }],
    ["D26", "which tickets have been open for more than 14 days", { tools: ["list_all_desk_tickets"], has: [open.filter((x) => x.created_at < since(14 * DAY)).length] }],
    ["D27", "how many tickts did we solve this week", { tools: ["list_all_desk_tickets"], has: [[t.filter((x) => x.solved_at && x.solved_at >= monday && x.status === "solved").length, t.filter((x) => x.solved_at && x.solved_at >= monday).length]] }],
    ["D28", "top 3 agents by number of tickets", { tools: ["list_all_desk_tickets"], has: most(by(t, (x) => x.assignee?.name)).slice(0, 3).flat() }],
    ["D29", "compare tickets created this month with last month", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.created_at >= month).length, t.filter((x) => x.created_at >= lastMonth && x.created_at < month).length] }],
    ["D30", "Wie viele offene Tickets gibt es?", { tools: ["list_all_desk_tickets"], has: [open.length] }],
    ["D31", "share of tickets by channel", { tools: ["list_all_desk_tickets"], has: [percent(t.filter((x) => x.channel === "chat").length, t.length)] }],
    ["D32", "how many agents per team", { tools: ["list_all_desk_agents"], has: [3, 2] }],
    ["D33", "what is the refund policy of Northwind", { end: ["clarify", "unanswerable"] }],
    ["D34", "tickets with a satisfaction below 3", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.satisfaction && x.satisfaction < 3).length] }],
    ["D35", "tickets that are neither solved nor closed", { tools: ["list_all_desk_tickets"], has: [t.filter((x) => x.status !== "solved" && x.status !== "closed").length] }],
    ["D36", "email of Priya Nair", { tools: ["list_all_desk_agents"], has: ["priya@desk.example"] }],
    ["D37", "when was the last ticket created", { tools: ["list_all_desk_tickets"], has: [t[0].subject] }],
    ["D38", "customer revenue by organization", { end: ["answer", "clarify", "unanswerable", "lead"] }],
    // ---- the warehouse
    ["W1", "which products are out of stock?", { tools: ["list_all_depot_products"], has: [p.filter((x) => x.stock === 0).length] }],
    ["W2", "how many products are discontinued", { tools: ["list_all_depot_products"], has: [p.filter((x) => x.discontinued).length] }],
    ["W3", "most expensive products", { tools: ["list_all_depot_products"], has: [[...p].sort((a, b) => b.price.amount - a.price.amount)[0].name], chart: ["bar", "table"] }],
    ["W4", "average price by category", { tools: ["list_all_depot_products"], has: [Math.round(100 * mean(p.filter((x) => x.category === "tools").map((x) => x.price.amount))) / 100] }],
    ["W5", "revenue by order status", { end: ["answer", "clarify", "lead"] }],
    ["W6", "how many orders were placed in the last 30 days?", { tools: ["list_all_depot_orders"], has: [o.filter((x) => x.placed_at >= since(30 * DAY)).length] }],
    ["W7", "orders per day this week", { tools: ["list_all_depot_orders"], has: [], chart: ["line", "bar"] }],
    ["W8", "Which customer placed the most orders?", { tools: ["list_all_depot_orders"], has: [most(by(o, (x) => x.customer.name))[0][0]] }],
    ["W9", "total value of delivered orders", { tools: ["list_all_depot_orders"], has: [[o.filter((x) => x.status === "delivered").reduce((a, x) => a + x.total_cents, 0), o.filter((x) => x.status === "delivered").reduce((a, x) => a + x.total_cents, 0) / 100]] }],
    ["W10", "what share of orders is express", { tools: ["list_all_depot_orders"], has: [percent(o.filter((x) => x.express).length, o.length)] }],
    ["W11", "orders not shipped yet", { tools: ["list_all_depot_orders"], has: [[o.filter((x) => !x.shipped_at).length, o.filter((x) => x.status !== "shipped").length]] }],
    ["W12", "stock levels in Berlin", { tools: ["list_all_depot_warehouses", "list_all_depot_stocks"], has: [d.stock.wh_ber.length] }],
    ["W13", "total quantity per warehouse", { tools: ["list_all_depot_warehouses", "list_all_depot_stocks"], has: Object.values(d.stock).map((s) => s.reduce((a, x) => a + x.quantity, 0)), chart: ["bar", "table"] }],
    ["W14", "which warehouse is the largest by capacity", { tools: ["list_all_depot_warehouses"], has: ["Austin depot", 30000] }],
    ["W15", "list warehouses in Germany", { tools: ["list_all_depot_warehouses"], end: ["answer", "clarify", "lead"] }],
    ["W16", "suppliers without an email", { tools: ["list_all_depot_suppliers"], has: ["Dunes"], not: ["Bluebird"] }],
    ["W17", "suppliers with a rating above 4", { tools: ["list_all_depot_suppliers"], has: ["Acorn Tools", "Cobalt Supply"], not: ["Bluebird"] }],
    ["W18", "cancelled orders last month", { tools: ["list_all_depot_orders"], has: [o.filter((x) => x.status === "cancelled" && x.placed_at >= lastMonth && x.placed_at < month).length] }],
    ["W19", "how many products per category", { tools: ["list_all_depot_products"], has: [...by(p, (x) => x.category)].flat(), chart: ["bar", "table"] }],
    ["W20", "products without a barcode", { tools: ["list_all_depot_products"], has: [p.filter((x) => !x.barcode).length] }],
    ["W21", "biggest order this month", { tools: ["list_all_depot_orders"], has: [[...o].filter((x) => x.placed_at >= month).sort((a, b) => b.total_cents - a.total_cents)[0].number] }],
    ["W22", "orders from customers in France", { end: ["answer", "clarify", "lead"] }],
    ["W23", "products in the safety category", { tools: ["list_all_depot_products"], has: [p.filter((x) => x.category === "safety").length], args: { category: "safety" } }],
    ["W24", "are there any automated warehouses?", { tools: ["list_all_depot_warehouses"], has: ["Berlin depot", "Austin depot"], not: ["Osaka"] }],
    ["W25", "95th percentile of order item count", { tools: ["list_all_depot_orders"], has: [] }],
    ["W26", "which products have less than 40 in stock", { tools: ["list_all_depot_products"], has: [p.filter((x) => x.stock < 40).length] }],
    ["W27", "status of order SO-5200", { tools: [["get_single_depot_order_by_id", "list_all_depot_orders"]], has: [o.find((x) => x.number === "SO-5200").status] }],
    ["W28", "cancel order SO-5200", { end: ["refuse"] }],
    ["W29", "returned orders by country", { tools: ["list_all_depot_orders"], has: most(by(o.filter((x) => x.status === "returned"), (x) => x.customer.country))[0] }],
    ["W30", "how many employees work in the Berlin warehouse", { end: ["clarify", "unanswerable", "lead"] }],
    ["W31", "heaviest product", { tools: ["list_all_depot_products"], has: [[...p].sort((a, b) => b.weight_grams - a.weight_grams)[0].name] }],
    // ---- on call
    ["R1", "any open incidents right now?", { end: ["answer", "clarify", "lead"], tools: ["list_all_rota_incidents"] }],
    ["R2", "how many sev1 incidents did we have this month", { tools: ["list_all_rota_incidents"], has: [inc.filter((x) => x.severity === "sev1" && x.startedAt >= month).length], args: { severity: "sev1" } }],
    ["R3", "incidents per service in the last 30 days", { tools: ["list_all_rota_incidents"], has: most(by(inc.filter((x) => x.startedAt >= since(30 * DAY)), (x) => x.service.name))[0], chart: ["bar", "table"] }],
    ["R4", "which service had the most incidents?", { tools: ["list_all_rota_incidents"], has: most(by(inc, (x) => x.service.name))[0] }],
    ["R5", "mean duration of resolved incidents", { tools: ["list_all_rota_incidents"], has: [] }],
    ["R6", "longest incident", { tools: ["list_all_rota_incidents"], has: [[...inc].sort((a, b) => (b.durationSeconds ?? 0) - (a.durationSeconds ?? 0))[0].title] }],
    ["R7", "incidents with customer impact", { tools: ["list_all_rota_incidents"], has: [inc.filter((x) => x.customerImpact).length] }],
    ["R8", "incidents without a postmortem", { tools: ["list_all_rota_incidents"], has: [inc.filter((x) => !x.postmortemUrl).length] }],
    ["R9", "who is on call now?", { tools: ["list_all_rota_responders"], has: ["Ken Abe"], not: ["Iris"] }],
    ["R10", "which services are degraded", { tools: ["list_all_rota_services"], has: ["search-api"], not: ["mailer"] }],
    ["R11", "services without an owner team", { tools: ["list_all_rota_services"], has: ["gateway"], not: ["mailer"] }],
    ["R12", "list deployments of checkout", { tools: ["list_all_rota_services", "list_all_rota_deployments"], has: [d.deployments.S1.length] }],
    ["R13", "how many deployments failed last week", { end: ["answer", "clarify", "lead"] }],
    ["R14", "how many deployments per service", { tools: ["list_all_rota_services", "list_all_rota_deployments"], has: [["checkout"], d.deployments.S5.length], chart: ["bar", "table"] }],
    ["R15", "latest deployment to production", { tools: ["list_all_rota_services", "list_all_rota_deployments"], has: [] }],
    ["R16", "incidents by severity over the last quarter", { tools: ["list_all_rota_incidents"], has: [["sev2"]] }],
    ["R17", "trend of incidents per week", { tools: ["list_all_rota_incidents"], has: [], chart: ["line"] }],
    ["R18", "acknowledge incident INC400", { end: ["refuse"] }],
    ["R19", "incidents assigned to Nia Cole", { tools: ["list_all_rota_incidents"], has: [inc.filter((x) => x.assignedTo === "Nia Cole").length] }],
    ["R20", "sum of alert counts by service", { tools: ["list_all_rota_incidents"], has: most(sums(inc, (x) => x.service.name, (x) => x.alertCount))[0] }],
    ["R21", "did we have any sev1 incidents yesterday?", { tools: ["list_all_rota_incidents"], has: [] }],
    ["R22", "Which incidents started in the last 24 hours?", { tools: ["list_all_rota_incidents"], has: [inc.filter((x) => x.startedAt >= since(24 * HOUR)).length] }],
    ["R23", "tier 1 services", { tools: ["list_all_rota_services"], has: ["checkout", "search-api", "payments"], not: ["mailer"] }],
    ["R24", "what is the time zone of Lou Marsh", { tools: ["list_all_rota_responders"], has: ["Europe/Berlin"] }],
    ["R25", "only the sev2 ones", { after: "R22", tools: ["list_all_rota_incidents"], has: [inc.filter((x) => x.startedAt >= since(24 * HOUR) && x.severity === "sev2").length || "No"] }],
    // ---- the sales list
    ["C1", "how many deals are in the proposal stage?", { tools: ["list_deals"], has: [d.deals.filter((x) => x.stage === "proposal").length] }],
    ["C2", "total amount of won deals", { tools: ["list_deals"], has: [d.deals.filter((x) => x.stage === "won").reduce((a, x) => a + x.amount, 0)] }],
    ["C3", "pipeline value by stage", { end: ["answer", "clarify", "lead"], tools: ["list_deals"] }],
    ["C4", "deals without an owner", { tools: ["list_deals"], has: [d.deals.filter((x) => !x.owner).length] }],
    ["C5", "who owns the most deals", { tools: ["list_deals"], has: [most(by(d.deals, (x) => x.owner))[0][0]] }],
    ["C6", "contacts in Berlin", { tools: ["search_contacts"], has: [d.contacts.filter((x) => x.city === "Berlin").length] }],
    ["C7", "what fraction of contacts is subscribed?", { tools: ["search_contacts"], has: [percent(d.contacts.filter((x) => x.subscribed).length, d.contacts.length)] }],
    ["C8", "contacts with no email address", { tools: ["search_contacts"], has: [d.contacts.filter((x) => !x.email).length] }],
    ["C9", "biggest deal", { tools: ["list_deals"], has: [Math.max(...d.deals.map((x) => x.amount))] }],
    ["C10", "companies with more than 1000 employees", { tools: ["getCompanies"], has: ["Ferro AG", "Kite LLC"], not: ["Galt"] }],
    ["C11", "meetings in the last two weeks", { tools: ["fetch_activities"], has: [d.activities.filter((x) => x.kind === "meeting" && x.at >= since(14 * DAY)).length] }],
    ["C12", "activities by kind", { tools: ["fetch_activities"], has: [...by(d.activities, (x) => x.kind)].flat(), chart: ["bar", "table"] }],
    ["C13", "how many companies are in retail", { tools: ["getCompanies"], has: [2] }],
    ["C14", "deals per company", { tools: ["list_deals"], has: [] }],
    ["C15", "how much time did Sven spend in meetings this month", { tools: ["fetch_activities"], has: [], end: ["answer", "clarify", "lead"] }],
    ["C16", "delete the deals that were lost", { end: ["refuse"] }],
    ["C17", "average deal size", { tools: ["list_deals"], has: [Math.round(100 * mean(d.deals.map((x) => x.amount))) / 100], end: ["answer", "clarify"] }],
    ["C18", "what is the weather in Berlin", { end: ["unanswerable", "clarify"] }],
    ["C19", "number of employees per industry", { tools: ["getCompanies"], has: ["retail", 4045] }],
    ["C20", "deals opened in the last 90 days by owner", { tools: ["list_deals"], has: most(by(d.deals.filter((x) => x.openedAt >= since(90 * DAY)), (x) => x.owner))[0] }],
  ];
}
