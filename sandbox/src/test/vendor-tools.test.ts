// SPDX-License-Identifier: Apache-2.0
// Every tool of every vendor really answers, readers change nothing, writers do, and all tell the same story.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Client } from "@modelcontextprotocol/client";
import { siteId, TEAMS } from "../story/decisions.js";
import { incident, INTRUDER } from "../story/incident.js";
import { CLOUDS, grownTo, usageOf } from "../story/media.js";
import { zoneId } from "../story/zones.js";
import { accountId } from "../tokens.js";
import { DAY, HOUR } from "../world.js";
import { body, Stage, type Json } from "./stage.js";

const stage = await Stage.start();
const WEB = "cfut_sandbox_one_account";
const BOTH = "cfut_sandbox_two_accounts";
const KEYS = { "cloudinary-url": "cloudinary://482917365021874:sandbox-secret-of-acme-web@acme-web" };
const SERVERS = ["bindings", "observability", "dns-analytics", "auditlogs", "graphql", "docs", "radar"];

beforeEach(async () => {
  for (const vendor of ["cloudflare", "cloudinary", "arcjet"] as const) await stage.reset(vendor);
});

const cloudflare = (server: string, token: string | undefined = WEB, headers = {}) =>
  stage.connect("cloudflare", `/${server}/mcp`, token, "auto", headers);
const cloudinary = (headers: Record<string, string> = KEYS) => stage.connect("cloudinary", "/mcp", undefined, "legacy", headers);
const epoch = () => stage.vendors.rest.world.epoch;
const ago = (ms: number) => new Date(epoch() - ms).toISOString();

async function arcjet(team = TEAMS[0]!.id): Promise<Client> {
  const { tokens } = await stage.authorize("arcjet", "/mcp", { account: team });
  return stage.connect("arcjet", "/mcp", tokens["access_token"], "legacy");
}

async function ask(client: Client, name: string, args: Json = {}): Promise<any> {
  const result = (await client.callTool({ name, arguments: args })) as any;
  assert.ok(!result.isError, `${name}: ${result.content[0].text}`);
  try {
    return body(result);
  } catch {
    return result.content[0].text;
  }
}

async function refused(client: Client, name: string, args: Json = {}): Promise<string> {
  const result = (await client.callTool({ name, arguments: args })) as any;
  assert.ok(result.isError, name);
  return result.content[0].text;
}

test("the inventories: how many tools, which of them read-only by their own word", async () => {
  const seen: Json = {};
  for (const server of SERVERS) {
    const { tools } = await (await cloudflare(server)).listTools();
    seen[server] = [tools.length, tools.filter((t) => t.annotations?.readOnlyHint).length, tools.filter((t) => t.annotations === undefined).length];
  }
  assert.deepEqual(seen, {
    bindings: [23, 13, 0],
    observability: [7, 4, 3],
    "dns-analytics": [5, 2, 3],
    auditlogs: [1, 0, 1],
    graphql: [8, 2, 6],
    docs: [1, 1, 0],
    radar: [66, 0, 66],
  });
  const { tools } = await (await cloudinary()).listTools();
  assert.ok(tools.every((t) => t.annotations?.title && t.title && Object.keys(t.annotations).length === 5));
  assert.deepEqual([tools.length, tools.filter((t) => t.annotations!.readOnlyHint).length], [29, 12]);
  const query = (await (await cloudflare("bindings")).listTools()).tools.find((t) => t.name === "d1_database_query")!;
  assert.deepEqual([query.annotations!.readOnlyHint, query.annotations!.destructiveHint], [false, false]);
});

test("account context: header before argument; without one, isError with the accounts; instructions list them", async () => {
  const several = await cloudflare("bindings", BOTH);
  assert.match(several.getInstructions()!, new RegExp(`Acme Retail: ${accountId("retail")}`));
  const { error, available_accounts } = JSON.parse(await refused(several, "workers_list"));
  assert.match(error, /^account_id is required because /);
  assert.deepEqual(
    available_accounts.map((a: Json) => a["name"]),
    ["Acme Web", "Acme Retail"],
  );
  assert.equal((await ask(several, "workers_list", { account_id: accountId("retail") })).count, 1);
  const pinned = await cloudflare("bindings", BOTH, { "cf-account-id": accountId("web") });
  assert.equal((await ask(pinned, "workers_list", { account_id: accountId("retail") })).count, 3);
  const field = async (client: Client) =>
    (await client.listTools()).tools.find((t) => t.name === "workers_list")!.inputSchema.properties!["account_id"];
  assert.ok(await field(several));
  assert.equal(await field(await cloudflare("bindings")), undefined, "only for those who have several");
  assert.match(await refused(await cloudflare("bindings", "cfut_an_unknown_token_value"), "workers_list"), /Authentication error/);
});

