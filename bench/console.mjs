// SPDX-License-Identifier: Apache-2.0
// The console: what is loaded at first, how long until it can be used, and whether long lists stay fluid: 10,000 servers,
// 5,000 tools, and an audit that is scrolled through. The long lists are handed to the page in the API's place, so that the
// page is measured and not the store. Times are of this machine; the blank page beside them says how quick that is.
import { startBrowser } from "../tests/e2e/lib/browser.mjs";
import { openConsole } from "../tests/e2e/lib/console.mjs";
import { start } from "../tests/e2e/lib/postern.mjs";

const SERVERS = 10_000, TOOLS = 5000, ENTRIES = 20_000, TRIES = 7;
const AT = "2026-01-01T00:00:00Z";
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const kb = (n) => `${(n / 1024).toFixed(1)} KB`;

const server = (i) => ({ id: `srv_${i}`, name: `server ${i}`, account_id: "acc_1", accounts: [{ id: "acc_1", name: "acme", alias: "" }], share: false, config: { methods: ["read"] }, fence: [], tool_count: 131, expires_at: null, last_used_at: AT, created_at: AT, updated_at: AT });
const tool = (i) => ({ name: `list_all_things_${i}`, title: null, class: "list", read_only: true, account_id: "acc_1" });
const entry = (i) => ({ id: `aud_${String(ENTRIES - i).padStart(8, "0")}`, at: AT, actor: "tok_1", actor_name: "first", client: "claude-code", address: "127.0.0.1", action: "tools/call", server_id: "srv_1", server_name: "server 1", url: "first", account_id: "acc_1", account_name: "acme", tool: `list_all_things_${i % 50}`, arguments: {}, values: null, outcome: i % 9 ? "ok" : "denied", status: 200, elapsed_us: 1200, count: 1, request_id: `req_${i}`, detail: null });

// A page of a list, as the API pages it.
function paged(all, url, cursor) {
  const limit = Number(url.searchParams.get("limit") ?? 100), after = url.searchParams.get(cursor);
  const from = after ? all.findIndex((one) => one.id === after) + 1 : 0, items = all.slice(from, from + limit), more = from + limit < all.length;
  return { items, next: more ? `${url.pathname}?limit=${limit}&${cursor}=${items.at(-1).id}` : null };
}

async function handLongLists(page) {
  const servers = Array.from({ length: SERVERS }, (_, i) => server(i)), tools = Array.from({ length: TOOLS }, (_, i) => tool(i)), entries = Array.from({ length: ENTRIES }, (_, i) => entry(i));
  const answer = (make) => (route) => route.fulfill({ json: make(new URL(route.request().url())) });
  await page.route(/\/mcp-server\?/, answer((url) => paged(servers, url, "after")));
  await page.route(/\/mcp-server\/check$/, answer(() => ({ tools, tool_count: TOOLS, read_count: TOOLS, bytes: 5 << 20, tags: [] })));
  await page.route(/\/audit\?/, answer((url) => paged(entries, url, "before")));
}

// From a change to the frame after the one that shows it.
const shown = (page, change) =>
  page.evaluate(async (source) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done)), begun = performance.now();
    new Function(source)();
    await frame();
    await frame();
    return performance.now() - begun;
  }, change);
const typed = (selector, text) => `const i = document.querySelector(${JSON.stringify(selector)}); i.value = ${JSON.stringify(text)}; i.dispatchEvent(new Event("input", { bubbles: true }))`;
async function fluid(print, name, page, changes) {
  const times = [];
  for (let i = 0; i < TRIES; i++) times.push(await shown(page, changes[i % changes.length]));
  const ms = median(times);
  print(name, `${ms.toFixed(0)} ms`, "100 ms", ms <= 100);
}

async function usable(page, url) {
  const times = [];
  for (let i = 0; i < TRIES; i++) {
    const begun = performance.now();
    await page.goto(url);
    await page.locator("h1").waitFor();
    times.push(performance.now() - begun);
  }
  return median(times);
}

export async function console({ print }) {
  const [world, browser] = await Promise.all([start({ settings: { public_url: undefined } }), startBrowser()]);
  await world.account("cfut_sandbox_one_account", { name: "acme" });
  const opened = await openConsole(world, { browser }), { page } = opened, loaded = [];
  await page.waitForLoadState("networkidle");
  page.on("requestfinished", (request) => request.url().includes("/ui/") && loaded.push(request.sizes().then((s) => ({ url: request.url(), size: s.responseBodySize }))));
  await (await opened.context.newCDPSession(page)).send("Network.clearBrowserCache");
  await opened.open("");
  await page.waitForLoadState("networkidle");
  const files = await Promise.all(loaded), of = (ending) => files.filter((f) => f.url.endsWith(ending)).reduce((sum, f) => sum + f.size, 0);
  print("script that is loaded until somebody can ask, packed", kb(of(".js")), "60 KB", of(".js") <= 60 * 1024);
  print("style, packed", kb(of(".css")), "15 KB", of(".css") <= 15 * 1024);
  const blank = await usable(page, "data:text/html,<h1>blank</h1>"), ready = await usable(page, `${world.postern.url}/ui/`);
  print("until Ask can be used, from an empty page", `${ready.toFixed(0)} ms`);
  print("  a blank page on this machine", `${blank.toFixed(0)} ms`);

  await handLongLists(page);
  await opened.open("servers");
  await fluid(print, `a letter typed in the search of ${SERVERS} servers`, page, [typed("input[type=search]", "server 9"), typed("input[type=search]", "server 99"), typed("input[type=search]", "")]);
  await fluid(print, `a jump within ${SERVERS} servers`, page, [`scrollTo(0, 300000)`, `scrollTo(0, 600000)`, `scrollTo(0, 0)`]);
  await opened.open("servers/new");
  await page.getByText(/^5,000 tools$/).waitFor();
  await fluid(print, `a letter typed in the search of ${TOOLS} tools`, page, [typed(".preview input", "things_4"), typed(".preview input", "things_49"), typed(".preview input", "")]);
  await opened.open("audit");
  for (let i = 0; i < 20; i++) await page.evaluate(() => scrollTo(0, document.body.scrollHeight)), await page.waitForTimeout(100);
  await fluid(print, "a jump within the audit, some thousand rows down", page, [`scrollTo(0, 0)`, `scrollTo(0, document.body.scrollHeight / 2)`]);
  await browser.close();
  await world.close();
}
