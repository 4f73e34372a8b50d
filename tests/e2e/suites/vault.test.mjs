// SPDX-License-Identifier: Apache-2.0
// Accounts: how they come, change and go, and where their credentials do not appear.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ON_POSTGRES, storedText } from "../lib/database.mjs";
import { BINARY, Postern, Program, modern, rpc, start } from "../lib/postern.mjs";
import { listen } from "../lib/wire.mjs";
import { eventually } from "../lib/wait.mjs";

const ONE = "cfut_sandbox_one_account";
const zones = (server) => modern(server.url, "tools/call", { name: "list_all_cloudflare_zones", arguments: { name: "example.com" } });
const works = async (server) => {
  const r = await zones(server);
  assert.equal(r.status, 200, r.text);
  assert.equal(r.body.result.isError ?? false, false, r.text);
};
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

describe("accounts", () => {
  let world;
  before(async () => (world = await start()));
  after(() => world?.close());
  const create = (more) => world.api("POST", "/integrated-account", { connector: "cloudflare", name: "new", credential: { token: ONE }, base_url: world.sandbox.api, ...more });

  test("a credential that the vendor refuses is not kept, and the answer says whose word that is and what to do", async () => {
    for (const [token, said] of [["cfut_sandbox_disabled", /code 1000/], ["cfut_sandbox_expired", /expired/], ["wrong", /code 6003/], ["cfut_never_issued_to_anybody", /code 1000/]]) {
      const r = await create({ credential: { token } });
      assert.equal(r.status, 422, `${token}: ${r.text}`);
      assert.equal(r.body.error.field, "credential");
      assert.match(r.body.error.message, said);
      assert.ok(r.body.error.hint.length > 20, r.text);
      assert.ok(!r.text.includes(token), "it is not repeated");
    }
    assert.deepEqual((await world.must(200, "GET", "/integrated-account")).items, []);
  });

  test("what is wrong with a request is named: field, value, what is allowed", async () => {
    const table = [
      [{ connector: undefined }, 400, "connector"],
      [{ connector: 5 }, 400, "connector", /must be a string, not (a )?number/],
      [{ connector: "cloudfare" }, 404, "connector", /cloudfare/],
      [{ name: undefined }, 400, "name"],
      [{ name: "" }, 400, "name"],
      [{ name: "x".repeat(500) }, 400, "name"],
      [{ name: "a\nb" }, 400, "name"],
      [{ name: ["a"] }, 400, "name"],
      [{ credential: undefined }, 400, "credential"],
      [{ credential: null }, 400, "credential"],
      [{ credential: ONE }, 400, "credential"],
      [{ credential: {} }, 400, "credential.token"],
      [{ credential: { token: "" } }, 400, "credential.token"],
      [{ credential: { token: 5 } }, 400, "credential.token"],
      [{ credential: { token: "a\r\nX-A: b" } }, 400, "credential.token"],
      [{ credential: { token: "a".repeat(100_000) } }, 400, "credential.token"],
      [{ credential: { token: ONE, tokn: "x" } }, 400, "credential.tokn", /token/],
      [{ way: "oauth" }, 400, "way", /token, key/],
      [{ way: "key", credential: { token: ONE } }, 400, "credential.token", /email/],
      [{ context: [] }, 400, "context"],
      [{ context: { zone: "x" } }, 400, "context.zone"],
      [{ context: { account_id: { deep: 1 } } }, 400, "context.account_id"],
      [{ base_url: "nowhere" }, 400, "base_url"],
      [{ base_url: `${world.sandbox.api}?a=b` }, 400, "base_url"],
      [{ wey: "token" }, 400, "wey", /way/],
    ];
    for (const [more, status, field, text] of table) {
      const r = await create(more);
      assert.equal(r.status, status, `${JSON.stringify(more).slice(0, 80)}: ${r.text}`);
      assert.equal(r.body.error.field, field, r.text);
      if (text) assert.match(`${r.body.error.message} ${r.body.error.hint ?? ""}`, text);
      assert.ok(!r.text.includes(ONE), "no error repeats a credential");
      assert.ok(r.body.error.request_id);
    }
    const unreachable = await create({ base_url: "http://127.0.0.1:1" });
    assert.equal(unreachable.status, 502, unreachable.text);
    assert.deepEqual((await world.must(200, "GET", "/integrated-account")).items, []);
  });

  test("one account behind the credential settles the context, two leave a choice", async () => {
    const one = await world.account(ONE);
    assert.match(one.context.account_id, /^[0-9a-f]{32}$/);
    const members = (server) => modern(server.url, "tools/call", { name: "list_all_cloudflare_members", arguments: {} });
    const r1 = await members(await world.server(one));
    assert.equal(r1.body.result.isError ?? false, false, r1.text);

    const two = await world.account("cfut_sandbox_two_accounts");
    assert.deepEqual(two.context, {});
    assert.deepEqual(two.choices.account_id.map((c) => c.title).sort(), ["Acme Retail", "Acme Web"]);
    const server = await world.server(two);
    const r2 = await members(server);
    assert.equal(r2.body.result.isError, true);
    assert.match(r2.body.result.content[0].text, /Account context missing/);
    for (const { id, title } of two.choices.account_id) {
      assert.ok(r2.body.result.content[0].text.includes(id), r2.text);
      assert.ok(r2.body.result.content[0].text.includes(title), r2.text);
    }
    await world.must(200, "PATCH", `/integrated-account/${two.id}`, { context: { account_id: two.choices.account_id[1].id } });
    const r3 = await members(server);
    assert.equal(r3.body.result.isError ?? false, false, r3.text);
  });

  test("a name is unique, and can be changed", async () => {
    const a = await world.account();
    const b = await world.account();
    const twice = await create({ name: a.name });
    assert.equal(twice.status, 409);
    assert.equal(twice.body.error.field, "name");
    assert.match(twice.body.error.message, new RegExp(a.name));
    assert.equal((await world.api("PATCH", `/integrated-account/${b.id}`, { name: a.name })).status, 409);
    const renamed = await world.must(200, "PATCH", `/integrated-account/${b.id}`, { name: "Kundenkonto Zürich" });
    assert.equal(renamed.name, "Kundenkonto Zürich");
    assert.equal((await world.must(200, "GET", `/integrated-account/${encodeURIComponent("Kundenkonto Zürich")}`)).id, b.id);
  });

  test("a new credential replaces the old one only where the vendor takes it", async () => {
    const account = await world.account(ONE);
    const server = await world.server(account);
    const path = `/integrated-account/${account.id}`;
    for (const token of ["cfut_sandbox_disabled", "cfut_sandbox_expired", "wrong"]) assert.equal((await world.api("PATCH", path, { credential: { token } })).status, 422);
    await works(server);
    await world.must(200, "PATCH", path, { credential: { token: "cfut_sandbox_full" } });
    await world.sandbox.control("DELETE", "/requests");
    await works(server);
    const [seen] = await world.sandbox.control("GET", "/requests?last=1");
    assert.match(JSON.stringify(seen), /"full"/, "the call was made with the new one");
    const moved = await world.api("PATCH", path, { base_url: "http://127.0.0.1:1" });
    assert.equal(moved.status, 400, "the stored credential does not follow to another address");
    assert.equal(moved.body.error.field, "credential");
  });

  test("verify tells what the vendor says now, and keeps it with the account", async () => {
    const account = await world.account();
    const path = `/integrated-account/${account.id}`;
    await world.sandbox.control("POST", "/fault", { kind: "status", status: 401, body: JSON.stringify({ success: false, errors: [{ code: 1000, message: "Invalid API Token" }] }), match: {}, times: 50 });
    const refused = await world.api("POST", `${path}/verify`);
    await world.sandbox.control("DELETE", "/fault");
    assert.equal(refused.status, 422, refused.text);
    const failing = await world.must(200, "GET", path);
    assert.equal(failing.status, "failing");
    assert.match(failing.status_text, /1000/);
    const well = await world.must(200, "POST", `${path}/verify`);
    assert.equal(well.status, "ok");
    assert.equal(well.status_text, null);
  });

  test("deleting closes servers and open streams, and destroys the credential", async () => {
    const account = await world.account();
    const servers = [await world.server(account), await world.server(account)];
    const streams = await Promise.all(servers.map((s) => listen(s.url)));
    for (const s of streams) assert.equal((await s.next()).method, "notifications/subscriptions/acknowledged");
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    for (const s of servers) assert.equal((await rpc(s.url, ping)).status, 404);
    for (const s of streams) await s.end();
    assert.equal((await world.api("GET", `/integrated-account/${account.id}`)).status, 404);
    assert.equal((await world.api("DELETE", `/integrated-account/${account.id}`)).status, 404);
    assert.ok((await world.must(200, "GET", "/mcp-server?limit=1000")).items.every((s) => s.account_id !== account.id));
  });
});

