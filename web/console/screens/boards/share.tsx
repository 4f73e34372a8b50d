// SPDX-License-Identifier: Apache-2.0
// share: links that show a dashboard, or one tile of it, to whoever has them. A link is shown once; those that are out can be
// revoked.
import { useState } from "preact/hooks";
import { all, api, ok, page } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import type { Board, Tile } from "./told.ts";

const DAY_MS = 86_400_000;
const LASTS = { day: 1, week: 7, month: 30, year: 365 } as const;
const WHOLE = "";

function Out({ board }: { board: Board }) {
  const list = useData(`shares ${board.id}`, (signal) => all((after) => ok(api.GET("/share", page(after, signal)))));
  const links = list.value?.filter((one) => one.dashboard_id === board.id).reverse();
  async function revoke(id: string, name: string): Promise<void> {
    await ok(api.DELETE("/share/{share}", { params: { path: { share: id } } }));
    toast(t("boards.link_revoked", { name }));
    await list.again();
  }
  if (list.fault && !links) return <FaultNotice fault={list.fault} again={() => void list.again()} />;
  if (!links) return <Wait />;
  if (!links.length) return <p class="quiet">{t("boards.no_links")}</p>;
  return (
    <ul class="rows" aria-label={t("boards.links")}>
      {links.map((link) => (
        <li key={link.id} class="row link-row">
          <span>
            <strong dir="auto">{link.name}</strong>
            <span class="quiet block">{link.tile_id ? (board.tiles.find((one) => one.id === link.tile_id)?.title ?? t("boards.tile_gone")) : t("boards.whole")}</span>
          </span>
          <span class="quiet">
            {t(`boards.mode_${link.mode}`)}
            <span class="block">
              {t("boards.ends")} <Time at={link.expires_at} />
            </span>
          </span>
          <span class="quiet">{link.owner_name ?? t("boards.owner_gone")}</span>
          <button type="button" class="button danger" aria-label={t("boards.revoke_link", { name: link.name })} onClick={() => void revoke(link.id, link.name)}>
            {t("boards.revoke")}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function ShareBoard({ board, tile, close }: { board: Board; tile: Tile | undefined; close: () => void }) {
  const [what, setWhat] = useState(tile?.id ?? WHOLE), [mode, setMode] = useState<"live" | "snapshot">("live"), [lasts, setLasts] = useState<keyof typeof LASTS>("month"), [name, setName] = useState(""), [url, setUrl] = useState<string | undefined>(undefined);
  async function run(): Promise<void> {
    const expires_at = new Date(Date.now() + LASTS[lasts] * DAY_MS).toISOString();
    const made = await ok(api.POST("/dashboard/{dashboard}/share", { params: { path: { dashboard: board.id } }, body: { mode, expires_at, ...(what ? { tile: what } : {}), ...(name.trim() ? { name: name.trim() } : {}) } }));
    setUrl(made.url);
  }
  return (
    <Dialog title={t("boards.share_title", { name: board.name })} close={close} wide>
      <div class="form wide">
        {url ? (
          <>
            <Notice kind="good" title={t("boards.link_once")}>
              <Copy text={url} label={t("boards.link")} />
              <p class="quiet">{t("boards.link_says")}</p>
            </Notice>
            <div class="buttons">
              <button type="button" class="button" onClick={() => setUrl(undefined)}>
                {t("boards.another_link")}
              </button>
            </div>
          </>
        ) : (
          <Form submit={t("boards.make_link")} run={run} cancel={close} fields={["name", "mode", "tile", "expires_at"]}>
            <Field name="tile" label={t("boards.shows")}>
              <select value={what} onChange={(e) => setWhat(e.currentTarget.value)}>
                <option value={WHOLE}>{t("boards.whole")}</option>
                {board.tiles.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.title}
                  </option>
                ))}
              </select>
            </Field>
            <Field name="mode" label={t("boards.mode")} hint={t(`boards.mode_${mode}_says`)}>
              <select value={mode} onChange={(e) => setMode(e.currentTarget.value as typeof mode)}>
                <option value="live">{t("boards.mode_live")}</option>
                <option value="snapshot">{t("boards.mode_snapshot")}</option>
              </select>
            </Field>
            <Field name="expires_at" label={t("boards.lasts")}>
              <select value={lasts} onChange={(e) => setLasts(e.currentTarget.value as typeof lasts)}>
                {(Object.keys(LASTS) as (typeof lasts)[]).map((one) => (
                  <option key={one} value={one}>
                    {t(`boards.lasts_${one}`)}
                  </option>
                ))}
              </select>
            </Field>
            <Field name="name" label={t("boards.link_name")} hint={t("boards.link_name_says")}>
              <input value={name} onInput={(e) => setName(e.currentTarget.value)} autocomplete="off" />
            </Field>
          </Form>
        )}
        <h3>{t("boards.links")}</h3>
        <Out key={url} board={board} />
      </div>
    </Dialog>
  );
}
