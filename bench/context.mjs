// SPDX-License-Identifier: Apache-2.0
// What a server of 1,533 tools and five more vendors takes of a client's context, listed whole and searched; how well and
// how fast the search finds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DOCUMENT, operations, startLarge } from "../tests/e2e/lib/large.mjs";
import { Postern, ROOT, modern } from "../tests/e2e/lib/postern.mjs";
import { QUERIES, recall } from "../tests/e2e/lib/ranking.mjs";
import { median } from "./load.mjs";
import { TOKEN, startUpstream } from "./upstream.mjs";

const CYCLE = { query: "dns records of a zone", tool: "list_all_cloudflare_dns_records" };
const TOOLS = 10_000, SEARCHES = 400;

async function list(url) {
  let bytes = 0, tools = 0, cursor;
  do {
    const { body } = await modern(url, "tools/list", cursor ? { cursor } : {});
    bytes += JSON.stringify(body.result.tools).length;
    tools += body.result.tools.length;
    cursor = body.result.nextCursor;
  } while (cursor);
  return { bytes, tools };
}
const ask = (url, name, args) => modern(url, "tools/call", { name, arguments: args });

// By what a tool calls: the two documents name some of the same operations differently.
async function ranking(print, url) {
  const shipped = operations(join(ROOT, "connectors/cloudflare/openapi.yaml"));
  const whole = new Map([...operations(DOCUMENT, "--like", "cloudflare")].map(([name, operation]) => [`cf_${name}`, operation]));
  const right = (q, name) => q.tools.some((t) => t === name || (whole.has(name) && shipped.get(t.replace(/^cf_/, "")) === whole.get(name)));
  const there = new Set(whole.values());
  const queries = QUERIES.filter((q) => q.tools.some((t) => !t.startsWith("cf_") || there.has(shipped.get(t.slice(3)))));
  const r = await recall(url, right, queries);
  print(`recall at 1, ${r.count} queries over all of it`, r.at1.toFixed(3));
  print("recall at 5", r.at5.toFixed(3));
  if (process.env.MISSED) for (const m of r.missed) process.stdout.write(`  ${m.query}: ${m.found.join(" ")}\n`);
}

// A document of so many operations, over as many nouns as vendors have.
function document() {
  const nouns = readFileSync(join(ROOT, "tests/e2e/data/search-queries.tsv"), "utf8").match(/\b[a-z]{4,}\b/g);
  const paths = {};
  for (let i = 0; Object.keys(paths).length < TOOLS; i++) {
    const [a, b] = [nouns[i % nouns.length], nouns[(i * 7 + (i >> 6)) % nouns.length]];
    paths[`/${a}${i >> 8}/{id}/${b}`] = { get: { summary: `List the ${b} of a ${a}`, description: `Every ${b} that belongs to the ${a}, newest first.`, parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" }, description: `The ${a}` }, { name: "status", in: "query", schema: { type: "string" } }], responses: { 200: { description: "ok" } } } };
  }
  return JSON.stringify({ openapi: "3.1.0", info: { title: "Many", version: "1" }, paths });
}

async function speed(print) {
  const upstream = await startUpstream();
  const postern = await new Postern({ log_level: "warn" }).start();
  const definition = { name: "many", label: "Many", kind: "rest", base_url: upstream.url, auth: [{ id: "token", fields: [{ name: "token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }] };
  await postern.must(201, "POST", "/connector", { definition, document: document() });
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "many", name: "many", credential: { token: TOKEN } });
  const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "many", config: { discovery: "search" } });
  const took = [], none = [];
  for (let i = 0; i < SEARCHES; i++) {
    const q = QUERIES[i % QUERIES.length].query;
    let begun = performance.now();
    await ask(server.url, "postern_search_tools", { query: q });
    took.push(performance.now() - begun);
    begun = performance.now();
    await ask(server.url, "postern_search_tools", { query: "zzzz" });
    none.push(performance.now() - begun);
  }
  // Of the call, most is HTTP and JSON, which a search for a word that nothing has takes too.
  const own = median(took.map((ms, i) => ms - none[i]));
  print(`a search over ${server.tool_count} tools, ms of the whole call`, median(took).toFixed(2));
  print("of these, the search and its answer", own.toFixed(2), "< 2", own < 2);
  await postern.close();
  await upstream.close?.();
}

export async function context({ print }) {
  const large = await startLarge();
  try {
    const config = { methods: ["read", "write", "custom"], programs: true };
    const [full, search, featured] = await Promise.all(["full", "search", "featured"].map((discovery) => large.server({ ...config, discovery })));
    const whole = await list(full.url), few = await list(search.url), some = await list(featured.url);
    print(`full: bytes of ${whole.tools} definitions`, whole.bytes);
    print(`featured: bytes of ${some.tools}`, some.bytes);
    print(`search: bytes of ${few.tools}`, few.bytes, "<= 4000", few.bytes <= 4000);
    const found = await ask(search.url, "postern_search_tools", { query: CYCLE.query });
    print("an answer of postern_search_tools, bytes", found.text.length, "<= 2500", found.text.length <= 2500);
    const described = await ask(search.url, "postern_describe_tools", { tools: [`cf_${CYCLE.tool}`] });
    print("one definition by postern_describe_tools, bytes", described.text.length);
    const called = await ask(search.url, "postern_read", { tool: `cf_${CYCLE.tool}`, arguments: { zone_id: "0".repeat(32) } });
    print("search, describe and a call that fails, bytes in all", few.bytes + found.text.length + described.text.length + called.text.length);
    await ranking(print, search.url);
  } finally {
    await large.close();
  }
  await speed(print);
}
