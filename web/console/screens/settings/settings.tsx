// SPDX-License-Identifier: Apache-2.0
// Settings: one's own; and for administrators people, identity providers, AI clients that they let in, API tokens, language models, aliases and the program itself.
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Tabs } from "../../parts/tabs.tsx";
import { Aliases } from "./aliases.tsx";
import { Clients } from "./clients.tsx";
import { Engines } from "./engines.tsx";
import { Me } from "./me.tsx";
import { People } from "./people.tsx";
import { Providers } from "./providers.tsx";
import { System } from "./system.tsx";
import { Tokens } from "./tokens.tsx";

export default function Settings() {
  const all = [
    { id: "me", show: () => <Me /> },
    { id: "people", show: () => <People /> },
    { id: "providers", show: () => <Providers /> },
    { id: "clients", show: () => <Clients /> },
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
