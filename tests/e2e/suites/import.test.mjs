// SPDX-License-Identifier: Apache-2.0
// Documents as vendors write them, from the command line's import to the request that reaches the vendor.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { after, before, describe, test } from "node:test";
import { startRecorder } from "../lib/recorder.mjs";
import { BINARY, Postern, ROOT, modern } from "../lib/postern.mjs";

const SECRET = "s3cret-of-the-account";
let postern, vendor, other, evil, folder, environment, serial = 0;

before(async () => {
  [vendor, other, evil] = [await startRecorder(), await startRecorder(), await startRecorder()];
  postern = await new Postern({ upstream_origins: [other.url] }).start();
  folder = mkdtempSync(join(tmpdir(), "postern-import-"));
  environment = { PATH: process.env.PATH, HOME: folder, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token };
});
after(async () => {
  await postern?.close();
  for (const v of [vendor, other, evil]) await v?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function run(args, input) {
  const child = spawn(BINARY, args, { cwd: folder, env: environment, stdio: ["pipe", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (b) => (texts.out += b));
  child.stderr.on("data", (b) => (texts.err += b));
  child.stdin.on("error", () => {});
  child.stdin.end(input ?? "");
  const [code] = await once(child, "close");
  return { code, ...texts };
}
async function ok(args, input) {
  const r = await run(args, input);
  assert.equal(r.code, 0, `postern ${args.join(" ")}: ${r.err}`);
  return r.out;
}
const json = async (args, input) => JSON.parse(await ok([...args, "--json"], input));
async function fails(pattern, args, input) {
  const r = await run(args, input);
  assert.notEqual(r.code, 0, r.out);
  assert.match(r.err, pattern);
}

const here = (text) => text.replaceAll("VENDOR", vendor.url).replaceAll("OTHER", other.url).replaceAll("EVIL", evil.url);
const fine = "{responses: {'200': {description: ok}}}";

// Imports a document; answers the report, and call(operation, args), which gives the result and what the vendors saw.
async function taken(document, { flags = ["--auth", "header:X-Key"], credential = { x_key: SECRET }, base_url, definition } = {}) {
  const name = `api${++serial}`;
  const report = await json(["connector", "import", name, ...(definition ? [] : ["--openapi", "-"]), ...flags], document && here(document));
  const account = await postern.must(201, "POST", "/integrated-account", { connector: name, name, credential, ...(base_url ? { base_url } : {}) });
  const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name, config: { methods: ["read", "write", "custom"] } });
  const tools = (await modern(server.url, "tools/list")).body.result.tools;
  const items = await Promise.all(tools.map((t) => postern.must(200, "GET", `/integrated-account/${account.id}/tools/${t.name}`)));
  const call = async (operation, args = {}) => {
    const tool = items.find((t) => t.operation === operation);
    assert.ok(tool, `no tool of ${operation}: ${items.map((t) => t.operation)}`);
    const at = [vendor, other, evil].map((v) => v.requests.length);
    const { result } = (await modern(server.url, "tools/call", { name: tool.name, arguments: args })).body;
    const seen = [vendor, other, evil].flatMap((v, i) => v.requests.slice(at[i]).map((r) => ({ ...r, host: ["vendor", "other", "evil"][i] })));
    return { result, seen, said: result?.content?.[0]?.text, schema: tools.find((t) => t.name === tool.name).inputSchema };
  };
  return { name, report, account, call, items };
}

describe("where the API is", () => {
  const rows = {
    "server variables": "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: '{scheme}://127.0.0.1:PORT/{v}', variables: {scheme: {default: http}, v: {default: v2, enum: [v1, v2]}}}]\n",
    "a number for a default": "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://127.0.0.1:{port}/v2', variables: {port: {default: PORT}}}]\n",
    "Swagger by http": "swagger: '2.0'\ninfo: {title: t, version: '1'}\nhost: 127.0.0.1:PORT\nbasePath: /v2\nschemes: [http]\n",
    "the first that is whole": "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: 'https://{tenant}.example'}, {url: 'VENDOR/v2/'}]\n",
  };
  for (const [name, head] of Object.entries(rows))
    test(name, async () => {
      const api = await taken(`${head.replace("PORT", () => new URL(vendor.url).port)}paths: {/a: {get: ${fine}}}\n`);
      const { seen } = await api.call("GET /a");
      assert.deepEqual(seen.map((r) => [r.host, r.target]), [["vendor", "/v2/a"]]);
    });
  test("where it does not say", async () => {
    const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n", paths = `paths: {/a: {get: ${fine}}}\n`;
    await fails(/does not say where the API is/, ["connector", "import", "x", "--openapi", "-", "--auth", "none"], head + paths);
    await fails(/\{tenant\}[^]*--base-url/, ["connector", "import", "x", "--openapi", "-", "--auth", "none"], `${head}servers: [{url: 'https://{tenant}.example'}]\n${paths}`);
    await fails(/relative[^]*--base-url/, ["connector", "import", "x", "--openapi", "-", "--auth", "none"], `${head}servers: [{url: /v1}]\n${paths}`);
  });
});

describe("what is no document", () => {
  const rows = {
    "an HTML page": ["<!DOCTYPE html><html>", /HTML page/],
    "a Postman collection": ['{"info":{"_postman_id":"1","schema":"https://schema.getpostman.com/x"},"item":[]}', /Postman collection/],
    "an empty file": ["", /empty/],
    "binary data": ["\0\x01\x02", /binary data/],
    "a key twice": ["openapi: 3.0.0\ninfo: {}\npaths: {}\npaths: {}\n", /the key "paths"/],
    "no paths": ["openapi: 3.0.0\nservers: [{url: 'http://127.0.0.1'}]\n", /no `paths`/],
    "an old version": ["swagger: '1.2'\n", /1\.2/],
    "a plain text": ["hello", /plain text/],
    "nothing that could be called, and why": ["openapi: 3.0.0\nservers: [{url: 'http://127.0.0.1'}]\npaths: {/a: {get: {servers: [{url: 'https://up.example'}]}}}\n", /the first, GET \/a: its server is https:\/\/up\.example/],
    "no operation at all": ["openapi: 3.0.0\nservers: [{url: 'http://127.0.0.1'}]\npaths: {}\n", /has no operation/],
  };
  for (const [name, [text, pattern]] of Object.entries(rows))
    test(name, () => fails(pattern, ["connector", "import", "bad", "--openapi", "-", "--auth", "none"], text));
  test("a document given for a definition, and the other way", async () => {
    writeFileSync(join(folder, "doc.yaml"), "openapi: 3.0.0\npaths: {}\n");
    await fails(/--openapi takes it/, ["connector", "import", "bad", "--file", "doc.yaml"]);
    writeFileSync(join(folder, "con.yaml"), "name: x\nkind: rest\nauth: []\n");
    await fails(/connector's definition[^]*--file/, ["connector", "import", "bad", "--openapi", "con.yaml", "--auth", "none"]);
  });
});

test("what compile takes imports: other methods, and operations in files of their own", async () => {
  mkdirSync(join(folder, "boats/ops"), { recursive: true });
  writeFileSync(join(folder, "boats/api.yaml"), here(`openapi: 3.2.0
info: {title: Boats, version: "1"}
servers: [{url: VENDOR}]
paths:
  /boats:
    post: {$ref: ops/create.yml}
    get: {$ref: "#/paths/~1nothing"}
    additionalOperations: {COPY: {$ref: ops/create.yml}, SEARCH: {}}
  /boats/{boat_id}:
    get: {$ref: ops/get.yml}
`));
  writeFileSync(join(folder, "boats/ops/create.yml"), `summary: Build a boat
requestBody: {required: true, content: {application/json: {schema: {$ref: ../boat.json#/Boat}}}}
responses: {"201": {description: made}}
`);
  writeFileSync(join(folder, "boats/ops/get.yml"), `summary: Show a boat
parameters: [{name: boat_id, in: path, required: true, schema: {type: string}}]
responses: {"200": {description: ok}}
`);
  writeFileSync(join(folder, "boats/boat.json"), '{"Boat":{"type":"object","required":["name"],"properties":{"name":{"$ref":"#/Name"}}},"Name":{"type":"string"}}');
  const compiled = await json(["compile", "boats/api.yaml", "--report"]);
  const api = await taken(undefined, { definition: true, flags: ["--openapi", "boats/api.yaml", "--auth", "header:X-Key"] });
  for (const key of ["operations", "tools", "skipped"]) assert.equal(api.report[key], compiled[key], key);
  assert.deepEqual([compiled.operations, compiled.skipped], [5, 1]);
  // What is said of a line holds for the file that was given.
  assert.deepEqual(api.report.notes.map((n) => [n.operation, n.line]), [["GET /boats", 7]]);
  assert.deepEqual(compiled.notes.map((n) => [n.operation, n.line]), [["GET /boats", 7]]);
  let { seen } = await api.call("COPY /boats", { name: "Argo" });
  assert.deepEqual([seen[0].method, seen[0].target, seen[0].body], ["COPY", "/boats", '{"name":"Argo"}']);
  ({ seen } = await api.call("SEARCH /boats"));
  assert.equal(seen[0].method, "SEARCH");
  ({ seen } = await api.call("GET /boats/{boat_id}", { boat_id: "7" }));
  assert.equal(seen[0].target, "/boats/7");
});

test("what is sent anyway is no argument", async () => {
  const header = (name) => `{name: ${name}, in: header, required: true, schema: {type: string}}`;
  const api = await taken(`openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: VENDOR}]
components: {securitySchemes: {k: {type: apiKey, in: query, name: key}, t: {type: apiKey, in: query, name: token}}}
security: [{k: [], t: []}]
paths:
  /cards/{card_id}:
    get:
      parameters:
      - {name: card_id, in: path, required: true, schema: {type: string}}
      - {name: key, in: query, required: true, schema: {type: string}}
      - {name: token, in: query, required: true, schema: {type: string}}
      - ${["Host", "Cookie", "User-Agent", "Accept-Encoding", "Content-Length", "Authorization"].map(header).join("\n      - ")}
      responses: {"200": {description: ok}}
`, { flags: [], credential: { key: "k1", token: SECRET } });
  const { seen, schema } = await api.call("GET /cards/{card_id}", { card_id: "7" });
  assert.deepEqual(Object.keys(schema.properties), ["card_id"]);
  assert.equal(seen[0].target, `/cards/7?key=k1&token=${SECRET}`);
  assert.equal(seen[0].headers.host, new URL(vendor.url).host);
});

test("paths in every form", async () => {
  const text = "schema: {type: string}";
  const api = await taken(`openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: VENDOR}]
paths:
  "/v1/{+topic}:publish": {post: {parameters: [{name: topic, in: path, required: true, ${text}}], responses: {"200": {description: ok}}}}
  "/repos{/owner}/x": {get: {parameters: [{name: owner, in: path, required: true, ${text}}], responses: {"200": {description: ok}}}}
  /exports/{job_id}: {get: ${fine}}
  /users/{userId}: {get: {parameters: [{name: user_id, in: path, required: true, ${text}}], responses: {"200": {description: ok}}}}
  /files/{id}: {put: {parameters: [{name: id, in: path, required: true, ${text}}], responses: {"200": {description: ok}}}}
  "/files/{id}#add_link": {put: {parameters: [{name: id, in: path, required: true, ${text}}], responses: {"200": {description: ok}}}}
  "/find?kind=a": {get: {parameters: [{name: q, in: query, ${text}}], responses: {"200": {description: ok}}}}
`);
  const rows = [
    ["POST /v1/{+topic}:publish", { topic: "projects/p/topics/t" }, "/v1/projects/p/topics/t:publish"],
    ["GET /repos{/owner}/x", { owner: "a/b" }, "/repos/a%2Fb/x"],
    ["GET /exports/{job_id}", { job_id: "7" }, "/exports/7"],
    ["GET /users/{userId}", { user_id: "7" }, "/users/7"],
    ["PUT /files/{id}", { id: "5" }, "/files/5"],
    ["PUT /files/{id}#add_link", { id: "5" }, "/files/5"],
    ["GET /find?kind=a", { q: "x y" }, "/find?kind=a&q=x%20y"],
  ];
  assert.equal(api.report.skipped, 0);
  for (const [operation, args, target] of rows) {
    const { seen, said } = await api.call(operation, args);
    assert.deepEqual(seen.map((r) => r.target), [target], said);
  }
  const { seen, result } = await api.call("POST /v1/{+topic}:publish", { topic: "a/../../admin" });
  assert.equal(result.isError, true);
  assert.equal(seen.length, 0);
});

describe("an operation's own address", () => {
  const document = `openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: VENDOR/x}]
paths:
  /plain: {get: ${fine}}
  /beside: {get: {servers: [{url: VENDOR/other}], responses: {"200": {description: ok}}}}
  /relative: {servers: [{url: /rel/}], get: ${fine}}
  /allowed: {get: {servers: [{url: "EVIL"}, {url: OTHER/up}], responses: {"200": {description: ok}}}}
  /evil1: {get: {servers: [{url: EVIL}], responses: {"200": {description: ok}}}}
  /evil2: {servers: [{url: "{h}", variables: {h: {default: EVIL}}}], get: ${fine}}
  /evil3: {get: {servers: [{url: "http://127.0.0.1:PORT@EVILHOST/"}], responses: {"200": {description: ok}}}}
  /evil4: {get: {servers: [{url: "//EVILHOST/"}], responses: {"200": {description: ok}}}}
`;
  const filled = () => document.replaceAll("EVILHOST", new URL(evil.url).host).replaceAll("PORT", new URL(vendor.url).port);
  test("is followed at the account's origin and where the operator allows it, and nowhere else", async () => {
    const api = await taken(filled());
    const rows = [["GET /plain", "vendor", "/x/plain"], ["GET /beside", "vendor", "/other/beside"], ["GET /relative", "vendor", "/rel/relative"], ["GET /allowed", "other", "/up/allowed"]];
    for (const [operation, host, target] of rows) {
      const { seen } = await api.call(operation);
      assert.deepEqual(seen.map((r) => [r.host, r.target, r.headers["x-key"]]), [[host, target, SECRET]]);
    }
    assert.deepEqual(api.report.notes.filter((n) => n.kind === "skipped").map((n) => n.operation).sort(), ["GET /evil1", "GET /evil2", "GET /evil3", "GET /evil4"]);
    assert.match(api.report.notes[0].reason, /upstream_origins/);
  });
  test("an account elsewhere takes it along, or says why not; its credential goes nowhere else", async () => {
    const proxied = await taken(filled(), { base_url: `${other.url}/proxy/x` });
    const { seen } = await proxied.call("GET /beside");
    assert.deepEqual(seen.map((r) => [r.host, r.target]), [["other", "/proxy/other/beside"]]);
    const apart = await taken(filled(), { base_url: `${other.url}/apart` });
    const refused = await apart.call("GET /beside");
    assert.equal(refused.result.isError, true);
    assert.match(refused.said, /address of its own/);
    assert.equal(refused.seen.length, 0);
    assert.equal((await apart.call("GET /plain")).seen[0].target, "/apart/plain");
  });
  test("no document and no connector led a credential to the other host", () => assert.equal(evil.requests.length, 0));
});

describe("how accounts authenticate", () => {
  const document = (schemes, security = "") => `openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: VENDOR}]
components: {securitySchemes: ${schemes}}
${security}
paths: {/a: {get: ${fine}}}
`;
  const rows = {
    "a header": ["{k: {type: apiKey, in: header, name: X-Api-Key}}", "", { x_api_key: SECRET }, (r) => r.headers["x-api-key"]],
    "a query parameter": ["{k: {type: apiKey, in: query, name: api_key}}", "", { api_key: SECRET }, (r) => new URL(r.target, vendor.url).searchParams.get("api_key")],
    "a cookie": ["{k: {type: apiKey, in: cookie, name: sid}}", "", { sid: SECRET }, (r) => r.headers.cookie?.replace("sid=", "")],
    "bearer": ["{b: {type: http, scheme: bearer}}", "security: [{b: []}]", { token: SECRET }, (r) => r.headers.authorization?.replace("Bearer ", "")],
    "basic": ["{b: {type: http, scheme: Basic}}", "", { user: "u", password: SECRET }, (r) => Buffer.from(r.headers.authorization?.slice(6) ?? "", "base64").toString().slice(2)],
    "an access token for OAuth": ["{o: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'VENDOR/t', scopes: {}}}}}", "", { token: SECRET }, (r) => r.headers.authorization?.replace("Bearer ", "")],
    "two together": ["{a: {type: apiKey, in: header, name: X-A}, b: {type: apiKey, in: header, name: X-B}}", "security: [{a: [], b: []}]", { x_a: "one", x_b: SECRET }, (r) => r.headers["x-a"] === "one" && r.headers["x-b"]],
  };
  for (const [name, [schemes, security, credential, sent]] of Object.entries(rows))
    test(name, async () => {
      const api = await taken(document(schemes, security), { flags: [], credential });
      const { seen, said } = await api.call("GET /a");
      assert.equal(sent(seen[0] ?? {}), SECRET, said);
    });
  test("several ways, the one asked for most first; --auth says otherwise", async () => {
    const text = here(document("{k: {type: apiKey, in: header, name: X-K}, b: {type: http, scheme: bearer}, m: {type: mutualTLS}}", "security: [{m: []}, {b: []}, {k: []}]"));
    const out = await ok(["connector", "import", "several", "--openapi", "-"], text);
    assert.match(out, /as the document says, by: b, k\./);
    assert.match(out, /scheme m is none/);
    assert.deepEqual((await json(["connector", "show", "several"])).ways.map((w) => w.id), ["b", "k"]);
    await ok(["connector", "import", "several", "--openapi", "-", "--auth", "query:q"], text);
    assert.deepEqual((await json(["connector", "show", "several"])).ways.map((w) => w.fields[0].name), ["q"]);
  });
  test("none at all", async () => {
    const api = await taken(document("{k: {type: apiKey, in: header, name: X-K}}"), { flags: ["--auth", "none"], credential: {} });
    const { seen } = await api.call("GET /a");
    assert.deepEqual([seen[0].target, seen[0].headers["x-k"], seen[0].headers.authorization], ["/a", undefined, undefined]);
    const open = await taken(document("{}", "security: []"), { flags: [], credential: {} });
    assert.equal((await open.call("GET /a")).seen.length, 1);
    await fails(/none stands alone/, ["connector", "import", "x", "--openapi", "-", "--auth", "none", "--auth", "basic"], here(document("{}")));
    await fails(/--auth is missing/, ["connector", "import", "x", "--openapi", "-"], here(document("{}")));
  });
});

// stripe is a vendor's MCP server among those that ship; its name implies nothing for a document.
test("a name that begins like an MCP server's", async () => {
  const text = here(`openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: VENDOR}]\ncomponents: {securitySchemes: {k: {type: apiKey, in: header, name: X-Key}}}\npaths: {/a: {get: ${fine}}}\n`);
  await ok(["connector", "import", "stripe-rest", "--openapi", "-", "--connectors", join(ROOT, "connectors")], text);
  assert.equal((await json(["connector", "show", "stripe-rest"])).kind, "rest");
});

test("a connector.yaml names its document, and says only what the document does not", async () => {
  mkdirSync(join(folder, "shop/api"), { recursive: true });
  writeFileSync(join(folder, "shop/connector.yaml"), "name: shop\nlabel: Shop\nkind: rest\nopenapi: api/shop.yaml\nrename_parameters: {id: order_id}\n");
  writeFileSync(join(folder, "shop/api/shop.yaml"), here(`openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: VENDOR}]\ncomponents: {securitySchemes: {k: {type: apiKey, in: header, name: X-Key}}}\npaths:\n  /o/{id}: {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'200': {description: ok}}}}\n`));
  const api = await taken(undefined, { definition: true, flags: ["--file", "shop/connector.yaml"] });
  const { seen } = await api.call("GET /o/{id}", { order_id: "7" });
  assert.deepEqual([seen[0].target, seen[0].headers["x-key"]], ["/o/7", SECRET]);
  writeFileSync(join(folder, "shop/out.yaml"), "name: shop\nlabel: Shop\nkind: rest\nopenapi: ../doc.yaml\n");
  await fails(/outside/, ["connector", "import", "x", "--file", "shop/out.yaml"]);
});

describe("when a connector gets another address", () => {
  const text = (url) => here(`openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: ${url}}]\npaths: {/a: {get: ${fine}}}\n`);
  const again = (name, url, ...flags) => json(["connector", "import", name, "--openapi", "-", "--auth", "header:X-Key", ...flags], text(url));
  const moved = (r) => [r.accounts_moved, r.accounts_kept];
  test("accounts without one of their own go along, as far as the operator says", async () => {
    const api = await taken(text("VENDOR/v1"));
    const own = await postern.must(201, "POST", "/integrated-account", { connector: api.name, name: `${api.name}-own`, credential: { x_key: "another" }, base_url: `${vendor.url}/own` });
    const target = async () => (await api.call("GET /a")).seen.map((r) => [r.host, r.target, r.headers["x-key"]]);
    assert.deepEqual(moved(await again(api.name, "VENDOR/v1")), [0, 0]);
    assert.deepEqual(moved(await again(api.name, "VENDOR/v2")), [1, 0]); // the same host: the document's word will do
    assert.deepEqual(await target(), [["vendor", "/v2/a", SECRET]]);
    assert.equal((await json(["account", "show", api.name])).status, "unverified");
    assert.deepEqual(moved(await again(api.name, "OTHER/v3")), [1, 0]); // an origin that the operator allows
    assert.deepEqual(await target(), [["other", "/v3/a", SECRET]]);
    assert.deepEqual(moved(await again(api.name, "EVIL")), [0, 1]); // a document leads nobody to another host
    assert.deepEqual(await target(), [["other", "/v3/a", SECRET]]);
    assert.equal(evil.requests.length, 0);
    assert.equal((await postern.must(200, "GET", `/integrated-account/${own.id}`)).base_url, `${vendor.url}/own`);
    assert.match(await ok(["connector", "import", api.name, "--openapi", "-", "--auth", "header:X-Key"], text("VENDOR/v9")), /No remarks/);
  });
  test("by the operator's own word to any host", async () => {
    const api = await taken(text("VENDOR/v1"));
    assert.deepEqual(moved(await again(api.name, "VENDOR/v1", "--base-url", `${evil.url}/mine`)), [1, 0]);
    assert.deepEqual((await api.call("GET /a")).seen.map((r) => [r.host, r.target, r.headers["x-key"]]), [["evil", "/mine/a", SECRET]]);
  });
  test("account update gives one another address, and takes the credential again", async () => {
    const api = await taken(text("VENDOR/v1"));
    await fails(/lacks 'x_key'/, ["account", "update", api.name, "--base-url", `${other.url}/up`]);
    await fails(/--base-url is missing/, ["account", "update", api.name]);
    await fails(/base_url/, ["account", "update", api.name, "--base-url", "ftp://x", "--credential", "x_key=new"]);
    assert.match(await ok(["account", "update", api.name, "--base-url", `${other.url}/up`, "--credential", "x_key=new"]), /has the new address/);
    assert.deepEqual((await api.call("GET /a")).seen.map((r) => [r.host, r.target, r.headers["x-key"]]), [["other", "/up/a", "new"]]);
    assert.deepEqual(moved(await again(api.name, "VENDOR/v2")), [0, 0]); // its address is its own now
  });
});

// As large as the largest that vendors publish whole, in its own form: two spaces, a line each.
test("a document of 13 MB", async () => {
  const paths = {};
  const answers = { 200: { description: "Response", content: { "application/json": { schema: { type: "object", properties: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`property_${i}`, { type: "string", description: `What ${i} says of the thing`, examples: [`example ${i}`] }])) } } } } };
  for (let i = 0; i < 1500; i++)
    paths[`/things${i}/{owner}/{thing_id}`] = { get: { summary: `Get thing ${i}`, operationId: `things${i}/get`, parameters: ["owner", "thing_id"].map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })), responses: answers } };
  const text = JSON.stringify({ openapi: "3.0.3", info: { title: "Large", version: "1" }, servers: [{ url: vendor.url }], paths }, null, 2);
  assert.ok(text.length > 13e6 && text.length < 20e6, `${text.length}`);
  writeFileSync(join(folder, "large.json"), text);
  const report = await json(["connector", "import", "large", "--openapi", "large.json", "--auth", "bearer"]);
  assert.deepEqual([report.operations, report.tools], [1500, 1500]);
});

