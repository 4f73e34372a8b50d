// SPDX-License-Identifier: Apache-2.0
// Bytes on a socket, for what no HTTP client would send, and the replies taken apart by a reader of
// our own, so that a reply too many is seen. Example:
//   const { replies, closed } = await exchange(url, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", { until: 1 });
import { once } from "node:events";
import net from "node:net";

const WAIT_MS = 90_000;

export function connect(url, options = {}) {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname.replace(/[[\]]/g, ""), port: Number(port), ...options });
  socket.on("error", () => {}); // a reset is an answer too: `close` follows
  return socket;
}

// A socket whose bytes are kept. until(predicate) resolves when it holds, or when the peer closed.
export class Raw {
  constructor(url, options) {
    this.socket = connect(url, options);
    this.text = "";
    this.closed = false;
    this.socket.setEncoding("latin1");
    this.socket.on("data", (bytes) => (this.text += bytes));
    this.socket.on("end", () => (this.closed = true));
    this.socket.on("close", () => (this.closed = true));
  }
  async connected() {
    if (this.socket.connecting) await Promise.race([once(this.socket, "connect"), once(this.socket, "close")]);
    return this;
  }
  write(bytes) {
    this.socket.write(bytes, "latin1");
    return this;
  }
  replies(methods) {
    return readReplies(this.text, methods);
  }
  async until(holds, ms = WAIT_MS) {
    const deadline = AbortSignal.timeout(ms);
    while (!this.closed && !holds(this)) {
      const more = new AbortController();
      const signal = AbortSignal.any([deadline, more.signal]);
      try {
        await Promise.race(["data", "end", "close"].map((event) => once(this.socket, event, { signal })));
      } catch {
        throw new Error(`neither what was awaited nor a close within ${ms} ms; so far: ${JSON.stringify(this.text.slice(0, 500))}`);
      } finally {
        more.abort();
      }
    }
    return this;
  }
  end() {
    this.socket.destroy();
  }
}

// Sends and waits for `until` replies, or, without it, for the peer to close.
export async function exchange(url, bytes, { until, ms, methods, ...options } = {}) {
  const raw = await new Raw(url, options).connected();
  raw.write(bytes);
  await raw.until((r) => until !== undefined && r.replies(methods).length >= until, ms);
  raw.end();
  return { replies: raw.replies(methods), closed: raw.closed, text: raw.text };
}

function readChunks(text, at) {
  let body = "";
  for (;;) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (Number.isNaN(size)) throw new Error(`no chunk size: ${text.slice(at, line)}`);
    if (text.length < line + 2 + size + 2) return undefined;
    if (size === 0) return { body, at: line + 4 };
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}

// Complete final replies in order; 1xx ones are counted in the `interim` of the next.
export function readReplies(text, methods = []) {
  const replies = [];
  let interim = 0;
  for (let at = 0; at < text.length; ) {
    const head = text.indexOf("\r\n\r\n", at);
    if (head < 0) break;
    const [line, ...fields] = text.slice(at, head).split("\r\n");
    const status = Number(line.match(/^HTTP\/1\.[01] (\d{3}) /)?.[1]);
    if (!status) throw new Error(`no status line: ${JSON.stringify(line)}`);
    const headers = new Map(fields.map((f) => [f.slice(0, f.indexOf(":")).toLowerCase(), f.slice(f.indexOf(":") + 1).trim()]));
    at = head + 4;
    if (status < 200) {
      interim++;
      continue;
    }
    let body = "";
    if (headers.get("transfer-encoding") === "chunked") {
      const chunks = readChunks(text, at);
      if (!chunks) break;
      ({ body, at } = chunks);
    } else if (status !== 204 && status !== 304 && methods[replies.length] !== "HEAD") {
      const length = Number(headers.get("content-length") ?? 0);
      if (text.length < at + length) break;
      body = text.slice(at, at + length);
      at += length;
    }
    replies.push({ status, headers, body, interim });
    interim = 0;
  }
  return replies;
}

export const host = (url) => new URL(url).host;

// One whole request as bytes.
export function request(method, target, url, { headers = {}, body, version = "1.1" } = {}) {
  const all = { host: host(url), ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body, "latin1") }), ...headers };
  const lines = Object.entries(all).filter(([, v]) => v !== undefined).map(([k, v]) => `${k}: ${v}\r\n`);
  return `${method} ${target} HTTP/${version}\r\n${lines.join("")}\r\n${body ?? ""}`;
}
