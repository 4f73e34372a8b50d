// SPDX-License-Identifier: Apache-2.0
// A browser without a screen: Debian's Chromium, driven by playwright-core, which downloads none of its own; the official
// Inspector's page as a host of views; and axe, which looks for what keeps people out. Example:
//   const browser = await startBrowser(), inspector = await startInspector(), page = await browser.newPage();
//   const view = await inspector.open(page, server.url, "postern_run_program", args);
//   assert.equal(await axeFaults(view), "");
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { INSPECTOR } from "./clients.mjs";
import { Program, ROOT } from "./postern.mjs";

const PACKAGES = join(ROOT, "tests/e2e/node_modules");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--no-first-run"];

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell"; // which draws no window of its own: half the work
// Why there is none; false: there is, or scripts/bootstrap should have seen to it.
export const noBrowser = !existsSync(CHROMIUM) && !/^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8")) && "no Chromium here: CHROMIUM says where one is";

export const startBrowser = () => chromium.launch({ executablePath: CHROMIUM, args: QUIET, timeout: 120_000 });

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return String(port);
}

export async function startInspector() {
  const home = mkdtempSync(join(tmpdir(), "postern-inspector-")), token = "a-token-of-these-tests";
  const [client, sandbox, app] = [await freePort(), await freePort(), await freePort()];
  const program = new Program(process.execPath, [INSPECTOR, "--web"], {
    env: { ...process.env, HOME: home, HOST: "127.0.0.1", CLIENT_PORT: client, MCP_SANDBOX_PORT: sandbox, MCP_APP_ORIGIN_PORT: app, MCP_AUTO_OPEN_ENABLED: "false", MCP_INSPECTOR_API_TOKEN: token },
  });
  await program.waitFor(new RegExp(`127\\.0\\.0\\.1:${client}`));
  const at = (query) => `http://127.0.0.1:${client}/?${new URLSearchParams({ ...query, autoConnect: token })}`;
  return {
    at, // its page, which connects at once
    // The frame in which it shows the view of a tool that was called with these arguments.
    async open(page, url, tool, args, theme = "light") {
      page.setDefaultTimeout(120_000);
      await page.addInitScript((value) => localStorage.setItem("mantine-color-scheme-value", value), theme);
      await page.goto(at({ serverUrl: url, transport: "http", openApp: tool, appArgs: Buffer.from(JSON.stringify(args)).toString("base64url") }));
      await page.waitForSelector('[data-testid="connection-status"][data-status="connected"]');
      await page.getByRole("button", { name: "Open App" }).click();
      return viewFrame(page, "#title", 2);
    },
    async close() {
      await program.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

// The frame so many frames deep, once it has this element.
export async function viewFrame(page, element, depth) {
  page.setDefaultTimeout(120_000);
  let frames = page.frameLocator("iframe");
  for (let i = 1; i < depth; i++) frames = frames.frameLocator("iframe");
  return (await frames.locator(element).elementHandle()).ownerFrame();
}

// What axe has to say of a frame; empty: nothing.
export async function axeFaults(frame) {
  const axe = await readFile(join(PACKAGES, "axe-core/axe.min.js"), "utf8");
  const { violations } = await frame.evaluate(`(() => { ${axe}; return globalThis.axe.run(document, { resultTypes: ["violations"] }); })()`);
  return violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n${v.nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join("\n")}`).join("\n");
}

// A script of ours as a page gets it.
export async function bundled(entry) {
  const { build } = await import(join(ROOT, "web/node_modules/esbuild/lib/main.js"));
  const made = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", target: "es2022", nodePaths: [join(ROOT, "web/node_modules")], logLevel: "silent" });
  return made.outputFiles[0].text;
}
