// SPDX-License-Identifier: Apache-2.0
// The machine lets Postern down: a database that somebody else has locked, a disk that is full, descriptors that run
// out. What must not happen is a loss, waiting without end, or silence.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { database, ONLY_SQLITE } from "../lib/database.mjs";
import { Postern } from "../lib/postern.mjs";
import { eventually, metrics, readMetrics } from "../lib/wait.mjs";

const PATIENCE = { ms: 60_000 }; // a ceiling; the store is tried every 5 s

describe("a store that takes no writes", () => {
  let postern, serial = 0, made = 0;
  before(async () => (postern = await new Postern().start()));
  after(() => postern?.close());

  const readiness = () => postern.api("GET", "/readyz", undefined, { token: null });
  const write = async () => {
    const r = await postern.api("POST", "/api-token", { name: `made-${++serial}`, role: "client" });
    if (r.status === 201) made++;
    return r;
  };
  const audited = async () => (await postern.must(200, "GET", "/audit?action=token.create&outcome=ok&limit=100")).items.length;
  const prlimit = (limit) => execFileSync("prlimit", ["--pid", String(postern.program.child.pid), `--fsize=${limit}:`]);

  // Everything that is asked here is answered while the lock is held: it is let go of only then.
  for (const lock of ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
    test(`another program holds it: ${lock}`, { skip: ONLY_SQLITE }, async () => {
      const other = database(postern);
      other.exec("PRAGMA busy_timeout = 10000"); // Postern writes at the same time
      other.exec(lock);
      const asked = Array.from({ length: 60 }, readiness);
      const written = Array.from({ length: 30 }, write);
      const read = Array.from({ length: 10 }, () => postern.api("GET", "/api-token"));
      for (const r of await Promise.all(read)) assert.equal(r.status, 200);
      for (const r of await Promise.all(written)) {
        assert.equal(r.status, 503, r.text);
        assert.match(r.body.error.message, /locked by another program/);
        assert.match(r.body.error.hint, /stop whatever else uses the file/);
      }
      for (const r of await Promise.all(asked)) assert.ok([200, 503].includes(r.status));
      const refused = await eventually("it is not ready", async () => ((r) => r.status === 503 && r)(await readiness()), PATIENCE);
      assert.match(refused.body.error.message, /not ready: the store takes no writes: .*locked/);
      assert.equal((await metrics(postern)).postern_store_ready, 0);
      other.exec("ROLLBACK");
      other.close();
      await eventually("it is ready again", async () => (await readiness()).status === 200, PATIENCE);
      assert.equal((await write()).status, 201);
      assert.equal((await metrics(postern)).postern_store_ready, 1);
    });

  test("the disk is full", { skip: ONLY_SQLITE }, async () => {
    prlimit(0); // no file may be written: EFBIG
    const refused = await eventually("it is not ready", async () => ((r) => r.status === 503 && r)(await readiness()), PATIENCE);
    assert.match(refused.body.error.message, /not ready: the store takes no writes: .*disk/);
    const failed = await write();
    assert.equal(failed.status, 503);
    assert.ok(failed.body.error.hint);
    assert.equal((await postern.api("GET", "/api-token")).status, 200, "what only reads goes on");
    prlimit("unlimited");
    await eventually("it is ready again", async () => (await readiness()).status === 200, PATIENCE);
    assert.equal((await write()).status, 201);
    await eventually("the audit goes on", async () => (await audited()) === made, PATIENCE);
    await postern.program.waitFor(/the store takes no writes: the disk/);
    assert.equal(postern.program.output.match(/the store takes no writes: the disk/g).length, 1, "said once");
  });

  // The rows of what is refused meanwhile: first there is room for the spool, then for nothing, then for all.
  test("the disk is full, and the spool's as well", { skip: ONLY_SQLITE }, async () => {
    const queues = async () => (await postern.must(200, "GET", "/status")).queues;
    const refuse = async (n) => {
      for (let i = 0; i < n; i++) assert.equal((await write()).status, 503);
    };
    const failed = async () => {
      const items = [];
      for (let next = "/audit?action=token.create&limit=1000"; next; next = page_next(await postern.must(200, "GET", next), items));
      return items.filter((row) => row.outcome !== "ok").length;
    };
    const page_next = (page, items) => (items.push(...page.items), page.next?.replace(/^\/api\/v1/, ""));
    const before_ = await failed();
    prlimit(40_000); // less than the log of the database has
    await refuse(20);
    await eventually("rows wait in the file", async () => (await queues()).audit_spooled >= 20);
    assert.equal(await failed(), before_);
    await refuse(120);
    await eventually("the file is full, rows wait in memory", async () => (await queues()).audit_rows > 0);
    await postern.program.waitFor(/audit: rows wait in memory: cannot write to .*audit\.spool/);
    const { audit_spooled, audit_dropped } = await queues();
    assert.ok(audit_spooled >= 20 && audit_dropped === 0);
    await eventually("it is told to who watches", async () => new RegExp(`not ready: .*${audit_spooled} audit rows wait in a file`).test((await readiness()).body.error?.message), PATIENCE);
    prlimit("unlimited");
    await eventually("all are there", async () => (await failed()) >= before_ + 140, PATIENCE);
    assert.equal(await failed(), before_ + 140, "each once");
    const after_ = await queues();
    assert.deepEqual([after_.audit_spooled, after_.audit_dropped], [0, 0]);
  });
});

describe("descriptors that run out", () => {
  const MOST = 64;
  // Ticks of CPU the process has used.
  const ticks = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13).reduce((sum, n) => sum + Number(n), 0);
  const flood = (postern, n) => {
    const { hostname, port } = new URL(postern.url);
    return Array.from({ length: n }, () => net.connect(Number(port), hostname.replace(/[[\]]/g, "")).on("error", () => {}));
  };
  // The failures so far, asked for on one connection that is kept.
  const kept = (postern) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    return () =>
      new Promise((resolve, reject) =>
        http
          .get(`${postern.url}/metrics`, { agent, headers: { authorization: `Bearer ${postern.token}` } }, (r) => {
            let text = "";
            r.on("data", (bytes) => (text += bytes)).on("end", () => resolve(readMetrics(text).values.postern_http_accept_failures_total));
          })
          .on("error", reject),
      );
  };
  // One request on a socket of its own; resolves with what came until the other end closed.
  const ask = (socket) =>
    new Promise((resolve) => {
      let text = "";
      socket.on("data", (bytes) => (text += bytes)).on("close", () => resolve(text)).on("end", () => socket.end());
      socket.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    });
  const failures = /no connection can be accepted for now: Too many open files/g;

  for (const [name, settings] of [["one loop", { loops: 1 }], ["two loops", { loops: 2 }], ["IPv6", { loops: 2, listen: "[::1]:0" }]])
    test(`nothing spins, it is said once, and who waits is served: ${name}`, async (t) => {
      const postern = await new Postern({ ...settings, header_timeout: "10m", idle_timeout: "1h" }).start();
      t.after(() => postern.close());
      const { pid } = postern.program.child;
      // Taken away while it runs, so that connections alone use them up: only what is open now, and a few.
      const open = readdirSync(`/proc/${pid}/fd`).length;
      execFileSync("prlimit", ["--pid", String(pid), `--nofile=${open + 8}:`]);
      const failed = kept(postern);
      await failed();
      const held = flood(postern, 3 * MOST);
      await eventually("it says so", () => postern.program.output.match(failures), PATIENCE);
      const [used, since, before] = [ticks(pid), performance.now(), await failed()];
      await eventually("it has tried again, and again", async () => (await failed()) >= before + 4, PATIENCE);
      const [spent, elapsed] = [ticks(pid) - used, (performance.now() - since) / 10]; // a tick is 10 ms
      assert.ok(spent < 10 + elapsed / 3, `${spent} ticks of CPU in ${elapsed}`); // who spins takes one of each
      assert.ok((await failed()) < before + 10 + elapsed / 2, "one try a pause");
      const waiting = Array.from({ length: 10 }, () => flood(postern, 1)[0]).map(ask);
      for (const socket of held) socket.destroy();
      for (const text of await Promise.all(waiting)) assert.match(text, /^HTTP\/1.1 200 /);
      await eventually("it says that too", () => postern.program.output.includes("connections are accepted again"), PATIENCE);
      assert.equal(postern.program.output.match(failures).length, 1);
      assert.ok((await metrics(postern)).postern_http_accept_failures_total > 0);
      assert.equal((await postern.api("POST", "/api-token", { name: "after", role: "client" })).status, 201);
    });

  test("a small limit leaves something for others than clients", async (t) => {
    const postern = new Postern({ loops: 2 });
    postern.limit = ["prlimit", `--nofile=${MOST}`];
    await postern.start();
    t.after(() => postern.close());
    await postern.program.waitFor(/max_connections is 10000, but at most 64 files may be open here: \d+ connections are taken/);
    const held = flood(postern, 3 * MOST);
    const text = await eventually("one is turned away", async () => {
      const text = await ask(flood(postern, 1)[0]);
      return text.startsWith("HTTP/1.1 503 ") && text;
    });
    assert.match(text, /Too many connections/);
    for (const socket of held) socket.destroy();
    await eventually("others are served", async () => (await postern.api("GET", "/whoami").catch(() => ({}))).status === 200);
  });

  test("one that is too small for a start is refused, with the number it takes", async () => {
    for (const most of [10, 20, 30, 51]) {
      const postern = new Postern({ loops: 2 });
      postern.limit = ["prlimit", `--nofile=${most}`];
      await assert.rejects(postern.start(), new RegExp(`at most ${most} files may be open, and with 2 loops it takes 52`));
      await postern.close();
    }
  });
});
