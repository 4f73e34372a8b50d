// SPDX-License-Identifier: Apache-2.0
// tools/list and tools/call over the sandbox: filters both ways, cursors, arguments, context, results.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { modern, rpc, start } from "../lib/postern.mjs";

const CEILING = 16 * 1024, PAGE = 9;
let world, account, server, tools;
before(async () => {
  world = await start({ settings: { result_bytes: CEILING, list_page: PAGE } });
  account = await world.account();
  server = await world.server(account, { methods: ["read", "write", "custom"] });
  tools = (await world.must(200, "GET", `/integrated-account/${account.id}/tools?limit=500`)).items;
});
after(() => world?.close());

const legacy = (url, method, params) => rpc(url, { jsonrpc: "2.0", id: 1, method, params }, { "mcp-protocol-version": "2025-11-25" });
const ERAS = { modern: (url, method, params) => modern(url, method, params), legacy };

async function listed(url, ask = ERAS.modern) {
  const pages = [];
  for (let cursor; ; ) {
    const { body } = await ask(url, "tools/list", cursor === undefined ? {} : { cursor });
    pages.push(body.result.tools);
    cursor = body.result.nextCursor;
    if (cursor === undefined) return pages;
  }
}
const names = (pages) => pages.flat().map((t) => t.name);

async function call(name, args = {}, url = server.url) {
  const { body, text } = await modern(url, "tools/call", { name, arguments: args });
  assert.ok(body?.result, text);
  const { content, isError } = body.result;
  return { content, isError, text: content[0].text, json: () => JSON.parse(content[0].text) };
}
async function good(name, args, url) {
  const r = await call(name, args, url);
  assert.equal(r.isError, false, `${name}: ${r.text}`);
  return r;
}
async function bad(name, args, url) {
  const r = await call(name, args, url);
  assert.equal(r.isError, true, `${name}: ${r.text}`);
  return r;
}
const sent = (last = 1) => world.sandbox.control("GET", `/requests?last=${last}`);
// What `act` makes Postern send.
async function sending(act) {
  await world.sandbox.control("DELETE", "/requests");
  const result = await act();
  return { result, requests: await sent(50) };
}

