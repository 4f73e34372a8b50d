// SPDX-License-Identifier: Apache-2.0
// The last requests seen, so that a test can prove what was sent. Credentials are kept as digests only.

import { createHash } from "node:crypto";

export interface Seen {
  number: number;
  at: string;
  /** "main", or "elsewhere" for the listener that redirects to another origin lead to. */
  listener: "main" | "elsewhere";
  method: string;
  /** As on the request line, query included. */
  path: string;
  /** In order, names as sent. */
  headers: [string, string][];
  body: { length: number; sha256: string; text?: string };
  token?: string;
  fault?: string;
  status?: number;
  outcome: "open" | "sent" | "dropped" | "client_closed";
  ms?: number;
}

const MOST = 1000;
const MOST_TEXT = 4096;
const SECRET = new Set(["authorization", "proxy-authorization", "x-auth-key", "x-auth-user-service-key", "x-api-key", "cookie", "cloudinary-url", "cloudinary-api-secret"]);

export function digest(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function masked(name: string, value: string): string {
  if (!SECRET.has(name.toLowerCase())) return value;
  const [, scheme, rest] = /^(Bearer |Basic )?(.*)$/is.exec(value)!;
  return `${scheme ?? ""}sha256:${digest(rest!)}`;
}

export class Recorder {
  private seen: Seen[] = [];
  private count = 0;

  open(listener: Seen["listener"], method: string, path: string, rawHeaders: string[]): Seen {
    const headers: [string, string][] = [];
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i]!, masked(rawHeaders[i]!, rawHeaders[i + 1]!)]);
    const entry: Seen = {
      number: ++this.count,
      at: new Date().toISOString(),
      listener,
      method,
      path,
      headers,
      body: { length: 0, sha256: digest("") },
      outcome: "open",
    };
    this.seen.push(entry);
    if (this.seen.length > MOST) this.seen.shift();
    return entry;
  }

  static body(entry: Seen, body: Buffer, type: string): void {
    entry.body = { length: body.length, sha256: digest(body) };
    if (/^(application\/(json|x-www-form-urlencoded|graphql)|text\/)/i.test(type) && body.length <= MOST_TEXT)
      entry.body.text = body.toString("utf8");
  }

  last(n: number): Seen[] {
    return this.seen.slice(-n);
  }

  clear(): void {
    this.seen = [];
  }
}
