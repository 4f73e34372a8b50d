// SPDX-License-Identifier: Apache-2.0
// vendor: one connector before an account of it is there: what it reads, what is asked for, what can be asked then, what will be
// held back, and what is known to go wrong. Beside it, the way in.
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { Connect } from "./connect.tsx";
import { useConnector, type Connector } from "./read.ts";

function About({ c }: { c: Connector }) {
  const scopes = [...new Set(c.ways.flatMap((w) => (w.scope ?? "").split(/\s+/)).filter(Boolean))], held = c.words.filter((w) => w.trust !== "allow");
  return (
    <div class="about">
      <p>{c.reads ?? c.blurb}</p>
      <p class="chips">
        {c.tags.slice(0, 12).map((tag) => (
          <span key={tag} class="chip">
            {tag}
          </span>
        ))}
      </p>
      {c.questions.length > 0 && (
        <section>
          <h2>{t("connect.questions")}</h2>
          <ul>
            {c.questions.slice(0, 6).map((q) => (
              <li key={q}>{q}</li>
            ))}
          </ul>
        </section>
      )}
      {scopes.length > 0 && (
        <section>
          <h2>{t("connect.scopes")}</h2>
          <p class="chips">
            {scopes.map((s) => (
              <code key={s} class="chip">
                {s}
              </code>
            ))}
          </p>
        </section>
      )}
      {c.kind === "rest" ? (
        <p class="quiet">{t("connect.tools", { n: c.tool_count })}</p>
      ) : (
        held.length > 0 && (
          <details>
            <summary>{t("connect.will_be_held", { n: held.length })}</summary>
            <ul class="plain-list">
              {held.map((w) => (
                <li key={w.tools}>
                  <code>{w.tools}</code> {w.why && <span class="quiet">– {w.why}</span>}
                </li>
              ))}
            </ul>
          </details>
        )
      )}
      {c.troubles.length > 0 && (
        <details>
          <summary>{t("connect.troubles", { n: c.troubles.length })}</summary>
          <dl class="troubles">
            {c.troubles.map((one) => (
              <div key={one.symptom}>
                <dt>{one.symptom}</dt>
                <dd class="quiet">{one.remedy}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {c.docs && /^https:/.test(c.docs) && (
        <p>
          <a href={c.docs} target="_blank" rel="noreferrer">
            {t("connect.manual", { vendor: c.label })}
          </a>
        </p>
      )}
    </div>
  );
}

export function Vendor({ name }: { name: string }) {
  const connector = useConnector(name), c = connector.value;
  if (!c) return connector.fault ? <FaultNotice fault={connector.fault} again={() => void connector.again()} /> : <Wait rows={6} />;
  return (
    <div class="screen">
      <p class="crumbs">
        <a href={href("sources")}>{t("nav.sources")}</a> › <a href={href("sources/add", c.kind === "mcp" ? { tab: "mcp" } : {})}>{t("connect.title")}</a>
      </p>
      <div class="head">
        <h1 dir="auto">{c.label}</h1>
        <span class="chip">{t(`connect.kind_${c.kind}`)}</span>
      </div>
      <div class="vendor">
        <About c={c} />
        <section class="card" aria-label={t("connect.connect")}>
          <Connect key={c.name} connector={c} />
        </section>
      </div>
    </div>
  );
}
