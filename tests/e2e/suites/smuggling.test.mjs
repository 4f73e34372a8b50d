// SPDX-License-Identifier: Apache-2.0
// Requests that two parsers would read differently. Each probe carries a second request inside; a
// server that answers it has been smuggled past whatever stands in front.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { start } from "../lib/postern.mjs";
import { chunked, json, makeProbes } from "../lib/probes.mjs";
import { exchange, host, Raw, request } from "../lib/raw.mjs";
import { metrics } from "../lib/wait.mjs";

let world, url, target;
before(async () => {
  world = await start({ settings: { loops: 1, max_header_bytes: "16KiB", max_body_bytes: "64KiB" } });
  url = world.postern.url;
  target = new URL((await world.server(await world.account())).url).pathname;
});
after(() => world?.close());

const { smuggled, post, groups } = makeProbes(() => ({ url, target }));

for (const [group, probes] of Object.entries(groups))
  describe(`refuses and closes: ${group}`, () => {
    for (const [name, bytes] of Object.entries(probes))
      test(name, async () => {
        const { replies, closed, text } = await exchange(url, bytes());
        assert.ok(closed, "the connection is closed: nothing after this can be trusted");
        assert.ok(!text.includes('"status":"ok"'), `the inner request was answered: ${text}`);
        assert.equal(replies.length, 1, `one refusal and no more: ${text}`);
        assert.ok([400, 413, 417, 501, 505].includes(replies[0].status), `${replies[0].status}: ${replies[0].body}`);
        assert.match(replies[0].headers.get("connection") ?? "", /close/i);
      });
  });

