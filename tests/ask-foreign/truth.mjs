// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, from the servers' own answers, not through Postern. Prints {name: value}.
// ASK_FLEET, ASK_BILLING, ASK_LIBRARY, ASK_UPKEEP are the origins; see read.mjs.
import { truth } from "../ask/truth/spans.mjs";
import "./truth/fleet.mjs";
import "./truth/billing.mjs";
import "./truth/library.mjs";
import "./truth/upkeep.mjs";
import "./truth/together.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
