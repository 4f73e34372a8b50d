// SPDX-License-Identifier: Apache-2.0
// Language models as engines: set, tried with a real tool call, listed, made the default, unset; in each wire format; by the
// command line and the API. And what must not happen: a key that shows, or goes elsewhere; a provider that misbehaves.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { database, storedText } from "../lib/database.mjs";
import { commands } from "../lib/command.mjs";
import { headerOf, mustBeValid, startModel } from "../lib/model.mjs";
import { Postern, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const KEY = "sk-kept-away-5f0e9c2b7d41";
const KINDS = ["anthropic", "openai", "chat"];

let world, model, cli, home;
const heard = []; // all that was ever said, to look for the key in
before(async () => {
  world = await start();
  model = await startModel({ key: KEY });
  home = mkdtempSync(join(tmpdir(), "postern-engines-"));
  cli = commands({ HOME: home, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
  for (const name of ["ok", "fails", "run"]) {
    const plain = cli[name];
    cli[name] = async (...args) => {
      const r = await plain(...args);
      heard.push(r.out, r.err);
      return r;
    };
  }
});
after(async () => {
  await world?.close();
  await model?.close();
  if (home) rmSync(home, { recursive: true, force: true });
});
afterEach(async () => {
  for (const { name } of (await engines()).filter((e) => e.kind !== "planner")) await world.must(204, "DELETE", `/engines/${name}`);
  model.forget();
});

const engines = async (postern = world.postern) => (await postern.must(200, "GET", "/engines")).items;
const url = () => `${model.origin}/v1`;
const set = async (name, script, more = {}, status = 201, postern = world.postern) => {
  const r = await postern.api("POST", "/engines", { name, kind: "chat", model: script, base_url: url(), key: KEY, ...more });
  heard.push(r.text);
  assert.equal(r.status, status, r.text);
  return r.body;
};
const tried = async (name, status) => {
  const r = await world.api("POST", `/engines/${name}/test`);
  heard.push(r.text);
  assert.equal(r.status, status, r.text);
  return r.body;
};

describe("each kind", () => {
  for (const kind of KINDS)
    test(`${kind}: set with a key from standard input, tried, listed, unset`, async () => {
      const flags = ["--kind", kind, "--model", "good", "--base-url", url()];
      const { out } = await cli.ok(["engine", "set", "main", ...flags, "--key", "@-", "--default"], { input: `${KEY}\n` });
      assert.match(out, /^main: good calls tools \(\d+ ms, \d+ tokens in, \d+ out\)\.$/m);
      assert.match(out, /answers where no engine is named/);
      const list = (await cli.ok(["engine", "list"])).out;
      assert.match(list, new RegExp(`main +${kind} +good .*ok +yes`));
      assert.match(list, /planner .*ok +no/);
      assert.match((await cli.ok(["engine", "test", "main"])).out, /main: good calls tools/);
      assert.equal(model.seen.length, 2);
      for (const request of model.seen) {
        assert.equal(request.status, 200);
        mustBeValid(request);
        const [name, value] = kind === "anthropic" ? ["x-api-key", KEY] : ["authorization", `Bearer ${KEY}`];
        assert.equal(headerOf(request, name), value);
        assert.equal(headerOf(request, "origin"), undefined);
        assert.equal(headerOf(request, "anthropic-version"), kind === "anthropic" ? "2023-06-01" : undefined); // not its own vendor
        assert.equal(JSON.parse(request.body).tools.length, 1);
      }
      assert.match((await cli.ok(["engine", "unset", "main"])).out, /removed/);
      assert.deepEqual((await engines()).map((e) => [e.name, e.default]), [["planner", true]]);
      await cli.fails(4, /no engine 'main'/, ["engine", "test", "main"]);
    });

  test("as some clouds have it: a deployment's path, a query, another header", async () => {
    const engine = await set("cloud", "good", { base_url: `${model.origin}/openai/deployments/d?api-version=2024-10-21`, key_header: "api-key" });
    assert.equal(engine.status, "ok");
    assert.equal(model.seen[0].path, "/openai/deployments/d/chat/completions?api-version=2024-10-21");
    assert.equal(headerOf(model.seen[0], "api-key"), KEY);
    assert.equal(headerOf(model.seen[0], "authorization"), undefined);
  });

  test("a server that takes all of its vendor's format is asked as that vendor is", async () => {
    await set("own", "good", { kind: "openai", dialect: "vendor", effort: "low" });
    const body = JSON.parse(model.seen[0].body);
    assert.deepEqual([body.include, body.reasoning], [["reasoning.encrypted_content"], { effort: "low" }]);
    await set("own-too", "good", { kind: "anthropic", dialect: "vendor" });
    assert.equal(headerOf(model.seen[1], "anthropic-version"), "2026-10-21");
    await set("chatty", "good", { dialect: "vendor" });
    assert.ok(JSON.parse(model.seen[2].body).max_completion_tokens);
    for (const request of model.seen) mustBeValid(request);
  });

  test("a key from a file, the environment, the terminal, or none", async () => {
    const flags = ["--kind", "openai", "--model", "good", "--base-url", url()];
    const file = join(home, "key.txt");
    writeFileSync(file, `${KEY}\n`, { mode: 0o600 });
    await cli.ok(["engine", "set", "a", ...flags, "--key", `@${file}`]);
    await cli.ok(["engine", "set", "b", ...flags, "--key-env", "MODEL_KEY"], { env: { MODEL_KEY: KEY } });
    const { code, out } = await cli.typed(["engine", "set", "c", ...flags], [[/API key for c/, KEY]]);
    heard.push(out);
    assert.equal(code, 0, out);
    assert.deepEqual((await engines()).filter((e) => e.has_key && e.status === "ok").map((e) => e.name), ["a", "b", "c"]);
    await cli.fails(2, /from a file, as @FILE/, ["engine", "set", "d", ...flags, "--key", "sk-on-the-command-line"]);
    await cli.fails(2, /no variable NOT_THERE/, ["engine", "set", "d", ...flags, "--key-env", "NOT_THERE"]);
    await cli.fails(2, /exclude each other/, ["engine", "set", "d", ...flags, "--no-key", "--key", "@-"]);
    await cli.fails(2, /OpenAI Responses wants one/, ["engine", "set", "d", ...flags]);
    await cli.fails(2, /whole number/, ["engine", "set", "d", ...flags, "--key", "@-", "--tokens", "many"], { input: KEY });
    await cli.ok(["engine", "set", "e", "--kind", "chat", "--model", "good", "--base-url", url(), "--untested"]);
    await cli.fails(2, /refused the key/, ["engine", "test", "e"]);
    assert.equal(headerOf(model.seen.at(-1), "authorization"), undefined);
  });
});

describe("refused on entry, and nothing is kept", () => {
  const refused = async (pattern, script, more) => {
    const { error } = await set("bad", script, more, 422);
    assert.match(error.message, pattern);
    assert.deepEqual((await engines()).map((e) => e.name), ["planner"]);
    return error;
  };

  test("a wrong key, an unknown model, a wrong address", async () => {
    for (const kind of KINDS) {
      assert.match((await refused(/refused the key \(HTTP 401\): The key is not one of ours/, "good", { kind, key: "sk-wrong-key-000000" })).hint, /give its key again/);
      assert.match((await refused(/knows no such model or address \(HTTP 404\): The model nobody does not exist/, "nobody", { kind })).hint, /'nobody'/);
      assert.match((await refused(/knows no such model or address/, "good", { kind, base_url: model.origin })).hint, /version/);
    }
  });

  test("models that do not call tools as they should", async () => {
    for (const kind of KINDS)
      for (const [script, why] of [
        ["clumsy-text", /does not call tools: it answered in words: I would call a tool/],
        ["clumsy-unknown-tool", /called 'make_coffee'/],
        ["clumsy-broken-json", /does not call tools as they are/],
        ["clumsy-no-object", /does not call tools as they are/],
        ["clumsy-deep", /does not call tools as they are/],
        ["clumsy-stops-early", /ran out of tokens/],
        ["clumsy-refuses", /refused to call a tool/],
        ["clumsy-empty", /does not call tools: it answered in words$/],
        ["hostile-name", /does not call tools|no reply of/],
      ]) {
        const error = await refused(why, script, { kind });
        assert.doesNotMatch(error.message, /\u001B/, script);
      }
  });

  test("kept all the same where that is wished, and told as untested", async () => {
    const flags = ["--kind", "chat", "--model", "clumsy-text", "--base-url", url(), "--key", "@-", "--untested"];
    assert.match((await cli.ok(["engine", "set", "odd", ...flags], { input: KEY })).out, /was not tried/);
    assert.equal(model.seen.length, 0);
    assert.equal((await engines())[1].status, "untested");
    await cli.fails(2, /does not call tools/, ["engine", "test", "odd"]);
    const odd = (await engines())[1];
    assert.equal(odd.status, "failing");
    assert.match(odd.status_text, /answered in words/);
    await cli.ok(["engine", "set", "odd", "--model", "good"]); // tried again, with the key that it has
    assert.equal((await engines())[1].status, "ok");
  });

  test("a redirect is not followed: nothing goes where it leads", async () => {
    await refused(/answers with a redirect, which is not followed \(HTTP 307\)/, "redirect");
    assert.deepEqual(model.seen.map((r) => r.path), ["/v1/chat/completions"]);
  });

  test("nobody there, no TLS, no HTTP", async () => {
    const hole = createServer((socket) => socket.on("error", () => {}).end("220 mail.example.com ESMTP\r\n").resume()).listen(0, "127.0.0.1");
    await once(hole, "listening");
    const { port } = hole.address();
    assert.match((await set("bad", "good", { base_url: `http://127.0.0.1:${port}/v1` }, 502)).error.message, /127\.0\.0\.1/);
    assert.match((await set("bad", "good", { base_url: url().replace("http:", "https:") }, 502)).error.message, /TLS|SSL|certificate/i);
    hole.close();
    await once(hole, "close");
    assert.match((await set("bad", "good", { base_url: `http://127.0.0.1:${port}/v1` }, 502)).error.message, /connect|refused/i);
    assert.equal((await engines()).length, 1);
  });

  test("what cannot be one: the field is named", async () => {
    for (const [more, field] of [
      [{ name: "planner" }, "name"],
      [{ name: "../x" }, "name"],
      [{ kind: "oracle" }, "kind"],
      [{ model: "" }, "model"],
      [{ base_url: undefined }, "base_url"],
      [{ base_url: "file:///etc/passwd" }, "base_url"],
      [{ base_url: "https://user:pass@example.com/v1" }, "base_url"],
      [{ base_url: `${url()}/chat/completions` }, "base_url"],
      [{ key: "two words" }, "key"],
      [{ key: "line\r\nx-injected: 1" }, "key"],
      [{ key_header: "content-length" }, "key_header"],
      [{ key_header: "a: b\r\nc" }, "key_header"],
      [{ tokens: 1 }, "tokens"],
      [{ seconds: 0 }, "seconds"],
    ]) {
      const { error } = await set("bad", "good", more, 400);
      assert.equal(error.field, field, JSON.stringify([more, error]));
    }
    assert.equal(model.seen.length, 0);
  });
});

describe("the address guard", () => {
  test("holds: a private address has to be allowed", async () => {
    const postern = await new Postern({ upstream_allow: [] }).start();
    try {
      for (const base_url of [url(), url().replace("127.0.0.1", "localhost"), "http://169.254.169.254/v1", "http://[::1]:1/v1", "http://2130706433:1/v1"]) {
        const { error } = await set("local", "good", { base_url }, 422, postern);
        assert.match(`${error.message} ${error.hint}`, /upstream_allow/, JSON.stringify(error));
      }
      assert.equal(model.seen.length, 0);
    } finally {
      await postern.close();
    }
  });
});

describe("changed", () => {
  test("another address needs the key again; a key goes nowhere else", async () => {
    const other = await startModel({ key: "sk-of-another-server" });
    try {
      await set("main", "good");
      const { error } = await world.must(400, "PATCH", "/engines/main", { base_url: `${other.origin}/v1` });
      assert.equal(error.field, "key");
      for (const change of [{ kind: "openai" }, { key_header: "x-api-key" }])
        assert.equal((await world.must(400, "PATCH", "/engines/main", { ...change, base_url: url() })).error.field, "key");
      assert.equal(other.seen.length, 0);
      const moved = await world.must(200, "PATCH", "/engines/main", { base_url: `${other.origin}/v1`, key: "sk-of-another-server" });
      assert.equal(moved.base_url, `${other.origin}/v1`);
      assert.ok(other.seen.every((r) => !JSON.stringify(r).includes(KEY)));
    } finally {
      await other.close();
    }
  });

  test("what fails the trial stays as it was", async () => {
    const was = await set("main", "good", { tokens: 5000 });
    await world.must(422, "PATCH", "/engines/main", { model: "clumsy-text" });
    await world.must(422, "PATCH", "/engines/main", { key: "sk-wrong-key-000000" });
    const [, is] = await engines();
    assert.deepEqual([is.model, is.updated_at, is.status], ["good", was.updated_at, "ok"]);
    await tried("main", 200);
    const asked = model.seen.length;
    const limits = await world.must(200, "PATCH", "/engines/main", { tokens: 7000, seconds: 20, name: "other" });
    assert.deepEqual([limits.tokens, limits.seconds, limits.name, limits.trial], [7000, 20, "other", null]);
    assert.equal(model.seen.length, asked, "limits alone are not tried");
    await set("main", "good");
    assert.equal((await world.must(409, "PATCH", "/engines/main", { name: "other" })).error.reason, "name_taken");
    await set("other", "good", {}, 409);
  });

  test("one is the default, the planner else; it cannot be removed", async () => {
    await set("a", "good", { default: true });
    await set("b", "good");
    const defaults = async () => (await engines()).filter((e) => e.default).map((e) => e.name);
    assert.deepEqual(await defaults(), ["a"]);
    await cli.ok(["engine", "default", "b"]);
    assert.deepEqual(await defaults(), ["b"]);
    await cli.ok(["engine", "default", "planner"]);
    assert.deepEqual(await defaults(), ["planner"]);
    await world.must(200, "PATCH", "/engines/a", { default: true });
    await world.must(204, "DELETE", "/engines/a");
    assert.deepEqual(await defaults(), ["planner"]);
    await cli.fails(5, /built in/, ["engine", "unset", "planner"]);
    await world.must(400, "PATCH", "/engines/planner", { model: "x" });
    assert.equal((await world.must(200, "POST", "/engines/planner/test")).kind, "planner");
    assert.equal((await world.must(200, "GET", "/engines/planner")).model, null);
  });

  test("the setting ask_engine goes before the mark", async () => {
    const postern = await new Postern({ ask_engine: "b" }).start();
    try {
      assert.deepEqual((await engines(postern)).map((e) => e.default), [false], "whom it names is not there");
      await set("a", "good", {}, 201, postern);
      await set("b", "good", {}, 201, postern);
      assert.deepEqual((await engines(postern)).filter((e) => e.default).map((e) => e.name), ["b"]);
      const { error } = await postern.must(409, "PATCH", "/engines/a", { default: true });
      assert.match(error.message, /ask_engine/);
    } finally {
      await postern.close();
    }
  });

  test("two at once: one is first, the other is told", async () => {
    const create = { name: "twin", kind: "chat", model: "good", base_url: url(), key: KEY };
    const made = await Promise.all([1, 2, 3].map(() => world.api("POST", "/engines", create)));
    assert.deepEqual(made.map((r) => r.status).sort(), [201, 409, 409], made.map((r) => r.text).join("\n"));
    const changed = await Promise.all(["good-text", "good-thinks", "good"].map((model) => world.api("PATCH", "/engines/twin", { model })));
    assert.ok(changed.every((r) => [200, 409].includes(r.status)), changed.map((r) => r.text).join("\n"));
    assert.ok(changed.some((r) => r.status === 200));
    await tried("twin", 200); // whichever came last, it and its key belong together
    await Promise.all([world.api("DELETE", "/engines/twin"), world.api("POST", "/engines/twin/test"), world.api("PATCH", "/engines/twin", { effort: "low" })]);
    assert.deepEqual((await engines()).map((e) => e.name), ["planner"]);
  });

  test("what models see is the operator's word, schema without one", async () => {
    assert.equal((await world.must(200, "GET", "/engines")).sees, "schema");
    assert.match((await cli.ok(["engine", "list"])).out, /see of what was read: schema/);
    const postern = await new Postern({ ask_llm_sees: "rows" }).start();
    try {
      assert.equal((await postern.must(200, "GET", "/engines")).sees, "rows");
    } finally {
      await postern.close();
    }
  });

  test("names are completed, and known where another kind was meant", async () => {
    await set("wonderful", "good");
    assert.match((await cli.ok(["complete", "engine", "test", "wond"])).out, /wonderful/);
    assert.match((await cli.ok(["complete", "ask", "--engine", "p"])).out, /planner/);
    await cli.fails(4, /'wonderful' is an engine/, ["account", "show", "wonderful"]);
  });

  test("no more than there may be", async () => {
    for (let n = 0; n < 32; n++) await set(`e${n}`, "good", { untested: true });
    await set("one-more", "good", { untested: true }, 429);
  });
});

describe("providers that misbehave", () => {
  // Each is tried as an engine that is there; afterwards all is well and the next one is answered.
  for (const [script, status, why, requests] of [
    ["limited-once", 200, /./, 2],
    ["overloaded-once", 200, /./, 2],
    ["unavailable-once", 200, /./, 2],
    ["reset-once", 200, /./, 2],
    ["drips", 200, /./, 1],
    ["good-thinks", 200, /./, 1],
    ["limited", 429, /too many requests/, 1],
    ["no-quota", [422, 429], /spent it all/, 1],
    ["unavailable", 502, /Not now/, 1],
    ["reset", 502, /./, 3],
    ["empty", 422, /no reply/],
    ["wrong-type", 422, /no reply/, 1],
    ["cut", 422, /no reply|broke off/, 1],
    ["cut-hard", 422, /no reply|broke off/, 1],
    ["long-length", [200, 422], /./],
    ["short-length", 422, /no reply|broke off/],
    ["stalls", [422, 504], /./],
    ["stalls-first", 504, /./],
    ["babbles", [422, 504], /./],
    ["floods", 422, /passes the limit/],
    ["endless", [422, 429, 504], /./],
    ["bomb", [422, 429], /./],
    ["odd-error", 422, /refused the request \(HTTP 400\)/, 1],
  ])
    test(script, async () => {
      for (const kind of KINDS) {
        await set(kind, script, { kind, untested: true, seconds: [status].flat().includes(504) ? 2 : 60 });
        const before = model.seen.length;
        const r = await world.api("POST", `/engines/${kind}/test`);
        heard.push(r.text);
        if (requests) assert.equal(model.seen.length - before, requests, `${kind}: asked as often as it should be`);
        assert.ok([status].flat().includes(r.status), `${kind}: ${r.status} ${r.text}`);
        if (r.status !== 200) assert.match(r.body.error.message, why, kind);
        const engine = await world.must(200, "GET", `/engines/${kind}`);
        assert.equal(engine.status, r.status === 200 ? "ok" : "failing");
        await world.must(204, "DELETE", `/engines/${kind}`);
        model.forget(); // "once" counts anew
      }
      await world.must(200, "GET", "/healthz");
    });
});

describe("the key", () => {
  test("a model that repeats it is not heard", async () => {
    for (const kind of KINDS)
      for (const script of ["hostile-echo", "hostile-echo-stream", "hostile-echo-text"]) {
        const r = await world.api("POST", "/engines", { name: "echo", kind, model: script, base_url: url(), key: KEY });
        heard.push(r.text);
        if (r.status === 201) await world.must(204, "DELETE", "/engines/echo"); // it called the tool after all
        else assert.match(r.body.error.message, /\[redacted\]|no reply/, r.text);
      }
  });

  test("stands in no answer, line, log, audit row, file", async () => {
    await set("main", "good", { default: true });
    await tried("main", 200);
    await world.must(200, "PATCH", "/engines/main", { key: KEY, effort: "low" });
    await world.must(200, "PATCH", "/engines/main", { tokens: 3000 });
    let rows;
    await eventually("each action is in the audit", async () => {
      rows = (await world.must(200, "GET", "/audit?limit=1000")).items;
      const of = (action) => rows.filter((r) => r.action === `engine.${action}` && r.outcome === "ok").map((r) => r.detail);
      return (
        of("create").some((d) => /"main": chat, good at http:/.test(d)) &&
        of("change").some((d) => /"main": .*effort: none → low.*key: replaced/.test(d)) &&
        of("change").some((d) => /"main": tokens: 200000 → 3000/.test(d)) &&
        of("test").includes('"main"') && of("delete").length
      );
    });
    const texts = [...heard, world.postern.program.output, JSON.stringify(rows), (await world.api("GET", "/engines")).text, (await world.api("GET", "/status")).text];
    const folder = world.postern.settings.data_dir;
    const files = [storedText(world.postern), ...readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString("latin1"))];
    for (const form of [KEY, Buffer.from(KEY).toString("base64").slice(0, 24), Buffer.from(KEY).toString("hex")])
      for (const text of [...texts, ...files]) assert.ok(!text.includes(form), `the key is in: ${text.slice(Math.max(0, text.indexOf(form) - 200), text.indexOf(form) + 50)}`);
    assert.ok(model.seen.some((r) => JSON.stringify(r.headers).includes(KEY)), "or this test would find nothing");
  });

  test("is of administrators alone", async () => {
    const { token } = await world.must(201, "POST", "/api-token", { name: "client", role: "client" });
    await set("main", "good");
    for (const [method, path, body] of [
      ["GET", "/engines"],
      ["GET", "/engines/main"],
      ["POST", "/engines", { name: "x", kind: "chat", model: "good", base_url: url() }],
      ["PATCH", "/engines/main", { default: true }],
      ["DELETE", "/engines/main"],
      ["POST", "/engines/main/test"],
    ]) {
      assert.equal((await world.api(method, path, body, { token })).status, 403, `${method} ${path}`);
      assert.equal((await world.api(method, path, body, { token: undefined, headers: { authorization: "Bearer psk_x" } })).status, 401, `${method} ${path}`);
    }
    assert.equal((await engines()).length, 2);
  });
});

describe("kept", () => {
  test("over a rotation of the keys and a restart; a row that somebody else wrote is left out, with a line", async () => {
    const postern = await new Postern({}).start();
    try {
      await set("main", "good", { default: true }, 201, postern);
      await set("spare", "good", {}, 201, postern);
      await postern.must(200, "POST", "/key/rotate");
      await postern.must(200, "POST", "/engines/main/test");
      await postern.stop();
      await postern.start();
      await postern.must(200, "POST", "/engines/main/test");
      assert.deepEqual((await engines(postern)).map((e) => [e.name, e.default]), [["planner", false], ["main", true], ["spare", false]]);
      await postern.stop();
      const other = await startModel({ key: KEY });
      const file = database(postern);
      file.prepare("UPDATE engine SET base_url = ? WHERE name = 'main'").run(`${other.origin}/v1`);
      file.close();
      await postern.start();
      assert.deepEqual((await engines(postern)).map((e) => [e.name, e.default]), [["planner", true], ["spare", false]]);
      await postern.program.waitFor(/the engine eng_\w+ is left out: somebody wrote it to the database/);
      await postern.must(404, "POST", "/engines/main/test");
      assert.equal(other.seen.length, 0, "nothing went where the row said");
      assert.match((await set("main", "good", {}, 409, postern)).error.hint, /unset/);
      await postern.must(204, "DELETE", "/engines/main");
      await set("main", "good", {}, 201, postern);
      await other.close();
    } finally {
      await postern.close();
    }
  });

  test("the doctor of an account names an engine that fails", async () => {
    const account = await world.account();
    await set("main", "clumsy-text", { untested: true });
    await tried("main", 422);
    const { checks } = await world.must(200, "POST", `/integrated-account/${account.id}/doctor`);
    const found = checks.find((c) => c.id === "engine");
    assert.equal(found?.status, "warn");
    assert.match(found.text, /main failed its last trial: .*answered in words/);
    assert.match(found.remedy, /postern engine test main/);
  });
});
