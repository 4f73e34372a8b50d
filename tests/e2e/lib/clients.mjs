// SPDX-License-Identifier: Apache-2.0
// The official clients, each as one call away: both SDKs in every mode they have, the Inspector's command
// line, mcp-remote as a stdio proxy. Example:
//   const client = await CLIENTS["SDK v2, pinned"].connect(url);   // an SDK client
//   const { code, json } = await inspector([url, "--transport", "http", "--method", "tools/list"]);
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as Client2, SSEClientTransport as Sse2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport as Sse1 } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema, LoggingMessageNotificationSchema, ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { MODERN, ROOT } from "./postern.mjs";

export const INSPECTOR = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");
const REMOTE = join(ROOT, "tests/e2e/node_modules/mcp-remote/dist/proxy.js");
const INFO = { name: "postern-e2e", version: "1.0.0" };

// What a client that can be asked answers, in every suite the same.
export const ABILITIES = { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } };
export const ANSWERS = {
  sampling: { role: "assistant", content: { type: "text", text: "Paris" }, model: "test-model", stopReason: "endTurn" },
  roots: { roots: [{ uri: "file:///test/root", name: "Test Root" }] },
  // Something for every field that a form asks for.
  elicitation: ({ params }) =>
    params.mode === "url" ? { action: "accept" } : { action: "accept", content: Object.fromEntries(Object.entries(params.requestedSchema.properties).map(([name, p]) => [name, p.default ?? filling(p)])) },
};
function filling(p) {
  const choices = p.enum ?? p.oneOf?.map((o) => o.const);
  if (p.type === "boolean") return true;
  if (p.type === "array") return [p.items.enum?.[0] ?? p.items.anyOf[0].const];
  if (p.type === "string") return choices?.[0] ?? "Alice";
  return 7;
}

// Records what it was asked in `asked`, and what it was told in `told`; `heard` is every message as it came, which
// an SDK may drop: of progress that comes with the answer in one piece it tells nobody.
function overhearing(client) {
  const { transport } = client, take = transport.onmessage;
  client.heard = [];
  transport.onmessage = (message, ...rest) => {
    client.heard.push(message);
    return take(message, ...rest);
  };
  return client;
}
function answering(client, abilities) {
  client.asked = [];
  client.told = [];
  const on = (method, schema, answer) =>
    client.setRequestHandler(client.v1 ? schema : method, (request) => {
      client.asked.push({ method, params: request.params });
      return typeof answer === "function" ? answer(request) : answer;
    });
  if (abilities.sampling) on("sampling/createMessage", CreateMessageRequestSchema, ANSWERS.sampling);
  if (abilities.elicitation) on("elicitation/create", ElicitRequestSchema, ANSWERS.elicitation);
  if (abilities.roots) on("roots/list", ListRootsRequestSchema, ANSWERS.roots);
  const hear = (method, schema) => client.setNotificationHandler(client.v1 ? schema : method, (n) => void client.told.push({ method, params: n.params }));
  hear("notifications/message", LoggingMessageNotificationSchema);
  hear("notifications/resources/updated", ResourceUpdatedNotificationSchema);
  return client;
}

function sdk(Client, Transport, { era, v1 = false, options = {} }) {
  return {
    era,
    async connect(url, { abilities, listChanged, headers, fetch } = {}) {
      const client = new Client(INFO, { ...options, ...(abilities ? { capabilities: abilities } : {}), ...(listChanged ? { listChanged } : {}) });
      client.v1 = v1;
      answering(client, abilities ?? {});
      await client.connect(new Transport(new URL(url), { ...(headers ? { requestInit: { headers } } : {}), ...(fetch ? { fetch } : {}) }));
      return overhearing(client);
    },
    // With nothing but the URL: `provider` has a person consent (lib/sign-in).
    async signIn(url, provider) {
      const transport = () => new Transport(new URL(url), { authProvider: provider });
      const first = transport(), client = new Client(INFO, options);
      client.v1 = v1;
      try {
        await client.connect(first);
      } catch (error) {
        await provider.browse?.(); // in her own time: what waits for an answer here has gone
        if (!provider.answer) throw error;
        await first.finishAuth(v1 ? provider.answer.get("code") : provider.answer);
        await client.connect(transport());
      }
      return client;
    },
  };
}

export const CLIENTS = {
  "SDK v1": sdk(Client1, Http1, { era: "legacy", v1: true }),
  "SDK v2, legacy": sdk(Client2, Http2, { era: "legacy", options: { versionNegotiation: { mode: "legacy" } } }),
  "SDK v2, auto": sdk(Client2, Http2, { era: "modern", options: { versionNegotiation: { mode: "auto" } } }),
  "SDK v2, pinned": sdk(Client2, Http2, { era: "modern", options: { versionNegotiation: { mode: { pin: MODERN } } } }),
};
// Of 2024-11-05: the URL is that of the stream.
export const SSE_CLIENTS = {
  "SDK v1, SSE": sdk(Client1, Sse1, { era: "sse", v1: true }),
  "SDK v2, SSE": sdk(Client2, Sse2, { era: "sse", options: { versionNegotiation: { mode: "legacy" } } }),
};

export function version(client) {
  return client.getNegotiatedProtocolVersion?.() ?? client.transport.protocolVersion ?? client.transport._protocolVersion;
}

// A folder of its own as home: both programs keep things there.
export async function withHome(work) {
  const home = mkdtempSync(join(tmpdir(), "postern-client-"));
  try {
    return await work(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export function inspector(args) {
  return withHome(async (home) => {
    const child = spawn(process.execPath, [INSPECTOR, "--cli", ...args], { env: { ...process.env, HOME: home }, stdio: ["ignore", "pipe", "pipe"] });
    let out = "", err = "";
    child.stdout.on("data", (bytes) => (out += bytes));
    child.stderr.on("data", (bytes) => (err += bytes));
    const code = await new Promise((done) => child.once("close", done));
    return { code, out, err, json: () => JSON.parse(out) };
  });
}

// An SDK v1 client behind mcp-remote; close() ends both.
export async function throughRemote(args, home, env = {}) {
  const transport = new StdioClientTransport({ command: process.execPath, args: [REMOTE, ...args], env: { ...process.env, HOME: home, MCP_REMOTE_CONFIG_DIR: home, ...env }, stderr: "pipe" });
  const client = new Client1(INFO);
  let said = "";
  transport.stderr.on("data", (bytes) => (said += bytes));
  await client.connect(transport).catch((error) => {
    throw new Error(`${error}\n${said}`);
  });
  return client;
}
