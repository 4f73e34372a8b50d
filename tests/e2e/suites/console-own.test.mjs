// SPDX-License-Identifier: Apache-2.0
// A person's own accounts in the console, in a browser: connected with a token and by consent, tested, disconnected, in every
// role; a link that is another's; what an administrator sees; in both languages, with axe.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { start } from "../lib/postern.mjs";
import { person } from "../lib/sign-in.mjs";
import { startVendor } from "../lib/vendor.mjs";

let world, browser, remote, rest, accounts, ada;
const skip = noBrowser;
before(async () => {
  if (skip) return;
  world = await start();
  browser = await startBrowser();
  remote = await startAuthVendor();
  const taken = ({ headers }) => (/^Bearer (good|fixture)/.test(headers.authorization ?? "") ? { body: { rows: [] } } : { status: 401, body: { error: "bad token" } });
  rest = await startVendor({ get_self: { path: "/self", readOnly: true, answer: taken }, verify: { path: "/", answer: taken } });
  const flow = await world.must(201, "POST", "/integrated-account/authorize", { url: remote.url, name: "remote" });
  const page = await fetch(flow.direct_url, { redirect: "manual" });
  const done = await world.must(200, "POST", `/integrated-account/authorize/${flow.id}/finish`, { url: page.headers.get("location") });
  accounts = { remote: { id: done.account_id }, rest: await rest.connect(world, { name: "issues" }) };
  await world.must(201, "POST", "/mcp-server", { name: "everybody's", accounts: [accounts.remote.id, accounts.rest.id], slug: "everybody", sign_in: { roles: ["admin", "editor", "viewer"] }, config: { own_accounts: ["remote", "issues"] } });
  ada = await person(world, "ada");
  await person(world, "ben", { role: "editor" });
});
after(async () => {
  await browser?.close();
  await world?.close();
  await remote?.close();
  await rest?.close();
});

const owns = async () => (await world.must(200, "GET", "/persons-account")).items;
const mine = (said) => said.filter((line) => !line.includes(remote.origin));

test("a viewer connects with a token, tests it, and disconnects", { skip }, async () => {
  const c = await openConsole(world, { browser, user: "ada" });
  await c.open("own");
  await c.sound("own");
  const card = c.page.getByRole("region", { name: "issues" });
  await card.getByText("Not connected").waitFor();
  await card.getByLabel("token").fill("no good");
  await card.getByRole("button", { name: "Try and connect" }).click();
  await card.getByRole("alert").first().waitFor();
  assert.deepEqual(await owns(), []);
  await card.getByLabel("token").fill("good one");
  await card.getByRole("button", { name: "Try and connect" }).click();
  await card.getByText("Connected", { exact: true }).waitFor();
  await c.sound("own, connected");
  await card.getByRole("button", { name: "Test" }).click();
  await c.page.getByText("Fixture takes it").waitFor();
  await card.getByRole("button", { name: "Disconnect" }).click();
  await c.page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await card.getByText("Not connected").waitFor();
  assert.deepEqual(await owns(), []);
  assert.deepEqual(c.faults(), []);
  await c.close();
});

test("by consent at the vendor's page, and back", { skip }, async () => {
  const c = await openConsole(world, { browser, user: "ada" });
  await c.page.goto(`${world.postern.url}/ui/own/${accounts.remote.id}/${ada.id}`);
  await c.settled();
  await c.page.getByRole("button", { name: /^Connect with/ }).click();
  await c.page.getByText(/may now use your account/).waitFor();
  await c.page.getByRole("link", { name: "On to the console" }).click();
  await c.settled();
  await c.page.getByRole("region", { name: "remote" }).getByText("Connected", { exact: true }).waitFor();
  assert.deepEqual((await owns()).map((o) => [o.person, o.account]), [["ada", "remote"]]);
  assert.deepEqual(mine(c.faults()), []);
  await c.close();
});

test("a link that is another's leads nowhere, in both languages", { skip }, async () => {
  for (const [locale, title] of [["en-GB", "This link is for another person"], ["de-DE", "Dieser Link ist für eine andere Person"]]) {
    const c = await openConsole(world, { browser, user: "ben", locale, theme: locale === "de-DE" ? "dark" : "light", width: 400 });
    await c.open(`own/${accounts.rest.id}/${ada.id}`);
    await c.page.getByText(title).waitFor();
    assert.equal(await c.page.getByLabel("token").count(), 0);
    await c.sound(`another's link, ${locale}`);
    await c.open("own");
    await c.sound(`own accounts, ${locale}`);
    assert.deepEqual(c.faults(), []);
    await c.close();
  }
});

test("an administrator sees that it exists and removes it; the server's form says whose accounts are called", { skip }, async () => {
  const c = await openConsole(world, { browser });
  await c.open("own");
  const row = c.page.getByRole("row").filter({ hasText: "ada" });
  await row.getByText("remote").waitFor();
  await c.sound("own accounts of others");
  const [own] = await owns();
  await row.getByRole("button", { name: `Remove ${own.name}` }).click();
  await c.page.getByRole("dialog").getByRole("textbox").fill(own.name);
  await c.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await c.page.getByText("Of other people").waitFor({ state: "detached" });
  assert.deepEqual(await owns(), []);
  const [server] = (await world.must(200, "GET", "/mcp-server")).items;
  await c.open(`servers/${server.id}?tab=change`);
  const box = c.page.getByLabel("Each person’s own for issues");
  await box.waitFor();
  assert.ok(await box.isChecked());
  await c.sound("a server with people's own accounts");
  assert.deepEqual(c.faults(), []);
  await c.close();
});
