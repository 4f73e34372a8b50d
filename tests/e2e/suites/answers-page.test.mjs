// SPDX-License-Identifier: Apache-2.0
// The page of a kept answer without script: who reads it and how, what it shows, what its headers forbid; with hostile names in
// rows, columns, questions and errors; in a real browser too. Without a token the same address is the console's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFaults, noBrowser, startBrowser } from "../lib/browser.mjs";
import { start } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { eventually } from "../lib/wait.mjs";

const EVIL = `<script>alert(1)</script><img src=x onerror="alert(2)">'"&<b>`;
const COLUMN = `a"><svg onload=alert(3)>`;
const definition = (url) => ({ name: "evil", label: "Evil <b>", kind: "rest", base_url: url, auth: [{ id: "token", fields: [{ name: "token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }], verify: [{ method: "GET", path: "/user" }] });
const things = { openapi: "3.1.0", info: { title: "Evil", version: "1" }, paths: { "/things": { get: { operationId: "list_things", summary: "Lists things", responses: { 200: { description: "ok" } } } } } };

let world, vendor, other;
before(async () => {
  world = await start();
  await world.account("cfut_sandbox_one_account", { name: "acme <script>alert(1)</script>" });
  other = await world.must(201, "POST", "/api-token", { name: "colleague", role: "admin" });
});
after(async () => {
  await vendor?.close();
  await world?.close();
});

const ask = (question, more = {}) => world.must(200, "POST", "/ask", { question, ...more });
const page = (id, options = {}) => fetch(`${world.postern.url}/ui/answer/${id}?plain=1`, options);
const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
const pasted = (token) => ({ method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ token }) });
const shown = async (id, options = bearer(world.postern.token), status = 200) => {
  const r = await page(id, options);
  const html = await r.text();
  assert.equal(r.status, status, html);
  return html;
};
const UNKNOWN = "ans_00000000000000000000";

describe("who reads it", () => {
  test("with a token as Bearer or pasted; without one the page is the same for every id", async () => {
    const a = await ask("how many active zones do we have?");
    for (const options of [bearer(world.postern.token), pasted(world.postern.token)]) {
      const html = await shown(a.id, options);
      assert.ok(html.includes("how many active zones do we have?"), html);
      assert.match(html, /<a href="#c0-0-0">\d+<\/a> zones/);
      assert.match(html, /<td id="c0-0-0"/);
      assert.ok(html.includes("list_all_cloudflare_zones"));
      assert.ok(html.includes(a.calls[0].request_id));
    }
    const without = async (id, options) => (await shown(id, options, 200)).replaceAll(/nonce="[^"]*"/g, "");
    assert.equal(await without(a.id, {}), await without(UNKNOWN, {}));
    const wrong = async (id) => (await shown(id, pasted("psk_nothing"), 401)).replaceAll(/nonce="[^"]*"/g, "");
    assert.equal(await wrong(a.id), await wrong(UNKNOWN));
    assert.match(await wrong(a.id), /unknown, revoked or expired/);
    await shown(a.id, bearer("psk_nothing"), 401);
    assert.doesNotMatch(await shown(a.id, pasted("")), /active zones/);
  });

  test("without ?plain=1 and without a token it is the console's, the same for every id; with one as Bearer it is the page", async () => {
    const a = await ask("list all zones"), link = (id, options) => fetch(`${world.postern.url}/ui/answer/${id}`, options);
    const [one, none] = [await link(a.id), await link(UNKNOWN)];
    for (const r of [one, none]) assert.equal(r.headers.get("content-security-policy"), "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'");
    const html = await one.text();
    assert.match(html, /<div id="app"><\/div>/);
    assert.match(html, /<noscript>[^]*<a href="\?plain=1">/);
    assert.equal(html, await none.text());
    assert.match(await (await link(a.id, bearer(world.postern.token))).text(), /<td id="c0-0-0"/);
    assert.match(await (await link(a.id, pasted(world.postern.token))).text(), /<td id="c0-0-0"/);
    assert.equal((await link(a.id, bearer("psk_nothing"))).status, 401);
    assert.match(await (await fetch(`${world.postern.url}/ui/answer/${a.id}?plain=1&x`)).text(), /<div id="app">/);
  });

  test("another's, a deleted one and one that never was look alike; one whose account is gone says so to who may read it", async () => {
    const west = await world.account("cfut_sandbox_one_account", { name: "west" });
    const [a, joined, gone] = [await ask("list all zones"), await ask("how many zones are there per account?"), await ask("list all zones")];
    await world.must(204, "DELETE", `/answers/${gone.id}`);
    await world.must(204, "DELETE", `/integrated-account/${west.id}`);
    const told = async (id, token) => (await shown(id, bearer(token), 404)).replaceAll(/nonce="[^"]*"/g, "").replaceAll(id, "ID");
    const unknown = await told(UNKNOWN, other.token);
    for (const id of [a.id, joined.id, gone.id]) assert.equal(await told(id, other.token), unknown);
    assert.equal(await told(gone.id, world.postern.token), unknown);
    const left = await shown(joined.id);
    assert.match(left, /An account that this answer used was deleted on \d{4}-\d\d-\d\dT/);
    assert.ok(left.includes("per account"));
    assert.match(left, /cannot run any more \(gone\)/);
    await world.must(200, "PATCH", `/answers/${joined.id}`, { visibility: "shared" });
    const viewer = await world.must(201, "POST", "/api-token", { name: "looks", role: "viewer" });
    const seen = await shown(joined.id, bearer(viewer.token));
    assert.match(seen, /cannot run any more \(gone\)\./);
    const why = /cannot run any more \(gone\): [^<]*west/; // it names accounts and tools: for who manages
    assert.match(left, why);
    assert.doesNotMatch(seen, why);
    assert.doesNotMatch(left, /example\.com/);
    await world.must(200, "PATCH", `/answers/${a.id}`, { visibility: "shared" });
    assert.ok((await shown(a.id, bearer(other.token))).includes("list all zones"));
  });

  test("a client's token reads nothing that managers share", async () => {
    const client = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    const a = await ask("list all zones");
    await world.must(200, "PATCH", `/answers/${a.id}`, { visibility: "shared" });
    await shown(a.id, bearer(client.token), 404);
  });

  test("each reading is in the audit, with who it was; what is turned away is counted", async () => {
    const a = await ask("list all zones");
    await shown(a.id, bearer(other.token), 404);
    await shown(a.id, pasted("psk_nothing"), 401);
    await shown(a.id);
    await eventually("in the audit", async () => {
      const rows = (await world.must(200, "GET", "/audit?action=answer.open&limit=100")).items;
      return rows.some((r) => r.outcome === "ok" && r.detail === a.id && r.actor_name === "first") && rows.some((r) => r.outcome === "missing" && r.actor === other.id) && rows.some((r) => r.outcome === "unauthenticated");
    });
  });
});

describe("what it forbids", () => {
  test("its headers allow no script, no frame, nothing of others, no cache, no cookie", async () => {
    const a = await ask("list all zones");
    for (const options of [bearer(world.postern.token), pasted(world.postern.token), {}, pasted("psk_nothing")]) {
      const r = await page(a.id, options);
      const policy = r.headers.get("content-security-policy");
      assert.match(policy, /^default-src 'none'; style-src 'nonce-[\w-]{22}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
      assert.deepEqual(["cache-control", "x-frame-options", "x-content-type-options", "referrer-policy", "content-type", "set-cookie"].map((h) => r.headers.get(h)), ["no-store", "DENY", "nosniff", "same-origin", "text/html; charset=utf-8", null]);
      assert.doesNotMatch(await r.text(), /<script|javascript:|https?:/);
    }
  });

  test("no page of another origin posts to it; no token in its address opens it", async () => {
    const a = await ask("list all zones");
    const r = await page(a.id, { ...pasted(world.postern.token), headers: { ...pasted("").headers, origin: "https://evil.example" } });
    assert.equal(r.status, 403);
    const html = await (await fetch(`${world.postern.url}/ui/answer/${a.id}?token=${world.postern.token}`)).text();
    assert.doesNotMatch(html, /list all zones/);
  });

  test("an id that is none, or hostile, is only text; what is none by its form is the console's page, which holds nothing of it", async () => {
    const own = await (await fetch(`${world.postern.url}/ui/`)).text();
    for (const id of ["x", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "..%2f..%2fetc", "a".repeat(3000)]) {
      const html = await (await page(id, bearer(world.postern.token))).text();
      if (html !== own) assert.doesNotMatch(html, /<script/, id);
    }
  });
});

describe("hostile names", () => {
  const rows = [{ id: 1, name: EVIL, [COLUMN]: EVIL, note: `</td></table>${EVIL}` }, { id: 2, name: "javascript:alert(1)", [COLUMN]: "x", note: "y" }];
  let answer, html;
  before(async () => {
    vendor = await startRecorder(() => ({ body: rows }));
    await world.must(201, "POST", "/connector", { definition: definition(vendor.url), document: things });
    await world.must(201, "POST", "/integrated-account", { connector: "evil", name: `evil <img src=x onerror="alert(2)">`, credential: { token: "a-token" } });
    answer = await ask("list the things");
    html = await shown(answer.id);
  });

  test("in rows, columns, questions and accounts, they are text", async () => {
    assert.ok(JSON.stringify(answer.results).includes("onerror"), JSON.stringify(answer));
    assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt;"), html);
    assert.ok(html.includes("onerror=&quot;alert(2)&quot;"), html);
    checked(html);
    const asked = await shown((await ask(`list the things ${EVIL}`)).id);
    assert.match(asked, /<h1>[^<]*&lt;script&gt;/);
    checked(asked);
  });

  const checked = (html) => {
    for (const tag of html.matchAll(/<\/?([a-z0-9]+)[^<>]*>/g)) {
      assert.ok("html meta title style main h1 h2 p span a ul li div table thead tbody tr th td pre details summary".split(" ").includes(tag[1]), tag[0]);
      assert.doesNotMatch(tag[0], /\son\w+=/, tag[0]);
    }
    assert.equal([...html.matchAll(/<script|<img|<svg|<b>/g)].length, 0);
  };

  test("in a browser nothing of them runs, and nobody is kept out", { skip: noBrowser }, async () => {
    const browser = await startBrowser();
    try {
      const tab = await browser.newPage(), asked = [], alerts = [];
      tab.on("request", (r) => asked.push(r.url()));
      tab.on("dialog", (d) => (alerts.push(d.message()), d.dismiss()));
      await tab.goto(`${world.postern.url}/ui/answer/${answer.id}?plain=1`);
      await tab.fill("input[name=token]", world.postern.token);
      await tab.click("button");
      await tab.waitForSelector("table");
      assert.ok((await tab.textContent("table")).includes("<script>alert(1)</script>"));
      assert.ok((await tab.textContent("table")).includes("onerror"));
      assert.deepEqual(alerts, []);
      assert.ok(asked.every((url) => url.endsWith(`/ui/answer/${answer.id}?plain=1`)), asked.join());
      assert.equal(await tab.evaluate("document.cookie + localStorage.length"), "0");
      assert.equal(await axeFaults(tab), "");
    } finally {
      await browser.close();
    }
  });
});
