// SPDX-License-Identifier: Apache-2.0
// form: what a server shows, of which accounts, until when; beside it the very tools that it would show, as they are chosen.
import { useState } from "preact/hooks";
import type { Shapes } from "../../api/client.ts";
import { groupsOf, usePeople } from "../../api/lists.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Field, Form } from "../../parts/form.tsx";
import { Names } from "../../parts/names.tsx";
import { Notice } from "../../parts/notice.tsx";
import { EXPIRIES, expiresAt, localTime, METHODS, methodsOf, ROLES, type Draft, type Expiry, type Reach } from "./draft.ts";
import { Preview, usePreview } from "./preview.tsx";

type Account = Shapes["Account"];
type Change = (change: Partial<Draft>) => void;
interface Part {
  draft: Draft;
  change: Change;
}

const toggled = (list: readonly string[], one: string, on: boolean): string[] => (on ? [...list.filter((x) => x !== one), one] : list.filter((x) => x !== one));

function Check({ on, set, label, says }: { on: boolean; set: (on: boolean) => void; label: string; says?: string }) {
  return (
    <label class="choice">
      <input type="checkbox" checked={on} onChange={(e) => set(e.currentTarget.checked)} />
      <span>
        {label}
        {says && <span class="hint block">{says}</span>}
      </span>
    </label>
  );
}

const MANY = 8; // accounts: from here on they are searched
function Accounts({ draft, change, accounts }: Part & { accounts: readonly Account[] }) {
  const [word, setWord] = useState("");
  const shown = accounts.filter((a) => draft.accounts.includes(a.id) || !word || `${a.name} ${a.connector}`.toLowerCase().includes(word.toLowerCase()));
  const chosen = accounts.filter((a) => draft.accounts.includes(a.id));
  const alike = chosen.some((a, i) => chosen.some((b, k) => k < i && a.connector === b.connector));
  return (
    <fieldset class="field">
      <legend>{t("servers.accounts")}</legend>
      {accounts.length > MANY && <input type="search" aria-label={t("servers.search_accounts")} placeholder={t("servers.search_accounts")} value={word} onInput={(e) => setWord(e.currentTarget.value)} />}
      <div class="choices">
        {shown.slice(0, 200).map((a) => (
          <Check key={a.id} on={draft.accounts.includes(a.id)} set={(on) => change({ accounts: toggled(draft.accounts, a.id, on) })} label={a.name} says={a.connector} />
        ))}
      </div>
      {chosen.length > 0 && (
        <details open={draft.own.length > 0}>
          <summary>{t("servers.own")}</summary>
          <p class="hint">{t("servers.own_says")}</p>
          <div class="choices">
            {chosen.map((a) => (
              <Check key={a.id} on={draft.own.includes(a.id)} set={(on) => change({ own: toggled(draft.own, a.id, on) })} label={t("servers.own_of", { name: a.name })} />
            ))}
          </div>
        </details>
      )}
      {alike && <Check on={draft.share} set={(share) => change({ share })} label={t("servers.share")} says={t("servers.share_says")} />}
    </fieldset>
  );
}

function Methods({ draft, change }: Part) {
  const reaches: readonly Reach[] = ["read", "write", "chosen"];
  return (
    <fieldset class="field">
      <legend>{t("servers.methods")}</legend>
      {reaches.map((reach) => (
        <label class="choice" key={reach}>
          <input type="radio" name="reach" checked={draft.reach === reach} onChange={() => change({ reach, methods: reach === "chosen" && !draft.methods.length ? ["list", "get"] : draft.methods })} />
          <span>
            {t(`servers.reach_${reach}`)}
            <span class="hint block">{t(`servers.reach_${reach}_says`)}</span>
          </span>
        </label>
      ))}
      {draft.reach === "chosen" && (
        <div class="choices inner">
          {METHODS.map((m) => (
            <Check key={m} on={draft.methods.includes(m)} set={(on) => change({ methods: toggled(draft.methods, m, on) })} label={m} />
          ))}
        </div>
      )}
    </fieldset>
  );
}

function Tags({ draft, change, tags }: Part & { tags: readonly { name: string; tools: number }[] }) {
  const gone = draft.tags.filter((one) => !tags.some((tag) => tag.name === one)).map((name) => ({ name, tools: 0 }));
  if (!tags.length && !gone.length) return null;
  return (
    <fieldset class="field">
      <legend>{t("servers.tags")}</legend>
      <p class="hint">{t("servers.tags_says")}</p>
      <div class="chips">
        {[...gone, ...tags].map((tag) => (
          <button key={tag.name} type="button" class="chip" aria-pressed={draft.tags.includes(tag.name)} onClick={() => change({ tags: toggled(draft.tags, tag.name, !draft.tags.includes(tag.name)) })}>
            {tag.name} <span class="quiet">{tag.tools}</span>
          </button>
        ))}
      </div>
    </fieldset>
  );
}