test("one that is too large names the setting", async () => {
  const small = await new Postern({ max_body_bytes: "64KiB" }).start();
  try {
    const document = JSON.stringify({ openapi: "3.0.3", servers: [{ url: vendor.url }], paths: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`/a${i}`, { get: { summary: "A summary of some length" } }])) });
    environment = { ...environment, POSTERN_URL: small.url, POSTERN_TOKEN: small.token };
    await fails(/max_body_bytes/, ["connector", "import", "large", "--openapi", "-", "--auth", "bearer"], document);
  } finally {
    environment = { ...environment, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token };
    await small.close();
  }
});

const wild = join(ROOT, "../shared/openapi/wild");
test("public descriptions import as they compile", { skip: !existsSync(wild) && `there is no ${wild}` }, async () => {
  for (const [name, tools, skipped] of [["box", 285, 11], ["okta-min", 728, 4], ["stripe", 416, 1], ["twilio-api", 197, 0]]) {
    const unpacked = join(folder, `${name}.json`);
    writeFileSync(unpacked, gunzipSync(readFileSync(join(wild, `${name}.json.gz`))));
    const report = await json(["connector", "import", `all-${name}`, "--openapi", unpacked]);
    assert.deepEqual([report.tools, report.skipped], [tools, skipped], name);
  }
  const tar = spawn("tar", ["xzf", join(wild, "digitalocean-multifile.tar.gz"), "-C", folder]);
  await once(tar, "close");
  const report = await json(["connector", "import", "all-digitalocean", "--openapi", "specification/DigitalOcean-public.v2.yaml"]);
  assert.deepEqual([report.operations, report.tools], [659, 644]);
});

