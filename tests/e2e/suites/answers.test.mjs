// SPDX-License-Identifier: Apache-2.0
// Answers that are kept: found again by their ids, also after a restart; followed, shared, deleted; gone with an account.
// Who may not see one is told what is told of one that is not there.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

let world, account, other;
before(async () => {
  world = await start();
  account = await world.account("cfut_sandbox_one_account", { name: "acme" });
  other = await world.must(201, "POST", "/api-token", { name: "colleague", role: "admin" });
});
after(() => world?.close());

const ask = (question, more = {}, status = 200) => world.must(status, "POST", "/ask", { question, ...more });
const get = (id, status = 200) => world.must(status, "GET", `/answers/${id}`);
const as = async (token, status, method, path, body) => {
  const answer = await world.api(method, path, body, { token });
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  return answer.body;
};
const theirs = (status, method, path, body) => as(other.token, status, method, path, body);
const restart = async () => {
  await world.postern.stop();
  await world.postern.start();
};
const withDb = (run) => {
  const db = new DatabaseSync(join(world.postern.settings.data_dir, "postern.db"));
  db.exec("PRAGMA busy_timeout = 5000");
  try {
    return run(db);
  } finally {
    db.close();
  }
};
const bytes = (text, { start: from, end }) => Buffer.from(text).subarray(from, end).toString();

describe("kept", () => {
  test("an answer is there again as it was told, also after a restart", async () => {
    const told = await ask("how many active zones do we have?");
    assert.match(told.id, /^ans_[0-9a-z]{20}$/);
    assert.ok(told.link.endsWith(`/ui/answer/${told.id}`), told.link);
    await restart();
    const kept = await get(told.id);
    for (const member of ["id", "outcome", "engine", "text", "numbers", "table", "chart", "results", "calls", "program", "understood", "choices", "warnings"])
      assert.deepEqual(kept[member], told[member], member);
    assert.equal(kept.question, "how many active zones do we have?");
    assert.deepEqual([kept.visibility, kept.mine, kept.follows, kept.rerun_of, kept.conversation, kept.state], ["private", true, null, null, told.id, "ok"]);
    assert.equal(kept.account_deleted_at, null);
  });

  test("each call says where and when it was made, how long it took, what it gave", async () => {
    const before = Date.now() - 1000;
    const { calls } = await ask("which zones are paused?");
    assert.ok(calls.length);
    for (const c of calls) {
      assert.deepEqual([c.account, c.account_id], ["acme", account.id]);
      assert.ok(Date.parse(c.at) >= before && Date.parse(c.at) <= Date.now() + 1000, c.at);
      assert.match(c.request_id, /^req_/);
      for (const member of ["ms", "rows", "bytes", "page"]) assert.equal(typeof c[member], "number", member);
      assert.equal(typeof c.cached, "boolean");
    }
    const again = await ask("which zones are paused?");
    assert.ok(again.calls.every((c) => c.cached && c.age_ms >= 0), JSON.stringify(again.calls));
  });

  test("each number of the text leads to its cell, or to the rows that it counts", async () => {
    for (const question of ["how many active zones do we have?", "list all zones", "how many zones per status?", "zones by status", "how many dns records per type does example.com have?"]) {
      const a = await ask(question);
      assert.ok(a.numbers.length, `${question}: ${a.text}`);
      for (const n of a.numbers) {
        const said = bytes(a.text, n), result = a.results.find((r) => r.name === n.result);
        const value = n.rows ? n.rows[1] - n.rows[0] : result.rows[n.row][n.column];
        assert.equal(Number(said.replaceAll(/[ ,\u202f]/g, "")), value, `${question}: ${said} in ${a.text}`);
      }
    }
  });

  test("nothing of it is readable in the database", async () => {
    await ask("how many zones are called zebraland?");
    await eventually("written", async () => withDb((db) => db.prepare("SELECT count(*) AS n FROM answer").get().n > 0));
    for (const row of withDb((db) => db.prepare("SELECT * FROM answer").all()))
      assert.doesNotMatch(JSON.stringify(row), /zebraland|example\.com|zones/);
  });
});

