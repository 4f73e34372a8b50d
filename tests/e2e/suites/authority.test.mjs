// SPDX-License-Identifier: Apache-2.0
// Who may do what around accounts by OAuth, beyond the attacks on the protocol itself: what a mere user of an account may
// change, what a stranger may write, and that an account which cannot be used takes nothing else down.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser, call, PLACES, said, startWithVendors, works } from "../lib/oauth.mjs";
import { modern } from "../lib/postern.mjs";
import { EVERY_METHOD, serve, startConformance, startEverything } from "../lib/upstream.mjs";
import { eventually } from "../lib/wait.mjs";

let world;
before(async () => (world = await startWithVendors()));
after(() => world?.close());

const page = (path, body) => fetch(`${world.postern.url}${path}`, { method: body ? "POST" : "GET", redirect: "manual", body: body && new URLSearchParams(body) });
const audit = async (query) => (await world.must(200, "GET", `/audit?limit=1000&${query}`)).items;

describe("who uses an account does not say whose it is", () => {
  test("while it works, its page leads nowhere, whatever proof is shown", async () => {
    const { account } = await world.connect("cloudflare");
    const server = await world.server(account);
    for (const proof of [server.url, world.postern.token]) {
      const r = await page(`/connect/${account.id}`, { proof });
      assert.deepEqual([r.status, r.headers.get("location"), r.headers.get("set-cookie")], [409, null, null]);
    }
    assert.equal((await page(`/connect/${account.id}`, { proof: "a guess" })).status, 403, "whether it works is told to those who use it");
    await works(server, PLACES.cloudflare.tool);
  });

  test("an account by key is not turned into one by consent", async () => {
    const account = await world.must(201, "POST", "/integrated-account", { connector: "mcp", name: "open one", base_url: world.vendors.url("cloudflare", "/docs/mcp"), way: "open" }).catch(() => undefined);
    assert.ok(account);
    const server = await world.server(account);
    const r = await page(`/connect/${account.id}`, { proof: server.url });
    assert.equal(r.status, 409);
    assert.equal((await world.account(account.id)).way, "open");
  });

  test("where a person is needed, the audit names who began and who tried", async () => {
    const { account } = await world.connect("cloudflare");
    const server = await world.server(account);
    await works(server, PLACES.cloudflare.tool);
    await world.vendors.expire("cloudflare", "grants");
    assert.equal((await call(server, PLACES.cloudflare.tool)).isError, true);
    assert.equal((await page(`/connect/${account.id}`, { proof: "a guess" })).status, 403);
    assert.equal((await page(`/connect/${account.id}`, { proof: server.url })).status, 303);
    await eventually("rows of both", async () => {
      const rows = await audit(`action=account.open&account_id=${account.id}`);
      return rows.length === 2 && rows.some((row) => row.outcome === "ok" && row.actor === server.id) && rows.some((row) => row.outcome !== "ok" && !row.actor);
    });
  });
});

describe("without the secret of a link its page tells nothing", () => {
  const bare = async (r) => (await r.text()).replaceAll(/nonce="[^"]+"/g, "");
  test("every id looks alike: of accounts that work and that do not, of links, of nothing", async () => {
    const { account: works } = await world.connect("cloudflare");
    const { account: waits } = await world.connect("arcjet");
    const keyed = await world.must(201, "POST", "/integrated-account", { connector: "mcp", name: "keyed one", base_url: world.vendors.url("cloudflare", "/docs/mcp"), way: "open" });
    const begun = await world.begin("arcjet");
    const ids = { works: works.id, waits: waits.id, keyed: keyed.id, link: begun.id, nothing: "acc_0000", "a name": encodeURIComponent(works.name) };
    const answers = {};
    for (const [what, id] of Object.entries(ids)) {
      const shown = await page(`/connect/${id}`),
        empty = await page(`/connect/${id}?t=`),
        wrong = await page(`/connect/${id}?t=lnk_AAAA`),
        tried = await page(`/connect/${id}`, { proof: "a guess" }),
        forced = await page(`/connect/${id}?t=lnk_AAAA`, { proof: "a guess" });
      answers[what] = [];
      for (const r of [shown, empty, wrong, tried, forced]) {
        answers[what].push([r.status, await bare(r)]);
        assert.equal(r.headers.get("set-cookie"), null);
      }
      assert.deepEqual(answers[what].map(([status]) => status), [200, 200, 404, 403, 404], what);
      for (const [, text] of answers[what]) for (const { name, label } of [works, waits, keyed, begun, { name: "Arcjet" }, { name: "Cloudflare" }]) assert.ok(!text.includes(name) && !(label && text.includes(label)), `${what}: ${name}`);
    }
    for (const what of Object.keys(ids)) assert.deepEqual(answers[what], answers.works, what);
    const own = await bare(await fetch(begun.url));
    assert.ok(own.includes(begun.name ?? "Arcjet"), "whoever has the link is told where it leads");
  });
});

