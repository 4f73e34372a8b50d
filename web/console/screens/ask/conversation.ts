// SPDX-License-Identifier: Apache-2.0
// conversation: the questions on the screen. Its last answer stands in the address, so that it comes back by "back", a link or
// loading the page again; a question on its way outlives a look at another screen.
import { signal } from "@preact/signals";
import { api, Fault, ok } from "../../api/client.ts";
import { queryOf, setQuery } from "../../app/router.ts";
import { readAnswer } from "../answer/kept.ts";
import { ask, kept, type Asked, type Asking } from "./asking.ts";

export const turns = signal<readonly Asking[]>([]);
export const restoring = signal(false);
export const missing = signal<Fault | undefined>(undefined);

const idOf = (turn: Asking | undefined): string | undefined => turn?.answer.value?.id;
const busy = (): boolean => turns.value.some((turn) => turn.state.value === "busy");

// `shown`: what stands as its question, where it is none of its own (a choice, going on).
export function put(asked: Asked, shown: string): void {
  const turn = ask(asked, shown);
  turns.value = [...turns.value.filter((one) => one.answer.value), turn];
  const ended = turn.state.subscribe((state) => {
    const id = idOf(turn);
    if (state === "busy" || !id) return;
    queueMicrotask(() => ended());
    if (turns.value.includes(turn) && location.pathname === "/ui/") setQuery({ answer: id });
  });
}

// What the address asks for: nothing, what is here, a part of that, or another conversation.
export async function follow(id: string | undefined): Promise<void> {
  missing.value = undefined;
  if (id === undefined) {
    if (!busy()) turns.value = [];
    return;
  }
  const at = turns.value.findIndex((turn) => idOf(turn) === id);
  if (at >= 0) {
    if (!busy()) turns.value = turns.value.slice(0, at + 1);
    return;
  }
  restoring.value = true;
  try {
    const { items = [] } = await ok(api.GET("/answers/{answer}/conversation", { params: { path: { answer: id }, query: { limit: 1000 } } }));
    const way: string[] = [];
    for (let one: string | null | undefined = id; one && way.length < 50; one = items.find((item) => item.id === one)?.follows) way.unshift(one);
    const answers = await Promise.all(way.map(readAnswer));
    if (queryOf("answer") !== id) return;
    turns.value = answers.map(kept);
    // It goes on in the view in which it was asked.
    const server = answers.at(-1)?.server_id;
    if (server && !queryOf("view")) setQuery({ view: server }, true);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    missing.value = error;
  } finally {
    restoring.value = false;
  }
}
