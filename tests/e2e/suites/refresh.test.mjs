// SPDX-License-Identifier: Apache-2.0
// Tokens that end: one refresh however many wait, in however many processes; nothing lost by a crash at any step; and
// when a person is needed, the account says so and only those who use it can mend it.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { ONLY_SQLITE } from "../lib/database.mjs";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { becomes, Browser, call, linkIn, PLACES, said, startVendors, startWithVendors, toolNames, works } from "../lib/oauth.mjs";
import { Postern } from "../lib/postern.mjs";
import { eventually, written } from "../lib/wait.mjs";

const MANY = 200;
let vendors;
before(async () => (vendors = await startVendors()));
after(() => vendors?.close());
beforeEach(() => vendors.calm());

const here = (postern, server) => ({ url: postern.url + new URL(server.url).pathname }); // every start has its own port
const refreshes = async (vendor) => (await vendors.counters(vendor)).refreshes;
const asked = async (vendor) => (await vendors.counters(vendor)).token.refresh_token ?? 0;
const grantsLost = async (vendor) => (await vendors.counters(vendor)).token_refused.invalid_grant ?? 0;

async function allWork(servers, tool) {
  const results = await Promise.all(Array.from({ length: MANY }, (_, i) => call(servers[i % servers.length], tool)));
  const bad = results.filter((r) => r.isError);
  assert.equal(bad.length, 0, `${bad.length} of ${MANY} calls failed, the first with ${bad[0] && said(bad[0])}`);
}

describe(`${MANY} calls at once`, () => {
  let world;
  before(async () => (world = await startWithVendors({ vendors })));
  after(() => world?.close());

  for (const vendor of Object.keys(PLACES))
    test(`${vendor}: the token was ended at the vendor, one refresh`, async () => {
      const { account } = await world.connect(vendor);
      const server = await world.server(account);
      await vendors.expire(vendor);
      await allWork([server], PLACES[vendor].tool);
      assert.equal(await asked(vendor), 1, "expected one request to refresh");
      assert.equal(await refreshes(vendor), 1);
    });

  test("the token ran out by the clock: it is renewed before it is used", async () => {
    await vendors.set("arcjet", { access_ttl: 1 });
    const { account } = await world.connect("arcjet");
    const server = await world.server(account);
    await vendors.set("arcjet", { access_ttl: 3600 });
    await pause(1100);
    await vendors.control("arcjet", "DELETE", "counters");
    await allWork([server], "list-teams");
    const { unauthorized } = await vendors.counters("arcjet");
    assert.equal(unauthorized, 0, "expected no call with a token that had ended");
    assert.ok((await refreshes("arcjet")) <= 1, `expected at most one refresh, got ${await refreshes("arcjet")}`);
  });

  test("they wait for a slow vendor", async () => {
    const { account } = await world.connect("cloudflare");
    const server = await world.server(account);
    await vendors.expire("cloudflare");
    await vendors.fault("cloudflare", "slow", { path: "/token", grant: "refresh_token" }, { delay_ms: 500 });
    await allWork([server], "workers_list");
    assert.equal(await asked("cloudflare"), 1);
  });

  test("a vendor that cannot refresh now fails them with a reason, and loses no grant", async () => {
    const { account } = await world.connect("cloudflare");
    const server = await world.server(account);
    await vendors.expire("cloudflare");
    await vendors.fault("cloudflare", "status", { path: "/token", grant: "refresh_token" }, { status: 503, times: 1000 });
    const failed = await call(server, "workers_list");
    assert.equal(failed.isError, true);
    assert.match(said(failed), /503|later|down/);
    assert.notEqual((await world.account(account.id)).status, "needs_authorising", "a vendor that is down has refused nobody");
    await vendors.control("cloudflare", "DELETE", "fault");
    await eventually("it works again", async () => !(await call(server, "workers_list")).isError);
  });
});

