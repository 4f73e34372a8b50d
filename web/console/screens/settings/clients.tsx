// SPDX-License-Identifier: Apache-2.0
// AI clients that people let in to servers: one's own sign-ins under "Me"; for administrators everybody's, and the clients
// themselves. What a client calls itself is its own word. An end counts at once, and cannot be undone: the client asks anew.
import { useState } from "preact/hooks";
import { all, api, ok, page, type Shapes } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import { href } from "../../app/router.ts";
import { may, who } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Table, type Column } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";

type SignIn = Shapes["ClientSignIn"];
type Client = Shapes["Client"];

const SIGN_INS = "client sign-ins";
const usedAt = (at: string | null) => (at ? <Time at={at} /> : t("settings.never_used"));

export function SignIns({ mine }: { mine?: boolean }) {
  const signIns = useData(SIGN_INS, (signal) => all((after) => ok(api.GET("/client-sign-in", page(after, signal)))));
  const label = t(mine ? "settings.my_clients" : "settings.sign_ins");
  async function end(s: SignIn): Promise<void> {
    await ok(api.DELETE("/client-sign-in/{sign_in}", { params: { path: { sign_in: s.id } } }));
    toast(t("settings.sign_in_ended", { client: s.client }));
    await signIns.again();
  }
  if (signIns.fault) return <FaultNotice fault={signIns.fault} again={() => void signIns.again()} />;
  if (!signIns.value) return <Wait />;
  const rows = mine ? signIns.value.filter((s) => s.user_id === who.value?.id) : signIns.value;
  const person: Column<SignIn> = { id: "user", label: t("settings.person"), value: (s) => s.user ?? s.user_id };
  return (
    <Table
      label={label}
      rows={rows}
      {...(mine ? {} : { name: "s", filter: true })}
      columns={[
        ...(mine ? [] : [person]),
        { id: "client", label: t("settings.client"), value: (s) => s.client },
        { id: "server", label: t("settings.server"), value: (s) => s.server ?? s.server_id, show: (s) => (s.server && may("admin") ? <a href={href(`servers/${s.server_id}`)}>{s.server}</a> : (s.server ?? s.server_id)) },
        { id: "to", label: t("settings.sent_to"), value: (s) => s.sent_to },
        { id: "made", label: t("settings.since"), value: (s) => s.created_at, show: (s) => <Time at={s.created_at} /> },
        { id: "used", label: t("settings.last_used"), value: (s) => s.last_used_at, show: (s) => usedAt(s.last_used_at) },
        { id: "ends", label: t("settings.ends"), value: (s) => s.ends_at, show: (s) => <Time at={s.ends_at} /> },
        {
          id: "end",
          label: t("settings.action"),
          value: () => "",
          show: (s) => (
            <button type="button" class="button" aria-label={t("settings.end_sign_in_of", { client: s.client, server: s.server ?? s.server_id })} onClick={() => void end(s)}>
              {t("settings.end_sign_in")}
            </button>
          ),
        },
      ]}
    />
  );
}

function Registered() {
  const clients = useData("clients", (signal) => all((after) => ok(api.GET("/client", page(after, signal)))));
  const [deleting, remove] = useState<Client | undefined>();
  const named = (c: Client): string => c.name || c.id;
  async function end(c: Client): Promise<void> {
    await ok(api.DELETE("/client/{client}", { params: { path: { client: c.id } } }));
    toast(t("settings.deleted", { name: named(c) }));
    remove(undefined);
    changed(SIGN_INS);
    await clients.again();
  }
  if (clients.fault) return <FaultNotice fault={clients.fault} again={() => void clients.again()} />;
  if (!clients.value) return <Wait />;
  return (
    <>
      <Table
        label={t("settings.registered")}
        rows={clients.value}
        name="c"
        filter
        columns={[
          { id: "name", label: t("settings.client"), value: named },
          { id: "kind", label: t("settings.client_known"), value: (c) => c.kind, words: (c) => t(`settings.client_${c.kind}`) },
          { id: "to", label: t("settings.sent_to"), value: (c) => c.redirect_uris.join(" ") },
          { id: "address", label: t("settings.address"), value: (c) => c.address },
          { id: "made", label: t("settings.made"), value: (c) => c.created_at, show: (c) => <Time at={c.created_at} /> },
          { id: "used", label: t("settings.last_used"), value: (c) => c.last_used_at, show: (c) => usedAt(c.last_used_at) },
          {
            id: "do",
            label: t("settings.action"),
            value: () => "",
            show: (c) => (
              <button type="button" class="button" aria-label={t("settings.delete_client_of", { name: named(c) })} onClick={() => remove(c)}>
                {t("settings.delete")}
              </button>
            ),
          },
        ]}
      />
      {deleting && <Confirm title={t("settings.delete_client_of", { name: named(deleting) })} says={t("settings.delete_client_says")} typed={named(deleting)} submit={t("settings.delete")} run={() => end(deleting)} close={() => remove(undefined)} />}
    </>
  );
}

export function Clients() {
  return (
    <div class="screen">
      <p class="hint">{t("settings.clients_says")}</p>
      <h2>{t("settings.sign_ins")}</h2>
      <SignIns />
      <h2>{t("settings.registered")}</h2>
      <Registered />
    </div>
  );
}
