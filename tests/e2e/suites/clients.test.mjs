// SPDX-License-Identifier: Apache-2.0
// Official clients of both eras do the main job through one URL: list tools, call them, meet errors.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CLIENTS, version } from "../lib/clients.mjs";
import { MODERN, start } from "../lib/postern.mjs";

let world, server;
before(async () => {
  world = await start();
  server = await world.server(await world.account());
});
after(() => world?.close());

for (const [name, { era, connect }] of Object.entries(CLIENTS)) {
  describe(name, () => {
    let client;
    before(async () => {
      client = await connect(server.url);
    });
    after(() => client?.close());

    test("negotiates its era", () => {
      if (era === "modern") assert.equal(version(client), MODERN);
      else assert.match(version(client), /^2025-/);
      assert.match(client.getInstructions(), /All tools only read/);
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
