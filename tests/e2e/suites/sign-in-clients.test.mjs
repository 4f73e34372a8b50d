// SPDX-License-Identifier: Apache-2.0
// Programs that we did not write sign in with nothing but the address: mcp-remote, whose person consents in her browser, and
// the official conformance suite, which looks at the authorization server.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { withHome } from "../lib/clients.mjs";
import { modern, Program, ROOT, start } from "../lib/postern.mjs";
import { answer, authorizeUrl, open, person, pkce, register, signIn } from "../lib/sign-in.mjs";

const REMOTE = join(ROOT, "tests/e2e/node_modules/mcp-remote/dist/proxy.js");
const SUITE = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/conformance/dist/index.js");
let world, server, ada;
before(async () => {
  world = await start({ settings: { upstream_proxy: "http://127.0.0.1:9", upstream_no_proxy: ["127.0.0.0/8"] } });
  server = await world.server(await world.account(), { methods: ["read"] }, { slug: "crm", sign_in: { roles: ["viewer"] } });
  ada = await person(world, "ada");
});
after(() => world?.close());

// As her browser does with an address that a program printed: she consents, and it goes back to the program.
async function consent(url) {
  const { to, text } = await answer(new URL(url), ada.cookie);
  assert.ok(to, text);
  return (await fetch(to)).status;
}
const authorize = () => new RegExp(`${world.postern.url.replaceAll(".", "\\.")}/oauth/authorize\\?\\S+`);

test("mcp-remote", () =>
  withHome(async (home) => {
    const transport = new StdioClientTransport({ command: process.execPath, args: [REMOTE, server.sign_in_url, "--allow-http"], env: { ...process.env, HOME: home, MCP_REMOTE_CONFIG_DIR: home, BROWSER: "true" }, stderr: "pipe" });
    const client = new Client({ name: "behind mcp-remote", version: "1" });
    let said = "", went;
    transport.stderr.on("data", (bytes) => {
      said += bytes;
      const found = said.match(authorize());
      if (found && !went) went = consent(found[0]);
    });
    try {
      await client.connect(transport, { timeout: 120_000 });
      assert.equal(await went, 200);
      const called = await client.callTool({ name: "list_all_cloudflare_zones", arguments: {} });
      assert.match(called.content[0].text, /example\.com/);
    } catch (error) {
      throw new Error(`${error}\n${said}`);
    } finally {
      await client.close();
    }
  }));

// Their documents are asked for in vain here, behind a proxy that is none.
for (const [name, id, redirect] of [
  ["Claude Code", "https://claude.ai/oauth/claude-code-client-metadata", "http://localhost:55834/callback"],
  ["Codex", "https://chatgpt.com/oauth/codex/client.json", "http://127.0.0.1:32869/callback"],
  ["Claude", "https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback"],
  ["ChatGPT", "https://chatgpt.com/oauth/client.json", "https://chatgpt.com/connector_platform_oauth_redirect"],
  ["Visual Studio Code", "https://vscode.dev/oauth/client-metadata.json", "http://127.0.0.1:33418/"],
])
  test(`${name} is known by its address where its document cannot be read`, async () => {
    const client = { client_id: id, redirect_uris: [redirect] };
    const page = await (await open(authorizeUrl(world, client, server.sign_in_url, pkce()), ada.cookie)).text();
    for (const wanted of [name, id, new URL(redirect).host]) assert.ok(page.includes(wanted), `${wanted} is not in:\n${page}`);
    const tokens = await signIn(world, ada, client, server.sign_in_url);
    assert.equal((await modern(server.sign_in_url, "tools/list", {}, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 200);
    for (const elsewhere of ["https://evil.example/callback", redirect.replace(/\/[^/]*$/, "/other"), redirect.replace("//", "//evil.example/")])
      assert.equal((await open(authorizeUrl(world, client, server.sign_in_url, pkce(), { redirect_uri: elsewhere }), ada.cookie)).status, 400, elsewhere);
    const beside = await open(authorizeUrl(world, { client_id: `${id}/x` }, server.sign_in_url, pkce(), { redirect_uri: redirect }), ada.cookie);
    assert.equal(beside.status, 400);
    assert.match(await beside.text(), /cannot be looked up/);
  });

test("the conformance suite's scenarios of an authorization server", () =>
  withHome(async (home) => {
    const port = 3001, client = await register(world, { redirect_uris: [`http://127.0.0.1:${port}/callback`] });
    const suite = new Program(process.execPath, [SUITE, "authorization", "--url", world.postern.url, "--client-id", client.client_id, "--resource", server.sign_in_url, "--port", String(port), "-o", home]);
    const [url] = await suite.waitFor(authorize());
    await suite.waitFor(/Callback server started/);
    await consent(url).catch(() => {}); // it may not say goodbye
    const { code } = await suite.exited;
    console.log(suite.output.slice(-2000));
    assert.equal(code, 0, suite.output);
    assert.doesNotMatch(suite.output, /FAILURE|[1-9]\d* failed/);
  }));
