// SPDX-License-Identifier: Apache-2.0
// What an operator relies on at three in the morning: health, metrics, logs, reload, certificates,
// drain, refusals at the start that say what to do, and an audit that is complete.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ON_POSTGRES } from "../lib/database.mjs";
import { BINARY, Postern, Program, modern, rpc, start } from "../lib/postern.mjs";
import { Raw, exchange, request } from "../lib/raw.mjs";
import { certificate, get } from "../lib/tls.mjs";
import { eventually, metrics, readMetrics } from "../lib/wait.mjs";
import { listen } from "../lib/wire.mjs";

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const zones = (url, args = { name: "example.com" }, more) => modern(url, "tools/call", { name: "list_all_cloudflare_zones", arguments: args }, more);
const reload = async (postern, changes, pattern) => {
  Object.assign(postern.settings, changes);
  writeFileSync(join(postern.folder, "postern.yaml"), JSON.stringify(postern.settings));
  const from = postern.program.output.length;
  postern.program.child.kill("SIGHUP");
  return eventually(`the log says ${pattern}`, () => postern.program.output.slice(from).match(pattern));
};

describe("health and metrics", () => {
  let world, server;
  before(async () => {
    world = await start();
    server = await world.server(await world.account());
  });
  after(() => world?.close());

  test("healthz and readyz answer anybody, HEAD too", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      const r = await world.api("GET", path, undefined, { token: null });
      assert.equal(r.status, 200);
      assert.equal(r.body.status, "ok");
      assert.deepEqual(Object.keys(r.body), path === "/readyz" ? ["status", "store_age_ms"] : ["status"]);
      assert.equal((await world.api("HEAD", path, undefined, { token: null })).status, 200);
    }
  });

  test("metrics are well formed and move with what happens", async () => {
    const before = await metrics(world);
    await zones(server.url);
    await zones(server.url, { per_page: "no number" });
    await modern(server.url, "tools/call", { name: "no_such_tool", arguments: {} });
    await world.sandbox.control("POST", "/fault", { kind: "status", status: 500, match: { path: "/zones" }, times: 1 });
    await zones(server.url);
    await world.sandbox.control("POST", "/fault", { kind: "rate_limited", match: { path: "/zones" }, times: 1 });
    await zones(server.url);
    await world.sandbox.control("POST", "/fault", { kind: "drop_middle", match: { path: "/zones" }, times: 1 });
    await zones(server.url);
    const stream = await listen(server.url);
    await stream.next();
    const text = (await world.api("GET", "/metrics")).text;
    const { values: now, types } = readMetrics(text);
    const moved = (name) => now[name] - before[name];
    for (const outcome of ["ok", "invalid", "denied", "upstream_error", "rate_limited", "failed"]) assert.equal(moved(`postern_tool_calls_total{outcome="${outcome}"}`), 1, outcome);
    assert.ok(moved("postern_upstream_seconds_count") >= 3);
    assert.ok(moved('postern_http_requests_total{status="2xx"}') >= 6);
    assert.equal(now.postern_http_streams, 1);
    assert.ok(now.postern_http_connections >= 2);
    assert.ok(now.process_resident_memory_bytes > 1_000_000);
    assert.ok(now.postern_fibers >= 1);
    for (const [name, type] of Object.entries(types)) {
      if (type !== "histogram") continue;
      const buckets = Object.entries(now).filter(([k]) => k.startsWith(`${name}_bucket`)).map(([, v]) => v);
      assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b), `${name} counts up`);
      assert.equal(buckets.at(-1), now[`${name}_count`]);
    }
    stream.close();
    await eventually("the stream is let go", async () => (await metrics(world)).postern_http_streams === 0);
  });

  test("metrics are for this machine alone, or for a token", async (t) => {
    const plain = (headers) => world.api("GET", "/metrics", undefined, { token: null, headers });
    assert.equal((await plain()).status, 200);
    assert.equal((await plain({ "x-forwarded-for": "192.0.2.1" })).status, 401, "a proxy asks for somebody else");
    const guarded = await new Postern({ metrics_token: "scrape-me-0123456789" }).start();
    t.after(() => guarded.close());
    const ask = (token) => guarded.api("GET", "/metrics", undefined, { token });
    assert.deepEqual([(await ask(null)).status, (await ask("wrong")).status, (await ask("scrape-me-0123456789")).status, (await ask(guarded.token)).status], [401, 401, 200, 200]);
    assert.equal((await guarded.api("GET", "/status", undefined, { token: "scrape-me-0123456789" })).status, 401, "it opens nothing else");
  });
});

