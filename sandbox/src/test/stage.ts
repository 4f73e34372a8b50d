// SPDX-License-Identifier: Apache-2.0
// The vendors for one test file, a client that authorizes as a real one does, and short ways to ask.

import { createHash, randomBytes } from "node:crypto";
import { after } from "node:test";
import { Client, StreamableHTTPClientTransport, type ProtocolEra } from "@modelcontextprotocol/client";
import { consent, type Answer } from "../consent.js";
import { Vendors, type VendorName } from "../vendor/index.js";

export type Json = Record<string, any>;

export const CALLBACK = "http://127.0.0.1:1/callback";

export interface Grant {
  client: Json;
  tokens: Json;
  resource: string;
  verifier: string;
  code: string;
}

export class Stage {
  private constructor(
    readonly vendors: Vendors,
    readonly at: Json,
  ) {}

  static async start(now?: number): Promise<Stage> {
    const vendors = new Vendors({ now });
    const stage = new Stage(vendors, await vendors.listen());
    after(() => vendors.close());
    return stage;
  }

  url(vendor: VendorName, path: string): string {
    return this.at[vendor].origin + path;
  }

  async control(vendor: VendorName, method: string, path: string, body?: unknown): Promise<Json> {
    const response = await fetch(this.url(vendor, `/_sandbox/${path}`), { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const json = (await response.json()) as Json;
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  }

  set = (vendor: VendorName, settings: Json) => this.control(vendor, "POST", "settings", settings);
  fault = (vendor: VendorName, fault: Json) => this.control(vendor, "POST", "fault", fault);
  counters = (vendor: VendorName) => this.control(vendor, "GET", "counters");
  reset = (vendor: VendorName) => this.control(vendor, "POST", "reset");

  async register(vendor: VendorName, more: Json = {}): Promise<{ status: number; client: Json }> {
    const { registration_endpoint } = await this.metadata(vendor);
    const response = await fetch(registration_endpoint, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        client_name: "A test",
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        ...more,
      }),
    });
    return { status: response.status, client: (await response.json()) as Json };
  }

  async metadata(vendor: VendorName): Promise<Json> {
    return (await (await fetch(this.url(vendor, "/.well-known/oauth-authorization-server"))).json()) as Json;
  }

  async link(vendor: VendorName, client: Json, resource: string, more: Json = {}): Promise<{ link: string; verifier: string }> {
    const { authorization_endpoint } = await this.metadata(vendor);
    const verifier = randomBytes(32).toString("base64url");
    const url = new URL(authorization_endpoint);
    const fields: Json = {
      response_type: "code",
      client_id: client["client_id"],
      redirect_uri: CALLBACK,
      state: "a-state",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      resource,
      ...more,
    };
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) url.searchParams.set(name, String(value));
    return { link: url.href, verifier };
  }

  async token(vendor: VendorName, form: Record<string, string>): Promise<{ status: number; body: Json }> {
    const { token_endpoint } = await this.metadata(vendor);
    const response = await fetch(token_endpoint, { method: "POST", body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as Json };
  }

  /** Registers, asks a person, redeems the code. */
  async authorize(vendor: VendorName, path: string, answer: Answer = {}, more: Json = {}): Promise<Grant> {
    const { client } = await this.register(vendor);
    const resource = this.url(vendor, path);
    const { link, verifier } = await this.link(vendor, client, resource, more);
    const { redirect } = await consent(link, answer);
    const code = new URL(redirect!).searchParams.get("code")!;
    const { body: tokens } = await this.token(vendor, {
      grant_type: "authorization_code",
      code,
      client_id: client["client_id"],
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      resource,
    });
    return { client, tokens, resource, verifier, code };
  }

  refresh(vendor: VendorName, grant: Grant, token = grant.tokens["refresh_token"]) {
    return this.token(vendor, { grant_type: "refresh_token", refresh_token: token, client_id: grant.client["client_id"], resource: grant.resource });
  }

  /** A client of SDK v2. */
  async connect(
    vendor: VendorName,
    path: string,
    token: string | undefined,
    era: ProtocolEra | "auto" = "auto",
    headers: Record<string, string> = {},
  ): Promise<Client> {
    const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: era === "modern" ? "auto" : era } });
    const all = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers };
    await client.connect(new StreamableHTTPClientTransport(new URL(this.url(vendor, path)), { requestInit: { headers: all } }));
    after(() => client.close());
    return client;
  }

  /** One JSON-RPC message by POST, as bytes go over the wire. */
  post(
    vendor: VendorName,
    path: string,
    token: string | undefined,
    message: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    return fetch(this.url(vendor, path), {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: typeof message === "string" ? message : JSON.stringify(message),
      ...(signal ? { signal } : {}),
    });
  }
}

export const call = (name: string, args: Json = {}, id: unknown = 1) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args },
});
export const INITIALIZE = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

export function body(result: any): any {
  return JSON.parse(result.content[0].text);
}
