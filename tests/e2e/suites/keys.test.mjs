// SPDX-License-Identifier: Apache-2.0
// Who writes to the database gets no credential by it; and keys come and go, over kill -9 and without end.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { Postern, modern, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";

const TOKEN = "cfut_sandbox_one_account";
const folderOf = (postern) => join(postern.folder, "data");
const keyFile = (postern) => join(folderOf(postern), "postern.key");
const keys = (postern) => readFileSync(keyFile(postern), "utf8").trim().split("\n");
const beside = (postern) => readdirSync(folderOf(postern)).filter((f) => f.startsWith("postern.key."));
const edit = (postern, sql, ...values) => {
  const db = new DatabaseSync(join(folderOf(postern), "postern.db"));
  const { changes } = db.prepare(sql).run(...values);
  db.close();
  assert.ok(changes > 0, sql);
};

describe("a stopped database that somebody writes to", () => {
  let world, evil, account, other, server;
  before(async () => {
    world = await start();
    evil = await startVendor({});
    account = await world.account(TOKEN);
    other = await world.account(TOKEN);
    server = await world.server(account);
  });
  after(async () => {
    await world?.close();
    await evil?.close();
  });
  const restarted = async (sql, ...values) => {
    await world.postern.stop();
    edit(world.postern, sql, ...values);
    await world.postern.start();
  };

  test("no address that it writes gets the credential, and the account says why", async () => {
    const good = account.base_url ?? world.sandbox.api;
    for (const address of [evil.url, `${evil.url}/client/v4`, good.replace("http://", "http://x@"), `${good}/../elsewhere`, good.replace(/:\d+/, ":1")]) {
      await restarted("UPDATE account SET base_url = ?, version = version + 1 WHERE id = ?", address, account.id);
      const row = await world.must(200, "GET", `/integrated-account/${account.id}`);
      assert.equal(row.status, "failing", address);
      assert.match(row.status_text, /somebody wrote to the database/);
      assert.ok(row.status_text.includes(address), row.status_text);
      const verified = await world.api("POST", `/integrated-account/${account.id}/verify`);
      assert.equal(verified.status, 409, verified.text);
      await modern(world.postern.url + new URL(server.url).pathname, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
      await world.api("POST", `/integrated-account/${account.id}/tools/list_all_cloudflare_zones/call`, { arguments: {} });
      assert.equal((await world.must(200, "POST", `/integrated-account/${other.id}/verify`)).status, "ok", "the others go on");
    }
    assert.deepEqual(evil.seen.map(({ method, path }) => `${method} ${path}`), [], "nothing is asked there");
    await restarted("UPDATE account SET base_url = ? WHERE id = ?", good, account.id);
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
  });

  test("nor does another account's credential, or another connector", async () => {
    const [{ credential: mine }, { credential: theirs }] = [account, other].map(({ id }) => {
      const db = new DatabaseSync(join(folderOf(world.postern), "postern.db"), { readOnly: true });
      const row = db.prepare("SELECT credential FROM account WHERE id = ?").get(id);
      db.close();
      return row;
    });
    await restarted("UPDATE account SET credential = ? WHERE id = ?", theirs, account.id);
    assert.equal((await world.must(200, "GET", `/integrated-account/${account.id}`)).status, "failing");
    await restarted("UPDATE account SET credential = ?, way = 'key' WHERE id = ?", mine, account.id);
    assert.equal((await world.must(200, "GET", `/integrated-account/${account.id}`)).status, "failing");
    await restarted("UPDATE account SET way = 'token' WHERE id = ?", account.id);
    assert.equal((await world.must(200, "GET", `/integrated-account/${account.id}`)).status, "ok");
  });

  test("given again with the right address, it works", async () => {
    await restarted("UPDATE account SET base_url = ? WHERE id = ?", evil.url, account.id);
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { base_url: world.sandbox.api, credential: { token: TOKEN } });
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
  });
});