describe("logs", () => {
  test("are one JSON object a line, with the id that the answer carries", async (t) => {
    const world = await start({ settings: { log_level: "debug", log_format: "json" } });
    t.after(() => world.close());
    let stderr = "";
    world.postern.program.child.stderr.on("data", (b) => (stderr += b));
    const server = await world.server(await world.account());
    const ids = [];
    const ask = async (r) => ids.push((await r).headers.get("x-request-id"));
    await ask(zones(server.url));
    await ask(world.api("GET", "/nowhere%0a%7b%22level%22:%22error%22%7d"));
    await ask(world.api("GET", "/whoami", undefined, { token: "wrong" }));
    await ask(world.api("GET", `/integrated-account/${encodeURIComponent('x"\n\u2028\\y')}`));
    await exchange(world.postern.url, "nonsense\r\n\r\n");
    await eventually("all is logged", () => ids.every((id) => stderr.includes(id)));
    const lines = stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
    for (const line of lines) {
      assert.ok(!Number.isNaN(Date.parse(line.time)), JSON.stringify(line));
      assert.ok(["debug", "info", "warn", "error"].includes(line.level));
      assert.equal(typeof line.message, "string");
    }
    for (const id of ids) assert.equal(lines.filter((l) => l.request === id).length, 1, id);
    assert.equal(new Set(ids).size, ids.length);
  });

  test("a trace given to us goes on to the vendor", async (t) => {
    const world = await start();
    t.after(() => world.close());
    const server = await world.server(await world.account());
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await world.sandbox.control("DELETE", "/requests");
    await zones(server.url, {}, { headers: { traceparent } });
    await zones(server.url, {}, { meta: { traceparent: "00-x\r\nX-Injected: 1" } });
    const [good, bad] = await world.sandbox.control("GET", "/requests?last=2");
    assert.match(JSON.stringify(good), /4bf92f3577b34da6a3ce929d0e0e4736/);
    assert.doesNotMatch(JSON.stringify(bad), /00-x|injected/i);
  });
});

describe("SIGHUP", () => {
  test("changes the log level, and refuses what is wrong without harm", async (t) => {
    const postern = await new Postern({ log_level: "warn" }).start();
    t.after(() => postern.close());
    await postern.api("GET", "/healthz");
    assert.doesNotMatch(postern.program.output, /GET \/healthz/);
    await reload(postern, { log_level: "debug" }, /settings loaded again/);
    await postern.api("GET", "/healthz");
    await eventually("requests are logged", () => /GET \/healthz 200/.test(postern.program.output));
    for (const [wrong, pattern] of [[{ log_level: "loud" }, /refused.*log_level/], [{ log_level: "debug", lgo_level: "info" }, /refused.*lgo_level/]]) {
      await reload(postern, wrong, pattern);
      assert.equal((await postern.api("GET", "/readyz")).status, 200);
    }
    delete postern.settings.lgo_level;
    await reload(postern, { max_body_bytes: "1MiB" }, /restart.*max_body_bytes/);
  });

  test("accepts other hosts from then on", async (t) => {
    const postern = await new Postern().start();
    t.after(() => postern.close());
    const ask = async () => (await exchange(postern.url, request("GET", "/healthz", postern.url, { headers: { host: "postern.example" } }), { until: 1 })).replies[0].status;
    assert.equal(await ask(), 403);
    await reload(postern, { hosts: ["postern.example"] }, /settings loaded again/);
    await eventually("every loop has it", async () => (await Promise.all(Array.from({ length: 8 }, ask))).every((s) => s === 200));
  });
});

