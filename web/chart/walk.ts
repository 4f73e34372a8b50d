// SPDX-License-Identifier: Apache-2.0
// walk: lets a live drawing be read mark by mark: Tab stops at it once, arrows, Home and End go through its marks, and what
// the focus or the pointer is on is told. In a document. Example:
//   walk(drawing, (words) => (readout.textContent = words))

const STEPS: Record<string, (at: number, last: number) => number> = {
  ArrowRight: (at, last) => Math.min(last, at + 1),
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowLeft: (at) => Math.max(0, at - 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  PageDown: (at, last) => Math.min(last, at + 10),
  PageUp: (at) => Math.max(0, at - 10),
  Home: () => 0,
  End: (_, last) => last,
};

const markAt = (target: EventTarget | null): SVGElement | null => (target instanceof SVGElement && target.classList.contains("mark") ? target : null);

export function walk(drawing: Element, told: (words: string) => void): void {
  const marks = [...drawing.querySelectorAll<SVGElement>(".mark")];
  const tell = (target: EventTarget | null) => told(markAt(target)?.getAttribute("aria-label") ?? "");
  drawing.addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    const at = marks.indexOf(markAt(target)!), step = Object.hasOwn(STEPS, key) ? STEPS[key] : undefined;
    if (at < 0 || !step || altKey || ctrlKey || metaKey) return;
    event.preventDefault();
    const next = marks[step(at, marks.length - 1)]!;
    marks[at]!.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
  for (const kind of ["focusin", "pointerover"]) drawing.addEventListener(kind, (event) => tell(event.target));
}
