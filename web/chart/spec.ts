// SPDX-License-Identifier: Apache-2.0
// spec: a ChartSpec, the closed part of Vega-Lite 6 that Postern writes, as it is taken here: everything that it does not
// name is refused, by the same rules as src/chart/spec_check.c. Rows stand in the chart; it fetches, computes, links and
// styles nothing. Example:
//   const spec = readSpec(JSON.parse(text));             // throws SpecError: "/mark: …"

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
export type FieldType = "quantitative" | "temporal" | "ordinal" | "nominal";
export type AxisFormat = "," | ".1%" | ".0%" | "d" | "~s" | "~g" | ",.2f";
export type ColumnFormat = AxisFormat | "yes-no" | "time" | "bytes" | "duration";
export type Mark = "bar" | "line" | "area" | "point" | "rect" | "tick" | "text";

export interface Position {
  field: string;
  type: FieldType;
  title?: string;
  sort?: null;
  stack?: "zero";
  axis?: { format?: AxisFormat };
  scale?: { zero?: boolean; type?: "utc" };
  bin?: { binned: true; step: number };
}
export interface Series {
  field: string;
  type: FieldType;
  title?: string;
}
export interface Column {
  field: string;
  title?: string;
  format?: ColumnFormat;
}
export interface ChartSpec {
  title?: string;
  description?: string;
  width?: number;
  height?: number;
  mark: Mark | { type: "line" | "area"; point?: true };
  data: { values: readonly Row[] };
  encoding: { x?: Position; y?: Position; x2?: { field: string }; color?: Series; strokeDash?: Series; text?: { field: string; type: FieldType; format?: AxisFormat } };
  usermeta?: { postern: { kind: "kpi" | "table"; format?: AxisFormat; delta?: { value: number; from: string }; spark?: readonly (number | null)[]; columns?: readonly Column[] } };
}

export const ROWS_MOST = 2000;
const FIELDS_MOST = 50, LABEL_MOST = 300, WORDS_MOST = 2000, FIELD_MOST = 200, SPARK_MOST = 200, SIDE_LEAST = 40, SIDE_MOST = 4000;

export class SpecError extends Error {
  readonly pointer: string;
  constructor(pointer: string, text: string) {
    super(`${pointer || "/"}: ${text}`);
    this.pointer = pointer;
  }
}

type Rule = (value: unknown, at: string) => void;
const fail = (at: string, text: string): never => {
  throw new SpecError(at, text);
};
const kind = (v: unknown): string => (v === null ? "null" : v === undefined ? "nothing" : Array.isArray(v) ? "an array" : typeof v === "object" ? "an object" : `a ${typeof v}`);
const step = (at: string, key: string | number): string => `${at}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
const is = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);

const REFUSED: Record<string, string> = {
  url: "rows stand in the chart itself; nothing is fetched",
  params: "a chart computes nothing: no parameters or expressions",
  expr: "a chart computes nothing: no parameters or expressions",
  labelExpr: "a chart computes nothing: no parameters or expressions",
  transform: "rows come as they are drawn: no transforms",
  aggregate: "rows come summed and binned: nothing is aggregated in the chart",
  timeUnit: "rows come summed and binned: nothing is aggregated in the chart",
  href: "a chart has no links",
  condition: "a chart has no conditions",
  layer: "a chart is one chart: no layers or parts",
  resolve: "there are never two axes for one direction",
  color: "colours are the view's",
  config: "how it looks is the view's",
};

function object(rules: Record<string, Rule>, needed: readonly string[] = []): Rule {
  return (v, at) => {
    if (!is(v)) return fail(at, `an object stands here, not ${kind(v)}`);
    for (const [key, value] of Object.entries(v)) {
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
      if (!rule) return fail(step(at, key), (Object.hasOwn(REFUSED, key) && REFUSED[key]) || `there is no '${key}' here`);
      rule(value, step(at, key));
    }
    for (const key of needed) if (!Object.hasOwn(v, key)) fail(at, `'${key}' is missing`);
  };
}
const list = (most: number, each: Rule): Rule => (v, at) => {
  if (!Array.isArray(v)) return fail(at, `an array stands here, not ${kind(v)}`);
  if (v.length > most) return fail(at, `at most ${most} stand here, not ${v.length}`);
  v.forEach((item, i) => each(item, step(at, i)));
};
const text = (most: number): Rule => (v, at) => {
  if (typeof v !== "string") return fail(at, `a text stands here, not ${kind(v)}`);
  if (v.length > 2 * most || [...v].length > most) fail(at, `a text of at most ${most} characters stands here`);
};
const oneOf = (...words: readonly unknown[]): Rule => (v, at) => {
  if (!words.includes(v)) fail(at, `${typeof v === "string" ? `'${v.slice(0, 60)}'` : kind(v)} is none of ${words.join(", ")}`);
};
const number: Rule = (v, at) => {
  if (typeof v !== "number" || !Number.isFinite(v)) fail(at, `a number stands here, not ${kind(v)}`);
};
const side: Rule = (v, at) => {
  if (!Number.isInteger(v) || (v as number) < SIDE_LEAST || (v as number) > SIDE_MOST) fail(at, `a whole number from ${SIDE_LEAST} to ${SIDE_MOST} stands here`);
};
const fieldName: Rule = (v, at) => {
  if (typeof v !== "string") return fail(at, `a field's name stands here, not ${kind(v)}`);
  if (/[.[\]\\]/.test(v)) return fail(at, "a field is a plain name, no path: without . [ ] and \\");
  if (!v || [...v].length > FIELD_MOST) fail(at, `a field's name has 1 to ${FIELD_MOST} characters`);
};
const row: Rule = (v, at) => {
  if (!is(v)) return fail(at, `a row is an object, not ${kind(v)}`);
  const fields = Object.entries(v);
  if (fields.length > FIELDS_MOST) return fail(at, `a row has at most ${FIELDS_MOST} fields`);
  for (const [key, value] of fields) {
    fieldName(key, step(at, key));
    if (typeof value === "object" && value !== null) fail(step(at, key), `rows are flat: a text, a number, true, false or null stands here, not ${kind(value)}`);
  }
};

