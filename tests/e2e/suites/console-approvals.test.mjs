// SPDX-License-Identifier: Apache-2.0
// Approvals in the console: what an AI client asked for is shown whole and as text, whatever it holds; a second person
// approves or refuses it by keyboard; whoever may not is told why.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { modern, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

const HOSTILE = `<img src=x onerror="document.title='taken'">"'&lt;`;
const UNSEEN = "\u202e\u200b\u{e0041}";
const text = { type: "string" };
const OPERATIONS = {
  delete_thing: { method: "delete", path: "/things/{id}", summary: `Delete ${HOSTILE}`, word: { class: "delete" }, parameters: [{ name: "id", in: "path", required: true, schema: text }, { name: "why", in: "query", schema: text }] },
  list_things: { path: "/things" },
};

describe("approvals in the console", { skip: noBrowser }, () => {
  let world, browser, vendor, server;
  before(async () => {
    [world, browser] = await Promise.all([start({ settings: { public_url: undefined, approval_wait: "0s" } }), startBrowser()]);
    vendor = await startVendor(OPERATIONS);
    server = await world.server(await vendor.connect(world), { approval: "destroy" });
  });
  after(async () => {
    await browser?.close();
    await world?.close();
    await vendor?.close();
  });
  const call = (args) => modern(server.url, "tools/call", { name: "delete_thing", arguments: args });
  const told = (r) => r.body.result.content[0].text;

  test("is shown as text, approved by keyboard, and made", async () => {
    const console = await openConsole(world, { browser }), { page } = console;
    await console.open("approvals");
    await page.getByText("No call waits for approval.").waitFor();
    await console.sound("nothing waits");
    const link = told(await call({ id: "{ }", why: UNSEEN + HOSTILE })).match(/\/ui\/(approvals\/apr_\w+)/)[1];
    const counted = page.locator("nav .waiting");
    await counted.getByText("1", { exact: true }).waitFor(); // whoever is elsewhere sees that one waits
    assert.equal(await page.getByRole("navigation").getByTitle("1 waits").count(), 1);
    await console.open(link);
    const shown = page.getByLabel("Arguments, as they will be sent");
    await shown.waitFor();
    assert.equal(await shown.innerText(), `{\n  "id": "{ }",\n  "why": "\\u{202e}\\u{200b}\\u{e0041}${HOSTILE.replaceAll('"', '\\"')}"\n}`);
    await page.getByText("DELETE /things/{id}").waitFor();
    assert.doesNotMatch(await page.title(), /taken/);
    await console.shot("approval");
    await console.sound("one that waits");
    await page.getByRole("button", { name: "Approve" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Reason/).fill("as agreed");
    await console.sound("the word");
    assert.equal(vendor.seen.length, 0);
    await dialog.getByLabel(/^Reason/).press("Enter");
    await page.getByText("approved", { exact: true }).waitFor();
    await counted.waitFor({ state: "detached" });
    assert.equal((await call({ id: "{ }", why: UNSEEN + HOSTILE })).body.result.isError, false);
    assert.equal(vendor.seen.length, 1);
    await console.open("approvals");
    await page.getByRole("cell", { name: "done" }).waitFor();
    await console.sound("what was done");
    assert.deepEqual(console.faults(), []);
    await console.close();
  });

  test("an editor sees why her own is not hers to approve, and refuses it; in German, at 320 px", async () => {
    await world.must(201, "POST", "/user", { name: "ed", role: "editor" });
    const account = server.accounts[0].id;
    await world.must(200, "PUT", `/user/ed/grant/${account}`, { access: "write" });
    const console = await openConsole(world, { browser, user: "ed", width: 320, height: 700, locale: "de-DE", theme: "dark" }), { page } = console;
    const cookie = (await console.context.cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
    const own = await world.api("POST", `/integrated-account/${account}/mcp`, { name: "ihrer", config: { approval: "destroy" } }, { token: null, headers: { cookie, origin: world.postern.url, "postern-console": "1" } });
    assert.equal(own.status, 201, own.text);
    const asked = () => modern(own.body.url, "tools/call", { name: "delete_thing", arguments: { id: "y" } });
    await asked();
    await console.open("approvals");
    await page.getByText("Diesen Aufruf können Sie nicht freigeben").waitFor();
    assert.equal(await page.getByRole("button", { name: "Freigeben" }).count(), 0);
    await console.shot("approvals-german-narrow");
    await console.sound("hers, in German");
    await page.getByRole("button", { name: "Ablehnen" }).click();
    await page.getByRole("dialog").getByLabel(/^Begründung/).fill("doch nicht");
    await page.getByRole("dialog").getByRole("button", { name: "Ablehnen" }).click();
    await eventually("it is refused", async () => /Refused by ed \(apr_\w+\): doch nicht/.test(told(await asked())));
    assert.doesNotMatch(await page.locator("main").innerText(), /approvals\.[a-z_]+/);
    assert.deepEqual(console.faults(), []);
    await console.close();
  });

  test("the server's form keeps limits and approval", async () => {
    const console = await openConsole(world, { browser }), { page } = console;
    await console.open(`servers/${server.id}?tab=change`);
    await page.locator("details > summary", { hasText: "More" }).click();
    await page.getByLabel("Approval by a second person").selectOption("write");
    await page.getByLabel("Calls a minute, all together").fill("90");
    await page.getByLabel("Writes a day, each client").fill("7");
    await console.sound("the form");
    await page.getByRole("button", { name: "Save" }).click();
    const kept = await eventually("it is kept", async () => {
      const s = await world.must(200, "GET", `/mcp-server/${server.id}`);
      return s.config.limits && s.config;
    });
    assert.deepEqual([kept.approval, kept.limits], ["write", { calls_per_minute: 90, each: { writes_per_day: 7 } }]);
    assert.deepEqual(console.faults(), []);
    await console.close();
  });
});