describe("TLS", () => {
  let folder, postern;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "postern-tls-"));
    const { cert, key } = certificate(folder, "first");
    for (const [from, to] of [[cert, "live.crt"], [key, "live.key"]]) copyFileSync(from, join(folder, to));
    postern = await new Postern({ tls_cert: join(folder, "live.crt"), tls_key: join(folder, "live.key") }).start();
  });
  after(async () => {
    await postern?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const use = (name) => ["crt", "key"].forEach((part) => copyFileSync(join(folder, `${name}.${part}`), join(folder, `live.${part}`)));

  test("serves HTTPS, and its URLs say so", async () => {
    assert.match(postern.url, /^https:/);
    const r = await get(`${postern.url}/healthz`);
    assert.deepEqual([r.status, r.name], [200, "first"]);
    const plain = await exchange(postern.url.replace("https", "http"), request("GET", "/healthz", postern.url));
    assert.ok(plain.closed && !plain.text.includes("200 OK"), "plain HTTP gets nothing there");
  });

  test("a handshake that stops is cut off", async (t) => {
    const hasty = await new Postern({ tls_cert: join(folder, "live.crt"), tls_key: join(folder, "live.key"), header_timeout: "1s" }).start();
    t.after(() => hasty.close());
    const raw = await new Raw(hasty.url.replace("https", "http")).connected();
    raw.write("\x16\x03\x01\x02\x00\x01");
    await raw.until(() => false);
    assert.ok(raw.closed);
  });

  test("a new certificate is taken up by new connections; a bad one is refused and logged", async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal((await get(`${postern.url}/healthz`, { agent })).name, "first");
    certificate(folder, "second");
    use("second");
    await reload(postern, {}, /settings loaded again/);
    await eventually("every loop has it", async () => (await Promise.all(Array.from({ length: 8 }, () => get(`${postern.url}/healthz`)))).every((r) => r.name === "second"));
    assert.equal((await get(`${postern.url}/healthz`, { agent })).name, "first", "the open connection goes on");

    for (const [file, text] of [["live.crt", "no certificate"], ["live.crt", ""], ["live.key", "no key"]]) {
      use("second");
      writeFileSync(join(folder, file), text);
      await reload(postern, {}, /reload refused/);
      assert.equal((await get(`${postern.url}/healthz`)).name, "second");
    }
    use("second");
    copyFileSync(join(folder, "first.key"), join(folder, "live.key"));
    await reload(postern, {}, /reload refused/); // a key that is another certificate's
    assert.equal((await get(`${postern.url}/healthz`)).name, "second");
    agent.destroy();
  });
});

describe("SIGTERM", () => {
  test("what runs is finished, new connections are refused, streams end well, and the exit is 0", async (t) => {
    const world = await start();
    t.after(() => world.close());
    const { postern } = world;
    const server = await world.server(await world.account());
    const streams = await Promise.all([1, 2, 3, 4].map(() => listen(server.url)));
    for (const s of streams) await s.next();
    await world.sandbox.control("POST", "/fault", { kind: "slow", delay_ms: 6000, match: { path: "/zones" }, times: 10 });
    await world.sandbox.control("DELETE", "/requests");
    const running = Array.from({ length: 5 }, () => zones(server.url));
    await eventually("the calls are at the vendor", async () => (await world.sandbox.control("GET", "/requests?last=10")).length >= 5);
    postern.program.child.kill("SIGTERM");
    const { hostname, port } = new URL(postern.url);
    const refused = () =>
      new Promise((resolve) => {
        const socket = net.connect(Number(port), hostname);
        socket.on("error", () => resolve(true));
        socket.on("connect", () => (socket.destroy(), resolve(false)));
      });
    await eventually("new connections are refused", refused);
    assert.equal(postern.program.child.exitCode, null, "while calls still run");
    for (const r of await Promise.all(running)) {
      assert.equal(r.status, 200);
      assert.equal(r.body.result.isError ?? false, false, r.text);
    }
    for (const s of streams) {
      await s.end();
      assert.ok(s.complete, "ended, not broken off");
    }
    assert.deepEqual(await postern.program.exited, { code: 0, signal: null });
    // And nothing that was done is missing from the audit.
    await postern.start();
    const rows = (await world.must(200, "GET", "/audit?action=tools/call")).items;
    assert.equal(rows.filter((r) => r.outcome === "ok").length, 5);
  });

  test("the deadline holds, whatever still runs", async (t) => {
    const world = await start({ settings: { drain_timeout: "300ms" } });
    t.after(() => world.close());
    const server = await world.server(await world.account());
    await world.sandbox.control("POST", "/fault", { kind: "slow", delay_ms: 60_000, match: { path: "/zones" }, times: 1 });
    await world.sandbox.control("DELETE", "/requests");
    const cut = zones(server.url).catch(() => "cut");
    await eventually("the call is at the vendor", async () => (await world.sandbox.control("GET", "/requests?last=1")).length === 1);
    const { code } = await world.postern.stop();
    assert.equal(code, 0);
    await cut;
  });
});

