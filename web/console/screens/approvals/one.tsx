// SPDX-License-Identifier: Apache-2.0
// one: a call that waits, or waited, for a second person: exactly what is to be done, by whom, where, until when; and the two
// buttons, for who may press them. All of it came from a model or a vendor, so it is text, and shown whole.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import type { Shapes } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { exact, Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { laidOut, seen } from "./exact.ts";

export type Approval = Shapes["Approval"];
type Word = "approve" | "refuse";

async function say(id: string, word: Word, reason: string): Promise<void> {
  const at = { params: { path: { approval: id } }, body: reason ? { reason } : {} };
  await ok(word === "approve" ? api.POST("/approval/{approval}/approve", at) : api.POST("/approval/{approval}/refuse", at));
  toast(t(word === "approve" ? "approvals.approved_toast" : "approvals.refused_toast"));
  changed("approval");
}

function Decide({ approval: a }: { approval: Approval }) {
  const [open, setOpen] = useState<Word | undefined>(), [reason, setReason] = useState("");
  if (a.state !== "waiting") return null;
  return (
    <>
      {a.why_not && <p class="hint">{t("approvals.not_you")}</p>}
      <div class="buttons">
        {a.may_approve && (
          <button type="button" class="button main" onClick={() => setOpen("approve")}>
            {t("approvals.approve")}
          </button>
        )}
        <button type="button" class="button" onClick={() => setOpen("refuse")}>
          {t("approvals.refuse")}
        </button>
      </div>
      {open && (
        <Dialog title={t(`approvals.${open}`)} close={() => setOpen(undefined)} wide>
          <p>{t(open === "approve" ? "approvals.approve_means" : "approvals.refuse_means")}</p>
          <p dir="auto">
            <code>{a.tool}</code> · {a.account}
          </p>
          <Arguments approval={a} />
          <Form submit={t(`approvals.${open}`)} danger={open === "approve"} run={() => say(a.id, open, reason.trim()).then(() => setOpen(undefined))} cancel={() => setOpen(undefined)} fields={["reason"]}>
            <Field name="reason" label={t("approvals.reason")}>
              <input value={reason} maxlength={500} onInput={(e) => setReason(e.currentTarget.value)} autocomplete="off" />
            </Field>
          </Form>
        </Dialog>
      )}
    </>
  );
}

const Arguments = ({ approval: a }: { approval: Approval }) => (
  <pre class="code" tabindex={0} aria-label={t("approvals.arguments")} dir="ltr">
    {laidOut(a.arguments_text)}
  </pre>
);

export function One({ approval: a }: { approval: Approval }) {
  const fenced = Object.values(a.fence as Record<string, Record<string, unknown>>).flatMap((keys) => Object.entries(keys));
  const facts: [string, string | null | undefined][] = [
    ["class", t(`approvals.class_${a.class}`)],
    ["request", a.method ? `${a.method} ${a.path ?? ""}` : null],
    ["asker", seen([a.asker?.startsWith("client:") ? null : a.asker, a.client].filter(Boolean).join(" · ")) || t("approvals.nobody_known")],
    ["address", a.address],
    ["url", a.url],
    ["asked", exact(Date.parse(a.created_at ?? ""))],
    ["until", exact(Date.parse(a.expires_at ?? ""))],
    ["fence", fenced.map(([key, values]) => `${key}: ${JSON.stringify(values)}`).join("; ") || null],
    ["decided", a.decided_name],
    ["reason", a.reason],
    ["outcome", a.outcome],
  ];
  return (
    <section class="card" aria-label={a.tool}>
      <div class="head">
        <h2 dir="auto">
          <a href={href(`approvals/${a.id}`)}>{a.tool}</a>
        </h2>
        <span class={`chip ${a.state === "waiting" ? "warn" : ["done", "approved"].includes(a.state) ? "good" : ""}`}>{t(`approvals.state_${a.state}`)}</span>
      </div>
      <p dir="auto">
        {t("approvals.on")} <a href={href(`sources/${a.account_id}`)}>{a.account}</a> · {t("approvals.through")} <a href={href(`servers/${a.server_id}`)}>{a.server}</a> · <Time at={a.created_at} />
      </p>
      <Arguments approval={a} />
      <dl class="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <>
              <dt>{t(`approvals.fact_${name}`)}</dt>
              <dd dir="auto">{value}</dd>
            </>
          ))}
      </dl>
      {a.about && (
        <details>
          <summary>{t("approvals.about")}</summary>
          <p dir="auto">{seen(a.about)}</p>
        </details>
      )}
      <Decide approval={a} />
    </section>
  );
}
