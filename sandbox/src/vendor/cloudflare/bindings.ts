// SPDX-License-Identifier: Apache-2.0
// The 23 tools of Cloudflare's Workers Bindings server.

import type { Json } from "../kit.js";
import type { Parts, Tool } from "../toolset.js";
import { ApiError, DESTROY, instructions, READ, shown, tool, tsv, WRITE, type Api } from "./api.js";
import { docsTools } from "./docs.js";

const S = (description: string, more: Json = {}) => ({ type: "string", description, ...more });
const N = (description: string, more: Json = {}) => ({ type: "number", description, ...more });
const paging = (order: string[]): Json => ({
  type: "object",
  properties: {
    page: N("Page number of the results"),
    per_page: N("Results per page", { minimum: 1, maximum: 1000 }),
    direction: S("Order direction", { enum: ["asc", "desc"] }),
    order: S("Field to order by", { enum: order }),
  },
});
const id = (what: string) => S(`The id of the ${what}`);

const kv = (api: Api) => `/accounts/${api.account}/storage/kv/namespaces`;
const r2 = (api: Api) => `/accounts/${api.account}/r2/buckets`;
const d1 = (api: Api) => `/accounts/${api.account}/d1/database`;
const scripts = (api: Api) => `/accounts/${api.account}/workers/scripts`;

const KV: Tool[] = [
  tool({
    name: "kv_namespaces_list",
    title: "List KV namespaces",
    description: "List all of the KV namespaces in your Cloudflare account.",
    properties: { params: paging(["id", "title"]) },
    annotations: READ,
    doing: "listing KV namespaces",
    run: (api, args) => {
      const rows: Json[] = api.result("GET", kv(api), { query: args["params"] });
      return { namespaces: rows.map((n) => ({ id: n["id"], title: n["title"] })), count: rows.length };
    },
  }),
  tool({
    name: "kv_namespace_create",
    title: "Create KV namespace",
    description: "Create a new KV namespace in your Cloudflare account.",
    properties: { title: S("The name of the namespace") },
    required: ["title"],
    annotations: WRITE,
    writes: true,
    doing: "creating the KV namespace",
    run: (api, args) => api.result("POST", kv(api), { body: { title: args["title"] } }),
  }),
  tool({
    name: "kv_namespace_delete",
    title: "Delete KV namespace",
    description: "Delete a KV namespace in your Cloudflare account.",
    properties: { namespace_id: id("namespace") },
    required: ["namespace_id"],
    annotations: DESTROY,
    writes: true,
    doing: "deleting the KV namespace",
    run: (api, args) => {
      api.result("DELETE", `${kv(api)}/${args["namespace_id"]}`);
      return `Namespace ${args["namespace_id"]} deleted successfully`;
    },
  }),
  tool({
    name: "kv_namespace_get",
    title: "Get KV namespace",
    description: "Get details of a KV namespace in your Cloudflare account.",
    properties: { namespace_id: id("namespace") },
    required: ["namespace_id"],
    annotations: READ,
    doing: "getting the KV namespace",
    run: (api, args) => api.result("GET", `${kv(api)}/${args["namespace_id"]}`),
  }),
  tool({
    name: "kv_namespace_update",
    title: "Update KV namespace",
    description: "Update the title of a KV namespace in your Cloudflare account.",
    properties: { namespace_id: id("namespace"), title: S("The new name") },
    required: ["namespace_id", "title"],
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    writes: true,
    doing: "updating the KV namespace",
    run: (api, args) => api.result("PUT", `${kv(api)}/${args["namespace_id"]}`, { body: { title: args["title"] } }),
  }),
];

export const workersTools: Tool[] = [
  tool({
    name: "workers_list",
    title: "List Workers",
    description: "List all Workers in your Cloudflare account. To see a single one, use workers_get_worker with its name.",
    annotations: READ,
    doing: "listing Workers",
    run: (api) => {
      const rows: Json[] = api.result("GET", scripts(api));
      const workers = rows.map((w) => ({ name: w["id"], id: { tag: w["tag"] }, modified_on: w["modified_on"], created_on: w["created_on"] }));
      return { workers, count: workers.length };
    },
  }),
  tool({
    name: "workers_get_worker",
    title: "Get Worker details",
    description: "Get the details of one Worker, by its name.",
    properties: { scriptName: S("The name of the Worker script") },
    required: ["scriptName"],
    annotations: READ,
    doing: "getting the Worker",
    run: (api, args) => {
      const found = (api.result("GET", scripts(api)) as Json[]).find((w) => w["id"] === args["scriptName"]);
      if (!found) throw new ApiError(`Worker "${args["scriptName"]}" not found`);
      const { id: name, tag, created_on, modified_on, handlers, usage_model, compatibility_date } = found;
      return tsv([{ name, tag, modified_on, created_on, handlers: handlers.join(","), usage_model, compatibility_date }]);
    },
  }),
  tool({
    name: "workers_get_worker_code",
    title: "Get Worker code",
    description: "Get the source code of a Worker. It may be a bundle.",
    properties: { scriptName: S("The name of the Worker script") },
    required: ["scriptName"],
    annotations: READ,
    doing: "getting the Worker's code",
    run: (api, args) => {
      const { bytes } = api.world.blobs.get(`${scripts(api)}/${encodeURIComponent(args["scriptName"])}/content`) ?? {};
      if (!bytes) throw new ApiError(`Worker "${args["scriptName"]}" not found`);
      return bytes.toString("utf8");
    },
  }),
];

