// SPDX-License-Identifier: Apache-2.0
// tools/call through Postern, with token, schema check, audit and metrics on, against nginx as a plain
// proxy and the npm gateway, all in front of the same upstream and called with the same 32 connections.
import { join } from "node:path";
import { MODERN, Postern, Program, ROOT, rpc } from "../tests/e2e/lib/postern.mjs";
import { load, median } from "./load.mjs";
import { sessionLoad } from "./session.mjs";
import { TOKEN, freePort, startProxy, startUpstream } from "./upstream.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 4);
const TOOL = "list_all_cloudflare_zones";

async function startPostern(upstream) {
  const postern = await new Postern({ log_level: "warn" }).start();
  const account = await postern.must(201, "POST", "/integrated-account", {
    connector: "cloudflare", name: "bench", credential: { token: TOKEN }, base_url: upstream.url,
  });
  const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "bench", config: { methods: ["read"] } });
  const call = {
    method: "POST",
    headers: {
      "content-type": "application/json", accept: "application/json, text/event-stream",
      "mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": TOOL,
    },
    body: JSON.stringify({
      jsonrpc: "2.0", id: 1, method: "tools/call",
      params: {
        name: TOOL, arguments: { per_page: 20, status: "active" },
        _meta: { "io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {} },
      },
    }),
  };
  const counted = async () => Number((await postern.api("GET", "/metrics")).text.match(/postern_tool_calls_total\{outcome="ok"\} (\d+)/)[1]);
  const dropped = async () => Number((await postern.api("GET", "/metrics")).text.match(/postern_audit_dropped_total (\d+)/)[1]);
  return { postern, url: server.url, call, counted, dropped };
}

async function startGateway(upstream) {
  const port = await freePort();
  const cli = join(ROOT, "bench/node_modules/@ivotoby/openapi-mcp-server/bin/mcp-server.js");
  const program = new Program(process.execPath, [
    cli, "--api-base-url", upstream.url, "--openapi-spec", join(ROOT, "connectors/cloudflare/openapi.yaml"),
    "--transport", "http", "--port", String(port), "--headers", `Authorization:Bearer ${TOKEN}`,
  ]);
  const url = `http://127.0.0.1:${port}/mcp`;
  const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const hello = { jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "bench", version: "1" } } };
  const open = async () => {
    const id = (await rpc(url, hello)).headers.get("mcp-session-id");
    await rpc(url, { jsonrpc: "2.0", method: "notifications/initialized" }, { "mcp-session-id": id });
    return { ...json, "mcp-session-id": id };
  };
  let headers;
  for (let i = 0; i < 200 && !headers; i++) {
    headers = await open().catch(() => undefined);
    if (!headers) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (!headers) throw new Error(`the npm gateway did not start:\n${program.output}`);
  const listed = await rpc(url, { jsonrpc: "2.0", id: 1, method: "tools/list" }, headers);
  const name = listed.text.match(/"name":"([^"]*zones-list|[^"]*list-zones|[^"]*zones)"/)?.[1] ?? "get-zones";
  const call = (id) => JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: { per_page: 20, status: "active" } } });
  return { program, measure: () => sessionLoad(url, { seconds: SECONDS, open, call, expected: "zone-0.example.com" }) };
}

export async function throughput({ print }) {
  const upstream = await startUpstream();
  const proxy = await startProxy(upstream.port);
  const { postern, url, call, counted, dropped } = await startPostern(upstream);
  const gateway = await startGateway(upstream);
  const first = await rpc(url, call.body, call.headers);
  if (first.body?.result?.isError !== false) throw new Error(`postern answered ${first.text.slice(0, 400)}`);
  const rates = { postern: [], nginx: [], gateway: [] };
  let sent = 0, p99;
  const before = await counted();
  for (let i = 0; i < ROUNDS; i++) {
    rates.nginx.push((await load(`${proxy.url}/zones`, { seconds: SECONDS })).rate);
    const ours = await load(url, { seconds: SECONDS, ...call });
    rates.postern.push(ours.rate);
    sent += ours.requests;
    p99 = ours.p99;
    rates.gateway.push((await gateway.measure()).rate);
  }
  const ok = (await counted()) - before;
  if (ok < sent) throw new Error(`${sent} calls were answered with 200 but only ${ok} count as ok`);
  const ratio = (other) => median(rates.postern.map((rate, i) => rate / rates[other][i]));
  print(`upstream answer, bytes`, upstream.bytes);
  print("nginx as plain proxy, requests/s", Math.round(median(rates.nginx)));
  print("postern tools/call, requests/s", Math.round(median(rates.postern)));
  print("postern tools/call, 99th percentile", p99);
  print("npm gateway tools/call, requests/s", Math.round(median(rates.gateway)));
  print("postern / nginx", ratio("nginx").toFixed(2), ">= 0.45", ratio("nginx") >= 0.45);
  print("postern / npm gateway", ratio("gateway").toFixed(1), ">= 20", ratio("gateway") >= 20);
  print("audit rows dropped (counted, visible)", await dropped());
  await gateway.program.stop();
  await postern.close();
  await proxy.close();
  await upstream.close();
}
