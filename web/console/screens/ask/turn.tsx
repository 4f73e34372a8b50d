// SPDX-License-Identifier: Apache-2.0
// turn: one question of a conversation: what was understood, what happens, and its answer.
import { useEffect, useRef, useState } from "preact/hooks";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { FaultNotice } from "../../parts/notice.tsx";
import { Evidence } from "../answer/evidence.tsx";
import { Pin } from "../answer/pin.tsx";
import { Share } from "../answer/share.tsx";
import { AnswerView } from "../answer/view.tsx";
import type { Asked, Asking } from "./asking.ts";
import { Chips } from "./chips.tsx";
import { put, turns } from "./conversation.ts";
import { End } from "./end.tsx";
import { Steps } from "./steps.tsx";
import type { Answer, Kept } from "./told.ts";

interface TurnProps {
  asking: Asking;
  last: boolean;
  view: Pick<Asked, "server" | "engine">;
  otherwise: (text: string) => void;
}

function Actions({ answer, question }: { answer: Answer | Kept; question: string }) {
  const [open, set] = useState<"pin" | "share" | undefined>(undefined), close = (): void => set(undefined);
  return (
    <div class="buttons">
      <a class="button" href={href(`answer/${answer.id}`)}>
        <Icon name="open" /> {t("ask.open_answer")}
      </a>
      {answer.outcome === "answer" && answer.program && (
        <button type="button" class="button" onClick={() => set("pin")}>
          <Icon name="pin" /> {t("ask.pin")}
        </button>
      )}
      <button type="button" class="button" onClick={() => set("share")}>
        <Icon name="share" /> {t("ask.share")}
      </button>
      {open === "pin" && <Pin what={{ answer: answer.id ?? "" }} title={question} results={answer.results ?? []} close={close} />}
      {open === "share" && <Share id={answer.id ?? ""} close={close} />}
    </div>
  );
}

export function Turn({ asking, last, view, otherwise }: TurnProps) {
  const answer = asking.answer.value, fault = asking.fault.value, state = asking.state.value, ref = useRef<HTMLElement>(null);
  const told = asking.events.value.findLast((e) => e.event === "understood")?.data as { understood: Answer["understood"] } | undefined;
  const chips = answer?.understood ?? told?.understood ?? [], at = turns.value.indexOf(asking), before = turns.value[at - 1]?.answer.value;
  useEffect(() => {
    if (state === "busy") ref.current?.scrollIntoView({ block: "start" });
  }, []);
  const next = (asked: Asked, shown: string): void => put({ ...view, ...asked, ...(answer?.id ? { follow: answer.id } : {}) }, shown);
  return (
    <article ref={ref} class="turn" aria-busy={state === "busy"} aria-label={asking.question}>
      <div class="head">
        <h2 dir="auto">{asking.question}</h2>
        {state === "busy" && (
          <button type="button" class="button" onClick={asking.stop}>
            <Icon name="stop" /> {t("ask.stop")}
          </button>
        )}
      </div>
      {answer?.outcome !== "clarify" && <Chips chips={chips} others={(before?.choices ?? []).map((c) => c.label)} edit={answer?.outcome === "answer" || answer?.outcome === "unanswerable" ? (text) => next({ question: text }, text) : undefined} />}
      <Steps asking={asking} />
      {fault && <FaultNotice fault={fault} again={() => put(asking.asked, asking.question)} />}
      {state === "stopped" && (
        <div class="next">
          <p>{t("ask.stopped")}</p>
          <div class="buttons">
            <button type="button" class="button" onClick={() => put(asking.asked, asking.question)}>
              {t("ask.ask_again")}
            </button>
          </div>
        </div>
      )}
      {answer && (
        <div class={`card ${answer.outcome}`}>
          <AnswerView answer={answer} />
          <End answer={answer} last={last} choose={(choose, label, remember) => next({ choose, ...(remember ? { remember } : {}) }, label)} goOn={() => next({}, t("ask.going_on"))} otherwise={() => otherwise(asking.question)} />
          {(answer.calls ?? []).length > 0 && <Evidence calls={answer.calls ?? []} program={answer.program} />}
          <Actions answer={answer} question={asking.question} />
        </div>
      )}
    </article>
  );
}
