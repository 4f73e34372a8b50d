// SPDX-License-Identifier: Apache-2.0
// All state of the pretended vendor. A collection is kept under its concrete
// path ("/zones/<id>/dns_records"), a single document likewise ("/zones/<id>/email/routing").

import { hexId } from "./random.js";

export type Row = Record<string, any>;

export interface Blob {
  bytes: Buffer;
  type: string;
  metadata?: unknown;
  expiration?: number;
}

export interface Actor {
  email: string;
  id: string;
  ip: string;
  type: "user" | "cloudflare_admin" | "system";
  token?: { id: string; name: string };
}

/** One thing that happened; both forms of the audit log are made from it. */
export interface Event {
  id: string;
  when: number;
  account: string;
  zone?: { id: string; name: string };
  actor: Actor;
  via: "UI" | "API";
  action: string;
  ok: boolean;
  resource: { type: string; id: string; product: string };
  before?: unknown;
  after?: unknown;
  metadata?: Row;
}

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const MINUTE = 60_000;

export class World {
  private readonly collections = new Map<string, Row[]>();
  readonly documents = new Map<string, any>();
  readonly blobs = new Map<string, Blob>();
  readonly events: Event[] = [];
  private serial = 0;

  /** `epoch` is "now" of the story: set at start and at reset. */
  constructor(readonly epoch: number) {}

  rows(path: string): Row[] {
    let rows = this.collections.get(path);
    if (!rows) this.collections.set(path, (rows = []));
    return rows;
  }

  /** Forgets a row's own collections, documents and blobs. */
  dropUnder(path: string): void {
    for (const map of [this.collections, this.documents, this.blobs]) {
      for (const key of map.keys()) if (key === path || key.startsWith(`${path}/`)) map.delete(key);
    }
  }

  document<T extends object>(path: string, initial: T): T {
    if (!this.documents.has(path)) this.documents.set(path, structuredClone(initial));
    return this.documents.get(path);
  }

  newId(kind: string): string {
    return hexId(`new/${kind}/${++this.serial}`);
  }

  daysAgo(days: number): string {
    return stamp(this.epoch - days * DAY);
  }
}

export function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, ".000000Z");
}
