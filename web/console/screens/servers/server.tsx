// SPDX-License-Identifier: Apache-2.0
// One MCP server: what it shows, its URLs, its filter, what came through it; and its end.
import { useAccounts } from "../../api/lists.ts";
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import type { ScreenProps } from "../../app/routes.ts";
import { go, href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Menu } from "../../parts/menu.tsx";
import { Copy } from "../../parts/copy.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { AuditRows } from "../audit/rows.tsx";
import { admissionOf, configChangeOf, type Draft, draftOf, expiresAt } from "./draft.ts";
import { ServerForm } from "./form.tsx";
import { keepMade } from "./made.ts";
import { Cost, ToolRows } from "./preview.tsx";
import { admittedWords, filterWords, warningsOf, type Server } from "./summary.ts";

const at = (id: string) => ({ params: { path: { server_id: id } } });

function Overview({ server: s }: { server: Server }) {
  const nothing = s.held !== null && s.tool_count === 0;
  const shown = useData(nothing ? undefined : `shown ${s.id} ${s.updated_at} ${s.held}`, (signal) => ok(api.POST("/mcp-server/check", { body: { server: s.id, accounts: s.accounts.map((a) => (a.alias ? { account: a.id, alias: a.alias } : a.id)) as string[], ...(s.share ? { share: true } : {}), config: s.config }, signal })));
  return (
    <div class="split">
      <dl class="facts card">
        <dt>{t("servers.accounts")}</dt>
        <dd>
          {s.accounts.map((a) => (
            <span class="block" key={a.id}>
              <a href={href(`sources/${a.id}`)}>{a.name ?? t("servers.account_gone")}</a> {a.alias && <code>{a.alias}_…</code>}
            </span>
          ))}
        </dd>
        {s.owner && (
          <>
            <dt>{t("servers.owner")}</dt>
            <dd>{s.owner_name ?? t("servers.owner_gone")}</dd>
          </>
        )}
        <dt>{t("servers.filter")}</dt>
        <dd>{filterWords(s.config)}</dd>
        {s.fence.map((f) => (
          <>
            <dt>{t("servers.held_to")}</dt>
            <dd>
              {f.account}: {f.key} = {f.values.map((v) => v.name ?? v.id).join(", ")}
            </dd>
          </>
        ))}
        {s.sign_in_url && (
          <>
            <dt>{t("servers.sign_in_url")}</dt>
            <dd>
              <Copy text={s.sign_in_url} label={t("servers.sign_in_url")} />
            </dd>
            <dt>{t("servers.admitted")}</dt>
            <dd>{admittedWords(s.sign_in) || t("servers.nobody")}</dd>
          </>
        )}
        <dt>{t("servers.second")}</dt>
        <dd>{s.config.require_api_token_auth ? t("servers.yes") : t("servers.no")}</dd>
        <dt>{t("servers.expiry")}</dt>
        <dd>{s.expires_at ? <Time at={s.expires_at} /> : t("servers.never_ends")}</dd>
        <dt>{t("servers.last_used")}</dt>
        <dd>{s.last_used_at ? <Time at={s.last_used_at} /> : t("servers.never_used")}</dd>
        <dt>{t("servers.made")}</dt>
        <dd>
          <Time at={s.created_at} />
        </dd>
      </dl>
      <aside class="card preview" aria-label={t("servers.preview")}>
        <h2>{t("servers.shows_now")}</h2>
        {shown.fault && <FaultNotice fault={shown.fault} again={() => void shown.again()} />}
        {s.held && (
          <Notice kind={nothing ? "warn" : "info"} title={t(nothing ? "servers.held_all" : "servers.held_some")}>
            <p class="hint">{s.held}</p>
          </Notice>
        )}
        {!shown.value && !shown.fault && !nothing && <Wait />}
        {shown.value && (
          <>
            <Cost shown={shown.value} />
            <ToolRows tools={shown.value.tools} />
          </>
        )}
      </aside>
    </div>
  );
}

