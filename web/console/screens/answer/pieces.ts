// SPDX-License-Identifier: Apache-2.0
// pieces: an answer's text cut where its numbers are, which are told by bytes of the text in UTF-8. Pure. Example:
//   pieces("é 12 zones", [{ start: 3, end: 5, … }])       // "é ", "12" with its link, " zones"
import type { Linked } from "../ask/told.ts";

export interface Piece {
  readonly text: string;
  readonly link?: Linked;
}

export function pieces(text: string, numbers: readonly Linked[] = []): Piece[] {
  const bytes = new TextEncoder().encode(text), decoder = new TextDecoder();
  const out: Piece[] = [];
  let at = 0;
  const add = (start: number, end: number, link?: Linked): void => {
    if (end > start) out.push({ text: decoder.decode(bytes.subarray(start, end)), ...(link ? { link } : {}) });
  };
  for (const link of [...numbers].sort((a, b) => a.start - b.start)) {
    if (!(link.start >= at && link.end > link.start && link.end <= bytes.length)) continue;
    add(at, link.start);
    add(link.start, link.end, link);
    at = link.end;
  }
  add(at, bytes.length);
  return out;
}
