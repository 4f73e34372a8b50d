// SPDX-License-Identifier: Apache-2.0
// People of a company sign in by its identity provider: made by a rule, with role and groups, followed at each sign-in.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFaults, noBrowser, startBrowser } from "../lib/browser.mjs";
import { openConsole } from "../lib/console.mjs";
import { BINARY, Postern, Program } from "../lib/postern.mjs";
import { SECRET, signingKey, startProvider, Wanderer } from "../lib/provider.mjs";

const RULES = [
  { group: "admins", role: "admin" },
  { group: "engineering", role: "editor" },
  { domain: "corp.example", role: "viewer" },
];
const people = {
  ada: { groups: ["engineering", "all"], email: "ada@corp.example", email_verified: true, name: "Ada" },
  ben: { groups: ["all"], email: "ben@corp.example", email_verified: true },
  eve: { groups: [], email: "eve@corp.example", email_verified: false, preferred_username: "eve" },
};
let postern, op;
before(async () => {
  postern = await new Postern({ public_url: undefined }).start();
  op = await startProvider({ people });
  await op.register(postern, { rules: RULES });
});
after(async () => {
  await postern?.close();
  await op?.close();
});

const session = (browser) => browser.cookie(postern.url, /^postern-\d+=/);
const as = (browser, method, path, body) =>
  postern.api(method, path, body, { token: null, headers: { cookie: session(browser) ?? "", ...(method === "GET" ? {} : { origin: postern.url, "postern-console": "1" }) } });
const userNamed = async (name) => (await postern.must(200, "GET", "/user?limit=1000")).items.find((u) => u.name === name);
async function enter(login, options) {
  const browser = new Wanderer(), end = await op.signIn(browser, postern.url, login, options);
  return { browser, end, who: session(browser) && (await as(browser, "GET", "/whoami")) };
}

describe("a first sign-in", () => {
  test("makes a person by a rule on a group, who comes back to where she began", async () => {
    const { end, who } = await enter("ada", { door: `${postern.url}/signin/company?next=/ui/settings` });
    assert.equal(end.status, 200, end.text);
    assert.equal(new URL(end.url).pathname, "/ui/settings");
    assert.deepEqual([who.body.kind, who.body.name, who.body.role], ["user", "ada@corp.example", "editor"]);
    const made = await userNamed("ada@corp.example");
    assert.deepEqual(
      [made.issuer, made.subject, made.email, made.email_verified, made.by_provider, made.has_password, made.barred_at],
      [op.issuer, "ada", "ada@corp.example", true, true, false, null],
    );
  });

  test("is refused where no rule is met, and makes nobody", async () => {
    const before = (await postern.must(200, "GET", "/user")).items.length;
    const { end, who } = await enter("eve");
    assert.equal(end.status, 403);
    assert.match(end.text, /no rule lets you in/);
    assert.equal(who, undefined);
    assert.equal((await postern.must(200, "GET", "/user")).items.length, before);
  });
});

describe("the next sign-in", () => {
  test("follows what the provider says: role, groups, and that no rule lets her in any more", async () => {
    people.cyd = { groups: ["engineering"], email: "cyd@corp.example", email_verified: true };
    const first = await enter("cyd");
    assert.equal(first.who.body.role, "editor");
    people.cyd.groups = ["admins", "new"];
    const second = await enter("cyd");
    assert.equal(second.who.body.role, "admin");
    assert.equal((await as(first.browser, "GET", "/whoami")).body.role, "admin", "in her other browser at once, too");
    assert.deepEqual((await userNamed("cyd@corp.example")).groups, ["admins", "new"]);
    people.cyd = { groups: [], email: "cyd@elsewhere.example", email_verified: true };
    const third = await enter("cyd");
    assert.equal(third.end.status, 403);
    for (const { browser } of [first, second]) assert.equal((await as(browser, "GET", "/whoami")).status, 401, "her sessions have ended");
    const barred = await userNamed("cyd@corp.example");
    assert.ok(barred.barred_at);
    assert.deepEqual(barred.groups, []);
    people.cyd = { groups: ["engineering"], email: "cyd@corp.example", email_verified: true };
    assert.equal((await enter("cyd")).who.body.role, "editor");
    assert.equal((await userNamed("cyd@corp.example")).barred_at, null);
  });

  test("takes keys that the provider has changed meanwhile", async () => {
    assert.equal((await enter("ada")).end.status, 200);
    await op.rotate([await signingKey("third")]);
    assert.equal((await enter("ada")).end.status, 200, "a key that was not there when they were read");
  });
});

