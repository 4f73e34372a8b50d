// SPDX-License-Identifier: Apache-2.0
// Three nodes behind nginx under a steady load of both eras, and what befalls an installation, one after the other: nodes are
// killed, the database restarts, takes no writes, is late, has a slow disk, is away, from one node and from all; clocks differ. What was
// acknowledged is there, what was revoked stays so, no grant is lost, each answered call is one row of the audit, and errors
// come only while there is trouble, of the kind that the manual names for it. With a PostgreSQL of this suite's own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { startBalanced } from "../lib/balanced.mjs";
import { Clock } from "../lib/clock.mjs";
import { skip as noDatabase, startDatabase } from "../lib/cluster.mjs";
import { PSQL } from "../lib/database.mjs";
import { startWire } from "../lib/database-wire.mjs";
import { audited, change, Load } from "../lib/load.mjs";
import { missing } from "../lib/nginx.mjs";
import { startVendors, startWithVendors } from "../lib/oauth.mjs";
import { modern, startSandbox } from "../lib/postern.mjs";
import { eventually, readMetrics } from "../lib/wait.mjs";

const skip = noDatabase || missing;
const AWAY_MS = 30_000;  // the database, at its longest: longer than a lease on a refresh
const AGAIN_MS = 2_500;  // each connection to the database is made again within two seconds
const LIFE_S = 6;        // of the vendor's tokens, so that they end during all of this
const now = () => performance.now();

// Errors that there may be while something is in trouble, by what that is; `op.on` says what was asked.
const EXCUSES = {
  // Of whatever ran on a node that was killed: nginx, the connection, or another node that had passed it on says so.
  kill: (e) => /\b50[24]\b|fetch failed|terminated|socket|ECONN|other side closed|ended before its answer/.test(`${e} ${e.cause ?? ""}`),
  // docs/postgres.md, at any time: on a machine that is busy with other things a turn may be long in coming.
  ever: (e, op) => op.on === "changes" && e.status === 503 && e.retryAfter >= 1 && /holds the database for too long/.test(e.text),
  // The same: changes are told when to come again, and a token that cannot be kept is not used.
  database: (e, op) => (op.on === "changes" ? e.status === 503 && e.retryAfter >= 1 : op.on === "remote" && /database|stored|renewing this token/.test(e.message)),
};

