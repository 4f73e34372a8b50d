// SPDX-License-Identifier: Apache-2.0
// menu: a button that opens a few more things to do. It is the browser's popover, so Esc and a click elsewhere close it, and
// arrows go along (ARIA's pattern of menu buttons).
import { useId, useRef } from "preact/hooks";
import { t } from "../app/words.ts";
import { Icon } from "./icon.tsx";

export interface Item {
  readonly label: string;
  readonly danger?: boolean;
  run(): void;
}

interface MenuProps {
  items: readonly Item[];
  label?: string;
  chip?: string; // what the button says, where it is a chip
}
export function Menu({ items, label, chip }: MenuProps) {
  const id = useId(), list = useRef<HTMLDivElement>(null), button = useRef<HTMLButtonElement>(null);
  function placed(event: ToggleEvent): void {
    const menu = list.current, at = button.current?.getBoundingClientRect();
    if (event.newState !== "open" || !menu || !at) return;
    menu.style.top = `${Math.min(at.bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
    menu.style.left = `${Math.max(8, chip ? Math.min(at.left, innerWidth - menu.offsetWidth - 8) : at.right - menu.offsetWidth)}px`;
    menu.querySelector("button")?.focus();
  }
  function walk(event: KeyboardEvent): void {
    const all = [...(list.current?.querySelectorAll("button") ?? [])], at = all.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: (at + 1) % all.length, ArrowUp: (at + all.length - 1) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[next]?.focus();
  }
  return (
    <>
      <button ref={button} type="button" class={chip ? "chip" : "button bare"} popovertarget={id} aria-haspopup="menu" aria-label={chip ? undefined : (label ?? t("common.more"))} title={chip && label}>
        {chip ?? <Icon name="more" />}
        {chip && <span aria-hidden="true">▾</span>}
      </button>
      <div ref={list} id={id} popover="auto" role="menu" class="menu" onToggle={placed} onKeyDown={walk}>
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabindex={-1}
            class={item.danger ? "danger" : undefined}
            onClick={() => {
              list.current?.hidePopover();
              item.run();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}
