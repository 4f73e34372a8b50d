// SPDX-License-Identifier: Apache-2.0
// Reads the two servers directly, past Postern: all rows of a list, by the paging that each has.
import { get, joined, origins } from "../ask-foreign/get.mjs";
import { KEYS } from "./servers.mjs";

export const ORIGINS = origins(["climb", "press"], 27301);

export async function climb(name) {
  const all = [];
  for (let total = 1; all.length < total; ) {
    const { json } = await get(joined(`${ORIGINS.climb}/v2/${name}`, `offset=${all.length}`), { "x-climb-key": KEYS.climb });
    all.push(...json[name]);
    total = json.total;
  }
  return all;
}

export async function press(name) {
  const all = [];
  for (let page = 1, last = 1; page <= last; page++) {
    const { json } = await get(joined(`${ORIGINS.press}/api/${name}`, `page=${page}`), { authorization: `Bearer ${KEYS.press}` });
    all.push(...json.members);
    last = json.last_page;
  }
  return all;
}
