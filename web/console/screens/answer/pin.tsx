// SPDX-License-Identifier: Apache-2.0
// pin: puts a result on a dashboard, one that is there or a new one. The tile runs the program again; no model is asked.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { useBoards } from "../../api/lists.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Notice, Wait } from "../../parts/notice.tsx";
import type { Result } from "../ask/told.ts";

// An answer that is kept, or a program.
export type Pinned = { readonly answer: string } | { readonly program: Record<string, never>; readonly server?: string };
const NEW = "+";

export function Pin({ what, title, results, close }: { what: Pinned; title: string; results: readonly Result[]; close: () => void }) {
  const boards = useBoards();
  const [chosen, choose] = useState<string | undefined>(undefined), [name, setName] = useState(""), [says, setTitle] = useState(title);
  const [result, setResult] = useState(results[0]?.name), [on, setOn] = useState<{ id: string; name: string } | undefined>(undefined);
  if (on)
    return (
      <Dialog title={t("ask.pinned")} close={close}>
        <Notice kind="good" title={t("ask.pinned_to", { name: on.name })} action={{ label: t("ask.open_dashboard"), href: href(`dashboards/${on.id}`) }} />
      </Dialog>
    );
  if (!boards.value) return <Dialog title={t("ask.pin")} close={close}><Wait /></Dialog>;
  const board = chosen ?? boards.value[0]?.id ?? NEW;
  async function run(): Promise<void> {
    const to = board === NEW ? await ok(api.POST("/dashboard", { body: { name } })) : boards.value?.find((b) => b.id === board);
    if (!to) return;
    await ok(api.POST("/dashboard/{dashboard}/tile", { params: { path: { dashboard: to.id } }, body: { ...what, title: says, ...(result ? { result } : {}) } }));
    changed("dashboard");
    setOn(to);
  }
  return (
    <Dialog title={t("ask.pin")} close={close}>
      <Form submit={t("ask.pin")} run={run} cancel={close} fields={["name", "title", "result"]}>
        <Field name="dashboard" label={t("ask.dashboard")} hint={t("ask.pin_hint")}>
          <select value={board} onChange={(e) => choose(e.currentTarget.value)}>
            {boards.value.map((b) => (
              <option key={b.id} value={b.id}>
                {b.name}
              </option>
            ))}
            <option value={NEW}>{t("ask.new_dashboard")}</option>
          </select>
        </Field>
        {board === NEW && (
          <Field name="name" label={t("ask.dashboard_name")}>
            <input value={name} onInput={(e) => setName(e.currentTarget.value)} required />
          </Field>
        )}
        <Field name="title" label={t("ask.tile_title")}>
          <input value={says} onInput={(e) => setTitle(e.currentTarget.value)} required />
        </Field>
        {results.length > 1 && (
          <Field name="result" label={t("ask.tile_result")}>
            <select value={result} onChange={(e) => setResult(e.currentTarget.value)}>
              {results.map((r) => (
                <option key={r.name} value={r.name}>
                  {r.title || r.name}
                </option>
              ))}
            </select>
          </Field>
        )}
      </Form>
    </Dialog>
  );
}
