// SPDX-License-Identifier: Apache-2.0
// People sign in to a server from AI clients, which know nothing but its address: official SDKs in each era, a browser that
// signs in on the way, tokens that are renewed, ended and lost on the way, and who may no more.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { axeFaults, noBrowser, startBrowser } from "../lib/browser.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { BINARY, modern, Program, start } from "../lib/postern.mjs";
import { answer, authorizeUrl, open, person, pkce, Provider, redeem, refresh, register, signIn } from "../lib/sign-in.mjs";
import { eventually } from "../lib/wait.mjs";

const CALL = { name: "list_all_cloudflare_zones", arguments: {} };
let world, account, server, ada;
before(async () => {
  world = await start();
  account = await world.account();
  server = await world.server(account, { methods: ["read"] }, { slug: "crm", sign_in: { groups: ["sales"] } });
  ada = await person(world, "ada", { groups: ["sales"] });
});
after(() => world?.close());

const bearer = (tokens) => ({ headers: { authorization: `Bearer ${tokens.access_token}` } });
const works = async (tokens, url = server.sign_in_url) => (await modern(url, "tools/list", {}, bearer(tokens))).status;

for (const [name, { signIn: connect }] of Object.entries(CLIENTS))
  test(`${name} signs in with nothing but the address, and calls a tool`, async () => {
    const provider = new Provider(ada), client = await connect(server.sign_in_url, provider);
    assert.equal(provider.opened.length, 1);
    const said = await client.callTool(CALL);
    assert.match(said.content[0].text, /example\.com/);
    // Its token runs out in mid-session: it renews by itself.
    const before = provider.held;
    provider.held = { ...before, access_token: "psa_gone" };
    assert.match((await client.callTool(CALL)).content[0].text, /example\.com/);
    assert.notEqual(provider.held.refresh_token, before.refresh_token);
    assert.equal(provider.opened.length, 1, "nobody was asked again");
    await client.close();
  });

describe("where to sign in", () => {
  test("is told to whoever comes without a token, the same for every address", async () => {
    const told = [];
    for (const slug of ["crm", "nowhere"])
      for (const method of ["HEAD", "GET", "POST", "DELETE"]) {
        const r = await fetch(`${world.postern.url}/mcp/${slug}`, { method });
        told.push([r.status, r.headers.get("www-authenticate").replace(slug, "…")].join(" "));
      }
    assert.deepEqual([...new Set(told)], [`401 Bearer resource_metadata="${world.postern.url}/.well-known/oauth-protected-resource/mcp/…", scope="mcp"`]);
    const r = await fetch(server.sign_in_url, { method: "POST", headers: { authorization: "Bearer psa_none" } });
    assert.match(r.headers.get("www-authenticate"), /^Bearer error="invalid_token", resource_metadata=/);
    for (const slug of ["crm", "nowhere"]) {
      const prm = await (await fetch(`${world.postern.url}/.well-known/oauth-protected-resource/mcp/${slug}`)).json();
      assert.deepEqual(prm, { resource: `${world.postern.url}/mcp/${slug}`, authorization_servers: [world.postern.url], scopes_supported: ["mcp"], bearer_methods_supported: ["header"] });
    }
    assert.equal((await fetch(`${world.postern.url}/.well-known/oauth-protected-resource`)).status, 404);
    assert.equal((await fetch(`${world.postern.url}/.well-known/openid-configuration`)).status, 404);
  });

  test("may be read by pages of any origin, which send nothing of the browser's own", async () => {
    for (const path of ["/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/mcp/crm"]) {
      const r = await fetch(world.postern.url + path, { headers: { origin: "https://elsewhere.example" } });
      assert.deepEqual([r.status, r.headers.get("access-control-allow-origin"), r.headers.get("access-control-allow-credentials")], [200, "*", null]);
    }
    const asked = await fetch(`${world.postern.url}/oauth/token`, { method: "OPTIONS", headers: { origin: "https://elsewhere.example", "access-control-request-method": "POST" } });
    assert.deepEqual([asked.status, asked.headers.get("access-control-allow-origin")], [204, "*"]);
  });
});

