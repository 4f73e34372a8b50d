// SPDX-License-Identifier: Apache-2.0
// From nothing to a URL in one command: `postern up`, by key and by sign-in, for a newcomer with an empty home, and again.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { commands } from "../lib/command.mjs";
import { Browser, PLACES, startVendors, toolNames } from "../lib/oauth.mjs";
import { BINARY, Postern, startSandbox } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const CREDENTIAL = "cfut_sandbox_one_account";
const HERE = ["--upstream-allow", "127.0.0.0/8"];
const alive = (process_) => {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
};

// A person with an empty home; what was started in it ends with the test.
function newcomer(t, env = {}) {
  const home = mkdtempSync(join(tmpdir(), "postern-up-"));
  const cli = commands({ HOME: home, ...env });
  const log = join(home, ".local/share/postern/postern.log");
  const started = new Set();
  const noted = (r) => {
    for (const [, id] of `${r.out}${r.err ?? ""}`.matchAll(/background: process (\d+)/g)) started.add(Number(id));
    return r;
  };
  const stop = async () => {
    for (const id of started) if (alive(id)) process.kill(id);
    await eventually("the servers have ended", () => ![...started].some(alive));
  };
  t.after(async () => {
    await stop();
    rmSync(home, { recursive: true, force: true });
  });
  return {
    home, cli, stop, log,
    kept: (name) => join(home, ".config/postern", name),
    up: async (args, more) => noted(await cli.run(["up", ...args, ...HERE], more)),
    typed: async (args, answers) => noted(await cli.typed(["up", ...args, ...HERE], answers)),
  };
}
// The first start takes any port; from then on it is that one.
const ANY = ["--listen", "127.0.0.1:0"];
const urlIn = (text) => text.match(/http:\/\/[^\s'"]+\/mcp\/pst_[\w-]+/)?.[0];

describe("by key", () => {
  let sandbox, key;
  before(async () => {
    sandbox = await startSandbox();
    key = ["cloudflare", "--base-url", sandbox.api];
  });
  after(() => sandbox?.close());
  const first = (me, more = []) => me.up([...key, ...ANY, "--credential-stdin", ...more], { input: CREDENTIAL });

  test("an empty home, one command, a URL that only reads, for 30 days", async (t) => {
    const me = newcomer(t);
    const r = await first(me, ["--for", "claude-code"]);
    assert.equal(r.code, 0, r.err);
    assert.match(r.out, /^claude mcp add --transport http cloudflare-claude-code '[^']+'\n$/, "what to paste, alone");
    const names = await toolNames(urlIn(r.out));
    assert.ok(names.includes("list_all_cloudflare_zones") && !names.some((n) => /^(delete|update|create)_/.test(n)), names.join());
    const [server] = await me.cli.json(["mcp", "list"]); // no exports
    assert.deepEqual(server.config.methods, ["read"]);
    assert.ok(Math.abs(Date.parse(server.expires_at) - Date.now() - 30 * 86400e3) < 3600e3);
    const token = readFileSync(me.kept("token"), "utf8").trim();
    assert.match(token, /^psk_/);
    assert.deepEqual([me.kept("token"), me.kept("url"), me.kept("."), me.log].map((p) => statSync(p).mode & 0o777), [0o600, 0o600, 0o700, 0o600]);
    for (const text of [r.out, r.err, readFileSync(me.log, "utf8")]) assert.ok(!text.includes(token) && !text.includes(CREDENTIAL));
  });

  test("again: nothing new but what is asked for", async (t) => {
    const me = newcomer(t);
    const url = urlIn((await first(me)).out);
    const again = await me.up(key);
    assert.equal(again.code, 0, again.err);
    assert.doesNotMatch(again.err, /Started|Connected|Made/);
    assert.match(again.err, /--rotate/);
    assert.equal(again.out, "", "the URL is shown once");
    assert.ok((await toolNames(url)).length > 100, "it goes on working");
    const other = await me.up([...key, "--for", "cursor"]);
    assert.notEqual(urlIn(other.out), url);
    assert.equal(JSON.parse(other.out).mcpServers["cloudflare-cursor"].url, urlIn(other.out));
    const rotated = await me.up([...key, "--rotate", "--json"]);
    assert.match(JSON.parse(rotated.out).url, /\/mcp\/pst_/);
    await assert.rejects(toolNames(url));
    assert.equal((await me.cli.json(["account", "list"])).length, 1);
    assert.deepEqual((await me.cli.json(["mcp", "list"])).map((s) => s.name).sort(), ["cloudflare", "cloudflare-cursor"]);
  });

  test("after the machine was off: the same server at the same address; with its token lost, another is made", async (t) => {
    const me = newcomer(t);
    const url = urlIn((await first(me)).out);
    await me.stop();
    const back = await me.up(key);
    assert.match(back.err, /^Started Postern at/);
    assert.ok((await toolNames(url)).length > 100, "at the same address");
    await me.stop();
    rmSync(me.kept("token"));
    const lost = await me.up(key);
    assert.equal(lost.code, 0, lost.err);
    assert.equal((await me.cli.json(["audit", "--action", "token.recover"])).length, 1);
  });

  test("at a terminal the key is asked for, and not shown", async (t) => {
    const me = newcomer(t);
    const r = await me.typed([...key, ...ANY, "--for", "vscode"], [[/API token: /, CREDENTIAL]]);
    assert.equal(r.code, 0, r.out);
    assert.ok(!r.out.includes(CREDENTIAL));
    assert.match(urlIn(r.out), /pst_/);
    const asked = await me.typed([...key, "--for", "vscode"], [[/new one\?.*\[y\/N\]/, "y"]]);
    assert.notEqual(urlIn(asked.out), urlIn(r.out));
  });

  test("with nobody to ask, what is missing is named and nothing hangs", async (t) => {
    const me = newcomer(t);
    const r = await me.up([...key, ...ANY]);
    assert.equal(r.code, 2);
    assert.match(r.err, /lacks 'token'.*--credential token=@FILE/s);
    assert.equal((await me.up([...key, "--credential-stdin"], { input: "cfut_wrong" })).code, 2);
    assert.deepEqual(await me.cli.json(["account", "list"]), []);
    assert.equal((await me.up([...key, "--credential-stdin"], { input: CREDENTIAL })).code, 0, "and the next try goes on from there");
    assert.equal((await me.up(["clodflare"])).err.match(/did you mean '(\w+)'/)?.[1], "cloudflare");
    assert.equal((await me.up([...key, "--name", "x", "--way", "nope"])).code, 2);
  });

  test("a folder that others can look into gets no token, and a token that others can read is not used", async (t) => {
    const me = newcomer(t);
    mkdirSync(me.kept("."), { recursive: true, mode: 0o755 });
    chmodSync(me.kept("."), 0o755);
    const r = await first(me);
    assert.equal(r.code, 3, r.err);
    assert.match(r.err, /chmod 700/);
    assert.ok(!existsSync(me.log), "before anything was started");
    chmodSync(me.kept("."), 0o700);
    assert.equal((await first(me)).code, 0);
    chmodSync(me.kept("token"), 0o644);
    await me.cli.fails(3, /others can read/, ["account", "list"]);
    assert.equal((await me.up(key)).code, 3);
    chmodSync(me.kept("token"), 0o600);
    chmodSync(me.kept("url"), 0o666);
    await me.cli.fails(3, /others can write this file, which says where the token goes/, ["account", "list"]);
    chmodSync(me.kept("url"), 0o644);
    await me.cli.ok(["account", "list"]);
  });

  test("what keeps the server from starting is told in its own words", async (t) => {
    const me = newcomer(t);
    const other = createServer((_, res) => res.end("hello")).listen(0, "127.0.0.1");
    await new Promise((r) => other.once("listening", r));
    t.after(() => other.close());
    const taken = await me.up([...key, "--listen", `127.0.0.1:${other.address().port}`]);
    assert.match(taken.err, /something else than Postern answers at/);
    assert.equal(taken.code, 5);
    const wrong = await me.up([...key, ...ANY, "--upstream-ca", "/nowhere.pem"]);
    assert.equal(wrong.code, 9);
    assert.match(wrong.err, /did not start: .*nowhere\.pem/);
  });

  test("a server that is named is used as it is, and its token is kept nowhere", async (t) => {
    const postern = await new Postern().start();
    t.after(() => postern.close());
    const me = newcomer(t, { POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token });
    const r = await me.up([...key, "--credential-stdin"], { input: CREDENTIAL });
    assert.equal(r.code, 0, r.err);
    assert.ok(urlIn(r.out).startsWith(postern.url));
    assert.ok(!existsSync(me.kept("token")) && !existsSync(me.log));
    const client = await postern.must(201, "POST", "/api-token", { name: "c", role: "client" });
    assert.match((await me.up(key, { env: { POSTERN_TOKEN: client.token } })).err, /role client; this takes an admin's/);
    const gone = await me.up(key, { env: { POSTERN_URL: "http://127.0.0.1:1" } });
    assert.equal(gone.code, 9);
    assert.ok(!existsSync(me.log), "another one is not started instead");
  });

  test("the kept token goes to no other server than the one that it is for", async (t) => {
    const me = newcomer(t);
    await first(me);
    const seen = [];
    const other = createServer((req, res) => (seen.push(req.headers.authorization), res.end("{}"))).listen(0, "127.0.0.1");
    await new Promise((r) => other.once("listening", r));
    t.after(() => other.close());
    await me.cli.fails(3, /is for http:\/\/127/, ["status", "--url", `http://127.0.0.1:${other.address().port}`]);
    assert.deepEqual(seen, []);
  });
});

describe("by sign-in", () => {
  let vendors;
  before(async () => (vendors = await startVendors()));
  after(() => vendors?.close());

  // Runs until the link stands there, and has the person consent.
  async function consenting(me, vendor, args) {
    const child = spawn(BINARY, ["up", ...args, ...HERE], { cwd: me.home, env: { PATH: process.env.PATH, HOME: me.home }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const texts = { out: "", err: "" };
    child.stdout.on("data", (b) => (texts.out += b));
    child.stderr.on("data", (b) => (texts.err += b));
    const ended = new Promise((r) => child.once("close", r));
    const link = await eventually("the link", () => texts.err.match(/http:\S+\/connect\/\S+/)?.[0] ?? child.exitCode !== null);
    assert.ok(typeof link === "string", texts.err);
    assert.match(await (await fetch(link)).text(), /Postern will send you to [^,]+, at 127\.0\.0\.1, where you decide/, "the page names the host");
    const page = await new Browser().connect(link, PLACES[vendor].answer);
    return { code: await ended, page, ...texts };
  }

  test("shows the link, waits for the consent, and goes on", async (t) => {
    const me = newcomer(t);
    const args = ["arcjet", "--base-url", vendors.url("arcjet"), "--name", "guard", "--for", "cursor"];
    await me.up(["nobody", ...ANY]); // so that it is known to end with the test
    const r = await consenting(me, "arcjet", args);
    assert.equal(r.code, 0, r.err);
    const { url } = JSON.parse(r.out).mcpServers["guard-cursor"];
    const names = await toolNames(url);
    assert.ok(names.includes(PLACES.arcjet.tool) && !names.includes("promote-rule"), names.join());
    const again = await me.up(args);
    assert.equal(again.code, 0, again.err);
    assert.match(again.err, /The account guard is there/);
    assert.equal((await me.cli.json(["account", "list"])).length, 1);
  });

  test("any MCP server by its URL, with its own name; one that is open asks nothing", async (t) => {
    const me = newcomer(t);
    await me.up(["nobody", ...ANY]);
    const r = await consenting(me, "cloudinary", [vendors.url("cloudinary")]);
    assert.equal(r.code, 0, r.err);
    assert.ok((await toolNames(urlIn(r.out))).includes(PLACES.cloudinary.tool));
    const open = await startAuthVendor({ answer: (_, url) => (url.pathname === "/mcp" ? undefined : { status: 404, body: {} }) });
    t.after(() => open.close());
    open.open = true;
    const plain = await me.up([open.url, "--name", "plain"]);
    assert.equal(plain.code, 0, plain.err);
    assert.deepEqual(await toolNames(urlIn(plain.out)), ["list_things", "postern_run_program"]); // as for every new server
    assert.deepEqual((await me.cli.json(["account", "list"])).map((a) => a.name).sort(), ["127.0.0.1", "plain"]);
  });

  test("--no-wait ends with the link, and the same again goes on after the consent", async (t) => {
    const me = newcomer(t);
    await me.up(["nobody", ...ANY]);
    const args = ["arcjet", "--base-url", vendors.url("arcjet")];
    const begun = await me.up([...args, "--no-wait"]);
    assert.equal(begun.code, 0, begun.err);
    await new Browser().connect(begun.err.match(/http:\S+\/connect\/\S+/)[0], PLACES.arcjet.answer);
    const r = await me.up(args);
    assert.match(urlIn(r.out) ?? r.err, /pst_/);
  });

  test("an account whose consent has ended is asked for again", async (t) => {
    const me = newcomer(t);
    await me.up(["nobody", ...ANY]);
    const args = ["arcjet", "--base-url", vendors.url("arcjet"), "--name", "guard"];
    const url = urlIn((await consenting(me, "arcjet", args)).out);
    await vendors.expire("arcjet", "grants");
    await me.cli.run(["call", "guard", PLACES.arcjet.tool]);
    await eventually("it is known", async () => (await me.cli.json(["account", "show", "guard"])).status === "needs_authorising");
    const again = await consenting(me, "arcjet", args);
    assert.equal(again.code, 0, again.err);
    assert.equal((await me.cli.json(["account", "show", "guard"])).status, "ok");
    assert.ok((await toolNames(url)).length > 0);
  });
});
