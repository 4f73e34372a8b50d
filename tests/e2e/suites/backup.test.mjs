// SPDX-License-Identifier: Apache-2.0
// A backup is whole or not there, taken while the program works, and put back it is the installation of that moment.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { commands } from "../lib/command.mjs";
import { ONLY_SQLITE, ON_POSTGRES } from "../lib/database.mjs";
import { BINARY, rpc, start } from "../lib/postern.mjs";

const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
let world, cli, data, server;
const place = (name) => join(world.postern.folder, name);
const names = (folder) => readdirSync(folder).toSorted();
const manifest = (folder) => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const at = (...words) => [...words, "--data-dir", data];

before(async () => {
  world = await start();
  data = world.postern.settings.data_dir;
  cli = commands({ HOME: world.postern.folder });
  server = await world.server(await world.account(), { methods: ["read"] });
});
after(() => world?.close());

describe("postern backup", { skip: ONLY_SQLITE }, () => {
  test("takes what is there while others write, and names it when it is whole", async () => {
    let going = true, made = 0;
    const writes = (async () => {
      while (going) await world.must(201, "POST", "/api-token", { name: `t${made++}`, role: "client" });
    })();
    await cli.ok(at("backup", place("one")));
    going = false;
    await writes;
    assert.deepEqual(names(place("one")), ["manifest.json", "postern.bound", "postern.db"]);
    assert.ok(!existsSync(place("one.partial")));
    for (const name of names(place("one"))) assert.equal(statSync(join(place("one"), name)).mode & 0o777, 0o600, name);
    assert.equal(statSync(place("one")).mode & 0o777, 0o700);
    const db = new DatabaseSync(join(place("one"), "postern.db"), { readOnly: true });
    assert.equal(Number(db.prepare("SELECT value FROM meta WHERE key = 'schema'").get().value), manifest(place("one")).schema);
    assert.equal(db.prepare("PRAGMA integrity_check").get().integrity_check, "ok");
    db.close();
  });

  test("has the key only where it is asked for", async () => {
    const { err } = await cli.ok(at("backup", place("keyed"), "--with-key"));
    assert.match(err, /whoever has this folder can use every account/);
    assert.equal(readFileSync(join(place("keyed"), "postern.key"), "utf8"), readFileSync(join(data, "postern.key"), "utf8"));
    assert.equal(statSync(join(place("keyed"), "postern.key")).mode & 0o777, 0o600);
    assert.match((await cli.ok(at("backup", place("unkeyed")))).err, /The key is not in it/);
  });

  test("refuses a place that is taken, and takes an empty one", async () => {
    await cli.fails(5, /is there already, and not an empty folder/, at("backup", place("one")));
    mkdirSync(place("empty"));
    await cli.ok(at("backup", place("empty")));
    writeFileSync(place("file"), "x");
    await cli.fails(5, /is there already/, at("backup", place("file")));
    assert.equal(readFileSync(place("file"), "utf8"), "x");
  });

  test("where the disk is full nothing stays", async () => {
    const child = spawn("sh", ["-c", `ulimit -f 40; exec "$0" "$@"`, BINARY, ...at("backup", place("full"))], { stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.on("data", (b) => (err += b));
    const [code] = await once(child, "close");
    assert.notEqual(code, 0, err);
    assert.match(err, /the copy has stopped|cannot be|disk/, err);
    assert.ok(!existsSync(place("full")) && !existsSync(place("full.partial")), names(world.postern.folder).join());
  });

  test("killed in the middle it has left nothing with that name, and the next one goes", async () => {
    for (const ms of [0, 3, 8, 15, 30, 60]) {
      const child = spawn(BINARY, at("backup", place(`killed${ms}`)), { stdio: "ignore" });
      const gone = once(child, "exit"); // it may be done by itself before the time is over
      await new Promise((r) => setTimeout(r, ms));
      child.kill("SIGKILL");
      await gone;
      if (existsSync(place(`killed${ms}`))) assert.ok(manifest(place(`killed${ms}`)).schema > 0); // it was over
      else await cli.ok(at("backup", place(`killed${ms}`)));
      assert.deepEqual(names(place(`killed${ms}`)), ["manifest.json", "postern.bound", "postern.db"]);
    }
  });
});

test("on PostgreSQL it says what does it there", { skip: !ON_POSTGRES && "it is about PostgreSQL" }, async () => {
  for (const command of ["backup", "restore"]) await cli.fails(2, /PostgreSQL has pg_dump and pg_restore/, [command, place("none"), "--config", place("postern.yaml")]);
});

describe("postern restore", { skip: ONLY_SQLITE }, () => {
  test("refuses while a program holds the store", async () => {
    await cli.fails(9, /another Postern uses this database/, at("restore", place("one")));
  });

  test("puts the moment back, and keeps what it replaces", async () => {
    const late = await world.server(world.accounts?.[0] ?? (await world.account()), { methods: ["read"] }, { name: "late" });
    assert.equal((await rpc(late.url, list)).status, 200);
    await world.postern.stop();
    const { err } = await cli.ok(at("restore", place("one")));
    const kept = err.match(/kept in (\S+)\.\n/)[1];
    assert.ok(existsSync(join(kept, "postern.db")));
    assert.ok(!names(data).some((n) => n.endsWith(".restoring") || n.endsWith(".draft")), names(data).join());
    await world.postern.start();
    const url = (u) => u.replace(/^http:\/\/[^/]+/, world.postern.url);
    assert.equal((await rpc(url(server.url), list)).status, 200, "credentials open, URLs work");
    assert.equal((await rpc(url(late.url), list)).status, 404, "made after the backup");
    await world.postern.stop();
  });

  test("into an empty place, with the key that is in it", async () => {
    const fresh = place("fresh");
    await cli.ok(["restore", place("keyed"), "--data-dir", fresh]);
    assert.ok(names(fresh).includes("postern.key"));
    assert.equal(statSync(join(fresh, "postern.db")).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(fresh, "postern.key"), "utf8"), readFileSync(join(data, "postern.key"), "utf8"));
  });

  test("refuses what was changed, what is newer, and what is no backup", async () => {
    const before = readFileSync(join(data, "postern.db"));
    await cli.ok(at("backup", place("bent")));
    const path = join(place("bent"), "manifest.json"), whole = readFileSync(path, "utf8"), told = JSON.parse(whole);
    const bend = (change) => writeFileSync(path, JSON.stringify(change(structuredClone(told))));
    bend((m) => ((m.schema += 1), m));
    await cli.fails(5, /of a newer Postern .* this one knows schemas up to \d+/, at("restore", place("bent")));
    bend((m) => ((m.files[0].name = "../../etc/passwd"), m));
    await cli.fails(2, /a file that no backup has/, at("restore", place("bent")));
    bend((m) => ((m.files = []), m));
    await cli.fails(2, /it has no database/, at("restore", place("bent")));
    writeFileSync(path, "{");
    await cli.fails(2, /no backup/, at("restore", place("bent")));
    writeFileSync(path, whole);
    const db = readFileSync(join(place("bent"), "postern.db"));
    db[db.length - 100] ^= 1;
    writeFileSync(join(place("bent"), "postern.db"), db);
    await cli.fails(2, /its digest is another/, at("restore", place("bent")));
    await cli.fails(4, /no backup/, at("restore", place("nowhere")));
    assert.deepEqual(readFileSync(join(data, "postern.db")), before, "nothing was touched");
  });

  test("a newer database is gone on with where it was only added to, and else not started on", async () => {
    const newer = (key) => {
      const db = new DatabaseSync(join(data, "postern.db"));
      db.exec(`UPDATE meta SET value = (SELECT CAST(value AS INTEGER) + ${key === "schema" ? 1 : 0} FROM meta WHERE key = 'schema') WHERE key = '${key}'`);
      db.close();
    };
    newer("schema");
    await world.postern.start();
    await world.postern.program.waitFor(/of a newer Postern: this one, which knows \d+, goes on beside it/);
    await world.postern.stop();
    newer("floor");
    await assert.rejects(world.postern.start(), /a newer Postern has used this store/);
    await cli.ok(at("restore", place("one")));
    await world.postern.start();
  });
});