// Held to values: what an account's credential sees, by the vendor's own key, and whatever else is typed.
const LIMITS = [["calls", "limit_calls"], ["writes", "limit_writes"], ["eachCalls", "limit_each_calls"], ["eachWrites", "limit_each_writes"]] as const;

function LimitFields({ draft, change }: Part) {
  return (
    <fieldset class="field">
      <legend>{t("servers.limits")}</legend>
      <p class="hint">{t("servers.limits_says")}</p>
      {LIMITS.map(([key, label]) => (
        <Field key={key} name={key} label={t(`servers.${label}`)}>
          <input type="number" min={1} max={1_000_000} step={1} value={draft.limits[key]} onInput={(e) => change({ limits: { ...draft.limits, [key]: e.currentTarget.value } })} />
        </Field>
      ))}
    </fieldset>
  );
}

function Fences({ draft, change, accounts }: Part & { accounts: readonly Account[] }) {
  const chosen = accounts.filter((a) => draft.accounts.includes(a.id));
  const set = (at: number, with_: Partial<Draft["held"][number]>): void => change({ held: draft.held.map((h, i) => (i === at ? { ...h, ...with_ } : h)) });
  return (
    <fieldset class="field">
      <legend>{t("servers.fences")}</legend>
      <p class="hint">{t("servers.fences_says")}</p>
      {draft.held.map((h, i) => {
        const keys = Object.keys(chosen.find((a) => a.id === h.account)?.choices ?? {});
        return (
          <div class="held" key={i}>
            <select aria-label={t("servers.fence_account")} value={h.account} onChange={(e) => set(i, { account: e.currentTarget.value })}>
              {chosen.map((a) => (
                <option key={a.id} value={a.id}>
                  {a.name}
                </option>
              ))}
            </select>
            <input aria-label={t("servers.fence_key")} placeholder="zone_id" list={`keys-${i}`} value={h.key} onInput={(e) => set(i, { key: e.currentTarget.value })} />
            <datalist id={`keys-${i}`}>
              {[...new Set([...keys, "zone_id", "account_id"])].map((k) => (
                <option key={k} value={k} />
              ))}
            </datalist>
            <input aria-label={t("servers.fence_values")} placeholder="example.com" value={h.values} onInput={(e) => set(i, { values: e.currentTarget.value })} />
            <button type="button" class="button bare" onClick={() => change({ held: draft.held.filter((_, k) => k !== i) })}>
              {t("servers.fence_off")}
            </button>
          </div>
        );
      })}
      {chosen[0] && (
        <div>
          <button type="button" class="button" onClick={() => change({ held: [...draft.held, { account: chosen[0]!.id, key: "", values: "" }] })}>
            {t("servers.fence_on")}
          </button>
        </div>
      )}
    </fieldset>
  );
}

function Expires({ draft, change }: Part) {
  const all: readonly Expiry[] = [...(Object.keys(EXPIRIES) as (keyof typeof EXPIRIES)[]), "never", "at"];
  return (
    <fieldset class="field">
      <legend>{t("servers.expiry")}</legend>
      <div class="chips">
        {all.map((one) => (
          <button key={one} type="button" class="chip" aria-pressed={draft.expiry === one} onClick={() => change({ expiry: one, ...(one === "at" && !draft.at ? { at: localTime(expiresAt({ ...draft, expiry: "week" }) ?? "") } : {}) })}>
            {t(`servers.expiry_${one}`)}
          </button>
        ))}
      </div>
      {draft.expiry === "at" && <input type="datetime-local" aria-label={t("servers.expiry_at")} value={draft.at} onInput={(e) => change({ at: e.currentTarget.value })} required />}
    </fieldset>
  );
}

