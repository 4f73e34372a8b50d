// SPDX-License-Identifier: Apache-2.0
// One data source: overview, tools, activity, settings, doctor.
import { href } from "../../app/router.ts";
import type { ScreenProps } from "../../app/routes.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Tabs, type Tab } from "../../parts/tabs.tsx";
import { ToolList } from "../tools/list.tsx";
import { Activity } from "./activity.tsx";
import { Doctor } from "./doctor.tsx";
import { Health } from "./health.tsx";
import { Overview } from "./overview.tsx";
import { useAccount, useConnector } from "./read.ts";
import { Settings } from "./settings.tsx";

export default function Source({ params }: ScreenProps) {
  const account = useAccount(params["id"] ?? ""), a = account.value, connector = useConnector(a?.connector), c = connector.value;
  if (!a) return <div class="screen">{account.fault ? <FaultNotice fault={account.fault} again={() => void account.again()} /> : <Wait rows={6} />}</div>;
  const waits = connector.fault ? <FaultNotice fault={connector.fault} /> : <Wait />;
  const tabs: Tab[] = [
    { id: "overview", label: t("sources.overview"), show: () => <Overview account={a} connector={c} /> },
    { id: "tools", label: t("sources.tools"), show: () => <ToolList account={a} /> },
    { id: "activity", label: t("sources.activity"), show: () => <Activity account={a.id} /> },
  ];
  if (may("admin"))
    tabs.push(
      { id: "settings", label: t("sources.settings"), show: () => (c ? <Settings key={a.updated_at} account={a} connector={c} /> : waits) },
      { id: "doctor", label: t("sources.doctor"), show: () => (c ? <Doctor account={a} connector={c} /> : waits) },
    );
  return (
    <div class="screen">
      <p class="crumbs">
        <a href={href("sources")}>{t("nav.sources")}</a>
      </p>
      <div class="head">
        <h1 dir="auto">{a.name}</h1>
        <span class="quiet">{c?.label ?? a.connector}</span>
        <Health status={a.status} />
      </div>
      <Tabs name="tab" label={a.name} tabs={tabs} />
    </div>
  );
}
