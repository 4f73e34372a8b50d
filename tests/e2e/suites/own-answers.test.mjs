// SPDX-License-Identifier: Apache-2.0
// Questions, programs and kept results on a server that calls with each person's own account: hers alone, and gone with it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inBrowser } from "../lib/persons.mjs";
import { modern, start } from "../lib/postern.mjs";

const TOKENS = ["cfut_sandbox_one_account", "cfut_sandbox_two_accounts"];
let world, account, server, people, serial = 0;
before(async () => {
  world = await start();
  account = await world.account("cfut_sandbox_full", { name: "zones" });
  server = await world.must(201, "POST", "/mcp-server", { name: "own", accounts: [account.id], slug: "own", sign_in: { roles: ["admin", "editor", "viewer"] }, config: { own_accounts: ["zones"], methods: ["read"], ask: true, programs: true, discovery: "search" } });
  people = [await inBrowser(world, "ada"), await inBrowser(world, "ben")];
});
after(() => world?.close());

const someone = () => inBrowser(world, `person-${++serial}`);
const connect = (me, token) => me.must(200, "POST", "/own-account", { account: account.id, credential: { token } });
const disconnect = (me) => me.must(204, "DELETE", `/own-account/${account.id}`);
async function call(me, name, args) {
  const { url, headers } = me ? await me.door(server) : { url: server.url };
  return (await modern(url, "tools/call", { name, arguments: args }, { headers })).body.result;
}
const QUESTION = "how many zones are there?";
const answered = (r) => (assert.notEqual(r.isError, true, r.content?.[0].text), r.structuredContent);
const link = (me) => `${world.postern.url}/ui/own/${account.id}/${me.id}`;
const PROGRAM = { version: 1, steps: [{ id: "z", tool: "list_all_cloudflare_zones" }], results: { r: "SELECT count(*) AS n FROM z" } };

describe("postern_ask", () => {
  test("says the link to who has not connected, and calls nothing", async () => {
    const me = await someone();
    const r = await call(me, "postern_ask", { question: QUESTION });
    assert.ok(r.content[0].text.includes(link(me)), r.content[0].text);
  });

  test("refuses who is no person what is each person's own", async () => {
    const r = await call(undefined, "postern_ask", { question: QUESTION });
    assert.match(r.content[0].text, /no person/);
  });

  test("answers each with her own account, and goes on from hers alone", async () => {
    for (const [i, me] of people.entries()) await connect(me, TOKENS[i]);
    const answers = [];
    for (const me of [...people, people[0]]) answers.push(answered(await call(me, "postern_ask", { question: QUESTION })));
    const said = answers.map((a) => JSON.stringify(a.results));
    assert.notEqual(said[0], said[1], "they see different zones");
    assert.equal(said[2], said[0], "whatever was read for another a moment before");
    const [ada, ben] = people;
    assert.equal(answered(await call(ada, "postern_ask", { question: "and which?", follow: answers[0].id })).outcome, "answer");
    const stolen = await call(ben, "postern_ask", { question: "and which?", follow: answers[0].id });
    assert.equal(stolen.isError, true);
    assert.match(stolen.content[0].text, /no (such )?answer/);
    for (const id of answers.map((a) => a.id)) assert.equal((await world.api("GET", `/answer/${id}`)).status, 404, "nor does an administrator see it");
  });

  test("what was told goes with her account", async () => {
    const me = await someone();
    await connect(me, TOKENS[0]);
    const { id } = answered(await call(me, "postern_ask", { question: QUESTION }));
    await disconnect(me);
    const r = await call(me, "postern_ask", { question: "and which?", follow: id });
    assert.ok(r.isError || r.content[0].text.includes(link(me)), JSON.stringify(r));
    await connect(me, TOKENS[1]);
    const again = await call(me, "postern_ask", { follow: id });
    assert.equal(again.isError, true, JSON.stringify(again));
  });
});

