// SPDX-License-Identifier: Apache-2.0
// The first admin token, and the last: a start that fails swallows none, the machine's own user can make another, and
// nobody revokes what is still needed.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { commands } from "../lib/command.mjs";
import { BINARY, Postern, Program } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const file = (postern) => join(postern.folder, "postern.yaml");
async function failing(postern, settings = {}, args = []) {
  writeFileSync(file(postern), JSON.stringify({ ...postern.settings, ...settings }));
  const program = new Program(BINARY, ["serve", "--config", file(postern), ...args]);
  const { code } = await program.exited;
  assert.ok(code > 0, program.output);
  assert.doesNotMatch(program.output, /psk_/, "a start that failed showed a token");
}

describe("a start that fails", () => {
  let postern;
  before(() => (postern = new Postern()));
  after(() => postern?.close());

  test("makes no token, whatever failed: the first that works shows it", async () => {
    const taken = net.createServer().listen(0, "127.0.0.1");
    await new Promise((r) => taken.once("listening", r));
    await failing(postern, { listen: `127.0.0.1:${taken.address().port}` });
    taken.close();
    await failing(postern, { listen: "127.0.0.1:none" });
    await failing(postern, { listen: "192.0.2.1:0", allow_plain: true }); // an address of no machine
    await failing(postern, {}, ["--lisen", "127.0.0.1:0"]);
    await failing(postern, { tls_cert: "/nowhere.crt", tls_key: "/nowhere.key" });
    await failing(postern, { upstream_ca: "/nowhere.pem" });
    writeFileSync(join(postern.folder, "plain-file"), "");
    await failing(postern, { data_dir: join(postern.folder, "plain-file", "data") });
    await postern.start();
    assert.match(postern.token ?? "", /^psk_/);
    assert.equal((await postern.api("GET", "/whoami")).status, 200);
  });

  test("a second process on the same folder takes nothing either, and the next start shows none", async () => {
    const second = new Program(BINARY, ["serve", "--config", file(postern)]);
    assert.ok((await second.exited).code > 0);
    assert.doesNotMatch(second.output, /psk_/);
    await postern.stop();
    await postern.start();
    assert.doesNotMatch(postern.program.output, /psk_/);
    assert.equal((await postern.api("GET", "/whoami")).status, 200);
  });
});

describe("token recover", () => {
  let postern, cli;
  before(async () => {
    postern = await new Postern().start();
    cli = commands({ HOME: postern.folder });
  });
  after(() => postern?.close());
  const recover = async (more = []) => (await cli.ok(["token", "recover", "--config", file(postern), ...more])).out.trim();
  const works = async (token) => (await postern.api("GET", "/status", undefined, { token })).status === 200;

  test("while the server runs: it takes the token, and the audit has a row", async () => {
    const { out, err } = await cli.ok(["token", "recover", "--config", file(postern), "--name", "found again"]);
    assert.match(out, /^psk_\S+\n$/);
    assert.match(err, /running server takes it/);
    await eventually("the server takes it", () => works(out.trim()));
    assert.ok((await postern.must(200, "GET", "/api-token")).items.some((t) => t.name === "found again" && t.role === "admin"));
    const [row] = (await postern.must(200, "GET", "/audit?action=token.recover")).items;
    assert.match(row.actor, /^local:uid \d+$/);
    assert.match(row.detail, /^tok_/);
    await postern.program.waitFor(/postern token recover/); // the log says so
  });
  test("while it does not: with the next start", async () => {
    await postern.stop();
    const token = await recover();
    await postern.start();
    assert.doesNotMatch(postern.program.output, /psk_/);
    assert.equal(await works(token), true);
  });
  test("needs the key and the database of the server, and makes neither", async () => {
    await cli.fails(4, /no key in .*no Postern has started/s, ["token", "recover", "--config", file(postern), "--data-dir", join(postern.folder, "elsewhere")]);
    const other = join(postern.folder, "other");
    mkdirSync(other, { mode: 0o700 });
    await cli.ok(["key", "create", join(other, "postern.key")]);
    const strange = (await cli.ok(["token", "recover", "--config", file(postern), "--key-file", join(other, "postern.key")])).out.trim();
    await postern.stop();
    await postern.start();
    assert.equal(await works(strange), false, "a token that another key stamped lets nobody in");
    await cli.fails(2, /did you mean --data-dir/, ["token", "recover", "--data-dri", other]);
  });
});

describe("the last admin token", () => {
  let postern, cli;
  const folder = mkdtempSync(join(tmpdir(), "postern-first-"));
  before(async () => {
    postern = await new Postern().start();
    cli = commands({ HOME: folder, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token });
  });
  after(async () => {
    await postern?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("stays, also where others are there that expire", async () => {
    await cli.fails(5, /last admin token;/, ["token", "revoke", "first", "--yes"]);
    await cli.ok(["token", "create", "--role", "admin", "--name", "for a day", "--expires-in", "1d"]);
    await cli.ok(["token", "create", "--role", "client", "--name", "no admin"]);
    await cli.fails(5, /last admin token that does not expire.*without an expiry first/s, ["token", "revoke", "first", "--yes"]);
    await cli.ok(["token", "revoke", "for a day", "--yes"]);
  });
  test("one's own is asked for; scripts say --yes", async () => {
    const own = await cli.json(["token", "create", "--role", "admin", "--name", "mine"]);
    const env = { POSTERN_TOKEN: own.token };
    await cli.fails(2, /itself uses.*--yes/s, ["token", "revoke", "mine"], { env });
    const no = await cli.typed(["token", "revoke", "mine"], [[/itself uses.*\[y\/N\]/s, ""]], { env });
    assert.equal(no.code, 8, no.out);
    await cli.ok(["status"], { env });
    const yes = await cli.typed(["token", "revoke", "mine"], [[/\[y\/N\]/, "y"]], { env });
    assert.equal(yes.code, 0, yes.out);
    await cli.fails(3, /unknown, revoked or expired/, ["status"], { env });
  });
});
