// SPDX-License-Identifier: Apache-2.0
// The pictures that README and manual show: see scripts/pictures.
import { join } from "node:path";
import { startBrowser } from "./lib/browser.mjs";
import { openConsole } from "./lib/console.mjs";
import { ROOT, start } from "./lib/postern.mjs";

const [world, browser] = await Promise.all([start({ settings: { public_url: undefined } }), startBrowser()]);
await world.account("cfut_sandbox_one_account", { name: "acme" });
const console = await openConsole(world, { browser, width: 1200, height: 780 }), { page } = console;
const picture = (name) => page.screenshot({ path: join(ROOT, "docs", `${name}.png`) });

await console.open("");
await page.getByLabel("Question", { exact: true }).fill("denied requests on example.com by country in the last 7 days");
await page.keyboard.press("Enter");
await page.locator("svg.postern-chart").waitFor();
await console.settled();
await page.evaluate(() => scrollTo(0, 0));
await picture("console-answer");

await console.open("servers/new");
await page.getByLabel("Name", { exact: true }).fill("Ada reads DNS and WAF");
for (const tag of ["dns", "waf"]) await page.getByRole("button", { name: new RegExp(`^${tag} `) }).click();
await page.getByText(/^\d+ tools$/).waitFor();
await page.waitForTimeout(600); // the preview follows what was chosen
await picture("console-server");

await browser.close();
await world.close();
