// SPDX-License-Identifier: Apache-2.0
// doing: what a person does to tiles. It shows at once, is sent one after the other, and can be undone.
import { api, Fault, ok } from "../../api/client.ts";
import { changed, type Data } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { goLater } from "../../parts/later.ts";
import { toast } from "../../parts/toast.tsx";
import { moved } from "./grid.ts";
import type { Board, Size, Tile } from "./told.ts";

export interface Doing {
  move(tile: Tile, place: number): void;
  resize(tile: Tile, size: Size): void;
  remove(tile: Tile): void;
  refresh(tile?: Tile): void; // without one, all
  readonly sending: () => boolean;
}
const COULD_NOT = 6; // times that a person is told of as one: a long series of moves goes wrong at once

export function doing(data: () => Data<Board>): Doing {
  let last: Promise<void> = Promise.resolve(), left = 0;
  const board = (): Board | undefined => data().value;
  const show = (tiles: readonly Tile[]): void => {
    const b = board();
    if (b) data().set({ ...b, tiles: tiles.map((tile, place) => ({ ...tile, place })) });
  };
  // One after the other; the dashboard is read again when the last has gone.
  function send(run: () => Promise<unknown>): void {
    left++;
    last = last.then(run).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        if (left < COULD_NOT) toast(error.hint ? `${error.message} – ${error.hint}` : error.message);
      },
    ).finally(() => {
      if (--left === 0) void data().again();
    });
  }
  const patch = (id: string, body: { place?: number; size?: Size }): Promise<unknown> => ok(api.PATCH("/tile/{tile}", { params: { path: { tile: id } }, body }));
  function place(tile: Tile, to: number): void {
    const b = board();
    if (!b) return;
    show(moved(b.tiles, tile.id, to));
    send(() => patch(tile.id, { place: to }));
  }
  function size(tile: Tile, to: Size): void {
    const b = board();
    if (!b) return;
    show(b.tiles.map((one) => (one.id === tile.id ? { ...one, size: to } : one)));
    send(() => patch(tile.id, { size: to }));
  }
  return {
    move(tile, to) {
      const was = board()?.tiles.findIndex((one) => one.id === tile.id) ?? -1, all = board()?.tiles.length ?? 0;
      if (was < 0 || was === to) return;
      place(tile, to);
      toast(t("boards.moved", { title: tile.title, place: to + 1, all }), () => place(tile, was));
    },
    resize(tile, to) {
      const was = tile.size;
      if (was === to) return;
      size(tile, to);
      toast(t("boards.resized", { title: tile.title, size: t(`boards.size_${to}`) }), () => size(tile, was));
    },
    remove(tile) {
      goLater(tile.id, t("boards.removed", { title: tile.title }), (init) => ok(api.DELETE("/tile/{tile}", { params: { path: { tile: tile.id } }, ...init })), () => changed("dashboard"));
    },
    refresh(tile) {
      const b = board();
      if (!b) return;
      if (tile) send(() => ok(api.POST("/tile/{tile}/refresh", { params: { path: { tile: tile.id } }, body: { wait_seconds: 0 } })));
      else send(() => ok(api.POST("/dashboard/{dashboard}/refresh", { params: { path: { dashboard: b.id } }, body: { wait_seconds: 0 } })));
      data().set({ ...b, tiles: b.tiles.map((one) => (!tile || one.id === tile.id ? { ...one, refreshing: true } : one)) });
    },
    sending: () => left > 0,
  };
}