describe("a filter", () => {
  const READ = ["list", "get"], WRITE = ["create", "update", "delete"];
  const has = (t, tags) => t.tags.some((tag) => tags.includes(tag));
  const rows = [
    [{ methods: ["read"] }, (t) => READ.includes(t.class)],
    [{ methods: ["write"] }, (t) => WRITE.includes(t.class)],
    ...["list", "get", "create", "update", "delete", "custom"].map((m) => [{ methods: [m] }, (t) => t.class === m]),
    [{ methods: ["list", "delete"] }, (t) => ["list", "delete"].includes(t.class)],
    [{ methods: ["read"], tags: ["dns"] }, (t) => READ.includes(t.class) && has(t, ["dns"])],
    [{ methods: ["read"], tags: ["dns", "audit"] }, (t) => READ.includes(t.class) && has(t, ["dns", "audit"])],
    [{ methods: ["read"], tools: ["*zone*"] }, (t) => READ.includes(t.class) && t.name.includes("zone")],
    [{ methods: ["write"], tags: ["dns"], tools: ["create_*", "delete_*"] }, (t) => WRITE.includes(t.class) && has(t, ["dns"]) && /^(create|delete)_/.test(t.name)],
    [{ tools: ["list_all_cloudflare_zones"] }, (t) => t.name === "list_all_cloudflare_zones"],
  ];
  for (const [config, rule] of rows)
    test(`${JSON.stringify(config)} shows just those`, async () => {
      const wanted = tools.filter(rule).map((t) => t.name).sort();
      assert.ok(wanted.length > 0);
      const made = await world.server(account, config);
      assert.equal(made.tool_count, wanted.length);
      assert.deepEqual(names(await listed(made.url)), wanted);
      assert.deepEqual(names(await listed(made.url, ERAS.legacy)), wanted);
    });

  for (const [era, ask] of Object.entries(ERAS))
    test(`what it hides is answered like what does not exist (${era})`, async () => {
      const { url } = await world.server(account, { methods: ["read"], tags: ["dns"] });
      const shown = names(await listed(url));
      const hidden = tools.map((t) => t.name).filter((n) => !shown.includes(n));
      const answer = async (name) => {
        const r = await ask(url, "tools/call", { name, arguments: { zone_id: "x" } });
        return { status: r.status, text: r.text.replaceAll(name, "NAME"), headers: [...r.headers.keys()].sort() };
      };
      const unknown = await answer("no_such_tool_anywhere");
      const { requests } = await sending(async () => {
        for (const name of hidden) assert.deepEqual({ ...(await answer(name)), name }, { ...unknown, name });
      });
      assert.ok(hidden.length > 150);
      assert.equal(requests.length, 0, "nothing went to the vendor");
    });

  test("tells how each tool behaves: read-only where it reads, and never otherwise", async () => {
    const shown = (await listed(server.url)).flat();
    for (const { name, annotations: a } of shown) {
      const tool = tools.find((t) => t.name === name);
      assert.equal(a.readOnlyHint, READ.includes(tool.class), name);
      for (const hint of ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"]) assert.equal(typeof a[hint], "boolean", `${name} ${hint}`);
      if (tool.class === "delete") assert.equal(a.destructiveHint, true, name);
    }
  });
});

describe("pages of tools/list", () => {
  for (const [era, ask] of Object.entries(ERAS))
    test(`cover all tools once, in order (${era})`, async () => {
      const pages = await listed(server.url, ask);
      assert.equal(pages.length, Math.ceil(tools.length / PAGE));
      assert.ok(pages.slice(0, -1).every((p) => p.length === PAGE));
      assert.deepEqual(names(pages), tools.map((t) => t.name).sort());
      assert.deepEqual(names(await listed(server.url, ask)), names(pages), "again the same");
    });
  test('the cursor "" is the start', async () => {
    const [a, b] = [await modern(server.url, "tools/list", {}), await modern(server.url, "tools/list", { cursor: "" })];
    assert.deepEqual(a.body.result, b.body.result);
  });
  test("a cursor stays good when tools go: none twice, none missed", async () => {
    const mine = await world.server(account, { methods: ["read"] });
    const first = (await modern(mine.url, "tools/list")).body.result;
    await world.must(200, "PATCH", `/mcp-server/${mine.id}`, { config: { methods: ["list"] } });
    const rest = [];
    for (let cursor = first.nextCursor; cursor; ) {
      const { result } = (await modern(mine.url, "tools/list", { cursor })).body;
      rest.push(...result.tools.map((t) => t.name));
      cursor = result.nextCursor;
    }
    const last = first.tools.at(-1).name;
    assert.deepEqual(rest, tools.filter((t) => t.class === "list" && t.name > last).map((t) => t.name).sort());
  });
});

describe("arguments", () => {
  test("all violations are told at once: where, what was expected, which tool gives it; nothing is sent", async () => {
    const { result, requests } = await sending(() => bad("list_all_cloudflare_dns_records", { type: "NOPE", per_page: 0, direction: ["up", "down"], bogus: 1, proxied: "maybe" }));
    for (const line of [/- \/zone_id: expected .+ Get it from list_all_cloudflare_zones\./, /- \/type: expected one of: A, AAAA/, /- \/per_page: expected an integer between 1 and \d+, found 0/, /- \/direction: expected one of: asc, desc/, /- \/bogus: expected no property of this name/, /- \/proxied: expected true or false/])
      assert.match(result.text, line);
    assert.equal(requests.length, 0);
  });
  test("the tool that gives an id is named only where the server shows it", async () => {
    const { url } = await world.server(account, { tools: ["list_all_cloudflare_dns_records"] });
    const r = await bad("list_all_cloudflare_dns_records", {}, url);
    assert.match(r.text, /\/zone_id/);
    assert.doesNotMatch(r.text, /list_all_cloudflare_zones/);
  });
  test("harmless differences of type are mended, and so sent", async () => {
    const { requests } = await sending(async () => {
      await good("list_all_cloudflare_zones", { per_page: "20", page: 1.0 });
      await good("list_all_cloudflare_dns_records", { zone_id: await zone("example.com"), proxied: "true", per_page: 5 });
      await good("list_all_cloudflare_audit_logs_v2", { since: day(-2), before: day(1), action_type: "update", limit: "5" });
    });
    const queries = requests.map((r) => decodeURIComponent(r.path.split("?")[1] ?? ""));
    assert.match(queries[0], /^(page=1&per_page=20|per_page=20&page=1)$/);
    assert.ok(queries.some((q) => /proxied=true/.test(q)));
    assert.match(queries.at(-1), /action_type=update(&|$)/);
    assert.match(queries.at(-1), /limit=5(&|$)/);
  });
  test("what cannot be mended without a guess is refused", async () => {
    for (const args of [{ per_page: "twenty" }, { per_page: 20.5 }, { per_page: null, page: {} }, { name: { a: 1 } }, { name: ["a", "b"] }])
      await bad("list_all_cloudflare_zones", args);
  });
});

const day = (offset) => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);
const zone = async (name) => (await good("list_all_cloudflare_zones", { name })).json().result[0].id;

