// SPDX-License-Identifier: Apache-2.0
// Three nodes behind nginx under a load of both eras: each is stopped as an operator stops it and started again, and nobody
// notices, neither clients nor whoever manages. With a PostgreSQL of this suite's own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBalanced } from "../lib/balanced.mjs";
import { skip as noDatabase, startDatabase } from "../lib/cluster.mjs";
import { psql } from "../lib/database.mjs";
import { audited, change, Load } from "../lib/load.mjs";
import { missing } from "../lib/nginx.mjs";
import { modern, startSandbox } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const skip = noDatabase || missing;
const TOOL = "list_all_cloudflare_zones", ROUNDS = 2;

// docs/postgres.md, at any time: on a machine that is busy with other things a turn may be long in coming.
const EXCUSES = { ever: (e, op) => op.on === "changes" && e.status === 503 && e.retryAfter >= 1 && /holds the database for too long/.test(e.text) };

describe("a node is stopped and started again", { skip, concurrency: 1 }, () => {
  const load = new Load(EXCUSES);
  let db, cluster, sandbox, account, checked;
  const through = (...request) => change(cluster.nginx.base, cluster.nodes[0].token, ...request);
  before(async () => {
    checked = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is the test's own
    db = await startDatabase();
    sandbox = await startSandbox(["--quota", "1000000"]);
    cluster = await startBalanced(db.make(), 3, undefined, { program_cache: "0s" });
    account = await cluster.nodes[0].must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
    const server = await make("served");
    for (const node of cluster.nodes) await eventually("it is there", async () => (await modern(cluster.at(node, server.url), "tools/list")).status === 200);
    for (const mode of ["SDK v1", "SDK v2, pinned"]) for (const i of [1, 2, 3]) await load.client(`${mode}, ${i}`, mode, "calls", server.url, TOOL, 5);
    let made = 0;
    load.work("changes", "changes", async () => {
      const s = await make(`load-${made++}`);
      await through("DELETE", `/mcp-server/${s.id}`);
    }, 5);
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

  for (let round = 1; round <= ROUNDS; round++)
    test(`each of them, round ${round}: not one error`, async (t) => {
      for (const node of [...cluster.nodes]) {
        const left = await cluster.leave(node);
        assert.deepEqual(await left.program.exited, { code: 0, signal: null });
        await load.goesOn();
        await cluster.replace(left);
        await cluster.known(3);
        await left.close();
        await load.goesOn();
      }
      t.diagnostic(`${load.answered.length} answered calls`);
      assert.deepEqual(load.wrong, []);
    });

  test("each answered call is one row", async () => {
    await load.end();
    const rows = await eventually("the rows are written", async () => {
      const found = psql(cluster.nodes[0].settings.store, "SELECT request_id FROM audit WHERE action = 'tools/call'").trim().split("\n");
      return found.length >= load.answered.length && found;
    });
    audited(load, rows);
  });
});
