// SPDX-License-Identifier: Apache-2.0
// Welcome: what stands where nothing is connected yet. The demo data need no account anywhere and no network: a click connects
// them and makes their dashboard. Beside it what a new installation should see to: a password, the address, the key's copy.
import { useState } from "preact/hooks";
import { api, Fault, ok } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import { href } from "../../app/router.ts";
import { who } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { toast } from "../../parts/toast.tsx";

const DEMO = "demo"; // the connector, and what its account is called

async function connectDemo(): Promise<void> {
  const account = await ok(api.POST("/integrated-account", { body: { connector: DEMO, name: DEMO } }));
  await ok(api.POST("/integrated-account/{id}/dashboard", { params: { path: { id: account.id } }, body: {} }));
  toast(t("welcome.demo_there"));
  changed("");
}

// Whoever came by a link chooses a password at the page of another one.
async function choosePassword(): Promise<void> {
  const { url } = await ok(api.POST("/sign-in-link", { body: { user: who.value?.id ?? "" } }));
  location.assign(url);
}

function Todo() {
  const status = useData("status", (signal) => ok(api.GET("/status", { signal }))), s = status.value;
  if (!s) return status.fault ? <FaultNotice fault={status.fault} /> : <Wait />;
  const local = new URL(s.public_url).hostname.match(/^(localhost|127\.|\[::1\])/) !== null;
  return (
    <ul class="todo">
      {!who.value?.has_password && (
        <li>
          <h3>{t("welcome.password")}</h3>
          <p class="quiet">{t("welcome.password_says")}</p>
          <button type="button" class="button" onClick={() => void choosePassword()}>
            {t("welcome.password_do")}
          </button>
        </li>
      )}
      {s.key_file && (
        <li>
          <h3>{t("welcome.key")}</h3>
          <p class="quiet">{t("welcome.key_says")}</p>
          <code>{s.key_file}</code>
        </li>
      )}
      <li>
        <h3>{t("welcome.address")}</h3>
        <p class="quiet">{t(local ? "welcome.address_local" : "welcome.address_says")}</p>
        <code>{s.public_url}</code>
      </li>
    </ul>
  );
}

export function Welcome() {
  const [busy, setBusy] = useState(false), [fault, setFault] = useState<Fault | undefined>();
  async function tryIt(): Promise<void> {
    setBusy(true);
    setFault(undefined);
    try {
      await connectDemo();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    }
    setBusy(false);
  }
  return (
    <div class="split">
      <div class="screen">
        <section class="card welcome">
          <h2>{t("welcome.try")}</h2>
          <p>{t("welcome.try_says")}</p>
          {fault && <FaultNotice fault={fault} />}
          <div class="buttons">
            <button type="button" class="button main" disabled={busy} aria-busy={busy} onClick={() => void tryIt()}>
              {t("welcome.try_do")}
            </button>
          </div>
        </section>
        <section class="card welcome">
          <h2>{t("welcome.connect")}</h2>
          <p>{t("welcome.connect_says")}</p>
          <div class="buttons">
            <a class="button" href={href("sources/add")}>
              {t("welcome.connect_do")}
            </a>
          </div>
        </section>
      </div>
      <aside class="card" aria-label={t("welcome.todo")}>
        <h2>{t("welcome.todo")}</h2>
        <Todo />
      </aside>
    </div>
  );
}