describe("followed", () => {
  test("a question follows an answer after a restart, and a choice of one", async () => {
    const first = await ask("list the dns records of example.com");
    await restart();
    const next = await ask("only the CNAME ones", { follow: first.id });
    assert.equal(next.outcome, "answer", JSON.stringify(next));
    assert.ok(JSON.stringify(next.program).includes("CNAME"), JSON.stringify(next.program));
    const kept = await get(next.id);
    assert.deepEqual([kept.follows, kept.conversation], [first.id, first.id]);
    const led = await world.must(200, "GET", `/answers/${next.id}/conversation`);
    assert.deepEqual(led.items.map((i) => i.id), [first.id, next.id]);
    const back = await ask("list the dns records of example");
    if (back.outcome === "clarify") {
      await restart();
      const chosen = await ask("", { follow: back.id, choose: 1 });
      assert.equal(chosen.outcome, "answer", JSON.stringify(chosen));
    }
  });

  test("any answer that one sees, and no other", async () => {
    const mine = await ask("list all zones");
    const refused = await theirs(404, "POST", "/ask", { question: "only the paused ones", follow: mine.id });
    const unknown = await theirs(404, "POST", "/ask", { question: "only the paused ones", follow: "ans_00000000000000000000" });
    assert.equal(refused.error.message.replace(mine.id, ""), unknown.error.message.replace("ans_00000000000000000000", ""));
    await world.must(200, "PATCH", `/answers/${mine.id}`, { visibility: "shared" });
    const next = await theirs(200, "POST", "/ask", { question: "only the paused ones", follow: mine.id });
    assert.equal(next.outcome, "answer");
    await get(next.id, 404); // and the next one is its asker's
  });
});

describe("whose they are", () => {
  test("private ones are their owner's alone; shared ones are seen by all that manage, and changed by their owner", async () => {
    const mine = await ask("list all zones");
    const unknown = (await theirs(404, "GET", "/answers/ans_00000000000000000000")).error;
    const hidden = (await theirs(404, "GET", `/answers/${mine.id}`)).error;
    assert.equal(hidden.message.replace(mine.id, "ans_00000000000000000000"), unknown.message);
    await theirs(404, "DELETE", `/answers/${mine.id}`);
    await theirs(404, "PATCH", `/answers/${mine.id}`, { visibility: "shared" });
    await theirs(404, "GET", `/answers/${mine.id}/conversation`);
    const seen = async () => (await theirs(200, "GET", "/answers?limit=1000")).items.some((i) => i.id === mine.id);
    assert.equal(await seen(), false);
    assert.equal((await world.must(200, "PATCH", `/answers/${mine.id}`, { visibility: "shared" })).visibility, "shared");
    const shown = await theirs(200, "GET", `/answers/${mine.id}`);
    assert.deepEqual([shown.mine, shown.text], [false, mine.text]);
    assert.equal(await seen(), true);
    await theirs(404, "DELETE", `/answers/${mine.id}`);
    await theirs(404, "PATCH", `/answers/${mine.id}`, { visibility: "private" });
    await world.must(200, "PATCH", `/answers/${mine.id}`, { visibility: "private" });
    await theirs(404, "GET", `/answers/${mine.id}`);
    await world.must(204, "DELETE", `/answers/${mine.id}`);
    await get(mine.id, 404);
  });

  test("a client's token manages none", async () => {
    const client = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    const mine = await ask("list all zones");
    await world.must(200, "PATCH", `/answers/${mine.id}`, { visibility: "shared" });
    for (const path of ["/answers", `/answers/${mine.id}`, `/answers/${mine.id}/conversation`]) await as(client.token, 403, "GET", path);
    await as(client.token, 403, "POST", "/ask", { question: "list all zones" });
    assert.equal((await world.api("GET", `/answers/${mine.id}`, undefined, { token: "psk_none" })).status, 401);
  });

  test("listed newest first, page by page; mine, or shared", async () => {
    const ids = [];
    for (let i = 0; i < 5; i++) ids.unshift((await ask(`list all zones ${"please ".repeat(i)}`)).id);
    const got = [];
    for (let next = "/answers?limit=2&of=mine"; next && got.length < 5; ) {
      const page = await world.must(200, "GET", next);
      assert.ok(page.items.length <= 2);
      got.push(...page.items.map((i) => i.id));
      next = page.next;
    }
    assert.deepEqual(got.slice(0, 5), ids);
    assert.ok((await world.must(200, "GET", "/answers?of=shared")).items.every((i) => !i.mine));
    await world.must(400, "GET", "/answers?of=all");
  });
});

