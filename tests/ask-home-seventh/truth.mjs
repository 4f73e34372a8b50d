// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names: some of tests/ask, and more of the same vendors. Prints {name: value}.
import { truth } from "../ask/truth/tell.mjs";
import "../ask/truth/zones.mjs";
import "../ask/truth/account.mjs";
import "../ask/truth/audit.mjs";
import "../ask/truth/guard.mjs";
import "./truth/setup.mjs";
import "./truth/log.mjs";
import "./truth/traffic.mjs";
import "./truth/library.mjs";
import "./truth/shop.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
