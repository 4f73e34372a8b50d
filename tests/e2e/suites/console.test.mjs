// SPDX-License-Identifier: Apache-2.0
// The console in Debian's Chromium, against the real program and the sandbox: every screen in both themes, narrow and wide,
// without a violation of axe's rules and without an error. What it looked like is kept in build/console/*.png.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { ROOT, start } from "../lib/postern.mjs";

// Each screen with what is to be seen on it.
const SCREENS = [
  { name: "ask", path: "", seen: "What would you like to know?" },
  { name: "servers", path: "servers", seen: "read-only" },
  { name: "server-new", path: "servers/new", seen: "Tools that it shows" },
  { name: "server", path: () => `servers/${made.server.id}`, seen: "131 tools" },
  { name: "server-urls", path: () => `servers/${made.server.id}?tab=urls`, seen: "first" },
  { name: "server-change", path: () => `servers/${made.server.id}?tab=change`, seen: "What its tools may do" },
  { name: "server-connect", path: () => `servers/${made.server.id}/connect?client=vscode`, seen: "Open in VS Code" },
  { name: "approvals", path: "approvals", seen: "No call waits for approval." },
  { name: "audit", path: "audit", seen: "signin.enter" },
  { name: "settings", path: "settings", seen: "Browsers that are signed in" },
  { name: "people", path: "settings?tab=people", seen: "Invite a person" },
  { name: "tokens", path: "settings?tab=tokens", seen: "New API token" },
  { name: "engines", path: "settings?tab=engines", seen: "Built in" },
  { name: "aliases", path: "settings?tab=aliases", seen: "Add an alias" },
  { name: "system", path: "settings?tab=system", seen: "Make a new key" },
  { name: "answers", path: "answers", seen: "What you ask is kept here." },
  { name: "answer", path: () => `answer/${made.answer.id}`, seen: "Evidence" },
  { name: "dashboards", path: "dashboards", seen: "New dashboard" },
  { name: "dashboard", path: () => `dashboards/${made.board.id}`, seen: "Requests by hour, last 24 hours" },
  { name: "sources", path: "sources", seen: "Tools served" },
  { name: "sources-add", path: "sources/add?tab=mcp", seen: "Hugging Face" },
  { name: "sources-vendor", path: "sources/add?connector=slack", seen: "Client secret, if it has one" },
  { name: "sources-url", path: "sources/add?tab=url", seen: "Any MCP server" },
  { name: "sources-openapi", path: "sources/add?tab=openapi", seen: "Document, JSON or YAML" },
  { name: "source", path: () => `sources/${made.account.id}`, seen: "255 of 255 served" },
  { name: "source-tools", path: () => `sources/${made.account.id}?tab=tools&class=delete`, seen: "of 255 tools" },
  { name: "source-settings", path: () => `sources/${made.account.id}?tab=settings`, seen: "Sent with every call" },
  { name: "source-doctor", path: () => `sources/${made.account.id}?tab=doctor`, seen: "All is well" },
  { name: "tool", path: () => `sources/${made.account.id}/tools/create_a_cloudflare_dns_record`, seen: "you are asked first" },
  { name: "review", path: "review", seen: "Nothing waits for a review" },
];
const made = {}; // what the screens show

const address = (path) => (typeof path === "function" ? path() : path);

describe("the console", { skip: noBrowser }, () => {
  let world, browser;
  before(async () => {
    [world, browser] = await Promise.all([start({ settings: { public_url: undefined } }), startBrowser()]);
    made.account = await world.account("cfut_sandbox_one_account", { name: "acme" });
    made.server = await world.must(201, "POST", "/mcp-server", { name: "read-only", accounts: ["acme"], config: { methods: ["read"] } });
    made.answer = await world.must(200, "POST", "/ask", { question: "how many zones per plan and status?" });
    made.board = await world.must(201, "POST", `/integrated-account/${made.account.id}/dashboard`, {});
    await world.must(200, "PATCH", `/answers/${made.answer.id}`, { visibility: "shared" });
  });
  after(async () => {
    await browser?.close();
    await world?.close();
  });

  for (const theme of ["light", "dark"])
    test(`every screen, ${theme}`, async () => {
      const console = await openConsole(world, { browser, theme });
      for (const { name, path, seen } of SCREENS) {
        await console.open(address(path));
        await console.page.getByText(seen).first().waitFor();
        await console.shot(`${name}-${theme}`);
        await console.sound(name);
      }
      assert.deepEqual(console.faults(), []);
      await console.close();
    });

  test("every screen at 320 px", async () => {
    const console = await openConsole(world, { browser, width: 320, height: 640 });
    for (const { name, path } of SCREENS) {
      await console.open(address(path));
      await console.shot(`${name}-narrow`);
      await console.sound(name);
    }
    await console.close();
  });

  // 640 px are what 1280 have left at 200 %. A text that nobody wrote shows its key, such as "servers.title".
  test("every screen in German, at 200 %, with forced colours and without motion", async () => {
    const console = await openConsole(world, { browser, width: 640, height: 450, locale: "de-DE", forcedColors: "active", reducedMotion: "reduce" });
    const areas = readdirSync(join(ROOT, "web/console/words/en")).map((file) => file.replace(".json", ""));
    const key = new RegExp(`(?<![\\w./@-])(${areas.join("|")})\\.[a-z][a-z_]+(?![\\w./-])`);
    for (const { name, path } of SCREENS) {
      await console.open(address(path));
      await console.shot(`${name}-german`);
      await console.sound(name);
      assert.doesNotMatch((await console.page.locator("main").innerText()).replace(/\b(server|account|token|tool)\.[a-z]+\b/g, ""), key, name);
    }
    assert.deepEqual(console.faults(), []);
    await console.close();
  });

  test("a question is answered with a chart", async () => {
    const console = await openConsole(world, { browser });
    await console.open("");
    await console.page.getByLabel("Question", { exact: true }).fill("how many zones are there per plan?");
    await console.page.keyboard.press("Enter");
    await console.page.locator("svg.postern-chart").waitFor();
    await console.shot("ask-answered");
    await console.sound("an answer");
    assert.deepEqual(console.faults(), []);
    await console.close();
  });
});
