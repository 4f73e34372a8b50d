// SPDX-License-Identifier: Apache-2.0
// Names are people's: an account, a server or a token may be called anything that a path, a query or a route could take
// for something else, and every command finds it. What matches nothing is told with what was perhaps meant.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { commands } from "../lib/command.mjs";
import { start } from "../lib/postern.mjs";
import { eventually } from "../lib/wait.mjs";

const STRANGE = ["prod/eu", "authorize", "..", ".", "a b", "50%", "%2e%2e", "a%2Fb", "?x=1", "x#y", "tools", "mcp", "Zürich & Söhne", "-dash", "acc_1", "a\"b'c\\d"];
const TOOL = "list_all_cloudflare_zones";
let world, cli, folder;

before(async () => {
  world = await start();
  folder = mkdtempSync(join(tmpdir(), "postern-names-"));
  cli = commands({ HOME: folder, POSTERN_URL: world.postern.url, POSTERN_TOKEN: world.postern.token });
});
after(async () => {
  await world?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe("an account, its server and a token with a name like", () => {
  for (const name of STRANGE)
    test(JSON.stringify(name), async () => {
      const account = await world.account(undefined, { name });
      const word = name.startsWith("-") ? ["--", name] : [name];
      const of = (command, ...more) => [...command, ...more.filter((m) => m.startsWith("--")), ...word, ...more.filter((m) => !m.startsWith("--"))];
      assert.equal(JSON.parse((await cli.ok(["account", "show", "--json", ...word])).out).id, account.id);
      await cli.ok(["account", "verify", ...word]);
      await cli.ok(["account", "context", ...word, `account_id=${account.context.account_id}`]);
      await cli.ok(of(["account", "recredential"], "--credential=token=cfut_sandbox_one_account"));
      assert.ok(JSON.parse((await cli.ok(["tools", "--json", ...word])).out).length > 200);
      assert.equal(JSON.parse((await cli.ok(["tools", "--json", ...word, TOOL])).out).name, TOOL);
      await cli.ok(["call", ...word, TOOL, "name=example.com"]);
      await cli.run(["account", "doctor", ...word]).then((r) => assert.ok(r.out.includes("credential"), r.err));
      const server = JSON.parse((await cli.ok(["mcp", "create", "--json", `--name=${name}`, "--methods", "read", ...word])).out);
      assert.equal(server.account_id, account.id);
      assert.deepEqual(JSON.parse((await cli.ok(["mcp", "list", "--json", ...word])).out).map((s) => s.id), [server.id]);
      assert.equal(JSON.parse((await cli.ok(["mcp", "show", "--json", ...word])).out).id, server.id);
      const rows = await eventually("its row", async () => {
        const some = await cli.json(["audit", `--account=${name}`, "--action", "server.create"]);
        return some.length > 0 && some;
      });
      assert.deepEqual(rows.map((r) => r.server_id), [server.id]);
      assert.equal((await cli.json(["audit", `--server=${name}`, "--action", "server.create"])).length, 1);
      await cli.ok(["mcp", "remove", "--yes", ...word]);
      const token = JSON.parse((await cli.ok(["token", "create", "--json", `--name=${name}`])).out);
      assert.deepEqual(await cli.json(["audit", `--actor=${name}`]), []);
      await cli.ok(["token", "revoke", "--yes", ...word]);
      assert.ok(!(await cli.json(["token", "list"])).some((t) => t.id === token.id));
      await cli.ok(["account", "rename", ...word, `${name}!`]);
      await cli.ok(["account", "remove", "--yes", "--", `${name}!`]);
      assert.equal((await world.api("GET", `/integrated-account/${account.id}`)).status, 404);
    });

  test("over the API, routes and an account called authorize are kept apart", async () => {
    const account = await world.account(undefined, { name: "authorize" });
    for (const [method, path] of [["GET", ""], ["GET", "/tools"], ["GET", `/tools/${TOOL}`], ["GET", "/mcp"], ["POST", "/verify"], ["POST", "/doctor"]])
      assert.equal((await world.api(method, `/integrated-account/authorize${path}`)).status, 200, `${method} ${path}`);
    assert.equal((await world.api("GET", "/integrated-account/authorize/flow_none")).status, 404);
    assert.equal((await world.api("POST", "/integrated-account/authorize", {})).status, 400, "this is the route");
    await world.must(204, "DELETE", `/integrated-account/${account.id}`);
  });
});

describe("nothing is called", () => {
  test("nothing", async () => {
    const account = await world.account(undefined, { name: "keeps its name" });
    for (const args of [["account", "show", ""], ["account", "rename", account.id, ""], ["mcp", "list", ""], ["mcp", "show", ""], ["connector", "show", ""], ["token", "revoke", ""]]) await cli.fails(2, /must not be empty/, args);
    for (const args of [["mcp", "create", account.id, "--name", ""], ["token", "create", "--name="], ["audit", "--account", ""]]) await cli.fails(2, /--\w+ must not be empty/, args);
    for (const name of ["", " ", "\t"]) assert.equal((await world.api("PATCH", `/integrated-account/${account.id}`, { name })).status, 400);
    assert.equal((await cli.json(["account", "show", account.id])).name, "keeps its name");
    await cli.ok(["account", "remove", account.id, "--yes"]);
  });
});

describe("what was meant", () => {
  before(async () => {
    const account = await world.account(undefined, { name: "Acme-Web" });
    await world.server(account, undefined, { name: "Auditors" });
  });
  const hinted = async (pattern, ...args) => cli.fails(4, pattern, args);
  const refused = async (pattern, ...args) => cli.fails(2, pattern, args); // what has gone may have rows: the audit judges

  test("a slip, upper and lower case aside, among its own kind", async () => {
    await hinted(/no account 'acme-web'.*did you mean 'Acme-Web'\?/s, "account", "show", "acme-web");
    await hinted(/did you mean 'Acme-Web'\?/, "mcp", "create", "Acmeweb", "--methods", "read");
    await hinted(/did you mean 'Acme-Web'\?/, "mcp", "create", "--name", "x", "--account", "ACME-WEB", "--methods", "read");
    await hinted(/did you mean 'Auditors'\?/, "mcp", "show", "auditor");
    await hinted(/did you mean 'first'\?/, "token", "revoke", "FIRST", "--yes");
    await hinted(/did you mean 'cloudflare'\?/, "connector", "show", "Cloudflar");
    await hinted(/did you mean 'cloudflare'\?/, "account", "add", "CloudFlare2");
    await refused(/did you mean "Acme-Web"\?/, "audit", "--account", "acmeweb");
    await refused(/did you mean "Auditors"\?/, "audit", "--server", "auditors");
    await hinted(/did you mean 'first'\?/, "audit", "--actor", "frist");
    await refused(/client:somebody/, "audit", "--actor", "somebody");
  });
  test("the name of another kind", async () => {
    await hinted(/'cloudflare' is a connector; 'postern up'/, "mcp", "create", "Cloudflare", "--methods", "read");
    await hinted(/'Auditors' is an MCP server/, "account", "show", "auditors");
    await hinted(/'Acme-Web' is an account/, "mcp", "show", "acme-web");
    await hinted(/'Acme-Web' is an account/, "connector", "show", "acme-web");
  });
  test("tags, methods, outcomes and actions", async () => {
    await cli.fails(2, /did you mean "dns"\?/, ["tools", "Acme-Web", "--tags", "DNS"]);
    await cli.fails(2, /did you mean "read"\?/, ["mcp", "create", "Acme-Web", "--methods", "READ"]);
    await hinted(/'dns' is a tag; 'postern tools Acme-Web --tags dns'/, "tools", "Acme-Web", "DNS");
    await hinted(/did you mean "list_all_cloudflare_zones"/, "tools", "Acme-Web", "list_all_cloudflare_zonez");
    await cli.fails(2, /'postern up VENDOR'/, ["cloudflare"]);
    await cli.fails(2, /did you mean "denied"\?/, ["audit", "--outcome", "Denied"]);
    await cli.fails(2, /did you mean "account.create"\?/, ["audit", "--action", "acount.create"]);
    for (const action of ["access.refuse", "server.expire", "token.expire", "token.recover", "url.create"]) {
      await cli.ok(["audit", "--action", action]);
      await cli.fails(2, new RegExp(`did you mean "${action}"`), ["audit", "--action", `${action}d`]);
    }
  });
  test("what stands for nothing near is told where the list is", async () => {
    await hinted(/'postern account list' lists them/, "account", "show", "something-else-entirely");
    for (const word of ["../../x", "a/b", "%00", "nope"]) await hinted(/no connector/, "connector", "show", word);
  });
});
