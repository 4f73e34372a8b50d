// SPDX-License-Identifier: Apache-2.0
// MCP servers in the console: one is made by keyboard with a preview of its tools, a real client connects by the URL that is
// shown once, and is seen to arrive; people are let in at an address, and one of them arrives; what a client cannot do is not offered; a filter is changed, a URL added and revoked,
// the server closed. Long lists and hostile names stay lists and names.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { modern, start } from "../lib/postern.mjs";
import { person, register, signIn } from "../lib/sign-in.mjs";

const HOSTILE = `<img src=x onerror="document.title='taken'">"'&lt;`;

describe("MCP servers in the console", { skip: noBrowser }, () => {
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

  const shownUrl = () => page.getByLabel("Its URL").innerText();

  test("is made by keyboard alone, from the list to the URL", async () => {
    await console.open("servers");
    await page.getByText("An MCP server gives an AI client").waitFor();
    await page.keyboard.press("c");
    await page.getByLabel("Name", { exact: true }).waitFor();
    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.type("for ada");
    await page.getByText("131 tools").waitFor();
    const tag = page.getByRole("button", { name: /^dns/ });
    await tag.focus();
    await page.keyboard.press("Space");
    await page.getByText("6 tools", { exact: true }).waitFor();
    const listed = await page.getByRole("list", { name: "Tools that it shows" }).locator("code").allInnerTexts();
    assert.equal(listed.length, 6);
    await page.keyboard.press("Enter"); // off again
    await page.getByText("131 tools").waitFor();
    await tag.press("Space");
    await page.getByText("6 tools", { exact: true }).waitFor();
    await page.getByLabel("Name", { exact: true }).press("Enter");
    await page.getByRole("heading", { name: "Connect to for ada" }).waitFor();
    assert.match(await shownUrl(), /\/mcp\/pst_[\w-]{43}$/);
    await console.sound("connect");
  });

  test("a client that comes by the URL is seen to arrive", async () => {
    const url = await shownUrl();
    await page.getByText("Waiting for its first request").waitFor();
    const { body } = await modern(url, "tools/list");
    assert.equal(body.result.tools.length, 6);
    await page.getByText(/connected, 6 tools/).waitFor();
    await console.shot("server-arrived");
  });

  test("what a client cannot do is said instead of offered", async () => {
    await page.getByRole("tab", { name: "ChatGPT" }).click();
    await page.getByText("ChatGPT calls from the internet").waitFor();
    const strict = await world.must(201, "POST", "/mcp-server", { name: "strict", accounts: ["acme"], config: { methods: ["read"], require_api_token_auth: true } });
    await console.open(`servers/${strict.id}/connect?client=chatgpt`);
    await page.getByText("ChatGPT can send no API token").waitFor();
    assert.equal(await page.getByText("pst_").count(), 0);
    await page.getByRole("tab", { name: "Claude Code" }).click();
    assert.match(await page.getByLabel("To paste").innerText(), /^claude mcp add --transport http strict '.*' --header "Authorization: Bearer \$POSTERN_CLIENT_TOKEN"$/);
    await page.getByRole("tab", { name: "Cursor" }).click();
    assert.equal(await page.getByRole("link", { name: /Open in/ }).count(), 0, "a link would hold a token");
    await page.goBack();
    await page.goBack();
    await page.getByText("ChatGPT can send no API token").waitFor();
  });

  test("its filter is changed, and what the form does not show stays", async () => {
    const s = await world.must(201, "POST", "/mcp-server", { name: "kept", accounts: ["acme"], config: { methods: ["list"], programs: true, resources: false } });
    await console.open(`servers/${s.id}?tab=change`);
    await page.getByLabel("Read only").check();
    await page.getByText("131 tools").waitFor();
    await page.getByRole("button", { name: "Never" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    const { config, expires_at } = await world.must(200, "GET", `/mcp-server/${s.id}`);
    assert.deepEqual([config.methods, config.programs, config.resources, expires_at], [["read"], true, false, null]);
  });

  test("people are let in at an address: by role, group and name, each taken back", async () => {
    const ada = await person(world, "ada", { groups: ["sales"] }), client = await register(world);
    await console.open("servers/new");
    await page.getByLabel("Name", { exact: true }).fill("CRM");
    await page.getByLabel("Its address for people").fill("No Slug");
    await page.getByRole("button", { name: "Create MCP server" }).click();
    await page.getByText("is no address").waitFor();
    await page.getByLabel("Its address for people").fill("crm");
    await page.getByText(`${world.postern.url}/mcp/crm`).waitFor();
    await page.getByLabel("People, by name").fill("nobody like that");
    await page.getByRole("button", { name: "Create MCP server" }).click();
    await page.getByText("there is no user 'nobody like that'").waitFor();
    await page.getByLabel("People, by name").fill("");
    const groups = page.getByLabel("Groups", { exact: true });
    assert.deepEqual(await page.locator(`datalist[id="${await groups.getAttribute("list")}"] option`).evaluateAll((all) => all.map((o) => o.value)), ["sales"]);
    await groups.fill("sales");
    await groups.press("Enter");
    for (const theme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme: theme });
      await console.sound(`people of a server, ${theme}`);
    }
    await console.shot("server-people");
    await page.getByRole("button", { name: "Create MCP server" }).click();
    await page.getByRole("heading", { name: "Connect to CRM" }).waitFor();
    const address = await page.getByLabel("Address for people").innerText();
    assert.match(await shownUrl(), /\/mcp\/pst_/, "the URL, which is shown this once, stands beside it");
    await page.getByText("Waiting for its first request").waitFor();
    await signIn(world, ada, client, address);
    await page.getByText(/connected, 131 tools/).waitFor();

    const id = page.url().match(/srv_\w+/)[0];
    await console.open(`servers/${id}`);
    assert.equal(await page.getByLabel("Address for people").innerText(), address);
    await page.getByText("groups sales").waitFor();
    await console.sound("a server with people");
    await page.getByRole("tab", { name: "Change" }).click();
    await page.getByRole("button", { name: "Remove sales" }).click();
    await page.getByRole("button", { name: "Editor", exact: true }).click();
    await page.getByLabel("People, by name").fill("ada");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    assert.deepEqual((await world.must(200, "GET", `/mcp-server/${id}`)).sign_in, { roles: ["editor"], groups: [], people: ["ada"] });
    await console.open(`servers/${id}?tab=change`);
    await page.getByRole("button", { name: "Remove ada" }).click();
    await page.getByRole("button", { name: "Editor", exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Nobody may sign in at its address").waitFor();
    await console.open(`servers/${id}?tab=change`);
    await page.getByLabel("Its address for people").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Nobody may sign in at its address").waitFor({ state: "detached" });
    assert.equal((await world.must(200, "GET", `/mcp-server/${id}`)).slug, null);
    assert.deepEqual(console.faults(), []);
  });

  test("a URL is added, and revoked alone; the server is closed by its name", async () => {
    const s = await world.must(201, "POST", "/mcp-server", { name: "short", accounts: ["acme"], config: { methods: ["read"] } });
    await console.open(`servers/${s.id}?tab=urls`);
    await page.getByRole("button", { name: "Make another URL" }).click();
    await page.getByLabel("What or whom is it for?").fill("laptop");
    await page.getByRole("button", { name: "Make URL" }).click();
    await page.getByRole("heading", { name: "Connect to short" }).waitFor();
    const url = await shownUrl();
    assert.equal((await modern(url, "tools/list")).body.result.tools.length, 131);
    await console.open(`servers/${s.id}?tab=urls`);
    await page.getByRole("button", { name: "What to do with laptop" }).click();
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    await page.getByText("The URL “laptop” is dead").waitFor();
    assert.equal((await modern(url, "tools/list")).status, 404);
    assert.equal((await modern(s.url, "tools/list")).status, 200);
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Close the server" }).click();
    const close = page.getByRole("dialog").getByRole("button", { name: "Close the server" });
    assert.ok(await close.isDisabled());
    await page.getByLabel("To go on, type short").fill("short");
    await close.click();
    await page.getByText("short is closed").waitFor();
    assert.equal((await modern(s.url, "tools/list")).status, 404);
  });

  test("of two of one name, the one that was opened is changed and closed", async () => {
    const [one, other] = [await world.must(201, "POST", "/mcp-server", { name: "twins", accounts: ["acme"], config: { methods: ["read"] } }), await world.must(201, "POST", "/mcp-server", { name: "twins", accounts: ["acme"], config: { methods: ["list"] } })];
    const now = (s) => world.api("GET", `/mcp-server/${s.id}`), alive = async (s) => (await modern(s.url, "tools/list")).status;
    const openOther = async () => {
      await console.open("servers");
      await page.getByRole("link", { name: "twins" }).nth(1).waitFor();
      await page.locator(`a[href$="servers/${other.id}"]`).first().click();
      await page.getByRole("heading", { name: "twins" }).waitFor();
    };
    await openOther();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await page.getByText("twins is paused").waitFor();
    assert.deepEqual([(await now(one)).body.config.paused, (await now(other)).body.config.paused], [undefined, true]);
    assert.deepEqual([await alive(one), await alive(other)], [200, 404]);
    await openOther();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Close the server" }).click();
    await page.getByLabel("To go on, type twins").fill("twins");
    await page.getByRole("dialog").getByRole("button", { name: "Close the server" }).click();
    await page.getByText("twins is closed").waitFor();
    assert.deepEqual([(await now(one)).status, (await now(other)).status], [200, 404]);
    assert.equal(await alive(one), 200);
    assert.deepEqual((await now(one)).body.config.methods, ["read"]);
  });

  test("a server is paused and goes on, and a change of its filter does not wake it", async () => {
    const s = await world.must(201, "POST", "/mcp-server", { name: "held", accounts: ["acme"], config: { methods: ["read"] } });
    await console.open(`servers/${s.id}`);
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await page.getByText("held is paused").waitFor();
    const { status, text } = await modern(s.url, "tools/list");
    assert.equal(status, 404, text);
    await world.must(200, "PATCH", `/mcp-server/${s.id}`, { config: { methods: ["list"] } });
    assert.equal((await modern(s.url, "tools/list")).status, 404);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("held goes on").waitFor();
    assert.equal((await modern(s.url, "tools/list")).status, 200);
  });

  test("a name with markup in it is a name", async () => {
    const s = await world.must(201, "POST", "/mcp-server", { name: HOSTILE, accounts: ["acme"], config: { methods: ["read"] } });
    for (const path of ["servers", `servers/${s.id}`, `servers/${s.id}/connect`, `servers/${s.id}?tab=activity`, "audit"]) {
      await console.open(path);
      await page.getByText(HOSTILE).first().waitFor();
      assert.equal(await page.locator("img[src=x]").count(), 0, path);
    }
    assert.notEqual(await page.title(), "taken");
    assert.deepEqual(console.faults(), []);
  });

  test("the audit: a cell filters, the address keeps it, a row opens", async () => {
    await console.open("audit");
    await page.getByRole("button", { name: "server.delete" }).first().click();
    await page.waitForURL(/action=server.delete/);
    await page.waitForFunction(() => [...document.querySelectorAll(".audit tbody tr:not([aria-hidden])")].length === 2); // short, and one of the twins
    await page.getByRole("button", { name: /now|ago/ }).first().click();
    await page.getByText("Took", { exact: true }).waitFor();
    await console.sound("audit, filtered");
    await page.goBack();
    await page.waitForURL(/\/ui\/audit$/);
    await page.getByRole("button", { name: "Live" }).click();
    const s = await world.must(201, "POST", "/mcp-server", { name: "seen live", accounts: ["acme"], config: { methods: ["read"] } });
    await page.getByText("seen live").first().waitFor();
    await world.must(204, "DELETE", `/mcp-server/${s.id}`);
  });

  test("hundreds of servers are a list of which a window is drawn", async () => {
    for (let i = 0; i < 300; i += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => world.must(201, "POST", "/mcp-server", { name: `many ${i + k}`, accounts: ["acme"], config: { methods: ["read"] } })));
    await console.open("servers");
    await page.getByText(/^30\d servers$/).waitFor();
    assert.ok((await page.locator("a.row").count()) < 60);
    await page.keyboard.press("End");
    await page.getByText("for ada").waitFor();
    await page.getByPlaceholder("Search by name").fill("many 29");
    await page.getByText("11 servers").waitFor();
    assert.match(page.url(), /q=many\+29/);
    assert.deepEqual(console.faults(), []);
  });
});
