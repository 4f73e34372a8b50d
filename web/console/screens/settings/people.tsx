// SPDX-License-Identifier: Apache-2.0
// People: who may use the console, as what, in which groups. Links that let somebody in are shown this once.
import { useState } from "preact/hooks";
import { api, ok, type Shapes } from "../../api/client.ts";
import { groupsOf, usePeople } from "../../api/lists.ts";
import { who } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Names } from "../../parts/names.tsx";
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

// By which servers say who may sign in to them.
function GroupsField({ value, set, known }: { value: readonly string[]; set: (groups: string[]) => void; known: readonly string[] }) {
  return (
    <Field name="groups" label={t("settings.groups")} hint={t("settings.groups_says")}>
      <Names begin={value} set={set} known={known} />
    </Field>
  );
}

function Invite({ known, close, invited }: { known: readonly string[]; close: () => void; invited: (made: Shapes["UserWithLink"]) => void }) {
  const [name, setName] = useState(""), [role, setRole] = useState<Role>("viewer"), [groups, setGroups] = useState<string[]>([]);
  return (
    <Dialog title={t("settings.invite")} close={close}>
      <Form submit={t("settings.invite")} cancel={close} fields={["name", "groups"]} run={async () => invited(await ok(api.POST("/user", { body: { name: name.trim(), role, groups } })))}>
        <Field name="name" label={t("settings.name")} hint={t("settings.name_says")}>
          <input value={name} onInput={(e) => setName(e.currentTarget.value)} required autocomplete="off" />
        </Field>
        <RoleField value={role} set={setRole} />
        <GroupsField value={groups} set={setGroups} known={known} />
      </Form>
    </Dialog>
  );
}

function ChangeGroups({ user, known, close, done }: { user: User; known: readonly string[]; close: () => void; done: () => Promise<void> }) {
  const [groups, setGroups] = useState<string[]>(user.groups);
  async function run(): Promise<void> {
    await ok(api.PATCH("/user/{user}", { params: { path: { user: user.id } }, body: { groups } }));
    await done();
    close();
  }
  return (
    <Dialog title={t("settings.groups_of", { name: user.name })} close={close}>
      <Form submit={t("settings.save")} cancel={close} run={run} fields={["groups"]}>
        <GroupsField value={groups} set={setGroups} known={known} />
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

const LIMIT_FIELDS = { calls: "limits.calls_per_minute", writes: "limits.writes_per_day" } as const;
// Empty: as the setting for all says.
function ChangeLimits({ user, close, done }: { user: User; close: () => void; done: () => Promise<void> }) {
  const { calls_per_minute, writes_per_day } = user.limits;
  const [calls, setCalls] = useState(calls_per_minute?.toString() ?? ""), [writes, setWrites] = useState(writes_per_day?.toString() ?? "");
  const most = (text: string): number | null => (text === "" ? null : Number(text));
  async function run(): Promise<void> {
    await ok(api.PATCH("/user/{user}", { params: { path: { user: user.id } }, body: { limits: { calls_per_minute: most(calls), writes_per_day: most(writes) } } }));
    await done();
    close();
  }
  const field = (name: "calls" | "writes", value: string, set: (text: string) => void) => (
    <Field name={LIMIT_FIELDS[name]} label={t(`settings.limit_${name}`)} hint={t("settings.limit_says")}>
      <input type="number" min={0} max={1_000_000} step={1} value={value} onInput={(e) => set(e.currentTarget.value)} />
    </Field>
  );
  return (
    <Dialog title={t("settings.limits_of", { name: user.name })} close={close}>
      <Form submit={t("settings.save")} cancel={close} run={run} fields={Object.values(LIMIT_FIELDS)}>
        {field("calls", calls, setCalls)}
        {field("writes", writes, setWrites)}
      </Form>
    </Dialog>
  );
}

type Doing = { readonly what: "invite" } | { readonly what: "role" | "groups" | "limits" | "reset" | "delete" | "grants"; readonly user: User };

export function People() {
  const people = usePeople(), groups = groupsOf(people.value);
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
  // Of who comes by a provider, role and groups are its word, and there is no other way in.
  const items = (user: User) => [
    ...(user.by_provider
      ? []
      : [
          { label: t("settings.change_role"), run: () => begin({ what: "role", user }) },
          { label: t("settings.change_groups"), run: () => begin({ what: "groups", user }) },
        ]),
    { label: t("settings.change_limits"), run: () => begin({ what: "limits", user }) },
    ...(user.role === "editor" ? [{ label: t("settings.grants"), run: () => begin({ what: "grants", user }) }] : []),
    ...(user.by_provider
      ? []
      : [
          { label: t("settings.new_link"), run: () => void linked(ok(api.POST("/user/{user}/invite", path(user)))) },
          { label: t("settings.reset"), danger: true, run: () => begin({ what: "reset", user }) },
        ]),
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
            { id: "groups", label: t("settings.groups"), value: (u) => u.groups.join(", ") },
            { id: "password", label: t("settings.password"), value: (u) => t(u.barred_at ? "settings.barred" : u.by_provider ? "settings.by_provider" : u.has_password ? "settings.has_password" : "settings.link_only") },
            { id: "made", label: t("settings.made"), value: (u) => u.created_at, show: (u) => <Time at={u.created_at} /> },
            { id: "do", label: t("settings.action"), value: () => "", show: (u) => <Menu label={t("settings.more_of", { name: u.name })} items={items(u)} /> },
          ]}
        />
      )}
      {doing?.what === "invite" && <Invite known={groups} close={stop} invited={(made) => void linked(Promise.resolve(made))} />}
      {doing?.what === "role" && <ChangeRole user={doing.user} close={stop} done={people.again} />}
      {doing?.what === "groups" && <ChangeGroups user={doing.user} known={groups} close={stop} done={people.again} />}
      {doing?.what === "limits" && <ChangeLimits user={doing.user} close={stop} done={people.again} />}
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