test("bindings: every reader answers, in JSON, TSV or source", async () => {
  const client = await cloudflare("bindings");
  const { namespaces, count } = await ask(client, "kv_namespaces_list");
  assert.equal(count, namespaces.length);
  assert.equal((await ask(client, "kv_namespace_get", { namespace_id: namespaces[0].id })).title, namespaces[0].title);
  assert.match(await ask(client, "workers_get_worker", { scriptName: "api-gateway" }), /^name\ttag\t.*\napi-gateway\t/);
  assert.match(await ask(client, "workers_get_worker_code", { scriptName: "api-gateway" }), /export default/);
  assert.equal((await ask(client, "r2_buckets_list", { name_contains: "acme" })).count, 3);
  assert.equal((await ask(client, "r2_bucket_get", { name: "acme-logs" })).name, "acme-logs");
  const { result } = await ask(client, "d1_databases_list");
  const id = result[0].uuid;
  assert.equal((await ask(client, "d1_database_get", { database_id: id })).name, "orders");
  const [rows] = await ask(client, "d1_database_query", { database_id: id, sql: "select count(*) from orders" });
  assert.equal(rows.results[0]["count(*)"], 40);
  const { configs } = await ask(client, "hyperdrive_configs_list");
  assert.equal((await ask(client, "hyperdrive_config_get", { hyperdrive_id: configs[0].id })).name, "orders-replica");
  assert.match(await ask(client, "migrate_pages_to_workers_guide"), /^# Migrate/);
  const found = (await client.callTool({ name: "search_cloudflare_documentation", arguments: { query: "KV limits" } })) as Json;
  assert.match(found["structuredContent"].results[0].title, /KV/);
  assert.match(await refused(client, "workers_get_worker", { scriptName: "none" }), /^Error getting the Worker: Worker "none" not found/);
  assert.deepEqual((await stage.counters("cloudflare"))["writes"], { d1_database_query: 1 });
});

test("bindings: every writer writes, and is counted", async () => {
  const client = await cloudflare("bindings");
  const made = await ask(client, "kv_namespace_create", { title: "new" });
  await ask(client, "kv_namespace_update", { namespace_id: made.id, title: "newer" });
  assert.equal((await ask(client, "kv_namespace_get", { namespace_id: made.id })).title, "newer");
  await ask(client, "kv_namespace_delete", { namespace_id: made.id });
  assert.match(await refused(client, "kv_namespace_get", { namespace_id: made.id }), /404/);
  await ask(client, "r2_bucket_create", { name: "new-bucket" });
  await ask(client, "r2_bucket_delete", { name: "new-bucket" });
  const { uuid } = await ask(client, "d1_database_create", { name: "new" });
  await ask(client, "d1_database_delete", { database_id: uuid });
  const { configs } = await ask(client, "hyperdrive_configs_list");
  const edited = await ask(client, "hyperdrive_config_edit", { hyperdrive_id: configs[1].id, name: "renamed", port: 5433 });
  assert.deepEqual([edited.name, edited.origin.port], ["renamed", 5433]);
  await ask(client, "hyperdrive_config_delete", { hyperdrive_id: configs[1].id });
  assert.equal((await ask(client, "hyperdrive_configs_list")).configs.length, 1);
  const counters = await stage.counters("cloudflare");
  assert.deepEqual([counters["write_calls"], counters["writes"].kv_namespace_create], [9, 1]);
  const audit = await cloudflare("auditlogs");
  const { logs } = await ask(audit, "auditlogs_by_account_id", { since: ago(0), before: ago(-DAY), limit: 100 });
  assert.ok(
    logs.some((l: Json) => /kv namespace/.test(l["description"])),
    "what was written is in the audit log",
  );
});

test("observability: calculations as Markdown over TSV, invocations as TSV, events as JSON; the incident shows", async () => {
  const client = await cloudflare("observability");
  const query = (more: Json) =>
    ask(client, "query_worker_observability", { query: { queryId: "q", timeframe: { from: ago(10 * HOUR), to: ago(0) }, ...more } });
  const grouped = await query({
    view: "calculations",
    parameters: {
      calculations: [
        { operator: "count", alias: "requests" },
        { operator: "p99", key: "$workers.cpuTimeMs" },
      ],
      groupBys: [{ type: "string", value: "$workers.outcome" }],
    },
  });
  assert.match(grouped, /^## requests\n\n### Aggregation\n\n\$workers\.outcome\tvalue\nok\t\d+\n/);
  assert.match(grouped, /### Series\n\ntime\t\$workers\.outcome\tvalue\n/);
  assert.match(await query({ view: "invocations", limit: 3 }), /^time\trequestId\t(.*\n){3}.*$/);
  const { events, count } = await query({
    view: "events",
    limit: 2,
    parameters: { filters: [{ key: "$metadata.level", operation: "eq", value: "error" }] },
  });
  assert.deepEqual([count, events[0].$metadata.level], [2, "error"]);
  const slow = (from: number, to: number) =>
    query({
      view: "calculations",
      timeframe: { from: ago(from), to: ago(to) },
      parameters: { calculations: [{ operator: "max", key: "$workers.cpuTimeMs" }] },
    }).then((t: string) => Number(/value\n(\d+)/.exec(t)![1]));
  assert.ok((await slow(7.6 * HOUR, 6.5 * HOUR)) > 60);
  assert.ok((await ask(client, "observability_keys", {})).some((k: Json) => k["key"] === "$workers.scriptName"));
  const values = await ask(client, "observability_values", {
    valuesQuery: { key: "$workers.scriptName", timeframe: { from: ago(HOUR), to: ago(0) } },
  });
  assert.ok(values.some((v: Json) => v["value"] === "api-gateway"));
  assert.match(
    await refused(client, "query_worker_observability", { query: { view: "events", timeframe: { from: ago(20 * DAY), to: ago(0) } } }),
    /only the last 7 days/,
  );
});

test("DNS, audit logs and GraphQL: the same incident from three sides", async () => {
  const zone = zoneId("staging-example.com");
  const dns = await cloudflare("dns-analytics");
  const report = await ask(dns, "dns_report", { zone, days: 1 });
  assert.deepEqual(report.query.metrics, ["queryCount", "uncachedCount", "responseTimeAvg"]);
  assert.equal((await ask(dns, "zones_list", { perPage: 5 })).count, 5);
  assert.equal((await ask(dns, "zone_details", { zoneId: zone })).zone.name, "staging-example.com");
  assert.ok((await ask(dns, "show_account_dns_settings")).zone_defaults);
  assert.ok((await ask(dns, "show_zone_dns_settings", { zone })).nameservers.list.length);
  assert.match(await refused(dns, "zone_details", { zoneId: zoneId("acme-shop.example") }), /7003/, "of the other account");

  const audit = await cloudflare("auditlogs");
  const filter = { actor_email: { values: [INTRUDER.email] }, action_type: { values: ["delete"] } };
  const { logs } = await ask(audit, "auditlogs_by_account_id", { since: ago(DAY), before: ago(0), limit: 100, ...filter });
  assert.ok(logs.length > 20 && logs.every((l: Json) => l["actor_email"] === INTRUDER.email));
  const old = await ask(audit, "auditlogs_by_account_id", { since: ago(90 * DAY), before: ago(60 * DAY), limit: 5 });
  assert.equal(old.logs.length, 5, "the story is ninety days long");
  assert.equal(
    (await ask(audit, "auditlogs_by_account_id", { since: ago(90 * DAY), before: ago(60 * DAY), limit: 5, cursor: old.result_info.cursor })).logs
      .length,
    5,
  );
  assert.match(await refused(audit, "auditlogs_by_account_id", { since: ago(DAY) }), /before/);

  const graphql = await cloudflare("graphql");
  const text = await ask(graphql, "graphql_query", {
    query: `query($zone: String) { viewer { zones(filter: {zoneTag: $zone}) { firewallEventsAdaptiveGroups(limit: 5, filter: {datetime_geq: "${ago(DAY)}", clientIP: "${INTRUDER.ip}"}) { count dimensions { clientIP } } } } }`,
    variables: { zone },
  });
  assert.match(text, new RegExp(`"clientIP":"${INTRUDER.ip}"`));
  assert.match(text, /Open in GraphQL Explorer/);
  assert.match(await refused(graphql, "graphql_query", { query: "mutation { x }" }), /not allowed/);
  assert.ok((await ask(graphql, "graphql_schema_search", { keyword: "firewall" })).typeDetails.length);
  assert.ok((await ask(graphql, "graphql_schema_overview")).types.length);
  assert.ok((await ask(graphql, "graphql_type_details", { typeName: "httpRequestsAdaptiveGroups" })).dimensions.length);
  assert.ok((await ask(graphql, "graphql_complete_schema")).types.length);
  assert.match(await ask(graphql, "graphql_api_explorer", { query: "{ viewer { __typename } }" }), /^https:/);
});

test("radar: 66 tools answer, figures are strings, a failure has no isError", async () => {
  const client = await cloudflare("radar");
  const scan = await ask(client, "create_url_scan", { url: "https://example.com/" });
  const args: Json = {
    asn: 64500,
    ip: INTRUDER.ip,
    location: "DE",
    query: "example",
    prefix: "203.0.113.0/24",
    domain: "example.com",
    botSlug: "b",
    tld: "com",
    scanId: scan.result.uuid,
    url: "https://example.com/",
  };
  const { tools } = await client.listTools();
  for (const { name, inputSchema } of tools) {
    const given = Object.fromEntries(((inputSchema.required ?? []) as string[]).map((r) => [r, args[r]]));
    const made = await ask(client, name, given);
    assert.ok(typeof made === "string" ? !made.startsWith("Error") : made.result, name);
  }
  const { result } = await ask(client, "get_http_data", { dateRange: ["7d", "7dcontrol"], dimension: "summary/deviceType" });
  assert.deepEqual([Object.keys(result).slice(1), typeof result.summary_0.desktop], [["summary_0", "summary_1"], "string"]);
  const wrong = (await client.callTool({ name: "get_http_data", arguments: { dateRange: ["sometime"] } })) as any;
  assert.deepEqual([wrong.isError, wrong.content[0].text.slice(0, 6)], [undefined, "Error:"]);
});

test("the documentation server is open", async () => {
  const client = await cloudflare("docs", "");
  assert.equal((await client.listTools()).tools.length, 1);
});

test("Cloudinary: every reader answers with the body, rate headers in _meta, an image as an image", async () => {
  const client = await cloudinary();
  const first = (await client.callTool({ name: "list-images", arguments: { max_results: 2 } })) as any;
  const { headers } = first._meta;
  assert.deepEqual([headers["x-featureratelimit-limit"], Number(headers["x-featureratelimit-remaining"]) < 2000], ["2000", true]);
  assert.ok(!Number.isNaN(Date.parse(headers["x-featureratelimit-reset"])));
  const page = body(first);
  const next = await ask(client, "list-images", { max_results: 2, next_cursor: page.next_cursor, tags: true });
  assert.notEqual(next.resources[0].asset_id, page.resources[0].asset_id);
  assert.ok(Array.isArray(next.resources[0].tags));
  assert.match(page.resources[0].secure_url, /res\.cloudinary\.com\/acme-web\//);
  for (const name of ["list-videos", "list-files"]) assert.ok((await ask(client, name)).total_count > 0, name);
  const found = await ask(client, "search-assets", {
    request: { expression: "resource_type:image AND bytes>1mb AND created_at>30d", sort_by: [{ bytes: "desc" }], aggregate: ["format"] },
  });
  assert.ok(found.total_count > 0 && found.resources[0].bytes >= found.resources[1].bytes && found.aggregations.format.jpg > 0);
  assert.ok((await ask(client, "visual-search-assets", { text: "sunset" })).total_count > 0);
  const id = page.resources[0].asset_id;
  assert.equal((await ask(client, "get-asset-details", { asset_id: id, colors: true })).colors.length, 2);
  assert.ok((await ask(client, "list-tags")).tags.includes("approved"));
  assert.equal((await ask(client, "search-folders", { expression: "name:campaigns*" })).total_count, 3);
  assert.match(await ask(client, "get-tx-reference"), /^# Transformation/);
  const picture = (await client.callTool({ name: "download-asset-backup", arguments: { asset_id: id } })) as any;
  assert.deepEqual([picture.content[0].type, Buffer.from(picture.content[0].data, "base64").subarray(1, 4).toString()], ["image", "PNG"]);
  assert.match(await refused(client, "get-generation-task", { task_id: "none" }), /Resource not found/);
  assert.equal((await stage.counters("cloudinary"))["write_calls"], 0);
});

test("Cloudinary: a search gives tags, context and metadata to who asks for them, and no field is asked for any value", async () => {
  const client = await cloudinary();
  const found = async (request: object) => (await ask(client, "search-assets", { request: { max_results: 40, ...request } })).resources as any[];
  const has = (row: any) => ["tags", "context", "metadata"].filter((name) => name in row);
  assert.deepEqual([...new Set((await found({})).flatMap(has))], []);
  assert.deepEqual([...new Set((await found({ with_field: ["tags"] })).flatMap(has))], ["tags"]);
  assert.deepEqual(has((await found({ with_field: ["context", "metadata", "tags"] }))[0]), ["tags", "context", "metadata"]);
  assert.deepEqual(Object.keys((await found({ fields: ["bytes", "tags"], with_field: ["context"] }))[0]).sort(), ["asset_id", "bytes", "context", "public_id"]);
  assert.ok((await found({ expression: "tags=approved", with_field: ["tags"] })).every((row) => row.tags.includes("approved")));
  for (const expression of ["tags:*", "-tags:*", "NOT tags:*", "resource_type:image AND -tags:*", 'context.alt:"*"', "public_id=*"])
    assert.match(await refused(client, "search-assets", { request: { expression } }), /Error parsing query/, expression);
  assert.match(await refused(client, "search-assets", { request: { with_field: ["colour"] } }), /with_field/);
  assert.ok((await found({ expression: "public_id:blog/*" })).length > 0);
});

test("Cloudinary: usage of fifteen months, with the incident in it; storage grows; nothing before a cloud was there", async () => {
  const client = await cloudinary();
  const usage = (n: number) => ask(client, "get-usage-details", { date: ago(n * DAY).slice(0, 10) });
  const day = async (n: number) => (await usage(n)).bandwidth.usage;
  const stored = [];
  for (const n of [0, 30, 90, 91, 180, 365, 455]) stored.push((await usage(n)).storage.usage);
  assert.deepEqual(stored, [...stored].sort((a, b) => b - a));
  assert.equal(new Set(stored).size, stored.length);
  assert.equal(stored[0], (await ask(client, "get-usage-details")).storage.usage);
  assert.ok(stored.at(-1) > 0.2 * stored[0] && stored.at(-1) < 0.5 * stored[0]);
  const retail = CLOUDS.find((c) => c.name === "acme-retail")!;
  const world = stage.vendors.rest.world;
  assert.deepEqual([usageOf(world, retail, 302).requests, grownTo(retail, 302)], [0, 0]);
  assert.ok(usageOf(world, retail, 300).requests > 0 && grownTo(retail, 300) > 0);
  const whole = await ask(client, "get-usage-details");
  assert.deepEqual(Object.keys(whole).slice(0, 2), ["plan", "last_updated"]);
  assert.ok(whole.bandwidth.used_percent > 0);
  const struck = Math.floor(world.epoch / DAY) - Math.floor(incident(world).start / DAY);
  assert.ok((await day(struck)) > 4 * (await day(40)));
  assert.match(await refused(client, "get-usage-details", { date: ago(500 * DAY).slice(0, 10) }), /within the last 15 months/);
});

test("Cloudinary: every writer writes", async () => {
  const client = await cloudinary();
  const made = await ask(client, "upload-asset", {
    upload_request: { file: "https://example.com/a.jpg", public_id: "blog/new", asset_folder: "blog", tags: "x,y" },
  });
  await ask(client, "asset-rename", { from_public_id: "blog/new", to_public_id: "blog/newer" });
  await ask(client, "asset-update", { asset_id: made.asset_id, display_name: "Newer" });
  await ask(client, "manage-asset-tags", { command: "add", tag: "z", public_ids: ["blog/newer"] });
  await ask(client, "manage-asset-context", { command: "add", context: "alt=hello", public_ids: ["blog/newer"] });
  await ask(client, "manage-asset-metadata", { metadata: { owner: "press" }, public_ids: ["blog/newer"] });
  const other = (await ask(client, "list-videos")).resources[0].asset_id;
  await ask(client, "create-asset-relations", { asset_id: made.asset_id, assets_to_relate: [other] });
  const held = await ask(client, "get-asset-details", { asset_id: made.asset_id, related: true });
  assert.deepEqual(
    [held.public_id, held.display_name, held.tags, held.context.custom.alt, held.metadata.owner, held.related_assets],
    ["blog/newer", "Newer", ["x", "y", "z"], "hello", "press", [other]],
  );
  await ask(client, "delete-asset-relations", { asset_id: made.asset_id, assets_to_unrelate: [other] });
  await ask(client, "create-folder", { folder: "a/b" });
  await ask(client, "move-folder", { folder: "a/b", to_folder: "a/c" });
  await ask(client, "delete-folder", { folder: "a/c" });
  assert.match(await refused(client, "delete-folder", { folder: "blog" }), /not empty/);
  assert.ok((await ask(client, "generate-archive", { public_ids: ["blog/newer"] })).bytes);
  const { task_id } = await ask(client, "generate-image", { prompt: "a gate" });
  assert.equal((await ask(client, "get-generation-task", { task_id })).status, "completed");
  await ask(client, "generate-image-from-images", { prompt: "two gates", asset_ids: [made.asset_id] });
  assert.equal(
    ((await client.callTool({ name: "transform-asset", arguments: { asset_id: made.asset_id, transformations: "w_10" } })) as any).content[0].type,
    "image",
  );
  await ask(client, "delete-derived-assets", { derived_resource_ids: ["d"] });
  await ask(client, "delete-asset", { asset_id: made.asset_id });
  assert.match(await refused(client, "get-asset-details", { asset_id: made.asset_id }), /not found/);
  assert.equal(Object.keys((await stage.counters("cloudinary"))["writes"]).length, 17);
});

test("Cloudinary: trouble of the credential: wrong key, another cloud named, a folder filter that matches nothing, an empty cloud", async () => {
  const wrong = await cloudinary({ "cloudinary-url": "cloudinary://482917365021874:no@acme-web" });
  assert.match(await refused(wrong, "list-images"), /api_secret mismatch/);
  const { tokens } = await stage.authorize("cloudinary", "/mcp", { cloud: "acme-retail" });
  const other = await stage.connect("cloudinary", "/mcp", tokens["access_token"], "legacy", { "cloudinary-cloud-name": "acme-web" });
  assert.match(await refused(other, "list-images"), /cloud_name mismatch/);
  const client = await cloudinary();
  assert.deepEqual(await ask(client, "list-images", { prefix: "product/" }), { resources: [], total_count: 0 });
  assert.ok((await ask(client, "list-images", { prefix: "products/" })).total_count > 0);
  const empty = await cloudinary({
    "cloudinary-cloud-name": "acme-staging",
    "cloudinary-api-key": "115528470093461",
    "cloudinary-api-secret": "sandbox-secret-of-acme-staging",
  });
  assert.equal((await ask(empty, "list-images")).total_count, 0);
});

test("Cloudinary: tools by header: some, or the dynamic three and their scopes", async () => {
  const some = await cloudinary({ ...KEYS, "cloudinary-tools": "list-images, list-tags" });
  assert.deepEqual(
    (await some.listTools()).tools.map((t) => t.name),
    ["list-images", "list-tags"],
  );
  const dynamic = await cloudinary({ ...KEYS, "cloudinary-tools": "dynamic" });
  assert.deepEqual(
    (await dynamic.listTools()).tools.map((t) => t.name),
    ["list_tools", "describe_tool_input", "execute_tool", "list_scopes"],
  );
  assert.ok((await ask(dynamic, "execute_tool", { tool_name: "list-tags", input: {} })).tags);
  assert.equal((await ask(dynamic, "list_tools", { search_terms: ["folder"] })).tools.length > 2, true);
  assert.ok((await ask(dynamic, "describe_tool_input", { tool_name: "list-tags" })).inputSchema);
  assert.deepEqual((await ask(dynamic, "list_scopes")).scopes, ["asset_management", "upload"]);
});

test("Arcjet: every reader answers", async () => {
  const client = await arcjet();
  const { teams } = await ask(client, "list-teams");
  const { sites } = await ask(client, "list-sites", { team_id: teams[0].id });
  assert.deepEqual(
    sites.map((s: Json) => s["name"]),
    ["storefront", "checkout", "staging", "internal-tools"],
  );
  const site_id = siteId("staging");
  const denied = await ask(client, "list-requests", { site_id, conclusion: "DENY", limit: 2 });
  assert.ok(denied.requests.every((r: Json) => r["conclusion"] === "DENY") && denied.next_cursor);
  const second = await ask(client, "list-requests", { site_id, conclusion: "DENY", limit: 2, cursor: denied.next_cursor });
  assert.notEqual(second.requests[0].id, denied.requests[0].id);
  const request_id = denied.requests[0].id;
  const details = await ask(client, "get-request-details", { site_id, request_id });
  assert.ok(details.rules.some((r: Json) => r["state"] === "RUN" && r["conclusion"] === "DENY") && details.ip_details.asn);
  assert.match(await ask(client, "explain-decision", { site_id, request_id }), /\*\*DENY\*\*\. It was denied by the rule/);
  assert.equal((await ask(client, "investigate-ip", { site_id, ip: INTRUDER.ip })).threat.risk_level, "high");
  assert.match((await ask(client, "get-site-key", { site_id })).key, /^ajkey_/);
  assert.ok((await ask(client, "get-site-quota", { site_id })).used > 0);
  assert.equal((await ask(client, "analyze-traffic", { site_id, period: "7d" })).trend.length, 24);
  assert.ok((await ask(client, "get-anomalies", { site_id })).anomalies.some((a: Json) => a["kind"] === "traffic_spike"));
  assert.match(await ask(client, "get-security-briefing", { site_id }), /^# Security briefing: staging/);
  assert.equal((await ask(client, "list-rules", { site_id })).rules.length, 4);
  assert.equal((await stage.counters("arcjet"))["write_calls"], 0);
});

test("Arcjet: few denials because rules only watch or routes have none; nothing because of the site or the time", async () => {
  const client = await arcjet();
  const staging = await ask(client, "analyze-traffic", { site_id: siteId("staging") });
  assert.ok(staging.total_requests > 300 && staging.denial_rate < 0.1);
  const { rules } = await ask(client, "get-dry-run-impact", { site_id: siteId("staging") });
  assert.ok(rules.reduce((sum: number, r: Json) => sum + r["would_deny"], 0) > 200);
  const bare = await ask(client, "list-requests", { site_id: siteId("storefront"), path: "/legacy/export", limit: 100 });
  assert.ok(bare.total > 50 && bare.requests.every((r: Json) => r["conclusion"] !== "DENY"));
  assert.match(await ask(client, "get-security-briefing", { site_id: siteId("storefront") }), /Routes without a rule: \/legacy/);
  assert.equal((await ask(client, "analyze-traffic", { site_id: siteId("internal-tools"), period: "90d" })).total_requests, 0);
  assert.equal((await ask(client, "list-requests", { site_id: siteId("staging"), start: ago(-DAY) })).total, 0);
  assert.match(await refused(client, "list-requests", { site_id: siteId("playground") }), /not found/);
  assert.equal((await ask(await arcjet(TEAMS[1]!.id), "list-requests", { site_id: siteId("playground") })).total, 0);
});

test("Arcjet: every writer writes", async () => {
  const client = await arcjet();
  const made = await ask(client, "create-site", { team_id: TEAMS[0]!.id, name: "new" });
  assert.match(made.id, /^site_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  const rule = await ask(client, "create-rule", { site_id: made.id, type: "bot" });
  assert.equal(rule.mode, "DRY_RUN");
  await ask(client, "update-rule", { site_id: made.id, rule_id: rule.id, routes: ["/login"] });
  await ask(client, "promote-rule", { site_id: made.id, rule_id: rule.id });
  const [held] = (await ask(client, "list-rules", { site_id: made.id })).rules;
  assert.deepEqual([held.mode, held.routes], ["LIVE", ["/login"]]);
  await ask(client, "delete-rule", { site_id: made.id, rule_id: rule.id });
  assert.deepEqual((await ask(client, "list-rules", { site_id: made.id })).rules, []);
  assert.equal((await stage.counters("arcjet"))["write_calls"], 5);
});