const label = text(LABEL_MOST), type = oneOf("quantitative", "temporal", "ordinal", "nominal"), nothing = oneOf(null);
const FORMATS = [",", ".1%", ".0%", "d", "~s", "~g", ",.2f"];
const format = oneOf(...FORMATS);
const series = object({ field: fieldName, type, title: label, sort: nothing }, ["field", "type"]);
const scale: Rule = (v, at) => {
  if (is(v) && Object.keys(v).length > 1) fail(at, "a scale is of time or begins at zero, not both");
  object({ zero: oneOf(true, false), type: oneOf("utc") })(v, at);
};
const bin = object({ binned: oneOf(true), step: (v, at) => (number(v, at), (v as number) > 0 || fail(at, "a step is above zero")) }, ["binned", "step"]);
const position = object({ field: fieldName, type, title: label, sort: nothing, stack: oneOf("zero"), axis: object({ format }), scale, bin }, ["field", "type"]);
const mark: Rule = (v, at) => (is(v) ? object({ type: oneOf("line", "area"), point: oneOf(true) }, ["type"])(v, at) : oneOf("bar", "line", "area", "point", "rect", "tick", "text")(v, at));
const chart = object(
  {
    $schema: oneOf("https://vega.github.io/schema/vega-lite/v6.json"),
    title: label,
    description: text(WORDS_MOST),
    width: side,
    height: side,
    mark,
    data: object({ values: list(ROWS_MOST, row) }, ["values"]),
    encoding: object({ x: position, y: position, x2: object({ field: fieldName }, ["field"]), color: series, strokeDash: series, text: object({ field: fieldName, type, format }, ["field", "type"]) }),
    usermeta: object(
      {
        postern: object(
          {
            kind: oneOf("kpi", "table"),
            format,
            delta: object({ value: number, from: label }, ["value", "from"]),
            spark: list(SPARK_MOST, (v, at) => v === null || number(v, at)),
            columns: list(FIELDS_MOST, object({ field: fieldName, title: label, format: oneOf(...FORMATS, "yes-no", "time", "bytes", "duration") }, ["field"])),
          },
          ["kind"],
        ),
      },
      ["postern"],
    ),
  },
  ["mark", "data", "encoding"],
);

export function readSpec(value: unknown): ChartSpec {
  chart(value, "");
  return value as ChartSpec;
}
