// SPDX-License-Identifier: Apache-2.0
// Each seed of trouble, brought about at the sandbox's vendors, is named by the doctor (API and command line alike) and by
// the result of the call that suffers from it, with what to do.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { accountId, call, linkIn, said, startWithVendors, works } from "../lib/oauth.mjs";
import { BINARY, Postern } from "../lib/postern.mjs";
import { certificate, startFront } from "../lib/tls.mjs";

let world;
before(async () => (world = await startWithVendors()));
after(() => world?.close());
beforeEach(() => world.vendors.calm());

const examine = (account, postern = world.postern) => postern.must(200, "POST", `/integrated-account/${account.id}/doctor`, undefined, { token: postern.token });
async function cli(account, postern = world.postern) {
  const child = spawn(BINARY, ["account", "doctor", account.id], { env: { ...process.env, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (out += bytes));
  const [code] = await once(child, "close");
  return { code, out: out.replace(/\s+/g, " ") };
}
// The check with its remedy, in the API's answer and at the terminal. `status` fail: the command fails too.
async function finds(account, id, { status = "fail", text = /./, remedy = /./, postern } = {}) {
  const report = await examine(account, postern);
  const found = report.checks.find((c) => c.id === id && c.status === status);
  assert.ok(found, `expected ${id} to be ${status}, got ${JSON.stringify(report.checks)}`);
  assert.match(found.text, text);
  assert.match(found.remedy ?? "", remedy);
  assert.equal(report.healthy, !report.checks.some((c) => c.status === "fail"));
  const { code, out } = await cli(account, postern);
  assert.equal(code === 0, report.healthy, out);
  assert.ok(out.includes(id), out);
  return found;
}
// A call's result that has the vendor's words, and ours on what to do.
function advises(result, remedy) {
  const ours = result.content.map((c) => c.text ?? "").filter((t) => t.startsWith("[postern]")).join("\n") || said(result);
  assert.match(ours, remedy, `expected advice, got ${said(result).slice(0, 1500)}`);
}

test("all well: every check is named, none fails, and the command succeeds", async () => {
  for (const vendor of ["cloudflare", "cloudinary"]) {
    const { account } = await world.connect(vendor);
    const report = await examine(account);
    assert.equal(report.healthy, true, JSON.stringify(report.checks));
    assert.equal(report.account_id, account.id);
    for (const id of ["address", "clock_skew", "credential", "tools"]) assert.ok(report.checks.some((c) => c.id === id), `${id} is not among ${report.checks.map((c) => c.id)}`);
    assert.equal((await cli(account)).code, 0);
  }
});

test("the doctor reads only", async () => {
  for (const vendor of ["cloudflare", "cloudinary", "arcjet"]) {
    const { account } = await world.connect(vendor);
    await examine(account);
    assert.equal((await world.vendors.counters(vendor)).write_calls, 0);
  }
});

describe("the seeds of trouble", () => {
  test("account context missing", async () => {
    const { account } = await world.connect("cloudflare", { answer: {} });
    const server = await world.server(account);
    const result = await call(server, "workers_list");
    assert.equal(result.isError, true);
    advises(result, /account_id/);
    for (const name of ["web", "retail"]) assert.ok(said(result).includes(accountId(name)));
    const report = await examine(account);
    const found = report.checks.filter((c) => c.id === "context_missing" && c.status !== "ok");
    assert.ok(found.length, JSON.stringify(report.checks));
    assert.match(found.map((c) => c.remedy).join(" "), /account_id/);
    assert.match((await cli(account)).out, /context_missing/);
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { context: { account_id: accountId("web") } });
    await works(server, "workers_list");
    assert.ok((await examine(account)).checks.filter((c) => c.id === "context_missing").every((c) => c.status === "ok"));
  });

  test("cloud name mismatch", async () => {
    const { account } = await world.connect("cloudinary", { answer: { cloud: "acme-web" } });
    const server = await world.server(account);
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { context: { cloud_name: "acme-retail" } });
    advises(await call(server, "list-images", { max_results: 2 }), /cloud is chosen on the consent page/);
    await finds(account, "cloud_mismatch", { remedy: /consent page/ });
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { context: { cloud_name: "acme-web" } });
    assert.ok(!(await examine(account)).checks.some((c) => c.id === "cloud_mismatch" && c.status === "fail"));
  });

  test("the asset list is empty because the folder filter matched nothing", async () => {
    const { account } = await world.connect("cloudinary");
    const server = await world.server(account);
    for (const [tool, args] of [["list-images", { prefix: "Products/Shoes/" }], ["search-assets", { request: { expression: 'folder:"Products/Shoes"' } }]]) {
      const result = await call(server, tool, args);
      assert.ok(!result.isError, said(result));
      advises(result, /folder filter matched nothing.*case-sensitive/s);
    }
    const plain = await call(server, "search-assets", { request: { expression: 'folder:"products/shoes"', max_results: 2 } });
    assert.ok(!/matched nothing/.test(said(plain)), "no advice where there are results");
  });

  test("no decisions because another site is in scope, or the window is empty", async () => {
    const { account } = await world.connect("arcjet");
    const server = await world.server(account);
    const { teams } = JSON.parse(said(await works(server, "list-teams")));
    const { sites } = JSON.parse(said(await works(server, "list-sites", { team_id: teams[0].id })));
    const site = (name) => sites.find((s) => s.name === name).id;
    advises(await call(server, "list-requests", { site_id: site("internal-tools") }), /Another site is in scope, or the window is empty/);
    advises(await call(server, "list-requests", { site_id: site("storefront"), start: "2001-01-01T00:00:00Z", end: "2001-01-02T00:00:00Z" }), /window is empty/);
    const full = await call(server, "list-requests", { site_id: site("storefront") });
    assert.ok(!/Another site/.test(said(full)), "no advice where there are decisions");
  });

  test("the same, seen by the doctor: a team whose only site has seen nothing", async () => {
    const options = await fetch((await world.begin("arcjet")).direct_url).then((r) => r.text());
    const labs = options.match(/value="(team_[^"]+)"(?: checked)?> Acme Labs/)[1];
    const { account } = await world.connect("arcjet", { answer: { account: labs } });
    await finds(account, "site_empty", { remedy: /widen the time/ });
  });

  test("denial counts are low because routes are unprotected or rules in dry-run", async () => {
    const { account } = await world.connect("arcjet");
    const server = await world.server(account);
    const { teams } = JSON.parse(said(await works(server, "list-teams")));
    const { sites } = JSON.parse(said(await works(server, "list-sites", { team_id: teams[0].id })));
    const staging = sites.find((s) => s.name === "staging").id;
    const traffic = await call(server, "analyze-traffic", { site_id: staging, period: "90d" });
    const { total_requests: all, denied_requests: denied } = JSON.parse(traffic.content[0].text);
    assert.ok(all > 100 && denied * 100 >= all, `${denied} denied of ${all} requests`);
    assert.ok(!/\[postern\]/.test(said(traffic)), "no advice where enough are denied");
    const remedy = /DRY_RUN only report, and routes without protection are not seen/;
    advises(await call(server, "get-dry-run-impact", { site_id: staging, period: "90d" }), remedy);
    advises(await call(server, "get-security-briefing", { site_id: sites.find((s) => s.name === "storefront").id }), remedy);
    await finds(account, "dry_run", { remedy });
  });

  test("the token lacks a permission", async () => {
    const made = await world.must(201, "POST", "/integrated-account", { connector: "cloudflare-bindings", name: "zones only", way: "token", credential: { token: "cfut_sandbox_zone_read" }, context: { account_id: accountId("web") }, base_url: world.vendors.url("cloudflare") });
    const result = await call(await world.server(made), "workers_list");
    assert.equal(result.isError, true);
    advises(result, /permission/);
    await finds(made, "permission", { remedy: /read permission/ });
  });

  test("the clocks differ", async () => {
    const { account } = await world.connect("arcjet");
    for (const [skew, words] of [[3600, /behind/], [-3600, /ahead/]]) {
      await world.vendors.set("arcjet", { clock_skew: skew });
      await finds(account, "clock_skew", { text: words, remedy: /clock|time/ });
    }
  });

  test("registration refused", async () => {
    const vendor = await startAuthVendor({ answer: (_r, url) => (url.pathname === "/register" ? { status: 403, body: { error: "invalid_client_metadata", error_description: "not on our list" } } : undefined) });
    try {
      const r = await world.api("POST", "/integrated-account/authorize", { url: vendor.url, name: "refused" });
      assert.equal(r.status, 422, r.text);
      assert.match(r.body.error.message, /refused to register.*not on our list/);
      assert.match(r.body.error.hint, /console.*client_id/);
    } finally {
      await vendor.close();
    }
  });

  test("the vendor is down", async () => {
    const { account } = await world.connect("cloudinary");
    const server = await world.server(account);
    await world.vendors.fault("cloudinary", "drop", {}, { times: 1000 });
    const result = await call(server, "list-tags");
    assert.equal(result.isError, true);
    await finds(account, "address");
  });

  test("a person has to authorize again", async () => {
    const { account } = await world.connect("cloudflare");
    const server = await world.server(account);
    await world.vendors.expire("cloudflare", "grants");
    const result = await call(server, "workers_list");
    assert.ok(linkIn(said(result)), said(result));
    const found = await finds(account, "credential", { text: /person/, remedy: /connect .* --again/ });
    assert.ok(linkIn(found.remedy), found.remedy);
  });

  test("tools wait for a review", async () => {
    const vendor = await startAuthVendor({ tools: [{ name: "synergize", description: "x", inputSchema: { type: "object" } }, { name: "list_things", description: "x", inputSchema: { type: "object" } }] });
    vendor.open = true;
    try {
      const account = await world.must(201, "POST", "/integrated-account", { url: vendor.url, name: "unclear", way: "open", credential: {} });
      await finds(account, "tools", { status: "warn", text: /1 wait/, remedy: /postern tools review/ });
    } finally {
      await vendor.close();
    }
  });
});

