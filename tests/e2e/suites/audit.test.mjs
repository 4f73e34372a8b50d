// SPDX-License-Identifier: Apache-2.0
// What the audit says beside calls: who was turned away and from where, what a change changed, and what went by
// itself, readable when what it speaks of is gone. The first refusal of a kind is written at once, their number as it grows.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { database } from "../lib/database.mjs";
import { BINARY, rpc, start } from "../lib/postern.mjs";
import { exchange, host } from "../lib/raw.mjs";
import { eventually, shortLived } from "../lib/wait.mjs";

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const mark = (token) => `sha256:${createHash("sha256").update(token).digest("hex").slice(0, 8)}`;
const tokenOf = (url) => url.slice(url.lastIndexOf("/") + 1);

let world;
before(async () => (world = await start({ settings: { trusted_proxies: ["127.0.0.1/32"] } })));
after(() => world?.close());

const rows = async (query) => (await world.must(200, "GET", `/audit?limit=1000&${query}`)).items;
// Those of a client that nothing else uses, once the program has stopped and begun again.
const refused = async (address) => {
  await world.postern.stop();
  await world.postern.start();
  return rows(`action=access.refuse&address=${address}`);
};
const from = (address) => ({ "x-forwarded-for": address });
const total = (all) => all.reduce((sum, row) => sum + row.count, 0);

describe("who is turned away is a row", () => {
  const kinds = {
    "a wrong API token at the management API": {
      ask: async (headers) => (await world.api("GET", "/mcp-server", undefined, { token: "psk_wrong", headers })).status,
      status: 401, outcome: "unauthenticated", detail: new RegExp(`unknown, revoked or expired: ${mark("psk_wrong")}$`),
    },
    "none there": {
      ask: async (headers) => (await world.api("DELETE", "/mcp-server/srv_x", undefined, { token: "", headers })).status,
      status: 401, outcome: "unauthenticated", detail: /an API token is needed here$/,
    },
    "a role that may not": {
      ask: async (headers) => {
        const { token } = await world.must(201, "POST", "/api-token", { name: "reader", role: "client" });
        return (await world.api("GET", "/mcp-server", undefined, { token, headers })).status;
      },
      status: 403, outcome: "denied", detail: /your role is client; this takes the role admin/, actor_name: "reader",
    },
    "another origin at the management API": {
      ask: async (headers) => (await world.api("GET", "/mcp-server", undefined, { headers: { ...headers, origin: "https://evil.example" } })).status,
      status: 403, outcome: "denied", detail: /^pages of another origin: https:\/\/evil\.example$/,
    },
    "another origin at a server": {
      ask: async (headers) => (await rpc(world.guarded.url, ping, { ...headers, origin: "https://evil.example" })).status,
      status: 403, outcome: "denied", detail: /^pages of another origin: https:\/\/evil\.example$/,
    },
    "a URL that no server has": {
      ask: async (headers) => (await rpc(`${world.postern.url}/mcp/pst_guess`, ping, headers)).status,
      status: 404, outcome: "missing", detail: new RegExp(`^no server has this URL: ${mark("pst_guess")}$`),
    },
    "one of the older transport": {
      ask: async (headers) => (await fetch(`${world.postern.url}/sse/pst_older`, { headers: { ...headers, accept: "text/event-stream" } })).status,
      status: 404, outcome: "missing", detail: new RegExp(`^no server has this URL: ${mark("pst_older")}$`),
    },
    "a missing second credential": {
      ask: async (headers) => (await rpc(world.guarded.url, ping, headers)).status,
      status: 401, outcome: "unauthenticated", detail: /asks for an API token as well as its URL$/, server_name: "guarded",
    },
    "a wrong second credential": {
      ask: async (headers) => (await rpc(world.guarded.url, ping, { ...headers, authorization: "Bearer psk_other" })).status,
      status: 401, outcome: "unauthenticated", detail: new RegExp(`expired: ${mark("psk_other")}$`), server_name: "guarded",
    },
  };
  test("of each kind, with its address, and no token in it", async () => {
    world.guarded = await world.server(await world.account(), { methods: ["read"], require_api_token_auth: true }, { name: "guarded" });
    const addresses = Object.keys(kinds).map((_, i) => `203.0.113.${i + 1}`);
    for (const [i, [name, kind]] of Object.entries(kinds).entries())
      assert.equal(await kind.ask(from(addresses[i])), kind.status, name);
    await refused("203.0.113.1");
    for (const [i, [name, kind]] of Object.entries(kinds).entries()) {
      const [row, ...more] = await rows(`action=access.refuse&address=${addresses[i]}`);
      assert.ok(row && !more.length, `${name}: ${JSON.stringify([row, ...more])}`);
      assert.equal(row.count, 1, name);
      assert.equal(row.status, kind.status, name);
      assert.equal(row.outcome, kind.outcome, name);
      assert.match(row.detail, kind.detail, name);
      assert.match(row.request_id, /^req_/, name);
      assert.equal(row.server_name, kind.server_name ?? null, name);
      assert.equal(row.server_id, kind.server_name ? world.guarded.id : null, name);
      assert.equal(row.actor_name, kind.actor_name ?? null, name);
    }
    const text = JSON.stringify(await rows(""));
    for (const secret of ["psk_wrong", "psk_other", "pst_guess", "pst_older", tokenOf(world.guarded.url)]) assert.ok(!text.includes(secret), secret);
  });

  test("a flood of wrong tokens is few rows, and each is counted", async () => {
    const flood = async (address, token) => {
      for (let i = 0; i < 500; i += 25)
        await Promise.all(Array.from({ length: 25 }, (_, k) => rpc(`${world.postern.url}/mcp/pst_${token(i + k)}`, ping, from(address)).then((r) => assert.equal(r.status, 404))));
    };
    await flood("198.51.100.1", () => "same");
    await flood("198.51.100.2", (i) => `guess${i}`);
    const same = await refused("198.51.100.1");
    const many = await rows("action=access.refuse&address=198.51.100.2");
    assert.equal(total(same), 500);
    assert.equal(total(many), 500);
    assert.ok(same.length <= 2, `${same.length} rows`); // two where the minute ended meanwhile
    assert.ok(many.length <= 2 * 9, `${many.length} rows`);
    assert.ok(many.some((row) => row.detail === "no server has this URL: others"));
  });
});

