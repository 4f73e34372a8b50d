// SPDX-License-Identifier: Apache-2.0
// Credentials, permissions, and what the API says to those it refuses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accountId, KEY_EMAIL } from "../tokens.js";
import { Client, errorOf, secret } from "./client.js";

const client = await Client.start();
const web = accountId("web");
const retail = accountId("retail");

test("a failure has the vendor's envelope", async () => {
  const reply = await client.ask("GET", "/zones", { token: null });
  assert.deepEqual(reply.body, {
    success: false,
    errors: [{ code: 9106, message: "Missing X-Auth-Key, X-Auth-Email or Authorization headers" }],
    messages: [],
    result: null,
  });
  assert.equal(reply.status, 400);
});

test("malformed credentials are told from unknown ones", async () => {
  const short = await client.ask("GET", "/zones", { token: null, headers: { authorization: "Bearer x" } });
  assert.deepEqual(errorOf(short), [400, 6003]);
  assert.equal(short.body.errors[0].error_chain[0].code, 6111);
  const key = await client.ask("GET", "/zones", { token: null, headers: { "x-auth-email": KEY_EMAIL, "x-auth-key": "short" } });
  assert.equal(key.body.errors[0].error_chain[0].code, 6103);
  const strange = { authorization: "Bearer cfut_sandbox_nobody_knows_me" };
  assert.deepEqual(errorOf(await client.ask("GET", "/zones", { token: null, headers: strange })), [403, 9109]);
  assert.deepEqual(errorOf(await client.ask("GET", `/accounts/${web}`, { token: null, headers: strange })), [403, 10000]);
  assert.deepEqual(errorOf(await client.ask("GET", "/user/tokens/verify", { token: null, headers: strange })), [401, 1000]);
});

test("verify tells user tokens, account tokens, keys and expired tokens apart", async () => {
  assert.equal((await client.ask("GET", "/user/tokens/verify")).body.result.status, "active");
  assert.equal((await client.ask("GET", "/user/tokens/verify", { token: "expired" })).body.result.status, "expired");
  assert.deepEqual(errorOf(await client.ask("GET", "/zones", { token: "expired" })), [403, 9109]);
  assert.deepEqual(errorOf(await client.ask("GET", "/zones", { token: "disabled" })), [403, 9109]);
  assert.deepEqual(errorOf(await client.ask("GET", "/user/tokens/verify", { token: "read_all" })), [401, 1000]);
  assert.equal((await client.ask("GET", `/accounts/${web}/tokens/verify`, { token: "read_all" })).status, 200);
  const key = { "x-auth-email": KEY_EMAIL, "x-auth-key": secret("global_key") };
  assert.deepEqual(errorOf(await client.ask("GET", "/user/tokens/verify", { token: null, headers: key })), [400, 1001]);
  assert.equal((await client.ask("GET", "/user", { token: null, headers: key })).body.result.email, KEY_EMAIL);
});

test("accounts: an account-owned token may not list, others see their own", async () => {
  assert.deepEqual(errorOf(await client.ask("GET", "/accounts", { token: "read_all" })), [400, 1001]);
  const count = async (token: string) => (await client.ask("GET", "/accounts", { token })).body.result.length;
  assert.equal(await count("one_account"), 1);
  assert.equal(await count("two_accounts"), 2);
});

test("a token reaches no other account", async () => {
  assert.deepEqual(errorOf(await client.ask("GET", `/accounts/${retail}/members`, { token: "one_account" })), [403, 10000]);
  const shop = await client.zone("acme-shop.example");
  assert.deepEqual(errorOf(await client.ask("GET", `/zones/${shop.id}`, { token: "one_account" })), [403, 9109]);
  const listed = (await client.ask("GET", "/zones?per_page=50", { token: "one_account" })).body.result;
  assert.equal(listed.length, 25);
  assert.ok(listed.every((z: any) => z.account.id === web));
});

test("permissions hold for reading and for writing", async () => {
  const zone = await client.zone("example.com");
  const dns = `/zones/${zone.id}/dns_records`;
  assert.equal((await client.ask("GET", `/zones/${zone.id}`, { token: "zone_read" })).status, 200);
  assert.deepEqual(errorOf(await client.ask("GET", dns, { token: "zone_read" })), [403, 9109]);
  assert.deepEqual(errorOf(await client.ask("GET", `/accounts/${web}/members`, { token: "zone_read" })), [403, 10000]);
  assert.equal((await client.ask("GET", dns, { token: "read_all" })).status, 200);
  assert.deepEqual(errorOf(await client.ask("POST", dns, { token: "read_all", body: { type: "A", name: "x", content: "192.0.2.1" } })), [403, 9109]);
  assert.equal((await client.ask("POST", dns, { token: "dns_edit", body: { type: "A", name: "by-dns-token", content: "192.0.2.1" } })).status, 200);
});

test("bad ids and paths", async () => {
  const bad = await client.ask("GET", "/zones/not-an-id");
  assert.equal(bad.status, 400);
  assert.deepEqual(
    bad.body.errors.map((e: any) => e.code),
    [7003, 7000],
  );
  assert.deepEqual(errorOf(await client.ask("GET", `/zones/${"0".repeat(32)}`)), [404, 7003]);
  assert.deepEqual(errorOf(await client.ask("GET", "/nowhere")), [404, 7003]);
  assert.deepEqual(errorOf(await client.ask("PUT", "/zones")), [405, 7001]);
});
