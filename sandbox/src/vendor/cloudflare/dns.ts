// SPDX-License-Identifier: Apache-2.0
// The DNS analytics, audit log and GraphQL servers. Only the zone tools carry annotations.

import { DATASETS } from "../../graphql.js";
import { DAY } from "../../world.js";
import type { Json } from "../kit.js";
import { failure, text, type Parts, type Tool } from "../toolset.js";
import { ApiError, instructions, READ, shown, tool, type Api } from "./api.js";

const S = (description: string, more: Json = {}) => ({ type: "string", description, ...more });
const N = (description: string, more: Json = {}) => ({ type: "number", description, ...more });
const LIST = (description: string) => ({ type: "array", items: { type: "string" }, description });

function zonesOf(api: Api): Json[] {
  return api.world.rows("/zones").filter((z) => z["account"].id === api.account);
}

function zone(api: Api, id: string): Json {
  const found = zonesOf(api).find((z) => z["id"] === id);
  if (!found) throw new ApiError(`404 7003 Could not route to /zones/${id}, perhaps your object identifier is invalid?`);
  return found;
}

export const zoneTools: Tool[] = [
  tool({
    name: "zones_list",
    title: "List zones",
    description: "List the zones of your Cloudflare account.",
    properties: {
      name: S("Only the zone of this name"),
      status: S("Only zones of this status", { enum: ["active", "pending", "initializing", "moved", "deleted", "deactivated", "read_only"] }),
      page: N("Page number", { minimum: 1, default: 1 }),
      perPage: N("Zones per page", { minimum: 5, maximum: 1000, default: 50 }),
      order: S("Field to order by", { enum: ["name", "status", "account_name"], default: "name" }),
      direction: S("Order direction", { enum: ["asc", "desc"], default: "desc" }),
    },
    annotations: READ,
    doing: "listing zones",
    run: (api, { name, status, page = 1, perPage = 50, order = "name", direction = "desc" }) => {
      const field = (z: Json) => (order === "account_name" ? z["account"].name : z[order]);
      const kept = zonesOf(api)
        .filter((z) => (name === undefined || z["name"] === name) && (status === undefined || z["status"] === status))
        .sort((a, b) => (field(a) < field(b) ? -1 : field(a) > field(b) ? 1 : 0) * (direction === "desc" ? -1 : 1));
      const zones = kept.slice((page - 1) * perPage, page * perPage).map((z) => ({
        id: z["id"],
        name: z["name"],
        status: z["status"],
        plan: z["plan"].name,
        paused: z["paused"],
        type: z["type"],
        created_on: z["created_on"],
        modified_on: z["modified_on"],
      }));
      return { zones, count: zones.length, page, perPage, accountId: api.account };
    },
  }),
  tool({
    name: "zone_details",
    title: "Get zone details",
    description: "Get the details of one zone.",
    properties: { zoneId: S("The zone's id") },
    required: ["zoneId"],
    annotations: READ,
    doing: "getting the zone",
    run: (api, args) => ({ zone: zone(api, args["zoneId"]) }),
  }),
];

const ACCOUNT_DNS = {
  zone_defaults: {
    flatten_all_cnames: false,
    foundation_dns: false,
    multi_provider: false,
    nameservers: { type: "cloudflare.standard" },
    ns_ttl: 86400,
    secondary_overrides: false,
    soa: { expire: 604800, min_ttl: 1800, mname: "", refresh: 10000, retry: 2400, rname: "dns.cloudflare.com", ttl: 3600 },
    zone_mode: "standard",
  },
};

