// SPDX-License-Identifier: Apache-2.0
// The odd operations beside plain collections: D1 queries, Pages, certificates, e-mail routing, DNSSEC, load balancer health.

import { jsonBody, objectBody, type Call } from "../call.js";
import { Collection, noteEvent } from "../collection.js";
import { invalid, refuse, success } from "../envelope.js";
import { hexId, uuid } from "../random.js";
import { RESOURCES } from "../resources.js";
import type { Route } from "../router.js";
import { stamp, type Row } from "../world.js";
import { select } from "./sql.js";

const Z = "/zones/:zone_id";
const A = "/accounts/:account_id";

function collection(at: string): Collection {
  return new Collection(RESOURCES.find((r) => r.at === at)!);
}

const databases = collection(`${A}/d1/database`);
const projects = collection(`${A}/pages/projects`);
const packs = collection(`${Z}/ssl/certificate_packs`);
const pools = collection(`${A}/load_balancers/pools`);
const monitors = collection(`${A}/load_balancers/monitors`);

function query(raw: boolean) {
  return (call: Call) => {
    const database = databases.find(call, call.params["database_id"]);
    const { sql, params } = objectBody(call);
    if (typeof sql !== "string") throw invalid("Missing required field: sql", 7400);
    const results = select(call.world.document(`${databases.path(call)}/${database["uuid"]}/tables`, {}), sql, params ?? []);
    const columns = Object.keys(results[0] ?? {});
    const meta = {
      served_by: "sandbox",
      duration: 0.3,
      changes: 0,
      last_row_id: 0,
      changed_db: false,
      size_after: database["file_size"],
      rows_read: results.length,
      rows_written: 0,
    };
    return success([{ results: raw ? { columns, rows: results.map((r) => columns.map((c) => r[c])) } : results, success: true, meta }]);
  };
}

const deploymentsOf = (call: Call): Row[] =>
  call.world.rows(`${projects.path(call)}/${projects.find(call, call.params["project_name"])["name"]}/deployments`);

function deployment(call: Call): Row {
  const row = deploymentsOf(call).find((d) => d["id"] === call.params["deployment_id"]);
  if (!row) throw refuse(404, 8000009, "The deployment ID you have specified does not exist. Update the deployment ID and try again.");
  return row;
}

function redeploy(call: Call) {
  const list = deploymentsOf(call);
  const pattern = call.params["deployment_id"] ? deployment(call) : list[0]!;
  const row = { ...pattern, id: uuid(call.world.newId("deployment")), created_on: stamp(Date.now()), modified_on: stamp(Date.now()) };
  list.unshift(row);
  return success(row);
}

function dropDeployment(call: Call) {
  const list = deploymentsOf(call);
  list.splice(list.indexOf(deployment(call)), 1);
  return success(null);
}

function log(call: Call) {
  const { created_on } = deployment(call);
  const lines = [
    "Cloning repository...",
    "Success: Finished cloning repository files",
    "Executing user command: npm run build",
    "Success: Build command completed",
    "Success: Your site was deployed!",
  ];
  const start = Date.parse(created_on);
  return success({
    total: lines.length,
    includes_container_logs: true,
    data: lines.map((line, i) => ({ ts: new Date(start + i * 4000).toISOString(), line })),
  });
}

const path = (call: Call, rest: string) => `/zones/${call.params["zone_id"]}/${rest}`;

function dnssec(call: Call): Row {
  const zone = call.world.rows("/zones").find((z) => z["id"] === call.params["zone_id"])!;
  const active = zone["name"] === "example.com";
  return call.world.document(path(call, "dnssec"), {
    status: active ? "active" : "disabled",
    flags: 257,
    algorithm: "13",
    key_type: "ECDSAP256SHA256",
    digest_type: "2",
    digest_algorithm: "SHA256",
    key_tag: 42,
    digest: hexId(`ds/${zone["name"]}`).repeat(2).toUpperCase(),
    ds: `${zone["name"]}. 3600 IN DS 42 13 2 ${hexId(`ds/${zone["name"]}`).repeat(2).toUpperCase()}`,
    public_key: Buffer.from(hexId(`key/${zone["name"]}`)).toString("base64"),
    dnssec_multi_signer: false,
    dnssec_presigned: false,
    modified_on: call.world.daysAgo(90),
  });
}

