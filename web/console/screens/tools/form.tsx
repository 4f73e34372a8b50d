// SPDX-License-Identifier: Apache-2.0
// form: a tool's arguments as fields, made of its schema. The value is one JSON object, which the raw text beside the form
// shares. What no field can show is a box for JSON. Ids are chosen by looking them up where another tool lists them.
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { choicesOf, emptyOf, examplesOf, kindOf, partsOf, plain, type Json, type Part, type Schema } from "./schema.ts";

type Path = readonly (string | number)[];
export interface FormContext {
  readonly root: Schema;
  readonly value: Json | undefined;
  set(path: Path, to: Json | undefined): void;
  readonly sources: Readonly<Record<string, string>>; // argument → the tool that lists it
  lookUp(path: Path, argument: string): void;
}

const SHOWN_FIRST = 8; // of those that are not required

const at = (value: Json | undefined, path: Path): Json | undefined => path.reduce<Json | undefined>((v, step) => (v as Record<string | number, Json> | null | undefined)?.[step], value);
const textOf = (v: Json | undefined): string => (v === undefined || v === null ? "" : typeof v === "string" ? v : JSON.stringify(v));

function Described({ schema, id }: { schema: Schema; id: string }) {
  const says = typeof schema["description"] === "string" ? schema["description"] : "", given = "default" in schema ? textOf(schema["default"] as Json) : "";
  const examples = examplesOf(schema);
  if (!says && !given && !examples.length) return null;
  return (
    <p id={id} class="hint" dir="auto">
      {says}
      {given && ` ${t("tools.default", { value: given })}`}
      {examples.length > 0 && ` ${t("tools.such_as", { value: examples.map(textOf).join(", ") })}`}
    </p>
  );
}

function Box({ c, path, schema, id, told, required }: { c: FormContext; path: Path; schema: Schema; id: string; told: string; required: boolean }) {
  const kind = kindOf(schema), value = at(c.value, path), common = { id, "aria-describedby": told, required };
  const set = (to: Json | undefined): void => c.set(path, to);
  const typed = (e: JSX.TargetedEvent<HTMLInputElement | HTMLTextAreaElement>): void => set(e.currentTarget.value === "" ? undefined : e.currentTarget.value);
  switch (kind) {
    case "enum": {
      const choices = choicesOf(schema), now = choices.findIndex((one) => one === value);
      return (
        <select {...common} value={String(now)} onChange={(e) => set(choices[Number(e.currentTarget.value)])}>
          <option value="-1">{required ? t("tools.choose") : "–"}</option>
          {choices.map((one, i) => (
            <option key={i} value={String(i)}>
              {textOf(one) || "null"}
            </option>
          ))}
        </select>
      );
    }
    case "boolean":
      return (
        <select {...common} value={typeof value === "boolean" ? String(value) : ""} onChange={(e) => set(e.currentTarget.value === "" ? undefined : e.currentTarget.value === "true")}>
          <option value="">{required ? t("tools.choose") : "–"}</option>
          <option value="true">{t("tools.yes")}</option>
          <option value="false">{t("tools.no")}</option>
        </select>
      );
    case "number":
    case "integer": {
      const limit = (key: string): number | undefined => (typeof schema[key] === "number" ? schema[key] : undefined);
      return <input {...common} type="number" step={kind === "integer" ? 1 : "any"} min={limit("minimum")} max={limit("maximum")} value={typeof value === "number" ? value : ""} onInput={(e) => set(e.currentTarget.value === "" ? undefined : e.currentTarget.valueAsNumber)} />;
    }
    case "instant":
      return <Instant common={common} value={value} set={set} />;
    case "date":
      return <input {...common} type="date" value={textOf(value)} onInput={typed} />;
    case "json":
      return <JsonBox common={common} value={value} set={set} />;
    default:
      return textOf(value).includes("\n") || Number(schema["maxLength"]) >= 500 ? <textarea {...common} rows={3} dir="auto" value={textOf(value)} onInput={typed} /> : <input {...common} dir="auto" autocomplete="off" spellcheck={false} value={textOf(value)} onInput={typed} />;
  }
}

type Common = { id: string; "aria-describedby": string; required: boolean };

// The browser's own field, in UTC; a time that is written otherwise stays as it is.
function Instant({ common, value, set }: { common: Common; value: Json | undefined; set: (to: Json | undefined) => void }) {
  const text = textOf(value), ours = text === "" || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?Z$/.test(text);
  if (!ours) return <input {...common} value={text} onInput={(e) => set(e.currentTarget.value || undefined)} />;
  return (
    <span class="with-unit">
      <input {...common} type="datetime-local" step="1" value={text.slice(0, 19)} onInput={(e) => set(e.currentTarget.value ? `${e.currentTarget.value.padEnd(19, ":00")}Z` : undefined)} />
      <span class="quiet">UTC</span>
    </span>
  );
}

function JsonBox({ common, value, set }: { common: Common; value: Json | undefined; set: (to: Json | undefined) => void }) {
  const written = value === undefined ? "" : JSON.stringify(value, null, 2);
  const [text, setText] = useState(written), [wrong, setWrong] = useState("");
  const same = ((): boolean => {
    try {
      return (text.trim() ? JSON.stringify(JSON.parse(text)) : "") === (value === undefined ? "" : JSON.stringify(value));
    } catch {
      return true; // what is being typed
    }
  })();
  function typed(to: string): void {
    setText(to);
    try {
      set(to.trim() ? (JSON.parse(to) as Json) : undefined);
      setWrong("");
    } catch (error) {
      setWrong((error as Error).message);
    }
  }
  return (
    <>
      <textarea {...common} rows={3} class="code" spellcheck={false} placeholder="JSON" aria-invalid={wrong ? true : undefined} value={same ? text : written} onInput={(e) => typed(e.currentTarget.value)} />
      {wrong && (
        <span class="wrong" role="alert">
          {wrong}
        </span>
      )}
    </>
  );
}

