// SPDX-License-Identifier: Apache-2.0
// tiles: the grid. In edit mode a tile is moved by its handle: dragged, or by the arrow keys; its menu does the same.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import type { Doing } from "./doing.ts";
import { dropPlace, targetOf, type Way } from "./grid.ts";
import { TileCard } from "./tile.tsx";
import type { Tile, Watch } from "./told.ts";

const MANY = 24; // more than that are drawn when they come near the window
const WAYS: Record<string, Way> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const EDGE_PX = 60, SCROLL_PX = 14;

interface Drag {
  readonly id: string;
  readonly over?: string;
  readonly after?: boolean;
}
interface TilesProps {
  tiles: readonly Tile[];
  editing: boolean;
  edits: boolean;
  runs: boolean;
  act: Doing;
  watches: readonly Watch[];
  drawn: boolean; // all of them, wherever they are
}

const overOf = (x: number, y: number): HTMLElement | undefined => document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-tile]") ?? undefined;

export function Tiles({ tiles, editing, edits, runs, act, watches, drawn }: TilesProps) {
  const [drag, setDrag] = useState<Drag | undefined>(undefined), focused = useRef<string | undefined>(undefined), grid = useRef<HTMLUListElement>(null);
  // What was moved keeps the focus, wherever it stands now.
  useLayoutEffect(() => {
    const id = focused.current;
    if (!id) return;
    focused.current = undefined;
    const handle = grid.current?.querySelector<HTMLElement>(`[data-tile="${id}"] .handle`);
    handle?.focus({ preventScroll: true });
    handle?.closest("[data-tile]")?.scrollIntoView({ block: "nearest" });
  });
  function go(tile: Tile, way: Way): void {
    const place = targetOf(tiles, tile.id, way);
    if (place === undefined) return;
    focused.current = tile.id;
    act.move(tile, place);
  }
  function keyed(event: KeyboardEvent, tile: Tile): void {
    const way = WAYS[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(tile, way);
  }
  function down(event: PointerEvent, tile: Tile): void {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    setDrag({ id: tile.id });
  }
  function move(event: PointerEvent): void {
    if (!drag) return;
    if (event.clientY < EDGE_PX) scrollBy(0, -SCROLL_PX);
    if (event.clientY > innerHeight - EDGE_PX) scrollBy(0, SCROLL_PX);
    const over = overOf(event.clientX, event.clientY), id = over?.dataset["tile"];
    if (!over || !id || id === drag.id) {
      if (drag.over) setDrag({ id: drag.id });
      return;
    }
    const box = over.getBoundingClientRect(), after = event.clientX > box.left + box.width / 2;
    if (id !== drag.over || after !== drag.after) setDrag({ id: drag.id, over: id, after });
  }
  function drop(tile: Tile): void {
    if (drag?.over) act.move(tile, dropPlace(tiles, tile.id, drag.over, drag.after ?? false));
    setDrag(undefined);
  }
  return (
    <div class="board-room">
      <ul ref={grid} class={`board-grid${tiles.length > MANY && !drawn ? " many" : ""}`}>
        {tiles.map((tile) => (
          <li key={tile.id} data-tile={tile.id} class={[`tile-${tile.size}`, drag?.id === tile.id && "dragged", drag?.over === tile.id && (drag.after ? "drop-after" : "drop-before")].filter(Boolean).join(" ")}>
            <TileCard
              tile={tile}
              edits={edits}
              runs={runs}
              editing={editing}
              act={act}
              go={(way) => go(tile, way)}
              may={(way) => targetOf(tiles, tile.id, way) !== undefined}
              firing={watches.filter((w) => w.tile_id === tile.id && w.state === "firing").length}
              handle={
                editing ? (
                  <button
                    type="button"
                    class="button bare handle"
                    aria-label={t("boards.handle", { title: tile.title })}
                    title={t("boards.handle_says")}
                    onKeyDown={(e) => keyed(e, tile)}
                    onPointerDown={(e) => down(e, tile)}
                    onPointerMove={move}
                    onPointerUp={() => drop(tile)}
                    onPointerCancel={() => setDrag(undefined)}
                  >
                    <Icon name="move" />
                  </button>
                ) : undefined
              }
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
