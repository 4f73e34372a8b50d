// SPDX-License-Identifier: Apache-2.0
// Reads the four servers directly, past Postern: all rows of a list, by the paging that each has.
import { mcp } from "../ask/vendors.mjs";
import { get, joined, origins } from "../ask-foreign/get.mjs";
import { KEYS } from "./servers/index.mjs";

export const ORIGINS = origins(["vet", "stage", "charge", "pod"], 27201);

/** The rows are under the list's own name: the last part of the path. */
export async function vet(path) {
  const all = [];
  for (let token = ""; token !== undefined; ) {
    const answer = (await get(joined(`${ORIGINS.vet}/api/v3${path}`, `pageSize=200${token && `&pageToken=${token}`}`), { "x-clinic-key": KEYS.vet })).json;
    all.push(...answer[/(\w+)(\?|$)/.exec(path)[1]]);
    token = answer.nextPageToken;
  }
  return all;
}

export async function stage(path) {
  const all = [];
  for (let next = joined(`/api${path}`, "size=100"); next; ) {
    const { json, headers } = await get(ORIGINS.stage + next, { authorization: `Bearer ${KEYS.stage}` });
    all.push(...json);
    next = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
  }
  return all;
}

export async function charge(path) {
  const all = [];
  for (let page = 0; ; page++) {
    const { content, last } = (await get(joined(`${ORIGINS.charge}/charging/v1${path}`, `page=${page}&size=200`), { "x-api-key": KEYS.charge })).json;
    all.push(...content);
    if (last) return all;
  }
}

/** Calls a tool of the MCP server; gives its JSON. */
export const pod = await mcp(`${ORIGINS.pod}/mcp`, { authorization: `Bearer ${KEYS.pod}` });
