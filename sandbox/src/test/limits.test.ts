// SPDX-License-Identifier: Apache-2.0
// Budgets, the refusal of an exceeded one, and every form of the headers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMS, Limits, DEFAULT_PLAN, type Standing } from "../limits.js";
import { Client, errorOf } from "./client.js";

const client = await Client.start();

test("every REST answer carries the current headers, errors too; GraphQL none", async () => {
  const good = await client.ask("GET", "/zones", { token: "user_read_all" });
  assert.equal(good.headers.get("ratelimit"), '"default";r=1199;t=300');
  assert.equal(good.headers.get("ratelimit-policy"), '"default";q=1200;w=300');
  assert.equal(good.headers.get("retry-after"), null);
  const bad = await client.ask("GET", "/nowhere", { token: "user_read_all" });
  assert.match(bad.headers.get("ratelimit")!, /^"default";r=1198;t=\d+$/);
  const graphql = await client.ask("POST", "/graphql", { token: "user_read_all", body: { query: "{ viewer { budget } }" } });
  assert.equal(graphql.headers.get("ratelimit"), null);
});

test("an exceeded budget blocks that token alone, with 429, 971 and retry-after", async () => {
  await client.control("POST", "limits", { token: "zone_read", quota: 2, window: 60, block: 30 });
  for (const left of [1, 0]) {
    const reply = await client.ask("GET", "/zones", { token: "zone_read" });
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get("ratelimit")!, new RegExp(`r=${left};`));
  }
  const refused = await client.ask("GET", "/zones", { token: "zone_read" });
  assert.deepEqual(errorOf(refused), [429, 971]);
  assert.deepEqual([refused.body.success, refused.body.result], [false, null]);
  assert.equal(refused.headers.get("retry-after"), "30");
  assert.equal((await client.ask("GET", "/zones", { token: "user_read_all" })).status, 200);
});

test("a window and a block end", () => {
  const limits = new Limits({ ...DEFAULT_PLAN, quota: 1, window: 10, block: 20 });
  assert.equal(limits.charge("t", 0).limited, false);
  assert.deepEqual([limits.charge("t", 1000).limited, limits.charge("t", 2500).reset], [true, 19]);
  assert.equal(limits.charge("t", 20_999).limited, true);
  assert.deepEqual(limits.charge("t", 21_000), { limit: 1, window: 10, remaining: 0, reset: 10, limited: false, now: 21_000 });
});

const standing: Standing = { limit: 100, window: 60, remaining: 0, reset: 30, limited: true, now: Date.UTC(2026, 0, 1) };

/** What each form says of the same standing. */
const SAID: { [form: string]: object } = {
  cloudflare: { ratelimit: '"default";r=0;t=30', "ratelimit-policy": '"default";q=100;w=60', "retry-after": "30" },
  cloudflare_2025: {
    "x-ratelimit-limit": "100",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": "Thu, 01 Jan 2026 00:00:30 GMT",
    "retry-after": "30",
  },
  draft03: { "ratelimit-limit": "100, 10;w=1, 100;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "30" },
  draft06: { "ratelimit-limit": "100", "ratelimit-remaining": "0", "ratelimit-reset": "30", "ratelimit-policy": "10;w=1, 100;w=60" },
  draft07: { ratelimit: "limit=100, remaining=0, reset=30", "ratelimit-policy": "100;w=60" },
  github: {
    "x-ratelimit-limit": "100",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": "1767225630",
    "x-ratelimit-used": "100",
    "x-ratelimit-resource": "core",
  },
  cloudinary: { "x-featureratelimit-limit": "100", "x-featureratelimit-remaining": "0", "x-featureratelimit-reset": "Thu, 01 Jan 2026 00:00:30 GMT" },
  twitter: { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1767225630" },
  akamai: { "x-ratelimit-limit": "100", "x-ratelimit-remaining": "0", "x-ratelimit-next": "2026-01-01T00:00:30.000Z" },
  per_subject: { "x-ratelimit-requests-limit": "100", "x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": "30" },
  retry_after_date: { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" },
  retry_after_ms: { "retry-after-ms": "30000", "retry-after": "30" },
  reset_milliseconds: { "x-ratelimit-limit": "100", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767225630000" },
};

test("header forms say the same thing each in its way", () => {
  for (const [form, headers] of Object.entries(SAID)) assert.deepEqual(FORMS[form]!(standing), headers, form);
  assert.equal(FORMS["cloudflare"]!({ ...standing, limited: false })["retry-after"], undefined);
  assert.equal(FORMS["cloudflare_2025"]!({ ...standing, limited: false })["x-ratelimit-reset"], undefined);
});

test("every form can be chosen and sent, and the status too", async () => {
  for (const headers of Object.keys(FORMS)) {
    await client.control("POST", "limits", {
      token: "dns_edit",
      quota: 1,
      window: 60,
      block: 60,
      headers,
      status: headers === "cloudinary" ? 420 : 429,
    });
    await client.ask("GET", "/zones", { token: "dns_edit" });
    const reply = await client.ask("GET", "/zones", { token: "dns_edit" });
    assert.equal(reply.status, headers === "cloudinary" ? 420 : 429);
    // Only what belongs to the form is sent.
    const sent = [...reply.headers.keys()].filter((name) => /rate-?limit|retry-after/.test(name)).sort();
    assert.deepEqual(sent, Object.keys(FORMS[headers]!(standing)).sort(), headers);
  }
  assert.equal((await client.control("POST", "limits", { headers: "unheard" })).status, 400);
  assert.equal((await client.control("POST", "limits", { token: "nobody", quota: 1 })).status, 400);
});
