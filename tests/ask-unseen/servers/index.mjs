// SPDX-License-Identifier: Apache-2.0
// Who is asked about: each by the name of its connector, with its key.
import { KEY as CHARGE, charge } from "./charge.mjs";
import { KEY as POD, pod } from "./pod.mjs";
import { KEY as STAGE, stage } from "./stage.mjs";
import { KEY as VET, vet } from "./vet.mjs";

export const SERVERS = { vet, stage, charge, pod };
export const KEYS = { vet: VET, stage: STAGE, charge: CHARGE, pod: POD };
