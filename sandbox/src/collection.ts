// SPDX-License-Identifier: Apache-2.0
// What every collection of the API does: list, get, create, update, replace, delete.
// A collection is described by one row of the table in resources.ts.

import { concrete, jsonBody, objectBody, type Call } from "./call.js";
import { invalid, noRoute, refuse, success, type Answer } from "./envelope.js";
import { cut, type Paging, type Sizes } from "./paging.js";
import { actorOf } from "./tokens.js";
import { stamp, type Row } from "./world.js";
import type { Route } from "./router.js";

export type Filter = (row: Row, value: string) => boolean;

export interface Resource {
  /** "/zones/:zone_id/dns_records" */
  at: string;
  /** Name of the permission, "dns" in `dns:read`. */
  area: string;
  /** What it can do: List, Get, Create, Update (PATCH), Put, Delete. */
  can: string;
  /** Name of the id in the row; "id" unless said. */
  key?: string;
  paging?: Paging;
  sizes?: Sizes;
  filters?: Record<string, Filter>;
  /** Fields `order` may name; the first is used when only `direction` is given. */
  order?: string[];
  /** Fields a create must have. */
  required?: string[];
  /** Checks a body and completes the row; `old` is the row being changed. */
  shape?: (row: Row, call: Call, old?: Row) => Row;
  /** Fields the list leaves out. */
  hidden?: string[];
  /** The list stands under this name in `result` (R2). */
  wrap?: string;
  /** [status, code, message] for a row that is not there. */
  missing?: [number, number, string];
  /** POST takes a list and answers one; PUT, PATCH and DELETE work on the collection too. */
  bulk?: boolean;
  /** POST, PUT answer. */
  created?: number;
  /** Where a create is posted, if not to the collection. */
  createAt?: string;
  /** `account` or a word for the audit log; "" keeps a write out of it. */
  kind: string;
}

/** Compares a field, "account.id" or "name", with the value asked for. */
export function field(path: string): Filter {
  return (row, value) => String(valueAt(row, path) ?? "").toLowerCase() === value.toLowerCase();
}

export function contains(path: string): Filter {
  return (row, value) =>
    String(valueAt(row, path) ?? "")
      .toLowerCase()
      .includes(value.toLowerCase());
}

export function valueAt(row: Row, path: string): unknown {
  return path.split(".").reduce<any>((at, name) => at?.[name], row);
}

function sort(rows: Row[], query: URLSearchParams, fields: string[] | undefined): Row[] {
  const order = query.get("order") ?? (query.has("direction") ? fields?.[0] : undefined);
  if (!order) return rows;
  if (!fields?.includes(order)) throw invalid(`Invalid value for order: must be one of ${(fields ?? []).join(", ")}`);
  const direction = query.get("direction") ?? "asc";
  if (direction !== "asc" && direction !== "desc") throw invalid("Invalid value for direction: must be asc or desc");
  const sign = direction === "desc" ? -1 : 1;
  const compare = (a: unknown, b: unknown) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a ?? "") < String(b ?? "") ? -1 : String(a ?? "") > String(b ?? "") ? 1 : 0;
  return [...rows].sort((a, b) => sign * compare(valueAt(a, order), valueAt(b, order)));
}

/** Filters, orders and pages a list the way the query asks. */
export function listing(resource: Resource, rows: Row[], query: URLSearchParams): Answer {
  const tests = Object.entries(resource.filters ?? {})
    .map(([name, test]) => ({ test, value: query.get(name) }))
    .filter((t): t is { test: Filter; value: string } => t.value !== null && t.value !== "");
  const any = query.get("match") === "any" && tests.length > 0;
  const kept = rows.filter((row) => (any ? tests.some((t) => t.test(row, t.value)) : tests.every((t) => t.test(row, t.value))));
  const page = cut(resource.paging ?? "single", sort(kept, query, resource.order), query, resource.sizes ?? { initial: 20, max: 1000 });
  const shown = page.rows.map((row) => without(row, resource.hidden));
  return success(resource.wrap ? { [resource.wrap]: shown } : shown, page.info ? { result_info: page.info } : {});
}

function without(row: Row, hidden: string[] | undefined): Row {
  if (!hidden) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.includes(name)));
}

export class Collection {
  private readonly key: string;

  constructor(readonly resource: Resource) {
    this.key = resource.key ?? "id";
  }

  path(call: Call): string {
    return concrete(this.resource.at, call.params);
  }

  rows(call: Call): Row[] {
    return call.world.rows(this.path(call));
  }

  find(call: Call, id: string | undefined = call.params["id"]): Row {
    const row = this.rows(call).find((r) => String(r[this.key]) === id);
    if (row) return row;
    const [status, code, message] = this.resource.missing ?? [404, 0, ""];
    throw code ? refuse(status, code, message) : noRoute(call.path);
  }

