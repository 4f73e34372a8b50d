// SPDX-License-Identifier: Apache-2.0
// Accounts by OAuth at the sandbox's vendors, as a person with a browser makes them; what may go wrong on the way,
// each with its own words; and accounts by key, or by nothing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, verify } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { CLIENTS } from "../lib/clients.mjs";
import { accountId, Browser, call, PLACES, said, startWithVendors, toolNames, works } from "../lib/oauth.mjs";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { BINARY, Program, rpc } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { eventually } from "../lib/wait.mjs";
import { listen } from "../lib/wire.mjs";

let world;
before(async () => (world = await startWithVendors()));
after(() => world?.close());
beforeEach(() => world.vendors.calm());

const accounts = async () => (await world.must(200, "GET", "/integrated-account?limit=1000")).items;
function commandLine(t, args, { command = BINARY, ...options } = {}) {
  const program = new Program(command, args, { env: { ...process.env, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token }, ...options });
  t.after(() => program.stop("SIGKILL"));
  return program;
}
const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

// The flow failed with this code, said it on the page and in the API, and told what to do; no account came of it.
async function failed(flow, page, code, words) {
  assert.deepEqual([flow.status, flow.code], ["failed", code], `expected failed ${code}, got ${JSON.stringify(flow)}`);
  assert.match(flow.text, words);
  assert.ok(flow.remedy, `no remedy in ${JSON.stringify(flow)}`);
  if (page) {
    assert.equal(page.status, 400, `the page: ${page.body}`);
    assert.match(page.body, /Not connected/);
    assert.ok(page.body.includes(flow.text.slice(0, 40).replaceAll("'", "&#39;")), `the page does not say ${flow.text}: ${page.body}`);
  }
  assert.ok((await accounts()).every((a) => a.name !== flow.name), "no account is left behind");
}

