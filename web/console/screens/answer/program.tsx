// SPDX-License-Identifier: Apache-2.0
// program: what gave an answer, to be read, changed, checked while it is typed, and run. Running an edited one changes no answer:
// its outcome stands below, and can be pinned.
import { useEffect, useState } from "preact/hooks";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice } from "../../parts/notice.tsx";
import type { Outcome, Program } from "../ask/told.ts";
import { Evidence } from "./evidence.tsx";
import { Pin } from "./pin.tsx";
import { Results } from "./results.tsx";
import { Warnings } from "./view.tsx";

const CHECK_AFTER_MS = 500;
type Verdict = Pick<Shapes["ProgramVerdict"], "sound" | "calls_least" | "calls_known"> & { faults?: Shapes["ProgramFault"][] };

const written = (program: unknown): string => JSON.stringify(program, null, 2);
function read(text: string): { program?: Record<string, never>; wrong?: string } {
  try {
    const program = JSON.parse(text) as unknown;
    return typeof program === "object" && program !== null && !Array.isArray(program) ? { program: program as Record<string, never> } : { wrong: t("ask.not_object") };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : "" };
  }
}

function Faults({ faults }: { faults: readonly Shapes["ProgramFault"][] }) {
  return (
    <ul class="warnings" aria-label={t("ask.faults")}>
      {faults.map((f, i) => (
        <li key={i}>
          <code>{f.pointer || "/"}</code>
          <span>
            {f.text}
            {f.hint && ` – ${f.hint}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Said({ verdict, wrong }: { verdict: Verdict | undefined; wrong: string | undefined }) {
  if (wrong !== undefined) return <p class="wrong">{t("ask.not_json", { why: wrong })}</p>;
  if (!verdict) return <p class="quiet">{t("ask.checking")}</p>;
  if (!verdict.sound) return <Faults faults={verdict.faults ?? []} />;
  return <p class="good">{t(verdict.calls_known ? "ask.sound" : "ask.sound_least", { n: verdict.calls_least ?? 0 })}</p>;
}

export function ProgramEditor({ program, server }: { program: Program; server: string | undefined }) {
  const first = written(program), [text, setText] = useState(first), [verdict, setVerdict] = useState<Verdict | undefined>(undefined);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined), [fault, setFault] = useState<Fault | undefined>(undefined), [busy, setBusy] = useState(false), [pinning, pin] = useState(false);
  const { program: now, wrong } = read(text);
  const view = server ? { server } : {};

  useEffect(() => {
    if (!now) return;
    let current = true;
    setVerdict(undefined);
    const timer = setTimeout(() => {
      ok(api.POST("/program/check", { body: { program: now, ...view } })).then(
        (found) => current && setVerdict(found),
        (error: unknown) => current && error instanceof Fault && (error.faults.length ? setVerdict({ sound: false, calls_least: 0, calls_known: false, faults: error.faults }) : setFault(error)),
      );
    }, CHECK_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);

  async function run(): Promise<void> {
    if (!now) return;
    setBusy(true);
    setFault(undefined);
    try {
      setOutcome((await ok(api.POST("/program", { body: { program: now, ...view } }))) as unknown as Outcome);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.faults.length) setVerdict({ sound: false, calls_least: 0, calls_known: false, faults: error.faults });
      else setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <div class="program">
      <textarea class="code" rows={18} aria-label={t("ask.program")} spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      <div role="status">
        <Said verdict={verdict} wrong={wrong} />
      </div>
      <div class="buttons">
        <button type="button" class="button main" disabled={busy || !now || verdict?.sound === false} onClick={() => void run()}>
          {busy ? t("ask.running") : t("ask.run_program")}
        </button>
        <button type="button" class="button" disabled={text === first} onClick={() => setText(first)}>
          {t("ask.as_it_was")}
        </button>
      </div>
      {fault && <FaultNotice fault={fault} />}
      {outcome && (
        <section class="card" aria-label={t("ask.outcome")}>
          <div class="head">
            <h2>{outcome.title || t("ask.outcome")}</h2>
            <span class="chip">{t(`ask.status_${outcome.status}`)}</span>
            {now && (
              <button type="button" class="button" onClick={() => pin(true)}>
                {t("ask.pin")}
              </button>
            )}
          </div>
          {outcome.status === "paused" && <Notice kind="warn" title={t("ask.program_paused", { n: outcome.wait_seconds ?? 0 })} />}
          <Warnings warnings={outcome.warnings ?? []} />
          <Results results={outcome.results ?? []} />
          <Evidence calls={outcome.calls ?? []} program={now as Program | undefined} />
        </section>
      )}
      {pinning && now && <Pin what={{ program: now, ...view }} title={outcome?.title ?? ""} results={outcome?.results ?? []} close={() => pin(false)} />}
    </div>
  );
}
