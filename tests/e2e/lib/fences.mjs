// SPDX-License-Identifier: Apache-2.0
// A vendor with zones in accounts for tests of fences, whose API takes arguments in every place that one can stand, and an
// eye of its own on what a request names. Example:
//   const vendor = await startZones();  const account = await vendor.connect(world);
//   trespasses(vendor.requests.at(-1))              // ["/body/zone_id: bbbb…"]: not ours; []: within the fence
import { startRecorder } from "./recorder.mjs";

const id = (letter) => letter.repeat(32);
export const OURS = id("a"), ALSO = id("b"), OTHER = id("c"), NOWHERE = id("d"), ACCOUNT = id("1"), ELSEWHERE = id("2");
const ZONES = [
  { id: OURS, name: "example.com", account: { id: ACCOUNT } },
  { id: ALSO, name: "example.org", account: { id: ACCOUNT } },
  { id: OTHER, name: "other.example", account: { id: ELSEWHERE } },
  { id: id("e"), name: "twice.example", account: { id: ACCOUNT } },
  { id: id("f"), name: "twice.example", account: { id: ELSEWHERE } },
];

const text = { type: "string" };
const query = (name, schema = text, more = {}) => ({ name, in: "query", schema, ...more });
const json = (schema) => ({ requestBody: { content: { "application/json": { schema } } } });
const typed = (type, schema) => ({ requestBody: { content: { [type]: { schema } } } });
const open = { type: "object", properties: { note: text, rows: { type: "array", items: { type: "object" } } }, additionalProperties: true };

// name → [method, path, what else]; a path's parameters are made from it.
export const OPERATIONS = {
  zones: ["get", "/zones", { parameters: [query("name"), query("account.id")] }],
  zone: ["get", "/zones/{zone_id}"],
  rule: ["get", "/zones/{zone_id}/rules/{rule_id}"],
  loose_rule: ["get", "/rules/{rule_id}"],
  search: ["get", "/zones/{zone_id}/search", { parameters: [query("q"), query("zone_id"), query("fields", { type: "object" }, { style: "deepObject", explode: true }), query("open", { type: "object" }, { explode: true }), query("zones", { type: "array", items: text }, { explode: false }), { name: "X-Zone-Id", in: "header", schema: text }, { name: "X-Note", in: "header", schema: text }, { name: "zone", in: "cookie", schema: text }] }],
  by_query: ["get", "/certificates", { parameters: [query("zone_id"), query("q")] }],
  by_list: ["get", "/reports", { parameters: [query("zone_ids", { type: "array", items: text })] }],
  put: ["post", "/zones/{zone_id}/things", json(open)],
  whole: ["put", "/zones/{zone_id}/all", json({ type: "array", items: { type: "object" } })],
  form: ["post", "/zones/{zone_id}/form", typed("application/x-www-form-urlencoded", { type: "object", properties: { a: text, zone_id_: text }, additionalProperties: true })],
  parts: ["post", "/zones/{zone_id}/parts", typed("multipart/form-data", { type: "object", properties: { metadata: text, file: { type: "string", format: "binary" } } })],
  lines: ["post", "/zones/{zone_id}/lines", typed("application/x-ndjson", text)],
  file: ["get", "/zones/{zone_id}/files/{path}"],
  batch: ["post", "/batch", json(open)],
  graph: ["post", "/zones/{zone_id}/graphql", json({ type: "object", properties: { query: text, variables: { type: "object" } } })],
  accounts: ["get", "/accounts"],
  members: ["get", "/accounts/{account_id}/members", { parameters: [query("zone_id")] }],
  moved: ["get", "/accounts/{account_id}/zones/{zone_id}/moves"],
  weather: ["get", "/weather", { parameters: [query("q")] }],
  user: ["get", "/user"],
};

function documentOf(operations) {
  const paths = {};
  for (const [name, [method, path, more = {}]] of Object.entries(operations)) {
    const parameters = [...path.matchAll(/{(\w+)}/g)].map(([, p]) => ({ name: p, in: "path", required: true, schema: { type: "string", minLength: 1, maxLength: 400 } }));
    (paths[path] ??= {})[method] = { operationId: name, summary: name, tags: ["zones"], responses: { 200: { description: "Fine." } }, ...more, parameters: [...parameters, ...(more.parameters ?? [])], "x-postern": { name, class: method === "get" || name === "batch" ? "get" : "update" } };
  }
  return { openapi: "3.1.0", info: { title: "Zones", version: "1" }, paths };
}

export const FENCES = [
  { key: "account_id", label: "Account", names: ["account", "account_tag"], id: "^[0-9a-f]{32}$", list: { tool: "accounts", id: "id", name: "name" }, paths: ["/accounts/*"], outside: ["weather"] },
  { key: "zone_id", label: "Zone", within: "account_id", names: ["zone", "zones", "zone_ids", "zone_tag"], id: "^[0-9a-f]{32}$", list: { tool: "zones", id: "id", name: "name" }, paths: ["/zones/*"], mentions: ["account.zone."], narrows: [{ tools: ["by_query"] }, { tools: ["by_list"], by: "zone_ids" }] },
];

