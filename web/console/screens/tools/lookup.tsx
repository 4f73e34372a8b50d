// SPDX-License-Identifier: Apache-2.0
// lookup: an id is chosen by its name: the tool that lists such things is called, and one of its rows is taken.
import { useMemo, useState } from "preact/hooks";
import { api, Fault, ok } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Virtual } from "../../parts/virtual.tsx";
import { optionsOf, rowsOf, valueOf, type Option } from "./found.ts";
import { isObject, partsOf, type Json, type Schema } from "./schema.ts";

interface Props {
  account: string;
  tool: string; // that lists them
  argument: string;
  given: Readonly<Record<string, Json>>; // what is filled in already, which the list may need
  take: (id: string | number) => void;
  close: () => void;
}

async function options({ account, tool, argument, given }: Props): Promise<Option[]> {
  const path = { id: account, tool };
  const { inputSchema } = await ok(api.GET("/integrated-account/{id}/tools/{tool}", { params: { path } }));
  const args = Object.fromEntries(partsOf(inputSchema as Schema, inputSchema as Schema).filter((p) => p.name in given && p.name !== argument && p.required).map((p) => [p.name, given[p.name]]));
  const result = await ok(api.POST("/integrated-account/{id}/tools/{tool}/call", { params: { path }, body: { arguments: args as Record<string, never> } }));
  const value = valueOf((result.content ?? []) as unknown[], isObject(result.result) ? result.result["structuredContent"] : undefined);
  if (result.is_error) throw new Fault(502, { error: { code: "upstream", message: typeof value === "string" ? value : JSON.stringify(value ?? result.outcome) } as never });
  return optionsOf(rowsOf(value) ?? [], argument);
}

export function LookUp(props: Props) {
  const { account, tool, argument, take, close } = props;
  const [wanted, setWanted] = useState("");
  const found = useData(`lookup ${account} ${tool} ${argument}`, () => options(props));
  const shown = useMemo(() => {
    const needle = wanted.trim().toLocaleLowerCase();
    return (found.value ?? []).filter((o) => !needle || `${o.name} ${o.id}`.toLocaleLowerCase().includes(needle));
  }, [found.value, wanted]);
  return (
    <Dialog title={t("tools.choose_one", { name: argument })} close={close}>
      <div class="screen">
        <p class="quiet">{t("tools.listed_by", { tool })}</p>
        {found.fault && <FaultNotice fault={found.fault} again={() => void found.again()} />}
        {!found.value && !found.fault && <Wait />}
        {found.value && (
          <>
            <input type="search" aria-label={t("tools.filter")} placeholder={t("tools.filter")} value={wanted} onInput={(e) => setWanted(e.currentTarget.value)} />
            <div class="options">
              <Virtual
                items={shown}
                height={40}
                label={argument}
                row={(o) => (
                  <button type="button" class="button bare option" onClick={() => take(o.id)}>
                    <span dir="auto">{o.name || String(o.id)}</span>
                    {o.name && <code class="quiet">{o.id}</code>}
                  </button>
                )}
              />
            </div>
            {!shown.length && <p class="quiet">{t("tools.none_found")}</p>}
          </>
        )}
      </div>
    </Dialog>
  );
}
