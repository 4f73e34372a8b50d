// SPDX-License-Identifier: Apache-2.0
// Starts the three services, the MCP server and Postern; imports the documents, connects the accounts and adds the MCP server
// by its URL, as a user would; and stays. Ctrl-C ends all.
// Usage, from the root of a built checkout:  node start.mjs BINARY [--tools FOLDER] [--port FIRST] [--out state.json]
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { startGateway } from "../ask/gateway.mjs";
import { KEYS, SERVERS } from "./servers/index.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tools: { type: "string" }, port: { type: "string", default: "27101" }, out: { type: "string" } },
});
const first = Number(values.port);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const now = Date.now();
const places = {};
for (const [i, [name, start]] of Object.entries(SERVERS).entries()) places[name] = await start({ now, port: first && first + i });

const gateway = await startGateway(positionals[0] ?? "build/src/postern", first && first + 9);
const accounts = {};
for (const [connector, name, file, path] of [
  ["fleet", "trucks", "fleet.yaml", "/v1"],
  ["billing", "invoicing", "billing.json", ""],
  ["library", "lending", "library.yaml", "/api"],
])
  accounts[connector] = await gateway.importApi(connector, { name, document: readFileSync(here(`documents/${file}`)), key: KEYS[connector], where: ["--base-url", places[connector].origin + path] });
const plant = await gateway.run(["account", "add", "mcp", "--base-url", `${places.upkeep.origin}/mcp`, "--way", "bearer", "--name", "plant", "--credential-stdin", "--json"], KEYS.upkeep);
accounts.upkeep = JSON.parse(plant).id;

await gateway.ready({
  accounts,
  more: { started: new Date(now).toISOString(), env: Object.fromEntries(Object.entries(places).map(([name, at]) => [`ASK_${name.toUpperCase()}`, at.origin])), writes: here("writes.mjs") },
  out: values.out,
  tools: values.tools,
  end: () => Object.values(places).forEach((at) => at.close()),
});