describe("who may", () => {
  test("is looked at with every request", async () => {
    const bob = await person(world, "bob", { groups: ["sales"] }), client = await register(world);
    const tokens = await signIn(world, bob, client, server.sign_in_url);
    assert.equal(await works(tokens), 200);
    await world.must(200, "PATCH", "/user/bob", { groups: ["ops"] });
    assert.equal(await works(tokens), 401);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { sign_in: { groups: ["sales"], people: ["bob"] } });
    assert.equal(await works(tokens), 200);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["read"], paused: true } });
    assert.equal(await works(tokens), 401);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { methods: ["read"], paused: false }, sign_in: { groups: ["sales"], people: null } });
    assert.equal(await works(tokens), 401);
    // What she may no more is not renewed, and has ended.
    assert.deepEqual((({ status, error }) => [status, error])(await refresh(world, client, tokens.refresh_token)), [400, "invalid_grant"]);
    await world.must(200, "PATCH", "/user/bob", { groups: ["sales"] });
    assert.equal(await works(tokens), 401);
    await world.must(204, "DELETE", "/user/bob");
  });

  test("is told on the page who may not, and the client hears of it", async () => {
    const eve = await person(world, "eve"), client = await register(world);
    const r = await open(authorizeUrl(world, client, server.sign_in_url, pkce()), eve.cookie);
    const to = new URL(r.headers.get("location"));
    assert.deepEqual([r.status, to.origin, to.searchParams.get("error"), to.searchParams.get("state"), to.searchParams.get("iss")], [303, "http://127.0.0.1:9876", "access_denied", "a state/+=", world.postern.url]);
    // A server that is not there looks the same.
    const nowhere = await open(authorizeUrl(world, client, `${world.postern.url}/mcp/nowhere`, pkce()), eve.cookie);
    assert.equal(new URL(nowhere.headers.get("location")).searchParams.get("error_description"), to.searchParams.get("error_description"));
  });

  test("ends a stream that is open when a group is taken away", async () => {
    const cleo = await person(world, "cleo", { groups: ["sales"] }), tokens = await signIn(world, cleo, await register(world), server.sign_in_url);
    const headers = { authorization: `Bearer ${tokens.access_token}`, accept: "application/json, text/event-stream", "content-type": "application/json" };
    const hello = await fetch(server.sign_in_url, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "by hand", version: "1" } } }) });
    const stream = await fetch(server.sign_in_url, { headers: { ...headers, "mcp-session-id": hello.headers.get("mcp-session-id") } });
    assert.equal(stream.status, 200);
    let ended = false;
    const read = (async () => {
      for await (const _ of stream.body);
      ended = true;
    })().catch(() => (ended = true));
    await world.must(200, "PATCH", "/user/cleo", { groups: [] });
    await eventually("the stream ended", () => ended);
    await read;
  });
});

test("no answer of hers, no code: she says no", async () => {
  const client = await register(world), { to, status } = await answer(authorizeUrl(world, client, server.sign_in_url, pkce()), ada.cookie, "no");
  assert.deepEqual([status, to.searchParams.get("error"), to.searchParams.get("code"), to.searchParams.get("iss")], [200, "access_denied", null, world.postern.url]);
  assert.equal(to.searchParams.get("state"), "a state/+=");
});

test("a call is written down with person, client and sign-in", async () => {
  const client = await register(world), tokens = await signIn(world, ada, client, server.sign_in_url);
  await modern(server.sign_in_url, "tools/call", CALL, bearer(tokens));
  const row = await eventually("the call has a row", async () => (await world.must(200, "GET", `/audit?limit=5&action=tools/call&actor=${ada.id}`)).items.find((i) => i.client_id === client.client_id));
  assert.deepEqual([row.actor_name, row.client_id, row.server_id, row.url], ["ada", client.client_id, server.id, "sign-in"]);
  assert.match(row.sign_in, /^sgn_/);
});

