// SPDX-License-Identifier: Apache-2.0
// Recipes: what a connector's tools answer only together. Called by their words, filled by what a question says, asked back
// for what it leaves out, edited by what follows; run as any program, and not at all where a tool that they need is hidden.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { BINARY, Program, ROOT } from "../lib/postern.mjs";

let folder, started, state;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-recipes-"));
  started = new Program(process.execPath, [join(ROOT, "tests/ask/start.mjs"), BINARY, "--port", "0", "--out", join(folder, "state.json")], { cwd: ROOT });
  await started.waitFor(/^\{.*\}$/m);
  state = JSON.parse(readFileSync(join(folder, "state.json"), "utf8"));
  await fetch(`${state.vendors.rest.origin}/_sandbox/limits`, { method: "POST", body: JSON.stringify({ quota: 100_000 }) });
});
after(async () => {
  await started?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function api(method, path, body) {
  const answer = await fetch(state.postern + path, { method, headers: { authorization: `Bearer ${state.token}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
  const json = await answer.json();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}
const ask = (question, more = {}) => api("POST", "/ask", { question, ...more });
const tools = (a) => [...new Set(a.calls.map((c) => c.tool))].sort();
const result = (a, name) => a.results.find((r) => r.name === name);
const chips = (a) => a.understood.map((c) => c.said);
const column = (r, name) => r.rows.map((row) => row[r.columns.findIndex((c) => c.name === name)]);

describe("Cloudflare by its API", () => {
  test("an access review is members by their roles, and with tokens where they are asked for", async () => {
    const a = await ask("access review of our Cloudflare account");
    assert.equal(a.outcome, "answer", JSON.stringify(a));
    assert.deepEqual(tools(a), ["list_all_cloudflare_members", "list_all_cloudflare_roles"]);
    const people = result(a, "people");
    assert.match(a.text, new RegExp(`^${people.rows.length} people are in the account`));
    const withoutSecond = column(people, "two_factor").filter((yes) => !yes).length;
    assert.equal(result(a, "no_second_factor").rows.length, withoutSecond);
    const b = await ask("access review including API tokens");
    assert.deepEqual(tools(b), ["list_all_cloudflare_account_tokens", "list_all_cloudflare_members", "list_all_cloudflare_roles"]);
    assert.ok(result(b, "tokens").rows.length > 0);
  });

  test("what of a zone's protection is off: firewall rules, WAF rules, rate limits and overrides in one", async () => {
    const a = await ask("is anything of example.com's protection paused or disabled?");
    assert.equal(a.outcome, "answer", JSON.stringify(a));
    assert.deepEqual(tools(a), ["get_single_cloudflare_rule_set_by_id", "list_all_cloudflare_firewall_rules", "list_all_cloudflare_rule_sets", "list_all_cloudflare_waf_overrides", "list_all_cloudflare_zones"]);
    const off = result(a, "off");
    assert.ok(off.rows.length > 0 && column(off, "zone").every((z) => z === "example.com"), JSON.stringify(off.rows));
    assert.match(a.text, new RegExp(`^${off.rows.length} are paused or disabled on example\\.com`));
    assert.deepEqual(column(result(a, "by_kind"), "what").sort(), ["WAF override", "WAF rule", "firewall rule", "rate limit"]);
    const same = await api("POST", "/program", { program: a.program });
    assert.deepEqual(same.results[0].rows, off.rows, "the program alone gives the same");
  });

  test("what no Worker binds, in words of its own: buckets, namespaces, and nothing where all are bound", async () => {
    for (const question of ["Which R2 buckets aren't bound to any Worker?", "unbound buckets", "Welche R2 Buckets sind nicht gebunden?"])
      assert.deepEqual(column(result(await ask(question), "unbound"), "bucket"), ["acme-backups", "acme-logs"], question);
    assert.deepEqual(column(result(await ask("KV namespaces that no Worker uses?"), "unbound"), "namespace"), ["redirects"]);
    assert.match((await ask("D1 databases without a binding")).text, /^There are no D1 databases that no Worker binds/);
    assert.ok(!("unbound" in Object.fromEntries((await ask("how many R2 buckets are there?")).results.map((r) => [r.name, r]))));
  });

  test("the busiest buckets are told by their operations", async () => {
    for (const question of ["Which R2 bucket is the busiest over the past 7 days?", "which bucket had the most requests yesterday?"])
      assert.equal(column(result(await ask(question), "buckets"), "bucket")[0], "acme-uploads", question);
  });

  test("how long somebody was active: from the first to the last action", async () => {
    for (const question of ["How long was contractor-access@example.com active, from first to last action in the audit log?", "time span between first and last change of contractor-access@example.com"]) {
      const span = result(await ask(question), "span"), [first] = column(span, "first_at"), [last] = column(span, "last_at");
      assert.equal(column(span, "minutes")[0], Math.round((Date.parse(last) - Date.parse(first)) / 60_000), question);
    }
  });

  test("days until a certificate expires are a number, and which ones expire stays a list", async () => {
    for (const question of ["how many days until the acme-mail.example certificate runs out?", "days left on the acme-mail.example certificate"]) {
      const days = result(await ask(question), "days");
      assert.deepEqual(column(days, "zone"), ["acme-mail.example"], question);
      assert.ok(Math.abs(column(days, "days")[0] - (Date.parse(column(days, "expires")[0]) - Date.now()) / 86_400_000) < 1, question);
    }
    assert.ok((await ask("certificates that expire in the next 30 days")).results.every((r) => r.name !== "days"));
  });

  test("a zone that is not there has nothing that is paused, and is no answer", async () => {
    const a = await ask("is anything of nosuch.com's protection paused?");
    assert.equal(a.outcome, "unanswerable", JSON.stringify(a));
    assert.match(a.text, /No zone is called "nosuch\.com" here/);
  });

  test("SQL in a name stays a name", async () => {
    const a = await ask("is anything of \"x' OR 1=1 --\" protection paused?");
    assert.equal(a.outcome, "unanswerable", JSON.stringify(a));
  });

  test("a posture is of one zone: asked back with choices, chosen, and asked of another", async () => {
    const a = await ask("security posture");
    assert.equal(a.outcome, "clarify", JSON.stringify(a));
    assert.ok(a.choices.length > 2, JSON.stringify(a.choices));
    await assert.rejects(ask("", { follow: a.id, choose: 1, remember: true }), /stands for no word of the question/);
    const b = await ask("", { follow: a.id, choose: 1 });
    assert.equal(b.outcome, "answer", JSON.stringify(b));
    assert.ok(chips(b).includes(a.choices[0].label), JSON.stringify(chips(b)));
    const c = await ask("and for example.com?", { follow: b.id });
    assert.match(c.text, /example\.com/);
    assert.ok(column(result(c, "posture"), "what").includes("DNSSEC"));
  });

  test("a name that two zones have is asked back", async () => {
    const a = await ask("security posture of the staging zone");
    assert.equal(a.outcome, "clarify", JSON.stringify(a));
    assert.ok(a.choices.length >= 2 && a.choices.every((c) => c.label.includes("staging")), JSON.stringify(a.choices));
  });

  test("what changed before an incident: the audit log around the peak of firewall events", async () => {
    const a = await ask("what changed before the incident?");
    assert.equal(a.outcome, "answer", JSON.stringify(a));
    assert.deepEqual(tools(a), ["cloudflare_graphql_analytics_query", "list_all_cloudflare_audit_logs", "list_all_cloudflare_zones"]);
    const peak = Date.parse(column(result(a, "peak"), "hour")[0]);
    const hour = 3_600_000;
    for (const when of column(result(a, "changes"), "when")) assert.ok(Date.parse(when) < peak + hour && Date.parse(when) >= peak - 5 * hour, when);
    assert.match(a.text, /sampled estimates/);
  });

  test("a follow-up edits the slots: other zone, other split, other time", async () => {
    const a = await ask("cache hit ratio");
    assert.ok(chips(a).includes("all zones") && chips(a).some((c) => c.startsWith("assumed: ")), JSON.stringify(chips(a)));
    const b = await ask("and for staging-example.com?", { follow: a.id });
    const c = await ask("by country", { follow: b.id });
    const d = await ask("last 24 hours", { follow: c.id });
    for (const answer of [b, c, d]) assert.equal(answer.outcome, "answer", JSON.stringify(answer));
    assert.ok(["staging-example.com", "by country"].every((said) => chips(d).includes(said)), JSON.stringify(chips(d)));
    assert.equal(d.program.parameters.since, "now-24h");
    assert.ok(column(result(d, "groups"), "country").length > 1);
    const e = await ask("how many zones do we have?", { follow: d.id });
    assert.match(e.text, /^\d+ zones/);
  });

  test("where a tool that it needs is hidden, it is an honest no, and nothing is called", async () => {
    const account = state.accounts["cloudflare"];
    const server = await api("POST", "/mcp-server", { name: "zones-only", accounts: [account], config: { methods: ["read"], tags: ["zones"] } });
    const a = await ask("is any protection switched off?", { server: server.id });
    assert.equal(a.outcome, "unanswerable", JSON.stringify(a));
    assert.deepEqual(a.calls, []);
    assert.doesNotMatch(a.text, /list_all|rule_set/, "what is hidden is not named");
  });
});

describe("Arcjet, Cloudinary and Workers", () => {
  test("denials by rule, of one site and of all", async () => {
    const a = await ask("which rules denied the most requests in the last 7 days?");
    assert.deepEqual(tools(a), ["list-requests", "list-rules", "list-sites", "list-teams"]);
    assert.ok(chips(a).includes("all sites"));
    const b = await ask("and on the storefront?", { follow: a.id });
    assert.equal(b.outcome, "answer", JSON.stringify(b));
    assert.deepEqual([...new Set(column(result(b, "sites"), "site"))], ["storefront"]);
    const denied = b.calls.filter((c) => c.tool === "list-requests").reduce((n, c) => n + c.rows, 0);
    assert.equal(column(result(b, "denials"), "denials").reduce((x, y) => x + y, 0), denied);
  });
  test("sites without traffic", async () => {
    const a = await ask("which sites have no traffic?");
    assert.deepEqual(column(result(a, "silent"), "site"), ["internal-tools"]);
    assert.match(a.text, /^1 without any request .*internal-tools/);
  });
  test("dry-run rules, if they were live: the vendor's own period that holds the time", async () => {
    const a = await ask("what would change if the dry-run rules on staging were live, last 24 hours?");
    assert.match(a.text, /^3 rules only watch on staging/);
    for (const c of a.calls.filter((c) => c.tool === "get-dry-run-impact")) assert.equal(c.arguments.period, "24h");
  });
  test("usage against the plan, and what could be put in order", async () => {
    const a = await ask("how close are we to our plan limits?");
    assert.deepEqual(tools(a), ["get-usage-details"]);
    assert.match(a.text, /^Used of the plan: bandwidth \(\d/);
    const b = await ask("clean up our media library");
    assert.ok(["answer", "refuse"].includes(b.outcome), "words of an order are none of ours");
    const c = await ask("review for housekeeping of the media library");
    assert.ok(column(result(c, "untagged"), "assets").every((n) => n > 0), JSON.stringify(c));
  });
  test("unused assets cannot be told, and that is said", async () => {
    const a = await ask("which assets are unused?");
    assert.equal(a.outcome, "unanswerable");
    assert.match(a.text, /do not say where an asset is used/);
    assert.deepEqual(a.calls, []);
  });
  test("what there is on the Workers platform", async () => {
    const a = await ask("overview of our workers platform");
    assert.deepEqual(column(result(a, "counts"), "kind").sort(), ["D1 databases", "Hyperdrive connections", "KV namespaces", "R2 buckets", "Workers"]);
  });
});

describe("what may be behind an answer that says little", () => {
  test("rules that only watch, where nothing was denied", async () => {
    const a = await ask("how many requests were denied by shield on staging in the last 7 days?");
    assert.equal(a.outcome, "answer", JSON.stringify(a));
    assert.match(a.text, /^0 requests/);
    assert.match(a.text, /only watch \(DRY_RUN\) and deny nothing: .*shield on staging/);
    assert.match(a.text, /Look at the modes in list-rules/, "the connector's remedy");
    assert.ok(tools(a).includes("list-rules") && tools(a).includes("analyze-traffic"), "its calls are evidence");
    for (const c of a.calls) assert.doesNotMatch(c.tool, /create|update|delete|promote/);
  });

  test("a site without traffic, and where the requests come to", async () => {
    const a = await ask("denied requests on internal-tools this week");
    assert.match(a.text, /No request at all was seen in 30 days on internal-tools; requests come to .*storefront/);
    assert.match(a.text, /Another site is in scope/);
  });

  test("an answer that is not low is not looked behind", async () => {
    const a = await ask("how many requests did we deny in the last 30 days?");
    assert.ok(!tools(a).includes("list-rules"), JSON.stringify(tools(a)));
    assert.doesNotMatch(a.text, /DRY_RUN/);
  });

  test("another cloud than the one that was read", async () => {
    const a = await ask("how many videos are tagged nosuchtag");
    assert.match(a.text, /^0 assets/);
    assert.match(a.text, /What was read is the cloud acme-web, with 240 assets in all\. If they are in another cloud/);
  });

  test("a permission that a credential lacks, told from a credential that is no good", async () => {
    const narrow = await api("POST", "/integrated-account", { connector: "cloudflare", name: "narrow", credential: { token: "cfut_sandbox_zone_read" }, base_url: state.vendors.rest.base_url });
    const server = await api("POST", "/mcp-server", { name: "narrow", accounts: [narrow.id], config: { methods: ["read"] } });
    try {
      const a = await ask("list the firewall rules of example.com", { server: server.id });
      assert.equal(a.outcome, "unanswerable", JSON.stringify(a));
      assert.match(a.text, /The API token itself is active, so it is a permission that it lacks\./);
      assert.match(a.text, /Edit the token at/);
      assert.ok(tools(a).includes("cloudflare_user_token_verify"));
      const b = await ask("requests per hour on example.com today", { server: server.id });
      assert.match(b.text, /A data set may belong to a plan that a zone does not have/);
    } finally {
      await fetch(`${state.postern}/integrated-account/${narrow.id}`, { method: "DELETE", headers: { authorization: `Bearer ${state.token}` } });
    }
  });
});

describe("words for asking", () => {
  test("name tools that there are, of each vendor of the sandbox", async () => {
    for (const [connector, account] of Object.entries(state.accounts)) {
      const file = join(ROOT, "connectors", connector, "ask.yaml");
      if (!existsSync(file)) continue;
      const { items } = await api("GET", `/integrated-account/${account}/tools?limit=1000`);
      const known = new Set(items.map((t) => t.name));
      const { things, recipes = {}, troubles = {} } = parse(readFileSync(file, "utf8"));
      const steps = [...Object.values(things), ...Object.values(recipes).map((r) => r.program), ...Object.values(troubles)].flatMap((has) => has.steps);
      const unknown = steps.map((s) => s.tool).filter((tool) => !known.has(tool));
      assert.deepEqual(unknown, [], connector);
    }
  });

  test("that are faulty are refused with a pointer, and nothing is kept of the import", async () => {
    const operation = { operationId: "list_boats", summary: "Boats", responses: { 200: { description: "Fine." } } };
    const document = { openapi: "3.1.0", info: { title: "harbour", version: "1" }, paths: { "/boats": { get: operation } } };
    const things = (thing) => ({ things: { boats: { names: ["boat"], steps: [{ id: "boats", tool: "list_all_harbour_boats" }], label: "name", columns: { name: { sql: "boats.name" } }, ...thing } } });
    const definition = (ask, more) => ({ ...more, name: "harbour", label: "Harbour", kind: "rest", base_url: "http://127.0.0.1:9", auth: [{ id: "none", open: true }], ask });
    const put = async (ask, more) => {
      const answer = await fetch(`${state.postern}/connector`, { method: "POST", headers: { authorization: `Bearer ${state.token}`, "content-type": "application/json" }, body: JSON.stringify({ definition: definition(ask, more), document }) });
      return { status: answer.status, body: await answer.json() };
    };
    for (const [thing, field, says] of [
      [{ label: "title" }, "/ask/things/boats/label", /there is no column 'title'/],
      [{ steps: [{ id: "boats", tool: "list_ships" }] }, "/ask/things/boats/steps/0", /there is no tool 'list_ships'/],
      [{ columns: { name: { sql: "boats.name FROM boats; --" } } }, "/ask/things/boats/columns/name/sql", /./],
      [{ colums: {} }, "/ask/things/boats", /no member is called 'colums'/],
    ]) {
      const { status, body } = await put(things(thing));
      assert.equal(status, 400, JSON.stringify(body));
      assert.equal(body.error.field, field, JSON.stringify(body));
      assert.match(body.error.message, says);
    }
    const bad = { title: "Boats", tiles: [{ title: "Boats", program: { version: 1, steps: [{ id: "boats", tool: "list_ships" }], results: { r: { query: "SELECT 1 AS n" } } } }] };
    const tile = await put(things({}), { dashboard: bad });
    assert.equal(tile.body.error?.field, "/dashboard/tiles/0/program/steps/0", JSON.stringify(tile.body));
    assert.ok(!(await api("GET", "/connector?limit=200")).items?.some((c) => c.name === "harbour"), "nothing was kept");
    const { status, body } = await put(things({}));
    assert.equal(status, 201, JSON.stringify(body));
  });
});
