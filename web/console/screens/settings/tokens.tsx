// SPDX-License-Identifier: Apache-2.0
// API tokens: for programs and as the second credential of MCP servers. Each is shown once, with a command that tries it.
import { useState } from "preact/hooks";
import { all, api, ok, page, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Menu } from "../../parts/menu.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Once } from "../../parts/once.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { Grants } from "./grants.tsx";

type Token = Shapes["Token"];
type Role = Token["role"];
const ROLES: readonly Role[] = ["client", "viewer", "editor", "admin"];
const DAYS = [7, 30, 90, 365, 0] as const; // 0: never ends

function Make({ close, made }: { close: () => void; made: (token: Shapes["TokenWithText"]) => void }) {
  const [name, setName] = useState(""), [role, setRole] = useState<Role>("client"), [days, setDays] = useState<number>(90);
  async function run(): Promise<void> {
    const expires_at = days ? new Date(Date.now() + days * 86_400_000).toISOString() : null;
    made(await ok(api.POST("/api-token", { body: { name: name.trim(), role, expires_at } })));
  }
  return (
    <Dialog title={t("settings.new_token")} close={close}>
      <Form submit={t("settings.new_token")} cancel={close} run={run} fields={["name"]}>
        <Field name="name" label={t("settings.token_for")}>
          <input value={name} onInput={(e) => setName(e.currentTarget.value)} required autocomplete="off" />
        </Field>
        <Field name="role" label={t("settings.role")} hint={t(`settings.role_${role}_says`)}>
          <select value={role} onChange={(e) => setRole(e.currentTarget.value as Role)}>
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {t(`roles.${one}`)}
              </option>
            ))}
          </select>
        </Field>
        <Field name="expires_at" label={t("settings.ends")}>
          <select value={days} onChange={(e) => setDays(Number(e.currentTarget.value))}>
            {DAYS.map((n) => (
              <option key={n} value={n}>
                {n ? t("settings.in_days", { n }) : t("settings.never")}
              </option>
            ))}
          </select>
        </Field>
      </Form>
    </Dialog>
  );
}

export function Tokens() {
  const tokens = useData("tokens", (signal) => all((after) => ok(api.GET("/api-token", page(after, signal)))));
  const [making, make] = useState(false), [shown, show] = useState<Shapes["TokenWithText"] | undefined>(), [revoking, revoke] = useState<Token | undefined>(), [granting, grant] = useState<Token | undefined>();
  async function end(token: Token): Promise<void> {
    await ok(api.DELETE("/api-token/{token_id}", { params: { path: { token_id: token.id } } }));
    toast(t("settings.revoked", { name: token.name }));
    revoke(undefined);
    await tokens.again();
  }
  return (
    <div class="screen">
      <div class="buttons">
        <button type="button" class="button main" onClick={() => make(true)}>
          {t("settings.new_token")}
        </button>
      </div>
      {tokens.fault && <FaultNotice fault={tokens.fault} again={() => void tokens.again()} />}
      {!tokens.value && !tokens.fault && <Wait />}
      {tokens.value && (
        <Table
          name="t"
          filter
          label={t("settings.tab_tokens")}
          rows={tokens.value}
          columns={[
            { id: "name", label: t("settings.name"), value: (k) => k.name },
            { id: "role", label: t("settings.role"), value: (k) => t(`roles.${k.role}`) },
            { id: "used", label: t("settings.last_used"), value: (k) => k.last_used_at, show: (k) => (k.last_used_at ? <Time at={k.last_used_at} /> : t("settings.never_used")) },
            { id: "ends", label: t("settings.ends"), value: (k) => k.expires_at, show: (k) => (k.expires_at ? <Time at={k.expires_at} /> : t("settings.never")) },
            { id: "made", label: t("settings.made"), value: (k) => k.created_at, show: (k) => <Time at={k.created_at} /> },
            {
              id: "do",
              label: t("settings.action"),
              value: () => "",
              show: (k) => <Menu label={t("settings.more_of", { name: k.name })} items={[...(k.role === "editor" ? [{ label: t("settings.grants"), run: () => grant(k) }] : []), { label: t("settings.revoke"), danger: true, run: () => revoke(k) }]} />,
            },
          ]}
        />
      )}
      {making && (
        <Make
          close={() => make(false)}
          made={(token) => {
            make(false);
            show(token);
            void tokens.again();
          }}
        />
      )}
      {granting && <Grants of={{ kind: "token", id: granting.id }} name={granting.name} close={() => grant(undefined)} />}
      {revoking && <Confirm title={t("settings.revoke")} says={t("settings.revoke_says", { name: revoking.name })} typed={revoking.name} submit={t("settings.revoke")} run={() => end(revoking)} close={() => revoke(undefined)} />}
      {shown && (
        <Once title={t("settings.token_shown", { name: shown.name })} text={shown.token} says={t("settings.token_says")} close={() => show(undefined)}>
          <p>{t("settings.token_try")}</p>
          <Copy text={`curl -s ${location.origin}/whoami -H "Authorization: Bearer $POSTERN_TOKEN"`} label={t("settings.token_try")} />
        </Once>
      )}
    </div>
  );
}
