// SPDX-License-Identifier: Apache-2.0
// One tool: what it is and may, its arguments as a form with the raw JSON beside it, and a call of it. Who writes is asked first.
import { useRef, useState } from "preact/hooks";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { href } from "../../app/router.ts";
import type { ScreenProps } from "../../app/routes.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { ClassChips, StandingChip } from "./chips.tsx";
import { SchemaForm, type FormContext } from "./form.tsx";
import { LookUp } from "./lookup.tsx";
import { Result } from "./result.tsx";
import { Decide, Diff } from "./review-parts.tsx";
import { asCommand, asCurl, asRpc } from "./said.ts";
import { firstOf, put, readArguments, type Json, type Schema } from "./schema.ts";

type Args = Readonly<Record<string, Json>>;
type Whole = Shapes["Tool"];
type Owner = Shapes["Account"];

function Settled({ tool, account }: { tool: Whole; account: Owner }) {
  const ofServer = tool.operation === "tools/call"; // REST tools need no review
  if (!ofServer && tool.served) return null;
  return (
    <section class="card" aria-label={t("tools.review_title")}>
      <div class="head">
        <h2>{t("tools.served_or_not")}</h2>
        <StandingChip standing={tool.served ? "served" : tool.diff ? "changed" : tool.trust === "review" && !tool.decision ? "review" : "denied"} />
      </div>
      {tool.why && <p dir="auto">{t("tools.because", { why: tool.why })}</p>}
      {tool.was && <p dir="auto">{t("tools.came_back", { was: tool.was })}</p>}
      {tool.decision && (
        <p class="quiet">
          {t(`tools.was_${tool.decision}`)} <Time at={tool.decided_at} />
        </p>
      )}
      {tool.diff && <Diff text={tool.diff} />}
      {ofServer && <Decide account={account.id} names={[tool.name]} allow={!tool.served} deny={tool.served || tool.decision !== "denied"} />}
    </section>
  );
}

const COPIES = { curl: asCurl, rpc: asRpc, cli: asCommand } as const;

function CopyAs({ account, tool, args }: { account: Owner; tool: Whole; args: Args }) {
  const [as, setAs] = useState<keyof typeof COPIES>("curl");
  return (
    <details class="copy-as">
      <summary>{t("tools.copy_as")}</summary>
      <div class="buttons" role="group" aria-label={t("tools.copy_as")}>
        {(Object.keys(COPIES) as (keyof typeof COPIES)[]).map((one) => (
          <button key={one} type="button" class="button" aria-pressed={as === one} onClick={() => setAs(one)}>
            {t(`tools.copy_${one}`)}
          </button>
        ))}
      </div>
      <Copy text={COPIES[as]({ origin: location.origin, account, tool: tool.name, args })} label={t("tools.copy_as")} />
    </details>
  );
}

interface Ended {
  readonly result: Shapes["ToolResult"];
  readonly ms: number;
}

