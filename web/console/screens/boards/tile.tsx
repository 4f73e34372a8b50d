// SPDX-License-Identifier: Apache-2.0
// tile: one result: its chart or its rows, how fresh it is and what is wrong. What was read before stays whatever goes wrong.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { go as open, queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Chart } from "../../parts/chart.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Menu, type Item } from "../../parts/menu.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import type { Result } from "../ask/told.ts";
import { columnsOf } from "../answer/cells.ts";
import type { Doing } from "./doing.ts";
import type { Way } from "./grid.ts";
import { useRanged, type Ranged } from "./ranged.ts";
import { Spark } from "./spark.tsx";
import { isTable, SIZES, standing, type Tile } from "./told.ts";

const WAYS: readonly Way[] = ["left", "right", "up", "down"];

// Which tiles show their rows in place of their chart, as the address says.
const inRows = (): readonly string[] => (queryOf("rows") ?? "").split(",").filter(Boolean);
function turn(id: string): void {
  const now = inRows();
  setQuery({ rows: (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]).join(",") || undefined }, true);
}

function Body({ result, title, rows }: { result: Result; title: string; rows: boolean }) {
  const columns = useMemo(() => columnsOf(result), [result]), specs = [result.chart, ...(result.panels ?? [])].filter((spec) => spec !== undefined && spec !== null && !isTable(spec));
  if (result.error) return <p class="wrong">{result.error}</p>;
  return specs.length && !rows ? (
    <>
      {specs.map((spec, i) => (
        <Chart key={i} spec={spec} />
      ))}
    </>
  ) : (
    <Table label={title} rows={result.rows ?? []} columns={columns} />
  );
}

function Stands({ tile, ranged }: { tile: Tile; ranged: Ranged }) {
  const stands = standing(tile);
  return (
    <div class="tile-foot">
      {ranged.said && <span class={`chip ${ranged.fault ? "bad" : ranged.result ? "good" : ""}`}>{ranged.said}</span>}
      {!ranged.result && (
        <span class="quiet">{tile.as_of ? <>{t("boards.as_of")} <Time at={tile.as_of} /></> : t("boards.never_read")}</span>
      )}
      {stands && (
        <details class="stands">
          <summary class={`chip ${stands.mark}`}>{stands.word}</summary>
          <p dir="auto">{stands.why ?? t("boards.no_reason")}</p>
          {tile.tried_at && tile.tried_at !== tile.as_of && (
            <p class="quiet">
              {t("boards.tried")} <Time at={tile.tried_at} />
            </p>
          )}
        </details>
      )}
      {tile.refreshing && (
        <span class="quiet turning">
          <Icon name="again" /> {t("boards.refreshing")}
        </span>
      )}
      {ranged.fault && <span class="wrong">{ranged.fault}</span>}
    </div>
  );
}

// A line of its first value, where a chart of it does not tell that already.
function Trend({ tile }: { tile: Tile }) {
  const first = tile.trend[0];
  if (!first || first.values.length < 3) return null;
  return (
    <button type="button" class="button bare trend" title={first.key} aria-label={t("boards.history_of", { title: tile.title })} onClick={() => setQuery({ show: "history", tile: tile.id })}>
      <Spark values={first.values} />
    </button>
  );
}

interface TileProps {
  tile: Tile;
  edits: boolean; // it is one's own
  runs: boolean;
  editing: boolean;
  act: Doing;
  go: (way: Way) => void;
  may: (way: Way) => boolean;
  firing: number;
  handle: ComponentChildren;
}
function itemsOf({ tile, edits, runs, editing, act, go, may }: TileProps, result: Result | undefined): Item[] {
  const show = (what: string) => (): void => setQuery({ show: what, tile: tile.id });
  const charted = result?.chart !== undefined && result.chart !== null && !isTable(result.chart);
  return [
    ...(editing ? WAYS.filter(may).map((way) => ({ label: t(`boards.move_${way}`), run: () => go(way) })) : []),
    ...(editing ? SIZES.filter((size) => size !== tile.size).map((size) => ({ label: t(`boards.make_${size}`), run: () => act.resize(tile, size) })) : []),
    ...(runs ? [{ label: t("boards.refresh_one"), run: () => act.refresh(tile) }] : []),
    ...(charted ? [{ label: t(inRows().includes(tile.id) ? "boards.as_chart" : "boards.as_rows"), run: () => turn(tile.id) }] : []),
    { label: t("boards.history"), run: show("history") },
    ...(result ? [{ label: t("common.csv"), run: () => location.assign(`/tile/${tile.id}/csv`) }] : []),
    ...(tile.answer ? [{ label: t("boards.open_answer"), run: () => open(`answer/${tile.answer}`) }] : []),
    ...(edits ? [{ label: t("boards.conditions"), run: show("conditions") }, { label: t("boards.share_tile"), run: show("share") }, { label: t("boards.tile_settings"), run: show("settings") }, { label: t("boards.remove"), danger: true, run: () => act.remove(tile) }] : []),
  ];
}

export function TileCard(props: TileProps) {
  const { tile, runs, firing, handle } = props, ranged = useRanged(tile, runs), result = ranged.result ?? tile.data ?? undefined, rows = inRows().includes(tile.id);
  const body = useMemo(() => result && <Body result={result} title={tile.title} rows={rows} />, [result, tile.title, rows]);
  return (
    <article class="card tile" aria-label={tile.title}>
      <header>
        {handle}
        <h2 dir="auto">{tile.title}</h2>
        {firing > 0 && (
          <button type="button" class="chip bad" onClick={() => setQuery({ show: "conditions", tile: tile.id })}>
            <Icon name="bell" /> {t("boards.firing", { n: firing })}
          </button>
        )}
        <span class="no-print">
          <Menu label={t("boards.tile_more", { title: tile.title })} items={itemsOf(props, result)} />
        </span>
      </header>
      <div class="tile-body">{body ?? <p class="quiet">{t(tile.refreshing ? "boards.first_run" : "boards.nothing_read")}</p>}</div>
      {result?.cut && <p class="quiet">{t("boards.cut", { n: result.total_rows ?? result.rows?.length ?? 0 })}</p>}
      <footer>
        <Stands tile={tile} ranged={ranged} />
        <Trend tile={tile} />
      </footer>
    </article>
  );
}
