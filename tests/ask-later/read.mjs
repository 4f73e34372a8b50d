// SPDX-License-Identifier: Apache-2.0
// Reads the two servers directly, past Postern: all rows of a list, by the paging that each has.
import { get, joined, origins } from "../ask-foreign/get.mjs";
import { mcp } from "../ask/vendors.mjs";
import { KEYS } from "./servers/index.mjs";

export const ORIGINS = origins(["lodge", "hire"], 27501);

export async function lodge(path) {
  const all = [];
  for (let cursor = ""; cursor !== null; ) {
    const { items, page } = (await get(joined(`${ORIGINS.lodge}/backoffice/v1${path}`, `limit=100${cursor && `&cursor=${cursor}`}`), { "x-lodge-key": KEYS.lodge })).json;
    all.push(...items);
    cursor = page.next;
  }
  return all;
}

/** Calls a tool of the MCP server; gives its JSON. */
export const hire = await mcp(`${ORIGINS.hire}/mcp`, { authorization: `Bearer ${KEYS.hire}` });
