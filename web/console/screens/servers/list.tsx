// SPDX-License-Identifier: Apache-2.0
// MCP servers: all of them, with what each shows, to whom, until when, and when it was last used.
import { useEffect } from "preact/hooks";
import { useServers } from "../../api/lists.ts";
import { bind } from "../../app/keys.ts";
import { go, href, queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { Virtual } from "../../parts/virtual.tsx";
import { filterWords, warningsOf, type Server } from "./summary.ts";

const mentions = (s: Server, word: string): boolean => [s.name, s.id, ...s.accounts.map((a) => a.name ?? "")].some((text) => text.toLowerCase().includes(word));

function Row({ server: s }: { server: Server }) {
  return (
    <a class="row server" href={href(`servers/${s.id}`)}>
      <span>
        <strong>{s.name}</strong>
        <span class="quiet block">{s.accounts.map((a) => a.name ?? t("servers.account_gone")).join(", ")}</span>
      </span>
      <span>
        {t("servers.tools", { n: s.tool_count })}
        <span class="quiet block">{filterWords(s.config)}</span>
      </span>
      <span class="quiet">
        {s.expires_at ? (
          <>
            {t("servers.ends")} <Time at={s.expires_at} />
          </>
        ) : (
          t("servers.never_ends")
        )}
        <span class="block">
          {s.last_used_at ? (
            <>
              {t("servers.used")} <Time at={s.last_used_at} />
            </>
          ) : (
            t("servers.never_used")
          )}
        </span>
      </span>
      <span class="chips">
        {s.config.require_api_token_auth && <span class="chip">{t("servers.second")}</span>}
        {warningsOf(s).map((w) => (
          <span key={w.id} class="chip warn">
            {w.text}
          </span>
        ))}
      </span>
    </a>
  );
}

export default function Servers() {
  const servers = useServers();
  const word = (queryOf("q") ?? "").toLowerCase();
  useEffect(() => bind("c", () => go("servers/new")), []);
  const found = servers.value?.filter((s) => !word || mentions(s, word)).reverse();
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("servers.title")}</h1>
        <a class="button main" href={href("servers/new")}>
          <Icon name="add" /> {t("servers.create")}
        </a>
      </div>
      {servers.fault && <FaultNotice fault={servers.fault} again={() => void servers.again()} />}
      {!servers.value && !servers.fault && <Wait />}
      {servers.value?.length === 0 && (
        <Notice kind="empty" title={t("servers.none")} action={{ label: t("servers.create"), href: href("servers/new") }}>
          <p class="quiet">{t("servers.none_says")}</p>
        </Notice>
      )}
      {found && servers.value && servers.value.length > 0 && (
        <>
          <label class="field">
            <span class="hidden-text">{t("servers.search")}</span>
            <input type="search" value={queryOf("q") ?? ""} placeholder={t("servers.search")} onInput={(e) => setQuery({ q: e.currentTarget.value }, true)} />
          </label>
          <p class="hint" role="status">
            {t("servers.count", { n: found.length })}
          </p>
          <Virtual items={found} height={72} label={t("servers.title")} row={(s) => <Row server={s} />} />
        </>
      )}
    </div>
  );
}
