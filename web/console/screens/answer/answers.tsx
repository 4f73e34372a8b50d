// SPDX-License-Identifier: Apache-2.0
// Answers: those that are kept, one's own and those that others share, the newest first.
import { all, api, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { href, queryOf, setQuery } from "../../app/router.ts";
import { may } from "../../app/session.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Time } from "../../parts/time.tsx";
import { Virtual } from "../../parts/virtual.tsx";

type Of = "mine" | "shared";
type Item = Shapes["AnswerItem"];
const MARK: Record<string, string> = { answer: "good", clarify: "warn", unanswerable: "warn", refuse: "bad" };
const ROW_PX = 64;

function Row({ item }: { item: Item }) {
  return (
    <div class="row">
      <a href={href(`answer/${item.id}`)} dir="auto">
        {item.question || item.id}
      </a>
      <span class="quiet">
        {item.owner_name ?? item.owner}
        {item.rerun_of && ` · ${t("ask.ran_again_mark")}`}
        {item.follows && ` · ${t("ask.follows_mark")}`}
      </span>
      <span>
        <span class={`chip ${MARK[item.outcome ?? ""] ?? ""}`}>{t(`ask.outcome_${item.outcome}`)}</span>
      </span>
      <span class="quiet">
        <Time at={item.created_at} />
      </span>
    </div>
  );
}

function List({ of }: { of: Of }) {
  const list = useData(`answers/${of}`, () => all((after) => ok(api.GET("/answers", { params: { query: { of, limit: 1000, ...(after ? { after } : {}) } } })), 20_000));
  const wanted = (queryOf("find") ?? "").trim().toLocaleLowerCase();
  if (list.fault && !list.value) return <FaultNotice fault={list.fault} again={() => void list.again()} />;
  if (!list.value) return <Wait rows={5} />;
  if (!list.value.length)
    return of === "mine" && may("admin", "editor") ? <Notice kind="empty" title={t("ask.none_mine")} action={{ label: t("ask.ask_first"), href: href("") }} /> : <Notice kind="empty" title={t("ask.none_shared")} />;
  const items = wanted ? list.value.filter((item) => (item.question ?? "").toLocaleLowerCase().includes(wanted)) : list.value;
  return (
    <div class="table">
      <div class="table-tools">
        <input type="search" aria-label={t("ask.find")} placeholder={t("ask.find")} value={queryOf("find") ?? ""} onInput={(e) => setQuery({ find: e.currentTarget.value }, true)} />
        <span class="quiet" role="status">
          {t("ask.answers_n", { n: items.length })}
        </span>
      </div>
      {items.length ? <Virtual items={items} height={ROW_PX} label={t("ask.answers")} row={(item) => <Row item={item} />} /> : <p class="quiet">{t("ask.none_found")}</p>}
    </div>
  );
}

export default function Answers() {
  const shared = { id: "shared", label: t("ask.tab_shared"), show: () => <List of="shared" /> };
  const mine = { id: "mine", label: t("ask.tab_mine"), show: () => <List of="mine" /> };
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("ask.answers")}</h1>
      </div>
      {may("admin", "editor") ? <Tabs name="tab" label={t("ask.answers")} tabs={[mine, shared]} /> : <List of="shared" />}
    </div>
  );
}
