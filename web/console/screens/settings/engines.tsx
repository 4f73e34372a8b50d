// SPDX-License-Identifier: Apache-2.0
// Engines: who writes the programs of questions. The planner is built in and always there; a language model is tried with a
// real call of a tool before it is kept.
import { useState } from "preact/hooks";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Menu } from "../../parts/menu.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";

type Engine = Shapes["Engine"];
type Kind = "anthropic" | "openai" | "chat";
const KINDS: Readonly<Record<Kind, string>> = { anthropic: "Anthropic Messages", openai: "OpenAI Responses", chat: "Chat Completions" };
const STATUS: Readonly<Record<Engine["status"], string>> = { ok: "good", untested: "", failing: "bad" };

function Add({ close, done }: { close: () => void; done: () => Promise<void> }) {
  const [e, set] = useState({ name: "", kind: "anthropic" as Kind, model: "", base_url: "", key: "", default: false });
  const change = (part: Partial<typeof e>): void => set((was) => ({ ...was, ...part }));
  async function run(): Promise<void> {
    const { base_url, key, ...rest } = e;
    await ok(api.POST("/engines", { body: { ...rest, ...(base_url ? { base_url } : {}), ...(key ? { key } : {}) } }));
    toast(t("settings.engine_kept", { name: e.name }));
    await done();
    close();
  }
  return (
    <Dialog title={t("settings.add_engine")} close={close}>
      <Form submit={t("settings.try_and_keep")} cancel={close} run={run} fields={["name", "kind", "model", "base_url", "key"]}>
        <Field name="name" label={t("settings.name")} hint={t("settings.engine_name_says")}>
          <input value={e.name} onInput={(i) => change({ name: i.currentTarget.value })} pattern="[a-z0-9._\-]+" required autocomplete="off" />
        </Field>
        <Field name="kind" label={t("settings.engine_kind")}>
          <select value={e.kind} onChange={(i) => change({ kind: i.currentTarget.value as Kind })}>
            {Object.entries(KINDS).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        <Field name="model" label={t("settings.engine_model")}>
          <input value={e.model} onInput={(i) => change({ model: i.currentTarget.value })} required autocomplete="off" spellcheck={false} />
        </Field>
        <Field name="base_url" label={t("settings.engine_url")} hint={t("settings.engine_url_says")}>
          <input type="url" value={e.base_url} onInput={(i) => change({ base_url: i.currentTarget.value })} required={e.kind === "chat"} placeholder={e.kind === "chat" ? "http://127.0.0.1:11434/v1" : ""} />
        </Field>
        <Field name="key" label={t("settings.engine_key")} hint={t("settings.engine_key_says")}>
          <input type="password" value={e.key} onInput={(i) => change({ key: i.currentTarget.value })} autocomplete="off" />
        </Field>
        <label class="choice">
          <input type="checkbox" checked={e.default} onChange={(i) => change({ default: i.currentTarget.checked })} />
          <span>{t("settings.engine_default")}</span>
        </label>
      </Form>
    </Dialog>
  );
}

export function Engines() {
  const engines = useData("engines", (signal) => ok(api.GET("/engines", { signal })));
  const [adding, add] = useState(false), [deleting, remove] = useState<Engine | undefined>(), [busy, setBusy] = useState<string | undefined>(), [fault, setFault] = useState<Fault | undefined>();
  const at = (e: Engine) => ({ params: { path: { engine: e.name } } });
  async function doing(e: Engine, run: () => Promise<string>): Promise<void> {
    setBusy(e.id);
    setFault(undefined);
    try {
      toast(await run());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    }
    setBusy(undefined);
    await engines.again();
  }
  const test = (e: Engine) => doing(e, async () => t("settings.engine_works", { name: e.name, ms: (await ok(api.POST("/engines/{engine}/test", at(e)))).trial?.elapsed_ms ?? 0 }));
  const prefer = (e: Engine) =>
    doing(e, async () => {
      await ok(api.PATCH("/engines/{engine}", { ...at(e), body: { default: true } }));
      return t("settings.engine_preferred", { name: e.name });
    });
  return (
    <div class="screen">
      <p class="hint">{t("settings.engines_says")}</p>
      {(fault ?? engines.fault) && <FaultNotice fault={(fault ?? engines.fault)!} />}
      {!engines.value && !engines.fault && <Wait />}
      <div class="cards">
        {engines.value?.items.map((e) => (
          <section class="card" key={e.id} aria-busy={busy === e.id} aria-label={e.name}>
            <div class="head">
              <h2>{e.name}</h2>
              {e.default && <span class="chip good">{t("settings.default")}</span>}
              {e.kind !== "planner" && <Menu label={t("settings.more_of", { name: e.name })} items={[{ label: t("settings.test"), run: () => void test(e) }, ...(e.default ? [] : [{ label: t("settings.prefer"), run: () => void prefer(e) }]), { label: t("settings.delete_engine"), danger: true, run: () => remove(e) }]} />}
              {e.kind === "planner" && !e.default && (
                <button type="button" class="button" onClick={() => void prefer(e)}>
                  {t("settings.prefer")}
                </button>
              )}
            </div>
            {e.kind === "planner" ? (
              <p>{t("settings.planner_says")}</p>
            ) : (
              <>
                <p class="quiet">
                  {KINDS[e.kind]} · {e.model}
                </p>
                <p>
                  <span class={`chip ${STATUS[e.status]}`}>{t(`settings.engine_${e.status}`)}</span> {e.tested_at && <Time at={e.tested_at} />}
                </p>
                {e.status_text && <p class="wrong">{e.status_text}</p>}
              </>
            )}
          </section>
        ))}
      </div>
      <div class="buttons">
        <button type="button" class="button main" onClick={() => add(true)}>
          {t("settings.add_engine")}
        </button>
      </div>
      {adding && <Add close={() => add(false)} done={engines.again} />}
      {deleting && (
        <Confirm
          title={t("settings.delete_engine")}
          says={t("settings.delete_engine_says")}
          typed={deleting.name}
          submit={t("settings.delete_engine")}
          run={async () => {
            await ok(api.DELETE("/engines/{engine}", at(deleting)));
            remove(undefined);
            await engines.again();
          }}
          close={() => remove(undefined)}
        />
      )}
    </div>
  );
}
