// SPDX-License-Identifier: Apache-2.0
// What runs and what is stored: Workers, KV, R2, D1, Pages, load balancers, certificates, page rules, e-mail.

import { hexId, integer, pick, uuid } from "../random.js";
import { accountId, type AccountName } from "../tokens.js";
import { placeScript } from "../products/workers.js";
import type { Row, World } from "../world.js";
import { INCIDENT_ZONE } from "./incident.js";
import { zoneId } from "./zones.js";

const SCRIPTS: [AccountName, string, string, Row[]][] = [
  [
    "web",
    "api-gateway",
    "export default {\n  async fetch(request, env) {\n    const flags = await env.FLAGS.get('routes', 'json');\n    return env.UPSTREAM.fetch(request, { flags });\n  },\n};\n",
    [
      { type: "kv_namespace", name: "FLAGS", namespace_id: hexId("kv/web/feature-flags") },
      { type: "service", name: "UPSTREAM", service: "image-resizer", environment: "production" },
      { type: "plain_text", name: "STAGE", text: "production" },
      { type: "secret_text", name: "SIGNING_KEY" },
    ],
  ],
  [
    "web",
    "image-resizer",
    "export default {\n  async fetch(request, env) {\n    return new Response(await env.UPLOADS.get(new URL(request.url).pathname));\n  },\n};\n",
    [{ type: "r2_bucket", name: "UPLOADS", bucket_name: "acme-uploads" }],
  ],
  [
    "web",
    "nightly-report",
    "export default {\n  async scheduled(event, env) {\n    await env.DB.prepare('select * from orders').all();\n  },\n};\n",
    [
      { type: "d1", name: "DB", id: uuid("d1/web/orders") },
      { type: "queue", name: "OUTBOX", queue_name: "outbox" },
    ],
  ],
  [
    "retail",
    "checkout-guard",
    "addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));\n",
    [{ type: "kv_namespace", name: "SESSIONS", namespace_id: hexId("kv/retail/sessions") }],
  ],
];

function tellWorkers(world: World): void {
  for (const [account, name, code, bindings] of SCRIPTS) {
    const at = `/accounts/${accountId(account)}/workers/scripts`;
    const module = code.startsWith("export");
    placeScript(
      world,
      at,
      name,
      {
        code: Buffer.from(code),
        type: module ? "application/javascript+module" : "application/javascript",
        settings: { bindings, compatibility_date: "2026-06-01" },
      },
      world.daysAgo(integer(`script/${name}`, 100, 400)),
    );
    if (name === "nightly-report")
      world.rows(`${at}/${name}/schedules`).push({ cron: "15 2 * * *", created_on: world.daysAgo(90), modified_on: world.daysAgo(90) });
  }
  const routes: [string, string, string][] = [
    ["example.com", "example.com/api/*", "api-gateway"],
    ["example.com", "images.example.com/*", "image-resizer"],
    ["staging-app.com", "staging-app.com/api/*", "api-gateway"],
    ["acme-checkout.example", "acme-checkout.example/*", "checkout-guard"],
  ];
  for (const [zone, pattern, script] of routes)
    world.rows(`/zones/${zoneId(zone)}/workers/routes`).push({ id: hexId(`route/${pattern}`), pattern, script });
}

function tellStorage(world: World): void {
  const namespaces: [AccountName, string, { [key: string]: string }][] = [
    ["web", "feature-flags", { routes: '{"search":"v2","checkout":"v1"}', "banner/text": "Maintenance on Sunday", empty: "" }],
    ["web", "redirects", Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`/old/${i}`, `/new/${i}`]))],
    ["retail", "sessions", { "session/1": '{"cart":3}' }],
  ];
  for (const [account, title, values] of namespaces) {
    const at = `/accounts/${accountId(account)}/storage/kv/namespaces`;
    const id = hexId(`kv/${account}/${title}`);
    world.rows(at).push({ id, title, supports_url_encoding: true });
    for (const [key, text] of Object.entries(values))
      world.blobs.set(`${at}/${id}/values/${key}`, {
        bytes: Buffer.from(text),
        type: "text/plain",
        ...(key === "routes" ? { metadata: { owner: "platform" } } : {}),
      });
  }
  for (const name of ["acme-backups", "acme-logs", "acme-uploads"]) {
    world.rows(`/accounts/${accountId("web")}/r2/buckets`).push({
      name,
      creation_date: world.daysAgo(integer(`r2/${name}`, 50, 500)),
      location: "WEUR",
      storage_class: name === "acme-backups" ? "InfrequentAccess" : "Standard",
      jurisdiction: "default",
    });
  }
  const at = `/accounts/${accountId("web")}/d1/database`;
  const id = uuid("d1/web/orders");
  world.rows(at).push({
    uuid: id,
    name: "orders",
    version: "production",
    num_tables: 1,
    file_size: 45056,
    created_at: world.daysAgo(300),
    read_replication: { mode: "disabled" },
  });
  const orders = Array.from({ length: 40 }, (_, i) => ({
    id: i + 1,
    status: pick(`order/${i}`, ["paid", "shipped", "open", "refunded"]),
    total_cents: integer(`total/${i}`, 500, 50_000),
    placed_at: world.daysAgo(40 - i),
  }));
  world.documents.set(`${at}/${id}/tables`, { orders });
  world.rows(`/accounts/${accountId("web")}/queues`).push({
    queue_id: hexId("queue/outbox"),
    queue_name: "outbox",
    producers_total_count: 1,
    consumers_total_count: 1,
    created_on: world.daysAgo(120),
    modified_on: world.daysAgo(120),
  });
}