describe("what is kept under a handle", () => {

  test("a program's results are read again by her, and gone with her account", async () => {
    const me = await someone(), other = people[1];
    await connect(me, TOKENS[0]);
    const { handle } = answered(await call(me, "postern_run_program", { program: PROGRAM }));
    const OF_PROGRAM = { program: { version: 1, tables: { t: { kept: handle, result: "r" } }, results: { r: "SELECT n FROM t" } } };
    assert.notEqual((await call(me, "postern_run_program", OF_PROGRAM)).isError, true);
    assert.equal((await call(other, "postern_run_program", OF_PROGRAM)).isError, true);
    await disconnect(me);
    assert.match((await call(me, "postern_run_program", OF_PROGRAM)).content[0].text, /nothing is kept/);
    await connect(me, TOKENS[1]);
    assert.match((await call(me, "postern_run_program", OF_PROGRAM)).content[0].text, /nothing is kept/, "nor by another of hers");
  });

  test("a large result has a handle that works", async () => {
    const budget = await start({ settings: { result_budget: 600 } });
    try {
      const a = await budget.account("cfut_sandbox_full", { name: "zones" });
      const s = await budget.must(201, "POST", "/mcp-server", { name: "own", accounts: [a.id], slug: "own", sign_in: { roles: ["viewer"] }, config: { own_accounts: ["zones"], methods: ["read"], programs: true, discovery: "search" } });
      const me = await inBrowser(budget, "ada");
      await me.must(200, "POST", "/own-account", { account: a.id, credential: { token: TOKENS[0] } });
      const { url, headers } = await me.door(s);
      const ask = async (name, args) => (await modern(url, "tools/call", { name, arguments: args }, { headers })).body.result;
      const r = await ask("postern_read", { tool: "list_all_cloudflare_zones", arguments: {} });
      const handle = r.structuredContent?.handle;
      assert.ok(handle, JSON.stringify(r).slice(0, 600));
      const read = { program: { version: 1, tables: { t: { kept: handle } }, results: { r: "SELECT count(*) AS n FROM t" } } };
      const n = await ask("postern_run_program", read);
      assert.notEqual(n.isError, true, n.content[0].text);
      await me.must(204, "DELETE", `/own-account/${a.id}`);
      assert.match((await ask("postern_run_program", read)).content[0].text, /nothing is kept/);
    } finally {
      await budget.close();
    }
  });
});

describe("a program that paused", () => {
  async function paused(me) {
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "rate_limited", times: 1, delay_ms: 0 });
    const r = await call(me, "postern_run_program", { program: PROGRAM, fresh: true });
    assert.equal(r.structuredContent?.status, "paused", JSON.stringify(r));
    return r.structuredContent.handle;
  }
  const ENDS = {
    "she disconnected": (me) => disconnect(me),
    "an administrator removed hers": async (me) => {
      const own = (await world.must(200, "GET", "/persons-account")).items.find((o) => o.person_id === me.id);
      await world.must(204, "DELETE", `/persons-account/${own.id}`);
    },
    "she connected another": async (me) => {
      await disconnect(me);
      await connect(me, TOKENS[1]);
    },
  };
  for (const [what, end] of Object.entries(ENDS))
    test(`is gone once ${what}`, async () => {
      const me = await someone();
      await connect(me, TOKENS[0]);
      const handle = await paused(me);
      await end(me);
      assert.match((await call(me, "postern_run_program", { continue: handle })).content[0].text, /nothing is kept/);
    });

  test("and out of reach once she is barred", async () => {
    const me = await someone();
    await connect(me, TOKENS[0]);
    const handle = await paused(me), { url, headers } = await me.door(server);
    await world.must(204, "DELETE", `/user/${me.id}`);
    const r = await modern(url, "tools/call", { name: "postern_run_program", arguments: { continue: handle } }, { headers });
    assert.equal(r.status, 401);
  });
});

test("two tabs that connect with a token at once leave one account, and whoever came too late is told", async () => {
  const me = await someone();
  const both = await Promise.all(TOKENS.map((token) => me.api("POST", "/own-account", { account: account.id, credential: { token } })));
  const hers = (await world.must(200, "GET", "/persons-account")).items.filter((o) => o.person_id === me.id);
  assert.equal(hers.length, 1, JSON.stringify(both));
  const statuses = both.map((r) => r.status);
  assert.ok(statuses.includes(200) && statuses.every((s) => s === 200 || s === 409), JSON.stringify(both));
  for (const r of both) if (r.status === 409) assert.match(r.body.error.message, /connected/, r.text);
  assert.equal((await call(me, "list_all_cloudflare_zones", {})).isError ?? false, false);
});
