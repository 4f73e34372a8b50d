// SPDX-License-Identifier: Apache-2.0
// OAuth 2.0 client credentials (RFC 6749 §4.4) of REST APIs: from the document's security schemes to calls that have an
// access token, with token endpoints that give, refuse, wait, rotate and lie.
import assert from "node:assert/strict";
import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Clock } from "../lib/clock.mjs";
import { commands } from "../lib/command.mjs";
import { Postern, modern } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { audited, eventually } from "../lib/wait.mjs";

const CLIENT = { client_id: "the-client", client_secret: "s3cret/of:the client+%" };
const SECRETS = [CLIENT.client_secret, encodeURIComponent(CLIENT.client_secret)];
let serial = 0;

// A vendor with an API and a token endpoint on one address, which go by `rules`.
async function startVendor(rules = {}) {
  const vendor = { valid: new Set(), given: [], rules: { methods: ["basic"], expires_in: 3600, ...rules } };
  const server = await startRecorder(async (r) => {
    const path = r.target.split("?")[0];
    return path === "/oauth/token" ? vendor.token(r) : vendor.api(r);
  });
  vendor.who = (r) => {
    const form = new URLSearchParams(r.body);
    const [scheme, text] = (r.headers.authorization ?? "").split(" ");
    if (scheme === "Basic") {
      const [id, secret] = Buffer.from(text, "base64").toString().split(":").map(decodeURIComponent);
      return vendor.rules.methods.includes("basic") && id === CLIENT.client_id && secret === (vendor.secret ?? CLIENT.client_secret);
    }
    return vendor.rules.methods.includes("post") && form.get("client_id") === CLIENT.client_id && form.get("client_secret") === (vendor.secret ?? CLIENT.client_secret);
  };
  vendor.token = async (r) => {
    await vendor.rules.gate;
    const refusal = vendor.rules.refuse?.(r);
    if (refusal) return refusal;
    const form = new URLSearchParams(r.body);
    if (form.get("grant_type") !== "client_credentials") return { status: 400, body: { error: "unsupported_grant_type" } };
    if (!vendor.who(r)) return { status: 401, body: { error: "invalid_client", error_description: "the client is unknown" } };
    const token = `at-${++serial}-${"x".repeat(24)}`;
    if (vendor.rules.rotates) vendor.valid.clear();
    vendor.valid.add(token);
    vendor.given.push({ token, form: Object.fromEntries(form), headers: r.headers });
    const { expires_in, token_type = "Bearer" } = vendor.rules;
    return { body: { access_token: token, token_type, ...(expires_in ? { expires_in } : {}) } };
  };
  vendor.api = (r) => {
    const token = r.headers.authorization?.replace(/^Bearer /, "");
    if (!vendor.valid.has(token)) return vendor.rules.unwelcome?.(token) ?? { status: 401, body: { message: "who are you?" } };
    return { body: { ok: true, key: r.headers["x-key"] ?? null } };
  };
  Object.assign(vendor, { url: server.url, requests: server.requests, close: server.close });
  vendor.calls = () => vendor.requests.filter((r) => r.target.startsWith("/things"));
  vendor.asked = () => vendor.requests.filter((r) => r.target.startsWith("/oauth/token"));
  return vendor;
}

const documentOf = (vendor, { tokenUrl = `${vendor.url}/oauth/token`, security = "[{oauth: []}]", more = "" } = {}) => `
openapi: 3.0.3
info: {title: t, version: '1'}
servers: [{url: '${vendor.url}'}]
security: ${security}
paths:
  /things:
    get: {operationId: listThings, responses: {'200': {description: ok}}}
    post: {operationId: createThing, requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}, responses: {'200': {description: ok}}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: '${tokenUrl}', scopes: {things.read: Read, things.write: Write}}}}
${more}`;

