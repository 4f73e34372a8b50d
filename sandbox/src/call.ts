// SPDX-License-Identifier: Apache-2.0
// One API request, after its credential and its path are known.

import type { World } from "./world.js";
import type { Token } from "./tokens.js";
import { invalid } from "./envelope.js";

export interface Call {
  method: string;
  /** Under /client/v4, still percent-encoded. */
  path: string;
  /** Decoded values of the path's `:names`. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  token: Token;
  world: World;
}

export function contentType(call: Call): string {
  return String(call.headers["content-type"] ?? "");
}

export function jsonBody(call: Call): any {
  try {
    return JSON.parse(call.body.toString("utf8"));
  } catch {
    throw invalid("Malformed JSON in request body", 9207);
  }
}

export function objectBody(call: Call): Record<string, any> {
  const body = jsonBody(call);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("Request body must be a JSON object", 9207);
  }
  return body;
}

/** `/zones/:zone_id/x` with this call's values in it: the key of a collection. */
export function concrete(pattern: string, params: Record<string, string>): string {
  return pattern.replace(/:([a-z_]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}
