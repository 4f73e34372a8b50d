// SPDX-License-Identifier: Apache-2.0
// words: how much room text takes, without a document to measure it in: a little too much rather than too little. Pure.
//   fitWords("staging.example.com", 60)                  // "staging.e…"

export const FONT = 11; // pixels

const NARROW = /[ilIjtfr.,:;'|!()[\]{}/ -]/, WIDE = /[mwMW@%—]|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|[\u{1f300}-\u{1faff}]/u, MARK = /\p{M}/u;

const characterWidth = (c: string): number => (MARK.test(c) ? 0 : NARROW.test(c) ? 0.36 : WIDE.test(c) ? 1 : /[A-Z]/.test(c) ? 0.7 : 0.58) * FONT;

export function wordsWidth(text: string): number {
  let width = 0;
  for (const c of text.slice(0, 400)) width += characterWidth(c);
  return width;
}

export function fitWords(text: string, room: number): string {
  let width = 0, kept = "";
  const most = room - characterWidth("—");
  const line = text.replace(/\s+/g, " ");
  if (line.length < 400 && wordsWidth(line) <= room) return line;
  for (const c of line) {
    width += characterWidth(c);
    if (width > most) break;
    kept += c;
  }
  return `${kept.trimEnd()}…`;
}

// Which of a row of labels can stand beside each other: every first, second, … one.
export function thinned(labels: readonly { at: number; label: string }[]): boolean[] {
  const widths = labels.map((l) => wordsWidth(l.label) + FONT);
  const free = (every: number): boolean => {
    let end = -Infinity;
    return labels.every((l, i) => {
      if (i % every) return true;
      const ok = l.at - widths[i]! / 2 >= end;
      end = l.at + widths[i]! / 2;
      return ok;
    });
  };
  let every = 1;
  while (every < labels.length && !free(every)) every++;
  return labels.map((_, i) => i % every === 0);
}