test("the audit is filtered by person, client and sign-in, in the API, on the command line and in a file", async () => {
  const zoe = await person(world, "zoe", { groups: ["sales"] }), clients = [await register(world), await register(world)], rows = [];
  for (const who of [ada, zoe])
    for (const client of clients) {
      await modern(server.sign_in_url, "tools/call", CALL, bearer(await signIn(world, who, client, server.sign_in_url)));
      rows.push(await eventually("the call has a row", async () => (await world.must(200, "GET", `/audit?action=tools/call&actor=${who.id}&client_id=${client.client_id}`)).items[0]));
    }
  const at = (...places) => places.map((i) => rows[i].id).sort();
  const asked = [
    ["actor", "zoe", "--actor", at(2, 3)],
    ["actor", zoe.id, "--actor", at(2, 3)],
    ["client_id", clients[0].client_id, "--client", at(0, 2)],
    ["sign_in", rows[1].sign_in, "--sign-in", at(1)],
  ];
  const run = async (...args) => {
    const program = new Program(BINARY, args, { env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token } });
    assert.equal((await program.exited).code, 0, program.output);
    return program.output;
  };
  const ids = (items) => items.map((e) => e.id).sort();
  const hold = async (filters) => {
    for (const [name, value, flag, expected] of filters) {
      const { items } = await world.must(200, "GET", `/audit?action=tools/call&${name}=${encodeURIComponent(value)}`);
      assert.deepEqual(ids(items), expected, `${name}=${value}`);
      assert.deepEqual(ids(JSON.parse(await run("audit", "--action", "tools/call", flag, value, "--json"))), expected, flag);
      const file = await run("audit", "export", "--action", "tools/call", flag, value);
      assert.deepEqual(ids(file.trim().split("\n").map((line) => JSON.parse(line))), expected, `export ${flag}`);
    }
  };
  await hold(asked);
  // Who has gone is found by the name she had.
  await world.must(204, "DELETE", "/user/zoe");
  await hold(asked.slice(0, 2));
  assert.deepEqual((await world.must(200, "GET", `/audit?actor=${zoe.id}&sign_in=${rows[0].sign_in}`)).items, [], "of two that have no row in common");
  const none = await world.api("GET", "/audit?actor=nobody");
  assert.equal(none.status, 400);
  assert.match(none.text, /no row has .*nobody.*client:nobody/);
});

describe("a refresh token", () => {
  const state = ({ status, error }) => [status, error];
  test("is another one each time; who asks twice at a time hears the same", async () => {
    const client = await register(world), first = await signIn(world, ada, client, server.sign_in_url);
    const both = await Promise.all(Array.from({ length: 6 }, () => refresh(world, client, first.refresh_token)));
    assert.deepEqual([...new Set(both.map((r) => r.status))], [200]);
    assert.equal(new Set(both.map((r) => r.refresh_token)).size, 1);
    assert.notEqual(both[0].refresh_token, first.refresh_token);
    for (const tokens of [first, ...both]) assert.equal(await works(tokens), 200);
  });

  test("ends the sign-in when an old one comes back after its successor was used twice", async () => {
    const client = await register(world), first = await signIn(world, ada, client, server.sign_in_url);
    const second = await refresh(world, client, first.refresh_token), third = await refresh(world, client, second.refresh_token);
    assert.equal(third.status, 200);
    assert.deepEqual(state(await refresh(world, client, first.refresh_token)), [400, "invalid_grant"]);
    assert.deepEqual(state(await refresh(world, client, third.refresh_token)), [400, "invalid_grant"]);
    for (const tokens of [first, second, third]) assert.equal(await works(tokens), 401);
    const row = await eventually("it has a row", async () => (await world.must(200, "GET", "/audit?limit=1&action=sign_in.reuse")).items[0]);
    assert.deepEqual([row.actor, row.client_id, row.outcome], [ada.id, client.client_id, "denied"]);
  });

  test("of another client, made up or of nobody counts for nothing", async () => {
    const client = await register(world), other = await register(world), tokens = await signIn(world, ada, client, server.sign_in_url);
    const [, id, , mac] = tokens.refresh_token.split("_");
    for (const made of [`psr_${id}_1_${"0".repeat(64)}`, `psr_${id}_2_${mac}`, `psr_${id}_0_${mac}`, `psr_${id}_-1_${mac}`, "psr_", "", `psr_${id}_99999999999999999999_${mac}`])
      assert.equal((await refresh(world, client, made)).status, 400, made);
    assert.equal(await works(tokens), 200, "whoever guesses ends nothing");
    assert.deepEqual(state(await refresh(world, other, tokens.refresh_token)), [400, "invalid_grant"]);
    assert.equal(await works(tokens), 401, "whoever has another's token ends it");
    assert.deepEqual(state(await refresh(world, { client_id: "cli_none" }, tokens.refresh_token)), [401, "invalid_client"]);
  });

  test("ends with the sign-in when its client says so", async () => {
    const client = await register(world), tokens = await signIn(world, ada, client, server.sign_in_url);
    const revoke = (token, client_id) => fetch(`${world.postern.url}/oauth/revoke`, { method: "POST", body: new URLSearchParams({ token, client_id }) });
    assert.equal((await revoke(tokens.refresh_token, "cli_other")).status, 200);
    assert.equal(await works(tokens), 200, "another client ends nothing");
    assert.equal((await revoke(tokens.refresh_token, client.client_id)).status, 200);
    assert.equal(await works(tokens), 401);
    assert.equal((await refresh(world, client, tokens.refresh_token)).status, 400);
  });
});

