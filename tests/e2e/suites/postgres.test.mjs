// SPDX-License-Identifier: Apache-2.0
// The database goes away, comes back, takes no writes, hangs, loses the last word: no acknowledged change is lost, no row
// of the audit lost or doubled, and what is served from memory goes on. With a PostgreSQL of this suite's own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { skip, startDatabase } from "../lib/cluster.mjs";
import { startWire } from "../lib/database-wire.mjs";
import { BINARY, modern, start } from "../lib/postern.mjs";
import { eventually, written } from "../lib/wait.mjs";

describe("PostgreSQL", { skip }, () => {
  let db, wire, world, account, server, made = 0;
  before(async () => {
    db = await startDatabase();
    wire = await startWire(db.make());
    world = await start({ settings: { store: wire.url.replace("postern@", "postern:SECRETpassword@") } });
    account = await world.account();
    server = await world.server(account);
  });
  after(async () => {
    await world?.close();
    wire?.close();
    await db?.close();
  });

  const call = async () => {
    const r = await modern(server.url, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
    assert.equal(r.status, 200, r.text);
    assert.ok(!r.body.result.isError, r.text);
  };
  const list = async () => assert.equal((await modern(server.url, "tools/list")).status, 200);
  const create = (name = `change-${++made}`) => world.api("POST", "/api-token", { name, role: "client" });
  const ready = async () => (await fetch(`${world.postern.url}/readyz`)).status;
  const names = async () => (await world.must(200, "GET", "/api-token?limit=500")).items.map((t) => t.name);
  const gauge = async (name) => Number((await (await fetch(`${world.postern.url}/metrics`)).text()).match(new RegExp(`^${name} (\\d+)$`, "m"))[1]);
  const spooled = () => gauge("postern_audit_spooled");
  const calls = async () => {
    await written(world);
    const ids = [];
    for (let before = ""; ; ) {
      const page = await world.must(200, "GET", `/audit?action=tools/call&limit=1000${before && `&before=${before}`}`);
      ids.push(...page.items.map((row) => row.request_id));
      if (!(before = page.next)) return ids;
    }
  };
  // So many more calls are in the audit, each once.
  const audited = async (before, n) => {
    const ids = await eventually(`${n} rows of the audit`, async () => ((found) => found.length >= before + n && found)(await calls()));
    assert.equal(ids.length, before + n);
    assert.equal(new Set(ids).size, ids.length, "none is there twice");
  };
  const refused = (r) => {
    assert.equal(r.status, 503, r.text);
    assert.ok(Number(r.headers.get("retry-after")) >= 1);
    assert.ok(r.body.error.hint, r.text);
  };
  const away = () => eventually("it is not ready", async () => (await ready()) === 503);
  const back = () => eventually("it is ready again", async () => (await ready()) === 200);

  test("says what it has, and never the password", async () => {
    assert.equal((await world.must(200, "GET", "/status")).store, "postgres");
    const shown = execFileSync(BINARY, ["config", "--explain"], { encoding: "utf8", env: { ...process.env, POSTERN_STORE: world.postern.settings.store } });
    assert.match(shown, /store: postgres:\/\/postern:\*\*\*@127/);
    assert.ok(!shown.includes("SECRETpassword"));
  });

  test("away: calls go on, changes are told when to come again; back: everything is written, once", async () => {
    const before = (await calls()).length;
    db.stop();
    for (let i = 0; i < 40; i++) await call(), await list();
    for (let i = 0; i < 10; i++) refused(await create());
    await away();
    for (let i = 0; i < 10; i++) await call();
    const said = await (await fetch(`${world.postern.url}/readyz`)).json();
    assert.match(said.error.message, /the store takes no writes/);
    db.start();
    await back();
    assert.equal((await create()).status, 201);
    await audited(before, 50);
  });

  test("restarted under load: what was acknowledged is there", async () => {
    const before = (await calls()).length;
    const acknowledged = [];
    let done = false, n = 0;
    const change = async () => {
      while (!done) {
        const name = `load-${++made}`;
        const r = await create(name);
        assert.ok([201, 503].includes(r.status), r.text);
        if (r.status === 201) acknowledged.push(name);
      }
    };
    const ask = async () => {
      while (!done) await call(), n++;
    };
    const workers = [change(), change(), ask(), ask()];
    for (let i = 0; i < 3; i++) {
      const had = acknowledged.length;
      await eventually("changes are made", () => acknowledged.length > had + 3);
      db.restart();
    }
    const had = acknowledged.length;
    await eventually("changes are made again", () => acknowledged.length > had + 3);
    done = true;
    await Promise.all(workers);
    const found = new Set(await names());
    assert.deepEqual(acknowledged.filter((name) => !found.has(name)), []);
    await audited(before, n);
  });

  test("the last word of a commit is lost: rows of the audit are not written twice, and a change says what it does not know", async () => {
    const before = (await calls()).length;
    wire.cutAfterCommit = 6;
    for (let i = 0; i < 20; i++) await call();
    await eventually("it was cut off", async () => (await call(), wire.cutAfterCommit === 0 && wire.cuts >= 6));
    const n = (await eventually("they are written", async () => ((ids) => ids.length >= before + 20 && ids)(await calls()))).length;
    await call();
    await audited(n, 1);
  });

  test("it takes no writes", async () => {
    const before = (await calls()).length;
    db.sql("ALTER SYSTEM SET default_transaction_read_only = on");
    db.sql("SELECT pg_reload_conf()");
    await away();
    const r = await create();
    refused(r);
    assert.match(r.body.error.message, /cannot be written/);
    for (let i = 0; i < 5; i++) await call();
    assert.equal((await world.api("GET", "/api-token")).status, 200, "reading goes on");
    db.sql("SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only");
    db.sql("SELECT pg_reload_conf()");
    await back();
    assert.equal((await create()).status, 201);
    await audited(before, 5);
  });

  test("it hangs: nobody waits without end", async () => {
    const before = (await calls()).length;
    wire.hold();
    const changes = Array.from({ length: 3 }, () => create());
    for (let i = 0; i < 20; i++) await call(), await list();
    await away();
    for (const change of changes) assert.ok([201, 503].includes((await change).status));
    await call();
    wire.let();
    await back();
    assert.equal((await create()).status, 201);
    await audited(before, 21);
  });

  test("killed while it writes: what was acknowledged is there, and it starts again at once", async () => {
    const acknowledged = [];
    let done = false;
    const change = async () => {
      while (!done) {
        const name = `kill-${++made}`;
        const r = await create(name).catch(() => undefined);
        if (r?.status === 201) acknowledged.push(name);
      }
    };
    const workers = [change(), change()];
    await eventually("changes are made", () => acknowledged.length > 10);
    await world.postern.stop("SIGKILL");
    done = true;
    await Promise.all(workers);
    const { token } = world.postern;
    await world.postern.start();
    world.postern.token = token;
    server.url = server.url.replace(/^https?:\/\/[^/]+/, world.postern.url);
    const found = new Set(await names());
    assert.deepEqual(acknowledged.filter((name) => !found.has(name)), []);
    await call();
  });

  const restart = async () => {
    await world.postern.start();
    server.url = server.url.replace(/^https?:\/\/[^/]+/, world.postern.url);
  };

  test("away, and killed, and started in vain meanwhile: each acknowledged call is one row", async () => {
    const before = (await calls()).length;
    db.stop();
    for (let i = 0; i < 30; i++) await call();
    await eventually("all wait in a file", async () => (await spooled()) === 30);
    await away();
    assert.match((await (await fetch(`${world.postern.url}/readyz`)).json()).error.message, /30 audit rows wait in a file/);
    await world.postern.stop("SIGKILL");
    await assert.rejects(restart(), /cannot be reached/);
    db.start();
    await restart();
    for (let i = 0; i < 10; i++) await call();
    await audited(before, 40);
    await eventually("nothing waits", async () => (await spooled()) === 0);

    db.stop(); // once more, and killed in the middle of writing what waited
    for (let i = 0; i < 20; i++) await call();
    await eventually("all wait in a file", async () => (await spooled()) === 20);
    const kept = join(world.postern.settings.data_dir, "audit.spool"), copy = readFileSync(kept);
    db.start();
    await eventually("nothing waits", async () => (await spooled()) === 0);
    await world.postern.stop("SIGKILL");
    writeFileSync(kept, copy); // as if it had not been emptied yet
    await restart();
    await eventually("nothing waits", async () => (await spooled()) === 0);
    await call();
    await audited(before, 61);
  });

  test("no password in what it says", () => assert.ok(!world.postern.program.output.includes("SECRETpassword")));
});

describe("a store is copied", { skip }, () => {
  let db, world, folder;
  before(async () => {
    db = await startDatabase();
    folder = mkdtempSync(join(tmpdir(), "postern-copy-"));
    world = await start({ settings: { store: `sqlite:${join(folder, "first.db")}` } });
  });
  after(async () => {
    await world?.close();
    await db?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const copy = (from, to) => execFileSync(BINARY, ["store", "copy", from, to], { encoding: "utf8", stdio: "pipe" });
  const fails = (from, to, why) => assert.throws(() => copy(from, to), (e) => why.test(e.stderr));

  test("there and back: accounts, servers, their URLs, tokens and the audit are what they were", async () => {
    const account = await world.account();
    const server = await world.server(account);
    const client = await world.must(201, "POST", "/api-token", { name: "müller \u{1f511}", role: "client" });
    const call = async () => {
      const r = await modern(server.url.replace(/^https?:\/\/[^/]+/, world.postern.url), "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
      assert.ok(r.status === 200 && !r.body.result.isError, r.text);
    };
    for (let i = 0; i < 30; i++) await call();
    const first = world.postern.settings.store, second = db.make(), third = `sqlite:${join(folder, "third.db")}`;
    fails(first, second, /another Postern uses this database/);
    const { token } = world.postern;
    for (const [from, to] of [[first, second], [second, third]]) {
      await world.postern.stop();
      assert.match(copy(from, to), /counts and digests agree/);
      fails(from, to, /not empty/);
      world.postern.settings.store = to;
      await world.postern.start();
      world.postern.token = token;
      await call();
      assert.equal((await world.api("GET", "/whoami", undefined, { token: client.token })).status, 200);
      const { items } = await world.must(200, "GET", "/api-token");
      assert.ok(items.some((t) => t.name === "müller \u{1f511}"));
      assert.ok((await world.must(200, "GET", "/audit?action=tools/call&limit=100")).items.length >= 30);
    }
  });

  test("what is no store is refused", () => {
    fails(`sqlite:${join(folder, "none.db")}`, "mysql:x", /no store this build knows/);
    fails("postgres://u:SECRET@127.0.0.1:1/x", db.make(), /cannot be reached/);
  });
});
