// SPDX-License-Identifier: Apache-2.0
// Aliases: what people call things in questions. Taking one away can be undone.
import { useState } from "preact/hooks";
import { all, api, ok, page, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Table } from "../../parts/table.tsx";
import { toast } from "../../parts/toast.tsx";

export function Aliases() {
  const aliases = useData("aliases", (signal) => all((after) => ok(api.GET("/alias", page(after, signal)))));
  const [name, setName] = useState(""), [value, setValue] = useState("");
  async function keep(): Promise<void> {
    await ok(api.POST("/alias", { body: { name: name.trim(), value: value.trim() } }));
    setName("");
    setValue("");
    await aliases.again();
  }
  async function remove(a: Shapes["Alias"]): Promise<void> {
    await ok(api.DELETE("/alias/{alias}", { params: { path: { alias: a.id } } }));
    await aliases.again();
    toast(t("settings.alias_gone", { name: a.name }), async () => {
      await ok(api.POST("/alias", { body: { name: a.name, value: a.value, ...(a.account_id ? { account: a.account_id } : {}) } }));
      await aliases.again();
    });
  }
  return (
    <div class="screen">
      <p class="hint">{t("settings.aliases_says")}</p>
      {aliases.fault && <FaultNotice fault={aliases.fault} again={() => void aliases.again()} />}
      {!aliases.value && !aliases.fault && <Wait />}
      {aliases.value && aliases.value.length > 0 && (
        <Table
          name="a"
          filter
          label={t("settings.tab_aliases")}
          rows={aliases.value}
          columns={[
            { id: "name", label: t("settings.alias_word"), value: (a) => a.name },
            { id: "value", label: t("settings.alias_means"), value: (a) => a.value },
            { id: "account", label: t("settings.alias_where"), value: (a) => a.account ?? t("settings.anywhere") },
            {
              id: "do",
              label: t("settings.action"),
              value: () => "",
              show: (a) => (
                <button type="button" class="button" aria-label={t("settings.alias_off", { name: a.name })} onClick={() => void remove(a)}>
                  {t("settings.remove")}
                </button>
              ),
            },
          ]}
        />
      )}
      <Form submit={t("settings.alias_add")} run={keep} fields={["name", "value"]}>
        <Field name="name" label={t("settings.alias_word")}>
          <input value={name} onInput={(e) => setName(e.currentTarget.value)} placeholder="production" required autocomplete="off" />
        </Field>
        <Field name="value" label={t("settings.alias_means")} hint={t("settings.alias_value_says")}>
          <input value={value} onInput={(e) => setValue(e.currentTarget.value)} placeholder="example.com" required autocomplete="off" />
        </Field>
      </Form>
    </div>
  );
}
