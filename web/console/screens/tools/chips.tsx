// SPDX-License-Identifier: Apache-2.0
// chips: what is to be known of a tool at a glance: what it does, and whether servers may show it.
import type { Shapes } from "../../api/client.ts";
import { t } from "../../app/words.ts";

export type Standing = "served" | "review" | "changed" | "denied";
export const STANDINGS: readonly Standing[] = ["served", "review", "changed", "denied"];

// `waiting`: those that wait for an administrator, and whether because they changed.
export function standingOf(tool: { name: string; served: boolean; trust: string }, waiting: ReadonlyMap<string, boolean>): Standing {
  const changed = waiting.get(tool.name);
  if (tool.served) return "served";
  return changed === undefined ? (tool.trust === "review" ? "review" : "denied") : changed ? "changed" : "review";
}

const LOOKS = { served: "good", review: "warn", changed: "warn", denied: "" } as const;
export const StandingChip = ({ standing }: { standing: Standing }) => <span class={`chip ${LOOKS[standing]}`}>{t(`tools.is_${standing}`)}</span>;

export function ClassChips({ tool }: { tool: Pick<Shapes["ToolHead"], "class" | "read_only" | "deprecated"> }) {
  return (
    <>
      <span class="chip">{t(`tools.class_${tool.class}`)}</span>
      {tool.read_only ? <span class="chip">{t("tools.reads")}</span> : <span class="chip warn">{t("tools.writes")}</span>}
      {tool.deprecated && <span class="chip warn">{t("tools.deprecated")}</span>}
    </>
  );
}
