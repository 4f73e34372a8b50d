// SPDX-License-Identifier: Apache-2.0
// Each fault does what its name says, as often as asked, and the record proves what was sent.

import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { FAULT_KINDS } from "../faults.js";
import { digest } from "../record.js";
import { Client, secret } from "./client.js";

const client = await Client.start({ plan: { quota: 100_000 } });
const arm = async (fault: object) => assert.equal((await client.control("POST", "fault", fault)).status, 201);
const zones = () => client.ask("GET", "/zones");
const tried = new Set<string>();

async function with_(kind: string, more: object = {}): Promise<void> {
  tried.add(kind);
  await arm({ match: { path: "/zones" }, kind, ...more });
}

/** The raw bytes of an answer, as far as they come. */
function raw(path = "/zones"): Promise<{ status: number; headers: any; body: Buffer; whole: boolean }> {
  return new Promise((done, fail) => {
    const req = request(
      `${client.origin}/client/v4${path}`,
      { headers: { authorization: `Bearer ${secret("full")}` }, maxHeaderSize: 4 << 20 },
      (res) => {
        const chunks: Buffer[] = [];
        const end = (whole: boolean) => done({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks), whole });
        res.on("data", (chunk) => chunks.push(chunk));
        res.on("end", () => end(res.complete));
        res.on("error", () => end(false));
      },
    );
    req.on("error", fail);
    req.end();
  });
}

test("slow: the answer comes, later", async () => {
  await with_("slow", { delay_ms: 300 });
  const started = Date.now();
  assert.equal((await zones()).status, 200);
  assert.ok(Date.now() - started >= 295);
});

test("dribble: headers at once, the body piece by piece, whole in the end", async () => {
  await with_("dribble", { bytes: 4000, delay_ms: 20 });
  const started = Date.now();
  const { body, whole } = await raw();
  assert.ok(whole && JSON.parse(body.toString()).success);
  assert.ok(Date.now() - started >= 20 * Math.floor(body.length / 4000));
});

test("drop: before any answer, and in the middle of one", async () => {
  await with_("drop");
  await assert.rejects(raw(), /socket hang up|ECONNRESET/);
  const [seen] = (await client.control("GET", "requests?last=1")).body;
  assert.deepEqual([seen.fault, seen.outcome, seen.status], ["drop", "dropped", undefined]);
  await with_("drop_middle", { bytes: 100 });
  const cut = await raw();
  assert.deepEqual([cut.status, cut.whole, cut.body.length], [200, false, 100]);
  assert.ok(Number(cut.headers["content-length"]) > 100);
});

test("status, wrong_type, broken_json", async () => {
  await with_("status", { status: 503, body: "upstream down", type: "text/plain", headers: { "x-note": "hello" } });
  const down = await zones();
  assert.deepEqual([down.status, down.body, down.headers.get("x-note")], [503, "upstream down", "hello"]);
  await with_("status", { status: 418 });
  assert.deepEqual([(await zones()).status], [418]);
  await with_("wrong_type");
  assert.match((await raw()).headers["content-type"], /^text\/html/);
  await with_("broken_json");
  const broken = await raw();
  assert.equal(broken.headers["content-type"], "application/json");
  assert.throws(() => JSON.parse(broken.body.toString()), SyntaxError);
});

test("endless: more than any limit, then it is cut", async () => {
  await with_("endless", { bytes: 3_000_000 });
  const { body, whole } = await raw();
  assert.ok(body.length >= 3_000_000 && body.length < 3_100_000 && !whole);
  assert.equal((await client.control("GET", "requests?last=1")).body[0].outcome, "dropped");
});

test("bomb: small on the wire, large inside", async () => {
  await with_("bomb", { bytes: 64 * 1024 * 1024 });
  const { headers, body } = await raw();
  assert.equal(headers["content-encoding"], "gzip");
  assert.ok(body.length < 200_000);
  assert.ok(gunzipSync(body).length > 64 * 1024 * 1024);
});

