// SPDX-License-Identifier: Apache-2.0
// kill -9 while answers are stored, shared and deleted, several times over one store: what was acknowledged is there, whole.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { database } from "../lib/database.mjs";
import { start } from "../lib/postern.mjs";

const ROUNDS = 8;
const QUESTIONS = ["how many active zones do we have?", "list all zones", "list the dns records of example.com", "how many support tickets did we close?", "is the staging zone active?"];
let world;
before(async () => {
  world = await start({ sandboxArgs: ["--quota", "1000000"] });
  await world.account("cfut_sandbox_one_account", { name: "acme" });
});
after(() => world?.close());

// As the answers have told it. What was under way when the program was killed is in neither.
const kept = new Map(), gone = new Set();

async function round(number) {
  let dead = false, done = 0;
  const enough = 20 + Math.floor(Math.random() * 40);
  const noted = () => {
    if (++done < enough || dead) return;
    dead = true;
    world.postern.program.child.kill("SIGKILL"); // others are in the middle of theirs
  };
  const steps = [
    async (i) => {
      const told = await world.must(200, "POST", "/ask", { question: QUESTIONS[(number + i) % QUESTIONS.length] });
      kept.set(told.id, { text: told.text, visibility: "private" });
      return true;
    },
    async () => {
      const [id, was] = [...kept].at(Math.floor(Math.random() * kept.size)) ?? [];
      if (!id) return false;
      kept.delete(id);
      const now = await world.must(200, "PATCH", `/answers/${id}`, { visibility: was.visibility === "private" ? "shared" : "private" });
      kept.set(id, { text: was.text, visibility: now.visibility });
      return true;
    },
    async () => {
      if (kept.size < 10) return false;
      const [id] = [...kept.keys()];
      kept.delete(id);
      await world.must(204, "DELETE", `/answers/${id}`);
      gone.add(id);
      return true;
    },
  ];
  await Promise.all([0, 0, 0, 0, 1, 2].map(async (step) => {
    for (let i = 0; i < 10_000 && !dead; i++) {
      try {
        if (await steps[step](i)) noted();
        else await pause(2); // nothing to do yet
      } catch (e) {
        if (!dead) throw e;
      }
    }
  }));
  assert.equal((await world.postern.program.exited).signal, "SIGKILL");
}

test("several times", async (t) => {
  for (let i = 1; i <= ROUNDS; i++) {
    await round(i);
    await world.postern.start();
    for (const [id, { text, visibility }] of kept) {
      const answer = await world.must(200, "GET", `/answers/${id}`);
      assert.deepEqual([answer.text, answer.visibility], [text, visibility], id);
    }
    for (const id of gone) assert.equal((await world.api("GET", `/answers/${id}`)).status, 404, id);
  }
  assert.ok(kept.size > ROUNDS && gone.size, "there was something to lose");
  t.diagnostic(`${kept.size} answers acknowledged and there, ${gone.size} deleted`);
  await world.postern.stop();
  const db = database(world.postern);
  assert.deepEqual(db.prepare("PRAGMA integrity_check").all().map((r) => r.integrity_check), ["ok"]);
  assert.deepEqual(db.prepare("PRAGMA foreign_key_check").all(), []);
  db.close();
});
