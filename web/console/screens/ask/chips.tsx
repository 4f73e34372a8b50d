// SPDX-License-Identifier: Apache-2.0
// chips: what was understood of a question. A time and a thing can be another one: then the question follows itself with that
// alone changed, and what was read a moment before is not read again.
import { useState } from "preact/hooks";
import { t } from "../../app/words.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Form } from "../../parts/form.tsx";
import { Menu, type Item } from "../../parts/menu.tsx";
import type { Understood } from "./told.ts";

// What is asked is in the planner's own words; what is shown in the person's.
const TIMES = ["today", "yesterday", "last 24 hours", "this week", "last week", "last 7 days", "last 30 days", "this month"] as const;
const THINGS_MOST = 12;

// "this week = 2026-11-23 00:00 to …": what was said, and what that is.
const parts = (said: string): [string, string] => {
  const at = said.indexOf(" = ");
  return at < 0 ? [said, ""] : [said.slice(0, at), said.slice(at + 3)];
};

interface ChipsProps {
  chips: readonly Understood[];
  others: readonly string[]; // that the thing might be too
  edit?: ((follow: string) => void) | undefined; // undefined: nothing can be changed now
}
export function Chips({ chips, others, edit }: ChipsProps) {
  const [naming, name] = useState<string | undefined>(undefined), [text, setText] = useState("");
  const which = (said: string): Item[] => [
    ...others.filter((o) => o !== said).slice(0, THINGS_MOST).map((o) => ({ label: o, run: () => edit?.(`and for "${o}"?`) })),
    { label: t("ask.another"), run: () => (setText(""), name(said)) },
  ];
  const one = (chip: Understood): { label: string; items: Item[] } | undefined => {
    if (!edit) return undefined;
    if (chip.what === "time") return { label: parts(chip.said)[1] || t("ask.change_time"), items: TIMES.filter((time) => time !== parts(chip.said)[0]).map((time) => ({ label: t(`ask.time_${time.replaceAll(" ", "_")}`), run: () => edit(time) })) };
    return chip.what === "which" ? { label: t("ask.change_thing"), items: which(chip.said) } : undefined;
  };
  if (!chips.length) return null;
  return (
    <>
      <ul class="chips" aria-label={t("ask.understood")}>
        {chips.map((chip, i) => {
          const menu = one(chip), said = chip.what === "time" ? parts(chip.said)[0] : chip.said;
          return (
            <li key={i}>
              {menu ? <Menu chip={said} label={menu.label} items={menu.items} /> : <span class="chip" dir="auto" title={chip.said}>{said}</span>}
              {chip.assumed && <span class="quiet"> {t("ask.assumed")}</span>}
            </li>
          );
        })}
      </ul>
      {naming !== undefined && (
        <Dialog title={t("ask.another_for", { thing: naming })} close={() => name(undefined)}>
          <Form
            submit={t("ask.send")}
            cancel={() => name(undefined)}
            run={async () => {
              name(undefined);
              edit?.(`and for "${text.replaceAll('"', "")}"?`);
            }}
          >
            <Field name="thing" label={t("ask.thing_name")}>
              <input value={text} onInput={(e) => setText(e.currentTarget.value)} required />
            </Field>
          </Form>
        </Dialog>
      )}
    </>
  );
}
