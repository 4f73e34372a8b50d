// SPDX-License-Identifier: Apache-2.0
// grants: which data sources an editor may use, for reading or for writing as well. Each choice is in force at once.
import { useAccounts } from "../../api/lists.ts";
import { useState } from "preact/hooks";
import { all, api, Fault, ok, page } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";

export interface Grantee {
  readonly kind: "user" | "token";
  readonly id: string;
}
type Access = "none" | "read" | "write";
const CHOICES: readonly Access[] = ["none", "read", "write"];

const list = (of: Grantee, after: string | undefined, signal: AbortSignal) => {
  const { query } = page(after).params;
  return of.kind === "user" ? ok(api.GET("/user/{user}/grant", { params: { path: { user: of.id }, query }, signal })) : ok(api.GET("/api-token/{token_id}/grant", { params: { path: { token_id: of.id }, query }, signal }));
};
function set(of: Grantee, account: string, access: Access): Promise<unknown> {
  if (of.kind === "user") {
    const params = { path: { user: of.id, account } };
    return access === "none" ? ok(api.DELETE("/user/{user}/grant/{account}", { params })) : ok(api.PUT("/user/{user}/grant/{account}", { params, body: { access } }));
  }
  const params = { path: { token_id: of.id, account } };
  return access === "none" ? ok(api.DELETE("/api-token/{token_id}/grant/{account}", { params })) : ok(api.PUT("/api-token/{token_id}/grant/{account}", { params, body: { access } }));
}

export function Grants({ of, name, close }: { of: Grantee; name: string; close: () => void }) {
  const accounts = useAccounts(), grants = useData(`grants ${of.id}`, (signal) => all((after) => list(of, after, signal)));
  const [fault, setFault] = useState<Fault | undefined>();
  async function choose(account: string, access: Access): Promise<void> {
    try {
      await set(of, account, access);
      setFault(undefined);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    }
    await grants.again();
  }
  const trouble = fault ?? grants.fault ?? accounts.fault;
  return (
    <Dialog title={t("settings.grants_of", { name })} close={close} wide>
      <div class="screen">
        <p class="hint">{t("settings.grants_says")}</p>
        {trouble && <FaultNotice fault={trouble} />}
        {(!accounts.value || !grants.value) && !trouble && <Wait />}
        {grants.value && accounts.value?.map((a) => {
          const now: Access = grants.value?.find((g) => g.account_id === a.id)?.access ?? "none";
          return (
            <fieldset class="grant" key={a.id}>
              <legend>{a.name}</legend>
              <div class="chips">
                {CHOICES.map((access) => (
                  <button key={access} type="button" class="chip" aria-pressed={now === access} onClick={() => void choose(a.id, access)}>
                    {t(`settings.access_${access}`)}
                  </button>
                ))}
              </div>
            </fieldset>
          );
        })}
      </div>
    </Dialog>
  );
}
