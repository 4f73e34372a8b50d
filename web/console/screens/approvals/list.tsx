// SPDX-License-Identifier: Apache-2.0
// Approvals: calls that wait for a second person, each in full; and below them the last ones that do not any more.
import { api, ok } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { One, type Approval } from "./one.tsx";

const EVERY_MS = 5000, LIMIT = 100;

function Past({ rows }: { rows: readonly Approval[] }) {
  return (
    <section>
      <h2>{t("approvals.past")}</h2>
      <Table
        label={t("approvals.past")}
        name="p"
        rows={rows}
        filter
        columns={[
          { id: "tool", label: t("approvals.tool"), value: (a) => a.tool, show: (a) => <a href={href(`approvals/${a.id}`)}>{a.tool}</a> },
          { id: "account", label: t("approvals.account"), value: (a) => a.account },
          { id: "state", label: t("approvals.state"), value: (a) => a.state, words: (a) => t(`approvals.state_${a.state}`) },
          { id: "asker", label: t("approvals.fact_asker"), value: (a) => a.asker },
          { id: "decided", label: t("approvals.fact_decided"), value: (a) => a.decided_name },
          { id: "at", label: t("approvals.fact_asked"), value: (a) => a.created_at, show: (a) => <Time at={a.created_at} /> },
        ]}
      />
    </section>
  );
}

export default function Approvals() {
  const all = useData("approvals", (signal) => ok(api.GET("/approval", { params: { query: { limit: LIMIT } }, signal })), EVERY_MS);
  const waiting = all.value?.items.filter((a) => a.state === "waiting"), past = all.value?.items.filter((a) => a.state !== "waiting") ?? [];
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("approvals.title")}</h1>
      </div>
      <p class="quiet">{t("approvals.says")}</p>
      {all.fault && !all.value && <FaultNotice fault={all.fault} again={() => void all.again()} />}
      {!all.value && !all.fault && <Wait rows={6} />}
      {waiting?.length === 0 && <Notice kind="empty" title={t("approvals.nothing_waits")} />}
      {waiting?.map((a) => (
        <One key={a.id} approval={a} />
      ))}
      {past.length > 0 && <Past rows={past} />}
    </div>
  );
}
