// SPDX-License-Identifier: Apache-2.0
// A client of either era that costs as little as can be: one kept connection, requests made up beforehand,
// one in flight. It looks no deeper into an answer than to see that it is the expected one.
//   const client = await open(url, "legacy");   // legacy: initialized, with its session
//   await client.echo();                        // throws unless the echo came back
//   client.close();
import { once } from "node:events";
import { connect } from "node:net";
import { MODERN } from "../tests/e2e/lib/postern.mjs";

export const LEGACY = "2025-11-25";
export const MESSAGE = "Hello over there, can you hear me?";
const CLIENT = { name: "bench", version: "1.0.0" };
export const QUESTIONS = { elicitation: { form: {} } }; // a capability by which a server may ask in mid-call

// The headers and the JSON-RPC message of one call, of `id`.
export function echoCall(era, tool, id, session) {
  const params = { name: tool, arguments: { message: MESSAGE } };
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  if (era === "legacy") {
    Object.assign(headers, { "mcp-protocol-version": LEGACY, ...(session ? { "mcp-session-id": session } : {}) });
  } else {
    params._meta = { "io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}, "io.modelcontextprotocol/clientInfo": CLIENT };
    Object.assign(headers, { "mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": tool });
  }
  return { headers, message: { jsonrpc: "2.0", id, method: "tools/call", params } };
}

const hello = (capabilities) => ({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: LEGACY, capabilities, clientInfo: CLIENT } });

// One kept connection: resolves with head and body once an answer is whole.
class Wire {
  constructor(url) {
    this.url = new URL(url);
    this.socket = connect(Number(this.url.port), this.url.hostname).setNoDelay(true).setEncoding("latin1");
    this.socket.on("data", (text) => this.take(text));
    for (const event of ["error", "close"]) this.socket.on(event, (e) => this.fail?.(e instanceof Error ? e : new Error(`${url} hung up: ${this.seen}`)));
  }
  bytes(headers, message) {
    const body = JSON.stringify(message);
    const all = { host: this.url.host, ...headers, "content-length": Buffer.byteLength(body) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `POST ${this.url.pathname} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
  }
  take(text) {
    this.seen += text;
    const end = this.seen.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.seen.slice(0, end), length = head.match(/\r\ncontent-length: *(\d+)/i);
    const whole = length ? this.seen.length >= end + 4 + Number(length[1]) : this.seen.endsWith("\r\n0\r\n\r\n");
    if (whole || head.startsWith("HTTP/1.1 202")) this.done({ head, body: this.seen.slice(end + 4) });
  }
  send(bytes) {
    this.seen = "";
    return new Promise((resolve, reject) => {
      this.done = resolve;
      this.fail = reject;
      this.socket.write(bytes);
    });
  }
}

async function initialize(wire, headers, capabilities) {
  const { head, body } = await wire.send(wire.bytes(headers, hello(capabilities)));
  if (!body.includes('"protocolVersion"')) throw new Error(`${wire.url} answered ${head}\n\n${body}`);
  const session = head.match(/\r\nmcp-session-id: *(\S+)/i)?.[1];
  const more = { "mcp-protocol-version": LEGACY, ...(session ? { "mcp-session-id": session } : {}) };
  await wire.send(wire.bytes({ ...headers, ...more }, { jsonrpc: "2.0", method: "notifications/initialized" }));
  return session;
}

export async function open(url, era, { tool = "echo", capabilities = {} } = {}) {
  const wire = new Wire(url);
  await once(wire.socket, "connect");
  const { headers } = echoCall(era, tool, 0);
  const session = era === "legacy" ? await initialize(wire, headers, capabilities) : undefined;
  const call = echoCall(era, tool, 7, session);
  const bytes = wire.bytes(call.headers, call.message);
  return {
    session,
    async echo() {
      const { head, body } = await wire.send(bytes);
      if (!head.startsWith("HTTP/1.1 200") || !body.includes(MESSAGE)) throw new Error(`${url} answered ${head}\n\n${body}`);
    },
    close: () => wire.socket.removeAllListeners("close").destroy(),
  };
}
