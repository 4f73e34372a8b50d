// SPDX-License-Identifier: Apache-2.0
// The view of answer programs as people meet it: in a real browser, inside the official Inspector and inside a host of the
// tests' own that does as it likes. Seen, by keyboard, by axe in both themes, with hostile rows, and under its policy.
// What it looked like is kept in build/view/*.png.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { axeFaults, bundled, noBrowser, startBrowser, startInspector, viewFrame } from "../lib/browser.mjs";
import { ROOT, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const TOOL = "postern_run_program", SHOTS = join(ROOT, "build/view");
mkdirSync(SHOTS, { recursive: true });
let browser, page;
before(async () => (browser = noBrowser ? undefined : await startBrowser()));
after(() => browser?.close());
const shot = (name, of = page) => of.screenshot({ path: join(SHOTS, `${name}.png`) });

// What the focus is on, in a view.
const focused = (frame) => frame.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");

describe("inside the Inspector", { skip: noBrowser }, () => {
  let world, server, inspector, account;
  before(async () => {
    world = await start();
    account = await world.account("cfut_sandbox_one_account", { name: "acme" });
    server = await world.server(account, { methods: ["read"], programs: true });
    inspector = await startInspector();
  });
  after(async () => {
    await inspector?.close();
    await world?.close();
  });
  afterEach(() => page?.close());

  const steps = [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }, { id: "logs", account: "acme", tool: "list_all_cloudflare_audit_logs" }];
  const counted = { changes: { kind: "count", title: "Changes" } };
  const results = {
    people: { query: "SELECT actor__email AS person, action__type AS action, count(*) AS changes FROM logs GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 12", title: "Changes by person", columns: counted },
    days: { query: "SELECT time_bucket(\"when\", 'day') AS day, count(*) AS changes FROM logs GROUP BY 1", title: "Changes by day", columns: counted },
    plans: { query: "SELECT plan__name AS plan, count(*) AS zones FROM zones GROUP BY 1", title: "Zones by plan", columns: { zones: { kind: "count", title: "Zones" } } },
    list: { query: "SELECT name, plan__name AS plan, paused, created_on FROM zones ORDER BY name", title: "Zones" },
  };
  const args = { program: { version: 1, title: "Who changed what", steps, results } };

  for (const colorScheme of ["light", "dark"])
    test(`${colorScheme}: the charts of all results are seen, and axe finds nothing`, async () => {
      page = await browser.newPage({ viewport: { width: 1280, height: 1500 }, colorScheme });
      const frame = await inspector.open(page, server.url, TOOL, args, colorScheme);
      await frame.waitForSelector("section svg");
      assert.equal(await frame.locator("#title").innerText(), "Who changed what");
      assert.match(await frame.locator("#state").innerText(), /^Complete, as of 20\d\d-/);
      assert.deepEqual(await frame.locator("h2").allInnerTexts(), ["Changes by person", "Changes by day", "Zones by plan", "Zones"]);
      assert.deepEqual(await frame.locator("svg").evaluateAll((all) => all.map((svg) => svg.getAttribute("class"))), ["postern-chart kind-bar-stacked", "postern-chart kind-line", "postern-chart kind-bar", "postern-chart kind-timeline"]);
      assert.ok((await frame.locator("svg .mark").count()) > 20);
      assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), colorScheme);
      await shot(`inspector-${colorScheme}`);
      assert.equal(await axeFaults(frame), "");
      for (const table of await frame.getByRole("button", { name: "Table", exact: true }).all()) await table.click();
      assert.equal(await axeFaults(frame), "", "as tables");
    });

  test("Refresh asks once more, through the Inspector", async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const frame = await inspector.open(page, server.url, TOOL, args);
    await frame.waitForSelector("section svg");
    await world.sandbox.control("DELETE", "/requests");
    await frame.getByRole("button", { name: "Refresh" }).click();
    await eventually("it says that it is fresh", async () => /^Fresh: Complete/.test(await frame.locator("#said").innerText()));
    const sent = await world.sandbox.control("GET", "/requests?last=100");
    assert.ok(sent.length >= 2 && sent.every((r) => r.method === "GET"), JSON.stringify(sent));
    assert.equal(await frame.locator("section svg").count(), 4);
  });

  test("an answer to a question: its sentence above its chart, and its choices", async () => {
    const asked = await world.server(account, { methods: ["read"], ask: true });
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const frame = await inspector.open(page, asked.url, "postern_ask", { question: "how many zones do we have by plan?" });
    await frame.waitForSelector("section svg");
    assert.match(await frame.locator(".sentence").innerText(), /Website.*\d/);
    assert.equal(await frame.locator("section svg").count(), 1);
    assert.equal(await axeFaults(frame), "");
    await shot("answer");
    await page.close();
    page = await browser.newPage();
    const back = await inspector.open(page, asked.url, "postern_ask", { question: "is the staging zone active?" });
    await back.waitForSelector("ol li");
    assert.ok((await back.locator("ol li").count()) >= 2);
    assert.match(await back.locator(".sentence").innerText(), /\?/);
  });

  test("an error is told, in words", async () => {
    page = await browser.newPage();
    const frame = await inspector.open(page, server.url, TOOL, { program: { version: 1, steps: [], results: { x: "SELECT * FROM nothing" } } });
    await frame.waitForSelector("pre");
    assert.match(await frame.locator("pre").innerText(), /1 fault; nothing was called/);
    assert.equal(await frame.locator("#state").innerText(), "It did not work");
  });
});

