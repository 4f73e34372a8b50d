// SPDX-License-Identifier: Apache-2.0
// The three vendors' stand-ins, connected by their own consent pages, under each transport that they have: every
// official client, in every era, lists and calls their tools through Postern and is told the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { call, words } from "../lib/behaviours.mjs";
import { CLIENTS, inspector, SSE_CLIENTS, throughRemote, withHome } from "../lib/clients.mjs";
import { PLACES, startWithVendors } from "../lib/oauth.mjs";

const ROWS = {
  "Cloudflare, 2026-07-28 and legacy without sessions": { vendor: "cloudflare", refused: "kv_namespace_delete" },
  "Cloudflare, the same under /sse": { vendor: "cloudflare", path: "/bindings/sse", refused: "kv_namespace_delete" },
  "Cloudinary, sessions": { vendor: "cloudinary", refused: "upload-asset" },
  "Cloudinary, HTTP+SSE of 2024-11-05": { vendor: "cloudinary", path: "/sse", refused: "upload-asset" },
  "Arcjet, sessions of 2025-06-18": { vendor: "arcjet", refused: "promote-rule" },
};
const WAYS = { modern: ["--transport", "http", "--protocol-era", "modern"], legacy: ["--transport", "http", "--protocol-era", "legacy"], sse: ["--transport", "sse"] };
const address = (url, era) => (era === "sse" ? url.replace("/mcp/", "/sse/") : url);

let world;
before(async () => {
  world = await startWithVendors();
});
after(() => world?.close());

for (const [name, { vendor, path, refused }] of Object.entries(ROWS))
  describe(name, { concurrency: 3 }, () => {
    const { tool } = PLACES[vendor];
    let server, names, answer;
    before(async () => {
      const { account } = await world.connect(vendor, { path });
      server = await world.server(account);
      const shown = (await world.must(200, "GET", `/integrated-account/${account.id}/tools?limit=1000`)).items;
      assert.ok(shown.some((t) => t.name === refused), `${refused} is a tool of the vendor's`);
      const first = await CLIENTS["SDK v2, pinned"].connect(server.url);
      names = (await first.listTools()).tools.map((t) => t.name);
      answer = words(await call(first, tool));
      await first.close();
      assert.ok(names.includes(tool) && !names.includes(refused), `${names}`);
    });

    for (const [clientName, { era, connect }] of Object.entries({ ...CLIENTS, ...SSE_CLIENTS }))
      test(clientName, async (t) => {
        const client = await connect(address(server.url, era));
        t.after(() => client.close());
        assert.deepEqual((await client.listTools()).tools.map((t) => t.name), names);
        const result = await call(client, tool);
        assert.ok(!result.isError, words(result));
        assert.equal(words(result), answer);
        await assert.rejects(call(client, refused), (e) => e.code === -32602 && /Unknown tool/.test(e.message));
      });
    for (const [way, flags] of Object.entries(WAYS))
      test(`the Inspector, ${way}`, async () => {
        const r = await inspector([address(server.url, way), ...flags, "--method", "tools/call", "--tool-name", tool]);
        assert.equal(r.code, 0, r.err + r.out);
        assert.equal(words(r.json()), answer);
      });
    test("mcp-remote", () =>
      withHome(async (home) => {
        const client = await throughRemote([server.url, "--allow-http"], home);
        try {
          assert.equal((await client.listTools()).tools.length, names.length);
          assert.equal(words(await client.callTool({ name: tool, arguments: {} })), answer);
        } finally {
          await client.close();
        }
      }));
  });
