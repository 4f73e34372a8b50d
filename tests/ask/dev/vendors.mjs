// SPDX-License-Identifier: Apache-2.0
// Four small APIs with OpenAPI documents and one MCP server, none of them in the catalogue, over data.mjs. Example:
//   const vendors = await startVendors(Date.now());       vendors.apis.desk.document, vendors.crm.url, vendors.requests
import { once } from "node:events";
import { createServer } from "node:http";
import { makeData } from "./data.mjs";

const text = { type: "string" }, whole = { type: "integer" }, time = { type: "string", format: "date-time" }, flag = { type: "boolean" };
const oneOf = (...words) => ({ type: "string", enum: words });
const maybe = (schema) => ({ ...schema, type: [schema.type, "null"] });
const query = (name, schema, description) => ({ name, in: "query", schema, description });
const inPath = (name, schema = text) => ({ name, in: "path", required: true, schema });
const object = (properties) => ({ type: "object", properties });
const ok = (schema) => ({ 200: { description: "Fine.", content: { "application/json": { schema } } } });

// ---- what each operation is: path, how it is called, what it takes, a row, where its rows are found

const TICKET = object({
  id: whole, subject: text, status: oneOf("open", "pending", "solved", "closed"), priority: oneOf("low", "normal", "high", "urgent"), channel: oneOf("email", "chat", "phone", "web"),
  assignee: { ...object({ id: whole, name: text }), type: ["object", "null"] }, requester: object({ name: text, organization_id: whole }), tags: { type: "array", items: text }, escalated: flag,
  first_response_minutes: whole, satisfaction: { ...maybe(whole), description: "From 1 to 5, by the customer" }, created_at: time, updated_at: time, solved_at: maybe(time),
});
const DESK = {
  title: "Help desk", wrap: "page",
  operations: [
    ["/tickets", "listTickets", "List tickets", [query("status", TICKET.properties.status, "Only of this status"), query("priority", TICKET.properties.priority, "Only of this priority"), query("assignee_id", whole, "Assigned to this agent"), query("created_after", time, "Created at or after this time"), query("created_before", time, "Created before this time"), query("page", { type: "integer", default: 1 }), query("per_page", { type: "integer", default: 25, maximum: 100 })], TICKET, (d, q) => d.tickets.filter((t) => (!q.status || t.status === q.status) && (!q.priority || t.priority === q.priority) && (!q.assignee_id || String(t.assignee?.id) === q.assignee_id) && (!q.created_after || t.created_at >= q.created_after) && (!q.created_before || t.created_at < q.created_before))],
    ["/tickets/{ticket_id}", "getTicket", "Get a ticket", [inPath("ticket_id", whole)], TICKET, (d, q) => d.tickets.find((t) => String(t.id) === q.ticket_id)],
    ["/tickets/{ticket_id}/comments", "listTicketComments", "List the comments of a ticket", [inPath("ticket_id", whole)], object({ id: text, author: text, public: flag, body: text, created_at: time }), (d, q) => d.comments[q.ticket_id]],
    ["/agents", "listAgents", "List agents", [], object({ id: whole, name: text, email: text, role: oneOf("admin", "lead", "agent"), active: flag, team_id: whole }), (d) => d.agents],
    ["/teams", "listTeams", "List teams of agents", [], object({ id: whole, name: text, timezone: text }), (d) => d.teams],
    ["/organizations", "listOrganizations", "List customer organizations", [], object({ id: whole, name: text, plan: oneOf("free", "pro", "enterprise"), seats: whole, country: text }), (d) => d.organizations],
  ],
};

const DEPOT = {
  title: "Warehouse", wrap: "items",
  operations: [
    ["/products", "searchProducts", "Search the product catalog", [query("q", text, "Words of the name"), query("category", oneOf("tools", "lighting", "safety", "electrical"), "Of this category"), query("limit", { type: "integer", default: 20, maximum: 50 }), query("offset", { type: "integer", default: 0 })], object({ sku: text, name: text, category: text, price: object({ amount: { type: "number" }, currency: text }), stock: whole, reorder_level: whole, discontinued: flag, supplier_id: text, weight_grams: whole, barcode: maybe(text) }), (d, q) => d.products.filter((p) => (!q.q || p.name.toLowerCase().includes(q.q.toLowerCase())) && (!q.category || p.category === q.category))],
    ["/suppliers", "getSuppliers", "All suppliers", [], object({ id: text, name: text, country: text, rating: { type: "number" }, contact: object({ email: maybe(text), phone: text }) }), (d) => d.suppliers],
    ["/warehouses", "getWarehouses", "All warehouses", [], object({ id: text, name: text, city: text, country: text, capacity: whole, automated: flag }), (d) => d.warehouses],
    ["/warehouses/{warehouse_id}/stock", "getWarehouseStock", "Stock levels of a warehouse", [inPath("warehouse_id"), query("limit", { type: "integer", default: 20, maximum: 50 }), query("offset", { type: "integer", default: 0 })], object({ sku: text, product: text, quantity: whole, reserved: whole, counted_at: time }), (d, q) => d.stock[q.warehouse_id]],
    ["/orders", "getOrders", "Sales orders, the newest first", [query("status", oneOf("pending", "paid", "shipped", "delivered", "cancelled", "returned"), "Of this status"), query("from", { type: "string", format: "date" }, "Placed on or after this day"), query("to", { type: "string", format: "date" }, "Placed before this day"), query("limit", { type: "integer", default: 20, maximum: 50 }), query("offset", { type: "integer", default: 0 })], object({ number: text, customer: object({ name: text, country: text }), status: text, total_cents: whole, currency: text, item_count: whole, warehouse_id: text, express: flag, placed_at: time, shipped_at: maybe(time) }), (d, q) => d.orders.filter((o) => (!q.status || o.status === q.status) && (!q.from || o.placed_at >= q.from) && (!q.to || o.placed_at < q.to))],
    ["/orders/{number}", "getOrder", "One order", [inPath("number")], object({ number: text, status: text }), (d, q) => d.orders.find((o) => o.number === q.number)],
  ],
};

