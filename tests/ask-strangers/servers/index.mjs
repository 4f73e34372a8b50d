// SPDX-License-Identifier: Apache-2.0
// The three services, and the keys that open them.
import { deskline, KEY as DESKLINE } from "./deskline.mjs";
import { idhub, KEY as IDHUB } from "./idhub.mjs";
import { KEY as PAYDESK, paydesk } from "./paydesk.mjs";

export const KEYS = { idhub: IDHUB, deskline: DESKLINE, paydesk: PAYDESK };
export const SERVERS = { idhub, deskline, paydesk };
