// SPDX-License-Identifier: Apache-2.0
// Holds answers of the management API against its own description, /openapi.json: the status is one of those it
// names for the route, the type is the one it names, and the body is as its schema says, with no member that the
// schema does not name. Example:
//   const contract = contractOf(await (await fetch(`${url}/openapi.json`)).json());
//   contract.check("GET", "/audit?limit=1", { status, headers, body, text });
import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
// What the HTTP server answers before a route is asked, or instead of one; always an Error.
const BEFORE = new Set([404, 405, 408, 413, 414, 421, 429, 431, 501, 503]);

// Answers may grow, so their schemas are open for clients. Here they are not: what is sent is described.
function closed(schema) {
  if (schema === null || typeof schema !== "object") return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const copy = Object.fromEntries(Object.entries(schema).map(([k, v]) => [k, k === "enum" || k === "description" ? v : closed(v)]));
  return schema.type === "object" && schema.properties ? { ...copy, additionalProperties: false } : copy;
}

export function contractOf(api) {
  const ajv = new Ajv2020.default({ strict: true, allowUnionTypes: true, allErrors: true, formats: { "date-time": RFC3339 } });
  ajv.addVocabulary(["components"]);
  ajv.addSchema({ $id: "api", components: { schemas: closed(api.components.schemas) } }, "api");
  const validatorOf = (schema) => ajv.getSchema(`api${schema.$ref}`);
  const routes = Object.entries(api.paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/[.]/g, "\\$&").replace(/\{[^}]*\}/g, "[^/]+")}$`),
    operations,
  }));
  const error = { $ref: "#/components/schemas/Error" };

  // What is wrong with it by this operation; "": nothing.
  function wrong(operation, { status, headers, body, text }, head) {
    const response = operation?.responses[status] ?? (BEFORE.has(status) && { content: { "application/json": { schema: error } } });
    if (!response) return `status ${status} is none of ${operation && Object.keys(operation.responses)}`;
    const type = headers.get("content-type")?.toLowerCase();
    if (!response.content) return text ? `there is a body where none is described: ${text}` : "";
    const described = Object.keys(response.content).find((t) => t === type || t === type?.split(";")[0]);
    if (!described) return `type ${type} is none of ${Object.keys(response.content)}`;
    const { schema } = response.content[described];
    if (!schema || head) return "";
    const validate = validatorOf(schema);
    return validate(body) ? "" : ajv.errorsText(validate.errors, { dataVar: schema.$ref.split("/").at(-1) });
  }

  return {
    check(method, target, answer) {
      const path = target.split("?")[0];
      const found = routes.filter((r) => r.pattern.test(path)).map((r) => r.operations[method === "HEAD" ? "get" : method.toLowerCase()]).filter(Boolean);
      const reasons = (found.length ? found : [undefined]).map((operation) => wrong(operation, answer, method === "HEAD"));
      assert.ok(reasons.includes(""), `/openapi.json does not describe the answer to ${method} ${target}: ${reasons.join("; or: ")}\n${answer.text.slice(0, 2000)}`);
    },
  };
}
