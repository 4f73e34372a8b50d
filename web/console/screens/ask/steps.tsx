// SPDX-License-Identifier: Apache-2.0
// steps: what happens while a question is on its way, as it happens; afterwards one line that opens to it. Who listens is told
// the last of it, not every move.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { summed } from "../answer/evidence.tsx";
import type { Asking } from "./asking.ts";
import { linesOf, type Line } from "./lines.ts";

const TOLD_EVERY_MS = 1500, SHOWN_MOST = 8;
const words = (line: Line): string => t(`ask.${line.text}`, line.values);

// The newest of what is said, no more often than that.
function useBatched(said: string): string {
  const [told, tell] = useState(""), next = useRef(said), timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  next.current = said;
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      tell(next.current);
    }, TOLD_EVERY_MS);
  }, [said]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return told;
}

function One({ line }: { line: Line }) {
  return (
    <li class={`ask-line ${line.state}`}>
      {line.state === "on" ? <span class="moving" aria-hidden="true" /> : <Icon name={line.state === "failed" ? "warn" : "check"} />}
      <span>
        {words(line)}
        {line.why && <span class="wrong"> {line.why}</span>}
      </span>
    </li>
  );
}

export function Steps({ asking }: { asking: Asking }) {
  const lines = linesOf(asking.events.value), busy = asking.state.value === "busy", answer = asking.answer.value, last = lines.at(-1);
  const told = useBatched(busy ? (last ? words(last) : t("ask.step_begun")) : (answer?.text ?? "").slice(0, 400));
  const calls = answer?.calls ?? [];
  return (
    <>
      <p class="hidden-text" role="status">
        {told}
      </p>
      {busy && (
        <ul class="ask-lines" aria-label={t("ask.steps")}>
          {lines.length > SHOWN_MOST && <li class="ask-line quiet">{t("ask.earlier", { n: lines.length - SHOWN_MOST })}</li>}
          {lines.slice(-SHOWN_MOST).map((line) => (
            <One key={line.id} line={line} />
          ))}
          {!last && (
            <li class="ask-line on">
              <span class="moving" aria-hidden="true" /> {t("ask.step_begun")}
            </li>
          )}
        </ul>
      )}
      {!busy && lines.length > 0 && (
        <details class="fold">
          <summary>{calls.length ? summed(calls, asking.ms.value) : t("ask.no_calls_made")}</summary>
          <ul class="ask-lines" aria-label={t("ask.steps")}>
            {lines.map((line) => (
              <One key={line.id} line={line} />
            ))}
          </ul>
        </details>
      )}
      {!busy && !lines.length && calls.length > 0 && <p class="quiet">{summed(calls, asking.ms.value)}</p>}
    </>
  );
}
