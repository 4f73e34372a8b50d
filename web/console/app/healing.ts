// SPDX-License-Identifier: Apache-2.0
// healing: while nobody answers, Postern is asked again and again, later each time; when it answers, all that is shown is
// asked for anew.
import { useSignalEffect } from "@preact/signals";
import { reach, send } from "../api/client.ts";
import { changed } from "../api/data.ts";
import { readWho, who } from "./session.ts";

const FIRST_MS = 500, LONGEST_MS = 10_000;

export function healing(): void {
  useSignalEffect(() => {
    if (reach.value !== "away") return;
    let wait = FIRST_MS, timer: ReturnType<typeof setTimeout>;
    const again = async (): Promise<void> => {
      wait = Math.min(wait * 2, LONGEST_MS);
      timer = setTimeout(() => void again(), wait);
      const answer = await send("/readyz").catch(() => undefined);
      if (!answer?.ok) return;
      clearTimeout(timer);
      if (!who.value) await readWho().catch(() => undefined);
      changed("");
    };
    timer = setTimeout(() => void again(), wait);
    const online = (): void => void again();
    addEventListener("online", online);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", online);
    };
  });
}