// At which address people sign in, and who may. Whom there is to choose from only administrators are told.
function People({ draft, change, before }: Part & { before: string }) {
  const people = usePeople(may("admin")).value, slug = draft.slug.trim();
  return (
    <fieldset class="field">
      <legend>{t("servers.people")}</legend>
      <p class="hint">{t("servers.people_says")}</p>
      <Field name="slug" label={t("servers.slug")} hint={slug ? `${location.origin}/mcp/${slug}` : t("servers.slug_says")}>
        <input value={draft.slug} onInput={(e) => change({ slug: e.currentTarget.value })} placeholder="crm" maxlength={48} autocomplete="off" spellcheck={false} />
      </Field>
      {slug && slug !== before && <Check on={draft.reuse} set={(reuse) => change({ reuse })} label={t("servers.slug_reuse")} says={t("servers.slug_reuse_says")} />}
      {(slug || draft.roles.length > 0 || draft.groups.length > 0 || draft.people.length > 0) && (
        <>
          <fieldset class="field">
            <legend>{t("servers.people_roles")}</legend>
            <div class="chips">
              {ROLES.map((role) => (
                <button key={role} type="button" class="chip" aria-pressed={draft.roles.includes(role)} onClick={() => change({ roles: ROLES.filter((r) => draft.roles.includes(r) !== (r === role)) })}>
                  {t(`roles.${role}`)}
                </button>
              ))}
            </div>
          </fieldset>
          <Field name="sign_in.groups" label={t("servers.people_groups")}>
            <Names begin={draft.groups} set={(groups) => change({ groups })} known={groupsOf(people)} />
          </Field>
          <Field name="sign_in.people" label={t("servers.people_names")}>
            <Names begin={draft.people} set={(names) => change({ people: names })} known={people?.map((p) => p.name) ?? []} />
          </Field>
        </>
      )}
    </fieldset>
  );
}

interface ServerFormProps {
  begin: Draft;
  accounts: readonly Account[];
  submit: string;
  run(draft: Draft): Promise<void>;
  cancel?: () => void;
}
export function ServerForm({ begin, accounts, submit, run, cancel }: ServerFormProps) {
  const [draft, setDraft] = useState(begin);
  const change: Change = (part) => setDraft((was) => ({ ...was, ...part }));
  const preview = usePreview(draft), part = { draft, change };
  const wide = methodsOf(draft).some((m) => !["read", "list", "get"].includes(m)) || draft.reach === "write";
  return (
    <div class="split">
      <Form submit={submit} run={() => run(draft)} fields={["name", "slug", "sign_in.people"]} {...(cancel ? { cancel } : {})} disabled={!draft.accounts.length || (draft.reach === "chosen" && !draft.methods.length)}>
        <Field name="name" label={t("servers.name")} hint={t("servers.name_says")}>
          <input value={draft.name} onInput={(e) => change({ name: e.currentTarget.value })} required maxlength={200} autocomplete="off" />
        </Field>
        <Accounts {...part} accounts={accounts} />
        <Methods {...part} />
        <Tags {...part} tags={preview.value?.tags ?? []} />
        <Field name="tools" label={t("servers.globs")} hint={t("servers.globs_says")}>
          <input value={draft.tools} onInput={(e) => change({ tools: e.currentTarget.value })} placeholder="list_all_*, get_*" autocomplete="off" spellcheck={false} />
        </Field>
        <Expires {...part} />
        <People {...part} before={begin.slug} />
        {wide && draft.expiry === "never" && <Notice kind="warn" title={t("servers.warn_writes_forever")} />}
        <details class="field">
          <summary>{t("servers.more")}</summary>
          <div class="form inner">
            <Check on={draft.second} set={(second) => change({ second })} label={t("servers.second_ask")} says={t("servers.second_says")} />
            <Check on={draft.ask} set={(ask) => change({ ask })} label={t("servers.ask")} says={t("servers.ask_says")} />
            <Check on={draft.record} set={(record) => change({ record })} label={t("servers.record")} says={t("servers.record_says")} />
            <Field name="discovery" label={t("servers.discovery")} hint={t("servers.discovery_says")}>
              <select value={draft.discovery} onChange={(e) => change({ discovery: e.currentTarget.value as Draft["discovery"] })}>
                {["", "full", "featured", "search"].map((d) => (
                  <option key={d} value={d}>
                    {t(`servers.discovery_${d || "unset"}`)}
                  </option>
                ))}
              </select>
            </Field>
            <Field name="approval" label={t("servers.approval")} hint={t("servers.approval_says")}>
              <select value={draft.approval} onChange={(e) => change({ approval: e.currentTarget.value as Draft["approval"] })}>
                {["none", "destroy", "write"].map((a) => (
                  <option key={a} value={a}>
                    {t(`servers.approval_${a}`)}
                  </option>
                ))}
              </select>
            </Field>
            <LimitFields {...part} />
            <Fences {...part} accounts={accounts} />
          </div>
        </details>
      </Form>
      <Preview preview={preview} chosen={draft.accounts.length > 0} />
    </div>
  );
}
