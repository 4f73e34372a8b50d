// SPDX-License-Identifier: Apache-2.0
// The vendors' authorization servers: metadata, registration, consent, tokens, rotation, and each thing that may be wrong.

import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { beforeEach, test } from "node:test";
import { Client, StreamableHTTPClientTransport, UnauthorizedError, type OAuthClientProvider } from "@modelcontextprotocol/client";
import { connect, consent } from "../consent.js";
import { accountId } from "../tokens.js";
import { CALLBACK, Stage, type Json } from "./stage.js";

const stage = await Stage.start();
const VENDORS = ["cloudflare", "cloudinary", "arcjet"] as const;

beforeEach(async () => {
  for (const vendor of VENDORS) await stage.reset(vendor);
});

const get = async (url: string): Promise<{ status: number; headers: Headers; body: Json }> => {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
};
const prm = (vendor: (typeof VENDORS)[number], path: string) => get(stage.url(vendor, `/.well-known/oauth-protected-resource${path}`));
const params = (redirect: string | undefined) => new URL(redirect!).searchParams;

test("metadata is what each vendor says", async () => {
  const cloudflare = await stage.metadata("cloudflare");
  const origin = stage.at["cloudflare"].origin;
  assert.deepEqual(
    [
      cloudflare["issuer"],
      cloudflare["revocation_endpoint"],
      cloudflare["authorization_endpoint"],
      cloudflare["client_id_metadata_document_supported"],
    ],
    [origin, `${origin}/token`, `${origin}/oauth/authorize`, false],
  );
  assert.deepEqual(cloudflare["code_challenge_methods_supported"], ["plain", "S256"]);
  assert.equal(cloudflare["scopes_supported"], undefined);
  assert.deepEqual((await prm("cloudflare", "/observability/mcp")).body, {
    resource: `${origin}/observability/mcp`,
    authorization_servers: [origin],
    bearer_methods_supported: ["header"],
  });
  assert.equal((await prm("cloudflare", "")).status, 404);
  assert.equal((await prm("cloudflare", "/docs/mcp")).status, 404, "docs are open");
  const cloudinary = await stage.metadata("cloudinary");
  assert.equal(cloudinary["revocation_endpoint"], undefined);
  assert.ok(cloudinary["scopes_supported"].includes("asset_management"));
  assert.equal((await prm("cloudinary", "")).body["resource"], stage.url("cloudinary", "/mcp"));
  assert.deepEqual((await stage.metadata("arcjet"))["code_challenge_methods_supported"], ["S256"]);
});

test("without a token, and with a bad one: the two forms of 401", async () => {
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const none = await stage.post("cloudflare", "/bindings/mcp", undefined, list);
  const metadata = stage.url("cloudflare", "/.well-known/oauth-protected-resource/bindings/mcp");
  assert.deepEqual([none.status, none.headers.get("www-authenticate")], [401, `Bearer realm="OAuth", resource_metadata="${metadata}"`]);
  const bad = await stage.post("cloudflare", "/bindings/mcp", "a:b:c", list);
  assert.equal(bad.headers.get("www-authenticate"), `Bearer realm="OAuth", resource_metadata="${metadata}", error="invalid_token"`);
  assert.ok(((await bad.json()) as Json)["error_description"]);
  await stage.set("cloudflare", { www_authenticate: "absent" });
  assert.equal((await stage.post("cloudflare", "/bindings/mcp", undefined, list)).headers.get("www-authenticate"), null);
  assert.equal((await stage.counters("cloudflare"))["unauthorized"], 3);
});

