// SPDX-License-Identifier: Apache-2.0
// Answers that are kept: found again by their ids, also after a restart; followed, shared, deleted; gone with an account.
// Who may not see one is told what is told of one that is not there.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { database } from "../lib/database.mjs";
import { CLIENTS } from "../lib/clients.mjs";
import { commands } from "../lib/command.mjs";
import { modern, start } from "../lib/postern.mjs";
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
  const db = database(world.postern);
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
    const shapes = ["how many active zones do we have?", "list all zones", "how many zones per status?", "how many dns records per type does example.com have?", "requests per day of example.com in the last 7 days", "which share of the zones is active?", "average ttl of the dns records of example.com", "the 3 zones with the most requests in the last 24 hours", "requests of example.com in the last 24 hours compared with the day before", "which zones are paused?"];
    let linked = 0;
    for (const question of shapes) {
      const a = await ask(question);
      if (a.outcome !== "answer") continue; // what is answered is the matter of other suites
      for (const n of a.numbers) {
        const said = bytes(a.text, n), result = a.results.find((r) => r.name === n.result);
        const value = n.rows ? n.rows[1] - n.rows[0] : result.rows[n.row][n.column];
        if (/^[\d ,.\u202f]+$/.test(said)) assert.ok(Math.abs(Number(said.replaceAll(/[ ,\u202f]/g, "")) - value) <= Math.abs(value) / 100, `${question}: ${said} for ${value} in ${a.text}`);
        else assert.match(said, /\d \w/, `${question}: with its unit`);
        linked++;
      }
      // No number of the text that a cell has is without its link, but in times and names.
      const rest = a.numbers.toReversed().reduce((text, n) => Buffer.concat([Buffer.from(text).subarray(0, n.start), Buffer.from("#"), Buffer.from(text).subarray(n.end)]).toString(), a.text);
      assert.match(rest, /#/, `${question}: ${rest}`);
    }
    assert.ok(linked >= 15, `${linked} numbers`);
  });

  test("of two hundred at once each is there that was told", async () => {
    const told = await Promise.all(Array.from({ length: 200 }, (_, i) => world.api("POST", "/ask", { question: i % 2 ? "list all zones" : "how many support tickets did we close?" })));
    const answered = told.filter((r) => r.status === 200);
    assert.ok(answered.length > 0);
    for (const r of told) assert.ok([200, 429, 503].includes(r.status), r.text);
    for (const { body } of answered) assert.equal((await get(body.id)).text, body.text);
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

describe("run once more", () => {
  const rerun = (id, body = {}, status = 201) => world.must(status, "POST", `/answers/${id}/rerun`, body);

  test("a new answer of its own, in the same words, of the rows of now", async () => {
    for (const question of ["how many active zones do we have?", "list the dns records of example.com", "how many zones per status?", "requests per day of example.com in the last 7 days"]) {
      const first = await ask(question);
      assert.equal(first.outcome, "answer", `${question}: ${first.text}`);
      const again = await rerun(first.id);
      assert.notEqual(again.id, first.id);
      assert.deepEqual([again.rerun_of, again.question, again.outcome, again.mine, again.conversation], [first.id, question, "answer", true, again.id]);
      assert.equal(again.text.replaceAll(/\d\d:\d\d/g, "T"), first.text.replaceAll(/\d\d:\d\d/g, "T"), question);
      assert.deepEqual(again.program, first.program);
      assert.deepEqual(again.understood.map((c) => c.what), first.understood.map((c) => c.what));
      assert.ok(again.calls.length);
      assert.equal((await get(first.id)).text, first.text, "the first stays as it was");
    }
  });

  test("asked anew, where somebody wants that; followed as any other; after a rename", async () => {
    const first = await ask("list all zones");
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { name: "acme-eu" });
    const again = await rerun(first.id, { fresh: true });
    await world.must(200, "PATCH", `/integrated-account/${account.id}`, { name: "acme" });
    assert.ok(again.calls.every((c) => !c.cached && c.account === "acme-eu"), JSON.stringify(again.calls));
    const next = await ask("only the paused ones", { follow: again.id });
    assert.equal(next.outcome, "answer");
    assert.equal((await get(next.id)).follows, again.id);
  });

  test("words that mean another thing by now do not change the program", async () => {
    await world.must(201, "POST", "/alias", { name: "main site", value: "example.com" });
    const first = await ask("list the dns records of the main site");
    assert.equal(first.outcome, "answer", JSON.stringify(first));
    const other = first.text.includes("example.org") ? "example.com" : "example.org";
    await world.must(200, "PATCH", "/alias/main%20site", { value: other });
    const again = await rerun(first.id);
    assert.deepEqual([again.program, again.table], [first.program, first.table]);
    assert.doesNotMatch(again.text, new RegExp(other.replace(".", "\\.")), "and it is not said to be of that thing");
    assert.deepEqual(again.understood, []);
    for (const n of again.numbers) assert.equal(Number(bytes(again.text, n)), n.rows[1] - n.rows[0]);
    await world.must(204, "DELETE", "/alias/main%20site");
  });

  test("what another shares, as one's own; not what it hides; not what has no program", async () => {
    const first = await ask("list all zones");
    await theirs(404, "POST", `/answers/${first.id}/rerun`, {});
    await world.must(200, "PATCH", `/answers/${first.id}`, { visibility: "shared" });
    const again = await theirs(201, "POST", `/answers/${first.id}/rerun`, {});
    assert.deepEqual([again.owner, again.visibility], [other.id, "private"]);
    await get(again.id, 404);
    const none = await ask("how many support tickets did we close?");
    assert.match((await rerun(none.id, {}, 422)).error.message, /no program/);
  });

  test("in the view in which it was asked, as that is now", async () => {
    const server = await world.server(account, { tools: ["list_all_cloudflare_zones"] });
    const first = await ask("list all zones", { server: server.id });
    assert.equal((await rerun(first.id)).server_id, server.id);
    await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: { tools: ["list_all_cloudflare_dns_records"] } });
    await rerun(first.id, {}, 422);
    await world.must(204, "DELETE", `/mcp-server/${server.id}`);
    assert.match((await rerun(first.id, {}, 422)).error.message, /no more/);
  });
});

