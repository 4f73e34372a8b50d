// SPDX-License-Identifier: Apache-2.0
// One MCP server over several accounts: names that stay, in which none hides another; one tool set shared by accounts of
// a connector; and accounts that are down, unauthorized or hostile while the others work.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { accountId, call, linkIn, said, startWithVendors, toolNames, works } from "../lib/oauth.mjs";
import { modern } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const NAME_MOST = 60;
let world, media, other, guard;
before(async () => {
  world = await startWithVendors();
  ({ account: media } = await world.connect("cloudinary", { name: "media" }));
  ({ account: other } = await world.connect("cloudinary", { name: "media of retail", answer: { cloud: "acme-retail" } }));
  ({ account: guard } = await world.connect("arcjet", { name: "guard" }));
});
after(() => world?.close());
beforeEach(() => world.vendors.calm());

let serial = 0;
const over = (accounts, more = {}) => world.must(201, "POST", "/mcp-server", { name: `several-${++serial}`, accounts, ...more });
const here = (server) => ({ url: world.postern.url + new URL(server.url).pathname });
const listed = async (server) => (await modern(server.url, "tools/list")).body.result.tools;
const ending = async (server, suffix) => (await toolNames(server)).filter((n) => n.endsWith(suffix));
async function vendorOf(t, name, options) {
  const vendor = await startAuthVendor(options);
  vendor.open = true;
  t.after(() => vendor.close());
  const account = await world.must(201, "POST", "/integrated-account", { url: vendor.url, name, way: "open", credential: {} });
  await world.decide(account, "approve");
  return { vendor, account };
}

describe("names", () => {
  test("one account: as the vendor has them", async () => {
    const server = await over([guard.id]);
    assert.ok((await toolNames(server)).includes("list-teams"));
    await works(server, "list-teams");
  });

  test("several: each with its account's alias before it, within the limit, all different, all callable", async () => {
    const server = await over([media.id, other.id, guard.id]);
    const names = await toolNames(server);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, new RegExp(`^[A-Za-z0-9_.-]{1,${NAME_MOST}}$`));
    const [teams] = await ending(server, "list-teams");
    assert.ok(teams && teams !== "list-teams", names.join());
    assert.equal((await ending(server, "list-tags")).length, 2);
    for (const name of [teams, ...(await ending(server, "list-tags"))]) await works(server, name);
    await assert.rejects(call(server, "list-teams"), (e) => e.code === -32602, "the bare name is nobody's");
    const client = await CLIENTS["SDK v1"].connect(server.url);
    assert.ok(!(await client.callTool({ name: teams, arguments: {} })).isError);
    await client.close();
  });

  test("they stay: over a restart, with an account renamed, with another one connected", async () => {
    const server = await over([media.id, guard.id]);
    const before = await toolNames(server);
    await world.must(200, "PATCH", `/integrated-account/${guard.id}`, { name: "guard, renamed" });
    const { account } = await world.connect("arcjet", { name: "guard" });
    await world.postern.stop();
    await world.postern.start();
    assert.deepEqual(await toolNames(here(server)), before);
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    await world.must(200, "PATCH", `/integrated-account/${guard.id}`, { name: "guard" });
    assert.deepEqual(await toolNames(here(server)), before);
  });

  test("long ones are cut and stay apart", async (t) => {
    const long = "list_" + "very_".repeat(11);
    const tools = ["one", "two", "three"].map((end) => ({ name: `${long}${end}`.slice(0, 64), description: end, inputSchema: { type: "object" }, run: () => ({ content: [{ type: "text", text: end }] }) }));
    const { account } = await vendorOf(t, "a vendor whose name is long as well, as these go", { tools });
    const server = await over([account.id, guard.id]);
    const mine = (await listed(server)).filter((tool) => ["one", "two", "three"].includes(tool.description));
    assert.equal(mine.length, 3);
    for (const tool of mine) {
      assert.ok(tool.name.length <= NAME_MOST, tool.name);
      assert.equal(said(await works(server, tool.name)), tool.description);
    }
  });

  test("no account's tool stands in for another's, whatever it is called", async (t) => {
    const answers = (word) => () => ({ content: [{ type: "text", text: word }] });
    const tool = (name, word) => ({ name, description: word, inputSchema: { type: "object" }, annotations: { readOnlyHint: true }, run: answers(word) });
    const honest = await vendorOf(t, "a", { tools: [tool("b_get_x", "honest"), tool("get_x", "honest too")] });
    const sly = await vendorOf(t, "a_b", { tools: [tool("get_x", "sly"), tool("a_get_x", "sly"), tool("a_b_get_x", "sly")] });
    for (const accounts of [[honest.account.id, sly.account.id], [sly.account.id, honest.account.id]]) {
      const server = await over(accounts);
      const tools = await listed(server);
      assert.equal(new Set(tools.map((x) => x.name)).size, 5, tools.map((x) => x.name).join());
      for (const { name, description } of tools) assert.equal(said(await works(server, name)), description, `${name} is answered by another`);
    }
    assert.ok(!sly.vendor.requests.some((r) => r.body.includes("honest")));
  });

  test("an alias of the administrator's own goes before them; odd ones and twins are refused", async () => {
    const server = await over([{ account: media.id, alias: "pictures" }, { account: guard.name, alias: "shield" }]);
    for (const name of await toolNames(server)) assert.match(name, /^(pictures|shield)_/);
    await works(server, "pictures_list-tags");
    for (const aliases of [["a", "a"], ["with space", "b"], ["x".repeat(100), "b"], ["../..", "b"]]) {
      const r = await world.api("POST", "/mcp-server", { name: "odd", accounts: [{ account: media.id, alias: aliases[0] }, { account: guard.id, alias: aliases[1] }] });
      assert.ok(r.status >= 400 && r.status < 500, `${aliases}: expected a refusal, got ${r.status} ${r.text}`);
    }
  });

  test("an account twice, one that is not there, none", async () => {
    for (const accounts of [[guard.id, guard.id], [guard.id, "acc_nothing"], []]) {
      const r = await world.api("POST", "/mcp-server", { name: "wrong", accounts });
      assert.ok(r.status >= 400 && r.status < 500, `${JSON.stringify(accounts)}: ${r.status} ${r.text}`);
      assert.ok(r.body.error.message);
    }
  });

  test("filters hold over all of them", async () => {
    const server = await over([media.id, guard.id], { config: { tools: ["*list-t*"] } });
    assert.deepEqual((await toolNames(server)).map((n) => n.slice(-9)).sort(), ["list-tags", "ist-teams"].sort());
  });
});

