// SPDX-License-Identifier: Apache-2.0
// What has a last second is dead from then on: requests, open streams, rows and tokens. The machine's
// clock is the only one here, so what it says around an answer bounds what the answer must be.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { database } from "../lib/database.mjs";
import { rpc, start } from "../lib/postern.mjs";
import { eventually, shortLived } from "../lib/wait.mjs";
import { listen } from "../lib/wire.mjs";

let world, account;
before(async () => {
  world = await start();
  account = await world.account();
});
after(() => world?.close());

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const soon = (ms) => new Date(Date.now() + ms).toISOString();

// Makes something that expires and asks until well past the time: an answer that came whole before it must be
// `alive`, one that was asked for after it must be `dead`. Where the machine was too busy for even one answer
// before, the next one gets twice the time.
async function dies(make, ask, alive, dead) {
  for (let ms = 1200; ; ms *= 2) {
    const made = await shortLived(make, { ms });
    const end = Date.parse(made.expires_at);
    for (let before = 0; ; ) {
      const asked = Date.now();
      const status = await ask(made);
      const answered = Date.now();
      if (answered < end) {
        assert.equal(status, alive, `${end - answered} ms before`);
        before++;
      } else if (asked >= end) {
        assert.equal(status, dead, `${asked - end} ms after`);
        if (before > 0) return made;
        break;
      }
    }
    assert.ok(ms < 60_000, "it was never seen alive");
  }
}
const pinged = async ({ url }) => (await rpc(url, ping)).status;

describe("servers", () => {
  test("answer until the millisecond, and not after it", async () => {
    await dies((expires_at) => world.server(account, { methods: ["read"] }, { expires_at }), pinged, 200, 404);
  });

  test("an offset and a fraction in the time are understood", async () => {
    const abroad = async (time) => {
      const local = new Date(Date.parse(time) + 5.5 * 3600_000).toISOString().replace("Z", "+05:30");
      const server = await world.server(account, { methods: ["read"] }, { expires_at: local });
      assert.equal(Date.parse(server.expires_at), Date.parse(time));
      return server;
    };
    await dies(abroad, pinged, 200, 404);
  });

  test("a change of the time counts at once, both ways", async () => {
    const server = await world.server(account, { methods: ["read"] }, { expires_at: soon(20_000) });
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { expires_at: null });
    const other = await world.server(account, { methods: ["read"] }, { expires_at: soon(60_000) });
    const sooner = (expires_at) => world.must(200, "PATCH", `/mcp-server/${other.id}`, { expires_at });
    await dies(sooner, () => pinged(other), 200, 404);
    await eventually("the first one's old time has passed", () => Date.now() > Date.parse(server.expires_at));
    assert.equal((await rpc(server.url, ping)).status, 200);
  });

  test("their open streams end, not before and not long after", async () => {
    const server = await world.server(account, { methods: ["read"] });
    const lasting = await world.server(account);
    const streams = await Promise.all([1, 2, 3].map(() => listen(server.url)));
    const other = await listen(lasting.url);
    for (const s of [...streams, other]) assert.equal((await s.next()).method, "notifications/subscriptions/acknowledged");
    const { expires_at } = await shortLived((expires_at) => world.must(200, "PATCH", `/mcp-server/${server.id}`, { expires_at }));
    for (const s of streams) {
      await s.end();
      assert.ok(Date.now() >= Date.parse(expires_at), "not before");
    }
    assert.equal(other.ended, false, "another server's stream goes on");
    other.close();
    assert.equal((await listen(server.url)).status, 404);
  });
});

describe("API tokens", () => {
  test("open the management API until their time", async () => {
    const made = (expires_at) => world.must(201, "POST", "/api-token", { name: "brief", role: "admin", expires_at });
    await dies(made, async ({ token }) => (await world.api("GET", "/whoami", undefined, { token })).status, 200, 401);
  });

  test("open servers that ask for one until their time, streams too", async () => {
    const server = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    const lasting = await world.must(201, "POST", "/api-token", { name: "lasting", role: "client" });
    const bearer = ({ token }) => ({ authorization: `Bearer ${token}` });
    const opened = async (token) => {
      const stream = await listen(server.url, { headers: bearer(token) });
      if (stream.status === 200) assert.equal((await stream.next()).method, "notifications/subscriptions/acknowledged");
      return stream;
    };
    const other = await opened(lasting);
    const brief = async (expires_at) => {
      const token = await world.must(201, "POST", "/api-token", { name: "brief", role: "client", expires_at });
      return { ...token, stream: await opened(token) };
    };
    const { stream } = await dies(brief, async (token) => (await rpc(server.url, ping, bearer(token))).status, 200, 401);
    await stream.end();
    assert.equal((await rpc(server.url, ping, bearer(lasting))).status, 200);
    assert.equal(other.ended, false);
    other.close();
  });
});

test("rows and tokens are purged, and lists forget them", async () => {
  const db = database(world.postern, { readOnly: true });
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const stored = {
    server: ({ id, url }) => db.prepare("SELECT count(*) AS n FROM server WHERE id = ? OR token_hash = ?").get(id, hash(url.split("/").at(-1))).n,
    token: ({ id, token }) => db.prepare("SELECT count(*) AS n FROM api_token WHERE id = ? OR hash = ?").get(id, hash(token)).n,
  };
  const server = await shortLived((expires_at) => world.server(account, { methods: ["read"] }, { expires_at }), { alive: stored.server });
  const token = await shortLived((expires_at) => world.must(201, "POST", "/api-token", { name: "purged", role: "client", expires_at }), { alive: stored.token });
  await eventually("both rows are gone", () => !stored.server(server) && !stored.token(token), { every: 100 });
  db.close();
  await eventually("the catalog follows", async () => (await world.api("GET", `/mcp-server/${server.id}`)).status === 404);
  assert.ok(!(await world.must(200, "GET", "/api-token?limit=1000")).items.some((t) => t.id === token.id));
  assert.equal((await world.api("GET", "/whoami")).status, 200, "what does not expire stays");
});