describe("the way of a person", () => {
  for (const vendor of Object.keys(PLACES))
    test(`${vendor}: link, consent, callback, poll, tools listed and called by official clients`, async () => {
      const { connector, tool, answer } = PLACES[vendor];
      const begun = await world.begin(vendor);
      assert.equal(begun.status, "waiting");
      assert.match(begun.url, new RegExp(`^${world.postern.url}/connect/[^/?]+\\?t=`));
      assert.equal((await world.flow(begun.id)).url, null, "the link is in the first answer only");
      const browser = new Browser();
      const { redirect } = await browser.consent(begun.url, answer);
      assert.equal((await world.flow(begun.id)).status, "opened");
      const { response } = await browser.visit(redirect);
      const page = await response.text();
      assert.equal(response.status, 200, page);
      assert.match(page, /Connected/);
      assert.match(page, /close this window/);
      const flow = await world.flow(begun.id);
      assert.deepEqual([flow.status, flow.code, flow.text], ["done", null, null]);
      const account = await world.account(flow.account_id);
      assert.deepEqual([account.status, account.connector, account.name], ["ok", connector, begun.name]);
      const server = await world.server(account);
      for (const mode of ["SDK v2, auto", "SDK v1"]) {
        const client = await CLIENTS[mode].connect(server.url);
        const { tools } = await client.listTools();
        assert.ok(tools.some((t) => t.name === tool), `${mode}: ${tool} is not among ${tools.map((t) => t.name)}`);
        const result = await client.callTool({ name: tool, arguments: {} });
        assert.ok(!result.isError, `${mode}: ${said(result)}`);
        await client.close();
      }
      await eventually("the audit tells of it", async () => (await world.must(200, "GET", `/audit?action=account.connect&account_id=${account.id}`)).items.some((row) => row.outcome === "ok"));
    });

  test("the command line prints the link on standard error, waits, and shows the account", async (t) => {
    const program = commandLine(t, ["account", "connect", world.vendors.url("cloudinary"), "--name", "by-cli", "--json"]);
    let errors = "";
    program.child.stderr.on("data", (bytes) => (errors += bytes));
    const [link] = await program.waitFor(/http\S+\/connect\/\S+/);
    await eventually("the link is on standard error", () => errors.includes(link));
    const page = await new Browser().connect(link, PLACES.cloudinary.answer);
    assert.equal(page.status, 200, page.body);
    assert.deepEqual(await program.exited, { code: 0, signal: null }, program.output);
    assert.match(program.output, /by-cli/);
    assert.equal((await world.account("by-cli")).status, "ok");
  });

  test("the command line authorizes again an account that is there", async (t) => {
    const { account } = await world.connect("cloudinary");
    await world.vendors.expire("cloudinary", "grants");
    const program = commandLine(t, ["account", "connect", account.name, "--again"]);
    const [link] = await program.waitFor(/http\S+\/connect\/\S+/);
    await new Browser().connect(link, PLACES.cloudinary.answer);
    assert.equal((await program.exited).code, 0, program.output);
    await works(await world.server(account), "list-tags");
  });

  test("the command line's texts become what a vendor's tool asks for, where that is plain", async (t) => {
    const { account } = await world.connect("cloudinary");
    const sent = async (value) => {
      const program = commandLine(t, ["call", account.name, "list-images", `max_results=${value}`]);
      return { ...(await program.exited), output: program.output };
    };
    const two = await sent("2");
    assert.equal(two.code, 0, two.output);
    assert.equal(JSON.parse(two.output).resources.length, 2);
    const none = await sent("many");
    assert.notEqual(none.code, 0, none.output);
    assert.match(none.output, /max_results must be integer/, "in the vendor's words");
  });

  test("the command line says why not, and fails", async (t) => {
    const program = commandLine(t, ["account", "connect", world.vendors.url("arcjet"), "--name", "by-cli-denied"]);
    const [link] = await program.waitFor(/http\S+\/connect\/\S+/);
    await new Browser().connect(link, { decision: "deny" });
    assert.ok((await program.exited).code > 0, program.output);
    assert.match(program.output, /not connected: consent was not given/);
  });

  test("at a terminal, the address that a browser elsewhere ended at is pasted", async (t) => {
    if (spawnSync("script", ["--version"]).error) return t.skip("there is no script(1) to make a terminal");
    const command = `'${BINARY}' account connect '${world.vendors.url("arcjet")}' --name pasted`;
    const program = commandLine(t, ["-qfec", command, "/dev/null"], { command: "script", stdio: ["pipe", "pipe", "pipe"] });
    await program.waitFor(/Waiting/);
    const direct = program.output.match(new RegExp(`${world.vendors.at.arcjet.origin}/oauth/authorize\\S+`))?.[0];
    assert.ok(direct, `no link of the vendor's own in ${program.output}`);
    const { redirect } = await new Browser().consent(direct);
    program.child.stdin.write(`${redirect}\n`);
    assert.equal((await program.exited).code, 0, program.output);
    assert.match(program.output, /Connected/);
    assert.equal((await world.account("pasted")).status, "ok");
  });

  test("an administrator finishes with the last address, once", async () => {
    const begun = await world.begin("cloudflare");
    const { redirect } = await new Browser().consent(begun.direct_url, PLACES.cloudflare.answer);
    const path = `/integrated-account/authorize/${begun.id}/finish`;
    assert.equal((await world.api("POST", path, { url: "http://127.0.0.1/nothing" })).status, 400);
    assert.equal((await world.must(200, "POST", path, { url: redirect })).status, "done");
    const again = await world.api("POST", path, { url: redirect });
    assert.ok(again.status >= 400, `expected a refusal, got ${again.status} ${again.text}`);
  });

  test("another's answer does not finish it", async () => {
    const [one, two] = [await world.begin("arcjet"), await world.begin("arcjet")];
    const { redirect } = await new Browser().consent(one.direct_url);
    const crossed = await world.api("POST", `/integrated-account/authorize/${two.id}/finish`, { url: redirect });
    assert.equal(crossed.status, 400, crossed.text);
    assert.notEqual((await world.flow(two.id)).status, "done");
    assert.equal((await world.must(200, "POST", `/integrated-account/authorize/${one.id}/finish`, { url: redirect })).status, "done");
  });

  test("again: the account stays, its servers go on, the old grant's place is taken", async () => {
    const { account } = await world.connect("cloudinary");
    const server = await world.server(account);
    await world.vendors.expire("cloudinary", "grants");
    const again = await world.connect("cloudinary", { connector: undefined, url: undefined, name: undefined, account: account.id });
    assert.equal(again.account.id, account.id);
    assert.equal(again.account.status, "ok");
    await works(server, "list-tags");
    assert.equal((await accounts()).filter((a) => a.id === account.id).length, 1);
  });

  test("an application made at the vendor by hand is taken where none can be registered", async () => {
    world.forgetClients();
    await world.vendors.set("cloudflare", { dcr: "absent" });
    const client = { client_id: "made-by-hand", client_secret: "a-secret-of-ours", redirect_uris: [`${world.postern.url}/oauth/callback`] };
    await world.vendors.control("cloudflare", "POST", "clients", client);
    const refused = await world.api("POST", "/integrated-account/authorize", { connector: "cloudflare-bindings", url: world.vendors.url("cloudflare"), name: "by-hand" });
    assert.equal(refused.status, 422, refused.text);
    assert.match(refused.body.error.message, /application made in its console/);
    assert.match(refused.body.error.hint, /oauth\/callback.*client_id/);
    const { account } = await world.connect("cloudflare", { client_id: client.client_id, client_secret: client.client_secret });
    await works(await world.server(account), "workers_list");
    assert.equal((await world.vendors.counters("cloudflare")).registrations, 0);
    assert.ok(!(await world.api("GET", `/integrated-account/${account.id}`)).text.includes(client.client_secret));
  });
});

