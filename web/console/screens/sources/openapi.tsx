// SPDX-License-Identifier: Apache-2.0
// openapi: any API by its document, uploaded or pasted. What the compiler makes of it is told first; nothing is kept before.
import { useState } from "preact/hooks";
import { api, ok, type Shapes } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { go } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";

type Report = Shapes["CompileReport"];
const AUTHS = ["document", "bearer", "header", "query", "basic", "open"] as const;
type Auth = (typeof AUTHS)[number];

const secret = (name: string, label: string) => ({ name, label, secret: true });
// As docs/connectors.md has them.
function waysOf(auth: Auth, named: string): object | undefined {
  const field = named.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+/, "") || "key";
  switch (auth) {
    case "document":
      return undefined;
    case "open":
      return [{ id: "open", open: true }];
    case "bearer":
      return [{ id: "default", fields: [secret("token", "API token")], send: [{ in: "bearer", value: "{token}" }] }];
    case "basic":
      return [{ id: "default", fields: [{ name: "user", label: "User", secret: false }, secret("password", "Password")], send: [{ in: "basic", user: "{user}", password: "{password}" }] }];
    default:
      return [{ id: "default", fields: [secret(field, named)], send: [{ in: auth, name: named, value: `{${field}}` }] }];
  }
}

export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\.(ya?ml|json)$/, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 32);

interface Wanted {
  readonly label: string;
  readonly name: string;
  readonly base_url: string;
  readonly auth: Auth;
  readonly named: string;
  readonly document: string;
}
const NEW: Wanted = { label: "", name: "", base_url: "", auth: "document", named: "X-Api-Key", document: "" };

function bodyOf(w: Wanted): Shapes["ConnectorNew"] {
  const auth = waysOf(w.auth, w.named.trim()), name = w.name.trim() || slug(w.label);
  return { definition: { name, label: w.label.trim() || name, kind: "rest", ...(w.base_url.trim() ? { base_url: w.base_url.trim() } : {}), ...(auth ? { auth } : {}) } as never, document: w.document as never };
}

function Told({ report }: { report: Report }) {
  const ways = (report.definition as { auth?: { id: string; label?: string }[] }).auth ?? [];
  return (
    <section class="card told" aria-label={t("connect.report")}>
      <h2>{t("connect.report")}</h2>
      <dl class="figures">
        {(["operations", "tools", "skipped", "folded", "renamed"] as const).map((key) => (
          <div key={key}>
            <dt>{t(`connect.of_${key}`)}</dt>
            <dd>{report[key].toLocaleString()}</dd>
          </div>
        ))}
      </dl>
      <p>
        {t("connect.at")} <code>{String((report.definition as { base_url?: unknown }).base_url ?? "")}</code>
      </p>
      <p>
        {t("connect.authenticates_by")} {ways.map((w) => w.label || w.id).join(", ")}
      </p>
      {report.remarks.map((one) => (
        <p key={one} class="quiet">
          {one}
        </p>
      ))}
      {report.token_urls_left.map((url) => (
        <Notice key={url} kind="warn" title={t("connect.token_url_left", { url })} />
      ))}
      {report.notes.length ? (
        <Table
          label={t("connect.notes")}
          rows={report.notes}
          filter
          csv={`${report.name}-notes`}
          columns={[
            { id: "kind", label: t("connect.note_kind"), value: (n) => t(`connect.note_${n.kind}`) },
            { id: "operation", label: t("connect.note_operation"), value: (n) => n.operation },
            { id: "reason", label: t("connect.note_reason"), value: (n) => n.reason },
            { id: "line", label: t("connect.note_line"), value: (n) => n.line, number: true },
          ]}
        />
      ) : (
        <p>{t("connect.no_notes")}</p>
      )}
      {report.notes_left_out > 0 && <p class="quiet">{t("connect.notes_more", { n: report.notes_left_out })}</p>}
    </section>
  );
}

export function OpenApi() {
  const [w, setW] = useState(NEW), [report, setReport] = useState<Report>();
  const set = (change: Partial<Wanted>): void => {
    setW((was) => ({ ...was, ...change }));
    setReport(undefined); // of what it was
  };
  async function upload(file: File | undefined): Promise<void> {
    if (!file) return;
    const document = await file.text();
    set({ document, ...(w.label ? {} : { label: file.name.replace(/\.(ya?ml|json)$/i, "") }) });
  }
  async function run(): Promise<void> {
    if (!report) return setReport(await ok(api.POST("/connector/check", { body: bodyOf(w) })));
    const kept = await ok(api.POST("/connector", { body: bodyOf(w) }));
    changed("connector");
    go("sources/add", { connector: kept.name });
  }
  return (
    <div class="screen">
      <p>{t("connect.openapi_says")}</p>
      <Form submit={report ? t("connect.keep") : t("connect.check")} run={run} disabled={!w.document.trim()} fields={["document", "name", "base_url", "auth", "label"]} {...(report ? { cancel: () => setReport(undefined) } : {})}>
        <Field name="file" label={t("connect.file")}>
          <input type="file" accept=".json,.yaml,.yml,application/json,application/yaml" onChange={(e) => void upload(e.currentTarget.files?.[0])} />
        </Field>
        <Field name="document" label={t("connect.paste")}>
          <textarea class="code" rows={8} spellcheck={false} value={w.document} onInput={(e) => set({ document: e.currentTarget.value })} />
        </Field>
        <Field name="label" label={t("connect.label")}>
          <input value={w.label} required maxLength={64} onInput={(e) => set({ label: e.currentTarget.value })} autocomplete="off" />
        </Field>
        <Field name="name" label={t("connect.short")} hint={t("connect.short_hint")}>
          <input value={w.name} placeholder={slug(w.label)} pattern="[a-z][a-z0-9\-]{0,31}" onInput={(e) => set({ name: e.currentTarget.value })} autocomplete="off" />
        </Field>
        <Field name="base_url" label={t("connect.address")} hint={t("connect.by_document_hint")}>
          <input type="url" value={w.base_url} placeholder="https://api.example.com/v1" onInput={(e) => set({ base_url: e.currentTarget.value })} autocomplete="off" />
        </Field>
        <Field name="auth" label={t("connect.auth")}>
          <select value={w.auth} onChange={(e) => set({ auth: e.currentTarget.value as Auth })}>
            {AUTHS.map((one) => (
              <option key={one} value={one}>
                {t(`connect.auth_${one}`)}
              </option>
            ))}
          </select>
        </Field>
        {(w.auth === "header" || w.auth === "query") && (
          <Field name="named" label={t("connect.named")}>
            <input value={w.named} required onInput={(e) => set({ named: e.currentTarget.value })} autocomplete="off" />
          </Field>
        )}
        <div aria-live="polite">{report && <Told report={report} />}</div>
      </Form>
    </div>
  );
}
