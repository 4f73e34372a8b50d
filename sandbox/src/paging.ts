// SPDX-License-Identifier: Apache-2.0
// The ways Cloudflare cuts a list into pages.

import { invalid } from "./envelope.js";

export type Paging =
  | "pages" // page, per_page; result_info with totals
  | "pages_short" // the same without total_pages
  | "bare" // page, per_page; no result_info (audit log v1)
  | "after" // cursor, per_page; result_info.cursors.after (rulesets)
  | "cursor" // cursor, limit; result_info {count, cursor}
  | "per_page_cursor" // cursor, per_page; result_info {cursor, per_page} (R2)
  | "single"; // everything at once

export interface Sizes {
  initial: number;
  max: number;
}

export interface Page<T> {
  rows: T[];
  info?: Record<string, unknown>;
}

function wholeNumber(query: URLSearchParams, name: string, initial: number): number {
  const text = query.get(name);
  if (text === null || text === "") return initial;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw invalid(`Invalid value for ${name}: must be a positive whole number`);
  return Number(text);
}

function writeCursor(offset: number): string {
  return Buffer.from(`o:${offset}`).toString("base64url");
}

function readCursor(text: string | null): number {
  if (!text) return 0;
  const offset = /^o:(\d{1,9})$/.exec(Buffer.from(text, "base64url").toString())?.[1];
  if (!offset) throw invalid("Invalid cursor");
  return Number(offset);
}

export function cut<T>(kind: Paging, rows: T[], query: URLSearchParams, sizes: Sizes): Page<T> {
  if (kind === "single") return { rows };
  const sizeName = kind === "cursor" ? "limit" : "per_page";
  const size = Math.min(wholeNumber(query, sizeName, sizes.initial), sizes.max);

  if (kind === "after" || kind === "cursor" || kind === "per_page_cursor") {
    const start = readCursor(query.get("cursor"));
    const part = rows.slice(start, start + size);
    const next = start + size < rows.length ? writeCursor(start + size) : "";
    if (kind === "after") return { rows: part, info: next ? { cursors: { after: next } } : undefined };
    if (kind === "cursor") return { rows: part, info: { count: part.length, cursor: next } };
    return { rows: part, info: { cursor: next, per_page: size } };
  }

  const page = wholeNumber(query, "page", 1);
  const part = rows.slice((page - 1) * size, page * size);
  if (kind === "bare") return { rows: part };
  const info: Record<string, unknown> = { page, per_page: size, count: part.length, total_count: rows.length };
  if (kind === "pages") info["total_pages"] = Math.ceil(rows.length / size);
  return { rows: part, info };
}
