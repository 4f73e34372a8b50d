// SPDX-License-Identifier: Apache-2.0
// names: a list of names, such as groups or people: each can be taken away, another is typed or chosen of those that are known.
// A name may have anything in it, commas too, so each is added by itself, by Enter or the button; what stands in the field counts
// as well, so that nobody saves without it. In a form:
//   <Field name="groups" label={t("settings.groups")}><Names begin={user.groups} set={setGroups} known={all} /></Field>
import { useId, useState } from "preact/hooks";
import { t } from "../app/words.ts";

interface NamesProps {
  begin: readonly string[]; // when it is first shown
  set: (value: string[]) => void;
  known?: readonly string[];
  id?: string; // this and more as Field gives it, for the input
}
export function Names({ begin, set, known = [], ...input }: NamesProps) {
  const [added, setAdded] = useState(begin), [typed, type] = useState(""), list = useId();
  function change(names: readonly string[], text: string): void {
    const last = text.trim();
    setAdded(names);
    type(text);
    set(last && !names.includes(last) ? [...names, last] : [...names]);
  }
  function add(): void {
    const name = typed.trim();
    change(name && !added.includes(name) ? [...added, name] : added, "");
  }
  function keyed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !typed.trim()) return;
    event.preventDefault(); // the form is not sent by it
    add();
  }
  return (
    <div class="names">
      {added.length > 0 && (
        <div class="chips">
          {added.map((name) => (
            <button key={name} type="button" class="chip" aria-label={t("common.remove_name", { name })} onClick={() => change(added.filter((one) => one !== name), typed)}>
              <span dir="auto">{name}</span> <span aria-hidden="true">×</span>
            </button>
          ))}
        </div>
      )}
      <div class="names-add">
        <input {...input} list={list} value={typed} onInput={(e) => change(added, e.currentTarget.value)} onKeyDown={keyed} autocomplete="off" spellcheck={false} />
        <datalist id={list}>
          {known.filter((name) => !added.includes(name)).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <button type="button" class="button" onClick={add}>
          {t("common.add_name")}
        </button>
      </div>
    </div>
  );
}
