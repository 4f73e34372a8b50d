// SPDX-License-Identifier: Apache-2.0
// Workers KV: namespaces, keys, and values of any bytes.

import { contentType, jsonBody, type Call } from "../call.js";
import { Collection } from "../collection.js";
import { answer, invalid, refuse, success } from "../envelope.js";
import { parts } from "../multipart.js";
import { cut } from "../paging.js";
import type { Route } from "../router.js";
import type { Blob, Row } from "../world.js";

const AT = "/accounts/:account_id/storage/kv/namespaces";

export const namespaces = new Collection({
  at: AT,
  area: "workers",
  can: "LGCPD",
  kind: "kv_namespace",
  paging: "pages",
  sizes: { initial: 20, max: 100 },
  order: ["id", "title"],
  required: ["title"],
  missing: [404, 10013, "namespace not found"],
  shape: ({ id, title }) => ({ id, title, supports_url_encoding: true }),
});

function prefix(call: Call): string {
  const namespace = namespaces.find(call, call.params["namespace_id"]);
  return `${namespaces.path(call)}/${namespace["id"]}/values/`;
}

const live = (blob: Blob | undefined) => blob !== undefined && (blob.expiration === undefined || blob.expiration * 1000 > Date.now());

function value(call: Call): Blob {
  const blob = call.world.blobs.get(prefix(call) + call.params["key"]);
  if (!blob || !live(blob)) throw refuse(404, 10009, "get: 'key not found'");
  return blob;
}

function keys(call: Call) {
  const start = prefix(call);
  const wanted = start + (call.query.get("prefix") ?? "");
  const names = [...call.world.blobs.keys()].filter((name) => name.startsWith(wanted) && live(call.world.blobs.get(name))).sort();
  const page = cut("cursor", names, call.query, { initial: 1000, max: 1000 });
  const rows = page.rows.map((name) => {
    const { expiration, metadata } = call.world.blobs.get(name)!;
    return { name: name.slice(start.length), ...(expiration ? { expiration } : {}), ...(metadata !== undefined ? { metadata } : {}) };
  });
  return success(rows, { result_info: page.info });
}

function expiry(at: unknown, ttl: unknown): { expiration?: number } {
  if (ttl !== undefined && ttl !== null) {
    if (!(Number(ttl) >= 60)) throw invalid("Invalid expiration_ttl: must be at least 60", 10021);
    return { expiration: Math.floor(Date.now() / 1000) + Number(ttl) };
  }
  if (at === undefined || at === null) return {};
  if (!(Number(at) >= Date.now() / 1000 + 60)) throw invalid("Invalid expiration: must be at least 60 seconds ahead", 10021);
  return { expiration: Number(at) };
}

function parseMetadata(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("Metadata must be valid JSON", 10012);
  }
}

/** The value is the body itself, or the `value` part of a form beside its `metadata`. */
function put(call: Call) {
  const at = prefix(call);
  const form = parts(call.body, contentType(call));
  const given = form ? form.find((p) => p.name === "value") : { bytes: call.body, type: contentType(call) };
  if (!given) throw invalid("Missing form part: value", 10012);
  const metadata = form?.find((p) => p.name === "metadata");
  call.world.blobs.set(at + call.params["key"], {
    bytes: given.bytes,
    type: given.type,
    ...(metadata ? { metadata: parseMetadata(metadata.bytes.toString("utf8")) } : {}),
    ...expiry(call.query.get("expiration"), call.query.get("expiration_ttl")),
  });
  return success({});
}

function remove(call: Call) {
  call.world.blobs.delete(prefix(call) + call.params["key"]);
  return success({});
}

function list(call: Call): any[] {
  const body = jsonBody(call);
  if (!Array.isArray(body) || body.length > 10_000) throw invalid("Request body must be a list of at most 10,000 entries", 10012);
  return body;
}

function bulkPut(call: Call) {
  const at = prefix(call);
  const rows: Row[] = list(call);
  if (rows.some((row) => typeof row?.["key"] !== "string" || typeof row["value"] !== "string"))
    throw invalid("Each entry needs a key and a value", 10012);
  for (const row of rows) {
    call.world.blobs.set(at + row["key"], {
      bytes: Buffer.from(row["value"], row["base64"] ? "base64" : "utf8"),
      type: "application/octet-stream",
      ...(row["metadata"] === undefined ? {} : { metadata: row["metadata"] }),
      ...expiry(row["expiration"], row["expiration_ttl"]),
    });
  }
  return success({ successful_key_count: rows.length, unsuccessful_keys: [] });
}

function bulkDelete(call: Call) {
  const at = prefix(call);
  const names = list(call);
  for (const name of names) call.world.blobs.delete(at + name);
  return success({ successful_key_count: names.length, unsuccessful_keys: [] });
}

const one = `${AT}/:namespace_id`;
const area = "workers";
export const kvRoutes: Route[] = [
  ...namespaces.routes(),
  { method: "GET", path: `${one}/keys`, area, run: keys },
  { method: "GET", path: `${one}/values/:key`, area, run: (call) => answer(200, "application/octet-stream", value(call).bytes) },
  { method: "PUT", path: `${one}/values/:key`, area, run: put },
  { method: "DELETE", path: `${one}/values/:key`, area, run: remove },
  { method: "GET", path: `${one}/metadata/:key`, area, run: (call) => success(value(call).metadata ?? null) },
  { method: "PUT", path: `${one}/bulk`, area, run: bulkPut },
  { method: "DELETE", path: `${one}/bulk`, area, run: bulkDelete },
  { method: "POST", path: `${one}/bulk/delete`, area, run: bulkDelete },
];
