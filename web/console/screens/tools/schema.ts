// SPDX-License-Identifier: Apache-2.0
// schema: of a JSON Schema what a form needs: which arguments there are, and which kind of field each is. What no field can
// show is written as JSON. A vendor's schema may be anything: references go round, types lie; nothing here throws.
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Schema = Readonly<Record<string, unknown>>;

export type Kind = "enum" | "boolean" | "number" | "integer" | "text" | "instant" | "date" | "list" | "object" | "json";
export interface Part {
  readonly name: string;
  readonly required: boolean;
  readonly kind: Kind;
  readonly schema: Schema;
}

const REFERENCES_MOST = 16, WITHIN_MOST = 4; // objects within objects that are made by themselves: a schema may be its own part
export const isObject = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === "object" && v !== null && !Array.isArray(v);

// `#/$defs/zone` from the root; what leads nowhere means anything.
function referred(schema: Schema, root: Schema): Schema {
  let at = schema;
  for (let i = 0; i < REFERENCES_MOST && typeof at["$ref"] === "string"; i++) {
    const path = at["$ref"].startsWith("#") ? at["$ref"].slice(1).split("/").slice(1) : undefined;
    let found: unknown = path ? root : undefined;
    for (const step of path ?? []) {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      found = isObject(found) ? found[name] : Array.isArray(found) ? found[Number(name)] : undefined;
    }
    const { $ref: _, ...beside } = at;
    at = isObject(found) ? { ...found, ...beside } : beside;
  }
  return at;
}

// With references seen through, and of choices between something and null the something; what stands beside stays.
export function plain(given: unknown, root: Schema): Schema {
  if (!isObject(given)) return {};
  let schema = referred(given, root);
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const branches = schema[key];
    if (!Array.isArray(branches)) continue;
    const left = branches.map((b) => (isObject(b) ? referred(b, root) : {})).filter((b) => b["type"] !== "null");
    if (left.length !== 1) continue;
    const { [key]: _, ...beside } = schema;
    schema = { ...left[0], ...beside };
  }
  const type = schema["type"];
  if (Array.isArray(type)) {
    const left = (type as unknown[]).filter((one) => one !== "null");
    if (left.length === 1) schema = { ...schema, type: left[0] };
  }
  return schema;
}

export function kindOf(schema: Schema): Kind {
  const simple = (v: unknown): boolean => v === null || typeof v !== "object";
  if (Array.isArray(schema["enum"]) && schema["enum"].length && schema["enum"].every(simple)) return "enum";
  if ("const" in schema && simple(schema["const"])) return "enum";
  if (["anyOf", "oneOf"].some((key) => key in schema)) return "json";
  switch (schema["type"]) {
    case "boolean":
    case "number":
    case "integer":
      return schema["type"];
    case "string":
      return schema["format"] === "date-time" ? "instant" : schema["format"] === "date" ? "date" : "text";
    case "array":
      return isObject(schema["items"]) ? "list" : "json";
    case "object":
      return isObject(schema["properties"]) && Object.keys(schema["properties"]).length && schema["additionalProperties"] !== true ? "object" : "json";
    default:
      return isObject(schema["properties"]) ? "object" : "json";
  }
}

export const choicesOf = (schema: Schema): readonly Json[] => ("const" in schema ? [schema["const"] as Json] : ((schema["enum"] ?? []) as Json[]));

// The arguments of a tool, or the members of an object: those that are required first, each as the schema orders them.
export function partsOf(schema: Schema, root: Schema): Part[] {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as unknown[]) : []);
  const parts = Object.entries(properties).map(([name, given]) => {
    const one = plain(given, root);
    return { name, required: required.has(name), kind: kindOf(one), schema: one };
  });
  return [...parts.filter((p) => p.required), ...parts.filter((p) => !p.required)];
}

export function examplesOf(schema: Schema): Json[] {
  const given = [...(Array.isArray(schema["examples"]) ? (schema["examples"] as Json[]) : []), schema["example"] as Json | undefined];
  return given.filter((v): v is Json => v !== undefined).slice(0, 3);
}

// Where a list or object is added, what stands there first.
export function emptyOf(schema: Schema, root: Schema, depth = 0): Json {
  if ("default" in schema) return schema["default"] as Json;
  switch (kindOf(schema)) {
    case "enum":
      return choicesOf(schema)[0] ?? null;
    case "boolean":
      return false;
    case "number":
    case "integer":
      return typeof schema["minimum"] === "number" ? schema["minimum"] : 0;
    case "list":
      return [];
    case "object":
      return depth < WITHIN_MOST ? Object.fromEntries(partsOf(schema, root).filter((p) => p.required).map((p) => [p.name, emptyOf(p.schema, root, depth + 1)])) : {};
    case "json":
      return schema["type"] === "array" ? [] : schema["type"] === "object" ? {} : null;
    default:
      return "";
  }
}

// What the arguments are before anybody writes: objects that have to be there, with those within them.
export function firstOf(schema: Schema, root = schema, depth = 0): Readonly<Record<string, Json>> {
  if (depth > WITHIN_MOST) return {};
  return Object.fromEntries(partsOf(schema, root).filter((p) => p.required && p.kind === "object").map((p) => [p.name, firstOf(p.schema, root, depth + 1)]));
}

// A copy with another value at a path; undefined takes it away.
export function put(value: Json | undefined, path: readonly (string | number)[], to: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return to;
  if (typeof step === "number") {
    const list = Array.isArray(value) ? ([...value] as Json[]) : [];
    const made = put(list[step], rest, to);
    if (made === undefined) list.splice(step, 1);
    else list[step] = made;
    return list;
  }
  const { [step]: was, ...others } = (isObject(value) ? value : {}) as Record<string, Json>;
  const made = put(was, rest, to);
  if (made === undefined) return others;
  return isObject(value) && step in value ? Object.fromEntries(Object.entries(value as Record<string, Json>).map(([k, v]) => [k, k === step ? made : v])) : { ...others, [step]: made };
}

export interface Read {
  readonly value?: Readonly<Record<string, Json>>;
  readonly wrong?: string;
}
export function readArguments(text: string): Read {
  if (!text.trim()) return { value: {} };
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? { value: value as Record<string, Json> } : { wrong: "{ }" };
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}
