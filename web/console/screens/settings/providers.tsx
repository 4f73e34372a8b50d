// SPDX-License-Identifier: Apache-2.0
// Identity providers: by whom people of the company sign in, and which rules let them in, as what.
import { useState } from "preact/hooks";
import { api, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Menu } from "../../parts/menu.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { toast } from "../../parts/toast.tsx";
import { ROLES } from "./people.tsx";

type Provider = Shapes["Provider"];
type Kind = "group" | "domain" | "everyone";
interface Rule {
  readonly kind: Kind;
  readonly value: string;
  readonly role: (typeof ROLES)[number];
}
const KINDS: readonly Kind[] = ["group", "domain", "everyone"];
const ruleOf = (r: Shapes["ProviderRule"]): Rule => ({ kind: r.group ? "group" : r.domain ? "domain" : "everyone", value: r.group ?? r.domain ?? "", role: r.role });
const toRule = ({ kind, value, role }: Rule): Shapes["ProviderRule"] => (kind === "everyone" ? { everyone: true, role } : { [kind]: value.trim(), role });

function Rules({ rules, set }: { rules: readonly Rule[]; set: (rules: readonly Rule[]) => void }) {
  const change = (at: number, part: Partial<Rule>): void => set(rules.map((r, i) => (i === at ? { ...r, ...part } : r)));
  return (
    <fieldset class="field">
      <legend>{t("settings.provider_rules")}</legend>
      {rules.map((rule, i) => (
        <div class="beside" role="group" aria-label={t("settings.provider_rule", { n: i + 1 })} key={i}>
          <select aria-label={t("settings.provider_rules")} value={rule.kind} onChange={(e) => change(i, { kind: e.currentTarget.value as Kind })}>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`settings.provider_rule_${kind}`)}
              </option>
            ))}
          </select>
          {rule.kind !== "everyone" && <input aria-label={t("settings.provider_rule_value")} value={rule.value} onInput={(e) => change(i, { value: e.currentTarget.value })} required autocomplete="off" spellcheck={false} />}
          <select aria-label={t("settings.role")} value={rule.role} onChange={(e) => change(i, { role: e.currentTarget.value as Rule["role"] })}>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`roles.${role}`)}
              </option>
            ))}
          </select>
          <button type="button" class="button bare" aria-label={t("settings.provider_rule_remove", { n: i + 1 })} onClick={() => set(rules.filter((_, at) => at !== i))}>
            ×
          </button>
        </div>
      ))}
      <div class="buttons">
        <button type="button" class="button" onClick={() => set([...rules, { kind: "group", value: "", role: "viewer" }])}>
          {t("settings.provider_rule_add")}
        </button>
      </div>
    </fieldset>
  );
}

