// SPDX-License-Identifier: Apache-2.0
// lines: what is told while a question is on its way, as lines that a person reads: a call's line changes when it comes back, and
// each plan's calls are its own. Pure.
import type { AskEvent } from "./told.ts";

export interface Line {
  readonly id: string;
  readonly state: "on" | "done" | "failed";
  readonly text: string; // key below "ask.", with its values
  readonly values?: Record<string, string | number>;
  readonly why?: string;
}

export function linesOf(events: readonly AskEvent[]): Line[] {
  const lines = new Map<string, Line>();
  let plan = 0, asked = 0, waited = 0;
  for (const { event, data } of events) {
    if (event === "understood") lines.set("understood", { id: "understood", state: "done", text: data.understood.length ? "step_understood" : "step_read", values: { what: data.understood.map((u) => u.said).join("; ") } });
    else if (event === "model") {
      if (data.state === "asked") asked++;
      const id = `model ${asked}`, doing = data.doing ?? "";
      lines.set(id, { id, state: data.state === "asked" ? "on" : "done", text: data.state === "asked" || !doing ? "step_model" : "step_model_did", values: { engine: data.engine, round: data.round, doing } });
    } else if (event === "plan") {
      const id = `plan ${++plan}`, known = data.calls_known ? "" : "_least";
      const text = data.of === "names" || data.of === "columns" ? "step_look" : data.of === "trouble" ? "step_trouble" : `step_plan${known}`;
      lines.set(id, { id, state: "done", text, values: { n: data.calls_least } });
    } else if (event === "call") {
      const id = `call ${plan} ${data.of} ${data.number}`, state = ({ begun: "on", complete: "done", failed: "failed" } as const)[data.state];
      lines.set(id, { id, state, text: state === "on" ? "step_call" : state === "failed" ? "step_call_failed" : data.cached ? "step_call_cached" : "step_call_done", values: { tool: data.tool, account: data.account, n: data.rows ?? 0, ms: data.ms ?? 0 }, ...(data.why ? { why: data.why } : {}) });
    } else if (event === "read" && data.wait_seconds !== undefined) {
      const id = `wait ${waited++}`;
      lines.set(id, { id, state: "on", text: "step_wait", values: { n: data.wait_seconds } });
    } else if (event === "read" && data.step) {
      const id = `read ${plan} ${data.step}`;
      if ((data.known ?? 0) > 1) lines.set(id, { id, state: data.ended === data.known ? "done" : "on", text: "step_step", values: { step: data.step, ended: data.ended ?? 0, known: data.known ?? 0, n: data.rows ?? 0 } });
      // What moves no longer waits.
      if (waited) lines.set(`wait ${waited - 1}`, { ...lines.get(`wait ${waited - 1}`)!, state: "done" });
    }
  }
  return [...lines.values()];
}
