// SPDX-License-Identifier: Apache-2.0
// Path patterns with `:names`; a literal segment beats a name.

import type { Answer } from "./envelope.js";
import type { Call } from "./call.js";

export interface Route {
  method: string;
  path: string;
  /** The permission asked for: read for GET, edit otherwise unless `reads`. */
  area: string;
  /** A POST that only reads. */
  reads?: boolean;
  run: (call: Call) => Answer;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

interface Entry {
  route: Route;
  segments: string[];
}

export class Router {
  private readonly bySize = new Map<number, Entry[]>();

  constructor(routes: Route[]) {
    for (const route of routes) {
      const segments = route.path.split("/").slice(1);
      const entries = this.bySize.get(segments.length) ?? [];
      entries.push({ route, segments });
      this.bySize.set(segments.length, entries);
    }
    // Literals first, compared from the left; the sort is stable, so the table's order decides the rest.
    const rank = (e: Entry) => e.segments.map((s) => (s.startsWith(":") ? "1" : "0")).join("");
    for (const entries of this.bySize.values()) entries.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  }

  /** The match, or "path" when nothing has this path, or "method" when only the method is wrong. */
  find(method: string, path: string): Match | "path" | "method" {
    const parts = path.split("/").slice(1);
    let known = false;
    for (const { route, segments } of this.bySize.get(parts.length) ?? []) {
      const params = fit(segments, parts);
      if (!params) continue;
      if (route.method === method) return { route, params };
      known = true;
    }
    return known ? "method" : "path";
  }
}

function fit(segments: string[], parts: string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!;
    const part = parts[i]!;
    if (!segment.startsWith(":")) {
      if (segment !== part) return null;
    } else {
      if (part === "") return null;
      try {
        params[segment.slice(1)] = decodeURIComponent(part);
      } catch {
        return null;
      }
    }
  }
  return params;
}
