// SPDX-License-Identifier: Apache-2.0
// Ask: one box. What happens is told as it goes, and folds to a line when the answer is there.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { bind } from "../../app/keys.ts";
import { t } from "../../app/words.ts";
import { Chart } from "../../parts/chart.tsx";
import { FaultNotice } from "../../parts/notice.tsx";
import { ask, type Asking } from "./asking.ts";

function Turn({ asking }: { asking: Asking }) {
  const answer = asking.answer.value;
  const chips = answer?.understood ?? asking.events.value.findLast((e) => e.event === "understood")?.data.understood ?? [];
  return (
    <article class="turn" aria-busy={asking.busy.value}>
      <h2>{asking.question}</h2>
      <p class="chips">
        {chips.map((c) => (
          <span class="chip">{c.said}</span>
        ))}
      </p>
      {asking.fault.value && <FaultNotice fault={asking.fault.value} />}
      {answer && (
        <div class="card">
          <p class="said">{answer.text}</p>
          {answer.chart?.spec !== undefined && <Chart spec={answer.chart.spec} />}
        </div>
      )}
    </article>
  );
}

export default function Ask() {
  const text = useSignal(""), turns = useSignal<readonly Asking[]>([]), box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => bind("/", () => box.current?.focus()), []);
  function send(event: Event): void {
    event.preventDefault();
    const question = text.value.trim();
    if (!question) return;
    turns.value = [...turns.value, ask({ question })];
    text.value = "";
  }
  return (
    <div class="screen ask">
      <h1>{t("ask.heading")}</h1>
      {turns.value.map((turn, i) => (
        <Turn key={i} asking={turn} />
      ))}
      <form class="ask-box" onSubmit={send}>
        <label class="hidden-text" for="question">
          {t("ask.question")}
        </label>
        <textarea id="question" ref={box} rows={2} value={text.value} placeholder={t("ask.example")} onInput={(e) => (text.value = e.currentTarget.value)} onKeyDown={(e) => e.key === "Enter" && !e.shiftKey && send(e)} />
        <button class="button main">{t("ask.send")}</button>
      </form>
    </div>
  );
}
