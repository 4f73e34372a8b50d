// SPDX-License-Identifier: Apache-2.0
// make: a dashboard that is empty, or the one that a source's connector offers to look at first; and what a dashboard is called.
import { useState } from "preact/hooks";
import { api, ok, type Shapes } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { useAccounts } from "../../api/lists.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { toast } from "../../parts/toast.tsx";
import type { Board } from "./told.ts";

type Visibility = Board["visibility"];
interface Said {
  name: string;
  visibility: Visibility;
  since: string;
  until: string;
}

function Fields({ said, say, ranged }: { said: Said; say: (said: Said) => void; ranged?: boolean }) {
  return (
    <>
      <Field name="name" label={t("boards.name")}>
        <input value={said.name} onInput={(e) => say({ ...said, name: e.currentTarget.value })} required maxLength={128} autocomplete="off" />
      </Field>
      <Field name="visibility" label={t("boards.seen")} hint={t(`boards.seen_${said.visibility}_says`)}>
        <select value={said.visibility} onChange={(e) => say({ ...said, visibility: e.currentTarget.value as Visibility })}>
          <option value="shared">{t("boards.seen_shared")}</option>
          <option value="private">{t("boards.seen_private")}</option>
        </select>
      </Field>
      {ranged && (
        <>
          <Field name="since" label={t("boards.since")} hint={t("boards.since_says")}>
            <input value={said.since} placeholder="now-7d" onInput={(e) => say({ ...said, since: e.currentTarget.value })} autocomplete="off" spellcheck={false} />
          </Field>
          <Field name="until" label={t("boards.until")}>
            <input value={said.until} placeholder="now" onInput={(e) => say({ ...said, until: e.currentTarget.value })} autocomplete="off" spellcheck={false} />
          </Field>
        </>
      )}
    </>
  );
}
const FIELDS = ["name", "visibility", "since", "until"];

export function MakeBoard({ close, made }: { close: () => void; made: (id: string) => void }) {
  const [said, say] = useState<Said>({ name: "", visibility: "shared", since: "", until: "" });
  async function run(): Promise<void> {
    const { id } = await ok(api.POST("/dashboard", { body: { name: said.name.trim(), visibility: said.visibility } }));
    made(id);
  }
  return (
    <Dialog title={t("boards.create")} close={close}>
      <Form submit={t("boards.create")} run={run} cancel={close} fields={FIELDS}>
        <Fields said={said} say={say} />
      </Form>
    </Dialog>
  );
}

export function ChangeBoard({ board, close }: { board: Board; close: () => void }) {
  const was: Said = { name: board.name, visibility: board.visibility, since: board.since ?? "", until: board.until ?? "" };
  const [said, say] = useState(was), path = { params: { path: { dashboard: board.id } } };
  async function put(body: Said, version?: number): Promise<void> {
    await ok(api.PATCH("/dashboard/{dashboard}", { ...path, body: { ...body, ...(version ? { version } : {}) } }));
    if (body.since !== board.since || body.until !== board.until) await ok(api.POST("/dashboard/{dashboard}/refresh", { ...path, body: { wait_seconds: 0 } }));
    changed("dashboard");
  }
  async function run(): Promise<void> {
    await put({ ...said, name: said.name.trim() }, board.version);
    toast(t("boards.saved"), () => put(was));
    close();
  }
  return (
    <Dialog title={t("boards.settings")} close={close}>
      <Form submit={t("boards.save")} run={run} cancel={close} fields={FIELDS}>
        <Fields said={said} say={say} ranged />
      </Form>
    </Dialog>
  );
}

// What does not fit the account is told before it is opened.
export function StartBoard({ close, made }: { close: () => void; made: (id: string) => void }) {
  const accounts = useAccounts();
  const [chosen, choose] = useState(""), [name, setName] = useState(""), [started, set] = useState<Shapes["DashboardStarted"] | undefined>(undefined);
  const account = chosen || accounts.value?.[0]?.id || "";
  async function run(): Promise<void> {
    const got = await ok(api.POST("/integrated-account/{id}/dashboard", { params: { path: { id: account } }, body: name.trim() ? { name: name.trim() } : {} }));
    changed("dashboards");
    if (got.left_out.length) set(got);
    else made(got.id);
  }
  return (
    <Dialog title={t("boards.from_source")} close={close}>
      {accounts.fault && <FaultNotice fault={accounts.fault} again={() => void accounts.again()} />}
      {!accounts.value && !accounts.fault && <Wait />}
      {accounts.value?.length === 0 && <Notice kind="empty" title={t("boards.no_source")} action={{ label: t("boards.add_source"), href: href("sources/add") }} />}
      {started && (
        <Notice kind="warn" title={t("boards.left_out", { n: started.left_out.length })} action={{ label: t("boards.open"), run: () => made(started.id) }}>
          <ul class="plain-list">
            {started.left_out.map((one) => (
              <li key={one.title}>
                <strong>{one.title}</strong>: {one.why}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {!started && accounts.value && accounts.value.length > 0 && (
        <Form submit={t("boards.make")} run={run} cancel={close} fields={["name"]}>
          <Field name="account" label={t("boards.source")} hint={t("boards.source_says")}>
            <select value={account} onChange={(e) => choose(e.currentTarget.value)}>
              {accounts.value.map((a) => (
                <option key={a.id} value={a.id}>
                  {a.name}
                </option>
              ))}
            </select>
          </Field>
          <Field name="name" label={t("boards.name")} hint={t("boards.name_says")}>
            <input value={name} onInput={(e) => setName(e.currentTarget.value)} autocomplete="off" />
          </Field>
        </Form>
      )}
    </Dialog>
  );
}
