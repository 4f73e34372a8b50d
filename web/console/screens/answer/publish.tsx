// SPDX-License-Identifier: Apache-2.0
// publish: an answer's program becomes a tool of an MCP server; what it takes as parameters are the tool's arguments.
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { useServers } from "../../api/lists.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Notice, Wait } from "../../parts/notice.tsx";

// "Requests by zone" as a tool's name: requests_by_zone.
export const toolName = (title: string): string => title.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 48) || "answer";

export function Publish({ answer, title, close }: { answer: string; title: string; close: () => void }) {
  const servers = useServers();
  const [chosen, choose] = useState<string | undefined>(undefined), [as, setAs] = useState(toolName(title)), [description, describe] = useState(title), [on, setOn] = useState<string | undefined>(undefined);
  if (on)
    return (
      <Dialog title={t("ask.published")} close={close}>
        <Notice kind="good" title={t("ask.published_as", { tool: as })} action={{ label: t("ask.open_server"), href: href(`servers/${on}`) }} />
      </Dialog>
    );
  if (!servers.value) return <Dialog title={t("ask.publish")} close={close}><Wait /></Dialog>;
  const server = chosen ?? servers.value[0]?.id;
  if (!server)
    return (
      <Dialog title={t("ask.publish")} close={close}>
        <Notice kind="empty" title={t("ask.no_server")} action={{ label: t("ask.make_server"), href: href("servers") }} />
      </Dialog>
    );
  async function run(): Promise<void> {
    if (!server) return;
    await ok(api.POST("/answers/{answer}/publish", { params: { path: { answer } }, body: { server, as, description } }));
    changed("server");
    setOn(server);
  }
  return (
    <Dialog title={t("ask.publish")} close={close}>
      <Form submit={t("ask.publish_it")} run={run} cancel={close} fields={["server", "as", "description"]}>
        <Field name="server" label={t("ask.server")} hint={t("ask.publish_hint")}>
          <select value={server} onChange={(e) => choose(e.currentTarget.value)}>
            {servers.value.map((s) => (
              <option key={s.id} value={s.id}>
                {s.name || s.id}
              </option>
            ))}
          </select>
        </Field>
        <Field name="as" label={t("ask.tool_name")}>
          <input value={as} onInput={(e) => setAs(e.currentTarget.value)} required pattern="[A-Za-z0-9_\-]+" spellcheck={false} />
        </Field>
        <Field name="description" label={t("ask.tool_says")}>
          <textarea rows={2} value={description} onInput={(e) => describe(e.currentTarget.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
