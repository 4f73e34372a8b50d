// SPDX-License-Identifier: Apache-2.0
// Settings: one's own; and for administrators people, API tokens, language models, aliases and the program itself.
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Tabs } from "../../parts/tabs.tsx";
import { Aliases } from "./aliases.tsx";
import { Engines } from "./engines.tsx";
import { Me } from "./me.tsx";
import { People } from "./people.tsx";
import { System } from "./system.tsx";
import { Tokens } from "./tokens.tsx";

export default function Settings() {
  const all = [
    { id: "me", show: () => <Me /> },
    { id: "people", show: () => <People /> },
    { id: "tokens", show: () => <Tokens /> },
    { id: "engines", show: () => <Engines /> },
    { id: "aliases", show: () => <Aliases /> },
    { id: "system", show: () => <System /> },
  ];
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("settings.title")}</h1>
      </div>
      <Tabs name="tab" label={t("settings.title")} tabs={all.filter((tab) => tab.id === "me" || may("admin")).map((tab) => ({ ...tab, label: t(`settings.tab_${tab.id}`) }))} />
    </div>
  );
}
