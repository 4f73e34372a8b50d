// SPDX-License-Identifier: Apache-2.0
// What runs by itself for a person of the company rests when her provider's word is too old, and goes on when she has signed
// in: her tiles, and her watches. What runs for local people and API tokens does not care.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Clock } from "../lib/clock.mjs";
import { Postern, startSandbox } from "../lib/postern.mjs";
import { startProvider, Wanderer } from "../lib/provider.mjs";
import { eventually } from "../lib/wait.mjs";

const folder = mkdtempSync(join(tmpdir(), "postern-rests-"));
let sandbox, postern, op, clock;
before(async () => {
  clock = new Clock(folder);
  sandbox = await startSandbox();
  postern = new Postern({ groups_age: "5m" });
  postern.env = clock.env;
  await postern.start();
  op = await startProvider({ people: { ada: { email: "ada@corp.example", email_verified: true } } });
  await op.register(postern, { rules: [{ everyone: true, role: "admin" }] });
  await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
});
after(async () => {
  await postern?.close();
  await op?.close();
  await sandbox?.close();
  clock?.close();
  rmSync(folder, { recursive: true, force: true });
});

// At the console, by her company's pages.
async function comes() {
  const browser = new Wanderer();
  const end = await op.signIn(browser, postern.url, "ada");
  assert.equal(end.status, 200, end.text);
  const headers = { cookie: browser.cookies(postern.url).join("; "), origin: postern.url, "postern-console": "1" };
  return (status, method, path, body) => postern.must(status, method, path, body, { token: "", headers });
}

test("tiles and watches rest, say why, and go on", async () => {
  const ada = await comes();
  const program = { version: 1, title: "All our zones", steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }], results: { n: { query: "SELECT count(*) AS zones FROM zones", title: "Zones" } } };
  const board = await ada(201, "POST", "/dashboard", { name: "Hers" }), other = await postern.must(201, "POST", "/dashboard", { name: "A machine's" });
  const hers = await ada(201, "POST", `/dashboard/${board.id}/tile`, { program }), its = await postern.must(201, "POST", `/dashboard/${other.id}/tile`, { program });
  const tile = (t) => postern.must(200, "GET", `/tile/${t.id}`), runs = async (t) => (await postern.must(200, "POST", `/tile/${t.id}/refresh`, {}), tile(t));
  const asked = async () => (await sandbox.control("GET", "/requests?last=500")).length;
  for (const t of [hers, its]) await eventually("it has been run", async () => (await tile(t)).state === "ok");
  const watch = await ada(201, "POST", "/watches", { tile: hers.id, condition: "zones > 0", webhook: `${sandbox.url}/hook` });

  clock.ahead(360);
  const before = await asked(), rests = await runs(hers);
  assert.equal(rests.state, "resting");
  assert.match(rests.why, /what the company's provider says of its owner is too old/);
  assert.ok(rests.data.rows.length > 0, "what it gave last stays");
  assert.equal(await asked(), before, "no vendor is called");
  assert.match(JSON.stringify(await postern.must(200, "GET", `/watches/${watch.id}`)), /says of its owner is too old/);
  assert.equal((await runs(its)).state, "ok");

  await comes();
  assert.equal((await runs(hers)).state, "ok");
  assert.doesNotMatch(JSON.stringify(await postern.must(200, "GET", `/watches/${watch.id}`)), /too old/);
});

test("who is barred: her tiles rest, and go on by themselves when a rule lets her in again", async () => {
  const ada = await comes();
  const program = { version: 1, steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }], results: { n: { query: "SELECT count(*) AS zones FROM zones" } } };
  const board = await ada(201, "POST", "/dashboard", { name: "Barred" }), t = await ada(201, "POST", `/dashboard/${board.id}/tile`, { program, every_seconds: 10 });
  const tile = () => postern.must(200, "GET", `/tile/${t.id}`), asked = async () => (await sandbox.control("GET", "/requests?last=500")).length;
  await eventually("it has been run", async () => (await tile()).state === "ok");
  const [{ id }] = (await postern.must(200, "GET", "/provider")).items, watch = await ada(201, "POST", "/watches", { tile: t.id, condition: "zones > 0", webhook: `${sandbox.url}/hook` });
  // No rule lets her in, and she hears it as she comes.
  await postern.must(200, "PATCH", `/provider/${id}`, { rules: [{ group: "nobody", role: "admin" }], untested: true });
  const browser = new Wanderer();
  assert.equal((await op.signIn(browser, postern.url, "ada")).status, 403);
  const before = await asked();
  await postern.must(200, "POST", `/tile/${t.id}/refresh`, {});
  const rests = await tile();
  assert.equal(rests.state, "resting");
  assert.match(rests.why, /no rule of the company's provider lets its owner in at present/);
  assert.equal(await asked(), before, "no vendor is called");
  assert.match(JSON.stringify(await postern.must(200, "GET", `/watches/${watch.id}`)), /no rule of the company's provider/);
  // A restart knows it as well.
  postern.settings.listen = new URL(postern.url).host;
  await postern.stop();
  await postern.start();
  assert.equal((await tile()).state, "resting");
  await postern.must(200, "PATCH", `/provider/${id}`, { rules: [{ everyone: true, role: "admin" }], untested: true });
  await comes();
  await postern.stop(); // after a start it is due at once, and not in ten minutes
  await postern.start();
  await eventually("it is run by itself", async () => (await tile()).state === "ok");
});
