// SPDX-License-Identifier: Apache-2.0
// A vendor of the test's own: an MCP server (2025-11-25, no sessions) and its authorization server on one origin,
// where everyone consents at once, and where any part may lie. What arrives is recorded with its credentials. Example:
//   const vendor = await startAuthVendor({ prm: { resource: "https://other.example/mcp" }, claims: () => ({ sub: "one" }) });
//   vendor.requests.filter((r) => r.path === "/token").length;
import { createHash, randomUUID } from "node:crypto";
import { startRecorder } from "./recorder.mjs";

const READER = { name: "list_things", description: "Lists things.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims) => `${part({ alg: "none" })}.${part({ ...claims, jti: randomUUID() })}.nobody`;
const json = (body, status = 200) => ({ status, body });

// `answer(request, url)` goes before everything else; what it leaves undefined takes its course. prm, as and callback
// are laid over the truth.
export async function startAuthVendor({ prm = {}, as = {}, callback = {}, claims = () => ({}), tools = [READER], instructions, answer = () => undefined } = {}) {
  const codes = new Map();
  const refresh = new Map();
  const access = new Set();
  const vendor = { prm, as, callback, tools, open: false, issued: [], live: access };

  const tokens = (resource) => {
    const made = { access_token: jwt({ ...claims(), aud: resource }), token_type: "Bearer", expires_in: 3600, refresh_token: randomUUID() };
    vendor.issued.push(made.access_token, made.refresh_token);
    access.add(made.access_token);
    refresh.set(made.refresh_token, resource);
    return json(made);
  };
  const token = (form) => {
    if (form.get("grant_type") === "refresh_token") return refresh.has(form.get("refresh_token")) ? tokens(refresh.get(form.get("refresh_token"))) : json({ error: "invalid_grant" }, 400);
    const code = codes.get(form.get("code"));
    codes.delete(form.get("code"));
    const proof = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    return code && code.challenge === proof && code.redirect === form.get("redirect_uri") ? tokens(code.resource) : json({ error: "invalid_grant" }, 400);
  };
  const authorize = (query) => {
    const code = randomUUID();
    vendor.issued.push(code);
    codes.set(code, { challenge: query.get("code_challenge"), redirect: query.get("redirect_uri"), resource: query.get("resource") });
    const back = new URL(query.get("redirect_uri"));
    for (const [name, value] of Object.entries({ code, state: query.get("state"), ...vendor.callback })) if (value !== undefined) back.searchParams.set(name, value);
    return { status: 302, headers: { location: back.href }, body: "" };
  };
  const METHODS = {
    initialize: () => ({ protocolVersion: "2025-11-25", capabilities: { tools: { listChanged: true } }, serverInfo: { name: "of-the-test", version: "1" }, ...(instructions ? { instructions } : {}) }),
    ping: () => ({}),
    "tools/list": () => ({ tools: JSON.parse(JSON.stringify(vendor.tools)) }),
    "tools/call": async ({ name, arguments: args }) => {
      const tool = vendor.tools.find((t) => t?.name === name);
      return (await tool?.run?.(args)) ?? { content: [{ type: "text", text: JSON.stringify({ called: name, args }) }] };
    },
  };
  const mcp = async (request) => {
    if (request.method !== "POST") return json({ error: "POST only" }, 405);
    if (!vendor.open && !access.has(request.headers.authorization?.replace(/^Bearer /, "")))
      return { status: 401, headers: { "www-authenticate": `Bearer resource_metadata="${vendor.origin}/.well-known/oauth-protected-resource/mcp"` }, body: { error: "invalid_token" } };
    const { id, method, params = {} } = JSON.parse(request.body);
    if (params._meta?.["io.modelcontextprotocol/protocolVersion"]) return json({ jsonrpc: "2.0", id, error: { code: -32000, message: "Bad Request: Unsupported protocol version" } }, 400);
    if (id === undefined) return { status: 202, body: "" };
    const answers = METHODS[method];
    return json({ jsonrpc: "2.0", id, ...(answers ? { result: await answers(params) } : { error: { code: -32601, message: `Method not found: ${method}` } }) });
  };
  const PATHS = {
    "/.well-known/oauth-protected-resource/mcp": () => json({ resource: vendor.url, authorization_servers: [vendor.origin], ...vendor.prm }),
    "/.well-known/oauth-authorization-server": () =>
      json({
        issuer: vendor.origin,
        authorization_endpoint: `${vendor.origin}/authorize`,
        token_endpoint: `${vendor.origin}/token`,
        registration_endpoint: `${vendor.origin}/register`,
        response_types_supported: ["code"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        ...vendor.as,
      }),
    "/register": (request) => json({ ...JSON.parse(request.body), client_id: randomUUID() }, 201),
    "/authorize": (_request, url) => authorize(url.searchParams),
    "/token": (request) => token(new URLSearchParams(request.body)),
    "/mcp": mcp,
  };
  const server = await startRecorder(async (request) => {
    const url = new URL(request.target, "http://vendor.invalid");
    request.path = url.pathname;
    return (await answer(request, url, vendor)) ?? (await PATHS[url.pathname]?.(request, url)) ?? json({ error: "not_found" }, 404);
  });
  return Object.assign(vendor, {
    origin: server.url,
    url: `${server.url}/mcp`,
    requests: server.requests,
    seen: (path) => server.requests.filter((r) => r.path === path),
    expire: () => access.clear(),
    revoke: () => (access.clear(), refresh.clear()),
    close: server.close,
  });
}
