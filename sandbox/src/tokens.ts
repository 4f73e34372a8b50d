// SPDX-License-Identifier: Apache-2.0
// The credentials the sandbox knows, and what each may do.

import { refuse } from "./envelope.js";
import { hexId } from "./random.js";

export type AccountName = "web" | "retail";

export interface Token {
  name: string;
  secret: string;
  kind: "user" | "account" | "key";
  accounts: AccountName[];
  /** `area:read` or `area:edit`; edit includes read; `*` is every area. */
  permissions: string[];
  status: "active" | "expired" | "disabled";
  about: string;
}

const BOTH: AccountName[] = ["web", "retail"];

export const KEY_EMAIL = "security@example.com";

export const TOKENS: readonly Token[] = [
  {
    name: "read_all",
    secret: "cfat_sandbox_read_all",
    kind: "account",
    accounts: ["web"],
    permissions: ["*:read"],
    status: "active",
    about: "account-owned (Acme Web), reads everything; GET /accounts answers 400 1001",
  },
  {
    name: "account_full",
    secret: "cfat_sandbox_full",
    kind: "account",
    accounts: ["web"],
    permissions: ["*:edit"],
    status: "active",
    about: "account-owned (Acme Web), reads and writes everything",
  },
  {
    name: "full",
    secret: "cfut_sandbox_full",
    kind: "user",
    accounts: BOTH,
    permissions: ["*:edit"],
    status: "active",
    about: "user token, both accounts, reads and writes everything",
  },
  {
    name: "user_read_all",
    secret: "cfut_sandbox_read_all",
    kind: "user",
    accounts: BOTH,
    permissions: ["*:read"],
    status: "active",
    about: "user token, both accounts, reads everything",
  },
  {
    name: "zone_read",
    secret: "cfut_sandbox_zone_read",
    kind: "user",
    accounts: BOTH,
    permissions: ["zone:read"],
    status: "active",
    about: "zones only; 403 10000 or 9109 elsewhere",
  },
  {
    name: "dns_edit",
    secret: "cfut_sandbox_dns_edit",
    kind: "user",
    accounts: BOTH,
    permissions: ["zone:read", "dns:edit"],
    status: "active",
    about: "zones and DNS records",
  },
  {
    name: "one_account",
    secret: "cfut_sandbox_one_account",
    kind: "user",
    accounts: ["web"],
    permissions: ["*:edit"],
    status: "active",
    about: "sees exactly one account (Acme Web)",
  },
  {
    name: "two_accounts",
    secret: "cfut_sandbox_two_accounts",
    kind: "user",
    accounts: BOTH,
    permissions: ["*:edit"],
    status: "active",
    about: "sees both accounts",
  },
  {
    name: "oauth",
    secret: "cfoat_sandbox_read_all",
    kind: "user",
    accounts: BOTH,
    permissions: ["*:read"],
    status: "active",
    about: "OAuth access token",
  },
  {
    name: "unprefixed",
    secret: "sandbox-token-of-the-older-form-without-a-prefix",
    kind: "user",
    accounts: BOTH,
    permissions: ["*:read"],
    status: "active",
    about: "older form, no prefix",
  },
  {
    name: "expired",
    secret: "cfut_sandbox_expired",
    kind: "user",
    accounts: BOTH,
    permissions: ["*:edit"],
    status: "expired",
    about: "ran out yesterday",
  },
  {
    name: "disabled",
    secret: "cfut_sandbox_disabled",
    kind: "user",
    accounts: BOTH,
    permissions: ["*:edit"],
    status: "disabled",
    about: "switched off",
  },
  {
    name: "global_key",
    secret: "5a9db0c0ffee5a9db0c0ffee5a9db0c0ffee0",
    kind: "key",
    accounts: BOTH,
    permissions: ["*:edit"],
    status: "active",
    about: `X-Auth-Key, with X-Auth-Email: ${KEY_EMAIL}`,
  },
];

export function tokenId(token: Token): string {
  return hexId(`token/${token.name}`);
}

export function accountId(name: AccountName): string {
  return hexId(`account/${name}`);
}

export function seesAccount(token: Token, id: string): boolean {
  return token.accounts.some((name) => accountId(name) === id);
}

export function mayDo(token: Token, area: string, write: boolean): boolean {
  return token.permissions.some((permission) => {
    const [allowed, level] = permission.split(":");
    return (allowed === "*" || allowed === area) && (level === "edit" || !write);
  });
}

const TOKEN_FORM = /^[A-Za-z0-9_-]{16,128}$/;
const KEY_FORM = /^[0-9a-f]{37,45}$/;

function malformed(code: number, header: string) {
  return refuse(400, 6003, "Invalid request headers", [{ code, message: `Invalid format for ${header} header` }]);
}

/** The two refusals of a credential: at the gateway (account paths) or at the product. */
function unknownCredential(path: string) {
  if (path.endsWith("/tokens/verify")) return refuse(401, 1000, "Invalid API Token");
  if (path.startsWith("/accounts")) return refuse(403, 10000, "Authentication error");
  return refuse(403, 9109, "Invalid access token");
}

type Headers = Record<string, string | string[] | undefined>;

/** Finds the token a request came with, or throws the vendor's refusal. */
export function authenticate(headers: Headers, path: string): Token {
  const bearer = headers["authorization"];
  const email = headers["x-auth-email"];
  const key = headers["x-auth-key"];

  if (typeof bearer === "string") {
    const value = /^Bearer +(\S+)$/i.exec(bearer)?.[1];
    if (!value || !TOKEN_FORM.test(value)) throw malformed(6111, "Authorization");
    const token = TOKENS.find((t) => t.kind !== "key" && t.secret === value);
    if (!token || token.status === "disabled") throw unknownCredential(path);
    if (token.status === "expired" && !path.endsWith("/tokens/verify")) throw unknownCredential(path);
    return token;
  }
  if (typeof key !== "string" || typeof email !== "string") {
    throw refuse(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  }
  if (!KEY_FORM.test(key)) throw malformed(6103, "X-Auth-Key");
  if (!email.includes("@")) throw malformed(6102, "X-Auth-Email");
  const token = TOKENS.find((t) => t.kind === "key" && t.secret === key);
  if (!token || email !== KEY_EMAIL) throw unknownCredential(path);
  return token;
}

/** Who the audit log says did something with this token. */
export function actorOf(token: Token) {
  const actor = { email: KEY_EMAIL, id: hexId("user/security"), ip: "192.0.2.10", type: "user" as const };
  return token.kind === "key" ? actor : { ...actor, token: { id: tokenId(token), name: token.name } };
}
