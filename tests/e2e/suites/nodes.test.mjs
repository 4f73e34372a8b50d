// SPDX-License-Identifier: Apache-2.0
// Several nodes on one PostgreSQL: what one changes all follow, what runs once runs once, and what a node had that died
// goes on at another. With a PostgreSQL of this suite's own.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { Clock } from "../lib/clock.mjs";
import { skip, startDatabase } from "../lib/cluster.mjs";
import { PSQL, psql } from "../lib/database.mjs";
import { startModel } from "../lib/model.mjs";
import { startWire } from "../lib/database-wire.mjs";
import { makeNode, startNodes } from "../lib/nodes.mjs";
import { call, said, startVendors, startWithVendors, toolNames } from "../lib/oauth.mjs";
import { BINARY, modern, Postern, startSandbox } from "../lib/postern.mjs";
import { person, register, signIn } from "../lib/sign-in.mjs";
import { eventually } from "../lib/wait.mjs";

const PARTS = 16, // of feeds, and of tiles: node/duty.h
  DUTIES = 3 + 2 * PARTS;

const status = (node) => node.must(200, "GET", "/status");

describe("nodes come and go", { skip }, () => {
  let db, nodes;
  before(async () => {
    db = await startDatabase();
    nodes = await startNodes(db.make(), 2);
  });
  after(async () => {
    await nodes?.close();
    await db?.close();
  });

  test("each lists all that live, with version, lag and load", async () => {
    const [one, two] = await Promise.all(nodes.all.map(status));
    assert.notEqual(one.node, two.node);
    assert.deepEqual(one.nodes.map((n) => n.id), two.nodes.map((n) => n.id));
    for (const n of one.nodes) {
      assert.equal(n.version, one.version);
      assert.ok(n.host && n.started_at && n.lag >= 0 && n.running >= 0 && n.cpu >= 0, JSON.stringify(n));
    }
    const { POSTERN_URL, POSTERN_TOKEN } = { POSTERN_URL: nodes.all[0].url, POSTERN_TOKEN: nodes.all[0].token };
    assert.match(execFileSync(BINARY, ["status"], { encoding: "utf8", env: { ...process.env, POSTERN_URL, POSTERN_TOKEN } }), new RegExp(two.node));
  });

  test("one that stops is gone at once, one that is killed within seconds", async () => {
    const third = await nodes.add();
    await nodes.known(3);
    nodes.all.pop();
    await third.stop();
    await nodes.known(2);
    const fourth = await nodes.add();
    await nodes.known(3);
    await nodes.kill(fourth);
    await nodes.known(2);
    await fourth.close();
  });

  test("one with another key is refused, and changes nothing", async () => {
    const { store } = nodes.all[0].settings;
    const dump = () => db.sql.call(null, "SELECT 1") && execFileSync(PSQL, ["-XAtq", "-c", "SELECT id, stamp FROM api_token ORDER BY id", store], { encoding: "utf8" });
    const was = dump();
    const stranger = new Postern({ store });
    await assert.rejects(stranger.start(), /a Postern with another key uses this database/);
    await stranger.close();
    assert.equal(dump(), was);
    await nodes.known(2);
  });

  test("keys are not changed while each node has its own copy", async () => {
    const r = await nodes.all[0].api("POST", "/key/rotate");
    assert.equal(r.status, 409, r.text);
    assert.match(r.body.error.message, /2 nodes/);
  });

  test("what must be alone is refused while a node runs", () => {
    const { store } = nodes.all[0].settings;
    assert.throws(() => execFileSync(BINARY, ["store", "copy", store, db.make()], { stdio: "pipe" }), (e) => /another Postern uses this database/.test(e.stderr));
  });

  test("after a kill of all, one with another key may begin anew", async () => {
    const store = db.make();
    const first = await new Postern({ store }).start();
    await first.stop("SIGKILL");
    const other = await makeNode(store).start();
    await eventually("it is alone", async () => db.sql && execFileSync(PSQL, ["-XAtqc", "SELECT count(*) FROM node", store], { encoding: "utf8" }).trim() === "1");
    await other.close();
    await first.close();
  });
});

