// SPDX-License-Identifier: Apache-2.0
// What somebody else makes of it who wants in by a sign-in: at the address that codes are sent to, with codes and tokens of
// others, on the page of consent, and by clients that say what they are not.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { modern, start } from "../lib/postern.mjs";
import { answer, authorizeUrl, open, person, pkce, REDIRECT, redeem, register, signIn, token } from "../lib/sign-in.mjs";
import { certificate } from "../lib/tls.mjs";

let world, server, other, ada, client;
before(async () => {
  world = await start({ settings: { sign_in_clients: 40, sign_in_registrations: 1000 } });
  const account = await world.account();
  server = await world.server(account, { methods: ["read"] }, { slug: "crm", sign_in: { roles: ["viewer"] } });
  other = await world.server(account, { methods: ["read"] }, { slug: "other", sign_in: { roles: ["viewer"] } });
  ada = await person(world, "ada");
  client = await register(world, { redirect_uris: [REDIRECT, "https://app.example/cb"] });
});
after(() => world?.close());

const bearer = (tokens) => ({ headers: { authorization: `Bearer ${tokens.access_token}` } });
const state = ({ status, error }) => [status, error];
const authorize = (over, cookie = ada.cookie) => open(authorizeUrl(world, client, server.sign_in_url, pkce(), over), cookie);
async function code(over = {}, who = ada) {
  const proof = pkce(), { to } = await answer(authorizeUrl(world, over.client ?? client, over.resource ?? server.sign_in_url, proof, over.query), who.cookie);
  return { code: to.searchParams.get("code"), verifier: proof.verifier };
}

