// SPDX-License-Identifier: Apache-2.0
// help: the shortcuts that there are.
import { Dialog } from "../parts/dialog.tsx";
import { places } from "./routes.ts";
import { may } from "./session.ts";
import { t } from "./words.ts";

export default function Help({ close }: { close: () => void }) {
  const keys: [string, string][] = [
    ["Ctrl K, ⌘ K", t("shell.help_palette")],
    ["/", t("shell.help_search")],
    ["c", t("shell.help_create")],
    ["?", t("shell.help_help")],
    ["Esc", t("shell.help_back")],
    ...places.filter((p) => may(...p.roles)).map((p): [string, string] => [`g ${p.key}`, t("shell.help_go", { place: t(`nav.${p.name}`) })]),
  ];
  return (
    <Dialog title={t("shell.help")} close={close}>
      <dl class="facts">
        {keys.map(([key, says]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{says}</dd>
          </>
        ))}
      </dl>
    </Dialog>
  );
}
