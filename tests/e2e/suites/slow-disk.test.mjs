// SPDX-License-Identifier: Apache-2.0
// A disk that takes its time over each sync, and one that answers none for a while: SQLite's, and the file's where rows of
// the audit wait. Calls go on from memory, what was acknowledged is there, also after a kill, and each call is one row.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { skip as noDatabase, startDatabase } from "../lib/cluster.mjs";
import { database, ONLY_SQLITE, psql } from "../lib/database.mjs";
import { startWire } from "../lib/database-wire.mjs";
import { modern, Postern, startSandbox } from "../lib/postern.mjs";
import { SlowDisk } from "../lib/slow-disk.mjs";
import { eventually, metrics, written } from "../lib/wait.mjs";

const TOOL = "list_all_cloudflare_zones", CALLS = 40;

// One with an account, a server, and calls whose request ids are remembered.
async function scene(sandbox, store) {
  const postern = new Postern({ ...(store ? { store } : {}), program_cache: "0s" });
  const disk = new SlowDisk(postern.folder), called = [];
  postern.env = disk.env;
  await postern.start();
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  const make = (name) => postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name, config: { methods: ["read"] } });
  const server = await make("served");
  const at = (s) => postern.url + new URL(s.url).pathname;
  return {
    postern, disk, called, make, at,
    async call() {
      const r = await modern(at(server), "tools/call", { name: TOOL, arguments: {} });
      assert.ok(r.status === 200 && r.body.result && !r.body.result.isError, r.text);
      called.push(r.headers.get("x-request-id"));
    },
    settled: () => written(postern),
    async close() {
      disk.late(0);
      await postern.close();
      disk.close();
    },
  };
}

const once = (rows, called) => {
  const ids = new Set(called), found = rows.filter((id) => ids.has(id));
  assert.deepEqual([found.length, new Set(found).size], [called.length, called.length], "each call is one row");
};

describe("a disk", () => {
  let sandbox;
  before(async () => (sandbox = await startSandbox(["--quota", "1000000"])));
  after(() => sandbox?.close());

  describe("of SQLite", { skip: ONLY_SQLITE }, () => {
    let s;
    before(async () => (s = await scene(sandbox)));
    after(() => s?.close());
    const rows = () => database(s.postern, { readOnly: true }).prepare("SELECT request_id FROM audit WHERE action = 'tools/call'").all().map((r) => r.request_id);

    test("that is slow: changes take as long, and calls do not wait for them", async () => {
      s.disk.late(150);
      const made = Promise.all(Array.from({ length: 6 }, (_, i) => s.make(`slow-${i}`)));
      while (s.called.length < CALLS) await s.call();
      for (const one of await made) assert.equal((await modern(s.at(one), "tools/list")).status, 200);
      s.disk.late(0);
      await s.settled();
      once(rows(), s.called);
    });

    test("that answers nothing: calls go on from memory, and what waits is written once it answers", async () => {
      s.disk.hold();
      const made = s.make("while it hangs"), before_ = s.called.length;
      await eventually("a sync hangs", () => s.disk.waiting > 0);
      while (s.called.length < before_ + CALLS) await s.call();
      s.disk.late(0);
      assert.equal((await modern(s.at(await made), "tools/list")).status, 200);
      await s.settled();
      once(rows(), s.called);
    });

    test("that is slow, and the program is killed: what was acknowledged is there", async () => {
      s.disk.late(60);
      const acknowledged = [];
      let over = false;
      const making = (async () => {
        for (let i = 0; !over; i++) acknowledged.push(await s.make(`killed-${i}`));
      })().catch(() => {});
      await eventually("some are made", () => acknowledged.length >= 5);
      over = true;
      await s.postern.stop("SIGKILL");
      await making;
      s.disk.late(0);
      await s.postern.start();
      for (const one of acknowledged) assert.equal((await modern(s.at(one), "tools/list")).status, 200, one.name);
      await s.call();
      await s.settled();
      const all = rows();
      assert.equal(new Set(all).size, all.length, "no call has two rows");
      once(all, s.called);
    });
  });

  describe("of the file where rows wait while PostgreSQL is away", { skip: noDatabase }, () => {
    let db, wire, store, s;
    before(async () => {
      db = await startDatabase();
      store = db.make();
      wire = await startWire(store);
      s = await scene(sandbox, wire.url);
    });
    after(async () => {
      await s?.close();
      wire?.close();
      await db?.close();
    });
    const rows = () => psql(store, "SELECT request_id FROM audit WHERE action = 'tools/call'").trim().split("\n");

    test("that answers nothing: calls go on, and no row is lost or doubled", async () => {
      await s.settled();
      await wire.drop();
      s.disk.hold();
      await s.call();
      await eventually("a sync hangs", () => s.disk.waiting > 0);
      while (s.called.length < CALLS) await s.call();
      s.disk.late(20);
      await eventually("rows wait in the file", async () => (await metrics(s.postern)).postern_audit_spooled > 0);
      await wire.take();
      await s.settled();
      once(rows(), s.called);
    });
  });
});
