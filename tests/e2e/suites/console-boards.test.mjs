// SPDX-License-Identifier: Apache-2.0
// Dashboards in the console: tiles are moved by key and by pointer, sized, taken back; a source that fails blanks nothing; a
// link opens for anybody until it is revoked; a condition is added and tested; a viewer sees all of it and changes nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const HOSTILE = `<img src=x onerror="document.title='taken'">"'&`;
const program = (steps, results, more = {}) => ({ version: 1, steps, results, ...more });
const zones = { id: "zones", account: "acme", tool: "list_all_cloudflare_zones" };

describe("dashboards in the console", { skip: noBrowser }, () => {
  let world, browser, console, page, board, hook;
  const told = [];
  const must = (...all) => world.must(...all);
  const tiles = async () => (await must(200, "GET", `/dashboard/${board.id}`)).tiles;
  const order = async () => (await tiles()).map((tile) => tile.title);
  const seen = () => page.locator(".board-grid > li h2").allInnerTexts();
  const becomes = (what, wanted) => eventually(what, async () => JSON.stringify(await order()) === JSON.stringify(wanted) && JSON.stringify(await seen()) === JSON.stringify(wanted));
  const chosen = async (tile, item) => {
    await page.getByRole("button", { name: `More for “${tile}”` }).click();
    await page.getByRole("menuitem", { name: item, exact: true }).click();
  };
  const card = (title) => page.getByRole("article", { name: title, exact: true });

  before(async () => {
    [world, browser] = await Promise.all([start({ settings: { public_url: undefined } }), startBrowser()]);
    await world.account("cfut_sandbox_one_account", { name: "acme" });
    hook = createServer((request, response) => {
      request.resume();
      told.push(request.headers["postern-signature"]);
      response.writeHead(204).end();
    }).listen(0, "127.0.0.1");
    await once(hook, "listening");
    board = await must(201, "POST", "/dashboard", { name: "edge" });
    const pin = async (body) => {
      const tile = await must(201, "POST", `/dashboard/${board.id}/tile`, body);
      await eventually(`${body.title} was run`, async () => (await must(200, "GET", `/tile/${tile.id}`)).as_of);
    };
    await pin({ title: "Zones", size: "quarter", program: program([zones], { n: "SELECT count(*) AS zones FROM zones" }) });
    await pin({ title: "By status", program: program([zones], { n: { query: "SELECT status, count(*) AS zones FROM zones GROUP BY 1 ORDER BY 2 DESC", chart: { mark: "bar", x: "zones", y: "status" } } }) });
    await pin({ title: HOSTILE, size: "quarter", program: program([], { n: `SELECT '${HOSTILE.replaceAll("'", "''")}' AS name, 'x' AS kind` }) });
    await pin({ title: "Since", size: "full", program: program([], { n: "SELECT :since AS since, 'x' AS kind" }, { parameters: { since: "2026-01-01T00:00:00Z" } }) });
    console = await openConsole(world, { browser });
    page = console.page;
  });
  after(async () => {
    hook?.close();
    await browser?.close();
    await world?.close();
  });

  test("the list leads to charts, numbers and rows; what vendors say is text", async () => {
    await console.open("dashboards");
    await page.getByText("4 tiles").waitFor();
    await page.getByRole("link", { name: /edge/ }).click();
    await page.locator("svg.kind-kpi").waitFor();
    await page.locator("svg.kind-bar").waitFor();
    assert.deepEqual(await seen(), ["Zones", "By status", HOSTILE, "Since"]);
    await card(HOSTILE).getByRole("cell", { name: HOSTILE, exact: true }).waitFor();
    assert.equal(await page.locator("main img").count(), 0);
    assert.equal(await page.title(), "Dashboard – Postern");
  });

  test("tiles are moved by key and by pointer, sized and removed, and all of it is undone", async () => {
    await page.keyboard.press("e");
    const handle = page.getByRole("button", { name: "Move “Zones”" });
    await handle.focus();
    await page.keyboard.press("ArrowRight");
    await becomes("moved to the right", ["By status", "Zones", HOSTILE, "Since"]);
    await page.getByText("“Zones” moved to place 2 of 4").waitFor();
    await page.keyboard.press("ArrowDown"); // the focus went with it
    await becomes("moved down", ["By status", HOSTILE, "Since", "Zones"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await becomes("undone", ["By status", "Zones", HOSTILE, "Since"]);
    const from = await handle.boundingBox(), to = await card("By status").boundingBox();
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 60, { steps: 8 });
    await page.mouse.move(to.x + 20, to.y + 60);
    await page.locator(".drop-before").waitFor();
    await console.shot("board-dragged");
    await page.mouse.up();
    await becomes("dragged", ["Zones", "By status", HOSTILE, "Since"]);
    await chosen("Zones", "Move right");
    await becomes("moved by its menu", ["By status", "Zones", HOSTILE, "Since"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await chosen("Zones", "Make it half as wide as the page");
    await eventually("sized", async () => (await tiles())[0].size === "half");
    await page.getByRole("button", { name: "Undo" }).click();
    await eventually("sized back", async () => (await tiles())[0].size === "quarter");
    await chosen("Since", "Remove");
    await card("Since").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await card("Since").waitFor();
    assert.equal((await tiles()).length, 4);
    await console.sound("edit mode");
    await page.keyboard.press("e");
    await handle.waitFor({ state: "detached" });
  });

  test("a source that fails leaves what was there, and says what is wrong", async () => {
    const value = await card("Zones").locator("svg.kind-kpi").textContent();
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "broken_json", times: 100 });
    await page.getByRole("button", { name: "Refresh all" }).click();
    await card("Zones").getByText("the last run failed").click();
    await card("Zones").getByText("Last tried").waitFor();
    assert.equal(await card("Zones").locator("svg.kind-kpi").textContent(), value);
    await console.shot("board-failed");
    await world.sandbox.control("DELETE", "/fault");
    await chosen("Zones", "Refresh");
    await card("Zones").getByText("the last run failed").waitFor({ state: "detached" });
  });

  test("another range is for whoever looks, until it is kept", async () => {
    await page.getByRole("button", { name: "7 days" }).click();
    await card("Since").getByText("this range, for you alone").waitFor();
    await card("Zones").getByText("takes no range").waitFor();
    assert.equal(new URL(page.url()).searchParams.get("since"), "now-7d");
    assert.match(JSON.stringify((await tiles())[3].data.rows), /2026-01-01/);
    await page.getByRole("button", { name: "Keep for everybody" }).click();
    await eventually("it is kept", async () => (await must(200, "GET", `/dashboard/${board.id}`)).since === "now-7d");
    await eventually("it is read so", async () => !/2026-01-01/.test(JSON.stringify((await tiles())[3].data.rows)));
    await page.goBack();
  });

  test("a link is shown once, opens for anybody, and is dead when it is revoked", async () => {
    await console.open(`dashboards/${board.id}?show=share`);
    await page.getByLabel("What the page is called").fill("for the wall");
    await page.getByRole("button", { name: "Make a link" }).click();
    const url = await page.getByLabel("Link", { exact: true }).innerText();
    await console.sound("a link");
    const stranger = await browser.newPage();
    assert.equal((await stranger.goto(url)).status(), 200);
    await stranger.getByRole("heading", { name: "for the wall" }).waitFor();
    await page.getByRole("button", { name: "Revoke the link “for the wall”" }).click();
    await page.getByText("There is none.").waitFor();
    assert.equal((await stranger.goto(url)).status(), 404);
    await stranger.close();
  });

  test("a condition is made of an example, tested, paused; its examples are all understood", async () => {
    const tile = (await tiles()).find((one) => one.title === "By status");
    await console.open(`dashboards/${board.id}?show=conditions&tile=${tile.id}&watch=add`);
    const examples = await page.getByRole("group", { name: "Examples" }).getByRole("button").allInnerTexts();
    assert.ok(examples.length >= 6, examples.join());
    const webhook = `http://127.0.0.1:${hook.address().port}/told`;
    for (const condition of examples) {
      const watch = await must(201, "POST", "/watches", { tile: tile.id, condition, webhook });
      await must(204, "DELETE", `/watches/${watch.id}`);
    }
    await page.getByRole("button", { name: "rows >= 4" }).click();
    await page.getByLabel("Webhook").fill(webhook);
    await page.getByRole("button", { name: "Add a condition" }).click();
    assert.match(await page.getByLabel("Secret", { exact: true }).innerText(), /^whs_/);
    await page.getByRole("button", { name: "Test now" }).click();
    await page.getByText(/Told: it answered 204/).waitFor();
    assert.match(told.at(-1), /^v1=/);
    await page.getByRole("button", { name: "Events" }).click();
    await page.locator(".events summary").first().click();
    await page.getByText(/Try 1: 204/).waitFor();
    await console.sound("conditions");
    await console.shot("board-conditions");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("paused", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
  });

  test("on paper there are charts and tables, and nothing to press", async () => {
    await console.open(`dashboards/${board.id}`);
    await page.locator("svg.kind-bar").waitFor();
    await page.emulateMedia({ media: "print" });
    await console.shot("board-printed");
    assert.equal(await page.locator(".side, .board .buttons, .tile header button").filter({ visible: true }).count(), 0);
    assert.ok(await page.locator("svg.kind-bar").isVisible());
    await page.emulateMedia({ media: "screen" });
    assert.deepEqual(console.faults(), []);
  });

  test("a viewer sees what is shared, dark as light, and can change nothing", async () => {
    await must(201, "POST", "/user", { name: "vera", role: "viewer" });
    const hers = await openConsole(world, { browser, user: "vera", theme: "dark" });
    await hers.open(`dashboards/${board.id}?edit=1&show=share`);
    await hers.page.locator("svg.kind-bar").waitFor();
    for (const name of ["Refresh all", "Edit", "Share", "7 days", "Move “Zones”"]) assert.equal(await hers.page.getByRole("button", { name }).count(), 0, name);
    assert.equal(await hers.page.locator("dialog").count(), 0);
    await hers.page.getByRole("button", { name: "More for “By status”" }).click();
    assert.deepEqual(await hers.page.getByRole("menuitem").allInnerTexts(), ["Show as a table", "Values over time", "Download CSV"]);
    await hers.page.keyboard.press("Enter");
    await hers.page.getByRole("cell", { name: "active" }).waitFor();
    await hers.sound("as a viewer");
    assert.deepEqual(hers.faults(), []);
    await hers.close();
  });

  test("a hundred tiles: those that are far are not drawn, and a move is one of them", async () => {
    const many = await must(201, "POST", "/dashboard", { name: "many" });
    for (let i = 0; i < 100; i++) await must(201, "POST", `/dashboard/${many.id}/tile`, { title: `Tile ${i}`, size: i % 3 ? "quarter" : "half", program: program([], { n: `SELECT 'a' AS k, ${i} AS v UNION ALL SELECT 'b', 2` }) });
    await eventually("all were run", async () => (await must(200, "GET", `/dashboard/${many.id}/state`)).tiles.every((tile) => tile.as_of));
    await console.open(`dashboards/${many.id}?edit=1`);
    await page.locator("svg.postern-chart").first().waitFor();
    assert.equal(await page.locator(".board-grid > li").count(), 100);
    assert.ok((await page.locator("svg.postern-chart").count()) < 60);
    await page.getByRole("button", { name: "Move “Tile 0”" }).press("ArrowRight");
    await eventually("it is moved", async () => (await must(200, "GET", `/dashboard/${many.id}`)).tiles[1].title === "Tile 0");
    assert.deepEqual(console.faults(), []);
  });
});
