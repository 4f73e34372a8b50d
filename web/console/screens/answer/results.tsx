// SPDX-License-Identifier: Apache-2.0
// results: what a program gave: each result with its chart, as one of the kinds that its rows allow, and its table.
import { useEffect, useMemo, useState } from "preact/hooks";
import { queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Chart } from "../../parts/chart.tsx";
import { download } from "../../parts/csv.ts";
import { Menu } from "../../parts/menu.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Table, type Lit } from "../../parts/table.tsx";
import type { Linked, Result } from "../ask/told.ts";
import { columnsOf } from "./cells.ts";
import type { Alternative } from "./kinds.ts";

const EMPTY: readonly never[] = [];

// What can be drawn of it; undefined until that is known, empty where a table says it all.
function useAlternatives(spec: unknown, ratio: boolean): readonly Alternative[] | undefined {
  const [found, setFound] = useState<readonly Alternative[] | undefined>(undefined);
  useEffect(() => {
    let current = true;
    const none = (): void => void (current && setFound(EMPTY));
    if (spec === undefined) none();
    else
      import("./kinds.ts").then(({ alternatives }) => {
        const all = alternatives(spec, ratio);
        if (current) setFound(all[0]?.kind === "table" ? EMPTY : all);
      }).catch(none);
    return () => (current = false);
  }, [spec, ratio]);
  return found;
}

async function takeAway(spec: Alternative["spec"], name: string, as: "svg" | "json"): Promise<void> {
  if (as === "json") return download(`${name}.vl.json`, "application/json", JSON.stringify(spec, null, 2));
  const { drawOrTable, toText } = await import("../../../chart/chart.ts");
  download(`${name}.svg`, "image/svg+xml", toText(drawOrTable(spec, { id: "chart", width: 720 }).node));
}

function Drawing({ spec, ratio, name, file }: { spec: unknown; ratio: boolean; name?: string | undefined; file: string }) {
  const all = useAlternatives(spec, ratio), [own, setOwn] = useState("");
  if (!all?.length) return null;
  const wanted = name === undefined ? own : queryOf(name), chosen = all.find((a) => a.kind === wanted) ?? all[0];
  if (!chosen) return null;
  const choose = (a: Alternative): void => (name === undefined ? setOwn(a.kind) : setQuery({ [name]: a === all[0] ? undefined : a.kind }, true));
  return (
    <div class="drawing">
      <div class="kinds">
        {all.length > 1 && (
          <div role="group" aria-label={t("ask.drawn_as")} class="chips">
            {all.map((a) => (
              <button key={a.kind} type="button" class="chip" aria-pressed={a === chosen} onClick={() => choose(a)}>
                {t(`ask.kind_${a.kind.replace("-", "_")}`)}
              </button>
            ))}
          </div>
        )}
        <Menu
          label={t("ask.chart_more")}
          items={[
            { label: t("ask.chart_svg"), run: () => void takeAway(chosen.spec, file, "svg") },
            { label: t("ask.chart_vega"), run: () => void takeAway(chosen.spec, file, "json") },
          ]}
        />
      </div>
      <Chart spec={chosen.spec} />
    </div>
  );
}

interface OneProps {
  result: Result;
  titled: boolean;
  name?: string | undefined; // begins its members of the address
  lit?: Lit | undefined;
  reveal?: Lit | undefined;
}
function One({ result, titled, name, lit, reveal }: OneProps) {
  const columns = useMemo(() => columnsOf(result), [result]), title = result.title || result.name, rows = result.rows ?? EMPTY;
  const Heading = name === undefined ? "h3" : "h2"; // at an answer's own address nothing stands between it and the first heading
  const ratio = (result.columns ?? []).some((c) => c.kind === "ratio");
  return (
    <div class="result">
      {titled && <Heading dir="auto">{title}</Heading>}
      {result.error && <Notice kind="fault" title={result.error} />}
      {[result.chart, ...(result.panels ?? EMPTY)].map((spec, i) => (
        <Drawing key={i} spec={spec} ratio={ratio} name={name && `${name}as${i || ""}`} file={title} />
      ))}
      {!result.error && <Table label={title} rows={rows} columns={columns} {...(name ? { name } : {})} filter csv={title} lit={lit} reveal={reveal} />}
      {result.cut && <p class="quiet">{t("ask.cut", { n: result.total_rows ?? rows.length })}</p>}
      {result.time?.unfinished && <p class="quiet">{t("ask.unfinished")}</p>}
    </div>
  );
}

const litBy = (of: Linked | undefined, result: Result): Lit | undefined => {
  if (of?.result !== result.name) return undefined;
  if (of.rows) return { first: of.rows[0], end: of.rows[1] };
  return of.row === undefined ? undefined : { first: of.row, end: of.row + 1, ...(of.column === undefined ? {} : { column: of.column }) };
};

export function Results({ results, lit, reveal, named }: { results: readonly Result[]; lit?: Linked | undefined; reveal?: Linked | undefined; named?: boolean }) {
  const shown = useMemo(() => results.map((result) => litBy(reveal, result)), [results, reveal]);
  return (
    <>
      {results.map((result, i) => (
        <One key={result.name} result={result} titled={results.length > 1} name={named ? `t${i || ""}` : undefined} lit={litBy(lit, result)} reveal={shown[i]} />
      ))}
    </>
  );
}
