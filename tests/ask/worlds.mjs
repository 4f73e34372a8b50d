// SPDX-License-Identifier: Apache-2.0
// Starts services of one's own and Postern over them, as a folder's world.mjs tells: imports the documents, connects the accounts
// and adds the MCP server by its URL, as a user would; and stays. Ctrl-C ends all. Used by the start.mjs of such a folder, from
// the root of a built checkout:  node start.mjs BINARY [--tools FOLDER] [--port FIRST] [--out state.json] [--with FOLDER]
// --with: another folder's services too, in the same Postern, to hold both against their questions with one start.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startGateway } from "./gateway.mjs";

const seen = (places) => Object.fromEntries(Object.entries(places).map(([name, at]) => [`ASK_${name.toUpperCase()}`, at.origin]));

/** The services of a world, by their names. */
async function open(world, now, port) {
  const places = {};
  for (const [i, [name, start]] of Object.entries(world.SERVERS).entries()) places[name] = await start({ now, port: port && port + i });
  return places;
}

/** Their accounts, by connector. */
async function connect(world, places, gateway) {
  const accounts = {};
  for (const [connector, name, file, path] of world.APIS)
    accounts[connector] = await gateway.importApi(connector, { name, document: readFileSync(new URL(`documents/${file}`, world.FOLDER)), key: world.KEYS[connector], where: ["--base-url", places[connector].origin + path] });
  if (!world.MCP) return accounts;
  const [server, name] = world.MCP;
  const added = await gateway.run(["account", "add", "mcp", "--base-url", `${places[server].origin}/mcp`, "--way", "bearer", "--name", name, "--credential-stdin", "--json"], world.KEYS[server]);
  return { ...accounts, [server]: JSON.parse(added).id };
}

export async function startWorld(world) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { tools: { type: "string" }, port: { type: "string", default: String(world.FIRST_PORT) }, out: { type: "string" }, with: { type: "string", multiple: true, default: [] } },
  });
  const first = Number(values.port);
  const now = Date.now();
  const worlds = [world];
  for (const folder of values.with) worlds.push(await import(pathToFileURL(resolve(folder, "world.mjs"))));
  const places = await Promise.all(worlds.map((one, i) => open(one, now, first && first + 10 * i)));
  const gateway = await startGateway(positionals[0] ?? "build/src/postern", first && first + 9);
  const accounts = {};
  for (const [i, one] of worlds.entries()) Object.assign(accounts, await connect(one, places[i], gateway));
  await gateway.ready({
    accounts,
    more: { started: new Date(now).toISOString(), env: Object.assign({}, ...places.map(seen)), writes: fileURLToPath(new URL("writes.mjs", world.FOLDER)) },
    out: values.out,
    tools: values.tools,
    end: () => places.flatMap((all) => Object.values(all)).forEach((at) => at.close()),
  });
}