function tellHyperdrive(world: World): void {
  for (const [name, database, host] of [
    ["orders-replica", "orders", "db-1.example.com"],
    ["reporting", "warehouse", "db-2.example.com"],
  ] as const) {
    world.rows(`/accounts/${accountId("web")}/hyperdrive/configs`).push({
      id: hexId(`hyperdrive/${name}`),
      name,
      origin: { scheme: "postgresql", host, port: 5432, database, user: "hyperdrive" },
      caching: { disabled: false, max_age: 60, stale_while_revalidate: 15 },
      created_on: world.daysAgo(140),
      modified_on: world.daysAgo(35),
    });
  }
}

function tellPages(world: World): void {
  const at = `/accounts/${accountId("web")}/pages/projects`;
  for (const name of ["acme-docs", "acme-landing"]) {
    const deployments = [1, 2, 3].map((n): Row => ({
      id: uuid(`pages/${name}/${n}`),
      short_id: uuid(`pages/${name}/${n}`).slice(0, 8),
      project_name: name,
      environment: n === 2 ? "preview" : "production",
      url: `https://${uuid(`pages/${name}/${n}`).slice(0, 8)}.${name}.pages.dev`,
      created_on: world.daysAgo(n * 3),
      modified_on: world.daysAgo(n * 3),
      latest_stage: { name: "deploy", status: n === 3 ? "failure" : "success", started_on: world.daysAgo(n * 3), ended_on: world.daysAgo(n * 3) },
      deployment_trigger: {
        type: "github:push",
        metadata: { branch: n === 2 ? "draft" : "main", commit_hash: hexId(`commit/${name}/${n}`), commit_message: "Update pages" },
      },
    }));
    world.rows(at).push({
      id: uuid(`pages/${name}`),
      name,
      subdomain: `${name}.pages.dev`,
      domains: [`${name}.pages.dev`],
      production_branch: "main",
      created_on: world.daysAgo(400),
      source: { type: "github", config: { owner: "acme", repo_name: name, production_branch: "main" } },
      deployment_configs: { production: { compatibility_date: "2026-06-01" }, preview: {} },
      canonical_deployment: deployments[0],
      latest_deployment: deployments[0],
    });
    world.rows(`${at}/${name}/deployments`).push(...deployments);
  }
  world
    .rows(`${at}/acme-docs/domains`)
    .push({ id: uuid("pages/domain"), name: "docs.example.com", status: "active", certificate_authority: "google", created_on: world.daysAgo(390) });
}

function tellBalancers(world: World): void {
  const at = `/accounts/${accountId("web")}/load_balancers`;
  const monitor = hexId("monitor/https");
  world.rows(`${at}/monitors`).push({
    id: monitor,
    type: "https",
    description: "Front end is up",
    method: "GET",
    path: "/healthz",
    expected_codes: "2xx",
    interval: 60,
    retries: 2,
    timeout: 5,
    port: 443,
    created_on: world.daysAgo(500),
    modified_on: world.daysAgo(60),
  });
  const pools = ["eu", "us"].map((region, i) => ({
    id: hexId(`pool/${region}`),
    name: `front-${region}`,
    description: "",
    enabled: true,
    healthy: true,
    minimum_origins: 1,
    monitor,
    origins: [1, 2].map((n) => ({
      name: `${region}-${n}`,
      address: `198.51.100.${10 * (i + 1) + n}`,
      enabled: true,
      weight: 1,
      healthy: !(region === "us" && n === 2),
    })),
    created_on: world.daysAgo(500),
    modified_on: world.daysAgo(14),
  }));
  world.rows(`${at}/pools`).push(...pools);
  world.rows(`/zones/${zoneId("example.com")}/load_balancers`).push({
    id: hexId("lb/example.com"),
    name: "example.com",
    description: "Front end",
    enabled: true,
    proxied: true,
    ttl: 30,
    fallback_pool: pools[1]!.id,
    default_pools: pools.map((p) => p.id),
    steering_policy: "geo",
    session_affinity: "cookie",
    created_on: world.daysAgo(500),
    modified_on: world.daysAgo(14),
  });
}

