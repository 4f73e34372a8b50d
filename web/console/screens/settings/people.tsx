// SPDX-License-Identifier: Apache-2.0
// People: who may use the console, as what. Links that let somebody in are shown this once.
import { useState } from "preact/hooks";
import { all, api, ok, page, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { who } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Menu } from "../../parts/menu.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Once } from "../../parts/once.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { Grants } from "./grants.tsx";

type User = Shapes["User"];
type Role = User["role"];
export const ROLES: readonly Role[] = ["viewer", "editor", "admin"];

export function RoleField({ value, set }: { value: Role; set: (role: Role) => void }) {
  return (
    <fieldset class="field">
      <legend>{t("settings.role")}</legend>
      {ROLES.map((one) => (
        <label class="choice" key={one}>
          <input type="radio" name="role" checked={value === one} onChange={() => set(one)} />
          <span>
            {t(`roles.${one}`)}
            <span class="hint block">{t(`settings.role_${one}_says`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Invite({ close, invited }: { close: () => void; invited: (made: Shapes["UserWithLink"]) => void }) {
  const [name, setName] = useState(""), [role, setRole] = useState<Role>("viewer");
  return (
    <Dialog title={t("settings.invite")} close={close}>
      <Form submit={t("settings.invite")} cancel={close} fields={["name"]} run={async () => invited(await ok(api.POST("/user", { body: { name: name.trim(), role } })))}>
        <Field name="name" label={t("settings.name")} hint={t("settings.name_says")}>
          <input value={name} onInput={(e) => setName(e.currentTarget.value)} required autocomplete="off" />
        </Field>
        <RoleField value={role} set={setRole} />
      </Form>
    </Dialog>
  );
}

function ChangeRole({ user, close, done }: { user: User; close: () => void; done: () => Promise<void> }) {
  const [role, setRole] = useState<Role>(user.role);
  async function run(): Promise<void> {
    await ok(api.PATCH("/user/{user}", { params: { path: { user: user.id } }, body: { role } }));
    await done();
    close();
  }
  return (
    <Dialog title={t("settings.role_of", { name: user.name })} close={close}>
      <Form submit={t("settings.save")} cancel={close} run={run}>
        <RoleField value={role} set={setRole} />
      </Form>
    </Dialog>
  );
}

type Doing = { readonly what: "invite" } | { readonly what: "role" | "reset" | "delete" | "grants"; readonly user: User };

export function People() {
  const people = useData("people", (signal) => all((after) => ok(api.GET("/user", page(after, signal)))));
  const [doing, begin] = useState<Doing | undefined>(), [link, show] = useState<Shapes["UserWithLink"] | undefined>();
  const stop = (): void => begin(undefined), path = (user: User) => ({ params: { path: { user: user.id } } });
  async function linked(made: Promise<Shapes["UserWithLink"]>): Promise<void> {
    show(await made);
    stop();
    await people.again();
  }
  async function remove(user: User): Promise<void> {
    await ok(api.DELETE("/user/{user}", path(user)));
    toast(t("settings.deleted", { name: user.name }));
    stop();
    await people.again();
  }
  const items = (user: User) => [
    { label: t("settings.change_role"), run: () => begin({ what: "role", user }) },
    ...(user.role === "editor" ? [{ label: t("settings.grants"), run: () => begin({ what: "grants", user }) }] : []),
    { label: t("settings.new_link"), run: () => void linked(ok(api.POST("/user/{user}/invite", path(user)))) },
    { label: t("settings.reset"), danger: true, run: () => begin({ what: "reset", user }) },
    ...(user.id === who.value?.id ? [] : [{ label: t("settings.delete"), danger: true, run: () => begin({ what: "delete", user }) }]),
  ];
  return (
    <div class="screen">
      <div class="buttons">
        <button type="button" class="button main" onClick={() => begin({ what: "invite" })}>
          {t("settings.invite")}
        </button>
      </div>
      {people.fault && <FaultNotice fault={people.fault} again={() => void people.again()} />}
      {!people.value && !people.fault && <Wait />}
      {people.value && (
        <Table
          name="p"
          filter
          label={t("settings.tab_people")}
          rows={people.value}
          columns={[
            { id: "name", label: t("settings.name"), value: (u) => u.name },
            { id: "role", label: t("settings.role"), value: (u) => t(`roles.${u.role}`) },
            { id: "password", label: t("settings.password"), value: (u) => (u.has_password ? t("settings.has_password") : t("settings.link_only")) },
            { id: "made", label: t("settings.made"), value: (u) => u.created_at, show: (u) => <Time at={u.created_at} /> },
            { id: "do", label: t("settings.action"), value: () => "", show: (u) => <Menu label={t("settings.more_of", { name: u.name })} items={items(u)} /> },
          ]}
        />
      )}
      {doing?.what === "invite" && <Invite close={stop} invited={(made) => void linked(Promise.resolve(made))} />}
      {doing?.what === "role" && <ChangeRole user={doing.user} close={stop} done={people.again} />}
      {doing?.what === "grants" && <Grants of={{ kind: "user", id: doing.user.id }} name={doing.user.name} close={stop} />}
      {doing?.what === "reset" && <Confirm title={t("settings.reset")} says={t("settings.reset_says", { name: doing.user.name })} typed={doing.user.name} submit={t("settings.reset")} run={() => linked(ok(api.POST("/user/{user}/reset", path(doing.user))))} close={stop} />}
      {doing?.what === "delete" && <Confirm title={t("settings.delete")} says={t("settings.delete_says", { name: doing.user.name })} typed={doing.user.name} submit={t("settings.delete")} run={() => remove(doing.user)} close={stop} />}
      {link && (
        <Once title={t("settings.link_for", { name: link.name })} text={link.url} says={t("settings.link_says")} close={() => show(undefined)}>
          <p class="quiet">
            {t("settings.link_ends")} <Time at={link.link_expires_at} />
          </p>
        </Once>
      )}
    </div>
  );
}