function changeDnssec(call: Call) {
  const { status, ...rest } = objectBody(call);
  if (status !== undefined && status !== "active" && status !== "disabled") throw invalid("status must be active or disabled");
  const row = Object.assign(dnssec(call), rest, status ? { status: status === "active" ? "pending" : "disabled" } : {}, {
    modified_on: stamp(Date.now()),
  });
  noteEvent(call, "update", { type: "dnssec", id: call.params["zone_id"]!, product: "dns" }, undefined, row);
  return success(row);
}

function routing(call: Call): Row {
  const zone = call.world.rows("/zones").find((z) => z["id"] === call.params["zone_id"])!;
  const enabled = zone["name"] === "example.com";
  return call.world.document(path(call, "email/routing"), {
    id: hexId(`routing/${zone["id"]}`),
    tag: hexId(`routing/${zone["id"]}`),
    name: zone["name"],
    enabled,
    status: enabled ? "ready" : "unconfigured",
    skip_wizard: true,
    created: call.world.daysAgo(200),
    modified: call.world.daysAgo(20),
  });
}

const setRouting = (enabled: boolean) => (call: Call) =>
  success(Object.assign(routing(call), { enabled, status: enabled ? "ready" : "unconfigured", modified: stamp(Date.now()) }));

function catchAll(call: Call): Row {
  return call.world.document(path(call, "email/routing/rules/catch_all"), {
    id: hexId(`catch_all/${call.params["zone_id"]}`),
    tag: hexId(`catch_all/${call.params["zone_id"]}`),
    name: "Catch-all",
    enabled: false,
    matchers: [{ type: "all" }],
    actions: [{ type: "drop" }],
  });
}

function routingDns(call: Call) {
  const { name } = routing(call);
  return success(
    [1, 2, 3]
      .map((n) => ({ type: "MX", name, content: `route${n}.mx.example`, priority: 10 * n, ttl: 1 }))
      .concat([{ type: "TXT", name, content: "v=spf1 include:_spf.mx.example ~all", ttl: 1 } as any]),
  );
}

function universal(call: Call): Row {
  return call.world.document(path(call, "ssl/universal/settings"), { enabled: true });
}

function poolHealth(call: Call) {
  const pool = pools.find(call, call.params["pool_id"]);
  const pops = Object.fromEntries(
    ["Amsterdam, NL", "Ashburn, VA", "Singapore, SG"].map((pop) => [
      pop,
      {
        healthy: true,
        origins: pool["origins"].map((o: Row) => ({
          [o["address"]]: { healthy: true, rtt: "12.4ms", failure_reason: "No failures", response_code: 200 },
        })),
      },
    ]),
  );
  return success({ pool_id: pool["id"], pop_health: pops });
}

function references(from: Collection, name: string) {
  return (call: Call) => {
    const row = from.find(call, call.params[name]);
    const monitored = from === monitors ? pools.rows(call).filter((p) => p["monitor"] === row["id"]) : [];
    return success(monitored.map((p) => ({ reference_type: "referrer", resource_id: p["id"], resource_name: p["name"], resource_type: "pool" })));
  };
}

function scan(call: Call) {
  return success({ recs_added: 0, total_records_parsed: call.world.rows(path(call, "dns_records")).length });
}

const lists = collection(`${A}/rules/lists`);
const listItems = (call: Call): Row[] => call.world.rows(`${lists.path(call)}/${lists.find(call, call.params["list_id"])["id"]}/items`);

/** Changes to a list run in the background at the vendor: the answer names the operation. */
function changeItems(call: Call, rows: Row[]) {
  const list = lists.find(call, call.params["list_id"]);
  list["num_items"] = rows.length;
  list["modified_on"] = stamp(Date.now());
  noteEvent(call, "update", { type: "list", id: list["id"], product: "firewall" });
  return success({ operation_id: call.world.newId("operation") });
}

