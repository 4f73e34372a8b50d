// SPDX-License-Identifier: Apache-2.0
// How well postern_search_tools finds: the queries of data/search-queries.tsv, asked of a server, as recall at 1 and 5.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { modern, ROOT } from "./postern.mjs";

export const QUERIES = readFileSync(join(ROOT, "tests/e2e/data/search-queries.tsv"), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.split("\t"))
  .map(([account, query, tools]) => ({ account, query, tools: tools.split(" ").map((t) => (account === "cf" && !t.startsWith("bindings_") ? `cf_${t}` : t)) }));

export async function search(url, args) {
  const r = await modern(url, "tools/call", { name: "postern_search_tools", arguments: args });
  if (!r.body?.result || r.body.result.isError) throw new Error(`${JSON.stringify(args)}: ${r.text}`);
  return r.body.result;
}

// `right(query, name)`: is it one of those that are right? `missed`: those not among the first five, with what came.
export async function recall(url, right = (q, name) => q.tools.includes(name), queries = QUERIES) {
  let first = 0, five = 0;
  const missed = [];
  for (const q of queries) {
    const found = (await search(url, { query: q.query, limit: 5 })).structuredContent.tools.map((t) => t.name);
    const at = found.findIndex((name) => right(q, name));
    if (at === 0) first++;
    if (at >= 0) five++;
    else missed.push({ query: q.query, account: q.account, found });
  }
  return { count: queries.length, at1: first / queries.length, at5: five / queries.length, missed };
}