const ROTA = {
  title: "On-call", wrap: "cursor",
  operations: [
    ["/v2/incidents", "incidents.list", "List incidents", [query("severity", { type: "string", enum: ["sev1", "sev2", "sev3", "sev4"] }), query("status", oneOf("triggered", "acknowledged", "resolved")), query("since", time, "Started at or after"), query("until", time, "Started before"), query("cursor", text), query("pageSize", { type: "integer", default: 20, maximum: 50 })], object({ id: text, title: text, severity: text, status: text, urgency: oneOf("high", "low"), service: object({ id: text, name: text }), assignedTo: maybe(text), startedAt: time, resolvedAt: maybe(time), durationSeconds: maybe(whole), alertCount: whole, customerImpact: flag, postmortemUrl: maybe(text) }), (d, q) => d.incidents.filter((i) => (!q.severity || i.severity === q.severity) && (!q.status || i.status === q.status) && (!q.since || i.startedAt >= q.since) && (!q.until || i.startedAt < q.until))],
    ["/v2/services", "services.list", "List services", [], object({ id: text, name: text, tier: whole, ownerTeam: maybe(text), status: oneOf("operational", "degraded", "maintenance"), createdAt: time }), (d) => d.services],
    ["/v2/services/{serviceId}/deployments", "services.deployments.list", "List deployments of a service", [inPath("serviceId"), query("environment", oneOf("production", "staging"))], object({ id: text, version: text, deployedBy: text, environment: text, succeeded: flag, deployedAt: time }), (d, q) => d.deployments[q.serviceId]?.filter((x) => !q.environment || x.environment === q.environment)],
    ["/v2/responders", "responders.list", "List people who can be on call", [], object({ id: text, name: text, email: text, jobTitle: text, timeZone: text, onCallNow: flag }), (d) => d.people],
  ],
};

const COURSE = object({ course_id: whole, title: text, level: oneOf("beginner", "intermediate", "advanced"), is_published: flag, price_usd: { type: "number" }, duration_hours: whole, instructor: object({ full_name: text, verified: flag }), language: text, rating_average: maybe({ type: "number" }), published_at: maybe(time) });
const CAMPUS = {
  title: "Campus learning platform", wrap: "page",
  operations: [
    ["/api/courses", "get_courses", "Returns the course catalog", [query("level", COURSE.properties.level), query("language", text), query("page", { type: "integer" }), query("per_page", { type: "integer" })], COURSE, (d, q) => d.courses.filter((c) => (!q.level || c.level === q.level) && (!q.language || c.language === q.language))],
    ["/api/courses/{course_id}", "get_course", "Returns one course", [inPath("course_id", whole)], COURSE, (d, q) => d.courses.find((c) => String(c.course_id) === q.course_id)],
    ["/api/courses/{course_id}/lessons", "get_course_lessons", "Returns the lessons of a course, in order", [inPath("course_id", whole)], object({ position: whole, title: text, minutes: whole, type: oneOf("video", "quiz", "text"), free_preview: flag }), (d, q) => d.lessons[q.course_id]],
    ["/api/learners", "get_learners", "Returns people who learn here", [query("plan", oneOf("free", "plus", "team")), query("page", { type: "integer" }), query("per_page", { type: "integer" })], object({ id: text, display_name: text, country_code: text, plan: oneOf("free", "plus", "team"), is_verified: flag, last_login: maybe(time), joined: time }), (d, q) => d.learners.filter((l) => !q.plan || l.plan === q.plan)],
    ["/api/enrollments", "get_enrollments", "Returns enrollments, the newest first", [query("state", oneOf("in_progress", "completed", "dropped")), query("enrolled_from", time), query("enrolled_to", time), query("page", { type: "integer" }), query("per_page", { type: "integer" })], object({ enrollment_id: whole, learner_id: text, course: object({ id: whole }), progress_percent: whole, state: oneOf("in_progress", "completed", "dropped"), amount_paid: object({ value: { type: "number" }, currency: text }), enrolled_at: time, completed_at: maybe(time), certificate: flag }), (d, q) => d.enrollments.filter((e) => (!q.state || e.state === q.state) && (!q.enrolled_from || e.enrolled_at >= q.enrolled_from) && (!q.enrolled_to || e.enrolled_at < q.enrolled_to))],
  ],
};

