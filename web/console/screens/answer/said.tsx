// SPDX-License-Identifier: Apache-2.0
// said: the sentence of an answer, in which each number leads to the cells that it is of.
import { useMemo } from "preact/hooks";
import { t } from "../../app/words.ts";
import type { Linked } from "../ask/told.ts";
import { pieces } from "./pieces.ts";

interface SaidProps {
  text: string;
  numbers: readonly Linked[];
  light: (of: Linked | undefined) => void;
  reveal: (of: Linked) => void;
}
export function Said({ text, numbers, light, reveal }: SaidProps) {
  const cut = useMemo(() => pieces(text, numbers), [text, numbers]);
  return (
    <p class="said" dir="auto">
      {cut.map(({ text: words, link }, i) =>
        link ? (
          <button key={i} type="button" class="linked" title={t("ask.number_hint")} onMouseEnter={() => light(link)} onMouseLeave={() => light(undefined)} onFocus={() => light(link)} onBlur={() => light(undefined)} onClick={() => reveal(link)}>
            {words}
          </button>
        ) : (
          words
        ),
      )}
    </p>
  );
}
