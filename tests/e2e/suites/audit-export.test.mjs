// SPDX-License-Identifier: Apache-2.0
// The audit as a file: all of it, oldest first, each row once, also when it is stopped in the middle; and what has gone, by
// the name that it had.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { commands } from "../lib/command.mjs";
import { database } from "../lib/database.mjs";
import { start } from "../lib/postern.mjs";

const ROWS = 2600;
let world, cli;
before(async () => {
  world = await start();
  await world.postern.stop();
  const began = Date.now() - 5_000_000, db = database(world.postern);
  const row = (i) => `('aud_0aaaaaaaa${String(i).padStart(11, "0")}', ${began + i}, 'tok_1', 'robot', '=cmd|calc', '192.0.2.1', 'tools/call', 'srv_gone', 'archive', 'acc_gone', '${i < 1000 ? "before" : "after"}', 'list_things', '{"zone_id":"string(32)"}', '${i % 100 ? "ok" : "denied"}', 200, 1, 'req_1', 'row ${i}', '')`;
  db.exec(`INSERT INTO audit (id, at, actor, actor_name, client, address, action, server_id, server_name, account_id, account_name, tool, arguments, outcome, status, elapsed_us, request_id, detail, url)
    VALUES ${Array.from({ length: ROWS }, (_, i) => row(i + 1)).join()}`);
  db.exec("INSERT INTO audit_span SELECT min(id), max(id), min(at), max(at) FROM audit WHERE id LIKE 'aud_0aaaaaaaa%'");
  db.exec("INSERT INTO audit_name (kind, name, id) VALUES ('account', 'before', 'acc_gone'), ('account', 'after', 'acc_gone'), ('server', 'archive', 'srv_gone'), ('actor', 'robot', 'tok_1')");
  db.close();
  await world.postern.start();
  cli = commands({ HOME: world.postern.folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
});
after(() => world?.close());

const lines = (text) => text.split("\n").slice(0, -1);
const exported = async (...words) => lines((await cli.ok(["audit", "export", ...words])).out).map((line) => JSON.parse(line));

describe("audit export", () => {
  test("gives all rows, oldest first, as the API has them", async () => {
    const all = await exported();
    const listed = [];
    for (let next = "/audit?limit=1000"; next; ) {
      const page = await world.must(200, "GET", next.replace(/^\/api\/v1/, ""));
      listed.push(...page.items);
      next = page.next;
    }
    assert.ok(all.length >= ROWS, `${all.length} rows`);
    assert.deepEqual(all.slice(0, ROWS), listed.reverse().slice(0, ROWS));
    assert.equal(new Set(all.map((e) => e.id)).size, all.length);
  });

  test("goes on behind an entry", async () => {
    const all = await exported("--server", "archive");
    assert.equal(all.length, ROWS);
    assert.deepEqual(await exported("--server", "archive", "--after", all[1234].id), all.slice(1235));
    assert.deepEqual((await cli.ok(["audit", "export", "--server", "archive", "--after", all.at(-1).id])).out, "");
  });

  test("filters, by names that nothing has any more", async () => {
    assert.equal((await exported("--account", "before")).length, 999);
    assert.equal((await exported("--account", "after")).length, ROWS - 999);
    assert.equal((await exported("--account", "acc_gone", "--outcome", "denied")).length, 26);
    assert.equal((await exported("--actor", "tok_1", "--until", "2h")).length, 0);
    await cli.fails(2, /no row has "befor"/, ["audit", "export", "--account", "befor"]);
  });

  test("as CSV, in which no cell is a formula", async () => {
    const text = lines((await cli.ok(["audit", "export", "--format", "csv", "--server", "archive"])).out);
    assert.equal(text.length, ROWS + 1);
    assert.match(text[0], /^id,at,actor,actor_name,client,/);
    assert.match(text[1], /^aud_\w+,20[^,]+,tok_1,robot,"'=cmd\|calc",/);
    assert.ok(text[1].includes('"{""zone_id"":""string(32)""}"'), text[1]);
    await cli.fails(2, /--format takes one of jsonl\|csv/, ["audit", "export", "--format", "xml"]);
  });

  test("of an editor, what she may see", async () => {
    const editor = await world.must(201, "POST", "/api-token", { name: "ed", role: "editor" });
    const text = (await cli.ok(["audit", "export"], { env: { POSTERN_TOKEN: editor.token } })).out;
    assert.equal(text, "", text.slice(0, 500));
  });
});
