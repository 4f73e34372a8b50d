// SPDX-License-Identifier: Apache-2.0
// settings: an account's name, credential, defaults and address; and its end.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import type { Account } from "../../api/lists.ts";
import { go } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { toast } from "../../parts/toast.tsx";
import { CredentialFields, useCredential } from "./credential.tsx";
import type { Choices, Connector } from "./read.ts";
import { Again, NewCredential } from "./reconnect.tsx";

type Props = { account: Account; connector: Connector };
const path = (a: Account) => ({ params: { path: { id: a.id } } });
function kept(): void {
  changed("account", "doctor");
  toast(t("sources.saved"));
}

function Name({ account }: Props) {
  const [name, setName] = useState(account.name);
  return (
    <Form
      submit={t("sources.rename")}
      fields={["name"]}
      disabled={name.trim() === account.name || !name.trim()}
      run={async () => {
        await ok(api.PATCH("/integrated-account/{id}", { ...path(account), body: { name: name.trim() } }));
        kept();
      }}
    >
      <Field name="name" label={t("connect.name")}>
        <input value={name} maxLength={64} required autocomplete="off" onInput={(e) => setName(e.currentTarget.value)} />
      </Field>
    </Form>
  );
}

// What the credential sees is chosen from; what it does not tell is written.
function Defaults({ account, connector }: Props) {
  const context = account.context as Record<string, string>, choices = account.choices as Choices;
  const [picked, pick] = useState<Record<string, string>>({});
  const keys = [...new Set([...connector.context.map((c) => c.name), ...Object.keys(context), ...Object.keys(choices)])];
  if (!keys.length) return null;
  const label = (key: string): string => connector.context.find((c) => c.name === key)?.label || key;
  return (
    <section class="card">
      <h2>{t("sources.defaults")}</h2>
      <p class="quiet">{t("sources.defaults_says")}</p>
      <Form
        submit={t("sources.save")}
        disabled={!Object.keys(picked).length}
        fields={keys.map((k) => `context.${k}`)}
        run={async () => {
          const now = Object.fromEntries(Object.entries(picked).map(([k, v]) => [k, v === "" ? null : v]));
          await ok(api.PATCH("/integrated-account/{id}", { ...path(account), body: { context: now as Record<string, never> } }));
          pick({});
          kept();
        }}
      >
        <>
          {keys.map((key) => {
            const now = picked[key] ?? context[key] ?? "", list = choices[key] ?? [];
            return (
              <Field key={key} name={`context.${key}`} label={label(key)}>
                {list.length ? (
                  <select value={now} onChange={(e) => pick({ ...picked, [key]: e.currentTarget.value })}>
                    <option value="">{t("connect.none_yet")}</option>
                    {list.map((c) => (
                      <option key={c.id} value={c.id}>
                        {c.title} ({c.id})
                      </option>
                    ))}
                  </select>
                ) : (
                  <input value={now} autocomplete="off" onInput={(e) => pick({ ...picked, [key]: e.currentTarget.value })} />
                )}
              </Field>
            );
          })}
        </>
      </Form>
    </section>
  );
}

// Elsewhere a credential goes only where a person says so again, with it.
function Address({ account, connector }: Props) {
  const way = connector.ways.find((w) => w.id === account.way), { given, set, clear } = useCredential(), [url, setUrl] = useState(account.base_url ?? "");
  if (!way || way.auth === "oauth") return null;
  return (
    <details class="card">
      <summary>{t("sources.address")}</summary>
      <Form
        submit={t("sources.try_and_keep")}
        fields={["base_url", ...way.fields.map((f) => `credential.${f.name}`)]}
        run={async () => {
          await ok(api.PATCH("/integrated-account/{id}", { ...path(account), body: { base_url: url.trim(), ...(way.fields.length ? { credential: given as Record<string, never> } : {}) } }));
          clear();
          kept();
        }}
      >
        <Field name="base_url" label={t("sources.address")} hint={t("sources.address_hint")}>
          <input type="url" value={url} required placeholder={connector.base_url ?? ""} autocomplete="off" onInput={(e) => setUrl(e.currentTarget.value)} />
        </Field>
        <CredentialFields way={way} given={given} set={set} />
      </Form>
    </details>
  );
}

function Disconnect({ account }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card">
      <h2>{t("sources.disconnect")}</h2>
      <p>{t("sources.disconnect_says")}</p>
      <div class="buttons">
        <button type="button" class="button danger" onClick={() => setOpen(true)}>
          {t("sources.disconnect")}
        </button>
      </div>
      {open && (
        <Confirm
          title={t("sources.disconnect_name", { name: account.name })}
          says={t("sources.disconnect_says")}
          typed={account.name}
          submit={t("sources.disconnect")}
          close={() => setOpen(false)}
          run={async () => {
            await ok(api.DELETE("/integrated-account/{id}", path(account)));
            toast(t("sources.disconnected", { name: account.name }));
            go("sources");
            changed("account", "reviews", "servers", "dashboard");
          }}
        />
      )}
    </section>
  );
}

export function Settings(props: Props) {
  const { account, connector } = props, way = connector.ways.find((w) => w.id === account.way);
  return (
    <div class="screen narrow">
      <section class="card">
        <Name {...props} />
      </section>
      <Defaults {...props} />
      <section class="card">
        <h2>{t("sources.credential")}</h2>
        <p class="quiet">{t("sources.credential_says")}</p>
        {way?.auth === "oauth" ? <Again account={account} main={false} /> : <NewCredential account={account} done={() => undefined} />}
      </section>
      <Address {...props} />
      <Disconnect {...props} />
    </div>
  );
}
