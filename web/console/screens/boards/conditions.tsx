// SPDX-License-Identifier: Apache-2.0
// conditions: what is waited for on a tile, where each stands, and what came of telling.
import { useState } from "preact/hooks";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";
import { changed, type Data } from "../../api/data.ts";
import { queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Copy } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { goLater, going } from "../../parts/later.ts";
import { Menu } from "../../parts/menu.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Time } from "../../parts/time.tsx";
import { bodyOf, ConditionForm, type Draft } from "./condition-form.tsx";
import { attemptsOf, Events } from "./events.tsx";
import type { Tile, Watch } from "./told.ts";

const MARK: Record<Watch["state"], string> = { fine: "good", pending: "warn", firing: "bad", paused: "", stopped: "warn" };
const ADD = "add";
const at = (id: string) => ({ params: { path: { watch: id } } });

interface Once {
  readonly secret: string;
  readonly condition: string;
}

function Tested({ event }: { event: Shapes["WatchEventWhole"] }) {
  const last = attemptsOf(event).at(-1), good = event.delivery === "delivered";
  return <Notice kind={good ? "good" : "warn"} title={good ? t("boards.test_good", { status: last?.status ?? 0, ms: last?.ms ?? 0 }) : t("boards.test_bad", { why: event.why ?? last?.why ?? event.delivery })} />;
}

interface OneProps {
  watch: Watch;
  again: () => void;
  told: (once: Once) => void;
}
function One({ watch: w, again, told }: OneProps) {
  const [tested, setTested] = useState<Shapes["WatchEventWhole"] | undefined>(undefined), [fault, setFault] = useState<Fault | undefined>(undefined), [busy, setBusy] = useState(false), opened = queryOf("events") === w.id;
  async function doing(run: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setFault(undefined);
    try {
      await run();
      again();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  const test = (): Promise<void> =>
    doing(async () => {
      setTested(undefined);
      setTested(await ok(api.POST("/watches/{watch}/test", at(w.id))));
      changed(`events ${w.id}`);
    });
  const still = w.state === "paused";
  return (
    <article class="card watch" aria-label={w.condition}>
      <header>
        <code dir="auto">{w.condition}</code>
        <span class={`chip ${MARK[w.state]}`}>{t(`boards.watch_${w.state}`)}</span>
        <Menu
          label={t("boards.watch_more", { condition: w.condition })}
          items={[
            { label: t("boards.watch_change"), run: () => setQuery({ watch: w.id }) },
            { label: t("boards.watch_secret"), run: () => void doing(async () => told({ condition: w.condition, secret: (await ok(api.POST("/watches/{watch}/secret", at(w.id)))).secret })) },
            { label: t("boards.watch_delete"), danger: true, run: () => goLater(w.id, t("boards.watch_deleted", { condition: w.condition }), (init) => ok(api.DELETE("/watches/{watch}", { ...at(w.id), ...init })), again) },
          ]}
        />
      </header>
      <p class="quiet">
        {t(w.form === "slack" ? "boards.tells_slack" : "boards.tells", { receiver: w.receiver })}
        {w.for_seconds > 0 && ` · ${t("boards.holds_for", { n: Math.round(w.for_seconds / 60) })}`}
        {w.quiet && ` · ${t("boards.quiet_in", { hours: w.quiet, zone: w.zone ?? "" })}`}
      </p>
      <p class="quiet">
        {w.since && (
          <>
            {t("boards.watch_since")} <Time at={w.since} />{" · "}
          </>
        )}
        {w.judged_at ? (
          <>
            {t("boards.judged")} <Time at={w.judged_at} />
          </>
        ) : (
          t("boards.judged_never")
        )}
      </p>
      {w.why && <Notice kind="warn" title={w.why} />}
      {fault && <FaultNotice fault={fault} />}
      {tested && <Tested event={tested} />}
      <div class="buttons">
        <button type="button" class="button" disabled={busy} onClick={() => void test()}>
          {t("boards.test")}
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => void doing(() => ok(api.PATCH("/watches/{watch}", { ...at(w.id), body: { paused: !still } })))}>
          {t(still ? "boards.resume" : "boards.pause")}
        </button>
        <button type="button" class="button" aria-expanded={opened} onClick={() => setQuery({ events: opened ? undefined : w.id }, true)}>
          {t("boards.events")}
        </button>
      </div>
      {opened && <Events watch={w.id} />}
    </article>
  );
}

export function Conditions({ tile, watches, close }: { tile: Tile; watches: Data<Watch[]>; close: () => void }) {
  const [once, told] = useState<Once | undefined>(undefined), mine = watches.value?.filter((w) => w.tile_id === tile.id && !going.value.has(w.id));
  const asked = queryOf("watch"), changing = mine?.find((w) => w.id === asked), again = (): void => void watches.again();
  const back = (): void => setQuery({ watch: undefined }, true);
  async function add(draft: Draft): Promise<void> {
    const made = await ok(api.POST("/watches", { body: { tile: tile.id, webhook: draft.webhook.trim(), ...bodyOf(draft) } }));
    told({ secret: made.secret, condition: made.condition });
    again();
    back();
  }
  async function change(w: Watch, draft: Draft): Promise<void> {
    const body = bodyOf(draft), { condition, ...rest } = body;
    await ok(api.PATCH("/watches/{watch}", { ...at(w.id), body: { ...rest, ...(condition === w.condition ? {} : { condition }), ...(draft.webhook.trim() ? { webhook: draft.webhook.trim() } : {}) } }));
    again();
    back();
  }
  return (
    <Dialog title={t("boards.conditions_of", { title: tile.title })} close={close} wide>
      <div class="form wide">
        {once && (
          <Notice kind="good" title={t("boards.secret_once", { condition: once.condition })}>
            <Copy text={once.secret} label={t("boards.secret")} />
            <p class="quiet">{t("boards.secret_says")}</p>
          </Notice>
        )}
        {tile.every_seconds === 0 && <Notice kind="warn" title={t("boards.not_by_itself")} action={{ label: t("boards.tile_settings"), run: () => setQuery({ show: "settings", watch: undefined }) }} />}
        {watches.fault && <FaultNotice fault={watches.fault} again={again} />}
        {!mine && !watches.fault && <Wait />}
        {asked === ADD && <ConditionForm tile={tile} run={add} cancel={back} />}
        {changing && <ConditionForm key={changing.id} tile={tile} watch={changing} run={(draft) => change(changing, draft)} cancel={back} />}
        {mine && asked !== ADD && !changing && (
          <>
            {mine.length === 0 && (
              <Notice kind="empty" title={t("boards.no_conditions")} action={{ label: t("boards.watch_add"), run: () => setQuery({ watch: ADD }) }}>
                <p class="quiet">{t("boards.no_conditions_says")}</p>
              </Notice>
            )}
            {mine.map((w) => (
              <One key={w.id} watch={w} again={again} told={told} />
            ))}
            {mine.length > 0 && (
              <div class="buttons">
                <button type="button" class="button main" onClick={() => setQuery({ watch: ADD })}>
                  {t("boards.watch_add")}
                </button>
              </div>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