test("registration: 201 with the client, and a relative registration_client_uri at Cloudflare", async () => {
  const made = await stage.register("cloudflare");
  assert.equal(made.status, 201);
  assert.equal(made.client["registration_client_uri"], `/register/${made.client["client_id"]}`);
  assert.equal(made.client["client_secret"], undefined);
  assert.ok((await stage.register("cloudflare", { token_endpoint_auth_method: "client_secret_basic" })).client["client_secret"]);
  await stage.set("cloudflare", { dcr: "status_200" });
  assert.equal((await stage.register("cloudflare")).status, 200);
  await stage.set("cloudflare", { dcr: "refused" });
  assert.deepEqual(
    [(await stage.register("cloudflare")).status, (await stage.register("cloudflare")).client["error"]],
    [400, "invalid_client_metadata"],
  );
  await stage.set("cloudflare", { dcr: "absent" });
  assert.equal((await stage.metadata("cloudflare"))["registration_endpoint"], undefined);
  assert.deepEqual([(await stage.counters("cloudflare"))["registrations"], (await stage.counters("cloudflare"))["registrations_refused"]], [3, 2]);
});

test("a person allows or denies, and chooses; state comes back", async () => {
  const { client } = await stage.register("cloudinary");
  const { link } = await stage.link("cloudinary", client, stage.url("cloudinary", "/mcp"));
  const denied = params((await consent(link, { decision: "deny" })).redirect);
  assert.deepEqual([denied.get("error"), denied.get("state"), denied.get("code")], ["access_denied", "a-state", null]);
  const grant = await stage.authorize("cloudinary", "/mcp", { cloud: "acme-retail" });
  const [held] = (await stage.control("cloudinary", "GET", "grants")) as unknown as Json[];
  assert.deepEqual(held!["choice"], { cloud: "acme-retail" });
  assert.equal(JSON.parse(Buffer.from(grant.tokens["access_token"].split(".")[1], "base64url").toString()).cloud_name, "acme-retail");
  const none = await consent(link, { cloud: "of-somebody-else" });
  assert.deepEqual([none.page?.status, none.redirect], [400, undefined]);
  assert.deepEqual((await stage.counters("cloudinary"))["consents"], { allow: 1, deny: 1 });
});

test("accounts are chosen at Cloudflare, a team at Arcjet; the token has its vendor's form", async () => {
  const one = await stage.authorize("cloudflare", "/bindings/mcp", { account: accountId("retail") });
  assert.equal(one.tokens["access_token"].split(":").length, 3);
  const [held] = (await stage.control("cloudflare", "GET", "grants")) as unknown as Json[];
  assert.deepEqual(held!["choice"], { accounts: [accountId("retail")] });
  assert.match((await stage.authorize("arcjet", "/mcp")).tokens["access_token"], /^ajat_/);
});

