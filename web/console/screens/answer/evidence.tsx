// SPDX-License-Identifier: Apache-2.0
// evidence: each call that an answer stands on: of what account and tool, with which arguments, when, how long, what it gave, and
// why it was made. Folded to a line.
import { href } from "../../app/router.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { exact } from "../../parts/time.tsx";
import { formatCell } from "../../../chart/format.ts";
import type { Call, Program } from "../ask/told.ts";

const SHOWN_MOST = 200;

const sum = (numbers: (number | undefined)[]): number => numbers.reduce<number>((a, b) => a + (b ?? 0), 0);
const took = (ms: number): string => (ms < 95 ? formatCell("duration", ms) : t("ask.seconds", { s: Number((ms / 1000).toFixed(1)) }));

// "4 calls, 25 rows, 0.4 s". `ms`: how long all of it was; else from the first call's beginning to the last one's end.
export function summed(calls: readonly Call[], ms?: number): string {
  const begun = calls.map((c) => Date.parse(c.at ?? "")), ended = calls.map((c, i) => (begun[i] ?? NaN) + (c.ms ?? 0));
  const span = ms ?? Math.max(...ended) - Math.min(...begun);
  return [t("ask.calls", { n: calls.length }), t("common.rows", { n: sum(calls.map((c) => c.rows)) }), ...(calls.length && Number.isFinite(span) ? [took(span)] : [])].join(", ");
}

// A call that no step of the program makes was made to write it: to find which row a word means, or what columns there are.
function whyOf(call: Call, program: Program | undefined): string {
  const step = program?.steps?.find((s) => s.tool === call.tool && (s.account === undefined || [s.account].flat().includes(call.account)));
  return step?.id ? t("ask.why_step", { step: step.id }) : t("ask.why_lookup");
}

// The audit's filter that leaves its row, and few others.
function around(call: Call): Record<string, string> {
  const second = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, ""), at = Date.parse(call.at ?? "");
  return { tool: call.tool, ...(call.account_id ? { account_id: call.account_id } : {}), ...(Number.isFinite(at) ? { since: second(at - 1000), until: second(at + (call.ms ?? 0) + 2000) } : {}) };
}

function One({ call, program }: { call: Call; program: Program | undefined }) {
  const facts: [string, string][] = [
    [t("ask.call_when"), call.at ? exact(Date.parse(call.at)) : ""],
    [t("ask.call_took"), call.ms === undefined ? "" : formatCell("duration", call.ms)],
    [t("ask.call_gave"), [t("common.rows", { n: call.rows ?? 0 }), call.bytes === undefined ? "" : formatCell("bytes", call.bytes)].filter(Boolean).join(", ")],
    [t("ask.call_page"), call.page && call.page > 1 ? String(call.page) : ""],
    [t("ask.call_cached"), call.cached ? t("ask.cached_for", { ago: formatCell("duration", call.age_ms ?? 0) }) : ""],
    [t("ask.call_why"), whyOf(call, program)],
  ];
  return (
    <details class="call">
      <summary>
        <code>{call.tool}</code> <span class="chip">{call.account}</span>{" "}
        <span class="quiet">
          {t("common.rows", { n: call.rows ?? 0 })}
          {call.cached ? `, ${t("ask.cached")}` : call.ms === undefined ? "" : `, ${formatCell("duration", call.ms)}`}
        </span>
        {call.why && <span class="chip bad">{t("ask.failed")}</span>}
      </summary>
      {call.why && <p class="wrong">{call.why}</p>}
      <dl class="call-facts">
        {facts.filter(([, said]) => said).map(([name, said]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
        {call.request_id && (
          <div>
            <dt>{t("common.request_id")}</dt>
            <dd>
              <code>{call.request_id}</code>{" "}
              {may("admin", "editor") && <a href={href("audit", around(call))}>{t("ask.in_audit")}</a>}
            </dd>
          </div>
        )}
      </dl>
      <pre tabindex={0} aria-label={t("ask.arguments")}>{JSON.stringify(call.arguments ?? {}, null, 2)}</pre>
    </details>
  );
}

export function Evidence({ calls, program, open }: { calls: readonly Call[]; program: Program | undefined; open?: boolean }) {
  if (!calls.length) return <p class="quiet">{t("ask.no_calls")}</p>;
  return (
    <details class="evidence" open={open}>
      <summary>
        {t("ask.evidence")} <span class="quiet">{summed(calls)}</span>
      </summary>
      {calls.slice(0, SHOWN_MOST).map((call, i) => (
        <One key={i} call={call} program={program} />
      ))}
      {calls.length > SHOWN_MOST && <p class="quiet">{t("ask.more_calls", { n: calls.length - SHOWN_MOST })}</p>}
    </details>
  );
}