describe("whom a provider made", () => {
  test("has no other way in, and no role by hand", async () => {
    await enter("ben");
    const ben = await userNamed("ben@corp.example");
    for (const [method, path, body] of [
      ["POST", `/user/${ben.id}/invite`],
      ["POST", `/user/${ben.id}/reset`],
      ["PATCH", `/user/${ben.id}`, { role: "admin" }],
      ["POST", "/sign-in-link", { user: ben.name }],
    ]) {
      const r = await postern.api(method, path, body);
      assert.equal(r.status, 409, `${method} ${path}: ${r.text}`);
    }
  });

  test("is gone when she is deleted, and made anew while a rule lets her in", async () => {
    const { browser } = await enter("ben"), ben = await userNamed("ben@corp.example");
    await postern.must(204, "DELETE", `/user/${ben.id}`);
    assert.equal((await as(browser, "GET", "/whoami")).status, 401);
    const again = await enter("ben");
    assert.equal(again.who.body.role, "viewer");
    assert.notEqual(again.who.body.id, ben.id);
  });
});

describe("signing out", () => {
  test("ends the sign-in at the provider as well, which comes back here", async () => {
    const { browser } = await enter("ada");
    const left = await as(browser, "POST", "/sign-out");
    assert.equal(left.status, 200, left.text);
    const out = new URL(left.body.url);
    assert.equal(out.origin, op.issuer);
    assert.deepEqual([out.searchParams.get("client_id"), out.searchParams.get("post_logout_redirect_uri")], ["postern", `${postern.url}/ui/`]);
    assert.match(out.searchParams.get("id_token_hint"), /^eyJ/);
    assert.equal((await as(browser, "GET", "/whoami")).status, 401);
    const asked = await browser.open(left.body.url), end = await browser.submit(asked, { logout: "yes" });
    assert.equal(end.url, `${postern.url}/ui/`);
    const again = await browser.open(`${postern.url}/signin/company`);
    assert.match(again.text, /name="login"/, "the provider asks who it is");
  });

  test("of who came by a link, or of whose provider is gone, ends here", async () => {
    const { url: link } = await postern.must(201, "POST", "/sign-in-link", {});
    const local = new Wanderer();
    await local.once(link, { method: "POST", headers: { origin: postern.url } });
    assert.deepEqual((await as(local, "POST", "/sign-out")).body, { url: "/ui/" });
    assert.equal((await as(local, "GET", "/whoami")).status, 401);
    assert.equal((await postern.api("POST", "/sign-out")).status, 404, "an API token has none");
  });
});

describe("settings", () => {
  test("a session lives no longer than the provider's word", async () => {
    const short = await new Postern({ public_url: undefined, groups_age: "10m", session_age: "1d" }).start(), own = await startProvider({ people });
    await own.register(short, { rules: RULES });
    const browser = new Wanderer();
    await own.signIn(browser, short.url, "ada");
    const set = browser.seen.flatMap((p) => p.headers.getSetCookie()).find((c) => /^postern-\d+=pss_/.test(c));
    assert.match(set, /; HttpOnly; SameSite=Lax; Max-Age=600$/);
    await short.close();
    await own.close();
  });

  test("by command: set, listed, shown, changed, removed; the secret is never shown", async () => {
    const other = await startProvider({ people });
    const run = async (...args) => {
      const p = new Program(BINARY, args, { env: { ...process.env, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token, THE_SECRET: SECRET } });
      return { ...(await p.exited), output: p.output };
    };
    const made = await run("provider", "set", "agency", "--issuer", other.issuer, "--client-id", "postern", "--client-secret-env", "THE_SECRET", "--groups-claim", "groups", "--group-prefix", "agency/", "--admit", "group:a=b=viewer", "--admit", "everyone=viewer");
    assert.equal(made.code, 0, made.output);
    assert.match(made.output, new RegExp(`${postern.url}/signin/callback`));
    assert.match((await run("provider", "list")).output, /agency +http/);
    const shown = await run("provider", "show", "agency");
    assert.deepEqual(JSON.parse(shown.output).rules, [{ group: "a=b", role: "viewer" }, { everyone: true, role: "viewer" }]);
    assert.doesNotMatch(shown.output + made.output, new RegExp(SECRET));
    assert.equal((await run("provider", "set", "agency", "--issuer", op.issuer)).code, 2, "another issuer needs the secret again");
    assert.equal((await run("provider", "set", "agency", "--admit", "group:x")).code, 2);
    assert.equal((await run("provider", "set", "agency", "--label", "The agency")).code, 0);
    assert.equal((await run("provider", "unset", "agency", "--yes")).code, 0);
    assert.equal((await run("provider", "show", "agency")).code, 4);
    await other.close();
  });

  test("a provider that is removed takes its people out; a local administrator stays", async () => {
    const own = await startProvider({ people });
    await own.register(postern, { name: "brief", rules: RULES });
    const browser = new Wanderer();
    await own.signIn(browser, postern.url, "ada", { door: `${postern.url}/signin/brief` });
    assert.equal((await as(browser, "GET", "/whoami")).status, 200);
    await postern.must(204, "DELETE", "/provider/brief");
    assert.equal((await as(browser, "GET", "/whoami")).status, 401);
    const [, link] = postern.program.output.match(/(http\S+\/ui\/enter\/psl_\S+)/);
    const local = await fetch(link, { method: "POST", headers: { origin: postern.url }, redirect: "manual" });
    assert.equal(local.status, 303, "the link of the first start");
    await own.close();
  });
});

