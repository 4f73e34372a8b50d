// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, from the servers' own answers, not through Postern. Prints {name: value}.
// ASK_INVENTORY, ASK_METER and ASK_WORKS are the origins; see read.mjs.
import { truth } from "../ask/truth/spans.mjs";
import "./truth/equipment.mjs";
import "./truth/metering.mjs";
import "./truth/building.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
