// SPDX-License-Identifier: Apache-2.0
// The whole way: official SDK clients that know nothing but a server's address, and people whom nobody has made yet. Each
// signs in on the pages of her company's provider (oidc-provider) in Chromium, is made there by a rule on her group, consents,
// and calls a tool; and is out when her company says so.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { noBrowser, startBrowser } from "../lib/browser.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { Clock } from "../lib/clock.mjs";
import { modern, Postern, startSandbox } from "../lib/postern.mjs";
import { startProvider, Wanderer } from "../lib/provider.mjs";
import { Provider, refresh } from "../lib/sign-in.mjs";

const CALL = { name: "list_all_cloudflare_zones", arguments: {} };
const folder = mkdtempSync(join(tmpdir(), "postern-company-"));
const people = {};
let sandbox, postern, clock, op, server, browser, callback;

before(async () => {
  if (noBrowser) return;
  clock = new Clock(folder);
  sandbox = await startSandbox();
  postern = new Postern({ public_url: undefined, groups_age: "5m", sign_in_token: "5m" });
  postern.env = clock.env;
  await postern.start();
  op = await startProvider({ people });
  await op.register(postern, {
    rules: [
      { group: "sales", role: "viewer" },
      { domain: "corp.example", role: "viewer" },
    ],
  });
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "CRM", config: { methods: ["read"] }, slug: "crm", sign_in: { groups: ["sales"] } });
  callback = createServer((request, response) => (/^\/callback\?/.test(request.url) && callback.emit("heard", request.url), response.end("done"))).listen(0, "127.0.0.1");
  await once(callback, "listening");
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  callback?.close();
  await postern?.close();
  await op?.close();
  await sandbox?.close();
  clock?.close();
  rmSync(folder, { recursive: true, force: true });
});

// The SDK's idea of a person: one browser of hers. `steps` are the pages that she met, `answer` what the client was sent.
class Person extends Provider {
  constructor(login, groups) {
    super(null, `http://127.0.0.1:${callback.address().port}/callback`);
    people[login] = { groups, email: `${login}@corp.example`, email_verified: true };
    Object.assign(this, { login, name: people[login].email });
  }
  // What there is to do on each page; the first that is there is done.
  static PAGES = {
    door: ["a:has-text('Sign in with The company')", (it) => it.click()],
    provider: [
      "form:has(input[name=login])",
      async (it, { login }) => {
        await it.locator("input[name=login]").fill(login);
        await it.locator("input[name=password]").fill("x");
        await it.getByRole("button").click();
      },
    ],
    grant: ["form:has(input[name=prompt][value=consent])", (it) => it.getByRole("button").click()],
    consent: ["button:has-text('Let it in')", (it) => it.click()],
  };
  redirectToAuthorization(url) {
    this.opened.push(url);
    this.wanted = url;
    this.answer = undefined;
  }
  async browse() {
    const url = this.wanted;
    if (!url) return;
    this.wanted = undefined;
    this.steps = [];
    this.context ??= await browser.newContext({ locale: "en-GB" });
    const page = await this.context.newPage();
    page.setDefaultTimeout(120_000);
    const heard = once(callback, "heard");
    let back;
    heard.then(([path]) => (back = new URL(path, this.redirectUrl)));
    await page.goto(String(url)).catch((error) => {
      if (!back) throw error;
    });
    for (let pages = 0; !back && pages < 8; pages++) {
      const found = await Promise.race([heard.then(() => undefined), ...Object.keys(Person.PAGES).map((step) => page.locator(Person.PAGES[step][0]).waitFor().then(() => step))]).catch((error) => {
        if (!back) throw new Error(`${error}\n${page.url()}`);
      });
      if (!found) break;
      this.steps.push(found);
      if (found === "consent") this.shown = await page.locator("main").innerText();
      const [at, act] = Person.PAGES[found], it = page.locator(at);
      await act(it, this);
      await Promise.race([heard, it.waitFor({ state: "detached" })]).catch(() => {});
    }
    await heard;
    await page.waitForURL((at) => at.href.startsWith(this.redirectUrl)); // one that is closed on its way may never be
    await page.close();
    this.opening = String(url);
    this.back = back;
    this.answer = back.searchParams;
  }
  async tidy() {
    await this.context?.close();
  }
}

const userNamed = async (name) => (await postern.must(200, "GET", "/user?limit=1000")).items.find((u) => u.name === name);
const works = async (who) => (await modern(server.sign_in_url, "tools/list", {}, { headers: { authorization: `Bearer ${who.held.access_token}` } })).status;
const refused = async (who, held = who.held) => {
  const r = await refresh({ postern }, who.information, held.refresh_token);
  return [r.status, r.error];
};

