// SPDX-License-Identifier: Apache-2.0
// The request budget of each token, and the many header forms it is told in.

import { Refusal } from "./envelope.js";

export interface Standing {
  limit: number;
  window: number;
  remaining: number;
  /** Seconds until there is more. */
  reset: number;
  limited: boolean;
  now: number;
}

type Headers = Record<string, string | string[]>;
type Form = (s: Standing) => Headers;

const httpDate = (s: Standing) => new Date(s.now + s.reset * 1000).toUTCString();
const epoch = (s: Standing) => Math.ceil(s.now / 1000) + s.reset;
const onLimit = (s: Standing, headers: Headers): Headers => (s.limited ? headers : {});
const retryAfter = (s: Standing) => onLimit(s, { "retry-after": String(s.reset) });

/** One row per form in which vendors state limits, and a few that only trouble parsers. */
export const FORMS: Record<string, Form> = {
  cloudflare: (s) => ({
    ratelimit: `"default";r=${s.remaining};t=${s.reset}`,
    "ratelimit-policy": `"default";q=${s.limit};w=${s.window}`,
    ...retryAfter(s),
  }),
  cloudflare_2025: (s) => ({
    "x-ratelimit-limit": String(s.limit),
    "x-ratelimit-remaining": String(s.remaining),
    ...onLimit(s, { "x-ratelimit-reset": httpDate(s) }),
    ...retryAfter(s),
  }),
  draft03: (s) => ({
    "ratelimit-limit": `${s.limit}, 10;w=1, ${s.limit};w=${s.window}`,
    "ratelimit-remaining": String(s.remaining),
    "ratelimit-reset": String(s.reset),
  }),
  draft06: (s) => ({
    "ratelimit-limit": String(s.limit),
    "ratelimit-remaining": String(s.remaining),
    "ratelimit-reset": String(s.reset),
    "ratelimit-policy": `10;w=1, ${s.limit};w=${s.window}`,
  }),
  draft07: (s) => ({
    ratelimit: `limit=${s.limit}, remaining=${s.remaining}, reset=${s.reset}`,
    "ratelimit-policy": `${s.limit};w=${s.window}`,
  }),
  draft10: (s) => ({
    ratelimit: [`"burst";r=${s.remaining};t=${s.reset}`, `"daily";r=${s.limit * 10};t=86400;pk=:c2FuZGJveA==:`],
    "ratelimit-policy": `"burst";q=${s.limit};w=${s.window};qu="requests", "daily";q=${s.limit * 10};w=86400`,
  }),
  github: (s) => ({
    "x-ratelimit-limit": String(s.limit),
    "x-ratelimit-remaining": String(s.remaining),
    "x-ratelimit-reset": String(epoch(s)),
    "x-ratelimit-used": String(s.limit - s.remaining),
    "x-ratelimit-resource": "core",
  }),
  github_secondary: (s) => ({
    "x-ratelimit-limit": String(s.limit),
    "x-ratelimit-remaining": String(Math.max(s.remaining, 1)),
    "x-ratelimit-reset": String(epoch(s)),
    ...retryAfter(s),
  }),
  cloudinary: (s) => ({
    "x-featureratelimit-limit": String(s.limit),
    "x-featureratelimit-remaining": String(s.remaining),
    "x-featureratelimit-reset": httpDate(s),
  }),
  twitter: (s) => ({
    "x-rate-limit-limit": String(s.limit),
    "x-rate-limit-remaining": String(s.remaining),
    "x-rate-limit-reset": String(epoch(s)),
  }),
  akamai: (s) => ({
    "x-ratelimit-limit": String(s.limit),
    "x-ratelimit-remaining": String(s.remaining),
    "x-ratelimit-next": new Date(s.now + s.reset * 1000).toISOString(),
  }),
  per_window: (s) => ({
    "x-ratelimit-limit-minute": String(s.limit),
    "x-ratelimit-remaining-minute": String(s.remaining),
    "x-ratelimit-limit-hour": String(s.limit * 50),
    "x-ratelimit-remaining-hour": String(s.limit * 40),
    "x-ratelimit-limit-day": String(s.limit * 1000),
    "x-ratelimit-remaining-day": String(s.limit * 900),
  }),
  per_subject: (s) => ({
    "x-ratelimit-requests-limit": String(s.limit),
    "x-ratelimit-requests-remaining": String(s.remaining),
    "x-ratelimit-requests-reset": String(s.reset),
  }),
  retry_after_seconds: retryAfter,
  retry_after_date: (s) => onLimit(s, { "retry-after": httpDate(s) }),
  retry_after_ms: (s) => onLimit(s, { "retry-after-ms": String(s.reset * 1000), "retry-after": String(s.reset) }),
  reset_milliseconds: (s) => ({
    "x-ratelimit-limit": String(s.limit),
    "x-ratelimit-remaining": String(s.remaining),
    "x-ratelimit-reset": String(s.now + s.reset * 1000),
  }),
  nonsense: () => ({ ratelimit: `"default;r=;t`, "ratelimit-policy": ";;;", "x-ratelimit-limit": "-1", "x-ratelimit-reset": "soon" }),
  none: () => ({}),
};

export interface Plan {
  /** Requests per window. */
  quota: number;
  /** Seconds. */
  window: number;
  /** How long everything is refused once the quota is exceeded, in seconds. */
  block: number;
  headers: string;
  status: number;
  code: number;
  message: string;
}

export const DEFAULT_PLAN: Plan = {
  quota: 1200,
  window: 300,
  block: 300,
  headers: "cloudflare",
  status: 429,
  code: 971,
  message: "Please wait and consider throttling your request speed",
};

interface Account {
  started: number;
  used: number;
  blockedUntil: number;
}

export class Limits {
  private plans = new Map<string, Plan>();
  private accounts = new Map<string, Account>();

  constructor(private base: Plan) {}

  /** Changes the plan of one token by name, or of all. */
  configure(change: Partial<Plan>, token?: string): Plan {
    const plan = { ...(token ? this.planOf(token) : this.base), ...change };
    if (token) this.plans.set(token, plan);
    else this.base = plan;
    this.accounts.clear();
    return plan;
  }

  planOf(token: string): Plan {
    return this.plans.get(token) ?? this.base;
  }

  private accountOf(token: string, now: number): Account {
    let account = this.accounts.get(token);
    const over = account && now >= Math.max(account.started + this.planOf(token).window * 1000, account.blockedUntil);
    if (!account || over) this.accounts.set(token, (account = { started: now, used: 0, blockedUntil: 0 }));
    return account;
  }

  /** Counts one request and says where the token stands. */
  charge(token: string, now = Date.now()): Standing {
    const plan = this.planOf(token);
    const account = this.accountOf(token, now);
    account.used++;
    if (account.used > plan.quota && account.blockedUntil === 0) account.blockedUntil = now + plan.block * 1000;
    const until = account.blockedUntil || account.started + plan.window * 1000;
    return {
      limit: plan.quota,
      window: plan.window,
      remaining: Math.max(0, plan.quota - account.used),
      reset: Math.ceil((until - now) / 1000),
      limited: account.blockedUntil > 0,
      now,
    };
  }

  headers(token: string, standing: Standing): Headers {
    return FORMS[this.planOf(token).headers]!(standing);
  }

  refusal(token: string): Refusal {
    const plan = this.planOf(token);
    return new Refusal(plan.status, [{ code: plan.code, message: plan.message }]);
  }
}
