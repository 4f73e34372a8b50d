// SPDX-License-Identifier: Apache-2.0
// Requests that two parsers would read differently, in groups by name, each a function that makes its bytes. Each carries a
// second request, for /healthz, inside: a server that answers that one has been smuggled past whatever stands in front.
// `at()` says where to, once it is known. Example:
//   const { framing } = makeProbes(() => ({ url: world.postern.url, target: "/mcp/pst_…" }));
//   await exchange(url, framing["chunked twice"]());
import { host } from "./raw.mjs";

export const chunked = (bytes) => `${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`;
export const json = "Content-Type: application/json\r\n";

export function makeProbes(at) {
  // What must never be answered. Its reply is unlike any refusal.
  const smuggled = () => `GET /healthz HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n`;
  const post = (headers, body) => `POST ${at().target} HTTP/1.1\r\nHost: ${host(at().url)}\r\n${headers}\r\n${body}`;

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
    "Transfer-Encoding in HTTP/1.0": () => `POST ${at().target} HTTP/1.0\r\nHost: ${host(at().url)}\r\n${json}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled()}`,
  };
  const lines = {
    "bare LF after the request line": () => `POST ${at().target} HTTP/1.1\nHost: ${host(at().url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
    "bare LF after a header": () => post(`${json}X-A: b\nContent-Length: 0\r\n`, smuggled()),
    "bare LF ends the head": () => `POST ${at().target} HTTP/1.1\r\nHost: ${host(at().url)}\r\nContent-Length: 0\r\n\n${smuggled()}`,
    "bare CR in a header's value": () => post(`${json}X-A: b\rContent-Length: 44\r\n`, smuggled()),
    "bare CR after the request line": () => `POST ${at().target} HTTP/1.1\rHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "CR CR LF": () => post(`${json}X-A: b\r\r\nContent-Length: 0\r\n`, smuggled()),
    "a folded header": () => post(`${json}X-A: b\r\n Content-Length: 44\r\n`, smuggled()),
    "a folded header with a tab": () => post(`${json}Transfer-Encoding:\r\n\tchunked\r\n`, `0\r\n\r\n${smuggled()}`),
    "a space before the first header": () => `POST ${at().target} HTTP/1.1\r\n Host: ${host(at().url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
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
    "no Host": () => `POST ${at().target} HTTP/1.1\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
    "two Hosts": () => post(`Host: ${host(at().url)}\r\nContent-Length: 0\r\n`, smuggled()),
    "an empty Host": () => `POST ${at().target} HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
    "user info in Host": () => `POST ${at().target} HTTP/1.1\r\nHost: a@${host(at().url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
    "a path in Host": () => `POST ${at().target} HTTP/1.1\r\nHost: ${host(at().url)}/x\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
    "another server in the target": () => `POST http://elsewhere.example${at().target} HTTP/1.1\r\nHost: ${host(at().url)}\r\nContent-Length: 0\r\n\r\n${smuggled()}`,
    "CONNECT": () => `CONNECT ${host(at().url)} HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a target without a slash": () => `GET healthz HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a space in the target": () => `GET /x y HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a fragment in the target": () => `GET /x#y HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "NUL in the target": () => `GET /x\0y HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a broken escape in the target": () => `GET /x%zz HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "HTTP/0.9": () => `GET /healthz\r\n${smuggled()}`,
    "HTTP/2.0 in the request line": () => `GET /x HTTP/2.0\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "the HTTP/2 preface": () => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled()}`,
    "HTTP/1.2": () => `GET /x HTTP/1.2\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "another protocol's name": () => `GET /x RTSP/1.0\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "two spaces behind the method": () => `GET  /x HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "two spaces before the version": () => `GET /x  HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a space behind the version": () => `GET /x HTTP/1.1 \r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "tabs in the request line": () => `GET\t/x\tHTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a bare CR before the method": () => `\rGET /x HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a bare LF before the method": () => `\r\n\nGET /x HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a space before the method": () => ` GET /x HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a lower-case method": () => `get /x HTTP/1.1\r\nHost: ${host(at().url)}\r\n\r\n${smuggled()}`,
    "a TLS hello": () => `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${"\0".repeat(64)}${smuggled()}`,
    "an unknown expectation": () => post(`${json}Expect: 200-ok\r\nContent-Length: 44\r\n`, smuggled()),
    "two expectations": () => post(`${json}Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 44\r\n`, smuggled()),
  };

  return { smuggled, post, groups: { framing, lines, chunks, starts } };
}