test("the client's own callback is visited by connect()", async () => {
  const server = createServer((req, res) => res.end(`got ${new URL(req.url!, "http://x").searchParams.get("state")}`)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb`;
  const { client } = await stage.register("arcjet", { redirect_uris: [callback] });
  const { link } = await stage.link("arcjet", client, stage.url("arcjet", "/mcp"), { redirect_uri: callback });
  assert.equal((await connect(link)).body, "got a-state");
  server.close();
});

test("iss: sent, left out though advertised, or wrong", async () => {
  const { client } = await stage.register("arcjet");
  const seen: Json = {};
  for (const iss of ["send", "unsent", "missing", "wrong"]) {
    await stage.set("arcjet", { iss });
    const advertised = (await stage.metadata("arcjet"))["authorization_response_iss_parameter_supported"] ?? false;
    const { link } = await stage.link("arcjet", client, stage.url("arcjet", "/mcp"));
    seen[iss] = [advertised, params((await consent(link)).redirect).get("iss")];
  }
  const issuer = stage.at["arcjet"].origin;
  assert.deepEqual(seen, { send: [true, issuer], unsent: [false, null], missing: [true, null], wrong: [true, "https://issuer.example"] });
});

test("a code works once, with its verifier, its redirect and its client; a second use ends the grant", async () => {
  const grant = await stage.authorize("arcjet", "/mcp");
  const form = {
    grant_type: "authorization_code",
    code: grant.code,
    client_id: grant.client["client_id"],
    redirect_uri: CALLBACK,
    code_verifier: grant.verifier,
  };
  assert.equal((await stage.token("arcjet", form)).body["error"], "invalid_grant");
  assert.equal((await stage.refresh("arcjet", grant)).body["error"], "invalid_grant", "the replay ended it");
  const { client } = await stage.register("arcjet");
  const { link } = await stage.link("arcjet", client, stage.url("arcjet", "/mcp"));
  const code = params((await consent(link)).redirect).get("code")!;
  const wrong = { ...form, code, client_id: client["client_id"], code_verifier: "x".repeat(43) };
  assert.equal((await stage.token("arcjet", wrong)).body["error"], "invalid_grant");
});

test("PKCE: plain where it is offered, nothing where S256 is gone", async () => {
  const { client } = await stage.register("cloudflare");
  const resource = stage.url("cloudflare", "/bindings/mcp");
  const { link } = await stage.link("cloudflare", client, resource, { code_challenge: "v".repeat(43), code_challenge_method: "plain" });
  const code = params((await consent(link)).redirect).get("code")!;
  const form = { grant_type: "authorization_code", code, client_id: client["client_id"], redirect_uri: CALLBACK, code_verifier: "v".repeat(43) };
  assert.equal((await stage.token("cloudflare", form)).status, 200);
  await stage.set("cloudflare", { s256: false, pkce_plain: false });
  assert.equal((await stage.metadata("cloudflare"))["code_challenge_methods_supported"], undefined);
  const { link: other } = await stage.link("cloudflare", client, resource);
  assert.equal(params((await consent(other)).redirect).get("error"), "invalid_request");
});

test("clients with a secret: basic and post, each only as registered", async () => {
  const { client } = await stage.register("cloudflare", { token_endpoint_auth_method: "client_secret_basic" });
  const resource = stage.url("cloudflare", "/bindings/mcp");
  const { token_endpoint } = await stage.metadata("cloudflare");
  const redeem = async (headers: Record<string, string>, more: Record<string, string>) => {
    const { link, verifier } = await stage.link("cloudflare", client, resource);
    const code = params((await consent(link)).redirect).get("code")!;
    const form = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier, ...more });
    return (await fetch(token_endpoint, { method: "POST", headers, body: form })).status;
  };
  const basic = (secret: string) => ({ authorization: `Basic ${Buffer.from(`${client["client_id"]}:${secret}`).toString("base64")}` });
  assert.equal(await redeem(basic(client["client_secret"]), {}), 200);
  assert.equal(await redeem(basic("wrong"), {}), 401);
  assert.equal(await redeem({}, { client_id: client["client_id"], client_secret: client["client_secret"] }), 401);
});

test("private_key_jwt: signed by the client's key, for this server, once", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await stage.set("arcjet", { auth_methods: ["private_key_jwt"] });
  assert.deepEqual((await stage.metadata("arcjet"))["token_endpoint_auth_methods_supported"], ["private_key_jwt"]);
  const jwks = { keys: [publicKey.export({ format: "jwk" })] };
  await stage.control("arcjet", "POST", "clients", {
    client_id: "keyed",
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: "private_key_jwt",
    jwks,
  });
  const assertion = (more: Json = {}) => {
    const claims = { iss: "keyed", sub: "keyed", aud: stage.at["arcjet"].origin, exp: Date.now() / 1000 + 60, jti: String(Math.random()), ...more };
    const text = [{ alg: "ES256" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${text}.${sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };
  const redeem = async (client_assertion: string) => {
    const { link, verifier } = await stage.link("arcjet", { client_id: "keyed" }, stage.url("arcjet", "/mcp"));
    const code = params((await consent(link)).redirect).get("code")!;
    const form = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier };
    const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    return (await stage.token("arcjet", { ...form, client_assertion, client_assertion_type: type })).status;
  };
  const once = assertion();
  assert.deepEqual([await redeem(once), await redeem(once)], [200, 401]);
  assert.equal(await redeem(assertion({ aud: "https://other.example" })), 401);
  assert.equal(await redeem(assertion({ exp: 1 })), 401);
  assert.equal(await redeem(assertion().slice(0, -8) + "AAAAAAAA"), 401);
});

test("a client known beforehand, and one that is a document", async () => {
  await stage.control("arcjet", "POST", "clients", { client_id: "known", redirect_uris: [CALLBACK] });
  const resource = stage.url("arcjet", "/mcp");
  assert.ok((await consent((await stage.link("arcjet", { client_id: "known" }, resource)).link)).redirect);
  const server = createServer((req, res) => {
    const id = `http://${req.headers.host}/client.json`;
    res.end(JSON.stringify({ client_id: id, client_name: "Documented", redirect_uris: [CALLBACK] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const id = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client.json`;
  const { link } = await stage.link("arcjet", { client_id: id }, resource);
  assert.equal((await consent(link)).page?.status, 400, "not offered");
  await stage.set("arcjet", { cimd: true });
  assert.equal((await stage.metadata("arcjet"))["client_id_metadata_document_supported"], true);
  assert.ok((await consent(link)).redirect);
  server.close();
});

test("open redirects and foreign resources are refused", async () => {
  const { client } = await stage.register("arcjet");
  const resource = stage.url("arcjet", "/mcp");
  const { link } = await stage.link("arcjet", client, resource, { redirect_uri: "https://elsewhere.example/cb" });
  assert.equal((await consent(link)).page?.status, 400);
  const { link: foreign } = await stage.link("arcjet", client, "https://other.example/mcp");
  assert.equal(params((await consent(foreign)).redirect).get("error"), "invalid_target");
});

test("rotation with grace: the one before holds until the new one is used", async () => {
  const grant = await stage.authorize("cloudflare", "/bindings/mcp");
  const first = grant.tokens["refresh_token"];
  const second = (await stage.refresh("cloudflare", grant)).body["refresh_token"];
  assert.notEqual(second, first);
  const third = (await stage.refresh("cloudflare", grant, first)).body["refresh_token"];
  assert.ok(third, "the answer was lost, so the old one is tried again");
  assert.ok((await stage.refresh("cloudflare", grant, third)).body["refresh_token"]);
  assert.equal((await stage.refresh("cloudflare", grant, first)).body["error"], "invalid_grant");
  const counters = await stage.counters("cloudflare");
  assert.deepEqual(
    [counters["token"], counters["token_refused"], counters["refreshes"]],
    [{ authorization_code: 1, refresh_token: 4 }, { invalid_grant: 1 }, 3],
  );
});

test("strict rotation: a used one that comes again ends the grant; none: the same for ever", async () => {
  const grant = await stage.authorize("arcjet", "/mcp");
  const next = (await stage.refresh("arcjet", grant)).body["refresh_token"];
  assert.equal((await stage.refresh("arcjet", grant)).body["error"], "invalid_grant");
  assert.equal((await stage.refresh("arcjet", grant, next)).body["error"], "invalid_grant");
  const kept = await stage.authorize("cloudinary", "/mcp");
  for (let i = 0; i < 2; i++) {
    const { status, body } = await stage.refresh("cloudinary", kept);
    assert.deepEqual([status, body["refresh_token"]], [200, undefined]);
  }
});

test("a refresh token at Cloudinary only for those who ask for offline_access", async () => {
  const grant = await stage.authorize("cloudinary", "/mcp", {}, { scope: "openid asset_management" });
  assert.deepEqual([grant.tokens["refresh_token"], grant.tokens["scope"]], [undefined, "openid asset_management"]);
});

test("tokens are for one resource, and for a time", async () => {
  const grant = await stage.authorize("cloudflare", "/bindings/mcp");
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const token = grant.tokens["access_token"];
  assert.equal((await stage.post("cloudflare", "/bindings/mcp", token, list)).status, 200);
  assert.equal((await stage.post("cloudflare", "/observability/mcp", token, list)).status, 401);
  await stage.control("cloudflare", "POST", "expire");
  assert.equal((await stage.post("cloudflare", "/bindings/mcp", token, list)).status, 401);
  const fresh = (await stage.refresh("cloudflare", grant)).body["access_token"];
  assert.equal((await stage.post("cloudflare", "/bindings/mcp", fresh, list)).status, 200);
  await stage.set("cloudflare", { access_ttl: 0 });
  const stale = (await stage.refresh("cloudflare", await stage.authorize("cloudflare", "/bindings/mcp"))).body;
  assert.equal(stale["expires_in"], 0);
  assert.equal((await stage.post("cloudflare", "/bindings/mcp", stale["access_token"], list)).status, 401);
});

test("revocation, at the token endpoint or its own, ends the grant", async () => {
  for (const [vendor, path] of [
    ["cloudflare", "/bindings/mcp"],
    ["arcjet", "/mcp"],
  ] as const) {
    const grant = await stage.authorize(vendor, path);
    const { revocation_endpoint } = await stage.metadata(vendor);
    const form = new URLSearchParams({ token: grant.tokens["refresh_token"], client_id: grant.client["client_id"] });
    assert.equal((await fetch(revocation_endpoint, { method: "POST", body: form })).status, 200);
    assert.equal((await stage.post(vendor, path, grant.tokens["access_token"], { jsonrpc: "2.0", id: 1, method: "tools/list" })).status, 401);
    assert.equal((await stage.refresh(vendor, grant)).body["error"], "invalid_grant");
    assert.equal((await stage.counters(vendor))["revocations"], 1);
  }
});

test("refresh on demand: invalid_grant, 500, slow, lost after rotating", async () => {
  const grant = await stage.authorize("arcjet", "/mcp");
  const arm = (fault: Json) => stage.fault("arcjet", { match: { grant: "refresh_token" }, ...fault });
  await arm({ kind: "oauth_error" });
  assert.equal((await stage.refresh("arcjet", grant)).body["error"], "invalid_grant");
  await arm({ kind: "status", status: 503 });
  assert.equal((await stage.refresh("arcjet", grant)).status, 503);
  await arm({ kind: "slow", delay_ms: 150 });
  const started = Date.now();
  const next = (await stage.refresh("arcjet", grant)).body["refresh_token"];
  assert.ok(Date.now() - started >= 150);
  await arm({ kind: "drop_after" });
  await assert.rejects(stage.refresh("arcjet", grant, next));
  assert.equal((await stage.counters("arcjet"))["refreshes"], 2, "it took effect");
  assert.equal((await stage.refresh("arcjet", grant, next)).body["error"], "invalid_grant", "and the old token is used up");
});

test("a client that was forgotten is invalid_client, 401", async () => {
  const grant = await stage.authorize("arcjet", "/mcp");
  await stage.control("arcjet", "POST", "expire", { what: "clients" });
  const { status, body } = await stage.refresh("arcjet", grant);
  assert.deepEqual([status, body["error"]], [401, "invalid_client"]);
});

test("metadata that is missing, elsewhere, or wrong", async () => {
  const path = "/.well-known/oauth-authorization-server";
  const status = async (p: string) => (await fetch(stage.url("arcjet", p))).status;
  await stage.set("arcjet", { as_metadata: "missing" });
  assert.deepEqual([await status(path), await status("/.well-known/openid-configuration")], [404, 404]);
  await stage.set("arcjet", { as_metadata: "openid_only" });
  assert.deepEqual([await status(path), await status("/.well-known/openid-configuration")], [404, 200]);
  await stage.set("arcjet", { as_metadata: "wrong_issuer" });
  assert.equal((await stage.metadata("arcjet"))["issuer"], "https://issuer.example");
  await stage.set("arcjet", { as_metadata: "ok", issuer_path: "/tenant" });
  assert.deepEqual([await status(path), await status(`${path}/tenant`), await status("/tenant/.well-known/openid-configuration")], [404, 200, 200]);
  assert.deepEqual((await prm("arcjet", "/mcp")).body["authorization_servers"], [`${stage.at["arcjet"].origin}/tenant`]);
  for (const [setting, field, wrong] of [
    ["wrong_resource", "resource", "https://other.example/mcp"],
    ["wrong_server", "authorization_servers", ["https://issuer.example"]],
  ] as const) {
    await stage.set("arcjet", { prm: setting });
    assert.deepEqual((await prm("arcjet", "/mcp")).body[field], wrong);
  }
  await stage.set("arcjet", { prm: "root_only" });
  assert.deepEqual([(await prm("arcjet", "/mcp")).status, (await prm("arcjet", "")).status], [404, 200]);
  await stage.set("arcjet", { prm: "missing" });
  assert.equal((await prm("arcjet", "")).status, 404);
});

test("step-up: 403 names the scope needed, and a new consent for it helps", async () => {
  await stage.set("cloudinary", { step_up: { tool: "upload-asset", scope: "media_generation" } });
  const grant = await stage.authorize("cloudinary", "/mcp");
  const upload = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "upload-asset", arguments: { upload_request: { file: "https://example.com/a.png" } } },
  };
  const refused = await stage.post("cloudinary", "/mcp", grant.tokens["access_token"], upload);
  assert.equal(refused.status, 403);
  const scope = /error="insufficient_scope", scope="([^"]+)"/.exec(refused.headers.get("www-authenticate")!)![1]!;
  assert.deepEqual(scope.split(" ").slice(-2), ["upload", "media_generation"]);
  const wider = await stage.authorize("cloudinary", "/mcp", {}, { scope });
  const client = await stage.connect("cloudinary", "/mcp", wider.tokens["access_token"], "legacy");
  assert.ok(!(await client.callTool(upload.params)).isError);
});

/** What the official client keeps, and a person behind it. */
class Keeper implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadata = {
    client_name: "Official",
    redirect_uris: [CALLBACK],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
  };
  private kept: { client?: any; tokens?: any; verifier?: string } = {};
  came = "";
  links = 0;
  clientInformation = () => this.kept.client;
  saveClientInformation = (client: any) => void (this.kept.client = client);
  tokens = () => this.kept.tokens;
  saveTokens = (tokens: any) => void (this.kept.tokens = tokens);
  saveCodeVerifier = (verifier: string) => void (this.kept.verifier = verifier);
  codeVerifier = () => this.kept.verifier!;
  redirectToAuthorization = async (url: URL) => {
    this.links++;
    this.came = (await consent(url.href)).redirect!;
  };
}

test("the official client finds its way through all of it, and refreshes when the token ends", async () => {
  for (const [vendor, path] of [
    ["cloudflare", "/bindings/mcp"],
    ["cloudinary", "/mcp"],
    ["arcjet", "/mcp"],
  ] as const) {
    const authProvider = new Keeper();
    const transport = () => new StreamableHTTPClientTransport(new URL(stage.url(vendor, path)), { authProvider });
    const first = transport();
    await assert.rejects(new Client({ name: "t", version: "1" }).connect(first), UnauthorizedError);
    await first.finishAuth(new URL(authProvider.came).searchParams);
    const client = new Client({ name: "t", version: "1" });
    await client.connect(transport());
    assert.ok((await client.listTools()).tools.length, vendor);
    await stage.control(vendor, "POST", "expire");
    assert.ok((await client.listTools()).tools.length, vendor);
    const { token, refreshes, registrations } = await stage.counters(vendor);
    assert.deepEqual([token, refreshes, registrations, authProvider.links], [{ authorization_code: 1, refresh_token: 1 }, 1, 1, 1], vendor);
    await client.close();
  }
});

test("wrong settings and faults are refused with a sentence", async () => {
  await assert.rejects(stage.set("arcjet", { colour: "red" }), /unknown setting/);
  await assert.rejects(stage.set("arcjet", { iss: "perhaps" }), /iss must be/);
  await assert.rejects(stage.fault("arcjet", { kind: "perhaps" }), /unknown kind/);
  await assert.rejects(stage.fault("arcjet", { kind: "huge", bytes: 2 ** 40 }), /bytes must be/);
  await assert.rejects(stage.control("arcjet", "POST", "tools", { changes: [{ op: "remove", tool: "none" }] }), /no tool none/);
});
