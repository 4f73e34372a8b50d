// SPDX-License-Identifier: Apache-2.0
// A server's URLs: each is made with a name, listed with its last use and revoked alone, with all that came by it;
// the audit says which one it was.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { database } from "../lib/database.mjs";
import { commands } from "../lib/command.mjs";
import { modern, rpc, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";
import { Events, listen, open } from "../lib/wire.mjs";

let world, account, server;
before(async () => {
  world = await start();
  account = await world.account();
});
after(() => world?.close());

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
const pinged = async (url) => (await rpc(url, ping)).status;
const made = (of, name) => world.must(201, "POST", `/mcp-server/${of.id}/url`, { name });
const listed = async (of) => (await world.must(200, "GET", `/mcp-server/${of.id}/url`)).items;
const names = async (of) => (await listed(of)).map((u) => u.name);
const revoke = (of, name) => world.must(204, "DELETE", `/mcp-server/${of.id}/url/${encodeURIComponent(name)}`);

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "old", version: "1" } },
};
// A legacy session with its stream open.
async function session(url) {
  const r = await rpc(url, initialize);
  assert.equal(r.status, 200);
  const headers = { "mcp-session-id": r.headers.get("mcp-session-id"), "mcp-protocol-version": "2025-06-18" };
  const stream = new Events(await open(url, { method: "GET", headers: { accept: "text/event-stream", ...headers } }));
  assert.equal(stream.status, 200);
  return { headers, stream, ping: async (by = url) => (await rpc(by, ping, headers)).status };
}

describe("several URLs of one server", () => {
  before(async () => (server = await world.server(account)));

  test("are made, listed and revoked, each alone", async () => {
    assert.deepEqual(await names(server), ["first"]);
    const phone = await made(server, "phone"), laptop = await made(server, "Ada's laptop, 2 ?");
    assert.match(laptop.url, new RegExp(`^${world.postern.url}/mcp/pst_[A-Za-z0-9_-]{43}$`));
    assert.equal(new Set([server.url, phone.url, laptop.url]).size, 3);
    assert.deepEqual(await names(server), ["first", "Ada's laptop, 2 ?", "phone"]);
    assert.ok((await listed(server)).every((u) => !("url" in u)), "no token is shown again");
    for (const url of [server.url, phone.url, laptop.url]) assert.equal(await pinged(url), 200);

    await revoke(server, "Ada's laptop, 2 ?");
    assert.equal(await pinged(laptop.url), 404);
    for (const url of [server.url, phone.url]) assert.equal(await pinged(url), 200, "the others stay");
    await revoke(server, "first");
    assert.equal(await pinged(server.url), 404);
    assert.equal(await pinged(phone.url), 200);
    assert.deepEqual(await names(server), ["phone"]);

    const rotated = await world.must(200, "POST", `/mcp-server/${server.id}/rotate`);
    assert.equal(await pinged(rotated.url), 200, "a rotation gives it a first one again");
    assert.equal(await pinged(phone.url), 200, "and leaves the others");
    assert.equal(await pinged(server.url), 404);
    assert.deepEqual(await names(server), ["first", "phone"]);
    const again = await made(server, "Ada's laptop, 2 ?");
    assert.equal(await pinged(again.url), 200);
    assert.equal(await pinged(laptop.url), 404, "a name that comes back brings no token back");
  });

  test("have the server's tools, filter and expiry, also as these change", async () => {
    const own = await world.server(account, { methods: ["read"] });
    const other = await made(own, "other");
    const tools = async (url) => (await modern(url, "tools/list")).body.result.tools.map((t) => t.name);
    assert.deepEqual(await tools(other.url), await tools(own.url));
    await world.must(200, "PATCH", `/mcp-server/${own.id}`, { config: { methods: ["list"], tags: ["dns"] } });
    assert.deepEqual(await tools(other.url), await tools(own.url));
    assert.deepEqual(await names(own), ["first", "other"]);
    await world.must(204, "DELETE", `/mcp-server/${own.id}`);
    assert.equal(await pinged(other.url), 404);
  });

  test("are refused with a reason", async () => {
    const own = await world.server(account);
    await made(own, "one");
    const at = `/mcp-server/${own.id}/url`;
    for (const [method, path, body, status, field] of [
      ["POST", at, { name: "one" }, 409, "name"],
      ["POST", at, { name: " one " }, 409, "name"],
      ["POST", at, { name: "first" }, 409, "name"],
      ["POST", at, { name: "" }, 400, "name"],
      ["POST", at, { name: ".." }, 400, "name"],
      ["POST", at, { name: "a/b" }, 400, "name"],
      ["POST", at, {}, 400, "name"],
      ["POST", at, { name: "x".repeat(129) }, 400, "name"],
      ["POST", at, { name: "two", token: "pst_mine" }, 400, "token"],
      ["DELETE", `${at}/two`, undefined, 404, "url"],
      ["GET", "/mcp-server/srv_none/url", undefined, 404, "server_id"],
      ["POST", "/mcp-server/srv_none/url", { name: "x" }, 404, "server_id"],
      ["DELETE", "/mcp-server/srv_none/url/first", undefined, 404, "server_id"],
    ]) {
      const r = await world.api(method, path, body);
      assert.equal(r.status, status, `${method} ${path} ${JSON.stringify(body)}: ${r.text}`);
      assert.equal(r.body.error.field, field, r.text);
    }
    const { token } = await world.must(201, "POST", "/api-token", { name: "no admin", role: "client" });
    for (const [method, path] of [["GET", at], ["POST", at], ["DELETE", `${at}/one`]])
      assert.equal((await world.api(method, path, method === "POST" ? { name: "x" } : undefined, { token })).status, 403);
    for (let i = 2; i < 100; i++) await made(own, `u${i}`);
    assert.match((await world.api("POST", at, { name: "one too many" })).body.error.message, /100/);
    await revoke(own, "u50");
    await made(own, "room again");
  });

  test("made at the same time all last", async () => {
    const own = await world.server(account);
    const all = await Promise.all(Array.from({ length: 12 }, (_, i) => made(own, `u${i}`)));
    assert.equal((await names(own)).length, 13);
    for (const { url } of all) assert.equal(await pinged(url), 200);
  });
});

