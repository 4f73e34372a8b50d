// SPDX-License-Identifier: Apache-2.0
// Links that show a dashboard or a tile to whoever has them: what they give, and that they give nothing else, to nobody
// else, and no longer than they may.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { database, storedText } from "../lib/database.mjs";
import { commands } from "../lib/command.mjs";
import { modern, start } from "../lib/postern.mjs";
import { eventually, metrics, shortLived } from "../lib/wait.mjs";

const TOKEN = "cfut_sandbox_one_account";
const program = (steps, results, more = {}) => ({ version: 1, steps, results, ...more });
const zones = (account) => ({ id: "zones", account, tool: "list_all_cloudflare_zones" });
const HOSTILE = `<img src=x onerror=alert(1)>"'&`;
let world, d, one, two, other;

before(async () => {
  world = await start();
  await world.account(TOKEN, { name: "secret-account-name" });
  const board = (name) => world.must(201, "POST", "/dashboard", { name });
  const pin = async (on, body) => {
    const t = await world.must(201, "POST", `/dashboard/${on.id}/tile`, body);
    return eventually("it was run", async () => { const is = await world.must(200, "GET", `/tile/${t.id}`); return !is.refreshing && is; });
  };
  d = await board("Edge & co");
  one = await pin(d, { program: program([zones("secret-account-name")], { by: { query: "SELECT status, count(*) AS zones FROM zones GROUP BY 1 ORDER BY 2 DESC", chart: { mark: "bar", x: "zones", y: "status" } }, hidden: "SELECT 'unseen result' AS x" }, { title: "secret program title" }), title: "By status" });
  two = await pin(d, { program: program([], { n: `SELECT '${HOSTILE.replaceAll("'", "''")}' AS name, '=cmd()' AS formula, 7 AS n` }), title: HOSTILE });
  const e = await board("Elsewhere");
  other = await pin(e, { program: program([], { n: "SELECT 'elsewhere value' AS v" }) });
});
after(() => world?.close());

const share = (body = {}, on = d) => world.must(201, "POST", `/dashboard/${on.id}/share`, body);
const path = (s) => new URL(s.url).pathname;
const open = (where, headers = {}) => world.api("GET", where, undefined, { token: null, headers });

test("a page without a script, with what the tiles show, for whoever has the link", async () => {
  const s = await share();
  assert.match(s.url, /\/ui\/share\/psh_[A-Za-z0-9_-]{43}$/);
  assert.deepEqual([s.mode, s.name, s.tile_id], ["live", "Edge & co", null]);
  const page = await open(path(s));
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  assert.equal(page.headers.get("referrer-policy"), "no-referrer");
  assert.equal(page.headers.get("cache-control"), "no-store");
  assert.equal(page.headers.get("x-frame-options"), "DENY");
  const csp = page.headers.get("content-security-policy");
  assert.match(csp, /^default-src 'none'; style-src 'nonce-[^']+'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'$/);
  assert.ok(!/<script|javascript:|onerror=alert|<img|<form|<iframe| src=/i.test(page.text.replaceAll("&lt;img src=x onerror=alert(1)&gt;", "")), page.text);
  assert.match(page.text, /Edge &amp; co/);
  assert.match(page.text, /@media print/);
  assert.match(page.text, /<td id="c0-0-0">active<\/td><td id="c0-0-1" class="n">\d+<\/td>/);
  assert.match(page.text, /█/);
  assert.match(page.text, new RegExp(one.as_of));
  for (const word of ["secret-account-name", "secret program title", "unseen result", "SELECT", "list_all", "elsewhere value", "acc_", "tok_"]) assert.ok(!page.text.includes(word), word);
});

test("JSON and CSV of its tiles, and of no others", async () => {
  const s = await share();
  const told = await open(`${path(s)}/tile/${one.id}`);
  assert.equal(told.status, 200);
  assert.deepEqual(told.body.data.rows, one.data.rows);
  assert.deepEqual(Object.keys(told.body).sort(), ["as_of", "data", "id", "now", "partial", "size", "state", "title", "zone"]);
  for (const word of ["secret-account-name", "secret program title", "unseen", "SELECT", "tok_"]) assert.ok(!told.text.includes(word), word);
  const csv = await open(`${path(s)}/tile/${two.id}/csv`);
  assert.match(csv.text, /^name,formula,n\n/);
  assert.match(csv.text, /,"'=cmd\(\)",7\n$/);
  assert.equal(csv.headers.get("x-content-type-options"), "nosniff");
  for (const tile of [other.id, "til_0000000000000000000x", "", "..", "%2e%2e", one.id + "x"]) {
    assert.equal((await open(`${path(s)}/tile/${tile}`)).status, 404, tile);
    assert.equal((await open(`${path(s)}/tile/${tile}/csv`)).status, 404, tile);
  }
});

