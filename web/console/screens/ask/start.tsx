// SPDX-License-Identifier: Apache-2.0
// start: what can be asked: the sources, whose view and which engine it is, and questions that the connected accounts suggest.
import { api, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { useBoards, useServers, type useAccounts } from "../../api/lists.ts";
import { href, queryOf, setQuery } from "../../app/router.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Welcome } from "../welcome/welcome.tsx";

const CONNECTORS_MOST = 6, QUESTIONS_MOST = 6, BOARDS_MOST = 4, CHIPS_MOST = 12;

// One question of each connector, then the second of each, and so on.
export function inTurn<T>(lists: readonly (readonly T[])[], most: number): T[] {
  const longest = Math.max(0, ...lists.map((l) => l.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((l) => (i < l.length ? [l[i] as T] : []))).flat().slice(0, most);
}

async function questionsOf(accounts: readonly Shapes["Account"][]): Promise<string[]> {
  const names = [...new Set(accounts.map((a) => a.connector))].slice(0, CONNECTORS_MOST);
  const found = await Promise.all(names.map((name) => ok(api.GET("/connector/{name}", { params: { path: { name } } })).catch(() => undefined)));
  return inTurn(found.map((c) => c?.questions ?? []), QUESTIONS_MOST);
}

export function Sources({ accounts }: { accounts: readonly Shapes["Account"][] }) {
  const servers = useServers();
  const engines = useData(may("admin") ? "engines" : undefined, () => ok(api.GET("/engines")));
  const view = queryOf("view") ?? "", server = servers.value?.find((s) => s.id === view);
  const shown = server ? accounts.filter((a) => server.accounts?.some((s) => s.id === a.id)) : accounts;
  const models = (engines.value?.items ?? []).filter((e) => e.kind !== "planner");
  return (
    <div class="ask-sources">
      <ul class="chips" aria-label={t("ask.sources")}>
        {shown.slice(0, CHIPS_MOST).map((a) => (
          <li key={a.id}>
            <a class={a.status === "ok" ? "chip" : "chip warn"} href={href(`sources/${a.id}`)}>
              {a.name}
              {a.status !== "ok" && <span class="hidden-text"> ({t("ask.source_ails")})</span>}
            </a>
          </li>
        ))}
        {shown.length > CHIPS_MOST && (
          <li>
            <a class="chip" href={href("sources")}>
              {t("ask.more_sources", { n: shown.length - CHIPS_MOST })}
            </a>
          </li>
        )}
      </ul>
      {(servers.value ?? []).length > 0 && (
        <label>
          {t("ask.view")}{" "}
          <select value={view} onChange={(e) => setQuery({ view: e.currentTarget.value })}>
            <option value="">{t("ask.all_sources")}</option>
            {servers.value?.map((s) => (
              <option key={s.id} value={s.id}>
                {s.name || s.id}
              </option>
            ))}
          </select>
        </label>
      )}
      {models.length > 0 && (
        <label>
          {t("ask.engine")}{" "}
          <select value={queryOf("engine") ?? ""} onChange={(e) => setQuery({ engine: e.currentTarget.value })}>
            <option value="">{t("ask.engine_default", { name: engines.value?.items?.find((e) => e.default)?.name ?? "planner" })}</option>
            {engines.value?.items?.map((e) => (
              <option key={e.id} value={e.name}>
                {e.name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

export function Suggestions({ accounts, ask }: { accounts: readonly Shapes["Account"][]; ask: (question: string) => void }) {
  const questions = useData(`questions/${[...new Set(accounts.map((a) => a.connector))].join()}`, () => questionsOf(accounts));
  const boards = useBoards();
  return (
    <>
      {(questions.value ?? []).length > 0 && (
        <section class="suggested" aria-label={t("ask.suggestions")}>
          <h2>{t("ask.suggestions")}</h2>
          <ul>
            {questions.value?.map((q) => (
              <li key={q}>
                <button type="button" class="button" onClick={() => ask(q)}>
                  {q}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(boards.value ?? []).length > 0 && (
        <section class="suggested" aria-label={t("ask.dashboards")}>
          <h2>{t("ask.dashboards")}</h2>
          <ul class="chips">
            {boards.value?.slice(0, BOARDS_MOST).map((b) => (
              <li key={b.id}>
                <a class="chip" href={href(`dashboards/${b.id}`)}>
                  {b.name}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

// Without an account there is nothing to ask. Administrators connect them, and grant them to editors.
export function NoAccount({ accounts }: { accounts: ReturnType<typeof useAccounts> }) {
  if (accounts.fault) return <FaultNotice fault={accounts.fault} again={() => void accounts.again()} />;
  if (!accounts.value) return <Wait />;
  return may("admin") ? <Welcome /> : <Notice kind="empty" title={t("ask.no_grant")} />;
}
