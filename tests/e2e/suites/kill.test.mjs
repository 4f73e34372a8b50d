// SPDX-License-Identifier: Apache-2.0
// kill -9 under load, twenty times over one store: what was acknowledged is there and works, what was
// acknowledged as gone is gone, each call and change that was answered is one row of the audit, and the store opens clean.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, test } from "node:test";
import { database } from "../lib/database.mjs";
import { modern, rpc, start } from "../lib/postern.mjs";
import { written } from "../lib/wait.mjs";

const ROUNDS = 20;
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
let world;
before(async () => (world = await start({ sandboxArgs: ["--quota", "1000000"] })));
after(() => world?.close());

// The world as the answers have told it. Of what was under way nothing is known.
const known = { accounts: new Map(), servers: new Map(), tokens: new Map(), deadServers: new Map(), deadTokens: new Map(), closed: new Set(), calls: new Set() };
const here = (url) => world.postern.url + new URL(url).pathname; // every start has its own port
const pick = (map) => [...map.values()].at(Math.floor(Math.random() * map.size));

// Each takes a step and notes it once the answer is here. A change that may or may not have happened
// leaves the lists before it is asked for.
const steps = {
  account: async (n) => {
    const made = await world.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: `kill-${n}`, credential: { token: "cfut_sandbox_one_account" }, base_url: world.sandbox.api });
    known.accounts.set(made.id, made);
    return true;
  },
  server: async (n) => {
    const made = await world.must(201, "POST", `/integrated-account/${pick(known.accounts).id}/mcp`, { name: `kill-${n}`, config: { methods: ["read"] } });
    known.servers.set(made.id, made);
    return true;
  },
  token: async (n) => {
    const made = await world.must(201, "POST", "/api-token", { name: `kill-${n}`, role: "client" });
    known.tokens.set(made.id, made);
    return true;
  },
  rotate: async () => {
    if (known.servers.size < 4) return false;
    const old = pick(known.servers);
    known.servers.delete(old.id);
    const made = await world.must(200, "POST", `/mcp-server/${old.id}/rotate`);
    known.servers.set(made.id, made);
    known.deadServers.set(old.url, old);
    return true;
  },
  close: async () => {
    if (known.servers.size < 4) return false;
    const old = pick(known.servers);
    known.servers.delete(old.id);
    await world.must(204, "DELETE", `/mcp-server/${old.id}`);
    known.deadServers.set(old.url, old);
    known.closed.add(old.id);
    return true;
  },
  revoke: async () => {
    if (known.tokens.size < 4) return false;
    const old = pick(known.tokens);
    known.tokens.delete(old.id);
    await world.must(204, "DELETE", `/api-token/${old.id}`);
    known.deadTokens.set(old.id, old);
    return true;
  },
  call: async () => {
    if (!known.servers.size) return false;
    const { status, headers } = await modern(here(pick(known.servers).url), "tools/call", { name: "list_all_cloudflare_zones", arguments: { name: "example.com" } });
    if (status === 200) known.calls.add(headers.get("x-request-id")); // 404: it was closed meanwhile
    return false; // goes on at once
  },
};
const load = ["account", "server", "server", "token", "token", "rotate", "close", "revoke", "call", "call", "call"];

async function round(number) {
  let dead = false;
  let done = 0;
  const enough = 15 + Math.floor(Math.random() * 40); // the moment differs, the work goes on until it
  const workers = load.map(async (name, worker) => {
    for (let i = 0; i < 10_000 && !dead; i++) {
      try {
        const acknowledged = await steps[name](`${number}-${worker}-${i}`);
        if (!acknowledged) await pause(2);
        else if (++done >= enough && !dead) {
          dead = true;
          world.postern.program.child.kill("SIGKILL"); // others are in the middle of theirs
        }
      } catch (e) {
        if (!dead) throw e;
      }
    }
  });
  await Promise.all(workers);
  assert.ok(dead, "the load came to its end before the kill");
  assert.equal((await world.postern.program.exited).signal, "SIGKILL");
}

