// SPDX-License-Identifier: Apache-2.0
// The three services, and the keys that open them.
import { dealbook, KEY as DEALBOOK } from "./dealbook.mjs";
import { faultline, KEY as FAULTLINE } from "./faultline.mjs";
import { KEY as STOREAPI, storeapi } from "./storeapi.mjs";

export const KEYS = { dealbook: DEALBOOK, storeapi: STOREAPI, faultline: FAULTLINE };
export const SERVERS = { dealbook, storeapi, faultline };
