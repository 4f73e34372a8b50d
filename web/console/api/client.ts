// SPDX-License-Identifier: Apache-2.0
// client: the management API, typed by its own description (schema.d.ts, which scripts/web-types makes of `postern docs
// openapi`). A request that fails throws a Fault, which says what, where and what to do. Example:
//   const { items } = await ok(api.GET("/mcp-server", { params: { query: { limit: 50 } } }));
import { signal } from "@preact/signals";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Shapes = components["schemas"];

// "ok"; nobody answers; or there is no longer a session. The shell shows what is not ok, and asks again.
export type Reach = "ok" | "away" | "signed-out";
export const reach = signal<Reach>("ok");

export class Fault extends Error {
  readonly status: number; // 0: there was no answer
  readonly code: string;
  readonly hint: string | undefined;
  readonly field: string | undefined;
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
  readonly faults: Shapes["ProgramFault"][];
  constructor(status: number, body?: Partial<Shapes["Error"]>) {
    const error: Partial<Shapes["ErrorBody"]> = body?.error ?? {};
    super(error.message ?? (status ? `HTTP ${status}` : ""));
    this.status = status;
    this.code = error.code ?? (status ? "internal" : "away");
    this.hint = error.hint ?? undefined;
    this.field = error.field ?? undefined;
    this.reason = error.reason ?? undefined;
    this.requestId = error.request_id ?? undefined;
    this.faults = body?.faults ?? [];
  }
}

// Unsafe requests need this header, which no form of another page can send.
export const OURS = { "Postern-Console": "1" };

// Every request of the console: whether anybody answers, and as whom, is seen here.
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    reach.value = "away";
    throw new Fault(0);
  }
  if (response.status === 401 && !new URL(response.url).pathname.startsWith("/sign-in")) reach.value = "signed-out";
  else if (reach.value === "away") reach.value = "ok";
  return response;
}

export const api = createClient<paths>({ baseUrl: location.origin, headers: OURS, fetch: (request) => send(request) });

interface Sent<T> {
  data?: T;
  error?: unknown;
  response: Response;
}
export async function ok<T>(sent: Promise<Sent<T>>): Promise<T> {
  const { data, error, response } = await sent;
  if (!response.ok) throw new Fault(response.status, typeof error === "object" ? (error as Partial<Shapes["Error"]>) : undefined);
  return data as T;
}

const PAGE = 1000; // the most that the API gives at once
export const page = (after: string | undefined, signal?: AbortSignal) => ({ params: { query: { limit: PAGE, ...(after ? { after } : {}) } }, ...(signal ? { signal } : {}) });

// All entries of a list, page by page, at most so many: all((after) => ok(api.GET("/api-token", page(after)))).
export async function all<T>(read: (after: string | undefined) => Promise<{ items?: T[]; next?: string | null }>, most = 10000): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | undefined; items.length < most; ) {
    const { items: more = [], next } = await read(after);
    items.push(...more);
    after = next ? (new URL(next, location.origin).searchParams.get("after") ?? undefined) : undefined;
    if (after === undefined) break;
  }
  return items;
}