test("two processes on one store refresh once between them", { skip: ONLY_SQLITE }, async (t) => {
  const world = await startWithVendors({ vendors });
  t.after(() => world.close());
  const { account } = await world.connect("arcjet"); // whose second use of a refresh token ends the grant
  const server = await world.server(account);
  // Postern takes a SQLite file for itself alone, by its name; under another name a second one comes in, as two will
  // share a PostgreSQL.
  const second = new Postern({ key_file: join(world.postern.settings.data_dir, "postern.key") });
  mkdirSync(second.settings.data_dir);
  symlinkSync(join(world.postern.settings.data_dir, "postern.db"), join(second.settings.data_dir, "postern.db"));
  await second.start();
  t.after(() => second.close());
  const servers = [server, here(second, server)];
  await works(servers[1], "list-teams");
  await vendors.expire("arcjet");
  await vendors.control("arcjet", "DELETE", "counters");
  await vendors.fault("arcjet", "slow", { grant: "refresh_token" }, { delay_ms: 300 }); // so that both want it
  await allWork(servers, "list-teams");
  assert.deepEqual([await asked("arcjet"), await refreshes("arcjet"), await grantsLost("arcjet")], [1, 1, 0], "expected one refresh, and none refused");
});

describe("kill -9 on the way of a rotation", () => {
  // A world with a connected account whose token has ended, and what a call of it leads to.
  async function begin(t, vendor, fault) {
    const world = await startWithVendors({ vendors });
    t.after(() => world.close());
    const { account } = await world.connect(vendor);
    const server = await world.server(account);
    await works(server, PLACES[vendor].tool);
    await vendors.expire(vendor);
    await vendors.control(vendor, "DELETE", "counters");
    await vendors.control(vendor, "DELETE", "requests");
    if (fault) await vendors.fault(vendor, ...fault);
    return { world, account, server, calling: call(server, PLACES[vendor].tool).catch((error) => error) };
  }
  // Who was killed holds the right to refresh until it runs out, after some seconds.
  const endLeases = (world) => world.edit("UPDATE oauth_grant SET lease_until = 0");
  // Killed; what the vendor was told to do is over; started again: the grant is there and works.
  async function survives({ world, account, server, calling }, vendor) {
    await world.postern.stop("SIGKILL");
    await calling;
    await vendors.control(vendor, "DELETE", "fault");
    endLeases(world);
    await world.postern.start();
    const again = here(world.postern, server);
    const result = await call(again, PLACES[vendor].tool);
    assert.ok(!result.isError, `after the restart: ${said(result)}`);
    assert.equal((await world.account(account.id)).status, "ok");
    assert.equal(await grantsLost(vendor), 0);
  }
  const underWay = (vendor) =>
    eventually("the request to refresh is under way", async () => (await vendors.requests(vendor)).some((r) => r.method === "POST" && /token$/.test(r.path) && /grant_type=refresh_token/.test(r.body.text)));

  for (const vendor of ["cloudflare", "arcjet"])
    test(`${vendor}: before the vendor has the request`, async (t) => {
      const it = await begin(t, vendor, ["hang", { grant: "refresh_token" }, { times: 100 }]);
      await underWay(vendor);
      await survives(it, vendor);
      assert.equal(await refreshes(vendor), 1);
    });

  test("cloudflare: the vendor has rotated, its answer is on the way", async (t) => {
    const it = await begin(t, "cloudflare", ["slow", { grant: "refresh_token" }, { delay_ms: 3000 }]); // stopped long before
    await underWay("cloudflare");
    it.world.postern.program.child.kill("SIGSTOP"); // so that the answer lies in the socket, unread
    await eventually("the vendor has rotated", async () => (await refreshes("cloudflare")) === 1);
    await survives(it, "cloudflare");
    assert.equal(await refreshes("cloudflare"), 2, "with the token before, which that vendor still takes");
  });

  // Nothing can bring this one back: the new token was nowhere but in the answer, and the vendor takes the old one once.
  test("arcjet: the vendor has rotated, its answer is on the way, and a second use ends the grant: a person is needed", async (t) => {
    const it = await begin(t, "arcjet", ["slow", { grant: "refresh_token" }, { delay_ms: 3000 }]); // stopped long before
    await underWay("arcjet");
    it.world.postern.program.child.kill("SIGSTOP"); // so that the answer lies in the socket, unread
    await eventually("the vendor has rotated", async () => (await refreshes("arcjet")) === 1);
    await it.world.postern.stop("SIGKILL");
    await it.calling;
    await vendors.control("arcjet", "DELETE", "fault");
    await it.world.postern.start();
    const again = here(it.world.postern, it.server);
    // The renewal at the start may meet the refusal before these calls do: the doctor keeps the reason.
    const tellsWhy = /ended before it could store the new one, and this vendor takes the one before no second time/;
    const results = await Promise.all(Array.from({ length: 10 }, () => call(again, PLACES.arcjet.tool)));
    for (const r of results) assert.ok(r.isError && linkIn(said(r)), said(r));
    await becomes(it.world, it.account, "needs_authorising");
    const tried = await asked("arcjet");
    await call(again, PLACES.arcjet.tool);
    assert.equal(await asked("arcjet"), tried, "the vendor is not asked again and again");
    assert.match(JSON.stringify(await it.world.must(200, "POST", `/integrated-account/${it.account.id}/doctor`)), tellsWhy);
  });

  for (const vendor of Object.keys(PLACES))
    test(`${vendor}: the new token is in use`, async (t) => {
      const it = await begin(t, vendor);
      const result = await it.calling;
      assert.ok(!result.isError, said(result));
      await vendors.expire(vendor); // only the refresh token that was stored can help now
      await survives(it, vendor);
      assert.equal(await refreshes(vendor), 2);
    });

  test("in the middle of many, ten times over", async (t) => {
    const world = await startWithVendors({ vendors });
    t.after(() => world.close());
    const { account } = await world.connect("cloudflare");
    const server = await world.server(account);
    let before = await refreshes("cloudflare");
    for (let round = 0; round < 10; round++) {
      const calls = Array.from({ length: 20 }, () => call(here(world.postern, server), "workers_list").catch(() => undefined));
      // Some time into it, and every other round once the vendor has rotated: whatever the machine's speed, both happen.
      if (round % 2 === 0) await pause(round * 3);
      else await eventually("a rotation", async () => (await refreshes("cloudflare")) > before, { every: 1 });
      await world.postern.stop("SIGKILL");
      await Promise.all(calls);
      endLeases(world);
      world.edit("UPDATE oauth_grant SET expires_at = 1"); // so that the next start begins with a rotation
      before = await refreshes("cloudflare"); // before the start, which may rotate at once
      await world.postern.start();
    }
    await works(here(world.postern, server), "workers_list");
    assert.ok((await refreshes("cloudflare")) >= 5, `expected a rotation in every other round, got ${await refreshes("cloudflare")}`);
    assert.equal((await world.account(account.id)).status, "ok");
    assert.equal(await grantsLost("cloudflare"), 0);
  });
});