describe("power that somebody writes into a stopped database", () => {
  let world, account, other, server, client;
  const own = (token) => createHash("sha256").update(token).digest("hex");
  const rows = (sql, ...values) => {
    const db = new DatabaseSync(join(folderOf(world.postern), "postern.db"), { readOnly: true });
    const found = db.prepare(sql).all(...values);
    db.close();
    return found;
  };
  before(async () => {
    world = await start();
    account = await world.account(TOKEN);
    other = await world.account(TOKEN);
    server = await world.server(account, { methods: ["read"] });
    client = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
  });
  after(() => world?.close());
  const at = (url) => world.postern.url + new URL(url).pathname;
  const names = async (url) => (await modern(at(url), "tools/list")).body?.result?.tools?.map((t) => t.name);
  const whoami = async (token) => (await world.api("GET", "/whoami", undefined, { token })).status;
  // Each edit in a database that stands still; what it changed is put right again.
  const withEdit = async (sqls, body) => {
    const db = join(folderOf(world.postern), "postern.db");
    const { token } = world.postern; // without any administrator's, a start makes a new one
    await world.postern.stop();
    copyFileSync(db, `${db}.before`);
    for (const [sql, ...values] of sqls) edit(world.postern, sql, ...values);
    await world.postern.start();
    try {
      await body();
    } finally {
      await world.postern.stop();
      renameSync(`${db}.before`, db);
      await world.postern.start();
      world.postern.token = token;
    }
  };
  const insertToken = `INSERT INTO api_token (id, name, role, hash, created_at, expires_at, stamp) VALUES ('tok_evil', 'evil', 'admin', ?, 1, 0, ?)`;

  test("a token's row makes no token", async () => {
    const mine = "psk_" + "a".repeat(43);
    const [{ stamp }] = rows("SELECT stamp FROM api_token WHERE id = ?", client.id);
    for (const sql of [
      [insertToken, own(mine), ""],
      [insertToken, own(mine), stamp],
      ["UPDATE api_token SET hash = ? WHERE role = 'admin'", own(mine)],
      ["UPDATE api_token SET hash = ? WHERE role = 'client'", own(mine)],
    ])
      await withEdit([sql], async () => assert.equal(await whoami(mine), 401, sql[0]));
    for (const sql of ["UPDATE api_token SET role = 'admin' WHERE id = ?", "UPDATE api_token SET expires_at = 99999999999999 WHERE id = ?", "UPDATE api_token SET stamp = '' WHERE id = ?"])
      await withEdit([[sql, client.id]], async () => {
        assert.equal(await whoami(client.token), 401, sql);
        assert.equal(await whoami(world.postern.token), 200, "the others go on");
      });
    assert.equal(await whoami(client.token), 200);
  });

  test("a server's row opens no server, and none wider than it was made", async () => {
    const mine = "pst_" + "b".repeat(43);
    const url = `${new URL(server.url).origin}${new URL(server.url).pathname.replace(/[^/]+$/, mine)}`;
    const before = await names(server.url);
    assert.ok(before.length > 0);
    const copy = `INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, updated_at, expires_at, version, stamp)
      SELECT 'srv_evil', name, share, config, require_api_token, ?, created_at, updated_at, expires_at, version, stamp FROM server`;
    const member = `INSERT INTO server_account (server_id, account_id, alias, names, place, stamp) SELECT 'srv_evil', account_id, alias, names, place, stamp FROM server_account`;
    for (const sqls of [[[copy, own(mine)], [member]], [["UPDATE server SET token_hash = ?", own(mine)]]]) await withEdit(sqls, async () => assert.equal((await modern(at(url), "tools/list")).status, 404, sqls[0][0]));
    for (const sql of [`UPDATE server SET config = '{"methods":["write","read"]}'`, "UPDATE server SET config = '{}'", "UPDATE server SET expires_at = 99999999999999", "UPDATE server SET stamp = ''", "UPDATE server_account SET alias = 'x'", "UPDATE server SET share = 1"])
      await withEdit([[sql]], async () => assert.equal((await modern(at(server.url), "tools/list")).status, 404, sql));
    const add = `INSERT INTO server_account (server_id, account_id, alias, names, place, stamp) SELECT ?, ?, 'more', 0, 1, stamp FROM server_account`;
    await withEdit([[add, server.id, other.id]], async () => assert.deepEqual(await names(server.url), before, "no account comes to it"));
    assert.deepEqual(await names(server.url), before);
  });

  test("nor do compiled tools say what they do", async () => {
    const before = await names(server.url);
    const [{ body }] = rows("SELECT body FROM toolset");
    const changed = body.replaceAll(/"(create|update|delete|custom)"/g, '"list"');
    assert.notEqual(changed, body);
    await withEdit([["UPDATE toolset SET body = ?", changed]], async () => {
      assert.deepEqual(await names(server.url), before);
      assert.match(world.postern.program.output, /tools of connector cloudflare are compiled again/);
    });
  });

  test("an imported connector that was changed there is not used", async () => {
    const vendor = await startVendor({ get_thing: { path: "/thing" } });
    try {
      const imported = await vendor.connect(world, { name: "theirs" });
      for (const sql of ["UPDATE connector SET definition = replace(definition, 'Fixture', 'Changed')", "UPDATE connector SET document = replace(document, '/thing', '/other')"])
        await withEdit([[sql]], async () => {
          const found = await world.api("GET", `/integrated-account/${imported.id}`);
          assert.ok(found.status === 404 || found.body.status === "failing", found.text);
          assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
        });
      assert.equal((await world.must(200, "GET", `/integrated-account/${imported.id}`)).status, "ok");
    } finally {
      await vendor.close();
    }
  });

  test("stamps come along with a change of keys", async () => {
    for (let i = 0; i < 3; i++) await world.must(200, "POST", "/key/rotate");
    await world.postern.stop();
    assert.equal(keys(world.postern).length, 1);
    await world.postern.start();
    assert.ok((await names(server.url)).length > 0);
    assert.deepEqual([await whoami(world.postern.token), await whoami(client.token)], [200, 200]);
    // Changed by Postern, they are stamped anew.
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["read", "write"] } });
    await world.postern.stop();
    await world.postern.start();
    assert.ok((await names(server.url)).some((n) => n.startsWith("delete_")));
  });
});

