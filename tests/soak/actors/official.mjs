// SPDX-License-Identifier: Apache-2.0
// Official SDK clients in every mode they have: they connect, list, call a little, and close.
import { ABILITIES, CLIENTS, SSE_CLIENTS } from "../../e2e/lib/clients.mjs";
import { argumentsFor } from "../lib/arguments.mjs";
import { target, toolOf } from "./modern.mjs";

const CALL_MS = 20_000;
const SDK_TIMEOUT = -32001;

const said = (error) => (error.code === undefined ? error.constructor.name : `rpc ${error.code}`);

const visit = (mode, open, address) => async (worker) => {
  const { random } = worker;
  const server = target(worker);
  if (!server) return "no server";
  let client;
  try {
    client = await open(address(server.url), { abilities: random.chance(0.5) ? ABILITIES : undefined, headers: server.token ? { authorization: `Bearer ${server.token}` } : undefined });
  } catch (error) {
    return `not connected: ${said(error)}`;
  }
  client.onerror = () => undefined;
  let outcome = "nothing called";
  try {
    server.tools = (await client.listTools()).tools.map((tool) => tool.name);
    for (let i = random.between(1, 3); i > 0; i--) {
      const params = { name: toolOf(worker, server), arguments: argumentsFor(random, "") ?? {} };
      const options = { timeout: CALL_MS, ...(random.chance(0.15) ? { signal: AbortSignal.timeout(random.between(10, 800)) } : {}) };
      outcome = await (client.v1 ? client.callTool(params, undefined, options) : client.callTool(params, options)).then((r) => (r.isError ? "isError" : "ok"), said);
      if (outcome === `rpc ${SDK_TIMEOUT}` && !options.signal) return "not waited for";
    }
  } catch (error) {
    outcome = said(error);
  } finally {
    await Promise.race([client.close(), new Promise((done) => setTimeout(done, CALL_MS))]).catch(() => undefined);
  }
  return outcome;
};

const operations = {};
for (const [mode, { connect }] of Object.entries(CLIENTS)) operations[mode.replaceAll(/[ ,]+/g, "-")] = [2, visit(mode, connect, (url) => url)];
for (const [mode, { connect }] of Object.entries(SSE_CLIENTS)) operations[mode.replaceAll(/[ ,]+/g, "-")] = [1, visit(mode, connect, (url) => url.replace("/mcp/", "/sse/"))];

export const official = { name: "official", pause_ms: [200, 1500], operations };