const CRM = [
  ["search_contacts", "Search contacts by name, city or subscription", { query: text, city: text }, (d, a) => d.contacts.filter((c) => !a.city || c.city === a.city)],
  ["list_deals", "List deals of the sales pipeline", { stage: oneOf("lead", "qualified", "proposal", "won", "lost") }, (d, a) => d.deals.filter((x) => !a.stage || x.stage === a.stage)],
  ["getCompanies", "Companies we sell to", {}, (d) => d.companies],
  ["fetch_activities", "Calls, e-mails and meetings of the sales people", { after: time }, (d, a) => d.activities.filter((x) => !a.after || x.at >= a.after)],
];

// ---- pages

const WRAPS = {
  page: (rows, q) => {
    const size = Math.min(Number(q.per_page ?? 25), 100), page = Number(q.page ?? 1);
    return { data: rows.slice((page - 1) * size, page * size), meta: { total: rows.length, page, per_page: size } };
  },
  items: (rows, q) => {
    const size = Math.min(Number(q.limit ?? 20), 50), at = Number(q.offset ?? 0);
    return { items: rows.slice(at, at + size), total: rows.length };
  },
  cursor: (rows, q) => {
    const size = Math.min(Number(q.pageSize ?? 20), 50), at = Number(q.cursor ?? 0);
    return { results: rows.slice(at, at + size), nextCursor: at + size < rows.length ? String(at + size) : null };
  },
};
const WRAPPED = {
  page: (row) => object({ data: { type: "array", items: row }, meta: object({ total: whole, page: whole, per_page: whole }) }),
  items: (row) => object({ items: { type: "array", items: row }, total: whole }),
  cursor: (row) => object({ results: { type: "array", items: row }, nextCursor: maybe(text) }),
};
const isOne = (path) => path.endsWith("}");

function documentOf(api, url) {
  const paths = {};
  for (const [path, operationId, summary, parameters, row] of api.operations)
    paths[path] = {
      get: { operationId, summary, parameters, responses: ok(isOne(path) ? row : WRAPPED[api.wrap](row)) },
      ...(isOne(path) ? { delete: { operationId: `delete${operationId}`, summary: "Delete it", parameters, responses: ok(object({})) } } : {}),
    };
  return { openapi: "3.1.0", info: { title: api.title, version: "1" }, servers: [{ url }], security: [{ key: [] }], paths, components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Api-Key" } } } };
}

async function listen(answer) {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

export async function startVendors(now) {
  const data = makeData(now), requests = [], servers = [], apis = {};
  for (const [name, api] of Object.entries({ desk: DESK, depot: DEPOT, rota: ROTA, campus: CAMPUS })) {
    const matches = api.operations.map(([path, , , parameters, , rows]) => ({ path, rows, paged: parameters.some((p) => /page|offset|cursor/i.test(p.name)), names: [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]), pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "([^/]+)")}$`) }));
    const { server, url } = await listen((req, res) => {
      const at = new URL(req.url, "http://x");
      requests.push({ api: name, method: req.method, path: at.pathname + at.search });
      const found = matches.find((m) => m.pattern.test(at.pathname));
      const q = Object.fromEntries(at.searchParams);
      found?.pattern.exec(at.pathname).slice(1).forEach((value, i) => (q[found.names[i]] = decodeURIComponent(value)));
      const rows = found?.rows(data, q);
      res.writeHead(req.method !== "GET" ? 405 : rows ? 200 : 404, { "content-type": "application/json" });
      res.end(JSON.stringify(!rows ? { error: "not there" } : isOne(found.path) ? rows : WRAPS[api.wrap](rows, found.paged ? q : { per_page: 100, limit: 50, pageSize: 50 })));
    });
    servers.push(server);
    apis[name] = { url, document: documentOf(api, url) };
  }
  const crm = await listen(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    const { id, method, params } = body ? JSON.parse(body) : {};
    if (req.method !== "POST" || id === undefined) return res.writeHead(req.method === "POST" ? 202 : 405).end();
    const tool = CRM.find(([name]) => name === params?.name);
    if (method === "tools/call") requests.push({ api: "crm", method: "call", path: params.name, arguments: params.arguments });
    const result = {
      initialize: () => ({ protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "pipeline", version: "1" } }),
      "tools/list": () => ({ tools: CRM.map(([name, description, properties]) => ({ name, description, inputSchema: { type: "object", properties }, annotations: { readOnlyHint: true } })) }),
      "tools/call": () => ({ content: [{ type: "text", text: JSON.stringify(tool[3](data, params.arguments ?? {})) }] }),
      ping: () => ({}),
    }[method];
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify({ jsonrpc: "2.0", id, ...(result ? { result: result() } : { error: { code: -32601, message: "no such method" } }) }));
  });
  servers.push(crm.server);
  return {
    data, requests, apis, crm,
    close: () => servers.forEach((server) => (server.closeAllConnections(), server.close())),
  };
}