test("an answer that is lost after the rotation loses no grant", async (t) => {
  const world = await startWithVendors({ vendors });
  t.after(() => world.close());
  const { account } = await world.connect("cloudflare");
  const server = await world.server(account);
  await vendors.expire("cloudflare");
  await vendors.fault("cloudflare", "drop_after", { grant: "refresh_token" });
  await eventually("it works again", async () => !(await call(server, "workers_list")).isError, { every: 200 });
  assert.equal(await refreshes("cloudflare"), 2);
  assert.equal(await grantsLost("cloudflare"), 0);
  assert.equal((await world.account(account.id)).status, "ok");
});

describe("a person is needed", () => {
  let world, account, server, link;
  before(async () => {
    world = await startWithVendors({ vendors });
    ({ account } = await world.connect("cloudflare"));
    server = await world.server(account);
    await works(server, "workers_list");
    await vendors.expire("cloudflare", "grants");
  });
  after(() => world?.close());
  const open = (proof, url = link) => fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams({ proof }) });

  test("invalid_grant marks the account; its tools stay listed and answer with the link", async () => {
    const before = await toolNames(server);
    const result = await call(server, "workers_list");
    assert.equal(result.isError, true);
    link = linkIn(said(result));
    assert.ok(link?.startsWith(`${world.postern.url}/connect/${account.id}`), `no link in ${said(result)}`);
    await becomes(world, account, "needs_authorising");
    assert.deepEqual(await toolNames(server), before);
    const many = await Promise.all(Array.from({ length: 20 }, () => call(server, "workers_list")));
    assert.ok(many.every((r) => r.isError && linkIn(said(r))));
    assert.ok((await asked("cloudflare")) <= 1, "the vendor is not asked again and again");
  });

  test("it outlives a restart", async () => {
    await world.postern.stop();
    await world.postern.start();
    server = here(world.postern, server);
    const result = await call(server, "workers_list");
    link = linkIn(said(result));
    assert.ok(result.isError && link, said(result));
    assert.equal((await world.account(account.id)).status, "needs_authorising");
  });

  test("clients that can open a URL are offered it, those of either era", async () => {
    for (const mode of ["SDK v2, pinned", "SDK v2, legacy", "SDK v1"]) {
      const client = await CLIENTS[mode].connect(server.url, { abilities: { elicitation: { form: {}, url: {} } } });
      const result = await client.callTool({ name: "workers_list", arguments: {} }).catch((error) => error);
      const offered = client.asked.find((a) => a.method === "elicitation/create")?.params ?? result.data?.elicitations?.[0] ?? result.elicitations?.[0];
      assert.equal(offered?.mode, "url", `${mode}: nothing was offered: ${result.message ?? JSON.stringify(result)}`);
      assert.ok(offered.url.startsWith(`${world.postern.url}/connect/`), offered.url);
      await client.close();
    }
  });

  test("the link alone does not do: it asks for a proof, and takes no other", async () => {
    const page = await fetch(link);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /name="proof"/);
    const { account: other } = await world.connect("arcjet");
    const foreign = await world.server(other);
    const guarded = await world.server(account, { require_api_token_auth: true });
    const client = await world.must(201, "POST", "/api-token", { name: "c", role: "client", expires_at: null });
    for (const [what, proof] of [["nothing", ""], ["a guess", "AAAA"], ["another account's server", foreign.url], ["the account's id", account.id], ["a server that asks for a token too", guarded.url]]) {
      const r = await open(proof);
      assert.equal(r.status, 403, `${what}: expected 403, got ${r.status}`);
      assert.equal(r.headers.get("location"), null);
    }
    assert.equal((await open(client.token)).status, 303, "who holds an API token for the guarded server may");
  });

  test("whoever opens it again and again uses up one link, not those of all", async () => {
    for (let i = 0; i < 5; i++) assert.equal((await open(server.url)).status, 303);
    const flows = world.rows("SELECT principal FROM oauth_flow WHERE account_id = ? AND status IN ('waiting', 'opened')", account.id).map((r) => r.principal);
    assert.equal(new Set(flows).size, flows.length, `expected one for each, got ${flows}`);
  });

  test("whoever has the server's URL mends it, and calls go on", async () => {
    const browser = new Browser();
    const { response, url } = await browser.visit(link, new URLSearchParams({ proof: server.url }));
    assert.equal(response.status, 303, await response.text());
    const next = new URL(response.headers.get("location"), url);
    assert.equal(next.origin, vendors.at.cloudflare.origin);
    const page = await browser.connect(next.href, PLACES.cloudflare.answer);
    assert.equal(page.status, 200, page.body);
    await becomes(world, account, "ok");
    await works(server, "workers_list");
  });

  test("an administrator cannot finish what a person began in mid-call", async () => {
    await vendors.expire("cloudflare", "grants");
    await call(server, "workers_list");
    const browser = new Browser();
    const { response } = await browser.visit(link, new URLSearchParams({ proof: server.url }));
    const { redirect } = await browser.consent(response.headers.get("location"), PLACES.cloudflare.answer);
    const { response: other } = await new Browser().visit(redirect);
    assert.ok(other.status >= 400, "nor another browser");
    assert.equal((await world.account(account.id)).status, "needs_authorising");
    assert.equal((await browser.visit(redirect)).response.status, 200);
    await works(server, "workers_list");
  });
});