describe("what one changes the others follow", { skip }, () => {
  let db, world, nodes, vendors, sandbox, one, two, account;
  before(async () => {
    db = await startDatabase();
    vendors = await startVendors();
    const store = db.make();
    world = await startWithVendors({ vendors, settings: { store } });
    nodes = await startNodes(store, 2, {}, world.postern);
    [one, two] = nodes.all;
    sandbox = await startSandbox();
    account = await one.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  });
  after(async () => {
    await nodes?.close();
    await world?.close();
    await sandbox?.close();
    await vendors?.close();
    await db?.close();
  });

  const server = (over = account, more = {}) => one.must(201, "POST", `/integrated-account/${over.id}/mcp`, { name: `server-${++made}`, config: { methods: ["read"] }, ...more });
  const at = (node, made) => node.url + new URL(made.url).pathname;
  const lists = async (node, made) => (await modern(at(node, made), "tools/list")).status;
  // Until it is so; how long it took, in ms.
  const until = async (what, ask) => {
    const began = performance.now();
    await eventually(what, ask, { every: 1 });
    return performance.now() - began;
  };
  let made = 0;

  test("a server is there, and revoked: how long that takes", async (t) => {
    const times = { made: [], revoked: [] };
    for (let i = 0; i < 30; i++) {
      const s = await server();
      times.made.push(await until("it is there", async () => (await lists(two, s)) === 200));
      await one.must(204, "DELETE", `/mcp-server/${s.id}`);
      times.revoked.push(await until("it is revoked", async () => (await lists(two, s)) !== 200));
    }
    for (const [what, all] of Object.entries(times)) {
      all.sort((a, b) => a - b);
      t.diagnostic(`${what} at one node, seen at the other: p50 ${all[all.length >> 1].toFixed(1)} ms, most ${all.at(-1).toFixed(1)} ms`);
    }
  });

  test("what one answered is there at the other, asked at once", async () => {
    for (let i = 0; i < 40; i++) {
      const [here, there] = i % 2 ? [one, two] : [two, one];
      const mine = await here.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: `mine ${i}`, credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
      const s = await there.must(201, "POST", `/integrated-account/${mine.id}/mcp`, { name: `of mine ${i}` });
      await here.must(200, "PATCH", `/mcp-server/${s.id}`, { name: `renamed ${i}` });
      assert.equal((await there.must(200, "GET", `/mcp-server/${s.id}`)).name, `renamed ${i}`);
      const program = { version: 1, steps: [{ id: "zones", account: mine.id, tool: "list_all_cloudflare_zones" }], results: { n: "SELECT count(*) AS n FROM zones" } };
      const kept = await here.must(201, "POST", "/stored-program", { name: `mine ${i}`, program });
      await there.must(204, "DELETE", `/stored-program/${kept.id}`);
      await here.must(204, "DELETE", `/integrated-account/${mine.id}`);
      await there.must(404, "GET", `/mcp-server/${s.id}`);
    }
  });

  test("accounts, API tokens, people", async () => {
    const token = await two.must(201, "POST", "/api-token", { name: "made at two", role: "admin" });
    const asks = async (node) => (await node.api("GET", "/whoami", undefined, { token: token.token })).status;
    await until("the token opens", async () => (await asks(one)) === 200);
    await one.must(204, "DELETE", `/api-token/${token.id}`);
    await until("the token is revoked", async () => (await asks(two)) === 401);
    const user = await one.must(201, "POST", "/user", { name: "ada", role: "viewer" });
    await until("she is known", async () => (await two.must(200, "GET", "/user")).items.some((u) => u.id === user.id));
    await one.must(200, "PATCH", `/integrated-account/${account.id}`, { name: "acme renamed" });
    await until("the name is the new one", async () => (await two.must(200, "GET", `/integrated-account/${account.id}`)).name === "acme renamed");
    await one.must(200, "PATCH", `/integrated-account/${account.id}`, { name: "acme" });
  });

  test("language models", async () => {
    const model = await startModel({ key: "sk-key" });
    const names = async (node) => (await node.must(200, "GET", "/engines")).items.map((e) => e.name);
    await one.must(201, "POST", "/engines", { name: "main", kind: "chat", model: "good", base_url: `${model.origin}/v1`, key: "sk-key" });
    await until("it is listed", async () => (await names(two)).includes("main"));
    await two.must(204, "DELETE", "/engines/main");
    await until("it is gone", async () => !(await names(one)).includes("main"));
    await model.close();
  });

  test("kept programs, and where they are tools", async () => {
    const program = { version: 1, steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }], results: { n: "SELECT count(*) AS n FROM zones" }, title: "How many" };
    const kept = await one.must(201, "POST", "/stored-program", { name: "how many", program });
    await until("it is kept at the other", async () => (await two.api("GET", `/stored-program/${kept.id}`)).status === 200);
    const s = await server();
    const tools = async (node) => (await modern(at(node, s), "tools/list")).body?.result?.tools.map((t) => t.name) ?? [];
    await until("the server is there", async () => (await tools(two)).length > 0);
    await one.must(201, "POST", `/mcp-server/${s.id}/program`, { program: kept.id, as: "how_many" });
    await until("it is a tool at the other", async () => (await tools(two)).includes("how_many"));
    const r = await modern(at(two, s), "tools/call", { name: "how_many", arguments: {} });
    assert.ok(!r.body.result.isError, r.text);
    await two.must(204, "DELETE", `/stored-program/${kept.id}`);
    await until("it is gone", async () => (await one.api("GET", `/stored-program/${kept.id}`)).status === 404);
  });

  test("imported connectors, replaced and removed", async () => {
    const definition = { name: "things", label: "Things", kind: "rest", base_url: sandbox.url, auth: [{ id: "key", label: "Key", send: [{ in: "header", name: "X-Key", value: "{key}" }], fields: [{ name: "key", label: "Key", secret: true }] }] };
    const document = (name) => JSON.stringify({ openapi: "3.0.0", info: { title: "T", version: "1" }, paths: { [`/${name}`]: { get: { operationId: `list_${name}`, responses: { 200: { description: "ok" } } } } } });
    const put = (name, status) => one.must(status, "POST", "/connector", { definition, document: document(name) });
    await put("apples", 201);
    await until("it is known", async () => (await two.api("GET", "/connector/things")).status === 200);
    const of = await two.must(201, "POST", "/integrated-account", { connector: "things", name: "mine", credential: { key: "k" } });
    const s = await server(of);
    const tools = async (node) => (await modern(at(node, s), "tools/list")).body?.result?.tools.map((t) => t.name).join() ?? "";
    await until("its tools are there", async () => /apples/.test(await tools(two)));
    await put("pears", 201);
    await until("its tools are others", async () => /pears/.test(await tools(two)) && !/apples/.test(await tools(two)));
    await one.must(204, "DELETE", `/integrated-account/${of.id}`);
    await one.must(204, "DELETE", "/connector/things");
    await until("it is gone", async () => (await two.api("GET", "/connector/things")).status === 404);
  });

  test("sign-ins of AI clients end everywhere", async () => {
    const s = await server(account, { slug: "everybody", sign_in: { groups: ["staff"] } });
    const here = { postern: one, must: one.must.bind(one) };
    const ada = await person(here, "ada of staff", { groups: ["staff"] }), client = await register(here);
    const opens = async (node, tokens) => (await modern(`${node.url}/mcp/everybody`, "tools/list", {}, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status;
    for (const known of [true, false]) {
      const tokens = await signIn(here, ada, client, s.sign_in_url);
      assert.equal(await opens(one, tokens), 200);
      if (known) await until("it opens at the other", async () => (await opens(two, tokens)) === 200);
      const r = await fetch(`${one.url}/oauth/revoke`, { method: "POST", body: new URLSearchParams({ token: tokens.refresh_token, client_id: client.client_id }) });
      assert.equal(r.status, 200, await r.text());
      await until("it has ended at the other", async () => (await opens(two, tokens)) === 401);
    }
  });

  test("tokens are renewed once, and both nodes have them", async () => {
    const { account: by } = await world.connect("arcjet"); // whose second use of a refresh token ends the grant
    const s = await world.server(by);
    const servers = [one, two].map((node) => ({ url: at(node, s) }));
    for (const there of servers) await until("it works", async () => !(await call(there, "list-teams").catch(() => ({ isError: true }))).isError);
    await vendors.expire("arcjet");
    await vendors.control("arcjet", "DELETE", "counters");
    await vendors.fault("arcjet", "slow", { grant: "refresh_token" }, { delay_ms: 300 }); // so that both want it
    const results = await Promise.all(Array.from({ length: 40 }, (_, k) => call(servers[k % 2], "list-teams")));
    assert.deepEqual(results.filter((r) => r.isError).map(said), []);
    const c = await vendors.counters("arcjet");
    assert.deepEqual([c.token.refresh_token, c.refreshes, c.token_refused.invalid_grant ?? 0], [1, 1, 0], "one refresh, and none refused");
  });
});

