// SPDX-License-Identifier: Apache-2.0
// health: how an account does, as a dot and a word: what the vendor last said of its credential.
import type { Shapes } from "../../api/client.ts";
import { t } from "../../app/words.ts";

const LOOKS: Record<string, string> = { ok: "good", unverified: "", failing: "bad", needs_authorising: "warn" };

export const Health = ({ status }: { status: Shapes["Account"]["status"] }) => (
  <span class={`health ${LOOKS[status] ?? ""}`}>
    <span class="dot" aria-hidden="true" />
    {t(`sources.is_${status}`)}
  </span>
);