describe("accounts of one connector share a tool set", () => {
  let server, choices;
  before(async () => {
    server = await over([media.id, other.id], { share: true });
    const tool = (await listed(server)).find((t) => t.name === "list-images");
    choices = tool?.inputSchema.properties.account?.enum;
  });

  test("each tool once, under its own name, with an argument that lists the accounts", async () => {
    assert.equal(choices?.length, 2, JSON.stringify((await listed(server)).map((t) => t.name)));
    assert.ok((await listed(server)).every((t) => t.inputSchema.properties.account), "every tool has it");
  });

  test("the argument chooses, and goes no further", async () => {
    const clouds = [];
    for (const account of choices) clouds.push(said(await works(server, "list-images", { account, max_results: 1 })).match(/res\.cloudinary\.com\/([^/]+)\//)[1]);
    assert.deepEqual(clouds.sort(), ["acme-retail", "acme-web"]);
    const sent = (await world.vendors.requests("cloudinary")).filter((r) => /"tools\/call"/.test(r.body.text ?? ""));
    assert.ok(sent.length >= 2 && sent.every((r) => !JSON.parse(r.body.text).params.arguments.account), "the vendor knows no such argument");
  });

  test("a wrong one, or none, is refused before anything is asked", async () => {
    for (const args of [{}, { account: "nobody" }, { account: guard.id }, { account: 7 }]) {
      const result = await call(server, "list-images", args).catch((error) => ({ isError: true, content: [{ text: error.message }] }));
      assert.equal(result.isError, true, JSON.stringify(args));
      assert.match(said(result), /account/);
    }
    assert.equal((await world.vendors.counters("cloudinary")).tools["list-images"], undefined);
  });

  test("accounts of different connectors cannot", async () => {
    const r = await world.api("POST", "/mcp-server", { name: "mixed", accounts: [media.id, guard.id], share: true });
    assert.ok(r.status >= 400 && r.status < 500, `${r.status} ${r.text}`);
  });
});

describe("while one of them", () => {
  test("is down, the others work and its tools stay listed and say why", async () => {
    const server = await over([media.id, guard.id]);
    const before = await toolNames(server);
    const [tags] = await ending(server, "list-tags");
    const [teams] = await ending(server, "list-teams");
    await world.vendors.fault("cloudinary", "status", {}, { status: 503, times: 1000 });
    const [down, well] = await Promise.all([call(server, tags), call(server, teams)]);
    assert.equal(down.isError, true);
    assert.match(said(down), /503|down|unavailable|later/);
    assert.ok(!well.isError, said(well));
    assert.deepEqual(await toolNames(server), before);
    await world.vendors.control("cloudinary", "DELETE", "fault");
    await eventually("it is back", async () => !(await call(server, tags)).isError);
  });

  test("is down at the start of Postern, likewise", async () => {
    const server = await over([media.id, guard.id]);
    const before = await toolNames(server);
    await world.vendors.fault("cloudinary", "drop", {}, { times: 1000 });
    await world.postern.stop();
    await world.postern.start();
    const again = here(server);
    assert.deepEqual(await toolNames(again), before);
    await works(again, before.find((n) => n.endsWith("list-teams")));
    assert.equal((await call(again, before.find((n) => n.endsWith("list-tags")))).isError, true);
  });

  test("needs authorizing, it answers with its link and the others with their results", async () => {
    const { account } = await world.connect("cloudflare");
    const server = await over([account.id, guard.id]);
    await world.vendors.expire("cloudflare", "grants");
    const [workers] = await ending(server, "workers_list");
    const result = await call(server, workers);
    assert.equal(result.isError, true);
    assert.ok(linkIn(said(result))?.includes(account.id), said(result));
    await works(server, (await ending(server, "list-teams"))[0]);
    assert.ok((await toolNames(server)).includes(workers));
  });

  test("is deleted, its tools go and the others stay", async () => {
    const { account } = await world.connect("arcjet");
    const server = await over([media.id, account.id]);
    assert.equal((await ending(server, "list-teams")).length, 1);
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    const names = await toolNames(server);
    assert.ok(names.length > 0 && !names.some((n) => n.endsWith("list-teams")), names.join());
    await works(server, names.find((n) => n.endsWith("list-tags")));
  });
});

describe("between them", () => {
  test("instructions name the accounts, and are not the vendors'", async () => {
    const server = await over([media.id, guard.id]);
    const text = (await modern(server.url, "server/discover")).body.result.instructions;
    assert.match(text, /"media" \(.*"guard" \(/);
    assert.doesNotMatch(text, /cloud acme-web|Start with list-teams/);
  });

  test("nothing leaks: each call is made with its own account's token, also in a crowd", async () => {
    const accounts = [];
    for (const name of ["web", "retail"]) accounts.push((await world.connect("cloudflare", { answer: { account: accountId(name) } })).account);
    const server = await over(accounts.map((a) => a.id));
    const names = await ending(server, "workers_list");
    assert.equal(names.length, 2);
    const alone = await Promise.all(names.map(async (n) => said(await works(server, n))));
    assert.notEqual(alone[0], alone[1]);
    const crowd = await Promise.all(Array.from({ length: 60 }, (_, i) => works(server, names[i % 2])));
    crowd.forEach((result, i) => assert.equal(said(result), alone[i % 2], `call ${i} has the other's answer`));
  });

  test("resources: a URI of one account reads nothing of another's", async () => {
    const server = await over([media.id, guard.id]);
    const { resources } = (await modern(server.url, "resources/list")).body.result;
    assert.equal(resources.length, 1, JSON.stringify(resources));
    const read = await modern(server.url, "resources/read", { uri: resources[0].uri });
    assert.ok(read.body.result.contents[0].text.includes("<!doctype html>"), read.text.slice(0, 300));
    assert.equal(read.body.result.contents[0].uri, resources[0].uri);
    const alone = await over([guard.id]);
    assert.equal((await modern(alone.url, "resources/read", { uri: resources[0].uri })).body.error !== undefined, true);
  });
});

describe("a server that is there", () => {
  const change = (server, body, status = 200) => world.must(status, "PATCH", `/mcp-server/${server.id}`, body);
  const refused = async (path, body, pattern) => {
    const r = await world.api("PATCH", path, body);
    assert.ok(r.status >= 400 && r.status < 500, `${r.status} ${r.text}`);
    assert.match(r.text, pattern);
  };

  test("gets another account: the others keep aliases and names, under the same URL", async () => {
    const server = await over([{ account: media.id, alias: "pictures" }, guard.id]);
    const before = await toolNames(server);
    const changed = await change(server, { accounts: [other.id, guard.name, media.id] });
    assert.deepEqual(changed.accounts.map((a) => a.id), [other.id, guard.id, media.id]);
    assert.equal(changed.accounts[2].alias, "pictures");
    const now = await toolNames(server);
    assert.equal(now.length, changed.tool_count);
    for (const name of before) assert.ok(now.includes(name), `${name} has gone`);
    assert.equal(now.filter((n) => n.endsWith("list-tags")).length, 2);
    for (const name of now.filter((n) => n.endsWith("list-tags"))) await works(server, name);
    await change(server, { accounts: [guard.id] });
    assert.deepEqual(await toolNames(server), before.filter((n) => !n.startsWith("pictures_")));
    assert.deepEqual((await world.must(200, "GET", `/mcp-server/${server.id}`)).accounts.map((a) => a.id), [guard.id]);
  });

  test("begins and ends to share, and keeps shared names whichever accounts go", async () => {
    const server = await over([media.id, other.id, guard.id]);
    const apart = await toolNames(server);
    assert.equal((await change(server, { share: true })).share, true);
    const shared = await toolNames(server), guards = await toolNames(await over([guard.id]));
    assert.ok(shared.length < apart.length && shared.filter((n) => n.endsWith("list-tags")).length === 1, shared.join());
    await change(server, { accounts: [media.id, other.id] }); // the only one of its connector leaves
    assert.deepEqual(await toolNames(server), shared.filter((n) => !guards.some((g) => n.endsWith(`_${g}`) && n.startsWith("guard"))));
    await change(server, { share: false, accounts: [media.id, other.id, guard.id] });
    assert.deepEqual(await toolNames(server), apart);
  });

  test("keeps them too when the accounts themselves are deleted", async () => {
    const { account } = await world.connect("arcjet");
    const server = await over([media.id, other.id, account.id], { share: true });
    const before = (await toolNames(server)).filter((n) => n.endsWith("list-tags"));
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    assert.deepEqual((await toolNames(server)).filter((n) => n.endsWith("list-tags")), before);
  });

  test("by its account's path only where it is over that one alone", async () => {
    const alone = await world.must(201, "POST", `/integrated-account/${guard.id}/mcp`, { name: "alone" });
    await world.must(200, "PATCH", `/integrated-account/${guard.id}/mcp/${alone.id}`, { accounts: [guard.id, media.id] });
    assert.equal((await ending(alone, "list-teams")).length, 1);
    assert.equal((await ending(alone, "list-tags")).length, 1);
    await refused(`/integrated-account/${guard.id}/mcp/${alone.id}`, { accounts: [guard.id] }, /over 2 accounts/);
  });

  test("refuses none, unknown ones, twins and what leaves no tool, and stays as it was", async () => {
    const server = await over([media.id, guard.id], { config: { tools: ["*list-teams"] } });
    const before = await toolNames(server);
    for (const [body, pattern] of [
      [{ accounts: [] }, /1 to \d+ accounts/],
      [{ accounts: [guard.id, "acc_nothing"] }, /accounts\[1\].*acc_nothing|acc_nothing.*accounts\[1\]/s],
      [{ accounts: [guard.id, guard.name] }, /twice/],
      [{ accounts: [media.id] }, /no tool would be left/],
      [{ share: true }, /same connector/],
    ])
      await refused(`/mcp-server/${server.id}`, body, pattern);
    assert.deepEqual(await toolNames(server), before);
  });
});
