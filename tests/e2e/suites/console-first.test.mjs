// SPDX-License-Identifier: Apache-2.0
// A first time, from nothing: no account, no key, no network. The demo data are connected by a click, a question is answered
// with a chart, pinned, and shared with somebody who has no account here.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { start } from "../lib/postern.mjs";

describe("a first time in the console", { skip: noBrowser }, () => {
  let world, browser, console, page;
  before(async () => {
    [world, browser] = await Promise.all([start({ settings: { public_url: undefined, upstream_allow: [] } }), startBrowser()]);
    console = await openConsole(world, { browser });
    page = console.page;
  });
  after(async () => {
    await browser?.close();
    await world?.close();
  });

  test("what an installation should see to is said, and there is something to look at", async () => {
    await console.open("");
    await page.getByText("A copy of the key").waitFor();
    assert.match(await page.locator("aside code").first().innerText(), /postern\.key$/);
    await console.shot("welcome");
    await console.sound("welcome");
    await page.getByRole("button", { name: "Try it with demo data" }).click();
    await page.getByText("The demo data are there").waitFor();
    assert.deepEqual((await world.must(200, "GET", "/integrated-account")).items.map((a) => [a.name, a.status]), [["demo", "ok"]]);
  });

  test("a suggested question is answered with a chart, and pinned", async () => {
    await page.getByRole("button", { name: "How many requests did each site serve in the last 7 days?" }).click();
    await page.locator("svg.postern-chart").waitFor();
    await page.locator(".said", { hasText: "shop.example has the most requests" }).waitFor();
    await console.sound("the first answer");
    await console.shot("first-answer");
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: /Pin/ }).click();
    await page.getByRole("dialog").getByRole("link").waitFor(); // to the dashboard
    await page.keyboard.press("Escape");
    const [board] = (await world.must(200, "GET", "/dashboard")).items;
    assert.equal((await world.must(200, "GET", `/dashboard/${board.id}`)).tiles.length, 5);
  });

  test("a password is chosen by the link that is offered, and serves from then on", async () => {
    const other = await openConsole(world, { browser });
    await other.open("settings");
    assert.equal(await other.page.getByLabel("New password").count(), 0, "there is none to change");
    const { url } = await world.must(201, "POST", "/sign-in-link", {});
    await other.page.goto(url);
    await other.page.getByLabel(/password/i).first().fill("correct horse battery");
    await other.page.getByRole("button").click();
    await other.page.getByRole("navigation").waitFor();
    await other.open("settings");
    await other.page.getByLabel("Password of now").fill("wrong password here");
    await other.page.getByLabel("New password").fill("another horse battery");
    await other.page.getByRole("button", { name: "Change the password" }).click();
    await other.page.getByRole("alert").first().waitFor();
    await other.page.getByLabel("Password of now").fill("correct horse battery");
    await other.page.getByRole("button", { name: "Change the password" }).click();
    await other.page.getByText("The password is changed").waitFor();
    assert.deepEqual(other.faults(), []);
    await other.close();
  });

  test("the demo data are looked at by doctor and verify as any account", async () => {
    const { id } = (await world.must(200, "GET", "/integrated-account")).items[0];
    const { checks } = await world.must(200, "POST", `/integrated-account/${id}/doctor`);
    assert.deepEqual(checks.filter((c) => c.status === "fail"), []);
    assert.equal((await world.must(200, "POST", `/integrated-account/${id}/verify`)).status, "ok");
    assert.deepEqual(console.faults(), []);
  });
});
