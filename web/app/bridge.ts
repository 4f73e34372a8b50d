// SPDX-License-Identifier: Apache-2.0
// bridge: JSON-RPC 2.0 with the host over postMessage (MCP Apps 2026-01-26). Only what the parent window says is heard; the
// host's answers and notifications are values of unknown shape until somebody has looked at them. Example:
//   const bridge = new Bridge(window, { "ui/notifications/tool-result": show });
//   const hello = await bridge.ask("ui/initialize", { … });

export type Json = Record<string, unknown>;
export const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}
export interface Host {
  readonly parent: { postMessage(message: unknown, origin: string): void };
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

const WAITING_MOST = 16;

export class Bridge {
  private readonly host: Host;
  private readonly waiting = new Map<number, Waiting>();
  private readonly heard: Readonly<Record<string, (params: Json) => unknown>>;
  private last = 0;

  // A handler's value is the answer where the host asks.
  constructor(host: Host, heard: Readonly<Record<string, (params: Json) => unknown>>) {
    this.host = host;
    this.heard = heard;
    host.addEventListener("message", (event) => {
      if (event.source === (host.parent as unknown) && isObject(event.data) && event.data.jsonrpc === "2.0") this.take(event.data);
    });
  }

  ask(method: string, params: Json): Promise<unknown> {
    if (this.waiting.size >= WAITING_MOST) return Promise.reject(new Error("the host does not answer"));
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  }
  tell(method: string, params: Json = {}): void {
    this.send({ method, params });
  }

  // The view has no origin of its own, and knows none of the host's.
  private send(message: Json): void {
    this.host.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }
  private take(message: Json): void {
    const { id, method } = message;
    if (typeof method !== "string") return this.answered(message);
    const handler = Object.hasOwn(this.heard, method) ? this.heard[method] : undefined;
    const asks = typeof id === "number" || typeof id === "string";
    if (asks && method !== "ping" && !handler) return this.send({ id, error: { code: -32601, message: `this view has no ${method.slice(0, 100)}` } });
    const result = handler?.(isObject(message.params) ? message.params : {});
    if (asks) this.send({ id, result: result ?? {} });
  }
  private answered({ id, result, error }: Json): void {
    const waiting = typeof id === "number" ? this.waiting.get(id) : undefined;
    if (!waiting) return;
    this.waiting.delete(id as number);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(isObject(error) && typeof error.message === "string" ? error.message : "the host refuses"));
  }
}
