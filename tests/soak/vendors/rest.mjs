// SPDX-License-Identifier: Apache-2.0
// A hostile REST vendor, and the connector that describes it.
import { startHostile } from "./ways.mjs";

const parameter = (name, schema, where = "query") => ({ name, in: where, required: where === "path", schema });
const op = (operationId, more = {}) => ({ operationId, summary: operationId.replaceAll("_", " "), tags: ["soak"], responses: { 200: { description: "Well." } }, ...more });
const body = (schema) => ({ requestBody: { content: { "application/json": { schema } } } });
const TREE = { type: "object", properties: { name: { type: "string", maxLength: 200 }, size: { type: "integer", minimum: 0 }, parts: { type: "array", items: { $ref: "#/components/schemas/Tree" } } } };

export const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Soak", version: "1" },
  components: { schemas: { Tree: TREE } },
  paths: {
    "/things": {
      get: op("list_things", { parameters: [parameter("page", { type: "integer" }), parameter("name", { type: "string", pattern: "^[a-z0-9 -]*$" }), parameter("kinds", { type: "array", items: { type: "string", enum: ["one", "two"] } })] }),
      post: op("create_thing", body({ $ref: "#/components/schemas/Tree" })),
    },
    "/things/{id}": { get: op("get_thing", { parameters: [parameter("id", { type: "string" }, "path")] }), delete: op("delete_thing", { parameters: [parameter("id", { type: "string" }, "path")] }) },
    "/upload": { post: op("upload_file", { requestBody: { content: { "multipart/form-data": { schema: { type: "object", properties: { file: { type: "string", format: "binary" }, note: { type: "string" } } } } } } }) },
    "/query": { get: op("search_words", { parameters: [parameter("q", { type: "string", pattern: "\\w+$" })] }) },
  },
};

export const definition = (name, url, way) => ({
  name,
  label: "Soak",
  kind: "rest",
  base_url: url,
  auth: [{ id: "key", fields: [{ name: "user" }, { name: "key", secret: true }], send: [SENT[way]] }],
  verify: [{ method: "GET", path: "/verify" }],
});
export const SENT = {
  bearer: { in: "bearer", value: "{key}" },
  header: { in: "header", name: "X-Api-Key", value: "{key}" },
  query: { in: "query", name: "api_key", value: "{key}" },
  basic: { in: "basic", value: "{user}:{key}" },
};

export function startHostileRest(random) {
  const row = (i) => ({ id: `thing-${i}`, name: random.word(), size: random.below(1000), text: "x".repeat(random.below(300)) });
  return startHostile(random, (req, res) => {
    const rows = random.chance(0.05) ? 5000 : random.below(20);
    res.writeHead(200, { "content-type": "application/json", "ratelimit-limit": "100", "ratelimit-remaining": "50", "ratelimit-reset": "7" });
    res.end(JSON.stringify({ result: req.url.startsWith("/things/") ? row(0) : Array.from({ length: rows }, (_, i) => row(i)), next: null }));
  });
}