test("an application that proves itself by a key, at the first tokens and at the next", async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const proofs = [];
  const decoded = (part) => JSON.parse(Buffer.from(part, "base64url"));
  const prove = (form) => {
    const [head, claims, signature] = (form.get("client_assertion") ?? "").split(".");
    assert.equal(form.get("client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert.ok(verify("sha256", Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")), "signed by the key");
    proofs.push({ grant: form.get("grant_type"), ...decoded(head), ...decoded(claims) });
  };
  const vendor = await startAuthVendor({
    as: { registration_endpoint: undefined, token_endpoint_auth_methods_supported: ["private_key_jwt"] },
    answer: (r, url) => void (url.pathname === "/token" && prove(new URLSearchParams(r.body))),
  });
  t.after(() => vendor.close());
  const begin = (more) => world.api("POST", "/integrated-account/authorize", { url: vendor.url, name: "by-proof", client_id: "made-by-hand", ...more });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  for (const [more, field] of [[{ client_key: "no key" }, "client_key"], [{ client_key: pem, client_secret: "s" }, "client_key"], [{ client_key: pem, client_id: undefined }, "client_id"]]) {
    const r = await begin(more);
    assert.deepEqual([r.status, r.body.error.field], [400, field], r.text);
  }
  const { account } = await world.connect("arcjet", { connector: undefined, url: vendor.url, name: "by-proof", client_id: "made-by-hand", client_key: pem });
  const server = await world.server(account);
  await works(server, "list_things");
  vendor.expire();
  await works(server, "list_things");
  assert.deepEqual(proofs.map((p) => [p.grant, p.alg, p.iss, p.sub, p.aud]), ["authorization_code", "refresh_token"].map((grant) => [grant, "ES256", "made-by-hand", "made-by-hand", vendor.origin]));
  assert.equal(new Set(proofs.map((p) => p.jti)).size, 2, "each proof once");
});

describe("wherever vendors keep their metadata", () => {
  const forms = {
    "no challenge": ["arcjet", { www_authenticate: "absent" }],
    "a bare challenge": ["cloudflare", { www_authenticate: "bare" }],
    "resource metadata at the root only": ["cloudflare", { prm: "root_only" }],
    "OpenID's document only": ["arcjet", { as_metadata: "openid_only" }],
    "an issuer with a path": ["cloudinary", { issuer_path: "/tenant" }],
    "no resource metadata (2025-03-26)": ["cloudinary", { prm: "missing" }],
    "no metadata at all (2025-03-26)": ["cloudinary", { prm: "missing", as_metadata: "missing" }],
    "registration answered 200": ["cloudflare", { dcr: "status_200" }],
  };
  for (const [name, [vendor, settings]] of Object.entries(forms))
    test(name, async () => {
      world.forgetClients();
      await world.vendors.set(vendor, settings);
      const { account } = await world.connect(vendor);
      await works(await world.server(account), PLACES[vendor].tool);
    });
});

