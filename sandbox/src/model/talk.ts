// SPDX-License-Identifier: Apache-2.0
// What a scripted model is shown and what it does, whatever the wire format.

export interface Tool {
  name: string;
  schema: { properties?: { [name: string]: { type?: string } }; required?: string[] };
}

export interface Shown {
  /** The model's name, "good" or "other-account:retail", taken apart at the colon. */
  script: string;
  argument: string;
  /** What the person or the program asked first. */
  asked: string;
  tools: Tool[];
  /** What its calls gave, in order. */
  results: string[];
  /** Turns of its own so far. */
  rounds: number;
  /** How many requests for this script came before, since the record was cleared. */
  before: number;
  /** The key that came. */
  key: string;
}

export interface Call {
  name: string;
  /** As the model writes them: not always JSON. */
  arguments: string;
}

/** One reply. With calls it stops for them, else it is at its end, unless `stop` says so. */
export interface Move {
  think?: string;
  text?: string;
  calls?: Call[];
  stop?: "length" | "refusal";
}

export const call = (name: string, given: unknown): Call => ({ name, arguments: JSON.stringify(given) });

/** The first object in a text that is a program: the planner's draft, where one is shown. */
export function programIn(text: string): unknown {
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    const found = objectAt(text, at) as { steps?: unknown; program?: unknown } | undefined;
    if (Array.isArray(found?.steps)) return found;
    if (found?.program) return found.program;
  }
  return undefined;
}

// The JSON object that begins there, as far as its brackets are even.
function objectAt(text: string, at: number): unknown {
  let depth = 0;
  let quoted = false;
  for (let i = at; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === "\\") i++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === "{") depth++;
    else if (!quoted && c === "}" && --depth === 0) {
      try {
        return JSON.parse(text.slice(at, i + 1)) as unknown;
      } catch {
        return undefined;
      }
    }
  }
  return undefined;
}
