// SPDX-License-Identifier: Apache-2.0
// As much SQL as a stand-in for D1 needs: SELECT of columns or count(*), WHERE column = value, ORDER BY, LIMIT.

import { refuse } from "../envelope.js";
import type { Row } from "../world.js";

const SELECT =
  /^\s*select\s+(.+?)\s+from\s+"?(\w+)"?(?:\s+where\s+"?(\w+)"?\s*=\s*(\?\d*|'[^']*'|-?\d+(?:\.\d+)?))?(?:\s+order\s+by\s+"?(\w+)"?(?:\s+(asc|desc))?)?(?:\s+limit\s+(\d+))?\s*;?\s*$/i;

function failed(message: string) {
  return refuse(400, 7500, `${message}: SQLITE_ERROR`);
}

function literal(text: string, params: unknown[]): unknown {
  if (text.startsWith("?")) return params[Number(text.slice(1) || 1) - 1];
  return text.startsWith("'") ? text.slice(1, -1) : Number(text);
}

export function select(tables: Row, sql: string, params: unknown[]): Row[] {
  const match = SELECT.exec(sql);
  if (!match) throw failed("not authorized: the sandbox answers plain SELECT statements only");
  const [, columns, table, where, value, order, direction, limit] = match;
  const all: Row[] | undefined = tables[table!];
  if (!all) throw failed(`no such table: ${table}`);
  let rows = where ? all.filter((row) => String(row[where]) === String(literal(value!, params))) : [...all];
  if (/^count\(\*\)$/i.test(columns!)) return [{ "count(*)": rows.length }];
  if (order) rows.sort((a, b) => (a[order] < b[order] ? -1 : a[order] > b[order] ? 1 : 0) * (direction?.toLowerCase() === "desc" ? -1 : 1));
  if (limit) rows = rows.slice(0, Number(limit));
  if (columns!.trim() === "*") return rows;
  const names = columns!.split(",").map((c) => c.trim().replaceAll('"', ""));
  const strange = names.find((name) => all.length > 0 && !(name in all[0]!));
  if (strange) throw failed(`no such column: ${strange}`);
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}
