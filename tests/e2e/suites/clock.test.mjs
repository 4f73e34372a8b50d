// SPDX-License-Identifier: Apache-2.0
// What Postern does by itself goes by clocks: the wall clock may be wrong, and signals may come all the time.
// Rounds of housekeeping are told by a metric, so nothing here waits for a time.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { database } from "../lib/database.mjs";
import { Clock } from "../lib/clock.mjs";
import { Postern, rpc, start, startSandbox } from "../lib/postern.mjs";
import { eventually, metrics, shortLived } from "../lib/wait.mjs";

const ROUND = { ms: 120_000, every: 250 }; // a ceiling; a round comes every 20 s
const DAY = 86_400;
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const rounds = async (postern) => (await metrics(postern)).postern_housekeeping_rounds_total;
const pass = async (postern, n) => {
  const from = await rounds(postern);
  await eventually(`${n} rounds of housekeeping`, async () => (await rounds(postern)) >= from + n, ROUND);
};

describe("a clock that is wrong", () => {
  let sandbox, postern, clock, server, token;
  before(async () => {
    sandbox = await startSandbox();
    postern = new Postern();
    clock = new Clock(postern.folder);
    postern.env = clock.env;
    await postern.start();
    const account = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
    const expires_at = new Date(Date.now() + 30 * DAY * 1000).toISOString();
    server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "monthly", expires_at });
    token = await postern.must(201, "POST", "/api-token", { name: "monthly", role: "client", expires_at });
  });
  after(async () => {
    await postern?.close();
    await sandbox?.close();
    clock?.close();
  });

  const alive = async () => [(await rpc(server.url.replace(/^http:..[^/]+/, postern.url), ping)).status, (await postern.api("GET", "/whoami", undefined, { token: token.token })).status];
  const kept = () => {
    const db = database(postern, { readOnly: true });
    const count = (sql) => db.prepare(`SELECT count(*) AS n FROM ${sql}`).get().n;
    const all = { servers: count("server"), tokens: count("api_token WHERE name = 'monthly'"), audit: count("audit WHERE action IN ('account.create', 'server.create', 'token.create')") };
    db.close();
    return all;
  };
  const all = { servers: 1, tokens: 1, audit: 3 };

  test("ends what has ended by it, and deletes nothing", async () => {
    await eventually("the audit is written", () => kept().audit === all.audit);
    assert.deepEqual(await alive(), [200, 200]);
    for (const ahead of [200 * DAY, 3650 * DAY]) {
      clock.ahead(ahead);
      assert.deepEqual(await alive(), [404, 401], "expiry goes by the wall clock, at once");
      await pass(postern, 1);
      assert.deepEqual(kept(), all);
    }
    clock.ahead(0);
    assert.deepEqual(await alive(), [200, 200], "and what was not lost is there again");
    await postern.program.waitFor(/the clock of this machine leapt/);
  });

  test("nor does it after a start with such a clock", async () => {
    await postern.stop();
    clock.ahead(200 * DAY);
    await postern.start();
    await pass(postern, 1);
    clock.ahead(0);
    assert.deepEqual(kept(), all);
    assert.deepEqual(await alive(), [200, 200]);
  });
});

test("signals without end do not keep the house from being kept", async (t) => {
  const world = await start();
  t.after(() => world.close());
  const { postern } = world;
  const server = await shortLived(async (expires_at) => world.server(await world.account(), { methods: ["read"] }, { expires_at }));
  await eventually("an expired server is removed", async () => {
    postern.program.child.kill("SIGHUP");
    return (await postern.api("GET", `/mcp-server/${server.id}`)).status === 404;
  }, { ...ROUND, every: 1000 });
});
