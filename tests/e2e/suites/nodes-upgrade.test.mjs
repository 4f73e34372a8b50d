// SPDX-License-Identifier: Apache-2.0
// From one version to the next, node by node, under load; and what a version does that older nodes do not understand. Later
// versions are programs of this tree with more migrations (tests/e2e/meson.build): `next`, which nodes of today may go on
// beside, and `after-next`, which they may not. With a PostgreSQL of this suite's own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { startBalanced } from "../lib/balanced.mjs";
import { skip as noDatabase, startDatabase } from "../lib/cluster.mjs";
import { PSQL } from "../lib/database.mjs";
import { startWire } from "../lib/database-wire.mjs";
import { audited, change, Load } from "../lib/load.mjs";
import { missing } from "../lib/nginx.mjs";
import { makeNode } from "../lib/nodes.mjs";
import { BINARY, modern, Postern, startSandbox } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const [NEXT, AFTER_NEXT] = ["next", "after-next"].map((name) => join(dirname(BINARY), `../tests/e2e/postern-${name}`));
const skip = noDatabase || missing || (!existsSync(AFTER_NEXT) && "later versions are built beside the unit tests");
const sqlAt = async (store, text) => (await promisify(execFile)(PSQL, ["-XAtqc", text, store])).stdout.trim();
const schemaAt = async (store) => (await sqlAt(store, "SELECT string_agg(value, ' ' ORDER BY key DESC) FROM meta WHERE key IN ('schema', 'floor')")).split(" ").map(Number);

const EXCUSES = {
  ever: (e, op) => op.on === "changes" && e.status === 503 && e.retryAfter >= 1 && /holds the database for too long/.test(e.text),
};

