// SPDX-License-Identifier: Apache-2.0
// result: what a call gave, as a table where there are rows, as a tree, and as it came. A vendor's texts are text.
import { useMemo, useState } from "preact/hooks";
import type { Shapes } from "../../api/client.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Table, type Column } from "../../parts/table.tsx";
import { cellOf, columnsOf, flat, rowsOf, valueOf } from "./found.ts";
import { type Json } from "./schema.ts";

const CHILDREN_MOST = 100, OPEN_DEPTH = 3, RAW_MOST = 200_000, SHORT = 400;

function Tree({ name, value, depth = 0 }: { name?: string; value: Json; depth?: number }) {
  const [most, setMost] = useState(CHILDREN_MOST), [open, setOpen] = useState(depth < OPEN_DEPTH);
  const label = name === undefined ? null : <span class="key">{name}: </span>;
  if (value === null || typeof value !== "object")
    return (
      <div class="leaf" dir="auto">
        {label}
        <span class={typeof value === "string" ? "text" : "value"}>{typeof value === "string" ? value : String(value)}</span>
      </div>
    );
  const entries: [string, Json][] = Array.isArray(value) ? (value as Json[]).map((v, i) => [String(i), v]) : Object.entries(value as Record<string, Json>);
  return (
    <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        {label}
        <span class="quiet">{Array.isArray(value) ? t("tools.items", { n: entries.length }) : t("tools.members", { n: entries.length })}</span>
      </summary>
      {open && (
        <>
          {entries.slice(0, most).map(([key, v]) => (
            <Tree key={key} name={key} value={v} depth={depth + 1} />
          ))}
          {entries.length > most && (
            <button type="button" class="button bare" onClick={() => setMost(most + CHILDREN_MOST)}>
              {t("tools.more", { n: entries.length - most })}
            </button>
          )}
        </>
      )}
    </details>
  );
}

// A line each: what is longer is whole in the tree.
const SHOWN_MOST = 300;
function Cell({ value }: { value: Json | undefined }) {
  const text = String(cellOf(value) ?? "");
  return <span title={text.length > 40 ? text.slice(0, SHOWN_MOST) : undefined}>{text.slice(0, SHOWN_MOST)}</span>;
}

function Limit({ rate }: { rate: NonNullable<Shapes["ToolResult"]["rate_limit"]> }) {
  const parts = [
    rate.remaining !== null && rate.limit !== null && t("tools.rate_left", { left: rate.remaining, limit: rate.limit }),
    rate.reset_s !== null && t("tools.rate_reset", { n: rate.reset_s }),
    rate.retry_after_s !== null && t("tools.rate_retry", { n: rate.retry_after_s }),
  ].filter((one): one is string => typeof one === "string");
  return parts.length ? <p class="quiet">{parts.join(" · ")}</p> : null;
}

export function Result({ result, ms, tool }: { result: Shapes["ToolResult"]; ms: number; tool: string }) {
  const whole = result.result as Record<string, unknown> | null;
  const content = (result.content ?? []) as readonly unknown[];
  const value = useMemo(() => valueOf(content, whole?.["structuredContent"]), [result]);
  const rows = useMemo(() => rowsOf(value)?.map(flat), [value]), columns = useMemo(() => (rows ? columnsOf(rows) : []), [rows]);
  const [view, setView] = useState(rows && !result.is_error ? "table" : value !== null && typeof value === "object" ? "tree" : "raw");
  const raw = useMemo(() => (typeof value === "string" ? value : JSON.stringify(value ?? result.content, null, 2)), [value]);
  const shown = useMemo(() => columns.map((id): Column<Record<string, Json>> => ({ id, label: id, value: (row) => cellOf(row[id]), show: (row) => <Cell value={row[id]} />, number: rows?.every((row) => row[id] === undefined || row[id] === null || typeof row[id] === "number") ?? false })), [rows]);
  const views = [...(rows ? ["table"] : []), ...(value !== null && typeof value === "object" ? ["tree"] : []), "raw"];
  const link = result.link && /^https?:\/\//.test(result.link) ? result.link : undefined;
  return (
    <section class="card gave">
      <div class="head">
        <span class={`chip ${result.is_error ? "bad" : "good"}`}>{result.outcome.replaceAll("_", " ")}</span>
        <span class="quiet">{t("tools.took", { ms })}</span>
        <div class="buttons" role="group" aria-label={t("tools.view")}>
          {views.map((one) => (
            <button key={one} type="button" class="button" aria-pressed={view === one} onClick={() => setView(one)}>
              {t(`tools.as_${one}`)}
            </button>
          ))}
        </div>
      </div>
      {result.rate_limit && <Limit rate={result.rate_limit} />}
      {link && <Notice kind="warn" title={t("tools.authorize_first")} action={{ label: t("tools.authorize"), href: link }} />}
      {view === "table" && rows && (
        <Table label={t("tools.result")} rows={rows} filter csv={tool} columns={shown} />
      )}
      {view === "tree" && typeof value === "object" ? (
        <div class="tree">
          <Tree value={value as Json} />
        </div>
      ) : null}
      {view === "raw" && raw.length <= SHORT && <Copy text={raw} label={t("tools.result")} />}
      {view === "raw" && raw.length > SHORT && (
        <pre class="code" tabindex={0} dir="auto">
          {raw.slice(0, RAW_MOST)}
        </pre>
      )}
      {view === "raw" && raw.length > RAW_MOST && <p class="quiet">{t("tools.cut", { n: RAW_MOST })}</p>}
    </section>
  );
}