function addItems(call: Call) {
  const body = jsonBody(call);
  if (!Array.isArray(body) || body.length === 0) throw invalid("Request body must be a list of items", 10004);
  const rows = listItems(call);
  const when = stamp(Date.now());
  rows.push(...body.map((item: Row) => ({ ...item, id: call.world.newId("item"), created_on: when, modified_on: when })));
  return changeItems(call, rows);
}

function dropItems(call: Call) {
  const items = objectBody(call)["items"];
  if (!Array.isArray(items) || items.length === 0) throw invalid("Missing required field: items", 10004);
  const rows = listItems(call);
  const gone = items.map((item: Row) => item["id"]);
  const kept = rows.filter((row) => !gone.includes(row["id"]));
  rows.splice(0, rows.length, ...kept);
  return changeItems(call, rows);
}

const tunnels = collection(`${A}/cfd_tunnel`);

function tunnelPart(name: string, initial: object) {
  return (call: Call) => {
    const tunnel = tunnels.find(call, call.params["tunnel_id"]);
    return success(call.world.document(`${tunnels.path(call)}/${tunnel["id"]}/${name}`, initial));
  };
}

const subdomain = (call: Call): Row => call.world.document(`/accounts/${call.params["account_id"]}/workers/subdomain`, { subdomain: "acme" });

function zoneSubscription(call: Call) {
  const { plan } = call.world.rows("/zones").find((z) => z["id"] === call.params["zone_id"])!;
  return success({
    id: hexId(`subscription/${call.params["zone_id"]}`),
    state: "Paid",
    price: plan.price,
    currency: "USD",
    frequency: plan.frequency,
    rate_plan: { id: plan.legacy_id, public_name: plan.name },
    current_period_start: call.world.daysAgo(11),
    current_period_end: call.world.daysAgo(-19),
  });
}

const deployments = `${A}/pages/projects/:project_name/deployments`;

