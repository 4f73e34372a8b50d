// SPDX-License-Identifier: Apache-2.0
// activity: what was done with an account, newest first.
import { useState } from "preact/hooks";
import { api, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";

type Entry = Shapes["AuditEntry"];
const STEP = 100, MOST = 1000;

export function Activity({ account }: { account: string }) {
  const [most, setMost] = useState(STEP);
  const rows = useData(`activity ${account} ${most}`, () => ok(api.GET("/audit", { params: { query: { account_id: account, limit: most } } })), 20_000);
  const items = rows.value?.items;
  if (!items) return rows.fault ? <FaultNotice fault={rows.fault} again={() => void rows.again()} /> : <Wait rows={6} />;
  if (!items.length) return <Notice kind="empty" title={t("sources.no_activity")} />;
  return (
    <div class="screen">
      <Table<Entry>
        label={t("sources.activity")}
        rows={items}
        filter
        csv="activity"
        columns={[
          { id: "at", label: t("sources.when"), value: (e) => e.at, show: (e) => <Time at={e.at} /> },
          { id: "what", label: t("sources.what"), value: (e) => e.tool ?? e.action, show: (e) => (e.tool && e.action === "tools/call" ? <a href={href(`sources/${account}/tools/${e.tool}`)}>{e.tool}</a> : (e.tool ? `${e.action} ${e.tool}` : e.action)) },
          { id: "who", label: t("sources.who"), value: (e) => e.actor_name ?? e.client ?? e.actor },
          { id: "server", label: t("sources.through"), value: (e) => e.server_name },
          { id: "outcome", label: t("sources.outcome"), value: (e) => e.outcome, show: (e) => <span class={`chip ${e.outcome === "ok" ? "" : "bad"}`}>{e.outcome.replaceAll("_", " ")}</span> },
          { id: "ms", label: "ms", value: (e) => Math.round(e.elapsed_us / 1000), number: true },
          { id: "detail", label: t("sources.detail"), value: (e) => e.detail },
        ]}
      />
      <div class="buttons">
        {rows.value?.next && most < MOST && (
          <button type="button" class="button" disabled={rows.busy} onClick={() => setMost(MOST)}>
            {t("sources.more")}
          </button>
        )}
        <a class="button" href={href("audit", { account_id: account })}>
          {t("sources.whole_audit")}
        </a>
      </div>
    </div>
  );
}