// One of a list, or several of a few words, or members of an object, or one box.
function PartField({ c, path, part }: { c: FormContext; path: Path; part: Part }) {
  const id = useId(), { schema, kind, name, required } = part, source = c.sources[name], told = `${id}-hint`;
  const label = (
    <>
      <span class="argument" dir="auto">
        {name}
      </span>
      {required && (
        <span class="must" title={t("tools.required")} aria-label={t("tools.required")}>
          *
        </span>
      )}
    </>
  );
  if (kind === "object") return <Members c={c} path={path} part={part} label={label} />;
  if (kind === "list") return <List c={c} path={path} part={part} label={label} />;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="beside">
        <Box c={c} path={path} schema={schema} id={id} told={told} required={required && path.length === 1} />
        {source && (
          <button type="button" class="button" onClick={() => c.lookUp(path, name)}>
            <Icon name="search" /> {t("tools.look_up")}
            <span class="hidden-text">{name}</span>
          </button>
        )}
      </div>
      <Described schema={schema} id={told} />
    </div>
  );
}

function Members({ c, path, part, label }: { c: FormContext; path: Path; part: Part; label: ComponentChildren }) {
  const { schema, required } = part, there = at(c.value, path) !== undefined;
  return (
    <fieldset class="field part">
      <legend>{label}</legend>
      <Described schema={schema} id="" />
      {there ? (
        <>
          {partsOf(schema, c.root).map((p) => (
            <PartField key={p.name} c={c} path={[...path, p.name]} part={p} />
          ))}
          {!required && (
            <button type="button" class="button bare" onClick={() => c.set(path, undefined)}>
              {t("tools.leave_out")}
            </button>
          )}
        </>
      ) : (
        <button type="button" class="button" onClick={() => c.set(path, emptyOf(schema, c.root))}>
          <Icon name="add" /> {t("tools.add", { name: part.name })}
        </button>
      )}
    </fieldset>
  );
}

function List({ c, path, part, label }: { c: FormContext; path: Path; part: Part; label: ComponentChildren }) {
  const items = plain(part.schema["items"], c.root), kind = kindOf(items), value = at(c.value, path), list = Array.isArray(value) ? (value as readonly Json[]) : [];
  if (kind === "enum")
    return (
      <fieldset class="field part">
        <legend>{label}</legend>
        <Described schema={part.schema} id="" />
        <div class="chips">
          {choicesOf(items).map((one) => (
            <label key={textOf(one)} class="choice">
              <input type="checkbox" checked={list.includes(one)} onChange={(e) => c.set(path, e.currentTarget.checked ? [...list, one] : list.length > 1 ? list.filter((v) => v !== one) : undefined)} />
              {textOf(one)}
            </label>
          ))}
        </div>
      </fieldset>
    );
  return (
    <fieldset class="field part">
      <legend>{label}</legend>
      <Described schema={part.schema} id="" />
      {list.map((_, i) => (
        <div key={i} class="beside item">
          <Item c={c} path={[...path, i]} schema={items} name={`${part.name} ${i + 1}`} />
          <button type="button" class="button bare" aria-label={t("tools.remove", { name: `${part.name} ${i + 1}` })} onClick={() => c.set(path, list.length > 1 ? list.filter((_one, at_) => at_ !== i) : undefined)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button type="button" class="button" onClick={() => c.set([...path, list.length], emptyOf(items, c.root))}>
        <Icon name="add" /> {t("tools.add", { name: part.name })}
      </button>
    </fieldset>
  );
}

function Item({ c, path, schema, name }: { c: FormContext; path: Path; schema: Schema; name: string }) {
  const id = useId(), kind = kindOf(schema), part: Part = { name, required: true, kind, schema };
  if (kind === "object" || kind === "list") return <PartField c={c} path={path} part={part} />;
  return (
    <>
      <label class="hidden-text" for={id}>
        {name}
      </label>
      {/* An empty text of a list stays an empty text. */}
      <Box c={{ ...c, set: (at_, to) => c.set(at_, to ?? (kind === "text" ? "" : null)) }} path={path} schema={schema} id={id} told="" required={false} />
    </>
  );
}

export function SchemaForm({ c }: { c: FormContext }) {
  const parts = partsOf(c.root, c.root), must = parts.filter((p) => p.required), may = parts.filter((p) => !p.required);
  const given = (p: Part): boolean => at(c.value, [p.name]) !== undefined;
  const seen = may.length <= SHOWN_FIRST + 2 ? may : may.filter((p, i) => i < SHOWN_FIRST || given(p)), others = may.filter((p) => !seen.includes(p));
  if (!parts.length) return <p class="quiet">{t("tools.no_arguments")}</p>;
  return (
    <div class="arguments">
      {[...must, ...seen].map((p) => (
        <PartField key={p.name} c={c} path={[p.name]} part={p} />
      ))}
      {others.length > 0 && (
        <details>
          <summary>{t("tools.more_arguments", { n: others.length })}</summary>
          <div class="arguments">
            {others.map((p) => (
              <PartField key={p.name} c={c} path={[p.name]} part={p} />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}