describe("what was let in", () => {
  const mine = async (who) => (await world.api("GET", "/client-sign-in?limit=100", undefined, { token: null, headers: { cookie: who.cookie } })).body.items;
  const end = (who, id) => world.api("DELETE", `/client-sign-in/${id}`, undefined, { token: null, headers: { cookie: who.cookie, origin: world.postern.url, "postern-console": "1" } });

  test("is seen and ended by who let it in, and by administrators", async () => {
    const dan = await person(world, "dan", { groups: ["sales"] }), client = await register(world);
    const tokens = await signIn(world, dan, client, server.sign_in_url), [own] = await mine(dan);
    assert.deepEqual([own.user, own.client, own.server, own.sent_to], ["dan", "A client of these tests", server.name, "127.0.0.1:9876"]);
    assert.ok(!(await mine(ada)).some((s) => s.id === own.id));
    assert.equal((await end(ada, own.id)).status, 404, "another's is as none");
    assert.equal(await works(tokens), 200);
    assert.equal((await end(dan, own.id)).status, 204);
    assert.equal(await works(tokens), 401);
    assert.equal((await refresh(world, client, tokens.refresh_token)).status, 400);
    const again = await signIn(world, dan, client, server.sign_in_url);
    await world.must(204, "DELETE", `/client/${client.client_id}`);
    assert.equal(await works(again), 401);
    assert.deepEqual((({ status, error }) => [status, error])(await refresh(world, client, again.refresh_token)), [401, "invalid_client"]);
    await world.must(403, "GET", "/client", undefined, { token: null, headers: { cookie: dan.cookie } });
  });

  test("is listed and ended on the command line, which prints the address for people", async () => {
    const run = async (...args) => {
      const program = new Program(BINARY, args, { env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token } });
      assert.equal((await program.exited).code, 0, program.output);
      return program.output;
    };
    const client = await register(world, { client_name: "Seen in a list" }), tokens = await signIn(world, ada, client, server.sign_in_url);
    assert.match(await run("client", "list"), new RegExp(`Seen in a list +registered .*${client.client_id}`));
    const [, id] = (await run("client", "signins")).match(/ada +Seen in a list .*(sgn_\w+)/);
    const used = async () => (await world.must(200, "GET", "/client-sign-in")).items.find((row) => row.id === id).last_used_at;
    assert.equal(await used(), null, "never used");
    assert.equal(await works(tokens), 200);
    assert.ok(Date.parse(await used()) > Date.now() - 600_000, "used just now");
    assert.match(await run("client", "end", id), /Ended sgn_/);
    assert.equal(await works(tokens), 401);
    assert.match(await run("client", "delete", client.client_id, "--yes"), /Removed cli_/);
    for (const name of ["chatgpt", "claude-code", "cursor"]) {
      const printed = await run("mcp", "config", server.name, "--for", name);
      assert.ok(printed.includes(server.sign_in_url) && !printed.includes("pst_"), printed);
    }
    assert.match(await run("mcp", "config", server.name, "--for", "chatgpt"), /Authentication +OAuth/);
    assert.match(await run("mcp", "config", server.name, "--for", "claude-code", "--name", "machine"), /\/mcp\/pst_/);
  });
});

