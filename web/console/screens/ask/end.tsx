// SPDX-License-Identifier: Apache-2.0
// end: how a question ended where it was not answered, or not wholly, and what to do next: choose, go on, ask otherwise, connect
// what is missing.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { href } from "../../app/router.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { rowsOf } from "../answer/view.tsx";
import type { Answer, Kept } from "./told.ts";

interface EndProps {
  answer: Answer | Kept;
  last: boolean; // nothing was asked after it
  choose: (number: number, label: string, remember: boolean) => void;
  goOn: () => void;
  otherwise: () => void;
}

const Next = ({ says, children }: { says: string; children: ComponentChildren }) => (
  <div class="next">
    <p class="quiet">{says}</p>
    <div class="buttons">{children}</div>
  </div>
);

function Choices({ answer, choose }: Pick<EndProps, "answer" | "choose">) {
  const [remember, keep] = useState(false);
  return (
    <div class="next">
      <div class="buttons" role="group" aria-label={t("ask.choices")}>
        {(answer.choices ?? []).map((c) => (
          <button key={c.number} type="button" class="button" onClick={() => choose(c.number, c.label, remember)}>
            {c.label}
            {c.detail && <span class="quiet"> {c.detail}</span>}
          </button>
        ))}
      </div>
      {may("admin") && (
        <label class="choice">
          <input type="checkbox" checked={remember} onChange={(e) => keep(e.currentTarget.checked)} /> {t("ask.remember")}
        </label>
      )}
    </div>
  );
}

export function End({ answer, last, choose, goOn, otherwise }: EndProps) {
  if (!last) return null;
  const again = (
    <button type="button" class="button" onClick={otherwise}>
      {t("ask.otherwise")}
    </button>
  );
  if (answer.paused)
    return (
      <Next says={"wait_seconds" in answer && answer.wait_seconds ? t("ask.next_paused_wait", { n: answer.wait_seconds }) : t("ask.next_paused")}>
        <button type="button" class="button main" onClick={goOn}>
          {t("ask.go_on")}
        </button>
      </Next>
    );
  if (answer.outcome === "clarify") return answer.choices?.length ? <Choices answer={answer} choose={choose} /> : <Next says={t("ask.next_clarify")}>{again}</Next>;
  if (answer.outcome === "unanswerable")
    return (
      <Next says={t("ask.next_unanswerable")}>
        {again}
        {may("admin") && (
          <a class="button" href={href("sources/add")}>
            {t("ask.add_source")}
          </a>
        )}
      </Next>
    );
  if (answer.outcome === "refuse") return <Next says={t("ask.next_refuse")}>{again}</Next>;
  if (!rowsOf(answer)) return <Next says={t("ask.next_empty")}>{again}</Next>;
  return null;
}
