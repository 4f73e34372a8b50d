// SPDX-License-Identifier: Apache-2.0
// Reads the four servers directly, past Postern: all rows of a list, by the paging that each has.
import { mcp } from "../ask/vendors.mjs";
import { KEYS } from "./servers/index.mjs";

const at = (name, port) => (process.env[`ASK_${name.toUpperCase()}`] ?? `http://127.0.0.1:${port}`).replace(/\/+$/, "");
export const ORIGINS = { fleet: at("fleet", 27101), billing: at("billing", 27102), library: at("library", 27103), upkeep: at("upkeep", 27104) };

async function get(url, headers) {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
const joined = (path, more) => `${path}${path.includes("?") ? "&" : "?"}${more}`;

export async function fleet(path) {
  const all = [];
  for (let page = 1; ; page++) {
    const { data, meta } = await get(joined(`${ORIGINS.fleet}/v1${path}`, `page=${page}&per_page=100`), { "x-api-key": KEYS.fleet });
    all.push(...data);
    if (!meta || page >= meta.pages) return all;
  }
}

export async function billing(path) {
  const all = [];
  for (;;) {
    const { items, total } = await get(joined(`${ORIGINS.billing}/v2${path}`, `limit=100&offset=${all.length}`), { authorization: `Bearer ${KEYS.billing}` });
    all.push(...items);
    if (all.length >= total) return all;
  }
}

export async function library(path) {
  const all = [];
  for (let cursor = ""; cursor !== null; ) {
    const { result } = await get(joined(`${ORIGINS.library}/api${path}`, `limit=100${cursor && `&cursor=${cursor}`}`), { "x-library-key": KEYS.library });
    all.push(...result.items);
    cursor = result.nextCursor;
  }
  return all;
}

/** Calls a tool of the MCP server; gives its JSON. */
export const upkeep = await mcp(`${ORIGINS.upkeep}/mcp`, { authorization: `Bearer ${KEYS.upkeep}` });
