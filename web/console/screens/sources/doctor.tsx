// SPDX-License-Identifier: Apache-2.0
// doctor: what is right and wrong with an account, from the outside in, and beside each finding what can be done here.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";
import { changed, useData } from "../../api/data.ts";
import type { Account } from "../../api/lists.ts";
import { href } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { toast } from "../../parts/toast.tsx";
import { waitingOf, useReviews } from "../tools/list.tsx";
import type { Connector } from "./read.ts";
import { Again } from "./reconnect.tsx";

type Check = Shapes["Check"];
type Props = { account: Account; connector: Connector };

function ReadTools({ account }: Props) {
  const [busy, setBusy] = useState(false), [fault, setFault] = useState<Fault>(), waits = waitingOf(useReviews().value ?? [], account.id).size;
  async function run(): Promise<void> {
    setBusy(true);
    setFault(undefined);
    try {
      const r = await ok(api.POST("/integrated-account/{id}/refresh", { params: { path: { id: account.id } } }));
      toast(t("sources.tools_read", { n: r.tools, served: r.served, review: r.review }));
      changed("account", "tools", "reviews", "doctor");
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <button type="button" class="button" disabled={busy} onClick={() => void run()}>
        {t("sources.read_tools")}
      </button>
      {waits > 0 && (
        <a class="button" href={href("review", { account: account.id })}>
          {t("sources.waits", { n: waits })}
        </a>
      )}
      {fault && <FaultNotice fault={fault} />}
    </>
  );
}

const Settled = ({ account, label }: { account: Account; label: string }) => (
  <a class="button" href={href(`sources/${account.id}`, { tab: "settings" })}>
    {label}
  </a>
);
function Credential({ account, connector }: Props) {
  return connector.ways.find((w) => w.id === account.way)?.auth === "oauth" ? <Again account={account} main={false} /> : <Settled account={account} label={t("sources.new_credential")} />;
}
const Context = ({ account }: Props) => <Settled account={account} label={t("sources.choose")} />;

// By the check, what can be done about it from here.
const REMEDIES: Record<string, (props: Props) => ComponentChildren> = {
  credential: Credential,
  refresh: Credential,
  permission: Credential,
  cloud_mismatch: Credential,
  registration_refused: Credential,
  context_missing: Context,
  tools: ReadTools,
  server: ReadTools,
};
const MARKS = { ok: "good", warn: "warn", fail: "bad", skipped: "" } as const;

function Row({ check, ...props }: Props & { check: Check }) {
  const Remedy = check.status === "ok" || check.status === "skipped" ? (check.id === "tools" && props.connector.kind === "mcp" ? REMEDIES["tools"] : undefined) : REMEDIES[check.id];
  return (
    <li class="check">
      <span>
        <span class={`chip ${MARKS[check.status as keyof typeof MARKS]}`}>{t(`sources.check_${check.status}`)}</span>
      </span>
      <code>{check.id}</code>
      <div>
        <p dir="auto">{check.text}</p>
        {check.remedy && (
          <p class="quiet" dir="auto">
            {check.remedy}
          </p>
        )}
        {Remedy && (
          <div class="buttons">
            <Remedy {...props} />
          </div>
        )}
      </div>
    </li>
  );
}

export function Doctor(props: Props) {
  const { account } = props;
  const found = useData(`doctor ${account.id}`, () => ok(api.POST("/integrated-account/{id}/doctor", { params: { path: { id: account.id } } })));
  return (
    <div class="screen">
      <div class="buttons">
        <button type="button" class="button" disabled={found.busy} onClick={() => void found.again()}>
          <Icon name="again" /> {t(found.busy ? "sources.looking" : "sources.look_again")}
        </button>
      </div>
      {found.fault && <FaultNotice fault={found.fault} again={() => void found.again()} />}
      {!found.value && !found.fault && <Wait rows={6} />}
      {found.value && (
        <>
          {found.value.healthy && !found.value.checks.some((c) => c.status === "warn") ? <Notice kind="good" title={t("sources.healthy")} /> : <p role="status">{t(found.value.healthy ? "sources.healthy_but" : "sources.unhealthy")}</p>}
          <ul class="plain-list card">
            {[...found.value.checks].sort((a, b) => worst(b) - worst(a)).map((check, i) => (
              <Row key={`${check.id} ${i}`} check={check} {...props} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
const worst = (c: Check): number => ["skipped", "ok", "warn", "fail"].indexOf(c.status);