const dnsTools: Tool[] = [
  tool({
    name: "dns_report",
    description: "Fetch the DNS report of a zone: how many queries of which kind, over a number of days up to today.",
    properties: { zone: S("The zone's id"), days: N("How many days back", { minimum: 1, maximum: 31, default: 7 }) },
    required: ["zone"],
    doing: "fetching the DNS report",
    run: (api, args) => {
      const { id } = zone(api, args["zone"]) as { id: string };
      const since = new Date(api.world.epoch - (args["days"] ?? 7) * DAY).toISOString();
      return api.result("GET", `/zones/${id}/dns_analytics/report`, {
        query: {
          metrics: "queryCount,uncachedCount,responseTimeAvg",
          dimensions: "responseCode,responseCached",
          since,
          until: new Date(api.world.epoch).toISOString(),
        },
      });
    },
  }),
  tool({
    name: "show_account_dns_settings",
    description: "Show the DNS settings of the account.",
    doing: "showing the account's DNS settings",
    run: () => ACCOUNT_DNS,
  }),
  tool({
    name: "show_zone_dns_settings",
    description: "Show the DNS settings of a zone.",
    properties: { zone: S("The zone's id") },
    required: ["zone"],
    doing: "showing the zone's DNS settings",
    run: (api, args) => ({
      ...ACCOUNT_DNS.zone_defaults,
      nameservers: { type: "cloudflare.standard", list: zone(api, args["zone"])["name_servers"] },
    }),
  }),
];

export const dnsAnalytics: Parts = {
  info: { name: "dns-analytics", title: "Cloudflare DNS Analytics", version: "0.3.1" },
  tools: [...dnsTools, ...zoneTools],
  shown,
  instructions: instructions("Read DNS reports and DNS settings of zones."),
};

/** A filter of the audit log's second version: values wanted, and values not wanted. */
const FILTER = (what: string) => ({ type: "object", properties: { values: LIST(`Only these: ${what}`), not: LIST(`None of these: ${what}`) } });
const FILTERS: Record<string, string> = {
  account_name: "account names",
  action_result: "success, failure",
  action_type: "create, delete, view, update",
  actor_context: "api_key, api_token, dash, oauth, origin_ca_key",
  actor_email: "addresses",
  actor_id: "actor ids",
  actor_ip_address: "addresses",
  actor_token_id: "token ids",
  actor_token_name: "token names",
  actor_type: "account, cloudflare_admin, system, user",
  audit_log_id: "ids",
  raw_cf_ray_id: "ray ids",
  raw_method: "HTTP methods",
  raw_status_code: "status codes",
  raw_uri: "URIs",
  resource_id: "ids",
  resource_product: "products",
  resource_type: "types",
  resource_scope: "accounts, user, zones",
  zone_id: "zone ids",
  zone_name: "zone names",
};

const auditlogs = tool({
  name: "auditlogs_by_account_id",
  description: "Find the audit logs of the account between two times. At most 10 unless a limit is given.",
  properties: {
    since: S("Not before this date or time (RFC 3339)"),
    before: S("Before this date or time (RFC 3339)"),
    limit: N("How many", { minimum: 1, maximum: 1000, default: 10 }),
    cursor: S("Where to go on"),
    direction: S("By time", { enum: ["asc", "desc"], default: "desc" }),
    ...Object.fromEntries(Object.entries(FILTERS).map(([name, what]) => [name, FILTER(what)])),
  },
  required: ["since", "before"],
  doing: "fetching audit logs",
  run: (api, args) => {
    const { since, before, limit = 10, cursor, direction } = args;
    const query: Json = { since, before, limit, cursor, direction };
    for (const name of Object.keys(FILTERS)) {
      if (args[name]?.values) query[name] = args[name].values;
      if (args[name]?.not) query[`${name}.not`] = args[name].not;
    }
    const { result, result_info } = api.envelope("GET", `/accounts/${api.account}/logs/audit`, { query });
    const logs = (result as Json[]).map((row) => ({
      description: row["action"].description,
      time: row["action"].time,
      product: row["resource"].product,
      type: row["action"].type,
      actor_email: row["actor"].email,
      actor_token_name: row["actor"].token_name ?? null,
    }));
    return { logs, result_info: { count: logs.length, cursor: result_info.cursor } };
  },
});

