// SPDX-License-Identifier: Apache-2.0
// Reads the sandbox's vendors directly, past Postern: REST, GraphQL, MCP with keys, MCP by OAuth. Node 22, no packages.

import { createHash, randomBytes } from "node:crypto";

const trimmed = (text) => text.replace(/\/+$/, "");
export const REST = trimmed(process.env.ASK_REST ?? "http://127.0.0.1:27001");
export const CLOUDFLARE = trimmed(process.env.ASK_CLOUDFLARE ?? "http://127.0.0.1:27002");
export const CLOUDINARY = trimmed(process.env.ASK_CLOUDINARY ?? "http://127.0.0.1:27003");
export const SIGNUPS = trimmed(process.env.ASK_SIGNUPS ?? "http://127.0.0.1:27005");
export const ARCJET = trimmed(process.env.ASK_ARCJET ?? "http://127.0.0.1:27004");

/** Sees Acme Web only, reads all, and has a quota of its own beside that of the token Postern is given. */
const TOKEN = process.env.ASK_TOKEN ?? "cfat_sandbox_read_all";
const KEYS = process.env.ASK_CLOUDINARY_URL ?? "cloudinary://482917365021874:sandbox-secret-of-acme-web@acme-web";

export async function rest(path, { optional = false } = {}) {
  const answer = await fetch(`${REST}/client/v4${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const body = await answer.json();
  if (!body.success) {
    if (optional) return undefined;
    throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(body.errors)}`);
  }
  return body;
}

/** All rows of a paged list. */
export async function rows(path, size = 50) {
  const all = [];
  for (let page = 1; ; page++) {
    const { result, result_info: info } = await rest(`${path}${path.includes("?") ? "&" : "?"}page=${page}&per_page=${size}`);
    all.push(...result);
    if (result.length < size || (info?.total_pages !== undefined && page >= info.total_pages)) return all;
  }
}

export async function graphql(query, variables = {}) {
  const answer = await fetch(`${REST}/client/v4/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const body = await answer.json();
  if (body.errors?.length) throw new Error(`graphql: ${JSON.stringify(body.errors)}`);
  return body.data;
}

/** A session of MCP 2025-06-18 over Streamable HTTP; answers a function that calls a tool and gives its JSON. */
export async function mcp(url, headers) {
  let session;
  let id = 0;
  const send = async (method, params, quiet = false) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
        ...(session ? { "mcp-session-id": session, "mcp-protocol-version": "2025-06-18" } : {}),
      },
      body: JSON.stringify({ jsonrpc: "2.0", ...(quiet ? {} : { id: ++id }), method, params }),
    });
    session ??= answer.headers.get("mcp-session-id");
    const text = await answer.text();
    if (quiet) return undefined;
    const body = text.startsWith("{") ? text : /^data: (\{.*\})\s*$/m.exec(text)?.[1];
    if (!body) throw new Error(`${method}: ${answer.status} ${text.slice(0, 200)}`);
    const { result, error } = JSON.parse(body);
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  };
  await send("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "truth", version: "1" } });
  await send("notifications/initialized", {}, true);
  return async (name, args = {}) => {
    const result = await send("tools/call", { name, arguments: args });
    const text = result.content[0].text;
    if (result.isError) throw new Error(`${name}: ${text}`);
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
}

export const cloudinary = () => mcp(`${CLOUDINARY}/mcp`, { "cloudinary-url": KEYS });

/** Arcjet has no keys: a client registers itself, a person says yes to the first team, the code becomes a token. */
export async function arcjet() {
  const back = "http://127.0.0.1:1/back";
  const made = await fetch(`${ARCJET}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "truth", redirect_uris: [back], token_endpoint_auth_method: "none", grant_types: ["authorization_code"] }),
  });
  const client = (await made.json()).client_id;
  const verifier = randomBytes(32).toString("base64url");
  const ask = new URLSearchParams({
    response_type: "code",
    client_id: client,
    redirect_uri: back,
    state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    resource: `${ARCJET}/mcp`,
  });
  const page = await (await fetch(`${ARCJET}/oauth/authorize?${ask}`)).text();
  const ticket = /name="ticket" value="([^"]+)"/.exec(page)?.[1];
  const team = /name="team" value="([^"]+)"/.exec(page)?.[1];
  const yes = await fetch(`${ARCJET}/consent`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ ticket, team, decision: "allow" }),
  });
  const code = new URL(yes.headers.get("location")).searchParams.get("code");
  const token = await fetch(`${ARCJET}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: back, client_id: client, code_verifier: verifier, resource: `${ARCJET}/mcp` }),
  });
  const { access_token: bearer } = await token.json();
  if (!bearer) throw new Error("arcjet gave no token");
  return mcp(`${ARCJET}/mcp`, { authorization: `Bearer ${bearer}` });
}

/** The sign-ups service, which takes a key that the sandbox shows. */
export async function signups(path) {
  const answer = await fetch(`${SIGNUPS}/v1${path}`, { headers: { "x-api-key": "sandbox-key-of-the-signups-service" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
