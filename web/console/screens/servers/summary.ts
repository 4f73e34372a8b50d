// SPDX-License-Identifier: Apache-2.0
// What a server shows and for how long, in a few words; and what its operator should know of it.
import type { Shapes } from "../../api/client.ts";
import { t } from "../../app/words.ts";

export type Server = Shapes["Server"];
export type Config = Shapes["Filter"];
export interface Warning {
  readonly id: string;
  readonly text: string;
}

const READS = new Set(["read", "list", "get"]), UNUSED_MS = 30 * 86_400_000, SOON_MS = 3 * 86_400_000;

// By its filter: no methods at all lets everything through.
export const mayWrite = (config: Config): boolean => !config.methods?.length || config.methods.some((m) => !READS.has(m));

export function filterWords(config: Config): string {
  const said = [
    config.methods?.length ? config.methods.join(", ") : t("servers.every_method"),
    config.tags?.length && t("servers.tagged", { tags: config.tags.join(", ") }),
    config.tools?.length && config.tools.join(", "),
    config.discovery && config.discovery !== "full" && t(`servers.discovery_${config.discovery}`),
    (config.own_accounts?.length ?? 0) > 0 && t("servers.own_short"),
    config.fence && Object.keys(config.fence).length > 0 && t("servers.fenced"),
  ];
  return said.filter(Boolean).join(" · ");
}

// Who may sign in at its address; empty: nobody.
export function admittedWords(v: Shapes["Admission"]): string {
  const { roles = [], groups = [], people = [] } = v;
  const said = [
    roles.length && t("servers.admitted_roles", { roles: roles.map((r) => t(`roles.${r}`)).join(", ") }),
    groups.length && t("servers.admitted_groups", { groups: groups.join(", ") }),
    people.length && people.join(", "),
  ];
  return said.filter(Boolean).join(" · ");
}

export function warningsOf(s: Server, now = Date.now()): Warning[] {
  const said: Warning[] = [], used = Date.parse(s.last_used_at ?? s.created_at), ends = s.expires_at ? Date.parse(s.expires_at) : undefined;
  const warn = (id: string): number => said.push({ id, text: t(`servers.warn_${id}`) });
  if (s.config.paused) warn("paused");
  if (ends !== undefined && ends <= now) warn("expired");
  else if (ends !== undefined && ends - now < SOON_MS) warn("ends_soon");
  if (ends === undefined && mayWrite(s.config)) warn("writes_forever");
  if (now - used > UNUSED_MS) warn("unused");
  if (s.slug && !admittedWords(s.sign_in)) warn("nobody");
  if (s.tool_count === 0) warn("no_tools");
  return said;
}
