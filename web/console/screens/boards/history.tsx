// SPDX-License-Identifier: Apache-2.0
// history: what a tile's values were, run by run, as lines and as rows. Postern keeps them, where the vendor keeps none.
import { useMemo } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Chart } from "../../parts/chart.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Table, type Column } from "../../parts/table.tsx";
import { exact } from "../../parts/time.tsx";
import { pointsOf, specOf, type Kept, type Point } from "./points.ts";
import type { Tile } from "./told.ts";

export function History({ tile, close }: { tile: Tile; close: () => void }) {
  const kept = useData(`history ${tile.id} ${tile.as_of ?? ""}`, (signal) => ok(api.GET("/tile/{tile}/history", { params: { path: { tile: tile.id } }, signal })));
  const points = useMemo(() => pointsOf((kept.value?.items ?? []) as unknown as Kept[]), [kept.value]), spec = useMemo(() => specOf(points, tile.title), [points, tile.title]);
  const columns: Column<Point>[] = [
    { id: "at", label: t("boards.at"), value: (p) => p.at, words: (p) => exact(Date.parse(p.at)) },
    { id: "key", label: t("boards.of"), value: (p) => p.key },
    { id: "value", label: t("boards.value"), value: (p) => p.value, words: (p) => p.value.toLocaleString(), number: true },
  ];
  return (
    <Dialog title={t("boards.history_of", { title: tile.title })} close={close} wide>
      {kept.fault && <FaultNotice fault={kept.fault} again={() => void kept.again()} />}
      {!kept.value && !kept.fault && <Wait />}
      {kept.value && points.length === 0 && (
        <Notice kind="empty" title={t("boards.no_history")}>
          <p class="quiet">{t("boards.no_history_says")}</p>
        </Notice>
      )}
      {points.length > 0 && (
        <div class="form wide">
          {spec && <Chart spec={spec} />}
          <Table label={t("boards.history_of", { title: tile.title })} rows={points.toReversed()} columns={columns} csv={tile.title} />
        </div>
      )}
    </Dialog>
  );
}
