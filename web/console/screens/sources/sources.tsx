// SPDX-License-Identifier: Apache-2.0
// Data sources: every account with its health, what its tools are, how its calls go, and what mends it in place.
import { useEffect, useMemo, useState } from "preact/hooks";
import { api, Fault, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { useAccounts, type Account } from "../../api/lists.ts";
import { bind } from "../../app/keys.ts";
import { go, href, queryOf, setQuery } from "../../app/router.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { Virtual } from "../../parts/virtual.tsx";
import { useReviews } from "../tools/list.tsx";
import { Health } from "./health.tsx";
import { useConnectors } from "./read.ts";
import { Reconnect } from "./reconnect.tsx";

const AGAIN_MS = 30_000, SEARCH_FROM = 7, CARDS_MOST = 60, ROW_PX = 72, CHECKED_AT_ONCE = 4;
const TROUBLED = new Set(["failing", "needs_authorising"]);

interface Seen {
  readonly account: Account;
  readonly label: string; // of its connector
  readonly waits: number; // tools that wait for a review
}

function Figures({ a }: { a: Account }) {
  const held = a.tool_count === null || a.tools_served === null ? null : a.tool_count - a.tools_served;
  return (
    <dl class="figures">
      <div>
        <dt>{t("sources.tools_served")}</dt>
        <dd>{a.tools_served?.toLocaleString() ?? "–"}</dd>
      </div>
      <div>
        <dt>{t("sources.held_back")}</dt>
        <dd>{held?.toLocaleString() ?? "–"}</dd>
      </div>
      <div>
        <dt>{t("sources.calls_24h")}</dt>
        <dd>{a.calls_24h.toLocaleString()}</dd>
      </div>
      <div>
        <dt>{t("sources.errors_24h")}</dt>
        <dd class={a.errors_24h ? "bad" : undefined}>{a.errors_24h.toLocaleString()}</dd>
      </div>
    </dl>
  );
}

function Card({ seen: { account: a, label, waits } }: { seen: Seen }) {
  return (
    <li class="card pick">
      <div class="head">
        <h2>
          <a href={href(`sources/${a.id}`)} dir="auto">
            {a.name}
          </a>
        </h2>
        <Health status={a.status} />
      </div>
      <p class="quiet" dir="auto">
        {label}
      </p>
      {TROUBLED.has(a.status) && a.status_text && <p dir="auto">{a.status_text}</p>}
      <Figures a={a} />
      <p class="quiet">{a.last_call_at ? <>{t("sources.last_call")} <Time at={a.last_call_at} /></> : t("sources.no_call")}</p>
      {waits > 0 && (
        <p>
          <a class="chip warn" href={href("review", { account: a.id })}>
            {t("sources.waits", { n: waits })}
          </a>
        </p>
      )}
      {TROUBLED.has(a.status) && may("admin") && <Reconnect account={a} />}
    </li>
  );
}

function Row({ seen: { account: a, label } }: { seen: Seen }) {
  return (
    <a class="source-row" href={href(`sources/${a.id}`)}>
      <span class="name" dir="auto">
        {a.name}
      </span>
      <Health status={a.status} />
      <span class="quiet line" dir="auto">
        {label}
      </span>
      <span class="quiet">{t("sources.in_a_line", { served: a.tools_served ?? 0, n: a.calls_24h, errors: a.errors_24h })}</span>
    </a>
  );
}

// Every account, a few at a time, by a request to its vendor.
async function checkAll(accounts: readonly Account[]): Promise<void> {
  const left = [...accounts];
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let a = left.shift(); a; a = left.shift())
      await ok(api.POST("/integrated-account/{id}/verify", { params: { path: { id: a.id } } })).catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        failed++;
      });
  };
  await Promise.all(Array.from({ length: CHECKED_AT_ONCE }, work));
  changed("account");
  toast(t("sources.checked", { n: accounts.length, failed }));
}

export default function Sources() {
  const accounts = useAccounts(AGAIN_MS), connectors = useConnectors(), reviews = useReviews(), [checking, setChecking] = useState(false);
  useEffect(() => bind("c", () => may("admin") && go("sources/add")), []);
  const q = queryOf("q") ?? "", is = queryOf("is") ?? "";
  const all = useMemo(() => {
    const labels = new Map(connectors.value?.map((c) => [c.name, c.label])), waits = new Map<string, number>();
    for (const r of reviews.value ?? []) if (r.kind === "tool") waits.set(r.account_id, (waits.get(r.account_id) ?? 0) + 1);
    return (accounts.value ?? []).map((account): Seen => ({ account, label: labels.get(account.connector) ?? account.connector, waits: waits.get(account.id) ?? 0 }));
  }, [accounts.value, connectors.value, reviews.value]);
  const shown = useMemo(() => {
    const words = q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((s) => (!is || s.account.status === is) && words.every((w) => `${s.account.name} ${s.label} ${s.account.connector}`.toLocaleLowerCase().includes(w)));
  }, [all, q, is]);
  const waiting = all.reduce((n, s) => n + s.waits, 0), troubled = [...new Set(all.map((s) => s.account.status))].filter((s) => TROUBLED.has(s) || s === is);

  return (
    <div class="screen">
      <div class="head">
        <h1>{t("sources.title")}</h1>
        {waiting > 0 && (
          <a class="button" href={href("review")}>
            {t("sources.review", { n: waiting })}
          </a>
        )}
        {all.length > 0 && may("admin") && (
          <>
            <button
              type="button"
              class="button"
              disabled={checking}
              onClick={() => {
                setChecking(true);
                void checkAll(shown.map((s) => s.account)).finally(() => setChecking(false));
              }}
            >
              <Icon name="again" /> {checking ? t("sources.checking") : t("sources.check")}
            </button>
            <a class="button main" href={href("sources/add")}>
              <Icon name="add" /> {t("sources.add")}
            </a>
          </>
        )}
      </div>
      {accounts.fault && !accounts.value && <FaultNotice fault={accounts.fault} again={() => void accounts.again()} />}
      {!accounts.value && !accounts.fault && <Wait rows={6} />}
      {accounts.value?.length === 0 && (
        <Notice kind="empty" title={t("sources.none")} {...(may("admin") ? { action: { label: t("sources.add"), href: href("sources/add") } } : {})}>
          <p class="quiet">{t("sources.none_example")}</p>
        </Notice>
      )}
      {(all.length >= SEARCH_FROM || q || is) && (
        <div class="filters" role="search">
          <input type="search" aria-label={t("sources.search")} placeholder={t("sources.search")} value={q} onInput={(e) => setQuery({ q: e.currentTarget.value }, true)} />
          <div class="chips">
            {troubled.map((s) => (
              <button key={s} type="button" class="chip" aria-pressed={is === s} onClick={() => setQuery({ is: is === s ? undefined : s })}>
                {t(`sources.is_${s}`)} {all.filter((one) => one.account.status === s).length}
              </button>
            ))}
          </div>
          <span class="quiet" role="status">
            {t("sources.count", { n: shown.length })}
          </span>
        </div>
      )}
      {shown.length > CARDS_MOST ? (
        <Virtual items={shown} height={ROW_PX} label={t("sources.title")} row={(s) => <Row seen={s} />} />
      ) : (
        <ul class="cards plain-list">
          {shown.map((s) => (
            <Card key={s.account.id} seen={s} />
          ))}
        </ul>
      )}
      {all.length > 0 && !shown.length && <Notice kind="empty" title={t("sources.none_found")} action={{ label: t("sources.show_all"), run: () => setQuery({ q: undefined, is: undefined }) }} />}
    </div>
  );
}
