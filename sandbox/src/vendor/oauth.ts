// SPDX-License-Identifier: Apache-2.0
// A vendor's authorization server: clients, codes, grants and tokens, over the schemas and errors of the official SDK.
// Pages and paths are in pages.ts and door.ts; what differs between vendors is the profile, what a test changes the settings.

import { createHash, createHmac, createPublicKey, randomBytes, timingSafeEqual, verify, type JsonWebKey } from "node:crypto";
import {
  InvalidClientError,
  InvalidClientMetadataError,
  InvalidGrantError,
  InvalidRequestError,
  InvalidScopeError,
  InvalidTargetError,
  OAuthError,
  UnsupportedGrantTypeError,
} from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { OAuthClientMetadataSchema, type OAuthClientInformationFull } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { Counters } from "./counters.js";
import type { Json } from "./kit.js";
import type { Settings } from "./settings.js";

export { OAuthError };

/** What a person chose on the consent page: the accounts, the cloud, the team. */
export type Choice = Json;

export interface Profile {
  paths: { authorize: string; token: string; register: string; revoke?: string; userinfo?: string };
  /** Left out of the metadata when undefined. */
  scopes?: string[];
  authMethods: string[];
  /** Members that the vendor's own metadata has besides. */
  extra?: Json;
  registrationUri?: (id: string) => string;
  /** A refresh token only when this scope is granted. */
  offlineScope?: string;
  accessToken: (grant: Grant, expires: number) => string;
  refreshToken: (grant: Grant) => string;
}

export interface Request {
  client: OAuthClientInformationFull;
  redirect: string;
  state?: string;
  scopes: string[];
  challenge?: { method: "S256" | "plain"; value: string };
  resource?: string;
}

export interface Grant {
  id: string;
  user: string;
  client: string;
  scopes: string[];
  resource?: string;
  choice: Choice;
  refresh: { current?: string; previous?: string; used: Set<string>; expires: number };
  made: number;
  refreshes: number;
}

interface Access {
  token: string;
  grant: Grant;
  expires: number;
}

const MOST = 10_000; // records of a kind; the oldest goes

function put<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= MOST) map.delete(map.keys().next().value!);
  map.set(key, value);
}

