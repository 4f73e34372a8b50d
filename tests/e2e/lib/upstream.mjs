// SPDX-License-Identifier: Apache-2.0
// MCP servers to stand behind Postern: our own with the conformance suite's fixtures, in any era, and the
// official server-everything. Example:
//   const upstream = await startConformance("modern");   // { url, state(), close() }
//   const account = await connectOpen(world, upstream.url);
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { BINARY, Postern, Program, ROOT } from "./postern.mjs";

const EVERYTHING = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/server-everything/dist/index.js");
const FIXTURES = join(ROOT, "sandbox/dist/conformance/main.js");

// Era: dual, modern, sessions, stateless, sse.
export async function startConformance(era = "dual", args = []) {
  const program = new Program(process.execPath, [FIXTURES, "--era", era, ...args]);
  const { url, state } = JSON.parse((await program.waitFor(/^\{.*\}$/m))[0]);
  return { url, program, state: async () => (await fetch(state)).json(), close: () => program.stop() };
}

// Mode: streamableHttp (sessions of 2025-11-25), sse (2024-11-05).
export async function startEverything(mode = "streamableHttp") {
  const program = new Program(process.execPath, ["-r", join(ROOT, "tests/e2e/lib/loopback.cjs"), EVERYTHING, mode], { env: { ...process.env, PORT: "0" } });
  const [, origin] = await program.waitFor(/bound to (\S+)/);
  return { url: origin + (mode === "sse" ? "/sse" : "/mcp"), program, close: () => program.stop() };
}

// Postern alone: what lib/postern.mjs starts, without the REST sandbox.
export async function startWorld(settings = {}) {
  const postern = await new Postern(settings).start();
  let serial = 0;
  return {
    postern,
    api: postern.api.bind(postern),
    must: postern.must.bind(postern),
    server: (account, config = EVERY_METHOD, more = {}) => postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: `server-${++serial}`, config, ...more }),
    close: () => postern.close(),
  };
}

let serial = 0;
// An account at any MCP server by URL; without more said, one that asks for no credential.
export function connectUrl(world, url, more = {}) {
  return world.must(201, "POST", "/integrated-account", { url, name: `remote-${++serial}`, way: "open", credential: {}, ...more });
}

// The command line, as an operator has it.
export async function postern(world, ...args) {
  const { stdout } = await promisify(execFile)(BINARY, args, { env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token } });
  return stdout;
}

// Test servers say nothing of what their tools do, and name some like writes: an admin's word for each of them,
// since --all never approves what is denied.
export async function approveAll(world, account) {
  const { items } = await world.must(200, "GET", `/integrated-account/${account.id}/tools?limit=1000`);
  await postern(world, "tools", "approve", account.id, ...items.map((tool) => tool.name));
  return account;
}

// Upstream to served URL in one go.
export const EVERY_METHOD = { methods: ["read", "write", "custom"] };
export async function serve(world, url, { config = EVERY_METHOD, ...more } = {}) {
  const account = await approveAll(world, await connectUrl(world, url, more));
  return Object.assign(await world.server(account, config), { account });
}