async function ids(path) {
  const found = new Set();
  for (let next = `${path}?limit=1000`, i = 0; next && i < 100; i++) {
    const page = await world.must(200, "GET", next);
    for (const item of page.items) found.add(item.id);
    next = page.next;
  }
  return found;
}

// All rows of the audit, of each action by what they speak of.
async function audited() {
  const rows = {};
  await written(world);
  for (let next = "/audit?limit=1000"; next; ) {
    const page = await world.must(200, "GET", next);
    for (const row of page.items) (rows[row.action] ??= []).push(row);
    next = page.next?.replace("/api/v1", "");
  }
  return rows;
}

async function listed() {
  const [accounts, servers, tokens] = await Promise.all(["/integrated-account", "/mcp-server", "/api-token"].map(ids));
  for (const id of known.accounts.keys()) assert.ok(accounts.has(id), `account ${id}`);
  for (const id of known.servers.keys()) assert.ok(servers.has(id), `server ${id}`);
  for (const id of known.tokens.keys()) assert.ok(tokens.has(id), `token ${id}`);
  for (const id of known.deadTokens.keys()) assert.ok(!tokens.has(id), `revoked token ${id}`);
}

test("twenty times", async (t) => {
  await steps.account("first");
  for (let i = 1; i <= ROUNDS; i++) {
    await round(i);
    world.postern.program.output = "";
    await world.postern.start();
    assert.doesNotMatch(world.postern.program.output, /Admin token/, "the store is the same: no first start");
    await listed();
  }
  assert.ok(known.accounts.size > ROUNDS / 2 && known.servers.size > ROUNDS && known.tokens.size > ROUNDS, "there was something to lose");
  t.diagnostic(`${known.accounts.size} accounts, ${known.servers.size} servers, ${known.tokens.size} tokens acknowledged; ${known.deadServers.size} URLs and ${known.deadTokens.size} tokens gone`);

  const rows = await audited();
  const once = (action, ids, of, what) => {
    const found = Object.groupBy(rows[action].filter((row) => row.outcome === "ok"), of);
    assert.deepEqual([...ids].filter((id) => found[id]?.length !== 1), [], `each ${what} is one row`);
  };
  assert.ok(known.calls.size > ROUNDS);
  once("tools/call", known.calls, (row) => row.request_id, "answered call");
  once("server.create", known.servers.keys(), (row) => row.server_id, "server");
  once("server.delete", known.closed, (row) => row.server_id, "closed server");
  t.diagnostic(`${known.calls.size} answered calls, each one row`);

  for (const server of known.servers.values()) assert.equal((await rpc(here(server.url), ping)).status, 200, server.id);
  for (const url of known.deadServers.keys()) assert.equal((await rpc(here(url), ping)).status, 404, url);
  for (const { token } of known.tokens.values()) assert.equal((await world.api("GET", "/whoami", undefined, { token })).status, 200);
  for (const { token } of known.deadTokens.values()) assert.equal((await world.api("GET", "/whoami", undefined, { token })).status, 401);
  for (const account of known.accounts.values()) {
    assert.equal((await world.must(200, "GET", `/integrated-account/${account.id}`)).status, "ok", "its credential opens");
    const { is_error } = await world.must(200, "POST", `/integrated-account/${account.id}/tools/list_all_cloudflare_zones/call`, { arguments: { name: "example.com" } });
    assert.equal(is_error, false);
  }
});

test("the store opens clean", async () => {
  await world.postern.stop();
  const db = database(world.postern);
  assert.deepEqual(db.prepare("PRAGMA integrity_check").all().map((r) => r.integrity_check), ["ok"]);
  assert.deepEqual(db.prepare("PRAGMA foreign_key_check").all(), []);
  db.close();
});
