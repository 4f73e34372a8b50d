// SPDX-License-Identifier: Apache-2.0
// dialog: the browser's own, which keeps the focus inside, closes by Esc and gives the focus back. Where something would be
// destroyed, `typed` is what a person writes first.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../app/words.ts";
import { Field, Form } from "./form.tsx";
import { Icon } from "./icon.tsx";

export function Dialog({ title, close, children, wide }: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null), id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} class={wide ? "wide" : undefined} aria-labelledby={id} onClose={close} onClick={(e) => e.target === ref.current && close()}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="button bare" onClick={close} aria-label={t("common.close")}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  says: string; // what will be gone
  typed: string;
  submit: string;
  run: () => Promise<void>;
  close: () => void;
}
export function Confirm({ title, says, typed, submit, run, close }: ConfirmProps) {
  const [text, setText] = useState("");
  return (
    <Dialog title={title} close={close}>
      <p>{says}</p>
      <Form submit={submit} danger run={run} cancel={close} disabled={text !== typed}>
        <Field name="typed" label={t("common.type_it", { text: typed })}>
          <input value={text} onInput={(e) => setText(e.currentTarget.value)} autocomplete="off" spellcheck={false} />
        </Field>
      </Form>
    </Dialog>
  );
}
