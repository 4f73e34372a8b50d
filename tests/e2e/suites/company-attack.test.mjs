// SPDX-License-Identifier: Apache-2.0
// Against the sign-in by a company's provider: bent tokens (oauth2-mock-server, signed by jose), answers that belong elsewhere,
// places to be led to, providers that are down, slow, endless or somebody else.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { exportSPKI, generateKeyPair, importJWK, SignJWT } from "jose";
import { OAuth2Server } from "oauth2-mock-server";
import { Postern } from "../lib/postern.mjs";
import { signingKey, startProvider, Wanderer } from "../lib/provider.mjs";
import { audited } from "../lib/wait.mjs";

let postern, mock, keys, url;
const audit = (action) => audited(postern, `action=${action}`);
const session = (browser) => browser.cookie(url, /^postern-\d+=/);
const setProvider = (name, issuer, more = {}) =>
  postern.must(201, "POST", "/provider", { name, issuer, client_id: "postern", groups_claim: "groups", rules: [{ group: "eng", role: "viewer" }], ...more });

before(async () => {
  postern = await new Postern({ public_url: undefined }).start();
  url = postern.url;
  mock = new OAuth2Server();
  await mock.start(0, "127.0.0.1");
  keys = {};
  for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
    const jwk = await signingKey(alg, alg);
    keys[alg] = { jwk, sign: await importJWK(jwk, alg) };
    await mock.issuer.keys.add(jwk);
  }
  await setProvider("mock", mock.issuer.url);
});
after(async () => {
  await postern?.close();
  await mock?.stop();
});

const SOUND = () => ({ groups: ["eng"], email: "ada@corp.example", email_verified: true });
const sign = (claims, alg = "RS256", header = {}) => new SignJWT(claims).setProtectedHeader({ alg, kid: alg, ...header }).sign(keys[alg].sign);
const b64 = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

// One sign-in, whose ID token `make` signs of the claims that would be right.
async function enter(make, { sub = "ada", door = "mock", browser = new Wanderer(), userinfo } = {}) {
  mock.service.removeAllListeners("beforeResponse");
  mock.service.removeAllListeners("beforeUserinfo");
  // What answers is synchronous: the nonce is read from the address that the browser is sent to, and the token made before.
  const there = await browser.open(`${url}/signin/${door}`, {}, (to) => to.startsWith(mock.issuer.url));
  if (!there.to?.startsWith(mock.issuer.url)) return { end: there, browser };
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: mock.issuer.url, aud: "postern", sub, nonce: new URL(there.to).searchParams.get("nonce"), iat: now, exp: now + 300, ...SOUND() };
  const token = await make(claims);
  mock.service.on("beforeResponse", (response) => {
    if (token === undefined) delete response.body.id_token;
    else response.body.id_token = token;
  });
  mock.service.on("beforeUserinfo", (response) => Object.assign(response.body, { sub, ...userinfo }));
  const end = await browser.open(there.to);
  return { end, browser };
}

const isIn = ({ browser }) => session(browser) !== undefined;
async function refuses(make, part, options) {
  const people = (await postern.must(200, "GET", "/user")).items.length;
  const got = await enter(make, options);
  assert.ok(got.end.status >= 400 && got.end.status < 500, `${got.end.status}: ${got.end.text}`);
  assert.match(got.end.text, part);
  assert.equal(isIn(got), false, "a session was given");
  assert.equal((await postern.must(200, "GET", "/user")).items.length, people, "somebody was made");
}

