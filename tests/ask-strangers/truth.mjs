// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, from the servers' own answers, not through Postern. Prints {name: value}.
// ASK_IDHUB, ASK_DESKLINE and ASK_PAYDESK are the origins; see read.mjs.
import { truth } from "../ask/truth/spans.mjs";
import "./truth/identity.mjs";
import "./truth/helpdesk.mjs";
import "./truth/payroll.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
