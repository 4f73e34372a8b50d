// SPDX-License-Identifier: Apache-2.0
// The sign-ups service: what it publishes is what it does, and its story is one with the denials.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { decisions, FLOOD, siteId } from "../story/decisions.js";
import { SERVICE_MADE } from "../story/signups.js";
import { Vendors } from "../vendor/index.js";
import { DAY } from "../world.js";

const vendors = new Vendors({});
const { signups: at } = (await vendors.listen()) as any;
after(() => vendors.close());
const { world } = vendors.rest;

async function get(path: string, key: string | undefined = at.key): Promise<{ status: number; body: any }> {
  const answer = await fetch(at.base_url + path, { headers: key ? { "x-api-key": key } : {} });
  return { status: answer.status, body: await answer.json() };
}
const dayOf = (ago: number) => new Date(world.epoch - ago * DAY).toISOString().slice(0, 10);
const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;

test("a spike of denials comes before the drop of sign-ups, and not the other way round", async () => {
  const { data } = (await get(`/signups/daily?from=${dayOf(40)}&to=${dayOf(1)}`)).body;
  const perDay = new Map<string, number>(data.map((d: any) => [d.date, d.signups]));
  const of = (from: number, to: number) => mean(Array.from({ length: from - to }, (_, i) => perDay.get(dayOf(from - i))!));
  const flood = Math.ceil(FLOOD[0]);
  const [before, low, later] = [of(flood + 10, flood + 1), of(flood - 2, flood - 4), of(flood - 10, flood - 20)];
  assert.ok(low < 0.4 * before, `${low} after ${before}`);
  assert.ok(later > 0.85 * before, `${later} against ${before}`);
  const denied = new Map<string, number>();
  for (const d of decisions(world)) {
    if (d.site !== siteId("storefront") || d.conclusion !== "DENY" || d.at < world.epoch - 40 * DAY) continue;
    const day = new Date(d.at).toISOString().slice(0, 10);
    denied.set(day, (denied.get(day) ?? 0) + 1);
  }
  const [spike] = [...denied].sort((a, b) => b[1] - a[1])[0]!;
  const lowest = [...perDay].sort((a, b) => a[1] - b[1])[0]![0];
  assert.ok(spike < lowest, `denials on ${spike}, fewest sign-ups on ${lowest}`);
});

test("lists, days and single ones agree; pages end; nothing before the service was there", async () => {
  const span = `from=${dayOf(20)}&to=${dayOf(10)}`;
  const all: any[] = [];
  for (let cursor = "0"; cursor; ) {
    const { body } = await get(`/signups?${span}&limit=200&cursor=${cursor}`);
    all.push(...body.data);
    assert.ok(body.total >= all.length);
    cursor = body.next_cursor;
  }
  const { data } = (await get(`/signups/daily?${span}`)).body;
  assert.equal(data.length, 10);
  assert.equal(data.reduce((n: number, d: any) => n + d.signups, 0), all.length);
  assert.equal(data.reduce((n: number, d: any) => n + d.confirmed, 0), all.filter((s) => s.confirmed).length);
  assert.deepEqual((await get(`/signups/${all[0].id}`)).body, all[0]);
  const free = (await get(`/signups?${span}&plan=free&country=DE&limit=200`)).body.data;
  assert.ok(free.length > 0 && free.every((s: any) => s.plan === "free" && s.country === "DE"));
  assert.equal((await get("/signups/daily")).body.data.length, 30);
  assert.deepEqual((await get(`/signups/daily?from=${dayOf(SERVICE_MADE + 40)}&to=${dayOf(SERVICE_MADE + 20)}`)).body.data, []);
  assert.equal((await get(`/signups?to=${dayOf(SERVICE_MADE + 2)}`)).body.total, 0);
});

test("what is wrong is told: key, values, methods, paths", async () => {
  assert.equal((await get("/signups", "")).status, 401);
  assert.equal((await get("/signups", "another")).status, 401);
  for (const query of ["limit=0", "limit=201", "limit=x", "cursor=-1", "from=yesterday", "to=2026"]) assert.equal((await get(`/signups?${query}`)).status, 400, query);
  for (const path of ["/signups/sgn_none", "/users", "/signups/daily/x"]) assert.equal((await get(path)).status, 404, path);
  assert.equal((await fetch(`${at.base_url}/signups`, { method: "DELETE", headers: { "x-api-key": at.key } })).status, 405);
  const document = (await (await fetch(at.document)).json()) as any;
  assert.equal(document.servers[0].url, at.base_url);
  assert.deepEqual(Object.keys(document.paths), ["/signups", "/signups/daily", "/signups/{id}"]);
});
