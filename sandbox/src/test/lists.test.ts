// SPDX-License-Identifier: Apache-2.0
// Paging, filters and order; and that every list of the API has something to show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ROUTES } from "../routes.js";
import { accountId } from "../tokens.js";
import { Client, errorOf } from "./client.js";

const client = await Client.start({ plan: { quota: 100_000 } });
const web = accountId("web");
const zone = await client.zone("example.com");

test("zones: 43 in pages that do not overlap", async () => {
  const seen = new Set<string>();
  for (let page = 1; page <= 3; page++) {
    const { body } = await client.ask("GET", `/zones?page=${page}`);
    assert.deepEqual(body.result_info, { page, per_page: 20, count: page === 3 ? 3 : 20, total_count: 43, total_pages: 3 });
    for (const z of body.result) seen.add(z.id);
  }
  assert.equal(seen.size, 43);
});

test("zones: name operators, match, order", async () => {
  const names = async (query: string) => (await client.result("GET", `/zones?${query}`)).map((z: any) => z.name);
  assert.deepEqual(await names("name=contains:staging&order=name"), ["staging-app.com", "staging-example.com"]);
  assert.deepEqual(await names("name=equal:example.com"), ["example.com"]);
  assert.deepEqual(await names("name=example.com&status=pending"), []);
  assert.deepEqual((await names("name=example.com&status=pending&match=any")).sort(), ["acme-games.example", "example.com"]);
  const down = await names("order=name&direction=desc&per_page=50");
  assert.deepEqual(down, [...down].sort().reverse());
  assert.deepEqual(errorOf(await client.ask("GET", "/zones?status=wrong")), [400, 1004]);
  assert.deepEqual(errorOf(await client.ask("GET", "/zones?per_page=many")), [400, 1004]);
  assert.equal((await client.ask("GET", "/zones?per_page=9000")).body.result_info.per_page, 50);
});

test("rulesets: cursors.after leads through all, without rules", async () => {
  const at = `/zones/${zone.id}/rulesets`;
  const all = (await client.ask("GET", at)).body;
  assert.equal(all.result_info, undefined);
  assert.ok(all.result.every((r: any) => r.rules === undefined));
  const names: string[] = [];
  let cursor = "";
  do {
    const { body } = await client.ask("GET", `${at}?per_page=2&cursor=${cursor}`);
    names.push(...body.result.map((r: any) => r.id));
    cursor = body.result_info?.cursors?.after ?? "";
  } while (cursor);
  assert.deepEqual(
    names,
    all.result.map((r: any) => r.id),
  );
  assert.deepEqual(errorOf(await client.ask("GET", `${at}?cursor=rubbish`)), [400, 1004]);
});

test("kv keys: limit and cursor", async () => {
  const [{ id }] = (await client.result("GET", `/accounts/${web}/storage/kv/namespaces`)).filter((n: any) => n.title === "redirects");
  const at = `/accounts/${web}/storage/kv/namespaces/${id}/keys`;
  const first = (await client.ask("GET", `${at}?limit=10`)).body;
  assert.equal(first.result_info.count, 10);
  const second = (await client.ask("GET", `${at}?limit=20&cursor=${first.result_info.cursor}`)).body;
  assert.deepEqual([second.result.length, second.result_info.cursor], [15, ""]);
  assert.equal((await client.result("GET", `${at}?prefix=/old/1`)).length, 11);
});

test("every readable path answers, and the lists of the story's account and zone are not empty", async () => {
  // Parents that only another list can give.
  const [namespace] = await client.result("GET", `/accounts/${web}/storage/kv/namespaces`);
  const [database] = await client.result("GET", `/accounts/${web}/d1/database`);
  const [pool] = await client.result("GET", `/accounts/${web}/load_balancers/pools`);
  const [monitor] = await client.result("GET", `/accounts/${web}/load_balancers/monitors`);
  const [ruleset] = await client.result("GET", `/zones/${zone.id}/rulesets`);
  const [rootset] = await client.result("GET", `/accounts/${web}/rulesets`);
  const [deployment] = await client.result("GET", `/accounts/${web}/pages/projects/acme-docs/deployments`);
  const [version] = (await client.result("GET", `/accounts/${web}/workers/scripts/api-gateway/versions`)).items;
  const [wafPackage] = await client.result("GET", `/zones/${zone.id}/firewall/waf/packages`);
  const [app] = await client.result("GET", `/accounts/${web}/access/apps`);
  const [tunnel] = await client.result("GET", `/accounts/${web}/cfd_tunnel`);
  const [list] = await client.result("GET", `/accounts/${web}/rules/lists`);
  const values: { [name: string]: string } = {
    zone_id: zone.id,
    account_id: web,
    namespace_id: namespace.id,
    database_id: database.uuid,
    key: "routes",
    phase: "http_request_firewall_managed",
    script_name: "api-gateway",
    version_id: version.id,
    project_name: "acme-docs",
    deployment_id: deployment.id,
    pool_id: pool.id,
    monitor_id: monitor.id,
    setting_id: "ssl",
    package_id: wafPackage.id,
    app_id: app.id,
    tunnel_id: tunnel.id,
    list_id: list.id,
  };
  const mayBeEmpty = [
    "/tails",
    "/schedules",
    "/user/firewall/access_rules/rules",
    "/user/subscriptions",
    `/accounts/:account_id/logpush/jobs`,
    "references",
  ];
  let asked = 0;
  for (const route of ROUTES.filter((r) => r.method === "GET")) {
    const token = route.path.endsWith("/tokens/verify") && route.path.startsWith("/accounts") ? "account_full" : "full";
    let path = route.path.replace(/:([a-z_]+)/g, (whole, name: string) => (name === "id" ? whole : encodeURIComponent(values[name]!)));
    if (path.endsWith("/versions") && path.includes(":id")) path = path.replace(":id", route.path.startsWith("/zones") ? ruleset.id : rootset.id);
    if (path.includes(":id")) {
      const { body } = await client.ask("GET", path.slice(0, path.indexOf("/:id")), { token });
      const rows = Array.isArray(body.result) ? body.result : body.result.buckets;
      if (rows.length === 0) continue;
      const row = rows[0];
      path = path.replace(
        ":id",
        encodeURIComponent(String(row.id && !row.tag ? row.id : (row.tag ?? row.uuid ?? row.queue_id ?? row.sitekey ?? row.name))),
      );
      if (/\/(pages|r2)\//.test(path)) path = path.replace(/[^/]+$/, row.name);
    }
    if (path.endsWith("/logs/audit")) path += "?since=2000-01-01&before=2100-01-01";
    const reply = await client.ask("GET", path, { token });
    assert.equal(reply.status, 200, `${route.path} -> ${path}: ${JSON.stringify(reply.body)}`);
    const list = Array.isArray(reply.body?.result) ? reply.body.result : reply.body?.result?.buckets;
    if (list && !mayBeEmpty.some((end) => route.path.endsWith(end))) assert.ok(list.length > 0, `${route.path} is empty`);
    asked++;
  }
  assert.ok(asked > 140, `only ${asked} were asked`);
});