describe("tokens of jose", () => {
  test("are taken in each of the four algorithms", async () => {
    for (const alg of Object.keys(keys)) {
      const got = await enter((claims) => sign(claims, alg));
      assert.equal(got.end.status, 200, `${alg}: ${got.end.text}`);
      assert.ok(isIn(got), alg);
    }
    const several = await enter((claims) => sign({ ...claims, aud: ["other", "postern"], azp: "postern" }));
    assert.ok(isIn(several), several.end.text);
    const leeway = await enter((claims) => sign({ ...claims, iat: claims.iat + 30, exp: claims.iat - 30 }));
    assert.ok(isIn(leeway), leeway.end.text);
  });

  const bent = {
    "alg none": [(c) => `${b64({ alg: "none" })}.${b64(c)}.`, /three parts/],
    "alg none with a signature": [(c) => `${b64({ alg: "none" })}.${b64(c)}.AAAA`, /signed by .{0,6}none/],
    "HS256 with the public key as secret": [
      async (c) => {
        const text = `${b64({ alg: "HS256", kid: "RS256" })}.${b64(c)}`, pem = await exportSPKI(await importJWK({ kty: "RSA", n: keys.RS256.jwk.n, e: keys.RS256.jwk.e, ext: true }, "RS256", { extractable: true }));
        return `${text}.${createHmac("sha256", pem).update(text).digest("base64url")}`;
      },
      /signed by .{0,6}HS256/,
    ],
    "RS256 by another key of the same id": [async (c) => new SignJWT(c).setProtectedHeader({ alg: "RS256", kid: "RS256" }).sign((await generateKeyPair("RS256")).privateKey), /does not hold/],
    "a key that is not published": [async (c) => new SignJWT(c).setProtectedHeader({ alg: "RS256", kid: "elsewhere" }).sign((await generateKeyPair("RS256")).privateKey), /does not publish/],
    "a key out of its own header": [
      async (c) => {
        const { privateKey } = await generateKeyPair("RS256"), mine = await signingKey("x");
        delete mine.d;
        return new SignJWT(c).setProtectedHeader({ alg: "RS256", kid: "mine", jwk: mine, jku: "https://evil.example/jwks" }).sign(privateKey);
      },
      /does not publish/,
    ],
    "one algorithm's key for another": [(c) => sign(c, "RS256", { kid: "ES256" }), /does not (publish|hold)/],
    "another issuer": [(c) => sign({ ...c, iss: "https://evil.example" }), /another issuer/],
    "an issuer with a slash more": [(c) => sign({ ...c, iss: `${c.iss}/` }), /another issuer/],
    "another client": [(c) => sign({ ...c, aud: "other" }), /another client/],
    "several clients and no azp": [(c) => sign({ ...c, aud: ["postern", "other"] }), /another client/],
    "azp of another": [(c) => sign({ ...c, azp: "other" }), /another client/],
    "another nonce": [(c) => sign({ ...c, nonce: "x" }), /another sign-in/],
    "no nonce": [(c) => sign({ ...c, nonce: undefined }), /another sign-in/],
    expired: [(c) => sign({ ...c, iat: c.iat - 600, exp: c.iat - 120 }), /has expired/],
    "from the future": [(c) => sign({ ...c, iat: c.iat + 600, exp: c.iat + 900 }), /from the future/],
    "not yet": [(c) => sign({ ...c, nbf: c.iat + 600 }), /does not hold yet/],
    "no end": [(c) => sign({ ...c, exp: undefined }), /when it ends/],
    "no subject": [(c) => sign({ ...c, sub: undefined }), /names nobody/],
    "no token": [() => undefined, /no ID token/],
    "no token but text": [() => "hello", /three parts/],
    "a changed claim": [async (c) => (await sign(c)).replace(/\.[^.]+\./, `.${b64({ ...c, groups: ["eng", "admins"] })}.`), /does not hold/],
    "a signature of ECDSA with nothing in it": [(c) => `${b64({ alg: "ES256", kid: "ES256" })}.${b64(c)}.${Buffer.alloc(64).toString("base64url")}`, /does not hold/],
    "an extension that must be understood": [(c) => `${b64({ alg: "RS256", kid: "RS256", crit: ["x"], x: 1 })}.${b64(c)}.AAAA`, /not known here/],
  };
  for (const [what, [make, part]] of Object.entries(bent)) test(`with ${what} are refused`, () => refuses(make, part));

  test("without a kid are taken where one key alone can be meant, and refused where several can", async () => {
    const one = await enter((claims) => sign(claims, "ES256", { kid: undefined }));
    assert.ok(isIn(one), one.end.text);
    const other = await signingKey("another", "ES256");
    await mock.issuer.keys.add(other);
    await postern.must(200, "PATCH", "/provider/mock", { label: "Mock" }); // what is kept of it goes
    await refuses((claims) => sign(claims, "ES256", { kid: undefined }), /does not publish/);
  });
});

