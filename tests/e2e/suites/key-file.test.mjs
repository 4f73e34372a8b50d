// SPDX-License-Identifier: Apache-2.0
// Keys come and go, over kill -9 and without end.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { edit } from "../lib/database.mjs";
import { beside, keyFile, keys } from "../lib/keyfile.mjs";
import { Postern, start } from "../lib/postern.mjs";

const TOKEN = "cfut_sandbox_one_account";

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
