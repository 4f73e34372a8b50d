// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, computed from the sandbox's own answers, not through Postern.
// Usage: node truth.mjs            prints {name: value} as JSON
//        node truth.mjs PREFIX     only names that begin so
// ASK_REST, ASK_CLOUDFLARE, ASK_CLOUDINARY, ASK_ARCJET, ASK_SIGNUPS are the origins; see vendors.mjs and README.md.
import { truth } from "./truth/tell.mjs";
import "./truth/zones.mjs";
import "./truth/account.mjs";
import "./truth/traffic.mjs";
import "./truth/audit.mjs";
import "./truth/media.mjs";
import "./truth/guard.mjs";
import "./truth/together.mjs";

const wanted = process.argv[2];
process.stdout.write(`${JSON.stringify(Object.fromEntries(Object.entries(truth).filter(([name]) => !wanted || name.startsWith(wanted))), null, 1)}\n`);
