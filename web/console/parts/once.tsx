// SPDX-License-Identifier: Apache-2.0
// once: a secret that is shown this once, in a dialog that says so.
import { t } from "../app/words.ts";
import { Copy } from "./copy.tsx";
import { Dialog } from "./dialog.tsx";
import type { ComponentChildren } from "preact";

export function Once({ title, text, says, close, children }: { title: string; text: string; says: string; close: () => void; children?: ComponentChildren }) {
  return (
    <Dialog title={title} close={close} wide>
      <div class="screen">
        <Copy text={text} label={title} />
        <p>{says}</p>
        {children}
        <div class="buttons">
          <button type="button" class="button main" onClick={close}>
            {t("common.done")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
