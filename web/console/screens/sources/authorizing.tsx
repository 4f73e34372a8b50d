// SPDX-License-Identifier: Apache-2.0
// How a sign-in at the vendor goes, told: each way it may end has a name, what to do, and the button that does it.
import { t } from "../../app/words.ts";
import { FaultNotice, Notice } from "../../parts/notice.tsx";
import type { Authorizing } from "./flow.ts";

// Words of ours for the codes that a person can do something about; of others the API's own text stands.
const NAMED = new Set(["denied", "wrong_account", "registration_refused", "vendor_down"]);

export function Progress({ of: a, again }: { of: Authorizing; again: () => void }) {
  const stage = a.stage.value, flow = a.flow.value, retry = { label: t("connect.retry"), run: again };
  switch (stage) {
    case "starting":
    case "waiting":
      return (
        <Notice kind="info" title={t("connect.waiting")}>
          <p class="quiet">{t("connect.waiting_says")}</p>
        </Notice>
      );
    case "away":
    case "late":
      return (
        <Notice kind="warn" title={t(stage === "away" ? "connect.closed" : "connect.late")} action={retry}>
          <p>{t(stage === "away" ? "connect.closed_says" : "connect.late_says")}</p>
        </Notice>
      );
    case "blocked":
      return (
        <Notice kind="warn" title={t("connect.blocked")} action={retry}>
          <p>{t("connect.blocked_says")}</p>
          {a.url.value && (
            <a class="button main" data-served href={a.url.value}>
              {t("connect.go_there")}
            </a>
          )}
        </Notice>
      );
    case "expired":
      return <Notice kind="fault" title={t("connect.expired")} action={retry} />;
    case "failed": {
      if (a.fault.value) return <FaultNotice fault={a.fault.value} again={again} />;
      const code = flow?.code ?? "";
      return (
        <Notice kind="fault" title={NAMED.has(code) ? t(`connect.code_${code}`) : (flow?.text ?? t("connect.failed"))} action={retry}>
          {NAMED.has(code) && code !== "denied" && flow?.text && <p dir="auto">{flow.text}</p>}
          {flow?.remedy && <p dir="auto">{flow.remedy}</p>}
        </Notice>
      );
    }
    default:
      return null;
  }
}