test("of one tile, that tile alone", async () => {
  const s = await share({ tile: one.id });
  assert.equal(s.name, "Edge & co"); // a tile's title is sealed, a link's name is not
  const page = await open(path(s));
  assert.match(page.text, /By status/);
  assert.ok(!page.text.includes("=cmd"));
  assert.equal((await open(`${path(s)}/tile/${one.id}`)).status, 200);
  assert.equal((await open(`${path(s)}/tile/${two.id}`)).status, 404);
  assert.equal((await world.api("POST", `/dashboard/${d.id}/share`, { tile: other.id })).status, 404);
});

test("live it follows; a snapshot stays", async () => {
  const e = await world.must(201, "POST", "/dashboard", { name: "Moving" });
  const t = await world.must(201, "POST", `/dashboard/${e.id}/tile`, { program: program([], { n: "SELECT 'first' AS v" }), title: "Was" });
  await eventually("it was run", async () => (await world.must(200, "GET", `/tile/${t.id}`)).state === "ok");
  const live = await share({}, e), still = await share({ mode: "snapshot" }, e);
  await world.must(200, "PATCH", `/tile/${t.id}`, { program: program([], { n: "SELECT 'second' AS v" }), title: "Is" });
  await eventually("it was run again", async () => (await world.must(200, "GET", `/tile/${t.id}`)).state === "ok");
  const [now, then] = [await open(path(live)), await open(path(still))];
  assert.ok(now.text.includes("second") && now.text.includes("Is") && !now.text.includes("first"), now.text);
  assert.ok(then.text.includes("first") && then.text.includes("Was") && !then.text.includes("second"), then.text);
  await world.must(204, "DELETE", `/tile/${t.id}`);
  assert.match((await open(path(live))).text, /nothing to show/);
  assert.ok((await open(path(still))).text.includes("first"));
  await world.must(204, "DELETE", `/dashboard/${e.id}`);
  for (const s of [live, still]) assert.equal((await open(path(s))).status, 404);
});

test("unknown, guessed, revoked and expired look alike, and are dead", async () => {
  const s = await share();
  const soon = await shortLived((expires_at) => share({ expires_at }), { alive: async (s) => (await open(path(s))).status === 200 });
  const revoked = await share();
  await world.must(204, "DELETE", `/share/${revoked.id}`);
  const expired = await eventually("it has expired", async () => { const r = await open(path(soon)); return r.status === 404 && r; });
  const stripped = (page) => page.text.replace(/nonce="[^"]*"/, "");
  const secret = path(s).slice("/ui/share/".length);
  const dead = [path(revoked), "/ui/share/psh_" + "A".repeat(43), `/ui/share/${secret.slice(0, -1)}`, `/ui/share/${secret}x`, `/ui/share/${secret.toUpperCase()}`, `/ui/share/${s.id}`, `/ui/share/${encodeURIComponent("' OR 1=1 --")}`];
  for (const where of dead) {
    const page = await open(where);
    assert.equal(page.status, 404, where);
    assert.equal(stripped(page), stripped(expired), where);
    assert.equal((await open(`${where}/tile/${one.id}`)).status, 404, where);
    assert.equal((await open(`${where}/tile/${one.id}/csv`)).status, 404, where);
  }
  assert.equal((await open(path(s))).status, 200);
});

test("its secret opens nothing else, and no credential opens more by it", async () => {
  const s = await share();
  const secret = path(s).slice("/ui/share/".length);
  for (const [method, where] of [["GET", "/dashboard"], ["GET", `/dashboard/${d.id}`], ["GET", `/tile/${one.id}`], ["GET", "/share"], ["GET", "/whoami"], ["GET", "/integrated-account"], ["POST", `/dashboard/${d.id}/refresh`]])
    assert.equal((await world.api(method, where, method === "POST" ? {} : undefined, { token: secret })).status, 401, where);
  assert.equal((await world.api("POST", `/mcp/${secret}`, { jsonrpc: "2.0", id: 1, method: "ping" }, { token: null })).status, 404);
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) assert.equal((await world.api(method, path(s), undefined, { token: null })).status, 405, method);
  for (const tail of ["/", "/tile", "/refresh", "/share", "/tile/" + one.id + "/history", "/tile/" + one.id + "/csv/x"]) assert.ok([404, 401].includes((await open(path(s) + tail)).status), tail);
  assert.equal((await open(path(s), { origin: "https://evil.example" })).status, 403); // no page of another origin reads it
});

