// SPDX-License-Identifier: Apache-2.0
// People at the console: in by a link that works once, known by a cookie, out again; and what pages elsewhere, thieves of
// cookies and networks in between cannot do.
import assert from "node:assert/strict";
import http from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { storedText } from "../lib/database.mjs";
import { axeFaults, noBrowser, startBrowser } from "../lib/browser.mjs";
import { BINARY, modern, Postern, Program, start } from "../lib/postern.mjs";
import { certificate, get } from "../lib/tls.mjs";
import { audited, eventually } from "../lib/wait.mjs";

let world, url;
before(async () => {
  world = await start({ settings: { public_url: undefined } });
  url = world.postern.url;
});
after(() => world?.close());

const link = async (body = {}) => (await world.must(201, "POST", "/sign-in-link", body)).url;
const open = (address, headers = { origin: url }) => fetch(address, { method: "POST", headers, redirect: "manual" });
const cookieOf = (r) => r.headers.get("set-cookie")?.split(";")[0];
async function signIn(address, headers) {
  const r = await open(address ?? (await link()), { origin: url, ...headers });
  assert.equal(r.status, 303, await r.text());
  return cookieOf(r);
}
// As the console does it: `without` takes a header away or replaces it.
const as = (cookie, method, path, body, without = {}) => {
  const headers = { cookie, ...(method === "GET" ? {} : { origin: url, "postern-console": "1" }), ...without };
  for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
  return world.api(method, path, body, { token: null, headers });
};

describe("a link", () => {
  test("lets in once, as a person with a role, and leads to the console", async () => {
    const address = await link();
    for (let i = 0; i < 2; i++) {
      const page = await fetch(address);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /once, as admin/);
    }
    const r = await open(address);
    assert.deepEqual([r.status, r.headers.get("location")], [303, "/ui/"]);
    const port = new URL(url).port;
    assert.match(r.headers.get("set-cookie"), new RegExp(`^postern-${port}=pss_[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800$`));
    const who = await as(cookieOf(r), "GET", "/whoami");
    assert.deepEqual([who.status, who.body.kind, who.body.name, who.body.role], [200, "user", "admin", "admin"]);
    for (const again of [await open(address), await fetch(address)]) {
      assert.equal(again.status, 404);
      assert.equal(again.headers.get("set-cookie"), null);
      assert.match(await again.text(), /unknown, was used, or has expired/);
    }
  });

  test("used by two at once lets one in", async () => {
    const address = await link();
    const all = await Promise.all(Array.from({ length: 8 }, () => open(address)));
    assert.equal(all.filter((r) => r.status === 303).length, 1);
    assert.equal(all.filter((r) => r.headers.get("set-cookie")).length, 1);
  });

  test("is printed by the first start, and by 'serve' to no log afterwards", async () => {
    const [, printed] = world.postern.program.output.match(/(http\S+\/ui\/enter\/psl_\S+)/);
    assert.match(await as(await signIn(printed), "GET", "/whoami").then((r) => r.text), /"admin"/);
    const other = new Postern();
    await other.start();
    await other.stop();
    await other.start();
    await other.program.waitFor(/Console: http\S+\/ui\/ /);
    assert.doesNotMatch(other.program.output, /psl_/);
    await other.close();
  });

  test("that is none is turned away, and every one looks alike", async () => {
    const shown = async (id) => (await (await fetch(`${url}/ui/enter/${id}`)).text()).replaceAll(/nonce="[^"]*"/g, "");
    const unknown = await shown("psl_nothing");
    for (const id of ["x", "%3Cscript%3E", "a".repeat(2000), "psk_x"]) assert.equal(await shown(id), unknown, id);
    assert.equal((await world.api("POST", "/sign-in-link", { user: "nobody" })).status, 404);
  });

  test("is opened by no page elsewhere, and by no request that names no page", async () => {
    const address = await link();
    for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }, { origin: `http://localhost:${new URL(url).port}` }]) {
      const r = await open(address, headers);
      assert.equal(r.status, 403, JSON.stringify(headers));
      assert.equal(r.headers.get("set-cookie"), null);
    }
    await signIn(address); // and it is not used up by that
  });
});