function tellZoneExtras(world: World, zone: Row): void {
  const at = `/zones/${zone["id"]}`;
  const name: string = zone["name"];
  if (zone["status"] === "active") {
    const expires = world.daysAgo(-integer(`cert/${name}`, 12, 88));
    world.rows(`${at}/ssl/certificate_packs`).push({
      id: uuid(`pack/${name}`),
      type: name === "example.com" ? "advanced" : "universal",
      hosts: [name, `*.${name}`],
      status: "active",
      validation_method: "txt",
      validity_days: 90,
      certificate_authority: "google",
      primary_certificate: hexId(`cert/${name}`),
      certificates: [
        {
          id: hexId(`cert/${name}`),
          hosts: [name, `*.${name}`],
          issuer: "GoogleTrustServices",
          signature: "ECDSAWithSHA256",
          status: "active",
          bundle_method: "ubiquitous",
          expires_on: expires,
          uploaded_on: world.daysAgo(5),
        },
      ],
    });
  }
  if (name !== "example.com" && !name.startsWith("staging-")) return;
  // The other page rules of the incident's zone were deleted.
  const kept = name === INCIDENT_ZONE ? ["/legacy/*"] : ["/legacy/*", "/login*", "/static/*"];
  kept.forEach((path, i) => {
    const action =
      path === "/legacy/*"
        ? { id: "forwarding_url", value: { url: `https://${name}/$1`, status_code: 301 } }
        : path === "/login*"
          ? { id: "security_level", value: "high" }
          : { id: "cache_level", value: "cache_everything" };
    world.rows(`${at}/pagerules`).push({
      id: hexId(`page_rule/${name}${path}`),
      targets: [{ target: "url", constraint: { operator: "matches", value: `*${name}${path}` } }],
      actions: [action],
      priority: i + 1,
      status: i === 1 ? "disabled" : "active",
      created_on: world.daysAgo(300),
      modified_on: world.daysAgo(100),
    });
  });
  const tag = hexId(`email_rule/${name}`);
  world.rows(`${at}/email/routing/rules`).push({
    id: tag,
    tag,
    name: "Support",
    enabled: name === "example.com",
    priority: 10,
    matchers: [{ type: "literal", field: "to", value: `support@${name}` }],
    actions: [{ type: "forward", value: ["on-call@example.com"] }],
  });
  world.rows(`${at}/logpush/jobs`).push({
    id: integer(`logpush/${name}`, 1000, 9999),
    dataset: "http_requests",
    enabled: true,
    name: "to-r2",
    destination_conf: "r2://acme-logs/{DATE}",
    last_complete: world.daysAgo(0.01),
    last_error: null,
    error_message: null,
  });
}

function tellAccountExtras(world: World): void {
  const at = `/accounts/${accountId("web")}`;
  const tag = hexId("email_address/on-call");
  world
    .rows(`${at}/email/routing/addresses`)
    .push({ id: tag, tag, email: "on-call@example.com", verified: world.daysAgo(199), created: world.daysAgo(200), modified: world.daysAgo(199) });
  world.rows(`${at}/rules/lists`).push({
    id: hexId("list/office"),
    name: "office_addresses",
    kind: "ip",
    description: "Where we work",
    num_items: 3,
    num_referencing_filters: 2,
    created_on: world.daysAgo(300),
    modified_on: world.daysAgo(30),
  });
  world.rows(`${at}/challenges/widgets`).push({
    sitekey: "0x4AAAAAAASandbox",
    name: "login",
    domains: ["example.com"],
    mode: "managed",
    region: "world",
    created_on: world.daysAgo(150),
    modified_on: world.daysAgo(150),
  });
  world.rows(`${at}/subscriptions`).push({
    id: hexId("subscription/workers"),
    state: "Paid",
    price: 5,
    currency: "USD",
    frequency: "monthly",
    rate_plan: { id: "workers_paid", public_name: "Workers Paid" },
    current_period_start: world.daysAgo(11),
    current_period_end: world.daysAgo(-19),
  });
}

