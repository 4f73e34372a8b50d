// SPDX-License-Identifier: Apache-2.0
// Data sources in the console, in Debian's Chromium: from an empty start to a connected account by key and by sign-in in a window,
// with each way that such a window may end; an API by its document; tools tried, looked up, reviewed; a vendor's hostile words.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { startWithVendors } from "../lib/oauth.mjs";
import { startSandbox } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { audited } from "../lib/wait.mjs";

const EVIL = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
const MANY = 5000;
const ENDLESS = { type: "object", required: ["next"], properties: { next: { $ref: "#" }, title: { type: "string", description: EVIL, default: EVIL, examples: [EVIL] } } };
const reader = (name, more = {}) => ({ name, description: `${name} of the shop.`, inputSchema: { type: "object" }, annotations: { readOnlyHint: true }, ...more });

// A page that asks, and that shares no group of windows with who opened it.
const severs = (_request, url) => (url.pathname === "/authorize" && !url.searchParams.has("yes") ? { status: 200, headers: { "content-type": "text/html", "cross-origin-opener-policy": "same-origin" }, body: `<p>Consent at the shop</p><a href="${url.pathname}${url.search.replaceAll("&", "&amp;")}&amp;yes=1">Yes</a>` } : undefined);

describe("data sources in the console", { skip: noBrowser }, () => {
  let world, sandbox, shop, api, browser, console, page;
  before(async () => {
    [world, sandbox, browser, shop, api] = await Promise.all([
      startWithVendors({ settings: { public_url: undefined } }),
      startSandbox(),
      startBrowser(),
      startAuthVendor({ answer: severs, tools: [reader("list_orders", { description: EVIL, title: EVIL }), { ...reader("summarize"), annotations: {} }, reader("get_order", { inputSchema: ENDLESS })] }),
      startVendor({ orders: { path: "/orders", answer: { body: { orders: [{ id: 1, name: EVIL }] } } } }),
    ]);
    // The vendors of the catalog are on the net; these stand for them.
    for (const [name, label, base_url] of [["guard", "Guard", world.vendors.url("arcjet")], ["shop", `Shop ${EVIL}`, shop.url]])
      await world.must(201, "POST", "/connector", { definition: { name, label, kind: "mcp", base_url, blurb: `What ${name} has.`, questions: ["Who was denied?"], auth: [{ id: "oauth", label: "Sign-in", oauth: {} }], troubles: [{ symptom: "It is empty.", remedy: "Choose another." }] } });
    console = await openConsole(world, { browser });
    page = console.page;
  });
  after(async () => {
    await browser?.close();
    for (const one of [world, sandbox, shop, api]) await one?.close();
  });

  const button = (name) => page.getByRole("button", { name, exact: true });
  const link = (name) => page.getByRole("link", { name, exact: true });
  // What a click opens.
  async function opened(name) {
    const [popup] = await Promise.all([console.context.waitForEvent("page"), button(name).click()]);
    await popup.getByRole("button", { name: "Go on" }).waitFor();
    return popup;
  }
  async function consents(popup, answer = "Allow") {
    await popup.getByRole("button", { name: "Go on" }).click();
    await popup.getByRole("button", { name: answer }).click();
  }
  // Once without a name in the account's way.
  const accountId = async (name) => (await world.must(200, "GET", "/integrated-account?limit=1000")).items.find((a) => a.name === name)?.id;
  async function sound(name) {
    await console.settled();
    await console.shot(name);
    await console.sound(name);
    assert.deepEqual(console.faults(), [], name);
    assert.equal(await page.evaluate(() => window.pwned), undefined, name);
  }

  test("from nothing to an account by key, by the keyboard alone", async () => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? "");
    async function tabTo(what) {
      for (let i = 0; i < 80; i++) {
        if ((await focused()).trim().startsWith(what)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`no way to ${what} by the keyboard; at ${await focused()}`);
    }
    await console.settled();
    // Both keys within a second or so, which a busy machine may miss.
    const empty = page.getByText("No data source yet");
    for (let i = 0; i < 10 && !(await empty.isVisible()); i++) {
      await Promise.all([page.keyboard.press("g"), page.keyboard.press("s")]);
      await empty.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    await sound("sources-empty");
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Add data source" }).waitFor();
    await tabTo("Find a vendor");
    await page.keyboard.type("waf dns");
    await tabTo("Cloudflare");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Cloudflare", level: 1 }).waitFor();
    await sound("vendor");
    await tabTo("API token");
    await page.keyboard.press("Tab");
    await tabTo("At another address");
    await page.keyboard.press("Enter");
    await tabTo("Address");
    await page.keyboard.type(sandbox.api);
    await page.getByLabel("API token", { exact: true }).and(page.locator("input[type=password]")).focus();
    await page.keyboard.type("wrong-token");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "Cloudflare refused" }).waitFor();
    assert.equal((await page.content()).includes("wrong-token"), false, "a secret is not told again");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("cfut_sandbox_one_account");
    await page.keyboard.press("Enter");
    await page.getByText("255 tools, of which 255 can be served").waitFor();
    await tabTo("Name");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("acme");
    await sound("connected");
    await page.keyboard.press("Enter");
    await page.getByText("“acme” is connected").waitFor();
    await sound("source-new");
    assert.equal(await link("Create MCP server").getAttribute("href"), `/ui/servers/new?account=${await accountId("acme")}`);
    await button("Make a dashboard").click();
    await page.waitForURL(/\/ui\/dashboards\/dsh_/);
  });

  test("MCP servers, the vendor's card, authorize in a window, name, finish", async () => {
    await console.open("sources");
    await link("Add data source").click();
    await page.getByRole("tab", { name: "MCP servers" }).click();
    await page.getByLabel("Find a vendor, or what it is about").fill("guard has");
    await link("Guard").click();
    assert.match(page.url(), /connector=guard/);
    await page.getByText("Who was denied?").waitFor();
    const popup = await opened("Authorize with Guard");
    assert.equal(await popup.evaluate(() => window.opener), null, "the vendor's page has no hold on ours");
    await page.getByText("Go on in the window that opened").waitFor();
    await consents(popup);
    await page.getByText("18 tools, of which").waitFor();
    await page.getByLabel("Name").fill("watch");
    await button("Finish").click();
    await page.getByText("“watch” is connected").waitFor();
    assert.ok(popup.isClosed(), "the window goes by itself");
    await sound("source-hosted");
  });

  test("each way that the window may end has a name and a way on", async () => {
    await console.open("sources/add?connector=guard");
    await consents(await opened("Authorize with Guard"), "Deny");
    await page.getByText("Consent was not given").waitFor();
    await sound("authorize-denied");
    // Closed: told, and still followed; again, and blocked; then in the page itself, and back.
    await (await opened("Try again")).close();
    await page.getByText("The window is closed").waitFor();
    await page.evaluate(() => (window.open = () => null));
    await button("Try again").click();
    await page.getByText("The browser blocked the window").waitFor();
    await sound("authorize-blocked");
    await link("Go there in this window").click();
    await consents(page);
    await link("On to the console").click();
    await page.getByRole("heading", { name: "guard", level: 1 }).waitFor();
    console.faults(); // that this page went to the vendor
    // A vendor that takes no applications.
    shop.as = { registration_endpoint: undefined };
    await console.open("sources/add?connector=shop");
    await page.getByRole("button", { name: /^Authorize with Shop/ }).click();
    await page.getByRole("alert").waitFor();
    await sound("authorize-refused");
    shop.as = {};
    // One that takes its window out of our hands: how it goes is asked of Postern, not of the window.
    const severed = await opened(`Authorize with Shop ${EVIL}`);
    await severed.getByRole("button", { name: "Go on" }).click();
    await severed.getByText("Consent at the shop").waitFor();
    await page.getByText("The window is closed").waitFor();
    await severed.getByRole("link", { name: "Yes" }).click();
    await page.getByText("3 tools, of which").waitFor();
    // One that nobody uses in time.
    await console.open("sources/add?connector=guard");
    await opened("Authorize with Guard");
    world.edit("UPDATE oauth_flow SET expires_at = 1 WHERE status = 'waiting'");
    await page.getByText("The link was not used in time").waitFor();
    await sound("authorize-expired");
  });

  test("an account that needs its person again is mended where it stands, and goes away by its name typed", async () => {
    const id = await accountId("guard");
    await world.vendors.expire("arcjet", "grants");
    await world.must(200, "POST", `/integrated-account/${id}/doctor`);
    await console.open(`sources/${id}?tab=doctor`);
    await page.getByText("At least one check failed").waitFor();
    await button("Sign in again").waitFor();
    await sound("doctor-fails");
    await console.open("sources?is=needs_authorising");
    await page.getByRole("listitem").filter({ hasText: "guard" }).getByRole("button", { name: "Sign in again" }).waitFor();
    await sound("sources-troubled");
    await consents(await opened("Sign in again"));
    await page.getByText("is signed in again").waitFor();
    await console.open(`sources/${id}?tab=doctor`);
    await page.getByText("credential", { exact: true }).waitFor();
    await sound("doctor");
    await console.open(`sources/${id}?tab=settings`);
    await button("Disconnect").click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).isDisabled();
    await page.getByLabel("To go on, type guard").fill("guard");
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("“guard” is disconnected").waitFor();
    assert.equal(await accountId("guard"), undefined);
    // One whose credential sees several, of which none is chosen yet.
    const two = await world.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "both", credential: { token: "cfut_sandbox_two_accounts" }, base_url: sandbox.api });
    await console.open(`sources/${two.id}`);
    await link("Choose").click();
    await page.getByLabel("Account").selectOption({ index: 1 });
    await button("Save").click();
    await page.getByText("Saved").waitFor();
    assert.match((await world.must(200, "GET", `/integrated-account/${two.id}`)).context.account_id, /^[0-9a-f]{32}$/);
  });

  test("an API by its document: the report first, kept afterwards", async () => {
    const document = { openapi: "3.1.0", info: { title: EVIL, version: "1" }, servers: [{ url: api.url }], security: [{ key: [] }], components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } }, paths: { "/orders": { get: { operationId: "orders", summary: EVIL, responses: { 200: { description: "ok" } } } }, "/broken": { get: { parameters: [{ $ref: "#/nowhere" }], responses: { 200: { description: "ok" } } } } } };
    await console.open("sources/add?tab=openapi");
    await page.getByLabel("Document, JSON or YAML").setInputFiles({ name: "Orders.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(document)) });
    await button("Check").click();
    await page.getByRole("heading", { name: "What becomes of it" }).waitFor();
    await page.getByRole("cell", { name: "GET /broken" }).waitFor();
    await world.must(404, "GET", "/connector/orders");
    await sound("openapi-report");
    await button("Keep it").click();
    await page.getByLabel("X-Key").fill("secret");
    await button("Connect").click();
    await button("Finish").click();
    await page.getByText("“orders” is connected").waitFor();
    await page.getByRole("tab", { name: "Tools" }).click();
    await page.locator(".tool-row").first().click();
    await button("Try it").click();
    await page.getByRole("cell", { name: EVIL }).waitFor();
    await sound("tool-hostile");
  });

  test("a tool: form and JSON in step, an id looked up, the result as table and tree, and who writes is asked", async () => {
    const id = await accountId("acme");
    await console.open(`sources/${id}?tab=tools&class=list&q=dns+records`);
    await link(/^list_all_cloudflare_dns_records\b/).first().click();
    await button("Look up zone_id").click();
    await page.getByRole("dialog").getByRole("button", { name: /^example\.com/ }).click();
    const raw = page.getByLabel("As JSON");
    const zone = JSON.parse(await raw.inputValue()).zone_id;
    assert.match(zone, /^[0-9a-f]{32}$/);
    await page.getByLabel("type", { exact: true }).selectOption("A");
    assert.deepEqual(JSON.parse(await raw.inputValue()), { zone_id: zone, type: "A" });
    await raw.fill(`{"zone_id": "${zone}", "type": "CNAME"`);
    await page.getByText("This is no JSON object").waitFor();
    assert.ok(await button("Try it").isDisabled());
    await raw.fill(`{"zone_id": "${zone}", "type": "CNAME"}`);
    assert.equal(await page.getByLabel("type", { exact: true }).locator("option:checked").textContent(), "CNAME");
    await page.getByText("Copy as", { exact: true }).click();
    await button("CLI").click();
    await page.getByText(`postern call acme list_all_cloudflare_dns_records zone_id=${zone} type=CNAME`).waitFor();
    await button("Try it").click();
    await page.getByRole("columnheader", { name: "content" }).waitFor();
    await page.getByText(/requests left/).waitFor();
    await sound("tool-tried");
    await button("Tree").click();
    await page.locator(".tree").getByText("CNAME").first().waitFor();
    await console.open(`sources/${id}/tools/delete_a_cloudflare_dns_record_by_id`);
    await page.getByLabel("As JSON").fill(`{"zone_id": "${zone}", "dns_record_id": "${zone}"}`);
    await button("Try it").click();
    await page.getByRole("dialog").getByLabel("To go on, type acme").fill("acme");
    await sound("tool-delete");
    await page.getByRole("dialog").getByRole("button", { name: "Try it" }).click();
    await page.locator(".gave").waitFor();
    await console.open(`sources/${id}?tab=activity`);
    await link("delete_a_cloudflare_dns_record_by_id").first().waitFor();
    await sound("activity");
  });

  test("what waits is reviewed with what changed, allowed and kept off at once; a vendor's words are words", async () => {
    shop.open = true;
    await console.open("sources/add?tab=url");
    await page.getByLabel("Address", { exact: true }).fill(shop.url);
    await page.getByLabel(/^Open, no credential/).check();
    await button("Connect").click();
    await page.getByText("3 tools, of which 2 can be served").waitFor();
    await page.getByLabel("Name").fill("desk <img src=x onerror=pwned=1>");
    await button("Finish").click();
    await page.getByText("is connected").waitFor();
    const account = { id: await accountId("desk <img src=x onerror=pwned=1>") };
    shop.tools = shop.tools.map((t) => (t.name === "get_order" ? { ...t, description: `${EVIL} changed` } : t));
    await world.must(200, "POST", `/integrated-account/${account.id}/refresh`);
    await console.open("sources");
    await page.getByRole("listitem").filter({ hasText: "desk" }).getByRole("link", { name: "2 tools to review" }).click();
    const card = (name) => page.getByRole("region", { name, exact: true });
    await card("get_order").locator("ins").waitFor();
    await page.getByText("2 tools of this account wait").waitFor();
    await sound("review");
    await card("summarize").getByRole("button", { name: "Allow" }).click();
    await page.getByRole("dialog").getByLabel("Reason").fill("read it twice");
    await page.getByRole("dialog").getByRole("button", { name: "Allow" }).click();
    await card("summarize").waitFor({ state: "detached" });
    await card("get_order").getByRole("button", { name: "Keep off" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Keep off" }).click();
    await page.getByText("Nothing waits for a review").waitFor();
    const served = Object.fromEntries((await world.must(200, "GET", `/integrated-account/${account.id}/tools`)).items.map((t) => [t.name, t.served]));
    assert.deepEqual(served, { get_order: false, list_orders: true, summarize: true });
    const [row] = await audited(world, `account_id=${account.id}&action=tool.approve`);
    assert.equal(row.detail, "summarize; reason: read it twice");
    await console.open(`sources/${account.id}?tab=tools`);
    await page.getByText(EVIL).first().waitFor();
    await sound("tools-hostile");
    await console.open(`sources/${account.id}/tools/get_order`);
    await button("Allow").click();
    await page.getByRole("dialog").getByRole("button", { name: "Allow" }).click();
    await button("Keep off").waitFor();
    // A schema that is its own part: what is there is a form, and the rest can be added.
    await page.getByLabel("title", { exact: true }).first().fill("deep");
    assert.match(await page.getByLabel("As JSON").inputValue(), /"title": "deep"/);
    await sound("tool-settled");
  });

  test("an editor sees what is granted to her, tries its tools, and mends nothing", async () => {
    const id = await accountId("acme");
    await world.must(201, "POST", "/user", { name: "edda", role: "editor" });
    await world.must(200, "PUT", `/user/edda/grant/${id}`, { access: "read" });
    const hers = await openConsole(world, { browser, user: "edda" });
    await hers.open("sources");
    await hers.page.getByRole("link", { name: "acme", exact: true }).waitFor();
    assert.equal(await hers.page.locator("main .card").count(), 1);
    for (const name of ["Add data source", "Check all"]) assert.equal(await hers.page.getByText(name, { exact: true }).count(), 0, name);
    await hers.sound("an editor's sources");
    await hers.open(`sources/${id}`);
    assert.deepEqual(await hers.page.getByRole("tab").allTextContents(), ["Overview", "Tools", "Activity"]);
    await hers.sound("an editor's source");
    await hers.open(`sources/${id}/tools/list_all_cloudflare_zones`);
    await hers.page.getByRole("button", { name: "Try it" }).click();
    await hers.page.getByRole("columnheader", { name: "name", exact: true }).waitFor();
    for (const path of ["sources/add", "review"]) {
      await hers.open(path);
      await hers.page.getByText("There is no such page").waitFor();
    }
    assert.deepEqual(hers.faults(), []);
    await hers.close();
  });

  test(`${MANY} tools: few rows in the page, found as one types`, async (t) => {
    const paths = Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`/things${i}`, { get: { operationId: `read_thing_${i}`, summary: `Thing ${i}`, responses: { 200: { description: "ok" } } } }]));
    await world.must(201, "POST", "/connector", { definition: { name: "many", label: "Many", kind: "rest", base_url: api.url, auth: [{ id: "open", open: true }] }, document: { openapi: "3.1.0", info: { title: "Many", version: "1" }, paths } });
    const { id } = await world.must(201, "POST", "/integrated-account", { connector: "many", name: "many", credential: {} });
    await console.open(`sources/${id}?tab=tools`);
    await page.getByText("5,000 tools").waitFor();
    const rows = () => page.locator(".tool-row").count();
    assert.ok((await rows()) < 100, `${await rows()} rows`);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.locator(".tool-row").last().waitFor();
    assert.ok((await rows()) < 100);
    await page.evaluate(() => {
      window.took = [];
      document.querySelector("main input[type=search]").addEventListener("input", () => {
        const begun = performance.now();
        requestAnimationFrame(() => setTimeout(() => window.took.push(Math.round(performance.now() - begun))));
      });
    });
    await page.getByLabel("Filter by name or words").pressSequentially("thing 4321");
    await page.getByText("1 of 5,000 tools").waitFor();
    t.diagnostic(`from a key to the next frame, ms: ${await page.evaluate(() => window.took.join(" "))}`);
    await sound("tools-many");
    for (let i = 0; i < 61; i++) await world.must(201, "POST", "/integrated-account", { connector: "orders", name: `branch ${i}`, credential: { x_key: "k" } });
    await console.open("sources");
    await page.locator(".source-row").first().waitFor();
    await sound("sources-many");
    await page.getByLabel("Find a data source").fill("branch 47");
    await page.getByText("1 data source", { exact: true }).waitFor();
    await page.getByRole("listitem").getByRole("link", { name: "branch 47" }).waitFor();
  });
});
