// SPDX-License-Identifier: Apache-2.0
// Requests exactly as written, for what fetch would tidy away (any header, repeated ones, no Accept),
// and event streams read one event at a time. Example:
//   const r = await raw(url, { headers: { Host: "evil.example" }, body: "{}" });
//   const stream = await listen(url, { id: 7, notifications: { toolsListChanged: true } });
//   assert.equal((await stream.next()).method, "notifications/subscriptions/acknowledged");
import { request } from "node:http";
import { MODERN } from "./postern.mjs";

const WAIT_MS = 90_000; // for an event that must come; nothing is measured by it

export const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientCapabilities": {},
};

export function open(url, { method = "POST", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const out = request(url, { method, headers, agent: false }, resolve);
    out.on("error", reject);
    out.end(body);
  });
}

export async function raw(url, options) {
  const r = await open(url, options);
  let text = "";
  for await (const chunk of r.setEncoding("utf8")) text += chunk;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: r.statusCode, headers: new Headers(r.headers), text, body };
}

// `text/event-stream` as messages; comments are kept apart, fields other than event and data are noted.
export class Events {
  constructor(response) {
    this.response = response;
    this.status = response.statusCode;
    this.headers = new Headers(response.headers);
    this.messages = [];
    this.comments = [];
    this.fields = new Set();
    this.waiters = new Set();
    this.ended = false;
    let rest = "";
    response.setEncoding("utf8");
    response.on("data", (chunk) => {
      const blocks = (rest + chunk).split(/\n\n/);
      rest = blocks.pop();
      blocks.forEach((block) => this.take(block));
      this.wake();
    });
    response.on("close", () => {
      this.ended = true;
      this.complete = response.complete; // false: broken off
      this.wake();
    });
    response.on("error", () => undefined); // "close" follows
  }
  take(block) {
    const data = [];
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon < 0 ? undefined : colon);
      const value = line.slice(colon + 1).replace(/^ /, "");
      if (colon === 0) this.comments.push(value);
      else this.fields.add(name === "event" ? `event=${value}` : name);
      if (name === "data") data.push(value);
    }
    if (data.some((line) => line)) this.messages.push(JSON.parse(data.join("\n"))); // else it only sets the id
  }
  wake() {
    for (const waiter of [...this.waiters]) waiter();
  }
  async until(ready, what) {
    if (ready()) return;
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(reject, new Error(`${what} did not come; so far ${JSON.stringify(this.messages)}`)), WAIT_MS);
      const done = (settle, value) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        settle(value);
      };
      const look = () => (ready() ? done(resolve) : undefined);
      this.waiters.add(look);
    });
  }
  // The next message, or undefined once the stream has ended.
  async next() {
    await this.until(() => this.messages.length > 0 || this.ended, "a message");
    return this.messages.shift();
  }
  async heartbeats(n) {
    await this.until(() => this.comments.length >= n || this.ended, `heartbeat ${n}`);
    return this.comments.length;
  }
  async end() {
    await this.until(() => this.ended, "the end of the stream");
    return this.messages;
  }
  close() {
    this.response.destroy();
  }
}

export async function listen(url, { id = 1, notifications = { toolsListChanged: true }, headers = {} } = {}) {
  const body = JSON.stringify({ jsonrpc: "2.0", id, method: "subscriptions/listen", params: { notifications, _meta: META } });
  const r = await open(url, {
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": MODERN,
      "mcp-method": "subscriptions/listen",
      ...headers,
    },
    body,
  });
  return new Events(r);
}
