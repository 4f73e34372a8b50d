// SPDX-License-Identifier: Apache-2.0
// Killed in the middle of giving tokens, or of a change of keys: no code and no refresh token counts twice, and none that a
// client was told of is lost. What is held goes on with other keys: of AI clients, and of browsers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { database } from "../lib/database.mjs";
import { keys } from "../lib/keyfile.mjs";
import { modern, start } from "../lib/postern.mjs";
import { answer, authorizeUrl, person, pkce, redeem, refresh, register, signIn } from "../lib/sign-in.mjs";
import { audited, eventually } from "../lib/wait.mjs";

const ROUNDS = 6, CLIENTS = 8;
let world, ada, slug = "crm";
before(async () => {
  world = await start();
  await world.server(await world.account(), { methods: ["read"] }, { slug, sign_in: { roles: ["viewer"] } });
  ada = await person(world, "ada", { groups: ["sales"] });
  await world.must(200, "PATCH", `/user/${ada.id}`, { limits: { calls_per_minute: 10_000 } }); // part of her stamp
});
after(() => world?.close());

const address = () => `${world.postern.url}/mcp/${slug}`;
const works = async (tokens) => (await modern(address(), "tools/list", {}, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status;
// What came of it, or undefined where the answer was lost.
const heard = (promise) => promise.then((r) => r, () => undefined);
async function killedDuring(work) {
  const all = Promise.all(work.map((begin) => heard(begin())));
  await pause(Math.random() * 60);
  await world.postern.stop("SIGKILL");
  const answers = await all;
  world.postern.settings.listen = new URL(world.postern.url).host; // clients come back to where it was
  await world.postern.start();
  return answers;
}

test("a refresh: what the client has goes on", async () => {
  const client = await register(world);
  const held = await Promise.all(Array.from({ length: CLIENTS }, () => signIn(world, ada, client, address())));
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await killedDuring(held.map((tokens) => () => refresh(world, client, tokens.refresh_token)));
    for (const [i, told] of answers.entries()) {
      if (told) {
        assert.equal(told.status, 200, JSON.stringify(told));
        assert.equal(await works(told), 200, "what was told is there");
        held[i] = told;
      }
      const next = await refresh(world, client, held[i].refresh_token);
      assert.equal(next.status, 200, `round ${round}, ${told ? "told" : "lost"}: ${JSON.stringify(next)}`);
      held[i] = next;
    }
  }
  assert.equal((await audited(world, "action=sign_in.reuse")).length, 0, "nobody was taken for a thief");
});

test("a code: once, or not at all", async () => {
  const client = await register(world);
  for (let round = 0; round < ROUNDS; round++) {
    const codes = [];
    for (let i = 0; i < CLIENTS; i++) {
      const proof = pkce(), { to } = await answer(authorizeUrl(world, client, address(), proof), ada.cookie);
      codes.push({ code: to.searchParams.get("code"), verifier: proof.verifier });
    }
    const answers = await killedDuring(codes.map(({ code, verifier }) => () => redeem(world, client, code, verifier)));
    for (const [i, told] of answers.entries()) {
      if (told) assert.equal(await works(told), 200, "what was told is there");
      const again = await redeem(world, client, codes[i].code, codes[i].verifier);
      if (told) assert.equal(again.status, 400, "it counts once");
      if (told || again.status === 400) continue;
      assert.equal(await works(again), 200);
      assert.equal((await redeem(world, client, codes[i].code, codes[i].verifier)).status, 400, "it counts once");
    }
  }
});

// ---- other keys

const session = async (who) => (await fetch(`${world.postern.url}/whoami`, { headers: { cookie: who.cookie } })).status;
// Everything that somebody can hold when the keys change: new, refreshed once, and with a code that has not been redeemed.
async function holders(client, n) {
  return Promise.all(
    Array.from({ length: n }, async (_, i) => {
      const tokens = await signIn(world, ada, client, address()), old = tokens.refresh_token;
      const now = i % 2 ? await refresh(world, client, old) : tokens;
      const proof = pkce(), { to } = await answer(authorizeUrl(world, client, address(), proof), ada.cookie);
      return { ...now, used: i % 2 ? old : undefined, code: to.searchParams.get("code"), verifier: proof.verifier };
    }),
  );
}
async function goesOn(client, held, said) {
  assert.equal(await session(ada), 200, `${said}: her browser is signed in`);
  for (const h of held) {
    assert.equal(await works(h), 200, `${said}: the access token is good`);
    const next = await refresh(world, client, h.refresh_token);
    assert.equal(next.status, 200, `${said}: ${JSON.stringify(next)}`);
    assert.equal(await works(next), 200, said);
    Object.assign(h, next);
    if (!h.code) continue;
    const fresh = await redeem(world, client, h.code, h.verifier);
    assert.equal(fresh.status, 200, `${said}: the code of before: ${JSON.stringify(fresh)}`);
    assert.equal(await works(fresh), 200, said);
    h.code = undefined;
  }
}

test("a change of keys: tokens, refresh tokens, codes and sessions of the console go on, before and after a restart", async () => {
  const client = await register(world), held = await holders(client, 6);
  // On PostgreSQL those that were killed before count until they have missed some beats, and keep their key until their row goes.
  const rows = database(world.postern);
  await eventually("it is the only node", () => rows.prepare("SELECT count(*) AS n FROM node").get().n <= 1, { every: 500 });
  rows.close();
  for (let i = 0; i < 3; i++) {
    const { resealed } = await world.must(200, "POST", "/key/rotate");
    assert.ok(resealed > held.length, `${resealed} rows are sealed with the new key`);
    assert.equal(keys(world.postern).length, 1, "nothing needs the old key");
    await goesOn(client, held, `rotation ${i + 1}`);
  }
  await world.must(200, "POST", "/key/rotate");
  await world.postern.stop();
  world.postern.settings.listen = new URL(world.postern.url).host;
  await world.postern.start();
  await goesOn(client, held, "after a restart");
  // What was used up before the keys changed is used up after: it ends the sign-in, whose it was.
  for (const h of held.filter((one) => one.used)) assert.equal((await refresh(world, client, h.used)).status, 400, "a token of before is not new by new keys");
  assert.deepEqual(await Promise.all(held.map(works)), held.map((h) => (h.used ? 401 : 200)));
});

test("a change of keys that was killed: the same", async () => {
  const client = await register(world), held = await holders(client, 4);
  for (let round = 0; round < ROUNDS; round++) {
    const rotate = () => world.api("POST", "/key/rotate");
    const answers = await killedDuring([rotate, rotate, ...held.map((h) => () => refresh(world, client, h.refresh_token))]);
    for (const [i, told] of answers.slice(2).entries()) if (told?.status === 200) Object.assign(held[i], told);
    await goesOn(client, held, `round ${round}`);
  }
  assert.equal((await audited(world, "action=sign_in.reuse")).filter((r) => r.client_id === client.client_id).length, 0, "nobody was taken for a thief");
});
