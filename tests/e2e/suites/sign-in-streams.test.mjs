// SPDX-License-Identifier: Apache-2.0
// An event stream that is open by a sign-in lasts as long as the access token that opened it; its client opens it again with
// the next one, and hears on. In both eras, by hand and by the official SDKs.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CLIENTS } from "../lib/clients.mjs";
import { Clock } from "../lib/clock.mjs";
import { Postern, rpc, startSandbox } from "../lib/postern.mjs";
import { person, Provider, refresh, register, signIn } from "../lib/sign-in.mjs";
import { eventually } from "../lib/wait.mjs";
import { Events, listen, open } from "../lib/wire.mjs";

const READ = { methods: ["read"] }, LISTS = { methods: ["list"] };
const folder = mkdtempSync(join(tmpdir(), "postern-streams-"));
let sandbox, postern, world, clock, account, ada, seconds = 0, serial = 0;
before(async () => {
  clock = new Clock(folder);
  sandbox = await startSandbox();
  postern = new Postern({ sign_in_token: "5m", loops: 2 });
  postern.env = clock.env;
  await postern.start();
  world = { postern, must: postern.must.bind(postern) };
  account = await world.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  ada = await person(world, "ada");
});
after(async () => {
  await postern?.close();
  await sandbox?.close();
  clock?.close();
  rmSync(folder, { recursive: true, force: true });
});

const made = () => world.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: `CRM ${++serial}`, config: READ, slug: `crm-${serial}`, sign_in: { roles: ["viewer"] } });
const becomes = (server, config) => world.must(200, "PATCH", `/mcp-server/${server.id}`, { config });
const runOut = () => clock.ahead((seconds += 360));
const bearer = (tokens) => ({ authorization: `Bearer ${tokens.access_token}` });

// A session of the former era, and its stream.
async function session(server, tokens) {
  const hello = await rpc(server.sign_in_url, { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "e2e", version: "1" } } }, bearer(tokens));
  assert.equal(hello.status, 200, hello.text);
  const headers = { "mcp-session-id": hello.headers.get("mcp-session-id"), "mcp-protocol-version": "2025-11-25" };
  await rpc(server.sign_in_url, { jsonrpc: "2.0", method: "notifications/initialized" }, { ...headers, ...bearer(tokens) });
  return async (now) => new Events(await open(server.sign_in_url, { method: "GET", headers: { accept: "text/event-stream", ...headers, ...bearer(now) } }));
}
const ERAS = {
  "2026-07-28": async (server) => (tokens) => listen(server.sign_in_url, { headers: bearer(tokens) }),
  "2025-11-25": session,
};

for (const [era, begin] of Object.entries(ERAS)) {
  const changed = async (stream) => {
    for (;;) if ((await stream.next()).method === "notifications/tools/list_changed") return;
  };
  test(`${era}: a stream ends in order with its token, and goes on by the next`, async () => {
    const server = await made(), client = await register(world), tokens = await signIn(world, ada, client, server.sign_in_url);
    const opens = await begin(server, tokens), first = await opens(tokens);
    await becomes(server, LISTS);
    await changed(first);
    clock.ahead((seconds += 240));
    const next = await opens(await refresh(world, client, tokens.refresh_token)); // beside the first, whose token still is good
    clock.ahead((seconds += 120));
    await first.end();
    assert.equal(first.complete, true, "closed in order, not broken off");
    assert.equal((await opens(tokens)).status, 401);
    await becomes(server, READ);
    await changed(next);
    next.close();
  });

  test(`${era}: a stream ends when its sign-in is ended, or its client gives a token back`, async () => {
    const server = await made(), client = await register(world);
    for (const end of [
      async () => world.must(204, "DELETE", `/client-sign-in/${(await world.must(200, "GET", "/client-sign-in")).items.find((s) => s.client_id === client.client_id).id}`),
      async (tokens) => assert.equal((await fetch(`${postern.url}/oauth/revoke`, { method: "POST", body: new URLSearchParams({ token: tokens.access_token, client_id: client.client_id }) })).status, 200),
    ]) {
      const tokens = await signIn(world, ada, client, server.sign_in_url), stream = await (await begin(server, tokens))(tokens);
      assert.equal(stream.status, 200);
      await end(tokens);
      await stream.end();
      assert.equal(stream.complete, true);
    }
  });
}

for (const name of ["SDK v1", "SDK v2, legacy"])
  test(`${name} opens its stream again by itself, and hears on`, async () => {
    const server = await made(), provider = new Provider(ada), client = await CLIENTS[name].signIn(server.sign_in_url, provider);
    let told = 0;
    client.fallbackNotificationHandler = async () => void told++;
    try {
      const streams = async () => (await world.must(200, "GET", "/status")).queues.streams;
      await eventually("its stream is open", async () => (await streams()) > 0);
      const held = provider.held.access_token;
      runOut();
      await eventually("it has taken another token", async () => provider.held.access_token !== held);
      await eventually("its stream is open again", async () => (await streams()) > 0);
      let config = READ;
      await eventually("it hears of a change", async () => {
        await becomes(server, (config = config === READ ? LISTS : READ));
        return told > 0;
      });
      assert.match((await client.callTool({ name: "list_all_cloudflare_zones", arguments: {} })).content[0].text, /example\.com/);
    } finally {
      await client.close();
    }
  });

test("SDK v2 is told of the end, and listens again by its next token", async () => {
  const server = await made(), provider = new Provider(ada), client = await CLIENTS["SDK v2, pinned"].signIn(server.sign_in_url, provider);
  let told = 0;
  client.setNotificationHandler("notifications/tools/list_changed", async () => void told++);
  try {
    const first = await client.listen({ toolsListChanged: true }), held = provider.held.access_token;
    runOut();
    assert.equal(await first.closed, "graceful");
    await client.listen({ toolsListChanged: true });
    assert.notEqual(provider.held.access_token, held);
    await becomes(server, LISTS);
    await eventually("it hears of a change", async () => told > 0);
  } finally {
    await client.close();
  }
});
