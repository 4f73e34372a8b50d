// SPDX-License-Identifier: Apache-2.0
// walk: lets a live drawing be read mark by mark: Tab stops at it once, arrows, Home and End go through its marks, and what
// the focus or the pointer is on is told. It is for the element around drawings, which may come and go; an <svg> that
// listens for the focus itself would be a stop of its own. In a document. Example:
//   walk(figure, (words) => (readout.textContent = words))

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

export function walk(around: HTMLElement, told: (words: string) => void): void {
  const tell = (target: EventTarget | null) => told(markAt(target)?.getAttribute("aria-label") ?? "");
  around.addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    const mark = markAt(target), marks = [...(mark?.ownerSVGElement?.querySelectorAll<SVGElement>(".mark") ?? [])];
    const at = mark ? marks.indexOf(mark) : -1, step = Object.hasOwn(STEPS, key) ? STEPS[key] : undefined;
    if (at < 0 || !step || altKey || ctrlKey || metaKey) return;
    event.preventDefault();
    const next = marks[step(at, marks.length - 1)]!;
    marks[at]!.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
  for (const kind of ["focusin", "pointerover"]) around.addEventListener(kind, (event) => tell(event.target));
}
