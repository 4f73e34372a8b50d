// SPDX-License-Identifier: Apache-2.0
// The three services, and the keys that open them.
import { KEY as LAB, lab } from "./lab.mjs";
import { KEY as SCHOOL, school } from "./school.mjs";
import { KEY as TRACKER, tracker } from "./tracker.mjs";

export const KEYS = { school: SCHOOL, lab: LAB, tracker: TRACKER };
export const SERVERS = { school, lab, tracker };
