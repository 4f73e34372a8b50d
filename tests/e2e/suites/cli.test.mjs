// SPDX-License-Identifier: Apache-2.0
// Every command of the command line once, as a person or a script would run it, against the real server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Client } from "@modelcontextprotocol/client";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { commands } from "../lib/command.mjs";
import { BINARY, ROOT, modern, start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const CREDENTIAL = "cfut_sandbox_one_account";
let world, folder, environment;

before(async () => {
  world = await start();
  folder = mkdtempSync(join(tmpdir(), "postern-cli-"));
  environment = { PATH: process.env.PATH, HOME: folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token };
});
after(async () => {
  await world?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

// Runs `postern …`; answers { code, out, err }.
async function run(args, { input, env = {}, cwd = folder } = {}) {
  const child = spawn(BINARY, args, { cwd, env: { ...environment, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (b) => (texts.out += b));
  child.stderr.on("data", (b) => (texts.err += b));
  child.stdin.on("error", () => {}); // it need not read
  child.stdin.end(input ?? "");
  const [code, signal] = await once(child, "close");
  return { code: code ?? signal, ...texts };
}
async function ok(args, options) {
  const r = await run(args, options);
  assert.equal(r.code, 0, `postern ${args.join(" ")}: ${r.err}`);
  return r;
}
const json = async (args, options) => JSON.parse((await ok([...args, "--json"], options)).out);
async function fails(code, pattern, args, options) {
  const r = await run(args, options);
  assert.equal(r.code, code, `postern ${args.join(" ")}: ${r.out}${r.err}`);
  assert.match(r.err, pattern);
  assert.match(r.err, /^postern: /);
  return r;
}

describe("help", () => {
  test("lists the commands and exits 2 where none is given", async () => {
    const bare = await run([]);
    assert.equal(bare.code, 2);
    for (const word of ["serve", "connector", "account", "mcp", "tools", "call", "compile", "token", "audit", "key", "config", "status"])
      assert.match(bare.out, new RegExp(`^  ${word} `, "m"));
    assert.equal((await ok(["help"])).out.includes("Exit codes"), true);
  });
  test("shows one command, by help and by --help, serve too", async () => {
    const help = (await ok(["help", "mcp", "create"])).out;
    assert.equal((await ok(["mcp", "create", "--help"])).out, help);
    assert.match(help, /--print-config claude\|chatgpt\|claude-code\|cursor\|vscode/);
    assert.match((await ok(["serve", "--help"])).out, /postern config --explain/);
  });
  test("names the nearest command and flag", async () => {
    await fails(2, /did you mean 'postern account list'\?/, ["account", "lst"]);
    await fails(2, /did you mean --name\?/, ["mcp", "create", "acme", "--nmae", "x"]);
  });
  test("prints the version", async () => {
    assert.match((await ok(["version"])).out, /^postern \d+\.\d+/);
    assert.ok((await json(["version"])).version);
  });
});

describe("who asks", () => {
  test("without a token nothing is sent", async () => {
    await fails(3, /no API token/, ["status"], { env: { POSTERN_TOKEN: "" } });
  });
  test("a wrong token is refused by the server", async () => {
    await fails(3, /unknown, revoked or expired/, ["status"], { env: { POSTERN_TOKEN: "psk_wrong" } });
  });
  test("a token file is read, and refused where others can read it", async () => {
    const file = join(folder, "token");
    writeFileSync(file, world.postern.token + "\n", { mode: 0o600 });
    await ok(["status", "--token-file", file], { env: { POSTERN_TOKEN: "" } });
    chmodSync(file, 0o644);
    const r = await fails(3, /others can read this token file/, ["status", "--token-file", file], { env: { POSTERN_TOKEN: "" } });
    assert.ok(!r.err.includes(world.postern.token));
  });
  test("an address that is none, or another's, is named with where it came from", async () => {
    await fails(2, /^postern: POSTERN_URL: 'nonsense' is no address/, ["status"], { env: { POSTERN_URL: "nonsense" } });
    await fails(2, /^postern: --url: 'ftp:\/\/x' is no address/, ["status", "--url", "ftp://x"]);
    await fails(2, /no address/, ["status", "--url", "http://127.0.0.1:8080/?x=1"]);
    for (const path of ["/v1", "/sse", "/a/b", "/mcp", "/mcp/crm", "/sse/crm"]) await fails(4, /^postern: POSTERN_URL: http:\/\/127\S+ is not the address of Postern itself\n.*without a path/, ["status"], { env: { POSTERN_URL: world.postern.url + path } });
    const secret = await fails(4, /\/mcp\/ is not the address of Postern itself/, ["status", "--url", `${world.postern.url}/mcp/pst_secret-of-a-client`]);
    assert.ok(!secret.err.includes("pst_"), secret.err);
    await ok(["status", "--url", `${world.postern.url}/`]);
    await fails(4, /sandbox|answered 404.*not as Postern does/, ["status", "--url", world.sandbox.url]);
  });
  test("a server that is not there is exit code 9 with what to do", async () => {
    await fails(9, /is 'postern serve' running/, ["status", "--url", "http://127.0.0.1:1"]);
  });
});

describe("with an account", () => {
  before(async () => {
    const made = await json(["account", "add", "cloudflare", "--name", "acme", "--credential-stdin", "--base-url", world.sandbox.api], {
      input: CREDENTIAL + "\n",
    });
    assert.equal(made.status, "ok");
  });

  test("status", async () => {
    assert.ok((await json(["status"])).catalog.accounts >= 1);
    assert.match((await ok(["status"])).out, /^catalog\.accounts +\d/m);
  });
  test("connector list and show", async () => {
    assert.ok((await json(["connector", "list"])).some((c) => c.name === "cloudflare"));
    assert.equal((await json(["connector", "list", "dns", "analytics"]))[0].name, "cloudflare-dns-analytics");
    assert.match((await ok(["connector", "list", "clodinary"])).out, /Did you mean 'cloudinary'\?/);
    assert.match((await ok(["connector", "show", "cloudflare"])).out, /email \(.*\), key \(/, "names of fields, as --credential takes them");
    assert.match((await ok(["connector", "show", "cloudflare"])).out, /^ +key +Global API key +postern account add cloudflare --way key +/m);
    const arcjet = (await ok(["connector", "show", "arcjet"])).out;
    assert.match(arcjet, /^Not served: get-site-key, /m);
    assert.match(arcjet, /postern account connect arcjet/);
    assert.equal((await json(["connector", "show", "arcjet"])).troubles.find((t) => t.check === "clock_skew").symptom.length > 0, true);
    assert.equal((await json(["connector", "show", "cloudinary"])).name, "cloudinary-assets", "by its prefix");
    await fails(4, /no connector 'nope'/, ["connector", "show", "nope"]);
  });
  test("account list, show, verify, context, rename", async () => {
    const list = await json(["account", "list"]);
    assert.ok(Array.isArray(list));
    assert.match((await ok(["account", "list"])).out, /^NAME +CONNECTOR +STATUS/);
    const account = await json(["account", "show", "acme"]);
    assert.equal((await json(["account", "verify", account.id])).status, "ok");
    await ok(["account", "context", "acme", `account_id=${account.context.account_id}`]);
    await fails(2, /is not NAME=VALUE/, ["account", "context", "acme", "account_id"]);
    assert.equal((await json(["account", "rename", "acme", "acme-2"])).name, "acme-2");
    await ok(["account", "rename", "acme-2", "acme"]);
  });
  test("account recredential keeps the old credential where the new one is refused", async () => {
    const bad = join(folder, "bad");
    writeFileSync(bad, "cfut_wrong");
    const r = await run(["account", "recredential", "acme", "--credential", `token=@${bad}`]);
    assert.equal(r.code, 2);
    assert.ok(!r.err.includes("cfut_wrong"));
    await ok(["account", "verify", "acme"]);
    await ok(["account", "recredential", "acme", "--credential-stdin"], { input: JSON.stringify({ token: CREDENTIAL }) });
  });
  test("a credential is asked for at the terminal without showing it", async () => {
    const command = `${BINARY} account add cloudflare --name typed --base-url ${world.sandbox.api}`;
    const child = spawn("script", ["-qec", command, "/dev/null"], { env: environment, stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (b) => {
      if (!out.includes("API token:") && (out + b).includes("API token:")) child.stdin.write(CREDENTIAL + "\n");
      out += b;
    });
    const [code] = await once(child, "close");
    assert.equal(code, 0, out);
    assert.ok(!out.includes(CREDENTIAL), "the credential was shown");
    assert.equal((await json(["account", "show", "typed"])).status, "ok");
    await ok(["account", "remove", "typed", "--yes"]);
  });
  test("a credential that is missing with nobody to ask is exit code 2", async () => {
    const r = await run(["account", "add", "cloudflare", "--name", "silent", "--credential-stdin"], { input: "" });
    assert.equal(r.code, 2);
  });

  test("tools, all and filtered and one", async () => {
    const all = await json(["tools", "acme"]);
    assert.ok(all.length > 90);
    const dns = await json(["tools", "acme", "--methods", "read", "--tags", "dns"]);
    assert.ok(dns.length > 0 && dns.length < all.length && dns.every((t) => t.read_only && t.tags.includes("dns")));
    assert.ok((await json(["tools", "acme", "--search", "audit"])).length > 0);
    assert.equal((await json(["tools", "acme", "list_all_cloudflare_zones"])).inputSchema.type, "object");
    const text = (await ok(["tools", "acme", "list_all_cloudflare_dns_records"])).out;
    assert.match(text, /^ +zone_id +required +string/m);
    await fails(2, /did you mean "read"/, ["tools", "acme", "--methods", "red"]);
  });
  test("call, by pairs, by JSON and from standard input; failures have exit codes", async () => {
    const zones = JSON.parse((await ok(["call", "acme", "list_all_cloudflare_zones", "name=example.com", "per_page=5"])).out);
    assert.equal(zones.result[0].name, "example.com");
    const id = zones.result[0].id;
    const one = await json(["call", "acme", "get_single_cloudflare_zone_by_id", "--arguments", JSON.stringify({ zone_id: id })]);
    assert.equal(one.outcome, "ok");
    await ok(["call", "acme", "get_single_cloudflare_zone_by_id", "--arguments", "-"], { input: JSON.stringify({ zone_id: id }) });
    await ok(["call", "acme", "list_all_cloudflare_zones", "per_page:=5"]);
    await fails(2, /invalid/, ["call", "acme", "list_all_cloudflare_zones", "per_page=x"]);
    await fails(9, /upstream_error/, ["call", "acme", "get_single_cloudflare_zone_by_id", `zone_id=${"0".repeat(32)}`]);
    await fails(4, /did you mean "list_all_cloudflare_zones"/, ["call", "acme", "list_all_cloudflare_zons"]);
    await fails(2, /is not NAME=TEXT/, ["call", "acme", "list_all_cloudflare_zones", "per_page"]);
  });
  test("a reader that goes ends the program quietly", async () => {
    const command = `("${BINARY}" tools acme --json; echo "exit $?" >&2) | head -n 1`; // more than a pipe holds
    const child = spawn("sh", ["-c", command], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    child.stderr.on("data", (b) => (err += b));
    await once(child, "close");
    assert.equal(err, "exit 0\n");
  });

  test("mcp create, list, show, update, rotate, remove", async () => {
    const made = await json(["mcp", "create", "acme", "--name", "audit", "--methods", "read", "--tags", "dns,zones", "--expires-in", "1h"]);
    assert.match(made.url, /\/mcp\/pst_/);
    assert.deepEqual(made.config.tags, ["dns", "zones"]);
    assert.ok(Math.abs(Date.parse(made.expires_at) - Date.now() - 3600e3) < 60e3);
    const client = new Client({ name: "cli-test", version: "1" }, {});
    await client.connect(new StreamableHTTPClientTransport(new URL(made.url)));
    assert.equal((await client.listTools()).tools.length, made.tool_count);
    await client.close();

    assert.match((await ok(["mcp", "list"])).out, /^NAME +ACCOUNTS +TOOLS +FILTER +ASKS FOR +EXPIRES +LAST USED +ID$/m);
    assert.match((await ok(["mcp", "list"])).out, /^audit +acme +\d+ +read; tags dns, zones +URL +20\d\d-\d\d-\d\d \d\d:\d\d +- +srv_/m);
    assert.equal((await json(["mcp", "show", "audit"])).last_used_at, null);
    await modern(made.url, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
    const used = await eventually("the audit has it", async () => (await json(["mcp", "show", "audit"])).last_used_at);
    assert.ok(Math.abs(Date.parse(used) - Date.now()) < 60e3);
    await json(["mcp", "update", "audit", "--require-api-token"]); // which is no use
    assert.equal((await json(["mcp", "list"])).find((s) => s.name === "audit").last_used_at, used);
    assert.match((await ok(["mcp", "list"])).out, /^audit .* URL, API token +20.* 20\d\d-\S+ \d\d:\d\d +srv_/m);
    await json(["mcp", "update", "audit", "--no-api-token"]);
    assert.equal((await json(["mcp", "list", "acme"])).length, 1);
    assert.equal((await json(["mcp", "show", "audit"])).url, undefined);
    const changed = await json(["mcp", "update", "audit", "--tags", "", "--tools", "list_*", "--expires", "never"]);
    assert.deepEqual(changed.config, { methods: ["read"], tools: ["list_*"], require_api_token_auth: false });
    assert.equal(changed.expires_at, null);
    await fails(2, /nothing is to change/, ["mcp", "update", "audit"]);
    const rotated = await json(["mcp", "rotate", "audit", "--yes"]);
    assert.notEqual(rotated.url, made.url);
    assert.equal((await fetch(made.url, { method: "POST", body: "{}" })).status, 404);
    await ok(["mcp", "remove", "audit", "--yes"]);
    await fails(4, /'postern mcp list'/, ["mcp", "show", "audit"]);
    await fails(4, /'postern account list'/, ["account", "show", "audit"]);
    await fails(4, /'postern connector list'/, ["connector", "show", "audit"]);
    await fails(2, /'postern tools ACCOUNT/, ["mcp", "create", "acme", "--methods", "delete", "--tags", "audit"]);
    await fails(2, /in the past/, ["mcp", "create", "acme", "--methods", "read", "--expires", "2020-01-01"]);
  });
  test("mcp create without a filter says what that means, and asks at a terminal", async () => {
    const typed = commands(environment);
    const all = await json(["tools", "acme"]);
    const said = new RegExp(`has all ${all.length} tools, ${all.filter((t) => !t.read_only).length} of which write or delete, and no expiry`);
    const quiet = await ok(["mcp", "create", "acme", "--name", "wide"]);
    assert.match(quiet.err, said, "a script goes on, and hears it");
    assert.match((await ok(["mcp", "create", "--account", "acme", "--name", "wide too", "--expires-in", "1d"])).err, /write or delete\.$/m);
    for (const filtered of [["--methods", "read"], ["--tags", "dns"], ["--tools", "list_*"], ["--yes"]]) assert.equal((await ok(["mcp", "create", "acme", "--name", "narrow", ...filtered])).err, "");
    const before = (await json(["mcp", "list"])).length;
    const no = await typed.typed(["mcp", "create", "acme", "--name", "asked"], [[/write or delete, and no expiry.*\[y\/N\]/s, "n"]]);
    assert.equal(no.code, 8, no.out);
    assert.equal((await json(["mcp", "list"])).length, before);
    const yes = await typed.typed(["mcp", "create", "acme", "--name", "asked"], [[/\[y\/N\]/, "yes"]]);
    assert.equal(yes.code, 0, yes.out);
    for (const server of await json(["mcp", "list"])) await ok(["mcp", "remove", server.id, "--yes"]);
  });
  test("mcp create --print-config prints what each client takes, and no API token", async () => {
    const create = async (client, ...more) =>
      (await ok(["mcp", "create", "acme", "--name", "my dns", "--tags", "dns", "--print-config", client, ...more])).out;
    assert.match(JSON.parse(await create("cursor")).mcpServers["my-dns"].url, /\/mcp\/pst_/);
    const vscode = JSON.parse(await create("vscode", "--require-api-token"));
    assert.equal(vscode.servers["my-dns"].type, "http");
    assert.match(vscode.servers["my-dns"].headers.Authorization, /\$\{input:/);
    const claude = JSON.parse(await create("claude", "--require-api-token")).mcpServers["my-dns"];
    assert.deepEqual([claude.command, claude.args[1]], ["npx", "mcp-remote"]);
    assert.match(await create("claude-code"), /^claude mcp add --transport http my-dns 'http/);
    assert.match(await create("chatgpt"), /Developer mode/);
    await fails(2, /one of claude\|chatgpt/, ["mcp", "create", "acme", "--print-config", "emacs"]);
    await fails(2, /two forms/, ["mcp", "create", "acme", "--print-config", "cursor", "--json"]);
  });

  test("token create, list, revoke", async () => {
    const made = await json(["token", "create", "--role", "client", "--name", "ci", "--expires-in", "1d"]);
    assert.match(made.token, /^psk_/);
    await fails(3, /takes the role admin/, ["status"], { env: { POSTERN_TOKEN: made.token } });
    assert.ok((await json(["token", "list"])).every((t) => t.token === undefined));
    await ok(["token", "revoke", "ci", "--yes"]);
    await fails(3, /unknown, revoked or expired/, ["status"], { env: { POSTERN_TOKEN: made.token } });
    await fails(2, /admin\|editor\|viewer\|client/, ["token", "create", "--role", "root", "--name", "x"]);
    await fails(5, /./, ["token", "revoke", "first", "--yes"]);
  });

  test("audit, filtered and followed", async () => {
    await ok(["call", "acme", "list_all_cloudflare_zones"]);
    let calls = [];
    for (let i = 0; i < 500 && !calls.length; i++) {
      calls = await json(["audit", "--since", "1h", "--tool", "list_all_cloudflare_zones", "--outcome", "ok", "--account", "acme", "--limit", "3"]);
      if (!calls.length) await new Promise((r) => setTimeout(r, 100));
    }
    assert.ok(calls.length > 0 && calls.length <= 3);
    assert.match((await ok(["audit", "--limit", "2"])).out, /^AT +OUTCOME/);
    await fails(2, /is no time/, ["audit", "--since", "yesterday"]);

    const child = spawn(BINARY, ["audit", "--follow", "--json", "--limit", "1"], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (b) => (out += b));
    const until = Date.now() + 90_000;
    await ok(["token", "create", "--name", "followed"]);
    while (!/"action":"token.create".*\n/.test(out) && Date.now() < until) await new Promise((r) => setTimeout(r, 100));
    child.kill();
    const entries = out.trim().split("\n").map((line) => JSON.parse(line));
    assert.ok(entries.some((e) => e.action === "token.create"));
    assert.equal(new Set(entries.map((e) => e.id)).size, entries.length, "an entry came twice");
  });

  test("key create and rotate", async () => {
    const file = join(folder, "key");
    await ok(["key", "create", file]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await fails(5, /there already/, ["key", "create", file]);
    const report = await json(["key", "rotate"]);
    assert.ok(report.resealed >= 1);
    await ok(["account", "verify", "acme"]);
  });

  test("what cannot be taken back is asked for; a script says --yes", async () => {
    await ok(["account", "add", "cloudflare", "--name", "dear", "--credential-stdin", "--base-url", world.sandbox.api], { input: CREDENTIAL });
    await ok(["mcp", "create", "dear", "--methods", "read"]);
    await ok(["token", "create", "--name", "dear"]);
    const at = commands(environment);
    for (const args of [["account", "remove", "dear"], ["mcp", "rotate", "dear"], ["mcp", "remove", "dear"], ["token", "revoke", "dear"]]) {
      await at.fails(2, /nobody sits here.*--yes goes on without asking/s, args);
      const no = await at.typed(args, [[/dear.*\[y\/N\]/s, "no"]]);
      assert.equal(no.code, 8, no.out);
    }
    for (const list of [["account", "list"], ["mcp", "list"], ["token", "list"]]) assert.ok((await json(list)).some((x) => x.name === "dear"), list.join(" "));
    for (const args of [["token", "revoke", "dear"], ["mcp", "remove", "dear"], ["account", "remove", "dear"]]) assert.equal((await at.typed(args, [[/\[y\/N\]/, "y"]])).code, 0);
  });
  test("account remove closes its servers", async () => {
    await ok(["account", "add", "cloudflare", "--name", "gone", "--credential-stdin", "--base-url", world.sandbox.api], { input: CREDENTIAL });
    const server = await json(["mcp", "create", "gone"]);
    await ok(["account", "remove", "gone", "--yes"]);
    await fails(4, /no account/, ["account", "show", "gone"]);
    assert.equal((await fetch(server.url, { method: "POST", body: "{}" })).status, 404);
  });
});

const petstore = JSON.stringify({
  openapi: "3.1.0",
  info: { title: "Pets", version: "1" },
  servers: [{ url: "https://pets.example/v1" }],
  paths: {
    "/pets": { get: { operationId: "listPets", responses: { 200: { description: "ok" } } } },
    "/pets/{pet_id}": {
      get: {
        parameters: [{ name: "pet_id", in: "path", required: true, schema: { type: "string" } }],
        responses: { 200: { description: "ok" } },
      },
    },
  },
});

describe("OpenAPI documents", () => {
  test("compile says what became of them, and keeps names", async () => {
    writeFileSync(join(folder, "pets.json"), petstore);
    assert.match((await ok(["compile", "pets.json"])).out, /^2 operations: 2 tools, 0 skipped/);
    const toolset = await json(["compile", "pets.json", "--names", "names.json"]);
    assert.deepEqual(toolset.tools.map((t) => t.name), ["get_single_pets_pet_by_id", "list_all_pets_pets"].sort());
    const names = JSON.parse(readFileSync(join(folder, "names.json"), "utf8"));
    assert.equal(Object.keys(names).length, 2);
    names["GET /pets"] = "list_the_animals";
    writeFileSync(join(folder, "names.json"), JSON.stringify(names));
    const again = await json(["compile", "-", "--connector", "pets", "--names", "names.json"], { input: petstore });
    assert.ok(again.tools.some((t) => t.name === "list_the_animals"));
    assert.equal((await json(["compile", "pets.json", "--report"])).tools, 2);
    await fails(2, /https/, ["compile", "http://127.0.0.1/x"]);
    await fails(3, /./, ["compile", "https://127.0.0.1:1/x"]); // the guard: no private address
    await fails(4, /./, ["compile", "nowhere.yaml"]);
  });
  test("connector import and remove", async () => {
    const report = await json(["connector", "import", "pets", "--openapi", "pets.json", "--auth", "header:X-Api-Key", "--auth", "basic"]);
    assert.equal(report.tools, 2);
    const made = await json(["connector", "show", "pets"]);
    assert.equal(made.base_url, "https://pets.example/v1");
    assert.deepEqual(made.ways[0].fields.map((f) => f.name), ["x_api_key", "user", "password"]);
    assert.match((await ok(["connector", "import", "pets", "--openapi", "-", "--auth", "query:key"], { input: petstore })).out, /^Imported pets: 2 operations/);
    await fails(2, /--auth is missing/, ["connector", "import", "other", "--openapi", "pets.json"]);
    await ok(["connector", "remove", "pets", "--yes"]);
    await fails(5, /./, ["connector", "remove", "cloudflare", "--yes"]);
  });
  test("connector import NAME-… takes over what ships under NAME", async () => {
    const document = JSON.stringify({ ...JSON.parse(petstore), paths: { "/zones/{zone_identifier}": { get: {
      parameters: [{ name: "zone_identifier", in: "path", required: true, schema: { type: "string" } }],
      responses: { 200: { description: "ok" } } } } } });
    await ok(["connector", "import", "cloudflare-small", "--openapi", "-", "--connectors", join(ROOT, "connectors")], { input: document });
    const made = await json(["connector", "show", "cloudflare-small"]);
    assert.equal(made.base_url, "https://api.cloudflare.com/client/v4");
    assert.deepEqual(made.ways.map((w) => w.id), ["token", "key"]);
    await ok(["connector", "remove", "cloudflare-small", "--yes"]);
  });
});

describe("without a server", () => {
  const alone = { env: { POSTERN_URL: "http://127.0.0.1:1", POSTERN_TOKEN: "" } };
  test("config", async () => {
    assert.match((await ok(["config"], alone)).out, /has its default/);
    assert.match((await ok(["config", "--listen", "127.0.0.1:9"], alone)).out, /^listen +127\.0\.0\.1:9 +flag$/m);
    assert.match((await ok(["config", "--explain"], alone)).out, /^max_body_bytes: /m);
    assert.ok((await json(["config"], alone)).some((s) => s.key === "listen"));
    await fails(2, /did you mean --listen/, ["config", "--lissten", "x"], alone);
    writeFileSync(join(folder, "bad.yaml"), "lissten: x\n");
    await fails(2, /bad.yaml:1/, ["config", "--config", "bad.yaml"], alone);
  });
  test("completion", async () => {
    for (const shell of ["bash", "zsh", "fish"]) assert.match((await ok(["completion", shell], alone)).out, /postern complete/);
    await fails(2, /bash, zsh and fish/, ["completion", "cmd"], alone);
    const offered = async (...words) => (await ok(["complete", ...words], alone)).out.trim().split("\n").map((l) => l.split("\t")[0]);
    assert.deepEqual(await offered("mcp", "ro"), ["rotate"]);
    assert.deepEqual(await offered("mcp", "create", "acme", "--print-config", "cu"), ["cursor"]);
    assert.ok((await offered("serve", "--max-")).includes("--max-body-bytes"));
    assert.deepEqual(await offered("token", "create", "--ro"), ["--role"]);
    assert.deepEqual(await offered("account", "show", ""), [""], "where nobody answers, nothing is offered");
  });
  test("completion offers what the server has, and only what needs no quotes", async () => {
    await ok(["account", "add", "cloudflare", "--name", "offered", "--credential-stdin", "--base-url", world.sandbox.api], { input: CREDENTIAL });
    await ok(["account", "add", "cloudflare", "--name", "$(reboot) offered", "--credential-stdin", "--base-url", world.sandbox.api], { input: CREDENTIAL });
    await ok(["mcp", "create", "offered", "--name", "offered-too", "--methods", "read"]);
    const offered = async (...words) => (await ok(["complete", ...words])).out.trim().split("\n").map((l) => l.split("\t")[0]);
    assert.deepEqual(await offered("account", "show", "of"), ["offered"]);
    assert.ok(!(await offered("account", "show", "")).some((w) => w.includes("$")));
    assert.deepEqual(await offered("mcp", "update", "offered-"), ["offered-too"]);
    assert.deepEqual(await offered("audit", "--server", "offered-"), ["offered-too"]);
    assert.deepEqual(await offered("mcp", "create", "--account", "offer"), ["offered"]);
    assert.ok((await offered("up", "cloudflare-d")).includes("cloudflare-dns-analytics"));
    assert.ok((await offered("account", "add", "cloudf")).includes("cloudflare"));
    assert.deepEqual(await offered("call", "offered", "list_all_cloudflare_zones"), ["list_all_cloudflare_zones"]);
    assert.deepEqual(await offered("mcp", "create", "offered", "--methods", "read,cr"), ["read,create"]);
    assert.deepEqual(await offered("tools", "offered", "--tags", "dns,zon"), ["dns,zones"]);
    assert.deepEqual(await offered("token", "revoke", "fir"), ["first"]);
    for (const name of ["offered", "$(reboot) offered"]) await ok(["account", "remove", name, "--yes"]);
  });
  test("docs are those that are committed", async () => {
    for (const page of ["cli", "settings", "api", "metrics"]) {
      const file = join(ROOT, "docs", `${page}.md`);
      assert.ok(existsSync(file));
      assert.equal((await ok(["docs", page], alone)).out, readFileSync(file, "utf8"), `docs/${page}.md: make it again with build/src/postern docs ${page}`);
    }
  });
});
