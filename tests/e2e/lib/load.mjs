// SPDX-License-Identifier: Apache-2.0
// A steady load beside what befalls an installation: each worker goes on by itself, a few steps a second, and what fails is
// wrong, unless it is excused by what was in trouble while it ran. Example:
//   const load = new Load({ kill: (e) => /502/.test(e.message) });
//   await load.client("SDK v1", "SDK v1", "calls", url, "list_things"); load.work("changes", "changes", () => …);
//   load.begin("kill"); …; await load.goesOn(); load.trouble.delete("kill"); await load.end(); assert.deepEqual(load.wrong, []);
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { CLIENTS } from "./clients.mjs";
import { eventually } from "./wait.mjs";

const now = () => performance.now();

// What an answer that was no success was.
export class Failure extends Error {
  constructor(status, retryAfter, text) {
    super(`${status} ${text}`);
    Object.assign(this, { status, retryAfter, text });
  }
}

export class Load {
  // What is excused, by trouble: (error, op) => boolean; `op.on` says what was asked.
  constructor(excuses) {
    Object.assign(this, { excuses, clients: [], trouble: new Set(), running: new Set(), good: {}, wrong: [], excused: {}, answered: [], workers: [], over: false });
  }
  // `step` answers the request id of an answered call, where it was one.
  work(name, on, step, ms = 250) {
    this.good[name] = 0;
    this.workers.push(
      (async () => {
        while (!this.over) {
          const op = { name, on, began: now(), troubles: new Set(["ever", ...this.trouble]) };
          this.running.add(op);
          try {
            op.id = await step();
            op.ended = now();
            this.good[name]++;
            if (op.id) this.answered.push(op);
          } catch (e) {
            const why = [...op.troubles].find((kind) => this.excuses[kind]?.(e, op));
            if (why) (this.excused[why] ??= []).push({ ...op, ended: now(), e });
            else this.wrong.push(`${name}, ${[...op.troubles].join() || "in calm"}: ${e.message} ${e.cause ?? ""}`);
          }
          this.running.delete(op);
          await pause(ms);
        }
      })(),
    );
  }
  begin(kind) {
    this.trouble.add(kind);
    for (const op of this.running) op.troubles.add(kind);
  }
  // Each goes on with success.
  async goesOn(more = 3) {
    const before = { ...this.good };
    await eventually("all go on", () => Object.keys(this.good).every((name) => this.good[name] >= before[name] + more)).catch((e) => {
      throw new Error(`${e.message}: ${JSON.stringify(before)} became ${JSON.stringify(this.good)}; ${this.wrong.slice(0, 5).join("\n")}`);
    });
  }
  // An official client that calls a tool; the id of each call is that of the response that it came by.
  async client(name, mode, on, url, tool, ms) {
    let id;
    const one = await CLIENTS[mode].connect(url, {
      fetch: async (to, init) => {
        const r = await fetch(to, init);
        if (String(init?.body).includes('"tools/call"')) id = r.headers.get("x-request-id");
        return r;
      },
    });
    this.clients.push(one);
    this.work(name, on, async () => {
      const result = await one.callTool({ name: tool, arguments: {} });
      if (!result.isError) return id;
      this.answered.push({ name, id, began: 0, ended: now() });
      throw new Failure(200, 0, result.content.map((c) => c.text).join(" "));
    }, ms);
  }
  async end() {
    this.over = true;
    await Promise.all(this.workers);
    for (const one of this.clients.splice(0)) await one.close().catch(() => {});
  }
}

// A change through the API at `base`; anything but success is thrown.
export async function change(base, token, method, path, body) {
  const r = await fetch(base + path, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) }, body: body && JSON.stringify(body) });
  const text = await r.text();
  if (!r.ok) throw new Failure(r.status, Number(r.headers.get("retry-after")), text);
  return text ? JSON.parse(text) : undefined;
}

// Each answered call has one row of the audit, by `rows`, the request ids there.
export function audited(load, rows) {
  const ids = new Set(load.answered.map((op) => op.id)), found = rows.filter((id) => ids.has(id)), there = new Set(found);
  assert.equal(ids.size, load.answered.length, "each call has an id of its own");
  assert.equal(there.size, found.length, "no call has two rows");
  assert.deepEqual(load.answered.filter((op) => !there.has(op.id)), [], "each answered call has its row");
}
