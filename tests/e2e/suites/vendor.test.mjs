// SPDX-License-Identifier: Apache-2.0
// The vendor's side of tools/call: what is sent, and what comes of errors, limits, and misbehaviour.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MODERN, modern, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";
import { META } from "../lib/wire.mjs";

const ZONES = "list_all_cloudflare_zones";
const TOKEN = "cfut_sandbox_one_account";
let world, account, server;
before(async () => {
  world = await start({ settings: { upstream_body_bytes: "2MiB" } });
  account = await world.account(TOKEN);
  server = await world.server(account, { methods: ["read", "write", "custom"] });
});
after(() => world?.close());

async function call(name, args = {}, { url = server.url, ...options } = {}) {
  const r = await modern(url, "tools/call", { name, arguments: args }, options);
  assert.equal(r.status, 200, r.text);
  assert.ok(!r.text.includes(TOKEN), "the credential shows");
  return { ...r, isError: r.body.result.isError, text: r.body.result.content[0].text };
}
const fault = (kind, more = {}) => world.sandbox.control("POST", "/fault", { kind, match: { path: "/zones" }, ...more });
async function sending(act) {
  await world.sandbox.control("DELETE", "/requests");
  const result = await act();
  return { result, requests: await world.sandbox.control("GET", "/requests?last=50") };
}

