// SPDX-License-Identifier: Apache-2.0
// What a decision on a tool needs: the difference since it was settled, why it waits, and the two buttons, with a reason that
// stands in the audit. It is in force at once.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { toast } from "../../parts/toast.tsx";

export function Diff({ text }: { text: string }) {
  return (
    <pre class="diff code" tabindex={0} aria-label={t("tools.difference")}>
      {text.trimEnd().split("\n").map((line, i) => {
        const Line = line.startsWith("-") ? "del" : line.startsWith("+") ? "ins" : "span";
        return (
          <Line key={i} dir="auto">
            {line}
            {Line === "span" && "\n"}
          </Line>
        );
      })}
    </pre>
  );
}

type Decision = "approve" | "deny";
interface Decided {
  readonly account: string; // id
  readonly names: readonly string[];
}

export async function decide({ account, names }: Decided, decision: Decision, reason: string): Promise<void> {
  const params = { path: { id: account } }, body = { names: [...names], ...(reason ? { reason } : {}) };
  await ok(decision === "approve" ? api.POST("/integrated-account/{id}/tools/approve", { params, body }) : api.POST("/integrated-account/{id}/tools/deny", { params, body }));
  toast(t(decision === "approve" ? "tools.allowed" : "tools.kept_off", { n: names.length, name: names[0] ?? "" }));
  changed("reviews", `tool ${account}`, `tools ${account}`, "account");
}

export function Decide({ account, names, allow = true, deny = true }: Decided & { allow?: boolean; deny?: boolean }) {
  const [open, setOpen] = useState<Decision | undefined>(), [reason, setReason] = useState("");
  if (!may("admin")) return null;
  const title = open === "deny" ? t("tools.deny") : t("tools.allow");
  return (
    <div class="buttons">
      {allow && (
        <button type="button" class="button main" onClick={() => setOpen("approve")}>
          {t("tools.allow")}
        </button>
      )}
      {deny && (
        <button type="button" class="button" onClick={() => setOpen("deny")}>
          {t("tools.deny")}
        </button>
      )}
      {open && (
        <Dialog title={title} close={() => setOpen(undefined)}>
          <p>{t(open === "approve" ? "tools.allow_means" : "tools.deny_means", { n: names.length, name: names[0] ?? "" })}</p>
          <Form
            submit={title}
            cancel={() => setOpen(undefined)}
            fields={["reason"]}
            run={async () => {
              await decide({ account, names }, open, reason.trim());
              setOpen(undefined);
            }}
          >
            <Field name="reason" label={t("tools.reason")} hint={t("tools.reason_hint")}>
              <input value={reason} onInput={(e) => setReason(e.currentTarget.value)} maxLength={500} autocomplete="off" />
            </Field>
          </Form>
        </Dialog>
      )}
    </div>
  );
}
