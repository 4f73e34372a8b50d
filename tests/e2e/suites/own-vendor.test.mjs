// SPDX-License-Identifier: Apache-2.0
// What a vendor's MCP server has beside tools, and its sessions, where each person calls with her own account: prompts,
// resources, completion, subscriptions and questions in mid-call are hers, and end with it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { inBrowser } from "../lib/persons.mjs";
import { modern, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

let world, remote, account, server, who, serial = 0;
const sessions = new Map(); // of the vendor: its id → whose
const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const bearer = (request) => request.headers.authorization?.replace(/^Bearer /, "") ?? "";
const QUESTION = { jsonrpc: "2.0", id: "q", method: "elicitation/create", params: { message: "Sure?", requestedSchema: { type: "object", properties: {} } } };
const METHODS = {
  "prompts/list": (of) => ({ prompts: [{ name: `prompt-of-${of}` }] }),
  "prompts/get": (of) => ({ messages: [{ role: "user", content: { type: "text", text: `as ${of}` } }] }),
  "resources/list": (of) => ({ resources: [{ uri: `note://${of}`, name: of }] }),
  "resources/templates/list": () => ({ resourceTemplates: [] }),
  "resources/read": (of, { uri }) => ({ contents: [{ uri, text: `as ${of}` }] }),
  "resources/subscribe": () => ({}),
  "completion/complete": (of) => ({ completion: { values: [of] } }),
  "tools/call": (of) => ({ content: [{ type: "text", text: `as ${of}` }] }),
};
const answered = []; // to questions that the vendor asked, as it came
const TOOLS = ["list_things", "ask_first"].map((name) => ({ name, description: name, inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }));

// A legacy vendor with sessions: each is of whose token made it, and anything else in it is seen.
const crossed = [];
function answer(request) {
  if (request.path !== "/mcp" || !remote.live.has(bearer(request))) return undefined;
  const of = claimsOf(bearer(request)).sub, session = request.headers["mcp-session-id"];
  if (session && sessions.get(session) !== of) crossed.push([session, sessions.get(session), of]);
  if (request.method !== "POST") return { status: request.method === "DELETE" ? 200 : 405, body: "" };
  const { id, method, params = {}, result } = JSON.parse(request.body);
  if (params._meta?.["io.modelcontextprotocol/protocolVersion"]) return undefined;
  if (method === "initialize") {
    const made = randomUUID();
    sessions.set(made, of);
    return { status: 200, headers: { "mcp-session-id": made }, body: { jsonrpc: "2.0", id, result: { protocolVersion: "2025-11-25", capabilities: { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {} }, serverInfo: { name: "sessions", version: "1" } } } };
  }
  if (id !== undefined && !method) answered.push({ of, session: sessions.get(session), result });
  if (!METHODS[method]) return undefined;
  if (params.name === "ask_first") return { headers: { "content-type": "text/event-stream" }, body: (res) => res.write(`data: ${JSON.stringify(QUESTION)}\n\n`) };
  return { status: 200, body: { jsonrpc: "2.0", id, result: METHODS[method](of, params) } };
}

before(async () => {
  world = await start();
  remote = await startAuthVendor({ tools: TOOLS, claims: () => ({ sub: who }), answer });
  who = "house";
  const flow = await world.must(201, "POST", "/integrated-account/authorize", { url: remote.url, name: "vendor" });
  const page = await fetch(flow.direct_url, { redirect: "manual" });
  const done = await world.must(200, "POST", `/integrated-account/authorize/${flow.id}/finish`, { url: page.headers.get("location") });
  account = await world.must(200, "GET", `/integrated-account/${done.account_id}`);
  server = await world.must(201, "POST", "/mcp-server", { name: "own", accounts: [account.id], slug: "own", sign_in: { roles: ["admin", "editor", "viewer"] }, config: { own_accounts: [account.id], programs: true } });
});
after(async () => {
  await world?.close();
  await remote?.close();
});

const someone = () => inBrowser(world, `person-${++serial}`);
async function connect(me, as = me.name) {
  const begun = await me.must(200, "POST", "/own-account", { account: account.id });
  who = as;
  assert.equal((await me.consent(begun.url)).status, 200);
}
const ask = async (me, method, params = {}, meta) => {
  const { url, headers } = await me.door(server);
  return (await modern(url, method, params, { headers, meta })).body;
};
const link = (me) => new RegExp(`${world.postern.url}/ui/own/${account.id}/${me.id}`);
const URLS = { "io.modelcontextprotocol/clientCapabilities": { elicitation: { url: {} } } };

describe("beside tools", () => {
  test("there is nothing before she connects, and what she asks for is answered with the link", async () => {
    const me = await someone();
    const offered = (await ask(me, "server/discover")).result.capabilities;
    for (const what of ["prompts", "resources", "completions"]) assert.ok(offered[what], `${what} in ${JSON.stringify(offered)}`);
    assert.deepEqual((await ask(me, "prompts/list")).result.prompts, []);
    assert.deepEqual((await ask(me, "resources/list")).result.resources.filter((r) => !r.uri.startsWith("ui://postern")), []);
    for (const [method, params] of [["prompts/get", { name: "any" }], ["resources/read", { uri: "note://any" }]]) {
      const words = await ask(me, method, params);
      assert.match(words.error.message, link(me));
      const asked = (await ask(me, method, params, URLS)).result;
      assert.equal(asked.resultType, "input_required");
      assert.match(Object.values(asked.inputRequests)[0].params.url, link(me));
      const back = { requestState: asked.requestState, inputResponses: { [Object.keys(asked.inputRequests)[0]]: { action: "accept" } } };
      assert.match((await ask(me, method, { ...params, ...back }, URLS)).error.message, link(me));
    }
    const house = [...sessions.values()].filter((of) => of === "house").length;
    await ask(me, "prompts/list");
    assert.equal([...sessions.values()].filter((of) => of === "house").length, house, "the server's own account is asked nothing");
  });

  test("it is each person's own", async () => {
    const people = [await someone(), await someone()];
    for (const me of people) await connect(me);
    for (const me of [...people, ...people]) {
      assert.deepEqual((await ask(me, "prompts/list")).result.prompts.map((p) => p.name), [`prompt-of-${me.name}`]);
      assert.ok((await ask(me, "resources/list")).result.resources.some((r) => r.name === me.name));
      assert.equal((await ask(me, "prompts/get", { name: "x" })).result.messages[0].content.text, `as ${me.name}`);
      assert.equal((await ask(me, "resources/read", { uri: "note://x" })).result.contents[0].text, `as ${me.name}`);
      assert.deepEqual((await ask(me, "completion/complete", { ref: { type: "ref/prompt", name: "x" }, argument: { name: "a", value: "" } })).result.completion.values, [me.name]);
    }
    assert.deepEqual(crossed, [], "no session is used by two people");
    const row = await eventually("the reading is in the audit", async () => (await world.must(200, "GET", `/audit?action=prompts/get&actor=${people[0].id}`)).items[0]);
    assert.match(row.account_name, new RegExp(people[0].name));
  });

  test("who is no person is offered none of it", async () => {
    const r = await modern(server.url, "prompts/list", {});
    assert.equal(r.body.error.code, -32601);
  });

  for (const name of ["SDK v1", "SDK v2, pinned"])
    test(`${name}: hears that the lists are others when she connects`, async () => {
      const me = await someone();
      const { url, headers } = await me.door(server);
      const c = await CLIENTS[name].connect(url, { headers, listChanged: name === "SDK v1" ? undefined : { prompts: { onChanged: () => {} } } });
      assert.deepEqual((await c.listPrompts()).prompts, []);
      await connect(me);
      await eventually("her prompts", async () => (await c.listPrompts()).prompts.some((p) => p.name === `prompt-of-${me.name}`));
      if (name === "SDK v1") await eventually("list_changed", () => c.heard.some((m) => m.method === "notifications/prompts/list_changed"));
      await c.close();
    });

  test("a subscription is with her vendor, and ends when she disconnects", async () => {
    const me = await someone();
    const { url, headers } = await me.door(server);
    await connect(me);
    const c = await CLIENTS["SDK v1"].connect(url, { headers });
    await c.subscribeResource({ uri: "note://x" });
    await me.must(204, "DELETE", `/own-account/${account.id}`);
    await assert.rejects(c.subscribeResource({ uri: "note://y" }), link(me));
    await assert.rejects(c.readResource({ uri: "note://x" }), (e) => (link(me).test(e.message) || link(me).test(JSON.stringify(e.data))));
    assert.deepEqual((await c.listPrompts()).prompts, []);
    await c.close();
  });
});

describe("a question of her vendor in mid-call", () => {
  const FORMS = { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {}, url: {} } } };
  const WAYS = { "tools/call": { name: "ask_first", arguments: {} }, "prompts/get": { name: "ask_first" } };
  async function asked(me, method) {
    const first = (await ask(me, method, WAYS[method], FORMS)).result;
    assert.equal(first?.resultType, "input_required", JSON.stringify(first));
    const [[key, { params }]] = Object.entries(first.inputRequests);
    assert.equal(params.message, "Sure?");
    return { ...WAYS[method], requestState: first.requestState, inputResponses: { [key]: { action: "accept", content: {} } } };
  }
  for (const method of Object.keys(WAYS)) {
    test(`${method}: her answer goes to her vendor, in her session`, async () => {
      const me = await someone();
      await connect(me);
      const back = await asked(me, method), before = answered.length;
      void ask(me, method, back, FORMS).catch(() => {});
      await eventually("the answer", () => answered.length > before);
      assert.deepEqual([answered.at(-1).of, answered.at(-1).session], [me.name, me.name]);
    });

    const ENDS = {
      "she disconnected": (me) => me.must(204, "DELETE", `/own-account/${account.id}`),
      "an administrator removed hers": async (me) => world.must(204, "DELETE", `/persons-account/${(await world.must(200, "GET", "/persons-account")).items.find((o) => o.person_id === me.id).id}`),
      "she connected another": async (me) => {
        await me.must(204, "DELETE", `/own-account/${account.id}`);
        await connect(me, `${me.name}-other`);
      },
    };
    for (const [what, end] of Object.entries(ENDS))
      test(`${method}: nobody gets the answer once ${what}`, async () => {
        const me = await someone();
        await connect(me);
        const back = await asked(me, method), before = answered.length;
        await end(me);
        const said = JSON.stringify(await ask(me, method, back, FORMS));
        assert.equal(answered.length, before, said);
        assert.match(said, what === "she connected another" ? /over|again|connect/ : link(me));
      });

    test(`${method}: nor once she is barred`, async () => {
      const me = await someone();
      await connect(me);
      const back = await asked(me, method), before = answered.length, { url, headers } = await me.door(server);
      await world.must(204, "DELETE", `/user/${me.id}`);
      assert.equal((await modern(url, method, back, { headers, meta: FORMS })).status, 401);
      assert.equal(answered.length, before);
    });
  }
});

describe("connecting twice at once", () => {
  const begin = async (me) => (await fetch((await me.must(200, "POST", "/own-account", { account: account.id })).url, { redirect: "manual" })).headers.get("location");
  const hers = async (me) => (await world.must(200, "GET", "/persons-account")).items.filter((o) => o.person_id === me.id);

  for (const where of ["two tabs", "two browsers"])
    test(`in ${where}: the one that was begun last counts, and the other says to open that`, async () => {
      const me = await someone();
      who = me.name;
      const older = await begin(me), cookies = new Map(me.cookies), newer = await begin(me), now = new Map(me.cookies);
      const bring = (held) => where === "two browsers" && held.forEach((c, name) => me.cookies.set(name, c));
      bring(cookies);
      const late = await me.come(older);
      assert.equal(late.status, 404, late.text);
      assert.match(late.text, /open the newest link/);
      assert.deepEqual(await hers(me), []);
      bring(now);
      assert.equal((await me.come(newer)).status, 200);
      assert.equal((await hers(me)).length, 1);
      assert.equal((await ask(me, "tools/call", { name: "list_things", arguments: {} })).result.content[0].text, `as ${me.name}`);
    });
});