describe("a link's life is in the audit", () => {
  const of = async (action, more = "") => (await audit(`action=${action}${more}`)).filter((row) => row.detail === begun.id || row.account_id === begun.account);
  let begun;
  test("opened, completed, and refused when it is used again", async () => {
    begun = await world.begin("arcjet");
    const shown = await fetch(begun.url);
    assert.equal(shown.status, 200); // to look is not to open
    await new Browser().connect(begun.url, PLACES.arcjet.answer);
    begun.account = (await world.flow(begun.id)).account_id;
    await eventually("opened and completed", async () => total(await of("account.open")) === 1 && (await of("account.connect")).some((row) => row.outcome === "ok"));
    for (const form of [undefined, {}]) assert.equal((await page(new URL(begun.url).pathname + new URL(begun.url).search, form)).status, 409);
    const refused = async () => (await audit("action=account.open&outcome=conflict")).filter((row) => row.detail.includes(begun.id));
    await eventually("refused twice", async () => total(await refused()) === 2);
    const [row] = await refused();
    assert.equal(row.detail, `this link was used already: ${begun.id}`);
    assert.equal(row.address, "127.0.0.1");
    assert.ok(!JSON.stringify(await audit("")).includes(new URL(begun.url).searchParams.get("t")), "never its secret");
  });

  test("expired, once, and refused then", async () => {
    begun = await world.begin("arcjet");
    assert.equal(world.edit("UPDATE oauth_flow SET expires_at = 1000 WHERE id = ?", begun.id), 1);
    const rows = await eventually("that it ended", async () => {
      const found = (await audit("action=link.expire")).filter((row) => row.detail.startsWith(begun.id));
      return found.length && found;
    });
    assert.equal(rows.length, 1);
    assert.match(rows[0].detail, new RegExp(`^${begun.id} "${begun.name}", at 1970-01-01T00:00:01`));
  });

  test("denied by the person", async () => {
    begun = await world.begin("arcjet");
    await new Browser().connect(begun.url, { ...PLACES.arcjet.answer, decision: "deny" });
    assert.equal((await world.flow(begun.id)).status, "failed");
    await eventually("its row", async () => (await audit("action=account.connect")).some((row) => row.outcome !== "ok" && row.detail === "denied"));
  });
});

const total = (rows) => rows.reduce((sum, row) => sum + row.count, 0);

test("strangers at the open pages are counted in few rows", async () => {
  const before = {};
  for (const action of ["account.open", "account.connect"]) before[action] = (await audit(`action=${action}&outcome=missing`)).filter((row) => !row.account_id);
  await Promise.all(Array.from({ length: 50 }, (_, i) => page(`/oauth/callback?state=guess-${i}&code=x`)));
  await Promise.all(Array.from({ length: 50 }, (_, i) => page(`/connect/flow_${i}?t=guess`, { proof: "x" })));
  const begun = await world.begin("arcjet"); // a row that is there once all before it are
  const { response } = await new Browser().visit(begun.url, new URLSearchParams());
  assert.equal(response.status, 303);
  await eventually("the row of the link that was opened", async () => (await audit("action=account.open")).some((row) => row.detail === begun.id));
  for (const action of ["account.open", "account.connect"]) {
    const counted = await eventually(`all of ${action}`, async () => {
      const rows = (await audit(`action=${action}&outcome=missing`)).filter((row) => !row.account_id);
      return total(rows) - total(before[action]) === 50 && rows;
    });
    assert.ok(counted.length - before[action].length <= 2 * 9, `${counted.length} rows of ${action}`); // two minutes at most
  }
});

test("an account whose tokens do not open any more: calls and the doctor say so, the rest goes on", async () => {
  const { account } = await world.connect("cloudflare"),
    { account: other } = await world.connect("arcjet");
  const server = await world.server(account),
    fine = await world.server(other);
  await world.postern.stop();
  assert.equal(world.edit("UPDATE oauth_grant SET tokens = 'v1.broken' WHERE account_id = ?", account.id), 1);
  await world.postern.start();
  const at = (s) => new URL(new URL(s.url).pathname, world.postern.url).href;
  const report = await world.must(200, "POST", `/integrated-account/${account.id}/doctor`);
  assert.equal(report.healthy, false);
  assert.match(report.checks.find((c) => c.id === "credential" && c.status === "fail")?.text ?? "", /do(es)? not open/);
  const result = await call(at(server), PLACES.cloudflare.tool);
  assert.equal(result.isError, true);
  assert.match(said(result), /cannot be used/);
  await works(at(fine), PLACES.arcjet.tool);
});

