// SPDX-License-Identifier: Apache-2.0
// rows: entries of the audit as a list. A cell filters by what it holds; a row opens to all that is known of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { exact, Time } from "../../parts/time.tsx";
import { useNear } from "../../parts/virtual.tsx";
import { useEntries, type Entry, type Facet, type Filter } from "./entries.ts";

const HEIGHT = 42;
type Choose = (facet: Facet, value: string) => void;

// What a person reads, and the id that is filtered by.
const CELLS: readonly { facet: Facet; of(e: Entry): string | null | undefined; said(e: Entry): string | null | undefined }[] = [
  { facet: "actor", of: (e) => e.actor, said: (e) => e.actor_name ?? e.actor },
  { facet: "action", of: (e) => e.action, said: (e) => e.action },
  { facet: "tool", of: (e) => e.tool, said: (e) => e.tool },
  { facet: "account_id", of: (e) => e.account_id, said: (e) => e.account_name ?? e.account_id },
  { facet: "server_id", of: (e) => e.server_id, said: (e) => e.server_name ?? e.server_id },
  { facet: "outcome", of: (e) => e.outcome, said: (e) => e.outcome },
];

// Of what is known of a row, what it can be filtered by.
const FACTS: ReadonlySet<string> = new Set<Facet>(["actor", "client", "client_id", "sign_in", "address", "url"]);

function Details({ entry: e, choose }: { entry: Entry; choose: Choose | undefined }) {
  const facts: [string, string | number | null | undefined][] = [
    ["at", exact(Date.parse(e.at))],
    ["actor", e.actor],
    ["client", e.client],
    ["client_id", e.client_id],
    ["sign_in", e.sign_in],
    ["address", e.address],
    ["url", e.url],
    ["status", e.status],
    ["took", `${(e.elapsed_us / 1000).toLocaleString(undefined, { maximumFractionDigits: 1 })} ms`],
    ["count", e.count > 1 ? e.count : undefined],
    ["request", e.request_id],
    ["detail", e.detail],
  ];
  return (
    <div class="audit-more">
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== "")
          .map(([name, value]) => (
            <>
              <dt>{t(`audit.fact_${name}`)}</dt>
              <dd>{choose && FACTS.has(name) ? <button type="button" class="facet" title={t("audit.only", { value: String(value) })} onClick={() => choose(name as Facet, String(value))}>{value}</button> : value}</dd>
            </>
          ))}
      </dl>
      {(e.values ?? e.arguments) && <pre tabindex={0} aria-label={t("audit.arguments")}>{JSON.stringify(e.values ?? e.arguments, null, 2)}</pre>}
      {e.server_id && (
        <a href={href(`servers/${e.server_id}`)}>{t("audit.to_server")}</a>
      )}
    </div>
  );
}

interface AuditRowsProps {
  filter: Filter;
  live?: boolean;
  choose?: Choose; // absent: cells are no buttons
}
export function AuditRows({ filter, live = false, choose }: AuditRowsProps) {
  const entries = useEntries(filter, live), [open, setOpen] = useState<string | undefined>();
  const items = entries.items ?? [], { around, first, end } = useNear(items.length, HEIGHT), foot = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!foot.current) return;
    const watch = new IntersectionObserver(([seen]) => seen?.isIntersecting && entries.more && void entries.older(), { rootMargin: "600px" });
    watch.observe(foot.current);
    return () => watch.disconnect();
  });

  if (entries.fault && !entries.items) return <FaultNotice fault={entries.fault} again={entries.again} />;
  if (!entries.items) return <Wait rows={8} />;
  if (!items.length) return <Notice kind="empty" title={t("audit.none")} />;
  return (
    <div class="audit" aria-busy={entries.busy && !live}>
      <table class="audit-table" aria-rowcount={entries.more ? -1 : items.length}>
        <thead>
          <tr>
            <th>{t("audit.when")}</th>
            {CELLS.map((c) => (
              <th key={c.facet}>{t(`audit.${c.facet}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody ref={around as { current: HTMLTableSectionElement | null }}>
          {first > 0 && <tr style={{ height: first * HEIGHT }} aria-hidden="true" />}
          {items.slice(first, end).map((e) => (
            <>
              <tr key={e.id} class={e.outcome === "ok" ? undefined : "not-ok"}>
                <td>
                  <button type="button" class="opener" aria-expanded={open === e.id} onClick={() => setOpen(open === e.id ? undefined : e.id)}>
                    <Icon name="open" /> <Time at={e.at} />
                  </button>
                </td>
                {CELLS.map(({ facet, of, said }) => {
                  const value = of(e), text = said(e);
                  return <td key={facet}>{!value || !text ? "" : choose ? <button type="button" class="facet" title={t("audit.only", { value: text })} onClick={() => choose(facet, value)}>{text}</button> : text}</td>;
                })}
              </tr>
              {open === e.id && (
                <tr key={`${e.id} more`}>
                  <td colSpan={CELLS.length + 1}>
                    <Details entry={e} choose={choose} />
                  </td>
                </tr>
              )}
            </>
          ))}
          {end < items.length && <tr style={{ height: (items.length - end) * HEIGHT }} aria-hidden="true" />}
        </tbody>
      </table>
      <div ref={foot}>
        {entries.fault && <FaultNotice fault={entries.fault} again={() => void entries.older()} />}
        {entries.more && (
          <button type="button" class="button" onClick={() => void entries.older()} disabled={entries.busy}>
            {t("audit.older")}
          </button>
        )}
      </div>
    </div>
  );
}