describe("the address that a code goes to", () => {
  const tricks = ["https://app.example/cb/", "https://app.example/cb/../evil", "https://app.example/cb?x=1", "https://app.example.evil.example/cb", "https://app.example@evil.example/cb", "https://evil.example/cb", "http://app.example/cb", "https://app.example:444/cb", "https://app.example/cb#f", "HTTPS://app.example/cb", "https://app.example/CB", "javascript:alert(1)", "data:text/html,x", "//app.example/cb", "/cb", "", "https://app.example\\@evil.example/cb", "https://app.example/cb\u0000", "http://127.0.0.1:9876/callback/x", "http://127.0.0.1:9876@evil.example/callback", "http://127.0.0.1.evil.example:9876/callback", "http://localhost:9876/callback", "http://127.0.0.1:98765x/callback", "http://[::1]:9876/callback", "http://127.0.0.2:9876/callback"];
  for (const redirect_uri of tricks)
    test(`${JSON.stringify(redirect_uri)} is not gone to`, async () => {
      const r = await authorize({ redirect_uri });
      assert.deepEqual([r.status, r.headers.get("location")], [400, null]);
      assert.doesNotMatch(await r.text(), /<form|http-equiv|href/);
    });

  test("may have any port where it is this machine's", async () => {
    assert.equal((await authorize({ redirect_uri: "http://127.0.0.1:1/callback" })).status, 200);
    assert.equal((await authorize({ redirect_uri: "http://127.0.0.1/callback" })).status, 200);
  });

  test("is refused at registration where nobody's code should go", async () => {
    for (const uri of ["http://app.example/cb", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a.example/#x", "https://u:p@a.example/", "about:blank", "vbscript:x", "blob:https://a.example/x", "ftp://a.example/", "", "https://", "x", "com.example:/ space", `https://a.example/${"x".repeat(600)}`]) {
      const made = await register(world, { redirect_uris: [uri] });
      assert.deepEqual(state(made), [400, "invalid_redirect_uri"], uri);
    }
    for (const redirect_uris of [[], undefined, "https://a.example/", Array(11).fill("https://a.example/"), [7]]) assert.equal((await register(world, { redirect_uris })).status, 400);
    for (const uri of ["cursor://anysphere.cursor-mcp/oauth/callback", "com.example.app:/cb", "http://localhost:8787/callback"]) assert.equal((await register(world, { redirect_uris: [uri] })).status, 201, uri);
  });

  test("is gone to without a click on this machine alone, and with the issuer", async () => {
    const away = await authorize({ response_type: "token", redirect_uri: "https://app.example/cb" });
    assert.deepEqual([away.status, away.headers.get("location")], [400, null]);
    assert.match(await away.text(), /href="https:\/\/app\.example\/cb\?error=unsupported_response_type/);
    const here = new URL((await authorize({ response_type: "token" })).headers.get("location"));
    assert.deepEqual([here.searchParams.get("error"), here.searchParams.get("iss")], ["unsupported_response_type", world.postern.url]);
  });
});

describe("PKCE", () => {
  for (const [says, over] of Object.entries({ "without a challenge": { code_challenge: undefined }, "with plain": { code_challenge_method: "plain" }, "without a method": { code_challenge_method: undefined }, "with a short challenge": { code_challenge: "abc" } }))
    test(`cannot be had ${says}`, async () => {
      assert.equal(new URL((await authorize(over)).headers.get("location")).searchParams.get("error"), "invalid_request");
    });

  test("is asked for with the code, which dies by a wrong answer", async () => {
    const one = await code();
    assert.deepEqual(state(await redeem(world, client, one.code, "")), [400, "invalid_request"]);
    assert.deepEqual(state(await redeem(world, client, one.code, pkce().verifier)), [400, "invalid_grant"]);
    assert.deepEqual(state(await redeem(world, client, one.code, one.verifier)), [400, "invalid_grant"]);
  });
});

describe("a code", () => {
  test("counts once; a second time ends what came of it", async () => {
    const one = await code(), tokens = await redeem(world, client, one.code, one.verifier);
    assert.equal((await modern(server.sign_in_url, "tools/list", {}, bearer(tokens))).status, 200);
    assert.deepEqual(state(await redeem(world, client, one.code, one.verifier)), [400, "invalid_grant"]);
    assert.equal((await modern(server.sign_in_url, "tools/list", {}, bearer(tokens))).status, 401);
  });

  test("of two at a time counts once at most", async () => {
    const one = await code(), all = await Promise.all(Array.from({ length: 8 }, () => redeem(world, client, one.code, one.verifier)));
    assert.ok(all.filter((r) => r.status === 200).length <= 1, JSON.stringify(all.map(state)));
  });

  test("is of its client, its address and its server", async () => {
    const thief = await register(world);
    for (const over of [{ client_id: thief.client_id }, { redirect_uri: "https://app.example/cb" }, { redirect_uri: "http://127.0.0.1:1/callback" }, { resource: other.sign_in_url }]) {
      const one = await code();
      assert.deepEqual(state(await redeem(world, client, one.code, one.verifier, over)), [400, "invalid_grant"], JSON.stringify(over));
    }
    const one = await code();
    assert.deepEqual(state(await redeem(world, client, one.code, one.verifier, { resource: "https://elsewhere.example/mcp/crm" })), [400, "invalid_target"]);
    assert.deepEqual(state(await redeem(world, client, one.code, one.verifier, { resource: `${world.postern.url}/mcp/nowhere` })), [400, "invalid_target"]);
  });

  test("is no refresh token, no access token, and the other way round", async () => {
    const one = await code(), tokens = await signIn(world, ada, client, server.sign_in_url);
    for (const secret of [one.code, tokens.refresh_token, tokens.access_token.replace("psa_", "pst_")])
      assert.equal((await modern(server.sign_in_url, "tools/list", {}, { headers: { authorization: `Bearer ${secret}` } })).status, 401);
    assert.deepEqual(state(await token(world, { grant_type: "refresh_token", client_id: client.client_id, refresh_token: tokens.access_token })), [400, "invalid_grant"]);
    assert.deepEqual(state(await redeem(world, client, tokens.refresh_token, one.verifier)), [400, "invalid_grant"]);
    for (const grant_type of ["password", "client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer", ""]) assert.equal((await token(world, { grant_type, client_id: client.client_id })).status, 400);
    assert.equal((await token(world, { grant_type: "authorization_code", client_id: client.client_id, code: one.code, code_verifier: one.verifier, redirect_uri: REDIRECT })).status, 200);
  });
});

describe("a token", () => {
  test("of one server opens no other, and nothing else of Postern", async () => {
    const tokens = await signIn(world, ada, client, server.sign_in_url);
    assert.equal((await modern(other.sign_in_url, "tools/list", {}, bearer(tokens))).status, 401);
    for (const path of ["/whoami", "/user", "/mcp-server", "/audit"]) assert.equal((await world.api("GET", path, undefined, { token: tokens.access_token })).status, 401, path);
  });

  test("is asked for at the address of a server, and a secret URL is none", async () => {
    for (const resource of [undefined, server.url, world.postern.url, `${world.postern.url}/mcp/`, `${world.postern.url}/mcp/crm/x`, `${world.postern.url}.evil.example/mcp/crm`, "https://elsewhere.example/mcp/crm"]) {
      const to = (await open(authorizeUrl(world, client, resource, pkce()), ada.cookie)).headers.get("location");
      assert.equal(new URL(to).searchParams.get("error"), "invalid_target", String(resource));
      assert.doesNotMatch(to, /pst_/);
    }
  });

  test("comes of an API token or a session for nobody", async () => {
    assert.equal((await modern(server.sign_in_url, "tools/list", {}, { headers: { authorization: `Bearer ${world.postern.token}` } })).status, 401);
    assert.equal((await modern(server.sign_in_url, "tools/list", {}, { headers: { cookie: ada.cookie } })).status, 401);
  });
});

describe("the page of consent", () => {
  test("gives nothing to a link, a form elsewhere, or who has not signed in", async () => {
    const url = authorizeUrl(world, client, server.sign_in_url, pkce());
    const page = await open(url, ada.cookie), text = await page.text();
    assert.doesNotMatch(text, /psc_|http-equiv|<script/);
    assert.match(page.headers.get("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/);
    assert.deepEqual([page.headers.get("x-frame-options"), page.headers.get("cache-control")], ["DENY", "no-store"]);
    const proof = text.match(/name="proof" value="([^"]*)"/)[1];
    for (const over of [{ origin: "https://elsewhere.example", proof }, { origin: "", proof }, { origin: "null", proof }, { proof: "" }, { proof: "x".repeat(43) }]) {
      const r = await answer(url, ada.cookie, "yes", over);
      assert.equal(r.status, 403, JSON.stringify(over));
      assert.doesNotMatch(r.text, /psc_/);
    }
    // What she was asked is what she answers: not for another request, and not by another browser.
    const another = new URL(url);
    another.searchParams.set("resource", other.sign_in_url);
    assert.equal((await answer(another, ada.cookie, "yes", { proof })).status, 403);
    const eve = await person(world, "eve");
    assert.equal((await answer(url, eve.cookie, "yes", { proof })).status, 403);
    const nobody = await open(url);
    assert.equal(nobody.status, 303);
    assert.equal(nobody.headers.get("location"), `/ui/sign-in?next=${encodeURIComponent(url.pathname + url.search).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`);
    assert.equal((await answer(url, "x=y", "yes", { proof })).status, 403);
  });

  test("takes each parameter once", async () => {
    const url = authorizeUrl(world, client, server.sign_in_url, pkce());
    url.searchParams.append("redirect_uri", "https://app.example/cb");
    assert.equal((await open(url, ada.cookie)).status, 400);
  });

  test("shows what a client says of itself as text, on one line, cut", async () => {
    for (const [name, shown] of [
      ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
      ["Claude\u202Eedualc\nYou may trust it", "Claude"],
      ["x".repeat(5000), "x".repeat(80)],
      ["", "a client without a name"],
    ]) {
      const made = await register(world, { client_name: name });
      assert.equal(made.status, 201);
      const text = await (await open(authorizeUrl(world, made, server.sign_in_url, pkce()), ada.cookie)).text();
      const line = text.match(/It calls itself<\/dt><dd>([^\n]*)<\/dd>/)?.[1];
      assert.ok(line?.startsWith(shown), line);
      assert.doesNotMatch(line, /[\u202A-\u202E\u2066-\u2069]|x{81}/u);
    }
  });
});

test("a flood of registrations pushes out itself, and no client that somebody has let in", async () => {
  const known = await register(world);
  await signIn(world, ada, known, server.sign_in_url);
  for (let i = 0; i < 60; i++) assert.equal((await register(world)).status, 201);
  const { items } = await world.must(200, "GET", "/client?limit=100");
  assert.ok(items.length <= 40, `${items.length} are there`);
  assert.ok(items.some((c) => c.id === known.client_id));
  for (const body of ["", "[]", "7", "{", '{"redirect_uris":null}']) assert.equal((await fetch(`${world.postern.url}/oauth/register`, { method: "POST", body })).status, 400, body);
});

test("who registers clients by the dozen is told to wait, whatever it sends, and nobody else is", async () => {
  const own = await start({ settings: { sign_in_registrations: 5, trusted_proxies: ["127.0.0.1/32"] } });
  const from = (address, body = JSON.stringify({ redirect_uris: [REDIRECT] })) => fetch(`${own.postern.url}/oauth/register`, { method: "POST", headers: { "content-type": "application/json", "x-forwarded-for": address }, body });
  try {
    // Window by window, since a slow machine may meet the end of one: of twenty in a row some are over, and none before five.
    const said = [];
    for (let i = 0; i < 20; i++) said.push(await from("203.0.113.7", i % 2 ? "{" : undefined));
    assert.deepEqual([...new Set(said.slice(0, 5).map((r) => r.status))].sort(), [201, 400]);
    const late = said.find((r) => r.status === 429);
    assert.ok(late, String(said.map((r) => r.status)));
    const seconds = Number(late.headers.get("retry-after"));
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60, late.headers.get("retry-after"));
    const body = await late.json();
    assert.deepEqual([body.error, typeof body.error_description], ["temporarily_unavailable", "string"]);
    assert.equal((await from("203.0.113.8")).status, 201, "another address");
  } finally {
    await own.close();
  }
});

describe("a client that is known by its document", () => {
  let inside, web, documents, address;
  const folder = mkdtempSync(join(tmpdir(), "postern-documents-"));
  before(async () => {
    const { cert, key } = certificate(folder, "documents");
    web = https.createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
      documents.asked.push(request.url);
      const [status, headers, body] = documents[request.url] ?? [404, {}, ""];
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
    });
    documents = { asked: [] };
    await new Promise((done) => web.listen(0, "127.0.0.1", done));
    address = `https://127.0.0.1:${web.address().port}`;
    inside = await start({ settings: { upstream_ca: cert } });
    inside.server = await inside.server(await inside.account(), { methods: ["read"] }, { slug: "crm", sign_in: { roles: ["viewer"] } });
    inside.ada = await person(inside, "ada");
  });
  after(async () => {
    await inside?.close();
    web?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (id, redirect_uri, who = inside.ada) => open(authorizeUrl(inside, { client_id: id }, inside.server.sign_in_url, pkce(), { redirect_uri }), who?.cookie);
  const document = (path, over = {}) => ({ client_id: address + path, client_name: "A documented client", redirect_uris: ["https://app.example/cb"], grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"], token_endpoint_auth_method: "private_key_jwt", ...over });

  test("signs in without having registered", async () => {
    documents["/good.json"] = [200, { "content-type": "application/json" }, document("/good.json")];
    const client = { client_id: `${address}/good.json`, redirect_uris: ["https://app.example/cb"] };
    const page = await (await ask(client.client_id, "https://app.example/cb")).text();
    assert.match(page, /A documented client/);
    assert.ok(page.includes(client.client_id) && page.includes("app.example"), page);
    const tokens = await signIn(inside, inside.ada, client, inside.server.sign_in_url);
    assert.equal((await modern(inside.server.sign_in_url, "tools/list", {}, bearer(tokens))).status, 200);
    assert.equal(documents.asked.filter((path) => path === "/good.json").length, 1, "it is read once, as long as it is fresh");
  });

  test("is not looked up for who has not signed in", async () => {
    documents["/early.json"] = [200, {}, document("/early.json")];
    assert.equal((await ask(`${address}/early.json`, "https://app.example/cb", null)).status, 303);
    assert.ok(!documents.asked.includes("/early.json"));
  });

  test("is nobody where its document lies, leads on, or is too large", async () => {
    documents["/lies.json"] = [200, {}, document("/good.json")];
    documents["/on.json"] = [302, { location: "/good.json" }, ""];
    documents["/large.json"] = [200, {}, { ...document("/large.json"), padding: "x".repeat(100_000) }];
    documents["/broken.json"] = [200, {}, "{"];
    documents["/bad.json"] = [200, {}, document("/bad.json", { redirect_uris: ["javascript:alert(1)"] })];
    for (const path of ["/lies.json", "/on.json", "/large.json", "/broken.json", "/bad.json", "/none.json"]) {
      const r = await ask(address + path, "https://app.example/cb");
      assert.deepEqual([r.status, r.headers.get("location")], [400, null], path);
      assert.doesNotMatch(await r.text(), /<form/);
    }
    const other = await ask(`${address}/good.json`, "https://evil.example/cb");
    assert.equal(other.status, 400);
  });

  test("leads nowhere inside", async () => {
    const guarded = await start({ settings: { upstream_allow: [], upstream_ca: join(folder, "documents.crt") } });
    try {
      const made = await guarded.must(201, "POST", "/user", { name: "ada", role: "viewer" });
      assert.ok(made.url);
      const ada = await person(guarded, "bea"), before = documents.asked.length;
      for (const id of [`${address}/good.json`, "https://169.254.169.254/latest/meta-data", "https://localhost/x", "https://[::1]/x", "https://2130706433/x"]) {
        const r = await open(authorizeUrl(guarded, { client_id: id }, `${guarded.postern.url}/mcp/crm`, pkce(), { redirect_uri: "https://app.example/cb" }), ada.cookie);
        assert.equal(r.status, 400, id);
      }
      assert.equal(documents.asked.length, before);
    } finally {
      await guarded.close();
    }
  });
});