function Urls({ server: s }: { server: Server }) {
  const urls = useData(`urls ${s.id}`, (signal) => ok(api.GET("/mcp-server/{server_id}/url", { ...at(s.id), signal })));
  const [adding, add] = useState(false), [name, setName] = useState(""), [rotating, rotate] = useState(false);
  async function make(): Promise<void> {
    const made = await ok(api.POST("/mcp-server/{server_id}/url", { ...at(s.id), body: { name: name.trim() } }));
    keepMade(s.id, made.url, made.name);
    go(`servers/${s.id}/connect`);
  }
  async function renew(): Promise<void> {
    const made = await ok(api.POST("/mcp-server/{server_id}/rotate", at(s.id)));
    keepMade(s.id, made.url);
    go(`servers/${s.id}/connect`);
  }
  async function revoke(url: string): Promise<void> {
    await ok(api.DELETE("/mcp-server/{server_id}/url/{url}", { params: { path: { server_id: s.id, url } } }));
    toast(t("servers.url_revoked", { name: url }));
    await urls.again();
  }
  return (
    <div class="screen">
      <p class="hint">{t("servers.urls_says")}</p>
      {urls.fault && <FaultNotice fault={urls.fault} again={() => void urls.again()} />}
      {!urls.value && !urls.fault && <Wait />}
      {urls.value && (
        <div class="table-frame" tabindex={0} role="region" aria-label={t("servers.urls")}>
          <table>
            <thead>
              <tr>
                <th>{t("servers.url_name")}</th>
                <th>{t("servers.last_used")}</th>
                <th>{t("servers.made")}</th>
                <th>
                  <span class="hidden-text">{t("common.more")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {urls.value.items.map((u) => (
                <tr key={u.name}>
                  <td>{u.name}</td>
                  <td>{u.last_used_at ? <Time at={u.last_used_at} /> : t("servers.never_used")}</td>
                  <td>
                    <Time at={u.created_at} />
                  </td>
                  <td>
                    <Menu label={t("servers.url_more", { name: u.name })} items={[...(u.name === "first" ? [{ label: t("servers.rotate"), run: () => rotate(true) }] : []), { label: t("servers.revoke"), danger: true, run: () => void revoke(u.name) }]} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div class="buttons">
        <button type="button" class="button" onClick={() => add(true)}>
          {t("servers.another_url")}
        </button>
      </div>
      {adding && (
        <Dialog title={t("servers.another_url")} close={() => add(false)}>
          <Form submit={t("servers.make_url")} run={make} cancel={() => add(false)} fields={["name"]}>
            <Field name="name" label={t("servers.url_for")} hint={t("servers.url_for_says")}>
              <input value={name} onInput={(e) => setName(e.currentTarget.value)} required autocomplete="off" />
            </Field>
          </Form>
        </Dialog>
      )}
      {rotating && <Confirm title={t("servers.rotate")} says={t("servers.rotate_says")} typed={s.name} submit={t("servers.rotate")} run={renew} close={() => rotate(false)} />}
    </div>
  );
}

function Change({ server: s, again }: { server: Server; again: () => Promise<void> }) {
  const accounts = useAccounts(), begin = draftOf(s);
  if (accounts.fault) return <FaultNotice fault={accounts.fault} again={() => void accounts.again()} />;
  if (!accounts.value) return <Wait rows={6} />;
  async function save(draft: Draft): Promise<void> {
    const same = draft.accounts.length === s.accounts.length && draft.accounts.every((id) => s.accounts.some((a) => a.id === id)) && draft.share === s.share;
    const config = configChangeOf(draft, begin);
    await ok(api.PATCH("/mcp-server/{server_id}", { ...at(s.id), body: { name: draft.name.trim(), ...(same ? {} : { accounts: [...draft.accounts], share: draft.share }), config, ...admissionOf(draft, begin), expires_at: expiresAt(draft) } }));
    toast(t("servers.saved"));
    changed("servers");
    await again();
    go(`servers/${s.id}`);
  }
  return <ServerForm begin={begin} accounts={accounts.value} submit={t("servers.save")} run={save} cancel={() => go(`servers/${s.id}`)} />;
}

function Activity({ server: s }: { server: Server }) {
  return <AuditRows filter={{ server_id: s.id }} />;
}

export default function ServerScreen({ params }: ScreenProps) {
  const id = params["id"] ?? "", server = useData(`server ${id}`, (signal) => ok(api.GET("/mcp-server/{server_id}", { ...at(id), signal })));
  const [closing, close] = useState(false), s = server.value;
  if (server.fault && !s) return <FaultNotice fault={server.fault} again={() => void server.again()} />;
  if (!s) return <Wait rows={6} />;
  async function end(): Promise<void> {
    await ok(api.DELETE("/mcp-server/{server_id}", at(id)));
    changed("servers");
    toast(t("servers.closed", { name: s?.name ?? "" }));
    go("servers");
  }
  // What can be taken back is done at once, and undone by the same way.
  async function pause(paused: boolean): Promise<void> {
    await ok(api.PATCH("/mcp-server/{server_id}", { ...at(id), body: { config: { paused } } }));
    changed("servers");
    await server.again();
    toast(t(paused ? "servers.paused" : "servers.resumed", { name: s?.name ?? "" }), () => pause(!paused));
  }
  return (
    <div class="screen">
      <div class="head">
        <h1>{s.name}</h1>
        <a class="button main" href={href(`servers/${id}/connect`)}>
          {t("servers.connect")}
        </a>
        <Menu items={[{ label: s.config.paused ? t("servers.resume") : t("servers.pause"), run: () => void pause(!s.config.paused) }, { label: t("servers.close"), danger: true, run: () => close(true) }]} />
      </div>
      {warningsOf(s).map((w) => (
        <Notice key={w.id} kind="warn" title={w.text} />
      ))}
      <Tabs
        name="tab"
        label={s.name}
        tabs={[
          { id: "overview", label: t("servers.overview"), show: () => <Overview server={s} /> },
          { id: "urls", label: t("servers.urls"), show: () => <Urls server={s} /> },
          { id: "change", label: t("servers.change"), show: () => <Change server={s} again={server.again} /> },
          { id: "activity", label: t("servers.activity"), show: () => <Activity server={s} /> },
        ]}
      />
      {closing && <Confirm title={t("servers.close")} says={t("servers.close_says", { n: s.tool_count })} typed={s.name} submit={t("servers.close")} run={end} close={() => close(false)} />}
    </div>
  );
}