describe("a kill loses a few seconds of a count", () => {
  const wrong = (address, n) => Promise.all(Array.from({ length: n }, () => rpc(`${world.postern.url}/mcp/pst_killed`, ping, from(address)).then((r) => assert.equal(r.status, 404))));
  const counted = async (address) => total(await rows(`action=access.refuse&address=${address}`));
  const kill = async () => {
    world.postern.program.child.kill("SIGKILL");
    await world.postern.program.exited;
    await world.postern.start();
  };
  for (const [name, settled, cut] of [["nothing came after the first", 1, 0], ["more came", 1, 40], ["a count was told, and more came", 60, 40]])
    test(name, async () => {
      const address = `192.0.2.${settled + cut}`;
      await wrong(address, settled);
      await eventually("what is told while it goes on", async () => (await counted(address)) === settled);
      await wrong(address, cut);
      await kill();
      const left = await counted(address), all = await rows(`action=access.refuse&address=${address}`);
      assert.ok(left >= settled && left <= settled + cut, `${left} of ${settled} and ${cut}`);
      assert.ok(all.length <= 2, JSON.stringify(all)); // two where the minute ended meanwhile
    });
});

describe("a Host that is not ours", () => {
  const ask = (host, address) => exchange(world.postern.url, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-For: ${address}\r\n\r\n`, { until: 1 });
  test("is a row with its address; a flood of them is few", async () => {
    const { replies } = await ask("rebound.example", "203.0.113.200");
    assert.equal(replies[0].status, 403);
    for (let i = 0; i < 60; i++) await ask(`h${i}.example`, "203.0.113.201");
    assert.equal((await ask(host(world.postern.url), "203.0.113.202")).replies[0].status, 200);
    const [row, ...more] = await refused("203.0.113.200");
    assert.deepEqual([row.detail, row.status, row.outcome, row.count, more.length], ["a Host that is not ours: rebound.example", 403, "denied", 1, 0]);
    const many = await rows("action=access.refuse&address=203.0.113.201");
    assert.equal(total(many), 60);
    assert.ok(many.length <= 2 * 9, `${many.length} rows`);
    assert.deepEqual(await rows("action=access.refuse&address=203.0.113.202"), []);
  });
});

describe("rows can be read when what they speak of is gone", () => {
  test("names, client and address stand beside ids", async () => {
    const account = await world.account("cfut_sandbox_one_account", { name: "soon gone" });
    const server = await world.server(account, { methods: ["read"] }, { name: "Brief" });
    const meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientInfo": { name: "tester", version: "1" }, "io.modelcontextprotocol/clientCapabilities": {} };
    const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "nothing_like_it", arguments: {}, _meta: meta } };
    await rpc(server.url, call, { ...from("203.0.113.77"), "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "nothing_like_it" });
    await world.must(204, "DELETE", `/mcp-server/${server.id}`);
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    let all;
    await eventually("they are written", async () => (all = await rows(`account_id=${account.id}`)).some((row) => row.action === "account.delete"));
    for (const row of all) assert.equal(row.account_name, "soon gone", row.action);
    for (const row of all.filter((row) => row.server_id)) assert.equal(row.server_name, "Brief", row.action);
    assert.deepEqual([...new Set(all.map((row) => row.action))].sort(), ["account.create", "account.delete", "server.create", "server.delete", "tools/call"]);
    const [called] = await rows("client=tester&address=203.0.113.77");
    assert.equal(called.action, "tools/call");
    assert.equal(called.client, "tester");
    const made = all.find((row) => row.action === "server.create");
    assert.equal(made.address, "127.0.0.1");
    assert.equal(made.actor_name, "first");
    assert.ok(made.detail.includes(mark(tokenOf(server.url))), made.detail); // as a refused row has it later
  });

  test("expiry is a row", async () => {
    const account = await world.account();
    const server = await shortLived((expires_at) => world.server(account, { methods: ["read"] }, { name: "Short", expires_at }));
    const token = await shortLived((expires_at) => world.must(201, "POST", "/api-token", { name: "short", role: "client", expires_at }));
    await eventually("both have gone", async () => (await rows("action=server.expire")).length && (await rows("action=token.expire")).length, 60_000);
    const [gone] = await rows("action=server.expire");
    assert.equal(gone.server_id, server.id);
    assert.equal(gone.server_name, "Short");
    assert.ok(gone.detail.includes(server.expires_at), gone.detail);
    assert.match((await rows("action=token.expire"))[0].detail, new RegExp(`^${token.id} "short", at `));
  });
});

describe("changes say what was and what is", () => {
  const last = async (action, before) => {
    let all;
    await eventually(action, async () => (all = await rows(`action=${action}`)).length > before);
    return all[0].detail;
  };
  const counted = async (action) => (await rows(`action=${action}`)).length;
  test("of an account", async () => {
    const account = await world.account("cfut_sandbox_one_account", { name: "old name" });
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { name: "new name", credential: { token: "cfut_sandbox_one_account" } });
    const detail = await last("account.change", 0);
    assert.equal(detail, "name: old name → new name; credential: replaced");
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { context: { account_id: "told-to-nobody" } });
    assert.equal(await last("account.change", 1), "context.account_id: changed");
    const there = `${world.sandbox.api}/`.replace("127.0.0.1", "localhost");
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { base_url: there, credential: { token: "cfut_sandbox_one_account" } });
    assert.match(await last("account.change", 2), /^base_url: http:\/\/127\.0\.0\.1:\d+\/… → http:\/\/localhost:\d+\/…; credential: replaced$/);
  });
  test("of a server and its token", async () => {
    const server = await world.server(await world.account(), { methods: ["read"] }, { name: "A" });
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { name: "B", config: { methods: ["read", "write"] }, expires_at });
    const detail = await last("server.change", 0);
    assert.match(detail, /^name: A → B; expires_at: never → \S+Z; config: \{"methods":\["read"\].*\} → \{"methods":\["read","write"\]/);
    const { url } = await world.must(200, "POST", `/mcp-server/${server.id}/rotate`);
    assert.equal(await last("server.rotate", 0), `url first: ${mark(tokenOf(server.url))} → ${mark(tokenOf(url))}`);
  });
  test("of a further URL", async () => {
    const server = await world.server(await world.account());
    const { url } = await world.must(201, "POST", `/mcp-server/${server.id}/url`, { name: "laptop" });
    await world.must(204, "DELETE", `/mcp-server/${server.id}/url/laptop`);
    let all;
    await eventually("both", async () => (all = (await rows(`server_id=${server.id}`)).filter((row) => row.detail === `laptop: ${mark(tokenOf(url))}`)).length === 2);
  });
  test("of an API token", async () => {
    const created = await counted("token.create");
    const { id } = await world.must(201, "POST", "/api-token", { name: "temp", role: "client" });
    assert.equal(await last("token.create", created), `${id} "temp", role client, expires never`);
    await world.must(204, "DELETE", `/api-token/${id}`);
    assert.equal(await last("token.revoke", 0), `${id} "temp", role client`);
  });
});

describe("values of arguments", () => {
  const zone = "0123456789abcdef0123456789abcdef";
  const calling = async (server, args, id) => {
    const r = await rpc(server.url, { jsonrpc: "2.0", id, method: "tools/call", params: { name: "list_all_cloudflare_dns_records", arguments: args } }, from("203.0.113.90"));
    assert.equal(r.status, 200, r.text);
  };
  const valuesOf = async (server, more = "values=1") => {
    let all;
    await eventually("they are written", async () => (all = await rows(`action=tools/call&server_id=${server.id}&${more}`)).length);
    return all;
  };
  const sql = (text, ...values) => {
    const db = database(world.postern);
    try {
      return db.prepare(text).all(...values);
    } finally {
      db.close();
    }
  };

  test("are recorded where a server says so, sealed, and shown to who asks for them", async () => {
    const account = await world.account();
    const plain = await world.server(account, { methods: ["read"] });
    const recorded = await world.server(account, { methods: ["read"], record_arguments: true });
    assert.equal(recorded.config.record_arguments, true);
    for (const server of [plain, recorded]) await calling(server, { zone_id: zone, name: "told.example" }, 1);
    assert.equal((await valuesOf(plain))[0].values, null);
    assert.equal((await valuesOf(recorded, ""))[0].values, null, "not unasked");
    const expected = { zone_id: zone, name: "told.example" };
    assert.deepEqual((await valuesOf(recorded))[0].values, expected);
    const all = sql("SELECT * FROM audit");
    assert.ok(!JSON.stringify(all).includes("told.example"), "in clear");
    assert.equal(all.filter((row) => row.argument_values).length, 1);
    // Over changes of keys and restarts; a key that was there for them alone leaves the file behind them.
    const keys = () => readFileSync(join(world.postern.settings.data_dir, "postern.key"), "utf8").split("\n").flatMap((line) => line.match(/^(\S+) [0-9a-f]{64}$/)?.[1] ?? []);
    const [old] = keys();
    const { key } = await world.must(200, "POST", "/key/rotate");
    assert.deepEqual((await valuesOf(recorded))[0].values, expected);
    await eventually("they are sealed anew", () => sql("SELECT values_key FROM audit WHERE values_key <> ''").every((row) => row.values_key === key));
    await eventually("the old key has left", () => !keys().includes(old));
    assert.deepEqual((await valuesOf(recorded))[0].values, expected);
    await world.postern.stop();
    await world.postern.start();
    assert.deepEqual((await valuesOf(recorded))[0].values, expected);
    const { token } = await world.must(201, "POST", "/api-token", { name: "no admin", role: "client" });
    await world.must(403, "GET", "/audit?values=1", undefined, { token });
    const env = { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token };
    const { stdout } = await promisify(execFile)(BINARY, ["audit", "--server", recorded.id, "--action", "tools/call", "--values"], { env });
    assert.match(stdout, /VALUES[^]*told\.example/);
  });

  test("open in their own row alone, and are whole or not there", async () => {
    const server = await world.server(await world.account(), { methods: ["read"], record_arguments: true });
    await calling(server, { zone_id: zone, name: "x".repeat(20_000) }, 1);
    await calling(server, { zone_id: zone, name: "mine.example" }, 2);
    let all;
    await eventually("both", async () => (all = await valuesOf(server)).length === 2);
    assert.deepEqual(all[0].values.name, "mine.example");
    assert.deepEqual(all[1].values, { "...": "too long to record" });
    sql("UPDATE audit SET argument_values = (SELECT argument_values FROM audit WHERE id = ?) WHERE id = ?", all[0].id, all[1].id);
    [, { values: all[1].values }] = await valuesOf(server);
    assert.match(all[1].values["..."], /^cannot be opened/);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { record_arguments: null } });
    await calling(server, { zone_id: zone, name: "after.example" }, 3);
    await eventually("the third", async () => (all = await valuesOf(server)).length === 3);
    assert.equal(all[0].values, null);
  });
});

test("the command line shows and filters by address and client", async () => {
  const env = { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token };
  const run = async (...args) => (await promisify(execFile)(BINARY, ["audit", ...args], { env })).stdout;
  assert.match(await run("--limit", "2"), /^AT +OUTCOME +ACTION +ACTOR +ADDRESS +CLIENT +URL +TOOL +COUNT/);
  const some = JSON.parse(await run("--json", "--address", "203.0.113.77", "--client", "tester"));
  assert.equal(some.length, 1);
  assert.deepEqual(JSON.parse(await run("--json", "--address", "192.0.2.250")), []);
});
