// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, from the servers' own answers, not through Postern. Prints {name: value}.
// ASK_DEALBOOK, ASK_STOREAPI and ASK_FAULTLINE are the origins; see read.mjs.
import { truth } from "../ask/truth/spans.mjs";
import "./truth/crm.mjs";
import "./truth/shop.mjs";
import "./truth/errors.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
