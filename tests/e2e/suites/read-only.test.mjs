// SPDX-License-Identifier: Apache-2.0
// What a read-only server lets through to an address that takes queries and mutations alike: the vendor counts.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { modern, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";

const reads = { read_only: true };
const body = (type, schema = { type: "object", additionalProperties: true }) => ({ required: true, content: { [type]: { schema } } });
const text = { type: "string" };
const fields = { type: "object", properties: { query: text, variables: { type: "object" }, operationName: text, extensions: { type: "object" }, more: { type: "object", additionalProperties: true } } };
const query = (...names) => names.map((name) => ({ name, in: "query", schema: text }));
const OPERATIONS = {
  plain: { method: "post", path: "/graphql", requestBody: body("application/json", fields), word: reads },
  versioned: { method: "post", path: "/graphql/v2", requestBody: body("application/json", fields), word: reads },
  slashed: { method: "post", path: "/graphql/", requestBody: body("application/json", fields), word: reads },
  classed: { method: "post", path: "/api/gql", requestBody: body("application/json", fields), word: { class: "list" } },
  free: { method: "post", path: "/v1/graphql.json", requestBody: body("application/json", {}), word: reads },
  got: { path: "/graphql", parameters: query("query", "variables", "extensions") },
  form: { method: "post", path: "/form/graphql", requestBody: body("application/x-www-form-urlencoded", fields), word: reads },
  parts: { method: "post", path: "/parts/graphql", requestBody: body("multipart/form-data", { type: "object", properties: { operations: text, map: text } }), word: reads },
  words: { method: "post", path: "/text/graphql", requestBody: body("text/plain", text), word: reads },
  document: { method: "post", path: "/run", requestBody: body("application/graphql", text), word: reads },
  search: { method: "post", path: "/search", requestBody: body("application/json", { type: "object", properties: { query: text, more: { type: "object", additionalProperties: true } } }), word: reads },
  find: { path: "/find", parameters: query("query", "q") },
};
let world, vendor, server, whole;
before(async () => {
  world = await start();
  vendor = await startVendor(OPERATIONS);
  const account = await vendor.connect(world);
  server = await world.server(account, { methods: ["read"] });
  whole = new Map(); // operation → the one argument that is its body
  const { result } = (await modern(server.url, "tools/list")).body;
  assert.deepEqual(result.tools.map((t) => t.name).sort(), Object.keys(OPERATIONS).sort(), "all are taken for reading");
  for (const t of result.tools) whole.set(t.name, Object.keys(t.inputSchema.properties)[0]);
});
after(async () => {
  await world?.close();
  await vendor?.close();
});

async function call(name, given) {
  const before = vendor.seen.length;
  const args = ["free", "words", "document"].includes(name) ? { [whole.get(name)]: given } : given;
  const { status, body, text } = await modern(server.url, "tools/call", { name, arguments: args });
  assert.equal(status, 200, text);
  return { isError: body.result?.isError ?? true, text, arrived: vendor.seen.length - before };
}

const M = "mutation Purge { purge { ok } }";
const Q = "query Zones($n: Int = 1) { zones(first: $n) { name } }";
const hash = { persistedQuery: { version: 1, sha256Hash: "ab".repeat(32) } };
const writes = {
  "a mutation": [["plain", { query: M }], ["versioned", { query: M }], ["slashed", { query: M }], ["classed", { query: M }], ["got", { query: M }], ["form", { query: M }], ["words", M], ["document", M]],
  "a subscription": [["versioned", { query: "subscription { a }" }], ["got", { query: "subscription S { a }" }]],
  "one of several": [["plain", { query: `${Q} ${M}`, operationName: "Zones" }], ["got", { query: `${M} ${Q}` }], ["free", [{ query: Q }, { query: M }]]],
  "behind a mark, a comment, a string": [["versioned", { query: `\ufeff# ${Q}\n,${M}` }], ["slashed", { query: `{ a(t: "\\"") } ${M}` }], ["plain", { query: `{ a(t: """}\\""" """) } ${M}` }]],
  "in a free-form object": [["free", { query: M }], ["free", { data: { query: M } }], ["plain", { query: Q, more: { query: M } }], ["plain", { query: Q, more: { a: [JSON.stringify({ query: M })] } }], ["free", { query: Q, Query: M }]],
  "as JSON in a text": [["words", JSON.stringify({ query: M })], ["words", JSON.stringify([{ query: Q }, { query: M }])], ["parts", { operations: JSON.stringify({ query: M }), map: "{}" }]],
  "what is not shown": [["plain", { extensions: hash }], ["got", { extensions: JSON.stringify(hash) }], ["free", { id: "7" }], ["free", { documentId: "sha256:ab" }], ["plain", { variables: { a: 1 } }], ["got", { variables: "{}" }], ["parts", { operations: JSON.stringify({ extensions: hash }) }], ["words", "query=…"], ["free", []]],
  "where nothing says GraphQL": [["search", { query: M }], ["search", { more: { a: [{ query: M }] } }], ["find", { query: M }], ["find", { q: `${Q} ${M}` }]],
};
describe("refused, with nothing sent", () => {
  for (const [how, calls] of Object.entries(writes))
    test(how, async () => {
      for (const [name, args] of calls) {
        const r = await call(name, args);
        assert.equal(r.arrived, 0, `${name} with ${JSON.stringify(args)} reached the vendor`);
        assert.ok(r.isError);
        assert.match(r.text, /this tool (reads|sends no other)|GraphQL/, r.text);
      }
    });
});

describe("sent", () => {
  const rows = [
    ["plain", { query: Q, variables: { text: M }, operationName: "Zones" }],
    ["versioned", { query: "{ mutation { a } }" }],
    ["slashed", { query: 'query mutation { a(t: "} mutation { b }") }' }],
    ["classed", { query: Q, more: { note: "mutation of genes" } }],
    ["free", { query: Q }],
    ["free", [{ query: Q }, { query: "{ b }", variables: { query: M } }]],
    ["got", { query: Q, variables: JSON.stringify({ t: M }) }],
    ["got", {}],
    ["form", { query: Q, variables: { t: M } }],
    ["parts", { operations: JSON.stringify({ query: Q }), map: "{}" }],
    ["words", Q],
    ["words", JSON.stringify({ query: Q })],
    ["document", Q],
    ["search", { query: "mutation of genes" }],
    ["search", { query: "mutation (BRCA1), subscription", more: { id: "7", query: "Mutation { A }" } }],
    ["find", { query: "mutation", q: "subscription plans" }],
  ];
  for (const [name, args] of rows)
    test(`${name} ${JSON.stringify(args).slice(0, 60)}`, async () => {
      const r = await call(name, args);
      assert.equal(r.arrived, 1, r.text);
      assert.equal(r.isError, false, r.text);
    });
});
