// SPDX-License-Identifier: Apache-2.0
// table: rows under a head that stays: sorted by its columns, filtered by what is typed, taken away as CSV. Long ones hold only
// what is near the window. Where it has a `name`, order and filter stand in the address. Example:
//   <Table name="t" label={t("servers.title")} rows={servers} columns={[{ id: "name", label: "Name", value: (s) => s.name }]} filter csv="servers" />
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { queryOf, setQuery } from "../app/router.ts";
import { language, t } from "../app/words.ts";
import { csv, download, type Cell } from "./csv.ts";
import { useNear } from "./virtual.tsx";

export interface Column<T> {
  readonly id: string;
  readonly label: string;
  value(row: T): Cell; // what it is sorted and filtered by, and what CSV has
  show?(row: T): ComponentChildren;
  readonly words?: (row: T) => string; // what is seen, where that is another text than the value
  readonly number?: boolean;
}
// What is lit: rows from `first` to before `end`, or of them one column.
export interface Lit {
  readonly first: number;
  readonly end: number;
  readonly column?: number;
}
interface TableProps<T> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  name?: string;
  filter?: boolean;
  csv?: string; // name of the file
  lit?: Lit | undefined;
  reveal?: Lit | undefined; // scrolled to when it changes
}

const LONG = 200, LONG_PX = 34; // more rows than that are one line each, so that their height is known
const PAGE_LEAST = 12; // fewer rows need no filter

const words = <T,>(column: Column<T>, row: T): string => column.words?.(row) ?? String(column.value(row) ?? "");

// "a9" before "a10", as people count. Made once a language: making one is what takes long.
const orders = new Map<string, Intl.Collator>();
function compare(a: Cell, b: Cell): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const order = orders.get(language.value) ?? new Intl.Collator(language.value, { numeric: true, sensitivity: "base" });
  orders.set(language.value, order);
  return order.compare(String(a ?? ""), String(b ?? ""));
}
const nothing = (c: Cell): boolean => c === null || c === undefined || c === "";

// "-requests": by requests, the largest first. What is empty is last, whichever way.
export function ordered<T>(rows: readonly T[], columns: readonly Column<T>[], order: string, wanted: string): { row: T; at: number }[] {
  const needle = wanted.trim().toLocaleLowerCase();
  let found = rows.map((row, at) => ({ row, at }));
  if (needle) found = found.filter(({ row }) => columns.some((c) => words(c, row).toLocaleLowerCase().includes(needle) || String(c.value(row) ?? "").toLocaleLowerCase().includes(needle)));
  const down = order.startsWith("-"), by = columns.find((c) => c.id === order.slice(down ? 1 : 0));
  if (!by) return found;
  return found.sort((a, b) => {
    const x = by.value(a.row), y = by.value(b.row);
    return nothing(x) || nothing(y) ? Number(nothing(x)) - Number(nothing(y)) : compare(x, y) * (down ? -1 : 1);
  });
}

// How many characters each column of a long table is given, so that it does not jump while it is scrolled.
function widths<T>(rows: readonly T[], columns: readonly Column<T>[]): number[] {
  const step = Math.max(1, Math.floor(rows.length / 300));
  const seen = rows.filter((_, i) => i % step === 0);
  return columns.map((c) => Math.min(42, Math.max(7, c.label.length + 3, ...seen.map((row) => words(c, row).length + 2))));
}

function useKept(name: string | undefined, part: string): [string, (to: string, replace?: boolean) => void] {
  const own = useState(""), key = `${name}${part}`;
  return name === undefined ? [own[0], own[1]] : [queryOf(key) ?? "", (to, replace = false) => setQuery({ [key]: to || undefined }, replace)];
}

