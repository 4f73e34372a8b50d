// SPDX-License-Identifier: Apache-2.0
// Asking in the browser, from nothing connected to an answer that is pinned, shared and run again; a question back, a refusal,
// stopping, waiting and going on, what follows; the answer at its address for who may see it, and for who is not signed in. Names
// that are markup stay names.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { NOTES, startNotebook } from "../lib/notebook.mjs";
import { startModel } from "../lib/model.mjs";
import { start } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { eventually } from "../lib/wait.mjs";

const HOSTILE = `<img src=x onerror="document.title='taken'">'&lt;`;
const REQUESTS = "how many requests did each zone serve in the last 7 days?";
const definition = (url) => ({ name: "evil", label: "Evil <b>", kind: "rest", base_url: url, auth: [{ id: "token", fields: [{ name: "token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }], verify: [{ method: "GET", path: "/user" }] });
const things = { openapi: "3.1.0", info: { title: "Evil", version: "1" }, paths: { "/things": { get: { operationId: "list_things", summary: "Lists things", responses: { 200: { description: "ok" } } } } } };

describe("asking in the console", { skip: noBrowser }, () => {
  let world, browser, console, page, book, evil;
  before(async () => {
    [world, browser] = await Promise.all([start({ settings: { public_url: undefined, program_cache: "0s" } }), startBrowser()]);
    console = await openConsole(world, { browser });
    page = console.page;
  });
  after(async () => {
    await browser?.close();
    await world?.close();
    await book?.close();
    await evil?.close();
  });

  const box = () => page.getByLabel("Question", { exact: true });
  const last = () => page.locator("article.turn").last();
  const idOf = () => new URL(page.url()).searchParams.get("answer") ?? new URL(page.url()).pathname.split("/").at(-1);
  // By keyboard; waits for what is seen of its answer.
  async function ask(question, seen) {
    await box().fill(question);
    await box().press("Enter");
    await last().getByText(seen).first().waitFor();
    await page.waitForFunction(() => !document.querySelector("article[aria-busy=true]"));
  }

  test("with nothing connected there is no box, and a way to connect something", async () => {
    await console.open("");
    await page.getByRole("link", { name: "Add a data source" }).waitFor();
    assert.equal(await box().count(), 0);
    await world.account("cfut_sandbox_one_account", { name: "acme" });
    book = await startNotebook(world);
    await console.open("");
    await page.getByRole("link", { name: "acme" }).waitFor();
    assert.match(await page.getByRole("region", { name: "Try one of these" }).getByRole("button").first().innerText(), /\?$/);
  });

  test("a question by keyboard alone: a chart, steps that fold to a line, numbers that light their cells", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type(REQUESTS);
    await page.keyboard.press("Enter");
    await page.locator("svg.postern-chart").waitFor();
    await last().getByText(/^4 calls, 50 rows, /).first().waitFor();
    assert.match(idOf(), /^ans_/);
    const number = last().locator(".linked").nth(1);
    await number.focus();
    assert.deepEqual(await last().locator("td.lit").allInnerTexts(), [await number.innerText()]);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), await number.innerText(), "it goes to the cell");
    await last().locator("summary").first().click();
    await last().getByText(/^list_all_cloudflare_zones of acme: 25 rows/).first().waitFor();
    await console.sound("asked");
    await console.shot("ask-answered");
  });

  test("another time is one press, back and loading again work", async () => {
    const first = idOf();
    await last().getByRole("button", { name: "last 7 days" }).click();
    await page.getByRole("menuitem", { name: "Yesterday" }).click();
    await last().getByText(/yesterday: /).first().waitFor();
    await page.waitForFunction((id) => !location.search.includes(id), first);
    const second = idOf();
    await page.reload();
    await last().getByText(/yesterday: /).first().waitFor();
    assert.equal(await page.locator("article.turn").count(), 2);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll("article.turn").length === 1);
    assert.equal(idOf(), first);
    await page.goForward();
    await last().getByText(/yesterday: /).first().waitFor();
    assert.equal(idOf(), second);
    await page.getByRole("link", { name: "New question" }).click();
    await page.getByText("What would you like to know?").waitFor();
    assert.equal(await page.locator("article.turn").count(), 0);
  });

  test("a question back has buttons, and remembers", async () => {
    await ask("list the DNS records of staging", /Which is meant/);
    await last().getByLabel("Remember the choice for this word").check();
    await last().getByRole("button", { name: "staging-app.com" }).click();
    await last().getByText(/DNS records on staging-app\.com/).first().waitFor();
    assert.deepEqual((await world.must(200, "GET", "/alias")).items.map((a) => [a.name, a.value]), [["staging", "staging-app.com"]]);
    await page.waitForFunction(() => !document.querySelector("article[aria-busy=true]"));
    await last().getByRole("button", { name: "staging-app.com" }).click();
    await page.getByRole("menuitem", { name: "staging-example.com" }).click();
    await last().getByText(/DNS records on staging-example\.com/).first().waitFor();
  });

  test("what is refused or not known says what to do next", async () => {
    await console.open("");
    await ask("delete all notes", /Asking is read-only/);
    await last().getByRole("button", { name: "Ask it otherwise" }).click();
    assert.equal(await box().inputValue(), "delete all notes");
    assert.equal(await page.evaluate(() => document.activeElement.id), "question");
    await console.open("");
    await ask("how is the weather in Berlin?", /No connected source/);
    await last().getByRole("link", { name: "Add data source" }).waitFor();
    await console.sound("not known");
  });

  test("whose view it is and who answers are chosen, stand in the address, and come back with the conversation", async (t) => {
    const model = await startModel();
    t.after(() => model.close());
    const server = await world.must(201, "POST", "/mcp-server", { name: "notes only", accounts: ["book"], config: { methods: ["read"] } });
    await world.must(201, "POST", "/engines", { name: "scribe", kind: "chat", model: "good", base_url: `${model.origin}/v1`, key: model.key });
    await console.open(`?${new URLSearchParams({ q: "how many zones do we have?" })}`);
    await page.waitForFunction(() => document.activeElement?.id === "question" && document.activeElement.value);
    assert.equal(await page.locator("article.turn").count(), 0, "a link asks nothing by itself");
    await page.getByLabel("As seen by").selectOption("notes only");
    await page.getByLabel("Engine").selectOption("scribe");
    await page.getByRole("link", { name: "acme" }).waitFor({ state: "detached" });
    assert.deepEqual(["view", "engine"].map((name) => new URL(page.url()).searchParams.get(name)), [server.id, "scribe"]);
    await box().press("Enter");
    await last().getByRole("button", { name: "Ask it otherwise" }).waitFor();
    await ask("how many notes are there?", `${NOTES} notes`);
    await last().locator("summary").first().click();
    await last().getByText(/^scribe/).first().waitFor();
    const id = idOf();
    await console.open(`?answer=${id}`);
    await last().getByText(`${NOTES} notes`).first().waitFor();
    assert.equal(await page.locator("article.turn").count(), 2);
    assert.equal(new URL(page.url()).searchParams.get("view"), server.id);
    await world.must(204, "DELETE", "/engines/scribe");
  });

  test("stop ends the work at the server", async () => {
    await console.open("");
    book.hold();
    await box().fill("how many notes are there?");
    await box().press("Enter");
    await last().getByText(/^Calls list_notes of book$/).first().waitFor();
    await eventually("calls are out", () => book.notes() >= 2);
    await console.shot("ask-on-its-way");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped. Calls that were on their way were ended.").waitFor();
    await eventually("the audit has them canceled", async () => (await world.must(200, "GET", "/audit?tool=list_notes&outcome=canceled")).items.length >= 2);
    book.reset();
    await page.getByRole("button", { name: "Ask again" }).click();
    await last().getByText(`${NOTES} notes.`).first().waitFor();
  });

  test("a rate limit is told while it is waited for; one that is long pauses, and it goes on", async () => {
    await console.open("");
    book.limited = 1;
    await ask("how many notes do we have?", `${NOTES} notes.`);
    await last().locator("summary").first().click();
    await last().getByRole("list", { name: "Steps" }).getByText("Waits 1 s: the vendor's rate limit asks for it").waitFor();
    Object.assign(book, { limited: 1, wait: "300" });
    await console.open("");
    await ask("how many notes are there in all?", "Not all has been read yet: the vendor asks to wait 300 s.");
    await last().getByRole("button", { name: "Go on" }).click();
    await last().getByText(`${NOTES} notes.`).first().waitFor();
  });

  describe("at its own address", () => {
    let id;
    const act = (name) => page.getByRole("button", { name, exact: true });
    before(async () => {
      await console.open("");
      await ask(REQUESTS, /has the most requests/);
      await last().getByRole("link", { name: "Open" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: REQUESTS }).waitFor();
      id = idOf();
    });
    const opened = () => console.open(`answer/${id}`);

    test("the chart is another of its kinds, the table sorted, filtered and taken away; all of it in the address", async () => {
      await act("Columns").click();
      await page.locator("svg.kind-column").waitFor();
      const frame = page.locator(".table-frame");
      await frame.getByRole("button", { name: "zone" }).press("Enter");
      await page.getByRole("searchbox").fill("acme-c");
      await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 4);
      await page.reload();
      await page.locator("svg.kind-column").waitFor();
      const names = await frame.locator("td:first-child").allInnerTexts();
      assert.deepEqual(names, [...names].sort());
      const [file] = await Promise.all([page.waitForEvent("download"), act("Download CSV").click()]);
      const text = await readFile(await file.path(), "utf8");
      assert.equal(text.split("\r\n")[0], "zone,requests");
      assert.equal(text.trim().split("\r\n").length, 5);
      await console.sound("another kind");
    });

    test("each call is there, with why, and leads to the audit", async () => {
      await opened();
      await page.getByText("Evidence").click();
      await page.locator(".call summary").first().click();
      await page.getByText("Step “zones” of the program").waitFor();
      await console.shot("answer-evidence");
      await page.getByRole("link", { name: "In the audit" }).first().click();
      await page.getByText("list_all_cloudflare_zones").first().waitFor();
    });

    test("its program is checked as it is typed, and run", async () => {
      await opened();
      await page.locator("summary", { hasText: "Program" }).click();
      const text = page.getByRole("textbox", { name: "Program" });
      await page.getByText(/^Sound: /).waitFor();
      const whole = await text.inputValue();
      await text.fill(whole.slice(1));
      await page.getByText(/^This is no JSON/).waitFor();
      await text.fill(whole.replace("list_all_cloudflare_zones", "list_all_cloudflare_zone"));
      await page.getByText("/steps/0/tool").waitFor();
      assert.equal(await act("Run it").isDisabled(), true);
      await act("As it was").click();
      await page.getByText(/^Sound: /).waitFor();
      await act("Run it").click();
      await page.getByRole("region", { name: "Outcome" }).getByText("example.com", { exact: true }).first().waitFor();
    });

    test("it is pinned, shared, published, run again and deleted", async () => {
      await opened();
      await act("Pin").click();
      await page.getByLabel("Name of the dashboard").fill("edge");
      await page.getByLabel("Title of the tile").fill("Requests");
      await page.getByRole("dialog").getByRole("button", { name: "Pin" }).click();
      await page.getByText("It is on the dashboard edge now.").waitFor();
      const [{ tiles }] = await Promise.all((await world.must(200, "GET", "/dashboard")).items.map((b) => world.must(200, "GET", `/dashboard/${b.id}`)));
      assert.deepEqual(tiles.map((t) => t.title), ["Requests"]);
      await page.keyboard.press("Escape");

      assert.equal((await world.api("GET", `/answers/${id}`)).status, 404);
      await act("Share").click();
      await act("Share it").click();
      await page.getByText("Everybody who signs in here can read this answer.").waitFor();
      assert.equal(await page.getByLabel("Link to the answer").innerText(), `${world.postern.url}/ui/answer/${id}`);
      await console.sound("sharing");
      await page.keyboard.press("Escape");
      assert.equal((await world.api("GET", `/answers/${id}`)).status, 200);

      await world.must(201, "POST", "/mcp-server", { name: "for ada", accounts: ["acme"], config: { methods: ["read"], programs: true } });
      await act("More").click();
      await page.getByRole("menuitem", { name: "Publish as a tool" }).click();
      await act("Publish").click();
      await page.getByRole("dialog").getByRole("alert").waitFor(); // the first server shows none of its tools
      await page.getByLabel("MCP server").selectOption("for ada");
      await page.getByLabel("Name of the tool").fill("weekly_requests");
      await act("Publish").click();
      await page.getByText("have the tool weekly_requests now").waitFor();
      await page.keyboard.press("Escape");

      await act("Run again").click();
      await page.getByRole("link", { name: "run again of an earlier one" }).waitFor();
      assert.notEqual(idOf(), id);
      await act("More").click();
      await page.getByRole("menuitem", { name: "Delete the answer" }).click();
      const gone = page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true });
      assert.equal(await gone.isDisabled(), true);
      await page.getByLabel(/type delete/).fill("delete");
      await gone.click();
      await page.getByRole("searchbox", { name: "Search the questions" }).fill("requests");
      await page.getByText("2 answers").waitFor();
      await console.shot("answers");
      await console.sound("answers");
    });

    test("an editor has what is granted; a viewer reads what is shared, and changes nothing; who is not signed in learns nothing", async () => {
      await world.must(201, "POST", "/user", { name: "vera", role: "viewer" });
      const invited = await world.must(201, "POST", "/user", { name: "eda", role: "editor" }), eda = await browser.newContext(), hers = await eda.newPage();
      await hers.goto(invited.url.replace(/^https?:\/\/[^/]+/, world.postern.url));
      await hers.getByLabel(/password/i).first().fill("eda's long password");
      await hers.getByRole("button").click();
      await hers.getByText("An administrator grants you the data sources that you can ask.").waitFor();
      await eda.close();
      const vera = await openConsole(world, { browser, user: "vera" });
      await vera.open("answers");
      await vera.page.getByRole("link", { name: REQUESTS }).click();
      await vera.page.locator("svg.postern-chart").waitFor();
      assert.equal(await vera.page.locator("summary", { hasText: "Program" }).count(), 0);
      for (const name of ["Pin", "Run again", "Share"]) assert.equal(await vera.page.getByRole("button", { name, exact: true }).count(), 0, name);
      await vera.sound("a viewer's");
      await vera.context.clearCookies();
      const told = [];
      for (const one of ["ans_00000000000000000000", id]) {
        await vera.page.goto(`${world.postern.url}/ui/answer/${one}`);
        await vera.page.getByRole("link", { name: "Read this answer with an API token" }).waitFor();
        told.push(await vera.page.locator("body").innerText());
      }
      assert.equal(told[0], told[1]);
      await vera.page.getByRole("link", { name: "Read this answer with an API token" }).click();
      await vera.page.getByLabel("To read it, your API token").fill(world.postern.token);
      await vera.page.getByRole("button", { name: "Read" }).click();
      await vera.page.getByRole("heading", { name: REQUESTS }).waitFor();
      vera.faults();
      await vera.close();
    });
  });

  test("names that are markup stay names", async () => {
    evil = await startRecorder(() => ({ body: Array.from({ length: 400 }, (_, i) => ({ id: i, name: i ? `thing ${i}` : HOSTILE, [`a"><svg onload=x>`]: HOSTILE })) }));
    await world.must(201, "POST", "/connector", { definition: definition(evil.url), document: things });
    await world.must(201, "POST", "/integrated-account", { connector: "evil", name: HOSTILE.slice(0, 40), credential: { token: "a-token" } });
    await console.open("");
    await ask("list the things", /things/);
    await last().getByText(HOSTILE, { exact: true }).first().waitFor();
    await last().getByText("Evidence").click();
    await last().getByText(HOSTILE.slice(0, 40), { exact: true }).first().waitFor();
    await console.sound("hostile");
    await last().getByRole("link", { name: "Open" }).click();
    await page.locator("summary", { hasText: "Program" }).click();
    const text = page.getByRole("textbox", { name: "Program" }), program = JSON.parse(await text.inputValue());
    await text.fill(JSON.stringify({ ...program, results: { all: { query: `SELECT * FROM ${program.steps[0].id}` } } }));
    await page.getByRole("button", { name: "Run it" }).click();
    const outcome = page.getByRole("region", { name: "Outcome" });
    await outcome.getByText("400 rows").first().waitFor();
    assert.ok((await outcome.locator("tbody tr").count()) < 100, "only what is near the window is in the document");
    await outcome.getByRole("button", { name: "id", exact: true }).click();
    await outcome.getByText("thing 399", { exact: true }).waitFor();
    await outcome.locator(".table-frame").evaluate((frame) => frame.scrollTo(0, frame.scrollHeight));
    await outcome.getByText(HOSTILE, { exact: true }).first().waitFor();
    await console.shot("answer-program");
    await console.sound("a long table");
    assert.equal(await page.locator("main img, main [onerror]").count(), 0);
    assert.match(await page.title(), /^Answer/);
    assert.deepEqual(console.faults(), []);
  });

  test("another person who signs in over the page finds nothing of what was on it", async () => {
    await console.open("");
    await ask("how many notes are there?", `${NOTES} notes.`);
    await console.context.clearCookies();
    await page.getByRole("link", { name: "Answers" }).click();
    await page.getByRole("heading", { name: "You were signed out" }).waitFor();
    await page.getByLabel("Name").fill("eda");
    await page.getByLabel("Password").fill("eda's long password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("What you ask is kept here.").waitFor();
    await page.getByRole("navigation").getByRole("link", { name: "Ask" }).click();
    await page.getByText("An administrator grants you").waitFor();
    assert.equal(await page.locator("article.turn").count(), 0);
  });
});
