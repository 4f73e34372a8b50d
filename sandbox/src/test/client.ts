// SPDX-License-Identifier: Apache-2.0
// A sandbox for one test file, and short ways to ask it things.

import { after } from "node:test";
import { Sandbox, type Options } from "../server.js";
import { TOKENS } from "../tokens.js";

export interface Reply {
  status: number;
  headers: Headers;
  body: any;
}

export function secret(name: string): string {
  return TOKENS.find((t) => t.name === name)!.secret;
}

export class Client {
  private constructor(
    readonly sandbox: Sandbox,
    readonly origin: string,
  ) {}

  static async start(options: Partial<Options> = {}): Promise<Client> {
    const sandbox = new Sandbox({ host: "127.0.0.1", port: 0, ...options });
    const client = new Client(sandbox, await sandbox.listen());
    after(() => sandbox.close());
    return client;
  }

  /** A request with a token by name; strings and forms go as they are, other bodies as JSON. */
  async ask(
    method: string,
    path: string,
    { token = "full", body, headers = {} }: { token?: string | null; body?: unknown; headers?: { [name: string]: string } } = {},
  ): Promise<Reply> {
    const plain = body === undefined || typeof body === "string" || body instanceof FormData || body instanceof Uint8Array;
    const response = await fetch(`${this.origin}/client/v4${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(token ? { authorization: `Bearer ${secret(token)}` } : {}),
        ...(plain ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: plain ? (body as any) : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("application/json");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  async result(method: string, path: string, body?: unknown): Promise<any> {
    const reply = await this.ask(method, path, { body });
    if (!reply.body?.success) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body.result;
  }

  async control(method: string, path: string, body?: unknown): Promise<Reply> {
    const response = await fetch(`${this.origin}/_sandbox/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  async zone(name: string): Promise<any> {
    return (await this.result("GET", `/zones?name=${name}`))[0];
  }
}

export function errorOf(reply: Reply): [number, number] {
  return [reply.status, reply.body.errors[0].code];
}