test("it lasts at most a year, and no longer than the token that made it", async () => {
  for (const expires_at of [new Date(Date.now() + 400 * 86400_000).toISOString(), new Date(Date.now() - 1000).toISOString(), "soon"]) assert.equal((await world.api("POST", `/dashboard/${d.id}/share`, { expires_at })).status, 400, expires_at);
  const by = await world.must(201, "POST", "/api-token", { name: "colleague", role: "admin" });
  const theirs = await world.must(201, "POST", `/dashboard/${d.id}/share`, { mode: "snapshot" }, { token: by.token });
  assert.equal((await open(path(theirs))).status, 200);
  await world.must(204, "DELETE", `/api-token/${by.id}`);
  assert.equal((await open(path(theirs))).status, 404);
  const default_ = await share();
  assert.ok(Math.abs(Date.parse(default_.expires_at) - Date.now() - 30 * 86400_000) < 3600_000);
});

test("of a private dashboard only its owner lists, makes and revokes links", async () => {
  const by = await world.must(201, "POST", "/api-token", { name: "secretive", role: "admin" });
  const p = await world.must(201, "POST", "/dashboard", { name: "Private", visibility: "private" }, { token: by.token });
  const s = await world.must(201, "POST", `/dashboard/${p.id}/share`, {}, { token: by.token });
  assert.equal((await world.api("POST", `/dashboard/${p.id}/share`, {})).status, 404);
  assert.equal((await world.api("DELETE", `/share/${s.id}`)).status, 404);
  assert.ok(!(await world.must(200, "GET", "/share")).items.some((x) => x.id === s.id));
  assert.ok((await world.must(200, "GET", "/share", undefined, { token: by.token })).items.some((x) => x.id === s.id));
  assert.equal((await open(path(s))).status, 200);
});

test("made by one, of a dashboard that another makes private, it shows nothing any more until that is shared again", async () => {
  const colleague = await world.must(201, "POST", "/api-token", { name: "colleague", role: "admin" });
  const p = await world.must(201, "POST", "/dashboard", { name: "Turns private" });
  const t = await world.must(201, "POST", `/dashboard/${p.id}/tile`, { program: program([], { n: "SELECT 'kept to myself' AS v" }), title: "Mine" });
  const links = [];
  for (const body of [{}, { mode: "snapshot" }, { tile: t.id }]) links.push(await world.must(201, "POST", `/dashboard/${p.id}/share`, body, { token: colleague.token }));
  const own = await share({}, p), shown = async (s) => (await open(path(s))).status;
  for (const s of [...links, own]) assert.equal(await shown(s), 200, s.mode);
  await world.must(200, "PATCH", `/dashboard/${p.id}`, { visibility: "private" });
  for (const s of links) {
    const page = await open(path(s));
    assert.deepEqual([page.status, page.text.includes("kept to myself"), page.text.includes("Turns private")], [404, false, false]);
    assert.equal((await open(`${path(s)}/tile/${t.id}`)).status, 404);
    assert.equal((await open(`${path(s)}/tile/${t.id}/csv`)).status, 404);
  }
  assert.equal(await shown(own), 200);
  await world.must(200, "PATCH", `/dashboard/${p.id}`, { visibility: "shared" });
  for (const s of links) assert.equal(await shown(s), 200, s.mode);
});

