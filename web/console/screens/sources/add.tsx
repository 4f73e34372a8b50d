// SPDX-License-Identifier: Apache-2.0
// Add data source: the catalogue of APIs and of vendors' MCP servers, any MCP server by its address, any API by its OpenAPI
// document. A card leads to its vendor, which the address names.
import { useMemo } from "preact/hooks";
import { href, queryOf, setQuery } from "../../app/router.ts";
import { t } from "../../app/words.ts";
import type { Shapes } from "../../api/client.ts";
import { FaultNotice, Notice, Wait } from "../../parts/notice.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Connect } from "./connect.tsx";
import { OpenApi } from "./openapi.tsx";
import { useConnector, useConnectors } from "./read.ts";
import { Vendor } from "./vendor.tsx";

const ANY = "mcp"; // the connector of servers that no other is for
type Head = Shapes["ConnectorHead"];

// Words anywhere; those in the label first.
export function found(all: readonly Head[], kind: string, q: string): Head[] {
  const words = q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const rank = (c: Head): number => (words.every((w) => `${c.label} ${c.name}`.toLocaleLowerCase().includes(w)) ? 0 : words.every((w) => `${c.label} ${c.name} ${c.category ?? ""} ${c.tags.join(" ")} ${c.blurb ?? ""}`.toLocaleLowerCase().includes(w)) ? 1 : 2);
  return all
    .filter((c) => c.kind === kind && c.name !== ANY && rank(c) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label));
}

function Catalogue({ kind }: { kind: "rest" | "mcp" }) {
  const connectors = useConnectors(), q = queryOf("q") ?? "";
  const shown = useMemo(() => found(connectors.value ?? [], kind, q), [connectors.value, kind, q]);
  if (!connectors.value) return connectors.fault ? <FaultNotice fault={connectors.fault} again={() => void connectors.again()} /> : <Wait rows={6} />;
  return (
    <div class="screen">
      <input type="search" aria-label={t("connect.search")} placeholder={t("connect.search")} value={q} onInput={(e) => setQuery({ q: e.currentTarget.value }, true)} />
      <p class="hidden-text" role="status">
        {t("connect.found", { n: shown.length })}
      </p>
      <ul class="cards plain-list">
        {shown.map((c) => (
          <li key={c.name} class="card pick">
            <h2>
              <a href={href("sources/add", { connector: c.name, ...(kind === "mcp" ? { tab: "mcp" } : {}) })} dir="auto">
                {c.label}
              </a>
            </h2>
            <p class="quiet" dir="auto">
              {c.blurb}
            </p>
            <p class="chips">
              {c.category && <span class="chip">{c.category}</span>}
              {c.auth.map((one) => (
                <span key={one} class="chip">
                  {t(`connect.way_${one}`)}
                </span>
              ))}
              {c.imported && <span class="chip">{t("connect.imported")}</span>}
            </p>
          </li>
        ))}
      </ul>
      {!shown.length && <Notice kind="empty" title={t(kind === "mcp" ? "connect.none_mcp" : "connect.none_rest")} action={{ label: t(kind === "mcp" ? "connect.by_url" : "connect.by_document"), run: () => setQuery({ tab: kind === "mcp" ? "url" : "openapi", q: undefined }) }} />}
    </div>
  );
}

function ByUrl() {
  const any = useConnector(ANY);
  if (!any.value) return any.fault ? <FaultNotice fault={any.fault} /> : <Wait />;
  return (
    <div class="screen narrow">
      <p>{t("connect.url_says")}</p>
      <Connect connector={any.value} byUrl />
    </div>
  );
}

export default function Add() {
  const name = queryOf("connector");
  if (name) return <Vendor name={name} />;
  return (
    <div class="screen">
      <p class="crumbs">
        <a href={href("sources")}>{t("nav.sources")}</a>
      </p>
      <div class="head">
        <h1>{t("connect.title")}</h1>
      </div>
      <Tabs
        name="tab"
        label={t("connect.title")}
        tabs={[
          { id: "catalogue", label: t("connect.catalogue"), show: () => <Catalogue kind="rest" /> },
          { id: "mcp", label: t("connect.mcp_servers"), show: () => <Catalogue kind="mcp" /> },
          { id: "url", label: t("connect.url"), show: () => <ByUrl /> },
          { id: "openapi", label: t("connect.openapi"), show: () => <OpenApi /> },
        ]}
      />
    </div>
  );
}
