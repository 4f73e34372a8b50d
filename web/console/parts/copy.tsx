// SPDX-License-Identifier: Apache-2.0
// copy: a text that is taken elsewhere, with a button that copies it and says so. Where the browser has no clipboard (plain HTTP
// from another machine), the text is selected instead.
import { useRef, useState } from "preact/hooks";
import { t } from "../app/words.ts";
import { Icon } from "./icon.tsx";

export function Copy({ text, label }: { text: string; label?: string }) {
  const ref = useRef<HTMLElement>(null), [said, say] = useState("");
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say(t("common.copied"));
    } catch {
      if (ref.current) getSelection()?.selectAllChildren(ref.current);
      say(t("common.selected"));
    }
    setTimeout(() => say(""), 3000);
  }
  return (
    <div class="copy">
      <code ref={ref} tabindex={0} aria-label={label}>
        {text}
      </code>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name="copy" /> {t("common.copy")}
      </button>
      <span role="status" class="quiet">
        {said}
      </span>
    </div>
  );
}
