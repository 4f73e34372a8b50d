// SPDX-License-Identifier: Apache-2.0
// range: which time the tiles show: each its own, that of the dashboard, or for whoever looks another, which stands in the
// address and can be kept for everybody.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { toast } from "../../parts/toast.tsx";
import type { Doing } from "./doing.ts";
import { rangeOf } from "./ranged.ts";
import type { Board } from "./told.ts";

const PRESETS = { hour: "now-1h", day: "now-24h", week: "now-7d", month: "now-30d" } as const;

export function Range({ board, act, edits }: { board: Board; act: Doing; edits: boolean }) {
  const range = rangeOf(), [typing, type] = useState(false), [since, setSince] = useState(range?.since ?? ""), [until, setUntil] = useState(range?.until ?? "");
  const chosen = !range?.until && Object.entries(PRESETS).find(([, from]) => from === range?.since)?.[0];
  const own = board.since || board.until ? t("boards.range_board", { since: board.since ?? "…", until: board.until ?? "now" }) : t("boards.range_own");
  async function put(to: { since: string; until: string }): Promise<void> {
    await ok(api.PATCH("/dashboard/{dashboard}", { params: { path: { dashboard: board.id } }, body: to }));
    setQuery({ since: undefined, until: undefined }, true);
    act.refresh();
    changed("dashboard");
  }
  async function keep(): Promise<void> {
    const was = { since: board.since ?? "", until: board.until ?? "" };
    await put({ since: range?.since ?? "", until: range?.until ?? "" });
    toast(t("boards.range_kept"), () => put(was));
  }
  return (
    <div class="chips no-print" role="group" aria-label={t("boards.range")}>
      <button type="button" class="chip" aria-pressed={!range} onClick={() => setQuery({ since: undefined, until: undefined })}>
        {own}
      </button>
      {Object.entries(PRESETS).map(([name, from]) => (
        <button key={name} type="button" class="chip" aria-pressed={chosen === name} onClick={() => setQuery({ since: from, until: undefined })}>
          {t(`boards.range_${name}`)}
        </button>
      ))}
      <button type="button" class="chip" aria-pressed={Boolean(range) && !chosen} onClick={() => type(true)}>
        {range && !chosen ? `${range.since ?? "…"} – ${range.until ?? "now"}` : t("boards.range_other")}
      </button>
      {range && edits && (
        <button type="button" class="chip" onClick={() => void keep()}>
          {t("boards.range_keep")}
        </button>
      )}
      {typing && (
        <Dialog title={t("boards.range_other")} close={() => type(false)}>
          <Form
            submit={t("boards.range_show")}
            run={async () => {
              setQuery({ since: since.trim() || undefined, until: until.trim() || undefined });
              type(false);
            }}
            cancel={() => type(false)}
          >
            <Field name="since" label={t("boards.since")} hint={t("boards.since_says")}>
              <input value={since} placeholder="now-7d/d" onInput={(e) => setSince(e.currentTarget.value)} autocomplete="off" spellcheck={false} />
            </Field>
            <Field name="until" label={t("boards.until")}>
              <input value={until} placeholder="now" onInput={(e) => setUntil(e.currentTarget.value)} autocomplete="off" spellcheck={false} />
            </Field>
          </Form>
        </Dialog>
      )}
    </div>
  );
}
