// SPDX-License-Identifier: Apache-2.0
// The paths of a vendor's authorization server and of its metadata.

import type { ServerResponse } from "node:http";
import type { Endpoint, Exchange, Vendor } from "./door.js";
import { header, redirect, reply, type Json } from "./kit.js";
import { OAuthError, secretText, type Request } from "./oauth.js";
import { consentPage, errorPage } from "./pages.js";

export const PRM = "/.well-known/oauth-protected-resource";
const CONSENT = "/consent";
const MOST_TICKETS = 1000;

export class AuthPaths {
  /** Consent pages that wait for an answer. */
  private readonly tickets = new Map<string, Request>();

  constructor(private readonly vendor: Vendor) {}

  clear(): void {
    this.tickets.clear();
  }

  async take(x: Exchange): Promise<void> {
    const { req, res, url } = x;
    const { paths } = this.vendor.spec.profile;
    const path = url.pathname;
    const post = req.method === "POST";
    if (path.includes("/.well-known/")) return this.wellKnown(path, res);
    try {
      if (path === paths.authorize && req.method === "GET") return await this.authorize(url, res);
      if (path === CONSENT && post) return this.consent(new URLSearchParams(x.body.toString("utf8")), res);
      if (path === paths.register && post) return this.register(x);
      if (path === paths.token && post) return await this.token(x);
      if (this.vendor.settings.revocation && path === paths.revoke && post) return await this.revoke(x);
      if (path === paths.userinfo) return this.userinfo(x);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return this.refuse(error, path, res);
    }
    reply(res, 404, { error: "not_found" });
  }

  private refuse(error: OAuthError, path: string, res: ServerResponse): void {
    const { authorize, token, register } = this.vendor.spec.profile.paths;
    const back = (error as OAuthError & { redirect?: string }).redirect;
    if (back) return redirect(res, back);
    if (path === authorize || path === CONSENT) return reply(res, 400, errorPage(this.vendor.spec.title, error.message));
    if (path === token) this.vendor.counters.by("token_refused", error.errorCode);
    if (path === register) this.vendor.counters.n.registrations_refused++;
    const client = error.errorCode === "invalid_client";
    reply(res, client ? 401 : 400, error.toResponseObject(), client ? { "www-authenticate": `Basic realm="${this.vendor.spec.title}"` } : {});
  }

  private wellKnown(path: string, res: ServerResponse): void {
    this.vendor.counters.n.metadata++;
    const { as_metadata, issuer_path: tenant, prm } = this.vendor.settings;
    const forms = [`/.well-known/openid-configuration${tenant}`, `${tenant}/.well-known/openid-configuration`];
    if (as_metadata !== "openid_only") forms.push(`/.well-known/oauth-authorization-server${tenant}`);
    if (forms.includes(path) && as_metadata !== "missing") return reply(res, 200, this.vendor.auth.metadata());
    const endpoint = path.startsWith(PRM) ? this.described(path.slice(PRM.length)) : undefined;
    if (endpoint && prm !== "missing") return reply(res, 200, this.resourceMetadata(endpoint));
    reply(res, 404, { error: "not_found" });
  }

  /** The endpoint that protected-resource metadata at this suffix is about. */
  private described(suffix: string): Endpoint | undefined {
    const { prm } = this.vendor.settings;
    if (suffix === "") return prm === "root_only" || this.vendor.spec.prmAtRoot ? this.vendor.spec.endpoints[0] : undefined;
    return prm === "root_only" ? undefined : this.vendor.spec.endpoints.find((e) => e.path === suffix && !e.open);
  }

  private resourceMetadata(endpoint: Endpoint): Json {
    const { prm } = this.vendor.settings;
    return {
      resource: prm === "wrong_resource" ? "https://other.example/mcp" : this.vendor.origin + endpoint.path,
      authorization_servers: [prm === "wrong_server" ? "https://issuer.example" : this.vendor.auth.issuer],
      ...this.vendor.spec.prm,
    };
  }

  /** Every resource that a token here may be for. */
  private resources(): string[] {
    return [this.vendor.origin, `${this.vendor.origin}/`, ...this.vendor.spec.endpoints.map((e) => this.vendor.origin + e.path)];
  }

  private async authorize(url: URL, res: ServerResponse): Promise<void> {
    const request = await this.vendor.auth.begin(url.searchParams, this.resources());
    const ticket = secretText();
    if (this.tickets.size >= MOST_TICKETS) this.tickets.delete(this.tickets.keys().next().value!);
    this.tickets.set(ticket, request);
    reply(res, 200, consentPage(this.vendor.spec.title, CONSENT, ticket, request, this.vendor.spec.chooser));
  }

  private consent(form: URLSearchParams, res: ServerResponse): void {
    const ticket = form.get("ticket") ?? "";
    const request = this.tickets.get(ticket);
    if (!request) return reply(res, 400, errorPage(this.vendor.spec.title, "This page was used before or is too old"));
    const { chooser } = this.vendor.spec;
    const chosen = form.getAll(chooser.field);
    const known = chooser.options.map((o) => o.id);
    if (form.get("decision") === "allow" && (chosen.length === 0 || chosen.some((c) => !known.includes(c)) || (!chooser.many && chosen.length > 1)))
      return reply(res, 400, errorPage(this.vendor.spec.title, `Choose: ${chooser.label}`));
    this.tickets.delete(ticket);
    const allowed = form.get("decision") === "allow";
    redirect(res, allowed ? this.vendor.auth.allow(request, { [chooser.field]: chooser.many ? chosen : chosen[0] }) : this.vendor.auth.deny(request));
  }

  private register(x: Exchange): void {
    if (this.vendor.settings.dcr === "absent") return reply(x.res, 404, { error: "not_found" });
    let body: unknown;
    try {
      body = JSON.parse(x.body.toString("utf8"));
    } catch {
      return reply(x.res, 400, { error: "invalid_client_metadata", error_description: "The body must be JSON" });
    }
    const made = this.vendor.auth.register(body);
    reply(x.res, made.status, made.body);
  }

  private async token(x: Exchange): Promise<void> {
    const form = new URLSearchParams(x.body.toString("utf8"));
    const authorization = header(x.req, "authorization");
    const { paths } = this.vendor.spec.profile;
    // Where revocation shares the token endpoint, a request without grant_type is one.
    if (this.vendor.settings.revocation && paths.revoke === paths.token && !form.has("grant_type") && form.has("token")) {
      await this.vendor.auth.revoke(authorization, form);
      return reply(x.res, 200, "");
    }
    reply(x.res, 200, await this.vendor.auth.token(authorization, form));
  }

  private async revoke(x: Exchange): Promise<void> {
    await this.vendor.auth.revoke(header(x.req, "authorization"), new URLSearchParams(x.body.toString("utf8")));
    reply(x.res, 200, "");
  }

  private userinfo(x: Exchange): void {
    const token = /^Bearer (.+)$/i.exec(header(x.req, "authorization") ?? "")?.[1] ?? "";
    const grant = this.resources()
      .map((r) => this.vendor.auth.verify(token, r))
      .find(Boolean);
    if (!grant) return reply(x.res, 401, { error: "invalid_token" });
    reply(x.res, 200, { sub: grant.user, email: "security@example.com", email_verified: true, name: "Security" });
  }
}
