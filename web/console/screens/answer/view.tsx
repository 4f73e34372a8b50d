// SPDX-License-Identifier: Apache-2.0
// view: an answer as it is read, while asking and at its own address: the sentence, what is drawn and the rows, what to know of
// it, and the calls.
import { useState } from "preact/hooks";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import type { Answer, Kept, Linked } from "../ask/told.ts";
import { Results } from "./results.tsx";
import { Said } from "./said.tsx";

export const rowsOf = (answer: Answer | Kept): number => (answer.results ?? []).reduce((n, r) => n + (r.rows?.length ?? 0), 0);

export function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (!warnings.length) return null;
  return (
    <ul class="warnings" aria-label={t("ask.warnings")}>
      {warnings.map((w) => (
        <li key={w}>
          <Icon name="warn" /> <span dir="auto">{w}</span>
        </li>
      ))}
    </ul>
  );
}

export function AnswerView({ answer, named }: { answer: Answer | Kept; named?: boolean }) {
  const [lit, light] = useState<Linked | undefined>(undefined), [held, hold] = useState<Linked | undefined>(undefined);
  return (
    <div class="answer-view">
      <Said text={answer.text ?? ""} numbers={answer.numbers ?? []} light={light} reveal={(of) => hold({ ...of })} />
      <Warnings warnings={answer.warnings ?? []} />
      <Results results={answer.results ?? []} lit={lit ?? held} reveal={held} named={named ?? false} />
    </div>
  );
}