describe("a URL that is revoked", () => {
  test("takes along what came by it, and nothing else", async () => {
    const own = await world.server(account), lost = await made(own, "lost");
    const streams = [await listen(lost.url), await listen(own.url)];
    for (const s of streams) assert.equal((await s.next()).method, "notifications/subscriptions/acknowledged");
    const gone = await session(lost.url), stays = await session(own.url);
    await revoke(own, "lost");
    await streams[0].end();
    await gone.stream.end();
    assert.equal(await gone.ping(), 404);
    assert.equal(await gone.ping(own.url), 404, "a session is of the URL that it was begun by");
    assert.equal(streams[1].ended, false);
    assert.equal(stays.stream.ended, false);
    assert.equal(await stays.ping(), 200);
    streams[1].close();
    stays.stream.close();
  });

  test("is dead also where the server asks for an API token", async () => {
    const own = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    const other = await made(own, "other");
    const { token } = await world.must(201, "POST", "/api-token", { name: "c", role: "client" });
    const headers = { authorization: `Bearer ${token}` };
    assert.equal(await pinged(other.url), 401);
    assert.equal((await rpc(other.url, ping, headers)).status, 200);
    await revoke(own, "other");
    assert.equal((await rpc(other.url, ping, headers)).status, 404);
    assert.equal((await rpc(own.url, ping, headers)).status, 200);
  });
});