// What the client was sent says that it comes from us, once, and nothing of the provider.
function isOurs(who) {
  assert.deepEqual(who.answer.getAll("iss"), [postern.url]);
  assert.deepEqual(who.answer.getAll("state"), [who.state()]);
  for (const text of [who.opening, String(who.back)]) assert.ok(!decodeURIComponent(text).includes(op.issuer), `${text} tells of ${op.issuer}`);
  assert.deepEqual([...who.answer.keys()].sort(), [...(who.answer.has("code") ? ["code"] : ["error", "error_description"]), "iss", "state"]);
}

async function comes(who, connect) {
  const client = await connect(server.sign_in_url, who);
  assert.match((await client.callTool(CALL)).content[0].text, /example\.com/);
  return client;
}
async function isDenied(who, connect) {
  let why;
  await assert.rejects(
    connect(server.sign_in_url, who).then((client) => client.close()),
    (error) => ((why = error), true),
  );
  assert.equal(who.answer?.get("error"), "access_denied", `${who.back}\n${why?.stack}`);
  isOurs(who);
}

describe("with nothing but the address", { skip: noBrowser }, () => {
  Object.entries(CLIENTS).forEach(([name, { signIn: connect }], serial) =>
    test(`${name}: who does not exist yet is made, consents and calls a tool; without her group she is out`, async () => {
      const who = new Person(`ada-${serial}`, ["sales", "all"]);
      try {
        assert.equal(await userNamed(who.name), undefined);
        const client = await comes(who, connect);
        assert.deepEqual(who.steps, ["door", "provider", "grant", "consent"]);
        for (const wanted of ["An official SDK", "CRM", "acme", who.name, new URL(who.redirectUrl).host]) assert.ok(who.shown.includes(wanted), `${wanted} is not in:\n${who.shown}`);
        isOurs(who);
        const made = await userNamed(who.name);
        assert.deepEqual([made.issuer, made.subject, made.role, made.groups, made.by_provider], [op.issuer, who.login, "viewer", ["sales", "all"], true]);

        // Her company takes the group away. Postern hears of it when she signs in next, here to the console.
        people[who.login].groups = ["all"];
        assert.equal(await works(who), 200, "nobody has told yet");
        const elsewhere = await op.signIn(new Wanderer(), postern.url, who.login);
        assert.equal(elsewhere.status, 200, elsewhere.text);
        assert.deepEqual((await userNamed(who.name)).groups, ["all"]);
        assert.equal(await works(who), 401);
        assert.deepEqual(await refused(who), [400, "invalid_grant"]);
        await client.close();
        await isDenied(who, connect);
      } finally {
        await who.tidy();
      }
    }),
  );

  for (const name of ["SDK v1", "SDK v2, auto"])
    test(`${name}: whose group may not use the server is made, and told so on the way to consent`, async () => {
      const who = new Person(`eve-${name.length}`, ["ops"]);
      try {
        await isDenied(who, CLIENTS[name].signIn);
        assert.equal(who.shown, undefined, "nothing was shown to consent to");
        assert.deepEqual((await userNamed(who.name)).groups, ["ops"]);
        assert.equal(who.held, undefined);
      } finally {
        await who.tidy();
      }
    });

  for (const [name, then, groups] of [
    ["SDK v1", "is out without her group", ["all"]],
    ["SDK v2, auto", "is in with it", ["sales"]],
  ])
    test(`${name}: when the provider's word is too old, her client renews nothing; she signs in anew, and ${then}`, async () => {
      const who = new Person(`ben-${name.length}`, ["sales"]), { signIn: connect } = CLIENTS[name];
      try {
        const client = await comes(who, connect);
        await client.close();
        people[who.login].groups = groups;
        const held = who.held;
        clock.ahead(6 * 60);
        assert.equal(await works(who), 401, "the access token has run out");
        if (groups.includes("sales")) {
          await (await comes(who, connect)).close();
          assert.deepEqual(who.steps, ["door", "consent"], "the provider still knows her");
          isOurs(who);
        } else {
          await isDenied(who, connect);
          assert.deepEqual((await userNamed(who.name)).groups, groups);
        }
        assert.deepEqual(await refused(who, held), [400, "invalid_grant"]);
      } finally {
        clock.ahead(0);
        await who.tidy();
      }
    });

  test("a client's state comes back whole from the way over the provider, be it long", async () => {
    const who = new Person("dan", ["sales"]);
    who.state = () => "a state/+= ".repeat(80);
    try {
      await (await comes(who, CLIENTS["SDK v1"].signIn)).close();
      isOurs(who);
    } finally {
      await who.tidy();
    }
  });

  test("an issuer that whoever opens the sign-in writes into it goes nowhere", async () => {
    const who = new Person("cyd", ["sales"]), browse = who.browse.bind(who);
    who.browse = () => {
      who.wanted?.searchParams.set("iss", "https://elsewhere.example");
      return browse();
    };
    try {
      await (await comes(who, CLIENTS["SDK v2, auto"].signIn)).close();
      isOurs(who);
    } finally {
      await who.tidy();
    }
  });
});
