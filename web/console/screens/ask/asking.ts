// SPDX-License-Identifier: Apache-2.0
// asking: one question on its way: what has been told of it so far. Stopping it ends the work at the server, too.
import { signal, type Signal } from "@preact/signals";
import { Fault } from "../../api/client.ts";
import { stream } from "../../api/stream.ts";
import type { Answer, AskEvent } from "./told.ts";

export interface Asked {
  question?: string;
  follow?: string;
  choose?: number;
  remember?: boolean;
  engine?: string;
}
export interface Asking {
  readonly question: string;
  readonly events: Signal<readonly AskEvent[]>;
  readonly answer: Signal<Answer | undefined>;
  readonly fault: Signal<Fault | undefined>;
  readonly busy: Signal<boolean>;
  stop(): void;
}

export function ask(asked: Asked, shown = asked.question ?? ""): Asking {
  const events = signal<readonly AskEvent[]>([]), answer = signal<Answer | undefined>(undefined), fault = signal<Fault | undefined>(undefined), busy = signal(true);
  const stop = new AbortController();
  async function run(): Promise<void> {
    try {
      for await (const told of stream("/ask", asked, stop.signal)) {
        const one = told as AskEvent;
        if (one.event === "answer") answer.value = one.data;
        else if (one.event === "error") fault.value = new Fault(500, one.data);
        else events.value = [...events.value, one];
      }
      if (!answer.value && !fault.value) fault.value = new Fault(0);
    } catch (error) {
      if (error instanceof Fault) fault.value = error;
      else if (!stop.signal.aborted) throw error;
    } finally {
      busy.value = false;
    }
  }
  void run();
  return { question: shown, events, answer, fault, busy, stop: () => stop.abort() };
}
