// SPDX-License-Identifier: Apache-2.0
// kept: reads one kept answer, with the parts that the API's own description leaves open.
import { api, ok } from "../../api/client.ts";
import type { Kept } from "../ask/told.ts";

export const readAnswer = async (id: string): Promise<Kept> => (await ok(api.GET("/answers/{answer}", { params: { path: { answer: id } } }))) as unknown as Kept;
