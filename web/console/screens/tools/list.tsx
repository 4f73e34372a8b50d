// SPDX-License-Identifier: Apache-2.0
// The tools of one account: all of them, found by text and narrowed by what they do and whether servers may show them.
import { useMemo } from "preact/hooks";
import { all, api, ok, type Shapes } from "../../api/client.ts";
import { useData } from "../../api/data.ts";
import { may } from "../../app/session.ts";
import { href, queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Virtual } from "../../parts/virtual.tsx";
import { ClassChips, StandingChip, standingOf, STANDINGS, type Standing } from "./chips.tsx";

const CLASSES = ["list", "get", "create", "update", "delete", "custom"] as const;
const PAGE = 1000, ROW_PX = 64;

type Head = Shapes["ToolHead"];
interface Placed {
  readonly tool: Head;
  readonly standing: Standing;
  readonly text: string;
}

// By name, and whether each changed since it was settled.
export const waitingOf = (items: readonly Shapes["ReviewItem"][], account: string): ReadonlyMap<string, boolean> => new Map(items.filter((i) => i.kind === "tool" && i.account_id === account).map((i) => [i.name, i.diff !== null]));

// What waits is for administrators to settle: others are not told of it, and do not ask.
export const useReviews = () => useData(may("admin") ? "reviews" : undefined, () => all((after) => ok(api.GET("/tool/review", { params: { query: { limit: PAGE, ...(after ? { after } : {}) } } }))));

function Filters({ counts }: { counts: Record<Standing, number> }) {
  const now = { q: queryOf("q") ?? "", class: queryOf("class") ?? "", is: queryOf("is") ?? "" };
  return (
    <div class="filters" role="search">
      <input type="search" aria-label={t("tools.filter")} placeholder={t("tools.filter")} value={now.q} onInput={(e) => setQuery({ q: e.currentTarget.value }, true)} />
      <select aria-label={t("tools.does")} value={now.class} onChange={(e) => setQuery({ class: e.currentTarget.value })}>
        <option value="">{t("tools.any_class")}</option>
        <option value="read">{t("tools.reads_only")}</option>
        <option value="write">{t("tools.writes")}</option>
        {CLASSES.map((one) => (
          <option key={one} value={one}>
            {t(`tools.class_${one}`)}
          </option>
        ))}
      </select>
      <div class="chips" role="group" aria-label={t("tools.served_or_not")}>
        {STANDINGS.filter((s) => counts[s] > 0 || now.is === s).map((s) => (
          <button key={s} type="button" class="chip" aria-pressed={now.is === s} onClick={() => setQuery({ is: now.is === s ? undefined : s })}>
            {t(`tools.is_${s}`)} {counts[s].toLocaleString()}
          </button>
        ))}
      </div>
    </div>
  );
}

function Row({ account, placed: { tool, standing } }: { account: string; placed: Placed }) {
  return (
    <a class="tool-row" href={href(`sources/${account}/tools/${tool.name}`)}>
      <span class="name" dir="auto">
        {tool.name}
      </span>
      <span class="quiet line" dir="auto">
        {tool.description ?? tool.title}
      </span>
      <span class="chips">
        <ClassChips tool={tool} />
        {standing !== "served" && <StandingChip standing={standing} />}
      </span>
    </a>
  );
}

export function ToolList({ account }: { account: Shapes["Account"] }) {
  const id = account.id, reviews = useReviews();
  const tools = useData(`tools ${id}`, () => all((after) => ok(api.GET("/integrated-account/{id}/tools", { params: { path: { id }, query: { limit: PAGE, ...(after ? { after } : {}) } } }))));
  const placed = useMemo(() => {
    const waiting = waitingOf(reviews.value ?? [], id);
    return (tools.value ?? []).map((tool): Placed => ({ tool, standing: standingOf(tool, waiting), text: `${tool.name} ${tool.title ?? ""} ${tool.description ?? ""} ${tool.tags.join(" ")}`.toLocaleLowerCase() }));
  }, [tools.value, reviews.value, id]);
  const counts = useMemo(() => {
    const out = { served: 0, review: 0, changed: 0, denied: 0 };
    for (const p of placed) out[p.standing]++;
    return out;
  }, [placed]);
  const q = (queryOf("q") ?? "").trim().toLocaleLowerCase(), does = queryOf("class"), is = queryOf("is");
  const shown = useMemo(() => {
    const words = q.split(/\s+/).filter(Boolean);
    return placed.filter((p) => (!is || p.standing === is) && (!does || (does === "read" ? p.tool.read_only : does === "write" ? !p.tool.read_only : p.tool.class === does)) && words.every((w) => p.text.includes(w)));
  }, [placed, q, does, is]);

  if (tools.fault && !tools.value) return <FaultNotice fault={tools.fault} again={() => void tools.again()} />;
  if (!tools.value) return <Wait rows={8} />;
  if (!tools.value.length) return <Notice kind="empty" title={t("tools.none")} {...(may("admin") ? { action: { label: t("tools.examine"), href: href(`sources/${id}`, { tab: "doctor" }) } } : {})} />;
  const waits = counts.review + counts.changed;
  return (
    <div class="screen">
      {waits > 0 && may("admin") && <Notice kind="warn" title={t("tools.waiting", { n: waits })} action={{ label: t("tools.review"), href: href("review", { account: id }) }} />}
      <Filters counts={counts} />
      <p class="quiet" role="status">
        {shown.length === placed.length ? t("tools.count", { n: placed.length }) : t("tools.count_of", { n: shown.length, all: placed.length })}
      </p>
      {shown.length ? (
        <Virtual items={shown} height={ROW_PX} label={t("tools.title")} row={(p) => <Row account={id} placed={p} />} />
      ) : (
        <Notice kind="empty" title={t("tools.none_found")} action={{ label: t("tools.show_all"), run: () => setQuery({ q: undefined, class: undefined, is: undefined }) }} />
      )}
    </div>
  );
}