export function secretText(bytes = 24): string {
  return randomBytes(bytes).toString("base64url");
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const ALGORITHMS: Record<string, { hash: string | null; more: { dsaEncoding?: "ieee-p1363" } }> = {
  ES256: { hash: "sha256", more: { dsaEncoding: "ieee-p1363" } },
  RS256: { hash: "sha256", more: {} },
  EdDSA: { hash: null, more: {} },
};

/** Header, claims, signature, and what was signed. */
function readJwt(text: string): [Json, Json, Buffer, Buffer] {
  const [head, claims, signature] = text.split(".");
  try {
    const part = (value: string | undefined): Json => JSON.parse(Buffer.from(value ?? "", "base64url").toString("utf8"));
    return [part(head), part(claims), Buffer.from(signature ?? "", "base64url"), Buffer.from(`${head}.${claims}`)];
  } catch {
    throw new InvalidClientError("Malformed client_assertion");
  }
}

/** Loopback redirects may come back on another port (RFC 8252 section 7.3). */
function redirectFits(registered: string, asked: string): boolean {
  if (registered === asked) return true;
  if (!URL.canParse(registered) || !URL.canParse(asked)) return false;
  const [a, b] = [new URL(registered), new URL(asked)];
  const loopback = (u: URL) => u.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(u.hostname);
  return loopback(a) && loopback(b) && a.hostname === b.hostname && a.pathname === b.pathname && a.search === b.search;
}

export class AuthServer {
  origin = "";
  readonly clients = new Map<string, OAuthClientInformationFull>();
  private readonly codes = new Map<string, { request: Request; choice: Choice; expires: number; grant?: Grant }>();
  private readonly access = new Map<string, Access>();
  readonly grants = new Map<string, Grant>();
  private readonly seen = new Map<string, true>();

  constructor(
    readonly profile: Profile,
    readonly settings: () => Settings,
    private readonly counters: Counters,
  ) {}

  /** Seconds since 1970 by the vendor's clock. */
  now(): number {
    return Date.now() / 1000 + this.settings().clock_skew;
  }

  private get authMethods(): string[] {
    return this.settings().auth_methods ?? this.profile.authMethods;
  }

  get issuer(): string {
    return this.origin + this.settings().issuer_path;
  }

  clear(): void {
    for (const map of [this.clients, this.codes, this.access, this.grants, this.seen]) map.clear();
  }

  metadata(): Json {
    const { paths, scopes, extra } = this.profile;
    const s = this.settings();
    const at = (path: string) => this.origin + path;
    const methods = [...(s.pkce_plain ? ["plain"] : []), ...(s.s256 ? ["S256"] : [])];
    return {
      issuer: s.as_metadata === "wrong_issuer" ? "https://issuer.example" : this.issuer,
      authorization_endpoint: at(paths.authorize),
      token_endpoint: at(paths.token),
      ...(s.dcr === "absent" ? {} : { registration_endpoint: at(paths.register) }),
      ...(s.revocation && paths.revoke ? { revocation_endpoint: at(paths.revoke) } : {}),
      ...(paths.userinfo ? { userinfo_endpoint: at(paths.userinfo) } : {}),
      ...(scopes ? { scopes_supported: scopes } : {}),
      response_types_supported: ["code"],
      response_modes_supported: ["query"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      token_endpoint_auth_methods_supported: this.authMethods,
      ...(this.authMethods.includes("private_key_jwt") ? { token_endpoint_auth_signing_alg_values_supported: Object.keys(ALGORITHMS) } : {}),
      ...(methods.length > 0 ? { code_challenge_methods_supported: methods } : {}),
      client_id_metadata_document_supported: s.cimd,
      ...(s.iss === "unsent" ? {} : { authorization_response_iss_parameter_supported: true }),
      ...extra,
    };
  }

  register(body: unknown): { status: number; body: Json } {
    const { dcr } = this.settings();
    if (dcr === "refused") throw new InvalidClientMetadataError("Registration is limited to approved redirect URIs");
    const parsed = OAuthClientMetadataSchema.safeParse(body);
    if (!parsed.success) throw new InvalidClientMetadataError(parsed.error.issues[0]?.message ?? "Invalid client metadata");
    const asked = parsed.data;
    if (asked.redirect_uris.length === 0) throw new InvalidClientMetadataError("At least one redirect URI is required");
    const method = asked.token_endpoint_auth_method ?? "client_secret_basic";
    if (!this.authMethods.includes(method)) throw new InvalidClientMetadataError(`token_endpoint_auth_method ${method} is not supported`);
    const id = secretText(12);
    const client: OAuthClientInformationFull = {
      ...asked,
      client_id: id,
      client_id_issued_at: Math.floor(this.now()),
      token_endpoint_auth_method: method,
      grant_types: asked.grant_types ?? ["authorization_code"],
      response_types: asked.response_types ?? ["code"],
      ...(method === "none" ? {} : { client_secret: secretText(), client_secret_expires_at: 0 }),
    };
    put(this.clients, id, client);
    this.counters.n.registrations++;
    const uri = this.profile.registrationUri?.(id);
    return { status: dcr === "status_200" ? 200 : 201, body: { ...client, ...(uri ? { registration_client_uri: uri } : {}) } };
  }

  /** A client known beforehand, as a vendor's developer console would make it. */
  preregister(client: OAuthClientInformationFull): void {
    put(this.clients, client.client_id, client);
  }

  private async client(id: string | undefined): Promise<OAuthClientInformationFull> {
    if (!id) throw new InvalidRequestError("client_id is missing");
    const known = this.clients.get(id);
    if (known) return known;
    if (!this.settings().cimd || !URL.canParse(id)) throw new InvalidClientError("Unknown client");
    return this.documented(id);
  }

  /** A client that is a document at its own address. Nothing but loopback is asked. */
  private async documented(id: string): Promise<OAuthClientInformationFull> {
    const url = new URL(id);
    if (!["127.0.0.1", "[::1]", "localhost"].includes(url.hostname)) throw new InvalidClientError("This document cannot be fetched from here");
    let document: Json;
    try {
      const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(5000) });
      document = (await answer.json()) as Json;
    } catch {
      throw new InvalidClientError("The client metadata document could not be fetched");
    }
    if (document["client_id"] !== id) throw new InvalidClientError("The document's client_id is not its address");
    const parsed = OAuthClientMetadataSchema.safeParse(document);
    if (!parsed.success) throw new InvalidClientError("The client metadata document is not valid");
    const client = { ...parsed.data, client_id: id, token_endpoint_auth_method: "none" };
    put(this.clients, id, client);
    return client;
  }

  /** Reads an authorization request. What is thrown before the redirect is known is a page, not a redirect. */
  async begin(query: URLSearchParams, resources: string[]): Promise<Request> {
    const client = await this.client(query.get("client_id") ?? undefined);
    const asked = query.get("redirect_uri") ?? (client.redirect_uris.length === 1 ? client.redirect_uris[0]! : "");
    if (!client.redirect_uris.some((uri) => redirectFits(uri, asked))) throw new InvalidRequestError("Unregistered redirect_uri");
    this.counters.n.authorizations++;
    const state = query.get("state") ?? undefined;
    const back = (error: OAuthError) => Object.assign(error, { redirect: this.answer(asked, state, error.toResponseObject() as Json) });
    if (query.get("response_type") !== "code") throw back(new InvalidRequestError("response_type must be code"));
    const value = query.get("code_challenge");
    const method = query.get("code_challenge_method") ?? "plain";
    const { s256, pkce_plain } = this.settings();
    if (value && !((method === "S256" && s256) || (method === "plain" && pkce_plain)))
      throw back(new InvalidRequestError("code_challenge_method is not supported"));
    if (!value && client.token_endpoint_auth_method === "none") throw back(new InvalidRequestError("code_challenge is required"));
    const resource = query.get("resource") ?? undefined;
    if (resource !== undefined && !resources.includes(resource)) throw back(new InvalidTargetError("resource does not match a server here"));
    const scopes = (query.get("scope") ?? "").split(" ").filter(Boolean);
    const known = this.known();
    const strange = known && scopes.find((scope) => !known.includes(scope));
    if (strange) throw back(new InvalidScopeError(`Unknown scope ${strange}`));
    return {
      client,
      redirect: asked,
      ...(state === undefined ? {} : { state }),
      scopes: scopes.length > 0 ? scopes : (this.profile.scopes ?? []),
      ...(value ? { challenge: { method: method as "S256" | "plain", value } } : {}),
      ...(resource === undefined ? {} : { resource }),
    };
  }

  private known(): string[] | undefined {
    const { step_up } = this.settings();
    return this.profile.scopes && [...this.profile.scopes, ...(step_up ? [step_up.scope] : [])];
  }

  /** The redirect back to the client, with state and iss as the settings have it. */
  private answer(redirect: string, state: string | undefined, fields: Json): string {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, String(value));
    if (state !== undefined) url.searchParams.set("state", state);
    const { iss } = this.settings();
    if (iss === "send") url.searchParams.set("iss", this.issuer);
    if (iss === "wrong") url.searchParams.set("iss", "https://issuer.example");
    return url.href;
  }

  allow(request: Request, choice: Choice): string {
    this.counters.n.consents.allow++;
    const code = secretText();
    put(this.codes, code, { request, choice, expires: this.now() + this.settings().code_ttl });
    return this.answer(request.redirect, request.state, { code });
  }

  deny(request: Request): string {
    this.counters.n.consents.deny++;
    return this.answer(request.redirect, request.state, { error: "access_denied", error_description: "The user denied the request" });
  }

  /** Who asks at the token endpoint: as the client is registered (RFC 6749 section 2.3, RFC 7523 section 2.2). */
  private async caller(authorization: string | undefined, form: URLSearchParams): Promise<OAuthClientInformationFull> {
    if (form.has("client_assertion")) return this.asserted(form);
    let id = form.get("client_id") ?? undefined;
    let secret = form.get("client_secret") ?? undefined;
    let used = secret === undefined ? "none" : "client_secret_post";
    if (authorization?.toLowerCase().startsWith("basic ")) {
      const [user, ...rest] = Buffer.from(authorization.slice(6), "base64").toString("utf8").split(":");
      const plain = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
      try {
        [id, secret, used] = [plain(user ?? ""), plain(rest.join(":")), "client_secret_basic"];
      } catch {
        throw new InvalidClientError("Malformed client credentials");
      }
    }
    const client = await this.client(id);
    if (used !== client.token_endpoint_auth_method)
      throw new InvalidClientError(`This client authenticates with ${client.token_endpoint_auth_method}`);
    if (client.client_secret !== undefined && !same(client.client_secret, secret ?? "")) throw new InvalidClientError("Wrong client secret");
    return client;
  }

  /** private_key_jwt: issued and signed by the client, for us, once. */
  private async asserted(form: URLSearchParams): Promise<OAuthClientInformationFull> {
    if (form.get("client_assertion_type") !== ASSERTION) throw new InvalidClientError("Unknown client_assertion_type");
    const [head, claims, signature, input] = readJwt(form.get("client_assertion")!);
    const client = await this.client(claims["sub"]);
    if (client.token_endpoint_auth_method !== "private_key_jwt" || claims["iss"] !== claims["sub"])
      throw new InvalidClientError("Not an assertion of this client");
    const keys: JsonWebKey[] = client.jwks?.keys ?? [];
    const algorithm = Object.hasOwn(ALGORITHMS, String(head["alg"])) ? ALGORITHMS[head["alg"]] : undefined;
    const good = (key: JsonWebKey) =>
      algorithm !== undefined && verify(algorithm.hash, input, { key: createPublicKey({ key, format: "jwk" }), ...algorithm.more }, signature);
    if (!keys.some(good)) throw new InvalidClientError("The assertion's signature does not hold");
    const audiences = [claims["aud"]].flat();
    if (![this.issuer, this.origin + this.profile.paths.token].some((a) => audiences.includes(a)))
      throw new InvalidClientError("The assertion is for another server");
    if (!(claims["exp"] > this.now())) throw new InvalidClientError("The assertion has expired");
    if (!claims["jti"] || this.seen.has(claims["jti"])) throw new InvalidClientError("The assertion was used before");
    put(this.seen, claims["jti"], true);
    return client;
  }

  async token(authorization: string | undefined, form: URLSearchParams): Promise<Json> {
    const type = form.get("grant_type") ?? "";
    this.counters.by("token", type || "missing");
    const client = await this.caller(authorization, form);
    if (type === "authorization_code") return this.redeem(client, form);
    if (type === "refresh_token") return this.refresh(client, form);
    throw new UnsupportedGrantTypeError("This grant type is not supported");
  }

  private redeem(client: OAuthClientInformationFull, form: URLSearchParams): Json {
    const kept = this.codes.get(form.get("code") ?? "");
    if (!kept || kept.expires <= this.now()) throw new InvalidGrantError("The code is unknown or has expired");
    const { request } = kept;
    if (request.client.client_id !== client.client_id) throw new InvalidGrantError("The code was issued to another client");
    if (kept.grant) {
      this.end(kept.grant); // RFC 6749 section 4.1.2: a code used twice ends what it gave
      throw new InvalidGrantError("The code was used before");
    }
    if (form.get("redirect_uri") !== request.redirect) throw new InvalidGrantError("redirect_uri does not match");
    if (request.challenge) {
      const verifier = form.get("code_verifier") ?? "";
      const value = request.challenge.method === "S256" ? createHash("sha256").update(verifier).digest("base64url") : verifier;
      if (!same(value, request.challenge.value)) throw new InvalidGrantError("code_verifier does not match");
    }
    const resource = form.get("resource") ?? request.resource;
    if (resource !== request.resource) throw new InvalidTargetError("resource is not the one authorized");
    const grant: Grant = {
      id: secretText(12),
      user: createHash("sha256").update("user/security").digest("hex").slice(0, 32),
      client: client.client_id,
      scopes: request.scopes,
      ...(resource === undefined ? {} : { resource }),
      choice: kept.choice,
      refresh: { used: new Set(), expires: this.now() + this.settings().refresh_ttl },
      made: this.now(),
      refreshes: 0,
    };
    kept.grant = grant;
    put(this.grants, grant.id, grant);
    const { offlineScope } = this.profile;
    const refreshable = offlineScope === undefined || grant.scopes.includes(offlineScope);
    if (refreshable) grant.refresh.current = this.profile.refreshToken(grant);
    return { ...this.issue(grant), ...(refreshable ? { refresh_token: grant.refresh.current } : {}) };
  }

  private refresh(client: OAuthClientInformationFull, form: URLSearchParams): Json {
    const token = form.get("refresh_token") ?? "";
    const grant = [...this.grants.values()].find((g) => g.refresh.current === token || g.refresh.previous === token || g.refresh.used.has(token));
    if (!grant || grant.client !== client.client_id) throw new InvalidGrantError("The refresh token is unknown or was revoked");
    if (grant.refresh.expires <= this.now()) throw new InvalidGrantError("The refresh token has expired");
    if (grant.refresh.used.has(token)) {
      if (this.settings().rotation === "strict") this.end(grant);
      throw new InvalidGrantError("The refresh token was used before");
    }
    const resource = form.get("resource");
    if (resource !== null && grant.resource !== undefined && resource !== grant.resource)
      throw new InvalidTargetError("resource is not the one authorized");
    const scopes = (form.get("scope") ?? "").split(" ").filter(Boolean);
    if (scopes.some((scope) => !grant.scopes.includes(scope))) throw new InvalidScopeError("A refresh cannot widen the scope");
    this.counters.n.refreshes++;
    grant.refreshes++;
    return { ...this.issue(grant), ...this.rotate(grant, token) };
  }

  private rotate(grant: Grant, token: string): Json {
    const { refresh } = grant;
    const { rotation } = this.settings();
    if (rotation === "none") return {};
    if (rotation === "strict") refresh.used.add(token);
    else {
      // The one before `token` is no longer needed: its holder has the answer. One never used just goes.
      if (refresh.previous !== undefined && refresh.previous !== token) refresh.used.add(refresh.previous);
      refresh.previous = token;
    }
    refresh.current = this.profile.refreshToken(grant);
    refresh.expires = this.now() + this.settings().refresh_ttl;
    return { refresh_token: refresh.current };
  }

  private issue(grant: Grant): Json {
    const { access_ttl, one_access_token } = this.settings();
    if (one_access_token) for (const [key, held] of this.access) if (held.grant === grant) this.access.delete(key);
    const expires = this.now() + access_ttl;
    const token = this.profile.accessToken(grant, expires);
    put(this.access, token, { token, grant, expires });
    return {
      access_token: token,
      token_type: "bearer",
      expires_in: access_ttl,
      ...(grant.scopes.length > 0 ? { scope: grant.scopes.join(" ") } : {}),
    };
  }

  private end(grant: Grant): void {
    this.grants.delete(grant.id);
    for (const [key, held] of this.access) if (held.grant === grant) this.access.delete(key);
  }

  async revoke(authorization: string | undefined, form: URLSearchParams): Promise<void> {
    const client = await this.caller(authorization, form);
    const token = form.get("token") ?? "";
    const grant = this.access.get(token)?.grant ?? [...this.grants.values()].find((g) => g.refresh.current === token || g.refresh.previous === token);
    this.counters.n.revocations++;
    if (grant && grant.client === client.client_id) this.end(grant);
  }

  /** Ends every access token now, as if its time had come; or every grant; or forgets the clients too. */
  expire(what: "access" | "grants" | "clients"): void {
    this.access.clear();
    if (what !== "access") this.grants.clear();
    if (what === "clients") this.clients.clear();
  }

  /** The grant behind an access token that is alive and meant for `resource`. */
  verify(token: string, resource: string): Grant | undefined {
    const held = this.access.get(token);
    if (!held || held.expires <= this.now()) return undefined;
    if (held.grant.resource !== undefined && held.grant.resource !== resource) return undefined;
    return held.grant;
  }
}

const JWT_KEY = randomBytes(32);

export function jwt(claims: Json): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "at+jwt" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", JWT_KEY).update(text).digest("base64url")}`;
}