// ---- a host of our own

const PAGE = join(ROOT, "web/dist/results.html");
const EXAMPLES = join(ROOT, "tests/unit/chart/examples.json");
const EVIL = `<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>"'><svg onload=window.pwned=3>`;

// Runs in the page: a host that answers what it was told to, and remembers what it heard.
function hostScript(view, context, capabilities) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.cssText = "width:100%;height:900px;border:0";
  frame.srcdoc = view;
  const host = (window.host = { heard: [], answers: {}, send: (message) => frame.contentWindow.postMessage({ jsonrpc: "2.0", ...message }, "*") });
  window.addEventListener("message", ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    host.heard.push(data);
    if (data.method === "ui/initialize") host.send({ id: data.id, result: { protocolVersion: "2026-01-26", hostInfo: { name: "tests", version: "1" }, hostCapabilities: capabilities, hostContext: context } });
    else if (data.id !== undefined && data.method) host.send({ id: data.id, ...(host.answers[data.method] ?? { error: { code: -1, message: "the person said no" } }) });
  });
  document.body.append(frame);
}

describe("inside a host of its own", { skip: noBrowser }, () => {
  let http, origin, reached;
  before(async () => {
    const chart = await bundled(join(ROOT, "tests/e2e/lib/draw-examples.ts"));
    http = createServer(async ({ url }, res) => {
      if (url === "/leak") reached++;
      const [type, body, more] = {
        "/": ["text/html", "<!doctype html><title>Host</title><body style='margin:0'></body>"],
        "/strict": ["text/html", "<!doctype html><html lang=en><title>Charts</title><link rel=stylesheet href=/chart.css><main><h1>Charts</h1></main><script type=module src=/chart.js></script>", { "content-security-policy": "default-src 'self'" }],
        "/chart.js": ["text/javascript", chart],
        "/chart.css": ["text/css", await readFile(join(ROOT, "web/chart/chart.css"))],
        "/examples.json": ["application/json", await readFile(EXAMPLES)],
      }[url] ?? ["text/plain", ""];
      res.writeHead(200, { "content-type": type, "access-control-allow-origin": "*", ...more }).end(body);
    }).listen(0, "127.0.0.1");
    await once(http, "listening");
    origin = `http://127.0.0.1:${http.address().port}`;
  });
  after(() => http?.close());
  beforeEach(() => (reached = 0));
  afterEach(() => page?.close());

  const BASE = { theme: "light", displayMode: "inline" };
  async function open({ context = BASE, capabilities = { serverTools: {} }, viewport = { width: 700, height: 900 } } = {}) {
    page = await browser.newPage({ viewport });
    await page.goto(origin);
    await page.evaluate(`(${hostScript})(${JSON.stringify(await readFile(PAGE, "utf8")).replaceAll("<", "\\u003c")}, ${JSON.stringify(context)}, ${JSON.stringify(capabilities)})`);
    await heard("ui/notifications/initialized");
    return viewFrame(page, "#title", 1);
  }
  const all = () => page.evaluate(() => window.host.heard);
  const heard = (method) => eventually(`the host hears ${method}`, async () => (await all()).filter((m) => m.method === method).at(-1));
  const send = (message) => page.evaluate((m) => window.host.send(m), message);
  const answer = (method, reply) => page.evaluate(([m, r]) => void (window.host.answers[m] = r), [method, reply]);
  const input = (args) => send({ method: "ui/notifications/tool-input", params: { arguments: args } });
  const result = (params) => send({ method: "ui/notifications/tool-result", params });
  const shows = (frame, selector, words) => eventually(`${selector} says ${words}`, async () => words.test(await frame.locator(selector).innerText()));

  const examples = JSON.parse(readFileSync(EXAMPLES, "utf8"));
  const outcome = (more = {}) => ({
    status: "complete",
    title: "An answer",
    now: "2026-11-29T10:02:00.000Z",
    results: examples.map(({ kind, spec }) => ({ name: kind, title: spec.title, columns: Object.keys(spec.data.values[0]).map((name) => ({ name, title: name, type: typeof spec.data.values[0][name] === "number" ? "decimal" : "text" })), rows: spec.data.values.map((row) => Object.values(row)), chart: spec })),
    steps: [{ id: "zones", state: "complete", calls: 2, rows: 25 }],
    warnings: [],
    ...more,
  });
  const structured = (more) => ({ content: [], structuredContent: outcome(more) });

  for (const theme of ["light", "dark"])
    test(`${theme}: every kind of chart; axe finds nothing`, async () => {
      const frame = await open({ context: { ...BASE, theme }, viewport: { width: 700, height: 4200 } });
      await page.evaluate((dark) => ((document.querySelector("iframe").style.height = "4200px"), (document.body.style.background = dark ? "#212121" : "#fff")), theme === "dark");
      await result(structured({ status: "partial", warnings: ["zones: the first 10 of 31 rows"] }));
      await frame.waitForSelector("svg");
      assert.equal(await frame.locator("svg").count(), 11, "all but the table");
      await shot(`kinds-${theme}`);
      assert.equal(await axeFaults(frame), "");
    });

  test("the theme follows the host while it is open, and its own colours", async () => {
    const frame = await open();
    await result(structured());
    await send({ method: "ui/notifications/host-context-changed", params: { theme: "dark", styles: { variables: { "--color-text-primary": "rgb(250, 240, 230)" } } } });
    await eventually("it is dark", () => frame.evaluate(() => document.documentElement.dataset.theme === "dark"));
    assert.equal(await frame.evaluate(() => getComputedStyle(document.querySelector("main")).color), "rgb(250, 240, 230)");
    assert.equal(await frame.evaluate(() => getComputedStyle(document.querySelector("svg text")).fill), "rgb(250, 240, 230)");
  });

  test("hostile words in every place are words", async () => {
    const frame = await open();
    const row = Object.fromEntries([["name", EVIL], ["n", 3]]), spec = { title: EVIL.slice(0, 300), description: EVIL, mark: "bar", data: { values: [row, { name: "b", n: 1 }] }, encoding: { y: { field: "name", type: "nominal", title: EVIL }, x: { field: "n", type: "quantitative", title: EVIL } } };
    await result(structured({ title: EVIL, status: EVIL, warnings: [EVIL], steps: [{ id: EVIL, state: EVIL, why: EVIL }], results: [{ name: "r", title: EVIL, columns: [{ name: EVIL, title: EVIL, type: EVIL }, { name: "n", type: "integer" }], rows: [[EVIL, 3], ["b", 1]], chart: spec, chart_why: EVIL }, { name: "x", title: EVIL, error: EVIL }] }));
    await frame.waitForSelector("svg");
    await frame.getByRole("button", { name: "Table", exact: true }).click();
    await frame.locator("summary").click();
    assert.equal(await frame.locator("#title").innerText(), EVIL);
    assert.equal(await frame.locator("tbody td").first().innerText(), EVIL);
    assert.equal(await frame.locator("img, main script, [onload], [onerror]").count(), 0);
    await result({ content: [{ type: "text", text: EVIL }], isError: true });
    await shows(frame, "pre", /onerror/);
    assert.equal(await frame.evaluate(() => window.pwned), undefined);
  });

  test("its policy: no other script runs, nothing is reached", async () => {
    const frame = await open();
    const refused = await frame.evaluate(async (leak) => {
      const violated = [];
      document.addEventListener("securitypolicyviolation", (e) => violated.push(e.effectiveDirective));
      const add = (name, more) => document.body.append(Object.assign(document.createElement(name), more));
      add("script", { textContent: "window.pwned = 1" });
      add("img", { src: leak });
      add("style", { textContent: "body{color:red}" });
      add("button", {}), document.body.lastElementChild.setAttribute("onclick", "window.pwned = 2"), document.body.lastElementChild.click();
      await fetch(leak).catch(() => undefined);
      setTimeout("window.pwned = 3"); // what a debugger runs may eval; this may not
      await new Promise((done) => setTimeout(done, 200));
      return { violated: [...new Set(violated)].sort(), pwned: window.pwned };
    }, `${origin}/leak`);
    assert.equal(refused.pwned, undefined);
    for (const directive of ["connect-src", "img-src", "script-src", "script-src-attr", "script-src-elem", "style-src-elem"]) assert.ok(refused.violated.includes(directive), `${directive} among ${refused.violated}`);
    assert.equal(reached, 0);
  });

  test("only the parent is heard", async () => {
    const frame = await open();
    await result(structured({ title: "From the host" }));
    await shows(frame, "#title", /From the host/);
    await page.evaluate(() => {
      const other = document.createElement("iframe");
      document.body.append(other);
      other.contentWindow.eval("(view) => view.postMessage({jsonrpc:'2.0',method:'ui/notifications/tool-result',params:{content:[{type:'text',text:'from elsewhere'}]}}, '*')")(window.frames[0]);
    });
    await frame.evaluate(() => window.postMessage({ jsonrpc: "2.0", method: "ui/notifications/tool-result", params: { content: [] } }, "*"));
    // What comes by the same way afterwards has overtaken nothing.
    await send({ method: "ui/notifications/host-context-changed", params: { theme: "dark" } });
    await eventually("it is dark", () => frame.evaluate(() => document.documentElement.dataset.theme === "dark"));
    assert.equal(await frame.locator("#title").innerText(), "From the host");
    assert.equal(await frame.locator("pre").count(), 0);
  });

  test("Refresh: the same arguments, by the tool's name at the host; refused, failed, fresh", async () => {
    const frame = await open({ context: { ...BASE, toolInfo: { tool: { name: "gw__run" } } } });
    const again = frame.getByRole("button", { name: "Refresh" });
    assert.equal(await again.count(), 0, "nothing was called yet");
    await input({ program: { version: 1 }, parameters: { since: "now-7d" } });
    await result(structured());
    await again.click();
    assert.deepEqual((await heard("tools/call")).params, { name: "gw__run", arguments: { program: { version: 1 }, parameters: { since: "now-7d" }, fresh: true } });
    await shows(frame, "#said", /^Not refreshed: the person said no/);
    assert.equal(await frame.locator("#title").innerText(), "An answer", "what was there stays");
    await answer("tools/call", { result: structured({ title: "A newer answer" }) });
    await again.click();
    await shows(frame, "#title", /A newer answer/);
    await answer("tools/call", { result: { content: [{ type: "text", text: "the vendor is down" }], isError: true } });
    await again.click();
    await shows(frame, "#said", /error/);
    assert.match(await frame.locator("pre").innerText(), /vendor is down/);
  });

  test("a paused program goes on by its handle; a host without tools has no such buttons", async () => {
    let frame = await open();
    await input({ program: {} });
    await result(structured({ status: "paused", handle: "kept_1", wait_seconds: 12 }));
    await shows(frame, "#state", /^Paused.*can go on in 12 s/);
    await frame.getByRole("button", { name: "Go on" }).click();
    assert.deepEqual((await heard("tools/call")).params, { name: TOOL, arguments: { continue: "kept_1" } });
    await page.close();
    frame = await open({ capabilities: {} });
    await input({ program: {} });
    await result(structured({ status: "paused", handle: "kept_1" }));
    await frame.waitForSelector("svg");
    assert.deepEqual(await frame.locator("header button:visible").allInnerTexts(), []);
  });

  test("by keyboard alone: to a chart, through its marks, to its table, in its order", async () => {
    const frame = await open();
    await result(structured({ results: outcome().results.slice(0, 1) }));
    await frame.waitForSelector("svg");
    await frame.locator("h1").evaluate((h) => (h.setAttribute("tabindex", "-1"), h.focus()));
    const press = async (key) => (await page.keyboard.press(key), focused(frame));
    assert.deepEqual([await press("Tab"), await press("Tab"), await press("Tab")], ["Chart", "Table", "Zone: example.com, Requests: 41,200"]);
    assert.equal(await press("ArrowDown"), "Zone: shop.example.com, Requests: 18,350");
    assert.equal(await press("End"), "Zone: Other (7), Requests: 410");
    assert.equal(await press("ArrowRight"), "Zone: Other (7), Requests: 410");
    assert.equal(await press("Home"), "Zone: example.com, Requests: 41,200");
    assert.equal(await frame.locator(".readout").innerText(), "Zone: example.com, Requests: 41,200");
    assert.match(await press("Tab"), /What was read/, "one stop for all marks");
    assert.equal(await press("Shift+Tab"), "Zone: example.com, Requests: 41,200", "back at the mark it left");
    await press("Shift+Tab");
    await press("Enter");
    assert.equal(await frame.locator("svg:visible").count(), 0);
    assert.equal(await press("Tab"), `Table of ${examples[0].spec.title}`);
    assert.match(await press("Tab"), /^zone/);
    await press("Tab");
    await press("Enter");
    assert.equal(await frame.locator("th").nth(1).getAttribute("aria-sort"), "ascending");
    assert.match(await focused(frame), /^requests/, "the focus stays on the header");
    assert.deepEqual(await frame.locator("section tbody td.number").allInnerTexts(), ["410", "950", "18350", "41200"]);
    assert.equal(await frame.locator("#said").innerText(), "Sorted by requests, ascending");
    await shot("keyboard");
  });

  test("a long table: the first rows, then all", async () => {
    const frame = await open();
    await result(structured({ results: [{ name: "many", title: "Many", columns: [{ name: "n", type: "integer" }], rows: Array.from({ length: 120 }, (_, i) => [i]), total_rows: 5000 }] }));
    await shows(frame, ".count", /^The first 20 of 5,000 rows$/);
    await frame.getByRole("button", { name: "Show all rows" }).click();
    await shows(frame, ".count", /^The first 120 of 5,000 rows$/);
    assert.equal(await frame.locator("section tbody tr").count(), 120);
  });

  test("in 320 pixels nothing stands outside, and a chart is drawn anew for another width", async () => {
    const frame = await open({ viewport: { width: 320, height: 900 } });
    await result(structured());
    await frame.waitForSelector("svg");
    const room = () => frame.evaluate(() => [document.documentElement.scrollWidth, innerWidth, Number(document.querySelector("svg").getAttribute("width"))]);
    const [scroll, inner, narrow] = await room();
    assert.ok(scroll <= inner, `${scroll} of ${inner}`);
    await shot("narrow");
    await page.setViewportSize({ width: 800, height: 900 });
    await eventually("the chart is wider", async () => (await room())[2] > narrow + 300);
  });

  test("full screen where it is offered, and Escape leaves it; its height is told; it ends when asked", async () => {
    const frame = await open({ context: { ...BASE, availableDisplayModes: ["inline", "fullscreen"] } });
    await result(structured());
    await eventually("a height is told", async () => (await heard("ui/notifications/size-changed")).params.height > 1000);
    await answer("ui/request-display-mode", { result: { mode: "fullscreen" } });
    await frame.getByRole("button", { name: "Full screen" }).click();
    await frame.getByRole("button", { name: "Leave full screen" }).waitFor();
    await answer("ui/request-display-mode", { result: { mode: "inline" } });
    await page.keyboard.press("Escape");
    await frame.getByRole("button", { name: "Full screen", exact: true }).waitFor();
    await send({ id: "bye", method: "ui/resource-teardown", params: {} });
    await eventually("it answers", async () => (await all()).some((m) => m.id === "bye" && m.result));
  });

  test("cancelled, and what is no outcome at all", async () => {
    const frame = await open();
    assert.match(await frame.locator("#state").innerText(), /Waiting/);
    await send({ method: "ui/notifications/tool-cancelled", params: {} });
    await shows(frame, "#state", /cancelled/);
    for (const odd of [{}, { content: null }, { structuredContent: { status: "complete", results: [null, 5, { rows: 1, columns: 2 }] } }]) await result(odd);
    await shows(frame, "#state", /Complete/);
  });

  test("charts by themselves, on a page whose policy is default-src 'self'", async () => {
    page = await browser.newPage();
    const violated = [];
    page.on("console", (m) => /Content Security Policy/i.test(m.text()) && violated.push(m.text()));
    await page.goto(`${origin}/strict`);
    await page.waitForSelector("main[data-drawn]");
    assert.deepEqual(violated, []);
    assert.equal(await page.locator("svg").count(), 11);
    assert.equal(await axeFaults(page.mainFrame()), "");
    await page.locator(".mark").first().focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(page), "Zone: shop.example.com, Requests: 18,350");
  });
});
