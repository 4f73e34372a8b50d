// SPDX-License-Identifier: Apache-2.0
// Several nodes on one PostgreSQL, asked in turn as a balancer does it: CPU of all nodes for a call. A legacy session is one
// node's, so of its calls most take a step more; a modern call takes none. And between three: how soon a change at one is
// seen at the others, and how soon another does what one did for all, when that is killed or stopped.
import { skip, startDatabase } from "../tests/e2e/lib/cluster.mjs";
import { psql } from "../tests/e2e/lib/database.mjs";
import { freePort } from "../tests/e2e/lib/nginx.mjs";
import { makeNode } from "../tests/e2e/lib/nodes.mjs";
import { startVendors, startWithVendors, toolNames } from "../tests/e2e/lib/oauth.mjs";
import { modern, Postern, rpc } from "../tests/e2e/lib/postern.mjs";
import { eventually, readMetrics } from "../tests/e2e/lib/wait.mjs";
import { serve } from "./http.mjs";
import { cpu } from "./program.mjs";
import { ACCOUNT, TOKEN } from "./upstream.mjs";

const CALLS = 3000, TOGETHER = 12, SESSIONS = 12, CHANGES = 200, FAILOVERS = 5;
const TOOL = { name: "list_all_cloudflare_zones", arguments: { per_page: 5 } };

function vendor() {
  const answer = (result) => JSON.stringify({ success: true, errors: [], messages: [], result, result_info: { page: 1, per_page: 5, count: 1, total_count: 1, total_pages: 1 } });
  return serve((req, res) => {
    const result = req.path.includes("/tokens/verify") ? { id: "x", status: "active" } : req.path.includes("/accounts") ? [{ id: ACCOUNT, name: "Acme" }] : [{ id: "0".repeat(32), name: "example.com", status: "active" }];
    res.send(200, answer(result), { "content-type": "application/json" });
  });
}

async function startNodes(store, count) {
  const nodes = [];
  while (nodes.length < count) {
    const inner = await freePort(), settings = { store, log_level: "warn", node_listen: `127.0.0.1:${inner}`, node_url: `http://127.0.0.1:${inner}` };
    nodes.push(await (nodes.length ? makeNode(store, nodes[0], settings) : new Postern(settings)).start());
  }
  await eventually("they know of each other", async () => (await Promise.all(nodes.map(async (n) => (await n.must(200, "GET", "/status")).nodes.length))).every((n) => n === count));
  return nodes;
}

// CPU of all nodes for one of so many calls, in µs; `call` makes the i-th.
async function spent(nodes, call) {
  const run = async (from, to) => {
    let next = from;
    await Promise.all(Array.from({ length: TOGETHER }, async () => { while (next < to) await call(next++); }));
  };
  await run(0, CALLS / 10);
  const before = nodes.reduce((sum, n) => sum + cpu(n), 0);
  await run(0, CALLS);
  return (1e6 * (nodes.reduce((sum, n) => sum + cpu(n), 0) - before)) / CALLS;
}

const good = (r) => {
  if (r.status !== 200 || !r.body?.result || r.body.result.isError) throw new Error(`an error answer: ${r.status} ${r.text}`);
};

const quantiles = (times) => {
  times.sort((a, b) => a - b);
  const at = (q) => times[Math.min(times.length - 1, Math.floor(times.length * q))].toFixed(1);
  return `${at(0.5)} / ${at(0.99)} / ${at(1)}`;
};
// In ms, asked again almost without a pause.
const until = async (what, ask) => {
  const began = performance.now();
  await eventually(what, ask, { every: 1 });
  return performance.now() - began;
};

// A server made at each in turn, and revoked there: until all others have it, and have it no more.
async function visible(all, account, print) {
  const times = { made: [], revoked: [] };
  const lists = async (node, s) => (await modern(node.url + new URL(s.url).pathname, "tools/list")).status;
  for (let i = 0; i < CHANGES; i++) {
    const [here, ...others] = all.map((_, k) => all[(i + k) % all.length]);
    const seen = async (what, s, status) => Math.max(...(await Promise.all(others.map((n) => until(what, async () => (await lists(n, s)) === status)))));
    const s = await here.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: `visible-${i}`, config: { methods: ["read"] } });
    times.made.push(await seen("it is there", s, 200));
    await here.must(204, "DELETE", `/mcp-server/${s.id}`);
    times.revoked.push(await seen("it is gone", s, 404));
  }
  for (const [what, ms] of Object.entries(times)) print(`a server ${what} at one node, seen at both others: ms, p50 / p99 / most`, quantiles(ms));
}

