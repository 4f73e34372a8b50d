// SPDX-License-Identifier: Apache-2.0
// Reads the three servers directly, past Postern: all rows of a list, by the paging that each has.
import { get, joined, origins } from "../ask-foreign/get.mjs";
import { mcp } from "../ask/vendors.mjs";
import { KEYS } from "./servers/index.mjs";

export const ORIGINS = origins(["dealbook", "storeapi", "faultline"], 28950);

export async function dealbook(path) {
  const all = [];
  for (let after = ""; after !== undefined; ) {
    const { results, paging } = (await get(joined(`${ORIGINS.dealbook}/crm/v2${path}`, `limit=200${after && `&after=${after}`}`), { "x-dealbook-token": KEYS.dealbook })).json;
    all.push(...results);
    after = paging?.next.after;
  }
  return all;
}

export async function storeapi(path) {
  const all = [];
  for (let next = `/rest/v1${joined(path, "per_page=250")}`; next; ) {
    const { json, headers } = await get(ORIGINS.storeapi + next, { authorization: `Bearer ${KEYS.storeapi}` });
    all.push(...json);
    next = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
  }
  return all;
}

/** Calls a tool of the MCP server; gives its JSON. */
export const faultline = await mcp(`${ORIGINS.faultline}/mcp`, { authorization: `Bearer ${KEYS.faultline}` });
