// SPDX-License-Identifier: Apache-2.0
// A hostile authorization server with an MCP server behind it: e2e's, whose answers go wrong as its mood is. Tokens are
// short-lived or none, refreshes fail or repeat what was sent, and the metadata lies.
import { startAuthVendor } from "../../e2e/lib/auth-vendor.mjs";
import { MARKER } from "../lib/secrets.mjs";

const KEPT_MOST = 200; // of what e2e's vendor records
const JUNK = { "content-type": "text/html" };

export async function startHostileOauth(random) {
  let mood = 0;
  const repeated = (request) => `no: ${request.body} ${request.headers.authorization ?? ""}`;
  const TOKEN = [
    (request) => ({ status: random.pick([400, 401, 403]), body: { error: random.pick(["invalid_grant", "invalid_client", "nonsense", 7]), error_description: repeated(request) } }),
    (request) => ({ status: random.pick([429, 500, 502, 503]), body: { error: repeated(request) } }),
    () => ({ body: random.pick([{}, [], { access_token: 7 }, { access_token: "", token_type: "Bearer" }, { access_token: "x", token_type: "mac" }, { access_token: "y".repeat(200_000), token_type: "Bearer" }, "not JSON"]) }),
    () => ({ status: 302, headers: { location: "http://169.254.169.254/token" }, body: "" }),
    () => ({ headers: JUNK, body: "<p>Sign in" }),
  ];
  const METADATA = [() => ({ status: 404 }), () => ({ body: { issuer: "https://other.example" } }), () => ({ body: "{broken" }), () => ({ status: 500, body: "down" }), () => ({ headers: JUNK, body: "<html>" })];
  const MCP = [() => (vendor.expire(), undefined), () => ({ status: 403, headers: { "www-authenticate": 'Bearer error="insufficient_scope", scope="more"' }, body: {} }), (request) => ({ status: 500, body: { error: `failed: ${request.headers.authorization}` } }), () => ({ status: 401, body: {} })];
  const wrong = { "/token": TOKEN, "/register": METADATA, "/mcp": MCP, "/.well-known/oauth-protected-resource/mcp": METADATA, "/.well-known/oauth-authorization-server": METADATA };

  const vendor = await startAuthVendor({
    claims: () => ({ note: MARKER }),
    answer: (request, url) => {
      if (vendor.requests.length > KEPT_MOST) vendor.requests.length = 0;
      if (vendor.issued.length > KEPT_MOST) vendor.issued.length = 0;
      if (!random.chance(mood / 3)) return undefined;
      return random.pick(wrong[url.pathname] ?? [() => undefined])(request);
    },
  });
  return Object.defineProperty(vendor, "mood", { get: () => mood, set: (value) => (mood = value) });
}
