// SPDX-License-Identifier: Apache-2.0
// The console around its screens, and its settings: people invited, in by password, with what their role lets them see and no
// more; API tokens, models, aliases; the palette and the keys; two languages and two themes; and what happens to an open page
// when its session ends, or the program goes away and comes back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { start } from "../lib/postern.mjs";

describe("the console around its screens", { skip: noBrowser }, () => {
  let world, browser, console, page;
  before(async () => {
    [world, browser] = await Promise.all([start({ settings: { public_url: undefined } }), startBrowser()]);
    await world.account("cfut_sandbox_one_account", { name: "acme" });
    console = await openConsole(world, { browser });
    page = console.page;
  });
  after(async () => {
    await browser?.close();
    await world?.close();
  });

  const places = (p) => p.getByRole("navigation").getByRole("listitem").allInnerTexts();

  test("a person is invited, chooses a password by the link, and sees what the role lets see", async () => {
    await console.open("settings?tab=people");
    await page.getByRole("button", { name: "Invite a person" }).click();
    await page.getByLabel("Name", { exact: true }).fill("vera");
    await page.getByRole("dialog").getByRole("button", { name: "Invite a person" }).click();
    const link = await page.getByRole("dialog", { name: "Sign-in link for vera" }).locator("code").first().innerText();
    await console.sound("a link that is shown once");
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("cell", { name: "vera", exact: true }).waitFor();

    const context = await browser.newContext(), other = await context.newPage();
    await other.goto(link.replace(/^https?:\/\/[^/]+/, world.postern.url));
    await other.getByLabel(/password/i).first().fill("a long enough password");
    await other.getByRole("button").click();
    await other.waitForURL(`${world.postern.url}/ui/`);
    await other.getByRole("navigation").waitFor();
    assert.deepEqual(await places(other), ["Answers", "Dashboards", "Settings"]);
    for (const path of ["servers", "audit", "sources/add"]) {
      await other.goto(`${world.postern.url}/ui/${path}`);
      await other.getByText("There is no such page, or it is not for you").waitFor();
    }
    await other.goto(`${world.postern.url}/ui/settings?tab=people`);
    await other.getByRole("heading", { name: "vera" }).waitFor();
    assert.equal(await other.getByRole("tab").count(), 1);
    await other.getByRole("button", { name: "Sign out" }).first().click();
    await other.getByLabel("Name").fill("vera");
    await other.getByLabel("Password").fill("a wrong password");
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("alert").waitFor();
    await other.getByLabel("Password").fill("a long enough password");
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("navigation").waitFor();
    await context.close();
  });

  test("an API token is shown once, works, and is revoked by its name", async () => {
    await console.open("settings?tab=tokens");
    await page.getByRole("button", { name: "New API token" }).click();
    await page.getByLabel("What is it for?").fill("wall");
    await page.getByLabel("Role").selectOption("viewer");
    await page.getByRole("dialog").getByRole("button", { name: "New API token" }).click();
    const token = await page.getByRole("dialog", { name: "API token wall" }).locator("code").first().innerText();
    assert.match(token, /^psk_[\w-]{43}$/);
    assert.equal((await world.api("GET", "/whoami", undefined, { token })).body.role, "viewer");
    await page.getByRole("button", { name: "Done" }).click();
    assert.ok(!(await page.content()).includes(token), "it is not in the page any more");
    await page.getByRole("button", { name: "What to do with wall" }).click();
    await page.getByRole("menuitem", { name: "Revoke" }).press("Enter");
    await page.getByLabel("To go on, type wall").fill("wall");
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("wall is revoked").waitFor();
    assert.equal((await world.api("GET", "/whoami", undefined, { token })).status, 401);
  });

  test("without a model it works and says so; one that fails says why, and is not kept", async () => {
    await console.open("settings?tab=engines");
    await page.getByText("Built in: no key, no network").waitFor();
    await page.getByRole("button", { name: "Add a language model" }).click();
    await page.getByLabel("Name", { exact: true }).fill("nobody");
    await page.getByLabel("Speaks").selectOption("chat");
    await page.getByLabel("Model", { exact: true }).fill("m");
    await page.getByLabel("Address of its API").fill("http://127.0.0.1:9/v1");
    await page.getByRole("button", { name: "Try and keep it" }).click();
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await console.sound("a model that fails");
    await page.keyboard.press("Escape");
    assert.equal((await world.must(200, "GET", "/engines")).items.length, 1);
  });

  test("an alias is added; taking it away can be undone", async () => {
    await console.open("settings?tab=aliases");
    await page.getByLabel("Word").fill("production");
    await page.getByLabel("Means").fill("example.com");
    await page.getByRole("button", { name: "Add an alias" }).click();
    await page.getByRole("button", { name: "Remove the alias production" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("cell", { name: "production", exact: true }).waitFor();
    assert.deepEqual((await world.must(200, "GET", "/alias")).items.map((a) => [a.name, a.value]), [["production", "example.com"]]);
  });

  test("by keys: the palette, two in a row, and off", async () => {
    await console.open("audit");
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.waitForURL(/\/ui\/servers$/);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go to, or ask" }).fill("aud");
    await console.sound("the palette");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/ui\/audit$/);
    await page.keyboard.press("?");
    await page.getByText("Ctrl K, ⌘ K").waitFor();
    await page.keyboard.press("Escape");
    await console.open("settings");
    await page.getByLabel(/Shortcuts of single keys/).uncheck();
    await page.locator("h1").click();
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.waitForTimeout(300);
    assert.match(page.url(), /settings/);
    await page.getByLabel(/Shortcuts of single keys/).check();
  });

  test("in German, and dark, at once and after loading again", async () => {
    await console.open("settings");
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    await page.getByRole("button", { name: "Dunkel" }).click();
    await page.reload();
    await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]), ["de", "dark"]);
    await console.shot("settings-german");
    await page.getByLabel("Sprache").selectOption("en");
    await page.getByRole("button", { name: "As the system" }).click();
  });

  test("a session that ends asks for sign-in over the page, and goes on where it was", async () => {
    await world.must(201, "POST", "/user", { name: "ada", role: "admin" }).then(async ({ url }) => {
      const context = await browser.newContext(), other = await context.newPage();
      await other.goto(url.replace(/^https?:\/\/[^/]+/, world.postern.url));
      await other.getByLabel(/password/i).first().fill("ada's long password");
      await other.getByRole("button").click();
      await other.getByRole("navigation").waitFor();
      await other.goto(`${world.postern.url}/ui/audit?outcome=ok`);
      await other.getByRole("heading", { name: "Audit" }).waitFor();
      const { items } = await world.must(200, "GET", "/session");
      for (const s of items.filter((s) => s.user === "ada")) await world.must(204, "DELETE", `/session/${s.id}`);
      await other.getByRole("link", { name: "MCP servers" }).click();
      await other.getByRole("heading", { name: "You were signed out" }).waitFor();
      await other.getByLabel("Name").fill("ada");
      await other.getByLabel("Password").fill("ada's long password");
      await other.getByRole("button", { name: "Sign in" }).click();
      await other.getByRole("heading", { name: "MCP servers" }).waitFor();
      await context.close();
    });
  });

  test("the program goes away and comes back: the page says so, and heals by itself", async () => {
    await console.open("settings?tab=system");
    await page.getByText("Version", { exact: true }).waitFor();
    await world.postern.stop();
    await page.getByText("Postern does not answer").waitFor();
    await console.shot("away");
    world.postern.settings.listen = new URL(world.postern.url).host; // where the page looks for it
    await world.postern.start();
    await page.getByText("Postern does not answer").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByRole("heading", { name: "Audit" }).waitFor();
    assert.deepEqual(console.faults(), []);
  });
});