export const audit: Parts = {
  info: { name: "auditlogs", title: "Cloudflare Audit Logs", version: "0.2.4" },
  tools: [auditlogs],
  shown,
  instructions: instructions("Read the audit logs of an account."),
};

const dataset = (name: string) => {
  const found = DATASETS[name];
  if (!found) throw new ApiError(`404 Type ${name} not found`);
  return found;
};

const typeOf = (name: string) => {
  const { scope, dimensions, values, plain } = dataset(name);
  return {
    name,
    kind: "OBJECT",
    scope,
    fields: [...(plain ? dimensions : ["count", "dimensions", "sum", "avg"])],
    dimensions,
    values: Object.keys(values),
  };
};

const graphqlTools: Tool[] = [
  tool({
    name: "graphql_schema_search",
    description: "Search the GraphQL schema for types and fields.",
    properties: { keyword: S("What to search for"), maxDetailsToFetch: N("How many to describe", { default: 10 }) },
    required: ["keyword"],
    global: true,
    doing: "searching the schema",
    run: (_api, args) => {
      const word = String(args["keyword"]).toLowerCase();
      const kept = Object.keys(DATASETS).filter((name) => JSON.stringify(typeOf(name)).toLowerCase().includes(word));
      return {
        searchResults: kept.map((name) => ({ name, kind: "OBJECT" })),
        typeDetails: kept.slice(0, args["maxDetailsToFetch"] ?? 10).map(typeOf),
      };
    },
  }),
  tool({
    name: "graphql_schema_overview",
    description: "List the datasets of the GraphQL schema.",
    properties: { pageSize: N("How many", { default: 100 }), page: N("Page number", { default: 1 }) },
    global: true,
    doing: "reading the schema",
    run: () => ({ queryType: { name: "Query" }, mutationType: null, types: Object.keys(DATASETS).map((name) => ({ name, kind: "OBJECT" })) }),
  }),
  tool({
    name: "graphql_type_details",
    description: "Describe one type of the GraphQL schema.",
    properties: { typeName: S("The type") },
    required: ["typeName"],
    global: true,
    doing: "describing the type",
    run: (_api, args) => typeOf(args["typeName"]),
  }),
  tool({
    name: "graphql_complete_schema",
    description: "Get the whole GraphQL schema: long.",
    properties: { typesPageSize: N("How many types", { default: 500 }) },
    global: true,
    doing: "reading the schema",
    run: () => ({ queryType: "Query", types: Object.keys(DATASETS).map(typeOf) }),
  }),
  tool({
    name: "graphql_query",
    description: "Run a GraphQL query on the Cloudflare analytics API. Mutations are refused.",
    properties: { query: S("The query"), variables: { type: "object", additionalProperties: true, description: "Its variables" } },
    required: ["query"],
    doing: "running the query",
    run: (api, { query, variables }) => {
      if (/^\s*mutation\b/.test(query)) return failure("Error running the query: mutations are not allowed");
      const answer = api.envelope("POST", "/graphql", { body: { query, variables: { accountTag: api.account, ...variables } } });
      return text(`${JSON.stringify(answer)}\n\n**[Open in GraphQL Explorer](https://graphql.cloudflare.com/explorer)**`);
    },
  }),
  tool({
    name: "graphql_api_explorer",
    description: "Make a link that opens a query in the GraphQL explorer.",
    properties: { query: S("The query"), variables: { type: "object", additionalProperties: true } },
    required: ["query"],
    global: true,
    doing: "making the link",
    run: (_api, args) => `https://graphql.cloudflare.com/explorer?query=${encodeURIComponent(args["query"])}`,
  }),
];

export const graphql: Parts = {
  info: { name: "graphql-mcp-server", title: "Cloudflare GraphQL", version: "0.2.0" },
  tools: [...graphqlTools, ...zoneTools],
  shown,
  instructions: instructions("Query Cloudflare analytics with GraphQL. This server is deprecated."),
};
