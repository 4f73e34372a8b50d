// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, from the servers' own answers, not through Postern. Prints {name: value}.
// ASK_SCHOOL, ASK_LAB and ASK_TRACKER are the origins; see read.mjs.
import { truth } from "../ask/truth/spans.mjs";
import "./truth/lessons.mjs";
import "./truth/samples.mjs";
import "./truth/software.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