describe("what a URL was used for", () => {
  test("stands in the audit by its name", async () => {
    const own = await world.server(account), laptop = await made(own, "laptop");
    for (const url of [own.url, laptop.url]) await modern(url, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
    await modern(laptop.url, "tools/call", { name: "nothing_of_this_name", arguments: {} });
    const rows = await eventually("three rows", async () => {
      const { items } = await world.must(200, "GET", `/audit?server_id=${own.id}&action=tools/call`);
      return items.length === 3 && items;
    });
    assert.deepEqual(rows.map((r) => [r.tool, r.url, r.detail]).reverse(), [
      ["list_all_cloudflare_zones", "first", null],
      ["list_all_cloudflare_zones", "laptop", null],
      ["nothing_of_this_name", "laptop", "not among the tools of this server"],
    ]);
    const by = async (query) => (await world.must(200, "GET", `/audit?server_id=${own.id}&action=tools/call&url=${query}`)).items.map((r) => r.tool);
    assert.deepEqual(await by("first"), ["list_all_cloudflare_zones"]);
    assert.deepEqual(await by("laptop"), ["nothing_of_this_name", "list_all_cloudflare_zones"]);
    const wrong = await world.must(400, "GET", `/audit?url=labtop`);
    assert.equal(wrong.error.field, "query.url");
    assert.match(wrong.error.hint, /did you mean "laptop"/);
    await revoke(own, "laptop");
    await eventually("that it was made and revoked", async () => {
      const { items } = await world.must(200, "GET", `/audit?server_id=${own.id}`);
      const of = items.filter((r) => r.action.startsWith("url.") && /^laptop(: sha256:[0-9a-f]{8})?$/.test(r.detail)).map((r) => r.action);
      return String(of) === "url.revoke,url.create";
    });
    assert.deepEqual((await by("laptop")).length, 2, "it has rows as long as they last");
    const other = await world.server(account);
    await made(other, "tablet");
    assert.deepEqual((await world.must(200, "GET", `/audit?server_id=${other.id}&url=tablet`)).items, [], "without a row yet");
    await world.must(400, "GET", `/audit?server_id=${own.id}&url=tablet`); // of another server
  });

  test("is seen in when it was last used, over changes and restarts", async () => {
    const own = await world.server(account), laptop = await made(own, "laptop");
    const uses = async () => Object.fromEntries((await listed(own)).map((u) => [u.name, u.last_used_at && Date.parse(u.last_used_at)]));
    assert.deepEqual(await uses(), { first: null, laptop: null });
    const before = Date.now();
    await pinged(laptop.url);
    const used = await uses();
    assert.equal(used.first, null);
    assert.ok(used.laptop >= before && used.laptop <= Date.now());
    await made(own, "third"); // makes the server's snapshot anew
    assert.deepEqual(await uses(), { ...used, third: null });
    await pinged(own.url);
    const all = await uses();
    await world.postern.stop();
    await world.postern.start();
    assert.deepEqual(await uses(), all);
  });
});

test("rows that somebody else wrote let nobody in", async () => {
  const own = await world.server(account), laptop = await made(own, "laptop");
  await world.postern.stop();
  const db = database(world.postern);
  const { token_hash } = db.prepare("SELECT token_hash FROM server_url WHERE server_id = ? AND name = 'laptop'").get(own.id);
  db.prepare("UPDATE server_url SET name = 'renamed' WHERE token_hash = ?").run(token_hash);
  db.close();
  await world.postern.start();
  const url = (of) => world.postern.url + new URL(of).pathname;
  assert.equal(await pinged(url(laptop.url)), 404);
  assert.equal(await pinged(url(own.url)), 200);
  assert.deepEqual(await names(own), ["first"]);
  await world.postern.program.waitFor(/the URL 'renamed' of server \S+ is left out/);
});

describe("an API token", () => {
  test("tells when it was last used, over changes and restarts", async () => {
    const { id, token } = await world.must(201, "POST", "/api-token", { name: "lender", role: "client" });
    const used = async () => Object.fromEntries((await world.must(200, "GET", "/api-token?limit=1000")).items.map((t) => [t.name, t.last_used_at && Date.parse(t.last_used_at)]));
    assert.equal((await used()).lender, null);
    assert.ok((await used()).first <= Date.now(), "the one that asks");
    const before = Date.now();
    await world.must(403, "GET", "/mcp-server", undefined, { token }); // it may not, and was there
    const own = await world.must(200, "GET", "/whoami", undefined, { token });
    const at = (await used()).lender;
    assert.ok(at >= before && Date.parse(own.last_used_at) >= before, `${at}, ${JSON.stringify(own)}`);
    await world.server(account); // another catalog
    assert.equal((await used()).lender, at);
    await world.postern.stop();
    await world.postern.start();
    assert.equal((await used()).lender, at);
    const guarded = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    const r = await rpc(guarded.url, { jsonrpc: "2.0", id: 1, method: "ping" }, { authorization: `Bearer ${token}` });
    assert.equal(r.status, 200, r.text);
    assert.ok((await used()).lender > at, "at a server too");
    const cli = commands({ POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
    assert.match((await cli.ok(["token", "list"])).out, /^NAME +ROLE +CREATED +EXPIRES +LAST USED +ID\n[^]*^lender +client +\S+ +- +\d{4}-\S+ +tok_/m);
    await world.must(204, "DELETE", `/api-token/${id}`);
  });
});

describe("from the command line", () => {
  let cli, own;
  before(async () => {
    own = await world.server(account, { methods: ["read"] }, { name: "team" });
    const home = mkdtempSync(join(tmpdir(), "postern-urls-"));
    cli = commands({ HOME: home, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
  });

  test("a configuration is printed again, with a URL of its own", async () => {
    const urls = new Set();
    const clients = ["claude", "chatgpt", "claude-code", "cursor", "vscode", "claude-code"];
    for (const client of clients) {
      const { out, err } = await cli.ok(["mcp", "config", "team", "--for", client]);
      const [url] = out.match(/http:\/\/[^\s"']+\/mcp\/pst_[\w-]+/);
      assert.match(err, /shown this once/);
      assert.equal(await pinged(url), 200);
      urls.add(url);
    }
    assert.equal(urls.size, clients.length);
    await cli.ok(["mcp", "config", "team", "--for", "cursor", "--name", "desk"]);
    assert.deepEqual(await names(own), ["first", "chatgpt", "claude", "claude-code", "claude-code-2", "cursor", "desk", "vscode"]);
    await cli.fails(2, /claude\|chatgpt/, ["mcp", "config", "team", "--for", "netscape"]);
    await cli.fails(2, /claude\|chatgpt/, ["mcp", "config", "team"]);
    await cli.fails(5, /a URL of this name/, ["mcp", "config", "team", "--for", "cursor", "--name", "desk"]);
    assert.equal((await names(own)).length, 8, "what fails makes none");
  });

  test("the audit is filtered by one of them", async () => {
    const { url } = await cli.json(["mcp", "url", "add", "team", "kiosk"]);
    await modern(url, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
    await eventually("its row", async () => (await cli.json(["audit", "--server", "team", "--by-url", "kiosk"])).length === 1);
    assert.match((await cli.ok(["audit", "--by-url", "kiosk"])).out, /^AT .* URL .*\n.* kiosk +list_all_cloudflare_zones .*\n$/);
    await cli.fails(2, /did you mean "kiosk"/, ["audit", "--by-url", "kiok"]);
    await cli.ok(["mcp", "url", "revoke", "team", "kiosk", "--yes"]);
  });

  test("they are listed, made and revoked", async () => {
    const { url } = await cli.json(["mcp", "url", "add", "team", "phone"]);
    assert.equal(await pinged(url), 200);
    const { out } = await cli.ok(["mcp", "url", "list", "team"]);
    assert.match(out, /^NAME +MADE +LAST USED/);
    assert.match(out, /^phone +\d{4}-/m);
    assert.ok(!out.includes("pst_"));
    assert.equal((await cli.json(["mcp", "url", "list", "team"])).length, 9);
    await cli.fails(2, /--yes/, ["mcp", "url", "revoke", "team", "phone"]);
    await cli.ok(["mcp", "url", "revoke", "team", "phone", "--yes"]);
    assert.equal(await pinged(url), 404);
    await cli.fails(4, /no URL "phone"/, ["mcp", "url", "revoke", "team", "phone", "--yes"]);
  });
});