function Try({ account, tool }: { account: Owner; tool: Whole }) {
  const [value, setValue] = useState(() => firstOf(tool.inputSchema as Schema)), [raw, setRaw] = useState(() => JSON.stringify(value, null, 2)), [wrong, setWrong] = useState("");
  const [asked, ask] = useState(false), [busy, setBusy] = useState(false), [fault, setFault] = useState<Fault>(), [ended, end] = useState<Ended>();
  const [looking, look] = useState<{ path: readonly (string | number)[]; argument: string }>(), out = useRef<HTMLDivElement>(null);
  const sources = tool.sources as Record<string, string>;

  function take(to: Args): void {
    setValue(to);
    setRaw(JSON.stringify(to, null, 2));
    setWrong("");
  }
  function typed(text: string): void {
    setRaw(text);
    const read = readArguments(text);
    setWrong(read.wrong ?? "");
    if (read.value) setValue(read.value);
  }
  async function call(): Promise<void> {
    ask(false);
    setBusy(true);
    setFault(undefined);
    const begun = performance.now();
    try {
      const result = await ok(api.POST("/integrated-account/{id}/tools/{tool}/call", { params: { path: { id: account.id, tool: tool.name } }, body: { arguments: value as Record<string, never> } }));
      end({ result, ms: Math.round(performance.now() - begun) });
      requestAnimationFrame(() => out.current?.scrollIntoView({ block: "nearest" }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  function submit(event: Event): void {
    event.preventDefault();
    if (busy || wrong) return;
    if (tool.read_only) void call();
    else ask(true);
  }
  const context: FormContext = {
    root: tool.inputSchema as Schema,
    value,
    set: (path, to) => take((put(value, path, to) ?? {}) as Args),
    sources,
    lookUp: (path, argument) => look({ path, argument }),
  };
  return (
    <>
      <form class="try" onSubmit={submit}>
        <div class="beside-each">
          <section aria-label={t("tools.arguments")}>
            <h2>{t("tools.arguments")}</h2>
            <SchemaForm c={context} />
          </section>
          <section class="field stays">
            <label for="raw">{t("tools.raw")}</label>
            <textarea id="raw" class="code" rows={Math.min(24, Math.max(6, raw.split("\n").length + 1))} spellcheck={false} value={raw} aria-invalid={wrong ? true : undefined} aria-describedby="raw-wrong" onInput={(e) => typed(e.currentTarget.value)} />
            <p id="raw-wrong" class="wrong" role="status">
              {wrong && t("tools.no_object", { why: wrong })}
            </p>
            <div class="buttons">
              <button class={tool.read_only ? "button main" : "button danger"} disabled={busy || wrong !== ""}>
                {busy ? t("tools.calling") : t("tools.try")}
              </button>
              {!tool.read_only && <span class="quiet">{t("tools.asks_first")}</span>}
            </div>
            <CopyAs account={account} tool={tool} args={value} />
          </section>
        </div>
      </form>
      {fault && <FaultNotice fault={fault} />}
      <div ref={out} aria-live="polite" aria-busy={busy}>
        {ended && <Result key={`${ended.ms} ${tool.name}`} result={ended.result} ms={ended.ms} tool={tool.name} />}
      </div>
      {looking && (
        <LookUp
          account={account.id}
          tool={sources[looking.argument] ?? ""}
          argument={looking.argument}
          given={value}
          close={() => look(undefined)}
          take={(id) => {
            context.set(looking.path, id);
            look(undefined);
          }}
        />
      )}
      {asked && tool.class === "delete" && <Confirm title={t("tools.sure")} says={t("tools.deletes", { account: account.name })} typed={account.name} submit={t("tools.try")} run={call} close={() => ask(false)} />}
      {asked && tool.class !== "delete" && (
        <Dialog title={t("tools.sure")} close={() => ask(false)}>
          <div class="screen">
            <p>{t("tools.changes_things", { account: account.name })}</p>
            <pre class="code">{raw}</pre>
            <div class="buttons">
              <button type="button" class="button danger" onClick={() => void call()}>
                {t("tools.try")}
              </button>
              <button type="button" class="button" onClick={() => ask(false)}>
                {t("common.cancel")}
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}

export default function ToolScreen({ params }: ScreenProps) {
  const id = params["id"] ?? "", name = params["tool"] ?? "";
  const account = useData(`account ${id}`, () => ok(api.GET("/integrated-account/{id}", { params: { path: { id } } })));
  const tool = useData(`tool ${id} ${name}`, () => ok(api.GET("/integrated-account/{id}/tools/{tool}", { params: { path: { id, tool: name } } })));
  const fault = account.fault ?? tool.fault, one = tool.value;
  return (
    <div class="screen tool">
      <p class="crumbs">
        <a href={href("sources")}>{t("nav.sources")}</a> › <a href={href(`sources/${id}`)}>{account.value?.name ?? id}</a> › <a href={href(`sources/${id}`, { tab: "tools" })}>{t("tools.title")}</a>
      </p>
      <div class="head">
        <h1 dir="auto">{name}</h1>
      </div>
      {fault && !one && <FaultNotice fault={fault} again={() => void tool.again()} />}
      {!one && !fault && <Wait rows={6} />}
      {one && account.value && (
        <>
          <p class="chips">
            <ClassChips tool={one} />
            {one.tags.map((tag) => (
              <span key={tag} class="chip" dir="auto">
                {tag}
              </span>
            ))}
          </p>
          <div class="described" dir="auto">
            {one.title && one.title !== name && <p class="notice-title">{one.title}</p>}
            <p class="says">{one.description}</p>
            <p class="quiet">
              <code>{one.operation}</code>
              {one.permission && ` · ${t("tools.permission", { name: one.permission })}`}
            </p>
          </div>
          <Settled tool={one} account={account.value} />
          {account.value.status === "needs_authorising" && <Notice kind="warn" title={t("tools.authorize_first")} action={{ label: t("tools.to_account"), href: href(`sources/${id}`) }} />}
          <Try account={account.value} tool={one} />
        </>
      )}
    </div>
  );
}
