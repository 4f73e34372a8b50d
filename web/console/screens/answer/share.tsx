// SPDX-License-Identifier: Apache-2.0
// share: who else reads an answer; its link never changes.
import { api, ok } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Form } from "../../parts/form.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { readAnswer } from "./kept.ts";

export function Share({ id, close }: { id: string; close: () => void }) {
  const { value: answer, fault, again } = useData(`answer/${id}`, () => readAnswer(id)), shared = answer?.visibility === "shared";
  async function run(): Promise<void> {
    await ok(api.PATCH("/answers/{answer}", { params: { path: { answer: id } }, body: { visibility: shared ? "private" : "shared" } }));
    changed("answer");
  }
  if (!answer)
    return (
      <Dialog title={t("ask.share")} close={close}>
        {fault ? <FaultNotice fault={fault} again={() => void again()} /> : <Wait />}
      </Dialog>
    );
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
