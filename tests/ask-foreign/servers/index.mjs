// SPDX-License-Identifier: Apache-2.0
// Who is asked about: each by the name of its connector, with its key.
import { KEY as BILLING, billing } from "./billing.mjs";
import { KEY as FLEET, fleet } from "./fleet.mjs";
import { KEY as LIBRARY, library } from "./library.mjs";
import { KEY as UPKEEP, upkeep } from "./upkeep.mjs";

export const SERVERS = { fleet, billing, library, upkeep };
export const KEYS = { fleet: FLEET, billing: BILLING, library: LIBRARY, upkeep: UPKEEP };