describe("the key file", () => {
  test("takes 200 rotations in a row, and keeps the one key that is needed", async (t) => {
    const world = await start();
    t.after(() => world.close());
    const account = await world.account(TOKEN);
    for (let i = 0; i < 200; i++) {
      await world.must(200, "POST", "/key/rotate");
      assert.equal(keys(world.postern).length, 1);
    }
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
    await world.postern.stop();
    await world.postern.start();
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
    assert.deepEqual(beside(world.postern), []);
  });

  test("is the only one after kill -9 in the middle of rotations", async (t) => {
    const world = await start();
    t.after(() => world.close());
    const account = await world.account(TOKEN);
    for (let i = 0; i < 15; i++) {
      let answered = 0;
      const rotating = Array.from({ length: 3 }, async () => {
        for (let n = 0; n < 10_000; n++) {
          const r = await world.api("POST", "/key/rotate").catch(() => undefined);
          if (!r) return;
          if (++answered > i) world.postern.program.child.kill("SIGKILL"); // the others are in the middle of theirs
        }
      });
      await Promise.all(rotating);
      await world.postern.program.exited;
      await world.postern.start();
      assert.deepEqual(beside(world.postern), [], "nothing is left behind");
      assert.equal(keys(world.postern).length, 1);
      assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
    }
  });

  test("what was left behind goes, what is somebody's stays and is named", async (t) => {
    const postern = await new Postern().start();
    t.after(() => postern.close());
    await postern.stop();
    const now = readFileSync(keyFile(postern), "utf8");
    const next = `k0123abcd ${"5e".repeat(32)}\n`;
    const left = { "draft-Ab12Cd": "k0", "draft-000000": "", Ab12Cd: now + next };
    const stays = { backup: now, "2026-11": now, bak: "anything", "draft-Ab12Cd.old": now, damaged: "k1 zz" };
    for (const [end, text] of Object.entries({ ...left, ...stays })) writeFileSync(`${keyFile(postern)}.${end}`, text, { mode: 0o600 });
    postern.program.output = "";
    await postern.start();
    for (const end of Object.keys(left)) assert.ok(!existsSync(`${keyFile(postern)}.${end}`), end);
    for (const [end, text] of Object.entries(stays)) {
      assert.equal(readFileSync(`${keyFile(postern)}.${end}`, "utf8"), text);
      assert.ok(postern.program.output.includes(`postern.key.${end} lies beside the key file`), postern.program.output);
    }
    assert.equal(readFileSync(keyFile(postern), "utf8"), now);
  });

  test("full of keys from before it is emptied at the start; full of keys that are needed, the answer says what to do", async (t) => {
    const world = await start();
    t.after(() => world.close());
    const account = await world.account(TOKEN);
    await world.postern.stop();
    const more = Array.from({ length: 63 }, (_, i) => `old${i} ${i.toString(16).padStart(64, "0")}`);
    writeFileSync(keyFile(world.postern), [...more, ...keys(world.postern), ""].join("\n"));
    await world.postern.start();
    assert.equal(keys(world.postern).length, 1);
    await world.must(200, "POST", "/key/rotate");
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
    // Each key named by a row, as if it sealed it.
    await world.postern.stop();
    writeFileSync(keyFile(world.postern), [...more, ...keys(world.postern), ""].join("\n"));
    for (let i = 0; i < 63; i++)
      edit(world.postern, `INSERT INTO oauth_client (id, issuer, redirect_uri, client_id, secret, method, given, created_at, expires_at)
        VALUES (?, 'i', 'r', 'c', ?, 'client_secret_post', 1, 1, 0)`, `c${i}`, `v1.old${i}.${"A".repeat(80)}`);
    await world.postern.start();
    assert.equal(keys(world.postern).length, 64, "a key that is named stays");
    const r = await world.api("POST", "/key/rotate");
    assert.equal(r.status, 429, r.text);
    assert.match(r.body.error.message, /64 keys/);
    assert.match(r.body.error.hint, /rotate again/);
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
  });

  test("from the environment is its owner's: the start seals everything with the last key", async (t) => {
    const line = (id, byte) => `${id} ${byte.repeat(32)}`;
    const world = await start();
    t.after(() => world.close());
    await world.postern.stop();
    const env = { ...process.env, POSTERN_KEY: `${line("a", "11")}\n${line("b", "22")}` };
    world.postern.env = env;
    await world.postern.start();
    const account = await world.account(TOKEN);
    await world.postern.stop();
    world.postern.env = { ...env, POSTERN_KEY: `${line("b", "22")}\n${line("c", "33")}` };
    await world.postern.start();
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
    await world.postern.stop();
    world.postern.env = { ...env, POSTERN_KEY: line("c", "33") }; // the start has sealed everything with the last one
    await world.postern.start();
    assert.equal((await world.must(200, "POST", `/integrated-account/${account.id}/verify`)).status, "ok");
    assert.equal((await world.api("POST", "/key/rotate")).status, 409);
  });
});