function tellMainZone(world: World): void {
  const at = `/zones/${zoneId("example.com")}`;
  const modified_on = world.daysAgo(40);
  world.rows(`${at}/healthchecks`).push({
    id: hexId("healthcheck/origin"),
    name: "origin",
    address: "origin.example.com",
    status: "healthy",
    suspended: false,
    type: "HTTPS",
    interval: 60,
    check_regions: ["WEU", "ENAM"],
    created_on: world.daysAgo(400),
    modified_on,
  });
  world.rows(`${at}/custom_hostnames`).push({
    id: uuid("custom_hostname/partner"),
    hostname: "shop.partner.example",
    status: "active",
    ssl: { id: uuid("custom_hostname/ssl"), type: "dv", method: "http", status: "active", certificate_authority: "google" },
    created_at: world.daysAgo(170),
  });
  world.rows(`${at}/custom_certificates`).push({
    id: hexId("custom_certificate/example.com"),
    hosts: ["pay.example.com"],
    issuer: "Example CA",
    signature: "SHA256WithRSA",
    status: "active",
    bundle_method: "ubiquitous",
    zone_id: zoneId("example.com"),
    uploaded_on: world.daysAgo(300),
    modified_on,
    expires_on: world.daysAgo(-65),
    priority: 1,
  });
}

function tellAccess(world: World): void {
  const at = `/accounts/${accountId("web")}`;
  const app = uuid("access/grafana");
  const policy = {
    id: uuid("access/policy"),
    name: "Staff",
    decision: "allow",
    precedence: 1,
    include: [{ email_domain: { domain: "example.com" } }],
    exclude: [],
    require: [],
    created_at: world.daysAgo(200),
    updated_at: world.daysAgo(20),
  };
  world.rows(`${at}/access/apps`).push({
    id: app,
    name: "Grafana",
    type: "self_hosted",
    domain: "grafana.example.com",
    session_duration: "24h",
    aud: hexId("access/aud"),
    policies: [policy],
    created_at: world.daysAgo(200),
    updated_at: world.daysAgo(20),
  });
  world.rows(`${at}/access/apps/${app}/policies`).push(policy);
  world.rows(`${at}/access/policies`).push({ ...policy, reusable: true, app_count: 1 });
  const tunnel = uuid("tunnel/office");
  const connections = ["AMS", "FRA"].map((colo) => ({
    id: uuid(`tunnel/${colo}`),
    colo_name: colo,
    client_version: "2026.9.1",
    origin_ip: "192.0.2.200",
    is_pending_reconnect: false,
    opened_at: world.daysAgo(4),
  }));
  world.rows(`${at}/cfd_tunnel`).push({
    id: tunnel,
    account_tag: accountId("web"),
    name: "office",
    status: "healthy",
    created_at: world.daysAgo(250),
    deleted_at: null,
    connections,
    conns_active_at: world.daysAgo(4),
    tun_type: "cfd_tunnel",
    remote_config: true,
  });
  world.documents.set(`${at}/cfd_tunnel/${tunnel}/connections`, [
    { id: uuid("tunnel/client"), version: "2026.9.1", arch: "linux_amd64", run_at: world.daysAgo(4), conns: connections },
  ]);
  world.rows(`${at}/workers/domains`).push({
    id: hexId("worker_domain/images"),
    zone_id: zoneId("example.com"),
    zone_name: "example.com",
    hostname: "images.example.com",
    service: "image-resizer",
    environment: "production",
  });
  world.rows("/certificates").push({
    id: "328578533902268680212849205732770752308931942346",
    zone_id: zoneId("example.com"),
    hostnames: ["example.com", "*.example.com"],
    request_type: "origin-rsa",
    requested_validity: 5475,
    expires_on: world.daysAgo(-4000),
    certificate: "-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n",
    csr: "",
  });
  world.rows(`${at}/rules/lists/${hexId("list/office")}/items`).push(
    ...[0, 1, 2].map((n) => ({
      id: hexId(`item/${n}`),
      ip: `192.0.2.${n * 64}/26`,
      comment: "Office",
      created_on: world.daysAgo(300),
      modified_on: world.daysAgo(300),
    })),
  );
}

export function tellPlatform(world: World): void {
  tellWorkers(world);
  tellStorage(world);
  tellHyperdrive(world);
  tellPages(world);
  tellBalancers(world);
  for (const zone of world.rows("/zones")) tellZoneExtras(world, zone);
  tellAccountExtras(world);
  tellMainZone(world);
  tellAccess(world);
}
