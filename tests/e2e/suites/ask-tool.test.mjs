// SPDX-License-Identifier: Apache-2.0
// postern_ask: the tool of our own that answers a question over what its server shows, to official clients of both eras.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, beforeEach, describe, test } from "node:test";
import { promisify } from "node:util";
import { call, progressSince } from "../lib/behaviours.mjs";
import { CLIENTS, SSE_CLIENTS } from "../lib/clients.mjs";
import { NOTES, PROJECTS, startNotebook } from "../lib/notebook.mjs";
import { BINARY, modern, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const TOOL = "postern_ask", COUNT = "how many notes are there?", UI = "io.modelcontextprotocol/ui", PAGE = "text/html;profile=mcp-app";
const VIEWS = { extensions: { [UI]: { mimeTypes: [PAGE] } } };
let world, book, server;
before(async () => {
  world = await start({ settings: { program_cache: "0s" } });
  book = await startNotebook(world);
  server = await world.server(book.account, { methods: ["read"], ask: true });
});
after(async () => {
  await world?.close();
  await book?.close();
});
beforeEach(() => book.reset());

const able = (abilities) => ({ meta: { "io.modelcontextprotocol/clientCapabilities": abilities } });
const ask = async (args, { url = server.url, abilities = {} } = {}) => (await modern(url, "tools/call", { name: TOOL, arguments: args }, able(abilities))).body;
const answered = async (args, more) => {
  const { result } = await ask(args, more);
  assert.ok(result && !result.isError, JSON.stringify(result));
  return { ...result.structuredContent, said: result.content[0].text };
};
const refused = async (args, more) => {
  const { result } = await ask(args, more);
  assert.equal(result?.isError, true, JSON.stringify(result));
  return result.content[0].text;
};
const listed = async (url) => (await modern(url, "tools/list")).body.result.tools;
const audited = async (query) => (await world.must(200, "GET", `/audit?tool=${TOOL}&limit=1000${query ?? ""}`)).items;

for (const [name, { era, connect }] of Object.entries({ ...CLIENTS, ...SSE_CLIENTS }))
  describe(name, () => {
    const open = (abilities) => connect(era === "sse" ? server.url.replace("/mcp/", "/sse/") : server.url, { abilities });
    test("is listed as reading only, answers in both forms, and takes a question that follows", async (t) => {
      const client = await open();
      t.after(() => client.close());
      const tool = (await client.listTools()).tools.find((x) => x.name === TOOL);
      assert.deepEqual([tool.annotations.readOnlyHint, tool.annotations.destructiveHint], [true, false]);
      assert.deepEqual(Object.keys(tool.inputSchema.properties), ["question", "follow", "choose"]);
      assert.equal(tool._meta, undefined);
      const { structuredContent: a, content, isError } = await call(client, TOOL, { question: "which notes did eve write?" });
      assert.ok(!isError);
      assert.deepEqual([a.outcome, a.status, a.results[0].rows.length], ["answer", "complete", PROJECTS.length]);
      for (const [title] of a.results[0].rows) assert.ok(content[0].text.includes(title), content[0].text);
      assert.ok(content[0].text.startsWith(a.text));
      assert.deepEqual([...new Set(a.calls.map((c) => `${c.account} ${c.tool}`))], ["book list_projects", "book list_notes"]);
      const { structuredContent: b } = await call(client, TOOL, { question: "and bob?", follow: a.id });
      assert.equal(b.outcome, "answer", JSON.stringify(b));
      assert.ok(b.results[0].rows.every(([title]) => title.startsWith("bob")), JSON.stringify(b));
    });

    test("tells what is done, where it is asked to, and ends what is cancelled", async (t) => {
      const client = await open();
      t.after(() => client.close());
      const before = client.heard.length;
      assert.ok(!(await call(client, TOOL, { question: COUNT }, { onprogress: () => undefined })).isError);
      const told = progressSince(client, before);
      assert.deepEqual(told.at(-1), [6, 6], JSON.stringify(told));
      told.forEach(([ended, total], i) => assert.ok(ended <= total && (!i || (ended > told[i - 1][0] && total >= told[i - 1][1])), JSON.stringify(told)));
      book.hold();
      const canceled = async () => (await world.must(200, "GET", "/audit?tool=list_notes&outcome=canceled&limit=1000")).items.length;
      const gone = await canceled(), leaving = new AbortController(), out = book.notes();
      const answer = call(client, TOOL, { question: COUNT }, { signal: leaving.signal, onprogress: () => undefined });
      await eventually("calls are out", () => book.notes() >= out + 2);
      leaving.abort();
      await assert.rejects(answer);
      await eventually("the audit has them canceled", async () => (await canceled()) >= gone + 2);
    });

    test("a client that shows views is told of ours, and gets a chart for it", async (t) => {
      const client = await open(VIEWS);
      t.after(() => client.close());
      const tool = (await client.listTools()).tools.find((x) => x.name === TOOL), uri = tool._meta.ui.resourceUri;
      assert.match((await client.readResource({ uri })).contents[0].text, /^<!doctype html>/i);
      const { structuredContent: a } = await call(client, TOOL, { question: "how many notes are there by author?" });
      assert.equal(a.outcome, "answer", JSON.stringify(a));
      assert.equal(a.results[0].chart.mark, "bar", JSON.stringify(a.results[0]));
      assert.deepEqual(a.results[0].rows.map((row) => row.at(-1)), [4, 4]);
    });
  });

describe("what it is told", () => {
  test("a question back has numbered choices, as text and as data, and takes one", async () => {
    const other = await startNotebook(world, { name: "shelf", projects: [{ id: "p8", name: "shop-east" }, { id: "p9", name: "shop-west" }] });
    const one = await world.server(other.account, { methods: ["read"], ask: true });
    const a = await answered({ question: "how many notes are in shop?" }, one);
    assert.equal(a.outcome, "clarify", JSON.stringify(a));
    assert.deepEqual(a.choices, [{ number: 1, label: "shop-east" }, { number: 2, label: "shop-west" }]);
    assert.match(a.said, /\n1\. shop-east\n2\. shop-west\n/);
    assert.match(a.said, new RegExp(`"follow": "${a.id}", "choose": NUMBER`));
    const b = await answered({ follow: a.id, choose: 2 }, one);
    assert.equal(b.outcome, "answer", JSON.stringify(b));
    assert.deepEqual(b.calls.at(-1).arguments, { project_id: "p9" });
    assert.match(await refused({ follow: a.id, choose: 3 }, one), /there are 2 choices/);
    await other.close();
  });

  test("orders and what nothing knows end without a call", async () => {
    for (const [question, outcome] of [["delete all notes of alpha", "refuse"], ["how many tickets did we close?", "unanswerable"]]) {
      const a = await answered({ question });
      assert.deepEqual([a.outcome, a.calls, a.results], [outcome, [], []], JSON.stringify(a));
    }
    assert.equal(book.seen.length, 0);
  });

  test("what is wrong with the call is said, and nothing is called", async () => {
    for (const [args, words] of [
      [{}, /there is no question/],
      [{ question: "  " }, /there is no question/],
      [{ question: 5 }, /question is a text/],
      [{ question: COUNT, follow: { id: 1 } }, /follow is a text/],
      [{ choose: 1 }, /beside the id of its answer/],
      [{ question: COUNT, follow: "ans_x", choose: 1 }, /without a question/],
      [{ follow: "ans_x", choose: "1" }, /number of a choice/],
      [{ question: COUNT, follow: "ans_nothing" }, /there is no answer 'ans_nothing' to follow/],
      [{ question: "how many notes are there? ".repeat(50_000) }, /of 16000 allowed/],
    ])
      assert.match(await refused(args), words, JSON.stringify(args).slice(0, 100));
    assert.equal(book.seen.length, 0);
  });

  test("a wait pauses it, and the same tool goes on", async () => {
    Object.assign(book, { limited: 1, wait: "300" });
    const a = await answered({ question: COUNT });
    assert.deepEqual([a.status, a.wait_seconds], ["paused", 300]);
    assert.match(a.said, new RegExp(`In 300 s go on with \\{"follow": "${a.id}"\\}`));
    const before = book.notes(), b = await answered({ follow: a.id });
    assert.deepEqual([b.status, b.results[0].rows], ["complete", [[NOTES]]]);
    assert.ok(book.notes() - before < PROJECTS.length, "what was read is not read again");
    assert.match(await refused({ follow: b.id }), /nothing is left/);
  });

  test("what was read when hosts lose patience is told, and the next call goes on", async (t) => {
    const hasty = await start({ settings: { program_cache: "0s", program_turn: "3s" } }), slow = await startNotebook(hasty);
    const one = await hasty.server(slow.account, { methods: ["read"], ask: true });
    t.after(() => Promise.all([hasty.close(), slow.close()]));
    slow.hold();
    const a = await answered({ question: COUNT }, one);
    assert.deepEqual([a.status, a.outcome, a.wait_seconds], ["paused", "unanswerable", 0], JSON.stringify(a));
    assert.match(a.text, /^Not all has been read yet, since it takes longer/);
    const b = await answered({ follow: a.id }, one);
    assert.equal(b.status, "paused");
    slow.let();
    let c = b;
    await eventually("it is whole", async () => (c = await answered({ follow: c.id }, one)).status === "complete");
    assert.deepEqual(c.results[0].rows, [[NOTES]], JSON.stringify(c));
    // On a busy machine a turn may end before it has them.
    const turns = [a, b, c].findIndex((x) => x.calls.some((call) => call.tool === "list_projects" && call.rows));
    assert.equal(slow.seen.filter((r) => r.path === "/projects").length, 1 + turns, "what was read is not read again");
  });

  test("more rows than hosts take are cut, and how many there are is said", async () => {
    const large = await startNotebook(world, { name: "wide", projects: Array.from({ length: 600 }, (_, i) => ({ id: `q${i}`, name: `number-${i}-${"x".repeat(150)}` })) });
    const one = await world.server(large.account, { methods: ["read"], ask: true });
    for (const abilities of [{}, VIEWS]) {
      const { result } = await ask({ question: "list all projects" }, { url: one.url, abilities });
      const [rows] = result.structuredContent.results;
      assert.equal(rows.total_rows, 600, JSON.stringify(result).slice(0, 500));
      assert.ok(rows.rows.length > 0 && rows.rows.length < 600);
      assert.ok(JSON.stringify(result.structuredContent).length <= 100_000);
      assert.match(result.content[0].text, /The first 50 of 600 rows/);
    }
    await large.close();
  });
});

describe("whose it is", () => {
  test("an answer is followed by who has the same URL alone", async () => {
    const a = await answered({ question: COUNT });
    const second = await world.must(201, "POST", `/mcp-server/${server.id}/url`, { name: "second" });
    const other = await world.server(book.account, { methods: ["read"], ask: true });
    for (const url of [second.url, other.url]) assert.match(await refused({ question: "and by author?", follow: a.id }, { url }), /there is no answer/);
    const r = await world.api("POST", "/ask", { question: "and by author?", follow: a.id });
    assert.equal(r.status, 404, "nor by who manages Postern, who asks elsewhere");
    assert.equal((await answered({ question: "and by author?", follow: a.id })).outcome, "answer");
    const managed = await world.must(200, "POST", "/ask", { question: COUNT });
    assert.match(await refused({ question: "and by author?", follow: managed.id }), /there is no answer/);
  });

  test("aliases count as they do for everybody", async () => {
    await world.must(201, "POST", "/alias", { name: "the shop", value: "alpha" });
    const a = await answered({ question: "how many notes are in the shop?" });
    assert.deepEqual(a.results[0].rows, [[2]], JSON.stringify(a));
    assert.ok(a.understood.some((c) => /the shop = alpha/.test(c.said)), JSON.stringify(a.understood));
  });

  test("the audit says who asked, of what became of it, and each call by that URL", async () => {
    const a = await answered({ question: COUNT });
    const row = await eventually("the row is there", async () => (await audited()).find((x) => x.detail.includes(a.id)));
    assert.deepEqual([row.action, row.outcome, row.detail, row.server_id], ["tools/call", "ok", `answer, 5 calls, ${a.id}`, server.id]);
    assert.match(await refused({ question: "" }), /no question/);
    await eventually("a refusal, too", async () => (await audited("&outcome=failed")).some((x) => x.detail === "invalid"));
    const calls = (await world.must(200, "GET", "/audit?tool=list_notes&limit=1000")).items.filter((x) => x.server_id === server.id);
    assert.ok(calls.length >= PROJECTS.length);
  });
});

describe("which servers have it", () => {
  test("those that say so, where the filter lets something through that reads", async () => {
    const has = async (config) => (await listed((await world.server(book.account, config)).url)).some((t) => t.name === TOOL);
    assert.equal(await has({ methods: ["read"] }), false);
    assert.equal(await has({ methods: ["read"], ask: false }), false);
    assert.equal(await has({ methods: ["delete"], ask: true }), false);
    assert.equal(await has({ methods: ["read"], ask: true, discovery: "search" }), true);
    const bare = await world.server(book.account, { methods: ["read"] });
    assert.equal((await ask({ question: COUNT }, bare)).error?.code, -32602);
  });

  test("what the filter hides is not asked", async () => {
    const narrow = await world.server(book.account, { tools: ["list_projects"], ask: true });
    const a = await answered({ question: COUNT }, narrow);
    assert.equal(a.outcome, "unanswerable", JSON.stringify(a));
    assert.equal(book.notes(), 0);
    assert.deepEqual((await answered({ question: "how many projects are there?" }, narrow)).results[0].rows, [[PROJECTS.length]]);
  });

  test("a fence holds it to its values, whatever is asked", async () => {
    const fenced = await world.server(book.account, { methods: ["read"], ask: true, fence: { book: { project_id: ["alpha"] } } });
    book.seen.length = 0;
    const all = await answered({ question: COUNT }, fenced);
    assert.deepEqual(all.results[0].rows, [[2]], JSON.stringify(all));
    assert.match(all.warnings.join(), /1 of 4 calls/);
    for (const question of ["how many notes are in beta?", "which notes did eve write in gamma?", "how many notes are in project p2?"]) {
      const a = await answered({ question }, fenced);
      assert.doesNotMatch(JSON.stringify(a.results), /on p[2-4]/, JSON.stringify(a));
    }
    assert.deepEqual([...new Set(book.seen.map((r) => r.path).filter((p) => p.endsWith("/notes")))], ["/projects/p1/notes"]);
  });

  test("who listens is told when it comes and goes", async (t) => {
    const one = await world.server(book.account, { methods: ["read"] });
    let changes = 0;
    const client = await CLIENTS["SDK v2, pinned"].connect(one.url, { listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => void changes++ } } });
    t.after(() => client.close());
    for (const [n, ask] of [true, false].entries()) {
      await world.must(200, "PATCH", `/mcp-server/${one.id}`, { config: { methods: ["read"], ask } });
      await eventually("it is told", () => changes > n);
      assert.equal((await client.listTools()).tools.some((x) => x.name === TOOL), ask);
    }
  });

  test("the command line switches it on and off, and shows it", async () => {
    const env = { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token };
    const run = async (...args) => JSON.parse((await promisify(execFile)(BINARY, [...args, "--json"], { env })).stdout);
    const made = await run("mcp", "create", "book", "--name", "asked", "--methods", "read", "--ask");
    assert.equal(made.config.ask, true);
    assert.ok((await listed(made.url)).some((t) => t.name === TOOL));
    assert.equal((await run("mcp", "show", "asked")).config.ask, true);
    assert.equal((await run("mcp", "update", "asked", "--no-ask")).config.ask, undefined);
    assert.ok(!(await listed(made.url)).some((t) => t.name === TOOL));
    assert.equal((await run("mcp", "update", "asked", "--ask")).config.ask, true);
    assert.deepEqual((await run("mcp", "update", "asked", "--methods", "list")).config, { ...made.config, methods: ["list"] });
  });
});

test("two hundred at once are answered, or refused with when to come again", async () => {
  const url = (await world.server(book.account, { methods: ["read"], ask: true })).url;
  const all = await Promise.all(Array.from({ length: 200 }, (_, id) => modern(url, "tools/call", { name: TOOL, arguments: { question: COUNT } }, { id })));
  const served = all.filter((r) => r.status === 200 && r.body.result && !r.body.result.isError);
  for (const r of served) { // whoever says less than all says that it does
    const { status, results, warnings } = r.body.result.structuredContent;
    if (status === "complete") assert.deepEqual(results[0].rows, [[NOTES]], r.text);
    else assert.deepEqual([status, warnings.length > 0], ["partial", true], r.text);
  }
  for (const r of all.filter((x) => !served.includes(x))) {
    assert.equal(r.status, 503, r.text);
    assert.ok(Number(r.headers.get("retry-after")) >= 1, r.text);
  }
  assert.ok(served.length > 0);
  assert.deepEqual((await answered({ question: COUNT }, { url })).results[0].rows, [[NOTES]]);
});
