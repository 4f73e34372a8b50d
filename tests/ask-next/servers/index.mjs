// SPDX-License-Identifier: Apache-2.0
// The three services, and the keys that open them.
import { inventory, KEY as INVENTORY } from "./inventory.mjs";
import { KEY as METER, meter } from "./meter.mjs";
import { KEY as WORKS, works } from "./works.mjs";

export const KEYS = { inventory: INVENTORY, meter: METER, works: WORKS };
export const SERVERS = { inventory, meter, works };