export const platformRoutes: Route[] = [
  { method: "POST", path: `${A}/d1/database/:database_id/query`, area: "d1", run: query(false) },
  { method: "POST", path: `${A}/d1/database/:database_id/raw`, area: "d1", run: query(true) },
  {
    method: "GET",
    path: deployments,
    area: "pages",
    run: (call) =>
      success(deploymentsOf(call), {
        result_info: { page: 1, per_page: 25, count: deploymentsOf(call).length, total_count: deploymentsOf(call).length, total_pages: 1 },
      }),
  },
  { method: "POST", path: deployments, area: "pages", run: redeploy },
  { method: "GET", path: `${deployments}/:deployment_id`, area: "pages", run: (call) => success(deployment(call)) },
  { method: "DELETE", path: `${deployments}/:deployment_id`, area: "pages", run: dropDeployment },
  { method: "GET", path: `${deployments}/:deployment_id/history/logs`, area: "pages", run: log },
  { method: "POST", path: `${deployments}/:deployment_id/retry`, area: "pages", run: redeploy },
  { method: "POST", path: `${deployments}/:deployment_id/rollback`, area: "pages", run: redeploy },
  {
    method: "POST",
    path: `${A}/pages/projects/:project_name/purge_build_cache`,
    area: "pages",
    run: (call) => (projects.find(call, call.params["project_name"]), success(null)),
  },
  {
    method: "GET",
    path: `${Z}/ssl/certificate_packs/quota`,
    area: "ssl",
    run: (call) => success({ advanced: { allocated: 100, used: packs.rows(call).filter((p) => p["type"] === "advanced").length } }),
  },
  { method: "GET", path: `${Z}/ssl/universal/settings`, area: "ssl", run: (call) => success(universal(call)) },
  { method: "PATCH", path: `${Z}/ssl/universal/settings`, area: "ssl", run: (call) => success(Object.assign(universal(call), objectBody(call))) },
  {
    method: "GET",
    path: `${Z}/ssl/verification`,
    area: "ssl",
    run: (call) =>
      success(
        packs.rows(call).map((p) => ({
          cert_pack_uuid: p["id"],
          certificate_status: p["status"],
          hostname: p["hosts"][0],
          signature: "ECDSAWithSHA256",
          validation_method: p["validation_method"],
        })),
      ),
  },
  { method: "GET", path: `${Z}/dnssec`, area: "dns", run: (call) => success(dnssec(call)) },
  { method: "PATCH", path: `${Z}/dnssec`, area: "dns", run: changeDnssec },
  { method: "POST", path: `${Z}/dns_records/scan`, area: "dns", run: scan },
  { method: "GET", path: `${Z}/email/routing`, area: "email", run: (call) => success(routing(call)) },
  { method: "POST", path: `${Z}/email/routing/enable`, area: "email", run: setRouting(true) },
  { method: "POST", path: `${Z}/email/routing/disable`, area: "email", run: setRouting(false) },
  { method: "GET", path: `${Z}/email/routing/dns`, area: "email", run: routingDns },
  { method: "GET", path: `${Z}/email/routing/rules/catch_all`, area: "email", run: (call) => success(catchAll(call)) },
  {
    method: "PUT",
    path: `${Z}/email/routing/rules/catch_all`,
    area: "email",
    run: (call) => success(Object.assign(catchAll(call), objectBody(call))),
  },
  { method: "GET", path: `${A}/load_balancers/pools/:pool_id/health`, area: "load_balancers", run: poolHealth },
  { method: "GET", path: `${A}/load_balancers/pools/:pool_id/references`, area: "load_balancers", run: references(pools, "pool_id") },
  { method: "GET", path: `${A}/load_balancers/monitors/:monitor_id/references`, area: "load_balancers", run: references(monitors, "monitor_id") },
  {
    method: "GET",
    path: `${Z}/pagerules/settings`,
    area: "page_rules",
    run: () =>
      success([
        { id: "cache_level", properties: [{ name: "value", type: "select", choices: ["bypass", "basic", "aggressive", "cache_everything"] }] },
        { id: "always_use_https", properties: [] },
      ]),
  },
  {
    method: "GET",
    path: `${A}/rules/lists/:list_id/items`,
    area: "firewall",
    run: (call) => success(listItems(call), { result_info: { cursors: {} } }),
  },
  { method: "POST", path: `${A}/rules/lists/:list_id/items`, area: "firewall", run: addItems },
  { method: "DELETE", path: `${A}/rules/lists/:list_id/items`, area: "firewall", run: dropItems },
  {
    method: "GET",
    path: `${A}/cfd_tunnel/:tunnel_id/configurations`,
    area: "tunnel",
    run: tunnelPart("configurations", { version: 1, config: { ingress: [{ service: "http_status:404" }] }, source: "cloudflare" }),
  },
  { method: "GET", path: `${A}/cfd_tunnel/:tunnel_id/connections`, area: "tunnel", run: tunnelPart("connections", []) },
  { method: "GET", path: `${A}/workers/subdomain`, area: "workers", run: (call) => success(subdomain(call)) },
  {
    method: "PUT",
    path: `${A}/workers/subdomain`,
    area: "workers",
    run: (call) => success(Object.assign(subdomain(call), { subdomain: objectBody(call)["subdomain"] })),
  },
  { method: "GET", path: `${Z}/subscription`, area: "billing", run: zoneSubscription },
  {
    method: "GET",
    path: `${A}/billing/profile`,
    area: "billing",
    run: (call) =>
      success({
        id: hexId(`billing/${call.params["account_id"]}`),
        company: "Acme",
        primary_email: "billing@example.com",
        country: "DE",
        payment_gateway: "invoice",
        is_partner: false,
      }),
  },
  {
    method: "GET",
    path: "/ips",
    area: "",
    run: () => success({ ipv4_cidrs: ["192.0.2.0/24", "198.51.100.0/24"], ipv6_cidrs: ["2001:db8::/32"], etag: hexId("ips") }),
  },
];
