// SPDX-License-Identifier: Apache-2.0
// fields: a spec's rows by its channels: as numbers, moments and labels to draw by, and in words to read. Pure. Example:
//   const f = new Fields(spec); f.numbers("x"); f.labels("y"); f.words(row)   // "Zone: example.com, Requests: 41,200"
import { formatCell, formatNumber, formatTime, labelOf, moment, numberOf } from "./format.ts";
import type { Cell, ChartSpec, Column, ColumnFormat, FieldType, Position, Row, Series } from "./spec.ts";

export type Channel = "x" | "y" | "color";

export class Fields {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[]; // of a table of it: the fields that are drawn, then the others
  private readonly encoding: ChartSpec["encoding"];

  constructor(spec: ChartSpec) {
    this.rows = spec.data.values;
    this.encoding = spec.encoding;
    this.columns = spec.usermeta?.postern.columns ?? this.drawn();
  }

  private drawn(): Column[] {
    const { x, y, x2, color, text } = this.encoding;
    // What is counted stands behind what it is counted by.
    const positions: readonly (Position | Series | undefined)[] = x?.type === "quantitative" && y?.type !== "quantitative" ? [y, color, x] : [x, color, y];
    const found = new Map<string, Column>();
    const add = (field: string, title?: string, format?: ColumnFormat) => found.has(field) || found.set(field, { field, title: title ?? field, ...(format ? { format } : {}) });
    for (const p of positions) if (p) add(p.field, p.title, this.exact(p.type, "axis" in p ? p.axis?.format : undefined));
    if (text) add(text.field, undefined, this.exact(text.type, text.format));
    if (x2) add(x2.field, "To");
    for (const row of this.rows.slice(0, 20)) for (const field of Object.keys(row)) add(field);
    return [...found.values()];
  }

  // An axis is short, words are exact.
  private exact(type: FieldType, format: ColumnFormat | undefined): ColumnFormat | undefined {
    if (type === "temporal") return "time";
    return format === "~s" || format === "~g" ? "," : format;
  }

  private cell(channel: Channel, row: Row): Cell | undefined {
    const field = this.encoding[channel]?.field;
    return field !== undefined && Object.hasOwn(row, field) ? row[field] : undefined;
  }
  has(channel: Channel): boolean {
    return this.encoding[channel] !== undefined;
  }
  title(channel: Channel): string {
    const c = this.encoding[channel];
    return c ? (c.title ?? c.field) : "";
  }
  number(channel: Channel, row: Row): number {
    return numberOf(this.cell(channel, row));
  }
  numbers(channel: Channel): number[] {
    return this.rows.map((row) => this.number(channel, row));
  }
  end(row: Row): number {
    const field = this.encoding.x2?.field;
    return field === undefined ? NaN : numberOf(row[field]);
  }
  moment(channel: Channel, row: Row): number {
    return moment(this.cell(channel, row));
  }
  // Along an axis of time or of numbers.
  along(channel: Channel, row: Row): number {
    return this.encoding[channel]?.type === "temporal" ? this.moment(channel, row) : this.number(channel, row);
  }
  label(channel: Channel, row: Row): string {
    const cell = this.cell(channel, row), ms = moment(cell);
    return Number.isNaN(ms) ? labelOf(cell) : formatTime(ms);
  }
  // Each once, in the order in which they come.
  labels(channel: Channel): string[] {
    return [...new Set(this.rows.map((row) => this.label(channel, row)))];
  }
  series(): string[] {
    return this.encoding.color && this.encoding.color.type !== "quantitative" ? this.labels("color") : [];
  }
  words(row: Row): string {
    return this.columns
      .filter((c) => row[c.field] !== null && row[c.field] !== undefined)
      .map((c) => `${c.title ?? c.field}: ${this.shown(c, row)}`)
      .join(", ");
  }
  shown(column: Column, row: Row): string {
    const cell = Object.hasOwn(row, column.field) ? row[column.field] : undefined;
    // A time whose field does not say so is still one.
    return typeof cell === "string" && !column.format && !Number.isNaN(moment(cell)) ? formatTime(moment(cell)) : typeof cell === "number" && !column.format ? formatNumber(",", cell) : formatCell(column.format, cell);
  }
}