describe("who it is", () => {
  test("an address that nobody vouches for, another domain and a spelling of a group let nobody in", async () => {
    await postern.must(200, "PATCH", "/provider/mock", { rules: [{ group: "eng", role: "viewer" }, { domain: "corp.example", role: "admin" }] });
    for (const [claims, who] of [
      [{ email_verified: false }, "x1"],
      [{ email_verified: "yes" }, "x2"],
      [{ email: "a@corp.example.evil.example" }, "x3"],
      [{ email: "a@evil.example,b@corp.example" }, "x4"],
      [{ email: "a@evil.example@corp.example" }, "x5"],
      [{ email: undefined, email_verified: true, preferred_username: "a@corp.example" }, "x6"],
      [{ email: "a@evil.example", groups: ["ENG", "eng ", "eng/"] }, "x7"],
    ])
      await refuses((c) => sign({ ...c, groups: [], ...claims }), /no rule lets you in/, { sub: who, userinfo: { email: "a@evil.example", email_verified: false } });
    await postern.must(200, "PATCH", "/provider/mock", { rules: [{ group: "eng", role: "viewer" }] });
  });

  test("the same address or name is another person, and no local one", async () => {
    await postern.must(201, "POST", "/user", { name: "boss@corp.example", role: "admin" });
    const got = await enter((c) => sign({ ...c, email: "boss@corp.example" }), { sub: "not-the-boss" });
    const who = await postern.api("GET", "/whoami", undefined, { token: null, headers: { cookie: session(got.browser) } });
    assert.deepEqual([who.body.name, who.body.role], ["boss@corp.example (2)", "viewer"]);
  });

  test("what the UserInfo endpoint says of somebody else does not count", async () => {
    await refuses((c) => sign({ ...c, email: undefined }), /another person/, { sub: "real", userinfo: { sub: "other", groups: ["eng"] } });
  });

  test("too many groups refuse, with the reason", async () => {
    await refuses((c) => sign({ ...c, groups: undefined, _claim_names: { groups: "src1" } }), /left this person(&#39;|')s groups out/, { sub: "many" });
    await refuses((c) => sign({ ...c, groups: Array.from({ length: 201 }, (_, i) => `g${i}`) }), /more than 200 groups/, { sub: "many" });
  });
});

describe("answers", () => {
  const begin = async (browser = new Wanderer(), door = "mock") => ({ browser, to: new URL((await browser.once(`${url}/signin/${door}`)).to) });
  const back = (query) => `${url}/signin/callback?${new URLSearchParams(query)}`;

  test("of a browser that began nothing, or something else, are refused (login CSRF)", async () => {
    const attacker = await begin(), victim = new Wanderer();
    const state = attacker.to.searchParams.get("state");
    const lured = await victim.open(back({ code: "the-attackers", state }));
    assert.equal(lured.status, 403);
    assert.match(lured.text, /began no such sign-in/);
    assert.equal(session(victim), undefined);
    // One who is in the middle of his own goes on with it.
    const own = await begin(victim);
    const there = own.to.href;
    assert.equal((await victim.open(back({ code: "the-attackers", state }))).status, 403);
    const now = Math.floor(Date.now() / 1000);
    const token = await sign({ iss: mock.issuer.url, aud: "postern", sub: "ada", nonce: own.to.searchParams.get("nonce"), iat: now, exp: now + 60, ...SOUND() });
    mock.service.removeAllListeners("beforeResponse");
    mock.service.on("beforeResponse", (r) => (r.body.id_token = token));
    assert.equal((await victim.open(there)).status, 200);
    assert.ok(session(victim));
  });

  test("count once, also with the cookie that came with them", async () => {
    const browser = new Wanderer(), got = await enter((c) => sign(c), { browser });
    assert.ok(isIn(got));
    const answered = browser.seen.find((p) => p.url.startsWith(`${url}/signin/callback`)).url;
    const thief = await begin();
    assert.equal((await thief.browser.open(answered)).status, 403);
    // The cookie of the way copied before it was used up.
    const copy = new Wanderer(), again = await begin(copy);
    const held = [...copy.jar];
    const at = await copy.open(again.to.href, {}, (to) => to.startsWith(`${url}/signin/callback`));
    await copy.once(at.to);
    const replay = new Wanderer();
    replay.jar = new Map(held);
    const second = await replay.once(at.to);
    assert.equal(second.status, 403, second.text);
    assert.match(second.text, /used already/);
  });

  test("without a state, with a forged cookie, or none of the two are refused", async () => {
    const { browser, to } = await begin();
    for (const query of [{}, { code: "x" }, { state: "x" }, { code: "x", state: "" }, { code: "x", state: `${to.searchParams.get("state")}x` }, { error: "access_denied", state: "x" }])
      assert.equal((await browser.once(back(query))).status, 403, JSON.stringify(query));
    const forged = new Wanderer();
    const [key] = [...browser.jar.keys()].filter((k) => /-signin-/.test(k));
    for (const value of ["x", "", b64({ provider: "x", state: "s" }), browser.jar.get(key).slice(0, -2)]) {
      forged.jar = new Map([[key, value]]);
      assert.equal((await forged.once(back({ code: "x", state: to.searchParams.get("state") }))).status, 403, value);
    }
  });

  test("of another issuer are refused before anything is sent (mix-up)", async () => {
    const op = await startProvider({ people: { ada: SOUND() } });
    await op.register(postern, { name: "honest", rules: [{ group: "eng", role: "viewer" }] });
    let asked = 0;
    mock.service.removeAllListeners("beforeResponse");
    mock.service.on("beforeResponse", () => asked++);
    // The browser believes to be at the honest one; the answer says that it comes from there, and belongs to a sign-in at the other.
    const { browser, to } = await begin();
    const mixed = await browser.once(back({ code: "honest-code", state: to.searchParams.get("state"), iss: op.issuer }));
    assert.equal(mixed.status, 422, mixed.text);
    assert.match(mixed.text, /another authorization server/);
    assert.equal(asked, 0, "the code went to the wrong one");
    // oidc-provider says that it always names itself: an answer that does not is none of its.
    const honest = await begin(new Wanderer(), "honest");
    const unnamed = await honest.browser.once(back({ code: "x", state: honest.to.searchParams.get("state") }));
    assert.equal(unnamed.status, 422, unnamed.text);
    await op.close();
    await postern.must(204, "DELETE", "/provider/honest");
  });

  test("that say no are told in the provider's words, as text", async () => {
    const { browser, to } = await begin();
    const no = await browser.once(back({ error: "access_denied", error_description: "<script>alert(1)</script>", state: to.searchParams.get("state") }));
    assert.equal(no.status, 403);
    assert.doesNotMatch(no.text, /<script>/);
    assert.match(no.headers.get("content-security-policy"), /default-src 'none'/);
  });

  test("lead to a path of this address and nowhere else", async () => {
    for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)", "ui/", "/signin/mock", "/ui/\r\nx: y", `/${"a".repeat(2400)}`]) {
      const r = await new Wanderer().once(`${url}/signin/mock?${new URLSearchParams({ next })}`);
      assert.equal(r.status, 400, `${next}: ${r.status} ${r.to}`);
    }
    for (const next of ["/ui/answer/x?y=1", "/oauth/authorize?client_id=https%3A%2F%2Fa.example%2Fx&state=a%2Bb"]) {
      const browser = new Wanderer();
      const there = await browser.once(`${url}/signin/mock?${new URLSearchParams({ next })}`);
      const now = Math.floor(Date.now() / 1000);
      const token = await sign({ iss: mock.issuer.url, aud: "postern", sub: "ada", nonce: new URL(there.to).searchParams.get("nonce"), iat: now, exp: now + 60, ...SOUND() });
      mock.service.removeAllListeners("beforeResponse");
      mock.service.on("beforeResponse", (r) => (r.body.id_token = token));
      const at = await browser.open(there.to, {}, (x) => x === url + next);
      assert.equal(at.to, url + next);
    }
  });

  test("leave no code, state, token or secret in log and audit", async () => {
    const all = JSON.stringify(await audit("signin.enter")) + postern.program.output;
    assert.doesNotMatch(all, /sti_[\w-]{20}|stn_[\w-]{20}|stv_[\w-]{20}|eyJ[\w-]{20}/);
    assert.match(all, /signin.enter/);
  });
});

