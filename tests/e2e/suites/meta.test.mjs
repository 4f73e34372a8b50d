// SPDX-License-Identifier: Apache-2.0
// `_meta` on its way through: what one hop says to the next is said anew on the next, all else is the two ends'.
// The same for each kind of request that goes on to a vendor, in each pairing of eras.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MODERN, modern, rpc } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { serve, startWorld } from "../lib/upstream.mjs";

const MCP = "io.modelcontextprotocol/";
// Other folks' and extensions' keys, and the baggage of a trace.
const PASSES = { "acme/x": { deep: [1.5, null] }, plain: true, baggage: "k=v", [`${MCP}of-an-extension`]: { a: 1 }, [`${MCP}`]: 0, "com.example.mcp/x": "y" };
const TRACE = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01", tracestate: "a=b" };
// What a vendor must never see as the client said it.
const OF_THE_HOP = {
  progressToken: "of-the-client",
  [`${MCP}clientInfo`]: { name: "of-the-client", version: "1" },
  [`${MCP}logLevel`]: "of-the-client",
  [`${MCP}subscriptionId`]: "of-the-client",
  [`${MCP}serverInfo`]: { name: "of-the-client", version: "1" },
  [`${MCP}related-task`]: { taskId: "of-the-client" },
};
const REQUESTS = {
  "tools/call": { name: "list_things", arguments: {} },
  "prompts/get": { name: "greet" },
  "resources/read": { uri: "file:///a" },
  "completion/complete": { ref: { type: "ref/prompt", name: "greet" }, argument: { name: "who", value: "a" } },
};

const NEWS = { "tools/call": true, "resources/read": true }; // say something before their result

const CAPABILITIES = { tools: {}, prompts: {}, resources: {}, completions: {}, logging: {} };
const RESULTS = {
  "server/discover": { supportedVersions: [MODERN], capabilities: CAPABILITIES },
  initialize: { protocolVersion: "2025-11-25", capabilities: CAPABILITIES, serverInfo: { name: "of-the-vendor", version: "1" } },
  "tools/list": { tools: [{ name: "list_things", description: "Lists things.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }] },
  "tools/call": { content: [] },
  "prompts/get": { messages: [] },
  "resources/read": { contents: [] },
  "completion/complete": { completion: { values: [] } },
};

async function startVendor(era) {
  const seen = new Map();
  const vendor = await startRecorder((request) => {
    if (request.method !== "POST") return { status: 405 };
    const { id, method, params = {} } = JSON.parse(request.body);
    const error = (status, code) => ({ status, body: { jsonrpc: "2.0", id, error: { code, message: "no such thing" } } });
    seen.set(method, params._meta ?? {});
    if (id === undefined) return { status: 202, body: "" };
    if (era === "modern" ? method === "initialize" : params._meta?.[`${MCP}protocolVersion`]) return error(400, -32000);
    if (!RESULTS[method]) return error(200, -32601);
    const result = { ...RESULTS[method], ...(era === "modern" ? { resultType: "complete" } : {}), _meta: { ...PASSES, [`${MCP}serverInfo`]: { name: "of-the-vendor", version: "1" } } };
    if (!NEWS[method]) return { body: { jsonrpc: "2.0", id, result } };
    const news = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: params._meta.progressToken, progress: 1, _meta: { ...PASSES, [`${MCP}subscriptionId`]: "of-the-vendor" } } };
    const body = [news, { jsonrpc: "2.0", id, result }].map((message) => `data: ${JSON.stringify(message)}\n\n`).join("");
    return { headers: { "content-type": "text/event-stream" }, body };
  });
  return { seen, url: `${vendor.url}/mcp`, close: vendor.close };
}

const ASK = {
  modern: (url, method, params, meta) => modern(url, method, params, { meta }),
  legacy: (url, method, params, meta) => rpc(url, { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: meta } }, { "mcp-protocol-version": "2025-11-25" }),
};

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.close());

for (const vendorEra of ["modern", "legacy"])
  describe(`to a ${vendorEra} vendor`, () => {
    let vendor, server;
    before(async () => {
      vendor = await startVendor(vendorEra);
      server = await serve(world, vendor.url, { config: { methods: ["read"], prompts: true, resources: true } });
    });
    after(() => vendor?.close());

    for (const [era, ask] of Object.entries(ASK))
      for (const [method, params] of Object.entries(REQUESTS))
        test(`${method} of a ${era} client`, async () => {
          const r = await ask(server.url, method, params, { ...PASSES, ...TRACE, ...OF_THE_HOP });
          const said = r.body ? [r.body] : [...r.text.matchAll(/^data: (.+)$/gm)].map(([, message]) => JSON.parse(message));
          const { _meta: back } = said.at(-1)?.result ?? assert.fail(r.text);
          const got = vendor.seen.get(method);
          for (const [key, value] of Object.entries({ ...PASSES, ...TRACE })) assert.deepEqual(got[key], value, `${key} passes: ${JSON.stringify(got)}`);
          assert.doesNotMatch(JSON.stringify(got), /of-the-client/);
          const own = Object.keys(got).filter((key) => !(key in PASSES) && !(key in TRACE)).sort();
          const envelope = [`${MCP}clientCapabilities`, `${MCP}clientInfo`, `${MCP}protocolVersion`];
          assert.deepEqual(own, [...(vendorEra === "modern" ? envelope : []), "progressToken"]);

          for (const [key, value] of Object.entries(PASSES)) assert.deepEqual(back[key], value, `${key} comes back: ${JSON.stringify(back)}`);
          assert.equal(back[`${MCP}serverInfo`]?.name, era === "modern" ? "postern" : undefined);
          // It is of no subscription: only messages of a listen stream have its id.
          const news = said.filter((message) => message.method).map((message) => message.params);
          assert.deepEqual(news, NEWS[method] ? [{ progressToken: OF_THE_HOP.progressToken, progress: 1, _meta: PASSES }] : []);
        });
  });
