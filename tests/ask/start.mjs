// SPDX-License-Identifier: Apache-2.0
// Starts the sandbox's vendors and Postern on fixed ports, connects the five accounts as the demo does, imports the
// sign-ups service as a user would, and stays.
// Usage, from the root of a built checkout:  node start.mjs BINARY [--tools FOLDER] [--now RFC3339] [--port FIRST]
// Prints one line of JSON when all is ready: addresses, the admin token, accounts, and a read-only MCP URL over all.
// With --port 0 all ports are free ones. With --tools it writes what each account lists, and of that what is served read-only, as JSON. Ctrl-C ends all.

import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath, pathToFileURL } from "node:url";
import { line, startGateway } from "./gateway.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tools: { type: "string" }, now: { type: "string" }, port: { type: "string", default: "27001" }, out: { type: "string" } },
});
const binary = positionals[0] ?? "build/src/postern";
const root = resolve(".");
const first = Number(values.port);
const { connect } = await import(pathToFileURL(join(root, "sandbox/dist/consent.js")));
const { accountId } = await import(pathToFileURL(join(root, "sandbox/dist/tokens.js")));

const ports = ["rest", "cloudflare", "cloudinary", "arcjet", "signups"].flatMap((name, i) => [`--${name}`, String(first && first + i)]);
const vendors = spawn(process.execPath, ["sandbox/dist/vendors.js", ...ports, ...(values.now ? ["--now", values.now] : [])], {
  stdio: ["ignore", "pipe", "inherit"],
});
const places = await line(vendors, (text) => text.includes("\n") && JSON.parse(text.split("\n")[0]));

const { api, importApi, ready } = await startGateway(binary, first && first + 9);
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
accounts["signups"] = await importApi("signups", { name: "shop", document: published, key: places.signups.key });
const env = Object.fromEntries(Object.entries(places).map(([name, at]) => [`ASK_${name.toUpperCase()}`, at.origin ?? new URL(at.base_url).origin]));
const writes = fileURLToPath(new URL("writes.mjs", import.meta.url));
await ready({ accounts, more: { vendors: places, env, writes }, out: values.out, tools: values.tools, end: () => vendors.kill("SIGTERM") });
