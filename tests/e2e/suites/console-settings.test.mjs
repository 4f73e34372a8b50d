// SPDX-License-Identifier: Apache-2.0
// The console around its screens, and its settings: people invited, in by password, with what their role lets them see and no
// more; in groups; AI clients that people let in, and put out again; API tokens, models, aliases; the palette and the keys; two languages and two themes; and what happens to an open page
// when its session ends, or the program goes away and comes back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { modern, start } from "../lib/postern.mjs";
import { person, register, signIn } from "../lib/sign-in.mjs";

const HOSTILE = `<img src=x onerror="document.title='taken'">`;

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
    assert.deepEqual(await places(other), ["Answers", "Dashboards", "Own accounts", "Settings"]);
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

  test("a person's groups are changed; of whom a provider made they are shown alone", async () => {
    await console.open("settings?tab=people");
    await page.getByRole("button", { name: "What to do with vera" }).click();
    await page.getByRole("menuitem", { name: "Change the groups" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Groups of vera" });
    await dialog.getByLabel("Groups", { exact: true }).fill("CN=Sales,OU=Groups"); // as a directory has them: with a comma
    await dialog.getByLabel("Groups", { exact: true }).press("Enter");
    await dialog.getByLabel("Groups", { exact: true }).fill("ops");
    await dialog.getByRole("button", { name: "Add" }).click();
    await dialog.getByRole("button", { name: "Remove ops" }).waitFor();
    await console.sound("groups");
    await dialog.getByRole("button", { name: "Remove ops" }).click();
    await dialog.getByLabel("Groups", { exact: true }).fill("support"); // and on, without adding it
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("cell", { name: "CN=Sales,OU=Groups, support" }).waitFor();
    const { items } = await world.must(200, "GET", "/user"), vera = items.find((u) => u.name === "vera");
    assert.deepEqual(vera.groups, ["CN=Sales,OU=Groups", "support"]);

    // The API says who was made by a provider: such a person is put into its answer.
    await page.route("**/user?*", (route) => route.fulfill({ json: { items: [...items, { ...vera, id: "usr_other", name: "pia", by_provider: true, groups: ["staff"] }], next: null } }));
    await console.open("settings?tab=people");
    await page.getByRole("cell", { name: "staff" }).waitFor();
    await page.getByRole("button", { name: "What to do with pia" }).click();
    assert.deepEqual(await page.getByRole("menuitem").allInnerTexts(), ["Change the limits", "Delete"]);
    await page.unroute("**/user?*");
  });

  test("a person's limits are set, one taken away, and one that is too large is told at its field", async () => {
    const limits = async () => (await world.must(200, "GET", "/user")).items.find((u) => u.name === "vera").limits;
    const change = async (said) => {
      await console.open("settings?tab=people");
      await page.getByRole("button", { name: "What to do with vera" }).click();
      await page.getByRole("menuitem", { name: "Change the limits" }).press("Enter");
      const dialog = page.getByRole("dialog", { name: "Limits of vera" });
      for (const [label, text] of Object.entries(said)) await dialog.getByLabel(label).fill(text);
      return dialog;
    };
    const CALLS = /^Calls a minute/, WRITES = /^Writes a day/;
    let dialog = await change({ "Calls a minute, over all servers": "60", "Writes a day, over all servers": "0" });
    await console.sound("limits");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await limits(), { calls_per_minute: 60, writes_per_day: 0 });
    dialog = await change({ "Calls a minute, over all servers": "" });
    assert.equal(await dialog.getByLabel(WRITES).inputValue(), "0", "as it was set");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await limits(), { calls_per_minute: null, writes_per_day: 0 });
    // What the browser would not let through, the API refuses, at its field.
    dialog = await change({});
    await dialog.getByLabel(CALLS).evaluate((field) => field.removeAttribute("max"));
    await dialog.getByLabel(CALLS).fill("1000001");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText(/1000001 is out of range; allowed: 0 to 1000000/).waitFor();
    assert.equal(await dialog.getByLabel(CALLS).getAttribute("aria-invalid"), "true");
    await page.keyboard.press("Escape");
    assert.deepEqual(await limits(), { calls_per_minute: null, writes_per_day: 0 });
  });

  test("a person sees the AI clients that she let in and ends one; an administrator sees all, and deletes a client", async () => {
    const server = await world.must(201, "POST", "/mcp-server", { name: "CRM", accounts: ["acme"], config: { methods: ["read"] }, slug: "crm", sign_in: { roles: ["viewer"] } });
    const eve = await person(world, "eve"), mia = await person(world, "mia"), client = await register(world, { client_name: HOSTILE });
    const of = async (who) => (await signIn(world, who, client, server.sign_in_url)).access_token;
    const works = async (token) => (await modern(server.sign_in_url, "tools/list", {}, { headers: { authorization: `Bearer ${token}` } })).status;
    const hers = await of(eve), others = await of(mia), end = { name: `End: ${HOSTILE} at CRM` };
    assert.deepEqual([await works(hers), await works(others)], [200, 200]);

    for (const theme of ["light", "dark"]) {
      const own = await openConsole(world, { browser, user: "eve", theme });
      await own.open("settings");
      await own.page.getByRole("cell", { name: HOSTILE, exact: true }).waitFor();
      assert.equal(await own.page.getByRole("button", end).count(), 1, "hers alone");
      await own.sound(`her AI clients, ${theme}`);
      await own.shot(`settings-clients-${theme}`);
      if (theme === "dark") {
        await own.page.getByRole("button", end).click();
        await own.page.getByRole("button", end).waitFor({ state: "detached" });
        assert.deepEqual([await works(hers), await works(others)], [401, 200]);
      }
      assert.deepEqual(own.faults(), []);
      await own.close();
    }

    for (const theme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme: theme });
      await console.open("settings?tab=clients");
      await page.getByRole("cell", { name: "mia", exact: true }).waitFor();
      await console.sound(`all AI clients, ${theme}`);
    }
    assert.equal(await page.locator("img[src=x]").count(), 0);
    await page.getByRole("button", { name: `Delete the client ${HOSTILE}` }).click();
    await page.getByLabel(`To go on, type ${HOSTILE}`).fill(HOSTILE);
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("cell", { name: "mia", exact: true }).waitFor({ state: "detached" });
    assert.equal(await works(others), 401);
    assert.deepEqual((await world.must(200, "GET", "/client")).items, []);
    assert.deepEqual(console.faults(), []);
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
