// SPDX-License-Identifier: Apache-2.0
// events: what a condition told, newest first, with each try and what was sent.
import { useState } from "preact/hooks";
import { api, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Wait } from "../../parts/notice.tsx";
import { exact, Time } from "../../parts/time.tsx";

interface Attempt {
  readonly number: number;
  readonly at: string;
  readonly ms: number;
  readonly status: number;
  readonly why?: string | null;
}
export const attemptsOf = (event: Shapes["WatchEventWhole"]): readonly Attempt[] => event.attempts as unknown as Attempt[];
const MARK: Record<Shapes["WatchEvent"]["delivery"], string> = { waiting: "warn", delivered: "good", failed: "bad", silent: "", stopped: "warn" };

function Whole({ watch, event }: { watch: string; event: string }) {
  const got = useData(`events ${watch} ${event}`, (signal) => ok(api.GET("/watches/{watch}/events/{event}", { params: { path: { watch, event } }, signal })), 5000);
  if (got.fault && !got.value) return <FaultNotice fault={got.fault} again={() => void got.again()} />;
  if (!got.value) return <Wait />;
  return (
    <div class="inner">
      {attemptsOf(got.value).map((a) => (
        <p key={a.number} class="quiet">
          {t("boards.try", { n: a.number, status: a.status || t("boards.no_reply"), ms: a.ms })} <span>{exact(Date.parse(a.at))}</span> {a.why}
        </p>
      ))}
      {got.value.message ? <pre tabindex={0}>{JSON.stringify(got.value.message, null, 2)}</pre> : <p class="quiet">{t("boards.message_gone")}</p>}
    </div>
  );
}

function One({ watch, event: e }: { watch: string; event: Shapes["WatchEvent"] }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
        <summary>
          {t(`boards.event_${e.event}`)} <Time at={e.at} /> <span class={`chip ${MARK[e.delivery]}`}>{t(`boards.delivery_${e.delivery}`)}</span>{" "}
          <span class="quiet">
            {t("boards.tries", { n: e.tries })} {e.why}
          </span>
        </summary>
        {open && <Whole watch={watch} event={e.id} />}
      </details>
    </li>
  );
}

export function Events({ watch }: { watch: string }) {
  const list = useData(`events ${watch}`, (signal) => ok(api.GET("/watches/{watch}/events", { params: { path: { watch }, query: { limit: 50 } }, signal })), 5000);
  if (list.fault && !list.value) return <FaultNotice fault={list.fault} again={() => void list.again()} />;
  if (!list.value) return <Wait />;
  if (!list.value.items.length) return <p class="quiet">{t("boards.no_events")}</p>;
  return (
    <ul class="events" aria-label={t("boards.events")}>
      {list.value.items.map((e) => (
        <One key={e.id} watch={watch} event={e} />
      ))}
      {list.value.next && <li class="quiet">{t("boards.events_first", { n: list.value.items.length })}</li>}
    </ul>
  );
}
