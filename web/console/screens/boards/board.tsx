// SPDX-License-Identifier: Apache-2.0
// One dashboard: its tiles, which are looked at again while it is open; moved, sized, refreshed, shared; and what opens over it.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { all, api, ok, page } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import { bind } from "../../app/keys.ts";
import type { ScreenProps } from "../../app/routes.ts";
import { go, href, queryOf, setQuery } from "../../app/router.ts";
import { may, who } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { going } from "../../parts/later.ts";
import { Menu, type Item } from "../../parts/menu.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { toast } from "../../parts/toast.tsx";
import { doing } from "./doing.ts";
import { Tiles } from "./tiles.tsx";
import { ChangeBoard } from "./make.tsx";
import { Range } from "./range.tsx";
import { Over } from "./over.tsx";
import { freshened, keptParts, sameShown, wholeOf, type Board, type Tile, type Watch } from "./told.ts";

const LOOK_MS = 5000, SOON_MS = 1200, ON_VIEW_MS = 10 * 60_000;

// The dashboard, with how its tiles stand now; what they show is read again where it is another.
function useBoard(id: string) {
  const path = { params: { path: { dashboard: id } } };
  const before = useRef<readonly Tile[]>([]);
  const board = useData<Board>(`dashboard ${id}`, async (signal) => {
    const whole = wholeOf(await ok(api.GET("/dashboard/{dashboard}", { ...path, signal })));
    return { ...whole, tiles: (before.current = keptParts(before.current, whole.tiles)) };
  });
  const now = useRef(board);
  now.current = board;
  const act = useMemo(() => doing(() => now.current), [id]);
  const busy = board.value?.tiles.some((tile) => tile.refreshing) ?? false;
  const heads = useData(board.value && `dashboard-state ${id}`, (signal) => ok(api.GET("/dashboard/{dashboard}/state", { ...path, signal })), busy ? SOON_MS : LOOK_MS);
  useEffect(() => {
    const said = heads.value, shown = now.current.value;
    if (!said || !shown || act.sending()) return;
    const by = new Map(said.tiles.map((head) => [head.id, head]));
    now.current.set({ ...shown, tiles: shown.tiles.map((tile) => freshened(tile, by.get(tile.id))) });
    if (shown.version !== said.version || !sameShown(shown.tiles, said.tiles)) void now.current.again();
  }, [heads.value]);
  return { board, heads, act, busy };
}

// As in the terminal: what is old is run again because somebody looks.
function useOnView(id: string, runs: boolean): void {
  useEffect(() => {
    if (!runs) return;
    const look = (): void => {
      if (document.visibilityState === "visible") void ok(api.POST("/dashboard/{dashboard}/refresh", { params: { path: { dashboard: id } }, body: { stale: true } })).catch(() => undefined);
    };
    look();
    const timer = setInterval(look, ON_VIEW_MS);
    return () => clearInterval(timer);
  }, [id, runs]);
}

// How far a refresh of many has come.
function Progress({ tiles }: { tiles: readonly Tile[] }) {
  const most = useRef(0), left = tiles.filter((tile) => tile.refreshing).length;
  most.current = left ? Math.max(most.current, left) : 0;
  return (
    <span role="status" class="quiet board-progress">
      {left > 0 && t("boards.progress", { done: most.current - left, n: most.current })}
    </span>
  );
}

async function print(): Promise<void> {
  const before = queryOf("view");
  setQuery({ view: "plain" }, true);
  // All that is far down is drawn before the paper is.
  await new Promise((done) => setTimeout(done, 400));
  window.print();
  setQuery({ view: before }, true);
}

function fullScreen(on: boolean): void {
  setQuery({ view: on ? "plain" : undefined }, true);
  if (on) document.documentElement.requestFullscreen?.().catch(() => undefined);
  else if (document.fullscreenElement) void document.exitFullscreen();
}