test("a scope that is missing: the person is asked for what there was and what is new, three times at most", async (t) => {
  const world = await startWithVendors({ vendors });
  t.after(() => world.close());
  const { account } = await world.connect("cloudinary");
  const server = await world.server(account);
  await vendors.set("cloudinary", { step_up: { tool: "list-tags", scope: "media_generation" } });
  const refused = await call(server, "list-tags");
  assert.equal(refused.isError, true);
  const link = linkIn(said(refused));
  assert.ok(link, said(refused));
  assert.match(said(refused), /media_generation|scope|permission/);
  const browser = new Browser();
  const { response } = await browser.visit(link, new URLSearchParams({ proof: server.url }));
  const to = new URL(response.headers.get("location"));
  const scopes = to.searchParams.get("scope").split(" ");
  for (const scope of ["asset_management", "offline_access", "media_generation"]) assert.ok(scopes.includes(scope), `${scope} is not asked for: ${scopes}`);
  assert.equal((await browser.connect(to.href, PLACES.cloudinary.answer)).status, 200);
  await works(server, "list-tags");
});

test("codes, tokens and verifiers stand nowhere in clear", async (t) => {
  const world = await startWithVendors({ vendors, settings: { log_level: "debug", log_format: "json" } });
  t.after(() => world.close());
  const vendor = await startAuthVendor({ as: { token_endpoint_auth_methods_supported: ["client_secret_post"] }, answer: (request, url) => (url.pathname === "/register" ? { status: 201, body: { ...JSON.parse(request.body), client_id: "the-client", client_secret: "very-secret-of-the-client" } } : undefined) });
  t.after(() => vendor.close());
  const begun = await world.must(201, "POST", "/integrated-account/authorize", { url: vendor.url, name: "searched" });
  const waiting = await world.must(201, "POST", "/integrated-account/authorize", { url: vendor.url, name: "not yet" });
  const browser = new Browser();
  const { redirect } = await browser.consent(begun.url);
  await browser.visit(redirect);
  const { account_id } = await world.flow(begun.id);
  const server = await world.server({ id: account_id }, {});
  await call(server, "list_things");
  vendor.expire();
  await works(server, "list_things");
  vendor.revoke(); // and then by the link, with a proof
  const link = linkIn(said(await call(server, "list_things")));
  const proving = await fetch(link, { method: "POST", redirect: "manual", body: new URLSearchParams({ proof: server.url }) });
  assert.equal(proving.status, 303);
  const form = (r) => new URLSearchParams(r.body);
  const secrets = {
    "the server's token": server.url.split("/").at(-1),
    "the browser's cookie": proving.headers.get("set-cookie").match(/=([^;]+)/)[1],
    "the state of the second": new URL(proving.headers.get("location")).searchParams.get("state"),
    "the client's secret": "very-secret-of-the-client",
    "the link": new URL(waiting.url).searchParams.get("t"),
    "the state": new URL(redirect).searchParams.get("state"),
    "the verifier": form(vendor.seen("/token")[0]).get("code_verifier"),
  };
  assert.ok(vendor.issued.length >= 5, `expected a code and two pairs of tokens, got ${vendor.issued.length}`);
  vendor.issued.forEach((value, i) => (secrets[`a code or token (${i})`] = value));
  const absent = (bytes, where) => {
    for (const [name, secret] of Object.entries(secrets))
      for (const shape of [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64").replace(/=+$/, ""), Buffer.from(secret).toString("hex")]) assert.ok(!bytes.includes(shape), `${name} stands in ${where}`);
  };
  const folder = join(world.postern.folder, "data");
  for (const f of readdirSync(folder)) absent(readFileSync(join(folder, f)), f);
  const log = world.postern.program.output;
  assert.match(log, /"level":"debug"/);
  absent(log, "the log");
  await written(world);
  for (const path of ["/integrated-account", `/integrated-account/${account_id}`, `/integrated-account/authorize/${begun.id}`, `/integrated-account/authorize/${waiting.id}`, "/mcp-server", "/audit?limit=1000", "/status", "/metrics", `/integrated-account/${account_id}/tools`])
    absent((await world.api("GET", path)).text, path);
});
