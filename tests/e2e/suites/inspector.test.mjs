// SPDX-License-Identifier: Apache-2.0
// The official Inspector's command line, in each era, and with the second credential.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspector } from "../lib/clients.mjs";
import { start } from "../lib/postern.mjs";

const ZONES = "list_all_cloudflare_zones";
let world, server, guarded, token;
before(async () => {
  world = await start({ settings: { list_page: 40 } });
  const account = await world.account();
  server = await world.server(account, { methods: ["read", "write", "custom"] });
  guarded = await world.server(account, { methods: ["read"], tags: ["dns"], require_api_token_auth: true });
  token = (await world.must(201, "POST", "/api-token", { name: "inspector", role: "client" })).token;
});
after(() => world?.close());

for (const era of ["modern", "legacy", "auto"])
  describe(`era ${era}`, () => {
    const to = (url, ...args) => inspector([url, "--transport", "http", "--protocol-era", era, ...args]);

    test("tools/list: every page, and no schema that a client might stumble over", async () => {
      const r = await to(server.url, "--method", "tools/list", "--strict");
      assert.equal(r.code, 0, r.err);
      assert.equal(r.json().tools.length, server.tool_count);
      assert.doesNotMatch(r.err, /[1-9]\d* errors?/);
    });
    test("tools/call", async () => {
      const r = await to(server.url, "--method", "tools/call", "--tool-name", ZONES, "--tool-arg", "name=example.com", "per_page=5");
      assert.equal(r.code, 0, r.err);
      assert.deepEqual(JSON.parse(r.json().content[0].text).result.map((z) => z.name), ["example.com"]);
    });
    test("a failed call is a result that says so", async () => {
      const r = await to(server.url, "--method", "tools/call", "--tool-name", "get_single_cloudflare_zone_by_id", "--tool-arg", "zone_id=nonsense");
      assert.match(r.out + r.err, /7003/);
      assert.notEqual(r.code, 0);
    });
    test("the second credential as a header; without it no way in", async () => {
      const r = await to(guarded.url, "--header", `Authorization: Bearer ${token}`, "--method", "tools/list");
      assert.equal(r.code, 0, r.err);
      assert.equal(r.json().tools.length, guarded.tool_count);
      const without = await to(guarded.url, "--method", "tools/list");
      assert.notEqual(without.code, 0);
      assert.match(without.out + without.err, /auth_required/);
    });
  });
