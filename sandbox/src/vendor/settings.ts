// SPDX-License-Identifier: Apache-2.0
// How one vendor behaves until told otherwise: what lasts. What happens once is a fault (faults.ts).

export interface Settings {
  /** Seconds. */
  access_ttl: number;
  refresh_ttl: number;
  code_ttl: number;
  /** `grace`: the refresh token before the present one holds until the present one is used. `strict`: a used
   * one that comes again ends the grant. `none`: one refresh token for ever, not repeated in answers. */
  rotation: "grace" | "strict" | "none";
  /** Whether an access token of the same grant ends when a new one is made. */
  one_access_token: boolean;
  dcr: "open" | "refused" | "absent" | "status_200";
  cimd: boolean;
  iss: "send" | "unsent" | "missing" | "wrong";
  s256: boolean;
  /** What code_challenge_methods_supported says is decided by `pkce` and `s256`. */
  pkce_plain: boolean;
  as_metadata: "ok" | "missing" | "wrong_issuer" | "openid_only";
  /** How clients prove themselves, instead of the vendor's own ways. */
  auth_methods: string[] | null;
  /** A path of the issuer, such as "/tenant": its metadata then is where RFC 8414 section 3.1 puts it. */
  issuer_path: string;
  prm: "ok" | "missing" | "wrong_resource" | "wrong_server" | "root_only";
  www_authenticate: "full" | "bare" | "absent";
  revocation: boolean;
  /** A tool ("*" for all) whose call needs a scope the token may lack: 403 insufficient_scope. */
  step_up: { tool: string; scope: string } | null;
  /** Skew of the vendor's clock in seconds, seen in Date headers and in what it issues. */
  clock_skew: number;
  /** Tools per page of tools/list; 0 is all at once. */
  page_size: number;
  /** The Streamable HTTP answer of a session server: an SSE stream or plain JSON. */
  json_answers: boolean;
  /** How long lists may be cached, 2026-07-28 only. */
  ttl_ms: number;
  /** Said instead of the server's own instructions. */
  instructions: string | null;
}

type Check = (value: unknown) => boolean;
const whole =
  (most: number): Check =>
  (v) =>
    Number.isInteger(v) && (v as number) >= 0 && (v as number) <= most;
const oneOf =
  (...values: string[]): Check =>
  (v) =>
    values.includes(v as string);
const flag: Check = (v) => typeof v === "boolean";

const METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

const CHECKS: { [name in keyof Settings]: [Check, string] } = {
  access_ttl: [whole(31_536_000), "seconds"],
  refresh_ttl: [whole(31_536_000), "seconds"],
  code_ttl: [whole(86_400), "seconds"],
  rotation: [oneOf("grace", "strict", "none"), "grace, strict or none"],
  one_access_token: [flag, "true or false"],
  dcr: [oneOf("open", "refused", "absent", "status_200"), "open, refused, absent or status_200"],
  cimd: [flag, "true or false"],
  iss: [oneOf("send", "unsent", "missing", "wrong"), "send, unsent (nor advertised), missing (but advertised) or wrong"],
  s256: [flag, "true or false"],
  pkce_plain: [flag, "true or false"],
  as_metadata: [oneOf("ok", "missing", "wrong_issuer", "openid_only"), "ok, missing, wrong_issuer or openid_only"],
  auth_methods: [
    (v) => v === null || (Array.isArray(v) && v.length > 0 && v.every((m) => METHODS.includes(m))),
    "null or some of client_secret_basic, client_secret_post, private_key_jwt, none",
  ],
  issuer_path: [(v) => typeof v === "string" && /^(\/[a-z0-9-]+)*$/.test(v), "a path, or empty"],
  prm: [oneOf("ok", "missing", "wrong_resource", "wrong_server", "root_only"), "ok, missing, wrong_resource, wrong_server or root_only"],
  www_authenticate: [oneOf("full", "bare", "absent"), "full, bare (no resource_metadata) or absent"],
  revocation: [flag, "true or false"],
  step_up: [
    (v) => v === null || (typeof v === "object" && typeof (v as any).tool === "string" && typeof (v as any).scope === "string"),
    "null or {tool, scope}",
  ],
  clock_skew: [(v) => Number.isInteger(v) && Math.abs(v as number) <= 31_536_000, "seconds"],
  page_size: [whole(1000), "a number of tools"],
  json_answers: [flag, "true or false"],
  ttl_ms: [whole(86_400_000), "milliseconds"],
  instructions: [(v) => v === null || typeof v === "string", "text or null"],
};

/** A sentence on what is wrong with `change`, or undefined. */
export function wrongSetting(change: Record<string, unknown>): string | undefined {
  for (const [name, value] of Object.entries(change)) {
    const check = CHECKS[name as keyof Settings];
    if (!check) return `unknown setting "${name}"; known: ${Object.keys(CHECKS).join(", ")}`;
    if (!check[0](value)) return `${name} must be ${check[1]}`;
  }
  return undefined;
}
