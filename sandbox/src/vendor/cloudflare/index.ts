// SPDX-License-Identifier: Apache-2.0
// Cloudflare: several MCP servers behind one authorization server. Each has /mcp and /sse, the same stateless handler.

import { accountId, TOKENS, type AccountName, type Token } from "../../tokens.js";
import type { Endpoint, Spec } from "../door.js";
import { secretText } from "../oauth.js";
import { ACCOUNTS } from "./api.js";
import { bindings } from "./bindings.js";
import { audit, dnsAnalytics, graphql } from "./dns.js";
import { docs } from "./docs.js";
import { observability } from "./observability.js";
import { radar } from "./radar.js";

/** By the names that stand before mcp.cloudflare.com; here they are the first part of the path. */
const SERVERS = { bindings, observability, "dns-analytics": dnsAnalytics, auditlogs: audit, graphql, docs, radar };

const endpoints: Endpoint[] = Object.keys(SERVERS).flatMap((server) =>
  ["mcp", "sse"].map((end): Endpoint => ({ path: `/${server}/${end}`, kind: "stateless", server, ...(server === "docs" ? { open: true } : {}) })),
);

/** What an OAuth grant may do, as a token of the REST sandbox. */
function granted(id: string, ids: string[]): Token {
  const accounts = ACCOUNTS.map((a) => a.name).filter((name: AccountName) => ids.includes(accountId(name)));
  return { name: `oauth:${id}`, secret: "", kind: "user", accounts, permissions: ["*:edit"], status: "active", about: "a grant" };
}

const NOTHING: Token = {
  name: "unknown",
  secret: "",
  kind: "user",
  accounts: [],
  permissions: [],
  status: "disabled",
  about: "not a token of this sandbox",
};

export const cloudflare: Spec = {
  name: "cloudflare",
  title: "Cloudflare",
  profile: {
    paths: { authorize: "/oauth/authorize", token: "/token", register: "/register", revoke: "/token" },
    authMethods: ["client_secret_basic", "client_secret_post", "none"],
    registrationUri: (id) => `/register/${id}`,
    accessToken: (grant) => `${grant.user}:${grant.id}:${secretText()}`,
    refreshToken: (grant) => `${grant.user}:${grant.id}:${secretText()}`,
  },
  settings: { rotation: "grace", iss: "unsent" },
  endpoints,
  servers: SERVERS,
  chooser: {
    field: "accounts",
    label: "Accounts",
    many: true,
    options: ACCOUNTS.map((a) => ({ id: accountId(a.name), name: a.title })),
  },
  principal: (grant) => ({ scopes: grant.scopes, choice: { token: granted(grant.id, grant.choice["accounts"]) } }),
  // A bearer value that is not of three parts is an API token; whether it is good shows when it is used.
  keyed: (header) => {
    const bearer = /^Bearer (\S+)$/i.exec(header("authorization") ?? "")?.[1];
    if (bearer === undefined || bearer.split(":").length === 3) return undefined;
    const token = TOKENS.find((t) => t.kind !== "key" && t.secret === bearer) ?? NOTHING;
    return { name: `token:${token.name}`, scopes: [], choice: { token } };
  },
  prm: { bearer_methods_supported: ["header"] },
  loopbackOnly: true,
  realm: "OAuth",
  cors: "Content-Type, Authorization, MCP-Protocol-Version, Mcp-Method, Mcp-Name, cf-account-id",
};
