// SPDX-License-Identifier: Apache-2.0
// One approval: what an AI client's text leads to.
import { api, ok } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { href } from "../../app/router.ts";
import type { ScreenProps } from "../../app/routes.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { One } from "./one.tsx";

export default function ApprovalScreen({ params }: ScreenProps) {
  const id = params["id"] ?? "";
  const one = useData(`approval ${id}`, (signal) => ok(api.GET("/approval/{approval}", { params: { path: { approval: id } }, signal })), 5000);
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("approvals.one")}</h1>
        <a class="button" href={href("approvals")}>
          {t("approvals.title")}
        </a>
      </div>
      {one.fault && !one.value && <FaultNotice fault={one.fault} again={() => void one.again()} />}
      {!one.value && !one.fault && <Wait rows={6} />}
      {one.value && <One approval={one.value} />}
    </div>
  );
}