test("many calls at once: each gets its own answer", async () => {
  const zones = (await good("list_all_cloudflare_zones", { per_page: 10 })).json().result.map((z) => z.name);
  assert.ok(zones.length >= 5);
  const asked = Array.from({ length: 120 }, (_, i) => zones[i % zones.length]);
  const found = await Promise.all(asked.map(async (name, id) => (await modern(server.url, "tools/call", { name: "list_all_cloudflare_zones", arguments: { name } }, { id })).body));
  for (const [i, { id, result }] of found.entries()) {
    assert.equal(id, i);
    assert.deepEqual(JSON.parse(result.content[0].text).result.map((z) => z.name), [asked[i]]);
  }
});

describe("context", () => {
  let two, its;
  before(async () => {
    two = await world.account("cfut_sandbox_two_accounts");
    its = await world.server(two);
  });
  const MEMBERS = "list_all_cloudflare_members";
  test("where several accounts are possible, the answer says which, and nothing is sent", async () => {
    const { result, requests } = await sending(() => bad(MEMBERS, {}, its.url));
    assert.match(result.text, /^Account context missing/);
    assert.equal(two.choices.account_id.length, 2);
    for (const { id, title } of two.choices.account_id) assert.ok(result.text.includes(`${id} (${title})`), result.text);
    assert.equal(requests.length, 0);
  });
  test("an argument settles it for one call", async () => {
    for (const { id } of two.choices.account_id) {
      const { requests } = await sending(() => good(MEMBERS, { account_id: id }, its.url));
      assert.match(requests[0].path, new RegExp(`/accounts/${id}/members`));
    }
  });
  test("a default settles it for all; an argument goes before it", async () => {
    const [first, second] = two.choices.account_id.map((c) => c.id);
    await world.must(200, "PATCH", `/integrated-account/${two.id}`, { context: { account_id: second } });
    const { requests } = await sending(async () => (await good(MEMBERS, {}, its.url), await good(MEMBERS, { account_id: first }, its.url)));
    assert.deepEqual(requests.map((r) => r.path.split("/")[4]), [second, first]);
  });
  test("a credential that sees one account fills itself in", async () => {
    assert.equal(account.context.account_id, two.choices.account_id[0].id);
    const { requests } = await sending(() => good(MEMBERS));
    assert.match(requests[0].path, new RegExp(`/accounts/${account.context.account_id}/members`));
  });
});