describe("in a browser", { skip: noBrowser }, () => {
  let browser;
  before(async () => (browser = await startBrowser()));
  after(() => browser?.close());

  test("the sign-in leads to the provider's pages and back to where it was asked for", async () => {
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${postern.url}/ui/dashboards?x=1`);
    await page.getByRole("link", { name: "Sign in with The company" }).waitFor();
    assert.equal(await axeFaults(page), "");
    await page.getByRole("link", { name: "Sign in with The company" }).click();
    await page.locator("input[name=login]").fill("ada");
    await page.locator("input[name=password]").fill("x");
    await page.getByRole("button").click();
    await page.getByRole("button").click(); // consent
    await page.waitForURL(`${postern.url}/ui/dashboards?x=1`);
    await page.getByRole("link", { name: "ada@corp.example" }).waitFor();
    // Who is in already goes on at once; a place elsewhere is none.
    await page.goto(`${postern.url}/ui/sign-in?next=${encodeURIComponent("/ui/settings")}`);
    await page.waitForURL(`${postern.url}/ui/settings`);
    for (const away of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
      await page.goto(`${postern.url}/ui/sign-in?next=${encodeURIComponent(away)}`);
      await page.waitForURL(`${postern.url}/ui/`);
    }
  });

  test("an administrator sets a provider in the settings, changes and removes it", async (t) => {
    const own = await startProvider({ people });
    t.after(() => own.close());
    const console = await openConsole({ postern, must: postern.must.bind(postern) }, { browser });
    const { page } = console;
    await console.open("settings?tab=providers");
    await page.getByRole("heading", { name: "The company" }).waitFor();
    await page.getByRole("button", { name: "Add an identity provider" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("byhand");
    await dialog.getByLabel("Text of the button").fill("By hand");
    await dialog.getByLabel("Issuer").fill(`${own.issuer}/elsewhere`);
    await dialog.getByLabel("Client id").fill("postern");
    await dialog.getByLabel("Client secret").fill(SECRET);
    await dialog.getByLabel("Claim with the groups").fill("groups");
    await dialog.getByRole("button", { name: "Add a rule" }).click();
    await dialog.getByLabel("Which").fill("engineering");
    await dialog.getByRole("group", { name: "Rule 1" }).getByLabel("Role").selectOption("editor");
    await console.sound("the form");
    const keep = dialog.getByRole("button", { name: "Ask the provider and keep" });
    await keep.click();
    await dialog.getByText(/status 404/).waitFor();
    await dialog.getByLabel("Issuer").fill(own.issuer);
    await keep.click();
    await dialog.waitFor({ state: "detached" });
    const card = page.getByRole("region", { name: "By hand" });
    await card.getByText("engineering → Editor").waitFor();
    await card.getByText(`${postern.url}/signin/callback`).waitFor();
    await console.sound("the list");
    await card.getByRole("button", { name: "What to do with By hand" }).click();
    await page.getByRole("menuitem", { name: "Change" }).click();
    await dialog.getByLabel("Text of the button").fill("By hand, again");
    await keep.click();
    await page.getByRole("heading", { name: "By hand, again" }).waitFor();
    const made = await postern.must(200, "GET", "/provider/byhand");
    assert.deepEqual([made.has_secret, made.rules, made.issuer], [true, [{ group: "engineering", role: "editor" }], own.issuer]);
    assert.doesNotMatch(await page.content(), new RegExp(SECRET));
    // Of whom a provider made, the menu has neither role nor link.
    await console.open("settings?tab=people");
    await page.getByRole("button", { name: "What to do with ada@corp.example", exact: true }).click();
    assert.deepEqual(await page.getByRole("menuitem").filter({ visible: true }).allTextContents(), ["Change the limits", "Data sources", "Delete"]);
    assert.deepEqual(console.faults(), []);
    await postern.must(204, "DELETE", "/provider/byhand");
    await console.close();
  });
});
