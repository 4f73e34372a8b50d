// SPDX-License-Identifier: Apache-2.0
// Holds messages against MCP's own JSON schemas, where they are beside the repository
// (../shared/mcp/schema-VERSION.json). Where not, checks pass and `skipped` says so. Example:
//   const schema = schemaOf("2026-07-28");
//   schema.check("ListToolsResultResponse", message);
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv7 from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import { ROOT } from "./postern.mjs";

export function schemaOf(version) {
  const file = join(ROOT, `../shared/mcp/schema-${version}.json`);
  if (!existsSync(file)) {
    console.log(`# ../shared/mcp/schema-${version}.json is absent: messages are not held against it`);
    return { skipped: true, check() {} };
  }
  const schema = JSON.parse(readFileSync(file, "utf8"));
  const section = schema.$defs ? "$defs" : "definitions";
  const ajv = new (schema.$defs ? Ajv2020.default : Ajv7.default)({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(schema, "mcp");
  return {
    check(name, message) {
      const validate = ajv.getSchema(`mcp#/${section}/${name}`);
      assert.ok(validate, `${version} defines ${name}`);
      assert.ok(validate(message), `${name} of ${version}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(message).slice(0, 2000)}`);
    },
  };
}
