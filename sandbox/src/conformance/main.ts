// SPDX-License-Identifier: Apache-2.0
// node dist/conformance/main.js --era dual|modern|sessions|stateless|sse [--port N] [--response auto|sse|json]
//   [--version 2025-06-18]... [--retry MS]
// A server with the fixtures of the official conformance suite, on loopback, without authorization. Prints
// one line of JSON, {"url", "era", "state"}, when it answers. GET of `state` tells what happened so far.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { localhostHostValidation, localhostOriginValidation } from "@modelcontextprotocol/node";
import { ERAS, type Options } from "./eras.js";
import { State } from "./state.js";

function fail(message: string): never {
  process.stderr.write(`conformance: ${message}\n`);
  process.exit(2);
}

function number(text: string, name: string, most: number): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > most) fail(`--${name} must be a whole number up to ${most}`);
  return Number(text);
}

function flags() {
  try {
    const options = {
      era: { type: "string", default: "dual" },
      port: { type: "string", default: "0" },
      response: { type: "string", default: "auto" },
      version: { type: "string", multiple: true },
      retry: { type: "string", default: "500" },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const given = flags();
const era = ERAS[given.era] ?? fail(`--era must be one of ${Object.keys(ERAS).join(", ")}`);
if (!["auto", "sse", "json"].includes(given.response)) fail("--response must be auto, sse or json");
const options: Options = { versions: given.version, responseMode: given.response as Options["responseMode"], retryMs: number(given.retry, "retry", 60_000) };

const state = new State();
const handle = era.make(state, options);
const [hostIsOurs, originIsOurs] = [localhostHostValidation(), localhostOriginValidation()];
const server = createServer((req, res) => {
  if (req.url === "/_state") return void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ...state.counts, open: state.open, shown: state.shown }));
  if (!hostIsOurs(req, res) || !originIsOurs(req, res)) return;
  state.counts.requests++;
  const handled = handle(req, res);
  if (handled) handled.catch((error: unknown) => (process.stderr.write(`conformance: ${String(error)}\n`), res.destroy()));
  else if (!res.writableEnded) res.writeHead(404).end();
});

const stop = () => (server.close(() => process.exit(0)), server.closeAllConnections());
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
server.on("error", (error) => fail(error.message));
server.listen(number(given.port, "port", 65535), "127.0.0.1", () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.stdout.write(`${JSON.stringify({ url: origin + era.path, era: given.era, state: `${origin}/_state` })}\n`);
});