describe("what goes wrong has its own words", () => {
  test("denied", async () => {
    const begun = await world.begin("arcjet");
    const page = await new Browser().connect(begun.url, { decision: "deny" });
    await failed(await world.flow(begun.id), page, "denied", /consent was not given/);
    assert.equal((await world.vendors.counters("arcjet")).token.authorization_code, undefined);
  });

  test("a link older than a day", async () => {
    const begun = await world.begin("arcjet");
    assert.equal(world.edit("UPDATE oauth_flow SET expires_at = ? WHERE id = ?", Date.now() - 1000, begun.id), 1);
    assert.equal((await world.flow(begun.id)).status, "expired");
    const { page } = await new Browser().consent(begun.url);
    assert.ok(page && page.status >= 400, `expected a page that refuses, got ${JSON.stringify(page)}`);
    assert.match(page.body, /expired|ended|day/);
    assert.equal((await world.vendors.counters("arcjet")).authorizations, 0);
  });

  test("an answer that comes after a day", async () => {
    const begun = await world.begin("arcjet");
    const browser = new Browser();
    const { redirect } = await browser.consent(begun.url);
    world.edit("UPDATE oauth_flow SET expires_at = ? WHERE id = ?", Date.now() - 1000, begun.id);
    const { response } = await browser.visit(redirect);
    assert.ok(response.status >= 400, `expected a refusal, got ${response.status}`);
    assert.equal((await world.vendors.counters("arcjet")).token.authorization_code, undefined, "the code was not redeemed");
    assert.ok(!(await accounts()).some((a) => a.name === begun.name));
  });

  test("answered by another browser than the one that opened it", async () => {
    const begun = await world.begin("arcjet");
    const [mine, theirs] = [new Browser(), new Browser()];
    const { redirect } = await mine.consent(begun.url);
    const stolen = await theirs.visit(redirect);
    assert.ok(stolen.response.status >= 400, `expected a refusal, got ${stolen.response.status}`);
    assert.match(await stolen.response.text(), /browser/);
    assert.notEqual((await world.flow(begun.id)).status, "done");
    const { response } = await mine.visit(redirect);
    assert.equal(response.status, 200, await response.text());
    assert.equal((await world.flow(begun.id)).status, "done");
  });

  test("a link that is opened twice: the browser that opened it last is the one to finish", async () => {
    const begun = await world.begin("arcjet");
    const [early, late] = [new Browser(), new Browser()];
    const first = await early.consent(begun.url);
    const second = await late.consent(begun.url);
    assert.ok((await early.visit(first.redirect)).response.status >= 400, "the state of the first is no more");
    assert.equal((await late.visit(second.redirect)).response.status, 200);
    assert.equal((await world.flow(begun.id)).status, "done");
  });

  test("an answer is taken once", async () => {
    const browser = new Browser();
    const { page, account } = await world.connect("arcjet", { browser });
    const before = (await accounts()).length;
    const { response } = await browser.visit(page.url);
    assert.ok(response.status >= 400, `expected a refusal, got ${response.status}`);
    assert.match(await response.text(), /used|already|no link|unknown/i);
    assert.equal((await accounts()).length, before);
    assert.equal((await world.vendors.counters("arcjet")).token.authorization_code, 1, "the code went out once");
    assert.equal((await world.account(account.id)).status, "ok", "and what it gave stays");
  });

  test("a link that was used is dead", async () => {
    const { begun } = await world.connect("arcjet");
    const { page } = await new Browser().consent(begun.url);
    assert.ok(page && page.status >= 400, `expected a page that refuses, got ${JSON.stringify(page)}`);
  });

  test("a link with another token, and one that never was", async () => {
    const begun = await world.begin("arcjet");
    for (const url of [begun.url.replace(/t=.*/, "t=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), begun.url.replace(/\?.*/, ""), `${world.postern.url}/connect/nothing?t=x`]) {
      const r = await fetch(url, { method: "POST", redirect: "manual" });
      assert.ok(r.status >= 400, `${url}: expected a refusal, got ${r.status}`);
    }
    assert.equal((await world.flow(begun.id)).status, "waiting");
  });

  test("registration refused", async () => {
    world.forgetClients();
    await world.vendors.set("cloudinary", { dcr: "refused" });
    const r = await world.api("POST", "/integrated-account/authorize", { connector: "cloudinary-assets", url: world.vendors.url("cloudinary"), name: "refused" });
    assert.equal(r.status, 422, r.text);
    assert.match(r.body.error.message, /refused to register.*Registration is limited to approved redirect URIs/);
    assert.match(r.body.error.hint, /client_id/);
  });

  test("the vendor is down: at the start, and at the end", async () => {
    await world.vendors.fault("arcjet", "status", { path: "/.well-known/" }, { status: 503, times: 100 });
    const start = await world.api("POST", "/integrated-account/authorize", { connector: "arcjet", url: world.vendors.url("arcjet"), name: "down" });
    assert.equal(start.status, 502, start.text);
    assert.match(start.body.error.message, /503/);
    assert.match(start.body.error.hint, /later/);
    await world.vendors.control("arcjet", "DELETE", "fault");
    const begun = await world.begin("arcjet");
    await world.vendors.fault("arcjet", "status", { path: "/oauth/token" }, { status: 503, times: 100 });
    const page = await new Browser().connect(begun.url);
    await failed(await world.flow(begun.id), page, "vendor_down", /503/);
  });

  test("another person than the one whose account it is", async (t) => {
    let sub = "person-1";
    const vendor = await startAuthVendor({ claims: () => ({ sub }) });
    t.after(() => vendor.close());
    const begin = (body) => world.must(201, "POST", "/integrated-account/authorize", body);
    const first = await begin({ url: vendor.url, name: "personal" });
    await new Browser().connect(first.url);
    const { account_id } = await world.flow(first.id);
    assert.ok(account_id, JSON.stringify(await world.flow(first.id)));
    sub = "person-2";
    const second = await begin({ account: account_id });
    const page = await new Browser().connect(second.url);
    const flow = await world.flow(second.id);
    assert.deepEqual([flow.status, flow.code], ["failed", "wrong_account"], JSON.stringify(flow));
    assert.equal(page.status, 400);
    assert.ok(flow.remedy);
    assert.equal((await world.account(account_id)).status, "ok", "the grant of the first person stays");
    sub = "person-1";
    const third = await begin({ account: account_id });
    await new Browser().connect(third.url);
    assert.equal((await world.flow(third.id)).status, "done");
  });

  test("another cloud than the one whose account it is", async () => {
    const { account } = await world.connect("cloudinary");
    const begun = await world.must(201, "POST", "/integrated-account/authorize", { account: account.id });
    await new Browser().connect(begun.url, { cloud: "acme-retail" });
    const flow = await world.flow(begun.id);
    assert.deepEqual([flow.status, flow.code], ["failed", "wrong_account"], JSON.stringify(flow));
    assert.match(flow.text, /acme-retail.*acme-web/);
    await works(await world.server(account), "list-tags");
  });
});

describe("disconnecting", () => {
  test("Cloudflare: the grant is revoked at the vendor, servers and streams are closed", async () => {
    const { account } = await world.connect("cloudflare");
    const before = (await world.vendors.control("cloudflare", "GET", "grants")).length;
    const server = await world.server(account);
    const stream = await listen(server.url);
    assert.equal((await stream.next()).method, "notifications/subscriptions/acknowledged");
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    assert.equal((await world.vendors.counters("cloudflare")).revocations, 1);
    assert.equal((await world.vendors.control("cloudflare", "GET", "grants")).length, before - 1);
    assert.equal((await rpc(server.url, ping)).status, 404);
    await stream.end();
    assert.equal((await world.api("GET", `/integrated-account/${account.id}`)).status, 404);
  });

  test("Cloudinary has no revocation endpoint: it goes all the same, and its sessions are ended", async () => {
    await world.vendors.control("cloudinary", "DELETE", "sessions");
    const { account } = await world.connect("cloudinary");
    const server = await world.server(account);
    await works(server, "list-tags");
    assert.ok((await world.vendors.counters("cloudinary")).sessions_open > 0);
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    assert.equal((await world.vendors.counters("cloudinary")).revocations, 0);
    assert.equal((await rpc(server.url, ping)).status, 404);
    await eventually("no session is left at the vendor", async () => (await world.vendors.counters("cloudinary")).sessions_open === 0);
  });

  test("a vendor that is down keeps nobody from leaving", async () => {
    const { account } = await world.connect("cloudflare");
    await world.vendors.fault("cloudflare", "drop", { path: "/token" }, { times: 100 });
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    assert.equal((await world.api("GET", `/integrated-account/${account.id}`)).status, 404);
  });
});

describe("by key, or by nothing", () => {
  const add = (body) => world.api("POST", "/integrated-account", body);
  const rows = {
    "Cloudflare, bearer token": () => [{ connector: "cloudflare-bindings", name: "bearer", way: "token", credential: { token: "cfut_sandbox_one_account" }, base_url: world.vendors.url("cloudflare") }, "workers_list"],
    "Cloudinary, three headers": () => [{ connector: "cloudinary-assets", name: "headers", way: "keys", credential: { cloud_name: "acme-web", api_key: "482917365021874", api_secret: "sandbox-secret-of-acme-web" }, base_url: world.vendors.url("cloudinary") }, "list-tags"],
    "Cloudinary, one header": () => [{ connector: "cloudinary-assets", name: "header", way: "url", credential: { url: "cloudinary://482917365021874:sandbox-secret-of-acme-web@acme-web" }, base_url: world.vendors.url("cloudinary", "/sse") }, "list-tags"],
    "Cloudflare's documentation, open": () => [{ connector: "cloudflare-docs", name: "open", credential: {}, base_url: world.vendors.url("cloudflare", "/docs/mcp") }, "search_cloudflare_documentation", { query: "workers" }],
  };
  for (const [name, row] of Object.entries(rows))
    test(name, async () => {
      const [body, tool, args = {}] = row();
      const made = await add(body);
      assert.equal(made.status, 201, made.text);
      for (const value of Object.values(body.credential)) if (value !== "acme-web") assert.ok(!made.text.includes(value), "the credential is not shown");
      await works(await world.server(made.body), tool, args);
    });

  test("a token that the vendor does not take is refused, and nothing is kept", async () => {
    const r = await add({ connector: "cloudflare-bindings", name: "bad-bearer", way: "token", credential: { token: "not:a:token" }, base_url: world.vendors.url("cloudflare") });
    assert.equal(r.status, 422, r.text);
    assert.ok(!r.text.includes("not:a:token"));
    assert.ok((await accounts()).every((a) => a.name !== "bad-bearer"));
  });

  test("an account that needs a sign-in says so when it is added without", async () => {
    const r = await add({ connector: "arcjet", name: "no-sign-in", credential: {}, base_url: world.vendors.url("arcjet") });
    assert.ok([400, 422].includes(r.status), `${r.status} ${r.text}`);
    assert.match(`${r.body.error.message} ${r.body.error.hint}`, /connect|authorize/);
  });
});

describe("the pages", () => {
  const NAME = `<script>alert("x")</script>&amp;'`;

  test("have a policy, cannot be framed, escape what they show, and begin nothing by being looked at", async () => {
    const begun = await world.begin("arcjet", { name: NAME });
    const r = await fetch(begun.url, { redirect: "manual" });
    const body = await r.text();
    assert.equal(r.status, 200, body);
    assert.match(r.headers.get("content-security-policy"), /default-src 'none'/);
    assert.match(r.headers.get("content-security-policy"), /frame-ancestors 'none'/);
    assert.equal(r.headers.get("x-frame-options"), "DENY");
    assert.equal(r.headers.get("referrer-policy"), "same-origin", "the address holds a secret, and the form needs its origin");
    assert.ok(!body.includes("<script>alert"), `the name is markup: ${body}`);
    assert.ok(body.includes("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;amp;&#39;"), body);
    assert.equal(r.headers.get("set-cookie"), null);
    assert.equal((await world.flow(begun.id)).status, "waiting", "a chat program's preview does not use the link up");
    const browser = new Browser();
    const { redirect } = await browser.consent(begun.url);
    const strange = await fetch(`${world.postern.url}/oauth/callback?state=x&code=y`);
    for (const { headers } of [strange, (await new Browser().visit(redirect)).response]) {
      assert.match(headers.get("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers.get("x-frame-options"), "DENY");
    }
    const answer = await browser.visit(redirect);
    const end = { status: answer.response.status, body: await answer.response.text() };
    assert.match(answer.response.headers.get("content-security-policy"), /script-src 'nonce-/);
    assert.equal(end.status, 200, end.body);
    assert.ok(!end.body.includes("<script>alert") && end.body.includes("&lt;script&gt;"), `the name is markup: ${end.body}`);
  });

  test("the form is taken from our own page, not from another's, who would spare the person our warning", async () => {
    const begun = await world.begin("arcjet");
    for (const origin of ["https://evil.example", "null", world.vendors.at.arcjet.origin]) {
      const r = await fetch(begun.url, { method: "POST", redirect: "manual", headers: { origin } });
      assert.equal(r.status, 403, `${origin}: ${await r.text()}`);
    }
    assert.equal((await world.flow(begun.id)).status, "waiting");
    assert.equal((await fetch(begun.url, { method: "POST", redirect: "manual", headers: { origin: world.postern.url } })).status, 303);
  });

  test("behind a proxy that shows another name, the form is taken from that name's page, and its cookie is for TLS", async (t) => {
    const free = await startRecorder();
    await free.close();
    const behind = await startWithVendors({ vendors: world.vendors, settings: { public_url: "https://gateway.example", listen: `127.0.0.1:${free.port}` } });
    t.after(() => behind.close());
    behind.postern.url = `http://127.0.0.1:${free.port}`;
    const begun = await behind.begin("arcjet");
    assert.match(begun.url, /^https:\/\/gateway\.example\/connect\//);
    assert.equal(new URL(begun.direct_url).searchParams.get("redirect_uri"), "https://gateway.example/oauth/callback");
    const here = begun.url.replace("https://gateway.example", behind.postern.url);
    for (const [origin, status] of [["https://gateway.example", 303], ["https://gateway.example.evil.example", 403], ["https://gateway", 403]]) {
      const r = await fetch(here, { method: "POST", redirect: "manual", headers: { origin } });
      assert.equal(r.status, status, `${origin}: ${await r.text()}`);
      if (status === 303) assert.match(r.headers.get("set-cookie"), /; Secure/);
    }
  });

  test("the cookie is for the browser alone, and stays on its way", async () => {
    const begun = await world.begin("arcjet");
    const r = await fetch(begun.url, { method: "POST", redirect: "manual" });
    assert.equal(r.status, 303);
    assert.match(r.headers.get("set-cookie"), /HttpOnly/);
    assert.match(r.headers.get("set-cookie"), /SameSite=Lax/);
    assert.match(r.headers.get("set-cookie"), /Path=\/oauth/);
    assert.equal(new URL(r.headers.get("location")).origin, world.vendors.at.arcjet.origin);
  });

  test("the client-ID metadata document is ours", async () => {
    const { body } = await world.api("GET", "/oauth/client.json", undefined, { token: null });
    assert.equal(body.client_id, `${world.postern.url}/oauth/client.json`);
    assert.deepEqual(body.redirect_uris, [`${world.postern.url}/oauth/callback`]);
    assert.ok(body.grant_types.includes("refresh_token"));
    assert.ok(body.client_name);
  });

  test("the management API stays closed to those who hold a link", async () => {
    const begun = await world.begin("arcjet");
    for (const [method, path] of [["GET", `/integrated-account/authorize/${begun.id}`], ["POST", `/integrated-account/authorize/${begun.id}/finish`], ["POST", "/integrated-account/authorize"]])
      assert.equal((await world.api(method, path, method === "POST" ? {} : undefined, { token: null })).status, 401, path);
  });

  test("one who sees several accounts there is asked which, and told how", async () => {
    const { account } = await world.connect("cloudflare", { answer: {} });
    const server = await world.server(account);
    const result = await call(server, "workers_list");
    assert.equal(result.isError, true);
    for (const name of ["web", "retail"]) assert.ok(said(result).includes(accountId(name)), said(result));
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { context: { account_id: accountId("web") } });
    await works(server, "workers_list");
    assert.ok((await toolNames(server)).includes("workers_list"));
  });
});

describe("the pages themselves", () => {
  const policy = (r) => Object.fromEntries((r.headers.get("content-security-policy") ?? "").split(/;\s*/).map((rule) => rule.match(/^(\S+) ?(.*)$/).slice(1)));
  const strict = (r, own) => {
    const { "style-src": style, "script-src": script, ...rest } = policy(r);
    assert.deepEqual(rest, { "default-src": "'none'", "connect-src": own, "form-action": own, "base-uri": "'none'", "frame-ancestors": "'none'" });
    assert.match(style, /^'nonce-[\w-]{22}'$/);
    assert.equal(script, style);
    assert.equal(r.headers.get("x-frame-options"), "DENY");
    assert.equal(r.headers.get("x-content-type-options"), "nosniff");
    assert.equal(r.headers.get("referrer-policy"), "same-origin");
    assert.match(r.headers.get("content-type"), /^text\/html/);
    return style.slice(1, -1).replace("nonce-", "");
  };

  test("every HTML answer has the strictest policy that it can work under", async () => {
    const begun = await world.begin("arcjet");
    const { redirect } = await new Browser().consent(begun.url);
    const at = world.postern.url;
    const pages = [
      ["a link's", begun.url, {}, "'self'"],
      ["an account's", `${at}/connect/acc_x`, {}, "'self'"],
      ["a wrong link's", `${at}/connect/x?t=y`, {}, "'none'"],
      ["a wrong proof's", `${at}/connect/acc_x`, { method: "POST", body: new URLSearchParams({ proof: "x" }) }, "'none'"],
      ["a wrong button's", `${at}/connect/x?t=y`, { method: "POST" }, "'none'"],
      ["a wrong answer's", `${at}/oauth/callback?state=x&code=y`, {}, "'none'"],
      ["another browser's", redirect, {}, "'none'"],
    ];
    const seen = new Set();
    for (const [what, url, options, own] of pages) {
      const r = await fetch(url, options);
      const nonce = strict(r, own);
      assert.ok(!seen.has(nonce), `${what} nonce is new`);
      seen.add(nonce);
      const text = await r.text();
      assert.equal(/<form/.test(text), own === "'self'", what);
      for (const [tag] of text.matchAll(/<(?:script|style)[^>]*>/g)) assert.ok(tag.includes(`nonce="${nonce}"`), tag);
    }
    const browser = new Browser();
    const done = await browser.consent((await world.begin("arcjet")).url);
    const { response } = await browser.visit(done.redirect);
    assert.equal(response.status, 200);
    strict(response, "'none'");
  });

  // A browser that holds form-action against redirects as well would stop a form that is answered with one to the vendor:
  // the page's script posts, and goes where it is told. Here it runs with as much of a browser as it touches.
  const press = async (url, proof) => {
    const html = await (await fetch(url)).text();
    const script = html.match(/<script nonce="[^"]+">([\s\S]*?)<\/script>/)[1];
    const note = {},
      went = [],
      cookies = [],
      listeners = {};
    const context = {
      document: { forms: [{ addEventListener: (name, f) => (listeners[name] = f) }], getElementById: () => note },
      location: { href: url, assign: (to) => went.push(to) },
      FormData: class extends Array {
        constructor() {
          super();
          if (proof !== undefined) this.push(["proof", proof]);
        }
      },
      URLSearchParams,
      fetch: async (...given) => {
        const r = await fetch(...given);
        assert.equal(r.redirected, false);
        cookies.push(...r.headers.getSetCookie());
        return r;
      },
    };
    runInNewContext(script, context);
    let stopped = false;
    await listeners.submit({ preventDefault: () => (stopped = true) });
    assert.ok(stopped);
    return { went, cookies, note: note.textContent };
  };

  test("the button's script goes to the vendor with the cookie set; without it the form does", async () => {
    const begun = await world.begin("arcjet");
    const { went, cookies, note } = await press(begun.url);
    assert.equal(note, "");
    assert.equal(went.length, 1);
    assert.equal(new URL(went[0]).origin, world.vendors.at.arcjet.origin);
    assert.match(cookies.join(), /^postern_connect=[^;]+; Path=\/oauth; HttpOnly; SameSite=Lax/);
    assert.equal((await world.flow(begun.id)).status, "opened");
    const { response } = await new Browser().visit(begun.url, new URLSearchParams());
    assert.equal(response.status, 303);
  });

  test("what goes wrong is shown in the page", async () => {
    const wrong = await press(`${world.postern.url}/connect/acc_x`, "a guess");
    assert.deepEqual([wrong.went, wrong.cookies], [[], []]);
    assert.match(wrong.note, /opens no server.*give the URL/);
  });
});
