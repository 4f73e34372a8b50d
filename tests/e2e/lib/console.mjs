// SPDX-License-Identifier: Apache-2.0
// The console in a real browser: a page that is signed in, told what it did wrong. Whatever a page prints as an error, or its
// policy refuses, is kept and fails the suite that asks `faults()`. Example:
//   const console = await openConsole(world, { browser });
//   await console.open("servers"); await console.shot("servers"); assert.deepEqual(console.faults(), []);
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axeFaults } from "./browser.mjs";
import { ROOT } from "./postern.mjs";

const SHOTS = join(ROOT, "build/console");

// `user`: name of one; without it the oldest administrator.
export async function openConsole(world, { browser, user, theme = "light", width = 1280, height = 900, locale = "en-GB", ...more }) {
  mkdirSync(SHOTS, { recursive: true });
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale, ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const url = world.postern.url, said = [];
  // A request that is refused is the page's to show; that the browser prints it is no fault.
  page.on("console", (m) => m.type() === "error" && !/^Failed to load resource/.test(m.text()) && said.push(m.text()));
  page.on("pageerror", (e) => said.push(String(e.stack ?? e)));
  page.on("request", (r) => !r.url().startsWith(url) && !/^(data|blob):/.test(r.url()) && said.push(`a request to ${r.url()}`));
  const { url: link } = await world.must(201, "POST", "/sign-in-link", user ? { user } : {});
  await page.goto(link.replace(/^https?:\/\/[^/]+/, url));
  await page.getByRole("button").click();
  await page.waitForURL(`${url}/ui/`);
  return {
    page,
    context,
    // A screen, once its heading is there and nothing waits any more.
    async open(path) {
      await page.goto(`${url}/ui/${path}`);
      await this.settled();
    },
    async settled() {
      await page.locator("main").first().waitFor();
      await page.locator("main h1, main .notice").first().waitFor();
      await page.waitForFunction(() => !document.querySelector("main [aria-busy=true]"));
    },
    shot: (name) => page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true }),
    // No violation, and nothing that runs over the side.
    async sound(what) {
      assert.equal(await axeFaults(page), "", what);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${what}: ${over} px wider than the window`);
    },
    faults: () => said.splice(0),
    close: () => context.close(),
  };
}
