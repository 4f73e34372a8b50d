// SPDX-License-Identifier: Apache-2.0
// reconnect: what mends an account whose credential no longer does: consent once more in a window, or another key. Its id, its
// servers and their addresses stay.
import { useEffect, useMemo, useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import type { Account } from "../../api/lists.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Form } from "../../parts/form.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { toast } from "../../parts/toast.tsx";
import { Progress } from "./authorizing.tsx";
import { CredentialFields, useCredential, Ways } from "./credential.tsx";
import { authorizing } from "./flow.ts";
import { useConnector } from "./read.ts";

export function Again({ account, main = true }: { account: Account; main?: boolean }) {
  const flow = useMemo(authorizing, []), stage = flow.stage.value;
  const run = (): void => flow.start({ account: account.id }, t("connect.opening"));
  useEffect(() => () => flow.stop(), []);
  useEffect(() => {
    if (stage !== "done") return;
    toast(t("sources.authorized", { name: account.name }));
    changed("account", "tools", "doctor");
  }, [stage]);
  return (
    <>
      <div class="buttons">
        <button type="button" class={main ? "button main" : "button"} disabled={stage === "starting" || stage === "waiting"} onClick={run}>
          {t("sources.authorize_again")}
        </button>
      </div>
      <div aria-live="polite">
        <Progress of={flow} again={run} />
      </div>
    </>
  );
}

export function NewCredential({ account, done }: { account: Account; done: () => void }) {
  const connector = useConnector(account.connector), [wayId, setWay] = useState(account.way), { given, set, clear } = useCredential();
  const ways = connector.value?.ways.filter((w) => w.fields.length > 0) ?? [], way = ways.find((w) => w.id === wayId) ?? ways[0];
  if (!connector.value) return connector.fault ? <FaultNotice fault={connector.fault} /> : <Wait />;
  if (!way) return <p class="quiet">{t("sources.no_fields")}</p>;
  async function run(): Promise<void> {
    await ok(api.PATCH("/integrated-account/{id}", { params: { path: { id: account.id } }, body: { credential: given as Record<string, never>, ...(way && way.id !== account.way ? { way: way.id } : {}) } }));
    clear();
    changed("account", "doctor");
    toast(t("sources.credential_taken", { name: account.name }));
    done();
  }
  return (
    <Form submit={t("sources.try_and_keep")} run={run} fields={way.fields.map((f) => `credential.${f.name}`)}>
      <Ways ways={ways} chosen={way} choose={setWay} />
      <CredentialFields way={way} given={given} set={set} />
    </Form>
  );
}

export function Reconnect({ account }: { account: Account }) {
  const [open, setOpen] = useState(false), connector = useConnector(account.connector);
  const way = connector.value?.ways.find((w) => w.id === account.way);
  if (!way) return null;
  if (way.auth === "oauth") return <Again account={account} />;
  return (
    <div class="buttons">
      <button type="button" class="button main" onClick={() => setOpen(true)}>
        {t("sources.new_credential")}
      </button>
      {open && (
        <Dialog title={t("sources.new_credential_of", { name: account.name })} close={() => setOpen(false)}>
          <NewCredential account={account} done={() => setOpen(false)} />
        </Dialog>
      )}
    </div>
  );
}