describe("the key", () => {
  const serve = (postern, args = []) => new Program(BINARY, ["serve", "--config", join(postern.folder, "postern.yaml"), ...args]);

  test("a key file that others can read is refused, saying which and what to do", async (t) => {
    const postern = await new Postern().start();
    t.after(() => postern.close());
    await postern.stop();
    const file = join(postern.folder, "data/postern.key");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    for (const mode of [0o644, 0o640, 0o604, 0o660]) {
      chmodSync(file, mode);
      const again = serve(postern);
      const { code } = await again.exited;
      assert.ok(code > 0, again.output);
      assert.match(again.output, new RegExp(`postern\\.key.*0${mode.toString(8)}`));
      assert.match(again.output, /chmod 600|0600/);
    }
    chmodSync(file, 0o600);
    await postern.start();
  });

  test("a damaged key file is refused and stays as it is", async (t) => {
    const postern = await new Postern().start();
    t.after(() => postern.close());
    await postern.stop();
    const file = join(postern.folder, "data/postern.key");
    const good = readFileSync(file);
    for (const bad of ["", "x\n", "k1 abcd\n", good.toString().replace(/.\n$/, "\n"), good.toString().replace(/.\n$/, "z\n"), Buffer.alloc(100_000)]) {
      writeFileSync(file, bad);
      const again = serve(postern);
      assert.ok((await again.exited).code > 0, again.output);
      assert.deepEqual(readFileSync(file), Buffer.from(bad));
    }
  });

  test("under a wrong key the accounts sealed with another say so, and new ones work", async (t) => {
    const world = await start();
    t.after(() => world.close());
    const file = join(world.postern.folder, "data/postern.key");
    const old = await world.account();
    const oldServer = await world.server(old);
    await world.postern.stop();
    renameSync(file, `${file}.away`);
    await world.postern.start();
    const api = (...args) => world.postern.must(...args);
    const failing = await api(200, "GET", `/integrated-account/${old.id}`);
    assert.equal(failing.status, "failing");
    assert.match(failing.status_text, /does not open|key/);
    const fresh = await world.account();
    await works({ url: (await world.server(fresh)).url });
    const call = await rpc(oldServer.url.replace(/\/\/[^/]+/, `//${new URL(world.postern.url).host}`), { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "list_all_cloudflare_zones", arguments: {} } });
    assert.ok(call.status === 404 || call.body.result.isError, call.text);
    // With both keys in the file all are well again.
    await world.postern.stop();
    writeFileSync(file, readFileSync(`${file}.away`, "utf8") + readFileSync(file, "utf8"), { mode: 0o600 });
    await world.postern.start();
    assert.equal((await api(200, "GET", `/integrated-account/${old.id}`)).status, "ok");
    assert.equal((await api(200, "GET", `/integrated-account/${fresh.id}`)).status, "ok");
  });

  test("rotating reseals everything while calls run", async (t) => {
    const world = await start();
    t.after(() => world.close());
    const accounts = await Promise.all([1, 2, 3].map(() => world.account()));
    const servers = await Promise.all(accounts.map((a) => world.server(a)));
    const file = join(world.postern.folder, "data/postern.key");
    let running = true;
    let calls = 0;
    const callers = servers.map(async (server) => {
      for (let i = 0; running && i < 2000; i++, calls++) await works(server);
    });
    const before = (await world.must(200, "GET", "/status")).key;
    let last;
    for (let i = 0; i < 5; i++) {
      const enough = calls + 6;
      last = await world.must(200, "POST", "/key/rotate");
      assert.equal(last.resealed, 3);
      await eventually("calls go on", () => calls >= enough);
    }
    running = false;
    await Promise.all(callers);
    assert.notEqual(last.key, before);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    // Only the last key is needed from now on.
    await world.postern.stop();
    writeFileSync(file, `${readFileSync(file, "utf8").trim().split("\n").at(-1)}\n`);
    await world.postern.start();
    for (const a of accounts) assert.equal((await world.postern.must(200, "POST", `/integrated-account/${a.id}/verify`)).status, "ok");
  });
});