  list(call: Call): Answer {
    return listing(this.resource, this.rows(call), call.query);
  }

  create(call: Call, body: Row): Row {
    for (const name of this.resource.required ?? []) {
      if (body[name] === undefined || body[name] === "") throw invalid(`Missing required field: ${name}`);
    }
    const now = stamp(Date.now());
    // Ids are ours; names (of buckets, projects …) are the caller's.
    const named = this.resource.required?.includes(this.key) ?? false;
    const identity = named ? {} : { [this.key]: call.world.newId(this.resource.at) };
    const row = this.shaped({ ...identity, ...body, ...identity, created_on: now, modified_on: now }, call);
    const rows = this.rows(call);
    if (named && rows.some((r) => r[this.key] === row[this.key])) throw refuse(409, 1061, `${row[this.key]} already exists`);
    rows.push(row);
    this.note(call, "add", row, undefined, row);
    return row;
  }

  change(call: Call, id: string | undefined, body: Row, replace: boolean): Row {
    const old = this.find(call, id);
    const kept = replace ? { [this.key]: old[this.key], created_on: old["created_on"] } : old;
    const merged = { ...kept, ...body, [this.key]: old[this.key], modified_on: stamp(Date.now()) };
    const row = this.shaped(merged, call, old);
    const rows = this.rows(call);
    rows[rows.indexOf(old)] = row;
    this.note(call, "update", row, old, row);
    return row;
  }

  remove(call: Call, id?: string): Row {
    const row = this.find(call, id);
    const rows = this.rows(call);
    rows.splice(rows.indexOf(row), 1);
    call.world.dropUnder(`${this.path(call)}/${encodeURIComponent(String(row[this.key]))}`);
    this.note(call, "delete", row, row, undefined);
    return row;
  }

  private shaped(row: Row, call: Call, old?: Row): Row {
    return this.resource.shape ? this.resource.shape(row, call, old) : row;
  }

  private note(call: Call, action: string, row: Row, before?: Row, after?: Row): void {
    if (this.resource.kind)
      noteEvent(call, action, { type: this.resource.kind, id: String(row[this.key]), product: this.resource.area }, before, after);
  }

  routes(): Route[] {
    const { at, area, can, bulk, created = 200, createAt = at } = this.resource;
    const one = `${at}/:id`;
    const table: [string, string, string, Route["run"]][] = [
      ["L", "GET", at, (call) => this.list(call)],
      ["G", "GET", one, (call) => success(this.find(call))],
      [
        "C",
        "POST",
        createAt,
        (call) => success(bulk ? this.each(call, (b) => this.create(call, b)) : this.create(call, objectBody(call)), {}, created),
      ],
      ["U", "PATCH", one, (call) => success(this.change(call, call.params["id"], objectBody(call), false))],
      ["P", "PUT", one, (call) => success(this.change(call, call.params["id"], objectBody(call), true))],
      ["D", "DELETE", one, (call) => success({ [this.key]: this.remove(call)[this.key] })],
    ];
    if (bulk) {
      table.push(
        ["U", "PATCH", at, (call) => success(this.each(call, (b) => this.change(call, b["id"], b, false)))],
        ["P", "PUT", at, (call) => success(this.each(call, (b) => this.change(call, b["id"], b, true)))],
        ["D", "DELETE", at, (call) => success(call.query.getAll("id").map((id) => this.remove(call, id)))],
      );
    }
    return table.filter(([letter]) => can.includes(letter)).map(([, method, path, run]) => ({ method, path, area, run }));
  }

  /** Each item of a list body, all or none checked first for its form. */
  private each(call: Call, one: (body: Row) => Row): Row[] {
    const body = jsonBody(call);
    const items: unknown[] = Array.isArray(body) ? body : [body];
    if (items.some((item) => typeof item !== "object" || item === null)) throw invalid("Request body must be a list of objects", 9207);
    return items.map((item) => one(item as Row));
  }
}

/** Writes a line of the audit log for something done through the API. */
export function noteEvent(
  call: Call,
  action: string,
  resource: { type: string; id: string; product: string },
  before?: unknown,
  after?: unknown,
): void {
  const zone = call.params["zone_id"] ? call.world.rows("/zones").find((z) => z["id"] === call.params["zone_id"]) : undefined;
  const account = call.params["account_id"] ?? zone?.["account"]?.id;
  if (!account) return;
  call.world.events.push({
    id: call.world.newId("event"),
    when: Date.now(),
    account,
    zone: zone ? { id: zone["id"], name: zone["name"] } : undefined,
    actor: actorOf(call.token),
    via: "API",
    action,
    ok: true,
    resource,
    before,
    after,
  });
}
