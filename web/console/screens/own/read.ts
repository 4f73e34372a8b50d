// SPDX-License-Identifier: Apache-2.0
// What these screens read of the API.
import { all, api, ok, page, type Shapes } from "../../api/client.ts";
import { useData, type Data } from "../../api/data.ts";

export type Slot = Shapes["OwnAccountSlot"];
export type Other = Shapes["PersonsAccount"];

export const useOwn = (): Data<Slot[]> => useData("own", (signal) => all((after) => ok(api.GET("/own-account", page(after, signal)))));
export const useOthers = (): Data<Other[]> => useData("persons", (signal) => all((after) => ok(api.GET("/persons-account", page(after, signal)))));