export function Table<T>({ label, rows, columns, name, filter, csv: file, lit, reveal }: TableProps<T>) {
  const [order, setOrder] = useKept(name, "sort"), [wanted, setWanted] = useKept(name, "find");
  const shown = useMemo(() => ordered(rows, columns, order, wanted), [rows, columns, order, wanted, language.value]);
  const long = shown.length > LONG, wide = useMemo(() => (rows.length > LONG ? widths(rows, columns) : []), [rows, columns]);
  const near = useNear(shown.length, LONG_PX), frame = useRef<HTMLDivElement>(null);
  const [first, end] = long ? [near.first, near.end] : [0, shown.length];
  useLayoutEffect(() => {
    const at = reveal ? shown.findIndex((s) => s.at >= reveal.first && s.at < reveal.end) : -1, around = frame.current;
    if (at < 0 || !around) return;
    const row = around.querySelector<HTMLElement>(`tr[data-at="${shown[at]?.at}"]`);
    const top = row ? row.offsetTop : at * LONG_PX;
    around.scrollTo({ top: Math.max(0, top - around.clientHeight / 3) });
    around.scrollIntoView({ block: "nearest" });
    const cell = row?.children[reveal?.column ?? 0];
    if (cell instanceof HTMLElement) cell.focus({ preventScroll: true });
  }, [reveal]);

  const sorted = (c: Column<T>): "ascending" | "descending" | undefined => (order === c.id ? "ascending" : order === `-${c.id}` ? "descending" : undefined);
  // Numbers the largest first, at the first click; the third brings the order as it came.
  function sort(c: Column<T>): void {
    const turns = c.number ? [`-${c.id}`, c.id, ""] : [c.id, `-${c.id}`, ""];
    setOrder(turns[(turns.indexOf(order) + 1) % 3] ?? "");
  }
  const all = (): string => csv([columns.map((c) => c.label), ...shown.map(({ row }) => columns.map((c) => c.value(row)))]);
  const isLit = (at: number, column: number): boolean => lit !== undefined && at >= lit.first && at < lit.end && (lit.column === undefined || lit.column === column);

  return (
    <div class="table">
      {((filter && rows.length >= PAGE_LEAST) || wanted || file) && (
        <div class="table-tools">
          {((filter && rows.length >= PAGE_LEAST) || wanted) && <input type="search" aria-label={t("common.filter", { label })} placeholder={t("common.filter_rows")} value={wanted} onInput={(e) => setWanted(e.currentTarget.value, true)} />}
          <span class="quiet" role="status">
            {wanted ? t("common.rows_of", { n: shown.length, all: rows.length }) : t("common.rows", { n: rows.length })}
          </span>
          {file && (
            <button type="button" class="button bare" onClick={() => download(`${file}.csv`, "text/csv", all())}>
              {t("common.csv")}
            </button>
          )}
        </div>
      )}
      <div ref={frame} class="table-frame" tabindex={0} role="group" aria-label={label}>
        <table class={long ? "long" : undefined} style={long ? { width: `${wide.reduce((a, b) => a + b, 0)}ch` } : undefined} aria-rowcount={shown.length + 1}>
          {long && (
            <colgroup>
              {wide.map((ch, i) => (
                <col key={i} style={{ width: `${ch}ch` }} />
              ))}
            </colgroup>
          )}
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((c) => (
                <th key={c.id} scope="col" class={c.number ? "number" : undefined} aria-sort={sorted(c)}>
                  <button type="button" class="sort" onClick={() => sort(c)}>
                    {c.label}
                    <span aria-hidden="true">{{ ascending: " ↑", descending: " ↓", none: "" }[sorted(c) ?? "none"]}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={near.around as { current: HTMLTableSectionElement | null }}>
            {first > 0 && <Room rows={first} columns={columns.length} />}
            {shown.slice(first, end).map(({ row, at }, i) => (
              <tr key={at} data-at={at} aria-rowindex={first + i + 2}>
                {columns.map((c, n) => (
                  <td key={c.id} class={[c.number && "number", isLit(at, n) && "lit"].filter(Boolean).join(" ") || undefined} tabindex={isLit(at, n) ? -1 : undefined} dir="auto" title={long ? words(c, row) : undefined}>
                    {c.show ? c.show(row) : words(c, row)}
                  </td>
                ))}
              </tr>
            ))}
            {end < shown.length && <Room rows={shown.length - end} columns={columns.length} />}
          </tbody>
        </table>
      </div>
      {!shown.length && <p class="quiet">{wanted ? t("common.none_found") : t("common.no_rows")}</p>}
    </div>
  );
}

const Room = ({ rows, columns }: { rows: number; columns: number }) => (
  <tr aria-hidden="true" class="room">
    <td colSpan={columns} style={{ height: rows * LONG_PX }} />
  </tr>
);
