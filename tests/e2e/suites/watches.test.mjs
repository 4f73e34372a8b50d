// SPDX-License-Identifier: Apache-2.0
// Conditions on tiles that tell webhooks, with a receiver of our own: what fires and ends, once each; what is signed; what is
// tried again and in which order; what is refused; what is lost by a kill, which is nothing.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { lookup } from "node:dns/promises";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { after, afterEach, before, describe, test } from "node:test";
import { database } from "../lib/database.mjs";
import { start } from "../lib/postern.mjs";
import { commands } from "../lib/command.mjs";
import { audited, eventually, metrics } from "../lib/wait.mjs";

const TOKEN = "cfut_sandbox_one_account";

// Keeps what it is told, and answers as `answer` says: a status, or a function of the request.
class Receiver {
  constructor() {
    this.told = [];
    this.tries = [];
    this.answer = 204;
    this.server = createServer(async (request, response) => {
      let body = "";
      for await (const bytes of request) body += bytes;
      const told = { path: request.url, headers: request.headers, text: body, body: JSON.parse(body), id: request.headers["postern-event-id"] };
      this.tries.push(told);
      const answer = typeof this.answer === "function" ? this.answer(told) : this.answer;
      if (answer === "hang") return;
      if (answer >= 200 && answer < 300) this.told.push(told);
      response.writeHead(answer, { ...(answer === 302 ? { location: this.url + "/elsewhere" } : {}), ...(answer === 429 ? { "retry-after": "1" } : {}) });
      response.end(answer === 204 ? undefined : "what is here is nobody's business");
    });
  }
  async listen(port = 0) {
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }
  of(path) {
    return this.told.filter((t) => t.path === path);
  }
  ids(path) {
    return [...new Set(this.of(path).map((t) => t.id))];
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe("watches", () => {
  let world, receiver, board, serial = 0;
  const must = (...all) => world.must(...all);
  // Rows of a tile are DNS records, which the tests write as the vendor's own users do.
  let zone, records = [];
  const vendor = async (method, path, body) => {
    const r = await fetch(world.sandbox.api + path, { method, headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
    const answer = await r.json();
    assert.ok(answer.success, JSON.stringify(answer.errors));
    return answer.result;
  };
  const write = async (name, denied, content = "192.0.2.1") => {
    const there = records.find((r) => r.name === `${name}.${zone.name}`);
    const body = { type: "A", name: `${name}.${zone.name}`, content, ttl: denied };
    const r = there ? await vendor("PUT", `/zones/${zone.id}/dns_records/${there.id}`, body) : await vendor("POST", `/zones/${zone.id}/dns_records`, body);
    records = [...records.filter((x) => x.id !== r.id), r];
    return r;
  };
  const erase = async (name) => { for (const r of records.filter((x) => x.name.startsWith(name))) await vendor("DELETE", `/zones/${zone.id}/dns_records/${r.id}`); records = records.filter((x) => !x.name.startsWith(name)); };
  const program = (prefix) => ({ version: 1, steps: [{ id: "r", account: "acme", tool: "list_all_cloudflare_dns_records", arguments: { zone_id: zone.id } }], results: { n: { query: `SELECT id, name AS site, content, ttl AS denied FROM r WHERE name LIKE '${prefix}%' ORDER BY name`, columns: { denied: { kind: "count" } } } } });
  const pin = async (prefix, more = {}) => settled(await must(201, "POST", `/dashboard/${(more.board ?? board).id}/tile`, { program: program(prefix), title: "Denials", ...more, board: undefined }));
  const settled = (t) => eventually("the tile has been run", async () => { const is = await must(200, "GET", `/tile/${t.id}`); return !is.refreshing && is; });
  const run = async (t) => { const is = await must(200, "POST", `/tile/${t.id}/refresh`, {}); assert.equal(is.state, "ok", is.why); return is; };
  const watch = async (t, condition, more = {}, status = 201) => { const path = `/hook-${++serial}-known-to-us`; const w = await must(status, "POST", "/watches", { tile: t.id, condition, webhook: receiver.url + path, ...more }); return { ...w, path }; };
  const show = (w) => must(200, "GET", `/watches/${w.id}`);
  const events = async (w) => (await must(200, "GET", `/watches/${w.id}/events`)).items;
  const event = (w, e) => must(200, "GET", `/watches/${w.id}/events/${e.id}`);
  const told = (w, n) => eventually(`${n} events at ${w.path}`, () => receiver.ids(w.path).length >= n && receiver.of(w.path));
  before(async () => {
    receiver = await new Receiver().listen();
    world = await start({ settings: { webhook_timeout: "5s", webhook_retry: "1h" } });
    await world.account(TOKEN, { name: "acme" });
    board = await must(201, "POST", "/dashboard", { name: "edge" });
    zone = (await vendor("GET", "/zones?per_page=5"))[0];
  });
  after(async () => { await world?.close(); receiver?.close(); });
  afterEach(() => { receiver.answer = 204; });

  test("fires once, ends once; what is sent is signed, and says what proves it", async () => {
    const t = await pin("once");
    const w = await watch(t, "denied > 100");
    assert.match(w.secret, /^whs_/);
    assert.deepEqual([w.condition, w.state, w.receiver, w.form], ["denied > 100", "fine", receiver.url, "json"]);
    assert.equal((await show(w)).secret, undefined);
    assert.ok(!JSON.stringify(await show(w)).includes(w.path)); // the address is not shown again
    await write("once", 90);
    await run(t);
    await write("once", 900);
    await run(t);
    await run(t);
    const [began] = await told(w, 1);
    assert.equal((await show(w)).state, "firing");
    assert.deepEqual([began.body.event, began.body.condition, began.body.tile, began.body.value, began.body.row_count], ["began", "denied > 100", { id: t.id, title: "Denials" }, 900, 1]);
    assert.deepEqual(began.body.columns, ["id", "site", "content", "denied"]);
    assert.equal(began.body.rows[0].cells[1], `once.${zone.name}`);
    assert.equal(began.headers["content-type"], "application/json");
    assert.match(began.headers["user-agent"], /^postern\//);
    const signed = createHmac("sha256", w.secret).update(`${began.headers["postern-timestamp"]}.${began.text}`).digest("hex");
    assert.equal(began.headers["postern-signature"], `v1=${signed}`);
    assert.ok(Math.abs(Date.now() / 1000 - Number(began.headers["postern-timestamp"])) < 600);
    await erase("once");
    await run(t);
    await run(t);
    const [, ended] = await told(w, 2);
    assert.deepEqual([ended.body.event, ended.body.began, ended.body.id], ["ended", began.id, ended.id]);
    await eventually("both are delivered", async () => (await events(w)).every((e) => e.delivery === "delivered"));
    assert.deepEqual((await events(w)).map((e) => [e.id, e.event, e.number]), [[ended.id, "ended", 2], [began.id, "began", 1]]);
    const whole = await event(w, began);
    assert.deepEqual([whole.message, whole.attempts.map((a) => a.status)], [began.body, [204]]);
    assert.equal(receiver.of(w.path).length, 2);
  });

  test("what is partial or failed neither begins nor ends it", async () => {
    const t = await pin("part"), w = await watch(t, "no row");
    await run(t);
    await told(w, 1);
    await write("part", 300);
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones/*/dns_records" }, kind: "broken_json", times: 1 });
    assert.equal((await must(200, "POST", `/tile/${t.id}/refresh`, {})).state, "failed");
    assert.equal((await show(w)).state, "firing");
    await run(t);
    await told(w, 2);
    await erase("part");
  });

  test("a fan-out of which a part failed changes nothing", async () => {
    const p = { version: 1, steps: [{ id: "zones", account: "acme", tool: "list_all_cloudflare_zones" }, { id: "rules", account: "acme", tool: "list_all_cloudflare_firewall_rules", for_each: "SELECT id AS zone_id FROM zones LIMIT 3", arguments: { zone_id: { $: "zone_id" } } }], results: { n: "SELECT id, description FROM rules" } };
    const t = await settled(await must(201, "POST", `/dashboard/${board.id}/tile`, { program: p })), w = await watch(t, "removed row"), none = await watch(t, "rows < 3");
    await run(t);
    await world.sandbox.control("POST", "/fault", { match: { path: "/zones/*/firewall/rules" }, kind: "broken_json", times: 2 });
    assert.equal((await run(t)).outcome_status, "partial");
    await world.sandbox.control("DELETE", "/fault");
    assert.equal((await run(t)).outcome_status, "complete");
    assert.deepEqual([await events(w), await events(none)], [[], []]);
  });

  test("for: it has to hold for so long; a run in which it does not begins the wait anew", async () => {
    const t = await pin("wait"), w = await watch(t, "any row", { for_seconds: 3 });
    await write("wait", 300);
    await run(t);
    assert.equal((await show(w)).state, "pending");
    await erase("wait");
    await run(t);
    assert.equal((await show(w)).state, "fine");
    await write("wait", 300);
    await run(t);
    const since = (await show(w)).since;
    await eventually("it has held for long enough", async () => { await run(t); return (await show(w)).state === "firing"; }, { every: 300 });
    const [began] = await told(w, 1);
    assert.equal(began.body.since, since);
    assert.ok(Date.parse(began.body.at) - Date.parse(since) >= 3000);
    await erase("wait");
  });

  test("a row that was not there before: the first run is what others are compared with; changed and removed rows, with what they were", async () => {
    await write("rule-a", 300);
    const t = await pin("rule");
    const fresh = await watch(t, "a row that was not there before"), other = await watch(t, "changed or removed row", { key: ["site"] });
    assert.deepEqual([fresh.condition, other.condition], ["new row", "changed or removed row by site"]);
    await run(t);
    await write("rule-b", 300);
    await run(t);
    const [one] = await told(fresh, 1);
    assert.deepEqual([one.body.event, one.body.rows.map((r) => [r.change, r.cells[1]])], ["happened", [["new", `rule-b.${zone.name}`]]]);
    await write("rule-a", 600);
    await erase("rule-b");
    await run(t);
    const [two] = await told(other, 1);
    assert.deepEqual(two.body.rows.map((r) => [r.change, r.before?.[3] ?? null, r.cells[3]]), [["changed", 300, 600], ["removed", null, 300]]);
    assert.equal((await show(fresh)).state, "fine"); // no end
    await erase("rule");
    await run(t);
    assert.deepEqual((await events(fresh)).length, 1);
  });

  test("what is not taken is sent again with the same id, later events wait behind it, others do not", async () => {
    const t = await pin("again"), w = await watch(t, "any row"), fine = await watch(t, "any row");
    let refuse = [500, 429, "hang", 302];
    receiver.answer = (told) => (told.path === w.path && refuse.length ? refuse.shift() : 204);
    await write("again", 300);
    await run(t);
    await told(fine, 1);
    await erase("again");
    await run(t);
    await told(fine, 2); // a receiver that fails holds no other
    await told(w, 2);
    assert.deepEqual(receiver.of(w.path).map((x) => x.body.event), ["began", "ended"]);
    const tries = receiver.tries.filter((x) => x.path === w.path);
    assert.equal(tries.length, 6);
    assert.equal(new Set(tries.slice(0, 5).map((x) => x.id)).size, 1);
    assert.equal(new Set(tries.slice(0, 5).map((x) => x.text)).size, 1); // the same to the byte
    const whole = await eventually("it is written", async () => { const e = await event(w, tries[0]); return e.delivery === "delivered" && e; });
    assert.deepEqual(whole.attempts.map((a) => a.status), [500, 429, 0, 302, 204]);
    assert.match(whole.attempts[2].why, /within|time/);
    assert.match(whole.attempts[3].why, /redirects are not followed/);
    assert.equal(receiver.of("/elsewhere").length, 0);
    assert.ok(!JSON.stringify(whole.attempts).includes("nobody's business"));
  });

  test("410 stops it; a resumed one tells again", async () => {
    const t = await pin("gone"), w = await watch(t, "any row");
    receiver.answer = (told) => (told.path === w.path ? 410 : 204);
    await write("gone", 300);
    await run(t);
    await eventually("it is stopped", async () => (await show(w)).state === "stopped");
    assert.match((await show(w)).why, /410/);
    assert.deepEqual((await events(w)).map((e) => e.delivery), ["stopped"]);
    receiver.answer = 204;
    await erase("gone");
    await run(t);
    assert.equal((await events(w)).length, 1);
    await must(200, "PATCH", `/watches/${w.id}`, { paused: false });
    await run(t);
    const [ended] = await told(w, 1);
    assert.equal(ended.body.event, "ended");
  });

  test("quiet hours: told after them, or not at all", async () => {
    const [from, to] = [-2, 12].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16));
    const t = await pin("quiet"), all = { quiet: `${from}-${to}`, zone: "UTC" };
    const later = await watch(t, "any row", all), never = await watch(t, "any row", { ...all, quiet_then: "drop" });
    assert.equal(later.quiet_then, "after");
    await write("quiet", 300);
    await run(t);
    await erase("quiet");
    await run(t);
    const [, first] = await events(later);
    assert.deepEqual([first.delivery, (await events(never)).map((e) => e.delivery)], ["waiting", ["silent", "silent"]]);
    assert.ok(first.next_try_at.endsWith(`T${to}:00Z`), first.next_try_at);
    assert.equal(receiver.of(later.path).length + receiver.of(never.path).length, 0);
    await must(204, "DELETE", `/watches/${later.id}`);
  });

  test("the form that Slack takes; hostile names are text and nothing else", async () => {
    const t = await pin("slack", { title: "<!channel> & *bold* <https://evil.example|here>" }), w = await watch(t, "any row", { form: "slack" });
    await write("slack", 300);
    await run(t);
    const [one] = await told(w, 1);
    assert.deepEqual(Object.keys(one.body), ["text", "mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media"]);
    assert.deepEqual([one.body.mrkdwn, one.body.parse, one.body.link_names], [false, "none", false]);
    assert.ok(one.body.text.startsWith("Began: any row · it is 1\n&lt;!channel&gt; &amp; *bold* &lt;https://evil.example|here&gt; · edge\n• id "), one.body.text);
    assert.ok(!/[<>]/.test(one.body.text));
    assert.match(one.headers["postern-signature"], /^v1=[0-9a-f]{64}$/);
    await erase("slack");
  });

  test("a test event is marked, goes once, and says what came of it", async () => {
    const t = await pin("test"), w = await watch(t, "any row");
    const good = await must(200, "POST", `/watches/${w.id}/test`);
    assert.deepEqual([good.event, good.delivery, good.attempts[0].status], ["test", "delivered", 204]);
    const [one] = await told(w, 1);
    assert.deepEqual([one.id, one.body.event, one.body.test], [good.id, "test", true]);
    receiver.answer = 500;
    const bad = await must(200, "POST", `/watches/${w.id}/test`);
    assert.deepEqual([bad.delivery, bad.why, bad.tries], ["failed", "answered 500", 1]);
    receiver.answer = 410;
    await must(200, "POST", `/watches/${w.id}/test`);
    assert.equal((await show(w)).state, "fine"); // a test stops nothing
  });

  test("what is wrong is told with its place, and nothing is made", async () => {
    const t = await pin("wrong");
    const refused = async (status, body, pattern) => { const r = await world.api("POST", "/watches", { tile: t.id, condition: "any row", webhook: receiver.url, ...body }); assert.equal(r.status, status, r.text); assert.match(`${r.body.error.field} ${r.body.error.message} ${r.body.error.hint ?? ""}`, pattern); };
    const before = (await must(200, "GET", `/watches?tile=${t.id}`)).items.length;
    await refused(400, { condition: "denied >> 5" }, /condition character 9: '>' where a number/);
    await refused(422, { condition: "denid > 5" }, /no column 'denid'.*nearest is 'denied'/);
    await refused(422, { condition: "denied > 5 in 1h" }, /no column of time/);
    await refused(400, { condition: "any row", key: ["id"] }, /key/);
    await refused(400, { condition: "new row", for_seconds: 60 }, /for_seconds/);
    await refused(400, { quiet: "22-7" }, /quiet.*22:00-07:00/);
    await refused(400, { quiet: "22:00-07:00", zone: "Mars/Base" }, /zone/);
    await refused(400, { webhook: "ftp://hooks.example.com" }, /webhook/);
    await refused(400, { webhook: "https://user:secret@hooks.example.com/" }, /webhook/);
    await refused(404, { tile: "til_none" }, /tile/);
    for (const webhook of ["http://10.0.0.1/x", "http://169.254.169.254/latest", "http://[fd00::1]/", "http://0x0a000001/", "http://2130706433.example@10.0.0.1/"])
      assert.ok([400, 403].includes((await world.api("POST", "/watches", { tile: t.id, condition: "any row", webhook })).status), webhook);
    assert.equal((await must(200, "GET", `/watches?tile=${t.id}`)).items.length, before);
  });

  test("another secret signs from then on; a change of the condition is judged anew; pausing tells nothing", async () => {
    const t = await pin("change"), w = await watch(t, "any row");
    const anew = await must(200, "POST", `/watches/${w.id}/secret`);
    assert.notEqual(anew.secret, w.secret);
    await write("change", 300);
    await run(t);
    const [began] = await told(w, 1);
    assert.equal(began.headers["postern-signature"], "v1=" + createHmac("sha256", anew.secret).update(`${began.headers["postern-timestamp"]}.${began.text}`).digest("hex"));
    await must(200, "PATCH", `/watches/${w.id}`, { condition: "denied > 1000" });
    await run(t);
    assert.equal((await told(w, 2))[1].body.event, "ended");
    assert.equal((await world.api("PATCH", `/watches/${w.id}`, { condition: "any row", version: 1 })).status, 409);
    await must(200, "PATCH", `/watches/${w.id}`, { condition: "any row", paused: true });
    await run(t);
    assert.deepEqual([(await show(w)).state, (await events(w)).length], ["paused", 2]);
    const audit = (await audited(world)).filter((x) => x.action.startsWith("watch."));
    assert.ok(["watch.create", "watch.change", "watch.secret"].every((a) => audit.some((x) => x.action === a)), JSON.stringify(audit.map((x) => x.action)));
    assert.ok(!JSON.stringify(audit).includes(w.path + '"') && !JSON.stringify(audit).includes("whs_"));
    await erase("change");
  });

  test("whose owner's token is revoked, it tells nobody any more; a private dashboard's is its owner's alone", async () => {
    const t = await pin("owner");
    const made = await must(201, "POST", "/api-token", { name: "leaves", role: "admin" });
    const w = await watch(t, "any row"), path = "/leaving";
    const theirs = await must(201, "POST", "/watches", { tile: t.id, condition: "any row", webhook: receiver.url + path }, { token: made.token });
    await must(204, "DELETE", `/api-token/${made.id}`);
    await write("owner", 300);
    await run(t);
    await told(w, 1);
    assert.deepEqual([(await show(theirs)).state, (await events(theirs)).length, receiver.of(path).length], ["stopped", 0, 0]);
    const other = await must(201, "POST", "/api-token", { name: "other", role: "admin" });
    await must(200, "PATCH", `/dashboard/${board.id}`, { visibility: "private" });
    for (const [method, what] of [["GET", ""], ["PATCH", ""], ["DELETE", ""], ["POST", "/test"], ["POST", "/secret"], ["GET", "/events"]])
      assert.equal((await world.api(method, `/watches/${w.id}${what}`, method === "PATCH" ? {} : undefined, { token: other.token })).status, 404, method + what);
    assert.deepEqual((await must(200, "GET", "/watches", undefined, { token: other.token })).items, []);
    await must(200, "PATCH", `/dashboard/${board.id}`, { visibility: "shared" });
    await erase("owner");
  });

  test("who gives it another address or condition answers for it: told on by nobody whose token is revoked", async () => {
    const t = await pin("taken"), w = await watch(t, "any row"), path = "/redirected";
    const leaves = await must(201, "POST", "/api-token", { name: "redirects", role: "admin" });
    const by = async (body) => must(200, "PATCH", `/watches/${w.id}`, body, { token: leaves.token });
    assert.equal((await by({ quiet: "22:00-07:00" })).owner, w.owner); // when it tells, not what and whom
    assert.equal((await by({ quiet: "" })).owner, w.owner);
    assert.equal((await by({ webhook: receiver.url + path })).owner, leaves.id);
    await must(204, "DELETE", `/api-token/${leaves.id}`);
    await write("taken", 300);
    await run(t);
    assert.deepEqual([(await show(w)).state, (await events(w)).length, receiver.of(path).length], ["stopped", 0, 0]);
    const back = await must(200, "PATCH", `/watches/${w.id}`, { webhook: receiver.url + w.path });
    assert.deepEqual([back.owner, back.state], [w.owner, "fine"]);
    await run(t);
    await told(w, 1);
    const audit = (await audited(world)).filter((x) => x.action === "watch.change").map((x) => x.detail);
    assert.ok(audit.some((x) => x.includes(`owner: ${w.owner} → ${leaves.id}`) || (x.includes("owner") && x.includes(leaves.id))), JSON.stringify(audit));
    const all = (await must(200, "GET", "/watches")).items.map((x) => x.id), paged = [];
    for (let after = ""; paged.length < all.length; after = paged.at(-1)) paged.push(...(await must(200, "GET", `/watches?limit=1${after && `&after=${after}`}`)).items.map((x) => x.id));
    assert.deepEqual(paged, all);
    await erase("taken");
  });

  test("a deleted tile takes its watches along, a deleted dashboard too; metrics count", async () => {
    const d = await must(201, "POST", "/dashboard", { name: "short" });
    const t = await pin("short", { board: d }), u = await pin("short", { board: d });
    const [one, two] = [await watch(t, "any row"), await watch(u, "any row")];
    await must(204, "DELETE", `/tile/${t.id}`);
    assert.equal((await world.api("GET", `/watches/${one.id}`)).status, 404);
    await must(204, "DELETE", `/dashboard/${d.id}`);
    assert.equal((await world.api("GET", `/watches/${two.id}`)).status, 404);
    const m = await metrics(world);
    assert.ok(m['postern_watch_events_total{event="began"}'] > 3 && m['postern_webhooks_total{outcome="failed"}'] > 3, JSON.stringify(m));
  });

  test("by the command line", async () => {
    const t = await pin("line"), cli = commands({ HOME: world.postern.folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
    const added = await cli.ok(["watch", "add", t.id, "denied > 100", "--webhook", receiver.url + "/line", "--for", "0", "--quiet", "03:00-03:01", "--zone", "Europe/Berlin"]);
    assert.match(added.out, /Watching 'Denials' for: denied > 100\. This is (wat_\w+)\.[^]*whs_/);
    assert.match(added.err, /postern tile set til_\w+ --every 5m/);
    const id = added.out.match(/wat_\w+/)[0];
    assert.match((await cli.ok(["watch", "test", id])).out, /Told: it answered 204/);
    await write("line", 900);
    await run(t);
    const e = await eventually("it is told", async () => (await events({ id })).find((x) => x.event === "began" && x.delivery === "delivered"));
    assert.match((await cli.ok(["watch", "list"])).out, new RegExp(`firing +denied > 100 +Denials +edge.*${id}`));
    assert.match((await cli.ok(["watch", "events", id])).out, /began +delivered/);
    assert.match((await cli.ok(["watch", "events", id, e.id])).out, /"event":\s*"began"[^]*204/);
    assert.match((await cli.ok(["watch", "set", id, "--condition", "denied > 1000"])).out, /denied > 1000/);
    assert.match((await cli.ok(["watch", "pause", id])).out, /Paused/);
    assert.match((await cli.ok(["watch", "resume", id])).out, /Resumed/);
    assert.match((await cli.ok(["watch", "secret", id])).out, /whs_/);
    await cli.fails(2, /condition/, ["watch", "add", t.id, "denied >", "--webhook", receiver.url]);
    await cli.ok(["watch", "delete", id, "--yes"]);
    await cli.fails(4, /no watch/, ["watch", "show", id]);
    const slack = await cli.ok(["watch", "add", t.id, "any row", "--slack", "--webhook", "-", "--json"], { input: `${receiver.url}/by-input\n` });
    await must(200, "POST", `/watches/${JSON.parse(slack.out).id}/test`);
    assert.match((await told({ path: "/by-input" }, 1))[0].body.text, /^This is a test/);
    await erase("line");
  });

  test("kill -9 in mid-delivery and mid-refresh: distinct events are those that happened, none lost, none doubled", async () => {
    const t = await pin("kill"), w = await watch(t, "any row");
    for (let round = 0; round < 6; round++) {
      receiver.answer = () => (round % 3 === 2 ? "hang" : Math.random() < 0.3 ? 500 : 204); // some are under way when it dies
      for (let i = 0; i < 3; i++) {
        await (i % 2 ? erase("kill") : write("kill", 300));
        const refresh = world.api("POST", `/tile/${t.id}/refresh`, {}).catch(() => undefined);
        if (i < 2) await refresh;
        else await new Promise((r) => setTimeout(r, 20 * round)); // in the middle of it
      }
      await world.postern.stop("SIGKILL");
      await world.postern.start();
      await run(t);
      await erase("kill");
      await run(t);
    }
    receiver.answer = 204;
    const all = await eventually("all are told", async () => { const is = await events(w); return is.every((e) => e.delivery === "delivered") && is; });
    const happened = all.map((e) => e.id).reverse();
    assert.deepEqual(receiver.ids(w.path), happened); // each, once, in their order
    assert.deepEqual(all.map((e) => e.event).reverse(), happened.map((_, i) => (i % 2 ? "ended" : "began")));
    assert.ok(happened.length >= 12, String(happened.length));
  });

  test("what was pending and firing is so after a restart; a deleted account takes the proofs, not the event", async () => {
    const t = await pin("late"), w = await watch(t, "any row"), p = await watch(t, "any row", { for_seconds: 3600 });
    await write("late", 300);
    await run(t);
    await told(w, 1);
    receiver.answer = 500;
    await erase("late");
    await run(t);
    await eventually("the end was tried", async () => (await events(w))[0].tries > 0);
    await write("late", 300);
    await run(t);
    await world.postern.stop();
    await world.postern.start();
    assert.deepEqual([(await show(w)).state, (await show(p)).state], ["firing", "pending"]);
    const account = (await must(200, "GET", "/integrated-account")).items.find((a) => a.name === "acme");
    await must(204, "DELETE", `/integrated-account/${account.id}`);
    receiver.answer = 204;
    const [, ended, began] = await told(w, 3);
    assert.deepEqual([ended.body.event, ended.body.columns, ended.body.condition, began.body.event], ["ended", undefined, "any row", "began"]);
    const db = database(world.postern);
    assert.equal(db.prepare("SELECT count(*) AS n FROM watch_proof p JOIN watch_event e ON e.id = p.event_id WHERE e.watch_id = ?").get(w.id).n, 0);
    db.close();
  });
});

describe("watches and receivers that do not answer", () => {
  test("what nobody takes in all the time for it is failed, and shown; the next is told; a key that was changed opens what was sealed", async () => {
    const receiver = await new Receiver().listen(), world = await start({ settings: { webhook_retry: "1s" } });
    try {
      const d = await world.must(201, "POST", "/dashboard", { name: "edge" });
      const t = await world.must(201, "POST", `/dashboard/${d.id}/tile`, { program: { version: 1, steps: [], parameters: { n: 1 }, results: { n: "SELECT 1 AS n WHERE :n > 0" } } });
      const w = await world.must(201, "POST", "/watches", { tile: t.id, condition: "any row", webhook: receiver.url + "/x" });
      const events = async () => (await world.must(200, "GET", `/watches/${w.id}/events`)).items;
      receiver.answer = 503;
      await world.must(200, "POST", `/tile/${t.id}/refresh`, {});
      const [given] = await eventually("it is given up", async () => { const all = await events(); return all[0]?.delivery === "failed" && all; });
      assert.equal(given.why, "answered 503");
      assert.ok(given.tries > 1, JSON.stringify(given));
      receiver.answer = 204;
      await world.must(200, "POST", "/key/rotate");
      await world.must(200, "PATCH", `/tile/${t.id}`, { parameters: { n: 0 } });
      await world.must(200, "POST", `/tile/${t.id}/refresh`, {});
      await eventually("the end is told", () => receiver.told.length === 1);
      assert.deepEqual([receiver.told[0].body.event, receiver.told[0].body.began], ["ended", given.id]);
      const list = (await world.must(200, "GET", `/watches/${w.id}/events?limit=1`));
      assert.equal(list.items.length, 1);
      assert.equal((await world.must(200, "GET", list.next)).items[0].id, given.id);
    } finally {
      await world.close();
      receiver.close();
    }
  });

  test("receivers that hang keep nobody else waiting", async () => {
    const [silent, other, world] = [await new Receiver().listen(), await new Receiver().listen(), await start({ settings: { webhook_timeout: "5m" } })];
    silent.answer = "hang";
    try {
      const d = await world.must(201, "POST", "/dashboard", { name: "edge" });
      const t = await world.must(201, "POST", `/dashboard/${d.id}/tile`, { program: { version: 1, steps: [], results: { n: "SELECT 1 AS n" } } });
      for (let i = 0; i < 18; i++) await world.must(201, "POST", "/watches", { tile: t.id, condition: "any row", webhook: `${silent.url}/${i}` });
      await world.must(201, "POST", "/watches", { tile: t.id, condition: "any row", webhook: other.url + "/x" });
      await world.must(200, "POST", `/tile/${t.id}/refresh`, {});
      await eventually("the other is told", () => other.told.length === 1);
      await eventually("the silent ones are being told", () => silent.tries.length > 0);
      assert.ok(silent.tries.length <= 4, String(silent.tries.length)); // of one origin
    } finally {
      await world.close();
      silent.close();
      other.close();
    }
  });
});

describe("watches without leave for addresses inside", () => {
  test("a name that leads inside is refused when it is told, whoever was asked before", async () => {
    const receiver = await new Receiver().listen(), world = await start({ settings: { upstream_allow: [] } });
    try {
      const d = await world.must(201, "POST", "/dashboard", { name: "edge" });
      const t = await world.must(201, "POST", `/dashboard/${d.id}/tile`, { program: { version: 1, steps: [], results: { n: "SELECT 1 AS n" } } });
      const body = (webhook) => ({ tile: t.id, condition: "any row", webhook });
      for (const host of ["127.0.0.1", "localhost", "[::1]", "0x7f.1"]) {
        const port = new URL(receiver.url).port, r = await world.api("POST", "/watches", body(`http://${host}:${port}/x`));
        assert.ok([400, 403].includes(r.status), `${host}: ${r.text}`);
      }
      // A name is looked up when it is told: this machine's own leads inside.
      const name = hostname();
      if (await lookup(name).then(() => true, () => false)) {
        const w = await world.must(201, "POST", "/watches", body(`http://${name}:${new URL(receiver.url).port}/x`));
        const tried = await world.must(200, "POST", `/watches/${w.id}/test`);
        assert.deepEqual([tried.delivery, tried.attempts[0].status], ["failed", 0]);
        assert.match(tried.why, /address|refused|allow/);
      }
      assert.equal(receiver.tries.length, 0);
    } finally {
      await world.close();
      receiver.close();
    }
  });
});