describe("providers", () => {
  // One that answers what a test wants, by path.
  async function crooked(answers) {
    const server = http.createServer((q, r) => {
      const give = answers[new URL(q.url, "http://x").pathname];
      if (!give) return r.writeHead(404).end();
      server.asked = (server.asked ?? 0) + 1;
      give(r, q);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const issuer = `http://127.0.0.1:${server.address().port}`;
    return { server, issuer, close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))) };
  }
  const json = (value) => (r) => r.setHeader("content-type", "application/json").end(JSON.stringify(value));
  const metadata = (issuer, more = {}) => ({ issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t`, jwks_uri: `${issuer}/jwks`, ...more });
  const WELL = "/.well-known/openid-configuration";
  const tries = async (answers, fill) => {
    const p = await crooked(answers);
    fill?.(p.issuer, answers);
    const r = await postern.api("POST", "/provider", { name: "crooked", issuer: p.issuer, client_id: "postern" });
    await p.close();
    return r;
  };

  test("that name another issuer, lack something or lead inside are not kept", async () => {
    const key = { keys: [await signingKey("a").then(({ d, p, q, dp, dq, qi, ...open }) => open)] };
    const cases = [
      [(i, a) => (a[WELL] = json(metadata("https://evil.example"))), /calls itself/],
      [(i, a) => (a[WELL] = json({ ...metadata(i), jwks_uri: undefined })), /no jwks_uri/],
      [(i, a) => (a[WELL] = json({ ...metadata(i), jwks_uri: "http://10.0.0.1/keys" })), /not https/],
      [(i, a) => (a[WELL] = json({ ...metadata(i), jwks_uri: "https://10.0.0.1/keys" })), /upstream_allow|private|refus/i],
      [(i, a) => (a[WELL] = json({ ...metadata(i), jwks_uri: "file:///etc/passwd" })), /no address/],
      [(i, a) => ((a[WELL] = json(metadata(i))), (a["/jwks"] = json({ keys: Array(101).fill(key.keys[0]) }))), /more than 100 keys/],
      [(i, a) => ((a[WELL] = json(metadata(i))), (a["/jwks"] = (r) => r.end(JSON.stringify({ keys: [{ kty: "oct", k: "a".repeat(300_000) }] })))), /bytes|large|long/],
      [(i, a) => ((a[WELL] = json(metadata(i))), (a["/jwks"] = json({ keys: [{ kty: "oct", k: "AAAA" }] }))), /no key for/],
      [(i, a) => ((a[WELL] = json(metadata(i))), (a["/jwks"] = (r) => r.end("<html>"))), /no JSON/],
      [(i, a) => (a[WELL] = (r) => r.writeHead(302, { location: `${i}/elsewhere` }).end()), /status 302/],
      [() => {}, /status 404/],
    ];
    for (const [fill, part] of cases) {
      const r = await tries({}, fill);
      assert.ok(r.status >= 400, r.text);
      assert.match(r.text, part);
    }
    assert.equal((await postern.api("GET", "/provider/crooked")).status, 404);
  });

  test("that are down, slow or endless are told on a page, and are not asked by every click", async () => {
    const answers = {}, p = await crooked(answers);
    answers[WELL] = (r) => r.writeHead(503).end();
    await setProvider("down", p.issuer, { untested: true });
    const down = await new Wanderer().once(`${url}/signin/down`);
    assert.equal(down.status, 502, down.text);
    assert.match(down.text, /Not signed in/);
    const asked = p.server.asked;
    for (let i = 0; i < 5; i++) assert.equal((await new Wanderer().once(`${url}/signin/down`)).status, 502);
    assert.equal(p.server.asked, asked, "a failure is told again without asking");
    // Endless: more than fits comes, and never ends.
    answers[WELL] = (r) => {
      r.setHeader("content-type", "application/json");
      const timer = setInterval(() => r.write("a".repeat(65_536)), 5);
      r.on("close", () => clearInterval(timer));
    };
    await postern.must(200, "PATCH", "/provider/down", { label: "Endless" });
    const endless = await new Wanderer().once(`${url}/signin/down`);
    assert.ok(endless.status >= 400, endless.text);
    // Slow: it is given up, and meanwhile others sign in.
    answers[WELL] = () => {};
    await postern.must(200, "PATCH", "/provider/down", { label: "Slow" });
    const slow = new Wanderer().once(`${url}/signin/down`);
    const other = await enter((c) => sign(c));
    assert.ok(isIn(other), other.end.text);
    const gave = await slow;
    assert.ok([502, 504].includes(gave.status), `${gave.status} ${gave.text}`);
    await p.close();
  });

  test("may not be reached inside where the operator does not allow it", async () => {
    const closed = await new Postern({ public_url: undefined, upstream_allow: [] }).start();
    const r = await closed.api("POST", "/provider", { name: "mock", issuer: mock.issuer.url, client_id: "postern" });
    assert.ok(r.status >= 400, r.text);
    assert.match(r.text, /upstream_allow/);
    await closed.close();
  });

  test("are named to a stranger by name and label alone, and no other way", async () => {
    const ways = await postern.api("GET", "/signin", undefined, { token: null });
    for (const way of ways.body.items) assert.deepEqual(Object.keys(way), ["name", "label"]);
    assert.equal((await new Wanderer().once(`${url}/signin/nobody`)).status, 404);
    for (const method of ["POST", "PUT", "DELETE"]) assert.equal((await fetch(`${url}/signin/mock`, { method })).status, 405);
  });

  test("an editor and a viewer neither see nor change", async () => {
    for (const role of ["editor", "viewer", "client"]) {
      const { token } = await postern.must(201, "POST", "/api-token", { name: role, role });
      for (const [method, path, body] of [["GET", "/provider"], ["GET", "/provider/mock"], ["POST", "/provider", { name: "x", issuer: "https://x.example", client_id: "x" }], ["PATCH", "/provider/mock", { rules: [{ everyone: true, role: "admin" }] }], ["DELETE", "/provider/mock"]])
        assert.equal((await postern.api(method, path, body, { token })).status, 403, `${role}: ${method} ${path}`);
    }
  });
});
