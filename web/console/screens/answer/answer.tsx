// SPDX-License-Identifier: Apache-2.0
// Answer: one kept answer at the address that never changes: what it says, what proves it, and what can be made of it.
import { useState } from "preact/hooks";
import { api, Fault, ok } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import { go, href } from "../../app/router.ts";
import type { ScreenProps } from "../../app/routes.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Menu, type Item } from "../../parts/menu.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { exact, Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import type { Kept } from "../ask/told.ts";
import { Evidence } from "./evidence.tsx";
import { readAnswer } from "./kept.ts";
import { Pin } from "./pin.tsx";
import { ProgramEditor } from "./program.tsx";
import { Publish } from "./publish.tsx";
import { Share } from "./share.tsx";
import { AnswerView } from "./view.tsx";

type Open = "pin" | "share" | "publish" | "delete" | undefined;

function Actions({ answer, edits }: { answer: Kept; edits: boolean }) {
  const [open, set] = useState<Open>(undefined), [fault, setFault] = useState<Fault | undefined>(undefined), [busy, setBusy] = useState(false), close = (): void => set(undefined);
  const path = { answer: answer.id }, runs = answer.outcome === "answer" && Boolean(answer.program);
  async function rerun(fresh: boolean): Promise<void> {
    setBusy(true);
    setFault(undefined);
    try {
      const made = await ok(api.POST("/answers/{answer}/rerun", { params: { path }, body: { fresh } }));
      changed("answer");
      toast(t("ask.ran_again"));
      go(`answer/${made.id}`);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  async function remove(): Promise<void> {
    await ok(api.DELETE("/answers/{answer}", { params: { path } }));
    changed("answer");
    toast(t("ask.deleted"));
    go("answers");
  }
  const more: Item[] = [
    ...(runs ? [{ label: t("ask.rerun_fresh"), run: () => void rerun(true) }, { label: t("ask.publish"), run: () => set("publish") }] : []),
    ...(answer.mine ? [{ label: t("ask.delete"), danger: true, run: () => set("delete") }] : []),
  ];
  if (!edits) return null;
  return (
    <>
      <div class="buttons">
        <a class="button" href={href("", { answer: answer.id })}>
          <Icon name="ask" /> {t("ask.ask_on")}
        </a>
        {runs && (
          <>
            <button type="button" class="button" onClick={() => set("pin")}>
              <Icon name="pin" /> {t("ask.pin")}
            </button>
            <button type="button" class="button" disabled={busy} onClick={() => void rerun(false)}>
              <Icon name="again" /> {busy ? t("ask.running") : t("ask.rerun")}
            </button>
          </>
        )}
        <button type="button" class="button" onClick={() => set("share")}>
          <Icon name="share" /> {t("ask.share")}
        </button>
        {more.length > 0 && <Menu items={more} />}
      </div>
      {fault && <FaultNotice fault={fault} />}
      {open === "pin" && <Pin what={{ answer: answer.id }} title={answer.question} results={answer.results ?? []} close={close} />}
      {open === "share" && <Share id={answer.id} close={close} />}
      {open === "publish" && <Publish answer={answer.id} title={answer.program?.title ?? answer.question} close={close} />}
      {open === "delete" && <Confirm title={t("ask.delete")} says={t("ask.delete_says")} typed="delete" submit={t("ask.delete_it")} run={remove} close={close} />}
    </>
  );
}

function Facts({ answer }: { answer: Kept }) {
  return (
    <p class="quiet">
      {t("ask.asked_by", { who: answer.owner_name ?? answer.owner })} <Time at={answer.created_at} /> · {answer.visibility === "shared" ? t("ask.shared") : t("ask.private")} · {answer.engine?.name ?? "planner"}
      {answer.rerun_of && (
        <>
          {" · "}
          <a href={href(`answer/${answer.rerun_of}`)}>{t("ask.rerun_of")}</a>
        </>
      )}
    </p>
  );
}

// What was asked before and after it.
function Conversation({ id }: { id: string }) {
  const all = useData(`answers/of/${id}`, () => ok(api.GET("/answers/{answer}/conversation", { params: { path: { answer: id }, query: { limit: 200 } } })));
  const items = all.value?.items ?? [];
  if (items.length < 2) return null;
  return (
    <nav class="card" aria-label={t("ask.conversation")}>
      <h2>{t("ask.conversation")}</h2>
      <ol class="conversation">
        {items.map((item) => (
          <li key={item.id}>
            <a href={href(`answer/${item.id}`)} aria-current={item.id === id ? "page" : undefined} dir="auto">
              {item.question}
            </a>{" "}
            <span class="quiet">
              <Time at={item.created_at} />
            </span>
          </li>
        ))}
      </ol>
    </nav>
  );
}

export default function AnswerScreen({ params }: ScreenProps) {
  const id = params["id"] ?? "", edits = may("admin", "editor"), [shown, show] = useState(false);
  const answer = useData(`answer/${id}`, () => readAnswer(id));
  const kept = answer.value;
  if (!kept)
    return (
      <div class="screen">
        {answer.fault ? answer.fault.status === 404 ? <Notice kind="empty" title={t("ask.no_such")} action={{ label: t("ask.all_answers"), href: href("answers") }} /> : <FaultNotice fault={answer.fault} again={() => void answer.again()} /> : <Wait rows={6} />}
      </div>
    );
  return (
    <div class="screen">
      <div class="head">
        <h1 dir="auto">{kept.question}</h1>
      </div>
      <Facts answer={kept} />
      <Actions answer={kept} edits={edits} />
      {kept.account_deleted_at && <Notice kind="warn" title={t("ask.account_gone", { when: exact(Date.parse(kept.account_deleted_at)) })} />}
      {kept.state && kept.state !== "ok" && (
        <Notice kind="warn" title={t("ask.broken")}>
          {kept.why && <p>{[kept.step, kept.why].filter(Boolean).join(": ")}</p>}
        </Notice>
      )}
      {(kept.understood ?? []).length > 0 && (
        <ul class="chips" aria-label={t("ask.understood")}>
          {kept.understood?.map((chip, i) => (
            <li key={i} class="chip" dir="auto">
              {chip.said}
              {chip.assumed && <span class="quiet">{t("ask.assumed")}</span>}
            </li>
          ))}
        </ul>
      )}
      <AnswerView answer={kept} named />
      <Evidence calls={kept.calls ?? []} program={kept.program} />
      {edits && kept.program && (
        <details class="evidence" onToggle={(e) => e.currentTarget.open && show(true)}>
          <summary>
            {t("ask.program")} <span class="quiet" dir="auto">{kept.program.title}</span>
          </summary>
          {shown && <ProgramEditor key={kept.id} program={kept.program} server={kept.server_id ?? undefined} />}
        </details>
      )}
      <Conversation id={kept.id} />
    </div>
  );
}
