// SPDX-License-Identifier: Apache-2.0
// Memory, start-up and idle streams of a running Postern.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { MODERN, Postern, modern } from "../tests/e2e/lib/postern.mjs";
import { median } from "./load.mjs";
import { TOKEN, startUpstream } from "./upstream.mjs";

const resident = (postern) => Number(readFileSync(`/proc/${postern.program.child.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Postern with the public document imported, an account over it and a server with all of its tools.
async function full(document) {
  const upstream = await startUpstream();
  const postern = await new Postern({ log_level: "info" }).start();
  const definition = {
    name: "cloudflare-full", label: "Cloudflare (full)", kind: "rest", base_url: upstream.url,
    auth: [{ id: "token", label: "API token", fields: [{ name: "token", label: "API token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }],
    verify: [{ method: "GET", path: "/user/tokens/verify" }],
  };
  postern.settings.max_body_bytes = "16MiB";
  await postern.stop();
  await postern.start();
  await postern.must(201, "POST", "/connector", { definition, document: readFileSync(document, "utf8") });
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare-full", name: "full", credential: { token: TOKEN } });
  const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "full", config: {} });
  const path = new URL(server.url).pathname;
  return { upstream, postern, path, tools: server.tool_count };
}

async function listAll(url) {
  let cursor, tools = 0;
  do {
    const { body, text } = await modern(url, "tools/list", cursor ? { cursor } : {});
    if (!body?.result) throw new Error(text);
    tools += body.result.tools.length;
    cursor = body.result.nextCursor;
  } while (cursor);
  return tools;
}

export async function memory({ print, document }) {
  const { upstream, postern, path, tools } = await full(document);
  await postern.stop();
  await postern.start();
  const listed = await listAll(postern.url + path);
  if (listed !== tools) throw new Error(`listed ${listed} of ${tools} tools`);
  print("tools served", tools, "1533", tools === 1533);
  print("resident MiB, 1,533 tools loaded and listed once", resident(postern).toFixed(1), "<= 64", resident(postern) <= 64);
  await postern.close();
  await upstream.close();
}

export async function ready({ print, document }) {
  const { upstream, postern, path } = await full(document);
  const port = new URL(postern.url).port;
  await postern.stop();
  postern.settings.listen = `127.0.0.1:${port}`;
  const times = [];
  for (let i = 0; i < 9; i++) {
    const start = performance.now();
    const started = postern.start();
    for (;;) {
      const r = await modern(`http://127.0.0.1:${port}${path}`, "tools/list").catch(() => undefined);
      if (r?.body?.result) break;
      if (performance.now() - start > 10_000) throw new Error(`not ready: ${r?.text ?? postern.program.output}`);
      await sleep(1);
    }
    times.push(performance.now() - start);
    await started;
    await postern.stop();
  }
  print("start to first tools/list answered, ms (median of 9)", median(times).toFixed(0), "<= 150", median(times) <= 150);
  await postern.close();
  await upstream.close();
}

const STREAMS = 5000;
export async function streams({ print }) {
  const upstream = await startUpstream();
  const postern = await new Postern({ max_connections: 20000, max_connections_per_address: 20000, log_level: "warn" }).start();
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "bench", credential: { token: TOKEN }, base_url: upstream.url });
  const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "bench", config: { methods: ["read"] } });
  const { hostname, port, pathname, host } = new URL(server.url);
  const body = JSON.stringify({
    jsonrpc: "2.0", id: 1, method: "subscriptions/listen",
    params: { notifications: { toolsListChanged: true }, _meta: { "io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {} } },
  });
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nMCP-Protocol-Version: ${MODERN}\r\nMcp-Method: subscriptions/listen\r\nContent-Length: ${body.length}\r\n\r\n`;
  const open = () =>
    new Promise((resolve, reject) => {
      let seen = "";
      const socket = connect(port, hostname, () => socket.write(head + body));
      socket.once("error", reject);
      socket.on("data", (bytes) => {
        if (seen !== undefined) seen += bytes;
        if (seen?.includes("subscriptions/acknowledged")) {
          seen = undefined;
          resolve(socket);
        }
      });
      socket.once("close", () => reject(new Error(`closed early: ${seen}`)));
    });
  for (let i = 0; i < 100; i++) (await open()).destroy(); // what the first hundred cost is not the streams'
  await sleep(500);
  const before = resident(postern);
  const sockets = [];
  for (let i = 0; i < STREAMS; i += 100) sockets.push(...(await Promise.all(Array.from({ length: 100 }, open))));
  await sleep(1000);
  const each = ((resident(postern) - before) * 1024) / STREAMS;
  print(`idle listen streams open`, sockets.length, STREAMS, sockets.length === STREAMS);
  print("resident KiB each", each.toFixed(1), "<= 12", each <= 12);
  // All are told when the list of tools changes.
  const told = Promise.all(sockets.map((s) => new Promise((resolve) => s.on("data", (b) => String(b).includes("list_changed") && resolve()))));
  await postern.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["list"] } });
  await told;
  print("of them told of a changed list", sockets.length);
  for (const s of sockets) s.destroy();
  await postern.close();
  await upstream.close();
}
