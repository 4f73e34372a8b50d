// SPDX-License-Identifier: Apache-2.0
// A node that alone has lost the database hears of the others what has changed: it answers nobody by that, goes on with the
// rest, and is as before once it has followed. Who has no key file can neither ask nor tell. With a PostgreSQL of this
// suite's own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startBalanced } from "../lib/balanced.mjs";
import { skip as noDatabase, startDatabase } from "../lib/cluster.mjs";
import { startWire } from "../lib/database-wire.mjs";
import { missing } from "../lib/nginx.mjs";
import { modern, startSandbox } from "../lib/postern.mjs";
import { person, register, signIn } from "../lib/sign-in.mjs";
import { eventually, metrics } from "../lib/wait.mjs";

const skip = noDatabase || missing;

describe("a node that alone has lost the database", { skip, concurrency: 1 }, () => {
  const wires = [];
  let db, store, sandbox, cluster, checked, one, two, deaf, account, kept;
  const list = async (url, headers = {}) => modern(cluster.at(deaf, url), "tools/list", {}, { headers });
  const bearer = (token) => ({ authorization: `Bearer ${token}` });
  const make = (name, more = {}, over = account) => one.must(201, "POST", `/integrated-account/${over.id}/mcp`, { name, config: { methods: ["read"] }, ...more });
  const opened = (name, token) => one.must(201, "POST", "/integrated-account", { connector: "cloudflare", name, credential: { token }, base_url: sandbox.api });
  const there = (url, headers) => eventually("it is there", async () => (await list(url, headers)).status === 200);
  const held = async () => (await metrics(deaf)).postern_withheld;
  const goesOn = async () => {
    const r = await modern(cluster.at(deaf, kept.url), "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
    assert.ok(r.status === 200 && r.body.result?.isError !== true, r.text);
  };
  // It may have begun to answer before it was told; how long that was is said, and holds for nothing.
  async function heldBack(t, what, change, ask) {
    await change();
    const began = performance.now(), since = () => performance.now() - began;
    let answered = 0; // until when one was asked that was answered yet
    const r = await eventually(`${what}: it is held back`, async () => {
      const asked = since(), found = await ask();
      if (found.status === 200) answered = asked;
      return found.status !== 200 && found;
    }, { every: 1 });
    t.diagnostic(`${what}: refused whoever asks ${answered.toFixed(1)} ms after the change was answered, or later; told after ${since().toFixed(1)} ms`);
    assert.equal(r.status, 503, r.text);
    assert.match(r.text, /another node has changed what this request goes by/);
    assert.ok(Number(r.headers.get("retry-after")) >= 1);
    await goesOn();
  }

  before(async () => {
    checked = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is the test's own
    db = await startDatabase();
    sandbox = await startSandbox();
    store = db.make();
    const wired = async () => (wires.push(await startWire(store)), wires.at(-1).url);
    cluster = await startBalanced(wired, 3, undefined, { program_cache: "0s" });
    [one, two, deaf] = cluster.nodes;
    account = await opened("acme", "cfut_sandbox_one_account");
    kept = await make("kept");
    await there(kept.url);
  });
  after(async () => {
    await cluster?.close();
    for (const wire of wires) wire.close();
    await sandbox?.close();
    await db?.close();
    if (checked === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = checked;
  });

  test("holds back what is changed at the others, whatever it is, and nothing else; then follows", async (t) => {
    const other = await opened("other", "cfut_sandbox_one_account");
    const gone = await make("gone"), rotated = await make("rotated"), narrowed = await make("narrowed"), ends = await make("ends"), over = await make("over", {}, other);
    const guarded = await make("guarded", { config: { methods: ["read"], require_api_token_auth: true } });
    const [lost, left] = await Promise.all(["lost", "left"].map((name) => one.must(201, "POST", "/api-token", { name, role: "client" })));
    const admin = await one.must(201, "POST", "/api-token", { name: "of an administrator", role: "admin" });
    const people = await make("people", { slug: "people", sign_in: { groups: ["staff"] } });
    const here = { postern: { url: cluster.nginx.base }, must: one.must.bind(one) }, client = await register(here), signed = {};
    for (const name of ["ada", "bea", "cleo"]) signed[name] = await person(here, name, { groups: ["staff"] });
    for (const who of Object.values(signed)) who.tokens = await signIn(here, who, client, people.sign_in_url);
    const enters = (who) => modern(`${deaf.url}/mcp/people`, "tools/list", {}, { headers: bearer(who.tokens.access_token) });
    for (const s of [gone, rotated, narrowed, ends, over]) await there(s.url);
    for (const token of [lost, left]) await there(guarded.url, bearer(token.token));
    for (const who of Object.values(signed)) await eventually(`${who.name} is let in`, async () => (await enters(who)).status === 200);
    const manages = () => deaf.api("GET", "/mcp-server", undefined, { token: admin.token });
    assert.equal((await manages()).status, 200);
    assert.equal(await held(), 0);

    await wires[2].drop();
    await heldBack(t, "a server is deleted", () => one.must(204, "DELETE", `/mcp-server/${gone.id}`), () => list(gone.url));
    let fresh;
    await heldBack(t, "a URL is rotated", async () => (fresh = await two.must(200, "POST", `/mcp-server/${rotated.id}/rotate`)), () => list(rotated.url));
    await heldBack(t, "a server shows less", () => one.must(200, "PATCH", `/mcp-server/${narrowed.id}`, { config: { tools: ["list_all_cloudflare_zones"] } }), () => list(narrowed.url));
    await heldBack(t, "an expiry is moved", () => two.must(200, "PATCH", `/mcp-server/${ends.id}`, { expires_at: new Date(Date.now() + 3_600_000).toISOString() }), () => list(ends.url));
    await heldBack(t, "an account is deleted", () => one.must(204, "DELETE", `/integrated-account/${other.id}`), () => list(over.url));
    await heldBack(t, "an API token is revoked", () => one.must(204, "DELETE", `/api-token/${lost.id}`), () => list(guarded.url, bearer(lost.token)));
    assert.equal((await list(guarded.url, bearer(left.token))).status, 200);
    await heldBack(t, "an administrator's token is revoked", () => two.must(204, "DELETE", `/api-token/${admin.id}`), manages);
    await heldBack(t, "a person is removed", () => one.must(204, "DELETE", `/user/${signed.ada.id}`), () => enters(signed.ada));
    await heldBack(t, "a person leaves a group", () => one.must(200, "PATCH", `/user/${signed.bea.id}`, { groups: [] }), () => enters(signed.bea));
    assert.equal((await enters(signed.cleo)).status, 200);
    const revoke = () => fetch(`${one.url}/oauth/revoke`, { method: "POST", body: new URLSearchParams({ token: signed.cleo.tokens.refresh_token, client_id: client.client_id }) });
    await heldBack(t, "a sign-in is ended", revoke, () => enters(signed.cleo));
    await eventually("it is not ready", async () => (await fetch(`${deaf.url}/readyz`)).status === 503);
    assert.ok((await held()) >= 10);

    await wires[2].take();
    await eventually("it has followed", async () => (await list(gone.url)).status === 404);
    await eventually("nothing is held back", async () => (await held()) === 0);
    for (const url of [rotated.url, over.url]) assert.equal((await list(url)).status, 404);
    for (const url of [fresh.url, narrowed.url, ends.url, kept.url]) assert.equal((await list(url)).status, 200);
    assert.equal((await list(guarded.url, bearer(lost.token))).status, 401);
    assert.equal((await list(guarded.url, bearer(left.token))).status, 200);
    assert.equal((await manages()).status, 401);
    for (const who of Object.values(signed)) assert.equal((await enters(who)).status, 401);
  });

  test("what is open at it by a right that may have gone is ended", async () => {
    const s = await make("open");
    await there(s.url);
    const stream = await fetch(cluster.at(deaf, s.url), {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream", "mcp-protocol-version": "2026-07-28", "mcp-method": "subscriptions/listen" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params: { notifications: { toolsListChanged: true }, _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}, "io.modelcontextprotocol/clientInfo": { name: "e2e", version: "1" } } } }),
    });
    assert.equal(stream.status, 200);
    await wires[2].drop();
    await one.must(204, "DELETE", `/mcp-server/${s.id}`);
    await stream.text(); // it ends
    await goesOn();
    await wires[2].take();
    await eventually("it has followed", async () => (await list(s.url)).status === 404);
  });

  test("one whose database says nothing answers nobody by what it is told of", async () => {
    const s = await make("silent");
    await there(s.url);
    wires[2].hold();
    await one.must(204, "DELETE", `/mcp-server/${s.id}`);
    assert.equal((await eventually("it is held back", async () => ((r) => r.status !== 200 && r)(await list(s.url)))).status, 503);
    await goesOn();
    wires[2].let();
    await eventually("it has followed", async () => (await list(s.url)).status === 404);
  });

  test("a program that changed is held back as a tool, the tools beside it are not", async (t) => {
    const s = await make("with programs"), call = (name) => modern(cluster.at(deaf, s.url), "tools/call", { name, arguments: {} });
    const counts = (query) => ({ version: 1, title: "Zones", steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }], results: { n: { query } } });
    const program = await one.must(201, "POST", "/stored-program", { name: "counts", program: counts("SELECT count(*) AS zones FROM zones") });
    await one.must(201, "POST", `/mcp-server/${s.id}/program`, { program: "counts", as: "count_zones" });
    await one.must(201, "POST", `/mcp-server/${s.id}/program`, { program: counts("SELECT count(*) AS zones FROM zones"), as: "count_beside" });
    const answers = (name) => eventually(`${name} answers`, async () => ((r) => r.body.result && !r.body.result.isError && r.body.result)(await call(name)));
    const zones = async (name) => (await answers(name)).structuredContent.results[0].rows;
    const before = await zones("count_zones");
    await zones("count_beside");
    await wires[2].drop();
    await one.must(200, "PATCH", `/stored-program/${program.id}`, { program: counts("SELECT count(*) + 1000 AS zones FROM zones") });
    const refused = await eventually("it is held back", async () => ((r) => (r.status !== 200 || r.body.error) && r)(await call("count_zones")), { every: 1 });
    assert.match(refused.text, /another node has changed what this request goes by/);
    t.diagnostic(`refused with ${refused.status}`);
    await zones("count_beside");
    await goesOn();
    await wires[2].take();
    await eventually("it has followed", async () => (await zones("count_zones"))[0][0] === before[0][0] + 1000);
  });

  // As a node of a newer version may write: nobody here can tell whom it is about.
  test("a change of a kind that it does not know holds back everything, until it has followed", async () => {
    await wires[2].drop();
    db.sql(`\\c ${new URL(store).pathname.slice(1)}
      BEGIN; UPDATE change_head SET last = last + 1; INSERT INTO change_log (number, kind, id) SELECT last, 'novelty', 'nov_1' FROM change_head; NOTIFY postern; COMMIT;`);
    const refused = await eventually("all is held back", async () => ((r) => r.status !== 200 && r)(await list(kept.url)), { every: 1 });
    assert.equal(refused.status, 503, refused.text);
    assert.equal((await deaf.api("GET", "/mcp-server")).status, 503);
    assert.equal((await fetch(`${deaf.url}/healthz`)).status, 200);
    for (const node of [one, two]) assert.equal((await modern(cluster.at(node, kept.url), "tools/list", {})).status, 200);
    await wires[2].take();
    await there(kept.url);
    await eventually("nothing is held back", async () => (await held()) === 0);
  });

  test("who has no key file is told nothing, and tells nothing", async () => {
    for (const token of [one.token, undefined]) assert.equal((await one.api("GET", "/nodes/changes?after=0", undefined, { token })).status, 404);
    const { node } = await one.must(200, "GET", "/status");
    const key = readFileSync(join(one.settings.data_dir, "postern.key"), "utf8").split(/\s/)[0];
    const wrong = ["s_client", "-connect", `127.0.0.1:${one.inner}`, "-tls1_3", "-psk", "5a".repeat(32), "-psk_identity", `postern/1 ${key} aaaaaaaa ${node}`, "-quiet"];
    assert.throws(() => execFileSync("openssl", wrong, { input: "GET /nodes/changes?after=0 HTTP/1.1\r\n\r\n", stdio: "pipe", timeout: 30_000 }), (e) => !`${e.stdout}`.includes("HTTP"));

    // Somebody at the address of the other nodes, who says that all is another now.
    let asked = 0;
    const text = `1 9999999\n${`server ${kept.id}\n`.repeat(1000)}`;
    const stranger = createServer((s) => s.on("error", () => {}).once("data", () => (asked++, s.end(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`))));
    stranger.listen(0, "127.0.0.1");
    await once(stranger, "listening");
    await wires[2].drop();
    for (const node of [one, two]) node.recorder.lead(stranger.address().port);
    await eventually("it has asked there", () => asked >= 4);
    assert.equal(await held(), 0);
    await goesOn();
    for (const node of [one, two]) node.recorder.lead(node.inner);
    stranger.close();
    // What was missed meanwhile is told when they are there again.
    const s = await make("again");
    await one.must(200, "POST", `/mcp-server/${kept.id}/rotate`);
    await eventually("it is held back", async () => (await list(kept.url)).status === 503);
    await wires[2].take();
    await there(s.url);
    assert.equal((await list(kept.url)).status, 404);
  });
});
