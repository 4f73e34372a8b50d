// SPDX-License-Identifier: Apache-2.0
// Ask: one box. What happens is told as it goes, and folds to a line when the answer is there; what follows stands below.
import { useAccounts } from "../../api/lists.ts";
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { bind } from "../../app/keys.ts";
import { address, href, queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { follow, missing, put, restoring, turns } from "./conversation.ts";
import { NoAccount, Sources, Suggestions } from "./start.tsx";
import { Turn } from "./turn.tsx";

export default function Ask() {
  const text = useSignal(""), seen = useSignal<string | null | undefined>(null), box = useRef<HTMLTextAreaElement>(null), accounts = useAccounts();
  useEffect(() => bind("/", () => box.current?.focus()), []);
  useSignalEffect(() => {
    const id = address.value.query.get("answer") ?? undefined;
    if (id === seen.peek() || address.value.path !== "") return;
    seen.value = id;
    void follow(id);
  });
  // A link may bring a question, and never asks it by itself.
  const brought = queryOf("q");
  useEffect(() => {
    if (brought) otherwise(brought);
  }, [brought, accounts.value !== undefined]);
  const all = turns.value, last = all.at(-1), busy = last?.state.value === "busy", server = queryOf("view"), engine = queryOf("engine");
  const view = { ...(server ? { server } : {}), ...(engine ? { engine } : {}) };
  const answered = all.findLast((turn) => turn.answer.value)?.answer.value?.id;

  function send(question: string): void {
    if (!question.trim() || busy) return;
    put({ ...view, question: question.trim(), ...(answered ? { follow: answered } : {}) }, question.trim());
    text.value = "";
    if (brought) setQuery({ q: undefined }, true);
  }
  function otherwise(question: string): void {
    text.value = question;
    box.current?.focus();
  }
  const connected = (accounts.value ?? []).length > 0;
  return (
    <div class="screen ask">
      <div class="head">
        <h1>{all.length ? t("ask.title") : t("ask.heading")}</h1>
        {all.length > 0 && (
          <a class="button" href={href("")}>
            {t("ask.new")}
          </a>
        )}
      </div>
      {restoring.value && <Wait />}
      {missing.value && <FaultNotice fault={missing.value} />}
      {all.map((turn) => (
        <Turn key={turn.key} asking={turn} last={turn === last} view={view} otherwise={otherwise} />
      ))}
      {connected || all.length > 0 ? (
        <form
          class="ask-box"
          onSubmit={(e) => {
            e.preventDefault();
            send(text.value);
          }}
        >
          <label class="hidden-text" for="question">
            {t("ask.question")}
          </label>
          <textarea
            id="question"
            ref={box}
            rows={2}
            value={text.value}
            placeholder={all.length ? t("ask.follow_example") : t("ask.example")}
            onInput={(e) => (text.value = e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
              e.preventDefault();
              send(text.value);
            }}
          />
          <button class="button main" disabled={busy}>
            {t("ask.send")}
          </button>
        </form>
      ) : (
        <NoAccount accounts={accounts} />
      )}
      {connected && <Sources accounts={accounts.value ?? []} />}
      {connected && !all.length && !restoring.value && <Suggestions accounts={accounts.value ?? []} ask={send} />}
    </div>
  );
}
