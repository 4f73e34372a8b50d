// SPDX-License-Identifier: Apache-2.0
// credential: the fields that a way to authenticate asks for. What is secret is never shown, and never comes back.
import { useState } from "preact/hooks";
import { t } from "../../app/words.ts";
import { Field } from "../../parts/form.tsx";
import type { Way } from "./read.ts";

export type Given = Readonly<Record<string, string>>;

export function useCredential(): { given: Given; set: (name: string, to: string) => void; clear: () => void } {
  const [given, setGiven] = useState<Given>({});
  return { given, set: (name, to) => setGiven((was) => ({ ...was, [name]: to })), clear: () => setGiven({}) };
}

export function CredentialFields({ way, given, set }: { way: Way; given: Given; set: (name: string, to: string) => void }) {
  return (
    <>
      {way.token_url && <p class="hint">{t("connect.secrets_go_to", { url: way.token_url })}</p>}
      {way.fields.map((field) => {
        const many = /key$/.test(field.name) && way.method === "private_key_jwt", props = { value: given[field.name] ?? "", required: true, autocomplete: "off", spellcheck: false };
        return (
          <Field key={field.name} name={`credential.${field.name}`} label={field.label || field.name}>
            {many ? <textarea {...props} rows={4} class="code" onInput={(e) => set(field.name, e.currentTarget.value)} /> : <input {...props} type={field.secret ? "password" : "text"} {...(field.secret ? { autocomplete: "new-password" } : {})} onInput={(e) => set(field.name, e.currentTarget.value)} />}
          </Field>
        );
      })}
    </>
  );
}

// Where there are several ways, which one.
export function Ways({ ways, chosen, choose }: { ways: readonly Way[]; chosen: Way; choose: (id: string) => void }) {
  if (ways.length < 2) return null;
  return (
    <fieldset class="field part">
      <legend>{t("connect.way")}</legend>
      {ways.map((way) => (
        <label key={way.id} class="choice">
          <input type="radio" name="way" checked={way === chosen} onChange={() => choose(way.id)} />
          <span>
            {way.label || way.id} <span class="quiet">– {t(`connect.way_${way.auth}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
