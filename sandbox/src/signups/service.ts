// SPDX-License-Identifier: Apache-2.0
// A small REST API of the company's own: GET /v1/signups, /v1/signups/daily, /v1/signups/{id} with a key in X-Api-Key;
// its description is at /openapi.json, for anybody.

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SERVICE_MADE, signups, type Signup } from "../story/signups.js";
import { DAY, type World } from "../world.js";
import { document } from "./document.js";

export const SIGNUPS_KEY = "sandbox-key-of-the-signups-service";
const PAGE = 50;
const PAGE_MOST = 200;
const SPAN = 30;

class Wrong extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function moment(query: URLSearchParams, name: string, initial: number): number {
  const text = query.get(name);
  if (text === null) return initial;
  const ms = /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) throw new Wrong(400, `${name} must be an RFC 3339 time or a day`);
  return ms;
}

const shown = (s: Signup) => ({ ...s, created_at: new Date(s.created_at).toISOString() });

function within(world: World, query: URLSearchParams, from: number): Signup[] {
  const [since, until] = [moment(query, "from", from), moment(query, "to", Infinity)];
  return signups(world).filter((s) => s.created_at >= since && s.created_at < until);
}

function listed(world: World, query: URLSearchParams): object {
  const size = Number(query.get("limit") ?? PAGE);
  const start = Number(query.get("cursor") ?? 0);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MOST) throw new Wrong(400, `limit must be 1 to ${PAGE_MOST}`);
  if (!Number.isInteger(start) || start < 0) throw new Wrong(400, "cursor is none of ours");
  const kept = within(world, query, -Infinity).filter(
    (s) => s.plan === (query.get("plan") ?? s.plan) && s.country === (query.get("country") ?? s.country),
  );
  const next = start + size < kept.length ? String(start + size) : null;
  return { data: kept.slice(start, start + size).map(shown), next_cursor: next, total: kept.length };
}

/** Days without any are told as well, once the service was there. */
function daily(world: World, query: URLSearchParams): object {
  const today = Math.floor(world.epoch / DAY);
  const first = Math.max(Math.floor(moment(query, "from", (today - SPAN + 1) * DAY) / DAY), today - SERVICE_MADE);
  const end = Math.min(moment(query, "to", Infinity), world.epoch);
  const days = new Map<string, { signups: number; confirmed: number }>();
  for (let day = first; day * DAY < end; day++) days.set(new Date(day * DAY).toISOString().slice(0, 10), { signups: 0, confirmed: 0 });
  for (const s of within(world, query, first * DAY)) {
    const day = days.get(new Date(s.created_at).toISOString().slice(0, 10));
    if (!day) continue;
    day.signups++;
    if (s.confirmed) day.confirmed++;
  }
  return { data: [...days].map(([date, counts]) => ({ date, ...counts })) };
}

export class Signups {
  private readonly server: Server;

  constructor(
    private readonly host: string,
    private readonly world: () => World,
  ) {
    this.server = createServer((req, res) => this.take(new URL(req.url ?? "/", "http://here"), req.method, req.headers["x-api-key"], res));
  }

  get origin(): string {
    return `http://${this.host}:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(port: number): Promise<{ origin: string; base_url: string; document: string; key: string }> {
    await new Promise<void>((done, fail) => {
      this.server.once("error", fail);
      this.server.listen(port, this.host, done);
    });
    return { origin: this.origin, base_url: `${this.origin}/v1`, document: `${this.origin}/openapi.json`, key: SIGNUPS_KEY };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private answer(url: URL, method: string | undefined, key: unknown): object {
    if (method !== "GET") throw new Wrong(405, "this service is read alone");
    if (url.pathname === "/openapi.json") return document(this.origin);
    if (key !== SIGNUPS_KEY) throw new Wrong(401, "X-Api-Key is missing or wrong");
    if (url.pathname === "/v1/signups") return listed(this.world(), url.searchParams);
    if (url.pathname === "/v1/signups/daily") return daily(this.world(), url.searchParams);
    const id = /^\/v1\/signups\/(sgn_\w+)$/.exec(url.pathname)?.[1];
    const found = id && signups(this.world()).find((s) => s.id === id);
    if (!found) throw new Wrong(404, "there is no such sign-up");
    return shown(found);
  }

  private take(url: URL, method: string | undefined, key: unknown, res: ServerResponse): void {
    let status = 200;
    let body: object;
    try {
      body = this.answer(url, method, key);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      status = error.status;
      body = { error: error.message };
    }
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}
