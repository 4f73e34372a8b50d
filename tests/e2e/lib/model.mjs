// SPDX-License-Identifier: Apache-2.0
// The sandbox's scripted language model, in this process, and what its providers say of requests: their own schemas. Example:
//   const model = await startModel();                              // model.origin, model.key, model.seen
//   await cli.ok(["engine", "set", "m", "--kind", "chat", "--model", "good", "--base-url", `${model.origin}/v1`, …]);
//   for (const request of model.seen) mustBeValid(request);
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv7 from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import { ROOT } from "./postern.mjs";

const { Model } = await import(join(ROOT, "sandbox/dist/model/server.js"));

export async function startModel(options) {
  const model = new Model(options);
  await model.listen();
  return model;
}

const options = { strict: false, validateFormats: false, allErrors: true };
const checks = {};
function check(format) {
  if (checks[format]) return checks[format];
  const schema = JSON.parse(readFileSync(join(ROOT, `tests/unit/llm/${format}.schema.json`), "utf8"));
  const Ajv = format === "messages" ? (Ajv7.default ?? Ajv7) : (Ajv2020.default ?? Ajv2020);
  return (checks[format] = new Ajv(options).compile(schema));
}

/** Fails where the vendor whose format it is would not take the request. */
export function mustBeValid(request) {
  const holds = check(request.format);
  assert.ok(holds(JSON.parse(request.body)), `${request.format}: ${JSON.stringify(holds.errors?.slice(0, 5))}\n${request.body.slice(0, 2000)}`);
}

/** Of a raw list of names and values; undefined where it is not there. */
export const headerOf = (request, name) => request.headers.find((_, i) => i % 2 === 1 && request.headers[i - 1].toLowerCase() === name);
