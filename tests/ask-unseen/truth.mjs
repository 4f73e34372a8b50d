// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names, from the servers' own answers, not through Postern. Prints {name: value}.
// ASK_VET, ASK_STAGE, ASK_CHARGE, ASK_POD are the origins; see read.mjs.
import { truth } from "../ask/truth/spans.mjs";
import "./truth/vet.mjs";
import "./truth/stage.mjs";
import "./truth/charge.mjs";
import "./truth/pod.mjs";
import "./truth/together.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