async function world(t, { settings = {}, rules, clock: wanted } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "postern-client-"));
  const vendor = await startVendor(rules);
  const postern = new Postern(settings);
  const clock = wanted ? new Clock(folder) : undefined;
  if (clock) postern.env = clock.env;
  await postern.start();
  t.after(async () => {
    await postern.close();
    await vendor.close();
    clock?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const cli = commands({ HOME: folder, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token });
  const w = { vendor, postern, clock, cli, folder };
  w.import = async (document = documentOf(vendor), ...flags) => {
    const name = `api${++serial}`;
    return { name, report: await cli.json(["connector", "import", name, "--openapi", "-", ...flags], { input: document }) };
  };
  w.connect = (connector, credential = CLIENT, more = {}) => postern.must(201, "POST", "/integrated-account", { connector, name: connector, credential, ...more });
  w.serve = async (account) => {
    const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: account.name, config: { methods: ["read", "write", "custom"] } });
    const tools = (await modern(server.url, "tools/list")).body.result.tools;
    const named = (part) => tools.find((x) => x.name.includes(part)).name;
    w.call = async (part = "list", args = {}) => (await modern(server.url, "tools/call", { name: named(part), arguments: args })).body.result;
    return server;
  };
  w.whole = async (document, ...flags) => {
    const { name, report } = await w.import(document, ...flags);
    const account = await w.connect(name);
    await w.serve(account);
    return { name, report, account };
  };
  return w;
}
const said = (result) => result.content[0].text;
const good = (result) => assert.ok(!result.isError, said(result));