const R2: Tool[] = [
  tool({
    name: "r2_buckets_list",
    title: "List R2 buckets",
    description: "List the R2 buckets in your Cloudflare account.",
    properties: {
      cursor: S("Where to go on, from the answer before"),
      direction: S("Order direction", { enum: ["asc", "desc"] }),
      name_contains: S("Only buckets whose name contains this"),
      per_page: N("Results per page", { minimum: 1, maximum: 1000 }),
      start_after: S("Only buckets after this name"),
    },
    annotations: READ,
    doing: "listing R2 buckets",
    run: (api, args) => {
      const query = { ...args };
      delete query["account_id"];
      const { buckets } = api.result("GET", r2(api), { query }) as { buckets: Json[] };
      return { buckets: buckets.map((b) => ({ name: b["name"], creation_date: b["creation_date"] })), count: buckets.length };
    },
  }),
  tool({
    name: "r2_bucket_create",
    title: "Create R2 bucket",
    description: "Create a new R2 bucket in your Cloudflare account.",
    properties: { name: S("The name of the bucket", { minLength: 3, maxLength: 64 }) },
    required: ["name"],
    annotations: WRITE,
    writes: true,
    doing: "creating the R2 bucket",
    run: (api, args) => api.result("POST", r2(api), { body: { name: args["name"] } }),
  }),
  tool({
    name: "r2_bucket_get",
    title: "Get R2 bucket",
    description: "Get details about an R2 bucket.",
    properties: { name: S("The name of the bucket") },
    required: ["name"],
    annotations: READ,
    doing: "getting the R2 bucket",
    run: (api, args) => api.result("GET", `${r2(api)}/${args["name"]}`),
  }),
  tool({
    name: "r2_bucket_delete",
    title: "Delete R2 bucket",
    description: "Delete an R2 bucket.",
    properties: { name: S("The name of the bucket") },
    required: ["name"],
    annotations: DESTROY,
    writes: true,
    doing: "deleting the R2 bucket",
    run: (api, args) => {
      api.result("DELETE", `${r2(api)}/${args["name"]}`);
      return `Bucket ${args["name"]} deleted successfully`;
    },
  }),
];

const D1: Tool[] = [
  tool({
    name: "d1_databases_list",
    title: "List D1 databases",
    description: "List all of the D1 databases in your Cloudflare account.",
    properties: { name: S("Only databases whose name contains this"), page: N("Page number"), per_page: N("Results per page") },
    annotations: READ,
    doing: "listing D1 databases",
    run: (api, { name, page, per_page }) => {
      const { result, result_info } = api.envelope("GET", d1(api), { query: { name, page, per_page } });
      return { result, result_info };
    },
  }),
  tool({
    name: "d1_database_create",
    title: "Create D1 database",
    description: "Create a new D1 database in your Cloudflare account.",
    properties: {
      name: S("The name of the database"),
      primary_location_hint: S("Where to keep it", { enum: ["wnam", "enam", "weur", "eeur", "apac", "oc"] }),
    },
    required: ["name"],
    annotations: WRITE,
    writes: true,
    doing: "creating the D1 database",
    run: (api, { name, primary_location_hint }) =>
      api.result("POST", d1(api), { body: { name, ...(primary_location_hint ? { primary_location_hint } : {}) } }),
  }),
  tool({
    name: "d1_database_delete",
    title: "Delete D1 database",
    description: "Delete a D1 database in your Cloudflare account.",
    properties: { database_id: id("database") },
    required: ["database_id"],
    annotations: DESTROY,
    writes: true,
    doing: "deleting the D1 database",
    run: (api, args) => {
      api.result("DELETE", `${d1(api)}/${args["database_id"]}`);
      return `Database ${args["database_id"]} deleted successfully`;
    },
  }),
  tool({
    name: "d1_database_get",
    title: "Get D1 database",
    description: "Get a D1 database in your Cloudflare account.",
    properties: { database_id: id("database") },
    required: ["database_id"],
    annotations: READ,
    doing: "getting the D1 database",
    run: (api, args) => api.result("GET", `${d1(api)}/${args["database_id"]}`),
  }),
  tool({
    name: "d1_database_query",
    title: "Query D1 database",
    description: "Run SQL on a D1 database in your Cloudflare account.",
    properties: {
      database_id: id("database"),
      sql: S("The SQL to run"),
      params: { type: "array", items: { type: "string" }, description: "Values for the placeholders" },
    },
    required: ["database_id", "sql"],
    annotations: { readOnlyHint: false, destructiveHint: false },
    writes: true,
    doing: "querying the D1 database",
    run: (api, { database_id, sql, params }) =>
      api.result("POST", `${d1(api)}/${database_id}/query`, { body: { sql, ...(params ? { params } : {}) } }),
  }),
];

