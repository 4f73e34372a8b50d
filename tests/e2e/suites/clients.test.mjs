// SPDX-License-Identifier: Apache-2.0
// Official clients of both eras do the main job through one URL: list tools, call them, meet errors.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { MODERN, start } from "../lib/postern.mjs";

let world, server;
before(async () => {
  world = await start();
  server = await world.server(await world.account());
});
after(() => world?.close());

const info = { name: "postern-e2e", version: "1.0.0" };
const clients = {
  "SDK v1": { Client: Client1, Http: Http1, options: {} },
  "SDK v2, legacy": { Client: Client2, Http: Http2, options: { versionNegotiation: { mode: "legacy" } } },
  "SDK v2, auto": { Client: Client2, Http: Http2, options: { versionNegotiation: { mode: "auto" } }, modern: true },
  "SDK v2, pinned": { Client: Client2, Http: Http2, options: { versionNegotiation: { mode: { pin: MODERN } } }, modern: true },
};

for (const [name, { Client, Http, options, modern }] of Object.entries(clients)) {
  describe(name, () => {
    let client;
    before(async () => {
      client = new Client(info, options);
      await client.connect(new Http(new URL(server.url)));
    });
    after(() => client?.close());

    test("negotiates its era", () => {
      const version = client.getNegotiatedProtocolVersion?.() ?? client.transport.protocolVersion;
      if (modern) assert.equal(version, MODERN);
      else assert.match(version, /^2025-/);
      assert.match(client.getInstructions(), /read-only/);
    });

    test("lists read tools only, with all four hints", async () => {
      const { tools } = await client.listTools();
      const names = tools.map((t) => t.name);
      for (const wanted of ["list_all_cloudflare_zones", "get_single_cloudflare_zone_by_id", "list_all_cloudflare_audit_logs"])
        assert.ok(names.includes(wanted), `${wanted} is missing among ${names.length} tools`);
      assert.deepEqual(names, [...names].sort(), "stable order by name");
      for (const tool of tools) {
        assert.equal(tool.annotations.readOnlyHint, true, `${tool.name} is served as read`);
        for (const hint of ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"])
          assert.equal(typeof tool.annotations[hint], "boolean", `${tool.name} lacks ${hint}`);
        assert.equal(tool.inputSchema.type, "object");
      }
    });

    test("calls a tool", async () => {
      const result = await client.callTool({ name: "list_all_cloudflare_zones", arguments: { name: "example.com" } });
      assert.equal(result.isError ?? false, false, JSON.stringify(result));
      const zones = JSON.parse(result.content[0].text).result;
      assert.deepEqual(zones.map((z) => z.name), ["example.com"]);
    });

    test("is told all that is wrong with its arguments", async () => {
      const result = await client.callTool({ name: "list_all_cloudflare_zones", arguments: { per_page: 5000, direction: "up" } });
      assert.equal(result.isError, true);
      assert.match(result.content[0].text, /per_page/);
      assert.match(result.content[0].text, /direction/);
    });

    test("cannot call what its server does not show", async () => {
      const hidden = await client.callTool({ name: "delete_a_cloudflare_zone_by_id", arguments: {} }).catch((e) => e);
      const unknown = await client.callTool({ name: "delete_a_cloudflare_zonk_by_id", arguments: {} }).catch((e) => e);
      assert.ok(hidden instanceof Error && unknown instanceof Error, "both are protocol errors");
      assert.equal(hidden.code, -32602);
      assert.equal(hidden.message.replace("zone", ""), unknown.message.replace("zonk", ""), "and read the same");
    });
  });
}
