// SPDX-License-Identifier: Apache-2.0
// share: who else reads an answer; its link never changes.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Form } from "../../parts/form.tsx";
import type { Kept } from "../ask/told.ts";

interface ShareProps {
  answer: Pick<Kept, "id" | "link" | "visibility" | "mine">;
  close: () => void;
}
export function Share({ answer, close }: ShareProps) {
  const [visibility, set] = useState(answer.visibility), shared = visibility === "shared";
  async function run(): Promise<void> {
    const kept = await ok(api.PATCH("/answers/{answer}", { params: { path: { answer: answer.id } }, body: { visibility: shared ? "private" : "shared" } }));
    set(kept.visibility);
    changed("answer");
  }
  return (
    <Dialog title={t("ask.share")} close={close}>
      <div class="form">
        <p>{shared ? t("ask.is_shared") : t("ask.is_private")}</p>
        <Copy text={answer.link ?? ""} label={t("ask.link")} />
        {answer.mine ? (
          <Form submit={shared ? t("ask.unshare") : t("ask.share_it")} run={run} cancel={close}>
            <></>
          </Form>
        ) : (
          <p class="quiet">{t("ask.owner_shares")}</p>
        )}
      </div>
    </Dialog>
  );
}
