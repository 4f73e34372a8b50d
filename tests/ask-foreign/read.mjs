// SPDX-License-Identifier: Apache-2.0
// Reads the four servers directly, past Postern: all rows of a list, by the paging that each has.
import { mcp } from "../ask/vendors.mjs";
import { get, joined, origins } from "./get.mjs";
import { KEYS } from "./servers/index.mjs";

export const ORIGINS = origins(["fleet", "billing", "library", "upkeep"], 27101);

export async function fleet(path) {
  const all = [];
  for (let page = 1; ; page++) {
    const { data, meta } = (await get(joined(`${ORIGINS.fleet}/v1${path}`, `page=${page}&per_page=100`), { "x-api-key": KEYS.fleet })).json;
    all.push(...data);
    if (!meta || page >= meta.pages) return all;
  }
}

export async function billing(path) {
  const all = [];
  for (;;) {
    const { items, total } = (await get(joined(`${ORIGINS.billing}/v2${path}`, `limit=100&offset=${all.length}`), { authorization: `Bearer ${KEYS.billing}` })).json;
    all.push(...items);
    if (all.length >= total) return all;
  }
}

export async function library(path) {
  const all = [];
  for (let cursor = ""; cursor !== null; ) {
    const { result } = (await get(joined(`${ORIGINS.library}/api${path}`, `limit=100${cursor && `&cursor=${cursor}`}`), { "x-library-key": KEYS.library })).json;
    all.push(...result.items);
    cursor = result.nextCursor;
  }
  return all;
}

/** Calls a tool of the MCP server; gives its JSON. */
export const upkeep = await mcp(`${ORIGINS.upkeep}/mcp`, { authorization: `Bearer ${KEYS.upkeep}` });