describe("results", () => {
  const kv = async () => (await good("list_all_cloudflare_kv_namespaces")).json().result[0].id;
  // Puts bytes where a tool will find them, without Postern.
  async function store(key, bytes, type = "application/octet-stream") {
    const namespace = await kv();
    const r = await fetch(`${world.sandbox.api}/accounts/${account.context.account_id}/storage/kv/namespaces/${namespace}/values/${key}`, {
      method: "PUT",
      headers: { authorization: "Bearer cfut_sandbox_one_account", "content-type": type },
      body: bytes,
    });
    assert.equal(r.status, 200);
    return good("get_single_cloudflare_kv_value_by_id", { namespace_id: namespace, key_name: key });
  }
  const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

  test("an image is an image block", async () => {
    const { content } = await store("pixel", PNG);
    assert.deepEqual(content, [{ type: "image", data: PNG.toString("base64"), mimeType: "image/png" }]);
  });
  test("other bytes are described, not shown", async () => {
    const { text } = await store("bytes", Buffer.from([0, 1, 2, 255, 254]));
    assert.match(text, /binary data, which is not shown.*5 bytes/);
  });
  test("text is text, to the byte", async () => {
    const words = 'tab\t"quote" \\ back\\slash \u0001 é 日本 🙂\r\n\u2028end';
    assert.equal((await store("words", words)).text, words);
  });
  test("JSON passes as it came: numbers, order, escapes", async () => {
    const json = '{"b":12345678901234567890.12300,"a":1e400,"z":-0,"s":"\\u00e9\\/","n":[9007199254740993]}';
    assert.equal((await store("json", json)).text, json);
  });
  test("a zone file is text", async () => {
    assert.match((await good("cloudflare_dns_records_export", { zone_id: await zone("example.com") })).text, /^;;\n;; Domain: {5}example\.com\./);
  });
  test("GraphQL reads; its errors come with status 200 and are errors", async () => {
    const span = `datetime_geq: "${new Date(Date.now() - 3600e3).toISOString()}", datetime_lt: "${new Date().toISOString()}"`;
    const r = await good("cloudflare_graphql_analytics_query", { query: `{ viewer { zones(filter: {zoneTag: "${await zone("example.com")}"}) { httpRequestsAdaptiveGroups(limit: 1, filter: {${span}}) { count } } } }` });
    assert.ok(r.json().data.viewer.zones[0].httpRequestsAdaptiveGroups[0].count > 0);
    const wrong = await bad("cloudflare_graphql_analytics_query", { query: "{ nonsense }" });
    assert.match(wrong.text, /status 200[^]*unknown field "nonsense"/);
  });
  test("a KV value goes up as a form with its metadata, and comes back", async () => {
    const at = { namespace_id: await kv(), key_name: "from/tools é" };
    const value = 'line\r\n--postern-boundary--\r\n"x"';
    const { requests } = await sending(() => good("update_a_cloudflare_kv_value_by_id", { ...at, value, metadata: '{"owner":"e2e"}', expiration_ttl: 600 }));
    const [{ method, path, headers }] = requests;
    assert.equal(method, "PUT");
    assert.match(path, /\/values\/from%2Ftools%20%C3%A9\?expiration_ttl=600$/);
    assert.match(new Headers(headers).get("content-type"), /^multipart\/form-data; boundary=/);
    assert.equal((await good("get_single_cloudflare_kv_value_by_id", at)).text, value);
    assert.deepEqual((await good("get_single_cloudflare_kv_metadata_by_id", at)).json().result, { owner: "e2e" });
  });
  test("a Worker goes up as a module, runs under its settings, and comes down as its source", async () => {
    const source = "export default { async fetch(request) { return new Response('é') } }\n";
    await good("update_a_cloudflare_workers_script_by_id", {
      script_name: "made-by-tools",
      metadata: { main_module: "worker.js", compatibility_date: "2026-01-31", bindings: [{ type: "plain_text", name: "MODE", text: "test" }] },
      "worker.js": source,
    });
    assert.equal((await good("get_single_cloudflare_workers_script_by_id", { script_name: "made-by-tools" })).text, source);
    const settings = (await good("get_single_cloudflare_workers_script_settings", { script_name: "made-by-tools" })).json().result;
    assert.deepEqual([settings.compatibility_date, settings.bindings[0].name], ["2026-01-31", "MODE"]);
  });
  test("a record is made, changed and removed", async () => {
    const zone_id = await zone("staging-app.com");
    const { result, requests } = await sending(() => good("create_a_cloudflare_dns_record", { zone_id, type: "TXT", name: "e2e.staging-app.com", content: '"a=1; b"', ttl: 300 }));
    assert.deepEqual(JSON.parse(requests[0].body.text), { type: "TXT", name: "e2e.staging-app.com", content: '"a=1; b"', ttl: 300 });
    const { id } = result.json().result;
    await good("update_a_cloudflare_dns_record_by_id", { zone_id, dns_record_id: id, comment: "from a tool" });
    const record = await good("get_single_cloudflare_dns_record_by_id", { zone_id, dns_record_id: id });
    assert.deepEqual([record.json().result.ttl, record.json().result.comment], [300, "from a tool"]);
    await good("delete_a_cloudflare_dns_record_by_id", { zone_id, dns_record_id: id });
    assert.match((await bad("get_single_cloudflare_dns_record_by_id", { zone_id, dns_record_id: id })).text, /81044[^]*List the records/);
  });
});

