// SPDX-License-Identifier: Apache-2.0
// One's own: what this browser shows, which AI clients one has let in, and which browsers are signed in.
import { useState } from "preact/hooks";
import { all, api, ok } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import { keysOn, setKeys } from "../../app/keys.ts";
import { role, signOut, who } from "../../app/session.ts";
import { setTheme, theme, THEMES } from "../../app/theme.ts";
import { language, LANGUAGES, setLanguage, t, type Language } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { SignIns } from "./clients.tsx";

function Looks() {
  return (
    <div class="card">
      <h2>{t("settings.looks")}</h2>
      <fieldset class="field">
        <legend>{t("settings.theme")}</legend>
        <div class="chips">
          {THEMES.map((one) => (
            <button key={one} type="button" class="chip" aria-pressed={theme.value === one} onClick={() => setTheme(one)}>
              {t(`settings.theme_${one}`)}
            </button>
          ))}
        </div>
      </fieldset>
      <div class="field">
        <label for="language">{t("settings.language")}</label>
        <select id="language" value={language.value} onChange={(e) => void setLanguage(e.currentTarget.value as Language)}>
          {Object.entries(LANGUAGES).map(([id, name]) => (
            <option key={id} value={id} lang={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <label class="choice">
        <input type="checkbox" checked={keysOn.value} onChange={(e) => setKeys(e.currentTarget.checked)} />
        <span>
          {t("settings.keys")}
          <span class="hint block">{t("settings.keys_says")}</span>
        </span>
      </label>
    </div>
  );
}

function Sessions() {
  const sessions = useData("sessions", (signal) => all((after) => ok(api.GET("/session", { params: { query: after ? { after } : {} }, signal }))));
  async function end(id: string): Promise<void> {
    await ok(api.DELETE("/session/{session}", { params: { path: { session: id } } }));
    toast(t("settings.session_ended"));
    await sessions.again();
  }
  if (sessions.fault) return <FaultNotice fault={sessions.fault} again={() => void sessions.again()} />;
  if (!sessions.value) return <Wait />;
  return (
    <Table
      label={t("settings.sessions")}
      rows={sessions.value}
      columns={[
        { id: "user", label: t("settings.name"), value: (s) => s.user },
        { id: "agent", label: t("settings.browser"), value: (s) => s.agent },
        { id: "address", label: t("settings.address"), value: (s) => s.address },
        { id: "used", label: t("settings.last_used"), value: (s) => s.last_used_at, show: (s) => <Time at={s.last_used_at} /> },
        { id: "ends", label: t("settings.ends"), value: (s) => s.expires_at, show: (s) => <Time at={s.expires_at} /> },
        {
          id: "end",
          label: t("settings.action"),
          value: () => "",
          show: (s) =>
            s.current ? (
              <span class="chip good">{t("settings.this_one")}</span>
            ) : (
              <button type="button" class="button" onClick={() => void end(s.id)}>
                {t("settings.end_session")}
              </button>
            ),
        },
      ]}
    />
  );
}

function Password() {
  const [current, setCurrent] = useState(""), [password, setPassword] = useState("");
  async function run(): Promise<void> {
    await ok(api.PUT("/password", { body: { current, password } }));
    setCurrent("");
    setPassword("");
    toast(t("settings.password_changed"));
    changed("sessions");
  }
  return (
    <div class="card">
      <h2>{t("settings.password")}</h2>
      <Form submit={t("settings.password_change")} run={run} fields={["current", "password"]}>
        <Field name="current" label={t("settings.password_now")}>
          <input type="password" value={current} onInput={(e) => setCurrent(e.currentTarget.value)} autocomplete="current-password" required />
        </Field>
        <Field name="password" label={t("settings.password_new")} hint={t("settings.password_new_says")}>
          <input type="password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} autocomplete="new-password" minlength={12} required />
        </Field>
      </Form>
    </div>
  );
}

export function Me() {
  return (
    <div class="screen">
      <div class="card">
        <h2>{who.value?.name}</h2>
        <p class="quiet">{t(`settings.role_${role.value}_says`)}</p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => void signOut()}>
            {t("settings.sign_out")}
          </button>
        </div>
      </div>
      <Looks />
      {who.value?.has_password && <Password />}
      <h2>{t("settings.my_clients")}</h2>
      <SignIns mine />
      <h2>{t("settings.sessions")}</h2>
      <Sessions />
    </div>
  );
}
