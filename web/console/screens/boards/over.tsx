// SPDX-License-Identifier: Apache-2.0
// over: what opens over a dashboard, as the address says: ?show=share, ?show=conditions&tile=til_1.
import type { Data } from "../../api/data.ts";
import { queryOf, setQuery } from "../../app/router.ts";
import { Conditions } from "./conditions.tsx";
import { History } from "./history.tsx";
import { TileSettings } from "./settings.tsx";
import { ShareBoard } from "./share.tsx";
import type { Board, Watch } from "./told.ts";

export function Over({ board, edits, watches }: { board: Board; edits: boolean; watches: Data<Watch[]> }) {
  const show = queryOf("show"), tile = board.tiles.find((one) => one.id === queryOf("tile"));
  const close = (): void => setQuery({ show: undefined, tile: undefined, watch: undefined }, true);
  if (show === "history" && tile) return <History key={tile.id} tile={tile} close={close} />;
  if (!edits) return null;
  if (show === "share") return <ShareBoard key={tile?.id} board={board} tile={tile} close={close} />;
  if (show === "settings" && tile) return <TileSettings key={tile.id} tile={tile} close={close} />;
  if (show === "conditions" && tile) return <Conditions key={tile.id} tile={tile} watches={watches} close={close} />;
  return null;
}
