// SPDX-License-Identifier: Apache-2.0
// connect: an account of one connector, or of any MCP server by its address: by consent in a window, or by what the way asks
// for; then its name, and what the credential leaves open. Then it is there.
import { useEffect, useMemo, useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import { useAccounts } from "../../api/lists.ts";
import { go } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Progress } from "./authorizing.tsx";
import { CredentialFields, useCredential, Ways } from "./credential.tsx";
import { authorizing } from "./flow.ts";
import { freeName, nameOfUrl, openChoices, useAccount, type Choices, type Connector } from "./read.ts";

// What an application at the vendor has to be made with.
const useRedirect = () => useData("redirect", async () => ((await (await fetch("/oauth/client.json")).json()) as { redirect_uris?: string[] }).redirect_uris?.[0] ?? "");

interface OwnApp {
  client_id: string;
  client_secret: string;
}
function Application({ at, own, set }: { at: string | null; own: OwnApp; set: (own: OwnApp) => void }) {
  const redirect = useRedirect();
  const fields = (
    <>
      <p class="hint">
        {t("connect.own_app_says")}{" "}
        {at && /^https:/.test(at) && (
          <a href={at} target="_blank" rel="noreferrer">
            {t("connect.make_it_there")}
          </a>
        )}
      </p>
      {redirect.value && <Copy text={redirect.value} label={t("connect.redirect")} />}
      <Field name="client_id" label={t("connect.client_id")}>
        <input value={own.client_id} required={at !== null} autocomplete="off" spellcheck={false} onInput={(e) => set({ ...own, client_id: e.currentTarget.value })} />
      </Field>
      <Field name="client_secret" label={t("connect.client_secret")}>
        <input type="password" value={own.client_secret} autocomplete="new-password" onInput={(e) => set({ ...own, client_secret: e.currentTarget.value })} />
      </Field>
    </>
  );
  if (at !== null) return fields;
  return (
    <details>
      <summary>{t("connect.own_app")}</summary>
      <div class="form">{fields}</div>
    </details>
  );
}

interface Props {
  connector: Connector;
  byUrl?: boolean; // the address is asked for first
}

export function Connect({ connector, byUrl = false }: Props) {
  const accounts = useAccounts(), [wayId, setWay] = useState<string>(), [made, setMade] = useState<string>();
  const [url, setUrl] = useState(""), [own, setOwn] = useState<OwnApp>({ client_id: "", client_secret: "" }), { given, set, clear } = useCredential();
  const [context, setContext] = useState<Record<string, string>>({}), flow = useMemo(authorizing, []);
  useEffect(() => () => flow.stop(), []);
  const way = connector.ways.find((w) => w.id === wayId) ?? connector.ways[0];
  const done = flow.stage.value === "done" ? flow.flow.value?.account_id : undefined;
  useEffect(() => {
    if (done) changed("account");
  }, [done]);
  if (!way || (!accounts.value && !accounts.fault)) return <Wait />;
  if (made || done) return <Finish id={made ?? done ?? ""} />;

  const name = freeName(byUrl ? nameOfUrl(url) || "mcp" : connector.name, accounts.value ?? []);
  const subject = byUrl ? { url: url.trim() } : { connector: connector.name, ...(url.trim() ? { url: url.trim() } : {}) };
  const authorize = (): void => flow.start({ ...subject, name, ...(own.client_id.trim() ? { client_id: own.client_id.trim(), ...(own.client_secret ? { client_secret: own.client_secret } : {}) } : {}) }, t("connect.opening"));
  const place = url.trim() ? (connector.kind === "mcp" ? { url: url.trim() } : { base_url: url.trim() }) : {};
  const defaults = Object.fromEntries(Object.entries(context).filter(([, v]) => v.trim()));
  async function run(): Promise<void> {
    if (way?.auth === "oauth") return authorize();
    const account = await ok(
      api.POST("/integrated-account", {
        body: { ...(byUrl ? {} : { connector: connector.name }), ...place, name, way: way?.id ?? "", ...(way?.fields.length ? { credential: given as Record<string, never> } : { credential: {} }), ...(Object.keys(defaults).length ? { context: defaults as Record<string, never> } : {}) },
      }),
    );
    clear();
    setMade(account.id);
    changed("account");
  }
  const going = !["idle", "failed", "expired"].includes(flow.stage.value ?? "idle");
  const place_ = (
    <Field name={connector.kind === "mcp" ? "url" : "base_url"} label={t("connect.address")} hint={byUrl ? t("connect.address_hint") : undefined}>
      <input type="url" value={url} required={byUrl || !connector.base_url} placeholder={byUrl ? "https://mcp.example.com/mcp" : (connector.base_url ?? "https://")} onInput={(e) => setUrl(e.currentTarget.value)} autocomplete="off" />
    </Field>
  );
  // A fault is shown at its field where that can be seen; what is folded away is not.
  const seen = [...(byUrl || !connector.base_url ? ["url", "base_url"] : []), ...(way.register_at ? ["client_id", "client_secret"] : []), ...way.fields.map((f) => `credential.${f.name}`)];
  const asked = connector.context.filter((c) => !c.discovered && way.auth !== "oauth");
  return (
    <>
      <Form submit={way.auth === "oauth" ? (byUrl ? t("connect.authorize_any") : t("connect.authorize", { vendor: connector.label })) : t("connect.connect")} run={run} disabled={going} fields={seen}>
        {byUrl || !connector.base_url ? place_ : null}
        <Ways ways={connector.ways} chosen={way} choose={setWay} />
        <CredentialFields way={way} given={given} set={set} />
        {way.auth === "oauth" && <Application at={way.register_at} own={own} set={setOwn} />}
        {!byUrl && connector.base_url && (
          <details>
            <summary>{t("connect.elsewhere")}</summary>
            <div class="form">
              {place_}
              {asked.map((c) => (
                <Field key={c.name} name={`context.${c.name}`} label={c.label || c.name}>
                  <input value={context[c.name] ?? ""} autocomplete="off" onInput={(e) => setContext({ ...context, [c.name]: e.currentTarget.value })} />
                </Field>
              ))}
            </div>
          </details>
        )}
      </Form>
      <div aria-live="polite">
        <Progress of={flow} again={authorize} />
      </div>
    </>
  );
}