test("what a server hides is not completed either", async (t) => {
  const upstream = await startEverything();
  t.after(() => upstream.close());
  const prompt = { ref: { type: "ref/prompt", name: "completable-prompt" }, argument: { name: "department", value: "E" } };
  const resource = { ref: { type: "ref/resource", uri: "demo://resource/dynamic/text/{resourceId}" }, argument: { name: "resourceId", value: "1" } };
  const both = await serve(world, upstream.url);
  const complete = async (server, params) => {
    const { body } = await modern(server.url, "completion/complete", params);
    return body.result?.completion.values ?? body.error.code;
  };
  assert.ok(Array.isArray(await complete(both, prompt)));
  assert.ok(Array.isArray(await complete(both, resource)));
  const resources = await world.server(both.account, { ...EVERY_METHOD, prompts: false, resources: true });
  assert.equal(await complete(resources, prompt), -32602);
  assert.ok(Array.isArray(await complete(resources, resource)));
  const prompts = await world.server(both.account, { ...EVERY_METHOD, prompts: true, resources: false });
  assert.ok(Array.isArray(await complete(prompts, prompt)));
  assert.equal(await complete(prompts, resource), -32602);
});

test("an open stream follows its account to another address: what is subscribed to is heard from there", async (t) => {
  const before = await startConformance("sessions"),
    now = await startConformance("sessions"),
    leaving = new AbortController();
  t.after(() => Promise.all([leaving.abort(), before.close(), now.close()]));
  const server = await serve(world, before.url);
  const send = async (message, headers = {}) => {
    const r = await fetch(server.url, { method: "POST", headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers }, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
    return { r, text: await r.text() };
  };
  const { r } = await send({ id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "follower", version: "1" } } });
  const session = { "mcp-session-id": r.headers.get("mcp-session-id") };
  await send({ method: "notifications/initialized" }, session);
  const stream = await fetch(server.url, { headers: { accept: "text/event-stream", ...session }, signal: leaving.signal });
  let heard = "";
  (async () => {
    for await (const bytes of stream.body) heard += Buffer.from(bytes);
  })().catch(() => {});
  await world.must(200, "PATCH", `/integrated-account/${server.account.id}`, { base_url: now.url });
  await world.must(200, "POST", `/integrated-account/${server.account.id}/refresh`);
  const { text } = await send({ id: 2, method: "resources/subscribe", params: { uri: "test://watched-resource" } }, session);
  assert.match(text, /"result":\{\}/, text);
  await eventually("the news", async () => {
    await send({ id: 3, method: "tools/call", params: { name: "test_trigger_resource_update", arguments: {} } }, session);
    return /resources\/updated.*watched-resource/.test(heard);
  });
});

test("an account that leaves a server is heard no more on streams that were open", async (t) => {
  const stays = await startConformance("sessions"),
    leaves = await startConformance("sessions"),
    end = new AbortController();
  t.after(() => Promise.all([end.abort(), stays.close(), leaves.close()]));
  const one = await serve(world, stays.url),
    two = await serve(world, leaves.url);
  const both = await world.must(201, "POST", "/mcp-server", { name: "both", accounts: [one.account.id, two.account.id], config: EVERY_METHOD });
  const send = async (message, headers = {}) => {
    const r = await fetch(both.url, { method: "POST", headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers }, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
    return { r, text: await r.text() };
  };
  const { r } = await send({ id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "stayer", version: "1" } } });
  const session = { "mcp-session-id": r.headers.get("mcp-session-id") };
  await send({ method: "notifications/initialized" }, session);
  const stream = await fetch(both.url, { headers: { accept: "text/event-stream", ...session }, signal: end.signal });
  let heard = "";
  (async () => {
    for await (const bytes of stream.body) heard += Buffer.from(bytes);
  })().catch(() => {});
  for (const { alias } of both.accounts) assert.match((await send({ id: 2, method: "resources/subscribe", params: { uri: `${alias}+test://watched-resource` } }, session)).text, /"result":\{\}/);
  const touch = (server) => call(server, "test_trigger_resource_update");
  const news = (i) => heard.split(`"${both.accounts[i].alias}+test://watched-resource"`).length - 1;
  await eventually("news of both", async () => (await touch(one), await touch(two), news(0) > 0 && news(1) > 0));
  await world.must(200, "PATCH", `/mcp-server/${both.id}`, { accounts: [one.account.id] });
  // Both are touched, the one that left first; what is heard until the other's news have come.
  const heardNext = async () => {
    const [before, was] = [heard.length, news(0)];
    await touch(two);
    await eventually("news of the one that stays", async () => (await touch(one), news(0) > was));
    return heard.slice(before);
  };
  await eventually("the stream has let it go", async () => !(await heardNext()).includes(`${both.accounts[1].alias}+test`));
  for (let i = 0; i < 3; i++) assert.doesNotMatch(await heardNext(), new RegExp(`${both.accounts[1].alias}\\+test`));
});
