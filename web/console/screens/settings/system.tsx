// SPDX-License-Identifier: Apache-2.0
// The program itself: how it does, and its key.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";

export function System() {
  const status = useData("status", (signal) => ok(api.GET("/status", { signal })), 5000), [rotating, rotate] = useState(false), s = status.value;
  async function renew(): Promise<void> {
    const { resealed } = await ok(api.POST("/key/rotate"));
    rotate(false);
    toast(t("settings.resealed", { n: resealed }));
    await status.again();
  }
  if (status.fault && !s) return <FaultNotice fault={status.fault} again={() => void status.again()} />;
  if (!s) return <Wait />;
  const facts: [string, string | number][] = [
    ["version", s.version],
    ["store", s.store],
    ["key", s.key],
    ["key_file", s.key_file ?? "–"],
    ["public_url", s.public_url],
    ["accounts", s.catalog.accounts],
    ["servers", s.catalog.servers],
    ["tools", s.catalog.tools],
    ["connections", s.queues.connections],
    ["streams", s.queues.streams],
  ];
  return (
    <div class="screen">
      <dl class="facts card">
        <dt>{t("settings.sys_started")}</dt>
        <dd>
          <Time at={s.started_at} />
        </dd>
        {facts.map(([name, value]) => (
          <>
            <dt>{t(`settings.sys_${name}`)}</dt>
            <dd>{typeof value === "number" ? value.toLocaleString() : value}</dd>
          </>
        ))}
      </dl>
      {s.queues.audit_dropped > 0 && <Notice kind="warn" title={t("settings.audit_lost", { n: s.queues.audit_dropped })} />}
      <div class="card">
        <h2>{t("settings.key")}</h2>
        <p>{t("settings.key_says")}</p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => rotate(true)}>
            {t("settings.rotate_key")}
          </button>
        </div>
      </div>
      {rotating && <Confirm title={t("settings.rotate_key")} says={t("settings.rotate_key_says")} typed={s.key} submit={t("settings.rotate_key")} run={renew} close={() => rotate(false)} />}
    </div>
  );
}