describe("in a browser", { skip: noBrowser }, () => {
  test("she signs in on the way, sees who asks for what, and goes back to the client", async () => {
    const heard = [], callback = createServer((request, response) => (heard.push(request.url), response.end("done"))).listen(0, "127.0.0.1");
    await new Promise((done) => callback.once("listening", done));
    const redirect = `http://127.0.0.1:${callback.address().port}/callback`, client = await register(world, { client_name: "<b>Nice</b> client", redirect_uris: ["http://127.0.0.1/callback"] });
    const browser = await startBrowser(), page = await browser.newPage(), proof = pkce();
    page.setDefaultTimeout(120_000);
    try {
      await page.goto(String(authorizeUrl(world, client, server.sign_in_url, proof, { redirect_uri: redirect })));
      await page.getByLabel("Name").fill("ada");
      await page.getByLabel("Password").fill(ada.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Let an application in?" }).waitFor();
      const shown = await page.locator("main").innerText();
      for (const wanted of ["<b>Nice</b> client", new URL(redirect).host, server.name, account.name, "ada"]) assert.ok(shown.includes(wanted), `${wanted} is not in:\n${shown}`);
      assert.equal(await axeFaults(page), "");
      await page.getByRole("button", { name: "Let it in" }).click();
      await page.waitForURL(`${redirect}?**`);
      const to = new URL(heard[0], redirect);
      assert.equal(to.searchParams.get("iss"), world.postern.url);
      const tokens = await redeem(world, client, to.searchParams.get("code"), proof.verifier, { redirect_uri: redirect });
      assert.equal(await works(tokens), 200);
    } finally {
      await browser.close();
      callback.close();
    }
  });

  test("in German: all of it, what she may not as well, readable by a screen reader and at 320 px", async () => {
    const client = await register(world, { client_name: "Ein Programm" }), browser = await startBrowser();
    const page = await browser.newPage({ locale: "de-DE", viewport: { width: 320, height: 700 } }), proof = pkce();
    page.setDefaultTimeout(120_000);
    // What it says, without what is a name of somebody's.
    const german = async (...wanted) => {
      assert.equal(await page.locator("html").getAttribute("lang"), "de");
      const shown = await page.locator("body").innerText();
      for (const words of wanted) assert.ok(shown.includes(words), `"${words}" is not in:\n${shown}`);
      for (const english of [/\bThe server\b/, /\bLet it in\b/, /\bNobody\b/, /\bYou are\b/, /\bSigned in\b/, /\{\d\}/]) assert.doesNotMatch(shown, english);
      assert.equal(await axeFaults(page), "");
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, "nothing is cut off at the side");
    };
    try {
      await page.context().addCookies([{ name: ada.cookie.split("=")[0], value: ada.cookie.slice(ada.cookie.indexOf("=") + 1), url: world.postern.url }]);
      await page.goto(String(authorizeUrl(world, client, server.sign_in_url, proof)));
      await german("Eine Anwendung hereinlassen?", "Sie sind als ada angemeldet.", "Sie nennt sich", "Ein Programm", "Sie kommen danach zu", "Der Server", "Seine Werkzeuge", "die lesen", "Für ihren Namen bürgt niemand");
      const asked = String(page.url());
      await page.route(`${client.redirect_uris[0]}?**`, (route) => route.fulfill({ body: "" }));
      await page.getByRole("button", { name: "Nein" }).click();
      await page.waitForURL(/[?&]error=access_denied/);
      await page.goto(asked);
      assert.equal(await page.getByRole("button", { name: "Hereinlassen" }).count(), 1);
      // What is wrong is told in German, too.
      await page.goto(String(authorizeUrl(world, client, server.sign_in_url, proof, { redirect_uri: "https://elsewhere.example/" })));
      await german("Diese Anwendung will anderswohin", "hat sie nicht eingetragen");
      await page.goto(String(authorizeUrl(world, { client_id: "cli_nobody" }, server.sign_in_url, proof)));
      await german("Diese Anwendung ist hier nicht bekannt");
    } finally {
      await browser.close();
    }
  });
});