describe("an account whose tools the database does not give at once", { skip }, () => {
  let db, nodes, sandbox;
  before(async () => {
    db = await startDatabase();
    sandbox = await startSandbox();
    nodes = await startNodes(db.make(), 2);
  });
  after(async () => {
    await nodes?.close();
    await sandbox?.close();
    await db?.close();
  });

  test("is there once it does", async () => {
    const [one] = nodes.all;
    const lock = spawn(PSQL, ["-XAt", one.settings.store], { stdio: ["pipe", "pipe", "inherit"] });
    lock.stdin.write("BEGIN; LOCK TABLE toolset IN ACCESS EXCLUSIVE MODE;\n");
    let said = "";
    lock.stdout.on("data", (bytes) => (said += bytes));
    await eventually("it is locked", () => said.includes("LOCK TABLE"));
    const waits = () => psql(one.settings.store, "SELECT pid || ' ' || query_start FROM pg_stat_activity WHERE wait_event_type = 'Lock'").trim().split("\n").filter(Boolean);
    const making = one.api("POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
    const first = await eventually("somebody waits for the tools", () => ((all) => all.length && all)(waits()));
    await eventually("they have waited in vain", () => !waits().some((w) => first.includes(w)));
    const over = once(lock, "exit");
    lock.stdin.end("ROLLBACK;\n");
    await over;
    const made = await making;
    for (const node of nodes.all) await eventually(`it is served; the answer was ${made.status} ${made.text}`, async () => (await node.api("POST", "/integrated-account/acme/mcp", { name: `by ${node.url}`, config: { methods: ["read"] } })).status === 201, { every: 200 });
  });
});

// It goes on by what it has in memory, without end, or for as long as a setting says.
for (const most of [undefined, "2500ms"])
  describe(`a node that alone has lost the database${most ? `, with store_away_most: ${most}` : ""}`, { skip }, () => {
    let db, nodes, sandbox, wire;
    before(async () => {
      db = await startDatabase();
      sandbox = await startSandbox();
      const store = db.make();
      wire = await startWire(store);
      nodes = await startNodes(store, 1, { program_cache: "0s" });
      await nodes.add({ store: wire.url, ...(most ? { store_away_most: most } : {}) });
      await nodes.known();
    });
    after(async () => {
      await nodes?.close();
      wire?.close();
      await sandbox?.close();
      await db?.close();
    });

    test("what is revoked meanwhile at another one", async () => {
      const [one, two] = nodes.all, program = { name: "list_all_cloudflare_zones", arguments: {} };
      const account = await one.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
      const s = await one.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "revoked", config: { methods: ["read"] } });
      const asked = async (node) => modern(node.url + new URL(s.url).pathname, "tools/call", program);
      await eventually("it is there", async () => (await asked(two)).status === 200);
      await wire.drop();
      await one.must(204, "DELETE", `/mcp-server/${s.id}`);
      assert.equal((await asked(one)).status, 404);
      await eventually("it is not ready", async () => (await fetch(`${two.url}/readyz`)).status === 503);
      if (most) {
        const refused = await eventually("it answers no more", async () => ((r) => r.status === 503 && r)(await asked(two)));
        assert.match(refused.text, /has not heard from the database for \d+ s, and answers nobody who may have been revoked since/);
        assert.ok(Number(refused.headers.get("retry-after")) >= 1);
      } else {
        assert.equal((await asked(two)).status, 200);
      }
      await wire.take();
      await eventually("it has followed", async () => (await asked(two)).status === 404);
    });
  });