describe("the way to the vendor", () => {
  let folder;
  before(() => (folder = mkdtempSync(join(tmpdir(), "postern-doctor-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  async function restart(postern, settings) {
    await postern.stop();
    Object.assign(postern.settings, settings);
    await postern.start();
  }
  // HTTPS in front of a vendor of the test's own.
  async function startTls(t) {
    const vendor = await startAuthVendor();
    vendor.open = true;
    const { cert, key } = certificate(folder, "vendor");
    const front = await startFront(vendor.origin, { cert, key });
    t.after(async () => {
      await front.close();
      await vendor.close();
    });
    return { url: `https://127.0.0.1:${front.port}/mcp`, cert };
  }

  test("a certificate that nobody vouches for: at the start, and for an account that is there", async (t) => {
    const { url, cert } = await startTls(t);
    const refused = await world.api("POST", "/integrated-account", { url, name: "tls", way: "open", credential: {} });
    assert.ok(refused.status >= 400, refused.text);
    assert.match(`${refused.body.error.message} ${refused.body.error.hint}`, /certificate/);
    assert.match(`${refused.body.error.message} ${refused.body.error.hint}`, /upstream_ca/);
    const trusting = await new Postern({ upstream_ca: cert }).start();
    t.after(() => trusting.close());
    const account = await trusting.must(201, "POST", "/integrated-account", { url, name: "tls", way: "open", credential: {} });
    const examined = async (postern) => (await postern.must(200, "POST", `/integrated-account/${account.id}/doctor`, undefined, { token: trusting.token })).checks;
    assert.ok((await examined(trusting)).some((c) => c.id === "certificate" && c.status === "ok"));
    const server = await trusting.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "s", config: {} });
    await restart(trusting, { upstream_ca: "" });
    const found = (await examined(trusting)).find((c) => c.id === "certificate");
    assert.equal(found?.status, "fail", JSON.stringify(await examined(trusting)));
    assert.match(`${found.text} ${found.remedy}`, /upstream_ca/);
    const result = await call(trusting.url + new URL(server.url).pathname, "list_things");
    assert.equal(result.isError, true);
    advises(result, /upstream_ca/);
  });

  test("blocked by the address guard, and how to allow it", async (t) => {
    const own = await startWithVendors({ vendors: world.vendors });
    t.after(() => own.close());
    const { account } = await own.connect("arcjet");
    const server = await own.server(account);
    await restart(own.postern, { upstream_allow: [] });
    await finds(account, "guard_blocked", { remedy: /upstream_allow/, postern: own.postern });
    const result = await call(own.postern.url + new URL(server.url).pathname, "list-teams");
    assert.equal(result.isError, true);
    advises(result, /upstream_allow/);
  });
});
