// SPDX-License-Identifier: Apache-2.0
// Requests that two parsers would read differently. Each probe carries a second request inside; a
// server that answers it has been smuggled past whatever stands in front.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { start } from "../lib/postern.mjs";
import { exchange, host, Raw, request } from "../lib/raw.mjs";
import { metrics } from "../lib/wait.mjs";

let world, url, target;
before(async () => {
  world = await start({ settings: { loops: 1, max_header_bytes: "16KiB", max_body_bytes: "64KiB" } });
  url = world.postern.url;
  target = new URL((await world.server(await world.account())).url).pathname;
});
after(() => world?.close());

// What must never be answered. Its reply is unlike any refusal.
const smuggled = () => `GET /healthz HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n`;
const chunked = (bytes) => `${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`;
const post = (headers, body) => `POST ${target} HTTP/1.1\r\nHost: ${host(url)}\r\n${headers}\r\n${body}`;
const json = "Content-Type: application/json\r\n";

const framing = {
  "Content-Length and Transfer-Encoding": () => post(`${json}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "Transfer-Encoding and Content-Length": () => post(`${json}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, `5c\r\n${smuggled()}`),
  "two different Content-Lengths": () => post(`${json}Content-Length: 0\r\nContent-Length: 44\r\n`, smuggled()),
  "two equal Content-Lengths": () => post(`${json}Content-Length: 2\r\nContent-Length: 2\r\n`, `{}${smuggled()}`),
  "a list of Content-Lengths": () => post(`${json}Content-Length: 2, 2\r\n`, `{}${smuggled()}`),
  "Content-Length with a plus": () => post(`${json}Content-Length: +2\r\n`, `{}${smuggled()}`),
  "Content-Length in hex": () => post(`${json}Content-Length: 0x2\r\n`, `{}${smuggled()}`),
  "negative Content-Length": () => post(`${json}Content-Length: -1\r\n`, smuggled()),
  "empty Content-Length": () => post(`${json}Content-Length:\r\n`, smuggled()),
  "Content-Length beyond 64 bits": () => post(`${json}Content-Length: 18446744073709551618\r\n`, `{}${smuggled()}`),
  "Content-Length of two numbers": () => post(`${json}Content-Length: 2 2\r\n`, `{}${smuggled()}`),
  "chunked twice": () => post(`${json}Transfer-Encoding: chunked, chunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "two Transfer-Encodings": () => post(`${json}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "chunked, then identity": () => post(`${json}Transfer-Encoding: chunked, identity\r\n`, `0\r\n\r\n${smuggled()}`),
  "Transfer-Encoding identity": () => post(`${json}Transfer-Encoding: identity\r\n`, smuggled()),
  "Transfer-Encoding gzip": () => post(`${json}Transfer-Encoding: gzip\r\n`, smuggled()),
  "Transfer-Encoding gzip, chunked": () => post(`${json}Transfer-Encoding: gzip, chunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "Transfer-Encoding xchunked": () => post(`${json}Transfer-Encoding: xchunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "Transfer-Encoding after a vertical tab": () => post(`${json}Transfer-Encoding: \x0bchunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "Transfer-Encoding in quotes": () => post(`${json}Transfer-Encoding: "chunked"\r\n`, `0\r\n\r\n${smuggled()}`),
  "a space before the colon": () => post(`${json}Transfer-Encoding : chunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "a tab before the colon": () => post(`${json}Content-Length\t: 2\r\n`, `{}${smuggled()}`),
  "Transfer-Encoding in HTTP/1.0": () => `POST ${target} HTTP/1.0\r\nHost: ${host(url)}\r\n${json}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled()}`,
};
const lines = {
  "bare LF after the request line": () => `POST ${target} HTTP/1.1\nHost: ${host(url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
  "bare LF after a header": () => post(`${json}X-A: b\nContent-Length: 0\r\n`, smuggled()),
  "bare LF ends the head": () => `POST ${target} HTTP/1.1\r\nHost: ${host(url)}\r\nContent-Length: 0\r\n\n${smuggled()}`,
  "bare CR in a header's value": () => post(`${json}X-A: b\rContent-Length: 44\r\n`, smuggled()),
  "bare CR after the request line": () => `POST ${target} HTTP/1.1\rHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "CR CR LF": () => post(`${json}X-A: b\r\r\nContent-Length: 0\r\n`, smuggled()),
  "a folded header": () => post(`${json}X-A: b\r\n Content-Length: 44\r\n`, smuggled()),
  "a folded header with a tab": () => post(`${json}Transfer-Encoding:\r\n\tchunked\r\n`, `0\r\n\r\n${smuggled()}`),
  "a space before the first header": () => `POST ${target} HTTP/1.1\r\n Host: ${host(url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
  "a header without a colon": () => post(`${json}Nonsense\r\nContent-Length: 0\r\n`, smuggled()),
  "a header without a name": () => post(`${json}: value\r\nContent-Length: 0\r\n`, smuggled()),
  "NUL in a header's name": () => post(`${json}X-\0A: b\r\nContent-Length: 0\r\n`, smuggled()),
  "NUL in a header's value": () => post(`${json}X-A: b\0c\r\nContent-Length: 0\r\n`, smuggled()),
  "a control byte in a header's value": () => post(`${json}X-A: b\x01c\r\nContent-Length: 0\r\n`, smuggled()),
  "DEL in a header's value": () => post(`${json}X-A: b\x7fc\r\nContent-Length: 0\r\n`, smuggled()),
  "parentheses in a header's name": () => post(`${json}X(A): b\r\nContent-Length: 0\r\n`, smuggled()),
  "a byte over 127 in a header's name": () => post(`${json}X-\xe9: b\r\nContent-Length: 0\r\n`, smuggled()),
};
const chunks = {
  "a chunk size with a plus": () => post(`${json}Transfer-Encoding: chunked\r\n`, `+2\r\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a chunk size in 0x form": () => post(`${json}Transfer-Encoding: chunked\r\n`, `0x2\r\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a negative chunk size": () => post(`${json}Transfer-Encoding: chunked\r\n`, `-2\r\n{}\r\n0\r\n\r\n${smuggled()}`),
  "an empty chunk size": () => post(`${json}Transfer-Encoding: chunked\r\n`, `\r\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a chunk size beyond 64 bits": () => post(`${json}Transfer-Encoding: chunked\r\n`, `10000000000000002\r\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a space before the chunk size": () => post(`${json}Transfer-Encoding: chunked\r\n`, ` 2\r\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a space after the chunk size": () => post(`${json}Transfer-Encoding: chunked\r\n`, `2 \r\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a chunk that ends in bare LF": () => post(`${json}Transfer-Encoding: chunked\r\n`, `2\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a chunk extension with bare LF": () => post(`${json}Transfer-Encoding: chunked\r\n`, `2;a=b\n{}\r\n0\r\n\r\n${smuggled()}`),
  "a chunk longer than its size": () => post(`${json}Transfer-Encoding: chunked\r\n`, `2\r\n{}XX\r\n0\r\n\r\n${smuggled()}`),
  "an LF alone after a chunk": () => post(`${json}Transfer-Encoding: chunked\r\n`, `2\r\n{}\n0\r\n\r\n${smuggled()}`),
  "Content-Length in a trailer": () => post(`${json}Transfer-Encoding: chunked\r\n`, `2\r\n{}\r\n0\r\nContent-Length: 44\r\n\r\n${smuggled()}`),
  "a chunk that claims 1 TiB": () => post(`${json}Transfer-Encoding: chunked\r\n`, `10000000000\r\n${"x".repeat(300_000)}`),
};
const starts = {
  "no Host": () => `POST ${target} HTTP/1.1\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
  "two Hosts": () => post(`Host: ${host(url)}\r\nContent-Length: 0\r\n`, smuggled()),
  "an empty Host": () => `POST ${target} HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
  "user info in Host": () => `POST ${target} HTTP/1.1\r\nHost: a@${host(url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
  "a path in Host": () => `POST ${target} HTTP/1.1\r\nHost: ${host(url)}/x\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
  "another server in the target": () => `POST http://elsewhere.example${target} HTTP/1.1\r\nHost: ${host(url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
  "CONNECT": () => `CONNECT ${host(url)} HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a target without a slash": () => `GET healthz HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a space in the target": () => `GET /x y HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a fragment in the target": () => `GET /x#y HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "NUL in the target": () => `GET /x\0y HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a broken escape in the target": () => `GET /x%zz HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "HTTP/0.9": () => `GET /healthz\r\n${smuggled()}`,
  "HTTP/2.0 in the request line": () => `GET /x HTTP/2.0\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "the HTTP/2 preface": () => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled()}`,
  "HTTP/1.2": () => `GET /x HTTP/1.2\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "another protocol's name": () => `GET /x RTSP/1.0\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "two spaces behind the method": () => `GET  /x HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "two spaces before the version": () => `GET /x  HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a space behind the version": () => `GET /x HTTP/1.1 \r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "tabs in the request line": () => `GET\t/x\tHTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a bare CR before the method": () => `\rGET /x HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a bare LF before the method": () => `\r\n\nGET /x HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a space before the method": () => ` GET /x HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a lower-case method": () => `get /x HTTP/1.1\r\nHost: ${host(url)}\r\n\r\n${smuggled()}`,
  "a TLS hello": () => `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${"\0".repeat(64)}${smuggled()}`,
  "an unknown expectation": () => post(`${json}Expect: 200-ok\r\nContent-Length: 44\r\n`, smuggled()),
  "two expectations": () => post(`${json}Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 44\r\n`, smuggled()),
};

for (const [group, probes] of Object.entries({ framing, lines, chunks, starts }))
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
  const probes = [framing, lines, chunks, starts].reduce((n, group) => n + Object.keys(group).length, 0);
  assert.ok((await metrics(world)).postern_http_refused_total >= probes);
  const seen = await world.sandbox.control("GET", "/requests?last=100");
  assert.ok(seen.every((r) => /\/(user\/tokens\/verify|accounts)/.test(r.path)), JSON.stringify(seen.map((r) => r.path)));
});