describe("what is allowed is read right", () => {
  test("pipelined requests are answered once each and in order", async () => {
    const bytes = [
      request("GET", "/healthz", url),
      request("GET", "/nowhere", url),
      request("POST", target, url, { headers: { "content-type": "application/json", "transfer-encoding": "chunked", "content-length": undefined }, body: undefined }) + chunked('{"jsonrpc":"2.0","id":7,"method":"ping"}'),
      request("HEAD", "/healthz", url),
      request("GET", "/healthz", url, { headers: { connection: "close" } }),
      request("GET", "/readyz", url),
    ].join("");
    const methods = ["GET", "GET", "POST", "HEAD", "GET"];
    const { replies, closed } = await exchange(url, bytes, { methods });
    assert.deepEqual(replies.map((r) => r.status), [200, 404, 200, 200, 200]);
    assert.equal(JSON.parse(replies[2].body).id, 7);
    assert.ok(closed, "Connection: close ends it; what follows is not read");
  });

  test("a request inside a body stays a body", async () => {
    const bytes = request("POST", target, url, { headers: { "content-type": "application/json" }, body: smuggled() }) + request("GET", "/openapi.json", url, { headers: { connection: "close" } });
    const { replies } = await exchange(url, bytes);
    assert.deepEqual(replies.map((r) => r.status), [400, 200]);
    assert.ok(!replies.some((r) => r.body.includes('"status":"ok"')));
  });

  test("a request inside a chunk extension or a trailer is skipped", async () => {
    const body = `28;x="${"y".repeat(50)}"\r\n{"jsonrpc":"2.0","id":7,"method":"ping"}\r\n0\r\nX-Trailer: GET /healthz HTTP/1.1\r\n\r\n`;
    const bytes = post(`${json}Transfer-Encoding: chunked\r\n`, body) + request("GET", "/nowhere", url, { headers: { connection: "close" } });
    const { replies } = await exchange(url, bytes);
    assert.deepEqual(replies.map((r) => r.status), [200, 404]);
  });

  test("every split of a request's bytes is read alike", async () => {
    const bytes = request("POST", target, url, { headers: { "content-type": "application/json", connection: "close" }, body: '{"jsonrpc":"2.0","id":7,"method":"ping"}' });
    const cuts = Array.from({ length: Math.ceil(bytes.length / 9) }, (_, i) => 1 + i * 9).filter((i) => i < bytes.length);
    await Promise.all(
      cuts.map(async (cut) => {
        const raw = await new Raw(url, { noDelay: true }).connected();
        raw.write(bytes.slice(0, cut));
        await new Promise((r) => setImmediate(r));
        raw.write(bytes.slice(cut));
        await raw.until(() => false);
        assert.deepEqual(raw.replies().map((r) => [r.status, JSON.parse(r.body).id]), [[200, 7]], `cut at ${cut}`);
      }),
    );
  });

  test("an Upgrade is declined, not followed", async () => {
    const bytes = request("GET", "/healthz", url, { headers: { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAAQAAP__" } }) + request("GET", "/nowhere", url, { headers: { connection: "close" } });
    const { replies } = await exchange(url, bytes);
    assert.deepEqual(replies.map((r) => r.status), [200, 404]);
  });
});

describe("Expect: 100-continue", () => {
  test("asks for the body only where it will be read", async () => {
    const raw = await new Raw(url).connected();
    raw.write(post(`${json}Expect: 100-continue\r\nContent-Length: 40\r\n`, ""));
    await raw.until((r) => r.text.includes("\r\n\r\n"));
    assert.match(raw.text, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    raw.write('{"jsonrpc":"2.0","id":7,"method":"ping"}');
    await raw.until((r) => r.replies().length === 1);
    assert.equal(raw.replies()[0].status, 200);
    raw.end();
  });

  test("refuses a body that is too large before it is sent", async () => {
    const { replies, text } = await exchange(url, post(`${json}Expect: 100-continue\r\nContent-Length: 1000000\r\n`, ""));
    assert.deepEqual(replies.map((r) => r.status), [413]);
    assert.ok(!text.includes("100 Continue"));
  });
});

describe("bombs", () => {
  test("a head over the limit is 431", async () => {
    const { replies } = await exchange(url, request("GET", "/healthz", url, { headers: { "x-bomb": "a".repeat(20_000) } }));
    assert.deepEqual(replies.map((r) => r.status), [431]);
  });
  test("too many headers are 431", async () => {
    const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`x${i}`, "1"]));
    const { replies } = await exchange(url, request("GET", "/healthz", url, { headers: many }));
    assert.deepEqual(replies.map((r) => r.status), [431]);
  });
  test("a target over the limit is refused", async () => {
    const { replies } = await exchange(url, request("GET", `/${"a".repeat(20_000)}`, url));
    assert.ok([414, 431].includes(replies[0]?.status), JSON.stringify(replies));
  });
  test("a body over the limit is 413, announced or not", async () => {
    const announced = await exchange(url, request("POST", target, url, { headers: { "content-type": "application/json" }, body: "x".repeat(70_000) }));
    assert.deepEqual(announced.replies.map((r) => r.status), [413]);
    const piece = `1000\r\n${"x".repeat(4096)}\r\n`;
    const unannounced = await exchange(url, post(`${json}Transfer-Encoding: chunked\r\n`, piece.repeat(20)));
    assert.deepEqual(unannounced.replies.map((r) => r.status), [413]);
  });
  test("a trailer bomb is refused", async () => {
    const { replies, closed } = await exchange(url, post(`${json}Transfer-Encoding: chunked\r\n`, `2\r\n{}\r\n0\r\n${`X-T: ${"a".repeat(1000)}\r\n`.repeat(400)}`));
    assert.ok(closed);
    assert.ok(replies.length === 1 && replies[0].status >= 400, JSON.stringify(replies));
  });
  test("one-byte chunks past the limit are refused", async () => {
    const { replies, closed } = await exchange(url, post(`${json}Transfer-Encoding: chunked\r\n`, "1;aaaaaaaaaaaaaaaaaaaa\r\nx\r\n".repeat(60_000)));
    assert.ok(closed);
    assert.deepEqual(replies.map((r) => r.status), [413]);
  });
});

test("all of that is counted, and the vendor saw none of it", async () => {
  const probes = Object.values(groups).reduce((n, group) => n + Object.keys(group).length, 0);
  assert.ok((await metrics(world)).postern_http_refused_total >= probes);
  const seen = await world.sandbox.control("GET", "/requests?last=100");
  assert.ok(seen.every((r) => /\/(user\/tokens\/verify|accounts)/.test(r.path)), JSON.stringify(seen.map((r) => r.path)));
});