const hyperdrive = (api: Api): Json[] => api.world.rows(`/accounts/${api.account}/hyperdrive/configs`);

function hyperdriveOf(api: Api, args: Json): Json {
  const found = hyperdrive(api).find((h) => h["id"] === args["hyperdrive_id"]);
  if (!found) throw new ApiError(`404 2004 Hyperdrive config ${args["hyperdrive_id"]} not found`);
  return found;
}

const ORIGIN: Json = {
  database: S("The database's name"),
  host: S("The database's host"),
  port: N("The database's port"),
  scheme: S("The protocol", { enum: ["postgresql", "mysql"] }),
  user: S("The database's user"),
};

const HYPERDRIVE: Tool[] = [
  tool({
    name: "hyperdrive_configs_list",
    title: "List Hyperdrive configs",
    description: "List Hyperdrive configurations in your Cloudflare account.",
    properties: {
      page: N("Page number"),
      per_page: N("Results per page"),
      order: S("Field to order by", { enum: ["id", "name"] }),
      direction: S("Order direction", { enum: ["asc", "desc"] }),
    },
    annotations: READ,
    doing: "listing Hyperdrive configs",
    run: (api, { page = 1, per_page = 20 }) => {
      const rows = hyperdrive(api);
      const configs = rows.slice((page - 1) * per_page, page * per_page);
      return { configs, result_info: { count: configs.length, page, per_page, total_count: rows.length } };
    },
  }),
  tool({
    name: "hyperdrive_config_delete",
    title: "Delete Hyperdrive config",
    description: "Delete a Hyperdrive configuration in your Cloudflare account.",
    properties: { hyperdrive_id: id("configuration") },
    required: ["hyperdrive_id"],
    annotations: DESTROY,
    writes: true,
    doing: "deleting the Hyperdrive config",
    run: (api, args) => {
      const rows = hyperdrive(api);
      rows.splice(rows.indexOf(hyperdriveOf(api, args)), 1);
      return `Hyperdrive config ${args["hyperdrive_id"]} deleted successfully`;
    },
  }),
  tool({
    name: "hyperdrive_config_get",
    title: "Get Hyperdrive config",
    description: "Get details of a Hyperdrive configuration in your Cloudflare account.",
    properties: { hyperdrive_id: id("configuration") },
    required: ["hyperdrive_id"],
    annotations: READ,
    doing: "getting the Hyperdrive config",
    run: (api, args) => hyperdriveOf(api, args),
  }),
  tool({
    name: "hyperdrive_config_edit",
    title: "Edit Hyperdrive config",
    description: "Edit a Hyperdrive configuration in your Cloudflare account.",
    properties: {
      hyperdrive_id: id("configuration"),
      name: S("The new name"),
      ...ORIGIN,
      caching_disabled: { type: "boolean", description: "Whether caching is off" },
      caching_max_age: N("Seconds"),
    },
    required: ["hyperdrive_id"],
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    writes: true,
    doing: "editing the Hyperdrive config",
    run: (api, args) => {
      const config = hyperdriveOf(api, args);
      if (args["name"] !== undefined) config["name"] = args["name"];
      for (const field of Object.keys(ORIGIN)) if (args[field] !== undefined) config["origin"][field] = args[field];
      if (args["caching_disabled"] !== undefined) config["caching"].disabled = args["caching_disabled"];
      if (args["caching_max_age"] !== undefined) config["caching"].max_age = args["caching_max_age"];
      config["modified_on"] = new Date().toISOString();
      return config;
    },
  }),
];

const GUIDE = `# Migrate from Pages to Workers

1. Add a wrangler configuration with \`assets.directory\` set to the folder your build writes.
2. Replace \`wrangler pages dev\` and \`wrangler pages deploy\` by \`wrangler dev\` and \`wrangler deploy\`.
3. Move each file under \`functions/\` into the Worker's own router.
4. Copy environment variables and bindings from the dashboard into the configuration.
5. Point the custom domain at the Worker when its preview answers as it should.
`;

const migrate = tool({
  name: "migrate_pages_to_workers_guide",
  title: "Get Pages migration guide",
  description: "Read this guide before migrating a Pages project to Workers.",
  annotations: READ,
  global: true,
  doing: "getting the guide",
  run: () => GUIDE,
});

export const bindings: Parts = {
  info: { name: "workers-bindings", title: "Cloudflare Workers Bindings", version: "0.5.1" },
  tools: [...KV, ...workersTools, ...R2, ...D1, ...HYPERDRIVE, ...docsTools, migrate],
  shown,
  instructions: instructions("Manage what Cloudflare Workers are bound to: KV, R2, D1, Hyperdrive, and the Workers themselves."),
  prompts: [
    {
      name: "workers-prompt-full",
      title: "Workers prompt",
      description: "Detailed prompt for writing Cloudflare Workers code, with best practices",
      get: () => [
        {
          role: "user",
          content: {
            type: "text",
            text: "You write code for Cloudflare Workers. Use ES modules and TypeScript. Keep secrets in bindings, never in code. Handle errors, and say which bindings the code needs.",
          },
        },
      ],
    },
  ],
};
