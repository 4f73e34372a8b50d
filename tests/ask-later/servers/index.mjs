// SPDX-License-Identifier: Apache-2.0
// The two services, and the keys that open them.
import { KEY as HIRE, hire } from "./hire.mjs";
import { KEY as LODGE, lodge } from "./lodge.mjs";

export const KEYS = { lodge: LODGE, hire: HIRE };
export const SERVERS = { lodge, hire };