describe("published", () => {
  const call = async (server, name, args = {}) => (await modern(server.url, "tools/call", { name, arguments: args })).body;

  test("an answer becomes a tool, its time range and zone arguments with defaults, called by official clients", async () => {
    const server = await world.server(account, { methods: ["read"] });
    const a = await ask("denied requests on example.com in the last 3 days by country");
    assert.equal(a.outcome, "answer", JSON.stringify(a));
    assert.ok(a.program.parameters, JSON.stringify(a.program));
    const tool = await world.must(201, "POST", `/answers/${a.id}/publish`, { server: server.id, as: "denials_by_country", description: "Denied requests by country" });
    assert.deepEqual([tool.name, tool.state, tool.server_id], ["denials_by_country", "ok", server.id]);
    for (const { connect } of Object.values(CLIENTS)) {
      const client = await connect(server.url);
      try {
        const found = (await client.listTools()).tools.find((t) => t.name === "denials_by_country");
        assert.ok(found, "it is listed");
        for (const [name, value] of Object.entries(a.program.parameters)) assert.equal(found.inputSchema.properties[name].default, value.default ?? value, name);
        assert.deepEqual(found.inputSchema.required ?? [], []);
        const told = await client.callTool({ name: "denials_by_country", arguments: {} });
        assert.equal(told.structuredContent.status, "complete");
      } finally {
        await client.close();
      }
    }
    const wide = (await call(server, "denials_by_country")).result.structuredContent;
    const narrow = (await call(server, "denials_by_country", { since: "now-1h" })).result.structuredContent;
    const sum = (o) => JSON.stringify(o.results[0].rows);
    assert.equal(wide.status, "complete", JSON.stringify(wide));
    assert.notEqual(sum(wide), sum(narrow));
    await world.must(409, "POST", `/answers/${a.id}/publish`, { server: server.id, as: "denials_by_country" });
  });

  test("not beyond what the server shows, nor what its publisher may not see", async () => {
    const server = await world.server(account, { tools: ["list_all_cloudflare_dns_records"] });
    const a = await ask("list all zones");
    const refused = await world.must(422, "POST", `/answers/${a.id}/publish`, { server: server.id, as: "all_zones" });
    assert.match(refused.error.message, /cannot run there/);
    await theirs(404, "POST", `/answers/${a.id}/publish`, { server: server.id, as: "all_zones" });
    await world.must(404, "POST", `/answers/${a.id}/publish`, { server: "nowhere", as: "x" });
    await world.must(400, "POST", `/answers/${a.id}/publish`, { server: "", as: "x" });
    await world.must(400, "POST", `/answers/${a.id}/publish`, { server: server.id, as: "postern_x" });
    const none = await ask("how many support tickets did we close?");
    await world.must(422, "POST", `/answers/${none.id}/publish`, { server: server.id, as: "tickets" });
    assert.ok(!(await world.must(200, "GET", "/stored-program")).items.some((p) => p.name === "all_zones"));
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

  test("and what a later question took on of it, where that itself called nobody", async () => {
    const west = await world.account("cfut_sandbox_one_account", { name: "western" });
    const back = await ask("list the dns records of example in western");
    assert.equal(back.outcome, "clarify", JSON.stringify(back));
    const first = await ask("", { follow: back.id, choose: 1 }); // from here on a word stands for a row of the account
    assert.ok(first.calls.some((c) => c.account === "western"), JSON.stringify(first));
    const next = await ask("delete them", { follow: first.id });
    assert.deepEqual([next.outcome, next.calls], ["refuse", []], JSON.stringify(next));
    assert.equal((await get(next.id)).account_deleted_at, null);
    await world.must(204, "DELETE", `/integrated-account/${west.id}`);
    assert.ok((await get(next.id)).account_deleted_at);
    assert.equal(withDb((db) => db.prepare("SELECT told FROM answer WHERE id = ?").get(next.id).told), "");
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
    await world.postern.program.waitFor(new RegExp(`the answer ${bad.id} is left out`));
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

describe("on the command line", () => {
  let folder, cli;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "postern-answers-"));
    cli = commands({ HOME: folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("asked, shown as it was told, run once more, shared, published, deleted", async () => {
    const asked = await cli.ok(["ask", "how many active zones do we have?"]);
    const id = asked.err.match(/ans_[0-9a-z]{20}/)[0];
    assert.ok(asked.err.includes(`/ui/answer/${id}`), asked.err);
    const shown = await cli.ok(["answer", "show", id]);
    assert.equal(shown.out, asked.out);
    assert.match(shown.err, /"how many active zones do we have\?", \d{4}-/);
    assert.ok(shown.err.includes("[active]"), shown.err);
    assert.equal((await cli.json(["answer", "show", id])).id, id);
    const program = JSON.parse((await cli.ok(["answer", "show", id, "--program"])).out);
    assert.equal(program.version, 1);
    const again = await cli.ok(["answer", "rerun", id, "--fresh"]);
    assert.equal(again.out, asked.out);
    assert.ok(!again.err.includes(id), again.err);
    const newer = again.err.match(/ans_[0-9a-z]{20}/)[0];
    const listed = (await cli.ok(["answer", "list", "--mine", "--limit", "2"])).out;
    assert.ok(listed.indexOf(newer) > 0 && listed.indexOf(newer) < listed.indexOf(id), listed);
    assert.equal((await cli.json(["answer", "list", "--conversation", id])).length, 1);
    assert.match((await cli.ok(["answer", "share", id])).out, /\/ui\/answer\//);
    assert.equal((await get(id)).visibility, "shared");
    assert.match((await cli.ok(["answer", "share", id, "--private"])).out, /yours alone/);
    const server = await world.server(account, { methods: ["read"] });
    await cli.ok(["answer", "publish", id, "--server", server.id, "--as", "active_zones"]);
    assert.equal((await modern(server.url, "tools/call", { name: "active_zones", arguments: {} })).body.result.structuredContent.status, "complete");
    await cli.fails(2, /--as/, ["answer", "publish", id, "--server", server.id]);
    await cli.fails(2, /nobody sits here/, ["answer", "delete", id]);
    assert.match((await cli.ok(["answer", "delete", id, "--yes"])).out, /Deleted/);
    await cli.fails(4, /there is no answer/, ["answer", "show", id]);
    await cli.fails(4, /there is no answer/, ["answer", "delete", id, "--yes"]);
    await cli.fails(2, /--limit/, ["answer", "list", "--limit", "none"]);
  });

  test("one whose account was deleted says so", async () => {
    const west = await world.account("cfut_sandbox_one_account", { name: "west" });
    const joined = await ask("how many zones are there per account?");
    await world.must(204, "DELETE", `/integrated-account/${west.id}`);
    const shown = await cli.ok(["answer", "show", joined.id]);
    assert.match(shown.out, /^An account that this answer used was deleted on \d{4}/);
    await cli.fails(2, /gone/, ["answer", "rerun", joined.id]);
  });
});