describe("chaos", { skip, concurrency: 1 }, () => {
  const load = new Load(EXCUSES), wires = [];
  const acknowledged = { server: new Map(), token: new Map(), account: new Map(), tile: new Map() }, gone = new Map();
  const times = { "a server is there": [], "a server is revoked": [], "there, in trouble": [], "revoked, in trouble": [] };
  let db, store, cluster, sandbox, vendors, world, acme, remote, board, checked, clock;

  const through = (...request) => change(cluster.nginx.base, cluster.nodes[0].token, ...request);
  // Not psql of lib/database, which blocks: what the wires carry goes through this program.
  const sql = async (text) => (await promisify(execFile)(PSQL, ["-XAtqc", text, store], { maxBuffer: 64 << 20 })).stdout.trim();
  const grant = () => sql("SELECT version || ' ' || lease_until FROM oauth_grant");
  const gauge = async (node, name) => readMetrics((await node.api("GET", "/metrics")).text).values[name];
  const ready = async (node) => (await fetch(`${node.url}/readyz`)).status === 200;
  const allReady = () => eventually("all are ready", async () => (await Promise.all(cluster.nodes.map(ready))).every(Boolean));
  const noneReady = () => eventually("all say that the database is away", async () => !(await Promise.all(cluster.nodes.map(ready))).some(Boolean));

  // One thing befalls it, and ends; errors are excused until all go on.
  async function befalls(t, kind, what) {
    const began = now();
    load.begin(kind);
    await what();
    await allReady();
    await load.goesOn();
    await pause(AGAIN_MS);
    load.trouble.delete(kind);
    await load.goesOn();
    const failed = (load.excused[kind] ?? []).filter((op) => op.ended >= began);
    t.diagnostic(`${failed.length} errors${failed.length ? `, the last one after ${Math.round(Math.max(...failed.map((op) => op.ended)) - began)} ms` : ""}`);
    for (const [what, all] of Object.entries(Object.groupBy(failed, (op) => `${op.on}: ${op.e.message.replace(/req_\w+|grant_\w+/, "").slice(0, 200)}`))) t.diagnostic(`${all.length} × ${what}`);
    assert.deepEqual(load.wrong, []);
  }

  const changes = async (i) => {
    const name = `chaos-${i}`, of = i % 3 ? acme : remote;
    const old = acknowledged.server.size > 6 && [...acknowledged.server.values()][0];
    if (i % 2 && old) {
      acknowledged.server.delete(old.id); // that it fails says nothing of whether it was done
      // A DELETE is idempotent, so nginx sends it to the next node when the first one is killed, which may have done it.
      await through("DELETE", `/mcp-server/${old.id}`).catch((e) => {
        if (!(load.trouble.has("kill") && e.status === 404)) throw e;
      });
      gone.set(old.id, old);
    } else if (i % 8 === 2) {
      const made = await through("POST", "/api-token", { name, role: "client" });
      acknowledged.token.set(made.id, made);
    } else if (i % 24 === 4) {
      const made = await through("POST", "/integrated-account", { connector: "cloudflare", name, credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
      acknowledged.account.set(made.id, made);
    } else if (i % 24 === 12) {
      const made = await through("POST", `/dashboard/${board.id}/tile`, { program: program(), title: name });
      acknowledged.tile.set(made.id, made);
    } else {
      const made = await through("POST", `/integrated-account/${of.id}/mcp`, { name, config: { methods: ["read"] } });
      acknowledged.server.set(made.id, made);
    }
  };
  const program = () => ({ version: 1, steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }], results: { n: { query: "SELECT count(*) AS zones FROM zones", title: "Zones" } } });

  // A server made at one node and revoked at the next: until the others have followed.
  const follows = async (i) => {
    const [here, there, ...others] = cluster.nodes.map((_, k, all) => all[(k + i) % all.length]);
    const lists = async (node, s) => (await modern(cluster.at(node, s.url), "tools/list")).status === 200;
    const until = async (what, nodes, s, wanted) => {
      const began = now(), calm = load.trouble.size === 0;
      await Promise.all(
        nodes.map((node) => eventually(`${what} at ${node.url}`, async () => !cluster.nodes.includes(node) || (await lists(node, s).catch(() => undefined)) === wanted, { every: 2 })),
      );
      times[calm && load.trouble.size === 0 ? what : what.replace("a server is ", "").concat(", in trouble")].push(now() - began);
    };
    const s = await change(here.url, here.token, "POST", `/integrated-account/${acme.id}/mcp`, { name: `follows-${i}`, config: { methods: ["read"] } });
    await until("a server is there", [there, ...others], s, true);
    await change(there.url, there.token, "DELETE", `/mcp-server/${s.id}`);
    gone.set(s.id, s);
    await until("a server is revoked", [here, ...others], s, false);
  };

  before(async () => {
    checked = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is the test's own
    db = await startDatabase();
    [sandbox, vendors] = await Promise.all([startSandbox(["--quota", "1000000"]), startVendors()]);
    store = db.make();
    const wired = async () => (wires.push(await startWire(store)), wires.at(-1).url);
    cluster = await startBalanced(wired, 3, undefined, { program_cache: "0s" });
    world = await startWithVendors({ vendors, postern: cluster.nodes[0] });
    await vendors.set("arcjet", { access_ttl: LIFE_S }); // whose second use of a refresh token ends the grant
    remote = (await world.connect("arcjet")).account;
    acme = await world.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
    board = await world.must(201, "POST", "/dashboard", { name: "Edge" });
    const server = (account, name) => world.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name, config: { methods: ["read"] } });
    const rest = await server(acme, "rest"), far = await server(remote, "remote");
    for (const s of [rest, far]) await eventually("it is there", async () => (await Promise.all(cluster.nodes.map(async (node) => (await modern(cluster.at(node, s.url), "tools/list")).status === 200))).every(Boolean));
    await load.client("SDK v1 to REST", "SDK v1", "rest", rest.url, "list_all_cloudflare_zones");
    await load.client("SDK v2 to REST", "SDK v2, pinned", "rest", rest.url, "list_all_cloudflare_zones");
    await load.client("SDK v1 to a vendor's server", "SDK v1", "remote", far.url, "list-teams");
    await load.client("SDK v2 to a vendor's server", "SDK v2, pinned", "remote", far.url, "list-teams");
    let made = 0, followed = 0;
    load.work("changes", "changes", () => changes(made++));
    load.work("follows", "changes", () => follows(followed++), 500);
    await through("POST", `/dashboard/${board.id}/tile`, { program: program(), every_seconds: 10, title: "runs" });
  });
  after(async () => {
    await load.end();
    await cluster?.close();
    for (const wire of wires) wire.close();
    clock?.close();
    await Promise.all([sandbox, vendors].map((s) => s?.close()));
    await db?.close();
    if (checked === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = checked;
  });

  test("in calm there are no errors", async () => {
    await load.goesOn(10);
    assert.deepEqual(load.wrong, []);
  });

  // A vendor that rotates loses the grant of whoever is killed between its answer and the commit: not just then.
  const renewed = async () => {
    const was = await grant();
    await eventually("the token is renewed", async () => ((is) => is.endsWith(" 0") && is !== was)(await grant()), { every: 100 });
  };
  // It starts again on the same machine: what it had not yet written of the audit is there.
  const kill = async (node, env) => cluster.again(await cluster.kill(node), { env });

  for (const [i, what] of ["the first", "the second", "the third, and its clock is a minute ahead then"].entries())
    test(`a node is killed: ${what}`, async (t) => {
      await renewed();
      if (i === 2) (clock = new Clock(cluster.nodes[0].folder)).ahead(60);
      await befalls(t, "kill", () => kill(cluster.nodes[0], i === 2 ? clock.env : undefined));
    });

  test("the database restarts", (t) =>
    befalls(t, "database", async () => {
      db.restart();
      await load.goesOn(2);
      db.stop();
      db.start();
    }));

  test("the database takes no writes", (t) =>
    befalls(t, "database", async () => {
      db.sql("ALTER SYSTEM SET default_transaction_read_only = on");
      db.sql("SELECT pg_reload_conf()");
      await noneReady();
      db.sql("SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only");
      db.sql("SELECT pg_reload_conf()");
    }));

  test("the database is late", (t) =>
    befalls(t, "database", async () => {
      for (const wire of wires) wire.late = 25;
      await load.goesOn();
      for (const wire of wires) wire.late = 0;
    }));

  // A commit takes 100 ms longer (commit_delay counts only where there are syncs).
  test("the database's disk is slow", (t) =>
    befalls(t, "database", async () => {
      const slow = { fsync: "on", commit_delay: "100000", commit_siblings: "0" };
      for (const [name, value] of Object.entries(slow)) db.sql(`ALTER SYSTEM SET ${name} = ${value}`);
      db.sql("SELECT pg_reload_conf()");
      await eventually("it is", () => /^100000$/m.test(db.sql("SELECT setting FROM pg_settings WHERE name = 'commit_delay'")));
      await load.goesOn(6);
      for (const name of Object.keys(slow)) db.sql(`ALTER SYSTEM RESET ${name}`);
      db.sql("SELECT pg_reload_conf()");
    }));

  test("the database is away from one node", (t) =>
    befalls(t, "database", async () => {
      await wires[1].drop();
      await eventually("one says so", async () => (await Promise.all(cluster.nodes.map(ready))).filter((r) => !r).length === 1);
      await pause(3000);
      await wires[1].take();
    }));

  test("the database is away from all for half a minute, while a token is being renewed", (t) =>
    befalls(t, "database", async () => {
      await vendors.control("arcjet", "DELETE", "requests");
      await vendors.fault("arcjet", "slow", { grant: "refresh_token" }, { delay_ms: 1500 });
      await eventually("a token is being renewed", async () => (await vendors.requests("arcjet")).some((r) => r.method === "POST" && /grant_type=refresh_token/.test(r.body.text)));
      await Promise.all(wires.map((wire) => wire.drop()));
      await vendors.control("arcjet", "DELETE", "fault");
      await pause(AWAY_MS);
      await Promise.all(wires.map((wire) => wire.take()));
    }));

  test("at the end nothing is lost", async (t) => {
    await load.goesOn();
    await load.end();
    assert.deepEqual(load.wrong, []);
    const lists = { server: "/mcp-server", token: "/api-token", account: "/integrated-account" };
    for (const node of cluster.nodes) {
      for (const [kind, path] of Object.entries(lists)) {
        const ids = new Set();
        for (let next = `${path}?limit=1000`; next; ) {
          const page = await node.must(200, "GET", next);
          page.items.forEach((item) => ids.add(item.id));
          next = page.next;
        }
        assert.deepEqual([...acknowledged[kind].keys()].filter((id) => !ids.has(id)), [], `every ${kind} that was acknowledged is there`);
      }
      const tiles = new Set((await node.must(200, "GET", `/dashboard/${board.id}`)).tiles.map((tile) => tile.id));
      assert.deepEqual([...acknowledged.tile.keys()].filter((id) => !tiles.has(id)), []);
      for (const s of acknowledged.server.values()) assert.equal((await modern(cluster.at(node, s.url), "tools/list")).status, 200, s.name);
      for (const s of gone.values()) assert.equal((await modern(cluster.at(node, s.url), "tools/list")).status, 404, s.name);
      for (const { token } of acknowledged.token.values()) assert.equal((await node.api("GET", "/whoami", undefined, { token })).status, 200);
    }
    const { token_refused, refreshes } = await vendors.counters("arcjet");
    assert.equal(token_refused.invalid_grant ?? 0, 0, "no refresh was refused");
    assert.equal((await world.account(remote.id)).status, "ok");
    const tried = await sql("SELECT max(at) FROM tile_try");
    await eventually("tiles are run", async () => (await sql("SELECT max(at) FROM tile_try")) !== tried, { every: 100 });
    await cluster.known(3);

    for (const node of cluster.nodes) await eventually("no row waits", async () => (await gauge(node, "postern_audit_queued")) + (await gauge(node, "postern_audit_spooled")) === 0);
    audited(load, (await sql("SELECT request_id FROM audit WHERE action = 'tools/call'")).split("\n"));
    t.diagnostic(`${load.answered.length} answered calls, ${refreshes} renewed tokens, ${acknowledged.server.size + acknowledged.token.size + acknowledged.account.size + acknowledged.tile.size} things made and ${gone.size} revoked`);
    for (const [what, all] of Object.entries(times)) {
      all.sort((a, b) => a - b);
      const at = (q) => all[Math.min(all.length - 1, Math.floor(all.length * q))]?.toFixed(1);
      t.diagnostic(`${what} at the others: ${all.length} times, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
    }
  });
});
