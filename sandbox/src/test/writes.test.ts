// SPDX-License-Identifier: Apache-2.0
// Writes change what is read afterwards, refuse what is wrong, and appear in the audit log.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accountId } from "../tokens.js";
import { Client, errorOf } from "./client.js";

const client = await Client.start({ plan: { quota: 100_000 } });
const web = accountId("web");
const zone = await client.zone("example.com");
const at = `/zones/${zone.id}`;

test("DNS records: create, read, patch, replace, delete, audit", async () => {
  const made = await client.result("POST", `${at}/dns_records`, { type: "A", name: "new", content: "192.0.2.77", ttl: 120, comment: "first" });
  assert.equal(made.name, "new.example.com");
  const one = `${at}/dns_records/${made.id}`;
  await client.result("PATCH", one, { content: "192.0.2.78" });
  const patched = await client.result("GET", one);
  assert.deepEqual([patched.content, patched.comment, patched.ttl], ["192.0.2.78", "first", 120]);
  await client.result("PUT", one, { type: "A", name: "new.example.com", content: "192.0.2.79" });
  const replaced = await client.result("GET", one);
  assert.deepEqual([replaced.content, replaced.comment, replaced.ttl, replaced.id], ["192.0.2.79", null, 1, made.id]);
  assert.deepEqual(await client.result("DELETE", one), { id: made.id });
  assert.deepEqual(errorOf(await client.ask("GET", one)), [404, 81044]);
  const log = await client.result("GET", `/accounts/${web}/audit_logs?zone.name=example.com&since=${new Date(Date.now() - 60_000).toISOString()}`);
  assert.deepEqual(
    log
      .filter((e: any) => e.resource.id === made.id)
      .map((e: any) => e.action.type)
      .sort(),
    ["add", "delete", "update", "update"],
  );
});

test("DNS records: what is wrong is refused with the vendor's chain", async () => {
  const refused = async (body: object, code: number, inner?: number) => {
    const reply = await client.ask("POST", `${at}/dns_records`, { body });
    assert.deepEqual(errorOf(reply), [400, code]);
    if (inner) assert.equal(reply.body.errors[0].error_chain[0].code, inner);
  };
  await refused({ type: "A", name: "x", content: "not an address" }, 1004, 9005);
  await refused({ type: "AAAA", name: "x", content: "192.0.2.1" }, 1004, 9006);
  await refused({ type: "WHAT", name: "x", content: "y" }, 1004, 9020);
  await refused({ type: "A", name: "x", content: "192.0.2.1", ttl: 5 }, 1004, 9021);
  await refused({ type: "TXT", name: "x", content: "y", proxied: true }, 1004, 9004);
  await refused({ type: "CNAME", name: "www", content: "other.example.com" }, 81053);
  await client.result("POST", `${at}/dns_records`, { type: "TXT", name: "twice", content: "y" });
  await refused({ type: "TXT", name: "twice", content: "y" }, 81058);
});

test("DNS records: export, and import as a form", async () => {
  const text = (await client.ask("GET", `${at}/dns_records/export`)).body as string;
  assert.match(text, /^_sip\._tcp\.example\.com\.\t1\tIN\tSRV\t10 5 5060 sip\.example\.com$/m);
  const form = new FormData();
  form.append("file", new Blob(["imported.example.com. 300 IN A 192.0.2.99\nbroken.example.com. 300 IN A nonsense\n"]), "zone.txt");
  assert.deepEqual(await client.result("POST", `${at}/dns_records/import`, form), { recs_added: 1, total_records_parsed: 2 });
  assert.equal((await client.result("GET", `${at}/dns_records?name=imported.example.com`))[0].content, "192.0.2.99");
});

test("settings: one, many, wrong", async () => {
  await client.result("PATCH", `${at}/settings/security_level`, { value: "under_attack" });
  assert.equal((await client.result("GET", `${at}/settings/security_level`)).value, "under_attack");
  await client.result("PATCH", `${at}/settings`, {
    items: [
      { id: "brotli", value: "off" },
      { id: "ssl", value: "full" },
    ],
  });
  const all = await client.result("GET", `${at}/settings`);
  assert.deepEqual(
    ["brotli", "ssl"].map((id) => all.find((s: any) => s.id === id).value),
    ["off", "full"],
  );
  assert.deepEqual(errorOf(await client.ask("PATCH", `${at}/settings/ssl`, { body: { value: "sometimes" } })), [400, 1007]);
  assert.deepEqual(errorOf(await client.ask("GET", `${at}/settings/nothing`)), [400, 1006]);
});

