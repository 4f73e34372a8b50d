// SPDX-License-Identifier: Apache-2.0
// Dashboards: all that one may see, with whose they are, how many tiles they have and how fresh these are.
import { useEffect } from "preact/hooks";
import { changed } from "../../api/data.ts";
import { useBoards } from "../../api/lists.ts";
import { bind } from "../../app/keys.ts";
import { go, href, queryOf, setQuery } from "../../app/router.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { Virtual } from "../../parts/virtual.tsx";
import { going } from "../../parts/later.ts";
import { MakeBoard, StartBoard } from "./make.tsx";
import type { Listed } from "./told.ts";

function Row({ board: b }: { board: Listed }) {
  return (
    <a class="row board-row" href={href(`dashboards/${b.id}`)}>
      <strong dir="auto">{b.name}</strong>
      <span>
        {t("boards.tiles", { n: b.tile_count })}
        <span class="quiet block">{b.since || b.until ? `${b.since ?? "…"} – ${b.until || "now"}` : ""}</span>
      </span>
      <span class="quiet">
        {t("boards.by", { name: b.owner_name ?? t("boards.owner_gone") })}
        <span class="block">{b.as_of ? <>{t("boards.as_of")} <Time at={b.as_of} /></> : t("boards.never_read")}</span>
      </span>
      <span class="chip">{t(`boards.seen_${b.visibility}`)}</span>
    </a>
  );
}

export default function Boards() {
  const list = useBoards(20_000), edits = may("admin", "editor"), making = queryOf("new");
  const word = (queryOf("q") ?? "").toLowerCase(), there = list.value?.filter((b) => !going.value.has(b.id));
  useEffect(() => (edits ? bind("c", () => setQuery({ new: "empty" })) : undefined), [edits]);
  const found = there?.filter((b) => b.name.toLowerCase().includes(word)).reverse();
  const close = (): void => setQuery({ new: undefined }, true);
  const made = (id: string): void => {
    changed("dashboards");
    go(`dashboards/${id}`, undefined, true);
  };
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("boards.title")}</h1>
        {edits && (
          <>
            <button type="button" class="button" onClick={() => setQuery({ new: "source" })}>
              {t("boards.from_source")}
            </button>
            <button type="button" class="button main" onClick={() => setQuery({ new: "empty" })}>
              <Icon name="add" /> {t("boards.create")}
            </button>
          </>
        )}
      </div>
      {list.fault && <FaultNotice fault={list.fault} again={() => void list.again()} />}
      {!there && !list.fault && <Wait />}
      {there?.length === 0 && (
        <Notice kind="empty" title={t(edits ? "boards.none" : "boards.none_shared")} {...(edits ? { action: { label: t("boards.from_source"), run: () => setQuery({ new: "source" }) } } : {})}>
          {edits && <p class="quiet">{t("boards.none_says")}</p>}
        </Notice>
      )}
      {found && there && there.length > 0 && (
        <>
          <label class="field">
            <span class="hidden-text">{t("boards.search")}</span>
            <input type="search" value={queryOf("q") ?? ""} placeholder={t("boards.search")} onInput={(e) => setQuery({ q: e.currentTarget.value }, true)} />
          </label>
          <p class="hint" role="status">
            {t("boards.count", { n: found.length })}
          </p>
          <Virtual items={found} height={68} label={t("boards.title")} row={(b) => <Row board={b} />} />
        </>
      )}
      {edits && making === "empty" && <MakeBoard close={close} made={made} />}
      {edits && making === "source" && <StartBoard close={close} made={made} />}
    </div>
  );
}