export default function BoardScreen({ params }: ScreenProps) {
  const id = params["id"] ?? "", { board, heads, act } = useBoard(id), b = board.value;
  const runs = may("admin", "editor"), edits = may("admin") || (runs && b !== undefined && b.owner === who.value?.id);
  const editing = edits && queryOf("edit") === "1", plain = queryOf("view") === "plain", [deleting, del] = useState(false);
  const watches = useData<Watch[]>(edits && b ? `watches of ${b.id}` : undefined, (signal) => all((after) => ok(api.GET("/watches", page(after, signal)))), 15_000);
  useOnView(id, runs);
  useEffect(() => (edits ? bind("e", () => setQuery({ edit: queryOf("edit") ? undefined : "1" })) : undefined), [edits]);
  useEffect(() => (runs ? bind("r", () => act.refresh()) : undefined), [runs, act]);
  useEffect(() => {
    if (!plain) return;
    const left = (): void => void (document.fullscreenElement || setQuery({ view: undefined }, true));
    document.addEventListener("fullscreenchange", left);
    const undo = bind("Escape", () => fullScreen(false));
    return () => {
      document.removeEventListener("fullscreenchange", left);
      undo();
    };
  }, [plain]);
  if (board.fault && !b) return <FaultNotice fault={board.fault} again={() => void board.again()} />;
  if (!b) return <Wait rows={6} />;
  const tiles = b.tiles.filter((tile) => !going.value.has(tile.id)), whole: Board = b;
  async function end(): Promise<void> {
    await ok(api.DELETE("/dashboard/{dashboard}", { params: { path: { dashboard: whole.id } } }));
    changed("dashboards");
    toast(t("boards.deleted", { name: whole.name }));
    go("dashboards");
  }
  const more: Item[] = [
    { label: t("boards.full_screen"), run: () => fullScreen(true) },
    { label: t("boards.print"), run: () => void print() },
    ...(edits ? [{ label: t("boards.settings"), run: () => setQuery({ show: "settings" }) }, { label: t("boards.delete"), danger: true, run: () => del(true) }] : []),
  ];
  return (
    <div class={`screen board${plain ? " plain" : ""}`}>
      <div class="head">
        <h1 dir="auto">{b.name}</h1>
        <Progress tiles={tiles} />
        {plain && (
          <button type="button" class="button no-print" onClick={() => fullScreen(false)}>
            {t("boards.leave_full")}
          </button>
        )}
        {!plain && (
          <div class="buttons no-print">
            {runs && tiles.length > 0 && (
              <button type="button" class="button" onClick={() => act.refresh()}>
                <Icon name="again" /> {t("boards.refresh")}
              </button>
            )}
            {edits && tiles.length > 0 && (
              <button type="button" class="button" aria-pressed={editing} onClick={() => setQuery({ edit: editing ? undefined : "1" })}>
                <Icon name={editing ? "check" : "edit"} /> {t(editing ? "boards.done" : "boards.edit")}
              </button>
            )}
            {edits && (
              <button type="button" class="button" onClick={() => setQuery({ show: "share", tile: undefined })}>
                <Icon name="share" /> {t("boards.share")}
              </button>
            )}
            <Menu label={t("boards.more")} items={more} />
          </div>
        )}
      </div>
      {board.fault && <FaultNotice fault={board.fault} again={() => void board.again()} />}
      {!board.fault && heads.fault?.status === 404 && <FaultNotice fault={heads.fault} />}
      {runs && !plain && tiles.length > 0 && <Range board={b} act={act} edits={edits} />}
      {editing && tiles.length > 0 && <p class="hint no-print">{t("boards.edit_says")}</p>}
      {tiles.length === 0 && (
        <Notice kind="empty" title={t(edits ? "boards.no_tiles" : "boards.no_tiles_yet")} {...(edits ? { action: { label: t("boards.ask"), href: href("") } } : {})}>
          {edits && <p class="quiet">{t("boards.no_tiles_says")}</p>}
        </Notice>
      )}
      <Tiles tiles={tiles} editing={editing} edits={edits} runs={runs} act={act} watches={watches.value ?? []} drawn={plain} />
      <Over board={b} edits={edits} watches={watches} />
      {edits && queryOf("show") === "settings" && !queryOf("tile") && <ChangeBoard board={b} close={() => setQuery({ show: undefined }, true)} />}
      {deleting && <Confirm title={t("boards.delete")} says={t("boards.delete_says", { n: tiles.length })} typed={b.name} submit={t("boards.delete")} run={end} close={() => del(false)} />}
    </div>
  );
}
