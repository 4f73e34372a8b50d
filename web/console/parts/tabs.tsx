// SPDX-License-Identifier: Apache-2.0
// tabs: parts of a screen of which one is seen. Which one stands in the address; arrows, Home and End go along (ARIA's pattern
// of tabs with manual focus order). Example:
//   <Tabs name="tab" label={…} tabs={[{ id: "overview", label: …, show: () => <Overview /> }, …]} />
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { queryOf, setQuery } from "../app/router.ts";

export interface Tab {
  readonly id: string;
  readonly label: ComponentChildren;
  show(): ComponentChildren;
}

export function Tabs({ name, label, tabs }: { name: string; label: string; tabs: readonly Tab[] }) {
  const id = useId(), chosen = tabs.find((tab) => tab.id === queryOf(name)) ?? tabs[0];
  if (!chosen) return null;
  const choose = (tab: Tab): void => setQuery({ [name]: tab === tabs[0] ? undefined : tab.id });
  function walk(event: KeyboardEvent): void {
    const at = tabs.findIndex((tab) => tab === chosen), last = tabs.length - 1;
    const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    const tab = next === undefined ? undefined : tabs[next];
    if (!tab) return;
    event.preventDefault();
    choose(tab);
    document.getElementById(`${id}-${tab.id}`)?.focus();
  }
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label} onKeyDown={walk}>
        {tabs.map((tab) => (
          <button key={tab.id} type="button" role="tab" id={`${id}-${tab.id}`} aria-selected={tab === chosen} aria-controls={`${id}-panel`} tabindex={tab === chosen ? 0 : -1} onClick={() => choose(tab)}>
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen.id}`} key={chosen.id}>
        {chosen.show()}
      </div>
    </div>
  );
}
