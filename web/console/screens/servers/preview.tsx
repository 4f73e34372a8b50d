// SPDX-License-Identifier: Apache-2.0
// preview: the tools that a draft would show, and what their list costs in a client's context, asked for as the draft changes.
import { useEffect, useState } from "preact/hooks";
import { api, ok, type Shapes } from "../../api/client.ts";
import { useData, type Data } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Virtual } from "../../parts/virtual.tsx";
import { configOf, type Draft } from "./draft.ts";

const PAUSE_MS = 200, TOKEN_BYTES = 4; // about: of English and JSON
type Shown = Shapes["ServerPreview"];

// While the draft is still being changed, what was there stays.
export function usePreview(draft: Draft): Data<Shown> {
  const text = JSON.stringify({ accounts: draft.accounts, share: draft.share, config: configOf(draft) });
  const [body, setBody] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setBody(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const wanted = draft.accounts.length > 0 && !(draft.reach === "chosen" && !draft.methods.length);
  return useData(wanted ? `preview ${body}` : undefined, (signal) => ok(api.POST("/mcp-server/check", { body: JSON.parse(body) as { accounts: string[] }, signal })));
}

export function ToolRows({ tools }: { tools: Shown["tools"] }) {
  const [word, setWord] = useState("");
  const found = tools.filter((tool) => !word || `${tool.name} ${tool.title ?? ""}`.toLowerCase().includes(word.toLowerCase()));
  return (
    <>
      <input type="search" aria-label={t("servers.search_tools")} placeholder={t("servers.search_tools")} value={word} onInput={(e) => setWord(e.currentTarget.value)} />
      <div class="preview-tools" tabindex={0}>
        <Virtual
          items={found}
          height={44}
          label={t("servers.preview")}
          row={(tool) => (
            <div class="preview-row">
              <code title={tool.title ?? tool.name}>{tool.name}</code>
              <span class={tool.read_only ? "chip" : "chip warn"}>{tool.read_only ? t("servers.reads") : tool.class}</span>
            </div>
          )}
        />
      </div>
    </>
  );
}

export function Cost({ shown }: { shown: Shown }) {
  const writes = shown.tool_count - shown.read_count;
  return (
    <p role="status">
      <strong>{t("servers.tools", { n: shown.tool_count })}</strong>
      {writes > 0 && <span class="warn-text"> · {t("servers.writes", { n: writes })}</span>}
      <span class="quiet block">{t("servers.cost", { kb: Math.ceil(shown.bytes / 1024), tokens: Math.ceil(shown.bytes / TOKEN_BYTES / 100) * 100 })}</span>
    </p>
  );
}

export function Preview({ preview, chosen }: { preview: Data<Shown>; chosen: boolean }) {
  return (
    <aside class="card preview" aria-label={t("servers.preview")}>
      <h2>{t("servers.preview")}</h2>
      {!chosen && <p class="quiet">{t("servers.preview_empty")}</p>}
      {preview.fault && (preview.fault.status === 422 ? <Notice kind="warn" title={preview.fault.message} /> : <FaultNotice fault={preview.fault} />)}
      {chosen && !preview.value && !preview.fault && <Wait />}
      {preview.value && !preview.fault && (
        <>
          <Cost shown={preview.value} />
          <ToolRows tools={preview.value.tools} />
        </>
      )}
    </aside>
  );
}