describe("what goes", () => {
  test("with an account what was told of it, joined ones too; the question and the program stay, broken", async () => {
    const west = await world.account("cfut_sandbox_one_account", { name: "west" });
    const joined = await ask("how many zones are there per account?");
    assert.deepEqual([...new Set(joined.calls.map((c) => c.account))].sort(), ["acme", "west"], JSON.stringify(joined.calls));
    await world.must(204, "DELETE", `/integrated-account/${west.id}`);
    const left = await get(joined.id);
    assert.ok(Date.parse(left.account_deleted_at) > Date.parse(left.created_at));
    assert.deepEqual([left.text, left.results, left.calls, left.numbers, left.understood, left.table], [null, [], [], [], [], undefined]);
    assert.equal(left.question, "how many zones are there per account?");
    assert.equal(left.state, "gone");
    assert.match(left.why, /west/);
    assert.ok(left.program.steps.length);
    assert.equal(withDb((db) => db.prepare("SELECT told FROM answer WHERE id = ?").get(joined.id).told), "");
    assert.ok((await world.must(200, "GET", "/answers")).items.find((i) => i.id === joined.id).account_deleted_at);
    const after = await ask("list all zones");
    assert.equal((await get(after.id)).account_deleted_at, null, "others stay whole");
    const next = await ask("only the paused ones", { follow: joined.id });
    assert.notEqual(next.outcome, "refuse", "and what was asked can be followed");
  });

  test("a row that somebody damaged is left out, and its owner is told", async () => {
    const [bad, good] = [await ask("list all zones"), await ask("how many active zones do we have?")];
    withDb((db) => db.prepare("UPDATE answer SET asked = (SELECT asked FROM answer WHERE id = ?) WHERE id = ?").run(good.id, bad.id));
    const { error } = await get(bad.id, 500);
    assert.match(error.message, /cannot be read/);
    assert.match(error.hint, /delete it/);
    assert.ok(!(await world.must(200, "GET", "/answers?limit=1000")).items.some((i) => i.id === bad.id));
    await world.must(200, "GET", `/answers/${good.id}`);
    await theirs(404, "GET", `/answers/${bad.id}`);
    assert.match(world.postern.program.output, new RegExp(`the answer ${bad.id} is left out`));
    await world.must(204, "DELETE", `/answers/${bad.id}`);
  });

  test("nobody gives a row another owner, or shares it, in the database", async () => {
    const mine = await ask("list all zones");
    withDb((db) => db.prepare("UPDATE answer SET owner = ? WHERE id = ?").run(other.id, mine.id));
    await theirs(500, "GET", `/answers/${mine.id}`);
    withDb((db) => db.prepare("UPDATE answer SET owner = (SELECT id FROM api_token WHERE id <> ? LIMIT 1), visibility = 'shared' WHERE id = ?").run(other.id, mine.id));
    await theirs(500, "GET", `/answers/${mine.id}`);
  });

  test("keys can be changed: answers are sealed anew, and the old key goes", async () => {
    const mine = await ask("list all zones");
    const [old] = withDb((db) => db.prepare("SELECT DISTINCT sealed_by FROM answer").all().map((r) => r.sealed_by));
    await world.must(200, "POST", "/key/rotate");
    assert.equal((await get(mine.id)).text, mine.text);
    withDb((db) => db.exec("DELETE FROM answer WHERE visibility = 'shared'")); // those that were damaged above
    await eventually("sealed anew", async () => withDb((db) => !db.prepare("SELECT count(*) AS n FROM answer WHERE sealed_by = ?").get(old).n));
    assert.equal((await get(mine.id)).text, mine.text);
    await restart();
    assert.equal((await get(mine.id)).text, mine.text);
  });

  test("old ones go by the setting", async () => {
    const short = await start({ settings: { answers_keep: "2s" } });
    try {
      await short.account("cfut_sandbox_one_account", { name: "acme" });
      const a = await short.must(200, "POST", "/ask", { question: "list all zones" });
      await eventually("deleted by its age", async () => (await short.api("GET", `/answers/${a.id}`)).status === 404);
      assert.deepEqual((await short.must(200, "GET", "/answers")).items, []);
    } finally {
      await short.close();
    }
  });
});
