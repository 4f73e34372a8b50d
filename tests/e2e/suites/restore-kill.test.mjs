// SPDX-License-Identifier: Apache-2.0
// kill -9 in the middle of `postern restore`, before each of its steps on the disk: what is there afterwards is the old
// installation or the restored one, whole; it starts, and the next restore goes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { commands } from "../lib/command.mjs";
import { ONLY_SQLITE } from "../lib/database.mjs";
import { rpc, start } from "../lib/postern.mjs";

const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const skip = ONLY_SQLITE;
let world, cli, data, library, first, late;
const place = (name) => join(world.postern.folder, name);

before(async () => {
  if (skip) return;
  world = await start();
  data = world.postern.settings.data_dir;
  cli = commands({ HOME: world.postern.folder });
  library = place("kill-at.so");
  const [compiler, ...args] = (process.env.CC ?? "cc").split(" ");
  execFileSync(compiler, [...args, "-shared", "-fPIC", "-O1", "-o", library, fileURLToPath(new URL("../lib/kill-at.c", import.meta.url))]);
  const account = await world.account();
  first = await world.server(account, { methods: ["read"] });
  await cli.ok(["backup", place("backup"), "--data-dir", data, "--with-key"]);
  late = await world.server(account, { methods: ["read"] }, { name: "late" });
  await world.postern.stop("SIGKILL"); // so that its log is not folded in
  assert.ok(readFileSync(join(data, "postern.db-wal")).length > 0);
  cpSync(data, place("template"), { recursive: true });
});
after(() => world?.close());

function again(template = "template") {
  rmSync(data, { recursive: true, force: true });
  cpSync(place(template), data, { recursive: true });
}
const restore = (at) => cli.run(["restore", place("backup"), "--data-dir", data], { env: at ? { LD_PRELOAD: library, POSTERN_TEST_KILL_AT: `${at}` } : {} });
const kept = () => readdirSync(data).filter((name) => name.startsWith("replaced-")).map((name) => join(data, name));
function serversOf(folder) {
  const db = new DatabaseSync(join(folder, "postern.db"));
  try {
    assert.equal(db.prepare("PRAGMA integrity_check").get().integrity_check, "ok");
    return db.prepare("SELECT name FROM server ORDER BY name").all().map((row) => row.name).join();
  } finally {
    db.close();
  }
}
const here = (server) => world.postern.url + new URL(server.url).pathname;
async function starts(which) {
  const { token } = world.postern;
  await world.postern.start();
  world.postern.token = token;
  assert.equal((await rpc(here(first), list)).status, 200);
  assert.equal((await rpc(here(late), list)).status, which === "old" ? 200 : 404);
  await world.postern.stop();
}

test("before each step: the old one or the new one", { skip }, async (t) => {
  const OLD = [first.name, "late"].toSorted().join(), NEW = first.name, seen = [];
  for (let at = 1; ; at++) {
    again();
    const r = await restore(at);
    if (r.code === 0) break;
    assert.equal(r.code, "SIGKILL", r.err);
    const is = serversOf(data);
    assert.ok([OLD, NEW].includes(is), `killed before step ${at}: ${is}`);
    if (is === NEW) assert.equal(serversOf(kept()[0]), OLD, "what it replaced is kept");
    seen.push(is === NEW ? "new" : "old");
    const turn = seen.at(-2) !== seen.at(-1);
    if (turn || at % 10 === 0) await starts(seen.at(-1)); // and mends or removes nothing that the next one needs
    if (turn || at % 5 === 0) {
      assert.equal((await restore()).code, 0, `after a kill before step ${at}`);
      assert.equal(serversOf(data), NEW);
      assert.ok(!readdirSync(data).some((name) => /\.(restoring|draft)/.test(name)), readdirSync(data).join());
    }
  }
  t.diagnostic(`${seen.length} moments, ${seen.filter((s) => s === "old").length} of them before the new one was in its place`);
  assert.ok(seen.length > 20 && seen.includes("old") && seen.includes("new"), seen.join());
});

test("one that is damaged is kept with its log, at each moment", { skip }, async () => {
  again();
  const db = readFileSync(join(data, "postern.db")).fill("x", 0, 200), log = readFileSync(join(data, "postern.db-wal")).fill("x", 0, 200);
  writeFileSync(join(data, "postern.db"), db);
  writeFileSync(join(data, "postern.db-wal"), log);
  cpSync(data, place("damaged"), { recursive: true });
  const is = (path, bytes) => existsSync(path) && readFileSync(path).equals(bytes);
  for (let at = 1; ; at++) {
    again("damaged");
    const r = await restore(at);
    if (r.code !== 0) assert.equal(r.code, "SIGKILL", r.err);
    const places = [data, ...kept()].map((folder) => join(folder, "postern.db"));
    assert.ok(places.some((path) => is(path, db)), `killed before step ${at}: the database is kept`);
    assert.ok(places.some((path) => is(`${path}-wal`, log)), `killed before step ${at}: its log is kept`);
    if (!is(places[0], db)) assert.equal(serversOf(data), first.name);
    if (r.code === 0) break;
  }
});

test("one that another program reads is left alone, log and all", { skip }, async () => {
  again();
  const reader = new DatabaseSync(join(data, "postern.db"));
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM server").get();
  const before = readdirSync(data).toSorted();
  const r = await restore();
  assert.equal(r.code, 9, r.err);
  assert.match(r.err, /close what else has it open/);
  assert.deepEqual(readdirSync(data).toSorted(), before);
  reader.close();
  assert.equal((await restore()).code, 0);
  assert.equal(serversOf(data), first.name);
});
