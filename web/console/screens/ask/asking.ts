// SPDX-License-Identifier: Apache-2.0
// asking: one question on its way: what has been told of it so far. Stopping it ends the work at the server, too. One that is
// kept looks the same, with nothing on its way.
import { signal, type Signal } from "@preact/signals";
import { Fault, type Shapes } from "../../api/client.ts";
import { changed } from "../../api/data.ts";
import { stream } from "../../api/stream.ts";
import type { Answer, AskEvent, Kept } from "./told.ts";

export type Asked = Shapes["Question"];
export interface Asking {
  readonly key: number;
  readonly question: string;
  readonly asked: Asked;
  readonly events: Signal<readonly AskEvent[]>;
  readonly answer: Signal<Answer | Kept | undefined>;
  readonly fault: Signal<Fault | undefined>;
  readonly state: Signal<"busy" | "done" | "stopped">;
  readonly ms: Signal<number | undefined>; // how long it took, where we saw it
  stop(): void;
}

let made = 0;

export function kept(answer: Kept): Asking {
  return { key: ++made, question: answer.question, asked: { question: answer.question }, events: signal([]), answer: signal(answer), fault: signal(undefined), state: signal("done"), ms: signal(undefined), stop: () => undefined };
}

export function ask(asked: Asked, shown: string): Asking {
  const one: Asking & { stop(): void } = { ...kept({ question: shown } as Kept), asked, answer: signal(undefined), state: signal("busy"), stop: () => stop.abort() };
  const stop = new AbortController(), begun = performance.now();
  async function run(): Promise<void> {
    try {
      for await (const told of stream("/ask", asked, stop.signal)) {
        const at = told as AskEvent;
        if (at.event === "answer") one.answer.value = at.data;
        else if (at.event === "error") one.fault.value = new Fault(500, at.data);
        else one.events.value = [...one.events.value, at];
      }
      if (!one.answer.value && !one.fault.value) one.fault.value = new Fault(0);
    } catch (error) {
      if (error instanceof Fault) one.fault.value = error;
      else if (!stop.signal.aborted) throw error;
    } finally {
      one.ms.value = performance.now() - begun;
      one.state.value = stop.signal.aborted && !one.answer.value ? "stopped" : "done";
      changed("answers");
    }
  }
  void run();
  return one;
}