describe("from the document to a call", () => {
  test("imports the flow, asks for a token with the document's scopes, and calls with it", async (t) => {
    const w = await world(t);
    const { name, account } = await w.whole();
    const connector = await w.postern.must(200, "GET", `/connector/${name}`);
    const way = connector.ways[0];
    assert.deepEqual([way.auth, way.token_url, way.scope], ["client_credentials", `${w.vendor.url}/oauth/token`, "things.read things.write"]);
    assert.deepEqual(way.fields.map((f) => f.name), ["client_id", "client_secret"]);
    assert.equal(connector.ways[1].auth, "fields", "an access token does as before");
    assert.equal(account.status, "ok");
    assert.equal(w.vendor.asked().length, 1, "a token was really fetched, once");
    assert.equal(w.vendor.given[0].form.scope, "things.read things.write");
    good(await w.call());
    good(await w.call("create", { name: "a" }));
    assert.equal(w.vendor.asked().length, 1, "the token that the account was verified with goes on");
    assert.deepEqual(w.vendor.calls().map((r) => r.headers.authorization), Array(2).fill(`Bearer ${w.vendor.given[0].token}`));
    const shown = (await w.cli.ok(["connector", "show", name])).out;
    assert.match(shown, /client_id.*client_secret.*\/oauth\/token/);
    const checks = await w.postern.must(200, "POST", `/integrated-account/${account.id}/doctor`);
    assert.ok(checks.healthy, JSON.stringify(checks));
    assert.match(JSON.stringify(checks), /the token endpoint gives an access token/);
  });

  test("a relative token URL starts at the API's address; Swagger 2.0 has the flow as application", async (t) => {
    const w = await world(t);
    await w.whole(documentOf(w.vendor, { tokenUrl: "/oauth/token" }));
    good(await w.call());
    const { host } = new URL(w.vendor.url);
    await w.whole(`swagger: '2.0'
info: {title: t, version: '1'}
host: ${host}
schemes: [http]
securityDefinitions: {o: {type: oauth2, flow: application, tokenUrl: '${w.vendor.url}/oauth/token', scopes: {a: A}}}
security: [{o: [a]}]
paths: {/things: {get: {operationId: listThings, responses: {'200': {description: ok}}}}}`);
    good(await w.call());
    assert.equal(w.vendor.given.at(-1).form.scope, "a");
  });

  test("a key that the API wants beside the token goes along", async (t) => {
    const w = await world(t);
    const { name } = await w.import(documentOf(w.vendor, { security: "[{oauth: [], key: []}]", more: "    key: {type: apiKey, in: header, name: X-Key}\n" }));
    const account = await w.connect(name, { ...CLIENT, x_key: "beside-it" });
    await w.serve(account);
    const result = await w.call();
    good(result);
    assert.equal(w.vendor.calls().at(-1).headers["x-key"], "beside-it");
    assert.doesNotMatch(said(result), /beside-it/, "the vendor repeats it, and we do not");
  });

  test("a header that is the client's id asks for it once", async (t) => {
    const w = await world(t);
    const { name } = await w.import(documentOf(w.vendor, { security: "[{key: [], oauth: []}]", more: "    key: {type: apiKey, in: header, name: Client-Id}\n" }));
    const way = (await w.postern.must(200, "GET", `/connector/${name}`)).ways[0];
    assert.deepEqual(way.fields.map((f) => f.name), ["client_id", "client_secret"]);
    await w.serve(await w.connect(name));
    good(await w.call());
    assert.equal(w.vendor.calls().at(-1).headers["client-id"], CLIENT.client_id);
  });

  test("flags say otherwise: scope, audience, resource, how the client shows itself", async (t) => {
    const w = await world(t, { rules: { methods: ["post"], token_type: "Access" } });
    const plain = documentOf(w.vendor).replace(/clientCredentials/, "implicit");
    await w.whole(plain, "--auth", "client-credentials", "--token-url", `${w.vendor.url}/oauth/token`, "--scope", "only.this", "--audience", "aud-1", "--resource", "https://api.example", "--client-auth", "client_secret_post", "--token-type", "access");
    good(await w.call());
    const { form } = w.vendor.given[0];
    assert.deepEqual([form.scope, form.audience, form.resource, form.client_id], ["only.this", "aud-1", "https://api.example", CLIENT.client_id]);
    assert.equal(w.vendor.asked().length, 1);
    await w.whole(documentOf(w.vendor), "--scope", "none", "--token-type", "access");
    assert.equal(w.vendor.given.at(-1).form.scope, undefined);
    await w.cli.fails(2, /--audience is of OAuth client credentials/, ["connector", "import", "none", "--openapi", "-", "--auth", "bearer", "--audience", "x"], { input: plain });
    await w.cli.fails(2, /--token-url/, ["connector", "import", "none", "--openapi", "-", "--auth", "client-credentials"], { input: plain });
  });

  test("where nobody says how the client shows itself, both ways are tried once, and what was taken is kept", async (t) => {
    const w = await world(t, { rules: { methods: ["post"] } });
    const { account } = await w.whole();
    assert.equal(w.vendor.asked().length, 2);
    w.vendor.valid.clear();
    good(await w.call());
    assert.equal(w.vendor.asked().length, 3, "the next token is asked for by the form at once");
    assert.equal((await w.postern.must(200, "GET", `/integrated-account/${account.id}`)).status, "ok");
  });

  test("private_key_jwt: a key in place of a secret, which never leaves", async (t) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    const w = await world(t);
    w.vendor.who = (r) => {
      const form = new URLSearchParams(r.body);
      const [head, claims, signature] = form.get("client_assertion")?.split(".") ?? [];
      const told = JSON.parse(Buffer.from(claims ?? "e30", "base64url"));
      const verify = createVerify("SHA256").update(`${head}.${claims}`);
      return told.sub === CLIENT.client_id && told.aud === `${w.vendor.url}/oauth/token` && verify.verify({ key: publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
    };
    const { name } = await w.import(documentOf(w.vendor), "--client-auth", "private_key_jwt");
    const file = join(w.folder, "key.pem");
    writeFileSync(file, pem);
    await w.cli.ok(["account", "add", name, "--credential", `client_id=${CLIENT.client_id}`, "--credential", `private_key=@${file}`]);
    const account = await w.cli.json(["account", "show", name]);
    await w.serve(account);
    good(await w.call());
    assert.ok(!w.vendor.requests.some((r) => r.body.includes("PRIVATE")));
  });

  test("postern up and account add ask for id and secret, saying where the secret goes", async (t) => {
    const w = await world(t);
    const { name } = await w.import();
    const { out, code } = await w.cli.typed(["up", name, "--for", "cursor"], [[/Client ID: /, CLIENT.client_id], [/Client secret \(goes to \S+\/oauth\/token\): /, CLIENT.client_secret]]);
    assert.equal(code, 0, out);
    assert.match(out, /Connected .*: 2 tools/);
    assert.ok(!out.includes(CLIENT.client_secret));
    await w.cli.ok(["account", "add", name, "--name", "second", "--credential-stdin"], { input: JSON.stringify(CLIENT) });
  });
});

describe("tokens end", () => {
  test("a token is renewed before its end, one that ran out is replaced, and all who wait share it", async (t) => {
    const w = await world(t, { clock: true, rules: { expires_in: 3600 } });
    await w.whole();
    w.clock.ahead(3600 - 60); // within the last minutes: sent as it is, and renewed behind it
    good(await w.call());
    await eventually("it was renewed", () => w.vendor.given.length === 2);
    w.clock.ahead(2 * 3600 + 600);
    let open;
    w.vendor.rules.gate = new Promise((go) => (open = go));
    const many = Array.from({ length: 20 }, () => w.call());
    await eventually("the endpoint is asked", () => w.vendor.asked().length === 3);
    open();
    for (const result of await Promise.all(many)) good(result);
    assert.equal(w.vendor.asked().length, 3, "twenty calls, one token");
  });

  test("without expires_in a token is used until it is refused, and then replaced once", async (t) => {
    const w = await world(t, { clock: true, rules: { expires_in: 0 } });
    await w.whole();
    w.clock.ahead(30 * 86400);
    good(await w.call());
    assert.equal(w.vendor.given.length, 1);
    w.vendor.valid.clear();
    good(await w.call("create", { name: "b" }));
    assert.equal(w.vendor.given.length, 2);
    assert.equal(w.vendor.calls().filter((r) => r.method === "POST").length, 2, "refused, and sent again");
  });

  test("an endpoint that ends the token before with each new one", async (t) => {
    const w = await world(t, { rules: { rotates: true } });
    const { account } = await w.whole();
    good(await w.call());
    await w.postern.must(200, "POST", `/integrated-account/${account.id}/verify`); // fetches one
    good(await w.call());
    w.vendor.valid.clear();
    const results = await Promise.all(Array.from({ length: 10 }, () => w.call()));
    results.forEach(good);
  });

  for (const [how, answer] of Object.entries({
    "400 in words": { status: 400, body: { error: "token expired" } },
    "403 by a challenge": { status: 403, headers: { "www-authenticate": 'Bearer error="invalid_token"' }, body: {} },
    "404 in words": { status: 404, body: { message: "Invalid access token" } },
  }))
    test(`a vendor that says it otherwise than by 401: ${how}`, async (t) => {
      const w = await world(t, { rules: { unwelcome: () => answer } });
      await w.whole();
      w.vendor.valid.clear();
      good(await w.call());
      assert.equal(w.vendor.given.length, 2);
    });

  test("a 401 that no token mends is the vendor's answer, and does not ask for tokens without end", async (t) => {
    const w = await world(t);
    await w.whole();
    w.vendor.api = () => ({ status: 401, body: { message: "this client may not do that" } });
    for (let i = 0; i < 8; i++) {
      const result = await w.call();
      assert.ok(result.isError);
      assert.match(said(result), /this client may not do that/);
    }
    assert.ok(w.vendor.asked().length <= 4, `${w.vendor.asked().length} tokens`);
  });

  test("other refusals ask for no token", async (t) => {
    const w = await world(t);
    await w.whole();
    for (const answer of [{ status: 403, body: { message: "You are not authorized to see this" } }, { status: 400, body: { message: "Invalid page token" } }, { status: 500, body: { message: "token expired" } }]) {
      w.vendor.api = () => answer;
      assert.ok((await w.call()).isError);
    }
    assert.equal(w.vendor.asked().length, 1);
  });
});

describe("refusals of the token endpoint", () => {
  const shapes = {
    JSON: [{ status: 400, body: { error: "invalid_client", error_description: "no such client here" } }, /invalid_client: no such client here/],
    form: [{ status: 400, headers: { "content-type": "application/x-www-form-urlencoded" }, body: "error=unauthorized_client&error_description=not+for+you" }, /unauthorized_client: not for you/],
    HTML: [{ status: 401, headers: { "content-type": "text/html" }, body: "<html><head><title>Client disabled</title></head><body>…</body></html>" }, /Client disabled/],
    scope: [{ status: 400, body: { error: "invalid_scope", error_description: "things.write is not yours" } }, /invalid_scope.*things.write is not yours/],
    "a kind that is not Bearer": [{ body: { access_token: "mac-token-1234567890", token_type: "mac" } }, /kind other than Bearer/],
    "no token": [{ body: { hello: "world" } }, /no usable token|refused|cannot give/],
  };
  for (const [how, [answer, pattern]] of Object.entries(shapes))
    test(`at first connecting and in a call: ${how}`, async (t) => {
      const w = await world(t);
      const { name } = await w.import();
      w.vendor.rules.refuse = () => answer;
      const refused = await w.postern.api("POST", "/integrated-account", { connector: name, name, credential: CLIENT });
      assert.ok(refused.status >= 400, refused.text);
      assert.match(refused.body.error.message, pattern);
      assert.match(refused.body.error.message, /no access token/);
      w.vendor.rules.refuse = undefined;
      const account = await w.connect(name);
      await w.serve(account);
      w.vendor.valid.clear();
      w.vendor.rules.refuse = () => answer;
      const result = await w.call();
      assert.ok(result.isError);
      if (answer.status === 400 || answer.status === 401) {
        assert.match(said(result), pattern);
        const { status, status_text } = await w.postern.must(200, "GET", `/integrated-account/${account.id}`);
        assert.equal(status, "failing");
        assert.match(status_text, pattern);
        w.vendor.rules.refuse = undefined;
        await eventually("it works again", async () => !(await w.call()).isError);
        await eventually("and says so", async () => (await w.postern.must(200, "GET", `/integrated-account/${account.id}`)).status === "ok");
      }
      for (const secret of SECRETS) assert.ok(!w.postern.program.output.includes(secret));
    });

  test("an endpoint that is down leaves the account as it is, and is not asked by each call", async (t) => {
    const w = await world(t);
    const { account } = await w.whole();
    w.vendor.valid.clear();
    w.vendor.rules.refuse = () => ({ status: 503, body: "later" });
    const before = w.vendor.asked().length;
    for (let i = 0; i < 5; i++) assert.ok((await w.call()).isError);
    assert.ok(w.vendor.asked().length - before <= 2);
    assert.equal((await w.postern.must(200, "GET", `/integrated-account/${account.id}`)).status, "ok");
  });
});

describe("the credential", () => {
  test("another secret is tried before it replaces the one that is there; a key rotation carries it", async (t) => {
    const w = await world(t);
    const { account } = await w.whole();
    const refused = await w.postern.api("PATCH", `/integrated-account/${account.id}`, { credential: { ...CLIENT, client_secret: "a-wrong-secret" } });
    assert.equal(refused.status, 422, refused.text);
    assert.equal((await w.postern.must(200, "GET", `/integrated-account/${account.id}`)).status, "ok");
    good(await w.call());
    w.vendor.secret = "another-s3cret-entirely";
    w.vendor.valid.clear();
    assert.ok((await w.call()).isError);
    await w.cli.ok(["account", "recredential", account.name, "--credential-stdin"], { input: JSON.stringify({ ...CLIENT, client_secret: w.vendor.secret }) });
    good(await w.call());
    await w.cli.ok(["key", "rotate"]);
    await w.postern.stop();
    await w.postern.start();
    w.cli = commands({ HOME: w.folder, POSTERN_URL: w.postern.url, POSTERN_TOKEN: w.postern.token });
    await w.serve({ ...account, name: `again${++serial}` });
    good(await w.call());
  });

  test("is in no row, log, error or answer in clear, whatever the vendor repeats", async (t) => {
    const w = await world(t);
    const { account } = await w.whole();
    w.vendor.api = (r) => ({ status: 400, body: { message: `you sent ${r.headers.authorization}`, basic: Buffer.from(`${encodeURIComponent(CLIENT.client_id)}:${encodeURIComponent(CLIENT.client_secret)}`).toString("base64"), secret: CLIENT.client_secret } });
    const result = await w.call();
    const token = w.vendor.given[0].token;
    const told = JSON.stringify(result) + w.postern.program.output + JSON.stringify(await audited(w.postern)) + JSON.stringify(await w.postern.must(200, "GET", `/integrated-account/${account.id}`));
    for (const secret of [token, ...SECRETS, Buffer.from(`${CLIENT.client_id}:${encodeURIComponent(CLIENT.client_secret)}`).toString("base64")]) assert.ok(!told.includes(secret), `${secret} in ${told.slice(0, 2000)}`);
    w.vendor.valid.clear();
    w.vendor.api = () => ({ status: 401, body: {} });
    w.vendor.rules.refuse = (r) => ({ status: 400, body: { error: "invalid_client", error_description: `got ${r.headers.authorization} and ${CLIENT.client_secret}` } });
    const refused = JSON.stringify(await w.call()) + w.postern.program.output;
    for (const secret of SECRETS) assert.ok(!refused.includes(secret), refused);
    assert.ok(!refused.includes(w.vendor.asked()[0].headers.authorization.split(" ")[1]), refused);
  });
});

describe("a document that names a token endpoint of its own", () => {
  let evil, kind;
  before(async () => {
    [evil, kind] = [await startRecorder(), await startRecorder(() => ({ body: { access_token: "from-an-allowed-place", token_type: "Bearer" } }))];
  });
  after(async () => {
    await evil.close();
    await kind.close();
  });
  const elsewhere = () => ({ tokenUrl: `${evil.url}/oauth/token` });

  test("is not followed to another host: its way is left out, aloud, until the operator says that URL", async (t) => {
    const w = await world(t);
    const { name, report } = await w.import(documentOf(w.vendor, elsewhere()));
    assert.deepEqual(report.token_urls_left, [`${evil.url}/oauth/token`]);
    const { ways } = await w.postern.must(200, "GET", `/connector/${name}`);
    assert.ok(ways.length && ways.every((x) => x.auth !== "client_credentials"), JSON.stringify(ways));
    const refused = await w.postern.api("POST", "/integrated-account", { connector: name, name, credential: CLIENT });
    assert.equal(refused.status, 400, refused.text);
    const { out } = await w.cli.ok(["connector", "import", name, "--openapi", "-"], { input: documentOf(w.vendor, elsewhere()) });
    assert.match(out, new RegExp(`Left out: .*${evil.url}/oauth/token.*--token-url`));
    const only = { input: documentOf(w.vendor, elsewhere()) };
    await w.cli.fails(2, /another host than the API's/, ["connector", "import", "only", "--openapi", "-", "--auth", "client-credentials"], only);
    assert.equal(evil.requests.length, 0);
    const said = await w.import(documentOf(w.vendor, elsewhere()), "--token-url", `${kind.url}/oauth/token`);
    assert.deepEqual(said.report.token_urls_left, []);
    await w.connect(said.name);
    assert.equal(evil.requests.length, 0);
    assert.equal(kind.requests.length, 1);
    await eventually("the audit has it", async () => (await w.cli.ok(["audit", "--json"])).out.includes(`client secrets go to ${kind.url}/oauth/token`), { ms: 20_000 });
  });

  test("upstream_origins says it for the operator", async (t) => {
    const w = await world(t, { settings: { upstream_origins: [kind.url] } });
    const { name, report } = await w.import(documentOf(w.vendor, { tokenUrl: `${kind.url}/oauth/token` }));
    assert.deepEqual(report.token_urls_left, []);
    await w.connect(name);
  });

  test("imported later, it leads no account's secret anywhere: the endpoint is sealed with it", async (t) => {
    const w = await world(t);
    const { name, account } = await w.whole();
    // Even the operator's own word on another endpoint is for credentials that are given from then on.
    await w.cli.ok(["connector", "import", name, "--openapi", "-", "--token-url", `${evil.url}/oauth/token`], { input: documentOf(w.vendor) });
    assert.equal((await w.postern.must(200, "GET", `/connector/${name}`)).ways[0].token_url, `${evil.url}/oauth/token`);
    w.vendor.valid.clear();
    good(await w.call());
    await w.postern.must(200, "POST", `/integrated-account/${account.id}/verify`);
    await w.postern.stop();
    await w.postern.start();
    w.vendor.valid.clear();
    await w.postern.must(200, "POST", `/integrated-account/${account.id}/verify`);
    assert.equal(evil.requests.length, 0);
  });

  test("redirects, private addresses and plain http lead nowhere", async (t) => {
    const w = await world(t, { rules: { refuse: () => ({ status: 307, headers: { location: `${evil.url}/oauth/token` }, body: {} }) } });
    const { name } = await w.import();
    const refused = await w.postern.api("POST", "/integrated-account", { connector: name, name, credential: CLIENT });
    assert.ok(refused.status >= 400, refused.text);
    for (const [url, pattern] of [["http://169.254.169.254/token", /not https/], ["https://169.254.169.254/token", /address|allow/], ["http://vendor.example/token", /not https/]]) {
      const { name } = await w.import(documentOf(w.vendor), "--token-url", url);
      const answer = await w.postern.api("POST", "/integrated-account", { connector: name, name, credential: CLIENT });
      assert.ok(answer.status >= 400, answer.text);
      assert.match(answer.text, pattern);
    }
    for (const url of ["ftp://x/token", "javascript:alert(1)", "https://u:p@x.example/token#f"]) {
      const r = await w.cli.run(["connector", "import", "bad", "--openapi", "-", "--token-url", url], { input: documentOf(w.vendor) });
      assert.notEqual(r.code, 0, `${url}: ${r.out}`);
    }
    assert.equal(evil.requests.length, 0);
  });
});
