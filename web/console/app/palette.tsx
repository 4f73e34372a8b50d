// SPDX-License-Identifier: Apache-2.0
// palette: Ctrl K or ⌘ K: go to a screen or a thing by its name, or ask what was typed (ARIA's pattern of a combobox with a
// list). The names are asked for when it opens.
import { useId, useMemo, useRef, useState } from "preact/hooks";
import { useAccounts, useBoards, useServers } from "../api/lists.ts";
import { Dialog } from "../parts/dialog.tsx";
import { go } from "./router.ts";
import { places } from "./routes.ts";
import { may } from "./session.ts";
import { t } from "./words.ts";

interface Aim {
  readonly label: string;
  readonly kind: string; // "place", "source", …
  run(): void;
}
const SHOWN_MOST = 12;

// Names that begin so, then words that do, then whatever has it in it.
function rank(label: string, wanted: string): number {
  const text = label.toLowerCase();
  return text.startsWith(wanted) ? 0 : text.split(/\W+/).some((word) => word.startsWith(wanted)) ? 1 : text.includes(wanted) ? 2 : 3;
}

function useAims(): Aim[] {
  const edits = may("admin", "editor");
  const sources = useAccounts(undefined, edits), servers = useServers(edits), boards = useBoards();
  return useMemo(
    () => [
      ...places.filter((p) => may(...p.roles)).map((p) => ({ label: t(`nav.${p.name}`), kind: "place", run: () => go(p.path) })),
      ...(sources.value ?? []).map((a) => ({ label: a.name, kind: "source", run: () => go(`sources/${a.id}`) })),
      ...(servers.value ?? []).map((s) => ({ label: s.name, kind: "server", run: () => go(`servers/${s.id}`) })),
      ...(boards.value ?? []).map((d) => ({ label: d.name, kind: "board", run: () => go(`dashboards/${d.id}`) })),
    ],
    [sources.value, servers.value, boards.value],
  );
}

export default function Palette({ close }: { close: () => void }) {
  const [text, setText] = useState(""), [at, setAt] = useState(0), aims = useAims(), id = useId(), list = useRef<HTMLUListElement>(null);
  const wanted = text.trim().toLowerCase();
  const found = useMemo(() => (wanted ? aims.map((aim) => ({ aim, by: rank(aim.label, wanted) })).filter((f) => f.by < 3).sort((a, b) => a.by - b.by).map((f) => f.aim) : aims).slice(0, SHOWN_MOST), [aims, wanted]);
  const shown: Aim[] = wanted && may("admin", "editor") ? [...found, { label: t("shell.palette_ask", { text: text.trim() }), kind: "ask", run: () => go("", { q: text.trim() }) }] : found;
  const chosen = Math.min(at, shown.length - 1);
  function run(aim: Aim | undefined): void {
    if (!aim) return;
    close();
    aim.run();
  }
  function walk(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") run(shown[chosen]);
    else if (step) setAt((chosen + step + shown.length) % shown.length);
    else return;
    event.preventDefault();
    list.current?.querySelector(`[aria-selected="true"]`)?.scrollIntoView({ block: "nearest" });
  }
  return (
    <Dialog title={t("shell.palette")} close={close}>
      <div class="palette">
        <input
          role="combobox"
          aria-label={t("shell.palette")}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={shown.length ? `${id}-${chosen}` : undefined}
          autofocus
          placeholder={t("shell.palette_hint")}
          value={text}
          onInput={(e) => {
            setText(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={walk}
        />
        <ul ref={list} role="listbox" id={`${id}-list`} aria-label={t("shell.palette")}>
          {shown.map((aim, i) => (
            <li key={`${aim.kind} ${i}`} role="option" id={`${id}-${i}`} aria-selected={i === chosen} onClick={() => run(aim)}>
              <span>{aim.label}</span>
              {aim.kind !== "ask" && <span class="quiet">{t(`shell.palette_${aim.kind}`)}</span>}
            </li>
          ))}
        </ul>
        {!shown.length && <p class="quiet">{t("shell.palette_none")}</p>}
      </div>
    </Dialog>
  );
}
