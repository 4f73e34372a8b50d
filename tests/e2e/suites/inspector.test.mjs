// SPDX-License-Identifier: Apache-2.0
// The official Inspector's command line, in each era, and with the second credential.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT, start } from "../lib/postern.mjs";

const CLI = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");
const ZONES = "list_all_cloudflare_zones";
let world, server, guarded, token, home;
before(async () => {
  home = mkdtempSync(join(tmpdir(), "postern-inspector-")); // it keeps a catalog at home
  world = await start({ settings: { list_page: 40 } });
  const account = await world.account();
  server = await world.server(account, { methods: ["read", "write", "custom"] });
  guarded = await world.server(account, { methods: ["read"], tags: ["dns"], require_api_token_auth: true });
  token = (await world.must(201, "POST", "/api-token", { name: "inspector", role: "client" })).token;
});
after(async () => {
  await world?.close();
  rmSync(home, { recursive: true, force: true });
});

async function inspector(...args) {
  const child = spawn(process.execPath, [CLI, "--cli", ...args], { env: { ...process.env, HOME: home }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "", err = "";
  child.stdout.on("data", (bytes) => (out += bytes));
  child.stderr.on("data", (bytes) => (err += bytes));
  const code = await new Promise((done) => child.once("close", done));
  return { code, out, err, json: () => JSON.parse(out) };
}

for (const era of ["modern", "legacy", "auto"])
  describe(`era ${era}`, () => {
    const to = (url, ...args) => inspector(url, "--transport", "http", "--protocol-era", era, ...args);

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
