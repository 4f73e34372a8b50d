// SPDX-License-Identifier: Apache-2.0
// slot: one vendor for which a person may have an account of her own: connected by consent at the vendor's page, in this
// window, or with a credential; tested; disconnected.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Form } from "../../parts/form.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { CredentialFields, useCredential, Ways } from "../sources/credential.tsx";
import type { Slot as SlotOf } from "./read.ts";

function Connect({ slot, close }: { slot: SlotOf; close?: (() => void) | undefined }) {
  const [wayId, setWay] = useState<string>(), { given, set, clear } = useCredential();
  const way = slot.ways.find((w) => w.id === wayId) ?? slot.ways[0];
  if (!way) return null;
  async function run(): Promise<void> {
    const credential = way?.auth === "oauth" ? {} : { credential: given as Record<string, never> };
    const begun = await ok(api.POST("/own-account", { body: { account: slot.account_id, way: way?.id ?? "", ...credential } }));
    if (begun.url) return location.assign(begun.url);
    clear();
    toast(t("own.connected", { vendor: slot.label }));
    changed("own");
    close?.();
  }
  return (
    <Form submit={way.auth === "oauth" ? t("own.authorize", { vendor: slot.label }) : t("own.connect")} run={run} {...(close ? { cancel: close } : {})} fields={way.fields.map((f) => `credential.${f.name}`)}>
      <Ways ways={slot.ways} chosen={way} choose={setWay} />
      {way.auth === "oauth" ? <p class="hint">{t("own.authorize_says", { vendor: slot.label })}</p> : <CredentialFields way={way} given={given} set={set} />}
    </Form>
  );
}

function Disconnect({ slot, close }: { slot: SlotOf; close: () => void }) {
  async function run(): Promise<void> {
    await ok(api.DELETE("/own-account/{account}", { params: { path: { account: slot.account_id } } }));
    toast(t("own.disconnected", { vendor: slot.label }));
    changed("own");
    close();
  }
  return (
    <Dialog title={t("own.disconnect")} close={close}>
      <p>{t("own.disconnect_says", { vendor: slot.label })}</p>
      <Form submit={t("own.disconnect")} danger cancel={close} run={run}>
        <></>
      </Form>
    </Dialog>
  );
}

function Status({ slot }: { slot: SlotOf }) {
  const status = slot.own?.status ?? "none", kind = status === "ok" ? "good" : status === "failing" || status === "needs_authorising" ? "bad" : "";
  return <span class={`chip ${kind}`}>{t(`own.status_${status}`)}</span>;
}

export function Slot({ slot, open }: { slot: SlotOf; open: boolean }) {
  const [connecting, connect] = useState(open && slot.own?.status !== "ok"), [leaving, leave] = useState(false), own = slot.own;
  async function run(): Promise<void> {
    try {
      await ok(api.POST("/own-account/{account}/verify", { params: { path: { account: slot.account_id } } }));
      toast(t("own.tested", { vendor: slot.label }));
    } finally {
      changed("own");
    }
  }
  return (
    <section class="card" aria-label={slot.account}>
      <h2>
        {slot.account} <Status slot={slot} />
      </h2>
      <p class="quiet">
        {slot.servers.length ? t("own.used_by", { servers: slot.servers.join(", ") }) : t("own.unused")}
        {own?.verified_at && (
          <>
            {" "}
            {t("own.verified")} <Time at={own.verified_at} />
          </>
        )}
      </p>
      {own?.status_text && <p dir="auto">{own.status_text}</p>}
      {own && (
        <div class="buttons">
          <Form submit={t("own.test")} run={run}>
            <></>
          </Form>
          <button type="button" class="button" onClick={() => connect(!connecting)} aria-expanded={connecting}>
            {t("own.again")}
          </button>
          <button type="button" class="button danger" onClick={() => leave(true)}>
            {t("own.disconnect")}
          </button>
        </div>
      )}
      {(!own || connecting) && slot.servers.length > 0 && <Connect slot={slot} close={own ? () => connect(false) : undefined} />}
      {leaving && <Disconnect slot={slot} close={() => leave(false)} />}
    </section>
  );
}
