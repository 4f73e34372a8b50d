// SPDX-License-Identifier: Apache-2.0
// What outlasts a request ends with its right: a question that nobody answers holds neither its own server and account open,
// once they are deleted, nor anybody else's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { modern, rpc } from "../lib/postern.mjs";
import { EVERY_METHOD, serve, startConformance, startWorld } from "../lib/upstream.mjs";
import { eventually, metrics, shortLived } from "../lib/wait.mjs";

const ASKS = { elicitation: {} };
let world, upstream, other;
before(async () => {
  [world, upstream, other] = await Promise.all([startWorld({ loops: 2 }), startConformance("sessions"), startConformance("sessions")]);
});
after(async () => {
  await world?.close();
  await Promise.all([upstream, other].map((u) => u?.close()));
});

const call = (name, args = {}) => ({ jsonrpc: "2.0", id: "asks", method: "tools/call", params: { name, arguments: args } });
async function session(server, headers = {}) {
  const r = await rpc(server.url, { jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: ASKS, clientInfo: { name: "e2e", version: "1" } } }, headers);
  assert.equal(r.status, 200, r.text);
  return { ...headers, "mcp-session-id": r.headers.get("mcp-session-id"), "mcp-protocol-version": "2025-11-25" };
}
// A call whose vendor has asked, and a client that stays, or goes without a word.
async function pending(server, { stays = false, headers } = {}) {
  const held = await session(server, headers);
  const leaving = new AbortController();
  const r = await fetch(server.url, { method: "POST", signal: leaving.signal, headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...held }, body: JSON.stringify(call("test_elicitation", { message: "Who?" })) });
  const reader = r.body.getReader();
  for (let text = ""; !text.includes("elicitation/create"); ) {
    const { value, done } = await reader.read();
    assert.ok(!done, `expected a question, got ${text}`);
    text += Buffer.from(value).toString();
  }
  if (!stays) leaving.abort();
  return { close: () => leaving.abort() };
}
const waiting = async () => (await world.must(200, "GET", "/status")).loops.flatMap((loop) => loop.fibers).filter((f) => f.name.startsWith("/mcp/"));
const remove = async ({ id, account }) => {
  await world.must(204, "DELETE", `/mcp-server/${id}`);
  await world.must(204, "DELETE", `/integrated-account/${account.id}`);
};
const open = async (u) => (await u.state()).open;

describe("a question that nobody answers", () => {
  const endings = {
    "its server is deleted": (server) => world.must(204, "DELETE", `/mcp-server/${server.id}`),
    "its server gets a new URL": (server) => world.must(200, "POST", `/mcp-server/${server.id}/rotate`),
    "its server expires": (server) => shortLived((expires_at) => world.must(200, "PATCH", `/mcp-server/${server.id}`, { expires_at })),
    "its account is deleted": (server) => world.must(204, "DELETE", `/integrated-account/${server.account.id}`),
    "its API token is revoked": (_server, token) => world.must(204, "DELETE", `/api-token/${token.id}`),
  };
  for (const [name, act] of Object.entries(endings))
    for (const stays of [true, false])
      test(`${name}: the call ends, ${stays ? "though the client waits" : "whose client has gone"}`, async () => {
        const token = await world.must(201, "POST", "/api-token", { name: "asked", role: "client" });
        const server = await serve(world, upstream.url, { config: { ...EVERY_METHOD, require_api_token_auth: true } });
        const client = await pending(server, { stays, headers: { authorization: `Bearer ${token.token}` } });
        assert.equal((await waiting()).length, 1, "it waits");
        await act(server, token);
        await eventually("nothing waits any more", async () => (await waiting()).length === 0);
        client.close();
        await world.api("DELETE", `/integrated-account/${server.account.id}`);
      });

  test("what is another's goes at once all the same: its sessions end at its vendor", async () => {
    const [asking, gone] = [await serve(world, upstream.url), await serve(world, other.url)];
    const held = await session(gone);
    assert.equal((await rpc(gone.url, call("test_simple_text"), held)).status, 200);
    assert.ok((await open(other)) > 0);
    await pending(asking);
    await remove(gone);
    await eventually("every session of the deleted account is closed", async () => (await open(other)) === 0);
    assert.equal((await waiting()).length, 1, "and the question still waits, whose server is there");
    await remove(asking);
    await eventually("nor does anything else stay", async () => (await metrics(world)).postern_upstream_sessions === 0);
  });

  test("kept for a modern client that never comes back: the vendor is told when the server goes", async () => {
    const server = await serve(world, upstream.url);
    const r = await modern(server.url, "tools/call", { name: "test_elicitation", arguments: { message: "Who?" } }, { meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } } });
    assert.equal(r.body.result?.resultType, "input_required", r.text);
    await remove(server);
    await eventually("no session is left", async () => (await metrics(world)).postern_upstream_sessions === 0);
    await eventually("nor at the vendor", async () => (await open(upstream)) === 0);
  });
});
