// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, from the servers' own answers, not through Postern. Prints {name: value}.
// ASK_LODGE and ASK_HIRE are the origins; see read.mjs.
import { truth } from "../ask/truth/spans.mjs";
import "./truth/hotels.mjs";
import "./truth/hiring.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