test("rulesets: rules and entry points", async () => {
  const entry = `${at}/rulesets/phases/http_request_firewall_custom/entrypoint`;
  const before = await client.result("GET", entry);
  const added = await client.result("POST", `${at}/rulesets/${before.id}/rules`, {
    action: "block",
    expression: "(ip.src eq 203.0.113.5)",
    description: "one",
  });
  assert.equal(added.rules.length, before.rules.length + 1);
  assert.equal(Number(added.version), Number(before.version) + 1);
  const rule = added.rules.at(-1);
  await client.result("PATCH", `${at}/rulesets/${before.id}/rules/${rule.id}`, { enabled: false });
  assert.equal((await client.result("GET", entry)).rules.at(-1).enabled, false);
  await client.result("DELETE", `${at}/rulesets/${before.id}/rules/${rule.id}`);
  assert.equal((await client.result("GET", entry)).rules.length, before.rules.length);
  assert.deepEqual(errorOf(await client.ask("GET", `${at}/rulesets/phases/http_request_origin/entrypoint`)), [404, 10003]);
  const made = await client.result("PUT", `${at}/rulesets/phases/http_request_origin/entrypoint`, {
    rules: [{ action: "route", expression: "true" }],
  });
  assert.deepEqual([made.kind, made.phase, made.rules.length, made.version], ["zone", "http_request_origin", 1, "1"]);
  assert.equal((await client.ask("GET", `${at}/rulesets/phases/not_a_phase/entrypoint`)).status, 400);
  assert.equal((await client.ask("POST", `${at}/rulesets/${before.id}/rules`, { body: { action: "explode", expression: "true" } })).status, 400);
});

test("access rules and legacy firewall rules, one and many", async () => {
  const rules = `${at}/firewall/access_rules/rules`;
  const made = await client.result("POST", rules, { mode: "block", configuration: { target: "ip", value: "203.0.113.1" }, notes: "seen" });
  await client.result("PATCH", `${rules}/${made.id}`, { mode: "challenge" });
  assert.deepEqual(
    (await client.result("GET", `${rules}?mode=challenge&notes=seen`)).map((r: any) => r.id),
    [made.id],
  );
  assert.equal((await client.ask("POST", rules, { body: { mode: "maybe", configuration: { target: "ip", value: "203.0.113.1" } } })).status, 400);
  const two = await client.result(
    "POST",
    `${at}/firewall/rules`,
    [1, 2].map((n) => ({ action: "block", description: `bulk ${n}`, filter: { expression: `(ip.src eq 203.0.113.${n})` } })),
  );
  assert.equal(two.length, 2);
  await client.result("PUT", `${at}/firewall/rules/${two[0].id}`, { ...two[0], paused: true });
  assert.equal((await client.result("GET", `${at}/firewall/rules/${two[0].id}`)).paused, true);
  await client.result("DELETE", `${at}/firewall/rules?id=${two[0].id}&id=${two[1].id}`);
  assert.equal((await client.ask("GET", `${at}/firewall/rules/${two[0].id}`)).status, 404);
});

test("KV values: any bytes, a form with metadata, bulk", async () => {
  const [{ id }] = await client.result("GET", `/accounts/${web}/storage/kv/namespaces`);
  const kv = `/accounts/${web}/storage/kv/namespaces/${id}`;
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.equal((await client.ask("PUT", `${kv}/values/a%2Fb`, { body: bytes, headers: { "content-type": "application/octet-stream" } })).status, 200);
  const response = await fetch(`${client.origin}/client/v4${kv}/values/a%2Fb`, { headers: { authorization: "Bearer cfut_sandbox_full" } });
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes);
  const form = new FormData();
  form.append("value", "text\r\n--not a boundary");
  form.append("metadata", '{"owner":"me"}');
  await client.result("PUT", `${kv}/values/formed`, form);
  assert.equal((await client.ask("GET", `${kv}/values/formed`)).body, "text\r\n--not a boundary");
  assert.deepEqual(await client.result("GET", `${kv}/metadata/formed`), { owner: "me" });
  await client.result("PUT", `${kv}/bulk`, [{ key: "b1", value: "aGk=", base64: true }]);
  assert.equal((await client.ask("GET", `${kv}/values/b1`)).body, "hi");
  await client.result("DELETE", `${kv}/values/b1`);
  assert.deepEqual(errorOf(await client.ask("GET", `${kv}/values/b1`)), [404, 10009]);
  assert.deepEqual(errorOf(await client.ask("GET", `/accounts/${web}/storage/kv/namespaces/${"0".repeat(32)}/keys`)), [404, 10013]);
});

