// SPDX-License-Identifier: Apache-2.0
// HTTP in a few words, for the vendors' MCP servers.

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Json = Record<string, any>;

export function reply(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html; charset=utf-8" : "application/json";
  res.writeHead(status, { "content-type": type, "cache-control": "no-store", ...headers, "content-length": Buffer.byteLength(text) });
  res.end(text);
}

export function redirect(res: ServerResponse, to: string): void {
  res.writeHead(302, { location: to, "cache-control": "no-store", "content-length": 0 });
  res.end();
}

/** The body, or null when it is longer than `most`; it is read to its end either way, so that the refusal arrives. */
export async function read(req: IncomingMessage, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += (chunk as Buffer).length;
    if (size > most) chunks.length = 0;
    else chunks.push(chunk as Buffer);
  }
  return size > most ? null : Buffer.concat(chunks);
}

export function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function opened(server: Server, port: number, host: string): Promise<string> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => {
      const { address, port: taken, family } = server.address() as AddressInfo;
      done(`http://${family === "IPv6" ? `[${address}]` : address}:${taken}`);
    });
  });
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Does not keep the program alive: whoever waits has a server that does. */
export const pause = (ms: number) => new Promise<void>((done) => void setTimeout(done, ms).unref());