describe("a session", () => {
  test("changes something only by a page of ours, with our header", async () => {
    const cookie = await signIn();
    const body = { name: "x", value: "example.com" };
    const cases = [{ origin: undefined }, { origin: "https://evil.example" }, { origin: "null" }, { "postern-console": undefined }, { "postern-console": "0" }, { origin: undefined, referer: `${url}/ui/` }];
    for (const without of cases) {
      for (const [method, path, sent] of [["POST", "/alias", body], ["DELETE", "/session", undefined], ["POST", "/key/rotate", undefined]])
        assert.equal((await as(cookie, method, path, sent, without)).status, 403, `${method} ${path} ${JSON.stringify(without)}`);
    }
    assert.equal((await as(cookie, "GET", "/whoami")).status, 200);
    assert.equal((await world.must(200, "GET", "/alias")).items.length, 0);
  });

  test("is another for each sign-in, whatever the browser came with", async () => {
    const name = `postern-${new URL(url).port}`, planted = `${name}=pss_${"A".repeat(43)}`;
    const first = await signIn(undefined, { cookie: planted });
    assert.notEqual(first, planted);
    assert.equal((await as(planted, "GET", "/whoami")).status, 401);
    const second = await signIn(undefined, { cookie: first });
    assert.notEqual(second, first);
    assert.equal((await as(first, "GET", "/whoami")).status, 401, "what it held before is dead");
    assert.equal((await as(second, "GET", "/whoami")).status, 200);
  });

  test("is dead after sign-out, for a thief of the cookie too", async () => {
    const cookie = await signIn(), other = await signIn();
    const out = await as(cookie, "DELETE", "/session");
    assert.equal(out.status, 204);
    assert.match(out.headers.get("set-cookie"), /^postern-\d+=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0$/);
    assert.equal((await as(cookie, "GET", "/whoami")).status, 401);
    assert.equal((await as(other, "GET", "/whoami")).status, 200);
    assert.equal((await world.api("DELETE", "/session")).status, 404, "a token has none");
  });

  test("is listed and ended by an administrator", async () => {
    const cookie = await signIn(undefined, { "user-agent": "<b>Browser" });
    const list = (await as(cookie, "GET", "/session")).body.items;
    const own = list.find((s) => s.current);
    assert.deepEqual([own.user, own.agent, own.address], ["admin", "<b>Browser", "127.0.0.1"]);
    assert.ok(!JSON.stringify(list).includes("pss_"));
    await world.must(204, "DELETE", `/session/${own.id}`);
    assert.equal((await as(cookie, "GET", "/whoami")).status, 401);
    assert.equal((await world.api("DELETE", `/session/${own.id}`)).status, 404);
  });

  test("ends when it is not used, and by its age", async () => {
    const short = new Postern({ session_idle: "1m", session_age: "5m" });
    await short.start();
    const made = await short.must(201, "POST", "/sign-in-link", {});
    const r = await fetch(made.url, { method: "POST", headers: { origin: short.url }, redirect: "manual" });
    assert.match(r.headers.get("set-cookie"), /Max-Age=300$/);
    const { items } = await short.must(200, "GET", "/session");
    assert.ok(Date.parse(items[0].expires_at) - Date.parse(items[0].created_at) === 300_000);
    await short.close();
  });

  test("makes the person the owner of what it makes, and the audit says who", async () => {
    const cookie = await signIn();
    const who = (await as(cookie, "GET", "/whoami")).body;
    const board = await as(cookie, "POST", "/dashboard", { name: "of a person", visibility: "private" });
    assert.deepEqual([board.status, board.body.owner, board.body.owner_name], [201, who.id, "admin"]);
    assert.equal((await world.api("GET", `/dashboard/${board.body.id}`)).status, 404, "another's, while the person is there");
    await eventually("in the audit", async () => {
      const rows = (await world.must(200, "GET", `/audit?actor=${who.id}`)).items;
      return rows.some((row) => row.action === "dashboard.create" && row.actor_name === "admin") && rows.some((row) => row.action === "signin.enter");
    });
  });

  test("an API token beside a cookie counts alone", async () => {
    const cookie = await signIn();
    const both = await world.api("GET", "/whoami", undefined, { headers: { cookie } });
    assert.equal(both.body.kind, "token");
    assert.equal((await world.api("GET", "/whoami", undefined, { token: "psk_wrong", headers: { cookie } })).status, 401);
  });

  test("a page elsewhere that the operator allows for MCP may not use it", async () => {
    const w = new Postern({ allowed_origins: ["https://allowed.example"] });
    await w.start();
    const made = await w.must(201, "POST", "/sign-in-link", {});
    const r = await fetch(made.url, { method: "POST", headers: { origin: "https://allowed.example" }, redirect: "manual" });
    assert.equal(r.status, 403);
    const ok = await fetch(made.url, { method: "POST", headers: { origin: w.url }, redirect: "manual" });
    const change = await w.api("DELETE", "/session", undefined, { token: null, headers: { cookie: cookieOf(ok), origin: "https://allowed.example", "postern-console": "1" } });
    assert.equal(change.status, 403);
    await w.close();
  });

  test("opens the page of an answer without a token", async () => {
    const account = await world.account();
    const answer = await world.must(200, "POST", "/ask", { question: "how many active zones do we have?" });
    await world.must(200, "PATCH", `/answers/${answer.id}`, { visibility: "shared" });
    const cookie = await signIn();
    const page = await (await fetch(`${url}/ui/answer/${answer.id}?plain=1`, { headers: { cookie } })).text();
    assert.match(page, /how many active zones/);
    assert.doesNotMatch(page, /API token<input/);
    await as(cookie, "DELETE", "/session");
    assert.match(await (await fetch(`${url}/ui/answer/${answer.id}?plain=1`, { headers: { cookie } })).text(), /API token<input/);
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
  });
});