function Edit({ before, close, done }: { before?: Provider; close: () => void; done: () => Promise<void> }) {
  const [p, set] = useState({
    name: before?.name ?? "",
    label: before?.label ?? "",
    issuer: before?.issuer ?? "",
    client_id: before?.client_id ?? "",
    client_secret: "",
    scope: before?.scope ?? "openid email profile",
    groups_claim: before?.groups_claim ?? "",
    links_email: before?.links_email ?? false,
  });
  const [rules, setRules] = useState<readonly Rule[]>(before?.rules.map(ruleOf) ?? []);
  const change = (part: Partial<typeof p>): void => set((was) => ({ ...was, ...part }));
  async function run(): Promise<void> {
    const { client_secret, ...rest } = p;
    const body = { ...rest, ...(client_secret ? { client_secret } : {}), rules: rules.map(toRule) };
    if (before) await ok(api.PATCH("/provider/{provider}", { params: { path: { provider: before.id } }, body }));
    else await ok(api.POST("/provider", { body }));
    toast(t("settings.provider_kept", { name: p.name }));
    await done();
    close();
  }
  const text = (field: "label" | "issuer" | "client_id" | "scope" | "groups_claim", label: string, hint?: string, required = false) => (
    <Field name={field} label={t(`settings.${label}`)} hint={hint && t(`settings.${hint}`)}>
      <input value={p[field]} onInput={(e) => change({ [field]: e.currentTarget.value })} required={required} autocomplete="off" spellcheck={false} />
    </Field>
  );
  return (
    <Dialog title={before ? t("settings.provider_of", { name: before.name }) : t("settings.provider_add")} close={close}>
      <Form submit={t("settings.provider_keep")} cancel={close} run={run} fields={["name", "label", "issuer", "client_id", "client_secret", "scope", "groups_claim"]}>
        <Field name="name" label={t("settings.name")} hint={t("settings.provider_name_says")}>
          <input value={p.name} onInput={(e) => change({ name: e.currentTarget.value })} pattern="[a-z0-9][a-z0-9\-]*" maxLength={32} required autocomplete="off" spellcheck={false} />
        </Field>
        {text("label", "provider_label")}
        {text("issuer", "provider_issuer", "provider_issuer_says", true)}
        {text("client_id", "provider_client", undefined, true)}
        <Field name="client_secret" label={t("settings.provider_secret")} hint={t(before?.has_secret ? "settings.provider_secret_stays" : "settings.provider_secret_says")}>
          <input type="password" value={p.client_secret} onInput={(e) => change({ client_secret: e.currentTarget.value })} autocomplete="off" />
        </Field>
        {text("scope", "provider_scope", undefined, true)}
        {text("groups_claim", "provider_groups", "provider_groups_says")}
        <Rules rules={rules} set={setRules} />
        <label class="choice">
          <input type="checkbox" checked={p.links_email} onChange={(e) => change({ links_email: e.currentTarget.checked })} />
          <span>{t("settings.provider_links")}</span>
        </label>
      </Form>
    </Dialog>
  );
}

export function Providers() {
  const providers = useData("providers", (signal) => ok(api.GET("/provider", { signal })));
  const [editing, edit] = useState<Provider | "new" | undefined>(), [deleting, remove] = useState<Provider | undefined>();
  const says = (r: Rule): string => t("settings.provider_admits", { who: r.kind === "everyone" ? t("settings.provider_rule_everyone") : r.value, role: t(`roles.${r.role}`) });
  return (
    <div class="screen">
      <p class="hint">{t("settings.providers_says")}</p>
      {providers.fault && <FaultNotice fault={providers.fault} again={() => void providers.again()} />}
      {!providers.value && !providers.fault && <Wait />}
      {providers.value?.items.length === 0 && <Notice kind="empty" title={t("settings.provider_none")} />}
      <div class="cards">
        {providers.value?.items.map((p) => (
          <section class="card" key={p.id} aria-label={p.label}>
            <div class="head">
              <h2>{p.label}</h2>
              <Menu
                label={t("settings.more_of", { name: p.label })}
                items={[
                  { label: t("settings.provider_change"), run: () => edit(p) },
                  { label: t("settings.provider_delete"), danger: true, run: () => remove(p) },
                ]}
              />
            </div>
            <p class="quiet">{p.issuer}</p>
            <ul class="chips">
              {p.rules.length === 0 && <li class="chip warn">{t("settings.provider_nobody")}</li>}
              {p.rules.map(ruleOf).map((r, i) => (
                <li class="chip" key={i}>
                  {says(r)}
                </li>
              ))}
            </ul>
            <div>
              <p class="quiet">{t("settings.provider_redirect")}</p>
              <Copy text={p.redirect_uri} />
            </div>
          </section>
        ))}
      </div>
      <div class="buttons">
        <button type="button" class="button main" onClick={() => edit("new")}>
          {t("settings.provider_add")}
        </button>
      </div>
      {editing && <Edit {...(editing === "new" ? {} : { before: editing })} close={() => edit(undefined)} done={providers.again} />}
      {deleting && (
        <Confirm
          title={t("settings.provider_delete")}
          says={t("settings.provider_delete_says")}
          typed={deleting.name}
          submit={t("settings.provider_delete")}
          run={async () => {
            await ok(api.DELETE("/provider/{provider}", { params: { path: { provider: deleting.id } } }));
            remove(undefined);
            await providers.again();
          }}
          close={() => remove(undefined)}
        />
      )}
    </div>
  );
}
