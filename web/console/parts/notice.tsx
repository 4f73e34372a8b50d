// SPDX-License-Identifier: Apache-2.0
// notice: what stands where there is nothing to show: why, and the one thing to do. A fault says what, why and what next, with
// its request id. Waiting shows nothing for 150 ms.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Fault } from "../api/client.ts";
import { t } from "../app/words.ts";
import { Icon } from "./icon.tsx";

export interface Action {
  readonly label: string;
  readonly href?: string;
  readonly run?: () => void;
}
interface NoticeProps {
  kind: "empty" | "fault" | "warn" | "good" | "info";
  title: string;
  action?: Action;
  children?: ComponentChildren;
}

export function Notice({ kind, title, action, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === "fault" ? "alert" : undefined}>
      {kind !== "empty" && kind !== "info" && <Icon name={kind === "good" ? "check" : "warn"} />}
      <div>
        <p class="notice-title">{title}</p>
        {children}
        {action && (action.href ? <a class="button main" href={action.href}>{action.label}</a> : <button type="button" class="button" onClick={action.run}>{action.label}</button>)}
      </div>
    </div>
  );
}

export function FaultNotice({ fault, again }: { fault: Fault; again?: (() => void) | undefined }) {
  const title = fault.status ? fault.message : t("common.no_answer");
  return (
    <Notice kind="fault" title={title} {...(again ? { action: { label: t("common.try_again"), run: again } } : {})}>
      {fault.hint && <p>{fault.hint}</p>}
      {fault.requestId && (
        <p class="quiet">
          {t("common.request_id")} <code>{fault.requestId}</code>
        </p>
      )}
    </Notice>
  );
}

export function Wait({ rows = 3 }: { rows?: number }) {
  const [seen, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="wait" aria-busy="true" aria-label={t("common.loading")} role="status">
      {seen && Array.from({ length: rows }, (_, i) => <span key={i} class="bone" />)}
    </div>
  );
}
