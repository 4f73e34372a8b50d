// SPDX-License-Identifier: Apache-2.0
// node dist/main.js --port N [--host 127.0.0.1] [--quota N] [--window S] [--now TIME] | --tokens

import { parseArgs } from "node:util";
import type { Plan } from "./limits.js";
import { Sandbox } from "./server.js";
import { KEY_EMAIL, TOKENS } from "./tokens.js";

const USAGE = `usage: node dist/main.js --port N [--host 127.0.0.1] [--quota REQUESTS] [--window SECONDS] [--now RFC3339]
       node dist/main.js --tokens
`;

function fail(message: string): never {
  process.stderr.write(`sandbox: ${message}\n${USAGE}`);
  process.exit(2);
}

function number(text: string, name: string, most: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > most) fail(`--${name} must be a whole number up to ${most}`);
  return Number(text);
}

function flags() {
  try {
    const options = {
      port: { type: "string" },
      host: { type: "string" },
      quota: { type: "string" },
      window: { type: "string" },
      now: { type: "string" },
      tokens: { type: "boolean" },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const given = flags();
if (given.tokens) {
  const width = Math.max(...TOKENS.map((t) => t.secret.length));
  for (const t of TOKENS) process.stdout.write(`${t.name.padEnd(14)} ${t.secret.padEnd(width)}  ${t.permissions.join(" ").padEnd(18)} ${t.about}\n`);
  process.stdout.write(`\nThe last goes with X-Auth-Email: ${KEY_EMAIL}\n`);
  process.exit(0);
}
if (given.port === undefined) fail("--port is missing");

const plan: Partial<Plan> = {};
if (given.quota !== undefined) plan.quota = number(given.quota, "quota", 999_999_999);
if (given.window !== undefined) plan.window = plan.block = number(given.window, "window", 86_400);
const now = given.now === undefined ? undefined : Date.parse(given.now);
if (now !== undefined && Number.isNaN(now)) fail("--now must be an RFC 3339 time");

const sandbox = new Sandbox({ host: given.host ?? "127.0.0.1", port: number(given.port, "port", 65535), plan, now });
const stop = () => void sandbox.close().then(() => process.exit(0));
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
try {
  process.stdout.write(`sandbox listening on ${await sandbox.listen()}\n`);
} catch (error) {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
