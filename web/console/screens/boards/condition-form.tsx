// SPDX-License-Identifier: Apache-2.0
// condition-form: what is waited for, whom it tells and when not. Of one that is there the address stays as long as no other is
// given: it is a secret, and not shown again.
import { useState } from "preact/hooks";
import { t } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";
import { examplesOf } from "./condition.ts";
import type { Tile, Watch } from "./told.ts";

export interface Draft {
  condition: string;
  webhook: string;
  form: Watch["form"];
  for_seconds: number;
  key: string;
  quiet: string;
  zone: string;
  quiet_then: Watch["quiet_then"];
}
export const FIELDS = ["condition", "webhook", "form", "for_seconds", "key", "quiet", "zone", "quiet_then"];
const HOLDS = [0, 60, 300, 600, 1800, 3600];

export const draftOf = (w?: Watch): Draft => ({
  condition: w?.condition ?? "",
  webhook: "",
  form: w?.form ?? "json",
  for_seconds: w?.for_seconds ?? 0,
  key: "",
  quiet: w?.quiet ?? "",
  zone: w?.zone ?? "",
  quiet_then: w?.quiet_then ?? "after",
});

export function bodyOf(d: Draft) {
  const key = d.key.split(",").map((one) => one.trim()).filter(Boolean);
  return { condition: d.condition.trim(), form: d.form, for_seconds: d.for_seconds, quiet: d.quiet.trim(), quiet_then: d.quiet_then, ...(d.zone.trim() ? { zone: d.zone.trim() } : {}), ...(key.length ? { key } : {}) };
}

interface FormProps {
  tile: Tile;
  watch?: Watch;
  run: (draft: Draft) => Promise<void>;
  cancel: () => void;
}
export function ConditionForm({ tile, watch, run, cancel }: FormProps) {
  const [d, set] = useState(draftOf(watch)), here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const put = (change: Partial<Draft>): void => set({ ...d, ...change });
  const holds = [...new Set([...HOLDS, d.for_seconds])].sort((a, b) => a - b);
  return (
    <Form submit={t(watch ? "boards.save" : "boards.watch_add")} run={() => run(d)} cancel={cancel} fields={FIELDS}>
      <Field name="condition" label={t("boards.condition")} hint={t("boards.condition_says")}>
        <input class="mono" value={d.condition} onInput={(e) => put({ condition: e.currentTarget.value })} required autocomplete="off" spellcheck={false} />
      </Field>
      <div class="chips" role="group" aria-label={t("boards.examples")}>
        {examplesOf(tile.data).map((one) => (
          <button key={one} type="button" class="chip mono" onClick={() => put({ condition: one })}>
            {one}
          </button>
        ))}
      </div>
      <Field name="webhook" label={t("boards.webhook")} hint={watch ? t("boards.webhook_keeps", { receiver: watch.receiver }) : t("boards.webhook_says")}>
        <input type="url" value={d.webhook} onInput={(e) => put({ webhook: e.currentTarget.value })} required={!watch} placeholder="https://" autocomplete="off" spellcheck={false} />
      </Field>
      <Field name="form" label={t("boards.form")}>
        <select value={d.form} onChange={(e) => put({ form: e.currentTarget.value as Draft["form"] })}>
          <option value="json">{t("boards.form_json")}</option>
          <option value="slack">{t("boards.form_slack")}</option>
        </select>
      </Field>
      <details open={Boolean(watch && (watch.for_seconds || watch.quiet))}>
        <summary>{t("boards.when")}</summary>
        <div class="inner form">
          <Field name="for_seconds" label={t("boards.holds")} hint={t("boards.holds_says")}>
            <select value={String(d.for_seconds)} onChange={(e) => put({ for_seconds: Number(e.currentTarget.value) })}>
              {holds.map((seconds) => (
                <option key={seconds} value={String(seconds)}>
                  {seconds ? t("boards.minutes", { n: Math.round(seconds / 60) }) : t("boards.holds_not")}
                </option>
              ))}
            </select>
          </Field>
          <Field name="key" label={t("boards.key")} hint={t("boards.key_says")}>
            <input value={d.key} onInput={(e) => put({ key: e.currentTarget.value })} autocomplete="off" spellcheck={false} />
          </Field>
          <Field name="quiet" label={t("boards.quiet")} hint={t("boards.quiet_says")}>
            <input value={d.quiet} placeholder="22:00-07:00" onInput={(e) => put({ quiet: e.currentTarget.value })} autocomplete="off" />
          </Field>
          <Field name="zone" label={t("boards.zone")} hint={t("boards.zone_says", { zone: here })}>
            <input value={d.zone} placeholder={here} onInput={(e) => put({ zone: e.currentTarget.value })} autocomplete="off" spellcheck={false} />
          </Field>
          <Field name="quiet_then" label={t("boards.quiet_then")}>
            <select value={d.quiet_then} onChange={(e) => put({ quiet_then: e.currentTarget.value as Draft["quiet_then"] })}>
              <option value="after">{t("boards.quiet_after")}</option>
              <option value="drop">{t("boards.quiet_drop")}</option>
            </select>
          </Field>
        </div>
      </details>
    </Form>
  );
}