describe("what one does for all", { skip }, () => {
  let db, nodes, sandbox, account, vendors;
  before(async () => {
    db = await startDatabase();
    [sandbox, vendors] = await Promise.all([startSandbox(), startVendors()]);
    nodes = await startNodes(db.make(), 3, { program_cache: "0s" });
    account = await nodes.all[0].must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  });
  after(async () => {
    await nodes?.close();
    await Promise.all([sandbox, vendors].map((s) => s?.close()));
    await db?.close();
  });

  const sql = (text) => psql(nodes.all[0].settings.store, text).trim();
  const holders = () => sql("SELECT name || '=' || node FROM duty ORDER BY name").split("\n").map((l) => l.split("="));
  const settled = () =>
    eventually("each duty is somebody's who lives", async () => {
      const live = (await status(nodes.all[0])).nodes.map((n) => n.id);
      const held = holders();
      return live.length === nodes.all.length && held.length === DUTIES && held.every(([, node]) => live.includes(node)) && held;
    });
  const program = { version: 1, steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }], results: { n: { query: "SELECT count(*) AS zones FROM zones", title: "Zones" } }, title: "All our zones" };
  // Which part of the tiles a dashboard's are, or of the feeds an account's is, as node/duty.c has it.
  const part = (id, kind = "tiles") => {
    const mod = (n) => BigInt.asUintN(64, n);
    let h = 0xcbf29ce484222325n;
    for (const c of Buffer.from(id)) h = mod((h ^ BigInt(c)) * 0x100000001b3n);
    h = mod((h ^ (h >> 32n)) * 0x9e3779b97f4a7c15n);
    return `${kind}/${(h ^ (h >> 29n)) % BigInt(PARTS)}`;
  };

  async function killHolder(duty) {
    const [, holder] = (await settled()).find(([name]) => name === duty);
    const ids = await Promise.all(nodes.all.map(async (node) => (await status(node)).node));
    const dead = await nodes.kill(nodes.all[ids.indexOf(holder)]);
    assert.ok((await settled()).every(([, node]) => node !== holder));
    return dead;
  }

  test("duties are spread, and move when a node dies; a tile is run once each time, and is run on", async () => {
    const held = await settled();
    assert.ok(new Set(held.map(([, node]) => node)).size > 1, "they are spread");
    const board = await nodes.all[0].must(201, "POST", "/dashboard", { name: "Edge" });
    const tile = await nodes.all[0].must(201, "POST", `/dashboard/${board.id}/tile`, { program, every_seconds: 10 });
    const tried = () => sql(`SELECT at FROM tile_try WHERE tile_id = '${tile.id}'`);
    const asked = async () => (await sandbox.control("GET", "/requests?last=1000")).filter((r) => /\/zones/.test(r.path ?? r.url)).length;
    const runs = async (n) => {
      for (let last = tried(); n > 0; n--) last = await eventually("it is run", () => tried() !== last && tried());
    };
    await eventually("it is run by whoever has it", () => tried() !== "");
    const once = await asked();
    assert.ok(once > 0);
    await sandbox.control("DELETE", "/requests");
    await runs(3);
    const seen = await asked();
    assert.ok(seen >= 3 * once && seen < 6 * once, `${seen} requests, ${once} of one run`);

    const dead = await killHolder(part(board.id));
    await runs(2);
    await dead.close();
  });

  test("the feed of a vendor's server moves when its node dies, and what the vendor tells is heard", async () => {
    while (nodes.all.length < 3) await nodes.add();
    await nodes.known();
    const world = await startWithVendors({ vendors, postern: nodes.all[0] });
    const { account: remote } = await world.connect("arcjet");
    const server = await world.server(remote);
    const names = (node) => toolNames({ url: node.url + new URL(server.url).pathname });
    const offEverywhere = async (tool) => {
      for (const node of nodes.all) await eventually("it is on", async () => (await names(node).catch(() => [])).includes(tool));
      await vendors.tools("arcjet", [{ op: "change", tool, set: { description: `${tool}, as nobody has seen it.` } }]);
      for (const node of nodes.all) await eventually("it is off", async () => !(await names(node)).includes(tool));
    };
    await settled();
    await offEverywhere("list-teams");
    const dead = await killHolder(part(remote.id, "feeds"));
    await offEverywhere("list-sites");
    await offEverywhere("list-requests"); // by the feed itself, not by the look at its beginning
    await dead.close();
  });

  test("one whose clock is off by a minute takes part", async () => {
    const clock = new Clock(nodes.all[0].folder);
    clock.ahead(-60);
    await nodes.add({}, clock.env);
    await nodes.known();
    await settled();
    clock.ahead(60);
    const s = await nodes.all[0].must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "server", config: { methods: ["read"] } });
    const late = nodes.all.at(-1);
    await eventually("it follows", async () => (await modern(late.url + new URL(s.url).pathname, "tools/list")).status === 200);
    await nodes.known();
    clock.close();
  });
});
