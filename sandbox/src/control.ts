// SPDX-License-Identifier: Apache-2.0
// The control API of the sandbox itself, under /_sandbox/. Its answers are plain JSON.

import { json, type Answer } from "./envelope.js";
import { FAULT_KINDS, type Fault, type Kind } from "./faults.js";
import { FORMS, type Plan } from "./limits.js";
import type { Sandbox } from "./server.js";
import { TOKENS } from "./tokens.js";

class Mistake extends Error {}

function parse(body: Buffer): { [name: string]: any } {
  if (body.length === 0) return {};
  try {
    const value = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // falls through
  }
  throw new Mistake("the body must be a JSON object");
}

const FAULT_FIELDS = ["match", "kind", "times", "status", "body", "type", "headers", "delay_ms", "bytes", "depth", "to"];
const MATCH_FIELDS = ["method", "path", "token"];
const PLAN_FIELDS = ["token", "quota", "window", "block", "headers", "status", "code", "message"];

function onlyKnown(given: object, known: string[], where: string): void {
  const strange = Object.keys(given).find((name) => !known.includes(name));
  if (strange) throw new Mistake(`unknown ${where} "${strange}"; known: ${known.join(", ")}`);
}

function arm(sandbox: Sandbox, body: Buffer): Answer {
  const given = parse(body);
  onlyKnown(given, FAULT_FIELDS, "field");
  onlyKnown(given["match"] ?? {}, MATCH_FIELDS, "match field");
  if (!FAULT_KINDS.includes(given["kind"])) throw new Mistake(`unknown kind; known: ${FAULT_KINDS.join(", ")}`);
  const token = given["match"]?.token;
  if (token !== undefined) knownToken(token);
  const times = given["times"] ?? 1;
  if (!Number.isInteger(times) || times < 1) throw new Mistake("times must be a whole number of at least 1");
  const status = given["status"] ?? 500;
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new Mistake("status must be a whole number of 200 to 599");
  for (const name of ["body", "type", "to"])
    if (typeof (given[name] ?? "") !== "string") throw new Mistake(`${name} must be text`);
  const fault = { ...given, match: given["match"] ?? {}, kind: given["kind"] as Kind, times } as Fault;
  sandbox.faults.arm(fault);
  return json(201, fault);
}

function knownToken(name: string): void {
  if (!TOKENS.some((t) => t.name === name)) throw new Mistake(`unknown token name; known: ${TOKENS.map((t) => t.name).join(", ")}`);
}

function limit(sandbox: Sandbox, body: Buffer): Answer {
  const { token, ...change } = parse(body);
  onlyKnown(change, PLAN_FIELDS, "field");
  if (token !== undefined) knownToken(token);
  if (change["headers"] !== undefined && !Object.hasOwn(FORMS, change["headers"]))
    throw new Mistake(`unknown headers; known: ${Object.keys(FORMS).join(", ")}`);
  for (const name of ["quota", "window", "block", "status", "code"]) {
    if (change[name] !== undefined && !(Number.isInteger(change[name]) && change[name] >= 0)) throw new Mistake(`${name} must be a whole number`);
  }
  return json(200, sandbox.limits.configure(change as Partial<Plan>, token));
}

function tokens(): Answer {
  return json(200, TOKENS);
}

type Handler = (sandbox: Sandbox, body: Buffer, query: URLSearchParams) => Answer | Promise<Answer>;

const HANDLERS: { [operation: string]: Handler } = {
  "POST /_sandbox/fault": arm,
  "GET /_sandbox/fault": (sandbox) => json(200, sandbox.faults.list()),
  "DELETE /_sandbox/fault": (sandbox) => (sandbox.faults.clear(), json(200, [])),
  "POST /_sandbox/limits": limit,
  "POST /_sandbox/reset": (sandbox) => (sandbox.reset(), json(200, { reset: true })),
  "GET /_sandbox/requests": (sandbox, _body, query) => json(200, sandbox.record.last(Number(query.get("last") ?? 100) || 100)),
  "DELETE /_sandbox/requests": (sandbox) => (sandbox.record.clear(), json(200, [])),
  "GET /_sandbox/tokens": tokens,
  "GET /_sandbox/elsewhere": async (sandbox) => json(200, { origin: await sandbox.elsewhereOrigin() }),
};

export async function control(sandbox: Sandbox, method: string, path: string, body: Buffer): Promise<Answer> {
  const url = new URL(path, "http://sandbox.invalid");
  const handler = HANDLERS[`${method} ${url.pathname}`];
  if (!handler) return json(404, { error: "no such control", known: Object.keys(HANDLERS) });
  try {
    return await handler(sandbox, body, url.searchParams);
  } catch (error) {
    if (error instanceof Mistake) return json(400, { error: error.message });
    throw error;
  }
}
