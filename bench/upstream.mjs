// SPDX-License-Identifier: Apache-2.0
// The one upstream of every comparison: nginx with a fixed answer of about 11 KB for GET /zones, and
// nginx again as a plain reverse proxy of it.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../tests/e2e/lib/postern.mjs";

export const ACCOUNT = "0123456789abcdef0123456789abcdef";
export const TOKEN = "cfut_0123456789abcdefghijklmnopqrstuvwxyz"; // as long as a real one: it is looked for in all that comes

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// Eighteen zones as Cloudflare answers them come to about 11 KB.
function zones() {
  const result = Array.from({ length: 18 }, (_, i) => ({
    id: i.toString(16).padStart(32, "0"),
    name: `zone-${i}.example.com`,
    status: "active",
    paused: false,
    type: "full",
    development_mode: -12345.5,
    name_servers: ["ada.ns.example.net", "bob.ns.example.net"],
    original_name_servers: ["ns1.example.org", "ns2.example.org"],
    modified_on: "2026-11-01T10:20:30.123456Z",
    created_on: "2024-01-01T10:20:30.123456Z",
    activated_on: "2024-01-02T10:20:30.123456Z",
    owner: { id: null, type: "user", email: null },
    account: { id: ACCOUNT, name: "Acme \"Web\"" },
    permissions: ["#dns_records:read", "#zone:read", "#zone_settings:read"],
    plan: { id: "enterprise", name: "Enterprise Website", price: 0, currency: "USD", legacy_id: "enterprise" },
  }));
  return JSON.stringify({ success: true, errors: [], messages: [], result, result_info: { page: 1, per_page: 20, total_pages: 1, count: 18, total_count: 18 } });
}

async function nginx(name, workers, body) {
  const folder = mkdtempSync(join(tmpdir(), `postern-bench-${name}-`));
  mkdirSync(join(folder, "logs"));
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `${process.getuid() === 0 ? "user root; " : ""}daemon off; worker_processes ${workers}; pid ${folder}/pid; error_log ${folder}/logs/error.log warn;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 600s; tcp_nodelay on; default_type application/json;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
${body(folder)} }`,
  );
  const program = new Program("nginx", ["-c", file, "-p", folder]);
  return { program, folder };
}

async function answers(url) {
  for (let i = 0; i < 200; i++) {
    const r = await fetch(url).catch(() => undefined);
    if (r?.ok) return (await r.text()).length;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${url} does not answer`);
}

export async function startUpstream() {
  const port = await freePort();
  const { program } = await nginx("upstream", 1, (folder) => {
    writeFileSync(join(folder, "zones"), zones());
    return `open_file_cache max=16; server { listen 127.0.0.1:${port} reuseport; root ${folder};
    location = /client/v4/zones { alias ${folder}/zones; add_header Ratelimit '"default";r=50;t=30'; add_header Ratelimit-Policy '"burst";q=100;w=60'; }
    location = /client/v4/user/tokens/verify { return 200 '{"success":true,"errors":[],"messages":[],"result":{"id":"x","status":"active"}}'; }
    location = /client/v4/accounts { return 200 '{"success":true,"errors":[],"messages":[],"result":[{"id":"${ACCOUNT}","name":"Acme"}]}'; }
  }`;
  });
  const url = `http://127.0.0.1:${port}/client/v4`;
  const bytes = await answers(`${url}/zones`);
  return { url, port, bytes, close: () => program.stop("SIGQUIT") };
}

export async function startProxy(upstreamPort) {
  const port = await freePort();
  const { program } = await nginx(
    "proxy",
    2,
    () => `upstream up { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 100000000; } server { listen 127.0.0.1:${port} reuseport;
    location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffers 8 16k; } }`,
  );
  const url = `http://127.0.0.1:${port}/client/v4`;
  await answers(`${url}/zones`);
  return { url, close: () => program.stop("SIGQUIT") };
}
