// SPDX-License-Identifier: Apache-2.0
// People who sign in from AI clients, without a browser: a person with a session of the console, her answer on the page of
// consent, and a client that does the rest by hand or by the official SDK. Example:
//   const ada = await person(world, "ada", { groups: ["sales"] });
//   const client = await register(world), tokens = await signIn(world, ada, client, server.sign_in_url);
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";

export const REDIRECT = "http://127.0.0.1:9876/callback";
const PASSWORD = "correct horse battery";
const unescape = (s) => s.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);

// With the cookie that a browser of hers would hold.
export async function person(world, name, { role = "viewer", groups = [] } = {}) {
  const user = await world.must(201, "POST", "/user", { name, role, groups });
  const r = await fetch(user.url, { method: "POST", headers: { origin: new URL(user.url).origin }, body: new URLSearchParams({ password: PASSWORD }), redirect: "manual" });
  assert.equal(r.status, 303, await r.text());
  return { ...user, password: PASSWORD, cookie: r.headers.get("set-cookie").split(";")[0] };
}

export const register = async (world, metadata = {}) => {
  const r = await fetch(`${world.postern.url}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "A client of these tests", redirect_uris: [REDIRECT], token_endpoint_auth_method: "none", ...metadata }),
  });
  return { status: r.status, ...(await r.json()) };
};

export const pkce = () => {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};

export function authorizeUrl(world, client, resource, { challenge }, over = {}) {
  const url = new URL(`${world.postern.url}/oauth/authorize`);
  const query = { response_type: "code", client_id: client.client_id, redirect_uri: client.redirect_uris?.[0] ?? REDIRECT, code_challenge: challenge, code_challenge_method: "S256", state: "a state/+=", scope: "mcp", resource, ...over };
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  return url;
}

// What her browser shows, and where the page that comes of her answer goes on to.
export const open = (url, cookie) => fetch(url, { headers: cookie ? { cookie } : {}, redirect: "manual" });
export async function answer(url, cookie, says = "yes", { origin = new URL(url).origin, proof } = {}) {
  if (proof === undefined) {
    const page = await (await open(url, cookie)).text();
    proof = page.match(/name="proof" value="([^"]*)"/)?.[1];
    assert.ok(proof, `no form to answer:\n${page}`);
  }
  const r = await fetch(url, { method: "POST", headers: { cookie, ...(origin && { origin }) }, body: new URLSearchParams({ proof, answer: says }), redirect: "manual" });
  const text = await r.text(), to = text.match(/http-equiv="refresh" content="0; url=([^"]*)"/)?.[1];
  return { status: r.status, headers: r.headers, text, to: to && new URL(unescape(to)) };
}

export async function token(world, form) {
  const r = await fetch(`${world.postern.url}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
  return { status: r.status, headers: r.headers, ...(await r.json()) };
}
export const redeem = (world, client, code, verifier, over = {}) =>
  token(world, { grant_type: "authorization_code", client_id: client.client_id, code, code_verifier: verifier, redirect_uri: client.redirect_uris?.[0] ?? REDIRECT, ...over });
export const refresh = (world, client, refresh_token, over = {}) => token(world, { grant_type: "refresh_token", client_id: client.client_id, refresh_token, ...over });

// The whole way: tokens.
export async function signIn(world, who, client, resource) {
  const proof = pkce();
  const { to } = await answer(authorizeUrl(world, client, resource, proof), who.cookie);
  const tokens = await redeem(world, client, to.searchParams.get("code"), proof.verifier, { resource });
  assert.equal(tokens.status, 200, JSON.stringify(tokens));
  return tokens;
}

// For the official SDKs: keeps in memory what they want kept, and has `who` consent.
export class Provider {
  constructor(who, redirect = REDIRECT) {
    Object.assign(this, { who, redirectUrl: redirect, opened: [] });
  }
  get clientMetadata() {
    return { client_name: "An official SDK", redirect_uris: [this.redirectUrl], grant_types: ["authorization_code", "refresh_token"], response_types: ["code"], token_endpoint_auth_method: "none" };
  }
  clientInformation() {
    return this.information;
  }
  saveClientInformation(information) {
    this.information = information;
  }
  tokens() {
    return this.held;
  }
  saveTokens(tokens) {
    this.held = tokens;
  }
  codeVerifier() {
    return this.verifier;
  }
  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }
  saveDiscoveryState(state) {
    this.discovered = state;
  }
  discoveryState() {
    return this.discovered;
  }
  // What the server counts no more.
  invalidateCredentials(scope) {
    if (scope === "all" || scope === "tokens") this.held = undefined;
    if (scope === "all" || scope === "client") this.information = undefined;
    if (scope === "all" || scope === "discovery") this.discovered = undefined;
  }
  state() {
    return "a state of the SDK";
  }
  async redirectToAuthorization(url) {
    this.opened.push(url);
    const { to, text } = await answer(url, this.who.cookie);
    assert.ok(to, text);
    this.answer = to.searchParams;
  }
}
