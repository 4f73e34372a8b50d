// SPDX-License-Identifier: Apache-2.0
// virtual: a long list of which only what is near the window is in the document. Rows have one height, or about that: what is
// above and below is room. The list scrolls with the page, or in the nearest frame that scrolls. Example:
//   <Virtual items={servers} height={56} label={t("servers.title")} row={(s) => <ServerRow server={s} />} />
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const OVER = 12; // rows beyond the window

// Which rows are to be drawn: the first, and the one behind the last. `around` is the element that holds the rows' room.
export function useNear(count: number, height: number): { around: { current: HTMLElement | null }; first: number; end: number } {
  const around = useRef<HTMLElement | null>(null), [near, setNear] = useState({ first: 0, end: Math.min(count, 60) });
  useLayoutEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const top = around.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / height) - OVER), end = Math.min(count, Math.ceil((innerHeight - top) / height) + OVER);
      setNear((was) => (was.first === first && was.end === end ? was : { first, end: Math.max(first, end) }));
    };
    const later = (): void => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    addEventListener("scroll", later, { capture: true, passive: true });
    addEventListener("resize", later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", later, { capture: true });
      removeEventListener("resize", later);
    };
  }, [count, height]);
  return { around, first: Math.min(near.first, count), end: Math.min(near.end, count) };
}

interface VirtualProps<T> {
  items: readonly T[];
  height: number; // of a row, in pixels
  row: (item: T, at: number) => ComponentChildren;
  label: string;
}
export function Virtual<T>({ items, height, row, label }: VirtualProps<T>) {
  const { around, first, end } = useNear(items.length, height);
  return (
    <ul ref={around as { current: HTMLUListElement | null }} class="rows" aria-label={label} style={{ paddingTop: first * height, paddingBottom: (items.length - end) * height }}>
      {items.slice(first, end).map((item, i) => (
        <li key={first + i} aria-setsize={items.length} aria-posinset={first + i + 1}>
          {row(item, first + i)}
        </li>
      ))}
    </ul>
  );
}