describe("refused at the start, saying why", () => {
  async function refused(settings, pattern, { args = [], env } = {}) {
    const postern = new Postern(settings);
    const file = join(postern.folder, "postern.yaml");
    writeFileSync(file, typeof settings === "string" ? settings : JSON.stringify(postern.settings));
    const program = new Program(BINARY, ["serve", "--config", file, ...args], { env: { ...process.env, ...env } });
    const timer = setTimeout(() => program.child.kill("SIGKILL"), 120_000); // one that starts after all
    const { code } = await program.exited;
    clearTimeout(timer);
    assert.ok(code > 0, program.output);
    assert.match(program.output, pattern);
    rmSync(postern.folder, { recursive: true, force: true });
  }
  test("another address than loopback without TLS", async () => {
    for (const address of ["0.0.0.0:0", "[::]:0"]) {
      await refused({ listen: address }, /listen[^]*not loopback[^]*(tls_cert|allow_plain)/);
      await refused({ listen: address, tls_cert: "/nowhere.crt" }, /tls_key/);
    }
  });
  test("… unless the operator says so; then Host still counts", async (t) => {
    const postern = await new Postern({ listen: "0.0.0.0:0", allow_plain: true, hosts: ["postern.example"] }).start();
    t.after(() => postern.close());
    const url = postern.url.replace("0.0.0.0", "127.0.0.1");
    const ask = async (host) => (await exchange(url, request("GET", "/healthz", url, { headers: { host } }), { until: 1 })).replies[0].status;
    assert.deepEqual([await ask("postern.example"), await ask("elsewhere.example")], [200, 403]);
  });
  test("an unknown setting, with the nearest known one", async () => {
    await refused({ listn: "127.0.0.1:0" }, /listn[^]*listen/);
    await refused({ max_conections: 5 }, /max_conections[^]*max_connections/);
    await refused({}, /lisen[^]*listen/, { args: ["--lisen", "127.0.0.1:0"] });
    await refused({}, /POSTERN_LOG_LEVL[^]*log_level/, { env: { POSTERN_LOG_LEVL: "info" } });
  });
  test("a setting with a value that it cannot have", async () => {
    await refused({ max_connections: "many" }, /max_connections/);
    await refused({ json_depth: 5 }, /json_depth[^]*8/);
    await refused({ header_timeout: "1 fortnight" }, /header_timeout/);
    await refused({ upstream_allow: ["300.0.0.0/8"] }, /300\.0\.0\.0/);
    await refused({ public_url: "postern" }, /public_url/);
    await refused({ connectors_dir: "/nowhere" }, /nowhere/);
    await refused({ tls_cert: "/nowhere.crt", tls_key: "/nowhere.key" }, /nowhere/);
    await refused("listen: [", /postern\.yaml|line/);
  });
  test("… but a port alone, and localhost, are this machine", async (t) => {
    for (const listen of ["0", "localhost:0"]) {
      const postern = await new Postern({ listen }).start();
      t.after(() => postern.close());
      assert.match(postern.url, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.equal((await postern.api("GET", "/readyz")).status, 200);
    }
    await refused({ listen: "localhost" }, /listen/);
  });
  test("a port that is taken", async (t) => {
    const first = await new Postern().start();
    t.after(() => first.close());
    for (const loops of [1, 2]) await refused({ listen: new URL(first.url).host, loops }, /listen[^]*in use/i);
    assert.equal((await first.api("GET", "/readyz")).status, 200);
  });
  test("a store that another program holds, which goes on undisturbed", async (t) => {
    const first = await new Postern().start();
    t.after(() => first.close());
    const second = new Program(BINARY, ["serve", "--config", join(first.folder, "postern.yaml")]);
    const { code } = await second.exited;
    assert.ok(code > 0);
    // A PostgreSQL is for several, a folder is not.
    assert.match(second.output, ON_POSTGRES ? /another Postern uses \S+audit\.spool/ : /another Postern uses this database/);
    assert.equal((await first.api("POST", "/api-token", { name: "still", role: "client" })).status, 201);
  });
});

describe("the audit", () => {
  let world, account, server;
  before(async () => {
    world = await start();
    account = await world.account();
    server = await world.server(account);
  });
  after(() => world?.close());
  async function all(query) {
    const rows = [];
    let next = `/audit?limit=37&${query}`;
    for (let i = 0; next && i < 100; i++) {
      const page = await world.must(200, "GET", next);
      rows.push(...page.items);
      next = page.next;
    }
    return rows;
  }

  test("is complete under 200 calls at once", async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => zones(server.url, { name: "example.com", page: 1 + (i % 3) })));
    const ids = answers.map((a) => a.headers.get("x-request-id"));
    assert.equal(new Set(ids).size, 200);
    const rows = await eventually("all rows are written", async () => {
      const found = await all(`action=tools/call&server_id=${server.id}`);
      return found.length >= 200 && found;
    });
    assert.equal(rows.length, 200);
    assert.deepEqual(new Set(rows.map((r) => r.request_id)), new Set(ids));
    assert.equal(new Set(rows.map((r) => r.id)).size, 200);
    for (const r of rows) {
      assert.equal(r.tool, "list_all_cloudflare_zones");
      assert.equal(r.account_id, account.id);
      assert.equal(r.actor, "client:e2e");
      assert.ok(r.elapsed_us > 0);
      assert.equal(r.outcome, "ok");
      assert.equal(r.status, 200);
    }
    const times = rows.map((r) => r.id);
    assert.deepEqual(times, [...times].sort().reverse(), "newest first");
    assert.equal((await metrics(world)).postern_audit_dropped_total, 0);
  });

  test("every filter selects, and nothing else", async () => {
    const other = await world.server(account, { methods: ["list"] });
    const since = new Date().toISOString();
    await zones(other.url);
    await zones(other.url, { per_page: "wrong" });
    await modern(other.url, "tools/call", { name: "delete_a_cloudflare_zone_by_id", arguments: { zone_id: "x" } });
    await modern(other.url, "tools/call", { name: "list_all_cloudflare_accounts", arguments: {} });
    const mine = await eventually("all rows are written", async () => {
      const found = await all(`server_id=${other.id}&action=tools/call`);
      return found.length >= 4 && found;
    });
    assert.equal(mine.length, 4);
    const count = async (query) => (await all(`server_id=${other.id}&action=tools/call&${query}`)).length;
    assert.equal(await count("outcome=ok"), 2);
    assert.equal(await count("outcome=invalid"), 1);
    assert.equal(await count("outcome=denied"), 1);
    assert.equal(await count("tool=list_all_cloudflare_zones"), 2);
    assert.equal(await count(`account_id=${account.id}`), 3 + (mine.find((r) => r.outcome === "denied").account_id ? 1 : 0));
    assert.equal(await count("account_id=acc_none"), 0);
    assert.equal(await count("actor=client:e2e"), 4);
    assert.equal(await count("actor=tok_none"), 0);
    assert.equal(await count(`since=${since}`), 4);
    assert.equal(await count(`until=${since}`), 0);
    assert.equal((await all("action=server.create")).length, 2);
    assert.equal((await all("action=server.create")).find((r) => r.server_id === other.id).outcome, "ok");
    for (const wrong of ["since=yesterday", "limit=0", "limit=x", "nope=1", "actor=somebody", "actor=a&actor_name=b"]) assert.equal((await world.api("GET", `/audit?${wrong}`)).status, 400, wrong);
  });

  test("never holds a value", async () => {
    const value = "a-value-that-nobody-should-find";
    await zones(server.url, { name: value });
    await zones(server.url, { [value]: 1, direction: value });
    await modern(server.url, "tools/call", { name: "get_single_cloudflare_zone_by_id", arguments: { zone_id: value } });
    await world.api("POST", "/integrated-account", { connector: "cloudflare", name: "x", credential: { token: value }, base_url: world.sandbox.api });
    await world.api("PATCH", `/integrated-account/${account.id}`, { context: { account_id: value } });
    await eventually("it is written", async () => (await all("action=account.change")).length >= 1);
    const text = JSON.stringify(await all(""));
    const found = text.split(value).length - 1;
    assert.equal(found, 0, text.slice(Math.max(0, text.indexOf(value) - 300), text.indexOf(value) + 100));
    assert.match(text, /string/, "their shape is there");
  });
});