// From the end of the node that had it: all duties are somebody's who lives, and a change that a vendor tells by its feed is
// heard by all.
async function failover(all, print) {
  const vendors = await startVendors(), { store } = all[0].settings;
  const world = await startWithVendors({ vendors, postern: all[0] });
  const { account } = await world.connect("arcjet"), server = await world.server(account);
  const names = (node) => toolNames({ url: node.url + new URL(server.url).pathname }).catch(() => []);
  const statuses = () => Promise.all(all.map((n) => n.must(200, "GET", "/status")));
  const orphans = (live) => Number(psql(store, `SELECT count(*) FROM duty WHERE node NOT IN (${live.map((id) => `'${id}'`)})`));
  for (const [signal, what] of [["SIGKILL", "killed"], [undefined, "stopped"]]) {
    const duties = [], told = [];
    for (let i = 0; i < FAILOVERS; i++) {
      const ids = (await statuses()).map((s) => s.node), dead = all[1 + (i % 2)], rest = all.filter((n) => n !== dead);
      await eventually("each duty is somebody's", () => orphans(ids) === 0);
      await eventually("the tool is there", async () => (await Promise.all(all.map(names))).every((n) => n.includes("list-teams")));
      await dead.stop(signal);
      const moved = until("duties have moved", () => orphans(ids.filter((_, k) => all[k] !== dead)) === 0);
      await vendors.tools("arcjet", [{ op: "change", tool: "list-teams", set: { description: `As of ${what} ${i}.` } }]);
      told.push(await until("all have heard", async () => (await Promise.all(rest.map(names))).every((n) => n.length && !n.includes("list-teams"))));
      duties.push(await moved);
      await all[0].must(200, "POST", `/integrated-account/${account.id}/tools/approve`, { names: ["list-teams"] });
      await dead.start();
      await eventually("they know of each other", async () => (await statuses()).every((s) => s.nodes.length === all.length));
    }
    print(`a node ${what}, its duties are others': ms, p50 / p99 / most`, quantiles(duties));
    print(`a node ${what}, a vendor's news are heard: ms, p50 / p99 / most`, quantiles(told));
  }
  await vendors.close();
}

export async function nodes({ print }) {
  if (skip) return print("skipped", skip);
  const db = await startDatabase(), upstream = await vendor(), alone = {};
  for (const count of [1, 2, 3]) {
    const all = await startNodes(db.make(), count);
    const account = await all[0].must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "bench", credential: { token: TOKEN }, base_url: `${upstream}/client/v4` });
    const server = await all[0].must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "bench", config: { methods: ["read"] } });
    const path = new URL(server.url).pathname, at = (i) => all[i % count].url + path;
    for (let i = 0; i < count; i++) await eventually("it is there", async () => (await modern(at(i), "tools/list")).status === 200);
    const sessions = [];
    for (let i = 0; i < SESSIONS; i++) {
      const r = await rpc(at(i), { jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } } });
      sessions.push({ home: i, headers: { "mcp-session-id": r.headers.get("mcp-session-id"), "mcp-protocol-version": "2025-11-25" } });
    }
    const legacy = (where) => (i) => {
      const s = sessions[i % SESSIONS];
      return rpc(at(where(i, s)), { jsonrpc: "2.0", id: i + 1, method: "tools/call", params: TOOL }, s.headers).then(good);
    };
    const kinds = {
      "modern, in turn": (i) => modern(at(i), "tools/call", TOOL).then(good),
      "legacy, at the session's node": legacy((i, s) => s.home),
      "legacy, in turn": legacy((i, s) => s.home + Math.floor(i / SESSIONS)),
    };
    for (const [kind, call] of Object.entries(kinds)) {
      const us = await spent(all, call);
      alone[kind] ??= us;
      print(`${count} node(s), ${kind}: CPU of a call, µs (of one node alone)`, `${us.toFixed(0)} (${(us / alone[kind]).toFixed(2)})`);
    }
    const passed = await Promise.all(all.map(async (n) => readMetrics((await n.api("GET", "/metrics")).text).values['postern_forwarded_total{outcome="answered"}']));
    print(`${count} node(s), calls passed on`, passed.reduce((a, b) => a + b, 0));
    if (count === 3) {
      await visible(all, account, print);
      await failover(all, print);
    }
    for (const node of all) await node.close();
  }
  await db.close();
}