test("redirect: to the same origin, to another that records what arrives, to any address", async () => {
  await with_("redirect");
  assert.deepEqual([(await raw()).headers["location"]], ["/client/v4/zones"]);
  await with_("redirect", { to: "other", status: 307 });
  const away = await raw();
  assert.equal(away.status, 307);
  assert.notEqual(new URL(away.headers["location"]).origin, client.origin);
  await fetch(away.headers["location"], { headers: { authorization: `Bearer ${secret("full")}` } });
  const last = (await client.control("GET", "requests?last=1")).body[0];
  assert.deepEqual([last.listener, last.path], ["elsewhere", "/client/v4/zones"]);
  await with_("redirect", { to: "http://192.0.2.1/" });
  assert.equal((await raw()).headers["location"], "http://192.0.2.1/");
});

test("rate_limited: 429 in the form chosen, without using the budget", async () => {
  await with_("rate_limited", { delay_ms: 7000 });
  const refused = await zones();
  assert.deepEqual([refused.status, refused.body.errors[0].code, refused.headers.get("retry-after")], [429, 971, "7"]);
  assert.equal((await zones()).status, 200);
});

test("deep_json, huge_json, huge_header", async () => {
  await with_("deep_json", { depth: 5000 });
  assert.match((await raw()).body.toString(), /\[{5000}\]{5000}/);
  await with_("huge_json", { bytes: 2_000_000 });
  const huge = await raw();
  assert.ok(huge.body.length > 1_990_000 && huge.body.length < 2_000_200);
  assert.ok(JSON.parse(huge.body.toString()).result.length > 10_000);
  await with_("huge_header", { bytes: 200_000 });
  assert.equal((await raw()).headers["x-padding"].length, 200_000);
});

test("every kind was tried", () => assert.deepEqual([...tried].sort(), [...FAULT_KINDS].sort()));

test("a fault counts down, keeps to its match, and can be taken back", async () => {
  await arm({ match: { method: "GET", path: "/accounts*", token: "full" }, kind: "status", status: 500, times: 2 });
  const status = async (path: string, token = "full") => (await client.ask("GET", path, { token })).status;
  assert.deepEqual(
    [
      await status("/zones"),
      await status("/accounts", "user_read_all"),
      await status("/accounts"),
      await status("/accounts"),
      await status("/accounts"),
    ],
    [200, 200, 500, 500, 200],
  );
  await arm({ kind: "status", times: 50 });
  assert.equal((await client.control("GET", "fault")).body.length, 1);
  await client.control("DELETE", "fault");
  assert.equal(await status("/zones"), 200);
});

test("the control API refuses what it does not know", async () => {
  for (const wrong of [
    { kind: "explode" },
    { kind: "slow", when: 1 },
    { kind: "slow", match: { host: "x" } },
    { kind: "slow", times: 0 },
    { kind: "slow", match: { token: "nobody" } },
    { kind: "rate_limited", status: 0 },
    { kind: "status", body: { not: "text" } },
  ]) {
    assert.equal((await client.control("POST", "fault", wrong)).status, 400, JSON.stringify(wrong));
  }
  assert.equal((await client.control("POST", "nothing")).status, 404);
});

test("the record: order, raw path, digests instead of credentials, bodies, outcomes", async () => {
  await client.control("DELETE", "requests");
  await client.ask("POST", "/zones/%2e%2e%2Fx/dns_records?a=1&a=2", { body: { type: "A" }, headers: { "X-Auth-Key": "something" } });
  await with_("slow", { delay_ms: 30_000 });
  await assert.rejects(
    fetch(`${client.origin}/client/v4/zones`, { headers: { authorization: `Bearer ${secret("full")}` }, signal: AbortSignal.timeout(150) }),
  );
  await new Promise((done) => setTimeout(done, 50));
  const { body } = await client.control("GET", "requests");
  assert.equal(body.length, 2);
  const [first, second] = body;
  assert.deepEqual(
    [first.method, first.path, first.token, first.outcome, first.status],
    ["POST", "/client/v4/zones/%2e%2e%2Fx/dns_records?a=1&a=2", "full", "sent", 400],
  );
  assert.deepEqual(first.body, { length: 12, sha256: digest('{"type":"A"}'), text: '{"type":"A"}' });
  const headers = Object.fromEntries(first.headers.map(([n, v]: [string, string]) => [n.toLowerCase(), v]));
  assert.equal(headers["authorization"], `Bearer sha256:${digest(secret("full"))}`);
  assert.equal(headers["x-auth-key"], `sha256:${digest("something")}`);
  assert.ok(!JSON.stringify(body).includes(secret("full")));
  assert.deepEqual([second.fault, second.outcome], ["slow", "client_closed"]);
});
