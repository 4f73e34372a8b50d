// SPDX-License-Identifier: Apache-2.0
// settings: of a tile: what it is called, how often it is run, its size, and what it is drawn as. Another drawing makes it
// the changer's, and has it read anew; that is said before.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Notice } from "../../parts/notice.tsx";
import { toast } from "../../parts/toast.tsx";
import { SIZES, type Size, type Tile } from "./told.ts";

const EVERY = [0, 60, 300, 900, 3600, 21_600, 86_400] as const;
const MARKS = ["bar", "column", "line", "area", "point", "histogram", "heatmap", "timeline", "kpi", "table"] as const;
const AXES = ["x", "y", "color"] as const;
const SAME = "same", OWN = "own";

function everyWords(seconds: number): string {
  if (!seconds) return t("boards.every_never");
  if (seconds % 3600 === 0) return t("boards.every_hours", { n: seconds / 3600 });
  return seconds % 60 === 0 ? t("boards.every_minutes", { n: seconds / 60 }) : t("boards.every_seconds", { n: seconds });
}

export function TileSettings({ tile, close }: { tile: Tile; close: () => void }) {
  const [title, setTitle] = useState(tile.title), [size, setSize] = useState<Size>(tile.size), [every, setEvery] = useState(tile.every_seconds), [mark, setMark] = useState(SAME);
  const [axes, setAxes] = useState<Record<string, string>>({}), [version] = useState(tile.version), columns = tile.data?.columns ?? [], path = { params: { path: { tile: tile.id } } };
  const times = [...new Set([...EVERY, tile.every_seconds])].sort((a, b) => a - b);
  const chart = mark === SAME ? undefined : mark === OWN ? null : { mark, ...Object.fromEntries(AXES.map((axis) => [axis, axes[axis] || null])) };
  async function run(): Promise<void> {
    await ok(api.PATCH("/tile/{tile}", { ...path, body: { title: title.trim(), size, every_seconds: every, version, ...(chart === undefined ? {} : { chart }) } }));
    const was = { title: tile.title, size: tile.size, every_seconds: tile.every_seconds };
    toast(
      t("boards.saved"),
      chart !== undefined
        ? undefined
        : async () => {
            await ok(api.PATCH("/tile/{tile}", { ...path, body: was }));
            changed("dashboard");
          },
    );
    changed("dashboard");
    close();
  }
  return (
    <Dialog title={t("boards.tile_settings")} close={close}>
      <Form submit={t("boards.save")} run={run} cancel={close} fields={["title", "every_seconds", "size", "chart"]}>
        <Field name="title" label={t("boards.tile_title")}>
          <input value={title} onInput={(e) => setTitle(e.currentTarget.value)} required maxLength={200} autocomplete="off" />
        </Field>
        <Field name="every_seconds" label={t("boards.every")} hint={t("boards.every_says")}>
          <select value={String(every)} onChange={(e) => setEvery(Number(e.currentTarget.value))}>
            {times.map((seconds) => (
              <option key={seconds} value={String(seconds)}>
                {everyWords(seconds)}
              </option>
            ))}
          </select>
        </Field>
        <Field name="size" label={t("boards.size")}>
          <select value={size} onChange={(e) => setSize(e.currentTarget.value as Size)}>
            {SIZES.map((one) => (
              <option key={one} value={one}>
                {t(`boards.size_${one}`)}
              </option>
            ))}
          </select>
        </Field>
        <Field name="chart" label={t("boards.drawn_as")}>
          <select value={mark} onChange={(e) => setMark(e.currentTarget.value)}>
            <option value={SAME}>{t("boards.drawn_same")}</option>
            <option value={OWN}>{t("boards.drawn_own")}</option>
            {MARKS.map((one) => (
              <option key={one} value={one}>
                {t(`boards.mark_${one}`)}
              </option>
            ))}
          </select>
        </Field>
        {chart && <Notice kind="info" title={t("boards.drawn_says")} />}
        {chart && mark !== OWN && mark !== "table" && (
          <>
            {AXES.map((axis) => (
              <Field key={axis} name={axis} label={t(`boards.axis_${axis}`)}>
                <select value={axes[axis] ?? ""} onChange={(e) => setAxes({ ...axes, [axis]: e.currentTarget.value })}>
                  <option value="">{t("boards.axis_any")}</option>
                  {columns.map((c) => (
                    <option key={c.name} value={c.name}>
                      {c.title || c.name}
                    </option>
                  ))}
                </select>
              </Field>
            ))}
          </>
        )}
      </Form>
    </Dialog>
  );
}
