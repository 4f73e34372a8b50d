// SPDX-License-Identifier: Apache-2.0
// found: what a call gave, as people look at it: the JSON in its texts, the rows in that, which of a row's members is its id
// and which its name. Whatever a vendor sends is taken.
import { isObject, type Json } from "./schema.ts";

type Row = Readonly<Record<string, Json>>;
const DEPTH_MOST = 5, COLUMNS_MOST = 24;

export interface Block {
  readonly type?: unknown;
  readonly text?: unknown;
}

// One value of all the texts, each as JSON where it is JSON.
export function valueOf(content: readonly unknown[], structured?: unknown): Json | undefined {
  if (structured !== undefined && structured !== null) return structured as Json;
  const values = content.flatMap((b) => {
    const { type, text } = (isObject(b) ? b : {}) as Block;
    if (type !== "text" || typeof text !== "string") return [];
    try {
      return [JSON.parse(text) as Json];
    } catch {
      return [text];
    }
  });
  const whole = values.find((v) => typeof v === "object" && v !== null);
  return whole ?? (values.length > 1 ? values : values[0]);
}

// The largest list of objects that is not within a row of another one.
export function rowsOf(value: Json | undefined): readonly Row[] | undefined {
  let best: readonly Row[] | undefined;
  function look(v: Json | undefined, depth: number): void {
    if (Array.isArray(v)) {
      const list = v as readonly Json[];
      const rows = list.filter((one) => isObject(one)) as Row[];
      if (rows.length && rows.length === list.length) {
        if (!best || rows.length > best.length) best = rows;
      } else for (const one of list) if (depth < DEPTH_MOST) look(one, depth + 1);
    } else if (isObject(v) && depth < DEPTH_MOST) for (const one of Object.values(v)) look(one as Json, depth + 1);
  }
  look(value, 0);
  return best;
}

// "owner.name": members of members get columns of their own, lists are told by their JSON.
export function flat(row: Row): Record<string, Json> {
  const out: Record<string, Json> = {};
  const walk = (v: Row, before: string, depth: number): void => {
    for (const [key, one] of Object.entries(v))
      if (isObject(one) && depth < 3) walk(one as Row, `${before}${key}.`, depth + 1);
      else out[before + key] = one;
  };
  walk(row, "", 0);
  return out;
}

export function columnsOf(rows: readonly Record<string, Json>[]): string[] {
  const seen = new Map<string, number>();
  for (const row of rows) for (const [key, value] of Object.entries(row)) seen.set(key, (seen.get(key) ?? 0) + Number(value !== null && value !== ""));
  return [...seen.entries()].filter(([, n]) => n > 0).map(([key]) => key).slice(0, COLUMNS_MOST);
}

export const cellOf = (v: Json | undefined): string | number | null => (v === undefined || v === null ? null : typeof v === "number" ? v : typeof v === "string" ? v : JSON.stringify(v));

export interface Option {
  readonly id: string | number;
  readonly name: string;
}
// Of the rows of a list, what an argument called so takes, and what people call each.
export function optionsOf(rows: readonly Row[], argument: string): Option[] {
  const first = rows[0] ?? {}, keys = Object.keys(first), simple = (v: unknown): v is string | number => typeof v === "string" || typeof v === "number";
  const last = argument.split("_").pop() ?? "", noun = argument.slice(0, -last.length - 1);
  const id = [argument, last, `${noun}Id`, "id", "uuid", "name"].find((key) => simple(first[key])) ?? keys.find((key) => simple(first[key]));
  if (id === undefined) return [];
  const name = ["name", "title", "label", "display_name", "displayName", "email", "hostname", "description"].find((key) => key !== id && typeof first[key] === "string");
  return rows.flatMap((row) => {
    const value = row[id];
    return simple(value) ? [{ id: value, name: name === undefined ? "" : String(row[name] ?? "") }] : [];
  });
}
