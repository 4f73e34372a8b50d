// SPDX-License-Identifier: Apache-2.0
// Create an MCP server. `?account=` chooses one beforehand. Its URL is shown on the next screen, this once.
import { useAccounts } from "../../api/lists.ts";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { go, href, queryOf } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { admissionOf, configOf, EMPTY, expiresAt, type Draft } from "./draft.ts";
import { ServerForm } from "./form.tsx";
import { keepMade } from "./made.ts";

export default function NewServer() {
  const accounts = useAccounts(), first = queryOf("account");
  async function create(draft: Draft): Promise<void> {
    const server = await ok(api.POST("/mcp-server", { body: { name: draft.name.trim(), accounts: [...draft.accounts], ...(draft.share ? { share: true } : {}), config: configOf(draft), ...admissionOf(draft), expires_at: expiresAt(draft) } }));
    keepMade(server.id, server.url);
    changed("servers");
    go(`servers/${server.id}/connect`);
  }
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("servers.new")}</h1>
      </div>
      {accounts.fault && <FaultNotice fault={accounts.fault} again={() => void accounts.again()} />}
      {!accounts.value && !accounts.fault && <Wait rows={6} />}
      {accounts.value?.length === 0 && <Notice kind="empty" title={t("servers.no_accounts")} action={{ label: t("servers.add_source"), href: href("sources/add") }} />}
      {accounts.value && accounts.value.length > 0 && (
        <ServerForm begin={{ ...EMPTY, accounts: accounts.value.filter((a) => a.id === first || a.name === first || accounts.value?.length === 1).map((a) => a.id) }} accounts={accounts.value} submit={t("servers.create")} run={create} cancel={() => go("servers")} />
      )}
    </div>
  );
}
