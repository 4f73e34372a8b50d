// SPDX-License-Identifier: Apache-2.0
// mcp-remote, for clients that take no URL: a stdio proxy in front of ours, driven by the official client.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { throughRemote } from "../lib/clients.mjs";
import { BINARY, start } from "../lib/postern.mjs";

let world, account, server, guarded, token, home;
before(async () => {
  home = mkdtempSync(join(tmpdir(), "postern-remote-"));
  world = await start();
  account = await world.account();
  server = await world.server(account);
  guarded = await world.server(account, { methods: ["read"], require_api_token_auth: true });
  token = (await world.must(201, "POST", "/api-token", { name: "remote", role: "client" })).token;
});
after(async () => {
  await world?.close();
  rmSync(home, { recursive: true, force: true });
});

const through = (args, env) => throughRemote(args, home, env);

// What `postern mcp create --print-config claude` prints, as Claude would run it, but without npx and its network.
async function asPrinted(...flags) {
  const { stdout } = await promisify(execFile)(BINARY, ["mcp", "create", account.id, "--name", "printed", "--methods", "read", ...flags, "--print-config", "claude"], {
    env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token },
  });
  const [{ command, args, env = {} }] = Object.values(JSON.parse(stdout).mcpServers);
  assert.deepEqual([command, ...args.slice(0, 2)], ["npx", "-y", "mcp-remote"]);
  // Claude fills in the token by hand, and ${NAME} is mcp-remote's to fill in.
  const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace(/<.*>/, token)]));
  return through(args.slice(2), filled);
}

// For clients that do not search by themselves the command line prints a URL that lists a handful.
const HANDFUL = ["postern_describe_tools", "postern_read", "postern_search_tools"];
const PRINTED = ["as the command line prints it for Claude", "the same, with the second credential"];
const rows = {
  "by URL alone": () => through([server.url, "--allow-http"]),
  "HTTP only": () => through([server.url, "--allow-http", "--transport", "http-only"]),
  "with the second credential": () => through([guarded.url, "--allow-http", "--header", `Authorization:Bearer ${token}`]),
  [PRINTED[0]]: () => asPrinted(),
  [PRINTED[1]]: () => asPrinted("--require-api-token"),
};
for (const [name, connect] of Object.entries(rows))
  describe(name, () => {
    let client;
    before(async () => {
      client = await connect();
    });
    after(() => client?.close());

    test("lists and calls", async () => {
      const { tools } = await client.listTools();
      if (PRINTED.includes(name)) assert.deepEqual(tools.map((t) => t.name).sort(), HANDFUL);
      else assert.equal(tools.length, server.tool_count);
      const result = await client.callTool({ name: "list_all_cloudflare_zones", arguments: { name: "staging-app.com" } });
      assert.deepEqual(JSON.parse(result.content[0].text).result.map((z) => z.name), ["staging-app.com"]);
    });
    test("passes errors on: of arguments, of tools that are not there", async () => {
      const wrong = await client.callTool({ name: "list_all_cloudflare_zones", arguments: { per_page: "many" } });
      assert.equal(wrong.isError, true);
      assert.match(wrong.content[0].text, /\/per_page: expected an integer/);
      await assert.rejects(client.callTool({ name: "delete_a_cloudflare_zone_by_id", arguments: {} }), (e) => e.code === -32602 && /Unknown tool/.test(e.message));
    });
  });
