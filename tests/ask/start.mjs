// SPDX-License-Identifier: Apache-2.0
// Starts the sandbox's vendors and Postern on fixed ports, connects the five accounts as the demo does, imports the
// sign-ups service as a user would, and stays.
// Usage, from the root of a built checkout:  node start.mjs BINARY [--tools FOLDER] [--now RFC3339] [--port FIRST]
// Prints one line of JSON when all is ready: addresses, the admin token, accounts, and a read-only MCP URL over all.
// With --port 0 all ports are free ones. With --tools it writes what each account lists, and of that what is served read-only, as JSON. Ctrl-C ends all.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tools: { type: "string" }, now: { type: "string" }, port: { type: "string", default: "27001" }, out: { type: "string" } },
});
const binary = positionals[0] ?? "build/src/postern";
const root = resolve(".");
const first = Number(values.port);
const { connect } = await import(pathToFileURL(join(root, "sandbox/dist/consent.js")));
const { accountId } = await import(pathToFileURL(join(root, "sandbox/dist/tokens.js")));

function line(child, test) {
  return new Promise((done, fail) => {
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
      const found = test(text);
      if (found) done(found);
    });
    child.once("exit", (code) => fail(new Error(`${child.spawnfile} ended with ${code}`)));
  });
}

const ports = ["rest", "cloudflare", "cloudinary", "arcjet", "signups"].flatMap((name, i) => [`--${name}`, String(first && first + i)]);
const vendors = spawn(process.execPath, ["sandbox/dist/vendors.js", ...ports, ...(values.now ? ["--now", values.now] : [])], {
  stdio: ["ignore", "pipe", "inherit"],
});
const places = await line(vendors, (text) => text.includes("\n") && JSON.parse(text.split("\n")[0]));

const folder = mkdtempSync(join(tmpdir(), "postern-ask-"));
const postern = spawn(
  binary,
  ["serve", "--listen", `127.0.0.1:${first && first + 9}`, "--data-dir", folder, "--connectors-dir", "connectors", "--upstream-allow", "127.0.0.0/8", "--log-level", "warn"],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const { url, token } = await line(postern, (text) => {
  const [, url] = /POSTERN_URL=(\S+)/.exec(text) ?? [];
  const [, token] = /POSTERN_TOKEN=(\S+)/.exec(text) ?? [];
  return url && token && { url, token };
});

/** A command of postern, with something on its standard input. */
function run(args, input) {
  const child = spawn(binary, args, { env: { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: token }, stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (bytes) => (text += bytes));
  child.stdin.end(input);
  return new Promise((done, fail) => child.once("close", (code) => (code === 0 ? done(text) : fail(new Error(`postern ${args.join(" ")}: ${code}`)))));
}

async function api(method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}

const accounts = {};
const rest = await api("POST", "/integrated-account", {
  connector: "cloudflare",
  name: "acme",
  credential: { token: "cfut_sandbox_one_account" },
  base_url: places.rest.base_url,
});
accounts["cloudflare"] = rest.id;
for (const [name, connector, vendor, path, answer] of [
  ["audit", "cloudflare-auditlogs", "cloudflare", "/auditlogs/mcp", { account: accountId("web") }],
  ["workers", "cloudflare-bindings", "cloudflare", "/bindings/mcp", { account: accountId("web") }],
  ["media", "cloudinary-assets", "cloudinary", "/mcp", { cloud: "acme-web" }],
  ["guard", "arcjet", "arcjet", "/mcp", {}],
]) {
  const flow = await api("POST", "/integrated-account/authorize", { connector, name, url: places[vendor].origin + path });
  await connect(flow.url, answer);
  const done = await api("GET", `/integrated-account/authorize/${flow.id}`);
  if (done.status !== "done") throw new Error(`${connector}: ${JSON.stringify(done)}`);
  accounts[connector] = done.account_id;
}
const published = await (await fetch(places.signups.document)).text();
await run(["connector", "import", "signups", "--openapi", "-"], published);
accounts["signups"] = JSON.parse(await run(["account", "add", "signups", "--name", "shop", "--credential-stdin", "--json"], places.signups.key)).id;
const server = await api("POST", "/mcp-server", { name: "questions", accounts: Object.values(accounts), config: { methods: ["read"] } });

if (values.tools) {
  mkdirSync(values.tools, { recursive: true });
  for (const [connector, id] of Object.entries(accounts)) {
    const { items } = await api("GET", `/integrated-account/${id}/tools?limit=1000`);
    const one = await api("POST", `/integrated-account/${id}/mcp`, { name: `list-${connector}`, config: { methods: ["read"] } });
    const listed = await toolsOf(one.url);
    const known = new Set(listed.map((t) => t.name));
    writeFileSync(join(values.tools, `${connector}.json`), `${JSON.stringify(listed, null, 1)}\n`);
    const rest = items.filter((t) => !known.has(t.name)).map(({ name, class: kind, trust, why }) => ({ name, class: kind, trust, why }));
    writeFileSync(join(values.tools, `${connector}.hidden.json`), `${JSON.stringify(rest, null, 1)}\n`);
  }
}

/** tools/list of 2025-06-18, all pages. */
async function toolsOf(at) {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const say = async (method, params, more = {}) => {
    const answer = await fetch(at, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify({ jsonrpc: "2.0", ...(method.startsWith("notifications/") ? {} : { id: 1 }), method, params }) });
    const text = await answer.text();
    const body = text.startsWith("{") ? text : (/^data: (\{.*\})$/m.exec(text)?.[1] ?? "{}");
    return { answer, json: JSON.parse(body) };
  };
  const hello = await say("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "questions", version: "1" } });
  const session = hello.answer.headers.get("mcp-session-id");
  const more = { "mcp-protocol-version": "2025-06-18", ...(session ? { "mcp-session-id": session } : {}) };
  await say("notifications/initialized", {}, more);
  const tools = [];
  for (let cursor; ; ) {
    const { json } = await say("tools/list", cursor ? { cursor } : {}, more);
    if (json.error) throw new Error(JSON.stringify(json.error));
    tools.push(...json.result.tools);
    if (!(cursor = json.result.nextCursor)) return tools;
  }
}

const state = { postern: url, token, accounts, server: server.url, vendors: places };
if (values.out) writeFileSync(values.out, JSON.stringify(state, null, 1));
process.stdout.write(`${JSON.stringify(state)}\n`);

const stop = () => {
  postern.kill("SIGTERM");
  vendors.kill("SIGTERM");
  setTimeout(() => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }, 500);
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