export async function startZones() {
  const state = { fails: false };
  const vendor = await startRecorder(({ target }) => {
    const path = target.split("?")[0];
    if (state.fails) return { status: 503, body: { error: "down" } };
    if (path === "/zones") return { body: { result: ZONES } };
    if (path === "/accounts") return { body: { result: [{ id: ACCOUNT, name: "Acme" }, { id: ELSEWHERE, name: "Globex" }] } };
    if (path.startsWith(`/zones/${OTHER}`)) return { body: { result: [{ id: "their rule" }] } };
    if (path.includes("gone")) return { status: 404, body: { error: "no such zone" } };
    return { body: { result: [{ id: "r1", zone: "example.com" }] } };
  });
  return Object.assign(vendor, {
    state,
    async connect(world, { name = "zones", context } = {}) {
      const definition = { name, label: "Zones", kind: "rest", base_url: vendor.url, auth: [{ id: "token", fields: [{ name: "token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }], verify: [{ method: "GET", path: "/user" }], context: [{ name: "account_id" }, { name: "zone_id" }], fences: FENCES };
      await world.must(201, "POST", "/connector", { definition, document: documentOf(OPERATIONS) });
      const account = await world.must(201, "POST", "/integrated-account", { connector: name, name, credential: { token: "a-token-of-zones" }, ...(context ? { context } : {}) });
      vendor.requests.length = 0;
      return account;
    },
  });
}

// ---- what a request names, read in every way that a server might, apart from Postern's own reading

const decoded = (s) => {
  const all = [s];
  for (let i = 0; i < 3; i++) all.push(all.at(-1).replace(/((?:%[0-9a-f]{2})+)/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString()).replaceAll("+", " "));
  return [...new Set(all)];
};
const NAMED = { zone: /^zones?$|zone(id|tag)s?$/, account: /^account$|account(id|tag)$/ };
const kindOf = (name) => {
  for (const n of decoded(String(name)))
    for (const word of [n, ...n.split(/[.[\]]/)])
      for (const [kind, pattern] of Object.entries(NAMED)) if (pattern.test(word.toLowerCase().replace(/[^a-z0-9]/g, ""))) return kind;
  return undefined;
};

export function trespasses(request, allowed = { zone: [OURS] }) {
  const found = [];
  const judge = (at, kind, value) => allowed[kind] && !allowed[kind].includes(String(value)) && found.push(`${at}: ${value}`);
  const mention = (at, s) => {
    for (const d of decoded(s)) for (const [, word, value] of d.matchAll(/(zones|accounts)\/([0-9a-f]{32})/g)) judge(at, word.slice(0, -1), value);
  };
  const walk = (at, v, kind) => {
    if (typeof v === "string") {
      if (kind) judge(at, kind, v);
      mention(at, v);
      let inner;
      try {
        inner = JSON.parse(v);
      } catch {
        return;
      }
      if (inner && typeof inner === "object") walk(`${at}!`, inner, kind);
    } else if (v && typeof v === "object") {
      for (const [k, x] of Object.entries(v)) walk(`${at}/${k}`, x, Array.isArray(v) ? kind : kindOf(k) ?? kind);
    } else if (kind) judge(at, kind, v);
  };
  const pair = (at, name, value) => {
    const kind = kindOf(name);
    for (const item of kind ? value.split(",") : [value]) walk(`${at}/${name}`, item, kind);
  };
  const url = new URL(request.target, "http://x");
  for (const path of decoded(request.target.split("?")[0])) {
    mention("path", path);
    if (/(^|[/\\;])\.\.([/\\;]|$)/.test(path)) found.push(`path: ${path}`);
  }
  for (const [name, value] of url.searchParams) pair("query", name, value);
  for (const [name, value] of Object.entries(request.headers)) if (/^x-|^cookie$/.test(name)) for (const part of name === "cookie" ? value.split(/; */) : [`${name}=${value}`]) pair("header", part.split("=")[0], part.slice(part.indexOf("=") + 1));
  const type = request.headers["content-type"] ?? "";
  if (type.includes("urlencoded")) for (const [name, value] of new URLSearchParams(request.body)) pair("form", name, value);
  else if (type.includes("multipart")) for (const [, name, value] of request.body.matchAll(/name="([^"]*)"[^]*?\r\n\r\n([^]*?)\r\n--/g)) pair("part", name, value);
  else for (const line of [request.body, ...request.body.split("\n")]) walk("body", line);
  return found;
}
// Does it say the fence's value where the operation wants one?
export const isNarrowed = (request) => new RegExp(`^/zones/${OURS}(/|\\?|$)|^/(certificates|reports)\\?.*=${OURS}|^/weather`).test(request.target);

// ---- the same as an MCP server, in either era, of whose requests `calls` has the params

const TOOLS = [
  { name: "zones_list", properties: { name: text } },
  { name: "zone_details", properties: { zoneId: text, note: text, filters: { type: "array" } }, required: ["zoneId"] },
  { name: "report", properties: { zone: text, days: { type: "integer" } } },
  { name: "settings", properties: {} },
  { name: "account_settings", properties: { account_id: text } },
  { name: "ask_first", properties: { zoneId: text } },
  { name: "graphql_query", properties: { query: text } },
  { name: "docs", properties: { query: text } },
];

// `question`: what ask_first asks back, instead of a form.
export async function startZonesMcp(era, { question } = {}) {
  const calls = [];
  const modernEra = era === "modern";
  const who = { capabilities: { tools: { listChanged: true }, prompts: {}, resources: { subscribe: true }, completions: {}, logging: {} }, serverInfo: { name: "zones", version: "1" }, instructions: `The accounts are ${ACCOUNT} and ${ELSEWHERE}.` };
  const asks = question ?? { method: "elicitation/create", params: { mode: "form", message: "Which zone?", requestedSchema: { type: "object", properties: { zone: text } } } };
  const answers = {
    initialize: () => ({ protocolVersion: "2025-11-25", ...who }),
    "server/discover": () => ({ supportedVersions: ["2026-07-28"], ...who }),
    "tools/list": () => ({ tools: TOOLS.map(({ name, properties, required }) => ({ name, description: name, inputSchema: { type: "object", properties, ...(required ? { required } : {}) }, annotations: { readOnlyHint: true } })) }),
    "prompts/list": () => ({ prompts: [{ name: "about", arguments: [{ name: "zone" }] }] }),
    "prompts/get": () => ({ messages: [{ role: "user", content: { type: "text", text: `of ${OTHER}` } }] }),
    "resources/list": () => ({ resources: [{ uri: `zone://${OTHER}`, name: "other" }] }),
    "resources/templates/list": () => ({ resourceTemplates: [{ uriTemplate: "zone://{id}", name: "zone" }] }),
    "resources/read": (p) => ({ contents: [{ uri: p.uri, text: OTHER }] }),
    "completion/complete": () => ({ completion: { values: [OURS, OTHER] } }),
    "tools/call": (p) => {
      if (p.name === "ask_first" && modernEra && !p.inputResponses) return { resultType: "input_required", inputRequests: { q: asks }, requestState: "s" };
      const rows = p.name === "zones_list" ? { zones: ZONES.map(({ id: zone, name }) => ({ id: zone, name })) } : { fine: true };
      return { content: [{ type: "text", text: JSON.stringify(rows) }] };
    },
  };
  const vendor = await startRecorder(({ method, body, headers }) => {
    if (method !== "POST") return { status: 405 };
    const message = JSON.parse(body);
    if (message.id === undefined || !message.method) return { status: 202, body: "" };
    if (modernEra ? message.method === "initialize" : message.method === "server/discover") return { status: 400, body: { jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "unknown" } } };
    if (!/list$|initialize|discover/.test(message.method)) calls.push({ method: message.method, params: message.params ?? {}, headers });
    const result = answers[message.method]?.(message.params ?? {});
    const reply = result ? { jsonrpc: "2.0", id: message.id, result: { ...(modernEra ? { resultType: "complete" } : {}), ...result } } : { jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "unknown" } };
    if (!modernEra && message.method === "tools/call" && message.params.name === "ask_first") return { headers: { "content-type": "text/event-stream" }, body: [{ jsonrpc: "2.0", id: "q", ...asks }, reply].map((m) => `data: ${JSON.stringify(m)}\n\n`).join("") };
    return { body: reply };
  });
  const fences = [
    { key: "account_id", names: ["account"], outside: ["docs"], narrows: [{ tools: ["zones_list", "settings", "account_settings"] }] },
    { key: "zone_id", within: "account_id", names: ["zone", "zones", "zone_tag"], id: "^[0-9a-f]{32}$", list: { tool: "zones_list", id: "id", name: "name" }, paths: ["/zones/*"], narrows: [{ tools: ["zone_details", "ask_first"], by: "zoneId" }, { tools: ["report"], by: "zone" }] },
  ];
  return Object.assign(vendor, {
    calls,
    async connect(world, { name = `zones-${era}`, context, serves } = {}) {
      const definition = { name, label: "Zones", kind: "mcp", base_url: `${vendor.url}/mcp`, auth: [{ id: "open", open: true }], context: [{ name: "account_id", header: "x-account-id" }], words: [{ tools: ["*"], trust: "allow", class: "get" }], fences: fences.map((f) => (serves ? { ...f, serves } : f)) };
      await world.must(201, "POST", "/connector", { definition });
      return world.must(201, "POST", "/integrated-account", { connector: name, name, credential: {}, ...(context ? { context } : {}) });
    },
  });
}