// The account is there: its name, and which of several the credential sees.
function Finish({ id }: { id: string }) {
  const account = useAccount(id), [name, setName] = useState<string>(), [picked, pick] = useState<Record<string, string>>({});
  const a = account.value;
  if (!a) return account.fault ? <FaultNotice fault={account.fault} again={() => void account.again()} /> : <Wait />;
  const open = openChoices(a), choices = a.choices as Choices;
  async function run(): Promise<void> {
    const wanted = (name ?? a?.name ?? "").trim(), body = { ...(wanted !== a?.name ? { name: wanted } : {}), ...(Object.keys(picked).length ? { context: { ...(a?.context as object), ...picked } as Record<string, never> } : {}) };
    if (Object.keys(body).length) await ok(api.PATCH("/integrated-account/{id}", { params: { path: { id } }, body }));
    changed("account");
    go(`sources/${id}`, { new: "1" });
  }
  const held = (a.tool_count ?? 0) - (a.tools_served ?? 0);
  return (
    <>
      <Notice kind="good" title={t("connect.connected")}>
        <p>{t("connect.connected_says", { n: a.tool_count ?? 0, served: a.tools_served ?? 0 })}</p>
        {held > 0 && <p class="quiet">{t("connect.held_back", { n: held })}</p>}
      </Notice>
      <Form submit={t("connect.finish")} run={run} fields={["name", "context"]}>
        <Field name="name" label={t("connect.name")} hint={t("connect.name_hint")}>
          <input value={name ?? a.name} required maxLength={64} ref={(e) => void (name === undefined && e && document.activeElement === document.body && e.focus())} onInput={(e) => setName(e.currentTarget.value)} autocomplete="off" />
        </Field>
        <>
          {open.map((key) => (
            <Field key={key} name={`context.${key}`} label={t("connect.which", { key })} hint={t("connect.which_hint")}>
              <select value={picked[key] ?? ""} onChange={(e) => pick({ ...picked, [key]: e.currentTarget.value })}>
                <option value="">{t("connect.none_yet")}</option>
                {(choices[key] ?? []).map((c) => (
                  <option key={c.id} value={c.id}>
                    {c.title} ({c.id})
                  </option>
                ))}
              </select>
            </Field>
          ))}
        </>
      </Form>
    </>
  );
}
