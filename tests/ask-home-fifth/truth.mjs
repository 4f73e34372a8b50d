// SPDX-License-Identifier: Apache-2.0
// Every truth that questions.jsonl names: some of tests/ask and tests/ask-home-fourth, and more of the same vendors. Prints {name: value}.
import { truth } from "../ask/truth/tell.mjs";
import "../ask/truth/zones.mjs";
import "../ask/truth/account.mjs";
import "../ask/truth/audit.mjs";
import "../ask/truth/guard.mjs";
import "../ask/truth/media.mjs";
import "../ask-home-fourth/truth/people.mjs";
import "../ask-home-fourth/truth/setup.mjs";
import "../ask-home-fourth/truth/together.mjs";
import "./truth/account.mjs";
import "./truth/library.mjs";
import "./truth/shop.mjs";

process.stdout.write(`${JSON.stringify(truth, null, 1)}\n`);
