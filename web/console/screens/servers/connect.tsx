// SPDX-License-Identifier: Apache-2.0
// Connect: how each AI client is told of a server; and, once its first request has come, that it is there. What a client cannot
// do is said instead of what would not work.
import { useRef } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import type { ScreenProps } from "../../app/routes.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { CLIENTS, type Client, type Wanted } from "./clients.ts";
import { made } from "./made.ts";
import type { Server } from "./summary.ts";

const LOOK_MS = 2000;

// The first request that came by any of its URLs after this was opened, and, once it has called a tool, who it says it is;
// where people sign in, the first sign-in that ended in tokens.
function Arrival({ server }: { server: Server }) {
  const since = useRef(Date.now() - 1000), path = { path: { server_id: server.id } };
  const urls = useData(`arrival ${server.id}`, (signal) => ok(api.GET("/mcp-server/{server_id}/url", { params: path, signal })), LOOK_MS);
  const came = urls.value?.items.find((u) => u.last_used_at && Date.parse(u.last_used_at) >= since.current);
  const people = server.slug !== null, signedIn = people ? { action: "sign_in.token", outcome: "ok" as const } : {};
  const query = { server_id: server.id, since: new Date(since.current).toISOString(), limit: 20, ...signedIn };
  const calls = useData(came || people ? `arrived ${server.id}` : undefined, (signal) => ok(api.GET("/audit", { params: { query }, signal })), LOOK_MS);
  const who = calls.value?.items.find((row) => row.client)?.client, client = who && CLIENTS.find((c) => c.label && c.matches.test(who));
  return (
    <div role="status">
      {came || (people && calls.value?.items.length) ? (
        <Notice kind="good" title={t("servers.arrived", { client: client ? client.label : (who ?? t("servers.some_client")), n: server.tool_count })} />
      ) : (
        <p class="arrival quiet">
          <span class="pulse" /> {t("servers.waiting")}
        </p>
      )}
    </div>
  );
}

function Panel({ client, wanted }: { client: Client; wanted: Wanted }) {
  const advice = client.advise(wanted);
  if (advice.cannot) return <Notice kind="warn" title={t(`servers.cannot_${advice.cannot}`)} />;
  return (
    <div class="screen">
      <ol class="steps">
        {advice.steps.map((step) => (
          <li key={step}>{t(`servers.step_${step}`)}</li>
        ))}
      </ol>
      {advice.link && (
        <p>
          <a class="button main" href={advice.link} data-served>
            {t("servers.open_in", { client: client.label })}
          </a>
        </p>
      )}
      {advice.paste && <Copy text={advice.paste} label={t("servers.paste")} />}
      {wanted.second && <p class="hint">{t("servers.token_hint")}</p>}
    </div>
  );
}

export default function Connect({ params }: ScreenProps) {
  const id = params["id"] ?? "", server = useData(`server ${id}`, (signal) => ok(api.GET("/mcp-server/{server_id}", { params: { path: { server_id: id } }, signal })));
  const url = made.value[id]?.url, s = server.value;
  if (server.fault) return <FaultNotice fault={server.fault} again={() => void server.again()} />;
  if (!s) return <Wait />;
  const people = s.sign_in_url;
  const wanted: Wanted = people ? { name: s.name, url: people, second: false, people: true } : { name: s.name, url: url ?? `${location.origin}/mcp/…`, second: s.config.require_api_token_auth ?? false };
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("servers.connect_to", { name: s.name })}</h1>
        <a class="button" href={href(`servers/${id}`)}>
          {t("servers.to_server")}
        </a>
      </div>
      {people && (
        <div class="card">
          <h2>{t("servers.sign_in_url")}</h2>
          <Copy text={people} label={t("servers.sign_in_url")} />
          <p class="hint">{t("servers.sign_in_hint")}</p>
        </div>
      )}
      {url ? (
        <div class="card">
          <h2>{t("servers.url")}</h2>
          <Copy text={url} label={t("servers.url")} />
          <p class="hint">{t("servers.url_once")}</p>
        </div>
      ) : (
        !people && <Notice kind="info" title={t("servers.url_not_kept")} action={{ label: t("servers.another_url"), href: href(`servers/${id}`, { tab: "urls" }) }} />
      )}
      <Tabs name="client" label={t("servers.clients")} tabs={CLIENTS.map((client) => ({ id: client.id, label: client.label || t("servers.other_client"), show: () => <Panel client={client} wanted={wanted} /> }))} />
      <Arrival server={s} />
    </div>
  );
}
