// SPDX-License-Identifier: Apache-2.0
// overview: what is known of an account, and what to do next with it.
import { useState } from "preact/hooks";
import { api, Fault, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import type { Account } from "../../api/lists.ts";
import { go, href, queryOf } from "../../app/router.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { Health } from "./health.tsx";
import { openChoices, type Choices, type Connector } from "./read.ts";
import { Reconnect } from "./reconnect.tsx";

function Next({ account, connector }: { account: Account; connector: Connector | undefined }) {
  const [fault, setFault] = useState<Fault>(), [busy, setBusy] = useState(false);
  async function dashboard(): Promise<void> {
    setBusy(true);
    try {
      const made = await ok(api.POST("/integrated-account/{id}/dashboard", { params: { path: { id: account.id } }, body: {} }));
      changed("dashboard");
      go(`dashboards/${made.id}`);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  const question = connector?.questions[0];
  return (
    <section aria-label={t("sources.next")}>
      <div class="buttons">
        <a class="button main" href={href("", question ? { q: question } : {})}>
          {t("sources.ask")}
        </a>
        <a class="button" href={href("servers/new", { account: account.id })}>
          {t("sources.make_server")}
        </a>
        {connector?.dashboard && (
          <button type="button" class="button" disabled={busy} onClick={() => void dashboard()}>
            {t("sources.make_dashboard")}
          </button>
        )}
      </div>
      {fault && <FaultNotice fault={fault} />}
    </section>
  );
}

export function Overview({ account: a, connector }: { account: Account; connector: Connector | undefined }) {
  const [fault, setFault] = useState<Fault>(), [busy, setBusy] = useState(false), way = connector?.ways.find((w) => w.id === a.way);
  async function verify(): Promise<void> {
    setBusy(true);
    setFault(undefined);
    try {
      const now = await ok(api.POST("/integrated-account/{id}/verify", { params: { path: { id: a.id } } }));
      toast(t(`sources.is_${now.status}`));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
      changed("account");
    }
  }
  const open = openChoices(a), context = Object.entries(a.context as Record<string, string>), choices = a.choices as Choices;
  const named = (key: string, value: string): string => choices[key]?.find((c) => c.id === value)?.title ?? "";
  const held = (a.tool_count ?? 0) - (a.tools_served ?? 0);
  return (
    <div class="screen">
      {queryOf("new") && <Notice kind="good" title={t("sources.is_new", { name: a.name })} />}
      {(a.status === "failing" || a.status === "needs_authorising") && (
        <Notice kind="warn" title={t(`sources.is_${a.status}`)}>
          {a.status_text && <p dir="auto">{a.status_text}</p>}
          {may("admin") && <Reconnect account={a} />}
        </Notice>
      )}
      {open.map((key) => (
        <Notice key={key} kind="warn" title={t("sources.open_choice", { key })} {...(may("admin") ? { action: { label: t("sources.choose"), href: href(`sources/${a.id}`, { tab: "settings" }) } } : {})} />
      ))}
      <Next account={a} connector={connector} />
      <dl class="known">
        <div>
          <dt>{t("sources.health")}</dt>
          <dd>
            <Health status={a.status} /> <span class="quiet">{a.verified_at ? <>{t("sources.verified")} <Time at={a.verified_at} /></> : t("sources.never_verified")}</span>{" "}
            {may("admin") && (
              <button type="button" class="button" disabled={busy} onClick={() => void verify()}>
                {busy ? t("sources.checking") : t("sources.check_now")}
              </button>
            )}
            {fault && <FaultNotice fault={fault} />}
          </dd>
        </div>
        <div>
          <dt>{t("sources.connector")}</dt>
          <dd>
            {connector?.label ?? a.connector} <span class="quiet">{way?.label ?? a.way}</span>
          </dd>
        </div>
        <div>
          <dt>{t("sources.tools")}</dt>
          <dd>
            <a href={href(`sources/${a.id}`, { tab: "tools" })}>{t("sources.served_of", { n: a.tools_served ?? 0, all: a.tool_count ?? 0 })}</a>
            {held > 0 && <span class="quiet"> {t("sources.held", { n: held })}</span>}
          </dd>
        </div>
        <div>
          <dt>{t("sources.day")}</dt>
          <dd>
            <a href={href(`sources/${a.id}`, { tab: "activity" })}>{t("sources.calls", { n: a.calls_24h })}</a>, {t("sources.errors", { n: a.errors_24h })}
            {a.last_call_at && (
              <span class="quiet">
                {" "}
                {t("sources.last_call")} <Time at={a.last_call_at} />
              </span>
            )}
          </dd>
        </div>
        {context.map(([key, value]) => (
          <div key={key}>
            <dt dir="auto">{key}</dt>
            <dd dir="auto">
              {named(key, value)} <code>{value}</code>
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("sources.address")}</dt>
          <dd>
            <code>{a.base_url ?? connector?.base_url ?? "–"}</code>
          </dd>
        </div>
        <div>
          <dt>{t("sources.connected")}</dt>
          <dd>
            <Time at={a.created_at} />
          </dd>
        </div>
        <div>
          <dt>ID</dt>
          <dd>
            <code>{a.id}</code>
          </dd>
        </div>
      </dl>
      {connector && connector.questions.length > 0 && (
        <section>
          <h2>{t("sources.questions")}</h2>
          <ul class="plain-list chips">
            {connector.questions.slice(0, 6).map((q) => (
              <li key={q}>
                <a class="chip" href={href("", { q })}>
                  {q}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