describe("the way in between", () => {
  test("over plain HTTP nobody signs in from elsewhere, and no cookie counts there", async () => {
    const address = await link(), path = new URL(address).pathname, { port } = new URL(url);
    const ask = (method, headers) =>
      new Promise((resolve, reject) => {
        const q = http.request({ host: "127.0.0.1", port, path, method, headers }, (r) => (r.resume(), r.on("end", () => resolve(r))));
        q.on("error", reject).end();
      });
    for (const method of ["GET", "POST"]) {
      const proxied = await ask(method, { host: `127.0.0.1:${port}`, origin: url, "x-forwarded-for": "192.0.2.1" });
      assert.equal(proxied.statusCode, 403);
      assert.equal(proxied.headers["set-cookie"], undefined);
    }
    const cookie = await signIn(address);
    assert.equal((await as(cookie, "GET", "/whoami", undefined, { "x-forwarded-for": "192.0.2.1" })).status, 401);
  });

  test("over HTTPS the cookie is this host's alone", async () => {
    const w = new Postern();
    const { cert, key } = certificate(w.folder, "console");
    w.settings = { ...w.settings, tls_cert: cert, tls_key: key };
    await w.start();
    const [, printed] = w.program.output.match(/(https\S+\/ui\/enter\/psl_\S+)/);
    const r = await get(printed, { method: "POST", headers: { origin: w.url } });
    assert.equal(r.status, 303, r.text);
    const [set] = [r.headers["set-cookie"]].flat();
    assert.match(set, /^__Host-postern=pss_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/);
    const text = set.split(";")[0].split("=")[1], { port } = new URL(w.url);
    assert.equal((await get(`${w.url}/whoami`, { headers: { cookie: set.split(";")[0] } })).status, 200);
    assert.equal((await get(`${w.url}/whoami`, { headers: { cookie: `postern-${port}=${text}` } })).status, 401, "a name that a neighbour could set");
    await w.close();
  });

  test("pages that sign in cannot be framed, and run nothing", async () => {
    const r = await fetch(await link());
    assert.match(r.headers.get("content-security-policy"), /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/);
    assert.deepEqual(["x-frame-options", "cache-control", "referrer-policy"].map((h) => r.headers.get(h)), ["DENY", "no-store", "same-origin"]);
  });

  test("neither a link nor a cookie stands in the database, the audit or the log", async () => {
    const address = await link(), cookie = await signIn(address);
    await as(cookie, "GET", "/whoami");
    const secrets = [address.split("/").at(-1), cookie.split("=")[1]];
    const audit = JSON.stringify(await audited(world));
    const stored = storedText(world.postern);
    const logged = world.postern.program.output;
    for (const secret of secrets) for (const text of [audit, stored, logged]) assert.ok(!text.includes(secret));
  });
});

