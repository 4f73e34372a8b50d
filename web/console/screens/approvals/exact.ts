// SPDX-License-Identifier: Apache-2.0
// exact: JSON text laid out to be read, and otherwise to the letter: it is not parsed, so a number of twenty digits and a name
// that comes twice are seen as they are. What would not be seen, or would turn the reading order round, is written out.

// Controls of direction, joiners and spaces of no width, tags: \u202e, \u200b, \u{e0041}, …
const UNSEEN = /[\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;

export const seen = (text: string): string => text.replace(UNSEEN, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);

export function laidOut(json: string): string {
  let out = "", depth = 0, empty = false;
  const line = (): string => `\n${"  ".repeat(depth)}`;
  for (const part of json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:\s]+/gsu) ?? []) {
    const opens = part === "{" || part === "[", closes = part === "}" || part === "]";
    if (closes) depth--;
    if (closes ? !empty : empty) out += line();
    out += part === ":" ? ": " : part === "," ? part + line() : part;
    if (opens) depth++;
    empty = opens;
  }
  return seen(out);
}
