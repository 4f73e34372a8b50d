// SPDX-License-Identifier: Apache-2.0
// Reads the three servers directly, past Postern: all rows of a list, by the paging that each has.
import { get, joined, origins } from "../ask-foreign/get.mjs";
import { mcp } from "../ask/vendors.mjs";
import { KEYS } from "./servers/index.mjs";

export const ORIGINS = origins(["school", "lab", "tracker"], 27601);

export async function school(path) {
  const all = [];
  for (let page = 1, last = 1; page <= last; page++) {
    const { data, pagination } = (await get(joined(`${ORIGINS.school}/api/v2${path}`, `perPage=100&page=${page}`), { "x-school-key": KEYS.school })).json;
    all.push(...data);
    last = pagination.pageCount;
  }
  return all;
}

export async function lab(path) {
  const all = [];
  for (let offset = 0; offset !== null; ) {
    const { results, next_offset: next } = (await get(joined(`${ORIGINS.lab}/lims/api${path}`, `limit=200&offset=${offset}`), { authorization: `Bearer ${KEYS.lab}` })).json;
    all.push(...results);
    offset = next;
  }
  return all;
}

/** Calls a tool of the MCP server; gives its JSON. */
export const tracker = await mcp(`${ORIGINS.tracker}/mcp`, { authorization: `Bearer ${KEYS.tracker}` });
