// SPDX-License-Identifier: Apache-2.0
// Who writes to the database gets no credential and no power by it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { database, edit, saveRows } from "../lib/database.mjs";
import { keys } from "../lib/keyfile.mjs";
import { inBrowser } from "../lib/persons.mjs";
import { Postern, modern, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";

const TOKEN = "cfut_sandbox_one_account";

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
      const db = database(world.postern, { readOnly: true });
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
    const db = database(world.postern, { readOnly: true });
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
  // Each edit, of several statements, in a database that stands still; what it changed is put right again.
  const withEdits = async (edits, body) => {
    const { token } = world.postern; // without any administrator's, a start makes a new one
    await world.postern.stop();
    try {
      for (const sqls of edits) {
        const restore = saveRows(world.postern);
        try {
          for (const [sql, ...values] of sqls) edit(world.postern, sql, ...values);
          await world.postern.start();
          await body(sqls[0][0]);
        } finally {
          await world.postern.stop();
          restore();
          world.postern.token = token;
        }
      }
    } finally {
      await world.postern.start();
      world.postern.token = token;
    }
  };
  const insertToken = `INSERT INTO api_token (id, name, role, hash, created_at, expires_at, stamp) VALUES ('tok_evil', 'evil', 'admin', ?, 1, 0, ?)`;

  test("a token's row makes no token", async () => {
    const mine = "psk_" + "a".repeat(43);
    const [{ stamp }] = rows("SELECT stamp FROM api_token WHERE id = ?", client.id);
    const made = [
      [insertToken, own(mine), ""],
      [insertToken, own(mine), stamp],
      ["UPDATE api_token SET hash = ? WHERE role = 'admin'", own(mine)],
      ["UPDATE api_token SET hash = ? WHERE role = 'client'", own(mine)],
    ];
    await withEdits(made.map((sql) => [sql]), async (sql) => assert.equal(await whoami(mine), 401, sql));
    const changed = ["role = 'admin'", "expires_at = 99999999999999", "stamp = ''"].map((set) => [`UPDATE api_token SET ${set} WHERE id = ?`, client.id]);
    await withEdits(changed.map((sql) => [sql]), async (sql) => {
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
    await withEdits([[[copy, own(mine)], [member]], [["UPDATE server SET token_hash = ?", own(mine)]]], async (sql) => assert.equal((await modern(at(url), "tools/list")).status, 404, sql));
    const changed = [`UPDATE server SET config = '{"methods":["write","read"]}'`, "UPDATE server SET config = '{}'", "UPDATE server SET expires_at = 99999999999999", "UPDATE server SET stamp = ''", "UPDATE server_account SET alias = 'x'", "UPDATE server SET share = 1"];
    await withEdits(changed.map((sql) => [[sql]]), async (sql) => assert.equal((await modern(at(server.url), "tools/list")).status, 404, sql));
    const add = `INSERT INTO server_account (server_id, account_id, alias, names, place, stamp) SELECT ?, ?, 'more', 0, 1, stamp FROM server_account`;
    await withEdits([[[add, server.id, other.id]]], async () => assert.deepEqual(await names(server.url), before, "no account comes to it"));
    assert.deepEqual(await names(server.url), before);
  });

  test("a person's row gives no wider limit, no other's, and no further way in", async () => {
    world.postern.settings.listen = new URL(world.postern.url).host; // tokens are for where she got them
    const open = await world.must(201, "POST", "/mcp-server", { name: "open", accounts: [account.id], slug: "open", sign_in: { roles: ["viewer"] } });
    const [ada, ben] = [await inBrowser(world, "ada"), await inBrowser(world, "ben")];
    await world.must(200, "PATCH", `/user/${ada.id}`, { limits: { calls_per_minute: 1, writes_per_day: 1 } });
    await world.must(200, "PATCH", `/user/${ben.id}`, { limits: { calls_per_minute: 500, writes_per_day: 500 } });
    await ada.door(open);
    const call = async () => {
      const { url, headers } = await ada.door(open);
      return modern(at(url), "tools/call", { name: "list_all_cloudflare_zones", arguments: {} }, { headers: { ...headers } });
    };
    const passed = async () => {
      let n = 0;
      while (n < 3 && (await call()).body?.result?.isError === false) n++;
      return n;
    };
    const [{ stamp }] = rows("SELECT stamp FROM console_user WHERE id = ?", ben.id);
    const limits = ["calls_per_minute", "writes_per_day"], wider = [...limits.flatMap((l) => [100_000, 0, null].map((most) => [`UPDATE console_user SET ${l} = ? WHERE id = ?`, most, ada.id])), ["UPDATE console_user SET calls_per_minute = 500, writes_per_day = 500, stamp = ? WHERE id = ?", stamp, ada.id], ["UPDATE console_user SET stamp = '' WHERE id = ?", ada.id]];
    await withEdits(wider.map((sql) => [sql]), async (sql) => {
      const signedIn = (await ada.api("GET", "/whoami")).status;
      assert.equal(await passed(), 0, `${sql}: nobody calls by a row that was written to`);
      assert.equal(signedIn, 401, `${sql}: nor comes in by it`);
      assert.equal((await ben.api("GET", "/whoami")).status, 200, "the others go on");
    });
    assert.equal(await passed(), 1, "put right again, she has what she was given");
  });

  test("nor do compiled tools say what they do", async () => {
    const before = await names(server.url);
    const [{ body }] = rows("SELECT body FROM toolset");
    const changed = body.replaceAll(/"(create|update|delete|custom)"/g, '"list"');
    assert.notEqual(changed, body);
    await withEdits([[["UPDATE toolset SET body = ?", changed]]], async () => {
      assert.deepEqual(await names(server.url), before);
      await world.postern.program.waitFor(/tools of connector cloudflare are compiled again/);
    });
  });

  test("an imported connector that was changed there is not used", async () => {
    const vendor = await startVendor({ get_thing: { path: "/thing" } });
    try {
      const imported = await vendor.connect(world, { name: "theirs" });
      const changed = ["UPDATE connector SET definition = replace(definition, 'Fixture', 'Changed')", "UPDATE connector SET document = replace(document, '/thing', '/other')"];
      await withEdits(changed.map((sql) => [[sql]]), async () => {
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
