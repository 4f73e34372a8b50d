// SPDX-License-Identifier: Apache-2.0
// Review: all tools that wait for a person, of one account or of all: why, what changed, what a model would read, and a decision.
import type { Shapes } from "../../api/client.ts";
import { href, queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { useReviews } from "./list.tsx";
import { Decide, Diff } from "./review-parts.tsx";

type Waits = Shapes["ReviewItem"];
// What is left out nobody can allow: what it lacks is for its vendor to mend.
const settles = (item: Waits): boolean => item.kind === "tool" && !item.why.startsWith("left out: ");
const text = (v: unknown): string => (typeof v === "string" ? v : "");

function One({ item }: { item: Waits }) {
  const definition = (item.definition ?? undefined) as Record<string, unknown> | undefined;
  return (
    <section class="card" aria-label={item.name}>
      <div class="head">
        <h2 dir="auto">{item.kind === "tool" ? <a href={href(`sources/${item.account_id}/tools/${item.name}`)}>{item.name}</a> : item.name}</h2>
        <span class="chip warn">{t(!settles(item) ? "tools.left_out" : item.diff === null ? "tools.is_review" : "tools.is_changed")}</span>
      </div>
      <p class="quiet">
        <a href={href(`sources/${item.account_id}`)} dir="auto">
          {item.account}
        </a>
      </p>
      {text(definition?.["description"]) && (
        <p class="says" dir="auto">
          {text(definition?.["description"])}
        </p>
      )}
      <p dir="auto">{t("tools.because", { why: item.why })}</p>
      {item.was && <p dir="auto">{t("tools.came_back", { was: item.was })}</p>}
      {item.diff && <Diff text={item.diff} />}
      {definition && (
        <details>
          <summary>{t("tools.definition")}</summary>
          <pre class="code" tabindex={0}>
            {JSON.stringify(definition, null, 2)}
          </pre>
        </details>
      )}
      {settles(item) && <Decide account={item.account_id} names={[item.name]} />}
    </section>
  );
}

export default function Review() {
  const reviews = useReviews(), account = queryOf("account");
  const items = reviews.value?.filter((i) => !account || i.account_id === account);
  const together = items?.filter(settles).map((i) => i.name) ?? [];
  const accounts = [...new Map(reviews.value?.map((i) => [i.account_id, i.account])).entries()];
  return (
    <div class="screen">
      <div class="head">
        <h1>{t("tools.review_title")}</h1>
        {(accounts.length > 1 || account) && (
          <select class="narrow" aria-label={t("tools.of_account")} value={account ?? ""} onChange={(e) => setQuery({ account: e.currentTarget.value })}>
            <option value="">{t("tools.all_accounts")}</option>
            {accounts.map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </div>
      <p class="quiet">{t("tools.review_says")}</p>
      {reviews.fault && !items && <FaultNotice fault={reviews.fault} again={() => void reviews.again()} />}
      {!items && !reviews.fault && <Wait rows={6} />}
      {items?.length === 0 && <Notice kind="empty" title={t("tools.nothing_waits")} action={{ label: t("tools.to_sources"), href: href("sources") }} />}
      {account && together.length > 1 && (
        <section class="card">
          <p>{t("tools.together", { n: together.length })}</p>
          <Decide account={account} names={together} />
        </section>
      )}
      {items?.map((item) => (
        <One key={`${item.account_id} ${item.kind} ${item.name}`} item={item} />
      ))}
    </div>
  );
}
