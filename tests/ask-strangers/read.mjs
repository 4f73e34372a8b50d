// SPDX-License-Identifier: Apache-2.0
// Reads the three servers directly, past Postern: all rows of a list, by the paging that each has.
import { get, joined, origins } from "../ask-foreign/get.mjs";
import { mcp } from "../ask/vendors.mjs";
import { KEYS } from "./servers/index.mjs";

export const ORIGINS = origins(["idhub", "deskline", "paydesk"], 28701);

export async function idhub(path) {
  const all = [];
  for (let url = joined(`${ORIGINS.idhub}/api/v1${path}`, "limit=200"); url; ) {
    const { json, headers } = await get(url, { "x-idhub-token": KEYS.idhub });
    all.push(...json);
    url = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
  }
  return all;
}

export async function deskline(path) {
  const all = [];
  for (let cursor = ""; cursor !== null; ) {
    const { data, meta } = (await get(joined(`${ORIGINS.deskline}/api/v2${path}`, `per_page=100${cursor && `&cursor=${cursor}`}`), { authorization: `Bearer ${KEYS.deskline}` })).json;
    all.push(...data);
    cursor = meta.next_cursor;
  }
  return all;
}

/** Calls a tool of the MCP server; gives its JSON. */
export const paydesk = await mcp(`${ORIGINS.paydesk}/mcp`, { authorization: `Bearer ${KEYS.paydesk}` });
