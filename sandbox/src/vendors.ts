// SPDX-License-Identifier: Apache-2.0
// node dist/vendors.js [--host 127.0.0.1] [--now TIME] [--rest PORT] [--cloudflare PORT] [--cloudinary PORT] [--arcjet PORT] [--signups PORT]
// Starts the REST sandbox, the vendors' MCP servers and the sign-ups service, prints one line of JSON that says where they are, and stays.

import { parseArgs } from "node:util";
import { Vendors } from "./vendor/index.js";

const PORTS = ["rest", "cloudflare", "cloudinary", "arcjet", "signups"] as const;

function fail(message: string): never {
  process.stderr.write(
    `vendors: ${message}\nusage: node dist/vendors.js [--host 127.0.0.1] [--now RFC3339] ${PORTS.map((p) => `[--${p} PORT]`).join(" ")}\n`,
  );
  process.exit(2);
}

function flags() {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ options: { host: text, now: text, rest: text, cloudflare: text, cloudinary: text, arcjet: text, signups: text } }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const given = flags();
const now = given.now === undefined ? undefined : Date.parse(given.now);
if (now !== undefined && Number.isNaN(now)) fail("--now must be an RFC 3339 time");
const ports: Record<string, number> = {};
for (const name of PORTS) {
  const value = given[name];
  if (value === undefined) continue;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) fail(`--${name} must be a port`);
  ports[name] = Number(value);
}

const vendors = new Vendors({ host: given.host ?? "127.0.0.1", ports, now });
const stop = () => void vendors.close().then(() => process.exit(0));
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
try {
  process.stdout.write(`${JSON.stringify(await vendors.listen())}\n`);
} catch (error) {
  process.stderr.write(`vendors: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
