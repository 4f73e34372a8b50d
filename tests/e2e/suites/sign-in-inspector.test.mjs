// SPDX-License-Identifier: Apache-2.0
// The official Inspector with nothing but a server's address: its command line, whose person goes through her company's
// provider, in each era, and again when its token has expired, was rotated, or was revoked; and its page in Chromium.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort, noBrowser, startBrowser, startInspector } from "../lib/browser.mjs";
import { INSPECTOR, withHome } from "../lib/clients.mjs";
import { Clock } from "../lib/clock.mjs";
import { Postern, Program, startSandbox } from "../lib/postern.mjs";
import { Employee, startProvider } from "../lib/provider.mjs";
import { eventually } from "../lib/wait.mjs";

const people = { ada: { groups: ["sales"], email: "ada@corp.example", email_verified: true } };
const folder = mkdtempSync(join(tmpdir(), "postern-inspector-"));
let sandbox, postern, op, server, clock;
before(async () => {
  clock = new Clock(folder);
  sandbox = await startSandbox();
  postern = new Postern({ public_url: undefined, sign_in_token: "5m" });
  postern.env = clock.env;
  await postern.start();
  op = await startProvider({ people });
  await op.register(postern, { rules: [{ group: "sales", role: "viewer" }] });
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "CRM", config: { methods: ["read"] }, slug: "crm", sign_in: { groups: ["sales"] } });
});
after(async () => {
  await postern?.close();
  await op?.close();
  await sandbox?.close();
  clock?.close();
  rmSync(folder, { recursive: true, force: true });
});

const signIns = async () => (await postern.must(200, "GET", "/client-sign-in")).items;

// One call by the command line. A person stands by: what it asks her to open she opens, as often as it asks.
async function call(home, port, era, ...more) {
  const args = [INSPECTOR, "--cli", server.sign_in_url, "--transport", "http", "--protocol-era", era, "--callback-url", `http://127.0.0.1:${port}/oauth/callback`, "--format", "json", "--method", "tools/call", "--tool-name", "list_all_cloudflare_zones", "--tool-arg", "name=example.com", ...more];
  const program = new Program(process.execPath, args, { env: { ...process.env, HOME: home, BROWSER: "true", MCP_AUTO_OPEN_ENABLED: "true", MCP_INSPECTOR_SECRET_STORE: "file" } });
  const ada = new Employee(op, postern.url, "ada"), opened = [];
  program.child.on("more", () => {
    const url = program.output.match(/Please navigate to: (\S+)\n/g)?.[opened.length]?.slice(20, -1);
    if (url) opened.push(ada.lets(url).then((to) => fetch(to)));
  });
  const { code } = await program.exited;
  const pages = await Promise.all(opened);
  assert.deepEqual(pages.map((r) => r.status).filter((status) => status !== 200), [], program.output);
  return { code, opened: pages.length, output: program.output };
}

describe("its command line", { concurrency: 1 }, () => {
  for (const era of ["legacy", "modern", "auto"])
    test(`${era}: signs in, and comes again with what it holds, until that is revoked`, () =>
      withHome(async (home) => {
        const port = await freePort(), earlier = new Set((await signIns()).map((s) => s.id));
        const works = async (opened, ...more) => {
          const said = await call(home, port, era, ...more);
          assert.equal(said.code, 0, said.output);
          assert.match(said.output, /example\.com/);
          assert.equal(said.opened, opened, said.output);
        };
        await works(1);
        await works(0, "--stored-auth-only");
        // Its token runs out between two calls: it takes another one, and nobody is asked.
        for (let i = 1; i <= 2; i++) {
          clock.ahead(i * 360);
          await works(0);
        }
        const own = (await signIns()).filter((s) => !earlier.has(s.id));
        assert.equal(own.length, 1, "one sign-in, renewed");
        await postern.must(204, "DELETE", `/client-sign-in/${own[0].id}`);
        await works(1);
        clock.ahead(0);
      }));
});

test("its page: from the address to a tool that is called", { skip: noBrowser }, async () => {
  const inspector = await startInspector(), browser = await startBrowser();
  try {
    const page = await browser.newPage({ locale: "en-GB" });
    page.setDefaultTimeout(120_000);
    await page.goto(inspector.at({ serverUrl: server.sign_in_url, transport: "http" }));
    await page.locator("a:has-text('Sign in with The company')").click();
    await page.locator("input[name=login]").fill("ada");
    await page.locator("input[name=password]").fill("x");
    await page.getByRole("button").click();
    await page.locator("form:has(input[name=prompt][value=consent])").getByRole("button").click();
    await page.locator("button:has-text('Let it in')").click();
    await page.waitForSelector('[data-testid="connection-status"][data-status="connected"]');
    await page.getByText("Tools", { exact: true }).first().click();
    await page.getByText("list_all_cloudflare_zones").click();
    await page.getByRole("button", { name: "Execute Tool" }).click();
    await page.getByText(/"name": ?"example\.com"|example\.com/).first().waitFor();
    const row = await eventually("the call is in the audit", async () => (await postern.must(200, "GET", "/audit?action=tools/call&limit=1")).items[0]);
    assert.deepEqual([row.actor_name, row.client_id.slice(0, 4), row.outcome], ["ada@corp.example", "cli_", "ok"]);
  } finally {
    await browser.close();
    await inspector.close();
  }
});
