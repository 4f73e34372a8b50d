// SPDX-License-Identifier: Apache-2.0
// Clients that take their time, at every stage of a request, and clients that come in crowds. The
// others are served meanwhile.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { modern, start } from "../lib/postern.mjs";
import { exchange, Raw, request } from "../lib/raw.mjs";
import { eventually, metrics } from "../lib/wait.mjs";

const call = { name: "list_all_cloudflare_zones", arguments: { name: "example.com" } };
const half = (url) => `GET /healthz HTTP/1.1\r\nHost: ${new URL(url).host}\r\nX-Half: `;

describe("slow at every stage", () => {
  let world, url, server;
  before(async () => {
    const short = { header_timeout: "2s", body_timeout: "2s", write_timeout: "2s", idle_timeout: "3s" };
    world = await start({ settings: { loops: 1, ...short } });
    url = world.postern.url;
    server = await world.server(await world.account());
  });
  after(() => world?.close());

  // Sends `first`, then `drops` one by one, a few a second, until the other side has had enough.
  async function drip(first, drops) {
    const raw = await new Raw(url).connected();
    if (first) raw.write(first);
    let i = 0;
    const timer = drops && setInterval(() => i < drops.length && raw.write(drops[i++]), 60);
    await raw.until(() => false);
    clearInterval(timer);
    raw.end();
    return { replies: raw.replies(), sent: i };
  }
  const target = () => new URL(server.url).pathname;
  const body = (n) => request("POST", target(), url, { headers: { "content-type": "application/json", "content-length": n } });
  const many = "x".repeat(1000);

  const stages = {
    "says nothing": { send: () => [""], statuses: [] },
    "drips the request line": { send: () => ["G", `ET /${many}`], statuses: [408] },
    "drips a header": { send: () => [half(url), many], statuses: [408] },
    "drips whole headers": { send: () => [`GET / HTTP/1.1\r\n`, Array.from({ length: 500 }, (_, i) => `X-${i}: y\r\n`)], statuses: [408] },
    "sends no body": { send: () => [body(100)], statuses: [408] },
    "drips the body": { send: () => [body(1000), many], statuses: [408] },
    "drips chunks": {
      send: () => [request("POST", target(), url, { headers: { "content-type": "application/json", "transfer-encoding": "chunked" } }), Array(500).fill("1\r\nx\r\n")],
      statuses: [408],
    },
    "never sends the promised body after 100 Continue": {
      send: () => [request("POST", target(), url, { headers: { "content-type": "application/json", "content-length": 50, expect: "100-continue" } })],
      statuses: [408],
    },
    "keeps an idle connection": { send: () => [request("GET", "/healthz", url)], statuses: [200] },
    "drips a second request": { send: () => [request("GET", "/healthz", url) + "GET /", many], statuses: [200, 408] },
    "stops within a second request": { send: () => [request("GET", "/healthz", url) + half(url)], statuses: [200, 408] },
  };

  test("each is cut off, and nobody else waits for them", async () => {
    let cutting = true;
    const slow = Object.entries(stages).flatMap(([name, { send, statuses }]) =>
      Array.from({ length: 10 }, async () => {
        const { replies, sent } = await drip(...send());
        assert.deepEqual(replies.map((r) => r.status), statuses, name);
        assert.ok(sent < 400, `${name}: what drips is cut off, not awaited`);
      }),
    );
    const all = Promise.all(slow).finally(() => (cutting = false));
    let served = 0;
    while (cutting && served < 5000) {
      assert.equal((await modern(server.url, "tools/call", call)).status, 200);
      served++;
    }
    await all;
    assert.ok(served > 0, "calls were answered meanwhile");
  });

  test("a reply that nobody reads is given up", async () => {
    const before = (await metrics(world)).postern_http_refused_total;
    const raw = await new Raw(url).connected();
    raw.socket.pause();
    raw.write(request("GET", "/openapi.json", url).repeat(2000)); // far more than any socket buffers
    await eventually("the connection is given up", async () => (await metrics(world)).postern_http_refused_total > before);
    raw.end();
    assert.equal((await modern(server.url, "tools/call", call)).status, 200);
  });
});

describe("crowds", () => {
  test("1,000 half-open connections do not keep others out", async () => {
    const world = await start({ settings: { max_connections_per_address: 3000, header_timeout: "1m" } });
    try {
      const { url } = world.postern;
      const server = await world.server(await world.account());
      const crowd = await Promise.all(Array.from({ length: 1000 }, () => new Raw(url).connected()));
      for (const raw of crowd) raw.write(half(url));
      await eventually("all are open", async () => (await metrics(world)).postern_http_connections >= 1000);
      const answers = await Promise.all(Array.from({ length: 50 }, () => modern(server.url, "tools/call", call)));
      assert.ok(answers.every((a) => a.status === 200));
      assert.ok(crowd.every((raw) => !raw.closed), "and they were not what had to go");
      for (const raw of crowd) raw.end();
      await eventually("all are gone", async () => (await metrics(world)).postern_http_connections < 50);
    } finally {
      await world.close();
    }
  });

  test("one address has its share, and no more", async () => {
    const world = await start({ settings: { loops: 1, max_connections_per_address: 20 } });
    try {
      const { url } = world.postern;
      const crowd = await Promise.all(Array.from({ length: 30 }, () => new Raw(url, { localAddress: "127.0.0.2" }).connected()));
      for (const raw of crowd) raw.write(half(url));
      const away = () => crowd.filter((raw) => raw.closed);
      await eventually("the rest is turned away", () => away().length === 10);
      for (const raw of away()) assert.deepEqual(raw.replies().map((r) => r.status), [503]);
      const other = await exchange(url, request("GET", "/healthz", url), { until: 1, localAddress: "127.0.0.3" });
      assert.equal(other.replies[0].status, 200, "another address is served");
      for (const raw of crowd) raw.end();
      const again = () => exchange(url, request("GET", "/healthz", url), { until: 1, localAddress: "127.0.0.2" });
      await eventually("the address is served again", async () => (await again()).replies[0]?.status === 200);
    } finally {
      await world.close();
    }
  });

  test("connections have a limit in all, and room comes back", async () => {
    const world = await start({ settings: { loops: 1, max_connections: 40 } });
    try {
      const { url } = world.postern;
      const crowd = await Promise.all(Array.from({ length: 60 }, (_, i) => new Raw(url, { localAddress: `127.0.1.${i + 1}` }).connected()));
      for (const raw of crowd) raw.write(half(url));
      await eventually("the rest is turned away", () => crowd.filter((raw) => raw.closed).length >= 20);
      for (const raw of crowd) raw.end();
      const again = () => exchange(url, request("GET", "/healthz", url), { until: 1 });
      await eventually("there is room again", async () => (await again()).replies[0]?.status === 200);
    } finally {
      await world.close();
    }
  });

  test("requests in progress have a limit: 503, and service goes on", async () => {
    const world = await start({ settings: { loops: 1, max_fibers: 8 } });
    try {
      const server = await world.server(await world.account());
      await world.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "slow", delay_ms: 500, times: 100 });
      const statuses = new Set();
      await eventually("some are turned away", async () => {
        for (const { status } of await Promise.all(Array.from({ length: 40 }, () => modern(server.url, "tools/call", call)))) statuses.add(status);
        return statuses.has(503);
      });
      assert.deepEqual([...statuses].sort(), [200, 503]);
      await world.sandbox.control("DELETE", "/fault");
      assert.equal((await modern(server.url, "tools/call", call)).status, 200);
    } finally {
      await world.close();
    }
  });
});