describe("node by node", { skip, concurrency: 1 }, () => {
  const load = new Load(EXCUSES), acknowledged = new Map(), gone = new Map();
  let db, store, cluster, sandbox, account, before_, checked;
  const through = (...request) => change(cluster.nginx.base, cluster.nodes[0].token, ...request);
  before(async () => {
    checked = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is the test's own
    db = await startDatabase();
    sandbox = await startSandbox(["--quota", "1000000"]);
    store = db.make();
    cluster = await startBalanced(store, 3);
    account = await cluster.nodes[0].must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
    const server = await make("served");
    await there(server);
    before_ = await schemaAt(store);
    await load.client("SDK v1", "SDK v1", "calls", server.url, "list_all_cloudflare_zones");
    await load.client("SDK v2", "SDK v2, pinned", "calls", server.url, "list_all_cloudflare_zones");
    let made = 0;
    load.work("changes", "changes", async () => {
      const s = await make(`load-${made++}`);
      acknowledged.set(s.id, s);
      const [old] = acknowledged.values();
      if (acknowledged.size <= 5) return;
      acknowledged.delete(old.id);
      await through("DELETE", `/mcp-server/${old.id}`);
      gone.set(old.id, old);
    });
  });
  after(async () => {
    await load.end();
    await cluster?.close();
    await sandbox?.close();
    await db?.close();
    if (checked === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = checked;
  });

  const make = (name) => through("POST", `/integrated-account/${account.id}/mcp`, { name, config: { methods: ["read"] } });
  const lists = async (node, s) => (await modern(cluster.at(node, s.url), "tools/list")).status;
  const there = async (s, status = 200) => {
    for (const node of cluster.nodes) await eventually(`${status} at ${node.url}`, async () => (await lists(node, s)) === status);
  };
  // What each makes, all serve; what each revokes, none serves.
  async function follow() {
    for (const [i, node] of cluster.nodes.entries()) {
      const s = await change(node.url, node.token, "POST", `/integrated-account/${account.id}/mcp`, { name: `by-${node.url}-${Math.random()}`, config: { methods: ["read"] } });
      await there(s);
      const other = cluster.nodes[(i + 1) % cluster.nodes.length];
      await change(other.url, other.token, "DELETE", `/mcp-server/${s.id}`);
      await there(s, 404);
    }
  }
  async function replace(node, binary) {
    const left = await cluster.leave(node);
    assert.deepEqual(await left.program.exited, { code: 0, signal: null });
    await load.goesOn();
    const come = await cluster.replace(left, { binary });
    await left.close();
    await load.goesOn();
    assert.deepEqual(load.wrong, []);
    return come;
  }

  test("the first of the next version changes the database, and the others go on", async () => {
    await replace(cluster.nodes[0], NEXT);
    assert.deepEqual(await schemaAt(store), [before_[0] + 1, before_[1]]);
    await follow();
  });

  test("one of the version before may start again meanwhile", async () => {
    const again = await replace(cluster.nodes[0], undefined);
    await again.program.waitFor(/the store has schema \d+, of a newer Postern: this one, which knows \d+, goes on beside it/);
    await follow();
  });

  test("a version that they would not understand is refused, and changes nothing", async () => {
    const early = makeNode(store, cluster.nodes[0]);
    early.binary = AFTER_NEXT;
    await assert.rejects(early.start(), /nodes of an older version run, and they do not know what this one would make of the database \(migration next-stop\)[^]*stop them all/);
    await early.close();
    assert.deepEqual(await schemaAt(store), [before_[0] + 1, before_[1]]);
    await load.goesOn();
    await follow();
  });

  test("the last one follows; what was acknowledged is there, and each answered call is one row", async (t) => {
    for (const node of cluster.nodes.filter((n) => !n.binary)) await replace(node, NEXT);
    await cluster.known(3);
    await follow();
    await load.end();
    assert.deepEqual(load.wrong, []);
    for (const s of acknowledged.values()) await there(s);
    for (const s of gone.values()) await there(s, 404);
    // A node that stops has written its rows by then; of those that run, a row may be some milliseconds late.
    const rows = async () => (await sqlAt(store, "SELECT request_id FROM audit WHERE action = 'tools/call'")).split("\n");
    await eventually("all rows are there", async () => ((ids) => load.answered.every((op) => ids.has(op.id)))(new Set(await rows())), { every: 200 });
    audited(load, await rows());
    t.diagnostic(`${load.answered.length} answered calls, ${acknowledged.size + gone.size} servers made, ${load.excused.stop?.length ?? 0} of all on their way to a node that stopped`);
  });

  test("once all have stopped it starts, and those of before do not", async () => {
    const [first, ...others] = [...cluster.nodes];
    for (const node of others) await (await cluster.leave(node)).close();
    await cluster.leave(first);
    const come = await cluster.replace(first, { binary: AFTER_NEXT });
    assert.deepEqual(await schemaAt(store), [before_[0] + 2, before_[0] + 2]);
    assert.equal(await lists(come, [...acknowledged.values()][0]), 200);
    await assert.rejects(first.start(), /the store has schema \d+, this program knows schemas up to \d+[^]*a newer Postern has used this store/);
    await first.close();
  });
});

describe("a node that had lost the database while it was changed for later versions alone", { skip }, () => {
  let db, wire, old, come;
  before(async () => {
    db = await startDatabase();
    wire = await startWire(db.make());
    old = await new Postern({ store: wire.url }).start();
  });
  after(async () => {
    await old?.close();
    await come?.close();
    wire?.close();
    await db?.close();
  });

  test("changes nothing, says why, and stops", async () => {
    const store = db.url.replace(/\/postgres$/, "/db_1");
    const api = (name) => old.api("POST", "/api-token", { name, role: "client" });
    assert.equal((await api("before")).status, 201);
    await wire.drop();
    come = makeNode(store, old);
    come.binary = AFTER_NEXT;
    await come.start();
    const rows = () => sqlAt(store, "SELECT string_agg(name, ',' ORDER BY name) FROM api_token");
    const were = await rows();
    await wire.take();
    const tried = (async () => {
      for (let i = 0; old.program.child.exitCode === null; i++) {
        const r = await api(`late-${i}`).catch(() => undefined); // it stops in the midst of it
        assert.notEqual(r?.status, 201);
      }
    })();
    await old.program.exited;
    await tried;
    assert.match(old.program.output, /a newer Postern has changed the database, which this one \(schema \d+\) does not know any more; stop this one and start that version/);
    assert.equal(await rows(), were);
    assert.equal((await come.api("POST", "/api-token", { name: "after", role: "client" })).status, 201);
  });
});
