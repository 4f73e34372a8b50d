// SPDX-License-Identifier: Apache-2.0
// A company's identity provider beside a Postern: oidc-provider, which we did not write, with its own pages; and one whose
// tokens can be bent (oauth2-mock-server). Both in this process, on loopback. Example:
//   const op = await startProvider({ people: { ada: { groups: ["engineering"] } } });
//   const made = await op.register(postern, { rules: [{ group: "engineering", role: "editor" }] });
//   const browser = new Wanderer();
//   const end = await op.signIn(browser, postern.url, "ada");       // { status, url, text } of the last page
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";
import { answer } from "./sign-in.mjs";

export const SECRET = "a-secret-of-the-application-0123456789";

export async function signingKey(kid, alg = "RS256") {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: "sig" };
}

// A browser that only follows redirects and keeps cookies, by host and port: each redirect is a page of `seen`.
export class Wanderer {
  constructor() {
    this.jar = new Map();
    this.seen = [];
  }
  cookies(url) {
    const { host } = new URL(url);
    return [...this.jar].filter(([key]) => key.startsWith(`${host}|`)).map(([key, value]) => `${key.split("|")[1]}=${value}`);
  }
  cookie(url, pattern) {
    return this.cookies(url).find((c) => pattern.test(c));
  }
  keep(url, r) {
    for (const line of r.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(";");
      const at = pair.indexOf("="), key = `${new URL(url).host}|${pair.slice(0, at)}`;
      const gone = attributes.some((a) => /^\s*max-age=0$|^\s*expires=thu, 01 jan 1970/i.test(a));
      if (gone) this.jar.delete(key);
      else this.jar.set(key, pair.slice(at + 1));
    }
  }
  async once(url, options = {}) {
    const r = await fetch(url, { redirect: "manual", ...options, headers: { cookie: this.cookies(url).join("; "), ...options.headers } });
    this.keep(url, r);
    const to = r.headers.get("location");
    return { status: r.status, url, headers: r.headers, to: to && new URL(to, url).href, text: await r.text() };
  }
  // Follows redirects until a page comes, or one that `stop` wants to see before it is asked.
  async open(url, options = {}, stop = () => false) {
    for (let hops = 0; hops < 20; hops++) {
      const page = await this.once(url, options);
      this.seen.push(page);
      if (!page.to) return page;
      if (stop(page.to)) return page;
      url = page.to;
      options = {};
    }
    throw new Error("it goes round in circles");
  }
  async submit(page, fields, stop) {
    const action = page.text.match(/<form[^>]*action="([^"]+)"/)[1];
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]);
    return this.open(new URL(action, page.url).href, { method: "POST", body: new URLSearchParams([...hidden, ...Object.entries(fields)]) }, stop);
  }
}

export async function startProvider({ people = {}, keys, groupsClaim = "groups", client = {}, inIdToken = true } = {}) {
  const server = http.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const op = { issuer, people, server, redirects: [] };
  const make = async () => {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: "postern",
          client_secret: SECRET,
          redirect_uris: op.redirects.length ? op.redirects : ["http://127.0.0.1:1/signin/callback"],
          post_logout_redirect_uris: op.redirects.map((r) => r.replace("signin/callback", "ui/")),
          ...client,
        },
      ],
      jwks: { keys: op.keys },
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username", groupsClaim] },
      conformIdTokenClaims: !inIdToken,
      findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...op.people[id] }) }),
      pkce: { required: () => true },
      cookies: { keys: ["a key of the tests"] },
      features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    });
    op.provider = provider;
    op.handle = provider.callback();
  };
  op.keys = keys ?? [await signingKey("first")];
  server.on("request", (q, r) => (op.intercept?.(q, r) ? undefined : op.handle(q, r)));
  await make();
  // Sets it as a provider of a Postern.
  op.register = async (postern, more = {}) => {
    op.redirects = [`${more.public_url ?? postern.url}/signin/callback`];
    await make();
    return postern.must(201, "POST", "/provider", {
      name: "company",
      label: "The company",
      issuer,
      client_id: "postern",
      client_secret: SECRET,
      groups_claim: groupsClaim,
      ...more,
    });
  };
  op.rotate = async (keys) => {
    op.keys = keys;
    await make();
  };
  // By the provider's own pages, with plain forms, from Postern's door to where it ends. `stop`: see Wanderer.open.
  op.signIn = async (browser, home, login, { door = `${home}/signin/company`, stop } = {}) => {
    let page = await browser.open(door, {}, stop);
    for (let forms = 0; forms < 3 && page.url.startsWith(issuer) && /<form/.test(page.text); forms++)
      page = await browser.submit(page, /name="login"/.test(page.text) ? { login, password: "x" } : {}, stop);
    return page;
  };
  op.close = () => new Promise((done) => (server.closeAllConnections(), server.close(done)));
  return op;
}

// A person of the company, as her browser goes from the address that a client opened to what it is sent back: to Postern, on to
// the provider, back to the question of consent, which she answers. Example:
//   const to = await new Employee(op, postern.url, "ada").lets(url);      // not opened yet
export class Employee {
  constructor(op, home, login) {
    Object.assign(this, { op, home, login, browser: new Wanderer() });
  }
  async lets(url) {
    const at = new URL(url), asks = `${this.home}/oauth/authorize`;
    let page = await this.browser.once(at);
    if (page.to && new URL(page.to).pathname === "/ui/sign-in") {
      const next = new URL(page.to).searchParams.get("next");
      assert.equal(new URL(next, this.home).href, at.href, "she comes back to what was asked");
      await this.op.signIn(this.browser, this.home, this.login, { door: `${this.home}/signin/company?${new URLSearchParams({ next })}`, stop: (to) => to.startsWith(asks) });
      page = await this.browser.once(at);
    }
    assert.ok(!page.to || new URL(page.to).pathname !== "/ui/sign-in", "her provider did not let her in");
    if (page.to) return new URL(page.to); // she may not
    const said = await answer(at, this.browser.cookie(this.home, /^postern-\d+=/));
    assert.ok(said.to, said.text);
    return said.to;
  }
}

export const s256 = (verifier) => createHash("sha256").update(verifier).digest("base64url");
