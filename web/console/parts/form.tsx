// SPDX-License-Identifier: Apache-2.0
// form: fields with their label, hint and fault. A form runs what it is given and shows the fault that comes of it at the
// field it names, or above the button. Example:
//   <Form submit={t("servers.create")} run={async () => { … }}>
//     <Field name="name" label={t("servers.name")}><input value={…} onInput={…} required /></Field>
//   </Form>
import { cloneElement, createContext, type ComponentChildren, type VNode } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { Fault } from "../api/client.ts";
import { t } from "../app/words.ts";
import { FaultNotice } from "./notice.tsx";

const FaultOf = createContext<Fault | undefined>(undefined);

interface FormProps {
  submit: string;
  run: () => Promise<void>;
  children: ComponentChildren;
  danger?: boolean;
  disabled?: boolean;
  cancel?: () => void;
  fields?: readonly string[]; // names of its fields, at which a fault is shown
}
export function Form({ submit, run, children, danger, disabled, cancel, fields = [] }: FormProps) {
  const [fault, setFault] = useState<Fault | undefined>(), [busy, setBusy] = useState(false);
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(undefined);
    try {
      await run();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  const atField = fault?.field !== undefined && fields.includes(fault.field);
  return (
    <FaultOf.Provider value={fault}>
      <form class="form" onSubmit={(e) => void send(e)}>
        {children}
        {fault && !atField && <FaultNotice fault={fault} />}
        <div class="buttons">
          <button class={danger ? "button danger" : "button main"} disabled={busy || disabled}>
            {submit}
          </button>
          {cancel && (
            <button type="button" class="button" onClick={cancel}>
              {t("common.cancel")}
            </button>
          )}
        </div>
      </form>
    </FaultOf.Provider>
  );
}

interface FieldProps {
  name: string; // as in the API
  label: string;
  hint?: ComponentChildren;
  children: VNode<Record<string, unknown>>;
}
export function Field({ name, label, hint, children }: FieldProps) {
  const id = useId(), fault = useContext(FaultOf);
  const wrong = fault?.field === name ? fault : undefined;
  const told = [hint && `${id}-hint`, wrong && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {cloneElement(children, { id, "aria-describedby": told || undefined, "aria-invalid": wrong ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {wrong && (
        <p id={`${id}-fault`} class="wrong" role="alert">
          {wrong.message}
          {wrong.hint && ` – ${wrong.hint}`}
        </p>
      )}
    </div>
  );
}
