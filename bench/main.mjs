// SPDX-License-Identifier: Apache-2.0
// Prints each figure with its aim. Ratios are taken pair by pair in the same run, since machines are
// noisy; the median of the pairs is what counts. Exit status 1: an error answer. A missed aim is
// printed as such and does not fail the run.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../tests/e2e/lib/postern.mjs";
import { ask } from "./ask.mjs";
import { audit } from "./audit.mjs";
import { compile } from "./compile.mjs";
import { console } from "./console.mjs";
import { context } from "./context.mjs";
import { memory, ready, streams } from "./footprint.mjs";
import { program } from "./program.mjs";
import { nodes } from "./nodes.mjs";
import { latency, proxies, sessions } from "./remote.mjs";
import { scale } from "./scale.mjs";
import { throughput } from "./throughput.mjs";
import { tiles } from "./tiles.mjs";

const DOCUMENT = process.env.POSTERN_CLOUDFLARE_JSON ?? join(ROOT, "../shared/openapi/cloudflare.json");
const parts = { throughput, compile, memory, ready, streams, latency, proxies, sessions, program, context, ask, tiles, console, scale, audit, nodes };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);

function print(name, value, aim, met) {
  const mark = aim === undefined ? "" : met ? `   aim ${aim}: met` : `   aim ${aim}: MISSED`;
  process.stdout.write(`${name.padEnd(58)} ${String(value).padStart(12)}${mark}\n`);
}

for (const part of wanted) {
  if (!parts[part]) throw new Error(`no part ${part}; there are ${Object.keys(parts).join(", ")}`);
  process.stdout.write(`\n== ${part}\n`);
  if (["compile", "memory", "ready", "context"].includes(part) && !existsSync(DOCUMENT)) {
    process.stdout.write("skipped: the public Cloudflare document is not here; POSTERN_CLOUDFLARE_JSON names it\n");
    continue;
  }
  await parts[part]({ print, document: DOCUMENT });
}
process.exit(0);