describe("a result beyond the ceiling", () => {
  test("stays whole JSON, says what is left out, and its advice leads to every row", async () => {
    const wanted = new Set();
    for (const page of [1, 2]) for (const z of (await (await fetch(`${world.sandbox.api}/zones?per_page=50&page=${page}`, { headers: { authorization: "Bearer cfut_sandbox_full" } })).json()).result) wanted.add(z.id);
    const both = await world.server(await world.account("cfut_sandbox_full"));
    const seen = new Set();
    let args = { per_page: 50 }, calls = 0;
    for (; args; calls++) {
      assert.ok(calls < 50, "the advice goes round in circles");
      const r = await good("list_all_cloudflare_zones", args, both.url);
      assert.ok(Buffer.byteLength(r.text) <= CEILING);
      const { result, result_info, success } = r.json();
      assert.equal(success, true, "what stands around the rows is kept");
      result.forEach((z) => seen.add(z.id));
      const note = r.content[1]?.text;
      if (note) {
        const [, shown, total, page, per_page] = note.match(/^\[postern\] (\d+) of (\d+) items.* shown; \d+ left out because the result passes 16384 bytes\. Next: call again with page=(\d+) and per_page=(\d+)\.$/) ?? assert.fail(note);
        assert.equal(Number(shown), result.length);
        assert.ok(Number(shown) < Number(total));
        args = { page: Number(page), per_page: Number(per_page) };
      } else args = result_info.page < result_info.total_pages ? { page: result_info.page + 1, per_page: result_info.per_page } : undefined;
    }
    assert.ok(calls > 3);
    assert.deepEqual([...wanted].filter((id) => !seen.has(id)), []);
  });
  test("of text is cut at a line, with a note", async () => {
    const line = "x".repeat(99) + "\n";
    const namespace = (await good("list_all_cloudflare_kv_namespaces")).json().result[0].id;
    await good("update_a_cloudflare_kv_value_by_id", { namespace_id: namespace, key_name: "long", value: line.repeat(400) });
    const { content } = await good("get_single_cloudflare_kv_value_by_id", { namespace_id: namespace, key_name: "long" });
    assert.equal(content[0].text, line.repeat(Math.floor(CEILING / 100)));
    assert.match(content[1].text, /^\[postern\] \d+ of 40000 bytes of text shown/);
  });
});
