// SPDX-License-Identifier: Apache-2.0
// Reads the three servers directly, past Postern: all rows of a list, by the paging that each has.
import { get, joined, origins } from "../ask-foreign/get.mjs";
import { mcp } from "../ask/vendors.mjs";
import { KEYS } from "./servers/index.mjs";

export const ORIGINS = origins(["inventory", "meter", "works"], 27701);

export async function inventory(path) {
  const all = [];
  for (let page = 1, last = 1; page <= last; page++) {
    const { items, meta } = (await get(joined(`${ORIGINS.inventory}/api/v1${path}`, `pageSize=100&page=${page}`), { "x-inventory-key": KEYS.inventory })).json;
    all.push(...items);
    last = meta.totalPages;
  }
  return all;
}

export async function meter(path) {
  const all = [];
  for (let total = 1; all.length < total; ) {
    const answer = (await get(joined(`${ORIGINS.meter}/svc/v3${path}`, `take=500&skip=${all.length}`), { authorization: `Bearer ${KEYS.meter}` })).json;
    all.push(...answer.rows);
    total = answer.total;
  }
  return all;
}

/** Calls a tool of the MCP server; gives its JSON. */
export const works = await mcp(`${ORIGINS.works}/mcp`, { authorization: `Bearer ${KEYS.works}` });
