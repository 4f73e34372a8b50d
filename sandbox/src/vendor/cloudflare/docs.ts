// SPDX-License-Identifier: Apache-2.0
// The documentation search, on a server of its own that needs no credential, and within two others.

import type { Json } from "../kit.js";
import { text, type Parts } from "../toolset.js";
import { READ, tool } from "./api.js";

const PAGES: [url: string, title: string, text: string][] = [
  [
    "kv/get-started",
    "Get started with Workers KV",
    "Workers KV is a key-value store read at the edge. Create a namespace, bind it to a Worker, then read and write with get and put.",
  ],
  ["kv/platform/limits", "Workers KV limits", "A value has at most 25 MiB, a key 512 bytes. Writes to one key: once per second."],
  [
    "r2/buckets/create-buckets",
    "Create R2 buckets",
    "R2 keeps objects without egress fees. Bucket names have 3 to 63 characters: lower-case letters, digits and hyphens.",
  ],
  ["d1/get-started", "Get started with D1", "D1 is a serverless SQL database. Bind it to a Worker and use prepared statements."],
  ["hyperdrive/get-started", "Get started with Hyperdrive", "Hyperdrive pools connections to your PostgreSQL or MySQL database and caches reads."],
  [
    "workers/observability/logs/workers-logs",
    "Workers Logs",
    "Workers Logs keeps the logs of a Worker for seven days and lets you query them in the dashboard.",
  ],
  ["workers/observability/query-builder", "Query Builder", "Write structured queries over logs and invocations: filters, calculations, groups."],
  ["waf/custom-rules", "Custom rules", "Custom rules match requests by an expression and block, challenge, skip or log them."],
  [
    "waf/rate-limiting-rules",
    "Rate limiting rules",
    "A rate limiting rule counts the requests that match and acts when there are too many in a period.",
  ],
  ["dns/manage-dns-records/how-to/create-dns-records", "Manage DNS records", "Create, edit and delete DNS records in the dashboard or by the API."],
  ["dns/dnssec", "DNSSEC", "DNSSEC signs the answers of your zone, so that resolvers can tell that they are yours."],
  [
    "fundamentals/account/account-security/review-audit-logs",
    "Review audit logs",
    "Audit logs list the changes made in your account: who, what, when and from where.",
  ],
  ["analytics/graphql-api", "GraphQL Analytics API", "Query aggregated data of your zones and accounts. Filter by time, group by dimensions."],
];

function score(words: string[], title: string, body: string): number {
  const t = title.toLowerCase();
  const b = body.toLowerCase();
  return words.reduce((sum, word) => sum + (t.includes(word) ? 2 : 0) + (b.includes(word) ? 1 : 0), 0);
}

export const docsTools = [
  tool({
    name: "search_cloudflare_documentation",
    title: "Search Cloudflare documentation",
    description: "Search the Cloudflare documentation. Use it for any question about Cloudflare products and features.",
    properties: { query: { type: "string", description: "What to search for" } },
    required: ["query"],
    annotations: READ,
    global: true,
    outputSchema: {
      type: "object",
      properties: {
        results: {
          type: "array",
          items: {
            type: "object",
            properties: {
              similarity: { type: "number" },
              id: { type: "string" },
              url: { type: "string" },
              title: { type: "string" },
              text: { type: "string" },
            },
            required: ["similarity", "id", "url", "title", "text"],
          },
        },
      },
      required: ["results"],
    },
    doing: "searching the documentation",
    run: (_api, args) => {
      const words = String(args["query"])
        .toLowerCase()
        .split(/\W+/)
        .filter((w) => w.length > 1);
      const scored = PAGES.map(([path, title, body]) => ({ path, title, body, points: score(words, title, body) }));
      const best = scored.filter((p) => p.points > 0).sort((a, b) => b.points - a.points);
      const results: Json[] = best.slice(0, 5).map(({ path, title, body, points }) => ({
        similarity: Math.round(100 * (1 - 1 / (1 + points))) / 100,
        id: path,
        url: `https://developers.cloudflare.com/${path}/`,
        title,
        text: body,
      }));
      const lines = results.map((r) => `<result>\n<url>${r["url"]}</url>\n<title>${r["title"]}</title>\n<text>\n${r["text"]}\n</text>\n</result>`);
      return { ...text(lines.join("\n") || "No results"), structuredContent: { results } };
    },
  }),
];

export const docs: Parts = {
  info: { name: "docs-ai-search", title: "Cloudflare Documentation", version: "0.4.3" },
  tools: docsTools,
  instructions: () => "Search Cloudflare's documentation.",
};