const PASSWORD = "correct horse battery";
const form = (fields) => ({ method: "POST", headers: { origin: url, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams(fields), redirect: "manual" });
const logIn = (name, password, without = {}) => as("", "POST", "/sign-in", { name, password }, { cookie: undefined, ...without });

describe("people", () => {
  test("are invited, choose a password, sign in with it, are reset and deleted", async () => {
    const ada = await world.must(201, "POST", "/user", { name: "Ada", role: "viewer" });
    assert.equal((await world.api("POST", "/user", { name: "aDA", role: "admin" })).status, 409);
    const short = await fetch(ada.url, form({ password: "short" }));
    assert.equal(short.status, 400);
    assert.match(await short.text(), /must have 12 to 1024 bytes/);
    const entered = await fetch(ada.url, form({ password: PASSWORD }));
    assert.equal(entered.status, 303, "and the link was not used up by the short one");
    const first = cookieOf(entered);
    assert.deepEqual((({ name, role }) => [name, role])((await as(first, "GET", "/whoami")).body), ["Ada", "viewer"]);
    const inside = await logIn("ada", PASSWORD);
    assert.equal(inside.status, 204, inside.text);
    assert.match(inside.headers.get("set-cookie"), /^postern-\d+=pss_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax/);
    const cookie = cookieOf(inside);
    await world.must(200, "PATCH", "/user/ada", { role: "admin" });
    assert.equal((await as(cookie, "GET", "/whoami")).body.role, "admin", "at once");
    const again = await world.must(201, "POST", "/user/ada/reset");
    for (const c of [first, cookie]) assert.equal((await as(c, "GET", "/whoami")).status, 401);
    assert.equal((await logIn("ada", PASSWORD)).status, 401);
    assert.equal((await fetch(again.url, form({ password: `${PASSWORD}!` }))).status, 303);
    assert.equal((await logIn("ada", `${PASSWORD}!`)).status, 204);
    const last = cookieOf(await logIn("ada", `${PASSWORD}!`));
    await world.must(204, "DELETE", "/user/ada");
    assert.equal((await as(last, "GET", "/whoami")).status, 401);
    assert.equal((await world.api("DELETE", "/user/ada")).status, 404);
  });

  test("sign in by password only from a page of ours, with our header", async () => {
    const bob = await world.must(201, "POST", "/user", { name: "bob", role: "admin" });
    await fetch(bob.url, form({ password: PASSWORD }));
    for (const without of [{ origin: undefined }, { origin: "https://evil.example" }, { "postern-console": undefined }, { "x-forwarded-for": "192.0.2.1" }]) {
      const r = await logIn("bob", PASSWORD, without);
      assert.equal(r.status, 403, JSON.stringify(without));
      assert.equal(r.headers.get("set-cookie"), null);
    }
    assert.equal((await logIn("bob", PASSWORD)).status, 204);
  });

  test("a new password ends what was open with the old one", async () => {
    const cookie = cookieOf(await logIn("bob", PASSWORD));
    const { url: one } = await world.must(201, "POST", "/user/bob/invite");
    const { url: two } = await world.must(201, "POST", "/user/bob/invite");
    assert.equal((await fetch(one, form({ password: "another passphrase" }))).status, 303);
    assert.equal((await as(cookie, "GET", "/whoami")).status, 401);
    assert.equal((await fetch(two)).status, 404);
    assert.equal((await logIn("bob", PASSWORD)).status, 401);
  });

  test("who guesses waits, a name that is none looks like one, and a link lets in meanwhile", async () => {
    const w = new Postern();
    await w.start();
    const invited = await w.must(201, "POST", "/user", { name: "carol", role: "viewer" });
    await fetch(invited.url, { ...form({ password: PASSWORD }), headers: { ...form({}).headers, origin: w.url } });
    const guess = (name, password) => w.api("POST", "/sign-in", { name, password }, { token: null, headers: { origin: w.url, "postern-console": "1" } });
    const said = [];
    // The pause grows with each: on a slow machine the first of them are over before the next guess comes.
    for (let i = 0; i < 60 && !said.some((r) => r.status === 429); i++) said.push(await guess(i % 2 ? "nobody" : "carol", "a wrong passphrase"));
    assert.deepEqual(said.slice(0, 4).map((r) => r.status), [401, 401, 401, 401]);
    assert.equal(said[0].body.error.message, said[1].body.error.message);
    const held = said.find((r) => r.status === 429);
    assert.ok(held, said.map((r) => r.status).join());
    assert.match(held.headers.get("retry-after"), /^\d+$/);
    const link = (await w.must(201, "POST", "/user/carol/invite")).url;
    const entered = await fetch(link, { method: "POST", headers: { origin: w.url }, redirect: "manual" });
    assert.equal(entered.status, 303);
    await eventually("nobody is locked out for good", async () => (await guess("carol", PASSWORD)).status === 204);
    await w.close();
  });

  test("passwords stand in no database, audit or log", async () => {
    await logIn("bob", "a guess that is secret");
    const audit = JSON.stringify(await audited(world));
    const stored = storedText(world.postern);
    for (const secret of [PASSWORD, "another passphrase", "a guess that is secret"]) for (const text of [audit, stored, world.postern.program.output]) assert.ok(!text.includes(secret), secret);
    assert.ok(stored.includes("$argon2id$"));
  });

  test("on the command line", async () => {
    const run = async (...words) => {
      const p = new Program(BINARY, words, { env: { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: world.postern.token } });
      assert.equal((await p.exited).code, 0, p.output);
      return p.output;
    };
    assert.match(await run("user", "add", "dora"), /\/ui\/enter\/psl_/);
    assert.match(await run("user", "list"), /dora +viewer/);
    assert.match(await run("user", "role", "dora", "admin"), /dora has the role admin/);
    assert.match(await run("user", "groups", "dora", "sales,ops"), /dora is in sales, ops/);
    assert.match(await run("user", "list"), /dora +admin +sales, ops/);
    assert.match(await run("user", "groups", "dora", "--none"), /dora is in no group/);
    assert.match(await run("user", "invite", "dora"), /psl_/);
    assert.match(await run("user", "reset", "dora", "--yes"), /psl_/);
    assert.match(await run("open", "dora"), /psl_/);
    assert.match(await run("user", "delete", "dora", "--yes"), /Deleted dora/);
  });
});

describe("roles", () => {
  // What each route says of itself, held against what it does; with a token and, of a person, with a cookie.
  test("every route takes the roles that it names, and no other", async () => {
    const asks = {};
    for (const role of ["client", "viewer", "editor"]) {
      const { token } = await world.must(201, "POST", "/api-token", { name: role, role });
      asks[`${role}, a token`] = (...what) => world.api(...what, { token });
    }
    for (const role of ["viewer", "editor"]) {
      const person = await world.must(201, "POST", "/user", { name: `eve, ${role}`, role });
      const cookie = cookieOf(await fetch(person.url, form({})));
      asks[`${role}, a person`] = (...what) => as(cookie, ...what);
    }
    const api = await world.must(200, "GET", "/openapi.json");
    let tried = 0;
    for (const [path, methods] of Object.entries(api.paths))
      for (const [name, operation] of Object.entries(methods)) {
        const method = name.toUpperCase();
        if (!operation["x-roles"]) continue;
        if ((method === "DELETE" && path === "/session") || path === "/sign-out") continue; // ends what asks
        const real = path.replaceAll(/\{\w+\}/g, "x"), body = ["POST", "PATCH", "PUT"].includes(method) ? {} : undefined;
        for (const [who, ask] of Object.entries(asks)) {
          const r = await ask(method, real, body), may = operation["x-roles"].includes(who.split(",")[0]) || path === "/metrics";
          assert.equal(r.status === 403, !may, `${method} ${path} as ${who}: ${r.status} ${r.text}`);
        }
        const r = await world.api(method, real, body, { token: null });
        assert.equal(r.status, path === "/metrics" ? 200 : 401, `${method} ${path} as nobody: ${r.status}`);
        tried++;
      }
    assert.ok(tried > 60, `${tried} were tried`);
  });

  test("a viewer sees what is shared, nothing private, and not why something failed", async () => {
    const account = await world.account();
    const viewer = (await world.must(201, "POST", "/api-token", { name: "looks", role: "viewer" })).token;
    const answer = await world.must(200, "POST", "/ask", { question: "how many active zones do we have?" });
    const see = (path) => world.api("GET", path, undefined, { token: viewer });
    assert.equal((await see(`/answers/${answer.id}`)).status, 404);
    await world.must(200, "PATCH", `/answers/${answer.id}`, { visibility: "shared" });
    assert.equal((await see(`/answers/${answer.id}`)).body.question, "how many active zones do we have?");
    const list = (await see("/answers")).body.items;
    assert.ok(list.some((a) => a.id === answer.id) && list.every((a) => a.visibility === "shared"), JSON.stringify(list));
    const shared = await world.must(201, "POST", "/dashboard", { name: "seen by all", visibility: "shared" });
    const hidden = await world.must(201, "POST", "/dashboard", { name: "seen by one", visibility: "private" });
    await world.must(201, "POST", `/dashboard/${shared.id}/tile`, { answer: answer.id });
    assert.equal((await see(`/dashboard/${hidden.id}`)).status, 404);
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
    const [tile] = (await see(`/dashboard/${shared.id}`)).body.tiles;
    assert.deepEqual([tile.state, tile.why, tile.step, tile.warnings], ["gone", null, null, []]);
    assert.deepEqual((await see("/dashboard")).body.items.map((d) => d.name).filter((n) => n.startsWith("seen")), ["seen by all"]);
  });

  test("a viewer's token opens no MCP server that asks for one", async () => {
    const account = await world.account();
    const server = await world.server(account, { methods: ["read"], require_api_token_auth: true });
    const call = async (role) => {
      const { token } = await world.must(201, "POST", "/api-token", { name: `mcp ${role}`, role });
      return (await modern(server.url, "tools/list", {}, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    assert.deepEqual([await call("client"), await call("viewer")], [200, 401]);
  });
});

test("in a browser: a click signs in, scripts see no cookie, nobody is kept out", { skip: noBrowser }, async () => {
  const browser = await startBrowser();
  try {
    const tab = await browser.newPage();
    tab.setDefaultTimeout(120_000);
    await tab.goto(await link());
    assert.equal(await axeFaults(tab), "");
    await Promise.all([tab.waitForURL(`${url}/ui/`), tab.click("button")]);
    const seen = await tab.evaluate(`(async () => [document.cookie, (await (await fetch("/whoami")).json()).name])()`);
    assert.deepEqual(seen, ["", "admin"]);
    const status = await tab.evaluate(`fetch("/session", { method: "DELETE", headers: { "postern-console": "1" } }).then((r) => r.status)`);
    assert.equal(status, 204);
  } finally {
    await browser.close();
  }
});