test("a check tells what an import would come to and keeps nothing, and a document says where its API is and how to authenticate", async () => {
  const document = here(`openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: VENDOR/v1}]
security: [{key: []}]
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}, far: {type: oauth2, flows: {clientCredentials: {tokenUrl: EVIL/token, scopes: {}}}}}}
paths:
  /orders: {get: {operationId: list, responses: {'200': {description: ok}}}}
  /broken: {get: {parameters: [{$ref: "#/nowhere"}], responses: {'200': {description: ok}}}}
`);
  const body = { definition: { name: "checked", label: "Checked", kind: "rest" }, document };
  const told = await postern.must(200, "POST", "/connector/check", body);
  assert.deepEqual([told.operations, told.tools, told.skipped, told.notes[0].operation], [2, 1, 1, "GET /broken"]);
  assert.equal(told.definition.base_url, `${vendor.url}/v1`);
  assert.equal(told.definition.auth[0].send[0].name, "X-Key");
  await postern.must(404, "GET", "/connector/checked");
  const made = await postern.must(201, "POST", "/connector", body);
  assert.deepEqual(made.definition, told.definition);
  const { base_url, ways } = await postern.must(200, "GET", "/connector/checked");
  assert.deepEqual([base_url, ways[0].auth], [`${vendor.url}/v1`, "fields"]);
  const faults = async (definition, text) => (await postern.must(400, "POST", "/connector/check", { definition: { ...body.definition, ...definition }, document: text })).error.field;
  assert.equal(await faults({}, document.replace(/^servers.*$/m, "")), "base_url");
  assert.equal(await faults({}, document.replace(/^(security|components).*$/gm, "")), "auth");
  assert.equal(await faults({ auth: [{ id: "open", open: true }] }, "no: [document"), "document");
  await postern.must(409, "POST", "/connector/check", { ...body, definition: { ...body.definition, name: "cloudflare" } });
});
