// SPDX-License-Identifier: Apache-2.0
// Every truth that questions-home.jsonl names: those of tests/ask, and more of the same vendors. Prints {name: value}.
import { truth } from "../ask/truth/tell.mjs";
import "../ask/truth/zones.mjs";
import "../ask/truth/account.mjs";
import "../ask/truth/traffic.mjs";
import "../ask/truth/audit.mjs";
import "../ask/truth/media.mjs";
import "../ask/truth/guard.mjs";
import "../ask/truth/together.mjs";
import "./truth/home.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