test("Workers: upload as a form and as a script, read back, bindings, versions, delete", async () => {
  const scripts = `/accounts/${web}/workers/scripts`;
  const form = new FormData();
  form.append("metadata", JSON.stringify({ main_module: "main.js", bindings: [{ type: "plain_text", name: "A", text: "1" }] }));
  form.append(
    "main.js",
    new Blob(["export default { fetch() { return new Response('ok') } }"], { type: "application/javascript+module" }),
    "main.js",
  );
  const made = await client.result("PUT", `${scripts}/fresh`, form);
  assert.equal(made.has_modules, true);
  assert.match((await client.ask("GET", `${scripts}/fresh`)).body, /return new Response\('ok'\)/);
  assert.equal((await client.result("GET", `${scripts}/fresh/settings`)).bindings[0].name, "A");
  await client.ask("PUT", `${scripts}/fresh`, { body: "addEventListener('fetch', () => {})", headers: { "content-type": "application/javascript" } });
  const { items } = await client.result("GET", `${scripts}/fresh/versions`);
  assert.deepEqual(
    items.map((v: any) => v.number),
    [2, 1],
  );
  await client.result("POST", `${scripts}/fresh/deployments`, { strategy: "percentage", versions: [{ version_id: items[1].id, percentage: 100 }] });
  assert.equal((await client.result("GET", `${scripts}/fresh/deployments`)).deployments[0].versions[0].version_id, items[1].id);
  const wrong = await client.ask("POST", `${scripts}/fresh/deployments`, { body: { versions: [{ version_id: "none", percentage: 100 }] } });
  assert.deepEqual([wrong.status, wrong.body.errors[0].message], [404, "workers.api.error.version_not_found"]);
  await client.ask("DELETE", `${scripts}/fresh`);
  assert.deepEqual(errorOf(await client.ask("GET", `${scripts}/fresh`)), [404, 10007]);
  const bad = new FormData();
  bad.append("main.js", "x");
  assert.equal((await client.ask("PUT", `${scripts}/fresh`, { body: bad })).status, 400);
});

test("page rules, buckets, D1, members, zones", async () => {
  const rule = await client.result("POST", `${at}/pagerules`, {
    targets: [{ target: "url", constraint: { operator: "matches", value: "*example.com/x" } }],
    actions: [{ id: "always_use_https" }],
    status: "active",
  });
  await client.result("PATCH", `${at}/pagerules/${rule.id}`, { status: "disabled" });
  assert.equal((await client.result("GET", `${at}/pagerules/${rule.id}`)).status, "disabled");
  await client.result("DELETE", `${at}/pagerules/${rule.id}`);
  assert.equal((await client.ask("GET", `${at}/pagerules/${rule.id}`)).status, 404);

  assert.equal((await client.result("POST", `/accounts/${web}/r2/buckets`, { name: "acme-fresh" })).name, "acme-fresh");
  assert.ok((await client.result("GET", `/accounts/${web}/r2/buckets?name_contains=fresh`)).buckets.length === 1);
  assert.equal((await client.ask("POST", `/accounts/${web}/r2/buckets`, { body: { name: "acme-fresh" } })).status, 409);

  const [{ uuid }] = await client.result("GET", `/accounts/${web}/d1/database`);
  const query = (sql: string, params: unknown[] = []) => client.ask("POST", `/accounts/${web}/d1/database/${uuid}/query`, { body: { sql, params } });
  const rows = (await query("SELECT id, status FROM orders WHERE status = ? ORDER BY id DESC LIMIT 2", ["paid"])).body.result[0].results;
  assert.ok(rows.length === 2 && rows[0].id > rows[1].id && rows.every((r: any) => r.status === "paid"));
  assert.deepEqual(errorOf(await query("DROP TABLE orders")), [400, 7500]);

  const [role] = await client.result("GET", `/accounts/${web}/roles`);
  const member = await client.result("POST", `/accounts/${web}/members`, { email: "new-team@example.com", roles: [role.id] });
  assert.deepEqual([member.status, member.roles[0].name], ["pending", role.name]);
  assert.equal((await client.ask("POST", `/accounts/${web}/members`, { body: { email: "x@example.com", roles: ["nothing"] } })).status, 400);

  const made = await client.result("POST", "/zones", { name: "fresh.example", account: { id: web } });
  assert.equal((await client.zone("fresh.example")).status, "pending");
  assert.deepEqual(errorOf(await client.ask("POST", "/zones", { body: { name: "fresh.example", account: { id: web } } })), [400, 1061]);
  await client.result("DELETE", `/zones/${made.id}`);
  assert.equal((await client.ask("GET", `/zones/${made.id}`)).status, 404);
});

test("a body that is not JSON is refused", async () => {
  assert.deepEqual(
    errorOf(await client.ask("POST", `${at}/dns_records`, { body: "{oops", headers: { "content-type": "application/json" } })),
    [400, 9207],
  );
  assert.deepEqual(errorOf(await client.ask("POST", `${at}/dns_records`, { body: [] })), [400, 9207]);
});

test("a body over the limit is refused, and the server goes on", async () => {
  const reply = await client.ask("POST", `${at}/dns_records`, { body: new Uint8Array(33 * 1024 * 1024) });
  assert.equal(reply.status, 413);
  assert.equal((await client.ask("GET", at)).status, 200);
});

test("reset brings the first state back", async () => {
  await client.result("POST", `${at}/dns_records`, { type: "A", name: "to-forget", content: "192.0.2.3" });
  assert.equal((await client.control("POST", "reset")).status, 200);
  assert.deepEqual(await client.result("GET", `${at}/dns_records?name=to-forget.example.com`), []);
});