describe("errors of the vendor", () => {
  let zoneId, narrow, owned;
  before(async () => {
    zoneId = JSON.parse((await call(ZONES, { name: "example.com" })).text).result[0].id;
    narrow = await world.server(await world.account("cfut_sandbox_zone_read"));
    owned = await world.server(await world.account("cfat_sandbox_read_all"));
  });
  const failure = (...errors) => JSON.stringify({ success: false, errors, messages: [], result: null });
  // name, how it comes about, and what the model must read.
  const rows = [
    ["403 10000: permission missing at the gateway", () => call("list_all_cloudflare_members", { account_id: account.context.account_id }, { url: narrow.url }), [/answered 403/, /10000: Authentication error/, /needs the permission 'Account Settings Read'/, /add the permission to the token/]],
    ["403 9109: permission missing at the product", () => call("list_all_cloudflare_dns_records", { zone_id: zoneId }, { url: narrow.url }), [/answered 403/, /9109: Unauthorized/, /needs the permission 'DNS Read'/]],
    ["400 1001: accounts of an account's own token", () => call("list_all_cloudflare_accounts", {}, { url: owned.url }), [/answered 400/, /1001: List accounts endpoint/, /set account_id in the account's context/]],
    ["404 7003 and 7000: an id that leads nowhere", () => call("get_single_cloudflare_zone_by_id", { zone_id: "0".repeat(32) }), [/answered 404/, /7003: Could not route/, /7000: No route/, /never a domain or a name/]],
    ["400 7003: an id that is none", () => call("get_single_cloudflare_zone_by_id", { zone_id: "example.com" }), [/answered 400/, /7003/, /never a domain or a name/]],
    ["404 10007: a dotted message of Workers", () => call("get_single_cloudflare_workers_script_by_id", { script_name: "nothing-here" }), [/answered 404/, /10007: workers\.api\.error\.script_not_found/, /List the scripts/]],
    ["404 81044: no such record", () => call("get_single_cloudflare_dns_record_by_id", { zone_id: zoneId, dns_record_id: "0".repeat(32) }), [/answered 404/, /81044/, /List the records/]],
    ["400 9106: no credential arrived", { status: 400, body: failure({ code: 9106, message: "Missing X-Auth-Key, X-Auth-Email or Authorization headers" }) }, [/answered 400/, /9106: Missing/, /Set the account's credential again/]],
    ["400 6003 with its chain", { status: 400, body: failure({ code: 6003, message: "Invalid request headers", error_chain: [{ code: 6103, message: "Invalid format for X-Auth-Key header" }] }) }, [/6003: Invalid request headers/, /6103/, /Invalid format for X-Auth-Key/, /malformed/]],
    ["an error that points at its source", { status: 400, body: failure({ code: 1004, message: "DNS Validation Error", source: { pointer: "/content" }, documentation_url: "https://docs.example/1004" }) }, [/1004: DNS Validation Error/, /\/content/, /docs\.example/]],
    ["success false with status 200", { status: 200, body: failure({ code: 1234, message: "It did not work" }) }, [/reports a failure/, /1234: It did not work/]],
    ["an error without code", { status: 400, body: failure({ message: "Radar says no" }) }, [/- Radar says no/]],
    ["500", { status: 500 }, [/answered 500/, /Try once more later/]],
    ["502 with a web page", { status: 502, type: "text/html", body: "<h1>Bad gateway</h1>" }, [/answered 502/, /Bad gateway/]],
    ["503 without a body", { status: 503, body: "" }, [/answered 503/, /not available at the moment/]],
    ["404 of plain text", { status: 404, type: "text/plain", body: "no such thing" }, [/answered 404/, /no such thing/]],
    ["a thousand errors", { status: 400, body: failure(...Array.from({ length: 1000 }, (_, i) => ({ code: 2000 + i, message: "x".repeat(900) }))) }, [/2009: x/, /and 990 more/]],
  ];
  for (const [name, how, wanted] of rows)
    test(name, async () => {
      if (typeof how !== "function") await fault("status", how);
      const r = await (typeof how === "function" ? how() : call(ZONES));
      assert.equal(r.isError, true, r.text);
      for (const words of wanted) assert.match(r.text, words);
      assert.ok(r.text.length < 32 * 1024, "short enough to read");
    });
  test("a failed write says that it may have been done", async () => {
    await fault("status", { status: 500 });
    const r = await call("create_a_cloudflare_dns_record", { zone_id: zoneId, type: "A", name: "x.example.com", content: "192.0.2.1" });
    assert.match(r.text, /read the present state before trying again/);
  });
});

describe("rate limits", () => {
  // Header form of the sandbox: [limit, remaining, reset, retry-after] on a success and on a refusal; null: absent.
  const FINE = ["100", "99", 300, null], NONE = [null, null, null, null];
  const forms = {
    cloudflare: [FINE, ["100", "0", 30, 30]],
    cloudflare_2025: [["100", "99", null, null], ["100", "0", 30, 30]],
    draft03: [FINE, ["100", "0", 30, null]],
    draft06: [FINE, ["100", "0", 30, null]],
    draft07: [FINE, ["100", "0", 30, null]],
    draft10: [FINE, ["100", "0", 30, null]],
    github: [FINE, ["100", "0", 30, null]],
    github_secondary: [FINE, ["100", "1", 30, 30]],
    cloudinary: [FINE, ["100", "0", 30, null]],
    twitter: [FINE, ["100", "0", 30, null]],
    akamai: [FINE, ["100", "0", 30, null]],
    per_window: [["100", "99", 60, null], ["100", "0", 60, null]], // the window is in the name: a minute at most
    per_subject: [FINE, ["100", "0", 30, null]],
    retry_after_seconds: [NONE, [null, "0", null, 30]],
    retry_after_date: [NONE, [null, "0", null, 30]],
    retry_after_ms: [NONE, [null, "0", null, 30]],
    reset_milliseconds: [FINE, ["100", "0", 30, null]],
    nonsense: [NONE, NONE],
    none: [NONE, NONE],
  };
  // Seconds that went through a date or a rounded clock may be off by a little, nothing else may.
  function assertRate(r, [limit, remaining, reset, retry], what) {
    const got = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"].map((n) => r.headers.get(n));
    assert.deepEqual(got.slice(0, 2), [limit, remaining], what);
    for (const [i, wanted] of [[2, reset], [3, retry]])
      if (wanted === null) assert.equal(got[i], null, what);
      else assert.ok(/^\d+$/.test(got[i]) && Math.abs(Number(got[i]) - wanted) <= 2, `${what}: ${got}`);
  }
  after(() => world.sandbox.control("POST", "/limits", { token: "one_account", quota: 1200, headers: "cloudflare", status: 429 }));

  for (const [form, [success, refusal]] of Object.entries(forms))
    for (const status of [429, 420])
      test(`${form}, ${status}: told on success and on refusal, and never tried again`, async () => {
        await world.sandbox.control("POST", "/limits", { token: "one_account", quota: 100, window: 300, headers: form, status });
        const fine = await call(ZONES, { per_page: 5 });
        assert.equal(fine.isError, false, fine.text);
        assertRate(fine, success, "success");
        await fault("rate_limited", { delay_ms: 30000 });
        const { result, requests } = await sending(() => call(ZONES, { per_page: 5 }));
        assert.equal(result.isError, true);
        assertRate(result, refusal, "refusal");
        assert.match(result.text, new RegExp(`answered ${status}: too many requests`));
        assert.match(result.text, /Nothing was retried\./);
        if (refusal !== NONE) assert.match(result.text, /Wait (2[0-9]|3[012]|60) seconds/);
        assert.match(result.text, /971: Please wait/);
        assert.equal(requests.length, 1, "once");
      });
  test("the quota itself: refused at once, again and again", async () => {
    await world.sandbox.control("POST", "/limits", { token: "one_account", quota: 1, window: 300, headers: "cloudflare", status: 429 });
    assert.equal((await call(ZONES)).isError, false);
    for (let i = 0; i < 3; i++) assert.match((await call(ZONES)).text, /answered 429/);
  });
  test("403 with nothing left is a limit (GitHub); with something left it is a permission", async () => {
    await world.sandbox.control("POST", "/limits", { token: "one_account", quota: 100, headers: "github", status: 403 });
    await fault("rate_limited");
    assert.match((await call(ZONES)).text, /answered 403: too many requests/);
    await fault("status", { status: 403 });
    assert.match((await call(ZONES)).text, /answered 403 Forbidden/);
  });
});

describe("a vendor that takes its time", () => {
  let hasty, url; // alone with its short times, which a vendor that is only busy may pass, too
  before(async () => {
    hasty = await start({ settings: { upstream_first_byte_timeout: "2s", upstream_stall_timeout: "2s", upstream_timeout: "5s" } });
    ({ url } = await hasty.server(await hasty.account()));
  });
  after(() => hasty?.close());
  const rows = [
    ["slow", { delay_ms: 30000 }, /did not answer in time: .* answered nothing within 2 s/],
    ["dribble", { bytes: 1, delay_ms: 200 }, /did not answer in time: .* not complete within 5 s/],
    ["dribble", { bytes: 1, delay_ms: 30000 }, /did not answer in time: .* stopped: no byte for 2 s/],
  ];
  for (const [kind, fields, wanted] of rows)
    test(`${kind} ${JSON.stringify(fields)}`, async () => {
      await hasty.sandbox.control("POST", "/fault", { kind, match: { path: "/zones" }, ...fields });
      const { isError, text } = await call(ZONES, { per_page: 5 }, { url });
      await hasty.sandbox.control("DELETE", "/fault");
      assert.equal(isError, true, text);
      assert.match(text, wanted);
      await eventually("the next call is fine", async () => !(await call(ZONES, { per_page: 5 }, { url })).isError);
    });
});

describe("misbehaviour", () => {
  // kind, its fields, and what must be said.
  const rows = [
    ["drop", { times: 2 }, /could not be reached, or broke off: .* closed the connection/],
    ["drop_middle", {}, /broke off: .* in the middle of its answer/],
    ["wrong_type", {}, /web page \(text\/html\) where its API speaks JSON/],
    ["wrong_type", { type: "application/json" }, /the JSON it promised cannot be read/],
    ["broken_json", {}, /the JSON it promised cannot be read/],
    ["broken_json", { body: '{"success":true,"result":[1,2,]}' }, /the JSON it promised cannot be read/],
    ["endless", {}, /passes a limit of this server: .* passes the limit of 2097152 bytes/],
    ["bomb", {}, /passes a limit of this server: .*(expands to more than 100 times|passes the limit)/],
    ["redirect", { to: "same" }, /answered 302 Found .* Redirects are not followed/],
    ["redirect", { to: "other" }, /answered 302 Found and points to 127\.0\.0\.1\. Redirects are not followed/],
    ["redirect", { to: "http://169.254.169.254/latest/meta-data/", status: 307 }, /answered 307 .* points to 169\.254\.169\.254/],
    ["deep_json", {}, /nested deeper than 512 levels/],
    ["huge_json", { bytes: 8 * 1024 * 1024 }, /passes the limit of 2097152 bytes/],
    ["huge_header", {}, /passes a limit of this server: the headers/],
  ];
  for (const [kind, fields, wanted] of rows)
    test(`${kind} ${JSON.stringify(fields)}`, async () => {
      await fault(kind, fields);
      const { result, requests } = await sending(() => call(ZONES, { per_page: 5 }));
      await world.sandbox.control("DELETE", "/fault");
      assert.equal(result.isError, true, result.text);
      assert.match(result.text, wanted);
      assert.ok(requests.every((r) => r.listener === "main"), "no redirect was followed");
      assert.equal((await call(ZONES, { per_page: 5 })).isError, false, "and the next call is fine");
    });

  test("a write that broke off is not sent twice", async () => {
    const zone_id = JSON.parse((await call(ZONES, { name: "example.com" })).text).result[0].id; // leaves a kept connection
    await fault("drop");
    const { result, requests } = await sending(() => call("create_a_cloudflare_dns_record", { zone_id, type: "A", name: "once.example.com", content: "192.0.2.1" }));
    assert.equal(result.isError, true, result.text);
    assert.equal(requests.length, 1);
  });

  test("nobody listens there any more", async () => {
    const vendor = await startVendor({ read_it: { path: "/it" } });
    const { url } = await world.server(await vendor.connect(world, { name: "closed" }));
    assert.equal((await call("read_it", {}, { url })).isError, false);
    await vendor.close();
    const r = await call("read_it", {}, { url });
    assert.equal(r.isError, true);
    assert.match(r.text, /could not be reached, or broke off: connection refused by 127\.0\.0\.1/);
  });
  test("TLS that is none", async () => {
    const r = await world.api("POST", "/integrated-account", { connector: "cloudflare", name: "tls", credential: { token: TOKEN }, base_url: world.sandbox.api.replace("http:", "https:") });
    assert.equal(r.status, 502, r.text);
    assert.match(r.text, /TLS with 127\.0\.0\.1/);
  });
});

test("the time for the whole request is a limit too, and takes the call to the vendor with it", async () => {
  const hasty = await start({ settings: { call_timeout: "3s" } });
  try {
    const mine = await hasty.server(await hasty.account());
    await hasty.sandbox.control("DELETE", "/requests");
    await hasty.sandbox.control("POST", "/fault", { kind: "slow", delay_ms: 60000, match: { path: "/zones" } });
    const r = await call(ZONES, {}, { url: mine.url });
    assert.equal(r.isError, true);
    assert.match(r.text, /did not answer in time: the time for the whole request ran out/);
    await eventually("the vendor's client has gone", async () => (await hasty.sandbox.control("GET", "/requests?last=1"))[0]?.outcome === "client_closed");
  } finally {
    await hasty.close();
  }
});

describe("a client that goes away", () => {
  for (const accept of ["application/json", "text/event-stream"])
    test(`takes its call to the vendor with it (${accept})`, async () => {
      const patient = await start();
      try {
        const mine = await patient.server(await patient.account());
        await patient.sandbox.control("DELETE", "/requests");
        await patient.sandbox.control("POST", "/fault", { kind: "slow", delay_ms: 60000, match: { path: "/zones" } });
        const outcome = async (wanted) => {
          for (;;) {
            const [seen] = await patient.sandbox.control("GET", "/requests?last=1");
            if (seen?.outcome === wanted) return seen;
            assert.ok(seen === undefined || seen.outcome === "open", `it ended as ${seen?.outcome}`);
          }
        };
        const abort = new AbortController();
        const gone = fetch(mine.url, {
          method: "POST",
          signal: abort.signal,
          headers: { "content-type": "application/json", accept, "mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": ZONES },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: ZONES, arguments: {}, _meta: META } }),
        });
        await outcome("open");
        abort.abort();
        await assert.rejects(gone);
        assert.equal((await outcome("client_closed")).fault, "slow");
        await eventually("its row says so", async () => (await patient.must(200, "GET", `/audit?server_id=${mine.id}&limit=1`)).items[0]?.outcome === "canceled");
      } finally {
        await patient.close();
      }
    });
});

describe("what is sent", () => {
  const OPERATIONS = {
    segment: { path: "/things/{id}/parts", parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }] },
    query: {
      path: "/query",
      parameters: [
        { name: "many", in: "query", schema: { type: "array", items: { type: "string" } } },
        { name: "joined", in: "query", explode: false, schema: { type: "array", items: { type: "string" } } },
        { name: "dotted.key", in: "query", schema: { type: "string" } },
        { name: "deep", in: "query", style: "deepObject", schema: { type: "object", properties: { a: { type: "string" } } } },
        { name: "flag", in: "query", schema: { type: "boolean" } },
        { name: "big", in: "query", schema: { type: "integer" } },
      ],
    },
    header: {
      path: "/header",
      parameters: [
        { name: "X-Wish", in: "header", schema: { type: "string" } },
        { name: "Authorization", in: "header", schema: { type: "string" } },
        { name: "sid", in: "cookie", schema: { type: "string" } },
      ],
    },
    form: { path: "/form", method: "post", requestBody: { content: { "application/x-www-form-urlencoded": { schema: { type: "object", properties: { a: { type: "string" }, b: { type: "array", items: { type: "integer" } } } } } } } },
    json: { path: "/json", method: "post", requestBody: { content: { "application/json": { schema: { type: "object", properties: { n: { type: "number" }, s: { type: "string" } } } } } } },
    words: { path: "/words", method: "post", requestBody: { content: { "text/plain": { schema: { type: "string" } } } } },
    patch: { path: "/patch", method: "patch", requestBody: { content: { "application/merge-patch+json": { schema: { type: "object", properties: { s: { type: ["string", "null"] } } } } } } },
  };
  let vendor, url;
  before(async () => {
    vendor = await startVendor(OPERATIONS);
    const mine = await vendor.connect(world, { name: "wire" });
    assert.deepEqual(mine.report.notes.filter((n) => n.kind === "skipped"), []);
    url = (await world.server(mine, { methods: ["read", "write", "custom"] })).url;
  });
  after(() => vendor?.close());

  const good = async (name, args, options) => {
    const r = await call(name, args, { url, ...options });
    assert.equal(r.isError, false, r.text);
    return vendor.last();
  };
  const refused = async (name, args) => {
    const before = vendor.seen.length;
    const r = await call(name, args, { url });
    assert.equal(r.isError, true, r.text);
    assert.match(r.text, /[Nn]othing was sent/);
    assert.equal(vendor.seen.length, before, "nothing was sent");
    return r;
  };

  test("a path value is one segment, whatever it holds", async () => {
    const rows = [["a/b", "a%2Fb"], ["../../admin", "..%2F..%2Fadmin"], ["%2e%2e", "%252e%252e"], ["..%2f", "..%252f"], ["a?b=c#d", "a%3Fb%3Dc%23d"], ["é ü", "%C3%A9%20%C3%BC"], ["...", "..."], ["a\r\nHost: x", "a%0D%0AHost%3A%20x"], ["\u0000", "%00"], ["\\..\\", "%5C..%5C"], [";a=b", "%3Ba%3Db"], ["@:80", "%40%3A80"], ["~a-b_c.d", "~a-b_c.d"]];
    for (const [id, encoded] of rows) assert.equal((await good("segment", { id })).path, `/things/${encoded}/parts`, id);
  });
  test("a path value that would be a step is refused", async () => {
    for (const id of ["", ".", ".."]) await refused("segment", { id });
  });
  test("queries: lists, dots, depth, flags, large numbers, and nothing that breaks out", async () => {
    const rows = [
      [{ many: ["a", "b&c=d", "é"] }, "many=a&many=b%26c%3Dd&many=%C3%A9"],
      [{ joined: ["a", "b,c"] }, "joined=a,b%2Cc"],
      [{ "dotted.key": "x y#z" }, "dotted.key=x%20y%23z"],
      [{ deep: { a: "1" } }, "deep%5Ba%5D=1"],
      [{ flag: false }, "flag=false"],
      [{ many: [] }, undefined],
      [{ "dotted.key": "a\r\nX-Evil: 1" }, "dotted.key=a%0D%0AX-Evil%3A%201"],
    ];
    for (const [args, query] of rows) assert.equal((await good("query", args)).path.split("?")[1], query, JSON.stringify(args));
    const big = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query","arguments":{"big":12345678901234567890}}}';
    const r = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: big });
    assert.equal((await r.json()).result.isError, false);
    assert.equal(vendor.last().path, "/query?big=12345678901234567890", "to the last digit");
  });
  test("headers and cookies as given; line ends and our own headers refused", async () => {
    const seen = await good("header", { "X-Wish": "tea, \"hot\"", sid: "a;b c" });
    assert.equal(seen.headers["x-wish"], 'tea, "hot"');
    assert.equal(seen.headers.cookie, "sid=a%3Bb%20c");
    assert.equal(seen.headers.authorization, "Bearer fixture-token");
    for (const wish of ["a\r\nX-Evil: 1", "a\nb", "a\u0000b", "\r\n\r\nGET / HTTP/1.1"]) await refused("header", { "X-Wish": wish });
    const tool = (await modern(url, "tools/list")).body.result.tools.find((t) => t.name === "header");
    if ("Authorization" in tool.inputSchema.properties) await refused("header", { Authorization: "Bearer stolen" });
    else await refused("header", { Authorization: "Bearer stolen" }); // then it is an argument nobody knows
  });
  test("bodies in the form the operation takes", async () => {
    const form = await good("form", { a: "1&2=3 é", b: [1, 2] });
    assert.match(form.headers["content-type"], /^application\/x-www-form-urlencoded/);
    assert.deepEqual([...new URLSearchParams(form.body.toString())], [["a", "1&2=3 é"], ["b", "1"], ["b", "2"]]);
    const json = await good("json", { n: 1.5, s: 'é"\u2028' });
    assert.equal(json.headers["content-type"], "application/json");
    assert.deepEqual(JSON.parse(json.body), { n: 1.5, s: 'é"\u2028' });
    const words = await good("words", { body: "plain é\n" });
    assert.match(words.headers["content-type"], /^text\/plain/);
    assert.equal(words.body.toString(), "plain é\n");
    const patch = await good("patch", { s: null });
    assert.equal(patch.headers["content-type"], "application/merge-patch+json");
    assert.deepEqual(JSON.parse(patch.body), { s: null });
    assert.equal(patch.method, "PATCH");
  });
  test("each once: Host, credential and length; and no compression bomb is asked for in vain", async () => {
    const { raw } = await good("json", { s: "x" });
    const names = raw.filter((_, i) => i % 2 === 0).map((n) => n.toLowerCase());
    assert.deepEqual(names, [...new Set(names)]);
    for (const name of ["host", "authorization", "content-type", "content-length", "user-agent", "accept"]) assert.ok(names.includes(name), name);
  });
  test("the trace goes on: from _meta, else from the header; what is no trace does not", async () => {
    const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", other = trace.replace("4bf9", "aaaa");
    let seen = await good("query", {}, { meta: { traceparent: trace, tracestate: "a=1" }, headers: { traceparent: other } });
    assert.deepEqual([seen.headers.traceparent, seen.headers.tracestate], [trace, "a=1"]);
    seen = await good("query", {}, { headers: { traceparent: other, tracestate: "b=2" } });
    assert.deepEqual([seen.headers.traceparent, seen.headers.tracestate], [other, "b=2"]);
    seen = await good("query", {}, { meta: { traceparent: "x\r\nX-Evil: 1", tracestate: "a=1" } });
    assert.equal(seen.headers["x-evil"], undefined);
    assert.equal(seen.headers.traceparent, undefined);
    seen = await good("query", {});
    assert.equal(seen.headers.traceparent, undefined);
  });
});