test("who opens links takes of what clients may, and keeps nobody from managing", async (t) => {
  const busy = await start({ settings: { loops: 1, max_fibers: 48 } });
  t.after(() => busy.close());
  const board = await busy.must(201, "POST", "/dashboard", { name: "Busy" });
  const s = await busy.must(201, "POST", `/dashboard/${board.id}/share`, {});
  const look = async () => (await busy.api("GET", path(s), undefined, { token: null })).status;
  assert.equal(await look(), 200);
  // Calls that their vendor leaves without an answer, of several accounts, until this address has its share.
  const urls = [];
  for (let i = 0; i < 5; i++) urls.push((await busy.server(await busy.account(TOKEN, { name: `acme${i}` }))).url);
  assert.ok(!(await busy.sandbox.control("POST", "/fault", { match: { path: "/zones" }, kind: "slow", delay_ms: 60_000, times: 100 })).error);
  const calls = Array.from({ length: 60 }, (_, i) => modern(urls[i % urls.length], "tools/call", { name: "list_all_cloudflare_zones", arguments: {} }));
  await eventually("this address has its share", async () => (await metrics(busy))['postern_fibers_refused_total{share="address"}'] > 0);
  assert.equal(await look(), 503);
  for (const managed of ["/status", "/dashboard", `/dashboard/${board.id}`]) assert.equal((await busy.api("GET", managed)).status, 200, managed);
  await busy.sandbox.close(); // with it all of them end
  await Promise.all(calls);
  await eventually("there is room again", async () => (await look()) === 200);
});

test("with an account goes what snapshots told of it", async () => {
  const gone = await world.account(TOKEN, { name: "leaving" });
  const e = await world.must(201, "POST", "/dashboard", { name: "Leaving" });
  for (const [title, p] of [["Joined", program([{ ...zones(["secret-account-name", "leaving"]) }], { n: "SELECT account, count(*) AS zones FROM zones GROUP BY 1" })], ["Apart", program([], { n: "SELECT 'stays' AS v" })]]) {
    const t = await world.must(201, "POST", `/dashboard/${e.id}/tile`, { program: p, title });
    await eventually("it was run", async () => (await world.must(200, "GET", `/tile/${t.id}`)).state === "ok");
  }
  const [still, live] = [await share({ mode: "snapshot" }, e), await share({}, e)];
  assert.match((await open(path(still))).text, /Joined/);
  await world.must(204, "DELETE", `/integrated-account/${gone.id}`);
  const page = await open(path(still));
  assert.ok(!page.text.includes("Joined") && page.text.includes("stays"), page.text);
  const now = await open(path(live));
  assert.match(now.text, /Joined<\/h2>\n<p class="s">nothing to show; it could not be read again since/);
  assert.ok(!now.text.includes("leaving"), now.text);
});

test("neither secrets nor what a snapshot shows stand in the database, nor a row that somebody else wrote counts", async () => {
  const s = await share({ mode: "snapshot" });
  const secret = path(s).slice("/ui/share/".length);
  const stored = storedText(world.postern);
  for (const word of [secret, "By status", "onerror", "=cmd"]) assert.ok(!stored.includes(word), word);
  assert.ok(!world.postern.program.output.includes(secret));
  const db = database(world.postern);
  for (const change of [`expires_at = expires_at + 86400000`, `mode = 'live'`, `dashboard_id = '${other.dashboard_id}'`, `owner = 'tok_x'`]) {
    const victim = await share({ mode: "snapshot" });
    db.exec(`UPDATE share SET ${change} WHERE id = '${victim.id}'`);
    assert.equal((await open(path(victim))).status, 404, change);
  }
  db.close();
  await world.must(200, "POST", "/key/rotate");
  assert.match((await open(path(s))).text, /By status/);
});

test("made, listed and revoked from the command line; the audit has it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-shares-"));
  const cli = commands({ HOME: folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
  const made = await cli.ok(["share", "create", d.id, "--expires-in", "7d", "--snapshot", "--name", "For you"]);
  const url = made.out.trim();
  assert.match((await (await fetch(url)).text()), /<h1>For you<\/h1>/);
  const listed = (await cli.ok(["share", "list", "--json"])).out;
  assert.ok(!listed.includes(url.split("/").at(-1)));
  const { id } = JSON.parse(listed).find((s) => s.name === "For you");
  await cli.ok(["share", "revoke", id, "--yes"]);
  assert.equal((await fetch(url)).status, 404);
  await cli.fails(4, /no link/, ["share", "revoke", id, "--yes"]);
  await eventually("the audit has them", async () => {
    const { items } = await world.must(200, "GET", "/audit?limit=1000");
    return ["share.create", "share.revoke"].every((a) => items.some((i) => i.action === a && i.detail?.includes(id))) && items.some((i) => i.action === "share.open" && i.outcome === "missing") && !JSON.stringify(items).includes(url.split("/").at(-1));
  });
  rmSync(folder, { recursive: true, force: true });
});
