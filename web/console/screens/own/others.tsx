// SPDX-License-Identifier: Apache-2.0
// others: for administrators, that people have accounts of their own. They can be removed, and not used.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { FaultNotice } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { useOthers, type Other } from "./read.ts";

export function Others() {
  const others = useOthers(), [removing, remove] = useState<Other>();
  if (others.fault) return <FaultNotice fault={others.fault} again={() => void others.again()} />;
  if (!others.value?.length) return null;
  async function run(): Promise<void> {
    await ok(api.DELETE("/persons-account/{own}", { params: { path: { own: removing?.id ?? "" } } }));
    toast(t("own.removed", { name: removing?.name ?? "" }));
    remove(undefined);
    changed("own");
    await others.again();
  }
  return (
    <>
      <h2>{t("own.others")}</h2>
      <p class="quiet">{t("own.others_says")}</p>
      <Table
        label={t("own.others")}
        name="o"
        filter
        rows={others.value}
        columns={[
          { id: "person", label: t("own.person"), value: (o) => o.person },
          { id: "account", label: t("own.account"), value: (o) => o.account },
          { id: "status", label: t("own.status"), value: (o) => t(`own.status_${o.status}`) },
          { id: "made", label: t("own.since"), value: (o) => o.created_at, show: (o) => <Time at={o.created_at} /> },
          {
            id: "do",
            label: t("own.action"),
            value: () => "",
            show: (o) => (
              <button type="button" class="button" aria-label={t("own.remove_of", { name: o.name })} onClick={() => remove(o)}>
                {t("own.remove")}
              </button>
            ),
          },
        ]}
      />
      {removing && <Confirm title={t("own.remove")} says={t("own.remove_says", { name: removing.person ?? removing.person_id, account: removing.account })} typed={removing.name} submit={t("own.remove")} run={run} close={() => remove(undefined)} />}
    </>
  );
}
