// SPDX-License-Identifier: Apache-2.0
// What programs read is kept for a moment: for the same account, tool and arguments, after all checks, for programs alone.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { modern, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

let vendor, count = 0, gate;
const query = { name: "q", in: "query", schema: { type: "string" } };
const list = (path, answer) => ({ path, parameters: [query], answer, word: { class: "list" } });
const OPERATIONS = {
  read: list("/read", async () => {
    await gate?.wait;
    return { body: [{ n: ++count }] };
  }),
  other: list("/other", () => ({ body: [{ n: ++count }] })),
  flaky: list("/flaky", () => (++count % 2 ? { status: 500, body: { error: "not now" } } : { body: [{ n: count }] })),
  large: list("/large", () => ({ body: [{ n: ++count, text: "x".repeat(20000) }] })),
  write: { path: "/write", method: "post", answer: { body: { ok: true } }, readOnly: false },
};

const worlds = [];
async function startWorld(settings) {
  const world = await start({ settings });
  const account = await vendor.connect(world, { name: "own" });
  worlds.push(world);
  const steps = (tool, q, name = "own") => [{ id: "t", account: name, tool, ...(q ? { arguments: { q } } : {}) }];
  const run = async (tool, q, more = {}) => {
    const { account: name, ...body } = more;
    const outcome = await world.must(200, "POST", "/program", { program: { version: 1, steps: steps(tool, q, name), results: { n: "SELECT n FROM t" } }, ...body });
    return { outcome, n: outcome.results[0].rows?.[0]?.[0], call: outcome.calls[0] };
  };
  return { world, account, run };
}
before(async () => {
  vendor = await startVendor(OPERATIONS);
});
after(async () => {
  for (const world of worlds) await world.close();
  await vendor?.close();
});
beforeEach(() => {
  count = 0;
  gate = undefined;
});

describe("on, as it is by default", () => {
  let w, server;
  before(async () => {
    w = await startWorld({});
    server = await w.world.server(w.account, { methods: ["read", "write"], programs: true });
  });

  test("the same again is answered by what was read; its age is shown, the audit says so", async () => {
    const [one, two, fresh] = [await w.run("read", "a"), await w.run("read", "a"), await w.run("read", "a", { fresh: true })];
    assert.deepEqual([one.n, two.n, fresh.n], [1, 1, 2]);
    assert.deepEqual([one.call.cached, two.call.cached, fresh.call.cached], [undefined, true, undefined]);
    assert.ok(two.call.age_ms >= 0 && one.call.age_ms === undefined, JSON.stringify(two.call));
    assert.equal(two.call.bytes, one.call.bytes);
    await eventually("the audit has it", async () => {
      const rows = (await w.world.must(200, "GET", "/audit?tool=read&limit=50")).items;
      return rows.some((r) => r.detail === "cached" && r.outcome === "ok") && rows.some((r) => r.detail !== "cached");
    });
  });

  test("another tool, other arguments, another account are asked for themselves", async () => {
    await w.world.must(201, "POST", "/integrated-account", { connector: "own", name: "second", credential: { token: "second-token" } });
    const all = [await w.run("read", "b"), await w.run("read", "c"), await w.run("other", "b"), await w.run("read", "b", { account: "second" })];
    assert.deepEqual(all.map((r) => r.n), [1, 2, 3, 4]);
    assert.ok(all.every((r) => !r.call.cached));
  });

  test("failures are never kept", async () => {
    const first = await w.run("flaky", "d");
    assert.equal(first.outcome.status, "failed");
    const second = await w.run("flaky", "d"), third = await w.run("flaky", "d");
    assert.deepEqual([second.n, third.n, third.call.cached], [2, 2, true]);
  });

  test("a client's own calls always go to the vendor, and give programs nothing", async () => {
    const call = async () => JSON.parse((await modern(server.url, "tools/call", { name: "read", arguments: { q: "e" } })).body.result.content[0].text)[0].n;
    assert.deepEqual([await call(), await call()], [1, 2]);
    assert.equal((await w.run("read", "e")).n, 3);
    assert.equal(await call(), 4);
  });

  test("what a server does not show it does not tell either", async () => {
    assert.equal((await w.run("read", "f")).n, 1);
    const narrow = await w.world.server(w.account, { tools: ["other"], programs: true });
    const { body } = await modern(narrow.url, "tools/call", { name: "postern_run_program", arguments: { program: { version: 1, steps: [{ id: "t", tool: "read", arguments: { q: "f" } }], results: { n: "SELECT n FROM t" } } } });
    assert.equal(body.result.isError, true);
    assert.match(body.result.content[0].text, /\/steps\/0\/tool/);
  });

  test("after a write to the account it is asked again; after another credential too", async () => {
    assert.equal((await w.run("read", "g")).n, 1);
    const { body } = await modern(server.url, "tools/call", { name: "write", arguments: {} });
    assert.ok(!body.result.isError, JSON.stringify(body));
    assert.equal((await w.run("read", "g")).n, 2);
    await w.world.must(200, "PATCH", `/integrated-account/${w.account.id}`, { credential: { token: "another-token" } });
    assert.equal((await w.run("read", "g")).n, 3);
  });

  test("two who ask the same at a time share one call", async () => {
    gate = {};
    gate.wait = new Promise((resolve) => (gate.open = resolve));
    const before = vendor.seen.length, first = w.run("read", "h");
    await eventually("the vendor is asked", () => vendor.seen.length > before);
    const others = [w.run("read", "h"), w.run("read", "h")];
    const last = w.run("other", "h"); // begun after them, and done before them
    await last;
    gate.open();
    const all = await Promise.all([first, ...others]);
    assert.deepEqual(all.map((r) => r.n), [2, 2, 2]);
    assert.equal(vendor.seen.slice(before).filter((r) => r.path.startsWith("/read")).length, 1);
  });

  test("who waits for another's call may leave, and the other goes on", async () => {
    gate = {};
    gate.wait = new Promise((resolve) => (gate.open = resolve));
    const before = vendor.seen.length, first = w.run("read", "i");
    await eventually("the vendor is asked", () => vendor.seen.length > before);
    const leaving = new AbortController();
    const left = fetch(`${w.world.postern.url}/program`, { method: "POST", signal: leaving.signal, headers: { authorization: `Bearer ${w.world.postern.token}`, "content-type": "application/json" }, body: JSON.stringify({ program: { version: 1, steps: [{ id: "t", account: "own", tool: "read", arguments: { q: "i" } }], results: { n: "SELECT n FROM t" } } }) });
    await w.run("other", "i");
    leaving.abort();
    await assert.rejects(left);
    gate.open();
    assert.ok((await first).n > 0);
  });
});

test("switched off, every program asks", async () => {
  const w = await startWorld({ program_cache: "0s" });
  assert.deepEqual([(await w.run("read", "a")).n, (await w.run("read", "a")).n], [1, 2]);
});

test("an answer is as old as the setting says, and no older", async () => {
  const w = await startWorld({ program_cache: "1s" });
  await w.run("read", "a");
  const later = await eventually("it is asked again", async () => {
    const got = await w.run("read", "a");
    if (got.call.cached) assert.ok(got.call.age_ms < 1000, JSON.stringify(got.call));
    return got.call.cached ? undefined : got;
  });
  assert.ok(later.n >= 2);
});

test("what is too large for its part is asked again", async () => {
  const w = await startWorld({ program_cache_memory: "64KiB" });
  assert.deepEqual([(await w.run("large", "a")).n, (await w.run("large", "a")).n], [1, 2]);
  assert.deepEqual([(await w.run("read", "a")).n, (await w.run("read", "a")).n], [3, 3]);
});