describe("nothing in clear", () => {
  let world, secrets;
  before(async () => {
    world = await start({ settings: { log_level: "debug", log_format: "json" } });
    const account = await world.account(ONE);
    const server = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    const client = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    const bearer = { headers: { authorization: `Bearer ${client.token}` } };
    for (let i = 0; i < 20; i++) assert.equal((await modern(server.url, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} }, bearer)).status, 200);
    await world.api("POST", "/integrated-account", { connector: "cloudflare", name: "refused", credential: { token: "cfut_refused_but_secret_all_the_same" }, base_url: world.sandbox.api });
    await rpc(`${server.url}x`, ping, bearer.headers);
    await world.sandbox.control("POST", "/fault", { kind: "drop", match: { path: "/zones" }, times: 1 });
    await modern(server.url, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} }, bearer);
    await world.must(200, "POST", "/key/rotate");
    secrets = {
      "the credential": ONE,
      "a refused credential": "cfut_refused_but_secret_all_the_same",
      "the server's token": server.url.split("/").at(-1),
      "a client's token": client.token,
      "the admin token": world.postern.token,
      "the sealing key": readFileSync(join(world.postern.folder, "data/postern.key"), "utf8").trim().split(/\s+/).at(-1),
    };
  });
  after(() => world?.close());

  const assertAbsent = (bytes, where) => {
    for (const [name, secret] of Object.entries(secrets))
      for (const form of [secret, Buffer.from(secret).toString("base64").replace(/=+$/, ""), encodeURIComponent(secret), Buffer.from(secret).toString("hex")])
        assert.ok(!bytes.includes(form), `${name} stands in ${where}`);
  };

  test("not in the database files while it runs, and tokens as hashes only", async () => {
    await eventually("the audit is written", async () => (await world.must(200, "GET", "/audit?action=key.rotate")).items.length > 0);
    const folder = join(world.postern.folder, "data");
    const files = readdirSync(folder).filter((f) => f !== "postern.key");
    assert.ok(ON_POSTGRES || (files.includes("postern.db") && files.includes("postern.db-wal")), files.join());
    for (const f of files) {
      const bytes = readFileSync(join(folder, f));
      assertAbsent(bytes, f);
      assert.equal(statSync(join(folder, f)).mode & 0o077, 0, `${f} is for its owner alone`);
    }
    // That the search would find something: what may stand there does.
    const all = storedText(world.postern);
    assertAbsent(all, "the database");
    const { createHash } = await import("node:crypto");
    for (const name of ["the server's token", "a client's token", "the admin token"]) assert.ok(all.includes(createHash("sha256").update(secrets[name]).digest("hex")), `the hash of ${name}`);
  });

  test("not in the log at its most talkative", () => {
    const log = world.postern.program.output.split("\n").filter((line) => line.startsWith("{")).join("\n");
    assert.match(log, /"level":"debug"/);
    assertAbsent(log, "the log");
    const plain = world.postern.program.output.split("\n").filter((line) => !line.startsWith("{")).join("\n");
    assert.ok(plain.includes(world.postern.token), "the admin token was printed, once, for people");
  });

  test("not in any answer of the management API", async () => {
    for (const path of ["/integrated-account", "/mcp-server", "/api-token", "/audit?limit=1000", "/status", "/metrics", "/whoami", "/connector/cloudflare", "/openapi.json"]) assertAbsent((await world.api("GET", path)).text, path);
  });

  test("not in the process's environment or command line", () => {
    const { pid } = world.postern.program.child;
    for (const f of ["environ", "cmdline"]) assertAbsent(readFileSync(`/proc/${pid}/${f}`), f);
  });

  test("the sealing key is kept out even of a dump forced by root", (t) => {
    const { pid } = world.postern.program.child;
    const core = join(world.postern.folder, "forced");
    const made = spawnSync("gcore", ["-o", core, String(pid)]);
    if (made.status !== 0) return t.skip("gcore is not here or may not attach");
    const bytes = readFileSync(`${core}.${pid}`);
    assert.ok(bytes.includes("list_all_cloudflare_zones"), "the dump is one");
    assert.ok(!bytes.includes(secrets["the sealing key"]));
    assert.ok(!bytes.includes(Buffer.from(secrets["the sealing key"], "hex")), "nor in its binary form");
  });

  test("a crash leaves no core dump", async (t) => {
    const cwd = world.postern.folder;
    const crash = async (command) => {
      const program = new Program("sh", ["-c", `ulimit -c unlimited && exec "$@"`, "sh", ...command], { cwd });
      if (command[0] === BINARY) await program.waitFor(/answers on/);
      else await eventually("it runs", () => readFileSync(`/proc/${program.child.pid}/cmdline`, "utf8").startsWith("sleep"));
      program.child.kill("SIGABRT");
      return program.exited;
    };
    const cores = () => readdirSync(cwd).filter((f) => /^core/.test(f));
    await crash(["sleep", "60"]);
    if (cores().length === 0) return t.skip("this system writes no core dumps here");
    const before = cores().map((f) => [f, statSync(join(cwd, f)).mtimeMs]);
    await world.postern.stop();
    const { signal } = await crash([BINARY, "serve", "--config", join(cwd, "postern.yaml")]);
    assert.equal(signal, "SIGABRT");
    assert.deepEqual(cores().map((f) => [f, statSync(join(cwd, f)).mtimeMs]), before);
    assert.ok(!existsSync(join(cwd, "data/core")));
  });
});
