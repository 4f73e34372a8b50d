// SPDX-License-Identifier: Apache-2.0
// stream: server-sent events over fetch (WHATWG HTML §9.2.6), since EventSource can neither POST nor send a header of ours.
//   for await (const { event, data } of stream("/ask", { question }, stop.signal)) …
import { Fault, OURS, send, type Shapes } from "./client.ts";

export interface Told {
  readonly event: string;
  readonly data: unknown;
}

export async function* stream(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<Told> {
  const response = await send(path, { method: "POST", headers: { ...OURS, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify(body), signal });
  if (!response.ok) throw new Fault(response.status, (await response.json().catch(() => undefined)) as Partial<Shapes["Error"]> | undefined);
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", event = "message", data: string[] = [];
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error: unknown) => {
        if (signal.aborted) throw error;
        throw new Fault(0);
      });
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (data.length) yield { event, data: JSON.parse(data.join("\n")) as unknown };
          event = "message";
          data = [];
        } else if (line.startsWith("event:")) event = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
