// SPDX-License-Identifier: Apache-2.0
// A browser without a screen: Debian's Chromium, driven by playwright-core, which downloads none of its own. And the
// official Inspector's page as a host of views. Example:
//   const browser = await startBrowser(); const inspector = await startInspector();
//   const page = await browser.newPage(); const view = await inspector.open(page, server.url, "postern_run_program", args);
import { createServer } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { Program, ROOT } from "./postern.mjs";

const INSPECTOR = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-default-apps", "--disable-extensions"];

export const startBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

export async function startInspector() {
  const home = mkdtempSync(join(tmpdir(), "postern-inspector-")), token = "a-token-of-these-tests";
  const [client, sandbox, app] = [await freePort(), await freePort(), await freePort()];
  const env = { ...process.env, HOME: home, HOST: "127.0.0.1", CLIENT_PORT: client, MCP_SANDBOX_PORT: sandbox, MCP_APP_ORIGIN_PORT: app, MCP_AUTO_OPEN_ENABLED: "false", MCP_INSPECTOR_API_TOKEN: token };
  const program = new Program(process.execPath, [INSPECTOR, "--web"], { env: Object.fromEntries(Object.entries(env).map(([k, v]) => [k, String(v)])) });
  await program.waitFor(/127\.0\.0\.1:\d+/);
  return {
    program,
    // The view of a tool that was called with these arguments, in its frame.
    async open(page, url, tool, args) {
      const query = new URLSearchParams({ serverUrl: url, transport: "http", autoConnect: token, openApp: tool, appArgs: Buffer.from(JSON.stringify(args)).toString("base64url") });
      await page.goto(`http://127.0.0.1:${client}/?${query}`);
      await page.waitForSelector('[data-testid="connection-status"][data-status="connected"]');
      await page.getByRole("button", { name: "Open App" }).click();
      return viewFrame(page);
    },
    async close() {
      await program.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export async function viewFrame(page, inside = "#title") {
  const outer = page.frameLocator("iframe").frameLocator("iframe");
  const element = await outer.locator(inside).elementHandle();
  return element.ownerFrame();
}

// What axe has to say of a frame, as text; empty: nothing.
let axe;
export async function axeFaults(frame) {
  axe ??= await readFile(join(ROOT, "tests/e2e/node_modules/axe-core/axe.min.js"), "utf8");
  const { violations } = await frame.evaluate(`(() => { ${axe}; return globalThis.axe.run(document, { resultTypes: ["violations"] }); })()`);
  return violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n${v.nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join("\n")}`).join("\n");
}
