// SPDX-License-Identifier: Apache-2.0
// Real AI clients from npm against Postern and the sandbox, each with a scripted model in place of its own: lists, a read, a
// program with its chart, a write that is not there, a server that has expired. What each declares, and how many bytes of
// definitions it hands to its model, is printed in the end. Nothing leaves the machine. `make clients`.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { start } from "../e2e/lib/postern.mjs";
import { eventually } from "../e2e/lib/wait.mjs";
import { answerOf } from "./asking.mjs";
import { HOSTS } from "./hosts.mjs";
import { startModel } from "./model.mjs";
import { startWiretap } from "./wiretap.mjs";

const DISCOVERY = ["full", "featured", "search"];
const LIST = "list_all_cloudflare_zones";
const PROGRAM = {
  version: 1,
  title: "Zones by state",
  steps: [{ id: "zones", account: "acme", tool: LIST }],
  results: { by_state: { query: "SELECT status, count(*) AS zones FROM zones GROUP BY status ORDER BY zones DESC", columns: { zones: { kind: "count" } }, chart: { mark: "bar", x: "zones", y: "status" } } },
};

let world, account;
const table = [];
before(async () => {
  world = await start();
  account = await world.account("cfut_sandbox_one_account", { name: "acme" });
});
after(async () => {
  await world?.close();
  console.log(`\n${table.join("\n")}`);
});

// One question to one client: what the model asked for until it had an answer, and what the client said in the end. A client
// may need a call of its own first, to find the tool.
async function ask(host, url, { tool, args, until }) {
  const tap = await startWiretap(url);
  const model = await startModel((shown) => {
    if (shown.tools.length === 0) return { say: "ok" }; // a title, a check of the connection
    const found = shown.results.find((r) => until.test(r));
    if (found) return { say: `It says: ${found.slice(0, 2000)}` };
    return shown.results.length > 3 ? { say: "It does not say." } : { call: host.call(shown, tool, args) };
  });
  const home = mkdtempSync(join(tmpdir(), "postern-client-"));
  const at = { server: tap.url, model: model.url };
  try {
    host.prepare(home, at);
    const said = await answerOf(host, home, { PATH: process.env.PATH, HOME: home, ...host.env(home, at) });
    return { ...said, declared: tap.declared(), messages: tap.messages, seen: model.seen.filter((s) => s.tools.length) };
  } finally {
    await Promise.all([tap.close(), model.close()]);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

const ours = (host, seen) => seen[0].tools.filter((t) => host.isOurs(t));
const requests = () => world.sandbox.control("GET", "/requests?last=500");

for (const host of HOSTS)
  describe(host.name, { concurrency: 1 }, () => {
    test("a read, and what it is shown", async () => {
      const counts = [];
      for (const discovery of DISCOVERY) {
        const server = await world.server(account, { methods: ["read"], discovery });
        const direct = { tool: LIST, args: { status: "active" } };
        const through = { tool: "postern_read", args: { tool: LIST, arguments: direct.args } }; // what is not listed, a client cannot call
        const answer = await ask(host, server.url, { ...(discovery === "search" ? through : direct), until: /example\.com/ });
        assert.match(answer.stdout, /It says: [^]*example\.com/, `${discovery}: ${answer.stdout}${answer.stderr}`);
        const tools = ours(host, answer.seen);
        counts.push(`${discovery} ${tools.length} tools ${tools.reduce((n, t) => n + t.bytes, 0)} bytes`);
        if (discovery === "full") table.push(`${host.name}: ${JSON.stringify(answer.declared)}`);
      }
      table.push(`  its model is shown: ${counts.join(", ")}`);
    });

    test("a program, with its chart", async () => {
      const server = await world.server(account, { methods: ["read"], programs: true });
      const answer = await ask(host, server.url, { tool: "postern_run_program", args: { program: PROGRAM }, until: /Zones by state|by_state/ });
      assert.match(answer.stdout, /It says: [^]*active/, `${answer.stdout}${answer.stderr}`);
      const call = answer.messages.find((m) => m.method === "tools/call");
      assert.deepEqual(call.params.arguments.program, PROGRAM, "the client passes a program as it was written");
    });

    test("a write is not there", async () => {
      await world.sandbox.control("DELETE", "/requests");
      const server = await world.server(account, { methods: ["read"] });
      const answer = await ask(host, server.url, { tool: "delete_single_cloudflare_zone_by_id", args: { zone_id: "023e105f4ecef8ad9ca31a8372d0c353" }, until: /success/ });
      assert.doesNotMatch(answer.stdout, /It says/);
      assert.deepEqual((await requests()).filter((r) => r.method !== "GET").map((r) => `${r.method} ${r.path}`), [], "the vendor saw a write");
    });

    test("a server that has expired", async () => {
      const server = await world.server(account, { methods: ["read"] }, { expires_at: new Date(Date.now() + 1500).toISOString() });
      await eventually("it expires", async () => !(await fetch(server.url, { method: "POST", headers: { "content-type": "application/json", accept: "application/json, text/event-stream" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }) })).ok);
      await world.sandbox.control("DELETE", "/requests");
      const answer = await ask(host, server.url, { tool: LIST, args: {}, until: /example\.com/ });
      assert.doesNotMatch(answer.stdout, /It says/);
      assert.deepEqual(ours(host, answer.seen), [], "tools of an expired server");
      assert.deepEqual(await requests(), [], "the vendor was asked");
    });
  });
