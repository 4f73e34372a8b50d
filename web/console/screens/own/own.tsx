// SPDX-License-Identifier: Apache-2.0
// own: a person's own accounts: what servers call with, which of them she has connected, and how she does. A link that a
// call gave leads here, with the account and the person that it is for: nobody else goes on from it.
import type { ScreenProps } from "../../app/routes.ts";
import { may, signOut, who } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { useOwn } from "./read.ts";
import { Others } from "./others.tsx";
import { Slot } from "./slot.tsx";

function NotYours() {
  return (
    <Notice kind="warn" title={t("own.not_yours")} action={{ label: t("own.other_person"), run: () => void signOut() }}>
      <p>{t("own.not_yours_says", { name: who.value?.name ?? "" })}</p>
    </Notice>
  );
}

export function Own({ account }: { account?: string | undefined }) {
  const own = useOwn();
  if (own.fault) return <FaultNotice fault={own.fault} again={() => void own.again()} />;
  if (!own.value) return <Wait />;
  const slots = account ? own.value.filter((s) => s.account_id === account) : own.value;
  return (
    <>
      {!slots.length && <p class="quiet">{t(account ? "own.gone" : "own.none")}</p>}
      {slots.map((slot) => (
        <Slot key={slot.account_id} slot={slot} open={slot.account_id === account} />
      ))}
    </>
  );
}

export default function OwnScreen({ params }: ScreenProps) {
  const person = params["person"], mine = !person || person === who.value?.id;
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("own.title")}</h1>
      </div>
      <p class="quiet">{t("own.says")}</p>
      {mine ? <Own account={params["account"]} /> : <NotYours />}
      {may("admin") && !person && <Others />}
    </div>
  );
}
