// SPDX-License-Identifier: Apache-2.0
// Audit: who did what and when. What it is filtered by are chips, each taken off by a click, and stands in the address.
import { useState } from "preact/hooks";
import { queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { csv, download, type Cell } from "../../parts/csv.ts";
import { Icon } from "../../parts/icon.tsx";
import { toast } from "../../parts/toast.tsx";
import { FACETS, readAll, type Filter } from "./entries.ts";
import { AuditRows } from "./rows.tsx";

const FILE_MOST = 100_000;
const SPANS = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const;
const COLUMNS = ["at", "actor", "actor_name", "client", "client_id", "sign_in", "address", "action", "server_id", "server_name", "url", "account_id", "account_name", "tool", "outcome", "status", "elapsed_us", "count", "request_id", "detail", "arguments"] as const;

const cell = (value: unknown): Cell => (typeof value === "object" && value !== null ? JSON.stringify(value) : (value as Cell));

function filterOf(): Filter {
  const all: Record<string, string> = {};
  for (const name of [...FACETS, "since", "until"]) {
    const value = queryOf(name);
    if (value) all[name] = value;
  }
  return all;
}

function Export({ filter }: { filter: Filter }) {
  const [n, told] = useState<number | undefined>();
  async function make(form: "csv" | "jsonl"): Promise<void> {
    told(0);
    try {
      const all = await readAll(filter, FILE_MOST, told);
      const text = form === "csv" ? csv([COLUMNS, ...all.map((e) => COLUMNS.map((c) => cell(e[c])))]) : all.map((e) => JSON.stringify(e)).join("\n") + "\n";
      download(`postern-audit.${form}`, form === "csv" ? "text/csv" : "application/jsonl", text);
      toast(all.length >= FILE_MOST ? t("audit.saved_first", { n: all.length }) : t("audit.saved", { n: all.length }));
    } finally {
      told(undefined);
    }
  }
  if (n !== undefined) return <span role="status">{t("audit.reading", { n })}</span>;
  return (
    <>
      <button type="button" class="button" onClick={() => void make("csv")}>
        CSV
      </button>
      <button type="button" class="button" onClick={() => void make("jsonl")}>
        JSONL
      </button>
    </>
  );
}

export default function Audit() {
  const filter = filterOf(), live = queryOf("live") === "1";
  const since = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, "");
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("audit.title")}</h1>
        <button type="button" class="button" aria-pressed={live} onClick={() => setQuery({ live: live ? undefined : "1" }, true)}>
          {live && <span class="pulse" />} {t("audit.live")}
        </button>
        <Export filter={filter} />
      </div>
      <div class="chips">
        {Object.entries(filter).map(([name, value]) => (
          <button key={name} type="button" class="chip" aria-label={t("audit.off", { name: t(`audit.${name}`), value })} onClick={() => setQuery({ [name]: undefined })}>
            {t(`audit.${name}`)}: {value} <Icon name="close" />
          </button>
        ))}
        {!filter.since &&
          (Object.keys(SPANS) as (keyof typeof SPANS)[]).map((span) => (
            <button key={span} type="button" class="chip" onClick={() => setQuery({ since: since(SPANS[span]) })}>
              {t(`audit.span_${span}`)}
            </button>
          ))}
        {!filter.outcome && (
          <button type="button" class="chip" onClick={() => setQuery({ outcome: "denied" })}>
            {t("audit.denied")}
          </button>
        )}
      </div>
      <AuditRows filter={filter} live={live} choose={(facet, value) => setQuery({ [facet]: value })} />
    </div>
  );
}
